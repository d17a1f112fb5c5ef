//! A line to the SMTP relay: lettre's commands over a stream of our own, kept open from mail to mail.
//!
//! lettre's own pool waits 40 ms for each mail: it writes the final dot apart and never sets TCP_NODELAY. And its `send` doesn't
//! tell a connection that broke before the final dot from one that broke after it, which is the one moment in which
//! nobody can know whether the relay has the mail (RFC 1047).

use super::Composed;
use super::stream::{Connection, Stream};
use crate::refusal::{Cause, Said, cause};
use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

/// For each step up to the final dot.
const STEP_TIME: Duration = Duration::from_secs(30);
/// For the reply to the final dot, in which a relay may look for viruses. RFC 5321 §4.5.3.2.6 asks for ten minutes; so
/// long a line stands still.
const DOT_TIME: Duration = Duration::from_secs(300);
/// For taking leave, which nobody needs: a relay that doesn't answer is left.
const QUIT_TIME: Duration = Duration::from_secs(1);

/// Where mails are handed over, and how. Debug shows no password.
#[derive(Clone)]
pub struct Relay {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{})", self.host, self.port)
    }
}

#[derive(Clone)]
enum Security {
    /// On this machine or a network of one's own.
    None,
    /// STARTTLS; without it nothing is sent.
    StartTls(TlsConnector),
    /// STARTTLS where the relay offers it.
    StartTlsIfOffered(TlsConnector),
    /// TLS from the first byte.
    Tls(TlsConnector),
}

/// Why a mail didn't go.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing is taken from us now, whatever the mail: the relay can't be reached, or it said so before it knew a recipient
    /// (at its greeting, EHLO, STARTTLS, AUTH or MAIL FROM). No use in trying the next.
    #[error("{0}")]
    ByRelay(String),
    /// This mail isn't taken now, and is worth another try later. Without a cause nobody said a word.
    #[error("{why}")]
    ForNow { cause: Option<Cause>, why: String },
    /// This mail will never be taken.
    #[error("{why}")]
    ForGood { cause: Cause, why: String },
    /// The connection broke after the mail's end was sent and before the relay replied: it may have it or not.
    #[error("{0}")]
    Unknown(String),
    /// We broke off before the mail's end: the relay doesn't have it, and nobody refused it.
    #[error("{0}")]
    CutOff(String),
}

impl Refused {
    /// Something went wrong that nobody refused, such as a connection lost.
    pub fn for_now(why: impl Into<String>) -> Refused {
        Refused::ForNow {
            cause: None,
            why: why.into(),
        }
    }
}

