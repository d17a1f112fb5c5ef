//! How near Kairan runs to what the machine can do: `script/bench`, in one run, limit and Kairan interleaved.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod bare;
mod bare_files;
mod boards;
mod driver;
mod imports;
mod mails;
mod process;
#[path = "../tests/torture/sink.rs"]
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "a relay for tests, of which not all is used here"
)]
mod relay;
mod respondents;

use bare_files::Pages;
use process::{Server, free_port};
use serde::Serialize;
use std::collections::VecDeque;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// One measure.
#[derive(Serialize)]
pub struct Line {
    name: String,
    value: f64,
    unit: String,
    limit: Option<f64>,
    ratio: Option<f64>,
    note: String,
}

fn round(n: f64) -> f64 {
    let places = if n.abs() >= 100.0 { 1.0 } else { 1_000.0 };
    (n * places).round() / places
}

impl Line {
    pub fn against(name: &str, value: f64, unit: &str, limit: f64, note: &str) -> Line {
        Line {
            name: name.into(),
            value: round(value),
            unit: unit.into(),
            limit: Some(round(limit)),
            ratio: Some(round(value / limit)),
            note: note.into(),
        }
    }

    pub fn alone(name: &str, value: f64, unit: &str, note: &str) -> Line {
        Line {
            name: name.into(),
            value: round(value),
            unit: unit.into(),
            limit: None,
            ratio: None,
            note: note.into(),
        }
    }

    fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        let number = |n: Option<f64>| n.map_or(String::new(), |n| n.to_string());
        println!(
            "{:<28}{:>12} {:<12}{:>12}{:>8}  {}",
            self.name,
            self.value,
            self.unit,
            number(self.limit),
            number(self.ratio),
            self.note
        );
    }
}

pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let [what, port, file, pages] = arguments.as_slice()
        && what == "bare"
    {
        return runtime.block_on(bare::serve(port.parse()?, file.into(), pages.into()));
    }
    let json = arguments.iter().any(|a| a == "--json");
    let quick = arguments.iter().any(|a| a == "--quick");
    let only: Vec<&str> = arguments
        .iter()
        .filter(|a| !a.starts_with("--"))
        .map(String::as_str)
        .collect();
    let wanted = |name: &str| only.is_empty() || only.contains(&name);
    if !json {
        println!(
            "{:<28}{:>12} {:<12}{:>12}{:>8}",
            "measure", "value", "unit", "limit", "ratio"
        );
    }
    runtime.block_on(async {
        if wanted("respondents") {
            sqlite(json, quick).await?;
        }
        if wanted("postgres") {
            postgres(json).await?;
        }
        if wanted("import") {
            boards::import(json).await?;
        }
        if wanted("import") || wanted("imports") {
            // `--quick`: a tenth of it, to see whether it works.
            let companies = if quick { 10_000 } else { 100_000 };
            imports::slowest(json, companies, None, "").await?;
            if let Ok(url) = std::env::var("KAIRAN_BENCH_DATABASE") {
                imports::slowest(json, companies, Some(&url), "_pg").await?;
            }
        }
        if wanted("boards") {
            boards::boards(json).await?;
        }
        if wanted("lists") {
            boards::lists(json, quick).await?;
        }
        if wanted("mail") {
            respondents::mail(json).await?;
            mails::send(json).await?;
        }
        if wanted("mail") || wanted("refused") {
            mails::refused(json).await?;
        }
        anyhow::Ok(())
    })
}

/// Rounds of each; the median of them is told.
const ROUNDS: usize = 3;

fn bare_server(dir: &Path) -> anyhow::Result<Server> {
    let port = free_port()?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["bare", &port.to_string()])
        .arg(dir.join("kairan.db"))
        .arg(dir.join("pages"));
    Server::start(command, port)
}

