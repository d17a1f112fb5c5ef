//! Which companies a campaign goes to: those that its rules take; of one that follows an earlier one, those of the earlier
//! one's that it is narrowed to, as they stand there now.
//!
//! Both are read by key, a page at a time. A follow-up walks the earlier campaign's list, whose index holds what it is narrowed
//! by, and only then asks the directory about those that are left: for a few out of a million companies that is one walk.

use crate::app::{App, Scope};
use crate::campaigns::{CampaignId, Earlier, FollowUp, Plan, Who, asked};
use crate::content::{Checklist, Kind as QuestionKind};
use crate::db::{Result, Tx};
use crate::directory::{self, CompanyId, CompanyRow, Filter};
use crate::invitations::{self, Cursor, Narrow, State};

/// Whom a plan means.
pub struct Audience {
    filter: Filter,
    told: Option<Told>,
}

/// Whom of the earlier campaign.
struct Told {
    campaign: CampaignId,
    root: CampaignId,
    rule: Rule,
}

/// The narrowing, with what it must know of the earlier checklist. Places count from 0.
struct Rule {
    who: Who,
    /// Of the one question asked for.
    place: Option<usize>,
    /// Of the yes-no questions that everybody is asked.
    always: Vec<usize>,
}

/// Beyond every checklist, and still a place that both engines can count to.
const NOWHERE: usize = 1_000_000;

/// How far an audience has been read.
#[derive(Default)]
pub struct Place {
    company: Option<CompanyRow>,
    invitation: Cursor,
    told: bool,
    added: usize,
    /// There are no more.
    pub ended: bool,
}

impl Rule {
    fn of(follow_up: &FollowUp, checklist: Option<&Checklist>) -> Rule {
        let questions = checklist.map_or(&[][..], |c| &c.questions);
        Rule {
            who: follow_up.who,
            place: questions.iter().position(|q| q.id == follow_up.question),
            always: questions
                .iter()
                .enumerate()
                .filter(|(_, q)| q.kind == QuestionKind::YesNo && q.when.is_none())
                .map(|(place, _)| place)
                .collect(),
        }
    }

    /// Whether a company that stands so in the earlier campaign is meant. `marks` has a letter for each question.
    fn takes(&self, state: State, asks_check: bool, marks: &str) -> bool {
        let at = |place: usize| marks.as_bytes().get(place).copied();
        match self.who {
            Who::All => true,
            Who::Unanswered => state.is_awaited(asks_check),
            Who::Done => state != State::Declined && !state.is_awaited(asks_check),
            Who::Unreached => state.is_to_be_phoned(),
            Who::No => marks.contains('n'),
            Who::NoTo => self.place.and_then(at) == Some(b'n'),
            Who::AllYes => {
                marks.contains('y')
                    && !marks.contains(['n', 'p', 'u'])
                    && self.always.iter().all(|place| matches!(at(*place), Some(b'y' | b'a')))
            }
        }
    }

    /// What the database can narrow by before [`Rule::takes`] is asked.
    fn narrow(&self) -> (Narrow, &'static str) {
        let mut narrow = Narrow::default();
        match self.who {
            Who::All => {}
            Who::Unanswered | Who::Done | Who::Unreached => {
                let both = State::ALL.iter().flat_map(|s| [(*s, true), (*s, false)]);
                narrow.states = both
                    .filter(|(state, asks)| self.takes(*state, *asks, ""))
                    .map(|(state, asks)| (state, Some(asks)))
                    .collect();
            }
            Who::NoTo => narrow.mark = Some((self.place.unwrap_or(NOWHERE), 'n')),
            Who::No => return (narrow, "%n%"),
            Who::AllYes => return (narrow, "%y%"),
        }
        (narrow, "")
    }
}

impl Audience {
    /// Whom a plan means that follows `earlier`, or none.
    pub async fn of(app: &App, scope: Scope, plan: &Plan, earlier: Option<&Earlier>) -> Result<Audience> {
        let told = match earlier {
            Some(earlier) => {
                let asked_then = asked(app, scope, earlier.id).await?;
                let checklist = asked_then.as_ref().and_then(|a| a.checklist.as_deref());
                let follow_up = plan.follow_up.clone().unwrap_or_default();
                Some(Told {
                    campaign: earlier.id,
                    root: earlier.root,
                    rule: Rule::of(&follow_up, checklist),
                })
            }
            None => None,
        };
        Ok(Audience {
            filter: plan.audience.clone(),
            told,
        })
    }

