//! Where mails go: an SMTP relay, or the outbox, a Maildir in the data directory.

use super::Composed;
use super::relay::{Line, Refused, Relay};
use lettre::address::Envelope;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub enum Transport {
    /// A Maildir: each mail is a file in `new/`, named after the message, so that writing it twice is writing it once.
    Outbox(PathBuf),
    Relay(Relay),
}

/// One way to hand over mails, one after the other.
pub enum Hand {
    Outbox(PathBuf),
    Line(Box<Line>),
}

impl Transport {
    /// By the configured `mail.smtp_url` (see [`Relay::new`]); empty: the outbox under `data`.
    pub fn new(smtp_url: &str, ca_file: &Path, data: &Path) -> anyhow::Result<Transport> {
        if smtp_url.is_empty() {
            let outbox = data.join("outbox");
            for part in ["tmp", "new", "cur"] {
                std::fs::create_dir_all(outbox.join(part))?;
            }
            return Ok(Transport::Outbox(outbox));
        }
        Ok(Transport::Relay(Relay::new(smtp_url, ca_file)?))
    }

    pub fn is_outbox(&self) -> bool {
        matches!(self, Transport::Outbox(_))
    }

    pub fn hand(&self) -> Hand {
        match self {
            Transport::Outbox(dir) => Hand::Outbox(dir.clone()),
            Transport::Relay(relay) => Hand::Line(Box::new(Line::new(relay.clone()))),
        }
    }

    /// Sends a single mail.
    pub async fn send(&self, mail: Composed) -> Result<String, Refused> {
        let mut hand = self.hand();
        let sent = match hand.offer(&mail.envelope).await {
            Ok(()) => hand.finish(mail).await,
            Err(refused) => Err(refused),
        };
        hand.close().await;
        sent
    }
}

impl Hand {
    /// Asks the relay whether it takes a mail from and to these. Until [`Hand::finish`] it doesn't have it.
    pub async fn offer(&mut self, envelope: &Envelope) -> Result<(), Refused> {
        match self {
            Hand::Line(line) => line.offer(envelope).await,
            Hand::Outbox(_) => Ok(()),
        }
    }

    /// Hands over the mail that was offered. Returns when the relay has taken it, with its reply, or the outbox's file is on disk.
    pub async fn finish(&mut self, mail: Composed) -> Result<String, Refused> {
        match self {
            Hand::Line(line) => line.finish(&mail).await,
            Hand::Outbox(dir) => {
                let dir = dir.clone();
                match tokio::task::spawn_blocking(move || write(&dir, &mail)).await {
                    Ok(Ok(())) => Ok(String::new()),
                    Ok(Err(e)) => Err(Refused::for_now(format!("The outbox can't be written: {e}"))),
                    Err(e) => Err(Refused::for_now(e.to_string())),
                }
            }
        }
    }

    /// Gives up the mail in hand, whose offer or finish was dropped on its way: whether the relay may have it.
    pub fn cut_off(&mut self) -> Refused {
        match self {
            Hand::Line(line) => line.cut_off(),
            // A file written twice is the same file.
            Hand::Outbox(_) => Refused::CutOff("Kairan was stopped.".into()),
        }
    }

    /// Takes leave, within a second.
    pub async fn close(&mut self) {
        if let Hand::Line(line) = self {
            line.close().await;
        }
    }
}

/// Writes into `tmp/`, then moves to `new/`: a reader never sees half a mail.
fn write(dir: &Path, mail: &Composed) -> std::io::Result<()> {
    let name = format!("{}.eml", mail.id.simple());
    let (tmp, new) = (dir.join("tmp").join(&name), dir.join("new").join(&name));
    let mut file = std::fs::File::create(&tmp)?;
    file.write_all(&mail.bytes)?;
    file.sync_all()?;
    std::fs::rename(tmp, new)?;
    std::fs::File::open(dir.join("new"))?.sync_all()
}
