//! Submitting less than is asked: what is known so far, or a document of the company's own in place of the answers. Either
//! says what it leaves open before it is sent.

use super::held::{Extent, Held, Sending, Submission};
use super::pages::{Answering, read_about};
use super::store::{About, Channel};
use crate::invitations::RespondentShell;
use crate::web::form::Form as Fields;
use crate::web::{Context, Error, Html, Result, see_other};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response as Reply};
use http::StatusCode;

/// The longest account of a document, in characters.
pub const LONGEST_DOCUMENT: usize = 2_000;

/// What somebody wants to submit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Less {
    Partial,
    Document,
}

#[derive(Template)]
#[template(path = "responses/less.html")]
struct LessPage {
    page: RespondentShell,
    /// A document stands for the answers; else they are sent as far as they go.
    by_document: bool,
    /// The required questions without an answer: id, and number with label.
    missing: Vec<(String, String)>,
    answered: usize,
    document: String,
    about: About,
    /// Who answers isn't known yet, and is asked here.
    asks_about: bool,
    revision: i64,
    problems: Vec<(&'static str, &'static str)>,
    /// Somebody changed an answer since this person looked.
    changed: bool,
    late: bool,
}

impl LessPage {
    fn problem(&self, field: &str) -> Option<&'static str> {
        self.problems.iter().find(|(f, _)| *f == field).map(|(_, key)| *key)
    }
}

fn less_page(a: &Answering, less: Less) -> LessPage {
    let lines = super::answer_lines(a.t(), &a.checklist, &a.answers);
    let about = a.about();
    LessPage {
        page: a.visit.shell(false),
        by_document: less == Less::Document,
        missing: lines
            .iter()
            .filter(|l| l.is_missing())
            .map(|l| (l.id.clone(), format!("{}. {}", l.number, l.label)))
            .collect(),
        answered: lines.iter().filter(|l| l.answer.is_some()).count(),
        document: a
            .response
            .as_ref()
            .and_then(|r| r.submitted.as_ref())
            .map(|s| s.document.clone())
            .unwrap_or_default(),
        asks_about: !about.is_whole(),
        about,
        revision: a.revision,
        problems: Vec::new(),
        changed: false,
        late: a.visit.is_late(a.visit.context.now),
    }
}

/// What a form says of a document; "" where nobody can see anything of it.
pub fn document(fields: &Fields) -> String {
    match fields.get("document") {
        text if text.chars().all(super::form::is_unseen) => String::new(),
        text => text.replace("\r\n", "\n"),
    }
}

pub async fn ask_partial(context: Context, Path(token): Path<String>) -> Result<Reply> {
    ask(context, token, Less::Partial).await
}

pub async fn ask_document(context: Context, Path(token): Path<String>) -> Result<Reply> {
    ask(context, token, Less::Document).await
}

pub async fn send_partial(context: Context, Path(token): Path<String>, fields: Fields) -> Result<Reply> {
    send(context, token, fields, Less::Partial).await
}

pub async fn send_document(context: Context, Path(token): Path<String>, fields: Fields) -> Result<Reply> {
    send(context, token, fields, Less::Document).await
}

async fn ask(context: Context, token: String, less: Less) -> Result<Reply> {
    let a = Answering::open(context, token).await?;
    a.refuse_partial()?;
    a.refuse_closed()?;
    let page = less_page(&a, less);
    if page.missing.is_empty() {
        // All of it is there: it is sent as such.
        return Ok(see_other(a.visit.path("/review")));
    }
    Ok(Html(page).into_response())
}

async fn send(context: Context, token: String, fields: Fields, less: Less) -> Result<Reply> {
    let a = Answering::open(context.clone(), token.clone()).await?;
    a.refuse_partial()?;
    a.refuse_closed()?;
    let rest = match less {
        Less::Partial => "/partial",
        Less::Document => "/document",
    };
    if let Some(step) = a.visit.ask_person(rest, &fields) {
        return Ok(step);
    }
    let page = less_page(&a, less);
    let document = document(&fields);
    let (about, mut problems) = match page.asks_about || fields.has("name") {
        true => read_about(&fields),
        false => (page.about.clone(), Vec::new()),
    };
    match less {
        Less::Document if document.is_empty() => problems.insert(0, ("document", "document-problem-empty")),
        Less::Document if document.chars().count() > LONGEST_DOCUMENT => {
            problems.insert(0, ("document", "document-problem-long"));
        }
        Less::Partial if page.answered == 0 => problems.insert(0, ("missing", "partial-problem-nothing")),
        _ => {}
    }
    // With what was typed, and why it wasn't sent.
    let again = |page: LessPage, problems, changed| LessPage {
        document: document.clone(),
        about: about.clone(),
        asks_about: page.asks_about || fields.has("name"),
        problems,
        changed,
        ..page
    };
    if !problems.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(again(page, problems, false))).into_response());
    }
    let app = &a.visit.context.app;
    let mut tx = app.db.write().await?;
    let mut held = Held::of(&mut tx, &a.visit.invitation).await?;
    let origin = a.visit.origin(&about.name);
    if !held.admits(&origin) {
        let problems = vec![("missing", super::form::TOO_MUCH)];
        return Ok((StatusCode::TOO_MANY_REQUESTS, Html(again(page, problems, false))).into_response());
    }
    // Saving who answers is a change of its own: what was seen is what was there before.
    let seen = fields.get("revision").parse().unwrap_or(-1);
    let is_same = held.revision() == seen;
    if is_same {
        held.save_about(&about, &origin);
        let sending = Sending {
            seen: Some(held.revision()),
            extent: match less {
                Less::Partial => Extent::Part,
                Less::Document => Extent::Document(&document),
            },
            channel: Channel::Link,
            note: "",
        };
        match held.submit(&mut tx, app, &a.visit.asked, &origin, sending).await? {
            Submission::Done(_) => {
                held.write(&mut tx, app).await?;
                tx.commit().await?;
                app.jobs.soon();
                return Ok(see_other(a.visit.path("/receipt")));
            }
            Submission::TooMany => {
                held.write(&mut tx, app).await?;
                tx.commit().await?;
                return Err(Error::TooManyToday);
            }
            Submission::NotSeen => {}
        }
    }
    drop(held);
    drop(tx);
    // A colleague changed something since: it is shown before it is sent.
    let now = Answering::open(context, token).await?;
    let page = less_page(&now, less);
    if page.missing.is_empty() {
        return Ok(see_other(now.visit.path("/review")));
    }
    let page = again(page, Vec::new(), true);
    Ok((StatusCode::CONFLICT, Html(page)).into_response())
}
