//! Sends what is due, on several lines at once.
//!
//! Each line hands over one mail after the other. Between two of them it writes once, durably: what became of the last, and
//! which one is in flight now. So a server that dies at any instruction leaves at most one mail a line of which nobody
//! knows whether it arrived, and these are listed.

use super::compose::{Ground, compose, invitation_mail, message};
use super::ledger::{self, BEAT, Sender};
use super::model::{Kind, Pace, State};
use super::remind::is_moot;
use super::store::{Delivery, DeliveryId, department, earlier_of, first_of, queue_receipt};
use crate::app::{App, Scope};
use crate::campaigns::{Asked, CampaignId, Plan, asked};
use crate::db::Tx;
use crate::invitations::{self, Invitation, Link};
use crate::jobs::Job;
use crate::mail::{Composed, EmailAddress, Hand, Message, Refused, message_id};
use crate::mailbox::return_path;
use crate::responses;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How many mails are leased at once.
const BLOCK: i64 = 256;
/// How soon a line notices that a campaign was paused or cancelled.
const LOOK: Duration = Duration::from_millis(400);
/// How long an idle server waits before it looks whether anything is due.
const IDLE: Duration = Duration::from_millis(500);
/// How long nothing is tried after the relay refused us as a whole.
const RELAY_PAUSE: Duration = Duration::from_secs(60);
/// How long connections are kept open with nothing to send.
const KEPT_OPEN: Duration = Duration::from_secs(10);

/// Sends until `stop`, with the mails in hand finished.
pub async fn run(app: App, stop: CancellationToken) {
    let scope = app.scope();
    let mut hands = Vec::new();
    let mut idle_since = Instant::now();
    while !stop.is_cancelled() {
        let pause = match pump(&app, scope, &mut hands, &stop).await {
            Ok(Ended::Dry { sent }) => {
                if sent > 0 {
                    idle_since = Instant::now();
                    continue;
                }
                IDLE
            }
            Ok(Ended::Refused) => RELAY_PAUSE,
            Err(e) => {
                tracing::error!(error = %format!("{e:#}"), "Mails can't be sent; trying again.");
                Duration::from_secs(5)
            }
        };
        if idle_since.elapsed() > KEPT_OPEN {
            close(&mut hands).await;
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
            () = app.jobs.asked(), if pause == IDLE => {}
        }
    }
    close(&mut hands).await;
}

/// Sends everything that is due, and ends: for the command line and for tests.
pub async fn send_due(app: &App) -> anyhow::Result<usize> {
    let (stop, mut hands, mut all) = (CancellationToken::new(), Vec::new(), 0);
    while let Ended::Dry { sent } = pump(app, app.scope(), &mut hands, &stop).await? {
        all += sent;
        if sent == 0 {
            break;
        }
    }
    close(&mut hands).await;
    Ok(all)
}

async fn close(hands: &mut Vec<Hand>) {
    for mut hand in hands.drain(..) {
        hand.close().await;
    }
}

enum Ended {
    /// Nothing is due any more.
    Dry { sent: usize },
    /// The relay takes nothing from us.
    Refused,
}

/// Sends what is due on as many lines as are configured.
async fn pump(app: &App, scope: Scope, hands: &mut Vec<Hand>, stop: &CancellationToken) -> anyhow::Result<Ended> {
    ledger::take_over(app, scope).await?;
    let mut tx = app.db.read().await?;
    let campaigns = ledger::mailing_campaigns(&mut tx, scope).await?;
    let due = ledger::is_due(&mut tx, scope, &campaigns, app.clock.now()).await?;
    drop(tx);
    if !due {
        return Ok(Ended::Dry { sent: 0 });
    }
    let feed = Arc::new(Feed {
        app: app.clone(),
        scope,
        sender: Sender::enlist(app, scope).await?,
        waiting: Mutex::new(Waiting {
            mails: VecDeque::new(),
            campaigns,
            looked: Instant::now(),
            domains: Pace::per_minute(app.config.mail.domain_per_minute),
            all: Pace::per_minute(app.config.mail.per_second * 60),
        }),
        ending: AtomicBool::new(false),
        refused: AtomicBool::new(false),
    });
    let connections = app.config.mail.connections.max(1);
    hands.resize_with(connections, || app.mail.hand());
    let lines: Vec<_> = (hands.drain(..).enumerate())
        .map(|(number, hand)| tokio::spawn(line(feed.clone(), number as i64, hand)))
        .collect();
    let beating = {
        let (feed, stop) = (feed.clone(), stop.clone());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(BEAT) => {}
                }
                // Where the database doesn't answer, the lines notice themselves.
                if matches!(feed.sender.beat(&feed.app, scope).await, Ok(false)) {
                    break;
                }
            }
            feed.ending.store(true, Ordering::Relaxed);
        })
    };
    let (mut sent, mut failed) = (0, None);
    for line in lines {
        match line.await {
            Ok((hand, count, outcome)) => {
                hands.push(hand);
                sent += count;
                failed = failed.or(outcome.err());
            }
            Err(e) => failed = failed.or(Some(e.into())),
        }
    }
    beating.abort();
    let _ = beating.await;
    let refused = feed.refused.load(Ordering::Relaxed);
    if let Some(feed) = Arc::into_inner(feed) {
        feed.sender.retire(app, scope).await?;
    }
    match failed {
        Some(e) => Err(e),
        None if refused => Ok(Ended::Refused),
        None => Ok(Ended::Dry { sent }),
    }
}

