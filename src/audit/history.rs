//! What was done to one thing, for its own page.

use crate::app::Scope;
use crate::db::{Error, Result, Tx};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// A row of the log.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: Timestamp,
    /// person, visitor, link, job or command.
    pub actor_kind: String,
    pub actor: String,
    pub action: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// The newest `limit` rows about a thing, newest first.
pub async fn of_subject(tx: &mut Tx, scope: &Scope, subject: Uuid, limit: i64) -> Result<Vec<Entry>> {
    tx.list(
        "SELECT at, actor_kind, actor, action, before, after FROM audit
         WHERE org = $1 AND subject = $2 ORDER BY id DESC LIMIT $3",
        &[&scope.org, &subject, &limit],
        |r| {
            let json = |column: usize| -> Result<Option<Value>> {
                let Some(text) = r.get::<Option<String>>(column)? else { return Ok(None) };
                let parsed = serde_json::from_str(&text);
                parsed.map(Some).map_err(|e| Error::Invalid { column, value: String::new(), why: e.to_string() })
            };
            Ok(Entry {
                at: r.time(0)?,
                actor_kind: r.get(1)?,
                actor: r.get(2)?,
                action: r.get(3)?,
                before: json(4)?,
                after: json(5)?,
            })
        },
    )
    .await
}
