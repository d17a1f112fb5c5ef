//! All SQL of deliveries.

use super::digest::Digest;
use super::model::{Kind, State};
use crate::app::{App, OrgId, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Error, Result, Row, Tx};
use crate::directory::{self, Buyer, CompanyId, Contact, ContactId};
use crate::invitations::{Invitation, InvitationId, Share};
use crate::mail::EmailAddress;
use crate::refusal::Cause;
use jiff::Timestamp;
use uuid::Uuid;

crate::ids! {
    /// Names a delivery, and its mail.
    DeliveryId
}

/// One message to one contact.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: DeliveryId,
    pub org: OrgId,
    pub campaign: Option<CampaignId>,
    pub invitation: Option<InvitationId>,
    pub contact: Option<ContactId>,
    pub kind: Kind,
    pub language: String,
    pub address: String,
    pub recipient: String,
    pub state: State,
    pub attempts: i64,
    pub due_at: Timestamp,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    /// What the relay said last.
    pub reply: String,
    /// Whose refusal that is; None where it is none.
    pub cause: Option<Cause>,
    /// Which one of its kind: the revision of a receipt, the how manieth reminder it is.
    pub occasion: i64,
    /// What a digest says, as JSON; the days to the deadline of a reminder; "" for the rest.
    pub body: String,
}

impl Delivery {
    /// What the relay said, where it wasn't a yes.
    pub fn trouble(&self) -> Option<&str> {
        let taken = matches!(self.state, State::Sent | State::Delivered) && self.reply.starts_with('2');
        let fine = taken || self.reply.is_empty();
        (!fine).then_some(self.reply.as_str())
    }
}

/// What [`delivery`] reads.
macro_rules! columns {
    () => {
        "id, org, campaign, invitation, contact, kind, language, address, recipient, state, attempts, due_at, created_at,
             sent_at, reply, occasion, body, cause"
    };
}
pub(super) use columns;

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM deliveries ", $rest)
    };
}

pub(super) fn delivery(row: &Row) -> Result<Delivery> {
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
        due_at: row.time(11)?,
        created_at: row.time(12)?,
        sent_at: row.time_optional(13)?,
        reply: row.get(14)?,
        occasion: row.get(15)?,
        body: row.get(16)?,
        cause: row.get::<String>(17)?.parse().ok(),
    })
}

pub(super) async fn find(tx: &mut Tx, scope: Scope, id: DeliveryId) -> Result<Option<Delivery>> {
    tx.optional(select!("WHERE org = $1 AND id = $2"), &[&scope.org, &id], delivery)
        .await
}

