//! All SQL of access.

use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Result, Row, Tx};
use crate::invitations::{Invitation, InvitationId};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

crate::ids! {
    /// Names what somebody said who isn't the right person.
    MisdirectedId
}

/// For how long a code is good at the most, with the difference between the clocks of two servers.
const LONGEST_GOOD: SignedDuration = SignedDuration::from_mins(30);
/// How often one code may be tried.
const TRIES: i64 = 5;

/// Makes a code for a device; its digits follow from its id.
pub async fn insert_code(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    share: i64,
    address: &str,
    until: Timestamp,
) -> Result<Uuid> {
    let id = app.random.id(app.clock.now());
    tx.execute(
        "INSERT INTO device_codes (id, org, invitation, share, address, until) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &id,
            &invitation.org,
            &invitation.id,
            &share,
            &address,
            &until.as_microsecond(),
        ],
    )
    .await?;
    Ok(id)
}

/// Counts a try with every code that is still good, and gives them: at most the five newest.
pub async fn try_codes(tx: &mut Tx, invitation: &Invitation, share: i64, now: Timestamp) -> Result<Vec<Uuid>> {
    tx.list(
        "UPDATE device_codes SET tries = tries + 1
         WHERE org = $1 AND invitation = $2 AND share = $3 AND used_at IS NULL AND until > $4 AND until <= $6 AND tries < $5
         RETURNING id",
        &[
            &invitation.org,
            &invitation.id,
            &share,
            &now.as_microsecond(),
            &TRIES,
            // One that is good for longer than any was made by a clock that ran ahead.
            &(now + LONGEST_GOOD).as_microsecond(),
        ],
        |r| r.get(0),
    )
    .await
}

/// A code is good once.
pub async fn use_code(tx: &mut Tx, scope: Scope, id: Uuid, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE device_codes SET used_at = $3 WHERE org = $1 AND id = $2",
        &[&scope.org, &id, &now.as_microsecond()],
    )
    .await?;
    Ok(())
}

/// What somebody said who isn't the right person.
#[derive(Clone, Debug)]
pub struct Misdirected {
    pub id: MisdirectedId,
    pub campaign: CampaignId,
    pub invitation: InvitationId,
    pub company: String,
    pub told_by: String,
    pub at: Timestamp,
    pub name: String,
    pub address: String,
    pub phone: String,
    pub remark: String,
}

impl Misdirected {
    /// Whether it says who is right.
    pub fn names_somebody(&self) -> bool {
        ![&self.name, &self.address, &self.phone].iter().all(|f| f.is_empty())
    }
}

pub struct NewMisdirected<'n> {
    pub told_by: &'n str,
    pub name: &'n str,
    pub address: &'n str,
    pub phone: &'n str,
    pub remark: &'n str,
}

pub async fn insert_misdirected(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    new: NewMisdirected<'_>,
) -> Result<()> {
    let now = app.clock.now();
    let id: MisdirectedId = app.id(now);
    tx.execute(
        "INSERT INTO misdirected (id, org, campaign, invitation, told_by, at, name, address, phone, remark)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            &id,
            &invitation.org,
            &invitation.campaign,
            &invitation.id,
            &new.told_by,
            &now.as_microsecond(),
            &new.name,
            &new.address,
            &new.phone,
            &new.remark,
        ],
    )
    .await?;
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.campaign, m.invitation, i.name, m.told_by, m.at, m.name, m.address, m.phone, m.remark
             FROM misdirected m JOIN invitations i ON i.id = m.invitation
             WHERE m.org = $1 AND m.settled_at IS NULL AND ",
            $rest
        )
    };
}

fn misdirected(row: &Row) -> Result<Misdirected> {
    Ok(Misdirected {
        id: row.get(0)?,
        campaign: row.get(1)?,
        invitation: row.get(2)?,
        company: row.get(3)?,
        told_by: row.get(4)?,
        at: row.time(5)?,
        name: row.get(6)?,
        address: row.get(7)?,
        phone: row.get(8)?,
        remark: row.get(9)?,
    })
}

/// What nobody has dealt with, oldest first, after the last of the page before.
pub async fn list_misdirected(tx: &mut Tx, scope: Scope, after: MisdirectedId, limit: i64) -> Result<Vec<Misdirected>> {
    tx.list(
        select!("m.id > $2 ORDER BY m.id LIMIT $3"),
        &[&scope.org, &after, &limit],
        misdirected,
    )
    .await
}

pub async fn find_misdirected(tx: &mut Tx, scope: Scope, id: MisdirectedId) -> Result<Option<Misdirected>> {
    tx.optional(select!("m.id = $2"), &[&scope.org, &id], misdirected).await
}

pub async fn count_misdirected(tx: &mut Tx, scope: Scope) -> Result<i64> {
    tx.one(
        "SELECT COUNT(*) FROM misdirected WHERE org = $1 AND settled_at IS NULL",
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// Somebody has dealt with it; false if another had before.
pub async fn settle_misdirected(
    tx: &mut Tx,
    scope: Scope,
    id: MisdirectedId,
    by: &str,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE misdirected SET settled_at = $3, settled_by = $4 WHERE org = $1 AND id = $2 AND settled_at IS NULL",
            &[&scope.org, &id, &now.as_microsecond(), &by],
        )
        .await?;
    Ok(changed == 1)
}
