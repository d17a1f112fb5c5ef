//! What holds for every response: security headers, cross-site protection, the language cookie, error pages.

use super::advice::advice;
use super::context::{Context, LANGUAGE_COOKIE, Shell, asked_language, header as text_header, set_cookie};
use super::error::Failure;
use crate::app::App;
use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};

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

/// 303: what was posted is done, the page to look at is there. `place` is one of our own paths.
pub fn see_other(place: impl AsRef<str>) -> Response {
    axum::response::Redirect::to(place.as_ref()).into_response()
}

/// Nothing may be loaded from elsewhere, run inline, or be framed.
const CONTENT_SECURITY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage {
    shell: Shell,
    kind: &'static str,
    detail: Option<String>,
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

    let response = if comes_from_elsewhere(&parts, &app) {
        super::Error::Forbidden.into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    metrics::counter!("kairan_responses_total", "status" => response.status().as_u16().to_string()).increment(1);
    let failure = response.extensions().get::<Failure>().cloned();
    let mut response = match failure {
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED || response.status() == StatusCode::NOT_FOUND => {
            let unfinished = response.headers().get(header::CONTENT_TYPE).is_none();
            let status = response.status();
            match unfinished {
                true => page(
                    status,
                    &context,
                    Failure {
                        kind: "error-not-found",
                        detail: None,
                        reference: None,
                    },
                    wants_json,
                ),
                false => response,
            }
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
        Some(failure) => page(response.status(), &context, failure, wants_json),
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
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
    if let Some(locale) = asked {
        let (name, value) = set_cookie(&app, LANGUAGE_COOKIE, locale.as_str(), "Max-Age=31536000");
        headers.append(name, value);
    }
    response
}

fn page(status: StatusCode, context: &Context, failure: Failure, json: bool) -> Response {
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
        shell: Shell::new(context),
        kind: failure.kind,
        detail: failure.detail,
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
