//! One more step where no browser says that our own page sent a form: some mail scanners don't only open links, they also
//! post the forms they find, and an acknowledgement by a program is none.

use super::device::NotYet;
use super::visit::{RespondentShell, Visit};
use crate::web::Html;
use crate::web::form::Form;
use askama::Template;
use axum::response::{IntoResponse, Response};
use unicode_normalization::UnicodeNormalization;

/// The field in which a person types the request's number.
const FIELD: &str = "person";

#[derive(Template)]
#[template(path = "invitations/person.html")]
struct PersonPage {
    page: RespondentShell,
    action: String,
    /// What was posted, to be posted again.
    fields: Vec<(String, String)>,
    wrong: bool,
}

impl Visit {
    /// The page that asks for the request's number, which every mail and letter shows; None where a browser sent
    /// the form, the device has answered before, or the number was typed. `rest` is the path of the form's address below this visit.
    pub fn ask_person(&self, rest: &str, fields: &Form) -> Option<Response> {
        let typed: String = fields.get(FIELD).nfkc().filter(|c| c.is_alphanumeric()).collect();
        let number: String = self.asked.number.chars().filter(|c| c.is_alphanumeric()).collect();
        if self.context.by_person || self.is_known_device() || typed.eq_ignore_ascii_case(&number) {
            return None;
        }
        let page = PersonPage {
            page: self.shell(false),
            action: self.path(rest),
            fields: fields.0.iter().filter(|(name, _)| name != FIELD).cloned().collect(),
            wrong: fields.has(FIELD),
        };
        let mut response = Html(page).into_response();
        response.extensions_mut().insert(NotYet);
        Some(response)
    }
}
