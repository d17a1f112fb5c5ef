//! Two engines, one surface.
//!
//! `db.read()` and `db.write()` give a [`Tx`]; its verbs (`list`, `optional`, `one`, `execute`) take one SQL
//! text with `$1`, which runs unchanged on SQLite and on PostgreSQL. No capability sees which engine it is.
//!
//! - A write is durable when [`Tx::commit`] returns, never earlier. A `Tx` that is dropped leaves nothing behind.
//! - SQLite: statements run in place. Writers share one open transaction, each but the first in a savepoint; whoever comes
//!   back first after working commits for all, so one fsync serves everyone who worked meanwhile ([`sqlite`]).
//! - PostgreSQL: pooled connections, cached statements, `BEGIN` sent together with the first statement ([`postgres`]).
//! - Inside a write `Tx` nothing is awaited but the `Tx` itself: mail, files and other servers come before or after.
//! - SQL stays in what both engines know: `BIGINT` for numbers and times (microseconds since 1970), `UUID`, `TEXT`,
//!   `BOOLEAN`, `BYTEA`; JSON is `TEXT`.

pub mod copy;
mod id;
mod migrate;
mod postgres;
mod row;
mod spare;
mod sqlite;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub use row::{Column, Param, Row};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("PostgreSQL: {}", postgres::describe(.0))]
    Postgres(#[from] tokio_postgres::Error),
    #[error("PostgreSQL gave no connection: {0}")]
    Pool(#[from] deadpool_postgres::PoolError),
    #[error("a row was expected, and there is none")]
    NoRow,
    #[error("an earlier statement of this transaction failed, so it can only be dropped")]
    Aborted,
    #[error("the transaction could not be made durable; nothing of it was kept")]
    Commit,
    #[error("the database was busy with another program for too long")]
    Busy,
    #[error("{0}")]
    Unusable(String),
    #[error("column {column} holds {value:?}, which is not valid: {why}")]
    Invalid { column: usize, value: String, why: String },
}

impl Error {
    /// Whether the database can't be reached or can't keep what is written: a full disk, a server that stopped. Trying again
    /// later may help, and nothing about the request is wrong.
    pub fn is_outage(&self) -> bool {
        use rusqlite::ErrorCode;
        match self {
            Error::Sqlite(e) => matches!(
                e.sqlite_error_code(),
                Some(
                    ErrorCode::DiskFull
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::CannotOpen
                        | ErrorCode::ReadOnly
                        | ErrorCode::DatabaseBusy
                )
            ),
            // Without a code it is the connection. 08: connection, 25006: read only, 53: out of space, memory or connections,
            // 57P: shut down, 58: I/O; 40: it gave way to another transaction.
            Error::Postgres(e) => e.code().is_none_or(|code| {
                let code = code.code();
                code == "25006"
                    || ["08", "40", "53", "57P", "58"]
                        .iter()
                        .any(|class| code.starts_with(class))
            }),
            Error::Pool(_) | Error::Commit | Error::Busy => true,
            Error::NoRow | Error::Aborted | Error::Unusable(_) | Error::Invalid { .. } => false,
        }
    }

    /// Whether a UNIQUE or PRIMARY KEY constraint refused the statement.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Error::Sqlite(rusqlite::Error::SqliteFailure(e, _)) => {
                e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                    || e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            }
            Error::Postgres(e) => e.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION),
            _ => false,
        }
    }

    /// Whether a statement names a row that isn't there (any more), or takes one away that is named.
    pub fn is_foreign_key_violation(&self) -> bool {
        match self {
            Error::Sqlite(rusqlite::Error::SqliteFailure(e, _)) => {
                e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY
            }
            Error::Postgres(e) => e.code() == Some(&tokio_postgres::error::SqlState::FOREIGN_KEY_VIOLATION),
            _ => false,
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;
pub type Params<'a> = &'a [&'a (dyn Param + Sync)];

/// The text as part of a LIKE pattern with `ESCAPE '\\'`: its own `%`, `_` and `\\` mean themselves. PostgreSQL's TEXT has no NUL,
/// so nothing could be found by one.
pub fn like(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in text.chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A statement put together at run time, kept for ever, as prepared statements are: for texts of which there are few.
pub fn kept(sql: String) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.get(sql.as_str()) {
        Some(known) => known,
        None => {
            let new: &'static str = sql.leak();
            kept.insert(new);
            new
        }
    }
}

/// A database, cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    counts: Arc<Counts>,
}

/// What happened since start.
#[derive(Default)]
struct Counts {
    statements: AtomicU64,
    commit_failures: AtomicU64,
    /// When the last commit returned, if it succeeded; None after one that failed.
    last_commit: Mutex<Option<Instant>>,
}

enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens (and makes, if it isn't there) the SQLite database in the file `path`.
    pub fn sqlite(path: &std::path::Path) -> Result<Db> {
        let opened = match sqlite::Sqlite::open(path) {
            Err(e) if e.is_outage() && spare::give_up(path) => {
                tracing::error!(error = %e, "The database can't be opened, as on a full disk: the spare file was given up for it.");
                sqlite::Sqlite::open(path)
            }
            opened => opened,
        };
        Ok(Db::of(Engine::Sqlite(Arc::new(opened?))))
    }

    /// As [`Db::sqlite`], for a demonstration: quick to fill, and nothing in it outlives a power cut.
    pub fn sqlite_scratch(path: &std::path::Path) -> Result<Db> {
        Ok(Db::of(Engine::Sqlite(Arc::new(sqlite::Sqlite::open_scratch(path)?))))
    }

    /// Connects to PostgreSQL ≥ 15 by a `postgres://` URL, with at most `connections` at once.
    pub async fn postgres(url: &str, connections: usize) -> Result<Db> {
        Ok(Db::of(Engine::Postgres(
            postgres::Postgres::connect(url, connections).await?,
        )))
    }

    fn of(engine: Engine) -> Db {
        Db(Arc::new(Inner {
            engine,
            counts: Arc::default(),
        }))
    }

    /// Brings the schema up to this program's, or says why it can't.
    pub async fn migrate(&self, now: jiff::Timestamp) -> Result<Vec<&'static str>> {
        migrate::run(self, now).await
    }

    /// A place to read from. Each statement sees what was committed before it began.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match &self.0.engine {
            Engine::Sqlite(s) => self.tx(Kind::SqliteRead(s.reader()?)),
            Engine::Postgres(p) => self.tx(Kind::Postgres(p.reader().await?)),
        })
    }

    /// A transaction to write in.
    pub async fn write(&self) -> Result<Tx> {
        self.writing(false).await
    }

    /// The same for what writes hundreds of rows: on SQLite it shares no savepoint with requests (see [`sqlite`]).
    pub async fn write_much(&self) -> Result<Tx> {
        self.writing(true).await
    }

    async fn writing(&self, much: bool) -> Result<Tx> {
        Ok(match &self.0.engine {
            Engine::Sqlite(s) => self.tx(Kind::SqliteWrite(s.writer(much).await?)),
            Engine::Postgres(p) => self.tx(Kind::Postgres(p.writer().await?)),
        })
    }

    fn tx(&self, kind: Kind) -> Tx {
        Tx {
            kind,
            counts: self.0.counts.clone(),
        }
    }

    /// How many statements ran since start: tests hold a page to a number of them.
    pub fn statements(&self) -> u64 {
        self.0.counts.statements.load(Ordering::Relaxed)
    }

    /// Keeps some room on SQLite's disk with which a server starts when the disk is full.
    pub fn keep_spare(&self) -> std::io::Result<()> {
        match &self.0.engine {
            Engine::Sqlite(s) => spare::keep(s.path()),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// When the last commit became durable; None where none did yet, or where the last one failed.
    pub fn last_commit(&self) -> Option<Instant> {
        *self.0.counts.last_commit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many commits failed since start.
    pub fn commit_failures(&self) -> u64 {
        self.0.counts.commit_failures.load(Ordering::Relaxed)
    }

    /// `"SQLite 3.54.1"` or `"PostgreSQL 15.18"`, for logs and the administrator's page.
    pub async fn version(&self) -> Result<String> {
        match &self.0.engine {
            Engine::Sqlite(_) => Ok(format!("SQLite {}", rusqlite::version())),
            Engine::Postgres(_) => {
                let mut tx = self.read().await?;
                let v: String = tx
                    .one("SELECT current_setting('server_version')", &[], |r| r.get(0))
                    .await?;
                Ok(format!("PostgreSQL {v}"))
            }
        }
    }

    /// The names of the migrations that made its schema, in their order.
    pub async fn migrations(&self) -> Result<Vec<String>> {
        let mut tx = self.read().await?;
        tx.list("SELECT name FROM migrations ORDER BY name", &[], |r| r.get(0))
            .await
    }

    fn is_postgres(&self) -> bool {
        matches!(self.0.engine, Engine::Postgres(_))
    }
}

/// A transaction, or a place to read from. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx {
    kind: Kind,
    counts: Arc<Counts>,
}

enum Kind {
    SqliteRead(sqlite::Reader),
    SqliteWrite(sqlite::Write),
    Postgres(postgres::Session),
}

impl Tx {
    fn count(&self) {
        self.counts.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// All rows, mapped.
    pub async fn list<T>(
        &mut self,
        sql: &'static str,
        params: Params<'_>,
        map: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.count();
        let mut out = Vec::new();
        let mut push = |row: &Row| -> Result<()> {
            out.push(map(row)?);
            Ok(())
        };
        match &mut self.kind {
            Kind::SqliteRead(r) => {
                r.start();
                sqlite::each(r.connection(), sql, params, &mut push)?;
            }
            Kind::SqliteWrite(w) => w.guarded(|c| sqlite::each(c, sql, params, &mut push))?,
            Kind::Postgres(s) => {
                for row in &s.query(sql, params).await? {
                    push(&Row::Postgres(row))?;
                }
            }
        }
        Ok(out)
    }

    /// The first row, if there is one.
    pub async fn optional<T>(
        &mut self,
        sql: &'static str,
        params: Params<'_>,
        map: impl Fn(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.list(sql, params, map).await?.into_iter().next())
    }

    /// The first row; [`Error::NoRow`] if there is none.
    pub async fn one<T>(
        &mut self,
        sql: &'static str,
        params: Params<'_>,
        map: impl Fn(&Row) -> Result<T>,
    ) -> Result<T> {
        self.optional(sql, params, map).await?.ok_or(Error::NoRow)
    }

    /// As [`Tx::one`], of a row that nobody else changes until the transaction ends.
    pub async fn one_held<T>(
        &mut self,
        sql: &'static str,
        params: Params<'_>,
        map: impl Fn(&Row) -> Result<T>,
    ) -> Result<T> {
        self.list_held(sql, params, map)
            .await?
            .into_iter()
            .next()
            .ok_or(Error::NoRow)
    }

    /// As [`Tx::list`], of rows that nobody else changes until the transaction ends. `sql` ends with ` FOR UPDATE` and
    /// what belongs to it, which SQLite, where one writes at a time, neither needs nor knows.
    pub async fn list_held<T>(
        &mut self,
        sql: &'static str,
        params: Params<'_>,
        map: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let bare = sql.rfind(" FOR UPDATE").map_or(sql, |at| &sql[..at]);
        let sql = self.either(bare, sql);
        self.list(sql, params, map).await
    }

    /// The text for the engine that runs, where one text can't serve both: the two stand next to each other.
    pub fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match &self.kind {
            Kind::SqliteRead(_) | Kind::SqliteWrite(_) => sqlite,
            Kind::Postgres(_) => postgres,
        }
    }

    /// Runs a statement; the number of rows it touched.
    pub async fn execute(&mut self, sql: &'static str, params: Params<'_>) -> Result<u64> {
        self.count();
        match &mut self.kind {
            Kind::SqliteRead(r) => sqlite::execute(r.connection(), sql, params),
            Kind::SqliteWrite(w) => w.guarded(|c| sqlite::execute(c, sql, params)),
            Kind::Postgres(s) => s.execute(sql, params).await,
        }
    }

    /// Holds back whoever writes to a table, or holds a row of it, until the transaction ends: who holds a row now ends
    /// first. On SQLite every write transaction does.
    pub async fn hold_back_writers(&mut self, table: &'static str) -> Result<()> {
        match &mut self.kind {
            Kind::SqliteRead(_) | Kind::SqliteWrite(_) => Ok(()),
            Kind::Postgres(s) => s.script(&format!("LOCK TABLE {table} IN EXCLUSIVE MODE")).await,
        }
    }

    /// Runs several statements without parameters: migrations only.
    async fn script(&mut self, sql: &str) -> Result<()> {
        match &mut self.kind {
            Kind::SqliteRead(r) => Ok(r.connection().execute_batch(sql)?),
            Kind::SqliteWrite(w) => w.guarded(|c| Ok(c.execute_batch(sql)?)),
            Kind::Postgres(s) => s.script(sql).await,
        }
    }

    /// What was written is durable when this returns.
    pub async fn commit(self) -> Result<()> {
        let committed = match self.kind {
            Kind::SqliteRead(_) => return Ok(()),
            Kind::SqliteWrite(w) => w.commit().await,
            Kind::Postgres(s) => s.commit().await,
        };
        let failed = committed.as_ref().is_err_and(Error::is_outage);
        if failed {
            self.counts.commit_failures.fetch_add(1, Ordering::Relaxed);
        }
        if failed || committed.is_ok() {
            let mut last = self.counts.last_commit.lock().unwrap_or_else(PoisonError::into_inner);
            *last = (!failed).then(Instant::now);
        }
        committed
    }
}
