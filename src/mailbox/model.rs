//! What a mail that came in is. Pure, and safe on whatever anybody sends.
//!
//! A report for machines (RFC 3464) is believed before words, a server's own words before its code where the code says no
//! more than "failed". What isn't understood is [`Class::Unclear`]: a person looks at it.

use super::parts::{self, Pieces, one_line, raw_header, unescaped};
use super::patterns::{
    AUTO_BEGINNINGS, AUTO_SUBJECTS, BOUNCE_SUBJECTS, COPIES, DELAY_SUBJECTS, OPENINGS, POSTMASTERS, SAYINGS,
};
use super::report::{Action, fates, status_in};
use mail_parser::{Message, MessageParser};
use regex::Regex;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It came back for good: no such person, no such domain, refused.
    HardBounce,
    /// It came back, or waits, for a reason that passes: mailbox full, server away.
    SoftBounce,
    /// A program answered: holiday, receipt, list.
    AutoReply,
    /// A person wrote.
    Reply,
    /// None of these for sure.
    Unclear,
}

impl Class {
    pub const ALL: [Class; 5] = [
        Class::Reply,
        Class::HardBounce,
        Class::SoftBounce,
        Class::AutoReply,
        Class::Unclear,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Class::HardBounce => "hard-bounce",
            Class::SoftBounce => "soft-bounce",
            Class::AutoReply => "auto-reply",
            Class::Reply => "reply",
            Class::Unclear => "unclear",
        }
    }
}

impl FromStr for Class {
    type Err = &'static str;
    fn from_str(word: &str) -> Result<Class, &'static str> {
        Class::ALL
            .into_iter()
            .find(|c| c.as_str() == word)
            .ok_or("not a class of incoming mail")
    }
}

/// What a message says. Every text is of a bounded size and without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    pub class: Class,
    /// Whether nobody tries any more to deliver the mail that it is about: it came back, and doesn't only wait.
    pub given_up: bool,
    /// The address in From; "" if there is none.
    pub from: String,
    pub subject: String,
    /// When its sender says it was written, in seconds since 1970.
    pub date: Option<i64>,
    /// RFC 3463, such as `5.1.1`; "" where it isn't a bounce.
    pub status: String,
    /// What the other server said, in its words.
    pub diagnostic: String,
    /// To whom the mail was that came back, as the report says; "" if it doesn't.
    pub recipient: String,
    /// Header lines of this message and of the one that came back, in which our return path may stand.
    pub paths: String,
    /// The mails it may be about, by the first part of their Message-ID, the likeliest first.
    pub mails: Vec<Uuid>,
    /// The beginning of what a person would read, without what was quoted.
    pub excerpt: String,
}

static OUR_ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)(?:^|[^0-9a-f])([0-9a-f]{32})@").expect("the pattern is one"));
static ID_LINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?im)^[>\s]*message-id:\s*<?([0-9a-f]{32})@").expect("the pattern is one"));
static CONTENT_TYPE: LazyLock<regex::bytes::Regex> =
    LazyLock::new(|| regex::bytes::Regex::new(r"(?i-u)content-type").expect("the pattern is one"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)+").expect("the pattern is one")
});

/// The longest excerpt and diagnostic, in bytes.
const EXCERPT: usize = 2000;
const DIAGNOSTIC: usize = 500;

/// How much of a message is looked at: reports, headers and what people write stand first.
const LOOK: usize = 512 * 1024;
/// A message with more parts than this is not taken apart.
const MOST_PARTS: usize = 2000;
/// What the parser may need for messages within messages, which it follows by calling itself; [`LOOK`] bounds their number.
const STACK: usize = 128 * 1024 * 1024;

/// Reads a message, or the beginning of one, on a thread of its own: whatever anybody sends, the server goes on, and what
/// can't be read is [`Class::Unclear`].
pub async fn understand(bytes: Arc<Vec<u8>>) -> Understood {
    let (tell, told) = tokio::sync::oneshot::channel();
    let message = bytes.clone();
    let thread = std::thread::Builder::new()
        .name("understand".into())
        .stack_size(STACK)
        .spawn(move || {
            // Nobody waits any more where the server stops.
            tell.send(read(&message)).is_ok()
        });
    match (thread, told.await) {
        (Ok(_), Ok(understood)) => understood,
        _ => {
            tracing::error!("A message of the mailbox can't be taken apart; it is listed as it is.");
            unreadable(&bytes)
        }
    }
}

fn unreadable(bytes: &[u8]) -> Understood {
    Understood {
        class: Class::Unclear,
        given_up: false,
        from: String::new(),
        subject: String::new(),
        date: None,
        status: String::new(),
        diagnostic: String::new(),
        recipient: String::new(),
        paths: String::new(),
        mails: Vec::new(),
        excerpt: excerpt(&String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT)])),
    }
}

