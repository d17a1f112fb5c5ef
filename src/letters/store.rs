//! All SQL of documents.

use crate::app::Scope;
use crate::campaigns::CampaignId;
use crate::db::{Error, Result, Row, Tx};
use crate::deliveries::DeliveryId;
use crate::files::Hash;
use crate::invitations::InvitationId;
use jiff::Timestamp;

crate::ids! {
    /// Names a document: a letter, or a file of letters to print.
    DocumentId
}

#[derive(Clone, Debug)]
pub struct Document {
    pub id: DocumentId,
    pub sha256: Hash,
    /// In bytes.
    pub size: i64,
    pub letters: i64,
    pub made_at: Timestamp,
}

/// A letter in a file to print, and what became of it.
#[derive(Clone, Debug)]
pub struct Printed {
    pub delivery: DeliveryId,
    pub invitation: InvitationId,
    pub company: String,
    pub recipient: String,
    pub posted_at: Option<Timestamp>,
    /// Still to be posted.
    pub waits: bool,
}

fn document(row: &Row) -> Result<Document> {
    let name: String = row.get(1)?;
    Ok(Document {
        id: row.get(0)?,
        sha256: Hash::parse(&name).ok_or(Error::Invalid {
            column: 1,
            value: name,
            why: "not the name of a file".into(),
        })?,
        size: row.get(2)?,
        letters: row.get(3)?,
        made_at: row.time(4)?,
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, sha256, size, letters, made_at FROM documents ", $rest)
    };
}

/// What a new document is of.
pub struct About<'a> {
    pub campaign: CampaignId,
    /// None for a file of many letters.
    pub letter: Option<(InvitationId, DeliveryId, DocumentId)>,
    pub language: &'a str,
}

pub async fn insert(tx: &mut Tx, scope: Scope, new: &Document, about: &About<'_>) -> Result<()> {
    let kind = if about.letter.is_some() { "letter" } else { "print" };
    tx.execute(
        "INSERT INTO documents (id, org, campaign, kind, invitation, delivery, print, language, sha256, size, letters, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            &new.id,
            &scope.org,
            &about.campaign,
            &kind,
            &about.letter.map(|(invitation, ..)| invitation),
            &about.letter.map(|(_, delivery, _)| delivery),
            &about.letter.map(|(.., print)| print),
            &about.language,
            &new.sha256.as_str(),
            &new.size,
            &new.letters,
            &new.made_at.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Whether a letter was made for a delivery.
pub async fn is_made(tx: &mut Tx, scope: Scope, delivery: DeliveryId) -> Result<bool> {
    let count: i64 = tx
        .one(
            "SELECT COUNT(*) FROM documents WHERE org = $1 AND delivery = $2",
            &[&scope.org, &delivery],
            |r| r.get(0),
        )
        .await?;
    Ok(count > 0)
}

/// The letter that was made to be sent to a company in this language; the newest.
pub async fn of_invitation(
    tx: &mut Tx,
    scope: Scope,
    invitation: InvitationId,
    language: &str,
) -> Result<Option<Document>> {
    tx.optional(
        select!("WHERE org = $1 AND invitation = $2 AND language = $3 ORDER BY id DESC LIMIT 1"),
        &[&scope.org, &invitation, &language],
        document,
    )
    .await
}

/// The files to print of a campaign before `before`, newest first.
pub async fn prints(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    before: DocumentId,
    limit: i64,
) -> Result<Vec<Document>> {
    tx.list(
        select!("WHERE org = $1 AND campaign = $2 AND kind = 'print' AND id < $3 ORDER BY id DESC LIMIT $4"),
        &[&scope.org, &campaign, &before, &limit],
        document,
    )
    .await
}

pub async fn find_print(tx: &mut Tx, scope: Scope, campaign: CampaignId, id: DocumentId) -> Result<Option<Document>> {
    tx.optional(
        select!("WHERE org = $1 AND campaign = $2 AND kind = 'print' AND id = $3"),
        &[&scope.org, &campaign, &id],
        document,
    )
    .await
}

/// The letters in a file to print, in its order.
pub async fn letters_of(tx: &mut Tx, scope: Scope, print: DocumentId) -> Result<Vec<Printed>> {
    tx.list(
        "SELECT d.id, i.id, i.name, d.recipient, d.sent_at, d.state FROM documents m
         JOIN deliveries d ON d.id = m.delivery JOIN invitations i ON i.id = m.invitation
         WHERE m.org = $1 AND m.print = $2 ORDER BY m.id",
        &[&scope.org, &print],
        |r| {
            Ok(Printed {
                delivery: r.get(0)?,
                invitation: r.get(1)?,
                company: r.get(2)?,
                recipient: r.get(3)?,
                posted_at: r.time_optional(4)?,
                waits: r.get::<String>(5)? == "queued",
            })
        },
    )
    .await
}

/// Writes down why letters couldn't be made; None: they could.
pub async fn set_failure(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    failure: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    match failure {
        Some(failure) => {
            tx.execute(
                "INSERT INTO letter_failures (campaign, org, failure, at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (campaign) DO UPDATE SET failure = excluded.failure, at = excluded.at",
                &[&campaign, &scope.org, &failure, &now.as_microsecond()],
            )
            .await?;
        }
        None => {
            tx.execute(
                "DELETE FROM letter_failures WHERE org = $1 AND campaign = $2",
                &[&scope.org, &campaign],
            )
            .await?;
        }
    }
    Ok(())
}

pub async fn failure(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Option<String>> {
    tx.optional(
        "SELECT failure FROM letter_failures WHERE org = $1 AND campaign = $2",
        &[&scope.org, &campaign],
        |r| r.get(0),
    )
    .await
}
