//! Thresholds: which pixels of a picture are dark.
//!
//! No threshold suits all pictures. Block means follow light and shadow at the scale of a code, a window of a given
//! radius keeps fine modules apart, one global value is best for clean drawings of large modules.

use std::borrow::Cow;

use image::{GrayImage, imageops};
use rxing::common::{BIT_FIELD_BASE_BITS, BitArray, BitFieldBaseType, BitMatrix};

/// A picture and which of its pixels are dark: what decoding engines read.
pub(super) struct BinarizedImage<'g> {
    /// The picture, of the same size as `dark`.
    pub(super) grey: Cow<'g, GrayImage>,
    pub(super) dark: BitMatrix,
    /// Rows of this image per row of the picture it was made from: 1 unless it was enlarged. Rows that come from the
    /// same source row are no independent evidence.
    pub(super) rows_per_source_row: u32,
}

/// The value up to which a pixel is dark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Threshold {
    /// The mean of 5 by 5 blocks of 8 by 8 pixels; blocks without contrast take over the value of their neighbours.
    Blocks,
    /// The mean of the window of this radius in pixels, less `darker`.
    Window { radius: usize, darker: i32 },
    /// One value for the whole picture, by Otsu's method.
    Global,
}

impl<'g> BinarizedImage<'g> {
    /// Binarizes a picture; `None` if it has no pixels. Pictures too small for 5 by 5 blocks get a global threshold
    /// instead.
    pub(super) fn new(grey: Cow<'g, GrayImage>, threshold: Threshold) -> Option<Self> {
        let (width, height) = grey.dimensions();
        if width == 0 || height == 0 {
            return None;
        }
        let dark = match threshold {
            Threshold::Blocks if width >= 5 * BLOCK as u32 && height >= 5 * BLOCK as u32 => by_blocks(&grey)?,
            Threshold::Window { radius, darker } => by_window(&grey, radius, darker)?,
            Threshold::Blocks | Threshold::Global => by_value(&grey, otsu_threshold(&grey))?,
        };
        Some(Self { grey, dark, rows_per_source_row: 1 })
    }

    pub(super) fn inverted(mut self) -> Self {
        imageops::invert(self.grey.to_mut());
        self.dark.flip_self();
        self
    }
}

/// Pixels of a block's side.
const BLOCK: usize = 8;

/// Range of grey values up to which a block counts as one tone.
const FLAT: u8 = 24;

/// Images up to this size keep their grain: they are read quickly enough, and in a crop nothing may be missed.
const MAX_PIXELS_WITH_GRAIN: usize = 600_000;

/// Packs rows of 0 and 1, which `row` fills in by their number, into a bit matrix. Large images lose their grain.
fn pack_matrix(width: usize, height: usize, mut row: impl FnMut(usize, &mut [u8])) -> Option<BitMatrix> {
    let mut matrix = BitMatrix::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?).ok()?;
    let mut bits = BitArray::with_size(width);
    let mut marks = vec![0_u8; width * BLOCK];
    for top in (0..height).step_by(BLOCK) {
        let band = &mut marks[..width * BLOCK.min(height - top)];
        for (y, line) in band.chunks_exact_mut(width).enumerate() {
            row(top + y, line);
        }
        if width * height > MAX_PIXELS_WITH_GRAIN {
            whiten_grain(band, width);
        }
        for (y, line) in band.chunks_exact(width).enumerate() {
            pack_row(line, &mut bits);
            matrix.setRow(u32::try_from(top + y).ok()?, &bits);
        }
    }
    Some(matrix)
}

/// Packs a row of 0 and 1 into bits.
fn pack_row(marks: &[u8], bits: &mut BitArray) {
    for (word, marks) in marks.chunks(BIT_FIELD_BASE_BITS).enumerate() {
        let (eights, rest) = marks.as_chunks::<8>();
        let mut value: BitFieldBaseType = 0;
        for (at, eight) in eights.iter().enumerate() {
            // Eight bytes of 0 or 1 to eight bits, the first the lowest.
            let byte = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            value |= (byte as BitFieldBaseType) << (8 * at);
        }
        for (at, mark) in rest.iter().enumerate() {
            value |= BitFieldBaseType::from(*mark) << (8 * eights.len() + at);
        }
        bits.setBulk(word * BIT_FIELD_BASE_BITS, value);
    }
}

