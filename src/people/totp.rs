//! Time-based codes (RFC 6238: SHA-1, six digits, 30 seconds, as every authenticator app has it).

use crate::app::App;
use jiff::Timestamp;
use qrcode::{Color, EcLevel, QrCode};

/// The key of an authenticator app.
pub struct Key([u8; 20]);

impl Key {
    /// A seed and the server's secret make the key: the database alone doesn't.
    pub fn new(app: &App, seed: &[u8]) -> Key {
        let mac = app.secret.mac("totp", seed);
        let mut key = [0; 20];
        key.copy_from_slice(&mac[..20]);
        Key(key)
    }

    /// The time step whose code `digits` is, one step early or late allowed. Whether it was used is for the table.
    pub fn step(&self, digits: &str, now: Timestamp) -> Option<i64> {
        let app = totp_rs::Builder::new()
            .with_secret(self.0.to_vec())
            .with_skew(1)
            .build()
            .ok()?;
        app.check(digits, u64::try_from(now.as_second()).ok()?)
            .and_then(|step| i64::try_from(step).ok())
    }

    /// To type by hand: `JBSW Y3DP …`.
    pub fn groups(&self) -> String {
        let text = self.text();
        let groups: Vec<&str> = (0..text.len())
            .step_by(4)
            .map(|at| &text[at..(at + 4).min(text.len())])
            .collect();
        groups.join(" ")
    }

    /// To open on the phone itself. The label is this server's name, for a person may know several.
    pub fn uri(&self, app: &App) -> String {
        let host = app
            .config
            .server
            .base_url
            .split_once("://")
            .map_or("", |(_, host)| host);
        let label: String = host
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        format!("otpauth://totp/Kairan:{label}?secret={}&issuer=Kairan", self.text())
    }

    fn text(&self) -> String {
        data_encoding::BASE32_NOPAD.encode(&self.0)
    }
}

/// A QR code as an inline SVG needs it: the length of its side and the path of its dark modules.
pub struct Picture {
    pub side: usize,
    pub path: String,
}

pub fn picture(text: &str) -> anyhow::Result<Picture> {
    use std::fmt::Write;
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let side = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().iter().enumerate() {
        if *color == Color::Dark {
            write!(path, "M{} {}h1v1h-1z", at % side, at / side)?;
        }
    }
    Ok(Picture { side, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_codes_of_the_rfc_are_known() {
        let key = Key(*b"12345678901234567890");
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(key.step("287082", at(59)), Some(1));
        assert_eq!(key.step("081804", at(1_111_111_109)), Some(37_037_036));
        // One step off is taken, two are not.
        assert_eq!(key.step("287082", at(89)), Some(1));
        assert_eq!(key.step("287082", at(90)), None);
        assert_eq!(key.step("287082", at(0)), Some(1));
        assert_eq!(key.step("28708", at(59)), None);
        assert_eq!(key.groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }
}
