//! The mail that says that the deadline was moved: from when to when, with all that is needed to answer at once.

use super::compose::MailView;
use super::model::Kind;
use super::note::{Note, how_to_check, mail};
use super::store::{Delivery, Recipient, To, queue_once};
use crate::app::App;
use crate::campaigns::{Asked, Plan};
use crate::db::{Error, Result, Tx};
use crate::invitations::{Invitation, letter_view, link};
use crate::web::dates;
use crate::web::i18n::{Locale, Tr};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A deadline that was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub from: Timestamp,
    pub to: Timestamp,
    /// When it was moved: a deadline that is moved back again is told again.
    pub at: Timestamp,
}

impl Moved {
    /// What a delivery tells; None where it tells none.
    pub(super) fn of(delivery: &Delivery) -> Option<Moved> {
        serde_json::from_str(&delivery.body).ok()
    }
}

/// Queues the mail that tells somebody that the deadline was moved, once for each move.
pub async fn queue_deadline(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    to: &Recipient,
    moved: &Moved,
) -> Result<()> {
    let body = serde_json::to_string(moved)
        .map_err(|e| Error::Unusable(format!("A moved deadline can't be kept as JSON: {e}")))?;
    let now = app.clock.now();
    let id = (app.id(now), invitation.campaign);
    let to = To {
        invitation: Some(invitation.id),
        contact: to.contact,
        language: &to.language,
        address: to.address.as_str(),
        recipient: &to.name,
        occasion: moved.at.as_microsecond(),
        body: &body,
    };
    queue_once(tx, app, invitation.scope(), id, Kind::Deadline, to, now)
        .await
        .map(drop)
}

pub(super) fn deadline_mail(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    delivery: &Delivery,
    department: &str,
) -> anyhow::Result<MailView> {
    let t = Tr(Locale::or_english(&delivery.language));
    let moved =
        Moved::of(delivery).ok_or_else(|| anyhow::anyhow!("the mail doesn't say how the deadline was moved"))?;
    let zone = asked.zone();
    let made = link(&app.secret, invitation.id, &invitation.salt);
    let address = format!("{}?lang={}", app.url(&format!("/r/{}", made.token)), t.lang());
    let contact = (department, delivery.recipient.as_str());
    let letter = letter_view(
        asked,
        invitation,
        (&address, &made.code),
        t,
        delivery.created_at,
        contact,
    );
    let sender = asked.plan.sender_name(t.lang());
    let (from, to) = (
        dates::deadline(t, moved.from, &zone),
        dates::deadline(t, moved.to, &zone),
    );
    let label = |key| t.t(key).into_owned();
    let asks = match invitation.asks_check {
        true => "deadline-mail-check",
        false => "deadline-mail-notice",
    };
    let note = Note {
        greeting: letter.addressee.join("\n"),
        paragraphs: vec![
            t.t2(
                "deadline-mail-intro",
                "sender",
                sender,
                "subject",
                &letter.letter.subject,
            )
            .into_owned(),
            t.t1("deadline-mail-to", "to", &to).into_owned(),
            t.t(asks).into_owned(),
        ],
        big: None,
        button: Some((label("open-request"), address.clone())),
        facts: vec![
            (label("deadline-mail-now"), to),
            (label("deadline-mail-before"), from),
            (label("number-label"), asked.number.clone()),
            (label("code-label"), made.code),
            (
                label("inquiries-label"),
                Plan::said(&asked.plan.inquiries, t.lang()).to_owned(),
            ),
        ],
        after: vec![
            label("deadline-mail-done"),
            how_to_check(app, t, &asked.number),
            t.t1(
                "deadline-mail-wrong",
                "address",
                app.url(&format!("/r/{}/wrong", made.token)),
            )
            .into_owned(),
        ],
        sender: sender.to_owned(),
    };
    let subject = t.t1("deadline-mail-subject", "subject", &letter.letter.mail_subject);
    mail(t, subject.into_owned(), &note)
}
