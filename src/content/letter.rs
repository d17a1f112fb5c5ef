//! A letter: its words with placeholders, and the rendering for one company.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The covering letter of a campaign and the head of its mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Kebab-case, stable, the name of its folder.
    pub id: String,
    /// From 1; one more with every change.
    pub version: u32,
    /// To whom such a letter goes.
    pub audience: Audience,
    /// The kind of follow-up that it is for; None: for any campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<Occasion>,
    /// What it asks of whoever gets it; None: its file doesn't say, so it can't be chosen for a campaign. (Letters that were
    /// sent before 2026-11-28 don't say.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<BTreeSet<Ask>>,
    /// What it asks as well where the campaign does: in passages that are left out of it elsewhere.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub may_ask: BTreeSet<Ask>,
    /// Every word, by language.
    #[serde(default)]
    pub texts: BTreeMap<String, LetterText>,
}

/// To whom a letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Companies that supply.
    Supplier,
    /// Companies of the own group.
    Group,
}

/// The kind of follow-up that a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// What was asked before is asked again of those who haven't done it.
    SecondNotice,
    /// What was warned of is over; nothing is asked.
    AllClear,
}

/// One thing that a request asks of a company: the word of letters, campaigns and pages alike. In the order of what weighs
/// more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// To read the letter; nothing is to be done. Stands alone.
    Read,
    /// To read the advisory and to confirm that.
    Acknowledge,
    /// To pass the notice for employees on and to report how many people it reached.
    AwarenessReport,
    /// To answer the checklist.
    SelfCheck,
}

impl Ask {
    /// As files write them, in the order of the enum.
    pub const WORDS: [&'static str; 4] = ["read", "acknowledge", "awareness-report", "self-check"];

    pub fn as_str(self) -> &'static str {
        match self {
            Ask::Read => "read",
            Ask::Acknowledge => "acknowledge",
            Ask::AwarenessReport => "awareness-report",
            Ask::SelfCheck => "self-check",
        }
    }
}

/// A paragraph, in every letter or only where something is asked or isn't.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Passage {
    /// Only where this is asked.
    pub when: Option<Ask>,
    /// Only where this isn't asked.
    pub unless: Option<Ask>,
    pub text: String,
}

/// How a passage is written in a file: as its text, or as a table with a condition.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Always(String),
    Sometimes {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<Ask>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unless: Option<Ask>,
        text: String,
    },
}

impl From<Written> for Passage {
    fn from(written: Written) -> Passage {
        match written {
            Written::Always(text) => Passage {
                text,
                ..Passage::default()
            },
            Written::Sometimes { when, unless, text } => Passage { when, unless, text },
        }
    }
}

impl From<Passage> for Written {
    fn from(passage: Passage) -> Written {
        match passage {
            Passage {
                when: None,
                unless: None,
                text,
            } => Written::Always(text),
            Passage { when, unless, text } => Written::Sometimes { when, unless, text },
        }
    }
}

impl Passage {
    /// Whether it stands in a letter that asks this.
    fn stands(&self, asks: &BTreeSet<Ask>) -> bool {
        self.when.is_none_or(|ask| asks.contains(&ask)) && self.unless.is_none_or(|ask| !asks.contains(&ask))
    }
}

/// A letter's words in one language; plain text. Every one but `name` may hold placeholders such as `{company}`; a brace
/// that is meant as such is written twice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LetterText {
    /// What operators see when they pick a letter.
    pub name: String,
    /// 件名.
    pub subject: String,
    /// 宛名 of a letter to no person by name; may have several lines.
    pub salutation: String,
    /// From 拝啓; "Dear …".
    pub opening: String,
    /// The body.
    pub paragraphs: Vec<Passage>,
    /// 敬具; "Yours sincerely,".
    pub closing: String,
    /// The closing of a letter to no person by name, where it is another one: "Yours faithfully,".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_unnamed: Option<String>,
    /// 記; "Details".
    pub record_title: String,
    /// The lines of the record.
    pub record: Vec<RecordLine>,
    /// 以上; empty in English.
    pub end: String,
    /// Subject of the mail.
    pub mail_subject: String,
    /// Short paragraphs at the head of the mail.
    pub mail_intro: Vec<Passage>,
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Such as 回答期限.
    pub label: String,
    /// Such as `{deadline}`.
    pub value: String,
}

