//! What an answer is, and the rules of a response: what is asked, what is missing, what falls short. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::content::{Checklist, Question, YesNo};

/// All answers of one response, by question id: one JSON document. An answer that was cleared stays as one without a
/// value, so that its revision tells when.
pub type Answers = BTreeMap<String, Answer>;

/// What was answered to one question, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// None: cleared, or only a comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Line breaks are `\n`; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// The revision of the response (from 1) in which this answer last changed.
    pub revision: i64,
    /// Who changed it then: the caller's word for a person or a link.
    pub by: String,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at_micros: i64,
}

/// The value of an answer. As JSON `{"yes-no":"partly"}`, `{"text":"…"}`, `{"date":"2026-01-05"}`, `{"choice":"daily"}`,
/// `{"choices":["a","b"]}`, `{"number":12}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Of a yes-no question.
    YesNo(YesNo),
    /// Never empty; line breaks are `\n`.
    Text(String),
    /// A calendar date.
    Date(Date),
    /// The id of a choice.
    Choice(String),
    /// Ids of choices, never none.
    Choices(BTreeSet<String>),
    /// A whole number.
    Number(i64),
}

/// The part of an answer that a person writes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Entry {
    /// None for unanswered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

impl Answer {
    /// The part a person wrote.
    pub fn entry(&self) -> Entry {
        Entry {
            value: self.value.clone(),
            comment: self.comment.clone(),
        }
    }
}

impl Entry {
    /// Whether nothing is written in it.
    pub fn is_empty(&self) -> bool {
        self.value.is_none() && self.comment.is_empty()
    }
}

impl Value {
    /// The yes-no answer, if it is one.
    pub fn yes_no(&self) -> Option<YesNo> {
        match self {
            Value::YesNo(answer) => Some(*answer),
            _ => None,
        }
    }

    /// Whether it is, or holds, the answer that a later question's `when` calls so.
    fn is(&self, word: &str) -> bool {
        match self {
            Value::YesNo(answer) => answer.as_str() == word,
            Value::Choice(choice) => choice == word,
            Value::Choices(choices) => choices.contains(word),
            Value::Text(_) | Value::Date(_) | Value::Number(_) => false,
        }
    }
}

/// The value answered to a question, also to one that isn't asked now: see [`counting`].
pub fn value<'a>(answers: &'a Answers, question: &str) -> Option<&'a Value> {
    answers.get(question).and_then(|answer| answer.value.as_ref())
}

/// The questions to be asked, in order: those without a condition, and those whose condition is met by the answer to a
/// question that is itself asked. What was answered to a question now hidden stays in the document, and counts nowhere.
pub fn visible<'a>(checklist: &'a Checklist, answers: &Answers) -> Vec<&'a Question> {
    let mut asked: Vec<&Question> = Vec::with_capacity(checklist.questions.len());
    for question in &checklist.questions {
        let met = question.when.as_ref().is_none_or(|when| {
            asked.iter().any(|earlier| earlier.id == when.question)
                && value(answers, &when.question).is_some_and(|value| when.answers.iter().any(|word| value.is(word)))
        });
        if met {
            asked.push(question);
        }
    }
    asked
}

/// The answers that count: those to questions that are asked. What was answered to a question before another answer hid it
/// stays in the draft, so that nothing is lost when that answer is changed back; it is not submitted, and counts, shows and
/// is exported nowhere. Whoever reads answers reads these: what was submitted before this rule may hold more.
pub fn counting(checklist: &Checklist, answers: &Answers) -> Answers {
    visible(checklist, answers)
        .into_iter()
        .filter_map(|question| answers.get_key_value(&question.id))
        .map(|(id, answer)| (id.clone(), answer.clone()))
        .collect()
}

