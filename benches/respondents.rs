//! A respondent's whole way: open the link, acknowledge, get the form, post all answers with comments, see the receipt.

use crate::bare_files::Pages;
use crate::driver::{Answer, Connection};
use crate::process::Server;
use crate::{Line, median};
use kairan::app::{App, DEFAULT_ORG, Parts};
use kairan::campaigns::{self, Asked, Plan};
use kairan::clock::{Clock, Random};
use kairan::config::Config;
use kairan::content::Content;
use kairan::db::Db;
use kairan::directory::{self, Company, CompanyId, Contact, ContactId, Criticality, Kind, Role};
use kairan::files::Files;
use kairan::invitations::{self, EventKind, State};
use kairan::jobs::Wake;
use kairan::mail::Transport;
use kairan::secret::Secret;
use kairan::typeset::Typesetter;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The 23 yes-no questions of the checklist.
const QUESTIONS: [&str; 23] = [
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

/// An App on a fresh database in `dir`.
pub async fn app(dir: &Path, database: Option<&str>) -> anyhow::Result<App> {
    let flags = vec![
        ("data.dir", dir.display().to_string()),
        ("server.base_url", "http://localhost".into()),
    ];
    let config = Config::load(None, std::iter::empty(), &flags)?;
    kairan::data_dir::prepare(dir)?;
    let random = Random::default();
    let db = match database {
        Some(url) => Db::postgres(url, 8).await?,
        None => Db::sqlite(&dir.join("kairan.db"))?,
    };
    db.migrate(Clock::System.now()).await?;
    let app = App::new(Parts {
        secret: Secret::load("", dir, &random)?,
        mail: Transport::new("", "".as_ref(), dir)?,
        content: Content::load(None, &["ja", "en"])?,
        config,
        db,
        clock: Clock::System,
        random,
        jobs: Wake::default(),
        dkim: None,
        smime: None,
        typesetter: Typesetter::new("kairan".into()),
        files: Files::new(dir),
    });
    kairan::app::ensure_organisation(&app, DEFAULT_ORG).await?;
    Ok(app)
}

/// A running campaign with `companies` invitations that nobody has opened; the tokens of their links. The companies got
/// their letters on paper: the receipt's mail is measured apart.
pub async fn invited(app: &App, companies: usize) -> anyhow::Result<Vec<String>> {
    invited_with(app, companies, false).await
}

/// As [`invited`]; `mails`: each company has a contact whose mail is still to be sent.
pub async fn invited_with(app: &App, companies: usize, mails: bool) -> anyhow::Result<Vec<String>> {
    let (scope, now) = (app.scope(), app.clock.now());
    let plan = Plan {
        title: "サイバーセキュリティ対策の点検".into(),
        advisory: "government-2022-03".into(),
        checklist: "sc-2022".into(),
        letter_supplier: "self-check-request".into(),
        letter_group: "advisory-notice".into(),
        deadline: "2099-12-10T17:00".into(),
        zone: "Asia/Tokyo".into(),
        sender: [("ja".to_owned(), "株式会社サンプル製作所　情報セキュリティ室".to_owned())].into(),
        inquiries: [("ja".to_owned(), "情報セキュリティ室 000-000-0118".to_owned())].into(),
        ..Plan::default()
    };
    let mut tx = app.db.write().await?;
    let campaign = campaigns::insert(&mut tx, scope, app.id(now), &plan, &app.zone(), now).await?;
    campaigns::mark_sent(
        &mut tx,
        scope,
        &campaign,
        &Asked::of(&campaign, &app.content, campaigns::Statements::default()),
        now,
    )
    .await?;
    campaigns::mark_running(&mut tx, scope, campaign.id).await?;
    kairan::board::open(&mut tx, scope, campaign.id).await?;
    tx.commit().await?;
    let mut tokens = Vec::with_capacity(companies);
    for from in (0..companies).step_by(1_000) {
        let mut tx = app.db.write().await?;
        for n in from..(from + 1_000).min(companies) {
            let company = Company {
                id: CompanyId(app.random.id(now)),
                kind: Kind::Supplier,
                code: Some(format!("B{n:07}")),
                name: format!("株式会社ベンチ{n:07}"),
                kana: String::new(),
                country: "JP".into(),
                tier: Some(1),
                criticality: Some(Criticality::B),
                items: String::new(),
                parent: None,
                small: None,
                corporate_number: None,
                postal_code: String::new(),
                address: String::new(),
                updated_at: now,
            };
            let contact = Contact {
                id: ContactId(app.random.id(now)),
                company: company.id,
                position: 1,
                name: "一ノ例 花子".into(),
                department: "総務部".into(),
                mail: Some(format!("hanako@s{n}.example").parse()?),
                phone: String::new(),
                language: "ja".into(),
                role: Role::Primary,
                held: None,
            };
            let contacts = if mails { std::slice::from_ref(&contact) } else { &[] };
            directory::load(&mut tx, &scope, &company, contacts, now).await?;
            let made = invitations::insert(&mut tx, app, scope, campaign.id, company.id, true, 1).await?;
            let Some(id) = made else { continue };
            let Some(invitation) = invitations::find(&mut tx, scope, id).await? else {
                continue;
            };
            let kinds = [EventKind::Created, EventKind::Queued, EventKind::Sent];
            let kinds = if mails { &kinds[..2] } else { &kinds[..] };
            invitations::append(&mut tx, app, &invitation, State::Queued, kinds, "", "").await?;
            for contact in contacts {
                kairan::deliveries::queue_invitation(&mut tx, app, scope, campaign.id, id, contact, app.clock.now())
                    .await?;
            }
            tokens.push(invitations::link(&app.secret, id, &invitation.salt).token);
        }
        tx.commit().await?;
        kairan::board::fold_all(app).await?;
    }
    Ok(tokens)
}

/// What is posted: every required question answered, each with a comment, and who answers.
pub fn answers() -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (i, id) in QUESTIONS.iter().enumerate() {
        let value = ["yes", "no", "partly", "yes"][i % 4];
        pairs.push(("shown".into(), (*id).into()));
        pairs.push((format!("q.{id}"), value.into()));
        pairs.push((format!("c.{id}"), "来年度の予算で対応する予定です。".into()));
    }
    for (name, value) in [
        ("division", "総務部"),
        ("name", "一ノ例 花子"),
        ("contact", "hanako@s1.example"),
    ] {
        pairs.push((name.into(), value.into()));
    }
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

fn expect(answer: Answer, status: u16, what: &str) -> anyhow::Result<Answer> {
    anyhow::ensure!(
        answer.status == status,
        "{what} was answered with {}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    Ok(answer)
}

/// One person's way through the check: the pages' sizes, and the cookie by which their device is known.
async fn flow(connection: &mut Connection, token: &str, answers: &str) -> anyhow::Result<([usize; 3], String)> {
    let path = format!("/r/{token}");
    let letter = expect(connection.get(&path, "").await?, 200, "the letter")?.body.len();
    expect(
        connection
            .post(&format!("{path}/acknowledge"), "", "name=%E4%BD%90%E8%97%A4")
            .await?,
        303,
        "acknowledging",
    )?;
    let form = expect(connection.get(&format!("{path}/all"), "").await?, 200, "the form")?
        .body
        .len();
    let sent = expect(
        connection.post(&format!("{path}/submit"), "", answers).await?,
        303,
        "submitting",
    )?;
    // The bare server sets none.
    let cookie = sent.cookie.unwrap_or_default();
    let receipt = expect(
        connection.get(&format!("{path}/receipt"), &cookie).await?,
        200,
        "the receipt",
    )?
    .body
    .len();
    Ok(([letter, form, receipt], cookie))
}

/// Fetches what the bare server is to answer from a real one.
pub async fn fetch(server: &Server, token: &str, pages: &Pages) -> anyhow::Result<[usize; 3]> {
    let mut connection = Connection::open(server.port).await?;
    let path = format!("/r/{token}");
    for (name, rest) in [("letter.html", ""), ("form.html", "/all")] {
        pages.keep(
            name,
            &expect(connection.get(&format!("{path}{rest}"), "").await?, 200, name)?.body,
        )?;
    }
    let (sizes, cookie) = flow(&mut connection, token, &answers()).await?;
    let receipt = expect(
        connection.get(&format!("{path}/receipt"), &cookie).await?,
        200,
        "the receipt",
    )?;
    pages.keep("receipt.html", &receipt.body)?;
    Ok(sizes)
}

/// What one run came to.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub flows_per_second: f64,
    pub cpu_ms: f64,
    pub p50: f64,
    pub p99: f64,
}

/// `flows` flows, `at_once` at a time, spread over the servers.
pub async fn run(
    servers: &[&Server],
    tokens: &mut VecDeque<String>,
    flows: usize,
    at_once: usize,
) -> anyhow::Result<Run> {
    let queue: VecDeque<String> = tokens.drain(..flows.min(tokens.len())).collect();
    anyhow::ensure!(queue.len() == flows, "there are too few invitations");
    let queue = Arc::new(Mutex::new(queue));
    let body: Arc<str> = answers().into();
    let cpu = || -> anyhow::Result<f64> { servers.iter().map(|s| s.cpu_ms()).sum() };
    let before = cpu()?;
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for n in 0..at_once {
        let (queue, body, port) = (queue.clone(), body.clone(), servers[n % servers.len()].port);
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(port).await?;
            let mut times = Vec::new();
            loop {
                let next = queue.lock().map_err(|_| anyhow::anyhow!("a flow failed"))?.pop_front();
                let Some(token) = next else { return anyhow::Ok(times) };
                let begun = Instant::now();
                flow(&mut connection, &token, &body).await?;
                times.push(begun.elapsed());
            }
        }));
    }
    let mut times: Vec<Duration> = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let took = begun.elapsed().as_secs_f64();
    let cpu_ms = (cpu()? - before) / flows as f64;
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1000.0;
    Ok(Run {
        flows_per_second: flows as f64 / took,
        cpu_ms,
        p50: at(0.5),
        p99: at(0.99),
    })
}

