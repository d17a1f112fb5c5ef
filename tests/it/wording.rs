//! What the content and the messages say: versions of a checklist beside each other, words that are barred, numbers in words.

use crate::app::{Client, TestApp};
use crate::circulation::{self, LETTER, company, token_path};
use kairan::board;
use kairan::campaigns::CampaignId;
use std::path::Path;

/// The yes-no questions of the first version of the self-check, which ships no more.
const FIRST_VERSION: [&str; 13] = [
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

/// Makes the self-check of `from` the operator's own checklist `own-check`, as one who writes a new version of theirs does.
fn put_checklist(app: &TestApp, from: &str) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
    let to = app.dir.path().join("content/checklists/own-check");
    std::fs::create_dir_all(&to).unwrap();
    for file in ["checklist.toml", "ja.toml", "en.toml"] {
        let text = std::fs::read_to_string(from.join(file)).unwrap();
        let text = text.replace("id = \"sc-2022\"", "id = \"own-check\"");
        std::fs::write(to.join(file), text).unwrap();
    }
}

/// Sends a campaign with the checklist `own-check` to the one company there is; its path.
async fn sent(app: &TestApp, operator: &mut Client) -> String {
    let what = [
        ("title", "点検"),
        ("advisory", "government-2022-03"),
        ("checklist", "own-check"),
        ("go", "next"),
    ];
    let made = operator.post("/campaigns/new", &what).await.expect(303);
    let path = made.location().strip_suffix("/edit/2").unwrap().to_owned();
    operator.post(&format!("{path}/edit/3"), &LETTER).await.expect(303);
    circulation::send_draft(app, operator, &path, 1).await;
    path
}

async fn answered(client: &mut Client, link: &str, questions: &[&str], value: &str) {
    client.post(&format!("{link}/start"), &[]).await.expect(303);
    let names: Vec<String> = questions.iter().map(|id| format!("q.{id}")).collect();
    let mut fields = Vec::new();
    for (id, name) in questions.iter().zip(&names) {
        fields.push(("shown", *id));
        fields.push((name.as_str(), value));
    }
    client.post(&format!("{link}/all"), &fields).await.expect(303);
    let about = [
        ("division", "総務部"),
        ("name", "佐藤 花子"),
        ("contact", "sato@a.example"),
        ("go", "next"),
    ];
    client.post(&format!("{link}/about"), &about).await.expect(303);
    client.get(&format!("{link}/review")).await.expect(200);
    client.post(&format!("{link}/submit"), &[]).await.expect(303);
}

