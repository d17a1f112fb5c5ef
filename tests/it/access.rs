//! Who may see a company's part, and whether a request is real.

use crate::app::{Client, TestApp};
use crate::circulation::{answered, company, readable, sent_campaign, token_path};
use jiff::SignedDuration;

/// A campaign to one company with two contacts, and the path of its link.
async fn invited(app: &TestApp) -> (Client, String, String) {
    let mails = [("hanako@a.example", "ja"), ("backup@a.example", "en")];
    company(app, "supplier", "S1", "株式会社甲", &mails).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    (operator, path, link)
}

/// The mails to one address, readable.
fn mails_to(app: &TestApp, address: &str) -> Vec<String> {
    let to = format!("<{address}>");
    let all = app.outbox().into_iter();
    all.filter(|m| m.contains(&to)).map(|m| readable(&m)).collect()
}

/// The six digits of a mail.
fn digits(mail: &str) -> String {
    let line = mail
        .lines()
        .map(str::trim)
        .find(|l| l.len() == 6 && l.bytes().all(|b| b.is_ascii_digit()));
    line.unwrap_or_else(|| panic!("no digits in {mail}")).to_owned()
}

/// What an operator is shown of the newest mail of a kind.
async fn shown(app: &TestApp, operator: &mut Client, kind: &'static str) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT id FROM deliveries WHERE kind = $1 ORDER BY id DESC LIMIT 1";
    let id: uuid::Uuid = tx.one(sql, &[&kind], |r| r.get(0)).await.unwrap();
    drop(tx);
    operator.get(&format!("/outbox/{id}")).await.expect(200).text()
}

