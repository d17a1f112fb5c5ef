//! Import of a directory from a spreadsheet that somebody keeps by hand: finding the header ([`header`]), reading
//! untidy values ([`normalise`]), and planning what goes in and what can't ([`plan`]). Pure: no files, no database.

mod addresses;
mod apply;
mod changes;
pub mod columns;
pub mod country;
mod draft;
pub mod header;
mod job;
pub mod normalise;
mod outcome;
pub mod plan;
pub mod progress;
pub mod report;
mod rows;
mod source;

#[cfg(test)]
mod tests;

pub use apply::{Report, apply, preview};
pub use changes::{Changed, Changes};
pub use columns::Column;
pub use header::Mapping;
pub use job::{JOB, work};
pub use outcome::{Outcome, Problem};
pub use plan::{CompanyDraft, ContactDraft, Options, Plan, plan};
pub use progress::Progress;
pub use report::{Note, Notice, Reason, RowError, Skipped, Why, rejected_sheet};
pub use source::{Chosen, Source};

use crate::sheets::Table;

/// Of a file's sheets, the one to import and its header: the sheet in whose header the most columns are known, the first
/// of equals, with sheets that are named as samples or old copies behind all others.
pub fn choose(tables: &[Table]) -> Option<(usize, Mapping)> {
    let known = |mapping: &Mapping| {
        mapping
            .columns
            .iter()
            .flatten()
            .filter(|column| **column != Column::Ignored)
            .count()
    };
    let found = tables
        .iter()
        .enumerate()
        .filter_map(|(index, table)| Some((index, header::find(table)?)));
    found.min_by_key(|(index, mapping)| {
        (
            is_aside(&tables[*index].sheet_name),
            std::cmp::Reverse(known(mapping)),
            *index,
        )
    })
}

fn is_aside(sheet_name: &str) -> bool {
    let name = normalise::text(sheet_name).to_lowercase();
    [
        "例",
        "サンプル",
        "見本",
        "旧",
        "sample",
        "example",
        "backup",
        "バックアップ",
        "コピー",
        "copy",
        "説明",
    ]
    .iter()
    .any(|word| name.contains(word))
}
