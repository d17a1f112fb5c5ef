//! The form of answers: what Enter presses, which answers count, by which number a question goes, what can't be taken.

use crate::app::{Answer, Client, TestApp};
use crate::circulation::{check_letter, company, send_draft, token_path};
use axum::body::Body;
use http::{Method, header};

/// Five questions in two sections: `backup` (yes-no), `restored` (a day up to today, after "yes" or "partly"), `why-not` (a
/// text, after "no"), `seats` (a number); `trained` (yes-no).
const PROBE: [(&str, &str); 3] = [
    (
        "checklists/probe/checklist.toml",
        include_str!("../fixtures/checklists/probe/checklist.toml"),
    ),
    (
        "checklists/probe/ja.toml",
        include_str!("../fixtures/checklists/probe/ja.toml"),
    ),
    (
        "checklists/probe/en.toml",
        include_str!("../fixtures/checklists/probe/en.toml"),
    ),
];

struct Sent {
    app: TestApp,
    operator: Client,
    /// The campaign's path, the part's, and the company's link.
    path: String,
    part: String,
    link: String,
}

/// A company that is asked those questions.
async fn sent() -> Sent {
    let app = TestApp::start_with_content(&PROBE).await;
    company(&app, "supplier", "S1", "甲製作所", &[("a@a.example", "ja")]).await;
    let mut operator = app.signed_in().await;
    let what = [("title", "点検"), ("checklist", "probe"), ("go", "next")];
    let created = operator.post("/campaigns/new", &what).await.expect(303);
    let path = created.location().strip_suffix("/edit/2").unwrap().to_owned();
    let whom = [("contacts", "primary"), ("go", "next")];
    operator.post(&format!("{path}/edit/2"), &whom).await.expect(303);
    operator
        .post(&format!("{path}/edit/3"), &check_letter())
        .await
        .expect(303);
    send_draft(&app, &mut operator, &path, 1).await;
    let board = operator.get(&path).await.expect(200).text();
    let at = board.find(&format!("{path}/companies/")).unwrap();
    let part = board[at..].split('"').next().unwrap().to_owned();
    let link = token_path(&app.outbox()[0]);
    Sent {
        app,
        operator,
        path,
        part,
        link,
    }
}

/// Fields of a form: `("backup", "yes")` is a question shown and its answer, on a page that shows what is stored.
fn fields(answers: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut out = vec![("base".to_owned(), "999".to_owned())];
    for (question, value) in answers {
        out.push(("shown".to_owned(), (*question).to_owned()));
        out.push((format!("q.{question}"), (*value).to_owned()));
    }
    out
}

async fn post(client: &mut Client, path: &str, answers: &[(&str, &str)]) -> Answer {
    let fields = fields(answers);
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    client.post(path, &fields).await
}

/// As the page's own script posts a form.
async fn post_by_script(client: &mut Client, path: &str, answers: &[(&str, &str)]) -> Answer {
    let request = client
        .request(Method::POST, path)
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = serde_urlencoded::to_string(fields(answers)).unwrap();
    client.send(request.body(Body::from(body)).unwrap()).await
}

const ABOUT: [(&str, &str); 2] = [("name", "佐藤 花子"), ("contact", "052-000-0118")];

async fn submit(client: &mut Client, link: &str) {
    client.post(&format!("{link}/about"), &ABOUT).await.expect(303);
    let there = client.post(&format!("{link}/submit"), &[]).await.expect(303);
    assert!(there.location().ends_with("/receipt"), "{}", there.location());
}

/// The file that the page exports.
async fn operator_csv(operator: &mut Client, path: &str) -> kairan::sheets::Table {
    let file = operator.get(&format!("{path}/export?format=csv")).await.expect(200);
    kairan::sheets::read(&file.bytes, "x.csv", None).unwrap()
}

/// The rows of an exported file, by the name of the column.
async fn exported(operator: &mut Client, path: &str, format: &str) -> Vec<(String, String)> {
    let file = operator
        .get(&format!("{path}/export?format={format}"))
        .await
        .expect(200);
    let table = kairan::sheets::read(&file.bytes, &format!("x.{format}"), None).unwrap();
    let cells = |row: usize| table.rows[row].cells.iter().map(|c| c.to_string());
    cells(0).zip(cells(1)).collect()
}