/// What the lines take their mails from.
struct Feed {
    app: App,
    scope: Scope,
    sender: Sender,
    waiting: Mutex<Waiting>,
    /// No line takes another mail.
    ending: AtomicBool,
    refused: AtomicBool,
}

struct Waiting {
    mails: VecDeque<Delivery>,
    campaigns: Vec<CampaignId>,
    looked: Instant,
    domains: Pace,
    all: Pace,
}

impl Feed {
    /// The next mail; None when nothing is due, or no more are to be sent.
    async fn next(&self) -> anyhow::Result<Option<Delivery>> {
        let mut waiting = self.waiting.lock().await;
        if self.ending.load(Ordering::Relaxed) || self.app.jobs.is_stopping() {
            return Ok(None);
        }
        if waiting.looked.elapsed() > LOOK {
            self.look(&mut waiting).await?;
        }
        if waiting.mails.is_empty() {
            let leased = self.sender.lease(&self.app, self.scope, &waiting.campaigns, BLOCK);
            waiting.mails = leased.await?.into();
            self.pace(&mut waiting).await?;
        }
        let Some(next) = waiting.mails.pop_front() else {
            // The others end as well, and all begin anew when something is due: nobody works alone for long.
            self.ending.store(true, Ordering::Relaxed);
            return Ok(None);
        };
        let now = self.app.clock.now();
        if let Some(slot) = waiting.all.slot("", now) {
            tokio::time::sleep(slot.duration_since(now).unsigned_abs()).await;
        }
        Ok(Some(next))
    }

    /// Puts back what belongs to a campaign that was paused or cancelled.
    async fn look(&self, waiting: &mut Waiting) -> anyhow::Result<()> {
        let mut tx = self.app.db.read().await?;
        waiting.campaigns = ledger::mailing_campaigns(&mut tx, self.scope).await?;
        drop(tx);
        waiting.looked = Instant::now();
        let going = |d: &Delivery| d.kind.rank() == 0 || d.campaign.is_some_and(|c| waiting.campaigns.contains(&c));
        let (go, stay): (Vec<_>, Vec<_>) = waiting.mails.drain(..).partition(going);
        waiting.mails = go.into();
        let back: Vec<_> = stay.iter().map(|d| (d.id, d.due_at)).collect();
        Ok(self.sender.put_back(&self.app, self.scope, &back).await?)
    }

    /// Puts back what would come too fast for its domain, each with its time.
    async fn pace(&self, waiting: &mut Waiting) -> anyhow::Result<()> {
        if waiting.domains.is_unlimited() {
            return Ok(());
        }
        let now = self.app.clock.now();
        let (mut go, mut back): (VecDeque<Delivery>, Vec<(DeliveryId, Timestamp)>) = Default::default();
        for delivery in waiting.mails.drain(..) {
            let domain = delivery.address.rsplit('@').next().unwrap_or_default();
            match waiting.domains.slot(domain, now) {
                None => go.push_back(delivery),
                Some(at) => back.push((delivery.id, at)),
            }
        }
        waiting.mails = go;
        Ok(self.sender.put_back(&self.app, self.scope, &back).await?)
    }
}

/// A mail that was handed over, and what the relay said.
struct Done {
    delivery: Delivery,
    invitation: Option<Invitation>,
    outcome: Result<String, Refused>,
}

