//! Sittings: what one person changes without a long pause is told to the audit log once, with what was there before the first
//! change and after the last. And how much of that a company's link may write a day. Pure.

use super::model::{Answers, Entry, Value};
use super::store::{About, Kept};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A sitting ends when nothing was changed for so long …
pub const QUIET: SignedDuration = SignedDuration::from_mins(15);
/// … and at the latest after so long.
const LONGEST: SignedDuration = SignedDuration::from_hours(2);
/// So many people sit at one response at once; with the next one the sitting that rested longest ends.
const SEATS: usize = 4;
/// What a link may write into the log a day: entries, and bytes of text in them. A company of many hands comes to some twenty
/// entries of a few hundred bytes. Who goes on in their own sitting is never held up.
const ENTRIES: i64 = 300;
const BYTES: i64 = 4 << 20;
/// Submissions a day, and how many of them are confirmed by mail; the receipt's page shows each.
pub const SUBMISSIONS: i64 = 200;
pub const CONFIRMED: i64 = 20;

/// Who sits at a response, and what was written today.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sittings: Vec<Sitting>,
    #[serde(default)]
    spent: Spent,
}

/// What one person has changed since they sat down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitting {
    /// What they are called in the log, and the address they came from.
    pub by: String,
    pub address: String,
    /// Of the first and the last change, in microseconds since 1970.
    since: i64,
    last: i64,
    /// What each question held before the first change to it.
    #[serde(default)]
    before: BTreeMap<String, Option<Entry>>,
    /// Who answered, before the first change to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<About>,
}

/// What was written on one day, counted from 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Spent {
    day: i64,
    entries: i64,
    bytes: i64,
    submissions: i64,
}

/// A sitting that has ended, for the log.
#[derive(Debug)]
pub struct Ended {
    pub by: String,
    pub address: String,
    /// Of the last change.
    pub at: Timestamp,
    /// The answers that are other now than before.
    pub kept: Vec<Kept>,
    /// Who answered, before and after, if that is another.
    pub about: Option<(About, About)>,
}

impl Desk {
    pub fn is_empty(&self) -> bool {
        *self == Desk::default()
    }

    /// Whether somebody sits there.
    pub fn is_taken(&self) -> bool {
        !self.sittings.is_empty()
    }

    fn spent(&mut self, now: Timestamp) -> &mut Spent {
        let day = now.as_second().div_euclid(86_400);
        if self.spent.day != day {
            self.spent = Spent {
                day,
                ..Spent::default()
            };
        }
        &mut self.spent
    }

    /// Whether this person may change something: they go on in their sitting, or today's log has room for another.
    pub fn admits(&mut self, by: &str, now: Timestamp) -> bool {
        let sits = self.sittings.iter().any(|s| s.is_of(by) && !s.is_over(now));
        let spent = self.spent(now);
        sits || spent.entries < ENTRIES && spent.bytes < BYTES
    }

    /// Counts a submission; how many there were today, with it. None: it is one too many.
    pub fn submission(&mut self, now: Timestamp) -> Option<i64> {
        let spent = self.spent(now);
        if spent.submissions >= SUBMISSIONS {
            return None;
        }
        spent.submissions += 1;
        Some(spent.submissions)
    }

