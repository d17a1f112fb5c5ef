//! The job that reads the mailbox.

use super::forward;
use super::model::{about, because, is_of_the_recipient, waits, why};
use super::store::{self, Arrived, Message, MessageId};
use crate::app::{App, Scope};
use crate::audit::{self, Actor, Change, Origin};
use crate::db::Tx;
use crate::deliveries::{self, Delivery, DeliveryId};
use crate::directory;
use crate::invitations::{self, Invitation};
use crate::jobs::{self, Job, Outcome};
use crate::mailbox::{Class, Finding, Item, Mailbox, Understood, parse_return_path, understand};
use crate::web::i18n::{Locale, Tr};
use jiff::{SignedDuration, Timestamp};

pub const READ_MAILBOX: &str = "ReadMailbox";

/// After so many messages the job lets others come, and goes on at once.
const STRIDE: usize = 500;

/// Has the mailbox read now and from then on, if there is one; done at every start. One server at a time reads it.
pub async fn ask(app: &App, scope: Scope) -> crate::db::Result<()> {
    if app.config.mail.mailbox_url.is_none() {
        return Ok(());
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let name = format!("{READ_MAILBOX}:{}", scope.org);
    jobs::enqueue(&mut tx, app.random.id(now), scope.org, READ_MAILBOX, &name, "", now).await?;
    tx.commit().await
}

pub async fn read_mailbox(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let url = &app.config.mail.mailbox_url;
    if url.is_none() {
        return Ok(Outcome::Done);
    }
    let mailbox = url.name();
    let outcome = read(&app, scope, &mailbox).await;
    let now = app.clock.now();
    let pause = SignedDuration::from_secs(app.config.mail.mailbox_every);
    match outcome {
        Ok(true) => Ok(Outcome::Again(now + pause)),
        Ok(false) => Ok(Outcome::Again(now)),
        Err(e) => {
            // A mail server may be away for hours: that is told on the page, and looked at again, and is no failed job.
            let error = format!("{e:#}");
            tracing::error!(
                mailbox,
                error,
                "The mailbox can't be read; it will be tried again. See mail.mailbox_url."
            );
            let mut tx = app.db.write().await?;
            store::mark_failing(&mut tx, scope, &mailbox, &error, now).await?;
            tx.commit().await?;
            Ok(Outcome::Again(now + pause.max(SignedDuration::from_secs(30))))
        }
    }
}

/// Reads what is new; false if more is left.
async fn read(app: &App, scope: Scope, name: &str) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let place = store::state(&mut tx, scope, name).await?.unwrap_or_default().place;
    drop(tx);
    let mut mailbox = Mailbox::open(&app.config.mail.mailbox_url, place).await?;
    for _ in 0..STRIDE {
        pass_over_known(app, scope, &mut mailbox).await?;
        let Some(item) = mailbox.next().await? else {
            let end = mailbox.end();
            let mut tx = app.db.write().await?;
            store::mark_read(&mut tx, scope, name, end, app.clock.now()).await?;
            tx.commit().await?;
            mailbox.close().await;
            return Ok(true);
        };
        take(app, scope, name, item).await?;
        if app.jobs.is_stopping() {
            break;
        }
    }
    mailbox.close().await;
    Ok(false)
}

async fn pass_over_known(app: &App, scope: Scope, mailbox: &mut Mailbox) -> crate::db::Result<()> {
    if mailbox.upcoming().is_none() {
        return Ok(());
    }
    let mut tx = app.db.read().await?;
    while let Some(source) = mailbox.upcoming() {
        if !store::is_known(&mut tx, scope, source).await? {
            break;
        }
        mailbox.skip();
    }
    Ok(())
}

