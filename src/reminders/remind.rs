//! The jobs that remind: a campaign's plan, stride by stride; and the next contact when a mail came back.

use super::calendar::OwnDays;
use super::digest;
use super::model::{Case, Decision, Planned, Progress, days, jitter};
use super::store::{self, Place};
use crate::app::{App, Scope};
use crate::campaigns::{self, Asked, CampaignId, Mailing, State as CampaignState, To, asked};
use crate::db::{Result, Tx};
use crate::deliveries::{self, Kind, Reminder, State as Sent};
use crate::directory::{self, Contact, NotMailed, Role};
use crate::invitations::{self, EventKind, Invitation, InvitationId};
use crate::jobs::{self, Job, Outcome};
use crate::mail::EmailAddress;
use crate::refusal::Cause;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashSet};

pub const KIND: &str = "Remind";

/// How many invitations are looked at in one transaction: other writers wait no longer than that takes.
const STRIDE: i64 = 200;
/// How long is waited where a campaign's invitations are still being made.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// What a campaign's plan is reckoned with.
pub struct Planner<'p> {
    asked: &'p Asked,
    own: OwnDays,
    home: &'p str,
}

impl<'p> Planner<'p> {
    pub async fn read(tx: &mut Tx, app: &'p App, scope: Scope, asked: &'p Asked) -> Result<Planner<'p>> {
        Ok(Planner {
            asked,
            own: store::calendar(tx, scope).await?,
            home: &app.config.organisation.country,
        })
    }

    pub(super) fn case(&self, invitation: &Invitation, invited: Timestamp) -> Case<'_> {
        let plan = &self.asked.plan.reminders;
        let when = (invited, invitation.deadline);
        let days = days(self.home, &invitation.country, &self.own);
        Case::new(
            plan,
            when,
            days,
            &self.asked.zone(),
            jitter(invitation.company.0, plan.unit),
        )
    }
}

/// Begins the plan of one invitation, in the transaction that makes it; nothing where nobody is to be reminded. `invited` is
/// when its mail goes.
pub async fn enrol(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    planner: &Planner<'_>,
    invitation: &Invitation,
    invited: Timestamp,
) -> Result<()> {
    if planner.asked.plan.reminders.is_none() {
        return Ok(());
    }
    let case = planner.case(invitation, invited);
    let first = case.schedule().first().map(|planned| planned.at);
    store::insert(tx, scope, invitation, invited, first, case.buyer_at(&app.zone())).await
}

/// Reckons a plan anew from the deadline as it is now, where it was moved: the steps whose time lies behind `now` are behind
/// the company, those that come are ahead of it.
async fn follow_deadline(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (case, invitation): (&Case<'_>, &Invitation),
    place: &mut Place,
    now: Timestamp,
) -> Result<()> {
    if place.deadline == Some(invitation.deadline) {
        return Ok(());
    }
    place.progress.number = case.behind(now);
    place.deadline = Some(invitation.deadline);
    let buyer_at = case.buyer_at(&app.zone());
    store::set_deadline(tx, scope, place.invitation, invitation.deadline, buyer_at).await
}

/// Why a company's plan goes on from where it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// The deadline was moved, and nobody was told by mail.
    Moved,
    /// The deadline was moved, and a mail says so: the next reminder keeps its distance from that.
    MovedAndTold,
    /// Nobody was reminded for a while, because the campaign was closed or the company had declined: what fell into that
    /// time isn't made good.
    Again,
}

/// Lets the plan of one invitation go on; nothing where nobody is reminded. Hold the invitation before. `at` is when what
/// `why` names happened, so that doing it twice changes nothing. The campaign's job has to be asked for: [`start`].
pub async fn resume(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    planner: &Planner<'_>,
    invitation: &Invitation,
    why: Resume,
    at: Timestamp,
) -> Result<()> {
    let Some(mut place) = store::place_of(tx, scope, invitation.id).await? else {
        return Ok(());
    };
    let case = planner.case(invitation, place.invited);
    follow_deadline(tx, app, scope, (&case, invitation), &mut place, at).await?;
    match why {
        Resume::Moved => {}
        Resume::MovedAndTold => place.progress.last = place.progress.last.max(Some(at)),
        Resume::Again => place.progress.number = place.progress.number.max(case.behind(at)),
    }
    let next = match case.decide(&place.progress, at) {
        Decision::Wait(next) => Some(next),
        Decision::Send(_) => Some(at),
        Decision::Over => None,
    };
    store::set(tx, scope, invitation.id, &place.progress, next).await
}

