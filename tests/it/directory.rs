//! The directory: its pages, and lists of companies brought in by page, by function and by command.

use crate::app::{Client, TestApp};
use kairan::app::{DEFAULT_ORG, OrgId, Scope};
use kairan::audit::{Actor, Origin};
use kairan::directory::import::{Chosen, Progress, Report, Source, apply};
use kairan::directory::{self, Filter, Kind};
use std::collections::BTreeSet;

const SCOPE: Scope = Scope { org: DEFAULT_ORG };

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/tests/fixtures/directories/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

fn truth(name: &str) -> serde_json::Value {
    serde_json::from_slice(&fixture(name)).unwrap()
}

async fn import(app: &TestApp, name: &str, bytes: &[u8], chosen: &Chosen) -> Report {
    let plan = Source::open(bytes, name, chosen).unwrap().plan();
    let now = app.app.clock.now();
    let origin = Origin {
        org: DEFAULT_ORG,
        actor: Actor::Command("test"),
        address: String::new(),
        now,
    };
    let (report, _) = apply(&app.app, &origin, (None, name), &plan, &Progress::unseen())
        .await
        .unwrap();
    report
}

async fn csv(app: &TestApp, text: &str) -> Report {
    import(app, "list.csv", text.as_bytes(), &Chosen::default()).await
}

/// The truth names the rows without a name, and those whose address can't be used: their companies go in without it.
#[track_caller]
fn holds(report: &serde_json::Value, truth: &serde_json::Value) {
    let all = |list: &serde_json::Value| list.as_array().unwrap().clone();
    let rows = |list: &[serde_json::Value]| list.iter().map(|e| e["row"].as_u64().unwrap()).collect::<Vec<_>>();
    let mut bad = all(&report["notices"]);
    bad.retain(|notice| notice["what"] == "bad-address");
    let bad = rows(&bad);
    let number = |of: &serde_json::Value, key: &str| of[key].as_u64().unwrap();
    let more = bad.len() as u64;
    assert_eq!(number(report, "companies_created"), number(truth, "companies") + more);
    assert_eq!(report["contacts_created"], truth["contacts"]);
    assert_eq!(report["merged"], truth["duplicates"]);
    assert_eq!(number(report, "without_mail"), number(truth, "no_mail") + more);
    assert_eq!(report["rows"], truth["rows"]);
    let mut told = [rows(&all(&report["errors"])), bad].concat();
    told.sort_unstable();
    assert_eq!(told, rows(&all(&truth["errors"])));
}

