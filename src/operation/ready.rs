//! Whether the server can do its work, told within a second.

use crate::alerts::{self, Alert};
use crate::app::{App, OrgId};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// All that is asked takes no longer than this.
const WITHIN: Duration = Duration::from_millis(900);
/// For how long a commit is proof that the next one works.
const FRESH: Duration = Duration::from_secs(5);
/// The least free space of the data directory, in bytes: an outbox, uploads and SQLite's log need some.
const ROOM: u64 = 16 * 1024 * 1024;

/// What was found out last by writing.
#[derive(Default)]
pub struct Probe(Mutex<()>);

/// What isn't in order; the word stands in the answer of `/readyz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    /// No connection to the database, or it doesn't answer.
    Database,
    /// What is written doesn't become durable.
    Commit,
    /// The disk of the data directory is full.
    Disk,
}

impl Unready {
    pub fn as_str(self) -> &'static str {
        match self {
            Unready::Database => "database",
            Unready::Commit => "commit",
            Unready::Disk => "disk",
        }
    }
}

/// Asks the database, the last commit (or, where it is older than some seconds, a small one of its own) and the disk.
pub async fn ready(app: &App, probe: &Probe) -> Result<(), Unready> {
    let deadline = tokio::time::Instant::now() + WITHIN;
    let reading = async {
        let mut tx = app.db.read().await?;
        tx.one("SELECT COUNT(*) FROM migrations", &[], |r| r.get::<i64>(0))
            .await
    };
    match tokio::time::timeout_at(deadline, reading).await {
        Ok(Ok(_)) => {}
        Ok(Err(e)) => return refused(Unready::Database, &e.to_string()),
        Err(_) => return refused(Unready::Database, "it didn't answer in time"),
    }
    match tokio::time::timeout_at(deadline, written(app, probe)).await {
        Ok(Ok(())) => {}
        Ok(Err(e)) => return refused(Unready::Commit, &e.to_string()),
        Err(_) => return refused(Unready::Commit, "it took too long"),
    }
    match has_room(app) {
        true => Ok(()),
        false => refused(Unready::Disk, "almost nothing is free in the data directory"),
    }
}

/// Whether the disk of the data directory has room.
pub(super) fn has_room(app: &App) -> bool {
    free(&app.config.data.dir).is_none_or(|free| free >= ROOM)
}

fn refused(what: Unready, why: &str) -> Result<(), Unready> {
    static UNREADY: crate::quiet::Quiet = crate::quiet::Quiet::new();
    if let Some(left_out) = UNREADY.may_speak() {
        tracing::error!(what = what.as_str(), why, left_out, "The server isn't ready.");
    }
    Err(what)
}

/// Who asks while another asks waits for that answer.
async fn written(app: &App, probe: &Probe) -> crate::db::Result<()> {
    let _one = probe.0.lock().await;
    let recent = |at: Instant| at.elapsed() < FRESH;
    if app.db.last_commit().is_some_and(recent) {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    tx.execute(
        "INSERT INTO probes (name, at) VALUES ('ready', $1) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
        &[&app.clock.now().as_microsecond()],
    )
    .await?;
    tx.commit().await
}

/// Below this an operator is told, in bytes.
const LITTLE: u64 = 8 * ROOM;

/// Whether operators are told that the disk is almost full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Told {
    /// Another process may have told.
    #[default]
    Unknown,
    Yes,
    No,
}

/// Tells every operator that little is free in a directory, and takes it back when there is room again. `told` is what was
/// told before; only a change is written.
pub async fn tell_of_disk(app: &App, org: OrgId, dir: &str, free: u64, told: Told) -> crate::db::Result<Told> {
    let name = format!("disk:{dir}");
    let tell = match free < LITTLE {
        true => Told::Yes,
        false => Told::No,
    };
    if tell == told {
        return Ok(told);
    }
    let mut tx = app.db.write().await?;
    match tell {
        Told::Yes => {
            let alert = Alert {
                name,
                key: "alert-disk".into(),
                subject: dir.to_owned(),
                words: (free / 1_000_000).to_string(),
                href: String::new(),
                action: String::new(),
                button: String::new(),
                since: app.clock.now(),
            };
            alerts::raise(&mut tx, org, &alert).await?;
        }
        _ => {
            alerts::clear(&mut tx, org, &name).await?;
        }
    }
    tx.commit().await?;
    Ok(tell)
}

/// How many bytes are free for us in a directory; None where the system doesn't tell.
pub(super) fn free(dir: &std::path::Path) -> Option<u64> {
    let about = rustix::fs::statvfs(dir).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}
