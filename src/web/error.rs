//! What a handler can fail with. The page (or problem+json, RFC 9457) is made by [`super::respond`], which knows the
//! reader's language and what they accept.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

#[derive(Debug)]
pub enum Error {
    /// 404: there is nothing here, or not for this viewer.
    NotFound,
    /// 405: there is something here, but it isn't looked at or posted to in this way.
    Method,
    /// 403: the viewer may not do this, or the request didn't come from our own page.
    Forbidden,
    /// 409: somebody else was first; the key of the sentence that says what to do.
    Conflict(&'static str),
    /// 413: an upload over the limit.
    TooLarge,
    /// 429: too many tries; come back later.
    TooMany,
    /// 429: a day's submissions of one link are used up; what was typed is kept.
    TooManyToday,
    /// 400: a request that no page of ours makes; the reason is for the log and for programs.
    BadRequest(String),
    /// 303 to the sign-in page: nobody is signed in.
    SignIn,
    /// 303 to the page that sends a code: this device hasn't shown yet that it may see a company's answers.
    NewDevice,
    /// 500, or 503 where the database can't be reached or can't keep what is written: logged once by [`super::respond`], with
    /// a number that the page shows.
    Internal(anyhow::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl<E: Into<anyhow::Error>> From<E> for Error {
    fn from(e: E) -> Error {
        Error::Internal(e.into())
    }
}

/// Rides on a response until [`super::respond`] makes the page.
#[derive(Clone)]
pub(super) struct Failure {
    pub kind: &'static str,
    pub detail: Option<String>,
    pub reference: Option<String>,
    /// What happened, for the log alone.
    pub unexpected: Option<std::sync::Arc<str>>,
}

/// By which an administrator finds the line of the log.
pub(super) fn reference_number() -> String {
    data_encoding::BASE32_NOPAD.encode(&crate::clock::Random::default().bytes::<5>())
}

/// Whether a handler failed, and the page is still to be made.
pub fn is_failure(response: &Response) -> bool {
    response.extensions().get::<Failure>().is_some()
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, kind, detail) = match &self {
            Error::NotFound => (StatusCode::NOT_FOUND, "error-not-found", None),
            Error::Method => (StatusCode::METHOD_NOT_ALLOWED, "error-method", None),
            Error::Forbidden => (StatusCode::FORBIDDEN, "error-forbidden", None),
            Error::Conflict(key) => (StatusCode::CONFLICT, *key, None),
            Error::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "error-too-large", None),
            Error::TooMany => (StatusCode::TOO_MANY_REQUESTS, "error-too-many", None),
            Error::TooManyToday => (StatusCode::TOO_MANY_REQUESTS, "error-too-many-today", None),
            Error::BadRequest(why) => (StatusCode::BAD_REQUEST, "error-bad-request", Some(why.clone())),
            Error::SignIn => (StatusCode::SEE_OTHER, "error-sign-in", None),
            Error::NewDevice => (StatusCode::SEE_OTHER, "error-new-device", None),
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "error-internal", None),
        };
        if let Some(why) = &detail {
            tracing::debug!(why, "A request can't be read.");
        }
        let (mut reference, mut unexpected) = (None, None);
        let (mut status, mut kind) = (status, kind);
        if let Error::Internal(e) = &self {
            reference = Some(reference_number());
            unexpected = Some(format!("{e:#}").into());
            let database = e.chain().find_map(|cause| cause.downcast_ref::<crate::db::Error>());
            if database.is_some_and(crate::db::Error::is_outage) {
                (status, kind) = (StatusCode::SERVICE_UNAVAILABLE, "error-unavailable");
            }
        }
        let mut response = status.into_response();
        if matches!(self, Error::TooMany) {
            // As long as the page says.
            response
                .headers_mut()
                .insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("900"));
        }
        response.extensions_mut().insert(Failure {
            kind,
            detail,
            reference,
            unexpected,
        });
        response
    }
}

impl Failure {
    /// What a response that isn't ours means, if it tells of a failure: the framework's extractors and its router answer with
    /// a status and an English word in plain text, which no handler of ours does. `said` is that word.
    pub fn foreign(status: StatusCode, said: &str) -> (StatusCode, Failure) {
        let (status, kind) = match status {
            // An id in the address that can be none names nothing.
            StatusCode::BAD_REQUEST if said.starts_with("Invalid URL") => (StatusCode::NOT_FOUND, "error-not-found"),
            StatusCode::NOT_FOUND => (status, "error-not-found"),
            StatusCode::METHOD_NOT_ALLOWED => (status, "error-method"),
            StatusCode::PAYLOAD_TOO_LARGE => (status, "error-too-large"),
            StatusCode::TOO_MANY_REQUESTS => (status, "error-too-many"),
            status if status.is_server_error() => (status, "error-internal"),
            status => (status, "error-bad-request"),
        };
        let failure = Failure {
            kind,
            detail: None,
            reference: None,
            unexpected: None,
        };
        (status, failure)
    }
}
