//! All SQL of responses and revisions.

use super::form::Form;
use super::merge::{ChangedQuestion, Merge, Stamp, merge};
use super::model::{Answers, Entry, marks, missing};
use crate::app::{App, Scope};
use crate::audit::{self, Change, Origin};
use crate::campaigns::{Asked, CampaignId};
use crate::db::{Error, Result, Row, Tx};
use crate::invitations::{self, Cursor, EventKind, Invitation, InvitationId, State};
use crate::jobs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Clone, Debug)]
pub struct Response {
    pub revision: i64,
    pub answers: Answers,
    pub about: About,
    pub started_at: Timestamp,
    pub saved_at: Timestamp,
    pub submitted: Option<Submitted>,
    pub channel: String,
    /// How an answer that didn't come by the link was taken.
    pub note: String,
}

/// What was submitted last.
#[derive(Clone, Debug)]
pub struct Submitted {
    pub at: Timestamp,
    pub revision: i64,
    pub receipt: String,
    pub late: bool,
    pub answers: Answers,
    pub about: About,
}

/// Who answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub division: String,
    pub name: String,
    pub contact: String,
}

impl About {
    pub fn is_whole(&self) -> bool {
        !self.name.is_empty() && !self.contact.is_empty()
    }
}

/// By which way answers came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Link,
    Phone,
    Paper,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Link => "link",
            Channel::Phone => "phone",
            Channel::Paper => "paper",
        }
    }
}

impl Response {
    /// What counts: what was submitted, else what there is so far.
    pub fn standing(&self) -> &Answers {
        self.submitted.as_ref().map_or(&self.answers, |s| &s.answers)
    }

    /// Somebody has changed answers since they were submitted.
    pub fn is_reopened(&self) -> bool {
        self.submitted.as_ref().is_some_and(|s| s.revision < self.revision)
    }
}

/// The job that queues the receipt's mail: `deliveries` does it.
pub const CONFIRM_RECEIPT: &str = "ConfirmReceipt";

const FIND: &str = "SELECT revision, answers, division, respondent, contact, started_at, saved_at, submitted_at,
        submitted_revision, submitted_answers, receipt, late, channel, note, submitted_about
     FROM responses WHERE org = $1 AND invitation = $2";

fn response(row: &Row) -> Result<Response> {
    let submitted = match row.time_optional(7)? {
        None => None,
        Some(at) => Some(Submitted {
            at,
            revision: row.get(8)?,
            answers: row.json(9)?,
            receipt: row.get(10)?,
            late: row.get(11)?,
            about: row.json(14)?,
        }),
    };
    Ok(Response {
        revision: row.get(0)?,
        answers: row.json(1)?,
        about: About {
            division: row.get(2)?,
            name: row.get(3)?,
            contact: row.get(4)?,
        },
        started_at: row.time(5)?,
        saved_at: row.time(6)?,
        submitted,
        channel: row.get(12)?,
        note: row.get(13)?,
    })
}

pub async fn find(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Option<Response>> {
    tx.optional(FIND, &[&scope.org, &invitation], response).await
}

/// How many ids one statement takes; those that are missing are the nil id, which nobody has.
const AT_ONCE: usize = 50;

/// The responses to these invitations, of those that have one.
pub async fn of(
    tx: &mut Tx,
    scope: Scope,
    invitations: &[InvitationId],
) -> Result<Vec<(InvitationId, Response)>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let places: Vec<String> = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect();
        format!(
            "SELECT r.revision, r.answers, r.division, r.respondent, r.contact, r.started_at, r.saved_at, r.submitted_at,
                 r.submitted_revision, r.submitted_answers, r.receipt, r.late, r.channel, r.note, r.submitted_about, r.invitation
             FROM responses r WHERE r.org = $1 AND r.invitation IN ({})",
            places.join(", ")
        )
    });
    let nobody = InvitationId(uuid::Uuid::nil());
    let mut out = Vec::with_capacity(invitations.len());
    for ids in invitations.chunks(AT_ONCE) {
        let mut params: Vec<&(dyn crate::db::Param + Sync)> = vec![&scope.org];
        params.extend((0..AT_ONCE).map(|n| ids.get(n).unwrap_or(&nobody) as &(dyn crate::db::Param + Sync)));
        out.extend(tx.list(SQL.as_str(), &params, |r| Ok((r.get(15)?, response(r)?))).await?);
    }
    Ok(out)
}

/// What was submitted by each invitation of a campaign after `after` up to `last` in the order of names.
pub async fn submitted_between(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    after: &Cursor,
    last: &Cursor,
) -> Result<Vec<(InvitationId, Answers)>> {
    tx.list(
        "SELECT i.id, r.submitted_answers FROM invitations i JOIN responses r ON r.invitation = i.id
         WHERE i.org = $1 AND i.campaign = $2 AND (i.name, i.id) > ($3, $4) AND (i.name, i.id) <= ($5, $6)
           AND r.submitted_answers IS NOT NULL",
        &[&scope.org, &campaign, &after.name, &after.id, &last.name, &last.id],
        |r| Ok((r.get(0)?, r.json(1)?)),
    )
    .await
}

