//! All SQL of deliveries.

use super::send;
use crate::app::{App, OrgId, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Result, Row, Tx};
use crate::directory::{self, CompanyId, Contact, ContactId};
use crate::invitations::InvitationId;
use crate::jobs;
use jiff::{SignedDuration, Timestamp};
use std::str::FromStr;

crate::ids! {
    /// Names a delivery, and its mail.
    DeliveryId
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant),+ }
        impl $name {
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
        impl FromStr for $name {
            type Err = &'static str;
            fn from_str(word: &str) -> std::result::Result<$name, &'static str> {
                match word { $($word => Ok($name::$variant),)+ _ => Err(concat!("not a ", stringify!($name), " of a delivery")) }
            }
        }
    };
}

words! {
    /// What a message is about.
    Kind { Invitation = "invitation", Receipt = "receipt" }
}
words! {
    /// Queued (also after a try that failed for now) → sent, or bounced when it was refused for good.
    State { Queued = "queued", Sent = "sent", Bounced = "bounced" }
}

impl Kind {
    pub fn key(self) -> &'static str {
        match self {
            Kind::Invitation => "delivery-kind-invitation",
            Kind::Receipt => "delivery-kind-receipt",
        }
    }
}

impl State {
    pub fn key(self) -> &'static str {
        match self {
            State::Queued => "delivery-state-queued",
            State::Sent => "delivery-state-sent",
            State::Bounced => "delivery-state-bounced",
        }
    }

    /// Its stamp in `stamps.svg`.
    pub fn stamp(self) -> &'static str {
        match self {
            State::Queued => "waiting",
            State::Sent => "sent",
            State::Bounced => "bounced",
        }
    }
}

/// One message to one contact.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: DeliveryId,
    pub org: OrgId,
    pub campaign: CampaignId,
    pub invitation: Option<InvitationId>,
    pub contact: Option<ContactId>,
    pub kind: Kind,
    pub language: String,
    pub address: String,
    pub recipient: String,
    pub state: State,
    pub attempts: i64,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub error: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, org, campaign, invitation, contact, kind, language, address, recipient, state, attempts,
                    created_at, sent_at, error FROM deliveries ",
            $rest
        )
    };
}

fn delivery(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.get(0)?,
        org: row.get(1)?,
        campaign: row.get(2)?,
        invitation: row.get(3)?,
        contact: row.get(4)?,
        kind: row.parse(5)?,
        language: row.get(6)?,
        address: row.get(7)?,
        recipient: row.get(8)?,
        state: row.parse(9)?,
        attempts: row.get(10)?,
        created_at: row.time(11)?,
        sent_at: row.time_optional(12)?,
        error: row.get(13)?,
    })
}

pub(super) async fn find(tx: &mut Tx, scope: Scope, id: DeliveryId) -> Result<Option<Delivery>> {
    tx.optional(select!("WHERE org = $1 AND id = $2"), &[&scope.org, &id], delivery)
        .await
}

/// Newest first, before the id of the page before; `state` and `campaign` narrow it (`""`, None for all).
pub(super) async fn list(
    tx: &mut Tx,
    scope: Scope,
    state: &str,
    campaign: Option<CampaignId>,
    before: DeliveryId,
    limit: i64,
) -> Result<Vec<Delivery>> {
    tx.list(
        select!(
            "WHERE org = $1 AND ($2 = '' OR state = $2) AND (CAST($3 AS UUID) IS NULL OR campaign = $3) AND id < $4
             ORDER BY id DESC LIMIT $5"
        ),
        &[&scope.org, &state, &campaign, &before, &limit],
        delivery,
    )
    .await
}

/// The department of a delivery's contact, as the directory has it now; "" where it is unknown.
pub(super) async fn department(tx: &mut Tx, scope: Scope, delivery: &Delivery, company: CompanyId) -> Result<String> {
    let contacts = directory::contacts_of(tx, &scope, company).await?;
    let contact = contacts.into_iter().find(|c| Some(c.id) == delivery.contact);
    Ok(contact.map(|c| c.department).unwrap_or_default())
}

