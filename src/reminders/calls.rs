//! What a buyer sees: whom to phone, and a form for what was said. The link in the mail of the day is the right to it; there
//! is no account.

use super::digest::MOST;
use super::store::{self, Call, Said};
use crate::app::Scope;
use crate::audit::{self, Actor, Change, Origin};
use crate::directory::{self, Buyer};
use crate::invitations::{self, EventKind, InvitationId};
use crate::secret::sha256;
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::SignedDuration;
use jiff::civil::Date;

/// What can come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Reached,
    Promised,
    NotReached,
}

impl Outcome {
    const ALL: [Outcome; 3] = [Outcome::Reached, Outcome::Promised, Outcome::NotReached];

    fn as_str(self) -> &'static str {
        match self {
            Outcome::Reached => "reached",
            Outcome::Promised => "promised",
            Outcome::NotReached => "not-reached",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Outcome::Reached => "call-reached",
            Outcome::Promised => "call-promised",
            Outcome::NotReached => "call-not-reached",
        }
    }
}

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

/// The longest note, in characters.
const LONGEST: usize = 1_000;

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

/// What was said, as one sentence for the events of the invitation.
fn sentence(t: Tr, outcome: Outcome, day: Option<Date>, note: &str) -> String {
    let what = match day {
        Some(day) => t.t1("call-promised-by", "day", day.to_string()),
        None => t.t(outcome.key()),
    };
    match note.is_empty() {
        true => what.into_owned(),
        false => t.t2("call-with-note", "what", what, "note", note).into_owned(),
    }
}

/// Takes down what was said to one company.
pub async fn record(context: Context, Path((token, id)): Path<(String, InvitationId)>, form: Form) -> Result<Response> {
    let (scope, buyer) = find(&context, &token).await?;
    let (app, t, zone) = (&context.app, context.t, context.app.zone());
    let outcome = Outcome::ALL.into_iter().find(|o| o.as_str() == form.get("outcome"));
    let day = form.get("day").parse::<Date>().ok();
    let note = form.get("note");
    let today = context.now.to_zoned(zone.clone()).date();
    let key = match outcome {
        None => Some("call-problem-outcome"),
        Some(Outcome::Promised) if day.is_none_or(|day| day < today) => Some("call-problem-day"),
        // Who promises next year keeps every reminder away.
        Some(Outcome::Promised) if day > today.checked_add(jiff::Span::new().days(31)).ok() => Some("call-problem-far"),
        _ if note.chars().count() > LONGEST => Some("call-problem-long"),
        _ => None,
    };
    let (Some(outcome), None) = (outcome, key) else {
        let refused = Refused {
            invitation: id,
            key: key.unwrap_or("call-problem-outcome"),
            outcome: form.get("outcome").to_owned(),
            day: form.get("day").to_owned(),
            note: note.to_owned(),
        };
        let page = page(&context, (scope, buyer), token, Some(refused)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    };
    let promised = day.filter(|_| outcome == Outcome::Promised);
    let hold_until = promised
        .and_then(|day| day.tomorrow().ok())
        .and_then(|day| day.to_zoned(zone).ok())
        .map(|end| end.timestamp());
    let text = sentence(t, outcome, promised, note);
    let mut tx = app.db.write().await?;
    let state = match invitations::find(&mut tx, scope, id).await? {
        Some(_) => invitations::lock(&mut tx, scope, id).await?,
        None => return Err(Error::NotFound),
    };
    let invitation = invitations::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if !store::is_call_of(&mut tx, scope, buyer.id, invitation.company).await? {
        return Err(Error::NotFound);
    }
    if invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    invitations::append(
        &mut tx,
        app,
        &invitation,
        state,
        &[EventKind::Noted],
        &buyer.name,
        &text,
    )
    .await?;
    let said = Said {
        text: text.clone(),
        at: Some(context.now),
        by: buyer.name.clone(),
        hold_until,
    };
    store::keep_said(&mut tx, scope, id, &said).await?;
    let origin = Origin {
        org: scope.org,
        actor: Actor::Link(buyer.name.clone()),
        address: context.address.to_string(),
        now: context.now,
    };
    let change = Change {
        action: "invitation.note",
        subject_kind: "invitation",
        subject: Some(id.0),
        subject_name: &invitation.company_name,
    };
    audit::record(&mut tx, app, &origin, change, &(), &text).await?;
    tx.commit().await?;
    Ok(see_other(format!("/b/{token}?saved")))
}
