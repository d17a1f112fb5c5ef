//! The outbox: every message, its state, and what it said.

use super::compose::{Ground, compose};
use super::digest::digest_token;
use super::model::{Kind, State};
use super::sender::ground;
use super::store::{Delivery, DeliveryId, Event, call_sent, find, history, list, note, send_again};
use crate::app::App;
use crate::audit::{self, Change};
use crate::campaigns::{self, CampaignId};
use crate::invitations::{self, EventKind, device_digits, link};
use crate::people::Viewer;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use uuid::Uuid;

pub fn router() -> Router<App> {
    Router::new()
        .route("/outbox", get(index))
        .route("/outbox/domain", get(super::domain::show))
        .route("/outbox/export", get(super::export::export))
        .route("/outbox/{id}", get(show))
        .route("/outbox/{id}/again", post(again))
        .route("/outbox/{id}/sent", post(sent))
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
    fn states(&self) -> &'static [State] {
        State::ALL
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
    events: Vec<(Event, String)>,
}

impl ShowPage {
    fn event(&self, event: &Event) -> std::borrow::Cow<'static, str> {
        match event.kind.as_str() {
            "again" => self.shell.t.t("delivery-event-again"),
            "held-up" => self.shell.t.t("delivery-event-held-up"),
            "called-sent" => self.shell.t.t("delivery-event-called-sent"),
            kind => self.shell.t.t(kind.parse().map_or("delivery-state-queued", State::key)),
        }
    }
}

/// A mail's text without what gives the right to see answers: links, the code of a letter, the digits for a device.
fn veiled(app: &App, delivery: &Delivery, ground: &Ground, mut text: String) -> String {
    let mut tokens = vec![digest_token(&app.secret, delivery.id)];
    if let Some(invitation) = &ground.invitation {
        let made = link(&app.secret, invitation.id, &invitation.salt);
        text = text.replace(&made.code, "•••••-•••••");
        tokens.push(made.token);
    }
    tokens.extend(ground.share.as_ref().map(|share| share.token(&app.secret)));
    for token in tokens {
        text = text.replace(&token, &format!("{}…", &token[..4]));
    }
    match (delivery.kind, delivery.body.parse()) {
        (Kind::DeviceCode, Ok(code)) => text.replace(&device_digits(&app.secret, code), "••••••"),
        _ => text,
    }
}

/// The mail as it was (or will be) composed; link and code are not shown, so that a screen in a room gives no
/// company's answers away.
async fn show(context: Context, viewer: Viewer, Path(id): Path<DeliveryId>) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.read().await?;
    let delivery = find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let ground = ground(&mut tx, scope, &delivery).await?;
    let events = history(&mut tx, scope, id).await?;
    drop(tx);
    let campaign = delivery.campaign.ok_or(Error::NotFound)?;
    let asked = campaigns::asked(app, scope, campaign).await?.ok_or(Error::NotFound)?;
    let view = compose(app, &asked, &delivery, &ground)?;
    let text = veiled(app, &delivery, &ground, view.text);
    Ok(Html(ShowPage {
        shell: viewer.shell(&context, "outbox"),
        at: dates::moment(context.t, delivery.sent_at.unwrap_or(delivery.created_at), &app.zone()),
        subject: view.subject,
        text,
        file: (app.mail.is_outbox() && delivery.state == State::Sent).then(|| {
            app.config
                .data
                .dir
                .join(format!("outbox/new/{}.eml", delivery.id.0.simple()))
                .display()
                .to_string()
        }),
        d: delivery,
        events: events
            .into_iter()
            .map(|e| {
                let at = dates::moment(context.t, e.at, &app.zone());
                (e, at)
            })
            .collect(),
    })
    .into_response())
}

/// The operator's choice where nobody knows whether a mail arrived, or where it came back and the cause is mended: once
/// more.
async fn again(context: Context, viewer: Viewer, Path(id): Path<DeliveryId>) -> Result<Response> {
    decide(&context, &viewer, id, true).await
}

/// … or it arrived: whoever was asked says so.
async fn sent(context: Context, viewer: Viewer, Path(id): Path<DeliveryId>) -> Result<Response> {
    decide(&context, &viewer, id, false).await
}

async fn decide(context: &Context, viewer: &Viewer, id: DeliveryId, again: bool) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let origin = viewer.origin(context);
    let mut tx = app.db.write().await?;
    let delivery = find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let changed = match again {
        true => send_again(&mut tx, scope, id, context.now).await?,
        false => call_sent(&mut tx, scope, id, context.now).await?,
    };
    if !changed {
        return Err(Error::Conflict("error-delivery-decided"));
    }
    let (event, action) = match again {
        true => ("again", "delivery.again"),
        false => ("called-sent", "delivery.call-sent"),
    };
    note(&mut tx, app, scope, id, event, &viewer.name, "").await?;
    if let (true, Some(part)) = (delivery.kind.is_to_company(), delivery.invitation)
        && let Some(invitation) = invitations::find(&mut tx, scope, part).await?
    {
        let state = invitations::lock(&mut tx, scope, part).await?;
        let kind = if again { EventKind::Queued } else { EventKind::Sent };
        invitations::append(
            &mut tx,
            app,
            &invitation,
            state,
            &[kind],
            &viewer.name,
            &delivery.address,
        )
        .await?;
    }
    let change = Change {
        action,
        subject_kind: "delivery",
        subject: Some(id.0),
        subject_name: &delivery.address,
    };
    let before = serde_json::json!({ "state": delivery.state.as_str() });
    audit::record(&mut tx, app, &origin, change, &before, &()).await?;
    tx.commit().await?;
    app.jobs.now();
    let key = if again {
        "done-mail-again"
    } else {
        "done-mail-called-sent"
    };
    Ok(context.done(format!("/outbox/{id}"), key, 0))
}
