//! The companies of a campaign with their states and answers, as CSV or XLSX: those that a list shows.

use crate::app::{App, Scope};
use crate::awareness;
use crate::board::{self, state_key};
use crate::campaigns::{self, Asked, CampaignId};
use crate::content::Kind as QuestionKind;
use crate::invitations::{self, Cursor, Listed, Narrow, Sort, State};
use crate::people::Viewer;
use crate::responses::{self, Value, value_words};
use crate::sheets::{Cell, Stride};
use crate::web::i18n::Tr;
use crate::web::{self, Context, Error, Result, Title};
use axum::extract::{Path, Query};
use axum::response::Response;
use futures_util::{Stream, stream};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// How many companies are read and written in one go.
const STRIDE: i64 = 500;

pub async fn download(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(query): Query<board::Query>,
) -> Result<Response> {
    let app = &context.app;
    let asked = campaigns::asked(app, viewer.scope(), id)
        .await?
        .ok_or(Error::NotFound)?;
    let title = Title {
        file: format!("kairan-{}", asked.number),
        sheet: &asked.number,
    };
    let export = Export {
        app: app.clone(),
        scope: viewer.scope(),
        campaign: id,
        t: context.t,
        narrow: query.narrow(asked.checklist.as_deref()),
        sort: match query.sort.as_str() {
            "noes" => Sort::Noes,
            _ => Sort::Name,
        },
        asked: asked.clone(),
    };
    let titles = export.titles();
    web::download(app, title, &query.format, titles, export.strides()).await
}

/// A campaign's companies and answers on their way into a file. Only a few strides are in memory at once, however many
/// companies there are. Words are in the language of `t`; times are in the campaign's zone, which the headers name.
pub struct Export {
    pub app: App,
    pub scope: Scope,
    pub campaign: CampaignId,
    pub t: Tr,
    pub narrow: Narrow,
    pub sort: Sort,
    pub asked: Arc<Asked>,
}

impl Export {
    /// The file's first row.
    pub fn titles(&self) -> Vec<String> {
        header(self.t, &self.asked)
    }

    /// Rows, a stride at a time. Each is read by statements of its own, so a slow reader holds no snapshot of the database:
    /// a company is as it was when its stride was read.
    pub fn strides(self) -> impl Stream<Item = anyhow::Result<Stride>> + Send {
        stream::try_unfold((self, Some(Cursor::default())), async |(export, after)| {
            let Some(after) = after else { return Ok(None) };
            let (scope, id) = (export.scope, export.campaign);
            let mut tx = export.app.db.read().await?;
            let page = invitations::list(&mut tx, scope, id, &export.narrow, export.sort, &after, STRIDE).await?;
            let Some(last) = page.last().map(Cursor::from) else {
                return Ok(None);
            };
            // Who hasn't begun has none.
            let begun: Vec<_> = page.iter().filter(|i| i.state > State::Opened).map(|i| i.id).collect();
            let responses: HashMap<_, _> = responses::of(&mut tx, scope, &begun).await?.into_iter().collect();
            let reports = match export.asked.notice.is_some() {
                true => {
                    let all: Vec<_> = page.iter().map(|i| i.id).collect();
                    awareness::of(&mut tx, scope, &all).await?
                }
                false => HashMap::new(),
            };
            drop(tx);
            let rows = page
                .iter()
                .map(|i| row(export.t, &export.asked, i, (responses.get(&i.id), reports.get(&i.id))))
                .collect();
            let next = (page.len() as i64 == STRIDE).then_some(last);
            Ok(Some((rows, (export, next))))
        })
    }
}

