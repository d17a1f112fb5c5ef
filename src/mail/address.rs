//! A mail address that a relay will take.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A mail address: an ASCII dot-atom, `@`, and a domain name with at least one dot (RFC 5321 without its quoted and
/// literal forms, which no directory holds). The domain is in lower case; the part before it is as it was given, because
/// only its own server may say whether case matters there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

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
    /// A stable name for messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoAt => "no-at",
            Self::SeveralAts => "several-ats",
            Self::Comma => "comma",
            Self::Local => "local",
            Self::Domain => "domain",
            Self::Characters => "characters",
            Self::TooLong => "too-long",
        }
    }
}

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the @, in lower case.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether two addresses reach the same mailbox. Upper and lower case never differ in practice.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl FromStr for EmailAddress {
    type Err = AddressError;

    /// Takes what people type and paste: full-width letters, ＠ and ．, invisible characters, space around it and dots
    /// after it.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let visible: String = text.chars().filter(|c| !is_invisible(*c)).nfkc().collect();
        let address = visible.trim().trim_end_matches('.');
        if address.is_empty() {
            return Err(AddressError::Empty);
        }
        let (local, domain) = address.split_once('@').ok_or(AddressError::NoAt)?;
        if domain.contains('@') {
            return Err(AddressError::SeveralAts);
        }
        if domain.contains([',', '、', '，']) {
            return Err(AddressError::Comma);
        }
        if !address.is_ascii() || address.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(AddressError::Characters);
        }
        // RFC 5321 §4.5.3.1: 64 and 254 octets.
        if address.len() > 254 || local.len() > 64 {
            return Err(AddressError::TooLong);
        }
        let atom = |part: &str| !part.is_empty() && part.bytes().all(is_atom_text);
        if !local.split('.').all(atom) {
            return Err(AddressError::Local);
        }
        if !is_domain(domain) {
            return Err(AddressError::Domain);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
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
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok(address), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_apart() {
        use AddressError::{Characters, Comma, Domain, Empty, Local, NoAt, SeveralAts, TooLong};
        for (typed, error) in [
            ("", Empty),
            (" \u{200b} ", Empty),
            ("it50 at s50.example", NoAt),
            ("it30@s30,example", Comma),
            ("a@b@c.example", SeveralAts),
            ("a..b@c.example", Local),
            (".a@c.example", Local),
            ("@c.example", Local),
            ("a(b)@c.example", Local),
            ("a@localhost", Domain),
            ("a@-b.example", Domain),
            ("a@b..example", Domain),
            ("a@10.0.0.1", Domain),
            ("a@b_c.example", Domain),
            ("a b@c.example", Characters),
            ("山田@c.example", Characters),
        ] {
            assert_eq!(parsed(typed), Err(error), "{typed}");
        }
        assert_eq!(parsed(&format!("{}@b.example", "a".repeat(65))), Err(TooLong));
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(text in "\\PC{0,30}|[a-z.@＠．,\u{200b} -]{0,20}") {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert_eq!(address.as_str().parse(), Ok(address.clone()));
            }
        }
    }
}
