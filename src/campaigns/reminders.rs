//! A campaign's reminder plan: who is reminded how long before or after the deadline, until an answer is in. Pure. (When that
//! is for one company, on which business day, at which hour there, `reminders` reckons.)

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// Which plan was chosen. What it asks for stands in the plan itself, so that a campaign that runs keeps it whatever a later
/// Kairan calls standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReminderKind {
    /// Nobody is reminded: also every plan that was made before there were reminders.
    #[default]
    None,
    Standard,
    /// For companies of one's own group: on the day itself, an executive the day after it, then every business day.
    Firm,
    /// Hours instead of days, whatever day it is.
    Urgent,
    /// Steps of the operator's own.
    Own,
}

impl ReminderKind {
    pub const ALL: [ReminderKind; 5] = [
        ReminderKind::Standard,
        ReminderKind::Firm,
        ReminderKind::Urgent,
        ReminderKind::Own,
        ReminderKind::None,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ReminderKind::None => "none",
            ReminderKind::Standard => "standard",
            ReminderKind::Firm => "firm",
            ReminderKind::Urgent => "urgent",
            ReminderKind::Own => "own",
        }
    }

    pub fn parse(word: &str) -> Option<ReminderKind> {
        ReminderKind::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// What a step's `before` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Days of the calendar; a day that is no business day gives way to one.
    #[default]
    Days,
    /// Hours of the clock.
    Hours,
}

/// To whom a step goes, in the order in which a plan climbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum To {
    Primary,
    Backup,
    Executive,
    /// The person of our own who knows the company: no mail to the company, but a line on the buyer's list of the day.
    Buyer,
}

impl To {
    pub const ALL: [To; 4] = [To::Primary, To::Backup, To::Executive, To::Buyer];

    pub fn as_str(self) -> &'static str {
        match self {
            To::Primary => "primary",
            To::Backup => "backup",
            To::Executive => "executive",
            To::Buyer => "buyer",
        }
    }

    pub fn parse(word: &str) -> Option<To> {
        To::ALL.into_iter().find(|t| t.as_str() == word)
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            To::Primary => "remind-to-primary",
            To::Backup => "remind-to-backup",
            To::Executive => "remind-to-executive",
            To::Buyer => "remind-to-buyer",
        }
    }
}

/// One step: how long before the deadline (0 on the day itself, less than 0 after it), and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub before: i32,
    pub to: To,
}

/// The whole plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reminders {
    pub kind: ReminderKind,
    pub unit: Unit,
    pub steps: Vec<Step>,
    /// To whom again on every business day after the last step; None: the last step is the last.
    pub then: Option<To>,
    /// Local time at the company, such as `10:00`; for a plan of days.
    pub hour: String,
    /// At most so many mails to one company.
    pub most: u32,
    /// At least so many hours between two of them.
    pub apart_hours: u32,
}

/// The furthest a step may lie from the deadline, in days or hours.
pub const FURTHEST: i32 = 60;
/// The most mails that a plan may send to one company.
pub const MOST: u32 = 20;
/// How many rows of its own a plan may have.
pub const ROWS: usize = 10;

impl Default for Reminders {
    fn default() -> Reminders {
        Reminders {
            kind: ReminderKind::None,
            unit: Unit::Days,
            steps: Vec::new(),
            then: None,
            hour: "10:00".into(),
            most: 8,
            apart_hours: 20,
        }
    }
}

fn steps<const N: usize>(of: [(i32, To); N]) -> Vec<Step> {
    of.map(|(before, to)| Step { before, to }).into()
}

impl Reminders {
    /// What most campaigns want, and what a supplier need not take amiss: a week, three days and a day before, then the day after
    /// the deadline, three days after it, and once, a week after it, an executive. There it ends: what is left is for the telephone.
    /// The buyer has it from the day before, so that somebody phones while it is still in time.
    pub fn standard() -> Reminders {
        Reminders {
            kind: ReminderKind::Standard,
            steps: steps([
                (7, To::Primary),
                (3, To::Primary),
                (1, To::Backup),
                (1, To::Buyer),
                (-1, To::Primary),
                (-3, To::Backup),
                (-7, To::Executive),
            ]),
            ..Reminders::default()
        }
    }

