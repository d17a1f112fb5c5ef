//! What there is to choose from, for a campaign's audience.

use super::import::search_key;
use super::{CompanyRow, Filter, select};
use crate::app::Scope;
use crate::db::{Result, Tx};

/// The countries of the directory's companies; "" where a company has none.
pub async fn countries(tx: &mut Tx, scope: &Scope) -> Result<Vec<String>> {
    tx.list("SELECT DISTINCT country FROM companies WHERE org = $1 ORDER BY country", &[&scope.org], |r| r.get(0)).await
}

/// The tiers of the directory's companies.
pub async fn tiers(tx: &mut Tx, scope: &Scope) -> Result<Vec<i64>> {
    tx.list(
        "SELECT DISTINCT tier FROM companies WHERE org = $1 AND tier IS NOT NULL ORDER BY tier",
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// At most `limit` companies whose name, kana or code holds `query`, however it is written.
pub async fn search(tx: &mut Tx, scope: &Scope, query: &str, limit: i64) -> Result<Vec<CompanyRow>> {
    let key = search_key(query).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let ids = tx
        .list(
            "SELECT id FROM companies WHERE org = $1 AND search LIKE '%' || $2 || '%' ESCAPE '\\' ORDER BY name LIMIT $3",
            &[&scope.org, &key, &limit],
            |r| r.get(0),
        )
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter { only_added: true, added: ids, ..Filter::default() };
    select(tx, scope, &filter, None, limit as usize).await
}
