//! The limit: a bare axum server that answers the same bytes and writes the same rows, by rusqlite on one writer thread with
//! group commit. It checks nothing, merges nothing and renders nothing.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use rusqlite::{Connection, params};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

struct Bare {
    letter: String,
    form: String,
    receipt: String,
    writer: Sender<(Work, oneshot::Sender<()>)>,
    file: PathBuf,
}

enum Work {
    Acknowledge(String),
    Submit(String),
}

thread_local! {
    static READER: std::cell::RefCell<Option<Connection>> = const { std::cell::RefCell::new(None) };
}

impl Bare {
    /// Every request looks up whose link it is.
    fn find(&self, token: &str) -> i64 {
        READER.with_borrow_mut(|reader| {
            let connection = reader.get_or_insert_with(|| open(&self.file));
            let mut found = connection
                .prepare_cached("SELECT mails, state, marks, name FROM invitations WHERE token_hash = ?1")
                .expect("the table is there");
            let hash = kairan::secret::sha256(token.as_bytes());
            found.query_row([&hash[..]], |r| r.get(0)).unwrap_or(-1)
        })
    }

    async fn write(&self, work: Work) {
        let (done, waits) = oneshot::channel();
        if self.writer.send((work, done)).is_ok() {
            let _ = waits.await;
        }
    }
}

fn open(file: &PathBuf) -> Connection {
    let connection = Connection::open(file).expect("the database can be opened");
    connection
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000",
        )
        .expect("pragmas are taken");
    connection.set_prepared_statement_cache_capacity(64);
    connection
}

fn write_all(file: PathBuf, work: Receiver<(Work, oneshot::Sender<()>)>, answers: String) {
    let connection = open(&file);
    let random = kairan::clock::Random::default();
    let clock = kairan::clock::Clock::System;
    while let Ok(first) = work.recv() {
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .expect("there is one writer");
        // Everybody who came while the last commit was written is in this one.
        let mut waiting = Vec::new();
        let mut next = Some(first);
        while let Some((one, done)) = next {
            apply(&connection, &random, &clock, &one, &answers).expect("rows can be written");
            waiting.push(done);
            next = work.try_recv().ok();
        }
        connection.execute_batch("COMMIT").expect("a commit is durable");
        for done in waiting {
            let _ = done.send(());
        }
    }
}

