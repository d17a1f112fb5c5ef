//! How long a request takes whom it is sent to: said before they begin. Pure.

use super::{AdvisoryText, Checklist, Kind};

/// Who answers, and a look at everything before it is sent.
const AROUND: i64 = 120;

/// Signs that are read in a minute: a Japanese text says about twice as much with each.
fn signs_a_minute(lang: &str) -> i64 {
    match lang {
        "ja" | "zh" => 500,
        _ => 1_000,
    }
}

/// About how many seconds answering takes: what the checklist says itself, else by how its questions are answered.
fn answering(checklist: &Checklist) -> i64 {
    if let Some(minutes) = checklist.minutes {
        return i64::from(minutes) * 60;
    }
    let questions = checklist.questions.iter().map(|question| {
        let seconds = match question.kind {
            Kind::YesNo | Kind::Choice => 30,
            Kind::Choices | Kind::Date | Kind::Number => 45,
            Kind::Text => 90,
        };
        // About half of those that depend on another are asked.
        if question.when.is_some() { seconds / 2 } else { seconds }
    });
    AROUND + questions.sum::<i64>()
}

/// About how many seconds reading an advisory takes, with its measures, in this language.
fn reading(text: &AdvisoryText, lang: &str) -> i64 {
    let count = |text: &str| text.chars().count() as i64;
    let measures = text.measures.values();
    let measures: i64 = measures
        .map(|m| count(&m.title) + count(&m.what) + m.how.iter().map(|step| count(step)).sum::<i64>())
        .sum();
    let body: i64 = text.body.iter().map(|paragraph| count(paragraph)).sum();
    (count(&text.summary) + body + measures) * 60 / signs_a_minute(lang)
}

/// About how many minutes it takes to read `advisory` in this language and to answer `checklist`, of what is asked: rounded
/// up to what people say, 3, 5, then in steps of five, from half an hour on of ten.
pub fn minutes(checklist: Option<&Checklist>, advisory: Option<&AdvisoryText>, lang: &str) -> i64 {
    let seconds = checklist.map_or(0, answering) + advisory.map_or(0, |text| reading(text, lang));
    match (seconds + 59) / 60 {
        ..=3 => 3,
        minutes @ 4..=30 => (minutes + 4) / 5 * 5,
        minutes => (minutes + 9) / 10 * 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checklist(kinds: &[&str], minutes: Option<u32>) -> Checklist {
        let questions: Vec<_> = kinds
            .iter()
            .enumerate()
            .map(|(n, kind)| serde_json::json!({"id": format!("q{n}"), "section": "s", "kind": kind}))
            .collect();
        let mut json = serde_json::json!({"id": "c", "version": 1, "sections": ["s"], "questions": questions});
        if let Some(minutes) = minutes {
            json["minutes"] = minutes.into();
        }
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a6_how_long_it_takes_follows_from_the_questions() {
        let of = |kinds: &[&str]| minutes(Some(&checklist(kinds, None)), None, "ja");
        assert_eq!(of(&["yes-no"; 2]), 3);
        assert_eq!(of(&["yes-no"; 4]), 5);
        assert_eq!(of(&["yes-no"; 15]), 10);
        assert_eq!(of(&["yes-no"; 17]), 15);
        assert_eq!(of(&["text"; 15]), 25);
        assert_eq!(of(&["text"; 20]), 40);
        // What the checklist says itself counts.
        assert_eq!(minutes(Some(&checklist(&["text"; 20], Some(12))), None, "ja"), 15);
        // A part of it is reckoned anew.
        let part = checklist(&["text"; 20], Some(12)).only(&[]);
        assert_eq!(minutes(Some(&part), None, "ja"), 3);
    }

    #[test]
    fn a6_reading_takes_its_time_by_language() {
        let text = AdvisoryText {
            body: vec!["字".repeat(2_400)],
            ..AdvisoryText::default()
        };
        assert_eq!(minutes(None, Some(&text), "ja"), 5);
        assert_eq!(minutes(None, Some(&text), "en"), 3);
        assert_eq!(minutes(Some(&checklist(&["yes-no"; 15], None)), Some(&text), "ja"), 15);
        assert_eq!(minutes(None, None, "en"), 3);
    }
}
