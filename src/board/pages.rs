//! The board, the wall, the sheet of paper, and the list of whom to phone.

use super::curve::{Course, Curve};
use super::history;
use super::lists::{self, done_words};
use super::live;
use super::model::{Cross, Part, Standing, Tallies, days_to_deadline, phone_states};
use super::phone::{self, Call, Place, calls};
use super::reach::{self, ReachView};
use super::sheet::{STAMPS, Sheet};
use super::store::{read, version};
use super::words::{event_words, left};
use crate::app::App;
use crate::campaigns::{self, Asked, Campaign, CampaignId, Mailing, State as CampaignState};
use crate::invitations::{self, State};
use crate::people::Viewer;
use crate::web::i18n::{Tr, Value};
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::SignedDuration;
use std::borrow::Cow;
use std::sync::Arc;

pub fn router() -> Router<App> {
    Router::new()
        .route("/campaigns/{id}", get(show))
        .route("/campaigns/compare", get(history::compare))
        .route("/companies/{id}/campaigns", get(history::history))
        .route("/campaigns/{id}/companies", get(lists::companies))
        .route("/campaigns/{id}/answers", get(lists::answers))
        .route("/campaigns/{id}/awareness", get(reach::list))
        .route("/campaigns/{id}/awareness/export", get(reach::export))
        .route("/campaigns/{id}/live", get(live::live))
        .route("/campaigns/{id}/wall", get(wall))
        .route("/campaigns/{id}/paper", get(paper))
        .route("/campaigns/{id}/phone", get(phone::phone))
        .route("/campaigns/{id}/phone/export", get(phone::export))
}

/// How many rows the board's short lists have.
const CALLS: i64 = 10;
const LATEST: i64 = 10;
const WEAKEST: usize = 6;
/// How many countries have a row; the list of companies has all.
const COUNTRIES: usize = 12;

/// How the companies answered one yes-no question.
#[derive(Debug)]
pub struct Weak {
    pub id: String,
    pub label: String,
    pub yes: i64,
    pub partly: i64,
    pub no: i64,
    pub unknown: i64,
}

impl Weak {
    /// Answers other than "not applicable".
    pub fn answered(&self) -> i64 {
        self.yes + self.partly + self.no + self.unknown
    }
    /// "No: 12 (30 %), partly: 4, don't know: 1."
    fn words(&self, t: &Tr) -> String {
        let share = t.share(self.no, self.answered());
        let values = [
            ("no", self.no.fluent()),
            ("share", share.fluent()),
            ("partly", self.partly.fluent()),
            ("unknown", self.unknown.fluent()),
        ];
        t.with("weak-line", &values).into_owned()
    }
    /// Width in a bar of 100.
    fn share(&self, part: impl std::borrow::Borrow<i64>) -> String {
        format!("{:.1}", *part.borrow() as f64 * 100.0 / self.answered().max(1) as f64)
    }
    fn share_partly(&self) -> String {
        self.share(self.partly + self.unknown)
    }
    /// What falls short: a "partly" counts half.
    fn shortfall(&self) -> i64 {
        (2 * self.no + self.partly + self.unknown) * 1_000 / self.answered().max(1)
    }
}

/// The yes-no questions that somebody has answered, the weakest first.
pub fn weakest(asked: &Asked, tallies: &Tallies, lang: &str) -> Vec<Weak> {
    let Some(checklist) = &asked.checklist else {
        return Vec::new();
    };
    let words = checklist.text(lang);
    let counted = tallies.questions();
    let mut out: Vec<Weak> = checklist
        .questions
        .iter()
        .zip(&counted)
        .filter(|(question, _)| question.kind == crate::content::Kind::YesNo)
        .map(|(question, counts)| {
            let n = |letter| counts.get(&letter).copied().unwrap_or(0);
            Weak {
                id: question.id.clone(),
                label: words.question(&question.id).label.clone(),
                yes: n('y'),
                partly: n('p'),
                no: n('n'),
                unknown: n('u'),
            }
        })
        .filter(|weak| weak.answered() > 0)
        .collect();
    out.sort_by_key(|weak| -weak.shortfall());
    out
}

/// Everything that the board, the wall and the sheet of paper show.
struct View {
    /// The campaign's own path.
    base: String,
    campaign: Campaign,
    /// The version that [`super::live`] tells, as it was before all of this was read: the page may know more, never less.
    version: i64,
    standing: Standing,
    /// The word of those who have done all that is asked, in an address and as a key.
    done: (&'static str, &'static str),
    /// Whether there are answers to look at.
    has_checklist: bool,
    /// To be phoned today.
    to_phone: i64,
    sent: String,
    deadline: String,
    left: String,
    now: String,
    curve: Curve,
    curve_words: String,
    crosses: Vec<CrossTable>,
    weakest: Vec<Weak>,
    calls: Vec<Call>,
    latest: Vec<Line>,
    sheet: Sheet,
    /// The campaigns that follow this one.
    followers: Vec<Campaign>,
    /// How far the notice for employees has reached, where one is passed on.
    reach: Option<ReachView>,
}

