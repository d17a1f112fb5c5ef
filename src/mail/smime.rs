//! Signing with a certificate that mail programs know (S/MIME, RFC 8551; CMS, RFC 5652). The signature stands beside what it
//! signs, so whoever's program doesn't know of it reads the mail all the same.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use data_encoding::{BASE64_MIME, HEXLOWER};
use der::asn1::{Any, Null, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Decode, Encode};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest, Sha256};
use std::path::Path;
use x509_cert::Certificate;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

/// RFC 5652 §4, §5.1, §11; RFC 5754 §2, §3; RFC 5758 §3.2; RFC 5280 §4.1.2.6.
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const EMAIL_ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

/// A certificate and its key. Debug tells neither.
pub struct Smime {
    key: Key,
    /// The sender's own first, then those that vouch for it.
    chain: Vec<Certificate>,
    until: Timestamp,
}

impl std::fmt::Debug for Smime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smime(until {})", self.until)
    }
}

fn moment(time: &Time) -> Timestamp {
    Timestamp::try_from(time.to_system_time()).unwrap_or(Timestamp::MAX)
}

/// The mail addresses that a certificate is for, in lower case.
fn addresses(certificate: &Certificate) -> Vec<String> {
    let tbs = &certificate.tbs_certificate;
    let mut out = Vec::new();
    if let Ok(Some((_, SubjectAltName(names)))) = tbs.get::<SubjectAltName>() {
        out.extend(names.iter().filter_map(|name| match name {
            GeneralName::Rfc822Name(address) => Some(address.to_string().to_lowercase()),
            _ => None,
        }));
    }
    let subject = tbs.subject.0.iter().flat_map(|part| part.0.iter());
    out.extend(
        subject
            .filter(|a| a.oid == EMAIL_ADDRESS)
            .map(|a| String::from_utf8_lossy(a.value.value()).to_lowercase()),
    );
    out
}

