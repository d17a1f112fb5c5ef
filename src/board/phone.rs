//! Whom to phone today: with a number, the most critical first. A page of it, and all of it as a file.

use super::model::{days_to_deadline, phone_states};
use super::pages::why;
use super::store::{read, version};
use super::words::left;
use crate::app::{App, Scope};
use crate::campaigns::{self, Asked, Campaign, CampaignId, State as CampaignState};
use crate::db::Tx;
use crate::invitations::{InvitationId, State, more_than_noted};
use crate::people::Viewer;
use crate::sheets::{Cell, Stride};
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, Title, dates, download};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use jiff::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// How many rows a page has.
const ROWS: i64 = 200;
/// How many are read for a file in one go.
const STRIDE: i64 = 500;

/// A company to be phoned, with whom to ask for.
#[derive(Clone, Debug)]
pub struct Call {
    pub invitation: InvitationId,
    pub company: String,
    pub code: String,
    /// "1", "2", …; "" where nobody said.
    pub tier: String,
    /// A, B, C; "" where nobody graded it.
    pub criticality: String,
    /// Its order: A 1, B 2, C 3, none 4.
    pub grade: i64,
    pub state: State,
    /// The first contact who has a telephone number, else the first; "" where there is none.
    pub name: String,
    pub department: String,
    pub phone: String,
    /// What a buyer was told last; "" where nothing was.
    pub said: String,
    /// Where the company stands among others.
    pub sort_key: String,
}

/// The last call of the page before, as an address says it; by default there was none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Place {
    grade: i64,
    state: String,
    after: String,
    id: Uuid,
}

impl From<&Call> for Place {
    fn from(call: &Call) -> Place {
        Place {
            grade: call.grade,
            state: call.state.as_str().to_owned(),
            after: call.sort_key.clone(),
            id: call.invitation.0,
        }
    }
}

impl Place {
    fn query(&self) -> String {
        let (grade, id) = (self.grade.to_string(), self.id.to_string());
        let pairs = [
            ("grade", &grade),
            ("state", &self.state),
            ("after", &self.after),
            ("id", &id),
        ];
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }
}

/// The companies in one of `states` from whom something is still awaited, after `place`, at most `limit`: the most critical
/// first, among them in the order of `states`, then by name. Who was asked to acknowledge only and did is not among them, and
/// who promised an answer isn't until that day is over.
pub async fn calls(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    states: &[State],
    place: &Place,
    (limit, now): (i64, Timestamp),
) -> crate::db::Result<Vec<Call>> {
    let reached = states.iter().position(|state| state.as_str() == place.state);
    // PostgreSQL takes no NUL in a text.
    let after = place.after.replace('\0', "");
    let mut out: Vec<(usize, Call)> = Vec::new();
    for (order, state) in states.iter().enumerate() {
        // Where this state's rows go on: behind the last row in its own state, with the next grade in those before it.
        let (grade, key, id) = match reached {
            Some(at) if order == at => (place.grade, after.as_str(), place.id),
            Some(at) if order < at => (place.grade.saturating_add(1), "", Uuid::nil()),
            Some(_) => (place.grade, "", Uuid::nil()),
            None => (0, "", Uuid::nil()),
        };
        let of_state = tx
            .list(
                concat!(
                "SELECT i.id, i.name, i.code, i.tier, i.criticality, i.grade, COALESCE(c.name, ''), COALESCE(c.department, ''),
                     COALESCE(c.phone, ''),
                     COALESCE((SELECT m.said || ' (' || m.said_by || ')' FROM reminders m WHERE m.invitation = i.id AND m.said <> ''), ''), i.sort_key
                 FROM invitations i LEFT JOIN contacts c ON c.id = (
                     SELECT x.id FROM contacts x WHERE x.company = i.company ORDER BY x.phone = '', x.position LIMIT 1)
                 WHERE i.org = $1 AND i.campaign = $2 AND i.state = $3 AND ",
                    more_than_noted!(),
                    "
                   AND (i.grade, i.sort_key, i.id) > ($4, $5, $6)
                   AND NOT EXISTS (SELECT 1 FROM reminders h WHERE h.invitation = i.id AND h.hold_until > $8)
                 ORDER BY i.grade, i.sort_key, i.id LIMIT $7"
                ),
                &[
                    &scope.org,
                    &campaign,
                    &state.as_str(),
                    &grade,
                    &key,
                    &id,
                    &limit,
                    &now.as_microsecond(),
                ],
                |r| {
                    Ok(Call {
                        invitation: r.get(0)?,
                        company: r.get(1)?,
                        code: r.get(2)?,
                        tier: r.get(3)?,
                        criticality: r.get(4)?,
                        grade: r.get(5)?,
                        state: *state,
                        name: r.get(6)?,
                        department: r.get(7)?,
                        phone: r.get(8)?,
                        said: r.get(9)?,
                        sort_key: r.get(10)?,
                    })
                },
            )
            .await?;
        out.extend(of_state.into_iter().map(|call| (order, call)));
    }
    // Stable: within a grade and a state, by name as the database has it.
    out.sort_by_key(|(order, call)| (call.grade, *order));
    out.truncate(limit.max(0) as usize);
    Ok(out.into_iter().map(|(_, call)| call).collect())
}

