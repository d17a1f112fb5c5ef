//! What a cell shows: the one place that turns a cell's value and its number format into text, for .xlsx and .xls alike.
//! A file keeps `1234` and the format `000-000`; people see, and mean, `001-234`.
//!
//! The crate `ssfmt` follows format codes (ECMA-376 part 1, 18.8.31). What it can't follow, or what depends on the
//! language of the program that shows it, is told by an [`Oddity`], and the plain number is taken.

use super::Oddity;
use calamine::ExcelDateTime;
use ssfmt::{DateSystem, FormatOptions, NumberFormat};
use std::collections::HashMap;
use std::sync::Arc;

/// The longest format code that is followed; spreadsheet programs stop at 255 characters.
const LONGEST: usize = 255;
/// From here on a spreadsheet program no longer keeps each digit of a whole number.
const EXACT: f64 = 1e15;

/// What replaces a `/` that is only to be shown, which ssfmt would take for a fraction. A noncharacter, so nobody writes it.
const SLASH: char = '\u{fdd0}';

/// A cell's text, and what is odd about it.
pub(super) type Shown = (String, Option<Oddity>);

/// A number format, looked into once for all cells that have it.
#[derive(Debug, Clone, Default)]
pub(super) enum Format {
    /// The number as it is; also for texts.
    #[default]
    General,
    /// A date or a time in a form that depends on the language of the program that shows it.
    OwnDate,
    Code(Box<Code>),
    /// It can't be followed.
    Unknown,
}

#[derive(Debug, Clone)]
pub(super) struct Code {
    /// What stands between the semicolons.
    sections: Vec<String>,
    conditions: bool,
    is_date: bool,
    format: NumberFormat,
}

/// Bytes of format codes that are looked into. A workbook has some twenty codes; one that is followed takes fifty times its
/// length, and a small file can name a hundred thousand.
const MOST: usize = 256 << 10;

/// The formats of a workbook, each code once.
pub(super) struct Formats {
    known: HashMap<(String, Option<u32>), Arc<Format>>,
    left: usize,
    unknown: Arc<Format>,
}

impl Default for Formats {
    fn default() -> Formats {
        Formats {
            known: HashMap::new(),
            left: MOST,
            unknown: Arc::new(Format::Unknown),
        }
    }
}

impl Formats {
    /// As [`Format::of`]; what would be too much to look into can't be followed.
    pub fn of(&mut self, code: &str, id: Option<u32>) -> Arc<Format> {
        let key = (code.to_owned(), id);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let Some(left) = self.left.checked_sub(code.len() + 16) else {
            return self.unknown.clone();
        };
        self.left = left;
        let format = Arc::new(Format::of(code, id));
        self.known.insert(key, format.clone());
        format
    }
}

impl Format {
    /// The format of a code; `id` is its number, where the file gives one.
    pub(super) fn of(code: &str, id: Option<u32>) -> Format {
        // The formats of dates below 50 are only examples: each language has its own.
        if matches!(id, Some(14..=22 | 27..=36 | 45..=47 | 50..=58)) {
            return Format::OwnDate;
        }
        if code.chars().count() > LONGEST {
            return Format::Unknown;
        }
        let Some(read) = Read::of(code) else {
            return Format::Unknown;
        };
        let plain = |section: &String| {
            let bare = read.bare(section);
            bare.is_empty() || bare.eq_ignore_ascii_case("general") || bare == "G/標準" || bare == "@"
        };
        let whole = code.trim();
        if whole.is_empty() || (read.sections.len() == 1 && !read.numerals && plain(&read.sections[0])) {
            return Format::General;
        }
        // A program may panic over what nobody has tried with it.
        let parsed = std::panic::catch_unwind(|| NumberFormat::parse(&read.code));
        let Ok(Ok(format)) = parsed else {
            return Format::Unknown;
        };
        let is_date = format.is_date_format();
        if is_date && read.depends_on_language {
            return Format::OwnDate;
        }
        if read.unknown || read.numerals || (is_date && read.has_digits) {
            return Format::Unknown;
        }
        Format::Code(Box::new(Code {
            conditions: format.has_condition(),
            sections: read.sections,
            is_date,
            format,
        }))
    }
}

/// A format code, looked into for what decides whether it can be followed.
struct Read {
    /// Without what only makes room: `_ ` leaves the width of a character, `*-` fills the cell.
    code: String,
    sections: Vec<String>,
    /// Names of months and days, eras, AM/PM, and whatever the system's settings decide.
    depends_on_language: bool,
    /// Places for digits outside of quotes, other than parts of a second.
    has_digits: bool,
    /// Digits in kanji.
    numerals: bool,
    unknown: bool,
}

