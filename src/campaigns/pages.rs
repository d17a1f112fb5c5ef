//! Making a campaign: what, letter and sender. (To whom, preview and sending are `circulation`.)

use super::asks::{asks_words, audience};
use super::follow::{FollowKind, letter_fits};
use super::model::{Campaign, CampaignId, Plan, PlanProblem, State};
use super::reminders::{MOST, ROWS, ReminderKind, Reminders, Step, To, Unit};
use super::statements::{self, Statements};
use super::store::{find, insert, update_plan};
use crate::app::App;
use crate::audit;
use crate::content::Content;
use crate::directory::Kind;
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::i18n::{Locale, Tr};
use crate::web::{Context, Error, Html, Result, Shell, see_other};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use std::collections::BTreeMap;

pub fn router() -> Router<App> {
    Router::new()
        .route("/campaigns/new", get(new).post(create))
        .route("/campaigns/statements", get(statements::show).post(statements::update))
        .route("/campaigns/{id}/edit/1", get(edit_what).post(save_what))
        .route("/campaigns/{id}/edit/3", get(edit_letter).post(save_letter))
}

/// What keeps a plan from being sent: the step where it is mended, and the sentence.
pub fn said_problems(context: &Context, plan: &Plan) -> Vec<(u8, String)> {
    let content = &context.app.content;
    let languages: Vec<&'static str> = Locale::all().map(Locale::as_str).collect();
    let problems = plan.problems(content, context.now, &languages);
    problems
        .iter()
        .map(|p| (p.step, p.said(context.t, content, plan)))
        .collect()
}

/// A mistake of a form: the field, and the key of the sentence.
pub type Mistake = (&'static str, &'static str);

/// The control that the list of mistakes leads to: what is to be corrected, and not what stands around it.
pub fn control(field: &str) -> String {
    match field {
        "deadline" => "day".into(),
        "notice_hours" => "notice".into(),
        "reminders" => "reminder-plan".into(),
        "question" => "question-choice".into(),
        // One field for each language: the first.
        "sender" | "inquiries" | "readers" | "retention" | "privacy" => match Locale::all().next() {
            Some(first) => format!("{field}-{}", first.as_str()),
            None => field.into(),
        },
        field => field.into(),
    }
}

fn mistake_of(mistakes: &[Mistake], field: &str) -> Option<&'static str> {
    mistakes.iter().find(|(f, _)| *f == field).map(|(_, key)| *key)
}

struct Choice {
    id: String,
    title: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "campaigns/what.html")]
struct WhatPage {
    shell: Shell,
    revision: i64,
    id: Option<CampaignId>,
    plan: Plan,
    advisories: Vec<Choice>,
    checklists: Vec<Choice>,
    notices: Vec<Choice>,
    mistakes: Vec<Mistake>,
}

impl WhatPage {
    /// An all clear asks nothing.
    fn asks(&self) -> bool {
        self.plan.follow_kind() != Some(FollowKind::AllClear)
    }

    fn mistake(&self, field: &str) -> Option<&'static str> {
        mistake_of(&self.mistakes, field)
    }
}

fn what_page(
    context: &Context,
    viewer: &Viewer,
    (id, revision): (Option<CampaignId>, i64),
    plan: Plan,
    mistakes: Vec<Mistake>,
) -> WhatPage {
    let (app, t) = (&context.app, context.t);
    let advisories = app.content.advisories().map(|a| Choice {
        id: a.id.clone(),
        title: a.text(t.lang()).title.clone(),
        detail: t
            .t2(
                "advisory-detail",
                "date",
                a.published.to_string(),
                "count",
                a.measures().count(),
            )
            .into_owned(),
    });
    let checklists = app.content.checklists().map(|c| Choice {
        id: c.id.clone(),
        title: c.text(t.lang()).title.clone(),
        detail: t.t1("questions-count", "count", c.questions.len()).into_owned(),
    });
    let notices = app.content.notices().map(|n| Choice {
        id: n.id.clone(),
        title: n.text(t.lang()).name.clone(),
        detail: n.text(t.lang()).title.clone(),
    });
    WhatPage {
        notices: notices.collect(),
        revision,
        shell: viewer.shell(context, "campaigns"),
        id,
        advisories: advisories.collect(),
        checklists: checklists.collect(),
        plan,
        mistakes,
    }
}

