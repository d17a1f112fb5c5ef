//! A campaign that follows an earlier one: whom it goes to, what its mails follow, what companies see of before.

use crate::app::{Client, TestApp};
use crate::circulation::{answered, company, readable, sent_campaign, token_path};
use jiff::SignedDuration;

fn to<'m>(mails: &'m [String], address: &str) -> &'m String {
    let wanted = format!("<{address}>");
    mails.iter().find(|m| header(m, "To").contains(&wanted)).unwrap()
}

/// A header's value, unfolded; "" where there is none.
fn header(mail: &str, name: &str) -> String {
    let head = mail.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let start = format!("{name}: ");
    let found = head.lines().find(|l| l.starts_with(&start));
    found.map_or(String::new(), |l| l[start.len()..].trim().to_owned())
}

/// Makes a follow-up's draft; its path.
async fn followed(client: &mut Client, earlier: &str, fields: &[(&str, &str)]) -> String {
    let made = client.post(&format!("{earlier}/follow"), fields).await.expect(303);
    made.location().strip_suffix("/edit/1").unwrap().to_owned()
}

async fn send(app: &TestApp, client: &mut Client, path: &str, count: &str) {
    client
        .post(&format!("{path}/send"), &[("count", count)])
        .await
        .expect(303);
    app.run_jobs().await;
}

/// Three companies that were asked: 甲 answered "no" to everything, 乙 opened nothing, 丙 has no address.
async fn asked(app: &TestApp, client: &mut Client) -> String {
    company(app, "supplier", "S1", "甲社", &[("a@a.example", "ja")]).await;
    company(app, "supplier", "S2", "乙社", &[("b@b.example", "en")]).await;
    company(app, "supplier", "S3", "丙社", &[]).await;
    let path = sent_campaign(app, client, 3).await;
    let mut visitor = app.client();
    answered(&mut visitor, &token_path(to(&app.outbox(), "a@a.example"))).await;
    app.run_jobs().await;
    // Told later, so nobody has heard of the first campaign from it.
    company(app, "supplier", "S9", "新社", &[("n@n.example", "ja")]).await;
    app.advance(SignedDuration::from_hours(48));
    // Nobody stays signed in that long.
    *client = app.signed_in().await;
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_notice_goes_to_who_has_not_answered_in_the_thread_of_the_first() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let path = asked(&app, &mut client).await;
    let before = app.outbox();
    let board = client.get(&path).await.expect(200).text();
    assert!(board.contains(&format!("{path}/follow")));
    client.get(&format!("{path}/follow")).await.expect(200);
    let second = followed(&mut client, &path, &[("kind", "second-notice"), ("who", "unanswered")]).await;
    // It takes over what was asked, and shows whom it means.
    let what = client.get(&format!("{second}/edit/1")).await.expect(200).text();
    assert!(what.contains("（再度のお願い）") && what.contains("value=\"sc-2022\" checked"));
    let whom = client.get(&format!("{second}/edit/2")).await.expect(200).text();
    assert!(whom.contains("乙社") && whom.contains("丙社") && !whom.contains("新社"));
    assert!(!whom.contains("aria-label=\"甲社\""));
    let letter = client.get(&format!("{second}/edit/3")).await.expect(200).text();
    assert!(letter.contains("value=\"second-notice-suppliers\" selected") && !letter.contains("all-clear"));
    assert!(
        letter.contains("情報セキュリティ室 052-000-0118"),
        "inquiries are taken over"
    );
    let preview = client.get(&format!("{second}/edit/4?v=letter&l=ja")).await.expect(200);
    assert!(preview.text().contains("依頼番号 2026-001"));
    let confirm = client.get(&format!("{second}/edit/5")).await.expect(200).text();
    assert!(confirm.contains("2026-001") && confirm.contains("回答または確認がまだの企業"));
    assert!(confirm.contains("もとの回覧は受付中です"));
    // Who was written to two days ago is no surprise to anybody.
    assert!(!confirm.contains("日以内"), "{confirm}");
    client
        .post(&format!("{second}/send"), &[("count", "3")])
        .await
        .expect(422);
    send(&app, &mut client, &second, "2").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM invitations").await, 5);
    let mails = app.outbox();
    assert_eq!(mails.len(), before.len() + 1);
    let new = mails.iter().find(|m| !before.contains(m)).unwrap();
    let first = header(to(&before, "b@b.example"), "Message-ID");
    assert_eq!(header(new, "In-Reply-To"), first);
    assert_eq!(header(new, "References"), first);
    assert!(
        readable(new).contains("On 22 November 2026 we wrote"),
        "{}",
        readable(new)
    );
    // A third one stands in the thread of both.
    app.advance(SignedDuration::from_hours(24));
    let mut client = app.signed_in().await;
    let third = followed(&mut client, &second, &[("kind", "all-clear"), ("who", "all")]).await;
    send(&app, &mut client, &third, "2").await;
    let mails = app.outbox();
    let last = mails.last().unwrap();
    let second_id = header(new, "Message-ID");
    assert_eq!(header(last, "References"), format!("{first} {second_id}"));
    assert_eq!(header(last, "In-Reply-To"), second_id);
    // The board links both ways.
    let middle = client.get(&second).await.expect(200).text();
    assert!(middle.contains(&format!("href=\"{path}\"")) && middle.contains(&format!("href=\"{third}\"")));
}

