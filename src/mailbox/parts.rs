//! A message taken apart: the pieces that tell what it is, each of a bounded size.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;

/// How much of a text is looked at and kept, in bytes.
const TEXT: usize = 256 * 1024;
/// How many parts are looked at, and how deep they may lie.
const PARTS: usize = 400;
const DEPTH: usize = 4;

#[derive(Default)]
pub struct Pieces {
    /// Texts a person would read, in order; of alternatives the plain one.
    pub text: String,
    /// The machine's report (RFC 3464), if there is one.
    pub report: String,
    /// Such a report within a message that is attached.
    pub attached_report: String,
    /// The fields of a complaint (RFC 5965), if it is one.
    pub feedback: String,
    /// Names of attached files, one a line.
    pub files: String,
    /// To whom the message was that came back, as its own header says.
    pub returned_to: Vec<String>,
    /// A report of what became of it at the reader's (RFC 8098).
    pub disposition: bool,
    /// The Message-ID of the message that came back.
    pub returned_id: String,
    /// Headers of the message that came back, as far as they name us.
    pub returned_headers: String,
}

/// At most `most` bytes of a text, whole characters, without what no database takes.
pub fn clean(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most));
    for c in text.chars() {
        let c = match c {
            '\n' | '\t' => c,
            '\r' => continue,
            // Bidirectional overrides would let a subject pretend to be another.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => continue,
            c if c.is_control() => ' ',
            c => c,
        };
        if out.len() + c.len_utf8() > most {
            break;
        }
        out.push(c);
    }
    out
}

/// As [`clean`], in one line.
pub fn one_line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    clean(&words.join(" "), most)
}

pub fn take_apart(message: &Message) -> Pieces {
    let mut pieces = Pieces::default();
    let mut left = PARTS;
    look(message, 0, &mut left, &mut pieces);
    if pieces.text.trim().is_empty()
        && let Some(text) = message.body_text(0)
    {
        add(&mut pieces.text, &text);
    }
    pieces
}

/// With `\n` at the end of every line, whatever stood there: CRLF, a bare CR, or what programs make of both.
pub fn with_plain_lines(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|b| *b == b'\r') {
        out.extend_from_slice(&rest[..at]);
        let run = rest[at..].iter().take_while(|b| **b == b'\r').count();
        rest = &rest[at + run..];
        match rest.strip_prefix(b"\n") {
            Some(after) => {
                out.push(b'\n');
                rest = after;
            }
            // Each ends a line where there is no other end.
            None => out.extend(std::iter::repeat_n(b'\n', run)),
        }
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

fn add(to: &mut String, text: &str) {
    if to.len() < TEXT {
        if !to.is_empty() {
            to.push('\n');
        }
        to.push_str(&clean(text, TEXT - to.len()));
    }
}

fn kind(part: &MessagePart) -> (String, String) {
    part.content_type().map_or_else(
        || ("text".into(), "plain".into()),
        |c| {
            let sub = c.subtype().unwrap_or("").to_ascii_lowercase();
            (c.ctype().to_ascii_lowercase(), sub)
        },
    )
}

fn contents(part: &MessagePart) -> String {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => clean(&unescaped(text), TEXT),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            clean(&String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT)]), TEXT)
        }
        _ => String::new(),
    }
}

fn look(message: &Message, depth: usize, left: &mut usize, pieces: &mut Pieces) {
    for part in &message.parts {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let (main, sub) = kind(part);
        if depth == 0
            && let Some(name) = part.attachment_name()
        {
            add(&mut pieces.files, &one_line(name, 300));
        }
        match (main.as_str(), sub.as_str()) {
            ("message", "delivery-status" | "global-delivery-status") => {
                let into = match depth {
                    0 => &mut pieces.report,
                    _ => &mut pieces.attached_report,
                };
                // A part is parted from the next as its groups are.
                add(into, &format!("{}\n", contents(part)));
            }
            ("message", "feedback-report") if depth == 0 => add(&mut pieces.feedback, &contents(part)),
            ("message", "disposition-notification" | "global-disposition-notification") => pieces.disposition = true,
            ("text" | "message", "rfc822-headers" | "global-headers") => {
                let headers = contents(part);
                if let Some(returned) = MessageParser::default().parse_headers(headers.as_bytes()) {
                    returned_headers(&returned, pieces);
                }
            }
            ("text", "plain") if depth == 0 => add(&mut pieces.text, &contents(part)),
            _ => {
                if let PartType::Message(inner) = &part.body {
                    returned_headers(inner, pieces);
                    if depth < DEPTH {
                        look(inner, depth + 1, left, pieces);
                    }
                }
            }
        }
    }
}

fn returned_headers(returned: &Message, pieces: &mut Pieces) {
    if pieces.returned_id.is_empty()
        && let Some(id) = returned.message_id()
    {
        pieces.returned_id = clean(id, 998);
    }
    if pieces.returned_to.is_empty()
        && let Some(to) = returned.to()
    {
        let named = to.iter().take(20).filter_map(|a| a.address());
        pieces.returned_to = named.map(|a| one_line(a, 320)).collect();
    }
    if pieces.returned_headers.len() < TEXT {
        pieces.returned_headers.push_str(&address_lines(returned));
    }
}

/// The header lines that may hold the address a message was sent to, or back to.
pub fn address_lines(message: &Message) -> String {
    const NAMES: [&str; 9] = [
        "to",
        "cc",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-delivered-to",
        "return-path",
        "received",
    ];
    let mut out = String::new();
    for (name, value) in message.headers_raw().take(500) {
        if NAMES.iter().any(|n| name.eq_ignore_ascii_case(n)) && out.len() < 64 * 1024 {
            // A long line is folded; an address in it is not, but for hostile ones.
            out.push_str(&clean(value, 8 * 1024));
            out.push('\n');
        }
    }
    out
}

/// A header as it stands in the message, unfolded; "" where it isn't there.
pub fn raw_header(message: &Message, name: &str) -> String {
    message
        .headers_raw()
        .take(500)
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| one_line(value, 998))
        .unwrap_or_default()
}

/// ISO-2022-JP that doesn't say so, as old Japanese servers write it, decoded; anything else as it is.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    match text.contains("\u{1B}$") && text.is_ascii() {
        true => Cow::Owned(encoding_rs::ISO_2022_JP.decode(text.as_bytes()).0.into_owned()),
        false => Cow::Borrowed(text),
    }
}
