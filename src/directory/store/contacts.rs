//! The people to reach at a company.

use super::STRIDE;
use crate::app::Scope;
use crate::db::{Result, Row, Tx};
use crate::directory::{CompanyId, ContactId, Role};
use crate::mail::EmailAddress;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A person, or a post such as 総務部, to reach at a company. Serialised into the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    #[serde(skip, default = "nobody")]
    pub id: ContactId,
    #[serde(skip, default = "no_company")]
    pub company: CompanyId,
    /// The order in which they were entered.
    #[serde(skip)]
    pub position: i64,
    pub name: String,
    pub department: String,
    #[serde(serialize_with = "as_text")]
    pub mail: Option<EmailAddress>,
    pub phone: String,
    /// The language to write in: `ja`, `en`.
    pub language: String,
    pub role: Role,
    /// Why nothing is mailed to this address although there is one.
    #[serde(skip)]
    pub held: Option<NotMailed>,
}

fn nobody() -> ContactId {
    ContactId(uuid::Uuid::nil())
}

fn no_company() -> CompanyId {
    CompanyId(uuid::Uuid::nil())
}

/// Why a contact isn't mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotMailed {
    NoAddress,
    /// Mail came back because the address is none; until it is changed, or somebody says otherwise.
    Undeliverable,
    /// Somebody complained of a mail; until a person has looked.
    Complained,
}

impl Contact {
    /// The address at which this contact may be mailed. This is the one rule; where SQL has to know it, it is [`mailable`].
    pub fn mailable(&self) -> std::result::Result<&EmailAddress, NotMailed> {
        match (&self.mail, self.held) {
            (None, _) => Err(NotMailed::NoAddress),
            (Some(_), Some(why)) => Err(why),
            (Some(mail), None) => Ok(mail),
        }
    }
}

/// [`Contact::mailable`] as a condition on a row of `contacts` that goes by this name.
macro_rules! mailable {
    ($contact:literal) => {
        concat!(
            "(",
            $contact,
            ".mail IS NOT NULL AND ",
            $contact,
            ".undeliverable_since IS NULL AND ",
            $contact,
            ".paused_since IS NULL)"
        )
    };
}
pub(crate) use mailable;

fn as_text<S: serde::Serializer>(mail: &Option<EmailAddress>, s: S) -> std::result::Result<S::Ok, S::Error> {
    match mail {
        Some(mail) => s.serialize_str(mail.as_str()),
        None => s.serialize_none(),
    }
}

macro_rules! columns {
    () => {
        "id, company, position, name, department, mail, phone, language, role, undeliverable_since, paused_since"
    };
}

fn read(r: &Row) -> Result<Contact> {
    Ok(Contact {
        id: r.get(0)?,
        company: r.get(1)?,
        position: r.get(2)?,
        name: r.get(3)?,
        department: r.get(4)?,
        mail: r.parse_optional(5)?,
        phone: r.get(6)?,
        language: r.get(7)?,
        role: r.parse(8)?,
        held: match (r.get::<Option<i64>>(9)?, r.get::<Option<i64>>(10)?) {
            (Some(_), _) => Some(NotMailed::Undeliverable),
            (None, Some(_)) => Some(NotMailed::Complained),
            (None, None) => None,
        },
    })
}

/// The contacts of a company, in the order in which they were entered.
pub async fn contacts_of(tx: &mut Tx, scope: &Scope, company: CompanyId) -> Result<Vec<Contact>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE org = $1 AND company = $2 ORDER BY position, id"
    );
    tx.list(SQL, &[&scope.org, &company], read).await
}

/// Every contact of the organisation, by company: for an import, which must know them all.
pub(in crate::directory) async fn list_all_contacts(tx: &mut Tx, scope: &Scope) -> Result<Vec<Contact>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE org = $1 AND (company, position, id) > ($2, $3, $4)
         ORDER BY company, position, id LIMIT $5"
    );
    let mut all: Vec<Contact> = Vec::new();
    loop {
        let last = all
            .last()
            .map_or((no_company(), -1, nobody()), |c| (c.company, c.position, c.id));
        let some = tx
            .list(SQL, &[&scope.org, &last.0, &last.1, &last.2, &STRIDE], read)
            .await?;
        let ended = (some.len() as i64) < STRIDE;
        all.extend(some);
        if ended {
            return Ok(all);
        }
        tokio::task::yield_now().await;
    }
}

/// One contact of a company.
pub async fn contact(tx: &mut Tx, scope: &Scope, company: CompanyId, id: ContactId) -> Result<Option<Contact>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE org = $1 AND company = $2 AND id = $3"
    );
    tx.optional(SQL, &[&scope.org, &company, &id], read).await
}

pub(in crate::directory) async fn next_position(tx: &mut Tx, scope: &Scope, company: CompanyId) -> Result<i64> {
    tx.one(
        "SELECT COALESCE(MAX(position), 0) + 1 FROM contacts WHERE org = $1 AND company = $2",
        &[&scope.org, &company],
        |r| r.get(0),
    )
    .await
}

