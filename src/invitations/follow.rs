//! An invitation's copy of its company follows the directory while the campaign runs.

use super::store::InvitationId;
use crate::app::{App, Scope};
use crate::db::Result;
use crate::jobs::{Job, Outcome};

/// How many invitations are changed in one transaction.
const STRIDE: i64 = 200;

/// Does the job that `directory` asks for when a company was changed ([`crate::directory::FOLLOW`]). Safe to run again.
pub async fn follow_directory(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    while stride(&app, scope).await? == STRIDE as usize {
        if app.jobs.is_stopping() {
            return Ok(Outcome::Again(app.clock.now()));
        }
    }
    Ok(Outcome::Done)
}

async fn stride(app: &App, scope: Scope) -> Result<usize> {
    let mut tx = app.db.read().await?;
    let behind: Vec<InvitationId> = tx
        .list(
            "SELECT i.id FROM campaigns p JOIN invitations i ON i.campaign = p.id JOIN companies c ON c.id = i.company
             WHERE p.org = $1 AND i.org = $1 AND p.state IN ('sending', 'running')
               AND (i.name <> c.name OR i.code <> COALESCE(c.code, '') OR i.search <> substr(c.search, 1, 300)
                 OR i.kind <> c.kind OR i.country <> c.country OR i.tier <> COALESCE(CAST(c.tier AS TEXT), '')
                 OR i.criticality <> COALESCE(c.criticality, ''))
             LIMIT $2",
            &[&scope.org, &STRIDE],
            |r| r.get(0),
        )
        .await?;
    drop(tx);
    if behind.is_empty() {
        return Ok(0);
    }
    let mut tx = app.db.write().await?;
    for id in &behind {
        super::lock(&mut tx, scope, *id).await?;
        let now = app.clock.now();
        tx.execute(
            "INSERT INTO changes (id, org, campaign, at, from_state, to_state, from_segment, to_segment, from_marks, to_marks)
             SELECT $1, i.org, i.campaign, $2, i.state, i.state, i.kind || '/' || i.country || '/' || i.tier || '/' || i.criticality
                     || CASE WHEN i.asks_check THEN '/check' ELSE '/notice' END,
                 c.kind || '/' || c.country || '/' || COALESCE(CAST(c.tier AS TEXT), '') || '/' || COALESCE(c.criticality, '')
                     || CASE WHEN i.asks_check THEN '/check' ELSE '/notice' END,
                 i.marks, i.marks
             FROM invitations i JOIN companies c ON c.id = i.company WHERE i.org = $3 AND i.id = $4",
            &[&app.random.id(now), &now.as_microsecond(), &scope.org, id],
        )
        .await?;
        tx.execute(
            "UPDATE invitations SET name = c.name, code = COALESCE(c.code, ''), search = substr(c.search, 1, 300),
                 kind = c.kind, country = c.country, tier = COALESCE(CAST(c.tier AS TEXT), ''),
                 criticality = COALESCE(c.criticality, ''),
                 grade = CASE c.criticality WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END
             FROM companies c WHERE c.id = invitations.company AND invitations.org = $1 AND invitations.id = $2",
            &[&scope.org, id],
        )
        .await?;
    }
    tx.commit().await?;
    Ok(behind.len())
}
