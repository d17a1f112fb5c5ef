//! The machine-readable report of a mail that wasn't delivered (RFC 3464).

use crate::refusal::status_in;

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
    /// The word in `Action`, as it stands there.
    pub word: String,
    /// The code in `Status`, such as `5.1.1`; "" if there is none.
    pub status: String,
    /// What `Diagnostic-Code` is of: `smtp`, `x-unix`; in lower case.
    pub kind: String,
    pub diagnostic: String,
    pub recipient: String,
    /// What PowerMTA calls it in `X-PowerMTA-BounceCategory`, such as `bad-mailbox`; else "".
    pub category: String,
}

/// The recipients' fates, at most 100; `report` is the whole part, its groups parted by empty lines.
pub fn fates(report: &str) -> Vec<Fate> {
    let mut out = Vec::new();
    let mut fields: Vec<(String, String)> = Vec::new();
    for group in report.split("\n\n").take(400) {
        if out.len() >= 100 {
            break;
        }
        // Some write an empty line within a recipient's fields.
        let has = |fields: &[(String, String)], name: &str| fields.iter().any(|(n, _)| n == name);
        let new = self::fields(group);
        if has(&new, "final-recipient") && !has(&fields, "final-recipient") && !has(&fields, "action") {
            fields.clear();
        }
        fields.extend(new);
        let named = has(&fields, "final-recipient") || has(&fields, "original-recipient");
        if !(named && (has(&fields, "action") || has(&fields, "status"))) {
            continue;
        }
        out.push(fate(&fields));
        fields.clear();
    }
    // Some name nobody.
    if out.is_empty()
        && ["action", "status", "diagnostic-code"]
            .iter()
            .any(|n| fields.iter().any(|(f, _)| f == n))
    {
        out.push(fate(&fields));
    }
    out
}

fn fate(fields: &[(String, String)]) -> Fate {
    let get = |name: &str| fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let typed = |value: &str| value.split_once(';').map_or(value, |(_, rest)| rest).trim().to_owned();
    let recipient = match typed(get("original-recipient")) {
        original if original.contains('@') => original,
        _ => typed(get("final-recipient")),
    };
    // Exchange 2003 writes into the second what others write into the first.
    let code = match get("diagnostic-code") {
        "" => get("x-supplementary-info"),
        code => code,
    };
    let word = get("action").to_ascii_lowercase();
    let action = match word.split_whitespace().next().unwrap_or("") {
        w if w.starts_with("fail") => Action::Failed,
        w if w.starts_with("delay") || w.starts_with("defer") => Action::Delayed,
        "delivered" => Action::Delivered,
        "relayed" | "expanded" => Action::Other,
        // Some leave it out, or have words of their own.
        _ if get("status").starts_with(['4', '5']) => Action::Failed,
        _ if get("status").is_empty() && !code.is_empty() => Action::Failed,
        _ => Action::Other,
    };
    let (kind, diagnostic) = match code.split_once(';') {
        Some((kind, words)) if !kind.trim().contains(' ') => (kind.trim().to_ascii_lowercase(), words.trim()),
        _ => (String::new(), code),
    };
    Fate {
        action,
        word: get("action").to_owned(),
        status: status_in(get("status")).to_owned(),
        kind,
        diagnostic: diagnostic.to_owned(),
        recipient: recipient.trim_matches(['<', '>', '"', ' ']).to_owned(),
        category: get("x-powermta-bouncecategory").to_ascii_lowercase(),
    }
}

/// `Name: value` lines, folded ones put together.
pub fn fields(group: &str) -> Vec<(String, String)> {
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
    fn a_report_is_read_by_recipient() {
        let report = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n\
                      Diagnostic-Code: smtp; 550 5.1.1\n  no such\n  user\n\nOriginal-Recipient: rfc822;c@b.example\nAction: delayed (soon)\nStatus: 4.4.1\n";
        let fates = fates(report);
        assert_eq!(fates.len(), 2);
        assert_eq!((fates[0].action, fates[0].status.as_str()), (Action::Failed, "5.0.0"));
        assert_eq!(
            (fates[0].kind.as_str(), fates[0].diagnostic.as_str()),
            ("smtp", "550 5.1.1 no such user")
        );
        assert_eq!(
            (fates[1].action, fates[1].recipient.as_str()),
            (Action::Delayed, "c@b.example")
        );
    }
}