/// Fails with a unique violation where the company has this address already.
pub(in crate::directory) async fn insert_contact(
    tx: &mut Tx,
    scope: &Scope,
    c: &Contact,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO contacts (id, org, company, position, name, department, mail, phone, language, role, created_at,
             updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        &[
            &c.id,
            &scope.org,
            &c.company,
            &c.position,
            &c.name,
            &c.department,
            &c.mail.as_ref().map(EmailAddress::as_str),
            &c.phone,
            &c.language,
            &c.role.as_str(),
            &now.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Fails with a unique violation where the company has this address already.
pub(in crate::directory) async fn update_contact(
    tx: &mut Tx,
    scope: &Scope,
    c: &Contact,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE contacts SET name = $4, department = $5, mail = $6, phone = $7, language = $8, role = $9,
             updated_at = $10,
             -- Another address may well be reached.
             undeliverable_since = CASE WHEN mail = $6 THEN undeliverable_since END,
             undeliverable_why = CASE WHEN mail = $6 THEN undeliverable_why END,
             paused_since = CASE WHEN mail = $6 THEN paused_since END,
             paused_why = CASE WHEN mail = $6 THEN paused_why END
         WHERE org = $1 AND company = $2 AND id = $3",
        &[
            &scope.org,
            &c.company,
            &c.id,
            &c.name,
            &c.department,
            &c.mail.as_ref().map(EmailAddress::as_str),
            &c.phone,
            &c.language,
            &c.role.as_str(),
            &now.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Mail to `address` came back for good, for the reason `why`: noted at the contact while it is still its address. False if
/// it isn't, or was known.
pub async fn mark_undeliverable(
    tx: &mut Tx,
    scope: &Scope,
    id: ContactId,
    address: &str,
    now: Timestamp,
    why: &str,
) -> Result<bool> {
    let marked = tx
        .execute(
            "UPDATE contacts SET undeliverable_since = $4, undeliverable_why = $5
             WHERE org = $1 AND id = $2 AND mail = $3 AND undeliverable_since IS NULL",
            &[&scope.org, &id, &address, &now.as_microsecond(), &why],
        )
        .await?;
    Ok(marked > 0)
}

/// Somebody says that the contact may be mailed again; false if it might be already.
pub async fn mail_again(tx: &mut Tx, scope: &Scope, id: ContactId) -> Result<bool> {
    let freed = tx
        .execute(
            "UPDATE contacts SET undeliverable_since = NULL, undeliverable_why = NULL, paused_since = NULL, paused_why = NULL
             WHERE org = $1 AND id = $2 AND (undeliverable_since IS NOT NULL OR paused_since IS NOT NULL)",
            &[&scope.org, &id],
        )
        .await?;
    Ok(freed > 0)
}

/// The contact's address wasn't wrong after all. That somebody complained of a mail stands.
pub async fn unmark_undeliverable(tx: &mut Tx, scope: &Scope, id: ContactId) -> Result<()> {
    tx.execute(
        "UPDATE contacts SET undeliverable_since = NULL, undeliverable_why = NULL WHERE org = $1 AND id = $2",
        &[&scope.org, &id],
    )
    .await?;
    Ok(())
}

/// The contacts of a company to whose address mail came back for good: since when, and why.
pub async fn undeliverable_of(
    tx: &mut Tx,
    scope: &Scope,
    company: CompanyId,
) -> Result<Vec<(ContactId, Timestamp, String)>> {
    let sql = "SELECT id, undeliverable_since, undeliverable_why FROM contacts
         WHERE org = $1 AND company = $2 AND undeliverable_since IS NOT NULL";
    marked(tx, sql, scope, company).await
}

/// Somebody complained of a mail to this contact, as `why` says: nothing is mailed there until [`mail_again`]. False if
/// that is so already.
pub async fn pause_contact(
    tx: &mut Tx,
    scope: &Scope,
    (id, mail): (ContactId, &str),
    now: Timestamp,
    why: &str,
) -> Result<bool> {
    let paused = tx
        .execute(
            "UPDATE contacts SET paused_since = $3, paused_why = $4
             WHERE org = $1 AND id = $2 AND mail = $5 AND paused_since IS NULL",
            &[&scope.org, &id, &now.as_microsecond(), &why, &mail],
        )
        .await?;
    Ok(paused > 0)
}

/// The contacts of a company to whom nothing is mailed until a person has looked: since when, and why.
pub(in crate::directory) async fn paused_of(
    tx: &mut Tx,
    scope: &Scope,
    company: CompanyId,
) -> Result<Vec<(ContactId, Timestamp, String)>> {
    let sql = "SELECT id, paused_since, paused_why FROM contacts
         WHERE org = $1 AND company = $2 AND paused_since IS NOT NULL";
    marked(tx, sql, scope, company).await
}

/// Contacts of a company with a mark: since when, and why.
async fn marked(
    tx: &mut Tx,
    sql: &'static str,
    scope: &Scope,
    company: CompanyId,
) -> Result<Vec<(ContactId, Timestamp, String)>> {
    tx.list(sql, &[&scope.org, &company], |r| {
        Ok((r.get(0)?, r.time(1)?, r.get::<Option<String>>(2)?.unwrap_or_default()))
    })
    .await
}

/// Whether the ledger of messages names this contact, so that the row has to stay.
pub(in crate::directory) async fn contact_was_written_to(tx: &mut Tx, scope: &Scope, id: ContactId) -> Result<bool> {
    let written: i64 = tx
        .one(
            "SELECT COUNT(*) FROM deliveries WHERE org = $1 AND contact = $2",
            &[&scope.org, &id],
            |r| r.get(0),
        )
        .await?;
    Ok(written > 0)
}

pub(in crate::directory) async fn delete_contact(tx: &mut Tx, scope: &Scope, c: &Contact) -> Result<()> {
    tx.execute(
        "DELETE FROM contacts WHERE org = $1 AND company = $2 AND id = $3",
        &[&scope.org, &c.company, &c.id],
    )
    .await?;
    Ok(())
}
