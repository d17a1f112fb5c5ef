//! Who looks at a demonstration is let in without proof.

use super::session::{self, Presented};
use super::store::{self, Account};
use super::{AccountId, Role};
use crate::web::{Context, Error, Result};
use http::{HeaderName, HeaderValue};

const MAIL: &str = "visitor@minazuki.example";

/// Opens a session for the demonstration's only account; the header that gives it to the browser. [`Error::NotFound`]
/// anywhere but in a demonstration ([`crate::config::Config::demo`] can't be set by a file, a variable or a flag).
pub async fn admit_to_demo(context: &Context) -> Result<(HeaderName, HeaderValue)> {
    let (app, scope) = (&context.app, context.app.scope());
    if !app.config.demo {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.write().await?;
    let account = match store::find_account_by_mail(&mut tx, &scope, MAIL).await? {
        Some(account) => account,
        None => {
            let account = Account {
                id: app.id::<AccountId>(context.now),
                name: "見学者 / Visitor".into(),
                mail: MAIL.into(),
                role: Role::Administrator,
                // No password has this hash, so there is no other way in.
                password_hash: String::new(),
                totp_seed: app.random.bytes::<20>().to_vec(),
                created_at: context.now,
            };
            store::insert_account(&mut tx, &scope, &account, 0).await?;
            account
        }
    };
    let token = session::open(&mut tx, context, &scope, &account, &Presented(None)).await?;
    tx.commit().await?;
    Ok(token.cookie(app))
}
