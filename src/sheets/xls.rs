//! An old .xls before it is read, and what calamine doesn't tell of it: number formats, hidden rows and columns. Calamine reads all of it at once, into ranges without gaps, follows whatever the file says comes
//! next, and copies a text into each cell that names it. So the file's own chains are walked first, and its cells counted: two
//! cells in opposite corners are sixteen million. Shapes after \[MS-CFB\] 2 and \[MS-XLS\] 2.4.

use super::ReadError;
use super::limits::Budget;
use super::shown::{Format, Formats};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The old format has at most so many columns; a row of 256 cells is one record.
const CELL: [u16; 8] = [0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];
const CONTINUE: u16 = 0x003C;
/// Sheets of a workbook, which may all begin at the same place.
const MAX_SHEETS: usize = 1_000;

fn damaged(why: &str) -> ReadError {
    ReadError::Damaged(why.to_owned())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What is seen of a workbook besides the values of its cells.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// By the number that cells name.
    pub formats: Vec<Arc<Format>>,
    /// In the workbook's order.
    pub sheets: Vec<Sheet>,
}

#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// From 0.
    pub hidden_rows: BTreeSet<u32>,
    /// From 0.
    pub hidden_columns: BTreeSet<usize>,
    /// Row and column, from 0, to a place in [`Book::formats`]; of cells whose format isn't the general one.
    pub formats: BTreeMap<(u32, u32), u16>,
}

/// The formats that a workbook may use without saying what they are (\[MS-XLS\] 2.4.126).
fn built_in(id: u16) -> Option<&'static str> {
    Some(match id {
        0 => "General",
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5..=8 | 37..=40 => "#,##0_);(#,##0)",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14..=22 | 27..=36 | 45..=47 | 50..=58 => "yyyy-mm-dd",
        41..=44 => "#,##0",
        48 => "##0.0E+0",
        49 => "@",
        _ => return None,
    })
}

/// The formats by the number that cells name: `used` has the format of each number, `codes` what the file says of it.
fn formats(codes: &BTreeMap<u16, Option<String>>, used: &[u16]) -> Vec<Arc<Format>> {
    let mut known = Formats::default();
    let unknown = Arc::new(Format::Unknown);
    let mut of = |id: &u16| match codes.get(id) {
        Some(Some(code)) => known.of(code, Some(u32::from(*id))),
        Some(None) => unknown.clone(),
        None => known.of(built_in(*id).unwrap_or("General"), Some(u32::from(*id))),
    };
    used.iter().map(&mut of).collect()
}

/// A format's number and code; no code where its letters can't be read. `wide`: texts as since 1997.
fn format(data: &[u8], wide: bool) -> Option<(u16, Option<String>)> {
    let id = u16_at(data, 0)?;
    if !wide {
        let length = usize::from(*data.get(2)?);
        let code = data.get(3..3 + length)?;
        return Some((id, code.is_ascii().then(|| String::from_utf8_lossy(code).into_owned())));
    }
    let length = usize::from(u16_at(data, 2)?);
    let code = match data.get(4)? & 1 {
        0 => data.get(5..5 + length)?.iter().map(|b| char::from(*b)).collect(),
        _ => {
            let units = data.get(5..5 + 2 * length)?.chunks_exact(2);
            String::from_utf16_lossy(&units.map(|u| u16::from_le_bytes([u[0], u[1]])).collect::<Vec<_>>())
        }
    };
    Some((id, Some(code)))
}

impl Sheet {
    /// Takes a record of the sheet. `is_plain`: formats that leave a number as it is.
    fn take(&mut self, kind: u16, data: &[u8], is_plain: impl Fn(u16) -> bool) -> Option<()> {
        let mut cell = |column: u16, format: u16| {
            if !is_plain(format) {
                let row = u16_at(data, 0).unwrap_or_default();
                self.formats.insert((row.into(), column.into()), format);
            }
        };
        match kind {
            // Row: hidden, or no height. A row that says no height of its own has the sheet's.
            0x0208 => {
                let height = u16_at(data, 6)?;
                if u16_at(data, 12)? & 0x20 != 0 || (height & 0x8000 == 0 && height == 0) {
                    self.hidden_rows.insert(u16_at(data, 0)?.into());
                }
            }
            // Columns: from, to, width, format, and whether they are hidden.
            0x007D => {
                let (first, last) = (u16_at(data, 0)?, u16_at(data, 2)?.min(255));
                if u16_at(data, 8)? & 1 != 0 || u16_at(data, 4)? == 0 {
                    self.hidden_columns.extend(usize::from(first)..=usize::from(last));
                }
            }
            // Several numbers in a row, each with its format.
            0x00BD => {
                let first = u16_at(data, 2)?;
                for (n, number) in data.get(4..data.len().saturating_sub(2))?.chunks_exact(6).enumerate() {
                    cell(first.saturating_add(u16::try_from(n).ok()?), u16_at(number, 0)?);
                }
            }
            _ if CELL.contains(&kind) => cell(u16_at(data, 2)?, u16_at(data, 4)?),
            _ => {}
        }
        Some(())
    }
}

