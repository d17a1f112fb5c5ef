//! What a campaign asks of suppliers and of group companies, in the words in which letters say what they ask; and whether the
//! letter chosen says the same. This is the one place that tells it: pages, mails, the wizard and the command line ask here.

use super::follow::{FollowKind, letter_fits};
use super::model::{Plan, PlanProblem};
use crate::content::{Ask, Audience, Content, Letter};
use crate::directory::Kind;
use crate::web::i18n::{Tr, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// To whom letters to companies of this kind are written.
pub fn audience(kind: Kind) -> Audience {
    match kind {
        Kind::Supplier => Audience::Supplier,
        Kind::Group => Audience::Group,
    }
}

impl Plan {
    /// Everything that companies of this kind are asked; never empty, since a letter is at least to be read.
    pub fn asks(&self, kind: Kind) -> BTreeSet<Ask> {
        let mut asks = BTreeSet::new();
        if !self.advisory.is_empty() {
            asks.insert(Ask::Acknowledge);
        }
        if self.passes_on(kind) {
            asks.insert(Ask::AwarenessReport);
        }
        if self.asks_check(kind) {
            asks.insert(Ask::SelfCheck);
        }
        if asks.is_empty() {
            asks.insert(Ask::Read);
        }
        asks
    }

    /// The id of the letter to companies of this kind.
    pub fn letter(&self, kind: Kind) -> &str {
        match kind {
            Kind::Supplier => &self.letter_supplier,
            Kind::Group => &self.letter_group,
        }
    }

    /// The letters that ask companies of this kind what the plan asks of them, the best first: one made for this kind of
    /// follow-up, and one in which the heaviest request always stands.
    pub fn fitting<'c>(&self, content: &'c Content, kind: Kind) -> Vec<&'c Arc<Letter>> {
        let wanted = self.asks(kind);
        let heaviest = wanted.last().copied();
        let occasion = self.follow_kind().and_then(FollowKind::occasion);
        let mut letters: Vec<_> = content
            .letters_for(audience(kind))
            .filter(|l| letter_fits(l, self.follow_kind()) && l.asks_exactly(&wanted))
            .collect();
        let always = |l: &Letter| heaviest.is_some_and(|h| l.asks.as_ref().is_some_and(|asks| asks.contains(&h)));
        letters.sort_by_key(|l| (l.occasion != occasion, !always(l)));
        letters
    }

    /// Takes the best letters for what is asked, where those that there are don't fit. For a plan whose letters nobody chose.
    pub fn with_fitting_letters(mut self, content: &Content) -> Plan {
        for kind in [Kind::Supplier, Kind::Group] {
            let fitting = self.fitting(content, kind);
            let occasion = self.follow_kind().and_then(FollowKind::occasion);
            let there_was = self.letter(kind);
            if fitting.iter().any(|l| l.id == there_was && l.occasion == occasion) {
                continue;
            }
            let Some(best) = fitting.first().map(|l| l.id.clone()) else {
                continue;
            };
            match kind {
                Kind::Supplier => self.letter_supplier = best,
                Kind::Group => self.letter_group = best,
            }
        }
        self
    }

    /// What is wrong with the letter to companies of this kind.
    pub(super) fn letter_problem(&self, content: &Content, kind: Kind) -> Option<PlanProblem> {
        let key = match content.letter(self.letter(kind)) {
            None => "plan-problem-letter",
            Some(l) if l.audience != audience(kind) || !letter_fits(l, self.follow_kind()) => "plan-problem-letter",
            Some(l) if l.asks.is_none() => "plan-problem-letter-undeclared",
            Some(l) if !l.asks_exactly(&self.asks(kind)) => "plan-problem-letter-asks",
            Some(_) => return None,
        };
        Some(PlanProblem {
            step: 3,
            field: match kind {
                Kind::Supplier => "letter_supplier",
                Kind::Group => "letter_group",
            },
            key,
            kind: Some(kind),
        })
    }
}

