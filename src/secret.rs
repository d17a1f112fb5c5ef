//! The server's secret: links, codes and keyed hashes are made from it. It is in no log and no database.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::path::Path;

#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From 64 hexadecimal digits, or from the file `secret.key` in `dir`, which is made at the first start.
    pub fn load(hex: &str, dir: &Path, random: &crate::clock::Random) -> anyhow::Result<Secret> {
        if !hex.is_empty() {
            return Secret::parse(hex).ok_or_else(|| anyhow::anyhow!("`secret.key` must be 64 hexadecimal digits."));
        }
        let file = dir.join("secret.key");
        match std::fs::read_to_string(&file) {
            Ok(text) => Secret::parse(text.trim())
                .ok_or_else(|| anyhow::anyhow!("{} is damaged: restore it from a backup.", file.display())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let bytes = random.bytes::<32>();
                write_private(&file, &data_encoding::HEXLOWER.encode(&bytes))?;
                Ok(Secret(bytes))
            }
            Err(e) => Err(anyhow::anyhow!("{} can't be read: {e}", file.display())),
        }
    }

    fn parse(hex: &str) -> Option<Secret> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
        Some(Secret(bytes.try_into().ok()?))
    }

    /// A keyed hash of `data`; `purpose` keeps one use from standing in for another.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(data);
        mac.finalize().into_bytes().into()
    }
}

/// What of a random token is kept.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    out.sync_all()
}