/// What a letter can be filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placeholder {
    /// The company's name.
    Company,
    /// The person's name.
    Contact,
    /// The person's department.
    Department,
    /// 依頼番号.
    Number,
    /// The letter's date.
    Date,
    /// Reply-by date.
    Deadline,
    /// Who sends it.
    Sender,
    /// Where to ask back.
    Inquiries,
    /// The company's own link.
    Link,
    /// The code for typing by hand.
    Code,
    /// The advisory's title.
    Advisory,
    /// The checklist's title.
    Checklist,
    /// 依頼番号 of the earlier campaign that this one follows.
    EarlierNumber,
    /// When that one was sent.
    EarlierDate,
    /// How long answers are kept: a whole sentence of the operator's.
    Retention,
    /// Who reads them: a whole sentence of the operator's.
    Readers,
}

/// The values for one company, as they shall stand in the letter's language. A value is never read for placeholders
/// again. Give `contact` a general word where no person is known; an empty one leaves a gap in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placeholders {
    /// The company's name.
    pub company: String,
    /// The person's name.
    pub contact: String,
    /// Whether `contact` is the name of a person, and not a general word.
    pub named: bool,
    /// The person's department; may be empty.
    pub department: String,
    /// 依頼番号.
    pub number: String,
    /// The letter's date, in words.
    pub date: String,
    /// Reply-by date with time and zone, in words.
    pub deadline: String,
    /// Who sends it: company and department.
    pub sender: String,
    /// Where to ask back: address and telephone.
    pub inquiries: String,
    /// The company's own link; secret.
    pub link: String,
    /// The short code for typing by hand; secret.
    pub code: String,
    /// The advisory's title; empty without one.
    pub advisory: String,
    /// The checklist's title; empty without one.
    pub checklist: String,
    /// 依頼番号 of the earlier campaign; empty without one.
    pub earlier_number: String,
    /// When that one was sent, in words; empty without one.
    pub earlier_date: String,
    /// How long answers are kept: a whole sentence; empty where nothing is said of it.
    pub retention: String,
    /// Who reads them: a whole sentence; empty where nothing is said of it.
    pub readers: String,
}

impl Placeholder {
    /// All of them.
    pub const ALL: [Placeholder; 16] = [
        Placeholder::Company,
        Placeholder::Contact,
        Placeholder::Department,
        Placeholder::Number,
        Placeholder::Date,
        Placeholder::Deadline,
        Placeholder::Sender,
        Placeholder::Inquiries,
        Placeholder::Link,
        Placeholder::Code,
        Placeholder::Advisory,
        Placeholder::Checklist,
        Placeholder::EarlierNumber,
        Placeholder::EarlierDate,
        Placeholder::Retention,
        Placeholder::Readers,
    ];

    /// The word between the braces.
    pub fn as_str(self) -> &'static str {
        match self {
            Placeholder::Company => "company",
            Placeholder::Contact => "contact",
            Placeholder::Department => "department",
            Placeholder::Number => "number",
            Placeholder::Date => "date",
            Placeholder::Deadline => "deadline",
            Placeholder::Sender => "sender",
            Placeholder::Inquiries => "inquiries",
            Placeholder::Link => "link",
            Placeholder::Code => "code",
            Placeholder::Advisory => "advisory",
            Placeholder::Checklist => "checklist",
            Placeholder::EarlierNumber => "earlier-number",
            Placeholder::EarlierDate => "earlier-date",
            Placeholder::Retention => "retention",
            Placeholder::Readers => "readers",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.as_str() == word)
    }
}

impl Placeholders {
    /// The value of one.
    pub fn get(&self, placeholder: Placeholder) -> &str {
        match placeholder {
            Placeholder::Company => &self.company,
            Placeholder::Contact => &self.contact,
            Placeholder::Department => &self.department,
            Placeholder::Number => &self.number,
            Placeholder::Date => &self.date,
            Placeholder::Deadline => &self.deadline,
            Placeholder::Sender => &self.sender,
            Placeholder::Inquiries => &self.inquiries,
            Placeholder::Link => &self.link,
            Placeholder::Code => &self.code,
            Placeholder::Advisory => &self.advisory,
            Placeholder::Checklist => &self.checklist,
            Placeholder::EarlierNumber => &self.earlier_number,
            Placeholder::EarlierDate => &self.earlier_date,
            Placeholder::Retention => &self.retention,
            Placeholder::Readers => &self.readers,
        }
    }
}

/// A letter for one company in one language, ready for a page, a mail or a PDF; plain text, to be escaped there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RenderedLetter {
    /// One line.
    pub subject: String,
    /// 宛名 where no person is known; may have several lines.
    pub salutation: String,
    /// The first paragraph.
    pub opening: String,
    /// The body; paragraphs that came out empty are left out.
    pub paragraphs: Vec<String>,
    /// 敬具.
    pub closing: String,
    /// 記.
    pub record_title: String,
    /// The record; lines whose value came out empty are left out.
    pub record: Vec<RenderedLine>,
    /// 以上; empty in English.
    pub end: String,
    /// One line, fit for a mail's header.
    pub mail_subject: String,
    /// Paragraphs; those that came out empty are left out.
    pub mail_intro: Vec<String>,
}

