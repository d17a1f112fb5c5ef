//! `kairan` by a clock that is set from outside: the tests in the browser run on a day of their own choice, and move it.
//!
//! It is a program of its own, so that the one which people install has no such switch. The environment variable `TEST_CLOCK`
//! names a file that holds by how many milliseconds the clock is ahead of the system's (less than 0: behind).

#[path = "../src/main.rs"]
#[expect(dead_code, reason = "its `main` goes by the system's clock")]
mod program;

use kairan::clock::Clock;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Microseconds; None while somebody writes the file.
fn ahead(file: &Path) -> Option<i64> {
    let text = std::fs::read_to_string(file).ok()?;
    text.strip_suffix('\n')?.parse::<i64>().ok()?.checked_mul(1000)
}

#[expect(
    clippy::disallowed_methods,
    reason = "only this program has the setting, and src/config.rs shall not know it"
)]
fn main() -> ExitCode {
    let Some(file) = std::env::var_os("TEST_CLOCK") else {
        // The process that makes PDFs is started without an environment, and needs no time.
        return program::start(Clock::System);
    };
    let Some(first) = ahead(Path::new(&file)) else {
        eprintln!("{} holds no number of milliseconds.", file.display());
        return ExitCode::FAILURE;
    };
    let micros = Arc::new(AtomicI64::new(first));
    let moved = micros.clone();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(20));
            if let Some(now) = ahead(Path::new(&file)) {
                moved.store(now, Ordering::SeqCst);
            }
        }
    });
    program::start(Clock::Ahead(micros))
}
