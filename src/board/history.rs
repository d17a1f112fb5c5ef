//! A company across campaigns, and two campaigns beside each other.

use super::model::{Cross, Part, Standing, Tallies};
use super::pages::{cross_name, weakest};
use super::store::read;
use super::words::{stamp_of, state_key};
use crate::campaigns::{self, Campaign, CampaignId, State as CampaignState};
use crate::content::{Checklist, Kind as QuestionKind, Question};
use crate::directory::{self, Company, CompanyId};
use crate::invitations::{self, Asked};
use crate::people::Viewer;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// One campaign in a company's history.
struct Chapter {
    asked: Asked,
    sent: String,
    changed: String,
    /// The checklist and its version; empty where none was asked.
    checklist: String,
    since: Option<Since>,
}

/// What became of the answers since the campaign before with the same checklist, in whatever version.
#[derive(Debug, PartialEq, Eq)]
struct Since {
    better: usize,
    worse: usize,
    /// The version of before, and how many questions both have, where the versions differ.
    across: Option<(u32, usize)>,
}

#[derive(Template)]
#[template(path = "board/history.html")]
struct HistoryPage {
    shell: Shell,
    company: Company,
    chapters: Vec<Chapter>,
}

impl HistoryPage {
    fn stamp(&self, chapter: &Chapter) -> &'static str {
        stamp_of(chapter.asked.state, chapter.asked.asks_check)
    }
    fn word(&self, chapter: &Chapter) -> Cow<'static, str> {
        self.shell.t.t(state_key(chapter.asked.state))
    }
}

/// From worst to best; None for what can't be compared.
fn rank(letter: char) -> Option<u8> {
    match letter {
        'n' => Some(0),
        'u' => Some(1),
        'p' => Some(2),
        'y' => Some(3),
        _ => None,
    }
}

/// How many answers are better and how many worse than before, question by question by its id: a place says nothing between two
/// versions of a checklist.
fn since(before: (&Checklist, &str), after: (&Checklist, &str)) -> Since {
    let letters: HashMap<&str, char> = by_id(before).collect();
    let (mut better, mut worse, mut both) = (0, 0, 0);
    for (id, now) in by_id(after) {
        let Some(then) = letters.get(id) else { continue };
        both += 1;
        match (rank(*then), rank(now)) {
            (Some(b), Some(a)) if a > b => better += 1,
            (Some(b), Some(a)) if a < b => worse += 1,
            _ => {}
        }
    }
    let (was, is) = (before.0.version, after.0.version);
    Since {
        better,
        worse,
        across: (was != is).then_some((was, both)),
    }
}

fn by_id<'a>((checklist, marks): (&'a Checklist, &'a str)) -> impl Iterator<Item = (&'a str, char)> {
    let yes_no = |(question, letter): (&'a Question, char)| {
        (question.kind == QuestionKind::YesNo).then_some((question.id.as_str(), letter))
    };
    checklist.questions.iter().zip(marks.chars()).filter_map(yes_no)
}

/// "Self-check (version 2)"; empty where there is none.
fn named(t: Tr, checklist: Option<&Checklist>) -> String {
    checklist.map_or_else(String::new, |checklist| {
        let title = &checklist.text(t.lang()).title;
        t.t2("checklist-version", "title", title, "version", checklist.version)
            .into_owned()
    })
}

pub(super) async fn history(context: Context, viewer: Viewer, Path(id): Path<CompanyId>) -> Result<Response> {
    let (t, scope) = (context.t, viewer.scope());
    let mut tx = context.app.db.read().await?;
    let company = directory::find(&mut tx, &scope, id).await?.ok_or(Error::NotFound)?;
    let all = invitations::of_company(&mut tx, scope, id).await?;
    drop(tx);
    let mut checklists = Vec::new();
    for asked in &all {
        // Kept in memory: it never changes.
        let snapshot = campaigns::asked(&context.app, scope, asked.campaign).await?;
        let asks = |snapshot: Arc<campaigns::Asked>| snapshot.checklist.clone().filter(|_| asked.asks_check);
        checklists.push(snapshot.and_then(asks));
    }
    let chapters = all
        .iter()
        .enumerate()
        .map(|(i, asked)| {
            let zone = asked.plan.time_zone();
            let answered =
                |n: usize| Some((checklists[n].as_deref()?, all[n].marks.as_str())).filter(|(_, m)| !m.is_empty());
            let after = answered(i);
            let same = |before: &(&Checklist, &str)| after.is_some_and(|after| before.0.id == after.0.id);
            let before = (i + 1..all.len()).filter_map(answered).find(same);
            Chapter {
                checklist: named(t, checklists[i].as_deref()),
                sent: asked.sent_at.map(|at| dates::date(t, at, &zone)).unwrap_or_default(),
                changed: dates::moment(t, asked.changed_at, &zone),
                since: before.zip(after).map(|(before, after)| since(before, after)),
                asked: asked.clone(),
            }
        })
        .collect();
    Ok(Html(HistoryPage {
        shell: viewer.shell(&context, "companies"),
        company,
        chapters,
    })
    .into_response())
}

