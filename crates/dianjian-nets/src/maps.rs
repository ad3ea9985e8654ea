//! Feature maps, and the reuse of their memory.

use std::cell::RefCell;
use std::ops::Range;

/// About how many places a band has, see [`FeatureMaps::bands`].
const BAND_PLACES: usize = 256;

/// The most numbers for which a thread keeps spare buffers.
const MAX_SPARE: usize = 4 << 20;

thread_local! {
    /// Buffers of dropped maps, for new ones. A network makes maps of the same sizes again and again, and memory fresh from
    /// the system took a third of the time (page faults).
    static SPARE_BUFFERS: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// Feature maps: rows by columns of places, the channels of a place side by side (HWC), with a margin of zeros around.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMaps {
    rows: usize,
    columns: usize,
    channels: usize,
    margin: usize,
    values: Vec<f32>,
}

impl FeatureMaps {
    /// Feature maps of zeros, of a shape in rows, columns and channels.
    pub fn zeros([rows, columns, channels]: [usize; 3], margin: usize) -> Self {
        let values = zeros((rows + 2 * margin) * (columns + 2 * margin) * channels);
        Self { rows, columns, channels, margin, values }
    }

    /// Rows, columns and channels.
    pub const fn shape(&self) -> [usize; 3] {
        [self.rows, self.columns, self.channels]
    }

    /// The width of the margin of zeros, in places.
    pub const fn margin(&self) -> usize {
        self.margin
    }

    /// Splits the rows into bands, so small that the outputs of several layers for a band stay in the processor's cache.
    pub fn bands(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (rows, band) = (self.rows, (BAND_PLACES / self.columns.max(1)).max(1));
        (0..rows).step_by(band).map(move |first| first..rows.min(first + band))
    }

    /// The shape of maps with some of the rows.
    pub fn band(&self, rows: &Range<usize>) -> [usize; 3] {
        [rows.len(), self.columns, self.channels]
    }

    /// The channels of a place.
    pub fn place(&self, row: usize, column: usize) -> &[f32] {
        let first = self.first(row, column);
        &self.values[first..first + self.channels]
    }

    /// The values of a row, place by place.
    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        let first = self.first(row, 0);
        &mut self.values[first..first + self.columns * self.channels]
    }

    /// Adds maps of half the height and width, enlarged by repetition.
    pub fn add_doubled(&mut self, half: &Self) {
        let channels = self.channels;
        for row in 0..self.rows {
            for (column, place) in self.row_mut(row).chunks_exact_mut(channels).enumerate() {
                add(place, half.place(row / 2, column / 2));
            }
        }
    }

    /// Applies a rectifier: negative values become 0.
    pub fn relu(&mut self) {
        for value in &mut self.values {
            *value = value.max(0.0);
        }
    }

    /// Global average pooling: a map of one place with the mean of each channel.
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

    /// All values, including the margin.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// All values, including the margin.
    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The distance between rows, in values.
    pub(crate) const fn stride(&self) -> usize {
        (self.columns + 2 * self.margin) * self.channels
    }

    /// The offset of the first channel of a place.
    pub(crate) const fn first(&self, row: usize, column: usize) -> usize {
        (row + self.margin) * self.stride() + (column + self.margin) * self.channels
    }
}

impl Drop for FeatureMaps {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.values);
        // Fails while the thread ends.
        let _ = SPARE_BUFFERS.try_with(|buffers| keep_buffer(&mut buffers.borrow_mut(), values));
    }
}

/// Keeps a buffer. Beyond the limit the smallest ones are freed, which are the cheapest to allocate again.
fn keep_buffer(buffers: &mut Vec<Vec<f32>>, values: Vec<f32>) {
    buffers.push(values);
    let mut total: usize = buffers.iter().map(Vec::capacity).sum();
    while total > MAX_SPARE
        && let Some(least) = (0..buffers.len()).min_by_key(|&at| buffers[at].capacity())
    {
        total -= buffers.swap_remove(least).capacity();
    }
}

/// A buffer of zeros: the smallest spare one that is large enough, else a new one.
fn zeros(count: usize) -> Vec<f32> {
    let spare = SPARE_BUFFERS.with_borrow_mut(|buffers| {
        let enough = (0..buffers.len()).filter(|&at| buffers[at].capacity() >= count);
        enough.min_by_key(|&at| buffers[at].capacity()).map(|at| buffers.swap_remove(at))
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

    /// Pseudo-random numbers from -1 to 1.
    pub fn numbers(seed: u32, count: usize) -> Vec<f32> {
        let mut state = seed;
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .take(count)
        .collect()
    }

    /// FeatureMaps of pseudo-random numbers.
    pub fn filled([rows, columns, channels]: [usize; 3], margin: usize, seed: u32) -> FeatureMaps {
        let mut maps = FeatureMaps::zeros([rows, columns, channels], margin);
        let values = numbers(seed, rows * columns * channels);
        for row in 0..rows {
            maps.row_mut(row).copy_from_slice(&values[row * columns * channels..][..columns * channels]);
        }
        maps
    }

    pub fn assert_close(maps: &FeatureMaps, expected: &FeatureMaps) {
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
        let mut buffers = Vec::new();
        for count in [100, MAX_SPARE / 2, 10, MAX_SPARE / 4, MAX_SPARE / 4] {
            keep_buffer(&mut buffers, Vec::with_capacity(count));
        }
        let mut kept: Vec<usize> = buffers.iter().map(Vec::capacity).collect();
        kept.sort_unstable();
        assert_eq!(kept, [MAX_SPARE / 4, MAX_SPARE / 4, MAX_SPARE / 2]);
        keep_buffer(&mut buffers, Vec::with_capacity(MAX_SPARE + 1));
        assert!(buffers.is_empty());
    }

    #[test]
    fn maps_are_zeros_in_room_that_was_used() {
        drop(filled([5, 5, 3], 1, 7));
        assert!(FeatureMaps::zeros([5, 4, 3], 1).values.iter().all(|&value| value == 0.0));
    }

    #[test]
    fn bands_are_all_rows() {
        let bands = |rows, columns| FeatureMaps::zeros([rows, columns, 1], 1).bands().collect::<Vec<_>>();
        assert_eq!(bands(5, 100), [0..2, 2..4, 4..5]);
        assert_eq!(bands(2, 1000), [0..1, 1..2]);
        assert_eq!(bands(9, 3).len(), 1);
        assert_eq!(bands(0, 3).len() + bands(0, 0).len(), 0);
    }

    #[test]
    fn means_are_those_of_places() {
        let mut maps = FeatureMaps::zeros([1, 2, 2], 1);
        maps.row_mut(0).copy_from_slice(&[1.0, -2.0, 3.0, 4.0]);
        assert_eq!(maps.means().place(0, 0), [2.0, 1.0]);
        maps.relu();
        assert_eq!(maps.place(0, 0), [1.0, 0.0]);
    }
}
