//! Answering, step by step or all on one page, with and without JavaScript.

use super::form::{Form, TOO_MUCH, is_unseen};
use super::held::{Extent, Held, Sending, Submission};
use super::merge::Merge;
use super::model::{Answers, Completeness, left_out, missing, progress, visible};
use super::part;
use super::show::{AnswerLine, LeftOut, QuestionView, answer_lines, numbers, problem_sentence, question_view};
use super::store::{About, Channel, Response, find};
use crate::app::App;
use crate::audit::{self, Change};
use crate::content::{Checklist, Question};
use crate::invitations::{RespondentShell, Visit, keep_device};
use crate::web::form::Form as Fields;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, dates, see_other};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response as Reply};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use std::sync::Arc;

pub fn router(app: &App) -> Router<App> {
    let known = axum::middleware::from_fn_with_state(app.clone(), keep_device);
    Router::new()
        .route("/r/{token}/start", post(start))
        .route("/r/{token}/check", get(resume))
        .route("/r/{token}/check/{question}", get(show_step).post(save_step))
        .route("/r/{token}/all", get(show_all).post(save_all))
        .route("/r/{token}/about", get(show_about).post(post_about))
        .route("/r/{token}/review", get(review))
        .route("/r/{token}/submit", post(send))
        .route("/r/{token}/partial", get(part::ask_partial).post(part::send_partial))
        .route("/r/{token}/document", get(part::ask_document).post(part::send_document))
        .route("/r/{token}/receipt", get(receipt))
        .route("/r/{token}/save", post(autosave))
        .route_layer(known)
        .route_layer(axum::middleware::from_fn(tell_script))
        // It shows no answers, and so makes no device known.
        .route("/r/{token}/before/{number}", get(super::before::before))
        // Some thirty texts of 4,000 characters, three bytes each, percent-encoded.
        .layer(DefaultBodyLimit::max(2 * 1024 * 1024))
}

/// Where a page's script goes on after what it posted was taken; and that there is a page of ours to be seen instead.
const GO_ON: HeaderName = HeaderName::from_static("kairan-to");
const SEE_PAGE: HeaderName = HeaderName::from_static("kairan-page");

/// A page's script posts its form itself, so that what was typed stays on the page where the network or the server fails. It
/// asks for JSON, and can't see where a redirect leads: it is told in a header. Where a page answers, the script has the browser
/// post the form once more and show it: the same form twice does no more than once. What fails is JSON by [`crate::web::respond`].
async fn tell_script(request: Request, next: Next) -> Reply {
    let accept = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok());
    let by_script = request.method() == Method::POST && accept.is_some_and(|v| v.starts_with("application/json"));
    let reply = next.run(request).await;
    if !by_script {
        return reply;
    }
    let headers = reply.headers();
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let told = match headers.get(header::LOCATION) {
        Some(place) if reply.status() == StatusCode::SEE_OTHER => (GO_ON, place.clone()),
        _ if is_page => (SEE_PAGE, HeaderValue::from_static("1")),
        _ => return reply,
    };
    let (mut parts, _) = reply.into_parts();
    parts.status = StatusCode::NO_CONTENT;
    for name in [header::LOCATION, header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    parts.headers.insert(told.0, told.1);
    Reply::from_parts(parts, Body::empty())
}

/// A visit to a checklist, with what is stored.
pub(super) struct Answering {
    pub visit: Visit,
    pub checklist: Arc<Checklist>,
    pub response: Option<Response>,
    pub answers: Answers,
    /// Revision of `answers`; 0 when nothing is stored.
    pub revision: i64,
    /// Answers were saved by this request.
    pub saved: bool,
}