/// One line of a rendered record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedLine {
    /// Such as 回答ページ.
    pub label: String,
    /// Such as the link.
    pub value: String,
    /// The placeholder's word (`link`, `code`, …) if the value is nothing else: a page can make it a link or set it apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
}

static NO_TEXT: LetterText = LetterText {
    name: String::new(),
    subject: String::new(),
    salutation: String::new(),
    opening: String::new(),
    paragraphs: Vec::new(),
    closing: String::new(),
    closing_unnamed: None,
    record_title: String::new(),
    record: Vec::new(),
    end: String::new(),
    mail_subject: String::new(),
    mail_intro: Vec::new(),
};

impl Letter {
    /// Its words in `lang`, else without the region, else in English, else in its first language.
    pub fn text(&self, lang: &str) -> &LetterText {
        super::choose(&self.texts, lang).unwrap_or(&NO_TEXT)
    }

    /// The languages it is written in, by name.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// What it would say in a campaign that asks `wanted`; None: its file doesn't tell.
    pub fn says(&self, wanted: &BTreeSet<Ask>) -> Option<BTreeSet<Ask>> {
        let asks = self.asks.as_ref()?;
        Some(asks | &(&self.may_ask & wanted))
    }

    /// Whether it asks what a campaign asks: no more and no less.
    pub fn asks_exactly(&self, wanted: &BTreeSet<Ask>) -> bool {
        self.says(wanted).is_some_and(|says| says == *wanted)
    }

    /// The letter in `lang` (or what [`Letter::text`] falls back to) with the values put in, where `asks` is asked.
    pub fn render(&self, lang: &str, values: &Placeholders, asks: &BTreeSet<Ask>) -> RenderedLetter {
        let text = self.text(lang);
        let all = |passages: &[Passage]| -> Vec<String> {
            passages
                .iter()
                .filter(|passage| passage.stands(asks))
                .map(|passage| flow(&passage.text, values))
                .filter(|text| !text.trim().is_empty())
                .collect()
        };
        RenderedLetter {
            subject: one_line(&fill(&text.subject, values)),
            salutation: fill(&text.salutation, values),
            opening: fill(&text.opening, values),
            paragraphs: all(&text.paragraphs),
            closing: match (&text.closing_unnamed, values.named) {
                (Some(unnamed), false) => fill(unnamed, values),
                _ => fill(&text.closing, values),
            },
            record_title: fill(&text.record_title, values),
            record: text
                .record
                .iter()
                .map(|line| RenderedLine {
                    label: fill(&line.label, values),
                    value: fill(&line.value, values),
                    only: only(&line.value).map(|placeholder| placeholder.as_str().to_owned()),
                })
                .filter(|line| !line.value.trim().is_empty())
                .collect(),
            end: fill(&text.end, values),
            mail_subject: one_line(&fill(&text.mail_subject, values)),
            mail_intro: all(&text.mail_intro),
        }
    }
}

/// A piece of a text with placeholders.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Value(Placeholder),
    /// A placeholder that isn't known, or a single brace: a problem in a file; put out as it stands.
    Wrong(&'a str),
}

pub(super) fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some(at) = text.find(['{', '}']) {
        if at > 0 {
            pieces.push(Piece::Words(&text[..at]));
        }
        text = &text[at..];
        let taken = if text.starts_with("{{") || text.starts_with("}}") {
            pieces.push(Piece::Words(&text[..1]));
            2
        } else if let Some(end) = text.find('}').filter(|end| *end > 0) {
            let piece = Placeholder::parse(&text[1..end]).map_or(Piece::Wrong(&text[..=end]), Piece::Value);
            pieces.push(piece);
            end + 1
        } else {
            pieces.push(Piece::Wrong(&text[..1]));
            1
        };
        text = &text[taken..];
    }
    if !text.is_empty() {
        pieces.push(Piece::Words(text));
    }
    pieces
}

fn fill(text: &str, values: &Placeholders) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        filled.push_str(match piece {
            Piece::Words(words) | Piece::Wrong(words) => words,
            Piece::Value(placeholder) => values.get(placeholder),
        });
    }
    filled
}

