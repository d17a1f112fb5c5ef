//! Mail that came back with words only: whose it was, and what was said of each.
//!
//! No format is known by name. A line that is an address, or begins with one, opens what is said of that recipient; where
//! several are listed before one reason, the reason is of all of them.

use super::patterns::{COPIES, COPY_BEGINNINGS, COPY_HEADERS, POSTMASTERS};
use regex::Regex;
use std::sync::LazyLock;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9._%+=*/'&!#$^~{}|-]{1,64}@[A-Za-z0-9*-]+(?:[.][A-Za-z0-9*-]+)+").expect("the pattern is one")
});

/// Recipients are listed by at most so many lines.
const MOST: usize = 100;
/// How much of a text is a server's own, at most, in bytes.
pub const OWN: usize = 16 * 1024;

/// What is said of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// "" where nobody is named.
    pub recipient: String,
    pub words: String,
}

/// What the server itself wrote: without the copy of the mail, its lines kept.
pub fn own_words(text: &str) -> &str {
    let mut end = text.len().min(OWN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().to_lowercase();
        let bare = lower.trim_start_matches(|c: char| c.is_ascii_punctuation() || c == ' ');
        let is_copy = COPIES.iter().any(|c| lower.contains(c))
            || COPY_BEGINNINGS.iter().any(|c| bare.starts_with(c))
            // One that is indented is a server's, which tells of the mail.
            || (!line.starts_with([' ', '\t']) && COPY_HEADERS.iter().any(|c| bare.starts_with(c)));
        // A mark on top of everything begins no copy.
        if is_copy && text[..at].chars().filter(|c| c.is_alphanumeric()).count() > 20 {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// Whether nobody but a mail server has this address.
pub fn is_postmaster(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or("").to_lowercase();
    let local: String = local.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    POSTMASTERS.contains(&local.as_str()) || local.starts_with("microsoftexchange")
}

/// What is said of whom, in order. `not` are addresses that are no recipients: those of the report itself.
pub fn by_recipient(own: &str, not: &[String]) -> Vec<Told> {
    let is_other = |a: &str| is_postmaster(a) || not.iter().any(|n| n.eq_ignore_ascii_case(a));
    let mut lines: Vec<&str> = own.lines().filter(|l| !is_of_the_mail(l)).collect();
    // Sendmail gives each its reason, and then what was said to all of them.
    if lines.iter().any(|l| l.trim_start().starts_with("(reason: "))
        && let Some(session) = lines.iter().position(|l| l.contains("Transcript of session"))
    {
        lines.truncate(session);
    }
    let mut headed: Vec<(usize, String)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if headed.len() >= MOST {
            break;
        }
        if let Some(address) = heading(line)
            && !is_other(address)
        {
            headed.push((at, address.to_owned()));
        }
    }
    let mut names: Vec<String> = Vec::new();
    for (_, name) in &headed {
        if !names.iter().any(|n| n.eq_ignore_ascii_case(name)) {
            names.push(name.clone());
        }
    }
    if names.len() < 2 {
        let inline = || {
            let all = lines.iter().flat_map(|l| ADDRESS.find_iter(l)).map(|a| a.as_str());
            all.map(|a| a.trim_end_matches('.'))
                .find(|a| !is_other(a))
                .unwrap_or("")
                .to_owned()
        };
        return vec![Told {
            recipient: names.pop().unwrap_or_else(inline),
            words: said(&lines),
        }];
    }
    names
        .into_iter()
        .map(|name| {
            let mut mine: Vec<&str> = Vec::new();
            for (n, (at, who)) in headed.iter().enumerate() {
                if who.eq_ignore_ascii_case(&name) {
                    let end = headed.get(n + 1).map_or(lines.len(), |(next, _)| *next);
                    mine.extend(&lines[*at..end]);
                }
            }
            Told {
                words: said(&mine),
                recipient: name,
            }
        })
        .collect()
}

/// Lines that tell of the mail that came back, or of who sent it, and may hold any words.
fn is_of_the_mail(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    [
        "subject:",
        "from:",
        "sender:",
        "original sender:",
        "件名",
        "reply-to:",
        "sent:",
        "date:",
    ]
    .iter()
    .any(|s| line.starts_with(s))
}

/// The address that a line is about: it is nothing else, or begins with it.
fn heading(line: &str) -> Option<&str> {
    let found = ADDRESS.find(line)?;
    let before = line[..found.start()].to_lowercase();
    let before = before.trim_matches(|c: char| !c.is_alphanumeric());
    const LABELS: [&str; 20] = [
        "",
        "to",
        "recipient",
        "recipient address",
        "original recipient",
        "final recipient",
        "intended recipient",
        "addressed to",
        "address",
        "user",
        "failed",
        "failed recipient",
        "unable to deliver message to",
        "unable to deliver to",
        "the following message to",
        "smtp",
        "rfc822",
        "mailto",
        "宛先",
        "受取人",
    ];
    // A sign, as of a transcript, makes it no heading.
    let transcript = line.trim_start().starts_with(">>> RCPT") || line.trim_start().starts_with("<<<");
    (LABELS.contains(&before) && !transcript).then(|| found.as_str().trim_end_matches('.'))
}

/// The words, line by line. Of a transcript of a session only what the other server said counts, and the last thing that was
/// said to it; what stands below it is what the reporting server made of that.
fn said(lines: &[&str]) -> String {
    let theirs: Vec<&str> = lines
        .iter()
        .map(|l| l.trim())
        .filter(|l| l.starts_with("<<< "))
        .collect();
    match theirs.is_empty() {
        true => lines.join("\n"),
        false => {
            let ours = lines.iter().map(|l| l.trim()).rfind(|l| l.starts_with(">>> "));
            format!("{}\n{}", ours.unwrap_or(""), theirs.join("\n"))
        }
    }
}

/// How far the mail had come when it was refused, if the text tells, in Postfix's words.
pub fn stage(own: &str) -> &'static str {
    let lower = own.to_lowercase();
    let any = |of: &[&str]| of.iter().any(|o| lower.contains(o));
    if any(&[
        "in reply to end of data",
        "failed after i sent the message",
        "after end of data",
        "after transfer of mail text",
        "did not like our final data",
    ]) {
        return " (in reply to end of DATA command)";
    }
    if any(&[
        "in reply to mail from",
        "did not like our mail from",
        "after mail from:",
    ]) {
        return " (in reply to MAIL FROM command)";
    }
    let last = lower
        .lines()
        .map(str::trim)
        .rfind(|l| l.starts_with(">>> "))
        .unwrap_or("");
    match last {
        l if l.starts_with(">>> mail") => " (in reply to MAIL FROM command)",
        // With pipelining an answer to RCPT stands below DATA, and a 503 behind it.
        l if l.starts_with(">>> data") && !lower.contains("<<< 503") => " (in reply to end of DATA command)",
        l if l.starts_with(">>> .") => " (in reply to end of DATA command)",
        _ => "",
    }
}
