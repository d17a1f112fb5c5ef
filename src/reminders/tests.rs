//! The rules, by example and by property.

use super::calendar::{FIRST, OwnDays};
use super::model::{Case, Decision, Planned, Progress, days, jitter};
use crate::campaigns::{Reminders, Step, To, Unit};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn tokyo() -> TimeZone {
    TimeZone::get("Asia/Tokyo").unwrap()
}

/// Invited on Friday, 20 November 2026, to answer by Thursday, 10 December, 17:00 in Tokyo.
fn case<'c>(plan: &'c Reminders, own: &'c OwnDays, country: &str) -> Case<'c> {
    let when = (at("2026-11-20T01:00:00Z"), at("2026-12-10T08:00:00Z"));
    Case::new(plan, when, days("JP", country, own), &tokyo(), SignedDuration::ZERO)
}

/// Local day and hour, and to whom.
fn told(planned: &[Planned], zone: &str) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    let line = |p: &Planned| {
        let local = p.at.to_zoned(zone.clone());
        format!("{} {} {}", p.number, local.strftime("%m-%d %H:%M"), p.to.as_str())
    };
    planned.iter().map(line).collect()
}

#[test]
fn the_firm_plan_of_a_company_in_japan() {
    let (plan, own) = (Reminders::firm(), OwnDays::default());
    let case = case(&plan, &own, "JP");
    assert_eq!(
        told(&case.schedule(), "Asia/Tokyo"),
        [
            "1 12-03 10:00 primary",
            "2 12-07 10:00 primary",
            "3 12-09 10:00 backup",
            "4 12-10 10:00 primary",
            "5 12-11 10:00 executive",
            "6 12-14 10:00 primary",
            "7 12-15 10:00 primary",
            "8 12-16 10:00 primary",
        ]
    );
    // The buyer's list of the day before.
    assert_eq!(case.buyer_at(&tokyo()), Some(at("2026-12-08T15:00:00Z")));
}

#[test]
fn t6_the_standard_plan_ends_a_week_after_the_deadline() {
    let (plan, own) = (Reminders::standard(), OwnDays::default());
    let case = case(&plan, &own, "JP");
    assert_eq!(
        told(&case.schedule(), "Asia/Tokyo"),
        [
            "1 12-03 10:00 primary",
            "2 12-07 10:00 primary",
            "3 12-09 10:00 backup",
            "4 12-11 10:00 primary",
            // Three days after is Sunday, a week after is Thursday.
            "5 12-14 10:00 backup",
            "6 12-17 10:00 executive",
        ]
    );
    assert_eq!(case.buyer_at(&tokyo()), Some(at("2026-12-08T15:00:00Z")));
}

#[test]
fn elsewhere_it_is_their_morning_and_never_after_the_deadline() {
    let (plan, own) = (Reminders::firm(), OwnDays::default());
    // 17:00 in Tokyo is 3:00 in New York: "on the day" is the day before there, and the others make room.
    assert_eq!(
        told(&case(&plan, &own, "US").schedule(), "America/New_York")[..5],
        [
            "1 12-03 10:00 primary",
            "2 12-07 10:00 primary",
            "3 12-08 10:00 backup",
            "4 12-09 10:00 primary",
            "5 12-11 10:00 executive",
        ]
    );
    assert_eq!(
        told(&case(&plan, &own, "DE").schedule(), "Europe/Berlin")[2..4],
        ["3 12-08 10:00 backup", "4 12-09 10:00 primary"]
    );
    // An unknown country: the campaign's zone.
    assert_eq!(
        told(&case(&plan, &own, "").schedule(), "Asia/Tokyo")[0],
        "1 12-03 10:00 primary"
    );
}

#[test]
fn holidays_of_both_countries_and_our_own_give_way_without_doubling_a_day() {
    let own = OwnDays::parse("12-29..01-03").unwrap();
    let plan = Reminders::firm();
    // Deadline on Tuesday, 24 November 2026: the Monday before is 勤労感謝の日.
    let when = (at("2026-11-02T01:00:00Z"), at("2026-11-24T08:00:00Z"));
    let case = Case::new(&plan, when, days("JP", "JP", &own), &tokyo(), SignedDuration::ZERO);
    assert_eq!(
        told(&case.schedule(), "Asia/Tokyo")[..4],
        // One day before is Monday, a holiday: Friday. Three days before is Saturday: Friday, too, so Thursday.
        [
            "1 11-17 10:00 primary",
            "2 11-19 10:00 primary",
            "3 11-20 10:00 backup",
            "4 11-24 10:00 primary"
        ]
    );
    // Thanksgiving, 26 November, for a company in the United States; it is a working day in Japan.
    let when = (at("2026-11-02T01:00:00Z"), at("2026-11-25T22:00:00Z"));
    let case = Case::new(&plan, when, days("JP", "US", &own), &tokyo(), SignedDuration::ZERO);
    assert_eq!(
        told(&case.schedule(), "America/New_York")[3..],
        [
            "4 11-25 10:00 primary",
            "5 11-27 10:00 executive",
            "6 11-30 10:00 primary",
            "7 12-01 10:00 primary",
            "8 12-02 10:00 primary",
        ]
    );
    // Our own days off: nothing from 29 December to 3 January.
    let when = (at("2026-12-01T01:00:00Z"), at("2026-12-28T08:00:00Z"));
    let case = Case::new(&plan, when, days("JP", "JP", &own), &tokyo(), SignedDuration::ZERO);
    assert_eq!(
        told(&case.schedule(), "Asia/Tokyo")[3..6],
        [
            "4 12-28 10:00 primary",
            "5 01-04 10:00 executive",
            "6 01-05 10:00 primary"
        ]
    );
}

