//! The numbers of a board and what they add up from. Pure.

use crate::invitations::{self, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is asked of a company that only has to acknowledge.
const NOTICE: &str = "notice";
/// Beside the word of a state, for companies that have done all that is asked in it although they haven't answered: it is
/// counted a second time, as `acknowledged-done`.
const DONE: &str = "-done";

/// What is counted: one group of rows of `tallies`. The key and the word of each are said with it. Where the word is a state,
/// there is a second one with `-done` for those who need do nothing more in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Key "", word a state.
    All,
    /// Key a company's kind, word a state.
    Kind,
    /// Key a country, "" where nobody said; word a state.
    Country,
    /// Key a tier, "" where nobody said; word a state.
    Tier,
    /// Key a criticality, "" where nobody graded; word a state.
    Criticality,
    /// Key `check` or [`NOTICE`], what is asked; word a state.
    Asks,
    /// Key a question's place from 0, word the letter of its answer ([`crate::responses::marks`]).
    Question,
    /// Key the hour since 1970, word `read` or `done`: how many had read it, or had done all that is asked, for the first
    /// time then. Who declined has been reached, and counts as `read`.
    Hour,
    /// Key "" for all or a way of passing a notice for employees on, word `companies` or `people`: how many reported, and how
    /// many people they reached. Who passed it on in several ways counts in each.
    Reach,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 9] = [
        Part::All,
        Part::Kind,
        Part::Country,
        Part::Tier,
        Part::Criticality,
        Part::Asks,
        Part::Question,
        Part::Hour,
        Part::Reach,
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::All => "all",
            Part::Kind => "kind",
            Part::Country => "country",
            Part::Tier => "tier",
            Part::Criticality => "criticality",
            Part::Asks => "asks",
            Part::Question => "question",
            Part::Hour => "hour",
            Part::Reach => "reach",
        }
    }

    /// The part of this word.
    pub fn parse(word: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.as_str() == word)
    }
}

/// By what a company is counted: `kind/country/tier/criticality/asks`, the empty text where nobody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment(String);

impl Segment {
    /// `tier` is "1", "2", … or "".
    pub fn new(kind: &str, country: &str, tier: &str, criticality: &str, asks_check: bool) -> Segment {
        Segment(invitations::segment(kind, country, tier, criticality, asks_check))
    }

    /// As the database keeps it.
    pub fn from_text(text: String) -> Segment {
        Segment(text)
    }

    /// Whether all that is asked of it is done in this state.
    fn is_done(&self, state: State) -> bool {
        state.is_answered() || (is_noted(state) && self.0.ends_with("/notice"))
    }

    fn parts(&self) -> impl Iterator<Item = (Part, &str)> {
        let parts = [Part::Kind, Part::Country, Part::Tier, Part::Criticality, Part::Asks];
        parts.into_iter().zip(self.0.split('/'))
    }
}

/// One change of an invitation: its state, its letters, what it is counted by.
#[derive(Clone, Debug)]
pub struct Change {
    pub at: Timestamp,
    /// None: it was made.
    pub from: Option<State>,
    pub to: State,
    pub from_segment: Segment,
    pub to_segment: Segment,
    pub from_marks: String,
    pub to_marks: String,
    /// What was reported of a notice for employees, as `people/ways`; "" for nothing.
    pub from_reach: String,
    pub to_reach: String,
}

/// Whether a person has read what was sent, or done more than that: who declined has been reached, too.
fn has_read(state: State) -> bool {
    state >= State::Acknowledged
}

/// The counts of a campaign. Folding is addition, so the order of changes doesn't matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tallies(BTreeMap<(Part, String, String), i64>);