/// A change as `revisions` keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    question: String,
    before: Option<Entry>,
    after: Entry,
}

impl Kept {
    fn of(changed: &ChangedQuestion) -> Kept {
        Kept {
            question: changed.question.clone(),
            before: changed.before.as_ref().map(|b| b.entry()),
            after: changed.after.entry(),
        }
    }
}

/// Merges a posted form into what is stored. `by` is what the person calls themselves, else the company's name.
pub async fn save(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    form: &Form,
    origin: &Origin,
    by: &str,
) -> Result<(Merge, State)> {
    let scope = invitation.scope();
    let state = invitations::lock(tx, scope, invitation.id).await?;
    let stored = find(tx, scope, invitation.id).await?;
    let (revision, answers) = stored
        .as_ref()
        .map_or((0, Answers::new()), |r| (r.revision, r.answers.clone()));
    let past = past(tx, scope, invitation.id, form, &answers).await?;
    let stamp = Stamp {
        by,
        at_micros: origin.now.as_microsecond(),
    };
    let merged = merge(&answers, revision, form, stamp, |question, base| {
        past.get(question)?
            .iter()
            .find(|(r, _)| *r > base)
            .and_then(|(_, before)| before.clone())
    });
    if merged.changed.is_empty() {
        return Ok((merged, state));
    }
    let now = origin.now.as_microsecond();
    let first = stored.is_none();
    if first {
        insert(tx, invitation, &merged.answers, merged.revision, now).await?;
    } else {
        tx.execute(
            "UPDATE responses SET revision = $3, answers = $4, saved_at = $5 WHERE org = $1 AND invitation = $2",
            &[
                &scope.org,
                &invitation.id,
                &merged.revision,
                &json(&merged.answers)?,
                &now,
            ],
        )
        .await?;
    }
    let kept: Vec<Kept> = merged.changed.iter().map(Kept::of).collect();
    tx.execute(
        "INSERT INTO revisions (invitation, revision, org, at, actor, changes) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&invitation.id, &merged.revision, &scope.org, &now, &by, &json(&kept)?],
    )
    .await?;
    let was_submitted = stored
        .as_ref()
        .and_then(|r| r.submitted.as_ref())
        .is_some_and(|s| s.revision == revision);
    let mut state = state;
    if was_submitted || state < State::Started {
        let kind = if was_submitted {
            EventKind::Reopened
        } else {
            EventKind::Started
        };
        state = invitations::append(tx, app, invitation, state, &[kind], by, "").await?;
    }
    let before: BTreeMap<&str, &Option<Entry>> = kept.iter().map(|k| (k.question.as_str(), &k.before)).collect();
    let after: BTreeMap<&str, &Entry> = kept.iter().map(|k| (k.question.as_str(), &k.after)).collect();
    audit::record(tx, app, origin, change(invitation, "response.save"), &before, &after).await?;
    Ok((merged, state))
}