/// A paragraph: the space beside a sentence that came out empty goes with it.
fn flow(text: &str, values: &Placeholders) -> String {
    let filled = fill(text, values);
    let lacks = |piece: &Piece<'_>| matches!(piece, Piece::Value(placeholder) if values.get(*placeholder).is_empty());
    if !pieces(text).iter().any(lacks) {
        return filled;
    }
    let mut out = String::with_capacity(filled.len());
    for c in filled.trim_matches(' ').chars() {
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out
}

/// A value with a line break must not begin a new header of the mail.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_control())
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    words.join(" ")
}

fn only(text: &str) -> Option<Placeholder> {
    match pieces(text.trim()).as_slice() {
        [Piece::Value(placeholder)] => Some(*placeholder),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::tests::sound;

    #[test]
    fn a_letter_is_rendered_and_values_are_not_read_again() {
        let content = sound();
        let values = Placeholders {
            company: "{code}株式会社".to_owned(),
            contact: "山田".to_owned(),
            number: "K-1\r\nBcc: x@example.org".to_owned(),
            sender: "S".to_owned(),
            date: "D".to_owned(),
            deadline: "E".to_owned(),
            inquiries: "I".to_owned(),
            link: "https://k.example/i/x".to_owned(),
            code: "ABCD".to_owned(),
            ..Placeholders::default()
        };
        let letter = content
            .letter("ask")
            .unwrap()
            .render("ja", &values, &BTreeSet::from([Ask::SelfCheck]));
        assert_eq!(letter.salutation, "{code}株式会社  山田");
        assert_eq!(letter.opening, "O {x}");
        assert_eq!(letter.paragraphs, ["From S on D."]);
        assert_eq!(letter.mail_subject, "S K-1 Bcc: x@example.org");
        let record: Vec<_> = letter
            .record
            .iter()
            .map(|line| (&line.value[..], line.only.as_deref()))
            .collect();
        assert_eq!(
            record,
            [
                ("E", Some("deadline")),
                ("https://k.example/i/x", Some("link")),
                ("ABCD", Some("code")),
                ("I", Some("inquiries")),
            ]
        );
    }

    #[test]
    fn t1_a_letter_says_what_it_asks_and_passages_stand_only_where_it_is_asked() {
        use Ask::{Acknowledge, AwarenessReport, Read, SelfCheck};
        let passage = |when, unless, text: &str| Passage {
            when,
            unless,
            text: text.into(),
        };
        let mut letter = Letter::clone(sound().letter("ask").unwrap());
        letter.asks = Some([SelfCheck].into());
        letter.may_ask = [Acknowledge].into();
        let words = letter.texts.get_mut("en").unwrap();
        words.paragraphs = vec![
            passage(None, None, "Always. {readers} {retention}"),
            passage(Some(Acknowledge), None, "Acknowledge."),
            passage(None, Some(Acknowledge), "Only the check."),
        ];
        words.closing_unnamed = Some("Yours faithfully,".into());
        words.closing = "Yours sincerely,".into();
        for (wanted, fits) in [
            (vec![SelfCheck], true),
            (vec![Acknowledge, SelfCheck], true),
            (vec![Acknowledge], false),
            (vec![SelfCheck, AwarenessReport], false),
            (vec![Read], false),
            (vec![], false),
        ] {
            assert_eq!(
                letter.asks_exactly(&wanted.iter().copied().collect()),
                fits,
                "{wanted:?}"
            );
        }
        let mut values = Placeholders {
            retention: "Kept.".into(),
            ..Placeholders::default()
        };
        let both = letter.render("en", &values, &[Acknowledge, SelfCheck].into());
        assert_eq!(both.paragraphs, ["Always. Kept.", "Acknowledge."]);
        assert_eq!(both.closing, "Yours faithfully,");
        values.named = true;
        values.retention.clear();
        let check = letter.render("en", &values, &[SelfCheck].into());
        assert_eq!(check.paragraphs, ["Always.", "Only the check."]);
        assert_eq!(check.closing, "Yours sincerely,");
        // A letter of before says nothing, and so fits nowhere; what was sent with it is still read.
        letter.asks = None;
        assert!(!letter.asks_exactly(&[SelfCheck].into()));
        let old = r#"{"id":"x","version":1,"audience":"group","texts":{"en":{"name":"N","subject":"S","salutation":"A",
            "opening":"O","paragraphs":["P"],"closing":"C","record_title":"R","record":[],"end":"","mail_subject":"M",
            "mail_intro":["I"]}}}"#;
        let old: Letter = serde_json::from_str(old).unwrap();
        assert_eq!(old.render("en", &values, &BTreeSet::new()).paragraphs, ["P"]);
    }
}
