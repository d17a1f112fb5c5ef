//! One row read into a company, with what is wrong or odd about it.

use super::addresses::{Found, usable};
use super::columns::Column;
use super::plan::{CompanyDraft, ContactDraft, Options, Plan, add, is_han, is_kana};
use super::report::{Note, Why};
use super::rows::Reader;
use super::{country, normalise, postal, registered};
use crate::directory::model::Role;
use crate::sheets::Row;

/// Characters that the directory keeps of a name or any other short text.
const MAX_SHORT: usize = 200;
/// Characters that it keeps of the items.
const MAX_ITEMS: usize = 2_000;

/// A row being read.
pub(super) struct Draft<'a, 'p> {
    pub reader: &'p Reader<'a>,
    pub row: &'a Row,
    pub plan: &'p mut Plan,
    pub options: &'p Options,
}

impl Draft<'_, '_> {
    /// Reads the row; if it adds an error to the plan, the result must not be used. `named` tells the name of an earlier
    /// row's company by its code, for rows that repeat only the code.
    pub fn read(mut self, named: impl Fn(&str) -> Option<String>) -> CompanyDraft {
        let code = self.short(Column::Code, normalise::code);
        let name = self.short(Column::Name, normalise::text);
        let name = name.or_else(|| named(code.as_deref()?)).unwrap_or_default();
        if name.is_empty() {
            self.error(Column::Name, self.reader.mapping.first(Column::Name), Why::NameMissing);
        }
        let given_kind = self.known(Column::Kind, normalise::kind);
        let kana = self.short(Column::Kana, normalise::kana);
        let country = self.known(Column::Country, country::country).map(str::to_owned);
        let items = self.text(Column::Items, normalise::text, MAX_ITEMS);
        let tier = self.known(Column::Tier, normalise::tier);
        let criticality = self.known(Column::Criticality, normalise::criticality);
        let parent = self.short(Column::Parent, normalise::text);
        let small = self.known(Column::Small, normalise::small);
        let corporate_number = self.told(
            Column::CorporateNumber,
            Note::CorporateNumber,
            registered::corporate_number,
        );
        let postal_header = self.reader.mapping.first(Column::PostalCode);
        // As everywhere in a Japanese list: who has a name in Latin letters alone may be anywhere.
        let japanese_postal = postal_header.is_some_and(|index| self.reader.header(index).contains(['郵', '〒']))
            && name.chars().any(|c| is_kana(c) || is_han(c));
        let postal_code = self.told(Column::PostalCode, Note::PostalCode, |raw| {
            registered::postal_code(raw, country.as_deref(), japanese_postal)
        });
        let address = self.address();
        CompanyDraft {
            given_kind,
            kind: given_kind.unwrap_or(self.options.default_kind),
            code,
            name_key: normalise::name_key(&name),
            name,
            kana,
            country,
            items,
            tier,
            criticality,
            parent,
            small,
            corporate_number,
            postal_code,
            address,
            contacts: self.contacts(),
            rows: vec![self.row.number],
        }
    }

    /// The row's contacts: one for each address, the n-th address column with the n-th name, department and phone. Several
    /// addresses in one cell share department and phone; a name goes with the first of them, unless the cell has as many
    /// names as addresses. Without an address, a name or a phone still makes a contact.
    fn contacts(&mut self) -> Vec<ContactDraft> {
        let language = self.known(Column::Language, normalise::language);
        let role = self.known(Column::Role, normalise::role);
        let count = |column| self.reader.mapping.all(column).count();
        let slots = count(Column::Mail).max(count(Column::ContactName)).max(1);
        let mut contacts = Vec::new();
        for slot in 0..slots {
            let found = self.found(slot);
            let names = self.names(slot, found.len());
            let phone = self.nth(Column::Phone, slot, |raw| normalise::phone(raw).unwrap_or_default());
            // A second address column without a department of its own belongs to the first one's.
            let department = match self.nth(Column::Department, slot, normalise::text) {
                None if !found.is_empty() => self.nth(Column::Department, 0, normalise::text),
                own => own,
            };
            let mut draft = ContactDraft {
                name: names.first().cloned(),
                department,
                mail: None,
                phone,
                language: language.clone().unwrap_or_default(),
                language_given: language.is_some(),
                role: role.unwrap_or(Role::Primary),
                role_given: role.is_some() && slot == 0,
            };
            if found.is_empty() {
                if draft.name.is_some() || draft.phone.is_some() {
                    add(&mut contacts, draft);
                }
                continue;
            }
            for (index, one) in found.into_iter().enumerate() {
                draft.role_given &= index == 0;
                let name = if names.len() == 1 && index > 0 {
                    None
                } else {
                    names.get(index).cloned()
                };
                add(
                    &mut contacts,
                    ContactDraft {
                        name: one.name.or(name),
                        mail: Some(one.address),
                        ..draft.clone()
                    },
                );
            }
        }
        contacts
    }

