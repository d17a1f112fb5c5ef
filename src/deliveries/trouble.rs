//! The relay takes nothing from us: told on every page when it has lasted, until a mail goes again.

use super::store::{begin_trouble, end_trouble, trouble_since};
use crate::alerts::{self, Alert};
use crate::app::{App, Scope};
use crate::db::{Result, Tx};
use jiff::{SignedDuration, Timestamp};

const NAME: &str = "relay-refuses";
/// A relay that is started anew is no trouble.
const TOLD_AFTER: SignedDuration = SignedDuration::from_mins(3);

/// Since when the relay takes nothing; None while it does.
pub(super) async fn since(tx: &mut Tx, scope: Scope) -> Result<Option<Timestamp>> {
    trouble_since(tx, scope).await
}

/// The relay took nothing, and said `why`.
pub(super) async fn note(app: &App, scope: Scope, why: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    begin_trouble(&mut tx, scope, now).await?;
    let since = trouble_since(&mut tx, scope).await?.unwrap_or(now);
    if now.duration_since(since) >= TOLD_AFTER {
        let alert = Alert {
            name: NAME.into(),
            key: "alert-relay-refuses".into(),
            subject: String::new(),
            words: why.to_owned(),
            href: "/outbox?state=deferred".into(),
            action: String::new(),
            button: String::new(),
            since,
        };
        alerts::raise(&mut tx, scope.org, &alert).await?;
    }
    tx.commit().await
}

/// A mail went again.
pub(super) async fn over(app: &App, scope: Scope) -> Result<()> {
    let mut tx = app.db.write().await?;
    end_trouble(&mut tx, scope).await?;
    alerts::clear(&mut tx, scope.org, NAME).await?;
    tx.commit().await
}
