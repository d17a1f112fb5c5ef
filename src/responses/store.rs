//! All SQL of responses and revisions.

use super::desk::Desk;
use super::form::Form;
use super::merge::{ChangedQuestion, Mark};
use super::model::{Answers, Completeness, Entry};
use crate::app::Scope;
use crate::campaigns::CampaignId;
use crate::content::Checklist;
use crate::db::{Error, Result, Row, Tx};
use crate::invitations::{Cursor, Invitation, InvitationId};
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
    pub channel: Channel,
    /// How an answer that didn't come by the link was taken.
    pub note: String,
    /// Who is changing it, and what of that the log hasn't been told yet.
    pub(super) desk: Desk,
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
    /// The company's own document that stands for the answers, and where it is to be had; "" for none.
    pub document: String,
}

impl Submitted {
    /// How far it goes. A campaign without its checklist asks for nothing that could be missing.
    pub fn completeness(&self, checklist: Option<&Checklist>) -> Completeness {
        checklist.map_or(Completeness::Complete, |c| {
            Completeness::of(c, &self.answers, &self.document)
        })
    }
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

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Channel::Link => "channel-link",
            Channel::Phone => "channel-phone",
            Channel::Paper => "channel-paper",
        }
    }
}

impl std::str::FromStr for Channel {
    type Err = &'static str;
    fn from_str(word: &str) -> std::result::Result<Channel, &'static str> {
        [Channel::Link, Channel::Phone, Channel::Paper]
            .into_iter()
            .find(|channel| channel.as_str() == word)
            .ok_or("not a way by which answers come")
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
        submitted_revision, submitted_answers, receipt, late, channel, note, submitted_about, desk, submitted_document
     FROM responses WHERE org = $1 AND invitation = $2";

fn response(row: &Row) -> Result<Response> {
    let text: String = row.get(1)?;
    let answers: Answers = row.json(1)?;
    let submitted = match row.time_optional(7)? {
        None => None,
        Some(at) => Some(Submitted {
            at,
            revision: row.get(8)?,
            // Mostly nobody has changed anything since.
            answers: match row.get::<Option<String>>(9)?.is_some_and(|submitted| submitted == text) {
                true => answers.clone(),
                false => row.json(9)?,
            },
            receipt: row.get(10)?,
            late: row.get(11)?,
            about: row.json(14)?,
            document: row.get(16)?,
        }),
    };
    Ok(Response {
        revision: row.get(0)?,
        answers,
        about: About {
            division: row.get(2)?,
            name: row.get(3)?,
            contact: row.get(4)?,
        },
        started_at: row.time(5)?,
        saved_at: row.time(6)?,
        submitted,
        channel: row.parse(12)?,
        note: row.get(13)?,
        desk: match row.get::<String>(15)?.as_str() {
            "" => Desk::default(),
            _ => row.json(15)?,
        },
    })
}

pub async fn find(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Option<Response>> {
    tx.optional(FIND, &[&scope.org, &invitation], response).await
}

/// How many ids one statement takes; those that are missing are the nil id, which nobody has.
const AT_ONCE: usize = 50;

/// The responses to these invitations, of those that have one.
pub async fn of(tx: &mut Tx, scope: Scope, invitations: &[InvitationId]) -> Result<Vec<(InvitationId, Response)>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let places: Vec<String> = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect();
        format!(
            "SELECT r.revision, r.answers, r.division, r.respondent, r.contact, r.started_at, r.saved_at, r.submitted_at,
                 r.submitted_revision, r.submitted_answers, r.receipt, r.late, r.channel, r.note, r.submitted_about, r.desk,
                 r.submitted_document, r.invitation
             FROM responses r WHERE r.org = $1 AND r.invitation IN ({})",
            places.join(", ")
        )
    });
    let nobody = InvitationId(uuid::Uuid::nil());
    let mut out = Vec::with_capacity(invitations.len());
    for ids in invitations.chunks(AT_ONCE) {
        let mut params: Vec<&(dyn crate::db::Param + Sync)> = vec![&scope.org];
        params.extend((0..AT_ONCE).map(|n| ids.get(n).unwrap_or(&nobody) as &(dyn crate::db::Param + Sync)));
        out.extend(
            tx.list(SQL.as_str(), &params, |r| Ok((r.get(17)?, response(r)?)))
                .await?,
        );
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
         WHERE i.org = $1 AND i.campaign = $2 AND (i.sort_key, i.id) > ($3, $4) AND (i.sort_key, i.id) <= ($5, $6)
           AND r.submitted_answers IS NOT NULL",
        &[&scope.org, &campaign, &after.key, &after.id, &last.key, &last.id],
        |r| Ok((r.get(0)?, r.json(1)?)),
    )
    .await
}

/// A change to one answer.
#[derive(Clone, Debug)]
pub struct Kept {
    pub question: String,
    pub before: Option<Entry>,
    pub after: Entry,
}

