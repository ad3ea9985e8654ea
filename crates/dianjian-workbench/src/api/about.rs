//! What the server is, and that it is there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::files;
use crate::serve::Served;
use crate::work::MOST_RUNS;

#[derive(Serialize, JsonSchema)]
pub struct Health {
    status: &'static str,
    version: &'static str,
}

/// `GET /health`: the server answers.
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

#[derive(Serialize, JsonSchema)]
pub struct About {
    version: &'static str,
    /// The day that checks are made as of unless they say another.
    today: NaiveDate,
    /// How many rules there are.
    rules: usize,
    readonly: bool,
    /// Whether other machines can reach it.
    listen: bool,
    limits: AboutLimits,
    abilities: AboutAbilities,
}

/// How much can be asked for at once.
#[derive(Serialize, JsonSchema)]
pub struct AboutLimits {
    upload_bytes: u64,
    files: usize,
    runs: usize,
}

/// What the machine it runs on lets it do.
#[derive(Serialize, JsonSchema)]
pub struct AboutAbilities {
    /// Whether videos can be decoded.
    video: bool,
    ocr: bool,
}

/// `GET /about`: what the page has to know before anything else.
pub async fn about(State(served): State<Arc<Served>>) -> Json<About> {
    let workbench = &served.workbench;
    Json(About {
        version: env!("CARGO_PKG_VERSION"),
        today: workbench.basis.today,
        rules: workbench.pack.rules.len(),
        readonly: workbench.readonly,
        listen: !served.is_local,
        limits: AboutLimits { upload_bytes: files::MOST_BYTES, files: files::MOST_FILES, runs: MOST_RUNS },
        abilities: AboutAbilities { video: workbench.has_video, ocr: false },
    })
}

/// `GET /metrics`.
pub async fn metrics(State(served): State<Arc<Served>>) -> String {
    served.metrics.text(served.work.count(), served.plans.count())
}

/// `GET /openapi.json`.
pub async fn openapi() -> Json<Value> {
    Json(super::api().description())
}
