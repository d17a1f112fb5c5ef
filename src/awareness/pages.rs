//! The notice to print, to copy and to pass on, and the form that tells how many people it reached.

use super::model::{ReportLine, Typed, Way};
use super::store::{Reported, Stored, find, report};
use crate::app::App;
use crate::audit::{self, Change};
use crate::content::{Notice, NoticeText, PartText};
use crate::invitations::{RespondentShell, Visit};
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other, throttle};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use jiff::SignedDuration;
use serde::Deserialize;
use std::sync::Arc;

/// Each report that changes something is kept for ever, so a link has so many a day.
const PER_DAY: i64 = 40;

pub fn router() -> Router<App> {
    Router::new()
        .route("/r/{token}/awareness", get(show).post(send))
        .route("/r/{token}/awareness/notice", get(poster))
        .route("/r/{token}/awareness/notice.txt", get(text))
}

/// A visit of a company that is asked to pass the notice on.
async fn open(context: Context, token: String) -> Result<(Visit, Arc<Notice>)> {
    let visit = Visit::open(context, token).await?;
    let notice = visit
        .asked
        .notice
        .clone()
        .filter(|_| visit.asked.plan.passes_on(visit.invitation.kind()) && visit.sections().is_none())
        .ok_or(Error::NotFound)?;
    Ok((visit, notice))
}

#[derive(Template)]
#[template(path = "awareness/show.html")]
struct ShowPage {
    page: RespondentShell,
    title: String,
    typed: Typed,
    revision: i64,
    stored: Option<ReportLine>,
    /// What a colleague reported since the page was opened.
    meanwhile: Option<ReportLine>,
    mistakes: Vec<(&'static str, &'static str)>,
    today: String,
    closed: bool,
}

impl ShowPage {
    fn mistake(&self, field: &str) -> Option<&'static str> {
        self.mistakes.iter().find(|(f, _)| *f == field).map(|(_, key)| *key)
    }
    fn has_way(&self, way: &Way) -> bool {
        self.typed.ways.iter().any(|w| w == way.as_str())
    }
}

fn show_page(visit: &Visit, notice: &Notice, stored: Option<&Stored>, typed: Option<Typed>) -> ShowPage {
    let (t, zone) = (visit.t(), visit.asked.zone());
    let today = visit.context.now.to_zoned(zone.clone()).date();
    let typed = typed.or_else(|| stored.map(Typed::from)).unwrap_or(Typed {
        day: today.to_string(),
        ..Typed::default()
    });
    ShowPage {
        page: visit.shell(false),
        title: notice.text(t.lang()).title.clone(),
        typed,
        revision: stored.map_or(0, |s| s.revision),
        stored: stored.map(|s| ReportLine::of(s, t, &zone)),
        meanwhile: None,
        mistakes: Vec::new(),
        today: today.to_string(),
        closed: visit.invitation.closed,
    }
}

async fn show(context: Context, Path(token): Path<String>) -> Result<Response> {
    let (visit, notice) = open(context, token).await?;
    let mut tx = visit.context.app.db.read().await?;
    let stored = find(&mut tx, visit.scope(), visit.invitation.id).await?;
    drop(tx);
    Ok(Html(show_page(&visit, &notice, stored.as_ref(), None)).into_response())
}

