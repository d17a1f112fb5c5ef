//! The address to which a mail's bounce comes: `bounce+<id>.<mark>@example.com`.
//!
//! Ids are partly made of the time, so the address carries a mark that only this server can make: nobody who hasn't had
//! the mail can report that it came back. Base 32, since some servers fold capitals.

use crate::secret::Secret;
use data_encoding::BASE32_NOPAD;
use regex::Regex;
use std::sync::LazyLock;
use uuid::Uuid;

/// The longest part before the @ of the configured address: RFC 5321 §4.5.3.1.1 allows 64 characters, and this adds 42.
pub const LONGEST_LOCAL: usize = 22;

static MARKED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)[+]([0-9a-f]{32})[.]([a-z2-7]{8})@").expect("the pattern is one"));

fn mark(secret: &Secret, id: Uuid) -> String {
    BASE32_NOPAD
        .encode(&secret.mac("return-path", id.as_bytes())[..5])
        .to_lowercase()
}

/// The envelope's sender of the mail `id`, where bounces come to `bounce_address` and all its `+` extensions.
pub fn return_path(secret: &Secret, bounce_address: &str, id: Uuid) -> String {
    let (local, domain) = bounce_address.rsplit_once('@').unwrap_or((bounce_address, "localhost"));
    format!("{local}+{}.{}@{domain}", id.simple(), mark(secret, id))
}

/// The id in the first address within `text` that this server made by [`return_path`].
pub fn parse_return_path(secret: &Secret, text: &str) -> Option<Uuid> {
    MARKED.captures_iter(text).find_map(|found| {
        let id = Uuid::try_parse(&found[1]).ok()?;
        (found[2].to_lowercase() == mark(secret, id)).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Random;

    fn secret() -> Secret {
        Secret::load("", tempfile::tempdir().unwrap().path(), &Random::default()).unwrap()
    }

    #[test]
    fn a_return_path_names_its_mail_and_cannot_be_made_up() {
        let (ours, other) = (secret(), secret());
        let id = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001);
        let path = return_path(&ours, "bounce@example.com", id);
        assert!(path.starts_with("bounce+") && path.ends_with("@example.com"), "{path}");
        assert!(path.split('@').next().unwrap().len() <= 64);
        assert_eq!(
            parse_return_path(&ours, &format!("rfc822; <{}>", path.to_uppercase())),
            Some(id)
        );
        assert_eq!(parse_return_path(&other, &path), None);
        // A made-up one before a true one hides nothing.
        let forged = return_path(&other, "bounce@example.com", Uuid::from_u128(7));
        assert_eq!(parse_return_path(&ours, &format!("{forged}, {path}")), Some(id));
        assert_eq!(parse_return_path(&ours, "bounce+x@example.com"), None);
    }
}
