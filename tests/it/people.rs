//! The first set-up, signing in and out, sessions, the own account, the audit log.

use crate::app::{Answer, Client, MAIL, PASSWORD, TestApp, totp};
use jiff::SignedDuration;
use kairan::people::invite_first;

const OWN: &str = "taro@sample.example";
const OWN_PASSWORD: &str = "kumo no ue niwa itsumo aozora 8";
const COOKIE: &str = "__Host-kairan";

/// The path of the set-up link and the key shown there.
async fn setup_link(app: &TestApp) -> (String, Vec<u8>) {
    let link = invite_first(&app.app).await.unwrap().unwrap();
    let path = link.strip_prefix("https://kairan.test").unwrap().to_owned();
    let page = app.client().get(&path).await.expect(200).text();
    let key = between(&page, "<code translate=\"no\">", "</code>").replace(' ', "");
    (path, data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap())
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap() + start.len();
    &text[from..from + text[from..].find(end).unwrap()]
}

fn recovery_codes(page: &str) -> Vec<String> {
    let list = between(page, "<ul class=\"codes\" translate=\"no\">", "</ul>");
    list.split("<li>")
        .skip(1)
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect()
}

/// Goes through the set-up; the browser, the key and the recovery codes.
async fn set_up(app: &TestApp) -> (Client, Vec<u8>, Vec<String>) {
    let (path, key) = setup_link(app).await;
    let mut client = app.client();
    let code = totp(&key, app.app.clock.now());
    let fields = [
        ("name", "佐藤 太郎"),
        ("mail", OWN),
        ("password", OWN_PASSWORD),
        ("code", &code),
    ];
    let page = client.post(&path, &fields).await.expect(200).text();
    (client, key, recovery_codes(&page))
}

async fn sign_in(client: &mut Client, mail: &str, password: &str, code: &str) -> Answer {
    client
        .post("/sign-in", &[("mail", mail), ("password", password), ("code", code)])
        .await
}

