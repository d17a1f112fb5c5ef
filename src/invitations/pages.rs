//! The page that a link opens, and the page where a code is typed.

use super::device::{NotYet, keep_device};
use super::link::link;
use super::model::{EventKind, State};
use super::store::{Acknowledgement, Invitation, append, find, find_by_code, keep_acknowledgement, lock};
use super::thread::{ThreadView, thread};
use super::visit::{RespondentShell, Visit};
use crate::app::App;
use crate::audit::{self, Change};
use crate::campaigns::{Asked, Plan};
use crate::content::{self, Advisory, AdvisoryText, Placeholders, RenderedLetter};
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

pub fn router(app: &App) -> Router<App> {
    let known = axum::middleware::from_fn_with_state(app.clone(), keep_device);
    Router::new()
        // Who acknowledged is shown to the devices that did.
        .route("/r/{token}/acknowledge", post(acknowledge))
        .route_layer(known)
        .route("/r/{token}", get(show))
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
    /// About how long all of it takes.
    minutes: i64,
    acknowledged: Option<String>,
    /// What stands in the form: what was just typed, else what is kept, where this device may see it.
    said: Acknowledgement,
    /// What this device may see of who acknowledged.
    shows_said: bool,
    /// The form's field that can't be taken, and why.
    problem: Option<(&'static str, &'static str)>,
    answered: bool,
    /// Of those answered: required questions are open, or a document stands for them.
    partial: bool,
    document: bool,
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

    fn problem(&self, field: &str) -> Option<&'static str> {
        self.problem.filter(|(f, _)| *f == field).map(|(_, key)| key)
    }

    fn advisory_text(&self) -> Option<&AdvisoryText> {
        Some(self.advisory.as_ref()?.text(self.page.shell.t.lang()))
    }
}

async fn show(context: Context, Path(token): Path<String>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    Ok(Html(first_page(&visit, None).await?).into_response())
}

/// A link's first page; with what was typed to acknowledge, and why it can't be taken.
async fn first_page(visit: &Visit, typed: Option<(Acknowledgement, (&'static str, &'static str))>) -> Result<ShowPage> {
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
    let shows_said = acknowledged.is_some() && visit.is_known_device();
    let (said, problem) = match typed {
        Some((said, problem)) => (said, Some(problem)),
        None if shows_said => (acknowledgement(invitation), None),
        // Whose own link it is, is known; a company's link may be in anybody's hands.
        None => {
            let name = visit.share.as_ref().filter(|_| acknowledged.is_none());
            let name = name.map(|share| share.name.clone()).unwrap_or_default();
            (
                Acknowledgement {
                    name,
                    ..Acknowledgement::default()
                },
                None,
            )
        }
    };
    let own = match (&asked.checklist, visit.sections()) {
        (Some(checklist), Some(sections)) if invitation.asks_check => Some(Arc::new(checklist.only(sections))),
        (Some(checklist), None) if invitation.asks_check => Some(checklist.clone()),
        _ => None,
    };
    let to_read = asked.advisory.as_ref().map(|a| a.text(t.lang()));
    Ok(ShowPage {
        page,
        colleague: visit.share.as_ref().map(|s| s.made_by.clone()),
        sections: visit.section_titles(),
        company: invitation.company_name.clone(),
        title: letter.letter.subject.clone(),
        advisory: asked.advisory.clone(),
        letter,
        host: base_url.split_once("://").map_or("", |(_, h)| h).to_owned(),
        asks_check: invitation.asks_check,
        questions: own.as_ref().map_or(0, |c| c.questions.len()),
        minutes: content::minutes(own.as_deref(), to_read, t.lang()),
        acknowledged,
        said,
        shows_said,
        problem,
        answered: state.is_answered(),
        partial: state == State::Partial,
        document: state == State::Document,
        started: state >= State::Started,
        closed: invitation.closed,
        late: visit.is_late(visit.context.now),
        thread: ThreadView::of(t, asked, invitation.campaign, &visit.path(""), &mentions),
        passes_on: whole && asked.notice.is_some() && asked.plan.passes_on(invitation.kind()),
    })
}

/// The longest name and position, and the longest remark, in characters.
const LONGEST: usize = 100;
const LONGEST_REMARK: usize = 1_000;
/// How often a day a link may say anew who acknowledged.
const A_DAY: i64 = 50;

