//! The list of companies: search, filters, order, pages by key.

use super::CompanyRow;
use super::contacts::mailable;
use super::staging::shown;
use crate::app::Scope;
use crate::db::{Result, Row, Tx};
use crate::directory::import::normalise::search_key;
use crate::directory::{CompanyId, Criticality, Kind};

/// What the list shows and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What was typed into the search field; looked for in name, kana and code.
    pub search: String,
    pub kind: Option<Kind>,
    pub country: String,
    pub tier: Option<i64>,
    pub criticality: Option<Criticality>,
    /// Only companies that nobody can write to.
    pub without_mail: bool,
    pub sort: Sort,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Name,
    Code,
    Criticality,
}

impl Sort {
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Name => "name",
            Sort::Code => "code",
            Sort::Criticality => "criticality",
        }
    }
}

/// The company at the edge of a page: the page after it is meant, or the one before. An address holds its id only; where
/// it stands in the order is asked anew, so the page is right also when the company got another name meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub id: CompanyId,
    pub back: bool,
}

macro_rules! filtered {
    () => {
        concat!(
            " FROM companies c WHERE c.org = $1 AND ",
            shown!("c"),
            "
            AND ($2 = '' OR c.search LIKE $2 ESCAPE '\\')
            AND ($3 = '' OR c.kind = $3)
            AND ($4 = '' OR c.country = $4)
            AND (CAST($5 AS BIGINT) IS NULL OR c.tier = $5)
            AND ($6 = '' OR c.criticality = $6)
            AND ($7 = FALSE OR NOT EXISTS (SELECT 1 FROM contacts m WHERE m.company = c.id AND ",
            mailable!("m"),
            "))"
        )
    };
}

// A company without a code, or whose criticality nobody said, stands behind the others. Each is the expression of an index.
macro_rules! key {
    (name) => {
        ""
    };
    (code) => {
        "CASE WHEN c.code IS NULL THEN '1' ELSE '0' || c.code END"
    };
    (criticality) => {
        "COALESCE(c.criticality, 'Z')"
    };
}

macro_rules! columns {
    () => {
        concat!(
            "SELECT c.id, c.kind, c.name, c.code, c.country, c.tier, c.criticality, c.sort_key,
             (SELECT COUNT(*) FROM contacts p WHERE p.company = c.id),
             (SELECT COUNT(*) FROM contacts p WHERE p.company = c.id AND ",
            mailable!("p"),
            ")"
        )
    };
}

/// The first page, and the page after $9 (sort key), $10 (id) and, where it isn't by name, $11 (key).
macro_rules! pages {
    (name, $past:literal, $direction:literal) => {
        pages!(@ "", concat!(" AND (c.sort_key, c.id) ", $past, " ($9, $10)"), $direction)
    };
    ($key:ident, $past:literal, $direction:literal) => {
        // The bound on the key alone says nothing new: SQLite needs it to begin in the middle of an index on an expression.
        pages!(@ concat!(key!($key), $direction, ", "),
            concat!(" AND ", key!($key), $past, "= $11 AND (", key!($key), ", c.sort_key, c.id) ", $past, " ($11, $9, $10)"), $direction)
    };
    (@ $order:expr, $after:expr, $direction:literal) => {
        (
            concat!(columns!(), filtered!(), " ORDER BY ", $order, "c.sort_key", $direction, ", c.id", $direction, " LIMIT $8"),
            concat!(columns!(), filtered!(), $after, " ORDER BY ", $order, "c.sort_key", $direction, ", c.id", $direction, " LIMIT $8"),
        )
    };
}

fn sql(sort: Sort, descending: bool) -> (&'static str, &'static str) {
    match (sort, descending) {
        (Sort::Name, false) => pages!(name, ">", " ASC"),
        (Sort::Name, true) => pages!(name, "<", " DESC"),
        (Sort::Code, false) => pages!(code, ">", " ASC"),
        (Sort::Code, true) => pages!(code, "<", " DESC"),
        (Sort::Criticality, false) => pages!(criticality, ">", " ASC"),
        (Sort::Criticality, true) => pages!(criticality, "<", " DESC"),
    }
}

fn read(r: &Row) -> Result<CompanyRow> {
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

/// A page of the list, and at which companies the pages beside it begin.
pub(in crate::directory) struct Page {
    pub rows: Vec<CompanyRow>,
    pub before: Option<CompanyId>,
    pub after: Option<CompanyId>,
}

/// A cursor whose company is gone is the first page.
pub(in crate::directory) async fn list(
    tx: &mut Tx,
    scope: &Scope,
    listing: &Listing,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<Page> {
    let edge = match cursor {
        Some(cursor) => edge(tx, scope, cursor.id).await?,
        None => None,
    };
    let back = edge.is_some() && cursor.is_some_and(|c| c.back);
    let pattern = listing.pattern();
    let (first, after) = sql(listing.sort, listing.descending != back);
    let kind = listing.kind.map_or("", Kind::as_str);
    let criticality = listing.criticality.map_or("", Criticality::as_str);
    // One row more than is shown tells whether there is more.
    let one_more = limit as i64 + 1;
    let mut params: Vec<&(dyn crate::db::Param + Sync)> = vec![
        &scope.org,
        &pattern,
        &kind,
        &listing.country,
        &listing.tier,
        &criticality,
        &listing.without_mail,
        &one_more,
    ];
    let key = edge.as_ref().map(|edge| listing.sort.key(edge)).unwrap_or_default();
    if let Some(edge) = &edge {
        params.push(&edge.sort_key);
        params.push(&edge.id);
        if listing.sort != Sort::Name {
            params.push(&key);
        }
    }
    let mut rows = tx
        .list(if edge.is_some() { after } else { first }, &params, read)
        .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    if back {
        rows.reverse();
    }
    let (has_before, has_after) = if back { (more, true) } else { (edge.is_some(), more) };
    Ok(Page {
        before: rows.first().map(|c| c.id).filter(|_| has_before),
        after: rows.last().map(|c| c.id).filter(|_| has_after),
        rows,
    })
}

/// The company at which a page ends, as the order has it.
struct Edge {
    id: CompanyId,
    sort_key: String,
    code: Option<String>,
    criticality: Option<Criticality>,
}

async fn edge(tx: &mut Tx, scope: &Scope, id: CompanyId) -> Result<Option<Edge>> {
    const SQL: &str = concat!(
        "SELECT c.id, c.sort_key, c.code, c.criticality FROM companies c WHERE c.org = $1 AND c.id = $2 AND ",
        shown!("c")
    );
    tx.optional(SQL, &[&scope.org, &id], |r| {
        Ok(Edge {
            id: r.get(0)?,
            sort_key: r.get(1)?,
            code: r.get(2)?,
            criticality: r.parse_optional(3)?,
        })
    })
    .await
}

impl Sort {
    /// What `key!` makes of a company in SQL.
    fn key(self, c: &Edge) -> String {
        match self {
            Sort::Name => String::new(),
            Sort::Code => c.code.as_ref().map_or("1".into(), |code| format!("0{code}")),
            Sort::Criticality => c.criticality.map_or("Z", Criticality::as_str).into(),
        }
    }
}

impl Listing {
    /// The search as a LIKE pattern over the folded column; "" where nothing is searched.
    fn pattern(&self) -> String {
        let folded = search_key(&self.search);
        if folded.is_empty() {
            return folded;
        }
        format!("%{}%", crate::db::like(&folded))
    }
}

/// How many group companies and suppliers there are.
pub(in crate::directory) async fn count_all(tx: &mut Tx, scope: &Scope) -> Result<(i64, i64)> {
    tx.one(
        concat!(
            "SELECT COUNT(*) FILTER (WHERE kind = 'group'), COUNT(*) FILTER (WHERE kind <> 'group')
             FROM companies WHERE org = $1 AND ",
            shown!("companies")
        ),
        &[&scope.org],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
    .await
}

/// How many companies the filters leave. The text holds only what is asked, so that an engine without statistics counts in
/// the smallest index that has all of it (those of a country in that of countries), and compares nothing in vain.
pub(in crate::directory) async fn count(tx: &mut Tx, scope: &Scope, listing: &Listing) -> Result<i64> {
    let pattern = listing.pattern();
    let kind = listing.kind.map_or("", Kind::as_str);
    let criticality = listing.criticality.map_or("", Criticality::as_str);
    let mut sql = String::from(concat!(
        "SELECT COUNT(*) FROM companies c WHERE c.org = $1 AND ",
        shown!("c")
    ));
    let mut params: Vec<&(dyn crate::db::Param + Sync)> = vec![&scope.org];
    let filters: [(bool, &str, &(dyn crate::db::Param + Sync)); 5] = [
        (!listing.country.is_empty(), " AND c.country = $", &listing.country),
        (!kind.is_empty(), " AND c.kind = $", &kind),
        (listing.tier.is_some(), " AND c.tier = $", &listing.tier),
        (!criticality.is_empty(), " AND c.criticality = $", &criticality),
        (!pattern.is_empty(), " AND c.search LIKE $", &pattern),
    ];
    for (asked, condition, value) in filters {
        if asked {
            params.push(value);
            sql.push_str(condition);
            sql.push_str(&params.len().to_string());
        }
    }
    if !pattern.is_empty() {
        sql.push_str(" ESCAPE '\\'");
    }
    if listing.without_mail {
        sql.push_str(concat!(
            " AND NOT EXISTS (SELECT 1 FROM contacts m WHERE m.company = c.id AND ",
            mailable!("m"),
            ")"
        ));
    }
    tx.one(crate::db::kept(sql), &params, |r| r.get(0)).await
}

/// The countries that occur, for filters; "" where nobody said of a company. A step in an index for each.
pub async fn countries(tx: &mut Tx, scope: &Scope) -> Result<Vec<String>> {
    tx.list(
        concat!(
            "WITH RECURSIVE seen(country) AS (
             SELECT MIN(f.country) FROM companies f WHERE f.org = $1 AND ",
            shown!("f"),
            " UNION ALL
             SELECT (SELECT MIN(c.country) FROM companies c WHERE c.org = $1 AND c.country > seen.country AND ",
            shown!("c"),
            ") FROM seen WHERE seen.country IS NOT NULL)
         SELECT country FROM seen WHERE country IS NOT NULL ORDER BY country"
        ),
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// The tiers that occur, for filters. A step in an index for each.
pub async fn tiers(tx: &mut Tx, scope: &Scope) -> Result<Vec<i64>> {
    tx.list(
        concat!(
            "WITH RECURSIVE seen(tier) AS (
             SELECT MIN(f.tier) FROM companies f WHERE f.org = $1 AND ",
            shown!("f"),
            " UNION ALL
             SELECT (SELECT MIN(c.tier) FROM companies c WHERE c.org = $1 AND c.tier > seen.tier AND ",
            shown!("c"),
            ") FROM seen WHERE seen.tier IS NOT NULL)
         SELECT tier FROM seen WHERE tier IS NOT NULL ORDER BY tier"
        ),
        &[&scope.org],
        |r| r.get(0),
    )
    .await
}

/// At most `limit` companies whose name, kana or code holds `search`, however it is written.
pub async fn search(tx: &mut Tx, scope: &Scope, search: &str, limit: i64) -> Result<Vec<CompanyRow>> {
    let listing = Listing {
        search: search.to_owned(),
        ..Listing::default()
    };
    Ok(list(tx, scope, &listing, None, limit.max(0) as usize).await?.rows)
}
