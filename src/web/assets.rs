//! Style sheets, scripts and pictures, embedded; each address carries the hash of what is there.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, header};
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, RwLock};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// `/assets/respondent.css?v=1a2b3c4d`.
pub fn address(name: &str) -> String {
    let hash = Files::get(name).map(|f| data_encoding::HEXLOWER.encode(&f.metadata.sha256_hash()[..4]));
    format!("/assets/{name}?v={}", hash.unwrap_or_default())
}

/// Each text compressed once, at its first use.
static PACKED: LazyLock<RwLock<HashMap<String, Bytes>>> = LazyLock::new(RwLock::default);

fn packed(name: &str, data: &[u8]) -> Option<Bytes> {
    if let Some(bytes) = PACKED.read().ok()?.get(name) {
        return Some(bytes.clone());
    }
    let bytes = Bytes::from(gzip(data, flate2::Compression::best())?);
    // In a debug build the file may change under the same name.
    if !cfg!(debug_assertions) {
        PACKED.write().ok()?.insert(name.to_owned(), bytes.clone());
    }
    Some(bytes)
}

/// None only if memory is short.
pub(super) fn gzip(data: &[u8], level: flate2::Compression) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(data).ok()?;
    encoder.finish().ok()
}

pub(super) fn takes_gzip(request: &HeaderMap) -> bool {
    let taken = request.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    taken.is_some_and(|taken| taken.contains("gzip"))
}

pub async fn show(Path(name): Path<String>, request: HeaderMap) -> super::Result<Response> {
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
    if takes_gzip(&request)
        && let Some(bytes) = packed(&name, &file.data)
    {
        let also = [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")];
        return Ok((headers, also, bytes).into_response());
    }
    Ok((headers, file.data).into_response())
}
