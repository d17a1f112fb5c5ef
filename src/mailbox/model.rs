//! What a mail that came in is. Pure, and safe on whatever anybody sends.
//!
//! A report for machines (RFC 3464) is believed before words; what a refusal means is told by [`crate::refusal`]. A person's
//! reply is only what nothing marks as a program's. What isn't understood is [`Class::Unclear`]: a person looks at it.

use super::notice::{self, Kind};
use super::parts::{self, Pieces, one_line, raw_header, unescaped, with_plain_lines};
use super::patterns::{
    AUTO_BEGINNINGS, AUTO_SUBJECTS, BOUNCE_SUBJECTS, DELAY_SUBJECTS, NO_REPLY, OPENINGS, POSTMASTER_NAMES, STILL_TRIED,
};
use super::report::{self, Action, Fate, fates};
use super::told::{self, Told, by_recipient, own_words};
use crate::refusal::{Cause, Evidence, Judged, Said, from_code, judge, reply_in, status_in};
use mail_parser::{Message, MessageParser};
use regex::Regex;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It came back because the address is none: unknown, moved, no such domain.
    Address,
    /// The mailbox takes nothing for now: full, over quota, suspended.
    Mailbox,
    /// They refuse us, or this mail.
    Us,
    /// The recipient's own rule about senders refuses it.
    TheirRule,
    /// Their server is in trouble, or the time was over.
    TheirServer,
    /// The recipient complained of it (RFC 5965).
    Complaint,
    /// A program answered: holiday, receipt, list, a report about delivered mail.
    AutoReply,
    /// A person wrote.
    Reply,
    /// None of these for sure.
    Unclear,
}

impl Class {
    /// In the order in which a list offers them.
    pub const ALL: [Class; 9] = [
        Class::Reply,
        Class::Address,
        Class::Mailbox,
        Class::Us,
        Class::TheirRule,
        Class::TheirServer,
        Class::Complaint,
        Class::AutoReply,
        Class::Unclear,
    ];

    /// The word that the database keeps and commands print.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Address => "address",
            Class::Mailbox => "mailbox",
            Class::Us => "us",
            Class::TheirRule => "their-rule",
            Class::TheirServer => "their-server",
            Class::Complaint => "complaint",
            Class::AutoReply => "auto-reply",
            Class::Reply => "reply",
            Class::Unclear => "unclear",
        }
    }

    /// Why a mail was refused, where the class is of one that was.
    pub fn cause(self) -> Option<Cause> {
        Some(match self {
            Class::Address => Cause::Address,
            Class::Mailbox => Cause::Mailbox,
            Class::Us => Cause::Us,
            Class::TheirRule => Cause::TheirRule,
            Class::TheirServer => Cause::TheirServer,
            Class::Complaint | Class::AutoReply | Class::Reply | Class::Unclear => return None,
        })
    }
}

impl From<Cause> for Class {
    fn from(cause: Cause) -> Class {
        match cause {
            Cause::Address => Class::Address,
            Cause::Mailbox => Class::Mailbox,
            Cause::Us => Class::Us,
            Cause::TheirRule => Class::TheirRule,
            Cause::TheirServer => Class::TheirServer,
            Cause::Unclear => Class::Unclear,
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

/// What told the class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// What a server said when it refused the mail.
    Refusal(Evidence),
    /// A relay's own word for it, such as `bad-mailbox` or `Transient/MailboxFull`.
    Category(String),
    /// A program at the recipient's failed to take it; what it printed.
    Program(String),
    /// Only that it waits.
    Delayed,
    /// `Action` of the report, such as `delivered`.
    Action(String),
    /// A feedback report, of this type: `abuse`.
    Feedback(String),
    /// A report of what became of it at the reader's (RFC 8098).
    Disposition,
    /// A report on how our domain's mail fares: DMARC (RFC 7489) or TLS (RFC 8460).
    DomainReport,
    /// A header line that only programs write.
    Header(String),
    /// The subject.
    Subject(String),
    /// Its sender.
    Sender(String),
    /// Nothing marks it as a program's.
    Person,
    /// It is a program's, and says nothing that is understood.
    Nothing,
    /// It can't be taken apart, or has no sender.
    Unreadable,
}

/// What a message says of one recipient. Every text is of a bounded size and without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub class: Class,
    /// Whether nobody tries any more to deliver the mail that it is about: it came back, and doesn't only wait.
    pub given_up: bool,
    /// RFC 3463, such as `5.1.1`; "" where it isn't a bounce.
    pub status: String,
    /// What the other server said, in its words.
    pub diagnostic: String,
    /// To whom the mail was that came back, as the report says; "" if it doesn't.
    pub recipient: String,
    pub because: Because,
}

impl Finding {
    fn only(class: Class, because: Because) -> Finding {
        Finding {
            class,
            given_up: false,
            status: String::new(),
            diagnostic: String::new(),
            recipient: String::new(),
            because,
        }
    }

