//! What the import says about rows: passed over, refused, or taken with a remark. Reasons have stable keys for messages;
//! the sentences live in `locales/`.

use std::collections::BTreeMap;

use super::columns::Column;
use super::header::Mapping;
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
    MailInvalid(AddressError),
    /// More characters than the directory keeps.
    TooLong {
        max: usize,
    },
}

impl Why {
    /// The stable name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::NameMissing => "name-missing",
            Self::MailInvalid(_) => "mail-invalid",
            Self::TooLong { .. } => "too-long",
        }
    }

    /// The message's key: `import-why-` and the code.
    pub fn key(self) -> &'static str {
        match self {
            Self::NameMissing => "import-why-name-missing",
            Self::MailInvalid(_) => "import-why-mail-invalid",
            Self::TooLong { .. } => "import-why-too-long",
        }
    }

    /// The message's parameters: `problem` is an [`AddressError::key`], `max` a number of characters.
    pub fn params(self) -> Vec<(&'static str, String)> {
        match self {
            Self::NameMissing => Vec::new(),
            Self::MailInvalid(problem) => vec![("problem", problem.key().to_owned())],
            Self::TooLong { max } => vec![("max", max.to_string())],
        }
    }
}

/// For logs and for people who read JSON; pages say it in their own words.
impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NameMissing => f.write_str("The company's name is missing."),
            Self::MailInvalid(problem) => problem.fmt(f),
            Self::TooLong { max } => write!(f, "The text is longer than {max} characters."),
        }
    }
}

/// A remark on a row that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub row: u32,
    pub column: Column,
    pub value: String,
    pub note: Note,
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
    /// The value is none that we know; it was left out, or the default taken.
    Unknown,
    /// The row was merged into a company of the same code that has another name.
    NameDiffers,
    /// The row was merged into the first of several companies of that name.
    NameAmbiguous,
    /// The row was merged into a company of the same corporate number that has another name.
    NumberSame,
    /// It is no corporate number, and was left out.
    CorporateNumber,
    /// It is no postal code of Japan, and was left out.
    PostalCode,
}

impl Note {
    /// The stable name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::LostCharacter => "lost-character",
            Self::AddressLeftOut => "address-left-out",
            Self::NoAddress => "no-address",
            Self::Unknown => "unknown",
            Self::NameDiffers => "name-differs",
            Self::NameAmbiguous => "name-ambiguous",
            Self::NumberSame => "number-same",
            Self::CorporateNumber => "corporate-number",
            Self::PostalCode => "postal-code",
        }
    }

    /// The message's key: `import-notice-` and the code.
    pub fn key(self) -> &'static str {
        match self {
            Self::LostCharacter => "import-notice-lost-character",
            Self::AddressLeftOut => "import-notice-address-left-out",
            Self::NoAddress => "import-notice-no-address",
            Self::Unknown => "import-notice-unknown",
            Self::NameDiffers => "import-notice-name-differs",
            Self::NameAmbiguous => "import-notice-name-ambiguous",
            Self::NumberSame => "import-notice-number-same",
            Self::CorporateNumber => "import-notice-corporate-number",
            Self::PostalCode => "import-notice-postal-code",
        }
    }
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
