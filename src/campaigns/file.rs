//! A campaign from a TOML file, for `kairan campaign create FILE`.

use super::follow::FollowUp;
use super::model::Plan;
use crate::web::i18n::{Tr, Value as _};
use jiff::Timestamp;
use toml::Value;

/// What is wrong with the file.
#[derive(Debug)]
pub enum FileError {
    /// It isn't TOML, or a value has another type than its key.
    Toml(toml::de::Error),
    /// A key that no plan has; "" for the nearest where none is near.
    Unknown { key: String, nearest: String },
    /// The value of `field` means no moment, or one that has passed: the key of the sentence.
    Deadline {
        field: &'static str,
        value: String,
        message: &'static str,
    },
}

impl FileError {
    /// The sentence for people.
    pub fn said(&self, t: Tr) -> String {
        match self {
            Self::Toml(why) => t.t1("plan-file-toml", "why", why.to_string()).into_owned(),
            Self::Unknown { key, nearest } => t.t2("plan-file-unknown", "key", key, "nearest", nearest).into_owned(),
            Self::Deadline { field, value, message } => t
                .with(
                    "plan-file-value",
                    &[
                        ("key", field.fluent()),
                        ("value", value.fluent()),
                        ("why", t.t(message).fluent()),
                    ],
                )
                .into_owned(),
        }
    }
}

impl From<toml::de::Error> for FileError {
    /// A table's unknown key is told by the parser together with those it knows.
    fn from(error: toml::de::Error) -> FileError {
        let words: Vec<&str> = error.message().split('`').skip(1).step_by(2).collect();
        match words.split_first() {
            Some((key, known)) if error.message().starts_with("unknown field") => FileError::Unknown {
                key: (*key).to_owned(),
                nearest: nearest(key, known),
            },
            _ => FileError::Toml(error),
        }
    }
}

fn nearest(key: &str, known: &[&str]) -> String {
    let near = |word: &&&str| strsim::jaro_winkler(word, key);
    let best = known.iter().max_by(|a, b| near(a).total_cmp(&near(b)));
    best.map(|word| (*word).to_owned()).unwrap_or_default()
}

const KEYS: [&str; 18] = [
    "title",
    "advisory",
    "checklist",
    "letter_supplier",
    "letter_group",
    "group_check",
    "audience",
    "contacts",
    "deadline",
    "zone",
    "sender",
    "inquiries",
    "reply_to",
    "notice_hours",
    "reminders",
    "awareness",
    "awareness_suppliers",
    "follow_up",
];

/// The number of the campaign that the file's follows; beside the plan, not of it.
const FOLLOWS: &str = "follows";

/// The number of the campaign that this file's is to follow, such as `2026-001`, and how: its earlier one's plan is then what
/// the file changes.
pub fn follows_in_file(text: &str) -> Result<Option<(String, FollowUp)>, FileError> {
    #[derive(serde::Deserialize)]
    struct Ours {
        follows: Option<String>,
        #[serde(default)]
        follow_up: FollowUp,
    }
    let ours: Ours = toml::from_str(text)?;
    Ok(ours.follows.map(|number| (number, ours.follow_up)))
}