#[test]
fn the_urgent_plan_counts_hours_on_a_sunday_night() {
    let (plan, own) = (Reminders::urgent(), OwnDays::parse(FIRST).unwrap());
    let when = (at("2026-11-22T03:00:00Z"), at("2026-11-22T11:00:00Z"));
    let case = Case::new(&plan, when, days("JP", "JP", &own), &tokyo(), SignedDuration::ZERO);
    assert_eq!(
        told(&case.schedule(), "Asia/Tokyo"),
        [
            "1 11-22 16:00 primary",
            "2 11-22 18:00 backup",
            "3 11-22 19:00 executive",
            "4 11-22 21:00 primary",
            "5 11-22 23:00 backup",
        ]
    );
    // A deadline that leaves two hours: what can't be kept is left out.
    let when = (at("2026-11-22T09:30:00Z"), at("2026-11-22T11:00:00Z"));
    let case = Case::new(&plan, when, days("JP", "JP", &own), &tokyo(), SignedDuration::ZERO);
    assert_eq!(told(&case.schedule(), "Asia/Tokyo")[0], "4 11-22 21:00 primary");
}

#[test]
fn what_was_missed_is_made_good_once_and_in_working_hours() {
    let (plan, own) = (Reminders::firm(), OwnDays::default());
    let case = case(&plan, &own, "JP");
    let progress = Progress::default();
    let decide = |progress: &Progress, now: &str| case.decide(progress, at(now));
    assert_eq!(
        decide(&progress, "2026-11-21T00:00:00Z"),
        Decision::Wait(at("2026-12-03T01:00:00Z"))
    );
    // Down from the 3rd to the night of the 9th: one mail, the next morning, of the step that is due then.
    assert_eq!(
        decide(&progress, "2026-12-09T15:30:00Z"),
        Decision::Wait(at("2026-12-10T01:00:00Z"))
    );
    let Decision::Send(due) = decide(&progress, "2026-12-10T01:00:00Z") else {
        panic!("nothing is due")
    };
    assert_eq!((due.number, due.to), (4, To::Primary));
    // Back on a Saturday: Monday.
    assert_eq!(
        decide(&progress, "2026-12-05T03:00:00Z"),
        Decision::Wait(at("2026-12-07T01:00:00Z"))
    );
    // A catch-up in the afternoon, and the next step the next morning, less than twenty hours later: it waits its hours.
    let caught = Progress {
        number: 3,
        sent: 1,
        last: Some(at("2026-12-09T06:30:00Z")),
        hold: None,
    };
    assert_eq!(
        decide(&caught, "2026-12-10T01:00:00Z"),
        Decision::Wait(at("2026-12-10T02:30:00Z"))
    );
    // A promise holds until it is over.
    let held = Progress {
        hold: Some(at("2026-12-11T15:00:00Z")),
        ..caught
    };
    assert_eq!(
        decide(&held, "2026-12-10T03:00:00Z"),
        Decision::Wait(at("2026-12-11T15:00:00Z"))
    );
    let done = Progress { sent: 8, ..caught };
    assert_eq!(decide(&done, "2026-12-17T03:00:00Z"), Decision::Over);
}

#[test]
fn jitter_is_the_companys_own_and_small() {
    let of = |n: u128| jitter(uuid::Uuid::from_u128(n), Unit::Days).as_secs();
    assert_eq!(of(7), of(7));
    let minutes: std::collections::BTreeSet<i64> = (0..500).map(|n| of(n) / 60).collect();
    assert_eq!(minutes.len(), 20, "500 companies meet every one of 20 minutes");
}

fn plans() -> impl Strategy<Value = Reminders> {
    let to = prop::sample::select(To::ALL.to_vec());
    let steps = prop::collection::vec((-9..15i32, to), 1..8);
    let then = prop::sample::select(vec![None, Some(To::Primary), Some(To::Executive)]);
    (steps, then, 1..12u32, 1..60u32, 6..18u8, any::<bool>()).prop_map(|(steps, then, most, apart, hour, urgent)| {
        Reminders {
            unit: if urgent { Unit::Hours } else { Unit::Days },
            steps: steps.into_iter().map(|(before, to)| Step { before, to }).collect(),
            then,
            most,
            apart_hours: if urgent { 1 + apart % 4 } else { apart },
            hour: format!("{hour:02}:00"),
            ..Reminders::firm()
        }
    })
}

