//! The shape a content file must have, and the walk that finds every departure from it, not only the first.
//!
//! serde stops at the first thing it dislikes and doesn't say what to write instead; an author mending a translation
//! wants the whole list. After the walk found nothing, serde turns the same value into its type.

use std::str::FromStr;

use toml::Value;

use super::Problem;

/// What may stand at one place of a file.
#[derive(Debug)]
pub(super) enum Shape {
    /// A text that says something.
    Text,
    /// A text that may be empty.
    Blank,
    /// A lower-case kebab-case ASCII id.
    Id,
    /// An address of a page: http or https.
    Url,
    /// A date as text, `2022-03-24`.
    Date,
    /// A whole number from 1.
    Version,
    /// A whole number, the word `today`, or a date as text.
    Bound,
    /// true or false.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An array, perhaps empty.
    List(&'static Shape),
    /// An array of at least one.
    Filled(&'static Shape),
    /// A table whose keys are ids from elsewhere.
    Map(&'static Shape),
    /// A table with these keys and no others.
    Table(&'static [Field]),
    /// The second where a table stands, else the first.
    OrTable(&'static Shape, &'static Shape),
}

/// One key of a table.
#[derive(Debug)]
pub(super) struct Field {
    key: &'static str,
    needed: bool,
    shape: Shape,
}

/// A key that must be there.
pub(super) const fn needs(key: &'static str, shape: Shape) -> Field {
    Field {
        key,
        needed: true,
        shape,
    }
}

/// A key that may be there.
pub(super) const fn may(key: &'static str, shape: Shape) -> Field {
    Field {
        key,
        needed: false,
        shape,
    }
}

/// Where the problems of one file are put.
pub(super) struct Sheet<'a> {
    pub file: &'a str,
    pub problems: &'a mut Vec<Problem>,
}

impl Sheet<'_> {
    pub fn note(&mut self, key: impl Into<String>, sentence: impl Into<String>) {
        self.problems.push(Problem {
            file: self.file.to_owned(),
            key: key.into(),
            sentence: sentence.into(),
        });
    }
}

/// Notes every departure of `value` from `shape`; `path` is where `value` stands, empty at the top of the file.
pub(super) fn walk(value: &Value, shape: &Shape, path: &str, sheet: &mut Sheet<'_>) {
    match (shape, value) {
        (Shape::Text, Value::String(text)) => {
            if text.trim().is_empty() {
                sheet.note(
                    path,
                    "The text is empty; write it, or take the key away where it may be left out.",
                );
            } else {
                plain(text, path, sheet);
            }
        }
        (Shape::Blank, Value::String(text)) => plain(text, path, sheet),
        (Shape::Id, Value::String(text)) => {
            if !is_id(text) {
                sheet.note(
                    path,
                    format!(
                        "`{text}` can't be an id; use lower-case letters a–z, digits and single hyphens, at most 64."
                    ),
                );
            }
        }
        (Shape::Url, Value::String(text)) => {
            let address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            if address.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
                sheet.note(
                    path,
                    format!("`{text}` is not the address of a page; write it whole, from https:// on."),
                );
            }
        }
        (Shape::Date, Value::String(text)) => {
            if jiff::civil::Date::from_str(text).is_err() {
                sheet.note(path, format!("`{text}` is not a date; write it as \"2022-03-24\"."));
            }
        }
        (Shape::Version, Value::Integer(number)) => {
            if *number < 1 || *number > i64::from(u32::MAX) {
                sheet.note(
                    path,
                    "Versions are counted from 1; write 1, and one more with every change.",
                );
            }
        }
        (Shape::Bound, Value::String(text)) => {
            if text != "today" && jiff::civil::Date::from_str(text).is_err() {
                sheet.note(
                    path,
                    format!("`{text}` is no bound; write a number, \"today\", or a date such as \"2026-01-05\"."),
                );
            }
        }
        (Shape::Bound, Value::Integer(_)) | (Shape::Flag, Value::Boolean(_)) => {}
        (Shape::Word(words), Value::String(text)) => {
            if !words.contains(&text.as_str()) {
                sheet.note(path, format!("`{text}` is not known here; {}", advice(text, words)));
            }
        }
        (Shape::List(inner), Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                walk(element, inner, &element_path(path, index, element), sheet);
            }
        }
        (Shape::Filled(inner), Value::Array(elements)) => {
            if elements.is_empty() {
                sheet.note(path, "The list is empty; write at least one element.");
            }
            for (index, element) in elements.iter().enumerate() {
                walk(element, inner, &element_path(path, index, element), sheet);
            }
        }
        (Shape::Map(inner), Value::Table(table)) => {
            for (key, element) in table {
                walk(element, inner, &join(path, key), sheet);
            }
        }
        (Shape::OrTable(_, inner), Value::Table(_)) | (Shape::OrTable(inner, _), _) => walk(value, inner, path, sheet),
        (Shape::Table(fields), Value::Table(table)) => {
            let known: Vec<&str> = fields.iter().map(|field| field.key).collect();
            for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
                let open: Vec<&str> = known
                    .iter()
                    .copied()
                    .filter(|known| !table.contains_key(*known))
                    .collect();
                sheet.note(
                    join(path, key),
                    format!("The key `{key}` is not known here; {}", advice(key, &open)),
                );
            }
            for field in *fields {
                match table.get(field.key) {
                    Some(element) => walk(element, &field.shape, &join(path, field.key), sheet),
                    None if field.needed => {
                        sheet.note(
                            join(path, field.key),
                            format!("The key is missing; add `{} = {}`.", field.key, field.shape.example()),
                        );
                    }
                    None => {}
                }
            }
        }
        _ => sheet.note(
            path,
            format!("{} can't stand here; write {}.", called(value), shape.example()),
        ),
    }
}

