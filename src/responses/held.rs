//! A response held for one transaction: saved, completed and submitted in it, read once and written once.

use super::desk::{CONFIRMED, Desk, Ended, QUIET};
use super::form::Form;
use super::merge::{ChangedQuestion, Merge, Stamp, merge};
use super::model::{Answers, Completeness, counting, marks, missing};
use super::store::{self, About, CONFIRM_RECEIPT, Changed, Channel, Kept, Response, Submitted, find};
use super::told::{self, Told, What};
use crate::app::App;
use crate::audit::{Actor, Origin};
use crate::campaigns::Asked;
use crate::db::{Error, Result, Tx};
use crate::invitations::{self, EventKind, Invitation, State};
use crate::jobs::{self, Job};
use jiff::Timestamp;

/// A company's response, which nobody else changes until the transaction ends. What is done to it is written by
/// [`Held::write`], and lost without it.
pub struct Held<'i> {
    invitation: &'i Invitation,
    /// As it was held, and as it is after what happened.
    from: State,
    state: State,
    /// Whether there was a response before.
    first: bool,
    response: Option<Response>,
    /// What happened, with who did it and a note.
    events: Vec<(EventKind, String, String)>,
    marks: Option<String>,
    changed: bool,
    /// Whether somebody sat at it before: a job looks after their sittings then.
    was_taken: bool,
    /// What the audit log will be told.
    told: Vec<Told>,
}

