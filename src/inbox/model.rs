//! What follows from a message. Pure.

use crate::mailbox::{Class, Understood};

/// The message that names a class.
pub fn class_key(class: Class) -> &'static str {
    match class {
        Class::HardBounce => "inbox-class-hard-bounce",
        Class::SoftBounce => "inbox-class-soft-bounce",
        Class::AutoReply => "inbox-class-auto-reply",
        Class::Reply => "inbox-class-reply",
        Class::Unclear => "inbox-class-unclear",
    }
}

/// Its stamp in `stamps.svg`.
pub(super) fn stamp(class: Class) -> &'static str {
    match class {
        Class::HardBounce => "bounced",
        Class::SoftBounce | Class::AutoReply => "waiting",
        Class::Reply => "opened",
        Class::Unclear => "phone",
    }
}

/// Whether a person has to look at it: people's replies, what isn't understood, and a mail that came back of which nobody
/// knows whose it was.
pub(super) fn waits(class: Class, matched: bool) -> bool {
    match class {
        Class::Reply | Class::Unclear => true,
        Class::HardBounce => !matched,
        Class::SoftBounce | Class::AutoReply => false,
    }
}

/// Code and words of the server that returned a mail, in one line: `5.1.1 550 no such user`.
pub(super) fn why(understood: &Understood) -> String {
    match (understood.status.as_str(), understood.diagnostic.as_str()) {
        ("", "") => understood.subject.clone(),
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
        assert!(waits(Class::Reply, true) && waits(Class::Unclear, true) && waits(Class::HardBounce, false));
        assert!(!waits(Class::HardBounce, true) && !waits(Class::SoftBounce, false) && !waits(Class::AutoReply, false));
    }
}
