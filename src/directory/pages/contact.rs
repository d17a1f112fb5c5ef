//! The form of a contact.

use super::company::{FormPage, id, invalid, taken};
use super::fields;
use crate::app::{App, Scope};
use crate::audit::{self, Change};
use crate::db::Tx;
use crate::directory::store::{self, Company, Contact};
use crate::directory::{CompanyId, Role};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::{Context, Error, Html, Result, Shell};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

fn page(
    shell: Shell,
    company: &Company,
    contact: Option<&Contact>,
    form: &Form,
    problems: &[fields::Problem],
) -> FormPage {
    let back = format!("/companies/{}", company.id);
    let action = match contact {
        Some(contact) => format!("{back}/contacts/{}", contact.id),
        None => format!("{back}/contacts/new"),
    };
    FormPage {
        title: shell.t.t(if contact.is_some() {
            "contact-edit"
        } else {
            "contact-new"
        }),
        of: Some(company.name.clone()),
        inputs: fields::contact_inputs(shell.t, form, problems),
        delete: contact.map(|_| format!("{action}/delete")),
        action,
        back,
        shell,
    }
}

/// A contact's change belongs to the history of its company, so that is its subject.
fn change<'c>(action: &'static str, company: &'c Company) -> Change<'c> {
    super::company::change(action, company)
}

fn nobody(app: &App, context: &Context, company: &Company, others: &[Contact]) -> Contact {
    let language = if company.country == "JP" || company.country.is_empty() {
        "ja"
    } else {
        "en"
    };
    Contact {
        id: app.id(context.now),
        company: company.id,
        position: 0,
        name: String::new(),
        department: String::new(),
        mail: None,
        phone: String::new(),
        language: language.into(),
        role: if others.iter().any(|c| c.role == Role::Primary) {
            Role::Backup
        } else {
            Role::Primary
        },
        held: None,
    }
}

pub async fn new(
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
    let others = store::contacts_of(&mut tx, &scope, company.id).await?;
    let form = fields::contact_form(&nobody(&app, &context, &company, &others));
    Ok(Html(page(
        viewer.shell(&context, "companies"),
        &company,
        None,
        &form,
        &[],
    )))
}

pub async fn create(
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
    let others = store::contacts_of(&mut tx, &scope, company.id).await?;
    let mut contact = nobody(&app, &context, &company, &others);
    let problems = fields::read_contact(&form, &others, &mut contact);
    if !problems.is_empty() {
        drop(tx);
        return Ok(invalid(page(
            viewer.shell(&context, "companies"),
            &company,
            None,
            &form,
            &problems,
        )));
    }
    contact.position = store::next_position(&mut tx, &scope, company.id).await?;
    store::insert_contact(&mut tx, &scope, &contact, context.now)
        .await
        .map_err(taken)?;
    let change = change("contact.create", &company);
    audit::record(&mut tx, &app, &viewer.origin(&context), change, &(), &contact).await?;
    tx.commit().await?;
    Ok(context.done(format!("/companies/{}", company.id), "done-contact-saved", 0))
}

/// The company and its contact that an address names.
async fn found(tx: &mut Tx, scope: &Scope, (company, contact): (&str, &str)) -> Result<(Company, Contact)> {
    let company = store::find(tx, scope, id::<CompanyId>(company)?)
        .await?
        .ok_or(Error::NotFound)?;
    let contact = store::contact(tx, scope, company.id, id(contact)?)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((company, contact))
}

pub async fn edit(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path((company, contact)): Path<(String, String)>,
) -> Result<Html<impl Template>> {
    let scope = viewer.scope();
    let mut tx = app.db.read().await?;
    let (company, contact) = found(&mut tx, &scope, (&company, &contact)).await?;
    let form = fields::contact_form(&contact);
    Ok(Html(page(
        viewer.shell(&context, "companies"),
        &company,
        Some(&contact),
        &form,
        &[],
    )))
}

pub async fn update(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path((company, contact)): Path<(String, String)>,
    form: Form,
) -> Result<Response> {
    let scope = viewer.scope();
    let mut tx = app.db.write().await?;
    let (company, before) = found(&mut tx, &scope, (&company, &contact)).await?;
    let others = store::contacts_of(&mut tx, &scope, company.id).await?;
    let mut after = before.clone();
    let problems = fields::read_contact(&form, &others, &mut after);
    if !problems.is_empty() {
        drop(tx);
        return Ok(invalid(page(
            viewer.shell(&context, "companies"),
            &company,
            Some(&before),
            &form,
            &problems,
        )));
    }
    if after != before {
        store::update_contact(&mut tx, &scope, &after, context.now)
            .await
            .map_err(taken)?;
        let change = change("contact.update", &company);
        audit::record(&mut tx, &app, &viewer.origin(&context), change, &before, &after).await?;
        tx.commit().await?;
    }
    Ok(context.done(format!("/companies/{}", company.id), "done-contact-saved", 0))
}

pub async fn delete(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path((company, contact)): Path<(String, String)>,
) -> Result<Response> {
    let scope = viewer.scope();
    let mut tx = app.db.write().await?;
    let (company, contact) = found(&mut tx, &scope, (&company, &contact)).await?;
    if store::contact_was_written_to(&mut tx, &scope, contact.id).await? {
        drop(tx);
        let form = fields::contact_form(&contact);
        let problem = fields::Problem {
            field: "mail",
            key: "contact-kept",
        };
        let page = page(
            viewer.shell(&context, "companies"),
            &company,
            Some(&contact),
            &form,
            &[problem],
        );
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    store::delete_contact(&mut tx, &scope, &contact).await?;
    let change = change("contact.delete", &company);
    audit::record(&mut tx, &app, &viewer.origin(&context), change, &contact, &()).await?;
    tx.commit().await?;
    Ok(context.done(format!("/companies/{}", company.id), "done-contact-deleted", 0))
}

/// Somebody says that this contact may be mailed again.
pub async fn mail_again(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Path((company, contact)): Path<(String, String)>,
) -> Result<Response> {
    let scope = viewer.scope();
    let mut tx = app.db.write().await?;
    let (company, contact) = found(&mut tx, &scope, (&company, &contact)).await?;
    if store::mail_again(&mut tx, &scope, contact.id).await? {
        let change = change("contact.mail-again", &company);
        let after = serde_json::json!({ "mail": contact.mail.as_ref().map(|m| m.as_str()) });
        audit::record(&mut tx, &app, &viewer.origin(&context), change, &(), &after).await?;
        tx.commit().await?;
    }
    Ok(context.done(format!("/companies/{}", company.id), "done-contact-mailed-again", 0))
}
