//! The real files, exactly as their truth files say, and small files with other dirt.

use proptest::prelude::*;

use super::*;
use crate::directory::model::{Criticality, Kind, Role};
use crate::mail::address::AddressError;
use crate::sheets::{self, XlsxWriter, write::Cell};

const OPTIONS: Options = Options {
    default_kind: Kind::Supplier,
};

fn import(bytes: &[u8]) -> (Table, Mapping, Plan) {
    let mut tables = sheets::read_all(bytes, "list.csv").expect("a spreadsheet");
    let (index, mapping) = choose(&tables).expect("a header");
    let table = tables.swap_remove(index);
    let plan = plan(&table, &mapping, &OPTIONS);
    (table, mapping, plan)
}

fn imported(text: &str) -> Plan {
    import(text.as_bytes()).2
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/directories/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("fixture")
}

fn holds_to_truth(file: &str, truth: &str) -> Plan {
    let truth: serde_json::Value = serde_json::from_slice(&fixture(truth)).expect("truth");
    let (_, mapping, plan) = import(&fixture(file));
    let found = serde_json::json!({
        "companies": plan.companies.len(),
        "contacts": plan.contacts_with_mail(),
        "duplicates": plan.merged,
        "no_mail": plan.without_mail(),
        "rows": plan.rows,
        "header_row": mapping.header_row,
        "errors": truth["errors"],
    });
    assert_eq!(found, truth);
    let rows: Vec<u64> = truth["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["row"].as_u64())
        .collect();
    assert_eq!(
        plan.error_rows(),
        rows.iter()
            .map(|row| u32::try_from(*row).expect("row"))
            .collect::<Vec<_>>()
    );
    plan
}

#[test]
fn the_list_of_three_hundred_comes_out_as_its_truth_says() {
    let plan = holds_to_truth("ja-300.xlsx", "ja-300.truth.json");
    let skipped: Vec<(u32, &str)> = plan
        .skipped
        .iter()
        .map(|skipped| (skipped.row, skipped.why.code()))
        .collect();
    assert_eq!(
        skipped,
        [
            (1, "title"),
            (2, "title"),
            (25, "blank"),
            (106, "blank"),
            (131, "blank"),
            (203, "blank"),
            (243, "blank"),
            (272, "blank"),
            (328, "blank"),
            (329, "total")
        ]
    );
    assert_eq!(plan.notices, []);
    let first = &plan.companies[0];
    assert_eq!(
        (first.code.as_deref(), first.name.as_str(), first.kana.as_deref()),
        (Some("S00001"), "(株)鈴鹿製作所1", Some("スズカ"))
    );
    assert_eq!(
        (first.tier, first.criticality, first.kind, first.country.as_deref()),
        (Some(2), Some(Criticality::A), Kind::Supplier, Some("JP"))
    );
    assert_eq!(first.contacts[0].name.as_deref(), Some("田中 修"));
}

#[test]
fn the_cp932_list_comes_out_as_its_truth_says() {
    let plan = holds_to_truth("cp932-40.csv", "cp932-40.truth.json");
    assert!(plan.companies.iter().all(|company| company.kind == Kind::Group));
    assert_eq!(
        plan.notices
            .iter()
            .map(|notice| (notice.row, notice.note))
            .collect::<Vec<_>>(),
        [(23, Note::LostCharacter)]
    );
    assert!(
        plan.companies
            .iter()
            .any(|company| company.name == "=HYPERLINK(\"http://evil.example\",\"越後システム合同会社20\")")
    );
}

/// The same list with its columns in another order under English names, with more title rows, as another file.
#[test]
fn the_same_list_in_other_clothes_comes_out_the_same() {
    let tables = sheets::read_all(&fixture("ja-300.xlsx"), "").expect("read");
    let order = [10, 11, 1, 13, 0, 8, 4, 3, 2, 12, 7, 6, 9, 5];
    let english = [
        "Supplier Code",
        "Supplier Name",
        "Kana",
        "Country",
        "Type",
        "Products",
        "Tier",
        "Criticality",
        "Contact Person",
        "Dept.",
        "E-mail Address",
        "Phone No.",
        "Language",
        "Since",
    ];
    for (delimiter, names, encode) in [
        (
            "\t",
            english.map(str::to_owned),
            (|text| {
                format!("\u{feff}{text}")
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect()
            }) as fn(&str) -> Vec<u8>,
        ),
        (
            ",",
            std::array::from_fn(|index| tables[0].rows[2].cell(index).to_owned()),
            |text| format!("\u{feff}{text}").into_bytes(),
        ),
        (";", english.map(str::to_uppercase), |text| text.as_bytes().to_vec()),
    ] {
        let mut text = format!("List of suppliers\nConfidential{delimiter}2026\n\n\n\n");
        let mut number = 4;
        for row in &tables[0].rows[2..] {
            text.push_str(&"\n".repeat(usize::try_from(row.number - number).expect("in order")));
            number = row.number + 1;
            let cell = |index: usize| {
                if row.number == 4 {
                    names[index].clone()
                } else {
                    row.cell(index).to_owned()
                }
            };
            let line: Vec<String> = order
                .iter()
                .map(|index| format!("\"{}\"", cell(*index).replace('"', "\"\"")))
                .collect();
            text.push_str(&line.join(delimiter));
            text.push('\n');
        }
        let (_, mapping, plan) = import(&encode(&text));
        let mut first = self::plan(&tables[0], &choose(&tables).expect("header").1, &OPTIONS);
        for company in &mut first.companies {
            company.rows.iter_mut().for_each(|row| *row += 2);
        }
        assert_eq!(mapping.header_row, 6);
        assert_eq!(plan.companies, first.companies);
        assert_eq!((plan.rows, plan.merged), (first.rows, first.merged));
        assert_eq!(
            plan.error_rows(),
            first.error_rows().iter().map(|row| row + 2).collect::<Vec<_>>()
        );
    }
}

/// The list of a file of addresses, and the addresses of its companies in order.
fn addresses_of(file: &str) -> (Plan, Vec<String>) {
    let (_, _, plan) = import(&fixture(&format!("../addresses/{file}")));
    let contacts = plan.companies.iter().flat_map(|company| &company.contacts);
    let mails = contacts.filter_map(|contact| contact.mail.as_ref());
    let mails = mails.map(|mail| mail.as_str().to_owned()).collect();
    (plan, mails)
}

#[test]
fn addresses_with_dots_of_carriers_come_in_as_they_are() {
    let (plan, mails) = addresses_of("dots-of-carriers.csv");
    assert_eq!(
        mails,
        [
            "foo..bar.@docomo.ne.jp",
            "foo.bar.@ezweb.ne.jp",
            "foo..bar.@docomo.ne.jp"
        ]
    );
    assert_eq!((plan.errors.len(), plan.notices.len()), (0, 0));
    let (plan, mails) = addresses_of("leading-dot.csv");
    let refused: Vec<(u32, Why)> = plan.errors.iter().map(|error| (error.row, error.why)).collect();
    assert_eq!(refused, [(2, Why::MailInvalid(AddressError::Dots))]);
    assert_eq!(mails.len(), 0);
}

#[test]
fn words_in_the_address_cell_are_told() {
    let (plan, mails) = addresses_of("words-without-address.xlsx");
    assert_eq!(mails.len(), 0);
    // yamada, soumu, "info アット c.example", info＠c, http://c.example/contact
    assert_eq!(plan.error_rows(), [7, 8, 9, 10, 14]);
    let told: Vec<u32> = plan.notices.iter().map(|notice| notice.row).collect();
    assert_eq!(told, [2, 3, 4, 5, 6, 11, 12, 13, 15]);
    assert!(plan.notices.iter().all(|notice| notice.note == Note::NoAddress));
}

#[test]
fn an_english_list_in_another_order() {
    let plan = imported(
        "Supplier master\t\t\t\t\t\n\nE-mail\tContact Person\tVendor No.\tCompany Name\tCountry/Region\tLevel\n\
         a@b.example / c@d.example\tJ. Smith\t007\tAcme Co., Ltd.\tUnited Kingdom\tTier 2\n\
         mailto:x@y.example.\t\t7.0\tACME Company Limited\tUK\t2\n\
         n/a\tAnn\t008\tBeta GmbH\tGermany\t?\n\
         \t\tSubtotal\t3\t\t\n",
    );
    assert_eq!(
        (
            plan.companies.len(),
            plan.merged,
            plan.contacts_with_mail(),
            plan.contacts(),
            plan.without_mail(),
            plan.rows
        ),
        (2, 1, 3, 4, 1, 3)
    );
    let acme = &plan.companies[0];
    assert_eq!(
        (acme.code.as_deref(), acme.country.as_deref(), acme.tier),
        (Some("007"), Some("GB"), Some(2))
    );
    assert_eq!(
        acme.contacts
            .iter()
            .map(|contact| contact.name.as_deref())
            .collect::<Vec<_>>(),
        [Some("J. Smith"), None, None]
    );
    assert_eq!(
        acme.contacts.iter().map(|contact| contact.role).collect::<Vec<_>>(),
        [Role::Primary, Role::Backup, Role::Backup]
    );
    assert!(acme.contacts.iter().all(|contact| contact.language == "en"));
    assert_eq!(
        plan.skipped.last().map(|skipped| (skipped.row, skipped.why)),
        Some((7, Reason::Total))
    );
}

#[test]
fn without_codes_names_are_known_again() {
    let plan = imported(
        "会社名,メール\n㈱鈴鹿製作所,a@b.example\n株式会社 鈴鹿製作所,b@b.example\n（株）鈴鹿製作所,A@b.example\n有限会社鈴鹿製作所,c@b.example\n\
         鈴鹿製作所株式会社,d@b.example\n\"=cmd|' /C calc'!A0\",e@b.example\n※廃業予定を除く,\n計,5\n",
    );
    assert_eq!(
        (plan.companies.len(), plan.merged, plan.contacts_with_mail()),
        (4, 2, 5)
    );
    assert_eq!(plan.companies[3].name, "=cmd|' /C calc'!A0");
    assert_eq!(plan.companies[0].contacts[0].language, "ja");
    assert_eq!((plan.rows, plan.skipped.len()), (6, 2));
}

#[test]
fn what_is_wrong_is_told_by_row_column_and_value() {
    let plan = imported(
        "コード,企業名,連絡先メール,ランク,国,言語\n1,甲㈱,a@b.example;c at d.example,S,火星,klingon\n2,,x@y,,,\n3,乙㈱,p@q.example,特A,JPN,日本語\n1,,z@q.example,,,\n3,,r@q.example,,,\n",
    );
    let errors: Vec<_> = plan
        .errors
        .iter()
        .map(|error| {
            (
                error.row,
                error.column.key(),
                error.header.as_str(),
                error.value.as_str(),
                error.why.code(),
            )
        })
        .collect();
    assert_eq!(
        errors,
        [
            (2, "mail", "連絡先メール", "a@b.example;c at d.example", "mail-invalid"),
            (3, "name", "企業名", "", "name-missing"),
            (3, "mail", "連絡先メール", "x@y", "mail-invalid"),
            (5, "name", "企業名", "", "name-missing"),
        ]
    );
    // The row that repeats a code already taken may leave out the name.
    assert_eq!(
        (plan.companies.len(), plan.merged, plan.contacts_with_mail()),
        (1, 1, 2)
    );
    assert_eq!(
        plan.notices
            .iter()
            .map(|notice| (notice.row, notice.column))
            .collect::<Vec<_>>(),
        [
            (2, Column::Country),
            (2, Column::Criticality),
            (2, Column::Language),
            (4, Column::Criticality)
        ]
    );
}

#[test]
fn refused_rows_come_back_with_their_reason_and_can_be_imported_once_mended() {
    let (table, mapping, plan) = import("取引先名,Mail\n甲,a at b.example\n乙,b@b.example\n".as_bytes());
    let (header, rows) = rejected_sheet(
        &table,
        &mapping,
        &plan,
        ["行番号", "取り込めない理由"],
        |error| error.why.to_string(),
    );
    assert_eq!(header, ["取引先名", "Mail", "行番号", "取り込めない理由"]);
    assert_eq!(rows, [["甲", "a at b.example", "2", "The address has no @."]]);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut mended = rows[0].clone();
    mended[1] = "a@b.example".into();
    let mut writer = XlsxWriter::new();
    writer
        .sheet("errors", &header, [mended.into_iter().map(Cell::from).collect()])
        .expect("sheet");
    let (_, _, again) = import(&writer.finish().expect("file"));
    assert_eq!(
        (again.companies.len(), again.errors.len(), again.contacts_with_mail()),
        (1, 0, 1)
    );
}

/// A workbook as a purchasing department would draw it.
fn drawn() -> Vec<u8> {
    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, XlsxError};
    let build = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        book.add_worksheet()
            .set_name("記入例")?
            .write_row(0, 0, ["コード", "会社名", "メールアドレス", "部署", "区分", "国"])?
            .write_row(1, 0, ["X", "見本㈱", "m@m.example"])?;
        let zeros = Format::new().set_num_format("00000");
        let plain = Format::new();
        let sheet = book.add_worksheet().set_name("一覧")?;
        sheet.merge_range(0, 0, 0, 7, "令和8年度 取引先名簿", &plain)?;
        sheet.write_row(1, 0, ["作成者", "調達部", "", "作成日"])?;
        sheet
            .merge_range(3, 0, 4, 0, "No.", &plain)?
            .merge_range(3, 1, 3, 3, "取引先", &plain)?
            .merge_range(3, 4, 3, 6, "ご担当者", &plain)?;
        sheet.merge_range(3, 7, 4, 7, "取引\n開始日", &plain)?;
        sheet.write_row(4, 1, ["コード", "名称", "国・地域", "氏名", "E-Mail", "TEL"])?;
        let day = ExcelDateTime::from_ymd(2021, 6, 13)?;
        let date = Format::new().set_num_format("yyyy/m/d");
        sheet
            .write(5, 0, 1)?
            .write_with_format(5, 1, 42, &zeros)?
            .write_row(5, 2, ["㈱浜名", "日本", "山田", "山田 <y@h.example>", "+81-53-1"])?
            .write_with_format(5, 7, &day, &date)?;
        // One company over two rows, merged as people do.
        sheet
            .merge_range(6, 1, 7, 1, "B-7", &plain)?
            .merge_range(6, 2, 7, 2, "ﾃｽﾄ工業㈲", &plain)?;
        sheet
            .write(6, 0, 2)?
            .write_row(6, 3, ["タイ", "Somchai", "s@t.example\nt@t.example", "TEL: 02ー123"])?;
        sheet.write(7, 0, 3)?.write_row(7, 4, ["Malee", "m@t.example"])?;
        sheet.merge_range(8, 0, 8, 7, "【海外】", &plain)?;
        sheet
            .write(9, 0, 4)?
            .write(9, 1, 99)?
            .write(9, 2, Formula::new("=\"Formula\"&\" Ltd\"").set_result("Formula Ltd"))?
            .write_row(9, 3, ["英国", "", "なし"])?;
        sheet.write(10, 0, 5)?;
        sheet.write_row(11, 1, ["コード", "名称", "国・地域", "氏名", "E-Mail", "TEL"])?;
        sheet.write(12, 0, 6)?.write(12, 1, "00042")?.write_row(
            12,
            2,
            ["株式会社浜名", "", "別担当", "b@h.example"],
        )?;
        sheet.write_row(13, 0, ["合計", "", "3社"])?;
        sheet.write(1_048_575, 511, " ")?;
        book.save_to_buffer()
    };
    build().expect("workbook")
}

