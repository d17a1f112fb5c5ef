//! `kill -9` at any moment loses no answer that was acknowledged, and sends no mail twice.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const TRIES: usize = 10;

/// Tests that start servers and kill them take turns: beside each other they would kill servers that haven't got to work yet.
pub static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Where a test's programs keep their data: a folder, and a schema where PostgreSQL is under test.
pub struct Place {
    pub dir: tempfile::TempDir,
    pub database: Option<String>,
}

pub fn command(place: &Place) -> Command {
    let mut command = crate::program::kairan();
    command.arg("--data").arg(place.dir.path().join("data"));
    if let Some(url) = &place.database {
        command.arg("--database").arg(url);
    }
    command
}

pub fn run(place: &Place, arguments: &[&str]) -> String {
    let done = command(place).args(arguments).output().unwrap();
    assert!(
        done.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}

/// A free port; another program may take it in between, which a test run on one machine can live with.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

pub fn serve(place: &Place, port: u16) -> Child {
    let mut child = command(place)
        .args(["--listen", &format!("127.0.0.1:{port}"), "serve"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..600 {
        if request(port, "GET", "/readyz", "").is_some_and(|(status, _)| status == 200) {
            return child;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("the server doesn't come up");
}

/// One request on a connection of its own; None when the server is gone before the whole answer came.
pub fn request(port: u16, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    request_as("", port, method, path, body)
}

/// As [`request`], by a device with this cookie.
pub fn request_as(cookie: &str, port: u16, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nConnection: close\r\n\
         Cookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).ok()?;
    let text = String::from_utf8_lossy(&reply).into_owned();
    let status = text.split(' ').nth(1)?.parse().ok()?;
    Some((status, text))
}

/// Imports 40 companies and sends them a campaign; its number.
pub fn sent(place: &Place) -> String {
    let dir = place.dir.path();
    let list: String = (0..40)
        .map(|i| format!("C{i:03},株式会社{i},c{i}@c{i}.example\n"))
        .collect();
    std::fs::write(dir.join("list.csv"), format!("コード,会社名,メール\n{list}")).unwrap();
    run(place, &["directory", "import", dir.join("list.csv").to_str().unwrap()]);
    let plan = "title = 'T'\nchecklist = 'sc-2022'\nletter_supplier = 'self-check-request'\nletter_group = 'self-check-group'\n\
                deadline = '2099-12-10T17:00'\n[sender]\nja = 'S'\nen = 'S'\n[inquiries]\nja = 'I'\nen = 'I'\n";
    std::fs::write(dir.join("plan.toml"), plan).unwrap();
    let made = run(
        place,
        &["campaign", "create", dir.join("plan.toml").to_str().unwrap(), "--json"],
    );
    let number: String = serde_json::from_str::<serde_json::Value>(&made).unwrap()["number"]
        .as_str()
        .unwrap()
        .into();
    run(place, &["campaign", "send", &number]);
    number
}

/// The path of the link in a mail.
pub fn link_in(mail: &str) -> String {
    let text = crate::circulation::readable(mail);
    let at = text.find("/r/").unwrap();
    text[at..at + 25].to_owned()
}

/// Round and number of a word such as `r7w1n6`, without its first letter.
fn written(word: &str) -> Option<(usize, usize)> {
    let (round, rest) = word.split_once('w')?;
    Some((round.parse().ok()?, rest.split_once('n')?.1.parse().ok()?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_acknowledged_answer_and_sends_nothing_twice() {
    let _alone = ALONE.lock().await;
    let place = Place {
        dir: tempfile::tempdir().unwrap(),
        database: crate::app::own_schema().await,
    };
    let (place, dir) = (&place, place.dir.path());
    let number = sent(place);
    // The mails go out under the first kills.
    for try_number in 0..3 {
        let mut server = serve(place, free_port());
        std::thread::sleep(Duration::from_millis(30 + 70 * try_number));
        server.kill().unwrap();
        server.wait().unwrap();
    }
    run(place, &["campaign", "status", &number]);
    let port = free_port();
    let mut server = serve(place, port);
    let outbox = dir.join("data/outbox/new");
    for _ in 0..1500 {
        let sent: serde_json::Value =
            serde_json::from_str(&run(place, &["campaign", "status", &number, "--json"])).unwrap();
        if sent["mails"]["sent"] == 40 {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let mails: Vec<String> = std::fs::read_dir(&outbox)
        .unwrap()
        .map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap())
        .collect();
    assert_eq!(mails.len(), 40, "each company has one mail, whatever was killed");
    let links: Vec<String> = mails.iter().map(|m| link_in(m)).collect();

    let acknowledged: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let mut port = port;
    for round in 0..TRIES {
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..4)
            .map(|w| {
                let (stop, acknowledged, links) = (stop.clone(), acknowledged.clone(), links.clone());
                std::thread::spawn(move || {
                    let mut n = 0;
                    while !stop.load(Ordering::Relaxed) {
                        let link = &links[(w * 10 + n % 10) % links.len()];
                        let word = format!("r{round}w{w}n{n}");
                        let body = format!("shown=remarks&base=999999&q.remarks={word}&go=next");
                        if let Some((303, _)) = request(port, "POST", &format!("{link}/check/remarks"), &body) {
                            acknowledged.lock().unwrap().push((link.clone(), word));
                        }
                        n += 1;
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(120 + 37 * round as u64));
        server.kill().unwrap();
        server.wait().unwrap();
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().for_each(|w| w.join().unwrap());
        port = free_port();
        server = serve(place, port);
        // The last acknowledged word of each link must stand there, or one that was sent later and not acknowledged.
        let mut last = std::collections::BTreeMap::new();
        for (link, word) in acknowledged.lock().unwrap().iter() {
            last.insert(link.clone(), word.clone());
        }
        for (link, word) in &last {
            let (status, page) = request(port, "GET", &format!("{link}/check/remarks"), "").unwrap();
            assert_eq!(status, 200);
            // A link has one writer, who sends one word after the other: what stands there tells its place among them.
            let found = page
                .split(">r")
                .skip(1)
                .find_map(|rest| written(rest.split('<').next().unwrap()));
            let acknowledged = written(&word[1..]);
            assert!(
                found >= acknowledged,
                "round {round}: {word} was acknowledged and is gone; {found:?} stands there"
            );
        }
    }
    assert!(
        acknowledged.lock().unwrap().len() > TRIES * 4,
        "the test wrote something"
    );
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(std::fs::read_dir(&outbox).unwrap().count(), 40);
}

/// The numbers of a board are folded while companies answer, and the server is killed at any moment of it.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_under_load_leave_a_boards_numbers_right() {
    let _alone = ALONE.lock().await;
    let place = Place {
        dir: tempfile::tempdir().unwrap(),
        database: crate::app::own_schema().await,
    };
    let (place, dir) = (&place, place.dir.path());
    let number = sent(place);
    let port = free_port();
    let mut server = serve(place, port);
    let outbox = dir.join("data/outbox/new");
    for _ in 0..600 {
        if std::fs::read_dir(&outbox).unwrap().count() == 40 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let links: Vec<String> = std::fs::read_dir(&outbox)
        .unwrap()
        .map(|f| link_in(&std::fs::read_to_string(f.unwrap().path()).unwrap()))
        .collect();
    assert_eq!(links.len(), 40);
    // A device that was there before the first submission.
    let links: Vec<(String, String)> = links
        .into_iter()
        .map(|link| {
            let (_, page) = request(port, "POST", &format!("{link}/start"), "").unwrap();
            let cookie = page.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
            let cookie = cookie.split(';').next().unwrap().to_owned();
            (link, cookie)
        })
        .collect();
    server.kill().unwrap();
    server.wait().unwrap();
    let questions = [
        "simple-passwords",
        "device-passwords",
        "unneeded-accounts",
        "access-rights",
        "multi-factor",
        "asset-list",
        "exit-devices",
        "patch-time",
        "awareness-notice",
        "macros",
        "logs-checked",
        "bad-traffic",
        "connection-points",
        "access-rules",
        "backup",
        "restore-tried",
        "procedures",
        "inside-contacts",
        "outside-answers",
        "early-report",
        "alternatives",
        "management",
        "sites",
    ];
    let mut submitted = 0;
    for round in 0..50_usize {
        let port = free_port();
        let mut server = serve(place, port);
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..4)
            .map(|w| {
                let (stop, links) = (stop.clone(), links.clone());
                std::thread::spawn(move || {
                    let (mut n, mut done) = (round, 0);
                    while !stop.load(Ordering::Relaxed) {
                        let (link, cookie) = &links[(w * 10 + n % 10) % links.len()];
                        // Other answers each time, so that letters move, too.
                        let value = ["yes", "no", "partly", "unknown"][(n + round) % 4];
                        let answers: String = questions.iter().map(|q| format!("&shown={q}&q.{q}={value}")).collect();
                        request(port, "POST", &format!("{link}/acknowledge"), "name=a");
                        let body = format!("base=999999{answers}&name=a&contact=052-000-0118");
                        let sent = request_as(cookie, port, "POST", &format!("{link}/submit"), &body);
                        if sent.is_some_and(|(status, page)| status == 303 && page.contains("/receipt")) {
                            done += 1;
                        }
                        n += 1;
                    }
                    done
                })
            })
            .collect();
        // Counting begins with the server and comes again every 400 ms: the kill falls before, into and after it.
        std::thread::sleep(Duration::from_millis(20 + 37 * (round as u64 % 17)));
        server.kill().unwrap();
        server.wait().unwrap();
        stop.store(true, Ordering::Relaxed);
        submitted += writers.into_iter().map(|w| w.join().unwrap()).sum::<usize>();
    }
    assert!(submitted > 50, "the test submitted something: {submitted}");
    let db = match &place.database {
        None => kairan::db::Db::sqlite(&dir.join("data/kairan.db")).unwrap(),
        Some(url) => kairan::db::Db::postgres(url, 1).await.unwrap(),
    };
    let mut tx = db.read().await.unwrap();
    let folds: i64 = tx
        .one("SELECT MAX(version) FROM boards", &[], |r| r.get(0))
        .await
        .unwrap();
    assert!(folds > 20, "it counted between the kills, too: {folds}");
    drop(tx);
    let told = run(place, &["campaign", "check", &number, "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["campaigns"][0]["agrees"], true, "{told}");
    assert_eq!(told["campaigns"][0]["invitations"], 40);
}
