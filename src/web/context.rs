//! What every handler knows of its request: language, place, visitor's address, time.

use super::i18n::{Locale, Tr};
use crate::alerts::Alert;
use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, header};
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

/// The cookie that keeps the chosen language.
pub const LANGUAGE_COOKIE: &str = "kairan-lang";

#[derive(Clone)]
pub struct Context {
    pub app: App,
    pub t: Tr,
    /// Path and query, without `lang`.
    pub place: String,
    pub address: IpAddr,
    pub agent: String,
    pub now: jiff::Timestamp,
    /// Whether a browser sent what our page holds, and not a program: see [`is_by_person`].
    pub by_person: bool,
    /// Whether a page was asked for, and not a part of one by a script.
    navigates: bool,
    cookies: Vec<http::HeaderValue>,
}

impl Context {
    /// The value of a cookie that came with the request.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        find_cookie(&self.cookies, name)
    }

    /// 303 to `place`, whose page says once that it is done. `key` is a message that begins with `done-`; it may use `$count`.
    ///
    /// It travels in a cookie that the page takes back: in the address it would be said again at each reload, and whoever
    /// makes a link could have our page say it.
    pub fn done(&self, place: impl AsRef<str>, key: &'static str, count: i64) -> Response {
        let mut response = super::see_other(place);
        let cookie = self.done_cookie(&format!("{key}.{count}"), 60);
        if let Ok(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// What was done a moment ago, in words, for the page that tells it.
    pub fn done_words(&self) -> Option<Cow<'static, str>> {
        let (key, count) = self.done_carried()?.split_once('.')?;
        let count: i64 = count.parse().ok()?;
        (key.starts_with("done-") && self.t.has(key)).then(|| self.t.t1(key, "count", count))
    }

    /// The header that takes the word back, where a page has told it.
    pub(super) fn done_told(&self) -> Option<HeaderValue> {
        self.done_carried()?;
        self.done_cookie("", 0).ok()
    }

    fn done_carried(&self) -> Option<&str> {
        self.cookie(self.done_name()).filter(|_| self.navigates)
    }

    fn done_name(&self) -> &'static str {
        match self.app.config.is_https() {
            true => "__Host-kairan-done",
            false => "kairan-done",
        }
    }

    fn done_cookie(&self, value: &str, seconds: u32) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
        let secure = if self.app.config.is_https() { "; Secure" } else { "" };
        let name = self.done_name();
        HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"
        ))
    }
}

impl FromRequestParts<App> for Context {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Context, Self::Rejection> {
        let agent = header(parts, "user-agent").chars().take(200).collect();
        Ok(Context {
            t: Tr(language(parts, app)),
            place: place(parts),
            address: address(parts, app),
            agent,
            now: app.clock.now(),
            by_person: is_by_person(parts, app),
            navigates: matches!(header(parts, "sec-fetch-dest"), "" | "document"),
            cookies: parts.headers.get_all(http::header::COOKIE).iter().cloned().collect(),
            app: app.clone(),
        })
    }
}

/// The language: the link's, else the cookie's, else the browser's, else the configured one.
pub(super) fn language(parts: &Parts, app: &App) -> Locale {
    asked_language(parts)
        .or_else(|| cookie(parts, LANGUAGE_COOKIE).and_then(Locale::find))
        .or_else(|| Locale::negotiate(header(parts, "accept-language")))
        .unwrap_or_else(|| Locale::or_english(&app.config.organisation.language))
}

/// The language asked for by `?lang=`.
pub(super) fn asked_language(parts: &Parts) -> Option<Locale> {
    let query = parts.uri.query()?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .and_then(Locale::find)
}

/// The header that gives the browser a cookie for the whole site, out of reach of scripts and of what other sites send. `more`
/// is what else stands in it, such as `Max-Age=0`. Only our own words and base64url go in, so that it can't fail; an empty
/// header would give nothing.
pub fn set_cookie(app: &App, name: &str, value: &str, more: &str) -> (http::HeaderName, http::HeaderValue) {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let more = if more.is_empty() {
        String::new()
    } else {
        format!("; {more}")
    };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
    (
        http::header::SET_COOKIE,
        http::HeaderValue::from_str(&text).unwrap_or(http::HeaderValue::from_static("")),
    )
}

/// The value of a cookie.
pub fn cookie<'p>(parts: &'p Parts, name: &str) -> Option<&'p str> {
    find_cookie(parts.headers.get_all(http::header::COOKIE), name)
}

fn find_cookie<'p>(values: impl IntoIterator<Item = &'p http::HeaderValue>, name: &str) -> Option<&'p str> {
    values
        .into_iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