impl Shape {
    /// What an author would write, for a message.
    fn example(&self) -> &'static str {
        match self {
            Shape::Text => "\"a text\"",
            Shape::Blank => "\"a text or nothing\"",
            Shape::Id => "\"an-id\"",
            Shape::Url => "\"https://…\"",
            Shape::Date => "\"2022-03-24\"",
            Shape::Version => "1",
            Shape::Bound => "a whole number, \"today\" or \"2026-01-05\"",
            Shape::Flag => "true or false",
            Shape::Word(_) => "\"a word\"",
            Shape::List(_) | Shape::Filled(_) => "[…]",
            Shape::Map(_) | Shape::Table(_) => "{…}",
            Shape::OrTable(first, _) => first.example(),
        }
    }
}

fn called(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "A text",
        Value::Integer(_) | Value::Float(_) => "A number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "A date without quotation marks",
        Value::Array(_) => "A list",
        Value::Table(_) => "A table",
    }
}

/// A text that goes to pages, mails and PDFs may break lines, but holds no other control character.
fn plain(text: &str, path: &str, sheet: &mut Sheet<'_>) {
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        sheet.note(path, "The text holds a control character; type it anew.");
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn element_path(path: &str, index: usize, element: &Value) -> String {
    match element.get("id").and_then(Value::as_str) {
        Some(id) => format!("{path}[{id}]"),
        None => format!("{path}[{}]", index + 1),
    }
}

/// Lower-case kebab-case ASCII, at most 64 characters.
pub(super) fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// What to write instead of `wrong`: the nearest of `right`, else all of them. Ends the sentence.
pub(super) fn advice<S: AsRef<str>>(wrong: &str, right: &[S]) -> String {
    let nearest = right
        .iter()
        .map(|word| (strsim::jaro_winkler(wrong, word.as_ref()), word.as_ref()))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((likeness, word)) if likeness >= 0.8 => format!("did you mean `{word}`?"),
        None => "remove it.".to_owned(),
        Some(_) => {
            let words: Vec<String> = right.iter().map(|word| format!("`{}`", word.as_ref())).collect();
            format!("remove it, or write one of {}.", words.join(", "))
        }
    }
}

/// Notes ids that stand in `found` and not in `expected`, and the other way round; `what` names such a thing.
pub(super) fn same_ids<'a>(
    expected: &[&str],
    found: impl Iterator<Item = &'a String>,
    path: &str,
    what: &str,
    sheet: &mut Sheet<'_>,
) {
    let found: Vec<&str> = found.map(String::as_str).collect();
    for id in found.iter().filter(|id| !expected.contains(id)) {
        let open: Vec<&&str> = expected.iter().filter(|known| !found.contains(known)).collect();
        sheet.note(
            join(path, id),
            format!("There is no {what} `{id}` in the neutral file; {}", advice(id, &open)),
        );
    }
    for id in expected.iter().filter(|id| !found.contains(id)) {
        sheet.note(
            join(path, id),
            format!("The text of the {what} `{id}` is missing; write it."),
        );
    }
}

/// Notes every id that stands twice.
pub(super) fn unique<'a>(ids: impl Iterator<Item = &'a str>, path: &str, sheet: &mut Sheet<'_>) {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            sheet.note(
                format!("{path}[{id}]"),
                format!("The id `{id}` stands here twice; rename one."),
            );
        }
    }
}
