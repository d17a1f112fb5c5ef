//! The pages of the directory.

mod buyer;
mod company;
mod contact;
mod export;
mod fields;
mod import;
mod list;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// `upload_limit`: the largest list taken, in bytes.
pub fn router(upload_limit: usize) -> Router<App> {
    Router::new()
        .route("/companies", get(list::list))
        .route("/companies/export", get(export::export))
        .route("/companies/new", get(company::new).post(company::create))
        .route(
            "/companies/import",
            get(import::start)
                .post(import::upload)
                .layer(DefaultBodyLimit::max(upload_limit)),
        )
        .route("/companies/import/{id}", get(import::show).post(import::choose))
        .route("/companies/import/{id}/run", post(import::run))
        .route("/companies/import/{id}/rejected", get(import::rejected))
        .route("/companies/{id}", get(company::show))
        .route("/companies/{id}/edit", get(company::edit).post(company::update))
        .route("/companies/{id}/delete", post(company::delete))
        .route("/companies/{id}/buyer", post(buyer::choose))
        .route("/buyers", get(buyer::list))
        .route("/buyers/new", get(buyer::new).post(buyer::create))
        .route("/buyers/{id}", get(buyer::show))
        .route("/buyers/{id}/edit", get(buyer::edit).post(buyer::update))
        .route("/buyers/{id}/companies", post(buyer::assign))
        .route("/companies/{id}/contacts/new", get(contact::new).post(contact::create))
        .route(
            "/companies/{id}/contacts/{contact}",
            get(contact::edit).post(contact::update),
        )
        .route("/companies/{id}/contacts/{contact}/delete", post(contact::delete))
        .route(
            "/companies/{id}/contacts/{contact}/mail-again",
            post(contact::mail_again),
        )
}