/// The same on the PostgreSQL that KAIRAN_BENCH_DATABASE names (`script/bench` starts one), with one and with three servers.
async fn postgres(json: bool) -> anyhow::Result<()> {
    let Ok(url) = std::env::var("KAIRAN_BENCH_DATABASE") else {
        eprintln!("KAIRAN_BENCH_DATABASE is not set: PostgreSQL is left out. script/bench sets it.");
        return Ok(());
    };
    let flows = 1_500;
    let dir = tempfile::tempdir()?;
    let app = respondents::app(dir.path(), Some(&url)).await?;
    let mut tokens: VecDeque<String> = respondents::invited(&app, flows * 2 * (ROUNDS + 1)).await?.into();
    drop(app);
    let servers: Vec<Server> = (0..3)
        .map(|_| Server::kairan(dir.path(), Some(&url)))
        .collect::<anyhow::Result<_>>()?;
    for (name, count) in [("pg1_c32", 1), ("pg3_c32", 3)] {
        let used: Vec<&Server> = servers.iter().take(count).collect();
        let mut runs = Vec::new();
        for round in 0..=ROUNDS {
            let run = respondents::run(&used, &mut tokens, flows, 32).await?;
            if round > 0 {
                runs.push(run);
            }
        }
        let of = |what: fn(&respondents::Run) -> f64| median(runs.iter().map(what).collect());
        let note = format!(
            "p50 {:.1} ms, p99 {:.1} ms; database, servers and driver share the machine",
            of(|r| r.p50),
            of(|r| r.p99)
        );
        Line::alone(
            &format!("respondent_flow_{name}"),
            of(|r| r.flows_per_second),
            "flows/s",
            &note,
        )
        .print(json);
        let note = "server processes only; the database server's time is not in it";
        Line::alone(&format!("respondent_cpu_{name}"), of(|r| r.cpu_ms), "CPU-ms/flow", note).print(json);
    }
    Ok(())
}

/// `quick`: 32 at once only, and fewer of them, to compare two builds.
async fn sqlite(json: bool, quick: bool) -> anyhow::Result<()> {
    let all = [("c1", 1, 600), ("c8", 8, 2_500), ("c32", 32, 4_000)];
    let few = [("c32", 32, 1_500)];
    let sizes: &[(&str, usize, usize)] = if quick { &few } else { &all };
    let needed: usize = sizes.iter().map(|(.., flows)| flows * (ROUNDS + 1)).sum::<usize>() + 10;
    let (ours, bares) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let ours_app = respondents::app(ours.path(), None).await?;
    let mut tokens: VecDeque<String> = respondents::invited(&ours_app, needed).await?.into();
    drop(ours_app);
    let bare_app = respondents::app(bares.path(), None).await?;
    let mut bare_tokens: VecDeque<String> = respondents::invited(&bare_app, needed).await?.into();
    drop(bare_app);
    let kairan = Server::kairan(ours.path(), None)?;
    let startup = kairan.ready;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = kairan.pss_mib()?;
    let pages = Pages(bares.path().join("pages"));
    let first = tokens.pop_front().unwrap_or_default();
    let bytes = respondents::fetch(&kairan, &first, &pages).await?;
    let answers = rusqlite::Connection::open(ours.path().join("kairan.db"))?.query_row(
        "SELECT answers FROM responses LIMIT 1",
        [],
        |r| r.get::<_, String>(0),
    )?;
    pages.keep("answers.json", answers.as_bytes())?;
    let bare = bare_server(bares.path())?;
    for &(name, at_once, flows) in sizes {
        let (mut mine, mut limit) = (Vec::new(), Vec::new());
        // The first round warms up and isn't counted.
        for round in 0..=ROUNDS {
            let limit_run = respondents::run(&[&bare], &mut bare_tokens, flows, at_once).await?;
            let run = respondents::run(&[&kairan], &mut tokens, flows, at_once).await?;
            if round > 0 {
                limit.push(limit_run);
                mine.push(run);
            }
        }
        for line in respondents::lines(name, &mine, &limit) {
            line.print(json);
        }
    }
    for (name, size) in ["letter", "all", "receipt"].iter().zip(bytes) {
        Line::alone(
            &format!("page_bytes_{name}"),
            size as f64,
            "bytes",
            "uncompressed, without assets",
        )
        .print(json);
    }
    Line::alone(
        "startup_ms",
        startup.as_secs_f64() * 1000.0,
        "ms",
        "process start to the first connection",
    )
    .print(json);
    Line::alone("idle_pss_mib", idle, "MiB", "two seconds after the start").print(json);
    Line::alone("peak_pss_mib", kairan.pss_mib()?, "MiB", "after all flows above").print(json);
    Ok(())
}