impl Answering {
    pub async fn open(context: Context, token: String) -> Result<Answering> {
        let visit = Visit::open(context, token).await?;
        let checklist = visit
            .asked
            .checklist
            .clone()
            .filter(|_| visit.invitation.asks_check)
            .ok_or(Error::NotFound)?;
        let checklist = match visit.sections() {
            Some(sections) => Arc::new(checklist.only(sections)),
            None => checklist,
        };
        let mut tx = visit.context.app.db.read().await?;
        let response = find(&mut tx, visit.scope(), visit.invitation.id).await?;
        drop(tx);
        visit.refuse_new_device(response.as_ref().is_some_and(|r| r.submitted.is_some()))?;
        let answers = response.as_ref().map(|r| r.answers.clone()).unwrap_or_default();
        Ok(Answering {
            visit,
            checklist,
            revision: response.as_ref().map_or(0, |r| r.revision),
            response,
            answers,
            saved: false,
        })
    }

    pub fn t(&self) -> Tr {
        self.visit.t()
    }

    pub fn about(&self) -> About {
        self.response.as_ref().map(|r| r.about.clone()).unwrap_or_default()
    }

    /// What the answers' author is called in "… changed this".
    fn by(&self) -> String {
        let name = self.about().name;
        if name.is_empty() || self.visit.share.is_some() {
            self.visit.nameless().to_owned()
        } else {
            name
        }
    }

    /// Whether the reader was given some sections only: they answer, and others submit.
    fn is_partial(&self) -> bool {
        self.visit.sections().is_some()
    }

    pub fn refuse_partial(&self) -> Result<()> {
        if self.is_partial() {
            Err(Error::NotFound)
        } else {
            Ok(())
        }
    }

    /// Where somebody goes who has answered the last question.
    fn after_questions(&self) -> &'static str {
        if self.is_partial() || self.about().is_whole() {
            "/review"
        } else {
            "/about"
        }
    }

    pub fn refuse_closed(&self) -> Result<()> {
        if self.visit.invitation.closed {
            Err(Error::Conflict("error-campaign-closed"))
        } else {
            Ok(())
        }
    }

    /// Saves what a form holds; nothing is lost of what can't be taken: the caller shows it again.
    async fn save(&mut self, form: &mut Form) -> Result<Merge> {
        self.refuse_closed()?;
        if self.is_partial() && self.response.as_ref().is_some_and(|r| r.submitted.is_some()) {
            // It would reopen what others submitted, and they wouldn't know.
            return Err(Error::Conflict("error-submitted-meanwhile"));
        }
        let by = self.by();
        let app = &self.visit.context.app;
        let mut tx = app.db.write().await?;
        let mut held = Held::of(&mut tx, &self.visit.invitation).await?;
        let origin = self.visit.origin(&by);
        if !held.admits(&origin) {
            form.refuse();
        }
        let merged = held.save(&mut tx, form, &origin, &by).await?;
        held.write(&mut tx, app).await?;
        tx.commit().await?;
        self.answers = merged.answers.clone();
        self.revision = merged.revision;
        self.saved = !merged.changed.is_empty();
        Ok(merged)
    }

    fn view(&self, question: &Question, form: Option<&Form>, merged: Option<&Merge>) -> QuestionView {
        let problem = form.and_then(|f| f.problems.iter().find(|p| p.question == question.id));
        let mine = merged
            .and_then(|m| m.conflicts.iter().find(|c| c.question == question.id))
            .map(|c| &c.mine);
        let typed = problem.and_then(|_| form.and_then(|f| f.typed.get(&question.id)));
        let sentence = problem.map(|p| problem_sentence(self.t(), question, p.key));
        question_view(
            (self.t(), self.visit.context.now),
            &self.checklist,
            &self.answers,
            question,
            typed,
            mine,
            sentence,
        )
    }

    fn conflicts(&self, merged: Option<&Merge>) -> Vec<ConflictView> {
        let zone = self.visit.asked.zone();
        let t = self.t();
        let words = |q: &str, v: Option<&super::Value>| match v {
            Some(v) => super::value_words(t, &self.checklist, q, v),
            None => t.t("no-answer").into_owned(),
        };
        merged
            .map(|m| m.conflicts.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|c| ConflictView {
                label: format!(
                    "{}. {}",
                    self.checklist.number(&c.question),
                    self.checklist.text(t.lang()).question(&c.question).label
                ),
                by: c.theirs.by.clone(),
                at: jiff::Timestamp::from_microsecond(c.theirs.at_micros)
                    .map(|at| dates::time(at, &zone))
                    .unwrap_or_default(),
                theirs: words(&c.question, c.theirs.value.as_ref()),
                their_comment: c.theirs.comment.clone(),
                mine: words(&c.question, c.mine.value.as_ref()),
                question: c.question.clone(),
            })
            .collect()
    }

    /// Which questions aren't asked because of other answers.
    fn left_out(&self) -> LeftOut {
        LeftOut::of(self.t(), &self.checklist, &self.answers)
    }

    /// "14:02 JST", of the last save.
    fn saved_at(&self) -> Option<String> {
        let at = match self.saved {
            true => self.visit.context.now,
            false => self.response.as_ref()?.saved_at,
        };
        Some(dates::time(at, &self.visit.asked.zone()))
    }
}

