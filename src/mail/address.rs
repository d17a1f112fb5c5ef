//! A mail address that a relay will take.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};

/// A mail address: what stands before the `@`, and a domain name with at least one dot. The domain is in lower case and in
/// ASCII (`xn--…`, UTS #46). The part before the `@` is never altered but for the width of its letters, because only its
/// own server may say what is the same mailbox: it is a dot-atom (RFC 5322 §3.2.3); at carriers that give such addresses
/// out ([`DOTS_ANYWHERE`]) it may end with dots or have several in a row; and elsewhere it may be that in quotation marks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Japanese carriers whose customers chose addresses such as `foo..bar.@docomo.ne.jp` until about 2009 and still have them.
/// Subdomains count. Anywhere else such dots are slips of the keyboard.
const DOTS_ANYWHERE: [&str; 7] = [
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "vodafone.ne.jp",
    "willcom.com",
    "pdx.ne.jp",
];

/// What keeps a text from being an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("The address is empty.")]
    Empty,
    #[error("The address has no @.")]
    NoAt,
    #[error("The address has more than one @.")]
    SeveralAts,
    #[error("The address has a comma where a dot should be.")]
    Comma,
    #[error("The part before the @ has a dot at its front, at its end, or beside another one.")]
    Dots,
    #[error("The part before the @ has a sign that may belong to it or not.")]
    Doubtful,
    #[error("The part before the @ is not valid.")]
    Local,
    #[error("The part after the @ is not a domain name.")]
    Domain,
    #[error("The address has characters that can't stand in one.")]
    Characters,
    #[error("The address is too long.")]
    TooLong,
}

impl AddressError {
    /// A stable name, for messages that choose by it and for JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoAt => "no-at",
            Self::SeveralAts => "several-ats",
            Self::Comma => "comma",
            Self::Dots => "dots",
            Self::Doubtful => "doubtful",
            Self::Local => "local",
            Self::Domain => "domain",
            Self::Characters => "characters",
            Self::TooLong => "too-long",
        }
    }

    /// The sentence for people: what is wrong, where, and what to do.
    pub fn message(self) -> &'static str {
        match self {
            Self::Empty => "address-empty",
            Self::NoAt => "address-no-at",
            Self::SeveralAts => "address-several-ats",
            Self::Comma => "address-comma",
            Self::Dots => "address-dots",
            Self::Doubtful => "address-doubtful",
            Self::Local => "address-local",
            Self::Domain => "address-domain",
            Self::Characters => "address-characters",
            Self::TooLong => "address-too-long",
        }
    }
}

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the @: as it is shown, with quotation marks where it was typed with them.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the @, in lower case and ASCII.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether two addresses reach the same mailbox. Upper and lower case never differ in practice.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// The domain in its own letters, such as 日本語.jp, where it isn't in ASCII. For reading beside the address only: other
    /// letters may look the same.
    pub fn domain_in_letters(&self) -> Option<String> {
        if !self.domain().contains("xn--") {
            return None;
        }
        let (letters, valid) =
            Uts46::new().to_unicode(self.domain().as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
        (valid.is_ok() && letters != self.domain()).then(|| letters.into_owned())
    }

    /// Whether it stands in quotation marks on the wire.
    pub fn needs_quotes(&self) -> bool {
        !is_dot_atom(self.local())
    }

    /// The address as SMTP and a mail's head have it: a local part that is no dot-atom stands in quotation marks
    /// (RFC 5321 §4.1.2).
    pub fn on_the_wire(&self) -> anyhow::Result<lettre::Address> {
        Ok(lettre::Address::new(quoted(self.local()), self.domain())?)
    }
}

/// The local part with quotation marks if it needs them and has none.
fn quoted(local: &str) -> Cow<'_, str> {
    if is_dot_atom(local) || local.starts_with('"') {
        Cow::Borrowed(local)
    } else {
        Cow::Owned(format!("\"{local}\""))
    }
}

impl FromStr for EmailAddress {
    type Err = AddressError;

    /// Takes what people type and paste: full-width letters, ＠ and ．, invisible characters, space around it, 。 for a dot of
    /// the domain, dots after it, a domain in Japanese. Nothing else is put right.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let folded = in_ascii_width(text);
        let address = folded.trim();
        if address.is_empty() {
            return Err(AddressError::Empty);
        }
        let (local, domain) = address.rsplit_once('@').ok_or(AddressError::NoAt)?;
        if local.contains('@') {
            return Err(AddressError::SeveralAts);
        }
        if domain.contains([',', '、']) {
            return Err(AddressError::Comma);
        }
        let wrong = |c: char| !c.is_ascii() || c <= ' ' || c == '\u{7f}';
        if local.contains(wrong) || domain.contains(|c: char| c.is_ascii() && wrong(c)) {
            return Err(AddressError::Characters);
        }
        let domain = ascii_domain(domain).ok_or(AddressError::Domain)?;
        let carrier = DOTS_ANYWHERE.iter().any(|known| {
            domain
                .strip_suffix(known)
                .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        });
        let local = plain_local(local, carrier)?;
        // RFC 5321 §4.5.3.1: 64 and 254 octets, with the quotation marks.
        let before = quoted(local).len();
        if before > 64 || before + 1 + domain.len() > 254 {
            return Err(AddressError::TooLong);
        }
        Ok(Self(format!("{local}@{domain}")))
    }
}

