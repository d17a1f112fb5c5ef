//! The token of a session and the cookie that carries it.

use super::store::{self, Account, Session};
use crate::app::{App, Scope};
use crate::db::Tx;
use crate::web::{self, Context};
use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};

/// 256 random bits as the browser keeps them; the database has only the hash.
pub(super) struct Token(String);

impl Token {
    pub fn new(app: &App) -> Token {
        Token(data_encoding::BASE64URL_NOPAD.encode(&app.random.bytes::<32>()))
    }

    /// What the browser presents, if it can be a token at all.
    pub fn presented(parts: &Parts, app: &App) -> Option<Token> {
        let value = web::cookie(parts, cookie_name(app))?;
        (value.len() == 43).then(|| Token(value.to_owned()))
    }

    pub fn hash(&self) -> Vec<u8> {
        crate::secret::sha256(self.0.as_bytes()).to_vec()
    }

    /// The header that gives this token to the browser. It has no Max-Age: when a session ends is decided by the server.
    pub fn cookie(&self, app: &App) -> (http::HeaderName, HeaderValue) {
        web::set_cookie(app, cookie_name(app), &self.0, "")
    }
}

/// The header that takes the token from the browser.
pub(super) fn no_cookie(app: &App) -> (http::HeaderName, HeaderValue) {
    web::set_cookie(app, cookie_name(app), "", "Max-Age=0")
}

/// `__Host-` makes the browser hold a cookie to this host, to https and to every path, so that a neighbouring
/// subdomain can't plant one. It needs `Secure`, and browsers differ in whether they take a `Secure` cookie from
/// http://localhost (Safari does not): on plain http, which is for trials only, the cookie goes without both.
fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-kairan"
    } else {
        "kairan"
    }
}

/// The token that a request brought, whether it is worth anything or not.
pub(super) struct Presented(pub Option<Token>);

impl FromRequestParts<App> for Presented {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Presented, Self::Rejection> {
        Ok(Presented(Token::presented(parts, app)))
    }
}

/// Sessions that were last seen before this let nobody in.
pub(super) fn seen_after(app: &App, now: Timestamp) -> Timestamp {
    now - SignedDuration::from_hours(app.config.sessions.idle_hours)
}

/// Opens a session with a new token, and ends that of the token which the browser brought: whoever planted or stole
/// that one gets nothing from this sign-in.
pub(super) async fn open(
    tx: &mut Tx,
    context: &Context,
    scope: &Scope,
    account: &Account,
    presented: &Presented,
) -> web::Result<Token> {
    let app = &context.app;
    if let Some(old) = &presented.0 {
        store::delete_session_of_token(tx, &old.hash()).await?;
    }
    let token = Token::new(app);
    let session = Session {
        id: app.id(context.now),
        address: context.address.to_string(),
        agent: context.agent.clone(),
        created_at: context.now,
        seen_at: context.now,
    };
    let expires_at = context.now + SignedDuration::from_hours(app.config.sessions.hours);
    store::insert_session(tx, scope, account.id, &session, &token.hash(), expires_at).await?;
    Ok(token)
}
