//! Who sends, what is leased to them, what is in flight: all SQL of sending.
//!
//! A server that sends has a row in `senders`, renewed while it lives. What it takes on is leased to it. Before a mail is
//! handed over, a row in `flights` says so, durably. Whoever finds a sender dead takes its rows away: what was in flight is
//! ambiguous, everything else is queued again. A sender that was only slow notices at its next mail, because its row, which
//! that of the flight refers to, is gone.

use super::model::{Kind, State, again};
use super::returned::{Fall, fallen, follow};
use super::store::{Delivery, DeliveryId, columns, delivery, note};
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Result, Tx};
use crate::invitations::{self, EventKind, Invitation, InvitationId};
use crate::jobs;
use crate::mail::Refused;
use crate::refusal::Cause;
use jiff::{SignedDuration, Timestamp};
use std::fs::{File, TryLockError};
use std::path::PathBuf;

crate::ids! {
    /// Names a server while it sends.
    SenderId
}

/// After so long without a sign of life a sender counts as dead. On one machine it is known at once: see [`Sender::enlist`].
const LIFE: SignedDuration = SignedDuration::from_secs(15);
/// How often a sender gives one.
pub(super) const BEAT: std::time::Duration = std::time::Duration::from_secs(4);

/// This server's right to send. Dropped without [`Sender::retire`], its mails go to whoever comes next.
pub(super) struct Sender {
    pub id: SenderId,
    lock: PathBuf,
    // Held while it lives: the system lets go of it when the process dies, however.
    _held: File,
}

fn locks(app: &App) -> PathBuf {
    app.config.data.dir.join("senders")
}

impl Sender {
    /// Signs up. A locked file in the data directory tells other servers there, above all the next one, whether it lives.
    pub async fn enlist(app: &App, scope: Scope) -> anyhow::Result<Sender> {
        let now = app.clock.now();
        let id: SenderId = app.id(now);
        std::fs::create_dir_all(locks(app))?;
        let lock = locks(app).join(id.to_string());
        let held = File::create(&lock)?;
        held.lock()?;
        let mut tx = app.db.write().await?;
        tx.execute(
            "INSERT INTO senders (id, org, alive_until) VALUES ($1, $2, $3)",
            &[&id, &scope.org, &(now + LIFE).as_microsecond()],
        )
        .await?;
        tx.commit().await?;
        Ok(Sender { id, lock, _held: held })
    }

    /// A sign of life; false: somebody took this sender for dead, and its mails are somebody else's.
    pub async fn beat(&self, app: &App, scope: Scope) -> Result<bool> {
        let until = (app.clock.now() + LIFE).as_microsecond();
        let mut tx = app.db.write().await?;
        let alive = tx
            .execute(
                "UPDATE senders SET alive_until = $3 WHERE org = $1 AND id = $2",
                &[&scope.org, &self.id, &until],
            )
            .await?;
        tx.commit().await?;
        Ok(alive == 1)
    }

    /// Takes leave: what it still has goes back into the queue.
    pub async fn retire(self, app: &App, scope: Scope) -> Result<()> {
        bury(app, scope, self.id).await?;
        let _ = std::fs::remove_file(&self.lock);
        Ok(())
    }

