//! Rules that Rust and SQL both have to know say the same, on either engine.

use crate::app::{Client, TestApp};
use crate::circulation::{company, sent_campaign};
use kairan::db::kept;
use kairan::invitations::{AWAITED, SEGMENT, State, segment};

/// One value of an invitation made up of these.
async fn of(app: &TestApp, sql: &str, state: State, asks_check: bool) -> String {
    let sql = kept(format!(
        "SELECT {sql} FROM (SELECT CAST($1 AS TEXT) AS state, CAST($2 AS BOOLEAN) AS asks_check,
             'supplier' AS kind, 'JP' AS country, '' AS tier, 'A' AS criticality) i"
    ));
    let mut tx = app.app.db.read().await.unwrap();
    tx.one(sql, &[&state.as_str(), &asks_check], |r| r.get(0))
        .await
        .unwrap()
}

#[tokio::test]
async fn what_is_awaited_and_by_what_it_is_counted_has_one_text() {
    let app = TestApp::start().await;
    let awaited = format!("CASE WHEN {AWAITED} THEN 'yes' ELSE 'no' END");
    for state in State::ALL {
        for asks_check in [true, false] {
            let said = if state.is_awaited(asks_check) { "yes" } else { "no" };
            assert_eq!(
                of(&app, &awaited, state, asks_check).await,
                said,
                "{state:?} {asks_check}"
            );
        }
    }
    for asks_check in [true, false] {
        let said = segment("supplier", "JP", "", "A", asks_check);
        assert_eq!(of(&app, SEGMENT, State::Sent, asks_check).await, said);
    }
}

/// A search for a sign that LIKE knows, or that PostgreSQL can't hold, finds what has it, and is no error.
#[tokio::test]
async fn every_search_takes_every_sign() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    company(&app, "supplier", "S1", "100%株式会社", &[("a@a.example", "ja")]).await;
    company(&app, "supplier", "S2", "甲_乙", &[("b@b.example", "ja")]).await;
    let path = sent_campaign(&app, &mut operator, 2).await;
    for sign in ["%25", "_", "%5C", "%00", "%00%25", "'", "%22"] {
        for list in [
            format!("/companies?q={sign}"),
            format!("{path}/companies?q={sign}"),
            format!("/audit?q={sign}"),
        ] {
            operator.get(&list).await.expect(200);
        }
    }
    let found = operator
        .get(&format!("{path}/companies?q=%25"))
        .await
        .expect(200)
        .text();
    assert!(found.contains("100%株式会社") && !found.contains("甲_乙"), "{found}");
}

/// A draft of a checklist alone, which nothing but the check could be asked with.
async fn draft(operator: &mut Client, fields: &[(&str, &str)]) -> String {
    let mut what = vec![("title", "点検"), ("go", "next")];
    what.extend(fields);
    let made = operator.post("/campaigns/new", &what).await.expect(303);
    made.location().strip_suffix("/edit/2").unwrap().to_owned()
}

const LETTER: [(&str, &str); 7] = [
    ("letter_supplier", "self-check-request"),
    ("letter_group", "advisory-notice"),
    ("sender.ja", "情報セキュリティ室"),
    ("sender.en", "Information Security"),
    ("inquiries.ja", "052-000-0118"),
    ("inquiries.en", "+81-52-000-0118"),
    ("go", "next"),
];

/// Whether a group company is asked the check is one rule: the preview shows what would be sent.
#[tokio::test]
async fn the_preview_asks_of_a_group_company_what_the_campaign_asks() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    company(&app, "group", "G1", "株式会社甲", &[("a@a.example", "ja")]).await;
    let both = [("advisory", "government-2022-03"), ("checklist", "sc-2022")];
    for (what, asked) in [
        (&both[1..], true),
        (&both[..], false),
        (&[both[0], both[1], ("group_check", "1")][..], true),
        (&both[..1], false),
    ] {
        let path = draft(&mut operator, what).await;
        // Letters that ask what is asked.
        let mut letter = LETTER;
        if !what.contains(&both[1]) {
            letter[0].1 = "advisory-suppliers";
        }
        if !what.contains(&both[0]) {
            letter[1].1 = "self-check-group";
        }
        let fields: Vec<_> = letter
            .into_iter()
            .chain([("day", "2026-12-10"), ("hour", "17:00"), ("zone", "Asia/Tokyo")])
            .collect();
        operator.post(&format!("{path}/edit/3"), &fields).await.expect(303);
        let form = operator
            .get(&format!("{path}/edit/4?v=form&l=en&g=group"))
            .await
            .expect(200)
            .text();
        assert_eq!(form.contains("<ol lang=\"en\"><li>"), asked, "{what:?}");
        operator
            .post(&format!("{path}/send"), &[("count", "1")])
            .await
            .expect(303);
        app.run_jobs().await;
        let sent = app
            .count(
                "SELECT COUNT(*) FROM (SELECT asks_check FROM invitations ORDER BY id DESC LIMIT 1) i WHERE asks_check",
            )
            .await;
        assert_eq!(sent == 1, asked, "{what:?}");
    }
}

