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
