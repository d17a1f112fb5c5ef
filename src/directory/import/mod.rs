//! Import of a directory from a spreadsheet that somebody keeps by hand: finding the header ([`header`]), reading
//! untidy values ([`normalise`]), and planning what goes in and what can't ([`plan`]). Pure: no files, no database.

mod addresses;
mod apply;
mod changes;
pub mod columns;
pub mod country;
mod draft;
mod finish;
pub mod header;
mod job;
mod known;
pub mod normalise;
mod outcome;
pub mod plan;
mod postal;
pub mod progress;
pub mod registered;
pub mod report;
mod rows;
mod source;

#[cfg(test)]
mod tests;

pub use apply::{Brought, Report, apply, preview, try_apply};
pub use changes::{Changed, Changes};
pub use columns::Column;
pub use finish::resume;
pub use header::Mapping;
pub use job::{JOB, work};
pub use outcome::{Outcome, Problem};
pub use plan::{CompanyDraft, ContactDraft, Options, Plan, plan};
pub use progress::Progress;
pub use report::{Note, Notice, Reason, RowError, Skipped, Why, notices, rejected_sheet};
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
        .filter_map(|(index, table)| Some((index, without_running_number(table, header::find(table)?))));
    found.min_by_key(|(index, mapping)| {
        (
            is_aside(&tables[*index].sheet_name),
            std::cmp::Reverse(known(mapping)),
            *index,
        )
    })
}

/// A column "No." that counts the rows 1, 2, 3 … is no company's code: taken for one, the next list, which begins at 1 as
/// well, would overwrite other companies.
fn without_running_number(table: &Table, mut mapping: Mapping) -> Mapping {
    let Some(column) = mapping.first(Column::Code) else {
        return mapping;
    };
    let headers = mapping.headers(table);
    let header = headers
        .get(column)
        .map(|h| normalise::text(h).to_lowercase())
        .unwrap_or_default();
    let bare: String = header.chars().filter(|c| c.is_alphanumeric() || *c == '#').collect();
    if !["no", "#", "番号", "number", "id", "項番", "通番", "連番", ""].contains(&bare.as_str()) {
        return mapping;
    }
    let below = table.rows.iter().filter(|row| row.number > mapping.header_row);
    let cells: Vec<&str> = below
        .map(|row| row.cell(column).trim())
        .filter(|cell| !cell.is_empty())
        .collect();
    let numbers: Vec<u32> = cells
        .iter()
        .filter(|c| !c.starts_with('0'))
        .filter_map(|c| c.parse().ok())
        .collect();
    let counted = numbers.first() == Some(&1)
        // A total or a note may stand at the end.
        && numbers.len() + 3 >= cells.len()
        && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    if counted {
        mapping.columns[column] = Some(Column::Ignored);
    }
    mapping
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

#[cfg(test)]
mod running_numbers {
    use super::*;
    use crate::sheets::read;

    fn columns(csv: &str) -> Vec<Option<Column>> {
        choose(&[read(csv.as_bytes(), "x.csv", None).unwrap()])
            .unwrap()
            .1
            .columns
    }

    #[test]
    fn a_running_number_is_no_code_and_a_code_is() {
        let running = columns("No.,会社名,メール\n1,甲,a@a.example\n2,乙,b@b.example\n3,丙,c@c.example\n");
        assert_eq!(running[0], Some(Column::Ignored));
        let codes = columns("No.,会社名,メール\n1001,甲,a@a.example\n1007,乙,b@b.example\n");
        assert_eq!(codes[0], Some(Column::Code));
        let called_so = columns("取引先コード,会社名,メール\n1,甲,a@a.example\n2,乙,b@b.example\n");
        assert_eq!(called_so[0], Some(Column::Code));
    }
}
