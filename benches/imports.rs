//! What respondents wait while a list of a hundred thousand companies comes in: by the command line beside a server, and by the
//! server itself.

use crate::Line;
use crate::driver::Connection;
use crate::process::Server;
use crate::respondents::{answers, app, invited};
use kairan::app::App;
use kairan::directory::ImportId;
use kairan::directory::import::{Chosen, JOB};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const RESPONDENTS: usize = 8;
/// How long respondents are watched while nothing comes in.
const QUIET: Duration = Duration::from_secs(10);

/// Companies without codes, or the same with codes and other items.
fn list(companies: usize, change: bool) -> String {
    let mut csv = String::from("コード,会社名,国,重要度,担当者名,メールアドレス,電話番号,品目\n");
    for n in 0..companies {
        let code = if change { format!("L{n:06}") } else { String::new() };
        csv.push_str(&format!(
            "{code},株式会社リスト{n:06},日本,{},一ノ例 花子,a{n}@s{n}.example,000-{:03}-{:04},{}\n",
            ["A", "B", "C"][n % 3],
            n % 1000,
            n % 10_000,
            if change { "ネジ" } else { "バネ" }
        ));
    }
    csv
}

/// On SQLite, or on the database `url`; `name` is the end of the measures' names.
pub async fn slowest(json: bool, companies: usize, url: Option<&str>, name: &str) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let app = app(dir.path(), url).await?;
    let tokens = invited(&app, RESPONDENTS).await?;
    let server = Server::kairan(dir.path(), url)?;
    let quiet = watched(&server, &tokens, tokio::time::sleep(QUIET)).await?;
    let file = dir.path().join("list.csv");
    std::fs::write(&file, list(companies, false))?;
    let mut import = command(dir.path(), url)
        .args(["directory", "import"])
        .arg(&file)
        .stdout(Stdio::null())
        .spawn()?;
    let ended = async {
        while import.try_wait().is_ok_and(|ended| ended.is_none()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let by_command = watched(&server, &tokens, ended).await?;
    anyhow::ensure!(import.wait()?.success(), "the command failed");
    // All of them are known now, by their names, and each is changed and given its code.
    let id = upload(&app, &list(companies, true)).await?;
    let by_server = watched(&server, &tokens, done(&app, id)).await?;
    let mut tx = app.db.read().await?;
    let (known, changed): (i64, i64) = tx
        .one(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN items = 'ネジ' THEN 1 ELSE 0 END), 0) FROM companies WHERE code LIKE 'L%'",
            &[],
            |r| Ok((r.get(0)?, r.get::<i64>(1)?)),
        )
        .await?;
    anyhow::ensure!(
        (known, changed) == (companies as i64, companies as i64),
        "{known} companies, {changed} changed"
    );
    for (what, seen, note) in [
        ("slowest", &by_command, "new companies, by the command line"),
        (
            "update_slowest",
            &by_server,
            "changed companies that are given codes, by the server",
        ),
    ] {
        Line::against(
            &format!("import_100k_{what}_respondent{name}_ms"),
            seen.slowest.as_secs_f64() * 1000.0,
            "ms",
            quiet.slowest.as_secs_f64() * 1000.0,
            &format!(
                "{note}, in {:.1} s; {} respondents, p99 {:.1} ms, without an import {:.1} ms; limit: the slowest without",
                seen.took.as_secs_f64(),
                RESPONDENTS,
                seen.p99.as_secs_f64() * 1000.0,
                quiet.p99.as_secs_f64() * 1000.0
            ),
        )
        .print(json);
    }
    Ok(())
}

fn command(data: &Path, url: Option<&str>) -> Command {
    let binary = std::env::var("KAIRAN_BENCH_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_kairan").to_owned());
    let mut command = Command::new(binary);
    command
        .arg("--data")
        .arg(data)
        .env_remove("KAIRAN_BENCH_DATABASE")
        .env_remove("KAIRAN_BENCH_BINARY")
        .env("KAIRAN_LOG_LEVEL", "error");
    if let Some(url) = url {
        command.args(["--database", url]);
    }
    command
}

/// As the page does when "import" is pressed.
async fn upload(app: &App, csv: &str) -> anyhow::Result<ImportId> {
    let (scope, now) = (app.scope(), app.clock.now());
    let id: ImportId = app.id(now);
    let mut tx = app.db.write().await?;
    tx.execute(
        "INSERT INTO imports (id, org, file_name, file, options, state, created_at, created_by)
         VALUES ($1, $2, 'list.csv', $3, $4, 'running', $5, 'bench')",
        &[
            &id,
            &scope.org,
            &csv.as_bytes().to_vec(),
            &serde_json::to_string(&Chosen::default())?,
            &now.as_microsecond(),
        ],
    )
    .await?;
    let (job, name) = (app.random.id(now), format!("import-{id}"));
    kairan::jobs::enqueue(&mut tx, job, scope.org, JOB, &name, &id.to_string(), now).await?;
    tx.commit().await?;
    Ok(id)
}

async fn done(app: &App, id: ImportId) {
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let Ok(mut tx) = app.db.read().await else { return };
        let state = tx
            .optional("SELECT state FROM imports WHERE id = $1", &[&id], |r| {
                r.get::<String>(0)
            })
            .await;
        if !matches!(state.as_ref().map(Option::as_deref), Ok(Some("running"))) {
            return;
        }
    }
}

struct Seen {
    slowest: Duration,
    p99: Duration,
    took: Duration,
}

/// Respondents read their page and save their answers, again and again, until `end`; the time of each request.
async fn watched(server: &Server, tokens: &[String], end: impl Future<Output = ()>) -> anyhow::Result<Seen> {
    let stop = Arc::new(AtomicBool::new(false));
    let body: Arc<str> = answers().into();
    let mut tasks = Vec::new();
    for token in tokens {
        let (stop, body, path, port) = (stop.clone(), body.clone(), format!("/r/{token}"), server.port);
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(port).await?;
            let mut times = Vec::new();
            while !stop.load(Ordering::SeqCst) {
                let begun = Instant::now();
                let page = connection.get(&format!("{path}/all"), "").await?;
                times.push(begun.elapsed());
                let begun = Instant::now();
                let saved = connection.post(&format!("{path}/all"), "", &body).await?;
                times.push(begun.elapsed());
                anyhow::ensure!(
                    page.status == 200 && saved.status == 303,
                    "{} and {}",
                    page.status,
                    saved.status
                );
                // People type between their requests.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            anyhow::Ok(times)
        }));
    }
    let begun = Instant::now();
    end.await;
    let took = begun.elapsed();
    stop.store(true, Ordering::SeqCst);
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    times.sort();
    let at = |part: f64| {
        times
            .get(((times.len() - 1) as f64 * part) as usize)
            .copied()
            .unwrap_or_default()
    };
    Ok(Seen {
        slowest: at(1.0),
        p99: at(0.99),
        took,
    })
}
