//! What the content and the messages say: versions of a checklist beside each other, words that are barred, numbers in words.

use crate::app::{Client, TestApp};
use crate::circulation::{self, LETTER, check_letter, company, token_path};
use crate::reminders;
use kairan::board;
use kairan::campaigns::CampaignId;
use kairan::content::{Content, Kind, Scope};
use kairan::web::i18n::{self, Locale, Tr, Value};
use std::collections::{BTreeMap, BTreeSet};
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
    assert!(
        before[1]
            .text()
            .contains("この1年の間に、不要なアカウントを消し、使える権限を")
    );

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
    assert!(
        page.contains("2026-001だけの設問： 権限と不要ID、バックアップ、緊急時の手順"),
        "{page}"
    );
    let alone = page.split("2026-002だけの設問：").nth(1).unwrap();
    let alone = alone.split("</p>").next().unwrap();
    for label in [
        "不要なID",
        "権限の見直し",
        "更新までの日数",
        "通信の許可設定",
        "早めの連絡",
        "経営者の関与",
        "すべての拠点",
    ] {
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
        operator
            .post(&format!("{path}/edit/3"), &check_letter())
            .await
            .expect(303);
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

/// The messages of a language by key, as their files say them.
fn messages(lang: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(lang);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let start = line.split_once(" = ").filter(|(head, _)| {
                !head.is_empty()
                    && head
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            });
            match start {
                Some((head, rest)) => {
                    key = head.to_owned();
                    found.insert(key.clone(), rest.to_owned());
                }
                None if !line.trim().is_empty() => {
                    let value = found.get_mut(&key).unwrap();
                    *value = format!("{value}\n{line}");
                }
                None => {}
            }
        }
    }
    assert!(found.len() > 900, "{}", found.len());
    found
}

/// A text without what stands between braces.
fn without_values(text: &str) -> String {
    let mut deep = 0_usize;
    text.chars()
        .filter(|c| {
            match c {
                // `{ $count ->` opens a choice, whose words count.
                '{' => deep += 1,
                '}' => {
                    deep = deep.saturating_sub(1);
                    return false;
                }
                '\n' => deep = 0,
                _ => {}
            }
            deep == 0
        })
        .collect()
}

/// The keys that the pages and mails of companies use.
fn keys_for_companies() -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut keys = BTreeSet::new();
    for folder in ["responses", "invitations", "access", "awareness", "deliveries"] {
        for file in std::fs::read_dir(src.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            // The outbox is an operator's.
            if folder == "deliveries"
                && [
                    "index.html",
                    "show.html",
                    "domain.html",
                    "pages.rs",
                    "words.rs",
                    "model.rs",
                    "list.rs",
                    "export.rs",
                ]
                .contains(&name)
            {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            keys.extend(text.split('"').filter(|word| word.contains('-')).map(str::to_owned));
        }
    }
    keys
}

/// T5: a word that was put right comes back nowhere, not only where it was found.
#[test]
fn t5_no_message_says_what_the_linter_bars() {
    let content = Content::load(None, &["ja", "en"]).unwrap();
    let for_companies = keys_for_companies();
    let mut found = Vec::new();
    let mut read_by_companies = 0;
    for lang in ["ja", "en"] {
        for (key, value) in messages(lang) {
            let text = without_values(&value);
            let mut hits = content.rules().check(Scope::Messages, &text);
            if for_companies.contains(&key) {
                read_by_companies += 1;
                hits.extend(content.rules().check(Scope::Recipients, &text));
            }
            found.extend(hits.iter().map(|hit| format!("{lang} {key}: {} in “{text}”", hit.word)));
            // The subject of a letter begins with its sender in brackets: two pairs would follow each other.
            if lang == "ja" && value.contains("】{ $subject }") {
                found.push(format!("{key}: {value}"));
            }
        }
    }
    assert!(read_by_companies > 200, "{read_by_companies}");
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The rules see what they are for.
    for (scope, text) in [
        (Scope::Recipients, "催促のメールが行き違いで届くことがあります。"),
        (Scope::Messages, "セルフチェックにお答えください。"),
        (Scope::Messages, "値が分からないため"),
        (Scope::Messages, "Enter a mail address."),
        (Scope::Messages, "There are no rules about capitals, digits or signs."),
        (Scope::Messages, "この会社の別の担当者"),
        (Scope::Messages, "What you typed still stands here."),
        (Scope::Messages, "A sign that stands for a lost character"),
        (Scope::Letters, "To make sure that this mail is real"),
    ] {
        assert!(!content.rules().check(scope, text).is_empty(), "{text}");
    }
    assert!(
        content
            .rules()
            .check(Scope::Messages, "An email address, or a mail server")
            .is_empty()
    );
}