impl Read {
    /// None where quotes or brackets don't close.
    fn of(code: &str) -> Option<Read> {
        let mut read = Read {
            code: String::new(),
            sections: vec![String::new()],
            depends_on_language: false,
            has_digits: false,
            numerals: false,
            unknown: false,
        };
        let mut letters = String::new();
        let mut chars = code.chars().peekable();
        // Digits after "s." are parts of a second.
        let (mut second, mut behind_second) = (false, false);
        let mut fraction = (false, false);
        while let Some(c) = chars.next() {
            let mut piece = String::new();
            match c {
                '_' | '*' => {
                    chars.next()?;
                    letters.push(' ');
                    continue;
                }
                '\\' => piece.extend([c, chars.next()?]),
                '"' => {
                    piece.push(c);
                    loop {
                        let next = chars.next()?;
                        piece.push(next);
                        if next == '"' {
                            break;
                        }
                    }
                }
                '[' => {
                    loop {
                        match chars.next()? {
                            ']' => break,
                            next => piece.push(next),
                        }
                    }
                    let lower = piece.to_lowercase();
                    read.numerals |= lower.starts_with("dbnum") || lower.starts_with("natnum");
                    // The system's own form of a date or a time.
                    read.depends_on_language |= lower.starts_with("$-f");
                    piece = format!("[{piece}]");
                }
                ';' => {
                    read.code.push(';');
                    read.sections.push(String::new());
                    letters.push(' ');
                    (second, behind_second) = (false, false);
                    continue;
                }
                '0' | '#' | '?' => {
                    read.has_digits |= !behind_second;
                    fraction.0 |= c == '0' && !behind_second;
                    letters.push(' ');
                    piece.push(c);
                }
                's' | 'S' => {
                    second = true;
                    letters.push(c);
                    piece.push(c);
                }
                '.' | ',' => {
                    behind_second = second;
                    piece.push(c);
                }
                other => {
                    fraction.1 |= other == '/';
                    (second, behind_second) = (false, false);
                    letters.push(other);
                    piece.push(other);
                }
            }
            match c {
                '"' | '\\' => read
                    .code
                    .extend(piece.chars().map(|c| if c == '/' { SLASH } else { c })),
                _ => read.code.push_str(&piece),
            }
            if let Some(section) = read.sections.last_mut() {
                section.push_str(&piece);
            }
        }
        let lower = letters.to_lowercase();
        let has = |word: &str| lower.contains(word);
        read.depends_on_language |= ["mmm", "ddd", "aaa", "g", "e", "b1", "b2", "a/p", "am/pm"]
            .iter()
            .any(|w| has(w));
        // "General" among other things, powers of ten, and dates in which digits stand.
        read.unknown |= has("general") || has("標準") || has("e+") || has("e-") || (fraction.0 && fraction.1);
        Some(read)
    }

    /// A section without colours and languages in brackets.
    fn bare(&self, section: &str) -> String {
        let mut rest = section.trim();
        while let Some((_, after)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            rest = after.trim();
        }
        rest.to_owned()
    }
}

impl Code {
    /// What the section of a value says: nothing hides the value. None where conditions decide.
    fn hides(&self, value: f64) -> bool {
        if self.conditions {
            return false;
        }
        let index = match self.sections.len() {
            1 => 0,
            2 => usize::from(value < 0.0),
            _ if value > 0.0 => 0,
            _ if value < 0.0 => 1,
            _ => 2,
        };
        self.sections.len() > 1 && self.sections.get(index).is_some_and(String::is_empty)
    }

    /// The section for texts, where the code has one.
    fn of_texts(&self) -> Option<&str> {
        match self.sections.len() {
            4 => self.sections.last(),
            _ => self.sections.last().filter(|section| section.contains('@')),
        }
        .map(String::as_str)
    }
}

/// A number under a format.
pub(super) fn number(value: f64, format: &Format, is_1904: bool) -> Shown {
    match format {
        Format::General => general(value),
        Format::OwnDate => date(value, is_1904),
        Format::Unknown => (plain(value), Some(Oddity::Format)),
        Format::Code(code) => {
            if code.hides(value) {
                return (String::new(), Some(Oddity::Hidden));
            }
            if value.abs() >= EXACT && !code.is_date {
                return (power_of_ten(value), Some(Oddity::Digits));
            }
            let options = FormatOptions {
                date_system: if is_1904 {
                    DateSystem::Date1904
                } else {
                    DateSystem::Date1900
                },
                ..FormatOptions::default()
            };
            let shown = std::panic::catch_unwind(|| code.format.try_format(value, &options));
            match shown {
                Ok(Ok(text)) => (text.trim().replace(SLASH, "/"), None),
                _ => (plain(value), Some(Oddity::Format)),
            }
        }
    }
}