#[test]
fn a_drawn_form_with_a_header_in_two_rows_and_merged_cells() {
    let (table, mapping, plan) = import(&drawn());
    assert_eq!((table.sheet_name.as_str(), mapping.header_row), ("一覧", 5));
    use Column::{Code, ContactName, Country, Ignored, Mail, Name, Phone};
    assert_eq!(
        mapping.columns[1..],
        [Code, Name, Country, ContactName, Mail, Phone, Ignored].map(Some)
    );
    assert_eq!(plan.errors, []);
    let names: Vec<&str> = plan.companies.iter().map(|company| company.name.as_str()).collect();
    assert_eq!(names, ["(株)浜名", "テスト工業(有)", "Formula Ltd"]);
    assert_eq!(
        plan.companies
            .iter()
            .filter_map(|company| company.code.as_deref())
            .collect::<Vec<_>>(),
        ["00042", "B-7", "99"]
    );
    assert_eq!(
        (plan.merged, plan.contacts_with_mail(), plan.without_mail(), plan.rows),
        (2, 5, 1, 8)
    );
    assert_eq!(plan.companies[1].contacts[0].phone.as_deref(), Some("02-123"));
    assert_eq!(
        table.rows.iter().find(|row| row.number == 6).map(|row| row.cell(7)),
        Some("2021/6/13")
    );
    let below: Vec<_> = plan
        .skipped
        .iter()
        .filter(|skipped| skipped.row > 5)
        .map(|skipped| (skipped.row, skipped.why.code()))
        .collect();
    assert_eq!(below, [(9, "note"), (11, "blank"), (12, "header"), (14, "total")]);
}

