//! Signing with a key of the sender's domain (DKIM, RFC 6376; Ed25519: RFC 8463), by mail-auth on ring.

use data_encoding::BASE64;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use std::path::Path;

/// An RSA key as `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7), which receivers expect, from the bare `RSAPublicKey`.
fn public_key_info(bare: &[u8]) -> Vec<u8> {
    // DER: a length of 128 or more takes two bytes here, since a key has some hundred.
    let with = |tag: u8, content: &[u8]| {
        let mut out = vec![tag, 0x82];
        out.extend((content.len() as u16).to_be_bytes());
        out.extend(content);
        out
    };
    let mut content = vec![
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let bits: Vec<u8> = std::iter::once(0).chain(bare.iter().copied()).collect();
    content.extend(with(0x03, &bits));
    with(0x30, &content)
}

/// What is signed, if it is there: RFC 6376 §5.4.1, and what keeps somebody from adding a second sender or recipient.
const HEADERS: [&str; 10] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
];

/// Signs mails. Debug tells no key.
pub struct Dkim {
    key: Key,
    /// Where its public half is looked for, and what has to stand there.
    record: (String, String),
}

enum Key {
    Rsa(DkimSigner<RsaKey<Sha256>, Done>),
    Ed25519(DkimSigner<Ed25519Key, Done>),
}

impl std::fmt::Debug for Dkim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.key {
            Key::Rsa(_) => "Dkim(rsa)",
            Key::Ed25519(_) => "Dkim(ed25519)",
        })
    }
}

fn signer<T: SigningKey>(key: T, domain: &str, selector: &str) -> DkimSigner<T, Done> {
    // Relays fold and unfold headers; what survives that is signed.
    DkimSigner::from_key(key)
        .domain(domain)
        .selector(selector)
        .headers(HEADERS)
        .header_canonicalization(Canonicalization::Relaxed)
        .body_canonicalization(Canonicalization::Relaxed)
}

impl Dkim {
    /// Reads a key as `openssl genpkey -algorithm ed25519` or `openssl genrsa 2048` make it: PEM, PKCS#8 or PKCS#1.
    pub fn load(file: &Path, domain: &str, selector: &str) -> anyhow::Result<Dkim> {
        let name = file.display();
        anyhow::ensure!(
            !selector.is_empty(),
            "`mail.dkim_selector` is empty: name the selector under which the public key stands in DNS."
        );
        let pem = std::fs::read(file).map_err(|e| anyhow::anyhow!("`mail.dkim_key` {name} can't be read: {e}"))?;
        let der = PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|_| anyhow::anyhow!("`mail.dkim_key` {name} is no private key in PEM form."))?;
        if let PrivateKeyDer::Pkcs8(pkcs8) = &der
            && let Ok(key) = Ed25519Key::from_pkcs8_maybe_unchecked_der(pkcs8.secret_pkcs8_der())
        {
            let value = format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(&key.public_key()));
            return Ok(Dkim {
                record: (format!("{selector}._domainkey.{domain}"), value),
                key: Key::Ed25519(signer(key, domain, selector)),
            });
        }
        // RFC 8301 §3.2: at least 1024 bits, better 2048; ring takes no fewer than 2048.
        let key = RsaKey::<Sha256>::from_key_der(der).map_err(|_| {
            anyhow::anyhow!("`mail.dkim_key` {name} is neither an Ed25519 key nor an RSA key of 2048 bits or more.")
        })?;
        let value = format!(
            "v=DKIM1; k=rsa; p={}",
            BASE64.encode(&public_key_info(&key.public_key()))
        );
        Ok(Dkim {
            record: (format!("{selector}._domainkey.{domain}"), value),
            key: Key::Rsa(signer(key, domain, selector)),
        })
    }

    /// The TXT record that receivers look for: name and value.
    pub fn record(&self) -> (String, String) {
        self.record.clone()
    }

    /// The mail with its signature before it.
    pub fn sign(&self, mail: &[u8]) -> anyhow::Result<Vec<u8>> {
        let signature = match &self.key {
            Key::Rsa(signer) => signer.sign(mail),
            Key::Ed25519(signer) => signer.sign(mail),
        };
        let header = signature
            .map_err(|e| anyhow::anyhow!("the mail can't be signed: {e}"))?
            .to_header();
        let mut signed = Vec::with_capacity(header.len() + mail.len());
        signed.extend_from_slice(header.as_bytes());
        signed.extend_from_slice(mail);
        Ok(signed)
    }
}
