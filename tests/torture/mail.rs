//! Servers are killed at random moments while they send a campaign's mails to an SMTP sink, whose own record tells
//! afterwards what arrived.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::sink::{Manners, Sink, Taken};

/// What is to be tried.
pub struct Trial {
    /// A command of the program under test.
    pub program: fn() -> Command,
    pub kills: usize,
    pub mails: usize,
    /// How many servers share the sending; more than one only with a PostgreSQL.
    pub servers: usize,
    /// A PostgreSQL's URL; None: SQLite.
    pub database: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub kills: usize,
    pub mails: usize,
    /// Contacts that got nothing and stand on no list.
    pub lost: usize,
    /// Contacts that got more than one.
    pub doubled: usize,
    /// Listed as unknown whether they arrived.
    pub ambiguous: usize,
    /// How many of the kills fell while mails were going out.
    pub amid: usize,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            kills,
            mails,
            lost,
            doubled,
            ambiguous,
            ..
        } = self;
        write!(
            f,
            "kills {kills}, mails {mails}, lost {lost}, doubled {doubled}, ambiguous {ambiguous}"
        )
    }
}

/// Connections of each server to the sink.
pub const CONNECTIONS: usize = 8;
/// How long a server lives after it is ready, on average.
const LIFE: Duration = Duration::from_millis(160);
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// In place of a mean time: the sink lets nobody in.
const SHUT: u64 = u64::MAX;

/// Takes everything, a little late.
struct Slow(Arc<AtomicU64>);

impl Manners for Slow {
    fn greet(&self) -> String {
        // Nobody is let in before all mails are queued.
        while self.0.load(Ordering::Relaxed) == SHUT {
            std::thread::sleep(Duration::from_millis(5));
        }
        "220 sink.example".into()
    }

    fn end(&self, _: &Taken) -> String {
        let mean = self.0.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_micros(fastrand::u64(0..=2 * mean)));
        "250 taken".into()
    }
}

struct Place {
    trial: Trial,
    dir: PathBuf,
    smtp: String,
}

