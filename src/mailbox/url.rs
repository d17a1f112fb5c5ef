//! Where the mailbox is. Holds a password, so it is never printed.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use std::path::PathBuf;

/// `imaps://user:password@host/INBOX`, `imap://…` (without TLS) or `maildir:/path`; empty for none.
#[derive(Clone, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum MailboxUrl {
    #[default]
    None,
    Imap(Server),
    Maildir(PathBuf),
}

#[derive(Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub tls: bool,
    /// A file with certificates (PEM) to trust instead of the public ones: `?ca=/etc/ssl/our-ca.pem`.
    pub ca: Option<PathBuf>,
    pub user: String,
    pub password: String,
    pub folder: String,
}

/// Says what is wrong without repeating the address, which holds a password.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(&'static str);

impl TryFrom<String> for MailboxUrl {
    type Error = UrlError;

    fn try_from(text: String) -> Result<MailboxUrl, UrlError> {
        const FORM: &str = "is not an address such as imaps://user:password@host/INBOX or maildir:/path (write @ : / % in user and password as %40 %3A %2F %25)";
        if text.is_empty() {
            return Ok(MailboxUrl::None);
        }
        if let Some(path) = text.strip_prefix("maildir:") {
            if !path.starts_with('/') {
                return Err(UrlError("a Maildir is named by its whole path: maildir:/path"));
            }
            return Ok(MailboxUrl::Maildir(PathBuf::from(path)));
        }
        let url = url::Url::parse(&text).map_err(|_| UrlError(FORM))?;
        let tls = match url.scheme() {
            "imaps" => true,
            "imap" => false,
            _ => return Err(UrlError(FORM)),
        };
        let plain = |part: &str| percent_decode_str(part).decode_utf8().map(|p| p.into_owned());
        let user = plain(url.username()).map_err(|_| UrlError(FORM))?;
        let password = plain(url.password().unwrap_or("")).map_err(|_| UrlError(FORM))?;
        let folder = plain(url.path().trim_start_matches('/')).map_err(|_| UrlError(FORM))?;
        if user.is_empty() || password.is_empty() {
            return Err(UrlError(FORM));
        }
        Ok(MailboxUrl::Imap(Server {
            host: url
                .host_str()
                .ok_or(UrlError(FORM))?
                .trim_matches(['[', ']'])
                .to_owned(),
            port: url.port().unwrap_or(if tls { 993 } else { 143 }),
            tls,
            ca: url
                .query_pairs()
                .find(|(k, _)| k == "ca")
                .map(|(_, v)| PathBuf::from(v.into_owned())),
            user,
            password,
            folder: if folder.is_empty() { "INBOX".into() } else { folder },
        }))
    }
}

impl MailboxUrl {
    pub fn is_none(&self) -> bool {
        matches!(self, MailboxUrl::None)
    }

    /// Names the mailbox, without its password: as people see it, and as what was read is remembered.
    pub fn name(&self) -> String {
        match self {
            MailboxUrl::None => String::new(),
            MailboxUrl::Imap(s) => format!("{}@{}:{}/{}", s.user, s.host, s.port, s.folder),
            MailboxUrl::Maildir(path) => path.display().to_string(),
        }
    }
}

impl std::fmt::Debug for MailboxUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailboxUrl(…)")
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<MailboxUrl, String> {
        MailboxUrl::try_from(text.to_owned()).map_err(|e| e.to_string())
    }

    #[test]
    fn addresses_of_mailboxes_are_read_and_never_printed() {
        let MailboxUrl::Imap(s) = parse("imaps://bounce%40a.example:p%3Aw%2F%25@mail.a.example/Back%20again").unwrap()
        else {
            panic!("not IMAP")
        };
        assert_eq!((s.user.as_str(), s.password.as_str()), ("bounce@a.example", "p:w/%"));
        assert_eq!((s.port, s.tls, s.folder.as_str()), (993, true, "Back again"));
        let url = parse("imap://u:geheim@127.0.0.1:10143").unwrap();
        assert_eq!(url.name(), "u@127.0.0.1:10143/INBOX");
        assert!(!format!("{url:?}").contains("geheim"));
        for wrong in [
            "pop3://u:geheim@h",
            "imaps://h/INBOX",
            "geheim",
            "maildir:geheim",
            "imaps://u:geheim@:x/",
        ] {
            assert!(!parse(wrong).unwrap_err().contains("geheim"));
        }
    }
}
