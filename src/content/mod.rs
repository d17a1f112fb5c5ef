//! What Kairan says to companies: advisories, checklists, letters and notices, as text files in every language.
//!
//! One folder an item: a neutral TOML file (ids, order, kinds) and one TOML file per language (every word). What ships
//! lies in `content/` and is embedded; the operator's own lies in the data directory in the same form. [`Content::load`]
//! checks all of it at start and tells every problem it finds; what it returns never changes while the server runs.
//! The types are also what a campaign keeps as JSON when it is sent, so they read leniently: a key they don't know is
//! passed over there, while in a file it is a problem (see `shape.rs`).

mod advisory;
mod checklist;
mod checklist_check;
mod effort;
mod letter;
mod letter_check;
mod lint;
mod load;
#[cfg(test)]
mod mistakes;
mod notice;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use advisory::{Advisory, AdvisoryText, Area, Measure, MeasureText, Source};
pub use checklist::{Bound, Checklist, ChecklistText, Kind, Question, QuestionText, Term, When, YesNo};
pub use effort::minutes;
pub use letter::{
    Ask, Audience, Letter, LetterText, Occasion, Passage, Placeholder, Placeholders, RecordLine, RenderedLetter,
    RenderedLine,
};
pub use lint::{Hit, Lint, Rule, Scope, Warning};
pub use notice::{Notice, NoticeText, PartText};

/// All content of this installation, checked. Built once at start and shared by `Arc`.
#[derive(Debug, Clone)]
pub struct Content {
    advisories: BTreeMap<String, Held<Advisory>>,
    checklists: BTreeMap<String, Held<Checklist>>,
    letters: BTreeMap<String, Held<Letter>>,
    notices: BTreeMap<String, Held<Notice>>,
    lint: Lint,
}

/// An item and the folder it came from, as its author knows that folder.
#[derive(Debug, Clone)]
struct Held<T> {
    item: Arc<T>,
    folder: String,
}

impl Content {
    /// Reads what ships and what lies in `operator_dir` (the folder `content` of the data directory; it need not exist).
    ///
    /// An operator's item takes the place of a shipped one of the same id when its version is higher. `required` are the
    /// languages every item must have, such as `["ja", "en"]`; further ones are found by their file names and must be whole.
    ///
    /// # Errors
    /// Every problem in every file, in the order of the files.
    pub fn load(operator_dir: Option<&Path>, required: &[&str]) -> Result<Self, Problems> {
        load::load(operator_dir, required)
    }

    /// The advisory of this id.
    pub fn advisory(&self, id: &str) -> Option<&Arc<Advisory>> {
        self.advisories.get(id).map(|held| &held.item)
    }

    /// All advisories, by id.
    pub fn advisories(&self) -> impl Iterator<Item = &Arc<Advisory>> {
        self.advisories.values().map(|held| &held.item)
    }

    /// The checklist of this id.
    pub fn checklist(&self, id: &str) -> Option<&Arc<Checklist>> {
        self.checklists.get(id).map(|held| &held.item)
    }

    /// All checklists, by id.
    pub fn checklists(&self) -> impl Iterator<Item = &Arc<Checklist>> {
        self.checklists.values().map(|held| &held.item)
    }

    /// The letter of this id.
    pub fn letter(&self, id: &str) -> Option<&Arc<Letter>> {
        self.letters.get(id).map(|held| &held.item)
    }

    /// All letters, by id.
    pub fn letters(&self) -> impl Iterator<Item = &Arc<Letter>> {
        self.letters.values().map(|held| &held.item)
    }

    /// The letters meant for this audience, by id.
    pub fn letters_for(&self, audience: Audience) -> impl Iterator<Item = &Arc<Letter>> {
        self.letters().filter(move |letter| letter.audience == audience)
    }

    /// The notice for employees of this id.
    pub fn notice(&self, id: &str) -> Option<&Arc<Notice>> {
        self.notices.get(id).map(|held| &held.item)
    }

    /// All notices for employees, by id.
    pub fn notices(&self) -> impl Iterator<Item = &Arc<Notice>> {
        self.notices.values().map(|held| &held.item)
    }

    /// The rules by which a letter or a question is looked through for words that law or good manners forbid.
    pub fn rules(&self) -> &Lint {
        &self.lint
    }

    /// What an author should reconsider in the content, file by file. None of it keeps the server from starting.
    pub fn lint(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for held in self.advisories.values() {
            self.lint.advisory(&held.item, &held.folder, &mut warnings);
        }
        for held in self.checklists.values() {
            self.lint.checklist(&held.item, &held.folder, &mut warnings);
        }
        for held in self.letters.values() {
            self.lint.letter(&held.item, &held.folder, &mut warnings);
        }
        for held in self.notices.values() {
            self.lint.notice(&held.item, &held.folder, &mut warnings);
        }
        warnings
    }
}

/// One thing wrong in a content file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file as its author knows it: `content/letters/…` for what ships, else the path on this machine.
    pub file: String,
    /// Where in the file, such as `questions[mfa].when.answers[2]` (an element by its id, else counted from 1); empty for
    /// the whole file.
    pub key: String,
    /// What is wrong and what to do, in English.
    pub sentence: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.file, self.sentence)
        } else {
            write!(f, "{}: {}: {}", self.file, self.key, self.sentence)
        }
    }
}

/// Everything wrong in the content; shown as one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The text for `lang`: its own, else that of the language without region (`pt` for `pt-BR`), else English, else the
/// first by name. None only where there is no text at all, which loaded content never has.
fn choose<'a, T>(texts: &'a BTreeMap<String, T>, lang: &str) -> Option<&'a T> {
    let primary = lang.split('-').next().unwrap_or(lang);
    texts
        .get(lang)
        .or_else(|| texts.get(primary))
        .or_else(|| texts.get("en"))
        .or_else(|| texts.values().next())
}
