//! The interface for programs, `/api/v1`: one file a resource.

mod about;
mod check;
mod error;
mod extract;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
pub use error::ApiError;

use crate::serve::Served;

/// Every address below `/api/v1`.
pub fn router() -> Router<Arc<Served>> {
    Router::new()
        .route("/health", get(about::health))
        .route("/about", get(about::about))
        .route("/check", post(check::check))
        .fallback(error::unknown_address)
}
