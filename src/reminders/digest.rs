//! One mail a day to each buyer: whom to phone.

use super::model::days;
use super::store;
use crate::app::{App, Scope};
use crate::db::{Result, Tx};
use crate::deliveries::{self, Digest, DigestLine, digest_token};
use crate::directory::{self, Buyer};
use crate::jobs::{self, Job, Outcome};
use crate::secret::sha256;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

pub const KIND: &str = "SendDigests";

/// When buyers get it, in the organisation's zone: before they begin to phone.
const HOUR: Time = Time::constant(8, 30, 0, 0);
/// Later than this on a day, it is left to the next one.
const LATEST: Time = Time::constant(18, 0, 0, 0);
/// How many companies the mail shows; the page has all.
const SHOWN: usize = 40;
/// How many companies of a buyer are read.
pub(super) const MOST: i64 = 500;
/// For how long a link is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);
/// More buyers than a company has.
const BUYERS: i64 = 5_000;

/// Asks for the job in the transaction that gives buyers work.
pub(super) async fn ask(tx: &mut Tx, app: &App, scope: Scope, now: Timestamp) -> Result<()> {
    let name = format!("{KIND}:{}", scope.org);
    jobs::enqueue(tx, app.random.id(now), scope.org, KIND, &name, "", now).await
}

/// Sends each buyer the mail of the day, if it is the hour of a business day, and comes back on the next.
pub async fn send_digests(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let mut tx = app.db.read().await?;
    if !store::has_buyers_work(&mut tx, scope).await? {
        return Ok(Outcome::Done);
    }
    let own = store::calendar(&mut tx, scope).await?;
    let days = days(&app.config.organisation.country, "", &own);
    let local = app.clock.now().to_zoned(app.zone());
    let today = local.date();
    let open = days.is_business(today) && (HOUR..LATEST).contains(&local.time());
    if open {
        let buyers = directory::buyers(&mut tx, scope, BUYERS).await?;
        drop(tx);
        for buyer in &buyers {
            tell(&app, scope, buyer, today).await?;
            if app.jobs.is_stopping() {
                return Ok(Outcome::Again(app.clock.now()));
            }
        }
        app.jobs.now();
    }
    let from = match local.time() < HOUR {
        true => Some(today),
        false => today.tomorrow().ok(),
    };
    let next = from
        .and_then(|day| days.from(day))
        .and_then(|day| day.to_datetime(HOUR).to_zoned(app.zone()).ok());
    // A calendar without any business day: tomorrow is looked again.
    let tomorrow = app.clock.now() + SignedDuration::from_hours(24);
    Ok(Outcome::Again(next.map_or(tomorrow, |next| next.timestamp())))
}

/// Queues one buyer's mail of a day; nothing where nobody is to be phoned, or where it is made already.
async fn tell(app: &App, scope: Scope, buyer: &Buyer, today: Date) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut calls = store::calls_of(&mut tx, scope, buyer.id, now, MOST).await?;
    calls.retain(|call| call.said.hold_until.is_none_or(|hold| hold <= now));
    let Some(first) = calls.first() else {
        return Ok(());
    };
    let campaign = first.campaign;
    let id: deliveries::DeliveryId = app.id(now);
    let hash = sha256(digest_token(&app.secret, id).as_bytes());
    if !store::take_day(&mut tx, scope, (buyer.id, today), &hash, now + GOOD_FOR).await? {
        return Ok(());
    }
    let zone = app.zone();
    let left = |deadline: Timestamp| {
        let last = deadline.to_zoned(zone.clone()).date();
        today
            .until((jiff::Unit::Day, last))
            .map_or(0, |span| i64::from(span.get_days()))
    };
    let digest = Digest {
        companies: calls.len() as i64,
        lines: calls
            .iter()
            .take(SHOWN)
            .map(|call| DigestLine {
                company: call.company.clone(),
                campaign: call.title.clone(),
                days: call.deadline.map_or(0, left),
                contact: call.contact.clone(),
                phone: call.phone.clone(),
            })
            .collect(),
    };
    deliveries::queue_digest(&mut tx, app, scope, (id, campaign), buyer, &digest).await?;
    tx.commit().await
}
