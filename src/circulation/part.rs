//! One company's part in a campaign, as operators see it, and answers that came by phone or on paper.

use super::again::{To, Went, next_occasion, refuse_unless_mailing, send_again};
use super::deadline::undo_decline;
use crate::audit::{self, Change};
use crate::awareness::{self, ReportLine};
use crate::board::{event_words, stamp, stamp_of, state_key};
use crate::campaigns::{self, Campaign, CampaignId, Mailing};
use crate::deliveries::{self, Delivery, Kind};
use crate::directory::{self, Contact, ContactId, NotMailed};
use crate::inbox;
use crate::invitations::{self, Event, EventKind, Invitation, InvitationId, Link, Mention, Share, State, link};
use crate::people::Viewer;
use crate::reminders::{self, CallNote, CallOutcome, Said, log_call};
use crate::responses::{
    self, About, AnswerLine, Channel, Completeness, Extent, Form as Answers, LeftOut, QuestionView, Response as Stored,
    Sending, Submission, answer_lines, problem_sentence, question_view,
};
use crate::web::form::Form;
use crate::web::i18n::{Locale, Tr};
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::SignedDuration;

type Ids = (CampaignId, InvitationId);

struct Loaded {
    campaign: Campaign,
    invitation: Invitation,
    asked: std::sync::Arc<campaigns::Asked>,
    response: Option<Stored>,
}

async fn load(context: &Context, viewer: &Viewer, (id, part): Ids) -> Result<Loaded> {
    let scope = viewer.scope();
    let mut tx = context.app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let invitation = invitations::find(&mut tx, scope, part)
        .await?
        .filter(|i| i.campaign == id)
        .ok_or(Error::NotFound)?;
    let response = responses::find(&mut tx, scope, part).await?;
    drop(tx);
    let asked = campaigns::asked(&context.app, scope, id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(Loaded {
        campaign,
        invitation,
        asked,
        response,
    })
}

#[derive(Template)]
#[template(path = "circulation/part.html")]
struct PartPage {
    shell: Shell,
    campaign: Campaign,
    i: Invitation,
    state: &'static str,
    stamp: &'static str,
    lines: Vec<AnswerLine>,
    /// Why numbers are missing among them.
    left_out: LeftOut,
    response: Option<Stored>,
    submitted_at: Option<String>,
    /// How far what was submitted goes.
    far: Option<Completeness>,
    acknowledged_at: Option<String>,
    channel: &'static str,
    events: Vec<(Event, String)>,
    deliveries: Vec<(Delivery, String)>,
    contacts: Vec<Contact>,
    received: Vec<inbox::Row>,
    link: Link,
    /// The other campaigns of the thread in which it was written to: that, when, where it stands.
    thread: Vec<(Mention, String)>,
    /// What it reported of the notice for employees, the newest first; None where none is asked of it.
    reports: Option<Vec<ReportLine>>,
    /// Colleagues with a link of their own: to what, and since when.
    shares: Vec<(Share, String, String)>,
    /// Why mail to some contacts comes back.
    undeliverable: Vec<(ContactId, String)>,
    /// Contacts whose address was changed after the request went to another one, with that one.
    moved: Vec<(Contact, String)>,
    /// What the next mail of the request is called, so that a form posted twice sends one.
    occasion: i64,
    /// Mails of this campaign go out, or wait to.
    mails_go: bool,
    languages: Vec<(&'static str, String)>,
    /// What was said on the phone last.
    said: Option<(Said, String, Option<String>)>,
    today: String,
    declined_at: Option<String>,
    more: More,
}

/// What a page shows beyond how a part stands: the link, what was done, a form that can't be taken.
#[derive(Default)]
pub struct More {
    link: Option<String>,
    done: Option<&'static str>,
    again: TypedAddress,
    call: TypedCall,
}

/// A new address, as typed.
#[derive(Default)]
struct TypedAddress {
    name: String,
    mail: String,
    language: String,
    once: bool,
    problem: Option<&'static str>,
}

/// A call, as typed.
#[derive(Default)]
struct TypedCall {
    outcome: String,
    day: String,
    note: String,
    problem: Option<&'static str>,
}

impl PartPage {
    fn event(&self, event: &Event) -> std::borrow::Cow<'static, str> {
        self.shell.t.t(event_words(event.kind).0)
    }
    fn event_stamp(&self, event: &Event) -> &'static str {
        event_words(event.kind).1
    }
    fn mention_state(&self, mention: &Mention) -> (&'static str, &'static str) {
        (stamp_of(mention.state, mention.asks_check), state_key(mention.state))
    }
    /// Why this contact isn't mailed although there is an address: the message, and what the other server said.
    fn marked(&self, contact: &Contact) -> Option<(&'static str, &str)> {
        match contact.mailable() {
            Ok(_) | Err(NotMailed::NoAddress) => None,
            Err(NotMailed::Complained) => Some(("held-complained", "")),
            Err(NotMailed::Undeliverable) => {
                let found = self.undeliverable.iter().find(|(id, _)| *id == contact.id);
                Some(("part-undeliverable", found.map_or("", |(_, why)| why)))
            }
        }
    }
    /// Whether the request may be sent to somebody.
    fn may_send(&self) -> bool {
        self.mails_go && !self.i.closed && !self.i.state.is_settled()
    }
    /// The language that is chosen for a new address: as typed, else the company's own.
    fn is_language(&self, language: &str) -> bool {
        let typed = self.more.again.language.as_str();
        let usual = match self.i.country.as_str() {
            "JP" | "" => "ja",
            _ => "en",
        };
        language == if typed.is_empty() { usual } else { typed }
    }
    /// How many required questions are open.
    fn open(&self) -> usize {
        self.lines.iter().filter(|l| l.is_missing()).count()
    }
    fn answered(&self) -> usize {
        self.lines.iter().filter(|l| l.answer.is_some()).count()
    }
}

