//! How answers arrive in life: a burst after the mail, a dip at lunch, a tail in the evening, late on Friday.

use fastrand::Rng;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How likely a person at a company acts in an hour, against other hours; the hour's local beginning.
fn weight(at: Timestamp, sent: Timestamp, zone: &TimeZone) -> f64 {
    let local = at.to_zoned(zone.clone());
    let by_hour = match local.hour() {
        8 => 0.5,
        9..=11 => 1.0,
        12 => 0.25,
        13..=16 => 0.8,
        17 => 0.5,
        18..=20 => 0.15,
        _ => 0.02,
    };
    let by_day = match (local.weekday(), local.hour()) {
        (Weekday::Saturday | Weekday::Sunday, _) => 0.06,
        // What was put off all week.
        (Weekday::Friday, 16..=18) => 2.2,
        _ => 1.0,
    };
    let hours = at.duration_since(sent).as_secs_f64() / 3600.0;
    // Half of those who answer at all do so within some thirty hours; the mail just read is answered first.
    let burst = if hours < 3.0 { 2.5 } else { 1.0 };
    by_hour * by_day * burst * (-hours / 60.0).exp()
}

/// The moments at which people act, drawn from the hours between `sent` and `until`.
pub struct Life {
    /// Beginning of each hour and the sum of the weights up to its end.
    hours: Vec<(Timestamp, f64)>,
    until: Timestamp,
}

impl Life {
    pub fn between(sent: Timestamp, until: Timestamp, zone: &TimeZone) -> Life {
        let mut hours = Vec::new();
        let (mut at, mut sum) = (sent, 0.0);
        while at < until {
            sum += weight(at, sent, zone);
            hours.push((at, sum));
            at += SignedDuration::from_hours(1);
        }
        Life { hours, until }
    }

    /// A moment, never after the end.
    pub fn draw(&self, rng: &mut Rng) -> Timestamp {
        let all = self.hours.last().map_or(0.0, |(_, sum)| *sum);
        let drawn = rng.f64() * all;
        let place = self.hours.partition_point(|(_, sum)| *sum < drawn);
        let hour = self.hours.get(place).map_or(self.until, |(at, _)| *at);
        let within = SignedDuration::from_secs(rng.i64(0..3600));
        (hour + within).min(self.until - SignedDuration::from_secs(rng.i64(1..60)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_morning_and_not_at_lunch_or_at_night() {
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let sent: Timestamp = "2026-11-19T00:00:00Z".parse().unwrap();
        let until = sent + SignedDuration::from_hours(72);
        let life = Life::between(sent, until, &zone);
        let mut rng = Rng::with_seed(1);
        let mut by_hour = [0; 24];
        let mut weekend = 0;
        for _ in 0..20_000 {
            let at = life.draw(&mut rng);
            assert!(at >= sent && at < until);
            let local = at.to_zoned(zone.clone());
            by_hour[local.hour() as usize] += 1;
            weekend += i32::from(matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday));
        }
        assert!(
            by_hour[9] > 3 * by_hour[12] && by_hour[13] > 2 * by_hour[12],
            "{by_hour:?}"
        );
        assert!(by_hour[3] < by_hour[9] / 20);
        assert!(weekend < 1_500, "{weekend}");
    }
}
