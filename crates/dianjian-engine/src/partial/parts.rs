//! The partials of one run: all of its shares, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::blocks::{Kind, Reader};
use super::error::Difference;
use super::save::{SavedInput, SavedInputs};
use super::{Header, PartialError};
use dianjian_document::problem::Problem;
use dianjian_document::source::Input;
use dianjian_rules::record::home::KeptHome;

/// The partials of all shares of a run, in the order of the shares.
#[derive(Debug)]
pub struct Parts {
    pub(super) readers: Vec<Arc<Reader>>,
    inputs: Vec<Input>,
}

impl Parts {
    /// Opens partials, in any order, and makes sure that they are all of one run.
    ///
    /// # Errors
    /// One cannot be read, is no partial, or damaged; they are of different runs; a share is missing or there twice.
    pub fn open(paths: &[impl AsRef<Path>]) -> Result<Self, PartialError> {
        let mut readers = Vec::new();
        for path in paths {
            readers.push(Arc::new(Reader::open(path.as_ref())?));
        }
        let Some(first) = readers.first().map(Arc::clone) else {
            return Err(PartialError::Missing { shares: vec![1], of: 1 });
        };
        let files = inputs(&first)?.files;
        for reader in &readers {
            if let Some(what) = difference(&first, &files, reader)? {
                let (path, other) = (first.path.clone(), reader.path.clone());
                return Err(PartialError::Mixed { path, other, what });
            }
        }
        readers.sort_by_key(|reader| reader.header.share.number);
        for pair in readers.windows(2) {
            if let [one, other] = pair
                && one.header.share == other.header.share
            {
                let share = one.header.share;
                return Err(PartialError::Twice { path: one.path.clone(), other: other.path.clone(), share });
            }
        }
        let of = first.header.share.of;
        let has = |number: &u32| readers.iter().any(|reader| reader.header.share.number == *number);
        let missing: Vec<u32> = (1..=of).filter(|number| !has(number)).collect();
        if !missing.is_empty() {
            return Err(PartialError::Missing { shares: missing, of });
        }
        Ok(Self { readers, inputs: files.iter().map(SavedInput::load).collect() })
    }

    /// What all of them have in common.
    ///
    /// The share that it names is one of them.
    #[must_use]
    pub fn header(&self) -> &Header {
        // There is at least one, or they would not have been opened.
        &self.readers[0].header
    }

    /// Were they made with these rules and this configuration?
    ///
    /// # Errors
    /// With others.
    pub fn fit(&self, rules: &str, configuration: &str) -> Result<(), PartialError> {
        let header = self.header();
        let what = if header.program != env!("CARGO_PKG_VERSION") {
            Difference::Program
        } else if header.rules != rules {
            Difference::Rules
        } else if header.configuration != configuration {
            Difference::Configuration
        } else {
            return Ok(());
        };
        Err(PartialError::Foreign { path: self.readers[0].path.clone(), what })
    }

    /// The inputs of the run.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What the folders of exports say of their shops, sorted by folder.
    #[must_use]
    pub fn homes(&self) -> Vec<KeptHome> {
        let all = self.readers.iter().flat_map(|reader| &reader.end.homes);
        let by_folder: BTreeMap<&str, &KeptHome> = all.map(|home| (home.folder(), home)).collect();
        by_folder.into_values().cloned().collect()
    }

    /// Bytes that merging reads.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.readers.iter().flat_map(|reader| reader.blocks(Kind::Unit)).map(|block| block.bytes).sum()
    }

    /// What was wrong before the run began.
    ///
    /// # Errors
    /// The partial makes no sense.
    pub fn told(&self) -> Result<Vec<Problem>, PartialError> {
        let first = &self.readers[0];
        inputs(first)?.told.problems().ok_or_else(|| first.damaged())
    }
}

fn inputs(reader: &Reader) -> Result<SavedInputs, PartialError> {
    let block = reader.blocks(Kind::Inputs).next().ok_or_else(|| reader.damaged())?;
    let bytes = reader.read(block).map_err(|_| reader.damaged())?;
    serde_json::from_slice(&bytes).map_err(|_| reader.damaged())
}

/// In what the runs of two partials differ, if they do.
fn difference(one: &Reader, files: &[SavedInput], reader: &Reader) -> Result<Option<Difference>, PartialError> {
    let (one, other) = (&one.header, &reader.header);
    if (one.inputs, one.bytes, &one.names) != (other.inputs, other.bytes, &other.names) {
        let others = inputs(reader)?.files;
        let at = files.iter().zip(&others).position(|(one, other)| one != other);
        let at = at.unwrap_or(files.len().min(others.len()));
        let name = files.get(at).or(others.get(at)).map(|file| file.name.clone()).unwrap_or_default();
        return Ok(Some(Difference::Input(name)));
    }
    Ok(if one.program != other.program {
        Some(Difference::Program)
    } else if (one.as_of, one.as_of_given) != (other.as_of, other.as_of_given) {
        Some(Difference::Day)
    } else if one.rules != other.rules {
        Some(Difference::Rules)
    } else if one.configuration != other.configuration {
        Some(Difference::Configuration)
    } else if (&one.only, &one.skip, &one.system) != (&other.only, &other.skip, &other.system) {
        Some(Difference::Choice)
    } else if (one.share.of, one.chunk_bytes) != (other.share.of, other.chunk_bytes) {
        Some(Difference::Shares)
    } else {
        None
    })
}