    /// Leases at most `limit` messages that are due: those that somebody waits for, then those of `campaigns`, each its
    /// share.
    pub async fn lease(&self, app: &App, scope: Scope, campaigns: &[CampaignId], limit: i64) -> Result<Vec<Delivery>> {
        macro_rules! lease {
            ($which:literal, $passing_over:literal) => {
                concat!(
                    "UPDATE deliveries SET state = 'leased', sender = $2
                     WHERE state IN ('queued', 'deferred') AND id IN (
                         SELECT id FROM deliveries WHERE org = $1 AND ",
                    $which,
                    " AND state IN ('queued', 'deferred') AND next_at <= $3 ORDER BY campaign, next_at LIMIT $4",
                    $passing_over,
                    ") RETURNING ",
                    columns!()
                )
            };
        }
        let now = app.clock.now().as_microsecond();
        let mut tx = app.db.write().await?;
        let urgent = tx.either(lease!("rank = 0", ""), lease!("rank = 0", " FOR UPDATE SKIP LOCKED"));
        let mut leased = tx.list(urgent, &[&scope.org, &self.id, &now, &limit], delivery).await?;
        let of_campaign = tx.either(
            lease!("rank = 1 AND campaign = $5", ""),
            lease!("rank = 1 AND campaign = $5", " FOR UPDATE SKIP LOCKED"),
        );
        let share = (limit / campaigns.len().max(1) as i64).max(8);
        for campaign in campaigns {
            let room = share.min(limit - leased.len() as i64);
            if room <= 0 {
                break;
            }
            let more = tx
                .list(of_campaign, &[&scope.org, &self.id, &now, &room, campaign], delivery)
                .await?;
            leased.extend(more);
        }
        tx.commit().await?;
        Ok(leased)
    }

    /// Puts back what was leased and not handed over, each with the moment at which it is due again.
    pub async fn put_back(&self, app: &App, scope: Scope, back: &[(DeliveryId, Timestamp)]) -> Result<()> {
        if back.is_empty() {
            return Ok(());
        }
        // Those paced far ahead are paced again then: nothing waits for longer than a mail may.
        let latest = app.clock.now() + LONGEST_WAIT / 2;
        let mut tx = app.db.write().await?;
        for (id, next) in back {
            let next = (*next).min(latest);
            tx.execute(
                "UPDATE deliveries SET state = 'queued', sender = NULL, next_at = $4
                 WHERE org = $1 AND id = $2 AND sender = $3 AND state = 'leased'",
                &[&scope.org, id, &self.id, &next.as_microsecond()],
            )
            .await?;
        }
        tx.commit().await
    }
}

/// Writes down, in the transaction of the caller, that a line of a sender hands over `next`, or nothing. Fails where the
/// sender was taken for dead: nothing may be sent then.
pub(super) async fn flies(
    tx: &mut Tx,
    scope: Scope,
    (sender, line): (SenderId, i64),
    next: Option<DeliveryId>,
) -> Result<()> {
    match next {
        Some(delivery) => {
            tx.execute(
                "INSERT INTO flights (sender, line, org, delivery) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (sender, line) DO UPDATE SET delivery = excluded.delivery",
                &[&sender, &line, &scope.org, &delivery],
            )
            .await?;
        }
        None => {
            tx.execute(
                "DELETE FROM flights WHERE sender = $1 AND line = $2 AND org = $3",
                &[&sender, &line, &scope.org],
            )
            .await?;
        }
    }
    Ok(())
}

/// Running campaigns whose mails go out.
pub(super) async fn mailing_campaigns(tx: &mut Tx, scope: Scope) -> Result<Vec<CampaignId>> {
    tx.list(
        "SELECT id FROM campaigns WHERE org = $1 AND state IN ('sending', 'running') AND mailing = 'on' ORDER BY id",
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// Whether anything is due.
pub(super) async fn is_due(tx: &mut Tx, scope: Scope, campaigns: &[CampaignId], now: Timestamp) -> Result<bool> {
    let now = now.as_microsecond();
    let urgent = tx
        .optional(
            "SELECT id FROM deliveries WHERE org = $1 AND rank = 0 AND state IN ('queued', 'deferred') AND next_at <= $2 LIMIT 1",
            &[&scope.org, &now],
            |r| r.get::<DeliveryId>(0),
        )
        .await?;
    if urgent.is_some() {
        return Ok(true);
    }
    for campaign in campaigns {
        let due = tx
            .optional(
                "SELECT id FROM deliveries WHERE org = $1 AND rank = 1 AND campaign = $3 AND state IN ('queued', 'deferred')
                     AND next_at <= $2 LIMIT 1",
                &[&scope.org, &now, campaign],
                |r| r.get::<DeliveryId>(0),
            )
            .await?;
        if due.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many mails wait, due or deferred, and when the oldest of them was due first: for the monitoring.
pub async fn waiting(tx: &mut Tx, scope: Scope) -> Result<(i64, Option<Timestamp>)> {
    tx.one(
        "SELECT COUNT(*), MIN(due_at) FROM deliveries WHERE org = $1 AND rank < 2 AND state IN ('queued', 'deferred')",
        &[&scope.org],
        |r| Ok((r.get(0)?, r.time_optional(1)?)),
    )
    .await
}

/// No mail is deferred for longer: what waits beyond was told to by a clock that ran ahead. A request that a notice goes ahead of
/// waits for its own time, for days: it was queued in the past and is due in the future.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Whether a mail waits for a time that no mail is told to wait for.
pub async fn is_stranded(tx: &mut Tx, scope: Scope, now: Timestamp) -> Result<bool> {
    let found = tx
        .optional(
            "SELECT id FROM deliveries WHERE org = $1 AND state IN ('queued', 'deferred') AND next_at > $2
                 AND (state = 'deferred' OR next_at <> due_at OR created_at > $3) LIMIT 1",
            &[
                &scope.org,
                &(now + LONGEST_WAIT).as_microsecond(),
                &(now + crate::jobs::SLACK).as_microsecond(),
            ],
            |r| r.get::<DeliveryId>(0),
        )
        .await?;
    Ok(found.is_some())
}

/// Has such mails, and those that are due only after today, looked at now; how many there were. What is paced or paused
/// waits again.
pub async fn bring_back(tx: &mut Tx, scope: Scope, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE deliveries SET next_at = $2, due_at = CASE WHEN due_at > $2 THEN $2 ELSE due_at END
         WHERE org = $1 AND state IN ('queued', 'deferred') AND next_at > $3
             AND (state = 'deferred' OR next_at <> due_at OR created_at > $3)",
        &[
            &scope.org,
            &now.as_microsecond(),
            &(now + crate::jobs::SLACK).as_microsecond(),
        ],
    )
    .await
}

/// Frees the mails of senders that died: on other machines after [`LIFE`], on this one at once.
pub(super) async fn take_over(app: &App, scope: Scope) -> Result<()> {
    let beyond = (app.clock.now() + LIFE + crate::jobs::SLACK).as_microsecond();
    let now = app.clock.now().as_microsecond();
    let mut tx = app.db.read().await?;
    let known = tx
        .list(
            "SELECT id, alive_until FROM senders WHERE org = $1",
            &[&scope.org],
            |r| Ok((r.get::<SenderId>(0)?, r.get::<i64>(1)?)),
        )
        .await?;
    drop(tx);
    for (id, alive_until) in known {
        let lock = locks(app).join(id.to_string());
        // Life beyond what is ever given was given by a clock that ran ahead; whoever holds its lock on this machine lives.
        let misdated = alive_until > beyond && !lock.exists();
        if alive_until < now || misdated || is_let_go(&lock) {
            let ambiguous = bury(app, scope, id).await?;
            if ambiguous > 0 {
                tracing::warn!(
                    ambiguous,
                    "A server died while it handed over mails. Nobody knows whether these arrived: see the outbox."
                );
            }
            let _ = std::fs::remove_file(&lock);
        }
    }
    Ok(())
}

/// Whether the file is here and nobody holds it.
fn is_let_go(lock: &std::path::Path) -> bool {
    let Ok(file) = File::open(lock) else { return false };
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Takes a sender's rows away; how many mails were in flight.
async fn bury(app: &App, scope: Scope, sender: SenderId) -> Result<usize> {
    let mut tx = app.db.write().await?;
    // A line that is just taking off holds this row; one that comes later fails, because it is gone.
    let held = tx
        .list_held(
            "SELECT id FROM senders WHERE org = $1 AND id = $2 FOR UPDATE",
            &[&scope.org, &sender],
            |r| r.get::<SenderId>(0),
        )
        .await?;
    if held.is_empty() {
        return Ok(0);
    }
    let flying: Vec<DeliveryId> = tx
        .list(
            "SELECT delivery FROM flights WHERE org = $1 AND sender = $2 ORDER BY delivery",
            &[&scope.org, &sender],
            |r| r.get(0),
        )
        .await?;
    let mut ambiguous = 0;
    // A file of the outbox written twice is the same file.
    if !app.mail.is_outbox() {
        for id in &flying {
            let changed = tx
                .execute(
                    "UPDATE deliveries SET state = 'ambiguous', sender = NULL, attempts = attempts + 1
                     WHERE org = $1 AND id = $2 AND sender = $3 AND state = 'leased'",
                    &[&scope.org, id, &sender],
                )
                .await?;
            if changed == 1 {
                note(&mut tx, app, scope, *id, State::Ambiguous.as_str(), "", "").await?;
                ambiguous += 1;
            }
        }
    }
    tx.execute(
        "UPDATE deliveries SET state = 'queued', sender = NULL WHERE org = $1 AND sender = $2 AND state = 'leased'",
        &[&scope.org, &sender],
    )
    .await?;
    tx.execute(
        "DELETE FROM flights WHERE org = $1 AND sender = $2",
        &[&scope.org, &sender],
    )
    .await?;
    tx.execute("DELETE FROM senders WHERE org = $1 AND id = $2", &[&scope.org, &sender])
        .await?;
    tx.commit().await?;
    Ok(ambiguous)
}

/// Writes down what became of a mail that was handed over; its state, and whether its campaign was paused because of it.
///
/// A mail that is another sender's by now, or was settled meanwhile, is left as it is.
pub(super) async fn settle(
    tx: &mut Tx,
    app: &App,
    (scope, sender): (Scope, SenderId),
    (delivery, invitation): (&Delivery, Option<&Invitation>),
    outcome: &std::result::Result<String, Refused>,
) -> Result<(State, bool)> {
    let now = app.clock.now();
    // The relay's own trouble is no try of the mail, nor is our own end.
    let tried = !matches!(outcome, Err(Refused::ByRelay(_) | Refused::CutOff(_)));
    let attempts = delivery.attempts + i64::from(tried);
    let (state, said, next, cause) = match outcome {
        Ok(reply) => (State::Sent, reply, now, None),
        Err(Refused::ForGood { cause, why }) => (fallen(*cause), why, now, Some(*cause)),
        Err(Refused::Unknown(why)) => (State::Ambiguous, why, now, None),
        Err(Refused::ByRelay(why) | Refused::CutOff(why)) => (State::Deferred, why, now, None),
        Err(Refused::ForNow { cause, why }) => match again(delivery.due_at, now, attempts) {
            Some(at) => (State::Deferred, why, at, *cause),
            None => (State::Failed, why, now, *cause),
        },
    };
    // Taken for dead meanwhile? Then it was called ambiguous, and now it is known.
    let changed = tx
        .execute(
            "UPDATE deliveries SET state = $3, sender = NULL, attempts = $4, reply = $5, next_at = $6,
             sent_at = CASE WHEN $7 THEN $8 ELSE sent_at END, cause = $9
         WHERE org = $1 AND id = $2 AND (state = 'ambiguous' OR (state = 'leased' AND sender = $10))",
            &[
                &scope.org,
                &delivery.id,
                &state.as_str(),
                &attempts,
                &said.as_str(),
                &next.as_microsecond(),
                &(state == State::Sent),
                &now.as_microsecond(),
                &cause.map_or("", Cause::as_str),
                &sender,
            ],
        )
        .await?;
    if changed == 0 {
        return Ok((state, false));
    }
    note(tx, app, scope, delivery.id, state.as_str(), "", said).await?;
    match state {
        // That a reminder went out is no news of where the company stands; that it came back is.
        State::Sent if delivery.kind == Kind::Invitation => {
            if let Some(invitation) = invitation {
                let from = invitations::lock(tx, scope, invitation.id).await?;
                let told = &[EventKind::Sent];
                invitations::append(tx, app, invitation, from, told, "", &delivery.address).await?;
            }
            Ok((state, false))
        }
        State::Bounced | State::Failed => {
            let fall = Fall {
                state,
                cause,
                said,
                by: SEND_MAILS,
            };
            let paused = follow(tx, app, scope, (delivery, invitation), fall).await?;
            Ok((state, paused))
        }
        _ => Ok((state, false)),
    }
}

/// What the log calls the sending of mails.
const SEND_MAILS: &str = "SendMails";

/// Asked for when a mail to a company came back for good; the payload is the invitation's id. `reminders` turns to the next
/// contact.
pub const BOUNCED: &str = "ReachNextContact";

/// Asks for [`BOUNCED`] in the transaction that marks a mail as come back.
pub(super) async fn ask_for_next(tx: &mut Tx, app: &App, scope: Scope, id: InvitationId, now: Timestamp) -> Result<()> {
    let name = format!("{BOUNCED}:{id}");
    jobs::enqueue(tx, app.random.id(now), scope.org, BOUNCED, &name, &id.to_string(), now).await
}

/// A leased reminder that an answer overtook: it never goes.
pub(super) async fn cancel(tx: &mut Tx, app: &App, scope: Scope, id: DeliveryId) -> Result<()> {
    tx.execute(
        "UPDATE deliveries SET state = 'cancelled', sender = NULL WHERE org = $1 AND id = $2 AND state = 'leased'",
        &[&scope.org, &id],
    )
    .await?;
    note(tx, app, scope, id, State::Cancelled.as_str(), "", "").await
}
