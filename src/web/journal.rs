//! What the log and the monitoring learn of a request: never a secret, never what somebody typed.

use super::error::{Failure, reference_number};
use crate::app::App;
use crate::quiet::Quiet;
use axum::extract::MatchedPath;
use http::{Method, StatusCode};
use std::net::IpAddr;
use std::time::Instant;

/// A request, noted before it is answered.
pub(super) struct Journal {
    begun: Instant,
    method: Method,
    uri: http::Uri,
    pattern: Option<MatchedPath>,
    address: IpAddr,
}

impl Journal {
    pub fn open(parts: &http::request::Parts, address: IpAddr) -> Journal {
        Journal {
            begun: Instant::now(),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            pattern: parts.extensions.get::<MatchedPath>().cloned(),
            address,
        }
    }

    fn pattern(&self) -> Option<&str> {
        self.pattern.as_ref().map(MatchedPath::as_str)
    }

    /// Logs a failure, with its number. What broke off without a word (a panic) is given one.
    pub fn failure(&self, status: StatusCode, failure: Option<Failure>) -> Option<Failure> {
        static FAILURES: Quiet = Quiet::new();
        let failure = match failure {
            None if status == StatusCode::INTERNAL_SERVER_ERROR => Failure {
                kind: "error-internal",
                detail: None,
                reference: Some(reference_number()),
                unexpected: Some("the handler broke off".into()),
            },
            other => other?,
        };
        if let Some(error) = &failure.unexpected
            && let Some(left_out) = FAILURES.may_speak()
        {
            tracing::error!(
                reference = failure.reference.as_deref().unwrap_or_default(),
                method = %self.method,
                path = veiled(self.pattern(), self.uri.path()),
                status = status.as_u16(),
                error = &**error,
                left_out,
                "A request failed."
            );
        }
        Some(failure)
    }

    /// A line of the access log, where one is wished, and what is measured.
    pub fn close(&self, app: &App, status: StatusCode) {
        let taken = self.begun.elapsed();
        if !app.config.server.metrics_listen.is_empty() {
            let class = match status.as_u16() / 100 {
                1 => "1xx",
                2 => "2xx",
                3 => "3xx",
                4 => "4xx",
                _ => "5xx",
            };
            let route = self.pattern().unwrap_or("none").to_owned();
            metrics::counter!("kairan_responses_total", "status" => status.as_u16().to_string()).increment(1);
            metrics::histogram!("kairan_request_seconds", "route" => route, "status" => class).record(taken);
        }
        if app.config.log.access {
            tracing::info!(
                target: "kairan::access",
                method = %self.method,
                path = veiled(self.pattern(), self.uri.path()),
                status = status.as_u16(),
                ms = taken.as_micros() as f64 / 1e3,
                address = %self.address,
                "request"
            );
        }
    }
}

/// A path without what only its owner may know: parts that a route leaves open are shown where they are ids or short
/// numbers, and else by their name. A path of no route isn't shown: it may be a link that was cut or glued.
fn veiled(pattern: Option<&str>, path: &str) -> String {
    let Some(pattern) = pattern else {
        return "(no page)".into();
    };
    let mut given = path.split('/');
    let parts: Vec<&str> = pattern
        .split('/')
        .map(|part| {
            let value = given.next().unwrap_or_default();
            match part.starts_with('{') && !is_harmless(value) {
                true => part,
                false => value,
            }
        })
        .collect();
    parts.join("/")
}

fn is_harmless(value: &str) -> bool {
    value.parse::<uuid::Uuid>().is_ok() || (value.len() <= 4 && value.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::veiled;

    #[test]
    fn o8_a_path_in_the_log_holds_no_secret() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (pattern, path, shown) in [
            ("/r/{token}", "/r/AbCdEfGhIjKlMnOpQrStUv", "/r/{token}"),
            (
                "/r/{token}/check/{question}",
                "/r/AbCd/check/backup",
                "/r/{token}/check/{question}",
            ),
            (
                "/b/{token}/{invitation}",
                &format!("/b/secret/{id}"),
                &format!("/b/{{token}}/{id}"),
            ),
            (
                "/campaigns/{id}/wall",
                &format!("/campaigns/{id}/wall"),
                &format!("/campaigns/{id}/wall"),
            ),
            ("/r/{token}/before/{number}", "/r/x/before/2", "/r/{token}/before/2"),
            ("/setup/{token}", "/setup/0123456789", "/setup/{token}"),
            ("/sign-in", "/sign-in", "/sign-in"),
        ] {
            assert_eq!(veiled(Some(pattern), path), shown);
        }
        assert_eq!(veiled(None, "/rAbCdEfGhIjKlMnOpQrStUv"), "(no page)");
    }
}
