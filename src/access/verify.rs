//! Whether a request is real: anybody types its number and sees who asked what and when, and whom to call. Nothing about
//! whom it was sent to.

use super::model::typed_number;
use crate::app::App;
use crate::campaigns::{self, Plan, State};
use crate::content::Placeholders;
use crate::directory::Kind;
use crate::people;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates, throttle};
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use jiff::SignedDuration;

pub fn router() -> Router<App> {
    Router::new().route("/verify", get(show).post(look))
}

/// What we sent.
struct Real {
    number: String,
    sender: String,
    inquiries: String,
    subjects: Vec<String>,
    sent: String,
    deadline: String,
    closed: bool,
}

#[derive(Template)]
#[template(path = "access/verify.html")]
struct VerifyPage {
    shell: Shell,
    typed: String,
    real: Option<Real>,
    unknown: bool,
    host: String,
    /// The address that our mails come from.
    from: String,
}

impl VerifyPage {
    fn new(context: &Context, typed: &str) -> VerifyPage {
        let config = &context.app.config;
        VerifyPage {
            shell: Shell::new(context),
            typed: typed.to_owned(),
            real: None,
            unknown: false,
            host: config.server.base_url.clone(),
            from: config.mail.from.clone(),
        }
    }
}

async fn show(context: Context) -> Result<Response> {
    Ok(Html(VerifyPage::new(&context, "")).into_response())
}

async fn look(context: Context, form: Form) -> Result<Response> {
    let (app, scope, t) = (&context.app, context.app.scope(), context.t);
    let typed: String = form.get("number").chars().take(40).collect();
    let window = SignedDuration::from_mins(15);
    let mine = format!("verify:{}", people::neighbourhood(context.address));
    let mut tx = app.db.write().await?;
    let allowed = throttle::allow(&mut tx, scope.org.0, &mine, 30, window, context.now).await?;
    let found = match allowed {
        true => campaigns::find_by_number(&mut tx, scope, &typed_number(&typed)).await?,
        false => None,
    };
    tx.commit().await?;
    if !allowed {
        return Err(Error::TooMany);
    }
    let mut page = VerifyPage::new(&context, &typed);
    let sent = found
        .filter(|c| c.state != State::Draft)
        .and_then(|c| Some((c.id, c.sent_at?, c.state, c.deadline())));
    let Some((id, sent_at, state, deadline)) = sent else {
        page.unknown = true;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    };
    let asked = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
    let zone = asked.zone();
    let title = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let values = Placeholders {
        number: asked.number.clone(),
        deadline: dates::deadline(t, deadline, &zone),
        sender: asked.plan.sender_name(t.lang()).to_owned(),
        inquiries: Plan::said(&asked.plan.inquiries, t.lang()).to_owned(),
        advisory: title(asked.advisory.as_ref().map(|a| a.text(t.lang()).title.as_str())),
        checklist: title(asked.checklist.as_ref().map(|c| c.text(t.lang()).title.as_str())),
        ..Placeholders::default()
    };
    let mut subjects: Vec<String> = [
        (Kind::Supplier, &asked.letters.supplier),
        (Kind::Group, &asked.letters.group),
    ]
    .into_iter()
    .filter_map(|(kind, letter)| Some((kind, letter.as_ref()?)))
    .flat_map(|(kind, letter)| {
        let rendered = letter.render(t.lang(), &values, &asked.plan.asks(kind));
        [rendered.mail_subject, rendered.subject]
    })
    .collect();
    subjects.dedup();
    page.real = Some(Real {
        number: asked.number.clone(),
        sender: asked.plan.sender_name(t.lang()).to_owned(),
        inquiries: Plan::said(&asked.plan.inquiries, t.lang()).to_owned(),
        subjects,
        sent: dates::date(t, sent_at, &zone),
        deadline: dates::deadline(t, deadline, &zone),
        closed: state == State::Closed,
    });
    Ok(Html(page).into_response())
}
