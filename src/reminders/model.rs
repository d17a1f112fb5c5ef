//! When one company is reminded, and what is due now. Pure.
//!
//! A plan of days: each step falls on a business day. One that doesn't moves to the business day before, or, after the
//! deadline, to the one after; no day has two, so a step whose day is taken moves on in its direction, and the order stays. A
//! plan of hours asks no calendar.

use super::calendar::{Country, Days};
use crate::campaigns::{Reminders, Step, To, Unit};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

/// One company's case.
#[derive(Clone, Debug)]
pub struct Case<'c> {
    pub plan: &'c Reminders,
    pub deadline: Timestamp,
    /// When it was invited: nothing is due sooner than the plan's least interval after that.
    pub invited: Timestamp,
    pub days: Days<'c>,
    /// The company's.
    pub zone: TimeZone,
    /// By how much its mails are later than the hour, so that a relay isn't flooded.
    pub jitter: SignedDuration,
}

/// A mail that is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Steps are counted from 1, those that can't be kept any more included; what is repeated goes on counting.
    pub number: i64,
    /// The plan's own distance from the deadline; None for what is repeated after the last step.
    pub before: Option<i32>,
    pub to: To,
    pub at: Timestamp,
    /// The day of `at` at the company.
    pub day: Date,
}

/// How far a company's plan has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The number of the last step behind it.
    pub number: i64,
    /// How many mails went out.
    pub sent: i64,
    pub last: Option<Timestamp>,
    /// Somebody promised an answer by then: nobody is reminded before.
    pub hold: Option<Timestamp>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Send(Planned),
    /// Nothing before this moment.
    Wait(Timestamp),
    /// Nothing any more.
    Over,
}

/// Until when a mail may go out on a day: one that comes at night isn't read, and rings.
const LATEST: Time = Time::constant(20, 0, 0, 0);
/// The most that jitter adds.
const JITTER: i64 = 20 * 60;

/// By how much a company's mails are late: always the same for one company, spread evenly over many.
pub fn jitter(company: uuid::Uuid, unit: Unit) -> SignedDuration {
    let [a, b, c, d, ..] = crate::secret::sha256(company.as_bytes());
    let within = match unit {
        Unit::Days => JITTER,
        Unit::Hours => JITTER / 10,
    };
    SignedDuration::from_secs(i64::from(u32::from_be_bytes([a, b, c, d])) % within)
}

