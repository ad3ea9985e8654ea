//! One way to see a picture in black and white: engines read what this module prepares.
//!
//! No threshold suits all: by blocks follows light and shadow at a code's own size, by a window of a
//! given radius keeps fine modules apart, one for all is best for clean drawings of large modules.

use std::borrow::Cow;

use image::{GrayImage, imageops};
use rxing::common::{BIT_FIELD_BASE_BITS, BitArray, BitFieldBaseType, BitMatrix};

use crate::{Point, Quad};

/// A picture and which of its pixels are dark.
pub(super) struct Sheet<'g> {
    /// The picture as the engine sees it.
    pub(super) grey: Cow<'g, GrayImage>,
    /// Its dark pixels.
    pub(super) dark: BitMatrix,
    /// How many of its rows show one of the picture's: 1 unless it was enlarged.
    pub(super) rows_a_row: u32,
}

/// What is taken for dark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Threshold {
    /// The mean of 5 by 5 blocks of 8 by 8 pixels; where there is no contrast, what the neighbours took.
    Blocks,
    /// Darker by so much than the mean of the window of that radius.
    Window { radius: usize, darker: i32 },
    /// One value that parts the picture's greys in two groups.
    Global,
}

impl<'g> Sheet<'g> {
    /// Sees a picture by that threshold; `None` where it has no pixels.
    pub(super) fn new(grey: Cow<'g, GrayImage>, threshold: Threshold) -> Option<Self> {
        let (width, height) = grey.dimensions();
        if width == 0 || height == 0 {
            return None;
        }
        let dark = match threshold {
            Threshold::Blocks if width >= 5 * BLOCK as u32 && height >= 5 * BLOCK as u32 => blocks(&grey)?,
            Threshold::Window { radius, darker } => window(&grey, radius, darker)?,
            Threshold::Blocks | Threshold::Global => below(&grey, parting(&grey))?,
        };
        Some(Self { grey, dark, rows_a_row: 1 })
    }

    /// The same with light and dark exchanged.
    pub(super) fn inverted(mut self) -> Self {
        imageops::invert(self.grey.to_mut());
        self.dark.flip_self();
        self
    }
}

const BLOCK: usize = 8;
/// Greys of a block without a code differ by less.
const FLAT: u8 = 24;

/// Sheets of no more pixels are read as they are: that is quick enough, and of a crop nothing may be missed.
const READ_AS_IT_IS: usize = 600_000;

/// Collects rows of 0 and 1 as bits; large sheets lose their grain.
fn matrix(width: usize, height: usize, mut row: impl FnMut(usize, &mut [u8])) -> Option<BitMatrix> {
    let mut matrix = BitMatrix::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?).ok()?;
    let mut bits = BitArray::with_size(width);
    let mut marks = vec![0_u8; width * BLOCK];
    for top in (0..height).step_by(BLOCK) {
        let band = &mut marks[..width * BLOCK.min(height - top)];
        for (y, line) in band.chunks_exact_mut(width).enumerate() {
            row(top + y, line);
        }
        if width * height > READ_AS_IT_IS {
            whiten_grain(band, width);
        }
        for (y, line) in band.chunks_exact(width).enumerate() {
            pack(line, &mut bits);
            matrix.setRow(u32::try_from(top + y).ok()?, &bits);
        }
    }
    Some(matrix)
}

