//! What every capability stands on, wired once.

use crate::clock::{Clock, Random};
use crate::config::Config;
use crate::content::Content;
use crate::db::Db;
use crate::files::Files;
use crate::mail::{Dkim, Smime, Transport};
use crate::secret::Secret;
use crate::typeset::Typesetter;
use std::sync::Arc;
use uuid::Uuid;

crate::ids! {
    /// Names an organisation: whose data it is.
    OrgId
}

/// The organisation that exists from the first start; several are a later matter, and a row, not a migration.
pub const DEFAULT_ORG: OrgId = OrgId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));

/// Whose data a read may see. Every read takes it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    pub org: OrgId,
}

#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub secret: Secret,
    pub content: Content,
    pub mail: Transport,
    /// Signs mails, where a key is configured.
    pub dkim: Option<Arc<Dkim>>,
    pub smime: Option<Arc<Smime>>,
    pub jobs: crate::jobs::Wake,
    pub typesetter: Typesetter,
    pub files: Files,
}

impl App {
    pub fn new(parts: Parts) -> App {
        App(Arc::new(parts))
    }

    /// The same at another time, which is set by hand: to tell what happened before.
    pub fn at(&self, micros: Arc<std::sync::atomic::AtomicI64>) -> App {
        App::new(Parts {
            config: self.config.clone(),
            db: self.db.clone(),
            clock: Clock::Set(micros),
            random: self.random.clone(),
            secret: self.secret.clone(),
            content: self.content.clone(),
            mail: self.mail.clone(),
            dkim: self.dkim.clone(),
            smime: self.smime.clone(),
            jobs: self.jobs.clone(),
            typesetter: self.typesetter.clone(),
            files: self.files.clone(),
        })
    }

    /// The scope of what has no viewer: jobs, the command line, a respondent's link before it is found.
    pub fn scope(&self) -> Scope {
        Scope { org: DEFAULT_ORG }
    }

    pub fn zone(&self) -> jiff::tz::TimeZone {
        crate::web::dates::zone(&self.config.organisation.zone)
    }

    pub fn id<T: From<Uuid>>(&self, now: jiff::Timestamp) -> T {
        T::from(self.random.id(now))
    }

    /// An address of ours as a mail or a page shows it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config.server.base_url)
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Makes the row of the organisation, if it isn't there, and refuses a server whose secret isn't the one that the database's
/// links were made with.
pub async fn ensure_organisation(app: &App, org: OrgId) -> crate::db::Result<()> {
    let mark = data_encoding::HEXLOWER.encode(&app.secret.mac("mark", b"")[..8]);
    // Looked at first: a server starts and can be read on a full disk.
    let mut tx = app.db.read().await?;
    let known: Option<String> = tx
        .optional("SELECT secret_mark FROM organisations WHERE id = $1", &[&org], |r| {
            r.get(0)
        })
        .await?;
    drop(tx);
    if known.as_ref() == Some(&mark) {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    tx.execute(
        "INSERT INTO organisations (id, name, secret_mark, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO NOTHING",
        &[
            &org,
            &app.config.organisation.name,
            &mark,
            &app.clock.now().as_microsecond(),
        ],
    )
    .await?;
    let known: String = tx
        .one("SELECT secret_mark FROM organisations WHERE id = $1", &[&org], |r| {
            r.get(0)
        })
        .await?;
    if known != mark {
        return Err(crate::db::Error::Unusable(
            "This server's secret is not the one that this database's links were made with: every link would be dead. \
             Give all servers the same `secret.key`, or restore the file secret.key that belongs to the database."
                .into(),
        ));
    }
    tx.commit().await
}