/// Somebody else changed the answer that this person also changed.
struct ConflictView {
    question: String,
    label: String,
    by: String,
    at: String,
    theirs: String,
    their_comment: String,
    mine: String,
}

/// How a request is answered whose form holds what can't be taken.
fn unsaved(form: &Form) -> StatusCode {
    match form.is_refused() {
        true => StatusCode::TOO_MANY_REQUESTS,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Where a form's button leads: `next`, `back`, `all`, or `lang:en`.
fn language_asked(fields: &Fields) -> Option<&'static str> {
    let asked = fields.get("go").strip_prefix("lang:")?;
    crate::web::i18n::Locale::find(asked).map(crate::web::i18n::Locale::as_str)
}

async fn start(context: Context, Path(token): Path<String>, fields: Fields) -> Result<Reply> {
    let answering = Answering::open(context, token).await?;
    answering.refuse_closed()?;
    let visit = &answering.visit;
    if let Some(step) = visit.ask_person("/start", &fields) {
        return Ok(step);
    }
    if answering.response.is_none() && visit.invitation.state < crate::invitations::State::Started {
        let app = &visit.context.app;
        let mut tx = app.db.write().await?;
        let state = crate::invitations::lock(&mut tx, visit.scope(), visit.invitation.id).await?;
        let actor = visit.nameless();
        let kinds = [crate::invitations::EventKind::Started];
        if state < crate::invitations::State::Started {
            crate::invitations::append(&mut tx, app, &visit.invitation, state, &kinds, actor, "").await?;
            let change = Change {
                action: "response.start",
                subject_kind: "invitation",
                subject: Some(visit.invitation.id.0),
                subject_name: &visit.invitation.company_name,
            };
            audit::record(&mut tx, app, &visit.origin(""), change, &(), &()).await?;
        }
        tx.commit().await?;
    }
    Ok(see_other(visit.path(if fields.get("go") == "all" {
        "/all"
    } else {
        "/check"
    })))
}

/// To the first question without an answer, else to who answers, else to the review.
async fn resume(context: Context, Path(token): Path<String>) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    let open = visible(&a.checklist, &a.answers)
        .into_iter()
        .find(|q| super::value(&a.answers, &q.id).is_none());
    Ok(see_other(a.visit.path(&match open {
        Some(question) if a.answers.is_empty() || question.required => format!("/check/{}", question.id),
        _ => a.after_questions().into(),
    })))
}

#[derive(Template)]
#[template(path = "responses/step.html")]
struct StepPage {
    page: RespondentShell,
    q: QuestionView,
    of: usize,
    /// What the checklist says about itself: before its first question.
    intro: Vec<String>,
    /// The numbers that are left out between the question before and this one.
    left_out: String,
    /// What became of what was posted, where it couldn't be taken.
    told: Option<&'static str>,
    conflicts: Vec<ConflictView>,
    saved_at: Option<String>,
}

