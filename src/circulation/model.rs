//! Who is written to, and what sending will do, in numbers.

use super::audience::{Audience, Place};
use crate::app::Scope;
use crate::campaigns::{Contacts, Plan, To};
use crate::db::{Result, Tx};
use crate::directory::{self, CompanyRow, Contact, Kind, NotMailed, Role};
use crate::invitations;
use crate::web::i18n::Locale;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The contacts of one company who get the mail, of those who may be mailed. An address is written to once, whoever it belongs to.
pub fn choose(contacts: &[Contact], choice: Contacts) -> Vec<&Contact> {
    let mut seen = HashSet::new();
    let reachable: Vec<&Contact> = contacts
        .iter()
        .filter(|c| c.mailable().is_ok_and(|m| seen.insert(m.as_str())))
        .collect();
    match choice {
        Contacts::All => reachable,
        Contacts::Primary => {
            let primary = reachable.iter().find(|c| c.role == Role::Primary).or(reachable.first());
            primary.copied().into_iter().collect()
        }
    }
}

/// What sending will do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reckoning {
    pub companies: i64,
    pub suppliers: i64,
    pub groups: i64,
    /// How many are asked the checklist.
    pub checks: i64,
    /// How many can be written to in each country: who can be reminded.
    pub countries: BTreeMap<String, i64>,
    /// How many mails go out, by language of the mail.
    pub mails: BTreeMap<String, i64>,
    /// Companies with nobody who may be mailed: to be phoned or written to on paper.
    pub without_mail: Vec<Named>,
    /// How many contacts have an address and aren't mailed, and the first of them.
    pub held: i64,
    pub held_first: Vec<Held>,
    /// How many addresses get several mails, because several companies have them, and the first of them.
    pub shared: i64,
    pub shared_first: Vec<Shared>,
    /// How many of those that can be written to in each country have somebody on record whom reminders may go to: a backup
    /// or an executive with an address, a buyer of ours.
    pub on_record: BTreeMap<To, BTreeMap<String, i64>>,
    /// Those who haven't, for each of them whom the plan reminds.
    pub lacking: BTreeMap<To, Lacking>,
    /// Companies that another campaign invited in the last 14 days.
    pub recent: Vec<Named>,
    #[serde(skip)]
    pub sample: Option<CompanyRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Named {
    pub id: directory::CompanyId,
    pub name: String,
    pub code: Option<String>,
}

/// Companies that lack something: how many, and the first of them by name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Lacking {
    pub count: i64,
    pub first: Vec<Named>,
}

impl Lacking {
    /// How many aren't named.
    pub fn more(&self) -> i64 {
        self.count - self.first.len() as i64
    }
}

/// Who of a company's side and of ours is on record.
fn has(to: To, contacts: &[Contact], buyer: bool) -> bool {
    let role = |role| contacts.iter().any(|c| c.role == role && c.mailable().is_ok());
    match to {
        To::Primary => role(Role::Primary),
        To::Backup => role(Role::Backup),
        To::Executive => role(Role::Executive),
        To::Buyer => buyer,
    }
}

/// A contact who isn't mailed although there is an address.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    pub company: Named,
    pub address: String,
    pub why: NotMailed,
}

/// An address that several companies have.
#[derive(Clone, Debug, Serialize)]
pub struct Shared {
    pub address: String,
    pub mails: i64,
    /// Some of the companies.
    pub companies: Vec<String>,
}

/// How many contacts and addresses are named.
const NAMED: usize = 100;
/// How many companies of one address are named.
const COMPANIES: usize = 5;

/// Which address gets how many mails. It keeps a number for each address, and names for the few that come again.
#[derive(Default)]
struct Addresses {
    first: HashMap<u64, directory::CompanyId>,
    again: BTreeMap<String, (i64, Vec<directory::CompanyId>)>,
    /// Addresses that come again and aren't kept.
    more: HashSet<u64>,
}

