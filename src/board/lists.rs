//! The companies of a campaign, and how each answered each question: every number of a board leads here.

use super::model::{Part, Tallies};
use super::narrow::{ANSWERS, Query as Asked};
use super::store::read;
use super::words::{stamp_of, state_key};
use crate::campaigns::{self, Campaign, CampaignId};
use crate::content::{Checklist, Kind, YesNo};
use crate::invitations::{self, Listed, Sort};
use crate::people::Viewer;
use crate::responses;
use crate::web::i18n::{Share, Tr};
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use std::sync::Arc;

/// How many companies a page shows.
const ROWS: i64 = 50;

/// A choice of a filter: value, word, whether it is chosen.
struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

/// A filter with its name, its word and its choices.
struct Filter {
    name: &'static str,
    title: &'static str,
    choices: Vec<Choice>,
}

/// The filters of both lists: only values that occur, each with its count.
fn filters(t: Tr, tallies: &Tallies, asked: &Asked) -> Vec<Filter> {
    let by = |name, title, part: Part, chosen: &str| {
        let choices = tallies
            .cross(part)
            .into_iter()
            .map(|c| {
                let value = if c.key.is_empty() {
                    "-".to_owned()
                } else {
                    c.key.clone()
                };
                let word = super::pages::cross_name(t, part, &c.key);
                Choice {
                    chosen: value == chosen,
                    word: format!("{word} ({})", t.n(c.standing.companies)),
                    value,
                }
            })
            .collect();
        Filter { name, title, choices }
    };
    let mut out = vec![
        by(
            "criticality",
            "filter-criticality",
            Part::Criticality,
            &asked.criticality,
        ),
        by("tier", "filter-tier", Part::Tier, &asked.tier),
        by("kind", "filter-kind", Part::Kind, &asked.kind),
        by("country", "filter-country", Part::Country, &asked.country),
    ];
    // One that has a single value narrows nothing, unless it was asked for.
    out.retain(|f| f.choices.len() > 1 || f.choices.iter().any(|c| c.chosen));
    out
}

/// The filters by what companies answered to one question.
fn answer_filters(t: Tr, checklist: Option<&Checklist>, asked: &Asked) -> Vec<Filter> {
    let Some(checklist) = checklist else { return Vec::new() };
    let words = checklist.text(t.lang());
    let questions = checklist.questions.iter().map(|question| Choice {
        chosen: question.id == asked.question,
        value: question.id.clone(),
        word: format!(
            "{}. {}",
            checklist.number(&question.id),
            words.question(&question.id).label
        ),
    });
    let answers = ANSWERS.iter().map(|(word, letter)| Choice {
        chosen: *word == asked.answer,
        value: (*word).to_owned(),
        word: t.t(sign(*letter).1).into_owned(),
    });
    vec![
        Filter {
            name: "question",
            title: "column-question",
            choices: questions.collect(),
        },
        Filter {
            name: "answer",
            title: "column-answer",
            choices: answers.collect(),
        },
    ]
}

/// The word in an address, and the key of the word on a page, for companies that have done all that is asked: where every
/// company is asked a check, these have answered.
pub(crate) fn done_words(tallies: &Tallies) -> (&'static str, &'static str) {
    match tallies.has_notices() {
        true => ("done", "nums-done"),
        false => ("answered", "nums-answered"),
    }
}

fn state_filter(t: Tr, tallies: &Tallies, asked: &Asked) -> Filter {
    let (standing, (done, done_key)) = (tallies.standing(), done_words(tallies));
    let choice = |value: &str, word: Cow<str>, n: i64| Choice {
        chosen: asked.state == value,
        value: value.to_owned(),
        word: format!("{word} ({})", t.n(n)),
    };
    let mut choices = vec![
        choice(done, t.t(done_key), standing.done),
        choice("read", t.t("nums-read"), standing.acknowledged),
        choice("waiting", t.t("nums-waiting"), standing.waiting),
    ];
    for (state, n) in tallies.states() {
        choices.push(choice(state.as_str(), t.t(state_key(state)), n));
    }
    if !asked.state.is_empty() && !choices.iter().any(|c| c.chosen) {
        let states = asked.narrow(None).states;
        let mut words: Vec<_> = states.iter().map(|(s, _)| t.t(state_key(*s)).into_owned()).collect();
        words.sort();
        words.dedup();
        choices.push(Choice {
            value: asked.state.clone(),
            word: words.join(" / "),
            chosen: true,
        });
    }
    Filter {
        name: "state",
        title: "column-state",
        choices,
    }
}