fn next_step(app: &TestApp) {
    app.advance(SignedDuration::from_secs(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_link_makes_the_first_administrator_once() {
    let app = TestApp::start().await;
    assert!(
        app.client()
            .get("/sign-in")
            .await
            .expect(200)
            .text()
            .contains("アカウントがまだありません")
    );
    let (mut client, _, codes) = set_up(&app).await;
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|c| c.len() == 9 && &c[4..5] == "-"), "{codes:?}");
    let page = client.get("/account").await.expect(200).text();
    assert!(page.contains("佐藤 太郎") && page.contains(OWN) && page.contains("あと10個"));
    // No second link, and none in the tables that works.
    assert!(invite_first(&app.app).await.unwrap().is_none());
    assert_eq!(
        app.count("SELECT COUNT(*) FROM accounts WHERE role = 'administrator'")
            .await,
        1
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM setup_links WHERE used_at IS NULL")
            .await,
        0
    );
    let kept: String = {
        let mut tx = app.app.db.read().await.unwrap();
        tx.one("SELECT password_hash FROM accounts", &[], |r| r.get(0))
            .await
            .unwrap()
    };
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_link_is_void_after_use_after_a_day_and_after_a_newer_one() {
    let app = TestApp::start().await;
    let (first, _) = setup_link(&app).await;
    let (second, key) = setup_link(&app).await;
    app.client().get(&first).await.expect(410);
    // The key stays the same however often the page is opened.
    let again = app.client().get(&second).await.expect(200).text();
    assert!(again.contains(&data_encoding::BASE32_NOPAD.encode(&key)));
    app.advance(SignedDuration::from_hours(25));
    app.client().get(&second).await.expect(410);

    let (third, key) = setup_link(&app).await;
    let code = totp(&key, app.app.clock.now());
    let fields = [
        ("name", "佐藤 太郎"),
        ("mail", OWN),
        ("password", OWN_PASSWORD),
        ("code", &code),
    ];
    app.client().post(&third, &fields).await.expect(200);
    app.client().get(&third).await.expect(410);
    app.client().post(&third, &fields).await.expect(410);
    app.client().get("/setup/no-such-token").await.expect(410);
    assert_eq!(app.count("SELECT COUNT(*) FROM accounts").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_make_one_administrator() {
    let app = TestApp::start().await;
    let (path, key) = setup_link(&app).await;
    let code = totp(&key, app.app.clock.now());
    let fields = |mail| {
        [
            ("name", "佐藤 太郎"),
            ("mail", mail),
            ("password", OWN_PASSWORD),
            ("code", code.as_str()),
        ]
    };
    let (mut a, mut b) = (app.client(), app.client());
    let (one, two) = (fields("a@x.example"), fields("b@x.example"));
    let (one, two) = tokio::join!(a.post(&path, &one), b.post(&path, &two));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort();
    assert_eq!(statuses, [200, 410]);
    assert_eq!(app.count("SELECT COUNT(*) FROM accounts").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_set_up_is_shown_again_with_what_was_typed_but_the_password() {
    let app = TestApp::start().await;
    let (path, key) = setup_link(&app).await;
    let code = totp(&key, app.app.clock.now());
    for (password, code, sentence) in [
        ("kumo no ue", code.as_str(), "12文字以上"),
        ("password12345", &code, "最初に試すもの"),
        ("x9!taro#Lq72zz", &code, "@ より前の部分"),
        ("abababababababab", &code, "推測されやすい"),
        (OWN_PASSWORD, "000000", "確認番号が正しくありません"),
        (OWN_PASSWORD, "", "確認番号が正しくありません"),
    ] {
        let fields = [
            ("name", "佐藤 \"太郎\" <b>"),
            ("mail", "Taro@sample.example"),
            ("password", password),
            ("code", code),
        ];
        let page = app.client().post(&path, &fields).await.expect(422).text();
        assert!(page.contains(sentence), "{password}: {sentence}");
        assert!(
            page.contains("佐藤 &#34;太郎&#34; &#60;b&#62;") && page.contains("Taro@sample.example"),
            "{page}"
        );
        assert!(!page.contains(password), "the password is echoed");
    }
    let page = app.client().post(&path, &[]).await.expect(422).text();
    for field in ["name", "mail", "password", "code"] {
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM accounts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_the_account_or_the_log_without_signing_in() {
    let app = TestApp::start().await;
    let mut client = app.client();
    assert_eq!(
        client.get("/account").await.expect(303).location(),
        "/sign-in?next=%2Faccount"
    );
    assert_eq!(
        client.get("/audit?q=a").await.expect(303).location(),
        "/sign-in?next=%2Faudit%3Fq%3Da"
    );
    for path in [
        "/account/password",
        "/account/recovery-codes",
        "/account/sessions/others/revoke",
    ] {
        assert_eq!(client.post(path, &[]).await.expect(303).location(), "/sign-in?next=%2F");
    }
    client.cookies.insert(COOKIE.into(), "A".repeat(43));
    client.get("/account").await.expect(303);
    let request = client
        .request(http::Method::GET, "/account")
        .header("accept", "application/json");
    client
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await
        .expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn password_and_code_sign_in_and_each_code_once() {
    let app = TestApp::start().await;
    let (_, key, _) = set_up(&app).await;
    let mut client = app.client();
    let used = totp(&key, app.app.clock.now());
    let page = sign_in(&mut client, OWN, OWN_PASSWORD, &used).await.expect(422).text();
    assert!(page.contains("サインインできませんでした") && page.contains(OWN) && !page.contains(OWN_PASSWORD));
    next_step(&app);
    let code = totp(&key, app.app.clock.now());
    // A wrong password uses no code up, and all refusals read alike.
    let wrong = sign_in(&mut client, OWN, "kumo no ue niwa itsumo aozora 9", &code)
        .await
        .expect(422)
        .text();
    let wrong_code = sign_in(&mut client, OWN, OWN_PASSWORD, "123456")
        .await
        .expect(422)
        .text();
    let unknown = sign_in(&mut client, "nobody@sample.example", OWN_PASSWORD, &code)
        .await
        .expect(422)
        .text();
    assert_eq!(wrong, wrong_code);
    assert_eq!(wrong, unknown.replace("nobody@sample.example", OWN));
    assert!(!client.cookies.contains_key(COOKIE));

    let answer = sign_in(&mut client, " TARO@sample.example", OWN_PASSWORD, &code)
        .await
        .expect(303);
    assert_eq!(answer.location(), "/");
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
    for part in ["__Host-kairan=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    client.get("/account").await.expect(200);
    // The same code in another browser.
    sign_in(&mut app.client(), OWN, OWN_PASSWORD, &code).await.expect(422);
    // Signed in already: on to where one wanted to go.
    assert_eq!(
        client.get("/sign-in?next=/audit").await.expect(303).location(),
        "/audit"
    );

    let token = client.cookies[COOKIE].clone();
    assert_eq!(client.post("/sign-out", &[]).await.expect(303).location(), "/sign-in");
    assert!(!client.cookies.contains_key(COOKIE));
    client.cookies.insert(COOKIE.into(), token);
    client.get("/account").await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_of_a_trial_on_plain_http_has_no_secure() {
    let app = TestApp::start_with(&[("server.base_url", "http://127.0.0.1:8480")]).await;
    let mut client = app.signed_in().await;
    client.post("/sign-out", &[]).await.expect(303);
    next_step(&app);
    let answer = sign_in(&mut client, MAIL, PASSWORD, &app.code()).await.expect(303);
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(
        cookie.starts_with("kairan=") && cookie.contains("HttpOnly") && !cookie.contains("Secure"),
        "{cookie}"
    );
    client.get("/account").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_stays_here() {
    let app = TestApp::start().await;
    app.signed_in().await;
    for (next, place) in [
        ("/audit?q=x", "/audit?q=x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/x\r\nset-cookie: a=b", "/"),
        ("@evil.example", "/"),
        ("", "/"),
    ] {
        next_step(&app);
        let mut client = app.client();
        let code = app.code();
        let fields = [("mail", MAIL), ("password", PASSWORD), ("code", &code), ("next", next)];
        assert_eq!(
            client.post("/sign-in", &fields).await.expect(303).location(),
            place,
            "{next:?}"
        );
        let query = serde_urlencoded::to_string([("next", next)]).unwrap();
        assert_eq!(
            client.get(&format!("/sign-in?{query}")).await.expect(303).location(),
            place,
            "{next:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_tries_lock_an_account_for_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    client.cookies.clear();
    for n in 0..10 {
        // From many addresses: it is the account that is counted.
        client.address = format!("192.0.2.{n}:1").parse().unwrap();
        sign_in(&mut client, MAIL, "wrong", "123456").await.expect(422);
    }
    client.address = "198.51.100.1:1".parse().unwrap();
    let page = sign_in(&mut client, MAIL, PASSWORD, &app.code())
        .await
        .expect(429)
        .text();
    assert!(page.contains("試行の回数が多すぎます"));
    // Nobody learns from this whether there is such an account.
    for n in 0..10 {
        client.address = format!("203.0.113.{n}:1").parse().unwrap();
        sign_in(&mut client, "nobody@sample.example", "wrong", "1")
            .await
            .expect(422);
    }
    client.address = "203.0.113.99:1".parse().unwrap();
    sign_in(&mut client, "nobody@sample.example", "wrong", "1")
        .await
        .expect(429);

    app.advance(SignedDuration::from_mins(15));
    sign_in(&mut client, MAIL, PASSWORD, &app.code()).await.expect(303);
    // Refusals are in the log, those that were not looked at are not.
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'session.refuse'")
            .await,
        20
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE after LIKE '%wrong%'").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_tries_lock_an_address_but_not_an_office_that_signs_in() {
    let app = TestApp::start().await;
    app.signed_in().await;
    // Successes don't count: an office may sit behind one address.
    for _ in 0..31 {
        app.advance(SignedDuration::from_secs(20));
        next_step(&app);
        sign_in(&mut app.client(), MAIL, PASSWORD, &app.code())
            .await
            .expect(303);
    }
    app.advance(SignedDuration::from_hours(1));
    for n in 0..30 {
        sign_in(&mut app.client(), &format!("n{n}@sample.example"), "wrong", "123456")
            .await
            .expect(422);
    }
    sign_in(&mut app.client(), MAIL, PASSWORD, &app.code())
        .await
        .expect(429);
    let mut elsewhere = app.client();
    elsewhere.address = "198.51.100.1:1".parse().unwrap();
    sign_in(&mut elsewhere, MAIL, PASSWORD, &app.code()).await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_password_cannot_try_codes_for_days() {
    let app = TestApp::start().await;
    app.signed_in().await;
    let mut client = app.client();
    let mut looked_at = 0;
    for _ in 0..40 {
        app.advance(SignedDuration::from_mins(2));
        looked_at += u32::from(sign_in(&mut client, MAIL, PASSWORD, "000000").await.status == 422);
    }
    assert_eq!(looked_at, 20);
    sign_in(&mut client, MAIL, PASSWORD, &app.code()).await.expect(429);
    app.advance(SignedDuration::from_hours(24));
    sign_in(&mut client, MAIL, PASSWORD, &app.code()).await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_not_flooded_by_strangers() {
    let app = TestApp::start().await;
    let mut client = app.client();
    for n in 0..130 {
        client.address = format!("192.0.2.{n}:1").parse().unwrap();
        sign_in(&mut client, &format!("n{n}@sample.example"), "wrong", "123456")
            .await
            .expect(422);
    }
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'session.refuse'")
            .await,
        100
    );
    // What isn't an address may be a password, and is not kept.
    app.advance(SignedDuration::from_hours(2));
    sign_in(&mut client, "my secret password", "x", "123456")
        .await
        .expect(422);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE words LIKE '%secret%'")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session_is_not_taken_over() {
    let app = TestApp::start().await;
    let mut attacker = app.signed_in().await;
    let planted = attacker.cookies[COOKIE].clone();
    let mut victim = app.client();
    victim.cookies.insert(COOKIE.into(), planted.clone());
    sign_in(&mut victim, MAIL, PASSWORD, &app.code()).await.expect(303);
    assert_ne!(victim.cookies[COOKIE], planted);
    victim.get("/account").await.expect(200);
    attacker.get("/account").await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_when_idle_and_when_old() {
    let app = TestApp::start_with(&[("sessions.idle_hours", "2"), ("sessions.hours", "5")]).await;
    let mut idle = app.signed_in().await;
    let mut busy = app.signed_in().await;
    for _ in 0..4 {
        app.advance(SignedDuration::from_hours(1));
        busy.get("/account").await.expect(200);
    }
    idle.get("/account").await.expect(303);
    app.advance(SignedDuration::from_hours(1));
    busy.get("/account").await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn seen_is_written_once_a_minute() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let seen = "SELECT seen_at FROM sessions";
    let before = app.count(seen).await;
    app.advance(SignedDuration::from_secs(59));
    client.get("/account").await.expect(200);
    assert_eq!(app.count(seen).await, before);
    app.advance(SignedDuration::from_secs(1));
    client.get("/account").await.expect(200);
    assert_eq!(app.count(seen).await, before + 60_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended() {
    let app = TestApp::start().await;
    let mut here = app.signed_in().await;
    let mut there = app.signed_in().await;
    let mut third = app.signed_in().await;
    let page = here.get("/account").await.expect(200).text();
    assert_eq!(page.matches("/revoke\"").count(), 3, "two others and all others");
    let path = format!(
        "/account/sessions/{}/revoke",
        between(&page, "/account/sessions/", "/revoke")
    );
    let done = here.post(&path, &[]).await.expect(303).location().to_owned();
    assert!(
        here.get(&done)
            .await
            .expect(200)
            .text()
            .contains("サインインを終了させました")
    );
    here.post(&path, &[]).await.expect(404);
    here.post("/account/sessions/nonsense/revoke", &[]).await.expect(404);
    let alive = [
        there.get("/account").await.status.as_u16(),
        third.get("/account").await.status.as_u16(),
    ];
    assert!(alive.contains(&200) && alive.contains(&303), "{alive:?}");
    here.post("/account/sessions/others/revoke", &[]).await.expect(303);
    there.get("/account").await.expect(303);
    third.get("/account").await.expect(303);
    here.get("/account").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_persons_session_is_not_found() {
    let app = TestApp::start().await;
    let (mut own, _, _) = set_up(&app).await;
    let mut other = app.signed_in().await;
    let id: uuid::Uuid = {
        let mut tx = app.app.db.read().await.unwrap();
        let sql = "SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account WHERE a.mail = $1";
        tx.one(sql, &[&MAIL], |r| r.get(0)).await.unwrap()
    };
    own.post(&format!("/account/sessions/{id}/revoke"), &[])
        .await
        .expect(404);
    own.post("/account/sessions/others/revoke", &[]).await.expect(303);
    other.get("/account").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_and_new_ones_replace_the_old() {
    let app = TestApp::start().await;
    let (mut own, key, codes) = set_up(&app).await;
    let mut client = app.client();
    // As somebody types it who copied it by hand.
    let typed = codes[0].to_lowercase().replace('-', " ");
    sign_in(&mut client, OWN, OWN_PASSWORD, &typed).await.expect(303);
    sign_in(&mut app.client(), OWN, OWN_PASSWORD, &codes[0])
        .await
        .expect(422);
    assert!(client.get("/account").await.expect(200).text().contains("あと9個"));

    next_step(&app);
    let wrong = [("password", "wrong"), ("code", codes[1].as_str())];
    own.post("/account/recovery-codes", &wrong).await.expect(422);
    let code = totp(&key, app.app.clock.now());
    let page = own
        .post(
            "/account/recovery-codes",
            &[("password", OWN_PASSWORD), ("code", &code)],
        )
        .await
        .expect(200);
    let new = recovery_codes(&page.text());
    assert_eq!(new.len(), 10);
    sign_in(&mut app.client(), OWN, OWN_PASSWORD, &codes[1])
        .await
        .expect(422);
    sign_in(&mut app.client(), OWN, OWN_PASSWORD, &new[1]).await.expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let mut here = app.signed_in().await;
    let mut there = app.signed_in().await;
    let old_token = here.cookies[COOKIE].clone();
    let code = app.code();
    let change = async |client: &mut Client, password: &str, new: &str, code: &str| {
        client
            .post(
                "/account/password",
                &[("password", password), ("new", new), ("code", code)],
            )
            .await
    };
    let page = change(&mut here, PASSWORD, "short", &code).await.expect(422).text();
    assert!(page.contains("12文字以上"));
    change(&mut here, "wrong", OWN_PASSWORD, &code).await.expect(422);
    change(&mut here, PASSWORD, OWN_PASSWORD, "000000").await.expect(422);
    change(&mut here, PASSWORD, OWN_PASSWORD, &code).await.expect(303);
    assert_ne!(here.cookies[COOKIE], old_token);
    here.get("/account?done=password").await.expect(200);
    there.get("/account").await.expect(303);
    next_step(&app);
    sign_in(&mut app.client(), MAIL, PASSWORD, &app.code())
        .await
        .expect(422);
    sign_in(&mut app.client(), MAIL, OWN_PASSWORD, &app.code())
        .await
        .expect(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_session_cannot_try_passwords_without_end() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    for _ in 0..10 {
        client
            .post("/account/recovery-codes", &[("password", "wrong"), ("code", "123456")])
            .await
            .expect(422);
    }
    let code = app.code();
    client
        .post("/account/recovery-codes", &[("password", PASSWORD), ("code", &code)])
        .await
        .expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_who_did_what() {
    let app = TestApp::start().await;
    let (mut own, _, codes) = set_up(&app).await;
    sign_in(&mut app.client(), OWN, "wrong", "123456").await.expect(422);
    sign_in(&mut app.client(), OWN, OWN_PASSWORD, &codes[0])
        .await
        .expect(303);
    let page = own.get("/audit").await.expect(200).text();
    for part in [
        "はじめの設定のリンクを作った",
        "アカウントを作った",
        "サインインを断られた",
        "サインインしていない人",
        "復旧コードを使った",
        "佐藤 太郎 &#60;taro@sample.example&#62;",
        "2026年11月22日（日）09:00:00 JST",
        "127.0.0.1",
        "<dt>役割</dt><dd><ins>管理者</ins></dd>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(!page.contains(OWN_PASSWORD) && !page.contains(&codes[0]));
    let rows = |page: String| page.matches("<time").count();
    assert_eq!(
        rows(own.get("/audit?action=account.create").await.expect(200).text()),
        1
    );
    assert_eq!(rows(own.get("/audit?kind=setup-link").await.expect(200).text()), 1);
    assert_eq!(
        rows(own.get("/audit?q=%EF%BC%B4ARO").await.expect(200).text()),
        5,
        "full width, capitals"
    );
    assert_eq!(rows(own.get("/audit?q=100%25_").await.expect(200).text()), 0);
    // The day is Tokyo's.
    assert_eq!(
        rows(own.get("/audit?from=2026-11-22&to=2026-11-22").await.expect(200).text()),
        6
    );
    assert_eq!(rows(own.get("/audit?to=2026-11-21").await.expect(200).text()), 0);
    assert_eq!(
        rows(own.get("/audit?from=2026-11-23&action=%27--").await.expect(200).text()),
        0
    );
    own.get("/audit?from=yesterday&before=x").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_page_by_page() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    for _ in 0..120 {
        client.post("/account/sessions/others/revoke", &[]).await.expect(303);
    }
    let mut place = "/audit?action=session.revoke-others".to_owned();
    let mut rows = Vec::new();
    loop {
        let page = client.get(&place).await.expect(200).text();
        rows.push(page.matches("<time").count());
        let Some(at) = page.find("\" rel=\"next\"") else { break };
        let start = page[..at].rfind('"').unwrap() + 1;
        place = page[start..at].replace("&#38;", "&");
    }
    assert_eq!(rows, [50, 50, 20]);

    let (scope, db) = (app.app.scope(), &app.app.db);
    let account: uuid::Uuid = {
        let mut tx = db.read().await.unwrap();
        tx.one("SELECT id FROM accounts", &[], |r| r.get(0)).await.unwrap()
    };
    let entries = kairan::audit::of_subject(db, &scope, account).await.unwrap();
    assert_eq!(entries.len(), 120);
    assert!(entries.windows(2).all(|w| w[0].id > w[1].id));
    let elsewhere = kairan::app::Scope {
        org: kairan::app::OrgId(uuid::Uuid::max()),
    };
    assert!(
        kairan::audit::of_subject(db, &elsewhere, account)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_people_has_words_in_both_languages() {
    let app = TestApp::start().await;
    for language in ["ja", "en"] {
        let mut stranger = app.client();
        stranger.language = language.into();
        if language == "ja" {
            let link = invite_first(&app.app).await.unwrap().unwrap();
            let path = link.strip_prefix("https://kairan.test").unwrap();
            for lang in ["ja", "en"] {
                stranger.language = lang.into();
                assert!(!stranger.get(path).await.expect(200).text().contains('⟦'));
            }
            stranger.language = language.into();
        }
        let mut client = app.signed_in().await;
        client.language = language.into();
        client.post("/account/recovery-codes", &[]).await.expect(422);
        for path in ["/account", "/account?done=others-revoked", "/audit"] {
            let page = client.get(path).await.expect(200).text();
            assert!(!page.contains('⟦'), "{path}: {page}");
        }
        assert!(!stranger.get("/sign-in").await.expect(200).text().contains('⟦'));
        assert!(!stranger.get("/setup/x").await.expect(410).text().contains('⟦'));
    }
}
