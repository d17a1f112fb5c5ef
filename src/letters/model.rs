//! What a template gets: the letter of one company, in plain text. docs/letters.md explains it field by field.

use crate::invitations::LetterView;
use crate::web::i18n::Tr;
use serde::Serialize;

/// Everything for one file.
#[derive(Debug, Serialize)]
pub struct Data {
    pub title: String,
    pub author: String,
    /// The name of the file with the stamp.
    pub stamp: Option<String>,
    pub letters: Vec<Letter>,
}

#[derive(Debug, Serialize)]
pub struct Letter {
    /// Different from that of every other letter in the file.
    pub id: String,
    pub language: String,
    /// 依頼番号.
    pub number: String,
    /// With the word before it.
    pub number_line: String,
    pub date: String,
    /// The sender's block: one line or more.
    pub sender: String,
    /// Where it goes by post, line by line; none where that isn't known, or the letter isn't posted.
    pub post: Vec<String>,
    /// Company; department and person, where one is known.
    pub addressee: Vec<String>,
    pub subject: String,
    pub salutation: String,
    pub opening: String,
    pub paragraphs: Vec<String>,
    pub closing: String,
    pub record_title: String,
    pub record: Vec<Line>,
    pub end: String,
    /// The notice on data protection and its heading; "" and none where it isn't shown.
    pub privacy_title: String,
    pub privacy: Vec<String>,
    /// The link, with the letter's language: what the QR code holds.
    pub target: String,
    pub code: String,
    /// SVG.
    pub qr: String,
    /// Printed across the page where the letter must not be taken for a real one; else "".
    pub mark: String,
    pub words: Words,
}

/// Words that the template itself prints, or gives to those who can't see its pictures.
#[derive(Debug, Serialize)]
pub struct Words {
    /// Under the QR code.
    pub qr: String,
    pub qr_alt: String,
    pub stamp_alt: String,
}

#[derive(Debug, Serialize)]
pub struct Line {
    pub label: String,
    pub value: String,
    /// `link`, `code`, … where the value is nothing else; else "".
    pub only: String,
}

impl Letter {
    /// `post`: where it goes by post, line by line. `target` is the link as the QR code holds it.
    pub fn new(
        t: Tr,
        id: String,
        (view, post): (&LetterView, &[String]),
        target: String,
        code: &str,
        mark: &str,
    ) -> Letter {
        let letter = &view.letter;
        let all = |texts: &[String]| texts.iter().map(|text| tidy(text)).collect();
        Letter {
            id,
            language: t.lang().to_owned(),
            number: tidy(&view.number),
            number_line: tidy(&t.t1("letter-number-line", "number", view.number.as_str())),
            date: tidy(&view.date),
            sender: tidy(&view.sender_lines.join("\n")),
            post: all(post),
            addressee: all(&view.addressee),
            subject: tidy(&letter.subject),
            salutation: tidy(&letter.salutation),
            opening: tidy(&letter.opening),
            paragraphs: all(&letter.paragraphs),
            closing: tidy(&letter.closing),
            record_title: tidy(&letter.record_title),
            record: letter
                .record
                .iter()
                .map(|line| Line {
                    label: tidy(&line.label),
                    value: tidy(&line.value),
                    only: line.only.clone().unwrap_or_default(),
                })
                .collect(),
            end: tidy(&letter.end),
            privacy_title: match view.privacy.is_empty() {
                true => String::new(),
                false => t.t("privacy-title").into_owned(),
            },
            privacy: all(&view.privacy),
            qr: qr(&target),
            target,
            code: code.to_owned(),
            mark: mark.to_owned(),
            words: Words {
                qr: t.t("letter-qr").into_owned(),
                qr_alt: t.t("letter-qr-alt").into_owned(),
                stamp_alt: t.t1("letter-stamp-alt", "sender", view.sender.as_str()).into_owned(),
            },
        }
    }
}

/// What can be printed: no control characters but line breaks, and nothing that turns the direction of what follows.
fn tidy(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .filter(
            |c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'),
        )
        .collect()
}

/// With the quiet zone that readers need; "" for a link that is too long for a QR code.
fn qr(link: &str) -> String {
    let code = qrcode::QrCode::with_error_correction_level(link, qrcode::EcLevel::M);
    code.map(|code| code.render::<qrcode::render::svg::Color>().quiet_zone(true).build())
        .unwrap_or_default()
}

/// What a file is called when it is downloaded: `letter-` and what of the names is plain ASCII.
pub fn file_name(parts: &[&str]) -> String {
    let plain = |part: &&str| -> String {
        part.chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .take(60)
            .collect()
    };
    let parts: Vec<String> = parts.iter().map(plain).filter(|part| !part.is_empty()).collect();
    format!("letter-{}.pdf", parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_or_breaks_a_line_is_not_printed() {
        assert_eq!(tidy("株式会社\u{202e}例\u{0}\u{1b}[1m\r\nA"), "株式会社例[1m\nA");
        // Variation selectors choose between forms of one kanji.
        assert_eq!(tidy("葛\u{e0100}城"), "葛\u{e0100}城");
    }

    #[test]
    fn a_file_has_a_plain_name() {
        assert_eq!(
            file_name(&["K-2026-001", "S/../001 \"x\""]),
            "letter-K-2026-001-S001x.pdf"
        );
        assert_eq!(file_name(&["K-1", "株式会社"]), "letter-K-1.pdf");
    }

    #[test]
    fn a_link_makes_a_code_and_a_page_of_text_none() {
        assert!(qr("https://k.example/r/abc").starts_with("<?xml"));
        assert_eq!(qr(&"x".repeat(4000)), "");
    }
}
