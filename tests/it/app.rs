//! A whole Kairan of its own for each test: fresh database, outbox in a temporary folder, a clock moved by hand.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use kairan::app::{App, DEFAULT_ORG, Parts};
use kairan::clock::{Clock, Random};
use kairan::config::Config;
use kairan::content::Content;
use kairan::db::Db;
use kairan::files::Files;
use kairan::jobs::{self, Wake};
use kairan::mail::Transport;
use kairan::routes;
use kairan::secret::Secret;
use kairan::typeset::Typesetter;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt;
use uuid::Uuid;

pub struct TestApp {
    pub app: App,
    pub router: Router,
    pub dir: tempfile::TempDir,
    clock: Arc<AtomicI64>,
}

/// Sunday, 22 November 2026, 9:00 in Tokyo.
pub const START: &str = "2026-11-22T00:00:00Z";

/// A program that isn't there.
const NO_TYPESETTER: &str = "/nonexistent/kairan";

/// The account of [`TestApp::signed_in`].
pub const MAIL: &str = "hanako@sample.example";
pub const PASSWORD: &str = "tsukiyo ni kome no meshi 47";
const SEED: &[u8] = b"a seed for the tests";

/// What an authenticator app with the key `secret` shows at `time`.
pub fn totp(secret: &[u8], time: Timestamp) -> String {
    let app = totp_rs::Builder::new().with_secret(secret.to_vec()).build().unwrap();
    app.generate(time.as_second() as u64).to_string()
}

/// A hash with the least cost, so that tests don't wait; the real cost is tried in tests/it/people.rs.
fn cheap_hash(password: &str) -> String {
    use argon2::password_hash::PasswordHasher;
    let params = argon2::Params::new(8, 1, 1, None).unwrap();
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    argon2
        .hash_password_with_salt(password.as_bytes(), b"0123456789abcdef")
        .unwrap()
        .to_string()
}

/// The PostgreSQL under test, if one is.
pub fn postgres_url() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let url = std::env::var("KAIRAN_TEST_DATABASE").unwrap_or_default();
    (!url.is_empty()).then_some(url)
}

/// A fresh schema of the PostgreSQL under test, as a URL; None on SQLite.
pub async fn own_schema() -> Option<String> {
    let url = postgres_url()?;
    let schema = format!("t{}", data_encoding::HEXLOWER.encode(&Random::default().bytes::<8>()));
    let admin = Db::postgres(&url, 2).await.unwrap();
    let mut tx = admin.write().await.unwrap();
    let create: &'static str = format!("CREATE SCHEMA {schema}").leak();
    tx.execute(create, &[]).await.unwrap();
    tx.commit().await.unwrap();
    let mark = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{mark}options=-c%20search_path%3D{schema}"))
}

/// The database of a test: SQLite in `dir`, or a schema of its own in the PostgreSQL under test.
pub async fn database(dir: &Path) -> Db {
    match own_schema().await {
        None => Db::sqlite(&dir.join("kairan.db")).unwrap(),
        Some(url) => Db::postgres(&url, 4).await.unwrap(),
    }
}

impl TestApp {
    pub async fn start() -> TestApp {
        TestApp::start_with(&[]).await
    }

    /// As `start`, where everything is made up.
    pub async fn start_demo() -> TestApp {
        TestApp::start_as(&[], true, NO_TYPESETTER, &[]).await
    }

