//! The list as a file: what the page's filters leave, a row for each contact, with headers that the import knows again.

use crate::app::{App, Scope};
use crate::db::Tx;
use crate::directory::import::Column;
use crate::directory::store::{self, Company, Contact, Cursor, Listing};
use crate::directory::{CompanyId, words};
use crate::people::Viewer;
use crate::sheets::{Cell, CsvWriter, XlsxWriter};
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Result};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::header;
use std::collections::HashMap;

const COLUMNS: [Column; 19] = [
    Column::Code,
    Column::Name,
    Column::Kana,
    Column::Kind,
    Column::Country,
    Column::Tier,
    Column::Criticality,
    Column::Items,
    Column::Parent,
    Column::Small,
    Column::CorporateNumber,
    Column::PostalCode,
    Column::Address,
    Column::ContactName,
    Column::Department,
    Column::Mail,
    Column::Phone,
    Column::Language,
    Column::Role,
];

const STRIDE: usize = 1000;

/// A file to download. `name` is ours: ASCII, nothing of a visitor's.
pub(super) fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub async fn export(
    viewer: Viewer,
    context: Context,
    State(app): State<App>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let form = Form(pairs);
    let listing = super::list::listing(&form);
    let mut tx = app.db.read().await?;
    let rows = rows(&mut tx, &viewer.scope(), &listing, context.t).await?;
    drop(tx);
    let header: Vec<_> = COLUMNS
        .iter()
        .map(|c| context.t.t(words::column(*c)).into_owned())
        .collect();
    let day = context.now.to_zoned(app.zone()).strftime("%Y-%m-%d").to_string();
    match form.get("format") {
        "csv" => {
            let mut out = CsvWriter::new(Vec::new())?;
            out.row(&header.into_iter().map(Cell::from).collect::<Vec<_>>())?;
            for row in rows {
                out.row(&row)?;
            }
            Ok(download(
                &format!("companies-{day}.csv"),
                "text/csv; charset=utf-8",
                out.finish()?,
            ))
        }
        "xlsx" => {
            let bytes = tokio::task::block_in_place(|| {
                let header: Vec<&str> = header.iter().map(String::as_str).collect();
                let mut book = XlsxWriter::new();
                book.sheet(&context.t.t("companies-title"), &header, rows)?;
                book.finish()
            })?;
            Ok(download(&format!("companies-{day}.xlsx"), XLSX, bytes))
        }
        _ => Err(Error::BadRequest("`format` is csv or xlsx.".into())),
    }
}

async fn rows(tx: &mut Tx, scope: &Scope, listing: &Listing, t: Tr) -> crate::db::Result<Vec<Vec<Cell>>> {
    let companies: HashMap<CompanyId, Company> = store::list_all(tx, scope)
        .await?
        .into_iter()
        .map(|c| (c.id, c))
        .collect();
    let mut contacts: HashMap<CompanyId, Vec<Contact>> = HashMap::new();
    for contact in store::list_all_contacts(tx, scope).await? {
        contacts.entry(contact.company).or_default().push(contact);
    }
    let mut rows = Vec::new();
    let mut cursor = None;
    loop {
        let page = store::list(tx, scope, listing, cursor, STRIDE).await?;
        for company in page.rows.iter().filter_map(|row| companies.get(&row.id)) {
            let own = of_company(t, company, company.parent.and_then(|id| companies.get(&id)));
            match contacts.get(&company.id) {
                None => rows.push(own.into_iter().chain((0..6).map(|_| Cell::Empty)).collect()),
                Some(contacts) => {
                    rows.extend(
                        contacts
                            .iter()
                            .map(|c| own.iter().cloned().chain(of_contact(t, c)).collect::<Vec<_>>()),
                    );
                }
            }
        }
        match page.after {
            Some(id) => cursor = Some(Cursor { id, back: false }),
            None => return Ok(rows),
        }
    }
}

fn word(t: Tr, key: &str) -> Cell {
    Cell::Text(t.t(key).into_owned())
}

fn text(value: &str) -> Cell {
    if value.is_empty() {
        Cell::Empty
    } else {
        Cell::from(value)
    }
}

fn of_company(t: Tr, c: &Company, parent: Option<&Company>) -> Vec<Cell> {
    vec![
        c.code.as_deref().into(),
        text(&c.name),
        text(&c.kana),
        word(t, words::kind(&c.kind)),
        text(&c.country),
        c.tier.into(),
        c.criticality.map(|grade| grade.as_str()).into(),
        text(&c.items),
        parent.map(|p| p.code.as_deref().unwrap_or(&p.name)).into(),
        c.small.map_or(Cell::Empty, |small| {
            word(t, if small { "company-small-yes" } else { "company-small-no" })
        }),
        // As text: a number of thirteen digits would be shown as 7E+12.
        c.corporate_number.as_deref().into(),
        text(&c.postal_code),
        text(&c.address),
    ]
}

fn of_contact(t: Tr, c: &Contact) -> [Cell; 6] {
    [
        text(&c.name),
        text(&c.department),
        c.mail.as_ref().map(|m| m.as_str()).into(),
        text(&c.phone),
        text(&c.language),
        word(t, words::role(&c.role)),
    ]
}
