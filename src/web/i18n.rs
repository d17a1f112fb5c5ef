//! Languages: every word of a page or a mail comes from `locales/<language>/*.ftl`. Adding a language is adding files.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

static BUNDLES: LazyLock<BTreeMap<&'static str, FluentBundle<FluentResource>>> = LazyLock::new(load);

fn load() -> BTreeMap<&'static str, FluentBundle<FluentResource>> {
    let mut bundles: BTreeMap<&'static str, FluentBundle<FluentResource>> = BTreeMap::new();
    for path in Files::iter() {
        let Some((language, _)) = path.split_once('/') else {
            continue;
        };
        let Ok(id) = language.parse::<unic_langid::LanguageIdentifier>() else {
            continue;
        };
        let language: &'static str = match bundles.get_key_value(language) {
            Some((known, _)) => known,
            None => language.to_owned().leak(),
        };
        let bundle = bundles.entry(language).or_insert_with(|| {
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            // The marks that isolate a value's direction show up in mails and spreadsheets.
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(|value, _| match value {
                FluentValue::Number(n) if n.value.fract() == 0.0 => Some(grouped(n.value as i64)),
                _ => None,
            }));
            bundle
        });
        let text = Files::get(&path)
            .map(|f| String::from_utf8_lossy(&f.data).into_owned())
            .unwrap_or_default();
        let resource = match FluentResource::try_new(text) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                tracing::error!(%path, ?errors, "A language file has errors; the rest of it is used.");
                resource
            }
        };
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(%path, ?errors, "A language file repeats keys of another.");
        }
    }
    bundles
}

/// A language that Kairan has words for: `ja`, `en`, or what else lies in `locales/`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct Locale(&'static str);

impl Locale {
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The language of this tag, if Kairan has it; `en-GB` is `en`.
    pub fn find(tag: &str) -> Option<Locale> {
        let tag = tag.trim().to_ascii_lowercase();
        let base = tag.split(['-', '_']).next().unwrap_or_default();
        BUNDLES
            .get_key_value(tag.as_str())
            .or_else(|| BUNDLES.get_key_value(base))
            .map(|(k, _)| Locale(k))
    }

    /// As [`Locale::find`], else English, else the first there is.
    pub fn or_english(tag: &str) -> Locale {
        Locale::find(tag)
            .or_else(|| Locale::find("en"))
            .or_else(|| Locale::all().next())
            .unwrap_or(Locale("en"))
    }

    /// Japanese first, since that is where Kairan comes from; the others by their tags.
    pub fn all() -> impl Iterator<Item = Locale> {
        let (first, rest): (Vec<_>, Vec<_>) = BUNDLES.keys().partition(|k| **k == "ja");
        first.into_iter().chain(rest).copied().map(Locale)
    }

    /// The best match of an Accept-Language header.
    pub fn negotiate(header: &str) -> Option<Locale> {
        let mut wishes: Vec<(f32, &str)> = header
            .split(',')
            .filter_map(|part| {
                let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
                let q = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok())?;
                (q > 0.0).then_some((q, tag))
            })
            .collect();
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        wishes.iter().find_map(|(_, tag)| Locale::find(tag))
    }
}

/// A whole number as it stands on a page: from 10,000 on in groups of three, as Japanese and English write it alike.
fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    if digits.len() < 5 {
        return n.to_string();
    }
    let mut out = if n < 0 { "-".to_owned() } else { String::new() };
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A value put into a message: text, or a number that chooses a plural.
pub trait Value {
    fn fluent(&self) -> FluentValue<'static>;
}

impl<T: Value + ?Sized> Value for &T {
    fn fluent(&self) -> FluentValue<'static> {
        (**self).fluent()
    }
}
impl Value for str {
    fn fluent(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_owned()))
    }
}
impl Value for String {
    fn fluent(&self) -> FluentValue<'static> {
        self.as_str().fluent()
    }
}
impl Value for Cow<'_, str> {
    fn fluent(&self) -> FluentValue<'static> {
        self.as_ref().fluent()
    }
}
macro_rules! numbers { ($($t:ty)+) => {$(
    impl Value for $t { fn fluent(&self) -> FluentValue<'static> { FluentValue::from(*self as f64) } }
)+} }
numbers! { i64 u64 i32 u32 usize }

/// A share in whole per cent, rounded to the nearest. What is less than one or more than 99 isn't rounded: 0 and 100 are said
/// only of nothing and of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Share {
    /// A share of nothing.
    Unknown,
    Under,
    Percent(i64),
    Over,
}

impl Share {
    pub fn of(part: i64, whole: i64) -> Share {
        let (part, whole) = (i128::from(part), i128::from(whole));
        match part {
            _ if whole <= 0 => Share::Unknown,
            1.. if part * 100 < whole => Share::Under,
            _ if part < whole && (whole - part) * 100 < whole => Share::Over,
            // Twice the per cent and one, halved.
            part => Share::Percent(((part * 200 + whole) / (whole * 2)) as i64),
        }
    }

