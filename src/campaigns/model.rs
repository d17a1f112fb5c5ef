//! A campaign's plan and the rules it must satisfy before it is sent.

use super::deadline::moment;
use super::follow::{Earlier, FollowKind, FollowUp, Who};
use super::reminders::Reminders;
use crate::audit::Change;
use crate::content::Content;
use crate::directory::{Filter, Kind};
use crate::mail::EmailAddress;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

crate::ids! {
    /// Names a campaign.
    CampaignId
}

#[derive(Clone, Debug)]
pub struct Campaign {
    pub id: CampaignId,
    /// 依頼番号: year and running number, such as `2026-001`.
    pub number: String,
    pub state: State,
    pub mailing: Mailing,
    pub plan: Plan,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// Counts the changes of the plan.
    pub revision: i64,
    /// The campaign that this one follows.
    pub follows: Option<Earlier>,
}

impl Campaign {
    /// Until when an answer is asked for, as it is now.
    pub fn deadline(&self) -> Timestamp {
        // A plan is only sent with a deadline; one without it is a draft.
        self.plan.deadline().unwrap_or(Timestamp::MAX)
    }

    /// What the audit log calls something done to this campaign.
    pub fn change(&self, action: &'static str) -> Change<'_> {
        Change {
            action,
            subject_kind: "campaign",
            subject: Some(self.id.0),
            subject_name: &self.number,
        }
    }
}

/// Draft → sending (invitations are being made) → running → closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Draft,
    Sending,
    Running,
    Closed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Sending => "sending",
            State::Running => "running",
            State::Closed => "closed",
        }
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            State::Draft => "campaign-state-draft",
            State::Sending => "campaign-state-sending",
            State::Running => "campaign-state-running",
            State::Closed => "campaign-state-closed",
        }
    }
}

impl FromStr for State {
    type Err = String;
    fn from_str(word: &str) -> Result<State, String> {
        [State::Draft, State::Sending, State::Running, State::Closed]
            .into_iter()
            .find(|s| s.as_str() == word)
            .ok_or_else(|| "not a campaign's state".into())
    }
}

/// Whether a campaign's mails go out. Receipts always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mailing {
    On,
    /// They wait until somebody resumes.
    Paused,
    /// They wait because those before were refused, until somebody resumes.
    Refused,
    /// What hadn't gone never goes.
    Cancelled,
}

impl Mailing {
    pub fn as_str(self) -> &'static str {
        match self {
            Mailing::On => "on",
            Mailing::Paused => "paused",
            Mailing::Refused => "refused",
            Mailing::Cancelled => "cancelled",
        }
    }
}

impl FromStr for Mailing {
    type Err = &'static str;
    fn from_str(word: &str) -> Result<Mailing, &'static str> {
        [Mailing::On, Mailing::Paused, Mailing::Refused, Mailing::Cancelled]
            .into_iter()
            .find(|m| m.as_str() == word)
            .ok_or("neither on nor paused nor refused nor cancelled")
    }
}

/// What the operator decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    pub title: String,
    /// Ids of content; "" for none.
    pub advisory: String,
    pub checklist: String,
    pub letter_supplier: String,
    pub letter_group: String,
    /// Whether group companies get the checklist too, and not only the advisory to acknowledge.
    pub group_check: bool,
    pub audience: Filter,
    pub contacts: Contacts,
    /// Local time in `zone`, such as `2026-12-10T17:00`.
    pub deadline: String,
    /// IANA name.
    pub zone: String,
    /// Who sends it, by language: company and department in the first line; title and name, place and telephone below.
    pub sender: BTreeMap<String, String>,
    /// Where to ask back, by language: department, telephone, mail.
    pub inquiries: BTreeMap<String, String>,
    /// Where an answer to the mail goes; "" for the sender's address.
    pub reply_to: String,
    /// How many hours before the request a notice without any link goes out; 0: none.
    pub notice_hours: i64,
    /// Who is reminded when, until an answer is in.
    pub reminders: Reminders,
    /// Id of the notice for employees that companies pass on; "" for none.
    pub awareness: String,
    /// Whether suppliers are asked to pass it on, too, and not only group companies.
    pub awareness_suppliers: bool,
    /// How it follows the earlier campaign, where it follows one.
    pub follow_up: Option<FollowUp>,
}

/// How long before a request its notice may go out.
const MOST_NOTICE_HOURS: i64 = 14 * 24;

