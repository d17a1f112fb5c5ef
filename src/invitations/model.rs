//! The state of an invitation: what its events add up to. Pure.
//!
//! Events are only ever appended, and some come late: a bounce after the page was opened, a job's "sent" after it too. So
//! the states stand in an order, and an event lifts the state or leaves it. What a person at the company did outranks what
//! mail servers say; what was submitted outranks what was begun; late outranks in time. Only among the states of mail can
//! a new attempt set it back.

use serde::{Deserialize, Serialize};

/// Where one company stands in a campaign. In the order in which one outranks another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// To be sent.
    Queued,
    /// Handed to the mail server, or put into the outbox.
    Sent,
    /// A message came back, and no newer one was tried. (Which contact's: see deliveries.)
    Bounced,
    /// There is no usable address; to be phoned.
    Unreachable,
    /// The page was opened by a person.
    Opened,
    /// The advisory was acknowledged.
    Acknowledged,
    /// Answers were begun.
    Started,
    /// The company said that it won't answer.
    Declined,
    /// What was submitted last leaves required questions open, and says so.
    Partial,
    /// The company submitted that a document of its own stands for the answers.
    Document,
    /// An operator recorded answers that came by phone or on paper.
    Paper,
    /// Answers were submitted in time.
    Submitted,
    /// Answers were submitted, or changed, after the deadline.
    Late,
}

/// What can happen to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// The invitation was made; always the first.
    Created,
    /// A message was queued: the first, or another one.
    Queued,
    /// A message went out.
    Sent,
    /// A message came back.
    Bounced,
    /// No contact has a usable address.
    NoAddress,
    /// A letter on paper was posted.
    Posted,
    /// A person opened the page.
    Opened,
    /// A person acknowledged the advisory.
    Acknowledged,
    /// A person began to answer.
    Started,
    /// Answers were saved.
    Saved,
    /// Answers were submitted by the deadline.
    Submitted,
    /// Answers were submitted after the deadline.
    SubmittedLate,
    /// A part of the answers was submitted, by a link or taken down by an operator: required questions are open.
    SubmittedPart,
    /// A document of the company's own was submitted in place of answers, by a link or taken down by an operator.
    SubmittedDocument,
    /// A person began to change what was submitted; that stands until it is submitted again.
    Reopened,
    /// An operator took some answers down, by phone or from paper, and nothing was submitted: the company stands where it stood.
    Drafted,
    /// An operator recorded answers given by phone.
    RecordedByPhone,
    /// An operator recorded answers given on paper.
    RecordedOnPaper,
    /// The company said that it won't answer.
    Declined,
    /// An operator took that back: it counts as never said.
    Undeclined,
    /// An operator wrote a note.
    Noted,
    /// A new link was made; the old one no longer works.
    ReissuedLink,
    /// A colleague was given a link of their own.
    HandedOn,
    /// Somebody said that they are the wrong person.
    Misdirected,
}

impl State {
    /// All of them, from the lowest to the highest.
    pub const ALL: [State; 13] = [
        State::Queued,
        State::Sent,
        State::Bounced,
        State::Unreachable,
        State::Opened,
        State::Acknowledged,
        State::Started,
        State::Declined,
        State::Partial,
        State::Document,
        State::Paper,
        State::Submitted,
        State::Late,
    ];

    /// The word in the database, in JSON and in keys of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sent => "sent",
            State::Bounced => "bounced",
            State::Unreachable => "unreachable",
            State::Opened => "opened",
            State::Acknowledged => "acknowledged",
            State::Started => "started",
            State::Declined => "declined",
            State::Partial => "partial",
            State::Document => "document",
            State::Paper => "paper",
            State::Submitted => "submitted",
            State::Late => "late",
        }
    }

    /// The state of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The state that events add up to, in the order they were appended.
    pub fn of(events: impl IntoIterator<Item = EventKind>) -> Self {
        events.into_iter().fold(Course::default(), Course::then).state()
    }

    /// Whether something was submitted, by whatever way and however far it goes.
    pub fn is_answered(self) -> bool {
        self >= State::Partial
    }

    /// Whether nothing more is awaited: answered or declined.
    pub fn is_settled(self) -> bool {
        self.is_answered() || self == State::Declined
    }

    /// Whether something is still to be done by a company that is asked the checklist, or only to acknowledge.
    pub fn is_awaited(self, asks_check: bool) -> bool {
        !self.is_settled() && (asks_check || !matches!(self, State::Acknowledged | State::Started))
    }

    /// Whether mail didn't reach the company, so that it must be phoned.
    pub fn is_to_be_phoned(self) -> bool {
        matches!(self, State::Bounced | State::Unreachable)
    }

    /// Whether a person at the company has done something, so that no news from a mail server matters any more.
    fn is_by_person(self) -> bool {
        self >= State::Opened
    }
}