impl<'i> Held<'i> {
    /// Holds the response of an invitation, also where there is none yet.
    pub async fn of(tx: &mut Tx, invitation: &'i Invitation) -> Result<Held<'i>> {
        // Two statements: on PostgreSQL one that joins both tables could wait for the first and then see the second as it
        // was before.
        let state = invitations::lock(tx, invitation.scope(), invitation.id).await?;
        let response = find(tx, invitation.scope(), invitation.id).await?;
        Ok(Held {
            invitation,
            from: state,
            state,
            first: response.is_none(),
            was_taken: response.as_ref().is_some_and(|r| r.desk.is_taken()),
            response,
            events: Vec::new(),
            marks: None,
            changed: false,
            told: Vec::new(),
        })
    }

    /// What is stored, with what was done to it since.
    pub fn revision(&self) -> i64 {
        self.response.as_ref().map_or(0, |r| r.revision)
    }

    /// The response, begun now if there was none.
    fn begun(&mut self, origin: &Origin) -> &mut Response {
        self.changed = true;
        self.response.get_or_insert_with(|| Response {
            revision: 0,
            answers: Answers::new(),
            about: About::default(),
            started_at: origin.now,
            saved_at: origin.now,
            submitted: None,
            channel: Channel::Link,
            note: String::new(),
            desk: Desk::default(),
        })
    }

    /// Whether the link's log has room for what this person is going to change; see [`Desk::admits`].
    pub fn admits(&mut self, origin: &Origin) -> bool {
        match (&origin.actor, &mut self.response) {
            (Actor::Link(by), Some(response)) => response.desk.admits(by, origin.now),
            _ => true,
        }
    }

    /// Somebody changes answers, or who answers, that the log will be told of: at once, or when their sitting ends. Called
    /// while the response is as it was.
    fn change(&mut self, origin: &Origin, changed: &[ChangedQuestion], about: Option<(&About, &About)>) {
        let response = self.begun(origin);
        let there = (&response.answers, &response.about);
        let ended = match &origin.actor {
            Actor::Link(by) => {
                let questions = changed.iter().map(|c| c.question.as_str());
                let was = about.map(|(was, _)| was);
                response
                    .desk
                    .change((by, &origin.address), questions, was, there, origin.now)
            }
            _ => {
                let ended = response.desk.end_all(there, origin.now);
                if !changed.is_empty() {
                    let kept = changed.iter().map(Kept::of).collect();
                    self.told.push(Told::of(origin, What::Saved(kept)));
                }
                if let Some((was, is)) = about {
                    self.told.push(Told::of(origin, What::About(was.clone(), is.clone())));
                }
                ended
            }
        };
        self.tell(ended);
    }

    /// Brings ended sittings into the log, before what comes after them.
    fn tell(&mut self, ended: Vec<Ended>) {
        let mut told = Vec::new();
        for one in ended {
            let origin = Origin {
                org: self.invitation.org,
                actor: Actor::Link(one.by),
                address: one.address,
                now: one.at,
            };
            if !one.kept.is_empty() {
                told.push(Told::of(&origin, What::Saved(one.kept)));
            }
            if let Some((was, is)) = one.about {
                told.push(Told::of(&origin, What::About(was, is)));
            }
        }
        self.changed |= !told.is_empty();
        self.told.splice(0..0, told);
    }

    /// Ends the sittings that have rested; whether others go on.
    fn end_quiet(&mut self, now: Timestamp) -> bool {
        let Some(response) = &mut self.response else {
            return false;
        };
        let ended = response.desk.end_quiet((&response.answers, &response.about), now);
        self.changed |= !ended.is_empty();
        let goes_on = response.desk.is_taken();
        self.tell(ended);
        goes_on
    }

    fn happened(&mut self, kind: EventKind, by: &str, note: &str) {
        self.state = invitations::fold(self.state, kind);
        self.events.push((kind, by.to_owned(), note.to_owned()));
    }

    /// Merges a posted form into what is stored. `by` is what the person calls themselves, else the company's name.
    pub async fn save(&mut self, tx: &mut Tx, form: &Form, origin: &Origin, by: &str) -> Result<Merge> {
        let invitation = self.invitation;
        let before = self.response.as_ref();
        let (revision, answers) = before.map_or((0, Answers::new()), |r| (r.revision, r.answers.clone()));
        let was_submitted = before
            .and_then(|r| r.submitted.as_ref())
            .is_some_and(|s| s.revision == revision);
        let past = store::past(tx, invitation.scope(), invitation.id, form, &answers).await?;
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
            return Ok(merged);
        }
        self.change(origin, &merged.changed, None);
        let response = self.begun(origin);
        response.revision = merged.revision;
        response.answers = merged.answers.clone();
        response.saved_at = origin.now;
        if was_submitted {
            self.happened(EventKind::Reopened, by, "");
        } else if self.state < State::Started && is_by_link(origin) {
            self.happened(EventKind::Started, by, "");
        }
        let changed: Vec<Changed> = merged.changed.iter().map(Changed::of).collect();
        store::insert_revision(tx, invitation, merged.revision, origin.now, by, &changed).await?;
        Ok(merged)
    }

    /// Keeps who answers.
    pub fn save_about(&mut self, about: &About, origin: &Origin) {
        let before = self.response.as_ref().map(|r| r.about.clone());
        if before.as_ref() == Some(about) {
            return;
        }
        let was = before.clone().unwrap_or_default();
        self.change(origin, &[], Some((&was, about)));
        let response = self.begun(origin);
        response.about = about.clone();
        response.saved_at = origin.now;
        // What was submitted stands, also who submitted it, until it is submitted again.
        if response.submitted.is_some() {
            response.revision += 1;
        }
        if before.is_none() && self.state < State::Started && is_by_link(origin) {
            self.happened(EventKind::Started, &about.name, "");
        }
    }

    /// Keeps how an operator came by the answers that were just saved, and that more are to come: nothing is submitted, and the
    /// company stays where it stands, so that it is phoned and reminded as before.
    pub fn draft(&mut self, origin: &Origin, channel: Channel, note: &str) {
        let response = self.begun(origin);
        // What was submitted keeps how it came.
        if response.submitted.is_none() {
            response.channel = channel;
            response.note = note.to_owned();
        }
        self.happened(EventKind::Drafted, origin.actor.name(), note);
    }

