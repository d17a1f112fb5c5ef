//! What to do next after an error: one table, for both who may read it.

/// The key of an error, then of the advice to who is signed in, and to a company's respondent (or a buyer) with a link.
/// An error that only one of them can meet has the general advice for the other.
const ADVICE: &[(&str, &str, &str)] = &[
    ("error-not-found", "error-not-found-advice", "error-not-found-advice"),
    ("error-forbidden", "error-forbidden-advice", "error-forbidden-advice"),
    ("error-too-large", "error-too-large-advice", "error-too-large-advice"),
    ("error-too-many", "error-too-many-advice", "error-too-many-advice"),
    ("error-too-many-today", GENERAL, "error-too-many-today-advice"),
    (
        "error-bad-request",
        "error-bad-request-advice",
        "error-bad-request-advice",
    ),
    ("error-internal", "error-internal-advice", "error-internal-advice"),
    ("error-sign-in", "error-sign-in-advice", GENERAL),
    ("error-new-device", GENERAL, "error-new-device-advice"),
    (
        "error-campaign-closed",
        "error-campaign-closed-advice-operator",
        "error-campaign-closed-advice",
    ),
    (
        "error-campaign-not-running",
        "error-campaign-not-running-advice",
        GENERAL,
    ),
    ("error-campaign-sent", "error-campaign-sent-advice", GENERAL),
    ("error-draft-changed", "error-draft-changed-advice", GENERAL),
    ("error-follow-draft", "error-follow-draft-advice", GENERAL),
    ("error-mailing", "error-mailing-advice", GENERAL),
    ("error-delivery-decided", "error-delivery-decided-advice", GENERAL),
    ("error-answered-meanwhile", "error-answered-meanwhile-advice", GENERAL),
    ("error-note-empty", "error-note-empty-advice", GENERAL),
    ("error-misdirected", "error-misdirected-advice", GENERAL),
    ("error-submitted-meanwhile", GENERAL, "error-submitted-meanwhile-advice"),
    ("error-letter", "error-letter-advice-operator", "error-letter-advice"),
    ("error-method", "error-method-advice", "error-method-advice"),
    (
        "error-unavailable",
        "error-unavailable-advice",
        "error-unavailable-advice",
    ),
    ("error-campaign-ended", "error-campaign-ended-advice", GENERAL),
    ("error-mails-cancelled", "error-mails-cancelled-advice", GENERAL),
    ("error-again-settled", "error-again-settled-advice", GENERAL),
    ("error-again-undeliverable", "error-again-undeliverable-advice", GENERAL),
    ("error-again-recent", "error-again-recent-advice", GENERAL),
    ("error-campaign-changed", "error-campaign-changed-advice", GENERAL),
    ("error-campaign-not-closed", "error-campaign-not-closed-advice", GENERAL),
    ("error-add-none", "error-add-none-advice", GENERAL),
    ("directory-conflict", "directory-conflict-advice", GENERAL),
];

const GENERAL: &str = "error-conflict-advice";

/// The key of the advice that goes with the error `kind`.
pub(super) fn advice(kind: &str, respondent: bool) -> &'static str {
    match ADVICE.iter().find(|(known, _, _)| *known == kind) {
        Some((_, _, advice)) if respondent => advice,
        Some((_, advice, _)) => advice,
        None => GENERAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The keys of errors in the sources: `Conflict("…")` and those of [`super::super::Error`] itself.
    fn keys(dir: &Path, out: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                keys(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("advice.rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                let flat: String = text.split_whitespace().collect();
                for start in [
                    "Conflict(\"",
                    "Conflict(super::\"",
                    "StatusCode::NOT_FOUND,\"",
                    "\"error-",
                ] {
                    for after in flat.split(start).skip(1) {
                        let end = after.split('"').next().unwrap_or_default();
                        let key = if start == "\"error-" {
                            format!("error-{end}")
                        } else {
                            end.to_owned()
                        };
                        if !key.contains("-advice") && key != "error-reference" {
                            out.insert(key);
                        }
                    }
                }
            }
        }
    }

    /// Whoever adds an error says what to do next, and for whom.
    #[test]
    fn every_error_has_advice_for_its_audience() {
        let mut used = BTreeSet::new();
        keys(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
        let known: BTreeSet<String> = ADVICE.iter().map(|(key, _, _)| (*key).to_owned()).collect();
        assert_eq!(
            used, known,
            "errors in the sources (left) and in the table of advice (right)"
        );
        for (key, operator, respondent) in ADVICE {
            assert!(
                *operator != GENERAL || *respondent != GENERAL,
                "{key} has no advice of its own"
            );
        }
    }
}
