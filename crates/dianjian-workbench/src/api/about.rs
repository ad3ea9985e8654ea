//! What the server is, and that it is there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;

use crate::serve::Served;

#[derive(Serialize)]
pub struct Health {
    status: &'static str,
    version: &'static str,
}

/// `GET /health`: the server answers.
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

#[derive(Serialize)]
pub struct About {
    version: &'static str,
    /// The day that checks are made as of unless they say another.
    today: NaiveDate,
    /// How many rules there are.
    rules: usize,
    readonly: bool,
}

/// `GET /about`: what the page has to know before anything else.
pub async fn about(State(served): State<Arc<Served>>) -> Json<About> {
    let workbench = &served.workbench;
    Json(About {
        version: env!("CARGO_PKG_VERSION"),
        today: workbench.as_of,
        rules: workbench.pack.rules.len(),
        readonly: workbench.readonly,
    })
}
