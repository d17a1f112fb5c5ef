//! The addresses in one cell: several of them, with names, labels, remarks and what came along when they were copied.
//!
//! What can be taken away without changing who gets the mail is taken away. A sign that may belong to an address refuses
//! the cell, and what is left out although it looks like an address is told.

use std::borrow::Cow;

use crate::mail::address::{AddressError, EmailAddress, in_ascii_width};

use super::normalise::{is_nothing, text};

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub found: Vec<Found>,
    /// Whether an address was left out because the cell calls it an old one, or has it in a remark in brackets.
    pub left_out: bool,
}

/// One address of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub address: EmailAddress,
    /// The name before it, as in "Name <a@b>".
    pub name: Option<String>,
    /// Whether a sign was taken from its front: `?` or ・, which a character becomes that the file's encoding could not hold,
    /// or a bullet.
    pub lost_character: bool,
}

/// What stands between two addresses and can be part of neither. `/` and `|` can, see [`pieces`].
const SEPARATORS: [char; 6] = [';', ',', '、', '､', '\n', '\r'];

/// What stands between an old address and the new one.
const ARROWS: [char; 5] = ['→', '⇒', '➡', '➔', '▶'];

/// Signs that begin a line of a list, or that a lost character has become, and can't be part of an address.
fn is_bullet(c: char) -> bool {
    "・･•●○◎◆◇■□▪►※✉📧☆★―–—\u{fffd}".contains(c) || ('①'..='⑳').contains(&c)
}

/// Signs that can begin an address, but more likely came along with it.
const PERHAPS_PART: [char; 5] = ['*', '\'', '`', '/', '|'];

/// All addresses of a cell, none if it says that there is none. One that can't be read spoils the cell, even next to a
/// good one: half of what somebody meant is a mistake that nobody would see.
pub(super) fn addresses(cell: &str) -> Result<Cell, AddressError> {
    if is_nothing(cell) {
        return Ok(Cell::default());
    }
    // Line by line, because line breaks count as space elsewhere.
    let line = |line: &str| {
        let words = in_ascii_width(line)
            .replace(['【', '〔', '「', '『'], "(")
            .replace(['】', '〕', '」', '』'], ")")
            .replace(ARROWS, " → ");
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut plain = cell.split(['\n', '\r']).map(line).collect::<Vec<_>>().join("\n");
    while let Some(at) = plain.find(" @").or_else(|| plain.find("@ ").map(|at| at + 1)) {
        plain.remove(at);
    }
    let mut read = Cell::default();
    let (outside, remarks) = without_remarks(&plain);
    // "山田 (a@b.example)": with no other address in the cell, that is the one; "(旧 a@b.example)" never is.
    if outside.contains('@') {
        read.left_out = remarks;
        take(&outside, &mut read)
    } else {
        take(&plain.replace(['(', ')'], " "), &mut read)
    }
    .map_err(|error| match (error, plain.parse::<EmailAddress>()) {
        // With one @ the whole cell tells better what is wrong ("a@b,example") than its pieces do.
        (AddressError::NoAt | AddressError::Domain | AddressError::Local, Err(whole))
            if plain.matches('@').count() <= 1 =>
        {
            whole
        }
        _ => error,
    })?;
    let mut unique: Vec<Found> = Vec::new();
    for one in read.found {
        if !unique.iter().any(|other| other.address.same_mailbox(&one.address)) {
            unique.push(one);
        }
    }
    Ok(Cell { found: unique, ..read })
}

/// The addresses of a cell that can be used, and what is wrong with the rest. Where a part of the cell can't be read, the others
/// count only if nothing of it can belong to them: it stands between semicolons, 、 or line breaks, and is an address or
/// several words. "foo;bar@c.example" may be a slip of the finger for somebody else's address.
pub(super) fn usable(cell: &str) -> (Cell, Option<AddressError>) {
    let error = match addresses(cell) {
        Ok(read) => return (read, None),
        Err(error) => error,
    };
    let parts: Vec<&str> = cell
        .split([';', '；', '、', '､', '\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let mut kept = Cell::default();
    let mut first = None;
    for part in &parts {
        match addresses(part) {
            Ok(read) => {
                kept.left_out |= read.left_out;
                kept.found.extend(read.found);
            }
            Err(of_part) if part.contains(['@', '＠', ' ', '　']) => first = first.or(Some(of_part)),
            Err(_) => return (Cell::default(), Some(error)),
        }
    }
    (kept, first.or(Some(error)))
}

fn take(plain: &str, cell: &mut Cell) -> Result<(), AddressError> {
    let mut rest = plain;
    // Whether `rest` follows an address, so that a remark at its start speaks of that.
    let mut behind = false;
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
                pieces(&before[..end], behind, cell)?;
                &before[end..]
            }
            None => before,
        };
        let name = name.trim_matches(|c: char| SEPARATORS.contains(&c) || c.is_whitespace() || matches!(c, '"' | '\''));
        if name.contains('@') && name != inside.trim() {
            return Err(AddressError::SeveralAts);
        }
        if name.split_whitespace().next().is_some_and(is_old) {
            cell.left_out = true;
        } else {
            let name = Some(text(name)).filter(|name| !name.is_empty() && !name.contains('@'));
            cell.found.push(one(inside, name)?);
        }
        rest = after;
        behind = true;
    }
    pieces(rest, behind, cell)
}

