//! The words for what the ledger keeps as codes.

use crate::refusal::Cause;
use crate::web::i18n::{Locale, Tr};

/// A language by its own name; an unknown code as it is.
pub(super) fn language(t: Tr, code: &str) -> String {
    match Locale::find(code) {
        Some(locale) => Tr(locale).t("language-name").into_owned(),
        None if code.is_empty() => t.t("language-unknown").into_owned(),
        None => code.to_owned(),
    }
}

/// Whose a refusal is, in a few words.
pub(super) fn cause_key(cause: Cause) -> &'static str {
    match cause {
        Cause::Address => "cause-address",
        Cause::Mailbox => "cause-mailbox",
        Cause::Us => "cause-us",
        Cause::TheirRule => "cause-their-rule",
        Cause::TheirServer => "cause-their-server",
        Cause::Unclear => "cause-unclear",
    }
}

/// What follows from it, and what to do.
pub(super) fn advice_key(cause: Cause) -> &'static str {
    match cause {
        Cause::Address => "cause-address-advice",
        Cause::Mailbox => "cause-mailbox-advice",
        Cause::Us => "cause-us-advice",
        Cause::TheirRule => "cause-their-rule-advice",
        Cause::TheirServer => "cause-their-server-advice",
        Cause::Unclear => "cause-unclear-advice",
    }
}
