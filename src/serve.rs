//! The listener: a connection is given up when nothing comes over it any more, and there are never more than the system has
//! files for.
//!
//! - A head has to come within 15 seconds, also where it comes byte by byte. Between two requests a connection may rest for
//!   130 seconds, which is longer than reverse proxies keep theirs, so that they close first.
//! - A body may pause for 20 seconds, and after half a minute it has to have come at 4 kB a second: a list of 20 MB has more
//!   than an hour, and a connection can't be held by a trickle. What is too slow is answered 408.
//! - A response has to get on within 130 seconds. A live page writes a sign of life every 15.
//! - Where the limit is reached, whoever has been silent for longest makes room; where nobody is silent, the newcomer is
//!   answered 503 with Retry-After.
//!
//! One task looks at all connections once a second, and a connection keeps its own marks by plain stores: a request costs no
//! timer and no lock.

use crate::app::App;
use crate::web::i18n::{Locale, Tr};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use futures_util::task::AtomicWaker;
use http::{HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// How long requests in hand may take after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Seconds for a request's head.
const HEAD: u32 = 15;
/// Seconds without a byte in either direction.
const IDLE: u32 = 130;
/// How long a body may pause.
const CHUNK: Duration = Duration::from_secs(20);
/// How long a body may take however little of it comes.
const BODY: Duration = Duration::from_secs(30);
/// Bytes a second that a body has to come with after that, on the whole.
const LEAST_RATE: f64 = 4_096.0;
/// The largest head, and the largest piece of a body that is read at once.
const BUFFER: usize = 64 * 1024;
/// How many are told at once that there is no room; others are hung up on.
const REFUSALS: usize = 64;
/// Files that are kept for the database, mail, the mailbox and letters.
const OTHER_FILES: u64 = 200;
/// More connections than this are not held by default.
const DEFAULT_CONNECTIONS: u64 = 4_096;

/// What a listener allows.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many connections are open at once.
    pub connections: usize,
    /// How long requests in hand may take after `stop`.
    pub grace: Duration,
    /// What somebody reads for whom there is no room.
    pub busy: String,
    /// What somebody reads whose request came too slowly.
    pub slow: String,
}

/// Raises the number of files that this process may have open to what the system allows; how many that is.
pub fn raise_file_limit() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(1 << 20);
    if limit.current.is_some_and(|current| current < most) {
        let raised = Rlimit {
            current: Some(most),
            maximum: limit.maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            return most;
        }
    }
    limit.current.unwrap_or(most)
}

/// How many connections are held: what is configured, else what `files` leave; never more than those.
pub fn connections(configured: usize, files: u64) -> usize {
    let room = files.saturating_sub(OTHER_FILES).max(16);
    let wanted = match configured {
        0 => DEFAULT_CONNECTIONS,
        some => some as u64,
    };
    usize::try_from(wanted.min(room)).unwrap_or(usize::MAX)
}

/// What is configured, with words in the organisation's language. `files`: how many this process may have open.
pub fn limits(app: &App, files: u64) -> Limits {
    let t = Tr(Locale::or_english(&app.config.organisation.language));
    Limits {
        connections: connections(app.config.server.connections, files),
        grace: GRACE,
        busy: t.t("listener-busy").into_owned(),
        slow: t.t("listener-too-slow").into_owned(),
    }
}

/// Goes on as it is.
const NOTHING: u8 = 0;
/// Ends after the request in hand.
const DRAIN: u8 = 1;
/// Ends at once.
const CLOSE: u8 = 2;

/// The marks of one connection. Times are seconds since the listener began, counted from 1; 0 is never.
struct Line {
    number: u64,
    born: u32,
    /// When the last byte came or went.
    moved: AtomicU32,
    /// When the head began that hasn't come in whole.
    head_since: AtomicU32,
    /// Whether a handler works.
    works: AtomicBool,
    /// Whether a request has come.
    served: AtomicBool,
    order: AtomicU8,
    waker: AtomicWaker,
}

impl Line {
    fn tell(&self, order: u8) {
        self.order.fetch_max(order, Ordering::Relaxed);
        self.waker.wake();
    }

