//! Every message as a file: what the list shows, in its order, with what the relay said and the mail's Message-ID.

use super::list::{self, Narrow, Row};
use super::model::State;
use super::store::DeliveryId;
use super::words::{cause_key, language};
use crate::app::{App, Scope};
use crate::mail::message_id;
use crate::people::Viewer;
use crate::sheets::{Cell, Stride};
use crate::web::i18n::Tr;
use crate::web::{self, Context, Title, dates, download};
use axum::extract::Query;
use axum::response::Response;
use futures_util::{Stream, stream};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

const STRIDE: i64 = 1000;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(flatten)]
    list: list::Asked,
    format: String,
}

const TITLES: [&str; 15] = [
    "number-label",
    "company-code",
    "column-company",
    "mail-to",
    "column-recipient",
    "column-kind",
    "column-language",
    "column-state",
    "column-cause",
    "column-attempts",
    "column-queued-at",
    "column-due-at",
    "column-sent-at",
    "column-reply",
    "column-message-id",
];

fn cells(t: Tr, zone: &TimeZone, domain: &str, row: Row) -> Vec<Cell> {
    let d = row.delivery;
    let moment = |at: Timestamp| Cell::Text(dates::moment(t, at, zone));
    let word = |key| Cell::Text(t.t(key).into_owned());
    // What goes on paper has no address and is no mail.
    let (to, id) = match d.address.is_empty() {
        true => (word("letters-by-post"), Cell::Empty),
        false => (Cell::from(d.address.as_str()), Cell::Text(message_id(d.id.0, domain))),
    };
    vec![
        row.number.as_deref().into(),
        row.code.as_deref().into(),
        row.company.as_deref().into(),
        to,
        Cell::from(d.recipient.as_str()),
        word(d.kind.key()),
        Cell::Text(language(t, &d.language)),
        word(d.state.key()),
        d.cause.map_or(Cell::Empty, |cause| word(cause_key(cause))),
        Cell::from(d.attempts),
        moment(d.created_at),
        moment(d.due_at),
        d.sent_at.map_or(Cell::Empty, moment),
        Cell::from(d.reply.as_str()),
        id,
    ]
}

fn strides(app: App, scope: Scope, asked: Asked, t: Tr) -> impl Stream<Item = anyhow::Result<Stride>> + Send {
    let narrow = Narrow::from(&asked.list);
    let zone = app.zone();
    let domain = app.config.mail.from.rsplit('@').next().unwrap_or_default().to_owned();
    stream::try_unfold(Some(DeliveryId(Uuid::max())), move |before| {
        let (app, narrow, zone, domain) = (app.clone(), narrow.clone(), zone.clone(), domain.clone());
        async move {
            let Some(before) = before else { return Ok(None) };
            let mut tx = app.db.read().await?;
            let found = list::rows(&mut tx, scope, &narrow, before, STRIDE).await?;
            drop(tx);
            let next = match found.last() {
                Some(last) if found.len() as i64 == STRIDE => Some(last.delivery.id),
                _ => None,
            };
            let stride: Stride = found.into_iter().map(|row| cells(t, &zone, &domain, row)).collect();
            Ok(Some((stride, next)))
        }
    })
}

pub(super) async fn export(context: Context, viewer: Viewer, Query(asked): Query<Asked>) -> web::Result<Response> {
    let (app, t) = (&context.app, context.t);
    if !matches!(asked.format.as_str(), "csv" | "xlsx") {
        return Err(web::Error::BadRequest("`format` is csv or xlsx.".into()));
    }
    if !asked.list.state.is_empty() && asked.list.state.parse::<State>().is_err() {
        return Err(web::Error::BadRequest("`state` is none.".into()));
    }
    let format = asked.format.clone();
    let day = context.now.to_zoned(app.zone()).strftime("%Y-%m-%d").to_string();
    let sheet = t.t("nav-outbox");
    let title = Title {
        file: format!("mails-{day}"),
        sheet: &sheet,
    };
    let titles = TITLES.iter().map(|key| t.t(key).into_owned()).collect();
    let rows = strides(app.clone(), viewer.scope(), asked, t);
    download(app, title, &format, titles, rows).await
}
