//! A plan goes into the directory: its new companies all at once or none of them, while others go on writing. Companies that were
//! known change one by one after that, and all of them do.
//!
//! On SQLite one writes at a time, so what writes for seconds would make everybody wait for seconds. Therefore an import writes for
//! some milliseconds, lets the others in, and goes on. Until it is decided, nothing of it is seen: new companies are of a
//! generation that isn't shown, and what becomes of the others lies aside, as JSON. Then one row decides (`stagings`), all new
//! companies are shown at once, and what lies aside is done, company by company ([`super::finish`]). Who dies before the
//! decision leaves what nobody sees and the next one clears away; who dies after it leaves work that the next one does.

use super::changes::{Changed, Changes, Existing, changes};
use super::finish::{About, Pace, Work, clear, finish, take};
use super::outcome::Outcome;
use super::plan::Plan;
use super::progress::Progress;
use super::report::{Reason, notices};
use crate::app::{App, Scope};
use crate::audit::{Change, Origin, Whole};
use crate::db::{Error, Result, Tx};
use crate::directory::CompanyId;
use crate::directory::store::{self, Staged};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// What came of an import; `kairan directory import --json` prints exactly this.
///
/// - `rows`: rows below the header down to the last that tells of a company, taken, merged, refused or blank.
/// - `merged`: rows that joined a company which an earlier row of the same file had brought, or was known to be.
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
            merged: plan.merged + changes.merged,
            without_mail: changes.without_mail,
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
    // Seconds for a hundred thousand companies: others need not wait for this worker.
    Ok(tokio::task::block_in_place(|| {
        changes(Existing { companies, contacts }, plan, now, || app.random.id(now))
    }))
}

/// What came of an attempt to bring a list in.
pub enum Brought {
    In(Box<(Report, Changes)>),
    /// Another list is being brought in, or was broken off a moment ago: try again soon.
    Busy,
}

/// How often a list is compared anew where somebody else has meanwhile taken a code that it brings.
const TRIES: usize = 3;
/// How long [`apply`] waits for another import that says nothing of itself: longer than one that was killed holds its place.
const PATIENCE: Duration = Duration::from_secs(60);

/// Puts a plan into the directory; what it brought is durable and seen when this returns. It waits for another import.
/// `name` is what the log calls the list.
///
/// # Errors
/// Nothing of the plan is seen then, unless the database failed after the decision; in that case it is done as soon as it can be.
pub async fn apply(
    app: &App,
    origin: &Origin,
    (import, name): (Option<Uuid>, &str),
    plan: &Plan,
    progress: &Progress,
) -> Result<(Report, Changes)> {
    let begun = std::time::Instant::now();
    loop {
        match try_apply(app, origin, (import, name), plan, progress).await? {
            Brought::In(both) => return Ok(*both),
            Brought::Busy if begun.elapsed() > PATIENCE => return Err(Error::Busy),
            Brought::Busy => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// As [`apply`], but doesn't wait for another import.
pub async fn try_apply(
    app: &App,
    origin: &Origin,
    (import, name): (Option<Uuid>, &str),
    plan: &Plan,
    progress: &Progress,
) -> Result<Brought> {
    let scope = Scope { org: origin.org };
    let worker = app.random.id(app.clock.now());
    // One import after the other: two at once would both find a company unknown, and both make it.
    let Some(pace) = take(app, &scope, worker).await? else {
        return Ok(Brought::Busy);
    };
    let mut tries = 0;
    let (changes, about) = loop {
        match stage(app, origin, &pace, (import, name), plan, progress).await {
            Ok(staged) => break staged,
            Err(e) => {
                clear(app, &scope, &pace).await?;
                tries += 1;
                // A company that somebody else entered meanwhile has a code of the list's: it is known now.
                // And one that it names as a parent may have been taken away.
                let clashed = e.is_unique_violation() || e.is_foreign_key_violation();
                if !clashed || tries == TRIES {
                    pace.leave(app, &scope).await?;
                    return Err(e);
                }
            }
        }
    };
    let report = Report::of(plan, &changes);
    if let Some(about) = about {
        finish(app, &scope, &pace, origin, &about, progress).await?;
    } else {
        pace.leave(app, &scope).await?;
    }
    Ok(Brought::In(Box::new((report, changes))))
}

/// Makes everything ready and decides; None for the second where there is nothing to do.
async fn stage(
    app: &App,
    origin: &Origin,
    pace: &Pace,
    (import, name): (Option<Uuid>, &str),
    plan: &Plan,
    progress: &Progress,
) -> Result<(Changes, Option<About>)> {
    let scope = Scope { org: origin.org };
    let mut tx = app.db.read().await?;
    let changes = preview(&mut tx, app, &scope, plan).await?;
    drop(tx);
    let report = Report::of(plan, &changes);
    // One entry of the log, and each company a part of it.
    let whole = Whole::new(app, origin);
    let about = About::of(
        origin,
        whole,
        import,
        import.map(|_| Outcome::of(plan, &changes)),
        changes.updated() > 0,
    );
    let order = parents_first(&changes);
    // Once to make it ready, and once to bring it in.
    progress.start(2 * order.len() as u64);
    let mut waiting = order.into_iter().enumerate().peekable();
    while waiting.peek().is_some() {
        let (mut tx, generation) = pace.stride(app, &scope).await?;
        let begun = std::time::Instant::now();
        while let Some((position, changed)) = waiting.next_if(|_| begun.elapsed() < Pace::STRIDE) {
            if changed.before.is_none() {
                store::insert_of(&mut tx, &scope, &changed.after, generation, origin.now).await?;
                for contact in &changed.new_contacts {
                    store::insert_contact(&mut tx, &scope, contact, origin.now).await?;
                }
            }
            let staged = Staged {
                position: position as i64,
                company: changed.after.id,
                work: Work::of(changed).to_json(),
            };
            store::put_staged(&mut tx, &scope, &staged).await?;
            progress.step();
        }
        tx.commit().await?;
        pace.rest(begun).await;
    }
    let (mut tx, _) = pace.stride(app, &scope).await?;
    if changes.companies.is_empty() {
        // Its page still says what came of it.
        about.done(&mut tx, app, &scope, origin).await?;
        tx.commit().await?;
        return Ok((changes, None));
    }
    let change = Change {
        action: "directory.import",
        subject_kind: "import",
        subject: import,
        subject_name: name,
    };
    whole.record(&mut tx, origin, change, &(), &Counts::of(&report)).await?;
    store::decide(&mut tx, &scope, &about.to_json()).await?;
    tx.commit().await?;
    Ok((changes, Some(about)))
}

/// The companies in an order in which no new one comes before a new parent of it; else in that of the file.
fn parents_first(changes: &Changes) -> Vec<&Changed> {
    let new: HashMap<CompanyId, &Changed> = changes
        .companies
        .iter()
        .filter(|c| c.before.is_none())
        .map(|c| (c.after.id, c))
        .collect();
    let (mut order, mut placed) = (Vec::with_capacity(changes.companies.len()), HashSet::new());
    for changed in &changes.companies {
        // A company's new parents, up to the first that has its place.
        let mut line = vec![changed];
        if changed.before.is_none() {
            let above = |c: &Changed| c.after.parent.and_then(|id| new.get(&id).copied());
            let mut at = changed;
            while let Some(parent) = above(at).filter(|p| !placed.contains(&p.after.id) && line.len() <= new.len()) {
                line.push(parent);
                at = parent;
            }
        }
        for one in line.into_iter().rev() {
            if placed.insert(one.after.id) {
                order.push(one);
            }
        }
    }
    order
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