/// Everything of the directory and of the log, to see that nothing has changed.
async fn everything(app: &TestApp) -> Vec<(String, i64, i64)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.list(
        "SELECT 'companies', COUNT(*), CAST(COALESCE(SUM(updated_at % 1000003), 0) AS BIGINT) FROM companies
         UNION ALL SELECT 'contacts', COUNT(*), CAST(COALESCE(SUM(updated_at % 1000003), 0) AS BIGINT) FROM contacts
         UNION ALL SELECT 'audit', COUNT(*), 0 FROM audit",
        &[],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn real_lists_come_in_exactly_and_a_second_time_change_nothing() {
    let app = TestApp::start().await;
    for (file, what, kind) in [
        ("ja-300.xlsx", "ja-300.truth.json", Kind::Supplier),
        ("cp932-40.csv", "cp932-40.truth.json", Kind::Group),
    ] {
        let chosen = Chosen {
            kind,
            ..Chosen::default()
        };
        let report = import(&app, file, &fixture(file), &chosen).await;
        holds(&serde_json::to_value(&report).unwrap(), &truth(what));
        assert_eq!(report.companies_updated, 0);
        let before = everything(&app).await;
        app.advance(jiff::SignedDuration::from_mins(1));
        let again = import(&app, file, &fixture(file), &chosen).await;
        assert_eq!(
            (again.companies_created, again.companies_updated, again.contacts_created),
            (0, 0, 0),
            "{file}"
        );
        assert_eq!(everything(&app).await, before);
    }
    assert_eq!(
        app.count("SELECT COUNT(*) FROM companies WHERE kind = 'group'").await,
        38
    );
}

/// From the upload to the result, as a browser without JavaScript; the address of the result.
pub async fn by_page(app: &TestApp, client: &mut Client, name: &str, bytes: &[u8]) -> (String, String) {
    let uploaded = client
        .upload("/companies/import", name, bytes, &[("kind", "supplier")])
        .await
        .expect(303);
    let place = uploaded.location().to_owned();
    let preview = client.get(&place).await.expect(200).text();
    let form = form_of(&preview);
    let fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    client.post(&format!("{place}/run"), &fields).await.expect(303);
    assert!(client.get(&place).await.expect(200).text().contains("取り込んでいます"));
    app.run_jobs().await;
    let result = client.get(&place).await.expect(200).text();
    (place, result)
}

/// The fields of the preview's form, as a browser would send them.
fn form_of(page: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for part in page.split("<select ").skip(1) {
        let name = between(part, "name=\"", "\"");
        let options = part.split("</select>").next().unwrap();
        let chosen = options
            .split("<option")
            .find(|o| o.contains(" selected"))
            .or_else(|| options.split("<option").nth(1));
        fields.push((name, between(chosen.unwrap(), "value=\"", "\"")));
    }
    for part in page.split("<input ").skip(1) {
        fields.push((between(part, "name=\"", "\""), between(part, "value=\"", "\"")));
    }
    fields
}

fn between(text: &str, start: &str, end: &str) -> String {
    text.split(start)
        .nth(1)
        .and_then(|rest| rest.split(end).next())
        .unwrap_or_default()
        .to_owned()
}

/// The big numbers of a result page.
fn numbers(page: &str) -> Vec<u64> {
    page.split("<b>")
        .skip(1)
        .filter_map(|part| part.split("</b>").next()?.parse().ok())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn real_lists_come_in_by_page() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    for (file, what) in [
        ("ja-300.xlsx", "ja-300.truth.json"),
        ("cp932-40.csv", "cp932-40.truth.json"),
    ] {
        let truth = truth(what);
        let (place, result) = by_page(&app, &mut client, file, &fixture(file)).await;
        let number = |key: &str| truth[key].as_u64().unwrap();
        // Some of the truth's errors are addresses, without which the companies go in; see `holds`.
        let errors = numbers(&result)[4];
        let more = truth["errors"].as_array().unwrap().len() as u64 - errors;
        assert!(errors > 0 && more > 0);
        assert_eq!(
            numbers(&result)[..4],
            [
                number("companies") + more,
                0,
                number("contacts"),
                number("no_mail") + more
            ]
        );
        let rejected = client.get(&format!("{place}/rejected")).await.expect(200);
        let table = kairan::sheets::read(&rejected.bytes, "rejected.xlsx", None).unwrap();
        assert_eq!(table.rows.len() as u64, errors + 1);
        let header = &table.rows[0];
        assert_eq!(header.cells.last().unwrap(), "理由と直し方");
        let rows: Vec<u64> = table.rows[1..]
            .iter()
            .map(|r| r.cells[header.cells.len() - 2].parse().unwrap())
            .collect();
        let expected: Vec<u64> = truth["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["row"].as_u64().unwrap())
            .collect();
        assert!(rows.iter().all(|row| expected.contains(row)), "{rows:?}");
        let (_, again) = by_page(&app, &mut client, file, &fixture(file)).await;
        assert_eq!(numbers(&again)[..3], [0, 0, 0]);
        // In the other language too.
        client.language = "en".into();
        assert!(
            client
                .get(&place)
                .await
                .expect(200)
                .text()
                .contains("Result of the import")
        );
        client.language = "ja".into();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_can_be_matched_by_hand() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let bytes = "一覧\nA,B,C\n北陸樹脂,a@b.example,x\n白山物流,,y\n".as_bytes();
    let place = client
        .upload("/companies/import", "my list.csv", bytes, &[])
        .await
        .expect(303)
        .location()
        .to_owned();
    let page = client.get(&place).await.expect(200).text();
    assert!(page.contains("企業名の列が見つかりません"), "{page}");
    let run = format!("{place}/run");
    client
        .post(
            &run,
            &[
                ("sheet", "my list"),
                ("shown-sheet", "my list"),
                ("header", "2"),
                ("shown-header", "2"),
            ],
        )
        .await
        .expect(422);
    let fields = [
        ("sheet", "my list"),
        ("shown-sheet", "my list"),
        ("header", "2"),
        ("shown-header", "2"),
        ("kind", "group"),
        ("c0", "name"),
        ("c1", "mail"),
        ("c2", ""),
    ];
    client.post(&place, &fields).await.expect(303);
    let page = client.get(&place).await.expect(200).text();
    assert!(
        page.contains("2 社を取り込む") && !page.contains("企業名の列が見つかりません"),
        "{page}"
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM companies").await, 0);
    // Another header row together with "import" is shown first.
    let mut other = fields.to_vec();
    other[2] = ("header", "1");
    client.post(&run, &other).await.expect(422);
    client.post(&place, &fields).await.expect(303);
    client.post(&run, &fields).await.expect(303);
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM companies WHERE kind = 'group'").await,
        2
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE mail = 'a@b.example'")
            .await,
        1
    );
    // The same button again does nothing.
    client.post(&run, &fields).await.expect(303);
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'directory.import'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cant_be_read_is_refused_in_words() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    for (bytes, sentence) in [
        (&b""[..], "空です"),
        (b"%PDF-1.7 ...", "表のファイルではありません"),
        (b"PK\x03\x04 nonsense", "壊れている"),
        (b"M\xFCller,x\n", "文字コード"),
    ] {
        let page = client
            .upload("/companies/import", "<b>\"x.xlsx", bytes, &[])
            .await
            .expect(422)
            .text();
        assert!(page.contains(sentence), "{sentence}: {page}");
    }
    let page = client
        .upload("/companies/import", "", b"", &[])
        .await
        .expect(422)
        .text();
    assert!(page.contains("ファイルを選んでください"));
    // A name is a text, whatever it holds.
    let place = client
        .upload(
            "/companies/import",
            "../<img src=x>.csv",
            "会社名\nあ\n".as_bytes(),
            &[],
        )
        .await
        .expect(303);
    let page = client.get(place.location()).await.expect(200).text();
    assert!(
        page.contains("&#60;img src=x&#62;.csv") && !page.contains("<img src=x>") && !page.contains("../"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_updates_what_it_says_and_erases_nothing() {
    let app = TestApp::start().await;
    csv(&app, "コード,会社名,国,品目,担当者,メール,電話\nS1,㈱北陸樹脂,JP,樹脂,山田 太郎,a@b.example,03-1\n,白山物流,JP,,,,\n").await;
    app.advance(jiff::SignedDuration::from_mins(1));
    let report = csv(&app, "コード,会社名,国,品目,担当者,メール,電話\ns1,株式会社北陸樹脂,,電子,,A@B.example,\nS2,白山物流,,,,c@d.example,\n").await;
    assert_eq!(
        (
            report.companies_created,
            report.companies_updated,
            report.contacts_created
        ),
        (0, 2, 1)
    );
    let mut tx = app.app.db.read().await.unwrap();
    let rows = directory::select(&mut tx, &SCOPE, &Filter::default(), None, 10)
        .await
        .unwrap();
    let shown: BTreeSet<_> = rows
        .iter()
        .map(|c| (c.code.clone().unwrap(), c.country.clone(), c.contacts, c.mails))
        .collect();
    assert_eq!(
        shown,
        [
            ("S1".to_owned(), "JP".to_owned(), 1, 1),
            ("S2".to_owned(), "JP".to_owned(), 1, 1)
        ]
        .into()
    );
    let one = rows.iter().find(|c| c.code.as_deref() == Some("S1")).unwrap();
    assert_eq!(
        directory::find(&mut tx, &SCOPE, one.id).await.unwrap().unwrap().items,
        "電子"
    );
    let contacts = directory::contacts_of(&mut tx, &SCOPE, one.id).await.unwrap();
    assert_eq!(
        (contacts[0].name.as_str(), contacts[0].phone.as_str()),
        ("山田 太郎", "03-1")
    );
    // A company of the same name with another code is another company.
    let report = csv(&app, "コード,会社名\nS3,白山物流\n").await;
    assert_eq!(report.companies_created, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn parents_are_found_also_further_down_and_never_in_a_circle() {
    let app = TestApp::start().await;
    let list = "コード,会社名,親会社\nC,子,P\nP,親,\nX,甲,Y\nY,乙,甲\nZ,丙,どこにもない\n";
    assert_eq!(csv(&app, list).await.companies_created, 5);
    let parents = "SELECT COUNT(*) FROM companies c JOIN companies p ON p.id = c.parent";
    assert_eq!(app.count(parents).await, 2);
    let before = everything(&app).await;
    assert_eq!(csv(&app, list).await.companies_updated, 0);
    assert_eq!(everything(&app).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_rows_come_in() {
    let app = TestApp::start().await;
    let mut list = String::from("コード,会社名,担当者,メール\n");
    for n in 0..5000 {
        list += &format!("K{n:05},試験{n}株式会社,担当{n},p{n}@s{n}.example\n");
    }
    let start = std::time::Instant::now();
    let report = csv(&app, &list).await;
    eprintln!("5,000 rows took {:?}", start.elapsed());
    assert_eq!((report.companies_created, report.contacts_created), (5000, 5000));
    let mut client = app.signed_in().await;
    let before = app.app.db.statements();
    client.get("/companies?sort=code").await.expect(200);
    assert!(app.app.db.statements() - before < 12);
    let report = csv(&app, &list).await;
    assert_eq!((report.companies_created, report.companies_updated), (0, 0));
    // In pages, each company once.
    let mut tx = app.app.db.read().await.unwrap();
    let mut seen = BTreeSet::new();
    let mut last = None;
    loop {
        let page = directory::select(&mut tx, &SCOPE, &Filter::default(), last.as_ref(), 700)
            .await
            .unwrap();
        let ended = page.len() < 700;
        assert!(page.iter().all(|c| seen.insert(c.id)));
        last = page.last().cloned();
        if ended {
            break;
        }
    }
    assert_eq!(seen.len(), 5000);
}

/// The companies of a list page, in its order.
fn names(page: &str) -> Vec<String> {
    page.split("<th scope=\"row\">")
        .skip(1)
        .map(|part| between(part, "\">", "</a>"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_every_way_of_writing() {
    let app = TestApp::start().await;
    csv(&app, "コード,会社名,カナ\nS-100,㈱北陸ジュシ,ホクリクジュシ\n100%,Müller & Söhne GmbH,\nA_1,髙橋工業株式会社,タカハシ\n").await;
    let mut client = app.signed_in().await;
    for (query, found) in [
        ("株式会社北陸", 1),
        ("㈱北陸", 1),
        ("ｼﾞｭｼ", 1),
        ("ほくりく", 1),
        ("ｓ－１００", 1),
        ("高橋", 1),
        ("müller", 1),
        ("株式会社", 2),
        ("%", 0),
        ("100%", 2),
        ("ない", 0),
    ] {
        let query = serde_urlencoded::to_string([("q", query)]).unwrap();
        let page = client.get(&format!("/companies?{query}")).await.expect(200).text();
        assert_eq!(names(&page).len(), found, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_forth_and_back_in_every_order() {
    let app = TestApp::start().await;
    let mut list = String::from("コード,会社名,重要度,メール\n");
    for n in 0..120 {
        let code = if n % 3 == 0 {
            String::new()
        } else {
            format!("K{:03}", 500 - n)
        };
        let grade = ["A", "B", "C", ""][n % 4];
        let mail = if n % 2 == 0 {
            String::new()
        } else {
            format!("p@s{n}.example")
        };
        list += &format!("{code},会社{n:03},{grade},{mail}\n");
    }
    csv(&app, &list).await;
    let mut client = app.signed_in().await;
    for (query, count) in [
        ("", 120),
        ("sort=code", 120),
        ("sort=code&order=desc", 120),
        ("sort=criticality", 120),
        ("mail=none", 60),
        ("criticality=A", 30),
        ("sort=criticality&order=desc&mail=none", 60),
    ] {
        let mut place = format!("/companies?{query}");
        let (mut pages, mut addresses) = (Vec::new(), Vec::new());
        loop {
            let page = client.get(&place).await.expect(200).text();
            pages.push(names(&page));
            addresses.push(place.clone());
            let next = page.split("<li><a href=\"").find(|part| part.contains("rel=\"next\""));
            match next {
                Some(part) => place = part.split('"').next().unwrap().replace("&#38;", "&"),
                None => {
                    // And back again.
                    for expected in pages.iter().rev().skip(1) {
                        let page = client.get(&place).await.expect(200).text();
                        let before = page
                            .split("<li><a href=\"")
                            .find(|part| part.contains("rel=\"prev\""))
                            .unwrap();
                        place = before.split('"').next().unwrap().replace("&#38;", "&");
                        assert_eq!(
                            &names(&client.get(&place).await.expect(200).text()),
                            expected,
                            "{query}"
                        );
                    }
                    break;
                }
            }
        }
        let all: Vec<String> = pages.concat();
        assert_eq!(all.len(), count, "{query}");
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), count, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_looks_like_a_formula_stays_a_text_out_and_in() {
    let app = TestApp::start().await;
    let evil = "=HYPERLINK(\"http://evil.example\",\"x\")";
    csv(&app, "コード,会社名,担当者,メール,電話\n-1,\"=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",@taro,a@b.example,+81-3-1\n").await;
    let mut client = app.signed_in().await;
    for language in ["ja", "en"] {
        client.language = language.into();
        let text = client.get("/companies/export?format=csv").await.expect(200);
        assert!(text.bytes.starts_with(b"\xEF\xBB\xBF"));
        assert!(
            text.text().contains("\"'=HYPERLINK(")
                && text.text().contains(",'@taro,")
                && text.text().contains(",'+81-3-1,")
        );
        let sheet = client.get("/companies/export?format=xlsx").await.expect(200);
        let before = everything(&app).await;
        for bytes in [&text.bytes, &sheet.bytes] {
            let table = kairan::sheets::read(bytes, "x", None).unwrap();
            assert_eq!(table.rows[1].cells[1], evil);
            let source = Source::open(bytes, "x", &Chosen::default()).unwrap();
            assert_eq!(
                source.mapping.columns.iter().flatten().count(),
                19,
                "{language}: {:?}",
                source.mapping
            );
            let report = import(&app, "x", bytes, &Chosen::default()).await;
            assert_eq!(
                (report.companies_created, report.companies_updated, report.errors.len()),
                (0, 0, 0)
            );
            assert_eq!(everything(&app).await, before);
        }
    }
    client.get("/companies/export?format=exe").await.expect(400);
    let page = client.get("/companies").await.expect(200).text();
    assert!(page.contains("=HYPERLINK(&#34;http"));
}

#[tokio::test(flavor = "multi_thread")]
async fn companies_and_contacts_are_kept_by_hand() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    assert!(
        client
            .get("/companies")
            .await
            .expect(200)
            .text()
            .contains("まだ企業がありません")
    );
    let page = client
        .post(
            "/companies/new",
            &[
                ("name", " "),
                ("kind", "supplier"),
                ("country", "どこか"),
                ("tier", "上"),
            ],
        )
        .await
        .expect(422)
        .text();
    assert!(
        page.contains("企業名を入力してください")
            && page.contains("国名がわかりません")
            && page.contains("value=\"どこか\"")
    );
    let made = client
        .post(
            "/companies/new",
            &[("name", "㈱親"), ("kind", "group"), ("code", "P1"), ("country", "日本")],
        )
        .await
        .expect(303);
    let parent = made.location().to_owned();
    let page = client
        .post("/companies/new", &[("name", "子"), ("kind", "group"), ("code", "p1")])
        .await
        .expect(422)
        .text();
    assert!(page.contains("別の企業が使っています"));
    let fields = [
        ("name", "子"),
        ("kind", "supplier"),
        ("tier", "1次"),
        ("criticality", "A"),
        ("parent", "株式会社親"),
        ("small", "yes"),
    ];
    let child = client
        .post("/companies/new", &fields)
        .await
        .expect(303)
        .location()
        .to_owned();
    let page = client.get(&child).await.expect(200).text();
    assert!(page.contains("(株)親") && page.contains("メールを送れる担当者がいません") && page.contains("企業を登録"));
    // Unchanged is no change.
    let edit = client.get(&format!("{child}/edit")).await.expect(200).text();
    let form = form_of(&edit);
    let unchanged: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    client.post(&format!("{child}/edit"), &unchanged).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'company.update'")
            .await,
        0
    );
    // Nobody stands above themselves.
    let circle = client
        .post(
            &format!("{parent}/edit"),
            &[("name", "親"), ("kind", "group"), ("parent", "子")],
        )
        .await
        .expect(422);
    assert!(circle.text().contains("親会社にできません"));
    let page = client
        .post(&format!("{parent}/delete"), &[("word", "P1")])
        .await
        .expect(422)
        .text();
    assert!(page.contains("親会社とする会社がある"));

    let new = format!("{child}/contacts/new");
    let page = client.post(&new, &[("mail", "ばつ")]).await.expect(422).text();
    assert!(page.contains("メールアドレスに @ がありません") && page.contains("value=\"ばつ\""));
    client
        .post(&new, &[("language", "ja"), ("role", "primary")])
        .await
        .expect(422);
    client
        .post(
            &new,
            &[
                ("name", "山田"),
                ("mail", "Ａ＠b.example"),
                ("language", "en"),
                ("role", "primary"),
            ],
        )
        .await
        .expect(303);
    let page = client.post(&new, &[("mail", "a@B.example")]).await.expect(422).text();
    assert!(page.contains("同じメールアドレス"));
    let page = client.get(&child).await.expect(200).text();
    assert!(page.contains("A@b.example") && page.contains("English"), "{page}");
    let contact = format!(
        "{child}/contacts/{}",
        between(&page, &format!("{child}/contacts/"), "\"").replace("new", "")
    );
    let id = page
        .split(&format!("{child}/contacts/"))
        .nth(2)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let contact = if contact.ends_with('/') {
        format!("{child}/contacts/{id}")
    } else {
        contact
    };
    client
        .post(
            &contact,
            &[
                ("name", "山田 花子"),
                ("mail", ""),
                ("phone", "03-1234"),
                ("language", "ja"),
                ("role", "backup"),
            ],
        )
        .await
        .expect(303);
    let page = client.get(&child).await.expect(200).text();
    assert!(
        page.contains("窓口担当者を変更") && page.contains("山田 → 山田 花子"),
        "{page}"
    );
    client.post(&format!("{contact}/delete"), &[]).await.expect(303);
    client.get(&contact).await.expect(404);

    client
        .post(&format!("{child}/delete"), &[("word", "違う")])
        .await
        .expect(422);
    client
        .post(&format!("{child}/delete"), &[("word", "子")])
        .await
        .expect(303);
    client.get(&child).await.expect(404);
    client.get("/companies/not-an-id").await.expect(404);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'company.delete'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_companies_are_not_there() {
    let app = TestApp::start().await;
    csv(&app, "会社名,メール\nよそ,a@b.example\n").await;
    let other = OrgId(uuid::Uuid::from_u128(77));
    kairan::app::ensure_organisation(&app.app, other).await.unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let row = directory::select(&mut tx, &SCOPE, &Filter::default(), None, 1)
        .await
        .unwrap()
        .remove(0);
    let scope = Scope { org: other };
    assert!(
        directory::select(&mut tx, &scope, &Filter::default(), None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(directory::find(&mut tx, &scope, row.id).await.unwrap().is_none());
    assert!(
        directory::contacts_of(&mut tx, &scope, row.id)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(directory::search(&mut tx, &scope, "よそ", 9).await.unwrap().is_empty());
    drop(tx);
    // What the other organisation has is no page for this one's people.
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("UPDATE contacts SET org = $1", &[&other]).await.unwrap();
    tx.execute("UPDATE companies SET org = $1", &[&other]).await.unwrap();
    tx.commit().await.unwrap();
    let mut client = app.signed_in().await;
    client.get(&format!("/companies/{}", row.id)).await.expect(404);
    client
        .post(
            &format!("/companies/{}/edit", row.id),
            &[("name", "x"), ("kind", "group")],
        )
        .await
        .expect(404);
    assert!(
        !client
            .get("/companies/export?format=csv")
            .await
            .expect(200)
            .text()
            .contains("よそ")
    );
    // Nobody signed in sees anything.
    assert!(
        app.client()
            .get("/companies")
            .await
            .expect(303)
            .location()
            .starts_with("/sign-in")
    );
}

fn kairan(data: &std::path::Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = crate::program::kairan();
    command.arg("--data").arg(data).args(arguments);
    let out = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

#[test]
fn the_command_imports_and_says_what_it_did() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let list = |name: &str| format!("{}/tests/fixtures/directories/{name}", env!("CARGO_MANIFEST_DIR"));
    for (file, what, kind) in [
        ("ja-300.xlsx", "ja-300.truth.json", "supplier"),
        ("cp932-40.csv", "cp932-40.truth.json", "group"),
    ] {
        let file = list(file);
        let arguments = ["directory", "import", &file, "--kind", kind, "--json"];
        for dry in [true, false] {
            let more: &[&str] = if dry { &["--dry-run"] } else { &[] };
            let (code, out, err) = kairan(&data, &[&arguments[..], more].concat());
            assert_eq!(code, 0, "{err}");
            let report: serde_json::Value = serde_json::from_str(&out).unwrap();
            holds(&report, &truth(what));
            let keys: BTreeSet<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
            let expected = [
                "rows",
                "companies_created",
                "companies_updated",
                "contacts_created",
                "merged",
                "without_mail",
                "skipped",
                "errors",
                "notices",
            ];
            assert_eq!(keys, expected.into());
        }
        let (code, out, _) = kairan(&data, &arguments);
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (code, &report["companies_created"], &report["companies_updated"]),
            (0, &0.into(), &0.into())
        );
        assert_eq!(report["contacts_created"], 0);
    }
    let (code, out, _) = kairan(
        &data,
        &["directory", "import", &list("cp932-40.csv"), "--kind", "group"],
    );
    assert!(code == 0 && out.contains("2 rows can't be taken"), "{out}");

    let bad = dir.path().join("picture.xlsx");
    std::fs::write(&bad, b"\x89PNG\r\n\x1a\n\0\0").unwrap();
    let headless = dir.path().join("headless.csv");
    std::fs::write(&headless, "1,2\n3,4\n").unwrap();
    let missing = dir.path().join("missing.csv");
    for file in [&bad, &headless, &missing] {
        let (code, out, err) = kairan(&data, &["directory", "import", file.to_str().unwrap(), "--json"]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.contains("kairan: ") && err.trim_end().ends_with('.'), "{err}");
    }
    let (code, _, err) = kairan(&data, &["directory", "import", &list("ja-300.xlsx"), "--sheet", "ない"]);
    assert!(code == 2 && err.contains("It has: "), "{err}");
}
