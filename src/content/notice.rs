//! A notice for employees: one page that a company passes on to everybody who works there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::load::{Folder, Item};
use super::shape::{Field, Shape, needs, same_ids, unique};

/// What everybody at a company should know, on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Kebab-case, stable, the name of its folder.
    pub id: String,
    /// From 1; one more with every change.
    pub version: u32,
    /// Ids of its parts, in the order they are shown.
    pub parts: Vec<String>,
    /// Every word, by language.
    #[serde(default)]
    pub texts: BTreeMap<String, NoticeText>,
}

/// A notice's words in one language; plain text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NoticeText {
    /// What operators see when they pick one.
    pub name: String,
    /// The headline, large.
    pub title: String,
    /// One or two sentences: what is going on.
    pub lead: String,
    /// Part id to words.
    pub parts: BTreeMap<String, PartText>,
    /// The line under which a company writes whom its people tell.
    pub contact: String,
    /// The last line: who stands behind it.
    pub close: String,
}

/// One part of a notice in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PartText {
    /// Its title: what to do.
    pub title: String,
    /// Short sentences.
    pub points: Vec<String>,
}

static NO_TEXT: NoticeText = NoticeText {
    name: String::new(),
    title: String::new(),
    lead: String::new(),
    parts: BTreeMap::new(),
    contact: String::new(),
    close: String::new(),
};
static NO_PART: PartText = PartText {
    title: String::new(),
    points: Vec::new(),
};

impl Notice {
    /// Its words in `lang`, else without the region, else in English, else in its first language.
    pub fn text(&self, lang: &str) -> &NoticeText {
        super::choose(&self.texts, lang).unwrap_or(&NO_TEXT)
    }
}

impl NoticeText {
    /// The words of a part; empty if there is none of this id.
    pub fn part(&self, id: &str) -> &PartText {
        self.parts.get(id).unwrap_or(&NO_PART)
    }
}

const PART: &[Field] = &[
    needs("title", Shape::Text),
    needs("points", Shape::Filled(&Shape::Text)),
];

impl Item for Notice {
    type Text = NoticeText;
    const FOLDER: &'static str = "notices";
    const FILE: &'static str = "notice.toml";
    const SHAPE: Shape = Shape::Table(&[
        needs("id", Shape::Id),
        needs("version", Shape::Version),
        needs("parts", Shape::Filled(&Shape::Id)),
    ]);
    const TEXT_SHAPE: Shape = Shape::Table(&[
        needs("name", Shape::Text),
        needs("title", Shape::Text),
        needs("lead", Shape::Text),
        needs("parts", Shape::Map(&Shape::Table(PART))),
        needs("contact", Shape::Text),
        needs("close", Shape::Text),
    ]);

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn texts_mut(&mut self) -> &mut BTreeMap<String, NoticeText> {
        &mut self.texts
    }

    fn check(&self, folder: &mut Folder<'_>) {
        folder.neutral(|sheet| unique(self.parts.iter().map(String::as_str), "parts", sheet));
        let parts: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        for (lang, text) in &self.texts {
            folder.language(lang, |sheet| {
                same_ids(&parts, text.parts.keys(), "parts", "part", sheet)
            });
        }
    }
}
