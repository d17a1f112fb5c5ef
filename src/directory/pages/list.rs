//! The list of companies.

use crate::app::App;
use crate::directory::store::{self, CompanyRow, Cursor, Listing, Page, Sort};
use crate::directory::{Criticality, Kind, words};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Html, Result, Shell};
use askama::Template;
use axum::extract::{Query, State};

const PAGE: usize = 50;

/// What the query string of the list asks for; unknown words ask nothing.
pub(super) fn listing(query: &Form) -> Listing {
    Listing {
        search: query.get("q").chars().take(200).collect(),
        kind: Kind::parse(query.get("kind")),
        country: query.get("country").chars().take(2).collect(),
        tier: query.get("tier").parse().ok(),
        criticality: Criticality::parse(query.get("criticality")),
        without_mail: query.get("mail") == "none",
        sort: match query.get("sort") {
            "code" => Sort::Code,
            "criticality" => Sort::Criticality,
            _ => Sort::Name,
        },
        descending: query.get("order") == "desc",
    }
}

/// The query string of a listing: what is not the default.
fn query(l: &Listing) -> Vec<(&'static str, String)> {
    let tier = l.tier.map(|t| t.to_string()).unwrap_or_default();
    let mut pairs = vec![
        ("q", l.search.clone()),
        ("kind", l.kind.map_or("", Kind::as_str).into()),
        ("country", l.country.clone()),
        ("tier", tier),
        ("criticality", l.criticality.map_or("", Criticality::as_str).into()),
        ("mail", if l.without_mail { "none" } else { "" }.into()),
        ("sort", if l.sort == Sort::Name { "" } else { l.sort.as_str() }.into()),
        ("order", if l.descending { "desc" } else { "" }.into()),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

fn address(path: &str, pairs: &[(&'static str, String)]) -> String {
    match serde_urlencoded::to_string(pairs) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// All companies, in the listing's order.
fn unnarrowed(listing: &Listing) -> Listing {
    Listing {
        sort: listing.sort,
        descending: listing.descending,
        ..Listing::default()
    }
}

#[derive(Template)]
#[template(path = "directory/pages/list.html")]
struct ListPage {
    shell: Shell,
    listing: Listing,
    page: Page,
    /// How many the filters leave, and how many there are at all.
    found: i64,
    groups: i64,
    suppliers: i64,
    countries: Vec<String>,
    tiers: Vec<i64>,
}

impl ListPage {
    fn empty(&self) -> bool {
        self.groups + self.suppliers == 0
    }

    fn filtered(&self) -> bool {
        self.listing != unnarrowed(&self.listing)
    }

    /// The address of the list in another order: by this column, or the other way round.
    fn sorted(&self, sort: Sort) -> String {
        let descending = self.listing.sort == sort && !self.listing.descending;
        address(
            "/companies",
            &query(&Listing {
                sort,
                descending,
                ..self.listing.clone()
            }),
        )
    }

    fn aria_sort(&self, sort: Sort) -> &'static str {
        match (self.listing.sort == sort, self.listing.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }

    fn export(&self, format: &str) -> String {
        let mut pairs = query(&self.listing);
        pairs.push(("format", format.to_owned()));
        address("/companies/export", &pairs)
    }

    fn beside(&self, edge: &'static str, id: &crate::directory::CompanyId) -> String {
        let mut pairs = query(&self.listing);
        pairs.push((edge, id.to_string()));
        address("/companies", &pairs)
    }

    fn kind(&self, c: &CompanyRow) -> std::borrow::Cow<'static, str> {
        self.shell.t.t(words::kind(&c.kind))
    }
}

pub async fn list(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Html<impl Template>> {
    let form = Form(pairs);
    let listing = listing(&form);
    let cursor = match (form.get("after").parse(), form.get("before").parse()) {
        (Ok(id), _) => Some(Cursor { id, back: false }),
        (_, Ok(id)) => Some(Cursor { id, back: true }),
        _ => None,
    };
    let scope = viewer.scope();
    let mut tx = app.db.read().await?;
    let page = store::list(&mut tx, &scope, &listing, cursor, PAGE).await?;
    let (groups, suppliers) = store::count_all(&mut tx, &scope).await?;
    let found = match cursor {
        _ if listing == unnarrowed(&listing) => groups + suppliers,
        // All of them stand on the page.
        None if page.after.is_none() => page.rows.len() as i64,
        _ => store::count(&mut tx, &scope, &listing).await?,
    };
    let mut countries = store::countries(&mut tx, &scope).await?;
    countries.retain(|country| !country.is_empty());
    let tiers = store::tiers(&mut tx, &scope).await?;
    let shell = viewer.shell(&context, "companies");
    Ok(Html(ListPage {
        shell,
        listing,
        page,
        found,
        groups,
        suppliers,
        countries,
        tiers,
    }))
}
