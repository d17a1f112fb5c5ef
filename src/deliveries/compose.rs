//! From a delivery to its mail: in the contact's language, text and HTML that say the same.

use super::deadline::deadline_mail;
use super::digest::digest_mail;
use super::model::Kind;
use super::note::{code_mail, how_to_check, notice_mail, share_mail};
use super::remind::reminder_mail;
use super::store::Delivery;
use super::text;
use crate::app::App;
use crate::campaigns::{Asked, Plan};
use crate::directory::{self, NotMailed};
use crate::invitations::{Invitation, LetterView, Link, Share, letter_view, link};
use crate::mail::{EmailAddress, Message, message_id};
use crate::responses::{Completeness, Submitted};
use crate::web::dates;
use crate::web::i18n::{Locale, Tr};
use askama::Template;
use jiff::{SignedDuration, Timestamp};

/// What a mail shows, before it is a mail: also the preview.
pub struct MailView {
    pub subject: String,
    pub text: String,
    /// The body of the HTML part, without a document around it.
    pub body: String,
    pub html: String,
}

#[derive(Template)]
#[template(path = "deliveries/invitation.txt", escape = "none", whitespace = "preserve")]
struct InvitationText<'v> {
    t: Tr,
    letter: &'v LetterView,
    check: &'v str,
    wrong: &'v str,
}

#[derive(Template)]
#[template(path = "deliveries/invitation.html")]
struct InvitationBody<'v> {
    t: Tr,
    letter: &'v LetterView,
    link: &'v str,
    check: &'v str,
    wrong: &'v str,
}

#[derive(Template)]
#[template(path = "deliveries/receipt.txt", escape = "none", whitespace = "preserve")]
struct ReceiptText<'v> {
    t: Tr,
    receipt: &'v ReceiptView,
}

#[derive(Template)]
#[template(path = "deliveries/receipt.html")]
struct ReceiptBody<'v> {
    t: Tr,
    receipt: &'v ReceiptView,
}

#[derive(Template)]
#[template(path = "deliveries/frame.html")]
struct Frame<'v> {
    t: Tr,
    subject: &'v str,
    body: &'v str,
}

struct ReceiptView {
    company: String,
    sender: String,
    inquiries: String,
    number: String,
    receipt: String,
    at: String,
    late: bool,
    /// That less was submitted than is asked: the key of a sentence.
    less: Option<&'static str>,
    link: String,
}

impl InvitationText<'_> {
    /// Number, date and the sender's block, a line each.
    fn head(&self) -> String {
        let number = self.t.t("number-label");
        let sender = self.letter.sender_lines.join("\n");
        format!("{number} {}\n{}\n{sender}", self.letter.number, self.letter.date)
    }

    fn right(&self, lines: impl AsRef<str>) -> String {
        text::right(self.t, lines.as_ref())
    }

    fn centred(&self, line: impl AsRef<str>) -> String {
        text::centred(self.t, line.as_ref())
    }
}

pub(super) fn framed(t: Tr, subject: String, text: String, body: String) -> askama::Result<MailView> {
    let html = Frame {
        t,
        subject: &subject,
        body: &body,
    }
    .render()?;
    Ok(MailView {
        subject,
        text,
        body,
        html,
    })
}

/// The mail that carries the letter and the link.
pub fn invitation_mail(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    made: &Link,
    language: &str,
    contact: (&str, &str),
    at: Timestamp,
) -> askama::Result<MailView> {
    let t = Tr(Locale::or_english(language));
    // The link chooses the language that the mail is in, whatever the browser says.
    let link = format!("{}?lang={}", app.url(&format!("/r/{}", made.token)), t.lang());
    let letter = letter_view(asked, invitation, (&link, &made.code), t, at, contact);
    let check = &how_to_check(app, t, &asked.number);
    let wrong = &app.url(&format!("/r/{}/wrong", made.token));
    let letter_text = InvitationText {
        t,
        letter: &letter,
        check,
        wrong,
    };
    let text = letter_text.render()?;
    let letter_body = InvitationBody {
        t,
        letter: &letter,
        link: &link,
        check,
        wrong,
    };
    let body = letter_body.render()?;
    framed(t, letter.letter.mail_subject.clone(), text, body)
}