/// Reads a plan. Keys are those of [`Plan`]; what the file leaves out is taken from `defaults`. A deadline that is written has
/// to be one at `now`; one that is missing can be given later, in the draft.
pub fn parse(text: &str, defaults: Plan, now: Timestamp) -> Result<Plan, FileError> {
    let mut table: toml::Table = text.parse()?;
    table.remove(FOLLOWS);
    if let Some(key) = table.keys().find(|k| !KEYS.contains(&k.as_str())) {
        return Err(FileError::Unknown {
            key: key.clone(),
            nearest: nearest(key, &KEYS),
        });
    }
    // TOML has moments of its own: deadline = 2026-12-10T17:00:00
    if let Some(value @ Value::Datetime(_)) = table.get_mut("deadline") {
        *value = Value::String(value.to_string());
    }
    let dated = table.contains_key("deadline") || table.contains_key("zone");
    let mut whole = toml::Table::try_from(&defaults).map_err(|e| FileError::Unknown {
        key: e.to_string(),
        nearest: String::new(),
    })?;
    whole.extend(table);
    let plan: Plan = whole.try_into()?;
    if dated && !(plan.deadline.is_empty()) {
        plan.deadline_problem(now)
            .map_err(|(field, message)| FileError::Deadline {
                field,
                value: if field == "zone" {
                    plan.zone.clone()
                } else {
                    plan.deadline.clone()
                },
                message,
            })?;
    }
    Ok(Plan {
        reminders: plan.reminders.clone().resolved(),
        ..plan
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_overrides_the_defaults_and_nothing_else() {
        let defaults = Plan {
            zone: "Asia/Tokyo".into(),
            ..Plan::default()
        };
        let text =
            "title = 'T'\ndeadline = '2026-12-10T17:00'\n[audience]\nkinds = ['supplier']\n[sender]\nen = 'Us'\n";
        let plan = parse(text, defaults, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(
            (plan.title.as_str(), plan.zone.as_str(), plan.audience.kinds.len()),
            ("T", "Asia/Tokyo", 1)
        );
    }

    #[test]
    fn an_unknown_key_is_told_with_the_nearest() {
        for (text, key, near) in [
            ("titel = 'T'", "titel", "title"),
            ("dedline = '2026-12-10T17:00'", "dedline", "deadline"),
            ("[audience]\nkind = ['supplier']", "kind", "kinds"),
        ] {
            match parse(text, Plan::default(), Timestamp::UNIX_EPOCH) {
                Err(FileError::Unknown { key: told, nearest }) => {
                    assert_eq!((told.as_str(), nearest.as_str()), (key, near))
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_deadline_that_could_mean_another_moment_is_refused_in_words() {
        let now: Timestamp = "2026-11-28T00:00:00Z".parse().unwrap();
        let defaults = || Plan {
            zone: "Asia/Tokyo".into(),
            ..Plan::default()
        };
        for (text, message) in [
            ("deadline = '2026-12-10T17:00+09:00'", "moment-offset"),
            ("deadline = 2026-12-10T17:00:00+09:00", "moment-offset"),
            ("deadline = 2026-12-10T08:00:00Z", "moment-offset"),
            ("deadline = '2026-12-10'", "moment-bare-day"),
            ("deadline = 2026-12-10", "moment-bare-day"),
            ("deadline = 17:00:00", "moment-form"),
            ("deadline = '2026-02-30T17:00'", "moment-no-such-day"),
            (
                "deadline = '2027-03-28T02:30'\nzone = 'Europe/Berlin'",
                "moment-skipped",
            ),
            ("deadline = '2027-10-31T02:30'\nzone = 'Europe/Berlin'", "moment-twice"),
            ("deadline = '2026-12-10T17:00'\nzone = 'JST'", "moment-zone"),
            ("deadline = '2026-11-27T17:00'", "plan-problem-deadline-past"),
        ] {
            match parse(text, defaults(), now) {
                Err(error @ FileError::Deadline { message: told, .. }) => {
                    assert_eq!(told, message, "{text}");
                    for language in ["ja", "en"] {
                        let said = error.said(Tr(crate::web::i18n::Locale::or_english(language)));
                        let right = said.contains("2026-12-10T17:00")
                            || said.contains("Asia/Tokyo")
                            || message.ends_with("past");
                        assert!(right, "the right form is missing: {said}");
                    }
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        let native = parse("deadline = 2026-12-10T17:00:00", defaults(), now).unwrap();
        assert_eq!(native.deadline().unwrap().to_string(), "2026-12-10T08:00:00Z");
        assert!(parse("title = 'no deadline yet'", defaults(), now).is_ok());
    }
}
