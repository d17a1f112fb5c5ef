//! Delimited text: which encoding, which delimiter, which row number.

use encoding_rs::{SHIFT_JIS, UTF_16BE, UTF_16LE};

use super::limits::{Budget, MAX_COLUMNS, MAX_ROWS};
use super::{ReadError, Row, unguard};

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
/// empty line does take a number.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, ReadError> {
    if [b',', b'\t', b';'].iter().any(|any| !is_narrow(text, *any, 60)) {
        return Err(ReadError::TooLarge);
    }
    let (delimiter, text) = delimiter(text);
    if !is_narrow(text, delimiter, usize::MAX) {
        return Err(ReadError::TooLarge);
    }
    let bytes = text.as_bytes();
    let mut reader = reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut rows = Vec::new();
    let mut number: u32 = 0;
    let mut budget = Budget::of(text.len());
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        if !reader
            .read_record(&mut record)
            .map_err(|error| ReadError::Damaged(error.to_string()))?
        {
            return Ok(rows);
        }
        // The csv crate passes over empty lines without a word; the spreadsheet program does not.
        number = number.saturating_add(blank_lines(bytes, start)).saturating_add(1);
        let width = record
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.trim().is_empty())
            .last()
            .map_or(0, |(last, _)| last + 1);
        if width == 0 {
            continue;
        }
        if width > MAX_COLUMNS || rows.len() >= MAX_ROWS {
            return Err(ReadError::TooLarge);
        }
        budget.spend(width, record.as_slice().len())?;
        rows.push(Row {
            number,
            cells: record.iter().take(width).map(|cell| unguard(cell).to_owned()).collect(),
        });
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
    let score = |delimiter: u8| {
        let mut widths = std::collections::BTreeMap::<usize, usize>::new();
        for record in reader(text, delimiter).records().take(60).map_while(Result::ok) {
            *widths.entry(record.len()).or_default() += 1;
        }
        // Commas inside the cells of a tab-separated file give many widths a few times each, the true delimiter gives
        // one width many times; so how often counts more than how wide.
        widths
            .into_iter()
            .map(|(width, records)| (width - 1) * records * records)
            .max()
            .unwrap_or(0)
    };
    let scores = [b',', b'\t', b';'].map(|delimiter| (delimiter, score(delimiter)));
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