#[test]
fn two_people_in_one_row() {
    let plan = imported(
        "社名\t担当者1\tメール1\t担当者2\tメール2\t部署\n甲社\t山田\ta@b.example\t鈴木\tc@d.example\t総務\n乙社\t\t\t佐藤\te@f.example\t\n丙社\t林、森\tg@h.example、i@j.example\t\t\t営業\n",
    );
    let people: Vec<Vec<(Option<&str>, Option<&str>)>> = plan
        .companies
        .iter()
        .map(|company| {
            company
                .contacts
                .iter()
                .map(|contact| (contact.name.as_deref(), contact.mail.as_ref().map(|mail| mail.as_str())))
                .collect()
        })
        .collect();
    assert_eq!(
        people[0],
        [(Some("山田"), Some("a@b.example")), (Some("鈴木"), Some("c@d.example"))]
    );
    assert_eq!(people[1], [(Some("佐藤"), Some("e@f.example"))]);
    assert_eq!(
        people[2],
        [(Some("林"), Some("g@h.example")), (Some("森"), Some("i@j.example"))]
    );
    assert_eq!(plan.companies[0].contacts[1].department.as_deref(), Some("総務"));
}

#[test]
fn sheets_without_a_header_are_not_guessed() {
    let tables = sheets::read_all("a,b\n1,2\n".as_bytes(), "x.csv").expect("read");
    assert_eq!(choose(&tables), None);
    let mapping = Mapping {
        header_row: 0,
        columns: vec![Some(Column::Name), Some(Column::Country)],
    };
    assert_eq!(plan(&tables[0], &mapping, &OPTIONS).companies.len(), 2);
}

