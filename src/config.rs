//! Configuration: `config.default.toml` is the manual and the default; a file, the environment and flags override.

use crate::clock::Clock;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The embedded manual.
pub const DEFAULT: &str = include_str!("../config.default.toml");

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub database: Database,
    pub secret: SecretKey,
    pub organisation: Organisation,
    pub mail: Mail,
    pub letters: Letters,
    pub sessions: Sessions,
    pub log: Log,
    /// What tells the time: the system, but for the program of the browser's tests. No file, variable or flag can set it.
    #[serde(skip)]
    pub clock: Clock,
    /// Everything in it is made up, and pages say so. Set by `kairan demo` alone: no file, variable or flag can.
    #[serde(skip)]
    pub demo: bool,
    /// The file that was read, if one was.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: String,
    pub base_url: String,
    pub metrics_listen: String,
    pub trusted_proxies: Vec<std::net::IpAddr>,
    pub upload_limit: usize,
    pub connections: usize,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub dir: PathBuf,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub connections: usize,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretKey {
    pub key: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub name: String,
    pub zone: String,
    pub country: String,
    pub language: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub smtp_url: String,
    pub ca_file: PathBuf,
    pub from: String,
    pub connections: usize,
    pub dkim_key: PathBuf,
    pub dkim_selector: String,
    pub smime_p12: PathBuf,
    pub smime_passphrase_file: PathBuf,
    pub dns_server: String,
    pub per_second: u32,
    pub domain_per_minute: u32,
    pub bounce_address: String,
    pub mailbox_url: crate::mailbox::MailboxUrl,
    pub mailbox_every: i64,
    pub forward_replies_to: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    pub fonts: Vec<PathBuf>,
    pub stamp: PathBuf,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    pub idle_hours: i64,
    pub hours: i64,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: String,
    pub level: String,
    pub access: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{file}: {why}")]
    File { file: String, why: String },
    #[error("{whence}: there is no setting `{key}`; the nearest is `{nearest}`. All are in config.default.toml.")]
    Unknown {
        whence: String,
        key: String,
        nearest: String,
    },
    #[error("{whence}: `{key}` must be {wanted}, and is {value}.")]
    Type {
        whence: String,
        key: String,
        wanted: &'static str,
        value: String,
    },
    #[error("`{key}`: {why}")]
    Value { key: &'static str, why: String },
}

/// A setting from a flag: its dotted key and its value as typed.
pub type Flag = (&'static str, String);

impl Config {
    /// Puts the layers together. `environment` is all of it; only names that begin with `KAIRAN_` are read.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &[Flag],
    ) -> Result<Config, Error> {
        let mut table: Table = DEFAULT.parse().map_err(|e| Error::File {
            file: "config.default.toml".into(),
            why: format!("{e}"),
        })?;
        let mut keys = Vec::new();
        paths(&table, "", &mut keys);
        let typed: Vec<(String, String, String)> = environment
            .filter(|(name, _)| name.starts_with("KAIRAN_") && !name.starts_with("KAIRAN_TEST_"))
            .map(|(name, value)| {
                let key = keys.iter().find(|k| variable(k) == name).cloned();
                match key {
                    Some(key) => Ok((name, key, value)),
                    None => Err(Error::Unknown {
                        whence: "The environment".into(),
                        nearest: nearest(&name, keys.iter().map(|k| variable(k))),
                        key: name,
                    }),
                }
            })
            .collect::<Result<_, _>>()?;
        let flags: Vec<(String, String, String)> = flags
            .iter()
            .map(|(k, v)| ("The command line".into(), (*k).into(), v.clone()))
            .collect();

        // The data directory may hold a kairan.toml, so it is settled first.
        let dir = flags
            .iter()
            .chain(&typed)
            .find(|(_, k, _)| k == "data.dir")
            .map(|(_, _, v)| PathBuf::from(v));
        let own = dir.unwrap_or_else(|| PathBuf::from("data")).join("kairan.toml");
        let file = file.map(Path::to_owned).or_else(|| own.is_file().then_some(own));
        if let Some(file) = &file {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(file).map_err(|e| Error::File {
                file: name.clone(),
                why: format!("can't be read: {e}"),
            })?;
            let over: Table = text.parse().map_err(|e| Error::File {
                file: name.clone(),
                why: format!("{e}"),
            })?;
            merge(&mut table, over, &name, "", &keys)?;
        }
        for (whence, key, value) in typed.iter().chain(&flags) {
            set(&mut table, whence, key, value)?;
        }
        let mut config: Config = table.try_into().map_err(|e| Error::File {
            file: "configuration".into(),
            why: format!("{e}"),
        })?;
        config.file = file;
        config.settle()?;
        Ok(config)
    }

    fn settle(&mut self) -> Result<(), Error> {
        if self.server.base_url.is_empty() {
            self.server.base_url = format!("http://{}", self.server.listen);
        }
        let url = self.server.base_url.trim_end_matches('/').to_owned();
        let origin = url
            .parse::<http::Uri>()
            .ok()
            .filter(|u| matches!(u.scheme_str(), Some("http" | "https")) && u.authority().is_some() && u.path() == "/");
        if origin.is_none() {
            return Err(Error::Value {
                key: "server.base_url",
                why: format!("`{url}` is not an address such as https://kairan.example.co.jp (without a path)."),
            });
        }
        self.server.base_url = url;
        if self.mail.from.is_empty() && !self.mail.smtp_url.is_empty() {
            return Err(Error::Value {
                key: "mail.from",
                why: "is empty. Name the address that mails come from, such as security@example.co.jp.".into(),
            });
        }
        if self.mail.from.is_empty() {
            self.mail.from = "kairan@localhost".into();
        }
        for (key, address) in [
            ("mail.from", &mut self.mail.from),
            ("mail.bounce_address", &mut self.mail.bounce_address),
        ] {
            *address = sender(address).map_err(|why| Error::Value { key, why })?;
        }
        self.settle_inbox()?;
        if self.sessions.hours < 1 || self.sessions.idle_hours < 1 {
            return Err(Error::Value {
                key: "sessions.hours",
                why: "and `sessions.idle_hours` must be 1 or more.".into(),
            });
        }
        jiff::tz::TimeZone::get(&self.organisation.zone).map_err(|_| Error::Value {
            key: "organisation.zone",
            why: format!(
                "`{}` is not a zone of the IANA database, such as Asia/Tokyo.",
                self.organisation.zone
            ),
        })?;
        let country = &self.organisation.country;
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(Error::Value {
                key: "organisation.country",
                why: format!("`{country}` is not a country by ISO 3166-1, such as JP."),
            });
        }
        Ok(())
    }

    /// Reads the key that mails are signed with, if one is named.
    pub fn dkim(&self) -> anyhow::Result<Option<crate::mail::Dkim>> {
        let mail = &self.mail;
        if mail.dkim_key.as_os_str().is_empty() {
            return Ok(None);
        }
        let domain = mail.from.rsplit('@').next().unwrap_or_default();
        crate::mail::Dkim::load(&mail.dkim_key, domain, &mail.dkim_selector).map(Some)
    }

    /// The certificate with which mails are signed, read and looked at; None where none is configured.
    pub fn smime(&self, now: jiff::Timestamp) -> anyhow::Result<Option<crate::mail::Smime>> {
        let mail = &self.mail;
        if mail.smime_p12.as_os_str().is_empty() {
            return Ok(None);
        }
        let file = &mail.smime_passphrase_file;
        let passphrase = match file.as_os_str().is_empty() {
            true => String::new(),
            false => std::fs::read_to_string(file)
                .map_err(|e| anyhow::anyhow!("`mail.smime_passphrase_file` {} can't be read: {e}", file.display()))?,
        };
        let passphrase = passphrase.trim_end_matches(['\r', '\n']);
        crate::mail::Smime::load(&mail.smime_p12, passphrase, &mail.from, now).map(Some)
    }

    fn settle_inbox(&self) -> Result<(), Error> {
        let valid = |address: &str| address.is_empty() || address.parse::<crate::mail::EmailAddress>().is_ok();
        let (key, address) = match valid(&self.mail.bounce_address) {
            false => ("mail.bounce_address", &self.mail.bounce_address),
            true => ("mail.forward_replies_to", &self.mail.forward_replies_to),
        };
        if !valid(address) {
            return Err(Error::Value {
                key,
                why: format!("`{address}` is not a mail address."),
            });
        }
        let local = self.mail.bounce_address.split('@').next().unwrap_or("");
        if local.len() > crate::mailbox::LONGEST_LOCAL {
            return Err(Error::Value {
                key: "mail.bounce_address",
                why: format!(
                    "has {} characters before the @, and there is room for {}: each mail adds 42 of its own.",
                    local.len(),
                    crate::mailbox::LONGEST_LOCAL
                ),
            });
        }
        if self.mail.mailbox_every < 1 {
            return Err(Error::Value {
                key: "mail.mailbox_every",
                why: "must be 1 second or more.".into(),
            });
        }
        Ok(())
    }

    pub fn is_https(&self) -> bool {
        self.server.base_url.starts_with("https://")
    }
}

