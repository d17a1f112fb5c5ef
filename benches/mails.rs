//! Mails a second through the ledger to Postfix's smtp-sink, against Postfix's smtp-source sending the same bytes.

use crate::process::{Server, free_port};
use crate::relay::{self, Manners};
use crate::respondents::{app, invited_with};
use crate::{Line, ROUNDS, median};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const MAILS: usize = 12_000;
/// Connections to the sink, of either.
const LINES: usize = 100;

/// A program of Debian's package postfix, which keeps them out of PATH.
fn postfix(program: &str) -> Option<PathBuf> {
    ["/usr/sbin", "/usr/bin", "/usr/local/sbin"]
        .iter()
        .map(|dir| Path::new(dir).join(program))
        .find(|path| path.exists())
}

struct Sink {
    child: Child,
    port: u16,
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sink {
    fn start(program: &Path) -> anyhow::Result<Sink> {
        let port = free_port()?;
        let mut command = Command::new(program);
        // Root may not run it as root.
        if std::fs::metadata("/proc/self")
            .map(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
            .unwrap_or(false)
        {
            command.args(["-u", "nobody"]);
        }
        let child = command
            .arg(format!("127.0.0.1:{port}"))
            .arg("1000")
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        for _ in 0..500 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Sink { child, port })
    }
}

/// smtp-source's rate with the mail in `file`.
fn source(program: &Path, sink: &Sink, file: &Path) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let done = Command::new(program)
        .args(["-d", "-s", &LINES.to_string(), "-m", &MAILS.to_string()])
        .args(["-f", "security@sample.example", "-t", "a@s.example", "-F"])
        .arg(file)
        .arg(format!("127.0.0.1:{}", sink.port))
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(done.success(), "smtp-source failed");
    Ok(MAILS as f64 / begun.elapsed().as_secs_f64())
}

