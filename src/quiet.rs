//! Trouble that comes with every request shall not fill the log, which may lie on the very disk that is full.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many lines are written in each [`WINDOW`].
const LINES: u64 = 10;
const WINDOW: Duration = Duration::from_secs(10);

/// Counts the lines about one kind of trouble.
pub struct Quiet {
    window: LazyLock<Mutex<Instant>>,
    lines: AtomicU64,
    left_out: AtomicU64,
}

impl Default for Quiet {
    fn default() -> Quiet {
        Quiet::new()
    }
}

impl Quiet {
    pub const fn new() -> Quiet {
        Quiet {
            window: LazyLock::new(|| Mutex::new(Instant::now())),
            lines: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
        }
    }

    /// Whether one more line may be written: 10 in 10 seconds. `Some` holds how many were left out since the last one.
    pub fn may_speak(&self) -> Option<u64> {
        let mut begun = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.elapsed() >= WINDOW {
            *begun = Instant::now();
            self.lines.store(0, Ordering::Relaxed);
        }
        drop(begun);
        if self.lines.fetch_add(1, Ordering::Relaxed) < LINES {
            return Some(self.left_out.swap(0, Ordering::Relaxed));
        }
        self.left_out.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_ten_lines() {
        let quiet = Quiet::new();
        let spoken: Vec<u64> = (0..1000).filter_map(|_| quiet.may_speak()).collect();
        assert_eq!(spoken, [0; 10]);
        // As ten seconds later.
        *quiet.window.lock().unwrap() = Instant::now().checked_sub(WINDOW).unwrap();
        assert_eq!(quiet.may_speak(), Some(990));
        assert_eq!(quiet.may_speak(), Some(0));
    }
}
