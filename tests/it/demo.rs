//! The demonstration: made by the same functions, told apart from the real thing, and nowhere else.

use crate::app::TestApp;
use kairan::{board, demo, routes};

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_is_whole_and_its_links_let_visitors_in() {
    let mut app = TestApp::start_demo().await;
    let made = demo::make(&app.app, 120, |_| {}).await.unwrap();
    let found = board::recount(&app.app, app.app.scope(), made.campaign.id, false)
        .await
        .unwrap();
    assert!(found.agrees(), "{found:#?}");
    assert_eq!(found.invitations, 120);
    let mut tx = app.app.db.read().await.unwrap();
    let tallies = board::read(&mut tx, app.app.scope(), made.campaign.id)
        .await
        .unwrap()
        .tallies;
    let standing = tallies.standing();
    assert!(standing.answered > 40 && standing.waiting > 5, "{standing:?}");
    assert!(tallies.hours().len() > 3);
    let (reported, people) = tallies.reach("");
    assert!(reported > 2 && people > 12 * reported, "{reported} {people}");
    drop(tx);
    app.router = routes::router(app.app.clone()).merge(demo::router(&app.app, &made));
    let mut visitor = app.client();
    visitor.get("/demo/guessed").await.expect(404);
    let board = visitor.get(&made.operator).await.expect(303);
    let page = visitor.get(board.location()).await.expect(200).text();
    assert!(page.contains("すべて架空のものです"));
    let mut respondent = app.client();
    let letter = respondent.get(&made.respondent).await.expect(200).text();
    assert!(letter.contains("すべて架空のものです") && letter.contains("（架空）"));
    // The spring's campaign is closed and can be compared with.
    assert_eq!(
        app.count("SELECT COUNT(*) FROM campaigns WHERE state = 'closed'").await,
        1
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE mail NOT LIKE '%.example'")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_has_no_such_door() {
    let app = TestApp::start().await;
    let mut client = app.client();
    client.get("/demo/anything").await.expect(404);
    let page = client.get("/sign-in").await.expect(200).text();
    assert!(!page.contains("架空"));
    // Nor can it be opened by a setting.
    for (name, value) in [("KAIRAN_DEMO", "true"), ("KAIRAN_SERVER_DEMO", "true")] {
        let environment = [(name.to_owned(), value.to_owned())].into_iter();
        assert!(kairan::config::Config::load(None, environment, &[]).is_err());
    }
}
