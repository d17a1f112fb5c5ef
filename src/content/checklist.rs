//! A checklist: questions in sections, what each can be answered with, and their words.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A versioned set of questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// Kebab-case, stable, the name of its folder.
    pub id: String,
    /// From 1; one more with every change.
    pub version: u32,
    /// The advisory to whose measures the questions refer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisory: Option<String>,
    /// About how many minutes answering takes, where that is known better than by counting questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Section ids in the order they are shown.
    pub sections: Vec<String>,
    /// In the order they are asked: section by section.
    pub questions: Vec<Question>,
    /// Every word, by language.
    #[serde(default)]
    pub texts: BTreeMap<String, ChecklistText>,
    /// The ids of all questions of the checklist that this one is a part of ([`Checklist::only`]); empty where it is whole.
    #[serde(skip)]
    whole: Vec<String>,
}

/// One question, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Kebab-case, stable, unique in the checklist.
    pub id: String,
    /// One of the checklist's sections.
    pub section: String,
    /// How it is answered.
    pub kind: Kind,
    /// Ids of the advisory's measures it asks about.
    #[serde(default)]
    pub measures: Vec<String>,
    /// Rows of the requirements it covers, such as `R7`.
    #[serde(default)]
    pub rows: Vec<String>,
    /// Whether the response can't be submitted without it (while it is visible).
    #[serde(default)]
    pub required: bool,
    /// Asked only if an earlier question was answered so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Whether it is left out where everybody who answers reports the same on a notice for employees.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_notice: bool,
    /// Answers of a yes-no question for which a comment is asked, not forced.
    #[serde(default)]
    pub comment_on: Vec<YesNo>,
    /// Ids of the choices of a choice or choices question, in the order they are shown.
    #[serde(default)]
    pub choices: Vec<String>,
    /// The least number or the first day accepted; see [`Question::numbers`] and [`Question::days`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Bound>,
    /// The greatest number or the last day accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Bound>,
}

/// A bound of what is accepted: in a file `12`, `"today"` or `"2026-01-05"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bound {
    /// Of a number question.
    Number(i64),
    /// Of a date question: the day on which somebody answers.
    Today(Today),
    /// Of a date question.
    Day(Date),
}

/// The word `today`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Today {
    /// The day on which somebody answers.
    Today,
}

/// The greatest number accepted where a checklist names no other: more than anybody counts in a company.
pub const GREATEST: i64 = 1_000_000_000_000;

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One of [`YesNo`].
    YesNo,
    /// Free text.
    Text,
    /// A calendar date.
    Date,
    /// One of the question's choices.
    Choice,
    /// Any of the question's choices.
    Choices,
    /// A whole number.
    Number,
}

/// The answers of a yes-no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum YesNo {
    /// Done.
    Yes,
    /// Done in part.
    Partly,
    /// Not done.
    No,
    /// Doesn't apply to the company.
    Na,
    /// The person doesn't know.
    Unknown,
}

impl YesNo {
    /// In the order they are shown.
    pub const ALL: [YesNo; 5] = [YesNo::Yes, YesNo::Partly, YesNo::No, YesNo::Na, YesNo::Unknown];
    pub(super) const WORDS: &'static [&'static str] = &["yes", "partly", "no", "na", "unknown"];

    /// The word in files, forms and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            YesNo::Yes => "yes",
            YesNo::Partly => "partly",
            YesNo::No => "no",
            YesNo::Na => "na",
            YesNo::Unknown => "unknown",
        }
    }

    /// The answer of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == word)
    }
}

/// The condition under which a question is asked: an earlier question has one of these answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// The earlier question: yes-no, choice or choices.
    pub question: String,
    /// Words of [`YesNo`] or ids of choices; one of them is enough.
    pub answers: Vec<String>,
}

/// A checklist's words in one language; plain text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChecklistText {
    /// Its title.
    pub title: String,
    /// Paragraphs.
    pub intro: Vec<String>,
    /// Section id to title.
    pub sections: BTreeMap<String, String>,
    /// Question id to words.
    pub questions: BTreeMap<String, QuestionText>,
}

/// A question's words in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QuestionText {
    /// Short, for a column's head.
    pub label: String,
    /// The question.
    pub text: String,
    /// What it covers; may be empty unless it is a yes-no question.
    #[serde(default)]
    pub help: String,
    /// Technical words, explained.
    #[serde(default)]
    pub terms: Vec<Term>,
    /// Who in the company would know; may be empty unless it is a yes-no question.
    #[serde(default)]
    pub who: String,
    /// What an answer means; `yes` is always there for a yes-no question.
    #[serde(default)]
    pub answers: BTreeMap<YesNo, String>,
    /// What to do first if the answer is no; there for every yes-no question.
    #[serde(default)]
    pub if_no: Vec<String>,
    /// Choice id to words.
    #[serde(default)]
    pub choices: BTreeMap<String, String>,
}

/// A word and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The word as it stands in the question.
    pub term: String,
    /// Its meaning for a layperson.
    pub meaning: String,
}

