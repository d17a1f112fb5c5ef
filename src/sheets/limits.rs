//! What a file may cost. A directory of 5,000 companies is one megabyte; these limits are far above any honest file and
//! far below what would hurt the machine.

use std::io::{Cursor, Read, sink};

use super::ReadError;

/// Bytes of all parts of a zip container once unpacked.
pub(super) const MAX_UNPACKED: u64 = 200 << 20;
/// Rows that hold something.
pub(super) const MAX_ROWS: usize = 1_000_000;
/// Columns; a text beyond it makes the file too large, an empty formatted cell does not.
pub(super) const MAX_COLUMNS: usize = 512;
/// Cells over all rows and sheets, counting the empty ones between a row's first and last.
pub(super) const MAX_CELLS: usize = 8_000_000;
/// Bytes of text over all cells: a shared string of 32 kB may stand in a million cells.
pub(super) const MAX_TEXT: usize = 256 << 20;
/// The old binary format is read whole by calamine, into a dense range.
pub(super) const MAX_XLS: usize = 20 << 20;

/// What the cells read so far cost.
#[derive(Debug, Default)]
pub(super) struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    pub(super) fn spend(&mut self, cells: usize, text: usize) -> Result<(), ReadError> {
        self.cells = self.cells.saturating_add(cells);
        self.text = self.text.saturating_add(text);
        if self.cells > MAX_CELLS || self.text > MAX_TEXT {
            return Err(ReadError::TooLarge);
        }
        Ok(())
    }
}

/// The kinds of zip container we tell apart.
pub(super) enum Container {
    Xlsx,
    Xlsb,
    Ods,
    Other,
}

/// Unpacks every part once into nothing, because the sizes that a zip states about itself may be lies.
pub(super) fn inspect_zip(bytes: &[u8]) -> Result<Container, ReadError> {
    let damaged = |error: zip::result::ZipError| ReadError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut left = MAX_UNPACKED;
    let mut container = Container::Other;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => ReadError::Encrypted,
            other => damaged(other),
        })?;
        match part.name().unwrap_or_default().to_ascii_lowercase().as_str() {
            "xl/workbook.xml" => container = Container::Xlsx,
            "xl/workbook.bin" => container = Container::Xlsb,
            "content.xml" => container = Container::Ods,
            _ => {}
        }
        let copied = std::io::copy(&mut part.take(left.saturating_add(1)), &mut sink())
            .map_err(|error| ReadError::Damaged(error.to_string()))?;
        left = left.checked_sub(copied).ok_or(ReadError::TooLarge)?;
    }
    Ok(container)
}