impl Addresses {
    fn take(&mut self, address: &str, company: directory::CompanyId) {
        let address = address.to_lowercase();
        let key = std::hash::BuildHasher::hash_one(
            &std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default(),
            &address,
        );
        let first = match self.first.entry(key) {
            Entry::Vacant(free) => {
                free.insert(company);
                return;
            }
            Entry::Occupied(taken) => *taken.get(),
        };
        if !self.again.contains_key(&address) && self.again.len() >= NAMED {
            self.more.insert(key);
            return;
        }
        let (mails, companies) = self.again.entry(address).or_insert_with(|| (1, vec![first]));
        *mails += 1;
        if companies.len() < COMPANIES {
            companies.push(company);
        }
    }

    /// How many addresses get several mails, and some of them.
    async fn shared(self, tx: &mut Tx, scope: Scope) -> Result<(i64, Vec<Shared>)> {
        let count = self.again.len() + self.more.len();
        let ids: BTreeSet<_> = self
            .again
            .values()
            .flat_map(|(_, companies)| companies)
            .copied()
            .collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let names: HashMap<_, _> = directory::rows(tx, &scope, &ids)
            .await?
            .into_iter()
            .map(|c| (c.id, c.name))
            .collect();
        let named = self.again.into_iter().map(|(address, (mails, companies))| Shared {
            address,
            mails,
            companies: companies.iter().filter_map(|id| names.get(id).cloned()).collect(),
        });
        Ok((count as i64, named.collect()))
    }
}

impl Reckoning {
    /// Notes whom the plan may remind of a company that can be written to.
    fn note(&mut self, plan: &Plan, company: &CompanyRow, contacts: &[Contact], buyer: bool) {
        for to in [To::Backup, To::Executive, To::Buyer] {
            if has(to, contacts, buyer) {
                let of = self.on_record.entry(to).or_default();
                *of.entry(company.country.clone()).or_default() += 1;
            } else if plan.reminders.reaches(to) {
                let lacking = self.lacking.entry(to).or_default();
                lacking.count += 1;
                if lacking.first.len() < NAMED {
                    lacking.first.push(Named::of(company));
                }
            }
        }
    }

    pub fn mail_count(&self) -> i64 {
        self.mails.values().sum()
    }

    /// How many contacts of [`Reckoning::held`] aren't named.
    pub fn held_more(&self) -> i64 {
        self.held - self.held_first.len() as i64
    }

    /// How many addresses of [`Reckoning::shared`] aren't named.
    pub fn shared_more(&self) -> i64 {
        self.shared - self.shared_first.len() as i64
    }
}

impl Named {
    fn of(company: &CompanyRow) -> Named {
        Named {
            id: company.id,
            name: company.name.clone(),
            code: company.code.clone(),
        }
    }
}

pub const RECENT_DAYS: i64 = 14;
/// How many companies are looked at in one go.
pub const PAGE: usize = 500;

