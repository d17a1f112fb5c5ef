//! One company's part in a campaign: its link and code, what happened to it, and the page it opens.
//!
//! The link names the invitation and is the right to answer it; of link and code only hashes are kept. What happens is
//! appended as events; `state` is their fold. A GET changes nothing: mail scanners open every link.
//!
//! A colleague has a link of their own (`shares`), to all of a part or to some sections. What was submitted is seen only on
//! devices that were there before, or have shown a code that was mailed (`access` sends it).
//!
//! Tables: invitations, shares, events, changes (what waits to be counted: the board takes it away when it has). Routes: `/r/{token}`, `/r/{token}/acknowledge`, `/r/{token}/opened`, `/code`.

mod device;
mod follow;
mod link;
mod list;
mod model;
mod order;
mod pages;
mod person;
mod share;
mod sql;
mod store;
mod thread;
mod visit;

pub use device::{device_cookie, device_digits, keep_device};
pub use follow::follow_directory;
pub use link::{Link, link};
pub use list::{
    Asked, Cursor, Happened, Listed, Narrow, Sort, Stamped, histories, latest, list, of_company, stamped, told,
};
pub use model::{Course, EventKind, State, fold};
pub use order::keep_in_order;
pub use pages::{LetterView, letter_view, router};
pub use share::{NewShare, Share, ShareId, find_share, insert_share, shares_of, withdraw_share};
pub use sql::{AWAITED, SEGMENT, segment};
pub(crate) use sql::{awaited, more_than_noted};
pub use store::{
    Event, Invitation, InvitationId, append, append_marked, companies_invited_since, events, find, find_by_company,
    insert, invited, lock, mend, reached, states,
};
pub use thread::{Mention, Told, thread};
pub use visit::{RespondentShell, Visit};
