//! Two people of one company answering at once: neither's words are lost. Pure.
//!
//! Every answer carries the revision in which it last changed. One no newer than what the person saw can't have been
//! changed behind their back, so what they posted simply takes its place: no comparison, no look into the past. Only for
//! an answer that is newer must be known what the person saw, to tell a field they left alone from one they edited.
//! Because a cleared answer stays in the document, "absent" always means "never answered", and needs no past either.

use super::form::{Form, Posted};
use super::model::{Answer, Answers, Entry, Value};
use serde::{Deserialize, Serialize};

/// What became of a posted form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// All answers, to be stored.
    pub answers: Answers,
    /// The revision of `answers`: one more than that stored if anything changed, else the same.
    pub revision: i64,
    /// What the form changed, by question.
    pub changed: Vec<ChangedQuestion>,
    /// What the person wrote and another had written otherwise meanwhile, by question. The other's stays stored until the
    /// person has chosen.
    pub conflicts: Vec<Conflict>,
    /// Questions whose stored answer is newer than what the person saw and who wrote nothing else to it: to be told "…
    /// changed this". A page may take `revision` as its new base only if it shows these and the conflicts as they now are.
    pub news: Vec<String>,
}

/// One answer that the form changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedQuestion {
    /// Its id.
    pub question: String,
    /// What was stored; None if it had never been answered.
    pub before: Option<Answer>,
    /// What is stored now; without a value if it was cleared.
    pub after: Answer,
}

/// One answer on which two people differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its id.
    pub question: String,
    /// What is stored, by whom and when.
    pub theirs: Answer,
    /// What this form said.
    pub mine: Entry,
}

/// Who posts, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// Kept as [`Answer::by`].
    pub by: &'a str,
    /// Microseconds since 1970-01-01 UTC.
    pub at_micros: i64,
}

/// What tells an entry from another, in place of its texts: a hash of the value and one of the comment, "" for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    v: String,
    c: String,
}

impl Mark {
    pub fn of(entry: &Entry) -> Mark {
        Mark {
            v: Mark::of_value(entry.value.as_ref()),
            c: Mark::of_text(&entry.comment),
        }
    }

    fn of_value(value: Option<&Value>) -> String {
        let text = value.and_then(|value| serde_json::to_string(value).ok());
        Mark::of_text(&text.unwrap_or_default())
    }

    fn of_text(text: &str) -> String {
        match text {
            "" => String::new(),
            text => data_encoding::BASE64URL_NOPAD.encode(&crate::secret::sha256(text.as_bytes())[..12]),
        }
    }

    /// Whether what was posted is other than what this marks. A comment that the page had no field for is no change.
    fn is_changed_by(&self, posted: &Posted) -> bool {
        let comment = posted
            .comment
            .as_deref()
            .is_some_and(|comment| Mark::of_text(comment) != self.c);
        comment || Mark::of_value(posted.value.as_ref()) != self.v
    }
}

