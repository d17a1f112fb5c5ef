//! All SQL of lists of invitations: by name, by shortfall, whom to phone, what happened last.
//!
//! Pages by keyset: a page costs the same wherever it lies. A list reads invitations alone, which hold a copy of what it
//! shows of the company.

use super::model::{EventKind, State};
use super::store::{Event, InvitationId, event_kind, state};
use super::thread::Told;
use crate::app::Scope;
use crate::campaigns::CampaignId;
use crate::db::{Result, Row, Tx};
use crate::directory::CompanyId;
use jiff::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

/// One row of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: InvitationId,
    pub name: String,
    pub code: String,
    pub kind: String,
    /// ISO 3166-1 alpha-2, "" where nobody said.
    pub country: String,
    /// "1", "2", …; "" where nobody said.
    pub tier: String,
    /// A, B, C; "" where nobody graded it.
    pub criticality: String,
    pub asks_check: bool,
    pub state: State,
    /// One letter a question of what was submitted; "" until then.
    pub marks: String,
    /// How many of them are "no"; -1 until something was submitted.
    pub noes: i64,
    pub changed_at: Timestamp,
    pub acknowledged_at: Option<Timestamp>,
    pub acknowledged_by: Option<String>,
    /// Where it stands among others.
    pub sort_key: String,
    pub acknowledged_position: String,
    pub acknowledged_remark: String,
}

/// What a list is narrowed to. None asks nothing; `Some("")` means those of whom nobody said.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    /// States, each of companies that are asked a check (`Some(true)`), of those asked to acknowledge only, or of both. None
    /// of them: all.
    pub states: Vec<(State, Option<bool>)>,
    /// Found in name, kana or code, folded by [`crate::directory::search_key`]; "" for all.
    pub search: String,
    pub kind: Option<String>,
    pub country: Option<String>,
    pub tier: Option<String>,
    pub criticality: Option<String>,
    /// The question, counted from 0, and the letter that stands at it.
    pub mark: Option<(usize, char)>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Name,
    /// Most "no" first, then by name; only companies that have submitted.
    Noes,
}

/// The last row of the page before.
#[derive(Clone, Debug)]
pub struct Cursor {
    pub noes: i64,
    /// Its sort key ([`crate::directory::sort_key`]).
    pub key: String,
    pub id: InvitationId,
}

impl Default for Cursor {
    fn default() -> Cursor {
        Cursor {
            noes: i64::MAX,
            key: String::new(),
            id: InvitationId(Uuid::nil()),
        }
    }
}

impl From<&Listed> for Cursor {
    fn from(row: &Listed) -> Cursor {
        Cursor {
            noes: row.noes,
            key: row.sort_key.clone(),
            id: row.id,
        }
    }
}

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "SELECT i.id, i.name, i.code, i.kind, i.country, i.tier, i.criticality, i.asks_check, i.state, i.marks,
                 i.noes, i.changed_at, i.acknowledged_at, i.acknowledged_by, i.sort_key, i.acknowledged_position,
                 i.acknowledged_remark
             FROM invitations i WHERE i.org = $1 AND i.campaign = $2 ",
            $($rest)*
        )
    };
}

/// The parameters $3 to $10 of a [`Narrow`].
macro_rules! narrowed {
    () => {
        "AND ($3 = '' OR $3 LIKE '% ' || i.state || CASE WHEN i.asks_check THEN '+ %' ELSE '- %' END) AND ($4 = '' OR i.search LIKE '%' || $4 || '%' ESCAPE '\\')
         AND ($5 = '*' OR i.kind = $5) AND ($6 = '*' OR i.country = $6) AND ($7 = '*' OR i.tier = $7)
         AND ($8 = '*' OR i.criticality = $8)
         AND ($9 = '' OR substr(i.marks, CAST(CAST($10 AS BIGINT) AS INTEGER), 1) = $9) "
    };
}

fn listed(row: &Row) -> Result<Listed> {
    Ok(Listed {
        id: row.get(0)?,
        name: row.get(1)?,
        code: row.get(2)?,
        kind: row.get(3)?,
        country: row.get(4)?,
        tier: row.get(5)?,
        criticality: row.get(6)?,
        asks_check: row.get(7)?,
        state: state(row, 8)?,
        marks: row.get(9)?,
        noes: row.get(10)?,
        changed_at: row.time(11)?,
        acknowledged_at: row.time_optional(12)?,
        acknowledged_by: row.get(13)?,
        sort_key: row.get(14)?,
        acknowledged_position: row.get(15)?,
        acknowledged_remark: row.get(16)?,
    })
}

/// A [`Narrow`] as the statements take it.
struct Params {
    states: String,
    search: String,
    kind: String,
    country: String,
    tier: String,
    criticality: String,
    mark: String,
    place: i64,
}

