//! The response curve: how many are done and have read by when, against the deadline, with business hours shaded.

use crate::web::i18n::Tr;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Unit};
use std::fmt::Write;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 200.0;
/// Room for a scale in millions.
const LEFT: f64 = 62.0;
const RIGHT: f64 = 548.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 172.0;
/// How much room a name of a day takes.
const DAY_NAME: f64 = 52.0;
/// Business hours, local: 9:00 to 17:00, Monday to Friday. Holidays are not known here.
const OPENS: i8 = 9;
const CLOSES: i8 = 17;

/// A picture's numbers, in its own units; `board/curve.html` draws it.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// x and width of each stretch of business hours.
    pub business: Vec<(String, String)>,
    /// y and word of each horizontal line.
    pub grid: Vec<(String, String)>,
    /// x and word of each day.
    pub days: Vec<(String, String)>,
    pub done: String,
    pub read: String,
    /// Where the lines end, and how many are done.
    pub end: (String, String, i64),
    pub deadline: Option<String>,
    /// The same as a table: day, read so far, done so far, at its end.
    pub table: Vec<(String, i64, i64)>,
    pub read_end: i64,
}

/// What a curve is drawn from.
pub struct Course<'c> {
    /// Beginning of the hour, how many read it and how many were done for the first time; oldest first.
    pub hours: &'c [(Timestamp, i64, i64)],
    /// How many companies were asked.
    pub asked: i64,
    pub sent: Timestamp,
    pub deadline: Timestamp,
    pub now: Timestamp,
    /// When no answers were taken any more.
    pub closed: Option<Timestamp>,
}

impl Curve {
    pub fn draw(course: &Course, zone: &TimeZone, t: Tr) -> Curve {
        let until = course.closed.unwrap_or(course.now);
        let start = course.sent;
        let end = course.deadline.max(until).max(start + SignedDuration::from_hours(1));
        let length = end.duration_since(start).as_secs_f64();
        let x = |at: Timestamp| {
            let part = at.duration_since(start).as_secs_f64() / length;
            LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
        };
        let top = nice(course.asked.max(1));
        let y = |n: i64| BOTTOM - n as f64 / top as f64 * (BOTTOM - TOP);
        let mut curve = Curve {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: RIGHT,
            top: TOP,
            bottom: BOTTOM,
            ..Curve::default()
        };
        for quarter in 0..=4 {
            let n = top * quarter / 4;
            if n * 4 == top * quarter {
                curve.grid.push((short(y(n)), t.n(n)));
            }
        }
        let (mut read, mut done) = (0, 0);
        let mut lines = [(String::new(), 0.0), (String::new(), 0.0)];
        let mut draw = |to: f64, read: i64, done: i64, last: bool| {
            for ((path, drawn), n) in lines.iter_mut().zip([done, read]) {
                // Two points of one pixel are one.
                if path.is_empty() || to - *drawn > 0.5 || last {
                    let sign = if path.is_empty() { 'M' } else { 'L' };
                    let _ = write!(path, "{sign}{} {}", short(to), short(y(n)));
                    *drawn = to;
                }
            }
        };
        draw(LEFT, 0, 0, false);
        for (hour, reads, answers) in course.hours {
            // Flat until the hour begins; what came within it is there at its end.
            let ends = (*hour + SignedDuration::from_hours(1)).min(until);
            draw(x(*hour), read, done, false);
            read += reads;
            done += answers;
            draw(x(ends), read, done, false);
        }
        draw(x(until), read, done, true);
        let [(path, _), (read_path, _)] = lines;
        curve.done = path;
        curve.read = read_path;
        curve.read_end = read;
        curve.end = (short(x(until)), short(y(done)), done);
        curve.deadline = Some(short(x(course.deadline)));
        curve.days(course, start, end, zone, t, &x);
        curve
    }

