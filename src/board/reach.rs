//! How far a notice for employees has reached: the sum on the board, and the companies behind it.

use super::model::{Part, Tallies};
use super::store::read;
use crate::app::{App, Scope};
use crate::awareness::{self, ReportLine, Way, way_words};
use crate::campaigns::{self, Asked, Campaign, CampaignId};
use crate::invitations::{Cursor, InvitationId};
use crate::people::Viewer;
use crate::sheets::{Cell, Stride};
use crate::web::i18n::Tr;
use crate::web::{self, Context, Error, Html, Result, Shell, Title};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// How many companies a page shows, and a stride of a file holds.
const ROWS: i64 = 50;
const STRIDE: i64 = 500;

/// One way of passing it on.
pub struct WayLine {
    pub way: Way,
    pub companies: i64,
    pub people: i64,
}

/// What the board shows: read from the tallies, whatever the size.
pub struct ReachView {
    pub title: String,
    pub people: i64,
    pub companies: i64,
    /// How many companies are asked to pass it on.
    pub asked: i64,
    pub ways: Vec<WayLine>,
}

impl ReachView {
    /// None where nothing is passed on.
    pub fn of(asked: &Asked, tallies: &Tallies, t: Tr) -> Option<ReachView> {
        let notice = asked.notice.as_ref()?;
        let (companies, people) = tallies.reach("");
        let all = tallies.cross(Part::Kind);
        let asked_of = all
            .iter()
            .filter(|c| c.key == "group" || asked.plan.awareness_suppliers);
        Some(ReachView {
            title: notice.text(t.lang()).title.clone(),
            people,
            companies,
            asked: asked_of.map(|c| c.standing.companies).sum(),
            ways: Way::ALL
                .into_iter()
                .map(|way| {
                    let (companies, people) = tallies.reach(way.as_str());
                    WayLine { way, companies, people }
                })
                .filter(|line| line.companies > 0)
                .collect(),
        })
    }

    /// Companies that haven't reported.
    pub fn missing(&self) -> i64 {
        (self.asked - self.companies).max(0)
    }
}

/// What the list is narrowed to, and where its page begins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// `missing`: who hasn't reported; else who has.
    show: String,
    way: String,
    /// Time and id of the last report of the page before, or sort key and id of the last company.
    at: String,
    after: String,
    id: String,
    /// Of a file: xlsx or csv.
    format: String,
}

impl Asking {
    fn is_missing(&self) -> bool {
        self.show == "missing"
    }
    fn way(&self) -> Option<Way> {
        Way::parse(&self.way)
    }
    fn is_way(&self, way: &Way) -> bool {
        self.way() == Some(*way)
    }
    /// The same list from its beginning.
    fn narrowed(&self) -> String {
        let pairs = [("show", self.show.as_str()), ("way", self.way.as_str())];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }
    fn place(&self) -> Place {
        let id = self.id.parse().ok();
        let at = self
            .at
            .parse()
            .ok()
            .and_then(|micros| Timestamp::from_microsecond(micros).ok());
        Place {
            before: at.zip(id).unwrap_or((Timestamp::MAX, InvitationId(Uuid::max()))),
            after: match id {
                Some(id) => Cursor {
                    key: self.after.replace('\0', ""),
                    id,
                    ..Cursor::default()
                },
                None => Cursor::default(),
            },
        }
    }
}

/// How far a list has been read.
struct Place {
    before: (Timestamp, InvitationId),
    after: Cursor,
}

/// One company of the list.
struct Row {
    invitation: InvitationId,
    name: String,
    /// Where it stands among those that are missing; "" in the order of reports.
    sort_key: String,
    report: Option<awareness::Stored>,
}

async fn rows(
    app: &App,
    scope: Scope,
    (id, asked): (CampaignId, &Asked),
    asking: &Asking,
    place: &Place,
    limit: i64,
) -> crate::db::Result<Vec<Row>> {
    let mut tx = app.db.read().await?;
    if asking.is_missing() {
        let suppliers = asked.plan.awareness_suppliers;
        let found = awareness::missing(&mut tx, scope, id, suppliers, &place.after, limit).await?;
        let row = |m: awareness::Missing| Row {
            invitation: m.invitation,
            name: m.name,
            sort_key: m.sort_key,
            report: None,
        };
        return Ok(found.into_iter().map(row).collect());
    }
    let found = awareness::reported(&mut tx, scope, id, asking.way(), place.before, limit).await?;
    let row = |(invitation, name, report)| Row {
        invitation,
        name,
        sort_key: String::new(),
        report: Some(report),
    };
    Ok(found.into_iter().map(row).collect())
}

#[derive(Template)]
#[template(path = "board/reached.html")]
struct ReachedPage {
    shell: Shell,
    base: String,
    campaign: Campaign,
    reach: ReachView,
    asking: Asking,
    rows: Vec<(InvitationId, String, Option<ReportLine>)>,
    next: Option<String>,
}