impl EventKind {
    /// All of them.
    pub const ALL: [EventKind; 24] = [
        EventKind::Created,
        EventKind::Queued,
        EventKind::Sent,
        EventKind::Bounced,
        EventKind::NoAddress,
        EventKind::Posted,
        EventKind::Opened,
        EventKind::Acknowledged,
        EventKind::Started,
        EventKind::Saved,
        EventKind::Submitted,
        EventKind::SubmittedLate,
        EventKind::SubmittedPart,
        EventKind::SubmittedDocument,
        EventKind::Reopened,
        EventKind::Drafted,
        EventKind::RecordedByPhone,
        EventKind::RecordedOnPaper,
        EventKind::Declined,
        EventKind::Undeclined,
        EventKind::Noted,
        EventKind::ReissuedLink,
        EventKind::HandedOn,
        EventKind::Misdirected,
    ];

    /// The word in the database, in JSON and in keys of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Created => "created",
            EventKind::Queued => "queued",
            EventKind::Sent => "sent",
            EventKind::Bounced => "bounced",
            EventKind::NoAddress => "no-address",
            EventKind::Posted => "posted",
            EventKind::Opened => "opened",
            EventKind::Acknowledged => "acknowledged",
            EventKind::Started => "started",
            EventKind::Saved => "saved",
            EventKind::Submitted => "submitted",
            EventKind::SubmittedLate => "submitted-late",
            EventKind::SubmittedPart => "submitted-part",
            EventKind::SubmittedDocument => "submitted-document",
            EventKind::Reopened => "reopened",
            EventKind::Drafted => "drafted",
            EventKind::RecordedByPhone => "recorded-by-phone",
            EventKind::RecordedOnPaper => "recorded-on-paper",
            EventKind::Declined => "declined",
            EventKind::Undeclined => "undeclined",
            EventKind::Noted => "noted",
            EventKind::ReissuedLink => "reissued-link",
            EventKind::HandedOn => "handed-on",
            EventKind::Misdirected => "misdirected",
        }
    }

    /// The event of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == word)
    }
}

/// What events add up to so far. It remembers where a company stood beneath a "we won't answer", because that can be taken
/// back; a [`State`] alone can't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// The state without any decline.
    beneath: State,
    declined: bool,
}

impl Default for Course {
    fn default() -> Course {
        Course {
            beneath: State::Queued,
            declined: false,
        }
    }
}

impl Course {
    /// After one more event.
    #[must_use]
    pub fn then(self, event: EventKind) -> Course {
        match event {
            EventKind::Declined => Course { declined: true, ..self },
            EventKind::Undeclined => Course {
                declined: false,
                ..self
            },
            _ => Course {
                beneath: fold(self.beneath, event),
                ..self
            },
        }
    }

    pub fn state(self) -> State {
        match self.declined {
            true => self.beneath.max(State::Declined),
            false => self.beneath,
        }
    }
}

/// The state after one more event. Not for [`EventKind::Undeclined`], whose outcome is known by a [`Course`] only: it leaves
/// the state.
pub fn fold(state: State, event: EventKind) -> State {
    match event {
        EventKind::Created
        | EventKind::Undeclined
        | EventKind::Reopened
        | EventKind::Drafted
        | EventKind::Noted
        | EventKind::ReissuedLink
        | EventKind::HandedOn
        | EventKind::Misdirected => state,
        EventKind::Queued | EventKind::Sent | EventKind::Bounced | EventKind::NoAddress | EventKind::Posted => {
            fold_mail(state, event)
        }
        EventKind::Opened => state.max(State::Opened),
        EventKind::Acknowledged => state.max(State::Acknowledged),
        EventKind::Started | EventKind::Saved => state.max(State::Started),
        EventKind::Declined => state.max(State::Declined),
        EventKind::RecordedByPhone | EventKind::RecordedOnPaper => state.max(State::Paper),
        EventKind::Submitted => state.max(State::Submitted),
        EventKind::SubmittedLate => state.max(State::Late),
        // What was submitted last stands, also after more was.
        EventKind::SubmittedPart => State::Partial,
        EventKind::SubmittedDocument => State::Document,
    }
}

