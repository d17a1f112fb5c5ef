//! The job that brings an uploaded list in.

use super::progress::Progress;
use super::{Brought, Chosen, Outcome, Source, try_apply};
use crate::app::{App, Scope};
use crate::audit::{Actor, Origin};
use crate::db;
use crate::directory::ImportId;
use crate::directory::store::{self, State};
use crate::jobs::{Job, Outcome as Done};

/// The kind of job; its payload is the import's id.
pub const JOB: &str = "ImportCompanies";

/// How long a list waits for another one before it looks again.
const BUSY: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);

/// Whether an import waits to be brought to its end.
async fn decided(app: &App, scope: &Scope) -> db::Result<bool> {
    let mut tx = app.db.read().await?;
    Ok(store::staging(&mut tx, scope).await?.is_some_and(|s| s.decided))
}

/// Does it once, however often it runs: when it is decided, what its page will say is decided with it.
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
    let failed = match &read {
        Ok(plan) => {
            match try_apply(&app, &origin, (Some(id.0), &import.file_name), plan, &progress).await {
                Ok(Brought::In(_)) => return Ok(Done::Done),
                // Looked at again then: who was at work may have brought in this very list.
                Ok(Brought::Busy) => return Ok(Done::Again(app.clock.now() + BUSY)),
                // What was decided is done, whatever happened: the next look brings it to its end.
                Err(e) if decided(&app, &scope).await? => return Err(e.into()),
                // The same rows would fail again; what is only busy is tried again.
                Err(e) if e.is_unique_violation() || matches!(e, db::Error::Invalid { .. }) => {
                    tracing::error!(import = %id, error = %e, "A list couldn't be brought in; nothing of it was kept.");
                    "import-failed-data"
                }
                Err(e) => return Err(e.into()),
            }
        }
        Err(_) => "import-failed-file",
    };
    let result = serde_json::to_string(&Outcome::failed(failed))?;
    let mut tx = app.db.write().await?;
    if store::finish_import(&mut tx, &scope, id, State::Failed, &result, app.clock.now()).await? {
        tx.commit().await?;
    }
    Ok(Done::Done)
}
