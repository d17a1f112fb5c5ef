//! What must not be lost, filled or read by others: copies, file modes, bombs, links that fill the disk.

use crate::app::{Client, TestApp, own_schema};
use crate::circulation::{YES_NO, all_answers, company, names, sent_campaign, token_path};
use crate::crash::{ALONE, Place, command, free_port, link_in, request, request_as, run, sent, serve};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Waits until a mail for each of the 40 companies lies in the outbox; the paths of their links.
fn links(data: &Path) -> Vec<String> {
    let outbox = data.join("outbox/new");
    let start = Instant::now();
    loop {
        let files: Vec<_> = std::fs::read_dir(&outbox)
            .map(|files| files.map(|f| f.unwrap().path()).collect())
            .unwrap_or_default();
        if files.len() == 40 {
            let texts = files.iter().map(|f| std::fs::read_to_string(f).unwrap());
            return texts.map(|mail| link_in(&mail)).collect();
        }
        assert!(start.elapsed() < Duration::from_secs(120), "the mails don't come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A whole answer with this remark.
fn whole_answer(remark: &str) -> String {
    let answers: String = YES_NO.iter().map(|q| format!("&shown={q}&q.{q}=yes")).collect();
    format!("base=999999{answers}&shown=remarks&q.remarks={remark}&name=a&contact=052-000-0118")
}

fn restore(from: &Path, to: &Path) -> Output {
    crate::program::kairan()
        .args(["--data", to.to_str().unwrap(), "restore", from.to_str().unwrap()])
        .output()
        .unwrap()
}

/// A restore that must be refused: what it says.
fn refused(from: &Path, to: &Path) -> String {
    let done = restore(from, to);
    assert!(!done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// The number after `-n` in the remark that each link's submitted answers hold, by the link's number.
async fn remarks_in(db: kairan::db::Db) -> BTreeMap<usize, usize> {
    let mut tx = db.read().await.unwrap();
    let check: Vec<String> = tx.list("PRAGMA integrity_check", &[], |r| r.get(0)).await.unwrap();
    assert_eq!(check, ["ok"]);
    let all: Vec<String> = tx
        .list(
            "SELECT submitted_answers FROM responses WHERE receipt IS NOT NULL AND submitted_answers IS NOT NULL",
            &[],
            |r| r.get(0),
        )
        .await
        .unwrap();
    let remark = |text: &String| {
        let word = text.split("link-").nth(1)?.split('"').next()?;
        let (link, n) = word.split_once("-n")?;
        Some((link.parse().ok()?, n.parse().ok()?))
    };
    all.iter().map(|text| remark(text).unwrap()).collect()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Everything below `dir`, without it.
fn everything(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(everything(&path));
        }
        out.push(path);
    }
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_copies_under_load_each_hold_every_receipt_told_before() {
    let _alone = ALONE.lock().await;
    let place = Place {
        dir: tempfile::tempdir().unwrap(),
        database: None,
    };
    sent(&place);
    let port = free_port();
    let mut server = serve(&place, port);
    let data = place.dir.path().join("data");
    // A device that was there before the first submission.
    let links: Vec<(String, String)> = links(&data)
        .into_iter()
        .map(|link| {
            let (_, page) = request(port, "POST", &format!("{link}/start"), "").unwrap();
            let cookie = page.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
            let cookie = cookie.split(';').next().unwrap().to_owned();
            (link, cookie)
        })
        .collect();
    std::fs::create_dir_all(data.join("own/deep")).unwrap();
    std::fs::write(data.join("own/deep/stamp.svg"), "<svg/>").unwrap();
    std::fs::create_dir_all(data.join("files/ab")).unwrap();
    std::fs::write(data.join("files/ab/kept"), vec![7_u8; 300_000]).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    // By link, the number of the last submission whose receipt was told.
    let told: Arc<Mutex<BTreeMap<usize, usize>>> = Arc::default();
    let slowest = Arc::new(Mutex::new(Duration::ZERO));
    let writers: Vec<_> = (0..4)
        .map(|w| {
            let (stop, told, links, slowest) = (stop.clone(), told.clone(), links.clone(), slowest.clone());
            std::thread::spawn(move || {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    let number = w * 10 + n % 10;
                    let (link, cookie) = &links[number];
                    let body = whole_answer(&format!("link-{number}-n{n}"));
                    let begun = Instant::now();
                    let sent = request_as(cookie, port, "POST", &format!("{link}/submit"), &body);
                    if sent.is_some_and(|(status, page)| status == 303 && page.contains("/receipt")) {
                        told.lock().unwrap().insert(number, n);
                        let mut slowest = slowest.lock().unwrap();
                        *slowest = begun.elapsed().max(*slowest);
                    }
                    n += 1;
                }
                n
            })
        })
        .collect();
    let copies = place.dir.path().join("copies");
    let mut receipts = 0;
    for round in 0..30 {
        let before = told.lock().unwrap().clone();
        let (copy, again) = (copies.join(format!("{round}")), copies.join(format!("{round}-again")));
        let said = run(&place, &["backup", copy.to_str().unwrap(), "--json"]);
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["engine"], "sqlite");
        let done = restore(&copy, &again);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let kept = remarks_in(kairan::db::Db::sqlite(&again.join("kairan.db")).unwrap()).await;
        for (link, n) in &before {
            assert!(
                kept.get(link) >= Some(n),
                "round {round}: link {link} was told a receipt for {n}, and the copy holds {:?}",
                kept.get(link)
            );
        }
        receipts += before.len();
        if round % 10 == 0 {
            for file in ["secret.key", "files/ab/kept", "own/deep/stamp.svg"] {
                assert_eq!(
                    std::fs::read(data.join(file)).unwrap(),
                    std::fs::read(again.join(file)).unwrap()
                );
            }
            assert!(std::fs::read_dir(again.join("outbox/new")).unwrap().count() >= 40);
            for path in everything(&copy).into_iter().chain(everything(&again)) {
                assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
            }
        }
        std::fs::remove_dir_all(&again).unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    let tries: usize = writers.into_iter().map(|w| w.join().unwrap()).sum();
    println!(
        "{tries} answers while 30 copies were made, the slowest in {:?}; {receipts} receipts looked for",
        slowest.lock().unwrap()
    );
    assert!(receipts > 600, "the test looked for receipts: {receipts}");
    let unfinished: Vec<_> = std::fs::read_dir(&copies)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(unfinished.len(), 30, "{unfinished:?}");
    server.kill().unwrap();
    server.wait().unwrap();
    // What was put back is a data directory like the first: a server starts on it and shows a receipt.
    let again = Place {
        dir: tempfile::tempdir().unwrap(),
        database: None,
    };
    assert!(
        restore(&copies.join("29"), &again.dir.path().join("data"))
            .status
            .success()
    );
    let port = free_port();
    let mut server = serve(&again, port);
    let (link, cookie) = &links[0];
    let (status, page) = request_as(cookie, port, "GET", &format!("{link}/receipt"), "").unwrap();
    assert_eq!(status, 200, "{page}");
    server.kill().unwrap();
    server.wait().unwrap();
}

/// Everything that can be wrong with a copy, or with the place it goes to, is told, and nothing is changed there.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_put_back_whole_or_not_at_all() {
    let place = Place {
        dir: tempfile::tempdir().unwrap(),
        database: None,
    };
    let dir = place.dir.path();
    run(&place, &["campaign", "status"]);
    let (data, copy) = (dir.join("data"), dir.join("copy"));
    std::fs::write(data.join("stamp.png"), "a picture").unwrap();
    let inside = command(&place)
        .args(["backup", data.join("x").to_str().unwrap()])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&inside.stderr).contains("lies in the data directory"));
    run(&place, &["backup", copy.to_str().unwrap()]);
    let used = command(&place)
        .args(["backup", copy.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&used.stderr).contains("is not empty"));
    let unfinished = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    assert!(!unfinished.into_iter().any(|name| name.contains("unfinished")));

    assert!(refused(&copy, &data).contains("is used"), "a used directory");
    assert!(refused(&dir.join("nothing"), &dir.join("new")).contains("no whole copy"));
    let again = dir.join("again");
    std::fs::create_dir(&again).unwrap();
    let is_untouched = || std::fs::read_dir(&again).unwrap().count() == 0;

    // A file that isn't as it was, one that is missing, one that would lie elsewhere, a database that is damaged.
    std::fs::write(copy.join("data/stamp.png"), "a Picture").unwrap();
    assert!(refused(&copy, &again).contains("is not as it was") && is_untouched());
    std::fs::remove_file(copy.join("data/stamp.png")).unwrap();
    assert!(refused(&copy, &again).contains("not whole") && is_untouched());
    std::fs::write(copy.join("data/stamp.png"), "a picture").unwrap();
    let manifest = std::fs::read_to_string(copy.join("backup.json")).unwrap();
    let change = |from: &str, to: &str| {
        assert!(manifest.contains(from), "{manifest}");
        std::fs::write(copy.join("backup.json"), manifest.replace(from, to)).unwrap();
    };
    change("\"stamp.png\"", "\"../stamp.png\"");
    assert!(refused(&copy, &again).contains("is damaged") && is_untouched());
    change("\"form\": 1", "\"form\": 2");
    assert!(refused(&copy, &again).contains("newer Kairan") && is_untouched());
    let database = std::fs::read(copy.join("data/kairan.db")).unwrap();
    let mut damaged = database.clone();
    // The b-trees' pages from the tenth on.
    for byte in &mut damaged[40_960..81_920] {
        *byte = 0xa5;
    }
    let hash = |bytes: &[u8]| kairan::files::Hash::of(bytes).as_str().to_owned();
    std::fs::write(copy.join("data/kairan.db"), &damaged).unwrap();
    change(&hash(&database), &hash(&damaged));
    let said = refused(&copy, &again);
    assert!(
        (said.contains("damaged") || said.contains("malformed")) && is_untouched(),
        "{said}"
    );
    // One whose schema this program doesn't know.
    std::fs::write(copy.join("data/kairan.db"), &database).unwrap();
    let newer = kairan::db::Db::sqlite(&copy.join("data/kairan.db")).unwrap();
    let mut tx = newer.write().await.unwrap();
    tx.execute(
        "INSERT INTO migrations (name, sha256, applied_at) VALUES ('9999-x.sql', 'x', 1)",
        &[],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    drop(newer);
    let changed = std::fs::read(copy.join("data/kairan.db")).unwrap();
    change(&hash(&database), &hash(&changed));
    assert!(refused(&copy, &again).contains("9999-x.sql") && is_untouched());
    // As it was, it goes.
    std::fs::write(copy.join("data/kairan.db"), &database).unwrap();
    change("\"form\": 1", "\"form\": 1");
    assert!(restore(&copy, &again).status.success());
    assert_eq!(std::fs::read(again.join("stamp.png")).unwrap(), b"a picture");
    assert!(!again.join(".restoring").exists() && !again.join("kairan.db-wal").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_a_copy_holds_the_files_and_names_the_dumps_command() {
    let Some(url) = own_schema().await else { return };
    let place = Place {
        dir: tempfile::tempdir().unwrap(),
        database: Some(url.clone()),
    };
    let dir = place.dir.path();
    run(&place, &["campaign", "status"]);
    let copy = dir.join("copy");
    let said = run(&place, &["backup", copy.to_str().unwrap()]);
    assert!(
        said.contains("pg_dump --format=custom") && said.contains("before the files"),
        "{said}"
    );
    let password = url.split(':').nth(2).unwrap().split('@').next().unwrap().to_owned();
    let manifest = std::fs::read_to_string(copy.join("backup.json")).unwrap();
    assert!(!said.contains(&password) && !manifest.contains(&password));
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert!(manifest["dump"].as_str().unwrap().starts_with("pg_dump"));
    assert!(manifest["migrations"].as_array().unwrap().len() > 11);
    assert!(manifest["files"]["secret.key"]["bytes"] == 65);
    assert!(refused(&copy, &dir.join("new")).contains("PostgreSQL"));
    let done = command(&Place {
        dir: tempfile::tempdir().unwrap(),
        database: Some(url),
    })
    .args(["restore", copy.to_str().unwrap()])
    .output()
    .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && said.contains("pg_restore") && !said.contains(&password),
        "{said}"
    );
}

/// Under a umask of 022, in a directory that was there and open, with files that were open.
#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_that_was_open_is_its_owners_alone_after_a_start() {
    let _alone = ALONE.lock().await;
    let place = Place {
        dir: tempfile::tempdir().unwrap(),
        database: None,
    };
    let data = place.dir.path().join("data");
    sent(&place);
    let port = free_port();
    let mut server = serve(&place, port);
    let link = links(&data).remove(0);
    server.kill().unwrap();
    server.wait().unwrap();
    std::fs::create_dir_all(data.join("content/notices")).unwrap();
    std::fs::write(data.join("kairan.toml"), "").unwrap();
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o755)).unwrap();
    for path in everything(&data) {
        let open = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(&path, PermissionsExt::from_mode(open)).unwrap();
    }
    let mut server = serve(&place, port);
    let body = "shown=remarks&base=0&q.remarks=x&go=next";
    assert_eq!(
        request(port, "POST", &format!("{link}/check/remarks"), body).unwrap().0,
        303
    );
    let kinds = [
        "kairan.db",
        "kairan.db-wal",
        "kairan.db-shm",
        "secret.key",
        "outbox",
        "senders",
        "kairan.toml",
    ];
    for kind in kinds {
        assert!(data.join(kind).exists(), "{kind}");
    }
    assert_eq!(mode(&data), 0o700);
    for path in everything(&data) {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), wanted, "{}", path.display());
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

