//! What a file may cost. A directory of 5,000 companies is one megabyte; these limits are far above any honest file and
//! far below what would hurt the machine.
//!
//! The absolute limits are for large files. A small one may cost in proportion to its size: what is said a million times in a
//! few bytes is no list of companies.

use super::ReadError;

/// Rows that hold something.
pub(super) const MAX_ROWS: usize = 1_000_000;
/// Columns; a text beyond it makes the file too large, an empty formatted cell does not.
pub(super) const MAX_COLUMNS: usize = 512;
/// Cells over all rows and sheets, counting the empty ones between a row's first and last.
const MAX_CELLS: usize = 8_000_000;
/// Bytes of text over all cells: a shared string of 32 kB may stand in a million cells.
const MAX_TEXT: usize = 256 << 20;
/// The old binary format is read whole by calamine, into a dense range.
pub(super) const MAX_XLS: usize = 20 << 20;
/// Merged regions of a sheet; where there are more, all are passed over, because they only help to understand.
pub(super) const MAX_MERGES: usize = 100_000;

/// What the cells read so far cost, and may cost.
#[derive(Debug)]
pub(super) struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    /// For a file of so many bytes, as it was sent.
    pub(super) fn of(bytes: usize) -> Budget {
        Budget {
            cells: MAX_CELLS.min(400_000 + bytes),
            text: MAX_TEXT.min((16 << 20) + bytes.saturating_mul(16)),
        }
    }

    pub(super) fn spend(&mut self, cells: usize, text: usize) -> Result<(), ReadError> {
        match (self.cells.checked_sub(cells), self.text.checked_sub(text)) {
            (Some(cells), Some(text)) => {
                *self = Budget { cells, text };
                Ok(())
            }
            _ => Err(ReadError::TooLarge),
        }
    }
}
