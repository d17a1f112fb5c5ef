//! Finding the header row and what its columns hold.

use std::cmp::Reverse;

use super::columns::{Column, Sureness, bare, readings};
use super::normalise::text;
use crate::sheets::{Row, Table};

/// Which row is the header (its last one, if it takes two) and what each column holds; columns beyond the end hold
/// nothing that is kept. Found by [`find`] or given by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// As the spreadsheet shows it, from 1; 0 means that data begin at once.
    pub header_row: u32,
    pub columns: Vec<Option<Column>>,
}

impl Mapping {
    /// The columns (from 0) that hold something, in the sheet's order.
    pub fn all(&self, wanted: Column) -> impl Iterator<Item = usize> + '_ {
        self.columns
            .iter()
            .enumerate()
            .filter(move |(_, column)| **column == Some(wanted))
            .map(|(index, _)| index)
    }

    pub fn first(&self, wanted: Column) -> Option<usize> {
        self.all(wanted).next()
    }

    /// The header's text of each column, for showing next to what the column was taken for.
    pub fn headers<'a>(&self, table: &'a Table) -> Vec<&'a str> {
        let row = table.rows.iter().find(|row| row.number == self.header_row);
        let width = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        (0..width).map(|index| row.map_or("", |row| row.cell(index))).collect()
    }
}

/// Rows that are looked at for a header: titles, notes and stamps above it are never longer.
const SEARCHED: usize = 60;

/// Finds the header below titles, notes and merged cells: the row (or two rows) in which the most columns are known, and
/// among them a company's name. `None` if no row has one.
pub fn find(table: &Table) -> Option<Mapping> {
    let rows: Vec<&Row> = table.rows.iter().take(SEARCHED).collect();
    let mut best: Option<(u32, Mapping)> = None;
    let mut offer = |score: u32, mapping: Mapping| {
        if best.as_ref().is_none_or(|(known, _)| score > *known) {
            best = Some((score, mapping));
        }
    };
    for (index, row) in rows.iter().enumerate() {
        let single = assign(&row.cells);
        let score = score(&single);
        // A header that stretches over two rows must know more than either row alone. The row above is a group line
        // only if it has several cells; a title has one.
        if let Some(above) = index.checked_sub(1).and_then(|above| rows.get(above))
            && above.number + 1 == row.number
            && above.cells.iter().filter(|cell| !cell.trim().is_empty()).count() > 1
            && !row.cells.iter().any(|cell| cell.contains(['@', '＠']))
        {
            let double = assign(&joined(table, above, row));
            let sum = self::score(&double);
            if sum > score && sum > self::score(&assign(&above.cells)) {
                offer(
                    sum,
                    Mapping {
                        header_row: row.number,
                        columns: columns(&double),
                    },
                );
            }
        }
        offer(
            score,
            Mapping {
                header_row: row.number,
                columns: columns(&single),
            },
        );
    }
    let (_, mut mapping) = best.filter(|(score, _)| *score > 0)?;
    if let Some((start, _)) = beside(table, &mapping) {
        mapping.columns.truncate(start);
    }
    Some(mapping)
}

/// A second list to the right of the mapping's: its first column, and its companies' names. It has the same headers once more; read
/// as one list with the first, its addresses would be other companies'.
pub(super) fn beside(table: &Table, mapping: &Mapping) -> Option<(usize, usize)> {
    let headers: Vec<String> = mapping.headers(table).into_iter().map(text).collect();
    let name = mapping.first(Column::Name)?;
    let own = headers.get(name).filter(|own| !own.is_empty())?;
    let again = name + 1 + headers.iter().skip(name + 1).position(|other| other == own)?;
    let first = headers.iter().find(|header| !header.is_empty())?;
    let start = (name + 1..again)
        .find(|index| headers[*index] == *first)
        .unwrap_or(again);
    // One header alone that repeats may be a slip.
    let repeated = headers[start..]
        .iter()
        .filter(|header| !header.is_empty() && headers[..start].contains(header));
    (repeated.count() >= 2).then_some((start, again))
}

type Assigned = Vec<Option<(Column, Sureness)>>;

fn columns(assigned: &Assigned) -> Vec<Option<Column>> {
    assigned.iter().map(|slot| slot.map(|(column, _)| column)).collect()
}

fn known(assigned: &Assigned) -> usize {
    assigned.iter().flatten().count()
}

