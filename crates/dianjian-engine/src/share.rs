//! Which part of the inputs is a share's: decided by their sizes alone, so that every machine divides them alike.

use std::ops::Range;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use dianjian_base::lang::{Lang, Localized};

/// What a file weighs beside its bytes: opening it takes time too.
const FILE_WEIGHT: u64 = 4096;

/// More shares than these are a mistake.
const MOST_SHARES: u32 = 10_000;

/// One of several equal shares of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Share {
    /// The whole.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
}

/// What was given does not say which share is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected I/N with I from 1 to N, such as 2/4")]
pub struct NoShare;

impl Localized for NoShare {
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => "应写成 I/N，I 从 1 到 N，例如 2/4".to_owned(),
            Lang::En => self.to_string(),
        }
    }

    fn help(&self, _lang: Lang) -> Option<String> {
        None
    }
}

impl FromStr for Share {
    type Err = NoShare;

    /// Reads `2/4`.
    fn from_str(text: &str) -> Result<Self, NoShare> {
        let (number, of) = text.split_once('/').ok_or(NoShare)?;
        let share = Self { number: number.parse().map_err(|_| NoShare)?, of: of.parse().map_err(|_| NoShare)? };
        let is_right = share.of <= MOST_SHARES && (1..=share.of).contains(&share.number);
        if is_right { Ok(share) } else { Err(NoShare) }
    }
}

/// The inputs one after another, each laid beside its share.
#[derive(Debug)]
pub(super) struct Division {
    share: Share,
    total: u64,
    /// What lies before the next input.
    before: u64,
}

impl Division {
    /// Inputs of these sizes.
    pub(super) fn new(share: Share, sizes: impl Iterator<Item = u64>) -> Self {
        let total = sizes.fold(0, |sum: u64, size| sum.saturating_add(weight(size)));
        Self { share, total, before: 0 }
    }

    /// Is the next input, which is not divided, the share's?
    pub(super) fn takes_file(&mut self, size: u64) -> bool {
        let takes = self.takes(self.before);
        self.before = self.before.saturating_add(weight(size));
        takes
    }

    /// The bytes of the next input, which is divided at multiples of `cell`, that are the share's. The last of them
    /// reaches beyond the end, wherever that turns out to be.
    pub(super) fn part_of_file(&mut self, size: u64, cell: u64) -> Range<u64> {
        let cell = cell.max(1);
        let cells = size.div_ceil(cell).max(1);
        // Where the cells of a share begin grows with its number, so that they can be searched.
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
        let number = u64::from(self.share.number);
        let (from, to) = (first(&|owner| owner >= number), first(&|owner| owner > number));
        self.before = self.before.saturating_add(weight(size));
        let end = if to == cells && from < to { u64::MAX } else { to * cell };
        from * cell..end
    }

    fn takes(&self, at: u64) -> bool {
        self.owner(at) == u64::from(self.share.number)
    }

    /// Whose the byte is.
    fn owner(&self, at: u64) -> u64 {
        let of = u64::from(self.share.of);
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
    fn a_share_is_a_number_of_a_number() {
        assert_eq!("2/4".parse(), Ok(Share { number: 2, of: 4 }));
        assert_eq!("1/1".parse(), Ok(Share::WHOLE));
        for wrong in ["", "2", "0/4", "5/4", "-1/4", "1/0", "1/4/4", "a/b", "1/99999999999"] {
            assert_eq!(wrong.parse::<Share>(), Err(NoShare), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn shares_are_everything_once(
            files in prop::collection::vec((0_u64..100_000, any::<bool>()), 0..20),
            of in 1_u32..9,
        ) {
            let mut whole = vec![0; files.len()];
            let mut ends = vec![0; files.len()];
            for number in 1..=of {
                let sizes = files.iter().map(|(size, _)| *size);
                let mut division = Division::new(Share { number, of }, sizes);
                for (at, (size, divided)) in files.iter().enumerate() {
                    if !divided {
                        whole[at] += usize::from(division.takes_file(*size));
                        continue;
                    }
                    let part = division.part_of_file(*size, 1000);
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
        fn shares_of_one_file_are_equal(size in 100_000_u64..10_000_000, of in 1_u32..9) {
            for number in 1..=of {
                let mut division = Division::new(Share { number, of }, std::iter::once(size));
                let part = division.part_of_file(size, 1000);
                let bytes = part.end.min(size) - part.start;
                prop_assert!(bytes.abs_diff(size / u64::from(of)) <= 6000, "{bytes}");
            }
        }
    }
}
