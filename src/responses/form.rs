//! Reading a posted form of answers: what people type, made into values, and what can't be taken. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::model::Value;
use crate::content::{Checklist, Kind, Question, YesNo};

/// The longest text or comment taken, in characters.
pub const LONGEST: usize = 4000;

/// A form of answers.
///
/// Fields: `base` the revision of the response that the page showed; `shown=<id>` for each question on the page (a page
/// that hides one must not send it); `q.<id>` its answer, repeated for choices, empty or absent for none; `c.<id>` its
/// comment, absent where the page has no field for it; `b.<id>` the revision of that one answer which the page shows, for
/// a page that saves single answers as it goes and isn't loaded anew in between.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// The revision that the person saw; 0, where the field is missing, for one who saw no answer.
    pub base: i64,
    /// The answers that can be taken, by question id.
    pub posted: BTreeMap<String, Posted>,
    /// What can't be taken, in the order of the questions. Nothing of such a question is in `posted`.
    pub problems: Vec<Problem>,
    /// What was typed to every question shown, to be shown again beside a problem.
    pub typed: BTreeMap<String, Typed>,
}

/// What was posted for one question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posted {
    /// None: no answer.
    pub value: Option<Value>,
    /// None: the page had no field for a comment, so whatever is stored stays.
    pub comment: Option<String>,
    /// The revision of this answer that the person saw, if it isn't that of the form.
    pub base: Option<i64>,
}

/// The fields of one question as they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// Every `q.<id>`.
    pub values: Vec<String>,
    /// `c.<id>`, empty if absent.
    pub comment: String,
}

/// An answer that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The question's id.
    pub question: String,
    /// Which words tell the person, among [`PROBLEMS`]. Bounds are [`Question::numbers`] and [`Question::days`].
    pub key: &'static str,
}

/// Every key a [`Problem`] can have.
#[cfg(test)]
pub const PROBLEMS: [&str; 11] = [
    TOO_LONG,
    COMMENT_TOO_LONG,
    NOT_A_CHOICE,
    NOT_A_DATE,
    NOT_A_NUMBER,
    TOO_SMALL,
    TOO_GREAT,
    TO_COME,
    TOO_EARLY,
    TOO_LATE,
    TOO_MUCH,
];

const TOO_LONG: &str = "answer-problem-too-long";
const COMMENT_TOO_LONG: &str = "answer-problem-comment-too-long";
const NOT_A_CHOICE: &str = "answer-problem-choice";
const NOT_A_DATE: &str = "answer-problem-date";
const NOT_A_NUMBER: &str = "answer-problem-number";
const TOO_SMALL: &str = "answer-problem-number-small";
const TOO_GREAT: &str = "answer-problem-number-great";
/// A day to come, of a question about what was.
const TO_COME: &str = "answer-problem-day-to-come";
const TOO_EARLY: &str = "answer-problem-day-early";
const TOO_LATE: &str = "answer-problem-day-late";
/// Nothing is wrong with the answer: the link has written too much today.
pub const TOO_MUCH: &str = "answer-problem-too-much";

impl Form {
    /// Reads the fields of a form in the order they came; names it doesn't know, and questions that the checklist doesn't
    /// have, are passed over. `now` tells which days are to come.
    pub fn parse<'a>(
        checklist: &Checklist,
        now: Timestamp,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut form = Form::default();
        let mut shown = BTreeSet::new();
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut comments: BTreeMap<&str, &str> = BTreeMap::new();
        let mut bases: BTreeMap<&str, i64> = BTreeMap::new();
        for (name, value) in fields {
            if name == "shown" {
                shown.insert(value);
            } else if name == "base" {
                form.base = revision(value);
            } else if let Some(id) = name.strip_prefix("q.") {
                values.entry(id).or_default().push(value);
            } else if let Some(id) = name.strip_prefix("c.") {
                comments.insert(id, value);
            } else if let Some(id) = name.strip_prefix("b.") {
                bases.insert(id, revision(value));
            }
        }
        for question in checklist
            .questions
            .iter()
            .filter(|question| shown.contains(question.id.as_str()))
        {
            let id = question.id.as_str();
            let typed = values.remove(id).unwrap_or_default();
            let comment = comments.get(id).map(|comment| tidy(comment));
            let value = read(question, &typed, latest_today(now));
            let wrong_comment = comment
                .as_deref()
                .filter(|comment| too_long(comment))
                .map(|_| COMMENT_TOO_LONG);
            for key in value.as_ref().err().copied().into_iter().chain(wrong_comment) {
                form.problems.push(Problem {
                    question: id.to_owned(),
                    key,
                });
            }
            if let (Ok(value), None) = (value, wrong_comment) {
                form.posted.insert(
                    id.to_owned(),
                    Posted {
                        value,
                        comment,
                        base: bases.get(id).copied(),
                    },
                );
            }
            let typed = Typed {
                values: typed.into_iter().map(str::to_owned).collect(),
                comment: comments.get(id).copied().unwrap_or_default().to_owned(),
            };
            form.typed.insert(id.to_owned(), typed);
        }
        form
    }
}

