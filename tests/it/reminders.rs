//! Reminders through three weeks, by a clock that is moved: exactly the planned mails, and nothing after an answer.

use crate::app::{Client, TestApp};
use crate::circulation::{answered, readable, token_path};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kairan::directory::CompanyId;
use kairan::invitations::InvitationId;

/// A company of a country with contacts: role, address, language.
pub async fn company(app: &TestApp, code: &str, country: &str, contacts: &[(&str, &str, &str)]) -> CompanyId {
    let now = app.app.clock.now();
    let id: CompanyId = app.app.id(now);
    let org = app.app.scope().org;
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(
        "INSERT INTO companies (id, org, kind, code, name, name_key, search, country, criticality, created_at, updated_at)
         VALUES ($1, $2, 'supplier', $3, $3, $3, $3, $4, 'A', $5, $5)",
        &[&id, &org, &code, &country, &now.as_microsecond()],
    )
    .await
    .unwrap();
    for (i, (role, mail, language)) in contacts.iter().enumerate() {
        let contact = app.app.random.id(now);
        tx.execute(
            "INSERT INTO contacts (id, org, company, position, name, department, mail, phone, language, role, created_at,
                 updated_at)
             VALUES ($1, $2, $3, $4, $5, '総務部', $6, '052-000-0101', $7, $8, $9, $9)",
            &[
                &contact,
                &org,
                &id,
                &(i as i64),
                &format!("{code}-{role}"),
                mail,
                language,
                role,
                &now.as_microsecond(),
            ],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// The path of a campaign that was sent to all companies, with more fields for the step of the letter.
pub async fn sent(app: &TestApp, client: &mut Client, companies: &str, letter: &[(&str, &str)]) -> String {
    let what = [
        ("title", "VPN 装置の点検"),
        ("advisory", "government-2022-03"),
        ("checklist", "sc-2022"),
        ("go", "next"),
    ];
    let created = client.post("/campaigns/new", &what).await.expect(303);
    let path = created.location().strip_suffix("/edit/2").unwrap().to_owned();
    let mut fields = vec![
        ("letter_supplier", "self-check-request"),
        ("letter_group", "advisory-notice"),
        ("zone", "Asia/Tokyo"),
        ("sender.ja", "株式会社サンプル製作所　情報セキュリティ室"),
        ("sender.en", "Sample Works, Information Security"),
        ("inquiries.ja", "情報セキュリティ室 052-000-0118"),
        ("inquiries.en", "Information Security, +81-52-000-0118"),
        ("go", "next"),
    ];
    fields.extend(letter);
    client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
    client.get(&format!("{path}/edit/5")).await.expect(200);
    client
        .post(&format!("{path}/send"), &[("count", companies)])
        .await
        .expect(303);
    app.run_jobs().await;
    path
}

pub fn to(app: &TestApp, local: &str) {
    let at: DateTime = local.parse().unwrap();
    let at = at.to_zoned(TimeZone::get("Asia/Tokyo").unwrap()).unwrap().timestamp();
    app.advance(at.duration_since(app.app.clock.now()));
}

/// What the ledger says went out: company, local day and hour at the company, kind, the how manieth, to whom.
pub async fn went(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let mut rows = tx
        .list(
            "SELECT i.code, i.country, d.sent_at, d.kind, d.occasion, d.address, d.language FROM deliveries d
             JOIN invitations i ON i.id = d.invitation
             WHERE d.kind IN ('reminder', 'escalation') AND d.state = 'sent'",
            &[],
            |r| {
                Ok((
                    r.get::<String>(0)?,
                    r.get::<String>(1)?,
                    r.time(2)?,
                    r.get::<String>(3)?,
                    r.get::<i64>(4)?,
                    r.get::<String>(5)?,
                    r.get::<String>(6)?,
                ))
            },
        )
        .await
        .unwrap();
    rows.sort_by(|a, b| (&a.0, a.2).cmp(&(&b.0, b.2)));
    let line = |(code, country, at, kind, occasion, address, language): &(
        String,
        String,
        Timestamp,
        String,
        i64,
        String,
        String,
    )| {
        let zone = match country.as_str() {
            "US" => "America/New_York",
            "DE" => "Europe/Berlin",
            _ => "Asia/Tokyo",
        };
        let local = at.to_zoned(TimeZone::get(zone).unwrap());
        // Jitter is less than twenty minutes, and the clock of the test moves by ten.
        assert!(local.hour() == 10 && local.minute() <= 30, "{code}: {local}");
        format!(
            "{code} {} {kind} {occasion} {address} {language}",
            local.strftime("%a %m-%d")
        )
    };
    rows.iter().map(line).collect()
}

/// Moves the clock in steps of ten minutes and does what is due.
pub async fn live_until(app: &TestApp, local: &str) {
    let end: DateTime = local.parse().unwrap();
    let end = end.to_zoned(TimeZone::get("Asia/Tokyo").unwrap()).unwrap().timestamp();
    while app.app.clock.now() < end {
        app.advance(SignedDuration::from_mins(10));
        app.run_jobs().await;
    }
}

async fn invitation(app: &TestApp, code: &str) -> InvitationId {
    let mut tx = app.app.db.read().await.unwrap();
    tx.one("SELECT id FROM invitations WHERE code = $1", &[&code], |r| r.get(0))
        .await
        .unwrap()
}

/// The mails to an address, oldest first.
pub fn mails_to(app: &TestApp, address: &str) -> Vec<String> {
    let to = format!("<{address}>");
    let is = |mail: &String| {
        mail.lines()
            .any(|l| l.starts_with("To:") && l.contains(&to) || l.trim() == to)
    };
    app.outbox().into_iter().filter(is).collect()
}

/// A header, unfolded and decoded.
fn header(mail: &str, name: &str) -> String {
    let head = mail.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let line = head
        .lines()
        .find_map(|l| l.strip_prefix(&format!("{name}: ")))
        .unwrap_or_default();
    let mut out = String::new();
    let mut packed_before = true;
    for word in line.split(' ') {
        let packed = word.strip_prefix("=?utf-8?b?").and_then(|w| w.strip_suffix("?="));
        // Between two encoded words a space means nothing (RFC 2047).
        if !(out.is_empty() || packed_before && packed.is_some()) {
            out.push(' ');
        }
        packed_before = packed.is_some();
        match packed {
            Some(packed) => {
                let bytes = data_encoding::BASE64.decode(packed.as_bytes()).unwrap();
                out.push_str(&String::from_utf8(bytes).unwrap());
            }
            None => out.push_str(word),
        }
    }
    out
}

/// Somebody at the company answers by the link of the last mail to this address.
async fn answer_by_mail(app: &TestApp, address: &str) {
    let link = token_path(mails_to(app, address).last().unwrap());
    answered(&mut app.client(), &link).await;
    app.run_jobs().await;
}

pub const FIRM: [(&str, &str); 4] = [
    ("day", "2026-11-25"),
    ("hour", "17:00"),
    ("reminders", "firm"),
    ("remind_hour", "10:00"),
];

/// Primary, backup and executive, all of one language.
pub async fn full_company(app: &TestApp, code: &str, country: &str, language: &str) -> CompanyId {
    let mail = |role: &str| format!("{role}@{}.example", code.to_lowercase());
    let (primary, backup, executive) = (mail("primary"), mail("backup"), mail("executive"));
    let contacts = [
        ("primary", primary.as_str(), language),
        ("backup", backup.as_str(), language),
        ("executive", executive.as_str(), language),
    ];
    company(app, code, country, &contacts).await
}

/// Done-when 5 of the issue. Deadline: Wednesday, 25 November 2026, 17:00 in Tokyo. Monday the 23rd is 勤労感謝の日, Thursday the
/// 26th Thanksgiving, and on Friday the 27th the operator is closed.
#[tokio::test(flavor = "multi_thread")]
async fn three_weeks_send_exactly_the_plan() {
    let app = TestApp::start().await;
    to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    full_company(&app, "J1", "JP", "ja").await;
    // Only one contact, who reads English.
    company(&app, "J2", "JP", &[("primary", "only@j2.example", "en")]).await;
    full_company(&app, "U1", "US", "en").await;
    full_company(&app, "D1", "DE", "en").await;
    // These two answer on the way.
    full_company(&app, "A1", "JP", "ja").await;
    full_company(&app, "A2", "US", "en").await;
    // No mail at all: to be phoned.
    company(&app, "N1", "JP", &[]).await;
    client
        .post("/calendar", &[("days", "2026-11-27 創立記念日"), ("revision", "0")])
        .await
        .expect(303);
    let path = sent(&app, &mut client, "7", &FIRM).await;

    live_until(&app, "2026-11-19T12:00").await;
    answer_by_mail(&app, "primary@a1.example").await;
    // Ten to ten in New York, just before the next.
    live_until(&app, "2026-11-24T23:50").await;
    answer_by_mail(&app, "backup@a2.example").await;
    live_until(&app, "2026-12-01T12:00").await;

    assert_eq!(
        went(&app).await,
        [
            "A1 Wed 11-18 reminder 1 primary@a1.example ja",
            "A2 Wed 11-18 reminder 1 primary@a2.example en",
            "A2 Thu 11-19 reminder 2 primary@a2.example en",
            "A2 Fri 11-20 escalation 3 backup@a2.example en",
            // Where it is 9:00 at the deadline, "on the day" is the day before, and Monday is a holiday in Japan.
            "D1 Wed 11-18 reminder 1 primary@d1.example en",
            "D1 Thu 11-19 reminder 2 primary@d1.example en",
            "D1 Fri 11-20 escalation 3 backup@d1.example en",
            "D1 Tue 11-24 reminder 4 primary@d1.example en",
            "D1 Thu 11-26 escalation 5 executive@d1.example en",
            "D1 Mon 11-30 reminder 6 primary@d1.example en",
            // Three days before is Sunday: Friday.
            "J1 Wed 11-18 reminder 1 primary@j1.example ja",
            "J1 Fri 11-20 reminder 2 primary@j1.example ja",
            "J1 Tue 11-24 escalation 3 backup@j1.example ja",
            "J1 Wed 11-25 reminder 4 primary@j1.example ja",
            "J1 Thu 11-26 escalation 5 executive@j1.example ja",
            "J1 Mon 11-30 reminder 6 primary@j1.example ja",
            "J1 Tue 12-01 reminder 7 primary@j1.example ja",
            "J2 Wed 11-18 reminder 1 only@j2.example en",
            "J2 Fri 11-20 reminder 2 only@j2.example en",
            "J2 Tue 11-24 reminder 3 only@j2.example en",
            "J2 Wed 11-25 reminder 4 only@j2.example en",
            "J2 Thu 11-26 reminder 5 only@j2.example en",
            "J2 Mon 11-30 reminder 6 only@j2.example en",
            "J2 Tue 12-01 reminder 7 only@j2.example en",
            // Thanksgiving and the operator's own day off: Monday.
            "U1 Wed 11-18 reminder 1 primary@u1.example en",
            "U1 Thu 11-19 reminder 2 primary@u1.example en",
            "U1 Fri 11-20 escalation 3 backup@u1.example en",
            "U1 Tue 11-24 reminder 4 primary@u1.example en",
            "U1 Mon 11-30 escalation 5 executive@u1.example en",
        ]
    );
    // What the mails say, in each language, and that they stand in the first one's thread.
    let ours = mails_to(&app, "primary@j1.example");
    assert_eq!(ours.len(), 6, "the invitation and five reminders");
    let first = header(&ours[0], "Message-ID");
    assert!(first.starts_with('<') && first.ends_with('>'));
    assert_eq!(header(&ours[1], "References"), first);
    assert_eq!(header(&ours[1], "In-Reply-To"), first);
    assert!(
        header(&ours[1], "Subject").starts_with("再度のご案内：【"),
        "{}",
        header(&ours[1], "Subject")
    );
    assert!(header(&ours[2], "Subject").starts_with("再度のご案内（第2回）："));
    let text = readable(&ours[1]);
    for words in [
        "2026年11月9日（月）に",
        "2026年11月25日（水）17:00（JST、UTC+9）",
        "期限まであと7日です。",
        "受付コード",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(readable(&ours[3]).contains("期限は本日です。"));
    assert!(readable(&ours[4]).contains("期限を5日過ぎております。"));
    let theirs = mails_to(&app, "executive@u1.example");
    assert!(header(&theirs[0], "Subject").starts_with("Reminder 5: "));
    let text = readable(&theirs[0]);
    assert!(
        text.contains("We have written to your colleague") && text.contains("The deadline passed 5 days ago."),
        "{text}"
    );
    // The page tells the same, step by step. (The session of three weeks ago has ended.)
    let mut client = app.signed_in().await;
    let page = client
        .get(&format!("{path}/reminders?lang=en"))
        .await
        .expect(200)
        .text();
    assert!(page.contains("29 sent"), "{page}");
    for words in [
        "23 Nov 2026",
        "26 Nov 2026 <small>(US)",
        "27 Nov 2026",
        "3 days before the deadline",
        "Executive",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // A job that runs again, and a server that starts again, sends nothing more.
    let before = app.outbox().len();
    for _ in 0..2 {
        let job = kairan::jobs::Job {
            id: app.app.random.id(app.app.clock.now()),
            org: app.app.scope().org,
            payload: path.rsplit('/').next().unwrap().to_owned(),
        };
        kairan::reminders::remind(app.app.clone(), job).await.unwrap();
    }
    app.run_jobs().await;
    assert_eq!(app.outbox().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_down_for_days_sends_one_mail_and_not_five() {
    let app = TestApp::start().await;
    to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    full_company(&app, "J1", "JP", "ja").await;
    sent(&app, &mut client, "1", &FIRM).await;
    // Up again on Tuesday the 24th at 23:50: three steps have passed.
    to(&app, "2026-11-24T23:50");
    app.run_jobs().await;
    assert!(went(&app).await.is_empty(), "at night nobody is reminded");
    live_until(&app, "2026-11-25T12:00").await;
    assert_eq!(went(&app).await, ["J1 Wed 11-25 reminder 1 primary@j1.example ja"]);
    live_until(&app, "2026-11-26T12:00").await;
    assert_eq!(went(&app).await.len(), 2);
}

/// Queues what is due without sending it.
async fn queue_only(app: &TestApp, path: &str) {
    let job = kairan::jobs::Job {
        id: app.app.random.id(app.app.clock.now()),
        org: app.app.scope().org,
        payload: path.rsplit('/').next().unwrap().to_owned(),
    };
    kairan::reminders::remind(app.app.clone(), job).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_that_an_answer_or_the_next_one_overtakes_never_goes() {
    let app = TestApp::start().await;
    to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    full_company(&app, "J1", "JP", "ja").await;
    full_company(&app, "J2", "JP", "ja").await;
    let path = sent(&app, &mut client, "2", &FIRM).await;
    // The relay is away for two steps of J2; J1 answers before the first of its own goes.
    to(&app, "2026-11-18T11:00");
    queue_only(&app, &path).await;
    to(&app, "2026-11-20T11:00");
    queue_only(&app, &path).await;
    let link = token_path(&mails_to(&app, "primary@j1.example")[0]);
    answered(&mut app.client(), &link).await;
    app.run_jobs().await;
    let cancelled = "SELECT COUNT(*) FROM deliveries WHERE state = 'cancelled'";
    assert_eq!(app.count(cancelled).await, 3);
    let mails = mails_to(&app, "primary@j2.example");
    assert_eq!(mails.len(), 2);
    assert!(header(&mails[1], "Subject").contains("第2回"));
    assert!(
        !mails_to(&app, "primary@j1.example")
            .iter()
            .any(|m| header(m, "Subject").contains("再度の"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_comes_back_leads_to_the_next_contact_and_at_last_to_the_phone() {
    let app = TestApp::start().await;
    to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    full_company(&app, "J1", "JP", "ja").await;
    sent(&app, &mut client, "1", &FIRM).await;
    let id = invitation(&app, "J1").await;
    for address in ["backup@j1.example", "executive@j1.example"] {
        bounce(&app, id).await;
        let mails = mails_to(&app, address);
        assert_eq!(mails.len(), 1, "{address} gets the invitation");
        assert!(!header(&mails[0], "Subject").contains("再度の"));
        assert_eq!(
            app.count("SELECT COUNT(*) FROM invitations WHERE state = 'sent'").await,
            1
        );
    }
    // A reminder goes to who can be reached.
    live_until(&app, "2026-11-18T11:00").await;
    assert_eq!(went(&app).await, ["J1 Wed 11-18 reminder 1 executive@j1.example ja"]);
    bounce(&app, id).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'unreachable'")
            .await,
        1
    );
    live_until(&app, "2026-11-26T12:00").await;
    assert_eq!(
        went(&app).await.len(),
        0,
        "nobody is left to write to, and the one that went came back"
    );
}

/// As if all mails of an invitation came back now.
async fn bounce(app: &TestApp, id: InvitationId) {
    let (now, scope) = (app.app.clock.now(), app.app.scope());
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("UPDATE deliveries SET state = 'bounced' WHERE invitation = $1", &[&id])
        .await
        .unwrap();
    let state = kairan::invitations::lock(&mut tx, scope, id).await.unwrap();
    let invitation = kairan::invitations::find(&mut tx, scope, id).await.unwrap().unwrap();
    let kinds = [kairan::invitations::EventKind::Bounced];
    kairan::invitations::append(&mut tx, &app.app, &invitation, state, &kinds, "", "")
        .await
        .unwrap();
    let kind = kairan::deliveries::BOUNCED;
    kairan::jobs::enqueue(
        &mut tx,
        app.app.random.id(now),
        scope.org,
        kind,
        &format!("{kind}:{id}"),
        &id.to_string(),
        now,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_gets_one_mail_a_day_and_says_what_was_said() {
    let app = TestApp::start().await;
    to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    full_company(&app, "J1", "JP", "ja").await;
    full_company(&app, "J2", "JP", "ja").await;
    full_company(&app, "J3", "JP", "ja").await;
    client.get("/buyers").await.expect(200);
    let buyer = [
        ("name", "購買 太郎"),
        ("department", "購買部"),
        ("mail", "taro@sample.example"),
        ("language", "ja"),
    ];
    client.post("/buyers/new", &buyer[..2]).await.expect(422);
    let made = client.post("/buyers/new", &buyer).await.expect(303);
    let page = made.location().to_owned();
    client.post("/buyers/new", &buyer).await.expect(422);
    // All or nothing: a code that is nobody's moves nobody.
    let wrong = client
        .post(&format!("{page}/companies"), &[("codes", "J1\nX9")])
        .await
        .expect(422);
    assert!(wrong.text().contains("X9"));
    assert_eq!(
        app.count("SELECT COUNT(*) FROM companies WHERE buyer IS NOT NULL")
            .await,
        0
    );
    client
        .post(&format!("{page}/companies"), &[("codes", "J1\nj2")])
        .await
        .expect(303);
    let path = sent(&app, &mut client, "3", &FIRM).await;

    // From the day before the deadline, at 8:30.
    live_until(&app, "2026-11-24T08:20").await;
    assert!(mails_to(&app, "taro@sample.example").is_empty());
    live_until(&app, "2026-11-24T12:00").await;
    let mails = mails_to(&app, "taro@sample.example");
    assert_eq!(mails.len(), 1);
    assert_eq!(header(&mails[0], "Subject"), "【本日のお電話】回答のない取引先2社");
    let text = readable(&mails[0]);
    for words in ["J1", "J2", "J1-primary", "052-000-0101", "期限まであと1日です。"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("J3"), "J3 is nobody's");
    let at = text.find("https://kairan.test/b/").unwrap() + "https://kairan.test".len();
    let link: String = text[at..]
        .chars()
        .take_while(|c| !c.is_whitespace() && *c != '?')
        .collect();
    // The database alone opens nothing.
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE body LIKE '%/b/%'")
            .await,
        0
    );

    let mut buyer = app.client();
    let shown = buyer.get(&link).await.expect(200).text();
    assert!(shown.contains("tel:052-000-0101") && !shown.contains("J3"));
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind = 'noted'").await,
        0,
        "a GET changes nothing"
    );
    let (j1, j2, j3) = (
        invitation(&app, "J1").await,
        invitation(&app, "J2").await,
        invitation(&app, "J3").await,
    );
    let refused = buyer
        .post(&format!("{link}/{j1}"), &[("note", "あとで")])
        .await
        .expect(422)
        .text();
    assert!(refused.contains("あとで") && refused.contains("電話の結果を選んでください。"));
    buyer
        .post(
            &format!("{link}/{j1}"),
            &[("outcome", "promised"), ("day", "2026-11-01")],
        )
        .await
        .expect(422);
    let promised = [
        ("outcome", "promised"),
        ("day", "2026-11-26"),
        ("note", "担当者は佐藤様"),
    ];
    buyer.post(&format!("{link}/{j1}"), &promised).await.expect(303);
    buyer
        .post(&format!("{link}/{j2}"), &[("outcome", "not-reached")])
        .await
        .expect(303);
    // Somebody else's company, and somebody else's link.
    buyer.post(&format!("{link}/{j3}"), &promised).await.expect(404);
    buyer.get("/b/AAAAAAAAAAAAAAAAAAAAAA").await.expect(404);

    let mut client = app.signed_in().await;
    let part = client.get(&format!("{path}/companies/{j1}")).await.expect(200).text();
    assert!(
        part.contains("2026年11月26日（木）までに回答するとのこと（担当者は佐藤様）") && part.contains("購買 太郎")
    );
    let phone = client.get(&format!("{path}/phone")).await.expect(200).text();
    assert!(phone.contains("つながらなかった"));
    // On the next day only who promised nothing is on the list; and nobody reminds who named a day.
    live_until(&app, "2026-11-26T12:00").await;
    let mails = mails_to(&app, "taro@sample.example");
    assert_eq!(mails.len(), 3);
    assert!(readable(&mails[1]).contains("J2") && !readable(&mails[1]).contains("J1-primary"));
    let told = went(&app).await;
    assert!(
        !told
            .iter()
            .any(|l| l.starts_with("J1 Wed 11-25") || l.starts_with("J1 Thu 11-26")),
        "{told:#?}"
    );
    assert!(told.iter().any(|l| l.starts_with("J2 Wed 11-25")));
    live_until(&app, "2026-11-27T12:00").await;
    assert!(went(&app).await.iter().any(|l| l.starts_with("J1 Fri 11-27")));
    assert!(readable(&mails_to(&app, "taro@sample.example")[3]).contains("J1-primary"));
    // A link lasts a week.
    to(&app, "2026-12-02T09:00");
    buyer.get(&link).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_chosen_seen_before_sending_and_mistakes_lose_nothing() {
    let app = TestApp::start().await;
    to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    client.language = "en".into();
    full_company(&app, "J1", "JP", "ja").await;
    full_company(&app, "U1", "US", "en").await;
    full_company(&app, "X1", "UA", "en").await;
    let what = [
        ("title", "T"),
        ("advisory", "government-2022-03"),
        ("checklist", "sc-2022"),
        ("go", "next"),
    ];
    let created = client.post("/campaigns/new", &what).await.expect(303);
    let path = created.location().strip_suffix("/edit/2").unwrap().to_owned();
    let page = client.get(&format!("{path}/edit/3")).await.expect(200).text();
    assert!(page.contains("value=\"standard\" checked"), "a new campaign reminds");
    let fields = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("letter_supplier", "self-check-request"),
            ("letter_group", "advisory-notice"),
            ("day", "2026-11-25"),
            ("hour", "17:00"),
            ("zone", "Asia/Tokyo"),
            ("sender.ja", "甲"),
            ("sender.en", "A"),
            ("inquiries.ja", "乙"),
            ("inquiries.en", "B"),
            ("go", "next"),
            ("reminders", "own"),
            ("remind_unit", "days"),
            ("remind_then", ""),
            ("remind_apart", "20"),
        ];
        all.extend(more);
        all
    };
    let rows = [("remind_days", "5"), ("remind_when", "before"), ("remind_to", "backup")];
    let after = [("remind_days", "2"), ("remind_when", "after"), ("remind_to", "buyer")];
    let empty = [("remind_days", ""), ("remind_when", "before"), ("remind_to", "primary")];
    let bad = [&rows[..], &[("remind_most", "99"), ("remind_hour", "09:30")]].concat();
    let page = client
        .post(&format!("{path}/edit/3"), &fields(&bad))
        .await
        .expect(422)
        .text();
    assert!(
        page.contains("Allow from 1 to 20 reminders") && page.contains("value=\"99\"") && page.contains("value=\"5\"")
    );
    let none = [&empty[..], &[("remind_most", "3"), ("remind_hour", "09:30")]].concat();
    let page = client
        .post(&format!("{path}/edit/3"), &fields(&none))
        .await
        .expect(422)
        .text();
    assert!(page.contains("Fill in at least one row"));
    let good = [
        &rows[..],
        &after,
        &empty,
        &[("remind_most", "3"), ("remind_hour", "09:30")],
    ]
    .concat();
    client.post(&format!("{path}/edit/3"), &fields(&good)).await.expect(303);
    let page = client.get(&format!("{path}/edit/5")).await.expect(200).text();
    for words in [
        "5 days before the deadline",
        "Backup contact",
        "20 Nov 2026",
        "2 days after the deadline",
        "Your buyer",
        "27 Nov 2026",
        "09:30",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Where nothing is known of a country's holidays, the page says so.
    assert!(
        page.contains("No public holidays are known") && page.contains(": UA"),
        "{page}"
    );
    client
        .post("/calendar", &[("days", "13-40"), ("revision", "0")])
        .await
        .expect(422);
    client
        .post("/calendar", &[("days", "11-20"), ("revision", "0")])
        .await
        .expect(303);
    client
        .post("/calendar", &[("days", "11-21"), ("revision", "0")])
        .await
        .expect(409);
    let page = client.get(&format!("{path}/edit/5")).await.expect(200).text();
    assert!(page.contains("19 Nov 2026") && page.contains("Your own days off"));
}
