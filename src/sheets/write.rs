//! Files out: XLSX with typed cells, CSV for programs that read nothing else. A text is written as a text, whatever it
//! begins with; nothing that came from outside ever becomes a formula.

use std::io::Write;

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::guard;

/// A cell of an export.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
    Date(Date),
    /// Wall-clock time in the zone that the column's header names.
    DateTime(DateTime),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    #[expect(clippy::cast_precision_loss, reason = "a spreadsheet has no other number than f64")]
    fn from(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<bool> for Cell {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Why a file can't be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("The spreadsheet can't be written: {0}.")]
    Xlsx(#[from] XlsxError),
    #[error("The CSV can't be written: {0}.")]
    Csv(#[from] csv::Error),
    #[error("The file can't be written: {0}.")]
    Io(#[from] std::io::Error),
}

/// Excel's own bound on a cell's characters; a longer text is cut, because Excel would call the whole file damaged.
const MAX_CHARS: usize = 32_767;
const MIN_WIDTH: f64 = 8.0;
const MAX_WIDTH: f64 = 50.0;

/// Writes sheets row after row. Rows go to a temporary file as they come, so memory does not grow with them.
pub struct XlsxWriter {
    book: Workbook,
    header: Format,
    wrapped: Format,
    date: Format,
    moment: Format,
}

impl XlsxWriter {
    pub fn new() -> Self {
        Self {
            book: Workbook::new(),
            header: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
        }
    }

    /// As [`XlsxWriter::new`], with the temporary files of long sheets in `dir` instead of the system's place, which may lie
    /// in memory.
    pub fn within(dir: &std::path::Path) -> Result<Self, WriteError> {
        let mut writer = Self::new();
        writer.book.set_tempdir(dir)?;
        Ok(writer)
    }

    /// One sheet: a bold header that stays in sight, a filter over all, columns as wide as their first hundred rows ask
    /// for. The sheet's name is cut to what Excel allows.
    pub fn sheet(
        &mut self,
        name: &str,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Result<&mut Self, WriteError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(sheet_name(name))?;
        sheet.set_freeze_panes(1, 0)?;
        let mut rows = rows.into_iter();
        // Widths come before the rows in the file, so they are measured on what is held back here.
        let first: Vec<Vec<Cell>> = rows.by_ref().take(100).collect();
        for (index, title) in header.iter().enumerate() {
            let wanted = first.iter().filter_map(|row| row.get(index)).map(width);
            let width = wanted
                .fold(text_width(title) + 2.0, f64::max)
                .clamp(MIN_WIDTH, MAX_WIDTH);
            sheet.set_column_width(column(index)?, width)?;
        }
        for (index, title) in header.iter().enumerate() {
            sheet.write_string_with_format(0, column(index)?, cut(title), &self.header)?;
        }
        let mut last = 0;
        for cells in first.into_iter().chain(rows) {
            last += 1;
            for (index, cell) in cells.iter().enumerate() {
                put(
                    sheet,
                    (last, column(index)?),
                    cell,
                    (&self.wrapped, &self.date, &self.moment),
                )?;
            }
        }
        if !header.is_empty() {
            sheet.autofilter(0, 0, last, column(header.len() - 1)?)?;
        }
        Ok(self)
    }

    /// The finished file.
    pub fn finish(mut self) -> Result<Vec<u8>, WriteError> {
        Ok(self.book.save_to_buffer()?)
    }

    /// The finished file into a file: of a long one, nothing is held in memory.
    pub fn finish_into(mut self, file: &std::fs::File) -> Result<(), WriteError> {
        Ok(self.book.save_to_writer(file)?)
    }
}

impl Default for XlsxWriter {
    fn default() -> Self {
        Self::new()
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    (wrapped, date, moment): (&Format, &Format, &Format),
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => Ok(()),
        Cell::Text(text) if text.is_empty() => Ok(()),
        Cell::Text(text) if text.contains('\n') => sheet
            .write_string_with_format(row, column, cut(text), wrapped)
            .map(drop),
        Cell::Text(text) => sheet.write_string(row, column, cut(text)).map(drop),
        Cell::Number(number) => sheet.write_number(row, column, *number).map(drop),
        Cell::Bool(truth) => sheet.write_boolean(row, column, *truth).map(drop),
        Cell::Date(day) => {
            // Excel's calendar begins in 1900; what it can't hold is written as text rather than refused.
            match ExcelDateTime::parse_from_str(&day.to_string()) {
                Ok(value) => sheet.write_datetime_with_format(row, column, &value, date).map(drop),
                Err(_) => sheet.write_string(row, column, day.to_string()).map(drop),
            }
        }
        Cell::DateTime(when) => {
            let text = when.strftime("%Y-%m-%d %H:%M:%S").to_string();
            match ExcelDateTime::parse_from_str(&text.replace(' ', "T")) {
                Ok(value) => sheet.write_datetime_with_format(row, column, &value, moment).map(drop),
                Err(_) => sheet.write_string(row, column, text).map(drop),
            }
        }
    }
}

fn column(index: usize) -> Result<u16, XlsxError> {
    u16::try_from(index).map_err(|_| XlsxError::RowColumnLimitError)
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

/// Excel forbids these characters, more than 31 UTF-16 units, and an apostrophe at either end.
fn sheet_name(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|c| {
            if "[]:*?/\\".contains(c) || c.is_control() {
                ' '
            } else {
                c
            }
        })
        .collect();
    let mut units = 0;
    let short: String = clean
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= 31
        })
        .collect();
    let trimmed = short.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    if trimmed.is_empty() {
        "Sheet1".to_owned()
    } else {
        trimmed.to_owned()
    }
}

fn width(cell: &Cell) -> f64 {
    match cell {
        Cell::Text(text) => text_width(text) + 1.0,
        Cell::DateTime(_) => 17.0,
        Cell::Date(_) => 11.0,
        Cell::Number(_) | Cell::Bool(_) | Cell::Empty => MIN_WIDTH,
    }
}

/// In columns of a monospaced digit: what is not ASCII counts double, which suits Japanese and forgives the rest.
fn text_width(text: &str) -> f64 {
    let widest = text
        .lines()
        .map(|line| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>());
    widest.fold(0.0, f64::max)
}

/// Writes CSV as Excel opens it by a double click: UTF-8 with its mark, CRLF, and an apostrophe before a text that it
/// would take for a formula. `sheets::read` takes that apostrophe away again.
pub struct CsvWriter<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    pub fn new(mut out: W) -> Result<Self, WriteError> {
        out.write_all(b"\xEF\xBB\xBF")?;
        Ok(Self::continued(out))
    }

    /// Goes on with a file whose beginning was written by another writer.
    pub fn continued(out: W) -> Self {
        let out = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(out);
        Self { out }
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), WriteError> {
        for cell in cells {
            match cell {
                Cell::Empty => self.out.write_field("")?,
                Cell::Text(text) => self.out.write_field(guard(text).as_bytes())?,
                Cell::Number(number) => self.out.write_field(number.to_string())?,
                Cell::Bool(truth) => self.out.write_field(if *truth { "TRUE" } else { "FALSE" })?,
                Cell::Date(day) => self.out.write_field(day.to_string())?,
                Cell::DateTime(when) => self.out.write_field(when.strftime("%Y-%m-%d %H:%M:%S").to_string())?,
            }
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    /// Flushes and gives back the sink.
    pub fn finish(self) -> Result<W, WriteError> {
        self.out
            .into_inner()
            .map_err(|error| WriteError::Io(error.into_error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheets::{Row, read};

    fn nasty() -> Vec<Cell> {
        vec![
            "=1+1".into(),
            "+81-3-1234".into(),
            "'=x".into(),
            "O'Brien".into(),
            "a\r\nb".into(),
            7_i64.into(),
            true.into(),
        ]
    }

    const SHOWN: [&str; 7] = ["=1+1", "+81-3-1234", "'=x", "O'Brien", "a\r\nb", "7", "TRUE"];

    #[test]
    fn csv_comes_back_exactly() {
        let mut out = CsvWriter::new(Vec::new()).expect("new");
        out.row(&["a", "b", "c", "d", "e", "f", "g"].map(Cell::from))
            .expect("row");
        out.row(&nasty()).expect("row");
        let bytes = out.finish().expect("finish");
        assert!(bytes.starts_with(b"\xEF\xBB\xBFa,b,c"));
        assert!(String::from_utf8_lossy(&bytes).contains("\r\n'=1+1,'+81-3-1234,''=x,O'Brien,"));
        assert_eq!(read(&bytes, "x.csv", None).expect("read").rows[1].cells, SHOWN);
    }

    #[test]
    fn xlsx_comes_back_as_shown() {
        let day = jiff::civil::date(2026, 4, 1);
        let mut row = nasty();
        row[4] = "a\nb".into();
        row.extend([
            Cell::Date(day),
            Cell::DateTime(day.at(9, 30, 0, 0)),
            Cell::Number(1.5),
            Cell::Empty,
        ]);
        let mut out = XlsxWriter::new();
        out.sheet("取引先/一覧[1]", &["x", "メールアドレス"], [row])
            .expect("sheet");
        let table = read(&out.finish().expect("finish"), "anything", None).expect("read");
        assert_eq!(table.sheet_name, "取引先 一覧 1");
        assert_eq!(
            table.rows[0],
            Row {
                number: 1,
                cells: vec!["x".into(), "メールアドレス".into()]
            }
        );
        let mut shown = SHOWN.to_vec();
        shown[4] = "a\nb";
        shown.extend(["2026-04-01", "2026-04-01 09:30", "1.5"]);
        assert_eq!(table.rows[1].cells, shown);
    }
}
