//! The ledger of every message: who was written to, about what, in which language, and what became of it.
//!
//! A delivery is a row, committed with what causes it; a job takes the rows that are due, composes each mail and hands it
//! to the relay or the outbox. Its id makes the Message-ID and the outbox's file name, so one that was in flight when the
//! server died is, sent again, the same mail.
//!
//! What goes on paper is a row as well (`channel`): made by `letters`, marked by an operator.
//!
//! Table: deliveries. Routes: `/outbox`, `/outbox/{id}`. Jobs: SendMail, ConfirmReceipt.

mod compose;
mod pages;
mod paper;
mod send;
mod store;

pub use compose::{MailView, compose, invitation_mail};
pub use pages::router;
pub use paper::{Paper, mark_posted, paper_waiting, queue_paper};
pub use send::{KIND as SEND_MAIL, confirm_receipt, send_mail, send_test};
pub use store::{Delivery, DeliveryId, Kind, State, counts, load_sent, of_invitation, queue_invitation};
