//! A device that hasn't seen a company's answers shows that whoever holds it reads the company's mail.

use super::model::{masked, typed_digits};
use super::store;
use crate::app::App;
use crate::audit::{self, Change};
use crate::campaigns::CampaignId;
use crate::db::Tx;
use crate::deliveries::{self, CODE_GOOD_FOR as GOOD_FOR, CodeFor};
use crate::directory;
use crate::invitations::{self, InvitationId, RespondentShell, Visit, device_cookie, device_digits};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other, throttle};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

pub fn router() -> Router<App> {
    Router::new()
        .route("/r/{token}/device", get(show).post(send))
        .route("/r/{token}/device/enter", post(enter))
        .route("/campaigns/{id}/companies/{invitation}/device-code", post(read_out))
}

/// How many codes one link is sent in an hour.
const PER_HOUR: i64 = 5;

/// Somebody to whom a code can be mailed.
struct Recipient {
    /// The contact's id; "" for the colleague whose link it is.
    key: String,
    masked: String,
    address: String,
    name: String,
    language: String,
}

/// A colleague's code goes to the colleague, the company's to one of its contacts.
async fn recipients(tx: &mut Tx, visit: &Visit) -> Result<Vec<Recipient>> {
    if let Some(share) = &visit.share {
        return Ok(vec![Recipient {
            key: String::new(),
            masked: masked(&share.address),
            address: share.address.clone(),
            name: share.name.clone(),
            language: share.language.clone(),
        }]);
    }
    let contacts = directory::contacts_of(tx, &visit.scope(), visit.invitation.company).await?;
    Ok(contacts
        .into_iter()
        .filter_map(|c| {
            let mail = c.mailable().ok()?.clone();
            Some(Recipient {
                key: c.id.to_string(),
                masked: masked(mail.as_str()),
                address: mail.as_str().to_owned(),
                name: c.name,
                language: c.language,
            })
        })
        .collect())
}

#[derive(Template)]
#[template(path = "access/device.html")]
struct DevicePage {
    page: RespondentShell,
    recipients: Vec<Recipient>,
    /// To whom a code was just sent.
    sent: Option<String>,
    minutes: i64,
    wrong: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Sent {
    sent: String,
}

async fn page(visit: &Visit, sent: &str, wrong: bool) -> Result<DevicePage> {
    let mut tx = visit.context.app.db.read().await?;
    let recipients = recipients(&mut tx, visit).await?;
    drop(tx);
    Ok(DevicePage {
        page: visit.shell(false),
        sent: (sent == "operator")
            .then(String::new)
            .or_else(|| recipients.iter().find(|r| r.masked == sent).map(|r| r.masked.clone())),
        recipients,
        minutes: GOOD_FOR.as_mins(),
        wrong,
    })
}

async fn show(context: Context, Path(token): Path<String>, Query(query): Query<Sent>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.is_known_device() || !visit.invitation.state.is_answered() {
        return Ok(see_other(visit.path("")));
    }
    Ok(Html(page(&visit, &query.sent, false).await?).into_response())
}

async fn send(context: Context, Path(token): Path<String>, form: Form) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if !visit.invitation.state.is_answered() {
        // There is nothing yet that a code would show.
        return Ok(see_other(visit.path("")));
    }
    if let Some(step) = visit.ask_person("/device", &form) {
        return Ok(step);
    }
    let (app, now) = (&visit.context.app, visit.context.now);
    let share = visit.share.as_ref().map_or(0, |s| s.number);
    let mut tx = app.db.write().await?;
    let to = recipients(&mut tx, &visit).await?;
    let to = to
        .into_iter()
        .find(|r| r.key == form.get("to"))
        .ok_or(Error::NotFound)?;
    let key = format!("device:{}:{share}", visit.invitation.id);
    let hour = SignedDuration::from_hours(1);
    if !throttle::allow(&mut tx, visit.invitation.org.0, &key, PER_HOUR, hour, now).await? {
        tx.commit().await?;
        return Err(Error::TooMany);
    }
    let code = store::insert_code(&mut tx, app, &visit.invitation, share, &to.address, now + GOOD_FOR).await?;
    let mail = CodeFor {
        code,
        address: &to.address,
        name: &to.name,
        language: &to.language,
    };
    deliveries::queue_code(&mut tx, app, &visit.invitation, mail).await?;
    tx.commit().await?;
    app.jobs.now();
    let query = serde_urlencoded::to_string([("sent", &to.masked)]).unwrap_or_default();
    Ok(see_other(format!("{}?{query}", visit.path("/device"))))
}

async fn enter(context: Context, Path(token): Path<String>, form: Form) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    let (app, now) = (&visit.context.app, visit.context.now);
    let share = visit.share.as_ref().map_or(0, |s| s.number);
    let typed = typed_digits(form.get("digits"));
    let mut tx = app.db.write().await?;
    let good = store::try_codes(&mut tx, &visit.invitation, share, now).await?;
    let matching = good.into_iter().find(|code| device_digits(&app.secret, *code) == typed);
    if let Some(code) = matching {
        store::use_code(&mut tx, visit.scope(), code, now).await?;
        let change = Change {
            action: "invitation.device",
            subject_kind: "invitation",
            subject: Some(visit.invitation.id.0),
            subject_name: &visit.invitation.company_name,
        };
        audit::record(&mut tx, app, &visit.origin(""), change, &(), &visit.context.agent).await?;
    }
    tx.commit().await?;
    if matching.is_none() {
        let page = page(&visit, form.get("sent"), true).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let onward = if visit.sections().is_some() {
        "/review"
    } else {
        "/receipt"
    };
    let mut response = see_other(visit.path(onward));
    let cookie = device_cookie(app, &visit.token);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

#[derive(Template)]
#[template(path = "access/read_out.html")]
struct ReadOutPage {
    shell: Shell,
    company: String,
    back: String,
    digits: String,
    until: String,
}

/// A code that an operator reads out on the phone, to a company that gets no mail.
async fn read_out(
    context: Context,
    viewer: Viewer,
    Path((id, part)): Path<(CampaignId, InvitationId)>,
    form: Form,
) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let invitation = invitations::find(&mut tx, scope, part)
        .await?
        .filter(|i| i.campaign == id)
        .ok_or(Error::NotFound)?;
    // Of which colleague's link; without the field, of the company's own.
    let share: i64 = form.get("share").parse().unwrap_or(0);
    let until: Timestamp = context.now + GOOD_FOR;
    let code = store::insert_code(&mut tx, app, &invitation, share, "", until).await?;
    let change = Change {
        action: "invitation.device-code",
        subject_kind: "invitation",
        subject: Some(part.0),
        subject_name: &invitation.company_name,
    };
    audit::record(&mut tx, app, &viewer.origin(&context), change, &(), &()).await?;
    tx.commit().await?;
    Ok(Html(ReadOutPage {
        shell: viewer.shell(&context, "campaigns"),
        back: format!("/campaigns/{id}/companies/{part}"),
        digits: device_digits(&app.secret, code),
        until: dates::moment(context.t, until, &app.zone()),
        company: invitation.company_name,
    })
    .into_response())
}