fn read(bytes: &[u8]) -> Understood {
    let bytes = &bytes[..bytes.len().min(LOOK)];
    if CONTENT_TYPE.find_iter(bytes).count() > MOST_PARTS {
        return unreadable(bytes);
    }
    let Some(message) = MessageParser::default().parse(bytes) else {
        return unreadable(bytes);
    };
    let pieces = parts::take_apart(&message);
    let from = message
        .from()
        .and_then(|from| from.first())
        .and_then(|from| from.address())
        .map(|from| one_line(from, 320))
        .unwrap_or_default();
    let subject = one_line(&unescaped(message.subject().unwrap_or("")), 998);
    let verdict = judge(&message, &pieces, &from, &subject);
    Understood {
        class: verdict.class,
        given_up: verdict.given_up,
        status: verdict.status,
        diagnostic: one_line(&verdict.diagnostic, DIAGNOSTIC),
        recipient: one_line(&verdict.recipient, 320),
        mails: mails(&message, &pieces),
        paths: parts::address_lines(&message) + &pieces.returned_headers,
        date: message.date().map(|d| d.to_timestamp()),
        excerpt: excerpt(&pieces.text),
        from,
        subject,
    }
}

struct Verdict {
    class: Class,
    given_up: bool,
    status: String,
    diagnostic: String,
    recipient: String,
}

impl Verdict {
    fn only(class: Class) -> Verdict {
        Verdict {
            class,
            given_up: false,
            status: String::new(),
            diagnostic: String::new(),
            recipient: String::new(),
        }
    }
}

fn judge(message: &Message, pieces: &Pieces, from: &str, subject: &str) -> Verdict {
    if !pieces.report.is_empty()
        && let Some(verdict) = by_report(&pieces.report)
    {
        return verdict;
    }
    if pieces.disposition {
        return Verdict::only(Class::AutoReply);
    }
    let subject = subject.to_lowercase();
    let submitted = raw_header(message, "Auto-Submitted").to_lowercase();
    let automatic = !submitted.is_empty() && !submitted.starts_with("no");
    let failed = raw_header(message, "X-Failed-Recipients");
    let local = from.split('@').next().unwrap_or("").to_lowercase();
    let postmaster = POSTMASTERS.contains(&local.as_str()) || local.starts_with("microsoftexchange");
    let no_way_back = raw_header(message, "Return-Path") == "<>";
    let own = own_words(&pieces.text);
    if postmaster || no_way_back || automatic || !failed.is_empty() {
        let opening = OPENINGS.iter().any(|o| own.contains(o));
        let named = BOUNCE_SUBJECTS.iter().any(|s| subject.contains(s));
        let delayed = postmaster && DELAY_SUBJECTS.iter().any(|s| subject.contains(s));
        let said = postmaster && !by_words(&own).0.is_empty();
        if !failed.is_empty() || opening || named || delayed || said {
            return returned(&own, &pieces.text, failed, delayed);
        }
    }
    if !postmaster && (automatic || is_automatic(message, &subject)) {
        return Verdict::only(Class::AutoReply);
    }
    Verdict::only(match from.contains('@') && !postmaster && !no_way_back {
        true => Class::Reply,
        false => Class::Unclear,
    })
}

/// By the report for machines: the worst that befell a recipient.
fn by_report(report: &str) -> Option<Verdict> {
    let graded = fates(report).into_iter().map(|fate| {
        let class = match fate.action {
            Action::Delayed => Class::SoftBounce,
            Action::Failed => by_status(&fate.status, &fate.diagnostic),
            Action::Delivered | Action::Other => Class::AutoReply,
        };
        (class, fate)
    });
    // The classes stand in this order.
    graded.min_by_key(|(class, _)| *class).map(|(class, fate)| Verdict {
        class,
        given_up: fate.action == Action::Failed,
        status: fate.status,
        diagnostic: fate.diagnostic,
        recipient: fate.recipient,
    })
}

/// How bad a failure is: by its code where that says anything, else by the words beside it.
fn by_status(status: &str, words: &str) -> Class {
    if status.is_empty() || status.ends_with(".0.0") {
        let told = SAYINGS.iter().find(|(s, ..)| words.to_lowercase().contains(s));
        if let Some((_, _, class)) = told {
            return *class;
        }
    }
    match status {
        // A full mailbox or disk is no wrong address.
        "5.2.2" | "5.3.1" => Class::SoftBounce,
        s if s.starts_with('4') => Class::SoftBounce,
        _ => Class::HardBounce,
    }
}