/// All messages of an invitation, oldest first.
pub async fn of_invitation(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Vec<Delivery>> {
    tx.list(
        select!("WHERE org = $1 AND invitation = $2 ORDER BY id"),
        &[&scope.org, &invitation],
        delivery,
    )
    .await
}

/// How many messages of a campaign are queued, sent, bounced.
pub async fn counts(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Vec<(State, i64)>> {
    tx.list(
        "SELECT state, COUNT(*) FROM deliveries WHERE org = $1 AND campaign = $2 GROUP BY state",
        &[&scope.org, &campaign],
        |r| Ok((r.parse(0)?, r.get(1)?)),
    )
    .await
}

/// The messages that carried an invitation and didn't come back: who gets the receipt.
async fn sent_addresses(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Vec<Delivery>> {
    tx.list(
        select!("WHERE org = $1 AND invitation = $2 AND kind = 'invitation' AND channel = 'mail' AND state <> 'bounced' ORDER BY id"),
        &[&scope.org, &invitation],
        delivery,
    )
    .await
}

/// Queues the invitation's mail to one contact; nothing if the contact has no address.
pub async fn queue_invitation(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    invitation: InvitationId,
    contact: &Contact,
) -> Result<()> {
    let Some(mail) = &contact.mail else { return Ok(()) };
    let to = To {
        invitation,
        contact: Some(contact.id),
        language: &contact.language,
        address: mail.as_str(),
        recipient: &contact.name,
        occasion: 0,
    };
    queue(tx, app, scope, campaign, Kind::Invitation, to, app.clock.now()).await
}

/// Queues the receipt's mail to everybody who got the invitation. `revision` is what was submitted: asked for again for
/// the same, nothing more goes out.
pub(super) async fn queue_receipt(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    invitation: InvitationId,
    revision: i64,
) -> Result<()> {
    let now = app.clock.now();
    for told in sent_addresses(tx, scope, invitation).await? {
        let to = To {
            invitation,
            contact: told.contact,
            language: &told.language,
            address: &told.address,
            recipient: &told.recipient,
            occasion: revision,
        };
        queue(tx, app, scope, told.campaign, Kind::Receipt, to, now).await?;
    }
    Ok(())
}

/// Writes down an invitation's mail that went out, or came back, at the clock's time: for a demonstration.
pub async fn load_sent(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    invitation: InvitationId,
    contact: &Contact,
    bounced: bool,
) -> Result<()> {
    let Some(mail) = &contact.mail else { return Ok(()) };
    let now = app.clock.now();
    let id: DeliveryId = app.id(now);
    let (state, error) = match bounced {
        true => (State::Bounced, "550 5.1.1 user unknown"),
        false => (State::Sent, ""),
    };
    tx.execute(
        "INSERT INTO deliveries (id, org, campaign, invitation, contact, kind, language, address, recipient, state, due_at,
             created_at, sent_at, attempts, error)
         VALUES ($1, $2, $3, $4, $5, 'invitation', $6, $7, $8, $9, $10, $10, $10, 1, $11)",
        &[
            &id,
            &scope.org,
            &campaign,
            &invitation,
            &contact.id,
            &contact.language,
            &mail.as_str(),
            &contact.name,
            &state.as_str(),
            &now.as_microsecond(),
            &error,
        ],
    )
    .await?;
    Ok(())
}

struct To<'t> {
    invitation: InvitationId,
    contact: Option<ContactId>,
    language: &'t str,
    address: &'t str,
    recipient: &'t str,
    occasion: i64,
}

async fn queue(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    kind: Kind,
    to: To<'_>,
    now: Timestamp,
) -> Result<()> {
    let id: DeliveryId = app.id(now);
    tx.execute(
        "INSERT INTO deliveries (id, org, campaign, invitation, contact, kind, language, address, recipient, state, due_at, created_at, occasion)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $10, $11)
         ON CONFLICT (invitation, kind, address, occasion) DO NOTHING",
        &[
            &id,
            &scope.org,
            &campaign,
            &to.invitation,
            &to.contact,
            &kind.as_str(),
            &to.language,
            &to.address,
            &to.recipient,
            &now.as_microsecond(),
            &to.occasion,
        ],
    )
    .await?;
    let job = app.random.id(now);
    let name = format!("{}:{}", send::KIND, scope.org);
    jobs::enqueue(tx, job, scope.org, send::KIND, &name, "", now).await
}

/// Leases at most `limit` messages that are due, until `until`; another server passes over them meanwhile.
pub(super) async fn lease(
    tx: &mut Tx,
    scope: Scope,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<DeliveryId>> {
    tx.list(
        "UPDATE deliveries SET leased_until = $3, attempts = attempts + 1
         WHERE id IN (SELECT id FROM deliveries WHERE state = 'queued' AND channel = 'mail' AND org = $1 AND due_at <= $2 AND leased_until <= $2
                      ORDER BY due_at LIMIT $4)
           AND leased_until <= $2 AND state = 'queued'
         RETURNING id",
        &[&scope.org, &now.as_microsecond(), &until.as_microsecond(), &limit],
        |r| r.get(0),
    )
    .await
}

/// When the next message is due, if one is queued.
pub(super) async fn next_due(tx: &mut Tx, scope: Scope) -> Result<Option<Timestamp>> {
    tx.one(
        "SELECT MIN(CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END)
         FROM deliveries WHERE state = 'queued' AND channel = 'mail' AND org = $1",
        &[&scope.org],
        |r| r.time_optional(0),
    )
    .await
}

pub(super) async fn mark_sent(tx: &mut Tx, scope: Scope, id: DeliveryId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE deliveries SET state = 'sent', sent_at = $3, leased_until = 0, error = '' WHERE org = $1 AND id = $2",
        &[&scope.org, &id, &now.as_microsecond()],
    )
    .await?;
    Ok(())
}

pub(super) async fn mark_bounced(tx: &mut Tx, scope: Scope, id: DeliveryId, error: &str) -> Result<()> {
    tx.execute(
        "UPDATE deliveries SET state = 'bounced', leased_until = 0, error = $3 WHERE org = $1 AND id = $2",
        &[&scope.org, &id, &error],
    )
    .await?;
    Ok(())
}

/// Queues it again, later each time: after 1, 2, 4 … minutes, 4 hours at most.
pub(super) async fn defer(tx: &mut Tx, scope: Scope, delivery: &Delivery, now: Timestamp, error: &str) -> Result<()> {
    let minutes = 1 << (delivery.attempts - 1).clamp(0, 8);
    let due = now + SignedDuration::from_mins(minutes.min(240));
    tx.execute(
        "UPDATE deliveries SET due_at = $3, leased_until = 0, error = $4 WHERE org = $1 AND id = $2",
        &[&scope.org, &delivery.id, &due.as_microsecond(), &error],
    )
    .await?;
    Ok(())
}
