//! A relay's moods: what it refuses concerns the mail it refused; what concerns us all stops, is told and gone on with; and
//! whatever it does, Kairan ends when it is asked to.

use crate::app::{Client, TestApp};
use crate::circulation::{
    company, drafted_campaign_reminding, send_draft, sent_campaign, sent_campaign_reminding, sent_campaign_with_notice,
};
use crate::sink::{Manners, NEVER, Polite, Sink, Taken};
use jiff::SignedDuration;
use kairan::deliveries::DeliveryId;
use kairan::refusal::Cause;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

async fn start(sink: &Sink) -> (TestApp, Client) {
    let url = sink.url();
    let settings = [
        ("mail.smtp_url", url.as_str()),
        ("mail.from", "security@sample.example"),
    ];
    let app = TestApp::start_with(&settings).await;
    let client = app.signed_in().await;
    (app, client)
}

/// `count` companies, each with two contacts: `a@sN.example` first.
async fn companies(app: &TestApp, count: usize) {
    for n in 0..count {
        let (first, second) = (format!("a@s{n}.example"), format!("b@s{n}.example"));
        let mails = [(first.as_str(), "ja"), (second.as_str(), "ja")];
        company(app, "supplier", &format!("C{n:03}"), &format!("会社{n:03}"), &mails).await;
    }
}

async fn states(app: &TestApp) -> BTreeMap<String, i64> {
    let mut tx = app.app.db.read().await.unwrap();
    let all = tx.list("SELECT state, COUNT(*) FROM deliveries GROUP BY state", &[], |r| {
        Ok((r.get(0)?, r.get(1)?))
    });
    all.await.unwrap().into_iter().collect()
}

fn counted(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs.iter().map(|(s, n)| ((*s).to_owned(), *n)).collect()
}

/// The addresses that the sink took mails for, in order.
fn taken(sink: &Sink) -> Vec<String> {
    let mut all: Vec<String> = sink.taken().iter().flat_map(|mail| mail.to.clone()).collect();
    all.sort();
    all
}

async fn id_of(app: &TestApp, address: &str) -> DeliveryId {
    let mut tx = app.app.db.read().await.unwrap();
    let sql = "SELECT id FROM deliveries WHERE address = $1 ORDER BY id LIMIT 1";
    tx.one(sql, &[&address], |r| r.get(0)).await.unwrap()
}

const DENIED: &str = "550 5.7.1 Recipient address rejected: Access denied";

/// Refuses every fifth recipient that is named to it.
struct EveryFifth(AtomicUsize);

impl Manners for EveryFifth {
    fn recipient(&self, _: &str) -> String {
        match self.0.fetch_add(1, Ordering::Relaxed) % 5 {
            4 => DENIED.into(),
            _ => "250 ok".into(),
        }
    }
}

/// M1.
#[tokio::test]
async fn a_refused_recipient_stops_no_other_mail() {
    let sink = Sink::start(EveryFifth(AtomicUsize::new(0)));
    let (app, mut client) = start(&sink).await;
    companies(&app, 60).await;
    let path = sent_campaign_reminding(&app, &mut client, 60).await;
    // At once: the clock stands still.
    assert_eq!(states(&app).await, counted(&[("failed", 12), ("sent", 48)]));
    assert_eq!(taken(&sink).len(), 48);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE cause = 'us'").await,
        12
    );
    // It is no fault of these addresses, and their colleagues would be refused as well.
    let marked = "SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL";
    assert_eq!(app.count(marked).await, 0);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE address LIKE 'b@%'")
            .await,
        0
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 0);
    let board = client.get(&path).await.expect(200).text();
    assert!(board.contains("送信を一時停止する"), "its mails go on");
    let phone = client.get(&format!("{path}/phone")).await.expect(200).text();
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'bounced'")
            .await,
        12
    );
    assert!(phone.contains("会社"), "who wasn't reached is to be phoned");
    let list = client.get("/outbox?cause=us").await.expect(200).text();
    assert!(
        list.contains("当社側の理由による拒否") && list.contains("Access denied"),
        "{list}"
    );
    assert!(!list.contains("送信済み</span>"), "{list}");
}

/// Refuses by the first letters of an address, until somebody mends it.
struct Unknown(AtomicUsize);

impl Manners for Unknown {
    fn recipient(&self, address: &str) -> String {
        match address.split('@').next().unwrap_or_default() {
            "gone" => "550 5.1.1 no such user".into(),
            "filter" => "550 5.2.1 mailbox disabled".into(),
            "slow" => "450 4.2.0 greylisted, try again".into(),
            "busy" => match self.0.fetch_add(1, Ordering::Relaxed) {
                0 => "421 4.3.2 closing".into(),
                _ => "250 ok".into(),
            },
            _ => "250 ok".into(),
        }
    }
}