async fn invitation_path(app: &TestApp, campaign: &str) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    let id: uuid::Uuid = tx.one("SELECT id FROM invitations", &[], |r| r.get(0)).await.unwrap();
    format!("{campaign}/companies/{id}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_needs_a_code_once_answers_were_submitted() {
    let app = TestApp::start().await;
    let (mut operator, _, link) = invited(&app).await;
    // Before, whoever holds the link goes on where another stopped.
    let (mut first, mut colleague) = (app.client(), app.client());
    colleague.get(&format!("{link}/all")).await.expect(200);
    assert!(colleague.cookies.is_empty(), "who only looks is given nothing");
    colleague.post(&format!("{link}/start"), &[]).await.expect(303);
    answered(&mut first, &link).await;
    app.run_jobs().await;
    first.get(&format!("{link}/receipt")).await.expect(200);
    assert!(first.cookies.keys().any(|name| name.starts_with("__Host-kairan-")));
    // Who had been there before the submission needs no code.
    colleague.get(&format!("{link}/receipt")).await.expect(200);

    let mut stranger = app.client();
    let letter = stranger.get(&link).await.expect(200).text();
    assert!(!letter.contains("sato@a.example"), "the first page shows no answers");
    for page in ["check", "all", "about", "review", "receipt", "check/macros", "hand"] {
        let sent = stranger.get(&format!("{link}/{page}")).await.expect(303);
        assert_eq!(sent.location(), format!("{link}/device"), "{page}");
    }
    let change = [("shown", "macros"), ("q.macros", "yes")];
    stranger.post(&format!("{link}/all"), &change).await.expect(303);
    stranger.post(&format!("{link}/submit"), &[]).await.expect(303);
    let hand = [("name", "x"), ("address", "x@evil.example"), ("made_by", "y")];
    let away = stranger.post(&format!("{link}/hand"), &hand).await.expect(303);
    assert_eq!(away.location(), format!("{link}/device"), "no way around the code");
    let page = stranger.get(&format!("{link}/device")).await.expect(200).text();
    assert!(page.contains("h•••@a.example") && page.contains("b•••@a.example") && !page.contains("hanako@"));
    assert_eq!(
        app.count("SELECT COUNT(*) FROM device_codes").await,
        0,
        "a GET sends nothing"
    );

    let to = page
        .split("name=\"to\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let sent = stranger
        .post(&format!("{link}/device"), &[("to", &to)])
        .await
        .expect(303);
    let entry = stranger.get(sent.location()).await.expect(200).text();
    assert!(entry.contains("one-time-code"));
    app.run_jobs().await;
    let mail = mails_to(&app, "hanako@a.example").pop().unwrap();
    let right = digits(&mail);
    let seen = shown(&app, &mut operator, "device-code").await;
    assert!(seen.contains("••••••") && !seen.contains(&right));
    let wrong = if right == "000000" { "000001" } else { "000000" };
    stranger
        .post(&format!("{link}/device/enter"), &[("digits", wrong)])
        .await
        .expect(422);
    assert!(!stranger.cookies.keys().any(|n| n.starts_with("__Host-kairan-")));
    // As a person types it: full width, with a space.
    let wide: String = right
        .chars()
        .map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap())
        .collect();
    let typed = format!("{} {}", &wide[..9], &wide[9..]);
    let entered = stranger
        .post(&format!("{link}/device/enter"), &[("digits", &typed)])
        .await
        .expect(303);
    stranger.get(entered.location()).await.expect(200);
    // A code is good once, for that device.
    let mut another = app.client();
    another
        .post(&format!("{link}/device/enter"), &[("digits", &right)])
        .await
        .expect(422);
    another.get(&format!("{link}/receipt")).await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_ten_minutes_and_five_tries_and_few_are_sent() {
    let app = TestApp::start().await;
    let (mut operator, path, link) = invited(&app).await;
    answered(&mut app.client(), &link).await;
    app.run_jobs().await;
    let part = invitation_path(&app, &path).await;
    let read_out = |page: String| digits(&page.replace("</b>", "\n").replace("translate=\"no\">", "\n"));
    let offer = operator.get(&part).await.expect(200).text();
    assert!(offer.contains("/device-code"));
    let mut device = app.client();
    let page = operator
        .post(&format!("{part}/device-code"), &[])
        .await
        .expect(200)
        .text();
    let code = read_out(page);
    app.advance(SignedDuration::from_mins(11));
    device
        .post(&format!("{link}/device/enter"), &[("digits", &code)])
        .await
        .expect(422);
    let code = read_out(
        operator
            .post(&format!("{part}/device-code"), &[])
            .await
            .expect(200)
            .text(),
    );
    for _ in 0..5 {
        device
            .post(&format!("{link}/device/enter"), &[("digits", "1")])
            .await
            .expect(422);
    }
    device
        .post(&format!("{link}/device/enter"), &[("digits", &code)])
        .await
        .expect(422);
    let code = read_out(
        operator
            .post(&format!("{part}/device-code"), &[])
            .await
            .expect(200)
            .text(),
    );
    device
        .post(&format!("{link}/device/enter"), &[("digits", &code)])
        .await
        .expect(303);

    let mut tx = app.app.db.read().await.unwrap();
    let contact: uuid::Uuid = tx
        .one("SELECT id FROM contacts WHERE position = 0", &[], |r| r.get(0))
        .await
        .unwrap();
    drop(tx);
    let to = contact.to_string();
    let mut thief = app.client();
    for _ in 0..5 {
        thief.post(&format!("{link}/device"), &[("to", &to)]).await.expect(303);
    }
    thief.post(&format!("{link}/device"), &[("to", &to)]).await.expect(429);
    // One that waited too long for a relay isn't sent any more.
    app.advance(SignedDuration::from_mins(11));
    app.run_jobs().await;
    let kinds = "SELECT COUNT(*) FROM deliveries WHERE kind = 'device-code' AND state = 'cancelled'";
    assert_eq!(app.count(kinds).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_answers_their_sections_and_the_company_submits() {
    let app = TestApp::start().await;
    let (mut operator, path, link) = invited(&app).await;
    let mut client = app.client();
    let form = client.get(&format!("{link}/hand")).await.expect(200).text();
    let sections: Vec<&str> = form
        .split("name=\"section\" value=\"")
        .skip(1)
        .map(|s| s.split('"').next().unwrap())
        .collect();
    assert!(sections.len() > 1);
    let wrong = [
        ("name", ""),
        ("address", "not an address"),
        ("what", "sections"),
        ("made_by", "佐藤"),
    ];
    let page = client.post(&format!("{link}/hand"), &wrong).await.expect(422).text();
    assert!(page.contains("not an address"), "what was typed stands again");
    let hand = [
        ("name", "鈴木 一郎\r\nBcc: x@evil.example"),
        ("address", "suzuki@a.example"),
        ("what", "sections"),
        ("section", sections[0]),
        ("section", "no-such-section"),
        ("made_by", "佐藤 花子"),
        ("language", "ja"),
    ];
    client.post(&format!("{link}/hand"), &hand).await.expect(303);
    app.run_jobs().await;
    let raw = app
        .outbox()
        .into_iter()
        .find(|m| m.contains("<suzuki@a.example>"))
        .unwrap();
    assert!(!raw.lines().any(|l| l.starts_with("Bcc")), "a name is no header");
    let own = token_path(&raw);
    assert_ne!(own, link);
    let seen = shown(&app, &mut operator, "share").await;
    assert!(seen.contains("/r/") && !seen.contains(&own));
    let mut colleague = app.client();
    let first = colleague.get(&own).await.expect(200).text();
    assert!(first.contains("佐藤 花子"));
    let mail = readable(&app.outbox()[0]);
    let is_code = |w: &&str| w.len() == 11 && w.split_once('-').is_some_and(|(a, b)| a.len() == 5 && b.len() == 5);
    let code = mail
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .find(is_code)
        .unwrap();
    assert!(!first.contains(code), "a colleague isn't shown the company's code");
    colleague.get(&format!("{own}/letter.pdf")).await.expect(404);
    let all = colleague.get(&format!("{own}/all")).await.expect(200).text();
    let ids = |page: &str| -> Vec<String> {
        page.split("name=\"shown\" value=\"")
            .skip(1)
            .map(|s| s.split('"').next().unwrap().to_owned())
            .collect()
    };
    let whole = ids(&client.get(&format!("{link}/all")).await.expect(200).text());
    let given = ids(&all);
    assert!(!given.is_empty() && given.len() < whole.len());
    let other = whole.iter().find(|id| !given.contains(id)).unwrap();
    let answer = (format!("q.{}", given[0]), format!("q.{other}"));
    let both = [
        ("shown", given[0].as_str()),
        (answer.0.as_str(), "partly"),
        ("shown", other.as_str()),
        (answer.1.as_str(), "no"),
    ];
    let sent = colleague.post(&format!("{own}/all"), &both).await.expect(303);
    assert_eq!(sent.location(), format!("{own}/review"));
    let review = colleague.get(sent.location()).await.expect(200).text();
    assert!(!review.contains("/submit\""), "others submit");
    for page in ["about", "receipt", "hand"] {
        colleague.get(&format!("{own}/{page}")).await.expect(404);
    }
    colleague.post(&format!("{own}/submit"), &[]).await.expect(404);
    colleague.get(&format!("{own}/check/{other}")).await.expect(404);
    // Who answered what is recorded, and what wasn't given wasn't taken.
    let mut tx = app.app.db.read().await.unwrap();
    let answers: String = tx
        .one("SELECT answers FROM responses", &[], |r| r.get(0))
        .await
        .unwrap();
    drop(tx);
    let answers: serde_json::Value = serde_json::from_str(&answers).unwrap();
    assert_eq!(answers[&given[0]]["by"], "鈴木 一郎 Bcc: x@evil.example");
    assert!(answers.get(other).is_none());
    let part = operator
        .get(&invitation_path(&app, &path).await)
        .await
        .expect(200)
        .text();
    assert!(part.contains("suzuki@a.example") && part.contains("鈴木 一郎"));
    // Taken back, the link is nobody's; a colleague takes nothing back.
    colleague.post(&format!("{own}/hand/1/withdraw"), &[]).await.expect(404);
    client
        .post_as_program(&format!("{link}/hand/1/withdraw"), &[])
        .await
        .expect(200);
    colleague.get(&own).await.expect(200);
    client.post(&format!("{link}/hand/1/withdraw"), &[]).await.expect(303);
    colleague.get(&own).await.expect(404);
    colleague.post(&format!("{own}/all"), &both).await.expect(404);
    client.get(&format!("{link}/hand")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_with_all_of_it_submits_and_hands_on() {
    let app = TestApp::start().await;
    let (_, _, link) = invited(&app).await;
    let hand = [
        ("name", "鈴木"),
        ("address", "suzuki@a.example"),
        ("made_by", "佐藤"),
        ("language", "en"),
    ];
    app.client().post(&format!("{link}/hand"), &hand).await.expect(303);
    app.run_jobs().await;
    let raw = app
        .outbox()
        .into_iter()
        .find(|m| m.contains("<suzuki@a.example>"))
        .unwrap();
    let own = token_path(&raw);
    let mut colleague = app.client();
    answered(&mut colleague, &own).await;
    // A new device of the colleague's: the code goes to the colleague.
    let mut phone = app.client();
    phone.get(&format!("{own}/receipt")).await.expect(303);
    phone.post(&format!("{own}/device"), &[("to", "")]).await.expect(303);
    app.run_jobs().await;
    let code = digits(&mails_to(&app, "suzuki@a.example").pop().unwrap());
    // It opens the colleague's link, not the company's.
    app.client()
        .post(&format!("{link}/device/enter"), &[("digits", &code)])
        .await
        .expect(422);
    phone
        .post(&format!("{own}/device/enter"), &[("digits", &code)])
        .await
        .expect(303);
    phone.get(&format!("{own}/receipt")).await.expect(200);
    colleague.get(&format!("{own}/hand")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn handing_on_is_no_way_to_mail_strangers() {
    let app = TestApp::start().await;
    let (_, _, link) = invited(&app).await;
    let mut client = app.client();
    for n in 0..10 {
        let address = format!("n{n}@a.example");
        let hand = [("name", "x"), ("address", address.as_str()), ("made_by", "y")];
        client.post(&format!("{link}/hand"), &hand).await.expect(303);
    }
    let hand = [("name", "x"), ("address", "n@a.example"), ("made_by", "y")];
    client.post(&format!("{link}/hand"), &hand).await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_posts_acknowledges_nothing() {
    let app = TestApp::start().await;
    let (_, _, link) = invited(&app).await;
    let mut program = app.client();
    program.get(&link).await.expect(200);
    for page in [
        "acknowledge",
        "start",
        "submit",
        "all",
        "about",
        "check/macros",
        "hand",
        "wrong",
    ] {
        let asked = program
            .post_as_program(&format!("{link}/{page}"), &[("name", "ロボット")])
            .await;
        let page = asked.expect(200).text();
        assert!(page.contains("name=\"person\"") && page.contains("ロボット"));
    }
    program
        .post_as_program(&format!("{link}/save"), &[("shown", "macros"), ("q.macros", "yes")])
        .await
        .expect(403);
    let done = "SELECT COUNT(*) FROM events WHERE kind IN ('acknowledged', 'started', 'handed-on', 'misdirected')";
    assert_eq!(app.count(done).await, 0);
    assert!(program.cookies.is_empty(), "a program is no device");
    let wrong = [("name", "佐藤"), ("person", "2026-002")];
    program
        .post_as_program(&format!("{link}/acknowledge"), &wrong)
        .await
        .expect(200);
    assert_eq!(app.count(done).await, 0);
    // A person with an old browser types the number, in whatever width.
    let typed = [("name", "佐藤"), ("person", "２０２６-００１")];
    program
        .post_as_program(&format!("{link}/acknowledge"), &typed)
        .await
        .expect(303);
    assert_eq!(app.count(done).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_person_says_so_and_an_operator_sends_it_to_the_right_one() {
    let app = TestApp::start().await;
    let (mut operator, _, link) = invited(&app).await;
    let mail = readable(&app.outbox()[0]);
    assert!(mail.contains(&format!("{link}/wrong")), "the mail offers it");
    assert!(!app.outbox()[0].to_lowercase().contains("list-unsubscribe"));
    let mut client = app.client();
    client.get(&format!("{link}/wrong")).await.expect(200);
    let bad = [("address", "nobody"), ("remark", "退職しました")];
    let page = client.post(&format!("{link}/wrong"), &bad).await.expect(422).text();
    assert!(page.contains("退職しました"));
    let told = [
        ("name", "田中"),
        ("address", "tanaka@a.example"),
        ("phone", "052-000-0000"),
        ("remark", "異動しました"),
    ];
    let thanks = client.post(&format!("{link}/wrong"), &told).await.expect(303);
    client.get(thanks.location()).await.expect(200);
    client.post(&format!("{link}/wrong"), &[]).await.expect(303);
    assert!(operator.get("/").await.expect(200).text().contains("/misdirected"));
    let list = operator.get("/misdirected").await.expect(200).text();
    assert!(list.contains("田中") && list.contains("異動しました"));
    app.client().get("/misdirected").await.expect(303);
    let ids: Vec<String> = list
        .split("/misdirected/")
        .skip(1)
        .filter_map(|s| s.split_once("/settle").map(|(id, _)| id.to_owned()))
        .filter(|id| id.len() == 36)
        .collect();
    assert_eq!(ids.len(), 2);
    operator
        .post(&format!("/misdirected/{}/send", ids[0]), &[])
        .await
        .expect(303);
    operator
        .post(&format!("/misdirected/{}/send", ids[0]), &[])
        .await
        .expect(409);
    // Nobody was named: there is no one to send it to.
    operator
        .post(&format!("/misdirected/{}/send", ids[1]), &[])
        .await
        .expect(409);
    operator
        .post(&format!("/misdirected/{}/settle", ids[1]), &[])
        .await
        .expect(303);
    app.run_jobs().await;
    let raw = app
        .outbox()
        .into_iter()
        .find(|m| m.contains("<tanaka@a.example>"))
        .unwrap();
    let own = token_path(&raw);
    assert_ne!(own, link);
    app.client().get(&own).await.expect(200);
    assert!(!operator.get("/").await.expect(200).text().contains("/misdirected"));
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_can_check_a_request_and_learns_nothing_of_whom_it_went_to() {
    let app = TestApp::start().await;
    let (mut operator, path, _) = invited(&app).await;
    let mail = readable(&app.outbox()[0]);
    assert!(mail.contains("https://kairan.test/verify") && mail.contains("2026-001"));
    let mut anybody = app.client();
    anybody.get("/verify").await.expect(200);
    let page = anybody
        .post("/verify", &[("number", " ２０２６ー００１")])
        .await
        .expect(200)
        .text();
    assert!(page.contains("情報セキュリティ室") && page.contains("052-000-0118"));
    assert!(page.contains("https://kairan.test/") && page.contains("2026"));
    assert!(!page.contains("甲") && !page.contains("a.example"));
    let page = anybody
        .post("/verify", &[("number", "2026-009")])
        .await
        .expect(422)
        .text();
    assert!(page.contains("2026-009"));
    // A draft was sent to nobody.
    let what = [("title", "Draft"), ("advisory", "government-2022-03"), ("go", "next")];
    operator.post("/campaigns/new", &what).await.expect(303);
    anybody.post("/verify", &[("number", "2026-002")]).await.expect(422);
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    anybody.post("/verify", &[("number", "2026-001")]).await.expect(200);
    for _ in 0..30 {
        anybody.post("/verify", &[("number", "2026-009")]).await;
    }
    anybody.post("/verify", &[("number", "2026-001")]).await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_without_any_link_comes_before_the_request() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "株式会社甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    crate::circulation::sent_campaign_with_notice(&app, &mut operator, 1, "24").await;
    let mails = mails_to(&app, "a@a.example");
    assert_eq!(mails.len(), 1, "the request waits");
    assert!(!mails[0].contains("/r/") && !mails[0].contains("href") && mails[0].contains("2026-001"));
    app.advance(SignedDuration::from_hours(23));
    app.run_jobs().await;
    assert_eq!(mails_to(&app, "a@a.example").len(), 1);
    app.advance(SignedDuration::from_hours(1));
    app.run_jobs().await;
    let mails = mails_to(&app, "a@a.example");
    assert_eq!(mails.len(), 2);
    assert!(mails[1].contains("/r/"));
}
