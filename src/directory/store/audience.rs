//! Which companies a filter means: the audience of a campaign.

use super::contacts::mailable;
use super::staging::shown;
use crate::app::Scope;
use crate::db::{Result, Row, Tx};
use crate::directory::{CompanyId, Criticality, Kind};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Companies by rule and by hand. A list that is empty asks nothing; `removed` outranks `added`, `added` the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    pub kinds: Vec<Kind>,
    /// ISO 3166-1 alpha-2; "" means companies whose country nobody said.
    pub countries: Vec<String>,
    pub tiers: Vec<i64>,
    pub criticalities: Vec<Criticality>,
    pub added: Vec<CompanyId>,
    pub removed: Vec<CompanyId>,
    /// Only what was added by hand: the rules above take nothing.
    pub only_added: bool,
}

/// A company as lists and audiences show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompanyRow {
    pub id: CompanyId,
    pub kind: Kind,
    pub name: String,
    pub code: Option<String>,
    pub country: String,
    pub tier: Option<i64>,
    pub criticality: Option<Criticality>,
    /// Where it stands among others.
    #[serde(skip)]
    pub sort_key: String,
    /// How many contacts it has …
    pub contacts: i64,
    /// … and how many of them may be mailed.
    pub mails: i64,
}

impl Filter {
    pub fn takes(&self, c: &CompanyRow) -> bool {
        if self.removed.contains(&c.id) {
            return false;
        }
        fn asked<T: PartialEq>(wanted: &[T], value: Option<&T>) -> bool {
            wanted.is_empty() || value.is_some_and(|v| wanted.contains(v))
        }
        let by_rule = !self.only_added
            && asked(&self.kinds, Some(&c.kind))
            && asked(&self.countries, Some(&c.country))
            && asked(&self.tiers, c.tier.as_ref())
            && asked(&self.criticalities, c.criticality.as_ref());
        by_rule || self.added.contains(&c.id)
    }
}

/// How many rows are looked at in one statement.
const STRIDE: i64 = 500;

/// At most `limit` companies that the filter takes, in their order, after the last of the page before. Fewer than `limit` came:
/// there are no more.
///
/// The rules are asked in Rust, over all companies in strides: a filter holds lists, and the two engines share no SQL for
/// those. 5,000 companies are ten statements.
pub async fn select(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    after: Option<&CompanyRow>,
    limit: usize,
) -> Result<Vec<CompanyRow>> {
    let mut taken = Vec::new();
    let mut last = after.map(|c| (c.sort_key.clone(), c.id));
    loop {
        let (key, id) = last
            .as_ref()
            .map_or(("", CompanyId(uuid::Uuid::nil())), |(key, id)| (key.as_str(), *id));
        let rows = stride(tx, scope, key, id).await?;
        let ended = (rows.len() as i64) < STRIDE;
        last = rows.last().map(|c| (c.sort_key.clone(), c.id));
        for row in rows {
            if filter.takes(&row) {
                taken.push(row);
                if taken.len() == limit {
                    return Ok(taken);
                }
            }
        }
        if ended {
            return Ok(taken);
        }
    }
}

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT c.id, c.kind, c.name, c.code, c.country, c.tier, c.criticality, c.sort_key,
                (SELECT COUNT(*) FROM contacts p WHERE p.company = c.id),
                (SELECT COUNT(*) FROM contacts p WHERE p.company = c.id AND ",
            mailable!("p"),
            ") FROM companies c WHERE c.org = $1 AND ",
            shown!("c"),
            " AND ",
            $rest
        )
    };
}

fn row(r: &Row) -> Result<CompanyRow> {
    Ok(CompanyRow {
        id: r.get(0)?,
        kind: r.parse(1)?,
        name: r.get(2)?,
        code: r.get(3)?,
        country: r.get(4)?,
        tier: r.get(5)?,
        criticality: r.parse_optional(6)?,
        sort_key: r.get(7)?,
        contacts: r.get(8)?,
        mails: r.get(9)?,
    })
}

async fn stride(tx: &mut Tx, scope: &Scope, key: &str, id: CompanyId) -> Result<Vec<CompanyRow>> {
    tx.list(
        select!("(c.sort_key, c.id) > ($2, $3) ORDER BY c.sort_key, c.id LIMIT $4"),
        &[&scope.org, &key, &id, &STRIDE],
        row,
    )
    .await
}

/// How many companies are asked for in one statement by their ids.
const AT_ONCE: usize = 50;

/// These companies, in this order; one that is gone is left out.
pub async fn rows(tx: &mut Tx, scope: &Scope, ids: &[CompanyId]) -> Result<Vec<CompanyRow>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let places: Vec<String> = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect();
        format!("{} IN ({})", select!("c.id"), places.join(", "))
    });
    let nobody = CompanyId(uuid::Uuid::nil());
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let mut params: Vec<&(dyn crate::db::Param + Sync)> = vec![&scope.org];
        params.extend((0..AT_ONCE).map(|n| some.get(n).unwrap_or(&nobody) as &(dyn crate::db::Param + Sync)));
        let rows = tx.list(SQL.as_str(), &params, row).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(n: u128, kind: Kind, country: &str, tier: Option<i64>, criticality: Option<Criticality>) -> CompanyRow {
        let id = CompanyId(uuid::Uuid::from_u128(n));
        let country = country.into();
        CompanyRow {
            id,
            kind,
            name: "x".into(),
            code: None,
            country,
            tier,
            criticality,
            sort_key: String::new(),
            contacts: 1,
            mails: 1,
        }
    }

    #[test]
    fn a_filter_takes_by_rule_and_by_hand() {
        let a = company(1, Kind::Supplier, "JP", Some(1), Some(Criticality::A));
        let b = company(2, Kind::Group, "TH", None, None);
        assert!(Filter::default().takes(&a) && Filter::default().takes(&b));
        let suppliers = Filter {
            kinds: vec![Kind::Supplier],
            ..Filter::default()
        };
        assert!(suppliers.takes(&a) && !suppliers.takes(&b));
        let tier_one = Filter {
            tiers: vec![1],
            criticalities: vec![Criticality::A],
            ..Filter::default()
        };
        assert!(tier_one.takes(&a) && !tier_one.takes(&b));
        let by_hand = Filter {
            only_added: true,
            added: vec![b.id],
            ..Filter::default()
        };
        assert!(!by_hand.takes(&a) && by_hand.takes(&b));
        let but_one = Filter {
            added: vec![a.id],
            removed: vec![a.id],
            ..Filter::default()
        };
        assert!(!but_one.takes(&a) && but_one.takes(&b));
    }
}
