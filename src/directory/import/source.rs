//! A file, and what was chosen about it, brought to a table with a mapping.

use super::choose;
use super::columns::Column;
use super::header::{self, Mapping};
use super::plan::{Options, Plan, plan};
use super::report::{Note, Notice};
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
    /// Whether rows and columns that the file hides are taken as well.
    pub hidden: bool,
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen {
            kind: Kind::Supplier,
            sheet: None,
            header_row: None,
            columns: None,
            hidden: false,
        }
    }
}

/// A sheet that can be planned.
#[derive(Debug)]
pub struct Source {
    pub table: Table,
    pub mapping: Mapping,
    kind: Kind,
    /// Rows and columns that the file hides and that hold something.
    pub hidden: (usize, usize),
    /// Whether they are taken.
    pub takes_hidden: bool,
    /// Other sheets with a list: their names, and how many rows hold something below the header.
    others: Vec<(String, usize)>,
}

impl Source {
    /// Reads the file. A sheet in which no header is found is still given, with a mapping that knows nothing: a person
    /// can say what its columns are. See [`Source::has_names`].
    pub fn open(bytes: &[u8], file_name: &str, chosen: &Chosen) -> Result<Source, ReadError> {
        let mut tables = sheets::read_all(bytes, file_name)?;
        let named = |tables: &[Table], wanted: &str| {
            let exact = tables.iter().position(|table| table.sheet_name == wanted);
            let folded = |name: &str| name.trim().to_lowercase();
            exact.or_else(|| {
                tables
                    .iter()
                    .position(|table| folded(&table.sheet_name) == folded(wanted))
            })
        };
        let mut index = None;
        if let Some(sheet) = &chosen.sheet {
            // A sheet that the file hides is read when it is asked for.
            index = Some(match named(&tables, sheet) {
                Some(index) => index,
                None => {
                    tables.push(sheets::read(bytes, file_name, Some(sheet))?);
                    tables.len() - 1
                }
            });
        }
        tables.iter_mut().for_each(|table| settle_columns(table, chosen.hidden));
        let (index, found) = match index {
            Some(index) => (index, header::find(&tables[index])),
            None => match choose(&tables) {
                Some((index, mapping)) => (index, Some(mapping)),
                None if tables.is_empty() => return Err(ReadError::Empty),
                None => (0, None),
            },
        };
        let mut table = tables.swap_remove(index);
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
        let rows = table.hidden_rows.range(mapping.header_row + 1..).count();
        let hidden = (rows, table.hidden_columns.len());
        if chosen.hidden {
            table.hidden_rows.clear();
        }
        Ok(Source {
            others: others(&tables),
            table,
            mapping,
            kind: chosen.kind,
            hidden,
            takes_hidden: chosen.hidden,
        })
    }

    /// Whether a column is taken for the companies' names; without it every row would be refused.
    pub fn has_names(&self) -> bool {
        self.mapping.first(Column::Name).is_some()
    }

    pub fn plan(&self) -> Plan {
        let mut plan = plan(
            &self.table,
            &self.mapping,
            &Options {
                default_kind: self.kind,
            },
        );
        plan.notices.splice(0..0, self.notices());
        plan
    }

    /// What is to be told of the whole file.
    fn notices(&self) -> Vec<Notice> {
        let of_file = |note: Note, value: String| Notice {
            row: None,
            column: None,
            header: String::new(),
            value,
            note,
            count: 1,
        };
        let mut notices = Vec::new();
        if self.hidden != (0, 0) {
            let (rows, columns) = self.hidden;
            let taken = self.takes_hidden;
            notices.push(of_file(Note::Hidden { rows, columns, taken }, counted(rows, columns)));
        }
        let others = self.others.iter();
        // Unless somebody has chosen its columns, too.
        if let Some((column, name)) = header::beside(&self.table, &self.mapping)
            && self.mapping.columns.iter().skip(column).all(Option::is_none)
        {
            let rows = named_rows(&self.table, &self.mapping, name);
            notices.push(of_file(Note::ListBeside { rows, column }, Table::letters(column)));
        }
        notices.extend(others.map(|(name, rows)| of_file(Note::AnotherList { rows: *rows }, name.clone())));
        notices
    }
}

/// "2 rows and 1 column", for those who read JSON.
fn counted(rows: usize, columns: usize) -> String {
    let one = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        more => Some(format!("{more} {what}s")),
    };
    let both: Vec<String> = [one(rows, "row"), one(columns, "column")]
        .into_iter()
        .flatten()
        .collect();
    both.join(" and ")
}

/// Forgets the hidden columns that hold nothing. Those that aren't taken lose their texts, so that none of them is taken for a
/// column of the list; the others keep their places.
fn settle_columns(table: &mut Table, take: bool) {
    let columns = std::mem::take(&mut table.hidden_columns);
    for column in columns {
        let cells = || table.rows.iter().filter_map(|row| row.cells.get(column));
        if cells().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        table.hidden_columns.insert(column);
        if !take {
            table.odd.retain(|odd| odd.column != Some(column));
            let cells = table.rows.iter_mut().filter_map(|row| row.cells.get_mut(column));
            cells.for_each(String::clear);
        }
    }
}

/// Rows below the header that have something in this column.
fn named_rows(table: &Table, mapping: &Mapping, column: usize) -> usize {
    let below = table.rows.iter().filter(|row| row.number > mapping.header_row);
    below.filter(|row| !row.cell(column).trim().is_empty()).count()
}

/// The sheets among these in which a list stands.
fn others(tables: &[Table]) -> Vec<(String, usize)> {
    let list = |table: &Table| {
        let mapping = header::find(table)?;
        let name = mapping.first(Column::Name)?;
        let rows = named_rows(table, &mapping, name);
        (rows > 0).then(|| (table.sheet_name.clone(), rows))
    };
    tables.iter().filter_map(list).collect()
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
