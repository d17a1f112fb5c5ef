//! A contact that somebody learnt of elsewhere than in the directory: on the phone, from a reply.

use super::store::{self, Company, Contact, contacts_of, next_position};
use super::{CompanyId, Role};
use crate::app::App;
use crate::audit::{self, Change, Origin};
use crate::db::{Error, Result, Tx};
use crate::mail::EmailAddress;

/// Keeps a contact that was learnt of, and tells the log; where the company has this address already, that contact. The first
/// one of a company is its primary contact.
pub async fn learn_contact(
    tx: &mut Tx,
    app: &App,
    origin: &Origin,
    company: CompanyId,
    (name, mail, language): (&str, &EmailAddress, &str),
) -> Result<Contact> {
    let scope = crate::app::Scope { org: origin.org };
    let others = contacts_of(tx, &scope, company).await?;
    if let Some(known) = others
        .iter()
        .find(|c| c.mail.as_ref().is_some_and(|m| m.same_mailbox(mail)))
    {
        return Ok(known.clone());
    }
    let found: Option<Company> = store::find(tx, &scope, company).await?;
    let found = found.ok_or(Error::NoRow)?;
    let contact = Contact {
        id: app.id(origin.now),
        company,
        position: next_position(tx, &scope, company).await?,
        name: name.to_owned(),
        department: String::new(),
        mail: Some(mail.clone()),
        phone: String::new(),
        language: language.to_owned(),
        role: match others.iter().any(|c| c.role == Role::Primary) {
            true => Role::Backup,
            false => Role::Primary,
        },
    };
    store::insert_contact(tx, &scope, &contact, origin.now).await?;
    let change = Change {
        action: "contact.create",
        subject_kind: "company",
        subject: Some(company.0),
        subject_name: &found.name,
    };
    audit::record(tx, app, origin, change, &(), &contact).await?;
    Ok(contact)
}
