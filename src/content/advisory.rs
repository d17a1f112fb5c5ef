//! An advisory: the alert, its areas and measures, and where it was published.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::load::{Folder, Item};
use super::shape::{Field, Shape, may, needs, same_ids, unique};

/// An alert with the measures it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// Kebab-case, stable, the name of its folder.
    pub id: String,
    /// From 1; one more with every change.
    pub version: u32,
    /// When it was first published.
    pub published: Date,
    /// The occasion at which it comes again, such as `long-holidays`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring: Option<String>,
    /// The areas in the order they are shown.
    pub areas: Vec<Area>,
    /// The original pages.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Every word, by language.
    #[serde(default)]
    pub texts: BTreeMap<String, AdvisoryText>,
}

/// A group of measures with one aim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Unique in the advisory.
    pub id: String,
    /// In the order they are shown.
    pub measures: Vec<Measure>,
}

/// One thing the advisory asks companies to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Unique in the advisory, over all areas.
    pub id: String,
}

/// A page on which the alert was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Unique in the advisory.
    pub id: String,
    /// http or https.
    pub url: String,
    /// When that page was published, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Date>,
}

/// An advisory's words in one language; plain text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AdvisoryText {
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Paragraphs.
    pub body: Vec<String>,
    /// Area id to title.
    pub areas: BTreeMap<String, String>,
    /// Measure id to words.
    pub measures: BTreeMap<String, MeasureText>,
    /// Source id to the title of the page (publisher, date).
    #[serde(default)]
    pub sources: BTreeMap<String, String>,
}

/// A measure's words in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MeasureText {
    /// Its title.
    pub title: String,
    /// What to do.
    pub what: String,
    /// Why.
    pub why: String,
    /// Who in a company should do it.
    pub who: String,
    /// Steps.
    pub how: Vec<String>,
}

static NO_TEXT: AdvisoryText = AdvisoryText {
    title: String::new(),
    summary: String::new(),
    body: Vec::new(),
    areas: BTreeMap::new(),
    measures: BTreeMap::new(),
    sources: BTreeMap::new(),
};

static NO_MEASURE: MeasureText = MeasureText {
    title: String::new(),
    what: String::new(),
    why: String::new(),
    who: String::new(),
    how: Vec::new(),
};

impl Advisory {
    /// Its words in `lang`, else without the region, else in English, else in its first language.
    pub fn text(&self, lang: &str) -> &AdvisoryText {
        super::choose(&self.texts, lang).unwrap_or(&NO_TEXT)
    }

    /// Its measures in the order they are shown, over all areas.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.areas.iter().flat_map(|area| &area.measures)
    }

    /// The languages it is written in, by name.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

impl AdvisoryText {
    /// The title of an area; empty if there is none of this id.
    pub fn area(&self, id: &str) -> &str {
        self.areas.get(id).map_or("", String::as_str)
    }

    /// The words of a measure; empty if there is none of this id.
    pub fn measure(&self, id: &str) -> &MeasureText {
        self.measures.get(id).unwrap_or(&NO_MEASURE)
    }

    /// The title of a source; empty if there is none of this id.
    pub fn source(&self, id: &str) -> &str {
        self.sources.get(id).map_or("", String::as_str)
    }
}

const AREA: &[Field] = &[
    needs("id", Shape::Id),
    needs("measures", Shape::Filled(&Shape::Table(&[needs("id", Shape::Id)]))),
];
const SOURCE: &[Field] = &[
    needs("id", Shape::Id),
    needs("url", Shape::Url),
    may("published", Shape::Date),
];
const MEASURE_TEXT: &[Field] = &[
    needs("title", Shape::Text),
    needs("what", Shape::Text),
    needs("why", Shape::Text),
    needs("who", Shape::Text),
    needs("how", Shape::Filled(&Shape::Text)),
];

impl Item for Advisory {
    type Text = AdvisoryText;
    const FOLDER: &'static str = "advisories";
    const FILE: &'static str = "advisory.toml";
    const SHAPE: Shape = Shape::Table(&[
        needs("id", Shape::Id),
        needs("version", Shape::Version),
        needs("published", Shape::Date),
        may("recurring", Shape::Id),
        needs("areas", Shape::Filled(&Shape::Table(AREA))),
        may("sources", Shape::List(&Shape::Table(SOURCE))),
    ]);
    const TEXT_SHAPE: Shape = Shape::Table(&[
        needs("title", Shape::Text),
        needs("summary", Shape::Text),
        needs("body", Shape::Filled(&Shape::Text)),
        needs("areas", Shape::Map(&Shape::Text)),
        needs("measures", Shape::Map(&Shape::Table(MEASURE_TEXT))),
        may("sources", Shape::Map(&Shape::Text)),
    ]);

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn texts_mut(&mut self) -> &mut BTreeMap<String, AdvisoryText> {
        &mut self.texts
    }

    fn check(&self, folder: &mut Folder<'_>) {
        folder.neutral(|sheet| {
            unique(self.areas.iter().map(|area| area.id.as_str()), "areas", sheet);
            unique(
                self.measures().map(|measure| measure.id.as_str()),
                "areas.measures",
                sheet,
            );
            unique(self.sources.iter().map(|source| source.id.as_str()), "sources", sheet);
        });
        let areas: Vec<&str> = self.areas.iter().map(|area| area.id.as_str()).collect();
        let measures: Vec<&str> = self.measures().map(|measure| measure.id.as_str()).collect();
        let sources: Vec<&str> = self.sources.iter().map(|source| source.id.as_str()).collect();
        for (lang, text) in &self.texts {
            folder.language(lang, |sheet| {
                same_ids(&areas, text.areas.keys(), "areas", "area", sheet);
                same_ids(&measures, text.measures.keys(), "measures", "measure", sheet);
                same_ids(&sources, text.sources.keys(), "sources", "source", sheet);
            });
        }
    }
}
