//! Making a copy.

use super::manifest::{Engine, FORM, FileMark, Manifest, dump_command};
use super::{DATA, DATABASE, MANIFEST, make_folder, sync_all_of, write_hashed};
use crate::config::Config;
use crate::data_dir;
use crate::db::copy;
use anyhow::Context as _;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A copy that was made.
#[derive(Debug)]
pub struct Made {
    pub place: PathBuf,
    pub manifest: Manifest,
    /// What lay in the data directory and is neither file nor folder: not in the copy.
    pub passed_over: Vec<PathBuf>,
}

/// Copies what `config` names into the new folder `to`. `migrations` are those of a PostgreSQL database; those of SQLite are
/// read with the rest.
///
/// # Errors
/// When `to` is used or lies in the data directory, or anything can't be read or written. Nothing is left behind then.
pub fn make(config: &Config, to: &Path, migrations: Vec<String>, now: jiff::Timestamp) -> anyhow::Result<Made> {
    let dir = config.data.dir.as_path();
    let (parent, name) = place(to)?;
    let data = dir
        .canonicalize()
        .with_context(|| format!("The data directory {} can't be read", dir.display()))?;
    if parent.starts_with(&data) {
        anyhow::bail!(
            "{} lies in the data directory {}: whatever destroys that destroys the copy. Name a folder elsewhere, best on another \
             machine's disk.",
            to.display(),
            dir.display()
        );
    }
    let staging = tempfile::Builder::new()
        .prefix(&format!(".{name}-unfinished-"))
        .tempdir_in(&parent)
        .with_context(|| format!("{} can't be written to", parent.display()))?;
    let inside = staging.path().join(DATA);
    make_folder(&inside)?;
    let mut copying = Copying {
        files: BTreeMap::new(),
        passed_over: Vec::new(),
        within: BTreeSet::new(),
    };
    let (engine, migrations) = match config.database.url.is_empty() {
        true => {
            let migrations = copy::copy_sqlite(&dir.join(DATABASE), &inside.join(DATABASE))
                .map_err(|e| anyhow::anyhow!("The database {} can't be copied: {e}", dir.join(DATABASE).display()))?;
            let mark = mark_of(&inside.join(DATABASE))?;
            copying.files.insert(DATABASE.to_owned(), mark);
            (Engine::Sqlite, migrations)
        }
        false => (Engine::Postgres, migrations),
    };
    copying.folder(&data, &inside, "")?;
    let manifest = Manifest {
        form: FORM,
        kairan: env!("CARGO_PKG_VERSION").to_owned(),
        begun_at: now.to_string(),
        engine,
        migrations,
        dump: (engine == Engine::Postgres).then(|| dump_command(&config.database.url)),
        elsewhere: elsewhere(config, &data),
        secret_in_settings: !config.secret.key.is_empty(),
        files: copying.files,
    };
    let text = serde_json::to_string_pretty(&manifest)?;
    write_hashed(text.as_bytes(), &staging.path().join(MANIFEST))?;
    sync_all_of(staging.path())?;
    let place = parent.join(&name);
    std::fs::rename(staging.path(), &place)
        .with_context(|| format!("The copy is whole, but can't be given its name {}", place.display()))?;
    // What would take the unfinished one away finds nothing any more.
    let _ = staging.keep();
    std::fs::File::open(&parent)?.sync_all()?;
    Ok(Made {
        place,
        manifest,
        passed_over: copying.passed_over,
    })
}

/// The folder in which the copy will lie, and its name there; refuses one that is used.
fn place(to: &Path) -> anyhow::Result<(PathBuf, String)> {
    let name = to
        .file_name()
        .and_then(|name| name.to_str())
        .with_context(|| format!("{} is no name for a new folder", to.display()))?;
    let parent = match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match std::fs::read_dir(to) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                anyhow::bail!("{} is not empty: name a new folder for the copy.", to.display());
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => anyhow::bail!("{} can't be used for the copy: {e}.", to.display()),
    }
    make_folder(parent).with_context(|| format!("{} can't be made", parent.display()))?;
    Ok((parent.canonicalize()?, name.to_owned()))
}

