//! A message passed on whole, as an attachment of another.

use super::{Composed, EmailAddress, one_line};
use jiff::Timestamp;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

/// `text` with the message `original` beneath. Where that is plain ASCII it is a message/rfc822, which mail programs open;
/// else a file, since nothing may be changed in it on the way (RFC 2046 §5.2.1).
pub fn forward(
    (id, at): (Uuid, Timestamp),
    from: &str,
    to: &EmailAddress,
    reply_to: Option<EmailAddress>,
    (subject, text): (&str, String),
    original: Vec<u8>,
) -> anyhow::Result<Composed> {
    let sender: lettre::Address = from.parse()?;
    let to = to.on_the_wire()?;
    let mut builder = lettre::Message::builder()
        .envelope(lettre::address::Envelope::new(Some(sender.clone()), vec![to.clone()])?)
        .message_id(Some(format!("<{}@{}>", id.simple(), sender.domain())))
        .date(std::time::SystemTime::from(at))
        .from(Mailbox::new(None, sender.clone()))
        .to(Mailbox::new(None, to))
        .subject(one_line(subject))
        .header(super::AutoSubmitted);
    if let Some(reply_to) = reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to.on_the_wire()?));
    }
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text);
    let lines = with_crlf(&original);
    let attached = match lines {
        Some(lines) => SinglePart::builder()
            .header(ContentType::parse("message/rfc822")?)
            .header(ContentDisposition::attachment("reply.eml"))
            // lettre would pack ISO-2022-JP, whose escapes are ASCII too, into quoted-printable, which this kind forbids.
            .body(Body::dangerous_pre_encoded(
                lines.into_bytes(),
                ContentTransferEncoding::SevenBit,
            )),
        None => SinglePart::builder()
            .header(ContentType::parse("application/octet-stream")?)
            .header(ContentDisposition::attachment("reply.eml"))
            .body(original),
    };
    let message = builder.multipart(MultiPart::mixed().singlepart(text).singlepart(attached))?;
    Ok(Composed {
        envelope: message.envelope().clone(),
        bytes: message.formatted(),
        id,
    })
}

/// The message with CRLF at each line's end; None where it can't go as it is.
fn with_crlf(original: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(original)
        .ok()
        .filter(|t| t.is_ascii() && !t.contains('\0'))?;
    let mut out = String::with_capacity(text.len() + 100);
    for line in text.lines() {
        if line.len() > 990 || line.contains('\r') {
            return None;
        }
        out.push_str(line);
        out.push_str("\r\n");
    }
    Some(out)
}
