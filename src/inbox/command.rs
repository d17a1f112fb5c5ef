//! `kairan inbox …`.

use super::model::{advice, because, class_key};
use crate::config::Config;
use crate::mailbox::{LIMIT, messages, understand};
use crate::web::i18n::{Locale, Tr};
use serde::Serialize;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// What is made of one recipient of one message.
#[derive(Serialize)]
struct Row {
    file: String,
    class: &'static str,
    /// RFC 3463, or "".
    status: String,
    recipient: String,
    /// A sentence in the organisation's language.
    because: String,
}

/// Prints what Kairan makes of messages in files, each one message or an mbox: a row for each recipient that a message tells
/// of. Touches neither database nor data directory. Exit code 2 if a file can't be read; the others are told of all the same.
pub async fn explain(config: &Config, files: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let t = Tr(Locale::or_english(&config.organisation.language));
    let domain = super::our_domain(config);
    let mut code = ExitCode::SUCCESS;
    let mut rows = Vec::new();
    let mut out = std::io::stdout().lock();
    for file in files {
        let name = file.display().to_string();
        let bytes = match read(file) {
            Ok(bytes) => bytes,
            Err(e) => {
                eprintln!(
                    "kairan: {}",
                    t.t2("inbox-explain-unread", "file", name.as_str(), "error", e.to_string())
                );
                code = ExitCode::from(2);
                continue;
            }
        };
        for message in messages(&bytes) {
            let understood = understand(Arc::new(message)).await;
            for found in understood.findings {
                let row = Row {
                    file: name.clone(),
                    class: found.class.as_str(),
                    because: because(t, &found.because),
                    status: found.status,
                    recipient: found.recipient,
                };
                if json {
                    rows.push(row);
                    continue;
                }
                let head = [row.file.as_str(), &row.recipient, &row.status];
                let head: Vec<&str> = head.into_iter().filter(|s| !s.is_empty()).collect();
                writeln!(out, "{}", head.join("  "))?;
                writeln!(out, "    {} ({})", t.t(class_key(found.class)), row.class)?;
                writeln!(out, "    {}", row.because)?;
                writeln!(out, "    {}", advice(t, found.class, &domain))?;
            }
        }
    }
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
    }
    Ok(code)
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(LIMIT as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
