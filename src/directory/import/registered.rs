//! What a register and the post know a company by: its corporate number, its postal code.

use super::normalise::text;

/// A corporate number (法人番号) as it is kept, thirteen digits; None where the value isn't one.
///
/// The first digit checks the other twelve: 9 less the remainder by 9 of the sum of the digits, counted from the last, those in even
/// places twice (Ministry of Finance Order No. 70 of 2014, <https://www.houjin-bangou.nta.go.jp>). Width, spaces and hyphens don't
/// count, nor does the T of a number for the consumption tax, which for a company is T and this number.
pub fn corporate_number(raw: &str) -> Option<String> {
    let plain = text(raw);
    let bare = plain.trim_start_matches('\'');
    let bare = bare.strip_suffix(".0").unwrap_or(bare);
    let bare = bare.strip_prefix(['T', 't']).unwrap_or(bare);
    let digits: String = bare
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '―' | 'ー' | '−'))
        .collect();
    let all: Vec<u32> = digits.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    let (check, rest) = all.split_first().filter(|_| all.len() == 13)?;
    let sum: u32 = rest
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| digit * if place % 2 == 0 { 1 } else { 2 })
        .sum();
    (*check == 9 - sum % 9).then_some(digits)
}

/// A postal code as it is kept. In Japan, and where no country is known, seven digits are 123-4567; elsewhere it is what was typed.
/// None where a code of Japan hasn't seven digits. Where no country is said, a code of a `japanese` company is Japan's, unless it has
/// letters, which no code of Japan has.
pub fn postal_code(raw: &str, country: Option<&str>, japanese: bool) -> Option<String> {
    let plain = text(raw);
    let bare = plain.trim_start_matches(['〒', '\'', ' ']);
    let bare = bare.strip_prefix("JP-").unwrap_or(bare).trim();
    let digits: String = bare
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '―' | 'ー' | '−'))
        .collect();
    let seven = digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit());
    let country = match country {
        None if japanese && !bare.contains(|c: char| c.is_ascii_alphabetic()) => "JP",
        said => said.unwrap_or_default(),
    };
    match country {
        "JP" | "" if seven => Some(format!("{}-{}", &digits[..3], &digits[3..])),
        "JP" => None,
        _ => Some(bare.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_a_corporate_number_has_thirteen_digits_of_which_the_first_checks_the_others() {
        // The National Tax Agency's own number.
        let right = "7000012050002";
        for typed in [
            "7000012050002",
            "７００００１２０５０００２",
            "7-0000-1205-0002",
            "7 0000 1205 0002",
            "T7000012050002",
            "'7000012050002",
            "7000012050002.0",
            " 7000012050002 ",
        ] {
            assert_eq!(corporate_number(typed).as_deref(), Some(right), "{typed}");
        }
        for wrong in [
            "8000012050002",
            "7000012050020",
            "000012050002",
            "70000120500020",
            "7.00001E+12",
            "7000012O50002",
            "",
            "なし",
        ] {
            assert_eq!(corporate_number(wrong), None, "{wrong}");
        }
        // Whatever one digit becomes, the check finds it, but for 0 and 9 in one place, which the rule can't tell apart.
        for place in 0..13 {
            for digit in '0'..='9' {
                let mut typed: Vec<char> = right.chars().collect();
                let was = std::mem::replace(&mut typed[place], digit);
                let typed: String = typed.into_iter().collect();
                let same = was == digit || (place > 0 && matches!((was, digit), ('0', '9') | ('9', '0')));
                assert_eq!(corporate_number(&typed).is_some(), same, "{typed}");
            }
        }
    }

    #[test]
    fn l7_a_postal_code_is_shown_as_its_country_writes_it() {
        for (typed, country, kept) in [
            ("1234567", "JP", Some("123-4567")),
            ("〒123-4567", "", Some("123-4567")),
            ("１２３－４５６７", "JP", Some("123-4567")),
            ("123 4567", "JP", Some("123-4567")),
            ("123456", "JP", None),
            ("12345678", "JP", None),
            ("10110", "TH", Some("10110")),
            ("SW1A 1AA", "GB", Some("SW1A 1AA")),
            ("7654321", "IL", Some("7654321")),
            ("D-80331", "", Some("D-80331")),
        ] {
            let said = Some(country).filter(|country| !country.is_empty());
            assert_eq!(postal_code(typed, said, false).as_deref(), kept, "{typed} {country}");
        }
        // Under 郵便番号, without a country.
        for (typed, kept) in [
            ("600001", None),
            ("12345678", None),
            ("不詳", None),
            ("0600001", Some("060-0001")),
            ("〒060－0001", Some("060-0001")),
            ("WC1A 1AA", Some("WC1A 1AA")),
        ] {
            assert_eq!(postal_code(typed, None, true).as_deref(), kept, "{typed}");
        }
        assert_eq!(postal_code("10110", Some("TH"), true).as_deref(), Some("10110"));
    }
}
