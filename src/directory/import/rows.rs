//! Which rows below the header hold a company, and which are blank, totals, remarks or the header once more.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::columns::Column;
use super::header::Mapping;
use super::normalise::{self, is_nothing, text};
use super::report::Reason;
use crate::sheets::{Row, Table};

/// What a row is.
pub(super) enum Class {
    Company,
    Skip(Reason),
    /// The header, or the upper line of one that takes two rows: told nowhere.
    HeaderItself,
}

/// Cells by what they hold, with the texts of cells that are merged over several rows in each of those rows.
pub(super) struct Reader<'a> {
    pub table: &'a Table,
    pub mapping: &'a Mapping,
    headers: Vec<String>,
    /// For (row, column) inside a region merged downwards: its first row.
    merged: HashMap<(u32, usize), u32>,
    /// First cells of regions over three columns or more: headings.
    wide: HashSet<(u32, usize)>,
    upper: bool,
}

/// A merged region longer than this is a frame around a form, not one company's contacts.
const MERGED_ROWS: u32 = 200;

impl<'a> Reader<'a> {
    pub fn new(table: &'a Table, mapping: &'a Mapping) -> Self {
        let mut merged = HashMap::new();
        for merge in &table.merges {
            let height = merge.last_row.saturating_sub(merge.first_row);
            // Only regions of one column: one that also spans columns is a heading.
            if merge.first_row > mapping.header_row
                && merge.first_column == merge.last_column
                && (1..MERGED_ROWS).contains(&height)
            {
                merged.extend(
                    (merge.first_row + 1..=merge.last_row).map(|row| ((row, merge.first_column), merge.first_row)),
                );
            }
        }
        let wide = table
            .merges
            .iter()
            .filter(|merge| merge.last_column >= merge.first_column.saturating_add(2));
        let wide = wide.map(|merge| (merge.first_row, merge.first_column)).collect();
        let headers: Vec<String> = mapping.headers(table).into_iter().map(text).collect();
        // A mapping that the header row alone does not explain was read from two rows.
        let explained = |index: usize| headers.get(index).is_some_and(|header| !header.is_empty());
        let upper = mapping
            .columns
            .iter()
            .enumerate()
            .any(|(index, column)| column.is_some() && !explained(index));
        Self {
            table,
            mapping,
            headers,
            merged,
            wide,
            upper,
        }
    }