/// A delivery's contact, as the directory has it now.
pub(super) async fn contact_of(
    tx: &mut Tx,
    scope: Scope,
    delivery: &Delivery,
    company: CompanyId,
) -> Result<Option<Contact>> {
    match delivery.contact {
        Some(contact) => directory::contact(tx, &scope, company, contact).await,
        None => Ok(None),
    }
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

/// How many mails of a campaign stand in each state.
pub async fn counts(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Vec<(State, i64)>> {
    tx.list(
        "SELECT state, COUNT(*) FROM deliveries WHERE org = $1 AND campaign = $2 AND channel = 'mail'
         GROUP BY state ORDER BY state",
        &[&scope.org, &campaign],
        |r| Ok((r.parse(0)?, r.get(1)?)),
    )
    .await
}

/// The messages that carried an invitation and didn't come back: who gets the receipt, and further mails. One address may
/// have got several.
pub async fn sent_addresses(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Vec<Delivery>> {
    tx.list(
        select!(
            "WHERE org = $1 AND invitation = $2 AND kind = 'invitation' AND channel = 'mail'
                 AND state NOT IN ('bounced', 'failed', 'cancelled')
                 ORDER BY id"
        ),
        &[&scope.org, &invitation],
        delivery,
    )
    .await
}

/// Queues the invitation's mail to one contact, to go at `due`; nothing if the contact may not be mailed.
pub async fn queue_invitation(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    invitation: InvitationId,
    contact: &Contact,
    due: Timestamp,
) -> Result<()> {
    let Ok(mail) = contact.mailable() else { return Ok(()) };
    let to = To {
        invitation: Some(invitation),
        contact: Some(contact.id),
        language: &contact.language,
        address: mail.as_str(),
        recipient: &contact.name,
        occasion: 0,
        body: "",
    };
    let id = (app.id(app.clock.now()), campaign);
    queue(tx, app, scope, id, Kind::Invitation, to, due).await
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
            invitation: Some(invitation),
            contact: told.contact,
            language: &told.language,
            address: &told.address,
            recipient: &told.recipient,
            occasion: revision,
            body: "",
        };
        let Some(campaign) = told.campaign else { continue };
        queue(tx, app, scope, (app.id(now), campaign), Kind::Receipt, to, now).await?;
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
    let (state, reply) = match bounced {
        true => (State::Bounced, "550 5.1.1 user unknown"),
        false => (State::Sent, ""),
    };
    tx.execute(
        "INSERT INTO deliveries (id, org, campaign, invitation, contact, kind, language, address, recipient, state, due_at,
             next_at, created_at, sent_at, attempts, reply)
         VALUES ($1, $2, $3, $4, $5, 'invitation', $6, $7, $8, $9, $10, $10, $10, $10, 1, $11)",
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
            &reply,
        ],
    )
    .await?;
    Ok(())
}

/// A reminder to one contact.
#[derive(Clone, Copy, Debug)]
pub struct Reminder {
    /// The how manieth mail it is with which the company is reminded, from 1.
    pub occasion: i64,
    /// Whether it goes to somebody who didn't get the invitation.
    pub escalated: bool,
    /// Days to the deadline by the calendar at the company; less than 0 when it has passed.
    pub days: i64,
    pub due_at: Timestamp,
}

/// Queues a reminder's mail to one contact, once for each occasion; nothing if the contact may not be mailed. Ask before, in the
/// same transaction and with the invitation held, whether anything is still awaited.
pub async fn queue_reminder(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    invitation: &Invitation,
    contact: &Contact,
    reminder: Reminder,
) -> Result<()> {
    let Ok(mail) = contact.mailable() else { return Ok(()) };
    let kind = match reminder.escalated {
        true => Kind::Escalation,
        false => Kind::Reminder,
    };
    let to = To {
        invitation: Some(invitation.id),
        contact: Some(contact.id),
        language: &contact.language,
        address: mail.as_str(),
        recipient: &contact.name,
        occasion: reminder.occasion,
        body: &format!("{} {}", reminder.days, invitation.deadline.as_microsecond()),
    };
    let id = app.id(app.clock.now());
    queue(tx, app, scope, (id, invitation.campaign), kind, to, reminder.due_at).await
}

/// Queues a buyer's mail of the day. `id` makes its link (see [`super::digest_token`]); that it is only one a day is the
/// caller's. `campaign` is one of those that it is about, whose sender it has.
pub async fn queue_digest(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (id, campaign): (DeliveryId, CampaignId),
    buyer: &Buyer,
    digest: &Digest,
) -> Result<()> {
    let body =
        serde_json::to_string(digest).map_err(|e| Error::Unusable(format!("A digest can't be kept as JSON: {e}")))?;
    let to = To {
        invitation: None,
        contact: None,
        language: &buyer.language,
        address: buyer.mail.as_str(),
        recipient: &buyer.name,
        occasion: 0,
        body: &body,
    };
    queue(tx, app, scope, (id, campaign), Kind::Digest, to, app.clock.now()).await
}

