//! An XLSX before it is read: every part that the reader may open is unpacked once into nothing and counted, because calamine
//! makes something of each node it meets, and three hundred kilobytes can hold thirty million. What no list of companies needs
//! (pictures, pivot tables, …) doesn't come to it at all.

use super::ReadError;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

/// The kinds of zip container we tell apart.
pub(super) enum Container {
    /// With the parts that are read, in a container of their own, and what was seen of each sheet, in the workbook's order.
    Xlsx(Vec<u8>, Vec<Sheet>),
    Xlsb,
    Ods,
    Other,
}

/// What the tags of a sheet tell, which calamine doesn't.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    /// Rows that are hidden, from 1; a range for neighbours.
    pub hidden_rows: Vec<RangeInclusive<u32>>,
    /// Columns that are hidden, from 0.
    pub hidden_columns: Vec<RangeInclusive<u32>>,
    /// Whether it has a formula.
    pub formulas: bool,
}

/// Parts of a container; a workbook of a hundred sheets has a few hundred.
const MAX_PARTS: usize = 10_000;
/// Bytes of all parts once unpacked, at most, and for a small file.
const MAX_UNPACKED: u64 = 200 << 20;
const UNPACKED: u64 = 16 << 20;
/// How many times its size a file may be once unpacked, besides [`UNPACKED`]. Lists of companies come to about ten.
const RATIO: u64 = 40;
/// Fonts, formats and the like; a spreadsheet program itself stops at 65,490.
const MAX_STYLES: u64 = 100_000;
const MAX_SHEETS: u64 = 2_000;
/// Elements within elements; a list has some ten.
const MAX_DEPTH: u32 = 512;
/// What calamine makes room for because the file says that it will need it.
const MAX_ANNOUNCED: u64 = 2_000_000;
/// The number of a shared formula: calamine makes room for all before it, and for each some sixty bytes.
const MAX_FORMULA: u64 = 200_000;
/// The longest tag that is looked into for such numbers.
const LONGEST_TAG: usize = 64 << 10;
/// Bytes of texts that all formats of cells together repeat.
const MAX_STYLE_TEXT: u64 = 32 << 20;

/// Folders of a workbook whose parts say nothing about its cells.
const UNREAD: [&str; 11] = [
    "docprops/",
    "customxml/",
    "xl/media/",
    "xl/drawings/",
    "xl/charts/",
    "xl/pivotcache/",
    "xl/pivottables/",
    "xl/externallinks/",
    "xl/tables/",
    "xl/querytables/",
    "xl/printersettings/",
];

/// Looks into a zip container, and checks what is to be read of it.
///
/// # Errors
/// [`ReadError::Swollen`] where it holds more than a file of its size may.
pub(super) fn open(bytes: &[u8]) -> Result<Container, ReadError> {
    let damaged = |error: zip::result::ZipError| ReadError::Damaged(error.to_string());
    // Each part has an entry in the directory at the end, which is read whole.
    if bytes.windows(4).filter(|word| *word == b"PK\x01\x02").count() > MAX_PARTS {
        return Err(ReadError::Swollen);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let name = archive.name_for_index(index).transpose().map_err(damaged)?;
        names.push(name.unwrap_or_default().replace('\\', "/").to_ascii_lowercase());
    }
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("xl/workbook.bin") {
        return Ok(Container::Xlsb);
    }
    if has("content.xml") {
        return Ok(Container::Ods);
    }
    if !has("xl/workbook.xml") {
        // A workbook may have another name, which its first part tells.
        let is_book = names
            .iter()
            .any(|n| n.starts_with("xl/workbook") && n.ends_with(".xml"));
        if !is_book {
            return Ok(Container::Other);
        }
    }
    let packed = bytes.len() as u64;
    let mut left = MAX_UNPACKED.min(UNPACKED + packed.saturating_mul(RATIO));
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut seen = BTreeSet::new();
    let mut parts: BTreeMap<&str, Tags> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        let is_read = name.ends_with(".xml") || name.ends_with(".rels");
        if !is_read || UNREAD.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        if !seen.insert(name.as_str()) {
            return Err(ReadError::Damaged(format!("it holds two parts named {name}")));
        }
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => ReadError::Encrypted,
            other => damaged(other),
        })?;
        let tags = count(part, name, packed, &mut left)?;
        if tags != Tags::default() {
            parts.insert(name, tags);
        }
        let raw = archive.by_index_raw(index).map_err(damaged)?;
        out.raw_copy_file(raw).map_err(damaged)?;
    }
    let parts = in_order(parts);
    Ok(Container::Xlsx(out.finish().map_err(damaged)?.into_inner(), parts))
}

