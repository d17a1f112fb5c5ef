//! `kairan campaign …`: the same as the pages, for scripts. Every command prints a sentence, or one JSON object.

use super::preview::reckoned;
use super::{add, again, deadline, export, follow, send};
use crate::app::App;
use crate::audit::{self, Actor, Origin};
use crate::board;
use crate::campaigns::{self, Campaign, State};
use crate::directory;
use crate::sheets::stream;
use crate::web::Error;
use crate::web::i18n::{Locale, Tr};
use anyhow::{Context, bail};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

fn origin(app: &App, command: &'static str) -> Origin {
    Origin {
        org: app.scope().org,
        actor: Actor::Command(command),
        address: String::new(),
        now: app.clock.now(),
    }
}

/// The language of sentences on the command line.
fn said_in(app: &App) -> Tr {
    Tr(Locale::or_english(&app.config.organisation.language))
}

async fn find(app: &App, number: &str) -> anyhow::Result<Campaign> {
    let mut tx = app.db.read().await?;
    campaigns::find_by_number(&mut tx, app.scope(), number)
        .await?
        .with_context(|| format!("There is no campaign {number}. `kairan campaign status` lists them."))
}

/// Makes a draft from a TOML file.
pub async fn create(app: &App, file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    let now = app.clock.now();
    let t = said_in(app);
    let refused = |e: campaigns::FileError| anyhow::anyhow!(e.said(t));
    let (plan, campaign, mut tx) = match campaigns::follows_in_file(&text).map_err(refused)? {
        Some((number, follow_up)) => {
            let earlier = find(app, &number).await?;
            let draft = follow::draft(app, &earlier, follow_up, Tr(Locale::or_english("en")), now);
            let plan = campaigns::parse_file(&text, draft, now).map_err(refused)?;
            let mut tx = app.db.write().await?;
            let of = (app.id(now), &earlier);
            let made = campaigns::insert_following(&mut tx, app.scope(), of, &plan, &app.zone(), now).await?;
            let campaign =
                made.with_context(|| format!("Campaign {number} is a draft: send it before another follows it."))?;
            (plan, campaign, tx)
        }
        None => {
            let mut tx = app.db.read().await?;
            let said = campaigns::Statements::now(&mut tx, app, app.scope()).await?;
            drop(tx);
            let defaults = campaigns::Plan {
                sender: said.sender,
                inquiries: said.inquiries,
                zone: app.config.organisation.zone.clone(),
                group_check: true,
                ..campaigns::Plan::default()
            };
            let plan = campaigns::parse_file(&text, defaults, now).map_err(refused)?;
            if plan.follow_up.is_some() {
                bail!("The file says how its campaign follows another one, and not which: add follows = \"2026-001\".");
            }
            let mut tx = app.db.write().await?;
            let campaign = campaigns::insert(&mut tx, app.scope(), app.id(now), &plan, &app.zone(), now).await?;
            (plan, campaign, tx)
        }
    };
    let change = campaign.change("campaign.create");
    audit::record(&mut tx, app, &origin(app, "campaign create"), change, &(), &plan).await?;
    tx.commit().await?;
    let problems = problems(app, &campaign);
    let reckoning = reckoned(app, app.scope(), &campaign, now).await?;
    Ok(json!({ "number": campaign.number, "state": campaign.state, "problems": problems, "reckoning": reckoning }))
}

/// What keeps a draft from being sent, as sentences.
fn problems(app: &App, campaign: &Campaign) -> Vec<String> {
    let t = said_in(app);
    let languages: Vec<&'static str> = Locale::all().map(Locale::as_str).collect();
    let found = campaign.plan.problems(&app.content, app.clock.now(), &languages);
    let said = |p: &campaigns::PlanProblem| format!("{}: {}", p.field, p.said(t, &app.content, &campaign.plan));
    found.iter().map(said).collect()
}

