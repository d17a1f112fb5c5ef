//! The whole plan of a campaign, as pages show it: each day on which somebody is reminded, and what went out of it.

use super::calendar::{Country, Days, OwnDays};
use super::model::{Case, days};
use super::store::{Tally, calendar};
use crate::app::{App, Scope};
use crate::campaigns::{Plan, To, Unit};
use crate::db::{Result, Tx};
use crate::web::dates;
use crate::web::i18n::Tr;
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// One line: a step on one day.
pub struct PlanRow {
    pub day: String,
    /// "3 days before the deadline".
    pub what: String,
    /// The key of the word.
    pub to: &'static str,
    /// How many companies are reminded if none of them answers.
    pub companies: i64,
    /// How many of them have somebody on record to whom this step goes, where that is known and not all have: the key of a
    /// sentence, and the number.
    pub on_record: Option<(&'static str, i64)>,
    /// Which countries, where the day isn't the same in all of them.
    pub countries: String,
    /// How many mails went out, and to whom.
    pub sent: i64,
    pub sent_to: String,
    /// Whether the day lies behind us.
    pub past: bool,
}

pub struct PlanView {
    pub rows: Vec<PlanRow>,
    /// Working days on which nobody is reminded somewhere, with the countries.
    pub off: Vec<(String, String)>,
    /// Countries of which no holidays are known for these years.
    pub unknown: Vec<String>,
    pub urgent: bool,
    pub hour: String,
    pub most: u32,
}

impl PlanView {
    pub fn sent(&self) -> i64 {
        self.rows.iter().map(|r| r.sent).sum()
    }
}

fn named(t: Tr, country: &str) -> String {
    match country {
        "" => t.t("country-unknown").into_owned(),
        code => code.to_owned(),
    }
}

fn listed(t: Tr, of: impl Iterator<Item = (String, Option<i64>)>) -> String {
    let one = |(name, count): (String, Option<i64>)| match count {
        Some(count) => format!("{name} {}", t.n(count)),
        None => name,
    };
    of.map(one).collect::<Vec<_>>().join(&t.t("list-comma"))
}

/// "3 days before the deadline", "on the day", "2 hours after it", "after that, every business day".
fn what(t: Tr, unit: Unit, before: Option<i32>) -> String {
    let keys = match unit {
        Unit::Days => ["plan-days-before", "plan-day-itself", "plan-days-after"],
        Unit::Hours => ["plan-hours-before", "plan-hour-itself", "plan-hours-after"],
    };
    match before {
        None => t.t("plan-again").into_owned(),
        Some(0) => t.t(keys[1]).into_owned(),
        Some(n @ 1..) => t.t1(keys[0], "count", n).into_owned(),
        Some(n) => t.t1(keys[2], "count", -n).into_owned(),
    }
}

/// How many companies of each country have somebody on record for a step; nothing about a step where it isn't known.
pub type OnRecord = BTreeMap<To, BTreeMap<String, i64>>;

/// The sentence that tells how many have somebody, and what happens with the others; a step to everybody's contact has none.
fn on_record_key(to: To) -> Option<&'static str> {
    match to {
        To::Primary => None,
        To::Backup => Some("plan-on-record-backup"),
        To::Executive => Some("plan-on-record-executive"),
        To::Buyer => Some("plan-on-record-buyer"),
    }
}