/// The sheets in the order in which the workbook lists them; one that can't be found is taken to hide nothing.
fn in_order(mut parts: BTreeMap<&str, Tags>) -> Vec<Sheet> {
    let is_book = |name: &str| name.starts_with("xl/workbook") && name.ends_with(".xml");
    let listed = parts
        .iter()
        .find(|(name, _)| is_book(name))
        .map(|(_, tags)| tags.listed.clone());
    let targets: BTreeMap<String, String> = parts
        .iter()
        .filter(|(name, _)| name.starts_with("xl/_rels/workbook"))
        .flat_map(|(_, tags)| tags.targets.iter().cloned())
        .collect();
    let mut sheet_of = |id: String| {
        let target = targets.get(&id)?.to_ascii_lowercase();
        let path = match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("xl/{}", target.trim_start_matches("./")),
        };
        Some(std::mem::take(&mut parts.get_mut(path.as_str())?.sheet))
    };
    let listed = listed.unwrap_or_default();
    listed.into_iter().map(|id| sheet_of(id).unwrap_or_default()).collect()
}

/// What is kept of a part's tags.
#[derive(Default, PartialEq, Eq)]
struct Tags {
    sheet: Sheet,
    /// Of the workbook: the relations of its sheets.
    listed: Vec<String>,
    /// Of its relations: id and target.
    targets: Vec<(String, String)>,
    /// The last row, from 1: one that doesn't say its number follows it.
    row: u32,
}

impl Tags {
    fn take(&mut self, part: Part, name: &[u8], tag: &[u8]) {
        match (part, name) {
            (Part::Sheet, b"row") => {
                let number = attribute(tag, b"r").and_then(|r| r.parse().ok());
                self.row = number.unwrap_or(self.row.saturating_add(1));
                let flat = || attribute(tag, b"ht").is_some_and(is_nought);
                if attribute(tag, b"hidden").is_some_and(is_true) || flat() {
                    push(&mut self.sheet.hidden_rows, self.row..=self.row);
                }
            }
            (Part::Sheet, b"col") => {
                let number = |name| attribute(tag, name).and_then(|n| n.parse::<u32>().ok());
                let flat = || attribute(tag, b"width").is_some_and(is_nought);
                if (attribute(tag, b"hidden").is_some_and(is_true) || flat())
                    && let (Some(first @ 1..), Some(last)) = (number(b"min"), number(b"max"))
                {
                    push(&mut self.sheet.hidden_columns, first - 1..=last.max(first) - 1);
                }
            }
            (Part::Sheet, b"f") => self.sheet.formulas = true,
            (Part::Book, b"sheet") if self.listed.len() < MAX_SHEETS as usize => {
                // In whatever prefix the namespace of relations has.
                self.listed.push(prefixed_id(tag).unwrap_or_default().to_owned());
            }
            (Part::Relations, b"Relationship") if self.targets.len() < MAX_PARTS => {
                if let (Some(id), Some(target)) = (attribute(tag, b"Id"), attribute(tag, b"Target")) {
                    self.targets.push((id.to_owned(), target.to_owned()));
                }
            }
            _ => {}
        }
    }
}

fn push(ranges: &mut Vec<RangeInclusive<u32>>, next: RangeInclusive<u32>) {
    match ranges.last_mut() {
        Some(last) if last.end().checked_add(1) == Some(*next.start()) => *last = *last.start()..=*next.end(),
        _ => ranges.push(next),
    }
}

fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true")
}

fn is_nought(value: &str) -> bool {
    value.trim().parse() == Ok(0.0_f64)
}

/// Which part the tags stand in.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Part {
    Sheet,
    Book,
    Relations,
    #[default]
    Other,
}