/// Checks that the file can be read for what a file of its size may cost, and sees what calamine doesn't tell.
///
/// # Errors
/// [`ReadError::Damaged`] where what follows what can't be told, [`ReadError::TooLarge`] and [`ReadError::Swollen`].
pub(super) fn look(file: &[u8]) -> Result<Book, ReadError> {
    let stream = workbook(file)?;
    let mut book = Book::default();
    let mut codes = BTreeMap::new();
    let mut used = Vec::new();
    let mut wide = true;
    let mut budget = Budget::of(file.len() / 2);
    let mut sheets = Vec::new();
    let mut texts = Vec::new();
    let mut steps = 0;
    let most_steps = 16 * (stream.len() / 4 + 1_000);
    let mut records = Records(&stream);
    while let Some((kind, data)) = records.next() {
        match kind {
            0x0085 => sheets.push(u32_at(data, 0).unwrap_or(u32::MAX) as usize),
            0x00FC => texts = lengths(data, &mut records.clone()),
            // The first one tells of which time the file is; texts changed in 1997.
            0x0809 => wide = u16_at(data, 0) == Some(0x0600),
            0x041E => codes.extend(format(data, wide)),
            0x00E0 => used.push(u16_at(data, 2).unwrap_or_default()),
            0x000A => break,
            _ => {}
        }
    }
    book.formats = formats(&codes, &used);
    let is_plain = |format: u16| {
        book.formats
            .get(usize::from(format))
            .is_none_or(|f| matches!(**f, Format::General))
    };
    if sheets.len() > MAX_SHEETS {
        return Err(ReadError::Swollen);
    }
    for start in sheets {
        let Some(sheet) = stream.get(start..) else {
            return Err(damaged("a sheet lies beyond its end"));
        };
        let mut area = Area::default();
        let mut seen = Sheet::default();
        let mut depth = 0;
        for (kind, data) in Records(sheet) {
            steps += 1;
            if steps > most_steps {
                return Err(ReadError::Swollen);
            }
            if depth <= 1 {
                seen.take(kind, data, is_plain);
            }
            match kind {
                0x0809 => depth += 1,
                0x000A if depth <= 1 => break,
                0x000A => depth -= 1,
                0x0200 => {
                    // Room is made for what it says.
                    let (rows, columns) = dimensions(data).ok_or_else(|| damaged("a sheet's size"))?;
                    if rows.saturating_mul(columns) > 1 << 24 {
                        return Err(ReadError::TooLarge);
                    }
                }
                _ if CELL.contains(&kind) => {
                    let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else {
                        return Err(damaged("a cell without a place"));
                    };
                    area.take(row, column);
                    if kind == 0x00BD {
                        area.take(row, u16_at(data, data.len().saturating_sub(2)).unwrap_or(column));
                    }
                    if kind == 0x00FD {
                        let text = u32_at(data, 6).and_then(|n| texts.get(n as usize)).copied();
                        budget.spend(0, text.unwrap_or(0))?;
                    }
                }
                _ => {}
            }
        }
        budget.spend(area.cells(), 0)?;
        book.sheets.push(seen);
    }
    Ok(book)
}

#[cfg(test)]
fn check(file: &[u8]) -> Result<(), ReadError> {
    look(file).map(drop)
}

/// Rows and columns that a sheet announces; None where it ends before it begins.
fn dimensions(data: &[u8]) -> Option<(usize, usize)> {
    let (first, last, left, right) = match data.len() {
        10 => (
            u16_at(data, 0)?.into(),
            u16_at(data, 2)?.into(),
            u16_at(data, 4)?,
            u16_at(data, 6)?,
        ),
        14 => (u32_at(data, 0)?, u32_at(data, 4)?, u16_at(data, 8)?, u16_at(data, 10)?),
        // The reader refuses it by itself.
        _ => return Some((0, 0)),
    };
    // An empty sheet says 0 to 0.
    let rows = last.checked_sub(first)?;
    let columns = right.checked_sub(left)?;
    Some((rows as usize + 1, usize::from(columns) + 1))
}