/// What is kept of who acknowledged.
fn acknowledgement(invitation: &Invitation) -> Acknowledgement {
    let by = invitation.acknowledged_by.clone().unwrap_or_default();
    Acknowledgement {
        // Who gave no name is kept under the company's.
        name: if by == invitation.company_name {
            String::new()
        } else {
            by
        },
        position: invitation.acknowledged_position.clone(),
        remark: invitation.acknowledged_remark.clone(),
    }
}

/// Keeps that somebody acknowledged, once, and who they say they are. Sent again it puts that right; sent again with nothing
/// in it, it changes nothing, unless it comes from the page that shows what there was.
async fn acknowledge(context: Context, Path(token): Path<String>, form: Form) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    if let Some(step) = visit.ask_person("/acknowledge", &form) {
        return Ok(step);
    }
    // A device that posts here is known from then on, and so may see what was submitted: it has to show before that it may.
    visit.refuse_new_device(visit.invitation.state.is_answered())?;
    let is_stranger = !visit.is_known_device();
    if is_stranger && visit.invitation.acknowledged_at.is_some() {
        return Ok(done_already(&visit));
    }
    let said = Acknowledgement {
        name: form.get("name").to_owned(),
        position: form.get("position").to_owned(),
        remark: form.get("remark").replace("\r\n", "\n"),
    };
    let longer = |text: &str, most: usize| text.chars().count() > most;
    let problem = if longer(&said.name, LONGEST) {
        Some(("name", "ack-problem-name"))
    } else if longer(&said.position, LONGEST) {
        Some(("position", "ack-problem-position"))
    } else if longer(&said.remark, LONGEST_REMARK) {
        Some(("remark", "ack-problem-remark"))
    } else {
        None
    };
    if let Some(problem) = problem {
        let page = first_page(&visit, Some((said, problem))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let by = if said.name.is_empty() {
        visit.nameless()
    } else {
        &said.name
    };
    let app = &visit.context.app;
    let mut tx = app.db.write().await?;
    let state = lock(&mut tx, visit.scope(), visit.invitation.id).await?;
    // As it is now that it is held: pressed twice, it counts once.
    let now = find(&mut tx, visit.scope(), visit.invitation.id).await?;
    let Some(now) = now.filter(|i| !i.closed) else {
        return Err(Error::Conflict("error-campaign-closed"));
    };
    visit.refuse_new_device(state.is_answered())?;
    if is_stranger && now.acknowledged_at.is_some() {
        return Ok(done_already(&visit));
    }
    let change = |action| Change {
        action,
        subject_kind: "invitation",
        subject: Some(visit.invitation.id.0),
        subject_name: &visit.invitation.company_name,
    };
    let origin = visit.origin(&said.name);
    let before = acknowledgement(&now);
    let said_more = said != Acknowledgement::default();
    if now.acknowledged_at.is_none() {
        let detail = [said.position.as_str(), &said.remark];
        let detail = detail.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        let kinds = [EventKind::Acknowledged];
        append(&mut tx, app, &now, state, &kinds, by, &detail.join(" ")).await?;
        if !said.position.is_empty() || !said.remark.is_empty() {
            keep_acknowledgement(&mut tx, &now, by, &said).await?;
        }
        let after = said_more.then_some(&said);
        audit::record(&mut tx, app, &origin, change("invitation.acknowledge"), &(), &after).await?;
    } else if said != before && (said_more || form.has("again")) {
        // Each change is kept in the log, and nobody shall fill it.
        let key = format!("acknowledge:{}", now.id);
        let day = SignedDuration::from_hours(24);
        if !throttle::allow(&mut tx, now.org.0, &key, A_DAY, day, visit.context.now).await? {
            return Err(Error::TooMany);
        }
        keep_acknowledgement(&mut tx, &now, by, &said).await?;
        let change = change("invitation.acknowledge-again");
        audit::record(&mut tx, app, &origin, change, &before, &said).await?;
    }
    tx.commit().await?;
    Ok(see_other(visit.path("#thanks")))
}

/// What a device gets that acknowledges after another has: nothing is changed, and it doesn't become one that may see who that was.
fn done_already(visit: &Visit) -> Response {
    let mut response = see_other(visit.path("#thanks"));
    response.extensions_mut().insert(NotYet);
    response
}

/// A person moved, touched or typed on the page: told by its script, so that a scanner's GET counts for nothing.
async fn opened(context: Context, Path(token): Path<String>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.invitation.state < State::Opened {
        let app = &visit.context.app;
        let mut tx = app.db.write().await?;
        let state = lock(&mut tx, visit.scope(), visit.invitation.id).await?;
        if state < State::Opened {
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
