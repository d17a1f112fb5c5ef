//! Moving the deadline of a campaign that runs, closing it, and opening it again: what is decided at once, and what follows for
//! each company by a job.

use super::again::refuse_unless_mailing;
use crate::app::{App, Scope};
use crate::audit::{self, Change, Origin};
use crate::board;
use crate::campaigns::{self, CampaignId, State as CampaignState, asked};
use crate::db::Tx;
use crate::deliveries::{self, Moved, Recipient};
use crate::directory;
use crate::invitations::{self, Cursor, EventKind, Invitation, InvitationId, Narrow, Sort, State};
use crate::jobs::{self, Job, Outcome};
use crate::reminders::{self, Planner, Resume};
use crate::web::{Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub const KIND: &str = "GoOn";

/// How many companies are looked at in one transaction.
const STRIDE: i64 = 100;

/// What the job is to do: the payload, as JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct GoOn {
    campaign: CampaignId,
    /// When it was decided.
    at: Timestamp,
    /// The deadline was moved; otherwise the campaign was opened again.
    moved: Option<Moved>,
    /// Whether those who haven't answered get a mail.
    tell: bool,
}

async fn ask(tx: &mut Tx, app: &App, scope: Scope, go_on: GoOn) -> Result<()> {
    let name = format!("{KIND}:{}:{}", go_on.campaign, go_on.at.as_microsecond());
    let payload = serde_json::to_string(&go_on)?;
    let job = app.random.id(go_on.at);
    Ok(jobs::enqueue(tx, job, scope.org, KIND, &name, &payload, go_on.at).await?)
}

/// Moves the deadline of a running campaign to `local`, such as `2026-12-10T17:00`, in the campaign's own zone. With `tell`,
/// those who haven't answered get a mail. None: it is that already. [`Error::Conflict`] holds the sentence where it can't be.
pub async fn move_deadline(
    tx: &mut Tx,
    app: &App,
    origin: &Origin,
    id: CampaignId,
    (local, tell): (&str, bool),
) -> Result<Option<Moved>> {
    let scope = Scope { org: origin.org };
    let campaign = campaigns::find(tx, scope, id).await?.ok_or(Error::NotFound)?;
    match campaign.state {
        CampaignState::Running => {}
        CampaignState::Closed => return Err(Error::Conflict("error-campaign-ended")),
        CampaignState::Draft | CampaignState::Sending => return Err(Error::Conflict("error-campaign-not-running")),
    }
    if tell {
        refuse_unless_mailing(&campaign)?;
    }
    let mut plan = campaign.plan.clone();
    plan.deadline = local.to_owned();
    if let Err((_, key)) = plan.deadline_problem(origin.now) {
        return Err(Error::Conflict(key));
    }
    let moved = Moved {
        from: campaign.deadline(),
        to: plan.deadline().unwrap_or(Timestamp::MAX),
        at: origin.now,
    };
    if moved.from == moved.to {
        return Ok(None);
    }
    if !campaigns::move_deadline(tx, scope, &campaign, &plan).await? {
        return Err(Error::Conflict("error-campaign-changed"));
    }
    let go_on = GoOn {
        campaign: id,
        at: origin.now,
        moved: Some(moved),
        tell,
    };
    ask(tx, app, scope, go_on).await?;
    board::touch(tx, scope, id).await?;
    let before = json!({ "deadline": campaign.plan.deadline });
    let after = json!({ "deadline": plan.deadline, "told": tell });
    audit::record(tx, app, origin, campaign.change("campaign.deadline"), &before, &after).await?;
    Ok(Some(moved))
}

/// Running → closed: no answers any more, and what waits to be sent is cancelled. False: it was closed already.
pub async fn close(tx: &mut Tx, app: &App, origin: &Origin, id: CampaignId) -> Result<bool> {
    let scope = Scope { org: origin.org };
    let campaign = campaigns::find(tx, scope, id).await?.ok_or(Error::NotFound)?;
    if campaign.state == CampaignState::Closed {
        return Ok(false);
    }
    if !campaigns::mark_closed(tx, scope, id, origin.now).await? {
        return Err(Error::Conflict("error-campaign-not-running"));
    }
    deliveries::cancel_mails(tx, app, scope, id).await?;
    board::touch(tx, scope, id).await?;
    audit::record(tx, app, origin, campaign.change("campaign.close"), &(), &()).await?;
    Ok(true)
}

/// Closed → running: answers are taken again, mails go, and reminders go on with what comes next. What closing cancelled stays
/// so. False: it runs already.
pub async fn reopen(tx: &mut Tx, app: &App, origin: &Origin, id: CampaignId) -> Result<bool> {
    let scope = Scope { org: origin.org };
    let campaign = campaigns::find(tx, scope, id).await?.ok_or(Error::NotFound)?;
    if campaign.state == CampaignState::Running {
        return Ok(false);
    }
    if !campaigns::mark_reopened(tx, scope, id).await? {
        return Err(Error::Conflict("error-campaign-not-closed"));
    }
    let go_on = GoOn {
        campaign: id,
        at: origin.now,
        moved: None,
        tell: false,
    };
    ask(tx, app, scope, go_on).await?;
    board::touch(tx, scope, id).await?;
    let before = json!({ "closed_at": campaign.closed_at });
    audit::record(tx, app, origin, campaign.change("campaign.reopen"), &before, &()).await?;
    Ok(true)
}