impl Tallies {
    /// Counts one change.
    pub fn fold(&mut self, change: &Change) {
        if let Some(from) = change.from {
            self.count(&change.from_segment, from, -1);
        }
        self.count(&change.to_segment, change.to, 1);
        if change.from_marks != change.to_marks {
            self.count_marks(&change.from_marks, -1);
            self.count_marks(&change.to_marks, 1);
        }
        if change.from_reach != change.to_reach {
            self.count_reach(&change.from_reach, -1);
            self.count_reach(&change.to_reach, 1);
        }
        let hour = change.at.as_second().div_euclid(3600).to_string();
        match (change.from.is_some_and(has_read), has_read(change.to)) {
            (false, true) => self.add(Part::Hour, &hour, "read", 1),
            // Who had declined before reading, and that was taken back.
            (true, false) => self.add(Part::Hour, &hour, "read", -1),
            _ => {}
        }
        let was_done = change.from.is_some_and(|from| change.from_segment.is_done(from));
        // Who has acknowledged, and that was all, may still decline: then it is taken back.
        match (was_done, change.to_segment.is_done(change.to)) {
            (false, true) => self.add(Part::Hour, &hour, "done", 1),
            (true, false) => self.add(Part::Hour, &hour, "done", -1),
            _ => {}
        }
    }

    /// Counts `count` invitations of a segment in a state.
    fn count(&mut self, segment: &Segment, state: State, count: i64) {
        let word = state.as_str();
        // What is answered is done anyway; that is seen in the state.
        let done = (!state.is_answered() && segment.is_done(state)).then(|| format!("{word}{DONE}"));
        for (part, key) in std::iter::once((Part::All, "")).chain(segment.parts()) {
            self.add(part, key, word, count);
            if let Some(done) = &done {
                self.add(part, key, done, count);
            }
        }
    }

    fn count_marks(&mut self, marks: &str, count: i64) {
        for (place, letter) in marks.chars().enumerate() {
            self.add(
                Part::Question,
                &place.to_string(),
                letter.encode_utf8(&mut [0; 4]),
                count,
            );
        }
    }

    fn count_reach(&mut self, reach: &str, count: i64) {
        let Some((people, ways)) = reach.split_once('/') else {
            return;
        };
        let people: i64 = people.parse().unwrap_or(0);
        for key in std::iter::once("").chain(ways.split(',')) {
            self.add(Part::Reach, key, "companies", count);
            self.add(Part::Reach, key, "people", count * people);
        }
    }

    /// How many companies reported that they passed a notice on, and to how many people; by way, or in all for "".
    pub fn reach(&self, way: &str) -> (i64, i64) {
        let of = |wanted| {
            let mut found = self.part(Part::Reach);
            let found = found.find(|(key, word, _)| *key == way && *word == wanted);
            found.map_or(0, |(.., n)| n)
        };
        (of("companies"), of("people"))
    }

    /// Adds to one count; one that comes to nothing is gone.
    pub fn add(&mut self, part: Part, key: &str, word: &str, count: i64) {
        let at = (part, key.to_owned(), word.to_owned());
        let sum = self.0.get(&at).copied().unwrap_or(0) + count;
        if sum == 0 {
            self.0.remove(&at);
        } else {
            self.0.insert(at, sum);
        }
    }

    /// Every count that isn't nothing: part, key, word, count.
    pub fn iter(&self) -> impl Iterator<Item = (Part, &str, &str, i64)> {
        self.0
            .iter()
            .map(|((part, key, word), n)| (*part, key.as_str(), word.as_str(), *n))
    }

    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What must be added to `self` to get `other`.
    pub fn difference(&self, other: &Tallies) -> Tallies {
        let mut out = other.clone();
        for (part, key, word, count) in self.iter() {
            out.add(part, key, word, -count);
        }
        out
    }

    fn part(&self, part: Part) -> impl Iterator<Item = (&str, &str, i64)> {
        self.iter()
            .filter(move |(p, ..)| *p == part)
            .map(|(_, key, word, count)| (key, word, count))
    }

    /// How many are in each state, in the order of states.
    pub fn states(&self) -> Vec<(State, i64)> {
        let mut out: Vec<_> = self
            .part(Part::All)
            .filter_map(|(_, word, n)| Some((State::parse(word)?, n)))
            .collect();
        out.sort();
        out
    }

