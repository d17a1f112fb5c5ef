//! Fills an empty Kairan with a chain and what happened to it, by the functions that pages use, at the times they tell.

use super::chain::{Fictitious, fictitious};
use super::life::Life;
use crate::app::{App, Scope};
use crate::audit::{Actor, Origin};
use crate::awareness::{self, Way};
use crate::board;
use crate::campaigns::{self, Asked, Campaign, Plan};
use crate::content::{Checklist, Kind as QuestionKind, YesNo};
use crate::deliveries;
use crate::directory::{self, Criticality};
use crate::invitations::{self, EventKind, Invitation, InvitationId, State};
use crate::letters;
use crate::responses::{self, About, Channel, Form, Posted, Value};
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How many companies are loaded in one transaction: they lie at random in most indexes, so a page is written once for many.
const STRIDE: u64 = 20_000;
/// In a larger chain no letters are made on paper: it shows a board's speed, and thousands of PDFs would take its processors.
const PAPER: u64 = 2_000;
const SEED: u64 = 20_220_331;

/// An App whose clock is set by hand.
pub struct Then {
    pub app: App,
    clock: Arc<AtomicI64>,
}

impl Then {
    pub fn of(app: &App) -> Then {
        let clock = Arc::new(AtomicI64::new(app.clock.now().as_microsecond()));
        Then {
            app: app.at(clock.clone()),
            clock,
        }
    }

    fn set(&self, at: Timestamp) {
        self.clock.store(at.as_microsecond(), Ordering::SeqCst);
    }
}

/// A campaign to be loaded as if it had happened.
pub struct Past {
    pub plan: Plan,
    pub sent: Timestamp,
    /// Up to when it happened: now, or when it was closed.
    pub until: Timestamp,
    pub closed: bool,
    /// Which companies of the chain: every `every`-th.
    pub every: u64,
    /// In a hundred companies that got it, how many have answered by `until`.
    pub answered: u32,
    /// How much weaker the answers are than in the other campaign.
    pub weaker: u32,
}

/// Puts `companies` companies into the directory, of which one in nine is a group company.
pub async fn load_chain(then: &Then, companies: u64, now: Timestamp, told: impl Fn(u64)) -> anyhow::Result<()> {
    let scope = then.app.scope();
    for from in (0..companies).step_by(STRIDE as usize) {
        let mut tx = then.app.db.write_much().await?;
        for number in from..(from + STRIDE).min(companies) {
            let one = made_up(number, companies, now);
            directory::load(&mut tx, &scope, &one.company, &one.contacts, now).await?;
        }
        tx.commit().await?;
        told(from + STRIDE);
    }
    Ok(())
}

fn made_up(number: u64, companies: u64, now: Timestamp) -> Fictitious {
    // 40 of 340, and never more than a real group would have.
    let groups = (companies * 2 / 17).min(400);
    fictitious(SEED, number, number < groups, now)
}

/// Loads a campaign to a chain that [`load_chain`] made at `made`.
pub async fn load_campaign(
    then: &Then,
    past: &Past,
    companies: u64,
    made: Timestamp,
    told: impl Fn(u64),
) -> anyhow::Result<Campaign> {
    let app = &then.app;
    let scope = app.scope();
    then.set(past.sent);
    let mut tx = app.db.write().await?;
    let zone = past.plan.time_zone();
    let campaign = campaigns::insert(&mut tx, scope, app.id(past.sent), &past.plan, &zone, past.sent).await?;
    let asked = Asked::of(&campaign, &app.content, campaigns::Statements::default());
    campaigns::mark_sent(&mut tx, scope, &campaign, &asked, past.sent).await?;
    campaigns::mark_running(&mut tx, scope, campaign.id).await?;
    board::open(&mut tx, scope, campaign.id).await?;
    tx.commit().await?;
    let paper = !past.closed && companies <= PAPER;
    let life = Life::between(past.sent, past.until, &zone);
    let mut rng = Rng::with_seed(SEED ^ past.sent.as_second() as u64);
    for from in (0..companies).step_by(STRIDE as usize) {
        let mut tx = app.db.write_much().await?;
        for number in (from..(from + STRIDE).min(companies)).filter(|n| n % past.every == 0) {
            let one = made_up(number, companies, made);
            let telling = Telling {
                then,
                scope,
                asked: &asked,
                campaign: &campaign,
                past,
                life: &life,
                paper,
            };
            telling.tell(&mut tx, &mut rng, &one).await?;
        }
        tx.commit().await?;
        board::fold_all(app).await?;
        told(from + STRIDE);
    }
    // Receipts of long ago aren't sent now.
    let mut tx = app.db.write().await?;
    crate::jobs::forget(&mut tx, scope.org, responses::CONFIRM_RECEIPT).await?;
    if paper {
        letters::order(&mut tx, app, scope, campaign.id).await?;
    }
    if past.closed {
        campaigns::mark_closed(&mut tx, scope, campaign.id, past.until).await?;
    }
    tx.commit().await?;
    Ok(campaign)
}

