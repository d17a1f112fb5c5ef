//! A notice for employees: shown, passed on, reported, corrected, added up.

use crate::app::{Client, TestApp};
use crate::circulation::{company, readable, token_path};
use jiff::SignedDuration;
use kairan::board;
use kairan::campaigns::CampaignId;

const LETTER: [(&str, &str); 10] = [
    ("letter_supplier", "self-check-request"),
    ("letter_group", "advisory-notice"),
    ("day", "2026-12-10"),
    ("hour", "17:00"),
    ("zone", "Asia/Tokyo"),
    ("sender.ja", "株式会社サンプル製作所"),
    ("sender.en", "Sample Works"),
    ("inquiries.ja", "情報セキュリティ室 052-000-0118"),
    ("inquiries.en", "Information Security, +81-52-000-0118"),
    ("go", "next"),
];

/// A campaign with a notice to two group companies and a supplier; its path and the links of A, B and the supplier.
async fn passed_on(app: &TestApp, client: &mut Client) -> (String, [String; 3]) {
    passed_on_with(app, client, "").await
}

/// As [`passed_on`], asking a checklist, too.
async fn passed_on_with(app: &TestApp, client: &mut Client, checklist: &str) -> (String, [String; 3]) {
    company(app, "group", "G1", "A工業", &[("a@a.example", "ja")]).await;
    company(app, "group", "G2", "B Parts", &[("b@b.example", "en")]).await;
    company(app, "supplier", "S1", "C製作所", &[("c@c.example", "ja")]).await;
    let what = [
        ("title", "周知"),
        ("advisory", "government-2022-03"),
        ("checklist", checklist),
        ("group_check", "1"),
        ("awareness", "mail-and-links"),
        ("go", "next"),
    ];
    let created = client.post("/campaigns/new", &what).await.expect(303);
    let path = created.location().strip_suffix("/edit/2").unwrap().to_owned();
    let mut letter = LETTER;
    if checklist.is_empty() {
        letter[0].1 = "advisory-suppliers";
    }
    client.post(&format!("{path}/edit/3"), &letter).await.expect(303);
    client
        .post(&format!("{path}/send"), &[("count", "3")])
        .await
        .expect(303);
    app.run_jobs().await;
    let mails = app.outbox();
    let link = |address: &str| {
        let mail = mails.iter().find(|m| m.contains(&format!("<{address}>"))).unwrap();
        token_path(mail)
    };
    let links = [link("a@a.example"), link("b@b.example"), link("c@c.example")];
    (path, links)
}

fn fields<'f>(revision: &'f str, people: &'f str, ways: &[&'f str]) -> Vec<(&'f str, &'f str)> {
    let mut out = vec![
        ("revision", revision),
        ("people", people),
        ("day", "2026-11-21"),
        ("remark", "夜勤は翌日"),
        ("name", "佐藤"),
    ];
    out.extend(ways.iter().map(|w| ("way", *w)));
    out
}

