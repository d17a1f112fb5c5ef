//! What holds for the pages that operators live in: failures, words of success, the page before sending, the log.

use crate::app::{Answer, Client, TestApp};
use crate::circulation::{Asks, LETTER, company, drafted_campaign, sent_campaign, token_path};
use crate::directory::by_page;
use axum::body::Body;
use http::{Method, header};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every path that a router of `src/` names, as it is written there.
fn routes() -> BTreeSet<String> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, out),
                false if path.extension().is_some_and(|x| x == "rs") => out.push(path),
                false => {}
            }
        }
    }
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut found = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for rest in text.split(".route(").skip(1) {
            let path = rest
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            found.extend(path.filter(|path| path.starts_with('/')).map(str::to_owned));
        }
    }
    // The metrics have a listener of their own.
    found.remove("/metrics");
    assert!(found.len() > 100, "only {} routes were found", found.len());
    found
}

/// The path with each parameter filled with `value`.
fn filled(route: &str, value: &str) -> String {
    let segment = |s: &str| {
        if s.starts_with('{') {
            value.to_owned()
        } else {
            s.to_owned()
        }
    };
    route.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Whether it is an operator's page, which keeps the navigation.
fn is_operators(path: &str) -> bool {
    !["/r/", "/b/", "/assets/", "/setup/"]
        .iter()
        .any(|start| path.starts_with(start))
        && !["/code", "/verify"].contains(&path)
}

/// A failure is told by a page of ours, in the reader's language.
#[track_caller]
fn is_our_page(answer: &Answer, what: &str, navigation: bool) {
    let kind = answer.headers.get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap());
    assert_eq!(kind, Some("text/html; charset=utf-8"), "{what}: {}", answer.status);
    let page = answer.text();
    assert!(
        page.contains("<html lang=\"ja\">") && page.contains("<h1>"),
        "{what}: {page}"
    );
    for foreign in [
        "Invalid URL",
        "Cannot parse",
        "UUID",
        "Failed to",
        "not allowed",
        "deserialize",
        "boundary",
    ] {
        assert!(!page.contains(foreign), "{what} says \"{foreign}\": {page}");
    }
    assert!(
        !navigation || page.contains("href=\"/audit\""),
        "{what} lost the navigation: {page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_an_address_that_can_be_none_is_our_404_on_every_route() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let mut failed = 0;
    for route in routes().iter().filter(|route| route.contains('{')) {
        for value in [
            "not-an-id",
            "1",
            "%20",
            "%E3%81%82",
            "%ff",
            "00000000-0000-0000-0000-00000000000g",
        ] {
            let path = filled(route, value);
            for method in [Method::GET, Method::POST] {
                let request = client
                    .request(method.clone(), &path)
                    .header("sec-fetch-site", "same-origin")
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(Body::empty())
                    .unwrap();
                let answer = client.send(request).await;
                let what = format!("{method} {path}");
                let status = answer.status.as_u16();
                assert!(status < 500, "{what}: {status}");
                if status >= 400 {
                    is_our_page(&answer, &what, is_operators(&path));
                    failed += 1;
                }
                if method == Method::GET && value == "not-an-id" && !route.contains("{token}") {
                    // What takes only a form is there, but isn't looked at.
                    assert!(status == 404 || status == 405 || status == 303, "{what}: {status}");
                }
            }
        }
    }
    assert!(failed > 500, "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_a_method_that_an_address_does_not_take_is_our_page_and_says_which_it_takes() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    for route in routes() {
        // Probes have no page, and the door of a demonstration isn't there.
        if ["/healthz", "/readyz"].contains(&route.as_str()) || route.starts_with("/demo/") {
            continue;
        }
        let path = filled(&route, "00000000-0000-0000-0000-000000000000");
        let request = client
            .request(Method::DELETE, &path)
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap();
        let answer = client.send(request).await;
        assert_eq!(answer.status.as_u16(), 405, "{path}");
        is_our_page(&answer, &path, is_operators(&path));
        let allowed = answer.headers.get(header::ALLOW).unwrap().to_str().unwrap();
        assert!(allowed.contains("GET") || allowed.contains("POST"), "{path}: {allowed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_whatever_the_framework_refuses_is_our_page() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut client = app.signed_in().await;
    sent_campaign(&app, &mut client, 1).await;
    let link = token_path(&app.outbox()[0]);
    let form = "application/x-www-form-urlencoded";
    let big = "x".repeat(300_000);
    for (method, path, kind, body, status) in [
        // Multipart that is none, and without its boundary.
        (Method::POST, "/companies/import".to_owned(), form, "kind=supplier", 400),
        (
            Method::POST,
            "/companies/import".into(),
            "multipart/form-data",
            "x",
            400,
        ),
        (
            Method::POST,
            "/companies/import".into(),
            "multipart/form-data; boundary=b",
            "x",
            400,
        ),
        // Queries that are none.
        (Method::GET, "/campaigns/compare?a=1&a=2".into(), form, "", 400),
        (Method::GET, "/outbox?state=a&state=b".into(), form, "", 400),
        // Forms that are none, or too large.
        (Method::POST, "/campaigns/new".into(), form, &big, 413),
        (Method::GET, "/nowhere/at/all".into(), form, "", 404),
        (Method::POST, "/nowhere/at/all".into(), form, "", 404),
        (Method::POST, format!("{link}/nowhere"), form, "", 404),
    ] {
        let request = client
            .request(method.clone(), &path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = client.send(request).await;
        let what = format!("{method} {path} as {kind}");
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
        is_our_page(&answer, &what, is_operators(&path));
    }
    // A program gets a problem, in words too.
    let request = client
        .request(Method::GET, "/campaigns/not-an-id")
        .header(header::ACCEPT, "application/json")
        .body(Body::empty())
        .unwrap();
    let answer = client.send(request).await.expect(404);
    let problem: serde_json::Value = serde_json::from_slice(&answer.bytes).unwrap();
    assert_eq!(problem["title"], "ページが見つかりません");
    // Who isn't signed in sees no navigation.
    let page = app.client().get("/campaigns/not-an-id").await;
    assert!(!page.text().contains("href=\"/audit\""));
    let page = app.client().get("/nowhere").await.expect(404).text();
    assert!(!page.contains("href=\"/audit\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn s7_no_link_of_ours_leads_to_another_site_and_no_value_breaks_a_header() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    for path in [
        "//evil.example/x",
        "///evil.example",
        "/\\evil.example",
        "/\\/evil.example",
    ] {
        let page = client.get(path).await.expect(404).text();
        assert!(page.contains("href=\"/evil.example"), "{path}: {page}");
        for bad in ["href=\"//", "href=\"/\\", "href=\"/&#92;"] {
            assert!(!page.contains(bad), "{path}: {page}");
        }
    }
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    sent_campaign(&app, &mut client, 1).await;
    let link = token_path(&app.outbox()[0]);
    for go in ["lang:en\r\nx-evil: 1", "lang:en-\u{3042}", "lang:en\0", "lang:\r\n"] {
        for place in ["/check/remarks", "/all", "/about"] {
            let answer = app.client().post(&format!("{link}{place}"), &[("go", go)]).await;
            assert!(answer.status.as_u16() < 500, "{go:?}: {}", answer.status);
            assert!(answer.headers.get("x-evil").is_none());
            assert!(!answer.location().contains("evil"), "{}", answer.location());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s7_probes_carry_the_strict_headers() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer = app.client().get(path).await.expect(200);
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "strict-transport-security",
            "cache-control",
        ] {
            assert!(answer.headers.contains_key(name), "{path} lacks {name}");
        }
    }
}

/// A page's words of success, if it has some.
fn said(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("<div class=\"notice good\" role=\"status\"><p>")?;
    rest.split("</p>").next()
}

async fn look(client: &mut Client, path: &str) -> String {
    client.get(path).await.expect(200).text()
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_what_was_done_is_said_once_on_the_page_after_it() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut client = app.signed_in().await;
    let path = drafted_campaign(&mut client, Asks::Check).await;
    client
        .post(&format!("{path}/send"), &[("count", "1")])
        .await
        .expect(303);
    // A script of a page that is open meanwhile asks for its numbers: that tells nobody anything.
    let request = client.request(Method::GET, &path).header("sec-fetch-dest", "empty");
    let page = client
        .send(request.body(Body::empty()).unwrap())
        .await
        .expect(200)
        .text();
    assert_eq!(said(&page), None);
    let page = look(&mut client, &path).await;
    assert_eq!(
        said(&page),
        Some("1社に回覧を送りました。この画面で状況を確認できます。")
    );
    let page = look(&mut client, &path).await;
    assert_eq!(said(&page), None, "only once");
    // In the reader's language.
    client.post("/calendar", &[("days", "06-01")]).await.expect(303);
    let page = look(&mut client, "/calendar?lang=en").await;
    assert_eq!(said(&page), Some("Saved. Reminders from now on go by it."));
    // Nobody can have our page say something by what stands in an address, or by a cookie with words of their own.
    for query in ["?done=done-sent.5", "?done=saved", "?saved", "?tested=x&failed=y"] {
        assert_eq!(
            said(&look(&mut client, &format!("/calendar{query}")).await),
            None,
            "{query}"
        );
    }
    for cookie in [
        "error-internal.1",
        "done-<b>.1",
        "done-sent",
        "done-sent.x",
        ".",
        "done-nothing.1",
    ] {
        client.cookies.insert("__Host-kairan-done".into(), cookie.into());
        assert_eq!(said(&look(&mut client, "/calendar").await), None, "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_the_page_before_sending_promises_mail_only_to_who_is_on_record() {
    let app = TestApp::start().await;
    for n in 1..=20 {
        let mail = format!("p{n}@x.example");
        company(
            &app,
            "supplier",
            &format!("S{n}"),
            &format!("第{n}工業"),
            &[(&mail, "ja")],
        )
        .await;
    }
    let mut tx = app.app.db.write().await.unwrap();
    // Three have an executive; a fourth has one without an address.
    for (n, mail) in [
        (1, Some("e1@x.example")),
        (2, Some("e2@x.example")),
        (3, Some("e3@x.example")),
        (4, None),
    ] {
        let id = app.app.random.id(app.app.clock.now());
        tx.execute(
            "INSERT INTO contacts (id, org, company, position, name, department, mail, language, role, created_at, updated_at)
             SELECT $1, org, id, 9, '役員', '', $2, 'ja', 'executive', 0, 0 FROM companies WHERE code = $3",
            &[&id, &mail, &format!("S{n}")],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let mut client = app.signed_in().await;
    let path = drafted_campaign(&mut client, Asks::Check).await;
    let confirm = format!("{path}/edit/5");
    // Without reminders nobody is promised anything.
    let page = look(&mut client, &confirm).await;
    assert!(
        !page.contains("役員") && !page.contains("購買担当者の登録がない"),
        "{page}"
    );
    let letter: Vec<_> = LETTER.into_iter().chain([("reminders", "standard")]).collect();
    client.post(&format!("{path}/edit/3"), &letter).await.expect(303);
    let page = look(&mut client, &confirm).await;
    for words in [
        "経営者の登録があるのは20社中3社です",
        "購買担当者の登録があるのは20社中0社です",
        "メールアドレスのある経営者の登録がない企業が17社あります",
        "購買担当者の登録がない企業が20社あります",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let list = page
        .split("メールアドレスのある経営者の登録がない企業が17社あります")
        .nth(1)
        .unwrap();
    let list = list.split("</details>").next().unwrap();
    assert!(list.contains(">第4工業<") && !list.contains(">第3工業<"), "{list}");
    assert_eq!(list.matches("<li>").count(), 17);
    // That nothing leaves this machine stands at the top, and the button beside its field.
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}\n{page}"));
    assert!(at("id=\"no-server\"") < at("5. 送る前に"));
    assert!(page[at("id=\"no-server\"")..].contains("outbox</code>"));
    let between = &page[at("id=\"count\"")..at("<button class=\"btn primary\">")];
    assert!(
        !between.contains("<h2") && !between.contains("<table") && between.len() < 300,
        "{between}"
    );
    let refused = client
        .post(&format!("{path}/send"), &[("count", "19")])
        .await
        .expect(422)
        .text();
    assert!(refused.contains("href=\"#count\"") && refused.contains("aria-describedby=\"count-error\""));
    // A campaign that runs tells it, too.
    client
        .post(&format!("{path}/send"), &[("count", "20")])
        .await
        .expect(303);
    app.run_jobs().await;
    let page = look(&mut client, &format!("{path}/reminders")).await;
    for words in [
        "経営者の登録があるのは20社中3社です",
        "購買担当者の登録があるのは20社中0社です",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

/// The ids of a page, and where its list of mistakes leads.
fn mistakes(page: &str) -> (BTreeSet<&str>, Vec<&str>) {
    let ids = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let list = page.split("class=\"notice bad errors\"").nth(1).unwrap();
    let list = list.split("</ul>").next().unwrap();
    let links = list.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    (ids, links.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn c4_each_mistake_leads_to_its_control_which_tells_what_is_wrong() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut client = app.signed_in().await;
    let path = drafted_campaign(&mut client, Asks::Check).await;
    let pages = [
        client.post("/campaigns/new", &[("title", ""), ("go", "next")]).await,
        client
            .post(
                &format!("{path}/edit/3"),
                &[
                    ("letter_supplier", "none"),
                    ("day", "2020-01-01"),
                    ("hour", "17:00"),
                    ("zone", "Asia/Tokyo"),
                    ("reply_to", "nobody"),
                    ("notice_hours", "9999"),
                    ("reminders", "own"),
                    ("go", "next"),
                ],
            )
            .await,
    ];
    let mut seen = 0;
    for answer in pages {
        let page = answer.expect(422).text();
        let (ids, links) = mistakes(&page);
        assert!(!links.is_empty(), "{page}");
        for link in links {
            assert!(ids.contains(link), "#{link} is nowhere");
            let control = page
                .split('<')
                .find(|tag| tag.contains(&format!(" id=\"{link}\"")))
                .unwrap();
            assert!(
                ["input", "select", "textarea"]
                    .iter()
                    .any(|kind| control.starts_with(kind)),
                "#{link} is <{control}"
            );
            seen += 1;
        }
        for rest in page.split("aria-describedby=\"").skip(1) {
            for id in rest.split('"').next().unwrap().split_whitespace() {
                assert!(ids.contains(id), "aria-describedby names {id}, which is nowhere");
            }
        }
        for rest in page.split("class=\"error\"").skip(1) {
            let id = rest
                .strip_prefix(" id=\"")
                .and_then(|rest| rest.split('"').next())
                .unwrap();
            let named = page
                .split("aria-describedby=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            let told = named
                .into_iter()
                .any(|ids| ids.split_whitespace().any(|named| named == id));
            assert!(told, "no control is described by {id}");
        }
    }
    assert!(seen >= 8, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn c4_the_preview_shows_the_mail_as_html_in_a_frame_that_can_do_nothing() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut client = app.signed_in().await;
    let path = drafted_campaign(&mut client, Asks::Check).await;
    for (language, words) in [("ja", "回答ページを開く"), ("en", "Open the answer page")] {
        let page = client.get(&format!("{path}/edit/4?l={language}")).await.expect(200);
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.contains("frame-src 'self'") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"));
        let text = page.text();
        let frame = text.split("<iframe").nth(1).unwrap().split('>').next().unwrap();
        assert!(frame.contains(" sandbox "), "{frame}");
        let src = frame
            .split("src=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&");
        let mail = client.get(&src).await.expect(200);
        let policy = mail.headers["content-security-policy"].to_str().unwrap().to_owned();
        for part in [
            "sandbox;",
            "default-src 'none'",
            "frame-ancestors 'self'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("script"), "{policy}");
        assert_eq!(mail.headers["x-frame-options"], "SAMEORIGIN");
        let mail = mail.text();
        assert!(
            mail.contains(&format!("<html lang=\"{language}\">")) && mail.contains(words),
            "{mail}"
        );
    }
    // Who isn't signed in sees nothing.
    app.client().get(&format!("{path}/edit/4/mail.html")).await.expect(303);
    // No other page may be framed, or frame.
    let page = client.get("/campaigns").await.expect(200);
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert!(
        !page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("frame-src")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_an_import_is_one_entry_of_the_log_with_its_companies_behind_it() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let list = "企業コード,企業名,区分,担当者,メールアドレス,言語\n\
        S1,甲工業株式会社,取引先,佐藤,a@a.example,ja\nS2,乙製作所,取引先,鈴木,b@b.example,en\nS3,丙商事,取引先,高橋,c@c.example,ja\n";
    let (result, page) = by_page(&app, &mut client, "取引先.csv", list.as_bytes()).await;
    assert!(page.contains('3'), "{page}");
    let rows = |page: &str| page.matches("<time").count();
    let log = look(&mut client, "/audit").await;
    assert_eq!(rows(&log), 1, "{log}");
    assert!(log.contains(&format!("<a href=\"{result}\">取引先.csv</a>")), "{log}");
    // To the second.
    assert!(log.contains("2026年11月22日（日）09:00:00 JST"), "{log}");
    let of = log
        .split("href=\"/audit?of=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let parts = look(&mut client, &format!("/audit?of={of}")).await;
    assert_eq!(rows(&parts), 3, "{parts}");
    // Words, not codes.
    for words in [
        "甲工業株式会社",
        "<ins>取引先</ins>",
        "<ins>日本語</ins>",
        "<ins>English</ins>",
    ] {
        assert!(parts.contains(words), "{words}\n{parts}");
    }
    assert!(!parts.contains("<ins>supplier</ins>") && !parts.contains("<ins>ja</ins>"));
    // Who looks for a company finds what the import did to it.
    assert_eq!(
        rows(&look(&mut client, "/audit?q=%E4%B9%99%E8%A3%BD%E4%BD%9C%E6%89%80").await),
        1
    );
    assert_eq!(rows(&look(&mut client, "/audit?each=1").await), 4);
    assert_eq!(rows(&look(&mut client, "/audit?kind=company").await), 0);
    assert_eq!(rows(&look(&mut client, "/audit?kind=company&each=1").await), 3);
    assert_eq!(rows(&look(&mut client, "/audit?of=nothing").await), 1);
    // The company's own page tells its history as before.
    let mut tx = app.app.db.read().await.unwrap();
    let id: uuid::Uuid = tx
        .one("SELECT id FROM companies WHERE code = 'S1'", &[], |r| r.get(0))
        .await
        .unwrap();
    drop(tx);
    let page = look(&mut client, &format!("/companies/{id}")).await;
    assert!(page.contains("企業を登録"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_the_log_is_exported_as_it_is_shown() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let list = "企業コード,企業名,区分,メールアドレス\nS1,甲工業,取引先,a@a.example\nS2,=1+2,取引先,b@b.example\n";
    by_page(&app, &mut client, "取引先.csv", list.as_bytes()).await;
    client
        .post("/calendar", &[("days", "06-01 創立記念日")])
        .await
        .expect(303);
    let export = async |client: &mut Client, query: &str| {
        let answer = client.get(&format!("/audit/export?{query}")).await.expect(200);
        let name = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        assert!(name.contains("audit-2026-11-22.csv"), "{name}");
        let text = answer.text();
        let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        rows
    };
    let rows = export(&mut client, "format=csv").await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    // The newest first, as on the page.
    assert_eq!(rows[0][3], "自社の休業日を変更");
    assert_eq!(rows[0][1], "山田 花子 <hanako@sample.example>");
    assert_eq!(rows[0][0], "2026年11月22日（日）09:00:00 JST");
    assert_eq!(rows[1][5], "取引先.csv");
    assert!(rows[0][6].contains("06-01 創立記念日"), "{:?}", rows[0]);
    assert_eq!(export(&mut client, "format=csv&each=1").await.len(), 4);
    assert_eq!(export(&mut client, "format=csv&action=calendar.update").await.len(), 1);
    assert_eq!(export(&mut client, "format=csv&from=2026-11-23").await.len(), 0);
    // A name that a spreadsheet would take for a formula is none.
    let each = export(&mut client, "format=csv&each=1&kind=company").await;
    assert!(
        each.iter().all(|row| row.iter().all(|cell| !cell.starts_with('='))),
        "{each:?}"
    );
    let book = client.get("/audit/export?format=xlsx").await.expect(200);
    assert!(book.bytes.starts_with(b"PK"));
    let refused = client.get("/audit/export?format=pdf").await.expect(400);
    // The reason is for the log and for programs.
    assert!(!refused.text().contains("xlsx."), "{}", refused.text());
    is_our_page(&refused, "an export of another kind", true);
    app.client().get("/audit/export?format=csv").await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_the_board_has_one_primary_way_and_the_rest_in_menus() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut client = app.signed_in().await;
    let path = sent_campaign(&app, &mut client, 1).await;
    let page = look(&mut client, &path).await;
    let head = page.split("<div class=\"actions noprint\">").nth(1).unwrap();
    let head = head.split("<ul class=\"nums").next().unwrap();
    assert_eq!(head.matches("btn primary").count(), 1, "{head}");
    assert_eq!(
        head.matches("class=\"btn").count(),
        4,
        "one way and three menus: {head}"
    );
    // Every way that there was is still there.
    for way in [
        "answers",
        "companies",
        "reminders",
        "paper",
        "letters",
        "follow",
        "wall",
    ] {
        assert!(head.contains(&format!("href=\"{path}/{way}\"")), "{way}: {head}");
    }
    for way in ["export?format=xlsx", "export?format=csv"] {
        assert!(head.contains(&format!("href=\"{path}/{way}\"")), "{way}: {head}");
    }
    assert!(head.contains("href=\"/outbox?campaign="), "{head}");
}
