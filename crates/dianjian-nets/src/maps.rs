//! Feature maps.

use std::cell::RefCell;
use std::ops::Range;

/// Places of a band, more or less.
const BAND: usize = 256;

/// Numbers that a thread keeps room for, at most.
const SPARE: usize = 4 << 20;

thread_local! {
    /// Room of maps that are gone, for those to come: a network makes maps of the same sizes again and again, and
    /// memory that is new from the system takes a third of the time.
    static ROOM: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// Rows by columns of places, each with its channels side by side, and a margin of zeros around all.
#[derive(Debug, Clone, PartialEq)]
pub struct Maps {
    rows: usize,
    columns: usize,
    channels: usize,
    margin: usize,
    values: Vec<f32>,
}

impl Maps {
    /// Maps of zeros.
    #[must_use]
    pub fn zeros([rows, columns, channels]: [usize; 3], margin: usize) -> Self {
        let values = zeros((rows + 2 * margin) * (columns + 2 * margin) * channels);
        Self { rows, columns, channels, margin, values }
    }

    /// Rows, columns and channels.
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        [self.rows, self.columns, self.channels]
    }

    /// Places of zeros on each side.
    #[must_use]
    pub const fn margin(&self) -> usize {
        self.margin
    }

    /// The rows in bands: so few that what several layers make of a band stays in the processor's caches.
    pub fn bands(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (rows, band) = (self.rows, (BAND / self.columns.max(1)).max(1));
        (0..rows).step_by(band).map(move |first| first..rows.min(first + band))
    }

    /// The shape of maps of some of the rows.
    #[must_use]
    pub fn band(&self, rows: &Range<usize>) -> [usize; 3] {
        [rows.len(), self.columns, self.channels]
    }

    /// The channels of a place.
    #[must_use]
    pub fn place(&self, row: usize, column: usize) -> &[f32] {
        let first = self.first(row, column);
        &self.values[first..first + self.channels]
    }

    /// The channels of a row's places, one place after the other.
    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        let first = self.first(row, 0);
        &mut self.values[first..first + self.columns * self.channels]
    }

    /// Adds maps of half the height and width: each place to four.
    pub fn add_doubled(&mut self, half: &Self) {
        let channels = self.channels;
        for row in 0..self.rows {
            for (column, place) in self.row_mut(row).chunks_exact_mut(channels).enumerate() {
                add(place, half.place(row / 2, column / 2));
            }
        }
    }

    /// Makes what is below zero zero.
    pub fn relu(&mut self) {
        for value in &mut self.values {
            *value = value.max(0.0);
        }
    }

    /// Maps of one place: each channel's mean over all places.
    #[must_use]
    pub fn means(&self) -> Self {
        let mut means = Self::zeros([1, 1, self.channels], 0);
        for row in 0..self.rows {
            for column in 0..self.columns {
                add(&mut means.values, self.place(row, column));
            }
        }
        let places = (self.rows * self.columns).max(1) as f32;
        for sum in &mut means.values {
            *sum /= places;
        }
        means
    }

    /// All values, the margin's among them.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// All values, the margin's among them.
    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Values from one row to the next.
    pub(crate) const fn stride(&self) -> usize {
        (self.columns + 2 * self.margin) * self.channels
    }

    /// Where the channels of a place begin.
    pub(crate) const fn first(&self, row: usize, column: usize) -> usize {
        (row + self.margin) * self.stride() + (column + self.margin) * self.channels
    }
}

impl Drop for Maps {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.values);
        // A thread that ends has no room any more.
        let _ = ROOM.try_with(|room| keep(&mut room.borrow_mut(), values));
    }
}

/// Keeps room for maps to come; of too much the smallest goes, which is the soonest had again.
fn keep(room: &mut Vec<Vec<f32>>, values: Vec<f32>) {
    room.push(values);
    let mut total: usize = room.iter().map(Vec::capacity).sum();
    while total > SPARE
        && let Some(least) = (0..room.len()).min_by_key(|&at| room[at].capacity())
    {
        total -= room.swap_remove(least).capacity();
    }
}

