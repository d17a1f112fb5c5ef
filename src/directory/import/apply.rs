//! A plan goes into the directory, in one transaction.

use super::changes::{Changed, Changes, Existing, changes};
use super::plan::Plan;
use super::progress::Progress;
use super::report::{Reason, notices};
use crate::app::{App, Scope};
use crate::audit::{Change, Origin, Whole};
use crate::db::{Result, Tx};
use crate::directory::CompanyId;
use crate::directory::store::{self, Company, Contact};
use serde::Serialize;
use uuid::Uuid;

/// What came of an import; `kairan directory import --json` prints exactly this.
///
/// - `rows`: rows below the header down to the last that tells of a company, taken, merged, refused or blank.
/// - `merged`: rows that joined a company which an earlier row of the same file had brought.
/// - `contacts_created`: new contacts that can be written to. A row without an address may still add a person to phone,
///   who isn't counted.
/// - `without_mail`: companies of the file for which it gives no address.
/// - `errors`: one for each refused row; where several cells are at fault, column and value are the first's, and `why`
///   tells all.
/// - `notices`: what somebody should look at in what was taken; see [`Notified`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub rows: u64,
    pub companies_created: usize,
    pub companies_updated: usize,
    pub contacts_created: usize,
    pub merged: u64,
    pub without_mail: usize,
    pub skipped: Vec<SkippedRow>,
    pub errors: Vec<RefusedRow>,
    pub notices: Vec<Notified>,
}

/// A remark. `row` and `column` are null where it is about the whole file; `column` is the header as the file has it, or the
/// column's letters where it has none; `what` is a [`super::Note::code`]; `count` is there where several rows say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notified {
    pub row: Option<u32>,
    pub column: Option<String>,
    pub value: String,
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedRow {
    pub row: u32,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    pub row: u32,
    /// The header in the file; where it has none, what it should be.
    pub column: String,
    pub value: String,
    pub why: String,
}

impl Report {
    pub fn of(plan: &Plan, changes: &Changes) -> Report {
        let mut errors: Vec<RefusedRow> = Vec::new();
        for error in &plan.errors {
            let why = error.why.to_string();
            match errors.last_mut().filter(|last| last.row == error.row) {
                Some(last) => last.why = format!("{} {why}", last.why),
                None => {
                    let header = error.header.trim();
                    let column = if header.is_empty() { error.column.key() } else { header }.to_owned();
                    errors.push(RefusedRow {
                        row: error.row,
                        column,
                        value: error.value.clone(),
                        why,
                    });
                }
            }
        }
        Report {
            rows: plan.rows,
            companies_created: changes.created(),
            companies_updated: changes.updated(),
            contacts_created: changes.contacts_created(),
            merged: plan.merged,
            without_mail: plan.without_mail(),
            skipped: plan
                .skipped
                .iter()
                .map(|s| SkippedRow {
                    row: s.row,
                    why: passed_over(s.why).into(),
                })
                .collect(),
            errors,
            notices: notices(plan, changes)
                .into_iter()
                .map(|n| Notified {
                    row: n.row,
                    column: Some(n.header).filter(|header| !header.is_empty()),
                    value: n.value,
                    what: n.note.code().into(),
                    count: Some(n.count).filter(|count| *count > 1),
                })
                .collect(),
        }
    }
}

fn passed_over(why: Reason) -> &'static str {
    match why {
        Reason::Title => "The row stands above the header.",
        Reason::Blank => "The row is blank.",
        Reason::Total => "The row is a total.",
        Reason::Note => "The row is a remark or a heading.",
        Reason::Header => "The row repeats the header.",
        Reason::Example => "The row shows how to fill in the list.",
        Reason::Hidden => "The file hides the row.",
    }
}

/// What a plan would change. Nothing is written.
pub async fn preview(tx: &mut Tx, app: &App, scope: &Scope, plan: &Plan) -> Result<Changes> {
    let companies = store::list_all(tx, scope).await?;
    let contacts = store::list_all_contacts(tx, scope).await?;
    let now = app.clock.now();
    Ok(changes(Existing { companies, contacts }, plan, now, || {
        app.random.id(now)
    }))
}

