//! The log in words.

use super::Entry;
use crate::web::i18n::Tr;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What an action is called; one that has no sentence yet is shown as it is written.
pub fn action_words<'a>(t: &Tr, action: &'a str) -> Cow<'a, str> {
    match action {
        "campaign.create" => t.t("audit-campaign-create"),
        "campaign.follow" => t.t("audit-campaign-follow"),
        "campaign.update" => t.t("audit-campaign-update"),
        "campaign.delete" => t.t("audit-campaign-delete"),
        "campaign.send" => t.t("audit-campaign-send"),
        "campaign.circulate" => t.t("audit-campaign-circulate"),
        "campaign.test" => t.t("audit-campaign-test"),
        "response.start" => t.t("audit-response-start"),
        "campaign.close" => t.t("audit-campaign-close"),
        "campaign.reopen" => t.t("audit-campaign-reopen"),
        "campaign.deadline" => t.t("audit-campaign-deadline"),
        "campaign.add" => t.t("audit-campaign-add"),
        "campaign.send-again" => t.t("audit-campaign-send-again"),
        "campaign.pause" => t.t("audit-campaign-pause"),
        "campaign.go-on" => t.t("audit-campaign-go-on"),
        "campaign.resume" => t.t("audit-campaign-resume"),
        "campaign.cancel-mails" => t.t("audit-campaign-cancel-mails"),
        "delivery.again" => t.t("audit-delivery-again"),
        "delivery.call-sent" => t.t("audit-delivery-call-sent"),
        "letters.posted" => t.t("audit-letters-posted"),
        "invitation.acknowledge" => t.t("audit-invitation-acknowledge"),
        "awareness.report" => t.t("audit-awareness-report"),
        "invitation.device" => t.t("audit-invitation-device"),
        "invitation.device-code" => t.t("audit-invitation-device-code"),
        "invitation.hand-on" => t.t("audit-invitation-hand-on"),
        "invitation.take-back" => t.t("audit-invitation-take-back"),
        "invitation.misdirected" => t.t("audit-invitation-misdirected"),
        "invitation.misdirected-settled" => t.t("audit-invitation-misdirected-settled"),
        "invitation.note" => t.t("audit-invitation-note"),
        "invitation.decline" => t.t("audit-invitation-decline"),
        "invitation.undecline" => t.t("audit-invitation-undecline"),
        "invitation.again" => t.t("audit-invitation-again"),
        "invitation.call" => t.t("audit-invitation-call"),
        "invitation.show-link" => t.t("audit-invitation-show-link"),
        "response.save" => t.t("audit-response-save"),
        "response.about" => t.t("audit-response-about"),
        "response.submit" => t.t("audit-response-submit"),
        "account.create" => t.t("audit-account-create"),
        "account.password" => t.t("audit-account-password"),
        "account.recovery-codes" => t.t("audit-account-recovery-codes"),
        "account.recovery-code.use" => t.t("audit-account-recovery-code-use"),
        "session.create" => t.t("audit-session-create"),
        "session.refuse" => t.t("audit-session-refuse"),
        "session.end" => t.t("audit-session-end"),
        "session.revoke" => t.t("audit-session-revoke"),
        "session.revoke-others" => t.t("audit-session-revoke-others"),
        "setup-link.create" => t.t("audit-setup-link-create"),
        "company.create" => t.t("audit-company-create"),
        "company.update" => t.t("audit-company-update"),
        "company.delete" => t.t("audit-company-delete"),
        "buyer.create" => t.t("audit-buyer-create"),
        "buyer.update" => t.t("audit-buyer-update"),
        "calendar.update" => t.t("audit-calendar-update"),
        "contact.create" => t.t("audit-contact-create"),
        "contact.update" => t.t("audit-contact-update"),
        "contact.delete" => t.t("audit-contact-delete"),
        "contact.pause" => t.t("audit-contact-pause"),
        "contact.mail-again" => t.t("audit-contact-mail-again"),
        "contact.undeliverable" => t.t("audit-contact-undeliverable"),
        "inbox.done" => t.t("audit-inbox-done"),
        "directory.import" => t.t("audit-directory-import"),
        "job.again" => t.t("audit-job-again"),
        other => Cow::Borrowed(other),
    }
}

/// What a kind of subject is called; an unknown one is shown as it is written.
pub(super) fn kind_words<'a>(t: &Tr, kind: &'a str) -> Cow<'a, str> {
    match kind {
        "campaign" => t.t("audit-kind-campaign"),
        "invitation" => t.t("audit-kind-invitation"),
        "delivery" => t.t("audit-kind-delivery"),
        "account" => t.t("audit-kind-account"),
        "setup-link" => t.t("audit-kind-setup-link"),
        "company" => t.t("audit-kind-company"),
        "import" => t.t("audit-kind-import"),
        "buyer" => t.t("audit-kind-buyer"),
        "calendar" => t.t("audit-kind-calendar"),
        "job" => t.t("audit-kind-job"),
        "message" => t.t("audit-kind-message"),
        other => Cow::Borrowed(other),
    }
}

