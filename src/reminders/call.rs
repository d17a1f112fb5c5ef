//! What was said on the phone to one company. Buyers write it down behind the link in their mail of the day, operators on the
//! company's part: one form, one rule.

use super::store::{self, Said};
use crate::app::App;
use crate::audit::{self, Change, Origin};
use crate::db::Tx;
use crate::invitations::{self, EventKind, Invitation};
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Error, Result, dates};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

/// What can come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Absent, engaged, no such number.
    NotReached,
    /// Will answer by a day.
    Promised,
    /// Answered on the phone: an operator takes the answers down next.
    Answered,
    /// Won't answer: nobody asks again.
    Refused,
    /// Reached; the note says what came of it.
    Reached,
}

impl Outcome {
    pub const ALL: [Outcome; 5] = [
        Outcome::NotReached,
        Outcome::Promised,
        Outcome::Answered,
        Outcome::Refused,
        Outcome::Reached,
    ];

    /// Without those that only an operator can act on.
    pub const OF_BUYERS: [Outcome; 4] = [
        Outcome::NotReached,
        Outcome::Promised,
        Outcome::Refused,
        Outcome::Reached,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::NotReached => "not-reached",
            Outcome::Promised => "promised",
            Outcome::Answered => "answered",
            Outcome::Refused => "refused",
            Outcome::Reached => "reached",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Outcome::NotReached => "call-not-reached",
            Outcome::Promised => "call-promised",
            Outcome::Answered => "call-answered",
            Outcome::Refused => "call-refused",
            Outcome::Reached => "call-reached",
        }
    }
}

/// The longest note, in characters.
const LONGEST: usize = 1_000;
/// How far a promise may reach, in days: who promises next year would keep every reminder away.
const FURTHEST: i64 = 31;

/// A call, as it was typed and found to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallNote {
    pub outcome: Outcome,
    /// By when an answer was promised.
    pub day: Option<Date>,
    pub note: String,
}

impl CallNote {
    /// Reads `outcome`, `day` and `note`; the key of a sentence where they can't be taken.
    pub fn read(form: &Form, today: Date) -> std::result::Result<CallNote, &'static str> {
        let outcome = Outcome::ALL.into_iter().find(|o| o.as_str() == form.get("outcome"));
        let Some(outcome) = outcome else {
            return Err("call-problem-outcome");
        };
        let day = form.get("day").parse::<Date>().ok();
        let note = form.get("note").to_owned();
        if outcome == Outcome::Promised {
            if day.is_none_or(|day| day < today) {
                return Err("call-problem-day");
            }
            if day > today.checked_add(Span::new().days(FURTHEST)).ok() {
                return Err("call-problem-far");
            }
        }
        if note.chars().count() > LONGEST {
            return Err("call-problem-long");
        }
        Ok(CallNote {
            outcome,
            day: day.filter(|_| outcome == Outcome::Promised),
            note,
        })
    }

    /// As one sentence, for the events of the invitation.
    fn sentence(&self, t: Tr) -> String {
        let what = match self.day {
            Some(day) => t.t1("call-promised-by", "day", dates::calendar_day(t, day)),
            None => t.t(self.outcome.key()),
        };
        match self.note.is_empty() {
            true => what.into_owned(),
            false => t.t2("call-with-note", "what", what, "note", &self.note).into_owned(),
        }
    }
}

/// Takes a call down: an event, what the phone lists show, the log. `by` is who phoned. [`Error::Conflict`] where the
/// campaign is closed. Who said that they won't answer has declined.
pub async fn log_call(
    tx: &mut Tx,
    app: &App,
    origin: &Origin,
    (invitation, by): (&Invitation, &str),
    call: &CallNote,
    t: Tr,
) -> Result<()> {
    let scope = invitation.scope();
    let state = invitations::lock(tx, scope, invitation.id).await?;
    if invitation.closed {
        return Err(Error::Conflict("error-campaign-closed"));
    }
    let text = call.sentence(t);
    let kind = match call.outcome {
        Outcome::Refused => EventKind::Declined,
        _ => EventKind::Noted,
    };
    invitations::append(tx, app, invitation, state, &[kind], by, &text).await?;
    let said = Said {
        text: text.clone(),
        at: Some(origin.now),
        by: by.to_owned(),
        hold_until: call.day.and_then(|day| end_of(app, day)),
    };
    store::keep_said(tx, scope, (invitation.id, invitation.campaign), &said, origin.now).await?;
    let change = Change {
        action: "invitation.call",
        subject_kind: "invitation",
        subject: Some(invitation.id.0),
        subject_name: &invitation.company_name,
    };
    Ok(audit::record(tx, app, origin, change, &(), &text).await?)
}

/// A promise ends with its day.
fn end_of(app: &App, day: Date) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?;
    Some(next.to_zoned(app.zone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn typed(outcome: &str, day: &str, note: &str) -> Form {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Form(vec![field("outcome", outcome), field("day", day), field("note", note)])
    }

    #[test]
    fn a_call_has_an_outcome_and_a_promise_a_day() {
        let today = date(2026, 11, 22);
        let read = |outcome, day, note: &str| CallNote::read(&typed(outcome, day, note), today);
        assert_eq!(read("", "", ""), Err("call-problem-outcome"));
        assert_eq!(read("promised", "", ""), Err("call-problem-day"));
        assert_eq!(read("promised", "2026-11-21", ""), Err("call-problem-day"));
        assert_eq!(read("promised", "2026-12-24", ""), Err("call-problem-far"));
        assert_eq!(read("reached", "", &"長".repeat(1_001)), Err("call-problem-long"));
        let promised = read("promised", "2026-12-23", "x").unwrap();
        assert_eq!(promised.day, Some(date(2026, 12, 23)));
        // A day that was left in the form of another outcome promises nothing.
        assert_eq!(read("not-reached", "2026-12-23", "").unwrap().day, None);
    }

    #[test]
    fn every_outcome_reads_back() {
        let today = date(2026, 11, 22);
        for outcome in Outcome::ALL {
            let call = CallNote::read(&typed(outcome.as_str(), "2026-11-23", ""), today).unwrap();
            assert_eq!(call.outcome, outcome);
        }
        assert!(Outcome::OF_BUYERS.iter().all(|o| Outcome::ALL.contains(o)));
    }
}