    /// Submits what is stored. The receipt's number stays the same when answers are submitted again.
    ///
    /// [`Submission::NotSeen`] comes back, and nothing is changed, when the answers are not those any more that the person
    /// reviewed, when a link doesn't say who answers, or when they are less than the sending takes them for.
    pub async fn submit(
        &mut self,
        tx: &mut Tx,
        app: &App,
        asked: &Asked,
        origin: &Origin,
        sending: Sending<'_>,
    ) -> Result<Submission> {
        let Sending {
            seen,
            extent,
            channel,
            note,
        } = sending;
        let stored = self.response.as_mut().ok_or(Error::NoRow)?;
        let before = stored.submitted.as_ref().map_or("", |s| s.document.as_str());
        let document = match extent {
            Extent::Document(document) => document.to_owned(),
            // Beside whole answers it stays what it was; who sends only a part says that nothing stands for the rest.
            Extent::Whole => before.to_owned(),
            Extent::Part => String::new(),
        };
        if let Some(done) = &stored.submitted
            && !stored.is_reopened()
            && document == done.document
            && channel == Channel::Link
        {
            // Pressed twice: it is submitted already.
            return Ok(Submission::Done(done.clone()));
        }
        let is_short = extent == Extent::Whole
            && asked
                .checklist
                .as_ref()
                .is_none_or(|c| !missing(c, &stored.answers).is_empty());
        let is_other = seen.is_some_and(|seen| stored.revision != seen);
        if is_other || is_short || channel == Channel::Link && seen.is_some() && !stored.about.is_whole() {
            return Ok(Submission::NotSeen);
        }
        // An operator's are not the link's.
        let today = match channel {
            Channel::Link => stored.desk.submission(origin.now),
            Channel::Phone | Channel::Paper => Some(0),
        };
        let Some(today) = today else {
            return Ok(Submission::TooMany);
        };
        let ended = stored.desk.end_all((&stored.answers, &stored.about), origin.now);
        let late = origin.now > self.invitation.deadline;
        let receipt = match &stored.submitted {
            Some(before) => before.receipt.clone(),
            None => format!("{}-{}", asked.number, receipt_signs(app)),
        };
        let submitted = Submitted {
            at: origin.now,
            revision: stored.revision,
            receipt,
            late,
            // What the person didn't see among the answers to be sent isn't sent.
            answers: match &asked.checklist {
                Some(checklist) => counting(checklist, &stored.answers),
                None => stored.answers.clone(),
            },
            about: stored.about.clone(),
            document,
        };
        let far = submitted.completeness(asked.checklist.as_deref());
        stored.submitted = Some(submitted.clone());
        stored.channel = channel;
        stored.note = note.to_owned();
        self.changed = true;
        self.marks = asked.checklist.as_ref().map(|c| marks(c, &submitted.answers));
        let kind = match (far, channel) {
            (Completeness::Partial, _) => EventKind::SubmittedPart,
            (Completeness::Document, _) => EventKind::SubmittedDocument,
            (_, Channel::Phone) => EventKind::RecordedByPhone,
            (_, Channel::Paper) => EventKind::RecordedOnPaper,
            (_, Channel::Link) if late => EventKind::SubmittedLate,
            (_, Channel::Link) => EventKind::Submitted,
        };
        self.happened(kind, origin.actor.name(), note);
        let invitation = self.invitation;
        // Whoever presses the button all day shall not fill a mailbox.
        if today <= CONFIRMED {
            let payload = format!("{} {}", invitation.id, submitted.revision);
            let name = format!("{CONFIRM_RECEIPT}:{payload}");
            let job = app.random.id(origin.now);
            jobs::enqueue(tx, job, invitation.org, CONFIRM_RECEIPT, &name, &payload, origin.now).await?;
        }
        let what = What::Submitted {
            receipt: submitted.receipt.clone(),
            revision: submitted.revision,
            late,
            channel: channel.as_str(),
            note: note.to_owned(),
            document: submitted.document.clone(),
            far,
        };
        self.tell(ended);
        self.told.push(Told::of(origin, what));
        Ok(Submission::Done(submitted))
    }