/// Who at a company gets the mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Contacts {
    /// The primary contact; the first one with an address where none is called so.
    #[default]
    Primary,
    /// Everybody with an address.
    All,
}

/// Why a plan can't be sent yet: the step where it is mended, and the key of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanProblem {
    pub step: u8,
    pub field: &'static str,
    pub key: &'static str,
    /// Whose letter it is about, where it is about one.
    pub kind: Option<Kind>,
}

/// How many lines a sender may have, and how many characters a line: what stands at the head of a letter.
pub(super) const SENDER_LINES: usize = 6;
pub(super) const SENDER_LINE: usize = 80;

/// Whether a sender's block is too long for the head of a letter.
pub(super) fn is_long_sender(text: &str) -> bool {
    text.lines().count() > SENDER_LINES || text.lines().any(|line| line.chars().count() > SENDER_LINE)
}

impl Plan {
    /// The deadline as a moment; None when it isn't one. What may be typed is narrower (see [`moment`]): a campaign that was
    /// sent before keeps the deadline that its companies were told.
    pub fn deadline(&self) -> Option<Timestamp> {
        let local: DateTime = self.deadline.parse().ok()?;
        Some(local.to_zoned(TimeZone::get(&self.zone).ok()?).ok()?.timestamp())
    }

    /// What is wrong with the deadline as it was typed: the field, and the key of the sentence.
    pub fn deadline_problem(&self, now: Timestamp) -> Result<(), (&'static str, &'static str)> {
        match moment(&self.deadline, &self.zone) {
            Err(e) => Err((e.field(), e.message())),
            Ok(at) if at <= now => Err(("deadline", "plan-problem-deadline-past")),
            Ok(_) => Ok(()),
        }
    }

    /// Whether companies of this kind are asked the checklist, and not only to acknowledge.
    pub fn asks_check(&self, kind: Kind) -> bool {
        !self.checklist.is_empty() && (kind == Kind::Supplier || self.group_check || self.advisory.is_empty())
    }

    /// Whether companies of this kind are asked to pass the notice for employees on.
    pub fn passes_on(&self, kind: Kind) -> bool {
        !self.awareness.is_empty() && (kind == Kind::Group || self.awareness_suppliers)
    }

    /// Whether anything is asked; an all clear needn't.
    pub fn asks_something(&self) -> bool {
        !self.advisory.is_empty() || !self.checklist.is_empty() || self.follow_kind() == Some(FollowKind::AllClear)
    }

    pub fn time_zone(&self) -> TimeZone {
        crate::web::dates::zone(&self.zone)
    }