async fn agrees(app: &TestApp, path: &str) {
    let id: CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    for _ in 0..2 {
        let counted = board::recount(&app.app, app.app.scope(), id, false).await.unwrap();
        assert!(counted.agrees(), "{counted:?}");
        board::fold_all(&app.app).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_company_prints_the_notice_and_reports_whom_it_reached() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let (path, [a, b, c]) = passed_on(&app, &mut client).await;
    let mut visitor = app.client();
    let home = visitor.get(&a).await.expect(200).text();
    assert!(home.contains(&format!("{a}/awareness")));
    // A supplier isn't asked.
    assert!(!visitor.get(&c).await.expect(200).text().contains("/awareness"));
    visitor.get(&format!("{c}/awareness")).await.expect(404);
    visitor.get(&format!("{c}/awareness/notice")).await.expect(404);
    let ours = "contact=%E7%B7%8F%E5%8B%99%E9%83%A8%20%3Cb%3E118";
    let poster = visitor
        .get(&format!("{a}/awareness/notice?{ours}"))
        .await
        .expect(200)
        .text();
    assert!(
        poster.contains("そのメール、開く前にひと呼吸") && poster.contains("総務部 &#60;b&#62;118"),
        "{poster}"
    );
    let text = visitor
        .get(&format!("{a}/awareness/notice.txt?{ours}&lang=en"))
        .await
        .expect(200);
    assert!(
        text.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("notice-en.txt")
    );
    assert!(text.text().contains("Take a breath") && text.text().contains("総務部 <b>118"));
    // Looking changes nothing.
    assert_eq!(app.count("SELECT COUNT(*) FROM awareness_events").await, 0);
    visitor
        .post(
            &format!("{a}/awareness?lang=ja"),
            &fields("0", "１２０人", &["posted", "mail"]),
        )
        .await
        .expect(303);
    let page = visitor.get(&format!("{a}/awareness?lang=ja")).await.expect(200).text();
    assert!(page.contains("120人") && page.contains("掲示、メール") && page.len() < 50_000);
    let mut english = app.client();
    english.language = "en".into();
    english
        .post(&format!("{b}/awareness"), &fields("0", "30", &["meeting", "mail"]))
        .await
        .expect(303);
    // Both before and after they are counted.
    for _ in 0..2 {
        let board = client.get(&path).await.expect(200).text();
        let at = board.find("id=\"awareness\"").unwrap();
        let section = board[at..].split("</section>").next().unwrap();
        assert!(
            section.contains("<b>150</b>") && section.contains("<b>2</b>"),
            "{section}"
        );
        assert!(
            section.contains("対象 2社") && section.contains("<b>0</b>"),
            "{section}"
        );
        board::fold_all(&app.app).await.unwrap();
    }
    agrees(&app, &path).await;
    // Corrected: the old report stays, the sum follows.
    visitor
        .post(&format!("{a}/awareness"), &fields("1", "100", &["training"]))
        .await
        .expect(303);
    // Pressed twice.
    visitor
        .post(&format!("{a}/awareness"), &fields("1", "100", &["training"]))
        .await
        .expect(303);
    assert_eq!(app.count("SELECT COUNT(*) FROM awareness_events").await, 3);
    assert_eq!(app.count("SELECT COUNT(*) FROM awareness").await, 2);
    let audited = "SELECT COUNT(*) FROM audit WHERE action = 'awareness.report'";
    assert_eq!(app.count(audited).await, 3);
    agrees(&app, &path).await;
    let list = client.get(&format!("{path}/awareness")).await.expect(200).text();
    assert!(
        list.contains("<b>130</b>") && list.contains("A工業") && list.contains("B Parts"),
        "{list}"
    );
    let by_mail = client
        .get(&format!("{path}/awareness?way=mail"))
        .await
        .expect(200)
        .text();
    assert!(!by_mail.contains("A工業") && by_mail.contains("B Parts"));
    let csv = client
        .get(&format!("{path}/awareness/export?format=csv&way=training"))
        .await
        .expect(200)
        .text();
    assert!(
        csv.contains("A工業") && csv.contains("研修") && csv.contains("100") && !csv.contains("B Parts"),
        "{csv}"
    );
    let csv = client
        .get(&format!("{path}/export?format=csv"))
        .await
        .expect(200)
        .text();
    assert!(csv.contains("届いた人数") && csv.contains("夜勤は翌日"));
    // The part shows every report.
    let at = list.find(&format!("{path}/companies/")).unwrap();
    let part = list[at..].split('"').next().unwrap().to_owned();
    let part = client.get(&part).await.expect(200).text();
    assert!(part.contains("従業員への周知"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_reported_is_listed_and_the_last_one_is_not_lost() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let (path, [a, ..]) = passed_on(&app, &mut client).await;
    let missing = client
        .get(&format!("{path}/awareness?show=missing"))
        .await
        .expect(200)
        .text();
    assert!(missing.contains("A工業") && missing.contains("B Parts") && !missing.contains("C製作所"));
    app.client()
        .post(&format!("{a}/awareness"), &fields("0", "12", &["posted"]))
        .await
        .expect(303);
    let csv = client
        .get(&format!("{path}/awareness/export?format=csv&show=missing"))
        .await
        .expect(200)
        .text();
    assert!(!csv.contains("A工業") && csv.contains("B Parts"), "{csv}");
    // Many pages: every company once, the newest report first.
    for n in 0..120 {
        company(&app, "group", &format!("X{n}"), &format!("X{n:03}"), &[]).await;
    }
    let what = [
        ("title", "2"),
        ("awareness", "mail-and-links"),
        ("advisory", "government-2022-03"),
        ("go", "next"),
    ];
    let created = client.post("/campaigns/new", &what).await.expect(303);
    let many = created.location().strip_suffix("/edit/2").unwrap().to_owned();
    let mut letter = LETTER;
    letter[0].1 = "advisory-suppliers";
    client.post(&format!("{many}/edit/3"), &letter).await.expect(303);
    client
        .post(&format!("{many}/send"), &[("count", "123")])
        .await
        .expect(303);
    app.run_jobs().await;
    let mut seen = 0;
    let mut address = format!("{many}/awareness?show=missing");
    loop {
        let page = client.get(&address).await.expect(200).text();
        seen += page.matches("<th scope=\"row\">").count();
        let Some(at) = page.find("rel=\"next\"") else { break };
        let href = page[..at].rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        address = format!("{many}/awareness{}", href.replace("&#38;", "&").replace("&amp;", "&"));
    }
    assert_eq!(seen, 122);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_keep_what_was_typed_and_two_people_do_not_write_over_each_other() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let (path, [a, ..]) = passed_on(&app, &mut client).await;
    let mut visitor = app.client();
    let page = visitor
        .post(&format!("{a}/awareness"), &fields("0", "たくさん", &["mail"]))
        .await
        .expect(422)
        .text();
    assert!(page.contains("value=\"たくさん\"") && page.contains("夜勤は翌日"));
    assert!(page.contains("value=\"mail\" checked"));
    assert_eq!(app.count("SELECT COUNT(*) FROM changes WHERE to_reach <> ''").await, 0);
    visitor
        .post(&format!("{a}/awareness"), &fields("0", "12", &["mail"]))
        .await
        .expect(303);
    let page = visitor
        .post(&format!("{a}/awareness"), &fields("0", "50", &["posted"]))
        .await
        .expect(409)
        .text();
    assert!(page.contains("12人") && page.contains("value=\"50\"") && page.contains("name=\"revision\" value=\"1\""));
    visitor
        .post(&format!("{a}/awareness"), &fields("1", "50", &["posted"]))
        .await
        .expect(303);
    agrees(&app, &path).await;
    client
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    visitor
        .post(&format!("{a}/awareness"), &fields("2", "60", &["posted"]))
        .await
        .expect(409);
    let page = visitor.get(&format!("{a}/awareness")).await.expect(200).text();
    assert!(page.contains("50人") && !page.contains("name=\"people\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recount_finds_and_mends_what_is_wrong() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let (path, [a, ..]) = passed_on(&app, &mut client).await;
    app.client()
        .post(&format!("{a}/awareness"), &fields("0", "12", &["mail"]))
        .await
        .expect(303);
    board::fold_all(&app.app).await.unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(
        "UPDATE tallies SET count = 7 WHERE part = 'reach' AND word = 'people' AND key = ''",
        &[],
    )
    .await
    .unwrap();
    tx.execute("UPDATE awareness SET people = 99", &[]).await.unwrap();
    tx.commit().await.unwrap();
    let id: CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    let counted = board::recount(&app.app, app.app.scope(), id, true).await.unwrap();
    assert_eq!(counted.differences.len(), 1);
    assert_eq!(counted.invitations_wrong.len(), 1);
    agrees(&app, &path).await;
    assert_eq!(app.count("SELECT people FROM awareness").await, 12);
    let shown = client.get(&path).await.expect(200).text();
    assert!(shown.contains("<b>12</b>"));
    // Nothing secret is in a notice's mail.
    assert!(app.outbox().iter().all(|m| !readable(m).contains("awareness/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_was_given_some_sections_has_nothing_to_do_with_the_notice() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let (_, [a, ..]) = passed_on_with(&app, &mut client, "sc-2022").await;
    let mut visitor = app.client();
    let form = visitor.get(&format!("{a}/hand")).await.expect(200).text();
    let section = form.split("name=\"section\" value=\"").nth(1).unwrap();
    let section = section.split('"').next().unwrap();
    let hand = [
        ("name", "鈴木 一郎"),
        ("address", "suzuki@a.example"),
        ("what", "sections"),
        ("section", section),
        ("made_by", "佐藤 花子"),
        ("language", "ja"),
    ];
    let before = app.outbox().len();
    visitor.post(&format!("{a}/hand"), &hand).await.expect(303);
    app.run_jobs().await;
    let mails = app.outbox();
    assert_eq!(mails.len(), before + 1);
    let mail = mails.iter().find(|m| m.contains("<suzuki@a.example>")).unwrap();
    let theirs = token_path(mail);
    let mut colleague = app.client();
    let page = colleague.get(&theirs).await.expect(200).text();
    assert!(!page.contains("/awareness"));
    for rest in [
        "/awareness",
        "/awareness/notice",
        "/awareness/notice.txt",
        "/before/2026-001",
    ] {
        colleague.get(&format!("{theirs}{rest}")).await.expect(404);
    }
    let report = fields("0", "5", &["mail"]);
    colleague
        .post(&format!("{theirs}/awareness"), &report)
        .await
        .expect(404);
    // A program that posts forms is asked for the request's number.
    let request = visitor
        .request(http::Method::POST, &format!("{a}/awareness"))
        .header("content-type", "application/x-www-form-urlencoded");
    let body = serde_urlencoded::to_string(&report).unwrap();
    let asked = visitor.send(request.body(axum::body::Body::from(body)).unwrap()).await;
    assert!(asked.expect(200).text().contains("name=\"person\""));
    assert_eq!(app.count("SELECT COUNT(*) FROM awareness").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_reports_so_often_a_day() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let (_, [a, ..]) = passed_on(&app, &mut client).await;
    let mut visitor = app.client();
    for n in 0..40 {
        let (revision, people) = (n.to_string(), (n + 1).to_string());
        visitor
            .post(&format!("{a}/awareness"), &fields(&revision, &people, &["mail"]))
            .await
            .expect(303);
    }
    let last = fields("40", "50", &["mail"]);
    visitor.post(&format!("{a}/awareness"), &last).await.expect(429);
    assert_eq!(app.count("SELECT COUNT(*) FROM awareness_events").await, 40);
    app.advance(SignedDuration::from_hours(25));
    visitor.post(&format!("{a}/awareness"), &last).await.expect(303);
}
