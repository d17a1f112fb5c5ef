//! What a refusal means: whose it is, and what follows from it. One rule for what a relay replies while we hand a mail over
//! and for what a report says that comes back later.
//!
//! A server's words are believed before its code where they are plain, because many give one code for everything; a code is
//! believed before words that only hint. What was refused before the recipient was named, or after the mail itself was
//! handed over, says nothing against the address.

mod codes;
mod words;

pub use codes::{from_code, reply_in, status_in};

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

/// What told the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// These words, in lower case.
    Words(&'static str),
    /// An enhanced status code.
    Status(String),
    /// A reply code.
    Reply(u16),
    /// That it was refused before the recipient was named.
    BeforeRecipient,
    /// That the recipient was taken first, and called unknown only after the mail itself: so carriers answer to what their
    /// customer's filter of senders refuses.
    AfterMail,
    /// That the recipient was taken, and the mail itself wasn't.
    MailItself,
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub cause: Cause,
    pub by: Evidence,
    certain: bool,
}

impl Judged {
    fn certainly(cause: Cause, by: Evidence) -> Judged {
        Judged {
            cause,
            by,
            certain: true,
        }
    }

    fn perhaps(cause: Cause, by: Evidence) -> Judged {
        Judged {
            cause,
            by,
            certain: false,
        }
    }

    /// Whether plain words or an exact code told it.
    pub fn is_certain(&self) -> bool {
        self.certain
    }
}

/// The cause of a refusal; see [`judge`].
pub fn cause(said: Said) -> Cause {
    judge(said).cause
}

/// The cause of a refusal, and what told it.
pub fn judge(said: Said) -> Judged {
    let told = words::Text::of(said.words);
    let theirs = status_in(said.words);
    // What the other server wrote itself is more exact than what a relay made of it.
    let status = match codes::by_status(theirs) {
        Some(_) => theirs,
        None if codes::by_status(said.status).is_some() || theirs.is_empty() => said.status,
        None => theirs,
    };
    let reply = match said.reply {
        0 => reply_in(said.words),
        reply => reply,
    };
    // SoftBank says so of a sender's domain, with nobody named.
    let sender = said.words.trim_start().starts_with("553")
        && said.words.contains("does not exist")
        && !said.words.contains('@');
    let judged = match by_evidence(&told, status, reply) {
        Judged {
            cause: Cause::Address,
            by,
            ..
        } if sender => Judged::certainly(Cause::Us, by),
        found => found,
    };
    let code = || Evidence::Status(status.to_owned());
    match (judged.cause, told.stage()) {
        (Cause::Address | Cause::Unclear, Some(words::Stage::Greeting)) => {
            let cause = match reply {
                400..500 => Cause::TheirServer,
                _ => Cause::Us,
            };
            Judged::certainly(cause, Evidence::BeforeRecipient)
        }
        // These codes are only of senders.
        (Cause::Address, _) if status.ends_with(".1.7") || status.ends_with(".1.8") => {
            Judged::certainly(Cause::Us, code())
        }
        (Cause::Unclear, Some(words::Stage::Mail)) if reply >= 500 => Judged::perhaps(Cause::Us, Evidence::MailItself),
        // docomo and au say so of what "ドメイン指定受信" refuses; with 5.1.1 of its own a server is believed.
        (Cause::Address, Some(words::Stage::Mail)) if !theirs.ends_with(".1.1") && told.says_nobody() => {
            Judged::certainly(Cause::TheirRule, Evidence::AfterMail)
        }
        // Microsoft 365, of a recipient that its directory doesn't hold.
        (Cause::TheirServer, _) if status.ends_with(".4.1") && told.is_edge_blocked() => {
            Judged::certainly(Cause::Address, code())
        }
        // docomo's code for what its customer's settings refuse.
        (Cause::Address, _) if status.ends_with(".2.0") && told.says_nobody() => {
            Judged::certainly(Cause::TheirRule, code())
        }
        _ => judged,
    }
}

fn by_evidence(told: &words::Text, status: &str, reply: u16) -> Judged {
    let code = || Evidence::Status(status.to_owned());
    if let Some((cause, words)) = told.plain() {
        return Judged::certainly(cause, Evidence::Words(words));
    }
    let exact = codes::by_status(status);
    if let Some(cause) = exact.filter(|c| *c != Cause::Address) {
        return Judged::certainly(cause, code());
    }
    let passing = status.starts_with('4') || (status.is_empty() && (400..500).contains(&reply));
    match (told.hint(passing), exact) {
        (None | Some((Cause::TheirServer, _)), Some(cause)) => Judged::certainly(cause, code()),
        // A hint at anything else is enough not to hold a code against an address.
        (Some((cause, words)), _) => Judged::perhaps(cause, Evidence::Words(words)),
        (None, None) => match codes::by_little(status, reply) {
            Some(cause) if status.is_empty() || status.ends_with(".0.0") => {
                Judged::perhaps(cause, Evidence::Reply(reply))
            }
            Some(cause) => Judged::perhaps(cause, code()),
            None => Judged::perhaps(Cause::Unclear, Evidence::Nothing),
        },
    }
}

#[cfg(test)]
mod tests;
