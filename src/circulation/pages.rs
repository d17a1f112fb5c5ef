//! The first page, the list of campaigns, and where one campaign stands.

use super::{export, part, preview};
use crate::app::{App, Scope};
use crate::audit;
use crate::board::{self, Standing};
use crate::campaigns::{self, Campaign, CampaignId, State as CampaignState};
use crate::db::Tx;
use crate::deliveries;
use crate::directory::search_key;
use crate::invitations::{self, Cursor, Listed, Narrow, Sort, State};
use crate::people::Viewer;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/campaigns", get(list))
        .route("/campaigns/{id}", get(show))
        .route("/campaigns/{id}/edit/4", get(preview::preview))
        .route("/campaigns/{id}/edit/5", get(preview::confirm))
        .route("/campaigns/{id}/test", post(preview::test_mail))
        .route("/campaigns/{id}/send", post(preview::send_now))
        .route("/campaigns/{id}/close", post(close))
        .route("/campaigns/{id}/delete", post(delete))
        .route("/campaigns/{id}/export", get(export::download))
        .route("/campaigns/{id}/companies/{invitation}", get(part::show))
        .route(
            "/campaigns/{id}/companies/{invitation}/record",
            get(part::record_form).post(part::record),
        )
        .route("/campaigns/{id}/companies/{invitation}/decline", post(part::decline))
        .route("/campaigns/{id}/companies/{invitation}/note", post(part::note))
}

/// The stamp of a state in `stamps.svg`.
pub fn stamp(state: State) -> &'static str {
    match state {
        State::Queued => "waiting",
        State::Sent => "sent",
        State::Bounced => "bounced",
        State::Unreachable => "phone",
        State::Opened => "opened",
        State::Acknowledged => "read",
        State::Started => "started",
        State::Declined => "bounced",
        State::Paper | State::Submitted | State::Late => "done",
    }
}

/// The key of a state's word.
pub fn state_key(state: State) -> &'static str {
    match state {
        State::Queued => "state-queued",
        State::Sent => "state-sent",
        State::Bounced => "state-bounced",
        State::Unreachable => "state-unreachable",
        State::Opened => "state-opened",
        State::Acknowledged => "state-acknowledged",
        State::Started => "state-started",
        State::Declined => "state-declined",
        State::Paper => "state-paper",
        State::Submitted => "state-submitted",
        State::Late => "state-late",
    }
}

struct Line {
    campaign: Campaign,
    standing: Standing,
    deadline: String,
    left: String,
}

impl Line {
    /// Where a click leads: a draft is gone on with.
    fn address(&self) -> String {
        match self.campaign.state {
            CampaignState::Draft => format!("/campaigns/{}/edit/1", self.campaign.id),
            _ => format!("/campaigns/{}", self.campaign.id),
        }
    }
}

/// "8 days left", "3 hours left", "over".
fn left(t: Tr, deadline: Timestamp, now: Timestamp) -> String {
    let left = deadline.duration_since(now);
    match (left.as_hours(), left.is_positive()) {
        (_, false) => t.t("deadline-over").into_owned(),
        (hours, true) if hours >= 48 => t.t1("days-left", "days", hours / 24).into_owned(),
        (hours, true) => t.t1("hours-left", "hours", hours).into_owned(),
    }
}

async fn lines(tx: &mut Tx, scope: Scope, t: Tr, now: Timestamp) -> Result<Vec<Line>> {
    let mut out = Vec::new();
    for campaign in campaigns::list(tx, scope, now + SignedDuration::from_secs(1), 100).await? {
        let standing = board::read(tx, scope, campaign.id).await?.tallies.standing();
        let deadline = campaign.plan.deadline();
        out.push(Line {
            deadline: deadline
                .map(|d| dates::moment(t, d, &campaign.plan.time_zone()))
                .unwrap_or_default(),
            left: deadline.map(|d| left(t, d, now)).unwrap_or_default(),
            standing,
            campaign,
        });
    }
    Ok(out)
}

#[derive(Template)]
#[template(path = "circulation/home.html")]
struct HomePage {
    shell: Shell,
    now: String,
    running: Vec<Line>,
    drafts: Vec<Line>,
    companies: bool,
}

async fn home(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let all = lines(&mut tx, viewer.scope(), context.t, context.now).await?;
    let companies = !crate::directory::select(&mut tx, &viewer.scope(), &Default::default(), None, 1)
        .await?
        .is_empty();
    let (drafts, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|l| l.campaign.state == CampaignState::Draft);
    let mut running: Vec<_> = others
        .into_iter()
        .filter(|l| l.campaign.state != CampaignState::Closed)
        .collect();
    running.sort_by_key(|l| l.campaign.plan.deadline());
    Ok(Html(HomePage {
        shell: viewer.shell(&context, "home"),
        now: dates::moment(context.t, context.now, &context.app.zone()),
        running,
        drafts,
        companies,
    })
    .into_response())
}

#[derive(Template)]
#[template(path = "circulation/list.html")]
struct ListPage {
    shell: Shell,
    lines: Vec<Line>,
}

async fn list(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let lines = lines(&mut tx, viewer.scope(), context.t, context.now).await?;
    Ok(Html(ListPage {
        shell: viewer.shell(&context, "campaigns"),
        lines,
    })
    .into_response())
}

/// Up to this many companies get a stamp of their own.
const STAMPS: i64 = 2000;
const ROWS: i64 = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    state: String,
    q: String,
    /// Name and id of the last company of the page before.
    after: String,
    id: String,
}

