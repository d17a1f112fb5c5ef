//! Times as people of each language write them, always with the zone.

use super::i18n::{Tr, Value};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10",
    "month-11", "month-12",
];
const DAYS: [&str; 7] = [
    "day-mon", "day-tue", "day-wed", "day-thu", "day-fri", "day-sat", "day-sun",
];

/// A zone by its IANA name; UTC where the name is unknown (configuration and forms refuse those before).
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// 2026年11月22日（日）17:00 JST / 22 Nov 2026, 17:00 JST.
pub fn moment(t: Tr, at: Timestamp, zone: &TimeZone) -> String {
    let z = at.to_zoned(zone.clone());
    let name = z.strftime("%Z").to_string();
    format!(
        "{} {name}",
        t.t2(
            "date-and-time",
            "date",
            day(t, &z),
            "time",
            z.strftime("%H:%M").to_string()
        )
    )
}

/// A deadline as whoever is asked reads it, perhaps in another country: 2026年11月22日（日）17:00（JST、UTC+9） /
/// 22 Nov 2026, 17:00 (JST, UTC+9).
pub fn deadline(t: Tr, at: Timestamp, zone: &TimeZone) -> String {
    let z = at.to_zoned(zone.clone());
    let time = z.strftime("%H:%M").to_string();
    in_zone(
        t,
        &z,
        t.t2("date-and-time", "date", day(t, &z), "time", time).into_owned(),
    )
}

/// A moment in words, with the name of its zone and the distance from UTC.
fn in_zone(t: Tr, z: &Zoned, moment: String) -> String {
    let (name, offset) = (z.strftime("%Z").to_string(), offset(z));
    // Some zones have no name but their offset, and one has the name of its offset.
    let zone = match name.starts_with(['+', '-']) || name == offset {
        true => offset,
        false => format!("{name}{}{offset}", t.t("list-separator")),
    };
    t.t2("moment-in-zone", "moment", moment, "zone", zone).into_owned()
}

/// "UTC+9", "UTC-3:30", "UTC".
fn offset(z: &Zoned) -> String {
    let minutes = z.offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".into(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// As [`moment`], to the second: 2026年11月22日（日）17:00:05 JST.
pub fn exact(t: Tr, at: Timestamp, zone: &TimeZone) -> String {
    let z = at.to_zoned(zone.clone());
    let time = z.strftime("%H:%M:%S").to_string();
    let moment = t.t2("date-and-time", "date", day(t, &z), "time", time);
    format!("{moment} {}", z.strftime("%Z"))
}

/// 2026年11月22日（日） / 22 Nov 2026.
pub fn date(t: Tr, at: Timestamp, zone: &TimeZone) -> String {
    day(t, &at.to_zoned(zone.clone()))
}

/// A day that is no moment: 2026年11月22日（日） / 22 Nov 2026.
pub fn calendar_day(t: Tr, day: jiff::civil::Date) -> String {
    match day.to_zoned(TimeZone::UTC) {
        Ok(zoned) => self::day(t, &zoned),
        Err(_) => day.to_string(),
    }
}

/// The date of a letter, without a weekday: 2026年11月22日 / 22 November 2026.
pub fn letter_date(t: Tr, at: Timestamp, zone: &TimeZone) -> String {
    letter_day(t, &at.to_zoned(zone.clone()))
}

fn letter_day(t: Tr, z: &Zoned) -> String {
    t.with(
        "letter-date",
        &[
            ("year", z.year().to_string().fluent()),
            ("month", i64::from(z.month()).fluent()),
            ("day", z.day().to_string().fluent()),
        ],
    )
    .into_owned()
}

/// A deadline in a letter, with its weekday: 2026年11月22日（日）17:00（JST、UTC+9） / Sunday, 22 November 2026, 17:00 (JST, UTC+9).
pub fn letter_moment(t: Tr, at: Timestamp, zone: &TimeZone) -> String {
    let z = at.to_zoned(zone.clone());
    let moment = t.with(
        "letter-moment",
        &[
            ("date", letter_day(t, &z).fluent()),
            ("weekday", i64::from(z.weekday().to_monday_one_offset()).fluent()),
            ("time", z.strftime("%H:%M").to_string().fluent()),
        ],
    );
    in_zone(t, &z, moment.into_owned())
}

/// 14:02 JST.
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M %Z").to_string()
}

fn day(t: Tr, z: &Zoned) -> String {
    let weekday = DAYS[(z.weekday().to_monday_zero_offset() as usize).min(6)];
    let month = MONTHS[(z.month() as usize).clamp(1, 12) - 1];
    t.with(
        "date-long",
        &[
            // Texts, so that no thousands separator gets into a year.
            ("year", z.year().to_string().fluent()),
            ("month", t.t(month).fluent()),
            ("day", z.day().to_string().fluent()),
            ("weekday", t.t(weekday).fluent()),
        ],
    )
    .into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::i18n::Locale;
    use super::*;

    #[test]
    fn both_languages_show_the_zone() {
        let at: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let tokyo = zone("Asia/Tokyo");
        assert_eq!(
            moment(Tr(Locale::or_english("ja")), at, &tokyo),
            "2026年11月22日（日）17:00 JST"
        );
        assert_eq!(
            moment(Tr(Locale::or_english("en")), at, &tokyo),
            "22 Nov 2026, 17:00 JST"
        );
        let letter = |l| [letter_date, letter_moment].map(|said| said(Tr(Locale::or_english(l)), at, &tokyo));
        assert_eq!(
            letter("ja"),
            ["2026年11月22日", "2026年11月22日（日）17:00（JST、UTC+9）"]
        );
        assert_eq!(
            letter("en"),
            ["22 November 2026", "Sunday, 22 November 2026, 17:00 (JST, UTC+9)"]
        );
        assert_eq!(
            exact(Tr(Locale::or_english("en")), at, &tokyo),
            "22 Nov 2026, 17:00:00 JST"
        );
    }

    #[test]
    fn a6_a_deadline_says_how_far_its_zone_is_from_utc() {
        let at: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let say = |lang, name| deadline(Tr(Locale::or_english(lang)), at, &zone(name));
        assert_eq!(say("ja", "Asia/Tokyo"), "2026年11月22日（日）17:00（JST、UTC+9）");
        assert_eq!(say("en", "Asia/Tokyo"), "22 Nov 2026, 17:00 (JST, UTC+9)");
        assert_eq!(say("en", "America/St_Johns"), "22 Nov 2026, 04:30 (NST, UTC-3:30)");
        assert_eq!(say("en", "Asia/Bangkok"), "22 Nov 2026, 15:00 (UTC+7)");
        assert_eq!(say("en", "UTC"), "22 Nov 2026, 08:00 (UTC)");
    }
}
