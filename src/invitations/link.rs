//! The link that a mail carries and the code that a letter on paper carries.
//!
//! Both are made from the invitation's random salt and the server's secret whenever they are needed (for a reminder, for
//! an operator who reads the code out on the phone), so the database holds only hashes: who steals it can answer for
//! nobody.

use super::store::InvitationId;
use crate::secret::{Secret, sha256};
use data_encoding::{BASE64URL_NOPAD, Encoding};
use std::sync::LazyLock;

/// Letters and digits that nobody confuses on paper or on the phone: without 0 O 1 I L U.
const ALPHABET: &str = "23456789ABCDEFGHJKMNPQRSTVWXYZ@#";

static CODES: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = data_encoding::Specification::new();
    // 30 signs would do; an encoding wants 32. The two last are replaced by drawing again: see `code`.
    spec.symbols.push_str(ALPHABET);
    spec.encoding().expect("32 different signs are an encoding")
});

#[derive(Clone)]
pub struct Link {
    /// 22 signs, 128 bits.
    pub token: String,
    /// `K7QM3-T9XBD`: about 49 bits, and throttled.
    pub code: String,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(…)")
    }
}

/// The link and code of an invitation. `salt` is 16 random bytes, new when a link is reissued.
pub fn link(secret: &Secret, id: InvitationId, salt: &[u8]) -> Link {
    let seed = [id.0.as_bytes(), salt].concat();
    let token = BASE64URL_NOPAD.encode(&secret.mac("link", &seed)[..16]);
    Link {
        token,
        code: code(secret, &seed),
    }
}

fn code(secret: &Secret, seed: &[u8]) -> String {
    let mut signs = String::with_capacity(11);
    for round in 0u8.. {
        let mac = secret.mac("code", &[seed, &[round]].concat());
        for sign in CODES.encode(&mac[..30]).chars().filter(|c| c.is_ascii_alphanumeric()) {
            match signs.len() {
                5 => signs.push_str(&format!("-{sign}")),
                11 => return signs,
                _ => signs.push(sign),
            }
        }
    }
    signs
}

/// What is kept of a token.
pub fn token_hash(token: &str) -> Vec<u8> {
    sha256(token.as_bytes()).to_vec()
}

/// What is kept of a code: keyed, since 49 bits alone could be tried through.
pub fn code_hash(secret: &Secret, code: &str) -> Vec<u8> {
    secret.mac("code-hash", tidy(code).as_bytes()).to_vec()
}

/// As typed by hand: any case, any width, with or without hyphens and spaces.
fn tidy(code: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    code.nfkc()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Random;
    use uuid::Uuid;

    fn some() -> (Secret, InvitationId) {
        let dir = tempfile::tempdir().unwrap();
        (
            Secret::load("", dir.path(), &Random::default()).unwrap(),
            InvitationId(Uuid::from_u128(5)),
        )
    }

    #[test]
    fn a_link_is_the_same_every_time_and_another_for_another_salt() {
        let (secret, id) = some();
        let (one, same, other) = (
            link(&secret, id, b"a"),
            link(&secret, id, b"a"),
            link(&secret, id, b"b"),
        );
        assert_eq!((&one.token, &one.code), (&same.token, &same.code));
        assert!(one.token != other.token && one.code != other.code);
        assert_eq!(one.token.len(), 22);
        assert_eq!(one.code.len(), 11);
        assert!(
            one.code
                .chars()
                .all(|c| c == '-' || (ALPHABET.contains(c) && c.is_ascii_alphanumeric()))
        );
    }

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let (secret, id) = some();
        let code = link(&secret, id, b"a").code;
        let hash = code_hash(&secret, &code);
        let wide: String = code.to_lowercase().replace('-', "　").chars().collect();
        assert_eq!(code_hash(&secret, &wide), hash);
        assert_ne!(code_hash(&secret, "AAAAA-AAAAA"), hash);
    }
}
