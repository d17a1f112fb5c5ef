//! Where a campaign stands: numbers folded from what happens, live, at any size.
//!
//! Respondents append changes; a server that finds some takes them away and counts them in the same transaction ([`fold`]).
//! A board is read from the counts and from what still waits in one statement, so it is always up to date, and costs the
//! same for 300 companies and for a million. [`recount`] makes the same numbers from scratch.
//!
//! Routes: `/campaigns/{id}` and its `/companies`, `/answers`, `/awareness`, `/live`, `/wall`, `/paper`, `/phone`.
//! Tables: boards, tallies; it takes rows out of changes.

mod curve;
mod fold;
mod history;
mod lists;
mod live;
mod model;
mod narrow;
mod pages;
mod phone;
mod reach;
mod recount;
mod sheet;
mod store;
mod words;

pub use fold::{fold_all, run};
pub(crate) use lists::done_words;
pub use model::{Change, Cross, Part, Segment, Standing, Tallies, days_to_deadline, phone_states};
pub use narrow::Query;
pub use pages::router;
pub use phone::held_in_all;
pub use reach::{cells as reach_cells, columns as reach_columns};
pub use recount::{Recount, recount};
pub use store::{Board, open, read, read_many, touch, version, write};
pub use words::{event_words, left, stamp, stamp_of, state_key};
