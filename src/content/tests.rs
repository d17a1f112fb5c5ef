use std::collections::BTreeMap;

use toml::Value;

use super::load::{Tree, assemble};
use super::*;

const ADVISORY: &str = r#"
id = "alert"
version = 1
published = "2022-03-24"
[[areas]]
id = "reduce"
[[areas.measures]]
id = "authentication"
[[areas.measures]]
id = "patches"
[[sources]]
id = "page"
url = "https://example.org/a"
"#;
const ADVISORY_TEXT: &str = r#"
title = "T"
summary = "S"
body = ["B"]
[areas]
reduce = "R"
[measures]
authentication = { title = "t", what = "w", why = "y", who = "o", how = ["h"] }
patches = { title = "t", what = "w", why = "y", who = "o", how = ["h"] }
[sources]
page = "P"
"#;
const CHECKLIST: &str = r#"
id = "check"
version = 2
advisory = "alert"
sections = ["one", "two"]
[[questions]]
id = "remote"
section = "one"
kind = "yes-no"
measures = ["authentication"]
rows = ["R7"]
required = true
comment_on = ["partly", "no"]
[[questions]]
id = "often"
section = "two"
kind = "choice"
choices = ["daily", "weekly"]
when = { question = "remote", answers = ["yes", "partly"] }
[[questions]]
id = "count"
section = "two"
kind = "number"
min = 0
max = 10
"#;
const CHECKLIST_TEXT: &str = r#"
title = "T"
intro = ["I"]
[sections]
one = "1"
two = "2"
[questions.remote]
label = "L"
text = "T?"
help = "H"
terms = [{ term = "t", meaning = "m" }]
who = "W"
answers = { yes = "y", partly = "p" }
if_no = ["a", "b"]
[questions.often]
label = "L"
text = "T?"
choices = { daily = "d", weekly = "w" }
[questions.count]
label = "L"
text = "T?"
"#;
const LETTER: &str = "id = \"ask\"\nversion = 1\naudience = \"supplier\"\n";
const LETTER_TEXT: &str = r#"
name = "N"
subject = "{advisory} ({number})"
salutation = "{company} {department} {contact}"
opening = "O {{x}}"
paragraphs = ["From {sender} on {date}.", "{checklist}"]
closing = "C"
record_title = "R"
record = [
  { label = "until", value = "{deadline}" },
  { label = "page", value = "{link}" },
  { label = "code", value = "{code}" },
  { label = "ask", value = "{inquiries}" },
  { label = "alert", value = "{advisory}" },
]
end = ""
mail_subject = "{sender} {number}"
mail_intro = ["M"]
"#;

fn tree(name: &str) -> Tree {
    let lint = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/content/lint.toml")).unwrap();
    let mut files = BTreeMap::from([("lint.toml".to_owned(), lint)]);
    for (folder, file, neutral, text) in [
        ("advisories/alert", "advisory.toml", ADVISORY, ADVISORY_TEXT),
        ("checklists/check", "checklist.toml", CHECKLIST, CHECKLIST_TEXT),
        ("letters/ask", "letter.toml", LETTER, LETTER_TEXT),
    ] {
        files.insert(format!("{folder}/{file}"), neutral.to_owned());
        files.insert(format!("{folder}/ja.toml"), text.to_owned());
        files.insert(format!("{folder}/en.toml"), text.to_owned());
    }
    Tree {
        name: name.to_owned(),
        files,
    }
}

fn edit(tree: &mut Tree, file: &str, from: &str, to: &str) {
    let text = tree.files.get_mut(file).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
}

/// What is found wrong after one edit, as lines.
fn wrong(file: &str, from: &str, to: &str) -> String {
    let mut tree = tree("content");
    edit(&mut tree, file, from, to);
    assemble(tree, None, &["ja", "en"], Vec::new()).unwrap_err().to_string()
}