/// Queues the mail that brings a colleague their link.
pub async fn queue_share(tx: &mut Tx, app: &App, invitation: &Invitation, share: &Share) -> Result<()> {
    let to = To {
        invitation: Some(invitation.id),
        contact: None,
        language: &share.language,
        address: &share.address,
        recipient: &share.name,
        occasion: share.number,
        body: "",
    };
    let now = app.clock.now();
    let id = (app.id(now), invitation.campaign);
    queue(tx, app, invitation.scope(), id, Kind::Share, to, now).await
}

/// Whom the code for a new device is mailed.
pub struct CodeFor<'c> {
    /// The code's id, from which its digits follow.
    pub code: Uuid,
    pub address: &'c str,
    pub name: &'c str,
    pub language: &'c str,
}

/// Queues the mail with the code for a new device.
pub async fn queue_code(tx: &mut Tx, app: &App, invitation: &Invitation, code: CodeFor<'_>) -> Result<()> {
    let now = app.clock.now();
    let to = To {
        invitation: Some(invitation.id),
        contact: None,
        language: code.language,
        address: code.address,
        recipient: code.name,
        // Each code is a mail of its own.
        occasion: (code.code.as_u128() as i64).saturating_abs(),
        body: &code.code.to_string(),
    };
    let id = (app.id(now), invitation.campaign);
    queue(tx, app, invitation.scope(), id, Kind::DeviceCode, to, now).await
}

/// Queues the notice that an invitation will come at `comes`; nothing if the contact may not be mailed.
pub async fn queue_notice(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    contact: &Contact,
    comes: Timestamp,
) -> Result<()> {
    let Ok(mail) = contact.mailable() else { return Ok(()) };
    let to = To {
        invitation: Some(invitation.id),
        contact: Some(contact.id),
        language: &contact.language,
        address: mail.as_str(),
        recipient: &contact.name,
        occasion: 0,
        body: &comes.as_microsecond().to_string(),
    };
    let now = app.clock.now();
    let id = (app.id(now), invitation.campaign);
    queue(tx, app, invitation.scope(), id, Kind::Notice, to, now).await
}

