//! What a plan changes in the directory as it is: pure, so that the preview page and the import say the same.
//!
//! Which company a row is, [`super::known`] tells. Only what the file
//! says is changed; an empty cell erases nothing. A contact is known within its company by the address, without one by
//! name and phone. So the same file again finds everything as it is.

use super::known::{By, Index, Who};
use super::normalise::name_key;
use super::plan::{CompanyDraft, ContactDraft, Plan, join};
use super::report::Note;
use crate::directory::store::{Company, Contact};
use crate::directory::{CompanyId, ContactId};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A company that is new or not as it was, with what becomes of its contacts.
#[derive(Clone, Debug)]
pub struct Changed {
    /// None: it is new.
    pub before: Option<Company>,
    pub after: Company,
    pub new_contacts: Vec<Contact>,
    pub contacts: Vec<(Contact, Contact)>,
}

#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// In the order of the file.
    pub companies: Vec<Changed>,
    /// Names of parents that no company has, or that would stand above themselves, each with the row that says so.
    pub parents_unknown: Vec<(u32, String)>,
    /// Rows that are of a company under another name, or of one of several, with what the file and the directory call it.
    pub names: Vec<(u32, String, Note)>,
    /// Rows that joined a company of an earlier row because the directory knows that both are the same.
    pub merged: u64,
    /// Companies of the file for which it gives no address.
    pub without_mail: usize,
}

impl Changes {
    pub fn created(&self) -> usize {
        self.companies.iter().filter(|c| c.before.is_none()).count()
    }

    /// Companies that were known, and which the file changes or gives a contact.
    pub fn updated(&self) -> usize {
        self.companies.len() - self.created()
    }

    /// New contacts that can be written to; those with a name or a phone number only aren't counted.
    pub fn contacts_created(&self) -> usize {
        self.companies
            .iter()
            .flat_map(|c| &c.new_contacts)
            .filter(|c| c.mail.is_some())
            .count()
    }
}

/// The directory as an import finds it.
pub struct Existing {
    pub companies: Vec<Company>,
    pub contacts: Vec<Contact>,
}

struct Known {
    /// The companies as they will be, each with its place in `changed` once it is there.
    companies: Vec<Company>,
    name_keys: Vec<String>,
    index: Index,
}

impl Known {
    fn of(companies: Vec<Company>) -> Known {
        let mut known = Known {
            companies: Vec::new(),
            name_keys: Vec::new(),
            index: Index::default(),
        };
        for company in companies {
            known.push(company);
        }
        known
    }

    fn push(&mut self, company: Company) -> usize {
        self.name_keys.push(name_key(&company.name));
        self.companies.push(company);
        let index = self.companies.len() - 1;
        self.index(index);
        index
    }

    fn who(&self, index: usize) -> Who<'_> {
        let company = &self.companies[index];
        Who {
            code: company.code.as_deref(),
            number: company.corporate_number.as_deref(),
            name_key: &self.name_keys[index],
        }
    }

    fn index(&mut self, index: usize) {
        self.name_keys[index] = name_key(&self.companies[index].name);
        let company = &self.companies[index];
        let who = Who {
            code: company.code.as_deref(),
            number: company.corporate_number.as_deref(),
            name_key: &self.name_keys[index],
        };
        self.index.add(index, who);
    }

    fn find(&self, draft: &CompanyDraft) -> Option<(usize, By)> {
        self.index.find(draft.who(), |at| self.who(at))
    }

    fn parent(&self, written: &str) -> Option<usize> {
        let by_name = || self.index.by_name(&name_key(written));
        self.index.by_code(written).or_else(by_name)
    }

    /// Whether `above` is `of` or stands below it, so that it can't be its parent.
    fn circle(&self, above: usize, of: usize, places: &HashMap<CompanyId, usize>) -> bool {
        let mut seen = HashSet::new();
        let mut at = Some(above);
        while let Some(index) = at {
            if index == of || !seen.insert(index) {
                return true;
            }
            at = self.companies[index].parent.and_then(|id| places.get(&id).copied());
        }
        false
    }
}

