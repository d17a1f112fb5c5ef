//! Which company a row is: one notion for the rows of a file among each other, and for a file and the directory.
//!
//! By its code. Else by its corporate number, which the register gives to one company alone; several sites of it may stand in the
//! directory, each with a code of its own, and then the name has to be the same. Else by its name, among those whose code and
//! number don't speak against it.

use super::normalise::code_key;
use super::report::Note;
use std::collections::HashMap;

/// What a company is known by.
#[derive(Clone, Copy)]
pub(super) struct Who<'w> {
    pub code: Option<&'w str>,
    pub number: Option<&'w str>,
    pub name_key: &'w str,
}

/// By what it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Code,
    Number,
    Name,
    /// The first of several that the row may mean.
    NameOfSeveral,
}

impl By {
    /// What is said of a row that joins the company which an earlier row of the same file brought.
    pub fn joined(self, same_name: bool, has_code: bool) -> Option<Note> {
        match self {
            By::Code if !same_name => Some(Note::NameDiffers),
            By::Number if !same_name => Some(Note::NumberSame),
            By::NameOfSeveral if !has_code => Some(Note::NameAmbiguous),
            _ => None,
        }
    }

    /// What is said of a row that the directory's company of another name takes its name from.
    pub fn found(self, same_name: bool, has_code: bool) -> Option<Note> {
        match self {
            By::Code | By::Number if !same_name => Some(Note::Renamed),
            other => other.joined(same_name, has_code),
        }
    }
}

/// Places of companies in a list, by what they are known by.
#[derive(Default)]
pub(super) struct Index {
    by_code: HashMap<String, usize>,
    by_number: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Index {
    /// The company at `place` is known by this, and by what was said of it before.
    pub fn add(&mut self, place: usize, who: Who<'_>) {
        self.add_codes(place, who);
        push(&mut self.by_name, who.name_key, place);
    }

    /// As [`Index::add`], without the name.
    pub fn add_codes(&mut self, place: usize, who: Who<'_>) {
        if let Some(code) = who.code {
            self.by_code.entry(code_key(code)).or_insert(place);
        }
        if let Some(number) = who.number {
            push(&mut self.by_number, number, place);
        }
    }

    pub fn by_code(&self, code: &str) -> Option<usize> {
        self.by_code.get(&code_key(code)).copied()
    }

    pub fn by_name(&self, name_key: &str) -> Option<usize> {
        self.by_name.get(name_key)?.first().copied()
    }

    /// Where the company is; `at` tells what one is known by that was added.
    pub fn find<'w>(&self, who: Who<'_>, at: impl Fn(usize) -> Who<'w>) -> Option<(usize, By)> {
        if let Some(place) = who.code.and_then(|code| self.by_code(code)) {
            return Some((place, By::Code));
        }
        let numbered = who.number.and_then(|number| self.by_number.get(number));
        let mut numbered: Vec<usize> = numbered.into_iter().flatten().copied().collect();
        numbered.retain(|place| same_code(at(*place).code, who.code));
        let named = numbered.iter().find(|place| at(**place).name_key == who.name_key);
        match (named, numbered.as_slice()) {
            (Some(place), _) | (None, [place]) => return Some((*place, By::Number)),
            _ => {}
        }
        let agrees = |place: &&usize| {
            let other = at(**place);
            let other_number = matches!((other.number, who.number), (Some(one), Some(other)) if one != other);
            !other_number && same_code(other.code, who.code)
        };
        let mut named = self.by_name.get(who.name_key).into_iter().flatten().filter(agrees);
        let first = *named.next()?;
        Some((
            first,
            if named.next().is_some() {
                By::NameOfSeveral
            } else {
                By::Name
            },
        ))
    }
}

fn push(map: &mut HashMap<String, Vec<usize>>, key: &str, place: usize) {
    let places = map.entry(key.to_owned()).or_default();
    if !places.contains(&place) {
        places.push(place);
    }
}

/// Whether a code doesn't speak against another: one isn't said, or it is the same number without the leading zeros that a
/// spreadsheet program takes away.
fn same_code(known: Option<&str>, said: Option<&str>) -> bool {
    let bare = |code: &str| code_key(code).trim_start_matches('0').to_owned();
    match (known, said) {
        (Some(known), Some(said)) => said.bytes().all(|byte| byte.is_ascii_digit()) && bare(known) == bare(said),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_a_company_is_known_by_code_then_corporate_number_then_name() {
        let number = |n| Some(["7000012050002", "1180301018771"][n]);
        let known = [
            (Some("A1"), number(0), "aoki"),
            (Some("A2"), number(0), "aoki osaka"),
            (None, number(1), "kato"),
            (None, None, "mori"),
            (None, None, "mori"),
            (Some("007"), None, "sato"),
        ];
        let who = |(code, number, name_key): (Option<&'static str>, Option<&'static str>, &'static str)| Who {
            code,
            number,
            name_key,
        };
        let mut index = Index::default();
        for (place, company) in known.iter().enumerate() {
            index.add(place, who(*company));
        }
        let find =
            |code, n: Option<usize>, name| index.find(who((code, n.and_then(number), name)), |at| who(known[at]));
        assert_eq!(find(Some("a1"), None, "other"), Some((0, By::Code)));
        // Two sites of one company: the name tells which, and where it doesn't it is a third.
        assert_eq!(find(None, Some(0), "aoki osaka"), Some((1, By::Number)));
        assert_eq!(find(None, Some(0), "aoki kobe"), None);
        assert_eq!(find(Some("A3"), Some(0), "aoki"), None);
        assert_eq!(find(None, Some(1), "kato holdings"), Some((2, By::Number)));
        assert_eq!(find(Some("K1"), Some(1), "kato holdings"), Some((2, By::Number)));
        // Of the same name, and another company.
        assert_eq!(find(None, Some(0), "kato"), None);
        assert_eq!(find(None, None, "kato"), Some((2, By::Name)));
        assert_eq!(find(None, None, "mori"), Some((3, By::NameOfSeveral)));
        assert_eq!(find(Some("7"), None, "sato"), Some((5, By::Name)));
        assert_eq!(find(Some("8"), None, "sato"), None);
    }
}
