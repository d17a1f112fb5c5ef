//! The job that sends what is due.

use super::compose::{compose, invitation_mail, message};
use super::store::{DeliveryId, Kind, State, defer, find, lease, mark_bounced, mark_sent, next_due, queue_receipt};
use crate::app::{App, Scope};
use crate::campaigns::{Asked, Plan, asked};
use crate::invitations::{self, EventKind, Invitation, InvitationId, Link};
use crate::jobs::{Job, Outcome};
use crate::mail::{EmailAddress, Message, Refused};
use crate::responses;
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

pub const KIND: &str = "SendMail";

/// How many rows a server takes at once for each connection; few, so that several servers share a campaign, and so that a
/// batch is sent well within its lease.
const BATCH: i64 = 5;
/// After so long another server takes over what a dead one had leased.
const LEASE: SignedDuration = SignedDuration::from_secs(45);
/// The least that must be left of a lease for a mail to be handed to the relay, which may take
/// [`crate::mail::RELAY_TIME`] to answer: no other server sends it meanwhile.
const MARGIN: SignedDuration = SignedDuration::from_secs(25);

/// Sends everything that is due, a batch at a time.
pub async fn send_mail(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let connections = app.config.mail.connections.max(1);
    loop {
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let until = now + LEASE;
        let batch = lease(&mut tx, scope, now, until, BATCH * connections as i64).await?;
        tx.commit().await?;
        if batch.is_empty() {
            break;
        }
        let sent: Vec<anyhow::Result<()>> = stream::iter(batch)
            .map(|id| send_one(&app, scope, id, until))
            .buffer_unordered(connections)
            .collect()
            .await;
        for outcome in sent {
            outcome?;
        }
    }
    let mut tx = app.db.read().await?;
    Ok(next_due(&mut tx, scope).await?.map_or(Outcome::Done, Outcome::Again))
}

/// Queues the mail that confirms what was submitted; `responses` asks for it.
pub async fn confirm_receipt(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let id: InvitationId = job.payload.parse()?;
    let mut tx = app.db.write().await?;
    let invitation = invitations::find(&mut tx, scope, id).await?;
    let submitted = responses::find(&mut tx, scope, id).await?.and_then(|r| r.submitted);
    if let (Some(invitation), Some(submitted)) = (invitation, submitted) {
        queue_receipt(&mut tx, &app, &invitation, submitted.revision).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Sends one message and writes down what became of it, at once: a server that dies leaves one in flight, not a batch.
async fn send_one(app: &App, scope: Scope, id: DeliveryId, until: Timestamp) -> anyhow::Result<()> {
    if app.clock.now() > until - MARGIN {
        return Ok(());
    }
    let mut tx = app.db.read().await?;
    let Some(delivery) = find(&mut tx, scope, id).await? else {
        return Ok(());
    };
    let Some(invitation) = (match delivery.invitation {
        Some(id) => invitations::find(&mut tx, scope, id).await?,
        None => None,
    }) else {
        return Ok(());
    };
    if delivery.state != State::Queued {
        return Ok(());
    }
    let submitted = match delivery.kind {
        Kind::Receipt => responses::find(&mut tx, scope, invitation.id)
            .await?
            .and_then(|r| r.submitted),
        Kind::Invitation => None,
    };
    drop(tx);
    let asked = asked(app, scope, delivery.campaign)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the campaign has no snapshot"))?;
    let composed = compose(app, &asked, &invitation, &delivery, submitted.as_ref())
        .and_then(|view| message(&delivery, &asked, view))
        .and_then(|message| message.compose(&app.config.mail.from));
    let outcome = match composed {
        Ok(mail) => app.mail.send(mail).await,
        // An address that no mail can carry: trying again won't help.
        Err(e) => Err(Refused::ForGood(format!("{e:#}"))),
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let told = delivery.kind == Kind::Invitation;
    match outcome {
        Ok(()) => {
            metrics::counter!("kairan_mails_total", "outcome" => "sent").increment(1);
            mark_sent(&mut tx, scope, id, now).await?;
            if told {
                let state = invitations::lock(&mut tx, scope, invitation.id).await?;
                let detail = delivery.address.as_str();
                invitations::append(&mut tx, app, &invitation, state, &[EventKind::Sent], "", detail).await?;
            }
        }
        Err(Refused::ForGood(why)) => {
            metrics::counter!("kairan_mails_total", "outcome" => "refused").increment(1);
            tracing::warn!(delivery = %id, error = %why, "A mail was refused for good.");
            mark_bounced(&mut tx, scope, id, &why).await?;
            if told {
                let state = invitations::lock(&mut tx, scope, invitation.id).await?;
                let detail = format!("{}: {why}", delivery.address);
                invitations::append(&mut tx, app, &invitation, state, &[EventKind::Bounced], "", &detail).await?;
            }
        }
        Err(Refused::ForNow(why)) => {
            metrics::counter!("kairan_mails_total", "outcome" => "deferred").increment(1);
            tracing::warn!(delivery = %id, error = %why, "A mail didn't go; it will be tried again.");
            defer(&mut tx, scope, &delivery, now, &why).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Sends the mail that a company would get, to the operator. Its link leads to nothing that could be answered.
pub async fn send_test(
    app: &App,
    asked: &Asked,
    sample: &Invitation,
    made: &Link,
    language: &str,
    (to, name): (EmailAddress, &str),
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let view = invitation_mail(app, asked, sample, made, language, ("", name), now)?;
    let message = Message {
        id: app.random.id(now),
        at: now,
        from_name: Plan::said(&asked.plan.sender, language).to_owned(),
        to,
        to_name: name.to_owned(),
        reply_to: asked.plan.reply_to.parse().ok(),
        language: language.to_owned(),
        subject: view.subject,
        text: view.text,
        html: view.html,
    };
    Ok(app.mail.send(message.compose(&app.config.mail.from)?).await?)
}
