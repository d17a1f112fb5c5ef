//! Refusals that cluster: when most of a campaign's last mails are refused for one reason that isn't the recipients', the others
//! would be refused as well. The campaign's mails wait then, every page says so in the words of the server, and one button goes on.

use super::store::{DeliveryId, neighbours, note, refused_mails, send_again};
use super::{Delivery, State};
use crate::alerts::{self, Alert};
use crate::app::{App, Scope};
use crate::campaigns::{self, CampaignId, Mailing, State as CampaignState};
use crate::db::{Result, Tx};
use crate::directory;
use crate::invitations::{self, EventKind};
use crate::jobs::{self, Job, Outcome};
use crate::refusal::Cause;

pub const KIND: &str = "ResendRefused";

/// How many mails are queued again in one transaction: other writers wait no longer than that takes.
const STRIDE: i64 = 200;

/// What is known of one of a campaign's mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Refused for the reason that is asked about.
    Refused,
    /// In a sender's hands.
    InHand,
    /// Taken, or refused for another reason.
    Else,
}

/// Whose refusals concern all mails of a campaign alike. A full mailbox or a company's own rule is one company's; so is an address,
/// unless the relay calls one after the other wrong.
fn is_common(cause: Cause) -> bool {
    match cause {
        Cause::Us | Cause::TheirServer | Cause::Unclear => true,
        Cause::Address | Cause::Mailbox | Cause::TheirRule => false,
    }
}

/// Whether refusals for `cause` cluster, by a campaign's mails from the one just refused backwards, in the order in which they were
/// queued.
///
/// They do when ten of the last twenty are refused, and either the last four known or twenty of the last forty as well: so chance
/// alone doesn't pause a campaign of which every fifth mail is refused. In the order of the queue, and not in that in which replies
/// come: a refusal comes earlier than a yes, and of a hundred lines the first twenty replies may all be refusals.
///
/// Of an old list half the addresses may be wrong. Where the last twenty are, all of them, it is rather the relay that knows no
/// other domain than its own.
pub(super) fn clusters(cause: Cause, backwards: &[Known]) -> bool {
    let refused = |of: usize| backwards.iter().take(of).filter(|k| **k == Known::Refused).count();
    let known = || backwards.iter().filter(|k| **k != Known::InHand);
    let last = |of: usize| known().take(of).filter(|k| **k == Known::Refused).count() == of;
    match is_common(cause) {
        true => refused(20) >= least(cause) && (last(4) || refused(40) >= 20),
        false => cause == Cause::Address && last(least(cause)),
    }
}

/// How many refusals for `cause` it takes at least.
fn least(cause: Cause) -> usize {
    match is_common(cause) {
        true => 10,
        false => 20,
    }
}

/// How many mails [`clusters`] looks at.
pub(super) const LOOKED_AT: i64 = 40;

fn name(campaign: CampaignId) -> String {
    format!("mail-refused:{campaign}")
}

/// Pauses the campaign of a mail that was just refused if such refusals cluster; whether it did. Call it for what concerns all
/// mails alike, and for an address that the relay itself calls wrong.
pub(super) async fn look(
    tx: &mut Tx,
    app: &App,
    scope: Scope,
    delivery: &Delivery,
    (cause, said): (Cause, &str),
) -> Result<bool> {
    // A buyer's mail of the day is of several campaigns, and says nothing of their companies.
    let Some(id) = delivery
        .campaign
        .filter(|_| (is_common(cause) || cause == Cause::Address) && delivery.kind.is_to_company())
    else {
        return Ok(false);
    };
    let counts = (cause, least(cause));
    let known = neighbours(
        tx,
        scope,
        (id, delivery.id),
        counts,
        LOOKED_AT,
        |state, other| match state {
            State::Leased => Known::InHand,
            State::Failed | State::Bounced if other == Some(cause) => Known::Refused,
            _ => Known::Else,
        },
    );
    if !clusters(cause, &known.await?) || !campaigns::pause_refused(tx, scope, id, cause).await? {
        return Ok(false);
    }
    let Some(campaign) = campaigns::find(tx, scope, id).await? else {
        return Ok(false);
    };
    tracing::error!(
        campaign = campaign.number,
        said,
        "Mails of a campaign are refused; they wait until somebody goes on."
    );
    let alert = Alert {
        name: name(id),
        key: key(cause).into(),
        subject: campaign.plan.title.clone(),
        words: said.to_owned(),
        href: format!("/outbox?campaign={id}&cause={}", cause.as_str()),
        action: format!("/campaigns/{id}/go-on"),
        button: "alert-mail-go-on".into(),
        since: app.clock.now(),
    };
    alerts::raise(tx, scope.org, &alert).await?;
    Ok(true)
}

fn key(cause: Cause) -> &'static str {
    match cause {
        Cause::Us => "alert-mail-refused-us",
        Cause::TheirServer => "alert-mail-refused-server",
        Cause::Address => "alert-mail-refused-address",
        _ => "alert-mail-refused-unclear",
    }
}