proptest! {
    /// However the server is up and down: on business days and in working hours only, never two on a day, never closer than
    /// the plan says, never more than it allows, steps in order, and nothing after an answer.
    #[test]
    fn whatever_happens_the_rules_hold(
        plan in plans(),
        country in prop::sample::select(vec!["JP", "US", "DE", "CN", "TH", "SA", "XX"]),
        start in 0..2000i64,
        length in 1..40i64,
        ups in prop::collection::vec(1..200i64, 20..120),
        answered in 0..2000i64,
    ) {
        let own = OwnDays::parse(FIRST).unwrap();
        let invited = at("2026-01-05T01:00:00Z") + SignedDuration::from_hours(start);
        let deadline = invited + SignedDuration::from_hours(length * 24 - 5);
        let days = days("JP", country, &own);
        let case = Case::new(&plan, (invited, deadline), days, &tokyo(), SignedDuration::from_mins(start % 20));
        let apart = SignedDuration::from_hours(i64::from(plan.apart_hours));
        let schedule = case.schedule();
        prop_assert!(schedule.len() <= plan.most as usize);
        prop_assert!(schedule.windows(2).all(|w| w[0].at < w[1].at && w[0].number < w[1].number));
        for planned in &schedule {
            prop_assert!(planned.at >= invited + apart);
            if let Some(before) = planned.before.filter(|_| plan.unit == Unit::Days) {
                prop_assert_eq!(before < 0, planned.at > deadline + case.jitter);
            }
        }
        if plan.unit == Unit::Days {
            prop_assert!(schedule.windows(2).all(|w| w[0].day < w[1].day));
            prop_assert!(schedule.iter().all(|p| days.is_business(p.day)));
        }
        // The server looks now and then; where it sleeps, it does so for days.
        let (mut now, mut progress, mut sent) = (invited, Progress::default(), Vec::<Timestamp>::new());
        let answer = invited + SignedDuration::from_hours(answered);
        for up in ups {
            now += SignedDuration::from_mins(up * 7);
            if now >= answer { break; }
            match case.decide(&progress, now) {
                Decision::Send(planned) => {
                    prop_assert!(planned.number > progress.number && planned.at <= now);
                    if let Some(last) = sent.last() { prop_assert!(now >= *last + apart); }
                    if plan.unit == Unit::Days {
                        let local = now.to_zoned(case.zone.clone());
                        prop_assert!(days.is_business(local.date()));
                        prop_assert!((6..20).contains(&local.hour()));
                    }
                    let day = |at: &Timestamp| at.to_zoned(case.zone.clone()).date();
                    prop_assert!(plan.unit == Unit::Hours || sent.last().is_none_or(|last| day(last) < day(&now)));
                    sent.push(now);
                    progress = Progress { number: planned.number, sent: sent.len() as i64, last: Some(now), hold: None };
                }
                Decision::Wait(until) => prop_assert!(until > now),
                Decision::Over => {}
            }
        }
        prop_assert!(sent.len() <= plan.most as usize);
        prop_assert!(sent.iter().all(|at| *at < answer));
    }

    /// A server that is always up sends exactly what was planned, at the minute.
    #[test]
    fn a_server_that_wakes_when_it_is_told_sends_the_plan(
        plan in plans(),
        country in prop::sample::select(vec!["JP", "US", "DE", "CN", "TH", "SA", "XX"]),
        start in 0..2000i64,
        length in 1..40i64,
    ) {
        let own = OwnDays::parse(FIRST).unwrap();
        let invited = at("2026-01-05T01:00:00Z") + SignedDuration::from_hours(start);
        let deadline = invited + SignedDuration::from_hours(length * 24 - 5);
        let case = Case::new(&plan, (invited, deadline), days("JP", country, &own), &tokyo(), SignedDuration::ZERO);
        let (mut now, mut progress, mut sent) = (invited, Progress::default(), Vec::new());
        loop {
            match case.decide(&progress, now) {
                Decision::Send(planned) => {
                    sent.push((planned.number, now));
                    progress = Progress { number: planned.number, sent: sent.len() as i64, last: Some(now), hold: None };
                }
                Decision::Wait(until) => now = until,
                Decision::Over => break,
            }
        }
        let schedule = case.schedule();
        // Where the plan itself is closer than it allows, mails wait and steps are passed over.
        let apart = SignedDuration::from_hours(i64::from(plan.apart_hours));
        prop_assume!(schedule.windows(2).all(|w| w[1].at.duration_since(w[0].at) >= apart));
        prop_assert_eq!(sent, schedule.iter().map(|p| (p.number, p.at)).collect::<Vec<_>>());
    }
}
