//! All SQL of what comes back.

use crate::app::Scope;
use crate::campaigns::CampaignId;
use crate::db::{Result, Row, Tx};
use crate::deliveries::DeliveryId;
use crate::directory::CompanyId;
use crate::invitations::InvitationId;
use crate::mailbox::{Class, Place};
use jiff::Timestamp;

crate::ids! {
    /// Names a message that came in.
    MessageId
}

/// A message that came in, as it is kept.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: MessageId,
    pub received_at: Timestamp,
    pub from: String,
    pub subject: String,
    pub class: Class,
    /// RFC 3463, or "".
    pub status: String,
    pub diagnostic: String,
    pub excerpt: String,
    pub delivery: Option<DeliveryId>,
    pub campaign: Option<CampaignId>,
    pub invitation: Option<InvitationId>,
    pub company: Option<CompanyId>,
    pub company_name: Option<String>,
    pub waits: bool,
    pub handled_at: Option<Timestamp>,
    pub handled_by: Option<String>,
    pub forwarded_at: Option<Timestamp>,
}

impl Message {
    /// The company it is about, and its name.
    pub fn company(&self) -> Option<(CompanyId, &str)> {
        Some((self.company?, self.company_name.as_deref()?))
    }

    /// The company's part in a campaign.
    pub fn part(&self) -> Option<(CampaignId, InvitationId)> {
        Some((self.campaign?, self.invitation?))
    }

    /// The first words of its text.
    pub fn gist(&self) -> String {
        let words: String = self.excerpt.chars().take(120).collect();
        match words.len() < self.excerpt.len() {
            true => format!("{words}…"),
            false => words,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.received_at, m.from_address, m.subject, m.class, m.status, m.diagnostic, m.excerpt, m.delivery,
                    m.campaign, m.invitation, m.company, c.name, m.waits, m.handled_at, m.handled_by, m.forwarded_at
             FROM inbox m LEFT JOIN companies c ON c.id = m.company ",
            $rest
        )
    };
}

fn message(row: &Row) -> Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        received_at: row.time(1)?,
        from: row.get(2)?,
        subject: row.get(3)?,
        class: row.parse(4)?,
        status: row.get(5)?,
        diagnostic: row.get(6)?,
        excerpt: row.get(7)?,
        delivery: row.get(8)?,
        campaign: row.get(9)?,
        invitation: row.get(10)?,
        company: row.get(11)?,
        company_name: row.get(12)?,
        waits: row.get(13)?,
        handled_at: row.time_optional(14)?,
        handled_by: row.get(15)?,
        forwarded_at: row.time_optional(16)?,
    })
}

pub(super) async fn find(tx: &mut Tx, scope: Scope, id: MessageId) -> Result<Option<Message>> {
    tx.optional(select!("WHERE m.org = $1 AND m.id = $2"), &[&scope.org, &id], message)
        .await
}

/// What a list is narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Narrow {
    All,
    /// Those that wait for a person.
    Waiting,
    Class(Class),
    Company(CompanyId),
    Invitation(InvitationId),
}

/// The newest first, before the id of the page before. A statement for each way to narrow it, so that each walks its index.
pub(super) async fn list(tx: &mut Tx, scope: Scope, by: Narrow, before: MessageId, limit: i64) -> Result<Vec<Message>> {
    match by {
        Narrow::All => {
            let sql = select!("WHERE m.org = $1 AND m.id < $2 ORDER BY m.id DESC LIMIT $3");
            tx.list(sql, &[&scope.org, &before, &limit], message).await
        }
        Narrow::Waiting => {
            let sql = select!("WHERE m.org = $1 AND m.waits AND m.id < $2 ORDER BY m.id DESC LIMIT $3");
            tx.list(sql, &[&scope.org, &before, &limit], message).await
        }
        Narrow::Class(class) => {
            let sql = select!("WHERE m.org = $1 AND m.class = $4 AND m.id < $2 ORDER BY m.id DESC LIMIT $3");
            tx.list(sql, &[&scope.org, &before, &limit, &class.as_str()], message)
                .await
        }
        Narrow::Company(company) => {
            let sql = select!("WHERE m.org = $1 AND m.company = $4 AND m.id < $2 ORDER BY m.id DESC LIMIT $3");
            tx.list(sql, &[&scope.org, &before, &limit, &company], message).await
        }
        Narrow::Invitation(part) => {
            let sql = select!("WHERE m.org = $1 AND m.invitation = $4 AND m.id < $2 ORDER BY m.id DESC LIMIT $3");
            tx.list(sql, &[&scope.org, &before, &limit, &part], message).await
        }
    }
}