    /// For a narrow cell that has the sign of per cent beside it: "<1", "35", ">99".
    pub fn sign(self) -> String {
        match self {
            Share::Unknown => "–".into(),
            Share::Under => "<1".into(),
            Share::Over => ">99".into(),
            Share::Percent(percent) => percent.to_string(),
        }
    }
}

/// Looks words up in one language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tr(pub Locale);

/// "1 checklist", "2 checklists": a number in a sentence of the command line that is English only.
pub fn counted<N: PartialEq + From<u8> + Display>(n: N, one: &str, many: &str) -> String {
    format!("{n} {}", if n == N::from(1) { one } else { many })
}

impl Tr {
    /// The message `key`.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// The message `key` with one value.
    pub fn t1(&self, key: &str, name: &'static str, value: impl Value) -> Cow<'static, str> {
        self.with(key, &[(name, value.fluent())])
    }

    /// The message `key` with two values.
    pub fn t2(
        &self,
        key: &str,
        name: &'static str,
        value: impl Value,
        name2: &'static str,
        value2: impl Value,
    ) -> Cow<'static, str> {
        self.with(key, &[(name, value.fluent()), (name2, value2.fluent())])
    }

    /// The message `key` with any number of values.
    pub fn with(&self, key: &str, values: &[(&'static str, FluentValue<'static>)]) -> Cow<'static, str> {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        self.format(key, Some(&args))
    }

    /// A whole number as a page shows it.
    pub fn n(&self, n: impl Value) -> String {
        match n.fluent() {
            FluentValue::Number(n) => grouped(n.value as i64),
            FluentValue::String(text) => text.into_owned(),
            _ => String::new(),
        }
    }

    /// What share of `whole` is `part`, in words: "35 %", "less than 1 %", "more than 99 %"; "–" of nothing.
    pub fn share(&self, part: impl Borrow<i64>, whole: impl Borrow<i64>) -> Cow<'static, str> {
        match Share::of(*part.borrow(), *whole.borrow()) {
            Share::Unknown => Cow::Borrowed("–"),
            Share::Under => self.t("share-under-one"),
            Share::Over => self.t("share-over-ninety-nine"),
            Share::Percent(percent) => self.t1("share", "percent", percent),
        }
    }

    /// Whether this language has the message.
    pub fn has(&self, key: &str) -> bool {
        BUNDLES.get(self.0.0).is_some_and(|b| b.has_message(key))
    }

    pub fn lang(&self) -> &'static str {
        self.0.0
    }

    fn format(&self, key: &str, args: Option<&FluentArgs>) -> Cow<'static, str> {
        let pattern = BUNDLES
            .get(self.0.0)
            .and_then(|b| Some((b, b.get_message(key)?.value()?)));
        let Some((bundle, pattern)) = pattern else {
            tracing::error!(key, language = self.0.0, "A message is missing.");
            return Cow::Owned(format!("⟦{key}⟧"));
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, language = self.0.0, ?errors, "A message lacks a value.");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped_in_messages_and_beside_them() {
        for (n, words) in [
            (0, "0"),
            (9_999, "9999"),
            (10_000, "10,000"),
            (1_234_567, "1,234,567"),
            (-45_000, "-45,000"),
        ] {
            for locale in Locale::all() {
                assert_eq!(Tr(locale).n(n), words);
                assert!(Tr(locale).t1("calls-hint", "count", n).contains(words));
            }
        }
    }

    #[test]
    fn a_share_says_nothing_and_all_only_of_nothing_and_all() {
        let [ja, en] = ["ja", "en"].map(|l| Tr(Locale::or_english(l)));
        for (part, whole, japanese, english) in [
            (0, 283, "0\u{a0}%", "0\u{a0}%"),
            (1, 283, "1％未満", "less than 1\u{a0}%"),
            (2, 283, "1％未満", "less than 1\u{a0}%"),
            (3, 283, "1\u{a0}%", "1\u{a0}%"),
            (99, 283, "35\u{a0}%", "35\u{a0}%"),
            (280, 283, "99\u{a0}%", "99\u{a0}%"),
            (282, 283, "99％超", "more than 99\u{a0}%"),
            (283, 283, "100\u{a0}%", "100\u{a0}%"),
            (999_999_999, 1_000_000_000, "99％超", "more than 99\u{a0}%"),
            (0, 0, "–", "–"),
        ] {
            assert_eq!((&*ja.share(part, whole), &*en.share(part, whole)), (japanese, english));
        }
        let signs = [(2, 283), (99, 283), (282, 283), (0, 0)].map(|(part, whole)| Share::of(part, whole).sign());
        assert_eq!(signs, ["<1", "35", ">99", "–"]);
    }

    #[test]
    fn languages_are_negotiated() {
        let language = |h| Locale::negotiate(h).map(Locale::as_str);
        assert_eq!(language("fr, en-GB;q=0.8, ja;q=0.9"), Some("ja"));
        assert_eq!(language("en-US,en;q=0.9"), Some("en"));
        assert_eq!(language("ja;q=0, en"), Some("en"));
        assert_eq!(language("xx"), None);
    }
}
