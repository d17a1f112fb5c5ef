//! Somebody opens a company's link.

use super::link::link;
use super::share::{Share, find_share_by_token};
use super::store::{Invitation, find, find_by_token};
use crate::app::Scope;
use crate::audit::{Actor, Origin};
use crate::campaigns::{Asked, Plan, asked};
use crate::web::i18n::{Locale, Tr};
use crate::web::{Context, Error, Result, Shell, dates};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The invitation of a link, and what its campaign asks.
pub struct Visit {
    pub context: Context,
    pub token: String,
    pub invitation: Invitation,
    pub asked: Arc<Asked>,
    /// The colleague whose own link it is.
    pub share: Option<Share>,
}

impl Visit {
    /// [`Error::NotFound`] when the link names nothing, without telling why.
    pub async fn open(context: Context, token: String) -> Result<Visit> {
        if token.len() != 22 {
            return Err(Error::NotFound);
        }
        let mut tx = context.app.db.read().await?;
        let (invitation, share) = match find_by_token(&mut tx, &token).await? {
            Some(invitation) => (invitation, None),
            None => {
                let (org, share) = find_share_by_token(&mut tx, &token).await?.ok_or(Error::NotFound)?;
                let invitation = find(&mut tx, Scope { org }, share.invitation).await?;
                (invitation.ok_or(Error::NotFound)?, Some(share))
            }
        };
        drop(tx);
        let asked = asked(&context.app, invitation.scope(), invitation.campaign)
            .await?
            .ok_or(Error::NotFound)?;
        Ok(Visit {
            context,
            token,
            invitation,
            asked,
            share,
        })
    }

    /// The sections that a colleague was given; None: all of it.
    pub fn sections(&self) -> Option<&[String]> {
        let share = self.share.as_ref()?;
        (!share.sections.is_empty()).then_some(share.sections.as_slice())
    }

    pub fn scope(&self) -> Scope {
        self.invitation.scope()
    }

    pub fn t(&self) -> Tr {
        self.context.t
    }

    /// The path of a page of this visit: `""`, `"/check"`.
    pub fn path(&self, rest: &str) -> String {
        format!("/r/{}{rest}", self.token)
    }

    pub fn is_late(&self, now: Timestamp) -> bool {
        now > self.invitation.deadline
    }

    /// The titles of the sections that a colleague was given, in the reader's language; none: all of it.
    pub fn section_titles(&self) -> Vec<String> {
        let (Some(sections), Some(checklist)) = (self.sections(), &self.asked.checklist) else {
            return Vec::new();
        };
        let words = checklist.text(self.t().lang());
        sections.iter().map(|s| words.section(s).to_owned()).collect()
    }

    /// What somebody is called who hasn't said a name: the colleague whose link it is, else the company.
    pub fn nameless(&self) -> &str {
        self.share.as_ref().map_or(&self.invitation.company_name, |s| &s.name)
    }

    /// Who the audit log says it was: what they call themselves, else [`Visit::nameless`].
    pub fn origin(&self, person: &str) -> Origin {
        // Whatever they call themselves, whose link it was is recorded.
        let name = match &self.share {
            Some(share) if !person.is_empty() && person != share.name => format!("{person} ({})", share.name),
            _ if person.is_empty() => self.nameless().to_owned(),
            _ => person.to_owned(),
        };
        Origin {
            org: self.invitation.org,
            actor: Actor::Link(name),
            address: self.context.address.to_string(),
            now: self.context.now,
        }
    }

    pub fn shell(&self, form: bool) -> RespondentShell {
        let t = self.t();
        let plan = &self.asked.plan;
        let made = link(&self.context.app.secret, self.invitation.id, &self.invitation.salt);
        RespondentShell {
            shell: Shell::new(&self.context),
            home: self.path(""),
            sender: plan.sender_name(t.lang()).to_owned(),
            inquiries: Plan::said(&plan.inquiries, t.lang()).to_owned(),
            number: self.asked.number.clone(),
            // Whoever has the code has all of it, and nobody could take it back.
            code: self.share.is_none().then_some(made.code),
            deadline: DeadlineView::of(t, self.invitation.deadline, &self.asked.zone()),
            form,
        }
    }
}

/// A deadline in the sender's zone, with what a script needs to say it in the reader's own: `invitations/deadline.html`.
pub struct DeadlineView {
    pub words: String,
    /// RFC 3339, in UTC.
    pub iso: String,
    /// How many minutes the sender's zone is ahead of UTC then.
    pub offset: i32,
    /// The sentence for a reader in another zone, with `{at}` where the moment goes.
    pub here: String,
}

impl DeadlineView {
    pub fn of(t: Tr, at: Timestamp, zone: &TimeZone) -> DeadlineView {
        DeadlineView {
            words: dates::deadline(t, at, zone),
            iso: at.to_string(),
            offset: zone.to_offset(at).seconds() / 60,
            here: t.t1("deadline-here", "at", "{at}").into_owned(),
        }
    }
}

/// What the respondent's layout shows around a page.
pub struct RespondentShell {
    pub shell: Shell,
    pub home: String,
    pub sender: String,
    pub inquiries: String,
    pub number: String,
    /// None for a colleague, whose link is their own.
    pub code: Option<String>,
    pub deadline: DeadlineView,
    /// The page has a form `f`: changing the language saves what was typed.
    pub form: bool,
}

impl RespondentShell {
    pub fn t(&self) -> Tr {
        self.shell.t
    }

    /// The inquiries with what looks like a telephone number or an address made pressable: (text, link).
    pub fn inquiry_parts(&self) -> Vec<(String, Option<String>)> {
        let mut out: Vec<(String, Option<String>)> = Vec::new();
        for word in self
            .inquiries
            .split_inclusive([' ', '　', '\n', '、', ',', '（', '(', '）', ')', '：', ':'])
        {
            let bare = word.trim_end_matches([' ', '　', '\n', '、', ',', '（', '(', '）', ')', '：', ':']);
            let digits = bare.chars().filter(char::is_ascii_digit).count();
            let target = if bare.contains('@') && bare.parse::<crate::mail::EmailAddress>().is_ok() {
                Some(format!("mailto:{bare}"))
            } else if digits >= 9 && bare.chars().all(|c| c.is_ascii_digit() || "+-".contains(c)) {
                Some(format!("tel:{}", bare.replace('-', "")))
            } else {
                None
            };
            match target {
                Some(target) => {
                    out.push((bare.to_owned(), Some(target)));
                    out.push((word[bare.len()..].to_owned(), None));
                }
                None => out.push((word.to_owned(), None)),
            }
        }
        out
    }

    pub fn other_languages(&self) -> Vec<(Locale, String)> {
        self.shell
            .languages()
            .into_iter()
            .filter(|(_, _, here)| !here)
            .map(|(l, a, _)| (l, a))
            .collect()
    }
}