fn field_words<'a>(t: &Tr, field: &'a str) -> Cow<'a, str> {
    match field {
        "name" => t.t("audit-field-name"),
        "mail" => t.t("audit-field-mail"),
        "role" => t.t("audit-field-role"),
        "agent" => t.t("audit-field-agent"),
        "address" => t.t("audit-field-address"),
        "sessions" => t.t("audit-field-sessions"),
        "reason" => t.t("audit-field-reason"),
        "codes_left" => t.t("audit-field-codes-left"),
        "kind" => t.t("company-kind"),
        "code" => t.t("company-code"),
        "kana" => t.t("company-kana"),
        "country" => t.t("company-country"),
        "tier" => t.t("company-tier"),
        "criticality" => t.t("company-criticality"),
        "items" => t.t("company-items"),
        "parent" => t.t("company-parent"),
        "small" => t.t("company-small"),
        "buyer" => t.t("company-buyer"),
        "days" => t.t("own-days-title"),
        "people" => t.t("awareness-people"),
        "ways" => t.t("awareness-ways"),
        "day" => t.t("awareness-day"),
        "remark" => t.t("awareness-remark"),
        "deadline" => t.t("deadline-label"),
        "told" => t.t("audit-field-told"),
        "companies" => t.t("nav-companies"),
        "contacts" => t.t("company-contacts"),
        "department" => t.t("contact-department"),
        "phone" => t.t("contact-phone"),
        "language" => t.t("contact-language"),
        "rows" => t.t("import-rows"),
        "companies_created" => t.t("import-created"),
        "companies_updated" => t.t("import-updated"),
        "contacts_created" => t.t("import-contacts"),
        "jobs" => t.t("audit-field-jobs"),
        "errors" => t.t("import-refused"),
        other => Cow::Borrowed(other),
    }
}

/// A field whose value changed; "" where there was or is nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: String,
    pub before: String,
    pub after: String,
}

impl Entry {
    /// Who it was, in words.
    pub fn who(&self, t: &Tr) -> Cow<'_, str> {
        match self.actor_kind.as_str() {
            "visitor" => t.t("audit-visitor"),
            _ => Cow::Borrowed(&self.actor),
        }
    }

    /// By what way, where it wasn't a signed-in person.
    pub fn way(&self, t: &Tr) -> Option<Cow<'static, str>> {
        match self.actor_kind.as_str() {
            "link" => Some(t.t("audit-by-link")),
            "job" => Some(t.t("audit-by-job")),
            "command" => Some(t.t("audit-by-command")),
            _ => None,
        }
    }

    pub fn action_words(&self, t: &Tr) -> Cow<'_, str> {
        action_words(t, &self.action)
    }

    /// The fields that differ, each with its value before and after. What only one side has differs too.
    pub fn changes(&self, t: &Tr) -> Vec<FieldChange> {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        if let Some(value) = &self.before {
            flatten("", value, &mut before);
        }
        if let Some(value) = &self.after {
            flatten("", value, &mut after);
        }
        let mut fields: Vec<&String> = before
            .keys()
            .chain(after.keys().filter(|k| !before.contains_key(*k)))
            .collect();
        fields.sort();
        let value = |side: &BTreeMap<String, String>, field: &String| side.get(field).cloned().unwrap_or_default();
        fields
            .into_iter()
            .filter(|field| before.get(*field) != after.get(*field))
            .map(|field| FieldChange {
                field: field_words(t, field).into_owned(),
                before: value(&before, field),
                after: value(&after, field),
            })
            .collect()
    }
}

/// Every value by its dotted name; nothing for null.
fn flatten(name: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    let plain = |v: &Value| !matches!(v, Value::Array(_) | Value::Object(_));
    let inner = |key: &str| {
        if name.is_empty() {
            key.to_owned()
        } else {
            format!("{name}.{key}")
        }
    };
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(key, value)| flatten(&inner(key), value, out)),
        Value::Array(values) if values.iter().all(plain) => {
            let texts: Vec<String> = values.iter().map(text).collect();
            out.insert(name.to_owned(), texts.join(", "));
        }
        Value::Array(values) => {
            values
                .iter()
                .enumerate()
                .for_each(|(at, value)| flatten(&inner(&(at + 1).to_string()), value, out));
        }
        other => {
            out.insert(name.to_owned(), text(other));
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "✓".to_owned(),
        Value::Bool(false) => "–".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Locale;
    use serde_json::json;

    #[test]
    fn only_what_changed_is_told() {
        let entry = Entry {
            id: uuid::Uuid::nil(),
            at: jiff::Timestamp::UNIX_EPOCH,
            actor_kind: "person".into(),
            actor: "A".into(),
            action: "thing.update".into(),
            subject_kind: "company".into(),
            subject: None,
            subject_name: "C".into(),
            before: Some(json!({ "name": "old", "tier": 1, "things": ["a", "b"], "gone": { "x": "y" } })),
            after: Some(json!({ "name": "new", "tier": 1, "things": ["a", "c"], "flag": true, "none": null })),
            address: String::new(),
        };
        let change = |field: &str, before: &str, after: &str| FieldChange {
            field: field.into(),
            before: before.into(),
            after: after.into(),
        };
        let t = &Tr(Locale::or_english("en"));
        assert_eq!(
            entry.changes(t),
            [
                change("flag", "", "✓"),
                change("gone.x", "y", ""),
                change("Name", "old", "new"),
                change("things", "a, b", "a, c"),
            ]
        );
        assert_eq!(entry.action_words(t), "thing.update");
    }
}
