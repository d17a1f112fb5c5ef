//! Sending a campaign and seeing where it stands: whom it goes to, the last steps before sending, what follows it, what is put right while it runs, the job that invites every company, the
//! campaign's page, a company's part in it, answers taken by phone or on paper, exports, the first page.
//!
//! It owns no table: it reads what campaigns, invitations, responses and deliveries keep, and has them write.
//! Routes: `/`, `/campaigns/{id}` and below. Jobs: Circulate, SendAgain, GoOn.

mod add;
mod again;
mod audience;
pub mod command;
mod deadline;
mod export;
mod follow;
mod manage;
mod model;
mod pages;
mod part;
mod preview;
mod reminders;
mod send;
mod whom;

pub use again::{KIND as SEND_AGAIN, send_again_job};
pub use deadline::{KIND as GO_ON, go_on};
pub use pages::router;
pub use send::{KIND as CIRCULATE, circulate};