fn column<'a>(row: &'a [(String, String)], title: &str) -> &'a str {
    let found = row.iter().find(|(name, _)| name == title);
    found
        .unwrap_or_else(|| panic!("no column {title} among {row:?}"))
        .1
        .as_str()
}

/// A1: the first submit button of a form, wherever it stands in the page, is the one that Enter presses.
#[tokio::test(flavor = "multi_thread")]
async fn a1_enter_in_a_field_saves_and_goes_on() {
    let s = sent().await;
    let mut client = s.app.client();
    for place in ["/check/backup", "/check/seats", "/all", "/about"] {
        let page = client.get(&format!("{}{place}", s.link)).await.expect(200).text();
        let of_form = page.find("form=\"f\"").expect("a button of the form before it");
        let button = &page[page[..of_form].rfind('<').unwrap()..];
        let first = button.split('>').next().unwrap();
        assert!(
            first.starts_with("<button") && !first.contains("name="),
            "{place}: {first}"
        );
        // Whoever doesn't see it doesn't come to it either.
        assert!(
            first.contains("tabindex=\"-1\"") && first.contains("aria-hidden=\"true\""),
            "{first}"
        );
        assert!(
            button.find("lang:en").is_some(),
            "{place}: the languages' button comes after it"
        );
    }
    // What that button posts is saved, and leads on.
    let there = post(&mut client, &format!("{}/check/backup", s.link), &[("backup", "yes")])
        .await
        .expect(303);
    assert_eq!(there.location(), format!("{}/check/restored", s.link));
    let there = client.post(&format!("{}/about", s.link), &ABOUT).await.expect(303);
    assert_eq!(there.location(), format!("{}/review", s.link));
    assert!(
        client
            .get(there.location())
            .await
            .expect(200)
            .text()
            .contains("佐藤 花子")
    );
}

/// A2: an answer that another one has hidden since is kept for its author, and is nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn a2_what_is_hidden_is_not_exported_counted_or_shown() {
    let mut s = sent().await;
    let mut client = s.app.client();
    let all = [
        ("backup", "yes"),
        ("restored", "2026-11-05"),
        ("seats", "12"),
        ("trained", "yes"),
    ];
    post(&mut client, &format!("{}/all", s.link), &all).await.expect(303);
    post(&mut client, &format!("{}/check/backup", s.link), &[("backup", "no")])
        .await
        .expect(303);
    post(
        &mut client,
        &format!("{}/check/why-not", s.link),
        &[("why-not", "予定あり")],
    )
    .await
    .expect(303);
    // The review says that it is kept and not sent; its number is missing from the list, and said to be.
    let review = client.get(&format!("{}/review", s.link)).await.expect(200).text();
    assert!(
        !review.contains("2026-11-05") && review.contains("予定あり"),
        "{review}"
    );
    assert!(review.contains("お答えいただかなくてよい設問：2</"), "{review}");
    assert!(
        review.contains("2 に以前お書きになった内容は残してありますが"),
        "{review}"
    );
    submit(&mut client, &s.link).await;
    let receipt = client.get(&format!("{}/receipt", s.link)).await.expect(200).text();
    assert!(
        !receipt.contains("2026-11-05") && receipt.contains("4問中 4問に回答"),
        "{receipt}"
    );
    let part = s.operator.get(&s.part).await.expect(200).text();
    assert!(
        !part.contains("2026-11-05") && part.contains("4問中 4問に回答"),
        "{part}"
    );
    assert!(part.contains("2 には以前の回答が下書きに残っていますが"), "{part}");
    for format in ["csv", "xlsx"] {
        let row = exported(&mut s.operator, &s.path, format).await;
        assert_eq!(column(&row, "1. 控え"), "いいえ");
        assert_eq!(column(&row, "2. 復元した日"), "");
        assert_eq!(column(&row, "3. 取らない理由"), "予定あり");
        assert_eq!(column(&row, "4. 台数"), "12");
    }
    // The command writes the same file.
    let file = s.app.dir.path().join("out.csv");
    kairan::circulation::command::export(&s.app.app, "2026-001", &file, "ja")
        .await
        .unwrap();
    let by_command = kairan::sheets::read(&std::fs::read(&file).unwrap(), "out.csv", None).unwrap();
    let by_page = operator_csv(&mut s.operator, &s.path).await;
    assert_eq!(by_command.rows[1].cells, by_page.rows[1].cells);
    let kept = |column: &'static str| {
        let app = s.app.app.clone();
        async move {
            let mut tx = app.db.read().await.unwrap();
            let text: String = tx.one(column, &[], |r| r.get(0)).await.unwrap();
            serde_json::from_str::<serde_json::Value>(&text).unwrap()
        }
    };
    assert!(
        kept("SELECT submitted_answers FROM responses")
            .await
            .get("restored")
            .is_none()
    );
    assert!(kept("SELECT answers FROM responses").await.get("restored").is_some());
    let marks = "SELECT COUNT(*) FROM invitations WHERE marks = 'n-tty'";
    assert_eq!(s.app.count(marks).await, 1);
    // Rows of before this rule hold what was hidden: it counts no more for that.
    let mut tx = s.app.app.db.write().await.unwrap();
    tx.execute("UPDATE responses SET submitted_answers = answers", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let row = exported(&mut s.operator, &s.path, "csv").await;
    assert_eq!(column(&row, "2. 復元した日"), "");
    for page in [format!("{}/receipt", s.link), s.part.clone()] {
        let who = if page == s.part { &mut s.operator } else { &mut client };
        assert!(
            !who.get(&page).await.expect(200).text().contains("2026-11-05"),
            "{page}"
        );
    }
    // Changed back, it stands there again.
    post(
        &mut client,
        &format!("{}/check/backup", s.link),
        &[("backup", "partly")],
    )
    .await
    .expect(303);
    let again = client
        .get(&format!("{}/check/restored", s.link))
        .await
        .expect(200)
        .text();
    assert!(again.contains("value=\"2026-11-05\""), "{again}");
    s.app.run_jobs().await;
}