/// What both lists read: the campaign, its numbers, the rows of this page, and the next page's query.
struct Found {
    campaign: Campaign,
    asked_for: Arc<campaigns::Asked>,
    tallies: Tallies,
    rows: Vec<Listed>,
    next: Option<String>,
}

async fn find(context: &Context, viewer: &Viewer, id: CampaignId, asked: &Asked, sort: Sort) -> Result<Found> {
    let (app, scope) = (&context.app, viewer.scope());
    let asked_for = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    let tallies = read(&mut tx, scope, id).await?.tallies;
    let narrow = asked.narrow(asked_for.checklist.as_deref());
    let mut rows = invitations::list(&mut tx, scope, id, &narrow, sort, &asked.cursor(), ROWS + 1).await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = rows.last().filter(|_| more).map(|last| asked.next(last));
    Ok(Found {
        campaign,
        asked_for,
        tallies,
        rows,
        next,
    })
}

#[derive(Template)]
#[template(path = "board/companies.html")]
struct CompaniesPage {
    shell: Shell,
    base: String,
    campaign: Campaign,
    asked: Asked,
    filters: Vec<Filter>,
    /// The question and answer asked for, in words.
    mark: Option<String>,
    /// Whether there are answers to look at.
    has_checklist: bool,
    rows: Vec<(Listed, String)>,
    next: Option<String>,
}

impl CompaniesPage {
    fn stamp(&self, row: &Listed) -> &'static str {
        stamp_of(row.state, row.asks_check)
    }
    fn word(&self, row: &Listed) -> Cow<'static, str> {
        self.shell.t.t(state_key(row.state))
    }
}

pub(super) async fn companies(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let found = find(&context, &viewer, id, &asked, Sort::Name).await?;
    let (t, zone) = (context.t, found.asked_for.zone());
    let checklist = found.asked_for.checklist.as_deref();
    let mut all = vec![state_filter(t, &found.tallies, &asked)];
    all.extend(filters(t, &found.tallies, &asked));
    all.extend(answer_filters(t, checklist, &asked));
    Ok(Html(CompaniesPage {
        shell: viewer.shell(&context, "campaigns"),
        base: format!("/campaigns/{id}"),
        has_checklist: checklist.is_some(),
        mark: mark_words(t, checklist, &asked),
        campaign: found.campaign,
        filters: all,
        rows: found
            .rows
            .into_iter()
            .map(|row| {
                let at = dates::moment(t, row.changed_at, &zone);
                (row, at)
            })
            .collect(),
        next: found.next,
        asked,
    })
    .into_response())
}

fn mark_words(t: Tr, checklist: Option<&Checklist>, asked: &Asked) -> Option<String> {
    let checklist = checklist?;
    let Some((place, letter)) = asked.narrow(Some(checklist)).mark else {
        // One of the two alone narrows nothing.
        let half = !asked.question.is_empty() || !asked.answer.is_empty();
        return half.then(|| t.t("list-mark-half").into_owned());
    };
    let id = &checklist.questions.get(place)?.id;
    let label = &checklist.text(t.lang()).question(id).label;
    Some(format!("{}. {label}: {}", checklist.number(id), t.t(sign(letter).1)))
}

/// What a letter looks like in a cell, the key of its word, and its class.
fn sign(letter: char) -> (&'static str, &'static str, &'static str) {
    match YesNo::ALL
        .into_iter()
        .map(responses::sign)
        .find(|sign| sign.letter == letter)
    {
        Some(sign) => (sign.mark, sign.word, sign.class),
        None if letter == 't' => ("・", "heat-other", "na"),
        None => ("", "no-answer", "none"),
    }
}

/// A column of the heat map.
struct Column {
    id: String,
    /// Few enough signs for a narrow column; the whole label is its title.
    label: String,
    number: usize,
    /// In whole per cent of those to whom it applies; None where nobody has answered.
    yes: Option<String>,
    noes: i64,
}

