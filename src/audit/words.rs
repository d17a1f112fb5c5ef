//! The log in words.

use super::Entry;
use crate::web::i18n::{Locale, Tr};
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
        "invitation.acknowledge-again" => t.t("audit-invitation-acknowledge-again"),
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
        "statements.update" => t.t("audit-statements-update"),
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

/// What a kind of job does; an unknown one is shown as it is written.
fn job_words<'a>(t: &Tr, job: &'a str) -> Cow<'a, str> {
    match job {
        "Circulate" => t.t("audit-job-circulate"),
        "ReadMailbox" => t.t("audit-job-read-mailbox"),
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
        "statements" => t.t("audit-kind-statements"),
        "calendar" => t.t("audit-kind-calendar"),
        "job" => t.t("audit-kind-job"),
        "message" => t.t("audit-kind-message"),
        other => Cow::Borrowed(other),
    }
}

/// What a field is called, part by part: "reminders.steps.1.to" is "Reminders, row 1, to".
fn field_words<'a>(t: &Tr, field: &'a str) -> Cow<'a, str> {
    if !field.contains('.') {
        return part_words(t, field);
    }
    let parts: Vec<Cow<str>> = field.split('.').map(|part| part_words(t, part)).collect();
    Cow::Owned(parts.join(" "))
}

fn part_words<'a>(t: &Tr, field: &'a str) -> Cow<'a, str> {
    let key = match field {
        "name" => "audit-field-name",
        "mail" => "audit-field-mail",
        "role" => "audit-field-role",
        "agent" => "audit-field-agent",
        "address" => "audit-field-address",
        "sessions" => "audit-field-sessions",
        "reason" => "audit-field-reason",
        "codes_left" => "audit-field-codes-left",
        "kind" => "company-kind",
        "code" => "company-code",
        "kana" => "company-kana",
        "country" | "countries" => "company-country",
        "tier" | "tiers" => "company-tier",
        "criticality" | "criticalities" => "company-criticality",
        "items" => "company-items",
        "parent" => "company-parent",
        "small" => "company-small",
        "corporate_number" => "company-corporate-number",
        "postal_code" => "company-postal-code",
        "postal_address" => "company-address",
        "buyer" => "company-buyer",
        "days" => "own-days-title",
        "people" => "awareness-people",
        "ways" => "awareness-ways",
        "day" => "awareness-day",
        "remark" => "awareness-remark",
        "position" => "audit-field-position",
        "document" => "audit-field-document",
        "completeness" => "audit-field-completeness",
        "contacts" => "company-contacts",
        "department" => "contact-department",
        "phone" => "contact-phone",
        "language" => "contact-language",
        "rows" => "import-rows",
        "companies_created" => "import-created",
        "companies_updated" => "import-updated",
        "contacts_created" => "import-contacts",
        "errors" => "import-refused",
        "title" => "campaign-title-label",
        "advisory" => "advisory-label",
        "checklist" => "checklist-label",
        "letter_supplier" => "letter-supplier-label",
        "letter_group" => "letter-group-label",
        "group_check" => "group-check-label",
        "audience" => "audit-field-audience",
        "kinds" => "filter-kind",
        "added" => "audit-field-added",
        "removed" => "removed-title",
        "only_added" => "only-added-label",
        "deadline" => "deadline-label",
        "told" => "audit-field-told",
        "companies" => "nav-companies",
        "jobs" => "audit-field-jobs",
        "zone" => "zone-label",
        "sender" => "sender-label",
        "inquiries" => "inquiries-field",
        "readers" => "statements-readers-label",
        "retention" => "statements-retention-label",
        "privacy" => "statements-privacy-label",
        "reply_to" => "reply-to-label",
        "notice_hours" => "notice-label",
        "reminders" => "remind-title",
        "unit" => "remind-unit",
        "steps" => "remind-rows",
        "before" => "remind-distance",
        "to" => "remind-to",
        "then" => "remind-then",
        "hour" => "remind-hour",
        "most" => "remind-most",
        "apart_hours" => "remind-apart",
        "awareness" => "awareness-label",
        "awareness_suppliers" => "awareness-suppliers-label",
        "follow_up" => "follow-kind-label",
        "follows" => "follow-of",
        "who" => "follow-who-label",
        "question" => "follow-question-label",
        "invitations" => "audit-field-invitations",
        "state" => "column-state",
        language if Locale::find(language).is_some_and(|l| l.as_str() == language) => return language_words(language),
        other => return Cow::Borrowed(other),
    };
    t.t(key)
}

/// A language's own name for itself.
fn language_words(language: &str) -> Cow<'static, str> {
    Tr(Locale::or_english(language)).t("language-name")
}