    /// As `start`, with settings by their dotted key.
    pub async fn start_with(settings: &[(&'static str, &str)]) -> TestApp {
        TestApp::start_as(settings, false, NO_TYPESETTER, &[]).await
    }

    /// As `start_with`, and letters are made as PDF. Elsewhere they aren't: unoptimised, a letter takes half a second.
    pub async fn start_with_typesetter(settings: &[(&'static str, &str)]) -> TestApp {
        TestApp::start_as(settings, false, env!("CARGO_BIN_EXE_kairan"), &[]).await
    }

    /// As `start`, with content of the operator's own: files of the data directory's `content`, by path.
    pub async fn start_with_content(content: &[(&str, &str)]) -> TestApp {
        TestApp::start_as(&[], false, NO_TYPESETTER, content).await
    }

    async fn start_as(
        settings: &[(&'static str, &str)],
        demo: bool,
        typesetter: &str,
        content: &[(&str, &str)],
    ) -> TestApp {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in content {
            let path = dir.path().join("content").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut flags: Vec<(&'static str, String)> = vec![
            ("data.dir", dir.path().display().to_string()),
            ("server.base_url", "https://kairan.test".into()),
            ("organisation.name", "株式会社サンプル製作所".into()),
        ];
        flags.extend(settings.iter().map(|(k, v)| (*k, (*v).to_owned())));
        let mut config = Config::load(None, std::iter::empty(), &flags).unwrap();
        config.demo = demo;
        let start: Timestamp = START.parse().unwrap();
        let micros = Arc::new(AtomicI64::new(start.as_microsecond()));
        let random = Random::default();
        let secret = Secret::load("", dir.path(), &random).unwrap();
        let mail = Transport::new(&config.mail.smtp_url, "".as_ref(), dir.path()).unwrap();
        let dkim = config.dkim().unwrap().map(Arc::new);
        // A certificate is made when the test runs, whatever its clock says.
        let smime = config.smime(Clock::System.now()).unwrap().map(Arc::new);
        let db = database(dir.path()).await;
        db.migrate(start).await.unwrap();
        let content = Content::load(Some(&dir.path().join("content")), &["ja", "en"]).unwrap();
        let clock = Clock::Set(micros.clone());
        let app = App::new(Parts {
            config,
            db,
            clock,
            random,
            secret,
            content,
            mail,
            dkim,
            smime,
            jobs: Wake::default(),
            typesetter: Typesetter::new(typesetter.into()),
            files: Files::new(dir.path()),
        });
        kairan::app::ensure_organisation(&app, DEFAULT_ORG).await.unwrap();
        TestApp {
            router: routes::router(app.clone()),
            app,
            dir,
            clock: micros,
        }
    }

    /// As after a restart: content is read anew, all else is as it was.
    pub fn restart(&mut self) {
        let was = &self.app;
        let app = App::new(Parts {
            content: Content::load(Some(&self.dir.path().join("content")), &["ja", "en"]).unwrap(),
            config: was.config.clone(),
            db: was.db.clone(),
            clock: was.clock.clone(),
            random: was.random.clone(),
            secret: was.secret.clone(),
            mail: was.mail.clone(),
            dkim: was.dkim.clone(),
            smime: was.smime.clone(),
            jobs: was.jobs.clone(),
            typesetter: was.typesetter.clone(),
            files: was.files.clone(),
        });
        self.router = routes::router(app.clone());
        self.app = app;
    }

    pub fn client(&self) -> Client {
        Client {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            language: "ja".into(),
            address: "127.0.0.1:50000".parse().unwrap(),
        }
    }

    /// A browser in which an administrator is signed in: [`MAIL`], [`PASSWORD`], codes by [`TestApp::code`]. Account and
    /// session are put into the tables, so it takes a millisecond; the second call is another browser of the same person.
    pub async fn signed_in(&self) -> Client {
        let now = self.app.clock.now().as_microsecond();
        let mut tx = self.app.db.write().await.unwrap();
        let known = tx
            .optional("SELECT id FROM accounts WHERE mail = $1", &[&MAIL], |r| {
                r.get::<Uuid>(0)
            })
            .await
            .unwrap();
        let account = known.unwrap_or_else(|| self.app.random.id(self.app.clock.now()));
        if known.is_none() {
            tx.execute(
                "INSERT INTO accounts (id, org, mail, name, role, password_hash, totp_seed, totp_step, created_at)
                 VALUES ($1, $2, $3, '山田 花子', 'administrator', $4, $5, 0, $6)",
                &[
                    &account,
                    &DEFAULT_ORG,
                    &MAIL,
                    &cheap_hash(PASSWORD),
                    &SEED.to_vec(),
                    &now,
                ],
            )
            .await
            .unwrap();
        }
        let token = data_encoding::BASE64URL_NOPAD.encode(&self.app.random.bytes::<32>());
        let hash = kairan::secret::sha256(token.as_bytes()).to_vec();
        tx.execute(
            "INSERT INTO sessions (id, org, account, token_hash, created_at, seen_at, expires_at, address, agent)
             VALUES ($1, $2, $3, $4, $5, $5, $6, '127.0.0.1', 'test')",
            &[
                &self.app.random.id(self.app.clock.now()),
                &DEFAULT_ORG,
                &account,
                &hash,
                &now,
                &(now + self.app.config.sessions.hours * 3_600_000_000),
            ],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let mut client = self.client();
        let name = if self.app.config.is_https() {
            "__Host-kairan"
        } else {
            "kairan"
        };
        client.cookies.insert(name.into(), token);
        client
    }

    /// The code that the authenticator app of [`TestApp::signed_in`]'s account shows now.
    pub fn code(&self) -> String {
        totp(&self.app.secret.mac("totp", SEED)[..20], self.app.clock.now())
    }

    pub fn advance(&self, by: SignedDuration) {
        self.clock.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
    }

    /// Does every job and sends every mail that is due now, and whatever those cause; panics if a job failed.
    pub async fn run_jobs(&self) {
        let kinds = routes::kinds();
        for _ in 0..10_000 {
            if !jobs::step(&self.app, &kinds).await.unwrap()
                && kairan::deliveries::send_due(&self.app).await.unwrap() == 0
            {
                let mut tx = self.app.db.read().await.unwrap();
                let errors = tx
                    .list("SELECT kind, error FROM jobs WHERE error IS NOT NULL", &[], |r| {
                        Ok((r.get::<String>(0)?, r.get::<String>(1)?))
                    })
                    .await
                    .unwrap();
                assert!(errors.is_empty(), "jobs failed: {errors:?}");
                return;
            }
        }
        panic!("the jobs never end");
    }

    /// The mails in the outbox, oldest first.
    pub fn outbox(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.dir.path().join("outbox/new"))
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        files.sort();
        files.iter().map(|f| std::fs::read_to_string(f).unwrap()).collect()
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.app.db.read().await.unwrap();
        tx.one(sql, &[], |r| r.get(0)).await.unwrap()
    }
}

/// A browser without JavaScript: keeps cookies, sends what our own pages would.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub language: String,
    pub address: SocketAddr,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    /// Where a redirect points.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }
}

impl Client {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-user", "?1")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Posts as a program does, which no person's button has started.
    pub async fn post_as_program(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Posts a file in a form with other fields.
    pub async fn upload(&mut self, path: &str, name: &str, file: &[u8], fields: &[(&str, &str)]) -> Answer {
        let mut body = Vec::new();
        for (key, value) in fields {
            body.extend(
                format!("--b0undary\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        body.extend(
            format!("--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .bytes(),
        );
        body.extend(file);
        body.extend(b"\r\n--b0undary--\r\n");
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b0undary");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut builder = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "kairan.test")
            .header(header::ACCEPT_LANGUAGE, &self.language)
            .extension(ConnectInfo(self.address));
        if !cookies.is_empty() {
            builder = builder.header(header::COOKIE, cookies.join("; "));
        }
        builder
    }

    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() || cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }
}
