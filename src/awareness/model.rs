//! What a company reports, and the rules for it. Pure.

use super::store::Stored;
use crate::web::dates;
use crate::web::i18n::Tr;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

/// How a notice was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    Posted,
    Mail,
    Meeting,
    Intranet,
    Training,
    Other,
}

impl Way {
    pub const ALL: [Way; 6] = [
        Way::Posted,
        Way::Mail,
        Way::Meeting,
        Way::Intranet,
        Way::Training,
        Way::Other,
    ];

    /// The word in the database, in addresses and in tallies.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Posted => "posted",
            Way::Mail => "mail",
            Way::Meeting => "meeting",
            Way::Intranet => "intranet",
            Way::Training => "training",
            Way::Other => "other",
        }
    }

    pub fn parse(word: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.as_str() == word)
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Way::Posted => "awareness-way-posted",
            Way::Mail => "awareness-way-mail",
            Way::Meeting => "awareness-way-meeting",
            Way::Intranet => "awareness-way-intranet",
            Way::Training => "awareness-way-training",
            Way::Other => "awareness-way-other",
        }
    }
}

/// What a company reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub people: i64,
    /// In the order of [`Way::ALL`], each once, at least one.
    pub ways: Vec<Way>,
    /// The day on which it was passed on.
    pub day: Date,
    pub remark: String,
}

/// More people than any company has.
pub const MOST_PEOPLE: i64 = 5_000_000;
/// As many characters as a remark may have.
pub const LONGEST: usize = 2_000;

/// What was typed, kept as it was.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub people: String,
    pub ways: Vec<String>,
    pub day: String,
    pub remark: String,
    pub name: String,
}

impl Typed {
    /// The report, or the field and the key of the sentence for each mistake. `today` is where the campaign is.
    pub fn read(&self, today: Date) -> Result<Report, Vec<(&'static str, &'static str)>> {
        let mut mistakes = Vec::new();
        let people = number(&self.people);
        match people {
            None => mistakes.push(("people", "awareness-problem-people")),
            Some(n) if !(1..=MOST_PEOPLE).contains(&n) => mistakes.push(("people", "awareness-problem-people-range")),
            Some(_) => {}
        }
        let ways: Vec<Way> = Way::ALL
            .into_iter()
            .filter(|way| self.ways.iter().any(|w| w == way.as_str()))
            .collect();
        if ways.is_empty() {
            mistakes.push(("ways", "awareness-problem-ways"));
        }
        let day: Option<Date> = self.day.parse().ok();
        match day {
            None => mistakes.push(("day", "awareness-problem-day")),
            Some(day) if day > today => mistakes.push(("day", "awareness-problem-day-future")),
            Some(_) => {}
        }
        if self.remark.chars().count() > LONGEST {
            mistakes.push(("remark", "awareness-problem-remark"));
        }
        if self.name.chars().count() > 100 {
            mistakes.push(("name", "awareness-problem-name"));
        }
        match (people, day, mistakes.is_empty()) {
            (Some(people), Some(day), true) => Ok(Report {
                people,
                ways,
                day,
                remark: self.remark.clone(),
            }),
            _ => Err(mistakes),
        }
    }
}

impl From<&Stored> for Typed {
    fn from(stored: &Stored) -> Typed {
        Typed {
            people: stored.report.people.to_string(),
            ways: stored.report.ways.iter().map(|w| w.as_str().to_owned()).collect(),
            day: stored.report.day.to_string(),
            remark: stored.report.remark.clone(),
            // Whoever corrects it may be somebody else.
            name: String::new(),
        }
    }
}

/// A whole number as people type it: of any width, with or without separators and 人.
fn number(typed: &str) -> Option<i64> {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = typed
        .nfkc()
        .filter(|c| !matches!(c, ',' | '、' | ' ' | '人' | '名'))
        .collect();
    plain.parse().ok()
}

impl Report {
    /// As a board counts it: `people/ways`.
    pub fn tally(&self) -> String {
        let ways: Vec<&str> = self.ways.iter().map(|w| w.as_str()).collect();
        format!("{}/{}", self.people, ways.join(","))
    }
}

/// The ways in words: "掲示、朝礼・会議".
pub fn way_words(t: Tr, ways: &[Way]) -> String {
    let words: Vec<_> = ways.iter().map(|way| t.t(way.key())).collect();
    words.join(t.t("list-separator").as_ref())
}

/// A report as a page lists it.
pub struct ReportLine {
    pub at: String,
    pub people: i64,
    pub ways: String,
    pub day: String,
    pub remark: String,
    pub by: String,
}

impl ReportLine {
    pub fn of(stored: &Stored, t: Tr, zone: &TimeZone) -> ReportLine {
        let day = stored.report.day.to_zoned(zone.clone());
        ReportLine {
            at: dates::moment(t, stored.at, zone),
            people: stored.report.people,
            ways: way_words(t, &stored.report.ways),
            day: day.map_or_else(
                |_| stored.report.day.to_string(),
                |z| dates::date(t, z.timestamp(), zone),
            ),
            remark: stored.report.remark.clone(),
            by: stored.by.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            people: "１,２００人".into(),
            ways: vec!["meeting".into(), "posted".into(), "posted".into(), "pigeon".into()],
            day: "2026-11-26".into(),
            remark: "夜勤の者には翌日".into(),
            name: String::new(),
        }
    }

    fn today() -> Date {
        jiff::civil::date(2026, 11, 27)
    }

    #[test]
    fn a_report_is_read_as_people_type_it() {
        let report = typed().read(today()).unwrap();
        assert_eq!(report.people, 1_200);
        assert_eq!(report.ways, [Way::Posted, Way::Meeting]);
        assert_eq!(report.tally(), "1200/posted,meeting");
    }

    #[test]
    fn every_mistake_is_told() {
        let bad = Typed {
            people: "many".into(),
            ways: Vec::new(),
            day: "yesterday".into(),
            remark: "x".repeat(LONGEST + 1),
            name: "n".repeat(101),
        };
        let fields: Vec<_> = bad.read(today()).unwrap_err().into_iter().map(|(f, _)| f).collect();
        assert_eq!(fields, ["people", "ways", "day", "remark", "name"]);
        for (people, day) in [
            ("0", "2026-11-26"),
            ("-3", "2026-11-26"),
            ("9999999", "2026-11-26"),
            ("5", "2026-11-28"),
        ] {
            let bad = Typed {
                people: people.into(),
                day: day.into(),
                ..typed()
            };
            assert_eq!(bad.read(today()).unwrap_err().len(), 1, "{people} {day}");
        }
    }

    #[test]
    fn words_come_back() {
        assert!(Way::ALL.iter().all(|way| Way::parse(way.as_str()) == Some(*way)));
    }
}
