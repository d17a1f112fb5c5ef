//! What holds for every response: security headers, cross-site protection, the language cookie, error pages.

use super::advice::advice;
use super::assets;
use super::context::{Context, LANGUAGE_COOKIE, Seat, Shell, asked_language, header as text_header, set_cookie};
use super::error::Failure;
use super::journal::Journal;
use crate::app::App;
use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// Room for most pages, so that they aren't copied while they grow.
const PAGE: usize = 40 * 1024;

/// A typed template as a response.
pub struct Html<T>(pub T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        let mut page = String::with_capacity(PAGE.max(T::SIZE_HINT));
        match self.0.render_into(&mut page) {
            Ok(()) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
            Err(e) => super::Error::Internal(e.into()).into_response(),
        }
    }
}

impl<T: Template> Html<T> {
    /// Compressed, if the browser takes that. Only for a page that shows nothing of what its request says: one that did, beside a
    /// secret, would tell the secret by its length (the attack BREACH).
    pub fn packed(self, request: &HeaderMap) -> Response {
        let mut page = String::with_capacity(PAGE.max(T::SIZE_HINT));
        if let Err(e) = self.0.render_into(&mut page) {
            return super::Error::Internal(e.into()).into_response();
        }
        let also = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::VARY, "accept-encoding"),
        ];
        let fast = flate2::Compression::fast();
        match assets::takes_gzip(request)
            .then(|| assets::gzip(page.as_bytes(), fast))
            .flatten()
        {
            Some(bytes) => (also, [(header::CONTENT_ENCODING, "gzip")], bytes).into_response(),
            None => (also, page).into_response(),
        }
    }

    /// A page that shows a document of ours in a frame ([`framed`]).
    pub fn framing(self) -> Response {
        let mut response = self.into_response();
        let policy = HeaderValue::from_static(CONTENT_SECURITY_FRAMING);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response
    }
}

/// A document that somebody else's words may be in, such as a mail, for a frame on a page of ours. It can run nothing, send
/// nothing, lead nowhere, and load nothing; its looks stand in its own text, as a mail's do.
pub fn framed(document: String) -> Response {
    const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'self'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    (headers, document).into_response()
}

/// 303: what was posted is done, the page to look at is there. `place` is one of our own paths; what can't stand in a header
/// is written as an address writes it.
pub fn see_other(place: impl AsRef<str>) -> Response {
    let place = percent_encoding::utf8_percent_encode(place.as_ref(), percent_encoding::CONTROLS);
    let place: std::borrow::Cow<str> = place.into();
    axum::response::Redirect::to(&place).into_response()
}

macro_rules! content_security {
    ($more:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; ",
            $more,
            "base-uri 'none'; frame-ancestors 'none'"
        )
    };
}

/// Nothing may be loaded from elsewhere, run inline, or be framed.
const CONTENT_SECURITY: &str = content_security!("");

/// As above, and a frame may show what is ours.
const CONTENT_SECURITY_FRAMING: &str = content_security!("frame-src 'self'; ");

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage {
    shell: Shell,
    kind: &'static str,
    reference: Option<String>,
}

/// The same for somebody with a company's link, who has no account to sign in to.
#[derive(Template)]
#[template(path = "web/error_respondent.html")]
struct RespondentErrorPage {
    shell: Shell,
    kind: &'static str,
    reference: Option<String>,
    /// The request's own first page, where the link itself is good.
    home: Option<String>,
}

impl RespondentErrorPage {
    fn advice(&self) -> &'static str {
        advice(self.kind, true)
    }
}

impl ErrorPage {
    fn advice(&self) -> &'static str {
        advice(self.kind, false)
    }
}