fn step_page(a: &Answering, question: &Question, form: Option<&Form>, merged: Option<&Merge>) -> StepPage {
    let t = a.t();
    let is_first = a.checklist.questions.first().is_some_and(|q| q.id == question.id);
    let all = &a.checklist.questions;
    let place = all.iter().position(|q| q.id == question.id).unwrap_or(0);
    // Mostly nothing is left out, or something that stands elsewhere.
    let before: Vec<&Question> = match place.checked_sub(1).and_then(|n| all.get(n)) {
        Some(last) if last.when.is_some() => {
            let left = left_out(&a.checklist, &a.answers, &visible(&a.checklist, &a.answers));
            let is_left = |q: &&Question| left.iter().any(|one| one.id == q.id);
            let from = all[..place].iter().rposition(|q| !is_left(&q)).map_or(0, |n| n + 1);
            all[from..place].iter().collect()
        }
        _ => Vec::new(),
    };
    StepPage {
        page: a.visit.shell(true),
        q: a.view(question, form, merged),
        of: a.checklist.count(),
        intro: match is_first {
            true => a.checklist.text(t.lang()).intro.clone(),
            false => Vec::new(),
        },
        left_out: numbers(t, &a.checklist, before.into_iter()),
        // One that is refused says so itself.
        told: form
            .filter(|f| !f.problems.is_empty() && !f.is_refused())
            .map(|_| "not-saved-this"),
        conflicts: a.conflicts(merged),
        saved_at: a.saved_at(),
    }
}

async fn show_step(context: Context, Path((token, question)): Path<(String, String)>) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    let question = a.checklist.question(&question).ok_or(Error::NotFound)?;
    Ok(Html(step_page(&a, question, None, None)).into_response())
}

async fn save_step(context: Context, Path((token, question)): Path<(String, String)>, fields: Fields) -> Result<Reply> {
    let mut a = Answering::open(context, token).await?;
    let checklist = a.checklist.clone();
    let question = checklist.question(&question).ok_or(Error::NotFound)?;
    if let Some(step) = a.visit.ask_person(&format!("/check/{}", question.id), &fields) {
        return Ok(step);
    }
    let mut form = Form::parse(
        &checklist,
        a.visit.context.now,
        fields.0.iter().map(|(k, v)| (k.as_str(), v.as_str())),
    );
    let merged = a.save(&mut form).await?;
    if !form.problems.is_empty() {
        let page = step_page(&a, question, Some(&form), Some(&merged));
        return Ok((unsaved(&form), Html(page)).into_response());
    }
    if !merged.conflicts.is_empty() {
        let page = step_page(&a, question, None, Some(&merged));
        return Ok((StatusCode::CONFLICT, Html(page)).into_response());
    }
    let here = format!("/check/{}", question.id);
    if let Some(language) = language_asked(&fields) {
        return Ok(see_other(a.visit.path(&format!("{here}?lang={language}"))));
    }
    let shown = visible(&checklist, &a.answers);
    let at = shown.iter().position(|q| q.id == question.id);
    let to = match (fields.get("go"), at) {
        ("back", Some(i)) if i > 0 => format!("/check/{}", shown[i - 1].id),
        ("back", _) => String::new(),
        (_, Some(i)) if i + 1 < shown.len() => format!("/check/{}", shown[i + 1].id),
        _ => a.after_questions().into(),
    };
    Ok(see_other(a.visit.path(&to)))
}

#[derive(Template)]
#[template(path = "responses/all.html")]
struct AllPage {
    page: RespondentShell,
    title: String,
    intro: Vec<String>,
    sections: Vec<(String, Vec<QuestionView>)>,
    answered: usize,
    of: usize,
    left_out: LeftOut,
    told: Option<&'static str>,
    conflicts: Vec<ConflictView>,
    problems: Vec<(String, String)>,
    saved_at: Option<String>,
}

