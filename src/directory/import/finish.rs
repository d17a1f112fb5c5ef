//! What was decided is done to the end; what wasn't is cleared away; and whose turn it is.

use super::changes::Changed;
use super::outcome::Outcome;
use super::progress::Progress;
use crate::app::{App, Scope};
use crate::audit::{Actor, Change, Origin, Whole};
use crate::db::{Error, Result, Tx};
use crate::directory::store::{self, Company, Contact, State};
use crate::directory::{CompanyId, ContactId, ImportId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// An import that said nothing for so long isn't at work any more.
const LEASE: SignedDuration = SignedDuration::from_secs(15);

/// An import's turn: it writes for a moment and then rests.
pub(super) struct Pace {
    worker: Uuid,
}

impl Pace {
    /// For how long it writes at a stretch: what respondents wait for it at most is twice that and a commit.
    pub(super) const STRIDE: Duration = Duration::from_millis(20);
    /// Another program (a server, where this is the command line) looks every three milliseconds whether it may write.
    const SHORTEST_REST: Duration = Duration::from_millis(8);

    /// How often it waits for other programs, ten seconds each time.
    const PATIENCE: usize = 5;

    /// A transaction for one stride, which says as well that this import lives, and the generation of what it makes ready.
    ///
    /// # Errors
    /// [`Error::Busy`] where another import has taken over, because this one had said nothing for too long.
    pub(super) async fn stride(&self, app: &App, scope: &Scope) -> Result<(Tx, i64)> {
        let mut tries = 0;
        let mut tx = loop {
            match app.db.write_much().await {
                // Another program wrote all the time. This one has hundreds of strides, and one that isn't let in isn't the end.
                Err(Error::Busy) if tries < Self::PATIENCE => tries += 1,
                other => break other?,
            }
        };
        let until = app.clock.now() + LEASE;
        if !store::still_at_work(&mut tx, scope, self.worker, until).await? {
            return Err(Error::Busy);
        }
        let next = store::staging(&mut tx, scope).await?.map_or(1, |s| s.next);
        Ok((tx, next))
    }

    /// Lets the others in for as long as it wrote.
    pub(super) async fn rest(&self, begun: Instant) {
        tokio::time::sleep(begun.elapsed().clamp(Self::SHORTEST_REST, Self::STRIDE * 3)).await;
    }

    /// Its turn is over.
    pub(super) async fn leave(&self, app: &App, scope: &Scope) -> Result<()> {
        let (mut tx, _) = self.stride(app, scope).await?;
        store::end_staging(&mut tx, scope).await?;
        tx.commit().await
    }
}

/// Takes the turn, after finishing or clearing away what another left; None while another is at work.
pub(super) async fn take(app: &App, scope: &Scope, worker: Uuid) -> Result<Option<Pace>> {
    // Looked at first: who waits for another's end shall not write all the time.
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let at_work = |s: &store::Staging| s.worker.is_some() && s.until > now && s.until <= now + LEASE * 2;
    if store::staging(&mut tx, scope).await?.is_some_and(|s| at_work(&s)) {
        return Ok(None);
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    let left = store::hold_staging(&mut tx, scope).await?;
    if at_work(&left) {
        return Ok(None);
    }
    store::set_worker(&mut tx, scope, worker, now + LEASE).await?;
    tx.commit().await?;
    let pace = Pace { worker };
    if left.worker.is_none() {
        return Ok(Some(pace));
    }
    if left.decided {
        tracing::warn!("An import was broken off after it had been decided; it is brought to its end.");
        let about: About = serde_json::from_str(&left.about).map_err(|e| unreadable(&left.about, &e))?;
        let origin = about.origin(scope);
        finish(app, scope, &pace, &origin, &about, &Progress::unseen()).await?;
        // Its end was the end of the turn: it is taken anew.
        let mut tx = app.db.write().await?;
        let free = store::hold_staging(&mut tx, scope).await?.worker.is_none();
        if !free {
            return Ok(None);
        }
        store::set_worker(&mut tx, scope, worker, app.clock.now() + LEASE).await?;
        tx.commit().await?;
    } else {
        tracing::warn!(
            "An import was broken off before it was decided; nobody saw anything of it, and it is cleared away."
        );
        clear(app, scope, &pace).await?;
    }
    Ok(Some(pace))
}

/// Brings to its end, or clears away, what an import left that was broken off; whether there was any.
pub async fn resume(app: &App, scope: &Scope) -> Result<bool> {
    let mut tx = app.db.read().await?;
    let left = store::staging(&mut tx, scope)
        .await?
        .is_some_and(|s| s.worker.is_some());
    drop(tx);
    if !left {
        return Ok(false);
    }
    match take(app, scope, app.random.id(app.clock.now())).await? {
        None => Ok(false),
        Some(pace) => {
            pace.leave(app, scope).await?;
            Ok(true)
        }
    }
}

/// Takes away what was made ready and isn't decided, the last first: no company goes before one that stands below it.
pub(super) async fn clear(app: &App, scope: &Scope, pace: &Pace) -> Result<()> {
    loop {
        let (mut tx, _) = pace.stride(app, scope).await?;
        let begun = Instant::now();
        let some = store::list_staged(&mut tx, scope, true, AT_ONCE).await?;
        let ended = (some.len() as i64) < AT_ONCE;
        let mut all = true;
        for staged in some {
            store::unmake(&mut tx, scope, staged.company).await?;
            store::drop_staged(&mut tx, scope, staged.position).await?;
            if begun.elapsed() > Pace::STRIDE {
                all = false;
                break;
            }
        }
        tx.commit().await?;
        if ended && all {
            return Ok(());
        }
        pace.rest(begun).await;
    }
}

/// How many companies are read at once; fewer are done where time is up before.
const AT_ONCE: i64 = 100;

/// Does what was decided, and ends the turn.
///
/// Companies that were known change here one by one, in strides: whoever reads meanwhile sees some as they were and some as they
/// will be. Only what is new was shown at once. Whatever was taken away since the decision is passed over, because work that can
/// never be done would hold up every later import.
pub(super) async fn finish(
    app: &App,
    scope: &Scope,
    pace: &Pace,
    origin: &Origin,
    about: &About,
    progress: &Progress,
) -> Result<()> {
    loop {
        let (mut tx, _) = pace.stride(app, scope).await?;
        let begun = Instant::now();
        let some = store::list_staged(&mut tx, scope, false, AT_ONCE).await?;
        if some.is_empty() {
            about.done(&mut tx, app, scope, origin).await?;
            store::end_staging(&mut tx, scope).await?;
            return tx.commit().await;
        }
        for staged in some {
            let work: Work = serde_json::from_str(&staged.work).map_err(|e| unreadable(&staged.work, &e))?;
            work.bring_in(&mut tx, app, scope, origin, about.whole, staged.company)
                .await?;
            store::drop_staged(&mut tx, scope, staged.position).await?;
            progress.step();
            if begun.elapsed() > Pace::STRIDE {
                break;
            }
        }
        tx.commit().await?;
        pace.rest(begun).await;
    }
}

fn unreadable(value: &str, e: &serde_json::Error) -> Error {
    Error::Invalid {
        column: 0,
        value: value.chars().take(80).collect(),
        why: e.to_string(),
    }
}

/// Whose import it is, kept so that another can bring it to its end.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct About {
    /// person, job or command, and the name.
    actor: (String, String),
    address: String,
    at_micros: i64,
    whole: Whole,
    /// The uploaded list, and what its page says when all is done.
    import: Option<Uuid>,
    outcome: Option<Outcome>,
    /// Whether companies that were known become others.
    updates: bool,
}

impl About {
    pub(super) fn of(
        origin: &Origin,
        whole: Whole,
        import: Option<Uuid>,
        outcome: Option<Outcome>,
        updates: bool,
    ) -> About {
        About {
            actor: (origin.actor.kind().to_owned(), origin.actor.name().to_owned()),
            address: origin.address.clone(),
            at_micros: origin.now.as_microsecond(),
            whole,
            import,
            outcome,
            updates,
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn origin(&self, scope: &Scope) -> Origin {
        let (kind, name) = &self.actor;
        Origin {
            org: scope.org,
            actor: match kind.as_str() {
                "command" => Actor::Command("directory import"),
                _ => Actor::Person(name.clone()),
            },
            address: self.address.clone(),
            now: Timestamp::from_microsecond(self.at_micros).unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }

    /// All is done: its page says so, and what is copied of companies follows them.
    pub(super) async fn done(&self, tx: &mut Tx, app: &App, scope: &Scope, origin: &Origin) -> Result<()> {
        if self.updates {
            store::ask_to_follow(tx, app, scope, origin.now).await?;
        }
        if let (Some(import), Some(outcome)) = (self.import, &self.outcome) {
            let result = serde_json::to_string(outcome).unwrap_or_default();
            store::finish_import(tx, scope, ImportId(import), State::Done, &result, app.clock.now()).await?;
        }
        Ok(())
    }
}

/// What becomes of one company.
#[derive(Serialize, Deserialize)]
pub(super) struct Work {
    /// None: it is new, and there already.
    before: Option<Company>,
    after: Company,
    /// Those that are new, and those that change, as they were.
    contacts: Vec<(ContactId, i64, Option<Contact>, Contact)>,
}

/// A company with those of its contacts that an import touches, as the log keeps them: one row for each company.
#[derive(Serialize)]
struct Logged<'l> {
    #[serde(flatten)]
    company: &'l Company,
    contacts: Vec<&'l Contact>,
}

/// Takes over what changes from `before` to `after`, and nothing else: somebody may have changed the rest meanwhile.
macro_rules! take_over {
    ($now:ident, $before:ident, $after:ident: $($field:ident)+) => {
        $(if $before.$field != $after.$field {
            $now.$field.clone_from(&$after.$field);
        })+
    };
}

impl Work {
    pub(super) fn of(changed: &Changed) -> Work {
        let new = changed.new_contacts.iter().map(|c| (c.id, c.position, None, c.clone()));
        let known = changed
            .contacts
            .iter()
            .map(|(old, new)| (new.id, new.position, Some(old.clone()), new.clone()));
        Work {
            before: changed.before.clone(),
            after: changed.after.clone(),
            contacts: known.chain(new).collect(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    async fn bring_in(
        self,
        tx: &mut Tx,
        app: &App,
        scope: &Scope,
        origin: &Origin,
        whole: Whole,
        company: CompanyId,
    ) -> Result<()> {
        let CompanyId(id) = company;
        let Some(before) = &self.before else {
            let change = Change {
                action: "company.create",
                subject_kind: "company",
                subject: Some(id),
                subject_name: &self.after.name,
            };
            let after = Logged {
                company: &self.after,
                contacts: self.contacts.iter().map(|(.., contact)| contact).collect(),
            };
            let nothing: Option<Logged<'_>> = None;
            return whole.record_part(tx, app, origin, change, &nothing, &after).await;
        };
        // Somebody may have taken it away meanwhile.
        let Some(found) = store::find_held(tx, scope, company).await? else {
            return Ok(());
        };
        let (after, mut now) = (&self.after, found.clone());
        take_over!(now, before, after: kind code name kana country tier criticality items parent small corporate_number postal_code address);
        if let Some(code) = now.code.as_ref().filter(|_| now.code != found.code)
            && store::find_by_code(tx, scope, code)
                .await?
                .is_some_and(|c| c.id != company)
        {
            // Another company was given that code meanwhile.
            now.code.clone_from(&found.code);
        }
        if let Some(parent) = now.parent.filter(|_| now.parent != found.parent)
            && (store::find_held(tx, scope, parent).await?.is_none()
                || store::is_above(tx, scope, company, parent).await?)
        {
            // Another took the parent away meanwhile, or put it below this company.
            tracing::warn!(%company, %parent, "A parent that an import brings was taken away or moved meanwhile; none is set.");
            now.parent = found.parent;
        }
        if now != found {
            store::update(tx, scope, &now, origin.now).await?;
        }
        let there = store::contacts_of(tx, scope, company).await?;
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for (contact, position, before, after) in &self.contacts {
            match before {
                None => {
                    let same = |c: &Contact| match (&c.mail, &after.mail) {
                        (Some(one), Some(other)) => one.same_mailbox(other),
                        (None, None) => c.name == after.name && c.phone == after.phone,
                        _ => false,
                    };
                    if there.iter().any(same) {
                        continue;
                    }
                    let made = Contact {
                        id: *contact,
                        company,
                        position: *position,
                        ..after.clone()
                    };
                    store::insert_contact(tx, scope, &made, origin.now).await?;
                    new.push(made);
                }
                Some(before) => {
                    let Some(was) = there.iter().find(|c| c.id == *contact) else {
                        continue;
                    };
                    let mut is = was.clone();
                    take_over!(is, before, after: name department phone language role);
                    if is != *was {
                        store::update_contact(tx, scope, &is, origin.now).await?;
                        old.push(was);
                        new.push(is);
                    }
                }
            }
        }
        if now == found && new.is_empty() {
            return Ok(());
        }
        let change = Change {
            action: "company.update",
            subject_kind: "company",
            subject: Some(id),
            subject_name: &now.name,
        };
        let before = Some(Logged {
            company: &found,
            contacts: old,
        });
        let after = Logged {
            company: &now,
            contacts: new.iter().collect(),
        };
        whole.record_part(tx, app, origin, change, &before, &after).await
    }
}
