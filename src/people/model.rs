//! Rules of names, addresses, recovery codes and ways back; pure.

use crate::mail::EmailAddress;
use crate::mail::address::in_ascii_width;
use crate::web::form::Form;
use unicode_normalization::UnicodeNormalization;

/// A person's name: 1 to 100 characters, none of them a control character.
pub fn name(typed: &str) -> Option<String> {
    let name: String = typed.nfc().collect::<String>().trim().to_owned();
    let fits = !name.is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// A mail address as accounts keep and compare it: as [`EmailAddress`] reads it, in small letters. Two accounts that differ in capitals only
/// would be taken for one by people.
pub fn mail(typed: &str) -> Option<String> {
    if let Ok(address) = typed.parse::<EmailAddress>() {
        return Some(address.as_str().to_ascii_lowercase());
    }
    // An account may have an address that no mail reaches, such as admin@localhost.
    let mail = in_ascii_width(typed).trim().to_ascii_lowercase();
    (mail.is_ascii() && mail.len() <= 254 && mail.parse::<lettre::Address>().is_ok()).then_some(mail)
}

/// A path of our own to go on to after signing in. Whatever a browser could read as another site is refused: `//host`,
/// `/\host`, schemes, and control characters, which browsers drop.
pub fn way_back(next: &str) -> &str {
    let bytes = next.as_bytes();
    let own = bytes.first() == Some(&b'/')
        && !matches!(bytes.get(1), Some(b'/' | b'\\'))
        && bytes.iter().all(|b| b.is_ascii_graphic() && *b != b'\\')
        && bytes.len() <= 2000
        && !["/sign-in", "/sign-out", "/setup"]
            .iter()
            .any(|place| next.starts_with(place));
    if own { next } else { "/" }
}

/// How many recovery codes a person gets.
pub const RECOVERY_CODES: usize = 10;

/// Crockford's alphabet: no I, L, O, U. 32 letters, so that five random bits choose one evenly.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A recovery code of 40 bits, as shown: `7KQM-2XRT`.
pub fn recovery_code(random: [u8; 5]) -> String {
    let bits = random.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |place: u32| char::from(LETTERS[(bits >> (35 - 5 * place) & 31) as usize]);
    let half = |from: u32| (from..from + 4).map(letter).collect::<String>();
    format!("{}-{}", half(0), half(4))
}

/// What somebody typed as a code.
#[derive(Debug, PartialEq, Eq)]
pub enum Code {
    /// Six digits of the authenticator app.
    Digits(String),
    /// Eight letters of a recovery code, in the form they are hashed in.
    Recovery(String),
    Neither,
}

impl Code {
    pub fn read(form: &Form) -> Code {
        Code::parse(form.get("code"))
    }

    fn parse(typed: &str) -> Code {
        let kept: String = typed
            .nfkc()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '–' | '−' | 'ー'))
            .take(20)
            .collect();
        if kept.len() == 6 && kept.bytes().all(|b| b.is_ascii_digit()) {
            return Code::Digits(kept);
        }
        let letters: String = kept
            .to_uppercase()
            .chars()
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect();
        match letters.len() == 8 && letters.bytes().all(|b| LETTERS.contains(&b)) {
            true => Code::Recovery(letters),
            false => Code::Neither,
        }
    }
}

/// The part of an address by which tries are counted: whoever has one IPv6 address has the whole /64.
pub fn neighbourhood(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(v4) => v4.to_string(),
        std::net::IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}

/// A browser and its system as people call them; what isn't known is shown as it came.
pub fn device(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // The order matters: Edge calls itself Chrome too, and Chrome Safari.
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} ({system})"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_gone_back_to() {
        for own in ["/", "/campaigns", "/companies?q=%E6%B8%A9&page=2", "/a//b"] {
            assert_eq!(way_back(own), own);
        }
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            " /x",
            "/x\r\nset-cookie: a=b",
            "evil.example",
            "/a\\..\\b",
            "/会社",
            "/sign-in?next=/x",
            "/sign-out",
        ] {
            assert_eq!(way_back(other), "/", "{other:?}");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(Code::parse(" 123 456 "), Code::Digits("123456".into()));
        assert_eq!(Code::parse("１２３４５６"), Code::Digits("123456".into()));
        assert_eq!(Code::parse("7kqm-2xrt"), Code::Recovery("7KQM2XRT".into()));
        assert_eq!(Code::parse("oilo 2xrt"), Code::Recovery("01102XRT".into()));
        for wrong in ["", "12345", "1234567", "7KQM-2XR", "7KQM-2XRU", "+12345"] {
            assert_eq!(Code::parse(wrong), Code::Neither, "{wrong:?}");
        }
    }

    #[test]
    fn a_recovery_code_reads_back() {
        assert_eq!(recovery_code([0; 5]), "0000-0000");
        assert_eq!(recovery_code([255; 5]), "ZZZZ-ZZZZ");
        let code = recovery_code([1, 2, 3, 4, 5]);
        assert_eq!(Code::parse(&code), Code::Recovery(code.replace('-', "")));
    }

    #[test]
    fn addresses_are_compared_in_small_letters() {
        assert_eq!(mail(" Hanako＠Sample.Example "), Some("hanako@sample.example".into()));
        assert_eq!(mail("Hanako@日本語。jp"), Some("hanako@xn--wgv71a119e.jp".into()));
        assert_eq!(mail("foo.@ezweb.ne.jp"), Some("foo.@ezweb.ne.jp".into()));
        assert_eq!(mail("admin@localhost"), Some("admin@localhost".into()));
        for wrong in [
            "",
            "hanako",
            "a@b@c",
            "a b@c.example",
            "あ@c.example",
            "hanako…@c.example",
            "a@c.example\r\nbcc: x@y.example",
        ] {
            assert_eq!(mail(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_ipv6_network_is_one_neighbour() {
        assert_eq!(
            neighbourhood("2001:db8::1".parse().unwrap()),
            neighbourhood("2001:db8::ffff:2".parse().unwrap())
        );
        assert_ne!(
            neighbourhood("2001:db8::1".parse().unwrap()),
            neighbourhood("2001:db8:0:1::1".parse().unwrap())
        );
    }
}