/// M4: the mark of a reply is the mark of a report, and the next campaign begins with who can be mailed.
#[tokio::test]
async fn who_is_marked_is_not_mailed_again_until_somebody_says_so() {
    let sink = Sink::start(Unknown(AtomicUsize::new(0)));
    let (app, mut client) = start(&sink).await;
    let one = company(
        &app,
        "supplier",
        "1",
        "二人の会社",
        &[("gone@a.example", "ja"), ("next@a.example", "ja")],
    )
    .await;
    let two = company(&app, "supplier", "2", "一人の会社", &[("gone@b.example", "ja")]).await;
    company(&app, "supplier", "3", "別の会社", &[("good@c.example", "ja")]).await;
    company(
        &app,
        "supplier",
        "4",
        "停止中の会社",
        &[("filter@d.example", "ja"), ("next@d.example", "ja")],
    )
    .await;
    company(&app, "supplier", "5", "混雑の会社", &[("busy@e.example", "ja")]).await;
    company(&app, "supplier", "6", "待つ会社", &[("slow@f.example", "ja")]).await;
    sent_campaign_reminding(&app, &mut client, 6).await;
    assert_eq!(
        taken(&sink),
        ["busy@e.example", "good@c.example", "next@a.example", "next@d.example"]
    );
    assert_eq!(
        states(&app).await,
        counted(&[("bounced", 2), ("deferred", 1), ("failed", 1), ("sent", 4)])
    );
    let marked = "SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL";
    assert_eq!(
        app.count(marked).await,
        2,
        "a full or disabled mailbox is no wrong address"
    );
    let logged = "SELECT COUNT(*) FROM audit WHERE action = 'contact.undeliverable'";
    assert_eq!(app.count(logged).await, 2);
    let mail = format!("/outbox/{}", id_of(&app, "gone@a.example").await);
    let page = client.get(&mail).await.expect(200).text();
    assert!(
        page.contains("宛先不明") && page.contains("次の担当者に送ります"),
        "{page}"
    );

    // The page before sending says who is left out.
    let path = drafted_campaign_reminding(&mut client).await;
    let confirm = client.get(&format!("{path}/edit/5")).await.expect(200).text();
    assert!(confirm.contains("2件のアドレスには、メールを送りません"), "{confirm}");
    assert!(confirm.contains("gone@a.example") && confirm.contains("以前のメールが戻ってきたアドレス"));
    assert!(confirm.contains("1社にはメールを送れる担当者がおらず"), "{confirm}");
    send_draft(&app, &mut client, &path, 6).await;
    let campaign: uuid::Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let to: Vec<String> = tx
        .list(
            "SELECT address FROM deliveries WHERE campaign = $1 AND channel = 'mail' AND occasion = 0 ORDER BY address",
            &[&campaign],
            |r| r.get(0),
        )
        .await
        .unwrap();
    drop(tx);
    assert_eq!(
        to,
        [
            "busy@e.example",
            "filter@d.example",
            "good@c.example",
            "next@a.example",
            "next@d.example",
            "slow@f.example"
        ]
    );
    let phone = client.get(&format!("{path}/phone")).await.expect(200).text();
    assert!(phone.contains("一人の会社") && !phone.contains("二人の会社"), "{phone}");
    let list = client.get("/companies?mail=none").await.expect(200).text();
    assert!(list.contains("一人の会社"), "{list}");

    // Somebody says otherwise.
    let page = client.get(&format!("/companies/{one}")).await.expect(200).text();
    let form = page.split("action=\"").find(|f| f.contains("mail-again")).unwrap();
    let action = form.split('"').next().unwrap().to_owned();
    client.post(&action, &[]).await.expect(303);
    client.post(&action, &[]).await.expect(303);
    assert_eq!(app.count(marked).await, 1);
    let logged = "SELECT COUNT(*) FROM audit WHERE action = 'contact.mail-again'";
    assert_eq!(app.count(logged).await, 1, "once, however often the button is pressed");
    // … or sends the mail again.
    let again = format!("/outbox/{}/again", id_of(&app, "gone@b.example").await);
    client
        .post(&again, &[("list", "state=bounced&q=gone")])
        .await
        .expect(303);
    assert_eq!(app.count(marked).await, 0);
    app.run_jobs().await;
    assert_eq!(app.count(marked).await, 1, "the relay still knows nobody there");
    let page = client.get(&format!("/companies/{two}")).await.expect(200).text();
    assert!(page.contains("メールを送れる担当者がいません"), "{page}");
}

