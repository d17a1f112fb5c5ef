//! All SQL that reads the log.

use super::Entry;
use crate::app::Scope;
use crate::db::{Param, Result, Row, Tx};
use uuid::Uuid;

/// Which entries: an entry may be a part of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that stand for themselves.
    Whole,
    /// The parts of one.
    PartsOf(Uuid),
    Each,
}

/// What is looked for; "" is everything.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub which: Which,
    /// A part of actor, subject or address, normalised as the column `words` is.
    pub words: String,
    pub action: String,
    pub kind: String,
    /// Entries from this id on.
    pub from: Uuid,
    /// Entries before this id: the page's cursor or the end of the last day, whichever is earlier.
    pub before: Uuid,
}

fn entry(r: &Row<'_>) -> Result<Entry> {
    // A row that isn't JSON shall still be read: it is shown as it is.
    let json = |column| -> Result<Option<serde_json::Value>> {
        let text: Option<String> = r.get(column)?;
        Ok(text.map(|t| serde_json::from_str(&t).unwrap_or(serde_json::Value::String(t))))
    };
    Ok(Entry {
        id: r.get(0)?,
        at: r.time(1)?,
        actor_kind: r.get(2)?,
        actor: r.get(3)?,
        action: r.get(4)?,
        subject_kind: r.get(5)?,
        subject: r.get(6)?,
        subject_name: r.get(7)?,
        before: json(8)?,
        after: json(9)?,
        address: r.get(10)?,
    })
}

/// The newest `count` entries of what is wanted. Ids grow with time, so dates and pages are both ranges of the key.
pub async fn list(tx: &mut Tx, scope: &Scope, wanted: &Wanted, count: i64) -> Result<Vec<Entry>> {
    let like = format!("%{}%", crate::db::like(&wanted.words));
    // Each of the three is read from an index of its own.
    macro_rules! select {
        ($which:literal) => {
            concat!(
                "SELECT id, at, actor_kind, actor, action, subject_kind, subject, subject_name, before, after, address
                 FROM audit
                 WHERE org = $1 AND id >= $2 AND id < $3 AND ($4 = '' OR action = $4) AND ($5 = '' OR subject_kind = $5)
                     AND words LIKE $6 ESCAPE '\\' AND ",
                $which,
                " ORDER BY id DESC LIMIT $7"
            )
        };
    }
    let values: [&(dyn Param + Sync); 7] = [
        &scope.org,
        &wanted.from,
        &wanted.before,
        &wanted.action,
        &wanted.kind,
        &like,
        &count,
    ];
    match wanted.which {
        Which::Whole => tx.list(select!("part_of IS NULL"), &values, entry).await,
        Which::Each => tx.list(select!("1 = 1"), &values, entry).await,
        Which::PartsOf(whole) => {
            let mut values = values.to_vec();
            values.push(&whole);
            let sql = select!("part_of = $8 AND part_of IS NOT NULL");
            tx.list(sql, &values, entry).await
        }
    }
}

/// Whether an entry has parts.
pub async fn has_parts(tx: &mut Tx, scope: &Scope, whole: Uuid) -> Result<bool> {
    let found: Option<Uuid> = tx
        .optional(
            "SELECT id FROM audit WHERE org = $1 AND part_of = $2 AND part_of IS NOT NULL LIMIT 1",
            &[&scope.org, &whole],
            |r| r.get(0),
        )
        .await?;
    Ok(found.is_some())
}

pub async fn list_of_subject(tx: &mut Tx, scope: &Scope, subject: Uuid, count: i64) -> Result<Vec<Entry>> {
    tx.list(
        "SELECT id, at, actor_kind, actor, action, subject_kind, subject, subject_name, before, after, address
         FROM audit WHERE org = $1 AND subject = $2 ORDER BY id DESC LIMIT $3",
        &[&scope.org, &subject, &count],
        entry,
    )
    .await
}

/// Every action that occurs. It leaps from one to the next in the index: DISTINCT would read the whole log.
pub async fn list_actions(tx: &mut Tx, scope: &Scope) -> Result<Vec<String>> {
    tx.list(
        "WITH RECURSIVE found (word) AS (
             SELECT MIN(action) FROM audit WHERE org = $1
             UNION ALL
             SELECT (SELECT MIN(action) FROM audit WHERE org = $1 AND action > found.word)
             FROM found WHERE found.word IS NOT NULL
         )
         SELECT word FROM found WHERE word IS NOT NULL",
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// Every kind of subject that occurs; see [`list_actions`].
pub async fn list_kinds(tx: &mut Tx, scope: &Scope) -> Result<Vec<String>> {
    tx.list(
        "WITH RECURSIVE found (word) AS (
             SELECT MIN(subject_kind) FROM audit WHERE org = $1
             UNION ALL
             SELECT (SELECT MIN(subject_kind) FROM audit WHERE org = $1 AND subject_kind > found.word)
             FROM found WHERE found.word IS NOT NULL
         )
         SELECT word FROM found WHERE word IS NOT NULL",
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}
