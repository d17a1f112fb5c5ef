//! The machine-readable report of a mail that wasn't delivered (RFC 3464), and the codes in it (RFC 3463, RFC 5321 §4.2).

use regex::Regex;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Relayed, expanded, or what nobody knows.
    Other,
    Delivered,
    Delayed,
    Failed,
}

/// What became of the mail at one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    pub action: Action,
    /// `5.1.1`, the more exact of `Status` and what the other server said; "" if neither tells.
    pub status: String,
    pub diagnostic: String,
    pub recipient: String,
}

static ENHANCED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^0-9.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^0-9.])").expect("the pattern is one"));
static REPLY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^0-9.])([45]\d\d)(?:[ -]|$)").expect("the pattern is one"));

/// The first enhanced status code in a text, else one made of the first SMTP reply: `550` is `5.0.0`.
pub fn status_in(text: &str) -> String {
    if let Some(found) = ENHANCED.captures(text) {
        return found[1].to_owned();
    }
    match REPLY.captures(text) {
        // 552 is a mailbox beyond its limit (RFC 5321 §4.2.3).
        Some(found) if &found[1] == "552" => "5.2.2".into(),
        Some(found) => format!("{}.0.0", &found[1][..1]),
        None => String::new(),
    }
}

/// The recipients' fates, at most 100; `report` is the whole part, its groups parted by empty lines.
pub fn fates(report: &str) -> Vec<Fate> {
    let mut out = Vec::new();
    for group in report.split("\n\n").take(100) {
        let fields = fields(group);
        let get = |name: &str| fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
        let typed = |value: &str| value.split_once(';').map_or(value, |(_, rest)| rest).trim().to_owned();
        let recipient = match get("original-recipient") {
            "" => typed(get("final-recipient")),
            original => typed(original),
        };
        if get("action").is_empty() && recipient.is_empty() {
            continue;
        }
        let action = match get("action")
            .split_whitespace()
            .next()
            .unwrap_or("")
            .to_ascii_lowercase()
            .as_str()
        {
            "failed" => Action::Failed,
            "delayed" => Action::Delayed,
            "delivered" => Action::Delivered,
            _ => Action::Other,
        };
        let diagnostic = typed(get("diagnostic-code"));
        let mut status = status_in(get("status"));
        // `5.0.0` says nothing more than "failed"; the other server's own words may.
        if status.is_empty() || status.ends_with(".0.0") {
            let told = status_in(&diagnostic);
            if !told.is_empty() {
                status = told;
            }
        }
        out.push(Fate {
            action,
            status,
            diagnostic,
            recipient: recipient.trim_matches(['<', '>']).to_owned(),
        });
    }
    out
}

/// `Name: value` lines, folded ones put together.
fn fields(group: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in group.lines().take(200) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = out.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            out.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_and_numbers_are_not_taken_for_them() {
        assert_eq!(status_in("smtp; 550 5.1.1 <a@b.example>: unknown"), "5.1.1");
        assert_eq!(status_in("said: 552 over quota"), "5.2.2");
        assert_eq!(status_in("said: 421-try later"), "4.0.0");
        assert_eq!(status_in("host 5.1.1.9 in 500ms"), "");
        assert_eq!(status_in("5.2.2 (mailbox full)"), "5.2.2");
    }

    #[test]
    fn a_report_is_read_by_recipient() {
        let report = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n\
                      Diagnostic-Code: smtp; 550 5.1.1\n  no such\n  user\n\nOriginal-Recipient: rfc822;c@b.example\nAction: delayed (soon)\nStatus: 4.4.1\n";
        let fates = fates(report);
        assert_eq!(fates.len(), 2);
        assert_eq!((fates[0].action, fates[0].status.as_str()), (Action::Failed, "5.1.1"));
        assert_eq!(fates[0].diagnostic, "550 5.1.1 no such user");
        assert_eq!(
            (fates[1].action, fates[1].recipient.as_str()),
            (Action::Delayed, "c@b.example")
        );
    }
}
