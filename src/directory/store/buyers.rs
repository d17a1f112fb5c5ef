//! Buyers: people of the own company, each of whom knows some suppliers and phones them.

use crate::app::Scope;
use crate::db::{Result, Row, Tx};
use crate::directory::{BuyerId, CompanyId};
use crate::mail::EmailAddress;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::HashSet;

/// A buyer. Serialised into the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Buyer {
    #[serde(skip)]
    pub id: BuyerId,
    pub name: String,
    pub department: String,
    #[serde(serialize_with = "as_text")]
    pub mail: EmailAddress,
    /// `ja`, `en`.
    pub language: String,
}

fn as_text<S: serde::Serializer>(mail: &EmailAddress, s: S) -> std::result::Result<S::Ok, S::Error> {
    s.serialize_str(mail.as_str())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT b.id, b.name, b.department, b.mail, b.language FROM buyers b ",
            $rest
        )
    };
}

fn read(r: &Row) -> Result<Buyer> {
    Ok(Buyer {
        id: r.get(0)?,
        name: r.get(1)?,
        department: r.get(2)?,
        mail: r.parse(3)?,
        language: r.get(4)?,
    })
}

pub async fn buyer(tx: &mut Tx, scope: Scope, id: BuyerId) -> Result<Option<Buyer>> {
    tx.optional(select!("WHERE b.org = $1 AND b.id = $2"), &[&scope.org, &id], read)
        .await
}

/// A company's buyer, if it has one.
pub async fn buyer_of(tx: &mut Tx, scope: Scope, company: CompanyId) -> Result<Option<Buyer>> {
    tx.optional(
        select!("JOIN companies c ON c.buyer = b.id WHERE b.org = $1 AND c.org = $1 AND c.id = $2"),
        &[&scope.org, &company],
        read,
    )
    .await
}

/// By name; at most `limit`. A company has tens of buyers, not thousands.
pub async fn buyers(tx: &mut Tx, scope: Scope, limit: i64) -> Result<Vec<Buyer>> {
    tx.list(
        select!("WHERE b.org = $1 ORDER BY b.name, b.id LIMIT $2"),
        &[&scope.org, &limit],
        read,
    )
    .await
}

/// The companies that have a buyer.
pub async fn companies_with_buyer(tx: &mut Tx, scope: Scope) -> Result<HashSet<CompanyId>> {
    let found = tx
        .list(
            "SELECT id FROM companies WHERE org = $1 AND buyer IS NOT NULL",
            &[&scope.org],
            |r| r.get(0),
        )
        .await?;
    Ok(found.into_iter().collect())
}

/// How many companies a buyer knows.
pub(in crate::directory) async fn companies_of_buyer(tx: &mut Tx, scope: Scope, id: BuyerId) -> Result<i64> {
    tx.one(
        "SELECT COUNT(*) FROM companies WHERE org = $1 AND buyer = $2 AND buyer IS NOT NULL",
        &[&scope.org, &id],
        |r| r.get(0),
    )
    .await
}

/// Fails with a unique violation where another buyer has the address.
pub(in crate::directory) async fn insert_buyer(tx: &mut Tx, scope: Scope, b: &Buyer, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO buyers (id, org, name, department, mail, language, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        &[
            &b.id,
            &scope.org,
            &b.name,
            &b.department,
            &b.mail.as_str(),
            &b.language,
            &now.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Fails with a unique violation where another buyer has the address.
pub(in crate::directory) async fn update_buyer(tx: &mut Tx, scope: Scope, b: &Buyer, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE buyers SET name = $3, department = $4, mail = $5, language = $6, updated_at = $7
         WHERE org = $1 AND id = $2",
        &[
            &scope.org,
            &b.id,
            &b.name,
            &b.department,
            &b.mail.as_str(),
            &b.language,
            &now.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Gives a company to a buyer, or to nobody.
pub(in crate::directory) async fn set_buyer(
    tx: &mut Tx,
    scope: Scope,
    company: CompanyId,
    buyer: Option<BuyerId>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE companies SET buyer = $3, updated_at = $4 WHERE org = $1 AND id = $2",
        &[&scope.org, &company, &buyer, &now.as_microsecond()],
    )
    .await?;
    Ok(())
}
