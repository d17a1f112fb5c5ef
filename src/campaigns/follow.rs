//! A campaign that follows an earlier one: of what kind, and whom of the earlier one it goes to.

use super::model::{CampaignId, Plan};
use super::reminders::Reminders;
use crate::content::{Content, Letter, Occasion};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a follow-up is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FollowKind {
    /// The same once more.
    #[default]
    Again,
    /// Who hasn't done it yet is asked again, with a short letter.
    SecondNotice,
    /// What was warned of is over: nothing is asked but to acknowledge.
    AllClear,
}

/// Whom of those that the earlier campaign went to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// All of them.
    #[default]
    All,
    /// From whom something is still awaited.
    Unanswered,
    /// Who has done all that was asked.
    Done,
    /// Who answered "no" to any question.
    No,
    /// Who answered "no" to one question: [`FollowUp::question`].
    NoTo,
    /// Who answered "yes" to everything that applies.
    AllYes,
    /// Whom no mail reached.
    Unreached,
}

/// How a campaign follows its earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FollowUp {
    pub kind: FollowKind,
    pub who: Who,
    /// A question's id in the earlier checklist, for [`Who::NoTo`]; else "".
    pub question: String,
}

/// The campaign that another one follows, as its mails and pages name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub id: CampaignId,
    /// The first of all that follow each other.
    pub root: CampaignId,
    pub number: String,
    pub title: String,
    pub sent_at: Timestamp,
}

impl FollowKind {
    pub const ALL: [FollowKind; 3] = [FollowKind::Again, FollowKind::SecondNotice, FollowKind::AllClear];

    pub fn as_str(self) -> &'static str {
        match self {
            FollowKind::Again => "again",
            FollowKind::SecondNotice => "second-notice",
            FollowKind::AllClear => "all-clear",
        }
    }

    pub fn parse(word: &str) -> Option<FollowKind> {
        FollowKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            FollowKind::Again => "follow-again",
            FollowKind::SecondNotice => "follow-second-notice",
            FollowKind::AllClear => "follow-all-clear",
        }
    }

    /// The key of what it means.
    pub fn hint(self) -> &'static str {
        match self {
            FollowKind::Again => "follow-again-hint",
            FollowKind::SecondNotice => "follow-second-notice-hint",
            FollowKind::AllClear => "follow-all-clear-hint",
        }
    }

    /// The key of a new title, of the earlier one's.
    pub fn title(self) -> &'static str {
        match self {
            FollowKind::Again => "follow-title-again",
            FollowKind::SecondNotice => "follow-title-second-notice",
            FollowKind::AllClear => "follow-title-all-clear",
        }
    }

    pub(super) fn occasion(self) -> Option<Occasion> {
        match self {
            FollowKind::Again => None,
            FollowKind::SecondNotice => Some(Occasion::SecondNotice),
            FollowKind::AllClear => Some(Occasion::AllClear),
        }
    }
}

impl Who {
    pub const ALL: [Who; 7] = [
        Who::All,
        Who::Unanswered,
        Who::Done,
        Who::No,
        Who::NoTo,
        Who::AllYes,
        Who::Unreached,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Who::All => "all",
            Who::Unanswered => "unanswered",
            Who::Done => "done",
            Who::No => "no",
            Who::NoTo => "no-to",
            Who::AllYes => "all-yes",
            Who::Unreached => "unreached",
        }
    }

    pub fn parse(word: &str) -> Option<Who> {
        Who::ALL.into_iter().find(|who| who.as_str() == word)
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Who::All => "follow-who-all",
            Who::Unanswered => "follow-who-unanswered",
            Who::Done => "follow-who-done",
            Who::No => "follow-who-no",
            Who::NoTo => "follow-who-no-to",
            Who::AllYes => "follow-who-all-yes",
            Who::Unreached => "follow-who-unreached",
        }
    }

    /// Whether it asks what was answered, and so needs a checklist in the earlier campaign.
    pub fn needs_answers(self) -> bool {
        matches!(self, Who::No | Who::NoTo | Who::AllYes)
    }
}