/// A block with more changes between light and dark than this, counted across and down, is grain.
///
/// Random pixels have 60 on average; a code with modules of two pixels has 30, and hardly any code with finer modules
/// can be read. Engines look for a finder pattern wherever there are bars, and grain has more bars than anything else
/// (measured: they take 8 ms for 1080 by 1920 pixels with grain, 1 ms without it).
const GRAIN_CHANGES: u32 = 48;

/// Blocks on either side that are averaged with a block: a code may exceed the limit in a single one by chance.
const GRAIN_NEIGHBOURS: usize = 2;

/// Whitens the blocks of a row of blocks that are nothing but grain. Barcodes are kept: they change in one direction.
fn whiten_grain(band: &mut [u8], width: usize) {
    let changes = count_changes(band, width);
    let counts: Vec<u32> = changes.chunks(BLOCK).map(|columns| columns.iter().map(|&n| u32::from(n)).sum()).collect();
    for block in 0..counts.len() {
        let around = block.saturating_sub(GRAIN_NEIGHBOURS)..(block + GRAIN_NEIGHBOURS + 1).min(counts.len());
        if counts[around.clone()].iter().sum::<u32>() > GRAIN_CHANGES * around.len() as u32 {
            for line in band.chunks_exact_mut(width) {
                line[block * BLOCK..((block + 1) * BLOCK).min(width)].fill(0);
            }
        }
    }
}

/// By column: how often its pixels differ from their neighbours to the right and below.
fn count_changes(band: &[u8], width: usize) -> Vec<u8> {
    let mut changes = vec![0_u8; width];
    let mut lines = band.chunks_exact(width).peekable();
    while let Some(line) = lines.next() {
        for ((changes, mark), right) in changes.iter_mut().zip(line).zip(&line[1..]) {
            *changes += mark ^ right;
        }
        for ((changes, mark), below) in changes.iter_mut().zip(line).zip(lines.peek().copied().unwrap_or(line)) {
            *changes += mark ^ below;
        }
    }
    changes
}

fn by_value(grey: &GrayImage, max_dark: u8) -> Option<BitMatrix> {
    let width = grey.width() as usize;
    pack_matrix(width, grey.height() as usize, |y, marks| {
        let row = &grey.as_raw()[y * width..(y + 1) * width];
        for (mark, value) in marks.iter_mut().zip(row) {
            *mark = u8::from(*value <= max_dark);
        }
    })
}

/// Otsu's threshold: the value that splits the histogram so that the variance between both parts is largest.
fn otsu_threshold(grey: &GrayImage) -> u8 {
    let mut counts = [0_u64; 256];
    for value in grey.as_raw() {
        counts[usize::from(*value)] += 1;
    }
    let total = grey.as_raw().len() as f64;
    let sum: f64 = counts.iter().enumerate().map(|(value, count)| value as f64 * *count as f64).sum();
    let (mut below, mut below_sum, mut best) = (0.0, 0.0, (0.0, 127_u8));
    for (value, count) in (0_u8..255).zip(counts) {
        below += count as f64;
        below_sum += f64::from(value) * count as f64;
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            let apart = below_sum / below - (sum - below_sum) / above;
            let between = below * above * apart * apart;
            if between > best.0 {
                best = (between, value);
            }
        }
    }
    best.1
}

