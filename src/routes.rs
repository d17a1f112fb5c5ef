//! The contents page: which capability serves what.

use crate::app::App;
use crate::jobs::{self, Kinds};
use crate::{
    access, audit, awareness, board, campaigns, circulation, deliveries, directory, inbox, invitations, letters,
    people, reminders, responses, web,
};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

pub fn router(app: App) -> Router {
    let limit = app.config.server.upload_limit;
    Router::new()
        .merge(access::router())
        .merge(audit::router())
        .merge(awareness::router())
        .merge(board::router())
        .merge(campaigns::router())
        .merge(circulation::router())
        .merge(deliveries::router())
        .merge(inbox::router())
        .merge(letters::router())
        .merge(invitations::router())
        .merge(reminders::router())
        .merge(responses::router(&app))
        .merge(people::router())
        .merge(directory::router(limit))
        .route("/assets/{name}", get(web::assets::show))
        .fallback(people::nowhere)
        .method_not_allowed_fallback(people::no_such_method)
        .layer(CatchPanicLayer::new())
        .layer(axum::middleware::from_fn_with_state(app.clone(), web::respond))
        // Outside the page layer: a probe needs no language.
        .merge(probes(&app))
        // A form is small; a list of companies, and a checklist's many texts, say so where they are taken.
        .layer(DefaultBodyLimit::max(256 * 1024))
        .with_state(app)
}

/// What tells a monitoring that this server lives and works.
fn probes(app: &App) -> Router<App> {
    let app = app.clone();
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .layer(axum::middleware::map_response(move |mut response: Response| {
            web::protect(&app, false, &mut response);
            std::future::ready(response)
        }))
}

/// Ready when the database answers.
async fn ready(State(app): State<App>) -> impl IntoResponse {
    let asked = async {
        let mut tx = app.db.read().await?;
        tx.one("SELECT COUNT(*) FROM migrations", &[], |r| r.get::<i64>(0))
            .await
    };
    match asked.await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(e) => {
            tracing::error!(error = %e, "The database doesn't answer.");
            (StatusCode::SERVICE_UNAVAILABLE, "the database doesn't answer\n")
        }
    }
}

/// Every kind of job and the capability that does it.
pub fn kinds() -> Kinds {
    let mut kinds = Kinds::default();
    kinds.add(circulation::CIRCULATE, circulation::circulate);
    kinds.add(deliveries::CANCEL_MAILS, deliveries::cancel);
    kinds.add(letters::TYPESET_LETTERS, letters::typeset_letters);
    kinds.add_batched(responses::CONFIRM_RECEIPT, |app, tx, job| {
        Box::pin(deliveries::confirm_receipt(app, tx, job))
    });
    kinds.add(deliveries::BOUNCED, reminders::reach_next);
    kinds.add(reminders::REMIND, reminders::remind);
    kinds.add(reminders::DIGEST, reminders::send_digests);
    kinds.add(inbox::READ_MAILBOX, inbox::read_mailbox);
    kinds.add(inbox::FORWARD_REPLY, inbox::forward_reply);
    kinds.add(directory::FOLLOW, invitations::follow_directory);
    kinds.add(directory::import::JOB, directory::import::work);
    kinds
}

/// Starts the job runners, the sender of mails and the one that counts for boards; they end after `stop`, with the work in hand finished.
pub fn start_jobs(app: &App, stop: CancellationToken) -> Vec<JoinHandle<()>> {
    let runner = |_| tokio::spawn(jobs::run(app.clone(), kinds(), stop.clone()));
    let mut tasks: Vec<_> = (0..2).map(runner).collect();
    tasks.push(tokio::spawn(deliveries::run(app.clone(), stop.clone())));
    tasks.push(tokio::spawn(board::run(app.clone(), stop)));
    tasks
}

/// Prints the one-time set-up link while nobody has an account.
pub async fn announce(app: &App) -> anyhow::Result<()> {
    use std::io::Write;
    if let Some(link) = people::invite_first(app).await? {
        let mut out = std::io::stdout().lock();
        writeln!(out, "Open this link once to set up the first administrator:\n  {link}")?;
        out.flush()?;
    }
    Ok(())
}

/// Serves Prometheus metrics on their own listener, where one is configured.
pub async fn start_metrics(app: &App, stop: CancellationToken) -> anyhow::Result<Option<JoinHandle<()>>> {
    let address = &app.config.server.metrics_listen;
    if address.is_empty() {
        return Ok(None);
    }
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    let app = app.clone();
    let router = Router::new().route(
        "/metrics",
        get(async move || {
            ::metrics::gauge!("kairan_database_statements").set(app.db.statements() as f64);
            metrics.render()
        }),
    );
    Ok(Some(tokio::spawn(async move {
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        if let Err(e) = served {
            tracing::error!(error = %e, "The metrics listener ended.");
        }
    })))
}
