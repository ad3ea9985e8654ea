//! The interface for programs, `/api/v1`: one file a resource.

mod about;
mod check;
mod error;
mod exports;
mod extract;
mod files;
mod findings;
mod mend;
mod plans;
mod projects;
mod rules;
mod runs;
mod settings;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};
pub use error::ApiError;

use crate::serve::Served;

/// Every address below `/api/v1`.
pub fn router() -> Router<Arc<Served>> {
    Router::new()
        .route("/health", get(about::health))
        .route("/about", get(about::about))
        .route("/check", post(check::check))
        .route("/rules", get(rules::list))
        .route("/rules/{group}/{name}", get(rules::get))
        .route("/groups", get(rules::groups))
        .route("/projects", get(projects::list).post(projects::add))
        .route("/projects/{p}", get(projects::get).patch(projects::rename).delete(projects::forget))
        .route("/projects/{p}/files", get(files::list).post(files::upload).layer(files::upload_limit()))
        .route("/projects/{p}/texts", post(files::paste))
        .route("/projects/{p}/files/{f}", get(files::get).patch(files::set_role).delete(files::remove))
        .route("/projects/{p}/files/{f}/raw", get(files::raw))
        .route("/projects/{p}/files/{f}/rows", get(views::rows))
        .route("/projects/{p}/files/{f}/lines", get(views::lines))
        .route("/projects/{p}/files/{f}/boxes", get(views::boxes))
        .route("/projects/{p}/files/{f}/cell", put(mend::cell))
        .route("/projects/{p}/files/{f}/line", put(mend::line))
        .route("/projects/{p}/files/{f}/try", post(mend::try_text))
        .route("/projects/{p}/fixes", post(mend::apply))
        .route("/projects/{p}/fixes/preview", post(mend::preview))
        .route("/projects/{p}/journal", get(mend::journal))
        .route("/projects/{p}/journal/{e}/undo", post(mend::undo_entry))
        .route("/projects/{p}/silence", post(mend::silence))
        .route("/projects/{p}/runs", get(runs::list).post(runs::begin))
        .route("/projects/{p}/runs/{r}", get(runs::get))
        .route("/projects/{p}/runs/{r}/stop", post(runs::stop))
        .route("/projects/{p}/runs/{r}/events", get(runs::events))
        .route("/projects/{p}/runs/{r}/problems", get(runs::problems))
        .route("/projects/{p}/runs/{r}/findings", get(findings::list))
        .route("/projects/{p}/runs/{r}/findings/{n}", get(findings::get))
        .route("/projects/{p}/runs/{r}/export", get(exports::export))
        .route("/projects/{p}/download", get(exports::download))
        .route("/projects/{p}/trend", get(exports::trend))
        .route("/projects/{p}/forecast", get(exports::forecasts))
        .route("/projects/{p}/settings", get(settings::get).put(settings::put))
        .route("/projects/{p}/baseline", post(settings::accept).delete(settings::forget))
        .route("/projects/{p}/plans", get(plans::list).post(plans::make))
        .route("/projects/{p}/plans/{m}", get(plans::get))
        .route("/projects/{p}/plans/{m}/shops", get(plans::shops))
        .route("/projects/{p}/plans/{m}/shops/{s}", get(plans::shop))
        .route("/projects/{p}/plans/{m}/calendar", get(plans::calendar))
        .route("/projects/{p}/plans/{m}/limits", get(plans::limits))
        .route("/projects/{p}/plans/{m}/tasks", get(plans::tasks))
        .route("/projects/{p}/plans/{m}/names/check", post(plans::check_name))
        .route("/projects/{p}/plans/{m}/decisions", put(plans::decide))
        .route("/projects/{p}/plans/{m}/apply", post(plans::apply))
        .route("/projects/{p}/plans/{m}/status", get(plans::status))
        .route("/projects/{p}/plans/{m}/events", get(plans::events))
        .route("/projects/{p}/plans/{m}/resume", post(plans::resume))
        .route("/projects/{p}/plans/{m}/rollback", post(plans::rollback))
        .route("/projects/{p}/plans/{m}/stop", post(plans::stop))
        .route("/projects/{p}/plans/{m}/export", get(plans::export))
        .route("/projects/{p}/plans/{m}/verify", post(plans::verify))
        .fallback(error::unknown_address)
}
