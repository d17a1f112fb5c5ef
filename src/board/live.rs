//! Tells an open board that its numbers have changed; the page then fetches itself anew.

use super::store::version;
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::people::Viewer;
use crate::web::{Context, Error, Result};
use axum::extract::Path;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::convert::Infallible;
use std::time::Duration;

/// How often a server looks for its viewers.
const EVERY: Duration = Duration::from_millis(700);
/// How often it looks before it lets go: the browser comes again, and is asked again who it is.
const LOOKS: u32 = 400;

/// How soon it comes again.
const AGAIN: Duration = Duration::from_secs(1);

struct Watch {
    app: App,
    scope: Scope,
    campaign: CampaignId,
    told: Option<i64>,
    looks: u32,
}

/// Server-sent events: `data` is the board's version, one event for each change seen, the first at once.
pub async fn live(context: Context, viewer: Viewer, Path(campaign): Path<CampaignId>) -> Result<Response> {
    let scope = viewer.scope();
    let mut tx = context.app.db.read().await?;
    version(&mut tx, scope, campaign).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let watch = Watch {
        app: context.app,
        scope,
        campaign,
        told: None,
        looks: 0,
    };
    let events = stream::unfold(watch, next);
    Ok(Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response())
}

async fn next(mut watch: Watch) -> Option<(std::result::Result<Event, Infallible>, Watch)> {
    loop {
        if watch.looks >= LOOKS || watch.app.jobs.is_stopping() {
            return None;
        }
        if watch.looks > 0 {
            tokio::time::sleep(EVERY).await;
        }
        watch.looks += 1;
        let found = async {
            let mut tx = watch.app.db.read().await?;
            version(&mut tx, watch.scope, watch.campaign).await
        };
        match found.await {
            Ok(Some(now)) if watch.told != Some(now) => {
                let event = match watch.told.replace(now) {
                    // Being let go after a while is no loss of the connection.
                    None => Event::default().retry(AGAIN),
                    Some(_) => Event::default(),
                };
                return Some((Ok(event.data(now.to_string())), watch));
            }
            Ok(_) => {}
            Err(e) => {
                // The browser tries again by itself.
                tracing::warn!(error = %e, "A live board can't be read; its viewer is let go.");
                return None;
            }
        }
    }
}