    /// Somebody changes these answers, or who answers (as it was): the sittings that end by it. `now_there` is what is stored,
    /// before this change.
    pub fn change<'q>(
        &mut self,
        (by, address): (&str, &str),
        questions: impl Iterator<Item = &'q str> + Clone,
        about: Option<&About>,
        now_there: (&Answers, &About),
        now: Timestamp,
    ) -> Vec<Ended> {
        let mut ended = self.end(now_there, now, |s| {
            let overlaps = questions.clone().any(|q| s.before.contains_key(q)) || about.is_some() && s.about.is_some();
            s.is_over(now) || overlaps && !s.is_of(by)
        });
        let at = now.as_microsecond();
        let seat = match self.sittings.iter().position(|s| s.is_of(by)) {
            Some(seat) => seat,
            None => {
                if self.sittings.len() == SEATS {
                    let rested = self.sittings.iter().map(|s| s.last).min();
                    ended.extend(self.end(now_there, now, |s| Some(s.last) == rested));
                }
                self.sittings.push(Sitting {
                    by: by.to_owned(),
                    address: address.to_owned(),
                    since: at,
                    last: at,
                    before: BTreeMap::new(),
                    about: None,
                });
                self.sittings.len() - 1
            }
        };
        let sitting = &mut self.sittings[seat];
        sitting.last = at;
        sitting.address = address.to_owned();
        for question in questions {
            if !sitting.before.contains_key(question) {
                let before = now_there.0.get(question).map(|answer| answer.entry());
                sitting.before.insert(question.to_owned(), before);
            }
        }
        if let (Some(about), None) = (about, &sitting.about) {
            sitting.about = Some(about.clone());
        }
        ended
    }

    /// Ends the sittings that have rested long enough.
    pub fn end_quiet(&mut self, now_there: (&Answers, &About), now: Timestamp) -> Vec<Ended> {
        self.end(now_there, now, |s| s.is_over(now))
    }

    /// Ends all of them.
    pub fn end_all(&mut self, now_there: (&Answers, &About), now: Timestamp) -> Vec<Ended> {
        self.end(now_there, now, |_| true)
    }

    fn end(
        &mut self,
        (answers, about): (&Answers, &About),
        now: Timestamp,
        ends: impl Fn(&Sitting) -> bool,
    ) -> Vec<Ended> {
        let (over, on): (Vec<_>, Vec<_>) = std::mem::take(&mut self.sittings).into_iter().partition(|s| ends(s));
        self.sittings = on;
        let ended: Vec<Ended> = over.into_iter().map(|s| s.ended(answers, about)).collect();
        let (mut entries, mut bytes) = (0, 0);
        for one in &ended {
            entries += i64::from(!one.kept.is_empty()) + i64::from(one.about.is_some());
            bytes += one
                .kept
                .iter()
                .map(|k| weight(k.before.as_ref()) + weight(Some(&k.after)))
                .sum::<i64>();
        }
        if entries > 0 {
            let spent = self.spent(now);
            spent.entries += entries;
            spent.bytes += bytes;
        }
        ended
    }
}

impl Sitting {
    /// A sitting is its name's: the address of one person changes with phones, and behind proxies from request to request.
    fn is_of(&self, by: &str) -> bool {
        self.by == by
    }

    fn is_over(&self, now: Timestamp) -> bool {
        // One of a time to come was begun by a clock that ran ahead.
        let ahead = self.last - (now + crate::jobs::SLACK).as_microsecond() > 0;
        let now = now.as_microsecond();
        ahead || now - self.last >= QUIET.as_micros() as i64 || now - self.since >= LONGEST.as_micros() as i64
    }

    fn ended(self, answers: &Answers, about: &About) -> Ended {
        let kept = self.before.into_iter().filter_map(|(question, before)| {
            let after = answers.get(&question).map(|answer| answer.entry()).unwrap_or_default();
            let is_other = before.clone().unwrap_or_default() != after;
            is_other.then_some(Kept {
                question,
                before,
                after,
            })
        });
        Ended {
            kept: kept.collect(),
            about: self.about.filter(|was| was != about).map(|was| (was, about.clone())),
            at: Timestamp::from_microsecond(self.last).unwrap_or_default(),
            by: self.by,
            address: self.address,
        }
    }
}

/// About how many bytes an entry takes in the log.
fn weight(entry: Option<&Entry>) -> i64 {
    let Some(entry) = entry else { return 0 };
    let value = match &entry.value {
        Some(Value::Text(text)) => text.len(),
        Some(Value::Choices(all)) => all.iter().map(String::len).sum(),
        _ => 8,
    };
    (value + entry.comment.len() + 60) as i64
}