/// From the first cell to the last.
#[derive(Default)]
struct Area(Option<[u16; 4]>);

impl Area {
    fn take(&mut self, row: u16, column: u16) {
        let [top, bottom, left, right] = self.0.unwrap_or([row, row, column, column]);
        self.0 = Some([top.min(row), bottom.max(row), left.min(column), right.max(column)]);
    }

    fn cells(&self) -> usize {
        self.0.map_or(0, |[top, bottom, left, right]| {
            (usize::from(bottom - top) + 1) * (usize::from(right - left) + 1)
        })
    }
}

/// The records of a stream: kind and data.
#[derive(Clone)]
struct Records<'s>(&'s [u8]);

impl<'s> Iterator for Records<'s> {
    type Item = (u16, &'s [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (u16_at(self.0, 0)?, usize::from(u16_at(self.0, 2)?));
        let data = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, data))
    }
}

/// How many bytes each shared text takes at most once it is UTF-8. What can't be followed ends the list: the reader ends there, too.
fn lengths(first: &[u8], following: &mut Records<'_>) -> Vec<usize> {
    let mut parts = vec![first];
    parts.extend(following.map_while(|(kind, data)| (kind == CONTINUE).then_some(data)));
    let mut cursor = Parts { parts: &parts, at: 8 };
    let mut out = Vec::new();
    while let Some(length) = cursor.text() {
        out.push(length);
    }
    out
}

struct Parts<'p> {
    parts: &'p [&'p [u8]],
    at: usize,
}

impl Parts<'_> {
    /// Goes on to the part in which the next byte lies.
    fn settle(&mut self) -> Option<()> {
        while self.at >= self.parts.first()?.len() {
            self.at -= self.parts[0].len();
            self.parts = &self.parts[1..];
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        self.settle()?;
        self.at += 1;
        Some(self.parts[0][self.at - 1])
    }

    fn number(&mut self, bytes: u32) -> Option<usize> {
        (0..bytes).try_fold(0, |sum, n| Some(sum | usize::from(self.byte()?) << (8 * n)))
    }

    fn text(&mut self) -> Option<usize> {
        let mut left = self.number(2)?;
        let mut flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { self.number(2)? };
        let more = if flags & 4 == 0 { 0 } else { self.number(4)? };
        let mut length = 0;
        while left > 0 {
            if self.at >= self.parts.first()?.len() {
                // The rest of a text says anew how wide its characters are.
                self.settle()?;
                flags = self.byte()?;
            }
            let width = if flags & 1 == 0 { 1 } else { 2 };
            let there = ((self.parts[0].len() - self.at) / width).min(left);
            if there == 0 {
                return None;
            }
            self.at += there * width;
            left -= there;
            // A wide character takes three bytes, one of a code page two.
            length += there * (width + 1);
        }
        self.at += 4 * runs + more;
        Some(length)
    }
}

/// The stream in which the sheets lie.
fn workbook(file: &[u8]) -> Result<Vec<u8>, ReadError> {
    let file = Container::open(file).ok_or_else(|| damaged("its parts can't be found"))?;
    let directory = file.chain(file.directory, &file.next)?;
    let entries = || directory.chunks_exact(128);
    let start_and_length = |entry: &[u8]| {
        (
            u32_at(entry, 116).unwrap_or(END),
            u32_at(entry, 120).unwrap_or(0) as usize,
        )
    };
    let Some(root) = entries().next() else {
        return Err(damaged("it has no directory"));
    };
    let named = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entries().find(|entry| {
            entry[..64].len() >= wide.len() + 2 && {
                let (begin, rest) = entry[..64].split_at(wide.len());
                begin.eq_ignore_ascii_case(&wide) && rest[..2] == [0, 0]
            }
        })
    };
    // Each chain that the reader may follow has an end.
    let small = match file.small {
        END => Vec::new(),
        _ => file.chain(start_and_length(root).0, &file.next)?,
    };
    let small_next = file.chain(file.small, &file.next)?;
    let small_next: Vec<u32> = small_next.chunks_exact(4).filter_map(|id| u32_at(id, 0)).collect();
    let entry = named("Workbook")
        .or_else(|| named("Book"))
        .ok_or(ReadError::NotASpreadsheet)?;
    let (start, length) = start_and_length(entry);
    let mut stream = match length < 4096 {
        true => follow(start, &small_next, |id| small.get(id * 64..)?.get(..64))?,
        false => file.chain(start, &file.next)?,
    };
    stream.truncate(length);
    Ok(stream)
}