struct CrossTable {
    title: &'static str,
    /// The list's parameter.
    parameter: &'static str,
    rows: Vec<CrossRow>,
    /// How many rows, and companies in them, are left out.
    rest: Option<(usize, i64)>,
}

struct CrossRow {
    /// The parameter's value, "-" where nobody said.
    value: String,
    name: String,
    standing: Standing,
    /// What the bar shows, in words.
    words: String,
}

impl CrossRow {
    /// x and width of each stretch of the bar, with its class; what is left is not opened.
    fn bar(&self) -> Vec<(&'static str, String, String)> {
        let s = &self.standing;
        let mut x = 0.0;
        let parts = [
            ("done", s.done),
            ("read", s.acknowledged),
            ("opened", s.opened),
            ("trouble", s.unreached()),
            ("declined", s.declined),
        ];
        let mut out = Vec::new();
        for (class, n) in parts {
            let width = n as f64 * 100.0 / s.companies.max(1) as f64;
            if n > 0 {
                out.push((class, format!("{x:.2}"), format!("{width:.2}")));
            }
            x += width;
        }
        out
    }
}

struct Line {
    href: String,
    company: String,
    at: String,
    stamp: &'static str,
    key: &'static str,
}

/// What a value of a part is called.
pub(super) fn cross_name(t: Tr, part: Part, key: &str) -> String {
    match (part, key) {
        (_, "") => t.t("cross-unsaid").into_owned(),
        (Part::Kind, "group") => t.t("company-kind-group").into_owned(),
        (Part::Kind, _) => t.t("company-kind-supplier").into_owned(),
        (Part::Tier, tier) => t.t1("cross-tier", "tier", tier).into_owned(),
        (_, key) => key.to_owned(),
    }
}

fn cross_tables(shell: &Shell, tallies: &Tallies) -> Vec<CrossTable> {
    let t = shell.t;
    let (_, done_key) = done_words(tallies);
    let words = |s: &Standing| {
        let counts = [
            ("done", s.done),
            ("read", s.acknowledged),
            ("opened", s.opened),
            ("waiting", s.waiting),
            ("trouble", s.unreached()),
            ("declined", s.declined),
        ];
        let mut values: Vec<_> = counts.iter().map(|(name, n)| (*name, n.fluent())).collect();
        values.push(("word", t.t(done_key).fluent()));
        t.with("cross-bar", &values).into_owned()
    };
    let table = |title, parameter, part: Part| {
        let mut found: Vec<Cross> = tallies.cross(part);
        let mut rest = None;
        if part == Part::Country {
            found.sort_by_key(|c| -c.standing.companies);
            let others = found.split_off(found.len().min(COUNTRIES));
            if !others.is_empty() {
                rest = Some((others.len(), others.iter().map(|c| c.standing.companies).sum()));
            }
        }
        CrossTable {
            title,
            parameter,
            rows: found
                .into_iter()
                .map(|c| CrossRow {
                    value: if c.key.is_empty() { "-".into() } else { c.key.clone() },
                    name: cross_name(t, part, &c.key),
                    words: words(&c.standing),
                    standing: c.standing,
                })
                .collect(),
            rest,
        }
    };
    let tables = [
        table("filter-criticality", "criticality", Part::Criticality),
        table("filter-tier", "tier", Part::Tier),
        table("filter-kind", "kind", Part::Kind),
        table("filter-country", "country", Part::Country),
    ];
    // A table of one row tells nothing that the numbers above don't.
    tables.into_iter().filter(|table| table.rows.len() > 1).collect()
}

