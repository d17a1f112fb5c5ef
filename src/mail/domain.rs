//! Whether receivers can tell that mails from the sender's domain are real: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489).

use super::{Dkim, EmailAddress};
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::dmarc::{Dmarc, Policy};
use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::proto::rr::RData;
use mail_auth::spf::Spf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, SpfResult};
use std::net::{IpAddr, SocketAddr};

/// What one of the three says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `spf`, `dkim` or `dmarc`.
    pub part: &'static str,
    pub verdict: Verdict,
    /// The key of a sentence that says what it means and what to do.
    pub key: &'static str,
    /// The record or the error that was found; "" for none.
    pub found: String,
    /// A record to be published, as name and value.
    pub publish: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// It works, and could protect better; or it can't be told from here.
    Weak,
    Wrong,
}

impl Finding {
    fn new(part: &'static str, verdict: Verdict, key: &'static str, found: String) -> Finding {
        Finding {
            part,
            verdict,
            key,
            found,
            publish: None,
        }
    }

    fn publish(mut self, name: String, value: String) -> Finding {
        self.publish = Some((name, value));
        self
    }
}

/// Asks DNS about domains.
pub struct Checker(MessageAuthenticator);

impl Checker {
    /// By the DNS server `address:port`; "": the system's.
    pub fn new(dns_server: &str) -> anyhow::Result<Checker> {
        if dns_server.is_empty() {
            return Ok(Checker(MessageAuthenticator::new_system_conf()?));
        }
        let server: SocketAddr = dns_server
            .parse()
            .map_err(|_| anyhow::anyhow!("`mail.dns_server` is not an address such as 127.0.0.1:53."))?;
        let mut named = NameServerConfig::udp_and_tcp(server.ip());
        for connection in &mut named.connections {
            connection.port = server.port();
        }
        let config = ResolverConfig::from_name_servers(vec![named]);
        Ok(Checker(MessageAuthenticator::new(config, ResolverOpts::default())?))
    }

    /// All three for mails from `from`, handed to a relay at `relay` (empty where none is known), signed by `dkim`.
    pub async fn check(&self, from: &EmailAddress, relay: &[IpAddr], dkim: Option<&Dkim>) -> Vec<Finding> {
        vec![
            self.spf(from, relay).await,
            self.dkim(from, dkim).await,
            self.dmarc(from.domain()).await,
        ]
    }

    /// Whether a mail bears a signature that DNS agrees with.
    pub async fn verifies(&self, mail: &[u8]) -> bool {
        let Some(message) = AuthenticatedMessage::parse(mail) else {
            return false;
        };
        let results = self.0.verify_dkim(&message).await;
        results
            .first()
            .is_some_and(|output| *output.result() == DkimResult::Pass)
    }

