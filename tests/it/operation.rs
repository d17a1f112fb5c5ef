//! A service that doesn't give up: jobs, clocks, what is told about itself. What needs a process of its own is in
//! tests/it/process.rs.

use crate::app::{MAIL, PASSWORD, TestApp};
use crate::reminders;
use jiff::SignedDuration;
use kairan::app::{App, DEFAULT_ORG};
use kairan::jobs::{self, Job, Kinds, Outcome};
use kairan::operation;
use kairan::web::i18n::{Locale, Tr};

const YEAR: SignedDuration = SignedDuration::from_hours(24 * 365);

/// Fails while its payload says so in the table that the test writes: here, while the organisation is called "down".
async fn follows_the_name(app: App, job: Job) -> anyhow::Result<Outcome> {
    let mut tx = app.db.read().await?;
    let name: String = tx
        .one("SELECT name FROM organisations WHERE id = $1", &[&job.org], |r| {
            r.get(0)
        })
        .await?;
    anyhow::ensure!(name != "down", "the mail server said 451 try later");
    Ok(Outcome::Done)
}

async fn call(app: &TestApp, name: &str) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("UPDATE organisations SET name = $1", &[&name])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn enqueue(app: &TestApp, kind: &'static str, name: &str) {
    let now = app.app.clock.now();
    let mut tx = app.app.db.write().await.unwrap();
    jobs::enqueue(&mut tx, app.app.random.id(now), DEFAULT_ORG, kind, name, "", now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn run(app: &TestApp, kinds: &Kinds) {
    while jobs::step(&app.app, kinds).await.unwrap() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn o1_a_job_that_fails_for_a_day_is_told_of_and_works_again_when_the_trouble_is_gone() {
    let app = TestApp::start().await;
    let mut kinds = Kinds::default();
    kinds.add("Remind", follows_the_name);
    kinds.add_batched("ConfirmReceipt", |app, tx, job| {
        let org = job.org;
        Box::pin(async move {
            let _ = app;
            let name: String = tx
                .one("SELECT name FROM organisations WHERE id = $1", &[&org], |r| r.get(0))
                .await?;
            anyhow::ensure!(name != "down", "a batch fails, too");
            Ok(())
        })
    });
    let mut operator = app.signed_in().await;
    call(&app, "down").await;
    enqueue(&app, "Remind", "reminders").await;
    enqueue(&app, "ConfirmReceipt", "receipt").await;
    run(&app, &kinds).await;
    // The first hiccup is no news, but it is on the list.
    let page = operator.get("/jobs").await.expect(200).text();
    assert!(
        page.contains("the mail server said 451 try later") && page.contains("催促"),
        "{page}"
    );
    assert!(!page.contains("class=\"alert\""), "{page}");
    for _ in 0..24 * 12 {
        app.advance(SignedDuration::from_mins(5));
        run(&app, &kinds).await;
        operator = app.signed_in().await;
    }
    let tried = app.count("SELECT MIN(attempts) FROM jobs").await;
    assert!((90..=120).contains(&tried), "every quarter of an hour: {tried}");
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 2);
    let page = operator.get("/campaigns").await.expect(200).text();
    assert!(page.contains("自動処理「催促」が失敗し続けています"), "{page}");
    assert!(page.contains("action=\"/jobs/again\"") && page.contains("href=\"/jobs\""));
    operator.language = "en".into();
    let page = operator.get("/jobs").await.expect(200).text();
    assert!(
        page.contains("Failing since") && page.contains("This keeps failing: Receipts"),
        "{page}"
    );

    call(&app, "up").await;
    app.advance(SignedDuration::from_mins(15));
    run(&app, &kinds).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 0);
    let page = operator.get("/jobs").await.expect(200).text();
    assert!(
        page.contains("Nothing is failing") && !page.contains("class=\"alert\""),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn o1_a_person_tries_again_what_failed_and_the_log_knows() {
    let app = TestApp::start().await;
    let mut kinds = Kinds::default();
    kinds.add("Remind", follows_the_name);
    let mut operator = app.signed_in().await;
    call(&app, "down").await;
    for name in ["a", "b"] {
        enqueue(&app, "Remind", name).await;
    }
    for _ in 0..20 {
        app.advance(SignedDuration::from_mins(1));
        run(&app, &kinds).await;
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 1);
    call(&app, "up").await;
    run(&app, &kinds).await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM jobs").await,
        2,
        "both wait for their time"
    );
    let page = operator.get("/jobs").await.text();
    let one = page.split("action=\"/jobs/").nth(3).unwrap().split('"').next().unwrap();
    let one = format!("/jobs/{one}");
    assert_eq!(operator.post(&one, &[]).await.expect(303).location(), "/jobs");
    run(&app, &kinds).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 1);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM alerts").await,
        1,
        "the other one still fails"
    );
    operator.post("/jobs/again", &[]).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM alerts").await,
        0,
        "who tries again has seen it"
    );
    run(&app, &kinds).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 0);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'job.again'").await,
        2
    );
    assert!(operator.get("/audit").await.text().contains("自動処理を再試行"));
    // Others may neither look nor press.
    assert!(
        app.client()
            .get("/jobs")
            .await
            .expect(303)
            .location()
            .starts_with("/sign-in")
    );
    assert!(
        app.client()
            .post("/jobs/again", &[])
            .await
            .expect(303)
            .location()
            .starts_with("/sign-in")
    );
    operator.post("/jobs/not-an-id/again", &[]).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn o1_a_job_that_ends_its_server_each_time_rests_longer_and_longer_and_is_not_given_up() {
    let app = TestApp::start().await;
    let mut kinds = Kinds::default();
    kinds.add("Remind", follows_the_name);
    enqueue(&app, "Remind", "poison").await;
    let leases_in = async |hours: i64| {
        let mut leased = 0;
        for _ in 0..hours * 60 {
            app.advance(SignedDuration::from_mins(1));
            // Leased as a server does that ends then: nobody gives the lease back.
            let before = app.count("SELECT leased_until FROM jobs").await;
            let now = app.app.clock.now().as_microsecond();
            let due = app.count("SELECT run_at FROM jobs").await <= now;
            if due && before == 0 {
                let mut tx = app.app.db.write().await.unwrap();
                tx.execute(
                    "UPDATE jobs SET leased_until = $1, attempts = attempts + 1",
                    &[&(now + 30_000_000)],
                )
                .await
                .unwrap();
                tx.commit().await.unwrap();
                leased += 1;
            } else if due {
                // The next server finds the lease over. It would take the job, and end as well.
                let mut without = Kinds::default();
                without.add("Remind", ends_the_server);
                let one = jobs::step(&app.app, &without);
                let _ = tokio::time::timeout(std::time::Duration::from_millis(50), one).await;
            }
        }
        leased
    };
    let first_day = leases_in(24).await;
    assert!((20..=60).contains(&first_day), "about once an hour: {first_day}");
    let page = app.signed_in().await.get("/jobs").await.text();
    assert!(page.contains("the server ended in the middle of it"), "{page}");
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 1);
    // The server that was mended does it.
    for _ in 0..120 {
        app.advance(SignedDuration::from_mins(1));
        run(&app, &kinds).await;
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 0);
}

