//! SQLite: one writer, shared; as many readers as there are requests.
//!
//! All writers share one open transaction. Each works while it holds the writer, lets the next one in, and queues for the
//! writer again; whoever comes back first commits for all that worked meanwhile. So one fsync serves many, without a
//! timer, a counter or an actor, and nobody is answered before the fsync. The first to work in a transaction has nobody
//! else's work to spare; each after it works inside a savepoint. What writes much asks to be the first: what would
//! undo a savepoint lies in memory, and each statement of a long one walks it (`.cargo/config.toml`).
//!
//! What can go wrong, and what then holds:
//! - A statement fails: the savepoint is rolled back, the others keep their work; of the first the whole transaction is,
//!   which holds its work only. Where the failure made SQLite end the whole transaction (disk full, I/O error), all who
//!   shared it are told that their commit failed.
//! - A `Tx` is dropped: the same; where nobody else worked, the transaction ends at once, so that another program (the
//!   command line) doesn't wait for it.
//! - A request is cancelled between its work and its commit: a task commits in its place.
//! - Another program writes: `BEGIN IMMEDIATE` is tried again every few milliseconds, for ten seconds at most, without
//!   holding an async worker.

use super::row::{Param, Row, sqlite as param};
use super::{Error, Params, Result};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Versions before this can lose committed writes in WAL mode when two connections check-point at once
/// (<https://sqlite.org/changes.html>, 3.51.3).
const OLDEST: i32 = 3_051_003;
/// A page's query that takes longer than this is ended: it would hold an async worker.
const STATEMENT_TIME: Duration = Duration::from_secs(20);
const BUSY_TIME: Duration = Duration::from_secs(10);
/// How many readers are kept while nobody reads.
const READERS: usize = 16;

pub(super) struct Sqlite {
    writer: Arc<Mutex<Writer>>,
    /// The one that was used last is taken first: what it has read is still in its memory.
    readers: std::sync::Mutex<Vec<Timed>>,
    path: PathBuf,
}

struct Writer {
    connection: Connection,
    group: Option<Group>,
}

impl Writer {
    /// Commits the open group, if there is one, and tells all who share it.
    fn settle(&mut self) {
        let Some(group) = self.group.take() else { return };
        // The fsync takes a millisecond, in which this worker waits: `main` has more workers than cores, which costs less
        // than handing the worker's other tasks over and back each time.
        let done = self.connection.prepare_cached("COMMIT").and_then(|mut s| s.execute([]));
        if let Err(e) = &done {
            static COMMITS: crate::quiet::Quiet = crate::quiet::Quiet::new();
            if let Some(left_out) = COMMITS.may_speak() {
                tracing::error!(error = %e, left_out, "A commit failed; the requests that shared it are told so.");
            }
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        let _ = group.outcome.set(done.is_ok());
    }
}

/// The requests that share one transaction.
struct Group {
    outcome: Outcome,
    /// How many have worked and wait for the commit.
    released: usize,
}

/// Set once: whether the group's commit is durable.
type Outcome = Arc<OnceLock<bool>>;

impl Sqlite {
    pub fn open(path: &Path) -> Result<Sqlite> {
        if rusqlite::version_number() < OLDEST {
            return Err(Error::Unusable(format!(
                "SQLite {} can lose committed writes; build Kairan with SQLite 3.51.3 or newer.",
                rusqlite::version()
            )));
        }
        let connection = connect(path)?;
        // The writer never waits inside SQLite: see `begin`. It changes the same pages again and again: they stay in
        // memory, and are carried over into the database file every 16 MB.
        connection.busy_timeout(Duration::ZERO)?;
        connection.execute_batch("PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000")?;
        Ok(Sqlite {
            writer: Arc::new(Mutex::new(Writer {
                connection,
                group: None,
            })),
            readers: std::sync::Mutex::default(),
            path: path.to_owned(),
        })
    }

    /// As [`Sqlite::open`], for what is made up and needn't outlive a power cut: a million companies are written in any
    /// order, so the pages they lie on stay in memory, up to a gigabyte.
    pub fn open_scratch(path: &Path) -> Result<Sqlite> {
        let scratch = Sqlite::open(path)?;
        if let Ok(writer) = scratch.writer.try_lock() {
            let quick = "PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000; PRAGMA wal_autocheckpoint=50000";
            writer.connection.execute_batch(quick)?;
        }
        Ok(scratch)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn reader(self: &Arc<Self>) -> Result<Reader> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let timed = match kept {
            Some(timed) => timed,
            None => Timed::new(connect(&self.path)?)?,
        };
        timed.start(STATEMENT_TIME);
        Ok(Reader {
            timed: Some(timed),
            home: self.clone(),
        })
    }

