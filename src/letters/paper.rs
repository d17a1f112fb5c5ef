//! The job that makes what goes on paper: a file for each letter, and files of many to print in one go.

use super::make::{Address, Form, letter};
use super::open::demo_mark;
use super::store::{self, About, Document, DocumentId};
use crate::alerts::{self, Alert};
use crate::app::{App, Scope};
use crate::campaigns::{Asked, CampaignId, asked};
use crate::db::{Result, Tx};
use crate::deliveries::{DeliveryId, Paper, paper_waiting};
use crate::directory;
use crate::files::Hash;
use crate::invitations::{self, InvitationId, link};
use crate::jobs::{self, Job, Outcome};
use crate::typeset::Failure;
use crate::web::i18n::{Locale, Tr};
use jiff::SignedDuration;
use uuid::Uuid;

pub const KIND: &str = "TypesetLetters";

/// How many letters a file to print holds at most: what one stack of paper and one pass through a printer bear, and what
/// is typeset in bounded memory.
pub const PRINT: usize = 50;
/// How long to wait after a failure: somebody may install a font, or mend the template, meanwhile.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// Has the letters made of a campaign's companies that are written to on paper; none is made twice.
pub async fn order(tx: &mut Tx, app: &App, scope: Scope, campaign: CampaignId) -> Result<()> {
    let now = app.clock.now();
    let name = format!("{KIND}:{campaign}");
    let job = app.random.id(now);
    jobs::enqueue(tx, job, scope.org, KIND, &name, &campaign.to_string(), now).await
}

pub async fn typeset_letters(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    let id: CampaignId = job.payload.parse()?;
    let asked = asked(&app, scope, id)
        .await?
        .ok_or_else(|| anyhow::anyhow!("campaign {id} has no snapshot"))?;
    let mut after = DeliveryId(Uuid::nil());
    loop {
        let mut tx = app.db.read().await?;
        let page = paper_waiting(&mut tx, scope, id, after, PRINT as i64).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let mut batch = Vec::new();
        for paper in page {
            if !store::is_made(&mut tx, scope, paper.id).await? {
                batch.push(paper);
            }
        }
        drop(tx);
        if !batch.is_empty()
            && let Err(failure) = print(&app, scope, id, &asked, &batch).await?
        {
            tracing::error!(campaign = %asked.number, error = %failure, "Letters couldn't be made; it will be tried again.");
            let said = serde_json::to_string(&failure)?;
            let mut tx = app.db.write().await?;
            store::set_failure(&mut tx, scope, id, Some(&said), app.clock.now()).await?;
            let alert = Alert {
                name: alert_name(id),
                key: "alert-letters-failing".into(),
                subject: asked.plan.title.clone(),
                words: failure.to_string(),
                href: format!("/campaigns/{id}/letters"),
                action: format!("/campaigns/{id}/letters/make"),
                button: "letters-again".into(),
                since: app.clock.now(),
            };
            alerts::raise(&mut tx, scope.org, &alert).await?;
            tx.commit().await?;
            return Ok(Outcome::Again(app.clock.now() + AGAIN));
        }
        if app.jobs.is_stopping() {
            return Ok(Outcome::Again(app.clock.now()));
        }
    }
    let mut tx = app.db.write().await?;
    store::set_failure(&mut tx, scope, id, None, app.clock.now()).await?;
    alerts::clear(&mut tx, scope.org, &alert_name(id)).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

fn alert_name(campaign: CampaignId) -> String {
    format!("letters:{campaign}")
}

/// One file to print and a file for each of its letters: all of them from the same form, and all or none in the ledger.
async fn print(
    app: &App,
    scope: Scope,
    campaign: CampaignId,
    asked: &Asked,
    batch: &[Paper],
) -> anyhow::Result<std::result::Result<(), Failure>> {
    let form = match Form::read(app).await {
        Ok(form) => form,
        Err(failure) => return Ok(Err(failure)),
    };
    let now = app.clock.now();
    let print: DocumentId = app.id(now);
    let mut all = Vec::new();
    let mut made: Vec<(Document, InvitationId, DeliveryId, &str)> = Vec::new();
    for paper in batch {
        let t = Tr(Locale::or_english(&paper.language));
        let mut tx = app.db.read().await?;
        let Some(invitation) = invitations::find(&mut tx, scope, paper.invitation).await? else {
            continue;
        };
        let contacts = directory::contacts_of(&mut tx, &scope, invitation.company).await?;
        let company = directory::find(&mut tx, &scope, invitation.company).await?;
        drop(tx);
        let contact = contacts.into_iter().find(|c| Some(c.id) == paper.contact);
        let code = link(&app.secret, invitation.id, &invitation.salt);
        let address = Address {
            link: &app.url(&format!("/r/{}", code.token)),
            code: &code.code,
            department: contact.as_ref().map_or("", |c| c.department.as_str()),
            person: &paper.recipient,
            post: &company.map(|c| c.postal_lines(t.lang())).unwrap_or_default(),
        };
        let mark = demo_mark(app, t);
        let written = |id: &str| letter(asked, &invitation, &address, t, paper.created_at, (id, &mark));
        all.push(written(&paper.id.to_string()));
        let alone = written("1");
        let work = form
            .clone()
            .work(app, asked, t, vec![alone], paper.id.to_string(), paper.created_at)?;
        let bytes = match app.typesetter.typeset(&work).await {
            Ok(bytes) => bytes,
            Err(failure) => return Ok(Err(failure)),
        };
        made.push((keep(app, bytes, 1).await?, paper.invitation, paper.id, t.lang()));
    }
    let t = Tr(Locale::or_english(&app.config.organisation.language));
    let letters = all.len() as i64;
    let work = form.work(app, asked, t, all, print.to_string(), now)?;
    let bytes = match app.typesetter.typeset(&work).await {
        Ok(bytes) => bytes,
        Err(failure) => return Ok(Err(failure)),
    };
    let file = Document {
        id: print,
        ..keep(app, bytes, letters).await?
    };
    let mut tx = app.db.write().await?;
    let about = About {
        campaign,
        letter: None,
        language: t.lang(),
    };
    store::insert(&mut tx, scope, &file, &about).await?;
    for (document, invitation, delivery, language) in &made {
        let about = About {
            campaign,
            letter: Some((*invitation, *delivery, print)),
            language,
        };
        store::insert(&mut tx, scope, document, &about).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Keeps a file that was made; it counts once it is in the ledger.
async fn keep(app: &App, bytes: Vec<u8>, letters: i64) -> anyhow::Result<Document> {
    let size = bytes.len() as i64;
    let sha256: Hash = app.files.put(bytes).await?;
    let made_at = app.clock.now();
    Ok(Document {
        id: app.id(made_at),
        sha256,
        size,
        letters,
        made_at,
    })
}