static NO_TEXT: ChecklistText = ChecklistText {
    title: String::new(),
    intro: Vec::new(),
    sections: BTreeMap::new(),
    questions: BTreeMap::new(),
};

static NO_QUESTION: QuestionText = QuestionText {
    label: String::new(),
    text: String::new(),
    help: String::new(),
    terms: Vec::new(),
    who: String::new(),
    answers: BTreeMap::new(),
    if_no: Vec::new(),
    choices: BTreeMap::new(),
};

impl Checklist {
    /// Its words in `lang`, else without the region, else in English, else in its first language.
    pub fn text(&self, lang: &str) -> &ChecklistText {
        super::choose(&self.texts, lang).unwrap_or(&NO_TEXT)
    }

    /// The question of this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// The number by which people speak of a question: its place among all questions of the checklist, from 1. It is the
    /// same on every page, file and mail, whatever was answered to the others, and for a reader who was given some sections
    /// only. 0 for an id that the checklist doesn't have.
    pub fn number(&self, id: &str) -> usize {
        let place = match self.whole.as_slice() {
            [] => self.questions.iter().position(|question| question.id == id),
            whole => whole.iter().position(|one| one == id),
        };
        place.map_or(0, |place| place + 1)
    }

    /// How many questions there are in all: the greatest [`Checklist::number`]. Some of them are asked only after certain answers.
    pub fn count(&self) -> usize {
        self.questions.len().max(self.whole.len())
    }

    /// The questions of a section, in the order they are asked.
    pub fn section<'a>(&'a self, section: &'a str) -> impl Iterator<Item = &'a Question> {
        self.questions
            .iter()
            .filter(move |question| question.section == section)
    }

    /// The same with some of its sections only. A question that depends on one outside of them is asked of everybody: its
    /// reader can't see on what it depends.
    pub fn only(&self, sections: &[String]) -> Checklist {
        let mut part = self.clone();
        if part.whole.is_empty() {
            part.whole = self.questions.iter().map(|q| q.id.clone()).collect();
        }
        part.minutes = None;
        part.sections.retain(|s| sections.contains(s));
        part.questions.retain(|q| sections.contains(&q.section));
        let here: Vec<String> = part.questions.iter().map(|q| q.id.clone()).collect();
        for question in &mut part.questions {
            question.when.take_if(|when| !here.contains(&when.question));
        }
        part
    }

    /// The same without the questions that a notice for employees asks as well, and without those that depend on one of them.
    pub fn beside_notice(&self) -> Checklist {
        let mut rest = self.clone();
        let mut left_out: Vec<String> = Vec::new();
        rest.questions.retain(|q| {
            let out = q.without_notice || q.when.as_ref().is_some_and(|when| left_out.contains(&when.question));
            if out {
                left_out.push(q.id.clone());
            }
            !out
        });
        rest.sections.retain(|s| rest.questions.iter().any(|q| q.section == *s));
        rest
    }

    /// The languages it is written in, by name.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

impl Question {
    /// The words a later question's `when` may name: none for text, date and number.
    pub fn possible_answers(&self) -> Vec<&str> {
        match self.kind {
            Kind::YesNo => YesNo::WORDS.to_vec(),
            Kind::Choice | Kind::Choices => self.choices.iter().map(String::as_str).collect(),
            Kind::Text | Kind::Date | Kind::Number => Vec::new(),
        }
    }

    /// The least and the greatest number accepted: none below 0 and none above [`GREATEST`] where the checklist says nothing
    /// else.
    pub fn numbers(&self) -> (i64, i64) {
        let number = |bound: Option<Bound>| match bound {
            Some(Bound::Number(number)) => Some(number),
            _ => None,
        };
        (number(self.min).unwrap_or(0), number(self.max).unwrap_or(GREATEST))
    }

    /// The first and the last day accepted, where the checklist names one; `today` is the day of whoever answers.
    pub fn days(&self, today: Date) -> (Option<Date>, Option<Date>) {
        let day = |bound: Option<Bound>| match bound {
            Some(Bound::Today(Today::Today)) => Some(today),
            Some(Bound::Day(day)) => Some(day),
            Some(Bound::Number(_)) | None => None,
        };
        (day(self.min), day(self.max))
    }

    /// Whether a comment is asked when the question is answered so.
    pub fn asks_comment(&self, answer: YesNo) -> bool {
        self.comment_on.contains(&answer)
    }
}

impl ChecklistText {
    /// The title of a section; empty if there is none of this id.
    pub fn section(&self, id: &str) -> &str {
        self.sections.get(id).map_or("", String::as_str)
    }

    /// The words of a question; empty if there is none of this id.
    pub fn question(&self, id: &str) -> &QuestionText {
        self.questions.get(id).unwrap_or(&NO_QUESTION)
    }
}

impl QuestionText {
    /// What an answer means, where it is explained.
    pub fn answer(&self, answer: YesNo) -> Option<&str> {
        self.answers.get(&answer).map(String::as_str)
    }

    /// The words of a choice; empty if there is none of this id.
    pub fn choice(&self, id: &str) -> &str {
        self.choices.get(id).map_or("", String::as_str)
    }
}