fn by_blocks(grey: &GrayImage) -> Option<BitMatrix> {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let raw = grey.as_raw();
    let (across, down) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    let means = block_means(raw, width, height);
    // The box of five by five blocks is shifted inwards at the edges. It is summed by columns, then across.
    let middle = |at: usize, count: usize| at.clamp(2, count - 3) - 2;
    let mut limits = vec![0_u8; width];
    let mut limits_of = usize::MAX;
    pack_matrix(width, height, |y, marks| {
        let block_row = y / BLOCK;
        if limits_of != block_row {
            limits_of = block_row;
            let top = middle(block_row, down);
            let columns: Vec<u32> =
                (0..across).map(|x| (top..top + 5).map(|row| u32::from(means[row * across + x])).sum()).collect();
            for (x, limits) in limits.chunks_mut(BLOCK).enumerate() {
                let left = middle(x, across);
                limits.fill((columns[left..left + 5].iter().sum::<u32>() / 25) as u8);
            }
        }
        let row = &raw[y * width..(y + 1) * width];
        for ((mark, value), limit) in marks.iter_mut().zip(row).zip(&limits) {
            *mark = u8::from(value <= limit);
        }
    })
}

/// The threshold of each block of 8 by 8 pixels, row by row. The last blocks are shifted back so that they are whole.
fn block_means(raw: &[u8], width: usize, height: usize) -> Vec<u8> {
    let (across, down) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    let mut means = vec![0_u8; across * down];
    let (mut sums, mut lows, mut highs) = (vec![0_u16; width], vec![0_u8; width], vec![0_u8; width]);
    for block_row in 0..down {
        let top = (block_row * BLOCK).min(height - BLOCK);
        // By columns of pixels first: these loops vectorize.
        sums.fill(0);
        lows.fill(u8::MAX);
        highs.fill(0);
        for line in raw[top * width..(top + BLOCK) * width].chunks_exact(width) {
            sums.iter_mut().zip(line).for_each(|(sum, value)| *sum += u16::from(*value));
            lows.iter_mut().zip(line).for_each(|(low, value)| *low = *value.min(low));
            highs.iter_mut().zip(line).for_each(|(high, value)| *high = *value.max(high));
        }
        for block in 0..across {
            let left = (block * BLOCK).min(width - BLOCK);
            let columns = left..left + BLOCK;
            let low = lows[columns.clone()].iter().fold(u8::MAX, |low, value| low.min(*value));
            let high = highs[columns.clone()].iter().fold(0, |high: u8, value| high.max(*value));
            let at = block_row * across + block;
            means[at] = if high - low > FLAT {
                (sums[columns].iter().sum::<u16>() / (BLOCK * BLOCK) as u16) as u8
            } else {
                // A block of one tone is light, unless it is darker than its neighbours' threshold: then it lies in a
                // dark module larger than a block.
                let light = low / 2;
                if block_row > 0 && block > 0 {
                    let (above, before) = (at - across, at - 1);
                    let known =
                        (u32::from(means[above]) + 2 * u32::from(means[before]) + u32::from(means[above - 1])) / 4;
                    if u32::from(low) < known { known as u8 } else { light }
                } else {
                    light
                }
            };
        }
    }
    means
}