/// The mail that confirms what was submitted. The answers themselves stay on the page: mail is read by many.
fn receipt_mail(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    submitted: &Submitted,
    t: Tr,
) -> askama::Result<MailView> {
    let made = link(&app.secret, invitation.id, &invitation.salt);
    let receipt = ReceiptView {
        company: directory::formal_name(&invitation.company_name),
        sender: asked.plan.sender_name(t.lang()).to_owned(),
        inquiries: Plan::said(&asked.plan.inquiries, t.lang()).to_owned(),
        number: asked.number.clone(),
        receipt: submitted.receipt.clone(),
        at: dates::moment(t, submitted.at, &asked.zone()),
        late: submitted.late,
        less: match submitted.completeness(asked.checklist.as_deref()) {
            Completeness::Complete => None,
            Completeness::Partial => Some("receipt-mail-partial"),
            Completeness::Document => Some("receipt-mail-document"),
        },
        link: format!("{}/receipt?lang={}", app.url(&format!("/r/{}", made.token)), t.lang()),
    };
    let subject = t
        .t2(
            "receipt-mail-subject",
            "sender",
            &receipt.sender,
            "receipt",
            &receipt.receipt,
        )
        .into_owned();
    let text = ReceiptText { t, receipt: &receipt }.render()?;
    let body = ReceiptBody { t, receipt: &receipt }.render()?;
    framed(t, subject, text, body)
}

/// What a mail is made of besides its row: `department` is the contact's, "" where it is unknown; `submitted` is needed for a
/// receipt, `share` for a mail to a colleague, `invitation` for all but a digest; `first` is the mail that a reminder follows.
#[derive(Default)]
pub struct Ground {
    pub invitation: Option<Invitation>,
    pub department: String,
    /// Why the contact isn't to be mailed at this address any more.
    pub held: Option<NotMailed>,
    pub submitted: Option<Submitted>,
    pub share: Option<Share>,
    pub first: Option<Delivery>,
}

/// The mail of a delivery.
pub fn compose(app: &App, asked: &Asked, delivery: &Delivery, ground: &Ground) -> anyhow::Result<MailView> {
    let t = Tr(Locale::or_english(&delivery.language));
    let Some(invitation) = &ground.invitation else {
        return digest_mail(app, asked, delivery);
    };
    let department = ground.department.as_str();
    Ok(match delivery.kind {
        Kind::Invitation => {
            let made = link(&app.secret, invitation.id, &invitation.salt);
            let contact = (department, delivery.recipient.as_str());
            invitation_mail(
                app,
                asked,
                invitation,
                &made,
                &delivery.language,
                contact,
                moment(asked, delivery),
            )?
        }
        Kind::Receipt => {
            let submitted = ground.submitted.as_ref();
            let submitted = submitted.ok_or_else(|| anyhow::anyhow!("a receipt needs a submitted response"))?;
            receipt_mail(app, asked, invitation, submitted, t)?
        }
        Kind::Reminder | Kind::Escalation => {
            reminder_mail(app, asked, invitation, delivery, department, ground.first.as_ref())?
        }
        Kind::Digest => digest_mail(app, asked, delivery)?,
        Kind::Share => {
            let share = ground.share.as_ref();
            let share = share.ok_or_else(|| anyhow::anyhow!("a colleague's mail needs their link"))?;
            share_mail(app, asked, invitation, delivery, share)?
        }
        Kind::DeviceCode => code_mail(app, asked, invitation, delivery)?,
        Kind::Notice => notice_mail(app, asked, invitation, delivery, department)?,
        Kind::Deadline => deadline_mail(app, asked, invitation, delivery, department)?,
    })
}

/// Of which moment a mail is: when it was queued, and an invitation that a notice went ahead of, when that said.
fn moment(asked: &Asked, delivery: &Delivery) -> Timestamp {
    let comes = delivery.created_at + SignedDuration::from_hours(asked.plan.notice_hours);
    match delivery.kind == Kind::Invitation && delivery.due_at >= comes {
        true => comes,
        false => delivery.created_at,
    }
}

/// The message of a delivery, ready to be sent.
pub(super) fn message(
    app: &App,
    delivery: &Delivery,
    asked: &Asked,
    first: Option<&Delivery>,
    view: MailView,
) -> anyhow::Result<Message> {
    let domain = app.config.mail.from.rsplit('@').next().unwrap_or_default();
    let reply_to: Option<EmailAddress> = asked.plan.reply_to.parse().ok();
    Ok(Message {
        id: delivery.id.0,
        at: moment(asked, delivery),
        from_name: asked.plan.sender_name(&delivery.language).to_owned(),
        to: delivery
            .address
            .parse()
            .map_err(|_| anyhow::anyhow!("{} is no address", delivery.address))?,
        to_name: delivery.recipient.clone(),
        reply_to,
        references: first.map(|f| message_id(f.id.0, domain)).into_iter().collect(),
        language: delivery.language.clone(),
        subject: view.subject,
        text: view.text,
        html: view.html,
    })
}
