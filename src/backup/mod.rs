//! A copy of everything that must not be lost, made while the server runs, and putting it back.
//!
//! A copy is a folder: `backup.json` ([`Manifest`]) and `data/`, what lay in the data directory. It is written under another
//! name beside its place and gets its own name when all of it is on the disk. The database comes first, and the files after
//! it, because whatever a row names was on the disk before the row was committed, and is never taken away: a copy of the files
//! that is younger than the rows holds all that they name. On PostgreSQL the database is dumped by its own program, first.

mod make;
mod manifest;
mod restore;

pub use make::{Made, make};
pub use manifest::{Engine, Manifest, dump_command, restore_command};
pub use restore::{Restored, restore};

/// The manifest's file in a copy, and the folder of what was in the data directory.
const MANIFEST: &str = "backup.json";
const DATA: &str = "data";
/// SQLite's database in the data directory.
pub const DATABASE: &str = "kairan.db";

/// Writes `reader` into the new file `to`, readable by its owner only; how many bytes, and their SHA-256.
fn write_hashed(mut reader: impl std::io::Read, to: &std::path::Path) -> std::io::Result<(u64, String)> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 1 << 18];
    let (mut size, mut unwritten) = (0_u64, 0);
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        hash.update(&buffer[..read]);
        out.write_all(&buffer[..read])?;
        size += read as u64;
        unwritten += read;
        // As with the database: no gigabyte may wait in memory for the disk.
        if unwritten > 4 << 20 {
            out.sync_data()?;
            unwritten = 0;
        }
    }
    Ok((size, data_encoding::HEXLOWER.encode(hash.finish().as_ref())))
}

/// Makes a folder and those above it, for its owner only.
fn make_folder(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Everything that was written to the file system of `folder` is on the disk when this returns.
fn sync_all_of(folder: &std::path::Path) -> std::io::Result<()> {
    Ok(rustix::fs::syncfs(std::fs::File::open(folder)?)?)
}
