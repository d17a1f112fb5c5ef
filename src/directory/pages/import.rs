//! Importing a list: upload, preview with the columns, progress, result.

use super::company::id;
use super::export::{XLSX, download};
use crate::app::App;
use crate::directory::import::{
    Chosen, Column, JOB, Note, Outcome, Problem, Source, preview, progress, rejected_sheet,
};
use crate::directory::store::{self, Import, State};
use crate::directory::{ImportId, Kind, words};
use crate::jobs;
use crate::people::Viewer;
use crate::sheets::{Cell, ReadError, Table, XlsxWriter};
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, see_other};
use askama::Template;
use axum::extract::{Multipart, Path, State as AppState};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::SignedDuration;
use std::borrow::Cow;
use std::collections::HashMap;

/// Files hold names and addresses: they are forgotten when nobody is likely to look at the result again.
const FILES_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Rows that a page shows of a list of remarks; the file to download has them all.
const SHOWN: usize = 200;
/// Rows that a page shows of one remark that many rows have.
const FIRST: usize = 10;
const SAMPLE: usize = 5;

#[derive(Template)]
#[template(path = "directory/pages/import_start.html")]
struct StartPage {
    shell: Shell,
    kind: Kind,
    error: Option<Cow<'static, str>>,
    limit: usize,
}

pub async fn start(viewer: Viewer, context: Context, AppState(app): AppState<App>) -> Html<impl Template> {
    let limit = app.config.server.upload_limit / 1_000_000;
    Html(StartPage {
        shell: viewer.shell(&context, "companies"),
        kind: Kind::Supplier,
        error: None,
        limit,
    })
}

struct Upload {
    name: String,
    bytes: Vec<u8>,
    kind: Kind,
}

async fn read_upload(mut parts: Multipart) -> Result<Upload> {
    let failed = |e: axum::extract::multipart::MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        _ => Error::BadRequest(format!("The upload can't be read: {e}")),
    };
    let mut upload = Upload {
        name: String::new(),
        bytes: Vec::new(),
        kind: Kind::Supplier,
    };
    while let Some(field) = parts.next_field().await.map_err(failed)? {
        match field.name() {
            Some("file") => {
                upload.name = file_name(field.file_name().unwrap_or_default());
                upload.bytes = field.bytes().await.map_err(failed)?.to_vec();
            }
            Some("kind") => {
                let word = field.text().await.map_err(failed)?;
                upload.kind = Kind::parse(&word).unwrap_or(upload.kind);
            }
            _ => {}
        }
    }
    Ok(upload)
}

/// The last part of the name, as a text to show; it never names a file of ours.
fn file_name(given: &str) -> String {
    let base = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = base.chars().filter(|c| !c.is_control()).take(150).collect();
    if name.trim().is_empty() { "list".into() } else { name }
}