fn all_page(a: &Answering, form: Option<&Form>, merged: Option<&Merge>) -> AllPage {
    let words = a.checklist.text(a.t().lang());
    let sections = a
        .checklist
        .sections
        .iter()
        .map(|s| {
            (
                words.section(s).to_owned(),
                a.checklist.section(s).map(|q| a.view(q, form, merged)).collect(),
            )
        })
        .collect();
    let (answered, of) = progress(&a.checklist, &a.answers);
    let problems = form
        .map(|f| f.problems.as_slice())
        .unwrap_or_default()
        .iter()
        .filter_map(|p| {
            let question = a.checklist.question(&p.question)?;
            let sentence = problem_sentence(a.t(), question, p.key);
            Some((
                p.question.clone(),
                format!(
                    "{}. {}: {sentence}",
                    a.checklist.number(&p.question),
                    words.question(&p.question).label
                ),
            ))
        })
        .collect();
    AllPage {
        page: a.visit.shell(true),
        title: words.title.clone(),
        intro: words.intro.clone(),
        sections,
        answered,
        of,
        left_out: a.left_out(),
        told: form
            .filter(|f| !f.problems.is_empty() && !f.is_refused())
            .map(|_| "not-saved-these"),
        conflicts: a.conflicts(merged),
        problems,
        saved_at: a.saved_at(),
    }
}

async fn show_all(context: Context, Path(token): Path<String>, request: HeaderMap) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    // The longest page that a company opens.
    Ok(Html(all_page(&a, None, None)).packed(&request))
}

async fn save_all(context: Context, Path(token): Path<String>, fields: Fields) -> Result<Reply> {
    let mut a = Answering::open(context, token).await?;
    if let Some(step) = a.visit.ask_person("/all", &fields) {
        return Ok(step);
    }
    let mut form = Form::parse(
        &a.checklist,
        a.visit.context.now,
        fields.0.iter().map(|(k, v)| (k.as_str(), v.as_str())),
    );
    let merged = a.save(&mut form).await?;
    if !form.problems.is_empty() || !merged.conflicts.is_empty() {
        let status = if form.problems.is_empty() {
            StatusCode::CONFLICT
        } else {
            unsaved(&form)
        };
        return Ok((status, Html(all_page(&a, Some(&form), Some(&merged)))).into_response());
    }
    if let Some(language) = language_asked(&fields) {
        return Ok(see_other(a.visit.path(&format!("/all?lang={language}"))));
    }
    Ok(see_other(a.visit.path(a.after_questions())))
}

/// What the script saves while a person answers. JSON: the revision of each question posted, the time, what could not
/// be taken, and what somebody else changed.
async fn autosave(context: Context, Path(token): Path<String>, fields: Fields) -> Result<Reply> {
    let mut a = Answering::open(context, token).await?;
    if !a.visit.context.by_person && !a.visit.is_known_device() {
        return Err(Error::Forbidden);
    }
    let mut form = Form::parse(
        &a.checklist,
        a.visit.context.now,
        fields.0.iter().map(|(k, v)| (k.as_str(), v.as_str())),
    );
    let merged = a.save(&mut form).await?;
    let t = a.t();
    let revisions: std::collections::BTreeMap<&str, i64> = form
        .posted
        .keys()
        .filter(|q| !merged.conflicts.iter().any(|c| c.question == **q))
        .map(|q| (q.as_str(), merged.answers.get(q).map_or(0, |x| x.revision)))
        .collect();
    let problems: std::collections::BTreeMap<&str, String> = form
        .problems
        .iter()
        .filter_map(|p| {
            Some((
                p.question.as_str(),
                problem_sentence(t, a.checklist.question(&p.question)?, p.key),
            ))
        })
        .collect();
    let conflicts: Vec<String> = a
        .conflicts(Some(&merged))
        .iter()
        .map(|c| t.t2("conflict-short", "by", &c.by, "question", &c.label).into_owned())
        .collect();
    let at = dates::time(a.visit.context.now, &a.visit.asked.zone());
    let saved = t.t1("saved-at", "at", &at);
    let body = serde_json::json!({
        "revisions": revisions, "problems": problems, "conflicts": conflicts, "saved": saved, "at": at,
    });
    let status = if form.is_refused() {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        StatusCode::OK
    };
    Ok((status, axum::Json(body)).into_response())
}