/// Whether a letter may go with this kind of campaign; None: with one that follows none.
pub fn letter_fits(letter: &Letter, kind: Option<FollowKind>) -> bool {
    letter.occasion.is_none() || letter.occasion == kind.and_then(FollowKind::occasion)
}

impl Plan {
    /// The plan of a campaign that follows one of this plan: the same but for what its kind changes. It goes to whom the
    /// earlier one went to; what was chosen there by rules and by hand was chosen then.
    pub fn followed_by(&self, follow_up: FollowUp, title: String, deadline: String, content: &Content) -> Plan {
        let kind = follow_up.kind;
        let mut plan = Plan {
            title,
            deadline,
            audience: Default::default(),
            follow_up: Some(follow_up),
            ..self.clone()
        };
        if kind == FollowKind::AllClear {
            plan.advisory.clear();
            plan.checklist.clear();
            plan.awareness.clear();
            plan.reminders = Reminders::default();
        }
        // By what is asked now: the letters there were where they fit, else others.
        plan.with_fitting_letters(content)
    }

    pub fn follow_kind(&self) -> Option<FollowKind> {
        self.follow_up.as_ref().map(|f| f.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earlier() -> Plan {
        Plan {
            title: "T".into(),
            advisory: "government-2022-03".into(),
            checklist: "sc-2022".into(),
            letter_supplier: "self-check-request".into(),
            letter_group: "advisory-notice".into(),
            awareness: "mail-and-links".into(),
            reminders: Reminders::standard(),
            audience: crate::directory::Filter {
                only_added: true,
                ..Default::default()
            },
            ..Plan::default()
        }
    }

    fn followed(kind: FollowKind) -> Plan {
        let content = Content::load(None, &["ja", "en"]).unwrap();
        let follow_up = FollowUp {
            kind,
            ..FollowUp::default()
        };
        earlier().followed_by(follow_up, "N".into(), "2026-12-10T17:00".into(), &content)
    }

    #[test]
    fn words_come_back() {
        assert!(
            FollowKind::ALL
                .iter()
                .all(|k| FollowKind::parse(k.as_str()) == Some(*k))
        );
        assert!(Who::ALL.iter().all(|w| Who::parse(w.as_str()) == Some(*w)));
    }

    #[test]
    fn the_same_again_keeps_all_but_title_deadline_and_audience() {
        let plan = followed(FollowKind::Again);
        let kept = Plan {
            title: "T".into(),
            deadline: String::new(),
            audience: earlier().audience,
            follow_up: None,
            ..plan.clone()
        };
        assert_eq!(kept, earlier());
        assert_eq!(plan.audience, Default::default());
    }

    #[test]
    fn a_second_notice_and_an_all_clear_have_letters_of_their_own() {
        let second = followed(FollowKind::SecondNotice);
        assert_eq!(second.letter_supplier, "second-notice-suppliers");
        assert_eq!(second.letter_group, "second-notice-group");
        assert_eq!(second.checklist, "sc-2022");
        let clear = followed(FollowKind::AllClear);
        assert_eq!(clear.letter_supplier, "all-clear-suppliers");
        assert_eq!(
            (
                clear.checklist.as_str(),
                clear.advisory.as_str(),
                clear.awareness.as_str()
            ),
            ("", "", "")
        );
        assert_eq!(clear.reminders, Reminders::default());
        let content = Content::load(None, &["ja", "en"]).unwrap();
        // And back: an ordinary letter for one that is asked again.
        let again = second.followed_by(FollowUp::default(), "A".into(), String::new(), &content);
        assert_eq!(again.letter_supplier, "self-check-request");
        let letter = content.letter("all-clear-group").unwrap();
        assert!(letter_fits(letter, Some(FollowKind::AllClear)));
        assert!(!letter_fits(letter, Some(FollowKind::SecondNotice)) && !letter_fits(letter, None));
    }
}