impl Form {
    /// Nothing of it is taken, because the link has written too much today; what was typed is shown again.
    pub fn refuse(&mut self) {
        self.posted.clear();
        let all = self.typed.keys();
        self.problems = all
            .map(|question| Problem {
                question: question.clone(),
                key: TOO_MUCH,
            })
            .collect();
    }

    /// Whether [`Form::refuse`] was called.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(|problem| problem.key == TOO_MUCH)
    }
}

fn revision(text: &str) -> i64 {
    text.trim().parse().unwrap_or(0).max(0)
}

/// The latest day that is today anywhere on Earth. Where somebody sits who answers isn't known, and nobody's own today is
/// refused.
pub fn latest_today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::fixed(Offset::constant(14))).date()
}

/// The value of what was typed; None for nothing.
fn read(question: &Question, typed: &[&str], today: Date) -> Result<Option<Value>, &'static str> {
    if question.kind == Kind::Choices {
        let mut chosen = BTreeSet::new();
        for id in typed.iter().filter(|id| !id.is_empty()) {
            chosen.insert(choice(question, id)?);
        }
        return Ok((!chosen.is_empty()).then_some(Value::Choices(chosen)));
    }
    let text = tidy(typed.last().copied().unwrap_or_default());
    if text.is_empty() {
        return Ok(None);
    }
    if too_long(&text) {
        return Err(TOO_LONG);
    }
    let value = match question.kind {
        Kind::YesNo => Value::YesNo(YesNo::parse(&text).ok_or(NOT_A_CHOICE)?),
        Kind::Choice => Value::Choice(choice(question, &text)?),
        Kind::Date => {
            let day = date(&text).ok_or(NOT_A_DATE)?;
            let (first, last) = question.days(today);
            if first.is_some_and(|first| day < first) {
                return Err(TOO_EARLY);
            }
            if last.is_some_and(|last| day > last) {
                return Err(match last == Some(today) {
                    true => TO_COME,
                    false => TOO_LATE,
                });
            }
            Value::Date(day)
        }
        Kind::Number => {
            let number = number(&text).ok_or(NOT_A_NUMBER)?;
            let (least, greatest) = question.numbers();
            if number < least {
                return Err(TOO_SMALL);
            }
            if number > greatest {
                return Err(TOO_GREAT);
            }
            Value::Number(number)
        }
        Kind::Text | Kind::Choices => Value::Text(text),
    };
    Ok(Some(value))
}

fn choice(question: &Question, id: &str) -> Result<String, &'static str> {
    question
        .choices
        .iter()
        .find(|choice| *choice == id)
        .cloned()
        .ok_or(NOT_A_CHOICE)
}

fn too_long(text: &str) -> bool {
    text.chars().count() > LONGEST
}

/// Line breaks as `\n` (browsers post `\r\n`), no other control character (PostgreSQL's JSON refuses NUL), no space around;
/// empty where nothing of it can be seen.
fn tidy(text: &str) -> String {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    match text.chars().all(is_unseen) {
        true => String::new(),
        false => text.trim().to_owned(),
    }
}

/// Spaces, and the signs that look like one or like nothing: alone they are no answer.
pub fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}

/// Full-width digits and marks as ASCII, without any space.
fn narrow(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '−' | '‐' | '–' => '-',
            '、' => ',',
            c => c,
        })
        .collect()
}

/// A whole number; commas only between groups of three digits, for 1,5 is not fifteen.
fn number(text: &str) -> Option<i64> {
    let text = narrow(text);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let grouped = digits.contains(',');
    let well = !first.is_empty()
        && (!grouped || first.len() <= 3)
        && groups.all(|group| group.len() == 3)
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b',');
    if !well {
        return None;
    }
    text.replace(',', "").parse().ok()
}

