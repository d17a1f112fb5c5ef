//! All SQL of invitations and events.

use super::link::{code_hash, link, token_hash};
use super::model::{Course, EventKind, State, fold};
use super::sql::segment_sql;
use crate::app::{App, OrgId, Scope};
use crate::campaigns::{CampaignId, State as CampaignState};
use crate::db::{Error, Result, Row, Tx};
use crate::directory::{CompanyId, Kind};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::HashSet;
use std::sync::LazyLock;

crate::ids! {
    /// Names one company's part in a campaign.
    InvitationId
}

#[derive(Clone, Debug)]
pub struct Invitation {
    pub id: InvitationId,
    pub org: OrgId,
    pub campaign: CampaignId,
    pub company: CompanyId,
    pub company_name: String,
    pub company_code: String,
    /// Whether it is a group company, and so gets the group's letter.
    pub group: bool,
    pub country: String,
    pub criticality: String,
    /// One letter a question of what was submitted (see `marks` of responses); "" until then.
    pub marks: String,
    pub salt: Vec<u8>,
    /// Whether the checklist is asked, and not only the acknowledgement.
    pub asks_check: bool,
    pub state: State,
    /// How many contacts with an address it has been sent to.
    pub mails: i64,
    pub changed_at: Timestamp,
    pub acknowledged_at: Option<Timestamp>,
    pub acknowledged_by: Option<String>,
    /// Department and post of whoever acknowledged, and what they remarked; "" where they didn't say.
    pub acknowledged_position: String,
    pub acknowledged_remark: String,
    /// Until when its campaign asks for an answer, as it is now.
    pub deadline: Timestamp,
    /// The campaign is closed: nothing is taken any more.
    pub closed: bool,
    /// Other campaigns follow each other with this one.
    pub threaded: bool,
}

impl Invitation {
    pub fn scope(&self) -> Scope {
        Scope { org: self.org }
    }

    pub fn kind(&self) -> Kind {
        match self.group {
            true => Kind::Group,
            false => Kind::Supplier,
        }
    }

    /// Whether the company still has something to do: the one question before it is reminded, or phoned.
    pub fn is_awaited(&self) -> bool {
        !self.closed && self.state.is_awaited(self.asks_check)
    }
}

/// Something that happened to an invitation.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    pub kind: EventKind,
    pub at: Timestamp,
    pub actor: String,
    pub detail: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.org, i.campaign, i.company, i.name, i.code, i.kind, i.country, i.criticality, i.salt,
                    i.asks_check, i.state, i.mails, i.changed_at, i.acknowledged_at, i.acknowledged_by, p.state, i.marks,
                    EXISTS (SELECT 1 FROM campaigns f WHERE f.thread = COALESCE(p.thread, p.id)), p.deadline,
                    i.acknowledged_position, i.acknowledged_remark
             FROM invitations i JOIN campaigns p ON p.id = i.campaign ",
            $rest
        )
    };
}

fn invitation(row: &Row) -> Result<Invitation> {
    Ok(Invitation {
        id: row.get(0)?,
        org: row.get(1)?,
        campaign: row.get(2)?,
        company: row.get(3)?,
        company_name: row.get(4)?,
        company_code: row.get(5)?,
        group: row.get::<String>(6)? == "group",
        country: row.get(7)?,
        criticality: row.get(8)?,
        salt: row.get(9)?,
        asks_check: row.get(10)?,
        state: state(row, 11)?,
        mails: row.get(12)?,
        changed_at: row.time(13)?,
        acknowledged_at: row.time_optional(14)?,
        acknowledged_by: row.get(15)?,
        closed: row.parse::<CampaignState>(16)? == CampaignState::Closed,
        marks: row.get(17)?,
        threaded: row.get(18)?,
        // A campaign is only sent with a deadline.
        deadline: row.time_optional(19)?.unwrap_or(Timestamp::MAX),
        acknowledged_position: row.get(20)?,
        acknowledged_remark: row.get(21)?,
    })
}