    fn is_overdue(&self, now: u32) -> bool {
        if self.works.load(Ordering::Relaxed) {
            return false;
        }
        let head = match self.served.load(Ordering::Relaxed) {
            false => self.born,
            true => self.head_since.load(Ordering::Relaxed),
        };
        (head != 0 && now.saturating_sub(head) > HEAD) || now.saturating_sub(self.moved.load(Ordering::Relaxed)) > IDLE
    }

    /// The smallest makes room first; None: it is being served.
    fn expendable(&self, now: u32) -> Option<(u8, u32, u64)> {
        if self.works.load(Ordering::Relaxed) || self.order.load(Ordering::Relaxed) == CLOSE {
            return None;
        }
        let moved = self.moved.load(Ordering::Relaxed);
        // Silent for a second and never a request; silent between requests; just come; just served.
        let class = match (moved < now, self.served.load(Ordering::Relaxed)) {
            (true, false) => 0,
            (true, true) => 1,
            (false, false) => 2,
            (false, true) => 3,
        };
        Some((class, moved, self.number))
    }
}

/// All connections of a listener.
struct Lines {
    open: Mutex<HashMap<u64, Arc<Line>>>,
    seconds: AtomicU32,
    emptied: Notify,
}

impl Lines {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Line>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u32 {
        self.seconds.load(Ordering::Relaxed)
    }

    fn enter(self: &Arc<Self>, number: u64) -> Entry {
        let now = self.now();
        let line = Arc::new(Line {
            number,
            born: now,
            moved: AtomicU32::new(now),
            head_since: AtomicU32::new(0),
            works: AtomicBool::new(false),
            served: AtomicBool::new(false),
            order: AtomicU8::new(NOTHING),
            waker: AtomicWaker::new(),
        });
        self.all().insert(number, line.clone());
        Entry {
            line,
            lines: self.clone(),
        }
    }

    /// Has the most expendable connection make room; false where all are being served.
    fn make_room(&self) -> bool {
        let now = self.now();
        let lines = self.all();
        let least = lines
            .values()
            .filter_map(|line| Some((line.expendable(now)?, line)))
            .min_by_key(|(rank, _)| *rank);
        match least {
            Some((_, line)) => {
                line.tell(CLOSE);
                true
            }
            None => false,
        }
    }

    fn tell_all(&self, order: u8) {
        self.all().values().for_each(|line| line.tell(order));
    }
}

/// A connection's place, until it is dropped.
struct Entry {
    line: Arc<Line>,
    lines: Arc<Lines>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut open = self.lines.all();
        open.remove(&self.line.number);
        if open.is_empty() {
            self.lines.emptied.notify_waiters();
        }
    }
}

/// Serves until `stop`; then takes nobody in, finishes what is in hand, and hangs up on the rest after the grace.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let lines = Arc::new(Lines {
        open: Mutex::default(),
        seconds: AtomicU32::new(1),
        emptied: Notify::new(),
    });
    let watch = tokio::spawn(watch(lines.clone()));
    let limits = Arc::new(limits);
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                // Those that hang up at once are no trouble of ours; where there are no files left, somebody makes room.
                if !matches!(
                    e.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) {
                    static TROUBLE: crate::quiet::Quiet = crate::quiet::Quiet::new();
                    if let Some(left_out) = TROUBLE.may_speak() {
                        tracing::error!(error = %e, left_out, "A connection can't be taken in; trying again.");
                    }
                    lines.make_room();
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let full = lines.all().len() >= limits.connections;
        if full && !lines.make_room() {
            static FULL: crate::quiet::Quiet = crate::quiet::Quiet::new();
            if let Some(left_out) = FULL.may_speak() {
                let connections = limits.connections;
                tracing::warn!(
                    connections,
                    left_out,
                    "All connections are in use. See server.connections."
                );
            }
            if let Ok(permit) = refusals.clone().try_acquire_owned() {
                let limits = limits.clone();
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(Duration::from_secs(2), refuse(stream, &limits.busy)).await;
                    drop(permit);
                });
            }
            continue;
        }
        number += 1;
        let entry = lines.enter(number);
        tokio::spawn(connection(stream, peer, entry, router.clone(), limits.clone()));
    }
    drop(listener);
    lines.tell_all(DRAIN);
    let emptied = async {
        loop {
            let mut last = pin!(lines.emptied.notified());
            last.as_mut().enable();
            if lines.all().is_empty() {
                break;
            }
            last.await;
        }
    };
    if tokio::time::timeout(limits.grace, emptied).await.is_err() {
        tracing::warn!("Requests took too long after the server was asked to stop; they are broken off.");
        lines.tell_all(CLOSE);
    }
    watch.abort();
}