#[tokio::test(flavor = "multi_thread")]
async fn companies_are_chosen_by_what_they_answered_then() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let path = asked(&app, &mut client).await;
    for (who, question, companies) in [
        ("all", "", 3),
        ("unanswered", "", 2),
        ("done", "", 1),
        ("no", "", 1),
        ("no-to", "multi-factor", 1),
        ("all-yes", "", 0),
        ("unreached", "", 1),
    ] {
        let fields = [("kind", "again"), ("who", who), ("question", question)];
        let draft = followed(&mut client, &path, &fields).await;
        let page = client.get(&format!("{draft}/edit/5")).await.expect(200).text();
        assert!(page.contains(&format!("{companies}社")), "{who}: {page}");
        let listed = client.get(&format!("{draft}/edit/2")).await.expect(200).text();
        assert_eq!(listed.matches("name=\"keep\"").count(), companies, "{who}");
    }
    // By hand: one more, one less.
    let draft = followed(&mut client, &path, &[("kind", "again"), ("who", "unanswered")]).await;
    let search = client
        .get(&format!("{draft}/edit/2?q=%E6%96%B0%E7%A4%BE"))
        .await
        .expect(200)
        .text();
    let id = |page: &str, field: &str| {
        let at = page.find(&format!("name=\"{field}\" value=\"")).unwrap();
        page[at..].split('"').nth(3).unwrap().to_owned()
    };
    let added = id(&search, "add");
    let fields = [("who", "unanswered"), ("add", &added), ("go", "next")];
    client.post(&format!("{draft}/edit/2"), &fields).await.expect(303);
    let page = client.get(&format!("{draft}/edit/2")).await.expect(200).text();
    assert_eq!(page.matches("name=\"keep\"").count(), 3);
    let mut fields = vec![("who", "unanswered"), ("go", "next")];
    let listed: Vec<String> = page
        .split("name=\"listed\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    fields.extend(listed.iter().map(|id| ("listed", id.as_str())));
    fields.extend(listed.iter().skip(1).map(|id| ("keep", id.as_str())));
    client.post(&format!("{draft}/edit/2"), &fields).await.expect(303);
    let confirm = client.get(&format!("{draft}/edit/5")).await.expect(200).text();
    assert!(confirm.contains("2社"), "{confirm}");
    send(&app, &mut client, &draft, "2").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM invitations").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_and_kept() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let path = asked(&app, &mut client).await;
    let bad = [("kind", "second-notice"), ("who", "no-to"), ("question", "nothing")];
    let page = client.post(&format!("{path}/follow"), &bad).await.expect(422).text();
    assert!(page.contains("設問を選んでください") && page.contains("value=\"no-to\" checked"));
    let page = client
        .post(&format!("{path}/follow"), &[("who", "all")])
        .await
        .expect(422);
    assert!(page.text().contains("何を送るかを選んでください"));
    let draft = followed(&mut client, &path, &[("kind", "again"), ("who", "all")]).await;
    // A draft has told nobody anything.
    client.get(&format!("{draft}/follow")).await.expect(409);
    client
        .post(&format!("{draft}/follow"), &[("kind", "again")])
        .await
        .expect(409);
    let bad = [("who", "no-to"), ("question", ""), ("go", "next"), ("kind", "group")];
    let page = client.post(&format!("{draft}/edit/2"), &bad).await.expect(422).text();
    assert!(page.contains("value=\"no-to\" checked") && page.contains("value=\"group\" checked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_all_clear_asks_nothing_but_to_confirm_and_shows_what_was_told_before() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let path = asked(&app, &mut client).await;
    let draft = followed(&mut client, &path, &[("kind", "all-clear"), ("who", "all")]).await;
    let what = client.get(&format!("{draft}/edit/1")).await.expect(200).text();
    assert!(!what.contains("name=\"checklist\""));
    let fields = [("title", "解除"), ("go", "next")];
    client.post(&format!("{draft}/edit/1"), &fields).await.expect(303);
    send(&app, &mut client, &draft, "3").await;
    let mails = app.outbox();
    let clear: Vec<_> = mails
        .iter()
        .filter(|m| readable(m).contains("特別な警戒をお願いする状況は解消"))
        .collect();
    assert_eq!(clear.len(), 1);
    let link = token_path(clear[0]);
    let mut visitor = app.client();
    let page = visitor.get(&link).await.expect(200).text();
    assert!(!page.contains("/start") && page.contains("読みました"));
    assert!(page.contains("これまでのお知らせ") && page.contains("ご回答を受け付けています"));
    let receipt = visitor.get(&format!("{link}/before/2026-001")).await.expect(200).text();
    let number = app
        .count("SELECT COUNT(*) FROM responses WHERE receipt IS NOT NULL")
        .await;
    assert_eq!(number, 1);
    assert!(receipt.contains("2026-001-"), "the receipt's number is there");
    // The other link, and what was answered, are not.
    let earlier = token_path(to(&mails, "a@a.example"));
    for page in [&page, &receipt] {
        assert!(!page.contains(&earlier) && !page.contains("佐藤"), "{page}");
    }
    visitor.get(&format!("{link}/before/2026-999")).await.expect(404);
    // The older link tells that there is something newer, and nothing more about it.
    let old = visitor.get(&earlier).await.expect(200).text();
    assert!(old.contains("その後もお送りしています") && !old.contains(&link));
    visitor.get(&format!("{earlier}/before/2026-002")).await.expect(404);
    visitor
        .post(&format!("{link}/acknowledge"), &[("name", "佐藤")])
        .await
        .expect(303);
    let acknowledged = "SELECT COUNT(*) FROM invitations WHERE state = 'acknowledged'";
    assert_eq!(app.count(acknowledged).await, 1);
    // The operator's page of the company's part links to its other part.
    let list = client.get(&format!("{draft}/companies")).await.expect(200).text();
    let at = list.find(&format!("{draft}/companies/")).unwrap();
    let part = list[at..].split('"').next().unwrap();
    let part = client.get(part).await.expect(200).text();
    assert!(part.contains(&format!("{path}/companies/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_makes_a_follow_up_of_what_it_leaves_out() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    asked(&app, &mut client).await;
    let file = app.dir.path().join("plan.toml");
    let text = "follows = '2026-001'\ndeadline = '2026-12-20T17:00'\n[follow_up]\nkind = 'second-notice'\nwho = 'unanswered'\n";
    std::fs::write(&file, text).unwrap();
    let made = kairan::circulation::command::create(&app.app, &file).await.unwrap();
    assert_eq!(made["problems"], serde_json::json!([]));
    assert_eq!(made["reckoning"]["companies"], 2);
    std::fs::write(&file, "title = 'x'\n[follow_up]\nkind = 'all-clear'\n").unwrap();
    let error = kairan::circulation::command::create(&app.app, &file).await.unwrap_err();
    assert!(error.to_string().contains("follows ="));
    std::fs::write(&file, "follows = '2026-002'\n").unwrap();
    let error = kairan::circulation::command::create(&app.app, &file).await.unwrap_err();
    assert!(error.to_string().contains("is a draft"), "{error}");
}
