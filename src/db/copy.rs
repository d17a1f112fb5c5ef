//! Copies of a SQLite database, made while others write to it, and what is asked of a copy before it is used.
//!
//! The copy is that of one moment: a read transaction holds it from the first page to the last. Without that transaction
//! SQLite's backup begins anew whenever another process has written, and under load never ends. In WAL mode a reader holds
//! back no writer; what it costs them is that the log of changes can't be used anew while it reads, so it grows by what they
//! write meanwhile. Therefore the copy is quick rather than gentle, but goes in steps, each on the disk before the next: a
//! gigabyte that waits in memory for the disk would make their commits wait.

use super::{Error, Result, migrate};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Pages of 4 KiB that are copied in one step: 4 MiB.
const STEP: i32 = 1024;

/// Copies the database in the file `from` into the new file `to`; the names of the migrations that made its schema. When it
/// returns the copy is on the disk. Everything is in it that was committed before it was called.
///
/// # Errors
/// When `from` is no database of ours, or the copy can't be written. Something may then lie in `to`.
pub fn copy_sqlite(from: &Path, to: &Path) -> Result<Vec<String>> {
    let source = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    source.busy_timeout(Duration::from_secs(10))?;
    source.execute_batch("PRAGMA query_only=ON; BEGIN")?;
    // The first statement takes the moment that is copied.
    let migrations = migrations(&source)?.into_iter().map(|(name, _)| name).collect();
    let mut copy = Connection::open(to)?;
    // Nobody else sees the copy before it is whole, and half of one is thrown away: it needs no journal.
    copy.execute_batch(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-2000",
    )?;
    let disk = std::fs::File::open(to).map_err(|e| unusable(to, &e))?;
    {
        let backup = Backup::new(&source, &mut copy)?;
        loop {
            match backup.step(STEP)? {
                StepResult::Done => break,
                StepResult::More => disk.sync_data().map_err(|e| unusable(to, &e))?,
                // Only others can hold the source for a moment; the copy is ours alone.
                _ => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
    copy.close().map_err(|(_, e)| e)?;
    disk.sync_all().map_err(|e| unusable(to, &e))?;
    Ok(migrations)
}

/// Whether the copy in the file `path`, which nobody writes to, can be used by this program.
///
/// # Errors
/// [`Error::Unusable`] says why not: it is damaged, or its schema is that of another program.
pub fn check_sqlite(path: &Path) -> Result<()> {
    let copy = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    // No memory that is shared with others, and so no file beside it for that.
    copy.execute_batch("PRAGMA locking_mode=EXCLUSIVE; PRAGMA cell_size_check=ON")?;
    let known = migrate::known();
    for (name, sha256) in migrations(&copy)? {
        match known.iter().find(|(known, _)| *known == name) {
            Some((_, text)) if *text == sha256 => {}
            _ => {
                return Err(Error::Unusable(format!(
                    "The copy was made by a newer Kairan, or by another one: this program doesn't know its migration {name}. \
                     Restore it with the program that made it."
                )));
            }
        }
    }
    let mut check = copy.prepare("PRAGMA integrity_check(5)")?;
    let found: Vec<String> = check
        .query_map([], |row| row.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    if found != ["ok"] {
        return Err(Error::Unusable(format!(
            "The database in the copy is damaged: {}",
            found.join("; ")
        )));
    }
    Ok(())
}

fn migrations(connection: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT name, sha256 FROM migrations ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unusable(format!("{} can't be written: {error}", path.display()))
}
