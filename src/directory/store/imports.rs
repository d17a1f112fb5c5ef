//! Uploaded lists between preview and result.

use crate::app::Scope;
use crate::db::{Result, Tx};
use crate::directory::ImportId;
use jiff::Timestamp;

/// Where an uploaded list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::directory) enum State {
    /// Nothing of it is in the directory yet.
    Preview,
    /// The job is queued or at work.
    Running,
    Done,
    /// It couldn't be taken in, and nothing of it was.
    Failed,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Preview => "preview",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
        }
    }
}

impl std::str::FromStr for State {
    type Err = String;
    fn from_str(s: &str) -> std::result::Result<State, String> {
        match s {
            "preview" => Ok(State::Preview),
            "running" => Ok(State::Running),
            "done" => Ok(State::Done),
            "failed" => Ok(State::Failed),
            other => Err(format!("{other} is no state of an import")),
        }
    }
}

pub(in crate::directory) struct Import {
    pub id: ImportId,
    pub file_name: String,
    /// Empty when it was forgotten.
    pub file: Vec<u8>,
    /// JSON: what was chosen on the preview page.
    pub options: String,
    pub state: State,
    /// JSON: what came of it.
    pub result: Option<String>,
    pub created_at: Timestamp,
    pub created_by: String,
}

pub(in crate::directory) async fn import(tx: &mut Tx, scope: &Scope, id: ImportId) -> Result<Option<Import>> {
    tx.optional(
        "SELECT id, file_name, file, options, state, result, created_at, created_by
         FROM imports WHERE org = $1 AND id = $2",
        &[&scope.org, &id],
        |r| {
            Ok(Import {
                id: r.get(0)?,
                file_name: r.get(1)?,
                file: r.get(2)?,
                options: r.get(3)?,
                state: r.parse(4)?,
                result: r.get(5)?,
                created_at: r.time(6)?,
                created_by: r.get(7)?,
            })
        },
    )
    .await
}

pub(in crate::directory) async fn insert_import(tx: &mut Tx, scope: &Scope, i: &Import) -> Result<()> {
    tx.execute(
        "INSERT INTO imports (id, org, file_name, file, options, state, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &i.id,
            &scope.org,
            &i.file_name,
            &i.file,
            &i.options,
            &i.state.as_str(),
            &i.created_at.as_microsecond(),
            &i.created_by,
        ],
    )
    .await?;
    Ok(())
}

/// Keeps what was chosen while it is still a preview; false when somebody has started it already.
pub(in crate::directory) async fn set_import(
    tx: &mut Tx,
    scope: &Scope,
    id: ImportId,
    options: &str,
    state: State,
) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE imports SET options = $3, state = $4 WHERE org = $1 AND id = $2 AND state = 'preview'",
            &[&scope.org, &id, &options, &state.as_str()],
        )
        .await?;
    Ok(changed == 1)
}

/// False when it was finished before: a job may run twice.
pub(in crate::directory) async fn finish_import(
    tx: &mut Tx,
    scope: &Scope,
    id: ImportId,
    state: State,
    result: &str,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE imports SET state = $3, result = $4, finished_at = $5
             WHERE org = $1 AND id = $2 AND state = 'running'",
            &[&scope.org, &id, &state.as_str(), &result, &now.as_microsecond()],
        )
        .await?;
    Ok(changed == 1)
}

/// Drops the bytes of files older than `before`: they hold names and addresses that nobody needs twice. What came of the
/// import stays.
pub(in crate::directory) async fn forget_files(tx: &mut Tx, scope: &Scope, before: Timestamp) -> Result<u64> {
    let none: &[u8] = &[];
    tx.execute(
        "UPDATE imports SET file = $3 WHERE org = $1 AND created_at < $2 AND state <> 'running' AND LENGTH(file) > 0",
        &[&scope.org, &before.as_microsecond(), &none],
    )
    .await
}