/// How many companies in one of `states` are left out because they promised an answer: few, and read from an index of such
/// promises alone.
pub async fn held(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    states: &[State],
    now: Timestamp,
) -> crate::db::Result<i64> {
    let found = tx
        .list(
            concat!(
                "SELECT i.state FROM reminders h JOIN invitations i ON i.id = h.invitation
             WHERE h.org = $1 AND h.campaign = $2 AND h.hold_until > $3 AND h.hold_until IS NOT NULL AND ",
                more_than_noted!()
            ),
            &[&scope.org, &campaign, &now.as_microsecond()],
            |r| r.get::<String>(0),
        )
        .await?;
    let counted = found.iter().filter(|word| states.iter().any(|s| s.as_str() == **word));
    Ok(counted.count() as i64)
}

/// As [`held`], of every campaign that runs, in one statement: in which states those companies are.
pub async fn held_in_all(
    tx: &mut Tx,
    scope: Scope,
    now: Timestamp,
) -> crate::db::Result<HashMap<CampaignId, Vec<State>>> {
    let found = tx
        .list(
            concat!(
                "SELECT h.campaign, i.state FROM campaigns p
                 JOIN reminders h ON h.campaign = p.id AND h.hold_until > $2 AND h.hold_until IS NOT NULL
                 JOIN invitations i ON i.id = h.invitation
             WHERE p.org = $1 AND p.state = 'running' AND ",
                more_than_noted!()
            ),
            &[&scope.org, &now.as_microsecond()],
            |r| Ok((r.get::<CampaignId>(0)?, r.get::<String>(1)?)),
        )
        .await?;
    let mut out: HashMap<CampaignId, Vec<State>> = HashMap::new();
    for (campaign, state) in found {
        out.entry(campaign).or_default().extend(State::parse(&state));
    }
    Ok(out)
}

/// What the page and the file have in common.
struct Today {
    campaign: Campaign,
    asked: Arc<Asked>,
    states: &'static [State],
}

async fn today(context: &Context, viewer: &Viewer, id: CampaignId) -> Result<Today> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let asked = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
    let closed = campaign.state == CampaignState::Closed;
    let states = phone_states(
        days_to_deadline(context.now, campaign.deadline(), &asked.zone()),
        closed,
    );
    Ok(Today {
        campaign,
        asked,
        states,
    })
}

#[derive(Template)]
#[template(path = "board/phone.html")]
struct PhonePage {
    shell: Shell,
    v: PhoneView,
}

