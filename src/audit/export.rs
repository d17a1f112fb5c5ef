//! The log as a file: what the list shows, in its order.

use super::store::{self, Wanted};
use super::{Entry, words};
use crate::app::{App, Scope};
use crate::sheets::{Cell, Stride};
use crate::web::dates;
use crate::web::i18n::Tr;
use futures_util::{Stream, stream};
use jiff::tz::TimeZone;

const STRIDE: i64 = 1000;

/// The words above the columns.
pub(super) const TITLES: [&str; 8] = [
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

/// Everything that is wanted, in the order of the list.
pub(super) fn strides(
    app: App,
    scope: Scope,
    wanted: Wanted,
    t: Tr,
) -> impl Stream<Item = anyhow::Result<Stride>> + Send {
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
