//! Sends what is due, on several lines at once.
//!
//! Each line hands over one mail after the other. Between two of them it writes once, durably: what became of the last, and
//! which one is in flight now. So a server that dies at any instruction leaves at most one mail a line of which nobody
//! knows whether it arrived, and these are listed.

use super::compose::{Ground, compose, invitation_mail, message};
use super::ledger::{self, BEAT, Sender, SenderId};
use super::model::{Kind, Pace, State};
use super::remind::is_moot;
use super::store::{Delivery, DeliveryId, contact_of, earlier_of, first_of, queue_receipt};
use super::trouble;
use crate::app::{App, Scope};
use crate::campaigns::{Asked, CampaignId, Plan, asked};
use crate::db::Tx;
use crate::directory::NotMailed;
use crate::invitations::{self, Invitation, Link};
use crate::jobs::Job;
use crate::mail::{Composed, EmailAddress, Hand, Message, Refused, envelope, message_id};
use crate::mailbox::return_path;
use crate::refusal::Cause;
use crate::responses;
use jiff::Timestamp;
use lettre::address::Envelope;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
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
/// How long a mail in hand may take after the server was asked to stop, whatever the relay does.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends until `stop`, with the mails in hand finished, or given up where the relay keeps them hanging.
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

/// Takes leave on all at once: a relay that doesn't answer costs a second, however many connections stand.
async fn close(hands: &mut Vec<Hand>) {
    let leaving = hands.drain(..).map(async |mut hand| hand.close().await);
    futures_util::future::join_all(leaving).await;
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
    let troubled = trouble::since(&mut tx, scope).await?.is_some();
    drop(tx);
    if !due {
        // What the relay didn't take is due at any time: nothing waits for it any more, as its campaign was closed.
        if troubled {
            trouble::over(app, scope).await?;
        }
        return Ok(Ended::Dry { sent: 0 });
    }
    let sender = Sender::enlist(app, scope).await?;
    let (scribe, entries) = mpsc::unbounded_channel();
    let pauses = Arc::new(AtomicU64::new(0));
    let writing = tokio::spawn(self::scribe(app.clone(), (scope, sender.id), pauses.clone(), entries));
    let cut = CancellationToken::new();
    let feed = Arc::new(Feed {
        app: app.clone(),
        scope,
        sender,
        scribe,
        waiting: Mutex::new(Waiting {
            mails: VecDeque::new(),
            campaigns,
            looked: Instant::now(),
            pauses: 0,
            domains: Pace::per_minute(app.config.mail.domain_per_minute),
            all: Pace::per_minute(app.config.mail.per_second * 60),
        }),
        ending: AtomicBool::new(false),
        refused: std::sync::Mutex::new(None),
        pauses,
        cut: cut.clone(),
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
    let cutting = {
        let stop = stop.clone();
        tokio::spawn(async move {
            stop.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
            cut.cancel();
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
    for task in [beating, cutting] {
        task.abort();
        let _ = task.await;
    }
    let refused = feed.refusal();
    if let Some(feed) = Arc::into_inner(feed) {
        drop(feed.scribe);
        let _ = writing.await;
        feed.sender.retire(app, scope).await?;
    }
    if let Some(e) = failed {
        return Err(e);
    }
    match refused {
        Some(why) if sent == 0 => {
            trouble::note(app, scope, &why).await?;
            Ok(Ended::Refused)
        }
        _ => {
            if troubled && sent > 0 {
                trouble::over(app, scope).await?;
            }
            Ok(Ended::Dry { sent })
        }
    }
}

/// What the lines take their mails from.
struct Feed {
    app: App,
    scope: Scope,
    sender: Sender,
    /// What the lines have written down.
    scribe: mpsc::UnboundedSender<Entry>,
    waiting: Mutex<Waiting>,
    /// No line takes another mail.
    ending: AtomicBool,
    /// Why the relay takes nothing from us, once it said so.
    refused: std::sync::Mutex<Option<String>>,
    /// How often a campaign was paused because its mails are refused: that is looked at without delay.
    pauses: Arc<AtomicU64>,
    /// Cancelled when whatever is in hand is to be given up.
    cut: CancellationToken,
}

struct Waiting {
    mails: VecDeque<Delivery>,
    campaigns: Vec<CampaignId>,
    looked: Instant,
    /// [`Feed::pauses`] when it was looked.
    pauses: u64,
    domains: Pace,
    all: Pace,
}

impl Waiting {
    /// Whether a mail may go now.
    fn goes(&self, delivery: &Delivery) -> bool {
        delivery.kind.rank() == 0 || delivery.campaign.is_some_and(|c| self.campaigns.contains(&c))
    }
}

impl Feed {
    fn refusal(&self) -> Option<String> {
        self.refused
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// A line found that the relay takes nothing from it.
    fn note_refusal(&self, why: &str) {
        tracing::error!(error = %why, "The relay takes nothing over a connection of ours. See mail.smtp_url, mail.from and mail.connections.");
        *self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(why.to_owned());
    }

    /// Whether it is time to see which campaigns' mails still go.
    fn is_time_to_look(&self, waiting: &Waiting) -> bool {
        waiting.looked.elapsed() > LOOK || waiting.pauses != self.pauses.load(Ordering::Acquire)
    }

    /// The next mail; None when nothing is due, or no more are to be sent.
    async fn next(&self) -> anyhow::Result<Option<Delivery>> {
        let mut waiting = self.waiting.lock().await;
        if self.ending.load(Ordering::Relaxed) || self.app.jobs.is_stopping() {
            return Ok(None);
        }
        if self.is_time_to_look(&waiting) {
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

    /// A mail that waited long for the one before it goes only if its campaign's mails still do.
    async fn still_goes(&self, next: Next) -> crate::db::Result<Next> {
        let Next::Ready(ready) = &next else { return Ok(next) };
        if ready.at.elapsed() < LOOK && ready.pauses == self.pauses.load(Ordering::Acquire) {
            return Ok(next);
        }
        let delivery = &ready.delivery;
        let mut waiting = self.waiting.lock().await;
        if self.is_time_to_look(&waiting) {
            self.look(&mut waiting).await?;
        }
        if waiting.goes(delivery) {
            return Ok(next);
        }
        let back = [(delivery.id, delivery.due_at)];
        self.sender.put_back(&self.app, self.scope, &back).await?;
        Ok(Next::PutBack)
    }

    /// Puts back what belongs to a campaign that was paused or cancelled.
    async fn look(&self, waiting: &mut Waiting) -> crate::db::Result<()> {
        waiting.pauses = self.pauses.load(Ordering::Acquire);
        let mut tx = self.app.db.read().await?;
        waiting.campaigns = ledger::mailing_campaigns(&mut tx, self.scope).await?;
        drop(tx);
        waiting.looked = Instant::now();
        let mails: Vec<_> = waiting.mails.drain(..).collect();
        let (go, stay): (Vec<_>, Vec<_>) = mails.into_iter().partition(|d| waiting.goes(d));
        waiting.mails = go.into();
        let back: Vec<_> = stay.iter().map(|d| (d.id, d.due_at)).collect();
        self.sender.put_back(&self.app, self.scope, &back).await
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
    let (mut sent, mut coming) = (0, None);
    let outcome = hand_over(&feed, number, &mut hand, &mut sent, &mut coming).await;
    if outcome.is_err() {
        feed.ending.store(true, Ordering::Relaxed);
    }
    if let Some(coming) = coming {
        // What it took stays leased, and goes back with the rest.
        coming.abort();
        let _ = coming.await;
    }
    (hand, sent, outcome)
}

/// What a line does next.
enum Next {
    /// Nothing is due, or no more is to be sent.
    Nothing,
    /// It needn't go.
    Moot(DeliveryId),
    /// It can't be made, which is our fault and worth another try when that is mended; or it isn't to go.
    Spoiled(Box<Done>),
    /// Its campaign was paused or cancelled meanwhile.
    PutBack,
    Ready(Box<Ready>),
}

/// A mail that can go: since when that is known.
struct Ready {
    delivery: Delivery,
    draft: Draft,
    at: Instant,
    /// [`Feed::pauses`] before it was taken.
    pauses: u64,
}

/// Takes the next mail and gathers what it is made of.
async fn take(feed: &Feed) -> anyhow::Result<Next> {
    let pauses = feed.pauses.load(Ordering::Acquire);
    let Some(delivery) = feed.next().await? else {
        return Ok(Next::Nothing);
    };
    Ok(match prepare(&feed.app, feed.scope, &delivery).await {
        Ok(Prepared::Mail(draft)) => Next::Ready(Box::new(Ready {
            delivery,
            draft: *draft,
            at: Instant::now(),
            pauses,
        })),
        Ok(Prepared::Moot) => Next::Moot(delivery.id),
        Ok(Prepared::Held(invitation, why)) => Next::Spoiled(Box::new(Done {
            delivery,
            invitation: invitation.map(|invitation| *invitation),
            outcome: Err(held_back(why)),
        })),
        Err(e) => {
            let outcome = Err(spoiled(&delivery, &e));
            Next::Spoiled(Box::new(Done {
                delivery,
                invitation: None,
                outcome,
            }))
        }
    })
}

/// A mail that can't be made, which is our fault and worth another try when that is mended.
fn spoiled(delivery: &Delivery, why: &anyhow::Error) -> Refused {
    let why = format!("{why:#}");
    tracing::error!(delivery = %delivery.id, error = %why, "A mail couldn't be made; it will be tried again.");
    Refused::for_now(why)
}

/// A task of its own: it holds locks on its way, and must get on whatever its line waits for.
type Coming = JoinHandle<anyhow::Result<Next>>;

fn begin(feed: &Arc<Feed>) -> Coming {
    let feed = feed.clone();
    tokio::spawn(async move { take(&feed).await })
}

async fn arrive(coming: &mut Option<Coming>, feed: &Arc<Feed>) -> anyhow::Result<Next> {
    let came = coming.get_or_insert_with(|| begin(feed)).await;
    *coming = None;
    came?
}

/// How long what became of a mail waits for the next one, to be written down together with its flight.
const TOGETHER: Duration = Duration::from_millis(100);

/// How many outcomes a line gathers before it has them written down.
const GATHERED: usize = 4;

/// While one mail is on its way, what the next is made of is gathered. A mail is offered to the relay before its flight is written
/// down, since until its content is sent it can't arrive; and it is composed while that is written. So one that is refused costs
/// neither.
async fn hand_over(
    feed: &Arc<Feed>,
    number: i64,
    hand: &mut Hand,
    sent: &mut usize,
    coming: &mut Option<Coming>,
) -> anyhow::Result<()> {
    let mut done = Vec::new();
    let outcome = hand_over_to_the_end(feed, number, hand, (sent, coming), &mut done).await;
    settle_at_last(&feed.app, (feed.scope, feed.sender.id), done).await;
    outcome
}

/// What is left in `done` at its end isn't written down yet.
async fn hand_over_to_the_end(
    feed: &Arc<Feed>,
    number: i64,
    hand: &mut Hand,
    (sent, coming): (&mut usize, &mut Option<Coming>),
    done: &mut Vec<Done>,
) -> anyhow::Result<()> {
    let mut next = None;
    loop {
        if !done.is_empty() && next.is_none() {
            next = tokio::time::timeout(TOGETHER, arrive(coming, feed)).await.ok();
            // Paced mails wait for their turn; what became of the last doesn't.
            if next.is_none() || done.len() >= GATHERED {
                write(feed, number, done, (None, None)).await?;
            }
        }
        let came = match next.take() {
            Some(next) => next,
            None => arrive(coming, feed).await,
        };
        let came = feed.still_goes(came?).await?;
        let ready = match came {
            Next::Nothing => {
                if !done.is_empty() {
                    write(feed, number, done, (None, None)).await?;
                }
                return Ok(());
            }
            Next::PutBack => continue,
            Next::Moot(id) => {
                write(feed, number, done, (Some(id), None)).await?;
                continue;
            }
            Next::Spoiled(spoiled) => {
                done.push(*spoiled);
                continue;
            }
            Next::Ready(ready) => ready,
        };
        if !feed.ending.load(Ordering::Relaxed) {
            *coming = Some(begin(feed));
        }
        let Ready { delivery, draft, .. } = *ready;
        let offered = {
            let mut offer = std::pin::pin!(uncut(feed, hand.offer(&draft.envelope)));
            match tokio::time::timeout(TOGETHER, &mut offer).await {
                Ok(offered) => offered,
                Err(_) => {
                    if !done.is_empty() {
                        write(feed, number, done, (None, None)).await?;
                    }
                    offer.await
                }
            }
        };
        let outcome = match offered {
            Some(Ok(())) => {
                // In this order: the write is asked for first, and made by another task while this one composes.
                let written = write(feed, number, done, (None, Some(delivery.id)));
                let (written, composed) = tokio::join!(written, async { draft.compose(&feed.app, &delivery) });
                if let Err(e) = written {
                    // The relay waits for a content that mustn't come.
                    hand.cut_off();
                    return Err(e);
                }
                match composed {
                    Err(e) => {
                        hand.cut_off();
                        Some(Err(spoiled(&delivery, &e)))
                    }
                    // Nothing is begun any more that would have to be given up.
                    Ok(_) if feed.cut.is_cancelled() => None,
                    Ok(mail) => uncut(feed, hand.finish(mail)).await,
                }
            }
            Some(Err(refused)) => Some(Err(refused)),
            None => None,
        };
        let outcome = outcome.unwrap_or_else(|| Err(hand.cut_off()));
        match &outcome {
            Ok(_) => *sent += 1,
            Err(Refused::ByRelay(why)) => feed.note_refusal(why),
            Err(why) => tracing::warn!(delivery = %delivery.id, error = %why, "A mail didn't go."),
        }
        let refused = matches!(outcome, Err(Refused::ByRelay(_)));
        done.push(Done {
            delivery,
            invitation: draft.ground.invitation,
            outcome,
        });
        if refused {
            // This line ends, and the others go on: a relay may take fewer connections than we have lines.
            return write(feed, number, done, (None, None)).await;
        }
    }
}

/// What comes of `doing`; None where all is to be given up before.
async fn uncut<T>(feed: &Feed, doing: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = doing => Some(done),
        () = feed.cut.cancelled() => None,
    }
}

/// What a line has written down between two mails: what became of those before, what needn't go, and which is in flight from now
/// on.
struct Entry {
    line: i64,
    done: Vec<Done>,
    moot: Option<DeliveryId>,
    flying: Option<DeliveryId>,
    /// Told when it is durable; where it can't be, `done` comes back.
    told: oneshot::Sender<Result<(), Lost>>,
}

/// What couldn't be written down, and why.
struct Lost {
    done: Vec<Done>,
    why: anyhow::Error,
}

/// The one durable write between two mails of a line. `done` is emptied, and comes back where it can't be written.
async fn write(
    feed: &Feed,
    line: i64,
    done: &mut Vec<Done>,
    (moot, flying): (Option<DeliveryId>, Option<DeliveryId>),
) -> anyhow::Result<()> {
    let (told, answer) = oneshot::channel();
    let entry = Entry {
        line,
        done: std::mem::take(done),
        moot,
        flying,
        told,
    };
    let gone = |done| Lost {
        done,
        why: anyhow::anyhow!("nobody writes down any more what becomes of mails"),
    };
    let written = match feed.scribe.send(entry) {
        Ok(()) => answer.await.unwrap_or_else(|_| Err(gone(Vec::new()))),
        Err(mpsc::error::SendError(entry)) => Err(gone(entry.done)),
    };
    written.map_err(|lost| {
        *done = lost.done;
        lost.why
    })
}

/// Writes what all lines have to say, in one transaction what came while the last was made durable, until the lines are gone.
async fn scribe(
    app: App,
    (scope, sender): (Scope, SenderId),
    pauses: Arc<AtomicU64>,
    mut entries: mpsc::UnboundedReceiver<Entry>,
) {
    while let Some(first) = entries.recv().await {
        let mut batch = vec![first];
        while let Ok(more) = entries.try_recv() {
            batch.push(more);
        }
        let why = match write_all(&app, scope, sender, &batch).await {
            Ok(paused) => {
                if paused {
                    pauses.fetch_add(1, Ordering::Release);
                }
                None
            }
            Err(e) => Some(e.to_string()),
        };
        for entry in batch {
            // A line that is gone needs no answer: what was in flight is found by whoever comes next.
            let _ = entry.told.send(match &why {
                None => Ok(()),
                Some(why) => Err(Lost {
                    done: entry.done,
                    why: anyhow::anyhow!(why.clone()),
                }),
            });
        }
    }
}

/// True where a campaign was paused because its mails are refused.
async fn write_all(app: &App, scope: Scope, sender: SenderId, batch: &[Entry]) -> crate::db::Result<bool> {
    let mut tx = app.db.write().await?;
    let mut done: Vec<&Done> = batch.iter().flat_map(|entry| &entry.done).collect();
    // In one order on every server, so that two that hold the same invitations don't wait for each other.
    done.sort_by_key(|d| d.delivery.invitation);
    let mut paused = false;
    for done in done {
        paused |= settle(&mut tx, app, (scope, sender), done).await?;
    }
    for entry in batch {
        if let Some(id) = entry.moot {
            ledger::cancel(&mut tx, app, scope, id).await?;
        }
        ledger::flies(&mut tx, scope, (sender, entry.line), entry.flying).await?;
    }
    tx.commit().await?;
    Ok(paused)
}

async fn settle(tx: &mut Tx, app: &App, by: (Scope, SenderId), done: &Done) -> crate::db::Result<bool> {
    let about = (&done.delivery, done.invitation.as_ref());
    let (state, paused) = ledger::settle(tx, app, by, about, &done.outcome).await?;
    metrics::counter!("kairan_mails_total", "outcome" => state.as_str()).increment(1);
    Ok(paused)
}

/// Writes down what is known of mails where the line can't go on: because the database didn't answer, or because this server was
/// taken for dead. If even that fails, the mail is found in flight, and listed as ambiguous.
async fn settle_at_last(app: &App, by: (Scope, SenderId), mut done: Vec<Done>) {
    if done.is_empty() {
        return;
    }
    // In the order of all who hold invitations.
    done.sort_by_key(|d| d.delivery.invitation);
    for seconds in [0, 1, 2, 5, 10] {
        if seconds > 2 && app.jobs.is_stopping() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let written = async {
            let mut tx = app.db.write().await?;
            for done in &done {
                settle(&mut tx, app, by, done).await?;
            }
            tx.commit().await
        };
        match written.await {
            Ok(()) => return,
            Err(e) => tracing::warn!(error = %e, "What became of mails can't be written down yet."),
        }
    }
}

/// What becomes of a mail before it is handed over.
enum Prepared {
    Mail(Box<Draft>),
    /// It needn't go, because an answer came first, or a later reminder.
    Moot,
    /// It isn't to go: since it was queued its contact was marked.
    Held(Option<Box<Invitation>>, NotMailed),
}

/// What a mail to a contact who was marked meanwhile is to those who asked for it: the next contact is turned to. No server said
/// anything.
fn held_back(why: NotMailed) -> Refused {
    let cause = match why {
        NotMailed::Complained => Cause::TheirRule,
        NotMailed::Undeliverable | NotMailed::NoAddress => Cause::Address,
    };
    let why = String::new();
    Refused::ForGood { cause, why }
}

/// What a delivery's mail is made of. Composing it is the dear part, and wasted on a mail that the relay refuses.
struct Draft {
    envelope: Envelope,
    ground: Ground,
    asked: Arc<Asked>,
    /// See [`told_before`].
    before: Vec<DeliveryId>,
}

impl Draft {
    fn compose(&self, app: &App, delivery: &Delivery) -> anyhow::Result<Composed> {
        let (asked, ground, from) = (&self.asked, &self.ground, &app.config.mail.from);
        let view = compose(app, asked, delivery, ground)?;
        let mut message = message(app, delivery, asked, ground.first.as_ref(), view)?;
        let domain = from.rsplit('@').next().unwrap_or_default();
        let before = self.before.iter().map(|id| message_id(id.0, domain));
        message.references.splice(0..0, before);
        message.compose(from, app.smime.as_deref(), app.dkim.as_deref())
    }
}

/// Gathers what a delivery's mail is made of.
async fn prepare(app: &App, scope: Scope, delivery: &Delivery) -> anyhow::Result<Prepared> {
    let mut tx = app.db.read().await?;
    let ground = ground(&mut tx, scope, delivery).await?;
    if let Some(invitation) = &ground.invitation
        && is_moot(&mut tx, scope, delivery, &ground, invitation, app.clock.now()).await?
    {
        return Ok(Prepared::Moot);
    }
    drop(tx);
    if let Some(why) = ground.held.filter(|_| delivery.kind.is_to_company()) {
        return Ok(Prepared::Held(ground.invitation.map(Box::new), why));
    }
    let campaign = delivery
        .campaign
        .ok_or_else(|| anyhow::anyhow!("the delivery belongs to no campaign"))?;
    let asked = asked(app, scope, campaign)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the campaign has no snapshot"))?;
    let before = told_before(app, scope, delivery, &asked, ground.invitation.as_ref()).await?;
    let to: EmailAddress = delivery.address.parse()?;
    let envelope = match app.config.mail.bounce_address.as_str() {
        "" => envelope(&app.config.mail.from, &to)?,
        address => envelope(&return_path(&app.secret, address, delivery.id.0), &to)?,
    };
    Ok(Prepared::Mail(Box::new(Draft {
        envelope,
        ground,
        asked,
        before,
    })))
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
    let contact = contact_of(tx, scope, delivery, invitation.company).await?;
    Ok(Ground {
        // A mail goes to the address it was made for; what is known of another isn't its concern.
        held: contact
            .as_ref()
            .filter(|c| c.mail.as_ref().is_some_and(|m| m.as_str() == delivery.address))
            .and_then(|c| c.held),
        department: contact.map(|c| c.department).unwrap_or_default(),
        submitted: match delivery.kind {
            Kind::Receipt => responses::find(tx, scope, id).await?.and_then(|r| r.submitted),
            _ => None,
        },
        share: match delivery.kind {
            Kind::Share => invitations::find_share(tx, scope, id, delivery.occasion).await?,
            _ => None,
        },
        first: match delivery.kind {
            Kind::Reminder | Kind::Escalation | Kind::Deadline => first_of(tx, scope, id).await?,
            _ => None,
        },
        invitation: Some(invitation),
    })
}

/// Writes the mail of the first invitation that is due into a file, as it would be sent: for the bench.
pub async fn write_next(app: &App, file: &std::path::Path) -> anyhow::Result<()> {
    let scope = app.scope();
    let mut tx = app.db.read().await?;
    let narrow = super::list::Narrow {
        state: Some(State::Queued),
        ..Default::default()
    };
    let waiting = super::list::rows(&mut tx, scope, &narrow, DeliveryId(uuid::Uuid::max()), 1).await?;
    let first = waiting.into_iter().next().map(|row| row.delivery);
    drop(tx);
    let first = first.ok_or_else(|| anyhow::anyhow!("no mail is queued"))?;
    match prepare(app, scope, &first).await? {
        Prepared::Mail(draft) => Ok(std::fs::write(file, draft.compose(app, &first)?.bytes)?),
        _ => anyhow::bail!("the mail needn't go"),
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
        .send(message.compose(&app.config.mail.from, app.smime.as_deref(), app.dkim.as_deref())?)
        .await?;
    Ok(())
}
