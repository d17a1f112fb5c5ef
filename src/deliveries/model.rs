//! What can become of a message, and when one that didn't go is tried again. Pure.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::str::FromStr;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$meaning])* $variant),+ }
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
        impl FromStr for $name {
            type Err = &'static str;
            fn from_str(word: &str) -> std::result::Result<$name, &'static str> {
                match word { $($word => Ok($name::$variant),)+ _ => Err(concat!("not a ", stringify!($name), " of a delivery")) }
            }
        }
    };
}

words! {
    /// What a message is about. A reminder goes to who got the invitation, an escalation to who is turned to instead, a digest
    /// to a buyer of ours.
    Kind {
        Invitation = "invitation",
        Receipt = "receipt",
        Reminder = "reminder",
        Escalation = "escalation",
        Digest = "digest",
        /// A request, handed to a colleague by somebody at the company.
        Share = "share",
        /// The code that a new device needs.
        DeviceCode = "device-code",
        /// That a request will come; without any link.
        Notice = "notice",
        /// That the day until which answers are asked for is another one now.
        Deadline = "deadline",
    }
}

words! {
    /// Where a message stands. Queued → leased by a server → sent, deferred (to be tried again) or bounced; failed when two
    /// days of tries came to nothing; ambiguous when nobody can know whether the relay has it.
    State {
        Queued = "queued",
        Leased = "leased",
        Deferred = "deferred",
        Sent = "sent",
        Delivered = "delivered",
        Bounced = "bounced",
        Failed = "failed",
        Ambiguous = "ambiguous",
        Cancelled = "cancelled",
    }
}

impl Kind {
    /// Whether it asks a company something, so that its coming back is news of the company.
    pub fn is_to_company(self) -> bool {
        matches!(
            self,
            Kind::Invitation | Kind::Reminder | Kind::Escalation | Kind::Notice | Kind::Deadline
        )
    }

    pub fn key(self) -> &'static str {
        match self {
            Kind::Invitation => "delivery-kind-invitation",
            Kind::Receipt => "delivery-kind-receipt",
            Kind::Reminder => "delivery-kind-reminder",
            Kind::Escalation => "delivery-kind-escalation",
            Kind::Digest => "delivery-kind-digest",
            Kind::Share => "delivery-kind-share",
            Kind::DeviceCode => "delivery-kind-device-code",
            Kind::Notice => "delivery-kind-notice",
            Kind::Deadline => "delivery-kind-deadline",
        }
    }

    /// 0 where somebody waits for it, 1 for the rest: a thousand reminders don't hold up a receipt.
    pub(super) fn rank(self) -> i64 {
        match self {
            Kind::Receipt | Kind::Digest | Kind::Share | Kind::DeviceCode => 0,
            Kind::Invitation | Kind::Reminder | Kind::Escalation | Kind::Notice | Kind::Deadline => 1,
        }
    }
}

impl State {
    pub fn key(self) -> &'static str {
        match self {
            State::Queued => "delivery-state-queued",
            State::Leased => "delivery-state-leased",
            State::Deferred => "delivery-state-deferred",
            State::Sent => "delivery-state-sent",
            State::Delivered => "delivery-state-delivered",
            State::Bounced => "delivery-state-bounced",
            State::Failed => "delivery-state-failed",
            State::Ambiguous => "delivery-state-ambiguous",
            State::Cancelled => "delivery-state-cancelled",
        }
    }

    /// Whether nothing more happens to it by itself, and it isn't sent: see the index `deliveries_ended`.
    pub(super) fn has_ended(self) -> bool {
        matches!(
            self,
            State::Delivered | State::Bounced | State::Failed | State::Ambiguous | State::Cancelled
        )
    }

    /// Whether an operator may have it sent again.
    pub fn can_be_sent_again(self) -> bool {
        matches!(self, State::Bounced | State::Failed | State::Ambiguous)
    }

    /// Its stamp in `stamps.svg`.
    pub fn stamp(self) -> &'static str {
        match self {
            State::Queued | State::Leased | State::Deferred => "waiting",
            State::Sent | State::Delivered => "sent",
            State::Bounced | State::Failed | State::Ambiguous => "bounced",
            State::Cancelled => "declined",
        }
    }
}