    /// For storing and showing: bounded, in one line.
    fn tame(mut self) -> Finding {
        self.status.truncate(20);
        self.diagnostic = one_line(&self.diagnostic, DIAGNOSTIC);
        self.recipient = one_line(&self.recipient, 320);
        self.because = match self.because {
            Because::Category(text) => Because::Category(one_line(&text, 100)),
            Because::Program(text) => Because::Program(one_line(&text, 200)),
            Because::Action(text) => Because::Action(one_line(&text, 100)),
            Because::Feedback(text) => Because::Feedback(one_line(&text, 100)),
            Because::Header(text) => Because::Header(one_line(&text, 200)),
            Because::Subject(text) => Because::Subject(one_line(&text, 200)),
            Because::Sender(text) => Because::Sender(one_line(&text, 320)),
            other => other,
        };
        self
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
    /// What told the class.
    pub because: Because,
    /// One for each recipient that the message tells of, in its order, at most 100; at least one. The fields above are of the
    /// one that matters most.
    pub findings: Vec<Finding>,
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
    let bytes = &bytes[..bytes.len().min(EXCERPT)];
    let finding = Finding::only(Class::Unclear, Because::Unreadable);
    Understood {
        from: String::new(),
        subject: String::new(),
        date: None,
        paths: String::new(),
        mails: Vec::new(),
        excerpt: excerpt(&String::from_utf8_lossy(bytes)),
        ..of_findings(vec![finding])
    }
}

/// The fields that are of the finding that matters most.
fn of_findings(findings: Vec<Finding>) -> Understood {
    // The classes stand in this order; what nobody understood matters more than what a program answered.
    let first = findings.iter().min_by_key(|f| match f.class {
        Class::Unclear => Class::Complaint,
        class => class,
    });
    let first = first
        .cloned()
        .unwrap_or(Finding::only(Class::Unclear, Because::Nothing));
    Understood {
        class: first.class,
        given_up: first.given_up,
        from: String::new(),
        subject: String::new(),
        date: None,
        status: first.status,
        diagnostic: first.diagnostic,
        recipient: first.recipient,
        because: first.because,
        findings,
        paths: String::new(),
        mails: Vec::new(),
        excerpt: String::new(),
    }
}

fn read(bytes: &[u8]) -> Understood {
    let bytes = &bytes[..bytes.len().min(LOOK)];
    if CONTENT_TYPE.find_iter(bytes).count() > MOST_PARTS {
        return unreadable(bytes);
    }
    let plain = with_plain_lines(bytes);
    let plain = without_envelope(&plain);
    // The parser has an assertion that damaged parts can meet in a build for tests.
    let Ok(Some(message)) = std::panic::catch_unwind(|| MessageParser::default().parse(plain)) else {
        return unreadable(bytes);
    };
    let mut pieces = parts::take_apart(&message);
    if pieces.text.trim().is_empty() && pieces.report.is_empty() {
        // Parts that can't be found are still words.
        let body = plain
            .windows(2)
            .position(|w| w == b"\n\n")
            .map_or(plain, |at| &plain[at..]);
        pieces.text = parts::clean(&String::from_utf8_lossy(body), LOOK);
    }
    let from = message
        .from()
        .and_then(|from| from.first())
        .and_then(|from| from.address())
        .map(|from| one_line(from, 320))
        .unwrap_or_default();
    let subject = one_line(&unescaped(message.subject().unwrap_or("")), 998);
    let findings = judge_message(&message, &pieces, &from, &subject);
    Understood {
        mails: mails(&message, &pieces),
        paths: parts::address_lines(&message) + &pieces.returned_headers,
        date: message.date().map(|d| d.to_timestamp()),
        excerpt: excerpt(&pieces.text),
        from,
        subject,
        ..of_findings(findings.into_iter().take(100).map(Finding::tame).collect())
    }
}

/// Without the line by which a file of mails parts them.
fn without_envelope(message: &[u8]) -> &[u8] {
    match message.starts_with(b"From ") {
        true => {
            let end = message
                .iter()
                .position(|b| *b == b'\n')
                .map_or(message.len(), |at| at + 1);
            &message[end..]
        }
        false => message.trim_ascii_start(),
    }
}

static ENVELOPE: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
    regex::bytes::Regex::new(r"(?m-u)^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ [0-9: A-Z+-]*\d{4}")
        .expect("the pattern is one")
});

