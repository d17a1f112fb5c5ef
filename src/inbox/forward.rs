//! The job that passes a person's reply on, once.

use super::store::{self, MessageId};
use crate::app::{App, Scope};
use crate::db::Tx;
use crate::jobs::{self, Job, Outcome};
use crate::mail::{self, Refused};
use crate::web::i18n::{Locale, Tr};
use jiff::Timestamp;

pub const FORWARD_REPLY: &str = "ForwardReply";

pub(super) async fn ask(tx: &mut Tx, app: &App, scope: Scope, id: MessageId, now: Timestamp) -> crate::db::Result<()> {
    let name = format!("{FORWARD_REPLY}:{id}");
    let payload = id.to_string();
    jobs::enqueue(tx, app.random.id(now), scope.org, FORWARD_REPLY, &name, &payload, now).await
}

/// The payload is the message's id, which makes the Message-ID as well: sent again after a crash, it is the same mail.
pub async fn forward_reply(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let id: MessageId = job.payload.parse()?;
    let Ok(to) = app.config.mail.forward_replies_to.parse() else {
        return Ok(Outcome::Done);
    };
    let mut tx = app.db.read().await?;
    let Some(message) = store::find(&mut tx, scope, id).await? else {
        return Ok(Outcome::Done);
    };
    let Some(original) = store::original(&mut tx, scope, id).await? else {
        return Ok(Outcome::Done);
    };
    drop(tx);
    let t = Tr(Locale::or_english(&app.config.organisation.language));
    let who = message.company_name.as_deref().unwrap_or(&message.from);
    let subject = t.t2("inbox-forward-subject", "who", who, "subject", message.subject.as_str());
    let text = format!(
        "{}\n{}\n",
        t.t1("inbox-forward-text", "who", who),
        app.url(&format!("/inbox/{id}"))
    );
    let now = app.clock.now();
    let mail = mail::forward(
        (id.0, now),
        &app.config.mail.from,
        &to,
        message.from.parse().ok(),
        (&subject, text),
        original,
    )?;
    match app.mail.send(mail).await {
        Ok(_) => {}
        // It stays listed here in any case.
        Err(Refused::ForGood { why, .. }) => {
            tracing::error!(message = %id, error = why, "A reply can't be passed on. See mail.forward_replies_to.")
        }
        Err(e) => return Err(e.into()),
    }
    let mut tx = app.db.write().await?;
    store::mark_forwarded(&mut tx, scope, id, now).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}
