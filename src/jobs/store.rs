//! All SQL of jobs.

use super::{Job, LATE, LEASE, LONGEST, SLACK};
use crate::app::OrgId;
use crate::db::{Result, Tx};
use jiff::Timestamp;
use uuid::Uuid;

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
             asked = jobs.asked + 1",
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

/// A lease that ends later than any that is given now: its server's clock was ahead.
fn beyond_lease(now: Timestamp) -> i64 {
    (now + LEASE + SLACK).as_microsecond()
}

/// Whether a job of a batched kind is due that hasn't failed.
pub(super) async fn is_batch_due(tx: &mut Tx, kind: &'static str, now: Timestamp) -> Result<bool> {
    let due = tx
        .optional(
            "SELECT id FROM jobs WHERE kind = $1 AND run_at <= $2 AND (leased_until <= $2 OR leased_until > $3)
                 AND attempts = 0 LIMIT 1",
            &[&kind, &now.as_microsecond(), &beyond_lease(now)],
            |r| r.get::<Uuid>(0),
        )
        .await?;
    Ok(due.is_some())
}

/// Takes at most `limit` such jobs away.
pub(super) async fn take_batch(tx: &mut Tx, kind: &'static str, now: Timestamp, limit: i64) -> Result<Vec<Job>> {
    macro_rules! take {
        ($passing_over:literal) => {
            concat!(
                "DELETE FROM jobs WHERE id IN (
                     SELECT id FROM jobs WHERE kind = $1 AND run_at <= $2 AND (leased_until <= $2 OR leased_until > $4)
                         AND attempts = 0 ORDER BY run_at LIMIT $3",
                $passing_over,
                ") RETURNING id, org, payload"
            )
        };
    }
    // Several servers take batches beside each other, instead of waiting for the same rows.
    let take = tx.either(take!(""), take!(" FOR UPDATE SKIP LOCKED"));
    tx.list(take, &[&kind, &now.as_microsecond(), &limit, &beyond_lease(now)], |r| {
        Ok(Job {
            id: r.get(0)?,
            org: r.get(1)?,
            payload: r.get(2)?,
        })
    })
    .await
}

/// Has a job of a batched kind tried alone.
pub(super) async fn leave_batch(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.execute("UPDATE jobs SET attempts = 1 WHERE id = $1", &[&id]).await?;
    Ok(())
}

/// A job that is due, before it is leased.
pub(super) struct Due {
    pub id: Uuid,
    pub kind: String,
    /// 0, or the end of a lease that its server didn't give back.
    pub leased_until: i64,
}

/// The job that has waited longest. Of the kinds in `batched` (each between two spaces) only what failed in a batch; none of
/// the kinds in `busy`.
pub(super) async fn first_due(tx: &mut Tx, now: Timestamp, batched: &str, busy: &str) -> Result<Option<Due>> {
    tx.optional(
        "SELECT id, kind, leased_until FROM jobs WHERE run_at <= $1 AND (leased_until <= $1 OR leased_until > $4)
           AND (attempts > 0 OR $2 NOT LIKE '% ' || kind || ' %') AND $3 NOT LIKE '% ' || kind || ' %'
         ORDER BY run_at LIMIT 1",
        &[&now.as_microsecond(), &batched, &busy, &beyond_lease(now)],
        |r| {
            Ok(Due {
                id: r.get(0)?,
                kind: r.get(1)?,
                leased_until: r.get(2)?,
            })
        },
    )
    .await
}

/// A job that this server does now.
pub(super) struct Leased {
    pub job: Job,
    pub kind: String,
    pub attempts: i64,
    pub asked: i64,
    pub failing: bool,
    /// How many servers in a row ended in the middle of it.
    pub broken: i64,
}

/// Leases a job; None when somebody was first. `broke_off`: the last who leased it ended without a word.
pub(super) async fn lease(tx: &mut Tx, due: Due, now: Timestamp, broke_off: bool) -> Result<Option<Leased>> {
    tx.optional(
        "UPDATE jobs SET leased_until = $2, attempts = attempts + 1, broken = broken + $4
         WHERE id = $1 AND leased_until = $3 RETURNING org, payload, attempts, asked, failing_since, broken",
        &[
            &due.id,
            &(now + LEASE).as_microsecond(),
            &due.leased_until,
            &i64::from(broke_off),
        ],
        |r| {
            Ok(Leased {
                job: Job {
                    id: due.id,
                    org: r.get(0)?,
                    payload: r.get(1)?,
                },
                kind: due.kind.clone(),
                attempts: r.get(2)?,
                asked: r.get(3)?,
                failing: r.get::<Option<i64>>(4)?.is_some(),
                broken: r.get(5)?,
            })
        },
    )
    .await
}

pub(super) async fn renew(tx: &mut Tx, id: Uuid, attempts: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE jobs SET leased_until = $2 WHERE id = $1 AND attempts = $3",
        &[&id, &(now + LEASE).as_microsecond(), &attempts],
    )
    .await?;
    Ok(())
}

/// Gives a job back that this server had no time to finish: no attempt, and nothing broke.
pub(super) async fn give_back(tx: &mut Tx, leased: &Leased) -> Result<()> {
    tx.execute(
        "UPDATE jobs SET leased_until = 0, attempts = attempts - 1 WHERE id = $1 AND attempts = $2",
        &[&leased.job.id, &leased.attempts],
    )
    .await?;
    Ok(())
}

/// The job is done; where it was asked for again meanwhile, maybe for something that came too late to be seen, it stays, to
/// be done once more.
pub(super) async fn done(tx: &mut Tx, leased: &Leased) -> Result<()> {
    let id = leased.job.id;
    let gone = tx
        .execute("DELETE FROM jobs WHERE id = $1 AND asked = $2", &[&id, &leased.asked])
        .await?;
    if gone == 0 {
        tx.execute(
            "UPDATE jobs SET leased_until = 0, attempts = 0, error = NULL, failing_since = NULL, broken = 0 WHERE id = $1",
            &[&id],
        )
        .await?;
    }
    Ok(())
}

