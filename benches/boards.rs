//! The board of a thousand companies and of a million; lists and exports of a hundred thousand; the import of five thousand.
//!
//! The rows are made by SQLite itself (a million companies in seconds), through the columns of Kairan's own migrations; the
//! counts by Kairan's own recount-free addition, so that what is measured is what a server would show.

use crate::driver::Connection;
use crate::process::Server;
use crate::respondents::{app, invited};
use crate::{Line, median};
use kairan::app::App;
use kairan::audit::{Actor, Origin};
use kairan::board::{self, Change, Segment, Tallies};
use kairan::campaigns::CampaignId;
use kairan::directory;
use kairan::directory::import::{Chosen, Progress, Source, apply};
use kairan::invitations::State;
use std::path::Path;
use std::time::Instant;

/// Where companies stand, in a hundred.
const STATES: [(State, i64); 6] = [
    (State::Submitted, 52),
    (State::Acknowledged, 12),
    (State::Opened, 9),
    (State::Sent, 22),
    (State::Bounced, 2),
    (State::Unreachable, 3),
];

/// A campaign with `companies` invitations, made of one that Kairan made; its id. Its deadline is tomorrow, so that whoever
/// hasn't answered is to be phoned, and all of its mails went out within the last hour, after somebody acknowledged.
async fn filled(dir: &Path, companies: i64) -> anyhow::Result<(App, CampaignId)> {
    let app = app(dir, None).await?;
    invited(&app, 1).await?;
    let database = rusqlite::Connection::open(dir.join("kairan.db"))?;
    database.execute_batch("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA foreign_keys=OFF")?;
    let campaign: uuid::Uuid = database.query_row("SELECT id FROM campaigns", [], |r| r.get(0))?;
    let cases = |column: &str| {
        let mut from = 0;
        let whens: Vec<String> = STATES
            .iter()
            .map(|(state, share)| {
                from += share;
                format!("WHEN n % 100 < {from} THEN '{}'", state.as_str())
            })
            .collect();
        format!("CASE {} END AS {column}", whens.join(" "))
    };
    database.execute_batch(&format!(
        "DELETE FROM changes; DELETE FROM events; DELETE FROM tallies;
         UPDATE campaigns SET plan = json_set(plan, '$.deadline', strftime('%Y-%m-%dT17:00', 'now', '+1 day', '+9 hours')),
             deadline = CAST(strftime('%s', 'now', '+1 day') AS INTEGER) * 1000000;
         CREATE TEMP TABLE made AS
             WITH RECURSIVE counter(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM counter WHERE n <= {companies})
             SELECT n, randomblob(16) AS company, randomblob(16) AS invitation, {},
                 printf('株式会社ベンチ%08d', (n * 7919) % {companies}) AS name,
                 CASE n % 5 WHEN 0 THEN 'A' WHEN 1 THEN 'B' ELSE 'C' END AS grade,
                 CASE WHEN n % 6 = 0 THEN 'TH' WHEN n % 50 = 1 THEN 'DE' ELSE 'JP' END AS country,
                 CASE WHEN n % 9 = 0 THEN 'group' ELSE 'supplier' END AS kind
             FROM counter;
         INSERT INTO companies (id, org, kind, code, name, sort_key, name_key, search, country, tier, criticality, created_at, updated_at)
             SELECT company, (SELECT id FROM organisations), kind, printf('S%08d', n), name, hex(name), name, name || char(10) || printf('s%08d', n),
                 country, 1 + n % 3, grade, 0, 0 FROM made;
         INSERT INTO contacts (id, org, company, position, name, mail, phone, language, role, created_at, updated_at)
             SELECT randomblob(16), (SELECT id FROM organisations), company, 1, '一ノ例 花子', printf('a%d@s.example', n), '000-000-0000', 'ja',
                 'primary', 0, 0 FROM made;
         INSERT INTO invitations (id, org, campaign, company, salt, token_hash, code_hash, asks_check, state, mails, changed_at, name, sort_key, code,
                 search, kind, country, tier, criticality, grade, marks, noes)
             SELECT invitation, (SELECT id FROM organisations), (SELECT id FROM campaigns), company, randomblob(16), randomblob(32), randomblob(32),
                 1, state, 1, 1795000000000000 + n, name, hex(name), printf('S%08d', n), name || char(10) || printf('s%08d', n), kind, country, 1 + n % 3, grade,
                 instr('ABC', grade), CASE WHEN state = 'submitted' THEN 'ynp-yynayyt-yynyy-' ELSE '' END,
                 CASE WHEN state = 'submitted' THEN n % 14 ELSE -1 END FROM made;
         INSERT INTO responses (invitation, org, campaign, revision, answers, started_at, saved_at, division, respondent, contact, submitted_at,
                 submitted_revision, submitted_answers, submitted_about, receipt)
             SELECT invitation, (SELECT id FROM organisations), (SELECT id FROM campaigns), 1, {answers}, 1795000000000000, 1795000000000000, '総務部', '一ノ例 花子',
                 'a@s.example', 1795000000000000 + n, 1, {answers}, '{{\"division\":\"総務部\",\"name\":\"一ノ例 花子\",\"contact\":\"a@s.example\"}}',
                 printf('2026-001-%d', n) FROM made WHERE state = 'submitted' AND n <= 100000;
         INSERT INTO events (id, org, campaign, invitation, kind, at, actor)
             SELECT unhex(printf('%012x', at) || '7' || substr(hex(randomblob(2)), 1, 3) || '8' || substr(hex(randomblob(8)), 1, 15)),
                 (SELECT id FROM organisations), (SELECT id FROM campaigns), invitation, kind, at * 1000, '' FROM (
                     SELECT invitation, 'acknowledged' AS kind, {now} - 3000000 + n / 1000 AS at FROM made WHERE n % 1000 = 0
                     UNION ALL SELECT invitation, 'sent', {now} - 1800000 + n / 1000 FROM made ORDER BY 3)",
        cases("state"),
        now = app.clock.now().as_millisecond(),
        answers = "(SELECT '{\"multi-factor\":{\"value\":{\"yes-no\":\"no\"},\"comment\":\"来年度の予算で対応する予定です。\",\"revision\":1,\"by\":\"一ノ例 花子\",\"at_micros\":1795000000000000},\
                    \"asset-list\":{\"value\":{\"yes-no\":\"yes\"},\"revision\":1,\"by\":\"一ノ例 花子\",\"at_micros\":1795000000000000},\
                    \"macros\":{\"value\":{\"yes-no\":\"partly\"},\"revision\":1,\"by\":\"一ノ例 花子\",\"at_micros\":1795000000000000}}')",
    ))?;
    let mut counts = database.prepare(
        "SELECT kind, country, CAST(1 + n % 3 AS TEXT), grade, state, COUNT(*) FROM made GROUP BY 1, 2, 3, 4, 5",
    )?;
    let mut tallies = Tallies::default();
    let now = app.clock.now();
    let mut rows = counts.query([])?;
    while let Some(row) = rows.next()? {
        let text = |column: usize| row.get::<_, String>(column);
        let (state, count): (String, i64) = (text(4)?, row.get(5)?);
        let Some(state) = State::parse(&state) else { continue };
        let segment = Segment::new(&text(0)?, &text(1)?, &text(2)?, &text(3)?, true);
        let change = |hour: i64| Change {
            at: now - jiff::SignedDuration::from_hours(hour % 48),
            from: None,
            to: state,
            from_segment: segment.clone(),
            to_segment: segment.clone(),
            from_marks: String::new(),
            from_reach: String::new(),
            to_reach: String::new(),
            to_marks: if state == State::Submitted {
                "ynp-yynayyt-yynyy-".into()
            } else {
                String::new()
            },
        };
        for n in 0..count {
            tallies.fold(&change(n));
        }
    }
    drop(rows);
    drop(counts);
    drop(database);
    let campaign = CampaignId(campaign);
    let mut tx = app.db.write().await?;
    board::write(&mut tx, app.scope(), campaign, &tallies).await?;
    tx.commit().await?;
    Ok((app, campaign))
}

