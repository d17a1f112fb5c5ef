//! Rules of access. Pure.

use crate::mail::EmailAddress;
use unicode_normalization::UnicodeNormalization;

/// An address of which its owner knows that it is theirs, and nobody else learns it: `h•••@sample.example`.
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or(("", address));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

/// Digits as a person types them: in any width, with spaces or hyphens between.
pub fn typed_digits(typed: &str) -> String {
    typed.nfkc().filter(char::is_ascii_digit).collect()
}

/// A request's number as a person types it: `２０２６ー００１` is `2026-001`.
pub fn typed_number(typed: &str) -> String {
    typed
        .nfkc()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' => '-',
            c => c,
        })
        .collect()
}

/// A text of one line with at most `most` signs, as it can stand in a mail.
pub fn line(typed: &str, most: usize) -> String {
    let words: Vec<&str> = typed.split_whitespace().collect();
    words.join(" ").chars().take(most).collect()
}

/// To whom a request is handed, and what is wrong with it: (field, key).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Handing {
    pub name: String,
    pub address: String,
    pub made_by: String,
    /// Whether all of it, or the sections.
    pub whole: bool,
    pub sections: Vec<String>,
}

/// How long a name may be, in signs.
pub const NAME: usize = 100;

impl Handing {
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut out = Vec::new();
        if self.name.is_empty() {
            out.push(("name", "hand-problem-name"));
        }
        if let Err(problem) = self.address.parse::<EmailAddress>() {
            out.push(("address", problem.message()));
        }
        if self.made_by.is_empty() {
            out.push(("made_by", "hand-problem-made-by"));
        }
        if !self.whole && self.sections.is_empty() {
            out.push(("sections", "hand-problem-sections"));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_recognised_by_its_owner_only() {
        assert_eq!(masked("hanako@sample.example"), "h•••@sample.example");
        assert_eq!(masked("花子@sample.example"), "花•••@sample.example");
        assert_eq!(masked("nonsense"), "•••@nonsense");
    }

    #[test]
    fn numbers_are_read_however_they_are_typed() {
        assert_eq!(typed_number(" ２０２６ー００１ "), "2026-001");
        assert_eq!(typed_number("2026‐001"), "2026-001");
        assert_eq!(typed_digits("１２３ ４５６"), "123456");
        assert_eq!(typed_digits("12-34-56"), "123456");
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line(" 山田\r\n太郎\t部長 ", 100), "山田 太郎 部長");
        assert_eq!(line("abcdef", 3), "abc");
    }

    #[test]
    fn a_request_is_handed_to_somebody_by_somebody() {
        let mut handing = Handing {
            name: "佐藤".into(),
            address: "sato@a.example".into(),
            made_by: "鈴木".into(),
            whole: true,
            sections: Vec::new(),
        };
        assert!(handing.problems().is_empty());
        handing.whole = false;
        assert_eq!(handing.problems(), [("sections", "hand-problem-sections")]);
        handing.sections.push("logs".into());
        assert!(handing.problems().is_empty());
        let problems = Handing::default().problems();
        assert_eq!(problems.len(), 4);
    }
}
