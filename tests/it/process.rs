//! What only a server in a process of its own can show: limits, signals, a full disk, its log.

use crate::crash::{ALONE, Place, free_port, link_in, request, sent};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A server whose log is kept.
struct Server {
    child: Child,
    port: u16,
    log: Arc<Mutex<Vec<String>>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a server after what a shell does first, such as `ulimit`; ready when it answers.
fn serve(place: &Place, first: &str, settings: &[(&str, &str)]) -> Server {
    let port = free_port();
    let mut command = Command::new("sh");
    crate::program::by_set_clock(&mut command);
    command
        .envs(settings.iter().copied())
        .args(["-c", &format!("{first}\nexec \"$0\" \"$@\"")])
        .arg(crate::program::path())
        .arg("--data")
        .arg(place.dir.path().join("data"));
    if let Some(url) = &place.database {
        command.arg("--database").arg(url);
    }
    let mut child = command
        .args(["--listen", &format!("127.0.0.1:{port}"), "serve"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let (kept, stderr) = (log.clone(), child.stderr.take().unwrap());
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            kept.lock().unwrap().push(line);
        }
    });
    let server = Server { child, port, log };
    let up = wait(Duration::from_secs(30), || {
        request(port, "GET", "/healthz", "").is_some_and(|(status, _)| status == 200)
    });
    assert!(up, "the server doesn't come up: {:#?}", server.log.lock().unwrap());
    server
}

/// Whether something comes true in time.
fn wait(most: Duration, mut is: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < most {
        if is() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    is()
}

impl Server {
    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(told.success());
    }

    /// Ends by SIGTERM; how long that took.
    fn stop(mut self) -> Duration {
        let begun = Instant::now();
        self.signal("TERM");
        let ended = wait(Duration::from_secs(30), || self.child.try_wait().unwrap().is_some());
        assert!(ended, "it doesn't end");
        assert!(self.child.wait().unwrap().success());
        begun.elapsed()
    }

    fn logged(&self, text: &str) -> bool {
        self.log.lock().unwrap().iter().any(|line| line.contains(text))
    }
}

fn place(database: Option<String>) -> Place {
    Place {
        dir: tempfile::tempdir().unwrap(),
        database,
    }
}

/// A campaign whose mails are out; the path of one company's link.
fn link(place: &Place) -> String {
    sent(place);
    let server = serve(place, "", &[]);
    let outbox = place.dir.path().join("data/outbox/new");
    let first = || std::fs::read_dir(&outbox).ok()?.next()?.ok();
    assert!(wait(Duration::from_secs(60), || first().is_some()), "no mail goes out");
    let mail = std::fs::read_to_string(first().unwrap().path()).unwrap();
    server.stop();
    link_in(&mail)
}

