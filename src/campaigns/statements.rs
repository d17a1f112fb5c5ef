//! What the organisation says of itself in every letter: who signs, where to ask back, who reads answers and how long they are
//! kept, and the notice on data protection for people abroad. Set once; a campaign keeps what was said when it was sent.

use super::model::{Plan, is_long_sender};
use super::pages::Mistake;
use super::store::{set_statements, statements};
use crate::app::{App, Scope};
use crate::audit::{self, Change};
use crate::db::{Result as DbResult, Tx};
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::i18n::{Locale, Tr};
use crate::web::{Context, Error, Html, Result, Shell};
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Words by language: of every language that pages have, or of none.
type Words = BTreeMap<String, String>;

/// What the organisation says of itself. Every word is its own; nothing here is done by Kairan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statements {
    /// With what the sender of a new campaign begins: see [`Plan::sender`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sender: Words,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inquiries: Words,
    /// How long answers are kept: whole sentences.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub retention: Words,
    /// Who reads them: whole sentences.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub readers: Words,
    /// What people abroad are told of the data about them (GDPR, articles 13 and 14): paragraphs, a line each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub privacy: Words,
    /// The organisation's country (ISO 3166-1) and language when the campaign was sent: what isn't abroad.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
}

impl Statements {
    pub fn is_empty(&self) -> bool {
        *self == Statements::default()
    }

    /// What is said now; with where the organisation is.
    pub async fn now(tx: &mut Tx, app: &App, scope: Scope) -> DbResult<Statements> {
        Ok(read(tx, app, scope).await?.0)
    }

    /// How long answers are kept, in a sentence that is true of every company; the operator's own where there is one.
    pub fn retention(&self, t: Tr) -> String {
        match self.retention.is_empty() {
            true => t.t("letter-retention").into_owned(),
            false => Plan::said(&self.retention, t.lang()).to_owned(),
        }
    }

    /// Who reads answers; "" where nothing is said of it.
    pub fn readers(&self, t: Tr) -> String {
        Plan::said(&self.readers, t.lang()).to_owned()
    }

    /// The notice on data protection for a reader at a company in `country` ("" where that is unknown: then the language
    /// tells); no paragraphs where there is none to show.
    pub fn privacy(&self, country: &str, t: Tr) -> Vec<String> {
        let abroad = match country.is_empty() {
            true => t.lang() != self.language,
            false => country != self.country,
        };
        let words = if abroad {
            Plan::said(&self.privacy, t.lang())
        } else {
            ""
        };
        let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    fn field(&self, field: &str) -> &Words {
        match field {
            "sender" => &self.sender,
            "inquiries" => &self.inquiries,
            "retention" => &self.retention,
            "readers" => &self.readers,
            _ => &self.privacy,
        }
    }
}

/// What is said, with where the organisation is, and how often it was changed.
async fn read(tx: &mut Tx, app: &App, scope: Scope) -> DbResult<(Statements, i64)> {
    let (said, revision) = statements(tx, scope).await?;
    let here = &app.config.organisation;
    let said = Statements {
        country: here.country.clone(),
        language: here.language.clone(),
        ..said
    };
    Ok((said, revision))
}

/// A field of the page: its name, its label, its hint, an example by language, and how high it is.
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    example: &'static str,
    rows: u8,
}

const FIELDS: [Field; 5] = [
    Field {
        name: "sender",
        label: "sender-label",
        hint: "sender-hint",
        example: "statements-sender-example",
        rows: 4,
    },
    Field {
        name: "inquiries",
        label: "inquiries-field",
        hint: "inquiries-hint",
        example: "statements-inquiries-example",
        rows: 1,
    },
    Field {
        name: "readers",
        label: "statements-readers-label",
        hint: "statements-readers-hint",
        example: "statements-readers-example",
        rows: 2,
    },
    Field {
        name: "retention",
        label: "statements-retention-label",
        hint: "statements-retention-hint",
        example: "statements-retention-example",
        rows: 2,
    },
    Field {
        name: "privacy",
        label: "statements-privacy-label",
        hint: "statements-privacy-hint",
        example: "statements-privacy-example",
        rows: 8,
    },
];

/// The longest text of a field, in characters: what a letter can bear, and what a notice by law needs.
fn longest(field: &str) -> usize {
    match field {
        "privacy" => 6000,
        _ => 500,
    }
}

#[derive(Template)]
#[template(path = "campaigns/statements.html")]
struct StatementsPage {
    shell: Shell,
    revision: i64,
    said: Statements,
    fields: &'static [Field],
    languages: Vec<(&'static str, String)>,
    mistakes: Vec<Mistake>,
}

impl StatementsPage {
    fn mistake(&self, field: &str) -> Option<&'static str> {
        self.mistakes.iter().find(|(f, _)| *f == field).map(|(_, key)| *key)
    }