    /// Where all of it stands.
    pub fn standing(&self) -> Standing {
        Standing::of(&Stands::of(self.part(Part::All).map(|(_, word, n)| (word, n))))
    }

    /// Whether any company is asked to acknowledge only: then what counts is who is done, not who answered.
    pub fn has_notices(&self) -> bool {
        self.part(Part::Asks).any(|(asks, _, n)| asks == NOTICE && n > 0)
    }

    /// How many are in one of `states` and have something to do still: those of [`phone_states`] are to be phoned.
    pub fn to_phone(&self, states: &[State]) -> i64 {
        let stands = Stands::of(self.part(Part::All).map(|(_, word, n)| (word, n)));
        stands
            .iter()
            .filter(|(state, done, _)| states.contains(state) && !done)
            .map(|(.., n)| n)
            .sum()
    }

    /// Where the companies of each value of a part stand: [`Part::Kind`], [`Part::Country`], [`Part::Tier`] or
    /// [`Part::Criticality`]. Those of whom nobody said come last.
    pub fn stands_by(&self, part: Part) -> Vec<(String, Stands)> {
        let mut by_key: BTreeMap<(bool, &str), Vec<(&str, i64)>> = BTreeMap::new();
        for (key, word, n) in self.part(part) {
            by_key.entry((key.is_empty(), key)).or_default().push((word, n));
        }
        by_key
            .into_iter()
            .map(|((_, key), words)| (key.to_owned(), Stands::of(words)))
            .collect()
    }

    /// Where each value of a part stands: [`Part::Kind`], [`Part::Country`], [`Part::Tier`] or [`Part::Criticality`]. Those
    /// of whom nobody said come last.
    pub fn cross(&self, part: Part) -> Vec<Cross> {
        self.stands_by(part)
            .into_iter()
            .map(|(key, stands)| Cross {
                key,
                standing: Standing::of(&stands),
            })
            .collect()
    }

    /// For each question, in the checklist's order, how many gave each letter.
    pub fn questions(&self) -> Vec<BTreeMap<char, i64>> {
        let mut out: Vec<BTreeMap<char, i64>> = Vec::new();
        for (key, word, n) in self.part(Part::Question) {
            let (Ok(place), Some(letter)) = (key.parse::<usize>(), word.chars().next()) else {
                continue;
            };
            if out.len() <= place {
                out.resize_with(place + 1, BTreeMap::new);
            }
            out[place].insert(letter, n);
        }
        out
    }

    /// How many had read it and how many were done for the first time in each hour, oldest first; hours without either are left
    /// out. The time is the hour's beginning.
    pub fn hours(&self) -> Vec<(Timestamp, i64, i64)> {
        let mut by_hour: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for (key, word, n) in self.part(Part::Hour) {
            let Ok(hour) = key.parse::<i64>() else { continue };
            let at = by_hour.entry(hour).or_default();
            match word {
                "read" => at.0 += n,
                _ => at.1 += n,
            }
        }
        by_hour
            .into_iter()
            .filter_map(|(hour, (read, done))| Some((Timestamp::from_second(hour * 3600).ok()?, read, done)))
            .collect()
    }
}

/// Whether who was asked to acknowledge only has done so.
fn is_noted(state: State) -> bool {
    matches!(state, State::Acknowledged | State::Started)
}

/// How many companies are in each state, those apart who have done all that is asked in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands(BTreeMap<(State, bool), i64>);