/// What a value is called, where it is one of a few that a program knows; every other is shown as it is.
fn value_words(t: &Tr, field: &str, value: &str) -> Option<Cow<'static, str>> {
    let part = field.rsplit('.').find(|part| part.parse::<usize>().is_err())?;
    let key = match (part, value) {
        ("kind" | "kinds", "supplier") => "company-kind-supplier",
        ("kind" | "kinds", "group") => "company-kind-group",
        ("kind", "standard") => "remind-standard",
        ("kind", "firm") => "remind-firm",
        ("kind", "urgent") => "remind-urgent",
        ("kind", "own") => "remind-own",
        ("kind", "none") => "remind-none",
        ("unit", "days") => "remind-unit-days",
        ("unit", "hours") => "remind-unit-hours",
        ("contacts", "primary") => "contacts-primary",
        ("contacts", "all") => "contacts-all",
        ("role", "administrator") => "role-administrator",
        ("role", "primary") => "contact-role-primary",
        ("role", "backup") => "contact-role-backup",
        ("role", "executive") => "contact-role-executive",
        ("to" | "then", "primary") => "remind-to-primary",
        ("to" | "then", "backup") => "remind-to-backup",
        ("to" | "then", "executive") => "remind-to-executive",
        ("to" | "then", "buyer") => "remind-to-buyer",
        ("state", "queued") => "delivery-state-queued",
        ("state", "sent") => "delivery-state-sent",
        ("state", "bounced") => "delivery-state-bounced",
        ("state", "deferred") => "delivery-state-deferred",
        ("state", "failed") => "delivery-state-failed",
        ("state", "ambiguous") => "delivery-state-ambiguous",
        ("state", "cancelled") => "delivery-state-cancelled",
        ("completeness", "partial") => "completeness-partial",
        ("completeness", "document") => "completeness-document",
        ("language", language) => return Locale::find(language).map(|l| language_words(l.as_str())),
        _ => return None,
    };
    Some(t.t(key))
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
            "job" => job_words(t, &self.actor),
            // As it is typed.
            "command" => Cow::Owned(format!("kairan {}", self.actor)),
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

    pub(super) fn is_import(&self) -> bool {
        self.action == "directory.import"
    }

    /// The page of its subject, where it has one and is still there.
    pub(super) fn href(&self) -> Option<String> {
        let subject = self.subject.filter(|_| !self.action.ends_with(".delete"))?;
        let place = match self.subject_kind.as_str() {
            "campaign" => "/campaigns",
            "company" => "/companies",
            "import" => "/companies/import",
            "buyer" => "/buyers",
            "delivery" => "/outbox",
            "message" => "/inbox",
            _ => return None,
        };
        Some(format!("{place}/{subject}"))
    }

    pub fn action_words(&self, t: &Tr) -> Cow<'_, str> {
        action_words(t, &self.action)
    }

    /// The fields that differ, each with its value before and after. What only one side has differs too.
    pub fn changes(&self, t: &Tr) -> Vec<FieldChange> {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        if let Some(value) = &self.before {
            flatten(t, "", value, &mut before);
        }
        if let Some(value) = &self.after {
            flatten(t, "", value, &mut after);
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
fn flatten(t: &Tr, name: &str, value: &Value, out: &mut BTreeMap<String, String>) {
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
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, value)| flatten(t, &inner(key), value, out)),
        Value::Array(values) if values.iter().all(plain) => {
            let texts: Vec<String> = values.iter().map(|value| text(t, name, value)).collect();
            out.insert(name.to_owned(), texts.join(&t.t("list-comma")));
        }
        Value::Array(values) => {
            values
                .iter()
                .enumerate()
                .for_each(|(at, value)| flatten(t, &inner(&(at + 1).to_string()), value, out));
        }
        other => {
            out.insert(name.to_owned(), text(t, name, other));
        }
    }
}

fn text(t: &Tr, name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => match value_words(t, name, text) {
            Some(words) => words.into_owned(),
            None => text.clone(),
        },
        Value::Bool(true) => t.t("answer-yes").into_owned(),
        Value::Bool(false) => t.t("answer-no").into_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
                change("flag", "", "Yes"),
                change("gone x", "y", ""),
                change("Name", "old", "new"),
                change("things", "a, b", "a, c"),
            ]
        );
        assert_eq!(entry.action_words(t), "thing.update");
    }

    #[test]
    fn fields_and_values_are_words() {
        let [ja, en] = ["ja", "en"].map(|l| Tr(Locale::or_english(l)));
        let told = |t: Tr, value: Value| {
            let mut out = BTreeMap::new();
            flatten(&t, "", &value, &mut out);
            let named = out
                .into_iter()
                .map(|(field, value)| format!("{}: {value}", field_words(&t, &field)));
            named.collect::<Vec<_>>()
        };
        let plan = json!({
            "audience": { "kinds": ["supplier", "group"] },
            "reminders": { "steps": [{ "before": 3, "to": "executive" }] },
            "sender": { "ja": "甲" },
        });
        assert_eq!(
            told(ja, plan),
            [
                "宛先 区分: 取引先、グループ会社",
                "回答がない企業への催促 自分で決める計画 1 期限との間隔: 3",
                "回答がない企業への催促 自分で決める計画 1 宛先: 経営者",
                "差出人 日本語: 甲",
            ]
        );
        let contact = json!({ "contacts": [{ "language": "ja", "role": "backup", "name": "ja" }] });
        assert_eq!(
            told(en, contact),
            [
                "Contacts 1 Language: 日本語",
                "Contacts 1 Name: ja",
                "Contacts 1 Role: Backup"
            ]
        );
    }
}
