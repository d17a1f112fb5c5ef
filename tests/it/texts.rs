//! Every mail in plain text, whole, in both languages: what a company sees whose mail program shows no HTML.

use crate::app::TestApp;
use crate::circulation::{answered, token_path};
use crate::reminders::{full_company, live_until, mails_to, sent, to};
use kairan::deliveries::Kind;
use mail_parser::MessageParser;
use regex::Regex;
use std::path::Path;
use uuid::Uuid;

/// Puts a fixed word for what is another one at each run.
fn steady(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, word) in [
        (r"/(r|b)/[A-Za-z0-9_-]{22}", "/$1/TOKEN"),
        (r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", "CODE-CODE"),
        (r"2026-001-[0-9A-Z-]+", "2026-001-RECEIPT"),
        (r"(?m)^    \d{6}$", "    000000"),
        (r"\d\d:\d\d( JST)?", "HH:MM$1"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, word).into_owned();
    }
    text
}

/// The oldest mail of a kind and a language, as it lies in the outbox.
async fn oldest(app: &TestApp, kind: &str, language: &str) -> Vec<u8> {
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT id FROM deliveries WHERE kind = $1 AND language = $2 AND state = 'sent' ORDER BY id LIMIT 1";
    let id = tx.one(sql, &[&kind, &language], |r| r.get::<Uuid>(0)).await;
    let id = id.unwrap_or_else(|e| panic!("no {kind} in {language}: {e}"));
    let files = std::fs::read_dir(app.dir.path().join("outbox/new")).unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut paths = files.map(|f| f.unwrap().path());
    let path = paths.find(|path| name(path).contains(&id.simple().to_string()) || name(path).contains(&id.to_string()));
    std::fs::read(path.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_in_plain_text_keeps_its_paragraphs() {
    let app = TestApp::start().await;
    to(&app, "2026-11-09T09:00");
    let mut operator = app.signed_in().await;
    full_company(&app, "J1", "JP", "ja").await;
    full_company(&app, "E1", "JP", "en").await;
    for (name, mail, language, code) in [
        ("購買 太郎", "taro@sample.example", "ja", "J1"),
        ("Taro Kobai", "kobai@sample.example", "en", "E1"),
    ] {
        let buyer = [("name", name), ("mail", mail), ("language", language)];
        let made = operator.post("/buyers/new", &buyer).await.expect(303);
        let companies = format!("{}/companies", made.location());
        operator.post(&companies, &[("codes", code)]).await.expect(303);
    }
    let plan = [
        ("day", "2026-11-25"),
        ("hour", "17:00"),
        ("reminders", "standard"),
        ("remind_hour", "10:00"),
        ("notice_hours", "24"),
    ];
    let campaign = sent(&app, &mut operator, "2", &plan).await;
    live_until(&app, "2026-11-24T12:00").await;
    let mut links = Vec::new();
    for (company, language) in [("j1", "ja"), ("e1", "en")] {
        let address = format!("primary@{company}.example");
        let link = token_path(mails_to(&app, &address).last().unwrap());
        let form = app.client().get(&format!("{link}/hand")).await.expect(200).text();
        let sections: Vec<&str> = form.split("name=\"section\" value=\"").skip(1).collect();
        let section = |n: usize| sections[n].split('"').next().unwrap();
        let hand = [
            ("name", "鈴木 一郎"),
            ("address", &*format!("suzuki@{company}.example")),
            ("what", "sections"),
            ("section", section(0)),
            ("section", section(1)),
            ("made_by", "佐藤 花子"),
            ("language", language),
        ];
        app.client().post(&format!("{link}/hand"), &hand).await.expect(303);
        links.push(link);
    }
    app.run_jobs().await;
    // The session ended long ago.
    let again = [
        ("mail", crate::app::MAIL),
        ("password", crate::app::PASSWORD),
        ("code", &app.code()),
    ];
    operator.post("/sign-in", &again).await.expect(303);
    // Those who haven't answered are told that the deadline moves.
    let moved = [("day", "2026-11-27"), ("hour", "17:00"), ("tell", "1")];
    operator.post(&format!("{campaign}/deadline"), &moved).await.expect(303);
    app.run_jobs().await;
    for link in links {
        answered(&mut app.client(), &link).await;
        let mut stranger = app.client();
        let page = stranger.get(&format!("{link}/device")).await.expect(200).text();
        let contact = page.split("name=\"to\" value=\"").nth(1).unwrap();
        let contact = contact.split('"').next().unwrap();
        stranger
            .post(&format!("{link}/device"), &[("to", contact)])
            .await
            .expect(303);
    }
    app.run_jobs().await;

    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mails");
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mails");
    std::fs::create_dir_all(&seen).unwrap();
    let mut changed = Vec::new();
    for language in ["ja", "en"] {
        for kind in Kind::ALL.iter().map(|kind| kind.as_str()) {
            let raw = oldest(&app, kind, language).await;
            // RFC 5321 §4.5.3.1.6; what is longer is packed.
            assert!(
                raw.split(|b| *b == b'\n').all(|line| line.len() <= 998),
                "{kind} in {language} has too long a line"
            );
            let mail = MessageParser::default().parse(&raw).unwrap();
            let text = steady(&mail.body_text(0).unwrap().replace("\r\n", "\n")) + "\n";
            assert!(
                !text.contains("\n\n\n") && !text.starts_with('\n'),
                "{kind} in {language}:\n{text}"
            );
            assert!(text.contains("\n\n"), "{kind} in {language} is one block:\n{text}");
            let name = format!("{language}-{kind}.txt");
            if std::fs::read_to_string(here.join(&name)).unwrap_or_default() != text {
                std::fs::write(seen.join(&name), &text).unwrap();
                changed.push(name);
            }
        }
    }
    assert!(
        changed.is_empty(),
        "These mails read otherwise than in tests/fixtures/mails: {changed:?}. Compare them with what lies in {}; if they are \
         better so, copy them.",
        seen.display()
    );
}