struct Telling<'t> {
    then: &'t Then,
    scope: Scope,
    asked: &'t Asked,
    campaign: &'t Campaign,
    past: &'t Past,
    life: &'t Life,
    /// Letters on paper are made, for companies without an address.
    paper: bool,
}

impl Telling<'_> {
    /// What happened to one company.
    async fn tell(&self, tx: &mut crate::db::Tx, rng: &mut Rng, one: &Fictitious) -> anyhow::Result<()> {
        let (app, then, past) = (&self.then.app, self.then, self.past);
        // Mails go out over a quarter of an hour.
        let sent = past.sent + SignedDuration::from_millis(rng.i64(1..900_000));
        then.set(past.sent);
        let contact = one.contacts.iter().find(|c| c.mail.is_some());
        let check = past.plan.asks_check(one.company.kind);
        let mails = i64::from(contact.is_some());
        let made = invitations::insert(tx, app, self.scope, self.campaign.id, one.company.id, check, mails).await?;
        let Some(id) = made else { return Ok(()) };
        let Some(invitation) = invitations::find(tx, self.scope, id).await? else {
            return Ok(());
        };
        let second = match contact {
            None => EventKind::NoAddress,
            Some(_) => EventKind::Queued,
        };
        let kinds = [EventKind::Created, second];
        let mut state = invitations::append(tx, app, &invitation, State::Queued, &kinds, "", "").await?;
        let bounced = one.bounces && !past.closed;
        if contact.is_none() && self.paper {
            deliveries::queue_paper(tx, app, self.scope, self.campaign.id, id, one.contacts.first()).await?;
        }
        if let Some(contact) = contact {
            then.set(sent);
            let campaign = self.campaign.id;
            deliveries::load_sent(tx, app, self.scope, campaign, id, contact, bounced).await?;
            let (kind, detail) = match bounced {
                true => (EventKind::Bounced, "550 5.1.1 user unknown"),
                false => (EventKind::Sent, ""),
            };
            state = invitations::append(tx, app, &invitation, state, &[kind], "", detail).await?;
        }
        let critical = one.company.criticality == Some(Criticality::A);
        let reached = contact.is_some() && !bounced;
        let draw = rng.u32(..100);
        let answered = if critical { past.answered + 8 } else { past.answered };
        let fate = match (reached, draw) {
            (false, 0..25) => Fate::Phoned,
            (false, _) => Fate::Silent,
            (true, draw) if draw < answered => Fate::Answered,
            (true, draw) if draw < answered + 7 => Fate::Started,
            (true, draw) if draw < answered + 18 => Fate::Acknowledged,
            (true, draw) if draw < answered + 28 => Fate::Opened,
            _ => Fate::Silent,
        };
        if matches!(fate, Fate::Silent) {
            return Ok(());
        }
        let done = self.life.draw(rng).max(sent + SignedDuration::from_mins(2));
        let who = one.contacts.first().map_or("", |c| c.name.as_str());
        let before =
            |minutes: i64| (done - SignedDuration::from_mins(minutes)).max(sent + SignedDuration::from_secs(30));
        if !matches!(fate, Fate::Phoned) {
            then.set(before(14));
            state = invitations::append(tx, app, &invitation, state, &[EventKind::Opened], who, "").await?;
        }
        if matches!(fate, Fate::Acknowledged | Fate::Started | Fate::Answered) {
            then.set(before(12));
            let kinds = [EventKind::Acknowledged];
            state = invitations::append(tx, app, &invitation, state, &kinds, who, "").await?;
        }
        match fate {
            Fate::Started => {
                then.set(before(9));
                invitations::append(tx, app, &invitation, state, &[EventKind::Started], who, "").await?;
            }
            Fate::Answered | Fate::Phoned if check => {
                then.set(done);
                let channel = match fate {
                    Fate::Phoned => (Channel::Phone, "電話で聞き取り（架空の記録） / by phone (fictitious)"),
                    _ => (Channel::Link, ""),
                };
                let language = one.contacts.first().map_or("ja", |c| c.language.as_str());
                let small = one.company.small == Some(true);
                let weakness = past.weaker + if small { 9 } else { 0 };
                let mut form = self
                    .asked
                    .checklist
                    .as_deref()
                    .map(|c| answers(rng, c, weakness, language));
                if let Some(form) = form.take() {
                    submit(tx, app, &invitation, self.asked, form, one, channel).await?;
                }
            }
            _ => {}
        }
        let read = matches!(fate, Fate::Acknowledged | Fate::Started | Fate::Answered);
        if read && self.asked.notice.is_some() && self.asked.plan.passes_on(one.company.kind) {
            then.set(done);
            // Drawn apart, so that what else is told stays as it is.
            let mut rng = Rng::with_seed(SEED ^ done.as_second() as u64);
            if rng.u32(..100) < 70 {
                let ways: Vec<Way> = Way::ALL.into_iter().filter(|_| rng.u32(..100) < 35).collect();
                let ways = if ways.is_empty() { vec![Way::Meeting] } else { ways };
                let people = rng.i64(12..900);
                awareness::load(tx, app, &invitation, people, ways, who).await?;
            }
        }
        Ok(())
    }
}

