//! Forms as they were posted: every field kept, in order, so that an invalid one can be shown again as typed.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

/// The fields of an `application/x-www-form-urlencoded` body.
#[derive(Clone, Default, Debug)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// The first value of a field, trimmed; "" if it wasn't sent.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = super::Error;

    async fn from_request(request: Request, state: &S) -> Result<Form, super::Error> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| super::Error::TooLarge)?;
        serde_urlencoded::from_bytes(&body)
            .map(Form)
            .map_err(|e| super::Error::BadRequest(format!("The form can't be read: {e}")))
    }
}