/// Among the states of mail: a message tried anew makes good what came back, and "sent" that is told after its own bounce
/// doesn't.
fn fold_mail(state: State, event: EventKind) -> State {
    if state.is_by_person() {
        return state;
    }
    match (state, event) {
        (State::Bounced | State::Unreachable, EventKind::Queued) => State::Queued,
        (State::Queued | State::Unreachable, EventKind::Sent) => State::Sent,
        (State::Queued | State::Unreachable | State::Bounced, EventKind::Posted) => State::Sent,
        (_, EventKind::Bounced) => State::Bounced,
        (State::Queued | State::Bounced, EventKind::NoAddress) => State::Unreachable,
        _ => state,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::EventKind as E;
    use super::*;

    #[test]
    fn words_are_one_in_code_and_json_and_come_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        for event in E::ALL {
            assert_eq!(E::parse(event.as_str()), Some(event));
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
        }
        assert_eq!(State::parse("Queued"), None);
        assert!(State::ALL.is_sorted());
    }

    #[test]
    fn courses_of_events() {
        for (events, state) in [
            (&[E::Created][..], State::Queued),
            (&[E::Created, E::Queued, E::Sent], State::Sent),
            (&[E::Created, E::NoAddress], State::Unreachable),
            (&[E::Created, E::NoAddress, E::Queued, E::Sent], State::Sent),
            (&[E::Created, E::NoAddress, E::Opened], State::Opened),
            (&[E::Created, E::NoAddress, E::RecordedByPhone], State::Paper),
            (&[E::Queued, E::Sent, E::Bounced], State::Bounced),
            (&[E::Queued, E::Bounced, E::Sent], State::Bounced),
            (&[E::Queued, E::Sent, E::Bounced, E::NoAddress], State::Unreachable),
            (&[E::Queued, E::Sent, E::Bounced, E::Queued], State::Queued),
            (&[E::Queued, E::Sent, E::Bounced, E::Queued, E::Sent], State::Sent),
            (&[E::Queued, E::Sent, E::Queued], State::Sent),
            (&[E::Sent, E::Opened, E::Bounced], State::Opened),
            (&[E::Sent, E::Acknowledged, E::Bounced], State::Acknowledged),
            (&[E::Sent, E::Acknowledged, E::Opened], State::Acknowledged),
            (&[E::Queued, E::Opened, E::Sent], State::Opened),
            (&[E::Opened, E::Started, E::Acknowledged], State::Started),
            (&[E::Opened, E::Saved], State::Started),
            (&[E::Started, E::Submitted, E::Opened, E::Saved], State::Submitted),
            (&[E::Submitted, E::Reopened, E::Saved], State::Submitted),
            (&[E::Submitted, E::Reopened, E::SubmittedLate], State::Late),
            (&[E::SubmittedLate, E::Reopened, E::Saved, E::Submitted], State::Late),
            (&[E::Declined, E::Opened, E::Saved], State::Declined),
            (&[E::Opened, E::SubmittedPart], State::Partial),
            (&[E::SubmittedPart, E::Reopened, E::Saved], State::Partial),
            (&[E::SubmittedPart, E::Reopened, E::Submitted], State::Submitted),
            (&[E::SubmittedPart, E::SubmittedLate], State::Late),
            (&[E::Submitted, E::Reopened, E::SubmittedPart], State::Partial),
            (
                &[E::Submitted, E::Reopened, E::SubmittedPart, E::Submitted],
                State::Submitted,
            ),
            (&[E::SubmittedPart, E::SubmittedDocument], State::Document),
            (&[E::SubmittedDocument, E::RecordedByPhone], State::Paper),
            (&[E::SubmittedPart, E::Bounced, E::Opened], State::Partial),
            (&[E::SubmittedPart, E::Declined], State::Partial),
            (&[E::Declined, E::SubmittedPart, E::Undeclined], State::Partial),
            (&[E::Sent, E::Drafted], State::Sent),
            (&[E::Created, E::NoAddress, E::Drafted], State::Unreachable),
            (&[E::Declined, E::Submitted], State::Submitted),
            (&[E::Submitted, E::Declined], State::Submitted),
            (&[E::RecordedOnPaper, E::Submitted], State::Submitted),
            (&[E::Submitted, E::RecordedByPhone], State::Submitted),
            (&[E::Sent, E::Noted, E::ReissuedLink], State::Sent),
            (&[E::Sent, E::Declined, E::Undeclined], State::Sent),
            (&[E::Opened, E::Declined, E::Bounced, E::Undeclined], State::Opened),
            (&[E::Sent, E::Declined, E::Bounced, E::Undeclined], State::Bounced),
            (&[E::Declined, E::Saved, E::Undeclined], State::Started),
            (&[E::Declined, E::Undeclined, E::Declined], State::Declined),
            (&[E::Declined, E::Submitted, E::Undeclined], State::Submitted),
            (&[E::Sent, E::Undeclined, E::Opened], State::Opened),
        ] {
            assert_eq!(State::of(events.iter().copied()), state, "{events:?}");
        }
    }

    #[test]
    fn what_is_awaited_follows_from_the_state() {
        let these = |is: fn(State) -> bool| State::ALL.into_iter().filter(|state| is(*state)).collect::<Vec<_>>();
        let answered = [
            State::Partial,
            State::Document,
            State::Paper,
            State::Submitted,
            State::Late,
        ];
        assert_eq!(these(State::is_answered), answered);
        assert_eq!(these(State::is_settled), [&[State::Declined], &answered[..]].concat());
        assert_eq!(these(State::is_to_be_phoned), [State::Bounced, State::Unreachable]);
    }

    /// All but the one that takes something back.
    fn event() -> impl Strategy<Value = E> {
        prop::sample::select(E::ALL.into_iter().filter(|e| *e != E::Undeclined).collect::<Vec<_>>())
    }

    fn shuffled(most: usize) -> impl Strategy<Value = (Vec<E>, Vec<E>)> {
        prop::collection::vec(event(), 0..most)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
    }

    proptest! {
        /// Once a person did something, the order in which events are told doesn't matter, but for what was submitted last
        /// and may be less than before: that is told while the invitation is held, so in its order.
        #[test]
        fn order_does_not_matter_once_a_person_did_something((one, other) in shuffled(12), person in event()) {
            prop_assume!(fold(State::Queued, person) >= State::Opened);
            let is_less = |e: &E| matches!(e, E::SubmittedPart | E::SubmittedDocument);
            prop_assume!(!one.iter().chain([&person]).any(is_less));
            let with = |events: Vec<E>| State::of(events.into_iter().chain([person]));
            prop_assert_eq!(with(one), with(other));
        }

        /// Of one attempt, "sent" and "bounced" may be told in any order and any number of times.
        #[test]
        fn a_bounce_is_seen_whenever_it_is_told(events in prop::collection::vec(prop::sample::select(vec![E::Sent, E::Bounced]), 0..8)) {
            let bounced = events.contains(&E::Bounced);
            let sent = !events.is_empty();
            let expected = if bounced { State::Bounced } else if sent { State::Sent } else { State::Queued };
            prop_assert_eq!(State::of([E::Created, E::Queued].into_iter().chain(events)), expected);
        }

        /// Folding states one by one and following the whole course come to the same, as long as nothing is taken back.
        #[test]
        fn a_course_is_the_fold(events in prop::collection::vec(event(), 0..20)) {
            let folded = events.iter().fold(State::Queued, |state, event| fold(state, *event));
            prop_assert_eq!(State::of(events), folded);
        }

        /// A decline that is taken back counts as never said, whatever happened in between.
        #[test]
        fn a_decline_taken_back_was_never_said(events in prop::collection::vec(event(), 0..20)) {
            let without = events.iter().copied().filter(|e| *e != E::Declined);
            let undone = events.iter().copied().chain([E::Undeclined]);
            prop_assert_eq!(State::of(undone), State::of(without));
        }

        /// What a person did is never taken back; only less may be submitted than before.
        #[test]
        fn a_persons_state_never_sinks(events in prop::collection::vec(event(), 0..20)) {
            let mut state = State::Queued;
            for event in events {
                let next = fold(state, event);
                prop_assert!(next >= state || state < State::Opened || state.is_answered() && next.is_answered());
                // Told twice is told once.
                prop_assert_eq!(fold(next, event), next);
                state = next;
            }
        }
    }
}
