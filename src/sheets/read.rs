//! Files in: XLSX, XLS and delimited text, told apart by content, never by name.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::RangeInclusive;
use std::sync::Arc;

use calamine::{Data, DataRef, Dimensions, Reader, SheetType, SheetVisible, Style, Xls, Xlsx, XlsxError};

use super::limits::{Budget, MAX_COLUMNS, MAX_MERGES, MAX_ROWS, MAX_XLS};
use super::shown::{self, Format, Formats, Shown};
use super::unpack::{self, Container, Metered};
use super::{Merge, Odd, Oddity, Row, Table, delimited, xls};

/// Why a file can't be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("The file is empty.")]
    Empty,
    #[error("The file is neither a spreadsheet nor delimited text.")]
    NotASpreadsheet,
    /// A spreadsheet in a format that we don't read, by its usual extension ("ods", "xlsb").
    #[error("The file is in the {0} format; save it as .xlsx or .csv.")]
    OtherFormat(&'static str),
    #[error("The file is protected by a password; save it without one.")]
    Encrypted,
    #[error("The text is neither UTF-8, UTF-16 nor Shift_JIS; save it as UTF-8.")]
    UnknownEncoding,
    #[error("The file has no sheet {wanted:?}.")]
    NoSuchSheet { wanted: String, names: Vec<String> },
    #[error("The file is too large.")]
    TooLarge,
    /// It is small, and what it unpacks into is not.
    #[error(
        "The file unpacks into far more than a list of its size holds; copy the list into a new workbook and save that."
    )]
    Swollen,
    #[error("The file is damaged: {0}.")]
    Damaged(String),
}

impl ReadError {
    /// A stable name for messages.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotASpreadsheet => "not-a-spreadsheet",
            Self::OtherFormat(_) => "other-format",
            Self::Encrypted => "encrypted",
            Self::UnknownEncoding => "unknown-encoding",
            Self::NoSuchSheet { .. } => "no-such-sheet",
            Self::TooLarge => "too-large",
            Self::Swollen => "swollen",
            Self::Damaged(_) => "damaged",
        }
    }
}

/// Reads one sheet: the named one (hidden ones too, and letter case does not matter), else the first visible one.
/// The file's name only gives a delimited text its sheet name.
pub fn read(bytes: &[u8], file_name: &str, sheet: Option<&str>) -> Result<Table, ReadError> {
    let only = |mut tables: Vec<Table>| {
        if tables.is_empty() {
            Err(ReadError::Empty)
        } else {
            Ok(tables.swap_remove(0))
        }
    };
    match Kind::sniff(bytes)? {
        Kind::Text => match (delimited_table(bytes, file_name)?, sheet) {
            (table, Some(wanted)) if !same_name(&table.sheet_name, wanted) => Err(ReadError::NoSuchSheet {
                wanted: wanted.to_owned(),
                names: table.sheet_names,
            }),
            (table, _) => Ok(table),
        },
        Kind::Xlsx(parts, seen) => {
            let wanted = sheet.map_or(Wanted::First, Wanted::Named);
            only(xlsx_tables(&parts, &seen, bytes.len(), &wanted)?)
        }
        Kind::Xls => only(xls_tables(bytes, &sheet.map_or(Wanted::First, Wanted::Named))?),
    }
}

/// Reads every visible worksheet, so that a caller who knows what it looks for can choose.
pub fn read_all(bytes: &[u8], file_name: &str) -> Result<Vec<Table>, ReadError> {
    match Kind::sniff(bytes)? {
        Kind::Text => Ok(vec![delimited_table(bytes, file_name)?]),
        Kind::Xlsx(parts, seen) => xlsx_tables(&parts, &seen, bytes.len(), &Wanted::Visible),
        Kind::Xls => xls_tables(bytes, &Wanted::Visible),
    }
}

enum Kind {
    /// With the parts that are read, and what was seen of the sheets.
    Xlsx(Vec<u8>, Vec<unpack::Sheet>),
    Xls,
    Text,
}

impl Kind {
    fn sniff(bytes: &[u8]) -> Result<Self, ReadError> {
        match bytes {
            [] => Err(ReadError::Empty),
            [b'P', b'K', 3, 4, ..] => match unpack::open(bytes)? {
                Container::Xlsx(parts, seen) => Ok(Self::Xlsx(parts, seen)),
                Container::Xlsb => Err(ReadError::OtherFormat("xlsb")),
                Container::Ods => Err(ReadError::OtherFormat("ods")),
                Container::Other => Err(ReadError::NotASpreadsheet),
            },
            // An OLE container: the old .xls, or an .xlsx under a password, which holds a stream "EncryptedPackage".
            [0xD0, 0xCF, 0x11, 0xE0, ..] => {
                let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
                if bytes.windows(name.len()).any(|window| window == name) {
                    Err(ReadError::Encrypted)
                } else if bytes.len() > MAX_XLS {
                    Err(ReadError::TooLarge)
                } else {
                    Ok(Self::Xls)
                }
            }
            [b'%', b'P', b'D', b'F', ..] | [b'{', b'\\', b'r', b't', b'f', ..] => Err(ReadError::NotASpreadsheet),
            // Web pages are often saved under the name .xls.
            _ if bytes.trim_ascii_start().first() == Some(&b'<') => Err(ReadError::NotASpreadsheet),
            _ => Ok(Self::Text),
        }
    }
}