fn silent(port: u16, number: usize) -> Vec<TcpStream> {
    (0..number)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn o2_eleven_hundred_silent_connections_hold_nobody_up() {
    let _alone = ALONE.lock().await;
    assert!(
        kairan::serve::raise_file_limit() > 2_000,
        "this test opens 1,100 connections"
    );
    let place = place(crate::app::own_schema().await);
    let link = link(&place);
    // Under the soft limit that systems have, which is raised; and under a hard one, where the silent make room.
    for limit in ["ulimit -S -n 1024", "ulimit -n 600"] {
        let server = serve(&place, limit, &[]);
        let held = silent(server.port, 1_100);
        for _ in 0..5 {
            let begun = Instant::now();
            let (status, page) = request(server.port, "GET", &link, "").expect(limit);
            assert_eq!(status, 200, "{limit}: {page}");
            assert!(
                begun.elapsed() < Duration::from_secs(1),
                "{limit}: {:?}",
                begun.elapsed()
            );
        }
        drop(held);
        server.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn o2_who_is_too_slow_is_let_go_and_who_finds_no_room_is_told_when_to_come_again() {
    let place = place(None);
    let server = serve(&place, "", &[("KAIRAN_SERVER_CONNECTIONS", "8")]);
    let begun = Instant::now();
    // Those that are being served, and don't get on: as many as there is room for.
    let mut slow = Vec::new();
    let full = wait(Duration::from_secs(10), || {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let head = "POST /code HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 100\r\n\r\ncode=";
        stream.write_all(head.as_bytes()).unwrap();
        slow.push(stream);
        std::thread::sleep(Duration::from_millis(100));
        request(server.port, "GET", "/healthz", "").is_some_and(|(status, page)| {
            status == 503 && page.contains("Retry-After: 5") && page.contains("アクセスが集中しています")
        })
    });
    assert!(full, "all are in use");
    let answers: Vec<String> = slow
        .into_iter()
        .map(|mut stream| {
            let mut answer = String::new();
            stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
            let _ = stream.read_to_string(&mut answer);
            answer
        })
        .collect();
    let let_go = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 408"));
    assert_eq!(let_go.count(), 8, "{answers:#?}");
    assert!((18..35).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());

    // A connection that is kept open and says nothing is let go by itself; so is a head that comes byte by byte.
    let mut trickle = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let mut mute = trickle.try_clone().unwrap();
    let begun = Instant::now();
    trickle.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let writer = std::thread::spawn(move || {
        while trickle.write_all(b"X").is_ok() && begun.elapsed() < Duration::from_secs(40) {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    mute.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let _ = mute.read(&mut [0; 64]);
    assert!((14..25).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    writer.join().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn o5_a_server_starts_on_a_full_disk_is_read_and_says_that_nothing_can_be_saved() {
    let _alone = ALONE.lock().await;
    // Only what SQLite writes is limited so.
    let place = place(None);
    let link = link(&place);
    // No file may grow beyond 32 or 64 kB (shells differ): to SQLite it is as a disk without room.
    let server = serve(&place, "ulimit -f 64", &[]);
    let unready = wait(Duration::from_secs(15), || {
        let begun = Instant::now();
        let (status, page) = request(server.port, "GET", "/readyz", "").unwrap();
        assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
        status == 503 && page.ends_with("not ready: commit\n")
    });
    assert!(unready, "it isn't ready: {:#?}", server.log.lock().unwrap());
    for path in [link.as_str(), "/sign-in", "/code"] {
        let (status, page) = request(server.port, "GET", path, "").unwrap();
        assert_eq!(status, 200, "{path}: {page}");
    }
    let before = server.log.lock().unwrap().len();
    for n in 0..200 {
        let path = format!("{link}/check/remarks");
        let body = format!("shown=remarks&base=999999&q.remarks=word{n}&go=next");
        let (status, page) = request(server.port, "POST", &path, &body).unwrap();
        assert_eq!(status, 503, "{page}");
        assert!(
            page.contains("ただいま保存できません") && page.contains("retry-after: 30"),
            "{page}"
        );
    }
    let token = link.rsplit('/').next().unwrap();
    assert!(server.logged("/r/{token}/check/{question}") && !server.logged(token));
    let lines = server.log.lock().unwrap().len() - before;
    assert!(lines < 120, "a full disk isn't filled further: {lines} lines");
    assert!(server.stop() < Duration::from_secs(15));
    // With room again, everything goes on.
    let server = serve(&place, "", &[]);
    let (status, _) = request(
        server.port,
        "POST",
        &format!("{link}/check/remarks"),
        "shown=remarks&base=0&q.remarks=a&go=next",
    )
    .unwrap();
    assert_eq!(status, 303);
    assert!(request(server.port, "GET", "/readyz", "").is_some_and(|(status, _)| status == 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn o8_sighup_ends_nothing_the_access_log_holds_no_secret_and_sigterm_ends_in_time() {
    let place = place(crate::app::own_schema().await);
    let metrics = free_port();
    let listen = format!("127.0.0.1:{metrics}");
    let settings = [
        ("KAIRAN_LOG_ACCESS", "true"),
        ("KAIRAN_SERVER_METRICS_LISTEN", listen.as_str()),
    ];
    let server = serve(&place, "", &settings);
    server.signal("HUP");
    assert!(wait(Duration::from_secs(5), || server.logged("SIGHUP")), "it is told");
    for (path, expected) in [
        ("/sign-in?next=/secret-query", 200),
        ("/r/AbCdEfGhIjKlMnOpQrStUv", 404),
        ("/AbCdEfGhIjKlMnOpQrStUv", 404),
        ("/setup/AbCdEfGhIjKlMnOpQrStUv", 410),
    ] {
        let (status, _) = request(server.port, "GET", path, "").unwrap();
        assert_eq!(status, expected, "{path}");
    }
    let logged = wait(Duration::from_secs(5), || {
        [
            "path=\"/sign-in\"",
            "path=\"/r/{token}\"",
            "path=\"/setup/{token}\"",
            "path=\"(no page)\"",
        ]
        .iter()
        .all(|text| server.logged(text))
    });
    assert!(logged, "{:#?}", server.log.lock().unwrap());
    assert!(!server.logged("AbCdEf") && !server.logged("secret-query"));

    let (status, page) = request(metrics, "GET", "/metrics", "").unwrap();
    assert_eq!(status, 200);
    for line in [
        "# TYPE kairan_database_statements_total counter",
        "# TYPE kairan_commit_failures_total counter",
        "# TYPE kairan_request_seconds histogram",
        "kairan_request_seconds_count{route=\"/r/{token}\",status=\"4xx\"} 1",
        "kairan_mails_waiting 0",
        "kairan_mails_oldest_seconds 0",
        "kairan_jobs_failing 0",
        "kairan_jobs_due ",
        "kairan_database_up 1",
        "kairan_build_info{version=\"",
    ] {
        assert!(page.contains(line), "{line} is missing: {page}");
    }

    // A request that never comes to its end.
    let mut hangs = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    hangs
        .write_all(b"POST /code HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ncode=")
        .unwrap();
    let _idle = silent(server.port, 3);
    assert!(server.stop() < Duration::from_secs(15));
}
