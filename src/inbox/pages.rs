//! The list of what came back, and one message of it.

use super::model::{advice, class_key, stamp};
use super::store::{self, Message, MessageId, Narrow, State};
use crate::app::{App, Scope};
use crate::audit::{self, Change};
use crate::db::Tx;
use crate::directory::{self, CompanyId};
use crate::invitations::InvitationId;
use crate::mailbox::Class;
use crate::people::Viewer;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

pub fn router() -> Router<App> {
    Router::new()
        .route("/inbox", get(index))
        .route("/inbox/{id}", get(show))
        .route("/inbox/{id}/done", post(done))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    show: String,
    company: String,
    before: String,
}

const ROWS: i64 = 50;

/// A message as lists show it.
pub struct Row {
    pub m: Message,
    pub at: String,
    pub class: &'static str,
    pub stamp: &'static str,
}

fn row(t: Tr, zone: &TimeZone, m: Message) -> Row {
    Row {
        at: dates::moment(t, m.received_at, zone),
        class: class_key(m.class),
        stamp: stamp(m.class),
        m,
    }
}

/// What came back about one company's part in a campaign: the newest 50.
pub async fn rows_of_invitation(
    tx: &mut Tx,
    scope: Scope,
    part: InvitationId,
    t: Tr,
    zone: &TimeZone,
) -> crate::db::Result<Vec<Row>> {
    let all = store::list(tx, scope, Narrow::Invitation(part), MessageId(Uuid::max()), ROWS).await?;
    Ok(all.into_iter().map(|m| row(t, zone, m)).collect())
}

#[derive(Template)]
#[template(path = "inbox/index.html")]
struct IndexPage {
    shell: Shell,
    rows: Vec<Row>,
    next: Option<String>,
    show: String,
    company: Option<directory::Company>,
    waiting: i64,
    /// What messages of the class that is shown mean, and what to do.
    advice: Option<String>,
    /// Whether a mailbox is configured at all.
    mailbox: String,
    read_at: Option<String>,
    failing: Option<(String, String)>,
}

impl IndexPage {
    fn classes(&self) -> [(&'static str, &'static str); 9] {
        Class::ALL.map(|class| (class.as_str(), class_key(class)))
    }
}

async fn index(context: Context, viewer: Viewer, Query(query): Query<Asked>) -> Result<Response> {
    let (app, scope, t) = (&context.app, viewer.scope(), context.t);
    let before = query.before.parse().unwrap_or(MessageId(Uuid::max()));
    let mut tx = app.db.read().await?;
    let company = match query.company.parse::<CompanyId>() {
        Ok(id) => Some(directory::find(&mut tx, &scope, id).await?.ok_or(Error::NotFound)?),
        Err(_) => None,
    };
    let by = match (&company, query.show.as_str()) {
        (Some(company), _) => Narrow::Company(company.id),
        (None, "waiting") => Narrow::Waiting,
        (None, word) => word.parse().map_or(Narrow::All, Narrow::Class),
    };
    let mut found = store::list(&mut tx, scope, by, before, ROWS + 1).await?;
    let waiting = store::waiting(&mut tx, scope).await?;
    let mailbox = app.config.mail.mailbox_url.name();
    let state: State = store::state(&mut tx, scope, &mailbox).await?.unwrap_or_default();
    drop(tx);
    let more = found.len() as i64 > ROWS;
    found.truncate(ROWS as usize);
    let next = match found.last().filter(|_| more) {
        None => None,
        Some(last) => Some(serde_urlencoded::to_string([
            ("show", query.show.as_str()),
            ("company", query.company.as_str()),
            ("before", &last.id.to_string()),
        ])?),
    };
    let zone = app.zone();
    let class = query.show.parse().ok().filter(|_| company.is_none());
    let page = IndexPage {
        advice: class.map(|class| advice(t, class, &super::our_domain(&app.config))),
        shell: viewer.shell(&context, "inbox"),
        rows: found.into_iter().map(|m| row(t, &zone, m)).collect(),
        next,
        show: query.show,
        company,
        waiting,
        mailbox,
        read_at: state.read_at.map(|at| dates::moment(t, at, &zone)),
        failing: state
            .failing_since
            .map(|since| (dates::moment(t, since, &zone), state.error)),
    };
    Ok(Html(page).into_response())
}

#[derive(Template)]
#[template(path = "inbox/show.html")]
struct ShowPage {
    shell: Shell,
    row: Row,
    /// Whose it is, and what to do.
    advice: String,
    /// Whether our domain should be looked at.
    ours: bool,
    handled: Option<(String, String)>,
    forwarded: Option<String>,
}

async fn show(context: Context, viewer: Viewer, Path(id): Path<MessageId>) -> Result<Response> {
    let (app, t) = (&context.app, context.t);
    let mut tx = app.db.read().await?;
    let message = store::find(&mut tx, viewer.scope(), id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let zone = app.zone();
    let handled = message.handled_at.map(|at| {
        (
            dates::moment(t, at, &zone),
            message.handled_by.clone().unwrap_or_default(),
        )
    });
    let page = ShowPage {
        shell: viewer.shell(&context, "inbox"),
        forwarded: message.forwarded_at.map(|at| dates::moment(t, at, &zone)),
        handled,
        advice: advice(t, message.class, &super::our_domain(&app.config)),
        ours: message.class == Class::Us,
        row: row(t, &zone, message),
    };
    Ok(Html(page).into_response())
}

/// A person says that it is settled.
async fn done(context: Context, viewer: Viewer, Path(id): Path<MessageId>) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let message = store::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if store::mark_handled(&mut tx, scope, id, &viewer.name, context.now).await? {
        let change = Change {
            action: "inbox.done",
            subject_kind: "message",
            subject: Some(id.0),
            subject_name: &message.subject,
        };
        audit::record(&mut tx, app, &viewer.origin(&context), change, &(), &()).await?;
        tx.commit().await?;
    }
    Ok(context.done("/inbox?show=waiting", "done-settled", 0))
}
