//! A line to the SMTP relay: lettre's commands over a stream of our own, kept open from mail to mail.
//!
//! lettre's own pool waits 40 ms for each mail: it writes the final dot apart and never sets TCP_NODELAY. And its `send` doesn't
//! tell a connection that broke before the final dot from one that broke after it, which is the one moment in which
//! nobody can know whether the relay has the mail (RFC 1047).

use super::Composed;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

/// For each step up to the final dot.
const STEP_TIME: Duration = Duration::from_secs(30);
/// For the reply to the final dot, in which a relay may look for viruses. RFC 5321 §4.5.3.2.6 asks for ten minutes; so
/// long a line stands still.
const DOT_TIME: Duration = Duration::from_secs(300);

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
    StartTls(TlsParameters),
    /// STARTTLS where the relay offers it.
    StartTlsIfOffered(TlsParameters),
    /// TLS from the first byte.
    Tls(TlsConnector),
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
    /// The connection broke after the mail's end was sent and before the relay replied: it may have it or not.
    #[error("{0}")]
    Unknown(String),
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
            ("smtp", Some("required")) => (Security::StartTls(parameters(&host, ca)?), 587),
            ("smtp", Some("opportunistic")) => (Security::StartTlsIfOffered(parameters(&host, ca)?), 587),
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

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let opened = timeout(STEP_TIME, async {
            let stream = TcpStream::connect((self.host.as_str(), self.port))
                .await
                .map_err(|e| e.to_string())?;
            stream.set_nodelay(true).map_err(|e| e.to_string())?;
            let stream: Box<dyn AsyncTokioStream> = match &self.security {
                Security::Tls(connector) => {
                    let name = ServerName::try_from(self.host.clone()).map_err(|e| e.to_string())?;
                    let stream = connector.connect(name, stream).await.map_err(|e| e.to_string())?;
                    Box::new(Encrypted(stream))
                }
                _ => Box::new(stream),
            };
            let mut line = AsyncSmtpConnection::connect_with_transport(stream, &self.hello)
                .await
                .map_err(said)?;
            match &self.security {
                Security::StartTls(parameters) => {
                    line.starttls(parameters.clone(), &self.hello).await.map_err(said)?;
                }
                Security::StartTlsIfOffered(parameters) if line.can_starttls() => {
                    line.starttls(parameters.clone(), &self.hello).await.map_err(said)?;
                }
                _ => {}
            }
            if let Some(credentials) = &self.credentials {
                line.auth(DEFAULT_MECHANISMS, credentials).await.map_err(said)?;
            }
            Ok::<_, String>(line)
        });
        match opened.await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(why)) => Err(format!("{}:{}: {why}", self.host, self.port)),
            Err(_) => Err(format!("{}:{} didn't answer in time.", self.host, self.port)),
        }
    }
}

/// An open connection to the relay, or one that is opened with the next mail.
pub struct Line {
    relay: Relay,
    open: Option<AsyncSmtpConnection>,
}

impl Line {
    pub fn new(relay: Relay) -> Line {
        Line { relay, open: None }
    }

    /// Hands over one mail; what the relay replied.
    pub async fn send(&mut self, mail: &Composed) -> Result<String, Refused> {
        let kept = self.open.is_some();
        match self.announce(mail).await {
            Ok(()) => {}
            // A relay ends a connection that has stood long or carried much: once more on a new one, since nothing was
            // handed over yet.
            Err(Broken::Connection(_)) if kept => self.announce(mail).await.map_err(Broken::refused)?,
            Err(e) => return Err(e.refused()),
        }
        let Some(line) = &mut self.open else {
            return Err(Refused::ForNow("The connection is gone.".into()));
        };
        match timeout(DOT_TIME, line.message(&mail.bytes)).await {
            Ok(Ok(reply)) => Ok(words(&reply)),
            Ok(Err(e)) if e.status().is_some() => {
                if e.status().map(u16::from) == Some(421) {
                    self.open = None;
                }
                Err(refusal(e, Stage::Content))
            }
            Ok(Err(e)) => {
                self.open = None;
                Err(Refused::Unknown(said(e)))
            }
            Err(_) => {
                self.open = None;
                Err(Refused::Unknown(
                    "The relay didn't reply to the end of the mail.".into(),
                ))
            }
        }
    }

    /// Everything before the mail's content.
    async fn announce(&mut self, mail: &Composed) -> Result<(), Broken> {
        let mut line = match self.open.take() {
            Some(line) => line,
            None => self
                .relay
                .connect()
                .await
                .map_err(|why| Broken::Refused(Refused::ByRelay(why)))?,
        };
        let envelope = &mail.envelope;
        let said = timeout(STEP_TIME, async {
            line.command(Mail::new(envelope.from().cloned(), vec![]))
                .await
                .map_err(|e| (e, Stage::Sender))?;
            for to in envelope.to() {
                line.command(Rcpt::new(to.clone(), vec![]))
                    .await
                    .map_err(|e| (e, Stage::Recipient))?;
            }
            line.command(Data).await.map_err(|e| (e, Stage::Content))
        });
        match said.await {
            Ok(Ok(_)) => {
                self.open = Some(line);
                Ok(())
            }
            Ok(Err((e, stage))) => match e.status().map(u16::from) {
                None | Some(421) => Err(Broken::Connection(self::said(e))),
                Some(_) => {
                    if timeout(STEP_TIME, line.command(Rset)).await.is_ok_and(|r| r.is_ok()) {
                        self.open = Some(line);
                    }
                    Err(Broken::Refused(refusal(e, stage)))
                }
            },
            Err(_) => Err(Broken::Connection("The relay didn't answer in time.".into())),
        }
    }

    /// Takes leave of the relay.
    pub async fn close(&mut self) {
        if let Some(mut line) = self.open.take() {
            let _ = timeout(STEP_TIME, line.quit()).await;
        }
    }
}

enum Broken {
    /// Nothing was handed over, and the connection is of no use any more.
    Connection(String),
    Refused(Refused),
}

impl Broken {
    fn refused(self) -> Refused {
        match self {
            Broken::Connection(why) => Refused::ForNow(why),
            Broken::Refused(refused) => refused,
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Sender,
    Recipient,
    Content,
}

/// What a refusal means. About us, and not about the one mail, is whatever is said to our sender's address, and: 500–504
/// syntax and sequence, 521 no service, 530/534/535/538 sign-in (RFC 5321 §4.2.3, RFC 4954 §6), and X.7, security or policy
/// (RFC 3463 §3.8). Such a mail is as good as before, and so is its address.
fn refusal(e: Error, stage: Stage) -> Refused {
    let code = e.status().map_or(0, u16::from);
    let about_us = stage == Stage::Sender || matches!(code, 500..=504 | 521 | 530 | 534 | 535 | 538);
    let permanent = e.is_permanent();
    let why = said(e);
    match permanent {
        true if about_us || why.contains("5.7.") => Refused::ByRelay(why),
        true => Refused::ForGood(why),
        false => Refused::ForNow(why),
    }
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

fn parameters(host: &str, ca: &Path) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if !ca.as_os_str().is_empty() {
        builder = builder.add_root_certificate(Certificate::from_pem(&certificates(ca)?)?);
    }
    Ok(builder.build()?)
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

/// A TLS stream in the form that lettre takes.
#[derive(Debug)]
struct Encrypted(TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