#[derive(Template)]
#[template(path = "responses/about.html")]
struct AboutPage {
    page: RespondentShell,
    about: About,
    problems: Vec<(&'static str, &'static str)>,
    back: String,
    saved_at: Option<String>,
}

impl AboutPage {
    fn problem(&self, field: &str) -> Option<&'static str> {
        self.problems.iter().find(|(f, _)| *f == field).map(|(_, key)| *key)
    }
}

fn about_page(a: &Answering, about: About, problems: Vec<(&'static str, &'static str)>) -> AboutPage {
    let last = visible(&a.checklist, &a.answers).last().map(|q| q.id.clone());
    AboutPage {
        page: a.visit.shell(true),
        back: a.visit.path(&last.map_or(String::new(), |q| format!("/check/{q}"))),
        about,
        problems,
        saved_at: a.saved_at(),
    }
}

async fn show_about(context: Context, Path(token): Path<String>) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    a.refuse_partial()?;
    let about = a.about();
    Ok(Html(about_page(&a, about, Vec::new())).into_response())
}

const TOO_LONG: &str = "about-problem-long";
/// The longest name, division or contact of who answers, in characters.
pub const LONGEST_ABOUT: usize = 200;

/// Who answers, as a form says it, with what is wrong: (field, key).
pub(super) fn read_about(fields: &Fields) -> (About, Vec<(&'static str, &'static str)>) {
    // What nobody can see is no name.
    let field = |name: &str| match fields.get(name) {
        text if text.chars().all(is_unseen) => String::new(),
        text => text.to_owned(),
    };
    let about = About {
        division: field("division"),
        name: field("name"),
        contact: field("contact"),
    };
    let mut problems = Vec::new();
    if about.name.is_empty() {
        problems.push(("name", "about-problem-name"));
    }
    if !is_reachable(&about.contact) {
        problems.push(("contact", "about-problem-contact"));
    }
    for (field, text) in [
        ("division", &about.division),
        ("name", &about.name),
        ("contact", &about.contact),
    ] {
        if text.chars().count() > LONGEST_ABOUT {
            problems.retain(|(other, _)| *other != field);
            problems.push((field, TOO_LONG));
        }
    }
    (about, problems)
}

async fn post_about(context: Context, Path(token): Path<String>, fields: Fields) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    a.refuse_closed()?;
    a.refuse_partial()?;
    if let Some(step) = a.visit.ask_person("/about", &fields) {
        return Ok(step);
    }
    let (about, mut problems) = read_about(&fields);
    let too_long = problems.iter().any(|(_, key)| *key == TOO_LONG);
    // Whoever leaves may do so with what is missing; what can't be kept is told first.
    let leaving = !too_long && (language_asked(&fields).is_some() || fields.get("go") == "back");
    if problems.is_empty() || leaving {
        let app = &a.visit.context.app;
        let mut tx = app.db.write().await?;
        let mut held = Held::of(&mut tx, &a.visit.invitation).await?;
        let origin = a.visit.origin(&about.name);
        if held.admits(&origin) {
            held.save_about(&about, &origin);
            held.write(&mut tx, app).await?;
            tx.commit().await?;
        } else {
            drop(tx);
            problems.push(("name", TOO_MUCH));
            return Ok((StatusCode::TOO_MANY_REQUESTS, Html(about_page(&a, about, problems))).into_response());
        }
    }
    if let Some(language) = language_asked(&fields).filter(|_| leaving) {
        return Ok(see_other(a.visit.path(&format!("/about?lang={language}"))));
    }
    if leaving {
        return Ok(see_other(about_page(&a, about, Vec::new()).back));
    }
    if !problems.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(about_page(&a, about, problems))).into_response());
    }
    Ok(see_other(a.visit.path("/review")))
}