impl Relay {
    /// By `smtp://host:25`, `smtp://user:password@host:587?tls=required` or `smtps://user:password@host:465`. Certificates are
    /// checked against the roots of the web, and against those in the PEM file `ca` where one is named.
    pub fn new(smtp_url: &str, ca: &Path) -> anyhow::Result<Relay> {
        const SHAPE: &str = "`mail.smtp_url` is not an address such as smtps://user:password@host:465";
        // The address may hold a password: it is never shown.
        let url: Url = smtp_url.parse().map_err(|_| anyhow::anyhow!("{SHAPE}."))?;
        let host = url
            .host_str()
            .ok_or_else(|| anyhow::anyhow!("{SHAPE}: it names no host."))?
            .to_owned();
        let tls = url.query_pairs().find(|(k, _)| k == "tls").map(|(_, v)| v.into_owned());
        let (security, port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => (Security::Tls(connector(ca)?), 465),
            ("smtp", Some("required")) => (Security::StartTls(connector(ca)?), 587),
            ("smtp", Some("opportunistic")) => (Security::StartTlsIfOffered(connector(ca)?), 587),
            ("smtp", None | Some("none")) => (Security::None, 25),
            ("smtp", Some(_)) => anyhow::bail!("{SHAPE}: `tls` is none, opportunistic or required."),
            _ => anyhow::bail!("{SHAPE}: it begins with smtp:// or smtps://."),
        };
        let decode = |text: &str| {
            let bytes = percent_encoding::percent_decode_str(text);
            bytes.decode_utf8().map(|t| t.into_owned())
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decode(url.username())?, decode(password)?)),
            None => None,
        };
        Ok(Relay {
            port: url.port().unwrap_or(port),
            host,
            security,
            credentials,
            hello: ClientId::default(),
        })
    }

    /// The addresses at which it is reached.
    pub async fn addresses(&self) -> Vec<std::net::IpAddr> {
        match tokio::net::lookup_host((self.host.as_str(), self.port)).await {
            Ok(found) => found.map(|address| address.ip()).collect(),
            Err(_) => Vec::new(),
        }
    }

    async fn connect(&self) -> Result<Open, String> {
        match timeout(STEP_TIME, self.open()).await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(why)) => Err(format!("{}:{}: {why}", self.host, self.port)),
            Err(_) => Err(format!("{}:{} didn't answer in time.", self.host, self.port)),
        }
    }

    async fn open(&self) -> Result<Open, String> {
        let plain = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(|e| e.to_string())?;
        plain.set_nodelay(true).map_err(|e| e.to_string())?;
        let peer = plain.peer_addr().map_err(|e| e.to_string())?;
        let ended = Arc::new(AtomicBool::new(false));
        let stream = |inner: Box<dyn Connection>| Stream::new(inner, peer, ended.clone());
        let stream = match &self.security {
            Security::None => stream(Box::new(plain)),
            Security::Tls(connector) => stream(Box::new(self.encrypt(connector, plain).await?)),
            Security::StartTls(connector) => match self.start_tls(plain).await? {
                (plain, greeting, true) => stream(Box::new(self.encrypt(connector, plain).await?)).after(&greeting),
                _ => return Err("STARTTLS is not offered, and `tls=required`.".into()),
            },
            Security::StartTlsIfOffered(connector) => match self.start_tls(plain).await? {
                (plain, greeting, true) => stream(Box::new(self.encrypt(connector, plain).await?)).after(&greeting),
                (plain, greeting, false) => stream(Box::new(plain)).after(&greeting),
            },
        };
        let mut smtp = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello)
            .await
            .map_err(said)?;
        if let Some(credentials) = &self.credentials {
            smtp.auth(DEFAULT_MECHANISMS, credentials).await.map_err(said)?;
        }
        Ok(Open {
            smtp,
            ended,
            left: Left::Nothing,
        })
    }

    async fn encrypt(&self, connector: &TlsConnector, plain: TcpStream) -> Result<impl Connection + use<>, String> {
        let name = ServerName::try_from(self.host.clone()).map_err(|e| e.to_string())?;
        connector.connect(name, plain).await.map_err(|e| e.to_string())
    }

    /// Asks for TLS (RFC 3207). Returns the greeting, which lettre is to read again because after TLS there is none, and
    /// whether TLS begins now.
    async fn start_tls(&self, mut plain: TcpStream) -> Result<(TcpStream, String, bool), String> {
        let (code, greeting) = heard(&mut plain).await?;
        if code / 100 != 2 {
            return Err(greeting);
        }
        // A greeting of several lines is one line to lettre.
        let greeting = format!("{code} {}", greeting.get(4..).unwrap_or_default());
        let ask = async |plain: &mut TcpStream, words: String| {
            plain.write_all(words.as_bytes()).await.map_err(|e| e.to_string())?;
            heard(plain).await
        };
        let (code, offers) = ask(&mut plain, Ehlo::new(self.hello.clone()).to_string()).await?;
        if code / 100 != 2 {
            return Err(offers);
        }
        let offered = offers
            .split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case("STARTTLS"));
        if !offered {
            return Ok((plain, greeting, false));
        }
        match ask(&mut plain, Starttls.to_string()).await? {
            (220, _) => Ok((plain, greeting, true)),
            (_, why) => Err(why),
        }
    }
}

/// How much of a reply before TLS is kept, in bytes.
const HEARD: usize = 4000;

/// One reply before TLS: its code, and "code words" with the lines joined. Read byte by byte, so that nothing that was slipped in
/// before the encryption is taken for something said after it (RFC 3207 §6).
async fn heard(plain: &mut TcpStream) -> Result<(u16, String), String> {
    let (mut words, mut line) = (String::new(), Vec::new());
    loop {
        let byte = plain.read_u8().await.map_err(|e| e.to_string())?;
        if byte != b'\n' {
            if line.len() < HEARD {
                line.push(byte);
            }
            continue;
        }
        let said = String::from_utf8_lossy(&line).trim_end().to_owned();
        if words.len() < HEARD {
            words.push(' ');
            words.push_str(said.get(4..).unwrap_or_default());
        }
        if line.get(3) != Some(&b'-') {
            let code = said.get(..3).and_then(|c| c.parse().ok()).unwrap_or(0);
            return Ok((code, format!("{code}{words}")));
        }
        line.clear();
    }
}