#[test]
fn five_thousand_rows_take_no_time() {
    let mut text = "コード,会社名,メール\n".to_owned();
    for number in 0..5_000 {
        text.push_str(&format!("S{number:05},㈱第{number}工業,a{number}@b.example\n"));
    }
    let started = std::time::Instant::now();
    assert_eq!(imported(&text).companies.len(), 5_000);
    assert!(started.elapsed().as_secs() < 10);
}

/// Hiragana and a voicing mark that have no sign of their own together, though their katakana have one.
#[test]
fn a_voicing_mark_is_composed_after_katakana() {
    assert_eq!(normalise::kana("わ\u{ff9e}"), "ヷ");
    assert_eq!(normalise::search_key("わ\u{ff9e}"), "ヷ");
}

proptest! {
    #[test]
    fn normalising_is_idempotent(raw in "\\PC{0,24}|[ぁ-ヶ㈱㈲株式会社()（） \u{200b}\u{ad}ﾊﾟｶﾞ\u{3099}A-zＡ-ｚ０-９ー-]{0,16}") {
        for read in [normalise::text, normalise::kana, normalise::name_key, normalise::search_key, normalise::code, normalise::code_key] {
            let once = read(&raw);
            prop_assert_eq!(&read(&once), &once);
        }
        let _ = (normalise::phone(&raw), normalise::tier(&raw), normalise::criticality(&raw), normalise::kind(&raw), normalise::language(&raw), normalise::role(&raw), normalise::small(&raw), country::country(&raw));
    }

    #[test]
    fn a_phone_number_stays_what_it_is(raw in "(TEL[:：. ]?)?[+＋]?[0-9０-９]{2,4}[-ー―−‐ ][0-9]{2,4}[-ー―−‐][0-9]{4}( ?内線 ?[0-9]{1,3})?") {
        let once = normalise::phone(&raw).expect("a number");
        prop_assert!(once.starts_with(|c: char| c == '+' || c.is_ascii_digit()) && !once.contains(['ー', '―', '−', '‐']));
        prop_assert_eq!(normalise::phone(&once), Some(once));
    }

    #[test]
    fn a_name_is_one_company_in_every_notation(stem in "[ア-ンa-z日本東工業]{1,8}", before in any::<bool>(), wide in any::<bool>()) {
        let named = |form: &str| if before { format!("{form}{stem}") } else { format!("{stem}{form}") };
        let key = normalise::name_key(&named("株式会社"));
        for form in ["㈱", "(株)", "（株）", "㍿", "株式会社 ", " 株式会社", "（㈱）"] {
            let mut written = named(form);
            if wide {
                written = written.chars().map(|c| if c.is_ascii_lowercase() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c }).collect();
            }
            prop_assert_eq!(&normalise::name_key(&written.to_uppercase()), &key);
            prop_assert_eq!(normalise::search_key(&written), normalise::search_key(&named("株式会社")));
        }
        prop_assert_ne!(&normalise::name_key(&named("有限会社")), &key);
        prop_assert_ne!(&normalise::name_key(&stem), &key);
    }

    #[test]
    fn planning_never_panics(cells in proptest::collection::vec(proptest::collection::vec("\\PC{0,6}|会社名|メール|a@b.example|合計|取引先", 0..6), 0..12), header in 0_u32..6) {
        let rows = cells.into_iter().enumerate().map(|(index, cells)| sheets::Row { number: u32::try_from(index).expect("small") * 2 + 1, cells }).collect();
        let table = Table { rows, ..Table::default() };
        let _ = choose(std::slice::from_ref(&table));
        let mapping = Mapping { header_row: header, columns: Column::ALL.iter().copied().map(Some).collect() };
        let found = plan(&table, &mapping, &OPTIONS);
        let _ = rejected_sheet(&table, &mapping, &found, ["", ""], |error| error.why.to_string());
    }
}
