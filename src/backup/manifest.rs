//! What a copy says about itself.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form of copies that this program writes; it reads none of a later one.
pub const FORM: u32 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// `backup.json` of a copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub form: u32,
    /// The version of the Kairan that made it.
    pub kairan: String,
    /// When it was begun, RFC 3339 in UTC: what was committed before is in it.
    pub begun_at: String,
    pub engine: Engine,
    /// The migrations that made the database's schema.
    pub migrations: Vec<String>,
    /// PostgreSQL: the command that dumps the database, which has to be run before the files are copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dump: Option<String>,
    /// Files that settings name and that lie outside of the data directory: they are not in the copy.
    #[serde(default)]
    pub elsewhere: Vec<String>,
    /// Whether the server's secret is a setting, and so is not in the copy.
    #[serde(default)]
    pub secret_in_settings: bool,
    /// Every file in `data/`, by its path there.
    pub files: BTreeMap<String, FileMark>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    pub bytes: u64,
    /// 64 hexadecimal digits.
    pub sha256: String,
}

/// The command that dumps a PostgreSQL database, without its password: `pg_dump` asks for it, or finds it in `~/.pgpass`.
pub fn dump_command(url: &str) -> String {
    format!(
        "pg_dump --format=custom --file=kairan.dump {}",
        quoted(&without_password(url))
    )
}

/// The command that puts the dump into an empty database.
pub fn restore_command(url: &str) -> String {
    format!(
        "pg_restore --no-owner --exit-on-error --dbname={} kairan.dump",
        quoted(&without_password(url))
    )
}

/// A URL of PostgreSQL without the password, wherever it stands.
fn without_password(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else {
        // Not to be understood is not to be shown.
        return "postgres://…".into();
    };
    let _ = parsed.set_password(None);
    let kept: Vec<&str> = parsed
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.to_ascii_lowercase().starts_with("password="))
        .collect();
    let query = kept.join("&");
    parsed.set_query((!query.is_empty()).then_some(query.as_str()));
    parsed.to_string()
}

/// A word as a shell takes it literally.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dumps_command_shows_no_password() {
        for (url, shown) in [
            (
                "postgres://kairan:p%40ss@db.example:5433/kairan",
                "'postgres://kairan@db.example:5433/kairan'",
            ),
            (
                "postgres://kairan@db.example/kairan?password=secret&options=-c%20search_path%3Dk",
                "'postgres://kairan@db.example/kairan?options=-c%20search_path%3Dk'",
            ),
            ("postgres://db.example/o'brien", r"'postgres://db.example/o'\''brien'"),
            ("host=db password=secret", "'postgres://…'"),
        ] {
            let command = dump_command(url);
            assert_eq!(command, format!("pg_dump --format=custom --file=kairan.dump {shown}"));
            assert!(!command.contains("secret"));
            assert!(restore_command(url).contains(shown));
        }
    }
}
