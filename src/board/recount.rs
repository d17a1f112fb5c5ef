//! The same numbers from scratch: from the events, the submitted answers, the reports and the companies, not from what was
//! folded.

use super::model::{Change, Segment, Tallies};
use super::store::{hold, open, read, take, write};
use crate::app::{App, Scope};
use crate::awareness;
use crate::campaigns::{self, CampaignId};
use crate::db::Result;
use crate::invitations::{self, Course, Cursor, InvitationId, Listed, Narrow, Sort, State};
use crate::responses::{self, marks};
use serde::Serialize;
use std::collections::HashMap;

/// How many invitations are looked at in one go.
const STRIDE: i64 = 500;

/// What a recount found.
#[derive(Debug, Default, Serialize)]
pub struct Recount {
    pub invitations: i64,
    /// Counts that differ: what must be added to each, as `(part, key, word, count)`.
    pub differences: Vec<(&'static str, String, String, i64)>,
    /// Invitations whose state, letters or report aren't what their events, answers and reports add up to.
    pub invitations_wrong: Vec<InvitationId>,
    /// Whether all of it was put right.
    pub mended: bool,
}

impl Recount {
    /// Whether everything was as it should be.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty() && self.invitations_wrong.is_empty()
    }
}

/// Counts a campaign from scratch and compares; with `mend`, what differs is put right. Nobody can answer while it counts
/// (a second for some 20,000 companies): it is a check for a quiet hour.
pub async fn recount(app: &App, scope: Scope, campaign: CampaignId, mend: bool) -> Result<Recount> {
    let asked = campaigns::asked(app, scope, campaign).await?;
    let checklist = asked.as_ref().and_then(|a| a.checklist.clone());
    let mut tx = app.db.write_much().await?;
    open(&mut tx, scope, campaign).await?;
    hold(&mut tx, scope, campaign).await?;
    tx.hold_back_writers("invitations").await?;
    loop {
        let changes = take(&mut tx, scope, campaign, STRIDE).await?;
        let mut tallies = Tallies::default();
        changes.iter().for_each(|change| tallies.fold(change));
        write(&mut tx, scope, campaign, &tallies).await?;
        if changes.len() < STRIDE as usize {
            break;
        }
    }
    let folded = read(&mut tx, scope, campaign).await?.tallies;

    let mut out = Recount::default();
    let mut counted = Tallies::default();
    let mut after = Cursor::default();
    loop {
        let page = invitations::list(&mut tx, scope, campaign, &Narrow::default(), Sort::Name, &after, STRIDE).await?;
        let Some(last) = page.last().map(Cursor::from) else {
            break;
        };
        let mut histories = invitations::histories(&mut tx, scope, campaign, &after, &last).await?;
        let mut submitted: HashMap<_, _> = responses::submitted_between(&mut tx, scope, campaign, &after, &last)
            .await?
            .into_iter()
            .collect();
        let mut reports = awareness::between(&mut tx, scope, campaign, &after, &last).await?;
        let ids: Vec<_> = page.iter().map(|row| row.id).collect();
        let mut kept = awareness::of(&mut tx, scope, &ids).await?;
        for row in &page {
            let letters = match (submitted.remove(&row.id), &checklist) {
                (Some(answers), Some(checklist)) => marks(checklist, &answers),
                _ => String::new(),
            };
            let history = histories.remove(&row.id).unwrap_or_default();
            let report = reports.remove(&row.id);
            let reach = report.as_ref().map(|r| r.report.tally()).unwrap_or_default();
            let state = count(&mut counted, row, &history, (&letters, &reach));
            let kept_wrong = kept.remove(&row.id) != report;
            if kept_wrong && mend {
                awareness::mend(&mut tx, scope, campaign, row.id, report.as_ref()).await?;
            }
            if state != row.state || letters != row.marks || kept_wrong {
                out.invitations_wrong.push(row.id);
                if mend {
                    invitations::mend(&mut tx, scope, row.id, state, &letters).await?;
                }
            }
        }
        out.invitations += page.len() as i64;
        after = last;
    }
    let difference = folded.difference(&counted);
    out.differences = difference
        .iter()
        .map(|(part, key, word, n)| (part.as_str(), key.to_owned(), word.to_owned(), n))
        .collect();
    if mend {
        write(&mut tx, scope, campaign, &difference).await?;
        out.mended = !out.agrees();
        tx.commit().await?;
    }
    Ok(out)
}

/// Counts one invitation's history; the state it adds up to.
fn count(counted: &mut Tallies, row: &Listed, history: &[invitations::Event], (letters, reach): (&str, &str)) -> State {
    let segment = Segment::new(&row.kind, &row.country, &row.tier, &row.criticality, row.asks_check);
    let mut state = None;
    let mut course = Course::default();
    for event in history {
        course = course.then(event.kind);
        let next = course.state();
        counted.fold(&Change {
            at: event.at,
            from: state,
            to: next,
            from_segment: segment.clone(),
            to_segment: segment.clone(),
            from_marks: String::new(),
            to_marks: String::new(),
            from_reach: String::new(),
            to_reach: String::new(),
        });
        state = Some(next);
    }
    let end = state.unwrap_or(State::Queued);
    counted.fold(&Change {
        at: row.changed_at,
        from: state,
        to: end,
        from_segment: segment.clone(),
        to_segment: segment,
        from_marks: String::new(),
        to_marks: letters.to_owned(),
        from_reach: String::new(),
        to_reach: reach.to_owned(),
    });
    end
}