/// The rows of Kairan's own migrations, as many as Kairan writes for the same request.
fn apply(
    connection: &Connection,
    random: &kairan::clock::Random,
    clock: &kairan::clock::Clock,
    work: &Work,
    answers: &str,
) -> rusqlite::Result<()> {
    let now = clock.now();
    let at = now.as_microsecond();
    let (Work::Acknowledge(token) | Work::Submit(token)) = work;
    let hash = kairan::secret::sha256(token.as_bytes());
    let (id, org, campaign): (uuid::Uuid, uuid::Uuid, uuid::Uuid) = connection
        .prepare_cached("SELECT id, org, campaign FROM invitations WHERE token_hash = ?1")?
        .query_row([&hash[..]], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let event = |kind: &str| -> rusqlite::Result<()> {
        connection
            .prepare_cached("INSERT INTO events (id, org, campaign, invitation, kind, at, actor, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '')")?
            .execute(params![random.id(now), org, campaign, id, kind, at, "一ノ例 花子"])?;
        Ok(())
    };
    let change = |from: &str, to: &str| -> rusqlite::Result<()> {
        connection
            .prepare_cached("INSERT INTO changes (id, org, campaign, at, from_state, to_state, from_segment, to_segment, from_marks, to_marks)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'supplier/JP/1/A/check', '', '', 'ynpy-ynpyn-ynpy-yn')")?
            .execute(params![random.id(now), org, campaign, at, from, to])?;
        Ok(())
    };
    let audit = |action: &str, after: &str| -> rusqlite::Result<()> {
        connection
            .prepare_cached("INSERT INTO audit (id, org, at, actor_kind, actor, action, subject_kind, subject, subject_name, before, after, address, words)
                VALUES (?1, ?2, ?3, 'link', ?4, ?5, 'invitation', ?6, ?7, '{}', ?8, '127.0.0.1', ?9)")?
            .execute(params![random.id(now), org, at, "一ノ例 花子", action, id, "株式会社睦月精機", after, "一ノ例 花子 株式会社睦月精機 127.0.0.1"])?;
        Ok(())
    };
    let state = |state: &str, marks: &str| -> rusqlite::Result<()> {
        connection
            .prepare_cached("UPDATE invitations SET state = ?2, changed_at = ?3, acknowledged_at = COALESCE(acknowledged_at, ?3), acknowledged_by = ?4, marks = ?5, noes = 4 WHERE id = ?1")?
            .execute(params![id, state, at, "一ノ例 花子", marks])?;
        Ok(())
    };
    match work {
        Work::Acknowledge(_) => {
            event("acknowledged")?;
            change("sent", "acknowledged")?;
            state("acknowledged", "")?;
            audit("invitation.acknowledge", "{\"by\":\"一ノ例 花子\"}")?;
        }
        Work::Submit(_) => {
            connection
                .prepare_cached("INSERT INTO responses (invitation, org, campaign, revision, answers, started_at, saved_at, division, respondent, contact,
                        submitted_at, submitted_revision, submitted_answers, submitted_about, receipt)
                    VALUES (?1, ?2, ?3, 1, ?4, ?5, ?5, '総務部', '一ノ例 花子', 'contact1@s1.example', ?5, 1, ?4, '{\"division\":\"総務部\"}', ?6)")?
                .execute(params![id, org, campaign, answers, at, random.id(now).simple().to_string()])?;
            connection
                .prepare_cached("INSERT INTO revisions (invitation, revision, org, at, actor, changes) VALUES (?1, 1, ?2, ?3, ?4, ?5)")?
                .execute(params![id, org, at, "一ノ例 花子", answers])?;
            event("started")?;
            event("submitted")?;
            change("acknowledged", "submitted")?;
            state("submitted", "ynpy-ynpyn-ynpy-yn")?;
            // One row, of the answers, who answers, and the receipt.
            audit("response.submit", answers)?;
            connection
                .prepare_cached("INSERT INTO jobs (id, org, kind, name, payload, run_at) VALUES (?1, ?2, 'ConfirmReceipt', ?3, ?3, ?4)
                    ON CONFLICT (name) DO UPDATE SET asked = jobs.asked + 1")?
                .execute(params![random.id(now), org, id.to_string(), at])?;
        }
    }
    Ok(())
}

type Shared = State<Arc<Bare>>;

async fn letter(State(bare): Shared, Path(token): Path<String>) -> impl IntoResponse {
    bare.find(&token);
    html(bare.letter.clone())
}
async fn form(State(bare): Shared, Path(token): Path<String>) -> impl IntoResponse {
    bare.find(&token);
    html(bare.form.clone())
}
async fn receipt(State(bare): Shared, Path(token): Path<String>) -> impl IntoResponse {
    bare.find(&token);
    html(bare.receipt.clone())
}
async fn acknowledge(State(bare): Shared, Path(token): Path<String>, _body: String) -> impl IntoResponse {
    bare.write(Work::Acknowledge(token)).await;
    axum::response::Redirect::to("/")
}
async fn submit(State(bare): Shared, Path(token): Path<String>, _body: String) -> impl IntoResponse {
    bare.write(Work::Submit(token)).await;
    axum::response::Redirect::to("/")
}

fn html(page: String) -> impl IntoResponse {
    ([("content-type", "text/html; charset=utf-8")], page)
}

/// Serves the pages that lie as files in `pages` over the database `file`.
pub async fn serve(port: u16, file: PathBuf, pages: PathBuf) -> anyhow::Result<()> {
    let page = |name: &str| std::fs::read_to_string(pages.join(name));
    let answers = page("answers.json")?;
    let (writer, work) = channel();
    let (path, body) = (file.clone(), answers.clone());
    std::thread::spawn(move || write_all(path, work, body));
    let bare = Bare {
        letter: page("letter.html")?,
        form: page("form.html")?,
        receipt: page("receipt.html")?,
        writer,
        file,
    };
    let router = Router::new()
        .route("/r/{token}", get(letter))
        .route("/r/{token}/all", get(form))
        .route("/r/{token}/receipt", get(receipt))
        .route("/r/{token}/acknowledge", post(acknowledge))
        .route("/r/{token}/submit", post(submit))
        .with_state(Arc::new(bare));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}
