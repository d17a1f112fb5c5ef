//! What comes back: bounces and replies through a Maildir and through a real IMAP server.

use crate::app::{Client, TestApp};
use crate::circulation::{company, sent_campaign, sent_campaign_reminding};
use futures_util::TryStreamExt;
use jiff::SignedDuration;
use kairan::inbox;
use kairan::mailbox::return_path;
use std::path::Path;
use uuid::Uuid;

/// The mail that the fixtures are about.
const THEIRS: &str = "01993c0ffee0700080000000000000a1";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/tests/fixtures/inbox/{name}.eml",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

/// A fixture about our mail instead.
fn about(name: &str, delivery: Uuid) -> Vec<u8> {
    let ours = delivery.simple().to_string();
    let bytes = fixture(name);
    let mut out = Vec::new();
    let mut rest = &bytes[..];
    while let Some(at) = rest.windows(32).position(|w| w == THEIRS.as_bytes()) {
        out.extend(&rest[..at]);
        out.extend(ours.as_bytes());
        rest = &rest[at + 32..];
    }
    out.extend(rest);
    out
}

fn deliver(maildir: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(maildir.join("tmp").join(name), bytes).unwrap();
    std::fs::rename(maildir.join("tmp").join(name), maildir.join("new").join(name)).unwrap();
}

fn maildir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir(dir.path().join(part)).unwrap();
    }
    dir
}

