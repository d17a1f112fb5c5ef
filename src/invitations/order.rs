//! The keys by which companies are sorted in every list, here and in the directory.

use super::store::InvitationId;
use crate::app::{App, Scope};
use crate::db::Result;
use crate::directory::{self, CompanyId};
use uuid::Uuid;

/// How many rows are changed in one transaction.
const STRIDE: i64 = 1_000;

/// Makes the keys anew where those in the database are of another collation: after an upgrade that brings one, before anything
/// reads by them. A hundred thousand companies take seconds. Whether there was anything to do.
pub async fn keep_in_order(app: &App, scope: Scope) -> Result<bool> {
    let mut tx = app.db.read().await?;
    if directory::is_in_order(&mut tx, &scope).await? {
        return Ok(false);
    }
    drop(tx);
    let mut last = Some(CompanyId(Uuid::nil()));
    while let Some(after) = last {
        let mut tx = app.db.write_much().await?;
        last = directory::keep_in_order(&mut tx, &scope, after).await?;
        tx.commit().await?;
    }
    let mut after = InvitationId(Uuid::nil());
    loop {
        let mut tx = app.db.write_much().await?;
        let some: Vec<InvitationId> = tx
            .list(
                "SELECT id FROM invitations WHERE org = $1 AND id > $2 ORDER BY id LIMIT $3",
                &[&scope.org, &after, &STRIDE],
                |r| r.get(0),
            )
            .await?;
        let Some(last) = some.last() else { break };
        tx.execute(
            "UPDATE invitations SET sort_key = (SELECT c.sort_key FROM companies c WHERE c.id = invitations.company)
             WHERE org = $1 AND id > $2 AND id <= $3",
            &[&scope.org, &after, last],
        )
        .await?;
        after = *last;
        tx.commit().await?;
    }
    let mut tx = app.db.write().await?;
    directory::set_in_order(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(true)
}
