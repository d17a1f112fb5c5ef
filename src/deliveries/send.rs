//! The job that sends what is due.

use super::compose::{compose, invitation_mail, message};
use super::store::{
    DeliveryId, Kind, State, defer, department, find, lease, mark_bounced, mark_sent, next_due, queue_receipt,
};
use crate::app::{App, Scope};
use crate::campaigns::{Asked, Plan, asked};
use crate::db::Tx;
use crate::invitations::{self, EventKind, Invitation, Link};
use crate::jobs::{Job, Outcome};
use crate::mail::{EmailAddress, Message, Refused};
use crate::mailbox::return_path;
use crate::responses;
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

pub const KIND: &str = "SendMail";

/// How many rows are taken at once for each connection; few, so that a batch is sent well within its lease.
const BATCH: i64 = 5;
/// After so long another server takes over what a dead one had leased.
const LEASE: SignedDuration = SignedDuration::from_secs(45);
/// The least that must be left of a lease for a mail to be handed to the relay, which may take
/// [`crate::mail::RELAY_TIME`] to answer: no other server sends it meanwhile.
const MARGIN: SignedDuration = SignedDuration::from_secs(25);

/// How long nothing is tried after the relay refused us as a whole.
const RELAY_PAUSE: SignedDuration = SignedDuration::from_secs(60);

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
        let sent: Vec<(DeliveryId, anyhow::Result<bool>)> = stream::iter(batch)
            .map(async |id| (id, send_one(&app, scope, id, until).await))
            .buffer_unordered(connections)
            .collect()
            .await;
        for (id, outcome) in &sent {
            // One that can't be sent must not keep the others: it comes again when its lease ends.
            if let Err(e) = outcome {
                tracing::error!(delivery = %id, error = %format!("{e:#}"), "A mail couldn't be handled; it will be tried again.");
            }
        }
        if app.jobs.is_stopping() {
            return Ok(Outcome::Again(app.clock.now()));
        }
        if sent.iter().any(|(_, outcome)| matches!(outcome, Ok(false))) {
            return Ok(Outcome::Again(app.clock.now() + RELAY_PAUSE));
        }
    }
    let mut tx = app.db.read().await?;
    Ok(next_due(&mut tx, scope).await?.map_or(Outcome::Done, Outcome::Again))
}

/// Queues the mail that confirms what was submitted; `responses` asks for it. The payload is the invitation's id and the
/// revision that was submitted.
pub async fn confirm_receipt(app: &App, tx: &mut Tx, job: &Job) -> anyhow::Result<()> {
    let scope = Scope { org: job.org };
    let (id, revision) = job
        .payload
        .split_once(' ')
        .ok_or_else(|| anyhow::anyhow!("{:?} is not an invitation and a revision", job.payload))?;
    Ok(queue_receipt(tx, app, scope, id.parse()?, revision.parse()?).await?)
}

/// Sends one message and writes down what became of it, at once: a server that dies leaves one in flight, not a batch. False:
/// the relay takes nothing from us, so there is no use in going on.
async fn send_one(app: &App, scope: Scope, id: DeliveryId, until: Timestamp) -> anyhow::Result<bool> {
    if app.clock.now() > until - MARGIN {
        return Ok(true);
    }
    let mut tx = app.db.read().await?;
    let Some(delivery) = find(&mut tx, scope, id).await? else {
        return Ok(true);
    };
    let Some(invitation) = (match delivery.invitation {
        Some(id) => invitations::find(&mut tx, scope, id).await?,
        None => None,
    }) else {
        return Ok(true);
    };
    if delivery.state != State::Queued {
        return Ok(true);
    }
    let submitted = match delivery.kind {
        Kind::Receipt => responses::find(&mut tx, scope, invitation.id)
            .await?
            .and_then(|r| r.submitted),
        Kind::Invitation => None,
    };
    let department = department(&mut tx, scope, &delivery, invitation.company).await?;
    drop(tx);
    let asked = asked(app, scope, delivery.campaign)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the campaign has no snapshot"))?;
    let composed = compose(app, &asked, &invitation, &delivery, &department, submitted.as_ref())
        .and_then(|view| message(&delivery, &asked, view))
        .and_then(|message| message.compose(&app.config.mail.from))
        .and_then(|mail| match app.config.mail.bounce_address.as_str() {
            "" => Ok(mail),
            address => mail.with_return_path(&return_path(&app.secret, address, id.0)),
        });
    let outcome = match composed {
        Ok(mail) => app.mail.send(mail).await,
        // The address was read once; what can't be composed is our fault, and worth another try when it is mended.
        Err(e) => Err(Refused::ForNow(format!("{e:#}"))),
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
        Err(Refused::ByRelay(why)) => {
            tracing::error!(error = %why, "The relay takes nothing from us; mails wait. See mail.smtp_url and mail.from.");
            defer(&mut tx, scope, &delivery, now, &why).await?;
            tx.commit().await?;
            return Ok(false);
        }
        Err(Refused::ForNow(why)) => {
            metrics::counter!("kairan_mails_total", "outcome" => "deferred").increment(1);
            tracing::warn!(delivery = %id, error = %why, "A mail didn't go; it will be tried again.");
            defer(&mut tx, scope, &delivery, now, &why).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
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