/// A workbook of one sheet, with this text in place of its styles.
fn workbook_with_styles(styles: &str) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let parts = [
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="a" Type="x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="b" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="A" r:id="b"/></sheets></workbook>"#,
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Company</t></is></c></row>
               <row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c></row></sheetData></worksheet>"#,
        ),
        ("xl/styles.xml", styles),
    ];
    for (name, text) in parts {
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_that_swells_is_refused_in_a_sentence_and_not_kept() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    let good = workbook_with_styles("<styleSheet><fonts><font/></fonts></styleSheet>");
    operator
        .upload("/companies/import", "good.xlsx", &good, &[])
        .await
        .expect(303);
    let bomb = workbook_with_styles(&format!(
        "<styleSheet><fonts>{}</fonts></styleSheet>",
        "<font/>".repeat(400_000)
    ));
    assert!(bomb.len() < 20_000, "{}", bomb.len());
    for (language, words) in [("ja", "展開後の内容が"), ("en", "unpacks into far more")] {
        operator.language = language.into();
        let page = operator
            .upload("/companies/import", "bomb.xlsx", &bomb, &[])
            .await
            .expect(422)
            .text();
        assert!(page.contains(words), "{page}");
    }
    // No preview will unpack it again.
    assert_eq!(app.count("SELECT COUNT(*) FROM imports").await, 1);
}