    /// The first campaign of the thread, which and whose followers are no surprise to the companies.
    pub fn root(&self) -> Option<CampaignId> {
        self.told.as_ref().map(|t| t.root)
    }

    /// The next companies, some `limit`; perhaps none although there are more: see [`Place::ended`]. None comes twice.
    pub async fn page(&self, tx: &mut Tx, scope: Scope, at: &mut Place, limit: usize) -> Result<Vec<CompanyRow>> {
        let Some(told) = &self.told else {
            let page = directory::select(tx, &scope, &self.filter, at.company.as_ref(), limit).await?;
            at.ended = page.len() < limit;
            at.company = page.last().cloned();
            return Ok(page);
        };
        if !at.told && !self.filter.only_added {
            let (narrow, marks) = told.rule.narrow();
            let found =
                invitations::told(tx, scope, told.campaign, (&narrow, marks), &at.invitation, limit as i64).await?;
            at.told = found.len() < limit;
            if let Some(last) = found.last() {
                at.invitation = Cursor::from(last);
            }
            let ids: Vec<CompanyId> = found
                .iter()
                .filter(|t| told.rule.takes(t.state, t.asks_check, &t.marks))
                .map(|t| t.company)
                // Those come at the end, whether they were told or not.
                .filter(|company| !self.filter.added.contains(company))
                .collect();
            let mut page = directory::rows(tx, &scope, &ids).await?;
            page.retain(|company| self.filter.takes(company));
            return Ok(page);
        }
        let added: Vec<CompanyId> = self.filter.added.iter().skip(at.added).take(limit).copied().collect();
        at.added += added.len();
        at.ended = at.added >= self.filter.added.len();
        let mut page = directory::rows(tx, &scope, &added).await?;
        page.retain(|company| self.filter.takes(company));
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(who: Who) -> Rule {
        Rule {
            who,
            place: Some(1),
            always: vec![0, 1],
        }
    }

    #[test]
    fn who_is_meant_follows_from_where_a_company_stands() {
        let takes = |who, state, marks| rule(who).takes(state, true, marks);
        assert!(takes(Who::All, State::Declined, ""));
        assert!(takes(Who::Unanswered, State::Acknowledged, "") && !takes(Who::Unanswered, State::Declined, ""));
        assert!(!rule(Who::Unanswered).takes(State::Acknowledged, false, ""));
        assert!(rule(Who::Done).takes(State::Acknowledged, false, "") && !takes(Who::Done, State::Acknowledged, ""));
        assert!(takes(Who::Done, State::Late, "yn") && !takes(Who::Done, State::Declined, ""));
        assert!(takes(Who::Unreached, State::Bounced, "") && !takes(Who::Unreached, State::Sent, ""));
        assert!(takes(Who::No, State::Submitted, "yn") && !takes(Who::No, State::Submitted, "yp"));
        assert!(takes(Who::NoTo, State::Submitted, "yn-") && !takes(Who::NoTo, State::Submitted, "ny-"));
        assert!(takes(Who::AllYes, State::Submitted, "yat-"));
        for marks in ["", "yn-", "yyp", "yu-", "y--", "aa-"] {
            assert!(!takes(Who::AllYes, State::Submitted, marks), "{marks}");
        }
    }

    #[test]
    fn what_the_database_leaves_out_the_rule_would_leave_out_too() {
        for who in Who::ALL {
            let (narrow, like) = rule(who).narrow();
            for state in State::ALL {
                for asks in [true, false] {
                    for marks in ["", "yn", "yy", "ny", "ap"] {
                        let by_state = narrow.states.is_empty() || narrow.states.contains(&(state, Some(asks)));
                        let by_mark = narrow.mark.is_none_or(|(place, m)| marks.chars().nth(place) == Some(m));
                        let by_like = marks.contains(like.trim_matches('%'));
                        assert!(by_state && by_mark && by_like || !rule(who).takes(state, asks, marks));
                    }
                }
            }
        }
    }
}
