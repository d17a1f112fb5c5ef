//! A campaign's letters on paper: to print, and what was posted.

use super::open::{failure_sentence, of_company, of_visit, pdf};
use super::paper::{PRINT, order};
use super::store::{self, Document, DocumentId, Printed};
use crate::app::App;
use crate::audit;
use crate::campaigns::{self, Campaign, CampaignId, State as CampaignState};
use crate::deliveries::{DeliveryId, mark_posted, paper_waiting};
use crate::invitations::{self, EventKind};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use std::collections::HashSet;
use uuid::Uuid;

pub fn router() -> Router<App> {
    Router::new()
        .route("/campaigns/{id}/letters", get(index))
        .route("/campaigns/{id}/letters/make", post(make))
        .route("/campaigns/{id}/letters/{print}/print.pdf", get(download))
        .route("/campaigns/{id}/letters/{print}/posted", post(posted))
        .route("/campaigns/{id}/companies/{invitation}/letter.pdf", get(of_company))
        .route("/r/{token}/letter.pdf", get(of_visit))
}

/// How many files a page shows.
const ROWS: i64 = 5;

/// A file to print with its letters.
struct Print {
    document: Document,
    made_at: String,
    kilobytes: i64,
    letters: Vec<(Printed, String)>,
    waits: usize,
}

#[derive(Template)]
#[template(path = "letters/index.html")]
struct IndexPage {
    shell: Shell,
    campaign: Campaign,
    prints: Vec<Print>,
    next: Option<DocumentId>,
    /// Letters that were not made yet; `more` where there are more than that.
    unmade: usize,
    more: bool,
    failure: Option<String>,
    working: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Narrow {
    before: String,
}

async fn index(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(narrow): Query<Narrow>,
) -> Result<Response> {
    let (t, scope) = (context.t, viewer.scope());
    let mut tx = context.app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if campaign.state == CampaignState::Draft {
        return Err(Error::NotFound);
    }
    let zone = campaign.plan.time_zone();
    let before = narrow.before.parse().unwrap_or(DocumentId(Uuid::max()));
    let mut documents = store::prints(&mut tx, scope, id, before, ROWS + 1).await?;
    let next = (documents.len() as i64 > ROWS).then(|| documents.truncate(ROWS as usize));
    let mut prints = Vec::new();
    for document in documents {
        let letters = store::letters_of(&mut tx, scope, document.id).await?;
        prints.push(Print {
            made_at: dates::moment(t, document.made_at, &zone),
            kilobytes: document.size / 1000,
            waits: letters.iter().filter(|l| l.waits).count(),
            letters: letters
                .into_iter()
                .map(|l| {
                    let at = l.posted_at.map(|at| dates::moment(t, at, &zone)).unwrap_or_default();
                    (l, at)
                })
                .collect(),
            document,
        });
    }
    let waiting = paper_waiting(&mut tx, scope, id, DeliveryId(Uuid::nil()), PRINT as i64 + 1).await?;
    let mut unmade = 0;
    for paper in &waiting {
        unmade += usize::from(!store::is_made(&mut tx, scope, paper.id).await?);
    }
    let failure = store::failure(&mut tx, scope, id).await?;
    let failure = failure.and_then(|said| serde_json::from_str(&said).ok());
    Ok(Html(IndexPage {
        shell: viewer.shell(&context, "campaigns"),
        next: next.and_then(|()| prints.last().map(|p| p.document.id)),
        working: campaign.state == CampaignState::Sending,
        prints,
        campaign,
        unmade,
        more: waiting.len() > PRINT,
        failure: failure.map(|f| failure_sentence(t, &f)),
    })
    .into_response())
}

/// Tries again at once, after a failure.
async fn make(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    order(&mut tx, app, scope, id).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(context.done(format!("/campaigns/{id}/letters"), "done-letters-ordered", 0))
}

async fn download(
    context: Context,
    viewer: Viewer,
    Path((id, print)): Path<(CampaignId, DocumentId)>,
) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let document = store::find_print(&mut tx, scope, id, print)
        .await?
        .ok_or(Error::NotFound)?;
    drop(tx);
    let bytes = app.files.get(&document.sha256).await?.ok_or_else(|| {
        anyhow::anyhow!(
            "the file {} is not in the folder `files` of this server's data directory",
            document.sha256.as_str()
        )
    })?;
    let made = document.made_at.strftime("%Y%m%d-%H%M").to_string();
    Ok(pdf(app, bytes, &[&campaign.number, "print", &made]))
}

/// The letters chosen were posted: they are sent. Said twice, it counts once.
async fn posted(
    context: Context,
    viewer: Viewer,
    Path((id, print)): Path<(CampaignId, DocumentId)>,
    form: Form,
) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let chosen: HashSet<&str> = form.all("letter").collect();
    let mut tx = app.db.write().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let document = store::find_print(&mut tx, scope, id, print)
        .await?
        .ok_or(Error::NotFound)?;
    let mut posted = Vec::new();
    for letter in store::letters_of(&mut tx, scope, document.id).await? {
        if !chosen.contains(letter.delivery.to_string().as_str())
            || !mark_posted(&mut tx, scope, letter.delivery, context.now).await?
        {
            continue;
        }
        let Some(invitation) = invitations::find(&mut tx, scope, letter.invitation).await? else {
            continue;
        };
        let state = invitations::lock(&mut tx, scope, invitation.id).await?;
        invitations::append(&mut tx, app, &invitation, state, &[EventKind::Posted], &viewer.name, "").await?;
        posted.push(letter.company);
    }
    if !posted.is_empty() {
        let origin = viewer.origin(&context);
        audit::record(&mut tx, app, &origin, campaign.change("letters.posted"), &(), &posted).await?;
    }
    tx.commit().await?;
    Ok(context.done(
        format!("/campaigns/{id}/letters#print-{print}"),
        "done-letters-posted",
        posted.len() as i64,
    ))
}
