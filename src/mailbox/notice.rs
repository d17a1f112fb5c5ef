//! Notices in JSON: Amazon SES writes them by way of SNS, about mails that bounced, were complained of, or arrived.

use serde_json::Value;

/// What a notice says of one recipient.
pub struct Noticed {
    pub kind: Kind,
    pub recipient: String,
    pub status: String,
    pub diagnostic: String,
    /// Amazon's own classes: `Permanent/General`, `Transient/MailboxFull` …
    pub category: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bounce,
    Complaint,
    Other,
}

/// The recipients of a notice, at most 100; empty where the text is none.
pub fn recipients(text: &str) -> Vec<Noticed> {
    let Some(begin) = text.find('{') else {
        return Vec::new();
    };
    if !["notificationType", "eventType", "\"Message\""]
        .iter()
        .any(|k| text.contains(k))
    {
        return Vec::new();
    }
    // A mail's lines are broken where they were too long.
    let whole = text[begin..].replace("!\n ", "").replace('\n', "");
    let Some(mut value) = first(&whole) else {
        return Vec::new();
    };
    // SNS puts the notice, as text, into a message of its own.
    if let Some(inner) = value.get("Message").and_then(Value::as_str).and_then(first) {
        value = inner;
    }
    let text_of = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let kind = match text_of(&value, "notificationType") {
        kind if kind.is_empty() => text_of(&value, "eventType"),
        kind => kind,
    };
    let (kind, about, list) = match kind.as_str() {
        "Bounce" => (Kind::Bounce, "bounce", "bouncedRecipients"),
        "Complaint" => (Kind::Complaint, "complaint", "complainedRecipients"),
        "Delivery" => (Kind::Other, "delivery", "recipients"),
        _ => return Vec::new(),
    };
    let about = value.get(about).cloned().unwrap_or_default();
    let category = format!("{}/{}", text_of(&about, "bounceType"), text_of(&about, "bounceSubType"));
    let category = match kind {
        Kind::Bounce => category,
        Kind::Complaint => text_of(&about, "complaintFeedbackType"),
        Kind::Other => "Delivery".to_owned(),
    };
    let empty = Vec::new();
    let listed = about.get(list).and_then(Value::as_array).unwrap_or(&empty);
    let noticed = listed.iter().take(100).map(|one| Noticed {
        kind,
        recipient: one.as_str().map_or_else(|| text_of(one, "emailAddress"), str::to_owned),
        status: text_of(one, "status"),
        diagnostic: text_of(one, "diagnosticCode"),
        category: category.clone(),
    });
    noticed.collect()
}

fn first(text: &str) -> Option<Value> {
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}
