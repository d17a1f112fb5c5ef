//! Work that outlives its request: rows in the same database, committed with what causes them.
//!
//! A job runs at least once: a server leases it, and if it dies another takes it over when the lease ends. So what a job
//! does must be safe to do twice. Several servers on one PostgreSQL share the rows.
//!
//! No job is given up. One that fails is tried again after 2, 4, 8 … seconds, in the end every quarter of an hour; when it has
//! been failing for some minutes, an alert tells every operator. One in the middle of which servers end again and again is
//! run ever more rarely, so that a server lives between.
//!
//! No job sleeps for longer than a day: it is woken, looks, and sleeps on. So one that waits for longer was told to by a clock
//! that ran ahead, and is brought back ([`bring_back`]).
//!
//! Tables: jobs.

mod store;

pub use store::{Failing, bring_back, count_due, count_failing, enqueue, failing, forget, is_stranded, try_again};

use crate::alerts::{self, Alert};
use crate::app::{App, OrgId};
use crate::db::{Result, Tx};
use crate::quiet::Quiet;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::{Due, Leased};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const LEASE: SignedDuration = SignedDuration::from_secs(30);
const PAUSE: std::time::Duration = std::time::Duration::from_millis(700);
/// The longest pause after a failure.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// For how long a job fails before an operator is told: a relay that restarts is no news.
const LATE: SignedDuration = SignedDuration::from_mins(2);
/// The longest sleep of a job.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// By how much the clocks of two servers may differ.
pub const SLACK: SignedDuration = SignedDuration::from_mins(5);
/// After so many servers have ended in the middle of a job, it is run ever more rarely.
const BREAKS: i64 = 3;
/// The longest pause of such a job.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(1);
/// How many runners a server has.
pub const RUNNERS: usize = 3;
/// How many jobs of one kind a server does at once: where a relay hangs, what forwards replies must not hold up reminders.
const OF_ONE_KIND: usize = RUNNERS - 1;
/// How long a job may go on after the server was asked to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(8);
/// How much of an error is kept.
const LONGEST_ERROR: usize = 2_000;

static QUEUE_TROUBLE: Quiet = Quiet::new();

/// Wakes the runner when this process has made a job; others find it at their next look.
#[derive(Clone, Default)]
pub struct Wake(Arc<Waking>);

#[derive(Default)]
struct Waking {
    now: Notify,
    soon: Notify,
    mail: Notify,
    stopping: AtomicBool,
    /// How many jobs of each kind this server does.
    running: Mutex<BTreeMap<String, usize>>,
    /// Jobs that came to an end which couldn't be written down: their leases end by themselves, and no server did.
    unwritten: Mutex<HashSet<Uuid>>,
}

impl Wake {
    pub fn now(&self) {
        self.0.now.notify_one();
        self.0.mail.notify_one();
    }

    /// Returns when something was made that may have to be sent.
    pub async fn asked(&self) {
        self.0.mail.notified().await;
    }

    /// The job is of a batched kind: such jobs gather for a moment, and looking earlier would only walk past them.
    pub fn soon(&self) {
        self.0.soon.notify_one();
    }

    /// The server is asked to stop: a long job ends at its next good moment, with [`Outcome::Again`].
    pub fn stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    pub fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }

    /// The kinds of which this server does as many as it may, each between two spaces.
    fn busy(&self) -> String {
        let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = running.iter().filter(|(_, n)| **n >= OF_ONE_KIND);
        busy.map(|(kind, _)| format!(" {kind} ")).collect()
    }

    /// Takes a place among the jobs of a kind; None where all are taken.
    fn place(&self, kind: &str) -> Option<Place> {
        let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = running.entry(kind.to_owned()).or_default();
        (*taken < OF_ONE_KIND).then(|| {
            *taken += 1;
            Place(self.clone(), kind.to_owned())
        })
    }

    fn unwritten(&self) -> std::sync::MutexGuard<'_, HashSet<Uuid>> {
        self.0.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the jobs of a kind, until it is dropped.
struct Place(Wake, String);

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.0.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = running.get_mut(&self.1) {
            *taken -= 1;
        }
    }
}

#[derive(Clone, Debug)]
pub struct Job {
    pub id: Uuid,
    pub org: OrgId,
    pub payload: String,
}

/// What a job came to.
pub enum Outcome {
    Done,
    /// There is more to do, at this time. One that is more than a day away is looked for every day.
    Again(Timestamp),
}

type Work = Arc<dyn Fn(App, Job) -> BoxFuture<'static, anyhow::Result<Outcome>> + Send + Sync>;

type BatchWork = Arc<dyn for<'t> Fn(&'t App, &'t mut Tx, &'t Job) -> BoxFuture<'t, anyhow::Result<()>> + Send + Sync>;

/// Which function does which kind of job; each capability adds its own.
#[derive(Clone, Default)]
pub struct Kinds {
    single: HashMap<&'static str, Work>,
    batched: HashMap<&'static str, BatchWork>,
}

