//! Reading the files of what ships and of the operator, and putting them together.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::lint::Lint;
use super::shape::{Shape, Sheet, advice, walk};
use super::{Advisory, Checklist, Content, Held, Letter, Notice, Problem, Problems, checklist_check};

/// What ships: `content/` beside Cargo.toml, in the binary (in a debug build read from there at run time).
#[derive(rust_embed::Embed)]
#[folder = "content/"]
struct Shipped;

/// The rules of the linter lie beside the items.
const LINT: &str = "lint.toml";

/// A kind of content that has a folder of its own.
pub(super) trait Item: DeserializeOwned {
    type Text: DeserializeOwned;
    const FOLDER: &'static str;
    const FILE: &'static str;
    const SHAPE: Shape;
    const TEXT_SHAPE: Shape;

    fn id(&self) -> &str;
    fn version(&self) -> u32;
    fn texts_mut(&mut self) -> &mut BTreeMap<String, Self::Text>;
    /// Notes what is wrong inside the item; its texts are those whose shape is right.
    fn check(&self, folder: &mut Folder<'_>);
}

/// The folder of one item while it is checked: problems go to the file they are in.
pub(super) struct Folder<'a> {
    name: &'a str,
    file: &'static str,
    problems: &'a mut Vec<Problem>,
}

impl Folder<'_> {
    pub fn neutral(&mut self, note: impl FnOnce(&mut Sheet<'_>)) {
        let file = format!("{}/{}", self.name, self.file);
        note(&mut Sheet {
            file: &file,
            problems: self.problems,
        });
    }

    pub fn language(&mut self, lang: &str, note: impl FnOnce(&mut Sheet<'_>)) {
        let file = language_file(self.name, lang);
        note(&mut Sheet {
            file: &file,
            problems: self.problems,
        });
    }
}

pub(super) fn language_file(folder: &str, lang: &str) -> String {
    format!("{folder}/{lang}.toml")
}

/// The texts of one content folder by their path in it, `letters/<id>/ja.toml`.
pub(super) struct Tree {
    /// How its author calls the folder, without a slash at the end.
    pub name: String,
    pub files: BTreeMap<String, String>,
}

pub(super) fn load(operator_dir: Option<&Path>, required: &[&str]) -> Result<Content, Problems> {
    let mut problems = Vec::new();
    let shipped = shipped(&mut problems);
    let own = operator_dir.map(|dir| read_dir(dir, &mut problems));
    assemble(shipped, own, required, problems)
}

fn shipped(problems: &mut Vec<Problem>) -> Tree {
    let mut tree = Tree {
        name: "content".to_owned(),
        files: BTreeMap::new(),
    };
    for path in Shipped::iter() {
        if let Some(file) = Shipped::get(&path) {
            take(&mut tree, path.into_owned(), file.data.into_owned(), problems);
        }
    }
    tree
}

fn take(tree: &mut Tree, path: String, bytes: Vec<u8>, problems: &mut Vec<Problem>) {
    match String::from_utf8(bytes) {
        Ok(text) => {
            tree.files.insert(path, text);
        }
        Err(_) => problems.push(Problem {
            file: format!("{}/{path}", tree.name),
            key: String::new(),
            sentence: "The file is not UTF-8; save it as UTF-8.".to_owned(),
        }),
    }
}

/// The operator's folder: two levels of folders and the TOML files in them. Others, and what begins with a dot, are not ours.
fn read_dir(dir: &Path, problems: &mut Vec<Problem>) -> Tree {
    let mut tree = Tree {
        name: dir.display().to_string(),
        files: BTreeMap::new(),
    };
    let mut waiting = vec![(dir.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = waiting.pop() {
        let entries = match fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) if prefix.is_empty() && error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => {
                problems.push(unreadable(&folder, &error));
                continue;
            }
        };
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                if prefix.matches('/').count() < 2 {
                    waiting.push((path, format!("{prefix}{name}/")));
                }
            } else if name.ends_with(".toml") {
                match fs::read(&path) {
                    Ok(bytes) => take(&mut tree, format!("{prefix}{name}"), bytes, problems),
                    Err(error) => problems.push(unreadable(&path, &error)),
                }
            }
        }
    }
    tree
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem {
        file: path.display().to_string(),
        key: String::new(),
        sentence: format!("It can't be read ({error}); mend its permissions or remove it."),
    }
}

/// Everything after reading: no file is touched here.
pub(super) fn assemble(
    mut shipped: Tree,
    own: Option<Tree>,
    required: &[&str],
    mut problems: Vec<Problem>,
) -> Result<Content, Problems> {
    let lint = shipped.files.remove(LINT).unwrap_or_default();
    let lint = Lint::parse(&lint).unwrap_or_else(|sentence| {
        problems.push(Problem {
            file: format!("{}/{LINT}", shipped.name),
            key: String::new(),
            sentence,
        });
        Lint::default()
    });
    let trees: Vec<&Tree> = std::iter::once(&shipped).chain(own.as_ref()).collect();
    for tree in &trees {
        strangers(tree, &mut problems);
    }
    let content = Content {
        advisories: items(&trees, required, &mut problems),
        checklists: items(&trees, required, &mut problems),
        letters: items(&trees, required, &mut problems),
        notices: items(&trees, required, &mut problems),
        lint,
    };
    for held in content.checklists.values() {
        let mut folder = Folder {
            name: &held.folder,
            file: Checklist::FILE,
            problems: &mut problems,
        };
        checklist_check::refers(&held.item, &content.advisories, &mut folder);
    }
    if problems.is_empty() {
        Ok(content)
    } else {
        problems.sort();
        problems.dedup();
        Err(Problems(problems))
    }
}

