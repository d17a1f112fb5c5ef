//! Counting what happened, in every server, all the time.

use super::model::Tallies;
use super::recount::recount;
use super::store::{hold, take, waiting, without_board, write};
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::Result;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often a server looks: what a board shows is current anyway; this is how soon others' pages are told.
const PAUSE: Duration = Duration::from_millis(400);
/// How many changes are counted in one transaction: other writers wait no longer than that takes.
const STRIDE: i64 = 1_000;

static TROUBLE: crate::quiet::Quiet = crate::quiet::Quiet::new();

/// Counts until `stop`. Any number of servers may do so at once.
pub async fn run(app: App, stop: CancellationToken) {
    let (mut adopted, mut pause) = (false, Duration::from_secs(60));
    let mut next_try = Instant::now();
    while !stop.is_cancelled() {
        if !adopted && Instant::now() >= next_try {
            adopted = adopt(&app).await;
            // A recount holds up respondents: one that fails is no reason to do so again and again.
            next_try = Instant::now() + pause;
            pause = (pause * 2).min(Duration::from_secs(3600));
        }
        match fold_all(&app).await {
            Ok(_) => {}
            Err(e) => {
                if let Some(left_out) = TROUBLE.may_speak() {
                    tracing::error!(error = %e, left_out, "What happened can't be counted; trying again.");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Gives campaigns of an earlier version their boards. False: one is left for another try.
async fn adopt(app: &App) -> bool {
    let found = async {
        let mut tx = app.db.read().await?;
        without_board(&mut tx).await
    };
    let mut all = true;
    match found.await {
        Ok(found) => {
            for (org, campaign) in found {
                if let Err(e) = recount(app, Scope { org }, campaign, true).await {
                    all = false;
                    tracing::error!(error = %e, campaign = %campaign, "A board of an earlier campaign can't be counted; trying \
                        again. `kairan campaign check --mend` counts it by hand.");
                }
            }
        }
        Err(e) => {
            all = false;
            tracing::error!(error = %e, "The boards can't be read; trying again.");
        }
    }
    all
}

/// Counts everything that waits; how many changes there were.
pub async fn fold_all(app: &App) -> Result<usize> {
    let mut all = 0;
    loop {
        let mut tx = app.db.read().await?;
        let found = waiting(&mut tx).await?;
        drop(tx);
        let Some((org, campaign)) = found else { return Ok(all) };
        let counted = fold(app, Scope { org }, campaign).await?;
        all += counted;
        if counted == 0 {
            // Another server was quicker.
            return Ok(all);
        }
    }
}

/// Counts one stride of a campaign's changes: they go, and the counts grow, in one transaction.
async fn fold(app: &App, scope: Scope, campaign: CampaignId) -> Result<usize> {
    let mut tx = app.db.write_much().await?;
    if !hold(&mut tx, scope, campaign).await? {
        return Ok(0);
    }
    let changes = take(&mut tx, scope, campaign, STRIDE).await?;
    if changes.is_empty() {
        return Ok(0);
    }
    let mut tallies = Tallies::default();
    changes.iter().for_each(|change| tallies.fold(change));
    write(&mut tx, scope, campaign, &tallies).await?;
    tx.commit().await?;
    Ok(changes.len())
}