/// The labels of the yes-no questions that only `own` has.
fn alone(own: &Checklist, other: &Checklist, lang: &str) -> Vec<String> {
    let words = own.text(lang);
    let only = |q: &&Question| q.kind == QuestionKind::YesNo && other.question(&q.id).is_none();
    let label = |q: &Question| words.question(&q.id).label.clone();
    own.questions.iter().filter(only).map(label).collect()
}

/// Whether a question reads otherwise in the second, in any language that both have.
fn is_reworded(one: &campaigns::Asked, two: &campaigns::Asked, id: &str) -> bool {
    let (Some(one), Some(two)) = (&one.checklist, &two.checklist) else {
        return false;
    };
    let differs = |(lang, words): (&String, &crate::content::ChecklistText)| {
        two.texts
            .get(lang)
            .is_some_and(|other| other.question(id).text != words.question(id).text)
    };
    one.texts.iter().any(differs)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Pair {
    a: String,
    b: String,
}

/// How many; else the key of why nobody can know it.
type Known = std::result::Result<i64, &'static str>;
/// The same as a share in words.
type Shown = std::result::Result<Cow<'static, str>, &'static str>;

/// One campaign of a comparison.
struct Side {
    campaign: Campaign,
    /// The checklist and its version.
    checklist: String,
    /// What it asked and the other one, by another version of the same checklist, did not.
    alone: Vec<String>,
    standing: Standing,
    sent: String,
    deadline: String,
    /// How many were done so long after it was sent.
    course: Vec<Known>,
    tallies: Tallies,
}

/// After how many hours both are looked at.
const AFTER: [i64; 6] = [4, 24, 48, 96, 168, 336];

/// One question that both asked: label, and in each how many said yes of how many to whom it applies.
struct Shared {
    label: String,
    /// Whether it was put in other words.
    reworded: bool,
    yes: [(i64, i64); 2],
}

impl Shared {
    fn change(&self) -> String {
        let [before, after] = self.yes.map(|(yes, of)| yes as f64 * 100.0 / of.max(1) as f64);
        // Rounded once, and never "-0".
        format!("{:+}", (after - before).round() as i64)
    }
}

/// One criticality: name, standing in each.
struct Grade {
    name: String,
    sides: [Option<Standing>; 2],
}

#[derive(Template)]
#[template(path = "board/compare.html")]
struct ComparePage {
    shell: Shell,
    choices: Vec<Campaign>,
    pair: Pair,
    sides: Vec<Side>,
    questions: Vec<Shared>,
    grades: Vec<Grade>,
    /// The key of the word for those who have done all that is asked.
    done_key: &'static str,
}

impl ComparePage {
    /// By word: the share in each that was done so long after it was sent, or the key of why nobody can know.
    fn after(&self) -> Vec<(String, Vec<Shown>)> {
        let t = self.shell.t;
        let word = t.t(self.done_key);
        let rows = AFTER.iter().enumerate();
        rows.map(|(i, hours)| {
            let word = match hours {
                ..48 => t.t2("compare-hours", "hours", *hours, "word", &word),
                _ => t.t2("compare-days", "days", *hours / 24, "word", &word),
            };
            let share = |s: &Side| s.course[i].map(|done| t.share(done, s.standing.companies));
            (word.into_owned(), self.sides.iter().map(share).collect())
        })
        .collect()
    }
}

fn course(hours: &[(Timestamp, i64, i64)], sent: Timestamp, closed: Option<Timestamp>, now: Timestamp) -> Vec<Known> {
    AFTER
        .iter()
        .map(|after| {
            let until = sent + jiff::SignedDuration::from_hours(*after);
            if closed.is_some_and(|closed| until > closed) {
                return Err("compare-closed");
            }
            if until > now {
                return Err("compare-not-yet");
            }
            Ok(hours.iter().filter(|(at, ..)| *at < until).map(|(.., n)| n).sum())
        })
        .collect()
}

pub(super) async fn compare(context: Context, viewer: Viewer, Query(pair): Query<Pair>) -> Result<Response> {
    let (app, t, scope) = (&context.app, context.t, viewer.scope());
    let mut tx = app.db.read().await?;
    let mut choices = campaigns::list(&mut tx, scope, Timestamp::MAX, 200).await?;
    choices.retain(|c| c.state != CampaignState::Draft);
    let mut sides = Vec::new();
    let mut snapshots = Vec::new();
    for id in [&pair.a, &pair.b] {
        let Ok(id) = id.parse::<CampaignId>() else { continue };
        let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
        let asked = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
        let tallies = read(&mut tx, scope, id).await?.tallies;
        let standing = tallies.standing();
        let zone = asked.zone();
        let sent = campaign.sent_at.unwrap_or(campaign.created_at);
        sides.push(Side {
            checklist: named(t, asked.checklist.as_deref()),
            alone: Vec::new(),
            sent: dates::date(t, sent, &zone),
            deadline: dates::date(t, campaign.deadline(), &zone),
            course: course(&tallies.hours(), sent, campaign.closed_at, context.now),
            standing,
            tallies,
            campaign,
        });
        snapshots.push(asked);
    }
    let (mut questions, mut grades) = (Vec::new(), Vec::new());
    if let [one, two] = snapshots.as_slice()
        && let (Some(one), Some(two)) = (&one.checklist, &two.checklist)
        && one.id == two.id
    {
        for (side, (own, other)) in sides.iter_mut().zip([(one, two), (two, one)]) {
            side.alone = alone(own, other, t.lang());
        }
    }
    if let ([a, b], [one, two]) = (sides.as_slice(), snapshots.as_slice()) {
        let before = weakest(one, &a.tallies, t.lang());
        for after in weakest(two, &b.tallies, t.lang()) {
            // By id: the same question, also in a later version of the checklist.
            if let Some(before) = before.iter().find(|q| q.id == after.id) {
                questions.push(Shared {
                    reworded: is_reworded(one, two, &after.id),
                    yes: [(before.yes, before.answered()), (after.yes, after.answered())],
                    label: after.label,
                });
            }
        }
        let [of_a, of_b] = [a, b].map(|side| side.tallies.cross(Part::Criticality));
        for key in ["A", "B", "C", ""] {
            let find = |of: &[Cross]| of.iter().find(|c| c.key == key).map(|c| c.standing.clone());
            let both = [find(&of_a), find(&of_b)];
            if both.iter().any(Option::is_some) {
                grades.push(Grade {
                    name: cross_name(t, Part::Criticality, key),
                    sides: both,
                });
            }
        }
    }
    Ok(Html(ComparePage {
        shell: viewer.shell(&context, "campaigns"),
        choices,
        pair,
        done_key: match sides.iter().any(|side| side.tallies.has_notices()) {
            true => "nums-done",
            false => "nums-answered",
        },
        sides,
        questions,
        grades,
    })
    .into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_only_of_moments_that_were() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (sent, now) = (at("2026-11-20T00:00:00Z"), at("2026-11-22T12:00:00Z"));
        let hours = [(sent, 5, 3), (at("2026-11-21T03:00:00Z"), 2, 4)];
        let (early, closed) = ("compare-not-yet", "compare-closed");
        assert_eq!(
            course(&hours, sent, None, now),
            [Ok(3), Ok(3), Ok(7), Err(early), Err(early), Err(early)]
        );
        let end = Some(at("2026-11-21T12:00:00Z"));
        assert_eq!(
            course(&hours, sent, end, now),
            [Ok(3), Ok(3), Err(closed), Err(closed), Err(closed), Err(closed)]
        );
    }

    fn checklist(version: u32, ids: &[&str]) -> Checklist {
        let question = |id: &&str| serde_json::json!({"id": id, "section": "s", "kind": "yes-no"});
        let questions: Vec<_> = ids.iter().map(question).collect();
        let whole = serde_json::json!({"id": "c", "version": version, "sections": ["s"], "questions": questions});
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn answers_get_better_or_worse_where_both_were_asked() {
        let one = checklist(1, &["a", "b", "c", "d", "e", "f"]);
        let changes = |before: (&Checklist, &str), after: (&Checklist, &str)| {
            let of = since(before, after);
            (of.better, of.worse, of.across)
        };
        assert_eq!(changes((&one, "nnpy-a"), (&one, "ypny-y")), (2, 1, None));
        assert_eq!(changes((&one, ""), (&one, "yyyyyy")), (0, 0, None));
        // The same length, other questions: by place nothing would be right.
        let two = checklist(2, &["x", "a", "y", "c", "d", "z"]);
        assert_eq!(changes((&one, "nyyyyy"), (&two, "nyypyn")), (1, 1, Some((1, 3))));
    }

    #[test]
    fn what_only_one_version_asks_is_told() {
        let (one, two) = (checklist(1, &["a", "b"]), checklist(2, &["b", "c", "d"]));
        // Without texts a label is empty; what counts here is how many.
        assert_eq!((alone(&one, &two, "ja").len(), alone(&two, &one, "ja").len()), (1, 2));
    }
}