fn by_window(grey: &GrayImage, radius: usize, darker: i32) -> Option<BitMatrix> {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let raw = grey.as_raw();
    let mut columns = vec![0_u32; width];
    let mut before = vec![0_u32; width + 1];
    let (mut from, mut to) = (0, 0);
    pack_matrix(width, height, |y, marks| {
        while to < (y + radius + 1).min(height) {
            columns.iter_mut().zip(&raw[to * width..]).for_each(|(sum, value)| *sum += u32::from(*value));
            to += 1;
        }
        while from + radius < y {
            columns.iter_mut().zip(&raw[from * width..]).for_each(|(sum, value)| *sum -= u32::from(*value));
            from += 1;
        }
        // Prefix sums of the columns, so that any window is one subtraction.
        let mut sum = 0_u32;
        for (before, column) in before.iter_mut().zip(std::iter::once(&0).chain(&columns)) {
            sum = sum.wrapping_add(*column);
            *before = sum;
        }
        let row = &raw[y * width..(y + 1) * width];
        let rows = (to - from) as i32;
        let mark = |value: u8, sum: u32, across: i32| {
            u8::from((i32::from(value) + darker) * rows * across <= sum.cast_signed())
        };
        let reach = radius.min(width);
        for x in (0..reach).chain(width.saturating_sub(radius).max(reach)..width) {
            let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
            marks[x] = mark(row[x], before[right].wrapping_sub(before[left]), (right - left) as i32);
        }
        // Away from the edges all windows have the same width.
        let across = 2 * radius + 1;
        let inner = marks.iter_mut().zip(row).skip(radius);
        let sums = before.iter().zip(before.iter().skip(across));
        for ((to, value), (left, right)) in inner.zip(sums) {
            *to = mark(*value, right.wrapping_sub(*left), across as i32);
        }
    })
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    /// Fine squares on a ground that gets darker to the right.
    fn shaded(width: u32, height: u32) -> GrayImage {
        GrayImage::from_fn(width, height, |x, y| {
            let ground = 240 - x * 160 / width;
            Luma([(if (x / 4 + y / 4) % 2 == 0 { ground / 3 } else { ground }) as u8])
        })
    }

    /// Side of the images, large enough to lose their grain.
    const SIDE: u32 = 800;

    /// Squares of `side` pixels, dark or light at random.
    fn by_chance(side: u32) -> GrayImage {
        let across = SIDE / side;
        let mut state = 1_u32;
        let dark: Vec<bool> = (0..across * across)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> 31 == 1
            })
            .collect();
        GrayImage::from_fn(SIDE, SIDE, |x, y| {
            Luma([if dark[(y / side * across + x / side) as usize] { 40 } else { 220 }])
        })
    }

    #[test]
    fn grain_is_white_and_fine_modules_and_bars_are_not() {
        for threshold in [Threshold::Blocks, Threshold::Window { radius: 10, darker: 0 }, Threshold::Global] {
            let share = |grey: &GrayImage| {
                let image = BinarizedImage::new(Cow::Borrowed(grey), threshold).unwrap();
                let dark =
                    (0..SIDE).flat_map(|x| (0..SIDE).map(move |y| (x, y))).filter(|&(x, y)| image.dark.get(x, y));
                dark.count() as f32 / (SIDE * SIDE) as f32
            };
            assert!(share(&by_chance(1)) < 0.02, "{threshold:?}");
            assert!(share(&by_chance(2)) > 0.4, "{threshold:?}");
            let bars = GrayImage::from_fn(SIDE, SIDE, |x, _| Luma([if x / 2 % 2 == 0 { 40 } else { 220 }]));
            assert!(share(&bars) > 0.4, "{threshold:?}");
        }
    }

    #[test]
    fn shadow_does_not_hide_modules() {
        for size in [40, 41, 63, 64, 65, 130] {
            let grey = shaded(size, size + 3);
            for threshold in [Threshold::Blocks, Threshold::Window { radius: 10, darker: 0 }] {
                let image = BinarizedImage::new(Cow::Borrowed(&grey), threshold).unwrap();
                let inner = (6..size - 6).flat_map(|x| (6..size - 6).map(move |y| (x, y)));
                let wrong = inner.filter(|&(x, y)| image.dark.get(x, y) != ((x / 4 + y / 4) % 2 == 0)).count();
                assert_eq!(wrong, 0, "{size} {threshold:?}");
            }
        }
    }

    #[test]
    fn every_size_is_seen() {
        for (width, height) in [(1, 1), (1, 90), (90, 1), (7, 8), (39, 41), (40, 40), (67, 129)] {
            for threshold in [Threshold::Blocks, Threshold::Global, Threshold::Window { radius: 9, darker: 3 }] {
                let image = BinarizedImage::new(Cow::Owned(shaded(width, height)), threshold).unwrap();
                assert_eq!((image.dark.width(), image.dark.height()), (width, height));
                let before = image.dark.get(0, 0);
                assert_ne!(image.inverted().dark.get(0, 0), before);
            }
        }
        assert!(BinarizedImage::new(Cow::Owned(GrayImage::new(0, 5)), Threshold::Blocks).is_none());
    }
}
