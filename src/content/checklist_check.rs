//! What a checklist's files must hold.

use std::collections::BTreeMap;

use super::Held;
use super::advisory::Advisory;
use super::checklist::{Bound, Checklist, ChecklistText, Kind, Question, QuestionText, When, YesNo};
use super::load::{Folder, Item};
use super::shape::{Field, Shape, Sheet, advice, join, may, needs, same_ids, unique};

const QUESTION: &[Field] = &[
    needs("id", Shape::Id),
    needs("section", Shape::Id),
    needs(
        "kind",
        Shape::Word(&["yes-no", "text", "date", "choice", "choices", "number"]),
    ),
    may("measures", Shape::List(&Shape::Id)),
    may("rows", Shape::List(&Shape::Text)),
    may("required", Shape::Flag),
    may(
        "when",
        Shape::Table(&[
            needs("question", Shape::Id),
            needs("answers", Shape::Filled(&Shape::Id)),
        ]),
    ),
    may("without_notice", Shape::Flag),
    may("comment_on", Shape::List(&Shape::Word(YesNo::WORDS))),
    may("choices", Shape::List(&Shape::Id)),
    may("min", Shape::Bound),
    may("max", Shape::Bound),
];
const ANSWERS: &[Field] = &[
    may("yes", Shape::Text),
    may("partly", Shape::Text),
    may("no", Shape::Text),
    may("na", Shape::Text),
    may("unknown", Shape::Text),
];
const QUESTION_TEXT: &[Field] = &[
    needs("label", Shape::Text),
    needs("text", Shape::Text),
    may("help", Shape::Text),
    may(
        "terms",
        Shape::List(&Shape::Table(&[
            needs("term", Shape::Text),
            needs("meaning", Shape::Text),
        ])),
    ),
    may("who", Shape::Text),
    may("answers", Shape::Table(ANSWERS)),
    may("if_no", Shape::List(&Shape::Text)),
    may("choices", Shape::Map(&Shape::Text)),
];

impl Item for Checklist {
    type Text = ChecklistText;
    const FOLDER: &'static str = "checklists";
    const FILE: &'static str = "checklist.toml";
    const SHAPE: Shape = Shape::Table(&[
        needs("id", Shape::Id),
        needs("version", Shape::Version),
        may("advisory", Shape::Id),
        may("minutes", Shape::Version),
        needs("sections", Shape::Filled(&Shape::Id)),
        needs("questions", Shape::Filled(&Shape::Table(QUESTION))),
    ]);
    const TEXT_SHAPE: Shape = Shape::Table(&[
        needs("title", Shape::Text),
        needs("intro", Shape::Filled(&Shape::Text)),
        needs("sections", Shape::Map(&Shape::Text)),
        needs("questions", Shape::Map(&Shape::Table(QUESTION_TEXT))),
    ]);

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn texts_mut(&mut self) -> &mut BTreeMap<String, ChecklistText> {
        &mut self.texts
    }

    fn check(&self, folder: &mut Folder<'_>) {
        folder.neutral(|sheet| self.check_neutral(sheet));
        let sections: Vec<&str> = self.sections.iter().map(String::as_str).collect();
        let questions: Vec<&str> = self.questions.iter().map(|question| question.id.as_str()).collect();
        for (lang, text) in &self.texts {
            folder.language(lang, |sheet| {
                same_ids(&sections, text.sections.keys(), "sections", "section", sheet);
                same_ids(&questions, text.questions.keys(), "questions", "question", sheet);
                for question in &self.questions {
                    if let Some(words) = text.questions.get(&question.id) {
                        question.check_text(words, &join("questions", &question.id), sheet);
                        self.check_alike(question, words, lang, sheet);
                    }
                }
            });
        }
    }
}