/// A cookie with which the pages open.
async fn signed_in(app: &App) -> anyhow::Result<String> {
    let now = app.clock.now().as_microsecond();
    let account: uuid::Uuid = app.random.id(app.clock.now());
    let token = data_encoding::BASE64URL_NOPAD.encode(&app.random.bytes::<32>());
    let (org, hash) = (app.scope().org, kairan::secret::sha256(token.as_bytes()).to_vec());
    let mut tx = app.db.write().await?;
    tx.execute(
        "INSERT INTO accounts (id, org, mail, name, role, password_hash, totp_seed, created_at)
         VALUES ($1, $2, 'bench@sample.example', 'Bench', 'administrator', '', $3, $4)",
        &[&account, &org, &vec![0u8; 20], &now],
    )
    .await?;
    tx.execute(
        "INSERT INTO sessions (id, org, account, token_hash, created_at, seen_at, expires_at, address, agent)
         VALUES ($1, $2, $3, $4, $5, $5, $6, '127.0.0.1', 'bench')",
        &[
            &app.random.id(app.clock.now()),
            &org,
            &account,
            &hash,
            &now,
            &(now + 36_000_000_000),
        ],
    )
    .await?;
    tx.commit().await?;
    Ok(format!("kairan={token}"))
}

/// Median milliseconds and server CPU milliseconds of a page.
async fn page(server: &Server, path: &str, cookie: &str, times: usize) -> anyhow::Result<(f64, f64)> {
    let mut connection = Connection::open(server.port).await?;
    let mut took = Vec::new();
    for _ in 0..3 {
        connection.get(path, cookie).await?;
    }
    let before = server.cpu_ms()?;
    for _ in 0..times {
        let begun = Instant::now();
        let answer = connection.get(path, cookie).await?;
        anyhow::ensure!(answer.status == 200, "{path}: {}", answer.status);
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok((median(took), (server.cpu_ms()? - before) / times as f64))
}

/// The board of a thousand, of three thousand and of a million, one after the other in each round. Up to two thousand a
/// board draws a stamp for each company, so that of three thousand is the one that differs from a million in size only.
pub async fn boards(json: bool) -> anyhow::Result<()> {
    let mut running = Vec::new();
    for companies in [1_000, 3_000, 1_000_000] {
        let dir = tempfile::tempdir()?;
        let (app, campaign) = filled(dir.path(), companies).await?;
        let cookie = signed_in(&app).await?;
        drop(app);
        let server = Server::kairan(dir.path(), None)?;
        running.push((dir, server, format!("/campaigns/{campaign}"), cookie, Vec::new()));
    }
    for _ in 0..5 {
        for (_, server, path, cookie, found) in &mut running {
            found.push(page(server, path, cookie, 40).await?);
        }
    }
    let of = |n: usize, what: fn(&(f64, f64)) -> f64| median(running[n].4.iter().map(what).collect());
    let cpu = [0, 1, 2].map(|n| of(n, |r| r.1));
    let [small, middle, large] = [0, 1, 2].map(|n| of(n, |r| r.0));
    let note = format!("limit: the target; {:.2} CPU-ms", cpu[0]);
    Line::against("board_1k", small, "ms", 5.0, &note).print(json);
    let note = format!("limit: the target; {:.2} CPU-ms", cpu[1]);
    Line::against("board_3k", middle, "ms", 5.0, &note).print(json);
    let note = format!(
        "limit: board_1k; {:.2} CPU-ms, {:.2} times those of board_1k, {:.2} times those of board_3k; {:.2} times the latter's latency",
        cpu[2],
        cpu[2] / cpu[0],
        cpu[2] / cpu[1],
        large / middle
    );
    Line::against("board_1m", large, "ms", small, &note).print(json);
    Ok(())
}

/// Lists and exports of a hundred thousand; with `each`, a line for each of the pages.
pub async fn lists(json: bool, each: bool) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let (app, campaign) = filled(dir.path(), 100_000).await?;
    let cookie = signed_in(&app).await?;
    // A page in the middle of each order.
    let mut tx = app.db.read().await?;
    let middle: directory::CompanyId = tx
        .one("SELECT id FROM companies WHERE code = 'S00050000'", &[], |r| r.get(0))
        .await?;
    drop(tx);
    let deep = |sort: &str| format!("/companies?sort={sort}&after={middle}");
    drop(app);
    let server = Server::kairan(dir.path(), None)?;
    let base = format!("/campaigns/{campaign}");
    let pages = [
        "/companies".to_owned(),
        format!("{base}/companies"),
        format!("{base}/companies?q=99998"),
        format!("{base}/companies?q=nothing-is-called-so"),
        format!("{base}/companies?state=bounced&country=DE"),
        format!("{base}/companies?criticality=A&kind=group&tier=2"),
        format!("{base}/answers"),
        format!("{base}/answers?question=multi-factor&answer=no"),
        "/companies?q=99998".to_owned(),
        "/companies?country=DE".to_owned(),
        format!("{base}/companies?state=bounced&criticality=A"),
        format!("{base}/companies?question=multi-factor&answer=none"),
        format!("{base}/phone"),
        deep("code"),
        deep("criticality"),
        deep("name"),
    ];
    let mut worst = (0.0, String::new());
    for path in pages {
        let (ms, _) = page(&server, &path, &cookie, 15).await?;
        let short = path.replace(&base, "/campaigns/…");
        if each {
            Line::alone("list_page", ms, "ms", &short).print(json);
        }
        if ms > worst.0 {
            worst = (ms, short);
        }
    }
    let note = format!("the slowest of sixteen pages, {}; limit: the target", worst.1);
    Line::against("list_100k", worst.0, "ms", 50.0, &note).print(json);
    let before = server.pss_mib()?;
    let (mut csv, mut xlsx, mut limit) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        csv.push(export(&server, &format!("{base}/export?format=csv"), &cookie).await?);
        xlsx.push(export(&server, &format!("{base}/export?format=xlsx"), &cookie).await?);
        limit.push(limit_xlsx()?);
    }
    let seconds = |of: &[Exported]| median(of.iter().map(|e| e.seconds).collect());
    let note = |of: &[Exported]| {
        let peak = of.iter().map(|e| e.peak).fold(before, f64::max);
        let bytes = of.first().map_or(0, |e| e.bytes) as f64 / 1e6;
        format!("{bytes:.1} MB; memory {before:.1} MiB before, {peak:.1} MiB at most")
    };
    Line::alone("export_csv_100k", seconds(&csv), "s", &note(&csv)).print(json);
    Line::against(
        "export_xlsx_100k",
        seconds(&xlsx),
        "s",
        median(limit),
        &format!("{}; limit: rust_xlsxwriter writing as many cells", note(&xlsx)),
    )
    .print(json);
    Ok(())
}