fn sound() -> Content {
    assemble(tree("content"), None, &["ja", "en"], Vec::new()).unwrap()
}

#[test]
fn what_ships_is_sound() {
    match Content::load(None, &["ja", "en"]) {
        Ok(content) => {
            assert!(content.checklist("sc-2022").is_some());
            let warnings: Vec<String> = content
                .lint()
                .iter()
                .map(|w| format!("{} {} {} {}", w.file, w.key, w.rule, w.word))
                .collect();
            assert!(warnings.is_empty(), "{}", warnings.join("\n"));
        }
        Err(problems) => panic!("{problems}"),
    }
}

#[test]
fn sound_content_loads_and_survives_as_json() {
    let content = sound();
    let advisory = content.advisory("alert").unwrap();
    assert_eq!(advisory.measures().count(), 2);
    let checklist = content.checklist("check").unwrap();
    assert_eq!(checklist.languages().collect::<Vec<_>>(), ["en", "ja"]);
    assert_eq!(checklist.question("often").unwrap().kind, Kind::Choice);
    let json = serde_json::to_string(&**checklist).unwrap();
    assert_eq!(serde_json::from_str::<Checklist>(&json).unwrap(), **checklist);
    let json = serde_json::to_string(&**advisory).unwrap();
    assert_eq!(serde_json::from_str::<Advisory>(&json).unwrap(), **advisory);
    let letter = content.letter("ask").unwrap();
    let json = serde_json::to_string(&**letter).unwrap();
    assert_eq!(serde_json::from_str::<Letter>(&json).unwrap(), **letter);
}

#[test]
fn a_snapshot_with_a_key_of_the_future_is_still_read() {
    let content = sound();
    let mut json = serde_json::to_value(&**content.checklist("check").unwrap()).unwrap();
    json["questions"][0]["novelty"] = 1.into();
    assert!(serde_json::from_value::<Checklist>(json).is_ok());
}

/// The walk and the types know the same keys: whatever passes the walk is read, and nothing of it gets lost.
#[test]
fn types_hold_every_key_of_the_files() {
    let content = sound();
    let checklist = content.checklist("check").unwrap();
    let written = Value::try_from(&**checklist).unwrap();
    let read: Value = Value::Table(toml::from_str(CHECKLIST_TEXT).unwrap());
    assert_kept(&read, &written["texts"]["ja"], "");
    assert_kept(&Value::Table(toml::from_str(CHECKLIST).unwrap()), &written, "");
    let written = Value::try_from(&**content.advisory("alert").unwrap()).unwrap();
    assert_kept(&Value::Table(toml::from_str(ADVISORY).unwrap()), &written, "");
    assert_kept(
        &Value::Table(toml::from_str(ADVISORY_TEXT).unwrap()),
        &written["texts"]["ja"],
        "",
    );
    let written = Value::try_from(&**content.letter("ask").unwrap()).unwrap();
    assert_kept(&Value::Table(toml::from_str(LETTER).unwrap()), &written, "");
    assert_kept(
        &Value::Table(toml::from_str(LETTER_TEXT).unwrap()),
        &written["texts"]["ja"],
        "",
    );
}

fn assert_kept(read: &Value, written: &Value, path: &str) {
    match (read, written) {
        (Value::Table(read), Value::Table(written)) => {
            for (key, value) in read {
                let kept = written.get(key).unwrap_or_else(|| panic!("{path}.{key} got lost"));
                assert_kept(value, kept, &format!("{path}.{key}"));
            }
        }
        (Value::Array(read), Value::Array(written)) => {
            assert_eq!(read.len(), written.len(), "{path}");
            for (read, written) in read.iter().zip(written) {
                assert_kept(read, written, path);
            }
        }
        _ => assert_eq!(read, written, "{path}"),
    }
}

