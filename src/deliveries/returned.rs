//! What follows from a mail that wasn't taken, or came back: one rule for what the relay replied and for what the mailbox tells of
//! mails that it had taken.

use super::cluster;
use super::ledger::ask_for_next;
use super::model::State;
use super::store::{Delivery, DeliveryId, find, note};
use crate::app::{App, Scope};
use crate::audit::{self, Actor, Change, Origin};
use crate::db::{Result, Tx};
use crate::directory;
use crate::invitations::{self, EventKind, Invitation};
use crate::refusal::Cause;

/// What the log calls the reading of the mailbox.
const READ_MAILBOX: &str = "ReadMailbox";

/// What a mail is that will never be taken: only a wrong address makes it bounced.
pub(super) fn fallen(cause: Cause) -> State {
    match cause {
        Cause::Address => State::Bounced,
        _ => State::Failed,
    }
}

/// How a mail fell.
#[derive(Clone, Copy)]
pub(super) struct Fall<'f> {
    /// Bounced or failed.
    pub state: State,
    /// None: nobody refused it.
    pub cause: Option<Cause>,
    /// The code and the words of the server; "" where it wasn't asked.
    pub said: &'f str,
    /// Who noticed, for the log.
    pub by: &'static str,
}

/// What follows from a mail that has bounced or failed, in the transaction that writes that down. True if the campaign was paused
/// because such refusals cluster.
///
/// A wrong address is held against the contact, nothing else is. A refusal because of us says nothing of the company: the next
/// contact isn't turned to, since their mail would be refused as well.
pub(super) async fn follow(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (delivery, invitation): (&Delivery, Option<&Invitation>),
    fall: Fall<'_>,
) -> Result<bool> {
    if fall.state == State::Bounced {
        mark(tx, app, scope, (delivery, invitation), fall).await?;
    }
    if let Some(invitation) = invitation.filter(|_| delivery.kind.is_to_company()) {
        let from = invitations::lock(tx, scope, invitation.id).await?;
        let detail = match fall.said {
            "" => delivery.address.clone(),
            said => format!("{}: {said}", delivery.address),
        };
        invitations::append(tx, app, invitation, from, &[EventKind::Bounced], "", &detail).await?;
        if fall.cause != Some(Cause::Us) {
            ask_for_next(tx, app, scope, invitation.id, app.clock.now()).await?;
        }
    }
    match fall.cause {
        // Whose report calls an address wrong knows it.
        Some(Cause::Address) if fall.by == READ_MAILBOX => Ok(false),
        Some(cause) => cluster::look(tx, app, scope, delivery, (cause, fall.said)).await,
        None => Ok(false),
    }
}

/// Notes at the contact that its address is none, and in the log.
async fn mark(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (delivery, invitation): (&Delivery, Option<&Invitation>),
    fall: Fall<'_>,
) -> Result<()> {
    let Some(contact) = delivery.contact else { return Ok(()) };
    let now = app.clock.now();
    if !directory::mark_undeliverable(tx, &scope, contact, &delivery.address, now, fall.said).await? {
        return Ok(());
    }
    let Some(invitation) = invitation else { return Ok(()) };
    let origin = Origin {
        org: scope.org,
        actor: Actor::Job(fall.by),
        address: String::new(),
        now,
    };
    let change = Change {
        action: "contact.undeliverable",
        subject_kind: "company",
        subject: Some(invitation.company.0),
        subject_name: &invitation.company_name,
    };
    let after = serde_json::json!({ "mail": delivery.address, "reason": fall.said });
    audit::record(tx, app, &origin, change, &(), &after).await
}

/// The delivery came back for a reason that passes (a full mailbox, a server that was away for days): it has failed, and that says
/// nothing against the address.
pub async fn given_up(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId, why: &str) -> Result<()> {
    came_back(tx, app, scope, id, (State::Failed, None), why).await
}

/// The delivery came back for good: what follows is what would have followed had the relay said so at once. `why` is the code and
/// the words of the server that refused it. Told again, nothing happens.
pub async fn refused(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId, cause: Cause, why: &str) -> Result<()> {
    came_back(tx, app, scope, id, (fallen(cause), Some(cause)), why).await
}

async fn came_back(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    id: DeliveryId,
    (state, cause): (State, Option<Cause>),
    why: &str,
) -> Result<()> {
    let Some(delivery) = find(tx, scope, id).await? else {
        return Ok(());
    };
    let invitation = match delivery.invitation {
        Some(part) => invitations::find(tx, scope, part).await?,
        None => None,
    };
    let fall = Fall {
        state,
        cause,
        said: why,
        by: READ_MAILBOX,
    };
    // It is to be sent again: the report is about an earlier try. What it says of the address is true all the same, and who sends
    // asks for that.
    if matches!(delivery.state, State::Queued | State::Deferred) {
        note(tx, app, scope, id, "held-up", "", why).await?;
        if state == State::Bounced {
            mark(tx, app, scope, (&delivery, invitation.as_ref()), fall).await?;
        }
        return Ok(());
    }
    let changed = tx
        .execute(
            "UPDATE deliveries SET state = $3, reply = $4, sender = NULL, cause = $5
             WHERE org = $1 AND id = $2 AND state NOT IN ('bounced', 'failed', 'queued', 'deferred')",
            &[&scope.org, &id, &state.as_str(), &why, &cause.map_or("", Cause::as_str)],
        )
        .await?;
    if changed == 0 {
        return Ok(());
    }
    note(tx, app, scope, id, state.as_str(), "", why).await?;
    follow(tx, app, scope, (&delivery, invitation.as_ref()), fall).await?;
    Ok(())
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
