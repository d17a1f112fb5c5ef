//! Business days: weekends and public holidays of a country, and the operator's own days off. Pure.
//!
//! The countries stand in `countries.tsv`, made by `script/holidays` from a data set that others keep. For a country that it
//! doesn't know, and for a year that it doesn't reach, only weekends are days off; pages say so ([`Country::knows`]).

use jiff::civil::{Date, date};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// A country as `countries.tsv` has it.
#[derive(Debug)]
pub struct Country {
    /// IANA name of the zone in which most of its companies are.
    pub zone: &'static str,
    /// Monday to Sunday.
    weekend: [bool; 7],
    holidays: BTreeSet<Date>,
}

static COUNTRIES: LazyLock<HashMap<&'static str, Country>> = LazyLock::new(|| read(include_str!("countries.tsv")));

fn read(text: &'static str) -> HashMap<&'static str, Country> {
    let mut out: HashMap<&'static str, Country> = HashMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(code), Some(second), Some(third)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        match second.parse::<i16>() {
            Err(_) => {
                let mut weekend = [false; 7];
                let days = third.bytes().map(|day| usize::from(day.wrapping_sub(b'1')));
                days.filter(|day| *day < 7).for_each(|day| weekend[day] = true);
                let country = Country {
                    zone: second,
                    weekend,
                    holidays: BTreeSet::new(),
                };
                out.insert(code, country);
            }
            Ok(year) => {
                let days = third.split(' ').filter_map(|day| {
                    let (month, day) = day.split_at_checked(2)?;
                    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
                });
                if let Some(country) = out.get_mut(code) {
                    country.holidays.extend(days);
                }
            }
        }
    }
    out
}

impl Country {
    /// By ISO 3166-1 alpha-2; None where the code is empty or unknown.
    pub fn find(code: &str) -> Option<&'static Country> {
        COUNTRIES.get(code)
    }

    /// Whether the holidays of a year are known.
    pub fn knows(&self, year: i16) -> bool {
        self.holidays
            .range(date(year, 1, 1)..=date(year, 12, 31))
            .next()
            .is_some()
    }

    pub fn is_off(&self, day: Date) -> bool {
        self.weekend[day.weekday().to_monday_zero_offset() as usize % 7] || self.holidays.contains(&day)
    }
}

/// The operator's own days off: a date, a range, or either of them every year, one a line, a name behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnDays(Vec<Range>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Range {
    Once(Date, Date),
    /// Month and day; the end may lie in the next year.
    Yearly((i8, i8), (i8, i8)),
}

/// A line that is no day off: its number, from 1, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    pub number: usize,
    pub text: String,
}

/// What an organisation begins with: most companies in Japan are closed then.
pub const FIRST: &str = "12-29..01-03 年末年始";

impl OwnDays {
    /// Lines such as `12-29..01-03 年末年始`, `2027-08-12..2027-08-16 お盆`, `06-01 創立記念日`; empty ones and those that
    /// begin with `#` say nothing.
    pub fn parse(text: &str) -> Result<OwnDays, Vec<BadLine>> {
        let (mut ranges, mut bad) = (Vec::new(), Vec::new());
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match range(line) {
                Some(range) => ranges.push(range),
                None => bad.push(BadLine {
                    number: at + 1,
                    text: line.chars().take(60).collect(),
                }),
            }
        }
        if bad.is_empty() { Ok(OwnDays(ranges)) } else { Err(bad) }
    }

    pub fn is_off(&self, day: Date) -> bool {
        self.0.iter().any(|range| match range {
            Range::Once(from, to) => (*from..=*to).contains(&day),
            Range::Yearly(from, to) => {
                let here = (day.month(), day.day());
                match from <= to {
                    true => (*from..=*to).contains(&here),
                    false => here >= *from || here <= *to,
                }
            }
        })
    }
}

fn range(line: &str) -> Option<Range> {
    use unicode_normalization::UnicodeNormalization;
    // Typed on a Japanese keyboard, digits and signs may be of full width.
    let line: String = line.nfkc().collect();
    let days = line.split_whitespace().next()?;
    let (from, to) = days.split_once("..").unwrap_or((days, days));
    match (from.parse::<Date>(), to.parse::<Date>()) {
        (Ok(from), Ok(to)) => (from <= to).then_some(Range::Once(from, to)),
        _ => Some(Range::Yearly(month_day(from)?, month_day(to)?)),
    }
}

fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let day = Date::new(2028, month.parse().ok()?, day.parse().ok()?).ok()?; // a leap year: 02-29 is a day
    Some((day.month(), day.day()))
}

/// Which days are business days for one company: none of them a day off of ours, of its country, or by our own calendar.
#[derive(Clone, Copy, Debug)]
pub struct Days<'c> {
    pub home: Option<&'static Country>,
    pub there: Option<&'static Country>,
    pub own: &'c OwnDays,
}

