//! A clock that ran ahead and was set back leaves rows that wait for a time far away. They are found and brought back.
//!
//! Each kind of row knows how far away its time can be: no job sleeps for longer than a day, no mail is deferred for longer
//! than some hours, no lease is longer than its kind's. What lies beyond was told by a wrong clock. Leases, throttles,
//! sessions and codes are judged where they are asked; jobs, mails and reminders are brought back here.

use super::ready::{Told, free, tell_of_disk};
use crate::app::{App, Scope};
use crate::jobs::{self, SLACK};
use crate::{deliveries, directory, reminders};
use jiff::Timestamp;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(30);
/// Mails are many, so they are looked at each time only where a job showed that the clock was wrong, and else this rarely.
const MAILS_EVERY: u32 = 60;

/// Looks at the start and then all the time, until `stop`.
pub async fn run(app: App, stop: CancellationToken) {
    let (mut latest, mut looks, mut told) = (Timestamp::UNIX_EPOCH, 0_u32, Told::Unknown);
    while !stop.is_cancelled() {
        let now = app.clock.now();
        let went_back = now + SLACK < latest;
        latest = now;
        let thorough = looks.is_multiple_of(MAILS_EVERY);
        match bring_back(&app, app.scope(), went_back, thorough).await {
            Ok(_) => looks = looks.wrapping_add(1),
            // On a full disk, nothing can be brought back; the next look may.
            Err(e) => tracing::warn!(error = %e, "What a wrong clock may have left can't be looked at; trying again."),
        }
        if let Err(e) = directory::import::resume(&app, &app.scope()).await {
            tracing::warn!(error = %e, "An import that was broken off can't be brought to its end; trying again.");
        }
        // The disk may be too full for it, until there is room again.
        if super::ready::has_room(&app) {
            let _ = app.db.keep_spare();
        }
        let dir = &app.config.data.dir;
        if let Some(free) = free(dir) {
            let org = app.scope().org;
            match tell_of_disk(&app, org, &dir.display().to_string(), free, told).await {
                Ok(now) => told = now,
                Err(e) => tracing::warn!(error = %e, free, "Operators can't be told that the disk is almost full."),
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Brings back what waits for a time that its kind can't mean; whether there was any. `went_back`: the clock was seen to go
/// back, so everything looks anew. `thorough`: mails are looked at although no job says that the clock was wrong.
pub async fn bring_back(app: &App, scope: Scope, went_back: bool, thorough: bool) -> crate::db::Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let stranded = went_back
        || jobs::is_stranded(&mut tx, now).await?
        || (thorough && deliveries::is_stranded(&mut tx, scope, now).await?);
    drop(tx);
    if !stranded {
        return Ok(false);
    }
    let mut tx = app.db.write_much().await?;
    let jobs = jobs::bring_back(&mut tx, now).await?;
    let mails = deliveries::bring_back(&mut tx, scope, now).await?;
    let reminders = reminders::look_anew(&mut tx, app, scope, now).await?;
    tx.commit().await?;
    tracing::warn!(
        jobs,
        mails,
        reminders,
        "The clock was ahead and has been set back. What waited for a time far away looks again now."
    );
    app.jobs.now();
    Ok(true)
}
