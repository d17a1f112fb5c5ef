//! The ground's promises, on the engine under test.

use crate::app::{START, database};
use kairan::db::{Db, Error};
use std::sync::Arc;

async fn fresh() -> (Db, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let db = database(dir.path()).await;
    db.migrate(START.parse().unwrap()).await.unwrap();
    let mut tx = db.write().await.unwrap();
    tx.execute("CREATE TABLE marks (n BIGINT PRIMARY KEY, word TEXT NOT NULL)", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (db, dir)
}

async fn insert(db: &Db, n: i64) -> Result<(), Error> {
    let mut tx = db.write().await?;
    tx.execute("INSERT INTO marks (n, word) VALUES ($1, $2)", &[&n, &"x"])
        .await?;
    tx.commit().await
}

async fn count(db: &Db) -> i64 {
    db.read()
        .await
        .unwrap()
        .one("SELECT COUNT(*) FROM marks", &[], |r| r.get(0))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_at_once_lose_nothing() {
    let (db, _dir) = fresh().await;
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            tokio::spawn({
                let db = db.clone();
                async move { insert(&db, n).await }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(count(&db).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_statement_ends_its_own_transaction_only() {
    let (db, _dir) = fresh().await;
    insert(&db, 1).await.unwrap();
    let good: Vec<_> = (10..30)
        .map(|n| {
            tokio::spawn({
                let db = db.clone();
                async move { insert(&db, n).await }
            })
        })
        .collect();
    let mut tx = db.write().await.unwrap();
    tx.execute("INSERT INTO marks (n, word) VALUES (2, 'y')", &[])
        .await
        .unwrap();
    let twice = tx
        .execute("INSERT INTO marks (n, word) VALUES (1, 'y')", &[])
        .await
        .unwrap_err();
    assert!(twice.is_unique_violation(), "{twice}");
    assert!(matches!(
        tx.execute("DELETE FROM marks", &[]).await,
        Err(Error::Aborted)
    ));
    assert!(matches!(tx.commit().await, Err(Error::Aborted)));
    for task in good {
        task.await.unwrap().unwrap();
    }
    assert_eq!(count(&db).await, 21);
}

/// Whoever is the first of a group works without a savepoint: what fails, is dropped or writes much, first or later, takes
/// nobody's work along.
#[tokio::test(flavor = "multi_thread")]
async fn who_fails_or_writes_much_among_others_takes_nobody_along() {
    let (db, _dir) = fresh().await;
    insert(&db, -1).await.unwrap();
    let tasks: Vec<_> = (0..300i64)
        .map(|n| {
            tokio::spawn({
                let db = db.clone();
                async move {
                    let much = n % 5 == 0;
                    let mut tx = if much {
                        db.write_much().await?
                    } else {
                        db.write().await?
                    };
                    for m in 0..if much { 50 } else { 1 } {
                        tx.execute("INSERT INTO marks (n, word) VALUES ($1, 'x')", &[&(n * 100 + m)])
                            .await?;
                    }
                    match n % 3 {
                        0 => drop(tx),
                        1 => {
                            let twice = tx.execute("INSERT INTO marks (n, word) VALUES (-1, 'x')", &[]).await;
                            assert!(twice.unwrap_err().is_unique_violation());
                            assert!(matches!(tx.commit().await, Err(Error::Aborted)));
                        }
                        _ => tx.commit().await?,
                    }
                    Ok::<_, Error>(())
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // Of 300 a third stays: a fifth of it with fifty rows.
    assert_eq!(count(&db).await, 1 + 80 + 20 * 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_transaction_leaves_nothing_and_blocks_nobody() {
    let (db, dir) = fresh().await;
    for n in 0..20i64 {
        let mut tx = db.write().await.unwrap();
        tx.execute("INSERT INTO marks (n, word) VALUES ($1, 'x')", &[&n])
            .await
            .unwrap();
        drop(tx);
    }
    assert_eq!(count(&db).await, 0);
    // Another program (the command line) can write at once.
    let other = if dir.path().join("kairan.db").exists() {
        Db::sqlite(&dir.path().join("kairan.db")).unwrap()
    } else {
        db.clone()
    };
    tokio::time::timeout(std::time::Duration::from_secs(2), insert(&other, 1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_commit_is_whole_or_nothing() {
    let (db, _dir) = fresh().await;
    let mut done = Vec::new();
    for n in 0..100i64 {
        let work = async {
            let mut tx = db.write().await?;
            for n in [n, n + 5000] {
                tx.execute("INSERT INTO marks (n, word) VALUES ($1, 'x')", &[&n])
                    .await?;
            }
            tx.commit().await
        };
        // Polled a few times, then dropped: before, in or after its commit.
        if let Ok(Ok(())) = tokio::time::timeout(std::time::Duration::from_micros(n as u64 * 20), work).await {
            done.push(n);
        }
    }
    // Whatever happened, what was told to be done is there, the database goes on, and nothing is held open.
    for n in done {
        let there: i64 = db
            .read()
            .await
            .unwrap()
            .one(
                "SELECT COUNT(*) FROM marks WHERE n IN ($1, $2)",
                &[&n, &(n + 5000)],
                |r| r.get(0),
            )
            .await
            .unwrap();
        assert_eq!(there, 2);
    }
    insert(&db, 1000).await.unwrap();
    let halves: i64 = db
        .read()
        .await
        .unwrap()
        .one(
            "SELECT COUNT(*) FROM marks a WHERE a.n < 100 AND NOT EXISTS (SELECT 1 FROM marks b WHERE b.n = a.n + 5000)",
            &[],
            |r| r.get(0),
        )
        .await
        .unwrap();
    assert_eq!(halves, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_on_one_database_wait_for_each_other() {
    let (db, dir) = fresh().await;
    let file = dir.path().join("kairan.db");
    let other = if file.exists() {
        Db::sqlite(&file).unwrap()
    } else {
        db.clone()
    };
    let both: Arc<[Db]> = Arc::new([db.clone(), other]);
    let tasks: Vec<_> = (0..120)
        .map(|n| {
            tokio::spawn({
                let both = both.clone();
                async move { insert(&both[n as usize % 2], n).await }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(count(&db).await, 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_were() {
    let (db, _dir) = fresh().await;
    let mut tx = db.write().await.unwrap();
    tx.execute(
        "CREATE TABLE kinds (id UUID, b BOOLEAN, bytes BYTEA, t TEXT, n BIGINT)",
        &[],
    )
    .await
    .unwrap();
    let id = uuid::Uuid::from_u128(7);
    let none: Option<&str> = None;
    tx.execute(
        "INSERT INTO kinds VALUES ($1, $2, $3, $4, $5)",
        &[&id, &true, &&b"\0\xff"[..], &none, &i64::MAX],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO kinds VALUES ($1, $2, $3, $4, $5)",
        &[&id, &false, &&b""[..], &"㈱𠮷", &i64::MIN],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    type Kinds = (uuid::Uuid, bool, Vec<u8>, Option<String>, i64);
    let rows: Vec<Kinds> = db
        .read()
        .await
        .unwrap()
        .list("SELECT id, b, bytes, t, n FROM kinds ORDER BY n DESC", &[], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
        })
        .await
        .unwrap();
    assert_eq!(rows[0], (id, true, b"\0\xff".to_vec(), None, i64::MAX));
    assert_eq!(rows[1], (id, false, Vec::new(), Some("㈱𠮷".into()), i64::MIN));
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_run_once_and_a_newer_database_is_refused() {
    let (db, _dir) = fresh().await;
    assert!(db.migrate(START.parse().unwrap()).await.unwrap().is_empty());
    let mut tx = db.write().await.unwrap();
    tx.execute(
        "INSERT INTO migrations (name, sha256, applied_at) VALUES ('9999-later.sql', 'x', 0)",
        &[],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let why = db.migrate(START.parse().unwrap()).await.unwrap_err().to_string();
    assert!(why.contains("newer Kairan"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_bound_by_their_number() {
    let (db, _dir) = fresh().await;
    let mut tx = db.read().await.unwrap();
    let row = tx
        .one(
            "SELECT CAST($3 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT)",
            &[&"one", &"two", &"three"],
            |r| Ok([r.get::<String>(0)?, r.get(1)?, r.get(2)?, r.get(3)?]),
        )
        .await
        .unwrap();
    assert_eq!(row, ["three", "one", "two", "three"]);
}
