//! A run split over machines: each checks a shard of the inputs and writes a partial; merging all partials gives the
//! reports of one run, byte for byte.
//!
//! A partial holds the findings and problems of its shard before they are rendered, with excerpts of the sources around
//! every place that a report may show; what cross-record rules keep, as sorted runs; and the texts of the records that
//! take part in these rules, which are read again once all shards are known. So merging needs the partials and the
//! rules, but none of the inputs.
//!
//! The file begins with its [`PartialHeader`] as one line of JSON. Deflated blocks follow (`blocks`), then their index with a
//! checksum for each. A file without its index was cut short.

mod blocks;
mod error;
mod excerpts;
mod merge;
mod set;
pub(crate) mod sharding;
mod unit;
mod write;

use chrono::NaiveDate;
pub use error::{PartialError, RunDifference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub use set::PartialSet;
pub use sharding::{Shard, ShardSyntaxError};
pub use write::{InputSizes, ShardSummary};

/// The version of the format that is written and read.
pub const VERSION: u32 = 7;

/// The first line of a partial: what it is a part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartialHeader {
    /// The form of the file; 1.
    #[serde(rename = "dianjian-partial")]
    pub version: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// Which share of the run it is.
    #[serde(rename = "share")]
    pub shard: Shard,
    /// The day of the check.
    pub as_of: NaiveDate,
    /// Was the day asked for? Then records with a day of their own are checked as of this one too.
    pub as_of_given: bool,
    /// Stands for all rules, tables, kinds and mappings with their parameters.
    pub rules: String,
    /// Stands for the configuration.
    pub configuration: String,
    /// `--only`.
    pub only: Vec<String>,
    /// `--skip`.
    pub skip: Vec<String>,
    /// Folders of the run.
    pub roots: Vec<String>,
    /// `--system`.
    pub system: Option<String>,
    /// Bytes of a large file that are checked at a time.
    pub chunk_bytes: u64,
    /// How many inputs the run has.
    pub inputs: u64,
    /// Bytes of all inputs.
    pub bytes: u64,
    /// Stands for the names and sizes of all inputs.
    pub names: String,
}
