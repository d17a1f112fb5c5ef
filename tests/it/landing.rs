//! The first page of a link, acknowledging, and answers that are less than all: in part, by a document, by phone.

use crate::app::{Client, TestApp};
use crate::circulation::{
    Asks, all_answers, company, names, readable, sent_campaign, sent_campaign_asking, sent_campaign_reminding,
    token_path,
};
use jiff::SignedDuration;
use kairan::board;
use kairan::campaigns::CampaignId;
use kairan::invitations::InvitationId;

/// Jobs and mails are done, and the board counts what the events add up to.
async fn settled(app: &TestApp, path: &str) {
    app.run_jobs().await;
    let id: CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    let counted = board::recount(&app.app, app.app.scope(), id, false).await.unwrap();
    assert!(counted.agrees(), "{counted:?}");
}

async fn text_of(app: &TestApp, sql: &'static str) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.list(sql, &[], |r| r.get(0)).await.unwrap()
}

async fn state(app: &TestApp) -> String {
    text_of(app, "SELECT state FROM invitations").await.remove(0)
}

/// The page of the only company's part.
async fn part(app: &TestApp, path: &str) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    let id = tx
        .one("SELECT id FROM invitations", &[], |r| r.get::<InvitationId>(0))
        .await
        .unwrap();
    format!("{path}/companies/{id}")
}

/// The value of a hidden field of a page.
fn field(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\" value=\"")).unwrap();
    page[at..].split('"').nth(3).unwrap().to_owned()
}

/// The cell of the only company under this title, in the campaign's file.
async fn exported(operator: &mut Client, path: &str, title: &str) -> String {
    let file = operator
        .get(&format!("{path}/export?format=csv"))
        .await
        .expect(200)
        .text();
    let mut rows = csv::Reader::from_reader(file.trim_start_matches('\u{feff}').as_bytes());
    let titles = rows.headers().unwrap().clone();
    let at = titles
        .iter()
        .position(|t| t == title)
        .unwrap_or_else(|| panic!("{title} in {titles:?}"));
    let row = rows.records().next().unwrap().unwrap();
    row[at].to_owned()
}