/// How many jobs of a batched kind are done in one transaction.
const BATCH: i64 = 100;
/// How long such jobs gather: a transaction for each would cost the disk as much as what asked for it.
const GATHER: std::time::Duration = std::time::Duration::from_millis(200);

impl Kinds {
    /// A kind whose jobs only write to the database: many are done in one transaction, which takes them away as well, so
    /// each is done exactly once and costs no lease. Where one fails, they are tried one by one.
    pub fn add_batched(
        &mut self,
        kind: &'static str,
        work: impl for<'t> Fn(&'t App, &'t mut Tx, &'t Job) -> BoxFuture<'t, anyhow::Result<()>> + Send + Sync + 'static,
    ) {
        let work: BatchWork = Arc::new(work);
        self.batched.insert(kind, work.clone());
        let alone: Work = Arc::new(move |app: App, job: Job| {
            let work = work.clone();
            Box::pin(async move {
                let mut tx = app.db.write().await?;
                work(&app, &mut tx, &job).await?;
                tx.commit().await?;
                Ok(Outcome::Done)
            })
        });
        self.single.insert(kind, alone);
    }

    /// The names of all kinds.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.single.keys().copied()
    }

    pub fn add<F>(&mut self, kind: &'static str, work: fn(App, Job) -> F)
    where
        F: Future<Output = anyhow::Result<Outcome>> + Send + 'static,
    {
        self.single
            .insert(kind, Arc::new(move |app, job| Box::pin(work(app, job))));
    }
}

/// Runs jobs until `stop`, one at a time; start it several times to work on several.
pub async fn run(app: App, kinds: Kinds, stop: CancellationToken) {
    let mut gathered = tokio::time::Instant::now();
    let mut gathering = false;
    while !stop.is_cancelled() {
        if gathered.elapsed() >= GATHER {
            gathered = tokio::time::Instant::now();
            gathering = false;
            if let Err(e) = batches(&app, &kinds).await {
                complain(&e);
            }
        }
        match single(&app, &kinds, &stop).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(e) => complain(&e),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = app.jobs.0.now.notified() => {}
            () = async {
                if !gathering {
                    app.jobs.0.soon.notified().await;
                    gathering = true;
                }
                tokio::time::sleep_until(gathered + GATHER).await;
            } => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

fn complain(e: &crate::db::Error) {
    if let Some(left_out) = QUEUE_TROUBLE.may_speak() {
        tracing::error!(error = %e, left_out, "The job queue can't be worked on; trying again.");
    }
}

/// Does a batch of jobs of one batched kind; false if there is none, or if one of them fails: [`step`] finds out which.
async fn batch(app: &App, kind: &'static str, work: &BatchWork) -> Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let due = store::is_batch_due(&mut tx, kind, now).await?;
    drop(tx);
    if !due {
        return Ok(false);
    }
    let mut tx = app.db.write_much().await?;
    let jobs = store::take_batch(&mut tx, kind, now, BATCH).await?;
    for job in &jobs {
        if let Err(e) = work(app, &mut tx, job).await {
            tracing::warn!(kind, job = %job.id, error = %format!("{e:#}"), "A batch of jobs failed; they are tried one by one.");
            drop(tx);
            // With an attempt behind them, they are leased like others.
            let mut tx = app.db.write().await?;
            for job in &jobs {
                store::leave_batch(&mut tx, job.id).await?;
            }
            tx.commit().await?;
            return Ok(false);
        }
    }
    tx.commit().await?;
    metrics::counter!("kairan_jobs_total", "kind" => kind, "outcome" => "done").increment(jobs.len() as u64);
    Ok(!jobs.is_empty())
}

/// Does all that is due of batched kinds; whether there was any.
async fn batches(app: &App, kinds: &Kinds) -> Result<bool> {
    let mut any = false;
    for (kind, work) in &kinds.batched {
        while batch(app, kind, work).await? {
            any = true;
        }
    }
    Ok(any)
}

/// Does what is due of batched kinds, or else one job; false if there is none.
pub async fn step(app: &App, kinds: &Kinds) -> Result<bool> {
    Ok(batches(app, kinds).await? || single(app, kinds, &CancellationToken::new()).await?)
}

/// Does one job that is due; false if there is none.
async fn single(app: &App, kinds: &Kinds, stop: &CancellationToken) -> Result<bool> {
    let batched: String = kinds.batched.keys().map(|kind| format!(" {kind} ")).collect();
    // A look without a lock first: an idle server writes nothing.
    let mut tx = app.db.read().await?;
    let due = store::first_due(&mut tx, app.clock.now(), &batched, &app.jobs.busy()).await?;
    drop(tx);
    let Some(due) = due else { return Ok(false) };
    let Some(_place) = app.jobs.place(&due.kind) else {
        // Another runner has just taken the last place of this kind: the next look passes it over.
        return Ok(true);
    };
    let Some(leased) = lease(app, due).await? else {
        return Ok(true);
    };
    let Some(work) = kinds.single.get(leased.kind.as_str()) else {
        // A newer program made it, and one of that version may come.
        let why = format!("this version knows no job of the kind {}", leased.kind);
        finish(app, &leased, Err(why)).await?;
        return Ok(true);
    };
    let beat = Beat(tokio::spawn(keep_lease(app.clone(), leased.job.id, leased.attempts)));
    // A task of its own: a job that panics fails, and the runner goes on.
    let mut task = tokio::spawn(work(app.clone(), leased.job.clone()));
    let outcome = tokio::select! {
        outcome = &mut task => outcome,
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => {
            task.abort();
            let _ = task.await;
            drop(beat);
            tracing::warn!(kind = leased.kind, "A job was broken off, because the server stops; it begins anew.");
            let mut tx = app.db.write().await?;
            store::give_back(&mut tx, &leased).await?;
            tx.commit().await?;
            return Ok(true);
        }
    };
    drop(beat);
    let outcome = match outcome {
        Ok(outcome) => outcome.map_err(|e| format!("{e:#}")),
        Err(e) => Err(format!("it broke off: {e}")),
    };
    let ended = if outcome.is_ok() { "done" } else { "failed" };
    metrics::counter!("kairan_jobs_total", "kind" => leased.kind.clone(), "outcome" => ended).increment(1);
    if let Err(why) = &outcome {
        tracing::error!(kind = leased.kind, job = %leased.job.id, attempts = leased.attempts, error = why, "A job failed.");
    }
    if let Err(e) = finish(app, &leased, outcome).await {
        app.jobs.unwritten().insert(leased.job.id);
        return Err(e);
    }
    Ok(true)
}

/// Leases a job; None where somebody was first, or where it has to rest.
async fn lease(app: &App, due: Due) -> Result<Option<Leased>> {
    let now = app.clock.now();
    let broke_off = due.leased_until != 0 && !app.jobs.unwritten().contains(&due.id);
    let id = due.id;
    let mut tx = app.db.write().await?;
    let leased = store::lease(&mut tx, due, now, broke_off).await?;
    let Some(leased) = leased else { return Ok(None) };
    if broke_off && leased.broken >= BREAKS {
        let doublings = (leased.broken - BREAKS).clamp(0, 10) as u32;
        let rest = SignedDuration::from_mins(1 << doublings).min(LONGEST_REST);
        let why = format!("the server ended in the middle of it, {} times in a row", leased.broken);
        tracing::error!(kind = leased.kind, job = %id, error = why, "A job rests.");
        fail(&mut tx, &leased, (now, now + rest), &why, leased.broken).await?;
        tx.commit().await?;
        return Ok(None);
    }
    tx.commit().await?;
    app.jobs.unwritten().remove(&id);
    Ok(Some(leased))
}

/// Renews a lease until it is dropped.
struct Beat(tokio::task::JoinHandle<()>);

impl Drop for Beat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn keep_lease(app: App, id: Uuid, attempts: i64) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        if let Ok(mut tx) = app.db.write().await
            && store::renew(&mut tx, id, attempts, app.clock.now()).await.is_ok()
        {
            let _ = tx.commit().await;
        }
    }
}