/// The questions that are not asked because of what was answered to others, in order; `asked` is [`visible`]. One whose
/// condition nobody has answered yet is not among them: it may still be asked.
pub fn left_out<'a>(checklist: &'a Checklist, answers: &Answers, asked: &[&Question]) -> Vec<&'a Question> {
    let mut left: Vec<&Question> = Vec::new();
    let mut asked = asked.iter().peekable();
    for question in &checklist.questions {
        // Both are in the checklist's order.
        if asked.next_if(|next| next.id == question.id).is_some() {
            continue;
        }
        let is_settled = question.when.as_ref().is_some_and(|when| {
            left.iter().any(|earlier| earlier.id == when.question) || value(answers, &when.question).is_some()
        });
        if is_settled {
            left.push(question);
        }
    }
    left
}

/// The questions without whose answer the response can't be submitted, in order.
pub fn missing<'a>(checklist: &'a Checklist, answers: &Answers) -> Vec<&'a Question> {
    let mut asked = visible(checklist, answers);
    asked.retain(|question| question.required && value(answers, &question.id).is_none());
    asked
}

/// How far a submission goes. It follows from what was submitted, so that it can't say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Every required question that is asked is answered.
    Complete,
    /// Required questions are open, and a document of the company's own stands for them.
    Document,
    /// Required questions are open.
    Partial,
}

impl Completeness {
    /// `document` is what was said of a document that stands for the answers; "" for none.
    pub fn of(checklist: &Checklist, answers: &Answers, document: &str) -> Completeness {
        match (missing(checklist, answers).is_empty(), document.is_empty()) {
            (true, _) => Completeness::Complete,
            (false, false) => Completeness::Document,
            (false, true) => Completeness::Partial,
        }
    }

    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Completeness::Complete => "complete",
            Completeness::Document => "document",
            Completeness::Partial => "partial",
        }
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Completeness::Complete => "completeness-complete",
            Completeness::Document => "completeness-document",
            Completeness::Partial => "completeness-partial",
        }
    }
}

/// How many of the questions to be asked are answered, and how many there are.
pub fn progress(checklist: &Checklist, answers: &Answers) -> (usize, usize) {
    let asked = visible(checklist, answers);
    (
        asked
            .iter()
            .filter(|question| value(answers, &question.id).is_some())
            .count(),
        asked.len(),
    )
}

/// The questions whose answer falls short of the measure (no, partly or unknown), in order, with the answer.
pub fn gaps<'a>(checklist: &'a Checklist, answers: &Answers) -> Vec<(&'a Question, YesNo)> {
    visible(checklist, answers)
        .into_iter()
        .filter_map(|question| match value(answers, &question.id)?.yes_no()? {
            answer @ (YesNo::No | YesNo::Partly | YesNo::Unknown) => Some((question, answer)),
            YesNo::Yes | YesNo::Na => None,
        })
        .collect()
}

/// How a yes-no answer is told everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// In [`marks`].
    pub letter: char,
    /// In a table's cell.
    pub mark: &'static str,
    /// The key of its word.
    pub word: &'static str,
    /// The CSS class of its cell; "none" is a question without an answer.
    pub class: &'static str,
}

/// The sign of an answer. Who doesn't know has something to find out, as who has done it in part.
pub fn sign(answer: YesNo) -> Sign {
    let (letter, mark, word, class) = match answer {
        YesNo::Yes => ('y', "○", "answer-yes", "yes"),
        YesNo::Partly => ('p', "△", "answer-partly", "part"),
        YesNo::No => ('n', "×", "answer-no", "no"),
        YesNo::Na => ('a', "–", "answer-na", "na"),
        YesNo::Unknown => ('u', "?", "answer-unknown", "part"),
    };
    Sign {
        letter,
        mark,
        word,
        class,
    }
}