/// The sentence of what was done, by the word in the address.
fn done_key(word: &str) -> Option<&'static str> {
    Some(match word {
        "sent" => "part-done-sent",
        "hurried" => "part-done-hurried",
        "before" => "part-done-before",
        "call" => "call-saved",
        "undeclined" => "part-done-undeclined",
        _ => return None,
    })
}

pub async fn show(
    context: Context,
    viewer: Viewer,
    Path(ids): Path<Ids>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let more = More {
        done: done_key(Form(pairs).get("done")),
        ..More::default()
    };
    Ok(Html(part_page(&context, &viewer, ids, more).await?).into_response())
}

async fn part_page(context: &Context, viewer: &Viewer, ids: Ids, more: More) -> Result<PartPage> {
    let Loaded {
        campaign,
        invitation,
        asked,
        response,
    } = load(context, viewer, ids).await?;
    let (t, scope, zone) = (context.t, viewer.scope(), asked.zone());
    let mut tx = context.app.db.read().await?;
    let events = invitations::events(&mut tx, scope, invitation.id).await?;
    let deliveries = deliveries::of_invitation(&mut tx, scope, invitation.id).await?;
    let contacts = directory::contacts_of(&mut tx, &scope, invitation.company).await?;
    let root = campaign.follows.as_ref().map_or(campaign.id, |e| e.root);
    let thread = invitations::thread(&mut tx, scope, root, invitation.company).await?;
    let reports = match asked.notice.is_some() && asked.plan.passes_on(invitation.kind()) {
        true => Some(awareness::history(&mut tx, scope, invitation.id).await?),
        false => None,
    };
    let shares = invitations::shares_of(&mut tx, scope, invitation.id).await?;
    let received = inbox::rows_of_invitation(&mut tx, scope, invitation.id, t, &zone).await?;
    let undeliverable = directory::undeliverable_of(&mut tx, &scope, invitation.company).await?;
    let said = reminders::said_of(&mut tx, scope, invitation.id).await?;
    drop(tx);
    let home = context.app.zone();
    let now = context.now;
    let lines = match (&asked.checklist, &response) {
        (Some(checklist), Some(response)) => answer_lines(t, checklist, response.standing()),
        _ => Vec::new(),
    };
    let submitted = response.as_ref().and_then(|r| r.submitted.as_ref());
    let left_out = match (&asked.checklist, &response) {
        // With what is kept of an answer that another one hid since.
        (Some(checklist), Some(response)) => LeftOut {
            kept: LeftOut::of(t, checklist, &response.answers).kept,
            ..LeftOut::of(t, checklist, response.standing())
        },
        _ => LeftOut::default(),
    };
    Ok(PartPage {
        left_out,
        shell: viewer.shell(context, "campaigns"),
        undeliverable: undeliverable.into_iter().map(|(id, _, why)| (id, why)).collect(),
        moved: moved(&contacts, &deliveries),
        occasion: next_occasion(&deliveries),
        mails_go: refuse_unless_mailing(&campaign).is_ok(),
        languages: Locale::all()
            .map(|l| (l.as_str(), Tr(l).t("language-name").into_owned()))
            .collect(),
        said: said.map(|said| {
            let at = said.at.map(|at| dates::moment(t, at, &home)).unwrap_or_default();
            // A promise ends with its day.
            let until = said.hold_until.filter(|hold| *hold > now);
            let until = until.map(|hold| dates::date(t, hold - SignedDuration::from_secs(1), &home));
            (said, at, until)
        }),
        today: now.to_zoned(home.clone()).date().to_string(),
        declined_at: events
            .iter()
            .rfind(|e| e.kind == EventKind::Declined)
            .filter(|_| invitation.state == State::Declined)
            .map(|e| dates::moment(t, e.at, &zone)),
        more,
        state: state_key(invitation.state),
        stamp: stamp(invitation.state),
        far: submitted.map(|s| s.completeness(asked.checklist.as_deref())),
        acknowledged_at: invitation.acknowledged_at.map(|at| dates::moment(t, at, &zone)),
        submitted_at: submitted.map(|s| dates::moment(t, s.at, &zone)),
        channel: match response.as_ref().map(|r| r.channel.as_str()) {
            Some("phone") => "channel-phone",
            Some("paper") => "channel-paper",
            _ => "channel-link",
        },
        link: link(&context.app.secret, invitation.id, &invitation.salt),
        events: events
            .into_iter()
            .map(|e| {
                let at = dates::moment(t, e.at, &zone);
                (e, at)
            })
            .collect(),
        deliveries: deliveries
            .into_iter()
            .map(|d| {
                let at = dates::moment(t, d.sent_at.unwrap_or(d.created_at), &zone);
                (d, at)
            })
            .collect(),
        thread: thread
            .into_iter()
            .filter(|m| m.campaign != campaign.id)
            .map(|m| {
                let at = m.sent_at.map(|at| dates::date(t, at, &zone)).unwrap_or_default();
                (m, at)
            })
            .collect(),
        reports: reports.map(|all| all.iter().map(|r| ReportLine::of(r, t, &zone)).collect()),
        shares: shares
            .into_iter()
            .map(|share| {
                let titles = asked
                    .checklist
                    .iter()
                    .flat_map(|c| share.sections.iter().map(|s| c.text(t.lang()).section(s)));
                let titles = titles.collect::<Vec<_>>().join(&t.t("list-separator"));
                let what = if titles.is_empty() {
                    t.t("hand-whole").into_owned()
                } else {
                    titles
                };
                let at = dates::moment(t, share.made_at, &zone);
                (share, what, at)
            })
            .collect(),
        contacts,
        received,
        lines,
        response,
        campaign,
        i: invitation,
    })
}

