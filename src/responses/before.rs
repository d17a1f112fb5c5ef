//! What became of an earlier request of the same thread: that it was received, and when. What was answered stays behind its
//! own link.

use super::store::find;
use crate::campaigns::asked;
use crate::invitations::{RespondentShell, Visit, thread};
use crate::web::{Context, Error, Html, Result, dates};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "responses/before.html")]
struct BeforePage {
    page: RespondentShell,
    company: String,
    kind: &'static str,
    standing: &'static str,
    number: String,
    sent: String,
    deadline: String,
    acknowledged: Option<String>,
    receipt: Option<(String, String)>,
    late: bool,
}

pub async fn before(context: Context, Path((token, number)): Path<(String, String)>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    let (app, t, scope) = (&visit.context.app, visit.t(), visit.scope());
    // A colleague who was given some sections has nothing to do with what was told before.
    if visit.sections().is_some() {
        return Err(Error::NotFound);
    }
    let root = visit.asked.follows.as_ref().ok_or(Error::NotFound)?.root;
    let mut tx = app.db.read().await?;
    let mentions = thread(&mut tx, scope, root, visit.invitation.company).await?;
    // Only what came before: what came later has a link of its own.
    let mention = mentions
        .into_iter()
        .take_while(|m| m.campaign != visit.invitation.campaign)
        .find(|m| m.number == number)
        .ok_or(Error::NotFound)?;
    let response = find(&mut tx, scope, mention.invitation).await?;
    drop(tx);
    let earlier = asked(app, scope, mention.campaign).await?.ok_or(Error::NotFound)?;
    let zone = earlier.zone();
    let submitted = response.and_then(|r| r.submitted);
    Ok(Html(BeforePage {
        page: visit.shell(false),
        company: visit.invitation.company_name.clone(),
        kind: mention.kind(),
        standing: mention.standing(),
        sent: mention.sent_at.map(|at| dates::date(t, at, &zone)).unwrap_or_default(),
        deadline: dates::deadline(t, mention.deadline(), &zone),
        acknowledged: mention.acknowledged_at.map(|at| dates::moment(t, at, &zone)),
        late: submitted.as_ref().is_some_and(|s| s.late),
        receipt: submitted.map(|s| (s.receipt, dates::moment(t, s.at, &zone))),
        number: mention.number,
    })
    .into_response())
}
