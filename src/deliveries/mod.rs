//! The ledger of every message: who was written to, about what, in which language, and what became of it.
//!
//! A delivery is a row, committed with what causes it. Every server takes its share of the rows that are due, composes
//! each mail and hands it to the relay or the outbox. Its id makes the Message-ID and the outbox's file name, so one that is
//! sent again is the same mail.
//!
//! What goes on paper is a row as well (`channel`): made by `letters`, marked by an operator.
//!
//! Tables: deliveries, delivery_events, senders, flights. Routes: `/outbox`, `/outbox/{id}`, `/outbox/export`,
//! `/outbox/domain`. Jobs: ConfirmReceipt,
//! CancelMails.

mod cancel;
mod compose;
mod digest;
mod domain;
mod export;
mod ledger;
mod model;
mod note;
mod pages;
mod paper;
mod remind;
mod returned;
mod sender;
mod store;
mod text;

pub use cancel::{KIND as CANCEL_MAILS, ask as cancel_mails, cancel};
pub use compose::{MailView, compose, invitation_mail};
pub use digest::{Digest, DigestLine, digest_token};
pub use ledger::BOUNCED;
pub use model::{CODE_GOOD_FOR, Kind, State};
pub use pages::router;
pub use paper::{Paper, mark_posted, paper_waiting, queue_paper};
pub use remind::is_moot;
pub use returned::{bounced, by_id, given_up, held_up};
pub use sender::{confirm_receipt, run, send_due, send_test, write_next};
pub use store::{
    CodeFor, Delivery, DeliveryId, Reminder, ambiguous, counts, language_of, load_sent, of_invitation, queue_code,
    queue_digest, queue_invitation, queue_notice, queue_reminder, queue_share,
};
