//! A Maildir, as it lies: nothing in it is renamed or moved.

use super::{HEAD, Item, LIMIT, Place};
use anyhow::Context;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How much older than the latest change (microseconds) a file's may be and yet be new to us: clocks are set back at times.
const SLACK: i64 = 600_000_000;

pub struct Maildir {
    /// Changed at (microseconds), name without flags, path; the earliest first, taken from the end.
    files: Vec<(i64, String, PathBuf)>,
    place: Place,
}

impl Maildir {
    pub async fn open(path: PathBuf, place: Place) -> anyhow::Result<Maildir> {
        tokio::task::spawn_blocking(move || {
            let mut files = Vec::new();
            let mut latest = place.next;
            for part in ["new", "cur"] {
                list(&path.join(part), place, &mut files, &mut latest)?;
            }
            files.sort_by(|a, b| b.cmp(a));
            Ok(Maildir {
                files,
                place: Place {
                    validity: 0,
                    next: latest,
                },
            })
        })
        .await?
    }

    pub fn upcoming(&self) -> Option<&str> {
        self.files.last().map(|(_, name, _)| name.as_str())
    }

    pub fn skip(&mut self) {
        self.files.pop();
    }

    pub async fn next(&mut self) -> anyhow::Result<Option<Item>> {
        while let Some((changed, name, path)) = self.files.pop() {
            let read = tokio::task::spawn_blocking(move || read(&path)).await?;
            let (bytes, size, received) = match read {
                Ok(read) => read,
                // Moved to `cur/` or taken away meanwhile: the next look finds it where it is.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e).context(format!("the message {name} of the Maildir can't be read")),
            };
            return Ok(Some(Item {
                source: name,
                received: Some(received),
                bytes: bytes.into(),
                too_large: (size > LIMIT as u64).then_some(size),
                place: Place {
                    validity: 0,
                    next: changed,
                },
            }));
        }
        Ok(None)
    }

    pub fn end(&self) -> Place {
        self.place
    }
}

fn list(folder: &Path, place: Place, files: &mut Vec<(i64, String, PathBuf)>, latest: &mut i64) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link, a folder or a pipe is no message; a name with a dot first is none either.
        let Ok(known) = entry.metadata() else { continue };
        if !known.is_file() || name.starts_with('.') {
            continue;
        }
        let changed = known.ctime() * 1_000_000 + known.ctime_nsec() / 1000;
        *latest = changed.max(*latest);
        if changed >= place.next - SLACK {
            // What follows the colon are flags, which change.
            let unique = name.split(':').next().unwrap_or(&name).to_owned();
            files.push((changed, unique, entry.path()));
        }
    }
    Ok(())
}

/// Its bytes (all, or the beginning of one that is too large), its size, and when it was written (seconds).
fn read(path: &Path) -> std::io::Result<(Vec<u8>, u64, i64)> {
    let file = std::fs::File::open(path)?;
    let known = file.metadata()?;
    let take = if known.len() > LIMIT as u64 { HEAD } else { LIMIT };
    let mut bytes = Vec::new();
    file.take(take as u64).read_to_end(&mut bytes)?;
    Ok((bytes, known.len(), known.mtime()))
}