impl<'c> Case<'c> {
    /// For a company in a country ("" where nobody said); `zone` is the campaign's, for a country that is unknown.
    pub fn new(
        plan: &'c Reminders,
        (invited, deadline): (Timestamp, Timestamp),
        days: Days<'c>,
        zone: &TimeZone,
        jitter: SignedDuration,
    ) -> Case<'c> {
        let there = days.there.and_then(|country| TimeZone::get(country.zone).ok());
        Case {
            plan,
            deadline,
            invited,
            days,
            zone: there.unwrap_or_else(|| zone.clone()),
            jitter,
        }
    }

    fn apart(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.plan.apart_hours))
    }

    fn hour(&self) -> Time {
        self.plan.local_hour().unwrap_or(Time::constant(10, 0, 0, 0))
    }

    /// Days to the deadline by the calendar at the company; less than 0 when it has passed.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        let last = self.day_of(self.deadline);
        let span = self.day_of(now).until((jiff::Unit::Day, last));
        span.map_or(0, |span| i64::from(span.get_days()))
    }

    /// The plan's hour on a day at the company; None beyond the calendar.
    fn at(&self, day: Date) -> Option<Timestamp> {
        let zoned = day.to_datetime(self.hour()).to_zoned(self.zone.clone()).ok()?;
        zoned.timestamp().checked_add(self.jitter).ok()
    }

    fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// Every mail that the plan foresees, in order; at most as many as it allows.
    pub fn schedule(&self) -> Vec<Planned> {
        let mut out = match self.plan.unit {
            Unit::Hours => self.hours(),
            Unit::Days => self.in_days(),
        };
        out.truncate(self.plan.most as usize);
        out
    }

    fn planned(&self, number: usize, step: Step, at: Timestamp) -> Planned {
        Planned {
            number: number as i64,
            before: Some(step.before),
            to: step.to,
            at,
            day: self.day_of(at),
        }
    }

    fn hours(&self) -> Vec<Planned> {
        let mut earliest = self.invited + self.apart();
        let mut out = Vec::new();
        for (i, step) in self.plan.mails().into_iter().enumerate() {
            let exact = self.deadline - SignedDuration::from_hours(i64::from(step.before));
            let at = exact + self.jitter;
            if at >= earliest {
                out.push(self.planned(i + 1, step, at));
                earliest = at + self.apart();
            }
        }
        out
    }

    fn in_days(&self) -> Vec<Planned> {
        let steps = self.plan.mails();
        let end = self.day_of(self.deadline);
        let shifted = |days: i32| end.checked_add(Span::new().days(i64::from(days))).ok();
        let mut out = Vec::new();
        // Those up to the deadline from the last to the first, each on a day before the one that follows it.
        let mut free = Some(end);
        for (i, step) in steps.iter().enumerate().rev().filter(|(_, s)| s.before >= 0) {
            let Some((day, at)) = shifted(-step.before)
                .zip(free)
                .and_then(|(wanted, free)| self.in_time(wanted.min(free)))
            else {
                break;
            };
            if at < self.invited + self.apart() {
                break;
            }
            free = day.yesterday().ok();
            out.push(self.planned(i + 1, *step, at));
        }
        out.reverse();
        // Those after it, each on a day after the one before it; and after the last of them, day by day.
        let mut free = end.tomorrow().ok();
        let later = steps.iter().enumerate().filter(|(_, s)| s.before < 0);
        let again = self
            .plan
            .then
            .into_iter()
            .flat_map(|to| (steps.len()..).map(move |i| (i, None, to)));
        for (i, before, to) in later.map(|(i, s)| (i, Some(s.before), s.to)).chain(again) {
            if out.len() >= self.plan.most as usize {
                break;
            }
            let wanted = before.map_or(free, |before| shifted(-before));
            let day = wanted
                .zip(free)
                .and_then(|(wanted, free)| self.days.from(wanted.max(free)));
            let Some((day, at)) = day.and_then(|day| Some((day, self.at(day)?))) else {
                break;
            };
            free = day.tomorrow().ok();
            // One that would follow the invitation too closely is left out.
            if at >= self.invited + self.apart() {
                out.push(Planned {
                    number: i as i64 + 1,
                    before,
                    to,
                    at,
                    day,
                });
            }
        }
        out
    }

    /// The last business day up to `day` whose hour lies before the deadline.
    fn in_time(&self, day: Date) -> Option<(Date, Timestamp)> {
        let mut day = self.days.up_to(day)?;
        loop {
            let at = self.at(day)?;
            if at <= self.deadline {
                return Some((day, at));
            }
            day = self.days.up_to(day.yesterday().ok()?)?;
        }
    }

    /// From when on the buyer has it on the list: at the beginning of a business day of ours. `home` is our zone.
    pub fn buyer_at(&self, home: &TimeZone) -> Option<Timestamp> {
        let before = self.plan.buyer_before()?;
        if self.plan.unit == Unit::Hours {
            let at = self.deadline - SignedDuration::from_hours(i64::from(before));
            return Some(at.max(self.invited));
        }
        let ours = Days {
            there: self.days.home,
            ..self.days
        };
        let end = self.deadline.to_zoned(home.clone()).date();
        let wanted = end.checked_add(Span::new().days(-i64::from(before))).ok()?;
        let day = match before >= 0 {
            true => ours.up_to(wanted),
            false => ours.from(wanted),
        }?;
        let at = day.to_zoned(home.clone()).ok()?.timestamp();
        Some(at.max(self.invited + self.apart()))
    }

    /// Whether a mail may go out now: on a business day, from its minute on. A plan of hours may always.
    fn is_open(&self, now: Timestamp) -> bool {
        if self.plan.unit == Unit::Hours {
            return true;
        }
        let local = now.to_zoned(self.zone.clone());
        let day = local.date();
        // With its own jitter: a step of the day is due when the day begins, so nothing older goes before it.
        let begins = self.at(day);
        self.days.is_business(day) && begins.is_some_and(|begins| begins <= now) && local.time() < LATEST
    }

    /// When a mail may go out next, after `now`.
    fn next_opening(&self, now: Timestamp) -> Option<Timestamp> {
        let today = self.day_of(now);
        let day = self.days.from(today)?;
        match self.at(day) {
            Some(at) if at > now => Some(at),
            _ => self.at(self.days.from(day.tomorrow().ok()?)?),
        }
    }

    /// The number of the last step whose time has come; 0 where none has.
    pub fn behind(&self, now: Timestamp) -> i64 {
        let past = self.schedule();
        let last = past.iter().rfind(|planned| planned.at <= now);
        last.map_or(0, |planned| planned.number)
    }

    /// What is due now. Of several steps that were missed, the last is made good, once.
    pub fn decide(&self, progress: &Progress, now: Timestamp) -> Decision {
        if progress.sent >= i64::from(self.plan.most) {
            return Decision::Over;
        }
        let mut open = self.schedule();
        open.retain(|planned| planned.number > progress.number);
        let Some(first) = open.first() else {
            return Decision::Over;
        };
        if let Some(hold) = progress.hold.filter(|hold| *hold > now) {
            return Decision::Wait(hold);
        }
        let Some(due) = open.iter().rfind(|planned| planned.at <= now) else {
            return Decision::Wait(first.at);
        };
        if let Some(again) = progress
            .last
            // One that is said to have gone out in the future was sent by a clock that ran ahead.
            .filter(|last| *last <= now + crate::jobs::SLACK)
            .map(|last| last + self.apart())
            .filter(|again| *again > now)
        {
            return Decision::Wait(again);
        }
        if !self.is_open(now) {
            return self.next_opening(now).map_or(Decision::Over, Decision::Wait);
        }
        Decision::Send(due.clone())
    }
}

/// The days on which a company in a country may be reminded. `home` is our own country.
pub fn days<'c>(home: &str, country: &str, own: &'c super::calendar::OwnDays) -> Days<'c> {
    Days {
        home: Country::find(home),
        there: Country::find(country),
        own,
    }
}
