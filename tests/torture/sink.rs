//! An SMTP server that keeps what it takes, and replies as it is told.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A mail that the sink took: from the envelope, and as it came over the wire, without the final dot.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
}

/// A reply that never comes: the line stands until the client goes.
pub const NEVER: &str = "never";

/// What the sink replies; "" ends the connection without a word, [`NEVER`] keeps it.
pub trait Manners: Send + Sync + 'static {
    fn greet(&self) -> String {
        "220 sink.example".into()
    }
    fn hello(&self) -> String {
        "250 ok".into()
    }
    fn sender(&self, _address: &str) -> String {
        "250 ok".into()
    }
    fn data(&self) -> String {
        "354 go on".into()
    }
    fn leave(&self) -> String {
        "221 bye".into()
    }
    fn recipient(&self, _address: &str) -> String {
        "250 ok".into()
    }
    /// After a mail's end, which is written down already where `takes` says so.
    fn end(&self, _mail: &Taken) -> String {
        "250 2.0.0 taken".into()
    }
    fn takes(&self, _mail: &Taken) -> bool {
        true
    }
}

/// Takes everything.
pub struct Polite;
impl Manners for Polite {}

pub struct Sink {
    pub port: u16,
    record: Arc<Mutex<Vec<Taken>>>,
}

impl Sink {
    pub fn start(manners: impl Manners) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let record = Arc::<Mutex<Vec<Taken>>>::default();
        let (kept, manners) = (record.clone(), Arc::new(manners));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (record, manners) = (kept.clone(), manners.clone());
                std::thread::spawn(move || drop(talk(stream, &record, &*manners)));
            }
        });
        Sink { port, record }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// How many mails it took.
    pub fn count(&self) -> usize {
        self.record.lock().unwrap().len()
    }

    /// What it took, in that order.
    pub fn taken(&self) -> Vec<Taken> {
        self.record.lock().unwrap().clone()
    }
}

fn talk(stream: TcpStream, record: &Mutex<Vec<Taken>>, manners: &dyn Manners) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut silent = stream.try_clone()?;
    let mut reply = |words: String| match words.as_str() {
        "" => Err(std::io::ErrorKind::ConnectionAborted.into()),
        NEVER => {
            std::io::copy(&mut silent, &mut std::io::sink())?;
            Err(std::io::ErrorKind::ConnectionAborted.into())
        }
        words => out.write_all(format!("{words}\r\n").as_bytes()),
    };
    let mut lines = BufReader::new(stream);
    let (mut from, mut to, mut line) = (String::new(), Vec::new(), Vec::new());
    reply(manners.greet())?;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim_end().to_owned();
        let address = || command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let verb = command.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "MAIL" => {
                (from, to) = (address(), Vec::new());
                reply(manners.sender(&from))?;
            }
            "RCPT" => {
                let said = manners.recipient(&address());
                if said.starts_with('2') {
                    to.push(address());
                }
                reply(said)?;
            }
            "DATA" => {
                let said = manners.data();
                let goes_on = said.starts_with('3');
                reply(said)?;
                if !goes_on {
                    continue;
                }
                let mut bytes = Vec::new();
                loop {
                    line.clear();
                    if lines.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                    // RFC 5321 §4.5.2: a dot that begins a line was doubled on the way.
                    bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                }
                let mail = Taken {
                    from: from.clone(),
                    to: std::mem::take(&mut to),
                    bytes,
                };
                if manners.takes(&mail) {
                    record.lock().unwrap().push(mail.clone());
                }
                reply(manners.end(&mail))?;
            }
            "EHLO" | "HELO" => reply(manners.hello())?,
            "RSET" | "NOOP" => reply("250 ok".into())?,
            "QUIT" => return reply(manners.leave()),
            _ => reply("502 what?".into())?,
        }
    }
}
