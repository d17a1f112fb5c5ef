//! The stream to a relay, as lettre is to see it: replies in lines of a length that it takes, in valid UTF-8.
//!
//! lettre gives up on a reply line longer than 1,000 bytes and on one that isn't UTF-8; the connection is then of no use, and
//! after a mail's end nobody knows whether the relay has it. Long lines and words in Shift_JIS are a relay's mood and no
//! reason to doubt: the code stands at the beginning of the line.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much of a line is passed on, in bytes; the rest is read and dropped.
const LINE: usize = 800;
/// How many lines of one reply are passed on, besides its last.
const LINES: usize = 50;
/// The end of a mail's content (RFC 5321 §4.1.1.4), which lettre writes by itself.
const END: &[u8] = b"\r\n.\r\n";

/// A plain or encrypted connection.
pub trait Connection: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug> Connection for T {}

/// See the module. What is written passes unchanged.
#[derive(Debug)]
pub struct Stream {
    inner: Box<dyn Connection>,
    peer: SocketAddr,
    replies: Replies,
    /// Set as soon as any of a mail's end may have been written: before that the relay can't have the mail.
    ended: Arc<AtomicBool>,
}

impl Stream {
    pub fn new(inner: Box<dyn Connection>, peer: SocketAddr, ended: Arc<AtomicBool>) -> Stream {
        Stream {
            inner,
            peer,
            replies: Replies::default(),
            ended,
        }
    }

    /// Lets `reply` be read first, as if the relay had said it now.
    pub fn after(mut self, reply: &str) -> Stream {
        self.replies.take(format!("{reply}\r\n").as_bytes());
        self
    }
}

impl AsyncTokioStream for Stream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut chunk = [0; 2048];
        while this.replies.ready.is_empty() {
            let mut read = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.replies.take(read.filled());
        }
        let some = this.replies.ready.len().min(into.remaining());
        into.put_slice(&this.replies.ready[..some]);
        this.replies.ready.drain(..some);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if bytes == END {
            self.ended.store(true, Ordering::Relaxed);
        }
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Cuts what arrives into lines, and keeps of each what is passed on.
#[derive(Debug, Default)]
struct Replies {
    /// The line that hasn't ended, without what was dropped of it.
    line: Vec<u8>,
    /// How many lines of this reply went by.
    lines: usize,
    /// What can be read.
    ready: Vec<u8>,
}

impl Replies {
    fn take(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            let room = LINE.saturating_sub(self.line.len());
            let ends = part.ends_with(b"\n");
            let words = part.strip_suffix(b"\n").unwrap_or(part);
            self.line.extend_from_slice(&words[..words.len().min(room)]);
            if ends {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        // RFC 5321 §4.2.1: a hyphen after the code says that more lines follow.
        let goes_on = line.get(3) == Some(&b'-');
        self.lines = if goes_on { self.lines + 1 } else { 0 };
        if self.lines > LINES {
            return;
        }
        let mut words = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line)).into_owned();
        // PostgreSQL keeps no NUL. And lettre knows no codes beyond x5z, which some relays make up: 571 is 551 to it.
        words = words.replace('\0', " ");
        if matches!(words.as_bytes(), [b'4' | b'5', b'6'..=b'9', ..]) {
            words.replace_range(1..2, "5");
        }
        // What isn't UTF-8 has grown.
        words.truncate(words.floor_char_boundary(LINE));
        self.ready.extend_from_slice(words.as_bytes());
        self.ready.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(parts: &[&[u8]]) -> String {
        let mut replies = Replies::default();
        parts.iter().for_each(|part| replies.take(part));
        String::from_utf8(replies.ready).unwrap()
    }

    #[test]
    fn what_lettre_or_a_database_would_break_on_is_put_right() {
        assert_eq!(
            passed(&[b"571 Delivery not authorized\r\n"]),
            "551 Delivery not authorized\r\n"
        );
        assert_eq!(passed(&[b"550 a\0b\r\n"]), "550 a b\r\n");
        assert_eq!(passed(&[b"250 5.7.1\r\n"]), "250 5.7.1\r\n");
    }

    #[test]
    fn a_reply_passes_as_it_is() {
        assert_eq!(passed(&[b"250-a\r\n250 ", b"ok\r\n"]), "250-a\r\n250 ok\r\n");
        assert_eq!(passed(&[b"250 not yet en"]), "");
        assert_eq!(passed(&[b"\n250 bare line feed\n"]), "\r\n250 bare line feed\r\n");
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_reply_stands() {
        let long = vec![b'x'; 200_000];
        let said = passed(&[b"250 2.0.0 ", &long, &long, b"\r\n", b"221 bye\r\n"]);
        assert!(said.starts_with("250 2.0.0 xxx") && said.ends_with("x\r\n221 bye\r\n"));
        assert!(said.lines().all(|line| line.len() <= LINE));
    }

    #[test]
    fn of_a_reply_of_ten_thousand_lines_the_first_and_the_last_pass() {
        let said = passed(&["550-no\r\n".repeat(10_000).as_bytes(), b"550 never\r\n250 ok\r\n"]);
        assert_eq!(said.lines().count(), LINES + 2);
        assert!(said.ends_with("550-no\r\n550 never\r\n250 ok\r\n"));
    }

    #[test]
    fn words_in_another_encoding_become_valid() {
        // 「宛先不明」 in Shift_JIS.
        let said = passed(&[b"550 5.1.1 \x88\xb6\x90\xe6\x95\x73\x96\xbe\r\n"]);
        assert!(
            said.starts_with("550 5.1.1 \u{fffd}") && said.ends_with("\r\n"),
            "{said}"
        );
        let said = passed(&[b"550 ", &[0x88; 2000], b"\r\n"]);
        assert!(said.len() <= LINE + 2 && said.ends_with("\r\n"), "{}", said.len());
    }
}