impl Place {
    fn command(&self, server: usize) -> Command {
        let mut command = (self.trial.program)();
        command
            .env("KAIRAN_SECRET_KEY", KEY)
            .env("KAIRAN_MAIL_SMTP_URL", &self.smtp)
            .env("KAIRAN_MAIL_FROM", "security@sample.example")
            .env("KAIRAN_MAIL_CONNECTIONS", CONNECTIONS.to_string())
            .env("KAIRAN_LOG_LEVEL", "error")
            .arg("--data")
            .arg(self.dir.join(format!("data{server}")));
        if let Some(url) = &self.trial.database {
            command.arg("--database").arg(url);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let done = self.command(0).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
        String::from_utf8(done.stdout).unwrap()
    }

    fn status(&self, number: &str) -> serde_json::Value {
        serde_json::from_str(&self.run(&["campaign", "status", number, "--json"])).unwrap()
    }

    /// Starts a server and returns when it answers.
    fn serve(&self, server: usize) -> Child {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = self
            .command(server)
            .args(["--listen", &format!("127.0.0.1:{port}"), "serve"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..1_500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return child;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("the server doesn't come up");
    }
}

/// Imports one company for each mail and sends them a campaign; its number.
fn sent(place: &Place) -> String {
    let list: String = (0..place.trial.mails)
        .map(|i| format!("C{i:06},株式会社{i},c{i}@c{i}.example\n"))
        .collect();
    let file = place.dir.join("list.csv");
    std::fs::write(&file, format!("コード,会社名,メール\n{list}")).unwrap();
    place.run(&["directory", "import", file.to_str().unwrap()]);
    let plan = "title = 'T'\nchecklist = 'sc-2022'\nletter_supplier = 'self-check-request'\nletter_group = 'self-check-group'\n\
                deadline = '2099-12-10T17:00'\n[sender]\nja = 'S'\nen = 'S'\n[inquiries]\nja = 'I'\nen = 'I'\n";
    let file = place.dir.join("plan.toml");
    std::fs::write(&file, plan).unwrap();
    let made = place.run(&["campaign", "create", file.to_str().unwrap(), "--json"]);
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let number = made["number"].as_str().unwrap().to_owned();
    place.run(&["campaign", "send", &number]);
    number
}

/// Addresses by the state of their delivery.
async fn deliveries(place: &Place) -> BTreeMap<String, String> {
    let db = match &place.trial.database {
        None => kairan::db::Db::sqlite(&place.dir.join("data0/kairan.db")).unwrap(),
        Some(url) => kairan::db::Db::postgres(url, 1).await.unwrap(),
    };
    let mut tx = db.read().await.unwrap();
    tx.list("SELECT address, state FROM deliveries", &[], |r| {
        Ok((r.get(0)?, r.get(1)?))
    })
    .await
    .unwrap()
    .into_iter()
    .collect()
}

/// All of a campaign's mails, whatever their state.
fn total(mails: &serde_json::Value) -> i64 {
    mails
        .as_object()
        .unwrap()
        .values()
        .filter_map(serde_json::Value::as_i64)
        .sum()
}

/// Kills, and counts what arrived.
pub async fn torture(trial: Trial, dir: &Path) -> Outcome {
    // So slow that the mails last as long as the kills do.
    let lives = LIFE * trial.kills as u32 * (CONNECTIONS * trial.servers) as u32;
    let mean = lives.as_micros() as u64 / trial.mails as u64;
    let pace = Arc::new(AtomicU64::new(SHUT));
    let sink = Sink::start(Slow(pace.clone()));
    let place = Place {
        smtp: sink.url(),
        dir: dir.to_owned(),
        trial,
    };
    let number = sent(&place);
    let mut servers: Vec<Child> = (0..place.trial.servers).map(|n| place.serve(n)).collect();
    while total(&place.status(&number)["mails"]) < place.trial.mails as i64 {
        std::thread::sleep(Duration::from_millis(100));
    }
    pace.store(mean, Ordering::Relaxed);
    let mut amid = 0;
    for kill in 0..place.trial.kills {
        let before = sink.count();
        std::thread::sleep(LIFE.mul_f64(2.0 * fastrand::f64()));
        let which = fastrand::usize(0..servers.len());
        servers[which].kill().unwrap();
        servers[which].wait().unwrap();
        let now = sink.count();
        amid += usize::from(now > before && now < place.trial.mails);
        servers[which] = place.serve(which);
        if kill % 20 == 19 {
            eprintln!("  {} kills, {now} mails", kill + 1);
        }
    }
    pace.store(0, Ordering::Relaxed);
    let mut left = String::new();
    for _ in 0..1_200 {
        let mails = place.status(&number)["mails"].clone();
        let waits = ["queued", "leased", "deferred"]
            .iter()
            .any(|s| mails[s].as_i64().unwrap_or(0) > 0);
        left = mails.to_string();
        if !waits && total(&mails) == place.trial.mails as i64 {
            break;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    for server in &mut servers {
        server.kill().unwrap();
        server.wait().unwrap();
    }
    let mut got: BTreeMap<String, usize> = BTreeMap::new();
    for address in sink.taken().into_iter().flat_map(|mail| mail.to) {
        *got.entry(address).or_default() += 1;
    }
    let states = deliveries(&place).await;
    assert_eq!(states.len(), place.trial.mails, "each contact has one delivery: {left}");
    let unsure: BTreeSet<&String> = states
        .iter()
        .filter(|(_, s)| *s == "ambiguous")
        .map(|(a, _)| a)
        .collect();
    let odd = states.values().find(|s| !["sent", "ambiguous"].contains(&s.as_str()));
    assert_eq!(odd, None, "everything came to an end: {left}");
    Outcome {
        kills: place.trial.kills,
        mails: place.trial.mails,
        lost: states
            .keys()
            .filter(|a| !got.contains_key(*a) && !unsure.contains(a))
            .count(),
        doubled: got.values().filter(|n| **n > 1).count(),
        ambiguous: unsure.len(),
        amid,
    }
}