/// `2026-01-05`, `2026/1/5`, `2026.1.5` or `2026年1月5日`, in either width, of the years 1900 to 2199.
fn date(text: &str) -> Option<Date> {
    let text = narrow(text);
    let text = text.strip_suffix('日').unwrap_or(&text);
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月']).collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let digits = |part: &str, most: usize| {
        (!part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())).then_some(())
    };
    digits(year, 4)?;
    digits(month, 2)?;
    digits(day, 2)?;
    let year: i16 = year.parse().ok()?;
    if !(1900..2200).contains(&year) {
        return None;
    }
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::model::tests::checklist;
    use super::*;

    /// Noon of 5 January 2026 in UTC: nowhere is it the 7th yet.
    const NOON: Timestamp = Timestamp::constant(1_767_614_400, 0);

    fn parse(fields: &[(&str, &str)]) -> Form {
        Form::parse(&checklist(), NOON, fields.iter().copied())
    }

    /// What one question's fields become: the value, or the key of the problem.
    fn one(id: &str, typed: &str) -> Result<Option<Value>, &'static str> {
        let name = format!("q.{id}");
        let form = parse(&[("shown", id), (&name, typed)]);
        assert_eq!(form.typed[id].values, [typed]);
        match form.problems.as_slice() {
            [] => Ok(form.posted[id].value.clone()),
            [problem] => {
                assert!(PROBLEMS.contains(&problem.key) && form.posted.is_empty());
                Err(problem.key)
            }
            more => panic!("{more:?}"),
        }
    }

    #[test]
    fn numbers_as_people_type_them() {
        for (typed, expected) in [
            ("12", Ok(Some(12))),
            (" １２ ", Ok(Some(12))),
            ("+7", Ok(Some(7))),
            ("", Ok(None)),
            ("　", Ok(None)),
            ("1,5", Err(NOT_A_NUMBER)),
            ("1.5", Err(NOT_A_NUMBER)),
            ("12人", Err(NOT_A_NUMBER)),
            ("--1", Err(NOT_A_NUMBER)),
            (",100", Err(NOT_A_NUMBER)),
            ("99999999999999999999", Err(NOT_A_NUMBER)),
            ("-1", Err(TOO_SMALL)),
            ("0", Err(TOO_SMALL)),
            ("−３", Err(TOO_SMALL)),
            ("1,234", Err(TOO_GREAT)),
            ("１，２３４", Err(TOO_GREAT)),
            ("500", Ok(Some(500))),
        ] {
            assert_eq!(
                one("seats", typed),
                expected.map(|number| number.map(Value::Number)),
                "{typed}"
            );
        }
    }

    #[test]
    fn dates_as_people_type_them() {
        let day = Ok(Some(Value::Date(jiff::civil::date(2026, 1, 5))));
        for typed in [
            "2026-01-05",
            "2026/1/5",
            "2026年1月5日",
            "２０２６年１月５日",
            "2026. 1. 5",
            " 2026／01／05 ",
        ] {
            assert_eq!(one("opened", typed), day, "{typed}");
        }
        for typed in [
            "2026-02-30",
            "26/1/5",
            "2026-1",
            "2026-01-05-1",
            "5 Jan 2026",
            "0202-01-05",
            "2026--5",
            "2026-001-5",
        ] {
            assert_eq!(one("opened", typed), Err(NOT_A_DATE), "{typed}");
        }
        assert_eq!(one("opened", ""), Ok(None));
    }

    #[test]
    fn a_day_is_within_what_the_checklist_says() {
        let with = |bounds: serde_json::Value| -> Checklist {
            let mut json = serde_json::to_value(checklist()).unwrap();
            json["questions"][3]
                .as_object_mut()
                .unwrap()
                .extend(bounds.as_object().unwrap().clone());
            serde_json::from_value(json).unwrap()
        };
        let typed = |checklist: &Checklist, now: Timestamp, day: &str| {
            let form = Form::parse(checklist, now, [("shown", "opened"), ("q.opened", day)]);
            assert_eq!(form.typed["opened"].values, [day]);
            form.problems.first().map(|p| p.key)
        };
        let past = with(serde_json::json!({"max": "today"}));
        for (day, problem) in [
            ("2026-01-05", None),
            ("2026-01-06", None),
            ("2026-01-07", Some(TO_COME)),
            ("9999-01-01", Some(NOT_A_DATE)),
        ] {
            assert_eq!(typed(&past, NOON, day), problem, "{day}");
        }
        // In the morning in Tokyo it is nowhere the 6th.
        let morning: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
        assert_eq!(typed(&past, morning, "2026-01-06"), Some(TO_COME));
        assert_eq!(typed(&past, morning, "2026-01-05"), None);
        let between = with(serde_json::json!({"min": "2025-04-01", "max": "2026-03-31"}));
        for (day, problem) in [
            ("2025-03-31", Some(TOO_EARLY)),
            ("2025-04-01", None),
            ("2026-03-31", None),
            ("2026年4月1日", Some(TOO_LATE)),
        ] {
            assert_eq!(typed(&between, NOON, day), problem, "{day}");
        }
        // A checklist that says nothing, as version 1 of sc-2022 does, takes every day.
        assert_eq!(typed(&checklist(), NOON, "2026-04-01"), None);
    }

    #[test]
    fn a_number_without_bounds_is_one_that_can_be_counted() {
        let mut checklist = checklist();
        (checklist.questions[4].min, checklist.questions[4].max) = (None, None);
        let typed = |number: &str| {
            let form = Form::parse(&checklist, NOON, [("shown", "seats"), ("q.seats", number)]);
            form.problems.first().map(|p| p.key)
        };
        assert_eq!(typed("0"), None);
        assert_eq!(typed("1,000,000,000,000"), None);
        assert_eq!(typed("-1"), Some(TOO_SMALL));
        assert_eq!(typed("1000000000001"), Some(TOO_GREAT));
    }

    #[test]
    fn what_nobody_can_see_is_no_answer() {
        for typed in ["　", "\u{200b}", " \u{feff}\r\n", "\u{2800}\u{3164}", "\u{200d}"] {
            assert_eq!(one("which", typed), Ok(None), "{typed:?}");
            let form = parse(&[("shown", "remote"), ("q.remote", "no"), ("c.remote", typed)]);
            assert_eq!(form.posted["remote"].comment.as_deref(), Some(""), "{typed:?}");
        }
        // Within a word they stay: some scripts are written with them.
        assert_eq!(
            one("which", "می\u{200c}خواهم"),
            Ok(Some(Value::Text("می\u{200c}خواهم".into())))
        );
    }

    #[test]
    fn only_what_can_be_chosen_is_chosen() {
        assert_eq!(one("remote", "partly"), Ok(Some(Value::YesNo(YesNo::Partly))));
        assert_eq!(one("remote", "maybe"), Err(NOT_A_CHOICE));
        assert_eq!(one("how", "daily"), Ok(Some(Value::Choice("daily".into()))));
        assert_eq!(one("how", "own"), Err(NOT_A_CHOICE));
        assert_eq!(one("vendor", "daily"), Err(NOT_A_CHOICE));
        let form = parse(&[
            ("shown", "vendor"),
            ("q.vendor", "other"),
            ("q.vendor", "own"),
            ("q.vendor", "own"),
        ]);
        let both = BTreeSet::from(["other".to_owned(), "own".to_owned()]);
        assert_eq!(form.posted["vendor"].value, Some(Value::Choices(both)));
    }

    #[test]
    fn only_questions_shown_are_posted() {
        let form = parse(&[
            ("base", "4"),
            ("csrf", "x"),
            ("shown", "remote"),
            ("shown", "vendor"),
            ("shown", "nonsense"),
            ("q.remote", "no"),
            ("c.remote", " a\r\nb\0 "),
            ("q.opened", "2026-01-05"),
            ("q.nonsense", "1"),
            ("b.remote", "7"),
        ]);
        assert_eq!(form.base, 4);
        assert_eq!(form.posted.keys().collect::<Vec<_>>(), ["remote", "vendor"]);
        let remote = Posted {
            value: Some(Value::YesNo(YesNo::No)),
            comment: Some("a\nb".into()),
            base: Some(7),
        };
        assert_eq!(form.posted["remote"], remote);
        assert_eq!(form.posted["vendor"], Posted::default());
        assert_eq!(parse(&[("base", "-3")]).base, 0);
        assert_eq!(parse(&[("base", "x")]).base, 0);
    }

    #[test]
    fn what_is_too_long_is_refused_and_kept_for_showing_again() {
        let long = "あ".repeat(LONGEST);
        assert_eq!(one("which", &long), Ok(Some(Value::Text(long.clone()))));
        let longer = format!("{long}あ");
        assert_eq!(one("which", &longer), Err(TOO_LONG));
        let form = parse(&[("shown", "remote"), ("q.remote", "yes"), ("c.remote", &longer)]);
        assert_eq!(
            form.problems,
            [Problem {
                question: "remote".into(),
                key: COMMENT_TOO_LONG
            }]
        );
        assert!(form.posted.is_empty());
        assert_eq!(form.typed["remote"].comment, longer);
    }

    proptest! {
        #[test]
        fn nothing_typed_breaks_it_or_gets_lost(id in "remote|vendor|which|opened|seats|how", typed in "\\PC{0,40}") {
            let name = format!("q.{id}");
            let form = parse(&[("shown", &id), (&name, &typed)]);
            let taken = form.posted.get(&id).is_some_and(|posted| posted.value.is_some());
            prop_assert!(taken || !form.problems.is_empty() || tidy(&typed).is_empty());
            prop_assert_eq!(&form.typed[&id].values, &[typed]);
        }

        #[test]
        fn tidying_twice_is_tidying_once(text in any::<String>()) {
            prop_assert_eq!(tidy(&tidy(&text)), tidy(&text));
        }

        #[test]
        fn every_number_is_read_as_it_is_written(number in any::<i64>()) {
            prop_assert_eq!(super::number(&number.to_string()), Some(number));
        }
    }
}
