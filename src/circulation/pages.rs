//! The first page, the list of campaigns, and where one campaign stands.

use super::{add, export, follow, manage, part, preview, reminders, whom};
use crate::access;
use crate::app::{App, Scope};
use crate::audit;
use crate::board::{self, Part, Standing, Tallies, days_to_deadline, left, phone_states};
use crate::campaigns::{self, Campaign, CampaignId, Mailing, State as CampaignState};
use crate::db::Tx;
use crate::deliveries;
use crate::inbox;
use crate::invitations::State;
use crate::people::Viewer;
use crate::web::form::Form;
use crate::web::i18n::Tr;
use crate::web::{Context, Error, Html, Result, Shell, dates};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};

pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/campaigns", get(list))
        .route("/campaigns/{id}/edit/2", get(whom::edit_whom).post(whom::save_whom))
        .route("/campaigns/{id}/edit/4", get(preview::preview))
        .route("/campaigns/{id}/edit/4/letter.pdf", get(preview::letter_pdf))
        .route("/campaigns/{id}/edit/4/mail.html", get(preview::mail_html))
        .route("/campaigns/{id}/edit/5", get(preview::confirm))
        .route("/campaigns/{id}/test", post(preview::test_mail))
        .route("/campaigns/{id}/send", post(preview::send_now))
        .route("/campaigns/{id}/reminders", get(reminders::show))
        .route("/campaigns/{id}/follow", get(follow::form).post(follow::create))
        .route("/campaigns/{id}/manage", get(manage::show))
        .route("/campaigns/{id}/again", post(manage::resend))
        .route("/campaigns/{id}/deadline", post(manage::deadline))
        .route("/campaigns/{id}/add", get(add::form).post(add::add))
        .route("/campaigns/{id}/close", get(manage::close_form).post(manage::close_now))
        .route("/campaigns/{id}/reopen", post(manage::reopen_now))
        .route("/campaigns/{id}/mailing", post(mailing))
        .route("/campaigns/{id}/go-on", post(go_on))
        .route("/campaigns/{id}/delete", post(delete))
        .route("/campaigns/{id}/export", get(export::download))
        .route("/campaigns/{id}/companies/{invitation}", get(part::show))
        .route(
            "/campaigns/{id}/companies/{invitation}/record",
            get(part::record_form).post(part::record),
        )
        .route("/campaigns/{id}/companies/{invitation}/decline", post(part::decline))
        .route(
            "/campaigns/{id}/companies/{invitation}/undecline",
            post(part::undecline),
        )
        .route("/campaigns/{id}/companies/{invitation}/send", post(part::send))
        .route("/campaigns/{id}/companies/{invitation}/call", post(part::call))
        .route(
            "/campaigns/{id}/companies/{invitation}/link",
            get(part::no_link).post(part::show_link),
        )
        .route("/campaigns/{id}/companies/{invitation}/note", post(part::note))
}

struct Line {
    campaign: Campaign,
    standing: Standing,
    /// The word of those who have done all that is asked, in an address and as a key.
    done: (&'static str, &'static str),
    deadline: String,
    left: String,
}

impl Line {
    /// Where a click leads: a draft is gone on with.
    fn address(&self) -> String {
        match self.campaign.state {
            CampaignState::Draft => format!("/campaigns/{}/edit/1", self.campaign.id),
            _ => format!("/campaigns/{}", self.campaign.id),
        }
    }
}

/// Campaigns with their numbers, the newest first: two statements, however many there are.
async fn lines(tx: &mut Tx, scope: Scope, t: Tr, now: Timestamp, closed_too: bool) -> Result<Vec<(Line, Tallies)>> {
    let mut numbers = board::read_many(tx, scope, closed_too).await?;
    let all = match closed_too {
        true => campaigns::list(tx, scope, now + SignedDuration::from_secs(1), 200).await?,
        false => campaigns::list_open(tx, scope, 200).await?,
    };
    Ok(all
        .into_iter()
        .map(|campaign| {
            let tallies = numbers.remove(&campaign.id).unwrap_or_default();
            let deadline = campaign.plan.deadline();
            let line = Line {
                deadline: deadline
                    .map(|d| dates::moment(t, d, &campaign.plan.time_zone()))
                    .unwrap_or_default(),
                left: deadline.map(|d| left(t, d, now)).unwrap_or_default(),
                standing: tallies.standing(),
                done: board::done_words(&tallies),
                campaign,
            };
            (line, tallies)
        })
        .collect())
}