impl Part {
    fn of(name: &str) -> Part {
        match name {
            _ if name.starts_with("xl/_rels/workbook") => Part::Relations,
            _ if name.starts_with("xl/workbook") => Part::Book,
            _ if name.ends_with(".rels") => Part::Other,
            "xl/styles.xml" | "xl/sharedstrings.xml" => Part::Other,
            // A program may put its sheets anywhere.
            _ => Part::Sheet,
        }
    }
}

/// Names and values of a tag's attributes. Values stand as written: those looked at are numbers and names of parts.
fn attributes(tag: &[u8]) -> impl Iterator<Item = (&[u8], &str)> {
    let start = tag.iter().position(u8::is_ascii_whitespace).unwrap_or(tag.len());
    let mut rest = &tag[start..];
    std::iter::from_fn(move || {
        let equals = rest.iter().position(|b| *b == b'=')?;
        let name = rest[..equals].trim_ascii();
        let value = rest[equals + 1..].trim_ascii_start();
        let (quote, value) = value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
        let end = value.iter().position(|b| b == quote)?;
        rest = &value[end + 1..];
        Some((name, std::str::from_utf8(&value[..end]).unwrap_or_default()))
    })
}

fn attribute<'t>(tag: &'t [u8], wanted: &[u8]) -> Option<&'t str> {
    attributes(tag)
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

fn prefixed_id(tag: &[u8]) -> Option<&str> {
    attributes(tag)
        .find(|(name, _)| name.ends_with(b":id"))
        .map(|(_, value)| value)
}

/// Unpacks a part and counts what is in it; `left` is how many bytes all parts may still have.
fn count(mut part: impl Read, name: &str, packed: u64, left: &mut u64) -> Result<Tags, ReadError> {
    let mut counted = Counted {
        part: Part::of(name),
        ..Counted::default()
    };
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = part
            .read(&mut buffer)
            .map_err(|error| ReadError::Damaged(error.to_string()))?;
        if read == 0 {
            counted.announced()?;
            counted.kept.row = 0;
            return Ok(counted.kept);
        }
        *left = left.checked_sub(read as u64).ok_or(ReadError::Swollen)?;
        counted.take(&buffer[..read])?;
        counted.check(packed)?;
    }
}