fn delimited_table(bytes: &[u8], file_name: &str) -> Result<Table, ReadError> {
    let read = delimited::read(&delimited::decode(bytes)?)?;
    if read.rows.is_empty() {
        return Err(ReadError::Empty);
    }
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem).to_owned();
    Ok(Table {
        sheet_names: vec![stem.clone()],
        sheet_name: stem,
        ..read
    })
}

/// Sheets with their places in the workbook.
type Places = Vec<(usize, String)>;

enum Wanted<'a> {
    First,
    Named(&'a str),
    Visible,
}

impl Wanted<'_> {
    /// The names of the visible sheets, and those that are wanted, with their places in the workbook.
    fn choose(&self, sheets: &[calamine::Sheet]) -> Result<(Vec<String>, Places), ReadError> {
        let work = || {
            sheets
                .iter()
                .enumerate()
                .filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet)
        };
        let visible: Places = work()
            .filter(|(_, sheet)| sheet.visible == SheetVisible::Visible)
            .map(|(place, sheet)| (place, sheet.name.clone()))
            .collect();
        let names = visible.iter().map(|(_, name)| name.clone()).collect();
        let chosen = match self {
            Self::First => visible.first().cloned().into_iter().collect(),
            Self::Visible => visible,
            Self::Named(wanted) => {
                let exact = work().find(|(_, sheet)| sheet.name == *wanted);
                match exact.or_else(|| work().find(|(_, sheet)| same_name(&sheet.name, wanted))) {
                    Some((place, sheet)) => vec![(place, sheet.name.clone())],
                    None => {
                        return Err(ReadError::NoSuchSheet {
                            wanted: (*wanted).to_owned(),
                            names,
                        });
                    }
                }
            }
        };
        Ok((names, chosen))
    }
}

fn same_name(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// The tables of a checked container, `parts`, of a file that had `size` bytes.
fn xlsx_tables(
    parts: &[u8],
    seen: &[unpack::Sheet],
    size: usize,
    wanted: &Wanted<'_>,
) -> Result<Vec<Table>, ReadError> {
    let ended = Cell::new(false);
    metered_tables(Metered::new(parts, &ended), seen, size, wanted).map_err(|error| match ended.get() {
        true => ReadError::Swollen,
        false => error,
    })
}

fn metered_tables(
    parts: Metered<'_>,
    seen: &[unpack::Sheet],
    size: usize,
    wanted: &Wanted<'_>,
) -> Result<Vec<Table>, ReadError> {
    let ended = parts.ended;
    let mut book: Xlsx<_> = Xlsx::new(parts).map_err(xlsx_error)?;
    let (names, chosen) = wanted.choose(book.sheets_metadata())?;
    let mut budget = Budget::of(size);
    let mut tables = Vec::new();
    for (place, name) in chosen {
        let seen = seen.get(place).cloned().unwrap_or_default();
        let mut rows = xlsx_rows(&mut book, &name, &mut budget)?;
        if seen.formulas {
            add_formulas(&mut book, &name, &mut rows, &mut budget)?;
        }
        // Merges only help to understand; a sheet whose merges can't be read is read without them.
        let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        if ended.get() {
            return Err(ReadError::Swollen);
        }
        let hidden = |range: RangeInclusive<u32>| *range.start()..=(*range.end()).min(MAX_COLUMNS as u32);
        tables.push(Table {
            sheet_name: name,
            sheet_names: names.clone(),
            merges: regions(&merges),
            hidden_columns: seen.hidden_columns.into_iter().flat_map(hidden).map(column).collect(),
            ..rows.finish(|row| {
                let behind = seen.hidden_rows.partition_point(|range| *range.start() <= row);
                behind > 0 && seen.hidden_rows[behind - 1].contains(&row)
            })
        });
    }
    Ok(tables)
}

fn regions(merges: &[Dimensions]) -> Vec<Merge> {
    if merges.len() > MAX_MERGES {
        return Vec::new();
    }
    let merge = |region: &Dimensions| Merge {
        first_row: region.start.0.saturating_add(1),
        last_row: region.end.0.saturating_add(1),
        first_column: column(region.start.1),
        last_column: column(region.end.1),
    };
    merges.iter().map(merge).collect()
}

/// Streams the cells: a range from A1 to a stray cell in the last corner would be 17 thousand million cells.
fn xlsx_rows(book: &mut Xlsx<Metered<'_>>, name: &str, budget: &mut Budget) -> Result<Rows, ReadError> {
    let is_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(name).map_err(xlsx_error)?;
    let mut known = Formats::default();
    let general = Arc::new(Format::General);
    let mut format = |style: &Style| {
        let format = style.number_format.as_ref();
        format.map_or_else(|| general.clone(), |f| known.of(&f.format_code, f.format_id))
    };
    let formats: Vec<Arc<Format>> = cells.styles().iter().map(&mut format).collect();
    let mut rows = Rows::default();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(xlsx_error)? {
        let format = formats.get(style).unwrap_or(&general);
        let shown = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::String(text) => shown::text(text, format),
            DataRef::SharedString(text) => shown::text(text, format),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.clone(), Some(Oddity::Date)),
            DataRef::Int(number) => shown::number(*number as f64, format, is_1904),
            DataRef::Float(number) => shown::number(*number, format, is_1904),
            DataRef::Bool(truth) => (shown::truth(*truth), None),
            DataRef::DateTime(moment) => shown::moment(moment, format, is_1904),
            DataRef::Error(error) => (error.to_string(), None),
        };
        rows.put(cell.get_position(), shown, budget)?;
    }
    Ok(rows)
}