/// One line: the hand it worked with, how many it sent, and why it ended early, if it did.
async fn line(feed: Arc<Feed>, number: i64, mut hand: Hand) -> (Hand, usize, anyhow::Result<()>) {
    let mut sent = 0;
    let outcome = hand_over(&feed, number, &mut hand, &mut sent).await;
    if outcome.is_err() {
        feed.ending.store(true, Ordering::Relaxed);
    }
    (hand, sent, outcome)
}

async fn hand_over(feed: &Feed, number: i64, hand: &mut Hand, sent: &mut usize) -> anyhow::Result<()> {
    let (app, scope) = (&feed.app, feed.scope);
    let mut done: Option<Done> = None;
    loop {
        let next = match feed.next().await {
            Ok(next) => next,
            Err(e) => {
                settle_at_last(app, scope, done).await;
                return Err(e);
            }
        };
        let ended = next.is_none();
        let mut ready = None;
        let (mut spoiled, mut moot) = (None, None);
        if let Some(delivery) = next {
            match prepare(app, scope, &delivery).await {
                Ok(Some((invitation, mail))) => ready = Some((delivery, invitation, mail)),
                Ok(None) => moot = Some(delivery.id),
                // What can't be composed is our fault, and worth another try when it is mended.
                Err(e) => {
                    tracing::error!(delivery = %delivery.id, error = %format!("{e:#}"), "A mail couldn't be made; it will be tried again.");
                    spoiled = Some(Done {
                        delivery,
                        invitation: None,
                        outcome: Err(Refused::ForNow(format!("{e:#}"))),
                    });
                }
            }
        }
        if done.is_none() && ready.is_none() && spoiled.is_none() && moot.is_none() {
            return Ok(());
        }
        let flying = ready.as_ref().map(|(delivery, ..)| delivery.id);
        let unsent = (spoiled.as_ref(), moot);
        if let Err(e) = write(feed, number, done.as_ref(), unsent, flying).await {
            settle_at_last(app, scope, done).await;
            return Err(e.into());
        }
        if ended {
            return Ok(());
        }
        done = None;
        let Some((delivery, invitation, mail)) = ready else {
            continue;
        };
        let outcome = hand.send(mail).await;
        match &outcome {
            Ok(_) => *sent += 1,
            Err(Refused::ByRelay(why)) => {
                tracing::error!(error = %why, "The relay takes nothing from us; mails wait. See mail.smtp_url and mail.from.");
                feed.refused.store(true, Ordering::Relaxed);
                feed.ending.store(true, Ordering::Relaxed);
            }
            Err(why) => tracing::warn!(delivery = %delivery.id, error = %why, "A mail didn't go."),
        }
        done = Some(Done {
            delivery,
            invitation,
            outcome,
        });
    }
}

/// The one durable write between two mails of a line.
async fn write(
    feed: &Feed,
    number: i64,
    done: Option<&Done>,
    (spoiled, moot): (Option<&Done>, Option<DeliveryId>),
    flying: Option<DeliveryId>,
) -> crate::db::Result<()> {
    let (app, scope) = (&feed.app, feed.scope);
    let mut tx = app.db.write().await?;
    for done in [done, spoiled].into_iter().flatten() {
        settle(&mut tx, app, scope, done).await?;
    }
    if let Some(id) = moot {
        ledger::cancel(&mut tx, app, scope, id).await?;
    }
    feed.sender.flies(&mut tx, scope, number, flying).await?;
    tx.commit().await
}

async fn settle(tx: &mut Tx, app: &App, scope: Scope, done: &Done) -> crate::db::Result<State> {
    let about = (&done.delivery, done.invitation.as_ref());
    let state = ledger::settle(tx, app, scope, about, &done.outcome).await?;
    metrics::counter!("kairan_mails_total", "outcome" => state.as_str()).increment(1);
    Ok(state)
}

/// Writes down what is known of a mail where the line can't go on: because the database didn't answer, or because this
/// server was taken for dead. If even that fails, the mail is found in flight, and listed as ambiguous.
async fn settle_at_last(app: &App, scope: Scope, done: Option<Done>) {
    let Some(done) = done else { return };
    for seconds in [0, 1, 2, 5, 10] {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let written = async {
            let mut tx = app.db.write().await?;
            settle(&mut tx, app, scope, &done).await?;
            tx.commit().await
        };
        match written.await {
            Ok(()) => return,
            Err(e) => {
                tracing::warn!(delivery = %done.delivery.id, error = %e, "What became of a mail can't be written down yet.")
            }
        }
    }
}

