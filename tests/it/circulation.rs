//! The main job: a campaign from its plan to the receipt and the export.

use crate::app::{Client, TestApp};
use jiff::SignedDuration;
use kairan::directory::CompanyId;
use std::io::Read;

/// A company with contacts: `(mail, language)`.
pub async fn company(app: &TestApp, kind: &str, code: &str, name: &str, mails: &[(&str, &str)]) -> CompanyId {
    let now = app.app.clock.now();
    let id: CompanyId = app.app.id(now);
    let org = app.app.scope().org;
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(
        "INSERT INTO companies (id, org, kind, code, name, name_key, search, country, criticality, created_at, updated_at,
             sort_key)
         VALUES ($1, $2, $3, $4, $5, $5, $5, 'JP', 'A', $6, $6, $7)",
        &[
            &id,
            &org,
            &kind,
            &code,
            &name,
            &now.as_microsecond(),
            &kairan::directory::sort_key(name, ""),
        ],
    )
    .await
    .unwrap();
    for (i, (mail, language)) in mails.iter().enumerate() {
        let contact = app.app.random.id(now);
        let role = if i == 0 { "primary" } else { "backup" };
        tx.execute(
            "INSERT INTO contacts (id, org, company, position, name, department, mail, language, role, created_at, updated_at)
             VALUES ($1, $2, $3, $4, '佐藤 花子', '総務部', $5, $6, $7, $8, $8)",
            &[
                &contact,
                &org,
                &id,
                &(i as i64),
                mail,
                language,
                &role,
                &now.as_microsecond(),
            ],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// What a campaign asks of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The self-check of all.
    Check,
    /// The self-check of suppliers; group companies only acknowledge.
    CheckOfSuppliers,
    /// That all acknowledge.
    Notice,
}

/// Goes through the five steps as a person would; the campaign's path.
pub async fn sent_campaign(app: &TestApp, client: &mut Client, companies: i64) -> String {
    sent_campaign_asking(app, client, companies, Asks::Check).await
}

pub async fn sent_campaign_asking(app: &TestApp, client: &mut Client, companies: i64, asks: Asks) -> String {
    let path = drafted_campaign(client, asks).await;
    send_draft(app, client, &path, companies).await;
    path
}

/// As [`sent_campaign`], by the standard plan of reminders, which also turns to the next contact where a mail came back.
pub async fn sent_campaign_reminding(app: &TestApp, client: &mut Client, companies: i64) -> String {
    let path = drafted_campaign_reminding(client).await;
    send_draft(app, client, &path, companies).await;
    path
}

/// As [`sent_campaign`], with a notice without a link so many hours before.
pub async fn sent_campaign_with_notice(app: &TestApp, client: &mut Client, companies: i64, hours: &str) -> String {
    let path = drafted_campaign(client, Asks::Check).await;
    let letter: Vec<_> = LETTER.into_iter().chain([("notice_hours", hours)]).collect();
    client.post(&format!("{path}/edit/3"), &letter).await.expect(303);
    send_draft(app, client, &path, companies).await;
    path
}

/// A campaign by the standard plan of reminders, ready to be sent; its path.
pub async fn drafted_campaign_reminding(client: &mut Client) -> String {
    let path = drafted_campaign(client, Asks::Check).await;
    let letter: Vec<_> = LETTER.into_iter().chain([("reminders", "standard")]).collect();
    client.post(&format!("{path}/edit/3"), &letter).await.expect(303);
    path
}

pub async fn send_draft(app: &TestApp, client: &mut Client, path: &str, companies: i64) {
    let count = companies.to_string();
    client
        .post(&format!("{path}/send"), &[("count", &count)])
        .await
        .expect(303);
    app.run_jobs().await;
}

/// The third step's fields.
pub const LETTER: [(&str, &str); 10] = [
    ("letter_supplier", "self-check-request"),
    ("letter_group", "advisory-notice"),
    ("day", "2026-12-10"),
    ("hour", "17:00"),
    ("zone", "Asia/Tokyo"),
    ("sender.ja", "株式会社サンプル製作所　情報セキュリティ室"),
    ("sender.en", "Sample Works, Information Security"),
    (
        "inquiries.ja",
        "情報セキュリティ室 052-000-0118 security@sample.example",
    ),
    ("inquiries.en", "Information Security, +81-52-000-0118"),
    ("go", "next"),
];

/// As [`LETTER`], of a campaign without an advisory: nobody is asked to acknowledge one.
pub fn check_letter() -> [(&'static str, &'static str); 10] {
    let mut letter = LETTER;
    letter[1].1 = "self-check-group";
    letter
}

pub async fn drafted_campaign(client: &mut Client, asks: Asks) -> String {
    let mut what = vec![
        ("title", "VPN 装置の点検"),
        ("advisory", "government-2022-03"),
        ("go", "next"),
    ];
    if asks != Asks::Notice {
        what.push(("checklist", "sc-2022"));
    }
    if asks == Asks::Check {
        what.push(("group_check", "1"));
    }
    let created = client.post("/campaigns/new", &what).await.expect(303);
    let path = created.location().strip_suffix("/edit/2").unwrap().to_owned();
    client.get(created.location()).await.expect(200);
    client
        .post(&format!("{path}/edit/2"), &[("contacts", "primary"), ("go", "next")])
        .await
        .expect(303);
    client.get(&format!("{path}/edit/3")).await.expect(200);
    let mut letter = LETTER;
    if asks == Asks::Notice {
        letter[0].1 = "advisory-suppliers";
    }
    client.post(&format!("{path}/edit/3"), &letter).await.expect(303);
    for which in ["", "?v=letter&l=en&g=group", "?v=form&l=ja"] {
        client.get(&format!("{path}/edit/4{which}")).await.expect(200);
    }
    client.get(&format!("{path}/edit/5")).await.expect(200);
    path
}

/// The body of a mail with its transfer encoding undone, all parts after each other.
pub fn readable(mail: &str) -> String {
    let mut out = String::new();
    for part in mail.split("\r\n--") {
        let Some((head, body)) = part.split_once("\r\n\r\n") else {
            continue;
        };
        if head.to_lowercase().contains("base64") {
            let packed: String = body.split_whitespace().collect();
            let bytes = data_encoding::BASE64.decode(packed.as_bytes()).unwrap_or_default();
            out.push_str(&String::from_utf8_lossy(&bytes));
        } else if head.to_lowercase().contains("quoted-printable") {
            let mut bytes = Vec::new();
            let mut rest = body.replace("=\r\n", "").into_bytes().into_iter();
            while let Some(b) = rest.next() {
                if b == b'=' {
                    let hex = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap_or(b'?'));
                } else {
                    bytes.push(b);
                }
            }
            out.push_str(&String::from_utf8_lossy(&bytes));
        } else {
            out.push_str(body);
        }
    }
    out
}

