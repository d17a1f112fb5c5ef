//! Sending: the decision in one transaction, the invitations by a job, a few hundred companies at a time.

use super::audience::{Audience, Place};
use super::model::{PAGE, choose};
use crate::app::{App, Scope};
use crate::audit::{self, Actor, Change, Origin};
use crate::board;
use crate::campaigns::{self, Asked, Campaign, CampaignId, Plan, State as CampaignState, Statements, asked};
use crate::db::{Result, Tx};
use crate::deliveries;
use crate::directory::{self, CompanyRow, Filter, Role};
use crate::invitations::{self, EventKind, State};
use crate::jobs::{self, Job, Outcome};
use crate::letters;
use crate::reminders;
use crate::secret::sha256;
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub const KIND: &str = "Circulate";
/// How many companies are invited in one transaction: other writers wait no longer than that takes.
const STRIDE: usize = 100;

/// Snapshots the content, marks the campaign as sending, and leaves the rest to the job. False: somebody else was first.
pub async fn send(app: &App, scope: Scope, campaign: &Campaign, origin: &Origin) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let statements = Statements::now(&mut tx, app, scope).await?;
    let asked = Asked::of(campaign, &app.content, statements);
    if !campaigns::mark_sent(&mut tx, scope, campaign, &asked, origin.now).await? {
        return Ok(false);
    }
    board::open(&mut tx, scope, campaign.id).await?;
    let change = campaign.change("campaign.send");
    audit::record(&mut tx, app, origin, change, &(), &campaign.plan).await?;
    let name = format!("{KIND}:{}", campaign.id);
    let job = app.random.id(origin.now);
    jobs::enqueue(
        &mut tx,
        job,
        scope.org,
        KIND,
        &name,
        &campaign.id.to_string(),
        origin.now,
    )
    .await?;
    tx.commit().await?;
    app.jobs.now();
    Ok(true)
}

/// Which companies a running campaign goes to as well: the payload of the job, as JSON.
#[derive(Serialize, Deserialize)]
struct Addition {
    campaign: CampaignId,
    audience: Filter,
}

/// Has the job invite whom `audience` takes, and who hasn't been. Asked for twice at once, it is one job.
pub async fn ask_to_add(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    audience: &Filter,
    now: Timestamp,
) -> crate::web::Result<()> {
    let payload = serde_json::to_string(&Addition {
        campaign,
        audience: audience.clone(),
    })?;
    let name = format!(
        "{KIND}:{campaign}:{}",
        HEXLOWER.encode(&sha256(payload.as_bytes())[..8])
    );
    let job = app.random.id(now);
    Ok(jobs::enqueue(tx, job, scope.org, KIND, &name, &payload, now).await?)
}

/// Makes the invitations and queues the mails. Safe to run again: a company that has its invitation is passed over, and
/// its invitation, events and mails were made in one transaction.
pub async fn circulate(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    // A campaign's id, or what is added to it.
    let (id, added) = match job.payload.parse::<CampaignId>() {
        Ok(id) => (id, None),
        Err(_) => {
            let addition: Addition = serde_json::from_str(&job.payload)?;
            (addition.campaign, Some(addition.audience))
        }
    };
    let asked = asked(&app, scope, id)
        .await?
        .ok_or_else(|| anyhow::anyhow!("campaign {id} has no snapshot"))?;
    let is_addition = added.is_some();
    let audience = match added {
        None => Audience::of(&app, scope, &asked.plan, asked.follows.as_ref()).await?,
        Some(audience) => {
            let plan = Plan {
                audience,
                ..asked.plan.clone()
            };
            Audience::of(&app, scope, &plan, None).await?
        }
    };
    let mut made = 0;
    let mut at = Place::default();
    while !at.ended {
        let mut tx = app.db.read().await?;
        let page = audience.page(&mut tx, scope, &mut at, PAGE).await?;
        drop(tx);
        for stride in page.chunks(STRIDE) {
            let Some(more) = invite(&app, scope, id, &asked, stride).await? else {
                // Closed meanwhile: nobody else is asked.
                return Ok(Outcome::Done);
            };
            made += more;
            if app.jobs.is_stopping() {
                return Ok(Outcome::Again(app.clock.now()));
            }
            app.jobs.now();
        }
    }
    let mut tx = app.db.write().await?;
    letters::order(&mut tx, &app, scope, id).await?;
    if is_addition {
        reminders::start(&mut tx, &app, scope, id, &asked).await?;
        circulated(&mut tx, &app, scope, id, &asked, made).await?;
    } else if campaigns::mark_running(&mut tx, scope, id).await? {
        reminders::start(&mut tx, &app, scope, id, &asked).await?;
        let states = invitations::states(&mut tx, scope, id).await?;
        let made: i64 = states.iter().map(|(_, count)| count).sum();
        circulated(&mut tx, &app, scope, id, &asked, made).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Tells the log how many invitations were made.
async fn circulated(tx: &mut Tx, app: &App, scope: Scope, id: CampaignId, asked: &Asked, made: i64) -> Result<()> {
    let origin = Origin {
        org: scope.org,
        actor: Actor::Job(KIND),
        address: String::new(),
        now: app.clock.now(),
    };
    let change = Change {
        action: "campaign.circulate",
        subject_kind: "campaign",
        subject: Some(id.0),
        subject_name: &asked.number,
    };
    let told = serde_json::json!({ "invitations": made });
    audit::record(tx, app, &origin, change, &(), &told).await
}

/// Invites those of `companies` that haven't been; how many that were, or None where the campaign is closed.
async fn invite(
    app: &App,
    scope: Scope,
    id: CampaignId,
    asked: &Asked,
    companies: &[CompanyRow],
) -> Result<Option<i64>> {
    let plan = &asked.plan;
    let mut tx = app.db.write_much().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?;
    if campaign.is_none_or(|c| c.state == CampaignState::Closed) {
        return Ok(None);
    }
    let mut count = 0;
    let planner = reminders::Planner::read(&mut tx, app, scope, asked).await?;
    for company in companies {
        let contacts = directory::contacts_of(&mut tx, &scope, company.id).await?;
        let chosen = choose(&contacts, plan.contacts);
        let check = plan.asks_check(company.kind);
        let made = invitations::insert(&mut tx, app, scope, id, company.id, check, chosen.len() as i64).await?;
        let Some(made) = made else { continue };
        let Some(invitation) = invitations::find(&mut tx, scope, made).await? else {
            continue;
        };
        count += 1;
        let second = if chosen.is_empty() {
            EventKind::NoAddress
        } else {
            EventKind::Queued
        };
        invitations::append(
            &mut tx,
            app,
            &invitation,
            State::Queued,
            &[EventKind::Created, second],
            "",
            "",
        )
        .await?;
        let now = app.clock.now();
        let announced = now + SignedDuration::from_hours(plan.notice_hours);
        // A request that would come when it is too late isn't announced: that happens to companies that are added.
        let comes = if announced < invitation.deadline {
            announced
        } else {
            now
        };
        for contact in &chosen {
            if comes > now {
                deliveries::queue_notice(&mut tx, app, &invitation, contact, comes).await?;
            }
            deliveries::queue_invitation(&mut tx, app, scope, id, made, contact, comes).await?;
        }
        if chosen.is_empty() {
            let addressee = contacts.iter().find(|c| c.role == Role::Primary).or(contacts.first());
            deliveries::queue_paper(&mut tx, app, scope, id, made, addressee).await?;
        }
        reminders::enrol(&mut tx, app, scope, &planner, &invitation, comes).await?;
    }
    tx.commit().await?;
    Ok(Some(count))
}
