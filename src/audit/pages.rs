//! The log as people read it.

use super::store::{self, Wanted};
use super::{Entry, action_words, words};
use crate::app::App;
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Html, Result, Shell, dates};
use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::routing::get;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

const PAGE: usize = 50;

pub fn router() -> Router<App> {
    Router::new().route("/audit", get(list))
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListPage {
    shell: Shell,
    entries: Vec<Entry>,
    query: Form,
    actions: Vec<String>,
    kinds: Vec<String>,
    /// The address of the next older entries, if there are any.
    older: Option<String>,
    /// The address of the first page, where this isn't it.
    newest: Option<String>,
    zone: TimeZone,
}

impl ListPage {
    fn moment(&self, at: &jiff::Timestamp) -> String {
        dates::moment(self.shell.t, *at, &self.zone)
    }

    fn is_filtered(&self) -> bool {
        FILTERS.iter().any(|name| !self.query.get(name).is_empty())
    }
}

const FILTERS: [&str; 5] = ["q", "action", "kind", "from", "to"];

async fn list(context: Context, viewer: Viewer, RawQuery(query): RawQuery) -> Result<Html<ListPage>> {
    let query = Form(serde_urlencoded::from_str(&query.unwrap_or_default()).unwrap_or_default());
    let (scope, zone) = (viewer.scope(), context.app.zone());
    let from = query
        .get("from")
        .parse()
        .ok()
        .and_then(|day| first_id(day, &zone))
        .unwrap_or(Uuid::nil());
    let end = query
        .get("to")
        .parse::<Date>()
        .ok()
        .and_then(|day| first_id(day.tomorrow().ok()?, &zone));
    let cursor = query.get("before").parse::<Uuid>().ok();
    let wanted = Wanted {
        words: super::searchable(query.get("q")),
        action: query.get("action").to_owned(),
        kind: query.get("kind").to_owned(),
        from,
        before: [end, cursor].into_iter().flatten().min().unwrap_or(Uuid::max()),
    };
    let mut tx = context.app.db.read().await?;
    let mut entries = store::list(&mut tx, &scope, &wanted, PAGE as i64 + 1).await?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let older = entries
        .last()
        .filter(|_| more)
        .map(|last| address(&query, Some(last.id)));
    Ok(Html(ListPage {
        older,
        newest: cursor.map(|_| address(&query, None)),
        actions: store::list_actions(&mut tx, &scope).await?,
        kinds: store::list_kinds(&mut tx, &scope).await?,
        entries,
        query,
        shell: viewer.shell(&context, "audit"),
        zone,
    }))
}

/// The least id that an entry of this day can have: ids begin with their millisecond.
fn first_id(day: Date, zone: &TimeZone) -> Option<Uuid> {
    let start = day.to_zoned(zone.clone()).ok()?.timestamp();
    let millis = u64::try_from(start.as_millisecond()).unwrap_or(0);
    Some(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
}

fn address(query: &Form, before: Option<Uuid>) -> String {
    let mut pairs: Vec<(&str, String)> = FILTERS
        .iter()
        .map(|name| (*name, query.get(name).to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if let Some(id) = before {
        pairs.push(("before", id.to_string()));
    }
    format!("/audit?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}
