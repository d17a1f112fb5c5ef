//! All SQL of campaigns, snapshots and statements.

use super::asked::Asked;
use super::follow::Earlier;
use super::model::{Campaign, CampaignId, Mailing, Plan, State};
use super::statements::Statements;
use crate::app::Scope;
use crate::db::{Error, Result, Row, Tx};
use crate::refusal::Cause;
use jiff::Timestamp;
use jiff::tz::TimeZone;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, state, plan, created_at, sent_at, closed_at, revision, mailing, follows, thread,
                 (SELECT e.number FROM campaigns e WHERE e.id = campaigns.follows),
                 (SELECT e.title FROM campaigns e WHERE e.id = campaigns.follows),
                 (SELECT e.sent_at FROM campaigns e WHERE e.id = campaigns.follows) FROM campaigns ",
            $rest
        )
    };
}

fn campaign(row: &Row) -> Result<Campaign> {
    Ok(Campaign {
        id: row.get(0)?,
        number: row.get(1)?,
        state: row.parse(2)?,
        plan: row.json(3)?,
        created_at: row.time(4)?,
        sent_at: row.time_optional(5)?,
        closed_at: row.time_optional(6)?,
        revision: row.get(7)?,
        mailing: row.parse(8)?,
        follows: earlier(row)?,
    })
}

fn earlier(row: &Row) -> Result<Option<Earlier>> {
    let Some(id) = row.get(9)? else { return Ok(None) };
    Ok(Some(Earlier {
        id,
        root: row.get(10)?,
        number: row.get(11)?,
        title: row.get(12)?,
        sent_at: row.time(13)?,
    }))
}