/// How much a row looks like a header; 0 if it can't be one. A lone "取引先" may be a value, so a single column counts
/// only when nothing else in the sheet is better, and only when its name is sure.
fn score(assigned: &Assigned) -> u32 {
    let sure = |slot: &(Column, Sureness)| slot.1 as u32 * if slot.0 == Column::Ignored { 1 } else { 4 };
    if !assigned.iter().flatten().any(|(column, _)| *column == Column::Name) {
        return 0;
    }
    match known(assigned) {
        1 if !assigned
            .iter()
            .flatten()
            .any(|(_, sureness)| *sureness == Sureness::Exact) =>
        {
            0
        }
        1 => 1,
        _ => assigned.iter().flatten().map(sure).sum(),
    }
}

/// Gives each column what its header means. What may stand only once goes to the surest header, then to the one that
/// says "name", then to the first.
fn assign(headers: &[String]) -> Assigned {
    let mut claims: Vec<(usize, Vec<(Column, Sureness)>)> = headers
        .iter()
        .enumerate()
        .map(|(index, header)| (index, readings(header)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    let says_name = |index: usize| {
        let header = bare(&headers[index]);
        header.contains('名') || header.contains("name")
    };
    claims.sort_by_key(|(index, found)| (Reverse(found[0].1), !says_name(*index), *index));
    let mut assigned: Assigned = vec![None; headers.len()];
    for (index, found) in claims {
        let free = |column: Column| {
            column == Column::Ignored
                || column.repeats()
                || !assigned.iter().flatten().any(|(taken, _)| *taken == column)
        };
        // Only a weak header ("Name") is open to another meaning when its first one is taken.
        let choice = match found[0] {
            (column, sureness @ (Sureness::Exact | Sureness::Part)) => {
                Some((column, sureness)).filter(|_| free(column))
            }
            _ => found.into_iter().find(|(column, _)| free(*column)),
        };
        assigned[index] = choice;
    }
    only_the_addressees(&mut assigned, headers);
    assigned
}

/// "代表電話" next to "担当者電話" is not a second contact's: repeated columns count as such only as often as there are
/// addresses or names.
fn only_the_addressees(assigned: &mut Assigned, headers: &[String]) {
    let count = |assigned: &Assigned, wanted: Column| {
        assigned
            .iter()
            .flatten()
            .filter(|(column, _)| *column == wanted)
            .count()
    };
    let people = count(assigned, Column::Mail)
        .max(count(assigned, Column::ContactName))
        .max(1);
    for wanted in [Column::Phone, Column::Department, Column::Role] {
        while count(assigned, wanted) > people {
            let numbered = |index: usize| {
                text(&headers[index]).contains("担当") || text(&headers[index]).to_lowercase().contains("contact")
            };
            let candidates: Vec<usize> = (0..assigned.len())
                .filter(|index| assigned[*index].is_some_and(|(column, _)| column == wanted))
                .collect();
            let spare = candidates
                .iter()
                .rev()
                .find(|index| !numbered(**index))
                .or(candidates.last())
                .copied();
            let Some(spare) = spare else { break };
            assigned[spare] = Some((Column::Ignored, Sureness::Weak));
        }
    }
}

/// The texts of a header in two rows: "担当者" over "氏名" is "担当者氏名" if that is known, else what the lower says,
/// else what the upper says.
fn joined(table: &Table, above: &Row, row: &Row) -> Vec<String> {
    let width = above.cells.len().max(row.cells.len()).max(
        table
            .merges
            .iter()
            .filter(|merge| merge.first_row == above.number)
            .map(|merge| merge.last_column + 1)
            .max()
            .unwrap_or(0),
    );
    let mut group = String::new();
    (0..width.min(1024))
        .map(|index| {
            let (upper, lower) = (above.cell(index).trim(), row.cell(index).trim());
            let merged = table.merges.iter().find(|merge| {
                (merge.first_row..=merge.last_row).contains(&above.number)
                    && (merge.first_column..=merge.last_column).contains(&index)
            });
            if !upper.is_empty() {
                group = upper.to_owned();
            } else if lower.is_empty() || merged.is_some_and(|merge| merge.first_row < above.number) {
                group.clear();
            }
            let both = format!("{group}{lower}");
            let exact = |header: &str| {
                readings(header)
                    .first()
                    .is_some_and(|(_, sureness)| *sureness == Sureness::Exact)
            };
            if lower.is_empty() {
                upper.to_owned()
            } else if !group.is_empty() && exact(&both) || readings(lower).is_empty() {
                both
            } else {
                lower.to_owned()
            }
        })
        .collect()
}