/// The messages in a file: one, or as many as an mbox holds, at most 1000.
pub fn messages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let plain = with_plain_lines(bytes);
    if ENVELOPE.find(&plain).is_none_or(|found| found.start() != 0) {
        return vec![bytes.to_vec()];
    }
    let mut begins: Vec<usize> = vec![0];
    for found in ENVELOPE.find_iter(&plain).skip(1) {
        let last = *begins.last().unwrap_or(&0);
        if begins.len() < 1000 && is_over(&plain[last..found.start()]) {
            begins.push(found.start());
        }
    }
    let ends = begins.iter().copied().skip(1).chain([plain.len()]);
    begins
        .iter()
        .zip(ends)
        .map(|(from, to)| plain[*from..to].to_vec())
        .collect()
}

/// Whether a message in an mbox ends here, and the line that follows isn't of a message within it.
fn is_over(message: &[u8]) -> bool {
    static BOUNDARY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?i)boundary="?([^";\s]+)"#).expect("the pattern is one"));
    let text = String::from_utf8_lossy(message);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    match BOUNDARY.captures(head) {
        Some(boundary) => body.contains(&format!("--{}--", &boundary[1])),
        None => text.ends_with("\n\n") && own_words(body).len() == body.len().min(told::OWN),
    }
}

/// What a message says, by the first of these that it is.
fn judge_message(message: &Message, pieces: &Pieces, from: &str, subject: &str) -> Vec<Finding> {
    let subject = subject.to_lowercase();
    if let Some(complaints) = complaints(pieces, &subject) {
        return complaints;
    }
    let sender = Sender::of(message, from, &subject);
    let own = own_words(&pieces.text);
    let found = fates(&pieces.report);
    if !found.is_empty() {
        return by_report(&found, own);
    }
    let noticed = notice::recipients(&pieces.text);
    if !noticed.is_empty() {
        return noticed.into_iter().map(by_notice).collect();
    }
    if is_domain_report(message, pieces, &subject) {
        return vec![Finding::only(Class::AutoReply, Because::DomainReport)];
    }
    if pieces.disposition {
        return vec![Finding::only(Class::AutoReply, Because::Disposition)];
    }
    if let Some(returned) = returned(message, pieces, &sender, own, from, &subject) {
        return returned;
    }
    let automatic = sender.automatic.clone().or_else(|| is_automatic(message, &subject));
    vec![match automatic {
        Some(because) if !sender.postmaster => Finding::only(Class::AutoReply, because),
        // An answer without a way back may be a person's that a rule passed on.
        _ if sender.postmaster || sender.no_way_back => Finding::only(Class::Unclear, Because::Nothing),
        _ if sender.program => Finding::only(Class::AutoReply, Because::Sender(from.to_owned())),
        _ if from.contains('@') => Finding::only(Class::Reply, Because::Person),
        _ => Finding::only(Class::Unclear, Because::Unreadable),
    }]
}

/// Who wrote it, as far as headers tell.
struct Sender {
    /// A mail server.
    postmaster: bool,
    /// Any program, by its address.
    program: bool,
    /// A program that keeps a list of members.
    list: bool,
    /// Nobody gets what is answered to it.
    no_way_back: bool,
    /// A header says that nobody wrote it.
    automatic: Option<Because>,
    /// Recipients in `X-Failed-Recipients`.
    failed: String,
}

