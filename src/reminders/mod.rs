//! Reminders that climb: who hasn't answered is reminded by the campaign's plan, on business days, in working hours there, in
//! the contact's language; first the primary contact, then others at the company, then our buyer, who phones.
//!
//! Each invitation has a row that says when to look again. A job reads what is due, decides by the rules of `model`, and
//! queues the mail in the transaction that moves the row on, while it holds the invitation: what was answered is never
//! reminded, and what was queued is never queued twice. A mail that an answer overtakes is cancelled by who sends it.
//!
//! Tables: reminders, reminder_tallies, calendars, digests. Routes: `/calendar`, `/b/{token}`. Jobs: Remind, ReachNextContact,
//! SendDigests.

mod calendar;
mod call;
mod calls;
mod digest;
mod model;
mod pages;
mod plan;
mod remind;
mod store;
#[cfg(test)]
mod tests;

pub use call::{CallNote, Outcome as CallOutcome, log_call};
pub use digest::{KIND as DIGEST, send_digests};
pub use pages::router;
pub use plan::{OnRecord, PlanView, plan_view};
pub use remind::{KIND as REMIND, Planner, Resume, choose, enrol, look_anew, reach_next, remind, resume, start};
pub use store::{Said, Tally, on_record, said_of, tallies};
