//! Which rows below the header hold a company, and which are blank, totals, remarks or the header once more.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::columns::Column;
use super::header::Mapping;
use super::normalise::{self, is_nothing, text};
use super::report::{Note, Notice, Reason, RowError, Why};
use crate::mail::address::EmailAddress;
use crate::sheets::{Oddity, Row, Table};

/// What a row is.
pub(super) enum Class {
    Company,
    Skip(Reason),
    /// The header, or the upper line of one that takes two rows: told nowhere.
    HeaderItself,
}

/// Cells by what they mean: the one place that says what a cell stands for. A cell that is merged over several rows counts in each
/// of them, one that says "the same as above" has the value above, and what a spreadsheet program has spoilt counts as empty.
pub(super) struct Reader<'a> {
    pub table: &'a Table,
    pub mapping: &'a Mapping,
    headers: Vec<String>,
    /// For (row, column) inside a region merged downwards: its first row.
    merged: HashMap<(u32, usize), u32>,
    /// First cells of regions over three columns or more: headings.
    wide: HashSet<(u32, usize)>,
    upper: bool,
    /// Cells that mean something else than they hold.
    meant: HashMap<(u32, usize), Meant>,
    /// What is to be told of cells, by row.
    told: BTreeMap<u32, Vec<Notice>>,
    /// Rows that can't be cut into cells.
    broken: HashMap<u32, Why>,
}