pub async fn respond(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(context) = Context::from_request_parts(&mut parts, &app).await;
    let wants_json = text_header(&parts, "accept").starts_with("application/json")
        || text_header(&parts, "accept").starts_with("application/problem+json");
    let asked = asked_language(&parts);
    let method = parts.method.clone();
    let asset = parts.uri.path().starts_with("/assets/");
    let journal = Journal::open(&parts, context.address);
    // A respondent's pages have no navigation to keep.
    let seat = (!carries_its_own_right(parts.uri.path())).then(Seat::default);
    if let Some(seat) = &seat {
        parts.extensions.insert(seat.clone());
    }

    let response = if comes_from_elsewhere(&parts, &app) {
        super::Error::Forbidden.into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    let failure = response.extensions().get::<Failure>().cloned();
    let failure = journal.failure(response.status(), failure);
    let mut response = match failure {
        None if is_foreign(&response) => {
            let (parts, body) = response.into_parts();
            let said = axum::body::to_bytes(body, 4096).await.unwrap_or_default();
            let (status, failure) = Failure::foreign(parts.status, &String::from_utf8_lossy(&said));
            let mut response = page(status, &context, seat.as_ref(), failure, wants_json);
            for name in [header::ALLOW, header::RETRY_AFTER] {
                if let Some(value) = parts.headers.get(&name) {
                    response.headers_mut().insert(name, value.clone());
                }
            }
            response
        }
        None => response,
        Some(failure) if failure.kind == "error-sign-in" && !wants_json => {
            let back: String = if method == Method::GET {
                context.place.clone()
            } else {
                "/".into()
            };
            let query = serde_urlencoded::to_string([("next", back)]).unwrap_or_default();
            see_other(format!("/sign-in?{query}"))
        }
        Some(failure) if failure.kind == "error-new-device" && !wants_json => {
            see_other(respondent_home(&context.place).unwrap_or_default() + "/device")
        }
        Some(failure) => page(response.status(), &context, seat.as_ref(), failure, wants_json),
    };
    journal.close(&app, response.status());
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    if method == Method::GET
        && is_page(&response)
        && let Some(told) = context.done_told()
    {
        response.headers_mut().append(header::SET_COOKIE, told);
    }
    protect(&app, asset, &mut response);
    if let Some(locale) = asked {
        let (name, value) = set_cookie(&app, LANGUAGE_COOKIE, locale.as_str(), "Max-Age=31536000");
        response.headers_mut().append(name, value);
    }
    response
}

fn content_type(response: &Response) -> Option<&str> {
    response.headers().get(header::CONTENT_TYPE)?.to_str().ok()
}

fn is_page(response: &Response) -> bool {
    content_type(response).is_some_and(|kind| kind.starts_with("text/html"))
}

/// Whether a failure is told by the framework, and not by a handler of ours: those make a page, JSON, or a [`Failure`].
fn is_foreign(response: &Response) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && content_type(response).is_none_or(|kind| kind.starts_with("text/plain"))
}

/// The headers that every response carries. An asset may be kept, and found by search engines.
pub fn protect(app: &App, asset: bool, response: &mut Response) {
    let headers = response.headers_mut();
    // Two kinds of page say more or less than the rest: see `framing` and `framed`.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CONTENT_SECURITY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(header::X_FRAME_OPTIONS)
        .or_insert(HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    );
    if !asset {
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    if app.config.is_https() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
}

fn page(status: StatusCode, context: &Context, seat: Option<&Seat>, failure: Failure, json: bool) -> Response {
    let status = if status == StatusCode::SEE_OTHER {
        StatusCode::UNAUTHORIZED
    } else {
        status
    };
    if json {
        let problem = serde_json::json!({
            "type": "about:blank",
            "status": status.as_u16(),
            "title": context.t.t(failure.kind),
            "detail": failure.detail,
            "reference": failure.reference,
        });
        return (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            problem.to_string(),
        )
            .into_response();
    }
    if carries_its_own_right(&context.place) {
        let page = RespondentErrorPage {
            shell: Shell::new(context),
            kind: failure.kind,
            reference: failure.reference,
            home: respondent_home(&context.place).filter(|_| failure.kind != "error-not-found"),
        };
        return (status, Html(page)).into_response();
    }
    let page = ErrorPage {
        shell: seat.map_or_else(|| Shell::new(context), |seat| seat.shell(context)),
        kind: failure.kind,
        reference: failure.reference,
    };
    (status, Html(page)).into_response()
}

/// The first page of the request that a respondent's page belongs to.
fn respondent_home(place: &str) -> Option<String> {
    let token = place.strip_prefix("/r/")?.split(['/', '?']).next()?;
    Some(format!("/r/{token}"))
}

/// Whether an unsafe request was made by another site's page.
///
/// Browsers say so in Sec-Fetch-Site (to https and loopback addresses) and in Origin. Because our pages send no
/// referrer, their own forms carry `Origin: null` where Sec-Fetch-Site is missing (plain http): that is refused where a
/// cookie gives the right to do something. Programs send `Origin`.
fn comes_from_elsewhere(parts: &http::request::Parts, app: &App) -> bool {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    let origin = parts.headers.get(header::ORIGIN).and_then(|v| v.to_str().ok());
    match text_header(parts, "sec-fetch-site") {
        "same-origin" => origin.is_some_and(|o| o != "null" && o != app.config.server.base_url && !same_host(parts, o)),
        "" if origin.is_none_or(|o| o == "null") => !carries_its_own_right(parts.uri.path()),
        "" => origin != Some(app.config.server.base_url.as_str()),
        _ => true,
    }
}

/// A respondent's address holds the secret itself, and no cookie counts there: another site that doesn't know it can do
/// nothing with the visitor's browser that it couldn't do without.
fn carries_its_own_right(path: &str) -> bool {
    path.starts_with("/r/")
        || path.starts_with("/b/")
        || ["/code", "/verify"].contains(&path.split('?').next().unwrap_or_default())
}

/// An origin that names the host the request went to (a trial reached under another name than the configured one).
fn same_host(parts: &http::request::Parts, origin: &str) -> bool {
    let host = text_header(parts, "host");
    !host.is_empty() && origin.split_once("://").is_some_and(|(_, h)| h == host)
}
