//! Values that both engines store and read back.

use super::{Error, Result};
use std::str::FromStr;

/// What both engines can store: `bool`, `i64`, `f64`, text, bytes, `Uuid`, ids, and `Option` of these.
pub trait Param: rusqlite::ToSql + tokio_postgres::types::ToSql + Sync {}
impl<T: rusqlite::ToSql + tokio_postgres::types::ToSql + Sync> Param for T {}

/// What both engines can read back.
pub trait Column: rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a> {}
impl<T: rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a>> Column for T {}

/// A row of either engine; columns are counted from 0.
pub enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    pub fn get<T: Column>(&self, column: usize) -> Result<T> {
        match self {
            Row::Sqlite(r) => Ok(r.get(column)?),
            Row::Postgres(r) => Ok(r.try_get(column)?),
        }
    }

    /// A text that must parse: a bad value can't leave the database.
    pub fn parse<T: FromStr>(&self, column: usize) -> Result<T>
    where
        T::Err: std::fmt::Display,
    {
        let value: String = self.get(column)?;
        value.parse().map_err(|e: T::Err| Error::Invalid {
            column,
            why: e.to_string(),
            value,
        })
    }

    /// As [`Row::parse`], where NULL is None.
    pub fn parse_optional<T: FromStr>(&self, column: usize) -> Result<Option<T>>
    where
        T::Err: std::fmt::Display,
    {
        match self.get::<Option<String>>(column)? {
            None => Ok(None),
            Some(value) => value.parse().map(Some).map_err(|e: T::Err| Error::Invalid {
                column,
                why: e.to_string(),
                value,
            }),
        }
    }

    /// A time, kept as microseconds since 1970 in both engines.
    pub fn time(&self, column: usize) -> Result<jiff::Timestamp> {
        moment(column, self.get(column)?)
    }

    pub fn time_optional(&self, column: usize) -> Result<Option<jiff::Timestamp>> {
        self.get::<Option<i64>>(column)?
            .map(|micros| moment(column, micros))
            .transpose()
    }

    /// A JSON document, kept as TEXT in both engines.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T> {
        let value: String = self.get(column)?;
        serde_json::from_str(&value).map_err(|e| Error::Invalid {
            column,
            why: e.to_string(),
            value: value.chars().take(80).collect(),
        })
    }
}

fn moment(column: usize, micros: i64) -> Result<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(micros).map_err(|e| Error::Invalid {
        column,
        value: micros.to_string(),
        why: e.to_string(),
    })
}

pub(super) fn postgres(p: &(dyn Param + Sync)) -> &(dyn tokio_postgres::types::ToSql + Sync) {
    p
}

pub(super) fn sqlite(p: &(dyn Param + Sync)) -> &dyn rusqlite::ToSql {
    p
}
