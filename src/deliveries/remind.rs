//! Reminders: short, in the thread of the first mail, with all that is needed to answer at once.

use super::compose::{Ground, MailView, framed};
use super::deadline::Moved;
use super::digest::left;
use super::model::{CODE_GOOD_FOR, Kind};
use super::note::how_to_check;
use super::store::{Delivery, is_overtaken};
use crate::app::{App, Scope};
use crate::campaigns::{Asked, Plan};
use crate::db::{Result, Tx};
use crate::invitations::{Invitation, letter_view, link};
use crate::web::dates;
use crate::web::i18n::{Locale, Tr};
use askama::Template;
use jiff::Timestamp;

/// Whether a message has nothing to say any more: a reminder of what has been done, declined or closed since it was queued,
/// or one that waited so long (for a relay, or a pause) that the next one waits behind it; a code that is good no longer; a
/// colleague's link that was taken back; the notice of a request that has gone; a request sent again to who has answered
/// meanwhile; a deadline that was moved once more. Whoever sends asks this just before, with
/// the invitation as it is then, and cancels the message.
pub async fn is_moot(
    tx: &mut Tx,
    scope: Scope,
    delivery: &Delivery,
    ground: &Ground,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<bool> {
    Ok(match delivery.kind {
        // The days that it counts are those to the deadline of when it was queued.
        Kind::Reminder | Kind::Escalation => {
            !invitation.is_awaited()
                || deadline_of(delivery).is_some_and(|at| at != invitation.deadline.as_microsecond())
                || is_overtaken(tx, scope, delivery).await?
        }
        Kind::DeviceCode => now > delivery.created_at + CODE_GOOD_FOR,
        Kind::Share => invitation.closed || ground.share.as_ref().is_none_or(|share| share.withdrawn),
        Kind::Notice => delivery
            .body
            .parse()
            .is_ok_and(|comes: i64| now.as_microsecond() >= comes),
        // What it says must be so still when it goes.
        Kind::Deadline => !invitation.is_awaited() || Moved::of(delivery).is_none_or(|m| m.to != invitation.deadline),
        // The first one always goes; one that was asked for again needn't, once there is an answer.
        Kind::Invitation => delivery.occasion > 0 && invitation.state.is_settled(),
        Kind::Receipt | Kind::Digest => false,
    })
}

/// A reminder's body: the days to the deadline, and the deadline in microseconds since 1970, which older ones lack.
fn deadline_of(delivery: &Delivery) -> Option<i64> {
    delivery.body.split_once(' ')?.1.parse().ok()
}

struct ReminderView {
    addressee: Vec<String>,
    sender: String,
    inquiries: String,
    /// What was asked, and when.
    asked: String,
    left: String,
    /// Whether it goes to somebody who didn't get the invitation.
    escalated: bool,
    number: String,
    link: String,
    /// The code, and where it is typed.
    code: String,
    check: String,
    /// Where somebody says that they are the wrong person.
    wrong: String,
}

#[derive(Template)]
#[template(path = "deliveries/reminder.txt", escape = "none", whitespace = "preserve")]
struct ReminderText<'v> {
    t: Tr,
    r: &'v ReminderView,
}

#[derive(Template)]
#[template(path = "deliveries/reminder.html")]
struct ReminderBody<'v> {
    t: Tr,
    r: &'v ReminderView,
}

/// The mail of a reminder. `first` is the mail that carried the invitation, where one did.
pub(super) fn reminder_mail(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    delivery: &Delivery,
    department: &str,
    first: Option<&Delivery>,
) -> anyhow::Result<MailView> {
    let t = Tr(Locale::or_english(&delivery.language));
    let zone = asked.zone();
    let made = link(&app.secret, invitation.id, &invitation.salt);
    let link = format!("{}?lang={}", app.url(&format!("/r/{}", made.token)), t.lang());
    let contact = (department, delivery.recipient.as_str());
    let letter = letter_view(asked, invitation, (&link, &made.code), t, delivery.created_at, contact);
    let days: i64 = delivery.body.split(' ').next().unwrap_or_default().parse()?;
    let deadline = dates::deadline(t, invitation.deadline, &zone);
    let subject = letter.letter.mail_subject.as_str();
    let key = match invitation.asks_check {
        true => "remind-asked-check",
        false => "remind-asked-notice",
    };
    let asked_on = dates::date(t, first.map_or(delivery.created_at, |f| f.created_at), &zone);
    use crate::web::i18n::Value;
    let r = ReminderView {
        addressee: letter.addressee.clone(),
        sender: asked.plan.sender_name(t.lang()).to_owned(),
        inquiries: Plan::said(&asked.plan.inquiries, t.lang()).to_owned(),
        asked: t
            .with(
                key,
                &[
                    ("date", asked_on.fluent()),
                    ("subject", letter.letter.subject.fluent()),
                    ("deadline", deadline.fluent()),
                ],
            )
            .into_owned(),
        left: left(t, days),
        escalated: delivery.kind == Kind::Escalation,
        number: asked.number.clone(),
        check: how_to_check(app, t, &asked.number),
        wrong: app.url(&format!("/r/{}/wrong", made.token)),
        code: t
            .t2("letter-code", "code", made.code, "address", app.url("/code"))
            .into_owned(),
        link,
    };
    let subject = match delivery.occasion {
        ..=1 => t.t1("remind-subject-first", "subject", subject),
        n => t.t2("remind-subject", "subject", subject, "count", n),
    };
    let text = ReminderText { t, r: &r }.render()?;
    let body = ReminderBody { t, r: &r }.render()?;
    Ok(framed(t, subject.into_owned(), text, body)?)
}