/// Puts a plan into the directory; commit `tx` afterwards. `name` is what the log calls the list.
pub async fn apply(
    tx: &mut Tx,
    app: &App,
    origin: &Origin,
    (import, name): (Option<Uuid>, &str),
    plan: &Plan,
    progress: &Progress,
) -> Result<(Report, Changes)> {
    let scope = Scope { org: origin.org };
    // One import after the other: two at once would both find a company unknown, and both make it.
    tx.execute("UPDATE organisations SET name = name WHERE id = $1", &[&scope.org])
        .await?;
    let changes = preview(tx, app, &scope, plan).await?;
    let report = Report::of(plan, &changes);
    // One entry of the log, and each company a part of it.
    let whole = Whole::new(app, origin);
    progress.start(changes.companies.len() as u64);
    for changed in &changes.companies {
        write(tx, &scope, origin, changed).await?;
        log(tx, app, origin, whole, changed).await?;
        progress.step();
    }
    // Parents last: a parent may be as new as its child.
    for Changed { before, after, .. } in &changes.companies {
        if after.parent != before.as_ref().and_then(|b| b.parent) {
            store::set_parent(tx, &scope, after, origin.now).await?;
        }
    }
    if changes.updated() > 0 {
        store::ask_to_follow(tx, app, &scope, origin.now).await?;
    }
    if !changes.companies.is_empty() {
        let change = Change {
            action: "directory.import",
            subject_kind: "import",
            subject: import,
            subject_name: name,
        };
        whole.record(tx, origin, change, &(), &Counts::of(&report)).await?;
    }
    Ok((report, changes))
}

async fn write(tx: &mut Tx, scope: &Scope, origin: &Origin, changed: &Changed) -> Result<()> {
    let Changed {
        before,
        after,
        new_contacts,
        contacts,
    } = changed;
    match before {
        None => {
            store::insert(
                tx,
                scope,
                &Company {
                    parent: None,
                    ..after.clone()
                },
                origin.now,
            )
            .await?
        }
        Some(before) if before != after => {
            // A parent that is new comes later, with the others.
            store::update(
                tx,
                scope,
                &Company {
                    parent: before.parent,
                    ..after.clone()
                },
                origin.now,
            )
            .await?;
        }
        Some(_) => {}
    }
    for contact in new_contacts {
        store::insert_contact(tx, scope, contact, origin.now).await?;
    }
    for (_, contact) in contacts {
        store::update_contact(tx, scope, contact, origin.now).await?;
    }
    Ok(())
}

/// A company with those of its contacts that an import touches, as the log keeps them: one row for each company.
#[derive(Serialize)]
struct Logged<'l> {
    #[serde(flatten)]
    company: &'l Company,
    contacts: Vec<&'l Contact>,
}

async fn log(tx: &mut Tx, app: &App, origin: &Origin, whole: Whole, changed: &Changed) -> Result<()> {
    let Changed {
        before,
        after,
        new_contacts,
        contacts,
    } = changed;
    let old = contacts.iter().map(|(old, _)| old).collect();
    let new = contacts.iter().map(|(_, new)| new).chain(new_contacts).collect();
    let before = before.as_ref().map(|company| Logged { company, contacts: old });
    let action = if before.is_none() {
        "company.create"
    } else {
        "company.update"
    };
    let CompanyId(id) = after.id;
    let change = Change {
        action,
        subject_kind: "company",
        subject: Some(id),
        subject_name: &after.name,
    };
    let after = Logged {
        company: after,
        contacts: new,
    };
    whole.record_part(tx, app, origin, change, &before, &after).await
}

#[derive(Serialize)]
struct Counts {
    rows: u64,
    companies_created: usize,
    companies_updated: usize,
    contacts_created: usize,
    errors: usize,
}

impl Counts {
    fn of(report: &Report) -> Counts {
        Counts {
            rows: report.rows,
            companies_created: report.companies_created,
            companies_updated: report.companies_updated,
            contacts_created: report.contacts_created,
            errors: report.errors.len(),
        }
    }
}