/// A sent campaign to one company with one address: its path, and the company's link.
async fn one_company(app: &TestApp, operator: &mut Client) -> (String, String) {
    company(app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let path = sent_campaign(app, operator, 1).await;
    (path, token_path(&app.outbox()[0]))
}

const ABOUT: [(&str, &str); 3] = [("division", "総務部"), ("name", "佐藤"), ("contact", "sato@a.example")];

/// Three answers of the many that are asked.
const THREE: [(&str, &str); 6] = [
    ("shown", "macros"),
    ("q.macros", "no"),
    ("shown", "asset-list"),
    ("q.asset-list", "yes"),
    ("shown", "multi-factor"),
    ("q.multi-factor", "yes"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a5_three_answers_by_phone_are_a_draft_and_the_company_stays_on_the_phone_list() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    let part = part(&app, &path).await;
    let (record, phone) = (format!("{part}/record"), format!("{path}/phone"));
    assert!(operator.get(&phone).await.text().contains(&part));

    let call = [
        ("channel", "phone"),
        ("name", "鈴木"),
        ("note", "11/22 電話、続きは明日"),
        ("base", "0"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&call[..], &THREE, more].concat();
    operator.post(&record, &with(&[("go", "draft")])).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "unreachable", "it stands where it stood");
    assert!(operator.get(&phone).await.text().contains(&part), "and is phoned");
    let page = operator.get(&part).await.expect(200).text();
    assert!(page.contains("下書き") && page.contains("続きは明日"), "{page}");
    assert_eq!(exported(&mut operator, &path, "回答の範囲").await, "");
    assert_eq!(
        app.count("SELECT COUNT(*) FROM responses WHERE submitted_at IS NULL")
            .await,
        1
    );
    // The next call goes on from there.
    let page = operator.get(&record).await.expect(200).text();
    assert!(page.contains("続きは明日") && page.contains("鈴木"));
    assert_eq!(page.matches(" checked").count(), 4, "the channel and three answers");

    // To take it as all says which questions are open, and keeps nothing but what was kept.
    let refused = operator
        .post(&record, &with(&[("go", "done")]))
        .await
        .expect(422)
        .text();
    assert!(refused.contains("まだ何も記録していません") && refused.contains("value=\"part\""));
    let refused = operator.post(&record, &with(&[])).await.expect(422).text();
    assert!(
        refused.contains("お答えがありません"),
        "nothing counts as all by default"
    );
    assert_eq!(state(&app).await, "unreachable");

    // Whoever takes it down says that this is all they say.
    operator.post(&record, &with(&[("go", "part")])).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "partial");
    assert!(!operator.get(&phone).await.text().contains(&part));
    assert_eq!(exported(&mut operator, &path, "回答の範囲").await, "途中まで");
    assert_eq!(exported(&mut operator, &path, "状態").await, "途中まで回答");
    let page = operator.get(&part).await.text();
    assert!(page.contains("途中まで") && page.contains("問が回答なし"), "{page}");

    // With the rest it is all.
    let all = names();
    let seen = [("base", "1"), ("go", "done")];
    let whole = [&call[..3], &all_answers(&all, "yes"), &seen].concat();
    operator.post(&record, &whole).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "paper");
    assert_eq!(exported(&mut operator, &path, "回答の範囲").await, "すべて");
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_a_paper_record_and_a_correction_count_when_the_desk_says_so() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    let (path, link) = one_company(&app, &mut operator).await;
    let part = part(&app, &path).await;
    let record = format!("{part}/record");
    let fax = [("channel", "paper"), ("name", "鈴木"), ("note", "FAX")];
    operator
        .post(&record, &[&fax[..], &THREE, &[("go", "draft")]].concat())
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "sent");
    // The company sees what was taken down, and goes on.
    let mut client = app.client();
    client.post(&format!("{link}/start"), &[]).await.expect(303);
    client
        .post(
            &format!("{link}/check/macros"),
            &[("shown", "macros"), ("q.macros", "yes"), ("b.macros", "1")],
        )
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "started");
    // A company's document comes by post: the desk says so, and nothing else is needed.
    let document = [("document", "ISMS認証の写しを郵便で受領")];
    operator
        .post(&record, &[&fax[..], &document, &[("go", "done")]].concat())
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "document");
    assert_eq!(
        exported(&mut operator, &path, "代わりとする資料").await,
        "ISMS認証の写しを郵便で受領"
    );
    // A correction that is still a draft leaves what counts.
    let before = text_of(&app, "SELECT submitted_answers FROM responses").await;
    operator
        .post(
            &record,
            &[
                &fax[..],
                &[
                    ("shown", "macros"),
                    ("q.macros", "unknown"),
                    ("b.macros", "2"),
                    ("go", "draft"),
                ],
            ]
            .concat(),
        )
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "document");
    assert_eq!(text_of(&app, "SELECT submitted_answers FROM responses").await, before);
    assert!(operator.get(&part).await.text().contains("まだ提出していません"));
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_a_partial_answer_can_be_submitted_says_so_everywhere_and_can_be_completed() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign_reminding(&app, &mut operator, 1).await;
    let link = token_path(&app.outbox()[0]);
    let mut client = app.client();
    client.post(&format!("{link}/start"), &[]).await.expect(303);

    // Nothing at all is no partial answer; what was typed stays.
    let page = client.get(&format!("{link}/partial")).await.expect(200).text();
    let seen = field(&page, "revision");
    let nothing = [&ABOUT[..], &[("revision", &seen)]].concat();
    let page = client
        .post(&format!("{link}/partial"), &nothing)
        .await
        .expect(422)
        .text();
    assert!(page.contains("まだ一つもお答えがありません") && page.contains("sato@a.example"));

    client.post(&format!("{link}/all"), &THREE).await.expect(303);
    // As a whole it isn't taken.
    client.post(&format!("{link}/submit"), &ABOUT).await.expect(422);
    assert_eq!(state(&app).await, "started");
    // By now who answers is known, and isn't asked again.
    let page = client.get(&format!("{link}/partial")).await.expect(200).text();
    assert!(page.contains("必須の設問") && !page.contains("id=\"name\""));
    let seen = field(&page, "revision");

    // Somebody changes an answer before it is sent: it is shown again.
    let mut other = app.client();
    let change = [("shown", "macros"), ("q.macros", "yes"), ("b.macros", "1")];
    other.post(&format!("{link}/check/macros"), &change).await.expect(303);
    let page = client
        .post(&format!("{link}/partial"), &[("revision", &seen)])
        .await
        .expect(409)
        .text();
    assert!(page.contains("ほかの方が回答を変更しました"));
    assert_eq!(state(&app).await, "started");
    let seen = field(&page, "revision");
    let sent = client
        .post(&format!("{link}/partial"), &[("revision", &seen)])
        .await
        .expect(303);
    assert!(sent.location().ends_with("/receipt"));
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "partial");

    let receipt = client.get(sent.location()).await.expect(200).text();
    assert!(receipt.contains("途中までの回答として受け付けました") && receipt.contains("続きを答えて送り直せます"));
    let first = client.get(&link).await.expect(200).text();
    assert!(first.contains("途中までの回答を受け付けています") && first.contains("続きから答える"));
    let mail = app
        .outbox()
        .iter()
        .map(|m| readable(m))
        .find(|m| m.contains("受付番号"));
    assert!(mail.unwrap().contains("途中までの回答として受け付けました"));

    // The operator sees it, finds it, and has it in the file.
    let board = operator.get(&path).await.expect(200).text();
    assert!(board.contains("state=partial"), "a number of its own");
    let found = operator.get(&format!("{path}/companies?state=partial")).await.text();
    assert!(found.contains("甲") && found.contains("途中まで回答"));
    let answered = operator.get(&format!("{path}/companies?state=answered")).await.text();
    assert!(answered.contains("甲"), "it is among those who answered");
    let open = operator
        .get(&format!("{path}/companies?question=backup&answer=none"))
        .await
        .text();
    assert!(open.contains("甲"), "what is open counts as no answer");
    assert_eq!(exported(&mut operator, &path, "回答の範囲").await, "途中まで");
    let log = text_of(&app, "SELECT after FROM audit WHERE action = 'response.submit'").await;
    assert!(log[0].contains("\"completeness\":\"partial\""), "{log:?}");

    // Nobody is reminded of what was taken.
    let mails = app.outbox().len();
    app.advance(SignedDuration::from_hours(24 * 21));
    app.run_jobs().await;
    let since: Vec<_> = app.outbox().split_off(mails).iter().map(|m| readable(m)).collect();
    assert!(since.iter().all(|m| !m.contains(&link)), "{since:?}");

    // The rest, and all of it is there; late by now, and under the same receipt.
    let number = text_of(&app, "SELECT receipt FROM responses").await;
    let all = names();
    client
        .post(&format!("{link}/all"), &all_answers(&all, "yes"))
        .await
        .expect(303);
    assert_eq!(state(&app).await, "partial", "until it is sent");
    let review = client.get(&format!("{link}/review")).await.expect(200).text();
    let again = [("revision", field(&review, "revision"))];
    let again: Vec<_> = again.iter().map(|(n, v)| (*n, v.as_str())).collect();
    client.post(&format!("{link}/submit"), &again).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "late");
    assert_eq!(text_of(&app, "SELECT receipt FROM responses").await, number);
    let mut operator = app.signed_in().await;
    assert_eq!(exported(&mut operator, &path, "回答の範囲").await, "すべて");
    let receipt = client.get(&format!("{link}/receipt")).await.expect(200).text();
    assert!(!receipt.contains("途中まで"));
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_a_document_of_their_own_stands_for_the_answers() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    let (path, link) = one_company(&app, &mut operator).await;
    let mut client = app.client();
    let document = format!("{link}/document");
    let page = client.get(&document).await.expect(200).text();
    let seen = field(&page, "revision");
    let revision = [("revision", seen.as_str())];
    // It has to say which; what was typed of who answers stays.
    let page = client
        .post(&document, &[&ABOUT[..], &revision].concat())
        .await
        .expect(422)
        .text();
    assert!(page.contains("どの資料か") && page.contains("value=\"佐藤\""));
    let long = "あ".repeat(2_001);
    let page = client
        .post(
            &document,
            &[&ABOUT[..], &revision, &[("document", long.as_str())]].concat(),
        )
        .await
        .expect(422)
        .text();
    assert!(page.contains("2,000文字以内") && page.contains(&long), "nothing is cut");
    let nobody = [&revision[..], &[("document", "ISMS登録証\r\nIS 000000")]].concat();
    let page = client.post(&document, &nobody).await.expect(422).text();
    assert!(page.contains("ISMS登録証\nIS 000000") && page.contains("お名前をお書きください"));
    assert_eq!(state(&app).await, "sent");

    client
        .post(&document, &[&ABOUT[..], &nobody].concat())
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "document");
    let receipt = client.get(&format!("{link}/receipt")).await.expect(200).text();
    assert!(receipt.contains("貴社の資料をもって回答に代える") && receipt.contains("IS 000000"));
    let mail = app
        .outbox()
        .iter()
        .map(|m| readable(m))
        .find(|m| m.contains("受付番号"));
    assert!(mail.unwrap().contains("貴社の資料をもって回答に代える"));
    let part = part(&app, &path).await;
    assert!(operator.get(&part).await.text().contains("IS 000000"));
    assert_eq!(exported(&mut operator, &path, "回答の範囲").await, "資料");
    assert_eq!(
        exported(&mut operator, &path, "代わりとする資料").await,
        "ISMS登録証\nIS 000000"
    );

    // What is said of it can be put right, without any answer having changed.
    let page = client.get(&document).await.expect(200).text();
    assert!(page.contains("IS 000000"));
    let seen = field(&page, "revision");
    let right = [("revision", seen.as_str()), ("document", "ISMS登録証 IS 111111")];
    client.post(&document, &right).await.expect(303);
    // Pressed twice, it is submitted once.
    let page = client.get(&document).await.expect(200).text();
    let seen = field(&page, "revision");
    let right = [("revision", seen.as_str()), ("document", "ISMS登録証 IS 111111")];
    client.post(&document, &right).await.expect(303);
    settled(&app, &path).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind = 'submitted-document'")
            .await,
        2
    );
    let log = text_of(
        &app,
        "SELECT after FROM audit WHERE action = 'response.submit' ORDER BY id",
    )
    .await;
    assert!(log[0].contains("IS 000000") && log[1].contains("IS 111111"), "{log:?}");
    // Another device sees nothing of it, also not by acknowledging.
    let mut stranger = app.client();
    stranger.post(&format!("{link}/acknowledge"), &[]).await.expect(303);
    assert!(!stranger.get(&document).await.text().contains("IS 111111"));
    stranger.get(&format!("{link}/receipt")).await.expect(303);
    // It may be withdrawn: what is known is sent in its place.
    client.post(&format!("{link}/save"), &THREE).await.expect(200);
    let page = client.get(&format!("{link}/partial")).await.expect(200).text();
    let seen = field(&page, "revision");
    client
        .post(&format!("{link}/partial"), &[("revision", seen.as_str())])
        .await
        .expect(303);
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "partial");
    assert_eq!(exported(&mut operator, &path, "代わりとする資料").await, "");
    // Once it is closed, nothing is taken.
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    client.post(&document, &right).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn t1_acknowledging_takes_name_position_and_a_remark_and_shows_its_thanks() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign_asking(&app, &mut operator, 1, Asks::Notice).await;
    let part = part(&app, &path).await;
    let link = token_path(&app.outbox()[0]);
    let (acknowledge, mut client) = (format!("{link}/acknowledge"), app.client());
    // Nothing is cut: what is too long is said, and stays as it was typed.
    let long = "長".repeat(1_001);
    let page = client
        .post(&acknowledge, &[("name", "佐藤"), ("remark", &long)])
        .await
        .expect(422)
        .text();
    assert!(page.contains("1,000文字以内") && page.contains(&long) && page.contains("value=\"佐藤\""));
    assert_eq!(state(&app).await, "sent");

    let said = [
        ("name", "佐藤 花子"),
        ("position", "総務部 部長"),
        ("remark", "装置の更新は\r\n来月の予定です"),
    ];
    let done = client.post(&acknowledge, &said).await.expect(303);
    assert_eq!(done.location(), format!("{link}#thanks"));
    settled(&app, &path).await;
    assert_eq!(state(&app).await, "acknowledged");
    let page = client.get(&link).await.expect(200).text();
    let thanks = page.find("id=\"thanks\"").unwrap();
    assert!(
        thanks < page.find("class=\"facts wide\"").unwrap(),
        "above everything else"
    );
    assert!(page.contains("来月の予定です") && page.contains("総務部 部長"));
    // Whoever else holds the link sees that it was done, and not by whom.
    let page = app.client().get(&link).await.expect(200).text();
    assert!(page.contains("id=\"thanks\"") && !page.contains("佐藤") && !page.contains("来月"));

    // Pressed again with nothing in it, here or elsewhere, it changes nothing. Elsewhere nothing changes whatever is said, and
    // whoever says it doesn't get to see who it was.
    let mut stranger = app.client();
    for said in [&[][..], &[("name", "他人"), ("remark", "書き換え")], &[("again", "1")]] {
        stranger.post(&acknowledge, said).await.expect(303);
        assert!(!stranger.cookies.keys().any(|n| n.starts_with("__Host-kairan-")));
    }
    assert!(!stranger.get(&link).await.expect(200).text().contains("佐藤"));
    client.post(&acknowledge, &[]).await.expect(303);
    client.post(&acknowledge, &said).await.expect(303);
    let kept = "SELECT acknowledged_by || '/' || acknowledged_position || '/' || acknowledged_remark FROM invitations";
    assert_eq!(
        text_of(&app, kept).await,
        ["佐藤 花子/総務部 部長/装置の更新は\n来月の予定です"]
    );
    // The remark is put right; the log has both.
    let other = [
        ("again", "1"),
        ("name", "佐藤 花子"),
        ("position", "総務部 部長"),
        ("remark", "更新は済みました"),
    ];
    client.post(&acknowledge, &other).await.expect(303);
    assert_eq!(text_of(&app, kept).await, ["佐藤 花子/総務部 部長/更新は済みました"]);
    settled(&app, &path).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind = 'acknowledged'")
            .await,
        1
    );
    let log = text_of(
        &app,
        "SELECT before || after FROM audit WHERE action = 'invitation.acknowledge-again'",
    )
    .await;
    assert!(
        log.len() == 1 && log[0].contains("来月") && log[0].contains("済みました"),
        "{log:?}"
    );

    // The operator sees it on the company's page, in the list and in the file.
    let page = operator.get(&part).await.expect(200).text();
    assert!(page.contains("総務部 部長") && page.contains("更新は済みました"));
    let list = operator.get(&format!("{path}/companies")).await.expect(200).text();
    assert!(list.contains("更新は済みました"));
    assert_eq!(exported(&mut operator, &path, "確認した方").await, "佐藤 花子");
    assert_eq!(
        exported(&mut operator, &path, "確認した方の部署・役職").await,
        "総務部 部長"
    );
    assert_eq!(
        exported(&mut operator, &path, "確認時の連絡事項").await,
        "更新は済みました"
    );
    // Nobody fills the log with it.
    let mut refused = 0;
    for n in 0..60 {
        let remark = format!("{n}");
        let other = [("again", "1"), ("remark", remark.as_str())];
        refused += i64::from(client.post(&acknowledge, &other).await.status == 429);
    }
    assert!((10..20).contains(&refused), "{refused}");
    app.advance(SignedDuration::from_hours(25));
    let mut operator = app.signed_in().await;
    // What was said can be taken back by who said it, while the request is open.
    client.post(&acknowledge, &[("again", "1")]).await.expect(303);
    assert_eq!(text_of(&app, kept).await, ["甲//"]);
    operator
        .post(&format!("{path}/close"), &[("sure", "1")])
        .await
        .expect(303);
    client.post(&acknowledge, &other).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_the_first_page_says_how_long_it_takes_and_the_deadline_with_its_zone() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    let (_, link) = one_company(&app, &mut operator).await;
    let mut client = app.client();
    for (lang, minutes, deadline) in [
        ("ja", "所要時間", "2026年12月10日（木）17:00（JST、UTC+9）"),
        ("en", "About", "10 Dec 2026, 17:00 (JST, UTC+9)"),
    ] {
        let page = client.get(&format!("{link}?lang={lang}")).await.expect(200).text();
        assert!(page.contains(minutes), "{lang}");
        let time = "datetime=\"2026-12-10T08:00:00Z\" data-offset=\"540\"";
        assert_eq!(page.matches(time).count(), 1, "once is enough");
        assert!(page.contains(deadline) && page.contains("{at}"), "{lang}");
        for place in ["/about", "/all", "/document"] {
            let page = client
                .get(&format!("{link}{place}?lang={lang}"))
                .await
                .expect(200)
                .text();
            assert!(page.contains(deadline) && page.contains(time), "{place} in {lang}");
        }
    }
    // Who asks and how to make sure stay a click away.
    let page = client.get(&format!("{link}?lang=ja")).await.text();
    for words in [
        "id=\"real\"",
        "id=\"letter\"",
        "id=\"pass\"",
        "id=\"advisory\"",
        "/verify",
    ] {
        assert!(page.contains(words), "{words}");
    }
}
