//! How far an import has come. What it makes ready shows nothing to others, so this is kept in the process that
//! does the work; another server's page only says that it goes on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use uuid::Uuid;

static RUNNING: LazyLock<Mutex<HashMap<Uuid, Arc<Counter>>>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Counter {
    done: AtomicU64,
    of: AtomicU64,
}

/// Counts the companies that are written; forgotten when it is dropped.
pub struct Progress {
    counter: Arc<Counter>,
    import: Option<Uuid>,
}

impl Progress {
    /// Nobody looks.
    pub fn unseen() -> Progress {
        Progress {
            counter: Arc::default(),
            import: None,
        }
    }

    /// Seen under the import's id.
    pub fn of(import: Uuid) -> Progress {
        let counter = Arc::<Counter>::default();
        running().insert(import, counter.clone());
        Progress {
            counter,
            import: Some(import),
        }
    }

    pub(super) fn start(&self, of: u64) {
        self.counter.of.store(of, Ordering::Relaxed);
    }

    pub(super) fn step(&self) {
        self.counter.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(import) = self.import {
            running().remove(&import);
        }
    }
}

/// Companies written, and how many there will be; None while the work isn't under way here.
pub fn seen(import: Uuid) -> Option<(u64, u64)> {
    let counter = running().get(&import)?.clone();
    let of = counter.of.load(Ordering::Relaxed);
    (of > 0).then(|| (counter.done.load(Ordering::Relaxed).min(of), of))
}

fn running() -> std::sync::MutexGuard<'static, HashMap<Uuid, Arc<Counter>>> {
    // A panic elsewhere leaves the map whole.
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