/// Sends a draft: the invitations are made and the mails sent by a running `kairan serve`, or here with `wait`.
pub async fn send(app: &App, number: &str, wait: bool) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    let problems = problems(app, &campaign);
    if !problems.is_empty() {
        bail!("Campaign {number} can't be sent yet.\n{}", problems.join("\n"));
    }
    let reckoning = reckoned(app, app.scope(), &campaign, app.clock.now()).await?;
    if reckoning.companies == 0 {
        bail!("Campaign {number} has no company to be sent to. Widen its audience, or import companies first.");
    }
    if !send::send(app, app.scope(), &campaign, &origin(app, "campaign send")).await? {
        bail!("Campaign {number} has been sent already.");
    }
    if wait {
        let kinds = crate::routes::kinds();
        while crate::jobs::step(app, &kinds).await? || crate::deliveries::send_due(app).await? > 0 {}
    }
    status_of(app, number).await.map(|mut status| {
        status["reckoning"] = json!(reckoning);
        status
    })
}

async fn status_of(app: &App, number: &str) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    let mut tx = app.db.read().await?;
    let tallies = board::read(&mut tx, app.scope(), campaign.id).await?.tallies;
    let states = tallies.states();
    let mails = crate::deliveries::counts(&mut tx, app.scope(), campaign.id).await?;
    let by_state: serde_json::Map<String, Value> =
        states.iter().map(|(s, n)| (s.as_str().to_owned(), json!(n))).collect();
    let by_mail: serde_json::Map<String, Value> =
        mails.iter().map(|(s, n)| (s.as_str().to_owned(), json!(n))).collect();
    Ok(json!({
        "number": campaign.number,
        "title": campaign.plan.title,
        "state": campaign.state,
        "follows": campaign.follows.as_ref().map(|e| &e.number),
        "deadline": campaign.plan.deadline().map(|d| d.to_string()),
        "sent_at": campaign.sent_at.map(|d| d.to_string()),
        "standing": tallies.standing(),
        "invitations": by_state,
        "mails": by_mail,
    }))
}

/// Where one campaign stands, or all of them.
pub async fn status(app: &App, number: Option<&str>) -> anyhow::Result<Value> {
    if let Some(number) = number {
        return status_of(app, number).await;
    }
    let mut tx = app.db.read().await?;
    let all = campaigns::list(&mut tx, app.scope(), jiff::Timestamp::MAX, 1000).await?;
    drop(tx);
    let mut out = Vec::new();
    for campaign in all {
        out.push(status_of(app, &campaign.number).await?);
    }
    Ok(json!({ "campaigns": out }))
}

/// Counts a campaign, or all of them, from scratch and tells what differs from its board; with `mend`, puts it right.
pub async fn check(app: &App, number: Option<&str>, mend: bool) -> anyhow::Result<Value> {
    let mut tx = app.db.read().await?;
    let found = match number {
        Some(number) => vec![find(app, number).await?],
        None => campaigns::list(&mut tx, app.scope(), jiff::Timestamp::MAX, 1000).await?,
    };
    drop(tx);
    let mut out = Vec::new();
    for campaign in found.iter().filter(|c| c.state != State::Draft) {
        let counted = board::recount(app, app.scope(), campaign.id, mend).await?;
        out.push(json!({
            "number": campaign.number,
            "invitations": counted.invitations,
            "agrees": counted.agrees(),
            "mended": counted.mended,
            "differences": counted.differences,
            "invitations_wrong": counted.invitations_wrong.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }));
    }
    Ok(json!({ "campaigns": out }))
}

/// Closes a running campaign: no answers any more.
pub async fn close(app: &App, number: &str) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    if campaign.state != State::Running {
        bail!("Campaign {number} is not running.");
    }
    let mut tx = app.db.write().await?;
    let closed = deadline::close(&mut tx, app, &origin(app, "campaign close"), campaign.id).await;
    closed.map_err(|e| refused(app, number, e))?;
    tx.commit().await?;
    status_of(app, number).await
}

/// What a rule said against it, as one sentence.
fn refused(app: &App, number: &str, e: Error) -> anyhow::Error {
    match e {
        Error::Conflict(key) => anyhow::anyhow!("{number}: {}", said_in(app).t(key)),
        Error::Internal(e) => e,
        e => anyhow::anyhow!("Campaign {number}: {e:?}"),
    }
}

