//! Mails to a real SMTP server: what is accepted, refused for now, refused for good; what may be paused; what servers that
//! die leave behind.

use crate::app::{Client, TestApp};
use crate::circulation::{company, sent_campaign};
use crate::sink::{Manners, Polite, Sink, Taken};
use crate::torture::{CONNECTIONS, Trial, torture};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn start(sink: &Sink) -> (TestApp, Client) {
    start_with(sink, &[]).await
}

async fn start_with(sink: &Sink, more: &[(&'static str, &str)]) -> (TestApp, Client) {
    let url = sink.url();
    let mut settings = vec![
        ("mail.smtp_url", url.as_str()),
        ("mail.from", "security@sample.example"),
    ];
    settings.extend(more);
    let app = TestApp::start_with(&settings).await;
    let client = app.signed_in().await;
    (app, client)
}

/// How many deliveries stand in each state.
async fn states(app: &TestApp) -> BTreeMap<String, i64> {
    let mut tx = app.app.db.read().await.unwrap();
    tx.list("SELECT state, COUNT(*) FROM deliveries GROUP BY state", &[], |r| {
        Ok((r.get(0)?, r.get(1)?))
    })
    .await
    .unwrap()
    .into_iter()
    .collect()
}

fn counted(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs.iter().map(|(s, n)| ((*s).to_owned(), *n)).collect()
}

/// The page of the only delivery in a state.
async fn page_of(app: &TestApp, client: &mut Client, state: &'static str) -> (String, String) {
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT id FROM deliveries WHERE state = $1";
    let id: uuid::Uuid = tx.one(sql, &[&state], |r| r.get(0)).await.unwrap();
    let path = format!("/outbox/{id}");
    let page = client.get(&path).await.expect(200).text();
    (path, page)
}

/// Refuses by the first letters of an address.
struct Choosy;

impl Manners for Choosy {
    fn recipient(&self, address: &str) -> String {
        match address.split('@').next().unwrap_or_default() {
            "nobody" => "550 5.1.1 no such user".into(),
            "full" => "452 4.2.2 mailbox full".into(),
            _ => "250 ok".into(),
        }
    }
    fn end(&self, mail: &Taken) -> String {
        match mail.to[0].starts_with("silent") {
            true => String::new(),
            false => "250 2.0.0 queued as 4711".into(),
        }
    }
}

/// Valid at their carriers, but no dot-atoms: on the wire they stand in quotation marks (RFC 5321 §4.1.2).
#[tokio::test]
async fn an_address_with_odd_dots_is_sent_in_quotation_marks() {
    let sink = Sink::start(Polite);
    let (app, mut client) = start(&sink).await;
    for (code, mail, language) in [
        ("1", "foo..bar.@docomo.ne.jp", "ja"),
        ("2", "foo.@ezweb.ne.jp", "en"),
        ("3", "info@xn--wgv71a119e.jp", "ja"),
    ] {
        company(&app, "supplier", code, &format!("会社{code}"), &[(mail, language)]).await;
    }
    sent_campaign(&app, &mut client, 3).await;
    assert_eq!(states(&app).await, counted(&[("sent", 3)]));
    let mut taken = sink.taken();
    taken.sort_by(|a, b| a.to.cmp(&b.to));
    let to: Vec<&str> = taken.iter().map(|mail| mail.to[0].as_str()).collect();
    let wire = [
        "\"foo.\"@ezweb.ne.jp",
        "\"foo..bar.\"@docomo.ne.jp",
        "info@xn--wgv71a119e.jp",
    ];
    assert_eq!(to, wire);
    for (mail, address) in taken.iter().zip(wire) {
        let text = String::from_utf8_lossy(&mail.bytes);
        let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let line = head.lines().find(|line| line.starts_with("To: ")).unwrap();
        assert!(line.ends_with(&format!(" <{address}>")), "{line}");
        let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let read = parsed.to().unwrap().first().unwrap().address().unwrap().to_owned();
        assert_eq!(read.replace('"', ""), address.replace('"', ""));
    }
}

#[tokio::test]
async fn every_reply_of_the_relay_is_accounted_for() {
    let sink = Sink::start(Choosy);
    let (app, mut client) = start(&sink).await;
    for (code, mail) in [
        ("1", "good@a.example"),
        ("2", "nobody@b.example"),
        ("3", "full@c.example"),
        ("4", "silent@d.example"),
    ] {
        company(&app, "supplier", code, &format!("会社{code}"), &[(mail, "ja")]).await;
    }
    let path = sent_campaign(&app, &mut client, 4).await;
    let expected = counted(&[("ambiguous", 1), ("bounced", 1), ("deferred", 1), ("sent", 1)]);
    assert_eq!(states(&app).await, expected);

    let (_, page) = page_of(&app, &mut client, "sent").await;
    assert!(page.contains("250 2.0.0 queued as 4711"), "{page}");
    let (_, page) = page_of(&app, &mut client, "bounced").await;
    assert!(page.contains("550 5.1.1 no such user"), "{page}");
    let (_, page) = page_of(&app, &mut client, "deferred").await;
    assert!(page.contains("452 4.2.2 mailbox full"), "{page}");

    // Tried for two days, ever more rarely, and not once too often.
    app.advance(SignedDuration::from_secs(59));
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT attempts FROM deliveries WHERE state = 'deferred'")
            .await,
        1
    );
    for _ in 0..60 {
        app.advance(SignedDuration::from_hours(1));
        app.run_jobs().await;
    }
    assert_eq!(
        states(&app).await,
        counted(&[("ambiguous", 1), ("bounced", 1), ("failed", 1), ("sent", 1)])
    );
    let tries = app
        .count("SELECT COUNT(*) FROM delivery_events WHERE kind = 'deferred'")
        .await;
    assert!((15..22).contains(&tries), "{tries}");
    assert_eq!(
        sink.count(),
        2,
        "the one that was sent, and the one that the relay didn't reply to"
    );
    // What failed is a company to be phoned.
    let mut client = app.signed_in().await;
    let phone = client.get(&format!("{path}/phone")).await.expect(200).text();
    assert!(phone.contains("会社2") && phone.contains("会社3"), "{phone}");
}

#[tokio::test]
async fn an_operator_decides_about_a_mail_that_nobody_knows_of() {
    let sink = Sink::start(Choosy);
    let (app, mut client) = start(&sink).await;
    company(&app, "supplier", "1", "静かな会社", &[("silent@d.example", "ja")]).await;
    company(&app, "supplier", "2", "会社", &[("silent2@d.example", "ja")]).await;
    sent_campaign(&app, &mut client, 2).await;
    let home = client.get("/").await.expect(200).text();
    assert!(home.contains("届いたかどうかわからないメールが2通あります"), "{home}");
    let list = client.get("/outbox?state=ambiguous").await.expect(200).text();
    assert!(list.contains("silent@d.example") && list.contains("silent2@d.example"));
    let ids = {
        let mut tx = app.app.db.read().await.unwrap();
        tx.list("SELECT id FROM deliveries ORDER BY id", &[], |r| r.get::<uuid::Uuid>(0))
            .await
            .unwrap()
    };
    client.post(&format!("/outbox/{}/sent", ids[0]), &[]).await.expect(303);
    client.post(&format!("/outbox/{}/sent", ids[0]), &[]).await.expect(409);
    client.post(&format!("/outbox/{}/again", ids[1]), &[]).await.expect(303);
    app.run_jobs().await;
    // Once more, and once more without a reply.
    assert_eq!(states(&app).await, counted(&[("ambiguous", 1), ("sent", 1)]));
    assert_eq!(sink.count(), 3);
    let page = client.get(&format!("/outbox/{}", ids[1])).await.expect(200).text();
    assert!(page.contains("再送の指示") && page.contains("山田 花子"), "{page}");
    let said = client.get("/audit").await.expect(200).text();
    assert!(
        said.contains("メールを再送した") && said.contains("メールを到達済みとした"),
        "{said}"
    );
}

/// Takes nothing from us until somebody mends it.
struct Closed(Arc<AtomicUsize>);

impl Manners for Closed {
    fn greet(&self) -> String {
        match self.0.load(Ordering::Relaxed) {
            0 => "220 sink.example".into(),
            _ => "554 5.7.1 not from there".into(),
        }
    }
}

#[tokio::test]
async fn a_relay_that_refuses_us_costs_no_mail_a_try() {
    let shut = Arc::new(AtomicUsize::new(1));
    let sink = Sink::start(Closed(shut.clone()));
    let (app, mut client) = start(&sink).await;
    for n in 0..9 {
        company(
            &app,
            "supplier",
            &n.to_string(),
            &format!("会社{n}"),
            &[(&format!("a@s{n}.example"), "ja")],
        )
        .await;
    }
    sent_campaign(&app, &mut client, 9).await;
    let waiting = app
        .count("SELECT COUNT(*) FROM deliveries WHERE state IN ('queued', 'deferred')")
        .await;
    assert_eq!((waiting, sink.count()), (9, 0));
    assert_eq!(app.count("SELECT COUNT(*) FROM deliveries WHERE attempts > 0").await, 0);
    let outbox = client.get("/outbox").await.expect(200).text();
    assert!(outbox.contains("not from there"), "an operator sees why: {outbox}");
    shut.store(0, Ordering::Relaxed);
    app.run_jobs().await;
    assert_eq!(states(&app).await, counted(&[("sent", 9)]));
    assert_eq!(sink.count(), 9);
}

#[tokio::test]
async fn mails_are_paused_resumed_and_cancelled() {
    let sink = Sink::start(Polite);
    let (app, mut client) = start_with(&sink, &[("mail.domain_per_minute", "1")]).await;
    for n in 0..6 {
        company(
            &app,
            "supplier",
            &n.to_string(),
            &format!("会社{n}"),
            &[(&format!("a{n}@one.example"), "ja")],
        )
        .await;
    }
    let path = sent_campaign(&app, &mut client, 6).await;
    // One a minute to one domain.
    assert_eq!(sink.count(), 1);
    app.advance(SignedDuration::from_secs(61));
    app.run_jobs().await;
    assert_eq!(sink.count(), 2);
    let mailing = format!("{path}/mailing");
    client.post(&mailing, &[("to", "paused")]).await.expect(303);
    assert!(client.get(&path).await.expect(200).text().contains("一時停止中です"));
    app.advance(SignedDuration::from_mins(10));
    app.run_jobs().await;
    assert_eq!(sink.count(), 2);
    client.post(&mailing, &[("to", "on")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(sink.count(), 3);
    client.post(&mailing, &[("to", "cancelled")]).await.expect(303);
    client.post(&mailing, &[("to", "on")]).await.expect(409);
    app.run_jobs().await;
    app.advance(SignedDuration::from_mins(10));
    app.run_jobs().await;
    assert_eq!(sink.count(), 3);
    assert_eq!(states(&app).await, counted(&[("cancelled", 3), ("sent", 3)]));
}

/// The header fields of a mail, unfolded.
fn headers(mail: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(mail).expect("mails are ASCII");
    assert!(text.is_ascii());
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    assert!(!unfolded.replace("\r\n", "").contains(['\r', '\n']), "{unfolded:?}");
    unfolded
        .split("\r\n")
        .map(|line| {
            let (name, value) = line.split_once(": ").expect("each line is a field");
            (name.to_ascii_lowercase(), value.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn whatever_a_field_holds_one_mail_goes_to_one_recipient() {
    let sink = Sink::start(Polite);
    let (app, mut client) = start(&sink).await;
    let long = "長".repeat(5_000);
    let attacks = [
        "X\r\nBcc: victim@v.example",
        "X\nBcc: victim@v.example\n\nbody",
        "X\r\n.\r\nMAIL FROM:<evil@e.example>\r\nRCPT TO:<victim@v.example>\r\nDATA\r\n",
        "X\r.\rQUIT\r",
        ".",
        "\r\n.\r\n",
        "\" <victim@v.example>, \"X",
        "=?utf-8?B?DQpCY2M6IHZpY3RpbUB2LmV4YW1wbGUNCg==?=",
        "株式会社\u{202e}elpmaxe.live\u{202c}商事",
        "\u{2066}株式会社\u{2069}\u{200f}テスト\u{0}\u{7}",
        &long,
    ];
    for (n, name) in attacks.iter().enumerate() {
        company(
            &app,
            "supplier",
            &n.to_string(),
            "会社",
            &[(&format!("a{n}@s{n}.example"), if n % 2 == 0 { "ja" } else { "en" })],
        )
        .await;
        let (address, code) = (format!("a{n}@s{n}.example"), n.to_string());
        let name = name.replace('\0', "");
        let mut tx = app.app.db.write().await.unwrap();
        tx.execute(
            "UPDATE contacts SET name = $1, department = $1 WHERE mail = $2",
            &[&name, &address],
        )
        .await
        .unwrap();
        tx.execute("UPDATE companies SET name = $1 WHERE code = $2", &[&name, &code])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    sent_campaign(&app, &mut client, attacks.len() as i64).await;
    assert_eq!(states(&app).await, counted(&[("sent", attacks.len() as i64)]));
    let mut taken = sink.taken();
    assert_eq!(taken.len(), attacks.len());
    taken.sort_by_key(|mail| mail.to[0].len());
    let mut to: Vec<_> = taken.iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    let mut expected: Vec<_> = (0..attacks.len()).map(|n| format!("a{n}@s{n}.example")).collect();
    expected.sort();
    assert_eq!(to, expected);
    for mail in &taken {
        assert_eq!(mail.from, "security@sample.example");
        let fields = headers(&mail.bytes);
        for once in ["from", "to", "subject", "date", "message-id"] {
            assert_eq!(
                fields.iter().filter(|(name, _)| name == once).count(),
                1,
                "{once}: {fields:?}"
            );
        }
        assert!(
            !fields.iter().any(|(name, _)| name == "bcc" || name == "cc"),
            "{fields:?}"
        );
        let to = &fields.iter().find(|(name, _)| name == "to").unwrap().1;
        assert!(to.ends_with(&format!("<{}>", mail.to[0])), "{to}");
        assert_eq!(to.matches('<').count(), 1, "{to}");
        let text = String::from_utf8(mail.bytes.clone()).unwrap();
        assert!(text.lines().all(|line| line.len() <= 998), "RFC 5322 §2.1.1");
        let shown = crate::circulation::readable(&text);
        assert!(
            !shown.contains(['\u{202e}', '\u{2066}']),
            "nothing turns a line around: {shown}"
        );
    }
}

/// A short form of `script/torture mail`; on PostgreSQL with three servers.
#[tokio::test(flavor = "multi_thread")]
async fn killed_servers_send_each_mail_once_or_say_that_they_do_not_know() {
    let _alone = crate::crash::ALONE.lock().await;
    let database = crate::app::own_schema().await;
    let servers = if database.is_some() { 3 } else { 1 };
    let dir = tempfile::tempdir().unwrap();
    let trial = Trial {
        program: crate::program::kairan,
        kills: 16,
        mails: 600,
        servers,
        database,
    };
    let outcome = torture(trial, dir.path()).await;
    assert_eq!((outcome.lost, outcome.doubled), (0, 0), "{outcome}");
    assert!(outcome.ambiguous <= 16 * CONNECTIONS, "{outcome}");
    assert!(outcome.amid >= 8, "the kills fell while mails went out: {outcome:?}");
}

/// A DNS server that knows a few TXT records.
async fn dns(records: Vec<(String, String)>) -> std::net::SocketAddr {
    use mail_auth::hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
    use mail_auth::hickory_resolver::proto::rr::rdata::TXT;
    use mail_auth::hickory_resolver::proto::rr::{RData, Record};
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let Ok(mut message) = Message::from_vec(&buffer[..length]) else {
                continue;
            };
            message.metadata.message_type = MessageType::Response;
            message.edns = None;
            let asked = message.queries[0].name().clone();
            let name = asked.to_ascii().trim_end_matches('.').to_ascii_lowercase();
            for (_, value) in records.iter().filter(|(known, _)| *known == name) {
                // A string of a TXT record holds at most 255 bytes.
                let parts = value
                    .as_bytes()
                    .chunks(200)
                    .map(|c| String::from_utf8(c.to_vec()).unwrap());
                message.add_answer(Record::from_rdata(
                    asked.clone(),
                    60,
                    RData::TXT(TXT::new(parts.collect())),
                ));
            }
            if message.answers.is_empty() {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
            socket.send_to(&message.to_vec().unwrap(), from).await.unwrap();
        }
    });
    address
}

/// A key as openssl writes it.
fn key(dir: &std::path::Path, kind: &[&str]) -> String {
    let file = dir.join("dkim.pem").display().to_string();
    let done = std::process::Command::new("openssl")
        .args(kind)
        .args(["-out", &file])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    file
}

#[tokio::test]
async fn mails_are_signed_and_the_domain_page_tells_whether_dns_agrees() {
    use kairan::mail::domain::{Checker, Verdict};
    use kairan::mail::{Dkim, EmailAddress};
    let from: EmailAddress = "security@sample.example".parse().unwrap();
    for kind in [
        &["genpkey", "-algorithm", "ed25519"][..],
        &["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"],
    ] {
        let dir = tempfile::tempdir().unwrap();
        let file = key(dir.path(), kind);
        let dkim = Dkim::load(file.as_ref(), "sample.example", "k1").unwrap();
        let record = dkim.record();
        let right = vec![
            record.clone(),
            ("sample.example".into(), "v=spf1 ip4:192.0.2.7 -all".into()),
            ("_dmarc.sample.example".into(), "v=DMARC1; p=quarantine".into()),
        ];
        let server = dns(right).await;
        let checker = Checker::new(&server.to_string()).unwrap();
        let findings = checker.check(&from, &["192.0.2.7".parse().unwrap()], Some(&dkim)).await;
        let told: Vec<_> = findings.iter().map(|f| (f.key, f.verdict)).collect();
        let expected = [
            ("domain-spf-right", Verdict::Right),
            ("domain-dkim-right", Verdict::Right),
            ("domain-dmarc-right", Verdict::Right),
        ];
        assert_eq!(told, expected, "{findings:?}");
        // Another server sends, the key isn't published, forged mail is let through.
        let wrong = vec![
            ("sample.example".into(), "v=spf1 ip4:198.51.100.1 -all".into()),
            ("_dmarc.sample.example".into(), "v=DMARC1; p=none".into()),
        ];
        let server = dns(wrong).await;
        let checker = Checker::new(&server.to_string()).unwrap();
        let findings = checker.check(&from, &["192.0.2.7".parse().unwrap()], Some(&dkim)).await;
        let told: Vec<_> = findings.iter().map(|f| f.key).collect();
        assert_eq!(told, ["domain-spf-relay", "domain-dkim-wrong", "domain-dmarc-none"]);
        assert_eq!(findings[1].publish, Some(record));
        // A real mail, as it left.
        let sink = Sink::start(Polite);
        let server = server.to_string();
        let settings = [
            ("mail.dkim_key", file.as_str()),
            ("mail.dkim_selector", "k1"),
            ("mail.dns_server", server.as_str()),
        ];
        let (app, mut client) = start_with(&sink, &settings).await;
        company(&app, "supplier", "1", "株式会社署名", &[("a@s.example", "ja")]).await;
        sent_campaign(&app, &mut client, 1).await;
        let mail = &sink.taken()[0];
        let fields = headers(&mail.bytes);
        assert_eq!(fields[0].0, "dkim-signature");
        let page = client.get("/outbox/domain").await.expect(200).text();
        assert!(
            page.contains("k1._domainkey.sample.example TXT") && page.contains("問題あり"),
            "{page}"
        );
        let server = dns(vec![dkim.record()]).await;
        assert!(Checker::new(&server.to_string()).unwrap().verifies(&mail.bytes).await);
        let mut forged = mail.bytes.clone();
        let at = forged.windows(8).position(|w| w == b"Subject:").unwrap();
        forged[at + 12] ^= 1;
        assert!(!Checker::new(&server.to_string()).unwrap().verifies(&forged).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_of_a_campaign_is_a_row_of_a_file() {
    let app = TestApp::start().await;
    let address = "a@a.example";
    company(&app, "supplier", "S1", "株式会社甲", &[(address, "ja")]).await;
    company(&app, "supplier", "S2", "乙工業", &[]).await;
    let mut operator = app.signed_in().await;
    let path = sent_campaign(&app, &mut operator, 2).await;
    let campaign = path.rsplit('/').next().unwrap();
    let csv = operator
        .get(&format!("/outbox/export?format=csv&campaign={campaign}"))
        .await
        .expect(200)
        .text();
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 3, "{csv}");
    let mail = rows.iter().find(|r| r.contains(address)).unwrap();
    assert!(
        mail.contains("2026-001") && mail.contains("S1") && mail.contains("株式会社甲") && mail.contains("送信済み")
    );
    let raw = app.outbox();
    let id = raw[0].lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap();
    assert!(mail.contains(id.trim()), "{mail} {id}");
    assert!(
        rows.iter().any(|r| r.contains("乙工業") && !r.contains('@')),
        "what goes on paper is a row, too"
    );
    // Narrowed as the list is; another campaign has none.
    let none = format!("/outbox/export?format=csv&campaign={campaign}&state=bounced");
    assert_eq!(operator.get(&none).await.expect(200).text().lines().count(), 1);
    let xlsx = operator.get("/outbox/export?format=xlsx").await.expect(200);
    let table = kairan::sheets::read(&xlsx.bytes, "x.xlsx", None).unwrap();
    assert_eq!(table.rows.len(), 3);
    operator.get("/outbox/export?format=pdf").await.expect(400);
    operator
        .get("/outbox/export?format=csv&state=nonsense")
        .await
        .expect(400);
    app.client().get("/outbox/export?format=csv").await.expect(303);
}

/// A throw-away authority, and a certificate of it for `address`, as a PKCS#12 file with the passphrase `geheim`.
fn certificate(dir: &std::path::Path, address: &str, days: &str, key: &[&str]) {
    let run = |arguments: &[&str]| {
        let done = std::process::Command::new("openssl")
            .args(arguments)
            .current_dir(dir)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let new = |name: &str| {
        let mut arguments = vec!["genpkey"];
        arguments.extend(key);
        arguments.extend(["-out", name]);
        run(&arguments);
    };
    new("ca.key");
    new("own.key");
    let extensions = format!("subjectAltName=email:{address}\nextendedKeyUsage=emailProtection\n");
    std::fs::write(dir.join("own.ext"), extensions).unwrap();
    run(&[
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.key",
        "-subj",
        "/CN=Test CA",
        "-days",
        "30",
        "-out",
        "ca.pem",
    ]);
    run(&[
        "req",
        "-new",
        "-key",
        "own.key",
        "-subj",
        "/CN=Sample Works",
        "-out",
        "own.csr",
    ]);
    run(&[
        "x509",
        "-req",
        "-in",
        "own.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        days,
        "-extfile",
        "own.ext",
        "-out",
        "own.pem",
    ]);
    run(&[
        "pkcs12",
        "-export",
        "-inkey",
        "own.key",
        "-in",
        "own.pem",
        "-certfile",
        "ca.pem",
        "-passout",
        "pass:geheim",
        "-out",
        "own.p12",
    ]);
    std::fs::write(dir.join("passphrase"), "geheim\n").unwrap();
}

/// Whether openssl finds the mail in `file` signed by the throw-away authority's certificate; what is signed.
fn verified(dir: &std::path::Path, file: &str) -> Result<String, String> {
    let done = std::process::Command::new("openssl")
        .args([
            "cms",
            "-verify",
            "-CAfile",
            "ca.pem",
            "-purpose",
            "smimesign",
            "-in",
            file,
        ])
        .current_dir(dir)
        .output()
        .unwrap();
    match done.status.success() {
        true => Ok(String::from_utf8(done.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_signed_with_a_certificate_that_openssl_knows() {
    use mail_parser::MimeHeaders as _;
    let rsa = &["-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"][..];
    let p256 = &["-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..];
    for key in [rsa, p256] {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path();
        certificate(dir, "Security@sample.example", "3000", key);
        let dkim = super::mail::key(dir, &["genpkey", "-algorithm", "ed25519"]);
        let (p12, passphrase) = (dir.join("own.p12"), dir.join("passphrase"));
        let app = TestApp::start_with(&[
            ("mail.from", "security@sample.example"),
            ("mail.smime_p12", p12.to_str().unwrap()),
            ("mail.smime_passphrase_file", passphrase.to_str().unwrap()),
            ("mail.dkim_key", &dkim),
            ("mail.dkim_selector", "k1"),
        ])
        .await;
        company(&app, "supplier", "S1", "株式会社甲", &[("a@a.example", "ja")]).await;
        let mut operator = app.signed_in().await;
        sent_campaign(&app, &mut operator, 1).await;
        let mail = app.outbox().pop().unwrap();
        assert!(
            mail.to_lowercase().starts_with("dkim-signature:"),
            "the server's signature is outermost"
        );
        assert_eq!(mail.matches("Content-Type: multipart/signed").count(), 1);
        std::fs::write(dir.join("mail.eml"), &mail).unwrap();
        let signed = verified(dir, "mail.eml").unwrap();
        // openssl takes any bytes; programs that read it want a head that ends.
        let (head, body) = signed.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("Content-Type: multipart/alternative;") && !head.contains("--"),
            "{head}"
        );
        assert!(body.starts_with("--"), "{body}");
        let whole = mail_parser::MessageParser::default().parse(&mail).unwrap();
        let kinds: Vec<_> = whole.parts.iter().filter_map(|p| p.content_type()).collect();
        let kinds: Vec<_> = kinds.iter().map(|k| (k.ctype(), k.subtype().unwrap())).collect();
        let expected = [
            ("multipart", "signed"),
            ("multipart", "alternative"),
            ("text", "plain"),
            ("text", "html"),
            ("application", "pkcs7-signature"),
        ];
        assert_eq!(kinds, expected);
        for read in [whole.body_text(0).unwrap(), whole.body_html(0).unwrap()] {
            assert!(
                read.contains("株式会社甲") && read.contains("https://kairan.test/r/"),
                "{read}"
            );
        }
        assert!(!format!("{:?}", app.app.smime).contains("BEGIN"));
        let forged = mail.replacen(
            "\r\nContent-Type: text/plain",
            "\r\nX-Forged: 1\r\nContent-Type: text/plain",
            1,
        );
        assert_ne!(forged, mail);
        std::fs::write(dir.join("forged.eml"), forged).unwrap();
        let why = verified(dir, "forged.eml").unwrap_err();
        assert!(why.contains("digest") || why.contains("verification failure"), "{why}");
    }
}

#[test]
fn a_certificate_that_would_not_do_is_refused_with_a_sentence() {
    use kairan::mail::Smime;
    let place = tempfile::tempdir().unwrap();
    let dir = place.path();
    let key = ["-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    certificate(dir, "security@sample.example", "30", &key);
    let p12 = dir.join("own.p12");
    let now = kairan::clock::Clock::System.now();
    let load = |passphrase: &str, from: &str, at| Smime::load(&p12, passphrase, from, at).map_err(|e| e.to_string());
    let good = load("geheim", "security@sample.example", now).unwrap();
    assert!(good.until() > now);
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    let refusals = [
        (load("falsch", "security@sample.example", now), "passphrase"),
        (
            load("geheim", "other@sample.example", now),
            "is for security@sample.example",
        ),
        (load("geheim", "security@sample.example", now + days(31)), "ended on"),
        (load("geheim", "security@sample.example", now - days(2)), "good from"),
    ];
    for (refused, wanted) in refusals {
        let why = refused.unwrap_err();
        assert!(
            why.contains(wanted) && !why.contains("falsch") && !why.contains("geheim"),
            "{why}"
        );
    }
    let missing = Smime::load(&dir.join("none.p12"), "", "a@a.example", now).unwrap_err();
    assert!(missing.to_string().contains("can't be read"));
    std::fs::write(dir.join("text.p12"), "no certificate").unwrap();
    let text = Smime::load(&dir.join("text.p12"), "", "a@a.example", now).unwrap_err();
    assert!(text.to_string().contains("PKCS#12"));
}