    /// Business hours, the days' names, and the table.
    fn days(
        &mut self,
        course: &Course,
        start: Timestamp,
        end: Timestamp,
        zone: &TimeZone,
        t: Tr,
        x: &impl Fn(Timestamp) -> f64,
    ) {
        let until = course.closed.unwrap_or(course.now);
        let first = start.to_zoned(zone.clone()).date();
        let last = end.to_zoned(zone.clone()).date();
        let days = first.until((Unit::Day, last)).map_or(0, |span| span.get_days()).max(0);
        let every = (days / 8 + 1).max(1);
        let moment = |date: jiff::civil::Date, hour: i8| {
            let local = date.at(hour, 0, 0, 0).to_zoned(zone.clone());
            local.map(|z| z.timestamp()).ok()
        };
        let (mut hours, mut read, mut done) = (course.hours.iter().peekable(), 0, 0);
        let mut date = first;
        for number in 0..=days.min(730) {
            let business = !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
            if business && let (Some(from), Some(to)) = (moment(date, OPENS), moment(date, CLOSES)) {
                let (from, to) = (x(from), x(to));
                if to - from > 0.2 {
                    self.business.push((short(from), short(to - from)));
                }
            }
            let Ok(next) = date.checked_add(1.day()) else { break };
            let (Some(begins), Some(ends)) = (moment(date, 0), moment(next, 0)) else {
                date = next;
                continue;
            };
            // The first day begins when it was sent; its name stands there.
            let at = x(begins.max(start));
            let room = number == 0 || (number % every == 0 && at - LEFT > DAY_NAME);
            let near = self
                .days
                .last()
                .is_some_and(|(x, _)| at - x.parse().unwrap_or(0.0) < DAY_NAME);
            if room && !near && at < RIGHT - 36.0 {
                self.days.push((short(at), day_name(t, date)));
            }
            while let Some((_, reads, answers)) = hours.next_if(|(hour, ..)| *hour < ends) {
                read += reads;
                done += answers;
            }
            if begins <= until {
                self.table.push((day_name(t, date), read, done));
            }
            date = next;
        }
    }
}

/// "11/23 月" as a label under the picture.
fn day_name(t: Tr, date: jiff::civil::Date) -> String {
    const DAYS: [&str; 7] = [
        "day-mon", "day-tue", "day-wed", "day-thu", "day-fri", "day-sat", "day-sun",
    ];
    let weekday = t.t(DAYS[(date.weekday().to_monday_zero_offset() as usize).min(6)]);
    t.with(
        "curve-day",
        &[
            ("month", crate::web::i18n::Value::fluent(&date.month().to_string())),
            ("day", crate::web::i18n::Value::fluent(&date.day().to_string())),
            ("weekday", crate::web::i18n::Value::fluent(&weekday)),
        ],
    )
    .into_owned()
}

/// The least round number that isn't less than `n`, a multiple of four where it is large enough.
fn nice(n: i64) -> i64 {
    if n <= 4 {
        return 4;
    }
    let mut unit = 1;
    loop {
        for step in [4, 8, 12, 20, 40] {
            if step * unit >= n {
                return step * unit;
            }
        }
        unit *= 10;
    }
}

/// One decimal, none where it is 0: a picture of many points stays small.
fn short(n: f64) -> String {
    let text = format!("{n:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Locale;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_curve_ends_now_and_counts_everything() {
        let hours = [(at("2026-11-20T01:00:00Z"), 5, 3), (at("2026-11-22T23:00:00Z"), 2, 4)];
        let course = Course {
            hours: &hours,
            asked: 340,
            sent: at("2026-11-20T00:10:00Z"),
            deadline: at("2026-11-27T08:00:00Z"),
            now: at("2026-11-23T00:00:00Z"),
            closed: None,
        };
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let curve = Curve::draw(&course, &zone, Tr(Locale::or_english("ja")));
        assert_eq!((curve.end.2, curve.read_end), (7, 7));
        assert!(curve.done.starts_with(&format!("M{LEFT} 172L")));
        // Friday (sent at 9:10), Monday to Friday: six working days.
        assert_eq!(curve.business.len(), 6);
        assert_eq!(curve.table.len(), 4, "{:?}", curve.table);
        assert_eq!(curve.table.last().map(|(_, read, done)| (*read, *done)), Some((7, 7)));
        assert_eq!(curve.grid.last().unwrap().1, "400");
        assert_eq!(curve.deadline.as_deref(), Some("548"));
    }

    #[test]
    fn a_campaign_past_its_deadline_or_just_sent_has_a_curve_too() {
        let zone = TimeZone::UTC;
        for (now, closed) in [
            ("2026-11-20T00:10:00Z", None),
            ("2026-12-20T00:00:00Z", Some("2026-12-01T00:00:00Z")),
        ] {
            let course = Course {
                hours: &[],
                asked: 0,
                sent: at("2026-11-20T00:10:00Z"),
                deadline: at("2026-11-27T08:00:00Z"),
                now: at(now),
                closed: closed.map(at),
            };
            let curve = Curve::draw(&course, &zone, Tr(Locale::or_english("en")));
            assert!(!curve.done.contains("NaN") && !curve.days.is_empty());
            let x: f64 = curve.deadline.unwrap().parse().unwrap();
            assert!((LEFT..=RIGHT).contains(&x));
        }
    }

    #[test]
    fn scales_are_round() {
        assert_eq!([3, 5, 47, 340, 1_000_000].map(nice), [4, 8, 80, 400, 1_200_000]);
    }
}