    /// The addresses of the n-th address column that can be used; the others are told.
    fn found(&mut self, slot: usize) -> Vec<Found> {
        let Some(index) = self.reader.mapping.all(Column::Mail).nth(slot) else {
            return Vec::new();
        };
        let raw = self.reader.raw(self.row, index);
        let (cell, wrong) = usable(raw);
        if let Some(problem) = wrong {
            self.notice_at(index, Column::Mail, Note::BadAddress(problem));
        }
        if cell.found.iter().any(|one| one.lost_character) {
            self.notice_at(index, Column::Mail, Note::LostCharacter);
        }
        if cell.left_out {
            self.notice_at(index, Column::Mail, Note::AddressLeftOut);
        } else if wrong.is_none() && cell.found.is_empty() && !normalise::is_nothing(raw) {
            self.notice_at(index, Column::Mail, Note::NoAddress);
        }
        cell.found
    }

    /// The names in the n-th name column: as many as there are addresses, if they are separated, else one.
    fn names(&mut self, slot: usize, wanted: usize) -> Vec<String> {
        let Some(index) = self.reader.mapping.all(Column::ContactName).nth(slot) else {
            return Vec::new();
        };
        let raw = self.reader.raw(self.row, index);
        if normalise::is_nothing(raw) {
            return Vec::new();
        }
        let parts: Vec<String> = raw
            .split(['\n', '、', ';', '；', '/', '／', ',', '，'])
            .map(normalise::text)
            .filter(|name| !normalise::is_nothing(name))
            .collect();
        let names = if wanted > 1 && parts.len() == wanted {
            parts
        } else {
            vec![normalise::text(raw)]
        };
        self.bounded(Column::ContactName, index, &names);
        names
    }

    /// The n-th column that holds this.
    fn nth(&mut self, column: Column, slot: usize, read: impl Fn(&str) -> String) -> Option<String> {
        let index = self.reader.mapping.all(column).nth(slot)?;
        let raw = self.reader.raw(self.row, index);
        let value = (!normalise::is_nothing(raw))
            .then(|| read(raw))
            .filter(|value| !value.is_empty())?;
        self.bounded(column, index, std::slice::from_ref(&value));
        Some(value)
    }

    fn bounded(&mut self, column: Column, index: usize, values: &[String]) {
        let told = self
            .plan
            .errors
            .iter()
            .rev()
            .take_while(|error| error.row == self.row.number)
            .any(|error| error.column == column);
        if !told && values.iter().any(|value| value.chars().count() > MAX_SHORT) {
            self.error(column, Some(index), Why::TooLong { max: MAX_SHORT });
        }
    }

    fn short(&mut self, column: Column, read: impl Fn(&str) -> String) -> Option<String> {
        self.text(column, read, MAX_SHORT)
    }

    fn text(&mut self, column: Column, read: impl Fn(&str) -> String, max: usize) -> Option<String> {
        let (index, raw) = self.reader.value(self.row, column)?;
        let value = read(&raw);
        if value.chars().count() > max {
            self.error(column, Some(index), Why::TooLong { max });
        }
        (!value.is_empty()).then_some(value)
    }

    /// A value of a closed list; one that is not in it is left out with a notice.
    fn known<T>(&mut self, column: Column, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let index = self.reader.mapping.first(column)?;
        let raw = self.reader.raw(self.row, index);
        // Read first: "NO" is Norway, and "なし" answers whether a company is small.
        let value = read(raw);
        if value.is_none() && !normalise::is_nothing(raw) {
            self.notice(column, Note::Unknown);
        }
        value
    }

    /// A value that must be right; one that isn't is left out with a notice of its own.
    fn told(&mut self, column: Column, note: Note, read: impl Fn(&str) -> Option<String>) -> Option<String> {
        let (_, raw) = self.reader.value(self.row, column)?;
        let value = read(&raw);
        if value.is_none() {
            self.notice(column, note);
        }
        value
    }

    /// The parts of the address, from the prefecture to the building. Other addresses than the first are told.
    fn address(&mut self) -> Option<String> {
        let (columns, others) = postal::columns(self.reader);
        for other in others {
            if !normalise::is_nothing(self.reader.raw(self.row, other)) {
                self.notice_at(other, Column::Address, Note::AnotherAddress);
            }
        }
        let parts: Vec<String> = columns
            .iter()
            .map(|index| self.reader.raw(self.row, *index))
            .filter(|raw| !normalise::is_nothing(raw))
            .map(normalise::text)
            .collect();
        // A list that repeats the city in a column of its own has it once in the address.
        let said = |part: &String| {
            !part.is_ascii()
                && parts
                    .iter()
                    .any(|other| other.len() > part.len() && other.contains(part.as_str()))
        };
        let written: Vec<&str> = parts.iter().filter(|part| !said(part)).map(String::as_str).collect();
        let address = written.join(" ");
        let first = columns.first().copied()?;
        self.bounded(Column::Address, first, std::slice::from_ref(&address));
        (!address.is_empty()).then_some(address)
    }

    fn error(&mut self, column: Column, index: Option<usize>, why: Why) {
        self.plan.errors.push(self.reader.error(self.row, index, column, why));
    }

    fn notice(&mut self, column: Column, note: Note) {
        if let Some(index) = self.reader.mapping.first(column) {
            self.notice_at(index, column, note);
        }
    }

    fn notice_at(&mut self, index: usize, column: Column, note: Note) {
        self.plan
            .notices
            .push(self.reader.notice(self.row, Some(index), column, note));
    }
}