impl Sender {
    fn of(message: &Message, from: &str, subject: &str) -> Sender {
        let raw = raw_header(message, "From").to_lowercase();
        let name = message
            .from()
            .and_then(|from| from.first())
            .and_then(|from| from.name())
            .unwrap_or("")
            .to_lowercase();
        let bare = from.is_empty() && raw.split_whitespace().next().is_some_and(told::is_postmaster);
        let named = POSTMASTER_NAMES
            .iter()
            .any(|n| name.contains(n) || raw.trim_matches('"') == *n);
        let asks = ["について", "の件", "に関して", "?", "？"]
            .iter()
            .any(|e| subject.ends_with(e));
        let answers = subject.starts_with("re:") || subject.starts_with("fw") || asks;
        let titled = !answers && BOUNCE_SUBJECTS.iter().any(|s| subject.starts_with(s));
        let submitted = raw_header(message, "Auto-Submitted");
        let local: String = from.split('@').next().unwrap_or("").to_lowercase();
        let local: String = local.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
        let automatic = !submitted.is_empty() && !submitted.to_lowercase().starts_with("no");
        Sender {
            postmaster: told::is_postmaster(from) || bare || named || titled,
            program: NO_REPLY.iter().any(|n| local.contains(n)),
            list: ["X-MLServer", "X-ML-Name", "X-ML-Info"]
                .iter()
                .any(|n| !raw_header(message, n).is_empty()),
            no_way_back: raw_header(message, "Return-Path") == "<>",
            automatic: automatic.then(|| Because::Header(format!("Auto-Submitted: {submitted}"))),
            failed: raw_header(message, "X-Failed-Recipients"),
        }
    }
}

/// Complaints: a feedback report (RFC 5965), or the mail by which Microsoft passes one on.
fn complaints(pieces: &Pieces, subject: &str) -> Option<Vec<Finding>> {
    // Some write the report as text.
    let feedback = match pieces.feedback.trim().is_empty() && pieces.text.contains("\nFeedback-Type:") {
        true => &pieces.text,
        false => &pieces.feedback,
    };
    let fields = report::fields(feedback);
    let all = |name: &str| -> Vec<String> {
        let found = fields.iter().filter(|(n, _)| n == name).take(20);
        found.map(|(_, v)| v.trim_matches(['<', '>', ' ']).to_owned()).collect()
    };
    let kind = all("feedback-type").pop();
    let passed_on = subject.starts_with("complaint about message from");
    if kind.is_none() && feedback.trim().is_empty() && !passed_on {
        return None;
    }
    let mut recipients = all("original-rcpt-to");
    if recipients.is_empty() {
        recipients = all("removal-recipient");
    }
    if recipients.is_empty() {
        recipients = pieces.returned_to.clone();
        recipients.truncate(1);
    }
    if recipients.is_empty() {
        recipients.push(String::new());
    }
    let because = Because::Feedback(kind.unwrap_or_else(|| "abuse".into()).to_lowercase());
    let found = recipients.into_iter().map(|recipient| Finding {
        recipient,
        ..Finding::only(Class::Complaint, because.clone())
    });
    Some(found.collect())
}

/// A report on how a domain's mail fares, as its owner asked for it in DNS.
fn is_domain_report(message: &Message, pieces: &Pieces, subject: &str) -> bool {
    let about = subject.contains("report domain:") || subject.contains("dmarc aggregate report");
    // receiver!domain!begin!end, as RFC 7489 names the file.
    let named = pieces
        .files
        .lines()
        .any(|f| f.split('!').nth(2).is_some_and(|begin| begin.parse::<u64>().is_ok()));
    about || named || raw_header(message, "Content-Type").to_lowercase().contains("tlsrpt")
}

/// By the report for machines.
fn by_report(fates: &[Fate], own: &str) -> Vec<Finding> {
    let told = by_recipient(own, &[]);
    fates
        .iter()
        .map(|fate| {
            // What is said of this recipient alone, or the whole where there is no other.
            let words = match (told.as_slice(), fates.len()) {
                ([only], 1) => only.words.as_str(),
                (_, 1) => own,
                (all, _) => {
                    let mine = all.iter().find(|t| t.recipient.eq_ignore_ascii_case(&fate.recipient));
                    mine.map_or("", |t| t.words.as_str())
                }
            };
            let stage = match fates.len() {
                1 => told::stage(own),
                _ => told::stage(words),
            };
            by_fate(fate, words, stage)
        })
        .collect()
}

