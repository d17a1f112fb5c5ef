//! Mail: composing a message, and handing it to the relay or into the outbox.

pub mod address;
mod dkim;
pub mod domain;
mod forward;
mod relay;
mod smime;
mod stream;
mod transport;

pub use address::EmailAddress;
pub use dkim::Dkim;
pub use forward::forward;
pub use relay::Refused;
pub use smime::Smime;
pub use transport::{Hand, Transport};

use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

/// A message to one person, in text and HTML that say the same.
pub struct Message {
    /// Makes the Message-ID, so that a mail sent twice is one mail to whoever receives it.
    pub id: Uuid,
    pub at: Timestamp,
    pub from_name: String,
    pub to: EmailAddress,
    pub to_name: String,
    pub reply_to: Option<EmailAddress>,
    /// Message-IDs, as [`message_id`] makes them, of the mails that this one follows: it stands in their thread.
    pub references: Vec<String>,
    pub language: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A message as it goes over the wire.
pub struct Composed {
    pub envelope: lettre::address::Envelope,
    pub bytes: Vec<u8>,
    pub id: Uuid,
}

/// From whom and to whom a mail goes (RFC 5321's MAIL FROM and RCPT TO). What can't be delivered comes back to `from`.
pub fn envelope(from: &str, to: &EmailAddress) -> anyhow::Result<lettre::address::Envelope> {
    Ok(lettre::address::Envelope::new(
        Some(from.parse()?),
        vec![to.on_the_wire()?],
    )?)
}

impl Message {
    /// Puts the message into RFC 5322 form. `from` is the configured sender's address.
    /// With `smime` the content is signed for its readers, with `dkim` the whole for their servers.
    pub fn compose(&self, from: &str, smime: Option<&Smime>, dkim: Option<&Dkim>) -> anyhow::Result<Composed> {
        let sender: lettre::Address = from.parse()?;
        let domain = sender.domain();
        let id = message_id(self.id, domain);
        let to = self.to.on_the_wire()?;
        let name = |n: &str| (!n.is_empty()).then(|| one_line(n));
        let mut builder = lettre::Message::builder()
            // Said here, because lettre reads a quoted address in its own header as none.
            .envelope(envelope(from, &self.to)?)
            .message_id(Some(id))
            .date(std::time::SystemTime::from(self.at))
            .from(Mailbox::new(name(&self.from_name), sender))
            .to(Mailbox::new(name(&self.to_name), to))
            .subject(one_line(&self.subject))
            .header(Language(self.language.clone()))
            .header(AutoSubmitted);
        if let Some(last) = self.references.last() {
            builder = builder.in_reply_to(last.clone()).references(self.references.join(" "));
        }
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(Mailbox::new(None, reply_to.on_the_wire()?));
        }
        let part = |kind, body: &str| SinglePart::builder().header(kind).body(plain(body));
        let message = builder.multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
                .singlepart(part(ContentType::TEXT_HTML, &self.html)),
        )?;
        let mut bytes = message.formatted();
        if let Some(smime) = smime {
            bytes = smime.sign(&bytes, self.at)?;
        }
        if let Some(dkim) = dkim {
            bytes = dkim.sign(&bytes)?;
        }
        Ok(Composed {
            envelope: message.envelope().clone(),
            bytes,
            id: self.id,
        })
    }
}

/// Without the characters that turn the direction of writing around (Unicode UAX #9, explicit formatting): a name that
/// a stranger chose must not change how an address next to it reads.
fn plain(text: &str) -> String {
    // All of them begin with this byte, and few other signs do: most texts have none.
    if !text.as_bytes().contains(&0xe2) {
        return text.to_owned();
    }
    text.chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect()
}

/// The Message-ID of the message `id` from an address of `domain`.
pub fn message_id(id: Uuid, domain: &str) -> String {
    format!("<{}@{domain}>", id.simple())
}

/// A header is one line, whatever a spreadsheet held.
fn one_line(text: &str) -> String {
    plain(text)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

#[derive(Clone)]
struct Language(String);

impl Header for Language {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }
    fn parse(s: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Language(s.into()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// Keeps holiday answers from coming back (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}