struct Exported {
    bytes: usize,
    seconds: f64,
    /// The server's memory at most, in MiB.
    peak: f64,
}

async fn export(server: &Server, path: &str, cookie: &str) -> anyhow::Result<Exported> {
    let mut connection = Connection::open(server.port).await?;
    let begun = Instant::now();
    let mut peak: f64 = 0.0;
    let mut exporting = std::pin::pin!(connection.get(path, cookie));
    loop {
        tokio::select! {
            answer = &mut exporting => {
                let answer = answer?;
                anyhow::ensure!(answer.status == 200, "{path}: {}", answer.status);
                return Ok(Exported { bytes: answer.body.len(), seconds: begun.elapsed().as_secs_f64(), peak });
            }
            () = tokio::time::sleep(std::time::Duration::from_millis(50)) => peak = peak.max(server.pss_mib()?),
        }
    }
}

/// Seconds in which rust_xlsxwriter writes the cells of such an export from memory.
fn limit_xlsx() -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory();
    let sheet = sheet?;
    for row in 0..100_001u32 {
        let texts = ["S00000001", "株式会社ベンチ00000001", "取引先", "JP", "A", "回答済み"];
        for (column, text) in texts.iter().enumerate() {
            sheet.write_string(row, column as u16, *text)?;
        }
        if row % 100 < 52 {
            let more = [
                "2026-001-12345",
                "いいえ",
                "回答ページ",
                "総務部",
                "一ノ例 花子",
                "a@s.example",
                "はい",
                "いいえ",
                "来年度の予算で対応する予定です。",
                "一部",
            ];
            for (column, text) in more.iter().enumerate() {
                sheet.write_string(row, 8 + column as u16, *text)?;
            }
        }
    }
    let file = tempfile::tempfile()?;
    book.save_to_writer(&file)?;
    Ok(begun.elapsed().as_secs_f64())
}

