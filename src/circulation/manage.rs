//! What an operator can do to a campaign that runs, or ran: send again to who hasn't opened it, move its deadline, add
//! companies, close it, open it again.

use super::again::{self, send_all_again, unopened};
use super::deadline::{close, move_deadline, reopen};
use crate::board::{self, Standing};
use crate::campaigns::{self, Campaign, CampaignId, Mailing, State as CampaignState};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// [`Error::Conflict`] for a campaign that isn't sent, or is closed.
pub(super) fn refuse_unless_running(campaign: &Campaign) -> Result<()> {
    match campaign.state {
        CampaignState::Running => Ok(()),
        CampaignState::Closed => Err(Error::Conflict("error-campaign-ended")),
        CampaignState::Draft | CampaignState::Sending => Err(Error::Conflict("error-campaign-not-running")),
    }
}

#[derive(Template)]
#[template(path = "circulation/manage.html")]
struct ManagePage {
    shell: Shell,
    campaign: Campaign,
    standing: Standing,
    deadline: String,
    over: bool,
    unopened: i64,
    resent: Option<String>,
    zone: String,
    /// The deadline as typed, or as it is: day and hour, and whether to tell.
    day: String,
    hour: String,
    tell: bool,
    done: Option<&'static str>,
    count: i64,
    /// A form that can't be taken: which, and the key of the sentence.
    problem: Option<(&'static str, &'static str)>,
}

impl ManagePage {
    fn problem_of(&self, form: &str) -> Option<&'static str> {
        self.problem.filter(|(of, _)| *of == form).map(|(_, key)| key)
    }
    fn cancelled(&self) -> bool {
        self.campaign.mailing == Mailing::Cancelled
    }
    fn paused(&self) -> bool {
        matches!(self.campaign.mailing, Mailing::Paused | Mailing::Refused)
    }
}

async fn page(context: &Context, viewer: &Viewer, id: CampaignId) -> Result<ManagePage> {
    let (app, t, scope) = (&context.app, context.t, viewer.scope());
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if campaign.state == CampaignState::Draft {
        return Err(Error::NotFound);
    }
    let tallies = board::read(&mut tx, scope, id).await?.tallies;
    let resent = again::last(&mut tx, scope, id).await?;
    let zone = campaign.plan.time_zone();
    let (day, hour) = campaign.plan.deadline.split_once('T').unwrap_or_default();
    Ok(ManagePage {
        shell: viewer.shell(context, "campaigns"),
        standing: tallies.standing(),
        unopened: unopened(&tallies),
        deadline: dates::moment(t, campaign.deadline(), &zone),
        over: campaign.deadline() <= context.now,
        resent: resent.map(|at| dates::moment(t, at, &zone)),
        zone: campaign.plan.zone.clone(),
        day: day.to_owned(),
        hour: hour.to_owned(),
        tell: true,
        done: None,
        count: 0,
        problem: None,
        campaign,
    })
}

/// The sentence of what was done, by the word in the address.
fn done_key(word: &str) -> Option<&'static str> {
    Some(match word {
        "again" => "manage-done-again",
        "deadline" => "manage-done-deadline",
        "told" => "manage-done-told",
        "same" => "manage-done-same",
        "added" => "manage-done-added",
        "reopened" => "manage-done-reopened",
        _ => return None,
    })
}

pub async fn show(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let said = Form(pairs);
    let page = ManagePage {
        done: done_key(said.get("done")),
        count: said.get("count").parse().unwrap_or(0),
        ..page(&context, &viewer, id).await?
    };
    Ok(Html(page).into_response())
}

fn refused(page: ManagePage) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
}

pub async fn resend(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let app = &context.app;
    let seen = page(&context, &viewer, id).await?;
    // Mails to many companies aren't sent by one slip of the hand.
    if !form.has("sure") {
        let problem = Some(("again", "manage-problem-sure"));
        return Ok(refused(ManagePage { problem, ..seen }));
    }
    let count = seen.unopened;
    let mut tx = app.db.write().await?;
    send_all_again(&mut tx, app, &viewer.origin(&context), id, count).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other(format!("/campaigns/{id}/manage?done=again&count={count}")))
}

pub async fn deadline(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let app = &context.app;
    let tell = form.has("tell");
    let local = format!("{}T{}", form.get("day"), form.get("hour"));
    let mut tx = app.db.write().await?;
    let moved = move_deadline(&mut tx, app, &viewer.origin(&context), id, (&local, tell)).await;
    let word = match moved {
        Ok(Some(_)) if tell => "told",
        Ok(Some(_)) => "deadline",
        Ok(None) => "same",
        // What is wrong with what was typed is told beside it.
        Err(Error::Conflict(key)) if key.starts_with("moment-") || key == "plan-problem-deadline-past" => {
            drop(tx);
            let page = ManagePage {
                day: form.get("day").to_owned(),
                hour: form.get("hour").to_owned(),
                tell,
                problem: Some(("deadline", key)),
                ..page(&context, &viewer, id).await?
            };
            return Ok(refused(page));
        }
        Err(e) => return Err(e),
    };
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other(format!("/campaigns/{id}/manage?done={word}")))
}

#[derive(Template)]
#[template(path = "circulation/close.html")]
struct ClosePage {
    shell: Shell,
    campaign: Campaign,
    standing: Standing,
    wrong: bool,
}

async fn close_page(context: &Context, viewer: &Viewer, id: CampaignId, wrong: bool) -> Result<ClosePage> {
    let mut tx = context.app.db.read().await?;
    let campaign = campaigns::find(&mut tx, viewer.scope(), id)
        .await?
        .ok_or(Error::NotFound)?;
    refuse_unless_running(&campaign)?;
    let standing = board::read(&mut tx, viewer.scope(), id).await?.tallies.standing();
    Ok(ClosePage {
        shell: viewer.shell(context, "campaigns"),
        campaign,
        standing,
        wrong,
    })
}

pub async fn close_form(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    Ok(Html(close_page(&context, &viewer, id, false).await?).into_response())
}

pub async fn close_now(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let app = &context.app;
    if !form.has("sure") {
        let page = close_page(&context, &viewer, id, true).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let mut tx = app.db.write().await?;
    close(&mut tx, app, &viewer.origin(&context), id).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other(format!("/campaigns/{id}")))
}

pub async fn reopen_now(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let app = &context.app;
    let mut tx = app.db.write().await?;
    reopen(&mut tx, app, &viewer.origin(&context), id).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other(format!("/campaigns/{id}/manage?done=reopened")))
}