/// Where in the text of a part the counting stands.
#[derive(Clone, Copy, Default)]
enum At {
    #[default]
    Text,
    /// Behind `<`.
    Open,
    /// In the tag that opens an element; within quotes of this kind.
    Tag(Option<u8>),
    /// In the tag that closes one.
    Close,
    /// Behind `<!`, with so many bytes of what follows.
    Bang(usize),
    /// Until this ending, of which so many bytes have been met.
    Until(&'static [u8], usize),
}

/// What a part holds, told by its tags alone, as a reader tells them.
#[derive(Default)]
struct Counted {
    at: At,
    bang: [u8; 7],
    /// The tag's bytes so far, cut off at [`LONGEST_TAG`], and how long it is.
    tag: Vec<u8>,
    length: u64,
    last: u8,
    depth: u32,
    tags: u64,
    strings: u64,
    styles: [u64; 5],
    sheets: u64,
    announced: u64,
    /// The longest tag after the first, which names what the part speaks of.
    longest: u64,
    part: Part,
    kept: Tags,
}

const STYLES: [&[u8]; 5] = [b"xf", b"font", b"fill", b"border", b"numFmt"];

impl Counted {
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), ReadError> {
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.at {
                At::Text => {
                    let Some(next) = bytes.iter().position(|b| *b == b'<') else {
                        return Ok(());
                    };
                    bytes = &bytes[next + 1..];
                    self.at = At::Open;
                    continue;
                }
                At::Open => match byte {
                    b'/' => self.at = At::Close,
                    b'?' => self.at = At::Until(b"?>", 0),
                    b'!' => self.at = At::Bang(0),
                    _ => {
                        self.tag.clear();
                        self.length = 0;
                        self.last = 0;
                        self.at = At::Tag(None);
                        continue;
                    }
                },
                At::Tag(quote) => {
                    self.length += 1;
                    match (quote, byte) {
                        (None, b'>') => {
                            self.end_tag()?;
                            self.at = At::Text;
                        }
                        (None, b'"' | b'\'') => self.at = At::Tag(Some(byte)),
                        (Some(open), close) if open == close => self.at = At::Tag(None),
                        _ => {}
                    }
                    self.last = byte;
                    if self.tag.len() < LONGEST_TAG {
                        self.tag.push(byte);
                    }
                }
                At::Close => {
                    if byte == b'>' {
                        self.depth = self.depth.saturating_sub(1);
                        self.at = At::Text;
                    }
                }
                At::Bang(have) => {
                    self.bang[have] = byte;
                    let have = have + 1;
                    self.at = match &self.bang[..have] {
                        b"--" => At::Until(b"-->", 0),
                        b"[CDATA[" => At::Until(b"]]>", 0),
                        start if b"--".starts_with(start) || b"[CDATA[".starts_with(start) => At::Bang(have),
                        // No spreadsheet program declares a document type; it could define words that grow.
                        _ => return Err(ReadError::Damaged("it declares a document type".into())),
                    };
                }
                At::Until(ending, met) => {
                    // Both endings begin with what they may repeat: `--->` ends a comment, too.
                    let met = match byte {
                        _ if byte == ending[met] => met + 1,
                        _ if met == 2 && byte == ending[0] => 2,
                        _ if byte == ending[0] => 1,
                        _ => 0,
                    };
                    self.at = if met == ending.len() {
                        At::Text
                    } else {
                        At::Until(ending, met)
                    };
                }
            }
            bytes = rest;
        }
        Ok(())
    }

    /// A tag that opens an element is whole, but for its `>`.
    fn end_tag(&mut self) -> Result<(), ReadError> {
        self.tags += 1;
        if self.last != b'/' {
            self.depth += 1;
        }
        if self.tags > 1 {
            self.longest = self.longest.max(self.length);
        }
        let name = self
            .tag
            .split(|b| b.is_ascii_whitespace() || *b == b'/')
            .next()
            .unwrap_or_default();
        let local = name.rsplit(|b| *b == b':').next().unwrap_or(name);
        self.kept.take(self.part, local, &self.tag);
        match local {
            b"si" => self.strings += 1,
            b"sheet" => self.sheets += 1,
            b"sst" | b"f" => {
                if self.length > LONGEST_TAG as u64 {
                    return Err(ReadError::Swollen);
                }
                let is_formula = local == b"f";
                let largest = largest_number(&self.tag);
                if is_formula && largest > MAX_FORMULA {
                    return Err(ReadError::Swollen);
                }
                if !is_formula {
                    self.announced = self.announced.max(largest);
                }
            }
            _ => {
                if let Some(kind) = STYLES.iter().position(|style| *style == local) {
                    self.styles[kind] += 1;
                }
            }
        }
        Ok(())
    }

    /// Whether it is within what a file of `packed` bytes may hold so far.
    fn check(&self, packed: u64) -> Result<(), ReadError> {
        let formats = self.styles[0];
        let fits = self.tags <= 200_000 + packed.saturating_mul(4)
            && self.strings <= 100_000 + packed / 2
            && self.styles.iter().all(|count| *count <= MAX_STYLES)
            && self.sheets <= MAX_SHEETS
            && self.depth <= MAX_DEPTH
            // A format repeats the name of its font and its number format.
            && self.longest.saturating_mul(formats) <= MAX_STYLE_TEXT;
        if fits { Ok(()) } else { Err(ReadError::Swollen) }
    }

    /// What the part announces is checked when it is known what it holds: some programs announce the cells, not the texts.
    fn announced(&self) -> Result<(), ReadError> {
        match self.announced <= MAX_ANNOUNCED.max(self.strings.saturating_mul(2)) {
            true => Ok(()),
            false => Err(ReadError::Swollen),
        }
    }
}

/// The largest value of an attribute that is nothing but a number.
fn largest_number(tag: &[u8]) -> u64 {
    tag.split(|b| matches!(b, b'"' | b'\''))
        .skip(1)
        .step_by(2)
        .map(|value| {
            let value = value.trim_ascii();
            let digits = value.strip_prefix(b"+").unwrap_or(value);
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return 0;
            }
            std::str::from_utf8(digits)
                .ok()
                .and_then(|d| d.parse().ok())
                .unwrap_or(u64::MAX)
        })
        .max()
        .unwrap_or(0)
}

