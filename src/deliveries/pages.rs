//! The outbox: every message, its state, and what it said.

use super::compose::compose;
use super::digest::digest_token;
use super::send::ground;
use super::store::{Delivery, DeliveryId, State, find, list};
use crate::app::App;
use crate::campaigns::{self, CampaignId};
use crate::invitations::link;
use crate::people::Viewer;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use uuid::Uuid;

pub fn router() -> Router<App> {
    Router::new()
        .route("/outbox", get(index))
        .route("/outbox/{id}", get(show))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Narrow {
    state: String,
    campaign: String,
    before: String,
}

const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "deliveries/index.html")]
struct IndexPage {
    shell: Shell,
    rows: Vec<(Delivery, String)>,
    next: Option<String>,
    state: String,
    campaign: String,
    outbox: bool,
    folder: String,
}

impl IndexPage {
    fn states(&self) -> [State; 4] {
        [State::Queued, State::Sent, State::Bounced, State::Cancelled]
    }
}

async fn index(context: Context, viewer: Viewer, Query(narrow): Query<Narrow>) -> Result<Response> {
    let app = &context.app;
    let before = narrow.before.parse().unwrap_or(DeliveryId(Uuid::max()));
    let campaign: Option<CampaignId> = narrow.campaign.parse().ok();
    let mut tx = app.db.read().await?;
    let mut rows = list(&mut tx, viewer.scope(), &narrow.state, campaign, before, ROWS + 1).await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = match rows.last().filter(|_| more) {
        None => None,
        Some(last) => Some(serde_urlencoded::to_string([
            ("state", narrow.state.as_str()),
            ("campaign", narrow.campaign.as_str()),
            ("before", &last.id.to_string()),
        ])?),
    };
    let zone = app.zone();
    let dated = |d: Delivery| {
        let at = dates::moment(context.t, d.sent_at.unwrap_or(d.created_at), &zone);
        (d, at)
    };
    Ok(Html(IndexPage {
        shell: viewer.shell(&context, "outbox"),
        rows: rows.into_iter().map(dated).collect(),
        next,
        state: narrow.state,
        campaign: narrow.campaign,
        outbox: app.mail.is_outbox(),
        folder: app.config.data.dir.join("outbox").display().to_string(),
    })
    .into_response())
}

#[derive(Template)]
#[template(path = "deliveries/show.html")]
struct ShowPage {
    shell: Shell,
    d: Delivery,
    at: String,
    subject: String,
    text: String,
    file: Option<String>,
}

/// The mail as it was (or will be) composed; link and code are not shown, so that a screen in a room gives no
/// company's answers away.
async fn show(context: Context, viewer: Viewer, Path(id): Path<DeliveryId>) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.read().await?;
    let delivery = find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let ground = ground(&mut tx, scope, &delivery).await?;
    drop(tx);
    let asked = campaigns::asked(app, scope, delivery.campaign)
        .await?
        .ok_or(Error::NotFound)?;
    let view = compose(app, &asked, &delivery, &ground)?;
    let made = ground.invitation.as_ref().map(|i| link(&app.secret, i.id, &i.salt));
    let (token, code) = match made {
        Some(made) => (made.token, made.code),
        None => (digest_token(&app.secret, delivery.id), String::new()),
    };
    let hidden = format!("{}…", &token[..4]);
    let text = view.text.replace(&token, &hidden);
    Ok(Html(ShowPage {
        shell: viewer.shell(&context, "outbox"),
        at: dates::moment(context.t, delivery.sent_at.unwrap_or(delivery.created_at), &app.zone()),
        subject: view.subject,
        text: match code.is_empty() {
            true => text,
            false => text.replace(&code, "•••••-•••••"),
        },
        file: (app.mail.is_outbox() && delivery.state == State::Sent).then(|| {
            app.config
                .data
                .dir
                .join(format!("outbox/new/{}.eml", delivery.id.0.simple()))
                .display()
                .to_string()
        }),
        d: delivery,
    })
    .into_response())
}