/// M4: a mail that was queued before its contact was marked isn't handed over.
#[tokio::test]
async fn a_mail_that_waits_is_held_back_when_its_contact_is_marked() {
    let sink = Sink::start(Polite);
    let (app, mut client) = start(&sink).await;
    company(&app, "supplier", "1", "会社", &[("a@a.example", "ja")]).await;
    sent_campaign_with_notice(&app, &mut client, 1, "24").await;
    assert_eq!(sink.count(), 1, "the notice");
    let notice = id_of(&app, "a@a.example").await;
    let mut tx = app.app.db.write().await.unwrap();
    let (scope, said) = (app.app.scope(), "550 5.1.1 user unknown");
    kairan::deliveries::refused(&mut tx, &app.app, scope, notice, Cause::Address, said)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.advance(SignedDuration::from_hours(25));
    app.run_jobs().await;
    assert_eq!(sink.count(), 1, "nothing goes to an address that is none");
    assert_eq!(states(&app).await, counted(&[("bounced", 2)]));
    let mut client = app.signed_in().await;
    let page = client
        .get("/outbox?state=bounced&kind=invitation")
        .await
        .expect(200)
        .text();
    let id = page
        .split("/outbox/")
        .find(|p| p.len() > 36 && p.as_bytes()[36] == b'"')
        .unwrap()[..36]
        .to_owned();
    let page = client.get(&format!("/outbox/{id}")).await.expect(200).text();
    assert!(page.contains("送信を止めている連絡先"), "{page}");
}

/// Refuses everything because of us while the switch is on.
struct Banned(Arc<AtomicUsize>);

impl Manners for Banned {
    fn end(&self, _: &Taken) -> String {
        match self.0.load(Ordering::Relaxed) {
            0 => "250 2.0.0 taken".into(),
            _ => "550 5.7.26 unauthenticated mail is prohibited".into(),
        }
    }
    fn takes(&self, _: &Taken) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

#[tokio::test]
async fn refusals_that_cluster_pause_a_campaign_and_one_button_goes_on() {
    let shut = Arc::new(AtomicUsize::new(1));
    let sink = Sink::start(Banned(shut.clone()));
    let (app, mut client) = start(&sink).await;
    companies(&app, 60).await;
    let path = sent_campaign_reminding(&app, &mut client, 60).await;
    let now = states(&app).await;
    let (failed, queued) = (now["failed"], now["queued"]);
    assert!((10..30).contains(&failed) && failed + queued == 60, "{now:?}");
    assert_eq!(
        app.count("SELECT COUNT(*) FROM campaigns WHERE mailing = 'refused'")
            .await,
        1
    );
    // Every page says so, in the server's words.
    for page in ["/", "/companies", "/inbox", "/account", path.as_str()] {
        let text = client.get(page).await.expect(200).text();
        assert!(
            text.contains("5.7.26 unauthenticated mail is prohibited"),
            "{page}: {text}"
        );
        assert!(
            text.contains("「VPN 装置の点検」のメールが相次いで拒否された"),
            "{page}: {text}"
        );
        assert!(text.contains(&format!("action=\"{path}/go-on\"")), "{page}: {text}");
    }
    client.language = "en".into();
    let text = client.get("/").await.expect(200).text();
    assert!(text.contains("are being refused because of us"), "{text}");
    client.language = "ja".into();
    // Days go by: nothing goes, nobody is marked, nobody else is turned to.
    app.advance(SignedDuration::from_hours(30));
    app.run_jobs().await;
    assert_eq!(states(&app).await, now);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL")
            .await,
        0
    );

    // Gone on with too early, it stops again.
    let mut client = app.signed_in().await;
    client.post(&format!("{path}/go-on"), &[]).await.expect(303);
    client.post(&format!("{path}/go-on"), &[]).await.expect(409);
    app.run_jobs().await;
    let again = states(&app).await;
    assert!(
        again["failed"] >= 10 && again["failed"] + again["queued"] == 60,
        "{again:?}"
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 1);

    shut.store(0, Ordering::Relaxed);
    client.post(&format!("{path}/go-on"), &[]).await.expect(303);
    let text = client.get("/").await.expect(200).text();
    assert!(!text.contains("5.7.26"), "{text}");
    app.run_jobs().await;
    assert_eq!(states(&app).await, counted(&[("sent", 60)]));
    let to = taken(&sink);
    assert_eq!(to.len(), 60);
    assert!(to.iter().all(|a| a.starts_with("a@")), "{to:?}");
    let logged = "SELECT COUNT(*) FROM audit WHERE action = 'campaign.go-on'";
    assert_eq!(app.count(logged).await, 2);
    let open = "SELECT COUNT(*) FROM invitations WHERE state = 'sent'";
    assert_eq!(app.count(open).await, 60);
}

