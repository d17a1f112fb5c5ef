//! The addresses in one cell: several of them, with names, labels and what came along when they were copied.

use crate::mail::address::{AddressError, EmailAddress};

use super::normalise::{is_nothing, text};

/// One address of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub address: EmailAddress,
    /// The name before it, as in "Name <a@b>".
    pub name: Option<String>,
    /// Whether a `?` was taken from its front: what a character becomes that the file's encoding could not hold.
    pub lost_character: bool,
}

const SEPARATORS: [char; 7] = [';', ',', '、', '/', '|', '\n', '\r'];

/// All addresses of a cell, none if it says that there is none. One that can't be read spoils the cell, even next to a
/// good one: half of what somebody meant is a mistake that nobody would see.
pub(super) fn addresses(cell: &str) -> Result<Vec<Found>, AddressError> {
    if is_nothing(cell) {
        return Ok(Vec::new());
    }
    // Line by line, because `text` makes line breaks into space.
    let mut plain = cell.split(['\n', '\r']).map(text).collect::<Vec<_>>().join("\n");
    while let Some(at) = plain.find(" @").or_else(|| plain.find("@ ").map(|at| at + 1)) {
        plain.remove(at);
    }
    let mut found: Vec<Found> = Vec::new();
    read(&plain, &mut found).map_err(|error| match plain.matches('@').count() {
        // With one @ the whole cell tells better what is wrong ("a@b,example") than its pieces do.
        0 | 1 => plain.parse::<EmailAddress>().err().unwrap_or(error),
        _ => error,
    })?;
    let mut unique: Vec<Found> = Vec::new();
    for one in found {
        if !unique.iter().any(|other| other.address.same_mailbox(&one.address)) {
            unique.push(one);
        }
    }
    Ok(unique)
}

fn read(plain: &str, found: &mut Vec<Found>) -> Result<(), AddressError> {
    let mut rest = plain;
    while let Some((before, tail)) = rest.split_once('<') {
        let Some((inside, after)) = tail.split_once('>') else {
            break;
        };
        // "a@b; Name <c@d>": an address of its own stands before the name.
        let name = match before
            .rfind('@')
            .and_then(|at| before[at..].find(SEPARATORS).map(|offset| at + offset))
        {
            Some(end) => {
                pieces(&before[..end], found)?;
                &before[end..]
            }
            None => before,
        };
        let name = name.trim_matches(|c: char| SEPARATORS.contains(&c) || c.is_whitespace() || matches!(c, '"' | '\''));
        if name.contains('@') && name != inside.trim() {
            return Err(AddressError::SeveralAts);
        }
        let name = Some(name)
            .filter(|name| !name.is_empty() && !name.contains('@'))
            .map(str::to_owned);
        found.push(one(inside, name)?);
        rest = after;
    }
    pieces(rest, found)
}

/// Addresses without angle brackets, between separators and space.
fn pieces(plain: &str, found: &mut Vec<Found>) -> Result<(), AddressError> {
    let uncommented = without_comments(plain);
    for piece in uncommented.split(|c: char| SEPARATORS.contains(&c) || c.is_whitespace()) {
        if piece.contains('@') {
            found.push(one(piece, None)?);
        } else if piece.is_ascii() && !is_label(piece) {
            // Perhaps the first half of an address with a space in it; taking the second half alone would send the
            // letter to somebody else. A Japanese word can't be part of an address and is passed over.
            return Err(AddressError::NoAt);
        }
    }
    Ok(())
}

fn one(piece: &str, name: Option<String>) -> Result<Found, AddressError> {
    let mut address = piece.trim_matches(|c: char| c.is_whitespace() || "\"'`()[]<>「」【】『』。.:*・".contains(c));
    // "mailto:a@b?subject=x", "E-mail:a@b", "代表:a@b"
    if let Some(colon) = address.find('@').and_then(|at| address[..at].rfind(':')) {
        let link = address[..colon].eq_ignore_ascii_case("mailto");
        address = &address[colon + 1..];
        if link {
            address = address.split('?').next().unwrap_or_default();
        }
    }
    let whole = address.trim_start_matches(['?', '\u{fffd}']);
    Ok(Found {
        address: whole.parse()?,
        name,
        lost_character: whole.len() < address.len(),
    })
}

/// Takes out what stands in brackets and holds no address: "a@b.example (Yamada)".
fn without_comments(plain: &str) -> String {
    let mut kept = String::new();
    let mut rest = plain;
    while let Some((before, tail)) = rest.split_once('(') {
        let Some((inside, after)) = tail.split_once(')') else {
            break;
        };
        kept.push_str(before);
        kept.push(' ');
        if inside.contains('@') {
            kept.push_str(inside);
            kept.push(' ');
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn is_label(word: &str) -> bool {
    let lower = word
        .trim_matches(|c: char| c.is_ascii_punctuation())
        .to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "" | "mail" | "e-mail" | "email" | "to" | "cc" | "or" | "and" | "main" | "sub"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(cell: &str) -> Result<Vec<String>, AddressError> {
        addresses(cell).map(|found| found.into_iter().map(|one| one.address.into()).collect())
    }

    #[test]
    fn two_addresses_in_any_manner() {
        let both = Ok(vec!["a@b.example".to_owned(), "c@d.example".to_owned()]);
        for cell in [
            "a@b.example;c@d.example",
            "a@b.example、c@d.example",
            "a@b.example\nc@d.example",
            "a@b.example\r\n c@d.example",
            "a@b.example / c@d.example",
            "a@b.example　c@d.example",
            "a@b.example；ｃ＠ｄ．ｅｘａｍｐｌｅ",
            "a@b.example，c@d.example,",
            "山田 <a@b.example>, \"Smith, J\" <c@d.example>",
            "a@b.example; J <c@d.example>",
            "<a@b.example><c@d.example>",
            "mailto:a@b.example c@d.example.",
            "代表：a@b.example\n担当：c@d.example",
            "a@b.example (山田) c@d.example (CC)",
            "a@b.example or c@d.example",
            "a@b.example;A@b.example;c@d.example",
            "a @b.example, c@ d.example",
        ] {
            assert_eq!(list(cell), both, "{cell}");
        }
    }

    #[test]
    fn none_at_all() {
        for cell in [
            "",
            " ",
            "なし",
            "-",
            "―",
            "N/A",
            "n/a",
            "（なし）",
            "#N/A",
            "\u{200b}",
            "不明",
        ] {
            assert_eq!(list(cell), Ok(vec![]), "{cell}");
        }
    }

    #[test]
    fn one_bad_address_spoils_the_cell() {
        for (cell, error) in [
            ("it50 at s50.example", AddressError::NoAt),
            ("it50[at]s50.example", AddressError::NoAt),
            ("it30@s30,example", AddressError::Comma),
            ("it 30@s30.example", AddressError::Characters),
            ("a@b.example;it30@s30", AddressError::Domain),
            ("a@b.example;it at s30.example", AddressError::Characters),
            ("03-1234-5678", AddressError::NoAt),
            ("a@b.example&c@d.example", AddressError::SeveralAts),
        ] {
            assert_eq!(list(cell), Err(error), "{cell}");
        }
    }

    #[test]
    fn a_lost_character_is_told() {
        let found = addresses("?soumu21@s21.example").expect("found");
        assert!(found[0].lost_character && found[0].address.as_str() == "soumu21@s21.example");
        assert_eq!(
            addresses("山田 太郎 <a@b.example>").expect("found")[0].name.as_deref(),
            Some("山田 太郎")
        );
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,40}|[ab@.,;<>()?: /\n＠]{0,30}") {
            let _ = addresses(&cell);
        }
    }
}
