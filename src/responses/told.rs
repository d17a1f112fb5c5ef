//! What the audit log is told of a response: one row for a submission that brought its answers, and who answers, along.

use super::model::Completeness;
use super::store::{About, Kept};
use crate::app::App;
use crate::audit::{self, Change, Origin};
use crate::db::{Result, Tx};
use crate::invitations::Invitation;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Something that was done in one transaction, and by whom.
pub(super) struct Told {
    origin: Origin,
    what: What,
}

pub(super) enum What {
    Saved(Vec<Kept>),
    /// Who answers, before and after.
    About(About, About),
    Submitted {
        receipt: String,
        revision: i64,
        late: bool,
        channel: &'static str,
        note: String,
        document: String,
        far: Completeness,
    },
}

impl Told {
    pub fn of(origin: &Origin, what: What) -> Told {
        Told {
            origin: origin.clone(),
            what,
        }
    }
}

/// Writes it down. What one person did in one request, up to submitting, is one row that holds all of it.
pub(super) async fn record(tx: &mut Tx, app: &App, invitation: &Invitation, told: &[Told]) -> Result<()> {
    let Some(last) = told.last() else { return Ok(()) };
    let actor = |told: &Told| (told.origin.actor.kind(), told.origin.actor.name().to_owned());
    let whole = matches!(last.what, What::Submitted { .. }) && told.iter().all(|one| actor(one) == actor(last));
    for row in told.chunks(if whole { told.len() } else { 1 }) {
        record_row(tx, app, invitation, row).await?;
    }
    Ok(())
}

async fn record_row(tx: &mut Tx, app: &App, invitation: &Invitation, row: &[Told]) -> Result<()> {
    let change = |action| Change {
        action,
        subject_kind: "invitation",
        subject: Some(invitation.id.0),
        subject_name: &invitation.company_name,
    };
    match row {
        [
            Told {
                origin,
                what: What::Saved(kept),
            },
        ] => {
            let (before, after) = (Entries(kept, false), Entries(kept, true));
            audit::record(tx, app, origin, change("response.save"), &before, &after).await
        }
        [
            Told {
                origin,
                what: What::About(before, after),
            },
        ] => audit::record(tx, app, origin, change("response.about"), before, after).await,
        [.., last] => {
            let (before, after) = (Side(row, false), Side(row, true));
            audit::record(tx, app, &last.origin, change("response.submit"), &before, &after).await
        }
        [] => Ok(()),
    }
}

/// A submission's row, as it was or (true) as it is: `{"answers": {…}, "about": {…}, "receipt": …}`, of these what there was.
struct Side<'t>(&'t [Told], bool);

impl Serialize for Side<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let Side(row, is_after) = *self;
        if row.len() == 1 && !is_after {
            // Nothing but the submission: there was nothing before.
            return serializer.serialize_unit();
        }
        let mut map = serializer.serialize_map(None)?;
        for told in row {
            match &told.what {
                What::Saved(kept) => map.serialize_entry("answers", &Entries(kept, is_after))?,
                What::About(before, after) => map.serialize_entry("about", if is_after { after } else { before })?,
                What::Submitted {
                    receipt,
                    revision,
                    late,
                    channel,
                    note,
                    document,
                    far,
                } if is_after => {
                    map.serialize_entry("receipt", receipt)?;
                    map.serialize_entry("revision", revision)?;
                    map.serialize_entry("late", late)?;
                    map.serialize_entry("channel", channel)?;
                    map.serialize_entry("note", note)?;
                    // What is whole says nothing of it.
                    if *far != Completeness::Complete {
                        map.serialize_entry("completeness", far.as_str())?;
                    }
                    if !document.is_empty() {
                        map.serialize_entry("document", document)?;
                    }
                }
                What::Submitted { .. } => {}
            }
        }
        map.end()
    }
}

/// Entries by question, as they were or (true) as they are.
struct Entries<'k>(&'k [Kept], bool);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.1 {
            true => serializer.collect_map(self.0.iter().map(|kept| (&kept.question, &kept.after))),
            false => serializer.collect_map(self.0.iter().map(|kept| (&kept.question, &kept.before))),
        }
    }
}
