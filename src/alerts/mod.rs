//! What goes wrong and an operator should know: shown on every operator's page until it is over.
//!
//! Whoever notices trouble raises an alert in the transaction that writes the trouble down, and clears it when it is over.
//! An alert has a name, so that the same trouble raised twice is one alert.
//!
//! Tables: alerts.

use crate::app::OrgId;
use crate::db::{Result, Tx};
use jiff::Timestamp;

/// One trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Names the trouble within the organisation, such as `mail-refused:{campaign}`.
    pub name: String,
    /// The message that tells it in the reader's language. It may use `$subject` and `$words`.
    pub key: String,
    /// Whom or what it is about, as people know it; `$subject` of the message.
    pub subject: String,
    /// What the other side said, in its own words; `$words` of the message. "" for nothing.
    pub words: String,
    /// The page that tells more, as a path; "" for none.
    pub href: String,
    /// The path that the alert's one button posts to; "" for no button.
    pub action: String,
    /// The message on that button.
    pub button: String,
    pub since: Timestamp,
}

/// Raises an alert, or renews its words; `since` stays that of the first time.
pub async fn raise(tx: &mut Tx, org: OrgId, alert: &Alert) -> Result<()> {
    tx.execute(
        "INSERT INTO alerts (org, name, message, subject, words, href, action, button, since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (org, name) DO UPDATE SET message = excluded.message, subject = excluded.subject,
             words = excluded.words, href = excluded.href, action = excluded.action, button = excluded.button",
        &[
            &org,
            &alert.name,
            &alert.key,
            &alert.subject,
            &alert.words,
            &alert.href,
            &alert.action,
            &alert.button,
            &alert.since.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Clears an alert; returns false if there was none of this name.
pub async fn clear(tx: &mut Tx, org: OrgId, name: &str) -> Result<bool> {
    let cleared = tx
        .execute("DELETE FROM alerts WHERE org = $1 AND name = $2", &[&org, &name])
        .await?;
    Ok(cleared > 0)
}

/// The ten oldest alerts of an organisation, oldest first.
pub async fn standing(tx: &mut Tx, org: OrgId) -> Result<Vec<Alert>> {
    tx.list(
        "SELECT name, message, subject, words, href, action, button, since FROM alerts WHERE org = $1
         ORDER BY since, name LIMIT 10",
        &[&org],
        |r| {
            Ok(Alert {
                name: r.get(0)?,
                key: r.get(1)?,
                subject: r.get(2)?,
                words: r.get(3)?,
                href: r.get(4)?,
                action: r.get(5)?,
                button: r.get(6)?,
                since: r.time(7)?,
            })
        },
    )
    .await
}
