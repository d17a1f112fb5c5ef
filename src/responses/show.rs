//! Answers and questions in words and marks, for pages, mails and exports.

use super::form::{Typed, latest_today};
use super::model::{Answers, Entry, Value, left_out, sign, visible};
use crate::content::{Checklist, Kind, Question, Term, YesNo};
use crate::web::i18n::Tr;
use jiff::Timestamp;

/// A question as a form shows it.
pub struct QuestionView {
    pub id: String,
    /// [`Checklist::number`].
    pub number: usize,
    /// False while another answer makes it needless.
    pub is_asked: bool,
    pub kind: &'static str,
    pub text: String,
    pub help: String,
    pub terms: Vec<Term>,
    pub who: String,
    pub required: bool,
    pub picks: Vec<Pick>,
    /// What stands in the field of a text, date or number.
    pub typed: String,
    /// None: this kind of question has no comment.
    pub comment: Option<String>,
    /// On which answers a comment is asked for, in words.
    pub comment_wanted: String,
    pub if_no: Vec<String>,
    /// Revision of the answer shown.
    pub revision: i64,
    pub problem: Option<String>,
    /// The question and the answers it depends on: shown on the page that holds all of them.
    pub when: Option<(String, String)>,
    /// The first and the last day that a date question accepts, as `2026-01-05`.
    pub days: (Option<String>, Option<String>),
}

pub struct Pick {
    pub value: String,
    pub label: String,
    pub small: String,
    pub checked: bool,
}

/// The word of a yes-no answer.
pub fn yes_no_words(t: Tr, answer: YesNo) -> String {
    t.t(sign(answer).word).into_owned()
}

/// The mark of a yes-no answer in a table, with its CSS class.
pub fn mark(answer: YesNo) -> (&'static str, &'static str) {
    let sign = sign(answer);
    (sign.mark, sign.class)
}

/// A value in the reader's words.
pub fn value_words(t: Tr, checklist: &Checklist, question: &str, value: &Value) -> String {
    let text = checklist.text(t.lang()).question(question);
    match value {
        Value::YesNo(answer) => yes_no_words(t, *answer),
        Value::Text(text) => text.clone(),
        Value::Date(date) => date.to_string(),
        Value::Choice(id) => text.choice(id).to_owned(),
        Value::Choices(ids) => {
            let separator = t.t("list-separator");
            let chosen: Vec<&str> = checklist
                .question(question)
                .map(|q| {
                    q.choices
                        .iter()
                        .filter(|c| ids.contains(*c))
                        .map(|c| text.choice(c))
                        .collect()
                })
                .unwrap_or_default();
            chosen.join(&separator)
        }
        Value::Number(n) => n.to_string(),
    }
}

/// The sentence of a problem with what was typed.
pub fn problem_sentence(t: Tr, question: &Question, key: &'static str) -> String {
    let (least, greatest) = question.numbers();
    // A bound that is the day of today has a sentence without it.
    let (first, last) = question.days(jiff::civil::Date::ZERO);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    match key {
        "answer-problem-number-small" => t.t1(key, "min", least).into_owned(),
        "answer-problem-number-great" => t.t1(key, "max", greatest).into_owned(),
        "answer-problem-day-early" => t.t1(key, "min", day(first)).into_owned(),
        "answer-problem-day-late" => t.t1(key, "max", day(last)).into_owned(),
        _ => t.t(key).into_owned(),
    }
}