async fn insert(tx: &mut Tx, invitation: &Invitation, answers: &Answers, revision: i64, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO responses (invitation, org, campaign, revision, answers, started_at, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        &[
            &invitation.id,
            &invitation.org,
            &invitation.campaign,
            &revision,
            &json(answers)?,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// For each question, what it held before each change, oldest first.
type Past = BTreeMap<String, Vec<(i64, Option<Entry>)>>;

/// Read only where somebody else was quicker: where an answer is newer than what the form's author saw.
async fn past(tx: &mut Tx, scope: Scope, id: InvitationId, form: &Form, stored: &Answers) -> Result<Past> {
    let seen = |question: &str| form.posted.get(question).and_then(|p| p.base).unwrap_or(form.base);
    let oldest = form
        .posted
        .keys()
        .filter(|q| stored.get(*q).is_some_and(|a| a.revision > seen(q)))
        .map(|q| seen(q))
        .min();
    let Some(oldest) = oldest else { return Ok(Past::new()) };
    let rows = tx
        .list(
            "SELECT revision, changes FROM revisions WHERE org = $1 AND invitation = $2 AND revision > $3 ORDER BY revision",
            &[&scope.org, &id, &oldest],
            |r| Ok((r.get::<i64>(0)?, r.json::<Vec<Kept>>(1)?)),
        )
        .await?;
    let mut past = Past::new();
    for (revision, changes) in rows {
        for kept in changes {
            past.entry(kept.question).or_default().push((revision, kept.before));
        }
    }
    Ok(past)
}

/// Keeps who answers.
pub async fn save_about(tx: &mut Tx, app: &App, invitation: &Invitation, about: &About, origin: &Origin) -> Result<()> {
    let scope = invitation.scope();
    let state = invitations::lock(tx, scope, invitation.id).await?;
    let stored = find(tx, scope, invitation.id).await?;
    let before = stored.as_ref().map(|r| r.about.clone()).unwrap_or_default();
    if before == *about && stored.is_some() {
        return Ok(());
    }
    let now = origin.now.as_microsecond();
    if stored.is_none() {
        insert(tx, invitation, &Answers::new(), 0, now).await?;
        if state < State::Started {
            invitations::append(tx, app, invitation, state, &[EventKind::Started], &about.name, "").await?;
        }
    }
    tx.execute(
        "UPDATE responses SET division = $3, respondent = $4, contact = $5, saved_at = $6,
             -- What was submitted stands, also who submitted it, until it is submitted again.
             revision = CASE WHEN submitted_at IS NULL THEN revision ELSE revision + 1 END
         WHERE org = $1 AND invitation = $2",
        &[
            &scope.org,
            &invitation.id,
            &about.division,
            &about.name,
            &about.contact,
            &now,
        ],
    )
    .await?;
    audit::record(tx, app, origin, change(invitation, "response.about"), &before, about).await
}

/// Submits what is stored. The receipt's number stays the same when answers are submitted again.
///
/// `seen` is the revision that the person reviewed: None comes back, and nothing is changed, when the answers are not those
/// any more, or not whole. An operator who records what was said on the phone gives no revision: what is missing stays so.
pub async fn submit(
    tx: &mut Tx,
    app: &App,
    invitation: &Invitation,
    asked: &Asked,
    origin: &Origin,
    seen: Option<i64>,
    (channel, note): (Channel, &str),
) -> Result<Option<Submitted>> {
    let scope = invitation.scope();
    let state = invitations::lock(tx, scope, invitation.id).await?;
    let stored = find(tx, scope, invitation.id).await?.ok_or(Error::NoRow)?;
    if let Some(done) = &stored.submitted
        && !stored.is_reopened()
        && channel == Channel::Link
    {
        // Pressed twice: it is submitted already.
        return Ok(Some(done.clone()));
    }
    if let Some(seen) = seen {
        let whole = asked
            .checklist
            .as_ref()
            .is_some_and(|c| missing(c, &stored.answers).is_empty());
        if stored.revision != seen || !whole || !stored.about.is_whole() {
            return Ok(None);
        }
    }
    let now = origin.now;
    let late = now > asked.deadline();
    let receipt = match &stored.submitted {
        Some(before) => before.receipt.clone(),
        None => format!("{}-{}", asked.number, receipt_signs(app)),
    };
    let submitted = Submitted {
        at: now,
        revision: stored.revision,
        receipt,
        late,
        answers: stored.answers.clone(),
        about: stored.about.clone(),
    };
    tx.execute(
        "UPDATE responses SET submitted_at = $3, submitted_revision = $4, submitted_answers = answers, receipt = $5,
             late = $6, channel = $7, note = $8, submitted_about = $9
         WHERE org = $1 AND invitation = $2",
        &[
            &scope.org,
            &invitation.id,
            &now.as_microsecond(),
            &submitted.revision,
            &submitted.receipt,
            &late,
            &channel.as_str(),
            &note,
            &json(&submitted.about)?,
        ],
    )
    .await?;
    let kind = match channel {
        Channel::Phone => EventKind::RecordedByPhone,
        Channel::Paper => EventKind::RecordedOnPaper,
        Channel::Link if late => EventKind::SubmittedLate,
        Channel::Link => EventKind::Submitted,
    };
    let actor = origin.actor.name();
    let marks = asked.checklist.as_ref().map(|c| marks(c, &submitted.answers));
    invitations::append_marked(tx, app, invitation, state, &[kind], actor, note, marks.as_deref()).await?;
    let payload = format!("{} {}", invitation.id, submitted.revision);
    let name = format!("{CONFIRM_RECEIPT}:{payload}");
    jobs::enqueue(tx, app.random.id(now), scope.org, CONFIRM_RECEIPT, &name, &payload, now).await?;
    let after = serde_json::json!({ "receipt": submitted.receipt, "revision": submitted.revision, "late": late, "channel": channel.as_str(), "note": note });
    audit::record(tx, app, origin, change(invitation, "response.submit"), &(), &after).await?;
    Ok(Some(submitted))
}

/// Seven signs of thirty: 35 bits, checked for being the only one by the table.
fn receipt_signs(app: &App) -> String {
    const SIGNS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    app.random
        .bytes::<7>()
        .iter()
        .map(|b| SIGNS[*b as usize % SIGNS.len()] as char)
        .collect()
}

fn change<'c>(invitation: &'c Invitation, action: &'static str) -> Change<'c> {
    Change {
        action,
        subject_kind: "invitation",
        subject: Some(invitation.id.0),
        subject_name: &invitation.company_name,
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Unusable(format!("Answers can't be kept as JSON: {e}")))
}
