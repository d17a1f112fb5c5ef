//! One migration history for both engines: the files of `migrations/`, in the order of their names.

use super::{Db, Error, Result};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "migrations"]
struct Files;

/// The migrations that this program knows, with the SHA-256 of each, in their order.
pub(super) fn known() -> Vec<(String, String)> {
    let mut all: Vec<_> = Files::iter()
        .filter_map(|name| {
            let file = Files::get(&name)?;
            Some((
                name.into_owned(),
                data_encoding::HEXLOWER.encode(&Sha256::digest(&file.data)),
            ))
        })
        .collect();
    all.sort();
    all
}

/// Applies what is missing, each file in a transaction of its own; the names of the files applied.
///
/// Refuses a database that holds a migration this program doesn't know (a newer program made it), or one whose text
/// has changed since.
pub(super) async fn run(db: &Db, now: jiff::Timestamp) -> Result<Vec<&'static str>> {
    let mut tx = db.write().await?;
    lock(db, &mut tx).await?;
    tx.script(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)",
    )
    .await?;
    tx.commit().await?;

    let mut names: Vec<String> = Files::iter().map(|n| n.into_owned()).collect();
    names.sort();
    let mut applied = Vec::new();
    let mut tx = db.write().await?;
    lock(db, &mut tx).await?;
    let known = tx
        .list("SELECT name, sha256 FROM migrations", &[], |r| {
            Ok((r.get::<String>(0)?, r.get::<String>(1)?))
        })
        .await?;
    if let Some((stranger, _)) = known.iter().find(|(name, _)| !names.contains(name)) {
        return Err(Error::Unusable(format!(
            "The database was made by a newer Kairan (it holds migration {stranger}). Start that version, or restore an older backup."
        )));
    }
    for name in names {
        let file = Files::get(&name).ok_or_else(|| Error::Unusable(format!("migration {name} is missing")))?;
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&file.data));
        match known.iter().find(|(n, _)| *n == name) {
            Some((_, was)) if *was == sha256 => continue,
            Some(_) => {
                return Err(Error::Unusable(format!(
                    "Migration {name} was changed after it had been applied. Use the program that made this database."
                )));
            }
            None => {}
        }
        let sql = String::from_utf8_lossy(&file.data).into_owned();
        tx.script(&sql).await?;
        tx.execute(
            "INSERT INTO migrations (name, sha256, applied_at) VALUES ($1, $2, $3)",
            &[&name, &sha256, &now.as_microsecond()],
        )
        .await?;
        applied.push(&*name.leak());
    }
    tx.commit().await?;
    Ok(applied)
}

/// Two servers that start at once on one PostgreSQL must not both migrate; SQLite has one writer anyway.
async fn lock(db: &Db, tx: &mut super::Tx) -> Result<()> {
    if db.is_postgres() {
        tx.script("SELECT pg_advisory_xact_lock(7020260322)").await?;
    }
    Ok(())
}
