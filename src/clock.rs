//! Time and randomness, injected: everything else in the program asks these two, so that tests can say what they are.

use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

/// Tells the time, cut to microseconds: what both databases keep.
#[derive(Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// So many microseconds ahead of the system: a test in the browser moves it while it runs.
    Ahead(Arc<AtomicI64>),
    /// Microseconds since 1970; a test moves it by hand.
    Set(Arc<AtomicI64>),
}

impl Clock {
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
        let system = || Timestamp::now().as_microsecond();
        let micros = match self {
            Clock::System => system(),
            Clock::Ahead(micros) => system().saturating_add(micros.load(Ordering::SeqCst)),
            Clock::Set(micros) => micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Gives random bytes from the operating system, and ids that grow with time.
#[derive(Clone, Default)]
pub struct Random {
    last_id: Arc<AtomicU64>,
}

impl Random {
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }

    /// A UUIDv7. Ids made by one process always grow, also within one microsecond: the 12 bits after the milliseconds
    /// hold the microseconds, and a tie takes the next number.
    pub fn id(&self, now: Timestamp) -> Uuid {
        let micros = now.as_microsecond().max(0) as u64;
        let wanted = (micros / 1000) << 12 | (micros % 1000) << 2;
        let mut id = wanted;
        let _ = self.last_id.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| {
            // A clock that went back by more than a minute (a test, a correction) starts anew.
            id = if last >= wanted && last - wanted < 60_000 << 12 {
                last + 1
            } else {
                wanted
            };
            Some(id)
        });
        let mut tail = self.bytes::<10>();
        tail[..2].copy_from_slice(&((id & 0xfff) as u16).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(id >> 12, &tail).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_grow() {
        let random = Random::default();
        let now = Timestamp::from_microsecond(1_795_000_000_123_456).unwrap();
        let ids: Vec<Uuid> = (0..5000).map(|_| random.id(now)).collect();
        assert!(ids.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(ids[0].get_version_num(), 7);
    }
}