async fn send(context: Context, Path(token): Path<String>, form: Form) -> Result<Response> {
    let (visit, notice) = open(context, token).await?;
    if visit.invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    if let Some(step) = visit.ask_person("/awareness", &form) {
        return Ok(step);
    }
    let typed = Typed {
        people: form.get("people").to_owned(),
        ways: form.all("way").map(str::to_owned).collect(),
        day: form.get("day").to_owned(),
        remark: form.get("remark").to_owned(),
        name: form.get("name").to_owned(),
    };
    if let Some(step) = visit.ask_person("/awareness", &form) {
        return Ok(step);
    }
    let (app, now) = (&visit.context.app, visit.context.now);
    let seen: i64 = form.get("revision").parse().unwrap_or(0);
    let today = now.to_zoned(visit.asked.zone()).date();
    let read = match typed.read(today) {
        Ok(read) => read,
        Err(mistakes) => {
            let mut tx = app.db.read().await?;
            let stored = find(&mut tx, visit.scope(), visit.invitation.id).await?;
            drop(tx);
            let mut page = show_page(&visit, &notice, stored.as_ref(), Some(typed));
            page.mistakes = mistakes;
            page.revision = seen;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let by = match typed.name.is_empty() {
        true => visit.nameless(),
        false => &typed.name,
    };
    let mut tx = app.db.write().await?;
    let (key, day) = (
        format!("awareness:{}", visit.invitation.id),
        SignedDuration::from_hours(24),
    );
    if !throttle::allow(&mut tx, visit.invitation.org.0, &key, PER_DAY, day, now).await? {
        tx.commit().await?;
        return Err(Error::TooMany);
    }
    match report(&mut tx, app, &visit.invitation, (seen, &read, by), now).await? {
        Reported::Closed => return Err(Error::Conflict("error-campaign-closed")),
        Reported::Same => {}
        Reported::Meanwhile(theirs) => {
            drop(tx);
            let mut page = show_page(&visit, &notice, Some(&theirs), Some(typed));
            page.meanwhile = page.stored.take();
            return Ok((StatusCode::CONFLICT, Html(page)).into_response());
        }
        Reported::Kept(before) => {
            let change = Change {
                action: "awareness.report",
                subject_kind: "invitation",
                subject: Some(visit.invitation.id.0),
                subject_name: &visit.invitation.company_name,
            };
            audit::record(&mut tx, app, &visit.origin(&typed.name), change, &before, &read).await?;
        }
    }
    tx.commit().await?;
    Ok(see_other(visit.path("/awareness")))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Contact {
    /// Whom people at the company tell: printed under the notice, and kept nowhere.
    contact: String,
}

impl Contact {
    fn line(&self) -> String {
        self.contact
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect::<String>()
            .trim()
            .to_owned()
    }
}

#[derive(Template)]
#[template(path = "awareness/poster.html")]
struct PosterPage {
    t: Tr,
    shell: Shell,
    home: String,
    company: String,
    date: String,
    contact: String,
    query: String,
    notice: Arc<Notice>,
}

impl PosterPage {
    fn text(&self) -> &NoticeText {
        self.notice.text(self.t.lang())
    }
    fn parts(&self) -> impl Iterator<Item = &PartText> {
        self.notice.parts.iter().map(|id| self.text().part(id))
    }
    fn other_languages(&self) -> Vec<(crate::web::i18n::Locale, String)> {
        let all = self.shell.languages().into_iter();
        all.filter(|(_, _, here)| !here).map(|(l, a, _)| (l, a)).collect()
    }
}

async fn poster(context: Context, Path(token): Path<String>, Query(query): Query<Contact>) -> Result<Response> {
    let (visit, notice) = open(context, token).await?;
    let contact = query.line();
    Ok(Html(PosterPage {
        t: visit.t(),
        shell: Shell::new(&visit.context),
        home: visit.path("/awareness"),
        company: visit.invitation.company_name.clone(),
        date: dates::date(visit.t(), visit.context.now, &visit.asked.zone()),
        query: serde_urlencoded::to_string([("contact", &contact)])?,
        contact,
        notice,
    })
    .into_response())
}

/// The same as plain text, for a mail or an intranet.
async fn text(context: Context, Path(token): Path<String>, Query(query): Query<Contact>) -> Result<Response> {
    let (visit, notice) = open(context, token).await?;
    let t = visit.t();
    let words = notice.text(t.lang());
    let mut out = format!("{}\n\n{}\n", words.title, words.lead);
    for (n, part) in notice.parts.iter().map(|id| words.part(id)).enumerate() {
        out.push_str(&format!("\n{}. {}\n", n + 1, part.title));
        for point in &part.points {
            out.push_str(&format!("- {point}\n"));
        }
    }
    let contact = query.line();
    let line = if contact.is_empty() {
        "____________________"
    } else {
        &contact
    };
    out.push_str(&format!(
        "\n{}\n{line}\n\n{}\n{}\n",
        words.contact, words.close, visit.invitation.company_name
    ));
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"notice-{}.txt\"", t.lang()),
        ),
    ];
    // The mark at its beginning tells old editors that it is UTF-8; they want their own ends of lines, too.
    Ok((headers, format!("\u{feff}{}", out.replace('\n', "\r\n"))).into_response())
}