/// T5: what a campaign asked stays what it was, and two versions are compared by their questions.
#[tokio::test(flavor = "multi_thread")]
async fn t5_a_campaign_by_the_first_version_stays_as_it_was_beside_one_by_the_second() {
    let mut app = TestApp::start().await;
    put_checklist(&app, "tests/fixtures/content/checklists/sc-2022");
    app.restart();
    let company = company(&app, "supplier", "S1", "株式会社甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let first = sent(&app, &mut operator).await;
    let link = token_path(&app.outbox()[0]);
    let mut visitor = app.client();
    answered(&mut visitor, &link, &FIRST_VERSION, "no").await;
    app.run_jobs().await;
    let mut operator = app.signed_in().await;
    let list = operator.get(&format!("{first}/companies")).await.expect(200).text();
    let part = list.split(&format!("href=\"{first}/companies/")).nth(1).unwrap();
    let part = format!("{first}/companies/{}", part.split('"').next().unwrap());
    let pages = [
        first.clone(),
        part.clone(),
        format!("{first}/answers"),
        format!("{first}/answers?question=accounts-and-rights&answer=no"),
        format!("{first}/export.csv"),
    ];
    let mut before = Vec::new();
    for page in &pages {
        before.push(operator.get(page).await);
    }
    let of_company = [format!("{link}/receipt"), format!("{link}/all")];
    let mut seen = Vec::new();
    for page in &of_company {
        seen.push(visitor.get(page).await.expect(200).text());
    }
    assert!(before[1].text().contains("この1年の間に、不要なアカウントを消し、使える権限を"));

    // The operator's own file is replaced by its second version, and the server starts again.
    put_checklist(&app, "content/checklists/sc-2022");
    app.restart();
    let mut again = app.signed_in().await;
    again.cookies = operator.cookies.clone();
    for (page, was) in pages.iter().zip(&before) {
        let now = again.get(page).await;
        assert_eq!((now.status, now.text()), (was.status, was.text()), "{page}");
    }
    let mut returning = app.client();
    returning.cookies = visitor.cookies.clone();
    for (page, was) in of_company.iter().zip(&seen) {
        assert_eq!(returning.get(page).await.expect(200).text(), *was, "{page}");
    }

    let second = sent(&app, &mut again).await;
    let link = token_path(app.outbox().last().unwrap());
    let mut visitor = app.client();
    answered(&mut visitor, &link, &circulation::YES_NO, "yes").await;
    app.run_jobs().await;
    // The first one counts what it counted, and the second what it asked.
    for (path, asked) in [(&first, "1. パスワード"), (&second, "2. 機器のパスワード")] {
        let id: CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
        let found = board::recount(&app.app, app.app.scope(), id, false).await.unwrap();
        assert!(found.agrees(), "{found:?}");
        let heat = again.get(&format!("{path}/answers")).await.expect(200).text();
        assert!(heat.contains(asked), "{heat}");
    }
    let heat = again.get(&format!("{first}/answers")).await.expect(200).text();
    assert!(heat.contains("権限と不要ID") && !heat.contains("機器のパスワード"));
    let heat = again.get(&format!("{second}/answers")).await.expect(200).text();
    assert!(heat.contains("機器のパスワード") && !heat.contains("権限と不要ID"));

    // Beside each other: by the question's id, never by its place; what only one asks is named.
    let ids = [&first, &second].map(|path| path.rsplit('/').next().unwrap());
    let page = again
        .get(&format!("/campaigns/compare?a={}&b={}", ids[0], ids[1]))
        .await
        .expect(200)
        .text();
    assert!(page.contains("（第1版）") && page.contains("（第2版）"), "{page}");
    assert_eq!(page.matches("+100").count(), 10, "{page}");
    assert!(page.contains("パスワード <small>（設問の文を変更）"), "{page}");
    assert!(page.contains("2026-001だけの設問： 権限と不要ID、バックアップ、緊急時の手順"), "{page}");
    let alone = page.split("2026-002だけの設問：").nth(1).unwrap();
    let alone = alone.split("</p>").next().unwrap();
    for label in ["不要なID", "権限の見直し", "更新までの日数", "通信の許可設定", "早めの連絡", "経営者の関与", "すべての拠点"] {
        assert!(alone.contains(label), "{label}: {alone}");
    }
    let history = again
        .get(&format!("/companies/{company}/campaigns"))
        .await
        .expect(200)
        .text();
    assert!(
        history.contains("改善10問、後退0問<br><small>第1版と共通の10問で比較"),
        "{history}"
    );
}

/// A number that a notice's report gives anyway isn't asked by the checklist as well.
#[tokio::test(flavor = "multi_thread")]
async fn t5_the_people_reached_are_asked_once() {
    let app = TestApp::start().await;
    company(&app, "supplier", "S1", "株式会社甲", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let check = [("title", "点検"), ("checklist", "sc-2022"), ("go", "next")];
    let notice = [("awareness", "mail-and-links"), ("awareness_suppliers", "1")];
    for (extra, asked) in [(&notice[..0], true), (&notice[..1], true), (&notice[..], false)] {
        let what: Vec<_> = check.iter().chain(extra).copied().collect();
        let made = operator.post("/campaigns/new", &what).await.expect(303);
        let path = made.location().strip_suffix("/edit/2").unwrap().to_owned();
        operator.post(&format!("{path}/edit/3"), &LETTER).await.expect(303);
        let form = operator
            .get(&format!("{path}/edit/4?v=form&l=ja"))
            .await
            .expect(200)
            .text();
        assert!(form.contains("不審なメールの添付やリンクを開かず"), "{extra:?}");
        for question in ["その知らせは、何人に届きましたか？", "全員で何人ですか？"] {
            assert_eq!(form.contains(question), asked, "{question} {extra:?}");
        }
    }
}
