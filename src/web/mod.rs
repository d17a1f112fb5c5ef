//! The ground of every page: language, security headers, cross-site protection, error pages, assets, the two layouts.

mod advice;
pub mod assets;
mod context;
pub mod dates;
mod download;
mod error;
pub mod escape;
pub mod form;
pub mod i18n;
mod journal;
mod respond;
pub mod throttle;

pub use context::{Context, Seat, Shell, cookie, set_cookie};
pub use download::{Title, download};
pub use error::{Error, Result, is_failure};
pub use respond::{Html, framed, protect, respond, see_other};
