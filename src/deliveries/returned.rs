//! What a mailbox tells of messages that had been taken by the relay.

use super::ledger::ask_for_next;
use super::model::State;
use super::store::{Delivery, DeliveryId, find, note};
use crate::app::{App, Scope};
use crate::db::{Result, Tx};
use crate::invitations::{self, EventKind};
use crate::refusal::Cause;

/// The delivery came back because its address is none: it is bounced, and so is its invitation, unless more has happened
/// since; the next contact is turned to. False if that was known already. `why` is the code and the words of the server that
/// refused it.
pub async fn bounced(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId, why: &str) -> Result<bool> {
    came_back(tx, app, scope, id, State::Bounced, why, true).await
}

/// The delivery came back for a reason that passes (a full mailbox, a server that was away for days): as [`bounced`], but it
/// has failed, and says nothing against the address.
pub async fn given_up(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId, why: &str) -> Result<bool> {
    came_back(tx, app, scope, id, State::Failed, why, true).await
}

/// The delivery came back because of us, or of this mail (`cause`): it has failed, says nothing against the address, and
/// nobody else is turned to, who would get the same answer.
pub async fn refused(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId, cause: Cause, why: &str) -> Result<()> {
    let next = cause != Cause::Us;
    came_back(tx, app, scope, id, State::Failed, why, next).await?;
    Ok(())
}

/// `next`: whether the company's next contact is turned to.
async fn came_back(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    id: DeliveryId,
    state: State,
    why: &str,
    next: bool,
) -> Result<bool> {
    let Some(delivery) = find(tx, scope, id).await? else {
        return Ok(false);
    };
    let changed = tx
        .execute(
            "UPDATE deliveries SET state = $3, reply = $4, sender = NULL
             WHERE org = $1 AND id = $2 AND state NOT IN ('bounced', 'failed')",
            &[&scope.org, &id, &state.as_str(), &why],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    note(tx, app, scope, id, state.as_str(), "", why).await?;
    if delivery.kind.is_to_company()
        && let Some(part) = delivery.invitation
        && let Some(invitation) = invitations::find(tx, scope, part).await?
    {
        let from = invitations::lock(tx, scope, part).await?;
        let detail = format!("{}: {why}", delivery.address);
        invitations::append(tx, app, &invitation, from, &[EventKind::Bounced], "", &detail).await?;
        if next {
            ask_for_next(tx, app, scope, part, app.clock.now()).await?;
        }
    }
    Ok(true)
}

/// The delivery waits at another server: noted beside it, its state stays.
pub async fn held_up(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId, why: &str) -> Result<()> {
    tx.execute(
        "UPDATE deliveries SET reply = $3 WHERE org = $1 AND id = $2 AND state NOT IN ('bounced', 'failed')",
        &[&scope.org, &id, &why],
    )
    .await?;
    note(tx, app, scope, id, "held-up", "", why).await
}

/// A delivery by its id, which is the first part of its Message-ID.
pub async fn by_id(tx: &mut Tx, scope: Scope, id: DeliveryId) -> Result<Option<Delivery>> {
    find(tx, scope, id).await
}
