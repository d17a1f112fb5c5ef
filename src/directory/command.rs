//! `kairan directory …`.

use super::import::{Brought, Chosen, Progress, Report, Source, apply, preview, try_apply};
use crate::app::{App, DEFAULT_ORG, Scope};
use crate::audit::{Actor, Origin};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Imports a file; 0 when the good rows went in, 2 when the file can't be read at all. `dry_run` writes nothing and
/// tells the same.
pub async fn import(app: &App, file: &Path, chosen: &Chosen, dry_run: bool, json: bool) -> anyhow::Result<ExitCode> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = match std::fs::read(file) {
        Ok(bytes) => Source::open(&bytes, &name, chosen).map_err(|e| sentence(&e)),
        Err(e) => Err(format!("The file can't be opened: {e}.")),
    };
    let source = match source {
        Ok(source) if source.has_names() => source,
        Ok(source) => {
            let sheet = &source.table.sheet_name;
            eprintln!(
                "kairan: {}: No row of the sheet {sheet:?} looks like a header with the companies' names. Name that column \
                 会社名 or \"Company\", choose another sheet with --sheet, or import the file on the page, where the columns \
                 can be chosen by hand.",
                file.display()
            );
            return Ok(ExitCode::from(2));
        }
        Err(why) => {
            eprintln!("kairan: {}: {why}", file.display());
            return Ok(ExitCode::from(2));
        }
    };
    let plan = source.plan();
    let origin = Origin {
        org: DEFAULT_ORG,
        actor: Actor::Command("directory import"),
        address: String::new(),
        now: app.clock.now(),
    };
    let (report, changes) = if dry_run {
        let mut tx = app.db.read().await?;
        let changes = preview(&mut tx, app, &Scope { org: origin.org }, &plan).await?;
        (Report::of(&plan, &changes), changes)
    } else {
        match try_apply(app, &origin, (None, &name), &plan, &Progress::unseen()).await? {
            Brought::In(both) => *both,
            Brought::Busy => {
                eprintln!("Another list is being brought in, or was broken off a moment ago. This one waits for it.");
                apply(app, &origin, (None, &name), &plan, &Progress::unseen()).await?
            }
        }
    };
    for notice in &plan.notices {
        eprintln!(
            "Row {}: {} {:?}: {}",
            notice.row,
            notice.column.key(),
            notice.value,
            note(notice.note)
        );
    }
    for (row, parent) in &changes.parents_unknown {
        eprintln!(
            "Row {row}: no company is known by the parent {parent:?}, or it would stand above itself; it was left out."
        );
    }
    let mut out = std::io::stdout().lock();
    match json {
        true => writeln!(out, "{}", serde_json::to_string(&report)?)?,
        false => tell(&mut out, &report, dry_run)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn sentence(e: &crate::sheets::ReadError) -> String {
    match e {
        crate::sheets::ReadError::NoSuchSheet { names, .. } => format!("{e} It has: {}.", names.join(", ")),
        other => other.to_string(),
    }
}

fn note(note: super::import::Note) -> &'static str {
    use super::import::Note;
    match note {
        Note::LostCharacter => "a sign at the front, such as ? or ・, was taken away; please check the address.",
        Note::Unknown => "the value isn't known and was left out.",
        Note::NameDiffers => "the row was merged into the company of the same code, which has another name.",
        Note::AddressLeftOut => {
            "an address in brackets, or called an old one, was left out; check who is to get the mail."
        }
        Note::NoAddress => "the address cell has words, but no mail address.",
        Note::NameAmbiguous => "several companies have this name; the row was merged into the first.",
        Note::NumberSame => "the row was merged into the company of the same corporate number, which has another name.",
        Note::CorporateNumber => {
            "this is no corporate number (thirteen digits, of which the first checks the others), so it was left out."
        }
        Note::PostalCode => {
            "a postal code in Japan has seven digits, so this one was left out; check its leading zeros."
        }
    }
}

fn tell(out: &mut impl Write, r: &Report, dry_run: bool) -> std::io::Result<()> {
    if dry_run {
        writeln!(out, "Nothing was written. This is what the import would do:")?;
    }
    writeln!(
        out,
        "{} rows: {} companies created, {} updated, {} contacts created; {} rows merged, {} companies without mail.",
        r.rows, r.companies_created, r.companies_updated, r.contacts_created, r.merged, r.without_mail
    )?;
    if !r.errors.is_empty() {
        writeln!(
            out,
            "{} rows can't be taken. Correct them in the file and import it again:",
            r.errors.len()
        )?;
    }
    for e in &r.errors {
        writeln!(out, "  row {}, {}: {:?}: {}", e.row, e.column, e.value, e.why)?;
    }
    Ok(())
}
