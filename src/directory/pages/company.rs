//! A company's page and its form.

use super::fields::{self, Input};
use crate::app::App;
use crate::audit::{self, Change, Entry, FieldChange};
use crate::directory::store::{self, Company, Contact, Kept};
use crate::directory::{CompanyId, ContactId, Criticality, Kind, words};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::i18n::{Locale, Tr};
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;

/// The form of a company or a contact.
#[derive(Template)]
#[template(path = "directory/pages/form.html")]
pub(super) struct FormPage {
    pub shell: Shell,
    pub title: std::borrow::Cow<'static, str>,
    /// The company it belongs to, where the title doesn't say so.
    pub of: Option<String>,
    pub inputs: Vec<Input>,
    pub action: String,
    pub back: String,
    /// Where a contact is deleted.
    pub delete: Option<String>,
}

impl FormPage {
    fn wrong(&self) -> bool {
        self.inputs.iter().any(|i| i.error.is_some())
    }
}

pub(super) fn invalid(page: FormPage) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
}

/// An id in an address; what isn't one is no page.
pub(super) fn id<T: std::str::FromStr>(segment: &str) -> Result<T> {
    segment.parse().map_err(|_| Error::NotFound)
}

fn new_page(shell: Shell, form: &Form, problems: &[fields::Problem]) -> FormPage {
    FormPage {
        title: shell.t.t("company-new"),
        of: None,
        inputs: fields::company_inputs(shell.t, form, problems),
        action: "/companies/new".into(),
        back: "/companies".into(),
        delete: None,
        shell,
    }
}

fn edit_page(shell: Shell, company: &Company, form: &Form, problems: &[fields::Problem]) -> FormPage {
    FormPage {
        title: shell.t.t("company-edit"),
        of: Some(company.name.clone()),
        inputs: fields::company_inputs(shell.t, form, problems),
        action: format!("/companies/{}/edit", company.id),
        back: format!("/companies/{}", company.id),
        delete: None,
        shell,
    }
}

pub(super) fn change<'c>(action: &'static str, company: &'c Company) -> Change<'c> {
    Change {
        action,
        subject_kind: "company",
        subject: Some(company.id.0),
        subject_name: &company.name,
    }
}

pub async fn new(viewer: Viewer, context: Context) -> Html<impl Template> {
    let form = Form(vec![("kind".into(), Kind::Supplier.as_str().into())]);
    Html(new_page(viewer.shell(&context, "companies"), &form, &[]))
}

pub async fn create(viewer: Viewer, context: Context, State(app): State<App>, form: Form) -> Result<Response> {
    let scope = viewer.scope();
    let mut company = Company {
        id: app.id(context.now),
        kind: Kind::Supplier,
        code: None,
        name: String::new(),
        kana: String::new(),
        country: String::new(),
        tier: None,
        criticality: None,
        items: String::new(),
        parent: None,
        small: None,
        corporate_number: None,
        postal_code: String::new(),
        address: String::new(),
        updated_at: context.now,
    };
    let mut tx = app.db.write().await?;
    let problems = fields::read_company(&mut tx, &scope, &form, &mut company).await?;
    if !problems.is_empty() {
        drop(tx);
        return Ok(invalid(new_page(viewer.shell(&context, "companies"), &form, &problems)));
    }
    store::insert(&mut tx, &scope, &company, context.now)
        .await
        .map_err(taken)?;
    let change = change("company.create", &company);
    audit::record(&mut tx, &app, &viewer.origin(&context), change, &(), &company).await?;
    tx.commit().await?;
    Ok(context.done(format!("/companies/{}", company.id), "done-company-created", 0))
}

/// Somebody took the code between our look and our write.
pub(super) fn taken(e: crate::db::Error) -> Error {
    if e.is_unique_violation() {
        Error::Conflict("directory-conflict")
    } else {
        e.into()
    }
}

#[derive(Template)]
#[template(path = "directory/pages/company.html")]
struct CompanyPage {
    shell: Shell,
    company: Company,
    contacts: Vec<Contact>,
    parent: Option<Company>,
    children: Vec<Company>,
    history: Vec<Line>,
    kept: Option<Kept>,
    buyer: Option<store::Buyer>,
    buyers: Vec<store::Buyer>,
    /// Whose address mail came back from: when and why.
    undeliverable: Vec<(ContactId, String, String)>,
    /// Who complained: when and what was said.
    paused: Vec<(ContactId, String, String)>,
    /// What couldn't be done.
    refused: Option<&'static str>,
}

/// A line of the history.
struct Line {
    at: String,
    iso: String,
    who: String,
    what: String,
    changes: Vec<FieldChange>,
}

impl CompanyPage {
    /// What must be typed to delete it.
    fn word(&self) -> &str {
        self.company.code.as_deref().unwrap_or(&self.company.name)
    }