#[tokio::test]
async fn reports_that_cluster_pause_a_campaign_as_replies_do() {
    let sink = Sink::start(Polite);
    let (app, mut client) = start(&sink).await;
    companies(&app, 20).await;
    let path = sent_campaign_reminding(&app, &mut client, 20).await;
    assert_eq!(states(&app).await, counted(&[("sent", 20)]));
    let scope = app.app.scope();
    let tell = async |number: usize, cause: Cause| {
        let id = id_of(&app, &format!("a@s{number}.example")).await;
        let said = "550 5.7.1 [192.0.2.7] is on a blocklist";
        // Told twice is told once.
        for _ in 0..2 {
            let mut tx = app.app.db.write().await.unwrap();
            kairan::deliveries::refused(&mut tx, &app.app, scope, id, cause, said)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    };
    for number in 0..9 {
        tell(number, Cause::Us).await;
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 0);
    tell(9, Cause::Us).await;
    let text = client.get("/companies").await.expect(200).text();
    assert!(text.contains("192.0.2.7") && text.contains("go-on"), "{text}");
    tell(10, Cause::Us).await;
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE address LIKE 'b@%'")
            .await,
        0,
        "nobody else is turned to"
    );
    client
        .post(&format!("{path}/mailing"), &[("to", "refused")])
        .await
        .expect(409);
    client
        .post(&format!("{path}/mailing"), &[("to", "on")])
        .await
        .expect(303);
    app.run_jobs().await;
    assert_eq!(states(&app).await, counted(&[("sent", 20)]));
    assert_eq!(sink.count(), 31);
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 0);
    // Reports of wrong addresses don't pause anything, however many.
    for number in 0..20 {
        tell(number, Cause::Address).await;
    }
    assert_eq!(
        app.count("SELECT COUNT(*) FROM campaigns WHERE mailing = 'on'").await,
        1
    );
    let marked = "SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL";
    assert_eq!(app.count(marked).await, 20);
}

/// Knows no other domain than its own while the switch is on.
struct OwnDomainOnly(Arc<AtomicUsize>);

impl Manners for OwnDomainOnly {
    fn recipient(&self, _: &str) -> String {
        match self.0.load(Ordering::Relaxed) {
            0 => "250 ok".into(),
            _ => "550 5.1.1 no such user here".into(),
        }
    }
}