pub(super) fn state(row: &Row, column: usize) -> Result<State> {
    let value: String = row.get(column)?;
    State::parse(&value).ok_or(Error::Invalid {
        column,
        value,
        why: "not a state of an invitation".into(),
    })
}

/// By the token of a link: the token is the right to see it.
pub(super) async fn find_by_token(tx: &mut Tx, token: &str) -> Result<Option<Invitation>> {
    tx.optional(select!("WHERE i.token_hash = $1"), &[&token_hash(token)], invitation)
        .await
}

/// By a code typed by hand.
pub(super) async fn find_by_code(tx: &mut Tx, app: &App, code: &str) -> Result<Option<Invitation>> {
    tx.optional(
        select!("WHERE i.code_hash = $1"),
        &[&code_hash(&app.secret, code)],
        invitation,
    )
    .await
}

pub async fn find(tx: &mut Tx, scope: Scope, id: InvitationId) -> Result<Option<Invitation>> {
    tx.optional(
        select!("WHERE i.org = $1 AND i.id = $2"),
        &[&scope.org, &id],
        invitation,
    )
    .await
}

/// Holds an invitation until the transaction ends, so that two people at one company come one after the other; its
/// state as it is now.
pub async fn lock(tx: &mut Tx, scope: Scope, id: InvitationId) -> Result<State> {
    tx.one_held(
        "SELECT state FROM invitations WHERE org = $1 AND id = $2 FOR UPDATE",
        &[&scope.org, &id],
        |r| state(r, 0),
    )
    .await
}

/// How many invitations of a campaign are in each state, counted. (A board reads its folded numbers instead.)
pub async fn states(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Vec<(State, i64)>> {
    tx.list(
        "SELECT state, COUNT(*) FROM invitations WHERE org = $1 AND campaign = $2 GROUP BY state",
        &[&scope.org, &campaign],
        |r| Ok((state(r, 0)?, r.get(1)?)),
    )
    .await
}

/// A company's invitations, newest first: state, campaign, id.
pub async fn find_by_company(
    tx: &mut Tx,
    scope: Scope,
    company: CompanyId,
) -> Result<Vec<(InvitationId, CampaignId, State)>> {
    tx.list(
        "SELECT id, campaign, state FROM invitations WHERE org = $1 AND company = $2 ORDER BY id DESC",
        &[&scope.org, &company],
        |r| Ok((r.get(0)?, r.get(1)?, state(r, 2)?)),
    )
    .await
}

/// How many companies are asked for in one statement by their ids.
const AT_ONCE: usize = 50;

/// Which of these companies a campaign has invited.
pub async fn invited(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    companies: &[CompanyId],
) -> Result<HashSet<CompanyId>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let places: Vec<String> = (3..AT_ONCE + 3).map(|n| format!("${n}")).collect();
        let places = places.join(", ");
        format!("SELECT company FROM invitations WHERE org = $1 AND campaign = $2 AND company IN ({places})")
    });
    let nobody = CompanyId(uuid::Uuid::nil());
    let mut found = HashSet::new();
    for some in companies.chunks(AT_ONCE) {
        let mut params: Vec<&(dyn crate::db::Param + Sync)> = vec![&scope.org, &campaign];
        params.extend((0..AT_ONCE).map(|n| some.get(n).unwrap_or(&nobody) as &(dyn crate::db::Param + Sync)));
        found.extend(tx.list(SQL.as_str(), &params, |r| r.get::<CompanyId>(0)).await?);
    }
    Ok(found)
}

/// Companies that a campaign sent since `since` has invited, other than those that follow `root`.
pub async fn companies_invited_since(
    tx: &mut Tx,
    scope: Scope,
    since: Timestamp,
    root: Option<CampaignId>,
) -> Result<Vec<CompanyId>> {
    tx.list(
        "SELECT DISTINCT i.company FROM campaigns p JOIN invitations i ON i.campaign = p.id
         WHERE p.org = $1 AND i.org = $1 AND p.sent_at >= $2
             AND (CAST($3 AS UUID) IS NULL OR COALESCE(p.thread, p.id) <> $3)",
        &[&scope.org, &since.as_microsecond(), &root],
        |r| r.get(0),
    )
    .await
}

