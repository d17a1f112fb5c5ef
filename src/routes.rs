//! The contents page: which capability serves what.

use crate::app::App;
use crate::jobs::{self, Kinds};
use crate::{
    access, audit, awareness, board, campaigns, circulation, deliveries, directory, inbox, invitations, letters,
    operation, people, reminders, responses, serve, web,
};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
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
        .merge(invitations::router(&app))
        .merge(operation::router())
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
    let probe = std::sync::Arc::new(operation::Probe::default());
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route(
            "/readyz",
            get(async move |state: State<App>| ready(state, &probe).await),
        )
        .layer(axum::middleware::map_response(move |mut response: Response| {
            web::protect(&app, false, &mut response);
            std::future::ready(response)
        }))
}

/// 200 where the server can do its work; else 503 with a word that tells what isn't in order.
async fn ready(State(app): State<App>, probe: &operation::Probe) -> Response {
    match operation::ready(&app, probe).await {
        Ok(()) => (StatusCode::OK, "ready\n").into_response(),
        Err(unready) => {
            let retry = [(header::RETRY_AFTER, "5")];
            let words = format!("not ready: {}\n", unready.as_str());
            (StatusCode::SERVICE_UNAVAILABLE, retry, words).into_response()
        }
    }
}

/// Every kind of job and the capability that does it.
pub fn kinds() -> Kinds {
    let mut kinds = Kinds::default();
    kinds.add(circulation::CIRCULATE, circulation::circulate);
    kinds.add(circulation::SEND_AGAIN, circulation::send_again_job);
    kinds.add(circulation::GO_ON, circulation::go_on);
    kinds.add(deliveries::CANCEL_MAILS, deliveries::cancel);
    kinds.add(deliveries::RESEND_REFUSED, deliveries::resend);
    kinds.add(letters::TYPESET_LETTERS, letters::typeset_letters);
    kinds.add_batched(responses::CONFIRM_RECEIPT, |app, tx, job| {
        Box::pin(deliveries::confirm_receipt(app, tx, job))
    });
    kinds.add_batched(responses::END_SITTINGS, |app, tx, job| {
        Box::pin(responses::end_sittings(app, tx, job))
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
    let mut tasks: Vec<_> = (0..jobs::RUNNERS).map(runner).collect();
    tasks.push(tokio::spawn(operation::run(app.clone(), stop.clone())));
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
    let recorded = operation::record_metrics()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    let (kept, over) = (recorded.clone(), stop.clone());
    tokio::spawn(async move {
        // What was measured is put together also where nobody scrapes: else it would gather.
        while !over.is_cancelled() {
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            kept.run_upkeep();
        }
    });
    let scraped = app.clone();
    let router = Router::new().route(
        "/metrics",
        get(async move || {
            let text = operation::metrics_text(&scraped, &recorded).await;
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
        }),
    );
    let limits = serve::Limits {
        connections: METRICS_CONNECTIONS,
        ..serve::limits(app, 0)
    };
    Ok(Some(tokio::spawn(serve::serve(listener, router, limits, stop))))
}

/// Who reads metrics are few.
const METRICS_CONNECTIONS: usize = 64;
