//! Delimited text: which encoding, which delimiter, which row number.

use encoding_rs::{SHIFT_JIS, UTF_16BE, UTF_16LE};

use super::limits::{Budget, MAX_COLUMNS, MAX_ROWS};
use super::{Odd, Oddity, ReadError, Row, Table, unguard};
use std::borrow::Cow;

/// Decodes strictly: a wrong guess must be an error, never a list of companies with broken names.
/// UTF-8 and UTF-16 by their mark, else UTF-8, else UTF-16 without a mark, else CP932 (which WHATWG calls Shift_JIS).
pub(super) fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let strict = |encoding: &'static encoding_rs::Encoding, bytes: &[u8]| {
        encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(std::borrow::Cow::into_owned)
            .filter(|text| !has_controls(text))
    };
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        [0xFF, 0xFE, rest @ ..] => strict(UTF_16LE, rest),
        [0xFE, 0xFF, rest @ ..] => strict(UTF_16BE, rest),
        _ if bytes.contains(&0) => {
            // A text file holds no zero byte, except UTF-16 whose mark got lost: ASCII then has them on one side.
            let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
            let encoding = if zeros(0) < zeros(1) { UTF_16LE } else { UTF_16BE };
            Some(strict(encoding, bytes).ok_or(ReadError::NotASpreadsheet)?)
        }
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(_) => strict(SHIFT_JIS, bytes),
        },
    };
    let text = text.ok_or(ReadError::UnknownEncoding)?;
    if has_controls(&text) {
        return Err(ReadError::NotASpreadsheet);
    }
    Ok(text)
}

/// Controls that no spreadsheet program writes: they tell a binary file, or CP932 guessed for something else.
fn has_controls(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{19}' | '\u{1b}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'))
}

/// Splits text into rows numbered as a spreadsheet program shows them: a quoted line break does not begin a new row, an
/// empty line does take a number. Names and sheets are left empty.
pub(super) fn read(text: &str) -> Result<Table, ReadError> {
    if [b',', b'\t', b';'].iter().any(|any| !is_narrow(text, *any, 60)) {
        return Err(ReadError::TooLarge);
    }
    // A mark that was added to a text which had one.
    let (delimiter, text) = delimiter(text.trim_start_matches('\u{feff}'));
    let tidy = Tidy::of(text, delimiter)?;
    let text = tidy.text.as_ref();
    if !is_narrow(text, delimiter, usize::MAX) {
        return Err(ReadError::TooLarge);
    }
    let bytes = text.as_bytes();
    let mut reader = reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut table = Table {
        delimiter: Some(char::from(delimiter)),
        ..Table::default()
    };
    let mut open = tidy.open.into_iter().peekable();
    let mut number: u32 = 0;
    let mut budget = Budget::of(text.len());
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        if !reader
            .read_record(&mut record)
            .map_err(|error| ReadError::Damaged(error.to_string()))?
        {
            return Ok(table);
        }
        // The csv crate passes over empty lines without a word; the spreadsheet program does not.
        number = number.saturating_add(blank_lines(bytes, start)).saturating_add(1);
        let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        while let Some((_, value)) = open.next_if(|(at, _)| *at < end) {
            table.odd.push(Odd {
                row: number,
                column: None,
                value,
                what: Oddity::OpenQuote,
            });
        }
        let width = record
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.trim().is_empty())
            .last()
            .map_or(0, |(last, _)| last + 1);
        if width == 0 {
            continue;
        }
        if width > MAX_COLUMNS || table.rows.len() >= MAX_ROWS {
            return Err(ReadError::TooLarge);
        }
        budget.spend(width, record.as_slice().len())?;
        table.rows.push(Row {
            number,
            cells: record.iter().take(width).map(|cell| unguard(cell).to_owned()).collect(),
        });
    }
}

#[cfg(test)]
fn rows(text: &str) -> Result<Vec<Row>, ReadError> {
    read(text).map(|table| table.rows)
}

/// A text whose quotation marks mean one thing only.
///
/// Programs write `001, "A, B"`, with a space before the mark; by the letter of the format (RFC 4180) the mark is then part
/// of the text, and the comma ends the cell. And a mark that is never closed, or closed within a word far below, makes one
/// cell of many rows: it is taken as a sign like any other, and told.
struct Tidy<'t> {
    text: Cow<'t, str>,
    /// For each mark that isn't closed where it begins in `text`, and what the cell shows.
    open: Vec<(usize, String)>,
}

/// Marks that aren't closed, from which on the file is no list.
const MAX_OPEN: usize = 1_000;

