//! A table as a file to download, in constant memory.

use super::Result;
use crate::app::App;
use crate::sheets::{Stride, stream};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use http::header;
use tokio_util::io::ReaderStream;

/// What a file and its sheet are called. Both are ours: nothing of a visitor's is in them.
pub struct Title<'t> {
    /// Without an ending: ASCII.
    pub file: String,
    pub sheet: &'t str,
}

/// The rows as CSV, where `format` says so, else as XLSX. A file of a demonstration says in its name and on its sheet that it
/// is one.
pub async fn download(
    app: &App,
    title: Title<'_>,
    format: &str,
    titles: Vec<String>,
    rows: impl Stream<Item = anyhow::Result<Stride>> + Send + 'static,
) -> Result<Response> {
    let demo = app.config.demo;
    let file = format!("{}{}", if demo { "DEMO-" } else { "" }, title.file);
    let sheet = format!("{}{}", if demo { "DEMO " } else { "" }, title.sheet);
    let (kind, ending, body) = match format {
        // A failure on the way breaks the connection off: a file that looks whole is whole.
        "csv" => (
            "text/csv; charset=utf-8",
            "csv",
            Body::from_stream(stream::csv(titles, rows)),
        ),
        _ => {
            let file = stream::xlsx(&app.config.data.dir, &sheet, titles, rows).await?;
            let bytes = ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 * 1024);
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
                Body::from_stream(bytes),
            )
        }
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{file}.{ending}\""),
        ),
    ];
    Ok((headers, body).into_response())
}
