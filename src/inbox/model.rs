//! What follows from a message, and in which words it is told. Pure.

use crate::mailbox::{Because, Class, Finding, Understood};
use crate::refusal::Evidence;
use crate::web::i18n::Tr;

/// The message that names a class.
pub fn class_key(class: Class) -> &'static str {
    match class {
        Class::Address => "inbox-class-address",
        Class::Mailbox => "inbox-class-mailbox",
        Class::Us => "inbox-class-us",
        Class::TheirRule => "inbox-class-their-rule",
        Class::TheirServer => "inbox-class-their-server",
        Class::Complaint => "inbox-class-complaint",
        Class::AutoReply => "inbox-class-auto-reply",
        Class::Reply => "inbox-class-reply",
        Class::Unclear => "inbox-class-unclear",
    }
}

/// The sentences that say whose it is and what to do. `domain` is that of our mails' sender.
pub(super) fn advice(t: Tr, class: Class, domain: &str) -> String {
    match class {
        Class::Address => t.t("inbox-do-address"),
        Class::Mailbox => t.t("inbox-do-mailbox"),
        Class::Us => t.t("inbox-do-us"),
        Class::TheirRule => t.t1("inbox-do-their-rule", "domain", domain),
        Class::TheirServer => t.t("inbox-do-their-server"),
        Class::Complaint => t.t("inbox-do-complaint"),
        Class::AutoReply => t.t("inbox-do-auto-reply"),
        Class::Reply => t.t("inbox-do-reply"),
        Class::Unclear => t.t("inbox-do-unclear"),
    }
    .into_owned()
}

/// The sentence that says what told the class.
pub(super) fn because(t: Tr, because: &Because) -> String {
    let with = |key: &'static str, what: &str| t.t1(key, "what", what);
    match because {
        Because::Refusal(Evidence::Words(words)) => with("inbox-because-words", words.trim_start_matches('*').trim()),
        Because::Refusal(Evidence::Status(code)) => with("inbox-because-status", code),
        Because::Refusal(Evidence::Reply(0)) | Because::Refusal(Evidence::Nothing) => t.t("inbox-because-no-reason"),
        Because::Refusal(Evidence::Reply(code)) => with("inbox-because-reply-code", &code.to_string()),
        Because::Refusal(Evidence::BeforeRecipient) => t.t("inbox-because-before-recipient"),
        Because::Refusal(Evidence::MailItself) => t.t("inbox-because-mail-itself"),
        Because::Refusal(Evidence::AfterMail) => t.t("inbox-because-after-mail"),
        Because::Category(word) => with("inbox-because-category", word),
        Because::Program(words) => with("inbox-because-program", words),
        Because::Delayed => t.t("inbox-because-delayed"),
        Because::Action(word) => with("inbox-because-action", word),
        Because::Feedback(kind) => with("inbox-because-feedback", kind),
        Because::Disposition => t.t("inbox-because-disposition"),
        Because::DomainReport => t.t("inbox-because-domain-report"),
        Because::Header(line) => with("inbox-because-header", line),
        Because::Subject(subject) => with("inbox-because-subject", subject),
        Because::Sender(sender) => with("inbox-because-sender", sender),
        Because::Person => t.t("inbox-because-person"),
        Because::Nothing => t.t("inbox-because-no-reason"),
        Because::Unreadable => t.t("inbox-because-unreadable"),
    }
    .into_owned()
}

/// Its stamp in `stamps.svg`.
pub(super) fn stamp(class: Class) -> &'static str {
    match class {
        Class::Address | Class::Us | Class::TheirRule | Class::Complaint => "bounced",
        Class::Mailbox | Class::TheirServer | Class::AutoReply => "waiting",
        Class::Reply => "opened",
        Class::Unclear => "phone",
    }
}

/// Whether a person has to look at it: people's replies, complaints, what isn't understood, and a mail that came back because
/// of its address of which nobody knows whose it was.
pub(super) fn waits(class: Class, matched: bool) -> bool {
    match class {
        Class::Reply | Class::Complaint | Class::Unclear => true,
        Class::Address => !matched,
        Class::Mailbox | Class::Us | Class::TheirRule | Class::TheirServer | Class::AutoReply => false,
    }
}

/// What a message says of the recipient to whom our mail went. Where it tells of several others (a list that was
/// expanded), and not the same of all, nothing follows for our address.
pub(super) fn about<'u>(understood: &'u Understood, address: &str) -> Option<&'u Finding> {
    let all = &understood.findings;
    if let Some(ours) = all.iter().find(|f| f.recipient.eq_ignore_ascii_case(address)) {
        return Some(ours);
    }
    let first = all.first()?;
    all.iter()
        .all(|f| f.class == first.class && f.given_up == first.given_up)
        .then_some(first)
}

/// Whether a complaint is the recipient's own, and not a report on how our domain's signature fares (RFC 6591), or that
/// something is no spam.
pub(super) fn is_of_the_recipient(finding: &Finding) -> bool {
    !matches!(&finding.because, Because::Feedback(kind) if matches!(kind.as_str(), "auth-failure" | "dmarc" | "not-spam"))
}

/// Code and words of the server that returned a mail, in one line: `5.1.1 550 no such user`; else the mail's subject.
pub(super) fn why(finding: &Finding, subject: &str) -> String {
    match (finding.status.as_str(), finding.diagnostic.as_str()) {
        ("", "") => subject.to_owned(),
        (status, "") => status.to_owned(),
        ("", words) => words.to_owned(),
        (status, words) if words.contains(status) => words.to_owned(),
        (status, words) => format!("{status} {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_else_settles_waits_for_a_person() {
        assert!(waits(Class::Reply, true) && waits(Class::Unclear, true) && waits(Class::Address, false));
        assert!(waits(Class::Complaint, true));
        assert!(!waits(Class::Address, true) && !waits(Class::Mailbox, false) && !waits(Class::AutoReply, false));
    }
}