/// An address of ours in the form in which it goes over the wire: ways back are made of its parts, so it can't be one that needs
/// quotation marks. "" stays, and so does the one of a trial.
fn sender(typed: &str) -> Result<String, String> {
    if matches!(typed, "" | "kairan@localhost") {
        return Ok(typed.to_owned());
    }
    let read = typed.parse::<crate::mail::EmailAddress>();
    let address = read.map_err(|_| format!("`{typed}` is not a mail address."))?;
    match address.needs_quotes() {
        true => Err(format!(
            "`{typed}` has dots that only a receiver's address can have. Name another one."
        )),
        false => Ok(address.to_string()),
    }
}

fn variable(key: &str) -> String {
    format!("KAIRAN_{}", key.replace('.', "_").to_uppercase())
}

fn nearest(key: &str, known: impl Iterator<Item = String>) -> String {
    // `listen` alone means `server.listen`.
    let bare = !key.contains('.') && !key.starts_with("KAIRAN_");
    let likeness = |known: &str| {
        strsim::jaro_winkler(
            if bare {
                known.rsplit('.').next().unwrap_or(known)
            } else {
                known
            },
            key,
        )
    };
    known
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .unwrap_or_default()
}

/// All dotted keys of the default that hold a value.
fn paths(table: &Table, prefix: &str, out: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => paths(inner, &format!("{prefix}{key}."), out),
            _ => out.push(format!("{prefix}{key}")),
        }
    }
}