/// Makes a company's invitation; None if it has one already (the job that makes them may run twice).
pub async fn insert(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    company: CompanyId,
    asks_check: bool,
    mails: i64,
) -> Result<Option<InvitationId>> {
    let now = app.clock.now();
    let id: InvitationId = app.id(now);
    let salt = app.random.bytes::<16>();
    let made = link(&app.secret, id, &salt);
    let inserted = tx
        .execute(
            "INSERT INTO invitations (id, org, campaign, company, salt, token_hash, code_hash, asks_check, state, mails,
                 changed_at, name, code, search, kind, country, tier, criticality, grade, sort_key)
             SELECT $1, c.org, $3, c.id, $5, $6, $7, $8, $9, $10, $11, c.name, COALESCE(c.code, ''), substr(c.search, 1, 300), c.kind,
                 c.country, COALESCE(CAST(c.tier AS TEXT), ''), COALESCE(c.criticality, ''),
                 CASE c.criticality WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END, c.sort_key
             FROM companies c WHERE c.org = $2 AND c.id = $4
             ON CONFLICT (campaign, company) DO NOTHING",
            &[
                &id,
                &scope.org,
                &campaign,
                &company,
                &&salt[..],
                &token_hash(&made.token),
                &code_hash(&app.secret, &made.code),
                &asks_check,
                &State::Queued.as_str(),
                &mails,
                &now.as_microsecond(),
            ],
        )
        .await?;
    Ok((inserted == 1).then_some(id))
}

/// Appends events, in order, and folds them into the state. `from` is the state as locked in this transaction.
pub async fn append(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    from: State,
    kinds: &[EventKind],
    actor: &str,
    detail: &str,
) -> Result<State> {
    let events: Vec<_> = kinds.iter().map(|kind| (*kind, actor, detail)).collect();
    append_marked(tx, app, invitation, from, &events, None).await
}

/// As [`append`], each event with its actor and its detail, and with the letters of what was submitted.
pub async fn append_marked(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    from: State,
    events: &[(EventKind, &str, &str)],
    marks: Option<&str>,
) -> Result<State> {
    let now = app.clock.now();
    let mut state = from;
    for (kind, actor, detail) in events {
        state = match kind {
            EventKind::Undeclined => {
                let before = self::events(tx, invitation.scope(), invitation.id).await?;
                let course = before.iter().fold(Course::default(), |course, e| course.then(e.kind));
                course.then(*kind).state()
            }
            _ => fold(state, *kind),
        };
        tx.execute(
            "INSERT INTO events (id, org, campaign, invitation, kind, at, actor, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                &app.random.id(now),
                &invitation.org,
                &invitation.campaign,
                &invitation.id,
                &kind.as_str(),
                &now.as_microsecond(),
                actor,
                detail,
            ],
        )
        .await?;
    }
    let by = |wanted| {
        events
            .iter()
            .find(|(kind, ..)| *kind == wanted)
            .map(|(_, actor, _)| *actor)
    };
    let created = by(EventKind::Created).is_some();
    let before = if created { "" } else { from.as_str() };
    if created || state != from || marks.is_some() {
        // Before the update below: it reads the marks as they were.
        tx.execute(
            concat!(
                "INSERT INTO changes (id, org, campaign, at, from_state, to_state, from_segment, to_segment, from_marks, to_marks)
             SELECT $1, i.org, i.campaign, $2, $3, $4, ",
                segment_sql!(),
                ", '', i.marks, COALESCE($5, i.marks)
             FROM invitations i WHERE i.org = $6 AND i.id = $7"
            ),
            &[
                &app.random.id(now),
                &now.as_microsecond(),
                &before,
                &state.as_str(),
                &marks,
                &invitation.org,
                &invitation.id,
            ],
        )
        .await?;
    }
    let acknowledged = by(EventKind::Acknowledged);
    if state != from || acknowledged.is_some() || marks.is_some() {
        tx.execute(
            "UPDATE invitations SET state = $3, changed_at = $4,
                 acknowledged_at = CASE WHEN $5 THEN COALESCE(acknowledged_at, $4) ELSE acknowledged_at END,
                 acknowledged_by = CASE WHEN $5 THEN COALESCE(acknowledged_by, $6) ELSE acknowledged_by END,
                 marks = COALESCE($7, marks), noes = COALESCE($8, noes)
             WHERE org = $1 AND id = $2",
            &[
                &invitation.org,
                &invitation.id,
                &state.as_str(),
                &now.as_microsecond(),
                &acknowledged.is_some(),
                &acknowledged,
                &marks,
                &marks.map(noes),
            ],
        )
        .await?;
    }
    Ok(state)
}