impl Kept {
    pub(super) fn of(changed: &ChangedQuestion) -> Kept {
        Kept {
            question: changed.question.clone(),
            before: changed.before.as_ref().map(|b| b.entry()),
            after: changed.after.entry(),
        }
    }
}

/// What `revisions` keeps of a change: enough to tell whether somebody saw what was there before.
#[derive(Serialize, Deserialize)]
pub(super) struct Changed {
    question: String,
    before: Option<Before>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Before {
    Mark(Mark),
    /// Until the migration 0017 the texts themselves were kept, and each save of a long answer took them twice.
    Entry(Entry),
}

impl Changed {
    pub fn of(changed: &ChangedQuestion) -> Changed {
        Changed {
            question: changed.question.clone(),
            before: changed.before.as_ref().map(|b| Before::Mark(Mark::of(&b.entry()))),
        }
    }
}

/// Writes a response whole: makes it where there is none (`first`), else in place of what was there.
pub(super) async fn write(tx: &mut Tx, invitation: &Invitation, r: &Response, first: bool) -> Result<()> {
    macro_rules! columns {
        () => {
            "revision, answers, division, respondent, contact, started_at, saved_at, submitted_at, submitted_revision,
             submitted_answers, submitted_about, receipt, late, channel, note, desk, submitted_document"
        };
    }
    const INSERT: &str = concat!(
        "INSERT INTO responses (",
        columns!(),
        ", invitation, org, campaign)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
    );
    const UPDATE: &str = concat!(
        "UPDATE responses SET (",
        columns!(),
        ") = ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         WHERE invitation = $18 AND org = $19 AND campaign = $20"
    );
    let answers = json(&r.answers)?;
    let submitted = r.submitted.as_ref();
    // Mostly what is submitted is what was just answered.
    let submitted_answers = match submitted {
        Some(s) if s.answers == r.answers => Some(answers.clone()),
        Some(s) => Some(json(&s.answers)?),
        None => None,
    };
    let submitted_about = submitted.map(|s| json(&s.about)).transpose()?;
    let desk = match r.desk.is_empty() {
        true => String::new(),
        false => json(&r.desk)?,
    };
    tx.execute(
        if first { INSERT } else { UPDATE },
        &[
            &r.revision,
            &answers,
            &r.about.division,
            &r.about.name,
            &r.about.contact,
            &r.started_at.as_microsecond(),
            &r.saved_at.as_microsecond(),
            &submitted.map(|s| s.at.as_microsecond()),
            &submitted.map(|s| s.revision),
            &submitted_answers,
            &submitted_about,
            &submitted.map(|s| s.receipt.as_str()),
            &submitted.is_some_and(|s| s.late),
            &r.channel.as_str(),
            &r.note,
            &desk,
            &submitted.map_or("", |s| s.document.as_str()),
            &invitation.id,
            &invitation.org,
            &invitation.campaign,
        ],
    )
    .await?;
    Ok(())
}

/// So many revisions are kept; whoever saw an older one, and finds another's answer, is asked which shall stand.
const REVISIONS: i64 = 256;

/// Keeps what a revision changed.
pub(super) async fn insert_revision(
    tx: &mut Tx,
    invitation: &Invitation,
    revision: i64,
    at: Timestamp,
    by: &str,
    changed: &[Changed],
) -> Result<()> {
    tx.execute(
        "INSERT INTO revisions (invitation, revision, org, at, actor, changes) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &invitation.id,
            &revision,
            &invitation.org,
            &at.as_microsecond(),
            &by,
            &json(&changed)?,
        ],
    )
    .await?;
    if revision % 64 == 0 && revision > REVISIONS {
        tx.execute(
            "DELETE FROM revisions WHERE org = $1 AND invitation = $2 AND revision <= $3",
            &[&invitation.org, &invitation.id, &(revision - REVISIONS)],
        )
        .await?;
    }
    Ok(())
}

/// For each question, what it held before each change, oldest first.
pub(super) type Past = BTreeMap<String, Vec<(i64, Option<Mark>)>>;

/// Read only where somebody else was quicker: where an answer is newer than what the form's author saw.
pub(super) async fn past(tx: &mut Tx, scope: Scope, id: InvitationId, form: &Form, stored: &Answers) -> Result<Past> {
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
            |r| Ok((r.get::<i64>(0)?, r.json::<Vec<Changed>>(1)?)),
        )
        .await?;
    let mut past = Past::new();
    for (revision, changes) in rows {
        for changed in changes {
            let before = changed.before.map(|before| match before {
                Before::Mark(mark) => mark,
                Before::Entry(entry) => Mark::of(&entry),
            });
            past.entry(changed.question).or_default().push((revision, before));
        }
    }
    Ok(past)
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Unusable(format!("Answers can't be kept as JSON: {e}")))
}
