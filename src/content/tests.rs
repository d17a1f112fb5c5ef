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
const LETTER: &str =
    "id = \"ask\"\nversion = 1\naudience = \"supplier\"\nasks = [\"self-check\"]\nmay_ask = [\"acknowledge\"]\n";
const LETTER_TEXT: &str = r#"
name = "N"
subject = "{advisory} ({number})"
salutation = "{company} {department} {contact}"
opening = "O {{x}}"
paragraphs = ["From {sender} on {date}.", "{checklist}", { when = "acknowledge", text = "A" }]
closing = "C"
closing_unnamed = "U"
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

pub(super) fn tree(name: &str) -> Tree {
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

pub(super) fn edit(tree: &mut Tree, file: &str, from: &str, to: &str) {
    let text = tree.files.get_mut(file).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
}

pub(super) fn sound() -> Content {
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
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path();
    assert!(load::load(Some(&dir.join("none")), &[]).map_or_else(
        |problems| problems.0.iter().all(|problem| problem.file.starts_with("content/")),
        |_| true
    ));
    let folder = dir.join("letters/own");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("letter.toml"), LETTER.replace("\"ask\"", "\"own\"")).unwrap();
    std::fs::write(folder.join("ja.toml"), [0xff, 0xfe]).unwrap();
    std::fs::write(folder.join("notes.txt"), "x").unwrap();
    std::fs::write(dir.join("letters/.DS_Store"), "x").unwrap();
    let problems = load::load(Some(dir), &["ja"]).unwrap_err();
    let own: Vec<&Problem> = problems.0.iter().filter(|p| !p.file.starts_with("content/")).collect();
    assert_eq!(own.len(), 2, "{problems}");
    assert!(
        own.iter().all(|problem| problem.file.ends_with("own/ja.toml")),
        "{problems}"
    );
}
