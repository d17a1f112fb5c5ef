//! Putting a copy back.

use super::manifest::{Engine, FORM, Manifest, restore_command};
use super::{DATA, DATABASE, MANIFEST, make_folder, sync_all_of, write_hashed};
use crate::config::Config;
use crate::data_dir::RESTORING;
use crate::db::copy;
use anyhow::Context as _;
use std::path::{Component, Path};

/// A copy that was put back.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// PostgreSQL: the command that puts the dump back.
    pub command: Option<String>,
}

/// Puts the copy in the folder `from` into the data directory that `config` names, which must be new or empty.
///
/// # Errors
/// When the data directory is used; when the copy is not whole, not as it was made, damaged, of a newer Kairan or of another
/// engine than the settings name. The data directory is as it was then.
pub fn restore(config: &Config, from: &Path) -> anyhow::Result<Restored> {
    let dir = config.data.dir.as_path();
    let manifest = read_manifest(from)?;
    match (manifest.engine, config.database.url.is_empty()) {
        (Engine::Sqlite, false) => anyhow::bail!(
            "The copy in {} holds a SQLite database, and the settings name PostgreSQL: restore it without `database.url`.",
            from.display()
        ),
        (Engine::Postgres, true) => anyhow::bail!(
            "The copy in {} belongs to a PostgreSQL database: name the one into which its dump was put with --database.",
            from.display()
        ),
        _ => {}
    }
    make_folder(dir).with_context(|| format!("The data directory {} can't be made", dir.display()))?;
    if let Some(entry) = std::fs::read_dir(dir)?.next() {
        anyhow::bail!(
            "The data directory {} is used (it holds {}). A copy is put into a new or empty one: move what is there away, or choose \
             another with --data.",
            dir.display(),
            entry?.file_name().to_string_lossy()
        );
    }
    // Inside of the directory, which may be a disk of its own; a server doesn't start beside it.
    let staging = dir.join(RESTORING);
    if let Err(e) = fill(&manifest, from, &staging) {
        // Only what was put there: the directory was empty.
        let _ = std::fs::remove_dir_all(&staging);
        return Err(e);
    }
    move_up(&staging, dir)?;
    let command = (manifest.engine == Engine::Postgres).then(|| restore_command(&config.database.url));
    Ok(Restored { manifest, command })
}

fn read_manifest(from: &Path) -> anyhow::Result<Manifest> {
    let file = from.join(MANIFEST);
    let text = std::fs::read_to_string(&file).with_context(|| {
        format!(
            "{} is no whole copy: its {MANIFEST} can't be read. Name the folder that `kairan backup` made",
            from.display()
        )
    })?;
    let form = serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .and_then(|value| value.get("form")?.as_u64());
    match form {
        Some(form) if form == u64::from(FORM) => {}
        Some(_) => anyhow::bail!(
            "The copy in {} was made by a newer Kairan: restore it with that one.",
            from.display()
        ),
        None => anyhow::bail!("{} is damaged.", file.display()),
    }
    serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))
}

/// Copies what the manifest names into the new folder `staging`, and checks it.
fn fill(manifest: &Manifest, from: &Path, staging: &Path) -> anyhow::Result<()> {
    make_folder(staging)?;
    for (path, mark) in &manifest.files {
        let relative = Path::new(path);
        let is_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !is_inside {
            anyhow::bail!("The copy in {} is damaged: it names a file {path:?}.", from.display());
        }
        let (source, target) = (from.join(DATA).join(relative), staging.join(relative));
        if let Some(folder) = target.parent() {
            make_folder(folder)?;
        }
        let file = std::fs::File::open(&source)
            .with_context(|| format!("The copy is not whole: {} can't be read", source.display()))?;
        let (bytes, sha256) = write_hashed(file, &target)
            .with_context(|| format!("{} can't be copied to {}", source.display(), target.display()))?;
        if (bytes, &sha256) != (mark.bytes, &mark.sha256) {
            anyhow::bail!(
                "{} is not as it was when the copy was made: the copy is damaged, and nothing was restored.",
                source.display()
            );
        }
    }
    if manifest.engine == Engine::Sqlite {
        copy::check_sqlite(&staging.join(DATABASE))?;
    }
    sync_all_of(staging)?;
    Ok(())
}

/// Moves what lies in `staging` to its place, and takes `staging` away: until then no server starts there.
fn move_up(staging: &Path, dir: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(staging)? {
        let entry = entry?;
        std::fs::rename(entry.path(), dir.join(entry.file_name()))
            .with_context(|| format!("{} can't be moved to its place", entry.path().display()))?;
    }
    std::fs::File::open(dir)?.sync_all()?;
    std::fs::remove_dir(staging)?;
    std::fs::File::open(dir)?.sync_all()?;
    Ok(())
}