/// The wizard refuses the hours that the plan file refuses, in the same words.
#[tokio::test]
async fn an_hour_that_clocks_skip_or_repeat_is_refused_in_the_wizard() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    let path = draft(&mut operator, &[("checklist", "sc-2022")]).await;
    for (day, hour, zone, words) in [
        ("2027-03-28", "02:30", "Europe/Berlin", "この時刻は存在しません"),
        ("2027-10-31", "02:30", "Europe/Berlin", "この時刻は二度あります"),
        ("2027-03-28", "12:30", "Europe/Berlim", "このタイムゾーンはありません"),
        ("", "17:00", "Asia/Tokyo", "日付と時刻を入れてください"),
        ("2026-12-10", "", "Asia/Tokyo", "時刻がありません"),
        ("2026-02-30", "17:00", "Asia/Tokyo", "暦にない日付です"),
        ("2026-11-21", "17:00", "Asia/Tokyo", "回答期限が過ぎています"),
    ] {
        let fields: Vec<_> = LETTER
            .into_iter()
            .chain([("day", day), ("hour", hour), ("zone", zone)])
            .collect();
        let page = operator
            .post(&format!("{path}/edit/3"), &fields)
            .await
            .expect(422)
            .text();
        assert!(page.contains(words), "{day} {hour} {zone}: {words}");
        assert!(
            page.contains(&format!("value=\"{zone}\"")),
            "what was typed stands again"
        );
    }
}

/// An operator is told what to do next, as a respondent is, and each what is theirs to do.
#[tokio::test]
async fn an_error_tells_its_reader_what_to_do() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    company(&app, "supplier", "S1", "株式会社甲", &[("a@a.example", "ja")]).await;
    let path = sent_campaign(&app, &mut operator, 1).await;
    operator
        .post(&format!("{path}/mailing"), &[("to", "cancelled")])
        .await
        .expect(303);
    let page = operator
        .post(&format!("{path}/mailing"), &[("to", "on")])
        .await
        .expect(409)
        .text();
    assert!(
        page.contains("回覧が終了しているか、メールがすでに取り消されています。"),
        "{page}"
    );
    assert!(!page.contains("前の画面に戻り"), "{page}");
}

/// What a plan file says wrong is told in the organisation's language, with the right form.
#[test]
fn a_plan_file_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("plan.toml");
    let create = |text: &str, language: &str| {
        std::fs::write(&file, text).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kairan"));
        command.arg("--data").arg(dir.path().join("data"));
        command.env("KAIRAN_ORGANISATION_LANGUAGE", language);
        let out = command
            .args(["campaign", "create", file.to_str().unwrap()])
            .output()
            .unwrap();
        (out.status.success(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    for (text, ja, en) in [
        (
            "title = 'T'\ndeadline = '2099-12-10T17:00+09:00'",
            "時差（+09:00 など）は付けず、2026-12-10T17:00",
            "so no offset can follow it",
        ),
        (
            "title = 'T'\ndeadline = 2099-12-10",
            "時刻がありません。2026-12-10T17:00",
            "The hour is missing",
        ),
        (
            "title = 'T'\ndeadline = '2099-12-10T17:00'\nzone = 'JST'",
            "Asia/Tokyo",
            "no such time zone",
        ),
        ("titel = 'T'", "近いものは「title」", "the nearest is “title”"),
        (
            "title = 'T'\n[audience]\nkind = ['supplier']",
            "近いものは「kinds」",
            "the nearest is “kinds”",
        ),
    ] {
        let (made, said) = create(text, "ja");
        assert!(!made && said.contains(ja), "{text}: {said}");
        let (made, said) = create(text, "en");
        assert!(!made && said.contains(en), "{text}: {said}");
    }
    assert!(create("title = 'T'\ndeadline = 2099-12-10T17:00:00", "ja").0);
}

/// A contact's form takes what an import takes, and says of the rest what is wrong and where.
#[tokio::test]
async fn a_contacts_address_is_taken_or_refused_in_words() {
    let app = TestApp::start().await;
    let mut operator = app.signed_in().await;
    let id = company(&app, "supplier", "S1", "株式会社甲", &[]).await;
    let new = format!("/companies/{id}/contacts/new");
    for (mail, words) in [
        (".foo@ezweb.ne.jp", "ドットの位置が正しくありません"),
        ("a..b@c.example", "ドットの位置が正しくありません"),
        ("foo:bar@c.example", "@ より前に使えない文字があります"),
        ("foo@c,example", "ドットがコンマになっています"),
        ("foo@c", "@ より後ろが正しくありません"),
        ("山田@c.example", "使えない文字があります"),
    ] {
        let page = operator.post(&new, &[("mail", mail)]).await.expect(422).text();
        assert!(page.contains(words) && page.contains(mail), "{mail}: {words}");
    }
    for mail in ["foo..bar.@docomo.ne.jp", "foo.@ezweb.ne.jp", "info@日本語。jp"] {
        let fields = [("mail", mail), ("language", "ja"), ("role", "primary")];
        operator.post(&new, &fields).await.expect(303);
    }
    let page = operator.get(&format!("/companies/{id}")).await.expect(200).text();
    for shown in [
        ">foo..bar.@docomo.ne.jp<",
        ">foo.@ezweb.ne.jp<",
        ">info@xn--wgv71a119e.jp<br><small>日本語.jp</small>",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}
