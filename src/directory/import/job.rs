//! The job that brings an uploaded list in.

use super::progress::Progress;
use super::{Chosen, Outcome, Source, apply};
use crate::app::{App, Scope};
use crate::audit::{Actor, Origin};
use crate::db;
use crate::directory::ImportId;
use crate::directory::store::{self, State};
use crate::jobs::{Job, Outcome as Done};

/// The kind of job; its payload is the import's id.
pub const JOB: &str = "ImportCompanies";

/// Does it once, however often it runs: what goes in and the word that it is done are one transaction.
pub async fn work(app: App, job: Job) -> anyhow::Result<Done> {
    let id: ImportId = job.payload.parse()?;
    let scope = Scope { org: job.org };
    let mut tx = app.db.read().await?;
    let import = store::import(&mut tx, &scope, id).await?;
    drop(tx);
    let Some(import) = import.filter(|i| i.state == State::Running) else {
        return Ok(Done::Done);
    };
    let chosen: Chosen = serde_json::from_str(&import.options)?;
    let read = tokio::task::block_in_place(|| {
        Source::open(&import.file, &import.file_name, &chosen).map(|source| source.plan())
    });
    let progress = Progress::of(id.0);
    let origin = Origin {
        org: job.org,
        actor: Actor::Person(import.created_by),
        address: String::new(),
        now: app.clock.now(),
    };
    let mut tx = app.db.write_much().await?;
    let brought = match &read {
        Ok(plan) => apply(&mut tx, &app, &origin, (Some(id.0), &import.file_name), plan, &progress)
            .await
            .map(|(_, c)| Outcome::of(plan, &c)),
        Err(_) => Ok(Outcome::failed("import-failed-file")),
    };
    let (state, outcome) = match brought {
        Ok(outcome) if outcome.failed.is_none() => (State::Done, outcome),
        Ok(outcome) => (State::Failed, outcome),
        // The same rows would fail again; what is only busy is tried again.
        Err(e) if e.is_unique_violation() || matches!(e, db::Error::Invalid { .. }) => {
            tracing::error!(import = %id, error = %e, "A list couldn't be brought in; nothing of it was kept.");
            drop(tx);
            tx = app.db.write_much().await?;
            (State::Failed, Outcome::failed("import-failed-data"))
        }
        Err(e) => return Err(e.into()),
    };
    let result = serde_json::to_string(&outcome)?;
    if store::finish_import(&mut tx, &scope, id, state, &result, app.clock.now()).await? {
        tx.commit().await?;
    }
    Ok(Done::Done)
}