/// `own` is what the report says in words of this recipient, `stage` how far the mail had come.
fn by_fate(fate: &Fate, own: &str, stage: &str) -> Finding {
    let status = match status_in(&fate.diagnostic) {
        theirs if !theirs.is_empty() && (fate.status.is_empty() || fate.status.ends_with(".0.0")) => theirs.to_owned(),
        _ => fate.status.clone(),
    };
    let finding = |class: Class, because| Finding {
        class,
        given_up: fate.action == Action::Failed,
        status: status.clone(),
        diagnostic: fate.diagnostic.clone(),
        recipient: fate.recipient.clone(),
        because,
    };
    if matches!(fate.action, Action::Delivered | Action::Other) {
        return finding(Class::AutoReply, Because::Action(fate.word.clone()));
    }
    let words = format!("{}{stage}", parts::clean(&fate.diagnostic, 2000));
    let mut judged = judge(Said {
        reply: 0,
        status: &fate.status,
        words: &words,
    });
    // How Dovecot opens what it has to say; the report beside it may be of another server.
    if let Some(at) = own.find("was automatically rejected:") {
        let said = judge_words(&own[at..]);
        if said.is_certain() {
            judged = said;
        }
    }
    if fate.kind == "x-unix" {
        return by_program(fate, judged, finding);
    }
    if !judged.is_certain() {
        let said = by_lines(own, stage);
        if said.is_certain() || judged.cause == Cause::Unclear {
            judged = said;
        }
    }
    match (judged.cause, fate.action) {
        _ if !judged.is_certain() && by_category(&fate.category).is_some() => {
            let class = by_category(&fate.category).unwrap_or(Class::Unclear);
            finding(class, Because::Category(fate.category.clone()))
        }
        (Cause::Unclear, Action::Delayed) => finding(Class::TheirServer, Because::Delayed),
        (cause, _) => finding(cause.into(), Because::Refusal(judged.by)),
    }
}

fn judge_words(words: &str) -> Judged {
    judge(Said {
        words,
        ..Said::default()
    })
}

/// What a program at the recipient's printed, or its exit code (sysexits.h), says nothing against the address unless it is
/// the one that says so.
fn by_program(fate: &Fate, judged: Judged, finding: impl Fn(Class, Because) -> Finding) -> Finding {
    let because = Because::Program(fate.diagnostic.clone());
    match (judged.cause, fate.diagnostic.trim()) {
        (_, "67" | "68") => finding(Class::Address, because),
        (Cause::Mailbox, _) => finding(Class::Mailbox, Because::Refusal(judged.by)),
        (Cause::Us | Cause::TheirRule, _) => finding(judged.cause.into(), Because::Refusal(judged.by)),
        _ => finding(Class::TheirServer, because),
    }
}

/// The categories that PowerMTA documents, and Amazon's.
fn by_category(category: &str) -> Option<Class> {
    Some(match category {
        "bad-mailbox" | "bad-domain" => Class::Address,
        "quota-issues" | "inactive-mailbox" => Class::Mailbox,
        "spam-related" | "policy-related" | "content-related" | "virus-related" | "relaying-issues"
        | "protocol-errors" | "invalid-sender" => Class::Us,
        "bad-configuration" | "bad-connection" | "no-answer-from-host" | "routing-errors" | "message-expired" => {
            Class::TheirServer
        }
        "Permanent/NoEmail" => Class::Address,
        "Transient/MailboxFull" => Class::Mailbox,
        "Transient/MessageTooLarge"
        | "Transient/ContentRejected"
        | "Transient/AttachmentRejected"
        | "Permanent/Suppressed"
        | "Permanent/OnAccountSuppressionList" => Class::Us,
        "Transient/General" => Class::TheirServer,
        _ => return None,
    })
}

fn by_notice(noticed: notice::Noticed) -> Finding {
    let category = Because::Category(noticed.category.clone());
    let finding = |class, because| Finding {
        class,
        given_up: noticed.kind == Kind::Bounce,
        status: status_in(&noticed.status).to_owned(),
        diagnostic: noticed.diagnostic.clone(),
        recipient: noticed.recipient.clone(),
        because,
    };
    match noticed.kind {
        Kind::Complaint => finding(Class::Complaint, Because::Feedback(noticed.category.clone())),
        Kind::Other => finding(Class::AutoReply, category),
        Kind::Bounce => {
            let judged = judge(Said {
                reply: 0,
                status: &noticed.status,
                words: &noticed.diagnostic,
            });
            match (judged.cause, by_category(&noticed.category)) {
                (_, Some(class)) if !judged.is_certain() => finding(class, category),
                (cause, _) => finding(cause.into(), Because::Refusal(judged.by)),
            }
        }
    }
}