/// How long the code for a new device is good.
pub const CODE_GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// For how long a mail that the relay refuses for now is tried again. RFC 5321 §4.5.4.1 asks for four to five days of a
/// relay; whoever chases answers against a deadline must know earlier that a mail didn't arrive.
const TRIED_FOR: SignedDuration = SignedDuration::from_hours(48);

/// When to try again what was refused for now: after 1, 2, 4 … minutes, 4 hours at most; None when two days have passed
/// since it was first due.
pub(super) fn again(first_due: Timestamp, now: Timestamp, attempts: i64) -> Option<Timestamp> {
    let minutes = 1 << (attempts - 1).clamp(0, 8);
    (now < first_due + TRIED_FOR).then(|| now + SignedDuration::from_mins(minutes.min(240)))
}

/// Spaces mails out: for each key (a domain) at most so many a minute, evenly.
pub(super) struct Pace {
    gap: SignedDuration,
    slots: HashMap<String, Timestamp>,
    /// When it was asked last.
    asked: Timestamp,
}

impl Pace {
    /// 0: as fast as they come.
    pub fn per_minute(most: u32) -> Pace {
        let gap = match most {
            0 => SignedDuration::ZERO,
            most => SignedDuration::from_micros(60_000_000 / i64::from(most)),
        };
        Pace {
            gap,
            slots: HashMap::new(),
            asked: Timestamp::UNIX_EPOCH,
        }
    }

    pub fn is_unlimited(&self) -> bool {
        self.gap.is_zero()
    }

    /// Takes the next free moment for `key`; None where that is now.
    pub fn slot(&mut self, key: &str, now: Timestamp) -> Option<Timestamp> {
        if self.is_unlimited() {
            return None;
        }
        if now + SignedDuration::from_mins(1) < self.asked {
            // The clock was ahead: its slots would make mails wait until then.
            self.slots.clear();
        }
        self.asked = now;
        if self.slots.len() > 10_000 {
            self.slots.retain(|_, free| *free > now);
        }
        let free = self.slots.entry(key.to_owned()).or_insert(now);
        let slot = (*free).max(now);
        *free = slot + self.gap;
        (slot > now).then_some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_two_days_and_ever_more_rarely() {
        let start: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let (mut now, mut tries) = (start, vec![]);
        for attempts in 1.. {
            match again(start, now, attempts) {
                Some(at) => {
                    tries.push(at.duration_since(now).as_mins());
                    now = at;
                }
                None => break,
            }
        }
        assert_eq!(tries[..10], [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]);
        assert!(now >= start + TRIED_FOR && now < start + TRIED_FOR + SignedDuration::from_hours(4));
        assert_eq!(tries.len(), 19);
    }

    #[test]
    fn mails_to_one_domain_are_spaced_evenly_and_others_go_on() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let mut pace = Pace::per_minute(30);
        assert_eq!(pace.slot("a.example", now), None);
        assert_eq!(pace.slot("a.example", now), Some(now + SignedDuration::from_secs(2)));
        assert_eq!(pace.slot("a.example", now), Some(now + SignedDuration::from_secs(4)));
        assert_eq!(pace.slot("b.example", now), None);
        let later = now + SignedDuration::from_secs(60);
        assert_eq!(pace.slot("a.example", later), None);
        assert_eq!(Pace::per_minute(0).slot("a.example", now), None);
        // A clock that was a year ahead leaves no slots behind.
        let ahead = now + SignedDuration::from_hours(24 * 365);
        assert_eq!(pace.slot("a.example", ahead), None);
        assert_eq!(pace.slot("a.example", later), None);
    }

    #[test]
    fn every_word_reads_back() {
        assert!(Kind::ALL.iter().all(|k| k.as_str().parse() == Ok(*k)));
        assert!(State::ALL.iter().all(|s| s.as_str().parse() == Ok(*s)));
        assert_eq!("sending".parse::<State>(), Err("not a State of a delivery"));
    }
}
