//! Tables that are too long to hold: rows come a stride at a time and leave as a file is made of them.

use super::{Cell, CsvWriter, XlsxWriter};
use futures_util::{Stream, StreamExt, stream};
use std::io::Seek;
use std::path::Path;

/// Some rows of a table, read in one go.
pub type Stride = Vec<Vec<Cell>>;

/// How many strides may wait for the writer.
const AHEAD: usize = 2;

/// The bytes of a CSV file as they are made.
pub fn csv(
    titles: Vec<String>,
    strides: impl Stream<Item = anyhow::Result<Stride>> + Send,
) -> impl Stream<Item = anyhow::Result<Vec<u8>>> + Send {
    let first = async move {
        let mut csv = CsvWriter::new(Vec::new())?;
        csv.row(&titles.into_iter().map(Cell::from).collect::<Vec<_>>())?;
        Ok(csv.finish()?)
    };
    let rest = strides.map(|rows| {
        let mut csv = CsvWriter::continued(Vec::new());
        for row in rows? {
            csv.row(&row)?;
        }
        Ok(csv.finish()?)
    });
    stream::once(first).chain(rest)
}

/// A finished XLSX file in `dir`, open at its beginning and without a name: it goes when it is closed.
pub async fn xlsx(
    dir: &Path,
    sheet: &str,
    titles: Vec<String>,
    strides: impl Stream<Item = anyhow::Result<Stride>> + Send,
) -> anyhow::Result<std::fs::File> {
    let (dir, sheet) = (dir.to_owned(), sheet.to_owned());
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Stride>(AHEAD);
    // Writing a spreadsheet is work for a processor, not for an async worker.
    let writing = tokio::task::spawn_blocking(move || -> anyhow::Result<std::fs::File> {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let rows = std::iter::from_fn(|| receiver.blocking_recv()).flatten();
        let mut book = XlsxWriter::within(&dir)?;
        book.sheet(&sheet, &titles, rows)?;
        let mut file = tempfile::tempfile_in(&dir)?;
        book.finish_into(&file)?;
        file.rewind()?;
        Ok(file)
    });
    let mut strides = std::pin::pin!(strides);
    while let Some(rows) = strides.next().await {
        if sender.send(rows?).await.is_err() {
            break;
        }
    }
    drop(sender);
    writing.await?
}