/// What is asked, in words: "to acknowledge the advisory and to answer the self-check".
pub fn asks_words(t: Tr, asks: &BTreeSet<Ask>) -> String {
    let words: Vec<_> = asks
        .iter()
        .map(|ask| {
            t.t(match ask {
                Ask::Read => "ask-read",
                Ask::Acknowledge => "ask-acknowledge",
                Ask::AwarenessReport => "ask-awareness-report",
                Ask::SelfCheck => "ask-self-check",
            })
        })
        .collect();
    match words.is_empty() {
        true => t.t("ask-nothing").into_owned(),
        false => words.join(&t.t("ask-and")),
    }
}

impl PlanProblem {
    /// The sentence for people. Of a letter that asks something else it names the letter, what each asks, and which letters fit.
    pub fn said(&self, t: Tr, content: &Content, plan: &Plan) -> String {
        let letter = self
            .kind
            .and_then(|kind| Some((kind, content.letter(plan.letter(kind))?)));
        let Some((kind, letter)) = letter.filter(|_| self.key != "plan-problem-letter") else {
            return t.t(self.key).into_owned();
        };
        let wanted = plan.asks(kind);
        let names: Vec<&str> = plan
            .fitting(content, kind)
            .iter()
            .map(|l| l.text(t.lang()).name.as_str())
            .collect();
        let fitting = match names.is_empty() {
            true => t.t("letters-none-fit"),
            false => t.t1("letters-that-fit", "letters", names.join(&t.t("letters-or"))),
        };
        let name = letter.text(t.lang()).name.as_str();
        let said = match letter.says(&wanted) {
            None => t.t2(
                "plan-problem-letter-undeclared",
                "letter",
                name,
                "id",
                letter.id.as_str(),
            ),
            Some(says) => t.with(
                "plan-problem-letter-asks",
                &[
                    ("letter", name.fluent()),
                    ("asks", asks_words(t, &says).fluent()),
                    ("kind", kind.as_str().fluent()),
                    ("wanted", asks_words(t, &wanted).fluent()),
                ],
            ),
        };
        format!("{said}{}{fitting}", t.t("sentence-gap"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::FollowUp;
    use jiff::Timestamp;
    use std::collections::BTreeMap;

    fn plan(advisory: bool, check: bool, group_check: bool, awareness: bool, follow: Option<FollowKind>) -> Plan {
        let word = |yes, id: &str| if yes { id.to_owned() } else { String::new() };
        Plan {
            title: "T".into(),
            advisory: word(advisory, "government-2022-03"),
            checklist: word(check, "sc-2022"),
            group_check,
            awareness: word(awareness, "mail-and-links"),
            awareness_suppliers: true,
            deadline: "2026-12-10T17:00".into(),
            zone: "Asia/Tokyo".into(),
            sender: BTreeMap::from([("en".to_owned(), "S".to_owned()), ("ja".to_owned(), "S".to_owned())]),
            inquiries: BTreeMap::from([("en".to_owned(), "I".to_owned()), ("ja".to_owned(), "I".to_owned())]),
            follow_up: follow.map(|kind| FollowUp {
                kind,
                ..FollowUp::default()
            }),
            ..Plan::default()
        }
    }

    /// Every campaign that can be made has letters that ask what it asks, of suppliers and of group companies.
    #[test]
    fn t1_whatever_is_asked_a_letter_that_ships_asks_it_and_no_other_is_taken() {
        let content = Content::load(None, &["ja", "en"]).unwrap();
        let follows = [None, Some(FollowKind::Again), Some(FollowKind::SecondNotice)];
        let mut plans = vec![plan(false, false, false, false, Some(FollowKind::AllClear))];
        for follow in follows {
            for [advisory, check, group_check, awareness] in (0..16).map(|n| [1, 2, 4, 8].map(|bit| n & bit != 0)) {
                if advisory || check {
                    plans.push(plan(advisory, check, group_check, awareness, follow));
                }
            }
        }
        for plan in plans {
            let plan = plan.with_fitting_letters(&content);
            let problems = plan.problems(&content, Timestamp::UNIX_EPOCH, &["ja", "en"]);
            assert!(problems.is_empty(), "{plan:?}: {problems:?}");
            for kind in [Kind::Supplier, Kind::Group] {
                let wanted = plan.asks(kind);
                for letter in content.letters_for(audience(kind)) {
                    let taken = plan.fitting(&content, kind).iter().any(|l| l.id == letter.id);
                    let right = letter.says(&wanted).unwrap() == wanted && letter_fits(letter, plan.follow_kind());
                    assert_eq!(taken, right, "{}: {wanted:?}", letter.id);
                }
            }
        }
    }

    #[test]
    fn t1_a_letter_that_asks_something_else_is_named_with_those_that_fit() {
        let content = Content::load(None, &["ja", "en"]).unwrap();
        let refused = |plan: &Plan, language| {
            let problems = plan.problems(&content, Timestamp::UNIX_EPOCH, &["ja", "en"]);
            let t = Tr(crate::web::i18n::Locale::or_english(language));
            let said = problems.iter().map(|p| p.said(t, &content, plan));
            said.collect::<Vec<_>>().join("\n")
        };
        // An advisory without a checklist, under the letter that asks for a self-check.
        let mut wrong = plan(true, false, false, false, None).with_fitting_letters(&content);
        assert_eq!(wrong.letter_supplier, "advisory-suppliers");
        wrong.letter_supplier = "self-check-request".into();
        for (language, words) in [
            (
                "ja",
                [
                    "自己点検のお願い（取引先向け）",
                    "自己点検への回答",
                    "注意喚起の確認",
                    "注意喚起の確認のお願い（取引先向け）",
                ],
            ),
            (
                "en",
                [
                    "Request for a self-check (to suppliers)",
                    "to answer the self-check",
                    "to read and acknowledge the advisory",
                    "Advisory to read and acknowledge (to suppliers)",
                ],
            ),
        ] {
            let said = refused(&wrong, language);
            for word in words {
                assert!(said.contains(word), "{word} is missing: {said}");
            }
        }
        // The other cases of the kind: each is refused, and told where it is mended.
        let check = plan(true, true, true, false, None);
        for (mut wrong, supplier, group, field) in [
            // Group companies are asked only the checklist, and the letter speaks of the advisory.
            (
                plan(false, true, true, false, None),
                "self-check-request",
                "advisory-notice",
                "letter_group",
            ),
            // Suppliers are asked the checklist, and the letter only to acknowledge.
            (
                check.clone(),
                "advisory-suppliers",
                "self-check-group",
                "letter_supplier",
            ),
            // The group's letter asks for a check that the campaign doesn't ask of the group.
            (
                plan(true, true, false, false, None),
                "self-check-request",
                "self-check-group",
                "letter_group",
            ),
            // An all clear that has an advisory to acknowledge.
            (
                plan(true, false, false, false, Some(FollowKind::AllClear)),
                "all-clear-suppliers",
                "advisory-notice",
                "letter_supplier",
            ),
        ] {
            wrong.letter_supplier = supplier.into();
            wrong.letter_group = group.into();
            let problems = wrong.problems(&content, Timestamp::UNIX_EPOCH, &["ja", "en"]);
            let told: Vec<_> = problems.iter().map(|p| (p.step, p.field, p.key)).collect();
            assert_eq!(told, [(3, field, "plan-problem-letter-asks")], "{supplier} {group}");
        }
        let both = Plan {
            letter_supplier: "self-check-request".into(),
            letter_group: "advisory-notice".into(),
            ..check
        };
        assert_eq!(refused(&both, "en"), "");
    }
}