    fn small(&self) -> Option<&'static str> {
        self.company
            .small
            .map(|small| if small { "company-small-yes" } else { "company-small-no" })
    }

    fn language(&self, contact: &Contact) -> std::borrow::Cow<'static, str> {
        match Locale::find(&contact.language) {
            Some(locale) => Tr(locale).t("language-name"),
            None => contact.language.clone().into(),
        }
    }

    fn is_buyer(&self, buyer: &store::Buyer) -> bool {
        self.buyer.as_ref().is_some_and(|b| b.id == buyer.id)
    }

    /// When and why mail to this contact came back.
    fn came_back(&self, contact: &Contact) -> Option<(&str, &str)> {
        let marked = self.undeliverable.iter().find(|(id, ..)| *id == contact.id);
        marked.map(|(_, when, why)| (when.as_str(), why.as_str()))
    }

    /// When and why nothing is mailed to this contact until a person has looked.
    fn paused(&self, contact: &Contact) -> Option<(&str, &str)> {
        let paused = self.paused.iter().find(|(id, ..)| *id == contact.id);
        paused.map(|(_, when, why)| (when.as_str(), why.as_str()))
    }

    fn reachable(&self) -> bool {
        self.contacts.iter().any(|c| c.mailable().is_ok())
    }
}

pub async fn show(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path(segment): Path<String>,
) -> Result<Html<impl Template>> {
    Ok(Html(page(&viewer, &context, &app, id(&segment)?, None).await?))
}

async fn page(
    viewer: &Viewer,
    context: &Context,
    app: &App,
    id: CompanyId,
    refused: Option<&'static str>,
) -> Result<CompanyPage> {
    let scope = viewer.scope();
    let mut tx = app.db.read().await?;
    let company = store::find(&mut tx, &scope, id).await?.ok_or(Error::NotFound)?;
    let contacts = store::contacts_of(&mut tx, &scope, id).await?;
    let parent = match company.parent {
        Some(parent) => store::find(&mut tx, &scope, parent).await?,
        None => None,
    };
    let children = store::children(&mut tx, &scope, id).await?;
    let kept = store::kept(&mut tx, &scope, id).await?;
    let buyer = store::buyer_of(&mut tx, scope, id).await?;
    let buyers = store::buyers(&mut tx, scope, super::buyer::SHOWN).await?;
    let undeliverable = store::undeliverable_of(&mut tx, &scope, id).await?;
    let paused = store::paused_of(&mut tx, &scope, id).await?;
    drop(tx);
    let dated = |all: Vec<(ContactId, Timestamp, String)>| -> Vec<(ContactId, String, String)> {
        let dated = all.into_iter();
        dated
            .map(|(contact, at, why)| (contact, dates::date(context.t, at, &app.zone()), why))
            .collect()
    };
    let (undeliverable, paused) = (dated(undeliverable), dated(paused));
    let history = audit::of_subject(&app.db, &scope, id.0).await?;
    let history = history.iter().map(|entry| line(context.t, app, entry)).collect();
    let shell = viewer.shell(context, "companies");
    Ok(CompanyPage {
        shell,
        company,
        contacts,
        parent,
        children,
        history,
        kept,
        buyer,
        buyers,
        undeliverable,
        paused,
        refused,
    })
}

fn line(t: Tr, app: &App, entry: &Entry) -> Line {
    Line {
        at: dates::moment(t, entry.at, &app.zone()),
        iso: entry.at.to_string(),
        who: entry.who(&t).into_owned(),
        what: entry.action_words(&t).into_owned(),
        changes: entry.changes(&t),
    }
}

pub async fn edit(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path(segment): Path<String>,
) -> Result<Html<impl Template>> {
    let scope = viewer.scope();
    let mut tx = app.db.read().await?;
    let company = store::find(&mut tx, &scope, id(&segment)?)
        .await?
        .ok_or(Error::NotFound)?;
    let parent = match company.parent {
        Some(parent) => store::find(&mut tx, &scope, parent).await?,
        None => None,
    };
    let form = fields::company_form(&company, parent.as_ref());
    Ok(Html(edit_page(
        viewer.shell(&context, "companies"),
        &company,
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
    let scope = viewer.scope();
    let mut tx = app.db.write().await?;
    let before = store::find(&mut tx, &scope, id(&segment)?)
        .await?
        .ok_or(Error::NotFound)?;
    let mut after = before.clone();
    let problems = fields::read_company(&mut tx, &scope, &form, &mut after).await?;
    if !problems.is_empty() {
        drop(tx);
        return Ok(invalid(edit_page(
            viewer.shell(&context, "companies"),
            &before,
            &form,
            &problems,
        )));
    }
    if after != before {
        store::update(&mut tx, &scope, &after, context.now)
            .await
            .map_err(taken)?;
        store::ask_to_follow(&mut tx, &app, &scope, context.now).await?;
        let change = change("company.update", &after);
        audit::record(&mut tx, &app, &viewer.origin(&context), change, &before, &after).await?;
        tx.commit().await?;
    }
    Ok(context.done(format!("/companies/{}", before.id), "done-company-saved", 0))
}

pub async fn delete(
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
    let word = company.code.as_deref().unwrap_or(&company.name);
    let refused = match store::kept(&mut tx, &scope, company.id).await? {
        Some(Kept::Invited) => Some("company-kept-invited"),
        Some(Kept::HasChildren) => Some("company-kept-children"),
        None if form.get("word") != word => Some("company-delete-word-wrong"),
        None => None,
    };
    if let Some(refused) = refused {
        drop(tx);
        let page = page(&viewer, &context, &app, company.id, Some(refused)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    store::delete(&mut tx, &scope, company.id).await?;
    let change = change("company.delete", &company);
    audit::record(&mut tx, &app, &viewer.origin(&context), change, &company, &()).await?;
    tx.commit().await?;
    Ok(context.done("/companies", "done-company-deleted", 0))
}