/// How far a business day is looked for. No country is closed for so long; a calendar that says so sends nothing.
const LOOK: usize = 40;

impl Days<'_> {
    pub fn is_business(&self, day: Date) -> bool {
        let off = |country: Option<&'static Country>| match country {
            Some(country) => country.is_off(day),
            // Nobody said where: Saturdays and Sundays.
            None => day.weekday().to_monday_zero_offset() >= 5,
        };
        !off(self.home) && !off(self.there) && !self.own.is_off(day)
    }

    /// The last business day up to `day`.
    pub fn up_to(&self, day: Date) -> Option<Date> {
        let earlier = std::iter::successors(Some(day), |day| day.yesterday().ok());
        earlier.take(LOOK).find(|day| self.is_business(*day))
    }

    /// The first business day from `day` on.
    pub fn from(&self, day: Date) -> Option<Date> {
        let later = std::iter::successors(Some(day), |day| day.tomorrow().ok());
        later.take(LOOK).find(|day| self.is_business(*day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn off(code: &str, text: &str) -> bool {
        Country::find(code).unwrap().is_off(text.parse().unwrap())
    }

    /// By the Cabinet Office of Japan: 国民の祝日について, for 2026 and 2027; for 2028 by the law and the equinoxes.
    #[test]
    fn japan_is_off_on_its_holidays_their_substitutes_and_the_day_between_two() {
        for (year, days) in [
            (
                2026,
                "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
            ),
            (
                2027,
                "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123",
            ),
            (
                2028,
                "0101 0110 0211 0223 0320 0429 0503 0504 0505 0717 0811 0918 0922 1009 1103 1123",
            ),
        ] {
            let japan = Country::find("JP").unwrap();
            let all = japan.holidays.range(date(year, 1, 1)..=date(year, 12, 31));
            let found: Vec<String> = all.map(|d| d.strftime("%m%d").to_string()).collect();
            assert_eq!(found.join(" "), days, "{year}");
        }
        // 振替休日, 国民の休日
        assert!(off("JP", "2026-05-06") && off("JP", "2026-09-22") && off("JP", "2027-03-22"));
        assert!(!off("JP", "2026-11-24"));
    }

    #[test]
    fn other_countries_have_their_own() {
        assert!(off("US", "2026-11-26") && !off("JP", "2026-11-26"));
        assert!(off("DE", "2026-12-25") && !off("DE", "2026-11-26"));
        // Friday and Saturday are the weekend in Riyadh.
        assert!(off("SA", "2026-11-27") && !off("SA", "2026-11-29"));
        assert_eq!(Country::find("JP").unwrap().zone, "Asia/Tokyo");
        assert!(Country::find("").is_none() && Country::find("XX").is_none());
        let all: Vec<&Country> = COUNTRIES.values().collect();
        assert!(all.len() > 240);
        assert!(all.iter().all(|c| jiff::tz::TimeZone::get(c.zone).is_ok()));
        assert!(Country::find("JP").unwrap().knows(2032) && !Country::find("JP").unwrap().knows(2040));
    }

    #[test]
    fn own_days_are_read_as_people_type_them() {
        let own =
            OwnDays::parse("# ours\n12-29..01-03 年末年始\n\n2027-08-12..2027-08-16 お盆\n０６－０１　創立記念日")
                .unwrap();
        for (day, is) in [
            ("2026-12-28", false),
            ("2026-12-29", true),
            ("2027-01-03", true),
            ("2027-01-04", false),
            ("2027-08-14", true),
            ("2028-08-14", false),
            ("2028-06-01", true),
        ] {
            assert_eq!(own.is_off(day.parse().unwrap()), is, "{day}");
        }
        let bad = OwnDays::parse("12-29..01-03\n13-01\n2027-08-16..2027-08-12\nお盆").unwrap_err();
        let numbers: Vec<usize> = bad.iter().map(|b| b.number).collect();
        assert_eq!(numbers, [2, 3, 4]);
        assert!(OwnDays::parse(FIRST).is_ok());
    }

    proptest! {
        #[test]
        fn a_business_day_is_none_of_the_days_off(n in 0..2500i64, code in prop::sample::select(vec!["US", "DE", "CN", "SA", ""])) {
            let own = OwnDays::parse(FIRST).unwrap();
            let days = Days { home: Country::find("JP"), there: Country::find(code), own: &own };
            let day = date(2026, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap();
            let (before, after) = (days.up_to(day).unwrap(), days.from(day).unwrap());
            prop_assert!(before <= day && day <= after);
            for found in [before, after] {
                prop_assert!(days.is_business(found));
                prop_assert!(!off("JP", &found.to_string()) && !own.is_off(found));
                prop_assert!(code.is_empty() || !off(code, &found.to_string()));
            }
            prop_assert_eq!(before == day, days.is_business(day));
            prop_assert_eq!(after == day, days.is_business(day));
        }
    }
}