/// A mail that came back with words only; None where it is no such mail.
fn returned(
    message: &Message,
    pieces: &Pieces,
    sender: &Sender,
    own: &str,
    from: &str,
    subject: &str,
) -> Option<Vec<Finding>> {
    let lower = own.to_lowercase();
    let opening = OPENINGS.iter().any(|o| lower.contains(o));
    let answers = subject.starts_with("re:");
    let marked = sender.postmaster || sender.no_way_back || sender.automatic.is_some() || !sender.failed.is_empty();
    let named = marked && !answers && BOUNCE_SUBJECTS.iter().any(|s| subject.contains(s));
    let delayed = sender.postmaster && DELAY_SUBJECTS.iter().any(|s| subject.contains(s));
    let program = sender.postmaster || sender.program || sender.list;
    let said = program && judge_words(own).is_certain();
    let is_report = raw_header(message, "Content-Type")
        .to_lowercase()
        .contains("delivery-status");
    let attached = fates(&pieces.attached_report);
    if marked && !attached.is_empty() {
        return Some(by_report(&attached, own));
    }
    if !(marked && opening || !sender.failed.is_empty() || named || delayed || said || is_report) {
        // Opened like a server's, and no answer to anything.
        let bare = opening && !answers && raw_header(message, "In-Reply-To").is_empty();
        if !(bare && judge_words(own).is_certain()) {
            return None;
        }
    }
    let in_text = fates(&as_report(own));
    if !in_text.is_empty() {
        return Some(by_report(&in_text, own));
    }
    let waits = delayed || STILL_TRIED.iter().any(|s| lower.contains(s));
    let mut not = vec![from.to_owned()];
    not.extend(
        message
            .to()
            .into_iter()
            .flat_map(|to| to.iter())
            .filter_map(|a| a.address().map(str::to_owned)),
    );
    let told = by_recipient(own, &not);
    let whole = format!("{own} {}", told::stage(own));
    let stage = match told.len() {
        1 => told::stage(own),
        _ => "",
    };
    let mut judged: Vec<Judged> = told.iter().map(|t| by_lines(&t.words, stage)).collect();
    // Listed before the reason that is of all of them; else what the whole says; else the subject.
    for at in (0..judged.len()).rev() {
        if judged[at].cause == Cause::Unclear {
            judged[at] = match judged.get(at + 1) {
                Some(next) if next.cause != Cause::Unclear => next.clone(),
                _ => match judge_words(&whole) {
                    found if found.cause != Cause::Unclear => found,
                    _ => judge_words(subject),
                },
            };
        }
    }
    let mut failed = sender
        .failed
        .split(',')
        .map(|a| a.trim().trim_matches(['<', '>']).to_owned());
    let failed = failed.find(|a| a.contains('@'));
    let only = told.len() == 1;
    let found = told.into_iter().zip(judged).map(|(told, judged)| {
        let recipient = match (&failed, only, told.recipient.is_empty()) {
            (Some(failed), true, _) => failed.clone(),
            (None, true, true) => pieces.returned_to.first().cloned().unwrap_or_default(),
            _ => told.recipient.clone(),
        };
        let (class, because) = match judged.cause {
            Cause::Unclear if waits => (Class::TheirServer, Because::Delayed),
            Cause::Unclear => (Class::Unclear, Because::Nothing),
            cause => (cause.into(), Because::Refusal(judged.by.clone())),
        };
        Finding {
            class,
            given_up: !waits && class != Class::Unclear,
            status: status_of(&told, if only { own } else { "" }, &judged),
            diagnostic: telling(&told, own, &judged),
            recipient,
            because,
        }
    });
    Some(found.collect())
}