/// T5: "1 checklists" is said nowhere: with every number 1, an English message has no plural behind it.
#[test]
fn t5_one_is_never_many() {
    // Verbs after a name, and words that end so.
    let no_plural = [
        "goes", "is", "was", "has", "says", "asks", "hands", "as", "its", "this", "address", "less",
    ];
    let t = Tr(Locale::or_english("en"));
    let mut wrong = Vec::new();
    let mut counted = 0;
    for (key, value) in messages("en") {
        let names: BTreeSet<&str> = value
            .split('$')
            .skip(1)
            .map(|rest| {
                rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .next()
                    .unwrap()
            })
            .collect();
        if names.is_empty() {
            continue;
        }
        let values: Vec<_> = names
            .iter()
            .map(|name| {
                let name: &'static str = name.to_string().leak();
                (name, 1_i64.fluent())
            })
            .collect();
        let said = t.with(&key, &values).into_owned();
        counted += 1;
        let words: Vec<&str> = said.split([' ', '\n']).collect();
        for (at, _) in words
            .iter()
            .enumerate()
            .filter(|(_, word)| word.trim_matches(['(', '“']) == "1")
        {
            let adjectives = ["more", "most", "critical", "group", "unused", "email"];
            let mut rest = words[at + 1..].iter().skip_while(|word| adjectives.contains(word));
            let next = rest
                .next()
                .map_or("", |word| word.trim_matches(|c: char| !c.is_alphabetic()));
            if (next.ends_with('s') || next == "people") && !no_plural.contains(&next) {
                wrong.push(format!("{key}: {said}"));
            }
        }
    }
    assert!(counted > 150, "{counted}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(i18n::counted(1_usize, "checklist", "checklists"), "1 checklist");
    assert_eq!(i18n::counted(0_usize, "checklist", "checklists"), "0 checklists");
}

/// The command line says numbers as people do.
#[test]
fn t5_the_content_check_counts_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kairan"));
    let out = command
        .arg("--data")
        .arg(dir.path())
        .args(["content", "check"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{said}");
    assert!(
        said.contains("2 advisories, 1 checklist, ") && said.contains(" 1 notice:"),
        "{said}"
    );
}

/// T5: what the alert asks for is asked of companies, and what a "no" leads to locks nobody out.
#[test]
fn t5_the_self_check_asks_all_that_the_alert_asks() {
    let content = Content::load(None, &["ja", "en"]).unwrap();
    let checklist = content.checklist("sc-2022").unwrap();
    let advisory = content.advisory("government-2022-03").unwrap();
    let yes_no = || checklist.questions.iter().filter(|q| q.kind == Kind::YesNo);
    for measure in advisory.measures() {
        assert!(yes_no().any(|q| q.measures.contains(&measure.id)), "{}", measure.id);
    }
    for row in [
        "R1", "R2", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R16", "R17", "R18", "R19",
    ] {
        assert!(yes_no().any(|q| q.rows.iter().any(|r| r == row)), "{row}");
    }
    // Some twelve minutes at half a minute each.
    assert!(yes_no().count() <= 24 && checklist.questions.len() <= 30);
    for lang in ["ja", "en"] {
        let words = checklist.text(lang);
        for question in yes_no() {
            let text = words.question(&question.id);
            assert_eq!(text.text.matches(['？', '?']).count(), 1, "{}", text.text);
            assert!((2..=4).contains(&text.if_no.len()), "{}", question.id);
        }
        let steps = |id: &str| words.question(id).if_no.clone();
        // In this order, or an administrator who loses a phone is out; and a stopped macro stops orders.
        let second = if lang == "ja" { "2人" } else { "two administrators" };
        assert!(steps("multi-factor")[0].contains(second));
        let list = if lang == "ja" {
            "書き出す"
        } else {
            "List the macros"
        };
        assert!(steps("macros")[0].contains(list));
        let back = if lang == "ja" { "戻せるように" } else { "put" };
        assert!(steps("connection-points").concat().contains(back) && steps("access-rules").concat().contains(back));
    }
}

/// T7: what a text rests on is named as it is called today, and its own day with it.
#[test]
fn t7_sources_are_those_of_today() {
    let content = Content::load(None, &["ja", "en"]).unwrap();
    for advisory in content.advisories() {
        for source in &advisory.sources {
            assert!(
                source.url.starts_with("https://") && !source.url.contains("nisc.go.jp"),
                "{}",
                source.url
            );
        }
        for lang in ["ja", "en"] {
            let said = serde_json::to_string(advisory.text(lang)).unwrap();
            assert!(!said.contains("NISC") || said.contains("NCO"), "{} {lang}", advisory.id);
        }
    }
    let urls = |id: &str| -> Vec<String> {
        content
            .advisory(id)
            .unwrap()
            .sources
            .iter()
            .map(|source| source.url.clone())
            .collect()
    };
    assert!(urls("long-holidays").contains(&"https://www.cyber.go.jp/".to_owned()));
    for url in [
        "https://www.npa.go.jp/bureau/cyber/soudan.html",
        "https://www.jpcert.or.jp/form/",
    ] {
        assert!(urls("government-2022-03").contains(&url.to_owned()), "{url}");
    }
    let words = content.advisory("government-2022-03").unwrap().text("ja");
    assert!(serde_json::to_string(words).unwrap().contains("cs-support@ipa.go.jp"));
}

/// T6: a supplier's executive is written to once, a week after the deadline; then the telephone has its turn.
#[tokio::test(flavor = "multi_thread")]
async fn t6_the_standard_plan_is_soft_for_suppliers() {
    let app = TestApp::start().await;
    reminders::to(&app, "2026-11-09T09:00");
    let mut operator = app.signed_in().await;
    reminders::full_company(&app, "J1", "JP", "ja").await;
    let plan = [
        ("day", "2026-11-25"),
        ("hour", "17:00"),
        ("reminders", "standard"),
        ("remind_hour", ""),
    ];
    let path = reminders::sent(&app, &mut operator, "1", &plan).await;
    // The page shows the whole of it, day by day.
    let page = operator.get(&format!("{path}/reminders")).await.expect(200).text();
    for words in ["期限の7日前", "期限の1日後", "期限の7日後", "経営者"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("その後の毎営業日"), "{page}");
    reminders::live_until(&app, "2026-12-18T12:00").await;
    assert_eq!(
        reminders::went(&app).await,
        [
            "J1 Wed 11-18 reminder 1 primary@j1.example ja",
            "J1 Fri 11-20 reminder 2 primary@j1.example ja",
            "J1 Tue 11-24 escalation 3 backup@j1.example ja",
            "J1 Thu 11-26 reminder 4 primary@j1.example ja",
            // Three days after is a Saturday; Monday.
            "J1 Mon 11-30 escalation 5 backup@j1.example ja",
            "J1 Wed 12-02 escalation 6 executive@j1.example ja",
        ]
    );
}