/// A mail ready to be handed over, and whom it is about.
type Prepared = (Option<Invitation>, Composed);

/// Composes a delivery's mail; None where it needn't go, because an answer came first, or a later reminder.
async fn prepare(app: &App, scope: Scope, delivery: &Delivery) -> anyhow::Result<Option<Prepared>> {
    let mut tx = app.db.read().await?;
    let ground = ground(&mut tx, scope, delivery).await?;
    if let Some(invitation) = &ground.invitation
        && is_moot(&mut tx, scope, delivery, &ground, invitation, app.clock.now()).await?
    {
        return Ok(None);
    }
    drop(tx);
    let campaign = delivery
        .campaign
        .ok_or_else(|| anyhow::anyhow!("the delivery belongs to no campaign"))?;
    let asked = asked(app, scope, campaign)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the campaign has no snapshot"))?;
    let view = compose(app, &asked, delivery, &ground)?;
    let mut message = message(app, delivery, &asked, ground.first.as_ref(), view)?;
    let domain = app.config.mail.from.rsplit('@').next().unwrap_or_default();
    let before = told_before(app, scope, delivery, &asked, ground.invitation.as_ref()).await?;
    let before = before.into_iter().map(|id| message_id(id.0, domain));
    message.references.splice(0..0, before);
    let mail = message.compose(&app.config.mail.from, app.dkim.as_deref())?;
    let mail = match app.config.mail.bounce_address.as_str() {
        "" => mail,
        address => mail.with_return_path(&return_path(&app.secret, address, delivery.id.0))?,
    };
    Ok(Some((ground.invitation, mail)))
}

/// The mails of earlier campaigns to this contact, in whose thread the mail of a follow-up stands, oldest first.
async fn told_before(
    app: &App,
    scope: Scope,
    delivery: &Delivery,
    asked: &Asked,
    invitation: Option<&Invitation>,
) -> anyhow::Result<Vec<DeliveryId>> {
    match (&asked.follows, invitation, delivery.kind) {
        (Some(earlier), Some(invitation), Kind::Invitation | Kind::Reminder | Kind::Escalation) => {
            let mut tx = app.db.read().await?;
            Ok(earlier_of(&mut tx, scope, delivery, earlier.root, invitation.company).await?)
        }
        _ => Ok(Vec::new()),
    }
}

/// What the mail of a delivery is made of.
pub(super) async fn ground(tx: &mut Tx, scope: Scope, delivery: &Delivery) -> anyhow::Result<Ground> {
    let Some(id) = delivery.invitation else {
        return Ok(Ground::default());
    };
    let invitation = invitations::find(tx, scope, id)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the invitation {id} is gone"))?;
    Ok(Ground {
        department: department(tx, scope, delivery, invitation.company).await?,
        submitted: match delivery.kind {
            Kind::Receipt => responses::find(tx, scope, id).await?.and_then(|r| r.submitted),
            _ => None,
        },
        share: match delivery.kind {
            Kind::Share => invitations::find_share(tx, scope, id, delivery.occasion).await?,
            _ => None,
        },
        first: match delivery.kind {
            Kind::Reminder | Kind::Escalation => first_of(tx, scope, id).await?,
            _ => None,
        },
        invitation: Some(invitation),
    })
}

/// Writes the mail of the first invitation that is due into a file, as it would be sent: for the bench.
pub async fn write_next(app: &App, file: &std::path::Path) -> anyhow::Result<()> {
    let scope = app.scope();
    let mut tx = app.db.read().await?;
    let waiting = super::store::list(
        &mut tx,
        scope,
        State::Queued.as_str(),
        None,
        DeliveryId(uuid::Uuid::max()),
        1,
    );
    let first = waiting.await?.into_iter().next();
    drop(tx);
    let first = first.ok_or_else(|| anyhow::anyhow!("no mail is queued"))?;
    match prepare(app, scope, &first).await? {
        Some((_, mail)) => Ok(std::fs::write(file, mail.bytes)?),
        None => anyhow::bail!("the mail needn't go"),
    }
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
        references: Vec::new(),
        language: language.to_owned(),
        subject: view.subject,
        text: view.text,
        html: view.html,
    };
    app.mail
        .send(message.compose(&app.config.mail.from, app.dkim.as_deref())?)
        .await?;
    Ok(())
}
