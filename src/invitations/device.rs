//! The devices on which a company's answers may be seen.
//!
//! Until the first submission whoever holds the link may answer. What was submitted is a list of weak spots, so from then on
//! a device must have answered before, or show by a code that whoever holds it reads the company's mail. What a device
//! keeps is a cookie made from the link's token and the server's secret: nothing is stored here, and a new link makes all
//! of them void.

use super::visit::Visit;
use crate::app::App;
use crate::secret::{Secret, sha256};
use crate::web::{self, Error, Result, cookie};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use http::{HeaderValue, Method, header};
use uuid::Uuid;

/// `__Host-` keeps other hosts of the domain from setting it; browsers take such a cookie over https only.
fn name(app: &App, token: &str) -> String {
    let host = if app.config.is_https() { "__Host-" } else { "" };
    format!("{host}kairan-{}", HEXLOWER.encode(&sha256(token.as_bytes())[..4]))
}

fn proof(app: &App, token: &str) -> String {
    BASE64URL_NOPAD.encode(&app.secret.mac("device", token.as_bytes())[..16])
}

/// The cookie by which a device is known from now on, for 180 days.
pub fn device_cookie(app: &App, token: &str) -> HeaderValue {
    web::set_cookie(app, &name(app, token), &proof(app, token), "Max-Age=15552000").1
}

impl Visit {
    pub fn is_known_device(&self) -> bool {
        let app = &self.context.app;
        self.context.cookie(&name(app, &self.token)) == Some(&proof(app, &self.token))
    }

    /// [`Error::NewDevice`] where answers were submitted and this device hasn't shown yet that it may see them.
    pub fn refuse_new_device(&self, submitted: bool) -> Result<()> {
        match submitted && !self.is_known_device() {
            true => Err(Error::NewDevice),
            false => Ok(()),
        }
    }
}

/// Rides on the page that asks for one more step: who is asked was not let through.
#[derive(Clone)]
pub(super) struct NotYet;

/// Gives a device on which somebody answers its cookie, so that it is no new one later. What only opens pages, as scanners
/// do, gets none.
pub async fn keep_device(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let token = request.uri().path().split('/').nth(2).unwrap_or_default().to_owned();
    let (parts, body) = request.into_parts();
    let known = cookie(&parts, &name(&app, &token)) == Some(&proof(&app, &token));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let refused = web::is_failure(&response) || response.extensions().get::<NotYet>().is_some();
    if !known && !refused {
        let cookie = device_cookie(&app, &token);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The six digits of a code with this id: they can be made again, so the database doesn't hold them.
pub fn device_digits(secret: &Secret, code: Uuid) -> String {
    let mac = secret.mac("device-code", code.as_bytes());
    let number = u64::from_be_bytes(std::array::from_fn(|i| mac[i])) % 1_000_000;
    format!("{number:06}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Random;

    #[test]
    fn digits_are_six_and_another_for_another_code() {
        let dir = tempfile::tempdir().unwrap();
        let secret = Secret::load("", dir.path(), &Random::default()).unwrap();
        let all: std::collections::BTreeSet<String> =
            (0..1000).map(|n| device_digits(&secret, Uuid::from_u128(n))).collect();
        assert!(
            all.iter()
                .all(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_digit()))
        );
        // A thousand of a million draws: some 0.5 pairs are expected.
        assert!(all.len() > 990);
        assert_eq!(
            device_digits(&secret, Uuid::from_u128(7)),
            device_digits(&secret, Uuid::from_u128(7))
        );
    }
}
