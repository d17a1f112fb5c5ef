//! Sending a campaign and seeing where it stands: whom it goes to, the last steps before sending, what follows it, the job that invites every company, the
//! campaign's page, a company's part in it, answers taken by phone or on paper, exports, the first page.
//!
//! It owns no table: it reads what campaigns, invitations, responses and deliveries keep, and has them write.
//! Routes: `/`, `/campaigns/{id}` and below. Job: Circulate.

mod audience;
pub mod command;
mod export;
mod follow;
mod model;
mod pages;
mod part;
mod preview;
mod reminders;
mod send;
mod whom;

pub use pages::router;
pub use send::{KIND as CIRCULATE, circulate};
