//! All SQL of boards and tallies.

use super::model::{Change, Part, Segment, Tallies};
use crate::app::{OrgId, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Error, Result, Row, Tx};
use crate::invitations::State;
use std::collections::HashMap;

/// A campaign's numbers as they are now.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// One more with every fold.
    pub version: i64,
    pub tallies: Tallies,
}

/// Makes a campaign's board, if it has none.
pub async fn open(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<()> {
    tx.execute(
        "INSERT INTO boards (campaign, org) VALUES ($1, $2) ON CONFLICT (campaign) DO NOTHING",
        &[&campaign, &scope.org],
    )
    .await?;
    Ok(())
}

/// How many changes that wait a board counts while it is shown: more only wait while a campaign of many thousands is being
/// sent, and a fold takes them a moment later.
const SHOWN_WAITING: i64 = 5_000;

/// A campaign's numbers: what is counted, and what waits to be, in one statement, so that nothing is seen twice or missed.
pub async fn read(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Board> {
    enum Line {
        Version(i64),
        Count(Part, String, String, i64),
        Waiting(Box<Change>),
    }
    let lines = tx
        .list(
            "SELECT CAST(0 AS BIGINT), version, '', '', '', '', '', '', '', '' FROM boards WHERE org = $1 AND campaign = $2
             UNION ALL
             SELECT 1, count, part, key, word, '', '', '', '', '' FROM tallies WHERE org = $1 AND campaign = $2
             UNION ALL
             SELECT 2, at, from_state, to_state, from_segment, to_segment, from_marks, to_marks, from_reach, to_reach FROM (
                 SELECT * FROM changes WHERE org = $1 AND campaign = $2 ORDER BY id LIMIT $3) AS waiting",
            &[&scope.org, &campaign, &SHOWN_WAITING],
            |r| {
                Ok(match r.get::<i64>(0)? {
                    0 => Line::Version(r.get(1)?),
                    1 => Line::Count(part(r, 2)?, r.get(3)?, r.get(4)?, r.get(1)?),
                    _ => Line::Waiting(Box::new(change(r, 1)?)),
                })
            },
        )
        .await?;
    let mut board = Board::default();
    for line in &lines {
        match line {
            Line::Version(version) => board.version += version,
            Line::Count(part, key, word, count) => board.tallies.add(*part, key, word, *count),
            Line::Waiting(change) => {
                board.tallies.fold(change);
                board.version += 1;
            }
        }
    }
    Ok(board)
}

/// The numbers of several campaigns at once: those that are running or being sent, or all that were ever sent, the newest
/// 200. Only [`Part::All`] and [`Part::Asks`] and [`Part::Criticality`] of each: what a list of campaigns shows.
pub async fn read_many(tx: &mut Tx, scope: Scope, closed_too: bool) -> Result<HashMap<CampaignId, Tallies>> {
    enum Line {
        Count(Part, String, String, i64),
        Waiting(Box<Change>),
    }
    let lines = tx
        .list(
            "WITH wanted AS (SELECT id FROM campaigns WHERE org = $1 AND (state IN ('sending', 'running') OR ($2 AND state = 'closed'))
                 ORDER BY created_at DESC LIMIT 200)
             SELECT campaign, CAST(1 AS BIGINT), count, part, key, word, '', '', '', '', '' FROM tallies
                 WHERE org = $1 AND campaign IN (SELECT id FROM wanted) AND part IN ('all', 'asks', 'criticality')
             UNION ALL
             SELECT campaign, 2, at, from_state, to_state, from_segment, to_segment, from_marks, to_marks, from_reach, to_reach FROM (
                 SELECT * FROM changes WHERE org = $1 AND campaign IN (SELECT id FROM wanted) ORDER BY id LIMIT $3) AS waiting",
            &[&scope.org, &closed_too, &SHOWN_WAITING],
            |r| {
                let campaign: CampaignId = r.get(0)?;
                Ok(match r.get::<i64>(1)? {
                    1 => (campaign, Line::Count(part(r, 3)?, r.get(4)?, r.get(5)?, r.get(2)?)),
                    _ => (campaign, Line::Waiting(Box::new(change(r, 2)?))),
                })
            },
        )
        .await?;
    let mut out: HashMap<CampaignId, Tallies> = HashMap::new();
    for (campaign, line) in lines {
        let tallies = out.entry(campaign).or_default();
        match line {
            Line::Count(part, key, word, count) => tallies.add(part, &key, &word, count),
            Line::Waiting(change) => tallies.fold(&change),
        }
    }
    Ok(out)
}

fn part(row: &Row, column: usize) -> Result<Part> {
    let value: String = row.get(column)?;
    Part::parse(&value).ok_or(Error::Invalid {
        column,
        value,
        why: "not a part of a board".into(),
    })
}

/// Nine columns from `first`: at, from_state, to_state, from_segment, to_segment, from_marks, to_marks, from_reach, to_reach.
fn change(row: &Row, first: usize) -> Result<Change> {
    let state = |column: usize| -> Result<Option<State>> {
        let value: String = row.get(column)?;
        match State::parse(&value) {
            None if !value.is_empty() => Err(Error::Invalid {
                column,
                value,
                why: "not a state of an invitation".into(),
            }),
            state => Ok(state),
        }
    };
    let from_segment: String = row.get(first + 3)?;
    let to_segment: String = row.get(first + 4)?;
    Ok(Change {
        at: row.time(first)?,
        from: state(first + 1)?,
        to: state(first + 2)?.ok_or(Error::NoRow)?,
        // "": as before.
        to_segment: Segment::from_text(match to_segment.is_empty() {
            true => from_segment.clone(),
            false => to_segment,
        }),
        from_segment: Segment::from_text(from_segment),
        from_marks: row.get(first + 5)?,
        to_marks: row.get(first + 6)?,
        from_reach: row.get(first + 7)?,
        to_reach: row.get(first + 8)?,
    })
}

/// A campaign in which something waits to be counted; the one that has waited longest. One without a board waits for
/// its recount, and holds up nobody.
pub(super) async fn waiting(tx: &mut Tx) -> Result<Option<(OrgId, CampaignId)>> {
    tx.optional(
        "SELECT c.org, c.campaign FROM changes c WHERE EXISTS (SELECT 1 FROM boards b WHERE b.campaign = c.campaign)
         ORDER BY c.id LIMIT 1",
        &[],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
    .await
}

/// Campaigns that were sent before boards were: none of theirs is counted.
pub(super) async fn without_board(tx: &mut Tx) -> Result<Vec<(OrgId, CampaignId)>> {
    tx.list(
        "SELECT c.org, c.id FROM campaigns c WHERE c.state <> 'draft'
           AND NOT EXISTS (SELECT 1 FROM boards b WHERE b.campaign = c.id)",
        &[],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
    .await
}

/// Holds a board until the transaction ends: two servers count one after the other. False: there is no board.
pub(super) async fn hold(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<bool> {
    let held = tx
        .execute(
            "UPDATE boards SET version = version + 1 WHERE org = $1 AND campaign = $2",
            &[&scope.org, &campaign],
        )
        .await?;
    Ok(held == 1)
}

/// Lets pages that show a campaign look again: something that isn't counted was changed, such as its deadline.
pub async fn touch(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<()> {
    hold(tx, scope, campaign).await.map(drop)
}

/// Takes away at most `limit` changes of a campaign, the oldest first.
pub(super) async fn take(tx: &mut Tx, scope: Scope, campaign: CampaignId, limit: i64) -> Result<Vec<Change>> {
    tx.list(
        "DELETE FROM changes WHERE id IN (
             SELECT id FROM changes WHERE org = $1 AND campaign = $2 ORDER BY id LIMIT $3)
         RETURNING at, from_state, to_state, from_segment, to_segment, from_marks, to_marks, from_reach, to_reach",
        &[&scope.org, &campaign, &limit],
        |r| change(r, 0),
    )
    .await
}

/// Adds to a campaign's counts.
pub async fn write(tx: &mut Tx, scope: Scope, campaign: CampaignId, tallies: &Tallies) -> Result<()> {
    for (part, key, word, count) in tallies.iter() {
        tx.execute(
            "INSERT INTO tallies (campaign, org, part, key, word, count) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (campaign, part, key, word) DO UPDATE SET count = tallies.count + excluded.count",
            &[&campaign, &scope.org, &part.as_str(), &key, &word, &count],
        )
        .await?;
    }
    Ok(())
}

/// How often a campaign's numbers have changed: a page that shows them asks for this.
pub async fn version(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Option<i64>> {
    tx.optional(
        "SELECT version FROM boards WHERE org = $1 AND campaign = $2",
        &[&scope.org, &campaign],
        |r| r.get(0),
    )
    .await
}