/// Contacts who were sent the request at another address than they have now, and not at the new one.
fn moved(contacts: &[Contact], deliveries: &[Delivery]) -> Vec<(Contact, String)> {
    let sent = || {
        deliveries
            .iter()
            .filter(|d| d.kind == Kind::Invitation && !d.address.is_empty())
    };
    let moved = |contact: &&Contact| {
        let mail = contact.mail.as_ref()?;
        let before = sent().rfind(|d| d.contact == Some(contact.id))?;
        let has_new = sent().any(|d| d.address == mail.as_str());
        (!has_new).then(|| before.address.clone())
    };
    contacts.iter().filter_map(|c| Some((c.clone(), moved(&c)?))).collect()
}

/// Sends the request again, to a contact or to a new address.
pub async fn send(context: Context, viewer: Viewer, Path(ids): Path<Ids>, fields: Form) -> Result<Response> {
    let app = &context.app;
    let loaded = load(&context, &viewer, ids).await?;
    let to = match fields.get("contact").parse() {
        Ok(contact) => To::Contact(contact),
        Err(_) => {
            let name: String = fields.get("name").chars().take(200).collect();
            let language = Locale::find(fields.get("language")).unwrap_or(context.t.0);
            let keep = fields.has("keep");
            let mail = match fields.get("mail").parse() {
                Ok(mail) => mail,
                Err(_) => {
                    let again = TypedAddress {
                        name,
                        mail: fields.get("mail").to_owned(),
                        language: language.as_str().to_owned(),
                        once: !keep,
                        problem: Some("again-problem-mail"),
                    };
                    let more = More {
                        again,
                        ..More::default()
                    };
                    let page = part_page(&context, &viewer, ids, more).await?;
                    return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
                }
            };
            To::New {
                name,
                mail,
                language: language.as_str().to_owned(),
                keep,
            }
        }
    };
    let occasion = fields.get("occasion").parse().unwrap_or(1);
    let mut tx = app.db.write().await?;
    let origin = viewer.origin(&context);
    let went = send_again(&mut tx, app, &origin, loaded.invitation.id, to, occasion).await?;
    tx.commit().await?;
    app.jobs.now();
    let word = match went {
        Went::Queued => "sent",
        Went::Hurried => "hurried",
        Went::Before => "before",
    };
    Ok(see_other(format!(
        "/campaigns/{}/companies/{}?done={word}",
        ids.0, ids.1
    )))
}