impl Stands {
    /// From words as they are counted; others than those of a state are passed over.
    fn of<'w>(words: impl IntoIterator<Item = (&'w str, i64)>) -> Stands {
        let mut out: BTreeMap<(State, bool), i64> = BTreeMap::new();
        for (word, n) in words {
            if let Some(state) = State::parse(word) {
                *out.entry((state, state.is_answered())).or_default() += n;
            } else if let Some(state) = word.strip_suffix(DONE).and_then(State::parse) {
                // These are among the state's own.
                *out.entry((state, true)).or_default() += n;
                *out.entry((state, false)).or_default() -= n;
            }
        }
        out.retain(|_, n| *n != 0);
        Stands(out)
    }

    /// State, whether all is done, how many; in the order of states.
    pub fn iter(&self) -> impl Iterator<Item = (State, bool, i64)> {
        self.0.iter().map(|((state, done), n)| (*state, *done, *n))
    }
}

/// One line of a table: where the companies of one country, tier, criticality or kind stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cross {
    /// "" where nobody said.
    pub key: String,
    pub standing: Standing,
}

/// How many companies are where: what stands large on the page. All but `companies`, `answered`, `partial` and `document` add up to `companies`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub companies: i64,
    /// Something was submitted, however far it goes; those are done, too.
    pub answered: i64,
    /// Of those answered: required questions are open.
    pub partial: i64,
    /// Of those answered: a document of their own stands for the answers.
    pub document: i64,
    /// All that is asked is done, and nothing more awaited: answered, or acknowledged where nothing more is asked.
    pub done: i64,
    /// Acknowledged or begun, and answers not yet in.
    pub acknowledged: i64,
    /// The page was opened and nothing more.
    pub opened: i64,
    /// To be sent, or sent and not opened.
    pub waiting: i64,
    pub bounced: i64,
    /// No usable address.
    pub phone: i64,
    pub declined: i64,
}

impl Standing {
    fn of(stands: &Stands) -> Standing {
        let mut s = Standing::default();
        for (state, done, count) in stands.iter() {
            s.companies += count;
            if state.is_answered() {
                s.answered += count;
            }
            match state {
                State::Partial => s.partial += count,
                State::Document => s.document += count,
                _ => {}
            }
            match state {
                _ if done => s.done += count,
                State::Partial | State::Document | State::Paper | State::Submitted | State::Late => s.done += count,
                State::Acknowledged | State::Started => s.acknowledged += count,
                State::Opened => s.opened += count,
                State::Queued | State::Sent => s.waiting += count,
                State::Bounced => s.bounced += count,
                State::Unreachable => s.phone += count,
                State::Declined => s.declined += count,
            }
        }
        s
    }

    /// Whom mail didn't reach.
    pub fn unreached(&self) -> i64 {
        self.bounced + self.phone
    }

    /// Of whom something is still awaited.
    pub fn awaited(&self) -> i64 {
        self.companies - self.done - self.declined
    }
}

/// How many midnights lie between now and the deadline in this zone: 0 on the day itself, negative after it.
pub fn days_to_deadline(now: Timestamp, deadline: Timestamp, zone: &TimeZone) -> i64 {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let span = day(now).until((jiff::Unit::Day, day(deadline)));
    span.map_or(0, |span| i64::from(span.get_days()))
}

