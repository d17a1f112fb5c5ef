//! The request once more: to one company, to whoever can be reached there now, or to all who haven't opened it.

use super::model::choose;
use crate::app::{App, Scope};
use crate::audit::{self, Change, Origin};
use crate::board::Tallies;
use crate::campaigns::{self, Campaign, CampaignId, Mailing, State as CampaignState, asked};
use crate::db::Tx;
use crate::deliveries::{self, Delivery, Kind, Recipient, State as Sent};
use crate::directory::{self, ContactId};
use crate::invitations::{self, Cursor, EventKind, InvitationId, Narrow, Sort, State};
use crate::jobs::{self, Job, Outcome};
use crate::mail::EmailAddress;
use crate::web::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

pub const KIND: &str = "SendAgain";

/// In which states a request hasn't been opened: those are sent it again, wherever an address is known.
pub const UNOPENED: [State; 4] = [State::Queued, State::Sent, State::Bounced, State::Unreachable];
/// How soon after all were sent it again that can be done once more: two operators, or one who presses twice, do it once.
const APART: SignedDuration = SignedDuration::from_hours(1);
/// How many companies are looked at in one transaction.
const STRIDE: i64 = 100;

/// Whom of a company the request is sent.
#[derive(Clone, Debug)]
pub enum To {
    Contact(ContactId),
    /// An address that was learnt of; `keep` makes it a contact of the company.
    New {
        name: String,
        mail: EmailAddress,
        language: String,
        keep: bool,
    },
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    Queued,
    /// It waited already, and goes now.
    Hurried,
    /// It went before: the same form was posted twice.
    Before,
}

/// A running campaign whose mails aren't cancelled for good.
pub(super) fn refuse_unless_mailing(campaign: &Campaign) -> Result<()> {
    match (campaign.state, campaign.mailing) {
        (CampaignState::Closed, _) => Err(Error::Conflict("error-campaign-ended")),
        (CampaignState::Draft | CampaignState::Sending, _) => Err(Error::Conflict("error-campaign-not-running")),
        (CampaignState::Running, Mailing::Cancelled) => Err(Error::Conflict("error-mails-cancelled")),
        (CampaignState::Running, _) => Ok(()),
    }
}

/// The number that makes the next mail of a company's request another one than those before.
pub fn next_occasion(deliveries: &[Delivery]) -> i64 {
    let invitations = deliveries.iter().filter(|d| d.kind == Kind::Invitation);
    invitations.map(|d| d.occasion).max().unwrap_or(0) + 1
}

fn waits(delivery: &Delivery) -> bool {
    delivery.kind == Kind::Invitation && matches!(delivery.state, Sent::Queued | Sent::Deferred | Sent::Leased)
}

/// Sends one company the request again, or to somebody who hasn't had it. `occasion` is [`next_occasion`] as the page showed
/// it: posted twice, one mail goes. Not where the company has answered or declined, and not to an address from which mail
/// came back for good.
pub async fn send_again(
    tx: &mut Tx,
    app: &App,
    origin: &Origin,
    id: InvitationId,
    to: To,
    occasion: i64,
) -> Result<Went> {
    let scope = Scope { org: origin.org };
    let state = invitations::lock(tx, scope, id).await?;
    let invitation = invitations::find(tx, scope, id).await?.ok_or(Error::NotFound)?;
    let campaign = campaigns::find(tx, scope, invitation.campaign).await?;
    refuse_unless_mailing(&campaign.ok_or(Error::NotFound)?)?;
    if state.is_settled() {
        return Err(Error::Conflict("error-again-settled"));
    }
    let all = directory::contacts_of(tx, &scope, invitation.company).await?;
    let known = match &to {
        To::Contact(contact) => Some(all.iter().find(|c| c.id == *contact).ok_or(Error::NotFound)?),
        To::New { mail, .. } => all
            .iter()
            .find(|c| c.mail.as_ref().is_some_and(|m| m.same_mailbox(mail))),
    };
    if known.is_some_and(|c| c.mail.is_some() && c.mailable().is_err()) {
        return Err(Error::Conflict("error-again-undeliverable"));
    }
    let recipient = match (known, to) {
        (Some(contact), _) => Recipient::of(contact).ok_or(Error::NotFound)?,
        (
            None,
            To::New {
                name,
                mail,
                language,
                keep,
            },
        ) => {
            let contact = match keep {
                true => {
                    let learnt = (name.as_str(), &mail, language.as_str());
                    let made = directory::learn_contact(tx, app, origin, invitation.company, learnt).await?;
                    Some(made.id)
                }
                false => None,
            };
            Recipient {
                contact,
                language,
                address: mail,
                name,
            }
        }
        (None, To::Contact(_)) => return Err(Error::NotFound),
    };
    let address = recipient.address.as_str();
    let messages = deliveries::of_invitation(tx, scope, id).await?;
    let waiting = messages.iter().find(|d| waits(d) && d.address == address);
    let went = match waiting {
        Some(delivery) => match deliveries::hurry(tx, app, scope, delivery.id).await? {
            true => Went::Hurried,
            false => Went::Before,
        },
        None => match deliveries::queue_again(tx, app, &invitation, &recipient, occasion.max(1)).await? {
            true => Went::Queued,
            false => Went::Before,
        },
    };
    if went == Went::Before {
        return Ok(went);
    }
    let by = origin.actor.name();
    invitations::append(tx, app, &invitation, state, &[EventKind::Queued], by, address).await?;
    let change = Change {
        action: "invitation.again",
        subject_kind: "invitation",
        subject: Some(id.0),
        subject_name: &invitation.company_name,
    };
    audit::record(tx, app, origin, change, &(), &address).await?;
    Ok(went)
}

