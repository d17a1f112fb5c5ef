//! The operator's own days off. (What buyers see is `calls`.)

use super::calendar::OwnDays;
use super::{calls, store};
use crate::app::App;
use crate::audit::{self, Change};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell};
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;

pub fn router() -> Router<App> {
    Router::new()
        .route("/calendar", get(show).post(update))
        .route("/b/{token}", get(calls::show))
        .route("/b/{token}/{invitation}", post(calls::record))
}

#[derive(Template)]
#[template(path = "reminders/calendar.html")]
struct CalendarPage {
    shell: Shell,
    days: String,
    revision: i64,
    home: String,
    /// Sentences about lines that are no days.
    wrong: Vec<String>,
}

fn page(context: &Context, viewer: &Viewer, days: String, revision: i64) -> CalendarPage {
    CalendarPage {
        shell: viewer.shell(context, "campaigns"),
        days,
        revision,
        home: context.app.config.organisation.country.clone(),
        wrong: Vec::new(),
    }
}

async fn show(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let (days, revision) = store::own_days(&mut tx, viewer.scope()).await?;
    Ok(Html(page(&context, &viewer, days, revision)).into_response())
}

/// The longest calendar, in characters.
const LONGEST: usize = 20_000;

async fn update(context: Context, viewer: Viewer, form: Form) -> Result<Response> {
    let t = context.t;
    let days = form.get("days").replace("\r\n", "\n");
    let revision = form.get("revision").parse().unwrap_or(-1);
    let mut wrong: Vec<String> = match OwnDays::parse(&days) {
        Ok(_) => Vec::new(),
        Err(bad) => {
            let told =
                |b: &super::calendar::BadLine| t.t2("own-days-wrong", "line", b.number, "text", &b.text).into_owned();
            bad.iter().take(20).map(told).collect()
        }
    };
    if days.chars().count() > LONGEST {
        wrong.push(t.t("own-days-long").into_owned());
    }
    if !wrong.is_empty() {
        let page = CalendarPage {
            wrong,
            ..page(&context, &viewer, days, revision)
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let app = &context.app;
    let mut tx = app.db.write().await?;
    let (before, _) = store::own_days(&mut tx, viewer.scope()).await?;
    if before != days {
        if !store::set_own_days(&mut tx, viewer.scope(), &days, revision).await? {
            return Err(Error::Conflict("error-draft-changed"));
        }
        let change = Change {
            action: "calendar.update",
            subject_kind: "calendar",
            subject: None,
            subject_name: "",
        };
        let (before, after) = (
            serde_json::json!({ "days": before }),
            serde_json::json!({ "days": days }),
        );
        audit::record(&mut tx, app, &viewer.origin(&context), change, &before, &after).await?;
        tx.commit().await?;
    }
    Ok(context.done("/calendar", "done-own-days", 0))
}