/// Addresses without angle brackets, between separators and space.
fn pieces(plain: &str, behind: bool, cell: &mut Cell) -> Result<(), AddressError> {
    let uncommented = without_comments(plain, behind);
    let words = uncommented.split(|c: char| SEPARATORS.contains(&c) || c.is_whitespace());
    // Whether the next address is called an old one: "旧: a@b".
    let mut old = false;
    for word in words.flat_map(halves) {
        if word.contains('@') {
            // "old:a@b"
            let label = word.split_once('@').and_then(|(before, _)| before.rsplit_once(':'));
            if old || label.is_some_and(|(label, _)| is_old(label)) {
                cell.left_out = true;
            } else {
                cell.found.push(one(word, None)?);
            }
            old = false;
        } else if word == GONE || word == "→" {
            // "a@b (退職)", "a@b → c@d"
            cell.left_out |= cell.found.pop().is_some();
        } else if is_old(word) {
            old = true;
        } else if word.is_ascii() && !is_label(word) {
            // Perhaps the first half of an address with a space in it; taking the second half alone would send the
            // letter to somebody else. A Japanese word can't be part of an address and is passed over.
            return Err(AddressError::NoAt);
        }
    }
    Ok(())
}

/// The words between `/` and `|`, which may stand in an address as well: they part two addresses, or Japanese words
/// from one, but "main/a@b.example" stays whole.
fn halves(word: &str) -> Vec<&str> {
    let parts: Vec<&str> = word.split(['/', '|']).collect();
    let parted = |part: &&str| part.is_empty() || part.contains('@') || !part.is_ascii();
    match parts.len() > 1 && !parts[0].is_empty() && parts.iter().all(parted) {
        true => parts,
        false if word.chars().all(|c| matches!(c, '/' | '|')) => Vec::new(),
        false => vec![word],
    }
}

