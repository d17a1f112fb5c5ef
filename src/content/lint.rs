//! Words that law or good manners forbid in what is sent to companies, told to an author as warnings.
//!
//! The rules are data, `content/lint.toml`: what to look for, why it is unwise, what to write instead. They know words, not
//! meaning; a person decides. Grounds: the guidance on asking suppliers for security (METI and JFTC, 2022-10-28) and the
//! law on transactions with small and medium consignees (取適法, since 2026-01-01).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::load::{language_file, read};
use super::shape::{Field, Shape, Sheet, join, may, needs};
use super::{Advisory, Audience, Checklist, Kind, Letter, Notice, Occasion};

/// The rules of the linter.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Lint {
    rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, Deserialize)]
pub struct Rule {
    /// Kebab-case; `label-too-long` and `if-no-steps` have no words, the code looks for them.
    pub id: String,
    /// Where it holds.
    scope: Vec<Scope>,
    /// What must not be written. A word of letters a–z is found as a whole word, another one anywhere; case and width
    /// don't matter.
    #[serde(default)]
    words: Vec<String>,
    /// Where one of these stands, the word in it is meant well (守秘義務 for 義務).
    #[serde(default)]
    except: Vec<String>,
    /// Per language: one of these ought to be written somewhere in a letter to a supplier.
    #[serde(default)]
    wanted: BTreeMap<String, Vec<String>>,
    /// Language to a sentence: why.
    why: BTreeMap<String, String>,
    /// Language to a sentence: what to write instead.
    instead: BTreeMap<String, String>,
}

/// What kind of content a text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// A letter and its mail.
    Letters,
    /// A checklist and its questions.
    Checklists,
    /// An advisory.
    Advisories,
    /// A notice for employees.
    Notices,
    /// Every word of a page, a mail or a command (`locales/`); a test looks through them.
    Messages,
    /// The words of pages and mails that companies read.
    Recipients,
}

/// A word found in a text.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    /// The rule that forbids it.
    pub rule: &'a Rule,
    /// The word as the rule writes it.
    pub word: &'a str,
}

/// Something in a content file that its author should reconsider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The file as its author knows it.
    pub file: String,
    /// Where in it; empty for the whole file.
    pub key: String,
    /// The rule's id.
    pub rule: String,
    /// The word that was found; empty if something is missing or too long.
    pub word: String,
    /// Language to a sentence: why it is unwise.
    pub why: BTreeMap<String, String>,
    /// Language to a sentence: what to write instead.
    pub instead: BTreeMap<String, String>,
}

impl Rule {
    /// Why, in `lang` or what it falls back to.
    pub fn why(&self, lang: &str) -> &str {
        super::choose(&self.why, lang).map_or("", String::as_str)
    }

    /// What to write instead, in `lang` or what it falls back to.
    pub fn instead(&self, lang: &str) -> &str {
        super::choose(&self.instead, lang).map_or("", String::as_str)
    }
}

impl Warning {
    /// Why it is unwise, in `lang` or what it falls back to.
    pub fn why(&self, lang: &str) -> &str {
        super::choose(&self.why, lang).map_or("", String::as_str)
    }

    /// What to write instead, in `lang` or what it falls back to.
    pub fn instead(&self, lang: &str) -> &str {
        super::choose(&self.instead, lang).map_or("", String::as_str)
    }
}

const RULE: &[Field] = &[
    needs("id", Shape::Id),
    needs(
        "scope",
        Shape::Filled(&Shape::Word(&[
            "letters",
            "checklists",
            "advisories",
            "notices",
            "messages",
            "recipients",
        ])),
    ),
    may("words", Shape::Filled(&Shape::Text)),
    may("except", Shape::Filled(&Shape::Text)),
    may("wanted", Shape::Map(&Shape::Filled(&Shape::Text))),
    needs(
        "why",
        Shape::Table(&[needs("ja", Shape::Text), needs("en", Shape::Text)]),
    ),
    needs(
        "instead",
        Shape::Table(&[needs("ja", Shape::Text), needs("en", Shape::Text)]),
    ),
];
const LINT: Shape = Shape::Table(&[needs("rules", Shape::Filled(&Shape::Table(RULE)))]);