/// How fast a server with the queue in `data` sends it, and its processor time a mail in milliseconds.
async fn kairan(data: &Path, sink: &Sink, settings: &[(&str, String)]) -> anyhow::Result<(f64, f64)> {
    let database =
        rusqlite::Connection::open_with_flags(data.join("kairan.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let waiting = || -> anyhow::Result<usize> {
        let sql = "SELECT COUNT(*) FROM deliveries WHERE state IN ('queued', 'deferred', 'leased')";
        Ok(database.query_row(sql, [], |r| r.get::<_, i64>(0))? as usize)
    };
    let mut all: Vec<(&str, String)> = vec![
        ("KAIRAN_MAIL_SMTP_URL", format!("smtp://127.0.0.1:{}", sink.port)),
        ("KAIRAN_MAIL_FROM", "security@sample.example".into()),
        ("KAIRAN_MAIL_CONNECTIONS", LINES.to_string()),
    ];
    all.extend(settings.iter().cloned());
    let server = Server::kairan_with(data, None, &all)?;
    // From the first mails on: the start isn't counted.
    let (mut first, mut begun, mut cpu) = (waiting()?, Instant::now(), server.cpu_ms()?);
    while first > MAILS - MAILS / 10 {
        std::thread::sleep(Duration::from_millis(5));
        (first, begun, cpu) = (waiting()?, Instant::now(), server.cpu_ms()?);
    }
    loop {
        let left = waiting()?;
        if left == 0 {
            let took = begun.elapsed().as_secs_f64();
            return Ok((first as f64 / took, (server.cpu_ms()? - cpu) / first as f64));
        }
        anyhow::ensure!(begun.elapsed() < Duration::from_secs(120), "{left} mails don't go");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub async fn send(json: bool) -> anyhow::Result<()> {
    let (Some(sink), Some(source_program)) = (postfix("smtp-sink"), postfix("smtp-source")) else {
        eprintln!("smtp-sink and smtp-source are missing: mail_send is left out. On Debian: apt install postfix");
        return Ok(());
    };
    let prepared = tempfile::tempdir()?;
    let made = app(prepared.path(), None).await?;
    invited_with(&made, MAILS, true).await?;
    let sample = prepared.path().join("sample.eml");
    // The same bytes: one of the mails that will be sent.
    kairan::deliveries::write_next(&made, &sample).await?;
    drop(made);
    let sink = Sink::start(&sink)?;
    let key = |name: &str, arguments: &[&str]| -> anyhow::Result<PathBuf> {
        let file = prepared.path().join(name);
        let mut openssl = Command::new("openssl");
        openssl.arg("genpkey").args(arguments).arg("-out").arg(&file);
        anyhow::ensure!(
            openssl.stderr(Stdio::null()).status()?.success(),
            "openssl makes no key"
        );
        Ok(file)
    };
    let ed25519 = key("ed25519.pem", &["-algorithm", "ed25519"])?;
    let rsa = key("rsa.pem", &["-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"])?;
    let bare = bare_signing(&rsa, &sample)?;
    for (name, key, signing) in [
        ("mail_send", None, None),
        ("mail_send_ed25519", Some(&ed25519), None),
        ("mail_send_rsa", Some(&rsa), Some(bare)),
    ] {
        let mut settings = Vec::new();
        if let Some(key) = key {
            settings.push(("KAIRAN_MAIL_DKIM_KEY", key.display().to_string()));
            settings.push(("KAIRAN_MAIL_DKIM_SELECTOR", "k1".to_owned()));
        }
        let against = (source_program.as_path(), &sink);
        measure(name, &settings, signing, (prepared.path(), &sample), against)
            .await?
            .print(json);
    }
    Ok(())
}

/// Mails against a relay that refuses some of them.
const REFUSABLE: usize = 1_000;
/// How many are on their way before the time is taken: the start isn't counted.
const WARM: usize = 50;

/// Refuses every fifth recipient because of us.
struct EveryFifth(AtomicUsize);

impl Manners for EveryFifth {
    fn recipient(&self, address: &str) -> String {
        match self.0.fetch_add(1, Ordering::Relaxed) % 5 {
            4 => format!("550 5.7.1 <{address}>: Recipient address rejected: Access denied"),
            _ => "250 ok".into(),
        }
    }
}

/// How many mails a second arrive, of `expected`, from a copy of the queue in `prepared`.
fn arriving(prepared: &Path, sink: &relay::Sink, expected: usize) -> anyhow::Result<f64> {
    let data = tempfile::tempdir()?;
    copy_queue(prepared, data.path())?;
    let settings = [
        ("KAIRAN_MAIL_SMTP_URL", sink.url()),
        ("KAIRAN_MAIL_FROM", "security@sample.example".to_owned()),
    ];
    let _server = Server::kairan_with(data.path(), None, &settings)?;
    let started = Instant::now();
    let wait = |count: usize| -> anyhow::Result<Instant> {
        while sink.count() < count {
            anyhow::ensure!(
                started.elapsed() < Duration::from_secs(300),
                "{} mails arrived",
                sink.count()
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Instant::now())
    };
    let begun = wait(WARM)?;
    let ended = wait(expected)?;
    Ok((expected - WARM) as f64 / (ended - begun).as_secs_f64())
}

/// The four fifths that a relay takes, against the same relay taking all, with the connections of a fresh installation.
pub async fn refused(json: bool) -> anyhow::Result<()> {
    let prepared = tempfile::tempdir()?;
    let made = app(prepared.path(), None).await?;
    invited_with(&made, REFUSABLE, true).await?;
    drop(made);
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let all = arriving(prepared.path(), &relay::Sink::start(relay::Polite), REFUSABLE)?;
        let relay = relay::Sink::start(EveryFifth(AtomicUsize::new(0)));
        let some = arriving(prepared.path(), &relay, REFUSABLE / 5 * 4)?;
        if round > 0 {
            limit.push(all);
            ours.push(some);
        }
    }
    let note = "every fifth recipient refused with 5.7.1; limit: the same relay takes all";
    Line::against("mail_send_fifth_refused", median(ours), "mails/s", median(limit), note).print(json);
    Ok(())
}

/// How often a second two cores sign the mail in `file` and do nothing else.
fn bare_signing(key: &Path, file: &Path) -> anyhow::Result<f64> {
    let signer = kairan::mail::Dkim::load(key, "sample.example", "k1")?;
    let mail = std::fs::read(file)?;
    let cores = std::thread::available_parallelism()?.get();
    let begun = Instant::now();
    let time = Duration::from_secs(2);
    let signed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    let mut signed = 0;
                    while begun.elapsed() < time && signer.sign(&mail).is_ok() {
                        signed += 1;
                    }
                    signed
                })
            })
            .collect();
        threads.into_iter().filter_map(|t| t.join().ok()).sum()
    });
    Ok(signed as f64 / begun.elapsed().as_secs_f64())
}

/// Copies the database and the secret of a data directory that nobody uses.
fn copy_queue(from: &Path, to: &Path) -> anyhow::Result<()> {
    for name in ["kairan.db", "kairan.db-wal", "secret.key"] {
        let file = from.join(name);
        if file.exists() {
            std::fs::copy(file, to.join(name))?;
        }
    }
    Ok(())
}

/// Kairan with these settings against smtp-source, or against `limit`.
async fn measure(
    name: &str,
    settings: &[(&str, String)],
    limit: Option<f64>,
    (prepared, sample): (&Path, &Path),
    (source_program, sink): (&Path, &Sink),
) -> anyhow::Result<Line> {
    let signing = limit;
    let (mut ours, mut cpu, mut limit) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let data = tempfile::tempdir()?;
        copy_queue(prepared, data.path())?;
        let bare = match signing {
            Some(bare) => bare,
            None => source(source_program, sink, sample)?,
        };
        let (rate, spent) = kairan(data.path(), sink, settings).await?;
        if round > 0 {
            limit.push(bare);
            ours.push(rate);
            cpu.push(spent);
        }
    }
    let against = match signing {
        Some(_) => "signing alone on all cores",
        None => "smtp-source -d to the same smtp-sink",
    };
    let note = format!(
        "{LINES} connections, {} bytes a mail, {:.3} CPU-ms a mail; limit: {against}",
        std::fs::metadata(sample)?.len(),
        median(cpu)
    );
    Ok(Line::against(name, median(ours), "mails/s", median(limit), &note))
}
