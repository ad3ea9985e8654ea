//! Which part of the inputs belongs to a shard. It is decided by their sizes alone, so that all machines agree
//! without talking to each other.

use std::ops::Range;
use std::str::FromStr;

use dianjian_base::localized;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What opening a file costs, in bytes read.
const FILE_WEIGHT: u64 = 4096;

/// More shards than this are a mistake.
const MAX_SHARDS: u32 = 10_000;

/// One of several equal shares of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Share")]
pub struct Shard {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// The only shard of a run that is not split.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
}

/// The text does not name a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct ShardSyntaxError;

localized! { ShardSyntaxError {
    Self => { zh: "应写成 I/N，I 从 1 到 N，例如 2/4", en: "expected I/N with I from 1 to N, such as 2/4" }
} }

impl FromStr for Shard {
    type Err = ShardSyntaxError;

    /// Reads `2/4`.
    fn from_str(text: &str) -> Result<Self, ShardSyntaxError> {
        let (number, of) = text.split_once('/').ok_or(ShardSyntaxError)?;
        let parsed = |text: &str| text.parse().map_err(|_| ShardSyntaxError);
        let shard = Self { number: parsed(number)?, of: parsed(of)? };
        let is_valid = shard.of <= MAX_SHARDS && (1..=shard.of).contains(&shard.number);
        if is_valid { Ok(shard) } else { Err(ShardSyntaxError) }
    }
}

/// Walks over the inputs in their order and says what of each belongs to a shard.
///
/// The inputs are laid end to end, each with [`FILE_WEIGHT`] more than its bytes, and cut into equal stretches.
#[derive(Debug)]
pub(crate) struct Sharding {
    shard: Shard,
    total: u64,
    /// The weight of the inputs before the next one.
    before: u64,
}

impl Sharding {
    /// A shard of inputs of these sizes.
    pub(crate) fn new(shard: Shard, sizes: impl Iterator<Item = u64>) -> Self {
        let total = sizes.fold(0, |sum: u64, size| sum.saturating_add(weight(size)));
        Self { shard, total, before: 0 }
    }

    /// The only shard of a run; it needs no sizes.
    pub(crate) fn none() -> Self {
        Self::new(Shard::WHOLE, std::iter::empty())
    }

    /// Whether the next input, which is read by one shard as a whole, is this shard's.
    pub(crate) fn takes_file(&mut self, size: u64) -> bool {
        let takes = self.owner(self.before) == u64::from(self.shard.number);
        self.before = self.before.saturating_add(weight(size));
        takes
    }

    /// The bytes of the next input, which is cut at multiples of `cell`, that are this shard's. The last range reaches
    /// beyond the end, as the file may have grown since its size was asked for.
    pub(crate) fn range_of_file(&mut self, size: u64, cell: u64) -> Range<u64> {
        let cell = cell.max(1);
        let cells = size.div_ceil(cell).max(1);
        // A later cell never belongs to an earlier shard: binary search finds where this shard's cells begin.
        let first = |wanted: &dyn Fn(u64) -> bool| {
            let (mut low, mut high) = (0, cells);
            while low < high {
                let middle = low + (high - low) / 2;
                if wanted(self.owner(self.before.saturating_add(middle * cell))) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            low
        };
        let number = u64::from(self.shard.number);
        let (from, to) = (first(&|owner| owner >= number), first(&|owner| owner > number));
        self.before = self.before.saturating_add(weight(size));
        let end = if to == cells && from < to { u64::MAX } else { to * cell };
        from * cell..end
    }

    /// The number of the shard that owns a byte.
    fn owner(&self, at: u64) -> u64 {
        let of = u64::from(self.shard.of);
        let number = u128::from(at) * u128::from(of) / u128::from(self.total.max(1));
        u64::try_from(number).unwrap_or(u64::MAX).min(of - 1) + 1
    }
}

fn weight(size: u64) -> u64 {
    size.saturating_add(FILE_WEIGHT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shard_is_a_number_of_a_number() {
        assert_eq!("2/4".parse(), Ok(Shard { number: 2, of: 4 }));
        assert_eq!("1/1".parse(), Ok(Shard::WHOLE));
        for wrong in ["", "2", "0/4", "5/4", "-1/4", "1/0", "1/4/4", "a/b", "1/99999999999"] {
            assert_eq!(wrong.parse::<Shard>(), Err(ShardSyntaxError), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn shards_are_everything_once(
            files in prop::collection::vec((0_u64..100_000, any::<bool>()), 0..20),
            of in 1_u32..9,
        ) {
            let mut whole = vec![0; files.len()];
            let mut ends = vec![0; files.len()];
            for number in 1..=of {
                let sizes = files.iter().map(|(size, _)| *size);
                let mut sharding = Sharding::new(Shard { number, of }, sizes);
                for (at, (size, divided)) in files.iter().enumerate() {
                    if !divided {
                        whole[at] += usize::from(sharding.takes_file(*size));
                        continue;
                    }
                    let part = sharding.range_of_file(*size, 1000);
                    if !part.is_empty() {
                        // Each begins where the last one ended.
                        prop_assert_eq!(part.start, ends[at]);
                        ends[at] = part.end;
                    }
                }
            }
            for (at, (_, divided)) in files.iter().enumerate() {
                let covered = if *divided { ends[at] == u64::MAX } else { whole[at] == 1 };
                prop_assert!(covered);
            }
        }

        #[test]
        fn shards_of_one_file_are_equal(size in 100_000_u64..10_000_000, of in 1_u32..9) {
            for number in 1..=of {
                let mut sharding = Sharding::new(Shard { number, of }, std::iter::once(size));
                let part = sharding.range_of_file(size, 1000);
                let bytes = part.end.min(size) - part.start;
                prop_assert!(bytes.abs_diff(size / u64::from(of)) <= 6000, "{bytes}");
            }
        }
    }
}