/// How many companies haven't opened the request.
pub fn unopened(tallies: &Tallies) -> i64 {
    let states = tallies.states();
    let unopened = states.iter().filter(|(state, _)| UNOPENED.contains(state));
    unopened.map(|(_, count)| count).sum()
}

/// Sends all who haven't opened the request it again, by a job. [`Error::Conflict`] where that was done within the hour.
pub async fn send_all_again(tx: &mut Tx, app: &App, origin: &Origin, id: CampaignId, companies: i64) -> Result<()> {
    let scope = Scope { org: origin.org };
    let campaign = campaigns::find(tx, scope, id).await?.ok_or(Error::NotFound)?;
    refuse_unless_mailing(&campaign)?;
    if !campaigns::mark_resent(tx, scope, id, origin.now, origin.now - APART).await? {
        return Err(Error::Conflict("error-again-recent"));
    }
    let at = origin.now.as_microsecond();
    let (name, payload) = (format!("{KIND}:{id}:{at}"), format!("{id} {at}"));
    let job = app.random.id(origin.now);
    jobs::enqueue(tx, job, scope.org, KIND, &name, &payload, origin.now).await?;
    let told = json!({ "companies": companies });
    Ok(audit::record(tx, app, origin, campaign.change("campaign.send-again"), &(), &told).await?)
}

/// Queues the mails, each once however often the job runs.
pub async fn send_again_job(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let (id, at) = job
        .payload
        .split_once(' ')
        .ok_or_else(|| anyhow::anyhow!("{:?} is not a campaign and a time", job.payload))?;
    let (id, occasion): (CampaignId, i64) = (id.parse()?, at.parse()?);
    let asked = asked(&app, scope, id)
        .await?
        .ok_or_else(|| anyhow::anyhow!("campaign {id} has no snapshot"))?;
    let narrow = Narrow {
        states: UNOPENED.map(|state| (state, None)).to_vec(),
        ..Narrow::default()
    };
    let mut after = Cursor::default();
    loop {
        let mut tx = app.db.write_much().await?;
        let campaign = campaigns::find(&mut tx, scope, id).await?;
        // Closed meanwhile, or its mails were cancelled: that outranks this.
        if campaign.is_none_or(|c| refuse_unless_mailing(&c).is_err()) {
            return Ok(Outcome::Done);
        }
        let page = invitations::list(&mut tx, scope, id, &narrow, Sort::Name, &after, STRIDE).await?;
        for row in &page {
            one(&mut tx, &app, scope, row.id, asked.plan.contacts, occasion).await?;
        }
        tx.commit().await?;
        app.jobs.now();
        match page.last() {
            Some(last) if page.len() as i64 == STRIDE => after = Cursor::from(last),
            _ => return Ok(Outcome::Done),
        }
        if app.jobs.is_stopping() {
            return Ok(Outcome::Again(app.clock.now()));
        }
    }
}

/// To the contacts that the plan would choose today, and to addresses that somebody typed for this company alone.
async fn one(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    id: InvitationId,
    contacts: campaigns::Contacts,
    occasion: i64,
) -> crate::db::Result<()> {
    let state = invitations::lock(tx, scope, id).await?;
    let Some(invitation) = invitations::find(tx, scope, id).await? else {
        return Ok(());
    };
    if !UNOPENED.contains(&state) {
        return Ok(());
    }
    let messages = deliveries::of_invitation(tx, scope, id).await?;
    let good = directory::contacts_of(tx, &scope, invitation.company).await?;
    let mut to: Vec<Recipient> = choose(&good, contacts).into_iter().filter_map(Recipient::of).collect();
    let came_back = |d: &Delivery| matches!(d.state, Sent::Bounced | Sent::Failed);
    for typed in messages
        .iter()
        .filter(|d| d.kind == Kind::Invitation && d.contact.is_none())
    {
        let back = messages.iter().any(|d| d.address == typed.address && came_back(d));
        let Ok(address) = typed.address.parse::<EmailAddress>() else {
            continue;
        };
        if !back && !to.iter().any(|r| r.address == address) {
            to.push(Recipient {
                contact: None,
                language: typed.language.clone(),
                address,
                name: typed.recipient.clone(),
            });
        }
    }
    to.retain(|r| !messages.iter().any(|d| waits(d) && d.address == r.address.as_str()));
    let mut queued = false;
    for recipient in &to {
        queued |= deliveries::queue_again(tx, app, &invitation, recipient, occasion).await?;
    }
    if queued {
        invitations::append(tx, app, &invitation, state, &[EventKind::Queued], "", "").await?;
    }
    Ok(())
}

/// When all were sent it again last.
pub async fn last(tx: &mut Tx, scope: Scope, id: CampaignId) -> Result<Option<Timestamp>> {
    Ok(campaigns::resent_at(tx, scope, id).await?)
}