    /// For one's own group, where nobody depends on the sender's custom.
    pub fn firm() -> Reminders {
        Reminders {
            kind: ReminderKind::Firm,
            steps: steps([
                (7, To::Primary),
                (3, To::Primary),
                (1, To::Backup),
                (1, To::Buyer),
                (0, To::Primary),
                (-1, To::Executive),
            ]),
            then: Some(To::Primary),
            ..Reminders::default()
        }
    }

    /// For an alert of the day: hours, at night and on Sundays, too.
    pub fn urgent() -> Reminders {
        Reminders {
            kind: ReminderKind::Urgent,
            unit: Unit::Hours,
            steps: steps([
                (4, To::Primary),
                (2, To::Backup),
                (1, To::Executive),
                (0, To::Buyer),
                (-1, To::Primary),
                (-3, To::Backup),
            ]),
            most: 6,
            apart_hours: 1,
            ..Reminders::default()
        }
    }

    /// The plan with the steps of its kind, where only the kind was said (in a file).
    pub fn resolved(self) -> Reminders {
        match self.kind {
            ReminderKind::Standard if self.steps.is_empty() => Reminders {
                hour: self.hour,
                ..Reminders::standard()
            },
            ReminderKind::Firm if self.steps.is_empty() => Reminders {
                hour: self.hour,
                ..Reminders::firm()
            },
            ReminderKind::Urgent if self.steps.is_empty() => Reminders::urgent(),
            _ => self,
        }
    }

    /// Which plan it is by what it does: a draft may keep steps that had another name when it was made.
    pub fn named(&self) -> ReminderKind {
        let does = |plan: &Reminders| (plan.unit, &plan.steps, plan.then) == (self.unit, &self.steps, self.then);
        match self.kind {
            ReminderKind::None | ReminderKind::Own => self.kind,
            _ => [Reminders::standard(), Reminders::firm(), Reminders::urgent()]
                .iter()
                .find(|plan| does(plan))
                .map_or(ReminderKind::Own, |plan| plan.kind),
        }
    }

    /// The steps that are mails, from the first to the last; with equal distance the one that climbs higher comes later.
    pub fn mails(&self) -> Vec<Step> {
        let mut out: Vec<Step> = self.steps.iter().copied().filter(|s| s.to != To::Buyer).collect();
        out.sort_by_key(|s| (-s.before, s.to));
        out
    }

    /// Whether any step goes to them.
    pub fn reaches(&self, to: To) -> bool {
        self.kind != ReminderKind::None && (self.steps.iter().any(|s| s.to == to) || self.then == Some(to))
    }

    /// How long before the deadline the buyer has it on the list, if ever.
    pub fn buyer_before(&self) -> Option<i32> {
        let of_buyer = self.steps.iter().filter(|s| s.to == To::Buyer);
        of_buyer.map(|s| s.before).max()
    }

    pub fn is_none(&self) -> bool {
        self.kind == ReminderKind::None
    }

    pub fn local_hour(&self) -> Option<Time> {
        self.hour.parse().ok()
    }

