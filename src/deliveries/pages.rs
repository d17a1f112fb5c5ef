//! The outbox: every message, its state, and what it said.

use super::cluster;
use super::compose::{Ground, compose};
use super::digest::digest_token;
use super::list::{self, Asked, Narrow, Row};
use super::model::{Kind, State};
use super::sender::ground;
use super::store::{Delivery, DeliveryId, Event, call_sent, find, history, note};
use super::words::{advice_key, cause_key, language};
use crate::app::App;
use crate::audit::{self, Change};
use crate::campaigns::{self, Campaign};
use crate::db::Tx;
use crate::directory::{self, CompanyId};
use crate::invitations::{self, EventKind, device_digits, link};
use crate::people::Viewer;
use crate::refusal::Cause;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::SignedDuration;
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
struct Wanted {
    #[serde(flatten)]
    list: Asked,
    before: String,
}

const ROWS: i64 = 50;
/// How many campaigns can be chosen from.
const CAMPAIGNS: i64 = 50;

#[derive(Template)]
#[template(path = "deliveries/index.html")]
struct IndexPage {
    shell: Shell,
    rows: Vec<(Row, String)>,
    next: Option<String>,
    asked: Asked,
    /// The same as a query.
    query: String,
    campaigns: Vec<Campaign>,
    outbox: bool,
    folder: String,
}

impl IndexPage {
    fn states(&self) -> &'static [State] {
        State::ALL
    }

    fn kinds(&self) -> &'static [Kind] {
        Kind::ALL
    }

    fn causes(&self) -> [Cause; 6] {
        Cause::ALL
    }

    fn language(&self, row: &Row) -> String {
        language(self.shell.t, &row.delivery.language)
    }

    fn cause(&self, cause: &Cause) -> std::borrow::Cow<'static, str> {
        self.shell.t.t(cause_key(*cause))
    }

    fn is_campaign(&self, campaign: &Campaign) -> bool {
        self.asked.campaign == campaign.id.to_string()
    }

    fn is_narrowed(&self) -> bool {
        let asked = &self.asked;
        [&asked.q, &asked.state, &asked.kind, &asked.cause, &asked.campaign]
            .iter()
            .any(|word| !word.is_empty())
    }
}