/// The language in which a company was first written to.
pub async fn language_of(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Option<String>> {
    Ok(first_of(tx, scope, invitation).await?.map(|d| d.language))
}

/// The first mail that carried an invitation, whatever became of it.
pub(super) async fn first_of(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Option<Delivery>> {
    tx.optional(
        select!(
            "WHERE org = $1 AND invitation = $2 AND kind = 'invitation'
            ORDER BY CASE WHEN state = 'cancelled' THEN 1 ELSE 0 END, id LIMIT 1"
        ),
        &[&scope.org, &invitation],
        delivery,
    )
    .await
}

/// The mails that carried invitations of earlier campaigns of a thread to the same contact, or the same address, oldest first.
pub(super) async fn earlier_of(
    tx: &mut Tx,
    scope: Scope,
    delivery: &Delivery,
    root: CampaignId,
    company: CompanyId,
) -> Result<Vec<DeliveryId>> {
    tx.list(
        "SELECT d.id FROM campaigns p
             JOIN invitations i ON i.campaign = p.id AND i.company = $3
             JOIN deliveries d ON d.invitation = i.id
         WHERE p.org = $1 AND d.org = $1 AND (p.id = $2 OR p.thread = $2) AND p.id <> $4
             AND p.sent_at < (SELECT c.sent_at FROM campaigns c WHERE c.id = $4)
             AND d.kind = 'invitation' AND d.channel = 'mail' AND d.state IN ('sent', 'delivered', 'bounced', 'ambiguous')
             AND (d.contact = $5 OR d.address = $6)
         ORDER BY d.id LIMIT 20",
        &[
            &scope.org,
            &root,
            &company,
            &delivery.campaign,
            &delivery.contact,
            &delivery.address,
        ],
        |r| r.get(0),
    )
    .await
}

/// Whether a later reminder of the same invitation was queued.
pub(super) async fn is_overtaken(tx: &mut Tx, scope: Scope, delivery: &Delivery) -> Result<bool> {
    let later = tx
        .optional(
            "SELECT id FROM deliveries WHERE org = $1 AND invitation = $2 AND kind IN ('reminder', 'escalation')
                 AND occasion > $3 LIMIT 1",
            &[&scope.org, &delivery.invitation, &delivery.occasion],
            |r| r.get::<DeliveryId>(0),
        )
        .await?;
    Ok(later.is_some())
}

/// To whom a mail goes.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The contact of the directory, where it is one.
    pub contact: Option<ContactId>,
    pub language: String,
    pub address: EmailAddress,
    pub name: String,
}

impl Recipient {
    /// None where the contact has no address.
    pub fn of(contact: &Contact) -> Option<Recipient> {
        Some(Recipient {
            contact: Some(contact.id),
            language: contact.language.clone(),
            address: contact.mail.clone()?,
            name: contact.name.clone(),
        })
    }
}

/// Queues the request's mail once more, or to somebody who hasn't had it. `occasion` is what makes it another mail than the
/// ones before: the same one twice is one mail. False: it was queued before.
pub async fn queue_again(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    to: &Recipient,
    occasion: i64,
) -> Result<bool> {
    let now = app.clock.now();
    let id = (app.id(now), invitation.campaign);
    let to = To {
        invitation: Some(invitation.id),
        contact: to.contact,
        language: &to.language,
        address: to.address.as_str(),
        recipient: &to.name,
        occasion,
        body: "",
    };
    queue_once(tx, app, invitation.scope(), id, Kind::Invitation, to, now).await
}

/// Sends a mail that waits at once; false if it doesn't wait any more.
pub async fn hurry(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId) -> Result<bool> {
    let hurried = tx
        .execute(
            "UPDATE deliveries SET next_at = $3, due_at = CASE WHEN due_at > $3 THEN $3 ELSE due_at END
             WHERE org = $1 AND id = $2 AND state IN ('queued', 'deferred')",
            &[&scope.org, &id, &app.clock.now().as_microsecond()],
        )
        .await?;
    Ok(hurried == 1)
}

pub(super) struct To<'t> {
    pub invitation: Option<InvitationId>,
    pub contact: Option<ContactId>,
    pub language: &'t str,
    pub address: &'t str,
    pub recipient: &'t str,
    pub occasion: i64,
    pub body: &'t str,
}

async fn queue(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (id, campaign): (DeliveryId, CampaignId),
    kind: Kind,
    to: To<'_>,
    due: Timestamp,
) -> Result<()> {
    queue_once(tx, app, scope, (id, campaign), kind, to, due)
        .await
        .map(drop)
}

/// As [`queue`]; false: such a mail was queued before.
pub(super) async fn queue_once(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (id, campaign): (DeliveryId, CampaignId),
    kind: Kind,
    to: To<'_>,
    due: Timestamp,
) -> Result<bool> {
    let queued = tx.execute(
        "INSERT INTO deliveries (id, org, campaign, invitation, contact, kind, language, address, recipient, state, rank,
             due_at, next_at, created_at, occasion, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, $11, $12, $13, $14)
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
            &kind.rank(),
            &due.as_microsecond(),
            &app.clock.now().as_microsecond(),
            &to.occasion,
            &to.body,
        ],
    )
    .await?;
    Ok(queued == 1)
}

/// Appends to a delivery's history what became of it.
pub(super) async fn note(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    delivery: DeliveryId,
    kind: &str,
    actor: &str,
    detail: &str,
) -> Result<()> {
    let now = app.clock.now();
    tx.execute(
        "INSERT INTO delivery_events (id, org, delivery, kind, at, actor, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &app.random.id(now),
            &scope.org,
            &delivery,
            &kind,
            &now.as_microsecond(),
            &actor,
            &detail,
        ],
    )
    .await?;
    Ok(())
}