struct Cell {
    sign: &'static str,
    word: Cow<'static, str>,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "board/answers.html")]
struct AnswersPage {
    shell: Shell,
    base: String,
    campaign: Campaign,
    asked: Asked,
    filters: Vec<Filter>,
    columns: Vec<Column>,
    rows: Vec<(Listed, Vec<Cell>)>,
    next: Option<String>,
    by_name: bool,
    mark: Option<String>,
}

impl AnswersPage {
    /// What the page shows, in its order.
    fn export(&self, format: &str) -> String {
        let sort = if self.by_name { "name" } else { "noes" };
        let state = match self.asked.state.as_str() {
            "" => "answered",
            state => state,
        };
        let query = self.asked.with(&[("state", state), ("sort", sort), ("format", format)]);
        format!("{}/export?{query}", self.base)
    }

    /// The query for all who said "no" to a question: the number beside it is the whole campaign's.
    fn only_noes(&self, column: &Column) -> String {
        let anything = ["q", "kind", "country", "tier", "criticality"].map(|name| (name, ""));
        let no = [("question", column.id.as_str()), ("answer", "no")];
        self.asked.with(&[&anything[..], &no].concat())
    }

    /// Shares are of the whole campaign; the list may be narrowed.
    fn shares_key(&self) -> &'static str {
        let a = &self.asked;
        let all = [
            &a.q,
            &a.kind,
            &a.country,
            &a.tier,
            &a.criticality,
            &a.question,
            &a.answer,
        ];
        match all.into_iter().all(|asked| asked.is_empty()) {
            true => "heat-yes",
            false => "heat-yes-all",
        }
    }
    fn legend(&self) -> Vec<(&'static str, Cow<'static, str>, &'static str)> {
        ANSWERS
            .iter()
            .map(|(_, letter)| {
                let (sign, key, class) = sign(*letter);
                (sign, self.shell.t.t(key), class)
            })
            .collect()
    }
}

pub(super) async fn answers(
    context: Context,
    viewer: Viewer,
    Path(id): Path<CampaignId>,
    Query(mut asked): Query<Asked>,
) -> Result<Response> {
    let by_name = asked.sort == "name";
    if by_name {
        // By name the list would hold companies that have submitted nothing.
        asked.state = "answered".into();
    }
    let sort = if by_name { Sort::Name } else { Sort::Noes };
    let found = find(&context, &viewer, id, &asked, sort).await?;
    let t = context.t;
    let Some(checklist) = found.asked_for.checklist.clone() else {
        return Err(Error::NotFound);
    };
    let counted = found.tallies.questions();
    let words = checklist.text(t.lang());
    let columns: Vec<Column> = checklist
        .questions
        .iter()
        .enumerate()
        .map(|(place, question)| {
            let n = |letter| {
                let counts = counted.get(place);
                counts.and_then(|c| c.get(&letter)).copied().unwrap_or(0)
            };
            let applies = n('y') + n('p') + n('n') + n('u');
            Column {
                id: question.id.clone(),
                label: words.question(&question.id).label.clone(),
                number: checklist.number(&question.id),
                yes: (question.kind == Kind::YesNo && applies > 0).then(|| Share::of(n('y'), applies).sign()),
                noes: n('n'),
            }
        })
        .collect();
    let words: std::collections::HashMap<char, Cow<'static, str>> = ANSWERS
        .iter()
        .map(|(_, letter)| (*letter, t.t(sign(*letter).1)))
        .collect();
    let rows = found
        .rows
        .into_iter()
        .map(|row| {
            let cells = row
                .marks
                .chars()
                .map(|letter| {
                    let (sign, _, class) = sign(letter);
                    Cell {
                        sign,
                        class,
                        word: words.get(&letter).cloned().unwrap_or_default(),
                    }
                })
                .collect();
            (row, cells)
        })
        .collect();
    Ok(Html(AnswersPage {
        shell: viewer.shell(&context, "campaigns"),
        base: format!("/campaigns/{id}"),
        campaign: found.campaign,
        filters: [
            filters(t, &found.tallies, &asked),
            answer_filters(t, Some(&checklist), &asked),
        ]
        .into_iter()
        .flatten()
        .collect(),
        mark: mark_words(t, Some(&checklist), &asked),
        columns,
        rows,
        next: found.next,
        by_name,
        asked,
    })
    .into_response())
}
