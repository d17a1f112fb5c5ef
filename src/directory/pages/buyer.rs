//! Buyers: their list, their form, and which companies they know.

use super::company::{FormPage, change, id, invalid};
use super::fields::{self, Problem};
use crate::app::App;
use crate::audit::{self, Change};
use crate::directory::store::{self, Buyer};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::i18n::Locale;
use crate::web::{Context, Error, Html, Result, Shell};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// How many buyers a page shows.
pub(super) const SHOWN: i64 = 500;

#[derive(Template)]
#[template(path = "directory/pages/buyers.html")]
struct BuyersPage {
    shell: Shell,
    buyers: Vec<(Buyer, i64)>,
}

pub async fn list(viewer: Viewer, context: Context, State(app): State<App>) -> Result<Html<impl Template>> {
    let mut tx = app.db.read().await?;
    let mut buyers = Vec::new();
    for buyer in store::buyers(&mut tx, viewer.scope(), SHOWN).await? {
        let companies = store::companies_of_buyer(&mut tx, viewer.scope(), buyer.id).await?;
        buyers.push((buyer, companies));
    }
    Ok(Html(BuyersPage {
        shell: viewer.shell(&context, "companies"),
        buyers,
    }))
}

fn form_page(shell: Shell, buyer: Option<&Buyer>, form: &Form, problems: &[Problem]) -> FormPage {
    FormPage {
        title: shell.t.t(if buyer.is_some() { "buyer-edit" } else { "buyer-new" }),
        of: buyer.map(|b| b.name.clone()),
        inputs: fields::buyer_inputs(shell.t, form, problems),
        action: buyer.map_or("/buyers/new".into(), |b| format!("/buyers/{}/edit", b.id)),
        back: buyer.map_or("/buyers".into(), |b| format!("/buyers/{}", b.id)),
        delete: None,
        shell,
    }
}

fn changed<'c>(action: &'static str, buyer: &'c Buyer) -> Change<'c> {
    Change {
        action,
        subject_kind: "buyer",
        subject: Some(buyer.id.0),
        subject_name: &buyer.name,
    }
}

pub async fn new(viewer: Viewer, context: Context) -> Html<impl Template> {
    let form = Form(vec![("language".into(), context.t.lang().into())]);
    Html(form_page(viewer.shell(&context, "companies"), None, &form, &[]))
}

pub async fn create(viewer: Viewer, context: Context, State(app): State<App>, form: Form) -> Result<Response> {
    let again = |problems: &[Problem]| invalid(form_page(viewer.shell(&context, "companies"), None, &form, problems));
    let buyer = match fields::read_buyer(&form, app.id(context.now)) {
        Ok(buyer) => buyer,
        Err(problems) => return Ok(again(&problems)),
    };
    let mut tx = app.db.write().await?;
    match store::insert_buyer(&mut tx, viewer.scope(), &buyer, context.now).await {
        Err(e) if e.is_unique_violation() => return Ok(again(&[TAKEN])),
        other => other?,
    }
    let change = changed("buyer.create", &buyer);
    audit::record(&mut tx, &app, &viewer.origin(&context), change, &(), &buyer).await?;
    tx.commit().await?;
    Ok(context.done(format!("/buyers/{}", buyer.id), "done-buyer-saved", 0))
}

const TAKEN: Problem = Problem {
    field: "mail",
    key: "buyer-mail-taken",
};

async fn find(viewer: &Viewer, app: &App, segment: &str) -> Result<Buyer> {
    let mut tx = app.db.read().await?;
    store::buyer(&mut tx, viewer.scope(), id(segment)?)
        .await?
        .ok_or(Error::NotFound)
}

pub async fn edit(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path(segment): Path<String>,
) -> Result<Html<impl Template>> {
    let buyer = find(&viewer, &app, &segment).await?;
    let form = fields::buyer_form(&buyer);
    Ok(Html(form_page(
        viewer.shell(&context, "companies"),
        Some(&buyer),
        &form,
        &[],
    )))
}

