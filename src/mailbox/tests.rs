//! What mails are, by fixtures written for these tests after the public descriptions of the formats.

use super::*;
use proptest::prelude::*;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/tests/fixtures/inbox/{name}.eml",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

/// The mail that all of them are about.
fn ours() -> Uuid {
    Uuid::from_u128(0x0199_3c0f_fee0_7000_8000_0000_0000_00a1)
}

const TANAKA: &str = "tanaka@supplier.example";

#[test]
fn every_kind_of_mail_is_told_apart() {
    use Class::{Address, AutoReply, Mailbox, Reply, TheirRule, TheirServer, Unclear, Us};
    // Name, class, code, failed recipient, whether it names our mail.
    let all = [
        ("postfix-hard", Address, "5.1.1", TANAKA, true),
        ("postfix-delayed", TheirServer, "4.4.1", TANAKA, true),
        ("exchange-ndr", Address, "5.1.10", TANAKA, true),
        ("exchange-full", Mailbox, "5.2.2", TANAKA, true),
        ("gmail-hard", Address, "5.1.1", "tanaka@gmail.example", true),
        ("sendmail-hard", Address, "5.1.1", TANAKA, true),
        ("docomo-report", TheirRule, "5.0.0", "tanaka@docomo.example", true),
        ("docomo-text", Address, "5.1.1", "tanaka@docomo.example", true),
        ("au-unknown", Address, "5.1.1", "tanaka@ezweb.example", true),
        ("au-limited", Mailbox, "4.2.1", "tanaka@ezweb.example", false),
        ("softbank", Address, "5.1.1", "tanaka@softbank.example", true),
        ("qmail-hard", Address, "5.1.1", TANAKA, true),
        ("qmail-full", Mailbox, "5.2.2", TANAKA, true),
        ("exim-hard", Address, "5.1.2", TANAKA, true),
        ("exim-delayed", TheirServer, "4.0.0", "", false),
        ("yahoo-jp", Address, "5.1.1", "tanaka@yahoo.example", true),
        ("two-recipients", Us, "5.7.1", TANAKA, true),
        ("expired", TheirServer, "4.4.7", TANAKA, true),
        ("delivered", AutoReply, "2.0.0", TANAKA, true),
        ("read-receipt", AutoReply, "", "", false),
        ("vacation-ja", AutoReply, "", "", true),
        ("vacation-ja-subject-only", AutoReply, "", "", false),
        ("vacation-en", AutoReply, "", "", true),
        ("reply-ja", Reply, "", "", true),
        ("reply-ja-undeclared", Reply, "", "", true),
        ("reply-en", Reply, "", "", true),
        ("unclear-returned", Unclear, "", "", false),
    ];
    let mut wrong = Vec::new();
    for (name, class, status, recipient, names_ours) in all {
        let found = read(&fixture(name));
        let named = found.mails.first() == Some(&ours());
        if (found.class, found.status.as_str(), found.recipient.as_str(), named)
            != (class, status, recipient, names_ours)
        {
            wrong.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Formats of servers that write no report, of notices and complaints: the class of each recipient, in order.
#[test]
fn formats_that_only_words_tell_are_read() {
    use Class::{Address, AutoReply, Complaint, Mailbox, Reply, TheirRule, TheirServer, Unclear, Us};
    let all: &[(&str, &[Class])] = &[
        ("dragonfly-rcpt", &[Address]),
        ("dragonfly-policy", &[Us]),
        ("dragonfly-spf", &[Us]),
        ("dragonfly-mail", &[Us]),
        ("dragonfly-full", &[Mailbox]),
        ("dragonfly-size", &[Us]),
        ("dragonfly-expired", &[TheirServer]),
        ("dragonfly-host", &[Address]),
        ("dragonfly-loop", &[TheirServer]),
        ("opensmtpd", &[Address]),
        ("opensmtpd-network", &[TheirServer]),
        ("james", &[Address]),
        ("notes", &[Address]),
        ("domino-loop", &[TheirServer]),
        ("exchange2003", &[Address]),
        ("exchange2003-name", &[Address]),
        ("imail", &[Address]),
        ("imail-full", &[Mailbox]),
        ("imail-tries", &[TheirServer]),
        ("biglobe-full", &[Mailbox]),
        ("ezweb-nobody", &[Address]),
        ("ezweb-two", &[Address, Mailbox]),
        ("kddi-notice", &[Mailbox]),
        ("kddi-full", &[Mailbox]),
        ("mfilter", &[Address]),
        ("messagingserver", &[Address]),
        ("ironport", &[Us]),
        ("ironport-domain", &[Address]),
        ("mxlogic", &[Address]),
        ("gmail-old", &[Address]),
        ("gmail-old-delay", &[TheirServer]),
        ("google-groups", &[TheirRule]),
        ("verizon", &[Address]),
        ("fml-member", &[TheirRule]),
        ("sendmail-v5", &[Us]),
        ("sendmail-v5-host", &[Address]),
        ("exim-three", &[Address, Mailbox, Us]),
        ("qmail-two", &[Address, TheirServer]),
        ("list-then-reason", &[Mailbox, Mailbox]),
        ("no-dsn-zoho", &[Us]),
        ("ses-bounce", &[Address]),
        ("ses-full", &[Mailbox]),
        ("ses-complaint", &[Complaint]),
        ("ses-delivery", &[AutoReply]),
        ("ses-in-sns", &[Us]),
        ("arf-abuse", &[Complaint]),
        ("arf-fraud", &[Complaint]),
        ("arf-auth", &[Complaint]),
        ("arf-redacted", &[Complaint]),
        ("jmrp", &[Complaint]),
        ("dmarc", &[AutoReply]),
        ("dmarc-by-file", &[AutoReply]),
        ("sns-other", &[AutoReply]),
        ("vacation-header", &[AutoReply]),
        ("person-quotes-bounce", &[Reply]),
        ("person-mentions-spam", &[Reply]),
        ("report-in-text", &[Mailbox]),
        ("mime-as-text", &[Address]),
        ("exchange2003-report", &[Address]),
        ("person-asks-of-bounce", &[Reply]),
        ("powermta", &[Address]),
        ("dovecot-reject", &[Mailbox]),
        ("ezweb-disabled", &[Mailbox]),
        ("ezweb-late", &[TheirServer]),
        ("null-sender", &[Unclear]),
        ("x-unix", &[TheirServer]),
    ];
    let mut wrong = Vec::new();
    for (name, classes) in all {
        let bytes = fixture(&format!("formats/{name}"));
        let found = read(&bytes).findings;
        if found.iter().map(|f| f.class).ne(classes.iter().copied()) {
            wrong.push(format!("{name}: {found:#?}, not {classes:?}"));
        }
        // Whatever ends the lines.
        let plain = String::from_utf8(bytes).unwrap();
        for ends in ["\r\n", "\r", "\r\r\n"] {
            let other = read(plain.replace('\n', ends).as_bytes()).findings;
            assert_eq!(found, other, "{name} with {ends:?}");
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}

#[test]
fn real_reports_are_read() {
    use Class::{Address, TheirRule, TheirServer, Us};
    let all = [
        ("lhost-opensmtpd-01", Address, "5.1.1"),
        ("lhost-domino-01", Address, "5.1.1"),
        ("lhost-fml-02", TheirRule, "5.7.0"),
        ("lhost-postfix-01", TheirServer, "5.1.1"),
        ("lhost-x6-01", TheirServer, "5.4.6"),
        ("lhost-zoho-01", Address, "5.1.1"),
        ("rhost-facebook-03", TheirRule, "5.1.1"),
        ("rhost-godaddy-02", Us, "5.1.3"),
        ("rhost-mimecast-01", Us, "5.0.0"),
    ];
    for (name, class, status) in all {
        let found = read(&fixture(&format!("real/{name}")));
        assert_eq!(
            (found.class, found.status.as_str(), found.findings.len()),
            (class, status, 1),
            "{name}: {found:#?}"
        );
    }
}

/// Which classes the reason of a report allows, as the table beside the collection says.
fn allowed(reason: &str) -> &'static [Class] {
    use Class::{Address, AutoReply, Complaint, Mailbox, TheirRule, TheirServer, Unclear, Us};
    match reason {
        "userunknown" | "hostunknown" | "hasmoved" => &[Address],
        "mailboxfull" => &[Mailbox],
        "suspend" => &[Mailbox, Address],
        "filtered" => &[TheirRule, Mailbox],
        "networkerror" | "systemerror" | "systemfull" | "mailererror" | "notaccept" | "expired" => {
            &[TheirServer, Mailbox]
        }
        "feedback" => &[Complaint],
        "vacation" | "delivered" => &[AutoReply],
        "undefined" | "onhold" => &[Mailbox, Us, TheirRule, TheirServer, Complaint, AutoReply, Unclear],
        _ => &[Us, TheirRule, TheirServer],
    }
}

/// M3: real reports with what is expected of each recipient, where the collection lies beside the source.
#[test]
fn at_least_92_in_100_real_reports_are_read_rightly_and_4_not_at_all() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/bounces");
    let Ok(expected) = std::fs::read(format!("{dir}/expected.json")) else {
        eprintln!("The collection of real reports isn't there; `real_reports_are_read` tries a few of them.");
        return;
    };
    let expected: std::collections::BTreeMap<String, Vec<serde_json::Value>> =
        serde_json::from_slice(&expected).unwrap();
    let (mut all, mut right, mut unclear, mut wrong) = (0, 0, 0, Vec::new());
    for (file, rows) in expected {
        let bytes = std::fs::read(format!("{dir}/{file}")).unwrap();
        let read_all =
            |bytes: &[u8]| -> Vec<Finding> { messages(bytes).iter().flat_map(|m| read(m).findings).collect() };
        let found = read_all(&bytes);
        let plain = with_plain_lines(&bytes);
        for ends in [&b"\n"[..], b"\r\n", b"\r"] {
            let lines: Vec<&[u8]> = plain.split(|b| *b == b'\n').collect();
            let classes = |all: &[Finding]| all.iter().map(|f| f.class).collect::<Vec<_>>();
            assert_eq!(
                classes(&found),
                classes(&read_all(&lines.join(ends))),
                "{file} with {ends:?}"
            );
        }
        for (at, row) in rows.iter().enumerate() {
            let reason = row["reason"].as_str().unwrap();
            let class = found.get(at).map(|f| f.class);
            all += 1;
            unclear += usize::from(class == Some(Class::Unclear));
            match class.is_some_and(|c| allowed(reason).contains(&c)) {
                true => right += 1,
                false => wrong.push(format!("{file}: {reason} is {class:?}")),
            }
            let ours_alone = allowed(reason).contains(&Class::Us);
            assert!(
                !(ours_alone && class == Some(Class::Address)),
                "{file}: {reason} is held against the address"
            );
            assert_ne!(class, Some(Class::Reply), "{file}");
        }
    }
    eprintln!("{right} of {all} right, {unclear} unclear; wrong: {wrong:#?}");
    assert!(
        right * 100 >= all * 92 && unclear * 100 <= all * 4,
        "{right} of {all}, {unclear} unclear: {wrong:#?}"
    );
}

#[test]
fn what_came_back_is_told_from_what_waits() {
    let given_up = |name| read(&fixture(name)).given_up;
    for name in [
        "postfix-hard",
        "exchange-full",
        "qmail-full",
        "expired",
        "docomo-text",
        "exim-hard",
    ] {
        assert!(given_up(name), "{name} came back");
    }
    for name in [
        "postfix-delayed",
        "exim-delayed",
        "delivered",
        "vacation-ja",
        "reply-ja",
        "unclear-returned",
    ] {
        assert!(!given_up(name), "{name} did not");
    }
}

#[test]
fn japanese_mail_is_read_in_its_old_coding_and_without_what_it_quotes() {
    let reply = read(&fixture("reply-ja"));
    assert_eq!(reply.subject, "Re: サイバーセキュリティの注意喚起");
    assert!(reply.excerpt.contains("担当が佐藤に変わりました"), "{}", reply.excerpt);
    assert!(!reply.excerpt.contains("サンプル製作所"), "{}", reply.excerpt);
    let bare = read(&fixture("reply-ja-undeclared"));
    assert_eq!(
        (bare.subject.as_str(), bare.excerpt.as_str()),
        ("Re: 注意喚起", "確認しました。")
    );
    let away = read(&fixture("vacation-ja"));
    assert_eq!(away.subject, "不在通知：休暇中です");
    let html = read(&fixture("vacation-en"));
    assert!(html.excerpt.contains("out of the office until 30"), "{}", html.excerpt);
    assert!(!html.excerpt.contains("color"), "{}", html.excerpt);
}

#[test]
fn what_the_other_server_said_is_kept_in_its_words() {
    let said = |name| read(&fixture(name)).diagnostic;
    assert!(said("postfix-hard").starts_with("550 5.1.1 <tanaka@supplier.example>: Recipient address rejected"));
    assert!(said("au-unknown").contains("User unknown"));
    assert!(said("qmail-hard").contains("no mailbox here by that name"));
    assert!(said("softbank").contains("Invalid recipient"));
}

#[test]
fn the_return_path_is_found_wherever_servers_write_it() {
    let path = "bounce+01993c0ffee0700080000000000000a1.abcdefg2@kairan.example";
    for header in ["To", "Delivered-To", "X-Original-To", "Envelope-To"] {
        let mail = format!(
            "From: mailer-daemon@x.example\r\n{header}: <{path}>\r\nSubject: failure notice\r\n\r\nUser unknown\r\n"
        );
        assert!(read(mail.as_bytes()).paths.contains(path), "{header}");
    }
    let received = format!(
        "Received: from a by b\r\n\tfor <{path}>; Mon, 23 Nov 2026 09:00:00 +0900\r\nFrom: a@x.example\r\n\r\nx"
    );
    assert!(read(received.as_bytes()).paths.contains(path));
    // In the message that came back.
    let whole = String::from_utf8(fixture("postfix-hard")).unwrap();
    let whole = whole.replace(
        "Return-Path: <bounce@kairan.example>",
        &format!("Return-Path: <{path}>"),
    );
    assert!(read(whole.as_bytes()).paths.contains(path));
}

/// Bounded, and storable in either database.
fn is_tame(found: &Understood) {
    for text in [
        &found.from,
        &found.subject,
        &found.status,
        &found.diagnostic,
        &found.recipient,
        &found.excerpt,
    ] {
        assert!(text.len() <= 2000, "{} bytes", text.len());
        assert!(
            !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')),
            "{text:?}"
        );
    }
    assert!(found.mails.len() <= 20 && found.paths.len() < 400 * 1024);
}

async fn understood(text: String) -> Understood {
    let found = understand(Arc::new(text.into_bytes())).await;
    is_tame(&found);
    found
}

#[tokio::test]
async fn hostile_mail_is_bounded_and_quick() {
    let started = std::time::Instant::now();
    let garbage = read(&fixture("garbage"));
    assert_eq!(garbage.class, Class::Unclear);
    is_tame(&garbage);
    let odd = read(&fixture("hostile-bare-cr-nul"));
    is_tame(&odd);
    assert!(!odd.excerpt.contains('\u{202E}'), "{}", odd.excerpt);

    let header = format!(
        "From: a@x.example\r\nSubject: {}\r\nTo: {}\r\n\r\nx",
        "あ".repeat(500_000),
        "b@x.example, ".repeat(100_000)
    );
    understood(header).await;
    let headers = "Received: by x for <b@x.example>\r\n".repeat(50_000);
    understood(format!("From: a@x.example\r\n{headers}\r\n\r\nx")).await;
    let mut nested = String::from("From: a@x.example\r\nSubject: nested\r\n");
    for n in 0..1000 {
        nested += &format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    }
    understood(nested).await;
    // Messages within messages, as many as fit; and the same where no count of ours sees them.
    let messages = "Content-Type: message/rfc822\n\n";
    understood(messages.repeat(1900)).await;
    understood(messages.repeat(100_000)).await;
    let packed = data_encoding::BASE64_MIME.encode(messages.repeat(12_000).as_bytes());
    understood(format!(
        "From: a@x.example\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}"
    ))
    .await;
    let parts = "--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@x.example\r\nAction: failed\r\n\r\n".repeat(1500);
    understood(format!(
        "From: a@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n{parts}"
    ))
    .await;
    understood("x".repeat(5_000_000)).await;
    understood(String::new()).await;
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 3000 }))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        is_tame(&read(&bytes));
    }

    /// True mails with pieces cut out, doubled and overwritten.
    #[test]
    fn no_damage_makes_it_panic(which in 0usize..5, cuts in proptest::collection::vec((any::<u16>(), any::<u8>(), 0usize..200), 0..20)) {
        let name = ["postfix-hard", "exchange-ndr", "reply-ja", "qmail-hard", "vacation-en"][which];
        let mut bytes = fixture(name);
        for (at, byte, length) in cuts {
            let at = at as usize % bytes.len().max(1);
            let end = (at + length).min(bytes.len());
            match byte % 3 {
                0 => { bytes.drain(at..end); }
                1 => { let piece = bytes[at..end].to_vec(); bytes.splice(at..at, piece); }
                _ => if at < bytes.len() { bytes[at] = byte },
            }
        }
        is_tame(&read(&bytes));
    }
}
