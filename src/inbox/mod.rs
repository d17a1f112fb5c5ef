//! What comes back: bounces and replies, read from a mailbox, matched to the deliveries they are about, and listed.
//!
//! A message is written down once, with its consequence, in one transaction: a hard bounce changes its delivery, its
//! invitation and its contact; a soft one is noted at the delivery; a person's reply waits for a person here. What isn't
//! understood waits, too.
//!
//! Tables: inbox, inbox_places. Routes: `/inbox`, `/inbox/{id}`. Jobs: ReadMailbox, ForwardReply.

mod forward;
mod model;
mod pages;
mod read;
mod store;

pub use forward::{FORWARD_REPLY, forward_reply};
pub use model::class_key;
pub use pages::{Row, router, rows_of_invitation};
pub use read::{READ_MAILBOX, ask, read_mailbox};
pub use store::{Message, MessageId, waiting};
