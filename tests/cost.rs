//! What a respondent's way costs, in statements and allocations: counted, so that speed can't rot unseen.
//!
//! A binary of its own, because it counts every allocation.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[expect(dead_code, reason = "the other tests use the rest")]
#[path = "it/app.rs"]
mod app;

use app::TestApp;
use kairan::campaigns::{self, Asked, Plan};
use kairan::directory::{self, Company, CompanyId, Kind};
use kairan::invitations::{self, EventKind, State};

const QUESTIONS: [&str; 13] = [
    "simple-passwords",
    "accounts-and-rights",
    "multi-factor",
    "asset-list",
    "exit-devices",
    "awareness-notice",
    "macros",
    "logs-checked",
    "bad-traffic",
    "connection-points",
    "backup-and-restore",
    "procedures-and-contacts",
    "alternatives",
];

/// A running campaign with `companies` invitations; the paths of their links.
async fn invited(app: &TestApp, companies: usize) -> Vec<String> {
    let (app, scope) = (&app.app, app.app.scope());
    let now = app.clock.now();
    let plan = Plan {
        title: "点検".into(),
        advisory: "government-2022-03".into(),
        checklist: "sc-2022".into(),
        letter_supplier: "self-check-request".into(),
        letter_group: "advisory-notice".into(),
        deadline: "2099-12-10T17:00".into(),
        zone: "Asia/Tokyo".into(),
        ..Plan::default()
    };
    let mut tx = app.db.write().await.unwrap();
    let campaign = campaigns::insert(&mut tx, scope, app.id(now), &plan, &app.zone(), now)
        .await
        .unwrap();
    campaigns::mark_sent(&mut tx, scope, &campaign, &Asked::of(&campaign, &app.content), now)
        .await
        .unwrap();
    campaigns::mark_running(&mut tx, scope, campaign.id).await.unwrap();
    kairan::board::open(&mut tx, scope, campaign.id).await.unwrap();
    let mut links = Vec::new();
    for n in 0..companies {
        let company = Company {
            id: CompanyId(app.random.id(now)),
            kind: Kind::Supplier,
            code: Some(format!("C{n}")),
            name: format!("株式会社{n}"),
            kana: String::new(),
            country: "JP".into(),
            tier: Some(1),
            criticality: None,
            items: String::new(),
            parent: None,
            small: None,
            updated_at: now,
        };
        directory::load(&mut tx, &scope, &company, &[], now).await.unwrap();
        let id = invitations::insert(&mut tx, app, scope, campaign.id, company.id, true, 1)
            .await
            .unwrap()
            .unwrap();
        let invitation = invitations::find(&mut tx, scope, id).await.unwrap().unwrap();
        let kinds = [EventKind::Created, EventKind::Queued, EventKind::Sent];
        invitations::append(&mut tx, app, &invitation, State::Queued, &kinds, "", "")
            .await
            .unwrap();
        let token = invitations::link(&app.secret, id, &invitation.salt).token;
        links.push(format!("/r/{token}"));
    }
    tx.commit().await.unwrap();
    links
}

/// The requests of a whole answer on one page, in order: name, statements it may take, allocations it may make.
async fn flow(app: &TestApp, link: &str) -> Vec<(&'static str, u64, u64)> {
    let mut client = app.client();
    let names: Vec<(String, String)> = QUESTIONS.iter().map(|q| (format!("q.{q}"), format!("c.{q}"))).collect();
    let mut answers = vec![("division", "総務部"), ("name", "佐藤"), ("contact", "052-000-0118")];
    for (i, question) in QUESTIONS.iter().enumerate() {
        answers.push(("shown", question));
        answers.push((&names[i].0, ["yes", "no", "partly"][i % 3]));
        answers.push((&names[i].1, "来年度の予算で対応する予定です。"));
    }
    let mut out = Vec::new();
    for (what, path, fields, status) in [
        ("letter", "", None, 200),
        ("acknowledge", "/acknowledge", Some(vec![("name", "佐藤")]), 303),
        ("form", "/all", None, 200),
        ("submit", "/submit", Some(answers), 303),
        ("receipt", "/receipt", None, 200),
    ] {
        let path = format!("{link}{path}");
        let before = app.app.db.statements();
        let mut answer = None;
        let counted = allocation_counter::measure(|| {
            // On this thread, so that what it allocates is counted.
            answer = Some(tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async {
                    match &fields {
                        None => client.get(&path).await,
                        Some(fields) => client.post(&path, fields).await,
                    }
                })
            }));
        });
        answer.unwrap().expect(status);
        out.push((what, app.app.db.statements() - before, counted.count_total));
    }
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_takes_as_many_statements_and_allocations_as_it_did() {
    let app = TestApp::start().await;
    let links = invited(&app, 30).await;
    // The first fills what is kept: prepared statements, the campaign's snapshot, words.
    flow(&app, &links[0]).await;
    let first = flow(&app, &links[1]).await;
    for link in &links[2..20] {
        flow(&app, link).await;
    }
    let last = flow(&app, &links[20]).await;
    let statements = |of: &[(&'static str, u64, u64)]| of.iter().map(|(w, s, _)| (*w, *s)).collect::<Vec<_>>();
    // Exactly: one more is a decision, and is written here.
    assert_eq!(
        statements(&last),
        [
            ("letter", 1),
            ("acknowledge", 7),
            ("form", 2),
            ("submit", 12),
            ("receipt", 2),
        ]
    );
    assert_eq!(statements(&first), statements(&last), "nothing grows with the campaign");
    println!("{last:?}");
    for (what, _, allocations) in &last {
        let most = match *what {
            "letter" => 400,
            "acknowledge" => 160,
            "form" => 850,
            "submit" => 1_000,
            _ => 580,
        };
        assert!(allocations < &most, "{what} allocates {allocations} times");
    }
}
