//! A moment of a day, an hour and a zone: the one place that reads a deadline, wherever it is typed.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Why a text is no moment of its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentError {
    /// No day.
    Empty,
    /// A day without an hour. Midnight would be a guess.
    BareDay,
    /// An offset from UTC, which may contradict the zone.
    Offset,
    /// Another form than `2026-12-10T17:00`.
    Form,
    /// A day that no calendar has, such as 30 February.
    NoSuchDay,
    /// No name of a zone in IANA's database.
    Zone,
    /// An hour that clocks skip on that day.
    Skipped,
    /// An hour that comes twice on that day, because clocks go back.
    Twice,
}

impl MomentError {
    /// The sentence for people, with the right form in it.
    pub fn message(self) -> &'static str {
        match self {
            Self::Empty => "moment-empty",
            Self::BareDay => "moment-bare-day",
            Self::Offset => "moment-offset",
            Self::Form => "moment-form",
            Self::NoSuchDay => "moment-no-such-day",
            Self::Zone => "moment-zone",
            Self::Skipped => "moment-skipped",
            Self::Twice => "moment-twice",
        }
    }

    /// The field of a form, or the key of a file, that is to be mended.
    pub fn field(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            _ => "deadline",
        }
    }
}

/// The moment that `local` means in `zone`. `local` is `2026-12-10T17:00`, with a space for the T or with seconds as well;
/// `zone` is an IANA name.
pub fn moment(local: &str, zone: &str) -> Result<Timestamp, MomentError> {
    let local = civil(local)?;
    let zone = TimeZone::get(zone.trim()).map_err(|_| MomentError::Zone)?;
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().map_err(|_| MomentError::Form),
        AmbiguousOffset::Gap { .. } => Err(MomentError::Skipped),
        AmbiguousOffset::Fold { .. } => Err(MomentError::Twice),
    }
}

fn civil(text: &str) -> Result<DateTime, MomentError> {
    let text = text.trim();
    let (day, hour) = match text.split_once(['T', 't', ' ']) {
        Some((day, hour)) => (day, hour.trim()),
        None => (text, ""),
    };
    if day.is_empty() {
        return Err(MomentError::Empty);
    }
    let day = numbers(day, '-', &[4, 2, 2]).ok_or(MomentError::Form)?;
    if hour.is_empty() {
        return Err(MomentError::BareDay);
    }
    if hour.ends_with(['Z', 'z']) || hour.contains(['+', '-', '[']) {
        return Err(MomentError::Offset);
    }
    let hour = numbers(hour, ':', &[2, 2])
        .or_else(|| numbers(hour, ':', &[2, 2, 2]))
        .ok_or(MomentError::Form)?;
    let day = Date::new(day[0], day[1] as i8, day[2] as i8).map_err(|_| MomentError::NoSuchDay)?;
    let second = hour.get(2).copied().unwrap_or(0);
    let hour = Time::new(hour[0] as i8, hour[1] as i8, second as i8, 0).map_err(|_| MomentError::Form)?;
    Ok(day.to_datetime(hour))
}

/// Numbers of so many digits, with a sign between them.
fn numbers(text: &str, between: char, digits: &[usize]) -> Option<Vec<i16>> {
    let parts: Vec<&str> = text.split(between).collect();
    let right = parts.len() == digits.len()
        && parts
            .iter()
            .zip(digits)
            .all(|(part, digits)| part.len() == *digits && part.bytes().all(|b| b.is_ascii_digit()));
    right.then(|| parts.iter().filter_map(|part| part.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_local_to_its_zone() {
        for (local, zone, moment_of) in [
            ("2026-12-10T17:00", "Asia/Tokyo", "2026-12-10T08:00:00Z"),
            ("2026-12-10 17:00", "Asia/Tokyo", "2026-12-10T08:00:00Z"),
            (" 2026-12-10T17:00:30 ", "asia/tokyo", "2026-12-10T08:00:30Z"),
            ("2028-02-29T00:00", "America/New_York", "2028-02-29T05:00:00Z"),
            // On both sides of what clocks skip and repeat.
            ("2027-03-28T01:59", "Europe/Berlin", "2027-03-28T00:59:00Z"),
            ("2027-03-28T03:00", "Europe/Berlin", "2027-03-28T01:00:00Z"),
            ("2027-10-31T01:59", "Europe/Berlin", "2027-10-30T23:59:00Z"),
            ("2027-10-31T03:00", "Europe/Berlin", "2027-10-31T02:00:00Z"),
        ] {
            assert_eq!(
                moment(local, zone).map(|m| m.to_string()).as_deref(),
                Ok(moment_of),
                "{local}"
            );
        }
    }

    #[test]
    fn what_could_mean_another_moment_is_refused() {
        use MomentError::{BareDay, Empty, Form, NoSuchDay, Offset, Skipped, Twice, Zone};
        for (local, zone, error) in [
            ("", "Asia/Tokyo", Empty),
            ("T", "Asia/Tokyo", Empty),
            ("2026-12-10", "Asia/Tokyo", BareDay),
            ("2026-12-10T", "Asia/Tokyo", BareDay),
            ("T17:00", "Asia/Tokyo", Empty),
            ("2026-12-10T17:00+09:00", "Asia/Tokyo", Offset),
            ("2026-12-10T17:00:00-05:00", "America/New_York", Offset),
            ("2026-12-10T17:00Z", "UTC", Offset),
            ("2026-12-10T17:00[Asia/Tokyo]", "Asia/Tokyo", Offset),
            ("2026-12-10T17", "Asia/Tokyo", Form),
            ("2026-12-10T5:00", "Asia/Tokyo", Form),
            ("2026-12-10T24:00", "Asia/Tokyo", Form),
            ("2026-12-10T17:60", "Asia/Tokyo", Form),
            ("2026/12/10 17:00", "Asia/Tokyo", Form),
            ("10.12.2026 17:00", "Asia/Tokyo", Form),
            ("soon", "Asia/Tokyo", Form),
            ("2026-02-30T17:00", "Asia/Tokyo", NoSuchDay),
            ("2027-02-29T17:00", "Asia/Tokyo", NoSuchDay),
            ("2026-13-01T17:00", "Asia/Tokyo", NoSuchDay),
            ("2026-12-10T17:00", "", Zone),
            ("2026-12-10T17:00", "JST", Zone),
            ("2026-12-10T17:00", "Asia/Tokio", Zone),
            ("2027-03-28T02:30", "Europe/Berlin", Skipped),
            ("2027-10-31T02:30", "Europe/Berlin", Twice),
            ("2027-11-07T01:00", "America/New_York", Twice),
        ] {
            assert_eq!(moment(local, zone), Err(error), "{local} {zone}");
        }
    }
}