/// The campaigns that follow this one, drafts too, oldest first.
pub async fn followers(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<Vec<Campaign>> {
    tx.list(
        select!("WHERE org = $1 AND follows = $2 AND follows IS NOT NULL ORDER BY created_at, id"),
        &[&scope.org, &id],
        campaign,
    )
    .await
}

pub async fn find(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<Option<Campaign>> {
    tx.optional(select!("WHERE org = $1 AND id = $2"), &[&scope.org, &id], campaign)
        .await
}

/// By its number, such as `2026-001`, for the command line.
pub async fn find_by_number(tx: &mut Tx, scope: Scope, number: &str) -> Result<Option<Campaign>> {
    tx.optional(
        select!("WHERE org = $1 AND number = $2"),
        &[&scope.org, &number],
        campaign,
    )
    .await
}

/// Newest first, older than `before`, at most `limit`.
pub async fn list(tx: &mut Tx, scope: Scope, before: Timestamp, limit: i64) -> Result<Vec<Campaign>> {
    tx.list(
        select!("WHERE org = $1 AND created_at < $2 ORDER BY created_at DESC LIMIT $3"),
        &[&scope.org, &before.as_microsecond(), &limit],
        campaign,
    )
    .await
}

/// What isn't closed, newest first, at most `limit`: what Home shows, however many have ended since.
pub async fn list_open(tx: &mut Tx, scope: Scope, limit: i64) -> Result<Vec<Campaign>> {
    tx.list(
        select!("WHERE org = $1 AND state <> 'closed' ORDER BY created_at DESC LIMIT $2"),
        &[&scope.org, &limit],
        campaign,
    )
    .await
}

/// Makes a draft, with the year's next number.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    id: CampaignId,
    plan: &Plan,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Campaign> {
    insert_as(tx, scope, (id, None), plan, zone, now).await
}

/// As [`insert`], of one that follows `earlier`; None if that hasn't been sent: nothing was told yet.
pub async fn insert_following(
    tx: &mut Tx,
    scope: Scope,
    (id, earlier): (CampaignId, &Campaign),
    plan: &Plan,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Option<Campaign>> {
    let Some(sent_at) = earlier.sent_at else {
        return Ok(None);
    };
    let earlier = Earlier {
        id: earlier.id,
        root: earlier.follows.as_ref().map_or(earlier.id, |e| e.root),
        number: earlier.number.clone(),
        title: earlier.plan.title.clone(),
        sent_at,
    };
    insert_as(tx, scope, (id, Some(earlier)), plan, zone, now)
        .await
        .map(Some)
}

async fn insert_as(
    tx: &mut Tx,
    scope: Scope,
    (id, follows): (CampaignId, Option<Earlier>),
    plan: &Plan,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Campaign> {
    let year = now.to_zoned(zone.clone()).year();
    let from = format!("{year}-");
    let to = format!("{year}.");
    // One after the other: two at once would take the same number.
    tx.execute("UPDATE organisations SET name = name WHERE id = $1", &[&scope.org])
        .await?;
    // Numbers of one year have one length up to 999 and sort by it beyond.
    let last: Option<String> = tx
        .optional(
            "SELECT number FROM campaigns WHERE org = $1 AND number >= $2 AND number < $3
             ORDER BY LENGTH(number) DESC, number DESC LIMIT 1",
            &[&scope.org, &from, &to],
            |r| r.get(0),
        )
        .await?;
    let next = last
        .and_then(|n| n.rsplit('-').next()?.parse::<u32>().ok())
        .unwrap_or(0)
        + 1;
    let campaign = Campaign {
        id,
        number: format!("{year}-{next:03}"),
        state: State::Draft,
        mailing: Mailing::On,
        plan: plan.clone(),
        created_at: now,
        sent_at: None,
        closed_at: None,
        revision: 0,
        follows,
    };
    tx.execute(
        "INSERT INTO campaigns (id, org, number, title, state, plan, deadline, created_at, follows, thread)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            &id,
            &scope.org,
            &campaign.number,
            &plan.title,
            &campaign.state.as_str(),
            &json(plan)?,
            &plan.deadline().map(|d| d.as_microsecond()),
            &now.as_microsecond(),
            &campaign.follows.as_ref().map(|e| e.id),
            &campaign.follows.as_ref().map(|e| e.root),
        ],
    )
    .await?;
    Ok(campaign)
}

/// Lets a campaign's mails go out, wait, or never go; false if it isn't being sent, or they were cancelled before.
pub async fn set_mailing(tx: &mut Tx, scope: Scope, id: CampaignId, mailing: Mailing, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET mailing = $3, went_on_at = CASE WHEN $4 THEN $5 ELSE went_on_at END
             WHERE org = $1 AND id = $2 AND state IN ('sending', 'running') AND mailing NOT IN ('cancelled', $3)",
            &[
                &scope.org,
                &id,
                &mailing.as_str(),
                &(mailing == Mailing::On),
                &now.as_microsecond(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Lets a campaign's mails wait because they are refused for `cause`; false unless they go out.
pub async fn pause_refused(tx: &mut Tx, scope: Scope, id: CampaignId, cause: Cause) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET mailing = 'refused', refused_for = $3
             WHERE org = $1 AND id = $2 AND state IN ('sending', 'running') AND mailing = 'on'",
            &[&scope.org, &id, &cause.as_str()],
        )
        .await?;
    Ok(changed == 1)
}

/// For what refusals a campaign's mails were paused last; None: they never were.
pub async fn refused_for(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<Option<Cause>> {
    tx.one(
        "SELECT refused_for FROM campaigns WHERE org = $1 AND id = $2",
        &[&scope.org, &id],
        |r| Ok(r.get::<String>(0)?.parse().ok()),
    )
    .await
}

/// Changes the plan of `campaign` as it was read; false if somebody changed or sent it meanwhile.
pub async fn update_plan(tx: &mut Tx, scope: Scope, campaign: &Campaign, plan: &Plan) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET plan = $3, title = $4, deadline = $5, revision = revision + 1
             WHERE org = $1 AND id = $2 AND state = 'draft' AND revision = $6",
            &[
                &scope.org,
                &campaign.id,
                &json(plan)?,
                &plan.title,
                &plan.deadline().map(|d| d.as_microsecond()),
                &campaign.revision,
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Draft → sending, with its content snapshotted; false if somebody changed or sent it since it was read.
pub async fn mark_sent(tx: &mut Tx, scope: Scope, campaign: &Campaign, asked: &Asked, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET state = 'sending', sent_at = $3
             WHERE org = $1 AND id = $2 AND state = 'draft' AND revision = $4",
            &[&scope.org, &campaign.id, &now.as_microsecond(), &campaign.revision],
        )
        .await?;
    if changed == 1 {
        tx.execute(
            "INSERT INTO snapshots (campaign, org, content) VALUES ($1, $2, $3)",
            &[&campaign.id, &scope.org, &json(asked)?],
        )
        .await?;
    }
    Ok(changed == 1)
}

/// Sending → running: every invitation is made; false if it was so already.
pub async fn mark_running(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET state = 'running' WHERE org = $1 AND id = $2 AND state = 'sending'",
            &[&scope.org, &id],
        )
        .await?;
    Ok(changed == 1)
}

/// Moves the deadline of a running campaign as it was read; false if somebody changed or closed it since.
pub async fn move_deadline(tx: &mut Tx, scope: Scope, campaign: &Campaign, plan: &Plan) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET plan = $3, deadline = $4, revision = revision + 1
             WHERE org = $1 AND id = $2 AND state = 'running' AND revision = $5",
            &[
                &scope.org,
                &campaign.id,
                &json(plan)?,
                &plan.deadline().map(|d| d.as_microsecond()),
                &campaign.revision,
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Notes that all who hadn't opened the request are sent it again; false if that was so after `since` already.
pub async fn mark_resent(tx: &mut Tx, scope: Scope, id: CampaignId, now: Timestamp, since: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET resent_at = $3
             WHERE org = $1 AND id = $2 AND state = 'running' AND (COALESCE(resent_at, 0) < $4 OR resent_at > $5)",
            &[
                &scope.org,
                &id,
                &now.as_microsecond(),
                &since.as_microsecond(),
                &(now + crate::jobs::SLACK).as_microsecond(),
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// When that was so last.
pub async fn resent_at(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<Option<Timestamp>> {
    tx.one(
        "SELECT resent_at FROM campaigns WHERE org = $1 AND id = $2",
        &[&scope.org, &id],
        |r| r.time_optional(0),
    )
    .await
}

/// Closed → running: answers are taken again, and mails go; false if it isn't closed.
pub async fn mark_reopened(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET state = 'running', mailing = 'on', closed_at = NULL
             WHERE org = $1 AND id = $2 AND state = 'closed'",
            &[&scope.org, &id],
        )
        .await?;
    Ok(changed == 1)
}

/// Running → closed: no answers any more; false if it wasn't running.
pub async fn mark_closed(tx: &mut Tx, scope: Scope, id: CampaignId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .execute(
            "UPDATE campaigns SET state = 'closed', mailing = 'cancelled', closed_at = $3 WHERE org = $1 AND id = $2 AND state = 'running'",
            &[&scope.org, &id, &now.as_microsecond()],
        )
        .await?;
    Ok(changed == 1)
}

/// Throws a draft away; false if it is no draft.
pub async fn delete_draft(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<bool> {
    let gone = tx
        .execute(
            "DELETE FROM campaigns WHERE org = $1 AND id = $2 AND state = 'draft'",
            &[&scope.org, &id],
        )
        .await?;
    Ok(gone == 1)
}

/// What the organisation says of itself in every letter, and how often that was changed.
pub(super) async fn statements(tx: &mut Tx, scope: Scope) -> Result<(Statements, i64)> {
    let kept = tx
        .optional(
            "SELECT words, revision FROM statements WHERE org = $1",
            &[&scope.org],
            |r| Ok((r.get::<String>(0)?, r.get(1)?)),
        )
        .await?;
    let Some((words, revision)) = kept else {
        return Ok((Statements::default(), 0));
    };
    let said = serde_json::from_str(&words)
        .map_err(|e| Error::Unusable(format!("What the organisation says of itself can't be read: {e}")))?;
    Ok((said, revision))
}

/// False where somebody changed them since `revision` was read.
pub(super) async fn set_statements(tx: &mut Tx, scope: Scope, said: &Statements, revision: i64) -> Result<bool> {
    let kept = tx
        .execute(
            "INSERT INTO statements (org, words, revision) VALUES ($1, $2, 1)
             ON CONFLICT (org) DO UPDATE SET words = excluded.words, revision = statements.revision + 1
             WHERE statements.revision = $3",
            &[&scope.org, &json(said)?, &revision],
        )
        .await?;
    Ok(kept == 1)
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Unusable(format!("A campaign can't be kept as JSON: {e}")))
}