/// A connection that stands.
struct Open {
    smtp: AsyncSmtpConnection,
    /// Whether the end of the mail in hand may have been written.
    ended: Arc<AtomicBool>,
    left: Left,
}

/// What stands of the last mail's transaction.
#[derive(Default)]
enum Left {
    #[default]
    Nothing,
    /// It was begun for this sender, and has no recipient: the one it was begun for was refused.
    Sender(Option<Address>),
    /// It has a recipient, and its mail was refused.
    Recipient,
}

/// An open connection to the relay, or one that is opened with the next mail. Each mail is offered first, and handed over when
/// the relay is ready for its content.
pub struct Line {
    relay: Relay,
    open: Option<Open>,
}

impl Line {
    pub fn new(relay: Relay) -> Line {
        Line { relay, open: None }
    }

    /// Everything before the mail's content. After that the relay doesn't have the mail, whatever happens.
    pub async fn offer(&mut self, envelope: &Envelope) -> Result<(), Refused> {
        let kept = self.open.is_some();
        match self.announce(envelope).await {
            // A relay ends a connection that has stood long or carried much: once more on a new one.
            Err(Broken::Closed(..)) => self.announce(envelope).await.map_err(Broken::refused),
            Err(Broken::Connection(..)) if kept => self.announce(envelope).await.map_err(Broken::refused),
            outcome => outcome.map_err(Broken::refused),
        }
    }

    /// Hands over the content of the mail that was offered; what the relay replied.
    pub async fn finish(&mut self, mail: &Composed) -> Result<String, Refused> {
        let Some(open) = &mut self.open else {
            return Err(Refused::for_now("The connection is gone."));
        };
        let (ended, why) = match timeout(DOT_TIME, open.smtp.message(&mail.bytes)).await {
            Ok(Ok(reply)) => {
                open.ended.store(false, Ordering::Relaxed);
                return Ok(words(&reply));
            }
            Ok(Err(e)) => match e.status().map(u16::from) {
                Some(421) => {
                    self.open = None;
                    return Err(Refused::for_now(said(e)));
                }
                Some(code) => {
                    open.ended.store(false, Ordering::Relaxed);
                    return Err(refusal(code, said(e)));
                }
                None => (open.ended.load(Ordering::Relaxed), said(e)),
            },
            Err(_) => (
                open.ended.load(Ordering::Relaxed),
                "The relay didn't reply to the end of the mail.".to_owned(),
            ),
        };
        self.open = None;
        // RFC 5321 §4.2.5: before the end of its content a relay takes no mail.
        Err(match ended {
            true => Refused::Unknown(why),
            false => Refused::for_now(why),
        })
    }

    /// Gives up the mail in hand, whose [`Line::offer`] or [`Line::finish`] was dropped on its way.
    pub fn cut_off(&mut self) -> Refused {
        let ended = self.open.take().is_some_and(|open| open.ended.load(Ordering::Relaxed));
        match ended {
            true => Refused::Unknown("Kairan was stopped before the relay replied to the end of the mail.".into()),
            false => Refused::CutOff("Kairan was stopped before the mail was handed over.".into()),
        }
    }

