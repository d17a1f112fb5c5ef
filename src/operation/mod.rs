//! What keeps a server going, and tells how it goes: what fails in the background and is tried again, whether the server is
//! ready, what a clock that was wrong has left behind.
//!
//! Routes: `/jobs`, `/jobs/again`, `/jobs/{id}/again`; `/readyz`. Tables: probes.

mod gauges;
mod pages;
mod ready;
mod tend;

pub use gauges::{metrics_text, record_metrics};
pub use pages::{job_name, router};
pub use ready::{Probe, Told, ready, tell_of_disk};
pub use tend::{bring_back, run};
