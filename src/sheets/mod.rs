//! Spreadsheets as rows of text cells, in and out. This ground knows nothing of companies: it turns an XLSX, XLS or
//! delimited text file into [`Table`]s and typed cells into files, and it refuses what would exhaust the machine.

mod delimited;
mod limits;
pub mod read;
mod shown;
pub mod stream;
mod unpack;
pub mod write;
mod xls;

use std::collections::BTreeSet;

pub use read::{ReadError, read, read_all};
pub use stream::Stride;
pub use write::{Cell, CsvWriter, WriteError, XlsxWriter};

/// One worksheet (a delimited text file has exactly one) as the texts a person sees in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The worksheet's name; the file's stem for delimited text.
    pub sheet_name: String,
    /// All worksheets of the file that a person can see, in their order.
    pub sheet_names: Vec<String>,
    /// Rows that hold at least one visible character, in order of their numbers; blank rows are gaps in the numbers.
    pub rows: Vec<Row>,
    /// Merged regions (not in delimited text). Only the first cell of a region holds its text, as in the file.
    pub merges: Vec<Merge>,
    /// Rows (as shown, from 1) that the file hides: by hand, by a filter, in a closed group, or by no height.
    pub hidden_rows: BTreeSet<u32>,
    /// Columns (from 0) that it hides.
    pub hidden_columns: BTreeSet<usize>,
    /// Cells that don't simply hold what they show, in the order of the file.
    pub odd: Vec<Odd>,
    /// What stands between the cells of delimited text; None for a workbook.
    pub delimiter: Option<char>,
}

impl Table {
    /// The letters by which a spreadsheet program names a column (from 0): A, Z, AA.
    pub fn letters(column: usize) -> String {
        let mut letters = Vec::new();
        let mut left = column + 1;
        while left > 0 {
            left -= 1;
            letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
            left /= 26;
        }
        letters.iter().rev().collect()
    }
}

/// A cell that doesn't simply hold what it shows. Without a column it is about the whole row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    pub row: u32,
    pub column: Option<usize>,
    /// The cell's text, as it is taken; of a row that breaks, its beginning.
    pub value: String,
    pub what: Oddity,
}

/// What is odd about a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Its number format can't be followed: it has the plain number.
    Format,
    /// Its number has more digits than a spreadsheet program keeps.
    Digits,
    /// It is a date in a form that each program shows in its own way; a code such as 1-2 is often made one.
    Date,
    /// Its number format hides it: it has no text.
    Hidden,
    /// A quotation mark opens in it and isn't closed in its row.
    OpenQuote,
}

/// One row: its number as a spreadsheet program shows it (from 1) and its cells up to the last one that is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    pub number: u32,
    pub cells: Vec<String>,
}

impl Row {
    /// The text of a column (from 0); empty beyond the row's end.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// A merged region, both ends inclusive: rows as shown (from 1), columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub first_row: u32,
    pub last_row: u32,
    pub first_column: usize,
    pub last_column: usize,
}

/// Characters that make a spreadsheet program take a text for a formula when it opens a CSV, with the full-width forms
/// that Japanese input methods produce (OWASP, "CSV Injection").
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The apostrophe before a text that would be taken for a formula. A text that already has apostrophes there gets one
/// more, so that [`unguard`] gives back exactly what was written.
fn guard(text: &str) -> std::borrow::Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(FORMULA_STARTS) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// Takes away the apostrophe that [`guard`] put there.
fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA_STARTS) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_are_named_by_letters() {
        let names = [0, 25, 26, 51, 701, 702, 16_383].map(Table::letters);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"]);
    }

    proptest! {
        #[test]
        fn guarding_is_undone_exactly(text in "['=+@\\-\t\r\n]{0,3}\\PC{0,8}") {
            let guarded = guard(&text);
            prop_assert!(!guarded.starts_with(FORMULA_STARTS));
            prop_assert_eq!(unguard(&guarded), text.as_str());
        }
    }
}
