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

const QUESTIONS: [&str; 23] = [
    "simple-passwords",
    "device-passwords",
    "unneeded-accounts",
    "access-rights",
    "multi-factor",
    "asset-list",
    "exit-devices",
    "patch-time",
    "awareness-notice",
    "macros",
    "logs-checked",
    "bad-traffic",
    "connection-points",
    "access-rules",
    "backup",
    "restore-tried",
    "procedures",
    "inside-contacts",
    "outside-answers",
    "early-report",
    "alternatives",
    "management",
    "sites",
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
    campaigns::mark_sent(
        &mut tx,
        scope,
        &campaign,
        &Asked::of(&campaign, &app.content, campaigns::Statements::default()),
        now,
    )
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
            corporate_number: None,
            postal_code: String::new(),
            address: String::new(),
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
    // With the 23 questions of sc-2022's second version. The first had 13: 850 for the form, 1,000 to submit, 580 for the receipt. The
    // letter had 400 and acknowledging 160 before they said how long it takes, what the time is in UTC, and who acknowledged.
    for (what, _, allocations) in &last {
        let most = match *what {
            "letter" => 560,
            "acknowledge" => 185,
            "form" => 1_180,
            "submit" => 1_550,
            _ => 820,
        };
        assert!(allocations < &most, "{what} allocates {allocations} times");
    }
}