#[tokio::test]
async fn a_relay_that_calls_every_address_wrong_pauses_the_campaign_and_its_marks_are_taken_back() {
    let shut = Arc::new(AtomicUsize::new(1));
    let sink = Sink::start(OwnDomainOnly(shut.clone()));
    let (app, mut client) = start(&sink).await;
    companies(&app, 100).await;
    let path = sent_campaign_reminding(&app, &mut client, 100).await;
    let marked = "SELECT COUNT(*) FROM contacts WHERE undeliverable_since IS NOT NULL";
    let wrong = app.count(marked).await;
    assert!((20..40).contains(&wrong), "{wrong}");
    let text = client.get("/companies").await.expect(200).text();
    assert!(
        text.contains("続けて20通「宛先不明」") && text.contains("5.1.1 no such user here"),
        "{text}"
    );
    // One of them complained of an earlier mail: that isn't taken back.
    let paused = "UPDATE contacts SET paused_since = 1, paused_why = 'abuse' WHERE mail = 'a@s0.example'";
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(paused, &[]).await.unwrap();
    tx.commit().await.unwrap();

    shut.store(0, Ordering::Relaxed);
    client.post(&format!("{path}/go-on"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(app.count(marked).await, 0);
    let kept = "SELECT COUNT(*) FROM contacts WHERE paused_since IS NOT NULL";
    assert_eq!(app.count(kept).await, 1);
    let reached = "SELECT COUNT(DISTINCT invitation) FROM deliveries WHERE state = 'sent'";
    assert_eq!(app.count(reached).await, 100);
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 0);
}

/// Refuses everything because of us, and once the switch is at 0 only the first mail after that.
struct OnceMore {
    shut: Arc<AtomicUsize>,
    after: AtomicUsize,
}

impl Manners for OnceMore {
    fn recipient(&self, _: &str) -> String {
        match self.shut.load(Ordering::Relaxed) == 0 && self.after.fetch_add(1, Ordering::Relaxed) > 0 {
            true => "250 ok".into(),
            false => DENIED.into(),
        }
    }
}

#[tokio::test]
async fn refusals_from_before_somebody_went_on_don_t_pause_a_campaign_again() {
    let shut = Arc::new(AtomicUsize::new(1));
    let sink = Sink::start(OnceMore {
        shut: shut.clone(),
        after: AtomicUsize::new(0),
    });
    let (app, mut client) = start(&sink).await;
    companies(&app, 60).await;
    let path = sent_campaign_reminding(&app, &mut client, 60).await;
    assert!(states(&app).await["queued"] > 0);
    shut.store(0, Ordering::Relaxed);
    // The clock goes on: a tick is enough to tell before from after.
    app.advance(SignedDuration::from_secs(1));
    client.post(&format!("{path}/go-on"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM campaigns WHERE mailing = 'on'").await,
        1
    );
    // The one is sent again by the way if it comes before those that are.
    let now = states(&app).await;
    assert!(now["sent"] >= 59 && !now.contains_key("queued"), "{now:?}");
}

/// Refuses our sender's address while the switch is on.
struct NotFromUs(Arc<AtomicUsize>);

impl Manners for NotFromUs {
    fn sender(&self, _: &str) -> String {
        match self.0.load(Ordering::Relaxed) {
            0 => "250 ok".into(),
            _ => "550 5.1.8 sender unknown here".into(),
        }
    }
}

#[tokio::test]
async fn a_relay_that_takes_nothing_is_told_of_after_minutes_and_until_it_takes_mails_again() {
    let shut = Arc::new(AtomicUsize::new(1));
    let sink = Sink::start(NotFromUs(shut.clone()));
    let (app, mut client) = start(&sink).await;
    companies(&app, 5).await;
    sent_campaign(&app, &mut client, 5).await;
    let text = client.get("/").await.expect(200).text();
    assert!(!text.contains("sender unknown here"), "not at once: {text}");
    app.advance(SignedDuration::from_mins(4));
    app.run_jobs().await;
    let text = client.get("/companies").await.expect(200).text();
    assert!(text.contains("メールサーバーがメールを受け付けていません"), "{text}");
    assert!(text.contains("550 5.1.8 sender unknown here"), "{text}");
    assert_eq!(app.count("SELECT COUNT(*) FROM deliveries WHERE attempts > 0").await, 0);
    shut.store(0, Ordering::Relaxed);
    app.run_jobs().await;
    assert_eq!(states(&app).await, counted(&[("sent", 5)]));
    let text = client.get("/companies").await.expect(200).text();
    assert!(!text.contains("sender unknown here"), "{text}");
    // Another time it is told of after minutes as well.
    assert_eq!(app.count("SELECT COUNT(*) FROM relay_troubles").await, 0);
}

/// Says everything in lines of 200 kB, and the last in Shift_JIS as it were.
struct Chatty;

impl Chatty {
    fn said(code: &str) -> String {
        let long = "x".repeat(200_000);
        let lines = format!("{code}-{long}\r\n").repeat(3);
        format!("{lines}{code} {long}")
    }
}

impl Manners for Chatty {
    fn greet(&self) -> String {
        Chatty::said("220")
    }
    fn sender(&self, _: &str) -> String {
        Chatty::said("250")
    }
    fn recipient(&self, address: &str) -> String {
        Chatty::said(if address.starts_with("gone") { "550" } else { "250" })
    }
    fn end(&self, _: &Taken) -> String {
        Chatty::said("250")
    }
}

/// M8.
#[tokio::test]
async fn a_reply_of_any_length_is_a_reply() {
    let sink = Sink::start(Chatty);
    let (app, mut client) = start(&sink).await;
    companies(&app, 6).await;
    company(&app, "supplier", "X", "なくなった会社", &[("gone@x.example", "ja")]).await;
    sent_campaign(&app, &mut client, 7).await;
    assert_eq!(states(&app).await, counted(&[("failed", 1), ("sent", 6)]));
    let kept = app
        .count("SELECT CAST(MAX(LENGTH(reply)) AS BIGINT) FROM deliveries")
        .await;
    assert!((100..5_000).contains(&kept), "{kept}");
}

/// Doesn't say good-bye; when each of its lines asked for it.
struct Clinging(Arc<Mutex<Vec<Instant>>>);

impl Manners for Clinging {
    fn leave(&self) -> String {
        self.0.lock().unwrap().push(Instant::now());
        NEVER.into()
    }
}

/// M8.
#[tokio::test]
async fn all_connections_are_left_at_once_and_none_is_waited_for() {
    let left = Arc::default();
    let sink = Sink::start(Clinging(Arc::clone(&left)));
    let (app, mut client) = start(&sink).await;
    companies(&app, 12).await;
    sent_campaign(&app, &mut client, 12).await;
    assert_eq!(states(&app).await, counted(&[("sent", 12)]));
    let left = left.lock().unwrap();
    assert!(left.len() >= 2, "several connections sent: {}", left.len());
    // One after the other, each would wait its second before the next is left.
    let between = left[left.len() - 1] - left[0];
    assert!(between < Duration::from_secs(1), "{between:?}");
    let since = left[left.len() - 1].elapsed();
    assert!(
        since < Duration::from_secs(20),
        "a step may take 30 s, leaving may not: {since:?}"
    );
}

/// Where a relay hangs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Greeting,
    Hello,
    Sender,
    Recipient,
    Data,
    End,
}

/// Hangs at a stage, and says that it does.
struct Hanging(Stage, Mutex<std::sync::mpsc::Sender<()>>);

impl Hanging {
    fn at(&self, stage: Stage, otherwise: &str) -> String {
        if self.0 != stage {
            return otherwise.into();
        }
        let _ = self.1.lock().unwrap().send(());
        NEVER.into()
    }
}

impl Manners for Hanging {
    fn greet(&self) -> String {
        self.at(Stage::Greeting, "220 sink.example")
    }
    fn hello(&self) -> String {
        self.at(Stage::Hello, "250 ok")
    }
    fn sender(&self, _: &str) -> String {
        self.at(Stage::Sender, "250 ok")
    }
    fn recipient(&self, _: &str) -> String {
        self.at(Stage::Recipient, "250 ok")
    }
    fn data(&self) -> String {
        self.at(Stage::Data, "354 go on")
    }
    fn end(&self, _: &Taken) -> String {
        self.at(Stage::End, "250 ok")
    }
}

/// M8: SIGTERM ends a server within 15 s, wherever the relay hangs.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_ends_in_time_wherever_its_relay_hangs() {
    let _alone = crate::crash::ALONE.lock().await;
    let mut trials = Vec::new();
    for stage in [
        Stage::Greeting,
        Stage::Hello,
        Stage::Sender,
        Stage::Recipient,
        Stage::Data,
        Stage::End,
    ] {
        let place = crate::crash::Place {
            dir: tempfile::tempdir().unwrap(),
            database: crate::app::own_schema().await,
        };
        trials.push(tokio::task::spawn_blocking(move || hang(place, stage)));
    }
    for trial in trials {
        let (stage, place) = trial.await.unwrap();
        let db = match &place.database {
            None => kairan::db::Db::sqlite(&place.dir.path().join("data/kairan.db")).unwrap(),
            Some(url) => kairan::db::Db::postgres(url, 1).await.unwrap(),
        };
        let mut tx = db.read().await.unwrap();
        let now: BTreeMap<String, i64> = tx
            .list("SELECT state, COUNT(*) FROM deliveries GROUP BY state", &[], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })
            .await
            .unwrap()
            .into_iter()
            .collect();
        let told: Vec<String> = tx
            .list(
                "SELECT kind || ' ' || detail FROM delivery_events ORDER BY id",
                &[],
                |r| r.get(0),
            )
            .await
            .unwrap();
        let waits = now.get("queued").unwrap_or(&0) + now.get("deferred").unwrap_or(&0);
        let ambiguous = *now.get("ambiguous").unwrap_or(&0);
        assert_eq!(waits + ambiguous, 40, "{stage:?}: {now:?}");
        // Only after a mail's end nobody can know; four connections stood there.
        match stage {
            Stage::End => assert!((1..=4).contains(&ambiguous), "{now:?}: {told:#?}"),
            _ => assert_eq!(ambiguous, 0, "{stage:?}: {now:?}: {told:#?}"),
        }
    }
}

