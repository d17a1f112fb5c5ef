//! Letters and campaigns: what is asked is the same on both, what is promised is the operator's own word, and who signs and to
//! whom it goes stands as a business letter has it. (T1, T2, T4)

use crate::app::{Client, TestApp};
use crate::circulation::{company, readable, token_path};
use crate::letters::{read, tool};
use kairan::circulation::command;
use kairan::directory::CompanyId;
use std::path::Path;

/// What a mail says as plain text, to whom it has this address.
fn mail_to(app: &TestApp, address: &str) -> String {
    let mails = app.outbox();
    let to = |m: &&String| m.contains(&format!("<{address}>")) || m.contains(&format!("To: {address}\r\n"));
    let mail = mails.iter().find(to);
    let mail = mail.unwrap_or_else(|| panic!("no mail to {address}"));
    let message = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
    message.body_text(0).unwrap().replace("\r\n", "\n")
}

fn link_to(app: &TestApp, address: &str) -> String {
    let mails = app.outbox();
    token_path(mails.iter().find(|m| m.contains(&format!("<{address}>"))).unwrap())
}

async fn abroad(app: &TestApp, company: CompanyId, country: &str) {
    let mut tx = app.app.db.write().await.unwrap();
    tx.execute("UPDATE companies SET country = $1 WHERE id = $2", &[&country, &company])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// A draft that asks this; its path.
async fn draft(client: &mut Client, what: &[(&str, &str)]) -> String {
    let mut fields = vec![("title", "T"), ("go", "next")];
    fields.extend(what);
    let made = client.post("/campaigns/new", &fields).await.expect(303);
    made.location().strip_suffix("/edit/2").unwrap().to_owned()
}

const SENDER_JA: &str =
    "株式会社サンプル製作所　情報セキュリティ室\r\n室長　鈴木　一郎\r\n名古屋市中区栄1-1-1　電話 052-000-0118";
const SENDER_EN: &str = "Sample Works, Information Security\r\nIchiro Suzuki, Head of Information Security";

fn letter<'f>(supplier: &'f str, group: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("letter_supplier", supplier),
        ("letter_group", group),
        ("day", "2026-12-10"),
        ("hour", "17:00"),
        ("zone", "Asia/Tokyo"),
        ("sender.ja", SENDER_JA),
        ("sender.en", SENDER_EN),
        ("inquiries.ja", "052-000-0118"),
        ("inquiries.en", "+81-52-000-0118"),
        ("reminders", "none"),
        ("go", "next"),
    ]
}

async fn send(app: &TestApp, client: &mut Client, path: &str, count: &str) {
    client
        .post(&format!("{path}/send"), &[("count", count)])
        .await
        .expect(303);
    app.run_jobs().await;
}

const ADVISORY: (&str, &str) = ("advisory", "government-2022-03");
const CHECK: (&str, &str) = ("checklist", "sc-2022");
const GROUP: (&str, &str) = ("group_check", "1");
const NOTICE: [(&str, &str); 2] = [("awareness", "mail-and-links"), ("awareness_suppliers", "1")];

