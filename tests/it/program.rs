//! `kairan` as a process of its own, by a clock that the tests set: no test depends on the day it runs.

use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A Tuesday that is a business day everywhere, noon in Tokyo.
const START: &str = "2026-11-24T03:00:00Z";

/// The file that says how far the clock of the processes is ahead.
static CLOCK: LazyLock<PathBuf> = LazyLock::new(|| {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let start = std::env::var("KAIRAN_TEST_NOW").unwrap_or_else(|_| START.to_owned());
    let start: Timestamp = start
        .parse()
        .expect("KAIRAN_TEST_NOW is a moment such as 2028-02-29T03:00:00Z");
    let ahead = start.as_millisecond() - kairan::clock::Clock::System.now().as_millisecond();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clock");
    let new = file.with_extension(std::process::id().to_string());
    std::fs::write(&new, format!("{ahead}\n")).unwrap();
    // Renamed into its place, so that nobody reads half a number.
    std::fs::rename(&new, &file).unwrap();
    file
});

/// A command of `kairan` that begins at noon of a business day, or at the moment KAIRAN_TEST_NOW; it knows no other setting of
/// whoever runs the tests.
pub fn kairan() -> Command {
    let mut command = Command::new(path());
    by_set_clock(&mut command);
    command
}

/// The program that [`kairan`] starts.
pub fn path() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_kairan")).with_file_name("examples/kairan-at");
    assert!(
        program.exists(),
        "cargo build --example kairan-at makes {}",
        program.display()
    );
    program
}

/// As [`kairan`], for a command that starts [`path`] in a way of its own.
pub fn by_set_clock(command: &mut Command) {
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TEST_CLOCK", CLOCK.as_path());
}
