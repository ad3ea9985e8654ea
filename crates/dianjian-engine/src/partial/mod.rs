//! What a share of a run leaves, kept in a file until it is merged with those of the other shares.
//!
//! A partial holds the findings and problems of its share as they are before they are rendered, with
//! the lines of the sources that reports may show; what rules over all records keep, as sorted runs;
//! and the texts of the records that take part in these rules, which are looked at once more when all
//! shares are known. So merging needs the partials and the rules, but none of the inputs.
//!
//! The file begins with its [`Header`] as one line of JSON. Deflated blocks follow ([`blocks`]), and at
//! the end their index with a checksum for each, without which the file is known to be cut short.

mod blocks;
mod error;
mod merge;
mod parts;
mod pieces;
mod save;
mod unit;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::share::Share;

pub use error::PartialError;
pub use parts::Parts;
pub use save::{Shared, Sizes};

/// The form of partials that is written and read.
pub const VERSION: u32 = 1;

/// Stands for texts in their order: a SHA-256 in hex.
#[must_use]
pub fn digest<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.as_ref().len() as u64).to_le_bytes());
        hash.update(text.as_ref());
    }
    dianjian_base::hex(&hash.finalize())
}

/// The first line of a partial: what it is a part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The form of the file; 1.
    #[serde(rename = "dianjian-partial")]
    pub version: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// Which share of the run it is.
    pub share: Share,
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
