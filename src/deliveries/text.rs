//! Where a line of a mail in plain text stands. Only Japanese letters set lines apart so, by full-width spaces; elsewhere
//! every line begins at the left.

use crate::web::i18n::Tr;

/// The columns that the dashes between a mail's parts take; a full-width sign takes two.
const WIDTH: usize = 64;

/// The lines at the right edge: 依頼番号, 敬具, 以上. One that is too long stays where it is.
pub(super) fn right(t: Tr, text: &str) -> String {
    moved(t, text, |free| free)
}

/// The lines in the middle: the subject of a letter, 記.
pub(super) fn centred(t: Tr, text: &str) -> String {
    moved(t, text, |free| free / 2)
}

fn moved(t: Tr, text: &str, by: fn(usize) -> usize) -> String {
    if t.lang() != "ja" {
        return text.to_owned();
    }
    let lines = text.lines().map(|line| {
        let by = by(WIDTH.saturating_sub(columns(line)));
        format!("{}{}{line}", "　".repeat(by / 2), " ".repeat(by % 2))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How many columns a line takes where Japanese is read: ASCII and half-width kana one each, all else two.
fn columns(line: &str) -> usize {
    let wide = |c: char| !c.is_ascii() && !matches!(c, '\u{ff61}'..='\u{ff9f}');
    line.chars().map(|c| 1 + usize::from(wide(c))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Locale;

    #[test]
    fn lines_of_a_japanese_letter_end_at_one_edge() {
        let t = Tr(Locale::or_english("ja"));
        assert_eq!(right(t, "以上"), format!("{}以上", "　".repeat(30)));
        let head = right(t, "依頼番号 2026-001\n2026年11月22日");
        for line in head.lines() {
            assert_eq!(columns(line), WIDTH, "{line}");
        }
        assert_eq!(columns(&centred(t, "記")), 33);
        let long = "あ".repeat(40);
        assert_eq!(right(t, &long), long);
        assert_eq!(centred(t, &long), long);
        let t = Tr(Locale::or_english("en"));
        assert_eq!(right(t, "Yours sincerely,"), "Yours sincerely,");
    }
}
