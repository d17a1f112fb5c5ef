//! The page that a link opens, and the page where a code is typed.

use super::link::link;
use super::model::EventKind;
use super::store::{Invitation, append, find, find_by_code, lock};
use super::thread::{ThreadView, thread};
use super::visit::{RespondentShell, Visit};
use crate::app::App;
use crate::audit::{self, Change};
use crate::campaigns::{Asked, Plan};
use crate::content::{Advisory, AdvisoryText, Placeholders, RenderedLetter};
use crate::directory;
use crate::people;
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other, throttle};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

pub fn router() -> Router<App> {
    Router::new()
        .route("/r/{token}", get(show))
        .route("/r/{token}/acknowledge", post(acknowledge))
        .route("/r/{token}/opened", post(opened))
        .route("/code", get(ask_code).post(enter_code))
}

/// A letter as it is shown, with what the program itself prints at its head.
pub struct LetterView {
    pub letter: RenderedLetter,
    /// Without a weekday, as the date of a letter is written.
    pub date: String,
    /// In one line, as sentences name it.
    pub sender: String,
    /// As it stands at the head of the letter and below its closing, in one line or more.
    pub sender_lines: Vec<String>,
    pub number: String,
    /// Company and, where a person is known, department and person; else the letter's own words for the company.
    pub addressee: Vec<String>,
    /// The notice on data protection for people abroad, a paragraph each.
    pub privacy: Vec<String>,
}

/// The letter to one company in one language. `address` is the link as the reader should follow it; `contact` and
/// `department` may be empty, and so may `code`, where the reader isn't to have it.
pub fn letter_view(
    asked: &Asked,
    invitation: &Invitation,
    (address, code): (&str, &str),
    t: Tr,
    at: Timestamp,
    (department, contact): (&str, &str),
) -> LetterView {
    let plan = &asked.plan;
    let zone = asked.zone();
    let sender = plan.sender_name(t.lang()).to_owned();
    let asks = plan.asks(invitation.kind());
    let date = dates::letter_date(t, at, &zone);
    let person = if contact.is_empty() {
        t.t("letter-to-whom")
    } else {
        contact.to_owned().into()
    };
    let earlier = asked.follows.as_ref();
    let values = Placeholders {
        earlier_number: earlier.map(|e| e.number.clone()).unwrap_or_default(),
        earlier_date: earlier
            .map(|e| dates::letter_date(t, e.sent_at, &zone))
            .unwrap_or_default(),
        company: directory::formal_name(&invitation.company_name),
        contact: person.to_string(),
        named: !contact.is_empty(),
        department: department.to_owned(),
        number: asked.number.clone(),
        date: date.clone(),
        deadline: dates::letter_moment(t, invitation.deadline, &zone),
        retention: asked.statements.retention(t),
        readers: asked.statements.readers(t),
        sender: sender.clone(),
        inquiries: Plan::said(&plan.inquiries, t.lang()).to_owned(),
        link: address.to_owned(),
        code: code.to_owned(),
        advisory: asked
            .advisory
            .as_ref()
            .map(|a| a.text(t.lang()).title.clone())
            .unwrap_or_default(),
        checklist: asked
            .checklist
            .as_ref()
            .filter(|_| invitation.asks_check)
            .map(|c| c.text(t.lang()).title.clone())
            .unwrap_or_default(),
    };
    let mut letter = asked
        .letter(invitation.group)
        .map(|l| l.render(t.lang(), &values, &asks))
        .unwrap_or_default();
    if code.is_empty() {
        letter.record.retain(|l| l.only.as_deref() != Some("code"));
    }
    // Who holds the letter on paper must know where to type the code.
    let typed_at = address.split("/r/").next().unwrap_or_default();
    for line in letter.record.iter_mut().filter(|l| l.only.as_deref() == Some("code")) {
        line.value = t
            .t2("letter-code", "code", code, "address", format!("{typed_at}/code"))
            .into_owned();
    }
    LetterView {
        addressee: addressee(&letter, &values.company, (department, contact), t),
        privacy: asked.statements.privacy(&invitation.country, t),
        sender_lines: plan.sender_lines(t.lang()),
        letter,
        date,
        sender,
        number: asked.number.clone(),
    }
}

/// To whom a letter is addressed: to a person with 様; where none is known, to the company, by the letter's own words (御中).
fn addressee(letter: &RenderedLetter, company: &str, (department, contact): (&str, &str), t: Tr) -> Vec<String> {
    if contact.is_empty() {
        return letter.salutation.lines().map(str::to_owned).collect();
    }
    let mut lines = vec![company.to_owned()];
    lines.extend(match department {
        "" => t
            .t1("letter-to-person", "name", contact)
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>(),
        department => t
            .t2("letter-to-person-of", "department", department, "name", contact)
            .lines()
            .map(str::to_owned)
            .collect(),
    });
    lines
}

#[derive(Template)]
#[template(path = "invitations/show.html")]
struct ShowPage {
    page: RespondentShell,
    /// Who handed the request on to the reader.
    colleague: Option<String>,
    /// The sections that the reader was given, by title; none: all of it.
    sections: Vec<String>,
    company: String,
    title: String,
    advisory: Option<Arc<Advisory>>,
    letter: LetterView,
    host: String,
    asks_check: bool,
    questions: usize,
    acknowledged: Option<String>,
    answered: bool,
    started: bool,
    closed: bool,
    late: bool,
    thread: ThreadView,
    /// Whether it is asked to pass a notice for employees on.
    passes_on: bool,
}

impl ShowPage {
    /// Whoever was given some sections doesn't give them on.
    fn may_hand_on(&self) -> bool {
        self.sections.is_empty()
    }