/// A campaign sent to companies `tanaka@c0.example`, `tanaka@c1.example` …: the app, a browser, the campaign's path and the
/// deliveries in the order of the companies.
async fn sent(mailbox: &str, companies: usize, more: &[(&'static str, &str)]) -> (TestApp, Client, String, Vec<Uuid>) {
    let mut settings = vec![("mail.mailbox_url", mailbox), ("mail.from", "security@kairan.example")];
    settings.extend(more);
    let app = TestApp::start_with(&settings).await;
    let mut operator = app.signed_in().await;
    for n in 0..companies {
        let (code, name, mail) = (
            format!("C{n:03}"),
            format!("株式会社{n:03}"),
            format!("tanaka@c{n}.example"),
        );
        company(&app, "supplier", &code, &name, &[(&mail, "ja")]).await;
    }
    let path = sent_campaign(&app, &mut operator, companies as i64).await;
    let mut tx = app.app.db.read().await.unwrap();
    let deliveries = tx
        .list(
            "SELECT d.id FROM deliveries d JOIN invitations i ON i.id = d.invitation ORDER BY i.code",
            &[],
            |r| r.get::<Uuid>(0),
        )
        .await
        .unwrap();
    drop(tx);
    assert_eq!(deliveries.len(), companies);
    (app, operator, path, deliveries)
}

async fn read(app: &TestApp) {
    app.advance(SignedDuration::from_secs(61));
    inbox::ask(&app.app, app.app.scope()).await.unwrap();
    app.run_jobs().await;
}

/// Class, company, whether it waits; in the order of reading.
async fn listed(app: &TestApp) -> Vec<(String, Option<String>, bool)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.list(
        "SELECT m.class, c.code, m.waits FROM inbox m LEFT JOIN companies c ON c.id = m.company ORDER BY m.id",
        &[],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )
    .await
    .unwrap()
}

async fn states(app: &TestApp) -> Vec<(String, String, String, bool)> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.list(
        "SELECT d.state, i.state, d.reply, k.undeliverable_since IS NOT NULL
         FROM deliveries d JOIN invitations i ON i.id = d.invitation JOIN contacts k ON k.id = d.contact ORDER BY i.code",
        &[],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)),
    )
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_mail_does_what_it_says_and_no_more() {
    let box_ = maildir();
    let (app, mut operator, path, ours) = sent(&format!("maildir:{}", box_.path().display()), 5, &[]).await;
    for (n, name) in ["postfix-hard", "qmail-full", "vacation-ja", "reply-ja"]
        .iter()
        .enumerate()
    {
        deliver(box_.path(), &format!("1.{n}.mx"), &about(name, ours[n]));
    }
    deliver(box_.path(), "1.8.mx", &fixture("garbage"));
    deliver(box_.path(), "1.9.mx", &fixture("exim-delayed"));
    read(&app).await;

    let listed = listed(&app).await;
    let class = |c: &str| listed.iter().find(|(class, ..)| class == c).unwrap().clone();
    assert_eq!(listed.len(), 6);
    assert_eq!(class("address"), ("address".into(), Some("C000".into()), false));
    assert_eq!(class("auto-reply"), ("auto-reply".into(), Some("C002".into()), false));
    assert_eq!(class("reply"), ("reply".into(), Some("C003".into()), true));
    assert_eq!(class("unclear"), ("unclear".into(), None, true));
    let states = states(&app).await;
    assert_eq!(
        (states[0].0.as_str(), states[0].1.as_str(), states[0].3),
        ("bounced", "bounced", true)
    );
    assert!(states[0].2.contains("User unknown"), "{}", states[0].2);
    assert_eq!(
        (states[1].0.as_str(), states[1].1.as_str(), states[1].3),
        ("failed", "bounced", false)
    );
    assert!(states[1].2.contains("over quota"), "{}", states[1].2);
    for untouched in &states[2..] {
        assert_eq!(
            (
                untouched.0.as_str(),
                untouched.1.as_str(),
                untouched.2.as_str(),
                untouched.3
            ),
            ("sent", "sent", "", false)
        );
    }

    // The company's page says why, and an edit that leaves the address leaves that.
    let page = operator.get("/companies").await.expect(200).text();
    let id = page
        .split("/companies/")
        .find_map(|p| p.split('"').next().filter(|p| p.len() == 36))
        .unwrap()
        .to_owned();
    let page = operator.get(&format!("/companies/{id}")).await.expect(200).text();
    assert!(
        page.contains("このアドレスへのメールが戻ってきました") && page.contains("User unknown"),
        "{page}"
    );
    let contact = page
        .split("/contacts/")
        .find_map(|p| p.split('"').next().filter(|p| p.len() == 36))
        .unwrap()
        .to_owned();
    let edit = |mail: &'static str| {
        [
            ("name", "佐藤 次郎"),
            ("department", "総務部"),
            ("mail", mail),
            ("language", "ja"),
            ("role", "primary"),
        ]
    };
    let form = format!("/companies/{id}/contacts/{contact}");
    operator.post(&form, &edit("tanaka@c0.example")).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL")
            .await,
        1
    );
    operator.post(&form, &edit("sato@c0.example")).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL")
            .await,
        0
    );

    // A person's reply is at the company's part, on home, and in the list until somebody says that it is done.
    let mut tx = app.app.db.read().await.unwrap();
    let part: Uuid = tx
        .one("SELECT id FROM invitations WHERE code = 'C003'", &[], |r| r.get(0))
        .await
        .unwrap();
    drop(tx);
    let page = operator
        .get(&format!("{path}/companies/{part}"))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("担当が佐藤に変わりました") && page.contains("tanaka@supplier.example"),
        "{page}"
    );
    assert!(
        operator
            .get("/")
            .await
            .expect(200)
            .text()
            .contains("対応が必要な受信メール 2件")
    );
    let page = operator.get("/inbox?show=reply").await.expect(200).text();
    let message = page
        .split("/inbox/")
        .find_map(|p| p.split('"').next().filter(|p| p.len() == 36))
        .unwrap()
        .to_owned();
    operator.get(&format!("/inbox/{message}")).await.expect(200);
    operator.post(&format!("/inbox/{message}/done"), &[]).await.expect(303);
    operator.post(&format!("/inbox/{message}/done"), &[]).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'inbox.done'")
            .await,
        1
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'contact.undeliverable'")
            .await,
        1
    );
    assert!(
        operator
            .get("/")
            .await
            .expect(200)
            .text()
            .contains("対応が必要な受信メール 1件")
    );
    let waiting = operator.get("/inbox?show=waiting").await.expect(200).text();
    assert!(!waiting.contains(&message));
    app.client().get("/inbox").await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildir_is_read_once_whatever_other_programs_do_and_left_as_it_is() {
    let box_ = maildir();
    let (app, mut operator, _, ours) = sent(&format!("maildir:{}", box_.path().display()), 2, &[]).await;
    deliver(box_.path(), "1.1.mx", &about("postfix-hard", ours[0]));
    let mut large = about("reply-en", ours[1]);
    large.resize(6_000_000, b'x');
    deliver(box_.path(), "1.2.mx", &large);
    std::os::unix::fs::symlink("/etc/passwd", box_.path().join("new/link")).unwrap();
    read(&app).await;
    assert_eq!(listed(&app).await.len(), 2);
    // A mail program looks at one.
    std::fs::rename(box_.path().join("new/1.1.mx"), box_.path().join("cur/1.1.mx:2,S")).unwrap();
    read(&app).await;
    deliver(box_.path(), "1.3.mx", &about("reply-ja", ours[1]));
    read(&app).await;
    read(&app).await;
    let listed = listed(&app).await;
    assert_eq!(listed.len(), 3);
    // What is too large is known by its beginning, and says why it wasn't read.
    let page = operator.get("/inbox?show=unclear").await.expect(200).text();
    assert!(
        page.contains("6.0 MB &gt; 5 MB") || page.contains("6.0 MB &#62; 5 MB"),
        "{page}"
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM events WHERE kind = 'bounced'").await, 1);
    for file in ["cur/1.1.mx:2,S", "new/1.2.mx", "new/1.3.mx"] {
        assert!(box_.path().join(file).exists(), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_path_tells_whose_mail_it_was_and_a_forged_one_nothing() {
    let box_ = maildir();
    let (app, _, _, ours) = sent(&format!("maildir:{}", box_.path().display()), 2, &[]).await;
    let bounce = |path: &str| {
        format!("From: MAILER-DAEMON@mx.example\r\nTo: <{path}>\r\nSubject: failure notice\r\n\r\nUser unknown\r\n")
            .into_bytes()
    };
    let forged = format!("bounce+{}.aaaaaaaa@kairan.example", ours[0].simple());
    deliver(box_.path(), "1.1.mx", &bounce(&forged));
    deliver(
        box_.path(),
        "1.2.mx",
        &bounce(&return_path(&app.app.secret, "bounce@kairan.example", ours[1])),
    );
    read(&app).await;
    let states = states(&app).await;
    assert_eq!((states[0].0.as_str(), states[1].0.as_str()), ("sent", "bounced"));
    // One that nobody knows waits for a person.
    let waits: Vec<bool> = listed(&app).await.into_iter().map(|l| l.2).collect();
    assert_eq!(waits, [true, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_passed_on_once_with_the_mail_itself() {
    let box_ = maildir();
    let settings = [("mail.forward_replies_to", "team@kairan.example")];
    let (app, _, _, ours) = sent(&format!("maildir:{}", box_.path().display()), 1, &settings).await;
    let before = app.outbox().len();
    deliver(box_.path(), "1.1.mx", &about("reply-ja", ours[0]));
    deliver(box_.path(), "1.2.mx", &about("vacation-ja", ours[0]));
    read(&app).await;
    read(&app).await;
    let passed: Vec<String> = app
        .outbox()
        .into_iter()
        .filter(|m| m.contains("To: team@kairan.example"))
        .collect();
    assert_eq!((app.outbox().len(), passed.len()), (before + 1, 1));
    assert!(
        passed[0].contains("Content-Type: message/rfc822") && passed[0].contains("Reply-To: tanaka@supplier.example")
    );
    // Byte for byte, in its old coding.
    assert!(
        passed[0].contains("charset=ISO-2022-JP") && passed[0].contains("\u{1b}$B"),
        "{}",
        passed[0]
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM inbox WHERE original IS NOT NULL").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_is_away_is_told_of_and_tried_again() {
    let box_ = tempfile::tempdir().unwrap();
    let gone = box_.path().join("gone");
    let (app, mut operator, _, ours) = sent(&format!("maildir:{}", gone.display()), 1, &[]).await;
    for _ in 0..20 {
        read(&app).await;
    }
    let page = operator.get("/inbox").await.expect(200).text();
    assert!(
        page.contains("メールボックスを読み取れません") && page.contains("gone"),
        "{page}"
    );
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(gone.join(part)).unwrap();
    }
    deliver(&gone, "1.1.mx", &about("postfix-hard", ours[0]));
    app.advance(SignedDuration::from_mins(2));
    app.run_jobs().await;
    assert_eq!(listed(&app).await.len(), 1);
    assert!(
        !operator
            .get("/inbox")
            .await
            .expect(200)
            .text()
            .contains("読み取れません")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_pages_by_key() {
    let box_ = maildir();
    let (app, mut operator, _, _) = sent(&format!("maildir:{}", box_.path().display()), 1, &[]).await;
    for n in 0..120 {
        let mail = format!("From: a{n}@x.example\r\nSubject: number {n:03}\r\n\r\nhello {n}\r\n");
        deliver(box_.path(), &format!("1.{n:03}.mx"), mail.as_bytes());
    }
    read(&app).await;
    let (mut next, mut seen) = (Some("/inbox?show=reply".to_owned()), std::collections::BTreeSet::new());
    let mut pages = 0;
    while let Some(address) = next {
        let page = operator.get(&address).await.expect(200).text();
        seen.extend(page.split("number ").skip(1).map(|s| s[..3].to_owned()));
        next = page.split("href=\"?").nth(1).map(|s| {
            format!(
                "/inbox?{}",
                s.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")
            )
        });
        pages += 1;
    }
    assert_eq!((pages, seen.len()), (3, 120));
}

/// A report about our mail, as Postfix writes it, with what the other server said.
fn report(delivery: Uuid, action: &str, status: &str, said: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@mx.kairan.example\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.kairan.example\r\n\r\n\
         Final-Recipient: rfc822; somebody@supplier.example\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {said}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}@kairan.example>\r\n\r\n--b--\r\n",
        delivery.simple()
    )
    .into_bytes()
}

/// M2: a refusal of ours is booked as one, and neither marks the contact nor burns the ladder; only a wrong address is held
/// against a contact, and only where nobody tries any more.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_wrong_address_is_held_against_a_contact_and_a_refusal_of_ours_turns_to_nobody() {
    let box_ = maildir();
    let app = TestApp::start_with(&[
        ("mail.mailbox_url", &format!("maildir:{}", box_.path().display())),
        ("mail.from", "security@kairan.example"),
    ])
    .await;
    let mut operator = app.signed_in().await;
    // Action, code, words; class, state of the delivery, whether the contact is marked and the next one written to.
    let all = [
        (
            "failed",
            "5.1.1",
            "550 5.1.1 User unknown",
            "address",
            "bounced",
            true,
            true,
        ),
        (
            "delayed",
            "4.1.1",
            "450 4.1.1 User unknown",
            "address",
            "sent",
            false,
            false,
        ),
        (
            "failed",
            "5.2.2",
            "552 5.2.2 Mailbox full",
            "mailbox",
            "failed",
            false,
            true,
        ),
        (
            "failed",
            "5.0.0",
            "550 5.7.26 Unauthenticated email is not accepted due to DMARC",
            "us",
            "failed",
            false,
            false,
        ),
        (
            "failed",
            "5.1.1",
            "550 rejected: blocked using zen.spamhaus.org",
            "us",
            "failed",
            false,
            false,
        ),
        (
            "failed",
            "5.3.4",
            "552 5.3.4 Message too big",
            "us",
            "failed",
            false,
            false,
        ),
        (
            "failed",
            "5.7.1",
            "550 Refused due to recipient preferences",
            "their-rule",
            "failed",
            false,
            true,
        ),
        (
            "failed",
            "5.4.6",
            "554 5.4.6 Hop count exceeded",
            "their-server",
            "failed",
            false,
            true,
        ),
        (
            "delayed",
            "4.4.1",
            "connect to mx: Connection timed out",
            "their-server",
            "sent",
            false,
            false,
        ),
        ("failed", "5.0.0", "550 no", "unclear", "failed", false, true),
    ];
    for n in 0..all.len() {
        let contacts = [
            (format!("tanaka@c{n}.example"), "ja"),
            (format!("backup@c{n}.example"), "en"),
        ];
        let contacts: Vec<(&str, &str)> = contacts.iter().map(|(m, l)| (m.as_str(), *l)).collect();
        company(
            &app,
            "supplier",
            &format!("C{n:03}"),
            &format!("株式会社{n:03}"),
            &contacts,
        )
        .await;
    }
    sent_campaign_reminding(&app, &mut operator, all.len() as i64).await;
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT d.id FROM deliveries d JOIN invitations i ON i.id = d.invitation ORDER BY i.code";
    let ours = tx.list(sql, &[], |r| r.get::<Uuid>(0)).await.unwrap();
    drop(tx);
    for (n, (action, status, said, ..)) in all.iter().enumerate() {
        deliver(
            box_.path(),
            &format!("1.{n:02}.mx"),
            &report(ours[n], action, status, said),
        );
    }
    read(&app).await;
    read(&app).await;

    for (n, (_, status, said, class, state, marked, next)) in all.iter().enumerate() {
        let mut tx = app.app.db.read().await.unwrap();
        let found = tx
            .one(
                "SELECT m.class, d.state, k.undeliverable_since IS NOT NULL, d.reply,
                     (SELECT COUNT(*) FROM deliveries o WHERE o.invitation = d.invitation)
                 FROM deliveries d JOIN contacts k ON k.id = d.contact JOIN inbox m ON m.delivery = d.id WHERE d.id = $1",
                &[&ours[n]],
                |r| {
                    Ok((
                        r.get::<String>(0)?,
                        r.get::<String>(1)?,
                        r.get::<bool>(2)?,
                        r.get::<String>(3)?,
                        r.get::<i64>(4)?,
                    ))
                },
            )
            .await
            .unwrap();
        drop(tx);
        let mails = if *next { 2 } else { 1 };
        assert_eq!(
            (found.0.as_str(), found.1.as_str(), found.2, found.4),
            (*class, *state, *marked, mails),
            "{status} {said}"
        );
        assert!(found.3.contains(said.split_once(' ').unwrap().1), "{}", found.3);
    }
    // Each class is told with whose it is and what to do; ours leads to what can be checked.
    for (class, words) in [
        ("address", "正しいアドレスを確認"),
        ("mailbox", "容量超過"),
        ("us", "/outbox/domain"),
        ("their-rule", "kairan.example からのメールを許可"),
        ("their-server", "相手のサーバー"),
        ("unclear", "内容を判別できません"),
    ] {
        let page = operator.get(&format!("/inbox?show={class}")).await.expect(200).text();
        let message = page
            .split("href=\"/inbox/")
            .find_map(|p| p.split('"').next().filter(|p| p.len() == 36))
            .unwrap()
            .to_owned();
        let page = operator.get(&format!("/inbox/{message}")).await.expect(200).text();
        assert!(page.contains(words), "{class}: {page}");
    }
    assert!(
        operator
            .get("/inbox?show=their-rule")
            .await
            .expect(200)
            .text()
            .contains("ドメイン指定受信")
    );
}

/// M3: a complaint has a class of its own, and pauses the mails to its contact until a person has looked.
#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_pauses_the_contact_until_a_person_allows_it_again() {
    let box_ = maildir();
    let (app, mut operator, _, ours) = sent(&format!("maildir:{}", box_.path().display()), 3, &[]).await;
    deliver(box_.path(), "1.1.mx", &about("formats/arf-abuse", ours[0]));
    // How our domain's signature fares is no complaint of the recipient's.
    deliver(box_.path(), "1.2.mx", &about("formats/arf-auth", ours[1]));
    read(&app).await;
    assert_eq!(
        listed(&app).await,
        [
            ("complaint".to_owned(), Some("C000".to_owned()), true),
            ("complaint".to_owned(), Some("C001".to_owned()), true)
        ]
    );
    let paused = "SELECT COUNT(*) FROM contacts WHERE paused_since IS NOT NULL";
    assert_eq!(app.count(paused).await, 1);
    // Neither delivery nor invitation failed.
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE state = 'sent'").await,
        3
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL")
            .await,
        0
    );
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT company, id FROM contacts WHERE paused_since IS NOT NULL";
    let (company, contact): (Uuid, Uuid) = tx.one(sql, &[], |r| Ok((r.get(0)?, r.get(1)?))).await.unwrap();
    drop(tx);
    let page = operator.get(&format!("/companies/{company}")).await.expect(200).text();
    assert!(
        page.contains("迷惑メールとして申告されました") && page.contains("abuse"),
        "{page}"
    );
    let button = format!("/companies/{company}/contacts/{contact}/mail-again");
    assert!(page.contains(&button), "{page}");
    app.client().post(&button, &[]).await.expect(303);
    assert_eq!(app.count(paused).await, 1);
    operator.post(&button, &[]).await.expect(303);
    operator.post(&button, &[]).await.expect(303);
    assert_eq!(app.count(paused).await, 0);
    for action in ["contact.pause", "contact.mail-again"] {
        let mut tx = app.app.db.read().await.unwrap();
        let sql = "SELECT COUNT(*) FROM audit WHERE action = $1";
        let found: i64 = tx.one(sql, &[&action], |r| r.get(0)).await.unwrap();
        assert_eq!(found, 1, "{action}");
    }
    let page = operator.get(&format!("/companies/{company}")).await.expect(200).text();
    assert!(!page.contains(&button), "{page}");
}

/// M2, M3: what was written down in the old words keeps its meaning, and contacts marked without cause are good again.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_hard_and_soft_is_told_apart_by_its_code() {
    let box_ = maildir();
    let (app, ..) = sent(&format!("maildir:{}", box_.path().display()), 6, &[]).await;
    let old = [
        ("hard-bounce", "5.1.1", "550 no", "address", true),
        ("hard-bounce", "5.7.26", "550 DMARC", "us", false),
        ("hard-bounce", "5.2.1", "550 disabled", "mailbox", false),
        ("hard-bounce", "5.0.0", "550 User unknown", "address", true),
        ("hard-bounce", "5.0.0", "550 no", "unclear", true),
        ("soft-bounce", "4.0.0", "later", "their-server", false),
    ];
    let mut tx = app.app.db.write().await.unwrap();
    let sql = "SELECT d.id, d.contact FROM deliveries d JOIN invitations i ON i.id = d.invitation ORDER BY i.code";
    let rows: Vec<(Uuid, Uuid)> = tx.list(sql, &[], |r| Ok((r.get(0)?, r.get(1)?))).await.unwrap();
    let now = app.app.clock.now();
    for ((delivery, contact), (class, status, said, ..)) in rows.iter().zip(old) {
        let id: Uuid = app.app.random.id(now);
        let org = app.app.scope().org;
        tx.execute(
            "INSERT INTO inbox (id, org, source, digest, received_at, from_address, subject, class, status, diagnostic,
                 delivery, waits)
             VALUES ($1, $2, $3, $4, 0, '', '', $5, $6, $7, $8, FALSE)",
            &[
                &id,
                &org,
                &id.to_string().as_str(),
                &id.as_bytes().as_slice(),
                &class,
                &status,
                &said,
                delivery,
            ],
        )
        .await
        .unwrap();
        tx.execute("UPDATE contacts SET undeliverable_since = 1 WHERE id = $1", &[contact])
            .await
            .unwrap();
    }
    // The two statements of the migration that read what is there.
    let migration = include_str!("../../migrations/0013-causes.sql");
    let statements: Vec<&str> = migration.split(';').filter(|s| s.contains("UPDATE")).collect();
    assert_eq!(statements.len(), 2);
    for statement in statements {
        let bare: Vec<&'static str> = statement
            .lines()
            .filter(|l| !l.trim_start().starts_with("--"))
            .collect();
        tx.execute(Box::leak(bare.join("\n").into_boxed_str()), &[])
            .await
            .unwrap();
    }
    for ((delivery, contact), (_, status, said, class, marked)) in rows.iter().zip(old) {
        let sql = "SELECT m.class, k.undeliverable_since IS NOT NULL FROM inbox m JOIN contacts k ON k.id = $2
             WHERE m.delivery = $1";
        let found: (String, bool) = tx
            .one(sql, &[delivery, contact], |r| Ok((r.get(0)?, r.get(1)?)))
            .await
            .unwrap();
        assert_eq!((found.0.as_str(), found.1), (class, marked), "{status} {said}");
    }
}

/// `kairan inbox explain`: exit code, what it prints, what it complains of.
fn explain(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kairan"));
    command
        .arg("--data")
        .arg(data)
        .args(["inbox", "explain"])
        .args(arguments);
    let out = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

#[test]
fn the_command_explains_messages_without_a_database() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let path = |name: &str| format!("{}/tests/fixtures/inbox/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    let (three, reply) = (path("formats/exim-three"), path("reply-ja"));
    let gone = dir.path().join("gone.eml").display().to_string();
    let (code, out, err) = explain(&data, &["--json", &three, &gone, &reply]);
    assert_eq!(code, 2);
    assert!(err.contains("gone.eml"), "{err}");
    let rows: Vec<std::collections::BTreeMap<String, String>> = serde_json::from_str(&out).unwrap();
    let told: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|r| (r["class"].as_str(), r["status"].as_str(), r["recipient"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("address", "5.1.1", "tanaka@supplier.example"),
            ("mailbox", "5.2.2", "sato@supplier.example"),
            ("us", "5.7.1", "suzuki@supplier.example"),
            ("reply", "", "")
        ]
    );
    let keys: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    assert_eq!(keys, ["because", "class", "file", "recipient", "status"]);
    assert_eq!(rows[0]["file"], three);
    assert!(rows.iter().all(|r| r["because"].ends_with('。')), "{out}");
    // Two mails in one file, as mail programs keep them.
    let mbox = dir.path().join("mbox");
    let one = "From a@x.example Mon Nov 23 09:00:00 2026\nFrom: MAILER-DAEMON@x.example\nSubject: failure notice\n\n<b@y.example>:\n550 5.1.1 User unknown\n\n";
    std::fs::write(&mbox, one.repeat(2)).unwrap();
    let (code, out, _) = explain(&data, &[&mbox.display().to_string()]);
    assert_eq!((code, out.matches("b@y.example").count()), (0, 2), "{out}");
    assert!(
        out.contains("宛先不明 (address)") && out.contains("電話で正しいアドレスを確認"),
        "{out}"
    );
    assert!(!data.exists());
}

// ---------------------------------------------------------------- IMAP

/// What script/test tells of its Dovecot; None where there is none.
fn dovecot(name: &'static str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let told = std::env::var(name).ok();
    if told.is_none() {
        eprintln!("{name} is not set, so nothing is tested here: script/test starts a Dovecot.");
    }
    told
}

type Session = async_imap::Session<tokio::net::TcpStream>;

/// A mailbox of its own, as its user sees it, and its address for `mail.mailbox_url`.
async fn imap_user() -> Option<(Session, String, String)> {
    let address = dovecot("KAIRAN_TEST_IMAP")?;
    let password = dovecot("KAIRAN_TEST_IMAP_PASSWORD")?;
    let user = format!(
        "u{}",
        data_encoding::HEXLOWER.encode(&kairan::clock::Random::default().bytes::<8>())
    );
    let tcp = tokio::net::TcpStream::connect(&address).await.unwrap();
    let mut client = async_imap::Client::new(tcp);
    client.read_response().await.unwrap().unwrap();
    let session = client.login(&user, &password).await.map_err(|(e, _)| e).unwrap();
    let url = format!("imap://{user}:p%3Aw%2F%25@{address}/INBOX");
    Some((session, user, url))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imap_mailbox_is_read_once_and_left_as_it_is() {
    let Some((mut theirs, _, url)) = imap_user().await else {
        return;
    };
    let (app, _, _, ours) = sent(&url, 4, &[]).await;
    // An empty mailbox first.
    read(&app).await;
    for (n, name) in ["exchange-ndr", "docomo-text", "exchange-full"].iter().enumerate() {
        theirs.append("INBOX", None, None, about(name, ours[n])).await.unwrap();
    }
    let mut large = about("reply-en", ours[3]);
    large.resize(5_500_000, b'x');
    theirs.append("INBOX", None, None, large).await.unwrap();
    read(&app).await;
    let first = listed(&app).await;
    let classes: Vec<(&str, Option<&str>)> = first.iter().map(|(c, code, _)| (c.as_str(), code.as_deref())).collect();
    assert_eq!(
        classes,
        [
            ("address", Some("C000")),
            ("address", Some("C001")),
            ("mailbox", Some("C002")),
            ("unclear", Some("C003"))
        ]
    );
    read(&app).await;
    assert_eq!(listed(&app).await.len(), 4);
    // One is taken away by somebody, two come.
    theirs.select("INBOX").await.unwrap();
    theirs
        .store("4", "+FLAGS (\\Deleted)")
        .await
        .unwrap()
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    theirs.expunge().await.unwrap().try_collect::<Vec<_>>().await.unwrap();
    theirs
        .append("INBOX", None, None, about("reply-ja", ours[3]))
        .await
        .unwrap();
    theirs.append("INBOX", None, None, fixture("garbage")).await.unwrap();
    read(&app).await;
    assert_eq!(listed(&app).await.len(), 6);
    // Nothing is marked as read, nothing is gone.
    let folder = theirs.select("INBOX").await.unwrap();
    assert_eq!(folder.exists, 5);
    let flags: Vec<_> = theirs.fetch("1:*", "FLAGS").await.unwrap().try_collect().await.unwrap();
    for message in &flags {
        assert!(
            !message.flags().any(|f| f == async_imap::types::Flag::Seen),
            "{message:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_is_numbered_anew_is_read_again_and_nothing_taken_twice() {
    let Some((mut theirs, _, url)) = imap_user().await else {
        return;
    };
    let (app, _, _, ours) = sent(&url, 3, &[]).await;
    for (n, name) in ["postfix-hard", "reply-ja"].iter().enumerate() {
        theirs.append("INBOX", None, None, about(name, ours[n])).await.unwrap();
    }
    read(&app).await;
    // The folder is made anew, as after a restored backup: other UIDVALIDITY, UIDs from 1.
    theirs.create("Old").await.unwrap();
    let old: Vec<Vec<u8>> = {
        theirs.select("INBOX").await.unwrap();
        let all: Vec<_> = theirs
            .fetch("1:*", "BODY.PEEK[]")
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        all.iter().map(|m| m.body().unwrap().to_vec()).collect()
    };
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("UPDATE inbox_places SET validity = validity - 1, next = 900", &[])
        .await
        .unwrap();
    // What the old numbering called them.
    tx.execute("UPDATE inbox SET source = 'old ' || source", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(old.len(), 2);
    theirs
        .append("INBOX", None, None, about("qmail-hard", ours[2]))
        .await
        .unwrap();
    read(&app).await;
    let listed = listed(&app).await;
    assert_eq!(listed.len(), 3, "{listed:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM events WHERE kind = 'bounced'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_readers_at_once_take_each_message_once() {
    let Some((mut theirs, _, url)) = imap_user().await else {
        return;
    };
    let (app, _, _, ours) = sent(&url, 20, &[]).await;
    for id in &ours {
        theirs
            .append("INBOX", None, None, about("postfix-hard", *id))
            .await
            .unwrap();
    }
    // Past the lease that keeps them apart, as when a server stood still for a minute.
    let job = || kairan::jobs::Job {
        id: Uuid::from_u128(1),
        org: app.app.scope().org,
        payload: String::new(),
    };
    let readers = (0..3).map(|_| tokio::spawn(inbox::read_mailbox(app.app.clone(), job())));
    for reader in futures_util::future::join_all(readers).await {
        reader.unwrap().unwrap();
    }
    app.run_jobs().await;
    assert_eq!(listed(&app).await.len(), 20);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind = 'bounced'").await,
        20
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM inbox_places WHERE error <> ''").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn imap_over_tls_trusts_only_who_it_should() {
    let Some((mut theirs, user, _)) = imap_user().await else {
        return;
    };
    let (Some(address), Some(ca)) = (dovecot("KAIRAN_TEST_IMAPS"), dovecot("KAIRAN_TEST_IMAP_CA")) else {
        return;
    };
    let port = address.rsplit(':').next().unwrap();
    let trusted = format!("imaps://{user}:p%3Aw%2F%25@localhost:{port}/INBOX?ca={ca}");
    let (app, _, _, ours) = sent(&trusted, 1, &[]).await;
    theirs
        .append("INBOX", None, None, about("postfix-hard", ours[0]))
        .await
        .unwrap();
    read(&app).await;
    assert_eq!(listed(&app).await.len(), 1);
    // Without its authority the server is a stranger, and gets no password.
    let (app, mut operator, _, _) = sent(&format!("imaps://{user}:p%3Aw%2F%25@localhost:{port}/INBOX"), 1, &[]).await;
    read(&app).await;
    assert_eq!(listed(&app).await.len(), 0);
    let page = operator.get("/inbox").await.expect(200).text();
    assert!(page.contains("certificate") && !page.contains("p:w"), "{page}");
    // A wrong password is told of without being told.
    let wrong = format!("imaps://{user}:geheim@localhost:{port}/INBOX?ca={ca}");
    let (app, mut operator, _, _) = sent(&wrong, 1, &[]).await;
    read(&app).await;
    let page = operator.get("/inbox").await.expect(200).text();
    assert!(
        page.contains("refuses the sign-in") && !page.contains("geheim"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_campaign_s_bounces_come_back_through_postfix_and_imap() {
    let Some(relay) = dovecot("KAIRAN_TEST_SMTP") else {
        return;
    };
    let Some((mut theirs, user, url)) = imap_user().await else {
        return;
    };
    let app = TestApp::start_with(&[
        ("mail.smtp_url", &format!("smtp://{relay}")),
        ("mail.from", &format!("security@{user}.kairan.test")),
        ("mail.bounce_address", &format!("bounce@{user}.kairan.test")),
        ("mail.mailbox_url", &url),
    ])
    .await;
    let mut operator = app.signed_in().await;
    const KINDS: [&str; 6] = ["hard", "full", "docomo", "qmail", "exchange", "away"];
    for n in 0..340 {
        // Twenty companies for each kind of answer; the others take their mail and are silent.
        let domain = if n < 120 { KINDS[n % 6] } else { "ok" };
        let mail = format!("tanaka{n}@{domain}.test");
        let backup = format!("backup{n}@ok.test");
        // One kind of company has nobody else to turn to.
        let contacts = [(mail.as_str(), "ja"), (backup.as_str(), "en")];
        let contacts = &contacts[..if domain == "docomo" { 1 } else { 2 }];
        company(
            &app,
            "supplier",
            &format!("C{n:03}"),
            &format!("株式会社{n:03}"),
            contacts,
        )
        .await;
    }
    let campaign = sent_campaign_reminding(&app, &mut operator, 340).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE state = 'sent'").await,
        340
    );
    let started = std::time::Instant::now();
    while theirs.select("INBOX").await.unwrap().exists < 120 {
        assert!(started.elapsed().as_secs() < 120, "the bounces don't come back");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    read(&app).await;
    read(&app).await;

    let mut tx = app.app.db.read().await.unwrap();
    let found = tx
        .list(
            "SELECT d.address, d.state, d.reply, k.undeliverable_since IS NOT NULL, m.class
             FROM deliveries d JOIN contacts k ON k.id = d.contact LEFT JOIN inbox m ON m.delivery = d.id
             WHERE k.role = 'primary' ORDER BY d.id",
            &[],
            |r| {
                Ok((
                    r.get::<String>(0)?,
                    r.get::<String>(1)?,
                    r.get::<String>(2)?,
                    r.get::<bool>(3)?,
                    r.get::<Option<String>>(4)?,
                ))
            },
        )
        .await
        .unwrap();
    drop(tx);
    // Each once: a delivery about which two messages came would stand here twice.
    assert_eq!(found.len(), 340);
    for (address, state, error, undeliverable, class) in found {
        let wanted = match address.split(['@', '.']).nth(1).unwrap() {
            "hard" | "docomo" | "qmail" | "exchange" => ("bounced", true, Some("address")),
            // It came back, which says nothing against the address.
            "full" => ("failed", false, Some("mailbox")),
            "away" => ("sent", false, Some("auto-reply")),
            _ => ("sent", false, None),
        };
        assert_eq!(
            (state.as_str(), undeliverable, class.as_deref()),
            wanted,
            "{address} {error}"
        );
        assert_eq!(
            error.starts_with("250 "),
            matches!(wanted.2, None | Some("auto-reply")),
            "{address} {error}"
        );
    }
    // Whose mail came back is reached by the backup contact, in that contact's language; nobody else is.
    let backup = "SELECT COUNT(*) FROM deliveries d JOIN invitations i ON i.id = d.invitation
         JOIN deliveries f ON f.invitation = d.invitation AND f.state IN ('bounced', 'failed')
         WHERE d.address LIKE 'backup%@ok.test' AND d.state = 'sent' AND d.language = 'en' AND i.state = 'sent'";
    assert_eq!(app.count(backup).await, 80);
    let mails = "SELECT COUNT(*) FROM deliveries WHERE channel = 'mail'";
    assert_eq!(app.count(mails).await, 420);
    // Where there is no other contact, the board says that the company is to be phoned, and everybody's events what came back.
    let unreachable = "SELECT COUNT(*) FROM invitations WHERE state = 'unreachable'";
    assert_eq!(app.count(unreachable).await, 20);
    let phone = operator.get(&format!("{campaign}/phone")).await.expect(200).text();
    assert!(
        phone.contains("株式会社002") && !phone.contains("株式会社000"),
        "{phone}"
    );
    let board = operator.get(&campaign).await.expect(200).text();
    assert!(board.contains("/companies?state=unreachable"), "{board}");
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events WHERE kind = 'bounced'").await,
        100
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM inbox").await, 120);
    assert_eq!(app.count("SELECT COUNT(*) FROM inbox WHERE waits").await, 0);
    assert_eq!(theirs.select("INBOX").await.unwrap().exists, 120);

    // A person writes back, and stands on the first page until somebody says that it is done.
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT id FROM deliveries WHERE address = 'tanaka200@ok.test'";
    let answered: Uuid = tx.one(sql, &[], |r| r.get(0)).await.unwrap();
    drop(tx);
    theirs
        .append("INBOX", None, None, about("reply-ja", answered))
        .await
        .unwrap();
    read(&app).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM inbox WHERE waits").await, 1);
    assert!(
        operator
            .get("/")
            .await
            .expect(200)
            .text()
            .contains("/inbox?show=waiting")
    );
}