/// The states whose companies are to be phoned today, the most urgent first. Whom mail doesn't reach, always; who hasn't
/// opened it, from three days before the deadline; who has opened and not answered, from the day before; nobody when the
/// campaign is closed.
pub fn phone_states(days: i64, closed: bool) -> &'static [State] {
    const ALL: [State; 7] = [
        State::Unreachable,
        State::Bounced,
        State::Sent,
        State::Queued,
        State::Opened,
        State::Acknowledged,
        State::Started,
    ];
    match days {
        _ if closed => &[],
        4.. => &ALL[..2],
        2..=3 => &ALL[..3],
        _ => &ALL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn segment(kind: &str, country: &str, criticality: &str) -> Segment {
        Segment::new(kind, country, "1", criticality, kind == "supplier")
    }

    fn change(from: Option<State>, to: State, hour: i64) -> Change {
        Change {
            at: Timestamp::from_second(hour * 3600 + 59).unwrap(),
            from,
            to,
            from_segment: segment("supplier", "JP", "A"),
            to_segment: segment("supplier", "JP", "A"),
            from_marks: String::new(),
            to_marks: String::new(),
            from_reach: String::new(),
            to_reach: String::new(),
        }
    }

    #[test]
    fn people_reached_add_up_and_are_corrected() {
        let mut t = Tallies::default();
        let report = |from: &str, to: &str| Change {
            from_reach: from.into(),
            to_reach: to.into(),
            ..change(Some(State::Opened), State::Opened, 1)
        };
        t.fold(&report("", "120/posted,mail"));
        t.fold(&report("", "30/mail"));
        assert_eq!(
            (t.reach(""), t.reach("mail"), t.reach("posted")),
            ((2, 150), (2, 150), (1, 120))
        );
        t.fold(&report("120/posted,mail", "100/meeting"));
        assert_eq!(
            (t.reach(""), t.reach("mail"), t.reach("posted")),
            ((2, 130), (1, 30), (0, 0))
        );
        assert_eq!(t.reach("meeting"), (1, 100));
        // It moves no company.
        assert_eq!(t.standing().companies, 0);
    }

    #[test]
    fn who_declines_after_acknowledging_is_not_done_any_more() {
        let notice = |from, to, hour| Change {
            from_segment: Segment::new("group", "JP", "1", "A", false),
            to_segment: Segment::new("group", "JP", "1", "A", false),
            ..change(from, to, hour)
        };
        let mut t = Tallies::default();
        t.fold(&notice(None, State::Queued, 1));
        t.fold(&notice(Some(State::Queued), State::Acknowledged, 2));
        let hour = |h: i64| Timestamp::from_second(h * 3600).unwrap();
        assert_eq!((t.standing().done, t.hours()), (1, vec![(hour(2), 1, 1)]));
        t.fold(&notice(Some(State::Acknowledged), State::Declined, 3));
        let on_the_curve: i64 = t.hours().iter().map(|(_, _, done)| done).sum();
        assert_eq!((t.standing().done, on_the_curve), (0, 0));
    }

    #[test]
    fn a_company_is_counted_once_wherever_it_goes() {
        let mut t = Tallies::default();
        t.fold(&change(None, State::Queued, 1));
        t.fold(&change(Some(State::Queued), State::Sent, 1));
        t.fold(&change(Some(State::Sent), State::Acknowledged, 2));
        t.fold(&Change {
            to_marks: "yn-".into(),
            ..change(Some(State::Acknowledged), State::Submitted, 5)
        });
        assert_eq!(t.states(), [(State::Submitted, 1)]);
        assert_eq!(t.cross(Part::Country)[0].standing.answered, 1);
        let hour = |h: i64| Timestamp::from_second(h * 3600).unwrap();
        assert_eq!(t.hours(), [(hour(2), 1, 0), (hour(5), 0, 1)]);
        assert_eq!(t.questions()[1], BTreeMap::from([('n', 1)]));
        // Answered again, otherwise: the letters move, the hour doesn't.
        t.fold(&Change {
            from_marks: "yn-".into(),
            to_marks: "yy-".into(),
            ..change(Some(State::Submitted), State::Late, 9)
        });
        assert_eq!(t.hours().len(), 2);
        assert_eq!(t.questions()[1], BTreeMap::from([('y', 1)]));
        // It is graded anew.
        t.fold(&Change {
            to_segment: segment("supplier", "TH", ""),
            from_marks: "yy-".into(),
            to_marks: "yy-".into(),
            ..change(Some(State::Late), State::Late, 9)
        });
        let keys: Vec<_> = t.cross(Part::Country).into_iter().map(|c| c.key).collect();
        assert_eq!(keys, ["TH"]);
        assert_eq!(t.standing().companies, 1);
    }

    #[test]
    fn who_only_had_to_acknowledge_is_done_then() {
        let mut t = Tallies::default();
        for (kind, n) in [("group", 3), ("supplier", 2)] {
            for _ in 0..n {
                t.fold(&Change {
                    to_segment: segment(kind, "", ""),
                    ..change(None, State::Acknowledged, 1)
                });
            }
        }
        let s = t.standing();
        assert_eq!((s.companies, s.done, s.answered, s.acknowledged), (5, 3, 0, 2));
        assert!(t.has_notices());
        assert_eq!(t.to_phone(&[State::Acknowledged]), 2);
        let by_kind: Vec<_> = t
            .cross(Part::Kind)
            .into_iter()
            .map(|c| (c.key, c.standing.done))
            .collect();
        assert_eq!(by_kind, [("group".to_owned(), 3), ("supplier".to_owned(), 0)]);
        let hours: Vec<_> = t.hours().iter().map(|(_, read, done)| (*read, *done)).collect();
        assert_eq!(hours, [(5, 3)], "the curve counts them, too");
        // An answer is no second time.
        t.fold(&Change {
            from_segment: segment("group", "", ""),
            to_segment: segment("group", "", ""),
            ..change(Some(State::Acknowledged), State::Paper, 2)
        });
        assert_eq!((t.standing().done, t.standing().answered, t.hours().len()), (3, 1, 1));
    }

    #[test]
    fn the_phone_list_grows_with_the_deadline() {
        assert_eq!(phone_states(9, false), [State::Unreachable, State::Bounced]);
        assert!(phone_states(3, false).contains(&State::Sent) && !phone_states(3, false).contains(&State::Opened));
        assert!(phone_states(1, false).contains(&State::Acknowledged));
        assert!(phone_states(-4, false).contains(&State::Started));
        assert!(phone_states(-4, true).is_empty());
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // 23:30 and 00:30 in Tokyo are two days.
        assert_eq!(
            days_to_deadline(at("2026-11-22T14:30:00Z"), at("2026-11-22T15:30:00Z"), &zone),
            1
        );
        assert_eq!(
            days_to_deadline(at("2026-11-24T00:00:00Z"), at("2026-11-22T15:30:00Z"), &zone),
            -1
        );
    }

    #[test]
    fn parts_read_back() {
        assert!(Part::ALL.iter().all(|part| Part::parse(part.as_str()) == Some(*part)));
    }

    fn history() -> impl Strategy<Value = Vec<(u8, u8, u8, usize)>> {
        // company, state, segment, hour
        prop::collection::vec((0..6u8, 0..11u8, 0..3u8, 0..40usize), 0..60)
    }

    proptest! {
        /// However changes are ordered and cut into folds, the counts are the same, and they count each company once.
        #[test]
        fn folding_is_addition(history in history(), cut in 0..60usize) {
            let mut last: BTreeMap<u8, (State, u8)> = BTreeMap::new();
            let mut changes = Vec::new();
            for (company, state, place, hour) in history {
                let to = State::ALL[state as usize];
                let before = last.insert(company, (to, place));
                let kind = if company < 2 { "group" } else { "supplier" };
                let named = |p: u8| segment(kind, ["JP", "TH", ""][p as usize], "B");
                changes.push(Change {
                    from_segment: named(before.map_or(0, |b| b.1)),
                    to_segment: named(place),
                    ..change(before.map(|b| b.0), to, hour as i64)
                });
            }
            let mut whole = Tallies::default();
            changes.iter().for_each(|c| whole.fold(c));
            let (first, second) = changes.split_at(cut.min(changes.len()));
            let mut parts = Tallies::default();
            second.iter().chain(first).for_each(|c| parts.fold(c));
            prop_assert_eq!(&whole, &parts);
            let s = whole.standing();
            prop_assert_eq!(s.companies, last.len() as i64);
            let parts_of_it = s.done + s.acknowledged + s.opened + s.waiting + s.unreached() + s.declined;
            prop_assert_eq!(parts_of_it, s.companies);
            prop_assert!(whole.states().iter().all(|(_, n)| *n > 0));
            prop_assert!(whole.difference(&parts).is_empty());
        }
    }
}
