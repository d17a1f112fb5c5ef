//! All SQL of the directory: companies here, then their contacts, the list with its filters, audiences, imports.

mod audience;
mod buyers;
mod contacts;
mod imports;
mod listing;
mod staging;

pub use audience::{CompanyRow, Filter, rows, select};
pub use buyers::{Buyer, buyer, buyer_of, buyers, companies_with_buyer};
pub(crate) use contacts::mailable;
pub use contacts::{
    Contact, NotMailed, contact, contacts_of, mail_again, mark_undeliverable, pause_contact, undeliverable_of,
    unmark_undeliverable,
};
pub use listing::{Cursor, Listing, Sort, countries, search, tiers};

pub(super) use buyers::{companies_of_buyer, insert_buyer, set_buyer, update_buyer};
pub(super) use contacts::{
    contact_was_written_to, delete_contact, insert_contact, list_all_contacts, next_position, paused_of, update_contact,
};
pub(super) use imports::{Import, State, finish_import, forget_files, import, insert_import, set_import};
pub(super) use listing::{Page, count, count_all, list};
pub(crate) use staging::shown;
pub(super) use staging::{
    Staged, Staging, decide, drop_staged, end_staging, hold_staging, list_staged, put_staged, set_worker, staging,
    still_at_work, unmake,
};

use super::import::normalise::{name_key, search_key};
use super::order::{COLLATION, sort_key};
use super::{CompanyId, Criticality, Kind};
use crate::app::{App, Scope};
use crate::db::{Result, Row, Tx};
use crate::jobs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A company of the chain, as it is kept. Serialised into the audit log, so the order of the fields is a reader's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    #[serde(skip, default = "nobody")]
    pub id: CompanyId,
    pub kind: Kind,
    pub code: Option<String>,
    pub name: String,
    pub kana: String,
    /// ISO 3166-1 alpha-2; "" where nobody said.
    pub country: String,
    /// 1 supplies us directly, 2 supplies a tier 1, …
    pub tier: Option<i64>,
    pub criticality: Option<Criticality>,
    /// What it supplies.
    pub items: String,
    pub parent: Option<CompanyId>,
    /// A small company in the sense of the law on subcontracting, where it is known.
    pub small: Option<bool>,
    /// The National Tax Agency's number, thirteen digits of which the first is right.
    pub corporate_number: Option<String>,
    /// 123-4567 in Japan; elsewhere as it was typed.
    pub postal_code: String,
    /// Where letters go.
    #[serde(rename = "postal_address")]
    pub address: String,
    #[serde(skip)]
    pub updated_at: Timestamp,
}

fn nobody() -> CompanyId {
    CompanyId(uuid::Uuid::nil())
}

impl Company {
    /// What the list's search looks through.
    pub fn search_text(&self) -> String {
        [&self.name, &self.kana, self.code.as_deref().unwrap_or_default()]
            .map(search_key)
            .join("\n")
    }

    /// Where it stands among others.
    pub fn sort_key(&self) -> String {
        sort_key(&self.name, &self.kana)
    }
}

macro_rules! columns {
    () => {
        "id, kind, code, name, kana, country, tier, criticality, items, parent, small, updated_at, corporate_number,
             postal_code, address"
    };
}

fn read(r: &Row) -> Result<Company> {
    Ok(Company {
        id: r.get(0)?,
        kind: r.parse(1)?,
        code: r.get(2)?,
        name: r.get(3)?,
        kana: r.get(4)?,
        country: r.get(5)?,
        tier: r.get(6)?,
        criticality: r.parse_optional(7)?,
        items: r.get(8)?,
        parent: r.get(9)?,
        small: r.get(10)?,
        updated_at: r.time(11)?,
        corporate_number: r.get(12)?,
        postal_code: r.get(13)?,
        address: r.get(14)?,
    })
}

pub async fn find(tx: &mut Tx, scope: &Scope, id: CompanyId) -> Result<Option<Company>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM companies WHERE org = $1 AND id = $2 AND ",
        shown!("companies")
    );
    tx.optional(SQL, &[&scope.org, &id], read).await
}

/// As [`find`], held until the transaction ends.
pub(super) async fn find_held(tx: &mut Tx, scope: &Scope, id: CompanyId) -> Result<Option<Company>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM companies WHERE org = $1 AND id = $2 FOR UPDATE"
    );
    Ok(tx.list_held(SQL, &[&scope.org, &id], read).await?.into_iter().next())
}

/// Letter case doesn't count.
pub async fn find_by_code(tx: &mut Tx, scope: &Scope, code: &str) -> Result<Option<Company>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM companies WHERE org = $1 AND LOWER(code) = LOWER($2) AND ",
        shown!("companies")
    );
    tx.optional(SQL, &[&scope.org, &code], read).await
}