/// Files that settings name outside of the data directory.
fn elsewhere(config: &Config, data: &Path) -> Vec<String> {
    let mail = &config.mail;
    // A stamp's path is relative to the data directory, the others' to where the program starts.
    let stamp = data.join(&config.letters.stamp);
    [
        &mail.ca_file,
        &mail.dkim_key,
        &mail.smime_p12,
        &mail.smime_passphrase_file,
        &stamp,
    ]
    .into_iter()
    .chain(config.file.as_ref())
    .filter(|path| !path.as_os_str().is_empty())
    .filter(|path| {
        path.canonicalize()
            .map_or(path.is_absolute(), |real| !real.starts_with(data))
    })
    .map(|path| path.display().to_string())
    .collect()
}

/// What a file that lies in the copy already is marked by.
fn mark_of(path: &Path) -> anyhow::Result<FileMark> {
    use std::io::Read;
    let mut file = std::fs::File::open(path)?;
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            let sha256 = data_encoding::HEXLOWER.encode(hash.finish().as_ref());
            return Ok(FileMark { bytes, sha256 });
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

struct Copying {
    files: BTreeMap<String, FileMark>,
    passed_over: Vec<PathBuf>,
    /// The folders that are being copied now, as they really lie: a link must not lead back into one.
    within: BTreeSet<PathBuf>,
}

impl Copying {
    /// Copies what lies in `from` into the folder `to`, whose path in the copy is `path`. Links are followed: files may lie on
    /// another disk.
    fn folder(&mut self, from: &Path, to: &Path, path: &str) -> anyhow::Result<()> {
        let real = from.canonicalize()?;
        if !self.within.insert(real.clone()) {
            self.passed_over.push(from.to_owned());
            return Ok(());
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(from).with_context(|| format!("{} can't be read", from.display()))? {
            names.push(entry?.file_name());
        }
        // From the last name to the first: in a Maildir `tmp`, `new`, `cur`, the way that a mail takes, so that one which is
        // moved on meanwhile is met later, not missed.
        names.sort();
        for name in names.into_iter().rev() {
            let (inner, target) = (from.join(&name), to.join(&name));
            let Some(name) = name.to_str() else {
                anyhow::bail!("The name of {} is not UTF-8: rename it.", inner.display());
            };
            let path = match path {
                "" => name.to_owned(),
                above => format!("{above}/{name}"),
            };
            if is_left_out(&path) {
                continue;
            }
            let about = match std::fs::metadata(&inner) {
                Ok(about) => about,
                // Gone since it was listed, or a link to nowhere.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e).with_context(|| format!("{} can't be read", inner.display())),
            };
            if about.is_dir() {
                make_folder(&target)?;
                self.folder(&inner, &target, &path)?;
            } else if about.is_file() {
                let file = match std::fs::File::open(&inner) {
                    Ok(file) => file,
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(e) => return Err(e).with_context(|| format!("{} can't be read", inner.display())),
                };
                let (bytes, sha256) = write_hashed(file, &target)
                    .with_context(|| format!("{} can't be copied to {}", inner.display(), target.display()))?;
                self.files.insert(path, FileMark { bytes, sha256 });
            } else {
                self.passed_over.push(inner);
            }
        }
        self.within.remove(&real);
        Ok(())
    }
}

/// The database, which is copied by itself; what tells which server lives now; what is half written.
fn is_left_out(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    matches!(path, DATABASE | "senders" | data_dir::RESTORING)
        || path
            .strip_prefix(DATABASE)
            .is_some_and(|rest| matches!(rest, "-wal" | "-shm" | "-journal"))
        || last.starts_with(".new-")
        || path.starts_with(".tmp")
}