    /// Everything before the mail's content, on one connection.
    async fn announce(&mut self, envelope: &Envelope) -> Result<(), Broken> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.relay.connect().await.map_err(Broken::ByRelay)?,
        };
        let smtp = &mut open.smtp;
        let left = std::mem::take(&mut open.left);
        let from = async {
            match left {
                // A refused recipient is no part of its transaction (RFC 5321 §3.3): the next mail of the same sender goes on
                // with it, which saves two round trips.
                Left::Sender(sender) if sender.as_ref() == envelope.from() => return Ok(()),
                // RFC 5321 §4.1.4 wants it before the next MAIL.
                Left::Sender(_) | Left::Recipient => drop(smtp.command(Rset).await?),
                Left::Nothing => {}
            }
            smtp.command(Mail::new(envelope.from().cloned(), vec![]))
                .await
                .map(drop)
        };
        match timeout(STEP_TIME, from).await {
            Ok(Ok(())) => {}
            Ok(Err(e)) => {
                return Err(match e.status().map(u16::from) {
                    None => Broken::Connection(said(e), Stage::Sender),
                    Some(421) => Broken::Closed(said(e), Stage::Sender),
                    Some(_) => Broken::ByRelay(said(e)),
                });
            }
            Err(_) => return Err(Broken::Connection(TOO_LATE.into(), Stage::Sender)),
        }
        let smtp = &mut open.smtp;
        let mut taken = 0;
        let to = async {
            for to in envelope.to() {
                smtp.command(Rcpt::new(to.clone(), vec![])).await?;
                taken += 1;
            }
            smtp.command(Data).await
        };
        match timeout(STEP_TIME, to).await {
            Ok(Ok(_)) => {
                self.open = Some(open);
                Ok(())
            }
            Ok(Err(e)) => match e.status().map(u16::from) {
                None => Err(Broken::Connection(said(e), Stage::Mail)),
                Some(421) => Err(Broken::Closed(said(e), Stage::Mail)),
                Some(code) => {
                    open.left = match taken {
                        0 => Left::Sender(envelope.from().cloned()),
                        _ => Left::Recipient,
                    };
                    self.open = Some(open);
                    Err(Broken::Mail(refusal(code, said(e))))
                }
            },
            Err(_) => Err(Broken::Connection(TOO_LATE.into(), Stage::Mail)),
        }
    }

    /// Takes leave of the relay, within a second.
    pub async fn close(&mut self) {
        if let Some(mut open) = self.open.take() {
            let _ = timeout(QUIT_TIME, open.smtp.quit()).await;
        }
    }
}

const TOO_LATE: &str = "The relay didn't answer in time.";

/// Why a mail couldn't be announced.
enum Broken {
    /// The connection is of no use any more; at which stage it broke.
    Connection(String, Stage),
    /// The relay said that it ends the connection (421).
    Closed(String, Stage),
    ByRelay(String),
    Mail(Refused),
}

impl Broken {
    fn refused(self) -> Refused {
        match self {
            Broken::Connection(why, Stage::Sender) | Broken::Closed(why, Stage::Sender) | Broken::ByRelay(why) => {
                Refused::ByRelay(why)
            }
            Broken::Connection(why, Stage::Mail) | Broken::Closed(why, Stage::Mail) => Refused::for_now(why),
            Broken::Mail(refused) => refused,
        }
    }
}

/// What the relay knew when it spoke.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// Only us.
    Sender,
    /// The recipient, or the content, too.
    Mail,
}

/// What is said to a recipient or a content concerns that mail. Whose it is [`crate::refusal`] says.
fn refusal(code: u16, why: String) -> Refused {
    let said = Said {
        reply: code,
        status: status_of(&why),
        words: &why,
    };
    let cause = cause(said);
    match code / 100 {
        4 => Refused::ForNow {
            cause: Some(cause),
            why,
        },
        _ => Refused::ForGood { cause, why },
    }
}

/// The enhanced status code of RFC 2034 in "550 5.1.1 no such user"; "" where there is none.
fn status_of(reply: &str) -> &str {
    let word = reply.split_ascii_whitespace().nth(1).unwrap_or_default();
    let parts: Vec<&str> = word.split('.').collect();
    let is_code = parts.len() == 3 && parts.iter().all(|p| p.len() <= 3 && p.parse::<u16>().is_ok());
    if is_code { word } else { "" }
}

/// What the relay said, as it said it: lettre puts its own words around a reply's.
fn said(e: Error) -> String {
    match (e.status(), std::error::Error::source(&e)) {
        (Some(code), Some(words)) => format!("{code} {words}"),
        _ => e.to_string(),
    }
}

fn words(reply: &Response) -> String {
    let lines: Vec<&str> = reply.message().collect();
    format!("{} {}", reply.code(), lines.join(" "))
}

fn certificates(ca: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(ca).map_err(|e| anyhow::anyhow!("`mail.ca_file` {} can't be read: {e}", ca.display()))
}

fn connector(ca: &Path) -> anyhow::Result<TlsConnector> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if !ca.as_os_str().is_empty() {
        for certificate in CertificateDer::pem_slice_iter(&certificates(ca)?) {
            roots.add(certificate?)?;
        }
    }
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enhanced_status_code_is_found_where_it_stands() {
        assert_eq!(status_of("550 5.1.1 no such user"), "5.1.1");
        assert_eq!(status_of("550 5.7.606 banned"), "5.7.606");
        for none in [
            "550 no such user",
            "550",
            "",
            "550 1.2.3.4 is listed",
            "550 version 5.1.1",
        ] {
            assert_eq!(status_of(none), "", "{none}");
        }
    }
}
