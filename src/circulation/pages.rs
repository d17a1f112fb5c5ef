//! The first page, the list of campaigns, and where one campaign stands.

use super::{export, part, preview};
use crate::app::{App, Scope};
use crate::audit;
use crate::board::{self, Standing, left};
use crate::campaigns::{self, Campaign, CampaignId, State as CampaignState};
use crate::db::Tx;
use crate::people::Viewer;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates, see_other};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};

pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/campaigns", get(list))
        .route("/campaigns/{id}/edit/4", get(preview::preview))
        .route("/campaigns/{id}/edit/5", get(preview::confirm))
        .route("/campaigns/{id}/test", post(preview::test_mail))
        .route("/campaigns/{id}/send", post(preview::send_now))
        .route("/campaigns/{id}/close", post(close))
        .route("/campaigns/{id}/delete", post(delete))
        .route("/campaigns/{id}/export", get(export::download))
        .route("/campaigns/{id}/companies/{invitation}", get(part::show))
        .route(
            "/campaigns/{id}/companies/{invitation}/record",
            get(part::record_form).post(part::record),
        )
        .route("/campaigns/{id}/companies/{invitation}/decline", post(part::decline))
        .route("/campaigns/{id}/companies/{invitation}/note", post(part::note))
}

struct Line {
    campaign: Campaign,
    standing: Standing,
    deadline: String,
    left: String,
}

impl Line {
    /// Where a click leads: a draft is gone on with.
    fn address(&self) -> String {
        match self.campaign.state {
            CampaignState::Draft => format!("/campaigns/{}/edit/1", self.campaign.id),
            _ => format!("/campaigns/{}", self.campaign.id),
        }
    }
}

async fn lines(tx: &mut Tx, scope: Scope, t: Tr, now: Timestamp) -> Result<Vec<Line>> {
    let mut out = Vec::new();
    for campaign in campaigns::list(tx, scope, now + SignedDuration::from_secs(1), 100).await? {
        let standing = board::read(tx, scope, campaign.id).await?.tallies.standing();
        let deadline = campaign.plan.deadline();
        out.push(Line {
            deadline: deadline
                .map(|d| dates::moment(t, d, &campaign.plan.time_zone()))
                .unwrap_or_default(),
            left: deadline.map(|d| left(t, d, now)).unwrap_or_default(),
            standing,
            campaign,
        });
    }
    Ok(out)
}

#[derive(Template)]
#[template(path = "circulation/home.html")]
struct HomePage {
    shell: Shell,
    now: String,
    running: Vec<Line>,
    drafts: Vec<Line>,
    companies: bool,
}

async fn home(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let all = lines(&mut tx, viewer.scope(), context.t, context.now).await?;
    let companies = !crate::directory::select(&mut tx, &viewer.scope(), &Default::default(), None, 1)
        .await?
        .is_empty();
    let (drafts, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|l| l.campaign.state == CampaignState::Draft);
    let mut running: Vec<_> = others
        .into_iter()
        .filter(|l| l.campaign.state != CampaignState::Closed)
        .collect();
    running.sort_by_key(|l| l.campaign.plan.deadline());
    Ok(Html(HomePage {
        shell: viewer.shell(&context, "home"),
        now: dates::moment(context.t, context.now, &context.app.zone()),
        running,
        drafts,
        companies,
    })
    .into_response())
}

#[derive(Template)]
#[template(path = "circulation/list.html")]
struct ListPage {
    shell: Shell,
    lines: Vec<Line>,
}

async fn list(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let lines = lines(&mut tx, viewer.scope(), context.t, context.now).await?;
    Ok(Html(ListPage {
        shell: viewer.shell(&context, "campaigns"),
        lines,
    })
    .into_response())
}

async fn close(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let app = &context.app;
    let origin = viewer.origin(&context);
    close_campaign(app, viewer.scope(), id, &origin).await?;
    Ok(see_other(format!("/campaigns/{id}")))
}

/// Running → closed; [`Error::Conflict`] if it isn't running.
pub async fn close_campaign(app: &App, scope: Scope, id: CampaignId, origin: &audit::Origin) -> Result<()> {
    let mut tx = app.db.write().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if !campaigns::mark_closed(&mut tx, scope, id, origin.now).await? {
        return Err(Error::Conflict("error-campaign-not-running"));
    }
    audit::record(&mut tx, app, origin, campaign.change("campaign.close"), &(), &()).await?;
    Ok(tx.commit().await?)
}

async fn delete(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    let app = &context.app;
    let mut tx = app.db.write().await?;
    if campaigns::delete_draft(&mut tx, viewer.scope(), id).await? {
        let origin = viewer.origin(&context);
        audit::record(
            &mut tx,
            app,
            &origin,
            campaign.change("campaign.delete"),
            &campaign.plan,
            &(),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(see_other("/campaigns"))
}
