//! The log as a file: what the list shows, in its order.

use super::pages::{read_query, wanted};
use super::store::{self, Wanted};
use super::{Entry, words};
use crate::app::{App, Scope};
use crate::people::Viewer;
use crate::sheets::{Cell, Stride};
use crate::web::i18n::Tr;
use crate::web::{self, Context, Title, dates};
use axum::extract::RawQuery;
use axum::response::Response;
use futures_util::{Stream, stream};
use jiff::tz::TimeZone;

const STRIDE: i64 = 1000;

const TITLES: [&str; 8] = [
    "audit-when",
    "audit-who",
    "audit-way",
    "audit-what",
    "audit-kind",
    "audit-subject",
    "audit-details",
    "audit-where",
];

fn cells(t: Tr, zone: &TimeZone, entry: &Entry) -> Vec<Cell> {
    let changes = entry.changes(&t).into_iter().map(|c| {
        // As the page says it: what was, and what is.
        let nothing = t.t("audit-nothing");
        let after = if c.after.is_empty() { &*nothing } else { &*c.after };
        match c.before.is_empty() {
            true => format!("{}: {after}", c.field),
            false => format!("{}: {} → {after}", c.field, c.before),
        }
    });
    vec![
        Cell::Text(dates::exact(t, entry.at, zone)),
        Cell::Text(entry.who(&t).into_owned()),
        entry.way(&t).as_deref().into(),
        Cell::Text(entry.action_words(&t).into_owned()),
        Cell::Text(words::kind_words(&t, &entry.subject_kind).into_owned()),
        Cell::Text(entry.subject_name.clone()),
        Cell::Text(changes.collect::<Vec<_>>().join("\n")),
        Cell::Text(entry.address.clone()),
    ]
}

fn strides(app: App, scope: Scope, wanted: Wanted, t: Tr) -> impl Stream<Item = anyhow::Result<Stride>> + Send {
    let zone = app.zone();
    stream::try_unfold(Some(wanted), move |wanted| {
        let (app, zone) = (app.clone(), zone.clone());
        async move {
            let Some(wanted) = wanted else { return Ok(None) };
            let mut tx = app.db.read().await?;
            let found = store::list(&mut tx, &scope, &wanted, STRIDE).await?;
            drop(tx);
            let next = match found.last() {
                Some(last) if found.len() as i64 == STRIDE => Some(Wanted {
                    before: last.id,
                    ..wanted
                }),
                _ => None,
            };
            let stride: Stride = found.iter().map(|entry| cells(t, &zone, entry)).collect();
            Ok(Some((stride, next)))
        }
    })
}

pub(super) async fn download(context: Context, viewer: Viewer, RawQuery(query): RawQuery) -> web::Result<Response> {
    let (app, t) = (&context.app, context.t);
    let query = read_query(query);
    let format = query.get("format").to_owned();
    if !matches!(format.as_str(), "csv" | "xlsx") {
        return Err(web::Error::BadRequest("`format` is csv or xlsx.".into()));
    }
    let zone = app.zone();
    let day = context.now.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string();
    let sheet = t.t("audit-title");
    let title = Title {
        file: format!("audit-{day}"),
        sheet: &sheet,
    };
    let titles = TITLES.iter().map(|key| t.t(key).into_owned()).collect();
    let rows = strides(app.clone(), viewer.scope(), wanted(&query, &zone), t);
    web::download(app, title, &format, titles, rows).await
}