/// Takes the alert away, in the transaction in which somebody resumes, pauses or cancels a campaign's mails. Where they go on
/// (`resend`), what was refused is queued again.
pub async fn settle_refusals(tx: &mut Tx, app: &App, scope: Scope, campaign: CampaignId, resend: bool) -> Result<()> {
    alerts::clear(tx, scope.org, &name(campaign)).await?;
    if !resend {
        return Ok(());
    }
    let now = app.clock.now();
    let job = format!("{KIND}:{campaign}");
    let payload = campaign.to_string();
    jobs::enqueue(tx, app.random.id(now), scope.org, KIND, &job, &payload, now).await
}

/// Queues again what a campaign's relay refused because of us, and of what was refused for another common reason what went to
/// companies that nothing has reached since. Where it had called all addresses wrong, these contacts may be mailed again. Each
/// mail once: what is refused again meanwhile stays. Run again it does no harm.
pub async fn resend(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let campaign: CampaignId = job.payload.parse()?;
    let mut tx = app.db.read().await?;
    let paused_for = campaigns::refused_for(&mut tx, scope, campaign).await?;
    drop(tx);
    for cause in (Cause::ALL.into_iter()).filter(|cause| is_common(*cause) || paused_for == Some(*cause)) {
        let mut after = DeliveryId(uuid::Uuid::nil());
        loop {
            let mut tx = app.db.write_much().await?;
            let goes_on = campaigns::find(&mut tx, scope, campaign).await?;
            if goes_on.is_none_or(|c| c.mailing != Mailing::On || c.state != CampaignState::Running) {
                return Ok(Outcome::Done);
            }
            let mails = refused_mails(&mut tx, scope, (campaign, cause), after, STRIDE).await?;
            for delivery in &mails {
                if cause == Cause::Address {
                    unmark(&mut tx, scope, delivery).await?;
                }
                if cause != Cause::Address || is_unreached(&mut tx, scope, delivery).await? {
                    again(&mut tx, &app, scope, delivery, "").await?;
                }
            }
            tx.commit().await?;
            app.jobs.now();
            if app.jobs.is_stopping() {
                return Ok(Outcome::Again(app.clock.now()));
            }
            match mails.last() {
                Some(last) => after = last.id,
                None => break,
            }
        }
    }
    Ok(Outcome::Done)
}

async fn unmark(tx: &mut Tx, scope: Scope, delivery: &Delivery) -> Result<()> {
    match delivery.contact {
        Some(contact) => directory::unmark_undeliverable(tx, &scope, contact).await,
        None => Ok(()),
    }
}

/// Whether nothing is on its way to the mail's company: its next contact may have been turned to meanwhile.
async fn is_unreached(tx: &mut Tx, scope: Scope, delivery: &Delivery) -> Result<bool> {
    let Some(part) = delivery.invitation else {
        return Ok(false);
    };
    let state = invitations::lock(tx, scope, part).await?;
    Ok(matches!(
        state,
        invitations::State::Bounced | invitations::State::Unreachable
    ))
}

/// Queues a mail again that is ambiguous, bounced or failed; false if it is none of these any more. `who` says so; "" for a job.
pub(super) async fn again(tx: &mut Tx, app: &App, scope: Scope, delivery: &Delivery, who: &str) -> Result<bool> {
    if !send_again(tx, scope, delivery.id, app.clock.now()).await? {
        return Ok(false);
    }
    note(tx, app, scope, delivery.id, "again", who, "").await?;
    if let (true, Some(part)) = (delivery.kind.is_to_company(), delivery.invitation)
        && let Some(invitation) = invitations::find(tx, scope, part).await?
    {
        let state = invitations::lock(tx, scope, part).await?;
        invitations::append(
            tx,
            app,
            &invitation,
            state,
            &[EventKind::Queued],
            who,
            &delivery.address,
        )
        .await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oldest first: `r`efused, `h` in hand, others were taken.
    fn stops(cause: Cause, mails: &str) -> bool {
        let known: Vec<Known> = mails
            .chars()
            .rev()
            .map(|c| match c {
                'r' => Known::Refused,
                'h' => Known::InHand,
                _ => Known::Else,
            })
            .collect();
        clusters(cause, &known)
    }

    fn paused(mails: &str) -> bool {
        stops(Cause::Us, mails)
    }

    #[test]
    fn a_relay_that_refuses_everything_pauses_a_campaign_at_the_tenth_mail() {
        assert!(!paused(&"r".repeat(9)));
        assert!(paused(&"r".repeat(10)));
        assert!(paused(&format!("{}{}", "t".repeat(100), "r".repeat(10))));
        assert!(paused("trrrrrrhrrrrh"), "what is in hand is no news");
    }

    #[test]
    fn half_of_them_pause_it_later_and_a_fifth_never() {
        assert!(!paused(&"tr".repeat(12)));
        assert!(paused(&"tr".repeat(20)));
        assert!(!paused(&"ttttr".repeat(200)));
        assert!(!paused(&"hhhhr".repeat(200)), "refusals are told first");
    }

    #[test]
    fn twenty_wrong_addresses_on_end_pause_it_and_an_old_list_doesn_t() {
        assert!(!stops(Cause::Address, &"r".repeat(19)));
        assert!(stops(Cause::Address, &format!("t{}hh", "r".repeat(20))));
        assert!(!stops(
            Cause::Address,
            &format!("{}t{}", "r".repeat(30), "r".repeat(19))
        ));
        assert!(!stops(Cause::Mailbox, &"r".repeat(40)));
    }
}
