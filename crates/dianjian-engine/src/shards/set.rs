//! The partials of all shards of one run, and of nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dianjian_document::problem::Problem;
use dianjian_document::source::Input;
use dianjian_rules::record::SavedContext;

use super::blocks::{BlockKind, PartialReader};
use super::error::RunDifference;
use super::write::{SavedInput, SavedInputs};
use super::{PartialError, PartialHeader};

/// The partials of all shards of a run, in the order of the shards.
#[derive(Debug)]
pub struct PartialSet {
    pub(crate) readers: Vec<Arc<PartialReader>>,
    inputs: Vec<Input>,
}

impl PartialSet {
    /// Opens partials, given in any order, and makes sure that they belong to one run.
    ///
    /// # Errors
    /// One cannot be read, is no partial, or damaged; they are of different runs; a shard is missing or there twice.
    pub fn open(paths: &[impl AsRef<Path>]) -> Result<Self, PartialError> {
        let open = |path: &_| PartialReader::open(AsRef::as_ref(path)).map(Arc::new);
        let mut readers = paths.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = readers.first().map(Arc::clone) else {
            return Err(PartialError::Missing { shards: vec![1], of: 1 });
        };
        let files = inputs(&first)?.files;
        for reader in &readers {
            if let Some(what) = difference(&first, &files, reader)? {
                let (path, other) = (first.path.clone(), reader.path.clone());
                return Err(PartialError::Mixed { path, other, what });
            }
        }
        readers.sort_by_key(|reader| reader.header.shard.number);
        for pair in readers.windows(2) {
            if let [one, other] = pair
                && one.header.shard == other.header.shard
            {
                let shard = one.header.shard;
                return Err(PartialError::Twice { path: one.path.clone(), other: other.path.clone(), shard });
            }
        }
        let of = first.header.shard.of;
        let has = |number: &u32| readers.iter().any(|reader| reader.header.shard.number == *number);
        let missing: Vec<u32> = (1..=of).filter(|number| !has(number)).collect();
        if !missing.is_empty() {
            return Err(PartialError::Missing { shards: missing, of });
        }
        Ok(Self { readers, inputs: files.iter().map(SavedInput::load).collect() })
    }

    /// The header, which all of them have in common but for the shard.
    pub fn header(&self) -> &PartialHeader {
        // INVARIANT: `open` refuses an empty set.
        &self.readers[0].header
    }

    /// Makes sure that they were written with these rules and this configuration.
    ///
    /// # Errors
    /// They were written with others, or by another version of the program.
    pub fn fit(&self, rules: &str, configuration: &str) -> Result<(), PartialError> {
        let header = self.header();
        let what = first_difference([
            (header.program != env!("CARGO_PKG_VERSION"), RunDifference::Program),
            (header.rules != rules, RunDifference::Rules),
            (header.configuration != configuration, RunDifference::Configuration),
        ]);
        what.map_or(Ok(()), |what| Err(PartialError::Foreign { path: self.readers[0].path.clone(), what }))
    }

    /// The inputs of the run.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The shops that folders of exports describe, sorted by folder.
    pub fn homes(&self) -> Vec<SavedContext> {
        let all = self.readers.iter().flat_map(|reader| &reader.index.homes);
        let by_folder: BTreeMap<&str, &SavedContext> = all.map(|home| (home.folder(), home)).collect();
        by_folder.into_values().cloned().collect()
    }

    /// The bytes that merging reads.
    pub fn bytes(&self) -> u64 {
        self.readers.iter().flat_map(|reader| reader.blocks(BlockKind::Unit)).map(|block| block.bytes).sum()
    }

    /// The problems that were known before the run began.
    ///
    /// # Errors
    /// The partial is damaged.
    pub fn problems(&self) -> Result<Vec<Problem>, PartialError> {
        let first = &self.readers[0];
        inputs(first)?.problems.into_problems().ok_or_else(|| first.damaged())
    }
}

fn inputs(reader: &PartialReader) -> Result<SavedInputs, PartialError> {
    let block = reader.blocks(BlockKind::Inputs).next().ok_or_else(|| reader.damaged())?;
    let bytes = reader.read(block).map_err(|_| reader.damaged())?;
    serde_json::from_slice(&bytes).map_err(|_| reader.damaged())
}

/// How the runs of two partials differ, if they do.
fn difference(
    one: &PartialReader,
    files: &[SavedInput],
    reader: &PartialReader,
) -> Result<Option<RunDifference>, PartialError> {
    let (one, other) = (&one.header, &reader.header);
    if (one.inputs, one.bytes, &one.names) != (other.inputs, other.bytes, &other.names) {
        let others = inputs(reader)?.files;
        let at = files.iter().zip(&others).position(|(one, other)| one != other);
        let at = at.unwrap_or(files.len().min(others.len()));
        let name = files.get(at).or(others.get(at)).map(|file| file.name.clone()).unwrap_or_default();
        return Ok(Some(RunDifference::Input(name)));
    }
    let choice = |header: &PartialHeader| (header.only.clone(), header.skip.clone(), header.system.clone());
    Ok(first_difference([
        (one.program != other.program, RunDifference::Program),
        ((one.as_of, one.as_of_given) != (other.as_of, other.as_of_given), RunDifference::Day),
        (one.rules != other.rules, RunDifference::Rules),
        (one.configuration != other.configuration, RunDifference::Configuration),
        (choice(one) != choice(other), RunDifference::Choice),
        ((one.shard.of, one.chunk_bytes) != (other.shard.of, other.chunk_bytes), RunDifference::Shares),
    ]))
}

fn first_difference<const N: usize>(known: [(bool, RunDifference); N]) -> Option<RunDifference> {
    known.into_iter().find_map(|(differs, what)| differs.then_some(what))
}