/// Companies of this name, whatever form of it was written.
pub(super) async fn list_by_name(tx: &mut Tx, scope: &Scope, name: &str) -> Result<Vec<Company>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM companies WHERE org = $1 AND name_key = $2 AND ",
        shown!("companies"),
        " ORDER BY id"
    );
    tx.list(SQL, &[&scope.org, &name_key(name)], read).await
}

/// How many rows are read in one statement where all are: others get their turn between.
const STRIDE: i64 = 1_000;

/// Every company, in the order in which they came: for an import, which must know them all.
pub(super) async fn list_all(tx: &mut Tx, scope: &Scope) -> Result<Vec<Company>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM companies WHERE org = $1 AND id > $2 AND ",
        shown!("companies"),
        " ORDER BY id LIMIT $3"
    );
    let mut all: Vec<Company> = Vec::new();
    loop {
        let last = all.last().map_or(nobody(), |c| c.id);
        let some = tx.list(SQL, &[&scope.org, &last, &STRIDE], read).await?;
        let ended = (some.len() as i64) < STRIDE;
        all.extend(some);
        if ended {
            return Ok(all);
        }
        tokio::task::yield_now().await;
    }
}

pub(super) async fn children(tx: &mut Tx, scope: &Scope, parent: CompanyId) -> Result<Vec<Company>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM companies WHERE org = $1 AND parent = $2 AND ",
        shown!("companies"),
        " ORDER BY sort_key, id LIMIT 200"
    );
    tx.list(SQL, &[&scope.org, &parent], read).await
}

/// Whether `ancestor` stands above `id`, or is it: such a parent would make a circle.
pub(super) async fn is_above(tx: &mut Tx, scope: &Scope, ancestor: CompanyId, id: CompanyId) -> Result<bool> {
    let mut at = Some(id);
    // A chain of suppliers isn't this long; a circle in old data must not hold the request.
    for _ in 0..50 {
        match at {
            None => return Ok(false),
            Some(here) if here == ancestor => return Ok(true),
            Some(here) => {
                at = tx
                    .optional(
                        "SELECT parent FROM companies WHERE org = $1 AND id = $2",
                        &[&scope.org, &here],
                        |r| r.get::<Option<CompanyId>>(0),
                    )
                    .await?
                    .flatten();
            }
        }
    }
    Ok(true)
}

/// Fails with a unique violation where the code is another company's.
pub(super) async fn insert(tx: &mut Tx, scope: &Scope, c: &Company, now: Timestamp) -> Result<()> {
    insert_of(tx, scope, c, 0, now).await
}

/// As [`insert`], of a generation: what an import makes ready isn't shown yet.
pub(super) async fn insert_of(tx: &mut Tx, scope: &Scope, c: &Company, generation: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO companies (id, org, kind, code, name, name_key, kana, search, country, tier, criticality, items,
             parent, small, created_at, updated_at, generation, corporate_number, postal_code, address, sort_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17, $18, $19, $20)",
        &[
            &c.id,
            &scope.org,
            &c.kind.as_str(),
            &c.code,
            &c.name,
            &name_key(&c.name),
            &c.kana,
            &c.search_text(),
            &c.country,
            &c.tier,
            &c.criticality.map(Criticality::as_str),
            &c.items,
            &c.parent,
            &c.small,
            &now.as_microsecond(),
            &generation,
            &c.corporate_number,
            &c.postal_code,
            &c.address,
            &c.sort_key(),
        ],
    )
    .await?;
    Ok(())
}

/// The job by which what is copied of a company follows it: `invitations` does it.
pub const FOLLOW: &str = "FollowDirectory";

/// A company that was changed and that [`FOLLOW`] has not seen, if there is one. It is taken off the list, and nobody changes
/// it until the transaction ends.
pub async fn take_changed(tx: &mut Tx, scope: &Scope) -> Result<Option<Company>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM companies WHERE org = $1 AND id = (
             SELECT company FROM changed_companies WHERE org = $1 ORDER BY company LIMIT 1)
         FOR UPDATE"
    );
    // Held before it is taken off: who changes it holds it, too, before putting it on the list.
    let found = tx.list_held(SQL, &[&scope.org], read).await?.into_iter().next();
    if let Some(company) = &found {
        tx.execute(
            "DELETE FROM changed_companies WHERE org = $1 AND company = $2",
            &[&scope.org, &company.id],
        )
        .await?;
    }
    Ok(found)
}

/// Puts a company on the list of those that were changed.
pub async fn mark_changed(tx: &mut Tx, scope: &Scope, id: CompanyId) -> Result<()> {
    tx.execute(
        "INSERT INTO changed_companies (company, org) VALUES ($1, $2) ON CONFLICT (company) DO NOTHING",
        &[&id, &scope.org],
    )
    .await?;
    Ok(())
}