/// The path of the link in a mail, with its language: `/r/…?lang=ja`.
pub fn link_in(mail: &str) -> String {
    let text = readable(mail);
    let at = text.find("https://kairan.test/r/").unwrap();
    text[at + "https://kairan.test".len()..]
        .split([' ', '\n', '\r', '"', '<', '。'])
        .next()
        .unwrap()
        .to_owned()
}

pub fn token_path(mail: &str) -> String {
    link_in(mail).split('?').next().unwrap().to_owned()
}

pub const YES_NO: [&str; 23] = [
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

/// Fields of the page with all questions: every required one answered `value`.
pub fn all_answers<'a>(names: &'a [(String, String)], value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = Vec::new();
    for (i, id) in YES_NO.iter().enumerate() {
        fields.push(("shown", *id));
        fields.push((names[i].0.as_str(), value));
        fields.push((names[i].1.as_str(), ""));
    }
    fields
}

pub fn names() -> Vec<(String, String)> {
    YES_NO.iter().map(|id| (format!("q.{id}"), format!("c.{id}"))).collect()
}

pub async fn answered(client: &mut Client, path: &str) -> String {
    let names = names();
    client
        .post(&format!("{path}/acknowledge"), &[("name", "佐藤")])
        .await
        .expect(303);
    client.post(&format!("{path}/start"), &[]).await.expect(303);
    client
        .post(&format!("{path}/all"), &all_answers(&names, "no"))
        .await
        .expect(303);
    let about = [
        ("division", "総務部"),
        ("name", "佐藤 花子"),
        ("contact", "sato@a.example"),
        ("go", "next"),
    ];
    client.post(&format!("{path}/about"), &about).await.expect(303);
    client.get(&format!("{path}/review")).await.expect(200);
    let sent = client.post(&format!("{path}/submit"), &[]).await.expect(303);
    assert!(sent.location().ends_with("/receipt"));
    let receipt = client.get(sent.location()).await.expect(200).text();
    let at = receipt.find("2026-001-").unwrap();
    receipt[at..].chars().take(20).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_goes_out_once_to_each_contact_chosen_in_the_right_language() {
    let app = TestApp::start().await;
    company(
        &app,
        "supplier",
        "S1",
        "株式会社甲",
        &[("a@a.example", "ja"), ("b@a.example", "ja")],
    )
    .await;
    company(&app, "group", "G1", "Siam Parts", &[("c@c.example", "en")]).await;
    company(&app, "supplier", "S2", "乙工業", &[]).await;
    let mut client = app.signed_in().await;
    let path = sent_campaign(&app, &mut client, 3).await;
    let mails = app.outbox();
    assert_eq!(mails.len(), 2);
    let to = |address: &str| mails.iter().find(|m| m.contains(&format!("<{address}>"))).unwrap();
    assert!(link_in(to("a@a.example")).ends_with("?lang=ja"));
    assert!(link_in(to("c@c.example")).ends_with("?lang=en"));
    assert!(readable(to("a@a.example")).contains("拝啓"));
    assert!(
        readable(to("a@a.example"))
            .replace("\r\n", "\n")
            .contains("総務部\n佐藤 花子　様")
    );
    assert!(readable(to("c@c.example")).contains("Dear "));
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'sent'").await,
        2
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'unreachable'")
            .await,
        1
    );
    let page = client.get(&path).await.expect(200).text();
    assert!(page.contains("乙工業"), "the company to be phoned is listed");
    // Sent twice, nothing goes out twice.
    client
        .post(&format!("{path}/send"), &[("count", "3")])
        .await
        .expect(409);
    app.run_jobs().await;
    assert_eq!(app.outbox().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_companies_must_be_typed_before_sending() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "株式会社甲", &[("a@a.example", "ja")]).await;
    let mut client = app.signed_in().await;
    let path = drafted_campaign(&mut client, Asks::Check).await;
    client
        .post(&format!("{path}/send"), &[("count", "2")])
        .await
        .expect(422);
    client.post(&format!("{path}/send"), &[("count", "")]).await.expect(422);
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 0);
    client
        .post(&format!("{path}/send"), &[("count", "１")])
        .await
        .expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_respondent_answers_and_the_receipt_matches_the_export() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "=甲製作所", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let mut client = app.client();
    // Opening changes nothing: a scanner does it.
    for page in ["", "/check", "/all", "/about", "/review", "/receipt"] {
        client.get(&format!("{link}{page}")).await;
    }
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind NOT IN ('created', 'queued', 'sent')")
            .await,
        0
    );
    let receipt = answered(&mut client, &link).await;
    app.run_jobs().await;
    let mails = app.outbox();
    assert_eq!(mails.len(), 2);
    assert!(readable(&mails[1]).contains(&receipt));
    let csv = operator
        .get(&format!("{path}/export?format=csv"))
        .await
        .expect(200)
        .text();
    assert!(csv.starts_with('\u{feff}'));
    assert!(csv.contains(&receipt) && csv.contains("'=甲製作所") && csv.contains("佐藤 花子"));
    let xlsx = operator.get(&format!("{path}/export?format=xlsx")).await.expect(200);
    let table = kairan::sheets::read(&xlsx.bytes, "x.xlsx", None).unwrap();
    let row: Vec<&str> = table.rows[1].cells.iter().map(String::as_str).collect();
    assert!(row.contains(&receipt.as_str()) && row.contains(&"=甲製作所") && row.contains(&"いいえ"));
    let part = app
        .count("SELECT COUNT(*) FROM invitations WHERE state = 'submitted'")
        .await;
    assert_eq!(part, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_shown_and_nothing_is_lost() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let mut client = app.client();
    let one = [
        ("shown", "asset-list"),
        ("q.asset-list", "partly"),
        ("c.asset-list", "来月まで"),
        ("go", "next"),
    ];
    client.post(&format!("{link}/check/asset-list"), &one).await.expect(303);
    let refused = client.post(&format!("{link}/submit"), &[]).await.expect(422).text();
    assert!(refused.contains("来月まで"));
    let wrong = [
        ("shown", "awareness-reach"),
        ("q.awareness-reach", "たくさん"),
        ("shown", "macros"),
        ("q.macros", "yes"),
    ];
    let page = client.post(&format!("{link}/all"), &wrong).await.expect(422).text();
    assert!(page.contains("たくさん"), "what was typed stands again");
    // The language changes on the same place, with what was typed saved.
    let typed = [("shown", "remarks"), ("q.remarks", "Grüße 𠮷"), ("go", "lang:en")];
    let there = client.post(&format!("{link}/check/remarks"), &typed).await.expect(303);
    assert!(client.get(there.location()).await.text().contains("Grüße 𠮷"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_at_once_lose_nothing_and_the_later_is_told() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let (mut one, mut other) = (app.client(), app.client());
    let form = |value: &'static str, comment: &'static str| {
        [
            ("shown", "macros"),
            ("b.macros", "0"),
            ("q.macros", value),
            ("c.macros", comment),
            ("go", "next"),
        ]
    };
    one.post(&format!("{link}/check/macros"), &form("yes", ""))
        .await
        .expect(303);
    let told = other
        .post(&format!("{link}/check/macros"), &form("no", "まだです"))
        .await
        .expect(409)
        .text();
    assert!(told.contains("まだです"), "the later one's words stand in the form");
    // Another question at the same time is no matter.
    let elsewhere = [
        ("shown", "logs-checked"),
        ("b.logs-checked", "0"),
        ("q.logs-checked", "no"),
        ("go", "next"),
    ];
    other
        .post(&format!("{link}/check/logs-checked"), &elsewhere)
        .await
        .expect(303);
    let all = one.get(&format!("{link}/review")).await.text();
    let answer = |id: &str| {
        all.split(&format!("id=\"a-{id}\""))
            .nth(1)
            .unwrap()
            .split("</div>")
            .next()
            .unwrap()
            .to_owned()
    };
    assert!(answer("macros").contains("はい") && answer("logs-checked").contains("いいえ"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_deadline_answers_are_taken_and_marked_late_until_the_campaign_is_closed() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    app.advance(SignedDuration::from_hours(24 * 20));
    let mut client = app.client();
    answered(&mut client, &link).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'late'").await,
        1
    );
    let mut operator = app.signed_in().await;
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    let late = [("shown", "macros"), ("q.macros", "yes")];
    client.post(&format!("{link}/check/macros"), &late).await.expect(409);
    client.get(&link).await.expect(200);
    client.get(&format!("{link}/receipt")).await.expect(200);
    app.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_by_phone_is_recorded_with_how_it_came() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let page = operator.get(&path).await.text();
    let at = page.find(&format!("{path}/companies/")).unwrap();
    let part: String = page[at..].split('"').next().unwrap().to_owned();
    operator.get(&part).await.expect(200);
    operator.get(&format!("{part}/record")).await.expect(200);
    let fields = [
        ("channel", "phone"),
        ("name", "鈴木"),
        ("note", "11/22 電話にて"),
        ("base", "0"),
        ("shown", "macros"),
        ("q.macros", "no"),
    ];
    operator.post(&format!("{part}/record"), &fields[..2]).await.expect(422);
    let all = names();
    let whole = [&fields[..3], &all_answers(&all, "no")].concat();
    operator.post(&format!("{part}/record"), &whole).await.expect(303);
    let page = operator.get(&part).await.text();
    assert!(page.contains("11/22 電話にて"));
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'paper'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_typed_by_hand_opens_the_page_and_guessing_is_stopped() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(&app, &mut operator, 1).await;
    let mail = readable(&app.outbox()[0]);
    let at = mail.find("受付コード：").unwrap() + "受付コード：".len();
    let code: String = mail[at..].chars().take(11).collect();
    let mut client = app.client();
    let typed = code.to_lowercase().replace('-', " ");
    let opened = client.post("/code", &[("code", &typed)]).await.expect(303);
    assert_eq!(opened.location(), token_path(&app.outbox()[0]));
    // A right one doesn't count: an office holds many letters.
    for _ in 0..10 {
        client.post("/code", &[("code", "22222-22222")]).await.expect(422);
    }
    client.post("/code", &[("code", &typed)]).await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_link_tells_nothing() {
    let app = TestApp::start().await;
    let mut client = app.client();
    for link in ["/r/AAAAAAAAAAAAAAAAAAAAAA", "/r/x", "/r/AAAAAAAAAAAAAAAAAAAAAA/review"] {
        client.get(link).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_respondents_page_and_its_assets_weigh_under_fifty_kilobytes() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "株式会社甲製作所", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let mut client = app.client();
    for page in ["", "/check/multi-factor", "/all", "/about", "/review"] {
        let path = format!("{link}{page}");
        let html = client.get(&path).await.expect(200).text();
        // As every browser asks for it; the longest page is packed.
        let asked = client
            .request(http::Method::GET, &path)
            .header("accept-encoding", "gzip");
        let sent = client
            .send(asked.body(axum::body::Body::empty()).unwrap())
            .await
            .expect(200);
        let mut bytes = sent.bytes.len();
        if page == "/all" {
            assert_eq!(sent.headers["content-encoding"], "gzip");
            let mut plain = String::new();
            flate2::read::GzDecoder::new(sent.bytes.as_slice())
                .read_to_string(&mut plain)
                .unwrap();
            assert_eq!(plain, html);
        }
        let mut seen = Vec::new();
        for asset in html.split('"').filter(|s| s.starts_with("/assets/")) {
            let file = asset.split('#').next().unwrap();
            if !seen.contains(&file) {
                seen.push(file);
                // As every browser asks for it.
                let asked = client
                    .request(http::Method::GET, file)
                    .header("accept-encoding", "gzip");
                let asked = asked.body(axum::body::Body::empty()).unwrap();
                bytes += client.send(asked).await.expect(200).bytes.len();
            }
        }
        assert!(bytes < 50_000, "{page} weighs {bytes} bytes");
    }
}

/// What the audit log holds of responses: action, before, after.
async fn told_of_responses(app: &TestApp) -> Vec<(String, Option<serde_json::Value>, serde_json::Value)> {
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT action, before, after FROM audit WHERE action LIKE 'response.%' ORDER BY id";
    tx.list(sql, &[], |r| {
        let before: Option<String> = r.get(1)?;
        Ok((r.get(0)?, before.map(|b| serde_json::from_str(&b).unwrap()), r.json(2)?))
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_brings_all_along_is_one_entry_of_the_log() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let mut client = app.client();
    let names = names();
    let submit = |answer, person| {
        let mut all = all_answers(&names, answer);
        all.extend([("division", "総務部"), ("name", person), ("contact", "052-111-2222")]);
        all
    };
    client
        .post(&format!("{link}/submit"), &submit("yes", "佐藤"))
        .await
        .expect(303);
    let told = told_of_responses(&app).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let (action, before, after) = &told[0];
    let before = before.as_ref().unwrap();
    assert_eq!(action, "response.submit");
    assert!(before["answers"]["macros"].is_null() && before["about"]["name"] == "");
    assert_eq!(after["answers"]["macros"]["value"]["yes-no"], "yes");
    assert_eq!(
        (&after["about"]["name"], &after["revision"]),
        (&"佐藤".into(), &1.into())
    );
    assert!(after["receipt"].as_str().unwrap().starts_with("2026-001-"));
    // Step by step it is one entry as well, of what a person did up to submitting.
    client
        .post(
            &format!("{link}/check/macros"),
            &[("shown", "macros"), ("base", "1"), ("q.macros", "no")],
        )
        .await
        .expect(303);
    client.post(&format!("{link}/submit"), &[]).await.expect(303);
    let told = told_of_responses(&app).await;
    assert_eq!((told.len(), told[1].0.as_str()), (2, "response.submit"));
    let before = &told[1].1.as_ref().unwrap()["answers"];
    assert_eq!(before["macros"]["value"]["yes-no"], "yes");
    assert_eq!(before.as_object().unwrap().len(), 1);
    assert_eq!(told[1].2["answers"]["macros"]["value"]["yes-no"], "no");
    assert_eq!(told[1].2["revision"], 2);
    app.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_what_was_reviewed() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let (mut one, mut other) = (app.client(), app.client());
    let names = names();
    one.post(&format!("{link}/all"), &all_answers(&names, "yes"))
        .await
        .expect(303);
    let about = [
        ("division", ""),
        ("name", "佐藤"),
        ("contact", "052-111-2222"),
        ("go", "next"),
    ];
    one.post(&format!("{link}/about"), &about).await.expect(303);
    let page = one.get(&format!("{link}/review")).await.text();
    let at = page.find("name=\"revision\" value=\"").unwrap() + "name=\"revision\" value=\"".len();
    let seen: String = page[at..].chars().take_while(char::is_ascii_digit).collect();
    let change = [("shown", "macros"), ("base", "99"), ("q.macros", "no"), ("go", "next")];
    other.post(&format!("{link}/check/macros"), &change).await.expect(303);
    one.post(&format!("{link}/submit"), &[("revision", &seen)])
        .await
        .expect(409);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM responses WHERE submitted_at IS NOT NULL")
            .await,
        0
    );
    one.post(&format!("{link}/submit"), &[]).await.expect(303);
    // Who submitted stands as well, until it is submitted again.
    let later = [
        ("division", "工場"),
        ("name", "別人"),
        ("contact", "052-111-2222"),
        ("go", "next"),
    ];
    other.post(&format!("{link}/about"), &later).await.expect(303);
    let receipt = one.get(&format!("{link}/receipt")).await.text();
    assert!(receipt.contains("佐藤") && !receipt.contains("別人"));
    app.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_somebody_changed_is_neither_overwritten_nor_sent_unseen() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let (mut one, mut other) = (app.signed_in().await, app.signed_in().await);
    let path = drafted_campaign(&mut one, Asks::Check).await;
    let page = one.get(&format!("{path}/edit/5")).await.text();
    let at = page.find("name=\"revision\" value=\"").unwrap() + "name=\"revision\" value=\"".len();
    let seen: String = page[at..].chars().take_while(char::is_ascii_digit).collect();
    let change = [
        ("title", "別の件"),
        ("checklist", "sc-2022"),
        ("revision", &seen),
        ("go", "next"),
    ];
    other.post(&format!("{path}/edit/1"), &change).await.expect(303);
    one.post(&format!("{path}/edit/1"), &change).await.expect(409);
    one.post(&format!("{path}/send"), &[("count", "1"), ("revision", &seen)])
        .await
        .expect(409);
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_note_from_the_phone_is_kept() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let page = operator.get(&path).await.text();
    let at = page.find(&format!("{path}/companies/")).unwrap();
    let part: String = page[at..].split('"').next().unwrap().to_owned();
    for note in ["はじめの電話", "二度目の電話"] {
        let fields = [
            ("channel", "phone"),
            ("name", "鈴木"),
            ("note", note),
            ("base", "9"),
            ("shown", "macros"),
            ("q.macros", "no"),
            ("go", "part"),
        ];
        operator.post(&format!("{part}/record"), &fields).await.expect(303);
    }
    let page = operator.get(&part).await.text();
    assert!(page.contains("はじめの電話") && page.contains("二度目の電話"));
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledging_twice_counts_once() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    sent_campaign(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (mut client, link) = (app.client(), link.clone());
            tokio::spawn(async move { client.post(&format!("{link}/acknowledge"), &[]).await.expect(303) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind = 'acknowledged'")
            .await,
        1
    );
}