/// A formula that no program has computed yet has no value to show; its text tells at least what it is.
fn add_formulas(
    book: &mut Xlsx<Metered<'_>>,
    name: &str,
    rows: &mut Rows,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(xlsx_error)?;
    while let Some(cell) = cells.next_cell_with_formula().map_err(xlsx_error)? {
        if let (DataRef::Empty, Some(formula)) = (&cell.value, cell.formula)
            && !formula.is_empty()
        {
            rows.put(cell.pos, (format!("={formula}"), None), budget)?;
        }
    }
    Ok(())
}

fn xls_tables(bytes: &[u8], wanted: &Wanted<'_>) -> Result<Vec<Table>, ReadError> {
    let seen = xls::look(bytes)?;
    // A file that was cut or changed makes calamine index beyond its end.
    std::panic::catch_unwind(|| checked_xls_tables(bytes, &seen, wanted))
        .unwrap_or_else(|_| Err(ReadError::Damaged("it ends before it should".into())))
}

fn checked_xls_tables(bytes: &[u8], seen: &xls::Book, wanted: &Wanted<'_>) -> Result<Vec<Table>, ReadError> {
    let damaged = |error: calamine::XlsError| match error {
        calamine::XlsError::Password => ReadError::Encrypted,
        other => ReadError::Damaged(other.to_string()),
    };
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(damaged)?;
    let (names, chosen) = wanted.choose(book.sheets_metadata())?;
    let is_1904 = book.has_1904_epoch();
    let none = xls::Sheet::default();
    let general = Arc::new(Format::General);
    let mut budget = Budget::of(bytes.len());
    let mut tables = Vec::new();
    for (place, name) in chosen {
        let range = book.worksheet_range(&name).map_err(damaged)?;
        let sheet = seen.sheets.get(place).unwrap_or(&none);
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut rows = Rows::default();
        for (row, column, value) in range.used_cells() {
            let offset = |base: u32, n: usize| base.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
            let place = (offset(first_row, row), offset(first_column, column));
            let format = sheet
                .formats
                .get(&place)
                .and_then(|n| seen.formats.get(usize::from(*n)));
            let format = format.unwrap_or(&general);
            let shown = match value {
                Data::Empty => continue,
                Data::String(text) => shown::text(text, format),
                Data::Int(number) => shown::number(*number as f64, format, is_1904),
                Data::Float(number) => shown::number(*number, format, is_1904),
                Data::DateTime(moment) => shown::moment(moment, format, is_1904),
                Data::Bool(truth) => (shown::truth(*truth), None),
                other => (other.to_string(), None),
            };
            rows.put(place, shown, &mut budget)?;
        }
        let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        tables.push(Table {
            sheet_name: name,
            sheet_names: names.clone(),
            merges: regions(&merges),
            hidden_columns: sheet.hidden_columns.clone(),
            ..rows.finish(|row| sheet.hidden_rows.contains(&(row - 1)))
        });
    }
    Ok(tables)
}

fn xlsx_error(error: XlsxError) -> ReadError {
    match error {
        XlsxError::Password => ReadError::Encrypted,
        other => ReadError::Damaged(other.to_string()),
    }
}