/// The letters that the third step offers to suppliers and to group companies.
async fn offered(client: &mut Client, path: &str) -> [Vec<String>; 2] {
    let page = client.get(&format!("{path}/edit/3")).await.expect(200).text();
    ["letter_supplier", "letter_group"].map(|name| {
        let select = page.split(&format!("name=\"{name}\"")).nth(1).unwrap();
        let select = select.split("</select>").next().unwrap();
        let options = select.split("<option value=\"").skip(1);
        options.map(|o| o.split('"').next().unwrap().to_owned()).collect()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn t1_the_wizard_offers_letters_that_ask_what_the_campaign_asks() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    let [notice, suppliers_too] = NOTICE;
    for (what, suppliers, groups) in [
        (&[ADVISORY][..], &["advisory-suppliers"][..], &["advisory-notice"][..]),
        (
            &[ADVISORY, CHECK, GROUP],
            &["self-check-request"],
            &["self-check-group", "advisory-notice"],
        ),
        (&[ADVISORY, CHECK], &["self-check-request"], &["advisory-notice"]),
        (&[CHECK], &["self-check-request"], &["self-check-group"]),
        (&[ADVISORY, notice], &["advisory-suppliers"], &["advisory-notice"]),
        (
            &[ADVISORY, notice, suppliers_too],
            &["advisory-suppliers"],
            &["advisory-notice"],
        ),
        (
            &[ADVISORY, CHECK, GROUP, notice, suppliers_too],
            &["self-check-request"],
            &["self-check-group", "advisory-notice"],
        ),
    ] {
        let path = draft(&mut client, what).await;
        assert_eq!(offered(&mut client, &path).await, [suppliers, groups], "{what:?}");
        // What is offered first is taken.
        let fields = letter(suppliers[0], groups[0]);
        client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t1_a_letter_that_asks_something_else_is_refused_on_every_page_and_by_command() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S1", "甲社", &[("a@a.example", "ja")]).await;
    let wrong = [
        "自己点検のお願い（取引先向け）",
        "がお願いするのは「注意喚起の確認、自己点検への回答」ですが",
        "取引先にお願いするのは「注意喚起の確認」",
        "この回覧に合う依頼状：注意喚起の確認のお願い（取引先向け）",
    ];
    let told = |page: &str| {
        for words in wrong {
            assert!(page.contains(words), "{words} is missing: {page}");
        }
    };
    // Chosen in the wizard.
    let path = draft(&mut client, &[ADVISORY]).await;
    let fields = letter("self-check-request", "advisory-notice");
    let page = client.post(&format!("{path}/edit/3"), &fields).await.expect(422).text();
    told(&page);
    assert!(page.contains("室長　鈴木　一郎"), "what was typed stays");
    let fields = letter("advisory-suppliers", "advisory-notice");
    client.post(&format!("{path}/edit/3"), &fields).await.expect(303);

    // The plan changes after the letter was chosen: told at once on the third step, on the preview, on the last page.
    let path = draft(&mut client, &[ADVISORY, CHECK, GROUP]).await;
    let fields = letter("self-check-request", "advisory-notice");
    client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
    let less = [("title", "T"), ADVISORY, ("checklist", ""), ("go", "next")];
    client.post(&format!("{path}/edit/1"), &less).await.expect(303);
    let page = client.get(&format!("{path}/edit/3")).await.expect(200).text();
    told(&page);
    assert!(
        page.contains("<option value=\"self-check-request\" selected>"),
        "nothing is chosen in its place unseen: {page}"
    );
    for step in ["4", "5"] {
        told(&client.get(&format!("{path}/edit/{step}")).await.expect(200).text());
    }
    let page = client
        .post(&format!("{path}/send"), &[("count", "1")])
        .await
        .expect(422);
    told(&page.text());
    client.language = "en".into();
    let page = client.get(&format!("{path}/edit/5")).await.expect(200).text();
    assert!(
        page.contains(
            "The letter “Request for a self-check (to suppliers)” asks its readers to read and acknowledge the \
             advisory, and to answer the self-check. But this campaign asks suppliers to read and acknowledge the advisory. Letters that fit: Advisory to read and \
             acknowledge (to suppliers)."
        ),
        "{page}"
    );

    // From a file.
    let file = app.dir.path().join("plan.toml");
    let plan = "title = 'T'\nadvisory = 'government-2022-03'\nletter_supplier = 'self-check-request'\n\
                letter_group = 'advisory-notice'\ndeadline = '2026-12-10T17:00'\n\
                [sender]\nja = 'S'\nen = 'S'\n[inquiries]\nja = 'I'\nen = 'I'\n";
    std::fs::write(&file, plan).unwrap();
    let made = command::create(&app.app, &file).await.unwrap();
    let problem = made["problems"][0].as_str().unwrap();
    assert!(problem.starts_with("letter_supplier: "), "{made}");
    told(problem);
    let refused = command::send(&app.app, made["number"].as_str().unwrap(), false).await;
    told(&refused.unwrap_err().to_string());
    assert!(app.outbox().is_empty());
    assert_eq!(app.count("SELECT COUNT(*) FROM invitations").await, 0);
}

/// An all clear asks nothing, and a second notice asks what is still asked.
#[tokio::test(flavor = "multi_thread")]
async fn t1_follow_ups_have_letters_that_ask_what_they_ask() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S1", "甲社", &[("a@a.example", "ja")]).await;
    let path = draft(&mut client, &[ADVISORY]).await;
    let fields = letter("advisory-suppliers", "advisory-notice");
    client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
    send(&app, &mut client, &path, "1").await;
    for (kind, suppliers) in [
        ("second-notice", &["second-notice-suppliers", "advisory-suppliers"][..]),
        ("all-clear", &["all-clear-suppliers"]),
        ("again", &["advisory-suppliers"]),
    ] {
        let fields = [("kind", kind), ("who", "all")];
        let made = client.post(&format!("{path}/follow"), &fields).await.expect(303);
        let draft = made.location().strip_suffix("/edit/1").unwrap().to_owned();
        assert_eq!(offered(&mut client, &draft).await[0], suppliers, "{kind}");
        let page = client.get(&format!("{draft}/edit/5")).await.expect(200).text();
        assert!(!page.contains("role=\"alert\""), "{kind}: {page}");
        let asked = match kind {
            "all-clear" => "取引先にお願いすること：依頼状を読むことだけ",
            _ => "取引先にお願いすること：注意喚起の確認",
        };
        assert!(page.contains(asked), "{kind}: {page}");
        assert_eq!(
            page.contains("注意喚起の確認だけをお願いします"),
            kind != "all-clear",
            "{page}"
        );
        let shown = client
            .get(&format!("{draft}/edit/4?v=letter&l=ja"))
            .await
            .expect(200)
            .text();
        assert!(!shown.contains("自己点検"), "{kind}: {shown}");
        assert_eq!(shown.contains("確認のお手続き"), kind != "all-clear", "{kind}: {shown}");
        if kind == "all-clear" {
            // One that asks something after all is refused.
            let more = [("title", "T"), ADVISORY, ("go", "next")];
            client.post(&format!("{draft}/edit/1"), &more).await.expect(303);
            let page = client.get(&format!("{draft}/edit/5")).await.expect(200).text();
            assert!(page.contains("お願いするのは「依頼状を読むことだけ」ですが"), "{page}");
        }
    }
    // Handed on to a colleague, an all clear asks no more than it did.
    let fields = [("kind", "all-clear"), ("who", "all")];
    let made = client.post(&format!("{path}/follow"), &fields).await.expect(303);
    let draft = made.location().strip_suffix("/edit/1").unwrap().to_owned();
    let before = app.outbox().len();
    send(&app, &mut client, &draft, "1").await;
    let link = token_path(&app.outbox()[before]);
    let hand = [
        ("name", "鈴木 一郎"),
        ("address", "suzuki@a.example"),
        ("what", "all"),
        ("made_by", "佐藤 花子"),
        ("language", "ja"),
    ];
    app.client().post(&format!("{link}/hand"), &hand).await.expect(303);
    app.run_jobs().await;
    let mail = mail_to(&app, "suzuki@a.example");
    assert!(
        mail.contains("依頼状をお読みのうえ、確認のお返事をお願いします。") && !mail.contains("注意喚起"),
        "{mail}"
    );
}

/// A letter of the operator's own that doesn't say what it asks keeps nothing from starting, and can't be chosen.
#[tokio::test(flavor = "multi_thread")]
async fn t1_an_own_letter_that_does_not_say_what_it_asks_is_told_and_not_taken() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/letters/self-check-request");
    let dir = tempfile::tempdir().unwrap();
    let own = dir.path().join("letters/our-letter");
    std::fs::create_dir_all(&own).unwrap();
    for file in ["ja.toml", "en.toml"] {
        let text = std::fs::read_to_string(here.join(file)).unwrap();
        // As letters were written before: paragraphs alone.
        let kept = text.lines().filter(|line| !line.contains("{ when"));
        std::fs::write(own.join(file), kept.collect::<Vec<_>>().join("\n")).unwrap();
    }
    std::fs::write(
        own.join("letter.toml"),
        "id = \"our-letter\"\nversion = 1\naudience = \"supplier\"\n",
    )
    .unwrap();
    let content = kairan::content::Content::load(Some(dir.path()), &["ja", "en"]).unwrap();
    let warned: Vec<_> = content.lint().into_iter().filter(|w| w.rule == "letter-asks").collect();
    assert_eq!(warned.len(), 1);
    assert!(warned[0].file.ends_with("our-letter/letter.toml") && warned[0].instead("en").contains("asks = "));
    let plan = kairan::campaigns::Plan {
        advisory: "government-2022-03".into(),
        checklist: "sc-2022".into(),
        letter_supplier: "our-letter".into(),
        letter_group: "advisory-notice".into(),
        ..Default::default()
    };
    let problems = plan.problems(&content, jiff::Timestamp::UNIX_EPOCH, &["ja", "en"]);
    let problem = problems.iter().find(|p| p.field == "letter_supplier").unwrap();
    for (language, words) in [
        ("ja", "何をお願いするかが書かれていないため使えません"),
        ("en", "doesn't say what it asks, so it can't be used"),
    ] {
        let t = kairan::web::i18n::Tr(kairan::web::i18n::Locale::or_english(language));
        let said = problem.said(t, &content, &plan);
        assert!(
            said.contains(words) && said.contains("content/letters/our-letter/letter.toml"),
            "{said}"
        );
    }
}

/// What the mail and the letter ask is what the page has.
#[tokio::test(flavor = "multi_thread")]
async fn t1_letter_and_page_ask_the_same() {
    let [notice, suppliers_too] = NOTICE;
    for (what, letters, asks) in [
        (
            &[ADVISORY][..],
            ("advisory-suppliers", "advisory-notice"),
            [(true, false, false); 2],
        ),
        (
            &[ADVISORY, CHECK, GROUP],
            ("self-check-request", "advisory-notice"),
            [(true, true, false); 2],
        ),
        (
            &[ADVISORY, CHECK, notice],
            ("self-check-request", "advisory-notice"),
            [(true, true, false), (true, false, true)],
        ),
        (
            &[CHECK, notice, suppliers_too],
            ("self-check-request", "self-check-group"),
            [(false, true, true); 2],
        ),
        (
            &[ADVISORY, CHECK, GROUP, notice, suppliers_too],
            ("self-check-request", "self-check-group"),
            [(true, true, true); 2],
        ),
    ] {
        let app = TestApp::start().await;
        let mut client = app.signed_in().await;
        company(&app, "supplier", "S1", "甲社", &[("a@a.example", "ja")]).await;
        company(&app, "group", "G1", "B Ltd.", &[("b@b.example", "en")]).await;
        let path = draft(&mut client, what).await;
        let fields = letter(letters.0, letters.1);
        client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
        send(&app, &mut client, &path, "2").await;
        for (address, words, (acknowledge, check, report)) in [
            ("a@a.example", ["確認のお手続き", "自己点検", "周知された人数"], asks[0]),
            ("b@b.example", ["acknowledge it", "self-check", "report"], asks[1]),
        ] {
            let mail = mail_to(&app, address);
            // The letter itself, without the notes around it.
            let body = mail.split("--------").nth(8).unwrap_or(&mail);
            for (word, asked) in words.iter().zip([acknowledge, check, report]) {
                let said = body.contains(word) && (*word != "report" || body.contains("how many people"));
                assert_eq!(said, asked, "{what:?} {address}: {word}\n{mail}");
            }
            let page = app.client().get(&link_to(&app, address)).await.expect(200).text();
            assert_eq!(page.contains("/acknowledge\""), acknowledge, "{what:?} {address}");
            assert_eq!(page.contains("/start\""), check, "{what:?} {address}");
            assert_eq!(page.contains("id=\"awareness\""), report, "{what:?} {address}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_what_letters_say_of_the_organisation_is_set_once_and_kept_as_it_was_sent() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S1", "甲社", &[("a@a.example", "ja")]).await;
    let german = company(&app, "group", "G1", "Hans Müller GmbH", &[("b@b.example", "en")]).await;
    abroad(&app, german, "DE").await;
    let fields = letter("self-check-request", "self-check-group");

    // Nothing set: a sentence that is true of every company, and nothing on who reads.
    let path = draft(&mut client, &[CHECK]).await;
    client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
    send(&app, &mut client, &path, "2").await;
    let mail = mail_to(&app, "a@a.example");
    assert!(mail.contains("開示することはございません。お知らせいただいた内容とご回答者の連絡先は、弊社の文書管理規程に従い保管いたします。"), "{mail}");
    assert!(
        !mail.contains("拝見するのは") && !mail.contains("個人情報の取扱い"),
        "{mail}"
    );
    assert!(!mail_to(&app, "b@b.example").contains("Data protection"));
    let first = link_to(&app, "b@b.example");

    // Half of it is refused, and nothing typed is lost.
    let page = client.get("/campaigns/statements").await.expect(200).text();
    assert!(page.contains("name=\"revision\" value=\"0\""), "{page}");
    let half = [("revision", "0"), ("retention.ja", "5年間保管いたします。")];
    let page = client.post("/campaigns/statements", &half).await.expect(422).text();
    assert!(
        page.contains("保管の期間：すべての言語で入れるか") && page.contains("5年間保管いたします。"),
        "{page}"
    );
    let long = "あ".repeat(501);
    let long = [("revision", "0"), ("readers.ja", &*long), ("readers.en", "R")];
    let page = client.post("/campaigns/statements", &long).await.expect(422).text();
    assert!(page.contains("500文字以内"), "{page}");
    let said = [
        ("revision", "0"),
        ("sender.ja", SENDER_JA),
        ("sender.en", SENDER_EN),
        ("inquiries.ja", "情報セキュリティ室"),
        ("inquiries.en", "Information Security"),
        ("readers.ja", "拝見するのは、弊社の購買部門の担当者に限ります。"),
        ("readers.en", "They are read only by our purchasing staff."),
        ("retention.ja", "5年間保管いたします。"),
        ("retention.en", "We keep them for five years."),
        ("privacy.ja", "管理者は弊社です。\r\n根拠は正当な利益です。"),
        (
            "privacy.en",
            "We are the controller.\r\nThe basis is legitimate interest.",
        ),
    ];
    client.post("/campaigns/statements", &said).await.expect(303);
    // Somebody else's page is old now.
    let mut stale = said;
    stale[7].1 = "6年間保管いたします。";
    client.post("/campaigns/statements", &stale).await.expect(409);
    let page = client.get("/campaigns/statements").await.expect(200).text();
    assert!(page.contains("We are the controller.\nThe basis"), "{page}");
    let log = client.get("/audit").await.expect(200).text();
    assert!(log.contains("依頼状に共通の記載を変更"), "{log}");

    // A new campaign begins with it, in the wizard and from a file.
    let path = draft(&mut client, &[CHECK]).await;
    let page = client.get(&format!("{path}/edit/3")).await.expect(200).text();
    assert!(
        page.contains("室長　鈴木　一郎") && page.contains("value=\"Information Security\""),
        "{page}"
    );
    let file = app.dir.path().join("plan.toml");
    let plan = "title = 'T'\nchecklist = 'sc-2022'\nletter_supplier = 'self-check-request'\n\
                letter_group = 'self-check-group'\ndeadline = '2026-12-10T17:00'\n";
    std::fs::write(&file, plan).unwrap();
    let made = command::create(&app.app, &file).await.unwrap();
    assert_eq!(made["problems"], serde_json::json!([]), "{made}");

    let before = app.outbox().len();
    client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
    let preview = client
        .get(&format!("{path}/edit/4?v=letter&l=en&g=group"))
        .await
        .expect(200)
        .text();
    assert!(
        preview.contains("We keep them for five years.") && preview.contains("We are the controller."),
        "{preview}"
    );
    send(&app, &mut client, &path, "2").await;
    let new = app.outbox().split_off(before);
    let said_to = |address: &str| readable(new.iter().find(|m| m.contains(&format!("<{address}>"))).unwrap());
    let (japanese, english) = (said_to("a@a.example"), said_to("b@b.example"));
    assert!(
        japanese.contains("限ります。法令に基づく場合を除き") && japanese.contains("5年間保管いたします。"),
        "{japanese}"
    );
    assert!(!japanese.contains("管理者は弊社です"), "{japanese}");
    assert!(
        english.contains("support you. They are read only by our purchasing staff. Except where")
            && english.contains("your consent. We keep them for five years.")
            && english.contains("Data protection")
            && english.contains("The basis is legitimate interest."),
        "{english}"
    );
    // On the page too; what was sent before says what it said.
    let link = token_path(new.iter().find(|m| m.contains("<b@b.example>")).unwrap());
    let page = app.client().get(&format!("{link}?lang=en")).await.expect(200).text();
    assert!(page.contains("The basis is legitimate interest."), "{page}");
    let page = app.client().get(&format!("{first}?lang=en")).await.expect(200).text();
    assert!(
        !page.contains("legitimate interest") && !page.contains("five years"),
        "{page}"
    );
}

/// No text that ships promises what Kairan doesn't do.
#[test]
fn t2_no_shipped_text_promises_that_anything_is_erased() {
    let content = kairan::content::Content::load(None, &["ja", "en"]).unwrap();
    let mut texts: Vec<(String, String)> = Vec::new();
    for letter in content.letters() {
        texts.push((letter.id.clone(), serde_json::to_string(&letter.texts).unwrap()));
    }
    for notice in content.notices() {
        texts.push((notice.id.clone(), serde_json::to_string(&notice.texts).unwrap()));
    }
    for checklist in content.checklists() {
        // What the organisation says for itself; advice to companies speaks of their own data.
        for text in checklist.texts.values() {
            texts.push((checklist.id.clone(), text.intro.join("\n")));
        }
    }
    for language in ["ja", "en"] {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
        for file in ["respond", "access", "reminders", "awareness", "letter-asks"] {
            let text = std::fs::read_to_string(dir.join(format!("{file}.ftl"))).unwrap();
            // What operators are told of erasing is no promise to companies.
            let told = text.lines().filter(|line| !line.starts_with("statements-"));
            texts.push((format!("{language}/{file}"), told.collect::<Vec<_>>().join("\n")));
        }
    }
    for (name, text) in texts {
        for word in [
            "消去",
            "3年間",
            "三年間",
            "破棄いたし",
            "three years",
            "then deleted",
            "erased",
            "will be deleted",
        ] {
            assert!(!text.contains(word), "{name} promises: {word}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t4_sender_addressee_closing_and_date_stand_as_a_business_letter_has_them() {
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S1", "甲株式会社", &[("a@a.example", "ja")]).await;
    company(&app, "supplier", "S2", "Acme Ltd.", &[("b@b.example", "en")]).await;
    for (code, language) in [("S3", "ja"), ("S4", "en")] {
        let mail = format!("{code}@c.example");
        let id = company(&app, "supplier", code, "無名社", &[(&mail, language)]).await;
        let mut tx = app.app.db.write().await.unwrap();
        tx.execute(
            "UPDATE contacts SET name = '', department = '' WHERE company = $1",
            &[&id],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
    let path = draft(&mut client, &[CHECK]).await;
    let mut fields = letter("self-check-request", "self-check-group");
    let long = "行\r\n".repeat(7);
    fields[5].1 = &long;
    let page = client.post(&format!("{path}/edit/3"), &fields).await.expect(422).text();
    assert!(
        page.contains("差出人は、一行80文字以内、6行以内にしてください。"),
        "{page}"
    );
    fields[5].1 = SENDER_JA;
    client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
    send(&app, &mut client, &path, "4").await;

    let japanese = mail_to(&app, "a@a.example");
    assert!(
        japanese.starts_with("甲株式会社\n総務部\n佐藤 花子　様\n\n株式会社サンプル製作所　情報セキュリティ室より、"),
        "{japanese}"
    );
    let head: Vec<&str> = japanese.lines().map(str::trim).collect();
    let at = head.iter().position(|line| *line == "2026年11月22日").unwrap();
    assert_eq!(
        head[at + 1..at + 4],
        [
            "株式会社サンプル製作所　情報セキュリティ室",
            "室長　鈴木　一郎",
            "名古屋市中区栄1-1-1　電話 052-000-0118"
        ]
    );
    assert!(
        japanese.contains("回答期限：2026年12月10日（木）17:00（JST、UTC+9）"),
        "{japanese}"
    );
    let english = mail_to(&app, "b@b.example");
    assert!(
        english.starts_with("Acme Ltd.\nAttn: 佐藤 花子, 総務部\n\n"),
        "{english}"
    );
    assert!(
        english.contains("\n22 November 2026\n")
            && english.contains("Please reply by: Thursday, 10 December 2026, 17:00 (JST, UTC+9)"),
        "{english}"
    );
    assert!(english.contains("Dear 佐藤 花子,\n"), "{english}");
    assert!(
        english.contains("Yours sincerely,\nSample Works, Information Security\nIchiro Suzuki, Head of Information Security\n\nDetails"),
        "{english}"
    );
    // Nobody known by name: the company, with 御中, and no invented person.
    let unnamed = mail_to(&app, "S3@c.example");
    assert!(
        unnamed.starts_with("無名社　御中\n\n") && !unnamed.contains("ご担当者　様"),
        "{unnamed}"
    );
    let unnamed = mail_to(&app, "S4@c.example");
    assert!(
        unnamed.starts_with("無名社\nAttn: Information Security\n\n"),
        "{unnamed}"
    );
    assert!(
        unnamed.contains("Dear Sir or Madam,") && unnamed.contains("\nYours faithfully,\nSample Works"),
        "{unnamed}"
    );
    // The page of a link names nobody; a subject and the name of a mail hold one line of the sender.
    let page = app.client().get(&link_to(&app, "a@a.example")).await.expect(200).text();
    assert!(
        page.contains("甲株式会社　御中") && page.contains("室長　鈴木　一郎"),
        "{page}"
    );
    let raw = app.outbox();
    let raw = raw.iter().find(|m| m.contains("<b@b.example>")).unwrap();
    let message = mail_parser::MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(
        message.from().unwrap().first().unwrap().name(),
        Some("Sample Works, Information Security")
    );
    assert!(
        message
            .subject()
            .unwrap()
            .starts_with("[Sample Works, Information Security] Request")
    );
}

/// The closing stands with the last paragraph, however long the letter is; the notice for people abroad is on paper, too.
#[tokio::test(flavor = "multi_thread")]
async fn t4_a_letter_as_pdf_keeps_its_closing_with_the_last_paragraph() {
    let app = TestApp::start_with_typesetter(&[]).await;
    let mut client = app.signed_in().await;
    let company = company(&app, "group", "G1", "Hans Müller GmbH", &[("b@b.example", "en")]).await;
    abroad(&app, company, "DE").await;
    let [notice, _] = NOTICE;
    for (revision, privacy, lines) in [("0", "We are the controller.", 6), ("1", "", 1)] {
        let said = [("revision", revision), ("privacy.ja", privacy), ("privacy.en", privacy)];
        client.post("/campaigns/statements", &said).await.expect(303);
        let sender = (0..lines).map(|n| format!("Line {n}")).collect::<Vec<_>>().join("\r\n");
        let path = draft(&mut client, &[ADVISORY, CHECK, GROUP, notice]).await;
        let mut fields = letter("self-check-request", "self-check-group");
        fields[5].1 = &sender;
        fields[6].1 = &sender;
        client.post(&format!("{path}/edit/3"), &fields).await.expect(303);
        for (language, last, closing) in [
            ("ja", "ご理解とご協力を賜りますよう", "敬具"),
            ("en", "Thankyouforyourhelpatabusytime.", "Yoursfaithfully,Line0"),
        ] {
            let pdf = client
                .get(&format!("{path}/edit/4/letter.pdf?l={language}&g=group"))
                .await
                .expect(200);
            let whole = read(app.dir.path(), &pdf.bytes);
            assert_eq!(
                whole.contains("Wearethecontroller."),
                !privacy.is_empty() && language == "en",
                "{whole}"
            );
            let file = app.dir.path().join("letter.pdf");
            let page = tool("pdftotext", &["-raw", file.to_str().unwrap(), "-"]);
            let pages: Vec<String> = page.split('\u{c}').map(|p| p.split_whitespace().collect()).collect();
            let ends = pages.iter().find(|page| page.contains(closing)).unwrap();
            assert!(ends.contains(last), "{language}, {lines} lines: {pages:?}");
        }
    }
}
