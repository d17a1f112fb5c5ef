//! A letter as PDF to look at: the operator's, the respondent's, and why there is none.

use super::make::{Address, typeset};
use super::model::file_name;
use super::store;
use crate::app::App;
use crate::campaigns::{self, CampaignId};
use crate::directory;
use crate::invitations::{self, Invitation, InvitationId, Visit, link};
use crate::people::Viewer;
use crate::typeset::Failure;
use crate::web::i18n::{Tr, Value};
use crate::web::{Context, Error, Html, Result, Shell};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;

/// The document as a download.
pub fn pdf(app: &App, bytes: Vec<u8>, name: &[&str]) -> Response {
    let demo = if app.config.demo { "DEMO-" } else { "" };
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{demo}{}\"", file_name(name)),
        ),
    ];
    (headers, bytes).into_response()
}

/// What went wrong and what to do, for operators.
pub fn failure_sentence(t: Tr, failure: &Failure) -> String {
    let said = match failure {
        Failure::NoTypesetter => t.t("letters-no-typesetter"),
        Failure::NoFonts { folders } => t.t1("letters-no-fonts", "folders", folders.join(", ")),
        Failure::MissingSigns { signs } => t.t1("letters-missing-signs", "signs", signs.as_str()),
        Failure::Template {
            file,
            line: Some(line),
            message,
        } => t.with(
            "letters-template-line",
            &[
                ("file", file.fluent()),
                // As text: a number of five digits would be grouped.
                ("line", line.to_string().fluent()),
                ("message", message.fluent()),
            ],
        ),
        Failure::Template { file, message, .. } => {
            t.t2("letters-template", "file", file.as_str(), "message", message.as_str())
        }
        Failure::TooLong { seconds } => t.t1("letters-too-long", "seconds", *seconds),
        Failure::BrokeOff { mib } => t.t1("letters-broke-off", "mib", *mib),
        Failure::NotStarted { reason } => t.t1("letters-not-started", "reason", reason.as_str()),
    };
    said.into_owned()
}

#[derive(Template)]
#[template(path = "letters/failed.html")]
struct FailedPage {
    shell: Shell,
    why: String,
}

/// The page that an operator sees instead of a letter.
pub fn failed(context: &Context, viewer: &Viewer, failure: &Failure) -> Response {
    tracing::warn!(error = %failure, "A letter couldn't be made.");
    let page = FailedPage {
        shell: viewer.shell(context, "campaigns"),
        why: failure_sentence(context.t, failure),
    };
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

/// When the invitation was made, and so the letter's date: its id tells.
fn made_at(invitation: &Invitation) -> Timestamp {
    let (seconds, nanos) = invitation.id.0.get_timestamp().map_or((0, 0), |at| at.to_unix());
    let at = Timestamp::new(seconds.try_into().unwrap_or(0), nanos.try_into().unwrap_or(0));
    at.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The letter of one company in the language of the page; what was made to be sent on paper is shown as it was made.
pub async fn of_company(
    context: Context,
    viewer: Viewer,
    Path((id, part)): Path<(CampaignId, InvitationId)>,
) -> Result<Response> {
    let (app, scope, t) = (&context.app, viewer.scope(), context.t);
    let mut tx = app.db.read().await?;
    let invitation = invitations::find(&mut tx, scope, part)
        .await?
        .filter(|i| i.campaign == id)
        .ok_or(Error::NotFound)?;
    let kept = store::of_invitation(&mut tx, scope, part, t.lang()).await?;
    let contacts = directory::contacts_of(&mut tx, &scope, invitation.company).await?;
    let company = directory::find(&mut tx, &scope, invitation.company).await?;
    drop(tx);
    let asked = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
    let name = [asked.number.as_str(), invitation.company_code.as_str(), t.lang()];
    if let Some(document) = kept
        && let Some(bytes) = app.files.get(&document.sha256).await?
    {
        return Ok(pdf(app, bytes, &name));
    }
    let made = link(&app.secret, invitation.id, &invitation.salt);
    let contact = contacts.iter().find(|c| c.mailable().is_ok()).or(contacts.first());
    let address = Address {
        link: &app.url(&format!("/r/{}", made.token)),
        code: &made.code,
        department: contact.map_or("", |c| c.department.as_str()),
        person: contact.map_or("", |c| c.name.as_str()),
        post: &company.map(|c| c.postal_lines(t.lang())).unwrap_or_default(),
    };
    let mark = demo_mark(app, t);
    match typeset(app, &asked, &invitation, &address, t, made_at(&invitation), &mark).await? {
        Ok(bytes) => Ok(pdf(app, bytes, &name)),
        Err(failure) => Ok(failed(&context, &viewer, &failure)),
    }
}

/// What is printed across a letter of a demonstration.
pub fn demo_mark(app: &App, t: Tr) -> String {
    match app.config.demo {
        true => t.t("letter-mark-demo").into_owned(),
        false => String::new(),
    }
}

/// The letter that the page of a link shows, as PDF: to no person by name, for the link may be passed on.
pub async fn of_visit(context: Context, Path(token): Path<String>) -> Result<Response> {
    let visit = Visit::open(context, token).await?;
    if visit.share.is_some() {
        // It has the company's own link and code on it.
        return Err(Error::NotFound);
    }
    let (app, t, invitation) = (&visit.context.app, visit.t(), &visit.invitation);
    let made = link(&app.secret, invitation.id, &invitation.salt);
    let address = Address {
        link: &app.url(&format!("/r/{}", made.token)),
        code: &made.code,
        department: "",
        person: "",
        post: &[],
    };
    let mark = demo_mark(app, t);
    match typeset(app, &visit.asked, invitation, &address, t, made_at(invitation), &mark).await? {
        Ok(bytes) => Ok(pdf(app, bytes, &[&visit.asked.number, t.lang()])),
        Err(failure) => {
            tracing::error!(error = %failure, "A letter couldn't be made.");
            Err(Error::Conflict("error-letter"))
        }
    }
}