    /// Writes what was done; commit afterwards.
    pub async fn write(self, tx: &mut Tx, app: &App) -> Result<()> {
        if let (Some(response), true) = (&self.response, self.changed) {
            store::write(tx, self.invitation, response, self.first).await?;
        }
        let events: Vec<_> = self
            .events
            .iter()
            .map(|(kind, by, note)| (*kind, by.as_str(), note.as_str()))
            .collect();
        if !events.is_empty() {
            invitations::append_marked(tx, app, self.invitation, self.from, &events, self.marks.as_deref()).await?;
        }
        if self.response.as_ref().is_some_and(|r| r.desk.is_taken()) && !self.was_taken {
            look_again(tx, app, self.invitation, app.clock.now()).await?;
        }
        told::record(tx, app, self.invitation, &self.told).await
    }
}

/// What changes a response by a company's link is the company's own doing; an operator only takes down.
fn is_by_link(origin: &Origin) -> bool {
    matches!(origin.actor, Actor::Link(_))
}

/// How answers are submitted.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'s> {
    /// The revision that the person reviewed; None where nobody had to.
    pub seen: Option<i64>,
    pub extent: Extent<'s>,
    pub channel: Channel,
    /// How an answer that didn't come by the link was taken; else "".
    pub note: &'s str,
}

/// What whoever submits takes the answers for. How far they go is told by [`Completeness`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent<'s> {
    /// All that is required: refused where something is missing.
    Whole,
    /// As far as they go.
    Part,
    /// As far as they go; this document of the company's own stands for the rest. Never "".
    Document(&'s str),
}

/// What became of a submission.
#[derive(Debug)]
pub enum Submission {
    Done(Submitted),
    /// The answers are not those that the person reviewed, or not whole: nothing was changed.
    NotSeen,
    /// The link has submitted too often today: nothing was changed.
    TooMany,
}

/// The job that tells the log of sittings that have ended.
pub const END_SITTINGS: &str = "EndSittings";

async fn look_again(tx: &mut Tx, app: &App, invitation: &Invitation, now: Timestamp) -> Result<()> {
    let payload = invitation.id.to_string();
    let name = format!("{END_SITTINGS}:{payload}");
    let at = now + QUIET;
    jobs::enqueue(
        tx,
        app.random.id(now),
        invitation.org,
        END_SITTINGS,
        &name,
        &payload,
        at,
    )
    .await
}

/// Tells the log of the sittings at a response that have ended, and comes again where one goes on.
pub async fn end_sittings(app: &App, tx: &mut Tx, job: &Job) -> anyhow::Result<()> {
    let id = job.payload.parse()?;
    let scope = crate::app::Scope { org: job.org };
    let Some(invitation) = invitations::find(tx, scope, id).await? else {
        return Ok(());
    };
    let mut held = Held::of(tx, &invitation).await?;
    let now = app.clock.now();
    if held.end_quiet(now) {
        look_again(tx, app, &invitation, now).await?;
    }
    held.write(tx, app).await?;
    Ok(())
}

/// Two groups of five signs of thirty, which nobody mistakes for each other: 49 bits. With seven signs, a demonstration of a
/// million companies drew the same number twice within 420,000; with ten it takes ten million to make that likely by one in
/// ten, and the table refuses it then: whoever submits again gets another.
fn receipt_signs(app: &App) -> String {
    const SIGNS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    let drawn = app.random.bytes::<10>();
    let signs = |part: &[u8]| -> String { part.iter().map(|b| SIGNS[*b as usize % SIGNS.len()] as char).collect() };
    format!("{}-{}", signs(&drawn[..5]), signs(&drawn[5..]))
}