impl<'t> Tidy<'t> {
    fn of(text: &'t str, delimiter: u8) -> Result<Tidy<'t>, ReadError> {
        let bytes = text.as_bytes();
        // Most files need nothing done.
        if !bytes.contains(&b'"') {
            let text = Cow::Borrowed(text);
            return Ok(Tidy { text, open: Vec::new() });
        }
        let ends_cell = |at: usize| {
            bytes
                .get(at)
                .is_none_or(|b| *b == delimiter || matches!(b, b'\r' | b'\n'))
        };
        let is_space = |b: u8| matches!(b, b' ' | b'\t') && b != delimiter;
        let behind_space = |mut at: usize| {
            loop {
                match bytes.get(at) {
                    Some(b) if is_space(*b) => at += 1,
                    // The space of Japanese texts.
                    Some(0xE3) if bytes[at..].starts_with("\u{3000}".as_bytes()) => at += 3,
                    _ => return at,
                }
            }
        };
        let mut out = String::new();
        let mut open = Vec::new();
        // How far the text is in `out`, and how much may still be looked at again.
        let (mut copied, mut at) = (0, 0);
        let mut left = 32 * bytes.len() + 4096;
        let lines = Lines::of(text, delimiter);
        // Cells of this record before this one.
        let mut before = 0;
        let next = |end: usize, before: usize| match bytes.get(end) {
            Some(b) if *b == delimiter => before + 1,
            _ => 0,
        };
        while at < bytes.len() {
            // At the beginning of a cell.
            let mark = behind_space(at);
            if bytes.get(mark) != Some(&b'"') {
                at = mark;
                while !ends_cell(at) {
                    at += 1;
                }
                before = next(at, before);
                at += 1;
                continue;
            }
            let close = closing(bytes, mark + 1);
            let spent = close.unwrap_or(bytes.len()) - mark;
            left = left.checked_sub(spent).ok_or_else(|| damaged("its quotation marks"))?;
            let behind = close.map(|close| behind_space(close + 1));
            // What a mark that closes within a word has swallowed: whole cells, or rows.
            let swallows = bytes[mark..close.unwrap_or(bytes.len())]
                .iter()
                .any(|b| *b == delimiter || matches!(b, b'\r' | b'\n'));
            match (close, behind) {
                (Some(close), Some(behind)) if ends_cell(behind) && !lines.are_rows(before, mark, close) => {
                    out.push_str(&text[copied..at]);
                    out.push_str(&text[mark..=close]);
                    before = next(behind, before);
                    (copied, at) = (behind, behind + 1);
                }
                // `"A" B` within a line: as a spreadsheet program reads it.
                (Some(close), _) if !swallows => {
                    out.push_str(&text[copied..at]);
                    copied = mark;
                    at = close + 1;
                    while !ends_cell(at) {
                        at += 1;
                    }
                    before = next(at, before);
                    at += 1;
                }
                _ => {
                    let mut end = mark;
                    while !ends_cell(end) {
                        end += 1;
                    }
                    out.push_str(&text[copied..at]);
                    open.push((out.len(), text[mark..end].to_owned()));
                    if open.len() > MAX_OPEN {
                        return Err(damaged("too many of its quotation marks aren't closed"));
                    }
                    out.push('"');
                    out.push_str(&text[mark..end].replace('"', "\"\""));
                    out.push('"');
                    before = next(end, before);
                    (copied, at) = (end, end + 1);
                }
            }
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Ok(Tidy {
            text: Cow::Owned(out),
            open,
        })
    }
}

/// Tells a cell of several lines from rows that a mark has swallowed.
///
/// A mark that isn't closed ends at the next one that happens to stand at a cell's end, in whatever row. The line it stands on and
/// the line that the other one stands on are then whole rows: split without these marks, each has all the cells of a row. The lines
/// of an address have fewer.
struct Lines<'t> {
    bytes: &'t [u8],
    delimiter: u8,
    /// Cells of most rows, those of the header among them.
    width: usize,
    /// Whether the list itself has spaces behind its delimiters. Otherwise ", " is a comma within a text.
    spaced: bool,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str, delimiter: u8) -> Lines<'t> {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Lines {
            bytes: text.as_bytes(),
            delimiter,
            width: common_width(text, delimiter).1,
            spaced: first.as_bytes().windows(2).any(|pair| pair == [delimiter, b' ']),
        }
    }

    /// Whether a quoted cell, the next after `before` others of its record, begins in a row and ends in another.
    fn are_rows(&self, before: usize, mark: usize, close: usize) -> bool {
        let inside = &self.bytes[mark + 1..close];
        let is_break = |b: &u8| matches!(b, b'\r' | b'\n');
        let (Some(first), Some(last)) = (inside.iter().position(is_break), inside.iter().rposition(is_break)) else {
            return false;
        };
        let rest = self.bytes.get(close + 1..).unwrap_or_default();
        let rest = &rest[..rest.iter().position(is_break).unwrap_or(rest.len())];
        let mut quoted = false;
        let behind = rest.iter().filter(|b| {
            quoted ^= **b == b'"';
            **b == self.delimiter && !quoted
        });
        let opens = before + 1 + self.delimiters(&inside[..first]);
        let closes = self.delimiters(&inside[last + 1..]) + 1 + behind.count();
        let both = |fits: fn(&usize, &usize) -> bool| fits(&opens, &self.width) && fits(&closes, &self.width);
        // More cells than a row has are a row's if an address for mail is among them; a list of parts may have as many commas.
        self.width >= 2 && (both(usize::eq) || (both(usize::ge) && inside.contains(&b'@')))
    }

    fn delimiters(&self, bytes: &[u8]) -> usize {
        let places = bytes.iter().enumerate().filter(|(_, b)| **b == self.delimiter);
        places
            .filter(|(at, _)| self.spaced || bytes.get(at + 1) != Some(&b' '))
            .count()
    }
}

