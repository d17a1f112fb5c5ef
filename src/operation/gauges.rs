//! What Prometheus reads.

use crate::app::App;
use crate::{deliveries, jobs};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

/// The database's part of the answer takes no longer than this; without it the rest is still told.
const WITHIN: Duration = Duration::from_secs(2);
/// Upper bounds, in seconds.
const LATENCY: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0];

/// Records metrics from now on; once in a process.
pub fn record_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("kairan_request_seconds".into()), &LATENCY)?
        .install_recorder()?;
    describe_counter!("kairan_responses_total", "Responses by status.");
    describe_histogram!(
        "kairan_request_seconds",
        Unit::Seconds,
        "How long requests took, by route and class of status."
    );
    describe_counter!("kairan_jobs_total", "Jobs that ended, by kind and outcome.");
    describe_counter!("kairan_mails_total", "Mails that were handed over, by outcome.");
    describe_counter!("kairan_inbox_total", "Messages that came back, by class.");
    describe_counter!(
        "kairan_database_statements_total",
        "Statements that the database ran for this server."
    );
    describe_counter!(
        "kairan_commit_failures_total",
        "Commits that failed; who waited for them was told so."
    );
    describe_gauge!("kairan_database_up", "1 where the database answered this scrape.");
    describe_gauge!("kairan_mails_waiting", "Mails that are due or deferred.");
    describe_gauge!(
        "kairan_mails_oldest_seconds",
        "For how long the mail has been due that has waited longest."
    );
    describe_gauge!("kairan_jobs_due", "Jobs that are due or being done.");
    describe_gauge!(
        "kairan_jobs_failing",
        "Jobs that have been failing for minutes; see /jobs."
    );
    describe_gauge!("kairan_build_info", "1; the labels tell the version and the database.");
    Ok(handle)
}

/// All metrics in Prometheus' text format. What stands in the database is asked now, and left out where it doesn't answer.
pub async fn metrics_text(app: &App, recorded: &PrometheusHandle) -> String {
    counter!("kairan_database_statements_total").absolute(app.db.statements());
    counter!("kairan_commit_failures_total").absolute(app.db.commit_failures());
    let asked = async {
        let now = app.clock.now();
        let mut tx = app.db.read().await?;
        let (mails, oldest) = deliveries::waiting(&mut tx, app.scope()).await?;
        let age = oldest.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
        gauge!("kairan_mails_waiting").set(mails as f64);
        gauge!("kairan_mails_oldest_seconds").set(age);
        gauge!("kairan_jobs_due").set(jobs::count_due(&mut tx, now).await? as f64);
        gauge!("kairan_jobs_failing").set(jobs::count_failing(&mut tx, now).await? as f64);
        drop(tx);
        app.db.version().await
    };
    let answered = tokio::time::timeout(WITHIN, asked).await;
    let up = matches!(answered, Ok(Ok(_)));
    gauge!("kairan_database_up").set(f64::from(u8::from(up)));
    if let Ok(Ok(database)) = answered {
        let version = env!("CARGO_PKG_VERSION");
        gauge!("kairan_build_info", "version" => version, "database" => database).set(1.0);
    }
    recorded.render()
}
