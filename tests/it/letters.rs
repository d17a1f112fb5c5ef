//! Letters as PDF: what they hold, what form they have, and the way of those that go on paper.

use crate::app::TestApp;
use crate::circulation::{Asks, company, readable, sent_campaign, sent_campaign_asking};
use jiff::SignedDuration;
use std::path::Path;
use std::process::Command;

/// A name with kanji that fonts for everyday Japanese lack.
const RARE: &str = "株式会社𠮷髙﨑精密";

/// Runs one of the tools that `script/setup --tests` installs; what it prints.
fn tool(name: &str, arguments: &[&str]) -> String {
    let run = Command::new(name).args(arguments).output();
    let run = run.unwrap_or_else(|e| panic!("{name} is needed ({e}): script/setup --tests installs it"));
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success(),
        "{name}: {said} {}",
        String::from_utf8_lossy(&run.stderr)
    );
    said
}

/// The text of a PDF, without spaces and line breaks; and its form is looked at.
pub fn read(dir: &Path, pdf: &[u8]) -> String {
    assert!(
        pdf.starts_with(b"%PDF-1.7"),
        "{}",
        String::from_utf8_lossy(&pdf[..pdf.len().min(400)])
    );
    let file = dir.join("letter.pdf");
    std::fs::write(&file, pdf).unwrap();
    let file = file.to_str().unwrap();
    tool("qpdf", &["--check", file]);
    let fonts = tool("pdffonts", &[file]);
    let mut count = 0;
    for line in fonts.lines().skip(2) {
        let words: Vec<&str> = line.split_whitespace().collect();
        // … embedded, subset, with a way back to Unicode, object and generation.
        assert_eq!(words[words.len() - 5..words.len() - 2], ["yes", "yes", "yes"], "{line}");
        count += 1;
    }
    assert!(count > 0, "no fonts: {fonts}");
    let info = tool("pdfinfo", &[file]);
    assert!(info.contains("Tagged:          yes"), "{info}");
    let meta = tool("pdfinfo", &["-meta", file]);
    assert!(
        meta.contains("<pdfaid:part>2<") && meta.contains("<pdfaid:conformance>U<"),
        "{meta}"
    );
    let text = tool("pdftotext", &["-raw", file, "-"]);
    text.split_whitespace().collect()
}

