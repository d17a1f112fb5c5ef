//! The log as people read it.

use super::store::{self, Wanted, Which};
use super::{Entry, action_words, export, words};
use crate::app::App;
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{self, Context, Error, Html, Result, Shell, Title, dates};
use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

const PAGE: usize = 50;

pub fn router() -> Router<App> {
    Router::new()
        .route("/audit", get(list))
        .route("/audit/export", get(download))
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListPage {
    shell: Shell,
    entries: Vec<Line>,
    query: Form,
    /// The entry whose parts are shown, where it isn't the log itself.
    of: bool,
    actions: Vec<String>,
    kinds: Vec<String>,
    /// The address of the next older entries, if there are any.
    older: Option<String>,
    /// The address of the first page, where this isn't it.
    newest: Option<String>,
    zone: TimeZone,
}

/// An entry with where it leads.
struct Line {
    entry: Entry,
    /// The page of its subject, if it has one.
    href: Option<String>,
    /// The list of its parts, if it has some.
    parts: Option<String>,
}

impl ListPage {
    fn moment(&self, at: &jiff::Timestamp) -> String {
        dates::exact(self.shell.t, *at, &self.zone)
    }

    fn export(&self, format: &str) -> String {
        let mut pairs = narrowing(&self.query);
        pairs.push(("format", format.to_owned()));
        format!(
            "/audit/export?{}",
            serde_urlencoded::to_string(pairs).unwrap_or_default()
        )
    }

    fn is_filtered(&self) -> bool {
        FILTERS.iter().any(|name| !self.query.get(name).is_empty())
    }
}

const FILTERS: [&str; 7] = ["q", "action", "kind", "from", "to", "each", "of"];

/// What a query asks for; nothing that can't be read narrows the list.
fn wanted(query: &Form, zone: &TimeZone) -> Wanted {
    let day = |name: &str| query.get(name).parse::<Date>().ok();
    let from = day("from").and_then(|day| first_id(day, zone)).unwrap_or(Uuid::nil());
    let end = day("to").and_then(|day| first_id(day.tomorrow().ok()?, zone));
    let cursor = query.get("before").parse::<Uuid>().ok();
    let words = super::searchable(query.get("q"));
    Wanted {
        which: match query.get("of").parse() {
            Ok(whole) => Which::PartsOf(whole),
            // Who looks for a company looks for what an import did to it, too.
            _ if !words.is_empty() || query.has("each") => Which::Each,
            _ => Which::Whole,
        },
        words,
        action: query.get("action").to_owned(),
        kind: query.get("kind").to_owned(),
        from,
        before: [end, cursor].into_iter().flatten().min().unwrap_or(Uuid::max()),
    }
}

fn read_query(query: Option<String>) -> Form {
    Form(serde_urlencoded::from_str(&query.unwrap_or_default()).unwrap_or_default())
}

async fn list(context: Context, viewer: Viewer, RawQuery(query): RawQuery) -> Result<Html<ListPage>> {
    let query = read_query(query);
    let (scope, zone) = (viewer.scope(), context.app.zone());
    let wanted = wanted(&query, &zone);
    let mut tx = context.app.db.read().await?;
    let mut entries = store::list(&mut tx, &scope, &wanted, PAGE as i64 + 1).await?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let older = entries
        .last()
        .filter(|_| more)
        .map(|last| address(&query, Some(last.id)));
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        let many = entry.is_import() && store::has_parts(&mut tx, &scope, entry.id).await?;
        lines.push(Line {
            href: entry.href(),
            parts: many.then(|| format!("/audit?of={}", entry.id)),
            entry,
        });
    }
    Ok(Html(ListPage {
        older,
        newest: query.has("before").then(|| address(&query, None)),
        of: matches!(wanted.which, Which::PartsOf(_)),
        actions: store::list_actions(&mut tx, &scope).await?,
        kinds: store::list_kinds(&mut tx, &scope).await?,
        entries: lines,
        query,
        shell: viewer.shell(&context, "audit"),
        zone,
    }))
}

/// The list as a file.
async fn download(context: Context, viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response> {
    let (app, t) = (&context.app, context.t);
    let query = read_query(query);
    let format = query.get("format");
    if !matches!(format, "csv" | "xlsx") {
        return Err(Error::BadRequest("`format` is csv or xlsx.".into()));
    }
    let zone = app.zone();
    let day = context.now.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string();
    let sheet = t.t("audit-title");
    let title = Title {
        file: format!("audit-{day}"),
        sheet: &sheet,
    };
    let titles = export::TITLES.iter().map(|key| t.t(key).into_owned()).collect();
    let rows = export::strides(app.clone(), viewer.scope(), wanted(&query, &zone), t);
    web::download(app, title, format, titles, rows).await
}

/// The least id that an entry of this day can have: ids begin with their millisecond.
fn first_id(day: Date, zone: &TimeZone) -> Option<Uuid> {
    let start = day.to_zoned(zone.clone()).ok()?.timestamp();
    let millis = u64::try_from(start.as_millisecond()).unwrap_or(0);
    Some(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
}

/// What narrows the list, as an address holds it.
fn narrowing(query: &Form) -> Vec<(&'static str, String)> {
    FILTERS
        .iter()
        .map(|name| (*name, query.get(name).to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn address(query: &Form, before: Option<Uuid>) -> String {
    let mut pairs = narrowing(query);
    if let Some(id) = before {
        pairs.push(("before", id.to_string()));
    }
    format!("/audit?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}