fn damaged(why: &str) -> ReadError {
    ReadError::Damaged(why.to_owned())
}

/// Where the mark stands that closes a quoted cell; two of them are one within it.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|b| *b == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Cells of one record that are looked at, empty ones included: as many as a spreadsheet program has columns.
const WIDEST: usize = 16_384;

/// Whether none of the first `records` records has more cells than [`WIDEST`]: the csv crate keeps eight bytes for each before
/// anybody can say that they are too many.
fn is_narrow(text: &str, delimiter: u8, records: usize) -> bool {
    use csv_core::ReadFieldResult;
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (mut rest, mut buffer) = (text.as_bytes(), [0; 4096]);
    let (mut cells, mut seen) = (0, 0);
    loop {
        let (result, read, _) = reader.read_field(rest, &mut buffer);
        rest = &rest[read..];
        match result {
            ReadFieldResult::Field { record_end } => {
                cells += 1;
                if cells > WIDEST {
                    return false;
                }
                if record_end {
                    cells = 0;
                    seen += 1;
                    if seen == records {
                        return true;
                    }
                }
            }
            ReadFieldResult::End => return true,
            // All of the text is there: more is asked for only to be told that it ends.
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
        }
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

/// How many empty lines stand at a byte offset where a record ends or begins.
fn blank_lines(bytes: &[u8], start: usize) -> u32 {
    let mut rest = bytes.get(start..).unwrap_or_default();
    if start > 0 && bytes.get(start - 1) == Some(&b'\r') {
        // The csv crate ends a record between the two halves of CRLF.
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    let mut lines = 0;
    loop {
        rest = match rest {
            [b'\r', b'\n', tail @ ..] | [b'\n' | b'\r', tail @ ..] => tail,
            _ => return lines,
        };
        lines += 1;
    }
}

/// How many cells most of the first records have under this delimiter, behind how much that says for it.
fn common_width(text: &str, delimiter: u8) -> (usize, usize) {
    let mut widths = std::collections::BTreeMap::<usize, usize>::new();
    for record in reader(text, delimiter).records().take(60).map_while(Result::ok) {
        *widths.entry(record.len()).or_default() += 1;
    }
    // Commas inside the cells of a tab-separated file give many widths a few times each, the true delimiter gives
    // one width many times; so how often counts more than how wide.
    widths
        .into_iter()
        .map(|(width, records)| (width.saturating_sub(1) * records * records, width))
        .max()
        .unwrap_or_default()
}

/// The delimiter, and the text without Excel's `sep=;` line, which the program does not show as a row.
fn delimiter(text: &str) -> (u8, &str) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(separator @ (b',' | b';' | b'\t')) = rest.as_bytes().first()
    {
        let tail = &rest[1..];
        let tail = tail
            .strip_prefix("\r\n")
            .or_else(|| tail.strip_prefix('\n'))
            .unwrap_or(tail);
        return (*separator, tail);
    }
    let scores = [b',', b'\t', b';'].map(|delimiter| (delimiter, common_width(text, delimiter).0));
    let best = scores
        .into_iter()
        .fold((b',', 0), |best, next| if next.1 > best.1 { next } else { best });
    (best.0, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u32> {
        rows(text).expect("rows").iter().map(|row| row.number).collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_program_shows_them() {
        assert_eq!(numbers("a,b\r\n\r\n\r\nc,d\r\n,,\r\n\"x\r\ny\",z\r\ne,f"), [1, 4, 6, 7]);
        assert_eq!(numbers("\n\na,b\n\nc,d\n"), [3, 5]);
        assert_eq!(numbers("a,b\rc,d\r\re,f\r"), [1, 2, 4]);
        assert_eq!(numbers("\"a\"\"\n\nb\",c\n\nd,e\n\n\n"), [1, 3]);
    }

    #[test]
    fn the_delimiter_is_found_although_cells_hold_others() {
        assert_eq!(rows("a\tb, c, d\ne\tf\n").expect("rows")[0].cells, ["a", "b, c, d"]);
        assert_eq!(rows("a;b\n1;2,5\n").expect("rows")[1].cells, ["1", "2,5"]);
        assert_eq!(
            rows("sep=;\r\na;b\r\n").expect("rows")[0],
            Row {
                number: 1,
                cells: vec!["a".into(), "b".into()]
            }
        );
        assert_eq!(
            rows("一覧表\n\n名,mail\nA,\"a@b.example;c@d.example\"\n")
                .expect("rows")
                .len(),
            3
        );
    }

    #[test]
    fn a_record_of_millions_of_cells_is_refused_before_it_is_kept() {
        for delimiter in [",", "\t", ";"] {
            let wide = format!("a{d}b\nc{d}{}", delimiter.repeat(20_000), d = delimiter);
            assert!(rows(&wide).is_err_and(|e| e == ReadError::TooLarge), "{delimiter:?}");
        }
        // A text between quotes is one cell, however many commas it has.
        let quoted = format!("a,b\n\"{}\",c\n", ",".repeat(30_000));
        assert_eq!(rows(&quoted).map(|rows| rows.len()), Ok(2));
    }

    #[test]
    fn a_space_before_a_quotation_mark_breaks_no_cell() {
        for (text, cells) in [
            (
                "001, \"甲工業, 本社\", \"山田\" , \"a@k1.example\"\n",
                ["001", "甲工業, 本社", "山田", "a@k1.example"],
            ),
            (
                "001,\t\"甲工業, 本社\",　\"山田\"　,a@k1.example\r\n",
                ["001", "甲工業, 本社", "山田", "a@k1.example"],
            ),
            (
                "\"001\", \"甲 \"\"工業\"\", 本社\",\"\",x",
                ["001", "甲 \"工業\", 本社", "", "x"],
            ),
            // Marks within a text stay what they were.
            (
                "001,甲 \"工業\" 本社,5\" x,'\"x",
                ["001", "甲 \"工業\" 本社", "5\" x", "'\"x"],
            ),
            ("001, \"甲\nの二, 本社\", b,c", ["001", "甲\nの二, 本社", " b", "c"]),
        ] {
            let table = read(&format!("a,b,c,d\n{text}")).expect("table");
            assert_eq!(table.rows[1].cells, cells, "{text}");
            assert_eq!((table.odd.len(), table.rows.len()), (0, 2), "{text}");
        }
    }

    #[test]
    fn a_quotation_mark_that_isnt_closed_swallows_no_rows() {
        let head = "コード,会社名,メール\n001,甲,a@a.example\n";
        for (text, value) in [
            ("002,\"乙,b@b.example\n003,丙,c@c.example\n", "\"乙"),
            ("\"002\",\"乙,\"b@b.example\"\n\"003\",\"丙\",\"c@c.example\"\n", "\"乙"),
            ("002,\"乙,b@b.example\n003,\"丙\",c@c.example\n", "\"乙"),
            ("002,乙,\"b@b.example\r\n003,丙,c@c.example", "\"b@b.example"),
            ("\"002,乙,b@b.example\n003,丙,\"c@c.example\"", "\"002"),
        ] {
            let table = read(&format!("{head}{text}")).expect("table");
            let numbers: Vec<u32> = table.rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, [1, 2, 3, 4], "{text}");
            let told: Vec<(u32, &str, Oddity)> = table
                .odd
                .iter()
                .map(|odd| (odd.row, odd.value.as_str(), odd.what))
                .collect();
            assert_eq!(told, [(3, value, Oddity::OpenQuote)], "{text}");
            assert_eq!(table.rows[3].cell(1), "丙");
        }
        // A mark that another one closes, rows below.
        for (text, rows, told) in [
            (
                "会社名,メール\n甲,\"a@x.example\n乙,b@x.example\n丙,c@x.example\"\n丁,d@x.example",
                5,
                vec![2],
            ),
            (
                "コード,会社名,住所,メール\n1,甲,\"東京都,a@x.example\n2,乙,東京都,b@x.example\n3,丙,東京都\",c@x.example",
                4,
                vec![2],
            ),
            (
                "会社名\tメール\t住所\n甲\ta@x.example\t\"東京\n乙\tb@x.example\t大阪\n丙\tc@x.example\t京都\"",
                4,
                vec![2],
            ),
            (
                "会社名,備考,メール\n甲,\"メモ,a@x.example\n乙,memo,b@x.example\n丙,memo\",c@x.example",
                4,
                vec![2],
            ),
            (
                "会社名;メール;備考\n\"甲;a@x.example;x\n乙;b@x.example;\"y\n丙;c@x.example;z\"",
                4,
                vec![2, 3],
            ),
            (
                "コード,会社名,担当,メール\n1,甲,山田,a@x.example\n2,乙,\",b@x.example\n3,丙,\",c@x.example\n4,丁,鈴木,d@x.example",
                5,
                vec![3, 4],
            ),
            (
                "会社名,住所,メール\n\"甲, Ltd\",\"東京,a@x.example\n乙,大阪,b@x.example\n\"丙, Ltd\",\"京都,x\",c@x.example",
                4,
                vec![2],
            ),
            // Cells of several lines.
            (
                "会社名,住所,メール\n甲,\"東京都千代田区\n1-1 ビル, 3F\",a@x.example\n乙,\"大阪市\n北区\",b@x.example",
                3,
                vec![],
            ),
            (
                "Name,Address,Email\nA,\"1 Main St, Floor 2\nBerlin, Germany\",a@x.example\nB,Bonn,b@x.example",
                3,
                vec![],
            ),
            (
                "会社名,住所,メール\n甲,東京,\"a@x.example\nb@x.example\"\n乙,大阪,c@x.example",
                3,
                vec![],
            ),
        ] {
            let table = read(text).expect("table");
            let open: Vec<u32> = table.odd.iter().map(|odd| odd.row).collect();
            assert_eq!((table.rows.len(), open), (rows, told), "{text}");
        }
        // Whose marks close has its line breaks.
        let table = read("a,b\n\"x\ny,\",z\n\"\n\",w\n").expect("table");
        assert_eq!((table.odd.len(), table.rows.len()), (0, 3));
    }

    proptest::proptest! {
        /// Looking at marks is no more than reading them: what a program wrote comes back as it was.
        #[test]
        fn what_was_quoted_comes_back(cells in proptest::collection::vec("[a\",\n 　]{0,6}", 1..6)) {
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            let table = read(&format!("a,b,c,d,e,f,g,h,i,j,k,l,m,n\n{},z", quoted.join(","))).expect("table");
            let expected: Vec<&str> = cells.iter().map(String::as_str).chain(["z"]).collect();
            proptest::prop_assert_eq!(&table.rows[1].cells, &expected);
        }

        #[test]
        fn marks_anywhere_are_no_trouble(text in "[a\",;\t\n\r 　]{0,60}") {
            let _ = read(&text);
        }
    }

    #[test]
    fn encodings_are_strict() {
        let text = "㈱髙橋①,~";
        assert_eq!(decode(text.as_bytes()).as_deref(), Ok(text));
        assert_eq!(
            decode(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()).as_deref(),
            Ok(text)
        );
        assert_eq!(decode(&SHIFT_JIS.encode(text).0).as_deref(), Ok(text));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&[b"\xFF\xFE", wide.as_slice()].concat()).as_deref(), Ok(text));
        assert_eq!(
            decode(
                &"name,mail"
                    .encode_utf16()
                    .flat_map(u16::to_be_bytes)
                    .collect::<Vec<_>>()
            )
            .as_deref(),
            Ok("name,mail")
        );
        assert_eq!(decode(b"M\xFCller,x\n"), Err(ReadError::UnknownEncoding));
        assert_eq!(decode(b"\x7fELF\x02\x01\x00\x00\x00"), Err(ReadError::NotASpreadsheet));
    }

    #[test]
    fn a_guarding_apostrophe_is_taken_away() {
        assert_eq!(
            rows("'+81-3,'=x,O'Brien,'90s\n").expect("rows")[0].cells,
            ["+81-3", "=x", "O'Brien", "'90s"]
        );
    }
}