/// Puts a posted form into what is stored.
///
/// `stored_revision` is the revision of `stored`. `history(question, revision)` tells what the answer was at that
/// revision, None if there was none then, or if that isn't known any more; it is asked only for an answer that changed since the person saw it.
///
/// A field left as it was never overwrites a newer answer; the same answer twice is no conflict; edits of different
/// questions all go in. Value and comment go together: a comment of one beside the value of another would say what
/// neither meant.
pub fn merge(
    stored: &Answers,
    stored_revision: i64,
    form: &Form,
    stamp: Stamp<'_>,
    history: impl Fn(&str, i64) -> Option<Mark>,
) -> Merge {
    let mut merge = Merge {
        answers: stored.clone(),
        revision: stored_revision,
        changed: Vec::new(),
        conflicts: Vec::new(),
        news: Vec::new(),
    };
    for (question, posted) in &form.posted {
        let current = stored.get(question);
        let now = current.map(Answer::entry).unwrap_or_default();
        let mine = over(posted, &now);
        if mine == now {
            continue;
        }
        let base = posted.base.unwrap_or(form.base);
        match current.filter(|answer| answer.revision > base) {
            None => {
                let after = Answer {
                    value: mine.value,
                    comment: mine.comment,
                    revision: stored_revision + 1,
                    by: stamp.by.to_owned(),
                    at_micros: stamp.at_micros,
                };
                merge.answers.insert(question.clone(), after.clone());
                merge.changed.push(ChangedQuestion {
                    question: question.clone(),
                    before: current.cloned(),
                    after,
                });
            }
            Some(theirs) => {
                let seen = history(question, base).unwrap_or_default();
                if seen.is_changed_by(posted) {
                    merge.conflicts.push(Conflict {
                        question: question.clone(),
                        theirs: theirs.clone(),
                        mine,
                    });
                }
            }
        }
    }
    if !merge.changed.is_empty() {
        merge.revision = stored_revision + 1;
    }
    merge.news = stored
        .iter()
        .filter(|(question, answer)| {
            let posted = form.posted.get(*question);
            let base = posted.and_then(|posted| posted.base).unwrap_or(form.base);
            let mine = posted.map(|posted| over(posted, &answer.entry()));
            answer.revision > base
                && mine.is_none_or(|mine| mine != answer.entry())
                && !merge.conflicts.iter().any(|conflict| conflict.question == **question)
        })
        .map(|(question, _)| question.clone())
        .collect();
    merge
}

