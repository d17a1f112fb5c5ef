//! PostgreSQL: pooled connections, statements cached for each connection.

use super::row::{Param, postgres as param};
use super::{Error, Params, Result};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use std::time::Duration;
use tokio_postgres::types::ToSql;

pub(super) struct Postgres(Pool);

impl Postgres {
    pub async fn connect(url: &str, connections: usize) -> Result<Postgres> {
        let mut config: tokio_postgres::Config = url.parse()?;
        config.application_name("kairan");
        config.connect_timeout(Duration::from_secs(10));
        let options = config.get_options().unwrap_or_default().to_owned();
        // A statement or an idle transaction that hangs must not hold its locks for ever.
        config.options(format!(
            "{options} -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
        ));
        let manager_config = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config, tls(), manager_config);
        let pool = Pool::builder(manager)
            .max_size(connections.max(2))
            .wait_timeout(Some(Duration::from_secs(30)))
            .create_timeout(Some(Duration::from_secs(10)))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| Error::Unusable(e.to_string()))?;
        let first = pool.get().await?;
        let version: String = first
            .query_one("SELECT current_setting('server_version_num')", &[])
            .await?
            .try_get(0)?;
        if version.parse::<u32>().unwrap_or(0) < 150_000 {
            return Err(Error::Unusable(format!(
                "PostgreSQL 15 or newer is needed; this one says {version}."
            )));
        }
        Ok(Postgres(pool))
    }

    pub async fn reader(&self) -> Result<Session> {
        Ok(Session {
            connection: Some(self.0.get().await?),
            state: State::Reading,
        })
    }

    pub async fn writer(&self) -> Result<Session> {
        Ok(Session {
            connection: Some(self.0.get().await?),
            state: State::Fresh,
        })
    }
}

fn tls() -> tokio_postgres_rustls::MakeRustlsConnect {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tokio_postgres_rustls::MakeRustlsConnect::new(config)
}

/// The driver says only "db error"; the server's own words are one level down.
pub(super) fn describe(e: &tokio_postgres::Error) -> String {
    match e.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => e.to_string(),
    }
}

#[derive(PartialEq)]
enum State {
    /// No transaction: each statement for itself.
    Reading,
    /// A transaction that begins with its first statement, in the same round trip.
    Fresh,
    Open,
    Failed,
    Done,
}

pub(super) struct Session {
    connection: Option<Object>,
    state: State,
}

impl Session {
    fn connection(&self) -> Result<&Object> {
        self.connection.as_ref().ok_or(Error::Aborted)
    }

    /// Runs `work`, preceded by BEGIN in the same round trip where it is the transaction's first statement.
    async fn run<T, F>(&mut self, sql: &'static str, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&Object, &tokio_postgres::Statement) -> std::result::Result<T, tokio_postgres::Error>,
    {
        if self.state == State::Failed {
            return Err(Error::Aborted);
        }
        let fresh = self.state == State::Fresh;
        let writing = self.state != State::Reading;
        if fresh {
            // From here on a drop must roll back, even in the middle of the first statement.
            self.state = State::Open;
        }
        let connection = self.connection()?;
        let result = async {
            let statement = connection.prepare_cached(sql).await?;
            if fresh {
                let (_, out) =
                    futures_util::try_join!(connection.batch_execute("BEGIN"), work(connection, &statement))?;
                Ok(out)
            } else {
                work(connection, &statement).await
            }
        }
        .await;
        if writing && result.is_err() {
            self.state = State::Failed;
        }
        result.map_err(Error::from)
    }

    pub async fn query(&mut self, sql: &'static str, params: Params<'_>) -> Result<Vec<tokio_postgres::Row>> {
        let params = cast(params);
        self.run(sql, async |c, s| c.query(s, &params).await).await
    }

    pub async fn execute(&mut self, sql: &'static str, params: Params<'_>) -> Result<u64> {
        let params = cast(params);
        self.run(sql, async |c, s| c.execute(s, &params).await).await
    }

    pub async fn script(&mut self, sql: &str) -> Result<()> {
        if self.state == State::Fresh {
            self.state = State::Open;
            self.connection()?.batch_execute("BEGIN").await?;
        }
        Ok(self.connection()?.batch_execute(sql).await?)
    }

    pub async fn commit(mut self) -> Result<()> {
        match self.state {
            State::Reading | State::Fresh | State::Done => Ok(()),
            State::Failed => Err(Error::Aborted),
            State::Open => {
                self.connection()?.batch_execute("COMMIT").await?;
                self.state = State::Done;
                Ok(())
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !matches!(self.state, State::Open | State::Failed) {
            return;
        }
        let Some(connection) = self.connection.take() else {
            return;
        };
        // Requests on a connection keep their order, so the ROLLBACK comes after whatever was in flight; the connection
        // goes back to the pool only then. Without a runtime it is closed, which rolls back as well.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if connection.batch_execute("ROLLBACK").await.is_err() {
                        let _closed = Object::take(connection);
                    }
                });
            }
            Err(_) => drop(Object::take(connection)),
        }
    }
}

fn cast<'a>(params: &[&'a (dyn Param + Sync)]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|p| param(*p)).collect()
}
