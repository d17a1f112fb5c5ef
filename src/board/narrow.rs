//! What a list of a campaign's companies is narrowed to, as an address says it: every number on a board is such a link.

use crate::content::Checklist;
use crate::directory::search_key;
use crate::invitations::{Cursor, Listed, Narrow, State};
use serde::Deserialize;

/// The parameters of a list's address. "" asks nothing; "-" means those of whom nobody said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// States by comma, or one of the words `done`, `answered`, `read`, `waiting`.
    pub state: String,
    pub q: String,
    pub kind: String,
    pub country: String,
    pub tier: String,
    pub criticality: String,
    /// A question's id, with `answer`: yes, partly, no, na, unknown, other, none.
    pub question: String,
    pub answer: String,
    pub sort: String,
    /// Sort key, id and count of "no" of the last company of the page before.
    pub after: String,
    pub id: String,
    pub noes: String,
    /// Of an export: xlsx or csv.
    pub format: String,
}

/// The letters of [`crate::responses::marks`] by their word in an address.
pub const ANSWERS: [(&str, char); 7] = [
    ("no", 'n'),
    ("partly", 'p'),
    ("unknown", 'u'),
    ("yes", 'y'),
    ("na", 'a'),
    ("other", 't'),
    ("none", '-'),
];

impl Query {
    /// What is asked for; a word that isn't known asks nothing.
    pub fn narrow(&self, checklist: Option<&Checklist>) -> Narrow {
        let said = |value: &str| match value {
            "" => None,
            "-" => Some(String::new()),
            other => Some(other.to_owned()),
        };
        let place = checklist.and_then(|c| c.questions.iter().position(|q| q.id == self.question));
        let letter = ANSWERS.iter().find(|(word, _)| *word == self.answer).map(|(_, l)| *l);
        Narrow {
            states: states(&self.state),
            search: search_key(self.q.trim()),
            kind: said(&self.kind),
            country: said(&self.country),
            tier: said(&self.tier),
            criticality: said(&self.criticality),
            mark: place.zip(letter),
        }
    }

    /// Where the page begins.
    pub fn cursor(&self) -> Cursor {
        match self.id.parse() {
            Ok(id) => Cursor {
                noes: self.noes.parse().unwrap_or(i64::MAX),
                key: self.after.clone(),
                id,
            },
            Err(_) => Cursor::default(),
        }
    }

    /// The same question as a query string, without a place; `change` says which parameters are otherwise.
    pub fn with(&self, change: &[(&str, &str)]) -> String {
        let all = [
            ("state", &self.state),
            ("q", &self.q),
            ("kind", &self.kind),
            ("country", &self.country),
            ("tier", &self.tier),
            ("criticality", &self.criticality),
            ("question", &self.question),
            ("answer", &self.answer),
            ("sort", &self.sort),
        ];
        let kept = all
            .iter()
            .filter(|(name, _)| !change.iter().any(|(changed, _)| changed == name))
            .map(|(name, value)| (*name, value.as_str()));
        let pairs: Vec<(&str, &str)> = kept
            .chain(change.iter().copied())
            .filter(|(_, value)| !value.is_empty())
            .collect();
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    /// The address of the page after the one that ends with `last`.
    pub fn next(&self, last: &Listed) -> String {
        let (id, noes) = (last.id.to_string(), last.noes.to_string());
        self.with(&[("after", &last.sort_key), ("id", &id), ("noes", &noes)])
    }
}

const ANSWERED: [State; 5] = [
    State::Partial,
    State::Document,
    State::Paper,
    State::Submitted,
    State::Late,
];
const READ: [State; 2] = [State::Acknowledged, State::Started];

/// States by comma. `done`, `answered`, `read` and `waiting` are the groups that stand large on a board; a state with `-open`
/// or `-done` is that of companies asked a check, who have more to do, or of those asked to acknowledge only.
fn states(words: &str) -> Vec<(State, Option<bool>)> {
    let both = |states: &[State]| states.iter().map(|s| (*s, None)).collect::<Vec<_>>();
    let read = |asks_check| READ.map(|state| (state, Some(asks_check)));
    words
        .split(',')
        .flat_map(|word| match word {
            "answered" => both(&ANSWERED),
            "waiting" => both(&[State::Queued, State::Sent]),
            "done" => [both(&ANSWERED), read(false).into()].concat(),
            // Acknowledged, and answers not yet in.
            "read" => read(true).into(),
            word => {
                let (word, asks) = match (word.strip_suffix("-open"), word.strip_suffix("-done")) {
                    (Some(word), _) => (word, Some(true)),
                    (_, Some(word)) => (word, Some(false)),
                    _ => (word, None),
                };
                State::parse(word).map(|state| (state, asks)).into_iter().collect()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_words_and_letters_of_answers() {
        for answer in crate::content::YesNo::ALL {
            let letter = crate::responses::sign(answer).letter;
            assert!(ANSWERS.contains(&(answer.as_str(), letter)), "{answer:?}");
        }
    }

    #[test]
    fn an_address_says_what_a_list_is_narrowed_to() {
        let query: Query =
            serde_urlencoded::from_str("state=answered,bounced&criticality=-&country=JP&q=ｶﾌﾞ&x=1").unwrap();
        let narrow = query.narrow(None);
        assert_eq!(
            narrow.states,
            [&ANSWERED[..], &[State::Bounced]]
                .concat()
                .iter()
                .map(|s| (*s, None))
                .collect::<Vec<_>>()
        );
        assert_eq!(narrow.criticality.as_deref(), Some(""));
        assert_eq!(narrow.country.as_deref(), Some("JP"));
        assert_eq!(narrow.kind, None);
        assert_eq!(narrow.search, search_key("カブ"));
        assert_eq!(query.with(&[("state", ""), ("sort", "name")]), {
            let q =
                serde_urlencoded::to_string([("q", "ｶﾌﾞ"), ("country", "JP"), ("criticality", "-"), ("sort", "name")]);
            q.unwrap()
        });
    }

    #[test]
    fn who_is_done_was_asked_to_acknowledge_only_or_has_answered() {
        let noted = [State::Acknowledged, State::Started];
        let done = states("done");
        assert!(noted.iter().all(|s| done.contains(&(*s, Some(false)))));
        assert!(ANSWERED.iter().all(|s| done.contains(&(*s, None))));
        assert_eq!(states("read"), noted.map(|s| (s, Some(true))));
        assert_eq!(states("acknowledged-done"), [(State::Acknowledged, Some(false))]);
        assert_eq!(states("acknowledged-open"), [(State::Acknowledged, Some(true))]);
        // A state alone is that state, whatever is asked.
        assert_eq!(states("acknowledged"), [(State::Acknowledged, None)]);
        assert_eq!(states("nothing"), []);
    }
}
