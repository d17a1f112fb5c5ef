//! Where a company stands among others in every list: one rule for pages, files, audiences, boards and calls.
//!
//! By its kana where there are kana, else by its name, both without the legal form, in the Japanese collation of the CLDR: signs,
//! digits, Latin letters, kana (hiragana and katakana alike, in the order of the fifty sounds), then kanji in the order of JIS. For
//! Latin letters and digits that is the order of every reader who reads English, and kanji have no order of their own in English;
//! so there is one key for all readers, and a page costs one index.

use super::import::normalise::{FORMS, text, written_out};
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;
use std::sync::LazyLock;

/// Names the keys that [`sort_key`] makes. Another version of the collation, or another rule here, needs another name: then a
/// server that starts makes all keys anew.
pub const COLLATION: &str = "icu4x-2.4-ja-1";

static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> =
    LazyLock::new(|| Collator::try_new(locale!("ja").into(), CollatorOptions::default()).ok());

/// Legal forms as they are written in kana.
const IN_KANA: [&str; 6] = [
    "カブシキガイシャ",
    "カブシキカイシャ",
    "ユウゲンガイシャ",
    "ユウゲンカイシャ",
    "ゴウドウガイシャ",
    "ゴウドウカイシャ",
];
/// As banks write them: (カ) stands for 株式会社.
const IN_BRACKETS: [&str; 6] = ["(カ)", "(ユ)", "(ド)", "カ)", "ユ)", "ド)"];

/// The key by which a company is sorted, by its bytes, as text that both engines sort alike (base32hex keeps the order of bytes).
/// Companies with one key stand in the order in which they came.
pub fn sort_key(name: &str, kana: &str) -> String {
    let mut bytes = Vec::new();
    let sorted = sorted_by(name, kana);
    match &*COLLATOR {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(&sorted, &mut bytes);
        }
        // The data are compiled in, so this can't be; then there still is an order.
        None => bytes.extend_from_slice(sorted.as_bytes()),
    }
    data_encoding::BASE32HEX_NOPAD.encode(&bytes)
}

/// The text that is compared.
fn sorted_by(name: &str, kana: &str) -> String {
    let kana = text(kana);
    if !kana.is_empty() {
        return without(&kana, IN_KANA.iter().chain(&IN_BRACKETS).copied());
    }
    let name = written_out(name);
    without(&name, FORMS.iter().map(|(_, form, _)| *form))
}

/// The text without one of these at its beginning or its end; as it is where nothing else is there.
fn without<'f>(text: &str, forms: impl Iterator<Item = &'f str>) -> String {
    let mut rest = text;
    for form in forms {
        rest = rest
            .strip_prefix(form)
            .or_else(|| rest.strip_suffix(form))
            .unwrap_or(rest)
            .trim();
    }
    if rest.is_empty() { text } else { rest }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_kana_stand_in_the_order_of_the_fifty_sounds_and_the_legal_form_does_not_count() {
        let mut companies = vec![
            ("株式会社山田製作所", "ヤマダセイサクショ"),
            ("青木工業（株）", "アオキコウギョウ"),
            ("㈱ABC", ""),
            ("Beta Ltd.", ""),
            ("alpha GmbH", ""),
            ("有限会社加藤", "ユウゲンガイシャ カトウ"),
            ("ガトー商会", "がとーしょうかい"),
            ("さくら物産株式会社", ""),
            ("漢字商事", ""),
            ("123商会", ""),
            ("株式会社", ""),
        ];
        companies.sort_by_key(|(name, kana)| sort_key(name, kana));
        let names: Vec<&str> = companies.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            [
                "123商会",
                "㈱ABC",
                "alpha GmbH",
                "Beta Ltd.",
                "青木工業（株）",
                "有限会社加藤",
                "ガトー商会",
                "さくら物産株式会社",
                "株式会社山田製作所",
                // In the order of JIS, 株 before 漢.
                "株式会社",
                "漢字商事",
            ]
        );
    }

    #[test]
    fn l7_ways_of_writing_one_name_stand_together() {
        assert_eq!(sort_key("㈱青木", ""), sort_key("株式会社 青木", ""));
        assert_eq!(sort_key("x", "ｱｵｷ"), sort_key("y", "アオキ"));
        assert!(sort_key("ab", "") < sort_key("abc", "") && sort_key("abc", "") < sort_key("b", ""));
        assert_eq!(sort_key("", ""), sort_key(" ", ""));
    }

    proptest::proptest! {
        #[test]
        fn keys_sort_as_the_collation_compares(a in "[ぁ-んァ-ヶa-zA-Z0-9亜-熙 ー]{0,12}", b in "[ぁ-んァ-ヶa-zA-Z0-9亜-熙 ー]{0,12}") {
            let collator = COLLATOR.as_ref().unwrap();
            let (x, y) = (sorted_by("", &a), sorted_by("", &b));
            proptest::prop_assert_eq!(sort_key("", &a).cmp(&sort_key("", &b)), collator.compare(&x, &y));
        }
    }
}