impl Lint {
    /// The rules in the text of `lint.toml`.
    ///
    /// # Errors
    /// A sentence with everything that is wrong in it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut problems = Vec::new();
        let lint = read::<Lint>(
            text,
            &LINT,
            &mut Sheet {
                file: "",
                problems: &mut problems,
            },
        );
        lint.ok_or_else(|| {
            let lines: Vec<String> = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.key, problem.sentence))
                .collect();
            lines.join(" ")
        })
    }

    /// The words in `text` that should not be sent, one hit for each rule and word, in the order of the rules.
    pub fn check(&self, scope: Scope, text: &str) -> Vec<Hit<'_>> {
        let text = fold(text);
        let mut hits = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.scope.contains(&scope)) {
            let mut pardoned = Vec::new();
            for phrase in &rule.except {
                let phrase = fold(phrase);
                pardoned.extend(places(&text, &phrase).map(|at| at..at + phrase.len()));
            }
            for word in &rule.words {
                let folded = fold(word);
                let guilty = places(&text, &folded).any(|at| {
                    !pardoned
                        .iter()
                        .any(|range| range.start <= at && at + folded.len() <= range.end)
                });
                if guilty {
                    hits.push(Hit { rule, word });
                }
            }
        }
        hits
    }

    pub(super) fn advisory(&self, advisory: &Advisory, folder: &str, warnings: &mut Vec<Warning>) {
        for (lang, text) in &advisory.texts {
            // The title of an original page is a quotation.
            let own = super::AdvisoryText {
                sources: BTreeMap::new(),
                ..text.clone()
            };
            self.words(Scope::Advisories, &own, &language_file(folder, lang), warnings);
        }
    }

    pub(super) fn checklist(&self, checklist: &Checklist, folder: &str, warnings: &mut Vec<Warning>) {
        for (lang, text) in &checklist.texts {
            let file = language_file(folder, lang);
            self.words(Scope::Checklists, text, &file, warnings);
            let widest = if lang == "ja" { 16 } else { 18 };
            for question in &checklist.questions {
                let words = text.question(&question.id);
                let path = join("questions", &question.id);
                if width(&words.label) > widest {
                    self.note("label-too-long", &file, join(&path, "label"), warnings);
                }
                if question.kind == Kind::YesNo && !(2..=4).contains(&words.if_no.len()) {
                    self.note("if-no-steps", &file, join(&path, "if_no"), warnings);
                }
            }
        }
    }

    pub(super) fn letter(&self, letter: &Letter, folder: &str, warnings: &mut Vec<Warning>) {
        if letter.asks.is_none() {
            self.note(
                "letter-asks",
                &format!("{folder}/letter.toml"),
                "asks".to_owned(),
                warnings,
            );
        }
        for (lang, text) in &letter.texts {
            let file = language_file(folder, lang);
            self.words(Scope::Letters, text, &file, warnings);
            // One that asks for nothing needs not say on what terms.
            if letter.audience != Audience::Supplier || letter.occasion == Some(Occasion::AllClear) {
                continue;
            }
            let passages: Vec<&str> = text.paragraphs.iter().map(|p| p.text.as_str()).collect();
            let mut whole = passages.join("\n");
            for line in &text.record {
                whole = format!("{whole}\n{}\n{}", line.label, line.value);
            }
            let whole = fold(&whole);
            for rule in self.rules.iter().filter(|rule| rule.scope.contains(&Scope::Letters)) {
                let wanted = rule.wanted.get(lang).map_or(&[][..], Vec::as_slice);
                if !wanted.is_empty() && !wanted.iter().any(|word| places(&whole, &fold(word)).next().is_some()) {
                    self.note(&rule.id, &file, "paragraphs".to_owned(), warnings);
                }
            }
        }
    }

    pub(super) fn notice(&self, notice: &Notice, folder: &str, warnings: &mut Vec<Warning>) {
        for (lang, text) in &notice.texts {
            self.words(Scope::Notices, text, &language_file(folder, lang), warnings);
        }
    }

    /// Looks through every text in `value`, whatever its type.
    fn words(&self, scope: Scope, value: &impl Serialize, file: &str, warnings: &mut Vec<Warning>) {
        let mut texts = Vec::new();
        if let Ok(value) = serde_json::to_value(value) {
            collect(&value, String::new(), &mut texts);
        }
        for (key, text) in &texts {
            for hit in self.check(scope, text) {
                warnings.push(warning(hit.rule, file, key.clone(), hit.word));
            }
        }
    }

    fn note(&self, id: &str, file: &str, key: String, warnings: &mut Vec<Warning>) {
        if let Some(rule) = self.rules.iter().find(|rule| rule.id == id) {
            warnings.push(warning(rule, file, key, ""));
        }
    }
}

fn warning(rule: &Rule, file: &str, key: String, word: &str) -> Warning {
    Warning {
        file: file.to_owned(),
        key,
        rule: rule.id.clone(),
        word: word.to_owned(),
        why: rule.why.clone(),
        instead: rule.instead.clone(),
    }
}

fn collect(value: &serde_json::Value, path: String, texts: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::String(text) => texts.push((path, text.clone())),
        serde_json::Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                collect(element, format!("{path}[{}]", index + 1), texts);
            }
        }
        serde_json::Value::Object(table) => {
            for (key, element) in table {
                collect(element, join(&path, key), texts);
            }
        }
        _ => {}
    }
}

/// Lower case, half width, one space for every run of spaces and breaks.
fn fold(text: &str) -> Vec<char> {
    let mut folded = Vec::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '’' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c != ' ' || folded.last() != Some(&' ') {
            folded.extend(c.to_lowercase());
        }
    }
    folded
}

/// Where `word` stands in `text`; at an end that is a Latin letter or digit, only where no further one follows.
fn places<'a>(text: &'a [char], word: &'a [char]) -> impl Iterator<Item = usize> + 'a {
    let latin = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
    let (open, shut) = (latin(word.first()), latin(word.last()));
    text.windows(word.len().max(1))
        .enumerate()
        .filter_map(move |(at, window)| {
            let whole = window == word
                && !(open && at > 0 && latin(text.get(at - 1)))
                && !(shut && latin(text.get(at + word.len())));
            whole.then_some(at)
        })
}

/// Columns: two for a full-width character, one for another.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if (c as u32) < 0x1100 || ('\u{ff61}'..='\u{ff9f}').contains(&c) {
                1
            } else {
                2
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::load::assemble;
    use crate::content::tests::{edit, sound, tree};

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
}
