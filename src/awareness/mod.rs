//! A notice for employees that companies pass on: the page to print, and how many people it reached, by which ways.
//!
//! A company reports once and may correct it: every report is kept, the last one counts. What a board adds up goes through
//! `changes`, as all it counts does ([`crate::invitations::reached`]).
//!
//! Tables: awareness, awareness_events. Routes: `/r/{token}/awareness` and below.

mod model;
mod pages;
mod store;

pub use model::{ReportLine, Way, way_words};
pub use pages::router;
pub use store::{Missing, Stored, between, history, load, mend, missing, of, reported};
