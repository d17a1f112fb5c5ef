//! What a buyer sees: whom to phone, and a form for what was said. The link in the mail of the day is the right to it; there
//! is no account.

use super::call::{CallNote, Outcome, log_call};
use super::digest::MOST;
use super::store::{self, Call};
use crate::app::Scope;
use crate::audit::{Actor, Origin};
use crate::directory::{self, Buyer};
use crate::invitations::{self, InvitationId};
use crate::secret::sha256;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::SignedDuration;

struct Line {
    call: Call,
    deadline: String,
    said_at: String,
    /// Nobody asks before this day.
    held: Option<String>,
}

/// A form that can't be taken: whose, what is wrong, and what was typed.
struct Refused {
    invitation: InvitationId,
    key: &'static str,
    outcome: String,
    day: String,
    note: String,
}

#[derive(Template)]
#[template(path = "reminders/calls.html")]
struct CallsPage {
    shell: Shell,
    buyer: Buyer,
    token: String,
    lines: Vec<Line>,
    refused: Option<Refused>,
    saved: bool,
    full: bool,
    today: String,
}

impl CallsPage {
    fn open(&self) -> usize {
        self.lines.iter().filter(|l| l.held.is_none()).count()
    }
    fn refused_for(&self, line: &Line) -> Option<&Refused> {
        self.refused.as_ref().filter(|r| r.invitation == line.call.invitation)
    }
    fn chosen(&self, line: &Line, outcome: &Outcome) -> bool {
        self.refused_for(line).is_some_and(|r| r.outcome == outcome.as_str())
    }
}

async fn find(context: &Context, token: &str) -> Result<(Scope, Buyer)> {
    let mut tx = context.app.db.read().await?;
    let hash = sha256(token.as_bytes());
    let (scope, id) = store::find_link(&mut tx, &hash, context.now)
        .await?
        .ok_or(Error::NotFound)?;
    let buyer = directory::buyer(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    Ok((scope, buyer))
}

async fn page(
    context: &Context,
    (scope, buyer): (Scope, Buyer),
    token: String,
    refused: Option<Refused>,
) -> Result<CallsPage> {
    let (t, zone, now) = (context.t, context.app.zone(), context.now);
    let mut tx = context.app.db.read().await?;
    let calls = store::calls_of(&mut tx, scope, buyer.id, now, MOST).await?;
    let line = |call: Call| Line {
        deadline: call.deadline.map(|d| dates::moment(t, d, &zone)).unwrap_or_default(),
        said_at: call.said.at.map(|at| dates::moment(t, at, &zone)).unwrap_or_default(),
        // It ends with the day that was promised.
        held: call
            .said
            .hold_until
            .filter(|hold| *hold > now)
            .map(|hold| dates::date(t, hold - SignedDuration::from_secs(1), &zone)),
        call,
    };
    Ok(CallsPage {
        shell: Shell::new(context),
        full: calls.len() as i64 == MOST,
        lines: calls.into_iter().map(line).collect(),
        today: now.to_zoned(zone.clone()).date().to_string(),
        saved: false,
        buyer,
        token,
        refused,
    })
}

pub async fn show(
    context: Context,
    Path(token): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let whose = find(&context, &token).await?;
    let page = CallsPage {
        saved: Form(pairs).has("saved"),
        ..page(&context, whose, token, None).await?
    };
    Ok(Html(page).into_response())
}

/// Takes down what was said to one company.
pub async fn record(context: Context, Path((token, id)): Path<(String, InvitationId)>, form: Form) -> Result<Response> {
    let (scope, buyer) = find(&context, &token).await?;
    let (app, t, zone) = (&context.app, context.t, context.app.zone());
    let today = context.now.to_zoned(zone).date();
    let read = CallNote::read(&form, today).and_then(|call| match Outcome::OF_BUYERS.contains(&call.outcome) {
        true => Ok(call),
        false => Err("call-problem-outcome"),
    });
    let call = match read {
        Ok(call) => call,
        Err(key) => {
            let refused = Refused {
                invitation: id,
                key,
                outcome: form.get("outcome").to_owned(),
                day: form.get("day").to_owned(),
                note: form.get("note").to_owned(),
            };
            let page = page(&context, (scope, buyer), token, Some(refused)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let mut tx = app.db.write().await?;
    let invitation = invitations::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if !store::is_call_of(&mut tx, scope, buyer.id, invitation.company).await? {
        return Err(Error::NotFound);
    }
    let origin = Origin {
        org: scope.org,
        actor: Actor::Link(buyer.name.clone()),
        address: context.address.to_string(),
        now: context.now,
    };
    log_call(&mut tx, app, &origin, (&invitation, &buyer.name), &call, t).await?;
    tx.commit().await?;
    Ok(see_other(format!("/b/{token}?saved")))
}
