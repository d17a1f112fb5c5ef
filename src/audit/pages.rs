//! The log as people read it.

use crate::app::App;
use axum::Router;

pub fn router() -> Router<App> {
    Router::new()
}