    /// The TXT records of a name; Err where DNS didn't answer.
    async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let mut fqdn = name.to_owned();
        fqdn.push('.');
        match self.0.resolver().txt_lookup(fqdn).await {
            Ok(lookup) => Ok(lookup
                .answers()
                .iter()
                .filter_map(|record| match &record.data {
                    RData::TXT(txt) => Some(txt.txt_data.iter().flat_map(|part| part.to_vec()).collect::<Vec<u8>>()),
                    _ => None,
                })
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .collect()),
            Err(e) if e.is_no_records_found() => Ok(Vec::new()),
            Err(e) => Err(e.to_string()),
        }
    }

    async fn spf(&self, from: &EmailAddress, relay: &[IpAddr]) -> Finding {
        let finding = |verdict, key, found| Finding::new("spf", verdict, key, found);
        let mut records = match self.texts(from.domain()).await {
            Ok(texts) => texts,
            Err(why) => return finding(Verdict::Weak, "domain-dns", why),
        };
        records.retain(|text| text == "v=spf1" || text.starts_with("v=spf1 "));
        let record = match records.as_slice() {
            [] => {
                return finding(Verdict::Wrong, "domain-spf-missing", String::new())
                    .publish(from.domain().to_owned(), "v=spf1 mx -all".into());
            }
            [one] => one.clone(),
            // RFC 7208 §4.5: several are as good as none.
            _ => return finding(Verdict::Wrong, "domain-spf-several", records.join("\n")),
        };
        if Spf::parse(record.as_bytes()).is_err() {
            return finding(Verdict::Wrong, "domain-spf-broken", record);
        }
        let Some(address) = relay.iter().find(|ip| !ip.is_loopback()) else {
            return finding(Verdict::Right, "domain-spf-there", record);
        };
        let asked = SpfParameters::verify_mail_from(*address, from.domain(), from.domain(), from.as_str());
        match self.0.verify_spf(asked).await.result() {
            SpfResult::Pass => finding(Verdict::Right, "domain-spf-right", record),
            SpfResult::TempError => finding(Verdict::Weak, "domain-dns", record),
            SpfResult::PermError => finding(Verdict::Wrong, "domain-spf-broken", record),
            _ => finding(Verdict::Weak, "domain-spf-relay", format!("{record}\n{address}")),
        }
    }

    /// Signs a sample and has it verified as a receiver would.
    async fn dkim(&self, from: &EmailAddress, dkim: Option<&Dkim>) -> Finding {
        let finding = |verdict, key, found| Finding::new("dkim", verdict, key, found);
        let Some(dkim) = dkim else {
            return finding(Verdict::Weak, "domain-dkim-none", String::new());
        };
        let (name, value) = dkim.record();
        let sample = format!("From: {from}\r\nTo: {from}\r\nSubject: Sample\r\n\r\nSample\r\n");
        let signed = match dkim.sign(sample.as_bytes()) {
            Ok(signed) => signed,
            Err(e) => return finding(Verdict::Wrong, "domain-dkim-wrong", e.to_string()),
        };
        let Some(message) = AuthenticatedMessage::parse(&signed) else {
            return finding(Verdict::Wrong, "domain-dkim-wrong", String::new());
        };
        let results = self.0.verify_dkim(&message).await;
        match results.first().map(|output| output.result()) {
            Some(DkimResult::Pass) => finding(Verdict::Right, "domain-dkim-right", format!("{name} {value}")),
            Some(DkimResult::TempError(e)) => finding(Verdict::Weak, "domain-dns", e.to_string()),
            Some(DkimResult::Fail(e) | DkimResult::PermError(e) | DkimResult::Neutral(e)) => {
                finding(Verdict::Wrong, "domain-dkim-wrong", e.to_string()).publish(name, value)
            }
            Some(DkimResult::None) | None => {
                finding(Verdict::Wrong, "domain-dkim-wrong", String::new()).publish(name, value)
            }
        }
    }

    async fn dmarc(&self, domain: &str) -> Finding {
        let finding = |verdict, key, found| Finding::new("dmarc", verdict, key, found);
        // RFC 7489 §6.6.3: the domain's own, or that of the organisation above it.
        let mut asked = domain;
        loop {
            let name = format!("_dmarc.{asked}");
            let mut texts = match self.texts(&name).await {
                Ok(texts) => texts,
                Err(why) => return finding(Verdict::Weak, "domain-dns", why),
            };
            texts.retain(|text| text.starts_with("v=DMARC1"));
            if let [record] = texts.as_slice() {
                let Ok(parsed) = Dmarc::parse(record.as_bytes()) else {
                    return finding(Verdict::Wrong, "domain-dmarc-broken", record.clone());
                };
                let policy = match (asked == domain, parsed.sp) {
                    (false, sp) if sp != Policy::Unspecified => sp,
                    _ => parsed.p,
                };
                return match policy {
                    Policy::Quarantine | Policy::Reject => {
                        finding(Verdict::Right, "domain-dmarc-right", record.clone())
                    }
                    _ => finding(Verdict::Weak, "domain-dmarc-none", record.clone()),
                };
            }
            if texts.len() > 1 {
                return finding(Verdict::Wrong, "domain-dmarc-broken", texts.join("\n"));
            }
            match asked.split_once('.') {
                Some((_, above)) if above.contains('.') => asked = above,
                _ => break,
            }
        }
        finding(Verdict::Wrong, "domain-dmarc-missing", String::new())
            .publish(format!("_dmarc.{domain}"), "v=DMARC1; p=quarantine".into())
    }
}
