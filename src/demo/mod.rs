//! A Kairan to look at: a fictitious supply chain, a campaign two days old, answers that keep coming.
//!
//! It runs in a temporary directory, listens on this machine only, and says on every page that nothing of it is real.
//! Its two links, one for an operator and one for a respondent, exist in a demonstration only.

mod chain;
mod life;
mod load;

use crate::app::App;
use crate::campaigns::{Asked, Campaign, Plan, Statements};
use crate::invitations::{self, Cursor, InvitationId, Narrow, Sort, State};
use crate::people;
use crate::web::{Context, Error, Result, see_other};
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fastrand::Rng;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp, ToSpan};
use load::{Past, Then, load_campaign, load_chain};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The organisation of a demonstration.
pub const ORGANISATION: &str = "みなづき重工株式会社（架空）";
/// How many companies, of which two in seventeen are group companies: 300 and 40.
pub const COMPANIES: u64 = 340;

/// What was made, and the two links into it.
pub struct Demo {
    pub campaign: Campaign,
    pub asked: Asked,
    /// Path of the page that signs a visitor in.
    pub operator: String,
    /// Path of a respondent's page.
    pub respondent: String,
    token: String,
    /// Companies that have not answered, in the order in which they will.
    waiting: Vec<InvitationId>,
}

fn by_language(ja: &str, en: &str) -> BTreeMap<String, String> {
    [("ja", ja), ("en", en)]
        .map(|(l, s)| (l.to_owned(), s.to_owned()))
        .into()
}

fn plan(title: &str, advisory: &str, deadline: String) -> Plan {
    Plan {
        title: title.into(),
        advisory: advisory.into(),
        checklist: "sc-2022".into(),
        letter_supplier: "self-check-request".into(),
        letter_group: "advisory-notice".into(),
        group_check: true,
        awareness: "mail-and-links".into(),
        deadline,
        zone: "Asia/Tokyo".into(),
        sender: by_language(
            "みなづき重工株式会社（架空）　情報セキュリティ室\n室長　一ノ例　初（架空）",
            "Minazuki Heavy Industries (fictitious), Information Security\nHajime Ichinorei (fictitious), Head of Information Security",
        ),
        // Written so that no page makes a link of it: a number that nobody has could still be one somewhere.
        inquiries: by_language(
            "情報セキュリティ室（架空）　一ノ例　電話（000）118-0000",
            "Information Security (fictitious), Ichinorei, (+999) 118-0000",
        ),
        reply_to: "security@minazuki.example".into(),
        ..Plan::default()
    }
}

/// Nine in the morning, some days before or after `now`, not on a weekend.
fn morning(now: Timestamp, days: i64, zone: &jiff::tz::TimeZone) -> Timestamp {
    let mut date = now.to_zoned(zone.clone()).date().saturating_add(days.days());
    while matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
        date = date.saturating_add(if days < 0 { -1 } else { 1 }.days());
    }
    let at = date.at(9, 0, 0, 0).to_zoned(zone.clone());
    at.map_or(now, |z| z.timestamp())
}

/// Makes the chain and its campaigns. `told` gets a sentence now and then.
pub async fn make(app: &App, companies: u64, told: impl Fn(String)) -> anyhow::Result<Demo> {
    let now = app.clock.now();
    let zone = app.zone();
    let then = Then::of(app);
    let last_year = morning(now, -240, &zone);
    let sent = morning(now, -2, &zone);
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT17:00").to_string();
    told(format!("Making up {companies} companies"));
    let step = |what: &'static str, n: u64| {
        if companies > 10_000 && n.is_multiple_of(20_000) {
            told(format!("  {what}: {n} of {companies}"));
        }
    };
    load_chain(&then, companies, last_year, |n| step("companies", n)).await?;
    told("Telling what happened to them in the spring".into());
    let spring = Past {
        plan: plan(
            "【デモ】サイバーセキュリティ対策の点検（春）",
            "government-2022-03",
            local(morning(now, -225, &zone)),
        ),
        sent: last_year,
        until: last_year + SignedDuration::from_hours(24 * 21),
        closed: true,
        // The first of a programme goes to a few.
        every: (companies / 500).max(2),
        answered: 86,
        weaker: 12,
    };
    load_campaign(&then, &spring, companies, last_year, |n| step("in the spring", n)).await?;
    told("Telling what happened in the last days".into());
    let running = Past {
        plan: plan(
            "【デモ】サイバーセキュリティ対策の点検と自己点検",
            "government-2022-03",
            local(morning(now, 5, &zone)),
        ),
        sent,
        until: now,
        closed: false,
        every: 1,
        answered: 48,
        weaker: 0,
    };
    let campaign = load_campaign(&then, &running, companies, last_year, |n| step("in the last days", n)).await?;
    let mut tx = app.db.read().await?;
    let narrow = Narrow {
        states: [State::Sent, State::Opened, State::Acknowledged, State::Started]
            .map(|s| (s, None))
            .into(),
        kind: Some("supplier".into()),
        country: Some("JP".into()),
        ..Narrow::default()
    };
    let mut waiting: Vec<InvitationId> = invitations::list(
        &mut tx,
        app.scope(),
        campaign.id,
        &narrow,
        Sort::Name,
        &Cursor::default(),
        5_000,
    )
    .await?
    .into_iter()
    .map(|row| row.id)
    .collect();
    Rng::with_seed(3).shuffle(&mut waiting);
    let first = waiting
        .pop()
        .ok_or_else(|| anyhow::anyhow!("Every company has answered: make more of them."))?;
    let invitation = invitations::find(&mut tx, app.scope(), first).await?;
    let invitation = invitation.ok_or_else(|| anyhow::anyhow!("The demonstration's company is gone."))?;
    drop(tx);
    let token = data_encoding::BASE64URL_NOPAD.encode(&app.random.bytes::<16>());
    let link = invitations::link(&app.secret, invitation.id, &invitation.salt);
    Ok(Demo {
        asked: Asked::of(&campaign, &app.content, Statements::default()),
        operator: format!("/demo/{token}"),
        respondent: format!("/r/{}", link.token),
        campaign,
        token,
        waiting,
    })
}

/// The page that signs a visitor in. Merged into the router of a demonstration, and of nothing else.
pub fn router(app: &App, demo: &Demo) -> Router {
    let (token, campaign) = (demo.token.clone(), demo.campaign.id);
    let enter = async move |context: Context, Path(asked): Path<String>| -> Result<Response> {
        if !context.app.config.demo || asked != token {
            return Err(Error::NotFound);
        }
        let cookie = people::admit_to_demo(&context).await?;
        Ok(([cookie], see_other(format!("/campaigns/{campaign}"))).into_response())
    };
    Router::new().route("/demo/{token}", get(enter)).with_state(app.clone())
}

/// Companies go on answering, faster than in life, until `stop`.
pub async fn go_on(app: App, mut demo: Demo, stop: CancellationToken) {
    let mut rng = Rng::with_seed(5);
    loop {
        let pause = Duration::from_millis(rng.u64(1_500..6_000));
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        // The last tenth never answers: that is what the telephone is for.
        if demo.waiting.len() < 12 {
            continue;
        }
        let place = rng.usize(..demo.waiting.len());
        let id = demo.waiting[place];
        if rng.u32(..3) > 0 {
            demo.waiting.swap_remove(place);
        }
        if let Err(e) = load::act(&app, &demo.asked, id, &mut rng).await {
            tracing::warn!(error = %format!("{e:#}"), "A made-up company couldn't answer.");
        }
    }
}
