//! Lists as people keep them: what their cells show, what they hide, and what an import says about it, by page, by command and
//! as JSON.

use crate::app::TestApp;
use crate::directory::by_page;
use kairan::directory::import::{Chosen, Plan, Source};
use serde_json::{Value, json};

fn path(name: &str) -> String {
    format!("{}/tests/fixtures/lists/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn planned(name: &str, bytes: &[u8]) -> Plan {
    Source::open(bytes, name, &Chosen::default()).unwrap().plan()
}

fn codes(plan: &Plan) -> Vec<&str> {
    plan.companies.iter().map(|c| c.code.as_deref().unwrap_or("")).collect()
}

/// The report of `kairan directory import --json`, and what it said to people.
fn command(data: &std::path::Path, arguments: &[&str]) -> (Value, String) {
    let mut command = crate::program::kairan();
    command
        .arg("--data")
        .arg(data)
        .args(["directory", "import"])
        .args(arguments)
        .arg("--json");
    let out = command.output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success(), "{said}");
    (serde_json::from_slice(&out.stdout).unwrap(), said)
}

/// The names and codes of all companies.
async fn companies(app: &TestApp) -> Vec<(String, String)> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows = tx
        .list("SELECT name, COALESCE(code, '') FROM companies", &[], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })
        .await;
    let mut rows: Vec<(String, String)> = rows.unwrap();
    rows.sort();
    rows
}

#[test]
fn l2_codes_and_phones_are_as_the_cells_show_them() {
    let plan = planned("formats.xlsx", &fixture("formats.xlsx"));
    let shown = [
        "00123",
        "001-234",
        "0012-0456",
        "K0007",
        "90",
        "77",
        "00042",
        "00043",
        "00044",
        "00045",
        "46",
        "12345",
    ];
    assert_eq!(codes(&plan), shown);
    for (n, company) in plan.companies.iter().enumerate() {
        let phone = company.contacts[0].phone.as_deref();
        assert_eq!(phone, Some(["0312345678", "03-1234-5678"][n % 2]));
    }
    assert_eq!(plan.notices, []);
}

