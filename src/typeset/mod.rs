//! Letters as PDF: a folder of files in memory goes in (a Typst text, its data, pictures), a PDF/A-2u comes out.
//!
//! The work is done by a process of its own, `kairan typeset`, which gets the files on its standard input and knows no
//! other: a template has neither files nor network. So a template that never ends, or wants all the memory there is, is
//! ended without harm to the server, and the memory that typesetting takes (fonts above all) is given back when no letter
//! was made for a while. At most one such process a processor is at work.
//!
//! The feature `typeset` (on by default) builds the process; without it everything else works, and asking for a letter
//! says that this program has no typesetter.

#[cfg(feature = "typeset")]
mod fonts;
mod process;
mod wire;
#[cfg(feature = "typeset")]
mod worker;
#[cfg(feature = "typeset")]
mod world;

pub use process::Typesetter;
#[cfg(feature = "typeset")]
pub use worker::serve;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// The name of the file that is typeset; it imports and reads the others by their names.
pub const MAIN: &str = "main.typ";

/// One document to be made.
#[derive(Clone, Debug)]
pub struct Work {
    /// By name; all that the text can reach.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Folders in which fonts are looked for, the first first.
    pub fonts: Vec<PathBuf>,
    /// When the document says that it was made.
    pub at: Timestamp,
    /// Names the document, always the same for the same one.
    pub name: String,
    /// How long the making may take.
    pub time: Duration,
}

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Failure {
    #[error("this program was built without a typesetter (the feature `typeset`)")]
    NoTypesetter,
    #[error("no font was found in {}", .folders.join(", "))]
    NoFonts { folders: Vec<String> },
    /// Signs of the text or its data that no font has, each once.
    #[error("no font has the signs {signs}")]
    MissingSigns { signs: String },
    /// `line` counts from 1; None where the fault has no place in a file.
    #[error("{file}, line {}: {message}", .line.unwrap_or(0))]
    Template {
        file: String,
        line: Option<u64>,
        message: String,
    },
    #[error("typesetting took longer than {seconds} seconds")]
    TooLong { seconds: u64 },
    /// The process ended by itself: as a rule because it wanted more memory than it may have.
    #[error("the typesetter broke off; it may use {mib} MiB of memory")]
    BrokeOff { mib: u64 },
    #[error("the typesetter can't be started: {reason}")]
    NotStarted { reason: String },
}

/// How much memory a typesetting process may take, in MiB. Some 500 pages take 200.
const MEMORY_MIB: u64 = 1024;

/// The typesetting process, until its standard input ends. Needs no configuration and opens no database.
#[cfg(not(feature = "typeset"))]
pub fn serve() -> std::process::ExitCode {
    wire::serve(|_| Err(Failure::NoTypesetter))
}

/// What goes to the process beside the files.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    fonts: Vec<PathBuf>,
    /// Seconds since 1970, UTC.
    at: i64,
    name: String,
}