/// Two lines for one number at once: flows a second and processor time a flow, against the limit's.
pub fn lines(name: &str, kairan: &[Run], limit: &[Run]) -> Vec<Line> {
    let of = |runs: &[Run], what: fn(&Run) -> f64| median(runs.iter().map(what).collect());
    let note = format!(
        "p50 {:.1} ms, p99 {:.1} ms; limit p50 {:.1} ms, p99 {:.1} ms",
        of(kairan, |r| r.p50),
        of(kairan, |r| r.p99),
        of(limit, |r| r.p50),
        of(limit, |r| r.p99)
    );
    vec![
        Line::against(
            &format!("respondent_flow_{name}"),
            of(kairan, |r| r.flows_per_second),
            "flows/s",
            of(limit, |r| r.flows_per_second),
            &note,
        ),
        Line::against(
            &format!("respondent_cpu_{name}"),
            of(kairan, |r| r.cpu_ms),
            "CPU-ms/flow",
            of(limit, |r| r.cpu_ms),
            "server processes only; the database server's time is not in it",
        ),
    ]
}

/// Messages composed in a second, one after the other: letter rendered, text and HTML, encoded for SMTP.
pub async fn mail(json: bool) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let app = app(dir.path(), None).await?;
    invited(&app, 1).await?;
    let scope = app.scope();
    let mut tx = app.db.read().await?;
    let all = campaigns::list(&mut tx, scope, jiff::Timestamp::MAX, 1).await?;
    let campaign = all.first().ok_or_else(|| anyhow::anyhow!("there is no campaign"))?;
    let (narrow, first) = (invitations::Narrow::default(), invitations::Cursor::default());
    let rows = invitations::list(&mut tx, scope, campaign.id, &narrow, invitations::Sort::Name, &first, 1).await?;
    let id = rows
        .first()
        .ok_or_else(|| anyhow::anyhow!("there is no invitation"))?
        .id;
    let invitation = invitations::find(&mut tx, scope, id).await?;
    let invitation = invitation.ok_or_else(|| anyhow::anyhow!("there is no invitation"))?;
    drop(tx);
    let asked = Asked::of(campaign, &app.content, campaigns::Statements::default());
    let mut rates = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        for n in 0..1_000 {
            let now = app.clock.now();
            let made = invitations::link(&app.secret, invitation.id, &invitation.salt);
            let contact = ("総務部", "一ノ例 花子");
            let view = kairan::deliveries::invitation_mail(&app, &asked, &invitation, &made, "ja", contact, now)?;
            let message = kairan::mail::Message {
                id: app.random.id(now),
                at: now,
                from_name: "株式会社サンプル製作所　情報セキュリティ室".into(),
                to: format!("a{n}@s.example").parse()?,
                to_name: "一ノ例 花子".into(),
                reply_to: None,
                references: Vec::new(),
                language: "ja".into(),
                subject: view.subject,
                text: view.text,
                html: view.html,
            };
            std::hint::black_box(message.compose("security@sample.example", None, None)?);
        }
        rates.push(1_000.0 / begun.elapsed().as_secs_f64());
    }
    Line::alone(
        "mail_render",
        median(rates),
        "mails/s",
        "one core, letter to last byte, unsigned",
    )
    .print(json);
    Ok(())
}