    /// Everything that keeps the plan from being sent, in the order of the steps.
    pub fn problems(&self, content: &Content, now: Timestamp, languages: &[&'static str]) -> Vec<PlanProblem> {
        let mut out = Vec::new();
        let mut say = |step, field, key| {
            out.push(PlanProblem {
                step,
                field,
                key,
                kind: None,
            });
        };
        if self.title.trim().is_empty() {
            say(1, "title", "plan-problem-title");
        }
        if !self.asks_something() {
            say(1, "advisory", "plan-problem-nothing-asked");
        }
        if !self.advisory.is_empty() && content.advisory(&self.advisory).is_none() {
            say(1, "advisory", "plan-problem-advisory-unknown");
        }
        if !self.checklist.is_empty() && content.checklist(&self.checklist).is_none() {
            say(1, "checklist", "plan-problem-checklist-unknown");
        }
        if !self.checklist.is_empty() && self.follow_kind() == Some(FollowKind::AllClear) {
            say(1, "checklist", "plan-problem-all-clear-asks");
        }
        if !self.awareness.is_empty() && content.notice(&self.awareness).is_none() {
            say(1, "awareness", "plan-problem-awareness-unknown");
        }
        if self
            .follow_up
            .as_ref()
            .is_some_and(|f| f.who == Who::NoTo && f.question.is_empty())
        {
            say(2, "question", "follow-problem-question");
        }
        out.extend(
            [Kind::Supplier, Kind::Group]
                .into_iter()
                .filter_map(|kind| self.letter_problem(content, kind)),
        );
        let mut say = |step, field, key| {
            out.push(PlanProblem {
                step,
                field,
                key,
                kind: None,
            });
        };
        if let Err((field, key)) = self.deadline_problem(now) {
            say(3, field, key);
        }
        for language in languages {
            if self.sender.get(*language).is_none_or(|s| s.trim().is_empty()) {
                say(3, "sender", "plan-problem-sender");
                break;
            }
        }
        if self.sender.values().any(|text| is_long_sender(text)) {
            say(3, "sender", "plan-problem-sender-long");
        }
        for language in languages {
            if self.inquiries.get(*language).is_none_or(|s| s.trim().is_empty()) {
                say(3, "inquiries", "plan-problem-inquiries");
                break;
            }
        }
        if let (false, Err(problem)) = (self.reply_to.is_empty(), self.reply_to.parse::<EmailAddress>()) {
            say(3, "reply_to", problem.message());
        }
        if !(0..=MOST_NOTICE_HOURS).contains(&self.notice_hours) {
            say(3, "notice_hours", "plan-problem-notice");
        } else if self.notice_hours > 0
            && self
                .deadline()
                .is_some_and(|end| end <= now + SignedDuration::from_hours(self.notice_hours))
        {
            say(3, "notice_hours", "plan-problem-notice-late");
        }
        if let Some(key) = self.reminders.problem() {
            say(3, "reminders", key);
        }
        out
    }

    /// Who sends it, in one line, for subjects, sentences and the names of mails: the first line of the sender's block.
    pub fn sender_name(&self, language: &str) -> &str {
        Plan::said(&self.sender, language)
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
    }

    /// The sender's block as letters print it.
    pub fn sender_lines(&self, language: &str) -> Vec<String> {
        let lines = Plan::said(&self.sender, language).lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// The text for `language`, else English, else any.
    pub fn said<'p>(texts: &'p BTreeMap<String, String>, language: &str) -> &'p str {
        texts
            .get(language)
            .or_else(|| texts.get("en"))
            .or_else(|| texts.values().next())
            .map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_local_to_its_zone() {
        let plan = Plan {
            deadline: "2026-12-10T17:00".into(),
            zone: "Asia/Tokyo".into(),
            ..Plan::default()
        };
        assert_eq!(plan.deadline().unwrap().to_string(), "2026-12-10T08:00:00Z");
        assert_eq!(
            Plan {
                deadline: "soon".into(),
                ..plan
            }
            .deadline(),
            None
        );
    }

    #[test]
    fn group_companies_are_asked_the_check_if_chosen_or_if_nothing_else_is_asked() {
        let asks = |advisory: &str, checklist: &str, group_check| {
            let plan = Plan {
                advisory: advisory.into(),
                checklist: checklist.into(),
                group_check,
                ..Plan::default()
            };
            (plan.asks_check(Kind::Supplier), plan.asks_check(Kind::Group))
        };
        assert_eq!(asks("a", "c", false), (true, false));
        assert_eq!(asks("a", "c", true), (true, true));
        assert_eq!(asks("a", "", true), (false, false));
        // Without an advisory there would be nothing to acknowledge.
        assert_eq!(asks("", "c", false), (true, true));
    }

    #[test]
    fn an_empty_plan_says_everything_that_is_missing() {
        let content = Content::load(None, &["ja", "en"]).unwrap();
        let problems = Plan::default().problems(&content, Timestamp::UNIX_EPOCH, &["ja", "en"]);
        let fields: Vec<_> = problems.iter().map(|p| p.field).collect();
        assert_eq!(
            fields,
            [
                "title",
                "advisory",
                "letter_supplier",
                "letter_group",
                "deadline",
                "sender",
                "inquiries"
            ]
        );
    }

    #[test]
    fn t4_a_sender_has_a_name_for_sentences_and_a_block_for_letters() {
        let block =
            "株式会社サンプル製作所　情報セキュリティ室\n室長　鈴木　一郎\n\n名古屋市中区1-1　電話 052-000-0118";
        let plan = Plan {
            sender: BTreeMap::from([("ja".to_owned(), block.to_owned())]),
            ..Plan::default()
        };
        assert_eq!(plan.sender_name("ja"), "株式会社サンプル製作所　情報セキュリティ室");
        assert_eq!(plan.sender_lines("ja").len(), 3);
        assert!(!is_long_sender(block) && is_long_sender(&"a\n".repeat(7)) && is_long_sender(&"あ".repeat(81)));
    }

    #[test]
    fn a_missing_text_falls_back() {
        let texts = BTreeMap::from([("en".to_owned(), "Us".to_owned())]);
        assert_eq!(Plan::said(&texts, "ja"), "Us");
    }
}