/// An address, or a number with enough digits to be dialled.
fn is_reachable(contact: &str) -> bool {
    contact.parse::<crate::mail::EmailAddress>().is_ok() || contact.chars().filter(|c| c.is_numeric()).count() >= 6
}

#[derive(Template)]
#[template(path = "responses/review.html")]
struct ReviewPage {
    page: RespondentShell,
    lines: Vec<AnswerLine>,
    about: About,
    missing: Vec<(String, String)>,
    left_out: LeftOut,
    submitted: bool,
    /// What was submitted is less than is asked.
    short: bool,
    reopened: bool,
    late: bool,
    refused: bool,
    /// The reader was given some sections only: others submit.
    partial: bool,
    /// Somebody changed an answer after this person had reviewed them.
    changed: bool,
    closed: bool,
    revision: i64,
}

fn review_page(a: &Answering, refused: bool, changed: bool) -> ReviewPage {
    let lines = answer_lines(a.t(), &a.checklist, &a.answers);
    let missing = lines
        .iter()
        .filter(|l| l.is_missing())
        .map(|l| (l.id.clone(), format!("{}. {}", l.number, l.label)))
        .collect();
    ReviewPage {
        page: a.visit.shell(false),
        lines,
        about: a.about(),
        missing,
        left_out: a.left_out(),
        submitted: a.response.as_ref().is_some_and(|r| r.submitted.is_some()),
        short: a
            .response
            .as_ref()
            .and_then(|r| r.submitted.as_ref())
            .is_some_and(|s| s.completeness(Some(&a.checklist)) != Completeness::Complete),
        reopened: a.response.as_ref().is_some_and(Response::is_reopened),
        late: a.visit.is_late(a.visit.context.now),
        refused,
        partial: a.is_partial(),
        changed,
        closed: a.visit.invitation.closed,
        revision: a.revision,
    }
}

async fn review(context: Context, Path(token): Path<String>) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    Ok(Html(review_page(&a, false, false)).into_response())
}

/// Submits what is stored. A form may bring answers, and who answers, along: all of it is one transaction. What is missing is
/// shown, with everything kept.
async fn send(context: Context, Path(token): Path<String>, fields: Fields) -> Result<Reply> {
    let mut a = Answering::open(context, token.clone()).await?;
    a.refuse_closed()?;
    a.refuse_partial()?;
    if let Some(step) = a.visit.ask_person("/submit", &fields) {
        return Ok(step);
    }
    let mut form = Form::parse(
        &a.checklist,
        a.visit.context.now,
        fields.0.iter().map(|(k, v)| (k.as_str(), v.as_str())),
    );
    let (brought, problems) = read_about(&fields);
    let brings_about = brought != About::default();
    let context = a.visit.context.clone();
    let app = &context.app;
    let invitation = a.visit.invitation.clone();
    let mut tx = app.db.write().await?;
    let mut held = Held::of(&mut tx, &invitation).await?;
    if !form.typed.is_empty() {
        let by = match brings_about && a.visit.share.is_none() {
            true => brought.name.clone(),
            false => a.by(),
        };
        let origin = a.visit.origin(&by);
        if !held.admits(&origin) {
            form.refuse();
        }
        let merged = held.save(&mut tx, &form, &origin, &by).await?;
        a.answers = merged.answers.clone();
        a.revision = merged.revision;
        a.saved = !merged.changed.is_empty();
        if !form.problems.is_empty() || !merged.conflicts.is_empty() {
            held.write(&mut tx, app).await?;
            tx.commit().await?;
            return Ok((unsaved(&form), Html(all_page(&a, Some(&form), Some(&merged)))).into_response());
        }
    }
    if brings_about && !problems.is_empty() {
        held.write(&mut tx, app).await?;
        tx.commit().await?;
        return Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            Html(about_page(&a, brought, problems)),
        )
            .into_response());
    }
    let about = match brings_about {
        true => {
            let origin = a.visit.origin(&brought.name);
            if !held.admits(&origin) {
                // What was answered along with it is kept.
                held.write(&mut tx, app).await?;
                tx.commit().await?;
                let problems = vec![("name", TOO_MUCH)];
                return Ok((StatusCode::TOO_MANY_REQUESTS, Html(about_page(&a, brought, problems))).into_response());
            }
            held.save_about(&brought, &origin);
            brought
        }
        false => a.about(),
    };
    if !about.is_whole() || !missing(&a.checklist, &a.answers).is_empty() {
        held.write(&mut tx, app).await?;
        tx.commit().await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(review_page(&a, true, false))).into_response());
    }
    // A form that brought its answers along has seen what it wrote.
    let seen = match fields.get("revision").parse::<i64>() {
        Ok(seen) if form.typed.is_empty() => seen,
        _ => held.revision(),
    };
    let origin = a.visit.origin(&about.name);
    let sending = Sending {
        seen: Some(seen),
        extent: Extent::Whole,
        channel: Channel::Link,
        note: "",
    };
    let done = held.submit(&mut tx, app, &a.visit.asked, &origin, sending).await?;
    held.write(&mut tx, app).await?;
    tx.commit().await?;
    if matches!(done, Submission::TooMany) {
        return Err(Error::TooManyToday);
    }
    if matches!(done, Submission::NotSeen) {
        // A colleague changed something since: it is shown before it is sent.
        let again = Answering::open(context, token).await?;
        return Ok((StatusCode::CONFLICT, Html(review_page(&again, false, true))).into_response());
    }
    app.jobs.soon();
    Ok(see_other(a.visit.path("/receipt")))
}