/// Withdraws a few hundred of a campaign's mails that haven't gone; how many, and whether a server still holds some.
/// Of a campaign whose mails go again, those that were made up to `until`, in microseconds.
pub(super) async fn cancel_some(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (campaign, until): (CampaignId, i64),
) -> Result<(usize, bool)> {
    let cancelled: Vec<DeliveryId> = tx
        .list(
            "UPDATE deliveries SET state = 'cancelled' WHERE state IN ('queued', 'deferred') AND id IN (
                 SELECT id FROM deliveries WHERE org = $1 AND rank = 1 AND campaign = $2 AND state IN ('queued', 'deferred')
                     AND (created_at <= $3 OR EXISTS (SELECT 1 FROM campaigns c WHERE c.id = $2 AND c.mailing = 'cancelled'))
                 LIMIT 300)
             RETURNING id",
            &[&scope.org, &campaign, &until],
            |r| r.get(0),
        )
        .await?;
    for id in &cancelled {
        note(tx, app, scope, *id, State::Cancelled.as_str(), "", "").await?;
    }
    let leased = tx
        .optional(
            "SELECT id FROM deliveries WHERE org = $1 AND campaign = $2 AND rank = 1 AND state = 'leased'
                 AND created_at <= $3 LIMIT 1",
            &[&scope.org, &campaign, &until],
            |r| r.get::<DeliveryId>(0),
        )
        .await?;
    Ok((cancelled.len(), leased.is_some()))
}

/// How many mails nobody knows the fate of.
pub async fn ambiguous(tx: &mut Tx, scope: Scope) -> Result<i64> {
    tx.one(
        "SELECT COUNT(*) FROM deliveries WHERE org = $1 AND state = 'ambiguous'
             AND state IN ('delivered', 'bounced', 'failed', 'ambiguous', 'cancelled')",
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// Sends an ambiguous mail again, or a bounced or failed one, on an operator's word; false if it is none of these any more.
pub(super) async fn send_again(tx: &mut Tx, scope: Scope, id: DeliveryId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE deliveries SET state = 'queued', due_at = $3, next_at = $3, attempts = 0, cause = ''
             WHERE org = $1 AND id = $2 AND state IN ('ambiguous', 'bounced', 'failed')",
            &[&scope.org, &id, &now.as_microsecond()],
        )
        .await?;
    Ok(changed == 1)
}

/// What is known of a campaign's mails from one backwards in the order in which they were queued, at most `limit`, back to the
/// twentieth that was refused for `cause`; nothing where fewer than `least` were. Left out are those that wait, that were cancelled,
/// and whose fate was known before somebody went on with the campaign's mails.
///
/// However many wait in between, a mail is looked at for twenty refusals at most.
pub(super) async fn neighbours<T>(
    tx: &mut Tx,
    scope: Scope,
    (campaign, from): (CampaignId, DeliveryId),
    (cause, least): (Cause, usize),
    limit: i64,
    known: impl Fn(State, Option<Cause>) -> T,
) -> Result<Vec<T>> {
    let refused: Vec<DeliveryId> = tx
        .list(
            "SELECT id FROM deliveries WHERE campaign = $1 AND cause = $2 AND cause <> '' AND id <= $3 AND org = $4
             ORDER BY id DESC LIMIT 20",
            &[&campaign, &cause.as_str(), &from, &scope.org],
            |r| r.get(0),
        )
        .await?;
    let Some(first) = refused.last().filter(|_| refused.len() >= least) else {
        return Ok(Vec::new());
    };
    // A mail's `next_at` is when it was taken or refused, once that is known.
    tx.list(
        "SELECT state, cause FROM deliveries WHERE org = $1 AND campaign = $2 AND id <= $3 AND id >= $4 AND channel = 'mail'
             AND kind <> 'digest' AND state NOT IN ('queued', 'deferred', 'cancelled')
             AND (state = 'leased' OR next_at >= (SELECT went_on_at FROM campaigns WHERE id = $2))
             ORDER BY id DESC LIMIT $5",
        &[&scope.org, &campaign, &from, first, &limit],
        |r| Ok(known(r.parse(0)?, r.get::<String>(1)?.parse().ok())),
    )
    .await
}

/// A campaign's mails that were refused for `cause`, after one of them, at most `limit`: all that were refused because of us, and
/// for another cause those whose company nothing reached since. Of addresses called wrong only by the relay, not by a report. Not a mail that was sent twice on that word already, nor one that
/// another to the same address has replaced.
pub(super) async fn refused_mails(
    tx: &mut Tx,
    scope: Scope,
    (campaign, cause): (CampaignId, Cause),
    after: DeliveryId,
    limit: i64,
) -> Result<Vec<Delivery>> {
    tx.list(
        select!(
            "WHERE org = $1 AND campaign = $2 AND cause = $3 AND cause <> '' AND id > $4
                 AND (state = 'failed' OR (state = 'bounced' AND sent_at IS NULL)) AND kind <> 'digest'
                 AND ($3 IN ('us', 'address') OR EXISTS (SELECT 1 FROM invitations i
                     WHERE i.id = deliveries.invitation AND i.state IN ('bounced', 'unreachable')))
                 AND NOT EXISTS (SELECT 1 FROM deliveries l WHERE l.invitation = deliveries.invitation
                     AND l.kind = deliveries.kind AND l.address = deliveries.address AND l.id > deliveries.id
                     AND l.state NOT IN ('failed', 'bounced', 'cancelled'))
                 AND (SELECT COUNT(*) FROM delivery_events e WHERE e.delivery = deliveries.id AND e.kind = 'again') < 2
                 ORDER BY id LIMIT $5"
        ),
        &[&scope.org, &campaign, &cause.as_str(), &after, &limit],
        delivery,
    )
    .await
}

/// The relay takes nothing from us, from `now` on unless that was known.
pub(super) async fn begin_trouble(tx: &mut Tx, scope: Scope, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO relay_troubles (org, since) VALUES ($1, $2) ON CONFLICT (org) DO NOTHING",
        &[&scope.org, &now.as_microsecond()],
    )
    .await?;
    Ok(())
}

