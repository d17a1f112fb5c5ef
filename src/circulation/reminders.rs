//! A campaign's reminders: what is planned, and what went out of it.

use crate::board::{self, Part};
use crate::campaigns::{self, Campaign, CampaignId};
use crate::people::Viewer;
use crate::reminders::{self, PlanView, plan_view};
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "circulation/reminders.html")]
struct RemindersPage {
    shell: Shell,
    campaign: Campaign,
    deadline: String,
    plan: Option<PlanView>,
}

pub async fn show(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let (app, scope, t) = (&context.app, viewer.scope(), context.t);
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let Some(invited) = campaign.sent_at else {
        return Ok(see_other(format!("/campaigns/{id}/edit/5")));
    };
    // The board knows how many there are in each country; counting them would cost a look at each.
    let tallies = board::read(&mut tx, scope, id).await?.tallies;
    let countries: BTreeMap<String, i64> = tallies
        .cross(Part::Country)
        .into_iter()
        .map(|c| (c.key, c.standing.companies))
        .collect();
    let sent = reminders::tallies(&mut tx, scope, id).await?;
    let on_record = reminders::on_record(&mut tx, scope, id).await?;
    let plan = plan_view(
        &mut tx,
        (app, scope, t),
        &campaign.plan,
        invited,
        &countries,
        &on_record,
        &sent,
    )
    .await?;
    let deadline = campaign.plan.deadline();
    Ok(Html(RemindersPage {
        shell: viewer.shell(&context, "campaigns"),
        deadline: deadline
            .map(|d| dates::moment(t, d, &campaign.plan.time_zone()))
            .unwrap_or_default(),
        plan,
        campaign,
    })
    .into_response())
}
