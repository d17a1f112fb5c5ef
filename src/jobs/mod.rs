//! Work that outlives its request: rows in the same database, committed with what causes them.
//!
//! A job runs at least once: a server leases it, and if it dies another takes it over when the lease ends. So what a job
//! does must be safe to do twice. Several servers on one PostgreSQL share the rows.

use crate::app::{App, OrgId};
use crate::db::{Result, Tx};
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const LEASE: SignedDuration = SignedDuration::from_secs(30);
const PAUSE: std::time::Duration = std::time::Duration::from_millis(700);
/// After so many failures a job rests until a person looks at it.
const ATTEMPTS: i64 = 12;

/// Wakes the runner when this process has made a job; others find it at their next look.
#[derive(Clone, Default)]
pub struct Wake(Arc<Waking>);

#[derive(Default)]
struct Waking {
    now: Notify,
    soon: Notify,
    mail: Notify,
    stopping: AtomicBool,
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
    /// There is more to do, at this time.
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

    pub fn add<F>(&mut self, kind: &'static str, work: fn(App, Job) -> F)
    where
        F: Future<Output = anyhow::Result<Outcome>> + Send + 'static,
    {
        self.single
            .insert(kind, Arc::new(move |app, job| Box::pin(work(app, job))));
    }
}

/// Adds a job to the transaction that causes it. While a job of this name waits, it takes the earlier of both times.
pub async fn enqueue(
    tx: &mut Tx,
    id: Uuid,
    org: OrgId,
    kind: &'static str,
    name: &str,
    payload: &str,
    run_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO jobs (id, org, kind, name, payload, run_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (name) DO UPDATE SET
             run_at = CASE WHEN jobs.run_at < excluded.run_at THEN jobs.run_at ELSE excluded.run_at END,
             asked = jobs.asked + 1, failed_at = NULL,
             attempts = CASE WHEN jobs.failed_at IS NULL THEN jobs.attempts ELSE 0 END",
        &[&id, &org, &kind, &name, &payload, &run_at.as_microsecond()],
    )
    .await?;
    Ok(())
}

/// Takes away what waits of a kind: for a demonstration, in which it happened long ago.
pub async fn forget(tx: &mut Tx, org: OrgId, kind: &str) -> Result<()> {
    tx.execute("DELETE FROM jobs WHERE org = $1 AND kind = $2", &[&org, &kind])
        .await?;
    Ok(())
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
                tracing::error!(error = %e, "The job queue can't be read; trying again.");
            }
        }
        match single(&app, &kinds).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(e) => tracing::error!(error = %e, "The job queue can't be read; trying again."),
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