#[test]
fn l2_and_l4_in_an_old_workbook_as_in_a_new_one() {
    let source = Source::open(&fixture("old.xls"), "old.xls", &Chosen::default()).unwrap();
    let plan = source.plan();
    let shown = [
        "00123",
        "001-234",
        "K0007",
        "00043",
        "00044",
        "00045",
        "0012-0456",
        "90",
        "1010001000001",
        "12",
        "M-1",
        "D-1",
        "H-2",
    ];
    assert_eq!(codes(&plan), shown);
    assert_eq!(plan.companies[0].contacts[0].phone.as_deref(), Some("03-1234-5678"));
    assert_eq!(plan.companies[1].contacts[0].phone.as_deref(), Some("0312345678"));
    // A merged name's second row, and a row that says "the same as above".
    for (at, people) in [
        (10, ["m1@m.example", "m2@m.example"]),
        (11, ["d1@d.example", "d2@d.example"]),
    ] {
        let mails: Vec<&str> = plan.companies[at]
            .contacts
            .iter()
            .filter_map(|c| Some(c.mail.as_ref()?.as_str()))
            .collect();
        assert_eq!(mails, people);
    }
    assert_eq!((plan.errors.len(), source.hidden), (0, (1, 1)));
    let said: Vec<(Option<u32>, &str, &str)> = plan
        .notices
        .iter()
        .map(|n| (n.row, n.value.as_str(), n.note.code()))
        .collect();
    assert_eq!(
        said,
        [
            (None, "1 row and 1 column", "hidden"),
            (None, "海外", "another-list"),
            (Some(11), "12", "format"),
            (Some(15), "〃", "ditto"),
            (Some(15), "〃", "ditto"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l2_one_list_in_two_formats_is_one_list() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    by_page(&app, &mut client, "a.xlsx", &fixture("same-a.xlsx")).await;
    let first = companies(&app).await;
    assert_eq!(first[0].1, "001-234");
    by_page(&app, &mut client, "b.csv", &fixture("same-b.csv")).await;
    assert_eq!(companies(&app).await, first);
    assert_eq!(first.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_shortened_numbers_make_no_companies_one() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    for round in ["first", "again"] {
        let (_, result) = by_page(&app, &mut client, "list.csv", &fixture("e-notation.csv")).await;
        assert!(
            result.contains("1.01E+12") && result.contains("企業名で照合"),
            "{round}"
        );
        let all = companies(&app).await;
        let names: Vec<(&str, &str)> = all.iter().map(|(name, code)| (name.as_str(), code.as_str())).collect();
        assert_eq!(
            names,
            [
                ("丸一産業株式会社", ""),
                ("丸三産業株式会社", ""),
                ("丸二産業株式会社", "")
            ],
            "{round}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_what_the_file_hides_is_left_out_unless_the_preview_says_otherwise() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let uploaded = client
        .upload(
            "/companies/import",
            "list.xlsx",
            &fixture("hidden.xlsx"),
            &[("kind", "supplier")],
        )
        .await
        .expect(303);
    let place = uploaded.location().to_owned();
    client.language = "en".into();
    let preview = client.get(&place).await.expect(200).text();
    assert!(
        preview.contains("2 rows and 1 column are hidden in the file."),
        "{preview}"
    );
    assert!(preview.contains("F (hidden in the file)") && !preview.contains("旧メールアドレス"));
    assert!(!preview.contains("第2工業"));
    let shown = [
        ("shown-sheet", "Sheet"),
        ("sheet", "Sheet"),
        ("shown-header", "1"),
        ("header", "1"),
        ("kind", "supplier"),
        ("shown-hidden", "leave"),
        ("hidden", "take"),
    ];
    client.post(&place, &shown).await.expect(303);
    let taken = client.get(&place).await.expect(200).text();
    assert!(
        taken.contains("They are taken, too.") && taken.contains("旧メールアドレス"),
        "{taken}"
    );
    assert!(taken.contains("<option value=\"take\" selected>"));
    // And back: by the page's own form.
    client.language = "ja".into();
    let back: Vec<(&str, &str)> = shown
        .iter()
        .map(|(name, value)| match *name {
            "shown-hidden" => (*name, "take"),
            "hidden" => (*name, "leave"),
            _ => (*name, *value),
        })
        .collect();
    client.post(&place, &back).await.expect(303);
    assert!(
        client
            .get(&place)
            .await
            .expect(200)
            .text()
            .contains("非表示の行が 2 行、非表示の列が 1 列")
    );
    let (_, result) = by_page(&app, &mut client, "list.xlsx", &fixture("hidden.xlsx")).await;
    assert!(result.contains("非表示の行が 2 行"));
    assert_eq!(app.count("SELECT COUNT(*) FROM companies").await, 4);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE mail IS NOT NULL").await,
        4
    );
}

#[test]
fn l3_the_command_leaves_out_what_is_hidden_and_has_a_switch() {
    let dir = tempfile::tempdir().unwrap();
    // What the file hides is a column of old addresses, too: it is seen, and not taken for one of those in use.
    for (file, without, with) in [("hidden.xlsx", (4, 4), (6, 6)), ("old.xls", (13, 15), (14, 16))] {
        let file = path(file);
        let (left, said) = command(dir.path(), &[&file, "--dry-run"]);
        let counts = |report: &Value| {
            let number = |key: &str| report[key].as_u64().unwrap();
            (number("companies_created"), number("contacts_created"))
        };
        assert_eq!(counts(&left), without, "{file} {left}");
        let rows = if file.ends_with("xls") { "1 row" } else { "2 rows" };
        let expected = json!({"row": null, "column": null, "value": format!("{rows} and 1 column"), "what": "hidden"});
        assert_eq!(left["notices"][0], expected);
        assert!(
            said.contains("hidden in the file. They are left out.") && said.contains("--hidden"),
            "{said}"
        );
        let (taken, said) = command(dir.path(), &[&file, "--dry-run", "--hidden"]);
        assert_eq!(counts(&taken), with, "{file}");
        assert_eq!(taken["notices"][0]["what"], "hidden-taken");
        assert!(said.contains("They are taken, too."), "{said}");
    }
}

/// Filters, closed groups and rows without height are hidden rows; columns of no width are hidden columns.
#[test]
fn l3_whatever_hides_hides() {
    use rust_xlsxwriter::{FilterCondition, Workbook};
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [
        ["会社名", "メール", "国", "電話番号"],
        ["甲", "a@a.example", "日本", "03-1234-5678"],
        ["乙", "b@b.example", "米国", ""],
        ["丙", "c@c.example", "日本", ""],
        ["丁", "d@d.example", "日本", ""],
        ["戊", "e@e.example", "日本", ""],
    ]
    .into_iter()
    .enumerate()
    {
        sheet.write_row(row as u32, 0, cells).unwrap();
    }
    sheet.autofilter(0, 0, 5, 2).unwrap();
    sheet
        .filter_column(2, &FilterCondition::new().add_list_filter("日本"))
        .unwrap();
    sheet.set_row_hidden(2).unwrap();
    sheet.group_rows_collapsed(3, 3).unwrap();
    sheet.set_row_height(4, 0).unwrap();
    sheet.set_column_width(3, 0).unwrap();
    // Empty ones are no loss.
    sheet.set_row_hidden(40).unwrap();
    sheet.set_column_hidden(9).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let source = Source::open(&bytes, "x.xlsx", &Chosen::default()).unwrap();
    let plan = source.plan();
    assert_eq!(plan.companies[0].contacts[0].phone, None);
    let names: Vec<String> = plan.companies.into_iter().map(|c| c.name).collect();
    assert_eq!((names, source.hidden), (vec!["甲".to_owned(), "戊".to_owned()], (3, 1)));
    let all = Chosen {
        hidden: true,
        ..Chosen::default()
    };
    let plan = Source::open(&bytes, "x.xlsx", &all).unwrap().plan();
    assert_eq!(plan.companies.len(), 5);
    assert_eq!(plan.companies[0].contacts[0].phone.as_deref(), Some("03-1234-5678"));
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_ditto_marks_are_the_company_above() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let (_, result) = by_page(&app, &mut client, "list.xlsx", &fixture("ditto.xlsx")).await;
    assert!(result.contains("上の行の値を取り込みました"));
    let all = companies(&app).await;
    assert_eq!(all.len(), 12);
    assert!(all.iter().all(|(name, _)| name.starts_with('甲')), "{all:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM contacts").await, 24);
}

#[test]
fn l5_a_space_before_a_quotation_mark() {
    let plan = planned("list.csv", &fixture("space-before-quote.csv"));
    let names: Vec<&str> = plan.companies.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["甲工業, 本社", "乙工業"]);
    assert_eq!(plan.companies[0].contacts[0].name.as_deref(), Some("山田"));
    assert_eq!((codes(&plan), plan.notices.len()), (vec!["001", "002"], 0));
}

#[test]
fn l5_and_l6_and_l8_the_command_tells_all_as_json() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("list.csv");
    let text = "\u{feff}取引先コード,会社名,メールアドレス,区分\n\
                1.01E+12,\u{e000}橋工業,a@a.example,株式会社\n\
                S1,乙工業,担当者に確認,株式会社\n\
                S2,〃,y at y.example,有限会社\n\
                S3,\"丙工業,c@c.example,株式会社\n\
                S4,丁工業,d@d.example;x@x,取引先\n";
    std::fs::write(&file, text).unwrap();
    let (report, said) = command(dir.path(), &[file.to_str().unwrap()]);
    let notice = |row: u32, column: &str, value: &str, what: &str| json!({"row": row, "column": column, "value": value, "what": what});
    let counted = json!({"row": 2, "column": "区分", "value": "株式会社", "what": "unknown", "count": 2});
    assert_eq!(
        report["notices"],
        json!([
            notice(2, "取引先コード", "1.01E+12", "e-notation"),
            notice(2, "会社名", "\u{e000}橋工業", "private-use"),
            counted,
            notice(3, "メールアドレス", "担当者に確認", "no-address"),
            notice(4, "会社名", "〃", "ditto"),
            notice(4, "区分", "有限会社", "unknown"),
            notice(4, "メールアドレス", "y at y.example", "bad-address"),
            {"row": 5, "column": null, "value": "\"丙工業", "what": "open-quote"},
            notice(6, "メールアドレス", "d@d.example;x@x", "bad-address"),
        ])
    );
    assert_eq!(report["companies_created"], 4);
    assert_eq!(
        (report["contacts_created"].as_u64(), report["without_mail"].as_u64()),
        (Some(2), Some(2))
    );
    let errors = report["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &errors[0]["row"]), (1, &json!(5)));
    for sentence in [
        "row 2, 取引先コード: \"1.01E+12\"",
        "row 2, 区分: \"株式会社\" (and in 1 more row)",
        "The value isn't known, so it was left out.",
        "This cell has words, but no email address",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l5_another_list_in_the_workbook_is_told() {
    use rust_xlsxwriter::Workbook;
    let mut book = Workbook::new();
    for (name, prefix, count) in [("国内", "甲", 3), ("海外", "Foreign ", 2), ("説明", "", 0)] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        if count == 0 {
            sheet.write(0, 0, "この表の使い方").unwrap();
            continue;
        }
        sheet.write_row(0, 0, ["コード", "会社名", "メール"]).unwrap();
        for n in 1..=count {
            let cells = [
                format!("{prefix}{n}"),
                format!("{prefix}{n}社"),
                format!("m{n}@m.example"),
            ];
            sheet.write_row(n, 0, cells).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("list.xlsx");
    std::fs::write(&file, &bytes).unwrap();
    let (report, said) = command(dir.path(), &[file.to_str().unwrap(), "--dry-run"]);
    let expected = json!([{"row": null, "column": null, "value": "海外", "what": "another-list"}]);
    assert_eq!(report["notices"], expected);
    assert!(
        said.contains("海外: This sheet holds a list, too, of 2 rows."),
        "{said}"
    );
    let (report, _) = command(dir.path(), &[file.to_str().unwrap(), "--dry-run", "--sheet", "海外"]);
    assert_eq!(
        (&report["notices"][0]["value"], &report["companies_created"]),
        (&json!("国内"), &json!(2))
    );

    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let uploaded = client
        .upload("/companies/import", "list.xlsx", &bytes, &[])
        .await
        .expect(303);
    let preview = client.get(uploaded.location()).await.expect(200).text();
    assert!(
        preview.contains("<b>海外</b>: このシートにも 2 行の一覧があります。"),
        "{preview}"
    );
    let (_, result) = by_page(&app, &mut client, "list.xlsx", &bytes).await;
    assert!(result.contains("<b>海外</b>"));
}

/// A company without a usable address is on the list of those that are phoned, with the person the list names.
#[tokio::test(flavor = "multi_thread")]
async fn l6_no_company_is_refused_for_its_address() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let list = "会社名,担当者,電話,メール\n甲,山田,03-1234-5678,yamada\n乙,,,info＠c\n丙,林,,なし\n丁,森,,x at x.example; m@m.example\n";
    let (_, result) = by_page(&app, &mut client, "list.csv", list.as_bytes()).await;
    assert!(result.contains("yamada") && result.contains("info＠c"), "{result}");
    assert_eq!(app.count("SELECT COUNT(*) FROM companies").await, 4);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE mail IS NOT NULL").await,
        1
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM contacts WHERE mail IS NULL AND name IN ('山田', '林')")
            .await,
        2
    );
    let without = client.get("/companies?mail=none").await.expect(200).text();
    assert!(["甲", "乙", "丙"].iter().all(|name| without.contains(name)) && !without.contains("丁"));
}

#[test]
fn l5_a_list_beside_another_and_a_mark_that_swallows_are_told_by_the_command() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("beside.csv");
    std::fs::write(
        &file,
        "コード,会社名,メール,,コード,会社名,メール\n1,甲,a@x.example,,8,乙,b@x.example\n2,丙,c@x.example,,9,丁,d@x.example\n",
    )
    .unwrap();
    let (report, said) = command(&data.path().join("one"), &[file.to_str().unwrap()]);
    assert!(said.contains("Another list, of 2 rows, begins in column E."), "{said}");
    assert_eq!(
        report["notices"],
        json!([{"row": null, "column": null, "value": "E", "what": "another-list"}])
    );
    let file = data.path().join("marks.csv");
    std::fs::write(
        &file,
        "会社名,メール\n甲,\"a@x.example\n乙,b@x.example\n丙,c@x.example\"\n丁,d@x.example\n",
    )
    .unwrap();
    let (report, said) = command(&data.path().join("two"), &[file.to_str().unwrap()]);
    assert!(said.contains("A quotation mark opens in this row"), "{said}");
    let rows: Vec<&Value> = report["errors"].as_array().unwrap().iter().map(|e| &e["row"]).collect();
    assert_eq!(rows, [2]);
}
