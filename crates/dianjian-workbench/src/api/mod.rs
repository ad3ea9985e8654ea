//! The interface for programs, `/api/v1`: one file a resource.

mod about;
mod check;
mod describe;
mod download;
mod error;
mod exports;
mod extract;
mod files;
mod findings;
mod mapping;
mod mend;
mod plans;
mod projects;
mod rules;
mod runs;
mod settings;
mod views;

use std::sync::Arc;

use axum::Router;
use describe::Api;
pub use error::ApiError;

use crate::serve::Served;

/// Every address below `/api/v1`.
pub fn api() -> Api {
    Api::new()
        .post("/check", "Check texts or files, without a project", check::check)
        .post("/projects/{p}/files", "Bring files in", files::upload)
        .up_to(files::MOST_AT_ONCE)
        .get("/health", "That the server answers; needs no token", about::health)
        .get("/about", "What the server is", about::about)
        .get("/metrics", "Counts for a monitor, in the text format of Prometheus", about::metrics)
        .get("/openapi.json", "This description", about::openapi)
        .get("/rules", "The rules", rules::list)
        .get("/rules/{group}/{name}", "A rule with why it is one", rules::get)
        .get("/groups", "The groups of rules", rules::groups)
        .get("/projects", "The projects", projects::list)
        .post("/projects", "Make a project", projects::add)
        .get("/projects/{p}", "A project", projects::get)
        .patch("/projects/{p}", "Give a project another name", projects::rename)
        .delete("/projects/{p}", "Forget a project and remove its uploads", projects::forget)
        .get("/projects/{p}/files", "The files of a project", files::list)
        .post("/projects/{p}/texts", "Bring a text in", files::paste)
        .get("/projects/{p}/files/{f}", "A file", files::get)
        .patch("/projects/{p}/files/{f}", "Say what a file is material of", files::set_role)
        .delete("/projects/{p}/files/{f}", "Remove an uploaded file", files::remove)
        .get("/projects/{p}/files/{f}/raw", "The bytes of a file", files::raw)
        .get("/projects/{p}/files/{f}/original", "The bytes of a file as it was brought in", files::original)
        .get("/projects/{p}/files/{f}/rows", "Rows of a table, with the cells that findings are about", views::rows)
        .get(
            "/projects/{p}/files/{f}/lines",
            "Lines of a text, with the stretches that findings are about",
            views::lines,
        )
        .get("/projects/{p}/files/{f}/boxes", "The codes of a picture or video that findings are about", views::boxes)
        .get("/projects/{p}/files/{f}/frame", "The picture that a video shows at a time", views::frame)
        .get("/projects/{p}/files/{f}/mapping", "What the columns of a table may be", mapping::get)
        .put("/projects/{p}/files/{f}/mapping", "Say what the columns of a table are", mapping::put)
        .put("/projects/{p}/files/{f}/cell", "Type a cell anew", mend::cell)
        .put("/projects/{p}/files/{f}/line", "Type a line anew", mend::line)
        .post("/projects/{p}/files/{f}/try", "What would be found on a line or cell with another text", mend::try_text)
        .post("/projects/{p}/fixes", "Make fixes", mend::apply)
        .post("/projects/{p}/fixes/preview", "What fixes would do", mend::preview)
        .get("/projects/{p}/journal", "What was changed", mend::journal)
        .post("/projects/{p}/journal/{e}/undo", "Undo a change", mend::undo_entry)
        .post("/projects/{p}/silence", "Silence findings, with a reason", mend::silence)
        .get("/projects/{p}/runs", "The checks of a project", runs::list)
        .post("/projects/{p}/runs", "Check a project", runs::begin)
        .get("/projects/{p}/runs/{r}", "A check", runs::get)
        .post("/projects/{p}/runs/{r}/stop", "Stop a check", runs::stop)
        .get("/projects/{p}/runs/{r}/events", "How far a check is, as events", runs::events)
        .get("/projects/{p}/runs/{r}/problems", "What kept a check from looking at everything", runs::problems)
        .get("/projects/{p}/runs/{r}/findings", "Findings of a check", findings::list)
        .get("/projects/{p}/runs/{r}/findings/{n}", "A finding", findings::get)
        .get("/projects/{p}/runs/{r}/export", "The findings of a check as a file", exports::export)
        .get("/projects/{p}/download", "All files of a project as one archive", exports::download)
        .get("/projects/{p}/trend", "What the checks of a project came to", exports::trend)
        .get("/projects/{p}/forecast", "What coming days will bring", exports::forecasts)
        .get("/projects/{p}/settings", "The settings of a project", settings::get)
        .put("/projects/{p}/settings", "Change settings", settings::put)
        .post("/projects/{p}/baseline", "Make all that is found now known", settings::accept)
        .delete("/projects/{p}/baseline", "Forget what is known", settings::forget)
        .get("/projects/{p}/plans", "The migration plans of a project", plans::list)
        .post("/projects/{p}/plans", "Make a plan", plans::make)
        .get("/projects/{p}/plans/{m}", "A plan", plans::get)
        .get("/projects/{p}/plans/{m}/shops", "The shops of a plan", plans::shops)
        .get("/projects/{p}/plans/{m}/shops/{s}", "A shop of a plan", plans::shop)
        .get("/projects/{p}/plans/{m}/calendar", "The days of a plan", plans::calendar)
        .get("/projects/{p}/plans/{m}/limits", "The limits over several shops", plans::limits)
        .get("/projects/{p}/plans/{m}/tasks", "What people have to do", plans::tasks)
        .post("/projects/{p}/plans/{m}/names/check", "Whether a shop can have a name", plans::check_name)
        .put("/projects/{p}/plans/{m}/decisions", "Decide about shops", plans::decide)
        .post("/projects/{p}/plans/{m}/apply", "Carry a plan out", plans::apply)
        .get("/projects/{p}/plans/{m}/status", "Where a plan stands", plans::status)
        .get("/projects/{p}/plans/{m}/events", "How far a plan is carried out, as events", plans::events)
        .post("/projects/{p}/plans/{m}/resume", "Go on with a plan", plans::resume)
        .post("/projects/{p}/plans/{m}/rollback", "Undo a plan", plans::rollback)
        .post("/projects/{p}/plans/{m}/stop", "Stop carrying a plan out", plans::stop)
        .get("/projects/{p}/plans/{m}/export", "A plan as a file", plans::export)
        .post("/projects/{p}/plans/{m}/verify", "Whether the files are as the plan says", plans::verify)
}

/// The routes of the interface.
pub fn router() -> Router<Arc<Served>> {
    api().router().fallback(error::unknown_address)
}

/// The description of the interface, as it is published.
pub fn openapi() -> String {
    // Values of JSON can be written as JSON.
    serde_json::to_string_pretty(&api().description()).unwrap_or_default() + "\n"
}
