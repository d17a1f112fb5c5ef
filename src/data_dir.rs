//! The data directory is its owner's alone: it holds the weak spots of a supply chain, and mails with links that work.

use anyhow::Context as _;
use rustix::fs::Mode;
use std::fs::Permissions;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

/// A restore works in this folder of the data directory and takes it away when all is in its place.
pub const RESTORING: &str = ".restoring";

/// From now on this process, and what it starts, makes files and folders that only their owner can read.
pub fn make_private_from_now_on() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Makes the data directory, and takes away what others may do in one that was there: folders become 0700 and files 0600
/// (0700 where the owner may run them). What a symbolic link leads to is left as it is, unless the data directory is one.
///
/// What lies deeper than the directory's own entries is looked at only where the directory was open to others: nobody comes
/// to it otherwise, and an outbox may hold a million mails.
///
/// # Errors
/// When it can't be made, belongs to another user, or a restore into it did not end.
pub fn prepare(dir: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .with_context(|| format!("The data directory {} can't be made", dir.display()))?;
    let about =
        std::fs::metadata(dir).with_context(|| format!("The data directory {} can't be read", dir.display()))?;
    let own = rustix::process::geteuid();
    if !own.is_root() && about.uid() != own.as_raw() {
        anyhow::bail!(
            "The data directory {} belongs to the user with the number {}, and Kairan runs as {}. Start it as that user, give \
             the directory to this one with `chown -R`, or choose another with --data.",
            dir.display(),
            about.uid(),
            own.as_raw()
        );
    }
    if dir.join(RESTORING).exists() {
        anyhow::bail!(
            "A restore into {} did not end. Remove everything in it, and restore the copy again.",
            dir.display()
        );
    }
    let was_open = about.mode() & 0o077 != 0;
    let closed = close_entries(dir, was_open)?;
    if was_open {
        // Last: a start that is interrupted before looks at everything again.
        close(dir, about.mode())?;
    }
    if closed > 0 || was_open {
        tracing::warn!(
            directory = %dir.display(),
            entries = closed,
            "The data directory could be read by other users of this machine; that was taken from them."
        );
    }
    Ok(())
}

/// Closes what lies in `dir`; how much of it was open.
fn close_entries(dir: &Path, deep: bool) -> anyhow::Result<u64> {
    let mut closed = 0;
    let entries = std::fs::read_dir(dir).with_context(|| format!("{} can't be read", dir.display()))?;
    for entry in entries {
        let entry = entry?;
        let about = match entry.metadata() {
            Ok(about) => about,
            // Another process of ours took it away.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e).with_context(|| format!("{} can't be read", entry.path().display())),
        };
        let is_open = about.mode() & 0o077 != 0;
        if about.is_dir() && (deep || is_open) {
            closed += close_entries(&entry.path(), true)?;
        }
        if is_open && (about.is_dir() || about.is_file()) {
            close(&entry.path(), about.mode())?;
            closed += 1;
        }
    }
    Ok(closed)
}

fn close(path: &Path, mode: u32) -> anyhow::Result<()> {
    match std::fs::set_permissions(path, Permissions::from_mode(mode & 0o700)) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        done => done.with_context(|| {
            format!(
                "{} can be read by other users of this machine, and Kairan can't take that from them: `chmod go= ` and `chown` it",
                path.display()
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn what_was_open_is_closed_however_deep_and_links_are_left() {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("data");
        std::fs::create_dir_all(dir.join("outbox/new")).unwrap();
        let outside = place.path().join("outside");
        for file in [&dir.join("kairan.db"), &dir.join("outbox/new/1.eml"), &outside] {
            std::fs::write(file, "x").unwrap();
            std::fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
        }
        for folder in ["", "outbox", "outbox/new"] {
            std::fs::set_permissions(dir.join(folder), Permissions::from_mode(0o755)).unwrap();
        }
        std::os::unix::fs::symlink(&outside, dir.join("link")).unwrap();
        prepare(&dir).unwrap();
        for folder in ["", "outbox", "outbox/new"] {
            assert_eq!(mode(&dir.join(folder)), 0o700, "{folder}");
        }
        for file in ["kairan.db", "outbox/new/1.eml"] {
            assert_eq!(mode(&dir.join(file)), 0o600, "{file}");
        }
        assert_eq!(mode(&outside), 0o644);
        // A file that came open later into the closed directory.
        std::fs::write(dir.join("kairan.toml"), "").unwrap();
        std::fs::set_permissions(dir.join("kairan.toml"), Permissions::from_mode(0o640)).unwrap();
        prepare(&dir).unwrap();
        assert_eq!(mode(&dir.join("kairan.toml")), 0o600);
    }

    #[test]
    fn a_restore_that_did_not_end_is_told() {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join(RESTORING)).unwrap();
        let said = prepare(place.path()).unwrap_err().to_string();
        assert!(said.contains("did not end"), "{said}");
    }
}
