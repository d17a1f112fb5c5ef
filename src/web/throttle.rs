//! Counting tries: shared by all servers, by a row in the database.

use crate::db::{Result, Tx};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Counts a try under `key`; false when more than `limit` fell into the window that the first of them opened.
pub async fn allow(
    tx: &mut Tx,
    org: Uuid,
    key: &str,
    limit: i64,
    window: SignedDuration,
    now: Timestamp,
) -> Result<bool> {
    let now = now.as_microsecond();
    let until = now + window.as_micros() as i64;
    // A window that ends later than one that opens now was opened by a clock that ran ahead.
    let beyond = until + crate::jobs::SLACK.as_micros() as i64;
    let tries: i64 = tx
        .one(
            "INSERT INTO throttles (key, org, tries, until) VALUES ($1, $2, 1, $3)
             ON CONFLICT (key) DO UPDATE SET
                 tries = CASE WHEN throttles.until <= $4 OR throttles.until > $5 THEN 1 ELSE throttles.tries + 1 END,
                 until = CASE WHEN throttles.until <= $4 OR throttles.until > $5 THEN $3 ELSE throttles.until END
             RETURNING tries",
            &[&key, &org, &until, &now, &beyond],
            |r| r.get(0),
        )
        .await?;
    Ok(tries <= limit)
}

/// Forgets the tries of `key`: it succeeded.
pub async fn clear(tx: &mut Tx, key: &str) -> Result<()> {
    tx.execute("DELETE FROM throttles WHERE key = $1", &[&key]).await?;
    Ok(())
}

/// Takes one try of `key` back: it was none that should count.
pub async fn forgive(tx: &mut Tx, key: &str) -> Result<()> {
    tx.execute(
        "UPDATE throttles SET tries = tries - 1 WHERE key = $1 AND tries > 0",
        &[&key],
    )
    .await?;
    Ok(())
}
