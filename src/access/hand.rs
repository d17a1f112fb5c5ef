//! Handing a request to a colleague, who gets a link of their own: to all of it, or to some sections.

use super::model::{Handing, NAME, line};
use crate::app::App;
use crate::audit::{self, Change};
use crate::campaigns::CampaignId;
use crate::deliveries;
use crate::invitations::{self, EventKind, InvitationId, NewShare, RespondentShell, Share, Visit};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::i18n::Locale;
use crate::web::{Context, Error, Html, Result, dates, see_other, throttle};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use jiff::SignedDuration;
use serde::Serialize;

pub fn router() -> Router<App> {
    Router::new()
        .route("/r/{token}/hand", get(show).post(hand))
        .route("/r/{token}/hand/{number}/withdraw", post(withdraw))
        .route(
            "/campaigns/{id}/companies/{invitation}/shares/{number}/withdraw",
            post(withdraw_for),
        )
}

/// To how many colleagues one company hands a request in a day: a link is no way to mail strangers.
const PER_DAY: i64 = 10;

/// What the audit log keeps of a colleague's link.
#[derive(Serialize)]
struct Logged<'l> {
    name: &'l str,
    address: &'l str,
    sections: &'l [String],
}

impl<'l> Logged<'l> {
    fn of(share: &'l Share) -> Logged<'l> {
        Logged {
            name: &share.name,
            address: &share.address,
            sections: &share.sections,
        }
    }
}

/// A colleague as the page lists them.
struct Line {
    share: Share,
    sections: String,
    at: String,
}

#[derive(Template)]
#[template(path = "access/hand.html")]
struct HandPage {
    page: RespondentShell,
    handing: Handing,
    /// Id and title.
    sections: Vec<(String, String)>,
    lines: Vec<Line>,
    languages: Vec<Locale>,
    language: String,
    problems: Vec<(&'static str, &'static str)>,
}

impl HandPage {
    fn problem(&self, field: &str) -> Option<&'static str> {
        self.problems.iter().find(|(f, _)| *f == field).map(|(_, key)| *key)
    }
}

/// A visit that may hand on: the company's own, or a colleague's who was given all of it.
async fn open(context: Context, token: String) -> Result<Visit> {
    let visit = Visit::open(context, token).await?;
    if visit.sections().is_some() {
        return Err(Error::NotFound);
    }
    if visit.invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    // Else a link of one's own would be the way around the code.
    visit.refuse_new_device(visit.invitation.state.is_answered())?;
    Ok(visit)
}

async fn page(
    visit: &Visit,
    handing: Handing,
    language: &str,
    problems: Vec<(&'static str, &'static str)>,
) -> Result<HandPage> {
    let (app, t, zone) = (&visit.context.app, visit.t(), visit.asked.zone());
    let mut tx = app.db.read().await?;
    let shares = invitations::shares_of(&mut tx, visit.scope(), visit.invitation.id).await?;
    drop(tx);
    let checklist = visit.asked.checklist.as_ref().filter(|_| visit.invitation.asks_check);
    let title = |id: &str| checklist.map_or("", |c| c.text(t.lang()).section(id)).to_owned();
    Ok(HandPage {
        page: visit.shell(false),
        sections: checklist.map_or_else(Vec::new, |c| c.sections.iter().map(|s| (s.clone(), title(s))).collect()),
        lines: shares
            .into_iter()
            .map(|share| Line {
                sections: share
                    .sections
                    .iter()
                    .map(|s| title(s))
                    .collect::<Vec<_>>()
                    .join(&t.t("list-separator")),
                at: dates::moment(t, share.made_at, &zone),
                share,
            })
            .collect(),
        languages: Locale::all().collect(),
        language: language.to_owned(),
        handing,
        problems,
    })
}

async fn show(context: Context, Path(token): Path<String>) -> Result<Response> {
    let visit = open(context, token).await?;
    let handing = Handing {
        whole: true,
        made_by: visit.share.as_ref().map(|s| s.name.clone()).unwrap_or_default(),
        ..Handing::default()
    };
    let language = visit.t().lang().to_owned();
    Ok(Html(page(&visit, handing, &language, Vec::new()).await?).into_response())
}

