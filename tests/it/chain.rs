//! The chain: lists of any size that nobody waits for, what a company is known by and where it is, and the order of companies.

use crate::app::TestApp;
use crate::circulation::{company, readable, sent_campaign};
use crate::crash::{ALONE, Place, command, free_port, request, serve};
use crate::directory::by_page;
use jiff::SignedDuration;
use kairan::app::{DEFAULT_ORG, Scope};
use kairan::audit::{Actor, Origin};
use kairan::db::Db;
use kairan::directory::import::{Brought, Chosen, Progress, Source, apply, resume, try_apply};
use kairan::directory::{self, Filter};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SCOPE: Scope = Scope { org: DEFAULT_ORG };

fn list(companies: usize) -> String {
    let rows: String = (0..companies)
        .map(|n| {
            format!(
                "C{n:06},株式会社{n},c{n}@c{n}.example,{}\n",
                if n == 0 { "C000001" } else { "" }
            )
        })
        .collect();
    format!("コード,会社名,メール,親会社\n{rows}")
}

fn origin(app: &TestApp) -> Origin {
    Origin {
        org: DEFAULT_ORG,
        actor: Actor::Command("directory import"),
        address: String::new(),
        now: app.app.clock.now(),
    }
}

async fn import(app: &TestApp, csv: &str) {
    let plan = Source::open(csv.as_bytes(), "list.csv", &Chosen::default())
        .unwrap()
        .plan();
    apply(&app.app, &origin(app), (None, "list.csv"), &plan, &Progress::unseen())
        .await
        .unwrap();
}

/// Every company that a reader sees, in the order of lists.
async fn seen(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let all = directory::select(&mut tx, &SCOPE, &Filter::default(), None, 1_000_000)
        .await
        .unwrap();
    all.into_iter().map(|c| c.name).collect()
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    let mut tx = db.read().await.unwrap();
    tx.one(sql, &[], |r| r.get(0)).await.unwrap()
}

const PARTS: &str = "SELECT COUNT(*) FROM audit";
const READY: &str = "SELECT COUNT(*) FROM staged";
const ROWS: &str = "SELECT COUNT(*) FROM companies";
const DECIDED: &str = "SELECT COUNT(*) FROM stagings WHERE decided";
const WORKERS: &str = "SELECT COUNT(*) FROM stagings WHERE worker IS NOT NULL";

