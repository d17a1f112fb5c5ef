//! What a letter's files must hold.

use std::collections::BTreeMap;

use super::letter::{Letter, LetterText, Piece, Placeholder, pieces};
use super::load::{Folder, Item};
use super::shape::{Field, Shape, Sheet, advice, may, needs};

const RECORD_LINE: &[Field] = &[needs("label", Shape::Text), needs("value", Shape::Text)];

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
    ]);
    const TEXT_SHAPE: Shape = Shape::Table(&[
        needs("name", Shape::Text),
        needs("subject", Shape::Text),
        needs("salutation", Shape::Text),
        needs("opening", Shape::Text),
        needs("paragraphs", Shape::Filled(&Shape::Text)),
        needs("closing", Shape::Text),
        needs("record_title", Shape::Text),
        needs("record", Shape::Filled(&Shape::Table(RECORD_LINE))),
        needs("end", Shape::Blank),
        needs("mail_subject", Shape::Text),
        needs("mail_intro", Shape::Filled(&Shape::Text)),
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
        for (lang, text) in &self.texts {
            folder.language(lang, |sheet| text.check(sheet));
        }
    }
}

impl LetterText {
    /// Every text that may hold placeholders, with its key.
    fn passages(&self) -> impl Iterator<Item = (String, &str)> {
        let single = [
            ("subject", &self.subject),
            ("salutation", &self.salutation),
            ("opening", &self.opening),
            ("closing", &self.closing),
            ("record_title", &self.record_title),
            ("end", &self.end),
            ("mail_subject", &self.mail_subject),
        ];
        let lists = [("paragraphs", &self.paragraphs), ("mail_intro", &self.mail_intro)];
        single
            .into_iter()
            .map(|(key, text)| (key.to_owned(), text.as_str()))
            .chain(lists.into_iter().flat_map(|(key, texts)| {
                texts
                    .iter()
                    .enumerate()
                    .map(move |(index, text)| (format!("{key}[{}]", index + 1), text.as_str()))
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
