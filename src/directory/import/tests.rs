//! The real files, exactly as their truth files say, and small files with other dirt.

use proptest::prelude::*;

use super::*;
use crate::directory::model::{Criticality, Kind, Role};
use crate::mail::address::{AddressError, EmailAddress};
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

/// The truth names the rows without a name, and those whose address can't be read: their companies go in without it.
fn holds_to_truth(file: &str, truth: &str) -> Plan {
    let truth: serde_json::Value = serde_json::from_slice(&fixture(truth)).expect("truth");
    let (_, mapping, plan) = import(&fixture(file));
    let rows: Vec<u64> = truth["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["row"].as_u64())
        .collect();
    let bad = plan
        .notices
        .iter()
        .filter(|notice| matches!(notice.note, Note::BadAddress(_)));
    let bad: Vec<u32> = bad.filter_map(|notice| notice.row).collect();
    let found = serde_json::json!({
        "companies": plan.companies.len() - bad.len(),
        "contacts": plan.contacts_with_mail(),
        "duplicates": plan.merged,
        "no_mail": plan.without_mail() - bad.len(),
        "rows": plan.rows,
        "header_row": mapping.header_row,
        "errors": truth["errors"],
    });
    assert_eq!(found, truth);
    // Without a name no company can be made.
    assert!(plan.errors.iter().all(|error| error.why == Why::NameMissing));
    let mut told: Vec<u64> = plan.error_rows().into_iter().chain(bad).map(u64::from).collect();
    told.sort_unstable();
    assert_eq!(told, rows);
    plan
}

/// Row, column's header, value and stable word of each remark.
fn told(plan: &Plan) -> Vec<(u32, &str, &str, &str)> {
    let one = |n: &'_ Notice| (n.row.unwrap_or_default(), n.note.code());
    plan.notices
        .iter()
        .map(|n| (one(n).0, n.header.as_str(), n.value.as_str(), one(n).1))
        .collect()
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
    assert!(
        plan.notices
            .iter()
            .all(|notice| matches!(notice.note, Note::BadAddress(_)))
    );
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
    let others = plan
        .notices
        .iter()
        .filter(|notice| !matches!(notice.note, Note::BadAddress(_)));
    assert_eq!(
        others.map(|notice| (notice.row, notice.note)).collect::<Vec<_>>(),
        [(Some(23), Note::LostCharacter)]
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
    assert_eq!(told(&plan), [(2, "メールアドレス", ".foo@ezweb.ne.jp", "bad-address")]);
    assert_eq!(plan.notices[0].note, Note::BadAddress(AddressError::Dots));
    assert_eq!((mails.len(), plan.companies.len(), plan.without_mail()), (0, 1, 1));
}

#[test]
fn words_in_the_address_cell_are_told() {
    let (plan, mails) = addresses_of("words-without-address.xlsx");
    assert_eq!(mails.len(), 0);
    assert_eq!(
        (plan.companies.len(), plan.errors.len(), plan.without_mail()),
        (14, 0, 14)
    );
    // The person behind each can be phoned.
    assert!(plan.companies.iter().all(|company| company.contacts.len() == 1));
    let words: Vec<(u32, &str, &str)> = told(&plan)
        .into_iter()
        .map(|(row, _, value, what)| (row, value, what))
        .collect();
    assert_eq!(
        words,
        [
            (2, "メールを送る", "no-address"),
            (3, "山田太郎", "no-address"),
            (4, "アドレス変更あり", "no-address"),
            (5, "別紙参照", "no-address"),
            (6, "部長宛", "no-address"),
            (7, "yamada", "bad-address"),
            (8, "soumu", "bad-address"),
            (9, "info アット c.example", "bad-address"),
            (10, "info＠c", "bad-address"),
            (11, "担当者に確認", "no-address"),
            (12, "〃", "ditto"),
            (12, "〃", "no-address"),
            (13, "同上", "ditto"),
            (13, "同上", "no-address"),
            (14, "http://c.example/contact", "bad-address"),
            (15, "お問い合わせフォーム", "no-address"),
        ]
    );
    assert!(told(&plan).iter().all(|(_, column, ..)| *column == "メールアドレス"));
}

/// Three companies, never one: what a program made of their numbers is no code.
#[test]
fn powers_of_ten_are_no_codes() {
    let plan = imported(
        "取引先コード,会社名,電話番号\n1.01E+12,丸一産業株式会社,3.12E+08\n1.01E+12,丸二産業株式会社,03-1234-5678\n1.01E+12,丸三産業株式会社,\n\
         1.01E12,丸四産業株式会社,\n\"1,01E+12\",丸五産業株式会社,\n1E5,丸六産業株式会社,\n12E-3,丸七産業株式会社,\n",
    );
    let codes: Vec<Option<&str>> = plan.companies.iter().map(|company| company.code.as_deref()).collect();
    assert_eq!(codes, [None, None, None, None, None, Some("1E5"), Some("12E-3")]);
    assert_eq!((plan.merged, plan.contacts()), (0, 1));
    assert_eq!(
        told(&plan)[..3],
        [
            (2, "取引先コード", "1.01E+12", "e-notation"),
            (2, "電話番号", "3.12E+08", "e-notation"),
            (3, "取引先コード", "1.01E+12", "e-notation"),
        ]
    );
    assert_eq!(told(&plan).len(), 6);
}

#[test]
fn the_same_as_above_is_the_row_above() {
    for mark in [
        "〃",
        "同上",
        "々",
        "″",
        "\"",
        "〃　",
        "上に同じ",
        "仝",
        "ditto",
        "do.",
        "Do.",
        "DO.",
        "↑",
        "同",
        "（同上）",
        "''",
        "”",
        "- 〃 -",
        "上記と同じ",
        "Same as above",
        "↑同じ",
        "同じ",
        "〃〃",
    ] {
        let cell = mark.replace('"', "\"\"");
        let plan = imported(&format!(
            "会社名,部署,メール\n甲株式会社,総務,a@a.example\n\"{cell}\",\"{cell}\",b@a.example\n乙株式会社,,c@c.example\n"
        ));
        let names: Vec<&str> = plan.companies.iter().map(|company| company.name.as_str()).collect();
        assert_eq!(names, ["甲株式会社", "乙株式会社"], "{mark}");
        let people = &plan.companies[0].contacts;
        assert_eq!(people.len(), 2, "{mark}");
        assert_eq!(people[1].department.as_deref(), Some("総務"), "{mark}");
        let mark = mark.trim_end_matches('　');
        let said: Vec<(u32, &str, &str, &str)> = told(&plan);
        assert!(
            said.iter()
                .all(|(row, _, value, what)| (*row, value.trim(), *what) == (3, mark, "ditto")),
            "{said:?}"
        );
        assert_eq!(said.len(), 2, "{mark}");
    }
    // Down a column, over what isn't a company, but not over an empty cell.
    let plan = imported(
        "コード,会社名,メール\n1,〃,z@z.example\n1,甲,a@a.example\n〃,〃,b@a.example\n【関東】,,\n〃,同上,c@a.example\n2,乙,\n3,丙,〃\n",
    );
    assert_eq!(plan.error_rows(), [2]);
    assert_eq!((plan.companies.len(), plan.companies[0].contacts.len()), (3, 3));
    let last = told(&plan);
    assert_eq!(last.last(), Some(&(8, "メール", "〃", "ditto-of-nothing")));
    assert!(last.contains(&(2, "会社名", "〃", "ditto-of-nothing")));
    assert!(!plan.companies[2].has_mail());
}

/// A refused row stands above all the same: nothing of the company before it is taken.
#[test]
fn the_same_as_a_refused_row_is_nothing() {
    let plan = imported(
        "会社名,担当者名,メール\n甲工業,山田,a@x.example\n\"乙工業,佐藤,b@x.example\n〃,鈴木,c@x.example\n丙工業,高橋,d@x.example\n",
    );
    let names: Vec<&str> = plan.companies.iter().map(|company| company.name.as_str()).collect();
    assert_eq!(names, ["甲工業", "丙工業"]);
    assert_eq!((plan.companies[0].contacts.len(), plan.error_rows()), (1, vec![3, 4]));
    assert!(told(&plan).contains(&(4, "会社名", "〃", "ditto-of-nothing")));
}

#[test]
fn what_only_begins_with_the_same_as_above_is_told() {
    for name in [
        "〃 大阪支店",
        "〃大阪支店",
        "同上（大阪支店）",
        "同 大阪工場",
        "同　大阪工場",
        "do. 大阪支店",
        "ditto (Osaka)",
        "ゝ",
        "↓",
    ] {
        let plan = imported(&format!("会社名,メール\n甲工業,a@x.example\n{name},b@x.example\n"));
        assert_eq!(told(&plan), [(3, "会社名", name, "ditto-and-more")], "{name}");
        assert_eq!(plan.companies.len(), 2, "{name}");
    }
    for name in [
        "同和工業株式会社",
        "同上商会株式会社",
        "同上商会㈱",
        "同志社",
        "上田工業",
        "Ditton Ltd",
        "Do It Ltd",
        "'90s 商会",
        "大同工業",
    ] {
        let plan = imported(&format!("会社名,メール\n甲工業,a@x.example\n{name},b@x.example\n"));
        assert_eq!(told(&plan), [], "{name}");
        assert_eq!(plan.companies.len(), 2, "{name}");
    }
}

#[test]
fn of_several_addresses_the_first_is_taken_and_the_others_are_told_once() {
    let plan = imported(
        "会社名,本社住所,工場住所,メール\n甲,東京,大阪,a@x.example\n乙,京都,,b@x.example\n丙,,神戸,c@x.example\n",
    );
    let addresses: Vec<Option<&str>> = plan.companies.iter().map(|c| c.address.as_deref()).collect();
    assert_eq!(addresses, [Some("東京"), Some("京都"), None]);
    assert_eq!(told(&plan), [(2, "工場住所", "大阪", "another-address")]);
    assert_eq!(plan.notices[0].count, 2);
    let plan = imported("会社名,住所,ビル名,市区町村,メール\n甲,東京都千代田区1-1,第一ビル,千代田区,a@x.example\n");
    assert_eq!(plan.companies[0].address.as_deref(), Some("東京都千代田区1-1 第一ビル"));
    let plan = imported("会社名,建物名,番地,市区町村,都道府県,メール\n甲,丸ビル,1-1,千代田区,東京都,a@x.example\n");
    assert_eq!(plan.companies[0].address.as_deref(), Some("東京都 千代田区 1-1 丸ビル"));
}

#[test]
fn old_values_are_not_taken() {
    for text in [
        "会社名,旧メールアドレス,メールアドレス\n甲,old@x.example,a@x.example\n",
        "会社名,メールアドレス(旧),メールアドレス\n甲,old@x.example,a@x.example\n",
        "会社名(旧),会社名,メールアドレス\n昔工業,甲,a@x.example\n",
        "会社名,Old email,E-mail\n甲,old@x.example,a@x.example\n",
    ] {
        let plan = imported(text);
        assert_eq!((plan.companies[0].name.as_str(), plan.contacts()), ("甲", 1), "{text}");
        let mail = plan.companies[0].contacts[0].mail.as_ref();
        assert_eq!(mail.map(EmailAddress::as_str), Some("a@x.example"), "{text}");
    }
}

#[test]
fn a_japanese_postal_code_that_lost_its_zero_is_told() {
    let plan = imported(
        "会社名,郵便番号,メール\n甲,600001,a@x.example\n乙,0600001,b@x.example\n丙,12345678,c@x.example\nThai Parts,10110,d@x.example\n",
    );
    let codes: Vec<Option<&str>> = plan.companies.iter().map(|c| c.postal_code.as_deref()).collect();
    assert_eq!(codes, [None, Some("060-0001"), None, Some("10110")]);
    assert_eq!(
        told(&plan),
        [
            (2, "郵便番号", "600001", "postal-code"),
            (4, "郵便番号", "12345678", "postal-code")
        ]
    );
}

#[test]
fn a_list_beside_another_is_told() {
    let text = "コード,会社名,メール,,コード,会社名,メール\n1,甲,a@x.example,,8,乙,b@x.example\n2,丙,c@x.example,,,,\n";
    let plan = Source::open(text.as_bytes(), "list.csv", &Chosen::default())
        .expect("a list")
        .plan();
    let names: Vec<&str> = plan.companies.iter().map(|company| company.name.as_str()).collect();
    assert_eq!((names, plan.contacts()), (vec!["甲", "丙"], 2));
    let notice = &plan.notices[0];
    assert_eq!((plan.notices.len(), notice.value.as_str()), (1, "E"));
    assert_eq!(notice.note, Note::ListBeside { rows: 1, column: 4 });
    assert_eq!(notice.note.code(), "another-list");
}

#[test]
fn a_value_that_isnt_known_is_told_once() {
    let mut text = "会社名,区分,国,メール\n".to_owned();
    for number in 0..498 {
        let kind = ["株式会社", "有限会社"][number % 2];
        text.push_str(&format!("第{number}工業,{kind},火星,a{number}@b.example\n"));
    }
    let plan = imported(&text);
    let said: Vec<(u32, &str, usize)> = plan
        .notices
        .iter()
        .map(|n| (n.row.unwrap_or_default(), n.value.as_str(), n.count))
        .collect();
    assert_eq!(said, [(2, "株式会社", 249), (2, "火星", 498), (3, "有限会社", 249)]);
}

#[test]
fn what_a_machine_alone_can_show_is_told() {
    let plan = imported(
        "会社名,担当者,メール,備考\n\u{e000}橋工業,山\u{f8ff},a@a.example,\u{e001}\n〓田工業,森\u{100001},b@b.example,\n",
    );
    assert_eq!(
        told(&plan),
        [
            (2, "会社名", "\u{e000}橋工業", "private-use"),
            (2, "担当者", "山\u{f8ff}", "private-use"),
            (3, "会社名", "〓田工業", "replaced-character"),
            (3, "担当者", "森\u{100001}", "private-use"),
        ]
    );
    assert_eq!(plan.companies[0].name, "\u{e000}橋工業");
}

#[test]
fn rows_that_cant_be_cut_into_cells_are_refused_alone() {
    let plan = imported(
        "コード,会社名,メール\n001,甲,a@a.example\n002,\"乙,b@b.example\n003,丙,c@c.example\n004;丁;d@d.example\n005,戊, 本社,e@e.example\n",
    );
    let names: Vec<&str> = plan.companies.iter().map(|company| company.name.as_str()).collect();
    assert_eq!(names, ["甲", "丙", "戊"]);
    let refused: Vec<(u32, &str, &str)> = plan
        .errors
        .iter()
        .map(|error| (error.row, error.value.as_str(), error.why.code()))
        .collect();
    assert_eq!(
        refused,
        [(3, "\"乙", "open-quote"), (5, "004;丁;d@d.example", "other-separator")]
    );
    let said: Vec<(u32, &str)> = told(&plan).into_iter().map(|(row, _, _, what)| (row, what)).collect();
    assert_eq!(
        said,
        [
            (3, "open-quote"),
            (5, "other-separator"),
            (6, "more-cells"),
            (6, "no-address")
        ]
    );
}

/// A line break without quotation marks makes two rows of one, and the second begins too far left.
#[test]
fn an_address_in_another_column_is_told() {
    let plan = imported("コード,会社名,メール\r\n1,甲\r株式会社,a@a.example\r\n2,乙株式会社,b@b.example\r\n");
    assert_eq!(told(&plan), [(3, "会社名", "a@a.example", "misplaced-address")]);
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
    assert_eq!(errors, [(3, "name", "企業名", "", "name-missing"),]);
    // The row that repeats a code already taken may leave out the name.
    assert_eq!(
        (plan.companies.len(), plan.merged, plan.contacts_with_mail()),
        (2, 2, 4)
    );
    assert_eq!(
        told(&plan),
        [
            (2, "国", "火星", "unknown"),
            (2, "ランク", "S", "unknown"),
            (2, "言語", "klingon", "unknown"),
            (2, "連絡先メール", "a@b.example;c at d.example", "bad-address"),
            (3, "連絡先メール", "x@y", "bad-address"),
            (4, "ランク", "特A", "unknown"),
        ]
    );
}

#[test]
fn refused_rows_come_back_with_their_reason_and_can_be_imported_once_mended() {
    let (table, mapping, plan) = import("取引先名,Mail\n,a@b.example\n乙,b@b.example\n".as_bytes());
    let (header, rows) = rejected_sheet(
        &table,
        &mapping,
        &plan,
        ["行番号", "取り込めない理由"],
        |error| error.why.to_string(),
    );
    assert_eq!(header, ["取引先名", "Mail", "行番号", "取り込めない理由"]);
    assert_eq!(rows, [["", "a@b.example", "2", "The company's name is missing."]]);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut mended = rows[0].clone();
    mended[0] = "甲".into();
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
