//! What an import would do, before anything is done: a pure function from a sheet to companies, contacts and reports.

use super::columns::Column;
use super::draft::Draft;
use super::header::Mapping;
use super::known::{Index, Who};
use super::normalise;
use super::report::{Note, Notice, Reason, RowError, Skipped, Why, once_each};
use super::rows::{Class, Reader};
use crate::directory::model::{Criticality, Kind, Role};
use crate::mail::address::EmailAddress;
use crate::sheets::{Row, Table};

/// What the file does not say.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The kind of companies whose row does not tell it.
    pub default_kind: Kind,
}

/// What goes in and what can't.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Rows from below the header to the last row with a company, taken or refused; blank rows among them count.
    pub rows: u64,
    /// In the order of their first rows.
    pub companies: Vec<CompanyDraft>,
    /// Rows that joined a company which an earlier row of this file had brought.
    pub merged: u64,
    pub skipped: Vec<Skipped>,
    /// By row, then column.
    pub errors: Vec<RowError>,
    /// Those on the whole file, then by row.
    pub notices: Vec<Notice>,
    /// What the column of the parents is called in the file.
    pub parent_header: String,
    /// And that of the names.
    pub name_header: String,
}

impl Plan {
    /// Contacts with an address.
    pub fn contacts_with_mail(&self) -> usize {
        self.companies
            .iter()
            .flat_map(|company| &company.contacts)
            .filter(|contact| contact.mail.is_some())
            .count()
    }

    /// All contacts: those without an address have a name or a phone number.
    pub fn contacts(&self) -> usize {
        self.companies.iter().map(|company| company.contacts.len()).sum()
    }

    /// Companies that no mail can reach.
    pub fn without_mail(&self) -> usize {
        self.companies.iter().filter(|company| !company.has_mail()).count()
    }

    /// Refused rows, each once.
    pub fn error_rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.errors.iter().map(|error| error.row).collect();
        rows.dedup();
        rows
    }
}

/// A company as the file tells it, over all its rows. What no row tells is `None`, so that an update leaves it alone.
#[derive(Clone, Debug, PartialEq)]
pub struct CompanyDraft {
    /// `None` if the file does not tell it; new companies then take [`Options::default_kind`].
    pub given_kind: Option<Kind>,
    /// What the file tells, else the default.
    pub kind: Kind,
    pub code: Option<String>,
    pub name: String,
    pub name_key: String,
    pub kana: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub items: Option<String>,
    pub tier: Option<i64>,
    pub criticality: Option<Criticality>,
    /// The parent's name or code, as written.
    pub parent: Option<String>,
    pub small: Option<bool>,
    /// Thirteen digits of which the first is right.
    pub corporate_number: Option<String>,
    pub postal_code: Option<String>,
    pub address: Option<String>,
    pub contacts: Vec<ContactDraft>,
    /// The rows it was read from.
    pub rows: Vec<u32>,
}

impl CompanyDraft {
    pub fn has_mail(&self) -> bool {
        self.contacts.iter().any(|contact| contact.mail.is_some())
    }
}

/// A contact as the file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactDraft {
    pub name: Option<String>,
    pub department: Option<String>,
    pub mail: Option<EmailAddress>,
    pub phone: Option<String>,
    /// ISO 639-1: what the file tells; else "ja" for a company in Japan, or in no known country with a Japanese name;
    /// else "en".
    pub language: String,
    /// Whether the file tells the language, or it was concluded.
    pub language_given: bool,
    /// What the file tells; else primary for a company's first contact and backup for those after it.
    pub role: Role,
    pub role_given: bool,
}

/// Plans the import of a sheet. A row is refused as a whole when it lacks the company's name; an address that can't be read, an
/// unknown grade, tier, country, language or kind is left out with a notice.
/// Rows join an earlier one by code, else by name (see [`normalise::name_key`]); a row whose code an earlier one has may
/// leave the name out.
pub fn plan(table: &Table, mapping: &Mapping, options: &Options) -> Plan {
    let reader = Reader::new(table, mapping);
    let mut known = Known::default();
    let mut plan = Plan::default();
    let mut last = mapping.header_row;
    let mut passed: Vec<Skipped> = Vec::new();
    for row in &table.rows {
        // Blank rows are gaps in the numbers. A long gap is not a list's, and is not told row by row.
        let gap = last.max(passed.last().map_or(0, |skipped| skipped.row)) + 1..row.number;
        if row.number > mapping.header_row && gap.len() <= 1000 {
            passed.extend(gap.map(|row| Skipped {
                row,
                why: Reason::Blank,
            }));
        }
        if let Some(why) = reader.broken(row) {
            last = row.number;
            let error = reader.error(row, None, Column::Name, why);
            plan.notices.push(Notice {
                row: Some(row.number),
                column: None,
                header: String::new(),
                value: error.value.clone(),
                note: if why == Why::OpenQuote {
                    Note::OpenQuote
                } else {
                    Note::OtherSeparator
                },
                count: 1,
            });
            plan.errors.push(error);
            continue;
        }
        match reader.classify(row) {
            Class::Skip(why) => passed.push(Skipped { row: row.number, why }),
            Class::HeaderItself => {}
            Class::Company => {
                last = row.number;
                plan.notices.extend(reader.notices_of(row));
                let before = plan.errors.len();
                let named = |code: &str| known.by_code(code).map(|company| company.name.clone());
                let company = Draft {
                    reader: &reader,
                    row,
                    plan: &mut plan,
                    options,
                }
                .read(named);
                if plan.errors.len() == before {
                    known.take(company, row, &reader, &mut plan);
                }
            }
        }
    }
    plan.notices = once_each(plan.notices);
    let title = |column| mapping.first(column).map_or(String::new(), |index| reader.title(index));
    (plan.parent_header, plan.name_header) = (title(Column::Parent), title(Column::Name));
    plan.rows = u64::from(last - mapping.header_row);
    plan.skipped = passed;
    plan.companies = known.companies;
    // In a list whose headers are Japanese, a name in kanji alone is a Japanese company's.
    let japanese_list = mapping.headers(table).iter().any(|h| h.chars().any(is_kana));
    for company in &mut plan.companies {
        settle(company, japanese_list);
    }
    plan
}