    fn advisory_text(&self) -> Option<&AdvisoryText> {
        Some(self.advisory.as_ref()?.text(self.page.shell.t.lang()))
    }
}

async fn show(context: Context, Path(token): Path<String>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    let t = visit.t();
    let (invitation, asked) = (&visit.invitation, &visit.asked);
    let whole = visit.sections().is_none();
    let mentions = match invitation.threaded && whole {
        true => {
            let mut tx = visit.context.app.db.read().await?;
            let root = asked.follows.as_ref().map_or(invitation.campaign, |e| e.root);
            thread(&mut tx, visit.scope(), root, invitation.company).await?
        }
        // Most campaigns stand alone: nothing more is asked for them.
        false => Vec::new(),
    };
    let page = visit.shell(false);
    let base_url = &visit.context.app.config.server.base_url;
    let address = format!("{base_url}{}", page.home);
    let letter = letter_view(
        asked,
        invitation,
        (&address, page.code.as_deref().unwrap_or_default()),
        t,
        visit.context.now,
        ("", ""),
    );
    let acknowledged = invitation.acknowledged_at.map(|at| dates::moment(t, at, &asked.zone()));
    let state = invitation.state;
    Ok(Html(ShowPage {
        page,
        colleague: visit.share.as_ref().map(|s| s.made_by.clone()),
        sections: visit.section_titles(),
        company: invitation.company_name.clone(),
        title: letter.letter.subject.clone(),
        advisory: asked.advisory.clone(),
        letter,
        host: base_url.split_once("://").map_or("", |(_, h)| h).to_owned(),
        asks_check: invitation.asks_check,
        questions: asked.checklist.as_ref().map_or(0, |c| match visit.sections() {
            Some(sections) => c.questions.iter().filter(|q| sections.contains(&q.section)).count(),
            None => c.questions.len(),
        }),
        acknowledged,
        answered: state.is_answered(),
        started: state >= super::State::Started,
        closed: invitation.closed,
        late: visit.is_late(visit.context.now),
        thread: ThreadView::of(t, asked, invitation.campaign, &visit.path(""), &mentions),
        passes_on: whole && asked.notice.is_some() && asked.plan.passes_on(invitation.kind()),
    })
    .into_response())
}

async fn acknowledge(context: Context, Path(token): Path<String>, form: Form) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    if let Some(step) = visit.ask_person("/acknowledge", &form) {
        return Ok(step);
    }
    let person: String = form.get("name").chars().take(100).collect();
    let actor = if person.is_empty() { visit.nameless() } else { &person };
    let app = &visit.context.app;
    let mut tx = app.db.write().await?;
    let state = lock(&mut tx, visit.scope(), visit.invitation.id).await?;
    // As it is now that it is held: pressed twice, it counts once.
    let now = find(&mut tx, visit.scope(), visit.invitation.id).await?;
    if now.is_some_and(|i| i.acknowledged_at.is_none() && !i.closed) {
        append(
            &mut tx,
            app,
            &visit.invitation,
            state,
            &[EventKind::Acknowledged],
            actor,
            "",
        )
        .await?;
        let change = Change {
            action: "invitation.acknowledge",
            subject_kind: "invitation",
            subject: Some(visit.invitation.id.0),
            subject_name: &visit.invitation.company_name,
        };
        audit::record(&mut tx, app, &visit.origin(&person), change, &(), &()).await?;
    }
    tx.commit().await?;
    Ok(see_other(visit.path("")))
}

/// A person moved, touched or typed on the page: told by its script, so that a scanner's GET counts for nothing.
async fn opened(context: Context, Path(token): Path<String>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.invitation.state < super::State::Opened {
        let app = &visit.context.app;
        let mut tx = app.db.write().await?;
        let state = lock(&mut tx, visit.scope(), visit.invitation.id).await?;
        if state < super::State::Opened {
            append(
                &mut tx,
                app,
                &visit.invitation,
                state,
                &[EventKind::Opened],
                visit.nameless(),
                "",
            )
            .await?;
        }
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Template)]
#[template(path = "invitations/code.html")]
struct CodePage {
    shell: Shell,
    typed: String,
    wrong: bool,
}

async fn ask_code(context: Context) -> Result<Response> {
    Ok(Html(CodePage {
        shell: Shell::new(&context),
        typed: String::new(),
        wrong: false,
    })
    .into_response())
}

/// 49 bits against ten tries an address in a quarter of an hour, and two thousand in all.
async fn enter_code(context: Context, form: Form) -> Result<Response> {
    let app = &context.app;
    let org = app.scope().org.0;
    let window = SignedDuration::from_mins(15);
    let mut tx = app.db.write().await?;
    let mine = format!("code:{}", people::neighbourhood(context.address));
    let allowed = throttle::allow(&mut tx, org, &mine, 10, window, context.now).await?
        && throttle::allow(&mut tx, org, "code", 2000, window, context.now).await?;
    let found = match allowed {
        true => find_by_code(&mut tx, app, form.get("code")).await?,
        false => None,
    };
    if found.is_some() {
        // An office behind one address may hold many letters.
        throttle::clear(&mut tx, &mine).await?;
    }
    tx.commit().await?;
    if !allowed {
        return Err(Error::TooMany);
    }
    match found {
        Some(invitation) => {
            let made = link(&app.secret, invitation.id, &invitation.salt);
            Ok(see_other(format!("/r/{}", made.token)))
        }
        None => {
            let page = CodePage {
                shell: Shell::new(&context),
                typed: form.get("code").to_owned(),
                wrong: true,
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}
