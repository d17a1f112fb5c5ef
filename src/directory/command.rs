//! `kairan directory …`.

use super::import::{Brought, Chosen, Note, Notice, Progress, Report, Source, apply, notices, preview, try_apply};
use super::words;
use crate::app::{App, DEFAULT_ORG, Scope};
use crate::audit::{Actor, Origin};
use crate::web::i18n::{Locale, Tr, counted};
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
            let hidden = match (source.hidden.1, source.takes_hidden) {
                (1.., false) => " It hides columns: with --hidden they are looked at, too.",
                _ => "",
            };
            eprintln!(
                "kairan: {}: No row of the sheet {sheet:?} looks like a header with the companies' names. Name that column \
                 会社名 or \"Company\", choose another sheet with --sheet, or import the file on the page, where the columns \
                 can be chosen by hand.{hidden}",
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
    tell_notices(&notices(&plan, &changes));
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

/// Rows that are named of a remark which many rows have; `--json` has them all.
const NAMED: usize = 10;

/// Says what somebody should look at, each remark once, with the rows that have it.
fn tell_notices(all: &[Notice]) {
    let t = Tr(Locale::or_english("en"));
    let said = |notice: &Notice| {
        let params = notice.note.params().into_iter();
        let params: Vec<_> = params.map(|(name, value)| (name.to_owned(), value)).collect();
        words::said(t, notice.note.key(), &params)
    };
    for notice in all.iter().filter(|notice| notice.row.is_none()) {
        match notice.note {
            Note::AnotherList { .. } => eprintln!("{}: {}", notice.value, said(notice)),
            Note::Hidden { taken: false, .. } => {
                eprintln!("{} Use --hidden to take what is hidden, too.", said(notice))
            }
            _ => eprintln!("{}", said(notice)),
        }
    }
    let mut groups: Vec<(Note, Vec<&Notice>)> = Vec::new();
    for notice in all.iter().filter(|notice| notice.row.is_some()) {
        match groups.iter_mut().find(|(note, _)| *note == notice.note) {
            Some((_, group)) => group.push(notice),
            None => groups.push((notice.note, vec![notice])),
        }
    }
    for (_, group) in groups {
        eprintln!("{}", said(group[0]));
        for notice in group.iter().take(NAMED) {
            let row = notice.row.unwrap_or_default();
            let column = match notice.header.is_empty() {
                true => String::new(),
                false => format!(", {}", notice.header.replace('\n', " ")),
            };
            let others = match notice.count {
                1 => String::new(),
                2 => " (and in 1 more row)".to_owned(),
                count => format!(" (and in {} more rows)", count - 1),
            };
            eprintln!("  row {row}{column}: {:?}{others}", notice.value);
        }
        if group.len() > NAMED {
            eprintln!("  and {} more; --json tells them all.", group.len() - NAMED);
        }
    }
}

fn tell(out: &mut impl Write, r: &Report, dry_run: bool) -> std::io::Result<()> {
    if dry_run {
        writeln!(out, "Nothing was written. This is what the import would do:")?;
    }
    writeln!(
        out,
        "{}: {} created, {} updated, {} created; {} merged, {} without an email address.",
        counted(r.rows, "row", "rows"),
        counted(r.companies_created, "company", "companies"),
        r.companies_updated,
        counted(r.contacts_created, "contact", "contacts"),
        counted(r.merged, "row", "rows"),
        counted(r.without_mail, "company", "companies"),
    )?;
    if !r.errors.is_empty() {
        writeln!(
            out,
            "{} can't be taken. Correct the file and import it again:",
            counted(r.errors.len(), "row", "rows")
        )?;
    }
    for e in &r.errors {
        writeln!(out, "  row {}, {}: {:?}: {}", e.row, e.column, e.value, e.why)?;
    }
    Ok(())
}
