//! Letters on paper in the ledger: queued with the invitation, sent when an operator says that they were posted.

use super::store::DeliveryId;
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Result, Tx};
use crate::directory::{Contact, ContactId};
use crate::invitations::InvitationId;
use jiff::Timestamp;

/// A letter on paper that was not posted yet.
#[derive(Clone, Debug)]
pub struct Paper {
    pub id: DeliveryId,
    pub invitation: InvitationId,
    pub contact: Option<ContactId>,
    /// The person's name; "" where none is known.
    pub recipient: String,
    pub language: String,
    pub created_at: Timestamp,
}

/// Queues the letter to a company that no mail reaches, to `contact` where somebody is known. Its rank keeps it from those
/// that send mails.
pub async fn queue_paper(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    invitation: InvitationId,
    contact: Option<&Contact>,
) -> Result<()> {
    let now = app.clock.now();
    let id: DeliveryId = app.id(now);
    let language = contact.map_or(app.config.organisation.language.as_str(), |c| c.language.as_str());
    tx.execute(
        "INSERT INTO deliveries (id, org, campaign, invitation, contact, kind, channel, language, address, recipient, state, rank,
             due_at, next_at, created_at)
         VALUES ($1, $2, $3, $4, $5, 'invitation', 'paper', $6, '', $7, 'queued', 2, $8, $8, $8)
         ON CONFLICT (invitation, kind, address, occasion) DO NOTHING",
        &[
            &id,
            &scope.org,
            &campaign,
            &invitation,
            &contact.map(|c| c.id),
            &language,
            &contact.map_or("", |c| c.name.as_str()),
            &now.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Letters of a campaign that wait to be posted, after `after`, oldest first.
pub async fn paper_waiting(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    after: DeliveryId,
    limit: i64,
) -> Result<Vec<Paper>> {
    tx.list(
        "SELECT id, invitation, contact, recipient, language, created_at FROM deliveries
         WHERE channel = 'paper' AND org = $1 AND campaign = $2 AND id > $3 AND state = 'queued'
         ORDER BY id LIMIT $4",
        &[&scope.org, &campaign, &after, &limit],
        |r| {
            Ok(Paper {
                id: r.get(0)?,
                invitation: r.get(1)?,
                contact: r.get(2)?,
                recipient: r.get(3)?,
                language: r.get(4)?,
                created_at: r.time(5)?,
            })
        },
    )
    .await
}

/// Queued → sent: the letter was posted. False: it was already, or is no letter on paper.
pub async fn mark_posted(tx: &mut Tx, scope: Scope, id: DeliveryId, now: Timestamp) -> Result<bool> {
    let posted = tx
        .execute(
            "UPDATE deliveries SET state = 'sent', sent_at = $3, attempts = 1
             WHERE org = $1 AND id = $2 AND channel = 'paper' AND state = 'queued'",
            &[&scope.org, &id, &now.as_microsecond()],
        )
        .await?;
    Ok(posted == 1)
}