/// Takes back that a company had declined: it stands where it stood. Pressed twice, it is one event; nothing where it has
/// answered since.
pub async fn undo_decline(tx: &mut Tx, app: &App, origin: &Origin, id: InvitationId) -> Result<()> {
    let scope = Scope { org: origin.org };
    let state = invitations::lock(tx, scope, id).await?;
    let invitation = invitations::find(tx, scope, id).await?.ok_or(Error::NotFound)?;
    if invitation.closed {
        return Err(Error::Conflict("error-campaign-ended"));
    }
    if state != State::Declined {
        return Ok(());
    }
    let by = origin.actor.name();
    let now = invitations::append(tx, app, &invitation, state, &[EventKind::Undeclined], by, "").await?;
    let asked = asked(app, scope, invitation.campaign).await?.ok_or(Error::NotFound)?;
    let invitation = Invitation {
        state: now,
        ..invitation
    };
    if invitation.is_awaited() {
        let planner = Planner::read(tx, app, scope, &asked).await?;
        reminders::resume(tx, app, scope, &planner, &invitation, Resume::Again, origin.now).await?;
        reminders::start(tx, app, scope, invitation.campaign, &asked).await?;
    }
    let change = Change {
        action: "invitation.undecline",
        subject_kind: "invitation",
        subject: Some(id.0),
        subject_name: &invitation.company_name,
    };
    Ok(audit::record(tx, app, origin, change, &state.as_str(), &now.as_str()).await?)
}

/// Tells who is to be told and lets each company's reminders go on, a stride at a time. Safe to run again.
pub async fn go_on(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let todo: GoOn = serde_json::from_str(&job.payload)?;
    let id = todo.campaign;
    let asked = asked(&app, scope, id)
        .await?
        .ok_or_else(|| anyhow::anyhow!("campaign {id} has no snapshot"))?;
    let mut after = Cursor::default();
    loop {
        let mut tx = app.db.write_much().await?;
        let campaign = campaigns::find(&mut tx, scope, id).await?;
        let stands = |deadline| todo.moved.is_none_or(|moved| moved.to == deadline);
        // Closed, or moved once more, meanwhile: then another job does what is left.
        if campaign.is_none_or(|c| c.state != CampaignState::Running || !stands(c.deadline())) {
            return Ok(Outcome::Done);
        }
        let planner = Planner::read(&mut tx, &app, scope, &asked).await?;
        let page = invitations::list(&mut tx, scope, id, &Narrow::default(), Sort::Name, &after, STRIDE).await?;
        for row in &page {
            invitations::lock(&mut tx, scope, row.id).await?;
            let Some(invitation) = invitations::find(&mut tx, scope, row.id).await? else {
                continue;
            };
            if todo.moved.is_none() {
                // Its copy of the company didn't follow the directory while the campaign was closed.
                directory::mark_changed(&mut tx, &scope, invitation.company).await?;
            }
            if !invitation.is_awaited() {
                continue;
            }
            let why = match todo.moved {
                None => Resume::Again,
                Some(moved) if todo.tell && tell(&mut tx, &app, &invitation, &moved).await? => Resume::MovedAndTold,
                Some(_) => Resume::Moved,
            };
            reminders::resume(&mut tx, &app, scope, &planner, &invitation, why, todo.at).await?;
        }
        let ended = (page.len() as i64) < STRIDE;
        if ended {
            reminders::start(&mut tx, &app, scope, id, &asked).await?;
            if todo.moved.is_none() {
                directory::ask_to_follow(&mut tx, &app, &scope, app.clock.now()).await?;
            }
        }
        tx.commit().await?;
        app.jobs.now();
        match page.last() {
            Some(last) if !ended => after = Cursor::from(last),
            _ => return Ok(Outcome::Done),
        }
        if app.jobs.is_stopping() {
            return Ok(Outcome::Again(app.clock.now()));
        }
    }
}

/// Queues the mail to everybody at the company who got the request, at the address that the directory has for them now.
/// Whether there is anybody.
async fn tell(tx: &mut Tx, app: &App, invitation: &Invitation, moved: &Moved) -> crate::db::Result<bool> {
    let scope = invitation.scope();
    let all = directory::contacts_of(tx, &scope, invitation.company).await?;
    let mut to: Vec<Recipient> = Vec::new();
    for sent in deliveries::sent_addresses(tx, scope, invitation.id).await? {
        // A request that still waits will say the new deadline itself.
        if matches!(sent.state, deliveries::State::Queued | deliveries::State::Deferred) {
            continue;
        }
        let now = sent.contact.and_then(|id| all.iter().find(|c| c.id == id));
        let recipient = match now {
            Some(contact) if contact.mailable().is_err() => None,
            Some(contact) => Recipient::of(contact),
            None => sent.address.parse().ok().map(|address| Recipient {
                contact: None,
                language: sent.language.clone(),
                address,
                name: sent.recipient.clone(),
            }),
        };
        to.extend(recipient.filter(|r| !to.iter().any(|other| other.address == r.address)));
    }
    for recipient in &to {
        deliveries::queue_deadline(tx, app, invitation, recipient, moved).await?;
    }
    Ok(!to.is_empty())
}