/// A text under a format, which may add something to it, or hide it.
pub(super) fn text(value: &str, format: &Format) -> Shown {
    let Format::Code(code) = format else {
        return (value.to_owned(), None);
    };
    match code.of_texts() {
        None | Some("@") => (value.to_owned(), None),
        Some("") => (String::new(), Some(Oddity::Hidden)),
        Some(section) => (filled(section, value), None),
    }
}

/// A section for texts with the text in its place.
fn filled(section: &str, value: &str) -> String {
    let mut out = String::new();
    let mut chars = section.chars();
    while let Some(c) = chars.next() {
        match c {
            '@' => out.push_str(value),
            '\\' => out.extend(chars.next()),
            '"' => out.extend(chars.by_ref().take_while(|next| *next != '"')),
            '[' => {
                let _ = chars.by_ref().find(|next| *next == ']');
            }
            other => out.push(other),
        }
    }
    out
}

/// A moment that calamine has recognised by its format, for which `format` may know more.
pub(super) fn moment(moment: &ExcelDateTime, format: &Format, is_1904: bool) -> Shown {
    match format {
        Format::Code(code) if code.is_date => number(moment.as_f64(), format, is_1904),
        _ if !moment.is_datetime() => (plain(moment.as_f64()), Some(Oddity::Date)),
        _ => (iso(moment), Some(Oddity::Date)),
    }
}

pub(super) fn truth(truth: bool) -> String {
    if truth { "TRUE" } else { "FALSE" }.to_owned()
}

/// A number without a format. A spreadsheet program shows a long one as a power of ten; up to fifteen digits the file still
/// has them all, and they are taken.
fn general(value: f64) -> Shown {
    match value.abs() >= EXACT {
        true => (power_of_ten(value), Some(Oddity::Digits)),
        false => (plain(value), None),
    }
}

/// As `1.23456789012346E+17`, which tells that digits are missing.
fn power_of_ten(value: f64) -> String {
    let written = format!("{value:.14E}");
    let (digits, power) = written.split_once('E').unwrap_or((&written, "0"));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}E+{power:0>2}")
}

fn plain(number: f64) -> String {
    // A spreadsheet shows 15 digits, which hides that 0.1 + 0.2 is not 0.3. Rust prints f64 without an exponent, and
    // without a fraction when it is whole.
    let shown = format!("{number:.14e}").parse().unwrap_or(number);
    if shown == 0.0 {
        "0".to_owned()
    } else {
        format!("{shown}")
    }
}

/// A number that is shown as a date in a form of the reader's own: year-month-day.
fn date(value: f64, is_1904: bool) -> Shown {
    let moment = ExcelDateTime::new(value, calamine::ExcelDateTimeType::DateTime, is_1904);
    (iso(&moment), Some(Oddity::Date))
}

