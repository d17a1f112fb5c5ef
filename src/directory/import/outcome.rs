//! What an import comes to, kept for its page: counts, and every remark as a message key, so that each reader has it in
//! their own language.

use super::apply::Report;
use super::changes::Changes;
use super::columns::Column;
use super::plan::Plan;
use super::report::notices;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    pub rows: u64,
    pub companies_created: usize,
    pub companies_updated: usize,
    pub contacts_created: usize,
    pub merged: u64,
    pub without_mail: usize,
    /// Refused rows.
    pub refused: usize,
    pub errors: Vec<Problem>,
    pub notices: Vec<Problem>,
    pub skipped: Vec<(u32, String)>,
    /// The key of the sentence that says why nothing went in.
    pub failed: Option<String>,
}

/// Something about a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// None: it is about the whole file.
    pub row: Option<u32>,
    /// A [`super::Column::key`].
    pub column: String,
    /// The column's header in the file; "" where it has none.
    pub header: String,
    pub value: String,
    /// The key of the sentence that says what is wrong and what to do.
    pub key: String,
    pub params: Vec<(String, String)>,
    /// How many rows say the same; `row` is the first.
    #[serde(default = "one")]
    pub count: usize,
}

fn one() -> usize {
    1
}

fn owned(params: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    params
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A value as a page shows it: a cell may hold a book.
fn short(value: &str) -> String {
    let mut short: String = value.chars().take(120).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}

impl Outcome {
    pub fn of(plan: &Plan, changes: &Changes) -> Outcome {
        let report = Report::of(plan, changes);
        let errors = plan.errors.iter().map(|e| Problem {
            row: Some(e.row),
            column: e.column.key().into(),
            header: short(&e.header),
            value: short(&e.value),
            key: e.why.key().into(),
            params: owned(e.why.params()),
            count: 1,
        });
        let notices = notices(plan, changes).into_iter().map(|n| Problem {
            row: n.row,
            column: n.column.map_or("", Column::key).into(),
            header: short(&n.header),
            value: short(&n.value),
            key: n.note.key().into(),
            params: owned(n.note.params()),
            count: n.count,
        });
        Outcome {
            rows: report.rows,
            companies_created: report.companies_created,
            companies_updated: report.companies_updated,
            contacts_created: report.contacts_created,
            merged: report.merged,
            without_mail: report.without_mail,
            refused: report.errors.len(),
            errors: errors.collect(),
            notices: notices.collect(),
            skipped: plan.skipped.iter().map(|s| (s.row, s.why.key().to_owned())).collect(),
            failed: None,
        }
    }

    pub fn failed(key: &'static str) -> Outcome {
        Outcome {
            failed: Some(key.into()),
            ..Outcome::default()
        }
    }
}
