//! Proving who one is: password and code, counted before anything is computed.

use super::model::{self, Code};
use super::store::{self, Account};
use super::{AccountId, password, totp::Key};
use crate::app::{App, Scope};
use crate::audit::{self, Actor, Change, Origin};
use crate::db::Tx;
use crate::web::{Context, Error, Result, throttle};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
const TRIES_OF_ACCOUNT: i64 = 10;
/// More than of one account: a whole office may come from one address.
const TRIES_OF_ADDRESS: i64 = 30;
/// Right passwords with wrong codes in a day. Whoever knows the password shall not try codes for months.
const TRIES_OF_CODE: i64 = 20;
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How many refusals of unknown addresses are written into the log in an hour; those of accounts are few by the throttle.
const STRANGERS_WRITTEN: i64 = 100;

/// Checks mail, password and code. `Some` is the account and a transaction in which the code is used up and the counts
/// are cleared: the caller does its part in it and commits. `None`: something was wrong, which is counted and written
/// into the log. [`Error::TooMany`]: not even looked at.
pub async fn prove(
    context: &Context,
    scope: &Scope,
    typed_mail: &str,
    typed_password: &str,
    code: &Code,
) -> Result<Option<(Tx, Account)>> {
    let app = &context.app;
    let mail = model::mail(typed_mail);
    // The table of counts is no list of who has an account, nor of what people typed.
    let counted = app
        .secret
        .mac("throttle", mail.as_deref().unwrap_or_default().as_bytes());
    let counted = data_encoding::HEXLOWER.encode(&counted[..16]);
    let account_key = format!("sign-in account {counted}");
    let code_key = format!("sign-in code {counted}");
    let address_key = format!("sign-in address {}", model::neighbourhood(context.address));

    let mut tx = app.db.write().await?;
    let allowed = throttle::allow(
        &mut tx,
        scope.org.0,
        &address_key,
        TRIES_OF_ADDRESS,
        WINDOW,
        context.now,
    )
    .await?
        && throttle::allow(
            &mut tx,
            scope.org.0,
            &account_key,
            TRIES_OF_ACCOUNT,
            WINDOW,
            context.now,
        )
        .await?;
    let account = match &mail {
        Some(mail) if allowed => store::find_account_by_mail(&mut tx, scope, mail).await?,
        _ => None,
    };
    tx.commit().await?;
    if !allowed {
        return Err(Error::TooMany);
    }

    let right = password::verify(typed_password, account.as_ref().map(|a| a.password_hash.as_str())).await?;

    let mut tx = app.db.write().await?;
    if right && !throttle::allow(&mut tx, scope.org.0, &code_key, TRIES_OF_CODE, DAY, context.now).await? {
        tx.commit().await?;
        return Err(Error::TooMany);
    }
    // With a wrong password the same statements run, for an account that doesn't exist: no code is used up, and the
    // time doesn't tell which of the two was wrong.
    let id = account
        .as_ref()
        .filter(|_| right)
        .map_or(AccountId(Uuid::nil()), |a| a.id);
    let used = match code {
        Code::Neither => false,
        Code::Digits(digits) => {
            let seed = account.as_ref().map_or(&[][..], |a| &a.totp_seed);
            let step = Key::new(app, seed).step(digits, context.now);
            store::use_step(&mut tx, scope, id, step.unwrap_or(0)).await? && step.is_some()
        }
        Code::Recovery(letters) => {
            let owner = account.as_ref().map_or(id, |a| a.id);
            store::use_recovery_code(&mut tx, scope, id, &recovery_hash(app, owner, letters), context.now).await?
        }
    };
    match account {
        Some(account) if right && used => {
            // In the order in which tries lock these rows, so that PostgreSQL finds no deadlock.
            // A success doesn't count against the others at this address, and clears nothing of theirs.
            throttle::forgive(&mut tx, &address_key).await?;
            throttle::clear(&mut tx, &account_key).await?;
            throttle::clear(&mut tx, &code_key).await?;
            if matches!(code, Code::Recovery(_)) {
                let left = store::count_recovery_codes(&mut tx, scope, account.id).await?;
                let origin = origin(
                    context,
                    scope,
                    Actor::Person(format!("{} <{}>", account.name, account.mail)),
                );
                let change = about("account.recovery-code.use", &account);
                audit::record(&mut tx, app, &origin, change, &(), &json!({ "codes_left": left })).await?;
            }
            Ok(Some((tx, account)))
        }
        account => {
            let reason = match (&account, right) {
                (None, _) => "account",
                (Some(_), false) => "password",
                (Some(_), true) => "code",
            };
            let written = match &account {
                Some(_) => true,
                None => {
                    let (key, hour) = ("sign-in strangers written", SignedDuration::from_hours(1));
                    throttle::allow(&mut tx, scope.org.0, key, STRANGERS_WRITTEN, hour, context.now).await?
                }
            };
            if written {
                // What isn't an address may be a password in the wrong field.
                let typed = mail.unwrap_or_default();
                let change = Change {
                    action: "session.refuse",
                    subject_kind: "account",
                    subject: account.map(|a| a.id.0),
                    subject_name: &typed,
                };
                let origin = origin(context, scope, Actor::Visitor);
                audit::record(
                    &mut tx,
                    app,
                    &origin,
                    change,
                    &(),
                    &json!({ "reason": reason, "agent": context.agent }),
                )
                .await?;
            }
            tx.commit().await?;
            Ok(None)
        }
    }
}

pub fn origin(context: &Context, scope: &Scope, actor: Actor) -> Origin {
    Origin {
        org: scope.org,
        actor,
        address: context.address.to_string(),
        now: context.now,
    }
}

pub fn about<'a>(action: &'static str, account: &'a Account) -> Change<'a> {
    Change {
        action,
        subject_kind: "account",
        subject: Some(account.id.0),
        subject_name: &account.mail,
    }
}

/// What is kept of a recovery code. 40 bits could be tried by who has the table, so the hash is keyed.
pub fn recovery_hash(app: &App, account: AccountId, letters: &str) -> Vec<u8> {
    let mut data = account.0.as_bytes().to_vec();
    data.extend(letters.as_bytes());
    app.secret.mac("recovery-code", &data).to_vec()
}

/// Makes new recovery codes in the place of the old; they are shown once.
pub async fn new_recovery_codes(tx: &mut Tx, app: &App, scope: &Scope, account: AccountId) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..model::RECOVERY_CODES)
        .map(|_| model::recovery_code(app.random.bytes()))
        .collect();
    let hashes: Vec<Vec<u8>> = codes
        .iter()
        .map(|c| recovery_hash(app, account, &c.replace('-', "")))
        .collect();
    store::replace_recovery_codes(tx, scope, account, &hashes).await?;
    Ok(codes)
}