#[test]
fn every_kind_of_mistake_is_told_where_it_is() {
    let cases = [
        (
            "checklists/check/checklist.toml",
            "section = \"one\"",
            "sektion = \"one\"",
            &[
                "content/checklists/check/checklist.toml: questions[remote].sektion: The key `sektion` is not known here; did you mean `section`?",
                "questions[remote].section: The key is missing",
            ][..],
        ),
        (
            "checklists/check/checklist.toml",
            "\"yes-no\"",
            "\"yesno\"",
            &["questions[remote].kind: `yesno` is not known here; did you mean `yes-no`?"],
        ),
        (
            "checklists/check/checklist.toml",
            "version = 2",
            "version = 0",
            &["version: Versions are counted from 1"],
        ),
        (
            "checklists/check/checklist.toml",
            "version = 2",
            "version = \"2\"",
            &["version: A text can't stand here; write 1."],
        ),
        (
            "checklists/check/checklist.toml",
            "id = \"often\"",
            "id = \"remote\"",
            &["questions[remote]: The id `remote` stands here twice"],
        ),
        (
            "checklists/check/checklist.toml",
            "id = \"often\"",
            "id = \"Often\"",
            &["questions[Often].id: `Often` can't be an id"],
        ),
        (
            "checklists/check/checklist.toml",
            "id = \"check\"",
            "id = \"cheque\"",
            &["id: The id `cheque` differs from the name of the folder, `check`"],
        ),
        (
            "checklists/check/checklist.toml",
            "[\"authentication\"]",
            "[\"authentification\"]",
            &[
                "questions[remote].measures: The advisory `alert` has no measure `authentification`; did you mean `authentication`?",
            ],
        ),
        (
            "checklists/check/checklist.toml",
            "advisory = \"alert\"",
            "advisory = \"allert\"",
            &["advisory: There is no (sound) advisory `allert`; did you mean `alert`?"],
        ),
        (
            "checklists/check/checklist.toml",
            "advisory = \"alert\"",
            "",
            &["questions[remote].measures: The checklist names no advisory"],
        ),
        (
            "checklists/check/checklist.toml",
            "question = \"remote\"",
            "question = \"count\"",
            &["questions[often].when.question: No earlier question is called `count`"],
        ),
        (
            "checklists/check/checklist.toml",
            "[\"yes\", \"partly\"]",
            "[\"yes\", \"part\"]",
            &["questions[often].when.answers: `remote` can't be answered with `part`; did you mean `partly`?"],
        ),
        (
            "checklists/check/checklist.toml",
            "min = 0\nmax = 10",
            "when = { question = \"often\", answers = [\"monthly\"] }",
            &["questions[count].when.answers: `often` can't be answered with `monthly`"],
        ),
        (
            "checklists/check/checklist.toml",
            "min = 0",
            "min = 11",
            &["questions[count].min: The least number"],
        ),
        (
            "checklists/check/checklist.toml",
            "required = true",
            "min = 1\nchoices = [\"a\"]",
            &["questions[remote].min: Only", "questions[remote].choices: Only"],
        ),
        (
            "checklists/check/checklist.toml",
            "section = \"two\"",
            "section = \"three\"",
            &["questions[often].section: There is no section `three`"],
        ),
        (
            "checklists/check/checklist.toml",
            "section = \"one\"",
            "section = \"two\"",
            &["sections[one]: No question stands in this section"],
        ),
        (
            "checklists/check/checklist.toml",
            "sections = [\"one\", \"two\"]",
            "sections = [\"two\", \"one\"]",
            &["questions[often].section: The question stands after one of a later section"],
        ),
        (
            "checklists/check/ja.toml",
            "text = \"T?\"",
            "text = \" \"",
            &["ja.toml: questions.remote.text: The text is empty"],
        ),
        (
            "checklists/check/ja.toml",
            "if_no = [\"a\", \"b\"]",
            "",
            &["ja.toml: questions.remote.if_no: The text is missing"],
        ),
        (
            "checklists/check/ja.toml",
            "answers = { yes = \"y\", partly = \"p\" }",
            "answers = { partly = \"p\", no = \"n\" }",
            &[
                "ja.toml: questions.remote.answers.yes: The text is missing",
                "en.toml: questions.remote.answers.no: The text stands in ja.toml and not here",
            ],
        ),
        (
            "checklists/check/ja.toml",
            ", weekly = \"w\"",
            ", weakly = \"w\"",
            &[
                "questions.often.choices.weakly: There is no choice `weakly` in the neutral file; did you mean `weekly`?",
                "questions.often.choices.weekly: The text of the choice `weekly` is missing",
            ],
        ),
        (
            "checklists/check/ja.toml",
            "[questions.count]",
            "who = \"W\"\n[questions.counts]",
            &[
                "questions.counts: There is no question",
                "questions.count: The text of the question `count` is missing",
                "en.toml: questions.often.who: The text stands in ja.toml",
            ],
        ),
        (
            "checklists/check/ja.toml",
            "title = \"T\"",
            "title = \"T",
            &["ja.toml: Line 2 is not TOML"],
        ),
        (
            "advisories/alert/en.toml",
            "patches = {",
            "patch = {",
            &[
                "en.toml: measures.patch: There is no measure `patch`",
                "en.toml: measures.patches: The text",
            ],
        ),
        (
            "advisories/alert/advisory.toml",
            "https://example.org/a",
            "javascript:alert(1)",
            &["sources[page].url: `javascript:alert(1)` is not the address"],
        ),
        (
            "advisories/alert/advisory.toml",
            "\"2022-03-24\"",
            "2022-03-24",
            &["published: A date without quotation marks can't stand here; write \"2022-03-24\"."],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "{firma}",
            &["ja.toml: salutation: The placeholder {firma} is not known"],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "{copmany}",
            &["did you mean `company`?"],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "company}",
            &["salutation: A single } stands here"],
        ),
        (
            "letters/ask/ja.toml",
            "{company}",
            "｛company｝",
            &["salutation: A full-width brace"],
        ),
        (
            "letters/ask/ja.toml",
            "\"{code}\"",
            "\"none\"",
            &["ja.toml: record: The record must tell {code}; add a line with value = \"{code}\"."],
        ),
        (
            "letters/ask/ja.toml",
            "{sender} {number}",
            "{link}",
            &["mail_subject: The link and the code are secret"],
        ),
        (
            "letters/ask/letter.toml",
            "supplier",
            "suppliers",
            &["audience: `suppliers` is not known here; did you mean `supplier`?"],
        ),
    ];
    for (file, from, to, expected) in cases {
        let told = wrong(file, from, to);
        for line in expected {
            assert!(told.contains(line), "\n{from} -> {to}\nexpected: {line}\ntold:\n{told}");
        }
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let mut tree = tree("content");
    edit(&mut tree, "letters/ask/ja.toml", "closing = \"C\"", "");
    edit(&mut tree, "letters/ask/ja.toml", "subject =", "subjekt =");
    edit(&mut tree, "advisories/alert/en.toml", "title = \"T\"", "title = \"\"");
    tree.files.remove("checklists/check/en.toml");
    tree.files.insert("letter/x/letter.toml".to_owned(), String::new());
    tree.files.insert("letters/ask/leter.toml".to_owned(), String::new());
    let problems = assemble(tree, None, &["ja", "en"], Vec::new()).unwrap_err().0;
    let told: Vec<(&str, &str)> = problems.iter().map(|p| (p.file.as_str(), p.key.as_str())).collect();
    assert_eq!(
        told,
        [
            ("content/advisories/alert/en.toml", "title"),
            ("content/checklists/check/en.toml", ""),
            ("content/letter/x/letter.toml", ""),
            ("content/letters/ask/ja.toml", "closing"),
            ("content/letters/ask/ja.toml", "subject"),
            ("content/letters/ask/ja.toml", "subjekt"),
            ("content/letters/ask/leter.toml", ""),
        ]
    );
}

#[test]
fn an_operators_item_takes_the_place_of_a_shipped_one_by_a_higher_version() {
    let own = |version: &str| {
        let mut own = tree("/data/content");
        own.files.retain(|path, _| path.starts_with("letters/"));
        edit(&mut own, "letters/ask/letter.toml", "version = 1", version);
        edit(&mut own, "letters/ask/ja.toml", "name = \"N\"", "name = \"ours\"");
        assemble(tree("content"), Some(own), &["ja", "en"], Vec::new())
    };
    assert_eq!(
        own("version = 2").unwrap().letter("ask").unwrap().text("ja").name,
        "ours"
    );
    let told = own("version = 1").unwrap_err().to_string();
    assert!(
        told.starts_with("/data/content/letters/ask/letter.toml: version: content/letters/ask is version 1 already"),
        "{told}"
    );
}

#[test]
fn a_further_language_is_found_and_must_be_whole() {
    let mut tree = tree("content");
    tree.files.insert(
        "letters/ask/pt-BR.toml".to_owned(),
        LETTER_TEXT.replace("\"N\"", "\"BR\""),
    );
    tree.files
        .insert("letters/ask/zh-Hant.toml".to_owned(), LETTER_TEXT.replace("{code}", ""));
    let told = assemble(tree, None, &["ja", "en"], Vec::new()).unwrap_err().to_string();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(
        told.contains("zh-Hant.toml: record[3].value: The text is empty"),
        "{told}"
    );
}

#[test]
fn text_falls_back_the_same_way_every_time() {
    let mut letter = Letter::clone(sound().letter("ask").unwrap());
    for (lang, text) in &mut letter.texts {
        text.name.clone_from(lang);
    }
    assert_eq!(letter.text("ja").name, "ja");
    assert_eq!(letter.text("ja-JP").name, "ja");
    assert_eq!(letter.text("fr").name, "en");
    letter.texts.remove("en");
    assert_eq!(letter.text("fr").name, "ja");
    letter.texts.clear();
    assert_eq!(letter.text("fr").name, "");
}

#[test]
fn an_operators_folder_is_read_from_disk_and_may_be_absent() {
    let dir = std::env::temp_dir().join(format!("kairan-content-{}", std::process::id()));
    assert!(load::load(Some(&dir.join("none")), &[]).map_or_else(
        |problems| problems.0.iter().all(|problem| problem.file.starts_with("content/")),
        |_| true
    ));
    let folder = dir.join("letters/own");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("letter.toml"), LETTER.replace("ask", "own")).unwrap();
    std::fs::write(folder.join("ja.toml"), [0xff, 0xfe]).unwrap();
    std::fs::write(folder.join("notes.txt"), "x").unwrap();
    std::fs::write(dir.join("letters/.DS_Store"), "x").unwrap();
    let problems = load::load(Some(&dir), &["ja"]).unwrap_err();
    std::fs::remove_dir_all(&dir).unwrap();
    let own: Vec<&Problem> = problems.0.iter().filter(|p| !p.file.starts_with("content/")).collect();
    assert_eq!(own.len(), 2, "{problems}");
    assert!(
        own.iter().all(|problem| problem.file.ends_with("own/ja.toml")),
        "{problems}"
    );
}

