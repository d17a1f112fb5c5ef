//! The last two steps: what companies will see, and in words what sending will do.

use super::audience::Audience;
use super::model::{Held, RECENT_DAYS, Reckoning, reckon};
use super::send::send;
use crate::app::{App, Scope};
use crate::audit;
use crate::campaigns::{self, Asked, Campaign, CampaignId, Statements, To, asks_words, said_problems};
use crate::deliveries::{MailView, invitation_mail, send_test};
use crate::directory::{CompanyId, Kind, NotMailed};
use crate::invitations::{Invitation, InvitationId, LetterView, Link, State, letter_view};
use crate::letters;
use crate::people::Viewer;
use crate::reminders::{PlanView, plan_view};
use crate::responses::{Answers, QuestionView, question_view};
use crate::web::form::Form;
use crate::web::i18n::{Locale, Tr};
use crate::web::{Context, Error, Html, Result, Shell, dates, framed};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

/// What sending this campaign now would do.
pub(super) async fn reckoned(
    app: &App,
    scope: Scope,
    campaign: &Campaign,
    now: jiff::Timestamp,
) -> crate::db::Result<Reckoning> {
    let audience = Audience::of(app, scope, &campaign.plan, campaign.follows.as_ref()).await?;
    let mut tx = app.db.read().await?;
    reckon(&mut tx, scope, &campaign.plan, &audience, now).await
}

/// What this draft would ask, were it sent now.
async fn asked_now(app: &App, scope: Scope, campaign: &Campaign) -> crate::db::Result<Asked> {
    let mut tx = app.db.read().await?;
    let statements = Statements::now(&mut tx, app, scope).await?;
    Ok(Asked::of(campaign, &app.content, statements))
}

/// A company to show, not of the directory: nothing is sent to it.
fn sample(
    app: &App,
    campaign: &Campaign,
    reckoning: &Reckoning,
    group: bool,
    t: Tr,
    now: jiff::Timestamp,
) -> Invitation {
    let company = reckoning.sample.as_ref().filter(|c| (c.kind == Kind::Group) == group);
    Invitation {
        id: InvitationId(Uuid::nil()),
        org: app.scope().org,
        campaign: campaign.id,
        company: CompanyId(Uuid::nil()),
        company_name: company.map_or_else(|| t.t("sample-company").into_owned(), |c| c.name.clone()),
        company_code: String::new(),
        group,
        country: String::new(),
        criticality: String::new(),
        marks: String::new(),
        salt: Vec::new(),
        asks_check: campaign
            .plan
            .asks_check(if group { Kind::Group } else { Kind::Supplier }),
        state: State::Queued,
        mails: 1,
        changed_at: now,
        acknowledged_at: None,
        acknowledged_by: None,
        acknowledged_position: String::new(),
        acknowledged_remark: String::new(),
        deadline: campaign.deadline(),
        closed: false,
        threaded: false,
    }
}

/// A link that can't be answered, and is seen to be none.
fn sample_link() -> Link {
    Link {
        token: "sample".into(),
        code: "XXXXX-XXXXX".into(),
    }
}

#[derive(Template)]
#[template(path = "circulation/preview.html")]
struct PreviewPage {
    shell: Shell,
    id: CampaignId,
    plan: campaigns::Plan,
    view: &'static str,
    group: bool,
    language: Tr,
    languages: Vec<(&'static str, std::borrow::Cow<'static, str>)>,
    mail: MailView,
    letter: LetterView,
    questions: Vec<QuestionView>,
    /// What is asked, in words.
    asks: String,
    /// The step where it is mended, and the sentence.
    problems: Vec<(u8, String)>,
    warnings: Vec<(String, String, String)>,
    /// What the relay said, where a mail to try it wasn't taken.
    failed: Option<String>,
    my_mail: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Which {
    v: String,
    l: String,
    g: String,
}

pub async fn preview(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(which): Query<Which>,
) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    Ok(Html(preview_page(&context, &viewer, campaign, &which, None).await?).framing())
}

