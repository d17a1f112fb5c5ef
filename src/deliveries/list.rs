//! The list of messages: narrowed and searched, newest first, read by key from an index that holds what it is narrowed by. The page
//! and the file read it alike.

use super::model::{Kind, State};
use super::store::{Delivery, DeliveryId, columns, delivery};
use crate::app::Scope;
use crate::campaigns::CampaignId;
use crate::db::{Param, Result, Tx, kept};
use crate::directory::search_key;
use crate::invitations::InvitationId;
use crate::refusal::Cause;
use serde::{Deserialize, Serialize};

/// What an address asks for; a word that is none narrows by nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub q: String,
    pub state: String,
    pub kind: String,
    pub cause: String,
    pub campaign: String,
}

/// What the list is narrowed by.
#[derive(Clone, Debug, Default)]
pub(super) struct Narrow {
    /// Looked for in the company's name, kana and code, and in the address.
    pub search: String,
    pub state: Option<State>,
    pub kind: Option<Kind>,
    pub cause: Option<Cause>,
    pub campaign: Option<CampaignId>,
}

impl From<&Asked> for Narrow {
    fn from(asked: &Asked) -> Narrow {
        Narrow {
            // PostgreSQL takes no NUL in a text.
            search: asked.q.replace('\0', "").trim().to_owned(),
            state: asked.state.parse().ok(),
            kind: asked.kind.parse().ok(),
            cause: asked.cause.parse().ok(),
            campaign: asked.campaign.parse().ok(),
        }
    }
}

/// A message with its campaign's number, and the company's code and name as they were when it was invited.
pub(super) struct Row {
    pub delivery: Delivery,
    pub number: Option<String>,
    pub code: Option<String>,
    pub company: Option<String>,
}

impl Row {
    /// The company's part in the campaign that it is about, and its name.
    pub fn part(&self) -> Option<(CampaignId, InvitationId, &str)> {
        Some((
            self.delivery.campaign?,
            self.delivery.invitation?,
            self.company.as_deref()?,
        ))
    }
}

/// Beyond so many companies or contacts that a search finds, their messages are looked for among the newest.
const FEW: i64 = 200;

