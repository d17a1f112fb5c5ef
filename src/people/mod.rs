//! People who sign in: the first set-up, password with time-based code, sessions, the own account.
//!
//! Tables: accounts, recovery_codes, sessions, setup_links. Routes: `/setup/{token}`, `/sign-in`, `/sign-out`,
//! `/account`. Whoever needs a signed-in person takes the extractor [`Viewer`]; nobody there is [`web::Error::SignIn`].
//!
//! A password alone opens nothing: every sign-in takes a code of the authenticator app too, or a recovery code, and each
//! works once. Tries are counted by account and by address before anything is computed.
//! Passkeys, OIDC and more roles will come: a role is a word in the table, and [`Role`] is where it is read.

mod session;
mod store;
mod viewer;

pub use viewer::Viewer;

use crate::app::App;
use axum::Router;

crate::ids! {
    /// Names an account.
    AccountId
    /// Names a session; not its token.
    SessionId
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Administrator,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no such role")]
pub struct NoSuchRole;

impl std::str::FromStr for Role {
    type Err = NoSuchRole;

    fn from_str(s: &str) -> Result<Role, NoSuchRole> {
        match s {
            "administrator" => Ok(Role::Administrator),
            _ => Err(NoSuchRole),
        }
    }
}

pub fn router() -> Router<App> {
    Router::new()
}