/// How a question is shown: with what is stored, or, over it, with what was typed.
pub fn question_view(
    (t, now): (Tr, Timestamp),
    checklist: &Checklist,
    answers: &Answers,
    question: &Question,
    typed: Option<&Typed>,
    mine: Option<&Entry>,
    problem: Option<String>,
) -> QuestionView {
    let words = checklist.text(t.lang());
    let text = words.question(&question.id);
    let stored = answers.get(&question.id);
    let entry = mine.cloned().or_else(|| stored.map(|a| a.entry())).unwrap_or_default();
    let chosen = |word: &str| match typed {
        Some(typed) => typed.values.iter().any(|v| v == word),
        None => match &entry.value {
            Some(Value::YesNo(a)) => a.as_str() == word,
            Some(Value::Choice(c)) => c == word,
            Some(Value::Choices(c)) => c.contains(word),
            _ => false,
        },
    };
    let pick = |value: &str, label: String, small: &str| Pick {
        checked: chosen(value),
        value: value.to_owned(),
        label,
        small: small.to_owned(),
    };
    let picks = match question.kind {
        Kind::YesNo => YesNo::ALL
            .into_iter()
            // "Not applicable" is offered only where the checklist says what it would mean.
            .filter(|a| *a != YesNo::Na || text.answer(*a).is_some())
            .map(|a| pick(a.as_str(), yes_no_words(t, a), text.answer(a).unwrap_or_default()))
            .collect(),
        Kind::Choice | Kind::Choices => question
            .choices
            .iter()
            .map(|c| pick(c, text.choice(c).to_owned(), ""))
            .collect(),
        Kind::Text | Kind::Date | Kind::Number => Vec::new(),
    };
    let plain = match &entry.value {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Date(date)) => date.to_string(),
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    };
    let (first, last) = question.days(latest_today(now));
    QuestionView {
        id: question.id.clone(),
        number: checklist.number(&question.id),
        is_asked: question.when.is_none() || visible(checklist, answers).iter().any(|q| q.id == question.id),
        kind: match question.kind {
            Kind::YesNo => "yes-no",
            Kind::Text => "text",
            Kind::Date => "date",
            Kind::Choice => "choice",
            Kind::Choices => "choices",
            Kind::Number => "number",
        },
        text: text.text.clone(),
        help: text.help.clone(),
        terms: text.terms.clone(),
        who: text.who.clone(),
        required: question.required,
        picks,
        typed: typed.map_or(plain, |typed| typed.values.first().cloned().unwrap_or_default()),
        comment: (question.kind == Kind::YesNo)
            .then(|| typed.map_or(entry.comment.clone(), |typed| typed.comment.clone())),
        comment_wanted: question
            .comment_on
            .iter()
            .map(|a| yes_no_words(t, *a))
            .collect::<Vec<_>>()
            .join(&t.t("list-separator")),
        if_no: text.if_no.clone(),
        revision: stored.map_or(0, |a| a.revision),
        problem,
        when: question.when.as_ref().map(|when| {
            let first = checklist.question(&when.question);
            let separator = t.t("list-separator");
            let answers: Vec<String> = when
                .answers
                .iter()
                .map(|a| match (first.map(|q| q.kind), YesNo::parse(a)) {
                    (Some(Kind::YesNo), Some(answer)) => yes_no_words(t, answer),
                    _ => words.question(&when.question).choice(a).to_owned(),
                })
                .collect();
            (words.question(&when.question).label.clone(), answers.join(&separator))
        }),
        days: (first.map(|day| day.to_string()), last.map(|day| day.to_string())),
    }
}

/// One line of the list of answers on the review page, the receipt and the operator's page.
pub struct AnswerLine {
    pub id: String,
    /// [`Checklist::number`].
    pub number: usize,
    pub section: String,
    /// The first of its section.
    pub heads: bool,
    pub label: String,
    pub text: String,
    pub answer: Option<String>,
    pub comment: String,
    pub mark: Option<(&'static str, &'static str)>,
    pub required: bool,
    pub if_no: Vec<String>,
    pub by: String,
}

impl AnswerLine {
    pub fn is_missing(&self) -> bool {
        self.required && self.answer.is_none()
    }

    /// The answer falls short, so that there is something to do.
    pub fn is_gap(&self) -> bool {
        matches!(self.mark, Some((_, "part" | "no")))
    }
}

/// The questions that are not asked because of other answers: why numbers are missing from a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// "4、8"; empty where there is none.
    pub numbers: String,
    /// The numbers of those to which something was answered that is kept, and doesn't count now.
    pub kept: String,
}

impl LeftOut {
    pub fn of(t: Tr, checklist: &Checklist, answers: &Answers) -> LeftOut {
        let asked = visible(checklist, answers);
        let is_kept = |question: &&Question| {
            question.when.is_some()
                && !asked.iter().any(|one| one.id == question.id)
                && answers.get(&question.id).is_some_and(|a| !a.entry().is_empty())
        };
        let left = left_out(checklist, answers, &asked);
        LeftOut {
            numbers: numbers(t, checklist, left.into_iter()),
            kept: numbers(t, checklist, checklist.questions.iter().filter(is_kept)),
        }
    }
}

/// "4、8": the numbers of these questions.
pub fn numbers<'q>(t: Tr, checklist: &Checklist, questions: impl Iterator<Item = &'q Question>) -> String {
    let mut out = String::new();
    for question in questions {
        if !out.is_empty() {
            out.push_str(&t.t("list-separator"));
        }
        out.push_str(&checklist.number(&question.id).to_string());
    }
    out
}

/// The questions that are asked, with their answers, in order.
pub fn answer_lines(t: Tr, checklist: &Checklist, answers: &Answers) -> Vec<AnswerLine> {
    let words = checklist.text(t.lang());
    let shown = visible(checklist, answers);
    shown
        .iter()
        .enumerate()
        .map(|(i, question)| {
            let text = words.question(&question.id);
            let answer = answers.get(&question.id);
            let value = answer.and_then(|a| a.value.as_ref());
            AnswerLine {
                id: question.id.clone(),
                number: checklist.number(&question.id),
                section: words.section(&question.section).to_owned(),
                heads: i == 0 || shown[i - 1].section != question.section,
                label: text.label.clone(),
                text: text.text.clone(),
                answer: value.map(|v| value_words(t, checklist, &question.id, v)),
                comment: answer.map(|a| a.comment.clone()).unwrap_or_default(),
                mark: value.and_then(Value::yes_no).map(mark),
                required: question.required,
                if_no: text.if_no.clone(),
                by: answer.map(|a| a.by.clone()).unwrap_or_default(),
            }
        })
        .collect()
}