/// What the server itself wrote, in lower case, without the copy of the mail.
fn own_words(text: &str) -> String {
    let text = text.get(..floor(text, 16 * 1024)).unwrap_or("").to_lowercase();
    let end = COPIES.iter().filter_map(|c| text.find(c)).min().unwrap_or(text.len());
    text[..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

fn floor(text: &str, most: usize) -> usize {
    let mut at = most.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Code and class that words stand for; the code is "" if they say nothing.
fn by_words(own: &str) -> (String, Class) {
    let code = status_in(own);
    if !code.is_empty() && !code.ends_with(".0.0") {
        let class = by_status(&code, own);
        return (code, class);
    }
    if let Some((_, said, class)) = SAYINGS.iter().find(|(s, ..)| own.contains(s)) {
        return ((*said).to_owned(), *class);
    }
    let class = by_status(&code, own);
    (code, class)
}

/// A mail that came back with words only.
fn returned(own: &str, text: &str, failed: String, delayed: bool) -> Verdict {
    let (status, class) = by_words(own);
    let class = match (delayed, status.is_empty()) {
        (true, _) => Class::SoftBounce,
        (false, true) => Class::Unclear,
        (false, false) => class,
    };
    let recipient = match failed.split(',').next().map(str::trim) {
        Some(first) if !first.is_empty() => first.to_owned(),
        _ => ADDRESS
            .find_iter(text)
            .map(|found| found.as_str())
            .find(|a| !POSTMASTERS.iter().any(|p| a.to_lowercase().starts_with(p)))
            .unwrap_or("")
            .to_owned(),
    };
    // The line that says why, with the one before it, which often names whom.
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let telling = lines.iter().position(|line| {
        let line = line.to_lowercase();
        SAYINGS.iter().any(|(s, ..)| line.contains(s)) || !status_in(&line).is_empty()
    });
    let diagnostic = telling
        .map(|at| lines[at.saturating_sub(1)..=at].join(" "))
        .unwrap_or_default();
    Verdict {
        class,
        given_up: !delayed && class != Class::Unclear,
        status,
        diagnostic,
        recipient,
    }
}

/// Whether a program answered that says so in its headers or its subject (`subject` in lower case).
fn is_automatic(message: &Message, subject: &str) -> bool {
    let marked = [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Autoreply-From",
        "X-Auto-Reply-From",
    ]
    .iter()
    .any(|name| !raw_header(message, name).is_empty());
    let precedence = format!(
        "{} {}",
        raw_header(message, "Precedence"),
        raw_header(message, "X-Precedence")
    )
    .to_lowercase();
    let listed = ["bulk", "junk", "auto_reply", "auto-reply", "list"]
        .iter()
        .any(|word| precedence.contains(word));
    let bare = subject.trim_start_matches(['[', '【', '<', '(', '（', ' ', '"', '「']);
    marked
        || listed
        || AUTO_SUBJECTS.iter().any(|s| subject.contains(s))
        || AUTO_BEGINNINGS.iter().any(|s| bare.starts_with(s))
}

fn mails(message: &Message, pieces: &Pieces) -> Vec<Uuid> {
    let mut out: Vec<Uuid> = Vec::new();
    let mut add = |hex: &str| {
        if let Ok(id) = Uuid::try_parse(hex)
            && !out.contains(&id)
            && out.len() < 20
        {
            out.push(id);
        }
    };
    for found in OUR_ID.captures_iter(&pieces.returned_id) {
        add(&found[1]);
    }
    for found in ID_LINE.captures_iter(&pieces.text).take(5) {
        add(&found[1]);
    }
    for name in ["In-Reply-To", "References"] {
        let ids: Vec<String> = message
            .headers_raw()
            .take(500)
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .flat_map(|(_, value)| {
                OUR_ID
                    .captures_iter(value)
                    .map(|c| c[1].to_owned())
                    .take(100)
                    .collect::<Vec<_>>()
            })
            .collect();
        // The last of References is what was answered.
        ids.iter().rev().for_each(|id| add(id));
    }
    out
}

/// The beginning of a text, without what it quotes.
fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let mut empty = true;
    for line in text.lines() {
        let line = line.trim_end();
        let lower = line.trim_start().to_lowercase();
        if lower.starts_with("-----original message") || lower.starts_with("-----元のメッセージ") {
            break;
        }
        if lower.starts_with('>') || lower.starts_with('＞') || (line.is_empty() && empty) {
            continue;
        }
        empty = line.is_empty();
        out.push_str(line);
        out.push('\n');
        if out.len() > EXCERPT {
            break;
        }
    }
    parts::clean(out.trim(), EXCERPT)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