/// Counts what sending the plan now would do.
pub async fn reckon(tx: &mut Tx, scope: Scope, plan: &Plan, audience: &Audience, now: Timestamp) -> Result<Reckoning> {
    let since = now - SignedDuration::from_hours(24 * RECENT_DAYS);
    let recent: HashSet<_> = invitations::companies_invited_since(tx, scope, since, audience.root())
        .await?
        .into_iter()
        .collect();
    let with_buyer = directory::companies_with_buyer(tx, scope).await?;
    let mut out = Reckoning::default();
    let mut addresses = Addresses::default();
    let mut at = Place::default();
    while !at.ended {
        let page = audience.page(tx, scope, &mut at, PAGE).await?;
        for company in &page {
            out.companies += 1;
            match company.kind {
                Kind::Group => out.groups += 1,
                Kind::Supplier => out.suppliers += 1,
            }
            out.checks += i64::from(plan.asks_check(company.kind));
            let named = || Named::of(company);
            if recent.contains(&company.id) {
                out.recent.push(named());
            }
            let contacts = match company.contacts {
                0 => Vec::new(),
                _ => directory::contacts_of(tx, &scope, company.id).await?,
            };
            for contact in &contacts {
                if let (Err(why), Some(mail)) = (contact.mailable(), &contact.mail) {
                    out.held += 1;
                    if out.held_first.len() < NAMED {
                        out.held_first.push(Held {
                            company: named(),
                            address: mail.to_string(),
                            why,
                        });
                    }
                }
            }
            if company.mails == 0 {
                out.without_mail.push(named());
                continue;
            }
            *out.countries.entry(company.country.clone()).or_default() += 1;
            out.note(plan, company, &contacts, with_buyer.contains(&company.id));
            for contact in choose(&contacts, plan.contacts) {
                if let Ok(mail) = contact.mailable() {
                    addresses.take(mail.as_str(), company.id);
                }
                *out.mails
                    .entry(Locale::or_english(&contact.language).as_str().to_owned())
                    .or_default() += 1;
            }
            if out.sample.is_none() {
                out.sample = Some(company.clone());
            }
        }
    }
    (out.shared, out.shared_first) = addresses.shared(tx, scope).await?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{CompanyId, ContactId};
    use uuid::Uuid;

    fn contact(mail: Option<&str>, role: Role) -> Contact {
        Contact {
            id: ContactId(Uuid::from_u128(1)),
            company: CompanyId(Uuid::from_u128(2)),
            position: 0,
            name: "x".into(),
            department: String::new(),
            mail: mail.map(|m| m.parse().unwrap()),
            phone: String::new(),
            language: "ja".into(),
            role,
            held: None,
        }
    }

    fn addresses(contacts: &[Contact], choice: Contacts) -> Vec<String> {
        choose(contacts, choice)
            .iter()
            .map(|c| c.mail.as_ref().unwrap().to_string())
            .collect()
    }

    #[test]
    fn the_primary_contact_is_chosen_else_the_first_with_an_address() {
        let backup = contact(Some("b@x.example"), Role::Backup);
        let primary = contact(Some("p@x.example"), Role::Primary);
        let silent = contact(None, Role::Primary);
        assert_eq!(
            addresses(&[backup.clone(), primary.clone()], Contacts::Primary),
            ["p@x.example"]
        );
        assert_eq!(
            addresses(&[silent.clone(), backup.clone()], Contacts::Primary),
            ["b@x.example"]
        );
        assert_eq!(
            addresses(&[silent, backup, primary.clone(), primary], Contacts::All),
            ["b@x.example", "p@x.example"]
        );
    }

    #[test]
    fn a_plan_that_reminds_executives_tells_who_has_none() {
        let plan = Plan {
            reminders: crate::campaigns::Reminders::standard(),
            ..Plan::default()
        };
        let company = |n: u128| CompanyRow {
            id: CompanyId(Uuid::from_u128(n)),
            kind: Kind::Supplier,
            name: format!("company {n}"),
            code: None,
            country: "JP".into(),
            tier: None,
            criticality: None,
            sort_key: String::new(),
            contacts: 1,
            mails: 1,
        };
        let mut reckoning = Reckoning::default();
        let primary = contact(Some("p@x.example"), Role::Primary);
        let executive = contact(Some("e@x.example"), Role::Executive);
        let silent = contact(None, Role::Executive);
        reckoning.note(&plan, &company(1), &[primary.clone(), executive], false);
        for n in 2..=140 {
            reckoning.note(&plan, &company(n), &[primary.clone(), silent.clone()], n == 2);
        }
        let of = |to| reckoning.on_record.get(&to).and_then(|of| of.get("JP")).copied();
        assert_eq!(
            (of(To::Executive), of(To::Buyer), of(To::Backup)),
            (Some(1), Some(1), None)
        );
        let lacking = &reckoning.lacking[&To::Executive];
        assert_eq!((lacking.count, lacking.first.len(), lacking.more()), (139, NAMED, 39));
        assert_eq!(lacking.first[0].name, "company 2");
        // A plan that reminds nobody promises nothing.
        let mut silent = Reckoning::default();
        silent.note(&Plan::default(), &company(1), &[primary], false);
        assert!(silent.lacking.is_empty());
    }
}
