//! Signing in and out.

use super::model::{self, Code};
use super::session::{self, Presented};
use super::{Viewer, prove, store};
use crate::audit::{self, Actor};
use crate::web::form::Form;
use crate::web::{Context, Html, Result, Shell, see_other};
use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct SignInPage {
    shell: Shell,
    mail: String,
    next: String,
    refused: bool,
    /// Nobody has an account yet: the way in is the printed link.
    untouched: bool,
}

pub async fn show(context: Context, viewer: Option<Viewer>, RawQuery(query): RawQuery) -> Result<Response> {
    let query = Form(serde_urlencoded::from_str(&query.unwrap_or_default()).unwrap_or_default());
    let next = model::way_back(query.raw("next"));
    if viewer.is_some() {
        return Ok(see_other(next));
    }
    let mut tx = context.app.db.read().await?;
    let untouched = !store::any_account(&mut tx, &context.app.scope()).await?;
    let page = SignInPage {
        shell: Shell::new(&context),
        mail: String::new(),
        next: next.to_owned(),
        refused: false,
        untouched,
    };
    Ok(Html(page).into_response())
}

pub async fn create(context: Context, presented: Presented, form: Form) -> Result<Response> {
    let (app, scope) = (&context.app, context.app.scope());
    let next = model::way_back(form.raw("next"));
    let code = Code::read(&form);
    let Some((mut tx, account)) = prove::prove(&context, &scope, form.get("mail"), form.raw("password"), &code).await?
    else {
        let shell = Shell::new(&context);
        let mail = form.get("mail").to_owned();
        let page = SignInPage {
            shell,
            mail,
            next: next.to_owned(),
            refused: true,
            untouched: false,
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    };
    let token = session::open(&mut tx, &context, &scope, &account, &presented).await?;
    let origin = prove::origin(
        &context,
        &scope,
        Actor::Person(format!("{} <{}>", account.name, account.mail)),
    );
    let after = json!({ "agent": context.agent });
    audit::record(
        &mut tx,
        app,
        &origin,
        prove::about("session.create", &account),
        &(),
        &after,
    )
    .await?;
    tx.commit().await?;

    // A day's grace, and a transaction of its own: counts that are in use may be locked.
    let mut tx = app.db.write().await?;
    let yesterday = context.now - SignedDuration::from_hours(24);
    let tidied = store::delete_expired(&mut tx, &scope, yesterday, session::seen_after(app, yesterday)).await;
    if let Err(e) = match tidied {
        Ok(()) => tx.commit().await,
        Err(e) => Err(e),
    } {
        // The person is signed in all the same.
        tracing::warn!(error = %e, "Expired sessions were not tidied away.");
    }
    Ok(([token.cookie(app)], see_other(next)).into_response())
}

pub async fn delete(context: Context, viewer: Option<Viewer>) -> Result<Response> {
    let app = &context.app;
    if let Some(viewer) = viewer {
        let mut tx = app.db.write().await?;
        store::delete_session(&mut tx, &viewer.scope(), viewer.account, viewer.session).await?;
        let change = audit::Change {
            action: "session.end",
            subject_kind: "account",
            subject: Some(viewer.account.0),
            subject_name: &viewer.mail,
        };
        audit::record(&mut tx, app, &viewer.origin(&context), change, &(), &()).await?;
        tx.commit().await?;
    }
    Ok(([session::no_cookie(app)], see_other("/sign-in")).into_response())
}
