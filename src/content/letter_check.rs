//! What a letter's files must hold.

use std::collections::{BTreeMap, BTreeSet};

use super::letter::{Ask, Letter, LetterText, Passage, Piece, Placeholder, pieces};
use super::load::{Folder, Item};
use super::shape::{Field, Shape, Sheet, advice, may, needs};

const RECORD_LINE: &[Field] = &[needs("label", Shape::Text), needs("value", Shape::Text)];

/// A paragraph: its text, or a table that says where it stands.
const PASSAGE: Shape = Shape::OrTable(
    &Shape::Text,
    &Shape::Table(&[
        may("when", Shape::Word(&Ask::WORDS)),
        may("unless", Shape::Word(&Ask::WORDS)),
        needs("text", Shape::Text),
    ]),
);

/// What the record of every letter must tell.
const IN_RECORD: [Placeholder; 4] = [
    Placeholder::Link,
    Placeholder::Code,
    Placeholder::Deadline,
    Placeholder::Inquiries,
];

impl Item for Letter {
    type Text = LetterText;
    const FOLDER: &'static str = "letters";
    const FILE: &'static str = "letter.toml";
    const SHAPE: Shape = Shape::Table(&[
        needs("id", Shape::Id),
        needs("version", Shape::Version),
        needs("audience", Shape::Word(&["supplier", "group"])),
        may("occasion", Shape::Word(&["second-notice", "all-clear"])),
        // One that is missing keeps the letter from being chosen, not the server from starting: letters of before lack it.
        may("asks", Shape::List(&Shape::Word(&Ask::WORDS))),
        may("may_ask", Shape::List(&Shape::Word(&Ask::WORDS))),
    ]);
    const TEXT_SHAPE: Shape = Shape::Table(&[
        needs("name", Shape::Text),
        needs("subject", Shape::Text),
        needs("salutation", Shape::Text),
        needs("opening", Shape::Text),
        needs("paragraphs", Shape::Filled(&PASSAGE)),
        needs("closing", Shape::Text),
        may("closing_unnamed", Shape::Text),
        needs("record_title", Shape::Text),
        needs("record", Shape::Filled(&Shape::Table(RECORD_LINE))),
        needs("end", Shape::Blank),
        needs("mail_subject", Shape::Text),
        needs("mail_intro", Shape::Filled(&PASSAGE)),
    ]);

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn texts_mut(&mut self) -> &mut BTreeMap<String, LetterText> {
        &mut self.texts
    }

    fn check(&self, folder: &mut Folder<'_>) {
        folder.neutral(|sheet| self.check_asks(sheet));
        for (lang, text) in &self.texts {
            folder.language(lang, |sheet| {
                text.check(sheet);
                self.check_passages(text, sheet);
            });
        }
    }
}

impl Letter {
    /// What it says that it asks must be able to be true.
    fn check_asks(&self, sheet: &mut Sheet<'_>) {
        let Some(asks) = &self.asks else {
            if !self.may_ask.is_empty() {
                sheet.note(
                    "asks",
                    "The key is missing beside `may_ask`; add `asks = [\u{2026}]` with what the letter asks in every campaign.",
                );
            }
            return;
        };
        if asks.is_empty() && self.may_ask.is_empty() {
            sheet.note(
                "asks",
                "The letter asks nothing; write asks = [\"read\"] where it is only to be read.",
            );
        }
        for ask in asks & &self.may_ask {
            sheet.note(
                "may_ask",
                format!("`{}` stands in `asks` already; remove it here.", ask.as_str()),
            );
        }
        let all = asks | &self.may_ask;
        if all.contains(&Ask::Read) && all.len() > 1 {
            sheet.note(
                "asks",
                "`read` means that nothing is to be done, so it stands alone; remove it, or all others.",
            );
        }
    }

