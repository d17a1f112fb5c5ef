//! What a refusal means: whose it is, and what follows from it. One rule for what a relay replies while we hand a mail over
//! and for what a report says that comes back later.

/// Why a mail wasn't taken, or came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The address is wrong: nobody of this name, no such domain, moved. The only cause that is held against a contact.
    Address,
    /// The mailbox takes nothing for now: full, over quota, suspended, greylisted.
    Mailbox,
    /// They refuse us or this mail: authentication (SPF, DKIM, DMARC), reputation, policy, rate, content, size.
    Us,
    /// The recipient's own rule: a carrier's or a company's filter of allowed senders.
    TheirRule,
    /// Their server is in trouble: away, full, looping, misconfigured, time over.
    TheirServer,
    /// What was said tells none of these.
    Unclear,
}

impl Cause {
    pub const ALL: [Cause; 6] = [
        Cause::Address,
        Cause::Mailbox,
        Cause::Us,
        Cause::TheirRule,
        Cause::TheirServer,
        Cause::Unclear,
    ];

    /// The word that the database keeps and commands print.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Address => "address",
            Cause::Mailbox => "mailbox",
            Cause::Us => "us",
            Cause::TheirRule => "their-rule",
            Cause::TheirServer => "their-server",
            Cause::Unclear => "unclear",
        }
    }
}

impl std::str::FromStr for Cause {
    type Err = &'static str;
    fn from_str(word: &str) -> Result<Cause, &'static str> {
        Cause::ALL
            .into_iter()
            .find(|c| c.as_str() == word)
            .ok_or("not a cause of a refusal")
    }
}

/// What a server said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'s> {
    /// The reply code of RFC 5321 §4.2, such as 550; 0 if there is none.
    pub reply: u16,
    /// The enhanced status code of RFC 3463, such as `5.1.1`; "" if there is none.
    pub status: &'s str,
    /// Its words.
    pub words: &'s str,
}

/// The cause of a refusal: by the words where they tell it, else by the enhanced status code, else by the reply code.
pub fn cause(said: Said) -> Cause {
    by_status(said.status).unwrap_or(Cause::Unclear)
}

/// By RFC 3463 §3 and IANA's registry of enhanced status codes.
fn by_status(status: &str) -> Option<Cause> {
    let (_, detail) = status.split_once('.')?;
    Some(match detail {
        "1.1" | "1.2" | "1.3" | "1.6" | "1.10" => Cause::Address,
        "2.1" | "2.2" => Cause::Mailbox,
        _ => match detail.split('.').next()? {
            "3" | "4" => Cause::TheirServer,
            "5" | "6" | "7" => Cause::Us,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        assert!(Cause::ALL.iter().all(|c| c.as_str().parse() == Ok(*c)));
    }
}
