//! An invitation's copy of its company follows the directory while the campaign runs.

use super::sql::{segment, segment_sql};
use super::store::InvitationId;
use crate::app::{App, Scope};
use crate::campaigns::CampaignId;
use crate::db::{Result, Tx};
use crate::directory::{self, Company, Criticality};
use crate::jobs::{Job, Outcome};

/// Does the job that `directory` asks for when a company was changed ([`crate::directory::FOLLOW`]). Safe to run again.
pub async fn follow_directory(app: App, job: Job) -> anyhow::Result<Outcome> {
    let scope = Scope { org: job.org };
    loop {
        let mut tx = app.db.write().await?;
        // Held from here: nobody changes it, and who is just inviting it has ended. One at a time: an import or an edit
        // holds several companies in an order of its own, and none of them waits for one that is held here while another is
        // waited for.
        let Some(company) = directory::take_changed(&mut tx, &scope).await? else {
            return Ok(Outcome::Done);
        };
        follow(&mut tx, &app, scope, &company).await?;
        tx.commit().await?;
        if app.jobs.is_stopping() {
            return Ok(Outcome::Again(app.clock.now()));
        }
    }
}

/// Every invitation of a campaign that runs takes over what its company is now.
async fn follow(tx: &mut Tx, app: &App, scope: Scope, company: &Company) -> Result<()> {
    let tier = company.tier.map(|tier| tier.to_string()).unwrap_or_default();
    let criticality = company.criticality.map_or("", Criticality::as_str);
    let grade: i64 = match company.criticality {
        Some(Criticality::A) => 1,
        Some(Criticality::B) => 2,
        Some(Criticality::C) => 3,
        None => 4,
    };
    let search: String = company.search_text().chars().take(300).collect();
    let code = company.code.as_deref().unwrap_or_default();
    let to = |asks_check| segment(company.kind.as_str(), &company.country, &tier, criticality, asks_check);
    let held: Vec<(InvitationId, CampaignId, [String; 3], bool)> = tx
        .list_held(
            concat!(
                "SELECT i.id, i.campaign, i.state, i.marks, ",
                segment_sql!(),
                ", i.asks_check
             FROM invitations i JOIN campaigns p ON p.id = i.campaign
             WHERE i.org = $1 AND i.company = $2 AND p.state IN ('sending', 'running') ORDER BY i.id FOR UPDATE OF i"
            ),
            &[&scope.org, &company.id],
            |r| Ok((r.get(0)?, r.get(1)?, [r.get(2)?, r.get(3)?, r.get(4)?], r.get(5)?)),
        )
        .await?;
    for (id, campaign, [state, marks, from_segment], asks_check) in held {
        let to_segment = to(asks_check);
        if from_segment != to_segment {
            let now = app.clock.now();
            tx.execute(
                "INSERT INTO changes (id, org, campaign, at, from_state, to_state, from_segment, to_segment, from_marks, to_marks)
                 VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $8)",
                &[
                    &app.random.id(now),
                    &scope.org,
                    &campaign,
                    &now.as_microsecond(),
                    &state,
                    &from_segment,
                    &to_segment,
                    &marks,
                ],
            )
            .await?;
        }
        tx.execute(
            "UPDATE invitations SET name = $3, code = $4, search = $5, kind = $6, country = $7, tier = $8,
                 criticality = $9, grade = $10, sort_key = $11
             WHERE org = $1 AND id = $2",
            &[
                &scope.org,
                &id,
                &company.name,
                &code,
                &search,
                &company.kind.as_str(),
                &company.country,
                &tier,
                &criticality,
                &grade,
                &company.sort_key(),
            ],
        )
        .await?;
    }
    Ok(())
}