/// A3: "question 5" is the same question on every page, in every file and on the phone, whatever was answered to the others.
#[tokio::test(flavor = "multi_thread")]
async fn a3_a_question_has_one_number_everywhere() {
    let mut s = sent().await;
    let mut client = s.app.client();
    let link = s.link.clone();
    let landing = client.get(&link).await.expect(200).text();
    assert!(landing.contains("5問"), "{landing}");
    for backup in ["yes", "no"] {
        let all = [
            ("backup", backup),
            ("restored", ""),
            ("seats", "12"),
            ("trained", "yes"),
        ];
        post(&mut client, &format!("{link}/all"), &all).await.expect(303);
        let step = client.get(&format!("{link}/check/trained")).await.expect(200).text();
        assert!(
            step.contains("<span>5 / 5</span>") && step.contains("value=\"5\""),
            "{backup}: {step}"
        );
        let page = client.get(&format!("{link}/all")).await.expect(200).text();
        let heads: Vec<&str> = page
            .split("<h3>")
            .skip(1)
            .map(|h| h.split_inclusive('。').next().unwrap())
            .collect();
        for (n, text) in [
            (1, "控えを取っていますか。"),
            (3, "取っていない理由は何ですか。"),
            (5, "研修をしていますか。"),
        ] {
            assert!(
                heads
                    .iter()
                    .any(|h| h.ends_with(&format!("{n}. {text}")) || h.contains(&format!("{n}. {text}"))),
                "{backup}: {n}. in {heads:?}"
            );
        }
        let review = client.get(&format!("{link}/review")).await.expect(200).text();
        assert!(
            review.contains("<dt>5. 研修をしていますか。</dt>"),
            "{backup}: {review}"
        );
        let left = if backup == "yes" { "3" } else { "2" };
        for page in [&page, &review] {
            assert!(
                page.contains(&format!("お答えいただかなくてよい設問：{left}</")),
                "{backup}: {page}"
            );
        }
    }
    // On the way, the step after a gap says what was left out.
    let after = client.get(&format!("{link}/check/why-not")).await.expect(200).text();
    assert!(
        after.contains("お答えいただかなくてよい設問：2</") && after.contains("<span>3 / 5</span>"),
        "{after}"
    );
    submit(&mut client, &link).await;
    let receipt = client.get(&format!("{link}/receipt")).await.expect(200).text();
    assert!(receipt.contains("<dt>5. 研修をしていますか。</dt>"), "{receipt}");
    let part = s.operator.get(&s.part).await.expect(200).text();
    assert!(
        part.contains(">5. 研修</th>") && part.contains("ほかの回答により対象外の設問：2</"),
        "{part}"
    );
    let record = s.operator.get(&format!("{}/record", s.part)).await.expect(200).text();
    assert!(
        record.contains(">5. 研修をしていますか。<") && record.contains(">2. 最後に"),
        "{record}"
    );
    let answers = s.operator.get(&format!("{}/answers", s.path)).await.expect(200).text();
    assert!(answers.contains(">5. 研修</option>"), "{answers}");
    let row = exported(&mut s.operator, &s.path, "csv").await;
    assert_eq!(column(&row, "5. 研修"), "はい");
}

