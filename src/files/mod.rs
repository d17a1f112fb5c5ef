//! Files that are kept as they are, named by what is in them: the SHA-256 of a file's bytes is its name.
//!
//! The same file put twice is there once, and one that was changed on disk is found out when it is read. They lie in the
//! folder `files` of the data directory; several servers on one database share that folder.

use crate::secret::sha256;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The name of a kept file: 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hash(String);

impl Hash {
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(data_encoding::HEXLOWER.encode(&sha256(bytes)))
    }

    /// None if the text is no such name.
    pub fn parse(text: &str) -> Option<Hash> {
        let whole = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        whole.then(|| Hash(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The folder of kept files, cheap to clone.
#[derive(Clone, Debug)]
pub struct Files(PathBuf);

impl Files {
    /// In the data directory `data`; the folder is made with the first file.
    pub fn new(data: &Path) -> Files {
        Files(data.join("files"))
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        self.0.join(&hash.0[..2]).join(&hash.0)
    }

    /// Keeps the bytes; when it returns they are on disk.
    pub async fn put(&self, bytes: Vec<u8>) -> std::io::Result<Hash> {
        let files = self.clone();
        tokio::task::spawn_blocking(move || {
            let hash = Hash::of(&bytes);
            files.write(&hash, &bytes)?;
            Ok(hash)
        })
        .await?
    }

    fn write(&self, hash: &Hash, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.path(hash);
        if path.exists() {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.0);
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // Beside its place, then moved there: who reads sees it whole or not at all.
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|e| e.error)?;
        std::fs::File::open(folder)?.sync_all()?;
        std::fs::File::open(&self.0)?.sync_all()
    }

    /// The file; None if it isn't here.
    ///
    /// # Errors
    /// Also when what lies there is no longer what was put there.
    pub async fn get(&self, hash: &Hash) -> std::io::Result<Option<Vec<u8>>> {
        let (path, hash) = (self.path(hash), hash.clone());
        tokio::task::spawn_blocking(move || match std::fs::read(&path) {
            Ok(bytes) if Hash::of(&bytes) == hash => Ok(Some(bytes)),
            Ok(_) => Err(std::io::Error::new(
                ErrorKind::InvalidData,
                format!("{} was changed since it was kept", path.display()),
            )),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        })
        .await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_kept_once_under_its_hash_and_a_changed_one_is_found_out() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::new(dir.path());
        let hash = files.put(b"one".to_vec()).await.unwrap();
        assert_eq!(files.put(b"one".to_vec()).await.unwrap(), hash);
        assert_eq!(Hash::parse(hash.as_str()), Some(hash.clone()));
        assert_eq!(files.get(&hash).await.unwrap(), Some(b"one".to_vec()));
        assert_eq!(files.get(&Hash::of(b"two")).await.unwrap(), None);
        std::fs::write(files.path(&hash), b"One").unwrap();
        assert_eq!(files.get(&hash).await.unwrap_err().kind(), ErrorKind::InvalidData);
        let kept = std::fs::read_dir(files.path(&hash).parent().unwrap()).unwrap().count();
        assert_eq!(kept, 1, "nothing half-written stays");
    }

    #[test]
    fn a_name_is_64_digits_and_no_path() {
        assert_eq!(Hash::parse("../../etc/passwd"), None);
        assert_eq!(Hash::parse(&"A".repeat(64)), None);
    }
}