#[test]
fn a_letter_is_rendered_and_values_are_not_read_again() {
    let content = sound();
    let values = Placeholders {
        company: "{code}株式会社".to_owned(),
        contact: "山田".to_owned(),
        number: "K-1\r\nBcc: x@example.org".to_owned(),
        sender: "S".to_owned(),
        date: "D".to_owned(),
        deadline: "E".to_owned(),
        inquiries: "I".to_owned(),
        link: "https://k.example/i/x".to_owned(),
        code: "ABCD".to_owned(),
        ..Placeholders::default()
    };
    let letter = content.letter("ask").unwrap().render("ja", &values);
    assert_eq!(letter.salutation, "{code}株式会社  山田");
    assert_eq!(letter.opening, "O {x}");
    assert_eq!(letter.paragraphs, ["From S on D."]);
    assert_eq!(letter.mail_subject, "S K-1 Bcc: x@example.org");
    let record: Vec<_> = letter
        .record
        .iter()
        .map(|line| (&line.value[..], line.only.as_deref()))
        .collect();
    assert_eq!(
        record,
        [
            ("E", Some("deadline")),
            ("https://k.example/i/x", Some("link")),
            ("ABCD", Some("code")),
            ("I", Some("inquiries")),
        ]
    );
}

#[test]
fn the_linter_finds_words_and_pardons_what_is_meant_well() {
    let content = sound();
    let found = |text: &str| -> Vec<&str> {
        content
            .rules()
            .check(Scope::Letters, text)
            .iter()
            .map(|hit| &hit.rule.id[..])
            .collect()
    };
    assert_eq!(found("下請企業の皆様"), ["subcontractor"]);
    assert_eq!(found("回答は必須です"), ["mandatory"]);
    assert!(found("回答は必須ではありません。守秘義務を守ります。").is_empty());
    assert_eq!(found("守秘義務のほか、回答の義務があります"), ["mandatory"]);
    assert_eq!(found("We may ＴＥＲＭＩＮＡＴＥ it"), ["threat"]);
    assert!(found("exterminate, determinate").is_empty());
    assert_eq!(found("This is mandatory."), ["mandatory"]);
    assert!(found("This is not\n mandatory.").is_empty());
    assert_eq!(found("今後の取引を見直します"), ["threat"]);
    assert_eq!(found("https://bit.ly/abc"), ["shortened-url"]);
    assert!(found("https://rabbit.lyon.example/").is_empty());
    assert_eq!(found("SCS required"), ["scs-required"]);
    assert_eq!(found("セキュリティの認定取得"), ["certification"]);
    for hit in content.rules().check(Scope::Letters, "下請") {
        assert!(hit.rule.why("ja").contains("取適法") && hit.rule.instead("en").contains("supplier"));
    }
}

