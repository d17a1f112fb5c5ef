//! The ledger of every message: who was written to, about what, in which language, and what became of it.
//!
//! A delivery is a row, committed with what causes it; a job takes the rows that are due, composes each mail and hands it
//! to the relay or the outbox. Its id makes the Message-ID and the outbox's file name, so one that was in flight when the
//! server died is, sent again, the same mail.
//!
//! Table: deliveries. Routes: `/outbox`, `/outbox/{id}`. Jobs: SendMail, ConfirmReceipt.

mod compose;
mod digest;
mod pages;
mod remind;
mod send;
mod store;

pub use compose::{MailView, compose, invitation_mail};
pub use digest::{Digest, DigestLine, digest_token};
pub use pages::router;
pub use remind::is_moot;
pub use send::{BOUNCED, KIND as SEND_MAIL, confirm_receipt, send_mail, send_test};
pub use store::{
    Delivery, DeliveryId, Kind, Reminder, State, counts, load_sent, of_invitation, queue_digest, queue_invitation,
    queue_reminder,
};