impl Params {
    fn of(narrow: &Narrow) -> Params {
        // PostgreSQL takes no NUL in a text.
        let any = |value: &Option<String>| value.as_ref().map_or("*".into(), |v| v.replace('\0', ""));
        let states: String = narrow
            .states
            .iter()
            .flat_map(|(state, asks)| [(state, asks, true, '+'), (state, asks, false, '-')])
            .filter(|(_, asks, one, _)| asks.is_none_or(|asks| asks == *one))
            .map(|(state, _, _, sign)| format!("{}{sign} ", state.as_str()))
            .collect();
        Params {
            states: if states.is_empty() {
                states
            } else {
                format!(" {states}")
            },
            search: crate::db::like(&narrow.search),
            kind: any(&narrow.kind),
            country: any(&narrow.country),
            tier: any(&narrow.tier),
            criticality: any(&narrow.criticality),
            mark: narrow.mark.map_or(String::new(), |(_, letter)| letter.to_string()),
            place: narrow.mark.map_or(1, |(place, _)| place as i64 + 1),
        }
    }
}

/// At most `limit` invitations of a campaign after `after`, in the order of `sort`.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    narrow: &Narrow,
    sort: Sort,
    after: &Cursor,
    limit: i64,
) -> Result<Vec<Listed>> {
    let p = Params::of(narrow);
    let last_key = after.key.replace('\0', "");
    let (org, key, id) = (&scope.org, &last_key, &after.id);
    if sort == Sort::Name {
        const BY_NAME: &str = select!(
            narrowed!(),
            "AND (i.sort_key, i.id) > ($11, $12) ORDER BY i.sort_key, i.id LIMIT $13"
        );
        return tx
            .list(
                BY_NAME,
                &[
                    org,
                    &campaign,
                    &p.states,
                    &p.search,
                    &p.kind,
                    &p.country,
                    &p.tier,
                    &p.criticality,
                    &p.mark,
                    &p.place,
                    key,
                    id,
                    &limit,
                ],
                listed,
            )
            .await;
    }
    // First those with as many as the last row, then those with fewer: either walks the index in its own order.
    const AS_MANY: &str = select!(
        narrowed!(),
        "AND i.noes = $11 AND (i.sort_key, i.id) > ($12, $13) ORDER BY i.sort_key, i.id LIMIT $14"
    );
    const FEWER: &str = select!(
        narrowed!(),
        "AND i.noes >= 0 AND i.noes < $11 ORDER BY i.noes DESC, i.sort_key, i.id LIMIT $12"
    );
    let mut out = Vec::new();
    if after.noes != i64::MAX {
        out = tx
            .list(
                AS_MANY,
                &[
                    org,
                    &campaign,
                    &p.states,
                    &p.search,
                    &p.kind,
                    &p.country,
                    &p.tier,
                    &p.criticality,
                    &p.mark,
                    &p.place,
                    &after.noes,
                    key,
                    id,
                    &limit,
                ],
                listed,
            )
            .await?;
    }
    let rest = limit - out.len() as i64;
    if rest > 0 {
        out.extend(
            tx.list(
                FEWER,
                &[
                    org,
                    &campaign,
                    &p.states,
                    &p.search,
                    &p.kind,
                    &p.country,
                    &p.tier,
                    &p.criticality,
                    &p.mark,
                    &p.place,
                    &after.noes,
                    &rest,
                ],
                listed,
            )
            .await?,
        );
    }
    Ok(out)
}

/// At most `limit` invitations of a campaign after `after`, by name, for a campaign that follows it: narrowed as a list is
/// (by states and one letter), and to those whose letters are like `marks`, where that isn't "". What is passed over is read
/// from the index alone, as [`stamped`] does.
pub async fn told(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    (narrow, marks): (&Narrow, &str),
    after: &Cursor,
    limit: i64,
) -> Result<Vec<Told>> {
    const SQL: &str = concat!(
        "SELECT f.id, f.sort_key, t.company, f.state, f.asks_check, f.marks FROM (
             SELECT i.id, i.sort_key, i.state, i.asks_check, i.marks FROM invitations i
             WHERE i.campaign = (SELECT id FROM campaigns WHERE org = $1 AND id = $2) ",
        narrowed!(),
        "AND ($11 = '' OR i.marks LIKE $11) AND (i.sort_key, i.id) > ($12, $13) ORDER BY i.sort_key, i.id LIMIT $14
         ) AS f JOIN invitations t ON t.id = f.id ORDER BY f.sort_key, f.id"
    );
    let p = Params::of(narrow);
    tx.list(
        SQL,
        &[
            &scope.org,
            &campaign,
            &p.states,
            &p.search,
            &p.kind,
            &p.country,
            &p.tier,
            &p.criticality,
            &p.mark,
            &p.place,
            &marks,
            &after.key,
            &after.id,
            &limit,
        ],
        |r| {
            Ok(Told {
                id: r.get(0)?,
                sort_key: r.get(1)?,
                company: r.get(2)?,
                state: state(r, 3)?,
                asks_check: r.get(4)?,
                marks: r.get(5)?,
            })
        },
    )
    .await
}

impl From<&Told> for Cursor {
    fn from(told: &Told) -> Cursor {
        Cursor {
            noes: i64::MAX,
            key: told.sort_key.clone(),
            id: told.id,
        }
    }
}

