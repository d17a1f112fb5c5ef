//! What holds for every response.

use crate::app::TestApp;
use axum::body::Body;
use http::Method;

#[tokio::test(flavor = "multi_thread")]
async fn probes_answer() {
    let app = TestApp::start().await;
    app.client().get("/healthz").await.expect(200);
    app.client().get("/readyz").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_the_strict_headers() {
    let app = TestApp::start().await;
    let page = app.client().get("/no-such-page").await.expect(404);
    let header = |n: &str| page.headers.get(n).unwrap().to_str().unwrap().to_owned();
    let csp = header("content-security-policy");
    assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe"));
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("strict-transport-security").contains("max-age"));
    assert!(page.text().contains("ページが見つかりません"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_chooses_the_language_then_the_cookie_then_the_browser() {
    let app = TestApp::start().await;
    let mut client = app.client();
    assert!(client.get("/x").await.text().contains("<html lang=\"ja\">"));
    assert!(client.get("/x?lang=en").await.text().contains("<html lang=\"en\">"));
    assert!(client.get("/x").await.text().contains("<html lang=\"en\">"));
    assert!(client.get("/x?lang=ja").await.text().contains("<html lang=\"ja\">"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_form_is_refused() {
    let app = TestApp::start().await;
    let mut client = app.client();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "null"),
        ("x", "y"),
    ] {
        let request = client
            .request(Method::POST, "/sign-out")
            .header(name, value)
            .body(Body::empty())
            .unwrap();
        client.send(request).await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_too_large_is_refused_before_it_fills_the_memory() {
    let app = TestApp::start().await;
    let long = "x".repeat(300_000);
    app.client().post("/code", &[("code", &long)]).await.expect(413);
    let many: Vec<(&str, &str)> = vec![("a", ""); 60_000];
    app.client()
        .post("/r/AAAAAAAAAAAAAAAAAAAAAA/all", &many)
        .await
        .expect(413);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_configured_proxy_tells_the_visitors_address_and_only_its_own_line_counts() {
    let app = TestApp::start_with(&[("server.trusted_proxies", "127.0.0.1")]).await;
    let mut client = app.client();
    for n in 0..12 {
        let request = client
            .request(Method::POST, "/code")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            // The visitor's own line first, the proxy's after it.
            .header("x-forwarded-for", format!("10.0.0.{n}"))
            .header("x-forwarded-for", "203.0.113.7")
            .body(Body::from("code=22222-22222"))
            .unwrap();
        client.send(request).await.expect(if n < 10 { 422 } else { 429 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_another_secret_is_refused() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("UPDATE organisations SET secret_mark = 'another'", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let refused = kairan::app::ensure_organisation(&app.app, kairan::app::DEFAULT_ORG)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("secret"), "{refused}");
}

async fn breaks_off(_: kairan::app::App, _: kairan::jobs::Job) -> anyhow::Result<kairan::jobs::Outcome> {
    panic!("as a test wants it")
}

async fn is_done(_: kairan::app::App, _: kairan::jobs::Job) -> anyhow::Result<kairan::jobs::Outcome> {
    Ok(kairan::jobs::Outcome::Done)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_panics_fails_and_the_others_go_on() {
    let app = TestApp::start().await;
    let mut kinds = kairan::jobs::Kinds::default();
    kinds.add("Break", breaks_off);
    kinds.add("Do", is_done);
    let org = kairan::app::DEFAULT_ORG;
    let now = app.app.clock.now();
    let mut tx = app.app.db.write().await.unwrap();
    for kind in ["Break", "Do"] {
        let id = app.app.random.id(now);
        kairan::jobs::enqueue(&mut tx, id, org, kind, kind, "", now)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    while kairan::jobs::step(&app.app, &kinds).await.unwrap() {}
    assert_eq!(app.count("SELECT COUNT(*) FROM jobs WHERE kind = 'Do'").await, 0);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM jobs WHERE kind = 'Break' AND error IS NOT NULL AND leased_until = 0")
            .await,
        1
    );
}