/// Who acknowledged, as they write it themselves; "" for what they don't say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Acknowledgement {
    pub name: String,
    pub position: String,
    pub remark: String,
}

/// Keeps who acknowledged, in place of what was kept before. That it was acknowledged, and when, is an event's.
pub(super) async fn keep_acknowledgement(
    tx: &mut Tx,
    invitation: &Invitation,
    by: &str,
    said: &Acknowledgement,
) -> Result<()> {
    tx.execute(
        "UPDATE invitations SET acknowledged_by = $3, acknowledged_position = $4, acknowledged_remark = $5
         WHERE org = $1 AND id = $2",
        &[&invitation.org, &invitation.id, &by, &said.position, &said.remark],
    )
    .await?;
    Ok(())
}

/// Lets a board count what a company reported of a notice for employees: before and after, as `people/ways`. `state` is as
/// locked in this transaction.
pub async fn reached(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    state: State,
    (before, after): (&str, &str),
) -> Result<()> {
    let now = app.clock.now();
    tx.execute(
        concat!(
            "INSERT INTO changes (id, org, campaign, at, from_state, to_state, from_segment, to_segment, from_marks, to_marks,
             from_reach, to_reach)
         SELECT $1, i.org, i.campaign, $2, $3, $3, ",
            segment_sql!(),
            ", '', i.marks, i.marks, $4, $5
         FROM invitations i WHERE i.org = $6 AND i.id = $7"
        ),
        &[
            &app.random.id(now),
            &now.as_microsecond(),
            &state.as_str(),
            &before,
            &after,
            &invitation.org,
            &invitation.id,
        ],
    )
    .await?;
    Ok(())
}

/// What happened to an invitation, oldest first.
pub async fn events(tx: &mut Tx, scope: Scope, id: InvitationId) -> Result<Vec<Event>> {
    tx.list(
        "SELECT kind, at, actor, detail FROM events WHERE org = $1 AND invitation = $2 ORDER BY id",
        &[&scope.org, &id],
        event,
    )
    .await
}

/// Four columns: kind, at, actor, detail.
pub(super) fn event(row: &Row) -> Result<Event> {
    Ok(Event {
        kind: event_kind(row, 0)?,
        at: row.time(1)?,
        actor: row.get(2)?,
        detail: row.get(3)?,
    })
}

pub(super) fn event_kind(row: &Row, column: usize) -> Result<EventKind> {
    let value: String = row.get(column)?;
    EventKind::parse(&value).ok_or(Error::Invalid {
        column,
        value,
        why: "not an event".into(),
    })
}

/// Sets an invitation's state and letters to what its events and answers add up to, where a recount found that they
/// weren't. What the board counts is the caller's.
pub async fn mend(tx: &mut Tx, scope: Scope, id: InvitationId, state: State, marks: &str) -> Result<()> {
    tx.execute(
        "UPDATE invitations SET state = $3, marks = $4, noes = $5 WHERE org = $1 AND id = $2",
        &[&scope.org, &id, &state.as_str(), &marks, &noes(marks)],
    )
    .await?;
    Ok(())
}

/// How many letters are "no"; -1 where nothing was submitted.
fn noes(marks: &str) -> i64 {
    match marks.is_empty() {
        true => -1,
        false => marks.matches('n').count() as i64,
    }
}