/// A company with a link, at the first page of which a browser stands.
async fn linked(app: &TestApp) -> (String, Client) {
    company(app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(app, &mut operator, 1).await;
    (token_path(&app.outbox()[0]), app.client())
}

/// The characters that a company's answering has left in the database, and what the log holds of it.
async fn left_behind(app: &TestApp) -> (i64, i64) {
    let texts = app
        .count(
            "SELECT (SELECT COALESCE(SUM(LENGTH(changes)), 0) FROM revisions)
                  + (SELECT COALESCE(SUM(LENGTH(answers) + LENGTH(desk)), 0) FROM responses)
                  + (SELECT COALESCE(SUM(LENGTH(COALESCE(before, '')) + LENGTH(COALESCE(after, ''))), 0) FROM audit
                     WHERE action LIKE 'response.%')",
        )
        .await;
    let entries = app
        .count("SELECT COUNT(*) FROM audit WHERE action LIKE 'response.%'")
        .await;
    (texts, entries)
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_saves_of_long_answers_leave_their_last_text_and_one_entry_of_the_log() {
    let app = TestApp::start().await;
    let (link, mut client) = linked(&app).await;
    client.post(&format!("{link}/start"), &[]).await.expect(303);
    let names = names();
    let sizes = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    let is_sqlite = crate::app::postgres_url().is_none();
    let before = if is_sqlite { app.count(sizes).await } else { 0 };
    let statements = app.app.db.statements();
    for n in 0..61 {
        let text = format!("{n:04}{}", "漢".repeat(3996));
        let mut fields = vec![("base", "999999")];
        for (i, id) in YES_NO.iter().enumerate() {
            fields.extend([
                ("shown", *id),
                (names[i].0.as_str(), "yes"),
                (names[i].1.as_str(), text.as_str()),
            ]);
        }
        let reply = client.post(&format!("{link}/save"), &fields).await.expect(200).text();
        assert!(reply.contains("revisions"), "{reply}");
    }
    let statements = app.app.db.statements() - statements;
    let (texts, entries) = left_behind(&app).await;
    // So many answers of 4,000 characters; each save adds what it takes to merge.
    let last = 4_000 * YES_NO.len() as i64;
    assert!((last..last * 4).contains(&texts), "{texts} characters");
    assert_eq!(entries, 1, "that somebody started");
    if is_sqlite {
        let grown = app.count(sizes).await - before;
        println!(
            "61 saves of 13 × 4,000 kanji: {texts} characters, {grown} bytes of database, {statements} statements"
        );
        assert!(grown < 2_000_000, "{grown} bytes");
    }
    let page = client.get(&format!("{link}/all")).await.text();
    assert!(page.contains("0060漢") && !page.contains("0059漢"));
    app.run_jobs().await;
    assert_eq!(left_behind(&app).await.1, 1, "the sitting goes on");
    app.advance(SignedDuration::from_mins(16));
    app.run_jobs().await;
    let (_, entries) = left_behind(&app).await;
    assert_eq!(entries, 2);
    let last = app
        .count("SELECT COUNT(*) FROM audit WHERE action = 'response.save' AND after LIKE '%0060漢%' AND actor_kind = 'link'")
        .await;
    assert_eq!(last, 1);
    // The same again changes nothing, and so writes nothing.
    let before = left_behind(&app).await;
    let text = format!("0060{}", "漢".repeat(3996));
    let fields = [
        ("base", "999999"),
        ("shown", YES_NO[0]),
        (&names[0].0, "yes"),
        (&names[0].1, &text),
    ];
    client.post(&format!("{link}/save"), &fields).await.expect(200);
    assert_eq!(left_behind(&app).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_did_not_touch_is_no_conflict_however_often_another_saved() {
    let app = TestApp::start().await;
    let (link, mut one) = linked(&app).await;
    let mut other = app.client();
    let names = names();
    let save = |base: &'static str, text: String| {
        let fields = vec![
            ("shown", YES_NO[0].to_owned()),
            (&names[0].0, "yes".into()),
            (&names[0].1, text),
        ];
        let mut all: Vec<(String, String)> = fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        all.push(("base".into(), base.into()));
        all
    };
    // The colleague loads the page in the middle of the typing, at revision 5, and sends the whole form at the end.
    let mut seen = String::new();
    for n in 1..=9 {
        let fields = save("999999", format!("typed {n}"));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        one.post(&format!("{link}/save"), &fields).await.expect(200);
        if n == 5 {
            seen = other.get(&format!("{link}/all")).await.text();
        }
    }
    assert!(seen.contains("typed 5"));
    let mut fields = save("5", "typed 5".into());
    fields.extend([
        ("shown".into(), YES_NO[1].into()),
        (names[1].0.clone(), "no".into()),
        (names[1].1.clone(), "mine".into()),
    ]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    other.post(&format!("{link}/all"), &fields).await.expect(303);
    let page = other.get(&format!("{link}/all")).await.text();
    assert!(page.contains("typed 9") && page.contains("mine"));
    // One who did change it is asked.
    let fields = save("5", "other".into());
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = other.post(&format!("{link}/all"), &fields).await.expect(409).text();
    assert!(page.contains("typed 9") && page.contains("other"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_writes_all_day_is_told_so_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let (link, mut client) = linked(&app).await;
    let mut refused = None;
    for n in 0..400 {
        let name = format!("nobody {n}");
        let fields = [("division", ""), ("name", name.as_str()), ("contact", "052-000-0118")];
        let answer = client.post(&format!("{link}/about"), &fields).await;
        if answer.status.as_u16() != 303 {
            refused = Some((n, answer.expect(429).text()));
            break;
        }
    }
    let (n, page) = refused.unwrap();
    assert!((290..=310).contains(&n), "after {n}");
    assert!(
        page.contains(&format!("nobody {n}")) && page.contains("保存できませんでした"),
        "{page}"
    );
    // Whoever is in a sitting goes on; who begins one doesn't, and sees what they typed.
    let names = names();
    let fields = [
        ("base", "0"),
        ("shown", YES_NO[0]),
        (&names[0].0, "no"),
        (&names[0].1, "an answer"),
    ];
    client
        .post(&format!("{link}/check/{}", YES_NO[0]), &fields)
        .await
        .expect(303);
    app.advance(SignedDuration::from_mins(16));
    let fields = [
        ("base", "1"),
        ("shown", YES_NO[0]),
        (&names[0].0, "no"),
        (&names[0].1, "another answer"),
    ];
    let page = client
        .post(&format!("{link}/check/{}", YES_NO[0]), &fields)
        .await
        .expect(429)
        .text();
    assert!(
        page.contains("another answer") && page.contains("保存できませんでした"),
        "{page}"
    );
    let reply = client.post(&format!("{link}/save"), &fields).await.expect(429).text();
    assert!(
        reply.contains("problems") && reply.contains("保存できませんでした"),
        "{reply}"
    );
    app.advance(SignedDuration::from_hours(24));
    client
        .post(&format!("{link}/check/{}", YES_NO[0]), &fields)
        .await
        .expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_submits_and_is_confirmed_so_often_a_day() {
    let app = TestApp::start().await;
    let (link, mut client) = linked(&app).await;
    client.post(&format!("{link}/start"), &[]).await.expect(303);
    let names = names();
    let submit = |n: usize| {
        let mut all = all_answers(&names, if n.is_multiple_of(2) { "yes" } else { "no" });
        all.extend([("base", "999999"), ("name", "佐藤"), ("contact", "052-111-2222")]);
        all
    };
    for n in 0..200 {
        client.post(&format!("{link}/submit"), &submit(n)).await.expect(303);
    }
    client.post(&format!("{link}/submit"), &submit(200)).await.expect(429);
    app.run_jobs().await;
    let receipts = app
        .count("SELECT COUNT(*) FROM deliveries WHERE kind = 'receipt'")
        .await;
    assert!((1..=20).contains(&receipts), "{receipts} mails");
    // An operator who records what is said on the phone is not held up; and the last answers are kept.
    assert!(
        client
            .get(&format!("{link}/all"))
            .await
            .expect(200)
            .text()
            .contains("checked")
    );
    app.advance(SignedDuration::from_hours(24));
    client.post(&format!("{link}/submit"), &[]).await.expect(303);
}
