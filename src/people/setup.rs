//! The first start: a link printed once makes the first administrator.

use super::model::{self, Code};
use super::session::Presented;
use super::store::{self, Account, SetupLink};
use super::totp::{self, Key};
use super::{AccountId, Problems, Role, password, prove, session, weakness};
use crate::app::App;
use crate::audit::{self, Actor, Change, Origin};
use crate::secret::sha256;
use crate::web::form::Form;
use crate::web::{Context, Html, Result, Shell};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

const VALID: SignedDuration = SignedDuration::from_hours(24);

/// While nobody has an account, makes the link for the first one; earlier links no longer work.
pub async fn invite_first(app: &App) -> anyhow::Result<Option<String>> {
    let (scope, now) = (app.scope(), app.clock.now());
    let mut tx = app.db.write().await?;
    if store::any_account(&mut tx, &scope).await? {
        return Ok(None);
    }
    let token = data_encoding::BASE64URL_NOPAD.encode(&app.random.bytes::<32>());
    let link = SetupLink {
        id: app.random.id(now),
        totp_seed: app.random.bytes::<20>().to_vec(),
    };
    store::replace_setup_link(&mut tx, &scope, &link, &sha256(token.as_bytes()), now + VALID).await?;
    let origin = Origin {
        org: scope.org,
        actor: Actor::Command("serve"),
        address: String::new(),
        now,
    };
    let change = Change {
        action: "setup-link.create",
        subject_kind: "setup-link",
        subject: Some(link.id),
        subject_name: "",
    };
    audit::record(&mut tx, app, &origin, change, &(), &()).await?;
    tx.commit().await?;
    Ok(Some(app.url(&format!("/setup/{token}"))))
}

#[derive(Template)]
#[template(path = "people/setup.html")]
struct SetupPage {
    shell: Shell,
    form: Form,
    problems: Problems,
    qr: totp::Picture,
    uri: String,
    groups: String,
}

impl SetupPage {
    fn new(context: &Context, key: &Key, form: Form, problems: Problems) -> Result<SetupPage> {
        let uri = key.uri(&context.app);
        let shell = Shell::new(context);
        Ok(SetupPage {
            shell,
            form,
            problems,
            qr: totp::picture(&uri)?,
            uri,
            groups: key.groups(),
        })
    }
}

#[derive(Template)]
#[template(path = "people/setup_void.html")]
struct VoidPage {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "people/codes.html")]
pub(super) struct CodesPage {
    pub shell: Shell,
    pub codes: Vec<String>,
    /// Where one goes on to.
    pub next: &'static str,
    /// Whether the account was made just now.
    pub first: bool,
}

fn void(context: &Context) -> Response {
    (
        StatusCode::GONE,
        Html(VoidPage {
            shell: Shell::new(context),
        }),
    )
        .into_response()
}

async fn find(context: &Context, token: &str) -> Result<Option<SetupLink>> {
    let mut tx = context.app.db.read().await?;
    Ok(store::find_setup_link(&mut tx, &context.app.scope(), &sha256(token.as_bytes()), context.now).await?)
}

pub async fn show(context: Context, Path(token): Path<String>) -> Result<Response> {
    let Some(link) = find(&context, &token).await? else {
        return Ok(void(&context));
    };
    let key = Key::new(&context.app, &link.totp_seed);
    Ok(Html(SetupPage::new(&context, &key, Form::default(), Problems::default())?).into_response())
}

/// What the form holds when nothing is wrong with it.
struct Entered {
    name: String,
    mail: String,
    step: i64,
}

fn read(context: &Context, key: &Key, form: &Form) -> std::result::Result<Entered, Problems> {
    let t = context.t;
    let mut problems = Problems::default();
    let name = model::name(form.get("name"));
    if name.is_none() {
        problems.add("name", t.t("setup-name-wrong"));
    }
    let mail = model::mail(form.get("mail"));
    if mail.is_none() {
        problems.add("mail", t.t("setup-mail-wrong"));
    }
    let (words, address) = (name.as_deref().unwrap_or_default(), mail.as_deref().unwrap_or_default());
    if let Err(weak) = password::check(form.raw("password"), words, address) {
        problems.add("password", weakness(t, weak));
    }
    let step = match Code::read(form) {
        Code::Digits(digits) => key.step(&digits, context.now),
        _ => None,
    };
    if step.is_none() {
        problems.add("code", t.t("setup-code-wrong"));
    }
    match (name, mail, step) {
        (Some(name), Some(mail), Some(step)) if problems.0.is_empty() => Ok(Entered { name, mail, step }),
        _ => Err(problems),
    }
}

pub async fn create(context: Context, presented: Presented, Path(token): Path<String>, form: Form) -> Result<Response> {
    let (app, scope) = (&context.app, context.app.scope());
    let Some(link) = find(&context, &token).await? else {
        return Ok(void(&context));
    };
    let key = Key::new(app, &link.totp_seed);
    let entered = match read(&context, &key, &form) {
        Ok(entered) => entered,
        Err(problems) => {
            let page = SetupPage::new(&context, &key, form, problems)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let password_hash = password::hash(&app.random, form.raw("password")).await?;
    let account = Account {
        id: app.id::<AccountId>(context.now),
        name: entered.name,
        mail: entered.mail,
        role: Role::Administrator,
        password_hash,
        totp_seed: link.totp_seed,
        created_at: context.now,
    };

    let mut tx = app.db.write().await?;
    if !store::use_setup_link(&mut tx, &scope, link.id, context.now).await? {
        return Ok(void(&context));
    }
    store::insert_account(&mut tx, &scope, &account, entered.step).await?;
    let codes = prove::new_recovery_codes(&mut tx, app, &scope, account.id).await?;
    let token = session::open(&mut tx, &context, &scope, &account, &presented).await?;
    let origin = prove::origin(
        &context,
        &scope,
        Actor::Person(format!("{} <{}>", account.name, account.mail)),
    );
    let after = json!({ "name": account.name, "mail": account.mail, "role": account.role.as_str() });
    audit::record(
        &mut tx,
        app,
        &origin,
        prove::about("account.create", &account),
        &(),
        &after,
    )
    .await?;
    let after = json!({ "agent": context.agent });
    audit::record(
        &mut tx,
        app,
        &origin,
        prove::about("session.create", &account),
        &(),
        &after,
    )
    .await?;
    tx.commit().await?;

    // This address is void now: a change of language has to lead elsewhere.
    let shell = Shell {
        person: Some(account.name),
        place: "/account".into(),
        ..Shell::new(&context)
    };
    let page = CodesPage {
        shell,
        codes,
        next: "/",
        first: true,
    };
    Ok(([token.cookie(app)], Html(page)).into_response())
}
