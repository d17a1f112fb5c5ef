//! Who did what, when, from where, and what was there before: append-only, written in the transaction of the change.
//!
//! Table: audit. Routes: `/audit`, `/audit/export`. Whoever brings a new action gives it a sentence in [`action_words`].

mod export;
mod pages;
mod store;
mod words;

pub use pages::router;
pub use words::{FieldChange, action_words};

use crate::app::{App, OrgId, Scope};
use crate::db::{Db, Result, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who causes a change.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A signed-in person, by name.
    Person(String),
    /// Somebody who isn't signed in and came by no link.
    Visitor,
    /// Somebody with a company's link; what they call themselves, or the company's name.
    Link(String),
    Job(&'static str),
    /// The command line.
    Command(&'static str),
}

impl Actor {
    pub fn kind(&self) -> &'static str {
        match self {
            Actor::Person(_) => "person",
            Actor::Visitor => "visitor",
            Actor::Link(_) => "link",
            Actor::Job(_) => "job",
            Actor::Command(_) => "command",
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Actor::Person(n) | Actor::Link(n) => n,
            Actor::Visitor => "",
            Actor::Job(n) | Actor::Command(n) => n,
        }
    }
}

/// Where a change comes from, the same for all it causes.
#[derive(Clone, Debug)]
pub struct Origin {
    pub org: OrgId,
    pub actor: Actor,
    /// The visitor's address; "" for jobs and commands.
    pub address: String,
    pub now: Timestamp,
}

/// One change. `action` is a dotted word such as `company.update`; its sentence is the message `audit-…` of that name.
pub struct Change<'c> {
    pub action: &'static str,
    pub subject_kind: &'static str,
    pub subject: Option<Uuid>,
    /// What a reader calls it.
    pub subject_name: &'c str,
}

/// Something that changes much at once, such as an import: one entry of the log, whose parts are listed behind it. Make it
/// first, record its parts, and then itself, when its numbers are known.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Whole(Uuid);

impl Whole {
    pub fn new(app: &App, origin: &Origin) -> Whole {
        Whole(app.random.id(origin.now))
    }

    /// Records one of its parts, as [`record`] does.
    pub async fn record_part(
        self,
        tx: &mut Tx,
        app: &App,
        origin: &Origin,
        change: Change<'_>,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Result<()> {
        let id = app.random.id(origin.now);
        insert(tx, origin, (id, Some(self.0)), change, before, after).await
    }

    /// Records itself, as [`record`] does.
    pub async fn record(
        self,
        tx: &mut Tx,
        origin: &Origin,
        change: Change<'_>,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Result<()> {
        insert(tx, origin, (self.0, None), change, before, after).await
    }
}

/// Writes the row. `before` and `after` are what the change is about; `()` for nothing.
pub async fn record(
    tx: &mut Tx,
    app: &App,
    origin: &Origin,
    change: Change<'_>,
    before: &impl Serialize,
    after: &impl Serialize,
) -> Result<()> {
    let id = app.random.id(origin.now);
    insert(tx, origin, (id, None), change, before, after).await
}

async fn insert(
    tx: &mut Tx,
    origin: &Origin,
    (id, part_of): (Uuid, Option<Uuid>),
    change: Change<'_>,
    before: &impl Serialize,
    after: &impl Serialize,
) -> Result<()> {
    let json = |text: serde_json::Result<String>| text.ok().filter(|text| text != "null");
    let before = json(serde_json::to_string(before));
    let after = json(serde_json::to_string(after));
    let words = searchable(&format!(
        "{} {} {}",
        origin.actor.name(),
        change.subject_name,
        origin.address
    ));
    tx.execute(
        "INSERT INTO audit (id, org, at, actor_kind, actor, action, subject_kind, subject, subject_name, before, after, address, words,
             part_of)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            &id,
            &origin.org,
            &origin.now.as_microsecond(),
            &origin.actor.kind(),
            &origin.actor.name(),
            &change.action,
            &change.subject_kind,
            &change.subject,
            &change.subject_name,
            &before,
            &after,
            &origin.address,
            &words,
            &part_of,
        ],
    )
    .await?;
    Ok(())
}

/// A text as the search compares it: full and half width, capitals and small letters alike.
fn searchable(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().collect::<String>().to_lowercase()
}

/// A row as it is read.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: Uuid,
    pub at: Timestamp,
    /// person, visitor, link, job or command.
    pub actor_kind: String,
    pub actor: String,
    pub action: String,
    pub subject_kind: String,
    pub subject: Option<Uuid>,
    pub subject_name: String,
    pub before: Option<serde_json::Value>,
    pub after: Option<serde_json::Value>,
    pub address: String,
}

/// What happened to one subject, the newest first; at most 200 entries.
pub async fn of_subject(db: &Db, scope: &Scope, subject: Uuid) -> Result<Vec<Entry>> {
    store::list_of_subject(&mut db.read().await?, scope, subject, 200).await
}