/// The container as calamine reads it. Each part is read once when it opens it, and each sheet three times; where five hundred
/// sheets name one part, more is read than there is, and that ends it.
pub(super) struct Metered<'b> {
    bytes: Cursor<&'b [u8]>,
    left: u64,
    /// Set when it has ended it.
    pub(super) ended: &'b std::cell::Cell<bool>,
}

impl<'b> Metered<'b> {
    pub(super) fn new(bytes: &'b [u8], ended: &'b std::cell::Cell<bool>) -> Metered<'b> {
        Metered {
            bytes: Cursor::new(bytes),
            left: (128 << 10) + 8 * bytes.len() as u64,
            ended,
        }
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                self.left = left;
                Ok(read)
            }
            None => {
                self.ended.set(true);
                Err(std::io::Error::other("the file is read too often"))
            }
        }
    }
}

impl Seek for Metered<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str, step: usize) -> Result<Counted, ReadError> {
        let mut counted = Counted::default();
        for piece in text.as_bytes().chunks(step) {
            counted.take(piece)?;
        }
        Ok(counted)
    }

    #[test]
    fn tags_are_told_from_what_looks_like_them_wherever_the_bytes_are_cut() {
        let text = "<?xml version='1.0'?><x:sst uniqueCount='7' note=\"a > b\"><!-- <si/> --- --><si/><si><t>&lt;si></t></si>\
                    <![CDATA[<si/> ]] ]]]><x:si\n/></x:sst>";
        for step in [1, 2, 3, 7, 1000] {
            let counted = counted(text, step).unwrap();
            assert_eq!(
                (counted.strings, counted.tags, counted.depth, counted.announced),
                (3, 5, 0, 7),
                "{step}"
            );
        }
        assert!(counted("<!DOCTYPE x [<!ENTITY a 'b'>]>", 3).is_err());
        assert!(matches!(
            counted("<f t='shared' si='4000000000'/>", 5),
            Err(ReadError::Swollen)
        ));
        assert!(counted("<f t='shared' ref='A1:B1048576' si='17'/>", 5).is_ok());
    }

    #[test]
    fn hidden_rows_and_columns_are_seen() {
        let tags = |text: &str| {
            count(text.as_bytes(), "xl/worksheets/sheet1.xml", 10_000, &mut 10_000)
                .unwrap()
                .sheet
        };
        let sheet = tags(
            "<worksheet><cols><col min='2' max=\"3\" hidden='1'/><col min='4' max='4' width='0' customWidth='1'/>\
             <col min='6' max='16384' hidden='true'/><col min='5' max='5' hidden='0' width='13'/></cols><sheetData>\
             <row r='1'><c r='A1'/></row><row hidden=\"1\"/><row r='3' ht='0' customHeight='1'/><row r='4' ht='15.75'/>\
             <x:row r='9' collapsed='1' hidden='1' outlineLevel='1'/></sheetData></worksheet>",
        );
        assert_eq!(sheet.hidden_rows, [2..=3, 9..=9]);
        assert_eq!(sheet.hidden_columns, [1..=3, 5..=16_383]);
        assert!(!sheet.formulas && tags("<c><f>1</f></c>").formulas);
    }

    #[test]
    fn what_a_part_holds_is_bounded_by_what_was_sent() {
        let small = 1000;
        let check = |text: &str| counted(text, 4096).unwrap().check(small);
        assert_eq!(check(&"<a/>".repeat(200_000)), Ok(()));
        assert_eq!(check(&"<a/>".repeat(210_000)), Err(ReadError::Swollen));
        assert_eq!(check(&"<si/>".repeat(101_000)), Err(ReadError::Swollen));
        assert_eq!(check(&"<font/>".repeat(100_001)), Err(ReadError::Swollen));
        assert_eq!(check(&"<a>".repeat(600)), Err(ReadError::Swollen));
        let long = format!(
            "<s><numFmt formatCode='{}'/>{}</s>",
            "0".repeat(4000),
            "<xf/>".repeat(20_000)
        );
        assert_eq!(check(&long), Err(ReadError::Swollen));
        let announcing = counted("<sst uniqueCount='99999999999'><si/></sst>", 10).unwrap();
        assert_eq!(announcing.announced(), Err(ReadError::Swollen));
    }
}
