//! The ledger of every message: who was written to, about what, in which language, and what became of it.
//!
//! A delivery is a row, committed with what causes it. Every server takes its share of the rows that are due, composes
//! each mail and hands it to the relay or the outbox. Its id makes the Message-ID and the outbox's file name, so one that is
//! sent again is the same mail.
//!
//! What goes on paper is a row as well (`channel`): made by `letters`, marked by an operator.
//!
//! Tables: deliveries, delivery_events, senders, flights, relay_troubles. Routes: `/outbox`, `/outbox/{id}`, `/outbox/export`,
//! `/outbox/domain`. Jobs: ConfirmReceipt,
//! CancelMails, ResendRefused.

mod cancel;
mod cluster;
mod compose;
mod deadline;
mod digest;
mod domain;
mod export;
mod ledger;
mod list;
mod model;
mod note;
mod pages;
mod paper;
mod remind;
mod returned;
mod sender;
mod store;
mod text;
mod trouble;
mod words;

pub use cancel::{KIND as CANCEL_MAILS, ask as cancel_mails, cancel};
pub use cluster::{KIND as RESEND_REFUSED, resend, settle_refusals};
pub use compose::{MailView, compose, invitation_mail};
pub use deadline::{Moved, queue_deadline};
pub use digest::{Digest, DigestLine, digest_token};
pub use ledger::{BOUNCED, bring_back, is_stranded, waiting};
pub use model::{CODE_GOOD_FOR, Kind, State};
pub use pages::router;
pub use paper::{Paper, mark_posted, paper_waiting, queue_paper};
pub use remind::is_moot;
pub use returned::{by_id, given_up, held_up, refused};
pub use sender::{confirm_receipt, run, send_due, send_test, write_next};
pub use store::{
    CodeFor, Delivery, DeliveryId, Recipient, Reminder, ambiguous, counts, hurry, language_of, load_sent,
    of_invitation, queue_again, queue_code, queue_digest, queue_invitation, queue_notice, queue_reminder, queue_share,
    sent_addresses,
};