#[derive(Clone, Copy)]
enum Meant {
    Nothing,
    /// What the cell of this row holds.
    Above(u32),
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
        let mut reader = Self {
            table,
            mapping,
            headers,
            merged,
            wide,
            upper,
            meant: HashMap::new(),
            told: BTreeMap::new(),
            broken: HashMap::new(),
        };
        reader.look_at_rows();
        reader.look_at_cells();
        reader
    }

    fn below(&self) -> impl Iterator<Item = &'a Row> + use<'a> {
        let header = self.mapping.header_row;
        self.table.rows.iter().filter(move |row| row.number > header)
    }

    /// The columns of which something is kept.
    fn kept(&self) -> Vec<(usize, Column)> {
        let columns = self.mapping.columns.iter().enumerate();
        columns
            .filter_map(|(index, column)| Some((index, (*column).filter(|column| *column != Column::Ignored)?)))
            .collect()
    }

    /// Rows of delimited text that the header doesn't fit.
    fn look_at_rows(&mut self) {
        for odd in self.table.odd.iter().filter(|odd| odd.what == Oddity::OpenQuote) {
            self.broken.insert(odd.row, Why::OpenQuote);
        }
        let Some(delimiter) = self.table.delimiter else { return };
        let width = self
            .headers
            .iter()
            .rposition(|header| !header.is_empty())
            .map_or(0, |last| last + 1);
        if width == 0 || self.mapping.header_row == 0 {
            return;
        }
        let others: Vec<char> = [',', ';', '\t']
            .into_iter()
            .filter(|other| *other != delimiter)
            .collect();
        let mut longer = Vec::new();
        let mut rows = 0;
        for row in self.below() {
            rows += 1;
            if row.cells.len() > width {
                longer.push(row);
            }
            let alone = row.cells.len() == 1 && width > 2;
            if alone
                && others
                    .iter()
                    .any(|other| row.cells[0].matches(*other).count() + 1 >= width)
            {
                self.broken.insert(row.number, Why::OtherSeparator);
            }
        }
        // Where most rows are longer, a column has no header; where few are, a comma stood within a value.
        if longer.len() * 2 <= rows || longer.len() == 1 {
            for row in longer {
                let mut notice = self.notice(row, None, Column::Name, Note::MoreCells);
                notice.value = row.cells.get(width).cloned().unwrap_or_default();
                notice.column = None;
                notice.header = Table::letters(width);
                self.told.entry(row.number).or_default().push(notice);
            }
        }
    }

    /// Cells that don't mean what they hold, or whose writing should be looked at.
    fn look_at_cells(&mut self) {
        let odd: HashMap<(u32, usize), Oddity> = self
            .table
            .odd
            .iter()
            .filter_map(|odd| Some(((odd.row, odd.column?), odd.what)))
            .collect();
        let kept = self.kept();
        let mut dittos = false;
        for row in self.below() {
            for (index, column) in &kept {
                let cell = row.cell(*index);
                let strange = odd.get(&(row.number, *index)).copied();
                let (note, nothing) = match strange {
                    Some(Oddity::Digits) => (Note::PowerOfTen, true),
                    Some(Oddity::Date) => (Note::Date, true),
                    Some(Oddity::Format) => (Note::Format, false),
                    Some(Oddity::Hidden) => (Note::HiddenByFormat, true),
                    _ if cell.is_empty() => continue,
                    _ if normalise::is_power_of_ten(cell) => (Note::PowerOfTen, true),
                    _ if cell.chars().any(is_private) => (Note::PrivateUse, false),
                    // An address says it by itself.
                    _ if *column != Column::Mail && cell.contains(['\u{fffd}', '〓']) => (Note::Replaced, false),
                    _ if *column != Column::Mail && cell.contains('@') && cell.parse::<EmailAddress>().is_ok() => {
                        (Note::Misplaced, false)
                    }
                    _ => {
                        let ditto = normalise::is_ditto(cell);
                        dittos |= ditto;
                        if ditto || *column == Column::Mail || !normalise::begins_with_ditto(cell) {
                            continue;
                        }
                        (Note::DittoAndMore, false)
                    }
                };
                let notice = self.notice(row, Some(*index), *column, note);
                self.told.entry(row.number).or_default().push(notice);
                if nothing {
                    self.meant.insert((row.number, *index), Meant::Nothing);
                }
            }
        }
        if dittos {
            self.resolve_dittos(&kept);
        }
    }

    /// "The same as above" is the row above, if that holds a company, too; never one further up, since its cell is empty for
    /// a reason.
    fn resolve_dittos(&mut self, kept: &[(usize, Column)]) {
        let rows: Vec<&Row> = self
            .below()
            .filter(|row| self.broken.contains_key(&row.number) || matches!(self.shown(row), Class::Company))
            .collect();
        for (index, column) in kept {
            let mut above: Option<u32> = None;
            for row in &rows {
                if self.broken.contains_key(&row.number) {
                    // What stands above is there, but can't be told.
                    above = None;
                    continue;
                }
                let place = (row.number, *index);
                let cell = row.cell(*index);
                let first = self.merged.get(&place).copied();
                if cell.trim().is_empty() && first.is_some() {
                    // A part of the cell above.
                    continue;
                }
                if !normalise::is_ditto(cell) {
                    let empty = cell.trim().is_empty() || self.meant.contains_key(&place);
                    above = (!empty).then_some(row.number);
                    continue;
                }
                let (meant, note) = match above {
                    Some(above) => (Meant::Above(above), Note::Ditto),
                    None => (Meant::Nothing, Note::DittoOfNothing),
                };
                self.meant.insert(place, meant);
                let notice = self.notice(row, Some(*index), *column, note);
                self.told.entry(row.number).or_default().push(notice);
            }
        }
    }

    /// Why a row can't be cut into cells.
    pub fn broken(&self, row: &Row) -> Option<Why> {
        self.broken.get(&row.number).copied()
    }

    /// What is to be told of a row's cells.
    pub fn notices_of(&self, row: &Row) -> Vec<Notice> {
        self.told.get(&row.number).cloned().unwrap_or_default()
    }

    /// A remark on a cell, with what the file has in it.
    pub fn notice(&self, row: &'a Row, index: Option<usize>, column: Column, note: Note) -> Notice {
        Notice {
            row: Some(row.number),
            column: Some(column),
            header: index.map_or(String::new(), |index| self.title(index)),
            value: index.map_or(String::new(), |index| self.written(row, index).to_owned()),
            note,
            count: 1,
        }
    }

    pub fn error(&self, row: &'a Row, index: Option<usize>, column: Column, why: Why) -> RowError {
        // A row that can't be cut into cells has its beginning.
        let value = match (why, index) {
            (Why::OpenQuote | Why::OtherSeparator, _) => {
                let odd = self.table.odd.iter().find(|odd| odd.row == row.number);
                odd.map_or_else(|| row.cell(0), |odd| odd.value.as_str())
            }
            (_, Some(index)) => self.written(row, index),
            (_, None) => "",
        };
        RowError {
            row: row.number,
            column,
            header: index.map_or_else(String::new, |index| self.header(index).to_owned()),
            value: value.to_owned(),
            why,
        }
    }

    /// What the file has in a cell, or in the merged cell that covers it.
    fn written(&self, row: &'a Row, index: usize) -> &'a str {
        match row.cell(index) {
            "" => self.raw(row, index),
            own => own,
        }
    }

    /// A column's header as the file has it, or its letters where it has none.
    pub fn title(&self, index: usize) -> String {
        let header = self.mapping.header_row;
        let row = self.table.rows.iter().find(|row| row.number == header);
        match row.map_or("", |row| row.cell(index)).trim() {
            "" => Table::letters(index),
            own => own.to_owned(),
        }
    }

    /// The text that a cell means; see [`Reader`].
    pub fn raw(&self, row: &'a Row, index: usize) -> &'a str {
        let number = match row.cell(index).is_empty() {
            true => self.merged.get(&(row.number, index)).copied().unwrap_or(row.number),
            false => row.number,
        };
        let number = match self.meant.get(&(number, index)) {
            Some(Meant::Nothing) => return "",
            Some(Meant::Above(above)) => *above,
            None => number,
        };
        if number == row.number {
            return row.cell(index);
        }
        let found = self.table.rows.binary_search_by_key(&number, |row| row.number);
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
        match self.table.hidden_rows.contains(&row.number) && row.number > self.mapping.header_row {
            true => Class::Skip(Reason::Hidden),
            false => self.shown(row),
        }
    }

    /// What a row is, whether it is hidden or not.
    fn shown(&self, row: &'a Row) -> Class {
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

/// Characters that each machine may draw in its own way: where gaiji lie.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
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