async fn hand(context: Context, Path(token): Path<String>, form: Form) -> Result<Response> {
    let visit = open(context, token).await?;
    if let Some(step) = visit.ask_person("/hand", &form) {
        return Ok(step);
    }
    let (app, now) = (&visit.context.app, visit.context.now);
    let known = visit.asked.checklist.as_ref().filter(|_| visit.invitation.asks_check);
    let sections = form
        .all("section")
        .filter(|s| known.is_some_and(|c| c.sections.iter().any(|k| k == s)));
    let mut handing = Handing {
        name: line(form.get("name"), NAME),
        address: form.get("address").to_owned(),
        made_by: line(form.get("made_by"), NAME),
        whole: form.get("what") != "sections",
        sections: sections.map(str::to_owned).collect(),
    };
    let language = Locale::find(form.get("language")).map_or(visit.t().lang(), |l| l.as_str());
    let problems = handing.problems();
    if !problems.is_empty() {
        let page = page(&visit, handing, language, problems).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    if handing.whole {
        handing.sections.clear();
    }
    let mut tx = app.db.write().await?;
    let key = format!("hand:{}", visit.invitation.id);
    let day = SignedDuration::from_hours(24);
    if !throttle::allow(&mut tx, visit.invitation.org.0, &key, PER_DAY, day, now).await? {
        tx.commit().await?;
        return Err(Error::TooMany);
    }
    let state = invitations::lock(&mut tx, visit.scope(), visit.invitation.id).await?;
    let new = NewShare {
        name: &handing.name,
        address: &handing.address,
        language,
        sections: &handing.sections,
        made_by: &handing.made_by,
    };
    let share = invitations::insert_share(&mut tx, app, &visit.invitation, new).await?;
    let events = [(EventKind::HandedOn, handing.made_by.as_str(), handing.name.as_str())];
    invitations::append_marked(&mut tx, app, &visit.invitation, state, &events, None).await?;
    deliveries::queue_share(&mut tx, app, &visit.invitation, &share).await?;
    let change = Change {
        action: "invitation.hand-on",
        subject_kind: "invitation",
        subject: Some(visit.invitation.id.0),
        subject_name: &visit.invitation.company_name,
    };
    let origin = visit.origin(&handing.made_by);
    audit::record(&mut tx, app, &origin, change, &(), &Logged::of(&share)).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other(visit.path("/hand#colleagues")))
}

/// Takes a colleague's link back; what they answered stays.
async fn withdraw(context: Context, Path((token, number)): Path<(String, i64)>, form: Form) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.share.is_some() {
        // A colleague doesn't take back what the company gave to others.
        return Err(Error::NotFound);
    }
    visit.refuse_new_device(visit.invitation.state.is_answered())?;
    if let Some(step) = visit.ask_person(&format!("/hand/{number}/withdraw"), &form) {
        return Ok(step);
    }
    let (app, now) = (&visit.context.app, visit.context.now);
    let mut tx = app.db.write().await?;
    let share = invitations::find_share(&mut tx, visit.scope(), visit.invitation.id, number)
        .await?
        .ok_or(Error::NotFound)?;
    if invitations::withdraw_share(&mut tx, visit.scope(), share.id, now).await? {
        let change = Change {
            action: "invitation.take-back",
            subject_kind: "invitation",
            subject: Some(visit.invitation.id.0),
            subject_name: &visit.invitation.company_name,
        };
        audit::record(&mut tx, app, &visit.origin(""), change, &Logged::of(&share), &()).await?;
    }
    tx.commit().await?;
    Ok(see_other(visit.path("/hand#colleagues")))
}

/// An operator takes a colleague's link back, also when the campaign is closed.
async fn withdraw_for(
    context: Context,
    viewer: Viewer,
    Path((id, part, number)): Path<(CampaignId, InvitationId, i64)>,
) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let invitation = invitations::find(&mut tx, scope, part)
        .await?
        .filter(|i| i.campaign == id)
        .ok_or(Error::NotFound)?;
    let share = invitations::find_share(&mut tx, scope, part, number)
        .await?
        .ok_or(Error::NotFound)?;
    if invitations::withdraw_share(&mut tx, scope, share.id, context.now).await? {
        let change = Change {
            action: "invitation.take-back",
            subject_kind: "invitation",
            subject: Some(part.0),
            subject_name: &invitation.company_name,
        };
        audit::record(&mut tx, app, &viewer.origin(&context), change, &Logged::of(&share), &()).await?;
    }
    tx.commit().await?;
    Ok(context.done(format!("/campaigns/{id}/companies/{part}"), "done-taken-back", 0))
}