/// Since when the relay takes nothing from us.
pub(super) async fn trouble_since(tx: &mut Tx, scope: Scope) -> Result<Option<Timestamp>> {
    tx.optional("SELECT since FROM relay_troubles WHERE org = $1", &[&scope.org], |r| {
        r.time(0)
    })
    .await
}

pub(super) async fn end_trouble(tx: &mut Tx, scope: Scope) -> Result<()> {
    tx.execute("DELETE FROM relay_troubles WHERE org = $1", &[&scope.org])
        .await?;
    Ok(())
}

/// Takes an ambiguous mail for sent, on an operator's word; false if it isn't ambiguous any more.
pub(super) async fn call_sent(tx: &mut Tx, scope: Scope, id: DeliveryId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE deliveries SET state = 'sent', sent_at = $3 WHERE org = $1 AND id = $2 AND state = 'ambiguous'",
            &[&scope.org, &id, &now.as_microsecond()],
        )
        .await?;
    Ok(changed == 1)
}

/// What became of each try of a delivery.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: String,
    pub at: Timestamp,
    pub actor: String,
    pub detail: String,
}

/// A delivery's history, oldest first.
pub(super) async fn history(tx: &mut Tx, scope: Scope, delivery: DeliveryId) -> Result<Vec<Event>> {
    tx.list(
        "SELECT kind, at, actor, detail FROM delivery_events WHERE org = $1 AND delivery = $2 ORDER BY id",
        &[&scope.org, &delivery],
        |r| {
            Ok(Event {
                kind: r.get(0)?,
                at: r.time(1)?,
                actor: r.get(2)?,
                detail: r.get(3)?,
            })
        },
    )
    .await
}
