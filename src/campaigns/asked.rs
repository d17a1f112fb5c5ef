//! What a campaign asked, as it was when it was sent: read once, then kept in memory, since it never changes.
//!
//! The deadline is the one thing that an operator may change later, so it isn't kept here: the row of the campaign has it, and
//! every invitation brings it along ([`Campaign::deadline`], `Invitation::deadline`).

use super::follow::Earlier;
use super::model::{Campaign, CampaignId, Plan};
use super::statements::Statements;
use crate::app::{App, OrgId, Scope};
use crate::content::{Advisory, Checklist, Content, Letter, Notice};
use crate::db::Result;
use crate::directory::Kind;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

/// Advisory, checklist and letters in every language, with the plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    pub number: String,
    pub plan: Plan,
    pub advisory: Option<Arc<Advisory>>,
    pub checklist: Option<Arc<Checklist>>,
    pub letters: Letters,
    /// The notice for employees that companies pass on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Arc<Notice>>,
    /// The campaign that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Earlier>,
    /// What the organisation said of itself when it was sent.
    #[serde(default, skip_serializing_if = "Statements::is_empty")]
    pub statements: Statements,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letters {
    pub supplier: Option<Arc<Letter>>,
    pub group: Option<Arc<Letter>>,
}

impl Asked {
    /// What the plan asks, with the content and what the organisation says of itself as they are now.
    pub fn of(campaign: &Campaign, content: &Content, statements: Statements) -> Asked {
        let plan = campaign.plan.clone();
        Asked {
            number: campaign.number.clone(),
            advisory: content.advisory(&plan.advisory).cloned(),
            // Nobody is asked twice how many people a notice reached. Where only group companies report it, suppliers are
            // still asked by the checklist.
            checklist: match content.checklist(&plan.checklist) {
                Some(checklist) if plan.passes_on(Kind::Supplier) => Some(Arc::new(checklist.beside_notice())),
                checklist => checklist.cloned(),
            },
            letters: Letters {
                supplier: content.letter(&plan.letter_supplier).cloned(),
                group: content.letter(&plan.letter_group).cloned(),
            },
            notice: content.notice(&plan.awareness).cloned(),
            follows: campaign.follows.clone(),
            statements,
            plan,
        }
    }

    pub fn zone(&self) -> TimeZone {
        self.plan.time_zone()
    }

    pub fn letter(&self, group: bool) -> Option<&Arc<Letter>> {
        if group {
            self.letters.group.as_ref()
        } else {
            self.letters.supplier.as_ref()
        }
    }
}

type Kept = RwLock<HashMap<(OrgId, CampaignId), Arc<Asked>>>;

/// A snapshot never changes, so all servers and tests of a process can share them. Bounded: the oldest campaigns' go
/// when there are many.
static KEPT: LazyLock<Kept> = LazyLock::new(Kept::default);
const MOST: usize = 64;

/// What a sent campaign asked; None for a draft or an unknown one.
pub async fn asked(app: &App, scope: Scope, id: CampaignId) -> Result<Option<Arc<Asked>>> {
    if let Some(asked) = KEPT.read().ok().and_then(|kept| kept.get(&(scope.org, id)).cloned()) {
        return Ok(Some(asked));
    }
    let mut tx = app.db.read().await?;
    let found: Option<Asked> = tx
        .optional(
            "SELECT content FROM snapshots WHERE campaign = $1 AND org = $2",
            &[&id, &scope.org],
            |r| r.json(0),
        )
        .await?;
    let Some(mut asked) = found else {
        return Ok(None);
    };
    // As it was when it was sent; whoever asked for it here would miss that it was moved.
    asked.plan.deadline.clear();
    let asked = Arc::new(asked);
    if let Ok(mut kept) = KEPT.write() {
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert((scope.org, id), asked.clone());
    }
    Ok(Some(asked))
}
