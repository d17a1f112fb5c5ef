//! One company's part in a campaign: its link and code, what happened to it, and the page it opens.
//!
//! The link names the invitation and is the right to answer it; of link and code only hashes are kept. What happens is
//! appended as events; `state` is their fold. A GET changes nothing: mail scanners open every link.
//!
//! Tables: invitations, events. Routes: `/r/{token}`, `/r/{token}/acknowledge`, `/r/{token}/opened`, `/code`.

mod link;
mod model;
mod pages;
mod store;
mod visit;

pub use link::{Link, link};
pub use model::{EventKind, State, fold};
pub use pages::{LetterView, letter_view, router};
pub use store::{
    Event, Invitation, InvitationId, append, companies_invited_since, events, find, find_by_company, insert, list_page,
    lock, states,
};
pub use visit::{RespondentShell, Visit};
