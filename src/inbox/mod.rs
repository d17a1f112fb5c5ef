//! What comes back: bounces and replies, read from a mailbox, matched to the deliveries they are about, and listed.
//!
//! A message is written down once, with its consequence, in one transaction. Only a wrong address is held against a contact;
//! what came back for any other reason fails its delivery, and because of us the next contact isn't turned to, either; a
//! complaint pauses its contact. A person's reply, a complaint and what isn't understood wait for a person here.
//!
//! Tables: inbox, inbox_places. Routes: `/inbox`, `/inbox/{id}`. Jobs: ReadMailbox, ForwardReply.

pub mod command;
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

/// The domain of our mails' sender, as a recipient's rule would name it.
fn our_domain(config: &crate::config::Config) -> String {
    let from = config.mail.from.rsplit_once('@').map_or("", |(_, domain)| domain);
    from.trim_end_matches('>').trim().to_owned()
}
