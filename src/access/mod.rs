//! Who may see a company's part, and whether a request is real: the code that a new device needs, handing a request to a
//! colleague, "I am the wrong person", and the page where anybody checks a request's number.
//!
//! A code and a colleague's link are mailed by `deliveries`, in the transaction that makes them.
//!
//! Tables: device_codes, misdirected. Routes: `/r/{token}/device`, `/r/{token}/hand`, `/r/{token}/wrong`, `/verify`,
//! `/misdirected`, `/campaigns/{id}/companies/{invitation}/device-code`.

mod device;
mod hand;
mod misdirected;
mod model;
mod store;
mod verify;

pub use misdirected::waiting;

use crate::app::App;
use axum::Router;

pub fn router() -> Router<App> {
    Router::new()
        .merge(device::router())
        .merge(hand::router())
        .merge(misdirected::router())
        .merge(verify::router())
}
