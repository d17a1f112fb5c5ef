//! The rules of the house that a compiler doesn't hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn files(dir: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(dir)];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if endings.iter().any(|e| path.extension().is_some_and(|x| x == *e)) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Message keys of a language, with the values each takes.
fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut out = BTreeMap::new();
    for file in files(&format!("locales/{language}"), &["ftl"]) {
        let text = std::fs::read_to_string(&file).unwrap();
        let resource = fluent_syntax::parser::parse(text.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{} has errors: {errors:?}", file.display()));
        for entry in resource.body {
            if let fluent_syntax::ast::Entry::Message(message) = entry {
                let written = format!("{:?}", message.value);
                let values = written
                    .split("VariableReference { id: Identifier { name: \"")
                    .skip(1)
                    .map(|rest| rest.split('"').next().unwrap().to_owned())
                    .collect();
                let twice = out.insert(message.id.name.to_owned(), values);
                assert!(twice.is_none(), "{language}: {} is there twice", message.id.name);
            }
        }
    }
    out
}

#[test]
fn both_languages_have_the_same_words_and_none_unused() {
    let languages: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/locales"))
        .unwrap()
        .map(|d| d.unwrap().file_name().into_string().unwrap())
        .collect();
    let english = messages("en");
    for language in languages {
        let other = messages(&language);
        let missing: Vec<_> = english.keys().filter(|k| !other.contains_key(*k)).collect();
        let surplus: Vec<_> = other.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "{language} lacks {missing:?} and has alone {surplus:?}"
        );
        for (key, values) in &other {
            // A date names its weekday in some languages and not in others.
            assert!(
                values == &english[key] || key == "date-long",
                "{language}: {key} takes other values than in English"
            );
        }
    }
    let source: String = files("src", &["rs", "html", "txt"])
        .iter()
        .map(|f| std::fs::read_to_string(f).unwrap())
        .collect();
    let unused: Vec<_> = english
        .keys()
        .filter(|k| !source.contains(&format!("\"{k}\"")))
        .collect();
    assert!(unused.is_empty(), "nothing shows {unused:?}");
    let mut unknown = BTreeSet::new();
    for call in [".t(\"", ".t1(\"", ".t2(\"", ".with(\""] {
        for rest in source.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            if !english.contains_key(key) {
                unknown.insert(key.to_owned());
            }
        }
    }
    assert!(unknown.is_empty(), "no language has words for {unknown:?}");
}

/// Which capability stands on which, lowest first: a file may use only folders before its own, and the ground.
const CAPABILITIES: [&str; 16] = [
    "audit",
    "people",
    "directory",
    "campaigns",
    "invitations",
    "responses",
    "awareness",
    "deliveries",
    "access",
    "letters",
    "reminders",
    "inbox",
    "board",
    "circulation",
    "operation",
    "demo",
];
const GROUND: [&str; 18] = [
    "quiet", "serve", "alerts", "refusal", "clock", "config", "secret", "db", "sheets", "mail", "mailbox", "content",
    "jobs", "app", "web", "lib", "typeset", "files",
];

fn room(path: &Path) -> String {
    let inside = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap()
        .trim_end_matches(".rs")
        .to_owned()
}

/// The rooms that a file names by `crate::room`.
fn named(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        if let Some(list) = rest.strip_prefix('{') {
            for item in list.split('}').next().unwrap().split(',') {
                out.insert(item.trim().split("::").next().unwrap().to_owned());
            }
        } else {
            out.insert(
                rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap()
                    .to_owned(),
            );
        }
    }
    out
}

#[test]
fn capabilities_stand_on_each_other_in_one_order_and_on_the_ground() {
    let mut wrong = Vec::new();
    for file in files("src", &["rs"]) {
        let own = room(&file);
        let text = std::fs::read_to_string(&file).unwrap();
        let at = CAPABILITIES.iter().position(|c| *c == own);
        for other in named(&text) {
            let Some(there) = CAPABILITIES.iter().position(|c| *c == other) else {
                continue;
            };
            let allowed = match (own.as_str(), at) {
                ("routes" | "main", _) => true,
                (_, Some(here)) => {
                    // Everybody records into the log, and only people who are signed in read it: its page alone
                    // stands above `people`, the rest of it below.
                    there <= here || (file.ends_with("audit/pages.rs") && other == "people")
                }
                (ground, None) => {
                    assert!(
                        GROUND.contains(&ground),
                        "{ground} is neither ground nor a capability: name it in this test"
                    );
                    false
                }
            };
            if !allowed {
                wrong.push(format!("{} uses {other}", file.display()));
            }
        }
        let rules = file.file_name().is_some_and(|f| f == "model.rs" || f == "store.rs");
        if rules && text.contains("axum::") {
            wrong.push(format!("{} knows axum", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_path_that_the_map_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        for name in text.split('`').skip(1).step_by(2) {
            let starts = [
                "src/",
                "tests/",
                "e2e/",
                "script/",
                "content/",
                "locales/",
                "assets/",
                "migrations/",
                "docs/",
            ];
            if starts.iter().any(|s| name.starts_with(s)) && !name.contains(['<', '*', '…', ' ', '{']) {
                assert!(root.join(name).exists(), "{document} names {name}, which isn't there");
            }
        }
    }
}