pub async fn upload(
    viewer: Viewer,
    context: Context,
    AppState(app): AppState<App>,
    parts: Multipart,
) -> Result<Response> {
    let upload = read_upload(parts).await?;
    let chosen = Chosen {
        kind: upload.kind,
        ..Chosen::default()
    };
    let read = match upload.bytes.is_empty() && upload.name == "list" {
        true => Err(context.t.t("import-file-missing")),
        false => tokio::task::block_in_place(|| Source::open(&upload.bytes, &upload.name, &chosen).map(drop))
            .map_err(|e| unreadable(context.t, &e)),
    };
    if let Err(why) = read {
        let limit = app.config.server.upload_limit / 1_000_000;
        let page = StartPage {
            shell: viewer.shell(&context, "companies"),
            kind: upload.kind,
            error: Some(why),
            limit,
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let import = Import {
        id: app.id(context.now),
        file_name: upload.name,
        file: upload.bytes,
        options: serde_json::to_string(&chosen)?,
        state: State::Preview,
        result: None,
        created_at: context.now,
        created_by: viewer.origin(&context).actor.name().to_owned(),
    };
    let scope = viewer.scope();
    let mut tx = app.db.write().await?;
    store::forget_files(&mut tx, &scope, context.now - FILES_KEPT).await?;
    store::insert_import(&mut tx, &scope, &import).await?;
    tx.commit().await?;
    Ok(see_other(format!("/companies/import/{}", import.id)))
}

fn unreadable(t: Tr, e: &ReadError) -> Cow<'static, str> {
    match e {
        ReadError::Empty => t.t("import-file-empty"),
        ReadError::NotASpreadsheet => t.t("import-file-not-a-spreadsheet"),
        ReadError::OtherFormat(format) => t.t1("import-file-other-format", "format", *format),
        ReadError::Encrypted => t.t("import-file-encrypted"),
        ReadError::UnknownEncoding => t.t("import-file-unknown-encoding"),
        ReadError::NoSuchSheet { wanted, .. } => t.t1("import-file-no-such-sheet", "sheet", wanted),
        ReadError::TooLarge => t.t("import-file-too-large"),
        ReadError::Swollen => t.t("import-file-swollen"),
        ReadError::Damaged(_) => t.t("import-file-damaged"),
    }
}

/// A column of the file on the preview page.
struct FileColumn {
    header: String,
    chosen: &'static str,
    sample: Vec<String>,
}

#[derive(Template)]
#[template(path = "directory/pages/import_preview.html")]
struct PreviewPage {
    shell: Shell,
    id: ImportId,
    file_name: String,
    kind: Kind,
    sheet: String,
    sheets: Vec<String>,
    header_row: u32,
    /// Whether the file hides rows or columns, and whether they are taken.
    hides: bool,
    takes_hidden: bool,
    columns: Vec<FileColumn>,
    has_names: bool,
    told: Told,
    /// Another sheet or header was chosen together with "import": first look at it.
    look_again: bool,
}

impl PreviewPage {
    fn meanings(&self) -> impl Iterator<Item = (&'static str, Cow<'static, str>)> + '_ {
        Column::ALL
            .iter()
            .filter(|c| **c != Column::Ignored)
            .map(|c| (c.key(), self.shell.t.t(words::column(*c))))
    }

    fn will(&self) -> usize {
        self.told.outcome.companies_created + self.told.outcome.companies_updated
    }
}

#[derive(Template)]
#[template(path = "directory/pages/import_progress.html")]
struct ProgressPage {
    shell: Shell,
    file_name: String,
    /// Companies written and companies to write, where this server does the work.
    seen: Option<(u64, u64)>,
}

#[derive(Template)]
#[template(path = "directory/pages/import_result.html")]
struct ResultPage {
    shell: Shell,
    id: ImportId,
    file_name: String,
    told: Told,
    /// Whether the refused rows can still be downloaded.
    file_kept: bool,
}

/// What a remark says: its key and its parameters.
type Said<'t> = (&'t str, &'t [(String, String)]);

/// What says the same of several rows.
struct Group<'t> {
    count: usize,
    notices: Vec<&'t Problem>,
    /// Rows beyond those.
    more: usize,
}

/// An outcome in the reader's language.
struct Told {
    outcome: Outcome,
    t: Tr,
}

impl Told {
    fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.outcome.errors.iter().take(SHOWN)
    }

    fn more_errors(&self) -> usize {
        self.outcome.errors.len().saturating_sub(SHOWN)
    }

    /// What is to be told of the whole file.
    fn of_file(&self) -> impl Iterator<Item = &Problem> {
        self.outcome.notices.iter().filter(|notice| notice.row.is_none())
    }

    /// Whether it is about a sheet, which its value names.
    fn is_of_sheet(&self, problem: &Problem) -> bool {
        problem.key == Note::AnotherList { rows: 0 }.key()
    }

    /// Rows that something is to be told of.
    fn rows_told(&self) -> usize {
        self.outcome
            .notices
            .iter()
            .filter(|n| n.row.is_some())
            .map(|n| n.count)
            .sum()
    }

    /// What is to be told of rows, by what it says; in the order in which it is first said.
    fn groups(&self) -> Vec<Group<'_>> {
        let mut places: HashMap<Said<'_>, usize> = HashMap::new();
        let mut groups: Vec<Group<'_>> = Vec::new();
        for notice in self.outcome.notices.iter().filter(|notice| notice.row.is_some()) {
            let place = *places.entry((&notice.key, &notice.params)).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Group {
                    count: 0,
                    notices: Vec::new(),
                    more: 0,
                });
            }
            let group = &mut groups[place];
            group.count += notice.count;
            match group.notices.len() < FIRST {
                true => group.notices.push(notice),
                false => group.more += notice.count,
            }
        }
        groups
    }

    fn skipped(&self) -> impl Iterator<Item = &(u32, String)> {
        self.outcome.skipped.iter().take(SHOWN)
    }

    fn column(&self, problem: &Problem) -> String {
        if !problem.header.is_empty() {
            return problem.header.clone();
        }
        Column::from_key(&problem.column).map_or(String::new(), |c| self.t.t(words::column(c)).into_owned())
    }

    fn why(&self, problem: &Problem) -> Cow<'static, str> {
        words::said(self.t, &problem.key, &problem.params)
    }
}

