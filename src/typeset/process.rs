//! The server's side: processes are started when there is work, kept a while for more, and ended.

use super::wire::{self, DOCUMENT, LONGEST};
use super::{Failure, MEMORY_MIB, Order, Work};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

/// How long a process waits for more work before it is ended: a campaign's letters come one after the other.
const REST: Duration = Duration::from_secs(15);

/// Has documents made, as many at once as there are processors.
#[derive(Clone)]
pub struct Typesetter(Arc<Inner>);

struct Inner {
    program: PathBuf,
    places: Semaphore,
    resting: Mutex<Vec<(Process, Instant)>>,
}

struct Process {
    /// Killed when it is dropped.
    _child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Typesetter {
    /// By `program typeset`; as a rule `program` is the server's own. It is looked for when it is needed.
    pub fn new(program: PathBuf) -> Typesetter {
        let places = std::thread::available_parallelism().map_or(1, usize::from);
        Typesetter(Arc::new(Inner {
            program,
            places: Semaphore::new(places),
            resting: Mutex::default(),
        }))
    }

    /// The PDF.
    ///
    /// # Errors
    /// What is wrong with the template or the fonts, or that the work was too long or too large. Waiting for a place is
    /// not part of its time.
    pub async fn typeset(&self, work: &Work) -> Result<Vec<u8>, Failure> {
        let not_started = |e: &dyn std::fmt::Display| Failure::NotStarted { reason: e.to_string() };
        let _place = self.0.places.acquire().await.map_err(|e| not_started(&e))?;
        let order = Order {
            fonts: work.fonts.clone(),
            at: work.at.as_second(),
            name: work.name.clone(),
        };
        let message = wire::order(&order, &work.files).map_err(|e| not_started(&e))?;
        let mut process = match self.rested() {
            Some(process) => process,
            None => Process::start(&self.0.program).map_err(|e| not_started(&e))?,
        };
        match tokio::time::timeout(work.time, process.turn(&message)).await {
            Err(_) => Err(Failure::TooLong {
                seconds: work.time.as_secs(),
            }),
            Ok(Err(_)) => Err(Failure::BrokeOff { mib: MEMORY_MIB }),
            Ok(Ok((sign, bytes))) => {
                self.rest(process);
                match sign {
                    DOCUMENT => Ok(bytes),
                    _ => Err(serde_json::from_slice(&bytes).unwrap_or(Failure::BrokeOff { mib: MEMORY_MIB })),
                }
            }
        }
    }

    fn rested(&self) -> Option<Process> {
        let mut resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.pop().map(|(process, _)| process)
    }

    fn rest(&self, process: Process) {
        let mut resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.push((process, Instant::now()));
        let weak = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(REST).await;
            if let Some(inner) = weak.upgrade() {
                let mut resting = inner.resting.lock().unwrap_or_else(PoisonError::into_inner);
                resting.retain(|(_, since)| since.elapsed() < REST);
            }
        });
    }
}

impl Process {
    fn start(program: &std::path::Path) -> std::io::Result<Process> {
        let mut child = Command::new(program)
            .arg("typeset")
            // Nothing of the server's surroundings: its environment may hold secrets.
            .env_clear()
            // One processor for each process, so that the others serve pages.
            .env("RAYON_NUM_THREADS", "1")
            // The allocator would set aside a gigabyte at once, which is all that the process may have.
            .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or(std::io::ErrorKind::BrokenPipe)?;
        Ok(Process {
            _child: child,
            input,
            output,
        })
    }

    async fn turn(&mut self, message: &[u8]) -> std::io::Result<(u8, Vec<u8>)> {
        self.input.write_all(message).await?;
        let sign = self.output.read_u8().await?;
        let length = self.output.read_u64().await?;
        if length > LONGEST {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut bytes = vec![0; length as usize];
        self.output.read_exact(&mut bytes).await?;
        Ok((sign, bytes))
    }
}