/// `text` as a LIKE pattern: anywhere, and literally.
fn pattern(text: &str) -> String {
    let mut out = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// What is searched for, in the forms in which it is compared.
struct Search {
    company: String,
    address: String,
    exact: String,
    /// Whether so many companies or contacts have it that their messages are looked for one by one.
    many: bool,
}

impl Search {
    async fn of(tx: &mut Tx, scope: Scope, text: &str) -> Result<Option<Search>> {
        if text.is_empty() {
            return Ok(None);
        }
        let folded = search_key(text);
        let exact = text.to_lowercase();
        let mut search = Search {
            // What folds to nothing, such as a sign, is in no name.
            company: if folded.is_empty() {
                String::new()
            } else {
                pattern(&folded)
            },
            address: pattern(&exact),
            exact,
            many: false,
        };
        let companies: i64 = tx
            .one(
                "SELECT COUNT(*) FROM (SELECT c.id FROM companies c WHERE c.org = $1 AND c.search LIKE $2 ESCAPE '\\' LIMIT $3) f",
                &[&scope.org, &search.company, &(FEW + 1)],
                |r| r.get(0),
            )
            .await?;
        let contacts: i64 = tx
            .one(
                "SELECT COUNT(*) FROM (SELECT k.id FROM contacts k WHERE k.org = $1 AND LOWER(k.mail) LIKE $2 ESCAPE '\\' LIMIT $3) f",
                &[&scope.org, &search.address, &(FEW + 1)],
                |r| r.get(0),
            )
            .await?;
        search.many = companies > FEW || contacts > FEW;
        Ok(Some(search))
    }
}

/// The messages before `before`, newest first, at most `limit`.
pub(super) async fn rows(
    tx: &mut Tx,
    scope: Scope,
    narrow: &Narrow,
    before: DeliveryId,
    limit: i64,
) -> Result<Vec<Row>> {
    let search = Search::of(tx, scope, &narrow.search).await?;
    let state = narrow.state.map(State::as_str);
    let kind = narrow.kind.map(Kind::as_str);
    let cause = narrow.cause.map(Cause::as_str);
    let mut sql = String::from(concat!(
        "SELECT ",
        columns!(),
        ", (SELECT p.number FROM campaigns p WHERE p.id = deliveries.campaign),
           (SELECT i.code FROM invitations i WHERE i.id = deliveries.invitation),
           (SELECT i.name FROM invitations i WHERE i.id = deliveries.invitation)
         FROM deliveries WHERE org = $1 AND id < $2"
    ));
    let mut params: Vec<&(dyn Param + Sync)> = vec![&scope.org, &before];
    if let Some(state) = &state {
        params.push(state);
        sql.push_str(&format!(" AND state = ${}", params.len()));
        // The condition of `deliveries_ended`, word for word.
        if narrow.state.is_some_and(State::has_ended) {
            sql.push_str(" AND state IN ('delivered', 'bounced', 'failed', 'ambiguous', 'cancelled')");
        }
    }
    if let Some(kind) = &kind {
        params.push(kind);
        sql.push_str(&format!(" AND kind = ${}", params.len()));
        if !matches!(narrow.kind, Some(Kind::Invitation | Kind::Reminder | Kind::Receipt)) {
            sql.push_str(" AND kind NOT IN ('invitation', 'reminder', 'receipt')");
        }
    }
    if let Some(cause) = &cause {
        params.push(cause);
        sql.push_str(&format!(" AND cause = ${} AND cause <> ''", params.len()));
    }
    if let Some(campaign) = &narrow.campaign {
        params.push(campaign);
        sql.push_str(&format!(" AND campaign = ${}", params.len()));
    }
    if let Some(search) = &search {
        params.extend([&search.company as &(dyn Param + Sync), &search.address]);
        let (company, address) = (params.len() - 1, params.len());
        if search.many {
            sql.push_str(&format!(
                " AND (LOWER(address) LIKE ${address} ESCAPE '\\' OR EXISTS (
                     SELECT 1 FROM invitations i JOIN companies c ON c.id = i.company
                     WHERE i.id = deliveries.invitation AND c.search LIKE ${company} ESCAPE '\\'))"
            ));
        } else {
            params.push(&search.exact);
            let exact = params.len();
            sql.push_str(&format!(
                " AND id IN (
                     SELECT x.id FROM companies c JOIN invitations i ON i.company = c.id JOIN deliveries x ON x.invitation = i.id
                     WHERE c.org = $1 AND c.search LIKE ${company} ESCAPE '\\'
                     UNION SELECT x.id FROM contacts k JOIN deliveries x ON x.contact = k.id
                     WHERE k.org = $1 AND LOWER(k.mail) LIKE ${address} ESCAPE '\\'
                     UNION SELECT x.id FROM deliveries x WHERE x.org = $1 AND x.address = ${exact})"
            ));
        }
    }
    params.push(&limit);
    sql.push_str(&format!(" ORDER BY id DESC LIMIT ${}", params.len()));
    tx.list(kept(sql), &params, |r| {
        Ok(Row {
            delivery: delivery(r)?,
            number: r.get(18)?,
            code: r.get(19)?,
            company: r.get(20)?,
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_a_pattern_are_looked_for_as_they_are() {
        assert_eq!(pattern(r"a_b%c\d"), r"%a\_b\%c\\d%");
    }

    #[test]
    fn a_word_that_is_none_narrows_by_nothing() {
        let asked = Asked {
            q: " 甲\0 ".into(),
            state: "nonsense".into(),
            kind: "receipt".into(),
            cause: "us".into(),
            campaign: "1".into(),
        };
        let narrow = Narrow::from(&asked);
        assert_eq!((narrow.search.as_str(), narrow.state), ("甲", None));
        assert_eq!((narrow.kind, narrow.cause), (Some(Kind::Receipt), Some(Cause::Us)));
        assert_eq!(narrow.campaign, None);
    }
}
