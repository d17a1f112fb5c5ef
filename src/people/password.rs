//! Passwords: which are refused, and how they are kept.

use crate::clock::Random;
use crate::web::{Error, Result};
use anyhow::anyhow;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization;

pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 128;

/// The commonest passwords and the words nearest to this program, in small letters, one a line.
const BLOCKED: &str = include_str!("blocked.txt");

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    #[error("it has fewer than {SHORTEST} characters")]
    TooShort,
    #[error("it has more than {LONGEST} characters")]
    TooLong,
    #[error("it is one of the passwords that are tried first, or little more")]
    Common,
    #[error("it holds the mail address or the name")]
    Personal,
    #[error("it can be guessed")]
    Guessable,
}

/// Refuses what is guessed first (NIST SP 800-63B: length, a block list, no rules about kinds of characters).
pub fn check(password: &str, name: &str, mail: &str) -> std::result::Result<(), Weak> {
    let password = same(password);
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::TooShort);
    }
    if length > LONGEST {
        return Err(Weak::TooLong);
    }
    let small = password.to_lowercase();
    let local = mail.split('@').next().unwrap_or_default().to_lowercase();
    // A local part of one or two letters is in half of all passwords.
    if local.chars().count() >= 3 && small.contains(&local) {
        return Err(Weak::Personal);
    }
    if BLOCKED.lines().any(|word| little_more_than(&small, word)) {
        return Err(Weak::Common);
    }
    let own: Vec<&str> = name
        .split_whitespace()
        .chain(mail.split(['@', '.']))
        .chain(["kairan", mail])
        .collect();
    match zxcvbn::zxcvbn(&password, &own).score() >= zxcvbn::Score::Three {
        true => Ok(()),
        false => Err(Weak::Guessable),
    }
}

/// Whether fewer than eight characters are left of `password` without every `word` in it.
fn little_more_than(password: &str, word: &str) -> bool {
    !word.is_empty() && password.contains(word) && password.replace(word, "").chars().count() < 8
}

/// The same text however the keyboard made it: ［Ａ］ and [A] are one password.
fn same(password: &str) -> String {
    password.nfkc().collect()
}

/// How many passwords are hashed at once: each takes 19 MiB and a core for some 20 ms.
static SLOTS: Semaphore = Semaphore::const_new(2);

/// A flood shall wait in a short queue and be told to come back, not fill the memory.
async fn slot() -> Result<SemaphorePermit<'static>> {
    match tokio::time::timeout(Duration::from_secs(10), SLOTS.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(Error::TooMany),
    }
}

fn argon2() -> Result<Argon2<'static>> {
    // OWASP's second choice, and the crate's default; written out so that it doesn't change by itself.
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| anyhow!("Argon2 refuses its parameters: {e}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What is kept of a password: Argon2id in PHC form. Call it outside any transaction: it takes its time.
pub async fn hash(random: &Random, password: &str) -> Result<String> {
    let (password, salt, slot) = (same(password), random.bytes::<16>(), slot().await?);
    tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let hash: PasswordHash = argon2()?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|e| anyhow!("A password could not be hashed: {e}"))?;
        Ok(hash.to_string())
    })
    .await?
}

/// Takes the time that a real hash takes, where there is no account: nobody's password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether `password` is the one whose hash is kept; None, where there is no account, takes as long and is false.
pub async fn verify(password: &str, kept: Option<&str>) -> Result<bool> {
    let known = kept.is_some();
    let password = if password.chars().count() > LONGEST {
        String::new()
    } else {
        same(password)
    };
    let (kept, slot) = (kept.unwrap_or(NOBODY).to_owned(), slot().await?);
    tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let hash =
            PasswordHash::new(&kept).map_err(|e| anyhow!("A password's hash in the database is damaged: {e}"))?;
        Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused() {
        let check = |p: &str| check(p, "山田 花子", "hanako@sample.example");
        assert_eq!(check("short1!"), Err(Weak::TooShort));
        assert_eq!(check("あいうえおかきくけこさ"), Err(Weak::TooShort));
        assert_eq!(check(&"long ".repeat(30)), Err(Weak::TooLong));
        assert_eq!(check("xQ7hanako.v!93kd"), Err(Weak::Personal));
        for common in [
            "password12345",
            "Kairan-kairan",
            "KAIRAN202611",
            "123456789012",
            "qwertyuiop12",
            "回覧板回覧板回覧板回覧板",
        ] {
            assert_eq!(check(common), Err(Weak::Common), "{common}");
        }
        assert_eq!(check("cdcdcdcdcdcdcdcd"), Err(Weak::Guessable));
        assert_eq!(check("tsukiyo ni kome no meshi 47"), Ok(()));
        assert_eq!(check("月夜に米の飯、あとは寝るだけの日"), Ok(()));
        // 12 characters, whatever their bytes.
        assert_eq!(check("vK3#xq9!Lw2m"), Ok(()));
    }

    #[test]
    fn the_block_list_is_clean() {
        let words: Vec<&str> = BLOCKED.lines().collect();
        assert!(words.len() >= 200, "{}", words.len());
        for word in words {
            assert!(
                !word.is_empty() && word == word.trim() && word == word.to_lowercase(),
                "{word:?}"
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_hash_knows_its_password() {
        let kept = hash(&Random::default(), "correct horse ［１］").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse [1]", Some(&kept)).await.unwrap());
        assert!(!verify("correct horse [2]", Some(&kept)).await.unwrap());
        assert!(!verify("", None).await.unwrap());
    }
}