impl Checklist {
    fn check_neutral(&self, sheet: &mut Sheet<'_>) {
        unique(self.sections.iter().map(String::as_str), "sections", sheet);
        unique(
            self.questions.iter().map(|question| question.id.as_str()),
            "questions",
            sheet,
        );
        for section in &self.sections {
            if self.section(section).next().is_none() {
                sheet.note(
                    format!("sections[{section}]"),
                    "No question stands in this section; take it away or give it one.",
                );
            }
        }
        let mut furthest = 0;
        for (index, question) in self.questions.iter().enumerate() {
            let path = format!("questions[{}]", question.id);
            match self.sections.iter().position(|section| *section == question.section) {
                None => sheet.note(
                    join(&path, "section"),
                    format!(
                        "There is no section `{}`; {}",
                        question.section,
                        advice(&question.section, &self.sections)
                    ),
                ),
                Some(place) if place < furthest => sheet.note(
                    join(&path, "section"),
                    "The question stands after one of a later section; put the questions in the order of `sections`.",
                ),
                Some(place) => furthest = place,
            }
            question.check(&path, &self.questions[..index], sheet);
        }
    }

    /// An optional text that one language has, all languages have: nobody is told less for reading another one.
    fn check_alike(&self, question: &Question, words: &QuestionText, lang: &str, sheet: &mut Sheet<'_>) {
        let path = join("questions", &question.id);
        let others: Vec<(&String, &QuestionText)> = self
            .texts
            .iter()
            .filter(|(other, _)| *other != lang)
            .filter_map(|(other, text)| text.questions.get(&question.id).map(|words| (other, words)))
            .collect();
        for (key, mine, theirs) in [
            (
                "help",
                words.help.is_empty(),
                others.iter().find(|(_, words)| !words.help.is_empty()),
            ),
            (
                "who",
                words.who.is_empty(),
                others.iter().find(|(_, words)| !words.who.is_empty()),
            ),
        ] {
            // A yes-no question without it was noted already.
            if let (true, Some((other, _))) = (mine && question.kind != Kind::YesNo, theirs) {
                sheet.note(
                    join(&path, key),
                    format!("The text stands in {other}.toml and not here; write it."),
                );
            }
        }
        for answer in YesNo::ALL
            .into_iter()
            .filter(|answer| *answer != YesNo::Yes && !words.answers.contains_key(answer))
        {
            if let Some((other, _)) = others.iter().find(|(_, words)| words.answers.contains_key(&answer)) {
                let key = format!("{path}.answers.{}", answer.as_str());
                sheet.note(key, format!("The text stands in {other}.toml and not here; write it."));
            }
        }
    }
}

impl Question {
    fn check(&self, path: &str, earlier: &[Question], sheet: &mut Sheet<'_>) {
        let chooses = matches!(self.kind, Kind::Choice | Kind::Choices);
        unique(self.choices.iter().map(String::as_str), &join(path, "choices"), sheet);
        if chooses && self.choices.len() < 2 {
            sheet.note(
                join(path, "choices"),
                "There is nothing to choose; write two or more ids of choices.",
            );
        }
        if !chooses && !self.choices.is_empty() {
            sheet.note(
                join(path, "choices"),
                "Only a question of kind choice or choices has these; remove them or change the kind.",
            );
        }
        for (key, bound) in [("min", self.min), ("max", self.max)] {
            let sentence = match (self.kind, bound) {
                (_, None)
                | (Kind::Number, Some(Bound::Number(_)))
                | (Kind::Date, Some(Bound::Today(_) | Bound::Day(_))) => continue,
                (Kind::Number, Some(_)) => "A question of kind number is bounded by a number; write one.",
                (Kind::Date, Some(_)) => {
                    "A question of kind date is bounded by a day; write \"today\" or one such as \"2026-01-05\"."
                }
                (_, Some(_)) => "Only a question of kind number or date has bounds; remove them or change the kind.",
            };
            sheet.note(join(path, key), sentence);
        }
        let (least, greatest) = self.numbers();
        if self.kind == Kind::Number && least > greatest {
            sheet.note(
                join(path, "min"),
                "The least number is greater than the greatest; change one. Where there is no `min`, the least number is 0.",
            );
        }
        if let (Some(Bound::Day(first)), Some(Bound::Day(last))) = (self.min, self.max)
            && first > last
        {
            sheet.note(join(path, "min"), "The first day is later than the last; change one.");
        }
        if self.kind != Kind::YesNo && !self.comment_on.is_empty() {
            sheet.note(
                join(path, "comment_on"),
                "Only a question of kind yes-no asks for comments so; remove it or change the kind.",
            );
        }
        if let Some(when) = &self.when {
            self.check_when(when, &join(path, "when"), earlier, sheet);
        }
    }