/// What a stamp shows of an invitation.
#[derive(Clone, Debug)]
pub struct Stamped {
    pub id: InvitationId,
    pub name: String,
    pub criticality: String,
    pub state: State,
    pub asks_check: bool,
}

/// The invitations of a campaign by name, at most `limit`: read from an index alone, which doesn't hold the organisation,
/// so that is asked of the campaign.
pub async fn stamped(tx: &mut Tx, scope: Scope, campaign: CampaignId, limit: i64) -> Result<Vec<Stamped>> {
    tx.list(
        "SELECT i.id, i.name, i.criticality, i.state, i.asks_check FROM invitations i
         WHERE i.campaign = (SELECT id FROM campaigns WHERE org = $1 AND id = $2) ORDER BY i.sort_key, i.id LIMIT $3",
        &[&scope.org, &campaign, &limit],
        |r| {
            Ok(Stamped {
                id: r.get(0)?,
                name: r.get(1)?,
                criticality: r.get(2)?,
                state: state(r, 3)?,
                asks_check: r.get(4)?,
            })
        },
    )
    .await
}

/// Something that happened, with whose invitation it happened to.
#[derive(Clone, Debug)]
pub struct Happened {
    pub invitation: InvitationId,
    pub name: String,
    pub criticality: String,
    pub kind: EventKind,
    pub at: Timestamp,
}

/// What happened last in a campaign since `since`, newest first, at most `limit`: what people did and what came back, not
/// what was queued and sent.
pub async fn latest(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Happened>> {
    // Ids grow with time, so the first of them is a time.
    let first = first_id(since);
    tx.list(
        "SELECT i.id, i.name, i.criticality, e.kind, e.at FROM events e JOIN invitations i ON i.id = e.invitation
         WHERE e.org = $1 AND e.campaign = $2 AND e.id >= $3
           AND e.kind IN ('bounced', 'no-address', 'acknowledged', 'started', 'submitted', 'submitted-late', 'reopened',
                          'submitted-part', 'submitted-document', 'drafted', 'recorded-by-phone', 'recorded-on-paper', 'declined', 'undeclined', 'noted')
         ORDER BY e.id DESC LIMIT $4",
        &[&scope.org, &campaign, &first, &limit],
        |r| {
            Ok(Happened {
                invitation: r.get(0)?,
                name: r.get(1)?,
                criticality: r.get(2)?,
                kind: event_kind(r, 3)?,
                at: r.time(4)?,
            })
        },
    )
    .await
}

/// The least id that something of this time can have.
fn first_id(at: Timestamp) -> Uuid {
    let millis = at.as_millisecond().max(0) as u64;
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// What happened to each invitation after `after` up to `last` in the order of names, oldest first.
pub async fn histories(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    after: &Cursor,
    last: &Cursor,
) -> Result<HashMap<InvitationId, Vec<Event>>> {
    let rows = tx
        .list(
            "SELECT e.kind, e.at, e.actor, e.detail, i.id FROM invitations i JOIN events e ON e.invitation = i.id
             WHERE i.org = $1 AND i.campaign = $2 AND (i.sort_key, i.id) > ($3, $4) AND (i.sort_key, i.id) <= ($5, $6)
             ORDER BY i.sort_key, i.id, e.id",
            &[&scope.org, &campaign, &after.key, &after.id, &last.key, &last.id],
            |r| Ok((r.get::<InvitationId>(4)?, super::store::event(r)?)),
        )
        .await?;
    let mut out: HashMap<InvitationId, Vec<Event>> = HashMap::new();
    for (id, event) in rows {
        out.entry(id).or_default().push(event);
    }
    Ok(out)
}

/// One campaign in which a company was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub invitation: InvitationId,
    pub campaign: CampaignId,
    pub number: String,
    pub plan: crate::campaigns::Plan,
    pub sent_at: Option<Timestamp>,
    pub state: State,
    pub asks_check: bool,
    /// One letter a question of what was submitted; "" until then.
    pub marks: String,
    pub noes: i64,
    pub changed_at: Timestamp,
}

/// Every campaign in which a company was asked, the newest first; at most 200.
pub async fn of_company(tx: &mut Tx, scope: Scope, company: CompanyId) -> Result<Vec<Asked>> {
    tx.list(
        "SELECT i.id, p.id, p.number, p.plan, p.sent_at, i.state, i.asks_check, i.marks, i.noes, i.changed_at
         FROM invitations i JOIN campaigns p ON p.id = i.campaign
         WHERE i.org = $1 AND i.company = $2 ORDER BY p.sent_at DESC, i.id DESC LIMIT 200",
        &[&scope.org, &company],
        |r| {
            Ok(Asked {
                invitation: r.get(0)?,
                campaign: r.get(1)?,
                number: r.get(2)?,
                plan: r.json(3)?,
                sent_at: r.time_optional(4)?,
                state: state(r, 5)?,
                asks_check: r.get(6)?,
                marks: r.get(7)?,
                noes: r.get(8)?,
                changed_at: r.time(9)?,
            })
        },
    )
    .await
}