fn hang(place: crate::crash::Place, stage: Stage) -> (Stage, crate::crash::Place) {
    crate::crash::sent(&place);
    let (told, hangs) = std::sync::mpsc::channel();
    let sink = Sink::start(Hanging(stage, Mutex::new(told)));
    let port = crate::crash::free_port();
    let mut server = crate::crash::command(&place)
        .env("KAIRAN_MAIL_SMTP_URL", sink.url())
        .env("KAIRAN_MAIL_FROM", "security@sample.example")
        .args(["--listen", &format!("127.0.0.1:{port}"), "serve"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let hung = hangs.recv_timeout(Duration::from_secs(60));
    let begun = Instant::now();
    let asked = std::process::Command::new("kill")
        .args(["-TERM", &server.id().to_string()])
        .status()
        .unwrap();
    let ended = loop {
        match server.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if begun.elapsed() > Duration::from_secs(15) => break None,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if ended.is_none() {
        server.kill().unwrap();
        server.wait().unwrap();
    }
    assert!(hung.is_ok() && asked.success(), "{stage:?}: the relay was never asked");
    assert!(
        ended.is_some_and(|status| status.success()),
        "{stage:?}: {:?}",
        begun.elapsed()
    );
    (stage, place)
}

/// M7.
#[tokio::test]
async fn the_page_before_sending_says_which_addresses_get_several_mails() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    company(&app, "group", "G", "親会社", &[("same@a.example", "ja")]).await;
    company(&app, "supplier", "S1", "取引先一", &[("Same@a.example", "ja")]).await;
    company(&app, "supplier", "S2", "取引先二", &[("same@a.example", "ja")]).await;
    company(&app, "supplier", "S3", "取引先三", &[("other@b.example", "ja")]).await;
    let path = drafted_campaign_reminding(&mut client).await;
    let confirm = client.get(&format!("{path}/edit/5")).await.expect(200).text();
    assert!(
        confirm.contains("1件のアドレスには、複数の企業の窓口として"),
        "{confirm}"
    );
    assert!(confirm.contains("same@a.example（3通）"), "{confirm}");
    assert!(confirm.contains("親会社") && confirm.contains("取引先一"), "{confirm}");
    assert!(!confirm.contains("other@b.example"), "{confirm}");
    client.language = "en".into();
    let confirm = client.get(&format!("{path}/edit/5")).await.expect(200).text();
    assert!(confirm.contains("same@a.example (3 emails)"), "{confirm}");
}

/// C5.
#[tokio::test]
async fn the_outbox_is_searched_and_narrowed_and_its_file_holds_what_it_shows() {
    let sink = Sink::start(Unknown(AtomicUsize::new(0)));
    let (app, mut client) = start(&sink).await;
    company(&app, "supplier", "S-17", "株式会社青木", &[("gone@aoki.example", "ja")]).await;
    company(&app, "supplier", "S-18", "赤坂工業", &[("good@akasaka.example", "en")]).await;
    for n in 0..60 {
        let mail = format!("m{n}@many.example");
        company(&app, "supplier", &format!("M{n:02}"), "多数商事", &[(&mail, "ja")]).await;
    }
    let path = sent_campaign(&app, &mut client, 62).await;
    let campaign = path.rsplit('/').next().unwrap().to_owned();
    let mut page = async |query: &str| client.get(&format!("/outbox?{query}")).await.expect(200).text();
    let has = |text: &str| {
        let found = ["gone@aoki.example", "good@akasaka.example", "m3@many.example"];
        found.map(|address| text.contains(&format!(">{address}</a>")))
    };
    assert_eq!(has(&page("q=青木").await), [true, false, false]);
    assert_eq!(has(&page("q=AKASAKA").await), [false, true, false]);
    assert_eq!(has(&page("q=gone@aoki.example").await), [true, false, false]);
    assert_eq!(has(&page("q=m3@").await), [false, false, true]);
    assert_eq!(has(&page("cause=address").await), [true, false, false]);
    assert_eq!(has(&page("state=bounced").await), [true, false, false]);
    assert_eq!(has(&page("kind=receipt").await), [false; 3]);
    assert_eq!(has(&page("kind=invitation&q=青木&state=sent").await), [false; 3]);
    assert_eq!(
        has(&page(&format!("campaign={campaign}&q=赤坂")).await),
        [false, true, false]
    );
    assert_eq!(
        has(&page("q=100%25_").await),
        [false; 3],
        "a sign is looked for as it is"
    );
    assert!(page("q=nobody").await.contains("条件に合うメールはありません"));
    let text = page("q=赤坂").await;
    for word in ["赤坂工業", "English", "2026-001", "依頼"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("<td>en</td>"), "{text}");
    // By key through all pages, also of what a search finds.
    let (mut query, mut seen) = ("q=多数".to_owned(), 0);
    loop {
        let text = page(&query).await;
        seen += text.matches("@many.example</a>").count();
        let Some(next) = text.split("href=\"?").nth(1) else {
            break;
        };
        query = next
            .split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&")
            .replace("&#38;", "&");
    }
    assert_eq!(seen, 60);
    let file = client.get("/outbox/export?format=csv&q=青木").await.expect(200).text();
    let rows: Vec<&str> = file.lines().collect();
    assert_eq!(rows.len(), 2, "{file}");
    assert!(
        rows[0].contains("届かない理由") && rows[1].contains("宛先不明") && rows[1].contains("日本語"),
        "{file}"
    );
    // Sent again from the list, and back to it.
    let again = format!("/outbox/{}/again", id_of(&app, "gone@aoki.example").await);
    let back = client
        .post(&again, &[("list", "q=青木&state=bounced")])
        .await
        .expect(303);
    assert!(
        back.location()
            .starts_with("/outbox?q=%E9%9D%92%E6%9C%A8&state=bounced"),
        "{}",
        back.location()
    );
    let elsewhere = client.post(&again, &[("list", "https://evil.example/")]).await;
    assert!([303, 409].contains(&elsewhere.status.as_u16()));
    if elsewhere.status.as_u16() == 303 {
        assert!(
            elsewhere.location().starts_with("/outbox?q=&"),
            "{}",
            elsewhere.location()
        );
    }
}

/// One conversation in SMTP; what was said to it. `starttls` is offered before TLS alone.
fn converse(stream: &mut (impl std::io::Read + std::io::Write), greet: bool, starttls: bool) -> Vec<String> {
    use std::io::BufRead as _;
    let mut heard = Vec::new();
    if greet {
        stream
            .write_all(b"220-relay.example\r\n220-no spam please\r\n220 ready\r\n")
            .unwrap();
    }
    // Byte by byte: nothing of what follows STARTTLS may be read here.
    let mut lines = std::io::BufReader::with_capacity(1, stream);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap_or(0) == 0 {
            return heard;
        }
        heard.push(line.trim_end().to_owned());
        let reply = match line.get(..4).unwrap_or_default() {
            "EHLO" if starttls => "250-relay.example\r\n250-SIZE 100\r\n250 STARTTLS\r\n".to_owned(),
            "EHLO" => "250-relay.example\r\n250 SIZE 100\r\n".to_owned(),
            "STAR" => "220 go ahead\r\n".to_owned(),
            "DATA" => "354 go on\r\n".to_owned(),
            "MAIL" | "RCPT" | "RSET" => format!("250 {}\r\n", "x".repeat(50_000)),
            "QUIT" => "221 bye\r\n".to_owned(),
            _ if line == ".\r\n" => "250 2.0.0 taken\r\n".to_owned(),
            _ => continue,
        };
        lines.get_mut().write_all(reply.as_bytes()).unwrap();
        if line.starts_with("STAR") || line.starts_with("QUIT") {
            return heard;
        }
    }
}

#[tokio::test]
async fn starttls_is_spoken_where_it_is_asked_for() {
    use kairan::mail::{Composed, Refused, Transport};
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let dir = tempfile::tempdir().unwrap();
    let (key, certificate) = (dir.path().join("key.pem"), dir.path().join("cert.pem"));
    let made = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "3000",
        ])
        .args(["-subj", "/CN=relay", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let chain = vec![CertificateDer::from_pem_file(&certificate).unwrap()];
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(&key).unwrap())
        .unwrap();
    let config = Arc::new(config);
    // Whether the relay offers it, what is asked for, and whether the mail goes in the end.
    for (offered, asked, goes) in [
        (true, "required", true),
        (true, "opportunistic", true),
        (false, "opportunistic", true),
        (false, "required", false),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = config.clone();
        let relay = std::thread::spawn(move || {
            let (mut tcp, _) = listener.accept().unwrap();
            let mut plain = converse(&mut tcp, true, offered);
            if plain.last().is_none_or(|last| last != "STARTTLS") {
                return (plain, Vec::new());
            }
            plain.retain(|line| !line.starts_with("EHLO"));
            let mut tls = rustls::ServerConnection::new(config).unwrap();
            let hidden = converse(&mut rustls::Stream::new(&mut tls, &mut tcp), false, false);
            (plain, hidden)
        });
        let url = format!("smtp://127.0.0.1:{port}?tls={asked}");
        let transport = Transport::new(&url, &certificate, dir.path()).unwrap();
        let to = vec!["a@a.example".parse().unwrap()];
        let mail = Composed {
            envelope: lettre::address::Envelope::new(Some("us@s.example".parse().unwrap()), to).unwrap(),
            bytes: b"Subject: x\r\n\r\nhello\r\n".to_vec(),
            id: uuid::Uuid::nil(),
        };
        let sent = transport.send(mail).await;
        let (plain, hidden) = relay.join().unwrap();
        let said = |lines: &[String], word: &str| lines.iter().any(|line| line.starts_with(word));
        let case = format!("{offered} {asked}: {sent:?} {plain:?} {hidden:?}");
        match (goes, offered) {
            (true, true) => {
                assert_eq!(plain, ["STARTTLS"], "{case}");
                assert!(said(&hidden, "MAIL") && said(&hidden, "hello"), "{case}");
            }
            (true, false) => assert!(said(&plain, "MAIL") && said(&plain, "hello"), "{case}"),
            (false, _) => assert!(
                !said(&plain, "MAIL") && matches!(sent, Err(Refused::ByRelay(_))),
                "{case}"
            ),
        }
        assert_eq!(sent.is_ok(), goes, "{case}");
    }
}
