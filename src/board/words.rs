//! The stamp and the word of a state and of an event.

use crate::invitations::{EventKind, State};
use crate::web::i18n::Tr;
use jiff::Timestamp;

/// The stamp of a company in `stamps.svg`: sealed, where it has done all that is asked of it.
pub fn stamp_of(state: State, asks_check: bool) -> &'static str {
    match state {
        State::Acknowledged | State::Started if !asks_check => "done",
        state => stamp(state),
    }
}

/// The stamp of a state in `stamps.svg`.
pub fn stamp(state: State) -> &'static str {
    match state {
        State::Queued => "waiting",
        State::Sent => "sent",
        State::Bounced => "bounced",
        State::Unreachable => "phone",
        State::Opened => "opened",
        State::Acknowledged => "read",
        State::Started => "started",
        State::Declined => "declined",
        State::Partial => "partial",
        State::Document | State::Paper | State::Submitted | State::Late => "done",
    }
}

/// The key of a state's word.
pub fn state_key(state: State) -> &'static str {
    match state {
        State::Queued => "state-queued",
        State::Sent => "state-sent",
        State::Bounced => "state-bounced",
        State::Unreachable => "state-unreachable",
        State::Opened => "state-opened",
        State::Acknowledged => "state-acknowledged",
        State::Started => "state-started",
        State::Declined => "state-declined",
        State::Partial => "state-partial",
        State::Document => "state-document",
        State::Paper => "state-paper",
        State::Submitted => "state-submitted",
        State::Late => "state-late",
    }
}

/// The key of an event's sentence, and its stamp.
pub fn event_words(kind: EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::Created => ("event-created", "waiting"),
        EventKind::Queued => ("event-queued", "waiting"),
        EventKind::Sent => ("event-sent", "sent"),
        EventKind::Bounced => ("event-bounced", "bounced"),
        EventKind::NoAddress => ("event-no-address", "phone"),
        EventKind::Posted => ("event-posted", "sent"),
        EventKind::Opened => ("event-opened", "opened"),
        EventKind::Acknowledged => ("event-acknowledged", "read"),
        EventKind::Started => ("event-started", "started"),
        EventKind::Saved => ("event-saved", "started"),
        EventKind::Submitted => ("event-submitted", "done"),
        EventKind::SubmittedLate => ("event-submitted-late", "done"),
        EventKind::SubmittedPart => ("event-submitted-part", "partial"),
        EventKind::SubmittedDocument => ("event-submitted-document", "done"),
        EventKind::Reopened => ("event-reopened", "started"),
        EventKind::Drafted => ("event-drafted", "phone"),
        EventKind::RecordedByPhone => ("event-recorded-phone", "phone"),
        EventKind::RecordedOnPaper => ("event-recorded-paper", "done"),
        EventKind::Declined => ("event-declined", "declined"),
        EventKind::Undeclined => ("event-undeclined", "waiting"),
        EventKind::Noted => ("event-noted", "waiting"),
        EventKind::ReissuedLink => ("event-reissued-link", "waiting"),
        EventKind::HandedOn => ("event-handed-on", "sent"),
        EventKind::Misdirected => ("event-misdirected", "phone"),
    }
}

/// "8 days left", "3 hours left", "over".
pub fn left(t: Tr, deadline: Timestamp, now: Timestamp) -> String {
    let left = deadline.duration_since(now);
    match (left.as_hours(), left.is_positive()) {
        (_, false) => t.t("deadline-over").into_owned(),
        (hours, true) if hours >= 48 => t.t1("days-left", "days", hours / 24).into_owned(),
        (hours, true) => t.t1("hours-left", "hours", hours).into_owned(),
    }
}
