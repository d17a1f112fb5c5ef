//! Who is looking.

use super::session::{self, Token};
use super::{AccountId, Role, SessionId, store};
use crate::alerts::{self, Alert};
use crate::app::{App, OrgId, Scope};
use crate::audit::{Actor, Origin};
use crate::web::{Context, Error, Seat, Shell};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use jiff::SignedDuration;

/// The signed-in person of this request. As an extractor it sends everybody else to `/sign-in`; `Option<Viewer>` lets
/// them pass.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub account: AccountId,
    pub name: String,
    pub mail: String,
    pub role: Role,
    pub org: OrgId,
    pub session: SessionId,
    /// What goes wrong in the organisation: every page of a person shows it.
    pub alerts: std::sync::Arc<[Alert]>,
}

impl Viewer {
    /// Whose data this person sees.
    pub fn scope(&self) -> Scope {
        Scope { org: self.org }
    }

    /// For [`crate::audit::record`]: name and address of the mail, for two people may share a name.
    pub fn origin(&self, context: &Context) -> Origin {
        Origin {
            org: self.org,
            actor: Actor::Person(format!("{} <{}>", self.name, self.mail)),
            address: context.address.to_string(),
            now: context.now,
        }
    }

    /// For a page's layout; `here` is the entry of the navigation: campaigns, companies, outbox, audit, account.
    pub fn shell(&self, context: &Context, here: &'static str) -> Shell {
        Shell {
            person: Some(self.name.clone()),
            here,
            alerts: self.alerts.clone(),
            done: context.done_words(),
            ..Shell::new(context)
        }
    }
}

/// How old `seen_at` may get before it is written again: not every request shall be a write.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

async fn find(parts: &Parts, app: &App) -> Result<Option<Viewer>, Error> {
    let Some(token) = Token::presented(parts, app) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let found = {
        let mut tx = app.db.read().await?;
        let found = store::find_viewer(&mut tx, &token.hash(), now, session::seen_after(app, now)).await?;
        match found {
            Some((viewer, seen_at)) => {
                let alerts = alerts::standing(&mut tx, viewer.org).await?.into();
                Some((Viewer { alerts, ..viewer }, seen_at))
            }
            None => None,
        }
    };
    let Some((viewer, seen_at)) = found else {
        return Ok(None);
    };
    if now.duration_since(seen_at).abs() >= SEEN_EVERY {
        let seen = async {
            let mut tx = app.db.write().await?;
            store::see_session(&mut tx, &viewer.scope(), viewer.session, now).await?;
            tx.commit().await
        };
        match seen.await {
            // On a full disk pages can be read still.
            Err(e) if !e.is_outage() => return Err(e.into()),
            _ => {}
        }
    }
    Seat::take(parts, &viewer.name, &viewer.alerts);
    Ok(Some(viewer))
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Viewer, Error> {
        find(parts, app).await?.ok_or(Error::SignIn)
    }
}

impl OptionalFromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Viewer>, Error> {
        find(parts, app).await
    }
}

/// An address that leads nowhere. Whoever is signed in is looked for, so that the page keeps their navigation.
pub async fn nowhere(_: Option<Viewer>) -> Error {
    Error::NotFound
}

/// An address that isn't asked in this way, such as one that only takes what a form sends; as [`nowhere`].
pub async fn no_such_method(_: Option<Viewer>) -> Error {
    Error::Method
}