/// The plan for companies in these countries (how many in each), invited at `invited`. None where nobody is reminded, or the
/// deadline is none.
pub async fn plan_view(
    tx: &mut Tx,
    (app, scope, t): (&App, Scope, Tr),
    plan: &Plan,
    invited: Timestamp,
    countries: &BTreeMap<String, i64>,
    on_record: &OnRecord,
    tallies: &[Tally],
) -> Result<Option<PlanView>> {
    let Some(deadline) = plan.deadline().filter(|_| !plan.reminders.is_none()) else {
        return Ok(None);
    };
    let own = calendar(tx, scope).await?;
    let home = app.config.organisation.country.as_str();
    let now = app.clock.now();
    let zone = plan.time_zone();
    let case = |country: &str| {
        let days = days(home, country, &own);
        Case::new(&plan.reminders, (invited, deadline), days, &zone, SignedDuration::ZERO)
    };
    // Step by step, day by day: in which countries.
    let mut steps: BTreeMap<i64, BTreeMap<Date, Vec<&str>>> = BTreeMap::new();
    let mut about: BTreeMap<i64, (Option<i32>, To)> = BTreeMap::new();
    let mut hours: BTreeMap<i64, Timestamp> = BTreeMap::new();
    for country in countries.keys() {
        for planned in case(country).schedule() {
            steps
                .entry(planned.number)
                .or_default()
                .entry(planned.day)
                .or_default()
                .push(country);
            about.insert(planned.number, (planned.before, planned.to));
            hours.insert(planned.number, planned.at);
        }
    }
    // What went out on a day that isn't the plan's any more, because a country or the calendar was changed.
    for tally in tallies {
        steps.entry(tally.number).or_default().entry(tally.day).or_default();
    }
    let unit = plan.reminders.unit;
    let shown = |day: Date| match day.to_zoned(zone.clone()) {
        Ok(at) => dates::date(t, at.timestamp(), &zone),
        Err(_) => day.to_string(),
    };
    let today = now.to_zoned(zone.clone()).date();
    let told = |to: To, of: &[&str], companies: i64| {
        let by = on_record.get(&to)?;
        let with: i64 = of.iter().filter_map(|c| by.get(*c)).sum();
        on_record_key(to).filter(|_| with < companies).map(|key| (key, with))
    };
    let mut rows: Vec<(Date, i64, PlanRow)> = Vec::new();
    for (number, by_day) in &steps {
        let several = by_day.len() > 1;
        for (day, of) in by_day {
            let (before, to) = about.get(number).copied().unwrap_or((None, To::Primary));
            let went = || tallies.iter().filter(|x| x.number == *number && x.day == *day);
            let sent_to = went().map(|x| {
                let word = x.to.map(|to| t.t(to.key()).into_owned()).unwrap_or_default();
                (word, Some(x.count))
            });
            let companies: i64 = of.iter().filter_map(|c| countries.get(*c)).sum();
            let in_them = of.iter().map(|c| (named(t, c), countries.get(*c).copied()));
            let row = PlanRow {
                day: match (unit, hours.get(number)) {
                    (Unit::Hours, Some(at)) => dates::moment(t, *at, &zone),
                    _ => shown(*day),
                },
                what: what(t, unit, before),
                to: to.key(),
                companies,
                on_record: told(to, of, companies),
                countries: if several { listed(t, in_them) } else { String::new() },
                sent: went().map(|x| x.count).sum(),
                sent_to: listed(t, sent_to),
                past: *day < today,
            };
            rows.push((*day, *number, row));
        }
    }
    if let Some(at) = case(home).buyer_at(&app.zone()) {
        let day = at.to_zoned(app.zone()).date();
        let all: Vec<&str> = countries.keys().map(String::as_str).collect();
        let row = PlanRow {
            day: shown(day),
            what: what(t, unit, plan.reminders.buyer_before()),
            to: To::Buyer.key(),
            companies: countries.values().sum(),
            on_record: told(To::Buyer, &all, countries.values().sum()),
            countries: String::new(),
            sent: 0,
            sent_to: String::new(),
            past: day < today,
        };
        rows.push((day, i64::MAX, row));
    }
    rows.sort_by_key(|(day, number, _)| (*day, *number));
    let first = invited.to_zoned(zone.clone()).date();
    let last = rows.last().map_or(first, |(day, ..)| *day);
    let (off, unknown) = match unit {
        Unit::Hours => (Vec::new(), Vec::new()),
        Unit::Days => (
            off(t, (first, last), home, countries, &own),
            unknown((first, last), home, countries),
        ),
    };
    let off = off.into_iter().map(|(day, of)| (shown(day), of)).collect();
    Ok(Some(PlanView {
        rows: rows.into_iter().map(|(.., row)| row).collect(),
        off,
        unknown,
        urgent: unit == Unit::Hours,
        hour: plan.reminders.hour.clone(),
        most: plan.reminders.most,
    }))
}

/// Days from Monday to Friday that are days off, and where.
fn off(
    t: Tr,
    (first, last): (Date, Date),
    home: &str,
    countries: &BTreeMap<String, i64>,
    own: &OwnDays,
) -> Vec<(Date, String)> {
    let span = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(|day| *day <= last);
    let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let mut out = Vec::new();
    for day in span.filter(|day| !weekend(day)) {
        let ours = Days {
            home: None,
            there: None,
            own,
        };
        if !ours.is_business(day) {
            out.push((day, t.t("own-days-title").into_owned()));
            continue;
        }
        let all: BTreeSet<&str> = countries.keys().map(String::as_str).chain([home]).collect();
        let of = all
            .into_iter()
            .filter(|c| Country::find(c).is_some_and(|c| c.is_off(day)));
        let of = listed(t, of.map(|c| (named(t, c), None)));
        if !of.is_empty() {
            out.push((day, of));
        }
    }
    out
}

/// Countries whose holidays aren't known for the years in question.
fn unknown((first, last): (Date, Date), home: &str, countries: &BTreeMap<String, i64>) -> Vec<String> {
    let known =
        |code: &str| Country::find(code).is_some_and(|c| (first.year()..=last.year()).all(|year| c.knows(year)));
    let all: BTreeSet<&str> = countries.keys().map(String::as_str).chain([home]).collect();
    let not = all.into_iter().filter(|c| !c.is_empty() && !known(c));
    not.map(str::to_owned).collect()
}
