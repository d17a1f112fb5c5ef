//! The job that withdraws what a cancelled or closed campaign hadn't sent.

use super::cluster::settle_refusals;
use super::store::cancel_some;
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Result, Tx};
use crate::jobs::{self, Job, Outcome};
use jiff::SignedDuration;

pub const KIND: &str = "CancelMails";

/// Has a campaign's mails withdrawn, from the transaction that cancels them on. Receipts go out still.
pub async fn ask(tx: &mut Tx, app: &App, scope: Scope, campaign: CampaignId) -> Result<()> {
    settle_refusals(tx, app, scope, campaign, false).await?;
    let now = app.clock.now();
    let name = format!("{KIND}:{campaign}");
    jobs::enqueue(
        tx,
        app.random.id(now),
        scope.org,
        KIND,
        &name,
        &format!("{campaign} {}", now.as_microsecond()),
        now,
    )
    .await
}

/// Withdraws them, some hundred in a transaction; of a campaign that was opened again meanwhile, those from before. What is in a sender's hands comes back within a second.
pub async fn cancel(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    // Until when they were made. A job of a version before says no time: then all.
    let (campaign, until) = job.payload.split_once(' ').unwrap_or((&job.payload, ""));
    let campaign: CampaignId = campaign.parse()?;
    let until: i64 = until.parse().unwrap_or(i64::MAX);
    loop {
        let mut tx = app.db.write().await?;
        let (cancelled, leased) = cancel_some(&mut tx, &app, scope, (campaign, until)).await?;
        tx.commit().await?;
        match (cancelled, leased) {
            (0, false) => return Ok(Outcome::Done),
            (0, true) => return Ok(Outcome::Again(app.clock.now() + SignedDuration::from_secs(1))),
            _ if app.jobs.is_stopping() => return Ok(Outcome::Again(app.clock.now())),
            _ => {}
        }
    }
}