/// What a test can do instead of ending the process: never coming back.
async fn ends_the_server(_: App, _: Job) -> anyhow::Result<Outcome> {
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn o1_one_kind_that_hangs_leaves_a_runner_for_the_others() {
    let app = TestApp::start().await;
    let mut kinds = Kinds::default();
    kinds.add("ForwardReply", ends_the_server);
    kinds.add("Remind", follows_the_name);
    for n in 0..10 {
        enqueue(&app, "ForwardReply", &format!("reply {n}")).await;
    }
    app.advance(SignedDuration::from_secs(1));
    enqueue(&app, "Remind", "later than all of them").await;
    let stop = tokio_util::sync::CancellationToken::new();
    let runners: Vec<_> = (0..jobs::RUNNERS)
        .map(|_| tokio::spawn(jobs::run(app.app.clone(), kinds.clone(), stop.clone())))
        .collect();
    let done = async {
        while app.count("SELECT COUNT(*) FROM jobs WHERE kind = 'Remind'").await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), done)
        .await
        .expect("the reminders are held up by replies that hang");
    for runner in runners {
        runner.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn o1_every_kind_of_job_has_a_name_in_every_language() {
    for locale in Locale::all() {
        let t = Tr(locale);
        for kind in kairan::routes::kinds().names() {
            let name = operation::job_name(t, kind);
            let nameless = operation::job_name(t, "Nobody").replace("Nobody", kind);
            assert_ne!(name, nameless, "{}: {kind} has no name", t.lang());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn o7_a_clock_that_ran_ahead_and_was_set_back_leaves_no_job_waiting() {
    let app = TestApp::start().await;
    let mut kinds = Kinds::default();
    kinds.add("Remind", comes_back_in_a_month);
    enqueue(&app, "Remind", "reminders").await;
    app.advance(YEAR);
    run(&app, &kinds).await;
    app.advance(-YEAR);
    assert!(!jobs::step(&app.app, &kinds).await.unwrap(), "it waits for next year");
    assert!(
        operation::bring_back(&app.app, app.app.scope(), false, false)
            .await
            .unwrap()
    );
    assert!(jobs::step(&app.app, &kinds).await.unwrap());
    // A month by the right clock is looked at every day, and isn't taken for a wrong one.
    assert!(
        !operation::bring_back(&app.app, app.app.scope(), false, true)
            .await
            .unwrap()
    );
    let at = app.count("SELECT run_at FROM jobs").await;
    assert_eq!(at, (app.app.clock.now() + jobs::LONGEST).as_microsecond());

    // A lease of a server whose clock was ahead holds nobody up.
    let now = app.app.clock.now();
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(
        "UPDATE jobs SET run_at = $1, leased_until = $2",
        &[&now.as_microsecond(), &(now + YEAR).as_microsecond()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert!(jobs::step(&app.app, &kinds).await.unwrap());
}

async fn comes_back_in_a_month(app: App, _: Job) -> anyhow::Result<Outcome> {
    Ok(Outcome::Again(app.clock.now() + SignedDuration::from_hours(24 * 30)))
}

/// A campaign with a buyer; in the night before its fourth business day something happens; what was mailed until the day after
/// its deadline.
async fn lives_through(happens: impl AsyncFnOnce(&TestApp)) -> (Vec<String>, usize) {
    let app = TestApp::start().await;
    reminders::to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    reminders::full_company(&app, "J1", "JP", "ja").await;
    reminders::full_company(&app, "J2", "JP", "ja").await;
    let buyer = [
        ("name", "購買 太郎"),
        ("department", "購買部"),
        ("mail", "taro@sample.example"),
        ("language", "ja"),
    ];
    let made = client.post("/buyers/new", &buyer).await.expect(303);
    let companies = format!("{}/companies", made.location());
    client.post(&companies, &[("codes", "J1\nJ2")]).await.expect(303);
    reminders::sent(&app, &mut client, "2", &reminders::FIRM).await;
    reminders::live_until(&app, "2026-11-12T03:00").await;
    happens(&app).await;
    reminders::live_until(&app, "2026-11-26T12:00").await;
    let to_buyer = reminders::mails_to(&app, "taro@sample.example").len();
    (reminders::went(&app).await, to_buyer)
}

#[tokio::test(flavor = "multi_thread")]
async fn o7_after_a_year_ahead_and_back_reminders_and_buyers_mails_come_as_if_nothing_had_been() {
    let (planned, to_buyer) = lives_through(async |_| {}).await;
    assert!(planned.len() > 4 && to_buyer > 1, "{planned:?} {to_buyer}");
    let after = lives_through(async |app| {
        app.advance(YEAR);
        app.run_jobs().await;
        app.advance(-YEAR);
        assert!(
            operation::bring_back(&app.app, app.app.scope(), false, false)
                .await
                .unwrap()
        );
    })
    .await;
    assert_eq!(after, (planned, to_buyer));
}

#[tokio::test(flavor = "multi_thread")]
async fn o7_a_mail_that_a_wrong_clock_deferred_goes_and_one_deferred_rightly_waits() {
    let app = TestApp::start().await;
    reminders::to(&app, "2026-11-09T09:00");
    let mut client = app.signed_in().await;
    reminders::full_company(&app, "J1", "JP", "ja").await;
    reminders::sent(&app, &mut client, "1", &reminders::FIRM).await;
    let now = app.app.clock.now();
    let waits_for = async |next: jiff::Timestamp| {
        let mut tx = app.app.db.write().await.unwrap();
        tx.execute(
            "UPDATE deliveries SET state = 'deferred', next_at = $1, due_at = $1, sent_at = NULL",
            &[&next.as_microsecond()],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        operation::bring_back(&app.app, app.app.scope(), false, true)
            .await
            .unwrap()
    };
    assert!(!waits_for(now + SignedDuration::from_hours(4)).await);
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE state = 'sent'").await,
        0
    );
    assert!(waits_for(now + YEAR).await);
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE state = 'sent'").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn o7_a_clock_that_ran_ahead_locks_nobody_out_and_keeps_nobody_in() {
    let app = TestApp::start().await;
    app.signed_in().await;
    let sign_in = async |code: &str, status: u16| {
        let mut client = app.client();
        let fields = [("mail", MAIL), ("password", PASSWORD), ("code", code)];
        client.post("/sign-in", &fields).await.expect(status);
        client
    };
    app.advance(YEAR);
    let mut of_next_year = sign_in(&app.code(), 303).await;
    let used_then = app.code();
    of_next_year.get("/account").await.expect(200);
    // Wrong tries, counted until next year.
    for _ in 0..10 {
        sign_in("000000", 422).await;
    }
    sign_in("000000", 429).await;
    app.advance(-YEAR);
    // A session that was opened next year would last until then.
    of_next_year.get("/account").await.expect(303);
    sign_in(&used_then, 422).await;
    let code = app.code();
    let mut now = sign_in(&code, 303).await;
    now.get("/account").await.expect(200);
    sign_in(&code, 422).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readyz_asks_with_a_write_of_its_own_where_nobody_has_written() {
    let app = TestApp::start().await;
    let probe = operation::Probe::default();
    assert_eq!(operation::ready(&app.app, &probe).await, Ok(()));
    let before = app.app.db.statements();
    assert_eq!(operation::ready(&app.app, &probe).await, Ok(()));
    assert_eq!(app.app.db.statements() - before, 1, "a fresh commit is proof enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn o5_readyz_tells_within_a_second_that_no_connection_is_to_be_had() {
    let app = TestApp::start().await;
    if crate::app::postgres_url().is_none() {
        return;
    }
    let probe = operation::Probe::default();
    assert_eq!(operation::ready(&app.app, &probe).await, Ok(()));
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(app.app.db.read().await.unwrap());
    }
    let begun = std::time::Instant::now();
    let mut client = app.client();
    let answer = client.get("/readyz").await.expect(503);
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(answer.text(), "not ready: database\n");
    drop(held);
    client.get("/readyz").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn o8_a_job_that_hangs_is_given_back_when_the_server_stops() {
    let app = TestApp::start().await;
    let mut kinds = Kinds::default();
    kinds.add("Remind", ends_the_server);
    enqueue(&app, "Remind", "hangs").await;
    let stop = tokio_util::sync::CancellationToken::new();
    let runner = tokio::spawn(jobs::run(app.app.clone(), kinds.clone(), stop.clone()));
    while app.count("SELECT COUNT(*) FROM jobs WHERE leased_until > 0").await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let begun = std::time::Instant::now();
    stop.cancel();
    runner.await.unwrap();
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(12),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM jobs WHERE leased_until = 0 AND attempts = 0 AND error IS NULL")
            .await,
        1,
        "the next server begins it at once, and nothing has failed"
    );
}

/// What was given up by an earlier version, in a database of that version.
#[tokio::test(flavor = "multi_thread")]
async fn o1_a_job_that_an_earlier_version_gave_up_comes_back_with_the_upgrade() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kairan.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(
        "CREATE TABLE migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)",
    )
    .unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        if name >= "0016" {
            break;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let sha256 = data_encoding::HEXLOWER.encode(&kairan::secret::sha256(text.as_bytes()));
        old.execute_batch(&text).unwrap();
        old.execute("INSERT INTO migrations VALUES (?1, ?2, 0)", [name, &sha256])
            .unwrap();
    }
    old.execute_batch(
        "INSERT INTO organisations VALUES (x'00', 'x', 'x', 0);
         INSERT INTO jobs (id, org, kind, name, payload, run_at, attempts, failed_at, error)
         VALUES (x'00000000000070008000000000000009', x'00', 'Remind', 'r', '', 7, 12, 9, 'gone');",
    )
    .unwrap();
    drop(old);
    let db = kairan::db::Db::sqlite(&path).unwrap();
    db.migrate(crate::app::START.parse().unwrap()).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let job = tx
        .one(
            "SELECT attempts, run_at, failing_since, error FROM jobs WHERE leased_until = 0",
            &[],
            |r| {
                Ok((
                    r.get::<i64>(0)?,
                    r.get::<i64>(1)?,
                    r.get::<i64>(2)?,
                    r.get::<String>(3)?,
                ))
            },
        )
        .await
        .unwrap();
    assert_eq!(job, (0, 9, 9, "gone".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn o5_operators_are_told_of_a_disk_that_is_almost_full_before_it_is() {
    use operation::{Told, tell_of_disk};
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    let tell = async |free: u64, told: Told| tell_of_disk(&app.app, DEFAULT_ORG, "/data", free, told).await.unwrap();
    let told = tell(90_000_000, Told::Unknown).await;
    assert_eq!(told, Told::Yes);
    let page = operator.get("/companies").await.expect(200).text();
    assert!(page.contains("/data のあるディスクの空きが残り 90MB です"), "{page}");
    let before = app.app.db.statements();
    assert_eq!(tell(80_000_000, told).await, Told::Yes);
    assert_eq!(app.app.db.statements(), before, "an idle server writes nothing");
    assert_eq!(tell(2_000_000_000, told).await, Told::No);
    assert_eq!(app.count("SELECT COUNT(*) FROM alerts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn o7_a_request_that_a_notice_goes_ahead_of_keeps_its_day_whatever_the_clock_did() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    crate::reminders::full_company(&app, "J1", "JP", "ja").await;
    let plan = [
        ("day", "2026-12-18"),
        ("hour", "17:00"),
        ("reminders", "none"),
        ("notice_hours", "72"),
    ];
    crate::reminders::sent(&app, &mut operator, "1", &plan).await;
    app.run_jobs().await;
    let waits = "SELECT COUNT(*) FROM deliveries WHERE kind = 'invitation' AND state = 'queued'";
    let sent = "SELECT COUNT(*) FROM deliveries WHERE kind = 'notice' AND state = 'sent'";
    assert_eq!((app.count(waits).await, app.count(sent).await), (1, 1));
    let scope = app.app.scope();
    assert!(
        !operation::bring_back(&app.app, scope, false, true).await.unwrap(),
        "nothing is out of its time"
    );
    assert!(operation::bring_back(&app.app, scope, true, true).await.unwrap());
    app.run_jobs().await;
    assert_eq!(app.count(waits).await, 1, "it goes on its day");
    app.advance(SignedDuration::from_hours(73));
    app.run_jobs().await;
    assert_eq!(app.count(waits).await, 0);
}