async fn preview_page(
    context: &Context,
    viewer: &Viewer,
    campaign: Campaign,
    which: &Which,
    failed: Option<String>,
) -> Result<PreviewPage> {
    let app = &context.app;
    let reckoning = reckoned(app, viewer.scope(), &campaign, context.now).await?;
    let language = Tr(Locale::find(&which.l).unwrap_or(context.t.0));
    let group = which.g == "group";
    let asked = asked_now(app, viewer.scope(), &campaign).await?;
    let sample = sample(app, &campaign, &reckoning, group, language, context.now);
    let made = sample_link();
    let address = app.url(&format!("/r/{}", made.token));
    let letter = letter_view(&asked, &sample, (&address, &made.code), language, context.now, ("", ""));
    let mail = invitation_mail(app, &asked, &sample, &made, language.lang(), ("", ""), context.now)?;
    let questions = match &asked.checklist {
        Some(checklist) if sample.asks_check => checklist
            .questions
            .iter()
            .map(|q| question_view((language, context.now), checklist, &Answers::new(), q, None, None, None))
            .collect(),
        _ => Vec::new(),
    };
    let mut shell = viewer.shell(context, "campaigns");
    // Also where the page answers what was posted elsewhere.
    shell.place = format!("/campaigns/{}/edit/4", campaign.id);
    Ok(PreviewPage {
        shell,
        id: campaign.id,
        view: match which.v.as_str() {
            "letter" => "letter",
            "form" => "form",
            _ => "mail",
        },
        group,
        language,
        languages: Locale::all().map(|l| (l.as_str(), Tr(l).t("language-name"))).collect(),
        mail,
        letter,
        questions,
        asks: asks_words(context.t, &campaign.plan.asks(sample.kind())),
        problems: said_problems(context, &campaign.plan),
        warnings: warnings(app, &campaign, context.t),
        failed,
        my_mail: viewer.mail.clone(),
        plan: campaign.plan,
    })
}

/// The mail as a mail program shows it, for the frame on the preview.
pub async fn mail_html(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(which): Query<Which>,
) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    let app = &context.app;
    let reckoning = reckoned(app, viewer.scope(), &campaign, context.now).await?;
    let language = Tr(Locale::find(&which.l).unwrap_or(context.t.0));
    let asked = asked_now(app, viewer.scope(), &campaign).await?;
    let sample = sample(app, &campaign, &reckoning, which.g == "group", language, context.now);
    let made = sample_link();
    let mail = invitation_mail(app, &asked, &sample, &made, language.lang(), ("", ""), context.now)?;
    Ok(framed(mail.html))
}

/// The letter as it would be printed, marked as a sample.
pub async fn letter_pdf(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(which): Query<Which>,
) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    let app = &context.app;
    let reckoning = reckoned(app, viewer.scope(), &campaign, context.now).await?;
    let language = Tr(Locale::find(&which.l).unwrap_or(context.t.0));
    let asked = asked_now(app, viewer.scope(), &campaign).await?;
    let sample = sample(app, &campaign, &reckoning, which.g == "group", language, context.now);
    let made = sample_link();
    let address = letters::Address {
        link: &app.url(&format!("/r/{}", made.token)),
        code: &made.code,
        department: "",
        person: "",
        post: &[],
    };
    let mark = language.t("letter-mark-sample");
    match letters::typeset(app, &asked, &sample, &address, language, context.now, &mark).await? {
        Ok(bytes) => Ok(letters::pdf(app, bytes, &["sample", language.lang()])),
        Err(failure) => Ok(letters::failed(&context, &viewer, &failure)),
    }
}

/// Words of this campaign's content that an author should reconsider: the word, why, what to write instead.
fn warnings(app: &App, campaign: &Campaign, t: Tr) -> Vec<(String, String, String)> {
    let plan = &campaign.plan;
    let used = [&plan.letter_supplier, &plan.letter_group, &plan.checklist];
    app.content
        .lint()
        .into_iter()
        .filter(|w| {
            used.iter()
                .any(|id| !id.is_empty() && w.file.contains(&format!("/{id}/")))
        })
        .map(|w| {
            (
                w.word.clone(),
                w.why(t.lang()).to_owned(),
                w.instead(t.lang()).to_owned(),
            )
        })
        .collect()
}

