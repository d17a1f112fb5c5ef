//! What the import says about rows: passed over, refused, or taken with a remark. Reasons have stable keys for messages;
//! the sentences live in `locales/`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::changes::Changes;
use super::columns::Column;
use super::header::Mapping;
use super::normalise::text;
use super::plan::Plan;
use crate::mail::address::AddressError;
use crate::sheets::Table;

/// A row that holds no company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub row: u32,
    pub why: Reason,
}

/// Why a row was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Above the header.
    Title,
    Blank,
    Total,
    /// A remark or a section's heading.
    Note,
    /// The header once more, as printed lists have it on every page.
    Header,
    /// A row that shows how to fill in the list.
    Example,
    /// A row that the file hides.
    Hidden,
}

impl Reason {
    /// The stable name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Blank => "blank",
            Self::Total => "total",
            Self::Note => "note",
            Self::Header => "header",
            Self::Example => "example",
            Self::Hidden => "hidden",
        }
    }

    /// The message's key: `import-skipped-` and the code.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "import-skipped-title",
            Self::Blank => "import-skipped-blank",
            Self::Total => "import-skipped-total",
            Self::Note => "import-skipped-note",
            Self::Header => "import-skipped-header",
            Self::Example => "import-skipped-example",
            Self::Hidden => "import-skipped-hidden",
        }
    }
}

/// One reason why a row can't be taken. A row may have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    pub row: u32,
    pub column: Column,
    /// The column's header in the file; empty if the file has no such column.
    pub header: String,
    /// The cell as the file has it.
    pub value: String,
    pub why: Why,
}

/// What is wrong in a refused row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NameMissing,
    /// More characters than the directory keeps.
    TooLong {
        max: usize,
    },
    /// A quotation mark opens in the row and isn't closed: which cell is which can't be told.
    OpenQuote,
    /// The row stands in one cell, between other separators than the header's.
    OtherSeparator,
}

impl Why {
    /// The stable name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::NameMissing => "name-missing",
            Self::TooLong { .. } => "too-long",
            Self::OpenQuote => "open-quote",
            Self::OtherSeparator => "other-separator",
        }
    }

    /// The message's key: `import-why-` and the code.
    pub fn key(self) -> &'static str {
        match self {
            Self::NameMissing => "import-why-name-missing",
            Self::TooLong { .. } => "import-why-too-long",
            Self::OpenQuote => "import-why-open-quote",
            Self::OtherSeparator => "import-why-other-separator",
        }
    }

    /// The message's parameters: `max` is a number of characters.
    pub fn params(self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { max } => vec![("max", max.to_string())],
            Self::NameMissing | Self::OpenQuote | Self::OtherSeparator => Vec::new(),
        }
    }
}

/// For logs and for people who read JSON; pages say it in their own words.
impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NameMissing => f.write_str("The company's name is missing."),
            Self::TooLong { max } => write!(f, "The text is longer than {max} characters."),
            Self::OpenQuote => f.write_str("A quotation mark opens in this row and isn't closed."),
            Self::OtherSeparator => {
                f.write_str("The cells of this row are separated by another sign than the header's.")
            }
        }
    }
}

/// A remark on a row that is taken, or on the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// None: it is about the whole file.
    pub row: Option<u32>,
    pub column: Option<Column>,
    /// The column's header as the file has it, or its letters where it has none; empty without a column.
    pub header: String,
    /// The cell as the file has it.
    pub value: String,
    pub note: Note,
    /// How many rows say the same; [`Notice::row`] is the first.
    pub count: usize,
}