pub(super) fn header<'p>(parts: &'p Parts, name: &str) -> &'p str {
    parts
        .headers
        .get(name)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

fn place(parts: &Parts) -> String {
    let query: Vec<&str> = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|p| !p.is_empty() && !p.starts_with("lang="))
        .collect();
    let path = own_path(parts.uri.path());
    match query.is_empty() {
        true => path,
        false => format!("{path}?{}", query.join("&")),
    }
}

/// A path as a link of ours may hold it: browsers take `//host` and `/\host` for another site, so it begins with one slash.
fn own_path(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

/// Browsers say `Sec-Fetch-Site: same-origin` with what our own page sends (W3C Fetch Metadata, §2.3), and programs that post
/// forms don't. (`Sec-Fetch-User` would tell more, but Safari doesn't send it.) They say it to https only, so on plain http every
/// request is taken for a person's.
fn is_by_person(parts: &Parts, app: &App) -> bool {
    !app.config.is_https() || header(parts, "sec-fetch-site") == "same-origin"
}

/// The visitor's address; X-Forwarded-For is believed only from a configured proxy.
fn address(parts: &Parts, app: &App) -> IpAddr {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(a)| a.ip().to_canonical());
    if !app.config.server.trusted_proxies.contains(&peer) {
        return peer;
    }
    // The last line's last entry is the proxy's own; whatever stands before it the visitor may have written.
    let lines = parts.headers.get_all("x-forwarded-for");
    let last = lines
        .iter()
        .next_back()
        .and_then(|v| v.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    last.map_or(peer, |a| a.to_canonical())
}

/// Who is signed in, told by whoever finds it out to the page that [`super::respond`] makes where a handler failed: the ground
/// knows no people, and that page keeps their navigation.
#[derive(Clone, Default)]
pub struct Seat(Arc<OnceLock<(String, Arc<[Alert]>)>>);

impl Seat {
    /// Tells a person's name, and what goes wrong for them.
    pub fn take(parts: &Parts, name: &str, alerts: &Arc<[Alert]>) {
        if let Some(Seat(seat)) = parts.extensions.get::<Seat>() {
            // A second extractor of the same request tells the same.
            let _ = seat.set((name.to_owned(), alerts.clone()));
        }
    }

    pub(super) fn shell(&self, context: &Context) -> Shell {
        let shell = Shell::new(context);
        match self.0.get() {
            Some((name, alerts)) => Shell {
                person: Some(name.clone()),
                alerts: alerts.clone(),
                ..shell
            },
            None => shell,
        }
    }
}

/// What a layout shows around a page.
#[derive(Clone)]
pub struct Shell {
    pub t: Tr,
    /// Path and query of this page in no particular language.
    pub place: String,
    /// The signed-in person's name.
    pub person: Option<String>,
    /// Which entry of the navigation is here.
    pub here: &'static str,
    /// Everything is made up, and the page says so.
    pub demo: bool,
    /// What goes wrong, for whoever is signed in.
    pub alerts: Arc<[Alert]>,
    /// What this person has just done, told once.
    pub done: Option<Cow<'static, str>>,
}

impl Shell {
    pub fn new(context: &Context) -> Shell {
        Shell {
            t: context.t,
            place: context.place.clone(),
            person: None,
            here: "",
            demo: context.app.config.demo,
            alerts: Default::default(),
            done: None,
        }
    }

    /// The other languages, with this place's address in each.
    pub fn languages(&self) -> Vec<(Locale, String, bool)> {
        let mark = if self.place.contains('?') { '&' } else { '?' };
        Locale::all()
            .map(|l| (l, format!("{}{mark}lang={}", self.place, l.as_str()), l == self.t.0))
            .collect()
    }

    /// An alert in the reader's language.
    pub fn alert(&self, alert: &Alert) -> Cow<'static, str> {
        self.t.t2(
            &alert.key,
            "subject",
            alert.subject.as_str(),
            "words",
            alert.words.as_str(),
        )
    }

    /// A language's own name for itself.
    pub fn language_name(&self, locale: impl std::borrow::Borrow<Locale>) -> Cow<'static, str> {
        Tr(*locale.borrow()).t("language-name")
    }

    /// The address of an asset, with its hash, so that it can be kept for ever.
    pub fn asset(&self, name: &str) -> String {
        super::assets::address(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_never_another_site() {
        for (path, own) in [
            ("/x", "/x"),
            ("//evil.example/x", "/evil.example/x"),
            ("/\\evil.example", "/evil.example"),
            ("///x", "/x"),
            ("", "/"),
        ] {
            assert_eq!(own_path(path), own);
        }
    }
}
