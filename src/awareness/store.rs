//! All SQL of what companies report of a notice for employees.

use super::model::{Report, Way};
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Error, Result, Row, Tx};
use crate::invitations::{self, Cursor, EventKind, Invitation, InvitationId, State};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A report as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// From 1; one more with every report of the same company.
    pub revision: i64,
    pub report: Report,
    pub at: Timestamp,
    /// Who reported it: what they call themselves, or the company.
    pub by: String,
}

macro_rules! columns {
    ($of:literal) => {
        concat!(
            $of,
            ".revision, ",
            $of,
            ".people, ",
            $of,
            ".ways, ",
            $of,
            ".day, ",
            $of,
            ".remark, ",
            $of,
            ".reported_at, ",
            $of,
            ".reported_by"
        )
    };
}

/// Seven columns from `first`.
fn stored(row: &Row, first: usize) -> Result<Stored> {
    let ways: String = row.get(first + 2)?;
    let ways = ways
        .split(',')
        .filter(|word| !word.is_empty())
        .map(|word| {
            Way::parse(word).ok_or(Error::Invalid {
                column: first + 2,
                value: word.to_owned(),
                why: "not a way of passing a notice on".into(),
            })
        })
        .collect::<Result<Vec<Way>>>()?;
    Ok(Stored {
        revision: row.get(first)?,
        report: Report {
            people: row.get(first + 1)?,
            ways,
            day: row.parse(first + 3)?,
            remark: row.get(first + 4)?,
        },
        at: row.time(first + 5)?,
        by: row.get(first + 6)?,
    })
}

/// Between commas on both sides, so that one is found.
fn ways_text(ways: &[Way]) -> String {
    let words: Vec<&str> = ways.iter().map(|w| w.as_str()).collect();
    format!(",{},", words.join(","))
}

/// What a company reported last.
pub(super) async fn find(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Option<Stored>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!("a"),
        " FROM awareness a WHERE a.org = $1 AND a.invitation = $2"
    );
    tx.optional(SQL, &[&scope.org, &invitation], |r| stored(r, 0)).await
}

/// Every report of a company, the newest first.
pub async fn history(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Vec<Stored>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!("e"),
        " FROM awareness_events e WHERE e.org = $1 AND e.invitation = $2 ORDER BY e.revision DESC LIMIT 100"
    );
    tx.list(SQL, &[&scope.org, &invitation], |r| stored(r, 0)).await
}

/// Appends a report, which is from now on the one that counts. The invitation is held by this transaction.
pub(super) async fn insert(tx: &mut Tx, invitation: &Invitation, new: &Stored) -> Result<()> {
    const EVENT: &str =
        "INSERT INTO awareness_events (invitation, org, campaign, revision, people, ways, day, remark, reported_at,
             reported_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    write(tx, EVENT, invitation.id, invitation.org, invitation.campaign, new).await?;
    write(tx, CURRENT, invitation.id, invitation.org, invitation.campaign, new).await
}

const CURRENT: &str = "INSERT INTO awareness (invitation, org, campaign, revision, people, ways, day, remark, reported_at, reported_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (invitation) DO UPDATE SET revision = excluded.revision, people = excluded.people, ways = excluded.ways,
         day = excluded.day, remark = excluded.remark, reported_at = excluded.reported_at,
         reported_by = excluded.reported_by";

async fn write(
    tx: &mut Tx,
    sql: &'static str,
    invitation: InvitationId,
    org: crate::app::OrgId,
    campaign: CampaignId,
    new: &Stored,
) -> Result<()> {
    tx.execute(
        sql,
        &[
            &invitation,
            &org,
            &campaign,
            &new.revision,
            &new.report.people,
            &ways_text(&new.report.ways),
            &new.report.day.to_string(),
            &new.report.remark,
            &new.at.as_microsecond(),
            &new.by,
        ],
    )
    .await?;
    Ok(())
}

/// How many invitations are asked for in one statement.
const AT_ONCE: usize = 50;

/// What these companies reported last, of those that did.
pub async fn of(tx: &mut Tx, scope: Scope, invitations: &[InvitationId]) -> Result<HashMap<InvitationId, Stored>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let places: Vec<String> = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect();
        format!(
            "SELECT a.invitation, {} FROM awareness a WHERE a.org = $1 AND a.invitation IN ({})",
            columns!("a"),
            places.join(", ")
        )
    });
    let nobody = InvitationId(uuid::Uuid::nil());
    let mut out = HashMap::with_capacity(invitations.len());
    for ids in invitations.chunks(AT_ONCE) {
        let mut params: Vec<&(dyn crate::db::Param + Sync)> = vec![&scope.org];
        params.extend((0..AT_ONCE).map(|n| ids.get(n).unwrap_or(&nobody) as &(dyn crate::db::Param + Sync)));
        out.extend(
            tx.list(SQL.as_str(), &params, |r| Ok((r.get(0)?, stored(r, 1)?)))
                .await?,
        );
    }
    Ok(out)
}

