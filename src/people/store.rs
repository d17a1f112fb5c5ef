//! All SQL of people.

use super::{AccountId, Role, SessionId, Viewer};
use crate::app::Scope;
use crate::db::{Result, Tx};
use crate::jobs::SLACK;
use jiff::Timestamp;
use uuid::Uuid;

/// What a sign-in needs to know of an account.
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub mail: String,
    pub role: Role,
    pub password_hash: String,
    pub totp_seed: Vec<u8>,
    pub created_at: Timestamp,
}

pub async fn any_account(tx: &mut Tx, scope: &Scope) -> Result<bool> {
    let found = tx
        .optional("SELECT 1 FROM accounts WHERE org = $1 LIMIT 1", &[&scope.org], |_| {
            Ok(())
        })
        .await?;
    Ok(found.is_some())
}

fn account(r: &crate::db::Row<'_>) -> Result<Account> {
    Ok(Account {
        id: r.get(0)?,
        name: r.get(1)?,
        mail: r.get(2)?,
        role: r.parse(3)?,
        password_hash: r.get(4)?,
        totp_seed: r.get(5)?,
        created_at: r.time(6)?,
    })
}

pub async fn find_account_by_mail(tx: &mut Tx, scope: &Scope, mail: &str) -> Result<Option<Account>> {
    tx.optional(
        "SELECT id, name, mail, role, password_hash, totp_seed, created_at FROM accounts WHERE org = $1 AND mail = $2",
        &[&scope.org, &mail],
        account,
    )
    .await
}

pub async fn find_account(tx: &mut Tx, scope: &Scope, id: AccountId) -> Result<Option<Account>> {
    tx.optional(
        "SELECT id, name, mail, role, password_hash, totp_seed, created_at FROM accounts WHERE org = $1 AND id = $2",
        &[&scope.org, &id],
        account,
    )
    .await
}

pub async fn insert_account(tx: &mut Tx, scope: &Scope, account: &Account, totp_step: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO accounts (id, org, mail, name, role, password_hash, totp_seed, totp_step, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &account.id,
            &scope.org,
            &account.mail,
            &account.name,
            &account.role.as_str(),
            &account.password_hash,
            &account.totp_seed,
            &totp_step,
            &account.created_at.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

pub async fn update_password(tx: &mut Tx, scope: &Scope, id: AccountId, hash: &str) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET password_hash = $3 WHERE org = $1 AND id = $2",
        &[&scope.org, &id, &hash],
    )
    .await?;
    Ok(())
}

/// By how many steps of 30 seconds the step that was used last may lie ahead. One further ahead was used by a server and a
/// phone whose clocks ran ahead together.
const STEPS_AHEAD: i64 = 10;

/// Uses a time step up; false when it or a later one was used before. Two requests at once: one of them wins.
///
/// A step far in the future doesn't lock out: none of the codes that are good now can have been used while the clocks ran
/// ahead, for codes of then are of then. From here on each works once, as ever.
pub async fn use_step(tx: &mut Tx, scope: &Scope, account: AccountId, step: i64) -> Result<bool> {
    let used = tx
        .execute(
            "UPDATE accounts SET totp_step = $3 WHERE org = $1 AND id = $2 AND (totp_step < $3 OR totp_step > $4)",
            &[&scope.org, &account, &step, &(step + STEPS_AHEAD)],
        )
        .await?;
    Ok(used == 1)
}