fn column(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

/// Rows that grow only by cells that hold something. Keyed by number, because a file may give its rows in any order.
#[derive(Default)]
struct Rows {
    rows: BTreeMap<u32, Vec<String>>,
    odd: BTreeMap<(u32, usize), Oddity>,
}

impl Rows {
    fn put(&mut self, (row, index): (u32, u32), (text, odd): Shown, budget: &mut Budget) -> Result<(), ReadError> {
        let index = column(index);
        if let Some(what) = odd.filter(|_| index < MAX_COLUMNS) {
            budget.spend(1, 0)?;
            self.odd.insert((row, index), what);
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        if index >= MAX_COLUMNS || self.rows.len() >= MAX_ROWS {
            return Err(ReadError::TooLarge);
        }
        let cells = self.rows.entry(row).or_default();
        // A row takes as much as a few cells, however few it has.
        let row = if cells.is_empty() { 4 } else { 0 };
        budget.spend(row + (index + 1).saturating_sub(cells.len()), text.len())?;
        if cells.len() <= index {
            cells.resize(index + 1, String::new());
        }
        cells[index] = text;
        Ok(())
    }

    /// What hangs on the cells; `is_hidden` tells it of a row by its number as shown, from 1.
    fn finish(self, is_hidden: impl Fn(u32) -> bool) -> Table {
        let odd = self.odd.into_iter().map(|((row, column), what)| Odd {
            row: row.saturating_add(1),
            column: Some(column),
            value: self
                .rows
                .get(&row)
                .and_then(|cells| cells.get(column))
                .cloned()
                .unwrap_or_default(),
            what,
        });
        let odd = odd.collect();
        let rows: Vec<Row> = self
            .rows
            .into_iter()
            .map(|(row, cells)| Row {
                number: row.saturating_add(1),
                cells,
            })
            .collect();
        Table {
            hidden_rows: rows
                .iter()
                .map(|row| row.number)
                .filter(|row| is_hidden(*row))
                .collect(),
            rows,
            odd,
            ..Table::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheets::XlsxWriter;
    use rust_xlsxwriter::{Formula, Workbook};

    fn book() -> Vec<u8> {
        let mut writer = XlsxWriter::new();
        writer.sheet("一", &["a"], [vec!["b".into()]]).expect("sheet");
        writer.sheet("Two", &["c"], []).expect("sheet");
        writer.finish().expect("file")
    }

    #[test]
    fn sheets_are_chosen_by_name() {
        assert_eq!(
            read(&book(), "", None).map(|table| table.sheet_name).as_deref(),
            Ok("一")
        );
        assert_eq!(read(&book(), "", Some(" two ")).map(|table| table.rows.len()), Ok(1));
        let names = vec!["一".to_owned(), "Two".to_owned()];
        assert_eq!(
            read(&book(), "", Some("三")),
            Err(ReadError::NoSuchSheet {
                wanted: "三".into(),
                names
            })
        );
        assert_eq!(
            read(b"a,b\n", "dir/list.v2.csv", None)
                .map(|table| table.sheet_name)
                .as_deref(),
            Ok("list.v2")
        );
    }

    #[test]
    fn what_is_no_spreadsheet_is_told() {
        assert_eq!(read_all(b"", ""), Err(ReadError::Empty));
        assert_eq!(read_all(b"\xEF\xBB\xBF\r\n ,\r\n", ""), Err(ReadError::Empty));
        assert_eq!(read_all(b"%PDF-1.7\n", "list.csv"), Err(ReadError::NotASpreadsheet));
        assert_eq!(read_all(b" <html><table>", "list.xls"), Err(ReadError::NotASpreadsheet));
        let mut locked = vec![0xD0, 0xCF, 0x11, 0xE0];
        locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(read_all(&locked, "list.xlsx"), Err(ReadError::Encrypted));
    }

    #[test]
    fn a_damaged_file_is_an_error_wherever_it_is_cut() {
        let whole = book();
        for end in (4..whole.len()).step_by(37) {
            assert!(read_all(&whole[..end], "").is_err());
        }
        let mut changed = whole.clone();
        for at in (0..whole.len()).step_by(11) {
            changed[at] ^= 0x55;
            let _ = read_all(&changed, "");
            changed[at] = whole[at];
        }
    }

    #[test]
    fn only_what_is_seen_in_cells_counts() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet
            .write(0, 0, 123.0)
            .expect("write")
            .write(0, 1, 0.1 + 0.2)
            .expect("write");
        sheet.write(0, 2, Formula::new("=1+1").set_result("2")).expect("write");
        sheet.write(1_048_575, 0, "the last row").expect("write");
        let table = read(&book.save_to_buffer().expect("file"), "", None).expect("read");
        assert_eq!(table.rows[0].cells, ["123", "0.3", "2"]);
        assert_eq!(table.rows[1].number, 1_048_576);
        let mut wide = Workbook::new();
        wide.add_worksheet().write(0, 16_383, "far away").expect("write");
        assert_eq!(
            read(&wide.save_to_buffer().expect("file"), "", None),
            Err(ReadError::TooLarge)
        );
    }
}