/// Notes files that lie where nothing reads them.
fn strangers(tree: &Tree, problems: &mut Vec<Problem>) {
    let kinds = [Advisory::FOLDER, Checklist::FOLDER, Letter::FOLDER, Notice::FOLDER];
    for path in tree.files.keys() {
        let parts: Vec<&str> = path.split('/').collect();
        let sentence = match parts.as_slice() {
            [kind, _, _] if kinds.contains(kind) => continue,
            [kind, _, _] => format!("The folder `{kind}` is not read; {}", advice(kind, &kinds)),
            _ => "The file lies where nothing reads it; put it in a folder such as letters/<id>/.".to_owned(),
        };
        problems.push(Problem {
            file: format!("{}/{path}", tree.name),
            key: String::new(),
            sentence,
        });
    }
}

fn items<T: Item>(trees: &[&Tree], required: &[&str], problems: &mut Vec<Problem>) -> BTreeMap<String, Held<T>> {
    let mut items: BTreeMap<String, Held<T>> = BTreeMap::new();
    for tree in trees {
        let mut folders: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for (path, text) in &tree.files {
            if let [kind, id, file] = path.split('/').collect::<Vec<_>>().as_slice()
                && *kind == T::FOLDER
            {
                folders.entry(*id).or_default().insert(*file, text.as_str());
            }
        }
        for (id, files) in folders {
            let name = format!("{}/{}/{id}", tree.name, T::FOLDER);
            let Some(item) = item::<T>(id, &name, files, required, problems) else {
                continue;
            };
            match items.get(id) {
                Some(known) if known.item.version() >= item.version() => problems.push(Problem {
                    file: format!("{name}/{}", T::FILE),
                    key: "version".to_owned(),
                    sentence: format!(
                        "{} is version {} already; to take its place write version = {}, or give yours another id.",
                        known.folder,
                        known.item.version(),
                        known.item.version().saturating_add(1),
                    ),
                }),
                _ => {
                    items.insert(
                        id.to_owned(),
                        Held {
                            item: Arc::new(item),
                            folder: name,
                        },
                    );
                }
            }
        }
    }
    items
}

/// One item from the files of its folder; None if its neutral file is missing or has the wrong shape.
fn item<T: Item>(
    id: &str,
    name: &str,
    mut files: BTreeMap<&str, &str>,
    required: &[&str],
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let mut folder = Folder {
        name,
        file: T::FILE,
        problems,
    };
    let neutral = files.remove(T::FILE);
    for lang in required
        .iter()
        .filter(|lang| !files.contains_key(format!("{lang}.toml").as_str()))
    {
        folder.language(lang, |sheet| {
            sheet.note("", "The file is missing; every item has one for this language.")
        });
    }
    let mut texts = BTreeMap::new();
    for (file, text) in files {
        let Some(lang) = file.strip_suffix(".toml").filter(|lang| is_language(lang)) else {
            let file = format!("{name}/{file}");
            let sentence = format!(
                "The name is neither {} nor that of a language, such as ja.toml; rename it.",
                T::FILE
            );
            folder.problems.push(Problem {
                file,
                key: String::new(),
                sentence,
            });
            continue;
        };
        folder.language(lang, |sheet| {
            if let Some(words) = read(text, &T::TEXT_SHAPE, sheet) {
                texts.insert(lang.to_owned(), words);
            }
        });
    }
    let mut item: Option<T> = None;
    folder.neutral(|sheet| match neutral {
        None => sheet.note("", "The file is missing; it holds the id and the version."),
        Some(text) => item = read(text, &T::SHAPE, sheet),
    });
    let mut item = item?;
    folder.neutral(|sheet| {
        if item.id() != id {
            sheet.note(
                "id",
                format!(
                    "The id `{}` differs from the name of the folder, `{id}`; make them the same.",
                    item.id()
                ),
            );
        }
    });
    *item.texts_mut() = texts;
    item.check(&mut folder);
    Some(item)
}

/// The value of a file of the right shape; else what is wrong is noted.
pub(super) fn read<T: DeserializeOwned>(text: &str, shape: &Shape, sheet: &mut Sheet<'_>) -> Option<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let table = match toml::from_str::<Table>(text) {
        Ok(table) => Value::Table(table),
        Err(error) => {
            let line = error.span().map_or(1, |span| {
                text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1
            });
            sheet.note(
                "",
                format!("Line {line} is not TOML: {}.", error.message().replace('\n', "; ")),
            );
            return None;
        }
    };
    let before = sheet.problems.len();
    walk(&table, shape, "", sheet);
    if sheet.problems.len() > before {
        return None;
    }
    table
        .try_into()
        .map_err(|error: toml::de::Error| sheet.note("", format!("{}.", error.message())))
        .ok()
}

/// A language tag in its usual writing: `ja`, `pt-BR`, `zh-Hant`.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let lower = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase());
    (2..=3).contains(&primary.len())
        && lower(primary)
        && parts.all(|part| {
            let region = part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase());
            let number = part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
            let script = part.len() == 4 && part.starts_with(|c: char| c.is_ascii_uppercase()) && lower(&part[1..]);
            region || number || script
        })
}
