//! All companies of a campaign with their states and answers, as CSV or XLSX.

use crate::app::{App, Scope};
use crate::board::state_key;
use crate::campaigns::{self, Asked, CampaignId};
use crate::content::Kind as QuestionKind;
use crate::invitations::{self, Invitation, InvitationId};
use crate::people::Viewer;
use crate::responses::{self, Value, value_words};
use crate::sheets::{Cell, CsvWriter, XlsxWriter};
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Result};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::header;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Format {
    format: String,
}

const PAGE: i64 = 500;

pub async fn download(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(format): Query<Format>,
) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let campaign = campaigns::find(&mut tx, viewer.scope(), id)
        .await?
        .ok_or(Error::NotFound)?;
    drop(tx);
    let xlsx = format.format != "csv";
    let bytes = export(&context.app, viewer.scope(), id, context.t, xlsx).await?;
    let (kind, ending) = match xlsx {
        true => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
        false => ("text/csv; charset=utf-8", "csv"),
    };
    let name = format!("attachment; filename=\"kairan-{}.{ending}\"", campaign.number);
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}

/// The file's bytes, with words in the language of `t`; times are in the campaign's zone, which the headers name.
pub async fn export(app: &App, scope: Scope, id: CampaignId, t: Tr, xlsx: bool) -> Result<Vec<u8>> {
    let asked = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
    let header = header(t, &asked);
    let rows = rows(app, scope, id, t, &asked).await?;
    let sheet_name = asked.number.clone();
    // Writing a spreadsheet is work for a processor, not for an async worker.
    let titles = header;
    let written = tokio::task::spawn_blocking(move || -> anyhow::Result<Vec<u8>> {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        if xlsx {
            let mut book = XlsxWriter::new();
            book.sheet(&sheet_name, &titles, rows)?;
            return Ok(book.finish()?);
        }
        let mut csv = CsvWriter::new(Vec::new())?;
        csv.row(&titles.iter().map(|t| Cell::from(*t)).collect::<Vec<_>>())?;
        for row in rows {
            csv.row(&row)?;
        }
        Ok(csv.finish()?)
    });
    Ok(written.await.map_err(anyhow::Error::from)??)
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
    out.push(t.t("export-acknowledged-by").into_owned());
    out.push(format!("{} ({zone})", t.t("receipt-at")));
    for key in [
        "receipt-number",
        "state-late",
        "channel-label",
        "division-label",
        "name-label",
        "contact-label",
        "export-note",
    ] {
        out.push(t.t(key).into_owned());
    }
    if let Some(checklist) = &asked.checklist {
        let words = checklist.text(t.lang());
        for (i, question) in checklist.questions.iter().enumerate() {
            let label = &words.question(&question.id).label;
            out.push(format!("{}. {label}", i + 1));
            if question.kind == QuestionKind::YesNo {
                out.push(format!("{}. {label} ({})", i + 1, t.t("comment-label")));
            }
        }
    }
    out
}

async fn rows(app: &App, scope: Scope, id: CampaignId, t: Tr, asked: &Asked) -> Result<Vec<Vec<Cell>>> {
    let mut out = Vec::new();
    let mut after = (String::new(), InvitationId(Uuid::nil()));
    let mut tx = app.db.read().await?;
    loop {
        let page = invitations::list_page(&mut tx, scope, id, "", "", (&after.0, after.1), PAGE).await?;
        for invitation in &page {
            let response = responses::find(&mut tx, scope, invitation.id).await?;
            out.push(row(t, asked, invitation, response.as_ref()));
        }
        match page.last().filter(|_| page.len() as i64 == PAGE) {
            Some(last) => after = (last.company_name.clone(), last.id),
            None => return Ok(out),
        }
    }
}

fn row(t: Tr, asked: &Asked, i: &Invitation, response: Option<&responses::Response>) -> Vec<Cell> {
    let zone = asked.zone();
    let time = |at: Timestamp| Cell::DateTime(at.to_zoned(zone.clone()).datetime());
    let submitted = response.and_then(|r| r.submitted.as_ref());
    let kind = t.t(if i.group {
        "company-kind-group"
    } else {
        "company-kind-supplier"
    });
    let about = submitted.map(|s| &s.about);
    let text = |s: Option<&String>| s.map_or(Cell::Empty, |s| Cell::from(s.as_str()));
    let mut cells = vec![
        Cell::from(i.company_code.as_str()),
        Cell::from(i.company_name.as_str()),
        Cell::from(kind.as_ref()),
        Cell::from(i.country.as_str()),
        Cell::from(i.criticality.as_str()),
        Cell::from(t.t(state_key(i.state)).as_ref()),
        i.acknowledged_at.map_or(Cell::Empty, time),
        text(i.acknowledged_by.as_ref()),
        submitted.map_or(Cell::Empty, |s| time(s.at)),
        text(submitted.map(|s| &s.receipt)),
        submitted.map_or(Cell::Empty, |s| Cell::Bool(s.late)),
        submitted.map_or(Cell::Empty, |_| {
            let key = match response.map(|r| r.channel.as_str()) {
                Some("phone") => "channel-phone",
                Some("paper") => "channel-paper",
                _ => "channel-link",
            };
            Cell::from(t.t(key).as_ref())
        }),
        text(about.map(|a| &a.division)),
        text(about.map(|a| &a.name)),
        text(about.map(|a| &a.contact)),
        text(response.map(|r| &r.note)),
    ];
    if let Some(checklist) = &asked.checklist {
        for question in &checklist.questions {
            // Only what was submitted counts; a draft is its author's.
            let answer = submitted.and_then(|s| s.answers.get(&question.id));
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
