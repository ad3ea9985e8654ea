//! What server and worker say to one another: a line of JSON each.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shown::{ShownFinding, ShownProblem};
use crate::store::{RunId, RunState};

/// What a worker is to do: the first line that it reads. Where it is to write into the store of a state folder, the number
/// of the run is a second line. The end of what it reads is a wish to stop.
#[derive(Debug, Serialize, Deserialize)]
pub struct WorkerJob {
    /// Whether configurations above the folder count.
    pub finds_files: bool,
    /// What files are material of, by their paths.
    pub roles: BTreeMap<String, String>,
    /// The day that is asked for.
    pub as_of: Option<NaiveDate>,
    /// The day unless somebody says another.
    pub today: NaiveDate,
    /// The system of shops that do not say it.
    pub system: Option<String>,
    /// How many findings are said at most where they go into no store.
    pub most: u64,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerLine {
    /// The folder cannot be loaded at all. Nothing comes after it.
    Refused(Text),
    /// The folder is loaded.
    Ready {
        as_of: NaiveDate,
        bytes: u64,
    },
    /// Something was found, where it goes into no store.
    Found(ShownItem),
    Progress(RunProgress),
    /// It is over.
    Ended {
        state: RunState,
        summary: Option<Value>,
    },
}

/// The number of the run that a worker writes.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunNumber(pub RunId);

/// A finding or a problem.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownItem {
    Finding(Box<ShownFinding>),
    Problem(Box<ShownProblem>),
}

/// How far a check is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunProgress {
    /// Bytes read.
    pub bytes: u64,
    /// Bytes of all files.
    pub of: u64,
    pub errors: u64,
    pub warnings: u64,
    pub infos: u64,
    /// Findings that can be read.
    pub findings: u64,
    /// Whether it is over.
    pub over: bool,
}