    fn label(&self, field: &str) -> String {
        let field = self.fields.iter().find(|f| f.name == field);
        field.map_or_else(String::new, |f| self.shell.t.t(f.label).into_owned())
    }

    fn words(&self, field: &str, language: &str) -> &str {
        self.said.field(field).get(language).map_or("", String::as_str)
    }

    fn example(&self, field: &Field, language: &str) -> String {
        Tr(Locale::or_english(language)).t(field.example).into_owned()
    }
}

fn page(context: &Context, viewer: &Viewer, (said, revision): (Statements, i64), wrong: Vec<Mistake>) -> Response {
    let status = match wrong.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = StatementsPage {
        shell: viewer.shell(context, "campaigns"),
        revision,
        said,
        fields: &FIELDS,
        languages: Locale::all()
            .map(|l| (l.as_str(), Tr(l).t("language-name").into_owned()))
            .collect(),
        mistakes: wrong,
    };
    (status, Html(page)).into_response()
}

pub(super) async fn show(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let said = read(&mut tx, &context.app, viewer.scope()).await?;
    Ok(page(&context, &viewer, said, Vec::new()))
}

/// The texts of a field in every language that was filled in, with line breaks as everywhere.
pub(super) fn typed(form: &Form, field: &str) -> Words {
    Locale::all()
        .map(|l| {
            let text = form.get(&format!("{field}.{}", l.as_str()));
            (l.as_str().to_owned(), text.replace("\r\n", "\n"))
        })
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn mistakes(said: &Statements) -> Vec<Mistake> {
    let mut out = Vec::new();
    for Field { name, .. } in &FIELDS {
        let words = said.field(name);
        if !words.is_empty() && words.len() < Locale::all().count() {
            out.push((*name, "statements-problem-languages"));
        } else if words.values().any(|text| text.chars().count() > longest(name)) {
            out.push((*name, "statements-problem-long"));
        } else if *name == "sender" && words.values().any(|text| is_long_sender(text)) {
            out.push((*name, "plan-problem-sender-long"));
        }
    }
    out
}

pub(super) async fn update(context: Context, viewer: Viewer, form: Form) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let said = Statements {
        sender: typed(&form, "sender"),
        inquiries: typed(&form, "inquiries"),
        retention: typed(&form, "retention"),
        readers: typed(&form, "readers"),
        privacy: typed(&form, "privacy"),
        ..Statements::default()
    };
    let revision = form.get("revision").parse().unwrap_or(-1);
    let wrong = mistakes(&said);
    if !wrong.is_empty() {
        return Ok(page(&context, &viewer, (said, revision), wrong));
    }
    let mut tx = app.db.write().await?;
    let (before, _) = statements(&mut tx, scope).await?;
    if before != said {
        if !set_statements(&mut tx, scope, &said, revision).await? {
            return Err(Error::Conflict("error-draft-changed"));
        }
        let change = Change {
            action: "statements.update",
            subject_kind: "statements",
            subject: None,
            subject_name: "",
        };
        audit::record(&mut tx, app, &viewer.origin(&context), change, &before, &said).await?;
        tx.commit().await?;
    }
    Ok(context.done("/campaigns/statements", "done-statements", 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t2_nothing_is_promised_but_what_the_operator_says_and_people_abroad_get_their_notice() {
        let [ja, en] = ["ja", "en"].map(|l| Tr(Locale::or_english(l)));
        let none = Statements {
            country: "JP".into(),
            language: "ja".into(),
            ..Statements::default()
        };
        assert_eq!(none.readers(en), "");
        assert!(none.retention(ja).contains("文書管理規程"));
        assert!(none.privacy("DE", en).is_empty());
        let words =
            |ja: &str, en: &str| Words::from([("ja".to_owned(), ja.to_owned()), ("en".to_owned(), en.to_owned())]);
        let said = Statements {
            retention: words("5年間保管いたします。", "Kept for five years."),
            privacy: words("甲\n\n乙", "A\n\nB"),
            ..none
        };
        assert_eq!(said.retention(en), "Kept for five years.");
        assert_eq!(said.privacy("DE", en), ["A", "B"]);
        assert_eq!(said.privacy("DE", ja), ["甲", "乙"]);
        assert!(said.privacy("JP", en).is_empty());
        // Where the country isn't known, the language tells.
        assert_eq!(said.privacy("", en), ["A", "B"]);
        assert!(said.privacy("", ja).is_empty());
    }

    #[test]
    fn t2_a_statement_is_made_in_every_language_or_in_none() {
        let one = Words::from([("ja".to_owned(), "甲".to_owned())]);
        let said = Statements {
            readers: one,
            ..Statements::default()
        };
        assert_eq!(mistakes(&said), [("readers", "statements-problem-languages")]);
        assert_eq!(mistakes(&Statements::default()), []);
    }
}