async fn index(context: Context, viewer: Viewer, Query(wanted): Query<Wanted>) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let before = wanted.before.parse().unwrap_or(DeliveryId(Uuid::max()));
    let narrow = Narrow::from(&wanted.list);
    let mut tx = app.db.read().await?;
    let mut rows = list::rows(&mut tx, scope, &narrow, before, ROWS + 1).await?;
    let mut campaigns = campaigns::list(&mut tx, scope, context.now + SignedDuration::from_secs(1), CAMPAIGNS).await?;
    campaigns.retain(|c| c.sent_at.is_some());
    // An older one that is narrowed to can be seen as well.
    if let Some(id) = narrow.campaign
        && !campaigns.iter().any(|c| c.id == id)
    {
        campaigns.extend(campaigns::find(&mut tx, scope, id).await?);
    }
    drop(tx);
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let query = serde_urlencoded::to_string(&wanted.list)?;
    let next = rows.last().filter(|_| more);
    let next = next.map(|last| format!("{query}&before={}", last.delivery.id));
    let zone = app.zone();
    let dated = |row: Row| {
        let at = row.delivery.sent_at.unwrap_or(row.delivery.created_at);
        (row, dates::moment(context.t, at, &zone))
    };
    Ok(Html(IndexPage {
        shell: viewer.shell(&context, "outbox"),
        rows: rows.into_iter().map(dated).collect(),
        next,
        asked: wanted.list,
        query,
        campaigns,
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
    company: Option<(CompanyId, String)>,
    at: String,
    subject: String,
    text: String,
    file: Option<String>,
    events: Vec<(Event, String)>,
}

impl ShowPage {
    fn language(&self) -> String {
        language(self.shell.t, &self.d.language)
    }

    fn company(&self) -> Option<(CompanyId, &str)> {
        self.company.as_ref().map(|(id, name)| (*id, name.as_str()))
    }

    /// Whose the refusal is, and what to do.
    fn cause(&self) -> Option<(&'static str, &'static str)> {
        self.d.cause.map(|cause| (cause_key(cause), advice_key(cause)))
    }

    fn is_us(&self) -> bool {
        self.d.cause == Some(Cause::Us)
    }

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
        company: ground.invitation.map(|i| (i.company, i.company_name)),
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
/// more. From the list it leads back there.
async fn again(context: Context, viewer: Viewer, Path(id): Path<DeliveryId>, form: Form) -> Result<Response> {
    decide(&context, &viewer, id, true).await?;
    let back: Option<Asked> = form
        .has("list")
        .then(|| serde_urlencoded::from_str(form.get("list")).unwrap_or_default());
    let back = match back {
        Some(asked) => format!("/outbox?{}", serde_urlencoded::to_string(asked)?),
        None => format!("/outbox/{id}"),
    };
    Ok(context.done(back, "done-mail-again", 0))
}

/// … or it arrived: whoever was asked says so.
async fn sent(context: Context, viewer: Viewer, Path(id): Path<DeliveryId>) -> Result<Response> {
    decide(&context, &viewer, id, false).await?;
    Ok(context.done(format!("/outbox/{id}"), "done-mail-called-sent", 0))
}

async fn decide(context: &Context, viewer: &Viewer, id: DeliveryId, again: bool) -> Result<()> {
    let (app, scope) = (&context.app, viewer.scope());
    let origin = viewer.origin(context);
    let mut tx = app.db.write().await?;
    let delivery = find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let changed = match again {
        true => cluster::again(&mut tx, app, scope, &delivery, &viewer.name).await?,
        false => called_sent(&mut tx, context, viewer, &delivery).await?,
    };
    if !changed {
        return Err(Error::Conflict("error-delivery-decided"));
    }
    let action = match again {
        true => "delivery.again",
        false => "delivery.call-sent",
    };
    let change = Change {
        action,
        subject_kind: "delivery",
        subject: Some(id.0),
        subject_name: &delivery.address,
    };
    let before = serde_json::json!({ "state": delivery.state.as_str() });
    audit::record(&mut tx, app, &origin, change, &before, &()).await?;
    if again {
        free(&mut tx, context, viewer, &delivery).await?;
    }
    tx.commit().await?;
    app.jobs.now();
    Ok(())
}

/// Who has a mail sent again to a contact who is marked says that they may be mailed.
async fn free(tx: &mut Tx, context: &Context, viewer: &Viewer, delivery: &Delivery) -> Result<()> {
    let (app, scope) = (&context.app, viewer.scope());
    let (Some(contact), Some(part)) = (delivery.contact, delivery.invitation) else {
        return Ok(());
    };
    let Some(invitation) = invitations::find(tx, scope, part).await? else {
        return Ok(());
    };
    let known = directory::contact(tx, &scope, invitation.company, contact).await?;
    let is_theirs = |c: &directory::Contact| c.mail.as_ref().is_some_and(|m| m.as_str() == delivery.address);
    if known.is_some_and(|c| is_theirs(&c)) && directory::mail_again(tx, &scope, contact).await? {
        let change = Change {
            action: "contact.mail-again",
            subject_kind: "company",
            subject: Some(invitation.company.0),
            subject_name: &invitation.company_name,
        };
        let after = serde_json::json!({ "mail": delivery.address });
        audit::record(tx, app, &viewer.origin(context), change, &(), &after).await?;
    }
    Ok(())
}

async fn called_sent(tx: &mut Tx, context: &Context, viewer: &Viewer, delivery: &Delivery) -> Result<bool> {
    let (app, scope) = (&context.app, viewer.scope());
    if !call_sent(tx, scope, delivery.id, context.now).await? {
        return Ok(false);
    }
    note(tx, app, scope, delivery.id, "called-sent", &viewer.name, "").await?;
    if let (true, Some(part)) = (delivery.kind.is_to_company(), delivery.invitation)
        && let Some(invitation) = invitations::find(tx, scope, part).await?
    {
        let state = invitations::lock(tx, scope, part).await?;
        let told = &[EventKind::Sent];
        invitations::append(tx, app, &invitation, state, told, &viewer.name, &delivery.address).await?;
    }
    Ok(true)
}