#[derive(Template)]
#[template(path = "circulation/show.html")]
struct ShowPage {
    shell: Shell,
    campaign: Campaign,
    standing: Standing,
    mails: Vec<(deliveries::State, i64)>,
    deadline: String,
    left: String,
    groups: Vec<(String, Vec<Listed>)>,
    too_many: bool,
    rows: Vec<Listed>,
    next: Option<String>,
    state: String,
    query: String,
    changed: Vec<String>,
    working: bool,
}

impl ShowPage {
    fn stamp(&self, i: &Listed) -> &'static str {
        stamp(i.state)
    }
    fn word(&self, i: &Listed) -> std::borrow::Cow<'static, str> {
        self.shell.t.t(state_key(i.state))
    }
    fn states(&self) -> Vec<(&'static str, std::borrow::Cow<'static, str>)> {
        State::ALL
            .iter()
            .map(|s| (s.as_str(), self.shell.t.t(state_key(*s))))
            .collect()
    }
    fn mail_line(&self) -> String {
        let words = self
            .mails
            .iter()
            .map(|(s, n)| format!("{} {n}", self.shell.t.t(s.key())));
        words.collect::<Vec<_>>().join(" / ")
    }
}

async fn show(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(narrow): Query<Asked>,
) -> Result<Response> {
    let (app, t, scope) = (&context.app, context.t, viewer.scope());
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if campaign.state == CampaignState::Draft {
        return Ok(see_other(format!("/campaigns/{id}/edit/1")));
    }
    let standing = board::read(&mut tx, scope, id).await?.tallies.standing();
    let too_many = standing.companies > STAMPS;
    let stamps = match too_many {
        true => Vec::new(),
        false => {
            let all = Narrow::default();
            invitations::list(&mut tx, scope, id, &all, Sort::Name, &Cursor::default(), STAMPS).await?
        }
    };
    let narrowed = Narrow {
        states: State::parse(&narrow.state).into_iter().collect(),
        search: search_key(narrow.q.trim()),
        ..Narrow::default()
    };
    let after = match narrow.id.parse() {
        Ok(id) => Cursor {
            name: narrow.after.clone(),
            id,
            ..Cursor::default()
        },
        Err(_) => Cursor::default(),
    };
    let mut rows = invitations::list(&mut tx, scope, id, &narrowed, Sort::Name, &after, ROWS + 1).await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = match rows.last().filter(|_| more) {
        None => None,
        Some(last) => Some(serde_urlencoded::to_string([
            ("state", narrow.state.as_str()),
            ("q", narrow.q.as_str()),
            ("after", last.name.as_str()),
            ("id", &last.id.to_string()),
        ])?),
    };
    let zone = campaign.plan.time_zone();
    let changed = rows.iter().map(|i| dates::moment(t, i.changed_at, &zone)).collect();
    let deadline = campaign.plan.deadline();
    let page = ShowPage {
        shell: viewer.shell(&context, "campaigns"),
        mails: deliveries::counts(&mut tx, scope, id).await?,
        deadline: deadline.map(|d| dates::moment(t, d, &zone)).unwrap_or_default(),
        left: deadline.map(|d| left(t, d, context.now)).unwrap_or_default(),
        groups: grouped(t, stamps),
        too_many,
        rows,
        next,
        state: narrow.state,
        query: narrow.q,
        changed,
        working: campaign.state == CampaignState::Sending,
        standing,
        campaign,
    };
    Ok(Html(page).into_response())
}

/// The stamp sheet's groups: A, B, C, and those nobody has graded.
fn grouped(t: Tr, stamps: Vec<Listed>) -> Vec<(String, Vec<Listed>)> {
    let mut groups: Vec<(String, Vec<Listed>)> = ["A", "B", "C", ""].map(|k| (k.to_owned(), Vec::new())).into();
    for invitation in stamps {
        if let Some((_, group)) = groups.iter_mut().find(|(k, _)| *k == invitation.criticality) {
            group.push(invitation);
        }
    }
    groups.retain(|(_, group)| !group.is_empty());
    for (name, group) in &mut groups {
        *name = match name.is_empty() {
            true => t.t1("sheet-ungraded", "count", group.len()).into_owned(),
            false => t
                .t2("sheet-group", "criticality", &*name, "count", group.len())
                .into_owned(),
        };
    }
    groups
}

async fn close(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let app = &context.app;
    let origin = viewer.origin(&context);
    close_campaign(app, viewer.scope(), id, &origin).await?;
    Ok(see_other(format!("/campaigns/{id}")))
}

/// Running → closed; [`Error::Conflict`] if it isn't running.
pub async fn close_campaign(app: &App, scope: Scope, id: CampaignId, origin: &audit::Origin) -> Result<()> {
    let mut tx = app.db.write().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if !campaigns::mark_closed(&mut tx, scope, id, origin.now).await? {
        return Err(Error::Conflict("error-campaign-not-running"));
    }
    audit::record(&mut tx, app, origin, campaign.change("campaign.close"), &(), &()).await?;
    Ok(tx.commit().await?)
}

async fn delete(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    let app = &context.app;
    let mut tx = app.db.write().await?;
    if campaigns::delete_draft(&mut tx, viewer.scope(), id).await? {
        let origin = viewer.origin(&context);
        audit::record(
            &mut tx,
            app,
            &origin,
            campaign.change("campaign.delete"),
            &campaign.plan,
            &(),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(see_other("/campaigns"))
}