/// What a new campaign begins with: who signs as it was set once, else the configured organisation, in each language; and a
/// deadline of ten days.
async fn fresh(context: &Context, viewer: &Viewer) -> Result<Plan> {
    let app = &context.app;
    let zone = app.config.organisation.zone.clone();
    let day = context
        .now
        .to_zoned(app.zone())
        .date()
        .saturating_add(jiff::Span::new().days(10));
    let mut tx = app.db.read().await?;
    let said = Statements::now(&mut tx, app, viewer.scope()).await?;
    let name = &app.config.organisation.name;
    let sender = Locale::all()
        .filter(|_| !name.is_empty())
        .map(|l| (l.as_str().to_owned(), name.clone()))
        .collect();
    Ok(Plan {
        group_check: true,
        deadline: format!("{day}T17:00"),
        zone,
        sender: if said.sender.is_empty() { sender } else { said.sender },
        inquiries: said.inquiries,
        reminders: Reminders::standard(),
        ..Plan::default()
    })
}

async fn new(context: Context, viewer: Viewer) -> Result<Response> {
    let mut plan = fresh(&context, &viewer).await?;
    plan.advisory = context
        .app
        .content
        .advisories()
        .next()
        .map(|a| a.id.clone())
        .unwrap_or_default();
    plan.checklist = context
        .app
        .content
        .checklists()
        .next()
        .map(|c| c.id.clone())
        .unwrap_or_default();
    Ok(Html(what_page(&context, &viewer, (None, 0), plan, Vec::new())).into_response())
}

fn read_what(plan: &mut Plan, form: &Form) -> Vec<Mistake> {
    plan.title = form.get("title").to_owned();
    plan.advisory = form.get("advisory").to_owned();
    plan.checklist = form.get("checklist").to_owned();
    plan.group_check = form.has("group_check");
    plan.awareness = form.get("awareness").to_owned();
    plan.awareness_suppliers = !plan.awareness.is_empty() && form.has("awareness_suppliers");
    let mut mistakes = Vec::new();
    if plan.title.is_empty() {
        mistakes.push(("title", "plan-problem-title"));
    }
    if plan.title.chars().count() > 200 {
        mistakes.push(("title", "plan-problem-title-long"));
    }
    if !plan.asks_something() {
        mistakes.push(("advisory", "plan-problem-nothing-asked"));
    }
    mistakes
}