#[derive(Template)]
#[template(path = "responses/receipt.html")]
struct ReceiptPage {
    page: RespondentShell,
    company: String,
    about: About,
    receipt: String,
    at: String,
    stamp_date: String,
    late: bool,
    lines: Vec<AnswerLine>,
    answered: usize,
    left_out: LeftOut,
    /// How far it goes, and how many required questions are open.
    far: Completeness,
    open: usize,
    /// What stands for the answers; "" for nothing.
    document: String,
    reopened: bool,
    closed: bool,
}

impl ReceiptPage {
    fn is_partial(&self) -> bool {
        self.far == Completeness::Partial
    }

    fn is_document(&self) -> bool {
        self.far == Completeness::Document
    }

    /// The answers after which there is something to do.
    fn gaps(&self) -> Vec<&AnswerLine> {
        self.lines.iter().filter(|l| l.is_gap()).collect()
    }
}

async fn receipt(context: Context, Path(token): Path<String>) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    a.refuse_partial()?;
    let Some(response) = &a.response else {
        return Ok(see_other(a.visit.path("")));
    };
    let Some(submitted) = &response.submitted else {
        return Ok(see_other(a.visit.path("/review")));
    };
    let zone = a.visit.asked.zone();
    let lines = answer_lines(a.t(), &a.checklist, &submitted.answers);
    Ok(Html(ReceiptPage {
        page: a.visit.shell(false),
        company: a.visit.invitation.company_name.clone(),
        about: submitted.about.clone(),
        receipt: submitted.receipt.clone(),
        at: dates::moment(a.t(), submitted.at, &zone),
        stamp_date: submitted.at.to_zoned(zone).strftime("%y.%-m.%-d").to_string(),
        late: submitted.late,
        answered: lines.iter().filter(|l| l.answer.is_some()).count(),
        far: submitted.completeness(Some(&a.checklist)),
        open: lines.iter().filter(|l| l.is_missing()).count(),
        document: submitted.document.clone(),
        lines,
        left_out: LeftOut::of(a.t(), &a.checklist, &submitted.answers),
        reopened: response.is_reopened(),
        closed: a.visit.invitation.closed,
    })
    .into_response())
}