    fn check_when(&self, when: &When, path: &str, earlier: &[Question], sheet: &mut Sheet<'_>) {
        let Some(asked) = earlier.iter().find(|question| question.id == when.question) else {
            let ids: Vec<&str> = earlier.iter().map(|question| question.id.as_str()).collect();
            let name = &when.question;
            sheet.note(
                join(path, "question"),
                format!("No earlier question is called `{name}`; {}", advice(name, &ids)),
            );
            return;
        };
        let possible = asked.possible_answers();
        if possible.is_empty() {
            sheet.note(
                join(path, "question"),
                format!("Nothing can depend on `{}`, whose answer is free; name a question of kind yes-no, choice or choices.", asked.id),
            );
            return;
        }
        for answer in when
            .answers
            .iter()
            .filter(|answer| !possible.contains(&answer.as_str()))
        {
            let sentence = format!(
                "`{}` can't be answered with `{answer}`; {}",
                asked.id,
                advice(answer, &possible)
            );
            sheet.note(join(path, "answers"), sentence);
        }
    }

    fn check_text(&self, words: &QuestionText, path: &str, sheet: &mut Sheet<'_>) {
        let choices: Vec<&str> = self.choices.iter().map(String::as_str).collect();
        same_ids(&choices, words.choices.keys(), &join(path, "choices"), "choice", sheet);
        if self.kind != Kind::YesNo {
            if !words.answers.is_empty() {
                sheet.note(
                    join(path, "answers"),
                    "Only a question of kind yes-no explains its answers; remove it.",
                );
            }
            if !words.if_no.is_empty() {
                sheet.note(
                    join(path, "if_no"),
                    "Only a question of kind yes-no can be answered no; remove it.",
                );
            }
            return;
        }
        for (key, missing, why) in [
            (
                "answers.yes",
                !words.answers.contains_key(&YesNo::Yes),
                "say what yes means",
            ),
            (
                "if_no",
                words.if_no.is_empty(),
                "say what to do first if the answer is no",
            ),
            (
                "help",
                words.help.is_empty(),
                "say in a sentence what the question covers",
            ),
            ("who", words.who.is_empty(), "say who in the company would know"),
        ] {
            if missing {
                sheet.note(join(path, key), format!("The text is missing; {why}."));
            }
        }
    }
}

/// Notes what a checklist says about an advisory that isn't so; `advisories` are all that are sound.
pub(super) fn refers(checklist: &Checklist, advisories: &BTreeMap<String, Held<Advisory>>, folder: &mut Folder<'_>) {
    folder.neutral(|sheet| {
        let measures: Vec<&str> = match checklist.advisory.as_ref().map(|id| (id, advisories.get(id))) {
            None => Vec::new(),
            Some((_, Some(held))) => held.item.measures().map(|measure| measure.id.as_str()).collect(),
            Some((id, None)) => {
                let ids: Vec<&String> = advisories.keys().collect();
                sheet.note(
                    "advisory",
                    format!("There is no (sound) advisory `{id}`; {}", advice(id, &ids)),
                );
                return;
            }
        };
        for question in &checklist.questions {
            for measure in question
                .measures
                .iter()
                .filter(|measure| !measures.contains(&measure.as_str()))
            {
                let sentence = match &checklist.advisory {
                    Some(id) => format!(
                        "The advisory `{id}` has no measure `{measure}`; {}",
                        advice(measure, &measures)
                    ),
                    None => {
                        "The checklist names no advisory with measures; add `advisory = \"…\"` at its head.".to_owned()
                    }
                };
                sheet.note(format!("questions[{}].measures", question.id), sentence);
            }
        }
    });
}