async fn watch(lines: Arc<Lines>) {
    let begun = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = u32::try_from(begun.elapsed().as_secs() + 1).unwrap_or(u32::MAX);
        lines.seconds.store(now, Ordering::Relaxed);
        for line in lines.all().values().filter(|line| line.is_overdue(now)) {
            line.tell(CLOSE);
        }
    }
}

/// Tells a newcomer that there is no room, and waits until it has read so.
async fn refuse(mut stream: TcpStream, words: &str) -> io::Result<()> {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Cache-Control: no-store\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{words}\n",
        words.len() + 1
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // What came is read, or else the system would throw away the answer with it.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

async fn connection(stream: TcpStream, peer: SocketAddr, entry: Entry, router: Router, limits: Arc<Limits>) {
    let (line, lines) = (entry.line.clone(), entry.lines.clone());
    let io = TokioIo::new(Watched {
        stream,
        line: line.clone(),
        lines: lines.clone(),
    });
    let service = hyper::service::service_fn(|request: http::Request<Incoming>| {
        answer(request, peer, &line, &lines, router.clone(), limits.clone())
    });
    let served = hyper::server::conn::http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(BUFFER)
        .serve_connection(io, service);
    let mut served = pin!(served);
    let mut draining = false;
    // How it ended is the visitor's business: most hang up.
    poll_fn(|cx| {
        entry.line.waker.register(cx.waker());
        match entry.line.order.load(Ordering::Relaxed) {
            CLOSE => return Poll::Ready(()),
            DRAIN if !draining => {
                draining = true;
                served.as_mut().graceful_shutdown();
            }
            _ => {}
        }
        served.as_mut().poll(cx).map(|_| ())
    })
    .await;
}

/// One request.
fn answer(
    request: http::Request<Incoming>,
    peer: SocketAddr,
    line: &Arc<Line>,
    lines: &Arc<Lines>,
    mut router: Router,
    limits: Arc<Limits>,
) -> impl Future<Output = Result<http::Response<Body>, Infallible>> + Send + use<> {
    line.head_since.store(0, Ordering::Relaxed);
    line.served.store(true, Ordering::Relaxed);
    line.works.store(true, Ordering::Relaxed);
    let works = Works(line.clone(), lines.clone());
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(ConnectInfo(peer));
    let (body, slow) = match http_body::Body::is_end_stream(&body) {
        true => (Body::empty(), None),
        false => {
            let slow = Arc::new(AtomicBool::new(false));
            (Body::new(Paced::new(body, slow.clone())), Some(slow))
        }
    };
    let answered = router.call(http::Request::from_parts(parts, body));
    async move {
        let response = answered.await;
        drop(works);
        match slow {
            Some(slow) if slow.load(Ordering::Relaxed) => {
                let mut response = http::Response::new(Body::from(format!("{}\n", limits.slow)));
                *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
                let headers = response.headers_mut();
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
                headers.insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/plain; charset=utf-8"),
                );
                Ok(response)
            }
            _ => response,
        }
    }
}

/// A handler works, until it is dropped.
struct Works(Arc<Line>, Arc<Lines>);

impl Drop for Works {
    fn drop(&mut self) {
        self.0.moved.store(self.1.now(), Ordering::Relaxed);
        self.0.works.store(false, Ordering::Relaxed);
    }
}

/// A stream that leaves its marks.
struct Watched {
    stream: TcpStream,
    line: Arc<Line>,
    lines: Arc<Lines>,
}

