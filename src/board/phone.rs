//! Whom to phone today: with a number, the most critical first.

use crate::app::Scope;
use crate::campaigns::CampaignId;
use crate::db::{Error, Result, Tx};
use crate::invitations::{InvitationId, State};

/// A company to be phoned, with whom to ask for.
#[derive(Clone, Debug)]
pub struct Call {
    pub invitation: InvitationId,
    pub company: String,
    /// A, B, C; "" where nobody graded it.
    pub criticality: String,
    pub state: State,
    /// The first contact who has a telephone number, else the first; "" where there is none.
    pub name: String,
    pub department: String,
    pub phone: String,
}

/// The companies in one of `states` from whom something is still awaited, at most `limit`: the most critical first, and
/// among them in the order of `states`. Who was asked to acknowledge only and did is not among them.
pub async fn calls(tx: &mut Tx, scope: Scope, campaign: CampaignId, states: &[State], limit: i64) -> Result<Vec<Call>> {
    let mut out: Vec<Call> = Vec::new();
    for state in states {
        let of_state = tx
            .list(
                "SELECT i.id, i.name, i.criticality, COALESCE(c.name, ''), COALESCE(c.department, ''), COALESCE(c.phone, '')
                 FROM invitations i LEFT JOIN contacts c ON c.id = (
                     SELECT x.id FROM contacts x WHERE x.company = i.company ORDER BY x.phone = '', x.position LIMIT 1)
                 WHERE i.org = $1 AND i.campaign = $2 AND i.state = $3 AND (i.asks_check OR i.state NOT IN ('acknowledged', 'started'))
                 ORDER BY i.grade, i.name, i.id LIMIT $4",
                &[&scope.org, &campaign, &state.as_str(), &limit],
                |r| {
                    Ok(Call {
                        invitation: r.get(0)?,
                        company: r.get(1)?,
                        criticality: r.get(2)?,
                        state: *state,
                        name: r.get(3)?,
                        department: r.get(4)?,
                        phone: r.get(5)?,
                    })
                },
            )
            .await?;
        out.extend(of_state);
    }
    // Stable: within a grade, in the order of the states.
    out.sort_by_key(|call| (call.criticality.is_empty(), call.criticality.clone()));
    out.truncate(usize::try_from(limit).map_err(|e| Error::Unusable(e.to_string()))?);
    Ok(out)
}