/// A3: a colleague who was given a section speaks of the same question 5.
#[tokio::test(flavor = "multi_thread")]
async fn a3_a_colleagues_part_keeps_its_numbers() {
    let s = sent().await;
    let mut client = s.app.client();
    let hand = [
        ("name", "鈴木 一郎"),
        ("address", "suzuki@a.example"),
        ("what", "sections"),
        ("section", "people"),
        ("made_by", "佐藤 花子"),
        ("language", "ja"),
    ];
    client.post(&format!("{}/hand", s.link), &hand).await.expect(303);
    s.app.run_jobs().await;
    let own = s
        .app
        .outbox()
        .iter()
        .map(|mail| token_path(mail))
        .find(|own| *own != s.link)
        .unwrap();
    let mut colleague = s.app.client();
    let step = colleague.get(&format!("{own}/check/trained")).await.expect(200).text();
    assert!(
        step.contains("<span>5 / 5</span>") && step.contains("前置きの段落です。"),
        "{step}"
    );
    let review = colleague.get(&format!("{own}/review")).await.expect(200).text();
    assert!(review.contains("<dt>5. 研修をしていますか。</dt>"), "{review}");
}

/// A4: the page's script is told where to go on, that there is a page to be seen, or why not, and never gets a page for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a4_a_script_is_told_what_became_of_a_form() {
    let mut s = sent().await;
    let mut client = s.app.client();
    let told = |answer: &Answer, name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned());
    let step = format!("{}/check/backup", s.link);
    let taken = post_by_script(&mut client, &step, &[("backup", "yes")])
        .await
        .expect(204);
    assert_eq!(told(&taken, "kairan-to"), Some(format!("{}/check/restored", s.link)));
    assert!(told(&taken, "location").is_none() && taken.bytes.is_empty());
    assert!(!client.cookies.is_empty(), "the device is known as after any form");
    let restored = format!("{}/check/restored", s.link);
    let wrong = post_by_script(&mut client, &restored, &[("restored", "2026-12-24")])
        .await
        .expect(204);
    assert_eq!(
        (told(&wrong, "kairan-page"), told(&wrong, "kairan-to")),
        (Some("1".into()), None)
    );
    let missing = post_by_script(&mut client, &format!("{}/submit", s.link), &[])
        .await
        .expect(204);
    assert_eq!(told(&missing, "kairan-page"), Some("1".into()));
    // Without a script the same is a redirect or a page.
    post(&mut client, &step, &[("backup", "yes")]).await.expect(303);
    post(&mut client, &restored, &[("restored", "2026-12-24")])
        .await
        .expect(422);
    // What was saved is dated, for "last saved at".
    let save = post_by_script(&mut client, &format!("{}/save", s.link), &[("seats", "7")])
        .await
        .expect(200);
    let save: serde_json::Value = serde_json::from_slice(&save.bytes).unwrap();
    assert_eq!(save["at"], "09:00 JST");
    assert_eq!(save["revisions"]["seats"], 2);
    post(&mut client, &format!("{}/all", s.link), &[("trained", "yes")])
        .await
        .expect(303);
    submit(&mut client, &s.link).await;
    // A device that isn't known any more is told so in words, not sent away from what it typed.
    let mut other = s.app.client();
    let new = post_by_script(&mut other, &step, &[("backup", "no")]).await.expect(401);
    assert_eq!(told(&new, "content-type"), Some("application/problem+json".into()));
    assert!(new.text().contains("この端末の確認が必要です"), "{}", new.text());
    s.operator
        .post(&format!("{}/close", s.path), &[("sure", "1")])
        .await
        .expect(303);
    let closed = post_by_script(&mut client, &step, &[("backup", "no")])
        .await
        .expect(409);
    assert!(
        closed.text().contains("この依頼の受付は終わりました"),
        "{}",
        closed.text()
    );
    s.app.run_jobs().await;
}

