//! Companies that a running campaign goes to as well: chosen by name or by rule, as in the plan, and invited by the job that
//! sends.

use super::again::refuse_unless_mailing;
use super::audience::{Audience, Place};
use super::manage::refuse_unless_running;
use super::model::{PAGE, choose};
use super::send::ask_to_add;
use crate::app::{App, Scope};
use crate::audit::{self, Origin};
use crate::board;
use crate::campaigns::{self, Campaign, CampaignId, Plan};
use crate::db::Tx;
use crate::directory::{self, CompanyId, CompanyRow, Criticality, Filter, Kind};
use crate::invitations;
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, see_other};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

/// How many companies the page names.
const SHOWN: usize = 100;

/// What adding would do.
#[derive(Default)]
pub struct Additions {
    /// Those that haven't been asked yet, at most [`SHOWN`].
    pub first: Vec<CompanyRow>,
    pub companies: i64,
    /// How many of them have nobody who can be written to.
    pub without_mail: i64,
    /// How many the rules take that have been asked already.
    pub asked: i64,
}

/// Reckons what adding those that `filter` takes would do.
pub async fn additions(
    tx: &mut Tx,
    app: &App,
    campaign: &Campaign,
    scope: Scope,
    filter: &Filter,
) -> crate::db::Result<Additions> {
    let plan = Plan {
        audience: filter.clone(),
        ..campaign.plan.clone()
    };
    let audience = Audience::of(app, scope, &plan, None).await?;
    let (mut out, mut at) = (Additions::default(), Place::default());
    while !at.ended {
        let page = audience.page(tx, scope, &mut at, PAGE).await?;
        let ids: Vec<CompanyId> = page.iter().map(|c| c.id).collect();
        let asked = invitations::invited(tx, scope, campaign.id, &ids).await?;
        out.asked += asked.len() as i64;
        for company in page.into_iter().filter(|c| !asked.contains(&c.id)) {
            out.companies += 1;
            let reached = match company.mails {
                0 => false,
                _ => !choose(&directory::contacts_of(tx, &scope, company.id).await?, plan.contacts).is_empty(),
            };
            out.without_mail += i64::from(!reached);
            if out.first.len() < SHOWN {
                out.first.push(company);
            }
        }
    }
    Ok(out)
}

/// Has those that `filter` takes, and that the campaign hasn't asked, invited by the job that sends. `found` is what
/// [`additions`] said of it, read before: a million companies are looked through without holding up who writes. Nobody is
/// asked twice. [`Error::Conflict`] where there is none.
pub async fn add_companies(
    tx: &mut Tx,
    app: &App,
    origin: &Origin,
    id: CampaignId,
    (filter, found): (&Filter, &Additions),
) -> Result<()> {
    let scope = Scope { org: origin.org };
    let campaign = campaigns::find(tx, scope, id).await?.ok_or(Error::NotFound)?;
    refuse_unless_mailing(&campaign)?;
    if found.companies == 0 {
        return Err(Error::Conflict("error-add-none"));
    }
    ask_to_add(tx, app, scope, id, filter, origin.now).await?;
    board::touch(tx, scope, id).await?;
    let names: Vec<&str> = found.first.iter().take(20).map(|c| c.name.as_str()).collect();
    let told = json!({ "companies": found.companies, "names": names });
    Ok(audit::record(tx, app, origin, campaign.change("campaign.add"), &(), &told).await?)
}

#[derive(Template)]
#[template(path = "circulation/add.html")]
struct AddPage {
    shell: Shell,
    campaign: Campaign,
    query: String,
    /// What the search found, and whether each is asked already.
    found: Vec<(CompanyRow, bool)>,
    filter: Filter,
    /// What the rules take; None until some are chosen.
    by_rule: Option<Additions>,
    countries: Vec<String>,
    tiers: Vec<i64>,
    late: bool,
    problem: Option<&'static str>,
}