    /// The key of the sentence that says what is wrong, if anything is.
    pub fn problem(&self) -> Option<&'static str> {
        if self.is_none() {
            return None;
        }
        let far = |s: &Step| !(-FURTHEST..=FURTHEST).contains(&s.before);
        if self.steps.is_empty() {
            Some("plan-problem-reminders-empty")
        } else if self.steps.len() > ROWS || self.steps.iter().any(far) {
            Some("plan-problem-reminders-far")
        } else if self.local_hour().is_none_or(|hour| !(6..=18).contains(&hour.hour())) {
            Some("plan-problem-reminders-hour")
        } else if !(1..=MOST).contains(&self.most) {
            Some("plan-problem-reminders-most")
        } else if !(1..=240).contains(&self.apart_hours) {
            Some("plan-problem-reminders-apart")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plans_that_ship_are_sound_and_climb() {
        for plan in [Reminders::standard(), Reminders::firm(), Reminders::urgent()] {
            assert_eq!(plan.problem(), None);
            assert!(plan.mails().is_sorted_by_key(|s| -s.before));
            assert!(plan.buyer_before().is_some());
            assert!(plan.mails().len() <= plan.most as usize);
        }
        assert_eq!(Reminders::default().problem(), None);
        assert_eq!(
            (Reminders::standard().mails().len(), Reminders::firm().mails().len()),
            (6, 5)
        );
    }

    /// T6: a customer who can choose has to be careful how it presses.
    #[test]
    fn t6_the_standard_plan_turns_to_an_executive_once_and_late() {
        let plan = Reminders::standard();
        let to_executives: Vec<i32> = plan
            .steps
            .iter()
            .filter(|s| s.to == To::Executive)
            .map(|s| s.before)
            .collect();
        // Seven days of the calendar are five business days.
        assert_eq!((to_executives.as_slice(), plan.then), ([-7].as_slice(), None));
        assert!(plan.steps.iter().any(|s| s.before > 0 && s.to == To::Primary));
        assert!(plan.steps.contains(&Step {
            before: -1,
            to: To::Primary
        }));
    }

    /// What a campaign was sent with is its own, whatever is called standard later.
    #[test]
    fn t6_a_plan_that_was_kept_stays_what_it_was() {
        let kept = Reminders {
            kind: ReminderKind::Standard,
            ..Reminders::firm()
        };
        let text = serde_json::to_string(&kept).unwrap();
        let read = serde_json::from_str::<Reminders>(&text).unwrap().resolved();
        assert_eq!((&read, read.named()), (&kept, ReminderKind::Firm));
        for plan in [
            Reminders::standard(),
            Reminders::firm(),
            Reminders::urgent(),
            Reminders::default(),
        ] {
            assert_eq!(plan.named(), plan.kind);
        }
        let other = Reminders {
            then: Some(To::Backup),
            ..Reminders::standard()
        };
        assert_eq!(other.named(), ReminderKind::Own);
    }

    #[test]
    fn a_plan_from_before_there_were_reminders_reminds_nobody() {
        let plan: crate::campaigns::Plan = serde_json::from_str(r#"{"title":"T"}"#).unwrap();
        assert!(plan.reminders.is_none() && plan.reminders.steps.is_empty());
    }

    #[test]
    fn what_a_file_says_is_completed() {
        let said: Reminders = toml::from_str("kind = 'standard'\nhour = '09:30'").unwrap();
        let plan = said.resolved();
        assert_eq!((plan.steps.len(), plan.hour.as_str()), (7, "09:30"));
        let own: Reminders =
            toml::from_str("kind = 'own'\nsteps = [{ before = 2, to = 'primary' }, { before = -1, to = 'buyer' }]")
                .unwrap();
        assert_eq!(own.clone().resolved(), own);
        assert_eq!((own.mails().len(), own.buyer_before()), (1, Some(-1)));
    }

    #[test]
    fn a_mistake_is_told() {
        let own = |plan: Reminders| Reminders {
            kind: ReminderKind::Own,
            ..plan
        };
        let good = own(Reminders::standard());
        for (plan, key) in [
            (own(Reminders::default()), "plan-problem-reminders-empty"),
            (
                Reminders {
                    steps: steps([(90, To::Primary)]),
                    ..good.clone()
                },
                "plan-problem-reminders-far",
            ),
            (
                Reminders {
                    hour: "25:00".into(),
                    ..good.clone()
                },
                "plan-problem-reminders-hour",
            ),
            (
                Reminders {
                    hour: "03:00".into(),
                    ..good.clone()
                },
                "plan-problem-reminders-hour",
            ),
            (
                Reminders {
                    most: 0,
                    ..good.clone()
                },
                "plan-problem-reminders-most",
            ),
            (Reminders { apart_hours: 0, ..good }, "plan-problem-reminders-apart"),
        ] {
            assert_eq!(plan.problem(), Some(key), "{plan:?}");
        }
    }
}