/// Uses a recovery code up; false when there is none such, or it was used before.
pub async fn use_recovery_code(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool> {
    let used = tx
        .execute(
            "UPDATE recovery_codes SET used_at = $4 WHERE org = $1 AND account = $2 AND hash = $3 AND used_at IS NULL",
            &[&scope.org, &account, &hash, &now.as_microsecond()],
        )
        .await?;
    Ok(used == 1)
}

/// Puts these codes in the place of all earlier ones.
pub async fn replace_recovery_codes(tx: &mut Tx, scope: &Scope, account: AccountId, hashes: &[Vec<u8>]) -> Result<()> {
    tx.execute(
        "DELETE FROM recovery_codes WHERE org = $1 AND account = $2",
        &[&scope.org, &account],
    )
    .await?;
    for hash in hashes {
        tx.execute(
            "INSERT INTO recovery_codes (account, org, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&account, &scope.org, hash],
        )
        .await?;
    }
    Ok(())
}

pub async fn count_recovery_codes(tx: &mut Tx, scope: &Scope, account: AccountId) -> Result<i64> {
    tx.one(
        "SELECT COUNT(*) FROM recovery_codes WHERE org = $1 AND account = $2 AND used_at IS NULL",
        &[&scope.org, &account],
        |r| r.get(0),
    )
    .await
}

/// Who a token's hash belongs to and when they were last seen. This is where a scope comes from, so it takes none. A session
/// that begins in the future was opened by a clock that ran ahead, would last for too long, and lets nobody in.
pub async fn find_viewer(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<Option<(Viewer, Timestamp)>> {
    tx.optional(
        "SELECT a.id, a.name, a.mail, a.role, a.org, s.id, s.seen_at
         FROM sessions s JOIN accounts a ON a.id = s.account
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND s.created_at <= $4",
        &[
            &token_hash,
            &now.as_microsecond(),
            &seen_after.as_microsecond(),
            &(now + SLACK).as_microsecond(),
        ],
        |r| {
            let viewer = Viewer {
                account: r.get(0)?,
                name: r.get(1)?,
                mail: r.get(2)?,
                role: r.parse(3)?,
                org: r.get(4)?,
                session: r.get(5)?,
                alerts: Default::default(),
            };
            Ok((viewer, r.time(6)?))
        },
    )
    .await
}

pub async fn see_session(tx: &mut Tx, scope: &Scope, session: SessionId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET seen_at = $3 WHERE org = $1 AND id = $2 AND (seen_at < $3 OR seen_at > $4)",
        &[
            &scope.org,
            &session,
            &now.as_microsecond(),
            &(now + SLACK).as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

/// A session as its owner sees it.
pub struct Session {
    pub id: SessionId,
    pub address: String,
    pub agent: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

pub async fn insert_session(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountId,
    session: &Session,
    token_hash: &[u8],
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO sessions (id, org, account, token_hash, created_at, seen_at, expires_at, address, agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &session.id,
            &scope.org,
            &account,
            &token_hash,
            &session.created_at.as_microsecond(),
            &session.seen_at.as_microsecond(),
            &expires_at.as_microsecond(),
            &session.address,
            &session.agent,
        ],
    )
    .await?;
    Ok(())
}

/// The sessions that still let in, the last seen first.
pub async fn list_sessions(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountId,
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<Vec<Session>> {
    tx.list(
        "SELECT id, address, agent, created_at, seen_at FROM sessions
         WHERE org = $1 AND account = $2 AND expires_at > $3 AND seen_at > $4 AND created_at <= $5 ORDER BY seen_at DESC, id DESC",
        &[
            &scope.org,
            &account,
            &now.as_microsecond(),
            &seen_after.as_microsecond(),
            &(now + SLACK).as_microsecond(),
        ],
        |r| {
            Ok(Session {
                id: r.get(0)?,
                address: r.get(1)?,
                agent: r.get(2)?,
                created_at: r.time(3)?,
                seen_at: r.time(4)?,
            })
        },
    )
    .await
}

/// Ends a session of this account; its address and agent, if there was one.
pub async fn delete_session(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountId,
    session: SessionId,
) -> Result<Option<(String, String)>> {
    tx.optional(
        "DELETE FROM sessions WHERE org = $1 AND account = $2 AND id = $3 RETURNING address, agent",
        &[&scope.org, &account, &session],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
    .await
}

/// Ends every session of this account but `kept`; how many there were.
pub async fn delete_other_sessions(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountId,
    kept: Option<SessionId>,
) -> Result<u64> {
    let kept = kept.map_or(Uuid::nil(), |id| id.0);
    tx.execute(
        "DELETE FROM sessions WHERE org = $1 AND account = $2 AND id <> $3",
        &[&scope.org, &account, &kept],
    )
    .await
}

/// Ends the session of a token that is about to be replaced, whoever's it was: who presents it holds it.
pub async fn delete_session_of_token(tx: &mut Tx, token_hash: &[u8]) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE token_hash = $1", &[&token_hash])
        .await?;
    Ok(())
}

/// Throws away what has run out: sessions, and counts of tries that no longer count.
pub async fn delete_expired(tx: &mut Tx, scope: &Scope, now: Timestamp, seen_after: Timestamp) -> Result<()> {
    let now = now.as_microsecond();
    tx.execute(
        "DELETE FROM sessions WHERE org = $1 AND (expires_at <= $2 OR seen_at <= $3)",
        &[&scope.org, &now, &seen_after.as_microsecond()],
    )
    .await?;
    tx.execute(
        "DELETE FROM throttles WHERE org = $1 AND until <= $2",
        &[&scope.org, &now],
    )
    .await?;
    Ok(())
}

/// A set-up link that can still be used.
pub struct SetupLink {
    pub id: Uuid,
    pub totp_seed: Vec<u8>,
}

/// Puts a link in the place of all earlier ones that were not used.
pub async fn replace_setup_link(
    tx: &mut Tx,
    scope: &Scope,
    link: &SetupLink,
    token_hash: &[u8],
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "DELETE FROM setup_links WHERE org = $1 AND used_at IS NULL",
        &[&scope.org],
    )
    .await?;
    tx.execute(
        "INSERT INTO setup_links (id, org, token_hash, totp_seed, expires_at) VALUES ($1, $2, $3, $4, $5)",
        &[
            &link.id,
            &scope.org,
            &token_hash,
            &link.totp_seed,
            &expires_at.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

pub async fn find_setup_link(
    tx: &mut Tx,
    scope: &Scope,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SetupLink>> {
    tx.optional(
        "SELECT id, totp_seed FROM setup_links l
         WHERE org = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3
             AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.org = l.org)",
        &[&scope.org, &token_hash, &now.as_microsecond()],
        |r| {
            Ok(SetupLink {
                id: r.get(0)?,
                totp_seed: r.get(1)?,
            })
        },
    )
    .await
}

/// Uses the link up; false when somebody was first. The update locks its row, so two requests come one after another.
pub async fn use_setup_link(tx: &mut Tx, scope: &Scope, link: Uuid, now: Timestamp) -> Result<bool> {
    let used = tx
        .execute(
            "UPDATE setup_links SET used_at = $3 WHERE org = $1 AND id = $2 AND used_at IS NULL",
            &[&scope.org, &link, &now.as_microsecond()],
        )
        .await?;
    Ok(used == 1 && !any_account(tx, scope).await?)
}
