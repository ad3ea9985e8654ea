//! Runs by the shipped pack, whole and in shards.

use std::sync::LazyLock;

use chrono::NaiveDate;
use dianjian_document::source::Input;
use dianjian_engine::shards::{InputSizes, PartialHeader, Shard, VERSION};
use dianjian_rules::{Pack, PackBuilder};

/// The shipped rules.
pub static SHIPPED: LazyLock<Pack> = LazyLock::new(|| {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty(), "{problems:?}");
    pack
});

/// The header of a shard of a run by these rules.
pub fn shard_header(
    pack: &Pack,
    as_of: NaiveDate,
    (inputs, sizes): (&[Input], &InputSizes),
    chunk_bytes: usize,
    shard: Shard,
) -> PartialHeader {
    PartialHeader {
        version: VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        shard,
        as_of,
        as_of_given: false,
        rules: pack.digest.clone(),
        configuration: String::new(),
        only: Vec::new(),
        skip: Vec::new(),
        roots: Vec::new(),
        system: None,
        chunk_bytes: chunk_bytes as u64,
        inputs: inputs.len() as u64,
        bytes: sizes.total(),
        names: sizes.digest(inputs),
    }
}
