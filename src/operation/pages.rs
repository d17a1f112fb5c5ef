//! What fails in the background, and the button that tries it again.

use crate::app::App;
use crate::audit::{self, Change};
use crate::jobs::{self, Failing};
use crate::people::Viewer;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use std::borrow::Cow;
use uuid::Uuid;

pub fn router() -> Router<App> {
    Router::new()
        .route("/jobs", get(list))
        .route("/jobs/again", post(all_again))
        .route("/jobs/{id}/again", post(one_again))
}

/// What a kind of job does, in the reader's language.
pub fn job_name(t: Tr, kind: &str) -> Cow<'static, str> {
    t.t1("job-name", "subject", kind)
}

#[derive(Template)]
#[template(path = "operation/jobs.html")]
struct JobsPage {
    shell: Shell,
    failing: Vec<Failing>,
    zone: TimeZone,
}

impl JobsPage {
    fn name(&self, job: &Failing) -> Cow<'static, str> {
        job_name(self.shell.t, &job.kind)
    }

    fn moment(&self, at: &jiff::Timestamp) -> String {
        dates::moment(self.shell.t, *at, &self.zone)
    }
}

async fn list(context: Context, viewer: Viewer) -> Result<Html<JobsPage>> {
    let mut tx = context.app.db.read().await?;
    let failing = jobs::failing(&mut tx, viewer.org, context.now).await?;
    Ok(Html(JobsPage {
        shell: viewer.shell(&context, "account"),
        failing,
        zone: context.app.zone(),
    }))
}

async fn all_again(context: Context, viewer: Viewer) -> Result<Response> {
    again(&context, &viewer, None).await
}

async fn one_again(context: Context, viewer: Viewer, Path(id): Path<String>) -> Result<Response> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    again(&context, &viewer, Some(id)).await
}

/// A job that has worked meanwhile is gone from the list, which is what the page then shows.
async fn again(context: &Context, viewer: &Viewer, only: Option<Uuid>) -> Result<Response> {
    let app = &context.app;
    let mut tx = app.db.write().await?;
    for (kind, count) in jobs::try_again(&mut tx, viewer.org, only, context.now).await? {
        let change = Change {
            action: "job.again",
            subject_kind: "job",
            subject: only,
            subject_name: &kind,
        };
        let after = serde_json::json!({ "jobs": count });
        audit::record(&mut tx, app, &viewer.origin(context), change, &(), &after).await?;
    }
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other("/jobs"))
}