/// Opens a closed campaign again.
pub async fn reopen(app: &App, number: &str) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    let mut tx = app.db.write().await?;
    let opened = deadline::reopen(&mut tx, app, &origin(app, "campaign reopen"), campaign.id).await;
    opened.map_err(|e| refused(app, number, e))?;
    tx.commit().await?;
    status_of(app, number).await
}

/// Moves the deadline of a running campaign to `when`, such as `2026-12-10T17:00`, in its own zone; with `notify`, those who
/// haven't answered are told by mail.
pub async fn move_deadline(app: &App, number: &str, when: &str, notify: bool) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    let mut tx = app.db.write().await?;
    let by = origin(app, "campaign deadline");
    let moved = deadline::move_deadline(&mut tx, app, &by, campaign.id, (when, notify)).await;
    moved.map_err(|e| refused(app, number, e))?;
    tx.commit().await?;
    status_of(app, number).await
}

/// Adds companies by their codes to a running campaign.
pub async fn add(app: &App, number: &str, codes: &[String]) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    let mut tx = app.db.read().await?;
    let mut added = Vec::new();
    for code in codes {
        let company = directory::find_by_code(&mut tx, &app.scope(), code).await?;
        let company = company.with_context(|| format!("No company has the code {code}. Nothing was added."))?;
        added.push(company.id);
    }
    let filter = directory::Filter {
        added,
        only_added: true,
        ..directory::Filter::default()
    };
    let found = add::additions(&mut tx, app, &campaign, app.scope(), &filter).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    let by = origin(app, "campaign add");
    let asked = add::add_companies(&mut tx, app, &by, campaign.id, (&filter, &found)).await;
    asked.map_err(|e| refused(app, number, e))?;
    tx.commit().await?;
    Ok(
        json!({ "number": number, "added": found.companies, "without_mail": found.without_mail, "asked_before": found.asked }),
    )
}

/// Sends the request again to all who haven't opened it.
pub async fn resend(app: &App, number: &str) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    let mut tx = app.db.read().await?;
    let tallies = board::read(&mut tx, app.scope(), campaign.id).await?.tallies;
    drop(tx);
    let companies = again::unopened(&tallies);
    let mut tx = app.db.write().await?;
    let by = origin(app, "campaign resend");
    let asked = again::send_all_again(&mut tx, app, &by, campaign.id, companies).await;
    asked.map_err(|e| refused(app, number, e))?;
    tx.commit().await?;
    Ok(json!({ "number": number, "companies": companies }))
}

/// Writes all answers into `file`, as CSV when it ends so, else as XLSX.
pub async fn export(app: &App, number: &str, file: &Path, language: &str) -> anyhow::Result<Value> {
    let campaign = find(app, number).await?;
    let xlsx = file.extension().is_none_or(|e| e != "csv");
    let t = Tr(Locale::or_english(language));
    let asked = campaigns::asked(app, app.scope(), campaign.id)
        .await?
        .with_context(|| format!("Campaign {number} is a draft: there is nothing to export yet."))?;
    let export = export::Export {
        app: app.clone(),
        scope: app.scope(),
        campaign: campaign.id,
        t,
        narrow: Default::default(),
        sort: Default::default(),
        asked: asked.clone(),
    };
    let titles = export.titles();
    let cannot = || format!("{} can't be written", file.display());
    let mut out = std::fs::File::create(file).with_context(cannot)?;
    if xlsx {
        let mut made = stream::xlsx(&app.config.data.dir, &asked.number, titles, export.strides()).await?;
        std::io::copy(&mut made, &mut out).with_context(cannot)?;
    } else {
        let mut csv = std::pin::pin!(stream::csv(titles, export.strides()));
        while let Some(bytes) = csv.next().await {
            out.write_all(&bytes?).with_context(cannot)?;
        }
    }
    let bytes = out.metadata()?.len();
    Ok(json!({ "number": number, "file": file.display().to_string(), "bytes": bytes }))
}
