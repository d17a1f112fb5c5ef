//! A server in a process of its own, and what the system says of it (Linux: proc(5)).

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    child: Child,
    pub port: u16,
    /// From its start until it answered.
    pub ready: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Server {
    /// Starts `command`, which listens on `port`, and waits until it does.
    pub fn start(mut command: Command, port: u16) -> anyhow::Result<Server> {
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut server = Server {
            child,
            port,
            ready: Duration::ZERO,
        };
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            anyhow::ensure!(server.child.try_wait()?.is_none(), "the server ended at once");
            anyhow::ensure!(begun.elapsed() < Duration::from_secs(60), "the server doesn't answer");
            std::thread::sleep(Duration::from_millis(2));
        }
        server.ready = begun.elapsed();
        Ok(server)
    }

    /// The build that KAIRAN_BENCH_BINARY names, so that two can be compared, else this one.
    pub fn kairan(data: &Path, database: Option<&str>) -> anyhow::Result<Server> {
        Server::kairan_with(data, database, &[])
    }

    /// As [`Server::kairan`], with settings as variables of the environment.
    pub fn kairan_with(data: &Path, database: Option<&str>, settings: &[(&str, String)]) -> anyhow::Result<Server> {
        let port = free_port()?;
        let binary = std::env::var("KAIRAN_BENCH_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_kairan").to_owned());
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .args([
                "--listen",
                &format!("127.0.0.1:{port}"),
                "--base-url",
                "http://localhost",
            ])
            .arg("--data")
            .arg(data)
            .env_remove("KAIRAN_BENCH_DATABASE")
            .env_remove("KAIRAN_BENCH_BINARY")
            .env("KAIRAN_LOG_LEVEL", "error")
            .envs(settings.iter().map(|(name, value)| (name, value)));
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        Server::start(command, port)
    }

    /// Milliseconds of processor time so far, user and system.
    pub fn cpu_ms(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        // The kernel counts in USER_HZ, which is 100 on every Linux.
        Ok(ticks as f64 * 10.0)
    }

    /// Proportional set size in MiB.
    pub fn pss_mib(&self) -> anyhow::Result<f64> {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = rollup.lines().find_map(|l| l.strip_prefix("Pss:")).unwrap_or("0");
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1024.0)
    }
}
