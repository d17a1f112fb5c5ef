//! What a board counts: the same as a recount, whatever happens and in whatever order it is folded.

use crate::app::TestApp;
use crate::circulation::{Asks, company, sent_campaign, sent_campaign_asking};
use jiff::SignedDuration;
use kairan::app::App;
use kairan::audit::{Actor, Origin};
use kairan::board;
use kairan::campaigns::{self, CampaignId};
use kairan::directory::CompanyId;
use kairan::invitations::{self, EventKind, InvitationId};
use kairan::responses::{self, About, Channel, Extent, Form, Held, Sending};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Every company's invitation, in the order of names.
async fn invitations_of(app: &App, campaign: CampaignId) -> Vec<InvitationId> {
    let mut tx = app.db.read().await.unwrap();
    let (narrow, after) = (invitations::Narrow::default(), invitations::Cursor::default());
    invitations::list(
        &mut tx,
        app.scope(),
        campaign,
        &narrow,
        invitations::Sort::Name,
        &after,
        10_000,
    )
    .await
    .unwrap()
    .into_iter()
    .map(|row| row.id)
    .collect()
}

async fn tell(app: &App, id: InvitationId, kind: EventKind) {
    let mut tx = app.db.write().await.unwrap();
    let invitation = invitations::find(&mut tx, app.scope(), id).await.unwrap().unwrap();
    let state = invitations::lock(&mut tx, app.scope(), id).await.unwrap();
    invitations::append(&mut tx, app, &invitation, state, &[kind], "", "")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Answers every question of the list with one of `values`, and submits.
async fn answer(app: &App, campaign: CampaignId, id: InvitationId, values: &[&str]) {
    let asked = campaigns::asked(app, app.scope(), campaign).await.unwrap().unwrap();
    let checklist = asked.checklist.clone().unwrap();
    let ids = [
        "simple-passwords",
        "multi-factor",
        "asset-list",
        "logs-checked",
        "backup",
    ];
    let names: Vec<String> = ids.iter().map(|q| format!("q.{q}")).collect();
    let mut pairs = Vec::new();
    for (i, id) in ids.iter().enumerate() {
        pairs.push(("shown", *id));
        pairs.push((names[i].as_str(), values[i % values.len()]));
    }
    let mut form = Form::parse(&checklist, app.clock.now(), pairs);
    let mut tx = app.db.write().await.unwrap();
    let invitation = invitations::find(&mut tx, app.scope(), id).await.unwrap().unwrap();
    let now = app.clock.now();
    let stored = responses::find(&mut tx, app.scope(), id).await.unwrap();
    form.base = stored.map_or(0, |r| r.revision);
    let origin = Origin {
        org: invitation.org,
        actor: Actor::Link("佐藤".into()),
        address: String::new(),
        now,
    };
    let mut held = Held::of(&mut tx, &invitation).await.unwrap();
    held.save(&mut tx, &form, &origin, "佐藤").await.unwrap();
    let about = About {
        name: "佐藤".into(),
        contact: "052-000-0118".into(),
        ..About::default()
    };
    held.save_about(&about, &origin);
    let sending = Sending {
        seen: None,
        extent: Extent::Part,
        channel: Channel::Link,
        note: "",
    };
    held.submit(&mut tx, app, &asked, &origin, sending).await.unwrap();
    held.write(&mut tx, app).await.unwrap();
    tx.commit().await.unwrap();
}

async fn regrade(app: &TestApp, id: CompanyId, country: &'static str, grade: Option<&'static str>) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(
        "UPDATE companies SET country = $2, criticality = $3 WHERE id = $1",
        &[&id, &country, &grade],
    )
    .await
    .unwrap();
    kairan::directory::mark_changed(&mut tx, &app.app.scope(), id)
        .await
        .unwrap();
    let name = "FollowDirectory:test";
    let now = app.app.clock.now();
    kairan::jobs::enqueue(
        &mut tx,
        app.app.random.id(now),
        app.app.scope().org,
        kairan::directory::FOLLOW,
        name,
        "",
        now,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;
}

#[derive(Clone, Debug)]
enum Step {
    Tell(usize, EventKind),
    Answer(usize, Vec<&'static str>),
    Regrade(usize, &'static str, Option<&'static str>),
    Fold,
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kinds: Vec<EventKind> = EventKind::ALL
        .into_iter()
        // Made once, by the job; answers come with their letters.
        .filter(|k| {
            !matches!(
                k,
                EventKind::Created
                    | EventKind::Submitted
                    | EventKind::SubmittedLate
                    | EventKind::SubmittedPart
                    | EventKind::SubmittedDocument
            )
        })
        .collect();
    let value = || prop::sample::select(vec!["yes", "no", "partly", "na", "unknown"]);
    let step = prop_oneof![
        6 => (0..8usize, prop::sample::select(kinds)).prop_map(|(i, k)| Step::Tell(i, k)),
        3 => (0..8usize, prop::collection::vec(value(), 1..4)).prop_map(|(i, v)| Step::Answer(i, v)),
        1 => (0..8usize, prop::sample::select(vec!["JP", "TH", ""]), prop::sample::select(vec![Some("A"), Some("C"), None]))
            .prop_map(|(i, c, g)| Step::Regrade(i, c, g)),
        1 => Just(Step::Fold),
        2 => (0..300i64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 60..120)
}

/// What a recount says, on a board whose pending changes were not folded first.
async fn agrees(app: &TestApp, campaign: CampaignId) {
    let shown = {
        let mut tx = app.app.db.read().await.unwrap();
        board::read(&mut tx, app.app.scope(), campaign).await.unwrap()
    };
    let found = board::recount(&app.app, app.app.scope(), campaign, false)
        .await
        .unwrap();
    assert!(found.agrees(), "{found:#?}");
    board::fold_all(&app.app).await.unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let folded = board::read(&mut tx, app.app.scope(), campaign).await.unwrap();
    assert_eq!(
        shown.tallies, folded.tallies,
        "what is shown doesn't depend on what is folded"
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM changes").await, 0);
}

async fn with_companies(n: usize) -> (TestApp, CampaignId, Vec<CompanyId>, Vec<InvitationId>) {
    with_companies_asked(n, Asks::Check).await
}

async fn with_companies_asked(n: usize, asks: Asks) -> (TestApp, CampaignId, Vec<CompanyId>, Vec<InvitationId>) {
    let app = TestApp::start().await;
    let mut companies = Vec::new();
    for i in 0..n {
        let kind = if i % 4 == 0 { "group" } else { "supplier" };
        let mail = format!("a{i}@a.example");
        let mails: &[(&str, &str)] = if i % 5 == 4 { &[] } else { &[(&mail, "ja")] };
        companies.push(company(&app, kind, &format!("S{i}"), &format!("会社{i}"), mails).await);
    }
    let mut operator = app.signed_in().await;
    let path = sent_campaign_asking(&app, &mut operator, n as i64, asks).await;
    let campaign: CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    let all = invitations_of(&app.app, campaign).await;
    (app, campaign, companies, all)
}

#[tokio::test(flavor = "multi_thread")]
async fn fold_and_recount_agree_after_any_history() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..3 {
        let (app, campaign, companies, all) = with_companies(8).await;
        let history = steps().new_tree(&mut runner).unwrap().current();
        for step in &history {
            match step {
                Step::Tell(i, kind) => tell(&app.app, all[*i], *kind).await,
                Step::Answer(i, values) => answer(&app.app, campaign, all[*i], values).await,
                Step::Regrade(i, country, grade) => regrade(&app, companies[*i], country, *grade).await,
                Step::Fold => {
                    board::fold_all(&app.app).await.unwrap();
                }
                Step::Wait(minutes) => app.advance(SignedDuration::from_mins(*minutes)),
            }
        }
        agrees(&app, campaign).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_fold_at_once_and_count_everything_once() {
    let (app, campaign, _, all) = with_companies(40).await;
    let folding: Vec<_> = (0..3)
        .map(|_| {
            let app = app.app.clone();
            tokio::spawn(async move {
                let mut counted = 0;
                for _ in 0..40 {
                    counted += board::fold_all(&app).await.unwrap();
                    tokio::task::yield_now().await;
                }
                counted
            })
        })
        .collect();
    let telling: Vec<_> = all
        .chunks(10)
        .map(|ids| {
            let (app, ids) = (app.app.clone(), ids.to_vec());
            tokio::spawn(async move {
                for kind in [EventKind::Opened, EventKind::Acknowledged, EventKind::Started] {
                    for id in &ids {
                        tell(&app, *id, kind).await;
                    }
                }
            })
        })
        .collect();
    for task in telling {
        task.await.unwrap();
    }
    let mut counted = 0;
    for task in folding {
        counted += task.await.unwrap();
    }
    counted += board::fold_all(&app.app).await.unwrap();
    // Made, sent (four of five; the fifth has no address), opened, acknowledged, started.
    assert_eq!(counted, 40 + 32 + 40 * 3);
    agrees(&app, campaign).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recount_finds_what_is_wrong_and_mends_it() {
    let (app, campaign, _, all) = with_companies(6).await;
    answer(&app.app, campaign, all[1], &["no", "yes"]).await;
    board::fold_all(&app.app).await.unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute(
        "UPDATE tallies SET count = count + 2 WHERE part = 'question' AND word = 'n'",
        &[],
    )
    .await
    .unwrap();
    tx.execute(
        "UPDATE invitations SET state = 'declined', marks = '' WHERE id = $1",
        &[&all[1]],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let scope = app.app.scope();
    let found = board::recount(&app.app, scope, campaign, false).await.unwrap();
    assert_eq!(found.invitations_wrong, [all[1]]);
    assert!(
        found
            .differences
            .iter()
            .all(|(part, _, word, n)| *part == "question" && word == "n" && *n == -2)
    );
    assert_eq!(found.differences.len(), 3, "three questions were answered with no");
    let mended = board::recount(&app.app, scope, campaign, true).await.unwrap();
    assert!(mended.mended);
    assert!(board::recount(&app.app, scope, campaign, false).await.unwrap().agrees());
    agrees(&app, campaign).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_sent_before_boards_were_is_counted_at_the_start() {
    let (app, campaign, _, all) = with_companies(5).await;
    answer(&app.app, campaign, all[2], &["partly"]).await;
    let mut tx = app.app.db.write().await.unwrap();
    for sql in ["DELETE FROM changes", "DELETE FROM tallies", "DELETE FROM boards"] {
        tx.execute(sql, &[]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(board::run(app.app.clone(), stop.clone()));
    for _ in 0..200 {
        if app.count("SELECT COUNT(*) FROM boards").await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.cancel();
    running.await.unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let counted = board::read(&mut tx, app.app.scope(), campaign).await.unwrap().tallies;
    assert_eq!(counted.standing().companies, 5);
    assert_eq!(counted.questions()[0].get(&'p'), Some(&1));
    drop(tx);
    agrees(&app, campaign).await;
}

/// The first number of the board that has this word beside it.
fn number(page: &str, href: &str) -> i64 {
    let at = page
        .find(&format!("{href}\"><b>"))
        .unwrap_or_else(|| panic!("no number leads to {href}"));
    let rest = &page[at + href.len() + 5..];
    rest.split('<').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_shows_what_happened_and_whom_to_phone() {
    let (app, campaign, _, all) = with_companies(10).await;
    let mut operator = app.signed_in().await;
    let path = format!("/campaigns/{campaign}");
    answer(&app.app, campaign, all[0], &["no", "yes"]).await;
    answer(&app.app, campaign, all[1], &["no", "partly"]).await;
    tell(&app.app, all[2], EventKind::Acknowledged).await;
    tell(&app.app, all[3], EventKind::Bounced).await;
    let before = app.app.db.statements();
    let page = operator.get(&path).await.expect(200).text();
    assert!(
        app.app.db.statements() - before <= 12,
        "{}",
        app.app.db.statements() - before
    );
    assert_eq!(number(&page, &format!("{path}/companies")), 10);
    assert_eq!(number(&page, &format!("{path}/companies?state=answered")), 2);
    assert_eq!(number(&page, &format!("{path}/companies?state=bounced")), 1);
    // Two without an address, one whose mail came back.
    assert_eq!(number(&page, &format!("{path}/phone")), 3);
    assert!(page.contains("会社3") && page.contains("メールが届かない"));
    assert!(page.contains("いいえ 2社（100\u{a0}%）"), "the weakest measure leads");
    assert!(page.contains("回答を受け付けました"), "what happened in the last hour");
    // On the day before the deadline, whoever hasn't answered is to be phoned.
    app.advance(SignedDuration::from_hours(24 * 17));
    let mut operator = app.signed_in().await;
    let late = operator.get(&path).await.expect(200).text();
    assert_eq!(number(&late, &format!("{path}/phone")), 8);
    for view in ["wall", "paper", "phone"] {
        let page = operator.get(&format!("{path}/{view}")).await.expect(200).text();
        assert!(page.contains("VPN 装置の点検"), "{view}");
        operator.language = "en".into();
        operator.get(&format!("{path}/{view}")).await.expect(200);
        operator.language = "ja".into();
    }
    let mut stranger = app.client();
    for view in ["", "/wall", "/paper", "/phone", "/live"] {
        stranger.get(&format!("{path}{view}")).await.expect(303);
    }
}

/// The numbers of a board add up, and each leads to exactly as many companies.
async fn holds(operator: &mut crate::app::Client, path: &str) {
    let page = operator.get(path).await.expect(200).text();
    let nums = page
        .split("<ul class=\"nums\">")
        .nth(1)
        .unwrap()
        .split("</ul>")
        .next()
        .unwrap();
    let mut sum = 0;
    for item in nums.split("<li").skip(1) {
        let href = item
            .split("href=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        if href.ends_with("/phone") {
            continue;
        }
        let shown = number(nums, &href);
        assert_eq!(through(operator, &href).await.len() as i64, shown, "{href}");
        sum += if href.ends_with("/companies") { -shown } else { shown };
    }
    assert_eq!(sum, 0, "{nums}");
    // Those of the tables, too.
    for cell in page.split("<td class=\"num\"><a href=\"").skip(1) {
        let (href, rest) = cell.split_once("\">").unwrap();
        let shown: usize = rest.split([' ', '<']).next().unwrap().parse().unwrap();
        let href = href.replace("&amp;", "&");
        assert_eq!(through(operator, &href).await.len(), shown, "{href}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_add_up_and_lead_to_their_companies_whatever_is_asked() {
    for asks in [Asks::Check, Asks::CheckOfSuppliers, Asks::Notice] {
        let (app, campaign, _, all) = with_companies_asked(130, asks).await;
        // Every fourth is a group company, every fifth has no address.
        for (i, id) in all.iter().enumerate() {
            match i % 11 {
                0..=4 => tell(&app.app, *id, EventKind::Acknowledged).await,
                5 => tell(&app.app, *id, EventKind::Opened).await,
                6 => tell(&app.app, *id, EventKind::Declined).await,
                7 => tell(&app.app, *id, EventKind::Bounced).await,
                8 => tell(&app.app, *id, EventKind::RecordedOnPaper).await,
                _ => {}
            }
        }
        let mut operator = app.signed_in().await;
        let path = format!("/campaigns/{campaign}");
        holds(&mut operator, &path).await;
        let page = operator.get(&path).await.expect(200).text();
        let done = match asks {
            Asks::Check => "answered",
            _ => "done",
        };
        assert_eq!(page.contains("完了"), asks != Asks::Check, "{asks:?}");
        let in_nums = number(&page, &format!("{path}/companies?state={done}"));
        let answered = all.iter().enumerate().filter(|(i, _)| i % 11 == 8).count() as i64;
        assert_eq!(in_nums > answered, asks != Asks::Check, "{asks:?}: {in_nums}");
        // Where no check is asked there are no answers to look at.
        for view in ["", "/companies", "/paper", "/wall"] {
            let page = operator.get(&format!("{path}{view}")).await.expect(200).text();
            let leads = page.contains(&format!("{path}/answers"));
            assert!(!leads || asks != Asks::Notice, "{view}");
        }
        operator
            .get(&format!("{path}/answers"))
            .await
            .expect(if asks == Asks::Notice { 404 } else { 200 });
        // The first page: what is awaited on the last day, and how many of them are critical (all here are).
        app.advance(SignedDuration::from_hours(24 * 18));
        let mut operator = app.signed_in().await;
        let home = operator.get("/").await.expect(200).text();
        let todo = home.split("state=queued,sent,").nth(1).unwrap();
        let query = todo.split('"').next().unwrap();
        let open = through(&mut operator, &format!("{path}/companies?state=queued,sent,{query}"))
            .await
            .len();
        assert!(
            todo.contains(&format!("本日が期限です。未完了の企業が{open}社あります")),
            "{asks:?}: {open}"
        );
        assert!(todo.contains(&format!("うち重要度Aが{open}社")), "{asks:?}: {open}");
        agrees(&app, campaign).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_filtered_by_any_question_and_answer() {
    let (app, campaign, _, all) = with_companies(6).await;
    answer(&app.app, campaign, all[0], &["yes"]).await;
    answer(&app.app, campaign, all[1], &["no"]).await;
    let mut operator = app.signed_in().await;
    let path = format!("/campaigns/{campaign}/answers");
    let page = operator.get(&path).await.expect(200).text();
    assert!(page.contains("<select id=\"question\"") && page.contains("<select id=\"answer\""));
    assert!(!page.contains("（回覧全体）"));
    // A share says in words where it leads.
    assert!(page.contains("<span class=\"sr\"> 設問1に「いいえ」と答えた1社に絞る</span>"));
    let yes = format!("{path}?question=multi-factor&answer=yes");
    assert_eq!(through(&mut operator, &yes).await, ["会社0"]);
    assert!(operator.get(&yes).await.text().contains("（回覧全体）"));
    let half = operator.get(&format!("{path}?answer=yes")).await.expect(200).text();
    assert!(half.contains("設問と回答の両方を選ぶと"));
    // Behind the end there is a way back.
    let id = all[5];
    let end = operator
        .get(&format!("{path}?after=%E9%BE%8D&id={id}&noes=0"))
        .await
        .expect(200)
        .text();
    assert!(end.contains("最初のページ"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_board_is_told_of_changes() {
    use futures_util::StreamExt;
    use tower::ServiceExt;
    let (app, campaign, _, all) = with_companies(2).await;
    board::fold_all(&app.app).await.unwrap();
    let operator = app.signed_in().await;
    let request = operator.request(http::Method::GET, &format!("/campaigns/{campaign}/live"));
    let response = app
        .router
        .clone()
        .oneshot(request.body(axum::body::Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let first = String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap();
    tell(&app.app, all[0], EventKind::Opened).await;
    board::fold_all(&app.app).await.unwrap();
    let second = String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap();
    let version = |event: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix("data: "));
        line.unwrap().parse::<i64>().unwrap()
    };
    assert_eq!(version(&second), version(&first) + 1);
    // It comes again in a second, and only the first says so.
    assert!(first.contains("retry: 1000") && !second.contains("retry"), "{first}");
    // A page says by which version it was drawn.
    let mut operator = operator;
    for view in ["", "/wall"] {
        let page = operator
            .get(&format!("/campaigns/{campaign}{view}"))
            .await
            .expect(200)
            .text();
        assert!(
            page.contains(&format!("data-version=\"{}\"", version(&second))),
            "{view}"
        );
    }
    // A server that stops lets its viewers go.
    app.app.jobs.stop();
    assert!(events.next().await.is_none());
}

/// The companies that a list names, over all its pages, in order.
async fn through(operator: &mut crate::app::Client, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = path.to_owned();
    for _ in 0..50 {
        let page = operator.get(&next).await.expect(200).text();
        let body = page.split("<tbody>").nth(1).unwrap_or_default();
        for row in body.split("<tr>").skip(1) {
            let link = row.split("/companies/").nth(1).unwrap();
            names.push(link.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned());
        }
        let Some(more) = page
            .split("rel=\"next\"")
            .next()
            .filter(|_| page.contains("rel=\"next\""))
        else {
            break;
        };
        let query = more.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        next = format!(
            "{}{}",
            path.split('?').next().unwrap(),
            query.replace("&#38;", "&").replace("&amp;", "&")
        );
    }
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_page_through_everything_and_hold_what_the_numbers_say() {
    let (app, campaign, _, all) = with_companies(120).await;
    let mut operator = app.signed_in().await;
    let path = format!("/campaigns/{campaign}");
    for (i, id) in all.iter().enumerate().take(70) {
        answer(
            &app.app,
            campaign,
            *id,
            if i % 3 == 0 { &["no"] } else { &["yes", "no"] },
        )
        .await;
    }
    let companies = through(&mut operator, &format!("{path}/companies")).await;
    let mut sorted = companies.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((companies.len(), sorted.len()), (120, 120));
    assert_eq!(
        through(&mut operator, &format!("{path}/companies?state=answered"))
            .await
            .len(),
        70
    );
    let waiting = through(&mut operator, &format!("{path}/companies?state=waiting&kind=supplier")).await;
    assert!(!waiting.is_empty() && waiting.len() < 50);
    assert_eq!(
        through(&mut operator, &format!("{path}/companies?q=会社11")).await,
        [
            "会社11",
            "会社110",
            "会社111",
            "会社112",
            "会社113",
            "会社114",
            "会社115",
            "会社116",
            "会社117",
            "会社118",
            "会社119"
        ]
    );
    assert!(
        through(&mut operator, &format!("{path}/companies?criticality=-"))
            .await
            .is_empty()
    );
    // Most "no" first: five of five before two of five, and each once.
    let heat = through(&mut operator, &format!("{path}/answers")).await;
    assert_eq!(heat.len(), 70);
    let page = operator.get(&format!("{path}/answers")).await.text();
    let first: Vec<&str> = page
        .split("<td class=\"num\">")
        .skip(1)
        .map(|c| c.split('<').next().unwrap())
        .collect();
    assert_eq!((first[0], *first.last().unwrap()), ("5", "2"));
    assert_eq!(
        through(&mut operator, &format!("{path}/answers?sort=name")).await.len(),
        70
    );
    let no = format!("{path}/answers?question=simple-passwords&answer=no");
    assert_eq!(through(&mut operator, &no).await.len(), 24);
    // A page costs the same wherever it lies and however many there are.
    let before = app.app.db.statements();
    operator.get(&format!("{path}/companies")).await.expect(200);
    let first_page = app.app.db.statements() - before;
    let last = &companies[100];
    let id = all[100];
    operator
        .get(&format!("{path}/companies?after={last}&id={id}"))
        .await
        .expect(200);
    assert_eq!(app.app.db.statements() - before, 2 * first_page);
    assert!(first_page <= 5, "{first_page}");
    for strange in [
        "?state=x",
        "?id=1",
        "?question=x&answer=no",
        "?criticality=%00",
        "?noes=x&id=x",
    ] {
        operator.get(&format!("{path}/companies{strange}")).await.expect(200);
        operator.get(&format!("{path}/answers{strange}")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn campaigns_can_be_compared_and_a_company_has_a_history() {
    let (app, campaign, companies, all) = with_companies(12).await;
    for id in &all[..6] {
        answer(&app.app, campaign, *id, &["no"]).await;
    }
    app.advance(SignedDuration::from_hours(5));
    let mut operator = app.signed_in().await;
    let second = sent_campaign(&app, &mut operator, 12).await;
    let other: CampaignId = second.rsplit('/').next().unwrap().parse().unwrap();
    for id in &invitations_of(&app.app, other).await[..4] {
        answer(&app.app, other, *id, &["yes"]).await;
    }
    let history = operator
        .get(&format!("/companies/{}/campaigns", companies[0]))
        .await
        .expect(200)
        .text();
    assert!(history.contains("2026-001") && history.contains("2026-002"));
    assert!(history.contains("改善5問、後退0問"), "{history}");
    operator.get("/campaigns/compare").await.expect(200);
    let page = operator
        .get(&format!("/campaigns/compare?a={campaign}&b={other}"))
        .await
        .expect(200)
        .text();
    assert!(page.contains("+100"), "from no to yes");
    // Home: the calls of both campaigns without those that promised an answer, what waits for a person, and what goes wrong;
    // it costs no more with more of them.
    let before = app.app.db.statements();
    let home = operator.get("/").await.expect(200).text();
    assert!(
        app.app.db.statements() - before <= 9,
        "{}",
        app.app.db.statements() - before
    );
    assert_eq!(home.matches("電話する企業が2社").count(), 2);
    let list = operator.get("/campaigns").await.expect(200).text();
    assert!(list.contains("<td class=\"num\">12</td>"));
    let nothing = uuid::Uuid::nil();
    operator
        .get(&format!("/campaigns/compare?a={nothing}&b={other}"))
        .await
        .expect(404);
    operator
        .get(&format!("/companies/{nothing}/campaigns"))
        .await
        .expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_what_the_list_shows_over_many_strides() {
    let (app, campaign, _, all) = with_companies(1_203).await;
    let mut operator = app.signed_in().await;
    for id in &all[..3] {
        answer(&app.app, campaign, *id, &["no", "partly"]).await;
    }
    let path = format!("/campaigns/{campaign}/export");
    let before = app.app.db.statements();
    let csv = operator.get(&format!("{path}?format=csv")).await.expect(200).text();
    // Session, campaign, and two statements for each stride of 500, however many rows there are.
    assert!(
        app.app.db.statements() - before <= 12,
        "{}",
        app.app.db.statements() - before
    );
    assert_eq!(csv.matches('\u{feff}').count(), 1);
    assert_eq!(csv.lines().count(), 1 + 1_203);
    let whole = operator.get(&format!("{path}?format=xlsx")).await.expect(200).bytes;
    let table = kairan::sheets::read(&whole, "x.xlsx", None).unwrap();
    assert_eq!(table.rows.len(), 1 + 1_203);
    let from_csv = kairan::sheets::read(csv.as_bytes(), "x.csv", None).unwrap();
    for (one, two) in table.rows.iter().zip(&from_csv.rows).skip(1) {
        assert_eq!(one.cells[..6], two.cells[..6]);
        let count = |cells: &[String]| cells.iter().filter(|c| *c == "いいえ").count();
        assert_eq!(count(&one.cells), count(&two.cells));
    }
    let answered = operator
        .get(&format!("{path}?format=csv&state=answered"))
        .await
        .expect(200)
        .text();
    assert_eq!(answered.lines().count(), 1 + 3);
    let no = "question=simple-passwords&answer=no";
    let narrowed = operator
        .get(&format!("{path}?format=csv&{no}"))
        .await
        .expect(200)
        .text();
    assert_eq!(narrowed.lines().count(), 1 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_to_phone_is_paged_and_exported_in_one_order_with_numbers() {
    let (app, campaign, companies, all) = with_companies(450).await;
    let mut operator = app.signed_in().await;
    // Every fifth has no address; of the others every third comes back.
    for (i, id) in all.iter().enumerate().filter(|(i, _)| i % 3 == 0) {
        if invitations_state(&app.app, *id).await != "unreachable" {
            tell(&app.app, *id, EventKind::Bounced).await;
        }
        if i % 2 == 0 {
            let mut tx = app.app.db.read().await.unwrap();
            let of = invitations::find(&mut tx, app.app.scope(), *id).await.unwrap().unwrap();
            drop(tx);
            regrade(&app, of.company, "JP", [Some("A"), Some("C"), None][i / 6 % 3]).await;
        }
    }
    assert_eq!(companies.len(), 450);
    let path = format!("/campaigns/{campaign}/phone");
    let listed = through(&mut operator, &path).await;
    let mut once = listed.clone();
    once.sort();
    once.dedup();
    assert!(listed.len() > 200, "more than a page: {}", listed.len());
    assert_eq!(once.len(), listed.len(), "nobody is on two pages");
    let page = operator.get(&path).await.text();
    assert!(
        page.contains(&format!("{}社", listed.len())),
        "as many as the page says"
    );

    let file = operator.get(&format!("{path}/export?format=xlsx")).await.expect(200);
    let table = kairan::sheets::read(&file.bytes, "x.xlsx", None).unwrap();
    let exported: Vec<&str> = table.rows.iter().skip(1).map(|row| row.cell(2)).collect();
    assert_eq!(exported, listed);
    let grades: Vec<&str> = table.rows.iter().skip(1).map(|row| row.cell(0)).collect();
    let mut sorted = grades.clone();
    sorted.sort_by_key(|grade| (grade.is_empty(), *grade));
    assert_eq!(grades, sorted, "the most critical first");
    assert!(grades.contains(&"A") && grades.contains(&""));
    assert!(table.rows.iter().any(|row| row.cell(7) == "メールが届かない"));
    let csv = operator
        .get(&format!("{path}/export?format=csv"))
        .await
        .expect(200)
        .text();
    assert_eq!(csv.lines().count(), 1 + listed.len());
}

async fn invitations_state(app: &App, id: InvitationId) -> &'static str {
    let mut tx = app.db.read().await.unwrap();
    let found = invitations::find(&mut tx, app.scope(), id).await.unwrap().unwrap();
    found.state.as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_export_reads_no_more_answers_than_it_writes() {
    let (app, campaign, _, all) = with_companies(300).await;
    let mut operator = app.signed_in().await;
    for id in &all[..120] {
        answer(&app.app, campaign, *id, &["no", "yes"]).await;
    }
    tell(&app.app, all[299], EventKind::Declined).await;
    let count = async |operator: &mut crate::app::Client, narrow: &str| {
        let before = app.app.db.statements();
        let path = format!("/campaigns/{campaign}/export?format=csv{narrow}");
        let lines = operator.get(&path).await.expect(200).text().lines().count() - 1;
        (lines, app.app.db.statements() - before)
    };
    let (lines, whole) = count(&mut operator, "").await;
    assert_eq!(lines, 300);
    let (lines, narrowed) = count(&mut operator, "&state=declined").await;
    assert_eq!(lines, 1);
    // 120 answers are read in three statements, one in one.
    assert_eq!(whole - narrowed, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_without_a_board_holds_up_nobody_elses_numbers() {
    let (app, campaign, _, all) = with_companies(4).await;
    let mut operator = app.signed_in().await;
    let second = sent_campaign(&app, &mut operator, 4).await;
    let second: CampaignId = second.rsplit('/').next().unwrap().parse().unwrap();
    board::fold_all(&app.app).await.unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("DELETE FROM boards WHERE campaign = $1", &[&campaign])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    // What waits longest has no board.
    tell(&app.app, all[0], EventKind::Opened).await;
    for id in invitations_of(&app.app, second).await {
        tell(&app.app, id, EventKind::Opened).await;
    }
    assert_eq!(board::fold_all(&app.app).await.unwrap(), 4);
}

/// Directory edits while the job follows them: on PostgreSQL the two run beside each other.
#[tokio::test(flavor = "multi_thread")]
async fn following_the_directory_beside_edits_leaves_the_numbers_right() {
    let (app, campaign, companies, _) = with_companies(30).await;
    let edits = async {
        for round in 0..20 {
            for (i, id) in companies.iter().enumerate() {
                let grade = ["A", "B", "C"][(round + i) % 3];
                let mut tx = app.app.db.write().await.unwrap();
                tx.execute("UPDATE companies SET criticality = $2 WHERE id = $1", &[id, &grade])
                    .await
                    .unwrap();
                kairan::directory::mark_changed(&mut tx, &app.app.scope(), *id)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            }
        }
    };
    let job = kairan::jobs::Job {
        id: app.app.random.id(app.app.clock.now()),
        org: app.app.scope().org,
        payload: String::new(),
    };
    board::fold_all(&app.app).await.unwrap();
    let mut edits = std::pin::pin!(edits);
    loop {
        tokio::select! {
            () = &mut edits => break,
            done = invitations::follow_directory(app.app.clone(), job.clone()) => {
                done.unwrap();
            }
        }
    }
    let followed = board::fold_all(&app.app).await.unwrap();
    assert!(followed > 10, "the job ran beside the edits: {followed}");
    invitations::follow_directory(app.app.clone(), job).await.unwrap();
    board::fold_all(&app.app).await.unwrap();
    let recount = board::recount(&app.app, app.app.scope(), campaign, false)
        .await
        .unwrap();
    assert!(recount.agrees(), "{recount:?}");
    let mut tx = app.app.db.read().await.unwrap();
    let behind: i64 = tx
        .one(
            "SELECT COUNT(*) FROM invitations i JOIN companies c ON c.id = i.company WHERE i.criticality <> c.criticality",
            &[],
            |r| r.get(0),
        )
        .await
        .unwrap();
    assert_eq!(behind, 0);
}