/// Fills in what depends on the whole company.
pub(super) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}')
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn settle(company: &mut CompanyDraft, japanese_list: bool) {
    let japanese = match company.country.as_deref() {
        Some(code) => code == "JP",
        None => {
            company.kana.is_some()
                || normalise::looks_japanese(&company.name)
                || (japanese_list && company.name.chars().any(is_han))
        }
    };
    let language = if japanese { "ja" } else { "en" };
    for contact in company.contacts.iter_mut().filter(|contact| !contact.language_given) {
        language.clone_into(&mut contact.language);
    }
    settle_roles(company);
}

/// One is written to first; the others where it can't be.
fn settle_roles(company: &mut CompanyDraft) {
    let mut primary = company
        .contacts
        .iter()
        .any(|contact| contact.role_given && contact.role == Role::Primary);
    for contact in company.contacts.iter_mut().filter(|contact| !contact.role_given) {
        contact.role = if primary { Role::Backup } else { Role::Primary };
        primary = true;
    }
}

impl CompanyDraft {
    pub(super) fn who(&self) -> Who<'_> {
        Who {
            code: self.code.as_deref(),
            number: self.corporate_number.as_deref(),
            name_key: &self.name_key,
        }
    }
}

/// The companies of the file so far, by what they are known again by.
#[derive(Default)]
struct Known {
    companies: Vec<CompanyDraft>,
    index: Index,
}

impl Known {
    fn by_code(&self, code: &str) -> Option<&CompanyDraft> {
        self.companies.get(self.index.by_code(code)?)
    }

    /// Where a draft belongs, if an earlier row brought the company.
    fn find(&self, draft: &CompanyDraft) -> Option<(usize, Option<Note>)> {
        let (index, by) = self.index.find(draft.who(), |at| self.companies[at].who())?;
        let same_name = self.companies[index].name_key == draft.name_key;
        Some((index, by.joined(same_name, draft.code.is_some())))
    }

    fn take(&mut self, draft: CompanyDraft, row: &Row, reader: &Reader<'_>, plan: &mut Plan) {
        let index = match self.find(&draft) {
            Some((index, note)) => {
                if let Some(note) = note {
                    plan.notices
                        .push(reader.notice(row, reader.mapping.first(Column::Name), Column::Name, note));
                }
                plan.merged += 1;
                merge(&mut self.companies[index], draft);
                index
            }
            None => {
                self.index.add(self.companies.len(), draft.who());
                self.companies.push(draft);
                self.companies.len() - 1
            }
        };
        self.index.add_codes(index, self.companies[index].who());
    }
}

/// As the rows of a file join each other: for two drafts of which the directory tells that they are one company.
pub(super) fn join(company: &mut CompanyDraft, later: CompanyDraft) {
    merge(company, later);
    settle_roles(company);
}

/// A later row of the same company adds what earlier ones left open; where both speak, the earlier stands.
fn merge(company: &mut CompanyDraft, later: CompanyDraft) {
    if company.given_kind.is_none() && later.given_kind.is_some() {
        (company.given_kind, company.kind) = (later.given_kind, later.kind);
    }
    company.code = company.code.take().or(later.code);
    company.kana = company.kana.take().or(later.kana);
    company.country = company.country.take().or(later.country);
    company.items = company.items.take().or(later.items);
    company.tier = company.tier.or(later.tier);
    company.criticality = company.criticality.or(later.criticality);
    company.parent = company.parent.take().or(later.parent);
    company.small = company.small.or(later.small);
    company.corporate_number = company.corporate_number.take().or(later.corporate_number);
    company.postal_code = company.postal_code.take().or(later.postal_code);
    company.address = company.address.take().or(later.address);
    company.rows.extend(later.rows);
    for contact in later.contacts {
        add(&mut company.contacts, contact);
    }
}

/// Adds a contact, or completes the one with the same address; without an address, one of the same name and phone.
pub(super) fn add(contacts: &mut Vec<ContactDraft>, later: ContactDraft) {
    let same = contacts.iter_mut().find(|known| match (&known.mail, &later.mail) {
        (Some(one), Some(other)) => one.same_mailbox(other),
        (_, None) => later.name.is_none_or_in(&known.name) && later.phone.is_none_or_in(&known.phone),
        (None, Some(_)) => false,
    });
    let Some(known) = same else {
        contacts.push(later);
        return;
    };
    known.name = known.name.take().or(later.name);
    known.department = known.department.take().or(later.department);
    known.phone = known.phone.take().or(later.phone);
    if !known.language_given && later.language_given {
        (known.language, known.language_given) = (later.language, true);
    }
    if !known.role_given && later.role_given {
        (known.role, known.role_given) = (later.role, true);
    }
}

/// Whether a later row says nothing that the earlier one does not.
trait NoneOrIn {
    fn is_none_or_in(&self, known: &Self) -> bool;
}

impl NoneOrIn for Option<String> {
    fn is_none_or_in(&self, known: &Self) -> bool {
        self.is_none() || self == known
    }
}
