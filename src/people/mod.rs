//! People who sign in: the first set-up, password with time-based code, sessions, the own account.
//!
//! Tables: accounts, recovery_codes, sessions, setup_links. Routes: `/setup/{token}`, `/sign-in`, `/sign-out`,
//! `/account`. Whoever needs a signed-in person takes the extractor [`Viewer`]; nobody there is [`web::Error::SignIn`].
//!
//! A password alone opens nothing: every sign-in takes a code of the authenticator app too, or a recovery code, and each
//! works once. Tries are counted by account and by address before anything is computed.
//! Passkeys, OIDC and more roles will come: a role is a word in the table, and [`Role`] is where it is read.

mod account;
mod demo;
mod model;
mod password;
mod prove;
mod session;
mod setup;
mod sign_in;
mod store;
mod totp;
mod viewer;

pub use demo::admit_to_demo;
pub use model::neighbourhood;
pub use setup::invite_first;
pub use viewer::{Viewer, no_such_method, nowhere};

use crate::app::App;
use crate::web::i18n::Tr;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::borrow::Cow;

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
        .route("/setup/{token}", get(setup::show).post(setup::create))
        .route("/sign-in", get(sign_in::show).post(sign_in::create))
        .route("/sign-out", post(sign_in::delete))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/account/recovery-codes", post(account::renew_recovery_codes))
        .route("/account/sessions/others/revoke", post(account::revoke_others))
        .route("/account/sessions/{id}/revoke", post(account::revoke))
        // Nobody who isn't signed in makes the server read megabytes.
        .layer(DefaultBodyLimit::max(64 * 1024))
}

/// Something to mend in a form: the field and the sentence.
struct Problem {
    field: &'static str,
    text: Cow<'static, str>,
}

/// All there is to mend, in the order of the form.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn one(field: &'static str, text: Cow<'static, str>) -> Problems {
        Problems(vec![Problem { field, text }])
    }

    fn add(&mut self, field: &'static str, text: Cow<'static, str>) {
        self.0.push(Problem { field, text });
    }

    /// What is wrong with the field, if anything.
    fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|p| p.field == field).map(|p| p.text.as_ref())
    }
}

/// The sentence about a password that is refused.
fn weakness(t: Tr, weak: password::Weak) -> Cow<'static, str> {
    match weak {
        password::Weak::TooShort => t.t1("password-too-short", "least", password::SHORTEST),
        password::Weak::TooLong => t.t1("password-too-long", "most", password::LONGEST),
        password::Weak::Common => t.t("password-common"),
        password::Weak::Personal => t.t("password-personal"),
        password::Weak::Guessable => t.t("password-guessable"),
    }
}