fn iso(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (moment.as_f64() < 1.0, hour, minute, second) {
        (true, ..) => format!("{hour:02}:{minute:02}:{second:02}"),
        (false, 0, 0, 0) => date,
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(value: f64, code: &str) -> Shown {
        number(value, &Format::of(code, None), false)
    }

    /// As the programs show them; checked by hand in two of them.
    #[test]
    fn numbers_are_taken_as_they_are_shown() {
        for (value, code, text) in [
            (123.0, "00000", "00123"),
            (1234.0, "000-000", "001-234"),
            (7.0, "\"K\"0000", "K0007"),
            (7.0, "K0000", "K0007"),
            (7.0, "\"株\"0000\"号\"", "株0007号"),
            (12.0, "\\S0000", "S0012"),
            (12.0, "000\"/\"000", "000/012"),
            (83.0, "000\\/000", "000/083"),
            (12.0, "\"A/\"0000", "A/0012"),
            (12.0, "000\" \"000", "000 012"),
            (12.0, "000\".\"000", "000.012"),
            (12.0, "000\"%\"000", "000%012"),
            (12.0, "000\"E+\"000", "000E+012"),
            (12.0, "000\\.000", "000.012"),
            (12.0, "000\",\"000", "000,012"),
            (120_456.0, "0000\\-0000", "0012-0456"),
            (42.0, "00000;-00000", "00042"),
            (-42.0, "00000;-00000", "-00042"),
            (43.0, "[$-411]00000", "00043"),
            (43.0, "[Red]00000", "00043"),
            (44.0, "00000_ ", "00044"),
            (44.0, "00000_);(00000)", "00044"),
            (44.0, "* 00000", "00044"),
            (44.0, "00000*-", "00044"),
            (45.0, "00000;@", "00045"),
            (45.0, "00000;;;", "00045"),
            (12.0, "????0", "12"),
            (312_345_678.0, "0000000000", "0312345678"),
            (312_345_678.0, "00-0000-0000", "03-1234-5678"),
            (
                312_345_678.0,
                "[<=99999999]####-####;\\(00\\)\\ ####-####",
                "(03) 1234-5678",
            ),
            (1_234_567.0, "[<=999]000;[<=9999]000-00;000-0000", "123-4567"),
            (10_012.0, "\"〒\"000-0000", "〒001-0012"),
            (12_345.0, "#,##0", "12,345"),
            (12_345.0, "#,##0_);[Red](#,##0)", "12,345"),
            (1_010_001_000_001.0, "0", "1010001000001"),
            (1_010_001_000_001.0, "General", "1010001000001"),
            (0.256, "0.0%", "25.6%"),
            (3.7, "0000", "0004"),
            (0.1 + 0.2, "General", "0.3"),
            (5.5, "# ?/?", "5 1/2"),
            (44_360.0, "yyyy/m/d", "2021/6/13"),
            (44_360.0, "yyyymmdd", "20210613"),
            (44_360.0, "yyyy\"年\"m\"月\"d\"日\";@", "2021年6月13日"),
            (5.0, "@", "5"),
            (5.0, "G/標準", "5"),
        ] {
            assert_eq!(shown(value, code), (text.to_owned(), None), "{code}");
        }
    }

    #[test]
    fn what_cant_be_followed_is_the_plain_number_and_says_so() {
        for code in [
            "[DBNum1][$-411]General",
            "[DBNum3]0",
            "\"K\"General",
            "0.00E+00",
            "##0.0E+0",
            "S0000",
            "B-00",
            "00/00",
            "\"open",
            "[open",
            "0000\\",
        ] {
            assert_eq!(shown(1234.0, code), ("1234".into(), Some(Oddity::Format)), "{code}");
        }
        assert_eq!(shown(1.0, &"0".repeat(300)).1, Some(Oddity::Format));
        for code in [";;;", "0;-0;;@"] {
            assert_eq!(shown(0.0, code), (String::new(), Some(Oddity::Hidden)), "{code}");
        }
        for code in ["General", "0", "0000-0000-0000-0000"] {
            let expected = ("1.23456789012346E+17".to_owned(), Some(Oddity::Digits));
            assert_eq!(shown(123_456_789_012_345_678.0, code), expected, "{code}");
        }
    }

    #[test]
    fn a_date_in_a_form_of_the_readers_own_is_told() {
        for code in [
            "ggge\"年\"m\"月\"d\"日\"",
            "d-mmm",
            "[$-F800]dddd, mmmm dd, yyyy",
            "yyyy/m/d aaa",
        ] {
            assert_eq!(
                shown(44_360.0, code),
                ("2021-06-13".into(), Some(Oddity::Date)),
                "{code}"
            );
        }
        let own = Format::of("mm-dd-yy", Some(14));
        assert_eq!(number(44_360.0, &own, false).0, "2021-06-13");
        assert_eq!(number(44_360.0 - 1462.0, &own, true).0, "2021-06-13");
    }

    #[test]
    fn a_hundred_thousand_formats_are_not_looked_into() {
        let mut formats = Formats::default();
        let codes: Vec<String> = (0..100_000).map(|n| format!("\"{n:0>200}\"0")).collect();
        let followed = codes
            .iter()
            .filter(|code| matches!(*formats.of(code, None), Format::Code(_)))
            .count();
        assert!((1_000..1_500).contains(&followed), "{followed}");
        assert!(matches!(*formats.of(&codes[0], None), Format::Code(_)));
        assert!(matches!(*formats.of(&codes[99_999], None), Format::Unknown));
    }

    #[test]
    fn texts_have_formats_too() {
        let of = |code: &str| text("12", &Format::of(code, None));
        assert_eq!(of("\"K\"@"), ("K12".into(), None));
        assert_eq!(of("00000;@"), ("12".into(), None));
        assert_eq!(of("@"), ("12".into(), None));
        assert_eq!(of("00000"), ("12".into(), None));
        assert_eq!(of(";;;"), (String::new(), Some(Oddity::Hidden)));
    }

    proptest! {
        #[test]
        fn any_code_is_followed_or_told(code in "[0#?,.;@/\\\\\"_*\\[\\]eE+\\-ymdhsgKa年% ]{0,16}|\\PC{0,12}", value in -1e16..1e16_f64) {
            let (text, odd) = shown(value, &code);
            prop_assert!(!text.is_empty() || odd.is_some() || Format::of(&code, None).is_literal(), "{code}");
            let _ = super::text("x", &Format::of(&code, None));
        }

        /// Zeros only: the digits, padded.
        #[test]
        fn zeros_pad(value in 0_u64..1_000_000_000, width in 1_usize..15) {
            prop_assert_eq!(shown(value as f64, &"0".repeat(width)).0, format!("{value:0>width$}"));
        }
    }

    impl Format {
        /// Whether it may show nothing although it hides nothing: `#` for nought, a lone space.
        fn is_literal(&self) -> bool {
            matches!(self, Format::Code(_))
        }
    }
}
