//! A campaign made from an earlier one: the same once more, a second notice, an all clear.

use crate::app::App;
use crate::audit;
use crate::board;
use crate::campaigns::{self, Asked, Campaign, CampaignId, FollowKind, FollowUp, Plan, State, Who};
use crate::content::Kind as QuestionKind;
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::{Timestamp, ToSpan};

/// How many days from now the answer to a follow-up is asked for, until its author says otherwise.
const DAYS: i64 = 7;

/// The plan to begin with.
pub fn draft(app: &App, earlier: &Campaign, follow_up: FollowUp, t: Tr, now: Timestamp) -> Plan {
    let day = now
        .to_zoned(earlier.plan.time_zone())
        .date()
        .saturating_add(DAYS.days());
    let title = t.t1(follow_up.kind.title(), "title", earlier.plan.title.as_str());
    let title = title.chars().take(200).collect();
    earlier
        .plan
        .followed_by(follow_up, title, format!("{day}T17:00"), &app.content)
}

/// Whom of the earlier campaign, as a form offers it.
pub struct WhoChoices {
    pub chosen: FollowUp,
    /// What can be chosen, with how many companies that is, where the board knows.
    pub choices: Vec<(Who, Option<i64>)>,
    /// Id, words, how many said "no".
    pub questions: Vec<(String, String, i64)>,
}

impl WhoChoices {
    pub fn of(asked: &Asked, tallies: &board::Tallies, chosen: FollowUp, t: Tr) -> WhoChoices {
        let s = tallies.standing();
        let has_answers = asked.checklist.is_some();
        let count = |who| match who {
            Who::All => Some(s.companies),
            Who::Unanswered => Some(s.awaited()),
            Who::Done => Some(s.done),
            Who::Unreached => Some(s.unreached()),
            Who::No | Who::NoTo | Who::AllYes => None,
        };
        let counted = tallies.questions();
        let questions = asked.checklist.iter().flat_map(|checklist| {
            let words = checklist.text(t.lang());
            let counted = &counted;
            checklist
                .questions
                .iter()
                .enumerate()
                .filter(|(_, q)| q.kind == QuestionKind::YesNo)
                .map(move |(place, q)| {
                    let noes = counted.get(place).and_then(|c| c.get(&'n')).copied().unwrap_or(0);
                    let label = format!("{}. {}", checklist.number(&q.id), words.question(&q.id).label);
                    (q.id.clone(), label, noes)
                })
        });
        WhoChoices {
            choices: Who::ALL
                .into_iter()
                .filter(|who| has_answers || !who.needs_answers())
                .map(|who| (who, count(who)))
                .collect(),
            questions: questions.collect(),
            chosen,
        }
    }

    /// Reads what was chosen. What is no choice is the first one: all.
    pub fn read(form: &Form, kind: FollowKind) -> FollowUp {
        let who = Who::parse(form.get("who")).unwrap_or_default();
        FollowUp {
            kind,
            who,
            question: match who {
                Who::NoTo => form.get("question").to_owned(),
                _ => String::new(),
            },
        }
    }

    /// Whether a question was to be chosen and wasn't, or isn't one.
    pub fn lacks_question(&self) -> bool {
        self.chosen.who == Who::NoTo && !self.questions.iter().any(|(id, ..)| *id == self.chosen.question)
    }

    pub fn is_chosen(&self, who: &Who) -> bool {
        self.chosen.who == *who
    }
}

#[derive(Template)]
#[template(path = "circulation/follow.html")]
struct FollowPage {
    shell: Shell,
    campaign: Campaign,
    sent: String,
    who: WhoChoices,
    mistakes: Vec<(&'static str, &'static str)>,
}

impl FollowPage {
    fn is_kind(&self, kind: &FollowKind) -> bool {
        self.who.chosen.kind == *kind
    }
}

async fn page(context: &Context, viewer: &Viewer, id: CampaignId, chosen: FollowUp) -> Result<FollowPage> {
    let (app, scope, t) = (&context.app, viewer.scope(), context.t);
    let mut tx = app.db.read().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if campaign.state == State::Draft {
        return Err(Error::Conflict("error-follow-draft"));
    }
    let tallies = board::read(&mut tx, scope, id).await?.tallies;
    drop(tx);
    let asked = campaigns::asked(app, scope, id).await?.ok_or(Error::NotFound)?;
    Ok(FollowPage {
        shell: viewer.shell(context, "campaigns"),
        sent: campaign
            .sent_at
            .map(|at| dates::date(t, at, &asked.zone()))
            .unwrap_or_default(),
        who: WhoChoices::of(&asked, &tallies, chosen, t),
        campaign,
        mistakes: Vec::new(),
    })
}

pub async fn form(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let chosen = FollowUp {
        kind: FollowKind::SecondNotice,
        who: Who::Unanswered,
        question: String::new(),
    };
    Ok(Html(page(&context, &viewer, id, chosen).await?).into_response())
}

pub async fn create(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let kind = FollowKind::parse(form.get("kind"));
    let chosen = WhoChoices::read(&form, kind.unwrap_or_default());
    let mut page = page(&context, &viewer, id, chosen).await?;
    if kind.is_none() {
        page.mistakes.push(("kind", "follow-problem-kind"));
    }
    if page.who.lacks_question() {
        page.mistakes.push(("question", "follow-problem-question"));
    }
    if !page.mistakes.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let (app, scope, now) = (&context.app, viewer.scope(), context.now);
    let plan = draft(app, &page.campaign, page.who.chosen, context.t, now);
    let mut tx = app.db.write().await?;
    let of = (app.id(now), &page.campaign);
    let made = campaigns::insert_following(&mut tx, scope, of, &plan, &app.zone(), now).await?;
    let made = made.ok_or(Error::Conflict("error-follow-draft"))?;
    let change = made.change("campaign.follow");
    let before = serde_json::json!({ "follows": page.campaign.number });
    audit::record(&mut tx, app, &viewer.origin(&context), change, &before, &plan).await?;
    tx.commit().await?;
    Ok(context.done(format!("/campaigns/{}/edit/1", made.id), "done-draft-kept", 0))
}