/// One letter a question, in the checklist's order: `y` yes, `p` partly, `n` no, `a` not applicable, `u` unknown, `t`
/// answered otherwise (text, date, choice, number), `-` not answered or not asked.
pub fn marks(checklist: &Checklist, answers: &Answers) -> String {
    let asked = visible(checklist, answers);
    let mut asked = asked.iter().peekable();
    let letter = |question: &Question| {
        // Both are in the checklist's order.
        if asked.next_if(|next| next.id == question.id).is_none() {
            return '-';
        }
        match value(answers, &question.id) {
            None => '-',
            Some(Value::YesNo(answer)) => sign(*answer).letter,
            Some(_) => 't',
        }
    };
    checklist.questions.iter().map(letter).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A table, its legend and the letters by which a board counts must not drift apart.
    #[test]
    fn an_answer_has_one_sign() {
        let letters: String = YesNo::ALL.into_iter().map(|answer| sign(answer).letter).collect();
        assert_eq!(letters, "ypnau");
        for answer in YesNo::ALL {
            let gap = matches!(answer, YesNo::No | YesNo::Partly | YesNo::Unknown);
            assert_eq!(matches!(sign(answer).class, "part" | "no"), gap, "{answer:?}");
        }
        let part = include_str!("../circulation/part.html");
        for answer in YesNo::ALL {
            let Sign { mark, word, .. } = sign(answer);
            assert!(
                part.contains(&format!("<li>{mark} {{{{ t.t(\"{word}\") }}}}</li>")),
                "{answer:?}"
            );
        }
    }

    /// remote (yes-no, required) → vendor (choices) → which (text, required); opened (date); seats (number 1–500).
    pub fn checklist() -> Checklist {
        let question = |id: &str, kind: &str, more: serde_json::Value| {
            let mut json = serde_json::json!({"id": id, "section": "s", "kind": kind});
            if let (Some(json), Some(more)) = (json.as_object_mut(), more.as_object()) {
                json.extend(more.clone());
            }
            json
        };
        serde_json::from_value(serde_json::json!({
            "id": "c", "version": 1, "sections": ["s"],
            "questions": [
                question("remote", "yes-no", serde_json::json!({"required": true, "comment_on": ["no"]})),
                question("vendor", "choices", serde_json::json!({
                    "choices": ["own", "other"], "when": {"question": "remote", "answers": ["yes", "partly"]}})),
                question("which", "text", serde_json::json!({
                    "required": true, "when": {"question": "vendor", "answers": ["other"]}})),
                question("opened", "date", serde_json::json!({})),
                question("seats", "number", serde_json::json!({"min": 1, "max": 500})),
                question("how", "choice", serde_json::json!({"choices": ["daily", "weekly"]})),
            ],
        }))
        .unwrap()
    }

    pub fn answer(value: Value) -> Answer {
        Answer {
            value: Some(value),
            comment: String::new(),
            revision: 1,
            by: "a".into(),
            at_micros: 0,
        }
    }

    fn answers(pairs: &[(&str, Value)]) -> Answers {
        pairs
            .iter()
            .map(|(id, value)| ((*id).to_owned(), answer(value.clone())))
            .collect()
    }

    fn ids(questions: Vec<&Question>) -> Vec<&str> {
        questions.into_iter().map(|question| question.id.as_str()).collect()
    }

    fn choices(ids: &[&str]) -> Value {
        Value::Choices(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn a_question_that_depends_on_a_hidden_one_is_hidden() {
        let checklist = checklist();
        let free = ["remote", "opened", "seats", "how"];
        assert_eq!(ids(visible(&checklist, &Answers::new())), free);
        let mut given = answers(&[
            ("remote", Value::YesNo(YesNo::Partly)),
            ("vendor", choices(&["own", "other"])),
        ]);
        assert_eq!(
            ids(visible(&checklist, &given)),
            ["remote", "vendor", "which", "opened", "seats", "how"]
        );
        assert_eq!(ids(missing(&checklist, &given)), ["which"]);
        assert_eq!(progress(&checklist, &given), (2, 6));
        given.insert("remote".into(), answer(Value::YesNo(YesNo::No)));
        assert_eq!(ids(visible(&checklist, &given)), free);
        assert!(missing(&checklist, &given).is_empty());
        assert_eq!(progress(&checklist, &given), (1, 4));
    }

    #[test]
    fn only_answers_to_questions_that_are_asked_count() {
        let checklist = checklist();
        let mut given = answers(&[
            ("remote", Value::YesNo(YesNo::Yes)),
            ("vendor", choices(&["other"])),
            ("which", Value::Text("x".into())),
            ("seats", Value::Number(3)),
        ]);
        assert_eq!(counting(&checklist, &given), given);
        assert!(left_out(&checklist, &given, &visible(&checklist, &given)).is_empty());
        given.insert("remote".into(), answer(Value::YesNo(YesNo::No)));
        let counted = counting(&checklist, &given);
        assert_eq!(counted.keys().collect::<Vec<_>>(), ["remote", "seats"]);
        assert_eq!(
            ids(left_out(&checklist, &given, &visible(&checklist, &given))),
            ["vendor", "which"]
        );
        // Before "remote" is answered nobody knows.
        assert!(left_out(&checklist, &Answers::new(), &visible(&checklist, &Answers::new())).is_empty());
        // To read them once more makes no difference.
        assert_eq!(counting(&checklist, &counted), counted);
        assert_eq!(marks(&checklist, &counted), marks(&checklist, &given));
        assert_eq!(progress(&checklist, &counted), progress(&checklist, &given));
    }

    /// "Question 3" on the phone is one question, whatever else was answered, and for a colleague with a part of it.
    #[test]
    fn a_question_has_one_number() {
        let mut whole = checklist();
        whole.questions[4].section = "t".into();
        whole.sections.push("t".into());
        let numbers = |c: &Checklist| -> Vec<usize> { c.questions.iter().map(|q| c.number(&q.id)).collect() };
        assert_eq!(numbers(&whole), [1, 2, 3, 4, 5, 6]);
        let part = whole.only(&["t".to_owned()]);
        assert_eq!(numbers(&part), [5]);
        assert_eq!((part.count(), whole.count()), (6, 6));
        assert_eq!(numbers(&part.only(&["t".to_owned()])), [5]);
        assert_eq!(whole.number("nonsense"), 0);
    }

    #[test]
    fn how_far_a_submission_goes_follows_from_what_is_missing_and_what_stands_for_it() {
        let none = Answers::new();
        let all = answers(&[("remote", Value::YesNo(YesNo::No))]);
        for (given, document, far) in [
            (&none, "", Completeness::Partial),
            (&none, "ISMS", Completeness::Document),
            (&all, "", Completeness::Complete),
            (&all, "ISMS", Completeness::Complete),
        ] {
            assert_eq!(Completeness::of(&checklist(), given, document), far);
        }
        let deeper = answers(&[("remote", Value::YesNo(YesNo::Yes)), ("vendor", choices(&["other"]))]);
        assert_eq!(Completeness::of(&checklist(), &deeper, ""), Completeness::Partial);
    }

    #[test]
    fn a_cleared_answer_is_missing() {
        let mut given = answers(&[("remote", Value::YesNo(YesNo::Yes))]);
        assert!(missing(&checklist(), &given).is_empty());
        given.get_mut("remote").unwrap().value = None;
        assert_eq!(ids(missing(&checklist(), &given)), ["remote"]);
        assert_eq!(progress(&checklist(), &given), (0, 4));
    }

    #[test]
    fn gaps_are_what_falls_short() {
        let checklist = checklist();
        for answer in YesNo::ALL {
            let given = answers(&[("remote", Value::YesNo(answer))]);
            let short = matches!(answer, YesNo::No | YesNo::Partly | YesNo::Unknown);
            assert_eq!(!gaps(&checklist, &given).is_empty(), short, "{answer:?}");
        }
    }

    #[test]
    fn answers_are_compact_json_and_come_back() {
        let date = jiff::civil::date(2026, 1, 5);
        for (value, json) in [
            (Value::YesNo(YesNo::Na), r#"{"yes-no":"na"}"#),
            (Value::Text("x".into()), r#"{"text":"x"}"#),
            (Value::Date(date), r#"{"date":"2026-01-05"}"#),
            (Value::Choice("a".into()), r#"{"choice":"a"}"#),
            (choices(&["b", "a"]), r#"{"choices":["a","b"]}"#),
            (Value::Number(-3), r#"{"number":-3}"#),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
        }
        let cleared = Answer {
            value: None,
            ..answer(Value::Number(1))
        };
        let json = serde_json::to_string(&cleared).unwrap();
        assert_eq!(json, r#"{"revision":1,"by":"a","at_micros":0}"#);
        assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), cleared);
    }
}