async fn view(context: &Context, viewer: &Viewer, shell: &Shell, id: CampaignId, calls_shown: i64) -> Result<View> {
    let (app, t, scope, now) = (&context.app, context.t, viewer.scope(), context.now);
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let version = version(&mut tx, scope, id).await?.unwrap_or(0);
    let board = read(&mut tx, scope, id).await?;
    let tallies = &board.tallies;
    let done = done_words(tallies);
    let asked: Arc<Asked> = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
    let standing = tallies.standing();
    let (zone, deadline) = (asked.zone(), campaign.deadline());
    let closed = campaign.state == CampaignState::Closed;
    let states = phone_states(days_to_deadline(now, deadline, &zone), closed);
    let sheet = match standing.companies > STAMPS {
        true => Sheet::of_many(t, id, tallies),
        false => Sheet::of_companies(t, id, &invitations::stamped(&mut tx, scope, id, STAMPS).await?),
    };
    let since = now - SignedDuration::from_hours(1);
    let latest = invitations::latest(&mut tx, scope, id, since, LATEST).await?;
    let followers = campaigns::followers(&mut tx, scope, id).await?;
    let hours = tallies.hours();
    let curve = Curve::draw(
        &Course {
            hours: &hours,
            asked: standing.companies,
            sent: campaign.sent_at.unwrap_or(campaign.created_at),
            deadline,
            now,
            closed: campaign.closed_at,
        },
        &zone,
        t,
    );
    let calls = calls(&mut tx, scope, id, states, &Place::default(), (calls_shown, now)).await?;
    let held = phone::held(&mut tx, scope, id, states, now).await?;
    let left_words = match closed {
        true => t.t("campaign-state-closed").into_owned(),
        false => left(t, deadline, now),
    };
    Ok(View {
        base: format!("/campaigns/{id}"),
        to_phone: tallies.to_phone(states) - held,
        curve_words: t
            .with(
                "curve-words",
                &[
                    ("done", standing.done.fluent()),
                    ("companies", standing.companies.fluent()),
                    ("word", t.t(done.1).fluent()),
                ],
            )
            .into_owned(),
        curve,
        sent: campaign
            .sent_at
            .map(|at| dates::moment(t, at, &zone))
            .unwrap_or_default(),
        deadline: dates::moment(t, deadline, &zone),
        left: left_words,
        now: dates::moment(t, now, &zone),
        crosses: cross_tables(shell, tallies),
        weakest: weakest(&asked, tallies, t.lang()),
        calls,
        latest: latest
            .into_iter()
            .map(|happened| {
                let (key, stamp) = event_words(happened.kind);
                Line {
                    href: format!("/campaigns/{id}/companies/{}", happened.invitation),
                    company: happened.name,
                    at: dates::time(happened.at, &zone),
                    stamp,
                    key,
                }
            })
            .collect(),
        sheet,
        followers,
        reach: ReachView::of(&asked, tallies, t),
        standing,
        version,
        done,
        has_checklist: asked.checklist.is_some(),
        campaign,
    })
}

/// Why a company is on the list of calls.
pub(super) fn why(state: State) -> &'static str {
    match state {
        State::Unreachable => "call-no-address",
        State::Bounced => "call-bounced",
        State::Queued => "call-queued",
        State::Sent => "call-unopened",
        State::Opened => "call-opened",
        State::Acknowledged => "call-acknowledged",
        _ => "call-started",
    }
}

macro_rules! page {
    ($name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name {
            shell: Shell,
            v: View,
        }

        impl $name {
            fn why(&self, call: &Call) -> Cow<'static, str> {
                self.shell.t.t(why(call.state))
            }
        }
    };
}

page!(BoardPage, "board/board.html");
page!(WallPage, "board/wall.html");
page!(PaperPage, "board/paper.html");

impl WallPage {
    /// How large the stamps may be, so that all of them fit a screen.
    fn density(&self) -> &'static str {
        let groups = self.v.sheet.groups.iter();
        match groups.map(|group| group.stamps.len()).sum::<usize>() {
            ..=120 => "few",
            121..=260 => "some",
            261..=350 => "dozens",
            351..=420 => "",
            421..=1_050 => "many",
            _ => "most",
        }
    }
}

impl BoardPage {
    fn legend(&self) -> [(&'static str, Cow<'static, str>); 10] {
        let t = self.shell.t;
        [
            ("done", t.t(self.v.done.1)),
            ("partial", t.t("state-partial")),
            ("started", t.t("state-started")),
            ("read", t.t("state-acknowledged")),
            ("opened", t.t("state-opened")),
            ("sent", t.t("state-sent")),
            ("waiting", t.t("state-queued")),
            ("bounced", t.t("state-bounced")),
            ("phone", t.t("state-unreachable")),
            ("declined", t.t("state-declined")),
        ]
    }
    fn working(&self) -> bool {
        self.v.campaign.state == CampaignState::Sending
    }
}

async fn show(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let shell = viewer.shell(&context, "campaigns");
    let mut tx = context.app.db.read().await?;
    let campaign = campaigns::find(&mut tx, viewer.scope(), id)
        .await?
        .ok_or(Error::NotFound)?;
    drop(tx);
    if campaign.state == CampaignState::Draft {
        return Ok(see_other(format!("/campaigns/{id}/edit/1")));
    }
    let v = view(&context, &viewer, &shell, id, CALLS).await?;
    Ok(Html(BoardPage { shell, v }).into_response())
}

/// For a screen in the CSIRT's room.
async fn wall(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let shell = viewer.shell(&context, "campaigns");
    let v = view(&context, &viewer, &shell, id, 6).await?;
    Ok(Html(WallPage { shell, v }).into_response())
}

/// For an executive: one A4.
async fn paper(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let shell = viewer.shell(&context, "campaigns");
    let v = view(&context, &viewer, &shell, id, 6).await?;
    Ok(Html(PaperPage { shell, v }).into_response())
}