    /// `first`: whoever worked before is committed, so that this one works without a savepoint.
    pub async fn writer(self: &Arc<Self>, first: bool) -> Result<Write> {
        let mut writer = self.writer.clone().lock_owned().await;
        if first {
            writer.settle();
        }
        let savepoint = writer.group.is_some();
        if savepoint {
            writer.connection.prepare_cached("SAVEPOINT request")?.execute([])?;
        } else {
            begin(&mut writer).await?;
            writer.group = Some(Group {
                outcome: Outcome::default(),
                released: 0,
            });
        }
        Ok(Write {
            writer: Some(writer),
            home: self.clone(),
            savepoint,
            failed: false,
        })
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000;
         PRAGMA trusted_schema=OFF",
    )?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

async fn begin(writer: &mut Writer) -> Result<()> {
    let start = Instant::now();
    loop {
        let begun = writer
            .connection
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut s| s.execute([]));
        match begun {
            Ok(_) => return Ok(()),
            Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                if start.elapsed() > BUSY_TIME {
                    return Err(Error::Busy);
                }
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            Err(e) => return Err(e.into()),
        }
    }
}

/// A connection whose statements end at a deadline.
struct Timed {
    connection: Connection,
    /// Milliseconds after `born`; 0: none.
    deadline: Arc<AtomicU64>,
    born: Instant,
}

impl Timed {
    fn new(connection: Connection) -> Result<Timed> {
        // A read that writes would pass by the audit log.
        connection.execute_batch("PRAGMA query_only=ON")?;
        let deadline = Arc::new(AtomicU64::new(0));
        let born = Instant::now();
        let seen = deadline.clone();
        connection.progress_handler(
            50_000,
            Some(move || {
                let deadline = seen.load(Ordering::Relaxed);
                deadline != 0 && born.elapsed().as_millis() as u64 > deadline
            }),
        )?;
        Ok(Timed {
            connection,
            deadline,
            born,
        })
    }

    fn start(&self, time: Duration) {
        self.deadline
            .store((self.born.elapsed() + time).as_millis() as u64, Ordering::Relaxed);
    }
}

pub(super) struct Reader {
    timed: Option<Timed>,
    home: Arc<Sqlite>,
}

impl Reader {
    pub fn connection(&self) -> &Connection {
        &self
            .timed
            .as_ref()
            .expect("a reader has its connection until it is dropped")
            .connection
    }

    /// Each statement has its own time.
    pub fn start(&self) {
        if let Some(timed) = &self.timed {
            timed.start(STATEMENT_TIME);
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(timed) = self.timed.take() {
            let mut kept = self.home.readers.lock().unwrap_or_else(PoisonError::into_inner);
            // More readers at once than are kept: the surplus is closed.
            if kept.len() < READERS {
                kept.push(timed);
            }
        }
    }
}

pub(super) struct Write {
    writer: Option<OwnedMutexGuard<Writer>>,
    home: Arc<Sqlite>,
    /// Whether it works in a savepoint: it isn't the first of its group.
    savepoint: bool,
    failed: bool,
}

impl Write {
    /// Runs a statement; after one has failed, no further one runs, as on PostgreSQL.
    pub fn guarded<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if self.failed {
            return Err(Error::Aborted);
        }
        let writer = self.writer.as_ref().ok_or(Error::Aborted)?;
        let result = work(&writer.connection);
        self.failed = result.is_err();
        result
    }

    pub async fn commit(mut self) -> Result<()> {
        if self.failed {
            return Err(Error::Aborted);
        }
        let Some(mut writer) = self.writer.take() else {
            return Err(Error::Aborted);
        };
        if self.savepoint {
            let released = writer
                .connection
                .prepare_cached("RELEASE request")
                .and_then(|mut s| s.execute([]));
            if let Err(e) = released {
                // Given back, so that the drop rolls back.
                self.writer = Some(writer);
                return Err(e.into());
            }
        }
        let Some(group) = &mut writer.group else {
            return Err(Error::Commit);
        };
        group.released += 1;
        let mut pending = Pending {
            outcome: group.outcome.clone(),
            home: self.home.clone(),
            settled: false,
        };
        drop(writer);
        let writer = self.home.writer.clone().lock_owned().await;
        settle(writer, &pending.outcome);
        pending.settled = true;
        match pending.outcome.get() {
            Some(true) => Ok(()),
            _ => Err(Error::Commit),
        }
    }
}

/// Commits the group of `outcome`, unless somebody has.
fn settle(mut writer: OwnedMutexGuard<Writer>, outcome: &Outcome) {
    if outcome.get().is_none() {
        writer.settle();
    }
}

/// Somebody who has worked and waits for the commit; if the request is cancelled here, its work is committed still.
struct Pending {
    outcome: Outcome,
    home: Arc<Sqlite>,
    settled: bool,
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let (writer, outcome) = (self.home.writer.clone(), self.outcome.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { settle(writer.lock_owned().await, &outcome) });
        }
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        let undone = match self.savepoint {
            true => writer.connection.execute_batch("ROLLBACK TO request; RELEASE request"),
            false => writer.connection.execute_batch("ROLLBACK"),
        };
        let alone = writer.group.as_ref().is_none_or(|g| g.released == 0);
        let ended = writer.connection.is_autocommit();
        if undone.is_err() || alone || ended {
            // Nobody else's work is in it, or SQLite has already thrown all of it away.
            if !ended {
                let _ = writer.connection.execute_batch("ROLLBACK");
            }
            if let Some(group) = writer.group.take() {
                let _ = group.outcome.set(false);
            }
        }
    }
}

pub(super) fn each(
    connection: &Connection,
    sql: &'static str,
    params: Params<'_>,
    row: &mut dyn FnMut(&Row) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    let mut rows = statement.raw_query();
    while let Some(r) = rows.next()? {
        row(&Row::Sqlite(r))?;
    }
    Ok(())
}

pub(super) fn execute(connection: &Connection, sql: &'static str, params: Params<'_>) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    Ok(statement.raw_execute()? as u64)
}

/// To SQLite `$3` is a name, numbered where it first stands in the text; to PostgreSQL it is the third value. So each is
/// bound by the number in its name.
fn bind(statement: &mut rusqlite::Statement<'_>, params: &[&(dyn Param + Sync)]) -> Result<()> {
    for index in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let value = number.and_then(|n| params.get(n.checked_sub(1)?));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(params.len(), index))?;
        statement.raw_bind_parameter(index, param(*value))?;
    }
    Ok(())
}