#[tokio::test]
async fn a_letter_on_paper_is_made_printed_posted_and_answered_by_its_code() {
    let app = TestApp::start_with_typesetter(&[]).await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S-001", RARE, &[]).await;
    company(
        &app,
        "supplier",
        "S-002",
        "東海金属工業株式会社",
        &[("a@tokai.example", "ja")],
    )
    .await;
    company(&app, "supplier", "S-003", "大和運輸株式会社", &[]).await;
    let campaign = sent_campaign(&app, &mut client, 3).await;
    app.run_jobs().await;
    assert_eq!(app.outbox().len(), 1, "only the company with an address gets a mail");
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE channel = 'paper' AND state = 'queued'")
            .await,
        2
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM documents WHERE kind = 'letter'").await,
        2
    );

    let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
    assert!(page.contains("依頼状 2通") && page.contains(RARE), "{page}");
    let print = page
        .split("/letters/")
        .find_map(|r| r.split_once("/print.pdf"))
        .unwrap()
        .0
        .to_owned();
    let file = client
        .get(&format!("{campaign}/letters/{print}/print.pdf"))
        .await
        .expect(200);
    assert_eq!(file.headers["content-type"], "application/pdf");
    let hash = data_encoding::HEXLOWER.encode(&kairan::secret::sha256(&file.bytes));
    assert!(page.contains(&hash), "the page tells the file's hash");
    let text = read(app.dir.path(), &file.bytes);
    assert!(text.contains(RARE) && text.contains("大和運輸株式会社"), "{text}");
    assert!(!text.contains("東海金属"), "{text}");

    // Each letter has the code that its page shows, and the code opens it.
    let (_, rest) = text.split_once("受付コード").unwrap();
    let code: String = rest.chars().take(11).collect();
    let opened = app.client().post("/code", &[("code", &code)]).await.expect(303);
    assert!(opened.location().starts_with("/r/"), "{code}");

    // Nothing was posted yet: the company is still to be phoned.
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'unreachable'")
            .await,
        2
    );
    let letter = page
        .split("name=\"letter\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let posted = format!("{campaign}/letters/{print}/posted");
    for _ in 0..2 {
        client.post(&posted, &[("letter", &letter)]).await.expect(303);
    }
    client.post(&posted, &[]).await.expect(303);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM deliveries WHERE channel = 'paper' AND state = 'sent' AND sent_at IS NOT NULL")
            .await,
        1
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM invitations WHERE state = 'unreachable'")
            .await,
        1
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM events WHERE kind = 'posted'").await, 1);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM audit WHERE action = 'letters.posted'")
            .await,
        1
    );
    let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
    assert!(
        page.contains("に郵送") && page.matches("type=\"checkbox\"").count() == 1,
        "{page}"
    );

    // The sender of mail has no business with them, now or later, nor has the job anything left to make.
    app.advance(SignedDuration::from_hours(30));
    client.post(&format!("{campaign}/letters/make"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(app.outbox().len(), 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM documents").await, 3);
}

#[tokio::test]
async fn a_company_and_an_operator_open_the_letter_and_nothing_changes() {
    let app = TestApp::start_with_typesetter(&[]).await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S-001", RARE, &[("a@yoshi.example", "ja")]).await;
    company(
        &app,
        "group",
        "G-001",
        "Sample Thailand Ltd.",
        &[("b@th.example", "en")],
    )
    .await;
    let campaign = sent_campaign_asking(&app, &mut client, 2, Asks::CheckOfSuppliers).await;
    app.run_jobs().await;
    let before = app.count("SELECT COUNT(*) FROM events").await;
    let mails = app.outbox();
    let token = |of: &str| -> String {
        let mail = mails.iter().find(|m| m.contains(of)).unwrap();
        readable(mail).split("/r/").nth(1).unwrap().chars().take(22).collect()
    };
    let mut visitor = app.client();
    let japanese = format!("/r/{}/letter.pdf?lang=ja", token("a@yoshi.example"));
    let first = visitor.get(&japanese).await.expect(200);
    app.advance(SignedDuration::from_hours(50));
    let second = visitor.get(&japanese).await.expect(200);
    assert!(
        first.bytes == second.bytes,
        "the same letter is the same file on another day"
    );
    let text = read(app.dir.path(), &first.bytes);
    for part in [RARE, "拝啓", "敬具", "以上", "2026年11月22日", "kairan.test/code"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(
        !text.contains("佐藤"),
        "a link may be passed on, so the letter names nobody: {text}"
    );

    let english = format!("/r/{}/letter.pdf?lang=en", token("b@th.example"));
    let text = read(app.dir.path(), &visitor.get(&english).await.expect(200).bytes);
    for part in ["SampleThailandLtd.", "Yourssincerely,", "Answerpage"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }

    // Two days later one signs in again.
    let mut client = app.signed_in().await;
    let list = client.get(&format!("{campaign}/companies")).await.expect(200).text();
    let part = list
        .split(&format!("{campaign}/companies/"))
        .find_map(|r| r.get(..36).filter(|id| id.parse::<uuid::Uuid>().is_ok()));
    let part = format!("{campaign}/companies/{}", part.unwrap());
    let page = client.get(&part).await.expect(200).text();
    assert!(page.contains(&format!("{part}/letter.pdf")));
    let text = read(
        app.dir.path(),
        &client.get(&format!("{part}/letter.pdf")).await.expect(200).bytes,
    );
    assert!(text.contains("佐藤花子"), "{text}");
    assert_eq!(
        app.count("SELECT COUNT(*) FROM events").await,
        before,
        "looking changes nothing"
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM documents").await, 0);

    // No link, no letter.
    app.client()
        .get("/r/AAAAAAAAAAAAAAAAAAAAAA/letter.pdf")
        .await
        .expect(404);
    app.client().get(&format!("{part}/letter.pdf")).await.expect(303);
}

#[tokio::test]
async fn an_operators_own_template_is_used_and_its_mistakes_are_told_with_their_line() {
    let app = TestApp::start_with_typesetter(&[("letters.stamp", "stamp.svg")]).await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S-001", "東海金属工業株式会社", &[]).await;
    let folder = app.dir.path().join("content/letters");
    std::fs::create_dir_all(&folder).unwrap();
    let template = folder.join("letter.typ");
    let stamp =
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#c00"/></svg>"##;
    std::fs::write(
        &template,
        "#let letter(it, stamp) = [\n  #image(stamp, alt: \"x\")\n  #it.nothing\n]\n",
    )
    .unwrap();
    let campaign = sent_campaign(&app, &mut client, 1).await;
    app.run_jobs().await;

    // First there is no stamp, then there is one and the third line is wrong.
    let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
    assert!(page.contains("stamp.svg を使えません"), "{page}");
    std::fs::write(app.dir.path().join("stamp.svg"), stamp).unwrap();
    client.post(&format!("{campaign}/letters/make"), &[]).await.expect(303);
    app.run_jobs().await;
    let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
    assert!(page.contains("letter.typ の3行目に誤りがあります"), "{page}");

    // It sees neither disk nor network, nor another file than those it was given.
    for outside in ["/etc/passwd", "../../../etc/passwd", "kairan.db", "secret.key"] {
        std::fs::write(&template, format!("#let letter(it, stamp) = read(\"{outside}\")")).unwrap();
        client.post(&format!("{campaign}/letters/make"), &[]).await.expect(303);
        app.run_jobs().await;
        let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
        assert!(page.contains("letter.typ の1行目に誤りがあります"), "{outside}: {page}");
    }
    std::fs::write(
        &template,
        "#import \"@preview/cetz:0.3.0\"\n#let letter(it, stamp) = []",
    )
    .unwrap();
    client.post(&format!("{campaign}/letters/make"), &[]).await.expect(303);
    app.run_jobs().await;
    let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
    assert!(page.contains("letter.typ の1行目に誤りがあります"), "{page}");

    std::fs::write(
        &template,
        "#let letter(it, stamp) = [\n  #set page(paper: \"a5\")\n  拙文 #it.code\n]\n",
    )
    .unwrap();
    client.post(&format!("{campaign}/letters/make"), &[]).await.expect(303);
    app.run_jobs().await;
    let page = client.get(&format!("{campaign}/letters")).await.expect(200).text();
    assert!(!page.contains("作れませんでした"), "{page}");
    let print = page
        .split("/letters/")
        .find_map(|r| r.split_once("/print.pdf"))
        .unwrap()
        .0
        .to_owned();
    let file = client
        .get(&format!("{campaign}/letters/{print}/print.pdf"))
        .await
        .expect(200);
    assert!(read(app.dir.path(), &file.bytes).starts_with("拙文"));
}

#[tokio::test]
async fn a_template_that_never_ends_or_wants_all_memory_is_broken_off() {
    use kairan::typeset::{Failure, MAIN, Work};
    let app = TestApp::start_with_typesetter(&[]).await;
    let work = |text: &str| Work {
        files: [(MAIN.to_owned(), text.into())].into(),
        fonts: app.app.config.letters.fonts.clone(),
        at: app.app.clock.now(),
        name: "x".into(),
        time: std::time::Duration::from_secs(4),
    };
    let endless = "#for i in range(4000000000) { for j in range(4000000000) { [a] } }";
    let failure = app.app.typesetter.typeset(&work(endless)).await.unwrap_err();
    assert!(
        matches!(failure, Failure::TooLong { seconds: 4 } | Failure::BrokeOff { .. }),
        "{failure:?}"
    );
    let mut large = work("#range(100000000).len()");
    large.time = std::time::Duration::from_secs(60);
    let failure = app.app.typesetter.typeset(&large).await.unwrap_err();
    assert!(matches!(failure, Failure::BrokeOff { .. }), "{failure:?}");
    // The next one is made as ever.
    let mut sound = work("#set document(title: \"x\")\n回覧");
    sound.time = std::time::Duration::from_secs(60);
    let pdf = app.app.typesetter.typeset(&sound).await.unwrap();
    assert_eq!(read(app.dir.path(), &pdf), "回覧");
    let mut unwritten = sound;
    unwritten.files.insert(MAIN.into(), "#\"\u{e000}\u{f8ff}\"".into());
    let failure = app.app.typesetter.typeset(&unwritten).await.unwrap_err();
    assert!(matches!(failure, Failure::MissingSigns { .. }), "{failure:?}");
    unwritten.fonts = vec![app.dir.path().join("nowhere")];
    let failure = app.app.typesetter.typeset(&unwritten).await.unwrap_err();
    assert!(matches!(failure, Failure::NoFonts { .. }), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn o1_letters_that_cannot_be_made_are_told_of_on_every_page() {
    // Its typesetter isn't there.
    let app = TestApp::start().await;
    let mut client = app.signed_in().await;
    company(&app, "supplier", "S-001", "大和運輸株式会社", &[]).await;
    let campaign = sent_campaign(&app, &mut client, 1).await;
    app.run_jobs().await;
    let page = client.get("/companies").await.expect(200).text();
    let button = format!("action=\"{campaign}/letters/make\"");
    assert!(
        page.contains("書面の依頼状を作れません") && page.contains(&button),
        "{page}"
    );
}