/// What became of one company's invitation.
#[derive(Clone, Copy)]
enum Fate {
    Silent,
    Opened,
    Acknowledged,
    Started,
    Answered,
    Phoned,
}

/// Answers a checklist as a company of that weakness would, in per cent of "no".
pub fn answers(rng: &mut Rng, checklist: &Checklist, weakness: u32, language: &str) -> Form {
    const COMMENTS: [(&str, &str); 6] = [
        ("来年度の予算で対応する予定です。", "Planned for next fiscal year."),
        ("本社の情報システム部門に確認中です。", "We are asking our head office."),
        ("一部の古い設備だけが残っています。", "Only some old equipment is left."),
        (
            "委託先の保守会社と日程を調整しています。",
            "Our maintenance contractor is arranging a date.",
        ),
        (
            "手順書は作成中で、12月に完成します。",
            "The procedure is being written; it will be ready in December.",
        ),
        (
            "クラウドに移行したため対象が限られます。",
            "Most of it has moved to the cloud.",
        ),
    ];
    let mut form = Form::default();
    for question in checklist.questions.iter().filter(|q| q.kind == QuestionKind::YesNo) {
        // Where chains are weak in life: restoring, what hangs on the network, watching it.
        let harder = match question.id.as_str() {
            "backup" | "restore-tried" | "bad-traffic" => 22,
            "asset-list" | "multi-factor" => 16,
            "macros" | "connection-points" | "patch-time" | "alternatives" => 12,
            "logs-checked" | "procedures" | "early-report" => 8,
            _ => 0,
        };
        let no = 6 + weakness + harder;
        let answer = match rng.u32(..100) {
            draw if draw < no => YesNo::No,
            draw if draw < no + 14 => YesNo::Partly,
            draw if draw < no + 17 => YesNo::Unknown,
            draw if draw < no + 20 => YesNo::Na,
            _ => YesNo::Yes,
        };
        let said = matches!(answer, YesNo::No | YesNo::Partly) && rng.u32(..100) < 45;
        let (ja, en) = COMMENTS[rng.usize(..COMMENTS.len())];
        let posted = Posted {
            value: Some(Value::YesNo(answer)),
            comment: said.then(|| if language == "ja" { ja } else { en }.to_owned()),
            base: None,
        };
        form.posted.insert(question.id.clone(), posted);
    }
    form
}

/// Saves and submits, as the page does.
pub async fn submit(
    tx: &mut crate::db::Tx,
    app: &App,
    invitation: &Invitation,
    asked: &Asked,
    form: Form,
    one: &Fictitious,
    channel: (Channel, &str),
) -> crate::db::Result<()> {
    let contact = one.contacts.first();
    let name = contact.map_or("", |c| c.name.as_str());
    let origin = Origin {
        org: invitation.org,
        actor: Actor::Link(name.to_owned()),
        address: String::new(),
        now: app.clock.now(),
    };
    let mut held = responses::Held::of(tx, invitation).await?;
    held.save(tx, &form, &origin, name).await?;
    let about = About {
        division: contact.map(|c| c.department.clone()).unwrap_or_default(),
        name: name.to_owned(),
        contact: contact.and_then(|c| c.mail.as_ref()).map_or_else(
            || contact.map(|c| c.phone.clone()).unwrap_or_default(),
            |mail| mail.as_str().to_owned(),
        ),
    };
    held.save_about(&about, &origin);
    let (channel, note) = channel;
    let sending = responses::Sending {
        seen: None,
        extent: responses::Extent::Part,
        channel,
        note,
    };
    held.submit(tx, app, asked, &origin, sending).await?;
    held.write(tx, app).await
}

/// One more company acts, now: it acknowledges, or it answers.
pub async fn act(app: &App, asked: &Asked, id: InvitationId, rng: &mut Rng) -> anyhow::Result<()> {
    let scope = app.scope();
    let mut tx = app.db.write().await?;
    let Some(invitation) = invitations::find(&mut tx, scope, id).await? else {
        return Ok(());
    };
    let state = invitations::lock(&mut tx, scope, id).await?;
    let contacts = directory::contacts_of(&mut tx, &scope, invitation.company).await?;
    let who = contacts.first().map_or("", |c| c.name.as_str());
    if state < State::Acknowledged && rng.bool() {
        let kinds = [EventKind::Opened, EventKind::Acknowledged];
        invitations::append(&mut tx, app, &invitation, state, &kinds, who, "").await?;
    } else if let (Some(checklist), true) = (&asked.checklist, invitation.asks_check && !state.is_answered()) {
        let language = contacts.first().map_or("ja", |c| c.language.as_str());
        let form = answers(rng, checklist, 4, language);
        let company = directory::find(&mut tx, &scope, invitation.company).await?;
        if let Some(company) = company {
            let one = Fictitious {
                company,
                contacts,
                bounces: false,
            };
            submit(&mut tx, app, &invitation, asked, form, &one, (Channel::Link, "")).await?;
        }
    }
    tx.commit().await?;
    app.jobs.now();
    Ok(())
}
