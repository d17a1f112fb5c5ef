//! A colleague's own link to a company's part: to all of it, or to some sections.

use super::store::{Invitation, InvitationId};
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Result, Row, Tx};
use crate::secret::Secret;
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;

crate::ids! {
    /// Names a colleague's link.
    ShareId
}

#[derive(Clone)]
pub struct Share {
    pub id: ShareId,
    pub invitation: InvitationId,
    pub campaign: CampaignId,
    /// From 1 in each invitation.
    pub number: i64,
    pub name: String,
    pub address: String,
    pub language: String,
    /// Ids of the checklist's sections; none: all of it.
    pub sections: Vec<String>,
    pub made_by: String,
    pub made_at: Timestamp,
    pub withdrawn: bool,
    salt: Vec<u8>,
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Share({})", self.id)
    }
}

impl Share {
    /// The token of its link: 22 signs, 128 bits, made anew from the salt whenever it is needed.
    pub fn token(&self, secret: &Secret) -> String {
        token(secret, self.id, &self.salt)
    }
}

fn token(secret: &Secret, id: ShareId, salt: &[u8]) -> String {
    BASE64URL_NOPAD.encode(&secret.mac("share", &[id.0.as_bytes(), salt].concat())[..16])
}

/// Whom a link is made for, and by whom.
pub struct NewShare<'n> {
    pub name: &'n str,
    pub address: &'n str,
    pub language: &'n str,
    pub sections: &'n [String],
    pub made_by: &'n str,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, invitation, campaign, number, name, address, language, sections, made_by, made_at, withdrawn_at, salt
             FROM shares ",
            $rest
        )
    };
}

fn share(row: &Row) -> Result<Share> {
    Ok(Share {
        id: row.get(0)?,
        invitation: row.get(1)?,
        campaign: row.get(2)?,
        number: row.get(3)?,
        name: row.get(4)?,
        address: row.get(5)?,
        language: row.get(6)?,
        sections: row.json(7)?,
        made_by: row.get(8)?,
        made_at: row.time(9)?,
        withdrawn: row.time_optional(10)?.is_some(),
        salt: row.get(11)?,
    })
}

/// Makes a colleague's link; hold the invitation before.
pub async fn insert_share(tx: &mut Tx, app: &App, invitation: &Invitation, new: NewShare<'_>) -> Result<Share> {
    let now = app.clock.now();
    let salt = app.random.bytes::<16>().to_vec();
    let number: i64 = tx
        .one(
            "SELECT COALESCE(MAX(number), 0) + 1 FROM shares WHERE org = $1 AND invitation = $2",
            &[&invitation.org, &invitation.id],
            |r| r.get(0),
        )
        .await?;
    let made = Share {
        id: app.id(now),
        invitation: invitation.id,
        campaign: invitation.campaign,
        number,
        name: new.name.to_owned(),
        address: new.address.to_owned(),
        language: new.language.to_owned(),
        sections: new.sections.to_vec(),
        made_by: new.made_by.to_owned(),
        made_at: now,
        withdrawn: false,
        salt,
    };
    tx.execute(
        "INSERT INTO shares (id, org, campaign, invitation, number, name, address, language, sections, made_by, salt,
             token_hash, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &made.id,
            &invitation.org,
            &made.campaign,
            &made.invitation,
            &made.number,
            &made.name,
            &made.address,
            &made.language,
            &serde_json::json!(made.sections).to_string(),
            &made.made_by,
            &made.salt,
            &super::link::token_hash(&made.token(&app.secret)),
            &now.as_microsecond(),
        ],
    )
    .await?;
    Ok(made)
}

/// The colleagues to whom a request was handed, oldest first.
pub async fn shares_of(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Vec<Share>> {
    tx.list(
        select!("WHERE org = $1 AND invitation = $2 ORDER BY number"),
        &[&scope.org, &invitation],
        share,
    )
    .await
}

pub async fn find_share(tx: &mut Tx, scope: Scope, invitation: InvitationId, number: i64) -> Result<Option<Share>> {
    tx.optional(
        select!("WHERE org = $1 AND invitation = $2 AND number = $3"),
        &[&scope.org, &invitation, &number],
        share,
    )
    .await
}

/// By the token of a colleague's link, unless it was taken back.
pub(super) async fn find_share_by_token(tx: &mut Tx, token: &str) -> Result<Option<(crate::app::OrgId, Share)>> {
    tx.optional(
        "SELECT id, invitation, campaign, number, name, address, language, sections, made_by, made_at, withdrawn_at, salt, org
         FROM shares WHERE token_hash = $1 AND withdrawn_at IS NULL",
        &[&super::link::token_hash(token)],
        |r| Ok((r.get(12)?, share(r)?)),
    )
    .await
}

/// Takes a colleague's link back; false if that was done already.
pub async fn withdraw_share(tx: &mut Tx, scope: Scope, id: ShareId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE shares SET withdrawn_at = $3 WHERE org = $1 AND id = $2 AND withdrawn_at IS NULL",
            &[&scope.org, &id, &now.as_microsecond()],
        )
        .await?;
    Ok(changed == 1)
}