/// Writes one message down, does what follows from it, and remembers where to go on, all at once or not at all.
async fn take(app: &App, scope: Scope, mailbox: &str, item: Item) -> anyhow::Result<()> {
    let mut understood = understand(item.bytes.clone()).await;
    if let Some(size) = item.too_large {
        understood.class = Class::Unclear;
        let most = crate::mailbox::LIMIT / 1_000_000;
        understood.diagnostic = format!("{:.1} MB > {most} MB", size as f64 / 1e6);
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let found = find_delivery(&mut tx, app, scope, &understood).await?;
    let invitation = match found.as_ref().and_then(|d| d.invitation) {
        Some(part) => invitations::find(&mut tx, scope, part).await?,
        None => None,
    };
    let id: MessageId = app.id(now);
    let received = item
        .received
        .or(understood.date)
        .and_then(|s| Timestamp::from_second(s).ok());
    // What claims to come from the future is of now.
    let received_at = received.filter(|at| *at <= now).unwrap_or(now);
    let forwards =
        understood.class == Class::Reply && item.too_large.is_none() && !app.config.mail.forward_replies_to.is_empty();
    let message = Message {
        id,
        received_at,
        from: understood.from.clone(),
        subject: understood.subject.clone(),
        class: understood.class,
        status: understood.status.clone(),
        diagnostic: understood.diagnostic.clone(),
        excerpt: understood.excerpt.clone(),
        delivery: found.as_ref().map(|d| d.id),
        campaign: found.as_ref().and_then(|d| d.campaign),
        invitation: invitation.as_ref().map(|i| i.id),
        company: invitation.as_ref().map(|i| i.company),
        company_name: None,
        waits: waits(understood.class, found.is_some()),
        handled_at: None,
        handled_by: None,
        forwarded_at: None,
    };
    let arrived = Arrived {
        message: &message,
        source: &format!("{mailbox} {}", item.source),
        digest: &crate::secret::sha256(&item.bytes),
        original: forwards.then_some(item.bytes.as_slice()),
    };
    if store::insert(&mut tx, scope, arrived).await? {
        // Nothing follows from the beginning of a message alone.
        if let Some(delivery) = &found
            && item.too_large.is_none()
        {
            follow(&mut tx, app, scope, (delivery, invitation.as_ref()), &understood).await?;
        }
        if forwards {
            forward::ask(&mut tx, app, scope, id, now).await?;
        }
        metrics::counter!("kairan_inbox_total", "class" => understood.class.as_str()).increment(1);
    }
    store::set_place(&mut tx, scope, mailbox, item.place).await?;
    Ok(tx.commit().await?)
}

/// The delivery a message is about: by the return path, which nobody can make up, else by the Message-IDs it names.
async fn find_delivery(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    understood: &Understood,
) -> crate::db::Result<Option<Delivery>> {
    let marked = parse_return_path(&app.secret, &understood.paths);
    for id in marked.into_iter().chain(understood.mails.iter().copied()) {
        if let Some(delivery) = deliveries::by_id(tx, scope, DeliveryId(id)).await? {
            return Ok(Some(delivery));
        }
    }
    Ok(None)
}

/// What a message changes beside being listed.
async fn follow(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (delivery, invitation): (&Delivery, Option<&Invitation>),
    understood: &Understood,
) -> crate::db::Result<()> {
    let Some(finding) = about(understood, &delivery.address) else {
        return Ok(());
    };
    let why = why(finding, &understood.subject);
    match finding.class.cause() {
        Some(_) if !finding.given_up => deliveries::held_up(tx, app, scope, delivery.id, &why).await,
        Some(cause) => deliveries::refused(tx, app, scope, delivery.id, cause, &why).await,
        // It came back for certain also where nobody understands why; a person looks at that.
        None if finding.class == Class::Unclear && finding.given_up => {
            deliveries::given_up(tx, app, scope, delivery.id, &why).await
        }
        None if finding.class == Class::Complaint && is_of_the_recipient(finding) => {
            complained(tx, app, scope, (delivery, invitation), finding).await
        }
        None => Ok(()),
    }
}

/// Somebody at the address called our mail unwanted: the contact isn't mailed until a person has looked.
async fn complained(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    (delivery, invitation): (&Delivery, Option<&Invitation>),
    finding: &Finding,
) -> crate::db::Result<()> {
    let now = app.clock.now();
    let t = Tr(Locale::or_english(&app.config.organisation.language));
    let why = because(t, &finding.because);
    let Some(contact) = delivery.contact else { return Ok(()) };
    if !directory::pause_contact(tx, &scope, (contact, &delivery.address), now, &why).await? {
        return Ok(());
    }
    let Some(invitation) = invitation else { return Ok(()) };
    let origin = Origin {
        org: scope.org,
        actor: Actor::Job(READ_MAILBOX),
        address: String::new(),
        now,
    };
    let after = serde_json::json!({ "mail": delivery.address, "reason": why });
    let change = Change {
        action: "contact.pause",
        subject_kind: "company",
        subject: Some(invitation.company.0),
        subject_name: &invitation.company_name,
    };
    audit::record(tx, app, &origin, change, &(), &after).await
}