/// A workbook: its parts by their names, over those of one with a single sheet "A" of one row.
fn workbook(parts: &[(&str, String)]) -> Vec<u8> {
    use std::io::Write;
    let relation =
        |id: &str, kind: &str, to: &str| format!(r#"<Relationship Id="{id}" Type="x/{kind}" Target="{to}"/>"#);
    let relations = |all: String| format!("<Relationships>{all}</Relationships>");
    let mut all = std::collections::BTreeMap::from([
        (
            "_rels/.rels",
            relations(relation("a", "relationships/officeDocument", "xl/workbook.xml")),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(relation("b", "worksheet", "worksheets/sheet1.xml")),
        ),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="A" r:id="b"/></sheets></workbook>"#.to_owned(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#),
        ),
    ]);
    all.extend(parts.iter().map(|(name, text)| (*name, text.clone())));
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let best = zip::write::SimpleFileOptions::default().compression_level(Some(9));
    for (name, text) in all {
        out.start_file(name, best).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn sheet(rows: &str) -> String {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

fn styles(inside: &str) -> String {
    format!("<styleSheet>{inside}</styleSheet>")
}

/// What is small and would become large: none takes more than 64 MiB beyond the file itself.
#[test]
fn a_file_that_swells_costs_little() {
    use kairan::sheets::ReadError::{self, Damaged, Swollen, TooLarge};
    let strings =
        |attributes: &str, inside: String| ("xl/sharedStrings.xml", format!("<sst {attributes}>{inside}</sst>"));
    let shared = |cells: usize| -> String {
        let rows: String = (1..=cells)
            .map(|r| format!(r#"<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>"#))
            .collect();
        sheet(&rows)
    };
    let on_one_part: String = (0..500).map(|n| format!(r#"<sheet name="S{n}" r:id="b"/>"#)).collect();
    let far: String = (1..=40_000)
        .map(|r| format!(r#"<row r="{r}"><c r="SR{r}"><v>1</v></c></row>"#))
        .collect();
    let bombs: Vec<(&str, Vec<u8>)> = vec![
        (
            "fonts",
            workbook(&[(
                "xl/styles.xml",
                styles(&format!("<fonts>{}</fonts>", "<font/>".repeat(3_000_000))),
            )]),
        ),
        (
            "formats",
            workbook(&[(
                "xl/styles.xml",
                styles(&format!("<cellXfs>{}</cellXfs>", "<xf/>".repeat(2_000_000))),
            )]),
        ),
        (
            "long formats",
            workbook(&[(
                "xl/styles.xml",
                styles(&format!(
                    r#"<numFmts><numFmt numFmtId="200" formatCode="{}"/></numFmts><cellXfs>{}</cellXfs>"#,
                    "0".repeat(50_000),
                    r#"<xf numFmtId="200"/>"#.repeat(20_000)
                )),
            )]),
        ),
        ("texts", workbook(&[strings("", "<si/>".repeat(3_000_000))])),
        (
            "short texts",
            workbook(&[strings("", "<si><t>a</t></si>".repeat(900_000))]),
        ),
        (
            "announced texts",
            workbook(&[strings(
                r#"count="1" uniqueCount = "999999999999""#,
                "<si><t>a</t></si>".into(),
            )]),
        ),
        (
            "one text in many cells",
            workbook(&[
                strings("", format!("<si><t>{}</t></si>", "x".repeat(32_000))),
                ("xl/worksheets/sheet1.xml", shared(20_000)),
            ]),
        ),
        (
            "formulas",
            workbook(&[(
                "xl/worksheets/sheet1.xml",
                sheet(r#"<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="4000000000">1+1</f></c></row>"#),
            )]),
        ),
        (
            "empty rows",
            workbook(&[("xl/worksheets/sheet1.xml", sheet(&"<row/>".repeat(2_500_000)))]),
        ),
        ("cells far away", workbook(&[("xl/worksheets/sheet1.xml", sheet(&far))])),
        (
            "depth",
            workbook(&[(
                "xl/worksheets/sheet1.xml",
                format!("<worksheet>{}", "<a>".repeat(1_000_000)),
            )]),
        ),
        (
            "sheets on one part",
            workbook(&[
                (
                    "xl/workbook.xml",
                    format!("<workbook><sheets>{on_one_part}</sheets></workbook>"),
                ),
                ("xl/worksheets/sheet1.xml", shared(100_000)),
                strings("", "<si><t>a</t></si>".into()),
            ]),
        ),
        (
            "a document type",
            workbook(&[(
                "xl/sharedStrings.xml",
                "<!DOCTYPE x [<!ENTITY a 'b'>]><sst><si><t>&a;</t></si></sst>".into(),
            )]),
        ),
        (
            "parts",
            workbook(
                &(0..12_000)
                    .map(|n| (&*format!("p{n}").leak(), String::new()))
                    .collect::<Vec<_>>(),
            ),
        ),
        ("columns", format!("a,b\n{}\n", ",".repeat(10_000_000)).into_bytes()),
        ("tabs", format!("a\tb\n{}\n", "x\t".repeat(5_000_000)).into_bytes()),
    ];
    for (name, bytes) in &bombs {
        let mut read = None;
        let counted = allocation_counter::measure(|| read = Some(kairan::sheets::read_all(bytes, "list")));
        let refused: ReadError = match read.unwrap() {
            Err(refused) => refused,
            Ok(tables) => panic!("{name} was read: {} tables", tables.len()),
        };
        println!(
            "{name}: {} kB, at most {} kB in memory: {refused}",
            bytes.len() / 1000,
            counted.bytes_max / 1000
        );
        assert!(matches!(refused, Swollen | TooLarge | Damaged(_)), "{name}: {refused}");
        assert!(counted.bytes_max < 64 << 20, "{name} takes {} bytes", counted.bytes_max);
    }
}

/// What a list of ordinary companies costs to read, so that looking into it first stays cheap.
#[test]
fn a_list_of_companies_is_read_whatever_its_size() {
    let rows = |count: usize| -> Vec<Vec<kairan::sheets::Cell>> {
        let row = |n: usize| {
            let texts = [
                format!("C{n:06}"),
                format!("株式会社サンプル{n}製作所"),
                format!("佐藤 花子{}", n % 97),
                format!("c{n}@c{n}.example"),
                "052-000-0118".to_owned(),
                "JP".to_owned(),
                "サプライヤー".to_owned(),
                "A".to_owned(),
            ];
            texts.into_iter().map(Into::into).collect()
        };
        (0..count).map(row).collect()
    };
    let titles = ["コード", "会社名", "担当者", "メール", "電話", "国", "区分", "重要度"];
    for count in [10, 20_000] {
        let mut writer = kairan::sheets::XlsxWriter::new();
        writer.sheet("一覧", &titles, rows(count)).unwrap();
        let bytes = writer.finish().unwrap();
        let begun = std::time::Instant::now();
        let tables = kairan::sheets::read_all(&bytes, "list.xlsx").unwrap();
        println!("{count} rows, {} kB: read in {:?}", bytes.len() / 1000, begun.elapsed());
        assert_eq!(tables[0].rows.len(), count + 1);
        assert_eq!(
            tables[0].rows[count].cells[1],
            format!("株式会社サンプル{}製作所", count - 1)
        );
    }
}
