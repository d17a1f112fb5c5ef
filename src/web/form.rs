//! Forms as they were posted: every field kept, in order, so that an invalid one can be shown again as typed.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

/// The fields of an `application/x-www-form-urlencoded` body.
#[derive(Clone, Default)]
pub struct Form(pub Vec<(String, String)>);

impl std::fmt::Debug for Form {
    /// Names only: a value may be a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Without control characters, which no keyboard types and PostgreSQL's TEXT doesn't take; lines and tabs stay.
fn printable(value: String) -> String {
    match value
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        true => value
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
            .collect(),
        false => value,
    }
}

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
        // Each field costs far more memory than its bytes.
        if body.iter().filter(|b| **b == b'&').count() > 5000 {
            return Err(super::Error::TooLarge);
        }
        serde_urlencoded::from_bytes::<Vec<(String, String)>>(&body)
            .map(|fields| Form(fields.into_iter().map(|(n, v)| (n, printable(v))).collect()))
            .map_err(|e| super::Error::BadRequest(format!("The form can't be read: {e}")))
    }
}
