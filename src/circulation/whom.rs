//! The second step of making a campaign: to whom. It stands here, and not with the other steps, because a campaign that
//! follows an earlier one asks what was answered there.

use super::audience::{Audience, Place};
use super::follow::WhoChoices;
use crate::board;
use crate::campaigns::{self, Campaign, CampaignId, Contacts, Earlier, Plan};
use crate::directory::{self, CompanyId, CompanyRow, Criticality, Filter, Kind};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell, see_other};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;

/// How many companies the page lists with a box each; more are chosen by filters.
const SHOWN: usize = 400;

#[derive(Template)]
#[template(path = "circulation/whom.html")]
struct WhomPage {
    shell: Shell,
    revision: i64,
    id: CampaignId,
    plan: Plan,
    countries: Vec<String>,
    tiers: Vec<i64>,
    companies: Vec<CompanyRow>,
    more: bool,
    query: String,
    found: Vec<CompanyRow>,
    removed: Vec<(CompanyId, String)>,
    /// Of a campaign that follows an earlier one: that, and whom of it.
    follows: Option<(Earlier, WhoChoices)>,
    mistakes: Vec<(&'static str, &'static str)>,
}

impl WhomPage {
    fn has_kind(&self, kind: &Kind) -> bool {
        self.plan.audience.kinds.contains(kind)
    }
    fn has_country(&self, country: &String) -> bool {
        self.plan.audience.countries.contains(country)
    }
    fn has_tier(&self, tier: &i64) -> bool {
        self.plan.audience.tiers.contains(tier)
    }
    fn has_criticality(&self, criticality: &Criticality) -> bool {
        self.plan.audience.criticalities.contains(criticality)
    }
    fn kind_word(&self, kind: &Kind) -> std::borrow::Cow<'static, str> {
        self.shell.t.t(match kind {
            Kind::Supplier => "company-kind-supplier",
            Kind::Group => "company-kind-group",
        })
    }
    fn country_name(&self, country: &str) -> String {
        if country.is_empty() {
            self.shell.t.t("country-unknown").into_owned()
        } else {
            country.to_owned()
        }
    }
}

async fn whom_page(context: &Context, viewer: &Viewer, campaign: Campaign, query: &str) -> Result<WhomPage> {
    let (app, scope) = (&context.app, viewer.scope());
    let whom = Audience::of(app, scope, &campaign.plan, campaign.follows.as_ref()).await?;
    let mut tx = app.db.read().await?;
    let (mut companies, mut at) = (Vec::new(), Place::default());
    while !at.ended && companies.len() <= SHOWN {
        companies.extend(whom.page(&mut tx, scope, &mut at, SHOWN + 1).await?);
    }
    let more = companies.len() > SHOWN;
    companies.truncate(SHOWN);
    let audience = &campaign.plan.audience;
    let mut removed = Vec::new();
    for id in &audience.removed {
        if let Some(company) = directory::find(&mut tx, &scope, *id).await? {
            removed.push((*id, company.name));
        }
    }
    let found = match query.is_empty() {
        true => Vec::new(),
        false => directory::search(&mut tx, &scope, query, 20).await?,
    };
    let countries = directory::countries(&mut tx, &scope).await?;
    let tiers = directory::tiers(&mut tx, &scope).await?;
    let follows = match &campaign.follows {
        None => None,
        Some(earlier) => {
            let tallies = board::read(&mut tx, scope, earlier.id).await?.tallies;
            let asked = campaigns::asked(app, scope, earlier.id).await?.ok_or(Error::NotFound)?;
            let chosen = campaign.plan.follow_up.clone().unwrap_or_default();
            Some((earlier.clone(), WhoChoices::of(&asked, &tallies, chosen, context.t)))
        }
    };
    Ok(WhomPage {
        revision: campaign.revision,
        shell: viewer.shell(context, "campaigns"),
        id: campaign.id,
        countries,
        tiers,
        plan: campaign.plan,
        companies,
        more,
        query: query.to_owned(),
        found,
        removed,
        follows,
        mistakes: Vec::new(),
    })
}

#[derive(Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

pub async fn edit_whom(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(search): Query<Search>,
) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    Ok(Html(whom_page(&context, &viewer, campaign, search.q.trim()).await?).into_response())
}

pub async fn save_whom(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    campaigns::refuse_stale(&campaign, &form)?;
    let mut plan = campaign.plan.clone();
    let ids = |name: &'static str| {
        form.all(name)
            .filter_map(|v| v.parse::<CompanyId>().ok())
            .collect::<Vec<_>>()
    };
    let kept = ids("keep");
    let old = &campaign.plan.audience;
    let mut removed: Vec<CompanyId> = old.removed.clone();
    removed.extend(ids("listed").into_iter().filter(|c| !kept.contains(c)));
    let back = ids("back");
    let add = ids("add");
    removed.retain(|c| !back.contains(c) && !add.contains(c));
    let mut added = old.added.clone();
    added.extend(add);
    added.retain(|c| !removed.contains(c));
    for list in [&mut removed, &mut added] {
        list.sort();
        list.dedup();
    }
    plan.audience = Filter {
        kinds: form.all("kind").filter_map(Kind::parse).collect(),
        countries: form.all("country").map(str::to_owned).collect(),
        tiers: form.all("tier").filter_map(|v| v.parse().ok()).collect(),
        criticalities: form.all("criticality").filter_map(Criticality::parse).collect(),
        added,
        removed,
        only_added: form.has("only_added"),
    };
    plan.contacts = if form.get("contacts") == "all" {
        Contacts::All
    } else {
        Contacts::Primary
    };
    if campaign.follows.is_some() {
        plan.follow_up = Some(WhoChoices::read(&form, plan.follow_kind().unwrap_or_default()));
        let mut typed = campaign.clone();
        typed.plan = plan.clone();
        let mut page = whom_page(&context, &viewer, typed, form.get("q")).await?;
        if page.follows.as_ref().is_some_and(|(_, who)| who.lacks_question()) {
            page.mistakes.push(("question", "follow-problem-question"));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    }
    campaigns::save(&context, &viewer, &campaign, &plan).await?;
    Ok(match form.get("go") {
        "apply" | "search" => {
            let query = serde_urlencoded::to_string([("q", form.get("q"))]).unwrap_or_default();
            see_other(format!("/campaigns/{id}/edit/2?{query}#companies"))
        }
        _ => campaigns::after(&context, &campaign, &form, 3),
    })
}
