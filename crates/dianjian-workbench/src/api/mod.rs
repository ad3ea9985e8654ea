//! The interface for programs, `/api/v1`: one file a resource.

mod about;
mod check;
mod error;
mod extract;
mod files;
mod findings;
mod projects;
mod runs;

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
        .route("/projects", get(projects::list).post(projects::add))
        .route("/projects/{p}", get(projects::get).patch(projects::rename).delete(projects::forget))
        .route("/projects/{p}/files", get(files::list).post(files::upload).layer(files::upload_limit()))
        .route("/projects/{p}/texts", post(files::paste))
        .route("/projects/{p}/files/{f}", get(files::get).patch(files::set_role).delete(files::remove))
        .route("/projects/{p}/files/{f}/raw", get(files::raw))
        .route("/projects/{p}/runs", get(runs::list).post(runs::begin))
        .route("/projects/{p}/runs/{r}", get(runs::get))
        .route("/projects/{p}/runs/{r}/stop", post(runs::stop))
        .route("/projects/{p}/runs/{r}/events", get(runs::events))
        .route("/projects/{p}/runs/{r}/problems", get(runs::problems))
        .route("/projects/{p}/runs/{r}/findings", get(findings::list))
        .route("/projects/{p}/runs/{r}/findings/{n}", get(findings::get))
        .fallback(error::unknown_address)
}