impl Smime {
    /// Reads a PKCS#12 file with the sender's certificate and its key: RSA, or ECDSA on P-256. Refused where the
    /// certificate isn't for the address `from`, or isn't good `now`.
    pub fn load(file: &Path, passphrase: &str, from: &str, now: Timestamp) -> anyhow::Result<Smime> {
        let name = file.display();
        let bytes = std::fs::read(file).map_err(|e| anyhow::anyhow!("`mail.smime_p12` {name} can't be read: {e}"))?;
        let store = p12_keystore::KeyStore::from_pkcs12(&bytes, passphrase).map_err(|_| {
            anyhow::anyhow!(
                "`mail.smime_p12` {name} can't be opened: it is no PKCS#12 file, or the passphrase in \
                 `mail.smime_passphrase_file` isn't its own."
            )
        })?;
        let (_, found) = store
            .private_key_chain()
            .ok_or_else(|| anyhow::anyhow!("`mail.smime_p12` {name} holds no key with its certificate."))?;
        let rsa = RsaKeyPair::from_pkcs8(found.key()).map(Key::Rsa);
        let key = rsa.or_else(|_| {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, found.key(), &SystemRandom::new()).map(Key::P256)
        });
        let key = key.map_err(|_| {
            anyhow::anyhow!("`mail.smime_p12` {name}: its key is neither RSA of 2048 bits or more nor ECDSA on P-256.")
        })?;
        let chain = found.chain().iter().map(|c| Certificate::from_der(c.as_der()));
        let chain = chain
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| anyhow::anyhow!("`mail.smime_p12` {name}: a certificate can't be read: {e}"))?;
        let own = chain
            .first()
            .ok_or_else(|| anyhow::anyhow!("`mail.smime_p12` {name} holds no certificate."))?;
        let validity = own.tbs_certificate.validity;
        let (since, until) = (moment(&validity.not_before), moment(&validity.not_after));
        anyhow::ensure!(
            since <= now,
            "`mail.smime_p12` {name}: the certificate is good from {since} on. Use one that is good today."
        );
        anyhow::ensure!(
            now < until,
            "`mail.smime_p12` {name}: the certificate ended on {until}. Get a new one, or leave the setting empty."
        );
        let named = addresses(own);
        anyhow::ensure!(
            named.contains(&from.to_lowercase()),
            "`mail.smime_p12` {name}: the certificate is for {}, and mails come from {from} (`mail.from`): mail programs \
             would call the signature forged.",
            if named.is_empty() {
                "no mail address".to_owned()
            } else {
                named.join(", ")
            }
        );
        Ok(Smime { key, chain, until })
    }

    /// Until when the certificate is good.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// The mail with what it holds in a signed part. `mail` is whole, with CRLF and nothing but ASCII, as composed.
    pub fn sign(&self, mail: &[u8], at: Timestamp) -> anyhow::Result<Vec<u8>> {
        let text = std::str::from_utf8(mail)?;
        let end = text
            .find("\r\n\r\n")
            .ok_or_else(|| anyhow::anyhow!("the mail has no body"))?;
        let (head, body) = (&text[..end + 2], &text[end + 4..]);
        // What describes the content goes with it; what describes the message stays.
        let (mut outer, mut inner) = (String::with_capacity(head.len()), String::with_capacity(text.len()));
        for field in fields(head) {
            let name = field.split(':').next().unwrap_or_default().to_lowercase();
            match name.as_str() {
                "content-type" | "content-transfer-encoding" | "content-disposition" => inner.push_str(field),
                _ => outer.push_str(field),
            }
        }
        inner.push_str("\r\n");
        inner.push_str(body);
        let digest = Sha256::digest(inner.as_bytes());
        let signature = BASE64_MIME.encode(&self.signed_data(&digest, at)?);
        let boundary = format!("signed-{}", HEXLOWER.encode(&digest[..16]));
        let mut out = outer;
        out.push_str(&format!(
            "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n micalg=sha-256; \
             boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"
        ));
        out.push_str(&inner);
        out.push_str(&format!(
            "\r\n--{boundary}\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n\
             Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n"
        ));
        out.push_str(&signature);
        out.push_str(&format!("\r\n--{boundary}--\r\n"));
        Ok(out.into_bytes())
    }

    /// A detached `SignedData` over content with this SHA-256, as DER.
    fn signed_data(&self, digest: &[u8], at: Timestamp) -> anyhow::Result<Vec<u8>> {
        let sha256 = AlgorithmIdentifierOwned {
            oid: SHA256,
            parameters: None,
        };
        let time = Time::UtcTime(UtcTime::from_unix_duration(std::time::Duration::from_secs(
            at.as_second().try_into()?,
        ))?);
        let mut attributes = Attributes::new();
        for (oid, value) in [
            (CONTENT_TYPE, Any::encode_from(&DATA)?),
            (SIGNING_TIME, Any::encode_from(&time)?),
            (MESSAGE_DIGEST, Any::encode_from(&OctetString::new(digest)?)?),
        ] {
            let values = SetOfVec::try_from(vec![value])?;
            attributes.insert(Attribute { oid, values })?;
        }
        // RFC 5652 §5.4: what is signed is the set of attributes.
        let (signature, algorithm) = self.sign_bytes(&attributes.to_der()?)?;
        let own = &self.chain[0].tbs_certificate;
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: own.issuer.clone(),
                serial_number: own.serial_number.clone(),
            }),
            digest_alg: sha256.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: algorithm,
            signature: OctetString::new(signature)?,
            unsigned_attrs: None,
        };
        let certificates = self.chain.iter().cloned().map(CertificateChoices::Certificate);
        let signed = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![sha256])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: DATA,
                econtent: None,
            },
            certificates: Some(CertificateSet(SetOfVec::try_from(certificates.collect::<Vec<_>>())?)),
            crls: None,
            signer_infos: SignerInfos(SetOfVec::try_from(vec![signer])?),
        };
        let content = ContentInfo {
            content_type: SIGNED_DATA,
            content: Any::encode_from(&signed)?,
        };
        Ok(content.to_der()?)
    }

    fn sign_bytes(&self, bytes: &[u8]) -> anyhow::Result<(Vec<u8>, AlgorithmIdentifierOwned)> {
        let failed = |_| anyhow::anyhow!("the mail can't be signed with the certificate's key");
        let random = SystemRandom::new();
        Ok(match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature)
                    .map_err(failed)?;
                let algorithm = AlgorithmIdentifierOwned {
                    oid: RSA,
                    parameters: Some(Any::encode_from(&Null)?),
                };
                (signature, algorithm)
            }
            Key::P256(key) => {
                let signature = key.sign(&random, bytes).map_err(failed)?;
                let algorithm = AlgorithmIdentifierOwned {
                    oid: ECDSA_SHA256,
                    parameters: None,
                };
                (signature.as_ref().to_vec(), algorithm)
            }
        })
    }
}

/// The fields of a head, each with its folded lines and its line's end.
fn fields(head: &str) -> impl Iterator<Item = &str> {
    let mut rest = head;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            match rest[end..].find("\r\n") {
                None => end = rest.len(),
                Some(at) => {
                    end += at + 2;
                    if rest[end..].starts_with([' ', '\t']) {
                        continue;
                    }
                }
            }
            break;
        }
        let (field, left) = rest.split_at(end);
        rest = left;
        Some(field)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_fields_stay_whole() {
        let head = "Subject: a\r\n b\r\nContent-Type: x;\r\n\ty=z\r\nTo: c\r\n";
        let found: Vec<&str> = fields(head).collect();
        assert_eq!(
            found,
            ["Subject: a\r\n b\r\n", "Content-Type: x;\r\n\ty=z\r\n", "To: c\r\n"]
        );
    }
}