/// What somebody should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// A sign at the front of an address was taken away: a bullet, or what a lost character has become.
    LostCharacter,
    /// An address was left out, because it stands in a remark or is called an old one.
    AddressLeftOut,
    /// The address cell has words, but no address.
    NoAddress,
    /// An address can't be used; its company goes in without it.
    BadAddress(AddressError),
    /// The value is none that we know; it was left out, or the default taken.
    Unknown,
    /// The row was merged into a company of the same code that has another name.
    NameDiffers,
    /// The row was merged into the first of several companies of that name.
    NameAmbiguous,
    /// The row was merged into a company of the same corporate number that has another name.
    NumberSame,
    /// The directory knew the company of the same code or corporate number by another name, and has the file's now. The value is
    /// both names.
    Renamed,
    /// It is no corporate number, and was left out.
    CorporateNumber,
    /// It is no postal code of Japan, and was left out.
    PostalCode,
    /// The file has another address in another column; it was left out. Told once for each column.
    AnotherAddress,
    /// The parent isn't known, or would stand below its own child.
    ParentUnknown,
    /// A number was saved as a power of ten ("1.01E+12"), or has more digits than a spreadsheet program keeps. It was left out.
    PowerOfTen,
    /// A date stands where none is kept; a spreadsheet program may have made it of a code. It was left out.
    Date,
    /// The number format can't be followed; the plain number was taken.
    Format,
    /// The number format hides the value; it was left out.
    HiddenByFormat,
    /// The cell says "the same as above", and has the value of the row above.
    Ditto,
    /// It begins with "the same as above" and goes on; it was taken as it is.
    DittoAndMore,
    /// It says so, and there is nothing above it.
    DittoOfNothing,
    /// It holds characters that mean something on one machine only (gaiji).
    PrivateUse,
    /// It holds a sign that stands for a character which was lost.
    Replaced,
    /// A mail address stands in another column: the row's cells may be off by one.
    Misplaced,
    /// The row has more cells than the header.
    MoreCells,
    /// The row was refused, see [`Why::OpenQuote`].
    OpenQuote,
    /// The row was refused, see [`Why::OtherSeparator`].
    OtherSeparator,
    /// Rows and columns that the file hides were left out, or taken.
    Hidden { rows: usize, columns: usize, taken: bool },
    /// Another sheet holds a list, too; it isn't read.
    AnotherList { rows: usize },
    /// Another list begins in a column (from 0) to the right; it isn't read.
    ListBeside { rows: usize, column: usize },
}

impl Note {
    /// The stable name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::LostCharacter => "lost-character",
            Self::AddressLeftOut => "address-left-out",
            Self::NoAddress => "no-address",
            Self::BadAddress(_) => "bad-address",
            Self::Unknown => "unknown",
            Self::NameDiffers => "name-differs",
            Self::NameAmbiguous => "name-ambiguous",
            Self::NumberSame => "number-same",
            Self::Renamed => "renamed",
            Self::CorporateNumber => "corporate-number",
            Self::PostalCode => "postal-code",
            Self::AnotherAddress => "another-address",
            Self::ParentUnknown => "parent-unknown",
            Self::PowerOfTen => "e-notation",
            Self::Date => "date",
            Self::Format => "format",
            Self::HiddenByFormat => "hidden-by-format",
            Self::Ditto => "ditto",
            Self::DittoAndMore => "ditto-and-more",
            Self::DittoOfNothing => "ditto-of-nothing",
            Self::PrivateUse => "private-use",
            Self::Replaced => "replaced-character",
            Self::Misplaced => "misplaced-address",
            Self::MoreCells => "more-cells",
            Self::OpenQuote => "open-quote",
            Self::OtherSeparator => "other-separator",
            Self::Hidden { taken: false, .. } => "hidden",
            Self::Hidden { taken: true, .. } => "hidden-taken",
            Self::AnotherList { .. } | Self::ListBeside { .. } => "another-list",
        }
    }

    /// The message's key: `import-notice-` and the code.
    pub fn key(self) -> &'static str {
        match self {
            Self::LostCharacter => "import-notice-lost-character",
            Self::AddressLeftOut => "import-notice-address-left-out",
            Self::NoAddress => "import-notice-no-address",
            Self::BadAddress(_) => "import-notice-bad-address",
            Self::Unknown => "import-notice-unknown",
            Self::NameDiffers => "import-notice-name-differs",
            Self::NameAmbiguous => "import-notice-name-ambiguous",
            Self::NumberSame => "import-notice-number-same",
            Self::Renamed => "import-notice-renamed",
            Self::CorporateNumber => "import-notice-corporate-number",
            Self::PostalCode => "import-notice-postal-code",
            Self::AnotherAddress => "import-notice-another-address",
            Self::ParentUnknown => "import-notice-parent",
            Self::PowerOfTen => "import-notice-e-notation",
            Self::Date => "import-notice-date",
            Self::Format => "import-notice-format",
            Self::HiddenByFormat => "import-notice-hidden-by-format",
            Self::Ditto => "import-notice-ditto",
            Self::DittoAndMore => "import-notice-ditto-and-more",
            Self::DittoOfNothing => "import-notice-ditto-of-nothing",
            Self::PrivateUse => "import-notice-private-use",
            Self::Replaced => "import-notice-replaced-character",
            Self::Misplaced => "import-notice-misplaced-address",
            Self::MoreCells => "import-notice-more-cells",
            Self::OpenQuote => "import-notice-open-quote",
            Self::OtherSeparator => "import-notice-other-separator",
            Self::Hidden { taken: false, .. } => "import-notice-hidden",
            Self::Hidden { taken: true, .. } => "import-notice-hidden-taken",
            Self::AnotherList { .. } => "import-notice-another-list",
            Self::ListBeside { .. } => "import-notice-list-beside",
        }
    }

    /// The message's parameters: `problem` is an [`AddressError::key`], `column` the column's letters, the others are numbers.
    pub fn params(self) -> Vec<(&'static str, String)> {
        match self {
            Self::BadAddress(problem) => vec![("problem", problem.key().to_owned())],
            Self::Hidden { rows, columns, .. } => vec![("rows", rows.to_string()), ("columns", columns.to_string())],
            Self::AnotherList { rows } => vec![("rows", rows.to_string())],
            Self::ListBeside { rows, column } => {
                vec![("rows", rows.to_string()), ("column", Table::letters(column))]
            }
            _ => Vec::new(),
        }
    }
}