fn merge(into: &mut Table, over: Table, file: &str, prefix: &str, keys: &[String]) -> Result<(), Error> {
    for (key, value) in over {
        let path = format!("{prefix}{key}");
        match (into.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(over)) => {
                merge(inner, over, file, &format!("{path}."), keys)?;
            }
            (Some(known), value) if known.same_type(&value) => *known = value,
            (Some(known), value) => {
                return Err(Error::Type {
                    whence: file.into(),
                    key: path,
                    wanted: known.type_str(),
                    value: value.to_string(),
                });
            }
            (None, _) => {
                return Err(Error::Unknown {
                    whence: file.into(),
                    nearest: nearest(&path, keys.iter().cloned()),
                    key: path,
                });
            }
        }
    }
    Ok(())
}

/// Sets one value given as text, in the type that the default has.
fn set(table: &mut Table, whence: &str, key: &str, text: &str) -> Result<(), Error> {
    let (section, name) = key.split_once('.').unwrap_or(("", key));
    let known = table
        .get_mut(section)
        .and_then(Value::as_table_mut)
        .and_then(|t| t.get_mut(name));
    let Some(known) = known else {
        return Err(Error::Unknown {
            whence: whence.into(),
            key: key.into(),
            nearest: String::new(),
        });
    };
    let wanted = known.type_str();
    let value = match known {
        Value::String(_) => Some(Value::String(text.into())),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) => Some(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|s| !s.is_empty())
                .map(|s| Value::String(s.into()))
                .collect(),
        )),
        _ => None,
    };
    *known = value.ok_or_else(|| Error::Type {
        whence: whence.into(),
        key: key.into(),
        wanted,
        value: text.into(),
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(env: &[(&str, &str)], flags: &[Flag]) -> Result<Config, Error> {
        Config::load(None, env.iter().map(|(k, v)| ((*k).into(), (*v).into())), flags)
    }

    #[test]
    fn the_manual_is_a_whole_configuration() {
        let config = load(&[], &[]).unwrap();
        assert_eq!(config.server.base_url, "http://127.0.0.1:8480");
    }

    #[test]
    fn flags_win_over_the_environment() {
        let config = load(
            &[
                ("KAIRAN_SERVER_LISTEN", "[::1]:1"),
                ("KAIRAN_DATABASE_CONNECTIONS", "3"),
            ],
            &[("server.listen", "127.0.0.1:2".into())],
        )
        .unwrap();
        assert_eq!(
            (config.server.listen.as_str(), config.database.connections),
            ("127.0.0.1:2", 3)
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest() {
        let error = load(&[("KAIRAN_SERVER_BASEURL", "x")], &[]).err().unwrap().to_string();
        assert!(error.contains("KAIRAN_SERVER_BASE_URL"), "{error}");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("k.toml");
        std::fs::write(&file, "[mail]\nsmtp_ulr = \"smtp://x\"\n").unwrap();
        let error = Config::load(Some(&file), std::iter::empty(), &[])
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("`mail.smtp_url`"), "{error}");
    }

    #[test]
    fn a_mailbox_is_checked_and_its_password_never_told() {
        let error = load(&[("KAIRAN_MAIL_MAILBOX_URL", "pop3://u:geheim@h")], &[])
            .err()
            .unwrap();
        let error = error.to_string();
        assert!(!error.contains("geheim"), "{error}");
        let long = ("KAIRAN_MAIL_BOUNCE_ADDRESS", "a-very-long-local-part-of-it@x.example");
        assert!(load(&[long], &[]).is_err());
        assert!(load(&[("KAIRAN_MAIL_BOUNCE_ADDRESS", "bounce@x.example")], &[]).is_ok());
        assert!(load(&[("KAIRAN_MAIL_FORWARD_REPLIES_TO", "nobody")], &[]).is_err());
    }

    #[test]
    fn our_own_addresses_are_kept_in_the_form_of_the_wire() {
        for (typed, kept) in [
            ("Security@Sample.Example", "Security@sample.example"),
            ("ｓｅｃｕｒｉｔｙ＠日本語。ｊｐ", "security@xn--wgv71a119e.jp"),
        ] {
            let config = load(
                &[("KAIRAN_MAIL_FROM", typed), ("KAIRAN_MAIL_BOUNCE_ADDRESS", typed)],
                &[],
            )
            .unwrap();
            assert_eq!(
                (config.mail.from.as_str(), config.mail.bounce_address.as_str()),
                (kept, kept)
            );
        }
        for wrong in ["security", "security.@docomo.ne.jp", "a..b@c.example"] {
            assert!(load(&[("KAIRAN_MAIL_FROM", wrong)], &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_base_url_with_a_path_is_refused() {
        assert!(load(&[("KAIRAN_SERVER_BASE_URL", "https://a.example/kairan")], &[]).is_err());
        assert!(load(&[("KAIRAN_SERVER_BASE_URL", "a.example")], &[]).is_err());
    }
}
