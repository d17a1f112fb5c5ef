//! A campaign's second day: what an operator puts right while it runs. After each, the board counts what a recount counts.

use crate::app::{Answer, Client, TestApp};
use crate::circulation::{
    Asks, answered, company, readable, sent_campaign, sent_campaign_asking, sent_campaign_reminding, token_path,
};
use jiff::{SignedDuration, Timestamp};
use kairan::board;
use kairan::campaigns::CampaignId;
use kairan::circulation::command;
use kairan::db::Param;

/// Jobs and mails are done, and the board counts what the events add up to.
async fn settled(app: &TestApp, path: &str) {
    app.run_jobs().await;
    let id: CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    let counted = board::recount(&app.app, app.app.scope(), id, false).await.unwrap();
    assert!(counted.agrees(), "{counted:?}");
}

/// The page of a company's part.
async fn part(app: &TestApp, path: &str, code: &str) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    let id = tx
        .one("SELECT id FROM invitations WHERE code = $1", &[&code], |r| {
            r.get::<kairan::invitations::InvitationId>(0)
        })
        .await
        .unwrap();
    format!("{path}/companies/{id}")
}

async fn text_of(app: &TestApp, sql: &'static str) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.list(sql, &[], |r| r.get(0)).await.unwrap()
}

async fn run(app: &TestApp, sql: &'static str, params: &[&(dyn Param + Sync)]) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(sql, params).await.unwrap();
    tx.commit().await.unwrap();
}

async fn states(app: &TestApp) -> Vec<String> {
    text_of(app, "SELECT code || ' ' || state FROM invitations ORDER BY code").await
}

/// The value of a hidden field of a page.
fn field(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\" value=\"")).unwrap();
    page[at..].split('"').nth(3).unwrap().to_owned()
}

fn to(mail: &str) -> String {
    let line = mail.lines().find(|l| l.starts_with("To:")).unwrap();
    let at = line.find('<').map_or(0, |at| at + 1);
    line[at..].trim_end_matches('>').trim().to_owned()
}

fn mails_to<'m>(mails: &'m [String], address: &str) -> Vec<&'m String> {
    mails.iter().filter(|m| to(m).ends_with(address)).collect()
}

