//! Where mails go: an SMTP relay, or the outbox, a Maildir in the data directory.

use super::Composed;
use lettre::transport::smtp::{AsyncSmtpTransport, PoolConfig};
use lettre::{AsyncTransport, Tokio1Executor};
use std::io::Write;
use std::path::{Path, PathBuf};

/// How long a relay may take for one mail.
pub const RELAY_TIME: std::time::Duration = std::time::Duration::from_secs(20);

#[derive(Clone)]
pub enum Transport {
    /// A Maildir: each mail is a file in `new/`, named after the message, so that writing it twice is writing it once.
    Outbox(PathBuf),
    Relay(AsyncSmtpTransport<Tokio1Executor>),
}

/// Whether a refusal is about us and not about the one mail: sign-in, sender, the relay's own state. Such a mail is as good
/// as before, and so is its address.
fn is_about_us(e: &lettre::transport::smtp::Error) -> bool {
    // RFC 5321 §4.2.3, RFC 4954 §6: 500–504 syntax and sequence, 521 no service, 530/534/535/538 sign-in. RFC 3463: X.7.
    let code = e.status().map_or(0, u16::from);
    matches!(code, 500..=504 | 521 | 530 | 534 | 535 | 538) || e.to_string().contains("5.7.")
}

/// Why a mail didn't go.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The relay takes nothing from us now: no use in trying the next.
    #[error("{0}")]
    ByRelay(String),
    /// Worth another try later.
    #[error("{0}")]
    ForNow(String),
    /// The relay will never take it.
    #[error("{0}")]
    ForGood(String),
}

impl Transport {
    /// By the configured `mail.smtp_url`; empty: the outbox under `data`.
    pub fn new(smtp_url: &str, connections: usize, data: &Path) -> anyhow::Result<Transport> {
        if smtp_url.is_empty() {
            let outbox = data.join("outbox");
            for part in ["tmp", "new", "cur"] {
                std::fs::create_dir_all(outbox.join(part))?;
            }
            return Ok(Transport::Outbox(outbox));
        }
        let relay = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url)
            .map_err(|e| anyhow::anyhow!("`mail.smtp_url` is not an address such as smtps://user:password@host: {e}"))?
            .timeout(Some(RELAY_TIME))
            .pool_config(PoolConfig::new().max_size(connections.max(1) as u32))
            .build();
        Ok(Transport::Relay(relay))
    }

    pub fn is_outbox(&self) -> bool {
        matches!(self, Transport::Outbox(_))
    }

    /// Returns when the relay has taken the mail, or the outbox's file is on disk.
    pub async fn send(&self, mail: Composed) -> Result<(), Refused> {
        match self {
            Transport::Outbox(dir) => {
                let dir = dir.clone();
                let written = tokio::task::spawn_blocking(move || write(&dir, &mail)).await;
                match written {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(e)) => Err(Refused::ForNow(format!("The outbox can't be written: {e}"))),
                    Err(e) => Err(Refused::ForNow(e.to_string())),
                }
            }
            Transport::Relay(relay) => {
                // lettre's own time-out is for each command; a mail as a whole must end within its lease.
                match tokio::time::timeout(RELAY_TIME, relay.send_raw(&mail.envelope, &mail.bytes)).await {
                    Err(_) => Err(Refused::ForNow("The relay didn't answer in time.".into())),
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(e)) if is_about_us(&e) => Err(Refused::ByRelay(e.to_string())),
                    Ok(Err(e)) if e.is_permanent() => Err(Refused::ForGood(e.to_string())),
                    Ok(Err(e)) => Err(Refused::ForNow(e.to_string())),
                }
            }
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