/// The job worked, and wants to run again at `at`.
pub(super) async fn again_at(tx: &mut Tx, leased: &Leased, at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE jobs SET run_at = CASE WHEN asked = $3 THEN $2 ELSE run_at END,
             leased_until = 0, attempts = 0, error = NULL, failing_since = NULL, broken = 0
         WHERE id = $1",
        &[&leased.job.id, &at.as_microsecond(), &leased.asked],
    )
    .await?;
    Ok(())
}

/// The job failed and is tried again at `at`; since when it has been failing. `broken`: how often in a row it ended its
/// server.
pub(super) async fn failed(
    tx: &mut Tx,
    leased: &Leased,
    (now, at): (Timestamp, Timestamp),
    why: &str,
    broken: i64,
) -> Result<Option<Timestamp>> {
    tx.optional(
        "UPDATE jobs SET run_at = $2, leased_until = 0, error = $3, broken = $5,
             failing_since = CASE WHEN failing_since <= $4 THEN failing_since ELSE $4 END
         WHERE id = $1 RETURNING failing_since",
        &[
            &leased.job.id,
            &at.as_microsecond(),
            &why,
            &now.as_microsecond(),
            &broken,
        ],
        |r| r.time(0),
    )
    .await
}

/// Whether jobs of a kind have been failing for long enough that a person should know.
pub(super) async fn is_failing(tx: &mut Tx, org: OrgId, kind: &str, now: Timestamp) -> Result<bool> {
    let found = tx
        .optional(
            "SELECT id FROM jobs WHERE org = $1 AND kind = $2 AND failing_since IS NOT NULL AND failing_since <= $3 LIMIT 1",
            &[&org, &kind, &(now - LATE).as_microsecond()],
            |r| r.get::<Uuid>(0),
        )
        .await?;
    Ok(found.is_some())
}

/// A job that failed when it was last tried.
#[derive(Clone, Debug)]
pub struct Failing {
    pub id: Uuid,
    pub kind: String,
    /// What it failed with.
    pub error: String,
    pub since: Option<Timestamp>,
    pub attempts: i64,
    pub run_at: Timestamp,
    /// It is being tried now.
    pub running: bool,
}

/// The jobs of an organisation that failed when they were last tried, the oldest trouble first, at most 200.
pub async fn failing(tx: &mut Tx, org: OrgId, now: Timestamp) -> Result<Vec<Failing>> {
    tx.list(
        "SELECT id, kind, error, failing_since, attempts, run_at, leased_until FROM jobs
         WHERE org = $1 AND error IS NOT NULL ORDER BY COALESCE(failing_since, run_at), id LIMIT 200",
        &[&org],
        |r| {
            Ok(Failing {
                id: r.get(0)?,
                kind: r.get(1)?,
                error: r.get(2)?,
                since: r.time_optional(3)?,
                attempts: r.get(4)?,
                run_at: r.time(5)?,
                running: r.get::<i64>(6)? > now.as_microsecond(),
            })
        },
    )
    .await
}

/// Has jobs that failed tried now: the one with this id, or all of them. Returns the kinds and how many there were of each.
pub async fn try_again(tx: &mut Tx, org: OrgId, only: Option<Uuid>, now: Timestamp) -> Result<Vec<(String, u64)>> {
    let kinds = tx
        .list(
            "UPDATE jobs SET run_at = $2, attempts = 0, broken = 0, failing_since = NULL
             WHERE org = $1 AND error IS NOT NULL AND (leased_until <= $2 OR leased_until > $3) AND ($4 OR id = $5)
             RETURNING kind",
            &[
                &org,
                &now.as_microsecond(),
                &beyond_lease(now),
                &only.is_none(),
                &only.unwrap_or(Uuid::nil()),
            ],
            |r| r.get::<String>(0),
        )
        .await?;
    let mut counted = std::collections::BTreeMap::<String, u64>::new();
    for kind in kinds {
        *counted.entry(kind).or_default() += 1;
    }
    for kind in counted.keys() {
        super::settle_alert(tx, org, kind, now).await?;
    }
    Ok(counted.into_iter().collect())
}

/// How many jobs have been failing for long enough that a person should know, in all organisations.
pub async fn count_failing(tx: &mut Tx, now: Timestamp) -> Result<i64> {
    tx.one(
        "SELECT COUNT(*) FROM jobs WHERE failing_since IS NOT NULL AND failing_since <= $1",
        &[&(now - LATE).as_microsecond()],
        |r| r.get(0),
    )
    .await
}

/// How many jobs are due, in all organisations.
pub async fn count_due(tx: &mut Tx, now: Timestamp) -> Result<i64> {
    tx.one(
        "SELECT COUNT(*) FROM jobs WHERE run_at <= $1",
        &[&now.as_microsecond()],
        |r| r.get(0),
    )
    .await
}

/// Whether a job waits for longer than any job does: the clock was ahead when it was told to.
pub async fn is_stranded(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let found = tx
        .optional(
            "SELECT id FROM jobs WHERE run_at > $1 LIMIT 1",
            &[&(now + LONGEST + SLACK).as_microsecond()],
            |r| r.get::<Uuid>(0),
        )
        .await?;
    Ok(found.is_some())
}

/// Has such jobs look now: each finds out by itself what it has to wait for.
pub async fn bring_back(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE jobs SET run_at = $1 WHERE run_at > $2",
        &[&now.as_microsecond(), &(now + LONGEST + SLACK).as_microsecond()],
    )
    .await
}
