//! The mailbox to which mail comes back: reading it, and understanding what it holds. It knows nothing of companies.
//!
//! A mailbox is an IMAP folder or a Maildir. Nothing in it is marked, moved or deleted. [`understand`] tells bounces,
//! complaints, automatic answers and people apart; [`return_path`] makes the address by which a bounce names its mail.

mod imap;
mod maildir;
mod model;
mod notice;
mod parts;
mod patterns;
mod report;
mod return_path;
mod told;
mod url;

pub use self::url::MailboxUrl;
pub use model::{Because, Class, Finding, Understood, messages, understand};
pub use return_path::{LONGEST_LOCAL, parse_return_path, return_path};

use std::sync::Arc;

/// The largest message that is read, in bytes; of a larger one only the beginning is.
pub const LIMIT: usize = 5_000_000;
/// How much of a larger one is read: its headers, in all but hostile cases.
const HEAD: usize = 64 * 1024;

/// Where reading goes on. Kept by whoever reads, together with what was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// IMAP's UIDVALIDITY; 0 for a Maildir. When it changes, `next` means nothing and all is read again.
    pub validity: i64,
    /// IMAP: the first UID not read. Maildir: the latest change (microseconds since 1970) of any file seen.
    pub next: i64,
}

/// A message as it lies in the mailbox.
pub struct Item {
    /// Names it: folder, validity and UID, or the file's name without its flags.
    pub source: String,
    /// When the mailbox got it, in seconds since 1970, if the mailbox tells.
    pub received: Option<i64>,
    pub bytes: Arc<Vec<u8>>,
    /// Its whole size, where it is above [`LIMIT`] and `bytes` holds only its beginning.
    pub too_large: Option<u64>,
    /// Where to go on after it.
    pub place: Place,
}

/// An open mailbox, from which one message after the other is taken.
pub enum Mailbox {
    Imap(Box<imap::Imap>),
    Maildir(maildir::Maildir),
}

impl Mailbox {
    /// Opens it and finds out what is new after `place`.
    pub async fn open(url: &MailboxUrl, place: Place) -> anyhow::Result<Mailbox> {
        Ok(match url {
            MailboxUrl::Imap(server) => Mailbox::Imap(Box::new(imap::Imap::open(server, place).await?)),
            MailboxUrl::Maildir(path) => Mailbox::Maildir(maildir::Maildir::open(path.clone(), place).await?),
            MailboxUrl::None => anyhow::bail!("`mail.mailbox_url` is empty, so there is no mailbox to read"),
        })
    }

    /// The next message; None when all are read. What vanished since [`Mailbox::open`] is passed over.
    pub async fn next(&mut self) -> anyhow::Result<Option<Item>> {
        match self {
            Mailbox::Imap(imap) => imap.next().await,
            Mailbox::Maildir(maildir) => maildir.next().await,
        }
    }

    /// The name of the next message, where it is known before it is read and may be one that was read before.
    pub fn upcoming(&self) -> Option<&str> {
        match self {
            Mailbox::Imap(_) => None,
            Mailbox::Maildir(maildir) => maildir.upcoming(),
        }
    }

    /// Passes over the message that [`Mailbox::upcoming`] names.
    pub fn skip(&mut self) {
        if let Mailbox::Maildir(maildir) = self {
            maildir.skip();
        }
    }

    /// Where reading goes on when all is read.
    pub fn end(&self) -> Place {
        match self {
            Mailbox::Imap(imap) => imap.end(),
            Mailbox::Maildir(maildir) => maildir.end(),
        }
    }

    /// Takes leave of the server.
    pub async fn close(self) {
        if let Mailbox::Imap(imap) = self {
            imap.close().await;
        }
    }
}