/// By the lines that hold a code, which are another server's; what the reporting one wraps them in counts only where they
/// don't tell.
fn by_lines(words: &str, stage: &str) -> Judged {
    let lines: Vec<&str> = words.lines().collect();
    let coded = |line: &str| !status_in(line).is_empty() || reply_in(line) != 0;
    let mut hint: Option<Judged> = None;
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| coded(line)).take(20) {
        // A long reply is folded.
        let folded = lines[at..].iter().take(4).take_while(|l| !l.trim().is_empty());
        let whole = folded.copied().collect::<Vec<_>>().join(" ");
        // What stands before the code is often the reporting server's.
        let theirs = judge_words(&format!("{}{stage}", from_code(&whole)));
        if theirs.is_certain() && matches!(theirs.by, Evidence::Words(_)) {
            return theirs;
        }
        let judged = judge_words(&format!("{whole}{stage}"));
        if judged.is_certain() {
            return judged;
        }
        if theirs.is_certain() {
            return theirs;
        }
        if hint.is_none() && judged.cause != Cause::Unclear {
            hint = Some(judged);
        }
    }
    match (judge_words(&format!("{}{stage}", lines.join(" "))), hint) {
        (found, Some(hint)) if !found.is_certain() => hint,
        (found, _) => found,
    }
}

/// The code that stands in the words, or the one that they stand for.
/// `own` is the whole text where it is about this recipient alone.
fn status_of(told: &Told, own: &str, judged: &Judged) -> String {
    let found = match status_in(&told.words) {
        "" => status_in(own),
        found => found,
    };
    let words = match &judged.by {
        Evidence::Words(words) => words,
        _ => "",
    };
    let any = |of: &[&str]| of.iter().any(|o| words.contains(o));
    match (found, judged.cause) {
        ("", Cause::Address) if any(&["host", "domain", "unrout"]) => "5.1.2",
        ("", Cause::Address) => "5.1.1",
        ("", Cause::Mailbox) if any(&["temporar"]) => "4.2.1",
        ("", Cause::Mailbox) if any(&["full", "quota", "storage", "exceed", "space", "容量"]) => "5.2.2",
        ("", Cause::Mailbox) => "5.2.1",
        ("", Cause::TheirServer) => "4.0.0",
        ("", Cause::Us | Cause::TheirRule) => "5.7.0",
        (found, _) => found,
    }
    .to_owned()
}

/// The lines that say why, with the one before them, which often names whom.
fn telling(told: &Told, own: &str, judged: &Judged) -> String {
    let lines: Vec<&str> = own.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let from = lines
        .iter()
        .position(|l| !told.recipient.is_empty() && l.contains(&told.recipient))
        .unwrap_or(0);
    let says = |line: &str| match &judged.by {
        Evidence::Words(words) => line.to_lowercase().contains(words.trim_start_matches('*')),
        _ => !status_in(line).is_empty(),
    };
    let mut at = lines.iter().skip(from).position(|l| says(l)).map(|at| at + from);
    if at.is_none() {
        at = lines.iter().position(|l| says(l));
    }
    match at {
        Some(at) => lines[at.saturating_sub(1)..=at].join(" "),
        // Words that stand in two lines.
        None => one_line(&told.words, DIAGNOSTIC),
    }
}

/// Fields of a report that stand among words, parted as in a report.
fn as_report(own: &str) -> String {
    let lower = own.to_lowercase();
    match lower.contains("final-recipient:") && lower.contains("action:") {
        true => own.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"),
        false => String::new(),
    }
}

/// What says that a program answered, in its headers or its subject (`subject` in lower case).
fn is_automatic(message: &Message, subject: &str) -> Option<Because> {
    // Not X-Auto-Response-Suppress and X-MS-Exchange-Inbox-Rules-Loop: people's mail has them, too, where a rule passed it on.
    const NAMES: [&str; 9] = [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Autoreply-From",
        "X-Auto-Reply-From",
        "X-Auto-Response-From",
        "X-Mail-Autoreply",
        "X-MLServer",
        "X-ML-Info",
    ];
    let header = |name: &str, value: String| Some(Because::Header(format!("{name}: {value}")));
    for name in NAMES {
        let value = raw_header(message, name);
        if !value.is_empty() {
            return header(name, value);
        }
    }
    for name in ["Precedence", "X-Precedence"] {
        let value = raw_header(message, name).to_lowercase();
        if ["bulk", "junk", "auto_reply", "auto-reply", "list"]
            .iter()
            .any(|word| value.contains(word))
        {
            return header(name, value);
        }
    }
    let bare = subject.trim_start_matches(['[', '【', '<', '(', '（', ' ', '"', '「']);
    let told = AUTO_SUBJECTS.iter().any(|s| subject.contains(s)) || AUTO_BEGINNINGS.iter().any(|s| bare.starts_with(s));
    told.then(|| Because::Subject(subject.to_owned()))
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
