//! The stamp sheet: a 回覧板 seen from above, one stamp a company, grouped by criticality.

use super::model::{Part, Tallies};
use super::words::{stamp_of, state_key};
use crate::campaigns::CampaignId;
use crate::invitations::{Stamped, State};
use crate::web::i18n::Tr;
use std::borrow::Cow;
use std::collections::HashMap;

/// Up to this many companies get a stamp of their own; above, a stamp stands for many.
pub const STAMPS: i64 = 2_000;
/// About how many stamps a sheet has then.
const STAMPS_OF_MANY: i64 = 1_000;

/// A sheet as it is drawn.
#[derive(Debug, Default)]
pub struct Sheet {
    /// How many companies a stamp stands for.
    pub each: i64,
    pub groups: Vec<Group>,
}

/// The companies of one criticality.
#[derive(Debug)]
pub struct Group {
    pub name: String,
    pub stamps: Vec<Stamp>,
}

/// One stamp, a link.
#[derive(Debug)]
pub struct Stamp {
    /// Below the campaign's own path.
    pub href: String,
    pub words: String,
    pub stamp: &'static str,
}

fn group_name(t: Tr, criticality: &str, count: i64) -> String {
    match criticality.is_empty() {
        true => t.t1("sheet-ungraded", "count", count).into_owned(),
        false => t
            .t2("sheet-group", "criticality", criticality, "count", count)
            .into_owned(),
    }
}

impl Sheet {
    /// One stamp a company; `companies` in the order in which they stand within a criticality.
    pub fn of_companies(t: Tr, campaign: CampaignId, companies: &[Stamped]) -> Sheet {
        let words: HashMap<State, Cow<str>> = State::ALL.iter().map(|s| (*s, t.t(state_key(*s)))).collect();
        let mut groups = Vec::new();
        for criticality in ["A", "B", "C", ""] {
            let stamps: Vec<Stamp> = companies
                .iter()
                .filter(|c| c.criticality == criticality)
                .map(|c| Stamp {
                    href: format!("/campaigns/{campaign}/companies/{}", c.id),
                    words: format!("{}: {}", c.name, words.get(&c.state).map_or("", |w| w.as_ref())),
                    stamp: stamp_of(c.state, c.asks_check),
                })
                .collect();
            if !stamps.is_empty() {
                groups.push(Group {
                    name: group_name(t, criticality, stamps.len() as i64),
                    stamps,
                });
            }
        }
        Sheet { each: 1, groups }
    }

    /// A stamp for many: of each criticality and state as many as there are companies, at least one.
    pub fn of_many(t: Tr, campaign: CampaignId, tallies: &Tallies) -> Sheet {
        let all: i64 = tallies.states().iter().map(|(_, n)| n).sum();
        let each = round_up(all / STAMPS_OF_MANY);
        let mut groups = Vec::new();
        for (criticality, stands) in tallies.stands_by(Part::Criticality) {
            let mut stands: Vec<(State, bool, i64)> = stands.iter().collect();
            let count = stands.iter().map(|(.., n)| n).sum();
            // What needs a person comes first, what is done last.
            stands.sort_by_key(|(state, done, _)| (!matches!(state, State::Unreachable | State::Bounced), *done));
            let mut stamps = Vec::new();
            for (state, done, n) in stands {
                let words = t.t2("sheet-many", "state", t.t(state_key(state)), "count", n);
                let word = match (state, done) {
                    // Where some are asked a check and others not, each stamp leads to its own.
                    (State::Acknowledged | State::Started, true) => format!("{}-done", state.as_str()),
                    (State::Acknowledged | State::Started, false) => format!("{}-open", state.as_str()),
                    (state, _) => state.as_str().to_owned(),
                };
                let key = if criticality.is_empty() { "-" } else { &criticality };
                for _ in 0..((n + each / 2) / each).max(1) {
                    stamps.push(Stamp {
                        href: format!("/campaigns/{campaign}/companies?state={word}&criticality={key}"),
                        words: words.clone().into_owned(),
                        stamp: stamp_of(state, !done),
                    });
                }
            }
            groups.push(Group {
                name: group_name(t, &criticality, count),
                stamps,
            });
        }
        Sheet { each, groups }
    }
}

/// The next of 1, 2, 5, 10, 20, 50, …
fn round_up(n: i64) -> i64 {
    let mut unit = 1;
    loop {
        for step in [1, 2, 5] {
            if step * unit >= n {
                return step * unit;
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Locale;
    use uuid::Uuid;

    #[test]
    fn a_million_companies_fit_on_a_sheet_and_none_of_their_states_is_left_out() {
        let mut tallies = Tallies::default();
        for (criticality, state, n) in [
            ("A", State::Submitted, 99_000),
            ("A", State::Bounced, 3),
            ("B", State::Sent, 500_000),
            ("", State::Opened, 400_990),
            ("", State::Started, 4),
            ("", State::Acknowledged, 3),
        ] {
            tallies.add(Part::All, "", state.as_str(), n);
            tallies.add(Part::Criticality, criticality, state.as_str(), n);
        }
        // Two of the three that acknowledged are asked no more than that.
        tallies.add(Part::Criticality, "", "acknowledged-done", 2);
        let campaign = CampaignId(Uuid::nil());
        let sheet = Sheet::of_many(Tr(Locale::or_english("ja")), campaign, &tallies);
        assert_eq!(sheet.each, 1_000);
        let count: usize = sheet.groups.iter().map(|g| g.stamps.len()).sum();
        assert_eq!(count, 1 + 99 + 500 + 401 + 3);
        assert_eq!(sheet.groups[0].stamps[0].stamp, "bounced");
        assert!(sheet.groups[0].stamps[0].href.ends_with("state=bounced&criticality=A"));
        let ungraded = &sheet.groups[2].stamps;
        assert!(ungraded[0].href.ends_with("criticality=-"));
        let last: Vec<_> = ungraded[401..]
            .iter()
            .map(|s| (s.href.split(['=', '&']).nth(1).unwrap(), s.stamp))
            .collect();
        assert_eq!(
            last,
            [
                ("acknowledged-open", "read"),
                ("started-open", "started"),
                ("acknowledged-done", "done")
            ]
        );
    }

    #[test]
    fn units_are_round() {
        assert_eq!(
            [0, 1, 3, 6, 340, 1_000, 1_001].map(round_up),
            [1, 1, 5, 10, 500, 1_000, 2_000]
        );
    }
}
