//! What an import has made ready and nobody sees yet.
//!
//! A company carries the number of the import that brought it, its generation; `stagings.shown` tells up to which generation
//! companies are shown. So one row decides over any number of companies. One import is at work at a time; it says again and
//! again that it lives, and one that doesn't is taken over.

use crate::app::Scope;
use crate::db::{Result, Tx};
use crate::directory::CompanyId;
use jiff::Timestamp;
use uuid::Uuid;

/// Whether a row of `companies` that goes by this name is shown, as a condition of a statement whose $1 is the organisation.
macro_rules! shown {
    ($company:literal) => {
        concat!(
            $company,
            ".generation <= COALESCE((SELECT s.shown FROM stagings s WHERE s.org = $1), 0)"
        )
    };
}
pub(crate) use shown;

/// The import at work, or one that was broken off.
#[derive(Clone, Debug)]
pub(in crate::directory) struct Staging {
    /// None: no import is at work.
    pub worker: Option<Uuid>,
    /// What it brings is shown; the rest has to be done.
    pub decided: bool,
    /// Until then it need not say that it lives.
    pub until: Timestamp,
    /// JSON: whose import it is.
    pub about: String,
    /// The generation of what it brings while it isn't decided.
    pub next: i64,
}

const SQL: &str = "SELECT worker, decided, until, about, shown + 1 FROM stagings WHERE org = $1 FOR UPDATE";

fn read(r: &crate::db::Row) -> Result<Staging> {
    Ok(Staging {
        worker: r.get(0)?,
        decided: r.get(1)?,
        until: r.time(2)?,
        about: r.get(3)?,
        next: r.get(4)?,
    })
}

/// How it stands; None where no list was ever brought in.
pub(in crate::directory) async fn staging(tx: &mut Tx, scope: &Scope) -> Result<Option<Staging>> {
    tx.optional(
        "SELECT worker, decided, until, about, shown + 1 FROM stagings WHERE org = $1",
        &[&scope.org],
        read,
    )
    .await
}

/// The same, held until the transaction ends.
pub(in crate::directory) async fn hold_staging(tx: &mut Tx, scope: &Scope) -> Result<Staging> {
    tx.execute(
        "INSERT INTO stagings (org) VALUES ($1) ON CONFLICT (org) DO NOTHING",
        &[&scope.org],
    )
    .await?;
    tx.one_held(SQL, &[&scope.org], read).await
}

/// Makes `worker` the one at work. What was decided before stays so.
pub(in crate::directory) async fn set_worker(tx: &mut Tx, scope: &Scope, worker: Uuid, until: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE stagings SET worker = $2, until = $3 WHERE org = $1",
        &[&scope.org, &worker, &until.as_microsecond()],
    )
    .await?;
    Ok(())
}

/// Says that `worker` lives, and holds the row; false where another took over.
pub(in crate::directory) async fn still_at_work(
    tx: &mut Tx,
    scope: &Scope,
    worker: Uuid,
    until: Timestamp,
) -> Result<bool> {
    let mine = tx
        .execute(
            "UPDATE stagings SET until = $3 WHERE org = $1 AND worker = $2",
            &[&scope.org, &worker, &until.as_microsecond()],
        )
        .await?;
    Ok(mine == 1)
}

/// Shows all that was made ready.
pub(in crate::directory) async fn decide(tx: &mut Tx, scope: &Scope, about: &str) -> Result<()> {
    tx.execute(
        "UPDATE stagings SET shown = shown + 1, decided = TRUE, about = $2 WHERE org = $1",
        &[&scope.org, &about],
    )
    .await?;
    Ok(())
}

/// Nobody is at work any more.
pub(in crate::directory) async fn end_staging(tx: &mut Tx, scope: &Scope) -> Result<()> {
    tx.execute(
        "UPDATE stagings SET worker = NULL, decided = FALSE, about = '' WHERE org = $1",
        &[&scope.org],
    )
    .await?;
    Ok(())
}

/// A company that waits: where it stands in the order of the work, and what is to be done (JSON).
pub(in crate::directory) struct Staged {
    pub position: i64,
    pub company: CompanyId,
    pub work: String,
}

pub(in crate::directory) async fn put_staged(tx: &mut Tx, scope: &Scope, staged: &Staged) -> Result<()> {
    tx.execute(
        "INSERT INTO staged (org, position, company, work) VALUES ($1, $2, $3, $4)",
        &[&scope.org, &staged.position, &staged.company, &staged.work],
    )
    .await?;
    Ok(())
}

/// At most `limit` that wait, in their order, or from the last one back.
pub(in crate::directory) async fn list_staged(
    tx: &mut Tx,
    scope: &Scope,
    back: bool,
    limit: i64,
) -> Result<Vec<Staged>> {
    let sql = if back {
        "SELECT position, company, work FROM staged WHERE org = $1 ORDER BY position DESC LIMIT $2"
    } else {
        "SELECT position, company, work FROM staged WHERE org = $1 ORDER BY position LIMIT $2"
    };
    tx.list(sql, &[&scope.org, &limit], |r| {
        Ok(Staged {
            position: r.get(0)?,
            company: r.get(1)?,
            work: r.get(2)?,
        })
    })
    .await
}

pub(in crate::directory) async fn drop_staged(tx: &mut Tx, scope: &Scope, position: i64) -> Result<()> {
    tx.execute(
        "DELETE FROM staged WHERE org = $1 AND position = $2",
        &[&scope.org, &position],
    )
    .await?;
    Ok(())
}

/// Takes away a company that was made ready and isn't shown; one that is shown stays.
pub(in crate::directory) async fn unmake(tx: &mut Tx, scope: &Scope, id: CompanyId) -> Result<()> {
    let hidden = "SELECT c.id FROM companies c WHERE c.org = $1 AND c.id = $2";
    let found: Option<CompanyId> = tx
        .optional(
            crate::db::kept(format!("{hidden} AND NOT ({})", shown!("c"))),
            &[&scope.org, &id],
            |r| r.get(0),
        )
        .await?;
    match found {
        Some(id) => super::delete(tx, scope, id).await,
        None => Ok(()),
    }
}
