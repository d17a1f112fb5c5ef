//! A folder on an IMAP server, opened by EXAMINE and read by BODY.PEEK: the server itself keeps us from changing anything.

use super::url::Server;
use super::{HEAD, Item, LIMIT, Place};
use anyhow::{Context, anyhow};
use async_imap::{Client, Session};
use futures_util::TryStreamExt;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how many messages sizes are asked at once.
const STRIDE: usize = 100;

/// Either kind of connection.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Sync + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + std::fmt::Debug> Wire for T {}

pub struct Imap {
    session: Session<Box<dyn Wire>>,
    name: String,
    validity: i64,
    end: i64,
    /// New messages, the last first.
    uids: Vec<u32>,
    /// Of the next few: UID, size, when the server got it; the last first.
    sized: Vec<(u32, u64, Option<i64>)>,
}

/// Waits for an answer, but not for ever.
async fn patient<T, E: Into<anyhow::Error>>(
    what: &'static str,
    answer: impl Future<Output = Result<T, E>>,
) -> anyhow::Result<T> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|e| e.into().context(what)),
        Err(_) => Err(anyhow!("{what}: the server didn't answer in time")),
    }
}

impl Imap {
    pub async fn open(server: &Server, place: Place) -> anyhow::Result<Imap> {
        let wire = patient("the IMAP server can't be reached", connect(server)).await?;
        let mut client = Client::new(wire);
        patient("the IMAP server doesn't greet", client.read_response())
            .await?
            .context("the IMAP server hung up at once")?;
        let login = async {
            let signed_in = client.login(&server.user, &server.password).await;
            // The client comes back with the error and is of no use here.
            signed_in.map_err(|(e, _)| e)
        };
        let mut session = patient("the IMAP server refuses the sign-in (`mail.mailbox_url`)", login).await?;
        let folder = patient("the IMAP folder can't be opened", session.examine(&server.folder)).await?;
        let validity = i64::from(folder.uid_validity.context("the IMAP folder has no UIDVALIDITY")?);
        let first = if place.validity == validity {
            place.next.max(1)
        } else {
            1
        };
        let mut uids: Vec<u32> = if folder.exists == 0 {
            Vec::new()
        } else {
            let query = format!("UID {first}:*");
            let found = patient("the IMAP folder can't be searched", session.uid_search(query)).await?;
            // `n:*` always holds the last message, even where its UID is below n (RFC 3501 §6.4.8).
            found.into_iter().filter(|uid| i64::from(*uid) >= first).collect()
        };
        uids.sort_unstable_by(|a, b| b.cmp(a));
        let end = uids.first().map_or(first, |last| i64::from(*last) + 1);
        Ok(Imap {
            session,
            name: server.folder.clone(),
            validity,
            end,
            uids,
            sized: Vec::new(),
        })
    }

    pub async fn next(&mut self) -> anyhow::Result<Option<Item>> {
        loop {
            if self.sized.is_empty() {
                if self.uids.is_empty() {
                    return Ok(None);
                }
                self.ask_sizes().await?;
            }
            let Some((uid, size, received)) = self.sized.pop() else {
                continue;
            };
            let too_large = (size > LIMIT as u64).then_some(size);
            let most = if too_large.is_some() { HEAD } else { LIMIT };
            // In part even where the whole is wanted: a size that isn't true must not fill our memory.
            let query = format!("BODY.PEEK[]<0.{most}>");
            let fetched = async {
                let mut stream = self.session.uid_fetch(uid.to_string(), query).await?;
                let mut bytes = None;
                while let Some(part) = stream.try_next().await? {
                    if part.uid == Some(uid)
                        && let Some(body) = part.body()
                    {
                        bytes = Some(body.to_vec());
                    }
                }
                Ok::<_, async_imap::error::Error>(bytes)
            };
            // Taken away by somebody since the search.
            let Some(bytes) = patient("a message can't be read", fetched).await? else {
                continue;
            };
            return Ok(Some(Item {
                source: format!("{}/{}/{uid}", self.name, self.validity),
                received,
                bytes: bytes.into(),
                too_large,
                place: Place {
                    validity: self.validity,
                    next: i64::from(uid) + 1,
                },
            }));
        }
    }

    async fn ask_sizes(&mut self) -> anyhow::Result<()> {
        let from = self.uids.len().saturating_sub(STRIDE);
        let stride = self.uids.split_off(from);
        let set: Vec<String> = stride.iter().rev().map(u32::to_string).collect();
        let asked = async {
            let stream = self
                .session
                .uid_fetch(set.join(","), "(UID RFC822.SIZE INTERNALDATE)")
                .await?;
            stream
                .map_ok(|f| {
                    let received = f.internal_date().map(|d| d.timestamp());
                    f.uid.map(|uid| (uid, u64::from(f.size.unwrap_or(0)), received))
                })
                .try_collect::<Vec<_>>()
                .await
        };
        let mut sized: Vec<_> = patient("the sizes of messages can't be read", asked)
            .await?
            .into_iter()
            .flatten()
            .filter(|(uid, ..)| stride.contains(uid))
            .collect();
        sized.sort_unstable_by_key(|s| std::cmp::Reverse(s.0));
        sized.dedup_by_key(|s| s.0);
        self.sized = sized;
        Ok(())
    }

    pub fn end(&self) -> Place {
        Place {
            validity: self.validity,
            next: self.end,
        }
    }

    pub async fn close(mut self) {
        // All is read; whether the server says good-bye changes nothing.
        if timeout(Duration::from_secs(5), self.session.logout()).await.is_err() {
            tracing::debug!("The IMAP server took too long to say good-bye.");
        }
    }
}

async fn connect(server: &Server) -> anyhow::Result<Box<dyn Wire>> {
    let tcp = TcpStream::connect((server.host.as_str(), server.port)).await?;
    tcp.set_nodelay(true)?;
    if !server.tls {
        return Ok(Box::new(tcp));
    }
    let mut roots = rustls::RootCertStore::empty();
    match &server.ca {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            for certificate in
                CertificateDer::pem_file_iter(file).with_context(|| format!("{} can't be read", file.display()))?
            {
                roots.add(certificate?)?;
            }
        }
    }
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(server.host.clone())?;
    let tls = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await?;
    Ok(Box::new(tls))
}