/// A row of 0 and 1 as bits.
fn pack(marks: &[u8], bits: &mut BitArray) {
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

/// So many changes from light to dark in a block, across and down, are grain.
///
/// Where every pixel is by chance there are 60; a code of modules of two pixels has 30, and hardly one of finer ones can be
/// read. Engines look for a finder wherever there are bars, and grain has more of them than all else (measured: of 1080 by
/// 1920 with grain they take 8 ms, without it 1).
const GRAIN: u32 = 48;
/// Blocks to both sides whose changes count as well: a code may have so many in one by chance.
const GRAIN_BESIDE: usize = 2;

/// Whitens what is nothing but grain in a row of blocks. Bars are not: they change one way only.
fn whiten_grain(band: &mut [u8], width: usize) {
    let changes = changes(band, width);
    let counts: Vec<u32> = changes.chunks(BLOCK).map(|columns| columns.iter().map(|&n| u32::from(n)).sum()).collect();
    for block in 0..counts.len() {
        let around = block.saturating_sub(GRAIN_BESIDE)..(block + GRAIN_BESIDE + 1).min(counts.len());
        if counts[around.clone()].iter().sum::<u32>() > GRAIN * around.len() as u32 {
            for line in band.chunks_exact_mut(width) {
                line[block * BLOCK..((block + 1) * BLOCK).min(width)].fill(0);
            }
        }
    }
}

/// How often the pixels of each column differ from their neighbours to the right and below.
fn changes(band: &[u8], width: usize) -> Vec<u8> {
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

fn below(grey: &GrayImage, most: u8) -> Option<BitMatrix> {
    let width = grey.width() as usize;
    matrix(width, grey.height() as usize, |y, marks| {
        let row = &grey.as_raw()[y * width..(y + 1) * width];
        for (mark, value) in marks.iter_mut().zip(row) {
            *mark = u8::from(*value <= most);
        }
    })
}

/// The value that parts the greys in two groups that differ most (after Otsu).
fn parting(grey: &GrayImage) -> u8 {
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

fn blocks(grey: &GrayImage) -> Option<BitMatrix> {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let raw = grey.as_raw();
    let (across, down) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    let means = block_means(raw, width, height);
    // Sums of five in a row, then of five rows.
    let middle = |at: usize, count: usize| at.clamp(2, count - 3) - 2;
    let mut limits = vec![0_u8; width];
    let mut limits_of = usize::MAX;
    matrix(width, height, |y, marks| {
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

/// What parts light and dark in each block of 8 by 8 pixels; the last ones reach back to be whole.
fn block_means(raw: &[u8], width: usize, height: usize) -> Vec<u8> {
    let (across, down) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    let mut means = vec![0_u8; across * down];
    let (mut sums, mut lows, mut highs) = (vec![0_u16; width], vec![0_u8; width], vec![0_u8; width]);
    for block_row in 0..down {
        let top = (block_row * BLOCK).min(height - BLOCK);
        // Column by column of pixels first, which the compiler makes vectors of.
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
                // A block of one tone is light, unless its neighbours know it for the dark of a large module.
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

fn window(grey: &GrayImage, radius: usize, darker: i32) -> Option<BitMatrix> {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let raw = grey.as_raw();
    let mut columns = vec![0_u32; width];
    let mut before = vec![0_u32; width + 1];
    let (mut from, mut to) = (0, 0);
    matrix(width, height, |y, marks| {
        while to < (y + radius + 1).min(height) {
            columns.iter_mut().zip(&raw[to * width..]).for_each(|(sum, value)| *sum += u32::from(*value));
            to += 1;
        }
        while from + radius < y {
            columns.iter_mut().zip(&raw[from * width..]).for_each(|(sum, value)| *sum -= u32::from(*value));
            from += 1;
        }
        // Sums of all columns before each.
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
        // Where the window lies within the row it has one width.
        let across = 2 * radius + 1;
        let inner = marks.iter_mut().zip(row).skip(radius);
        let sums = before.iter().zip(before.iter().skip(across));
        for ((to, value), (left, right)) in inner.zip(sums) {
            *to = mark(*value, right.wrapping_sub(*left), across as i32);
        }
    })
}

/// A picture made from another one, and the way back.
pub(super) struct Derived<'o> {
    pub(super) grey: Cow<'o, GrayImage>,
    /// A point of the original is `origin + x * right + y * down`.
    origin: Point,
    right: Point,
    down: Point,
}

impl<'o> Derived<'o> {
    fn scaled(grey: Cow<'o, GrayImage>, original: &GrayImage) -> Self {
        let factor = |from: u32, to: u32| from as f32 / to.max(1) as f32;
        let right = Point::new(factor(original.width(), grey.width()), 0.0);
        let down = Point::new(0.0, factor(original.height(), grey.height()));
        Self { grey, origin: Point::default(), right, down }
    }

    /// The picture itself.
    pub(super) fn same(original: &'o GrayImage) -> Self {
        Self::scaled(Cow::Borrowed(original), original)
    }

    /// Half as wide and high, by the mean of four.
    pub(super) fn halved(&self) -> Self {
        let grey = halved(&self.grey);
        let factor = |from: u32, to: u32| from as f32 / to.max(1) as f32;
        // The last odd row and column are left out, so that pixels stay square.
        let (x, y) = (factor(2 * grey.width(), grey.width()), factor(2 * grey.height(), grey.height()));
        let right = Point::new(self.right.x * x, self.right.y * x);
        let down = Point::new(self.down.x * y, self.down.y * y);
        Self { grey: Cow::Owned(grey), origin: self.origin, right, down }
    }

    /// Larger by a whole factor, smooth.
    pub(super) fn enlarged(original: &GrayImage, factor: u32) -> Self {
        let (width, height) = (original.width() * factor, original.height() * factor);
        let grey = imageops::resize(original, width, height, imageops::FilterType::CatmullRom);
        Self::scaled(Cow::Owned(grey), original)
    }

    /// Fine structures stronger, as if it were less blurred.
    pub(super) fn sharpened(original: &GrayImage, blur: f32) -> Self {
        Self::scaled(Cow::Owned(imageops::unsharpen(original, blur, 0)), original)
    }

    /// Turned by an angle (radians) about its middle, on white.
    pub(super) fn turned(original: &'o GrayImage, angle: f32) -> Self {
        let (width, height) = (original.width() as f32, original.height() as f32);
        let (sin, cos) = angle.sin_cos();
        let new_width = (width * cos.abs() + height * sin.abs()).ceil();
        let new_height = (width * sin.abs() + height * cos.abs()).ceil();
        let origin = Point::new(
            (width - cos * new_width + sin * new_height) / 2.0,
            (height - sin * new_width - cos * new_height) / 2.0,
        );
        let (right, down) = (Point::new(cos, sin), Point::new(-sin, cos));
        let mut turned = Self { grey: Cow::Borrowed(original), origin, right, down };
        let grey = GrayImage::from_fn(new_width as u32, new_height as u32, |x, y| {
            let at = turned.back(Point::new(x as f32 + 0.5, y as f32 + 0.5));
            imageops::interpolate_bilinear(original, at.x - 0.5, at.y - 0.5).unwrap_or(image::Luma([255]))
        });
        turned.grey = Cow::Owned(grey);
        turned
    }

    /// The place in the original.
    pub(super) fn back(&self, point: Point) -> Point {
        Point::new(
            self.origin.x + point.x * self.right.x + point.y * self.down.x,
            self.origin.y + point.x * self.right.y + point.y * self.down.y,
        )
    }

    /// The corners in the original.
    pub(super) fn back_quad(&self, quad: Quad) -> Quad {
        quad.map(|point| self.back(point))
    }
}

fn halved(grey: &GrayImage) -> GrayImage {
    let (width, height) = (grey.width() / 2, grey.height() / 2);
    let row = grey.width() as usize;
    let mut half = Vec::with_capacity((width * height) as usize);
    for y in 0..height as usize {
        let (upper, lower) = grey.as_raw()[2 * y * row..].split_at(row);
        let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        half.extend(
            pairs.take(width as usize).map(|([a, b], [c, d])| {
                ((u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d) + 2) / 4) as u8
            }),
        );
    }
    GrayImage::from_raw(width, height, half).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Fine squares on a ground that gets darker to the right.
    fn shaded(width: u32, height: u32) -> GrayImage {
        GrayImage::from_fn(width, height, |x, y| {
            let ground = 240 - x * 160 / width;
            Luma([(if (x / 4 + y / 4) % 2 == 0 { ground / 3 } else { ground }) as u8])
        })
    }

    /// Pixels of a side of large sheets.
    const SIDE: u32 = 800;

    /// Squares of so many pixels, dark or light by chance.
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
                let sheet = Sheet::new(Cow::Borrowed(grey), threshold).unwrap();
                let dark =
                    (0..SIDE).flat_map(|x| (0..SIDE).map(move |y| (x, y))).filter(|&(x, y)| sheet.dark.get(x, y));
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
                let sheet = Sheet::new(Cow::Borrowed(&grey), threshold).unwrap();
                let inner = (6..size - 6).flat_map(|x| (6..size - 6).map(move |y| (x, y)));
                let wrong = inner.filter(|&(x, y)| sheet.dark.get(x, y) != ((x / 4 + y / 4) % 2 == 0)).count();
                assert_eq!(wrong, 0, "{size} {threshold:?}");
            }
        }
    }

    #[test]
    fn every_size_is_seen() {
        for (width, height) in [(1, 1), (1, 90), (90, 1), (7, 8), (39, 41), (40, 40), (67, 129)] {
            for threshold in [Threshold::Blocks, Threshold::Global, Threshold::Window { radius: 9, darker: 3 }] {
                let sheet = Sheet::new(Cow::Owned(shaded(width, height)), threshold).unwrap();
                assert_eq!((sheet.dark.width(), sheet.dark.height()), (width, height));
                let before = sheet.dark.get(0, 0);
                assert_ne!(sheet.inverted().dark.get(0, 0), before);
            }
        }
        assert!(Sheet::new(Cow::Owned(GrayImage::new(0, 5)), Threshold::Blocks).is_none());
    }

    #[test]
    fn derived_pictures_know_the_way_back() {
        let mut original = GrayImage::from_pixel(60, 40, Luma([255]));
        for (x, y) in [(44, 12), (45, 12), (44, 13), (45, 13)] {
            original.put_pixel(x, y, Luma([0]));
        }
        let same = Derived::same(&original);
        let all = [
            same.halved(),
            Derived::enlarged(&original, 3),
            Derived::turned(&original, 0.8),
            Derived::turned(&original, -1.2).halved(),
            same,
        ];
        for derived in all {
            let dark = |(_, _, pixel): &(u32, u32, &Luma<u8>)| pixel.0[0] < 200;
            let dark: Vec<_> = derived.grey.enumerate_pixels().filter(dark).collect();
            let count = dark.len() as f32;
            let x = dark.iter().map(|(x, _, _)| *x as f32 + 0.5).sum::<f32>() / count;
            let y = dark.iter().map(|(_, y, _)| *y as f32 + 0.5).sum::<f32>() / count;
            let place = derived.back(Point::new(x, y));
            assert!(place.distance(Point::new(45.0, 13.0)) < 0.9, "{place:?}");
        }
    }
}