/// Shows the company's link. Whoever has it can answer for the company, so the log says who saw it; and since a GET changes
/// nothing, it takes a button.
pub async fn show_link(context: Context, viewer: Viewer, Path(ids): Path<Ids>) -> Result<Response> {
    let app = &context.app;
    let loaded = load(&context, &viewer, ids).await?;
    let invitation = &loaded.invitation;
    let made = link(&app.secret, invitation.id, &invitation.salt);
    let mut tx = app.db.write().await?;
    let change = Change {
        action: "invitation.show-link",
        subject_kind: "invitation",
        subject: Some(invitation.id.0),
        subject_name: &invitation.company_name,
    };
    audit::record(&mut tx, app, &viewer.origin(&context), change, &(), &()).await?;
    tx.commit().await?;
    let more = More {
        link: Some(app.url(&format!("/r/{}", made.token))),
        ..More::default()
    };
    Ok(Html(part_page(&context, &viewer, ids, more).await?).into_response())
}

/// The address of a page that shows the link, asked for anew: it doesn't show it.
pub async fn no_link(_viewer: Viewer, Path((id, part)): Path<Ids>) -> Response {
    see_other(format!("/campaigns/{id}/companies/{part}"))
}

/// Takes down a call. Who answered on the phone is taken down next.
pub async fn call(context: Context, viewer: Viewer, Path(ids): Path<Ids>, fields: Form) -> Result<Response> {
    let app = &context.app;
    let loaded = load(&context, &viewer, ids).await?;
    let today = context.now.to_zoned(app.zone()).date();
    let call = match CallNote::read(&fields, today) {
        Ok(call) => call,
        Err(key) => {
            let call = TypedCall {
                outcome: fields.get("outcome").to_owned(),
                day: fields.get("day").to_owned(),
                note: fields.get("note").to_owned(),
                problem: Some(key),
            };
            let more = More {
                call,
                ..More::default()
            };
            let page = part_page(&context, &viewer, ids, more).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let mut tx = app.db.write().await?;
    let origin = viewer.origin(&context);
    let of = (&loaded.invitation, viewer.name.as_str());
    log_call(&mut tx, app, &origin, of, &call, context.t).await?;
    tx.commit().await?;
    let path = format!("/campaigns/{}/companies/{}", ids.0, ids.1);
    Ok(match call.outcome {
        CallOutcome::Answered if loaded.invitation.asks_check => see_other(format!("{path}/record")),
        _ => see_other(format!("{path}?done=call")),
    })
}

/// Takes back that a company had declined: it stands where it stood, and its reminders go on with what comes next.
pub async fn undecline(context: Context, viewer: Viewer, Path(ids): Path<Ids>) -> Result<Response> {
    let app = &context.app;
    load(&context, &viewer, ids).await?;
    let mut tx = app.db.write().await?;
    undo_decline(&mut tx, app, &viewer.origin(&context), ids.1).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other(format!(
        "/campaigns/{}/companies/{}?done=undeclined",
        ids.0, ids.1
    )))
}

#[derive(Template)]
#[template(path = "circulation/record.html")]
struct RecordPage {
    shell: Shell,
    campaign: Campaign,
    i: Invitation,
    sections: Vec<(String, Vec<QuestionView>)>,
    about: About,
    channel: String,
    note: String,
    revision: i64,
    /// The company's own document that stands for the answers.
    document: String,
    mistakes: Vec<(&'static str, &'static str)>,
    problems: Vec<(String, String)>,
    /// Required questions that would stay open, where all was to be taken as answered: id, and number with label.
    missing: Vec<(String, String)>,
}

struct Typed {
    form: Answers,
    about: About,
    channel: String,
    note: String,
    document: String,
}

fn record_page(
    context: &Context,
    viewer: &Viewer,
    l: Loaded,
    typed: Option<Typed>,
    mistakes: Vec<(&'static str, &'static str)>,
) -> Result<RecordPage> {
    let checklist = l.asked.checklist.clone().ok_or(Error::NotFound)?;
    let t: Tr = context.t;
    let words = checklist.text(t.lang());
    let answers = l.response.as_ref().map(|r| r.answers.clone()).unwrap_or_default();
    let problem = |id: &str| {
        typed
            .as_ref()?
            .form
            .problems
            .iter()
            .find(|p| p.question == id)
            .map(|p| p.key)
    };
    let sections = checklist
        .sections
        .iter()
        .map(|section| {
            let views = checklist.section(section).map(|q| {
                let sentence = problem(&q.id).map(|key| problem_sentence(t, q, key));
                let again = typed.as_ref().and_then(|x| x.form.typed.get(&q.id));
                // What to do first is for the company's own page.
                QuestionView {
                    if_no: Vec::new(),
                    // Whoever answers on the phone may not know; what is missing stays so.
                    required: false,
                    ..question_view((t, context.now), &checklist, &answers, q, again, None, sentence)
                }
            });
            (words.section(section).to_owned(), views.collect())
        })
        .collect();
    let problems = typed
        .iter()
        .flat_map(|x| &x.form.problems)
        .filter_map(|p| {
            let sentence = problem_sentence(t, checklist.question(&p.question)?, p.key);
            Some((
                p.question.clone(),
                format!(
                    "{}. {}: {sentence}",
                    checklist.number(&p.question),
                    words.question(&p.question).label
                ),
            ))
        })
        .collect();
    let (about, channel, note, document) = match typed {
        Some(x) => (x.about, x.channel, x.note, x.document),
        None => (
            l.response.as_ref().map(|r| r.about.clone()).unwrap_or_default(),
            // A call is gone on with where the last one broke off.
            match l.response.as_ref().map(|r| r.channel) {
                Some(Channel::Paper) => "paper".into(),
                _ => "phone".into(),
            },
            l.response
                .as_ref()
                .filter(|r| r.submitted.is_none())
                .map(|r| r.note.clone())
                .unwrap_or_default(),
            l.response
                .as_ref()
                .and_then(|r| r.submitted.as_ref())
                .map(|s| s.document.clone())
                .unwrap_or_default(),
        ),
    };
    Ok(RecordPage {
        shell: viewer.shell(context, "campaigns"),
        revision: l.response.as_ref().map_or(0, |r| r.revision),
        campaign: l.campaign,
        i: l.invitation,
        sections,
        about,
        channel,
        note,
        document,
        mistakes,
        problems,
        missing: Vec::new(),
    })
}

pub async fn record_form(context: Context, viewer: Viewer, Path(ids): Path<Ids>) -> Result<Response> {
    let loaded = load(&context, &viewer, ids).await?;
    Ok(Html(record_page(&context, &viewer, loaded, None, Vec::new())?).into_response())
}

/// The longest account of how answers came, in characters.
const LONGEST_NOTE: usize = 2_000;

/// Takes down what a company said on the phone or wrote on paper. It counts as answered only when whoever takes it down says
/// that this is all: until then it is a draft, and the company stays on the list of those to be phoned.
pub async fn record(context: Context, viewer: Viewer, Path(ids): Path<Ids>, fields: Form) -> Result<Response> {
    let loaded = load(&context, &viewer, ids).await?;
    if loaded.invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    let checklist = loaded.asked.checklist.clone().ok_or(Error::NotFound)?;
    let form = Answers::parse(
        &checklist,
        context.now,
        fields.0.iter().map(|(k, v)| (k.as_str(), v.as_str())),
    );
    let field = |name: &str| fields.get(name).to_owned();
    let about = About {
        division: field("division"),
        name: field("name"),
        contact: field("contact"),
    };
    let mut mistakes = Vec::new();
    if about.name.is_empty() {
        mistakes.push(("name", "about-problem-name"));
    }
    if field("note").is_empty() {
        mistakes.push(("note", "record-problem-note"));
    }
    let document = responses::document(&fields);
    for (name, text) in [
        ("division", &about.division),
        ("name", &about.name),
        ("contact", &about.contact),
    ] {
        if text.chars().count() > responses::LONGEST_ABOUT {
            mistakes.push((name, "about-problem-long"));
        }
    }
    if field("note").chars().count() > LONGEST_NOTE {
        mistakes.push(("note", "record-problem-note-long"));
    }
    if document.chars().count() > responses::LONGEST_DOCUMENT {
        mistakes.push(("document", "document-problem-long"));
    }
    if document.is_empty() && form.posted.values().all(|p| p.value.is_none()) {
        mistakes.push(("answers", "record-problem-nothing"));
    }
    let typed = |form, about| Typed {
        form,
        about,
        channel: field("channel"),
        note: field("note"),
        document: document.clone(),
    };
    if !mistakes.is_empty() || !form.problems.is_empty() {
        let page = record_page(&context, &viewer, loaded, Some(typed(form, about)), mistakes)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let app = &context.app;
    let origin = viewer.origin(&context);
    let channel = if fields.get("channel") == "paper" {
        Channel::Paper
    } else {
        Channel::Phone
    };
    let by = format!("{} ({})", about.name, viewer.name);
    let mut tx = app.db.write().await?;
    let mut held = responses::Held::of(&mut tx, &loaded.invitation).await?;
    let merged = held.save(&mut tx, &form, &origin, &by).await?;
    if !merged.conflicts.is_empty() {
        // Somebody answered by the link since the page was opened: nothing is written over.
        return Err(Error::Conflict("error-answered-meanwhile"));
    }
    held.save_about(&about, &origin);
    let note = field("note");
    let part = format!("/campaigns/{}/companies/{}", ids.0, ids.1);
    if fields.get("go") == "draft" {
        held.draft(&origin, channel, &note);
        held.write(&mut tx, app).await?;
        tx.commit().await?;
        return Ok(context.done(part, "done-draft-recorded", 0));
    }
    let extent = match (document.as_str(), fields.get("go")) {
        ("", "part") => Extent::Part,
        ("", _) => Extent::Whole,
        (document, _) => Extent::Document(document),
    };
    let sending = Sending {
        seen: None,
        extent,
        channel,
        note: &note,
    };
    if let Submission::NotSeen = held.submit(&mut tx, app, &loaded.asked, &origin, sending).await? {
        // Required questions are open, and nobody has said yet that they stay so: nothing is kept before that.
        drop(held);
        drop(tx);
        let lines = answer_lines(context.t, &checklist, &merged.answers);
        let missing = lines.iter().filter(|l| l.is_missing());
        let missing = missing.map(|l| (l.id.clone(), format!("{}. {}", l.number, l.label)));
        let missing = missing.collect();
        let page = record_page(&context, &viewer, loaded, Some(typed(form, about)), Vec::new())?;
        let page = RecordPage { missing, ..page };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    held.write(&mut tx, app).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(context.done(part, "done-answers-recorded", 0))
}

pub async fn decline(context: Context, viewer: Viewer, Path(ids): Path<Ids>, fields: Form) -> Result<Response> {
    remark(
        &context,
        &viewer,
        ids,
        fields.get("note"),
        EventKind::Declined,
        "invitation.decline",
    )
    .await
}

pub async fn note(context: Context, viewer: Viewer, Path(ids): Path<Ids>, fields: Form) -> Result<Response> {
    remark(
        &context,
        &viewer,
        ids,
        fields.get("note"),
        EventKind::Noted,
        "invitation.note",
    )
    .await
}

/// Appends an event that an operator writes, with a text that says how it is known.
async fn remark(
    context: &Context,
    viewer: &Viewer,
    ids: Ids,
    note: &str,
    kind: EventKind,
    action: &'static str,
) -> Result<Response> {
    let loaded = load(context, viewer, ids).await?;
    if note.is_empty() {
        return Err(Error::Conflict("error-note-empty"));
    }
    let note: String = note.chars().take(2000).collect();
    let app = &context.app;
    let mut tx = app.db.write().await?;
    let state = invitations::lock(&mut tx, viewer.scope(), loaded.invitation.id).await?;
    invitations::append(&mut tx, app, &loaded.invitation, state, &[kind], &viewer.name, &note).await?;
    let change = Change {
        action,
        subject_kind: "invitation",
        subject: Some(loaded.invitation.id.0),
        subject_name: &loaded.invitation.company_name,
    };
    audit::record(&mut tx, app, &viewer.origin(context), change, &(), &note).await?;
    tx.commit().await?;
    let part = format!("/campaigns/{}/companies/{}", ids.0, ids.1);
    Ok(context.done(part, "done-noted", 0))
}