fn header(t: Tr, asked: &Asked) -> Vec<String> {
    let zone = asked.plan.zone.as_str();
    let mut out: Vec<String> = [
        "company-code",
        "column-company",
        "filter-kind",
        "filter-country",
        "filter-criticality",
        "column-state",
    ]
    .map(|key| t.t(key).into_owned())
    .into();
    out.push(format!("{} ({zone})", t.t("export-acknowledged-at")));
    for key in [
        "export-acknowledged-by",
        "export-acknowledged-position",
        "export-acknowledged-remark",
    ] {
        out.push(t.t(key).into_owned());
    }
    out.push(format!("{} ({zone})", t.t("receipt-at")));
    for key in [
        "receipt-number",
        "state-late",
        "completeness-label",
        "document-label",
        "channel-label",
        "division-label",
        "name-label",
        "contact-label",
        "export-note",
    ] {
        out.push(t.t(key).into_owned());
    }
    if asked.notice.is_some() {
        out.extend(board::reach_columns(t, asked));
    }
    if let Some(checklist) = &asked.checklist {
        let words = checklist.text(t.lang());
        for question in &checklist.questions {
            let number = checklist.number(&question.id);
            let label = &words.question(&question.id).label;
            out.push(format!("{number}. {label}"));
            if question.kind == QuestionKind::YesNo {
                out.push(format!("{number}. {label} ({})", t.t("comment-label")));
            }
        }
    }
    out
}

fn row(
    t: Tr,
    asked: &Asked,
    i: &Listed,
    (response, report): (Option<&responses::Response>, Option<&awareness::Stored>),
) -> Vec<Cell> {
    let zone = asked.zone();
    let time = |at: Timestamp| Cell::DateTime(at.to_zoned(zone.clone()).datetime());
    let submitted = response.and_then(|r| r.submitted.as_ref());
    let kind = t.t(if i.kind == "group" {
        "company-kind-group"
    } else {
        "company-kind-supplier"
    });
    let about = submitted.map(|s| &s.about);
    let said = |s: &str| match s {
        "" => Cell::Empty,
        s => Cell::from(s),
    };
    let text = |s: Option<&String>| s.map_or(Cell::Empty, |s| Cell::from(s.as_str()));
    let mut cells = vec![
        Cell::from(i.code.as_str()),
        Cell::from(i.name.as_str()),
        Cell::from(kind.as_ref()),
        Cell::from(i.country.as_str()),
        Cell::from(i.criticality.as_str()),
        Cell::from(t.t(state_key(i.state)).as_ref()),
        i.acknowledged_at.map_or(Cell::Empty, time),
        text(i.acknowledged_by.as_ref()),
        said(&i.acknowledged_position),
        said(&i.acknowledged_remark),
        submitted.map_or(Cell::Empty, |s| time(s.at)),
        text(submitted.map(|s| &s.receipt)),
        submitted.map_or(Cell::Empty, |s| Cell::Bool(s.late)),
        submitted.map_or(Cell::Empty, |s| {
            let far = s.completeness(asked.checklist.as_deref());
            Cell::from(t.t(far.key()).as_ref())
        }),
        submitted.map_or(Cell::Empty, |s| said(&s.document)),
        submitted.map_or(Cell::Empty, |_| {
            let channel = response.map_or(responses::Channel::Link, |r| r.channel);
            Cell::from(t.t(channel.key()).as_ref())
        }),
        text(about.map(|a| &a.division)),
        text(about.map(|a| &a.name)),
        text(about.map(|a| &a.contact)),
        text(response.map(|r| &r.note)),
    ];
    if asked.notice.is_some() {
        cells.extend(board::reach_cells(t, asked, report));
    }
    if let Some(checklist) = &asked.checklist {
        // Only what was submitted counts; a draft is its author's.
        let counted = submitted.map(|s| responses::counting(checklist, &s.answers));
        for question in &checklist.questions {
            let answer = counted.as_ref().and_then(|answers| answers.get(&question.id));
            cells.push(match answer.and_then(|a| a.value.as_ref()) {
                None => Cell::Empty,
                Some(Value::Number(n)) => Cell::from(*n),
                Some(Value::Date(date)) => Cell::Date(*date),
                Some(value) => Cell::from(value_words(t, checklist, &question.id, value)),
            });
            if question.kind == QuestionKind::YesNo {
                cells.push(text(answer.map(|a| &a.comment).filter(|c| !c.is_empty())));
            }
        }
    }
    cells
}
