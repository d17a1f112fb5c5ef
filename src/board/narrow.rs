//! What a list of a campaign's companies is narrowed to, as an address says it: every number on a board is such a link.

use crate::campaigns::Asked;
use crate::content::Checklist;
use crate::directory::{Kind, search_key};
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
    /// Name, id and count of "no" of the last company of the page before.
    pub after: String,
    pub id: String,
    pub noes: String,
    /// Which of the [`Query::narrows`] that company was found by, from 0.
    pub part: String,
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
    /// What is asked for, as lists without a company in common, one after the other: usually one. Who is done, and of whom
    /// something is awaited, are other states of companies that are asked a check than of those asked to acknowledge.
    pub fn narrows(&self, asked: &Asked) -> Vec<Narrow> {
        let checklist = asked.checklist.as_deref();
        let of = |kind: Kind| (states(&self.state, asked.plan.asks_check(kind)), kind);
        let all = [of(Kind::Group), of(Kind::Supplier)];
        if all[0].0 == all[1].0 && !(all[0].0.is_empty() && self.says_a_state()) {
            let [(states, _), _] = all;
            return vec![self.narrow_to(states, checklist)];
        }
        all.into_iter()
            // No states at all would be all of them.
            .filter(|(states, kind)| !states.is_empty() && (self.kind.is_empty() || self.kind == kind.as_str()))
            .map(|(states, kind)| Narrow {
                kind: Some(kind.as_str().to_owned()),
                ..self.narrow_to(states, checklist)
            })
            .collect()
    }

    /// Whether a state is asked for that there is, although it may be one that no company of a campaign can be in.
    fn says_a_state(&self) -> bool {
        [true, false]
            .into_iter()
            .any(|asks| !states(&self.state, asks).is_empty())
    }

    /// What is asked for, where all companies are asked a check, or none; a word that isn't known asks nothing.
    pub fn narrow(&self, checklist: Option<&Checklist>) -> Narrow {
        self.narrow_to(states(&self.state, checklist.is_some()), checklist)
    }

    fn narrow_to(&self, states: Vec<State>, checklist: Option<&Checklist>) -> Narrow {
        let said = |value: &str| match value {
            "" => None,
            "-" => Some(String::new()),
            other => Some(other.to_owned()),
        };
        let place = checklist.and_then(|c| c.questions.iter().position(|q| q.id == self.question));
        let letter = ANSWERS.iter().find(|(word, _)| *word == self.answer).map(|(_, l)| *l);
        Narrow {
            states,
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
                name: self.after.clone(),
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
    pub fn next(&self, last: &Listed, part: usize) -> String {
        let (id, noes) = (last.id.to_string(), last.noes.to_string());
        let part = if part == 0 { String::new() } else { part.to_string() };
        self.with(&[("after", &last.name), ("id", &id), ("noes", &noes), ("part", &part)])
    }
}

const ANSWERED: [State; 3] = [State::Paper, State::Submitted, State::Late];
const READ: [State; 2] = [State::Acknowledged, State::Started];

/// States by comma, of companies that are asked a check, or to acknowledge only. `done`, `answered`, `read` and `waiting` are
/// the groups that stand large on a board; a state with `-open` or `-done` is asked of those who have, or haven't, to do more.
fn states(words: &str, asks_check: bool) -> Vec<State> {
    words
        .split(',')
        .flat_map(|word| match word {
            "answered" => ANSWERED.to_vec(),
            "waiting" => vec![State::Queued, State::Sent],
            "done" if asks_check => ANSWERED.to_vec(),
            "done" => [&READ[..], &ANSWERED].concat(),
            // Acknowledged, and answers not yet in.
            "read" if asks_check => READ.to_vec(),
            word => {
                let state = match (word.strip_suffix("-open"), word.strip_suffix("-done")) {
                    (Some(word), _) => Some(word).filter(|_| asks_check),
                    (_, Some(word)) => Some(word).filter(|_| !asks_check),
                    _ => Some(word),
                };
                state.and_then(State::parse).into_iter().collect()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_a_list_is_narrowed_to() {
        let query: Query =
            serde_urlencoded::from_str("state=answered,bounced&criticality=-&country=JP&q=ｶﾌﾞ&x=1").unwrap();
        let narrow = query.narrow(None);
        assert_eq!(
            narrow.states,
            [State::Paper, State::Submitted, State::Late, State::Bounced]
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

    /// A campaign whose group companies are asked to acknowledge only, or all of whose companies are.
    fn asked(check: bool) -> Asked {
        let plan = crate::campaigns::Plan {
            advisory: "a".into(),
            checklist: if check { "c".into() } else { String::new() },
            ..Default::default()
        };
        Asked {
            number: String::new(),
            plan,
            advisory: None,
            checklist: None,
            letters: crate::campaigns::Letters {
                supplier: None,
                group: None,
            },
        }
    }

    #[test]
    fn who_is_done_is_another_list_where_only_some_are_asked_a_check() {
        let lists = |state: &str, kind: &str, check: bool| -> Vec<(String, String)> {
            let query = Query {
                state: state.into(),
                kind: kind.into(),
                ..Query::default()
            };
            let words = |n: &Narrow| n.states.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(",");
            let narrows = query.narrows(&asked(check));
            narrows
                .iter()
                .map(|n| (n.kind.clone().unwrap_or_default(), words(n)))
                .collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let (noted, answered) = ("acknowledged,started,paper,submitted,late", "paper,submitted,late");
        assert_eq!(
            lists("done", "", true),
            [pair("group", noted), pair("supplier", answered)]
        );
        assert_eq!(lists("done", "supplier", true), [pair("supplier", answered)]);
        assert_eq!(lists("done", "", false), [pair("", noted)]);
        assert_eq!(lists("read", "", true), [pair("supplier", "acknowledged,started")]);
        assert!(lists("read", "", false).is_empty() && lists("read", "group", true).is_empty());
        assert_eq!(lists("acknowledged-done", "", true), [pair("group", "acknowledged")]);
        assert_eq!(lists("acknowledged-open", "", true), [pair("supplier", "acknowledged")]);
        // A state alone is that state, whatever is asked.
        assert_eq!(lists("acknowledged", "", true), [pair("", "acknowledged")]);
        assert_eq!(
            lists("opened,read", "", true),
            [pair("group", "opened"), pair("supplier", "opened,acknowledged,started")]
        );
        assert_eq!(lists("", "group", true), [pair("group", "")]);
        assert_eq!(lists("nothing", "", true), [pair("", "")]);
    }
}
