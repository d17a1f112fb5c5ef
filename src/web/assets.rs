//! Style sheets, scripts and pictures, embedded; each address carries the hash of what is there.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// `/assets/respondent.css?v=1a2b3c4d`.
pub fn address(name: &str) -> String {
    let hash = Files::get(name).map(|f| data_encoding::HEXLOWER.encode(&f.metadata.sha256_hash()[..4]));
    format!("/assets/{name}?v={}", hash.unwrap_or_default())
}

pub async fn show(Path(name): Path<String>) -> super::Result<Response> {
    let file = Files::get(&name).ok_or(super::Error::NotFound)?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let headers: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, file.data).into_response())
}