/// The local part as it is kept: without quotation marks that say nothing.
fn plain_local(local: &str, carrier: bool) -> Result<&str, AddressError> {
    let bare = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inside = bare.unwrap_or(local);
    if is_dot_atom(inside) {
        return Ok(inside);
    }
    if inside.is_empty() || !inside.bytes().all(|byte| byte == b'.' || is_atom_text(byte)) {
        return Err(AddressError::Local);
    }
    // Only dots are out of place. At a carrier none is known to begin with one.
    match bare {
        _ if carrier && !inside.starts_with('.') => Ok(inside),
        Some(_) => Ok(local),
        None => Err(AddressError::Dots),
    }
}

/// RFC 5322 §3.2.3 `dot-atom-text`.
fn is_dot_atom(local: &str) -> bool {
    local
        .split('.')
        .all(|part| !part.is_empty() && part.bytes().all(is_atom_text))
}

/// A domain name in ASCII and lower case; None if it is none.
fn ascii_domain(domain: &str) -> Option<String> {
    let domain = domain.replace(['。', '｡'], ".");
    let domain = domain.trim_end_matches('.');
    // "a@b.example様": a word that came along, and no top-level domain.
    let last = domain.rsplit('.').next().unwrap_or_default();
    if !last.is_ascii() && last.contains(|c: char| c.is_ascii()) {
        return None;
    }
    let ascii = if domain.is_ascii() {
        domain.to_ascii_lowercase()
    } else {
        let strict = (AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify);
        Uts46::new()
            .to_ascii(domain.as_bytes(), strict.0, strict.1, strict.2)
            .ok()?
            .into_owned()
    };
    is_domain(&ascii).then_some(ascii)
}

/// The text with full-width signs of ASCII (U+FF01 to U+FF5E) and the wide space as ASCII, without what nobody sees. Other
/// signs that look alike stay what they are: a part of somebody's address must never become another's.
pub fn in_ascii_width(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{fe6b}' => '@',
            '\u{3000}' | '\u{a0}' => ' ',
            c => c,
        })
        .collect()
}