async fn create(context: Context, viewer: Viewer, form: Form) -> Result<Response> {
    let mut plan = fresh(&context, &viewer).await?;
    let mistakes = read_what(&mut plan, &form);
    if !mistakes.is_empty() {
        let page = what_page(&context, &viewer, (None, 0), plan, mistakes);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let app = &context.app;
    // Nobody has chosen a letter yet.
    let plan = plan.with_fitting_letters(&app.content);
    let mut tx = app.db.write().await?;
    let campaign = insert(
        &mut tx,
        viewer.scope(),
        app.id(context.now),
        &plan,
        &app.zone(),
        context.now,
    )
    .await?;
    audit::record(
        &mut tx,
        app,
        &viewer.origin(&context),
        campaign.change("campaign.create"),
        &(),
        &plan,
    )
    .await?;
    tx.commit().await?;
    Ok(after(&context, &campaign, &form, 2))
}

/// Where a step's buttons lead.
pub fn after(context: &Context, campaign: &Campaign, form: &Form, next: u8) -> Response {
    match form.get("go") {
        "later" => context.done("/campaigns", "done-draft-kept", 0),
        _ => see_other(format!("/campaigns/{}/edit/{next}", campaign.id)),
    }
}

/// A draft of this viewer's organisation; one that has been sent can't be changed any more.
pub async fn draft(context: &Context, viewer: &Viewer, id: CampaignId) -> Result<Campaign> {
    let mut tx = context.app.db.read().await?;
    let campaign = find(&mut tx, viewer.scope(), id).await?.ok_or(Error::NotFound)?;
    match campaign.state {
        State::Draft => Ok(campaign),
        _ => Err(Error::Conflict("error-campaign-sent")),
    }
}

/// Writes a draft's plan down; [`Error::Conflict`] where somebody else was first.
pub async fn save(context: &Context, viewer: &Viewer, campaign: &Campaign, plan: &Plan) -> Result<()> {
    if campaign.plan == *plan {
        return Ok(());
    }
    let app = &context.app;
    let mut tx = app.db.write().await?;
    if !update_plan(&mut tx, viewer.scope(), campaign, plan).await? {
        return Err(Error::Conflict("error-draft-changed"));
    }
    let origin = viewer.origin(context);
    audit::record(
        &mut tx,
        app,
        &origin,
        campaign.change("campaign.update"),
        &campaign.plan,
        plan,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The page that was posted must show the draft as it is: else somebody's change would be written over unseen.
pub fn refuse_stale(campaign: &Campaign, form: &Form) -> Result<()> {
    match form.get("revision").parse::<i64>() {
        Ok(seen) if seen != campaign.revision => Err(Error::Conflict("error-draft-changed")),
        _ => Ok(()),
    }
}

async fn edit_what(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let campaign = draft(&context, &viewer, id).await?;
    Ok(Html(what_page(
        &context,
        &viewer,
        (Some(id), campaign.revision),
        campaign.plan,
        Vec::new(),
    ))
    .into_response())
}

async fn save_what(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let campaign = draft(&context, &viewer, id).await?;
    refuse_stale(&campaign, &form)?;
    let mut plan = campaign.plan.clone();
    let mistakes = read_what(&mut plan, &form);
    if !mistakes.is_empty() {
        let page = what_page(&context, &viewer, (Some(id), campaign.revision), plan, mistakes);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    save(&context, &viewer, &campaign, &plan).await?;
    Ok(after(&context, &campaign, &form, 2))
}

#[derive(Template)]
#[template(path = "campaigns/letter.html")]
struct LetterPage {
    shell: Shell,
    revision: i64,
    id: CampaignId,
    plan: Plan,
    /// The letters that fit; and the one that was chosen, where it doesn't.
    suppliers: Vec<Choice>,
    groups: Vec<Choice>,
    /// What suppliers and group companies are asked, in words.
    asked: [String; 2],
    /// The operator's own letters that don't say what they ask.
    undeclared: Vec<Choice>,
    languages: Vec<(String, String)>,
    /// The field, and the sentence.
    mistakes: Vec<(&'static str, String)>,
}

/// Reads the reminder plan of the form. What the chosen kind doesn't use isn't kept.
fn read_reminders(form: &Form) -> Reminders {
    let hour = Some(form.get("remind_hour"))
        .filter(|h| !h.is_empty())
        .unwrap_or("10:00")
        .to_owned();
    match ReminderKind::parse(form.get("reminders")).unwrap_or_default() {
        ReminderKind::None => Reminders::default(),
        ReminderKind::Standard => Reminders {
            hour,
            ..Reminders::standard()
        },
        ReminderKind::Firm => Reminders {
            hour,
            ..Reminders::firm()
        },
        ReminderKind::Urgent => Reminders::urgent(),
        ReminderKind::Own => {
            let days = form.all("remind_days").map(str::trim);
            let when = form.all("remind_when");
            let to = form.all("remind_to");
            let rows = days.zip(when).zip(to).filter(|((days, _), _)| !days.is_empty());
            let step = |((days, when), to): ((&str, &str), &str)| Step {
                // What is no number is out of every bound, and so told.
                before: days
                    .parse()
                    .map_or(i32::MAX, |n: u16| i32::from(n) * if when == "after" { -1 } else { 1 }),
                to: To::parse(to).unwrap_or(To::Primary),
            };
            Reminders {
                kind: ReminderKind::Own,
                unit: if form.get("remind_unit") == "hours" {
                    Unit::Hours
                } else {
                    Unit::Days
                },
                steps: rows.map(step).collect(),
                then: To::parse(form.get("remind_then")).filter(|to| *to != To::Buyer),
                hour,
                most: form.get("remind_most").parse().unwrap_or(0),
                apart_hours: form.get("remind_apart").parse().unwrap_or(0),
            }
        }
    }
}

impl LetterPage {
    /// How long before the request its notice may go: the usual ones, and what a file said.
    fn notice_choices(&self) -> Vec<i64> {
        let mut hours = vec![24, 48, 72];
        hours.extend([self.plan.notice_hours].into_iter().filter(|h| *h > 0));
        hours.sort();
        hours.dedup();
        hours
    }

    /// The rows of a plan of one's own: those it has, filled up with empty ones. Distance, whether after, to whom.
    fn rows(&self) -> Vec<(String, bool, To)> {
        let of = match self.plan.reminders.steps.is_empty() {
            true => Reminders::standard().steps,
            false => self.plan.reminders.steps.clone(),
        };
        let typed = |s: &Step| match s.before {
            i32::MAX => (String::new(), false, s.to),
            before => (before.unsigned_abs().to_string(), before < 0, s.to),
        };
        let mut rows: Vec<_> = of.iter().map(typed).collect();
        rows.resize_with(rows.len().max(ROWS), || (String::new(), false, To::Primary));
        rows
    }

    fn is_then(&self, to: &To) -> bool {
        self.plan.reminders.then == Some(*to)
    }

    fn kind_words(&self, kind: &ReminderKind) -> (&'static str, &'static str) {
        match kind {
            ReminderKind::Standard => ("remind-standard", "remind-standard-hint"),
            ReminderKind::Firm => ("remind-firm", "remind-firm-hint"),
            ReminderKind::Urgent => ("remind-urgent", "remind-urgent-hint"),
            ReminderKind::Own => ("remind-own", "remind-own-hint"),
            ReminderKind::None => ("remind-none", "remind-none-hint"),
        }
    }

    fn mistake(&self, field: &str) -> Option<&str> {
        self.mistakes
            .iter()
            .find(|(f, _)| *f == field)
            .map(|(_, said)| said.as_str())
    }
    /// Whether this language of a field that wants all of them is empty.
    fn lacks(&self, field: &str, language: &str) -> bool {
        let texts = match field {
            "sender" => &self.plan.sender,
            _ => &self.plan.inquiries,
        };
        self.mistake(field).is_some() && self.said(texts, language).is_empty()
    }
    fn said<'p>(&'p self, texts: &'p BTreeMap<String, String>, language: &str) -> &'p str {
        texts.get(language).map_or("", String::as_str)
    }
    fn day(&self) -> &str {
        self.plan.deadline.split('T').next().unwrap_or_default()
    }
    fn hour(&self) -> &str {
        self.plan.deadline.split_once('T').map_or("17:00", |(_, h)| h)
    }
}

/// The letters to companies of this kind that a plan can take, best first. One that was chosen before and asks something else
/// is shown with what it asks: nothing is chosen in its place unseen.
fn letter_choices(content: &Content, plan: &Plan, kind: Kind, t: Tr) -> Vec<Choice> {
    let mut letters = plan.fitting(content, kind);
    if let Some(chosen) = content
        .letter(plan.letter(kind))
        .filter(|l| l.audience == audience(kind))
        && !letters.iter().any(|l| l.id == chosen.id)
    {
        letters.push(chosen);
    }
    let wanted = plan.asks(kind);
    let choice = |l: &std::sync::Arc<crate::content::Letter>| Choice {
        id: l.id.clone(),
        title: l.text(t.lang()).name.clone(),
        detail: match l.asks_exactly(&wanted) && letter_fits(l, plan.follow_kind()) {
            true => String::new(),
            false => t.t("letter-does-not-fit").into_owned(),
        },
    };
    letters.into_iter().map(choice).collect()
}

fn letter_page(
    context: &Context,
    viewer: &Viewer,
    (id, revision): (CampaignId, i64),
    plan: Plan,
    problems: Vec<PlanProblem>,
) -> LetterPage {
    let (content, t) = (&context.app.content, context.t);
    let undeclared = content.letters().filter(|l| l.asks.is_none());
    LetterPage {
        revision,
        shell: viewer.shell(context, "campaigns"),
        id,
        suppliers: letter_choices(content, &plan, Kind::Supplier, t),
        groups: letter_choices(content, &plan, Kind::Group, t),
        asked: [Kind::Supplier, Kind::Group].map(|kind| asks_words(t, &plan.asks(kind))),
        undeclared: undeclared
            .map(|l| Choice {
                id: l.id.clone(),
                title: l.text(t.lang()).name.clone(),
                detail: String::new(),
            })
            .collect(),
        languages: Locale::all()
            .map(|l| (l.as_str().to_owned(), Tr(l).t("language-name").into_owned()))
            .collect(),
        mistakes: problems.iter().map(|p| (p.field, p.said(t, content, &plan))).collect(),
        plan,
    }
}

async fn edit_letter(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let campaign = draft(&context, &viewer, id).await?;
    // What was chosen for something else before is told at once.
    let chosen = |kind| {
        let problem = campaign.plan.letter_problem(&context.app.content, kind);
        problem.filter(|_| !campaign.plan.letter(kind).is_empty())
    };
    let problems = [Kind::Supplier, Kind::Group].into_iter().filter_map(chosen).collect();
    let of = (id, campaign.revision);
    Ok(Html(letter_page(&context, &viewer, of, campaign.plan, problems)).into_response())
}

async fn save_letter(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, form: Form) -> Result<Response> {
    let campaign = draft(&context, &viewer, id).await?;
    refuse_stale(&campaign, &form)?;
    let mut plan = campaign.plan.clone();
    plan.letter_supplier = form.get("letter_supplier").to_owned();
    plan.letter_group = form.get("letter_group").to_owned();
    plan.deadline = format!("{}T{}", form.get("day"), form.get("hour"));
    plan.zone = form.get("zone").to_owned();
    plan.reply_to = form.get("reply_to").to_owned();
    plan.notice_hours = form.get("notice_hours").parse().unwrap_or(0);
    plan.reminders = read_reminders(&form);
    plan.sender = statements::typed(&form, "sender");
    plan.inquiries = statements::typed(&form, "inquiries");
    let languages: Vec<&'static str> = Locale::all().map(Locale::as_str).collect();
    let mut problems = plan.problems(&context.app.content, context.now, &languages);
    problems.retain(|p| p.step == 3);
    // "Later" keeps a half-made draft as it is typed.
    if !problems.is_empty() && form.get("go") != "later" {
        let page = letter_page(&context, &viewer, (id, campaign.revision), plan, problems);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    save(&context, &viewer, &campaign, &plan).await?;
    Ok(after(&context, &campaign, &form, 4))
}