fn one(piece: &str, name: Option<String>) -> Result<Found, AddressError> {
    let around = |c: char| c.is_whitespace() || "()[]<>「」【】『』".contains(c);
    let mut address = piece.trim_start_matches(|c: char| around(c) || c == ':');
    // Behind a domain nothing of this can stand.
    address = address.trim_end_matches(|c: char| around(c) || is_bullet(c) || "`。.:*".contains(c));
    // 'a@b' and "a@b": quotation marks around the whole, which a domain can't end with.
    for quote in ['\'', '"'] {
        if let Some(inside) = address.strip_suffix(quote) {
            address = inside.strip_prefix(quote).unwrap_or(inside);
        }
    }
    let mut decoded = Cow::Borrowed(address);
    // "mailto:a@b?subject=x", "E-mail:a@b", "代表:a@b". What else stands before a colon may be part of the address.
    if let Some(colon) = address.find('@').and_then(|at| address[..at].rfind(':')) {
        let label = address[..colon].trim_matches(['"', '\'']);
        if label.eq_ignore_ascii_case("mailto") {
            // RFC 6068
            let link = address[colon + 1..].split('?').next().unwrap_or_default();
            decoded = percent_encoding::percent_decode_str(link)
                .decode_utf8()
                .map_err(|_| AddressError::Characters)?;
        } else if !label.is_ascii() || is_label(label) {
            decoded = Cow::Borrowed(&address[colon + 1..]);
        }
    }
    let whole = decoded
        .trim_start_matches(|c: char| c == '?' || is_bullet(c))
        .trim_start();
    // "info/sales@c.example" may be short for two addresses.
    let before = whole.split('@').next().unwrap_or_default();
    if whole.starts_with(PERHAPS_PART) || before.contains(['/', '|']) {
        return Err(AddressError::Doubtful);
    }
    Ok(Found {
        address: whole.parse()?,
        name,
        lost_character: whole.len() < decoded.len(),
    })
}

/// The cell without the brackets that hold an address: "a@b.example (旧 c@d.example)"; and whether there were any. A bracket
/// that isn't closed goes on to the end of its line.
fn without_remarks(plain: &str) -> (String, bool) {
    let mut kept = String::new();
    let mut any = false;
    for (outside, inside) in brackets(plain) {
        kept.push_str(outside);
        match inside {
            Some(inside) if inside.contains('@') => {
                any = true;
                kept.push(' ');
            }
            Some(inside) => kept.extend(["(", inside, ")"]),
            None => {}
        }
    }
    (kept, any)
}

/// What [`without_comments`] leaves of a remark that calls the address before it an old one.
const GONE: &str = "←旧";

/// Takes out what stands in brackets: "a@b.example (Yamada)". `behind`: the text follows an address.
fn without_comments(plain: &str, behind: bool) -> String {
    let mut kept = String::new();
    for (outside, inside) in brackets(plain) {
        kept.push_str(outside);
        let Some(inside) = inside else { continue };
        let nothing_yet = kept.trim_matches(' ').is_empty();
        let before = kept.rsplit(SEPARATORS).next().unwrap_or_default();
        let of_the_last = behind && nothing_yet || before.split(' ').rfind(|w| !w.is_empty()).is_some_and(is_address);
        kept.extend(match (is_old(inside), of_the_last) {
            (true, true) => [" ", GONE, " "],
            (true, false) => [" ", "旧", " "],
            (false, _) => ["", " ", ""],
        });
    }
    kept
}

fn is_address(word: &str) -> bool {
    word.contains('@')
}

/// The text cut at its brackets: what stands before one, and what stands in it; last, what follows them all.
fn brackets(plain: &str) -> Vec<(&str, Option<&str>)> {
    let mut out = Vec::new();
    let mut rest = plain;
    while let Some((before, tail)) = rest.split_once('(') {
        let end = tail.find([')', '\n']).unwrap_or(tail.len());
        out.push((before, Some(&tail[..end])));
        rest = tail[end..].strip_prefix(')').unwrap_or(&tail[end..]);
    }
    out.push((rest, None));
    out
}

/// Whether a word before an address says that it is one no more: 旧, "旧アドレス", "old".
fn is_old(word: &str) -> bool {
    let lower = word
        .trim_matches(|c: char| c.is_ascii_punctuation() || "：【】〔〕「」『』→・".contains(c))
        .to_lowercase();
    OLD.split(' ').any(|old| old == lower)
}