/// Until a number is reached.
async fn until(db: &Db, sql: &'static str, at_least: i64) {
    for _ in 0..60_000 {
        if number(db, sql).await >= at_least {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{sql} never comes to {at_least}");
}

/// Begins an import and breaks it off as soon as the number is reached.
async fn broken_off(app: &TestApp, csv: &str, sql: &'static str, at_least: i64) {
    let plan = Source::open(csv.as_bytes(), "list.csv", &Chosen::default())
        .unwrap()
        .plan();
    let (inner, origin) = (app.app.clone(), origin(app));
    let task = tokio::spawn(async move {
        let _ = apply(&inner, &origin, (None, "list.csv"), &plan, &Progress::unseen()).await;
    });
    until(&app.app.db, sql, at_least).await;
    task.abort();
    let _ = task.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l9_an_import_lets_others_write_and_is_seen_whole_or_not_at_all() {
    let app = TestApp::start().await;
    import(&app, "コード,会社名\nX1,既存\n").await;
    let ended = Arc::new(AtomicBool::new(false));
    let (db, stop) = (app.app.db.clone(), ended.clone());
    let writer = tokio::spawn(async move {
        let mut written = 0;
        while !stop.load(Ordering::SeqCst) {
            let mut tx = db.write().await.unwrap();
            tx.execute("UPDATE organisations SET name = 'n' WHERE id = $1", &[&DEFAULT_ORG])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            written += 1;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        written
    });
    let (db, stop) = (app.app.db.clone(), ended.clone());
    let reader = tokio::spawn(async move {
        let mut counts = std::collections::BTreeSet::new();
        while !stop.load(Ordering::SeqCst) {
            counts.insert(seen(&db).await.len());
        }
        counts
    });
    let before = app.app.db.statements();
    import(&app, &list(1_500)).await;
    ended.store(true, Ordering::SeqCst);
    let written = writer.await.unwrap();
    let counts = reader.await.unwrap();
    println!(
        "others wrote {written} times, saw {counts:?}, {} statements",
        app.app.db.statements() - before
    );
    assert!(written >= 15, "others wrote {written} times while the import went on");
    assert!(counts.iter().all(|n| [1, 1_501].contains(n)), "{counts:?}");
    assert_eq!(seen(&app.app.db).await.len(), 1_501);
    assert_eq!(number(&app.app.db, READY).await + number(&app.app.db, WORKERS).await, 0);
    // One entry of the log for each of both lists, and one for each company.
    assert_eq!(number(&app.app.db, PARTS).await, 2 + 1_501);
    assert_eq!(
        number(
            &app.app.db,
            "SELECT COUNT(*) FROM companies c JOIN companies p ON p.id = c.parent WHERE p.code = 'C000001'"
        )
        .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l9_an_import_that_is_broken_off_before_it_is_decided_leaves_nothing() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    import(&app, "コード,会社名,国\nC000001,前からの会社,\nX1,既存,TH\n").await;
    let (log, before) = (number(&app.app.db, PARTS).await, seen(&app.app.db).await);
    broken_off(&app, &list(1_000), READY, 50).await;
    // Something lies there, and nobody sees it: in no list, page, filter, search, count or log.
    assert!(number(&app.app.db, READY).await >= 50 && number(&app.app.db, ROWS).await > 40);
    assert_eq!(seen(&app.app.db).await, before);
    assert_eq!(number(&app.app.db, PARTS).await, log);
    let hidden: directory::CompanyId = {
        let mut tx = app.app.db.read().await.unwrap();
        tx.one("SELECT id FROM companies WHERE code = 'C000000'", &[], |r| r.get(0))
            .await
            .unwrap()
    };
    client.get(&format!("/companies/{hidden}")).await.expect(404);
    let page = client.get("/companies").await.expect(200).text();
    assert!(page.contains("前からの会社") && !page.contains("株式会社3<"), "{page}");
    let found = client
        .get("/companies?q=%E6%A0%AA%E5%BC%8F%E4%BC%9A%E7%A4%BE7")
        .await
        .expect(200)
        .text();
    assert!(!found.contains("C000007"), "{found}");
    let csv = client.get("/companies/export?format=csv").await.expect(200).text();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    {
        let mut tx = app.app.db.read().await.unwrap();
        assert!(
            directory::find_by_code(&mut tx, &SCOPE, "C000003")
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(directory::countries(&mut tx, &SCOPE).await.unwrap(), ["", "TH"]);
    }
    // While it may be at work, another one waits; then it is cleared away.
    let plan = Source::open(list(5).as_bytes(), "list.csv", &Chosen::default())
        .unwrap()
        .plan();
    let other = try_apply(&app.app, &origin(&app), (None, "x"), &plan, &Progress::unseen())
        .await
        .unwrap();
    assert!(matches!(other, Brought::Busy));
    assert!(!resume(&app.app, &SCOPE).await.unwrap());
    app.advance(SignedDuration::from_secs(20));
    assert!(resume(&app.app, &SCOPE).await.unwrap());
    assert!(!resume(&app.app, &SCOPE).await.unwrap());
    assert_eq!(number(&app.app.db, ROWS).await, 2);
    assert_eq!(number(&app.app.db, "SELECT COUNT(*) FROM contacts").await, 0);
    assert_eq!(number(&app.app.db, READY).await + number(&app.app.db, WORKERS).await, 0);
    assert_eq!(number(&app.app.db, PARTS).await, log);
    // And the same list comes in.
    import(&app, &list(1_000)).await;
    assert_eq!(seen(&app.app.db).await.len(), 1_001);
}

#[tokio::test(flavor = "multi_thread")]
async fn l9_an_import_that_is_broken_off_after_it_is_decided_is_brought_to_its_end_and_takes_nothing_back() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let old: String = (0..400)
        .map(|n| format!("C{n:06},旧{n},x{n}@c{n}.example,\n"))
        .collect();
    import(&app, &format!("コード,会社名,メール,品目\n{old}")).await;
    let new: String = (0..700)
        .map(|n| format!("C{n:06},新{n},c{n}@c{n}.example,ネジ,D{n}\n"))
        .collect();
    broken_off(&app, &format!("コード,会社名,メール,品目,部署\n{new}"), DECIDED, 1).await;
    let waiting = number(&app.app.db, READY).await;
    assert!(waiting > 0, "it ended before it was broken off");
    // All that is new is seen at once.
    assert_eq!(seen(&app.app.db).await.len(), 700);
    // Somebody changes a company that it hasn't come to, and takes another away.
    let id = |code: &'static str| {
        let db = app.app.db.clone();
        async move {
            let mut tx = db.read().await.unwrap();
            directory::find_by_code(&mut tx, &SCOPE, code)
                .await
                .unwrap()
                .unwrap()
                .id
        }
    };
    let (changed, deleted) = (id("C000399").await, id("C000398").await);
    let form = [
        ("name", "旧399"),
        ("kind", "group"),
        ("code", "C000399"),
        ("kana", "キュウ"),
        ("items", ""),
    ];
    client
        .post(&format!("/companies/{changed}/edit"), &form)
        .await
        .expect(303);
    client
        .post(&format!("/companies/{deleted}/delete"), &[("word", "C000398")])
        .await
        .expect(303);
    app.advance(SignedDuration::from_secs(20));
    assert!(resume(&app.app, &SCOPE).await.unwrap());
    assert_eq!(number(&app.app.db, READY).await + number(&app.app.db, WORKERS).await, 0);
    let names = seen(&app.app.db).await;
    assert_eq!(
        (names.len(), names.iter().filter(|n| n.starts_with('旧')).count()),
        (699, 0)
    );
    let mut tx = app.app.db.read().await.unwrap();
    let kept = directory::find(&mut tx, &SCOPE, changed).await.unwrap().unwrap();
    assert_eq!(
        (kept.name.as_str(), kept.items.as_str(), kept.kana.as_str(), kept.kind),
        ("新399", "ネジ", "キュウ", directory::Kind::Group)
    );
    let contacts = directory::contacts_of(&mut tx, &SCOPE, changed).await.unwrap();
    assert_eq!(contacts.len(), 2, "the old address and the new one");
    drop(tx);
    // What an import of it once more finds is what it left.
    let rows = number(&app.app.db, PARTS).await;
    let again: String = new
        .lines()
        .filter(|l| !l.starts_with("C000398"))
        .map(|l| format!("{l}\n"))
        .collect();
    import(&app, &format!("コード,会社名,メール,品目,部署\n{again}")).await;
    assert_eq!(number(&app.app.db, PARTS).await, rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn l9_two_lists_at_once_come_in_one_after_the_other_by_page_and_by_function() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let csv = list(300);
    let plan = Source::open(csv.as_bytes(), "list.csv", &Chosen::default())
        .unwrap()
        .plan();
    let (one, two) = (origin(&app), origin(&app));
    let (unseen, also) = (Progress::unseen(), Progress::unseen());
    let both = tokio::join!(
        apply(&app.app, &one, (None, "a.csv"), &plan, &unseen),
        apply(&app.app, &two, (None, "b.csv"), &plan, &also),
    );
    let mut created = [both.0.unwrap().0.companies_created, both.1.unwrap().0.companies_created];
    created.sort_unstable();
    assert_eq!(created, [0, 300]);
    let (_, page) = by_page(
        &app,
        &mut client,
        "more.csv",
        "コード,会社名,メール\nN1,新しい会社,a@n.example\n".as_bytes(),
    )
    .await;
    assert!(page.contains("新しい会社") || page.contains("1"), "{page}");
    assert_eq!(seen(&app.app.db).await.len(), 301);
}

/// The program that brings a list in is killed while a server runs; and the same list comes in afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn l9_a_killed_import_leaves_nothing_and_the_server_answers_meanwhile() {
    let _alone = ALONE.lock().await;
    let place = Place {
        dir: tempfile::tempdir().unwrap(),
        database: crate::app::own_schema().await,
    };
    let file = place.dir.path().join("list.csv");
    std::fs::write(&file, list(3_000)).unwrap();
    let port = free_port();
    let mut server = serve(&place, port);
    let db = match &place.database {
        Some(url) => Db::postgres(url, 2).await.unwrap(),
        None => Db::sqlite(&place.dir.path().join("data/kairan.db")).unwrap(),
    };
    let mut importer = command(&place)
        .args(["directory", "import", file.to_str().unwrap()])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until(&db, READY, 100).await;
    assert_eq!(request(port, "GET", "/readyz", "").unwrap().0, 200);
    importer.kill().unwrap();
    importer.wait().unwrap();
    assert!(number(&db, READY).await >= 100);
    assert_eq!(number(&db, DECIDED).await, 0, "it was killed too late for this test");
    assert_eq!(seen(&db).await.len(), 0);
    assert_eq!(
        number(&db, "SELECT COUNT(*) FROM audit WHERE action LIKE 'company.%'").await,
        0
    );
    let done = command(&place)
        .args(["directory", "import", file.to_str().unwrap(), "--json"])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["companies_created"], 3_000);
    assert_eq!((seen(&db).await.len(), number(&db, ROWS).await), (3_000, 3_000));
    assert_eq!(number(&db, READY).await, 0);
    server.kill().unwrap();
    server.wait().unwrap();
}

const NUMBER: &str = "7000012050002";

#[tokio::test(flavor = "multi_thread")]
async fn l7_number_postal_code_and_address_come_in_go_out_and_come_in_again() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let csv = "会社名,法人番号（13桁）,〒,都道府県,住所1,住所2（建物）,メール\n\
         青木工業㈱,7-0000-1205-0002,1000001,東京都,千代田区一丁目1番,青木ビル3階,a@a.example\n\
         Thai Parts,,10110,,1 Rama IV Road,,b@b.example\n\
         加藤商店,8000012050002,12345,,,,c@c.example\n";
    let (_, page) = by_page(&app, &mut client, "list.csv", csv.as_bytes()).await;
    assert!(page.contains("法人番号ではないため"), "{page}");
    let mut tx = app.app.db.read().await.unwrap();
    let all = directory::select(&mut tx, &SCOPE, &Filter::default(), None, 10)
        .await
        .unwrap();
    let mut found = Vec::new();
    for row in all {
        found.push(directory::find(&mut tx, &SCOPE, row.id).await.unwrap().unwrap());
    }
    drop(tx);
    let facts: Vec<_> = found
        .iter()
        .map(|c| {
            (
                c.name.as_str(),
                c.code.as_deref(),
                c.corporate_number.as_deref(),
                c.postal_code.as_str(),
                c.address.as_str(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            ("Thai Parts", None, None, "10110", "1 Rama IV Road"),
            ("加藤商店", None, None, "", ""),
            (
                "青木工業(株)",
                None,
                Some(NUMBER),
                "100-0001",
                "東京都 千代田区一丁目1番 青木ビル3階"
            ),
        ]
    );
    let aoki = found[2].id;
    let page = client.get(&format!("/companies/{aoki}")).await.expect(200).text();
    for shown in [
        NUMBER,
        "100-0001",
        "東京都 千代田区一丁目1番 青木ビル3階",
        "法人番号",
        "住所",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // Out, and in again: nothing is another.
    let out = client.get("/companies/export?format=csv").await.expect(200).text();
    assert!(out.contains(NUMBER) && out.contains("100-0001"), "{out}");
    let rows = app.count(PARTS).await;
    import(&app, &out).await;
    assert_eq!(app.count(PARTS).await, rows);
    // Known by its number under another name, and moved.
    import(
        &app,
        &format!("会社名,法人番号,住所,郵便番号\nアオキ工業株式会社,{NUMBER},大阪府大阪市北区1,530-0001\n"),
    )
    .await;
    let mut tx = app.app.db.read().await.unwrap();
    let moved = directory::find(&mut tx, &SCOPE, aoki).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(
        (moved.name.as_str(), moved.address.as_str(), moved.postal_code.as_str()),
        ("アオキ工業株式会社", "大阪府大阪市北区1", "530-0001")
    );
    assert_eq!(app.count(ROWS).await, 3);
    let page = client.get(&format!("/companies/{aoki}")).await.expect(200).text();
    assert!(
        page.contains("530-0001") && page.contains("100-0001"),
        "the history tells both: {page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l7_a_form_refuses_a_number_and_a_postal_code_that_are_wrong_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let form = |number: &'static str, postal: &'static str| {
        [
            ("name", "甲社"),
            ("kind", "supplier"),
            ("country", "JP"),
            ("corporate-number", number),
            ("postal-code", postal),
            ("address", "東京都千代田区1"),
        ]
    };
    let refused = client
        .post("/companies/new", &form("7000012050003", "123-456"))
        .await
        .expect(422)
        .text();
    for shown in [
        "法人番号が正しくありません",
        "日本の郵便番号は 7 桁です",
        "value=\"7000012050003\"",
        "value=\"123-456\"",
        "東京都千代田区1",
    ] {
        assert!(refused.contains(shown), "{shown}: {refused}");
    }
    client.language = "en".into();
    let refused = client.post("/companies/new", &form("1", "1")).await.expect(422).text();
    assert!(
        refused.contains("Corporate number") && refused.contains("it has thirteen digits"),
        "{refused}"
    );
    let made = client
        .post("/companies/new", &form("7000 0120 5000 2", "〒100-0001"))
        .await
        .expect(303);
    let page = client.get(made.location()).await.expect(200).text();
    assert!(page.contains(NUMBER) && page.contains("100-0001"), "{page}");
    assert_eq!(
        app.count("SELECT COUNT(*) FROM companies WHERE corporate_number = '7000012050002'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l7_every_list_has_the_companies_in_one_order() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    import(
        &app,
        "コード,会社名,会社名カナ,メール,重要度\n\
         1,渡辺鋼業株式会社,ワタナベコウギョウ,a@a.example,A\n\
         2,㈱青木,アオキ,b@b.example,A\n\
         3,Beta Ltd.,,c@c.example,A\n\
         4,加藤有限会社,ｶﾄｳ,d@d.example,A\n\
         5,alpha GmbH,,e@e.example,A\n\
         6,さくら商会,,f@f.example,A\n\
         7,漢字工業,,g@g.example,A\n",
    )
    .await;
    let order = [
        "alpha GmbH",
        "Beta Ltd.",
        "(株)青木",
        "加藤有限会社",
        "さくら商会",
        "渡辺鋼業株式会社",
        "漢字工業",
    ];
    assert_eq!(seen(&app.app.db).await, order);
    let in_order = |page: &str| {
        let mut places: Vec<(usize, &str)> = order
            .iter()
            .map(|name| (page.find(name).unwrap_or_else(|| panic!("{name}: {page}")), *name))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(in_order(&client.get("/companies").await.expect(200).text()), order);
    assert_eq!(
        in_order(&client.get("/companies/export?format=csv").await.expect(200).text()),
        order
    );
    let mut down = in_order(&client.get("/companies?sort=name&order=desc").await.expect(200).text());
    down.reverse();
    assert_eq!(down, order);
    let campaign = sent_campaign(&app, &mut client, 7).await;
    app.run_jobs().await;
    let listed = client.get(&format!("{campaign}/companies")).await.expect(200).text();
    assert_eq!(in_order(&listed), order);
    // An upgrade finds keys of another collation, and makes all of them anew.
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("UPDATE companies SET sort_key = ''", &[]).await.unwrap();
    tx.execute("UPDATE invitations SET sort_key = ''", &[]).await.unwrap();
    tx.execute("UPDATE organisations SET sorted_by = 'older'", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(kairan::invitations::keep_in_order(&app.app, SCOPE).await.unwrap());
    assert!(!kairan::invitations::keep_in_order(&app.app, SCOPE).await.unwrap());
    assert_eq!(seen(&app.app.db).await, order);
    let listed = client.get(&format!("{campaign}/companies")).await.expect(200).text();
    assert_eq!(in_order(&listed), order);
}

#[tokio::test(flavor = "multi_thread")]
async fn l7_letters_write_the_legal_form_out_and_the_directory_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S-1", "(株)青木工業", &[("a@a.example", "ja")]).await;
    sent_campaign(&app, &mut client, 1).await;
    app.run_jobs().await;
    let mail = readable(&app.outbox()[0]);
    assert!(
        mail.contains("株式会社青木工業") && !mail.contains("(株)青木工業"),
        "{mail}"
    );
    assert!(
        client
            .get("/companies")
            .await
            .expect(200)
            .text()
            .contains("(株)青木工業")
    );
}

#[tokio::test]
async fn l7_a_letter_that_goes_by_post_says_where_to() {
    let app = TestApp::start_with_typesetter(&[]).await;
    let mut client = app.signed_in().await;
    let id = company(&app, "supplier", "S-1", "(株)青木工業", &[]).await;
    let form = [
        ("name", "(株)青木工業"),
        ("kind", "supplier"),
        ("code", "S-1"),
        ("country", "JP"),
        ("criticality", "A"),
        ("postal-code", "1000001"),
        ("address", "東京都千代田区一丁目1番 青木ビル3階"),
    ];
    client.post(&format!("/companies/{id}/edit"), &form).await.expect(303);
    let campaign = sent_campaign(&app, &mut client, 1).await;
    app.run_jobs().await;
    let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
    let print = page
        .split("/letters/")
        .find_map(|r| r.split_once("/print.pdf"))
        .unwrap()
        .0;
    let file = client
        .get(&format!("{campaign}/letters/{print}/print.pdf"))
        .await
        .expect(200);
    let text = crate::letters::read(app.dir.path(), &file.bytes);
    let block = "〒100-0001東京都千代田区一丁目1番青木ビル3階株式会社青木工業";
    assert!(text.contains(block), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn l9_what_was_taken_away_or_moved_since_an_import_was_decided_holds_up_no_later_one() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let old: String = (0..400).map(|n| format!("C{n:06},旧{n}\n")).collect();
    import(&app, &format!("コード,会社名\nP1,親一\nP2,親二\nP3,親三\n{old}")).await;
    let new: String = (0..400)
        .map(|n| {
            let parent = ["P1", "P2", "P3"].get(399 - n).copied().unwrap_or_default();
            format!("C{n:06},新{n},{parent}\n")
        })
        .collect();
    broken_off(&app, &format!("コード,会社名,親会社\n{new}"), DECIDED, 1).await;
    assert!(number(&app.app.db, READY).await > 2, "it came to the parents");
    // One parent is taken away, and another is put below the company whose parent it shall be.
    let mut tx = app.app.db.write().await.unwrap();
    let gone = directory::find_by_code(&mut tx, &SCOPE, "P1")
        .await
        .unwrap()
        .unwrap()
        .id;
    tx.execute(
        "UPDATE companies SET parent = (SELECT id FROM companies WHERE code = 'C000398') WHERE code = 'P2'",
        &[],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    client
        .post(&format!("/companies/{gone}/delete"), &[("word", "P1")])
        .await
        .expect(303);
    app.advance(SignedDuration::from_secs(20));
    import(&app, "コード,会社名\nN1,あとの会社\n").await;
    assert_eq!(number(&app.app.db, READY).await + number(&app.app.db, WORKERS).await, 0);
    let mut tx = app.app.db.read().await.unwrap();
    let mut parents = Vec::new();
    for code in ["C000399", "C000398", "C000397", "N1"] {
        let company = directory::find_by_code(&mut tx, &SCOPE, code).await.unwrap().unwrap();
        let parent = match company.parent {
            Some(id) => directory::find(&mut tx, &SCOPE, id).await.unwrap().unwrap().name,
            None => String::new(),
        };
        parents.push((company.name, parent));
    }
    let told: Vec<(&str, &str)> = parents.iter().map(|(n, p)| (n.as_str(), p.as_str())).collect();
    assert_eq!(
        told,
        [("新399", ""), ("新398", ""), ("新397", "親三"), ("あとの会社", "")]
    );
}

/// What the engine does to answer a statement.
async fn explained(app: &TestApp, sqlite: &'static str, postgres: &'static str, code: &str) -> String {
    let mut tx = app.app.db.write().await.unwrap();
    let lines = if crate::app::postgres_url().is_some() {
        // A table of a few rows is read whole, whatever indexes it has.
        tx.execute("SET LOCAL enable_seqscan = off", &[]).await.unwrap();
        tx.execute("SET LOCAL enable_sort = off", &[]).await.unwrap();
        tx.list(postgres, &[&DEFAULT_ORG, &code], |r| r.get::<String>(0)).await
    } else {
        tx.list(sqlite, &[&DEFAULT_ORG, &code], |r| r.get::<String>(3)).await
    };
    lines.unwrap().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn l9_codes_are_given_to_known_companies_by_an_index() {
    let app = TestApp::start().await;
    macro_rules! both {
        ($sql:literal) => {
            (concat!("EXPLAIN QUERY PLAN ", $sql), concat!("EXPLAIN ", $sql))
        };
    }
    let (sqlite, postgres) = both!("SELECT id FROM companies WHERE org = $1 AND LOWER(code) = LOWER($2)");
    let plan = explained(&app, sqlite, postgres, "C1").await;
    assert!(plan.contains("companies_code_folded"), "{plan}");
    let (sqlite, postgres) = both!(
        "SELECT id, name FROM companies WHERE org = $1 AND id > '00000000-0000-0000-0000-000000000000' AND $2 <> '' ORDER BY id LIMIT 1000"
    );
    let plan = explained(&app, sqlite, postgres, "C1").await;
    assert!(
        plan.contains("companies_in_turn") && !plan.contains("TEMP B-TREE"),
        "{plan}"
    );
    let names: String = (0..50).map(|n| format!(",会社{n}\n")).collect();
    import(&app, &format!("コード,会社名\n{names}")).await;
    let codes: String = (0..50).map(|n| format!("C{n},会社{n}\n")).collect();
    import(&app, &format!("コード,会社名\n{codes}")).await;
    let given = "SELECT COUNT(*) FROM companies WHERE name = '会社' || SUBSTR(code, 2)";
    assert_eq!((app.count(given).await, app.count(ROWS).await), (50, 50));
}

async fn reported(app: &TestApp, csv: &str) -> serde_json::Value {
    let plan = Source::open(csv.as_bytes(), "list.csv", &Chosen::default())
        .unwrap()
        .plan();
    let (report, _) = apply(&app.app, &origin(app), (None, "list.csv"), &plan, &Progress::unseen())
        .await
        .unwrap();
    serde_json::to_value(report).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn l7_rows_that_the_directory_knows_under_another_name_are_told_and_what_meets_is_merged() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    import(
        &app,
        &format!("コード,会社名,法人番号\nK1,甲,{NUMBER}\nK2,乙,\nK3,丁,\nK4,丁,\n"),
    )
    .await;
    let told = |row: u32, value: &str, what: &str| serde_json::json!({ "row": row, "column": "会社名", "value": value, "what": what });
    // Two rows that only the directory knows to be one: the earlier stands, and the other's contact joins it.
    let csv = format!("コード,会社名,法人番号,メール,品目\nK1,甲,,a@a.example,\n,丙商事,{NUMBER},b@b.example,ネジ\n");
    let report = reported(&app, &csv).await;
    let facts = [
        "rows",
        "companies_created",
        "companies_updated",
        "contacts_created",
        "merged",
        "without_mail",
    ];
    assert_eq!(facts.map(|f| report[f].as_u64().unwrap()), [2, 0, 1, 2, 1, 0]);
    assert_eq!(report["notices"], serde_json::json!([told(3, "丙商事", "number-same")]));
    let mut tx = app.app.db.read().await.unwrap();
    let first = directory::find_by_code(&mut tx, &SCOPE, "K1").await.unwrap().unwrap();
    let contacts = directory::contacts_of(&mut tx, &SCOPE, first.id).await.unwrap();
    drop(tx);
    assert_eq!((first.name.as_str(), first.items.as_str()), ("甲", "ネジ"));
    let mut roles: Vec<_> = contacts.iter().map(|c| (c.position, c.role)).collect();
    roles.sort_by_key(|(position, _)| *position);
    assert_eq!(roles.len(), 2);
    assert_ne!(roles[0].1, roles[1].1, "one of both is written to first");
    // The same again changes nothing.
    let report = reported(&app, &csv).await;
    assert_eq!(facts.map(|f| report[f].as_u64().unwrap()), [2, 0, 0, 0, 1, 0]);
    // Another name of a code, and a name of two.
    let csv = "コード,会社名,品目\nK2,全く別の,\n,丁,バネ\n";
    let report = reported(&app, csv).await;
    assert_eq!(
        report["notices"],
        serde_json::json!([told(2, "乙 → 全く別の", "renamed"), told(3, "丁", "name-ambiguous")])
    );
    // It has that name now, so nothing is told of it any more.
    let report = reported(&app, csv).await;
    assert_eq!(report["notices"], serde_json::json!([told(3, "丁", "name-ambiguous")]));
    // And by the corporate number alone; the page says it.
    let csv = format!("会社名,法人番号\n別名商事,{NUMBER}\n");
    let (_, page) = by_page(&app, &mut client, "list.csv", csv.as_bytes()).await;
    assert!(
        page.contains("甲 → 別名商事") && page.contains("名前が、ファイルの名前に変わります"),
        "{page}"
    );
}