    /// Each thing that it may ask must be said in a passage of its own, and no passage may wait for another.
    fn check_passages(&self, text: &LetterText, sheet: &mut Sheet<'_>) {
        let mut said = BTreeSet::new();
        for (key, passages) in [("paragraphs", &text.paragraphs), ("mail_intro", &text.mail_intro)] {
            for (index, passage) in passages.iter().enumerate() {
                for (which, ask) in [("when", passage.when), ("unless", passage.unless)] {
                    let Some(ask) = ask else { continue };
                    if !self.may_ask.contains(&ask) {
                        sheet.note(
                            format!("{key}[{}].{which}", index + 1),
                            format!(
                                "letter.toml doesn't say may_ask = [\"{}\"]; add it there.",
                                ask.as_str()
                            ),
                        );
                    }
                }
                if key == "paragraphs" {
                    said.extend(passage.when);
                }
            }
        }
        for ask in self.may_ask.iter().filter(|ask| !said.contains(*ask)) {
            let word = ask.as_str();
            sheet.note(
                "paragraphs",
                format!("No passage asks `{word}`; add {{ when = \"{word}\", text = \"\u{2026}\" }}, or take it out of may_ask."),
            );
        }
    }
}

static NOTHING: String = String::new();

impl LetterText {
    /// Every text that may hold placeholders, with its key.
    fn passages(&self) -> impl Iterator<Item = (String, &str)> {
        let single = [
            ("subject", &self.subject),
            ("salutation", &self.salutation),
            ("opening", &self.opening),
            ("closing", &self.closing),
            ("closing_unnamed", self.closing_unnamed.as_ref().unwrap_or(&NOTHING)),
            ("record_title", &self.record_title),
            ("end", &self.end),
            ("mail_subject", &self.mail_subject),
        ];
        let lists: [(&str, &Vec<Passage>); 2] = [("paragraphs", &self.paragraphs), ("mail_intro", &self.mail_intro)];
        single
            .into_iter()
            .map(|(key, text)| (key.to_owned(), text.as_str()))
            .chain(lists.into_iter().flat_map(|(key, texts)| {
                texts
                    .iter()
                    .enumerate()
                    .map(move |(index, passage)| (format!("{key}[{}]", index + 1), passage.text.as_str()))
            }))
            .chain(self.record.iter().enumerate().flat_map(|(index, line)| {
                let key = format!("record[{}]", index + 1);
                [
                    (format!("{key}.label"), line.label.as_str()),
                    (format!("{key}.value"), line.value.as_str()),
                ]
            }))
    }

    fn check(&self, sheet: &mut Sheet<'_>) {
        let known = Placeholder::ALL.map(Placeholder::as_str);
        for (key, text) in self.passages() {
            for piece in pieces(text) {
                match piece {
                    Piece::Wrong(wrong) if wrong.len() > 1 => {
                        let word = wrong.trim_matches(['{', '}']);
                        sheet.note(
                            &key,
                            format!("The placeholder {wrong} is not known; {}", advice(word, &known)),
                        );
                    }
                    Piece::Wrong(brace) => {
                        sheet.note(
                            &key,
                            format!("A single {brace} stands here; write it twice if a brace is meant."),
                        );
                    }
                    Piece::Value(Placeholder::Link | Placeholder::Code)
                        if key == "subject" || key == "mail_subject" =>
                    {
                        sheet.note(
                            &key,
                            "The link and the code are secret and subjects are logged; name them in the record only.",
                        );
                    }
                    Piece::Value(_) | Piece::Words(_) => {}
                }
            }
            if text.contains(['｛', '｝']) {
                sheet.note(
                    &key,
                    "A full-width brace stands here, so the placeholder would be sent as it is; write { and }.",
                );
            }
        }
        for placeholder in IN_RECORD {
            let told = self
                .record
                .iter()
                .any(|line| pieces(&line.value).contains(&Piece::Value(placeholder)));
            if !told {
                let word = placeholder.as_str();
                sheet.note(
                    "record",
                    format!("The record must tell {{{word}}}; add a line with value = \"{{{word}}}\"."),
                );
            }
        }
    }
}