/// Sends the operator the mail that companies would get.
pub async fn test_mail(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    let app = &context.app;
    let language = Tr(Locale::find(form.get("l")).unwrap_or(context.t.0));
    let group = form.get("g") == "group";
    let reckoning = reckoned(app, viewer.scope(), &campaign, context.now).await?;
    let sample = sample(app, &campaign, &reckoning, group, language, context.now);
    let asked = asked_now(app, viewer.scope(), &campaign).await?;
    let to = viewer
        .mail
        .parse()
        .map_err(|_| Error::BadRequest("The account has no mail address.".into()))?;
    let sent = send_test(
        app,
        &asked,
        &sample,
        &sample_link(),
        language.lang(),
        (to, &viewer.name),
    )
    .await;
    if sent.is_ok() {
        let change = campaign.change("campaign.test");
        let mut tx = app.db.write().await?;
        audit::record(&mut tx, app, &viewer.origin(&context), change, &(), &viewer.mail).await?;
        tx.commit().await?;
    }
    let g = if group { "group" } else { "" };
    match sent {
        Ok(()) => {
            let query = serde_urlencoded::to_string([("v", "mail"), ("l", language.lang()), ("g", g)])?;
            Ok(context.done(format!("/campaigns/{id}/edit/4?{query}"), "done-tested", 0))
        }
        // The relay's own words are what an operator needs.
        Err(e) => {
            let which = Which {
                v: "mail".into(),
                l: language.lang().into(),
                g: g.into(),
            };
            let page = preview_page(&context, &viewer, campaign, &which, Some(format!("{e:#}"))).await?;
            Ok((StatusCode::BAD_GATEWAY, Html(page).framing()).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "circulation/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    revision: i64,
    id: CampaignId,
    plan: campaigns::Plan,
    deadline: String,
    reminders: Option<PlanView>,
    r: Reckoning,
    mails: Vec<(String, i64)>,
    /// The step where it is mended, and the sentence.
    problems: Vec<(u8, String)>,
    typed: String,
    wrong: bool,
    /// The folder that mails are written into, where no mail server is configured.
    outbox: Option<String>,
    recent_days: i64,
    follows: Option<campaigns::Earlier>,
    who: &'static str,
    /// The earlier campaign still takes answers, and may still remind.
    earlier_runs: bool,
}

impl ConfirmPage {
    /// What companies of each kind are asked, in words, where there are any.
    fn asks(&self) -> Vec<(&'static str, String)> {
        let kinds = [(Kind::Supplier, self.r.suppliers), (Kind::Group, self.r.groups)];
        let some = kinds.into_iter().filter(|(_, count)| *count > 0);
        some.map(|(kind, _)| (kind.as_str(), asks_words(self.shell.t, &self.plan.asks(kind))))
            .collect()
    }

    /// Why a contact isn't mailed.
    fn held_word(&self, held: &Held) -> &'static str {
        match held.why {
            NotMailed::Complained => "held-complained",
            NotMailed::Undeliverable | NotMailed::NoAddress => "held-undeliverable",
        }
    }

    /// What is said of companies that lack somebody whom the plan reminds; nothing where it wouldn't go elsewhere.
    fn lacking_key(&self, to: &To) -> Option<&'static str> {
        match to {
            To::Primary => None,
            To::Backup => Some("confirm-lacking-backup"),
            To::Executive => Some("confirm-lacking-executive"),
            To::Buyer => Some("confirm-lacking-buyer"),
        }
    }
}

async fn confirm_page(
    context: &Context,
    viewer: &Viewer,
    campaign: Campaign,
    typed: &str,
    wrong: bool,
) -> Result<ConfirmPage> {
    let app = &context.app;
    let r = reckoned(app, viewer.scope(), &campaign, context.now).await?;
    let mut tx = app.db.read().await?;
    let earlier = match &campaign.follows {
        Some(earlier) => campaigns::find(&mut tx, viewer.scope(), earlier.id).await?,
        None => None,
    };
    let of = (app, viewer.scope(), context.t);
    // A country in which nobody has anybody is told, too.
    let mut on_record = r.on_record.clone();
    for to in [To::Backup, To::Executive, To::Buyer] {
        on_record.entry(to).or_default();
    }
    let reminders = plan_view(&mut tx, of, &campaign.plan, context.now, &r.countries, &on_record, &[]).await?;
    let mails = r
        .mails
        .iter()
        .map(|(l, n)| (Tr(Locale::or_english(l)).t("language-name").into_owned(), *n))
        .collect();
    let deadline = campaign
        .plan
        .deadline()
        .map(|d| dates::moment(context.t, d, &campaign.plan.time_zone()));
    Ok(ConfirmPage {
        revision: campaign.revision,
        shell: viewer.shell(context, "campaigns"),
        id: campaign.id,
        deadline: deadline.unwrap_or_default(),
        reminders,
        mails,
        problems: said_problems(context, &campaign.plan),
        who: campaign.plan.follow_up.as_ref().map_or("", |f| f.who.key()),
        earlier_runs: earlier.is_some_and(|e| e.state != campaigns::State::Closed),
        follows: campaign.follows,
        plan: campaign.plan,
        r,
        typed: typed.to_owned(),
        wrong,
        outbox: app
            .mail
            .is_outbox()
            .then(|| app.config.data.dir.join("outbox").display().to_string()),
        recent_days: RECENT_DAYS,
    })
}

pub async fn confirm(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    Ok(Html(confirm_page(&context, &viewer, campaign, "", false).await?).into_response())
}

/// Sends, if the number of companies typed is the number there are now.
pub async fn send_now(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    // What is sent must be what the page showed.
    if form
        .get("revision")
        .parse::<i64>()
        .is_ok_and(|seen| seen != campaign.revision)
    {
        return Err(Error::Conflict("error-draft-changed"));
    }
    let page = confirm_page(&context, &viewer, campaign.clone(), form.get("count"), true).await?;
    let typed: Option<i64> = {
        use unicode_normalization::UnicodeNormalization;
        form.get("count").nfkc().collect::<String>().parse().ok()
    };
    if !page.problems.is_empty() || page.r.companies == 0 || typed != Some(page.r.companies) {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    if !send(&context.app, viewer.scope(), &campaign, &viewer.origin(&context)).await? {
        return Err(Error::Conflict("error-draft-changed"));
    }
    Ok(context.done(format!("/campaigns/{id}"), "done-sent", page.r.companies))
}