/// Does a batch of jobs of one batched kind; false if there is none, or if one of them fails: [`step`] finds out which.
async fn batch(app: &App, kind: &'static str, work: &BatchWork) -> Result<bool> {
    let now = app.clock.now().as_microsecond();
    let mut tx = app.db.read().await?;
    let due = tx
        .optional(
            "SELECT id FROM jobs WHERE kind = $1 AND failed_at IS NULL AND run_at <= $2 AND leased_until <= $2 AND attempts = 0 LIMIT 1",
            &[&kind, &now],
            |r| r.get::<Uuid>(0),
        )
        .await?;
    drop(tx);
    if due.is_none() {
        return Ok(false);
    }
    let mut tx = app.db.write_much().await?;
    macro_rules! take {
        ($passing_over:literal) => {
            concat!(
                "DELETE FROM jobs WHERE id IN (
                     SELECT id FROM jobs WHERE kind = $1 AND failed_at IS NULL AND run_at <= $2 AND leased_until <= $2
                         AND attempts = 0 ORDER BY run_at LIMIT $3",
                $passing_over,
                ") RETURNING id, org, payload"
            )
        };
    }
    // Several servers take batches beside each other, instead of waiting for the same rows.
    let take = tx.either(take!(""), take!(" FOR UPDATE SKIP LOCKED"));
    let jobs = tx
        .list(take, &[&kind, &now, &BATCH], |r| {
            Ok(Job {
                id: r.get(0)?,
                org: r.get(1)?,
                payload: r.get(2)?,
            })
        })
        .await?;
    for job in &jobs {
        if let Err(e) = work(app, &mut tx, job).await {
            tracing::warn!(kind, job = %job.id, error = %format!("{e:#}"), "A batch of jobs failed; they are tried one by one.");
            drop(tx);
            // With an attempt behind them, they are leased like others.
            let mut tx = app.db.write().await?;
            for job in &jobs {
                tx.execute("UPDATE jobs SET attempts = 1 WHERE id = $1", &[&job.id])
                    .await?;
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
    Ok(batches(app, kinds).await? || single(app, kinds).await?)
}

/// Does one job that is due; false if there is none.
async fn single(app: &App, kinds: &Kinds) -> Result<bool> {
    let Some(Leased {
        job,
        kind,
        attempts,
        asked,
    }) = lease(app, kinds).await?
    else {
        return Ok(false);
    };
    let Some(work) = kinds.single.get(kind.as_str()) else {
        finish(
            app,
            &job,
            Err(format!("there is no job of kind {kind}")),
            ATTEMPTS,
            asked,
        )
        .await?;
        return Ok(true);
    };
    if attempts > ATTEMPTS {
        let why = "it never came to an end: the server stopped each time".to_owned();
        finish(app, &job, Err(why), attempts, asked).await?;
        return Ok(true);
    }
    let beat = Beat(tokio::spawn(keep_lease(app.clone(), job.id, attempts)));
    // A task of its own: a job that panics fails, and the runner goes on.
    let outcome = match tokio::spawn(work(app.clone(), job.clone())).await {
        Ok(outcome) => outcome.map_err(|e| format!("{e:#}")),
        Err(e) => Err(format!("it broke off: {e}")),
    };
    drop(beat);
    let ended = if outcome.is_ok() { "done" } else { "failed" };
    metrics::counter!("kairan_jobs_total", "kind" => kind.clone(), "outcome" => ended).increment(1);
    if let Err(why) = &outcome {
        tracing::error!(kind, job = %job.id, attempts, error = why, "A job failed.");
    }
    finish(app, &job, outcome, attempts, asked).await?;
    Ok(true)
}

struct Leased {
    job: Job,
    kind: String,
    attempts: i64,
    asked: i64,
}

async fn lease(app: &App, kinds: &Kinds) -> Result<Option<Leased>> {
    let now = app.clock.now();
    let batched: String = kinds.batched.keys().map(|kind| format!(" {kind} ")).collect();
    // A look without a lock first: an idle server writes nothing.
    let mut tx = app.db.read().await?;
    let due = tx
        .optional(
            "SELECT id FROM jobs WHERE failed_at IS NULL AND run_at <= $1 AND leased_until <= $1
               AND (attempts > 0 OR $2 NOT LIKE '% ' || kind || ' %') ORDER BY run_at LIMIT 1",
            &[&now.as_microsecond(), &batched],
            |r| r.get::<Uuid>(0),
        )
        .await?;
    drop(tx);
    let Some(id) = due else { return Ok(None) };
    let mut tx = app.db.write().await?;
    let job = tx
        .optional(
            "UPDATE jobs SET leased_until = $2, attempts = attempts + 1
             WHERE id = $1 AND failed_at IS NULL AND leased_until <= $3 RETURNING org, kind, payload, attempts, asked",
            &[&id, &(now + LEASE).as_microsecond(), &now.as_microsecond()],
            |r| {
                let job = Job {
                    id,
                    org: r.get(0)?,
                    payload: r.get(2)?,
                };
                Ok(Leased {
                    job,
                    kind: r.get(1)?,
                    attempts: r.get(3)?,
                    asked: r.get(4)?,
                })
            },
        )
        .await?;
    tx.commit().await?;
    Ok(job)
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
        let until = (app.clock.now() + LEASE).as_microsecond();
        if let Ok(mut tx) = app.db.write().await
            && tx
                .execute(
                    "UPDATE jobs SET leased_until = $2 WHERE id = $1 AND attempts = $3",
                    &[&id, &until, &attempts],
                )
                .await
                .is_ok()
        {
            let _ = tx.commit().await;
        }
    }
}

async fn finish(
    app: &App,
    job: &Job,
    outcome: std::result::Result<Outcome, String>,
    attempts: i64,
    asked: i64,
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    match outcome {
        Ok(Outcome::Done) => {
            let gone = tx
                .execute("DELETE FROM jobs WHERE id = $1 AND asked = $2", &[&job.id, &asked])
                .await?;
            if gone == 0 {
                // Asked for again meanwhile, maybe for something that came too late to be seen: once more.
                tx.execute(
                    "UPDATE jobs SET leased_until = 0, attempts = 0, error = NULL WHERE id = $1",
                    &[&job.id],
                )
                .await?;
            }
        }
        Ok(Outcome::Again(at)) => {
            tx.execute(
                "UPDATE jobs SET run_at = CASE WHEN asked = $3 THEN $2 ELSE run_at END,
                     leased_until = 0, attempts = 0, error = NULL
                 WHERE id = $1",
                &[&job.id, &at.as_microsecond(), &asked],
            )
            .await?;
        }
        Err(why) => {
            let wait = SignedDuration::from_secs(1 << attempts.clamp(0, 11));
            let failed = (attempts >= ATTEMPTS).then(|| now.as_microsecond());
            tx.execute(
                "UPDATE jobs SET run_at = $2, leased_until = 0, error = $3, failed_at = $4 WHERE id = $1",
                &[&job.id, &(now + wait).as_microsecond(), &why, &failed],
            )
            .await?;
        }
    }
    tx.commit().await
}