impl AddPage {
    fn has_kind(&self, kind: &Kind) -> bool {
        self.filter.kinds.contains(kind)
    }
    fn has_country(&self, country: &String) -> bool {
        self.filter.countries.contains(country)
    }
    fn has_tier(&self, tier: &i64) -> bool {
        self.filter.tiers.contains(tier)
    }
    fn has_criticality(&self, criticality: &Criticality) -> bool {
        self.filter.criticalities.contains(criticality)
    }
    fn kind_word(&self, kind: &Kind) -> std::borrow::Cow<'static, str> {
        self.shell.t.t(match kind {
            Kind::Supplier => "company-kind-supplier",
            Kind::Group => "company-kind-group",
        })
    }
    fn country_name(&self, country: &str) -> String {
        match country {
            "" => self.shell.t.t("country-unknown").into_owned(),
            code => code.to_owned(),
        }
    }
}

/// The rules of the form; none of them: None, so that an empty form doesn't mean everybody.
fn rules(form: &Form) -> Option<Filter> {
    let filter = Filter {
        kinds: form.all("kind").filter_map(Kind::parse).collect(),
        countries: form.all("country").map(str::to_owned).collect(),
        tiers: form.all("tier").filter_map(|v| v.parse().ok()).collect(),
        criticalities: form.all("criticality").filter_map(Criticality::parse).collect(),
        ..Filter::default()
    };
    (filter != Filter::default()).then_some(filter)
}

async fn page(
    context: &Context,
    viewer: &Viewer,
    id: CampaignId,
    form: &Form,
    problem: Option<&'static str>,
) -> Result<AddPage> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    refuse_unless_running(&campaign)?;
    let query: String = form.get("q").chars().take(200).collect();
    let rows = match query.is_empty() {
        true => Vec::new(),
        false => directory::search(&mut tx, &scope, &query, 20).await?,
    };
    let ids: Vec<CompanyId> = rows.iter().map(|c| c.id).collect();
    let asked = invitations::invited(&mut tx, scope, id, &ids).await?;
    let filter = rules(form);
    let by_rule = match &filter {
        Some(filter) => Some(additions(&mut tx, app, &campaign, scope, filter).await?),
        None => None,
    };
    Ok(AddPage {
        shell: viewer.shell(context, "campaigns"),
        countries: directory::countries(&mut tx, &scope).await?,
        tiers: directory::tiers(&mut tx, &scope).await?,
        late: campaign.deadline() <= context.now,
        found: rows
            .into_iter()
            .map(|c| (asked.contains(&c.id), c))
            .map(|(a, c)| (c, a))
            .collect(),
        filter: filter.unwrap_or_default(),
        by_rule,
        campaign,
        query,
        problem,
    })
}

pub async fn form(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response> {
    Ok(Html(page(&context, &viewer, id, &Form(pairs), None).await?).into_response())
}

/// Adds what was chosen: by name, or all that the rules take, if their number is the one that the page showed.
pub async fn add(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let app = &context.app;
    let chosen: Vec<CompanyId> = form.all("add").filter_map(|v| v.parse().ok()).collect();
    let by_rule = form.get("go") == "rules";
    let filter = match by_rule {
        true => rules(&form),
        false => (!chosen.is_empty()).then(|| Filter {
            added: chosen,
            only_added: true,
            ..Filter::default()
        }),
    };
    let Some(filter) = filter else {
        let page = page(&context, &viewer, id, &form, Some("add-problem-choose")).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    };
    let scope = viewer.scope();
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let found = additions(&mut tx, app, &campaign, scope, &filter).await?;
    drop(tx);
    let count = found.companies;
    if by_rule && form.get("count").parse() != Ok(count) {
        let page = page(&context, &viewer, id, &form, Some("add-problem-count")).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let mut tx = app.db.write().await?;
    add_companies(&mut tx, app, &viewer.origin(&context), id, (&filter, &found)).await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(see_other(format!("/campaigns/{id}/manage?done=added&count={count}")))
}
