//! A file, and what was chosen about it, brought to a table with a mapping.

use super::choose;
use super::columns::Column;
use super::header::{self, Mapping};
use super::plan::{Options, Plan, plan};
use crate::directory::Kind;
use crate::sheets::{self, ReadError, Table};
use serde::{Deserialize, Serialize};

/// What a person chose; what they left open is found in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Chosen {
    /// The kind of companies whose row doesn't tell it.
    pub kind: Kind,
    pub sheet: Option<String>,
    pub header_row: Option<u32>,
    /// [`Column::key`] of each column, "" for one that isn't used; only with `header_row`.
    pub columns: Option<Vec<String>>,
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen {
            kind: Kind::Supplier,
            sheet: None,
            header_row: None,
            columns: None,
        }
    }
}

/// A sheet that can be planned.
#[derive(Debug)]
pub struct Source {
    pub table: Table,
    pub mapping: Mapping,
    kind: Kind,
}

impl Source {
    /// Reads the file. A sheet in which no header is found is still given, with a mapping that knows nothing: a person
    /// can say what its columns are. See [`Source::has_names`].
    pub fn open(bytes: &[u8], file_name: &str, chosen: &Chosen) -> Result<Source, ReadError> {
        let (table, found) = match &chosen.sheet {
            Some(sheet) => {
                let table = sheets::read(bytes, file_name, Some(sheet))?;
                let found = header::find(&table);
                (table, found)
            }
            None => {
                let mut tables = sheets::read_all(bytes, file_name)?;
                match choose(&tables) {
                    Some((index, mapping)) => (tables.swap_remove(index), Some(mapping)),
                    None if tables.is_empty() => return Err(ReadError::Empty),
                    None => (tables.swap_remove(0), None),
                }
            }
        };
        if table.rows.is_empty() {
            return Err(ReadError::Empty);
        }
        let mapping = match (chosen.header_row, &chosen.columns) {
            (Some(header_row), Some(keys)) => Mapping {
                header_row,
                columns: keys.iter().map(|key| Column::from_key(key)).collect(),
            },
            (Some(header_row), None) => at(&table, header_row),
            (None, _) => found.unwrap_or_else(|| at(&table, table.rows[0].number)),
        };
        Ok(Source {
            table,
            mapping,
            kind: chosen.kind,
        })
    }

    /// Whether a column is taken for the companies' names; without it every row would be refused.
    pub fn has_names(&self) -> bool {
        self.mapping.first(Column::Name).is_some()
    }

    pub fn plan(&self) -> Plan {
        plan(
            &self.table,
            &self.mapping,
            &Options {
                default_kind: self.kind,
            },
        )
    }
}

/// The mapping of a header that a person pointed at.
fn at(table: &Table, header_row: u32) -> Mapping {
    let row = table
        .rows
        .iter()
        .filter(|row| row.number == header_row)
        .cloned()
        .collect();
    let alone = Table {
        rows: row,
        ..Table::default()
    };
    let columns = header::find(&alone).map(|mapping| mapping.columns).unwrap_or_default();
    Mapping { header_row, columns }
}