async fn find(app: &App, viewer: &Viewer, segment: &str) -> Result<Import> {
    let mut tx = app.db.read().await?;
    store::import(&mut tx, &viewer.scope(), id(segment)?)
        .await?
        .ok_or(Error::NotFound)
}

pub async fn show(
    viewer: Viewer,
    context: Context,
    AppState(app): AppState<App>,
    Path(segment): Path<String>,
) -> Result<Response> {
    let import = find(&app, &viewer, &segment).await?;
    let shell = viewer.shell(&context, "companies");
    match import.state {
        State::Preview => preview_page(&app, &viewer, shell, &import, false).await,
        State::Running => {
            let seen = progress::seen(import.id.0);
            Ok(Html(ProgressPage {
                shell,
                file_name: import.file_name,
                seen,
            })
            .into_response())
        }
        State::Done | State::Failed => {
            let outcome = serde_json::from_str(import.result.as_deref().unwrap_or("{}"))?;
            let told = Told { outcome, t: context.t };
            let file_kept = !import.file.is_empty();
            Ok(Html(ResultPage {
                shell,
                id: import.id,
                file_name: import.file_name,
                told,
                file_kept,
            })
            .into_response())
        }
    }
}

async fn preview_page(app: &App, viewer: &Viewer, shell: Shell, import: &Import, look_again: bool) -> Result<Response> {
    let chosen: Chosen = serde_json::from_str(&import.options)?;
    if import.file.is_empty() {
        return Err(Error::NotFound);
    }
    let opened = tokio::task::block_in_place(|| {
        let source = Source::open(&import.file, &import.file_name, &chosen)?;
        let plan = source.plan();
        Ok::<_, ReadError>((source, plan))
    });
    let (source, plan) = match opened {
        Ok(opened) => opened,
        Err(e) => {
            // The sheet chosen is empty, for example: begin again with another file.
            let error = Some(unreadable(shell.t, &e));
            let limit = app.config.server.upload_limit / 1_000_000;
            let page = StartPage {
                shell,
                kind: chosen.kind,
                error,
                limit,
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let mut tx = app.db.read().await?;
    let changes = preview(&mut tx, app, &viewer.scope(), &plan).await?;
    drop(tx);
    let below: Vec<_> = source
        .table
        .rows
        .iter()
        .filter(|r| r.number > source.mapping.header_row && !source.table.hidden_rows.contains(&r.number))
        .take(SAMPLE)
        .collect();
    let cut = |text: &str| text.chars().take(60).collect::<String>();
    let headers = source.mapping.headers(&source.table);
    let columns = headers.iter().enumerate().map(|(index, header)| FileColumn {
        header: match !source.takes_hidden && source.table.hidden_columns.contains(&index) {
            true => shell
                .t
                .t1("import-column-hidden", "letters", Table::letters(index))
                .into_owned(),
            false => cut(header),
        },
        chosen: source
            .mapping
            .columns
            .get(index)
            .copied()
            .flatten()
            .map_or("", Column::key),
        sample: below.iter().map(|row| cut(row.cell(index))).collect(),
    });
    let page = PreviewPage {
        id: import.id,
        file_name: import.file_name.clone(),
        kind: chosen.kind,
        sheet: source.table.sheet_name.clone(),
        sheets: source.table.sheet_names.clone(),
        header_row: source.mapping.header_row,
        hides: source.hidden != (0, 0),
        takes_hidden: source.takes_hidden,
        columns: columns.collect(),
        has_names: source.has_names(),
        told: Told {
            outcome: Outcome::of(&plan, &changes),
            t: shell.t,
        },
        look_again,
        shell,
    };
    let status = if look_again {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, Html(page)).into_response())
}

/// What the preview's form says. With another sheet everything is recognised anew, with another header row the columns.
fn chosen(form: &Form) -> (Chosen, bool) {
    let sheet = form.raw("sheet");
    let header_row = form.get("header").parse::<u32>().ok();
    let other_sheet = sheet != form.raw("shown-sheet");
    let other_header = form.get("header") != form.get("shown-header");
    // With what is hidden the file has other columns.
    let other_hidden = form.has("hidden") && form.get("hidden") != form.get("shown-hidden");
    let anew = other_sheet || other_hidden;
    let columns = (0..512usize).map_while(|index| {
        let name = format!("c{index}");
        form.has(&name).then(|| form.get(&name).to_owned())
    });
    let kind = Kind::parse(form.get("kind")).unwrap_or(Kind::Supplier);
    let chosen = Chosen {
        kind,
        sheet: Some(sheet.to_owned()).filter(|s| !s.is_empty()),
        header_row: header_row.filter(|_| !anew || (other_header && !other_sheet)),
        columns: (!anew && !other_header).then(|| columns.collect()),
        hidden: form.get("hidden") == "take",
    };
    (chosen, anew || other_header)
}

pub async fn choose(
    viewer: Viewer,
    context: Context,
    AppState(app): AppState<App>,
    Path(segment): Path<String>,
    form: Form,
) -> Result<Response> {
    let (chosen, _) = chosen(&form);
    keep(&app, &viewer, id(&segment)?, &chosen, State::Preview, &context).await?;
    Ok(see_other(format!("/companies/import/{segment}")))
}

/// Keeps what was chosen; [`State::Running`] queues the job in the same transaction.
async fn keep(
    app: &App,
    viewer: &Viewer,
    id: ImportId,
    chosen: &Chosen,
    state: State,
    context: &Context,
) -> Result<()> {
    let scope = viewer.scope();
    let options = serde_json::to_string(chosen)?;
    let mut tx = app.db.write().await?;
    if !store::set_import(&mut tx, &scope, id, &options, state).await? {
        // It runs already, or is done: the page shows that.
        return Ok(());
    }
    if state == State::Running {
        let job = app.random.id(context.now);
        jobs::enqueue(
            &mut tx,
            job,
            scope.org,
            JOB,
            &format!("import-{id}"),
            &id.to_string(),
            context.now,
        )
        .await?;
    }
    tx.commit().await?;
    if state == State::Running {
        app.jobs.now();
    }
    Ok(())
}

pub async fn run(
    viewer: Viewer,
    context: Context,
    AppState(app): AppState<App>,
    Path(segment): Path<String>,
    form: Form,
) -> Result<Response> {
    let mut import = find(&app, &viewer, &segment).await?;
    if import.state != State::Preview {
        return Ok(see_other(format!("/companies/import/{}", import.id)));
    }
    let (chosen, other) = chosen(&form);
    import.options = serde_json::to_string(&chosen)?;
    let names = tokio::task::block_in_place(|| {
        Source::open(&import.file, &import.file_name, &chosen).is_ok_and(|source| source.has_names())
    });
    if other || !names {
        keep(&app, &viewer, import.id, &chosen, State::Preview, &context).await?;
        return preview_page(&app, &viewer, viewer.shell(&context, "companies"), &import, true).await;
    }
    keep(&app, &viewer, import.id, &chosen, State::Running, &context).await?;
    Ok(see_other(format!("/companies/import/{}", import.id)))
}

/// The refused rows, to be corrected and imported again: the file's own columns, then the row's number and the reason.
pub async fn rejected(
    viewer: Viewer,
    context: Context,
    AppState(app): AppState<App>,
    Path(segment): Path<String>,
) -> Result<Response> {
    let import = find(&app, &viewer, &segment).await?;
    if import.file.is_empty() {
        return Err(Error::NotFound);
    }
    let chosen: Chosen = serde_json::from_str(&import.options)?;
    let t = context.t;
    let bytes = tokio::task::block_in_place(|| -> anyhow::Result<Vec<u8>> {
        let source = Source::open(&import.file, &import.file_name, &chosen)?;
        let plan = source.plan();
        let added = [t.t("import-row"), t.t("import-why")];
        let (header, rows) = rejected_sheet(&source.table, &source.mapping, &plan, [&added[0], &added[1]], |e| {
            let params: Vec<_> = e
                .why
                .params()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            format!(
                "{}: {}",
                t.t(words::column(e.column)),
                words::said(t, e.why.key(), &params)
            )
        });
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let rows = rows
            .into_iter()
            .map(|row| row.into_iter().map(Cell::from).collect::<Vec<_>>());
        let mut book = XlsxWriter::new();
        book.sheet(&source.table.sheet_name, &header, rows)?;
        Ok(book.finish()?)
    })?;
    Ok(download("rejected-rows.xlsx", XLSX, bytes))
}
