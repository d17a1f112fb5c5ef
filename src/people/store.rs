//! All SQL of people.

use super::{SessionId, Viewer};
use crate::app::Scope;
use crate::db::{Result, Tx};
use jiff::Timestamp;

/// Who a token's hash belongs to and when they were last seen. This is where a scope comes from, so it takes none.
pub async fn find_viewer(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<Option<(Viewer, Timestamp)>> {
    tx.optional(
        "SELECT a.id, a.name, a.mail, a.role, a.org, s.id, s.seen_at
         FROM sessions s JOIN accounts a ON a.id = s.account
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3",
        &[&token_hash, &now.as_microsecond(), &seen_after.as_microsecond()],
        |r| {
            let viewer = Viewer {
                account: r.get(0)?,
                name: r.get(1)?,
                mail: r.get(2)?,
                role: r.parse(3)?,
                org: r.get(4)?,
                session: r.get(5)?,
            };
            Ok((viewer, r.time(6)?))
        },
    )
    .await
}

pub async fn see_session(tx: &mut Tx, scope: &Scope, session: SessionId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET seen_at = $3 WHERE org = $1 AND id = $2 AND seen_at < $3",
        &[&scope.org, &session, &now.as_microsecond()],
    )
    .await?;
    Ok(())
}
