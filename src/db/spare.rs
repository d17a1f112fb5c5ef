//! A file that is given up to start on a full disk: SQLite needs some room even to be read, for the memory that its
//! connections share.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// In bytes: also for signing in and looking around.
const SIZE: usize = 1024 * 1024;

fn file(database: &Path) -> PathBuf {
    database.with_file_name("spare")
}

/// Gives the file up; false if there was none.
pub(super) fn give_up(database: &Path) -> bool {
    std::fs::remove_file(file(database)).is_ok()
}

/// Makes the file, if it isn't there. Its bytes don't repeat, so that no file system stores them in less room.
pub(super) fn keep(database: &Path) -> std::io::Result<()> {
    let file = file(database);
    if file.exists() {
        return Ok(());
    }
    let mut bytes = vec![0; SIZE];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    let unfinished = file.with_extension("new");
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .and_then(|mut new| new.write_all(&bytes).and_then(|()| new.sync_all()))
        .and_then(|()| std::fs::rename(&unfinished, &file));
    if written.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn o5_room_is_kept_for_a_start_on_a_full_disk_and_given_up_where_the_database_cannot_be_opened() {
        let dir = tempfile::tempdir().unwrap();
        // A folder in its place can't be opened, either.
        let database = dir.path().join("kairan.db");
        std::fs::create_dir(&database).unwrap();
        keep(&database).unwrap();
        keep(&database).unwrap();
        let about = std::fs::metadata(dir.path().join("spare")).unwrap();
        assert_eq!((about.len(), about.permissions().mode() & 0o777), (SIZE as u64, 0o600));
        assert!(super::super::Db::sqlite(&database).is_err());
        assert!(!dir.path().join("spare").exists());
        assert!(!give_up(&database));
    }
}