pub async fn update(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path(segment): Path<String>,
    form: Form,
) -> Result<Response> {
    let before = find(&viewer, &app, &segment).await?;
    let again = |problems: &[Problem]| {
        invalid(form_page(
            viewer.shell(&context, "companies"),
            Some(&before),
            &form,
            problems,
        ))
    };
    let after = match fields::read_buyer(&form, before.id) {
        Ok(buyer) => buyer,
        Err(problems) => return Ok(again(&problems)),
    };
    if after != before {
        let mut tx = app.db.write().await?;
        match store::update_buyer(&mut tx, viewer.scope(), &after, context.now).await {
            Err(e) if e.is_unique_violation() => return Ok(again(&[TAKEN])),
            other => other?,
        }
        let change = changed("buyer.update", &after);
        audit::record(&mut tx, &app, &viewer.origin(&context), change, &before, &after).await?;
        tx.commit().await?;
    }
    Ok(context.done(format!("/buyers/{}", before.id), "done-buyer-saved", 0))
}

#[derive(Template)]
#[template(path = "directory/pages/buyer.html")]
struct BuyerPage {
    shell: Shell,
    buyer: Buyer,
    language: String,
    companies: i64,
    /// What was typed, where some codes are no company's.
    codes: String,
    unknown: Vec<String>,
}

async fn page(
    viewer: &Viewer,
    context: &Context,
    buyer: Buyer,
    codes: &str,
    unknown: Vec<String>,
) -> Result<BuyerPage> {
    let mut tx = context.app.db.read().await?;
    Ok(BuyerPage {
        shell: viewer.shell(context, "companies"),
        companies: store::companies_of_buyer(&mut tx, viewer.scope(), buyer.id).await?,
        language: crate::web::i18n::Tr(Locale::or_english(&buyer.language))
            .t("language-name")
            .into_owned(),
        codes: codes.to_owned(),
        unknown,
        buyer,
    })
}

pub async fn show(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path(segment): Path<String>,
) -> Result<Html<impl Template>> {
    let buyer = find(&viewer, &app, &segment).await?;
    Ok(Html(page(&viewer, &context, buyer, "", Vec::new()).await?))
}

/// Gives companies to a buyer by their codes, all or none of them.
pub async fn assign(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path(segment): Path<String>,
    form: Form,
) -> Result<Response> {
    let buyer = find(&viewer, &app, &segment).await?;
    let (scope, origin) = (viewer.scope(), viewer.origin(&context));
    let codes = form.get("codes");
    let mut given = 0;
    let mut unknown = Vec::new();
    let mut tx = app.db.write().await?;
    for code in codes
        .split([',', '、', ';', '\t', '\n'])
        .map(str::trim)
        .filter(|c| !c.is_empty())
    {
        match store::find_by_code(&mut tx, &scope, code).await? {
            None => unknown.push(code.to_owned()),
            Some(company) => {
                let before = store::buyer_of(&mut tx, scope, company.id).await?;
                if before.as_ref().is_some_and(|b| b.id == buyer.id) {
                    continue;
                }
                store::set_buyer(&mut tx, scope, company.id, Some(buyer.id), context.now).await?;
                given += 1;
                let before = serde_json::json!({ "buyer": before.map(|b| b.name) });
                let after = serde_json::json!({ "buyer": buyer.name });
                audit::record(
                    &mut tx,
                    &app,
                    &origin,
                    change("company.update", &company),
                    &before,
                    &after,
                )
                .await?;
            }
        }
    }
    if !unknown.is_empty() {
        drop(tx);
        let page = page(&viewer, &context, buyer, codes, unknown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    tx.commit().await?;
    Ok(context.done(format!("/buyers/{}", buyer.id), "done-companies-given", given))
}

/// Sets one company's buyer, from the company's page.
pub async fn choose(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path(segment): Path<String>,
    form: Form,
) -> Result<Response> {
    let scope = viewer.scope();
    let mut tx = app.db.write().await?;
    let company = store::find(&mut tx, &scope, id(&segment)?)
        .await?
        .ok_or(Error::NotFound)?;
    let buyer = match form.get("buyer") {
        "" => None,
        chosen => Some(
            store::buyer(&mut tx, scope, id(chosen)?)
                .await?
                .ok_or(Error::NotFound)?,
        ),
    };
    let before = store::buyer_of(&mut tx, scope, company.id).await?;
    if before != buyer {
        store::set_buyer(&mut tx, scope, company.id, buyer.as_ref().map(|b| b.id), context.now).await?;
        let change = change("company.update", &company);
        let (before, after) = (before.map(|b| b.name), buyer.map(|b| b.name));
        let (before, after) = (
            serde_json::json!({ "buyer": before }),
            serde_json::json!({ "buyer": after }),
        );
        audit::record(&mut tx, &app, &viewer.origin(&context), change, &before, &after).await?;
        tx.commit().await?;
    }
    Ok(context.done(format!("/companies/{}", company.id), "done-company-saved", 0))
}
