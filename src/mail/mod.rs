//! Mail: composing a message, and handing it to the relay or into the outbox.

pub mod address;
mod forward;
mod transport;

pub use address::EmailAddress;
pub use forward::forward;
pub use transport::{RELAY_TIME, Refused, Transport};

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

impl Composed {
    /// Lets what can't be delivered come back to another address than the sender's (RFC 5321's MAIL FROM).
    pub fn with_return_path(mut self, address: &str) -> anyhow::Result<Composed> {
        self.envelope = lettre::address::Envelope::new(Some(address.parse()?), self.envelope.to().to_vec())?;
        Ok(self)
    }
}

impl Message {
    /// Puts the message into RFC 5322 form. `from` is the configured sender's address.
    pub fn compose(&self, from: &str) -> anyhow::Result<Composed> {
        let sender: lettre::Address = from.parse()?;
        let domain = sender.domain().to_owned();
        let to: lettre::Address = self.to.as_str().parse()?;
        let name = |n: &str| (!n.is_empty()).then(|| one_line(n));
        let mut builder = lettre::Message::builder()
            .message_id(Some(format!("<{}@{domain}>", self.id.simple())))
            .date(std::time::SystemTime::from(self.at))
            .from(Mailbox::new(name(&self.from_name), sender))
            .to(Mailbox::new(name(&self.to_name), to))
            .subject(one_line(&self.subject))
            .header(Language(self.language.clone()))
            .header(AutoSubmitted);
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(Mailbox::new(None, reply_to.as_str().parse()?));
        }
        let part = |kind, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
        let message = builder.multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
                .singlepart(part(ContentType::TEXT_HTML, &self.html)),
        )?;
        Ok(Composed {
            envelope: message.envelope().clone(),
            bytes: message.formatted(),
            id: self.id,
        })
    }
}

/// A header is one line, whatever a spreadsheet held.
fn one_line(text: &str) -> String {
    text.chars()
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