/// A7: a day to come isn't the day of something that was; where and how to mend it is said, and what was saved.
#[tokio::test(flavor = "multi_thread")]
async fn a7_what_cannot_be_is_refused_and_the_page_says_what_was_saved() {
    let mut s = sent().await;
    let mut client = s.app.client();
    // The clock says 9:00 of 22 November in Tokyo; at that moment it is the 23rd nowhere.
    let page = client
        .get(&format!("{}/check/restored", s.link))
        .await
        .expect(200)
        .text();
    assert!(page.contains("max=\"2026-11-22\"") && !page.contains("min="), "{page}");
    for (day, fits) in [
        ("2026-11-22", true),
        ("2026-11-23", false),
        ("2099-01-01", false),
        ("0001-01-01", false),
        ("2026-02-30", false),
    ] {
        let status = if fits { 303 } else { 422 };
        let all = [("backup", "yes"), ("restored", day), ("trained", "yes")];
        let page = post(&mut client, &format!("{}/all", s.link), &all)
            .await
            .expect(status)
            .text();
        if !fits {
            assert!(page.contains("このページのほかの答えは保存しました。"), "{day}: {page}");
            assert!(page.contains("<a href=\"#restored\">2. 復元した日: "), "{day}: {page}");
            assert!(page.contains(&format!("value=\"{day}\"")), "{day} stands again");
        }
        if day.starts_with("20") && !fits && day != "2026-02-30" {
            assert!(page.contains("先の日付です。今日までの日付を"), "{day}: {page}");
        }
    }
    let step = post(
        &mut client,
        &format!("{}/check/restored", s.link),
        &[("restored", "2026-11-30")],
    )
    .await
    .expect(422);
    assert!(
        step.text().contains("この設問の答えは、まだ保存していません"),
        "{}",
        step.text()
    );
    for (number, words) in [
        ("-5", "0 以上の数を"),
        ("9999999999999", "1,000,000,000,000 以下の数を"),
        ("たくさん", "数字だけ"),
    ] {
        let page = post(&mut client, &format!("{}/check/seats", s.link), &[("seats", number)])
            .await
            .expect(422)
            .text();
        assert!(page.contains(words), "{number}: {page}");
    }
    // What can't be seen is no name and no answer.
    let nobody = client
        .post(
            &format!("{}/about", s.link),
            &[("name", "\u{3000}\u{200b}"), ("contact", "052-000-0118")],
        )
        .await;
    let page = nobody.expect(422).text();
    assert!(
        page.contains("この画面の内容は、まだ保存していません。設問への回答は保存してあります。"),
        "{page}"
    );
    assert!(
        page.contains("<a href=\"#name\">お名前をお書きください。</a>") && page.contains("052-000-0118"),
        "{page}"
    );
    // A name that is too long is named as the one, also to somebody who only changes the language.
    let long = "長".repeat(201);
    for go in ["next", "back", "lang:en"] {
        let typed = [("name", long.as_str()), ("contact", "052-000-0118"), ("go", go)];
        let page = client
            .post(&format!("{}/about", s.link), &typed)
            .await
            .expect(422)
            .text();
        assert!(
            page.contains("<a href=\"#name\">部署・お名前・連絡先は") && page.contains(&long),
            "{go}"
        );
    }
    let refused = client.post(&format!("{}/submit", s.link), &[]).await.expect(422).text();
    assert!(
        refused.contains("まだ送っていません。回答はすべて保存してあります。"),
        "{refused}"
    );
    // What the checklist says of itself stands before its first question, and on the page with all.
    for (place, there) in [("/check/backup", true), ("/check/seats", false), ("/all", true)] {
        let page = client.get(&format!("{}{place}", s.link)).await.expect(200).text();
        assert_eq!(page.contains("前置きの段落です。"), there, "{place}");
    }
    // On the phone the same holds.
    let record = [
        ("channel", "phone"),
        ("name", "鈴木"),
        ("note", "11/22 電話にて"),
        ("shown", "restored"),
        ("b.restored", "1"),
        ("q.restored", "2026-11-24"),
    ];
    let page = s
        .operator
        .post(&format!("{}/record", s.part), &record)
        .await
        .expect(422)
        .text();
    assert!(
        page.contains("先の日付です") && page.contains("max=\"2026-11-22\""),
        "{page}"
    );
}