struct PhoneView {
    /// The campaign's own path.
    base: String,
    campaign: Campaign,
    /// Of the board: one more with every fold.
    version: i64,
    deadline: String,
    left: String,
    now: String,
    to_phone: i64,
    /// How many more promised an answer, and are left out until then.
    held: i64,
    calls: Vec<Call>,
    first: bool,
    /// The query of the next page.
    next: Option<String>,
}

impl PhonePage {
    fn why(&self, call: &Call) -> Cow<'static, str> {
        self.shell.t.t(why(call.state))
    }
}

/// Whom to phone today, to be worked through or printed.
pub(super) async fn phone(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(place): Query<Place>,
) -> Result<Response> {
    let Today {
        campaign,
        asked,
        states,
    } = today(&context, &viewer, id).await?;
    let (t, zone, scope) = (context.t, asked.zone(), viewer.scope());
    let mut tx = context.app.db.read().await?;
    // Before the numbers: what is counted in between is told to the page later.
    let version = version(&mut tx, scope, id).await?.unwrap_or_default();
    let board = read(&mut tx, scope, id).await?;
    let mut calls = calls(&mut tx, scope, id, states, &place, (ROWS + 1, context.now)).await?;
    let held = held(&mut tx, scope, id, states, context.now).await?;
    let more = calls.len() as i64 > ROWS;
    calls.truncate(ROWS as usize);
    let left = match campaign.state == CampaignState::Closed {
        true => t.t("campaign-state-closed").into_owned(),
        false => left(t, campaign.deadline(), context.now),
    };
    Ok(Html(PhonePage {
        shell: viewer.shell(&context, "campaigns"),
        v: PhoneView {
            base: format!("/campaigns/{id}"),
            version,
            deadline: dates::moment(t, campaign.deadline(), &zone),
            left,
            now: dates::moment(t, context.now, &zone),
            to_phone: board.tallies.to_phone(states) - held,
            held,
            first: place == Place::default(),
            next: calls.last().filter(|_| more).map(|last| Place::from(last).query()),
            calls,
            campaign,
        },
    })
    .into_response())
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Format {
    format: String,
}

/// The whole list, in the page's order.
pub(super) async fn export(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(Format { format }): Query<Format>,
) -> Result<Response> {
    let Today {
        campaign,
        asked,
        states,
    } = today(&context, &viewer, id).await?;
    let t = context.t;
    let titles = [
        "filter-criticality",
        "company-code",
        "column-company",
        "filter-tier",
        "contact-department",
        "calls-contact",
        "phone-label",
        "calls-why",
        "call-last",
    ]
    .map(|key| t.t(key).into_owned());
    let rows = rows(context.app.clone(), viewer.scope(), id, states, t);
    let title = Title {
        file: format!("kairan-{}-phone", campaign.number),
        sheet: &asked.number,
    };
    download(&context.app, title, &format, titles.into(), rows).await
}

fn rows(
    app: App,
    scope: Scope,
    campaign: CampaignId,
    states: &'static [State],
    t: Tr,
) -> impl Stream<Item = anyhow::Result<Stride>> + Send {
    stream::try_unfold(Some(Place::default()), move |place| {
        let app = app.clone();
        async move {
            let Some(place) = place else { return Ok(None) };
            let mut tx = app.db.read().await?;
            let page = calls(&mut tx, scope, campaign, states, &place, (STRIDE, app.clock.now())).await?;
            drop(tx);
            let next = page.last().filter(|_| page.len() as i64 == STRIDE).map(Place::from);
            let rows: Stride = page
                .iter()
                .map(|call| {
                    [
                        &call.criticality,
                        &call.code,
                        &call.company,
                        &call.tier,
                        &call.department,
                        &call.name,
                        &call.phone,
                        t.t(why(call.state)).as_ref(),
                        &call.said,
                    ]
                    .map(|text: &str| Cell::from(text))
                    .into()
                })
                .collect();
            Ok((!rows.is_empty()).then_some((rows, next)))
        }
    })
}