/// `id` makes ids for what is new.
pub fn changes(existing: Existing, plan: &Plan, now: Timestamp, mut id: impl FnMut() -> Uuid) -> Changes {
    let before: HashMap<CompanyId, Company> = existing.companies.iter().map(|c| (c.id, c.clone())).collect();
    let mut contacts: HashMap<CompanyId, Vec<Contact>> = HashMap::new();
    for contact in existing.contacts {
        contacts.entry(contact.company).or_default().push(contact);
    }
    let mut known = Known::of(existing.companies);
    let mut changes = Changes::default();
    // Each company once, with all that the file says of it.
    let mut touched: Vec<(usize, Cow<'_, CompanyDraft>)> = Vec::new();
    let mut touched_at: HashMap<usize, usize> = HashMap::new();
    for draft in &plan.companies {
        let row = draft.rows.first().copied().unwrap_or_default();
        let Some((index, by)) = known.find(draft) else {
            let index = known.push(company(draft, CompanyId(id()), now));
            touched_at.insert(index, touched.len());
            touched.push((index, Cow::Borrowed(draft)));
            continue;
        };
        let (same_name, has_code) = (known.name_keys[index] == draft.name_key, draft.code.is_some());
        let company = &mut known.companies[index];
        if let Some(at) = touched_at.get(&index) {
            // The directory tells that two drafts are one company, which the file doesn't: they join as rows do.
            let note = by.joined(same_name, has_code);
            changes.names.extend(note.map(|note| (row, draft.name.clone(), note)));
            changes.merged += 1;
            let whole = touched[*at].1.to_mut();
            join(whole, draft.clone());
            update(company, whole);
        } else {
            let note = by.found(same_name, has_code);
            changes.names.extend(note.map(|note| {
                let value = match note {
                    Note::Renamed => format!("{} → {}", company.name, draft.name),
                    _ => draft.name.clone(),
                };
                (row, value, note)
            }));
            update(company, draft);
            touched_at.insert(index, touched.len());
            touched.push((index, Cow::Borrowed(draft)));
        }
        known.index(index);
    }
    changes.without_mail = touched.iter().filter(|(_, draft)| !draft.has_mail()).count();
    // Parents last: a company may stand in the file before its parent.
    let places: HashMap<CompanyId, usize> = known.companies.iter().enumerate().map(|(at, c)| (c.id, at)).collect();
    for (index, draft) in &touched {
        let Some(written) = &draft.parent else { continue };
        match known.parent(written) {
            Some(parent) if !known.circle(parent, *index, &places) => {
                known.companies[*index].parent = Some(known.companies[parent].id);
            }
            _ => changes
                .parents_unknown
                .push((draft.rows.first().copied().unwrap_or_default(), written.clone())),
        }
    }
    for (index, draft) in touched {
        let after = known.companies[index].clone();
        let old = contacts.remove(&after.id).unwrap_or_default();
        let mut all = old.clone();
        for contact in &draft.contacts {
            take(&mut all, contact, after.id, &mut id);
        }
        let new_contacts = all.split_off(old.len());
        let contacts: Vec<_> = old.into_iter().zip(all).filter(|(old, new)| old != new).collect();
        let before = before.get(&after.id).cloned();
        if before.as_ref() != Some(&after) || !new_contacts.is_empty() || !contacts.is_empty() {
            changes.companies.push(Changed {
                before,
                after,
                new_contacts,
                contacts,
            });
        }
    }
    changes
}

fn company(draft: &CompanyDraft, id: CompanyId, now: Timestamp) -> Company {
    Company {
        id,
        kind: draft.kind,
        code: draft.code.clone(),
        name: draft.name.clone(),
        kana: draft.kana.clone().unwrap_or_default(),
        country: draft.country.clone().unwrap_or_default(),
        tier: draft.tier,
        criticality: draft.criticality,
        items: draft.items.clone().unwrap_or_default(),
        parent: None,
        small: draft.small,
        corporate_number: draft.corporate_number.clone(),
        postal_code: draft.postal_code.clone().unwrap_or_default(),
        address: draft.address.clone().unwrap_or_default(),
        updated_at: now,
    }
}

fn say<T: Clone>(kept: &mut T, said: Option<&T>) {
    if let Some(said) = said {
        kept.clone_from(said);
    }
}

fn update(company: &mut Company, draft: &CompanyDraft) {
    say(&mut company.kind, draft.given_kind.as_ref());
    // A code that is there stays: the file's is the same, or lacks its zeros.
    if company.code.is_none() {
        company.code.clone_from(&draft.code);
    }
    company.name.clone_from(&draft.name);
    say(&mut company.kana, draft.kana.as_ref());
    say(&mut company.country, draft.country.as_ref());
    company.tier = draft.tier.or(company.tier);
    company.criticality = draft.criticality.or(company.criticality);
    say(&mut company.items, draft.items.as_ref());
    company.small = draft.small.or(company.small);
    if draft.corporate_number.is_some() {
        company.corporate_number.clone_from(&draft.corporate_number);
    }
    say(&mut company.postal_code, draft.postal_code.as_ref());
    say(&mut company.address, draft.address.as_ref());
}

/// Completes the contact that the draft means, or adds one.
fn take(all: &mut Vec<Contact>, draft: &ContactDraft, company: CompanyId, id: &mut impl FnMut() -> Uuid) {
    let name = draft.name.as_deref().unwrap_or_default();
    let phone = draft.phone.as_deref().unwrap_or_default();
    let found = match &draft.mail {
        Some(mail) => all
            .iter()
            .position(|c| c.mail.as_ref().is_some_and(|m| m.same_mailbox(mail))),
        // Exactly that one first; else one that says the same and more.
        None => all
            .iter()
            .position(|c| c.mail.is_none() && c.name == name && c.phone == phone)
            .or_else(|| {
                all.iter()
                    .position(|c| (name.is_empty() || c.name == name) && (phone.is_empty() || c.phone == phone))
            }),
    };
    let Some(index) = found else {
        all.push(Contact {
            id: ContactId(id()),
            company,
            position: all.iter().map(|c| c.position).max().unwrap_or(0) + 1,
            name: name.to_owned(),
            department: draft.department.clone().unwrap_or_default(),
            mail: draft.mail.clone(),
            phone: phone.to_owned(),
            language: draft.language.clone(),
            role: draft.role,
            held: None,
        });
        return;
    };
    let contact = &mut all[index];
    say(&mut contact.name, draft.name.as_ref());
    say(&mut contact.department, draft.department.as_ref());
    say(&mut contact.phone, draft.phone.as_ref());
    if draft.language_given {
        contact.language.clone_from(&draft.language);
    }
    if draft.role_given {
        contact.role = draft.role;
    }
}
