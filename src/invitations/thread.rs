//! What a company was told before and after in campaigns that follow each other.

use super::model::State;
use super::store::{InvitationId, state};
use crate::app::Scope;
use crate::campaigns::{Asked, CampaignId, FollowKind, Plan};
use crate::db::{Result, Tx};
use crate::directory::CompanyId;
use crate::web::dates;
use crate::web::i18n::Tr;
use jiff::Timestamp;

/// One company's part in an earlier campaign: by this the next one chooses whom it goes to.
#[derive(Clone, Debug)]
pub struct Told {
    pub id: InvitationId,
    /// Where it stands among others.
    pub sort_key: String,
    pub company: CompanyId,
    pub state: State,
    pub asks_check: bool,
    /// One letter a question of what was submitted; "" until then.
    pub marks: String,
}

/// A campaign of the same thread in which the company was written to.
#[derive(Clone, Debug)]
pub struct Mention {
    pub campaign: CampaignId,
    pub invitation: InvitationId,
    pub number: String,
    pub plan: Plan,
    pub sent_at: Option<Timestamp>,
    pub state: State,
    pub asks_check: bool,
    pub acknowledged_at: Option<Timestamp>,
}

/// Every campaign that follows `root`, and that itself, in which the company was written to, oldest first.
pub async fn thread(tx: &mut Tx, scope: Scope, root: CampaignId, company: CompanyId) -> Result<Vec<Mention>> {
    tx.list(
        "SELECT p.id, i.id, p.number, p.plan, p.sent_at, i.state, i.asks_check, i.acknowledged_at
         FROM campaigns p JOIN invitations i ON i.campaign = p.id AND i.company = $3
         WHERE p.org = $1 AND i.org = $1 AND (p.id = $2 OR p.thread = $2) AND p.state <> 'draft'
         ORDER BY p.sent_at, p.id LIMIT 100",
        &[&scope.org, &root, &company],
        |r| {
            Ok(Mention {
                campaign: r.get(0)?,
                invitation: r.get(1)?,
                number: r.get(2)?,
                plan: r.json(3)?,
                sent_at: r.time_optional(4)?,
                state: state(r, 5)?,
                asks_check: r.get(6)?,
                acknowledged_at: r.time_optional(7)?,
            })
        },
    )
    .await
}

impl Mention {
    /// Until when it asks for an answer, as it is now.
    pub fn deadline(&self) -> Timestamp {
        self.plan.deadline().unwrap_or(Timestamp::MAX)
    }

    /// The key of what kind of message it was.
    pub fn kind(&self) -> &'static str {
        match self.plan.follow_kind() {
            None => "thread-first",
            Some(FollowKind::Again) => "thread-again",
            Some(FollowKind::SecondNotice) => "thread-second-notice",
            Some(FollowKind::AllClear) => "thread-all-clear",
        }
    }

    /// The key of where the company stands in it, as the company itself reads it.
    pub fn standing(&self) -> &'static str {
        match self.state {
            state if state.is_answered() => "thread-answered",
            State::Declined => "thread-declined",
            State::Acknowledged | State::Started if !self.asks_check => "thread-acknowledged",
            State::Started => "thread-started",
            State::Acknowledged => "thread-read-only",
            _ if self.asks_check => "thread-open-check",
            _ => "thread-open-notice",
        }
    }
}

/// A mention as a company's page shows it.
pub struct MentionView {
    pub kind: &'static str,
    pub number: String,
    pub date: String,
    pub standing: &'static str,
    /// Where its receipt's state is told; None for what came later, which has a link of its own.
    pub href: Option<String>,
}

/// What a company was told before, and what has come since.
#[derive(Default)]
pub struct ThreadView {
    pub before: Vec<MentionView>,
    pub since: Vec<MentionView>,
}

impl ThreadView {
    pub(super) fn of(t: Tr, asked: &Asked, here: CampaignId, home: &str, mentions: &[Mention]) -> ThreadView {
        let mut out = ThreadView::default();
        let zone = asked.zone();
        let mut seen = false;
        for mention in mentions {
            if mention.campaign == here {
                seen = true;
                continue;
            }
            let view = MentionView {
                kind: mention.kind(),
                number: mention.number.clone(),
                date: mention.sent_at.map(|at| dates::date(t, at, &zone)).unwrap_or_default(),
                standing: mention.standing(),
                href: (!seen).then(|| format!("{home}/before/{}", mention.number)),
            };
            match seen {
                false => out.before.push(view),
                true => out.since.push(view),
            }
        }
        out
    }
}
