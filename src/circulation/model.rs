//! Who is written to, and what sending will do, in numbers.

use super::audience::{Audience, Place};
use crate::app::Scope;
use crate::campaigns::{Contacts, Plan};
use crate::db::{Result, Tx};
use crate::directory::{self, CompanyRow, Contact, Kind, Role};
use crate::invitations;
use crate::web::i18n::Locale;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// The contacts of one company who get the mail. An address is written to once, whoever it belongs to.
pub fn choose(contacts: &[Contact], choice: Contacts) -> Vec<&Contact> {
    let mut seen = HashSet::new();
    let reachable: Vec<&Contact> = contacts
        .iter()
        .filter(|c| c.mail.as_ref().is_some_and(|m| seen.insert(m.as_str())))
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
    /// Companies without any address: to be phoned or written to on paper.
    pub without_mail: Vec<Named>,
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

impl Reckoning {
    pub fn mail_count(&self) -> i64 {
        self.mails.values().sum()
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
    let mut out = Reckoning::default();
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
            let named = || Named {
                id: company.id,
                name: company.name.clone(),
                code: company.code.clone(),
            };
            if recent.contains(&company.id) {
                out.recent.push(named());
            }
            if company.mails == 0 {
                out.without_mail.push(named());
                continue;
            }
            *out.countries.entry(company.country.clone()).or_default() += 1;
            let contacts = directory::contacts_of(tx, &scope, company.id).await?;
            for contact in choose(&contacts, plan.contacts) {
                *out.mails
                    .entry(Locale::or_english(&contact.language).as_str().to_owned())
                    .or_default() += 1;
            }
            if out.sample.is_none() {
                out.sample = Some(company.clone());
            }
        }
    }
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
}
