//! What a mailbox tells of messages that had been taken by the relay.

use super::store::{Delivery, DeliveryId, Kind, State, find, mark_bounced};
use crate::app::{App, Scope};
use crate::db::{Result, Tx};
use crate::invitations::{self, EventKind};

/// The delivery came back for good: it is bounced, and so is its invitation, unless more has happened since. False if that
/// was known already. `why` is the code and the words of the server that refused it.
pub async fn bounced(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId, why: &str) -> Result<bool> {
    let Some(delivery) = find(tx, scope, id).await? else {
        return Ok(false);
    };
    if delivery.state == State::Bounced {
        return Ok(false);
    }
    if delivery.kind == Kind::Invitation
        && let Some(part) = delivery.invitation
        && let Some(invitation) = invitations::find(tx, scope, part).await?
    {
        let state = invitations::lock(tx, scope, part).await?;
        let detail = format!("{}: {why}", delivery.address);
        invitations::append(tx, app, &invitation, state, &[EventKind::Bounced], "", &detail).await?;
    }
    mark_bounced(tx, scope, id, why).await?;
    Ok(true)
}

/// The delivery waits at another server, or its mailbox is full: noted beside it, its state stays.
pub async fn held_up(tx: &mut Tx, scope: Scope, id: DeliveryId, why: &str) -> Result<()> {
    tx.execute(
        "UPDATE deliveries SET error = $3 WHERE org = $1 AND id = $2 AND state <> 'bounced'",
        &[&scope.org, &id, &why],
    )
    .await?;
    Ok(())
}

/// A delivery by its id, which is the first part of its Message-ID.
pub async fn by_id(tx: &mut Tx, scope: Scope, id: DeliveryId) -> Result<Option<Delivery>> {
    find(tx, scope, id).await
}