/// RFC 5322 §3.2.3 `atext`.
fn is_atom_text(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// RFC 1035 §2.3.1 names with RFC 1123's leading digits; two labels or more, and no number for the last.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, last)) = domain.rsplit_once('.') else {
        return false;
    };
    domain.split('.').all(label) && last.len() >= 2 && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Format characters that come along when an address is copied from a mail or a web page.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for EmailAddress {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<String, AddressError> {
        text.parse::<EmailAddress>().map(String::from)
    }

    #[test]
    fn what_people_type_is_taken() {
        for (typed, address) in [
            ("a@b.example", "a@b.example"),
            ("  ｓｅｃｕｒｉｔｙ３＠ｓ３．ｅｘａｍｐｌｅ  ", "security3@s3.example"),
            ("\u{200b}it@S74.Example\u{feff}", "it@s74.example"),
            ("K.Tanaka+x@b.co.jp.", "K.Tanaka+x@b.co.jp"),
            ("\u{a0}a\u{ad}b@xn--wgv71a.jp\u{3000}", "ab@xn--wgv71a.jp"),
            // Valid at their carriers, and kept as they are read.
            ("foo..bar.@docomo.ne.jp", "foo..bar.@docomo.ne.jp"),
            ("\"foo..bar.\"@docomo.ne.jp", "foo..bar.@docomo.ne.jp"),
            ("foo.@ezweb.ne.jp", "foo.@ezweb.ne.jp"),
            ("Foo...@biz.EZWEB.ne.jp", "Foo...@biz.ezweb.ne.jp"),
            ("ｆｏｏ．．ｂａｒ．＠ｄｏｃｏｍｏ．ｎｅ．ｊｐ", "foo..bar.@docomo.ne.jp"),
            // Elsewhere only by somebody who knows what they do.
            ("\"a..b\"@c.example", "\"a..b\"@c.example"),
            ("\"a.b\"@c.example", "a.b@c.example"),
            // Signs that may begin an address.
            ("*foo@c.example", "*foo@c.example"),
            ("'foo@c.example", "'foo@c.example"),
            ("`foo@c.example", "`foo@c.example"),
            ("?foo@c.example", "?foo@c.example"),
            // Domains in other letters.
            ("info@日本語.jp", "info@xn--wgv71a119e.jp"),
            ("info＠日本語。ｊｐ", "info@xn--wgv71a119e.jp"),
            ("info@c。example", "info@c.example"),
            ("info@c｡example。", "info@c.example"),
            ("info@BÜCHER.example", "info@xn--bcher-kva.example"),
            ("info@みんなの.みんな", "info@xn--q9ji3c6d.xn--q9jyb4c"),
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok(address), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_apart() {
        use AddressError::{Characters, Comma, Domain, Dots, Empty, Local, NoAt, SeveralAts, TooLong};
        for (typed, error) in [
            ("", Empty),
            (" \u{200b} ", Empty),
            ("it50 at s50.example", NoAt),
            ("it30@s30,example", Comma),
            ("it30@s30、example", Comma),
            ("a@b@c.example", SeveralAts),
            ("\"a@b\"@c.example", SeveralAts),
            ("a..b@c.example", Dots),
            (".a@c.example", Dots),
            ("a.@c.example", Dots),
            ("foo.@notdocomo.ne.jp", Dots),
            ("foo.@docomo.ne.jp.example", Dots),
            (".foo@ezweb.ne.jp", Dots),
            ("..foo@docomo.ne.jp", Dots),
            ("@c.example", Local),
            ("\"\"@c.example", Local),
            ("\"@c.example", Local),
            ("a(b)@c.example", Local),
            ("foo:bar@c.example", Local),
            ("a\"b@docomo.ne.jp", Local),
            ("a@localhost", Domain),
            ("a@-b.example", Domain),
            ("a@b..example", Domain),
            ("a@.b.example", Domain),
            ("a@10.0.0.1", Domain),
            ("a@b_c.example", Domain),
            ("a@b.example様", Domain),
            ("a@日本語", Domain),
            ("a@日本語_x.jp", Domain),
            ("'a@b.example'", Domain),
            ("a b@c.example", Characters),
            ("a@b c.example", Characters),
            ("山田@c.example", Characters),
            ("・foo@c.example", Characters),
            // Compatibility forms aren't what they look like: … would become three dots, ① a 1.
            ("foo…@docomo.ne.jp", Characters),
            ("foo①@c.example", Characters),
            ("foo。bar@c.example", Characters),
        ] {
            assert_eq!(parsed(typed), Err(error), "{typed}");
        }
        assert_eq!(parsed(&format!("{}@b.example", "a".repeat(65))), Err(TooLong));
        assert_eq!(parsed(&format!("{}.@docomo.ne.jp", "a".repeat(62))), Err(TooLong));
        assert_eq!(
            parsed(&format!("{}.@docomo.ne.jp", "a".repeat(61))).map(|a| a.len()),
            Ok(75)
        );
    }

    #[test]
    fn on_the_wire_an_odd_local_part_is_quoted() {
        for (typed, wire) in [
            ("foo..bar.@docomo.ne.jp", "\"foo..bar.\"@docomo.ne.jp"),
            ("foo.@ezweb.ne.jp", "\"foo.\"@ezweb.ne.jp"),
            ("\"a..b\"@c.example", "\"a..b\"@c.example"),
            ("a.b@c.example", "a.b@c.example"),
            ("*foo@c.example", "*foo@c.example"),
        ] {
            let address: EmailAddress = typed.parse().expect("valid");
            assert_eq!(address.on_the_wire().expect("a wire's form").to_string(), wire);
        }
    }

    #[test]
    fn a_domain_is_read_in_its_own_letters() {
        for (typed, letters) in [
            ("info@日本語.jp", Some("日本語.jp")),
            ("info@XN--WGV71A119E.jp", Some("日本語.jp")),
            ("info@c.example", None),
            ("info@xn--zzzzzzzzz.example", None),
        ] {
            let address: EmailAddress = typed.parse().expect("valid");
            assert_eq!(address.domain_in_letters().as_deref(), letters, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(
            text in "\\PC{0,30}|[a-z.@＠．,\u{200b} -]{0,20}|[a.\"*'`?:・]{0,6}@(docomo.ne.jp|日本語。jp|c.example)"
        ) {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert_eq!(address.as_str().parse(), Ok(address.clone()));
                prop_assert!(address.on_the_wire().is_ok(), "{}", address);
                // What was typed before the @, but for width, what nobody sees, and quotation marks.
                let typed = in_ascii_width(&text);
                let typed = typed.trim().rsplit_once('@').map_or("", |(local, _)| local);
                prop_assert_eq!(address.local().trim_matches('"'), typed.trim_matches('"'));
            }
        }
    }
}
