//! The own account: sessions, recovery codes, password.

use super::model::{self, Code};
use super::session::{self, Presented};
use super::setup::CodesPage;
use super::store::{self, Account, Session};
use super::{Problems, SessionId, Viewer, password, prove, weakness};
use crate::audit;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

#[derive(Template)]
#[template(path = "people/account.html")]
struct AccountPage {
    shell: Shell,
    account: Account,
    sessions: Vec<Session>,
    this: SessionId,
    codes_left: i64,
    problems: Problems,
    zone: jiff::tz::TimeZone,
}

impl AccountPage {
    fn moment(&self, at: &jiff::Timestamp) -> String {
        dates::moment(self.shell.t, *at, &self.zone)
    }
}

async fn page(context: &Context, viewer: &Viewer, problems: Problems) -> Result<AccountPage> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.read().await?;
    let account = store::find_account(&mut tx, &scope, viewer.account)
        .await?
        .ok_or(Error::SignIn)?;
    let seen_after = session::seen_after(app, context.now);
    let mut sessions = store::list_sessions(&mut tx, &scope, viewer.account, context.now, seen_after).await?;
    sessions.sort_by_key(|s| s.id != viewer.session);
    let codes_left = store::count_recovery_codes(&mut tx, &scope, viewer.account).await?;
    let mut shell = viewer.shell(context, "account");
    // The forms post to addresses that can't be opened.
    shell.place = "/account".into();
    Ok(AccountPage {
        shell,
        account,
        sessions,
        this: viewer.session,
        codes_left,
        problems,
        zone: app.zone(),
    })
}

pub async fn show(context: Context, viewer: Viewer) -> Result<Response> {
    Ok(Html(page(&context, &viewer, Problems::default()).await?).into_response())
}

async fn refuse(context: &Context, viewer: &Viewer, problems: Problems) -> Result<Response> {
    let page = page(context, viewer, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

pub async fn revoke(context: Context, viewer: Viewer, Path(id): Path<String>) -> Result<Response> {
    let id: SessionId = id.parse().map_err(|_| Error::NotFound)?;
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let ended = store::delete_session(&mut tx, &scope, viewer.account, id).await?;
    let (address, agent) = ended.ok_or(Error::NotFound)?;
    let change = audit::Change {
        action: "session.revoke",
        subject_kind: "account",
        subject: Some(viewer.account.0),
        subject_name: &viewer.mail,
    };
    let before = json!({ "address": address, "agent": agent });
    audit::record(&mut tx, app, &viewer.origin(&context), change, &before, &()).await?;
    tx.commit().await?;
    Ok(context.done("/account", "done-session-revoked", 0))
}

pub async fn revoke_others(context: Context, viewer: Viewer) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let ended = store::delete_other_sessions(&mut tx, &scope, viewer.account, Some(viewer.session)).await?;
    let change = audit::Change {
        action: "session.revoke-others",
        subject_kind: "account",
        subject: Some(viewer.account.0),
        subject_name: &viewer.mail,
    };
    audit::record(
        &mut tx,
        app,
        &viewer.origin(&context),
        change,
        &json!({ "sessions": ended }),
        &(),
    )
    .await?;
    tx.commit().await?;
    Ok(context.done("/account", "done-others-revoked", 0))
}

pub async fn renew_recovery_codes(context: Context, viewer: Viewer, form: Form) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let code = Code::read(&form);
    let Some((mut tx, account)) = prove::prove(&context, &scope, &viewer.mail, form.raw("password"), &code).await?
    else {
        let text = context.t.t("account-proof-wrong");
        return refuse(&context, &viewer, Problems::one("codes-password", text)).await;
    };
    let codes = prove::new_recovery_codes(&mut tx, app, &scope, account.id).await?;
    let change = prove::about("account.recovery-codes", &account);
    audit::record(&mut tx, app, &viewer.origin(&context), change, &(), &()).await?;
    tx.commit().await?;
    let shell = Shell {
        place: "/account".into(),
        ..viewer.shell(&context, "account")
    };
    Ok(Html(CodesPage {
        shell,
        codes,
        next: "/account",
        first: false,
    })
    .into_response())
}

/// Ends every session of the account, also those that somebody else may have opened; this browser gets a new one.
pub async fn change_password(context: Context, viewer: Viewer, presented: Presented, form: Form) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let new = form.raw("new");
    // Before the proof, because that uses a code up.
    if let Err(weak) = password::check(new, &viewer.name, &viewer.mail) {
        let text = weakness(context.t, weak);
        return refuse(&context, &viewer, Problems::one("new", text)).await;
    }
    let code = Code::read(&form);
    let Some((tx, account)) = prove::prove(&context, &scope, &viewer.mail, form.raw("password"), &code).await? else {
        let text = context.t.t("account-proof-wrong");
        return refuse(&context, &viewer, Problems::one("password", text)).await;
    };
    // The code is used up before the slow part, which must not hold a transaction.
    tx.commit().await?;
    let hash = password::hash(&app.random, new).await?;
    let mut tx = app.db.write().await?;
    store::update_password(&mut tx, &scope, account.id, &hash).await?;
    let ended = store::delete_other_sessions(&mut tx, &scope, account.id, None).await?;
    let token = session::open(&mut tx, &context, &scope, &account, &presented).await?;
    let change = prove::about("account.password", &account);
    let before = json!({ "sessions": ended });
    audit::record(&mut tx, app, &viewer.origin(&context), change, &before, &()).await?;
    tx.commit().await?;
    let mut response = context.done("/account", "done-password", 0);
    let (name, cookie) = token.cookie(app);
    response.headers_mut().append(name, cookie);
    Ok(response)
}