    /// The text of a cell as the file has it, or of the merged cell that covers it.
    pub fn raw(&self, row: &'a Row, index: usize) -> &'a str {
        let own = row.cell(index);
        if !own.is_empty() {
            return own;
        }
        let Some(first) = self.merged.get(&(row.number, index)) else {
            return own;
        };
        let found = self.table.rows.binary_search_by_key(first, |row| row.number);
        found.map_or("", |position| self.table.rows[position].cell(index))
    }

    /// The first cell of the columns that hold this, which says something.
    pub fn value(&self, row: &'a Row, column: Column) -> Option<(usize, Cow<'a, str>)> {
        let cells = self.mapping.all(column).map(|index| (index, self.raw(row, index)));
        cells
            .into_iter()
            .find(|(_, raw)| !is_nothing(raw))
            .map(|(index, raw)| (index, Cow::Borrowed(raw)))
    }

    pub fn header(&self, index: usize) -> &str {
        self.headers.get(index).map_or("", String::as_str)
    }

    pub fn classify(&self, row: &'a Row) -> Class {
        let header = self.mapping.header_row;
        if row.number <= header {
            let own = row.number == header || (self.upper && row.number + 1 == header);
            return if own {
                Class::HeaderItself
            } else {
                Class::Skip(Reason::Title)
            };
        }
        let cells: Vec<(usize, String)> = row
            .cells
            .iter()
            .enumerate()
            .map(|(index, cell)| (index, text(cell)))
            .filter(|(_, cell)| !cell.is_empty())
            .collect();
        let Some((first, label)) = cells.first() else {
            return Class::Skip(Reason::Blank);
        };
        if self.is_header_again(&cells) {
            return Class::Skip(Reason::Header);
        }
        if is_example(label) {
            return Class::Skip(Reason::Example);
        }
        let has_address = cells.iter().any(|(_, cell)| cell.contains('@'));
        let has_code = self.value(row, Column::Code).is_some();
        // "合計" may stand in any of the first cells, with sums in others; but a company may be named Total.
        let total = cells.iter().take(3).any(|(_, cell)| is_total(cell)) || (cells.len() <= 3 && mentions_total(label));
        if total && !has_address && !(has_code && !is_total(label) && self.value(row, Column::ContactName).is_some()) {
            return Class::Skip(Reason::Total);
        }
        if is_remark(label) && !has_address && cells.len() <= 2 {
            return Class::Skip(Reason::Note);
        }
        let alone = cells.len() == 1;
        let spans = self.wide.contains(&(row.number, *first));
        let in_name = self.mapping.columns.get(*first).copied().flatten() == Some(Column::Name);
        if alone
            && !has_address
            && (spans || !(in_name || self.mapping.first(Column::Code) == Some(*first) && is_code_like(label)))
        {
            return Class::Skip(self.lone(*first, label));
        }
        let identifies = [
            Column::Code,
            Column::CorporateNumber,
            Column::Name,
            Column::Kana,
            Column::Mail,
            Column::ContactName,
            Column::Phone,
            Column::Items,
            Column::Department,
            Column::Parent,
        ];
        if !identifies.iter().any(|column| self.value(row, *column).is_some()) {
            // Prepared rows at the end of a form: numbered, or with a kind and a country, but empty.
            let kept = |index: usize| {
                self.mapping
                    .columns
                    .get(index)
                    .copied()
                    .flatten()
                    .is_some_and(|column| column != Column::Ignored)
            };
            let words = cells
                .iter()
                .any(|(index, cell)| !kept(*index) && cell.chars().any(char::is_alphabetic));
            return Class::Skip(if words { Reason::Note } else { Reason::Blank });
        }
        Class::Company
    }

    /// A row with one cell outside the columns that identify a company.
    fn lone(&self, index: usize, label: &str) -> Reason {
        let number = label.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let prefilled = self
            .mapping
            .columns
            .get(index)
            .copied()
            .flatten()
            .is_some_and(|column| {
                matches!(
                    column,
                    Column::Kind
                        | Column::Country
                        | Column::Language
                        | Column::Tier
                        | Column::Criticality
                        | Column::Small
                )
            });
        if number || prefilled || is_nothing(label) {
            Reason::Blank
        } else {
            Reason::Note
        }
    }

    fn is_header_again(&self, cells: &[(usize, String)]) -> bool {
        let same = cells.iter().filter(|(index, cell)| self.header(*index) == cell).count();
        same >= 2 && same * 2 > cells.len()
    }
}

const TOTALS: [&str; 12] = [
    "合計",
    "総計",
    "小計",
    "累計",
    "計",
    "総合計",
    "総数",
    "total",
    "subtotal",
    "sub total",
    "grand total",
    "sum",
];
const UNITS: [&str; 17] = [
    "社",
    "件",
    "名",
    "人",
    "行",
    "companies",
    "company",
    "suppliers",
    "vendors",
    "rows",
    "records",
    "contacts",
    "entries",
    "グループ会社",
    "取引先",
    "企業",
    "会社数",
];

/// "合計", "計 40 件", "Total: 300 companies".
fn is_total(cell: &str) -> bool {
    let lower = cell.to_lowercase().replace("sub-total", "subtotal");
    TOTALS.iter().any(|total| {
        lower
            .strip_prefix(total)
            .or_else(|| lower.strip_suffix(total))
            .is_some_and(|rest| {
                let mut rest = rest.trim_matches(|c: char| !c.is_alphabetic());
                for unit in UNITS {
                    rest = rest.trim_end_matches(unit).trim_matches(|c: char| !c.is_alphabetic());
                }
                rest.is_empty()
            })
    })
}

/// "関東地区 小計", "合計（うち海外 45 社）": only believed in a row that holds little else.
fn mentions_total(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    ["合計", "総計", "小計"].iter().any(|total| {
        lower.starts_with(&format!("{total}("))
            || lower.starts_with(&format!("{total}:"))
            || lower.starts_with(&format!("{total} "))
            || lower.ends_with(total)
    }) || ["subtotal", "grand total", "total:", "total "]
        .iter()
        .any(|total| lower.starts_with(total) && lower.chars().any(|c| c.is_ascii_digit()))
}

fn is_remark(label: &str) -> bool {
    let lower = label.to_lowercase();
    label.starts_with([
        '※', '*', '■', '□', '◆', '◇', '●', '▼', '▲', '▽', '△', '【', '<', '《', '#', '→', '⇒', '・', '☆', '★', '†',
    ]) || [
        "注)",
        "(注",
        "注:",
        "注記",
        "注意",
        "備考",
        "note:",
        "notes:",
        "(note",
        "remark",
        "凡例",
        "作成",
        "更新日",
        "最終更新",
        "出典",
        "end of",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
        || matches!(
            lower.trim_matches(['(', ')', '-', '*', '.', '。', ' ']),
            "以上" | "以下余白" | "以下空白" | "end" | "eof" | "以下なし" | "終わり" | "おわり"
        )
}

fn is_example(label: &str) -> bool {
    let bare = label.to_lowercase();
    let bare = bare.trim_matches(['(', ')', '[', ']', '【', '】', '<', '>', '※', ':', ' ']);
    matches!(
        bare,
        "例" | "記入例" | "入力例" | "記載例" | "サンプル" | "見本" | "example" | "sample" | "e.g" | "例1" | "例2"
    ) || label.starts_with("(例)")
        || label.starts_with("(記入例)")
}

fn is_code_like(label: &str) -> bool {
    let code = normalise::code(label);
    code.len() <= 40
        && code.bytes().any(|byte| byte.is_ascii_digit())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_and_remarks() {
        for total in [
            "合計",
            "合計 300 社",
            "計 40件",
            "小計",
            "小計:12社",
            "Total",
            "TOTAL: 300 companies",
            "Grand Total",
            "Sub-total 5",
            "300社 合計",
        ] {
            assert!(is_total(&text(total)), "{total}");
        }
        for name in [
            "合計会計事務所",
            "Total Solutions Inc.",
            "株式会社計",
            "計測機器(株)",
            "Summit Ltd.",
        ] {
            assert!(!is_total(&text(name)) && !mentions_total(&text(name)), "{name}");
        }
        assert!(mentions_total("関東地区 小計") && mentions_total("合計(うち海外 45 社)"));
        assert!(is_remark("※廃業予定") && is_remark("(以下余白)") && is_remark("以上") && !is_remark("以上商事(株)"));
        assert!(is_example("(例)") && is_example("【記入例】") && !is_example("例幣使街道(株)"));
    }
}
