//! A lean HTTP/1.1 client: a request is bytes, an answer is its status and the length of its body.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// `name=value` of a cookie that it set.
    pub cookie: Option<String>,
}

impl Connection {
    pub async fn open(port: u16) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    pub async fn get(&mut self, path: &str, cookie: &str) -> anyhow::Result<Answer> {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: ja\r\nCookie: {cookie}\r\n\r\n");
        self.exchange(request.as_bytes()).await
    }

    pub async fn post(&mut self, path: &str, cookie: &str, body: &str) -> anyhow::Result<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: ja\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.exchange(request.as_bytes()).await
    }

    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|value| value.split(';').next()).map(str::to_owned);
        let text = text.to_ascii_lowercase();
        let status = text.get(9..12).unwrap_or_default().parse()?;
        let value = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
        if let Some(length) = value("content-length:") {
            let length: usize = length.parse()?;
            while self.buffer.len() < head + length {
                self.more().await?;
            }
        } else if value("transfer-encoding:").is_some() {
            while !self.buffer.ends_with(b"\r\n0\r\n\r\n") && !self.buffer[head..].starts_with(b"0\r\n\r\n") {
                self.more().await?;
            }
        }
        Ok(Answer {
            status,
            body: self.buffer[head..].to_vec(),
            cookie,
        })
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        anyhow::ensure!(read > 0, "the server closed the connection");
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}