const END: u32 = 0xFFFF_FFFE;
/// Numbers from here on name no sector.
const RESERVED: u32 = 0xFFFF_FFFA;

struct Container<'f> {
    file: &'f [u8],
    sector: usize,
    /// Which sector follows which.
    next: Vec<u32>,
    directory: u32,
    small: u32,
}

impl<'f> Container<'f> {
    fn open(file: &'f [u8]) -> Option<Container<'f>> {
        let sector = match u16_at(file, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut open = Container {
            file,
            sector,
            next: Vec::new(),
            directory: u32_at(file, 48)?,
            small: if u32_at(file, 64)? == 0 { END } else { u32_at(file, 60)? },
        };
        let mut tables: Vec<u32> = (0..109).filter_map(|n| u32_at(file, 76 + 4 * n)).collect();
        let mut more = u32_at(file, 68)?;
        let mut left = file.len() / sector + 1;
        while more < RESERVED {
            left = left.checked_sub(1)?;
            let part = open.sector(more as usize)?;
            tables.extend(part.chunks_exact(4).filter_map(|id| u32_at(id, 0)));
            more = tables.pop()?;
        }
        tables.retain(|id| *id < RESERVED);
        if tables.len() > file.len() / sector + 1 {
            return None;
        }
        for id in tables {
            let part = open.sector(id as usize)?;
            open.next.extend(part.chunks_exact(4).filter_map(|id| u32_at(id, 0)));
        }
        Some(open)
    }

    /// The last one may be cut off.
    fn sector(&self, id: usize) -> Option<&'f [u8]> {
        let start = id.checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.file.get(start..).filter(|rest| !rest.is_empty())?;
        Some(&rest[..rest.len().min(self.sector)])
    }

    fn chain(&self, start: u32, next: &[u32]) -> Result<Vec<u8>, ReadError> {
        follow(start, next, |id| self.sector(id))
    }
}

/// What a chain of sectors holds; one that comes back to itself has no end.
fn follow<'s>(start: u32, next: &[u32], sector: impl Fn(usize) -> Option<&'s [u8]>) -> Result<Vec<u8>, ReadError> {
    let mut out = Vec::new();
    let (mut id, mut left) = (start, next.len() + 1);
    while id != END {
        let (true, Some(part)) = (left > 0, sector(id as usize)) else {
            return Err(damaged("its parts don't follow each other to an end"));
        };
        out.extend_from_slice(part);
        left -= 1;
        id = next.get(id as usize).copied().unwrap_or(END);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes(), &(data.len() as u16).to_le_bytes(), data].concat()
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        let mut data = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        data.extend(1.5_f64.to_le_bytes());
        record(0x0203, &data)
    }

    /// A workbook with sheets of these records, and these shared texts.
    fn stream(sheets: &[Vec<u8>], texts: &[&str]) -> Vec<u8> {
        let bof = |kind: u16| {
            record(
                0x0809,
                &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat(),
            )
        };
        let mut sst = [(texts.len() as u32).to_le_bytes(), (texts.len() as u32).to_le_bytes()].concat();
        for text in texts {
            sst.extend((text.len() as u16).to_le_bytes());
            sst.push(0);
            sst.extend(text.bytes());
        }
        let mut cuts = sst.chunks(8000);
        let mut shared = record(0x00FC, cuts.next().unwrap());
        for cut in cuts {
            shared.extend(record(CONTINUE, &[&[0_u8][..], cut].concat()));
        }
        let names: Vec<u8> = (0..sheets.len())
            .flat_map(|_| record(0x0085, &[0, 0, 0, 0, 0, 0, 1, 0, b'A']))
            .collect();
        let mut out = [bof(5), names, shared, record(0x000A, &[])].concat();
        for (n, sheet) in sheets.iter().enumerate() {
            let at = (bof(5).len() + n * 13 + 4, out.len() as u32);
            out[at.0..at.0 + 4].copy_from_slice(&at.1.to_le_bytes());
            out.extend([bof(16), sheet.clone(), record(0x000A, &[])].concat());
        }
        out
    }

    /// The stream in a container of 512-byte sectors: a table, a directory, and the stream in those that follow.
    fn file(stream: &[u8]) -> Vec<u8> {
        let count = stream.len().max(4096).div_ceil(512);
        let tables = (count + 2).div_ceil(126);
        let mut next = vec![0xFFFF_FFFD_u32; tables];
        next.push(END);
        let first = next.len() as u32;
        next.extend((1..count as u32).map(|n| first + n));
        next.push(END);
        next.resize(tables * 128, 0xFFFF_FFFF);
        let mut head = vec![0; 512];
        head[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
        head[26..34].copy_from_slice(&[3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
        let mut put = |at: usize, value: u32| head[at..at + 4].copy_from_slice(&value.to_le_bytes());
        put(44, tables as u32);
        put(48, tables as u32);
        put(60, END);
        put(68, END);
        for n in 0..109 {
            put(76 + 4 * n, if n < tables { n as u32 } else { 0xFFFF_FFFF });
        }
        let entry = |name: &str, kind: u8, start: u32, length: usize| {
            let mut entry = vec![0; 128];
            for (n, unit) in name.encode_utf16().enumerate() {
                entry[2 * n..2 * n + 2].copy_from_slice(&unit.to_le_bytes());
            }
            entry[64] = 2 * (name.len() as u8 + 1);
            entry[66] = kind;
            entry[116..120].copy_from_slice(&start.to_le_bytes());
            entry[120..124].copy_from_slice(&(length as u32).to_le_bytes());
            entry
        };
        let mut out = head;
        out.extend(next.iter().flat_map(|id| id.to_le_bytes()));
        out.extend(entry("Root Entry", 5, END, 0));
        out.extend(entry("Workbook", 2, first, stream.len().max(4096)));
        out.extend([0; 256]);
        out.extend(stream);
        out.resize(out.len().next_multiple_of(512).max(512 * (2 + tables + count)), 0);
        out
    }

    #[test]
    fn an_honest_workbook_passes_and_is_read() {
        let cells: Vec<u8> = (0..300)
            .flat_map(|row| (0..5).flat_map(move |column| number(row, column)))
            .collect();
        let file = file(&stream(&[cells], &["a text", "another"]));
        assert_eq!(check(&file), Ok(()));
        let table = super::super::read(&file, "x.xls", None).unwrap();
        assert_eq!((table.rows.len(), table.rows[299].cells[4].as_str()), (300, "1.5"));
    }

    #[test]
    fn what_would_become_large_is_refused() {
        let corners = [number(0, 0), number(65_535, 255)].concat();
        assert_eq!(check(&file(&stream(&[corners], &["a"]))), Err(ReadError::TooLarge));
        let announced = record(
            0x0200,
            &[&0_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0, 0, 255, 0, 0, 0]].concat(),
        );
        assert_eq!(check(&file(&stream(&[announced], &["a"]))), Err(ReadError::TooLarge));
        let backwards = record(
            0x0200,
            &[&9_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), &[0, 0, 1, 0, 0, 0]].concat(),
        );
        assert!(matches!(
            check(&file(&stream(&[backwards], &["a"]))),
            Err(ReadError::Damaged(_))
        ));
        // One long text, in many cells; it goes on over two records.
        let long = "x".repeat(30_000);
        let named: Vec<u8> = (0..2_000_u16)
            .flat_map(|row| record(0x00FD, &[&row.to_le_bytes()[..], &[0; 8]].concat()))
            .collect();
        let stream_of = |text: &str| file(&stream(std::slice::from_ref(&named), &[text]));
        assert_eq!(check(&stream_of(&long)), Err(ReadError::TooLarge));
        assert_eq!(check(&stream_of("short")), Ok(()));
        // A thousand sheets that begin at one place.
        let mut many = stream(&vec![Vec::new(); 900], &["a"]);
        let cells: Vec<u8> = (0..2_000).flat_map(|row| number(row, 0)).collect();
        let start = many.len() as u32;
        for n in 0..900 {
            many[20 + n * 13 + 4..20 + n * 13 + 8].copy_from_slice(&start.to_le_bytes());
        }
        many.extend(cells);
        assert_eq!(check(&file(&many)), Err(ReadError::Swollen));
    }

    #[test]
    fn a_chain_without_an_end_is_told() {
        let whole = file(&stream(&[number(0, 0)], &["a"]));
        // The directory, then the stream, follows itself.
        for id in [1_u32, 2] {
            let mut looped = whole.clone();
            let at = 512 + 4 * id as usize;
            looped[at..at + 4].copy_from_slice(&id.to_le_bytes());
            assert!(matches!(check(&looped), Err(ReadError::Damaged(_))), "{id}");
        }
        for end in (0..whole.len()).step_by(97) {
            let _ = check(&whole[..end]);
        }
        for at in (0..whole.len().min(3000)).step_by(7) {
            let mut changed = whole.clone();
            changed[at] ^= 0xff;
            let _ = check(&changed);
        }
    }
}