/// 旧姓 and 旧社名 are none: they say something of a name.
const OLD: &str = "旧 旧アドレス 旧メール 旧メールアドレス 旧メアド 旧担当 旧担当者 前アドレス 前任 前任者 前担当 前担当者 変更前 以前 廃止 \
                   廃止済 廃止済み 使用不可 使用停止 使用禁止 不達 送信不可 退職 退職済 退職済み 退職者 無効 エラー old former formerly \
                   previous previously obsolete invalid ng was bounced";

fn is_label(word: &str) -> bool {
    let lower = word
        .trim_matches(|c: char| c.is_ascii_punctuation())
        .to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "" | "mail" | "e-mail" | "email" | "to" | "cc" | "or" | "and" | "main" | "sub" | "pc" | "address" | "new"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(cell: &str) -> Result<Vec<String>, AddressError> {
        addresses(cell).map(|cell| cell.found.into_iter().map(|one| one.address.into()).collect())
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
    fn what_stands_apart_from_a_bad_address_is_used() {
        for (cell, kept, error) in [
            ("a@b.example", "a@b.example", None),
            ("a@b.example;c at d.example", "a@b.example", Some(AddressError::NoAt)),
            ("a@b.example\nit30@s30", "a@b.example", Some(AddressError::Domain)),
            (
                "it30@s30、a@b.example;c@d.example",
                "a@b.example c@d.example",
                Some(AddressError::Domain),
            ),
            ("it30@s30,example", "", Some(AddressError::Comma)),
            ("foo;bar@c.example", "", Some(AddressError::Local)),
            ("it 30@s30.example", "", Some(AddressError::Characters)),
        ] {
            let (read, wrong) = usable(cell);
            let found: Vec<&str> = read.found.iter().map(|one| one.address.as_str()).collect();
            assert_eq!((found.join(" ").as_str(), wrong), (kept, error), "{cell}");
        }
    }

    #[test]
    fn a_lost_character_is_told() {
        let found = addresses("?soumu21@s21.example").expect("found").found;
        assert!(found[0].lost_character && found[0].address.as_str() == "soumu21@s21.example");
        for cell in ["・a@b.example", "■a@b.example", "①a@b.example", "\u{fffd}a@b.example"] {
            let found = addresses(cell).expect(cell).found;
            assert!(
                found[0].lost_character && found[0].address.as_str() == "a@b.example",
                "{cell}"
            );
        }
        assert_eq!(
            addresses("山田 太郎 <a@b.example>").expect("found").found[0]
                .name
                .as_deref(),
            Some("山田 太郎")
        );
    }

    /// Each of these was once taken for somebody else's address, or could be.
    #[test]
    fn an_address_is_never_altered_in_silence() {
        use AddressError::{Characters, Dots, Doubtful, Local, NoAt};
        for (cell, outcome) in [
            (".foo@ezweb.ne.jp", Err(Dots)),
            ("..foo@docomo.ne.jp", Err(Dots)),
            ("*foo@c.example", Err(Doubtful)),
            ("'foo@c.example", Err(Doubtful)),
            ("`foo@c.example", Err(Doubtful)),
            ("/foo@c.example", Err(Doubtful)),
            ("foo:bar@c.example", Err(Local)),
            ("foo/bar@c.example", Err(Doubtful)),
            ("main/bar@c.example", Err(Doubtful)),
            ("foo|bar@c.example", Err(Doubtful)),
            ("foo bar@c.example", Err(Characters)),
            ("foo…@docomo.ne.jp", Err(Characters)),
            ("foo..bar.@docomo.ne.jp", Ok("foo..bar.@docomo.ne.jp")),
            ("foo.bar.@ezweb.ne.jp", Ok("foo.bar.@ezweb.ne.jp")),
            ("\"foo..bar.\"@docomo.ne.jp", Ok("foo..bar.@docomo.ne.jp")),
            ("山田 <\"foo..bar.\"@docomo.ne.jp>", Ok("foo..bar.@docomo.ne.jp")),
            ("mailto:foo%2E.@docomo.ne.jp?subject=a", Ok("foo..@docomo.ne.jp")),
            ("-foo@c.example", Ok("-foo@c.example")),
            ("・foo@c.example", Ok("foo@c.example")),
            ("'foo@c.example'", Ok("foo@c.example")),
            ("\"foo@c.example\"", Ok("foo@c.example")),
            ("「foo@c.example」", Ok("foo@c.example")),
            ("代表:foo@c.example", Ok("foo@c.example")),
            ("総務/foo@c.example", Ok("foo@c.example")),
            ("E-mail: foo@c.example", Ok("foo@c.example")),
            ("foo@c。example", Ok("foo@c.example")),
            ("info@日本語。jp", Ok("info@xn--wgv71a119e.jp")),
            ("foo@c.example様", Err(AddressError::Domain)),
            ("yamada", Err(NoAt)),
            ("info アット c.example", Err(NoAt)),
            ("http://c.example/contact", Err(NoAt)),
        ] {
            let found = list(cell).map(|found| found.join(" "));
            assert_eq!(found.as_deref().map_err(|e| *e), outcome, "{cell}");
        }
    }

    #[test]
    fn an_old_address_or_a_remark_is_no_second_recipient() {
        for (cell, kept) in [
            ("a@b.example (旧 old@b.example)", "a@b.example"),
            ("a@b.example（旧：old@b.example）", "a@b.example"),
            ("(旧 old@b.example) a@b.example", "a@b.example"),
            ("a@b.example (退職した山田 <old@b.example>)", "a@b.example"),
            ("a@b.example (旧 old@b.example", "a@b.example"),
            ("a@b.example\n旧: old@b.example", "a@b.example"),
            ("a@b.example; old: old@b.example", "a@b.example"),
            ("旧アドレス:old@b.example 新:a@b.example", "a@b.example"),
            ("旧 <old@b.example>, 山田 <a@b.example>", "a@b.example"),
            ("old@b.example(退職)、a@b.example", "a@b.example"),
            ("山田 <old@b.example> (退職)、a@b.example", "a@b.example"),
            ("【旧】old@b.example【新】a@b.example", "a@b.example"),
            ("old@b.example → a@b.example", "a@b.example"),
            ("old@b.example⇒a@b.example", "a@b.example"),
            ("（旧 old@b.example）", ""),
        ] {
            let read = addresses(cell).expect(cell);
            let found: Vec<&str> = read.found.iter().map(|one| one.address.as_str()).collect();
            assert_eq!(found.join(" "), kept, "{cell}");
            assert!(read.left_out, "{cell}");
        }
        for (cell, both) in [
            ("山田 (a@b.example)", "a@b.example"),
            ("a@b.example (旧姓 佐藤)", "a@b.example"),
            ("a@b.example (正)、c@d.example (副)", "a@b.example c@d.example"),
        ] {
            let read = addresses(cell).expect(cell);
            let found: Vec<&str> = read.found.iter().map(|one| one.address.as_str()).collect();
            assert_eq!((found.join(" ").as_str(), read.left_out), (both, false), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,40}|[ab@.,;<>()?: /\n＠旧→]{0,30}") {
            let _ = addresses(&cell);
        }

        /// Whatever stands around, what is kept of a cell with one @ has the local part that was typed up to the @, or an
        /// end of it that begins behind a sign which no address can hold, or that was told.
        #[test]
        fn a_local_part_is_whole(typed in "[a.*'`?:/|・\" <(-]{0,6}", domain in "(docomo.ne.jp|c.example)") {
            if let Ok(cell) = addresses(&format!("{typed}@{domain}")) {
                for one in cell.found.iter().filter(|one| !one.lost_character) {
                    let local = one.address.local().trim_matches('"');
                    let folded = typed.trim_end().trim_end_matches('"');
                    let before = folded.strip_suffix(local);
                    prop_assert!(before.is_some(), "{} of {}", local, typed);
                    let cut = before.unwrap_or_default().chars().next_back();
                    prop_assert!(cut.is_none_or(|c| "\" <(・:".contains(c)), "{} of {}", local, typed);
                }
            }
        }
    }
}
