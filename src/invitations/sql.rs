//! Rules of an invitation that both Rust and SQL must know, a text each, so that no statement has a version of its own.
//! `i` is the invitation. `tests/it/rules.rs` holds that they say what Rust says.

/// That acknowledging is not all that is asked, or hasn't been done: the last part of [`awaited`].
macro_rules! more_than_noted {
    () => {
        "(i.asks_check OR i.state NOT IN ('acknowledged', 'started'))"
    };
}
pub(crate) use more_than_noted;

/// [`super::State::is_awaited`].
macro_rules! awaited {
    () => {
        concat!(
            "i.state NOT IN ('submitted', 'late', 'paper', 'partial', 'document', 'declined') AND ",
            crate::invitations::more_than_noted!()
        )
    };
}
pub(crate) use awaited;

/// [`segment`].
macro_rules! segment_sql {
    () => {
        "i.kind || '/' || i.country || '/' || i.tier || '/' || i.criticality
             || CASE WHEN i.asks_check THEN '/check' ELSE '/notice' END"
    };
}
pub(crate) use segment_sql;

/// What [`super::State::is_awaited`] says, as a condition.
pub const AWAITED: &str = awaited!();
/// What [`segment`] says, as an expression.
pub const SEGMENT: &str = segment_sql!();

/// By what an invitation is counted: kind, country, tier ("1", "2", … or ""), criticality, and whether it is asked the check.
pub fn segment(kind: &str, country: &str, tier: &str, criticality: &str, asks_check: bool) -> String {
    let asks = if asks_check { "check" } else { "notice" };
    format!("{kind}/{country}/{tier}/{criticality}/{asks}")
}