/// So many zeros, in the smallest room that is spare and large enough.
fn zeros(count: usize) -> Vec<f32> {
    let spare = ROOM.with_borrow_mut(|room| {
        let enough = (0..room.len()).filter(|&at| room[at].capacity() >= count);
        enough.min_by_key(|&at| room[at].capacity()).map(|at| room.swap_remove(at))
    });
    let Some(mut values) = spare else { return vec![0.0; count] };
    values.clear();
    values.resize(count, 0.0);
    values
}

fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Numbers of -1 to 1 that look like any.
    pub fn numbers(seed: u32, count: usize) -> Vec<f32> {
        let mut state = seed;
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .take(count)
        .collect()
    }

    /// Maps of such numbers.
    pub fn filled([rows, columns, channels]: [usize; 3], margin: usize, seed: u32) -> Maps {
        let mut maps = Maps::zeros([rows, columns, channels], margin);
        let values = numbers(seed, rows * columns * channels);
        for row in 0..rows {
            maps.row_mut(row).copy_from_slice(&values[row * columns * channels..][..columns * channels]);
        }
        maps
    }

    pub fn assert_close(maps: &Maps, expected: &Maps) {
        assert_eq!(maps.shape(), expected.shape());
        for (at, (value, expected)) in maps.values.iter().zip(&expected.values).enumerate() {
            assert!((value - expected).abs() < 1e-4, "{value} for {expected} at {at}");
        }
    }

    #[test]
    fn a_place_is_added_to_four() {
        let mut maps = filled([3, 4, 2], 1, 1);
        let (before, half) = (maps.clone(), filled([2, 2, 2], 0, 2));
        maps.add_doubled(&half);
        for (row, column) in [(0, 0), (1, 1), (2, 3)] {
            let sums = [0, 1].map(|at| before.place(row, column)[at] + half.place(row / 2, column / 2)[at]);
            assert_eq!(maps.place(row, column), sums);
        }
        assert_eq!(maps.values[..12], [0.0; 12]);
    }

    #[test]
    fn room_is_kept_for_the_large_ones_up_to_a_bound() {
        let mut room = Vec::new();
        for count in [100, SPARE / 2, 10, SPARE / 4, SPARE / 4] {
            keep(&mut room, Vec::with_capacity(count));
        }
        let mut kept: Vec<usize> = room.iter().map(Vec::capacity).collect();
        kept.sort_unstable();
        assert_eq!(kept, [SPARE / 4, SPARE / 4, SPARE / 2]);
        keep(&mut room, Vec::with_capacity(SPARE + 1));
        assert!(room.is_empty());
    }

    #[test]
    fn maps_are_zeros_in_room_that_was_used() {
        drop(filled([5, 5, 3], 1, 7));
        assert!(Maps::zeros([5, 4, 3], 1).values.iter().all(|&value| value == 0.0));
    }

    #[test]
    fn bands_are_all_rows() {
        let bands = |rows, columns| Maps::zeros([rows, columns, 1], 1).bands().collect::<Vec<_>>();
        assert_eq!(bands(5, 100), [0..2, 2..4, 4..5]);
        assert_eq!(bands(2, 1000), [0..1, 1..2]);
        assert_eq!(bands(9, 3).len(), 1);
        assert_eq!(bands(0, 3).len() + bands(0, 0).len(), 0);
    }

    #[test]
    fn means_are_those_of_places() {
        let mut maps = Maps::zeros([1, 2, 2], 1);
        maps.row_mut(0).copy_from_slice(&[1.0, -2.0, 3.0, 4.0]);
        assert_eq!(maps.means().place(0, 0), [2.0, 1.0]);
        maps.relu();
        assert_eq!(maps.place(0, 0), [1.0, 0.0]);
    }
}