/// Something that needs a person, with the one link that does it.
struct Todo {
    /// The lower, the more urgent.
    urgency: i64,
    words: String,
    more: Option<String>,
    href: String,
    campaign: String,
    stamp: &'static str,
}

/// What a campaign needs today: its deadline if it is near or over, calls to make (but for `held`, who promised an answer),
/// mails that still wait.
fn todos(t: Tr, line: &Line, tallies: &Tallies, held: &[State], now: Timestamp) -> Vec<Todo> {
    let campaign = &line.campaign;
    let Some(deadline) = campaign.plan.deadline() else {
        return Vec::new();
    };
    let days = days_to_deadline(now, deadline, &campaign.plan.time_zone());
    let base = format!("/campaigns/{}", campaign.id);
    let open = line.standing.awaited();
    let critical: i64 = tallies
        .cross(Part::Criticality)
        .iter()
        .filter(|c| c.key == "A")
        .map(|c| c.standing.awaited())
        .sum();
    let todo = |urgency, words: std::borrow::Cow<str>, more: Option<String>, href: String, stamp| Todo {
        urgency,
        words: words.into_owned(),
        more,
        href,
        campaign: campaign.plan.title.clone(),
        stamp,
    };
    let mut out = Vec::new();
    let awaited = "queued,sent,bounced,unreachable,opened,read";
    if open > 0 && days <= 3 {
        let words = match days {
            ..0 => t.t1("home-over", "count", open),
            days => t.t2("home-soon", "days", days, "count", open),
        };
        let more = (critical > 0).then(|| t.t1("home-critical", "count", critical).into_owned());
        out.push(todo(
            days,
            words,
            more,
            format!("{base}/companies?state={awaited}"),
            "sent",
        ));
    }
    let states = phone_states(days, false);
    let held = held.iter().filter(|state| states.contains(state)).count() as i64;
    let calls = tallies.to_phone(states) - held;
    if calls > 0 {
        let words = t.t1("home-call", "count", calls);
        out.push(todo(days + 1, words, None, format!("{base}/phone"), "phone"));
    }
    if campaign.state == CampaignState::Sending {
        let queued = tallies
            .states()
            .iter()
            .filter(|(s, _)| *s == State::Queued)
            .map(|(_, n)| n)
            .sum::<i64>();
        out.push(todo(
            days + 2,
            t.t1("home-sending", "count", queued),
            None,
            base,
            "waiting",
        ));
    }
    out
}

#[derive(Template)]
#[template(path = "circulation/home.html")]
struct HomePage {
    shell: Shell,
    now: String,
    todos: Vec<Todo>,
    running: Vec<Line>,
    drafts: Vec<Line>,
    companies: bool,
}

async fn home(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let all = lines(&mut tx, viewer.scope(), context.t, context.now, false).await?;
    let held = board::held_in_all(&mut tx, viewer.scope(), context.now).await?;
    let companies = !crate::directory::select(&mut tx, &viewer.scope(), &Default::default(), None, 1)
        .await?
        .is_empty();
    let (mut todos, mut running, mut drafts) = (Vec::new(), Vec::new(), Vec::new());
    for (line, tallies) in all {
        match line.campaign.state {
            CampaignState::Draft => drafts.push(line),
            CampaignState::Closed => {}
            CampaignState::Sending | CampaignState::Running => {
                let held = held.get(&line.campaign.id).map_or(&[][..], Vec::as_slice);
                todos.extend(self::todos(context.t, &line, &tallies, held, context.now));
                running.push(line);
            }
        }
    }
    let ambiguous = deliveries::ambiguous(&mut tx, viewer.scope()).await?;
    if ambiguous > 0 {
        todos.push(Todo {
            urgency: 0,
            words: context.t.t1("home-ambiguous", "count", ambiguous).into_owned(),
            more: None,
            href: "/outbox?state=ambiguous".into(),
            campaign: String::new(),
            stamp: "bounced",
        });
    }
    let misdirected = access::waiting(&mut tx, viewer.scope()).await?;
    if misdirected > 0 {
        todos.push(Todo {
            urgency: 0,
            words: context.t.t1("home-misdirected", "count", misdirected).into_owned(),
            more: None,
            href: "/misdirected".into(),
            campaign: String::new(),
            stamp: "phone",
        });
    }
    let waiting = inbox::waiting(&mut tx, viewer.scope()).await?;
    if waiting > 0 {
        todos.push(Todo {
            urgency: 1,
            words: context.t.t1("home-inbox", "count", waiting).into_owned(),
            more: None,
            href: "/inbox?show=waiting".into(),
            campaign: String::new(),
            stamp: "opened",
        });
    }
    todos.sort_by_key(|todo| todo.urgency);
    running.sort_by_key(|l| l.campaign.plan.deadline());
    Ok(Html(HomePage {
        shell: viewer.shell(&context, "home"),
        now: dates::moment(context.t, context.now, &context.app.zone()),
        todos,
        running,
        drafts,
        companies,
    })
    .into_response())
}