/// Asks for [`FOLLOW`] in the transaction that changed a company.
pub async fn ask_to_follow(tx: &mut Tx, app: &App, scope: &Scope, now: Timestamp) -> Result<()> {
    let name = format!("{FOLLOW}:{}", scope.org);
    jobs::enqueue(tx, app.random.id(now), scope.org, FOLLOW, &name, "", now).await
}

/// Fails with a unique violation where the code is another company's.
pub(super) async fn update(tx: &mut Tx, scope: &Scope, c: &Company, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE companies SET kind = $3, code = $4, name = $5, name_key = $6, kana = $7, search = $8, country = $9,
             tier = $10, criticality = $11, items = $12, parent = $13, small = $14, updated_at = $15,
             corporate_number = $16, postal_code = $17, address = $18, sort_key = $19
         WHERE org = $2 AND id = $1",
        &[
            &c.id,
            &scope.org,
            &c.kind.as_str(),
            &c.code,
            &c.name,
            &name_key(&c.name),
            &c.kana,
            &c.search_text(),
            &c.country,
            &c.tier,
            &c.criticality.map(Criticality::as_str),
            &c.items,
            &c.parent,
            &c.small,
            &now.as_microsecond(),
            &c.corporate_number,
            &c.postal_code,
            &c.address,
            &c.sort_key(),
        ],
    )
    .await?;
    mark_changed(tx, scope, c.id).await
}

/// Puts a company with its contacts into the directory: for a demonstration, which makes them up.
pub async fn load(tx: &mut Tx, scope: &Scope, company: &Company, contacts: &[Contact], now: Timestamp) -> Result<()> {
    insert(tx, scope, company, now).await?;
    for contact in contacts {
        insert_contact(tx, scope, contact, now).await?;
    }
    Ok(())
}

/// Why a company has to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It was asked in a campaign: its answers are evidence.
    Invited,
    /// Others name it as their parent.
    HasChildren,
}

pub(super) async fn kept(tx: &mut Tx, scope: &Scope, id: CompanyId) -> Result<Option<Kept>> {
    let count = |r: &Row| r.get::<i64>(0);
    let params: crate::db::Params<'_> = &[&scope.org, &id];
    let invited = tx
        .one(
            "SELECT COUNT(*) FROM invitations WHERE org = $1 AND company = $2",
            params,
            count,
        )
        .await?;
    if invited > 0 {
        return Ok(Some(Kept::Invited));
    }
    let children = tx
        .one(
            "SELECT COUNT(*) FROM companies WHERE org = $1 AND parent = $2",
            params,
            count,
        )
        .await?;
    Ok((children > 0).then_some(Kept::HasChildren))
}

/// Deletes the company and its contacts; ask [`kept`] first, in the same transaction.
pub(super) async fn delete(tx: &mut Tx, scope: &Scope, id: CompanyId) -> Result<()> {
    tx.execute(
        "DELETE FROM contacts WHERE org = $1 AND company = $2",
        &[&scope.org, &id],
    )
    .await?;
    tx.execute("DELETE FROM companies WHERE org = $1 AND id = $2", &[&scope.org, &id])
        .await?;
    Ok(())
}

/// Makes the keys by which the next companies after `after` are sorted, and says which was the last; None where there are no more.
/// Only before anything else is done: whoever reads by keys meanwhile would lose the place.
pub async fn keep_in_order(tx: &mut Tx, scope: &Scope, after: CompanyId) -> Result<Option<CompanyId>> {
    let some = tx
        .list(
            "SELECT id, name, kana FROM companies WHERE org = $1 AND id > $2 ORDER BY id LIMIT $3",
            &[&scope.org, &after, &STRIDE],
            |r| Ok((r.get::<CompanyId>(0)?, r.get::<String>(1)?, r.get::<String>(2)?)),
        )
        .await?;
    for (id, name, kana) in &some {
        tx.execute(
            "UPDATE companies SET sort_key = $3 WHERE org = $1 AND id = $2",
            &[&scope.org, id, &sort_key(name, kana)],
        )
        .await?;
    }
    Ok(some.last().map(|(id, ..)| *id))
}

/// Whether the keys are those of this program's collation.
pub async fn is_in_order(tx: &mut Tx, scope: &Scope) -> Result<bool> {
    let kept: Option<String> = tx
        .optional(
            "SELECT sorted_by FROM organisations WHERE id = $1",
            &[&scope.org],
            |r| r.get(0),
        )
        .await?;
    Ok(kept.as_deref() == Some(COLLATION))
}

/// Notes that they are.
pub async fn set_in_order(tx: &mut Tx, scope: &Scope) -> Result<()> {
    tx.execute(
        "UPDATE organisations SET sorted_by = $2 WHERE id = $1",
        &[&scope.org, &COLLATION],
    )
    .await?;
    Ok(())
}