async fn sent(context: &Context, viewer: &Viewer, id: CampaignId) -> Result<(Campaign, Arc<Asked>)> {
    let mut tx = context.app.db.read().await?;
    let campaign = campaigns::find(&mut tx, viewer.scope(), id)
        .await?
        .ok_or(Error::NotFound)?;
    drop(tx);
    let asked = campaigns::asked(&context.app, viewer.scope(), id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((campaign, asked))
}

pub async fn list(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(asking): Query<Asking>,
) -> Result<Response> {
    let (app, scope, t) = (&context.app, viewer.scope(), context.t);
    let (campaign, asked) = sent(&context, &viewer, id).await?;
    let mut tx = app.db.read().await?;
    let tallies = read(&mut tx, scope, id).await?.tallies;
    drop(tx);
    let reach = ReachView::of(&asked, &tallies, t).ok_or(Error::NotFound)?;
    let mut found = rows(app, scope, (id, &asked), &asking, &asking.place(), ROWS + 1).await?;
    let more = found.len() as i64 > ROWS;
    found.truncate(ROWS as usize);
    let next = found.last().filter(|_| more).map(|last| {
        let at = last
            .report
            .as_ref()
            .map_or(String::new(), |r| r.at.as_microsecond().to_string());
        let pairs = [
            ("show", asking.show.clone()),
            ("way", asking.way.clone()),
            ("at", at),
            (
                "after",
                if asking.is_missing() {
                    last.sort_key.clone()
                } else {
                    String::new()
                },
            ),
            ("id", last.invitation.to_string()),
        ];
        let pairs: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    });
    let zone = asked.zone();
    Ok(Html(ReachedPage {
        shell: viewer.shell(&context, "campaigns"),
        base: format!("/campaigns/{id}"),
        campaign,
        reach,
        rows: found
            .into_iter()
            .map(|row| {
                let line = row.report.as_ref().map(|r| ReportLine::of(r, t, &zone));
                (row.invitation, row.name, line)
            })
            .collect(),
        asking,
        next,
    })
    .into_response())
}

/// The list as a file.
pub async fn export(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(asking): Query<Asking>,
) -> Result<Response> {
    let (_, asked) = sent(&context, &viewer, id).await?;
    if asked.notice.is_none() {
        return Err(Error::NotFound);
    }
    let title = Title {
        file: format!("kairan-{}-awareness", asked.number),
        sheet: &asked.number,
    };
    let t = context.t;
    let mut titles = vec![t.t("column-company").into_owned()];
    titles.extend(columns(t, &asked));
    let (app, scope, format) = (context.app.clone(), viewer.scope(), asking.format.clone());
    let strides = strides(
        app,
        scope,
        id,
        asked.clone(),
        Asking {
            at: String::new(),
            id: String::new(),
            ..asking
        },
        t,
    );
    web::download(&context.app, title, &format, titles, strides).await
}

/// The titles of [`cells`].
pub fn columns(t: Tr, asked: &Asked) -> Vec<String> {
    let zone = asked.plan.zone.as_str();
    vec![
        t.t("awareness-people").into_owned(),
        t.t("awareness-ways").into_owned(),
        t.t("awareness-day").into_owned(),
        t.t("awareness-remark").into_owned(),
        format!("{} ({zone})", t.t("awareness-reported-at")),
        t.t("awareness-by").into_owned(),
    ]
}

/// A report as a file has it.
pub fn cells(t: Tr, asked: &Asked, stored: Option<&awareness::Stored>) -> Vec<Cell> {
    let Some(stored) = stored else {
        return (0..6).map(|_| Cell::Empty).collect();
    };
    let report = &stored.report;
    vec![
        Cell::from(report.people),
        Cell::from(way_words(t, &report.ways)),
        Cell::Date(report.day),
        Cell::from(report.remark.as_str()),
        Cell::DateTime(stored.at.to_zoned(asked.zone()).datetime()),
        Cell::from(stored.by.as_str()),
    ]
}

fn strides(
    app: App,
    scope: Scope,
    id: CampaignId,
    asked: Arc<Asked>,
    asking: Asking,
    t: Tr,
) -> impl Stream<Item = anyhow::Result<Stride>> + Send {
    let begin = asking.place();
    stream::try_unfold(Some(begin), move |place| {
        let (app, asked, asking) = (app.clone(), asked.clone(), asking.clone());
        async move {
            let Some(place) = place else { return Ok(None) };
            let found = rows(&app, scope, (id, &asked), &asking, &place, STRIDE).await?;
            let next = found.last().filter(|_| found.len() as i64 == STRIDE).map(|last| Place {
                before: last
                    .report
                    .as_ref()
                    .map_or((Timestamp::MIN, last.invitation), |r| (r.at, last.invitation)),
                after: Cursor {
                    key: last.sort_key.clone(),
                    id: last.invitation,
                    ..Cursor::default()
                },
            });
            if found.is_empty() {
                return Ok(None);
            }
            let lines: Stride = found
                .iter()
                .map(|row| {
                    let mut line = vec![Cell::from(row.name.as_str())];
                    line.extend(cells(t, &asked, row.report.as_ref()));
                    line
                })
                .collect();
            Ok(Some((lines, next)))
        }
    })
}
