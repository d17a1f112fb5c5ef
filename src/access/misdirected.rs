//! "I am the wrong person": said on the page of a link, dealt with by an operator.

use super::model::{NAME, line};
use super::store::{self, Misdirected, MisdirectedId, NewMisdirected};
use crate::app::{App, Scope};
use crate::audit::{self, Change};
use crate::campaigns;
use crate::db::Tx;
use crate::deliveries;
use crate::invitations::{self, EventKind, NewShare, RespondentShell, Visit};
use crate::mail::EmailAddress;
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other, throttle};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use uuid::Uuid;

pub fn router() -> Router<App> {
    Router::new()
        .route("/r/{token}/wrong", get(show).post(tell))
        .route("/misdirected", get(index))
        .route("/misdirected/{id}/send", post(send))
        .route("/misdirected/{id}/settle", post(settle))
}

/// How many of them wait for an operator.
pub async fn waiting(tx: &mut Tx, scope: Scope) -> crate::db::Result<i64> {
    store::count_misdirected(tx, scope).await
}

#[derive(Template)]
#[template(path = "access/wrong.html")]
struct WrongPage {
    page: RespondentShell,
    name: String,
    address: String,
    phone: String,
    remark: String,
    told_by: String,
    /// What is wrong with the address, as a message's key.
    bad_address: Option<&'static str>,
    told: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    told: String,
}

async fn show(context: Context, Path(token): Path<String>, Query(query): Query<Told>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    Ok(Html(WrongPage {
        page: visit.shell(false),
        name: String::new(),
        address: String::new(),
        phone: String::new(),
        remark: String::new(),
        told_by: String::new(),
        bad_address: None,
        told: query.told == "1",
    })
    .into_response())
}

async fn tell(context: Context, Path(token): Path<String>, form: Form) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    if let Some(step) = visit.ask_person("/wrong", &form) {
        return Ok(step);
    }
    let page = WrongPage {
        page: visit.shell(false),
        name: line(form.get("name"), NAME),
        address: form.get("address").to_owned(),
        phone: line(form.get("phone"), 50),
        remark: form.get("remark").chars().take(1000).collect(),
        told_by: line(form.get("told_by"), NAME),
        bad_address: match form.get("address") {
            "" => None,
            typed => typed.parse::<EmailAddress>().err().map(|problem| problem.message()),
        },
        told: false,
    };
    if page.bad_address.is_some() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let (app, now) = (&visit.context.app, visit.context.now);
    let mut tx = app.db.write().await?;
    let key = format!("wrong:{}", visit.invitation.id);
    let day = SignedDuration::from_hours(24);
    if !throttle::allow(&mut tx, visit.invitation.org.0, &key, 5, day, now).await? {
        tx.commit().await?;
        return Err(Error::TooMany);
    }
    let state = invitations::lock(&mut tx, visit.scope(), visit.invitation.id).await?;
    let told_by = if page.told_by.is_empty() {
        visit.nameless()
    } else {
        &page.told_by
    };
    let new = NewMisdirected {
        told_by,
        name: &page.name,
        address: &page.address,
        phone: &page.phone,
        remark: &page.remark,
    };
    store::insert_misdirected(&mut tx, app, &visit.invitation, new).await?;
    let events = [(EventKind::Misdirected, told_by, page.name.as_str())];
    invitations::append_marked(&mut tx, app, &visit.invitation, state, &events, None).await?;
    let change = Change {
        action: "invitation.misdirected",
        subject_kind: "invitation",
        subject: Some(visit.invitation.id.0),
        subject_name: &visit.invitation.company_name,
    };
    audit::record(&mut tx, app, &visit.origin(told_by), change, &(), &page.address).await?;
    tx.commit().await?;
    Ok(see_other(visit.path("/wrong?told=1")))
}

/// How many a page shows.
const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "access/misdirected.html")]
struct IndexPage {
    shell: Shell,
    rows: Vec<(Misdirected, String)>,
    next: Option<MisdirectedId>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct After {
    after: String,
}

async fn index(context: Context, viewer: Viewer, Query(query): Query<After>) -> Result<Response> {
    let after = query.after.parse().unwrap_or(MisdirectedId(Uuid::nil()));
    let mut tx = context.app.db.read().await?;
    let mut rows = store::list_misdirected(&mut tx, viewer.scope(), after, ROWS + 1).await?;
    drop(tx);
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let zone = context.app.zone();
    Ok(Html(IndexPage {
        shell: viewer.shell(&context, "campaigns"),
        next: rows.last().filter(|_| more).map(|m| m.id),
        rows: rows
            .into_iter()
            .map(|m| {
                let at = dates::moment(context.t, m.at, &zone);
                (m, at)
            })
            .collect(),
    })
    .into_response())
}

/// Sends the person who was named a link of their own, and is done with it.
async fn send(context: Context, viewer: Viewer, Path(id): Path<MisdirectedId>) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let told = store::find_misdirected(&mut tx, scope, id)
        .await?
        .filter(|m| !m.address.is_empty())
        .ok_or(Error::Conflict("error-misdirected"))?;
    let invitation = invitations::find(&mut tx, scope, told.invitation)
        .await?
        .ok_or(Error::NotFound)?;
    if invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    if invitation.state.is_answered() {
        // Whoever said so may only want to see what was answered.
        return Err(Error::Conflict("error-misdirected"));
    }
    if !store::settle_misdirected(&mut tx, scope, id, &viewer.name, context.now).await? {
        return Err(Error::Conflict("error-misdirected"));
    }
    let state = invitations::lock(&mut tx, scope, invitation.id).await?;
    let asked = campaigns::asked(app, scope, invitation.campaign)
        .await?
        .ok_or(Error::NotFound)?;
    let language = deliveries::language_of(&mut tx, scope, invitation.id).await?;
    let language = language.unwrap_or_else(|| app.config.organisation.language.clone());
    let new = NewShare {
        name: &told.name,
        address: &told.address,
        language: &language,
        sections: &[],
        made_by: asked.plan.sender_name(&language),
    };
    let share = invitations::insert_share(&mut tx, app, &invitation, new).await?;
    let events = [(EventKind::HandedOn, viewer.name.as_str(), told.name.as_str())];
    invitations::append_marked(&mut tx, app, &invitation, state, &events, None).await?;
    deliveries::queue_share(&mut tx, app, &invitation, &share).await?;
    record(&mut tx, &context, &viewer, &told, "invitation.hand-on").await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(context.done("/misdirected", "done-handed-on", 0))
}

async fn settle(context: Context, viewer: Viewer, Path(id): Path<MisdirectedId>) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let told = store::find_misdirected(&mut tx, scope, id)
        .await?
        .ok_or(Error::Conflict("error-misdirected"))?;
    if !store::settle_misdirected(&mut tx, scope, id, &viewer.name, context.now).await? {
        return Err(Error::Conflict("error-misdirected"));
    }
    record(&mut tx, &context, &viewer, &told, "invitation.misdirected-settled").await?;
    tx.commit().await?;
    Ok(context.done("/misdirected", "done-settled", 0))
}

async fn record(
    tx: &mut Tx,
    context: &Context,
    viewer: &Viewer,
    told: &Misdirected,
    action: &'static str,
) -> crate::db::Result<()> {
    let change = Change {
        action,
        subject_kind: "invitation",
        subject: Some(told.invitation.0),
        subject_name: &told.company,
    };
    audit::record(tx, &context.app, &viewer.origin(context), change, &(), &told.address).await
}