#[test]
fn the_linter_looks_through_every_text() {
    let mut tree = tree("content");
    edit(
        &mut tree,
        "letters/ask/ja.toml",
        "mail_intro = [\"M\"]",
        "mail_intro = [\"M\", \"下請\"]",
    );
    edit(
        &mut tree,
        "checklists/check/en.toml",
        "if_no = [\"a\", \"b\"]",
        "if_no = [\"This is mandatory\"]",
    );
    edit(
        &mut tree,
        "checklists/check/ja.toml",
        "label = \"L\"",
        "label = \"多要素認証の設定状況\"",
    );
    let content = assemble(tree, None, &["ja", "en"], Vec::new()).unwrap();
    let warnings = content.lint();
    let told: Vec<(&str, &str, &str)> = warnings
        .iter()
        .map(|w| (&w.file[8..], &w.key[..], &w.rule[..]))
        .collect();
    assert_eq!(
        told,
        [
            ("checklists/check/en.toml", "questions.remote.if_no[1]", "mandatory"),
            ("checklists/check/en.toml", "questions.remote.if_no", "if-no-steps"),
            ("checklists/check/ja.toml", "questions.remote.label", "label-too-long"),
            ("letters/ask/en.toml", "paragraphs", "equivalent"),
            ("letters/ask/en.toml", "paragraphs", "cost-consultation"),
            ("letters/ask/en.toml", "paragraphs", "use-of-answers"),
            ("letters/ask/ja.toml", "mail_intro[2]", "subcontractor"),
            ("letters/ask/ja.toml", "paragraphs", "equivalent"),
            ("letters/ask/ja.toml", "paragraphs", "cost-consultation"),
            ("letters/ask/ja.toml", "paragraphs", "use-of-answers"),
        ]
    );
}