async fn finish(app: &App, leased: &Leased, outcome: std::result::Result<Outcome, String>) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    match outcome {
        Ok(Outcome::Done) => store::done(&mut tx, leased).await?,
        Ok(Outcome::Again(at)) => store::again_at(&mut tx, leased, at.min(now + LONGEST)).await?,
        Err(why) => {
            let pause = SignedDuration::from_secs(1 << leased.attempts.clamp(0, 11)).min(LONGEST_PAUSE);
            fail(&mut tx, leased, (now, now + pause), &why, 0).await?;
            return tx.commit().await;
        }
    }
    if leased.failing {
        settle_alert(&mut tx, leased.job.org, &leased.kind, now).await?;
    }
    tx.commit().await
}

/// Writes down that a job failed and when it is tried again, and tells operators where it has been failing for long.
async fn fail(tx: &mut Tx, leased: &Leased, (now, at): (Timestamp, Timestamp), why: &str, broken: i64) -> Result<()> {
    let why: String = why.chars().filter(|c| *c != '\0').take(LONGEST_ERROR).collect();
    let since = store::failed(tx, leased, (now, at), &why, broken).await?;
    let Some(since) = since.filter(|since| now.duration_since(*since) >= LATE) else {
        return Ok(());
    };
    let alert = Alert {
        name: alert_name(&leased.kind),
        key: "alert-job-failing".into(),
        subject: leased.kind.clone(),
        words: why.chars().take(300).collect(),
        href: "/jobs".into(),
        action: "/jobs/again".into(),
        button: "jobs-try-all".into(),
        since,
    };
    alerts::raise(tx, leased.job.org, &alert).await
}

fn alert_name(kind: &str) -> String {
    format!("job:{kind}")
}

/// Clears the alert about a kind, unless another job of it has been failing for long.
async fn settle_alert(tx: &mut Tx, org: OrgId, kind: &str, now: Timestamp) -> Result<()> {
    if !store::is_failing(tx, org, kind, now).await? {
        alerts::clear(tx, org, &alert_name(kind)).await?;
    }
    Ok(())
}