#[cfg(test)]
mod tests {
    use super::super::model::Answer;
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
    }

    fn answers(text: &str) -> Answers {
        let answer = Answer {
            value: Some(Value::Text(text.into())),
            comment: String::new(),
            revision: 1,
            by: "a".into(),
            at_micros: 0,
        };
        Answers::from([("x".to_owned(), answer)])
    }

    fn change(desk: &mut Desk, by: &str, question: &str, there: &Answers, minutes: i64) -> Vec<Ended> {
        desk.change(
            (by, "::1"),
            [question].into_iter(),
            None,
            (there, &About::default()),
            at(minutes),
        )
    }

    #[test]
    fn what_a_person_does_without_a_long_pause_is_one_entry() {
        let mut desk = Desk::default();
        let there = |n: i64| {
            if n == 0 {
                Answers::new()
            } else {
                answers(&format!("{n}"))
            }
        };
        for n in 0..10 {
            assert!(change(&mut desk, "a", "x", &there(n), n).is_empty());
        }
        let ended = change(&mut desk, "a", "x", &there(10), 24);
        assert_eq!(ended.len(), 1);
        assert_eq!((ended[0].at, ended[0].by.as_str()), (at(9), "a"));
        assert_eq!(ended[0].kept.len(), 1);
        assert_eq!(ended[0].kept[0].before, None);
        assert_eq!(ended[0].kept[0].after.value, Some(Value::Text("10".into())));
        // Never longer than two hours, however busy.
        let mut entries = 0;
        for n in 25..25 + 300 {
            entries += change(&mut desk, "a", "x", &there(n), n).len();
        }
        assert_eq!(entries, 2);
        // What is as it was before is no change.
        let mut desk = Desk::default();
        change(&mut desk, "a", "x", &answers("1"), 0);
        assert!(
            desk.end_all((&answers("1"), &About::default()), at(1))[0]
                .kept
                .is_empty()
        );
        assert!(!desk.is_taken());
    }

    #[test]
    fn another_persons_change_to_the_same_answer_ends_a_sitting_and_to_another_does_not() {
        let mut desk = Desk::default();
        change(&mut desk, "a", "x", &Answers::new(), 0);
        assert!(change(&mut desk, "b", "y", &answers("a's"), 1).is_empty());
        let ended = change(&mut desk, "b", "x", &answers("a's"), 2);
        assert_eq!((ended.len(), ended[0].by.as_str()), (1, "a"));
        assert_eq!(ended[0].kept[0].after.value, Some(Value::Text("a's".into())));
        for (n, by) in ["c", "d", "e"].into_iter().enumerate() {
            assert!(change(&mut desk, by, by, &Answers::new(), 3 + n as i64).is_empty());
        }
        let ended = change(&mut desk, "f", "f", &Answers::new(), 9);
        assert_eq!(ended[0].by, "b", "who rested longest gives up the seat");
    }

    #[test]
    fn a_day_has_an_end_but_for_who_is_sitting() {
        let mut desk = Desk::default();
        for n in 0..ENTRIES {
            let there = answers(&format!("{n}"));
            assert!(desk.admits(&format!("p{n}"), at(1)));
            change(&mut desk, &format!("p{n}"), "x", &there, 1);
        }
        // The last one's sitting is open still, and stays so.
        change(&mut desk, "q", "x", &answers("other"), 1);
        assert!(!desk.admits("r", at(2)) && desk.admits("q", at(2)));
        assert!(desk.admits("r", at(2 + 24 * 60)));
        let whole = "字".repeat(4000);
        let mut desk = Desk::default();
        let mut saves = 0;
        while desk.admits(&format!("p{saves}"), at(1)) {
            change(
                &mut desk,
                &format!("p{saves}"),
                "x",
                &answers(&format!("{saves}{whole}")),
                1,
            );
            saves += 1;
        }
        assert!((150..200).contains(&saves), "{saves} entries of 24 kB");
    }

    #[test]
    fn a_desk_is_kept_as_json() {
        let mut desk = Desk::default();
        change(&mut desk, "a", "x", &answers("1"), 0);
        assert_eq!(desk.submission(at(0)), Some(1));
        let text = serde_json::to_string(&desk).unwrap();
        assert_eq!(serde_json::from_str::<Desk>(&text).unwrap(), desk);
    }
}