/// How many messages wait for a person.
pub async fn waiting(tx: &mut Tx, scope: Scope) -> Result<i64> {
    tx.one(
        "SELECT COUNT(*) FROM inbox WHERE org = $1 AND waits",
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// A message as it is written down; where and when it came from beside what it is.
pub(super) struct Arrived<'a> {
    pub message: &'a Message,
    pub source: &'a str,
    pub digest: &'a [u8],
    pub original: Option<&'a [u8]>,
}

/// False if it is there already.
pub(super) async fn insert(tx: &mut Tx, scope: Scope, arrived: Arrived<'_>) -> Result<bool> {
    let m = arrived.message;
    let inserted = tx
        .execute(
            "INSERT INTO inbox (id, org, source, digest, received_at, from_address, subject, class, status, diagnostic,
                 excerpt, delivery, campaign, invitation, company, waits, original)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT DO NOTHING",
            &[
                &m.id,
                &scope.org,
                &arrived.source,
                &arrived.digest,
                &m.received_at.as_microsecond(),
                &m.from,
                &m.subject,
                &m.class.as_str(),
                &m.status,
                &m.diagnostic,
                &m.excerpt,
                &m.delivery,
                &m.campaign,
                &m.invitation,
                &m.company,
                &m.waits,
                &arrived.original,
            ],
        )
        .await?;
    Ok(inserted > 0)
}

pub(super) async fn is_known(tx: &mut Tx, scope: Scope, source: &str) -> Result<bool> {
    let found = tx
        .optional(
            "SELECT 1 FROM inbox WHERE org = $1 AND source = $2",
            &[&scope.org, &source],
            |_| Ok(()),
        )
        .await?;
    Ok(found.is_some())
}

/// False if somebody was quicker.
pub(super) async fn mark_handled(tx: &mut Tx, scope: Scope, id: MessageId, by: &str, now: Timestamp) -> Result<bool> {
    let marked = tx
        .execute(
            "UPDATE inbox SET waits = FALSE, handled_at = $3, handled_by = $4 WHERE org = $1 AND id = $2 AND waits",
            &[&scope.org, &id, &now.as_microsecond(), &by],
        )
        .await?;
    Ok(marked > 0)
}

/// The message itself, while it waits to be passed on.
pub(super) async fn original(tx: &mut Tx, scope: Scope, id: MessageId) -> Result<Option<Vec<u8>>> {
    let found = tx
        .optional(
            "SELECT original FROM inbox WHERE org = $1 AND id = $2 AND forwarded_at IS NULL",
            &[&scope.org, &id],
            |r| r.get::<Option<Vec<u8>>>(0),
        )
        .await?;
    Ok(found.flatten())
}

pub(super) async fn mark_forwarded(tx: &mut Tx, scope: Scope, id: MessageId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE inbox SET forwarded_at = $3, original = NULL WHERE org = $1 AND id = $2",
        &[&scope.org, &id, &now.as_microsecond()],
    )
    .await?;
    Ok(())
}

/// How a mailbox fares.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub place: Place,
    pub read_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    pub error: String,
}

pub(super) async fn state(tx: &mut Tx, scope: Scope, mailbox: &str) -> Result<Option<State>> {
    tx.optional(
        "SELECT validity, next, read_at, failing_since, error FROM inbox_places WHERE org = $1 AND mailbox = $2",
        &[&scope.org, &mailbox],
        |r| {
            Ok(State {
                place: Place {
                    validity: r.get(0)?,
                    next: r.get(1)?,
                },
                read_at: r.time_optional(2)?,
                failing_since: r.time_optional(3)?,
                error: r.get(4)?,
            })
        },
    )
    .await
}

pub(super) async fn set_place(tx: &mut Tx, scope: Scope, mailbox: &str, place: Place) -> Result<()> {
    tx.execute(
        "INSERT INTO inbox_places (org, mailbox, validity, next) VALUES ($1, $2, $3, $4)
         ON CONFLICT (org, mailbox) DO UPDATE SET validity = excluded.validity, next = excluded.next",
        &[&scope.org, &mailbox, &place.validity, &place.next],
    )
    .await?;
    Ok(())
}

/// All is read.
pub(super) async fn mark_read(tx: &mut Tx, scope: Scope, mailbox: &str, place: Place, now: Timestamp) -> Result<()> {
    set_place(tx, scope, mailbox, place).await?;
    tx.execute(
        "UPDATE inbox_places SET read_at = $3, failing_since = NULL, error = '' WHERE org = $1 AND mailbox = $2",
        &[&scope.org, &mailbox, &now.as_microsecond()],
    )
    .await?;
    Ok(())
}

/// It can't be read; how long that has been so is kept.
pub(super) async fn mark_failing(tx: &mut Tx, scope: Scope, mailbox: &str, error: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO inbox_places (org, mailbox, failing_since, error) VALUES ($1, $2, $3, $4)
         ON CONFLICT (org, mailbox) DO UPDATE SET
             failing_since = COALESCE(inbox_places.failing_since, excluded.failing_since), error = excluded.error",
        &[&scope.org, &mailbox, &now.as_microsecond(), &error],
    )
    .await?;
    Ok(())
}