/// All remarks on an import: what the file's cells gave rise to, and what the directory did.
pub fn notices(plan: &Plan, changes: &Changes) -> Vec<Notice> {
    let parents = changes.parents_unknown.iter().map(|(row, name)| Notice {
        row: Some(*row),
        column: Some(Column::Parent),
        header: plan.parent_header.clone(),
        value: name.clone(),
        note: Note::ParentUnknown,
        count: 1,
    });
    let names = changes.names.iter().map(|(row, value, note)| Notice {
        row: Some(*row),
        column: Some(Column::Name),
        header: plan.name_header.clone(),
        value: value.clone(),
        note: *note,
        count: 1,
    });
    let mut all: Vec<Notice> = plan.notices.iter().cloned().chain(names).chain(parents).collect();
    all.sort_by_key(|notice| notice.row);
    all
}

/// One remark for each value of a list that isn't known, and for each column of addresses that aren't taken, however many rows have it.
pub(super) fn once_each(notices: Vec<Notice>) -> Vec<Notice> {
    let mut seen: HashMap<(Option<Column>, String), usize> = HashMap::new();
    let mut kept: Vec<Notice> = Vec::new();
    for notice in notices {
        let same = match notice.note {
            Note::Unknown => Some(text(&notice.value).to_lowercase()),
            Note::AnotherAddress => Some(notice.header.clone()),
            _ => None,
        };
        if let Some(same) = same {
            match seen.entry((notice.column, same)) {
                Entry::Occupied(first) => {
                    kept[*first.get()].count += 1;
                    continue;
                }
                Entry::Vacant(place) => place.insert(kept.len()),
            };
        }
        kept.push(notice);
    }
    kept
}

/// The refused rows as a sheet: the file's own header and cells, then the row's number and, last, every reason in words
/// that `say` finds. Corrected there, the sheet can be imported as it is: both added columns are passed over.
pub fn rejected_sheet(
    table: &Table,
    mapping: &Mapping,
    plan: &Plan,
    [number_header, reason_header]: [&str; 2],
    say: impl Fn(&RowError) -> String,
) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reasons: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for error in &plan.errors {
        reasons.entry(error.row).or_default().push(say(error));
    }
    let mut header: Vec<String> = mapping.headers(table).into_iter().map(str::to_owned).collect();
    let width = header.len();
    header.extend([number_header.to_owned(), reason_header.to_owned()]);
    let rows = table.rows.iter().filter_map(|row| {
        let reasons = reasons.get(&row.number)?;
        let own = (0..width).map(|index| row.cell(index).to_owned());
        Some(own.chain([row.number.to_string(), reasons.join("\n")]).collect())
    });
    let rows = rows.collect();
    (header, rows)
}