/// Asks for the job that reminds, in the transaction in which the last invitation was made.
pub async fn start(tx: &mut Tx, app: &App, scope: Scope, campaign: CampaignId, asked: &Asked) -> Result<()> {
    if asked.plan.reminders.is_none() {
        return Ok(());
    }
    let now = app.clock.now();
    let name = format!("{KIND}:{campaign}");
    jobs::enqueue(
        tx,
        app.random.id(now),
        scope.org,
        KIND,
        &name,
        &campaign.to_string(),
        now,
    )
    .await?;
    if asked.plan.reminders.buyer_before().is_some() {
        digest::ask(tx, app, scope, now).await?;
    }
    Ok(())
}

/// Has every plan look anew, because the clock was ahead and has been set back; how many there were. Nobody is reminded
/// sooner for it: each asks its plan.
pub async fn look_anew(tx: &mut Tx, app: &App, scope: Scope, now: Timestamp) -> Result<u64> {
    let today = now.to_zoned(app.zone()).date();
    store::look_anew(tx, scope, now, today).await
}

/// Reminds whom a campaign has to remind now, and comes back when something is due next.
pub async fn remind(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let id: CampaignId = job.payload.parse()?;
    let asked = asked(&app, scope, id)
        .await?
        .ok_or_else(|| anyhow::anyhow!("campaign {id} has no snapshot"))?;
    loop {
        let mut tx = app.db.write().await?;
        let now = app.clock.now();
        let Some(campaign) = campaigns::find(&mut tx, scope, id).await? else {
            return Ok(Outcome::Done);
        };
        match campaign.state {
            CampaignState::Draft | CampaignState::Closed => return Ok(Outcome::Done),
            CampaignState::Sending => return Ok(Outcome::Again(now + AGAIN)),
            CampaignState::Running => {}
        }
        match campaign.mailing {
            Mailing::On => {}
            // What waits while its mails are paused is reminded once, when they go on.
            Mailing::Paused | Mailing::Refused => return Ok(Outcome::Again(now + AGAIN)),
            Mailing::Cancelled => return Ok(Outcome::Done),
        }
        let plan = Planner::read(&mut tx, &app, scope, &asked).await?;
        let due = store::due(&mut tx, scope, id, now, STRIDE).await?;
        let ended = (due.len() as i64) < STRIDE;
        let mut counted: BTreeMap<(i64, jiff::civil::Date, &'static str), i64> = BTreeMap::new();
        for place in due {
            let went = one(&mut tx, &app, scope, &plan, place, now).await?;
            if let Some((planned, to)) = went {
                *counted.entry((planned.number, planned.day, to)).or_default() += 1;
            }
        }
        for (key, count) in counted {
            store::count(&mut tx, scope, id, key, count).await?;
        }
        tx.commit().await?;
        app.jobs.now();
        if app.jobs.is_stopping() {
            return Ok(Outcome::Again(app.clock.now()));
        }
        if ended {
            break;
        }
    }
    let mut tx = app.db.read().await?;
    let next = store::next_due(&mut tx, scope, id).await?;
    Ok(next.map_or(Outcome::Done, Outcome::Again))
}

/// Reminds one company, or says when to look again; the step and to whom, if a mail was queued.
async fn one(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    plan: &Planner<'_>,
    mut place: Place,
    now: Timestamp,
) -> Result<Option<(Planned, &'static str)>> {
    let id = place.invitation;
    // Held until the mail is queued: an answer that comes now waits, and is seen by who sends.
    invitations::lock(tx, scope, id).await?;
    let found = invitations::find(tx, scope, id).await?;
    let Some(invitation) = found.filter(Invitation::is_awaited) else {
        store::set(tx, scope, id, &place.progress, None).await?;
        return Ok(None);
    };
    let case = plan.case(&invitation, place.invited);
    follow_deadline(tx, app, scope, (&case, &invitation), &mut place, now).await?;
    let progress = place.progress;
    let planned = match case.decide(&progress, now) {
        Decision::Send(planned) => planned,
        Decision::Wait(at) => {
            store::set(tx, scope, id, &progress, Some(at)).await?;
            return Ok(None);
        }
        Decision::Over => {
            store::set(tx, scope, id, &progress, None).await?;
            return Ok(None);
        }
    };
    let contacts = directory::contacts_of(tx, &scope, invitation.company).await?;
    let messages = deliveries::of_invitation(tx, scope, id).await?;
    let contact = choose(&contacts, planned.to, failed(&messages, &[Sent::Bounced, Sent::Failed]))
        // Better somebody whose mailbox was full than nobody.
        .or_else(|| choose(&contacts, planned.to, failed(&messages, &[Sent::Bounced])));
    // Whose request was withdrawn before it went isn't reminded of it.
    let requests: Vec<Sent> = messages
        .iter()
        .filter(|m| m.kind == Kind::Invitation)
        .map(|m| m.state)
        .collect();
    let withdrawn = !requests.is_empty() && requests.iter().all(|state| *state == Sent::Cancelled);
    let contact = contact.filter(|_| !withdrawn);
    let mut after = Progress {
        number: planned.number,
        ..progress
    };
    let mut went = None;
    if let Some(contact) = contact {
        after.sent += 1;
        after.last = Some(now);
        let invited = messages
            .iter()
            .any(|m| m.kind == Kind::Invitation && m.contact == Some(contact.id) && m.state != Sent::Cancelled);
        let reminder = Reminder {
            occasion: after.sent,
            escalated: !invited,
            days: case.days_left(now),
            due_at: now,
        };
        deliveries::queue_reminder(tx, app, scope, &invitation, contact, reminder).await?;
        went = Some(contact.role.as_str());
    }
    // Nobody can be written to: the company is on the phone list, and the plan goes on in case a contact is entered.
    let next = match case.decide(&after, now) {
        Decision::Wait(at) => Some(at),
        Decision::Send(_) => Some(now),
        Decision::Over => None,
    };
    store::set(tx, scope, id, &after, next).await?;
    Ok(went.map(|to| (planned, to)))
}

/// The addresses whose last mail is in one of these states; one that was refused because of us says nothing of its address.
fn failed<'m>(messages: &'m [deliveries::Delivery], states: &'m [Sent]) -> impl Fn(&EmailAddress) -> bool + 'm {
    move |mail| {
        let last = messages
            .iter()
            .rev()
            .find(|m| m.address == mail.as_str() && m.state != Sent::Cancelled);
        last.is_some_and(|m| states.contains(&m.state) && m.cause != Some(Cause::Us))
    }
}

/// The contact that a step reaches: of those who may be mailed and whose mail doesn't come back one in the role that is asked
/// for, else in one below, else in one above.
pub fn choose(contacts: &[Contact], to: To, came_back: impl Fn(&EmailAddress) -> bool) -> Option<&Contact> {
    let order = match to {
        To::Primary | To::Buyer => [Role::Primary, Role::Backup, Role::Executive],
        To::Backup => [Role::Backup, Role::Primary, Role::Executive],
        To::Executive => [Role::Executive, Role::Backup, Role::Primary],
    };
    let reachable = |c: &&Contact| c.mailable().is_ok_and(|mail| !came_back(mail));
    order
        .into_iter()
        .find_map(|role| contacts.iter().filter(reachable).find(|c| c.role == role))
}

/// Sends the invitation to the next contact, when a mail to one came back; `deliveries` asks for it
/// ([`deliveries::BOUNCED`]). Where there is nobody left, the company is to be phoned.
pub async fn reach_next(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let id: InvitationId = job.payload.parse()?;
    let mut tx = app.db.write().await?;
    let state = invitations::lock(&mut tx, scope, id).await?;
    let found = invitations::find(&mut tx, scope, id).await?;
    let Some(invitation) = found.filter(Invitation::is_awaited) else {
        return Ok(Outcome::Done);
    };
    // Who chose that nobody is reminded phones whom mail doesn't reach.
    if !store::is_enrolled(&mut tx, scope, id).await? {
        return Ok(Outcome::Done);
    }
    let messages = deliveries::of_invitation(&mut tx, scope, id).await?;
    let contacts = directory::contacts_of(&mut tx, &scope, invitation.company).await?;
    let dead: HashSet<&str> = contacts
        .iter()
        .filter(|c| c.mailable() == Err(NotMailed::Undeliverable))
        .filter_map(|c| c.mail.as_ref().map(EmailAddress::as_str))
        .collect();
    let reached = |m: &deliveries::Delivery| {
        m.kind == Kind::Invitation
            && !matches!(m.state, Sent::Bounced | Sent::Failed | Sent::Cancelled)
            && !dead.contains(m.address.as_str())
    };
    if messages.iter().any(reached) {
        return Ok(Outcome::Done);
    }
    let tried: HashSet<&str> = messages.iter().map(|m| m.address.as_str()).collect();
    let next = choose(&contacts, To::Primary, |mail| tried.contains(mail.as_str()));
    let event = match next {
        Some(contact) => {
            deliveries::queue_invitation(&mut tx, &app, scope, invitation.campaign, id, contact, app.clock.now())
                .await?;
            EventKind::Queued
        }
        None => EventKind::NoAddress,
    };
    invitations::append(&mut tx, &app, &invitation, state, &[event], "", "").await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(Outcome::Done)
}
