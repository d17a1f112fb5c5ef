//! All SQL of reminders.

use super::calendar::{FIRST, OwnDays};
use super::model::Progress;
use super::plan::OnRecord;
use crate::app::Scope;
use crate::campaigns::{CampaignId, To};
use crate::db::{Result, Row, Tx};
use crate::directory::{BuyerId, CompanyId, mailable};
use crate::invitations::{Invitation, InvitationId, awaited};
use jiff::Timestamp;
use jiff::civil::Date;

/// The operator's own days off as typed, and how often they were changed.
pub(super) async fn own_days(tx: &mut Tx, scope: Scope) -> Result<(String, i64)> {
    let kept = tx
        .optional(
            "SELECT days, revision FROM calendars WHERE org = $1",
            &[&scope.org],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .await?;
    Ok(kept.unwrap_or_else(|| (FIRST.to_owned(), 0)))
}

/// As [`own_days`], read; what can't be read isn't kept in the first place.
pub(super) async fn calendar(tx: &mut Tx, scope: Scope) -> Result<OwnDays> {
    let (text, _) = own_days(tx, scope).await?;
    Ok(OwnDays::parse(&text).unwrap_or_default())
}

/// False where somebody changed them since `revision` was read.
pub(super) async fn set_own_days(tx: &mut Tx, scope: Scope, text: &str, revision: i64) -> Result<bool> {
    let kept = tx
        .execute(
            "INSERT INTO calendars (org, days, revision) VALUES ($1, $2, 1)
             ON CONFLICT (org) DO UPDATE SET days = excluded.days, revision = calendars.revision + 1
             WHERE calendars.revision = $3",
            &[&scope.org, &text, &revision],
        )
        .await?;
    Ok(kept == 1)
}

/// A row begins: `due_at` is when to look for the first time, `buyer_at` from when on its buyer has it.
pub(super) async fn insert(
    tx: &mut Tx,
    scope: Scope,
    invitation: &Invitation,
    invited_at: Timestamp,
    due_at: Option<Timestamp>,
    buyer_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "INSERT INTO reminders (invitation, org, campaign, invited_at, due_at, buyer_at, deadline)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (invitation) DO NOTHING",
        &[
            &invitation.id,
            &scope.org,
            &invitation.campaign,
            &invited_at.as_microsecond(),
            &due_at.map(|d| d.as_microsecond()),
            &buyer_at.map(|d| d.as_microsecond()),
            &invitation.deadline.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// Whose reminders a campaign plans.
pub(super) async fn is_enrolled(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<bool> {
    let found = tx
        .optional(
            "SELECT invitation FROM reminders WHERE org = $1 AND invitation = $2 AND planned",
            &[&scope.org, &invitation],
            |r| r.get::<InvitationId>(0),
        )
        .await?;
    Ok(found.is_some())
}

/// One company's place in a campaign's plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub invitation: InvitationId,
    pub invited: Timestamp,
    /// The deadline that its days were reckoned from.
    pub deadline: Option<Timestamp>,
    pub progress: Progress,
}

/// Seven columns: invitation, number, sent, last_at, hold_until, invited_at, deadline.
fn place(r: &Row) -> Result<Place> {
    Ok(Place {
        invitation: r.get(0)?,
        progress: Progress {
            number: r.get(1)?,
            sent: r.get(2)?,
            last: r.time_optional(3)?,
            hold: r.time_optional(4)?,
        },
        invited: r.time(5)?,
        deadline: r.time_optional(6)?,
    })
}

/// How far the plan of one invitation has come; None where nobody is reminded.
pub(super) async fn place_of(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Option<Place>> {
    tx.optional(
        "SELECT invitation, number, sent, last_at, hold_until, invited_at, deadline FROM reminders
         WHERE org = $1 AND invitation = $2 AND planned",
        &[&scope.org, &invitation],
        place,
    )
    .await
}

/// Moves a row to another deadline.
pub(super) async fn set_deadline(
    tx: &mut Tx,
    scope: Scope,
    invitation: InvitationId,
    deadline: Timestamp,
    buyer_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE reminders SET deadline = $3, buyer_at = $4 WHERE org = $1 AND invitation = $2",
        &[
            &scope.org,
            &invitation,
            &deadline.as_microsecond(),
            &buyer_at.map(|at| at.as_microsecond()),
        ],
    )
    .await?;
    Ok(())
}

/// What is due, the oldest first, at most `limit`.
pub(super) async fn due(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Place>> {
    tx.list(
        "SELECT invitation, number, sent, last_at, hold_until, invited_at, deadline FROM reminders
         WHERE org = $1 AND campaign = $2 AND due_at IS NOT NULL AND due_at <= $3 ORDER BY due_at, invitation LIMIT $4",
        &[&scope.org, &campaign, &now.as_microsecond(), &limit],
        place,
    )
    .await
}

/// When something is due next in a campaign.
pub(super) async fn next_due(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Option<Timestamp>> {
    tx.one(
        "SELECT MIN(due_at) FROM reminders WHERE org = $1 AND campaign = $2 AND due_at IS NOT NULL",
        &[&scope.org, &campaign],
        |r| r.time_optional(0),
    )
    .await
}

/// Moves a row on: how far it has come, and when to look again (None: never).
pub(super) async fn set(
    tx: &mut Tx,
    scope: Scope,
    invitation: InvitationId,
    progress: &Progress,
    due_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE reminders SET number = $3, sent = $4, last_at = $5, due_at = $6 WHERE org = $1 AND invitation = $2",
        &[
            &scope.org,
            &invitation,
            &progress.number,
            &progress.sent,
            &progress.last.map(|l| l.as_microsecond()),
            &due_at.map(|d| d.as_microsecond()),
        ],
    )
    .await?;
    Ok(())
}

/// How many reminders of one step went out on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub number: i64,
    pub day: Date,
    pub to: Option<To>,
    pub count: i64,
}

pub(super) async fn count(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    (number, day, to): (i64, Date, &str),
    count: i64,
) -> Result<()> {
    tx.execute(
        "INSERT INTO reminder_tallies (campaign, org, number, day, recipient, count) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (campaign, number, day, recipient) DO UPDATE SET count = reminder_tallies.count + excluded.count",
        &[&campaign, &scope.org, &number, &day.to_string(), &to, &count],
    )
    .await?;
    Ok(())
}

/// What went out, by step, day (at the companies) and to whom.
pub async fn tallies(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Vec<Tally>> {
    tx.list(
        "SELECT number, day, recipient, count FROM reminder_tallies WHERE org = $1 AND campaign = $2
         ORDER BY day, number, recipient",
        &[&scope.org, &campaign],
        |r| {
            Ok(Tally {
                number: r.get(0)?,
                day: r.parse(1)?,
                to: To::parse(&r.get::<String>(2)?),
                count: r.get(3)?,
            })
        },
    )
    .await
}

/// How many of a campaign's companies, in each country, have somebody on record whom a step may go to besides the primary
/// contact. It looks at each company's contacts: for a page that is opened now and then.
pub async fn on_record(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<OnRecord> {
    let counted = tx
        .list(
            concat!(
                "SELECT i.country,
                 SUM(CASE WHEN EXISTS (SELECT 1 FROM contacts p
                     WHERE p.company = i.company AND p.role = 'backup' AND ",
                mailable!("p"),
                ") THEN 1 ELSE 0 END),
                 SUM(CASE WHEN EXISTS (SELECT 1 FROM contacts p
                     WHERE p.company = i.company AND p.role = 'executive' AND ",
                mailable!("p"),
                ") THEN 1 ELSE 0 END),
                 SUM(CASE WHEN EXISTS (SELECT 1 FROM companies c
                     WHERE c.id = i.company AND c.buyer IS NOT NULL) THEN 1 ELSE 0 END)
             FROM invitations i WHERE i.org = $1 AND i.campaign = $2 GROUP BY i.country"
            ),
            &[&scope.org, &campaign],
            |r| Ok((r.get::<String>(0)?, [r.get::<i64>(1)?, r.get(2)?, r.get(3)?])),
        )
        .await?;
    let mut out = OnRecord::new();
    for (place, to) in [To::Backup, To::Executive, To::Buyer].into_iter().enumerate() {
        let by = counted.iter().map(|(country, counts)| (country.clone(), counts[place]));
        out.insert(to, by.collect());
    }
    Ok(out)
}

/// Somebody to be phoned by a buyer.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub invitation: InvitationId,
    pub campaign: CampaignId,
    pub company: String,
    pub criticality: String,
    pub title: String,
    pub deadline: Option<Timestamp>,
    pub contact: String,
    pub phone: String,
    /// How many reminders went out.
    pub sent: i64,
    pub said: Said,
}

/// What a buyer was told last; nothing, by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub at: Option<Timestamp>,
    pub by: String,
    pub hold_until: Option<Timestamp>,
}

fn said(r: &Row, from: usize) -> Result<Said> {
    Ok(Said {
        text: r.get::<Option<String>>(from)?.unwrap_or_default(),
        at: r.time_optional(from + 1)?,
        by: r.get::<Option<String>>(from + 2)?.unwrap_or_default(),
        hold_until: r.time_optional(from + 3)?,
    })
}

/// The open calls of a buyer: those who promised an answer last, the most critical first; at most `limit`, after so many.
/// A buyer knows hundreds of companies, not thousands.
pub(super) async fn calls_of(
    tx: &mut Tx,
    scope: Scope,
    buyer: BuyerId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Call>> {
    tx.list(
        concat!(
            "SELECT i.id, i.campaign, i.name, i.criticality, p.title, p.deadline, COALESCE(x.department || ' ' || x.name, ''),
             COALESCE(x.phone, ''), r.sent, r.said, r.said_at, r.said_by, r.hold_until
         FROM companies c JOIN invitations i ON i.company = c.id
         JOIN campaigns p ON p.id = i.campaign
         JOIN reminders r ON r.invitation = i.id
         LEFT JOIN contacts x ON x.id = (
             SELECT y.id FROM contacts y WHERE y.company = c.id ORDER BY y.phone = '', y.position LIMIT 1)
         WHERE c.buyer = $2 AND c.buyer IS NOT NULL AND c.org = $1 AND p.state = 'running' AND r.buyer_at <= $3
             AND ",
            awaited!(),
            "
         ORDER BY CASE WHEN r.hold_until > $3 THEN 1 ELSE 0 END, i.grade, i.sort_key, i.id LIMIT $4"
        ),
        &[&scope.org, &buyer, &now.as_microsecond(), &limit],
        |r| {
            Ok(Call {
                invitation: r.get(0)?,
                campaign: r.get(1)?,
                company: r.get(2)?,
                criticality: r.get(3)?,
                title: r.get(4)?,
                deadline: r.time_optional(5)?,
                contact: r.get::<String>(6)?.trim().to_owned(),
                phone: r.get(7)?,
                sent: r.get(8)?,
                said: said(r, 9)?,
            })
        },
    )
    .await
}

/// Whether a buyer has this company; its campaign's invitation is open to no other buyer's link.
pub(super) async fn is_call_of(tx: &mut Tx, scope: Scope, buyer: BuyerId, company: CompanyId) -> Result<bool> {
    let found = tx
        .optional(
            "SELECT id FROM companies WHERE org = $1 AND id = $2 AND buyer = $3",
            &[&scope.org, &company, &buyer],
            |r| r.get::<CompanyId>(0),
        )
        .await?;
    Ok(found.is_some())
}

/// Keeps what was said; where an answer was promised, nobody asks again before. Also where nobody is reminded.
pub(super) async fn keep_said(
    tx: &mut Tx,
    scope: Scope,
    (invitation, campaign): (InvitationId, CampaignId),
    said: &Said,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO reminders (invitation, org, campaign, invited_at, said, said_at, said_by, hold_until, planned)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE)
         ON CONFLICT (invitation) DO UPDATE SET said = excluded.said, said_at = excluded.said_at, said_by = excluded.said_by,
             hold_until = excluded.hold_until",
        &[
            &invitation,
            &scope.org,
            &campaign,
            &now.as_microsecond(),
            &said.text,
            &said.at.map(|at| at.as_microsecond()),
            &said.by,
            &said.hold_until.map(|at| at.as_microsecond()),
        ],
    )
    .await?;
    Ok(())
}

/// What a buyer was told last about one invitation.
pub async fn said_of(tx: &mut Tx, scope: Scope, invitation: InvitationId) -> Result<Option<Said>> {
    tx.optional(
        "SELECT said, said_at, said_by, hold_until FROM reminders WHERE org = $1 AND invitation = $2 AND said <> ''",
        &[&scope.org, &invitation],
        |r| said(r, 0),
    )
    .await
}

/// Whether any campaign that runs has companies that buyers get.
pub(super) async fn has_buyers_work(tx: &mut Tx, scope: Scope) -> Result<bool> {
    let found = tx
        .optional(
            "SELECT p.id FROM campaigns p WHERE p.org = $1 AND p.state IN ('sending', 'running') AND EXISTS (
                 SELECT 1 FROM reminders r WHERE r.campaign = p.id AND r.buyer_at IS NOT NULL) LIMIT 1",
            &[&scope.org],
            |r| r.get::<CampaignId>(0),
        )
        .await?;
    Ok(found.is_some())
}

/// Takes a buyer's day: false if the mail of it is made already.
pub(super) async fn take_day(
    tx: &mut Tx,
    scope: Scope,
    (buyer, day): (BuyerId, Date),
    token_hash: &[u8],
    expires_at: Timestamp,
) -> Result<bool> {
    let taken = tx
        .execute(
            "INSERT INTO digests (buyer, org, day, token_hash, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (buyer, day) DO NOTHING",
            &[
                &buyer,
                &scope.org,
                &day.to_string(),
                &token_hash,
                &expires_at.as_microsecond(),
            ],
        )
        .await?;
    Ok(taken == 1)
}

/// Whose link this is, while it is good.
pub(super) async fn find_link(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<(Scope, BuyerId)>> {
    tx.optional(
        "SELECT org, buyer FROM digests WHERE token_hash = $1 AND expires_at > $2",
        &[&token_hash, &now.as_microsecond()],
        |r| Ok((Scope { org: r.get(0)? }, r.get(1)?)),
    )
    .await
}

/// Has every plan that waits looked at now, and gives up the buyers' mails of days that haven't come: the clock was ahead.
/// How many plans there were.
pub(super) async fn look_anew(tx: &mut Tx, scope: Scope, now: Timestamp, today: Date) -> Result<u64> {
    tx.execute(
        "DELETE FROM digests WHERE org = $1 AND day > $2",
        &[&scope.org, &today.to_string()],
    )
    .await?;
    tx.execute(
        "UPDATE reminders SET due_at = $2 WHERE org = $1 AND due_at IS NOT NULL AND due_at > $2",
        &[&scope.org, &now.as_microsecond()],
    )
    .await
}
