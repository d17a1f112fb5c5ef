//! What codes say: enhanced status codes (RFC 3463, RFC 7504, RFC 7505, IANA's registry "SMTP Enhanced Status Codes", and the
//! ones that Microsoft 365 documents beyond it) and reply codes (RFC 5321 §4.2).

use super::Cause;
use regex::Regex;
use std::sync::LazyLock;

static ENHANCED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^0-9.]|\.(?:$|[^0-9]))").expect("the pattern is one")
});
static REPLY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^0-9.:/-])([45][0-5]\d)(?:[ -]|$|:|;)").expect("the pattern is one"));

/// The first enhanced status code in a text that says more than "failed", else the first; "" if there is none.
pub fn status_in(text: &str) -> &str {
    let mut first = "";
    let mut at = 0;
    while let Some(found) = ENHANCED.captures_at(text, at).and_then(|c| c.get(1)) {
        let code = found.as_str();
        if first.is_empty() {
            first = code;
        }
        if !is_vague(code) {
            return code;
        }
        at = found.end();
    }
    first
}

/// The first SMTP reply code of a refusal in a text; 0 if there is none.
pub fn reply_in(text: &str) -> u16 {
    REPLY
        .captures(text)
        .and_then(|found| found[1].parse().ok())
        .unwrap_or(0)
}

/// The text from the first code in it on; whole where there is none.
pub fn from_code(text: &str) -> &str {
    let begins = [&ENHANCED, &REPLY].map(|code| code.captures(text).and_then(|c| c.get(1)).map(|c| c.start()));
    let first = begins.into_iter().flatten().min().unwrap_or(0);
    &text[first..]
}

/// Whether a code says no more than which part of mail it is about.
pub fn is_vague(status: &str) -> bool {
    status.is_empty() || detail(status).is_some_and(|(subject, detail)| detail == 0 && !matches!(subject, 4 | 6 | 7))
}

fn detail(status: &str) -> Option<(u16, u16)> {
    let mut parts = status.split('.').skip(1);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// What an enhanced status code says by itself. None for a vague one.
pub fn by_status(status: &str) -> Option<Cause> {
    Some(match detail(status)? {
        // Bad mailbox, bad system, bad syntax, ambiguous, moved, null MX or Microsoft's "recipient not found".
        (1, 1..=4 | 6 | 10) => Cause::Address,
        // The sender's address; Microsoft: not allowed to send, the daily limit.
        (1, 7 | 8 | 20..) => Cause::Us,
        (1, 9) => Cause::TheirServer,
        (2, 1 | 2) => Cause::Mailbox,
        // Message longer than they allow; Microsoft 5.2.12x: more messages in an hour than they take.
        (2, 3 | 100..) => Cause::Us,
        (2, 4) => Cause::TheirServer,
        // Too big for the system.
        (3, 4) => Cause::Us,
        (3, 1..) => Cause::TheirServer,
        // No such host; Microsoft: the domain isn't in DNS.
        (4, 4 | 310) if status.starts_with('5') => Cause::Address,
        (4, _) => Cause::TheirServer,
        (5, 1..) => Cause::Us,
        (6, _) => Cause::Us,
        // Expansion of a list prohibited; Microsoft: senders of outside, or this one, may not write to it.
        (7, 2 | 12 | 121..=124 | 129 | 133..=136) => Cause::TheirRule,
        // The account is disabled.
        (7, 13) => Cause::Mailbox,
        // RFC 7293: it belongs to somebody else by now.
        (7, 17 | 18) => Cause::Address,
        (7, _) => Cause::Us,
        _ => return None,
    })
}

/// What a vague code or only a reply says, when nothing else is known.
pub fn by_little(status: &str, reply: u16) -> Option<Cause> {
    let passing = status.starts_with('4') || (status.is_empty() && (400..500).contains(&reply));
    Some(match (detail(status), reply) {
        (Some((2, 0)), _) => Cause::Mailbox,
        (Some((3, 0)), _) => Cause::TheirServer,
        (Some((5, 0)), _) => Cause::Us,
        // Mailbox busy; beyond its storage.
        (_, 450 | 452 | 552) => Cause::Mailbox,
        _ if passing => Cause::TheirServer,
        // Takes no mail at all (RFC 7504).
        (_, 521 | 556) => Cause::TheirServer,
        (_, 500..=504 | 530 | 534 | 535 | 538 | 541 | 555) => Cause::Us,
        // Not local, and forwarded by nobody.
        (_, 551) => Cause::Address,
        _ => return None,
    })
}