/// A list of 5,000 companies, against the time that calamine alone needs to read the file.
pub async fn import(json: bool) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("list.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in [
        "取引先コード",
        "会社名",
        "国",
        "重要度",
        "担当者",
        "メールアドレス",
        "電話番号",
    ]
    .iter()
    .enumerate()
    {
        sheet.write_string(0, column as u16, *title)?;
    }
    for n in 1..=5_000u32 {
        let cells = [
            format!("S{n:05}"),
            format!("株式会社ベンチ{n:05}"),
            "日本".into(),
            ["A", "B", "C"][n as usize % 3].into(),
            "一ノ例 花子".into(),
            format!("a{n}@s{n}.example"),
            format!("000-{:03}-{n:04}", n % 1000),
        ];
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(n, column as u16, cell)?;
        }
    }
    book.save(&file)?;
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let begun = Instant::now();
        let mut workbook = calamine::open_workbook_auto(&file)?;
        let range = calamine::Reader::worksheet_range_at(&mut workbook, 0);
        anyhow::ensure!(
            range.is_some_and(|r| r.is_ok_and(|r| r.height() == 5_001)),
            "calamine read another file"
        );
        limit.push(begun.elapsed().as_secs_f64());
        let data = dir.path().join(format!("data{round}"));
        let app = app(&data, None).await?;
        let chosen = Chosen::default();
        let begun = Instant::now();
        let bytes = std::fs::read(&file)?;
        let plan = Source::open(&bytes, "list.xlsx", &chosen)?.plan();
        let origin = Origin {
            org: app.scope().org,
            actor: Actor::Command("bench"),
            address: String::new(),
            now: app.clock.now(),
        };
        let (report, _) = apply(&app, &origin, (None, "list.xlsx"), &plan, &Progress::unseen()).await?;
        anyhow::ensure!(report.companies_created == 5_000, "{report:?}");
        ours.push(begun.elapsed().as_secs_f64());
    }
    let (ours, limit) = (median(ours), median(limit));
    Line::against(
        "import_5000",
        ours * 1000.0,
        "ms",
        limit * 1000.0,
        "limit: calamine reading the same file",
    )
    .print(json);
    Ok(())
}