async fn send(client: &mut Client, part: &str, fields: &[(&str, &str)]) -> Answer {
    let page = client.get(part).await.expect(200).text();
    let occasion = field(&page, "occasion");
    let mut all = vec![("occasion", occasion.as_str())];
    all.extend(fields);
    client.post(&format!("{part}/send"), &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_sent_again_once_however_often_the_button_is_pressed() {
    let app = TestApp::start().await;
    company(
        &app,
        "supplier",
        "S1",
        "甲",
        &[("a@a.example", "ja"), ("b@a.example", "en")],
    )
    .await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let part = part(&app, &path, "S1").await;
    let page = operator.get(&part).await.expect(200).text();
    let occasion = field(&page, "occasion");
    let contacts = text_of(&app, "SELECT mail FROM contacts ORDER BY position").await;
    assert_eq!(contacts, ["a@a.example", "b@a.example"]);
    let ids: Vec<String> = page
        .split("name=\"contact\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2, "a button for each contact");
    let again = [("occasion", occasion.as_str()), ("contact", ids[0].as_str())];
    let done = operator.post(&format!("{part}/send"), &again).await.expect(303);
    assert!(done.location().ends_with("?done=sent"));
    app.run_jobs().await;
    // The same form once more, after the mail has gone: nothing.
    let done = operator.post(&format!("{part}/send"), &again).await.expect(303);
    assert!(done.location().ends_with("?done=before"));
    settled(&app, &path).await;
    let mails = app.outbox();
    assert_eq!(mails_to(&mails, "a@a.example").len(), 2);
    assert_eq!(
        token_path(mails_to(&mails, "a@a.example")[1]),
        token_path(&mails[0]),
        "the same link"
    );
    // To somebody who hasn't had it.
    send(&mut operator, &part, &[("contact", &ids[1])]).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(mails_to(&app.outbox(), "b@a.example").len(), 1);
    let log = text_of(
        &app,
        "SELECT after FROM audit WHERE action = 'invitation.again' ORDER BY id",
    )
    .await;
    assert_eq!(log, ["\"a@a.example\"", "\"b@a.example\""]);
    let events = text_of(&app, "SELECT detail FROM events WHERE kind = 'queued' ORDER BY id").await;
    assert_eq!(events, ["", "a@a.example", "b@a.example"]);

    // Who has answered isn't asked any more.
    let link = token_path(&mails[0]);
    answered(&mut app.client(), &link).await;
    settled(&app, &path).await;
    let page = operator.get(&part).await.expect(200).text();
    assert!(!page.contains("/send\""), "no button, no form");
    operator
        .post(&format!("{part}/send"), &[("occasion", "9"), ("contact", &ids[0])])
        .await
        .expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_waits_is_sent_at_once_and_not_twice() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = crate::circulation::sent_campaign_with_notice(&app, &mut operator, 1, "24").await;
    let part = part(&app, &path, "S1").await;
    assert_eq!(app.outbox().len(), 1, "only the notice has gone");
    let page = operator.get(&part).await.expect(200).text();
    let contact = field(&page, "contact");
    let done = send(&mut operator, &part, &[("contact", &contact)]).await.expect(303);
    assert!(done.location().ends_with("?done=hurried"));
    settled(&app, &path).await;
    assert_eq!(app.outbox().len(), 2);
    app.advance(SignedDuration::from_hours(30));
    settled(&app, &path).await;
    assert_eq!(app.outbox().len(), 2, "it was the same mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_learnt_on_the_phone_gets_the_request_and_is_kept() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    assert_eq!(states(&app).await, ["S1 unreachable"]);
    let part = part(&app, &path, "S1").await;
    let wrong = [
        ("name", "田中 一郎"),
        ("mail", "tanaka"),
        ("language", "ja"),
        ("keep", "1"),
    ];
    let page = send(&mut operator, &part, &wrong).await.expect(422).text();
    assert!(page.contains("田中 一郎") && page.contains("value=\"tanaka\""));
    let new = [
        ("name", "田中 一郎"),
        ("mail", "tanaka@a.example"),
        ("language", "ja"),
        ("keep", "1"),
    ];
    send(&mut operator, &part, &new).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(states(&app).await, ["S1 sent"]);
    let mails = app.outbox();
    assert!(readable(&mails[0]).contains("田中 一郎"));
    let kept = "SELECT name || ' ' || mail || ' ' || role FROM contacts";
    assert_eq!(text_of(&app, kept).await, ["田中 一郎 tanaka@a.example primary"]);
    // Once, and not kept.
    let once = [("name", "Smith"), ("mail", "smith@a.example"), ("language", "en")];
    send(&mut operator, &part, &once).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM contacts").await, 1);
    let mails = app.outbox();
    assert!(readable(mails_to(&mails, "smith@a.example")[0]).contains("?lang=en"));
    // An address that the company has already is that contact, in any spelling of its domain.
    let known = [
        ("name", "x"),
        ("mail", "tanaka@A.EXAMPLE"),
        ("language", "ja"),
        ("keep", "1"),
    ];
    send(&mut operator, &part, &known).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM contacts").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_came_back_for_good_isnt_sent_again_before_the_address_is_put_right() {
    let app = TestApp::start().await;
    let id = company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let part = part(&app, &path, "S1").await;
    let page = operator.get(&part).await.expect(200).text();
    let contact = field(&page, "contact");
    run(
        &app,
        "UPDATE contacts SET undeliverable_since = 1, undeliverable_why = '550 5.1.1 unknown' WHERE company = $1",
        &[&id],
    )
    .await;
    let page = operator.get(&part).await.expect(200).text();
    assert!(page.contains("550 5.1.1 unknown") && !page.contains("name=\"contact\""));
    let fields = [("occasion", "5"), ("contact", contact.as_str())];
    operator.post(&format!("{part}/send"), &fields).await.expect(409);
    let typed = [
        ("occasion", "5"),
        ("mail", "a@A.example"),
        ("keep", "1"),
        ("language", "ja"),
    ];
    operator.post(&format!("{part}/send"), &typed).await.expect(409);
    settled(&app, &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_changed_after_sending_is_offered_the_request() {
    let app = TestApp::start().await;
    let id = company(&app, "supplier", "S1", "甲", &[("old@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let part = part(&app, &path, "S1").await;
    assert!(!operator.get(&part).await.expect(200).text().contains("変更されました"));
    run(
        &app,
        "UPDATE contacts SET mail = 'new@a.example' WHERE company = $1",
        &[&id],
    )
    .await;
    let page = operator.get(&part).await.expect(200).text();
    assert!(page.contains("old@a.example へ送ったあとに変更されました"));
    let contact = field(&page, "contact");
    send(&mut operator, &part, &[("contact", &contact)]).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(mails_to(&app.outbox(), "new@a.example").len(), 1);
    assert!(!operator.get(&part).await.expect(200).text().contains("変更されました"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_is_shown_on_a_button_and_the_log_says_to_whom() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let part = part(&app, &path, "S1").await;
    let link = format!("https://kairan.test{}", token_path(&app.outbox()[0]));
    assert!(!operator.get(&part).await.expect(200).text().contains(&link));
    let answer = operator.get(&format!("{part}/link")).await.expect(303);
    assert_eq!(answer.location(), part, "a GET shows nothing");
    let page = operator.post(&format!("{part}/link"), &[]).await.expect(200);
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(page.text().contains(&format!("readonly value=\"{link}\"")));
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'invitation.show-link'")
            .await,
        1
    );
    // Nobody who isn't signed in, and no other organisation's part.
    app.client().post(&format!("{part}/link"), &[]).await.expect(303);
    settled(&app, &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_logged_and_who_promised_is_off_the_phone_list_until_then() {
    let app = TestApp::start().await;
    for code in ["S1", "S2", "S3"] {
        company(&app, "supplier", code, code, &[]).await;
    }
    let mut operator = app.signed_in().await;
    // This campaign reminds nobody, and calls are kept all the same.
    let path = sent_campaign(&app, &mut operator, 3).await;
    let one = part(&app, &path, "S1").await;
    let page = operator
        .post(&format!("{one}/call"), &[("note", "内線 12")])
        .await
        .expect(422)
        .text();
    assert!(page.contains("電話の結果を選んでください。") && page.contains("内線 12"));
    let promised = [("outcome", "promised"), ("day", "2026-11-24"), ("note", "佐藤様")];
    operator.post(&format!("{one}/call"), &promised).await.expect(303);
    let absent = [("outcome", "not-reached"), ("day", "2026-11-24")];
    let two = part(&app, &path, "S2").await;
    operator.post(&format!("{two}/call"), &absent).await.expect(303);
    let refused = [("outcome", "refused"), ("note", "取引終了")];
    let three = part(&app, &path, "S3").await;
    operator.post(&format!("{three}/call"), &refused).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(states(&app).await, ["S1 unreachable", "S2 unreachable", "S3 declined"]);
    let page = operator.get(&one).await.expect(200).text();
    assert!(
        page.contains("2026年11月24日（火）までに回答するとのこと（佐藤様）"),
        "{page}"
    );
    let phone = format!("{path}/phone");
    let list = operator.get(&phone).await.expect(200).text();
    assert!(!list.contains(&one) && list.contains(&two) && list.contains("つながらなかった"));
    assert!(list.contains("このほか1社は") && list.contains("<h2>1社"), "{list}");
    let csv = operator
        .get(&format!("{phone}/export?format=csv"))
        .await
        .expect(200)
        .text();
    assert!(!csv.contains("S1") && csv.contains("S2"));
    assert!(
        operator
            .get(&path)
            .await
            .expect(200)
            .text()
            .contains("<small>1社</small>")
    );
    assert!(operator.get("/").await.expect(200).text().contains("1社"));
    // The promise ends with its day.
    app.advance(SignedDuration::from_hours(24 * 3));
    let mut operator = app.signed_in().await;
    let list = operator.get(&phone).await.expect(200).text();
    assert!(list.contains(&one) && !list.contains("このほか"));
    let answered = operator
        .post(&format!("{one}/call"), &[("outcome", "answered")])
        .await
        .expect(303);
    assert_eq!(
        answered.location(),
        format!("{one}/record"),
        "what was said is taken down next"
    );
    let log = text_of(
        &app,
        "SELECT after FROM audit WHERE action = 'invitation.call' ORDER BY id",
    )
    .await;
    assert_eq!(log.len(), 4);
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    operator.post(&format!("{two}/call"), &absent).await.expect(409);
    settled(&app, &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decline_is_undone_and_the_company_stands_where_it_stood() {
    let app = TestApp::start().await;
    for code in ["S1", "S2"] {
        let mail = format!("{}@a.example", code.to_lowercase());
        company(&app, "supplier", code, code, &[(&mail, "ja")]).await;
    }
    let mut operator = app.signed_in().await;
    let path = sent_campaign_reminding(&app, &mut operator, 2).await;
    let link = token_path(mails_to(&app.outbox(), "s1@a.example")[0]);
    app.client()
        .post(&format!("{link}/acknowledge"), &[("name", "佐藤")])
        .await
        .expect(303);
    settled(&app, &path).await;
    let (one, two) = (part(&app, &path, "S1").await, part(&app, &path, "S2").await);
    for part in [&one, &two] {
        operator
            .post(&format!("{part}/decline"), &[("note", "電話で")])
            .await
            .expect(303);
    }
    settled(&app, &path).await;
    assert_eq!(states(&app).await, ["S1 declined", "S2 declined"]);
    // The reminders that come meanwhile find nothing to do, and aren't made good later.
    app.advance(SignedDuration::from_hours(24 * 12 + 3));
    settled(&app, &path).await;
    let before = app.outbox().len();
    let mut operator = app.signed_in().await;
    for part in [&one, &one, &two] {
        operator.post(&format!("{part}/undecline"), &[]).await.expect(303);
    }
    settled(&app, &path).await;
    assert_eq!(states(&app).await, ["S1 acknowledged", "S2 sent"]);
    assert_eq!(app.outbox().len(), before, "what fell into that time isn't made good");
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind = 'undeclined'").await,
        2,
        "pressed twice, it is one event"
    );
    // The curve doesn't count who has read it twice.
    let id: CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let tallies = board::read(&mut tx, app.app.scope(), id).await.unwrap().tallies;
    drop(tx);
    assert_eq!(tallies.hours().iter().map(|(_, read, _)| read).sum::<i64>(), 1);
    // Reminders go on with the next step.
    app.advance(SignedDuration::from_hours(24 * 5));
    settled(&app, &path).await;
    assert!(app.outbox().len() > before);
    let mut operator = app.signed_in().await;
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    operator.post(&format!("{one}/undecline"), &[]).await.expect(409);
    settled(&app, &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deadline_moves_for_everybody_and_who_hasnt_answered_is_told() {
    let app = TestApp::start().await;
    for (code, language) in [("S1", "ja"), ("S2", "en"), ("S3", "ja")] {
        let mail = format!("{}@a.example", code.to_lowercase());
        company(&app, "supplier", code, code, &[(&mail, language)]).await;
    }
    let mut operator = app.signed_in().await;
    let path = sent_campaign_reminding(&app, &mut operator, 3).await;
    let mails = app.outbox();
    let (one, three) = (
        token_path(mails_to(&mails, "s1@a.example")[0]),
        token_path(mails_to(&mails, "s3@a.example")[0]),
    );
    answered(&mut app.client(), &three).await;
    settled(&app, &path).await;
    let sent = app.outbox().len();
    let manage = format!("{path}/manage");
    operator.get(&manage).await.expect(200);
    let move_to = |day: &'static str, more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("day", day), ("hour", "12:00")];
        fields.extend(more);
        fields
    };
    let post = format!("{path}/deadline");
    for wrong in ["2026-11-21", "2026-02-30", ""] {
        let page = operator.post(&post, &move_to(wrong, &[])).await.expect(422).text();
        assert!(page.contains("aria-invalid=\"true\""), "{wrong}");
    }
    // It is that already: nothing happens.
    let same = [("day", "2026-12-10"), ("hour", "17:00"), ("tell", "1")];
    assert!(
        operator
            .post(&post, &same)
            .await
            .expect(303)
            .location()
            .ends_with("?done=same")
    );
    for _ in 0..2 {
        operator
            .post(&post, &move_to("2026-12-17", &[("tell", "1")]))
            .await
            .expect(303);
    }
    settled(&app, &path).await;
    let mails = app.outbox();
    assert_eq!(mails.len(), sent + 2, "each who hasn't answered is told, once");
    let told = readable(mails_to(&mails, "s1@a.example")[1]);
    for words in [
        "2026年12月17日（木）12:00（JST、UTC+9）",
        "2026年12月10日（木）17:00（JST、UTC+9）",
        one.as_str(),
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let told = readable(mails_to(&mails, "s2@a.example")[1]);
    assert!(told.contains("17 Dec 2026, 12:00 (JST, UTC+9)") && told.contains("10 Dec 2026, 17:00 (JST, UTC+9)"));
    assert_eq!(
        mails_to(&mails, "s3@a.example").len(),
        2,
        "who has answered has the request and the receipt"
    );
    // Every page has it: respondents', the board, the list, what somebody checks a mail by.
    let mut respondent = app.client();
    assert!(
        respondent
            .get(&one)
            .await
            .expect(200)
            .text()
            .contains("2026年12月17日（木）12:00")
    );
    for page in [path.as_str(), "/campaigns", "/", &format!("{path}/reminders")] {
        assert!(
            operator
                .get(page)
                .await
                .expect(200)
                .text()
                .contains("2026年12月17日（木）12:00"),
            "{page}"
        );
    }
    let verify = app
        .client()
        .post("/verify", &[("number", "2026-001")])
        .await
        .expect(200)
        .text();
    assert!(verify.contains("2026年12月17日（木）12:00"));
    // Reminders are reckoned from the new one: a day before it, not a day before the old one.
    assert_eq!(
        app.count(
            "SELECT COUNT(*) FROM reminders r JOIN campaigns c ON c.id = r.campaign JOIN invitations i ON i.id = r.invitation
             WHERE r.deadline <> c.deadline AND i.state <> 'submitted'"
        )
        .await,
        0
    );
    // On time by the new deadline, late by the old one.
    app.advance(SignedDuration::from_hours(24 * 20));
    settled(&app, &path).await;
    answered(&mut app.client(), &one).await;
    settled(&app, &path).await;
    assert_eq!(states(&app).await[0], "S1 submitted");
    let log = text_of(
        &app,
        "SELECT before || ' ' || after FROM audit WHERE action = 'campaign.deadline' ORDER BY id",
    )
    .await;
    assert_eq!(
        log,
        ["{\"deadline\":\"2026-12-10T17:00\"} {\"deadline\":\"2026-12-17T12:00\",\"told\":true}"]
    );
    let mut operator = app.signed_in().await;
    let page = operator.get("/audit").await.expect(200).text();
    assert!(page.contains("回答期限を変更した") && page.contains("2026-12-17T12:00"));
    // Closed: it can't be moved.
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    operator.post(&post, &move_to("2026-12-24", &[])).await.expect(409);
    settled(&app, &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_follow_a_moved_deadline_and_nobody_is_reminded_by_the_old_one() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    // Until 10 December; the first reminder comes on the third.
    let path = sent_campaign_reminding(&app, &mut operator, 1).await;
    let fields = [("day", "2026-12-24"), ("hour", "17:00")];
    operator.post(&format!("{path}/deadline"), &fields).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(app.outbox().len(), 1, "nobody is told unless it is wished");
    let days = async |until: &str| {
        let until: Timestamp = until.parse().unwrap();
        while app.app.clock.now() < until {
            app.advance(SignedDuration::from_hours(3));
            app.run_jobs().await;
        }
        app.count("SELECT COUNT(*) FROM deliveries WHERE kind IN ('reminder', 'escalation')")
            .await
    };
    assert_eq!(days("2026-12-14T00:00:00Z").await, 0, "no step of the old plan");
    assert!(days("2026-12-24T12:00:00Z").await >= 2, "the steps of the new one");
    // Moved back to before: what it said before isn't said again, and what is over isn't made good.
    let reminded = days("2026-12-24T12:00:00Z").await;
    let mut operator = app.signed_in().await;
    let fields = [("day", "2027-01-29"), ("hour", "17:00"), ("tell", "1")];
    operator.post(&format!("{path}/deadline"), &fields).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(days("2027-01-10T00:00:00Z").await, reminded);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE kind = 'deadline'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_about_a_deadline_that_moved_on_isnt_sent() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    operator
        .post(&format!("{path}/mailing"), &[("to", "paused")])
        .await
        .expect(303);
    for day in ["2026-12-17", "2026-12-18"] {
        let fields = [("day", day), ("hour", "12:00"), ("tell", "1")];
        operator.post(&format!("{path}/deadline"), &fields).await.expect(303);
        app.advance(SignedDuration::from_secs(1));
        app.run_jobs().await;
    }
    operator
        .post(&format!("{path}/mailing"), &[("to", "on")])
        .await
        .expect(303);
    settled(&app, &path).await;
    let mails = app.outbox();
    let told = mails_to(&mails, "a@a.example");
    assert_eq!(told.len(), 2);
    assert!(readable(told[1]).contains("2026年12月18日（金）12:00"));
    let states = text_of(&app, "SELECT state FROM deliveries WHERE kind = 'deadline' ORDER BY id").await;
    assert_eq!(states, ["cancelled", "sent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_havent_opened_it_get_it_again_each_once() {
    let app = TestApp::start().await;
    for code in ["S1", "S2", "S3", "S4"] {
        let mail = format!("{}@a.example", code.to_lowercase());
        company(&app, "supplier", code, code, &[(&mail, "ja")]).await;
    }
    let none = company(&app, "supplier", "S5", "S5", &[]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 5).await;
    let mails = app.outbox();
    let opened = token_path(mails_to(&mails, "s1@a.example")[0]);
    app.client()
        .post(&format!("{opened}/acknowledge"), &[("name", "佐藤")])
        .await
        .expect(303);
    run(
        &app,
        "UPDATE contacts SET undeliverable_since = 1, undeliverable_why = 'unknown' WHERE mail = $1",
        &[&"s2@a.example"],
    )
    .await;
    run(
        &app,
        "UPDATE contacts SET mail = $1 WHERE mail = 's3@a.example'",
        &[&"new@a.example"],
    )
    .await;
    settled(&app, &path).await;
    let page = operator.get(&format!("{path}/manage")).await.expect(200).text();
    assert!(page.contains("開封していない4社に送る"), "{page}");
    operator.post(&format!("{path}/again"), &[]).await.expect(422);
    let sure = [("sure", "1")];
    operator.post(&format!("{path}/again"), &sure).await.expect(303);
    operator.post(&format!("{path}/again"), &sure).await.expect(409);
    settled(&app, &path).await;
    let mails = app.outbox();
    let count = |address: &str| mails_to(&mails, address).len();
    assert_eq!(
        [
            count("s1@a.example"),
            count("s2@a.example"),
            count("s3@a.example"),
            count("new@a.example"),
            count("s4@a.example")
        ],
        [1, 1, 1, 1, 2]
    );
    assert_eq!(states(&app).await[4], "S5 unreachable");
    // The company without any address has one now: an hour later all can be asked once more.
    let org = app.app.scope().org;
    let id = app.app.random.id(app.app.clock.now());
    run(
        &app,
        "INSERT INTO contacts (id, org, company, position, name, mail, language, role, created_at, updated_at)
         VALUES ($1, $2, $3, 1, 'x', 's5@a.example', 'ja', 'primary', 1, 1)",
        &[&id, &org, &none],
    )
    .await;
    app.advance(SignedDuration::from_mins(61));
    let mut operator = app.signed_in().await;
    operator.post(&format!("{path}/again"), &sure).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(mails_to(&app.outbox(), "s5@a.example").len(), 1);
    assert_eq!(states(&app).await[4], "S5 sent");
    let log = text_of(
        &app,
        "SELECT after FROM audit WHERE action = 'campaign.send-again' ORDER BY id",
    )
    .await;
    assert_eq!(log, ["{\"companies\":4}", "{\"companies\":4}"]);
    operator.post(&format!("{path}/close"), &sure).await.expect(303);
    app.advance(SignedDuration::from_mins(61));
    let mut operator = app.signed_in().await;
    operator.post(&format!("{path}/again"), &sure).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn companies_are_added_to_a_campaign_that_runs_by_name_and_by_rule() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "はじめの会社", &[("s1@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign_reminding(&app, &mut operator, 1).await;
    let later = company(&app, "supplier", "S2", "あとの会社", &[("s2@a.example", "ja")]).await;
    let add = format!("{path}/add");
    let found = operator.get(&format!("{add}?q=会社")).await.expect(200).text();
    assert!(found.contains("依頼済み") && found.contains(&later.to_string()));
    operator.post(&add, &[("go", "names")]).await.expect(422);
    let chosen = later.to_string();
    for _ in 0..2 {
        operator
            .post(&add, &[("add", &chosen), ("go", "names")])
            .await
            .expect(303);
    }
    settled(&app, &path).await;
    assert_eq!(states(&app).await, ["S1 sent", "S2 sent"]);
    assert_eq!(app.outbox().len(), 2, "asked once");
    operator
        .post(&add, &[("add", &chosen), ("go", "names")])
        .await
        .expect(409);
    assert_eq!(app.count("SELECT COUNT(*) FROM reminders WHERE planned").await, 2);
    // By rule: group companies, of which one has no address.
    company(&app, "group", "G1", "甲グループ", &[("g1@a.example", "en")]).await;
    company(&app, "group", "G2", "乙グループ", &[]).await;
    company(&app, "supplier", "S3", "もう一社", &[("s3@a.example", "ja")]).await;
    let page = operator.get(&format!("{add}?kind=group")).await.expect(200).text();
    assert!(page.contains("2社を追加する") && page.contains("甲グループ") && !page.contains("もう一社"));
    let rules = [("kind", "group"), ("go", "rules")];
    operator
        .post(&add, &[&rules[..], &[("count", "3")]].concat())
        .await
        .expect(422);
    operator.post(&add, &[("go", "rules")]).await.expect(422);
    operator
        .post(&add, &[&rules[..], &[("count", "2")]].concat())
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(states(&app).await, ["G1 sent", "G2 unreachable", "S1 sent", "S2 sent"]);
    let mails = app.outbox();
    let link = token_path(mails_to(&mails, "g1@a.example")[0]);
    app.client().get(&link).await.expect(200);
    let list = operator.get(&format!("{path}/companies")).await.expect(200).text();
    assert!(list.contains("甲グループ") && list.contains("あとの会社"));
    let log = text_of(
        &app,
        "SELECT after FROM audit WHERE action = 'campaign.add' ORDER BY id",
    )
    .await;
    assert!(log[0].contains("あとの会社") && log.last().unwrap().contains("甲グループ"));
    // A campaign that is closed, or a draft, takes nobody.
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    operator.get(&add).await.expect(409);
    operator
        .post(&add, &[("add", &chosen), ("go", "names")])
        .await
        .expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_takes_two_steps_and_a_closed_campaign_opens_again() {
    let app = TestApp::start().await;
    for code in ["S1", "S2"] {
        let mail = format!("{}@a.example", code.to_lowercase());
        company(&app, "supplier", code, code, &[(&mail, "ja")]).await;
    }
    let mut operator = app.signed_in().await;
    let path = sent_campaign_reminding(&app, &mut operator, 2).await;
    let link = token_path(&app.outbox()[0]);
    let board = operator.get(&path).await.expect(200).text();
    assert!(
        !board.contains(&format!("action=\"{path}/close\"")),
        "no button closes at once"
    );
    let close = format!("{path}/close");
    let page = operator.get(&close).await.expect(200).text();
    assert!(page.contains("まだ回答のない企業は2社です。"));
    operator.post(&close, &[]).await.expect(422);
    // A mail that waits when it is closed is cancelled, and stays so.
    operator
        .post(&format!("{path}/mailing"), &[("to", "paused")])
        .await
        .expect(303);
    let one = part(&app, &path, "S1").await;
    let contact = field(&operator.get(&one).await.expect(200).text(), "contact");
    send(&mut operator, &one, &[("contact", &contact)]).await.expect(303);
    for _ in 0..2 {
        operator.post(&close, &[("sure", "1")]).await.expect(303);
    }
    settled(&app, &path).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE state = 'cancelled'")
            .await,
        1
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'campaign.close'")
            .await,
        1
    );
    let mut respondent = app.client();
    respondent
        .post(&format!("{link}/acknowledge"), &[("name", "佐藤")])
        .await
        .expect(409);
    // Days later it is opened again.
    app.advance(SignedDuration::from_hours(24 * 12 + 3));
    settled(&app, &path).await;
    let mails = app.outbox().len();
    let mut operator = app.signed_in().await;
    let page = operator.get(&format!("{path}/manage")).await.expect(200).text();
    assert!(page.contains("再開する"));
    for _ in 0..2 {
        operator.post(&format!("{path}/reopen"), &[]).await.expect(303);
    }
    settled(&app, &path).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'campaign.reopen'")
            .await,
        1
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE state = 'cancelled'")
            .await,
        1
    );
    assert_eq!(app.outbox().len(), mails, "no reminder of the days when it was closed");
    respondent
        .post(&format!("{link}/acknowledge"), &[("name", "佐藤")])
        .await
        .expect(303);
    assert!(operator.get(&path).await.expect(200).text().contains("受付中"));
    // Mails go again, and so do reminders.
    let contact = field(&operator.get(&one).await.expect(200).text(), "contact");
    send(&mut operator, &one, &[("contact", &contact)]).await.expect(303);
    app.advance(SignedDuration::from_hours(24 * 5));
    settled(&app, &path).await;
    assert!(app.outbox().len() > mails + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_changed_while_a_campaign_was_closed_is_followed_when_it_opens() {
    let app = TestApp::start().await;
    let id = company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign_asking(&app, &mut operator, 1, Asks::CheckOfSuppliers).await;
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    app.run_jobs().await;
    let fields = [
        ("kind", "supplier"),
        ("code", "S1"),
        ("name", "乙"),
        ("country", "TH"),
        ("criticality", "B"),
    ];
    operator
        .post(&format!("/companies/{id}/edit"), &fields)
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(text_of(&app, "SELECT name FROM invitations").await, ["甲"]);
    operator.post(&format!("{path}/reopen"), &[]).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(text_of(&app, "SELECT name || country FROM invitations").await, ["乙TH"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_does_what_the_pages_do() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("s1@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    company(&app, "supplier", "S2", "乙", &[("s2@a.example", "ja")]).await;
    let number = "2026-001";
    let unknown = command::add(&app.app, number, &["S2".into(), "S9".into()]).await;
    assert!(unknown.unwrap_err().to_string().contains("S9"));
    let added = command::add(&app.app, number, &["S2".into()]).await.unwrap();
    assert_eq!(added["added"], 1);
    settled(&app, &path).await;
    assert_eq!(states(&app).await, ["S1 sent", "S2 sent"]);
    let moved = command::move_deadline(&app.app, number, "2026-12-20T10:00", true)
        .await
        .unwrap();
    assert_eq!(moved["deadline"], "2026-12-20T01:00:00Z");
    let wrong = command::move_deadline(&app.app, number, "tomorrow", false)
        .await
        .unwrap_err();
    assert!(wrong.to_string().starts_with("2026-001: "), "{wrong}");
    let sent = command::resend(&app.app, number).await.unwrap();
    assert_eq!(sent["companies"], 2);
    settled(&app, &path).await;
    assert_eq!(app.outbox().len(), 2 + 2 + 2);
    command::close(&app.app, number).await.unwrap();
    assert!(command::resend(&app.app, number).await.is_err());
    let open = command::reopen(&app.app, number).await.unwrap();
    assert_eq!(open["state"], "running");
    settled(&app, &path).await;
    let actors = text_of(
        &app,
        "SELECT DISTINCT actor FROM audit WHERE actor_kind = 'command' ORDER BY actor",
    )
    .await;
    assert_eq!(
        actors,
        [
            "campaign add",
            "campaign close",
            "campaign deadline",
            "campaign reopen",
            "campaign resend"
        ]
    );
}