/// What was posted, with the comment of `under` where the page had no field for one.
fn over(posted: &Posted, under: &Entry) -> Entry {
    Entry {
        value: posted.value.clone(),
        comment: posted.comment.clone().unwrap_or_else(|| under.comment.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::model::Value;
    use super::*;

    fn text(text: &str) -> Option<Value> {
        (!text.is_empty()).then(|| Value::Text(text.to_owned()))
    }

    fn form(base: i64, posted: &[(&str, &str)]) -> Form {
        let posted = posted
            .iter()
            .map(|(id, value)| {
                (
                    (*id).to_owned(),
                    Posted {
                        value: text(value),
                        comment: Some(String::new()),
                        base: None,
                    },
                )
            })
            .collect();
        Form {
            base,
            posted,
            ..Form::default()
        }
    }

    /// A response with all its past, as a store keeps it.
    #[derive(Debug, Default)]
    struct Desk {
        past: Vec<Answers>,
    }

    impl Desk {
        fn now(&self) -> (Answers, i64) {
            (self.past.last().cloned().unwrap_or_default(), self.past.len() as i64)
        }

        fn at(&self, question: &str, revision: i64) -> Option<Mark> {
            let then = usize::try_from(revision - 1)
                .ok()
                .and_then(|index| self.past.get(index))?;
            then.get(question).map(|answer| Mark::of(&answer.entry()))
        }

        fn post(&mut self, by: &str, form: &Form) -> Merge {
            let (stored, revision) = self.now();
            let merge = merge(
                &stored,
                revision,
                form,
                Stamp {
                    by,
                    at_micros: revision,
                },
                |q, r| self.at(q, r),
            );
            if merge.changed.is_empty() {
                assert_eq!((merge.revision, &merge.answers), (revision, &stored));
            } else {
                assert_eq!(merge.revision, revision + 1);
                self.past.push(merge.answers.clone());
            }
            merge
        }
    }

    fn said(answers: &Answers, question: &str) -> String {
        match answers.get(question).and_then(|answer| answer.value.as_ref()) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    #[test]
    fn edits_of_different_questions_both_survive() {
        let mut desk = Desk::default();
        desk.post("a", &form(0, &[("x", "1"), ("y", "1")]));
        desk.post("a", &form(1, &[("x", "2"), ("y", "1")]));
        let merge = desk.post("b", &form(1, &[("x", "1"), ("y", "3")]));
        assert_eq!(
            (said(&merge.answers, "x"), said(&merge.answers, "y")),
            ("2".into(), "3".into())
        );
        assert!(merge.conflicts.is_empty());
        assert_eq!(merge.news, ["x"]);
        assert_eq!(merge.changed[0].before.as_ref().map(|before| before.revision), Some(1));
        assert_eq!(
            (merge.answers["x"].by.as_str(), merge.answers["y"].by.as_str()),
            ("a", "b")
        );
    }

    #[test]
    fn differing_edits_are_given_back_and_can_be_chosen() {
        let mut desk = Desk::default();
        desk.post("a", &form(0, &[("x", "1")]));
        let merge = desk.post("b", &form(0, &[("x", "2")]));
        assert_eq!(said(&merge.answers, "x"), "1");
        assert_eq!(merge.conflicts[0].theirs.by, "a");
        assert_eq!(merge.conflicts[0].mine.value, text("2"));
        assert!(merge.changed.is_empty() && merge.news.is_empty());
        let merge = desk.post("b", &form(merge.revision, &[("x", "2")]));
        assert_eq!(said(&merge.answers, "x"), "2");
    }

    #[test]
    fn the_same_edit_by_both_is_no_conflict() {
        let mut desk = Desk::default();
        desk.post("a", &form(0, &[("x", "1")]));
        let merge = desk.post("b", &form(0, &[("x", "1")]));
        assert!(merge.changed.is_empty() && merge.conflicts.is_empty() && merge.news.is_empty());
    }

    #[test]
    fn clearing_is_an_edit_like_any_other() {
        let mut desk = Desk::default();
        desk.post("a", &form(0, &[("x", "1"), ("y", "1")]));
        desk.post("a", &form(1, &[("x", ""), ("y", "1")]));
        let merge = desk.post("b", &form(1, &[("x", "1"), ("y", "")]));
        assert_eq!(
            (said(&merge.answers, "x"), said(&merge.answers, "y")),
            (String::new(), String::new())
        );
        assert!(merge.conflicts.is_empty(), "{merge:?}");
        let merge = desk.post("c", &form(1, &[("x", "2")]));
        assert_eq!(merge.conflicts[0].theirs.value, None);
    }

    #[test]
    fn an_empty_form_on_an_empty_response_leaves_no_trace() {
        let merge = Desk::default().post("a", &form(0, &[("x", ""), ("y", "")]));
        assert!(merge.answers.is_empty() && merge.changed.is_empty());
    }

    #[test]
    fn a_form_without_a_comment_field_keeps_the_comment() {
        let mut desk = Desk::default();
        let with = Posted {
            value: text("1"),
            comment: Some("why".into()),
            base: None,
        };
        desk.post(
            "a",
            &Form {
                posted: BTreeMap::from([("x".into(), with)]),
                ..Form::default()
            },
        );
        let without = |base| Form {
            base,
            posted: BTreeMap::from([(
                "x".into(),
                Posted {
                    value: text("2"),
                    comment: None,
                    base: None,
                },
            )]),
            ..Form::default()
        };
        assert_eq!(desk.post("a", &without(1)).answers["x"].comment, "why");
    }

    #[test]
    fn the_past_is_asked_only_for_answers_newer_than_what_was_seen() {
        let mut desk = Desk::default();
        desk.post("a", &form(0, &[("x", "1"), ("y", "1")]));
        desk.post("a", &form(1, &[("y", "2")]));
        let (stored, revision) = desk.now();
        let asked = std::cell::RefCell::new(Vec::new());
        let posted = form(1, &[("x", "3"), ("y", "1"), ("z", "3")]);
        merge(
            &stored,
            revision,
            &posted,
            Stamp { by: "b", at_micros: 0 },
            |question, at| {
                asked.borrow_mut().push((question.to_owned(), at));
                desk.at(question, at)
            },
        );
        assert_eq!(*asked.borrow(), [("y".to_owned(), 1)]);
    }

    #[test]
    fn a_page_that_saves_as_it_goes_doesnt_quarrel_with_itself_nor_hide_anothers_edit() {
        let mut desk = Desk::default();
        let one = |id: &str, value: &str, seen| Form {
            base: 0,
            posted: BTreeMap::from([(
                id.to_owned(),
                Posted {
                    value: text(value),
                    comment: None,
                    base: Some(seen),
                },
            )]),
            ..Form::default()
        };
        desk.post("b", &form(0, &[("y", "b")]));
        let first = desk.post("a", &one("x", "1", 0));
        assert_eq!(first.news, ["y"]);
        let again = desk.post("a", &one("x", "2", first.answers["x"].revision));
        assert_eq!((again.changed.len(), again.conflicts.len()), (1, 0));
        assert_eq!(desk.post("a", &one("y", "a", 0)).conflicts.len(), 1);
    }

    const IDS: [&str; 3] = ["x", "y", "z"];

    #[derive(Debug, Clone)]
    enum Step {
        /// The person loads the page.
        Open(usize),
        /// The person writes a value (empty: clears).
        Write(usize, usize, u8),
        /// The person posts the questions of this mask, with or without bases of single answers.
        Post(usize, u8, bool),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            1 => (0..2usize).prop_map(Step::Open),
            3 => (0..2usize, 0..3usize, 0..4u8).prop_map(|(who, question, value)| Step::Write(who, question, value)),
            3 => (0..2usize, 1..8u8, any::<bool>()).prop_map(|(who, mask, single)| Step::Post(who, mask, single)),
        ];
        prop::collection::vec(step, 1..40)
    }

    /// One person's page: what it was loaded with, and what stands in its fields.
    #[derive(Debug, Clone, Default)]
    struct Page {
        base: i64,
        seen: Answers,
        fields: BTreeMap<&'static str, String>,
    }

    impl Page {
        fn load(desk: &Desk) -> Self {
            let (seen, base) = desk.now();
            let fields = IDS.iter().map(|id| (*id, said(&seen, id))).collect();
            Page { base, seen, fields }
        }

        fn form(&self, mask: u8, single: bool) -> Form {
            let posted = IDS
                .iter()
                .enumerate()
                .filter(|(index, _)| mask & (1 << index) != 0)
                .map(|(_, id)| {
                    let base = single.then(|| self.seen.get(*id).map_or(0, |answer| answer.revision));
                    (
                        (*id).to_owned(),
                        Posted {
                            value: text(&self.fields[id]),
                            comment: Some(String::new()),
                            base,
                        },
                    )
                })
                .collect();
            Form {
                base: self.base,
                posted,
                ..Form::default()
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn no_edit_is_lost_silently(steps in steps()) {
            let mut desk = Desk::default();
            let mut pages = [Page::load(&desk), Page::load(&desk)];
            for step in steps {
                match step {
                    Step::Open(who) => pages[who] = Page::load(&desk),
                    Step::Write(who, question, value) => {
                        let value = if value == 0 { String::new() } else { format!("{value}") };
                        pages[who].fields.insert(IDS[question], value);
                    }
                    Step::Post(who, mask, single) => {
                        let page = pages[who].clone();
                        let form = page.form(mask, single);
                        let (before, _) = desk.now();
                        let merge = desk.post(["a", "b"][who], &form);
                        for id in IDS {
                            let conflict = merge.conflicts.iter().find(|conflict| conflict.question == id);
                            let edited = form.posted.contains_key(id) && page.fields[id] != said(&page.seen, id);
                            // What a person wrote is stored or given back.
                            if edited {
                                let given_back = conflict.is_some_and(|c| c.mine.value == text(&page.fields[id]));
                                prop_assert!(said(&merge.answers, id) == page.fields[id] || given_back);
                            } else {
                                // What they left alone changes nothing and is no conflict.
                                prop_assert_eq!(merge.answers.get(id), before.get(id));
                                prop_assert!(conflict.is_none());
                            }
                            // What another wrote since is never overwritten, and the person is told of it.
                            let unseen = before.get(id).filter(|now| page.seen.get(id) != Some(now));
                            if let Some(theirs) = unseen {
                                prop_assert_eq!(merge.answers.get(id), Some(theirs));
                                let told = merge.news.iter().any(|news| news == id) || conflict.is_some();
                                let same = form.posted.contains_key(id) && page.fields[id] == said(&before, id);
                                prop_assert!(told || same);
                            }
                        }
                        // The same form once more changes nothing.
                        let again = desk.post(["a", "b"][who], &form);
                        prop_assert!(again.changed.is_empty());
                        prop_assert_eq!(&again.answers, &merge.answers);
                        prop_assert_eq!(&again.conflicts, &merge.conflicts);
                        pages[who] = Page::load(&desk);
                    }
                }
            }
        }
    }
}
