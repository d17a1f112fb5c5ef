//! A campaign from a TOML file, for `kairan campaign create FILE`.

use super::follow::FollowUp;
use super::model::Plan;

/// What is wrong with the file, as a sentence.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("The file is no plan of a campaign: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("There is no setting `{key}`; the nearest is `{nearest}`.")]
    Unknown { key: String, nearest: String },
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

/// Reads a plan. Keys are those of [`Plan`]; what the file leaves out is taken from `defaults`.
pub fn parse(text: &str, defaults: Plan) -> Result<Plan, FileError> {
    let mut table: toml::Table = text.parse()?;
    table.remove(FOLLOWS);
    if let Some(key) = table.keys().find(|k| !KEYS.contains(&k.as_str())) {
        let nearest = KEYS
            .into_iter()
            .max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)))
            .unwrap_or_default();
        return Err(FileError::Unknown {
            key: key.clone(),
            nearest: nearest.into(),
        });
    }
    let mut whole = toml::Table::try_from(&defaults).map_err(|e| FileError::Unknown {
        key: e.to_string(),
        nearest: String::new(),
    })?;
    whole.extend(table);
    let plan: Plan = whole.try_into()?;
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
        let plan = parse(text, defaults).unwrap();
        assert_eq!(
            (plan.title.as_str(), plan.zone.as_str(), plan.audience.kinds.len()),
            ("T", "Asia/Tokyo", 1)
        );
    }

    #[test]
    fn an_unknown_key_is_told_with_the_nearest() {
        let error = parse("titel = 'T'", Plan::default()).unwrap_err().to_string();
        assert!(error.contains("`titel`") && error.contains("`title`"), "{error}");
        assert!(parse("[audience]\nkind = ['supplier']", Plan::default()).is_err());
    }
}