#[derive(Template)]
#[template(path = "circulation/list.html")]
struct ListPage {
    shell: Shell,
    lines: Vec<Line>,
    /// The key of a word that fits the numbers of all lines.
    done_key: &'static str,
}

async fn list(context: Context, viewer: Viewer) -> Result<Response> {
    let mut tx = context.app.db.read().await?;
    let lines = lines(&mut tx, viewer.scope(), context.t, context.now, true).await?;
    let notices = lines.iter().any(|(_, tallies)| tallies.has_notices());
    Ok(Html(ListPage {
        shell: viewer.shell(&context, "campaigns"),
        done_key: if notices { "nums-done" } else { "nums-answered" },
        lines: lines.into_iter().map(|(line, _)| line).collect(),
    })
    .into_response())
}

/// Pauses, resumes or cancels a campaign's mails: every sender notices within half a second.
async fn mailing(context: Context, viewer: Viewer, Path(id): Path<CampaignId>, fields: Form) -> Result<Response> {
    let to: Mailing = fields.get("to").parse().map_err(|_| Error::NotFound)?;
    set_mailing(&context, &viewer, id, to).await
}

/// Resumes mails that wait because those before were refused, and sends these again.
async fn go_on(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    set_mailing(&context, &viewer, id, Mailing::On).await
}

async fn set_mailing(context: &Context, viewer: &Viewer, id: CampaignId, to: Mailing) -> Result<Response> {
    let (app, scope) = (&context.app, viewer.scope());
    let mut tx = app.db.write().await?;
    let campaign = campaigns::find(&mut tx, scope, id).await?.ok_or(Error::NotFound)?;
    if to == Mailing::Refused || !campaigns::set_mailing(&mut tx, scope, id, to, app.clock.now()).await? {
        return Err(Error::Conflict("error-mailing"));
    }
    let refused = campaign.mailing == Mailing::Refused;
    let action = match to {
        Mailing::On if refused => "campaign.go-on",
        Mailing::On => "campaign.resume",
        Mailing::Paused | Mailing::Refused => "campaign.pause",
        Mailing::Cancelled => {
            deliveries::cancel_mails(&mut tx, app, scope, id).await?;
            "campaign.cancel-mails"
        }
    };
    deliveries::settle_refusals(&mut tx, app, scope, id, refused && to == Mailing::On).await?;
    let origin = viewer.origin(context);
    audit::record(&mut tx, app, &origin, campaign.change(action), &(), &()).await?;
    tx.commit().await?;
    app.jobs.now();
    let key = match to {
        Mailing::On => "done-mails-resumed",
        Mailing::Paused | Mailing::Refused => "done-mails-paused",
        Mailing::Cancelled => "done-mails-cancelled",
    };
    Ok(context.done(format!("/campaigns/{id}"), key, 0))
}

async fn delete(context: Context, viewer: Viewer, Path(id): Path<CampaignId>) -> Result<Response> {
    let campaign = campaigns::draft(&context, &viewer, id).await?;
    let app = &context.app;
    let mut tx = app.db.write().await?;
    if campaigns::delete_draft(&mut tx, viewer.scope(), id).await? {
        let origin = viewer.origin(&context);
        audit::record(
            &mut tx,
            app,
            &origin,
            campaign.change("campaign.delete"),
            &campaign.plan,
            &(),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(context.done("/campaigns", "done-draft-deleted", 0))
}