impl Watched {
    fn moved(&self) {
        self.line.moved.store(self.lines.now(), Ordering::Relaxed);
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.moved();
            let line = &self.line;
            if !line.works.load(Ordering::Relaxed) && line.head_since.load(Ordering::Relaxed) == 0 {
                line.head_since.store(self.lines.now(), Ordering::Relaxed);
            }
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if written.is_ready() {
            self.moved();
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        if written.is_ready() {
            self.moved();
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A body that fails where it comes too slowly. A body that is there already costs no timer.
struct Paced {
    body: Incoming,
    begun: Instant,
    received: u64,
    /// Set while it is waited for a piece.
    timer: Option<Pin<Box<Sleep>>>,
    slow: Arc<AtomicBool>,
}

impl Paced {
    fn new(body: Incoming, slow: Arc<AtomicBool>) -> Paced {
        Paced {
            body,
            begun: Instant::now(),
            received: 0,
            timer: None,
            slow,
        }
    }
}

/// By when the next piece has to come of a body that began at `begun`.
fn due(begun: Instant, now: Instant, received: u64) -> Instant {
    let whole = begun + BODY + Duration::from_secs_f64(received as f64 / LEAST_RATE);
    (now + CHUNK).min(whole)
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                self.timer = None;
                if let Some(Ok(frame)) = &frame {
                    self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                let by = due(self.begun, Instant::now(), self.received);
                let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(by)));
                if timer.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.slow.store(true, Ordering::Relaxed);
                Poll::Ready(Some(Err("the body came too slowly".into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest() {
        assert_eq!(connections(0, 1024), 824);
        assert_eq!(connections(0, 1 << 20), 4_096);
        assert_eq!(connections(500, 1 << 20), 500);
        assert_eq!(connections(50_000, 1024), 824);
        assert_eq!(connections(0, 100), 16);
    }

    #[test]
    fn a_large_list_has_time_on_a_slow_line_and_a_trickle_has_not() {
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(due(begun, begun, 0), after(20));
        assert_eq!(
            due(begun, after(29), 3),
            begun + BODY + Duration::from_secs_f64(3.0 / 4096.0)
        );
        // 20 MB at 8 kB a second: after 40 minutes, still the next piece is waited for.
        assert_eq!(due(begun, after(2_400), 2_400 * 8_192), after(2_420));
    }

    fn line(served: bool, born: u32, moved: u32, head_since: u32) -> Line {
        Line {
            number: u64::from(born),
            born,
            moved: AtomicU32::new(moved),
            head_since: AtomicU32::new(head_since),
            works: AtomicBool::new(false),
            served: AtomicBool::new(served),
            order: AtomicU8::new(NOTHING),
            waker: AtomicWaker::new(),
        }
    }

    #[test]
    fn a_head_has_fifteen_seconds_and_a_pause_two_minutes() {
        assert!(!line(false, 1, 1, 0).is_overdue(16));
        assert!(line(false, 1, 1, 0).is_overdue(17));
        // Byte by byte.
        assert!(line(false, 1, 16, 3).is_overdue(17));
        assert!(line(true, 1, 99, 83).is_overdue(99));
        // Between two requests.
        assert!(!line(true, 1, 100, 0).is_overdue(100 + IDLE));
        assert!(line(true, 1, 100, 0).is_overdue(101 + IDLE));
        let working = line(true, 1, 1, 0);
        working.works.store(true, Ordering::Relaxed);
        assert!(!working.is_overdue(10_000));
        assert_eq!(working.expendable(10_000), None);
    }

    #[test]
    fn whoever_never_asked_makes_room_first() {
        let now = 50;
        let mut all = [
            line(true, 1, 50, 0),
            line(false, 49, 50, 0),
            line(true, 2, 10, 0),
            line(false, 48, 48, 0),
            line(false, 40, 40, 0),
        ];
        all.sort_by_key(|line| line.expendable(now));
        assert_eq!(all.map(|line| line.born), [40, 48, 2, 49, 1]);
    }
}
