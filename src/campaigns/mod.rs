//! What goes to whom by when: a campaign's plan, made step by step, and what was asked once it is sent.
//!
//! A campaign is a draft until it is sent; then its content is snapshotted ([`Asked`]) and never changes, whatever
//! becomes of the checklist. Sending itself, to whom it goes, and the page that shows where a campaign stands, are
//! `circulation`. A campaign may follow an earlier one ([`FollowUp`]).
//!
//! Tables: campaigns, snapshots, statements. Routes: `/campaigns`, `/campaigns/new`, `/campaigns/statements`,
//! `/campaigns/{id}/edit/{step}`.

mod asked;
mod asks;
mod deadline;
mod file;
mod follow;
mod model;
mod pages;
mod reminders;
mod statements;
mod store;

pub use asked::{Asked, Letters, asked};
pub use asks::asks_words;
pub use deadline::{MomentError, moment};
pub use file::{FileError, follows_in_file, parse as parse_file};
pub use follow::{Earlier, FollowKind, FollowUp, Who};
pub use model::{Campaign, CampaignId, Contacts, Mailing, Plan, PlanProblem, State};
pub use pages::{after, control, draft, refuse_stale, router, said_problems, save};
pub use reminders::{ReminderKind, Reminders, Step, To, Unit};
pub use statements::Statements;
pub use store::{
    delete_draft, find, find_by_number, followers, insert, insert_following, list, list_open, mark_closed,
    mark_reopened, mark_resent, mark_running, mark_sent, move_deadline, pause_refused, refused_for, resent_at,
    set_mailing, update_plan,
};