/// The last report of each invitation of a campaign after `after` up to `last` in the order of names, from the reports
/// themselves and not from what is kept of them.
pub async fn between(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    after: &Cursor,
    last: &Cursor,
) -> Result<HashMap<InvitationId, Stored>> {
    const SQL: &str = concat!(
        "SELECT i.id, ",
        columns!("e"),
        " FROM invitations i JOIN awareness_events e ON e.invitation = i.id
         WHERE i.org = $1 AND i.campaign = $2 AND (i.sort_key, i.id) > ($3, $4) AND (i.sort_key, i.id) <= ($5, $6)
         ORDER BY i.sort_key, i.id, e.revision"
    );
    let rows = tx
        .list(
            SQL,
            &[&scope.org, &campaign, &after.key, &after.id, &last.key, &last.id],
            |r| Ok((r.get(0)?, stored(r, 1)?)),
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// Sets what is kept of a company's reports to the last of them, where a recount found that it wasn't.
pub async fn mend(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    invitation: InvitationId,
    last: Option<&Stored>,
) -> Result<()> {
    match last {
        Some(last) => write(tx, CURRENT, invitation, scope.org, campaign, last).await,
        None => {
            tx.execute(
                "DELETE FROM awareness WHERE org = $1 AND invitation = $2",
                &[&scope.org, &invitation],
            )
            .await?;
            Ok(())
        }
    }
}

/// Companies of a campaign that reported before `before` (a time and an invitation), the newest first: invitation, name,
/// report. `way` narrows it.
pub async fn reported(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    way: Option<Way>,
    before: (Timestamp, InvitationId),
    limit: i64,
) -> Result<Vec<(InvitationId, String, Stored)>> {
    const SQL: &str = concat!(
        "SELECT i.id, i.name, ",
        columns!("a"),
        " FROM awareness a JOIN invitations i ON i.id = a.invitation
         WHERE a.org = $1 AND a.campaign = $2 AND ($3 = '' OR a.ways LIKE $3) AND (a.reported_at, a.invitation) < ($4, $5)
         ORDER BY a.reported_at DESC, a.invitation DESC LIMIT $6"
    );
    let like = way.map_or(String::new(), |way| format!("%,{},%", way.as_str()));
    tx.list(
        SQL,
        &[
            &scope.org,
            &campaign,
            &like,
            &before.0.as_microsecond(),
            &before.1,
            &limit,
        ],
        |r| Ok((r.get(0)?, r.get(1)?, stored(r, 2)?)),
    )
    .await
}

/// A company that was asked to pass a notice on and has not reported.
#[derive(Clone, Debug)]
pub struct Missing {
    pub invitation: InvitationId,
    pub name: String,
    /// Where it stands among others.
    pub sort_key: String,
}

/// Companies of a campaign that haven't reported, by name after `after`: group companies, and suppliers too where they are
/// asked.
pub async fn missing(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    suppliers: bool,
    after: &Cursor,
    limit: i64,
) -> Result<Vec<Missing>> {
    tx.list(
        "SELECT i.id, i.name, i.sort_key FROM invitations i
         WHERE i.org = $1 AND i.campaign = $2 AND ($3 OR i.kind = 'group') AND (i.sort_key, i.id) > ($4, $5)
             AND NOT EXISTS (SELECT 1 FROM awareness a WHERE a.invitation = i.id)
         ORDER BY i.sort_key, i.id LIMIT $6",
        &[&scope.org, &campaign, &suppliers, &after.key, &after.id, &limit],
        |r| {
            Ok(Missing {
                invitation: r.get(0)?,
                name: r.get(1)?,
                sort_key: r.get(2)?,
            })
        },
    )
    .await
}

/// What becomes of a report.
pub(super) enum Reported {
    /// It counts from now on; what was reported before.
    Kept(Option<Report>),
    /// It is what was reported before: pressed twice, it is one report.
    Same,
    /// Somebody else at the company was first; what they reported.
    Meanwhile(Box<Stored>),
    /// The campaign has ended.
    Closed,
}

/// Keeps a report that was typed into a page showing `seen`, the revision there was.
pub(super) async fn report(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    (seen, report, by): (i64, &Report, &str),
    now: Timestamp,
) -> Result<Reported> {
    let scope = invitation.scope();
    let mut state = invitations::lock(tx, scope, invitation.id).await?;
    // As it is now that it is held.
    if invitations::find(tx, scope, invitation.id)
        .await?
        .is_none_or(|i| i.closed)
    {
        return Ok(Reported::Closed);
    }
    let before = find(tx, scope, invitation.id).await?;
    if before.as_ref().is_some_and(|b| b.report == *report) {
        return Ok(Reported::Same);
    }
    let revision = before.as_ref().map_or(0, |b| b.revision);
    if let Some(theirs) = before.as_ref().filter(|_| revision != seen) {
        return Ok(Reported::Meanwhile(Box::new(theirs.clone())));
    }
    let new = Stored {
        revision: revision + 1,
        report: report.clone(),
        at: now,
        by: by.to_owned(),
    };
    insert(tx, invitation, &new).await?;
    if state < State::Opened {
        state = invitations::append(tx, app, invitation, state, &[EventKind::Opened], by, "").await?;
    }
    let tally = before.as_ref().map(|b| b.report.tally()).unwrap_or_default();
    invitations::reached(tx, app, invitation, state, (&tally, &report.tally())).await?;
    Ok(Reported::Kept(before.map(|b| b.report)))
}

/// Keeps a company's report at the clock's time: for a demonstration.
pub async fn load(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    people: i64,
    ways: Vec<Way>,
    by: &str,
) -> Result<()> {
    let now = app.clock.now();
    let new = Report {
        people,
        ways,
        day: now.to_zoned(app.zone()).date(),
        remark: String::new(),
    };
    report(tx, app, invitation, (0, &new, by), now).await?;
    Ok(())
}
