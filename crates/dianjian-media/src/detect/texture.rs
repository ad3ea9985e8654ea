//! Where a picture has the texture of a code: many steps from dark to light, both across and down.
//!
//! Screens and posters are mostly flat, and photos soft; searching only the rest makes them cheap. Measured on the codes of
//! 420 real images at the sizes that the network knows: in each at least two fifths of the blocks pass, while of photos half
//! of the blocks pass and of screens a tenth.

use image::GrayImage;

use crate::{Point, Rect};

/// Side of a block in pixels: the smallest code that the network knows fills most of one wherever it lies.
pub(crate) const BLOCK: u32 = 16;
/// Blocks with a smaller range of values are flat.
const MIN_RANGE: u8 = 14;
/// The least mean difference of neighbours, across and down, as a part of the block's range. With modules as large as the
/// network meets there is an edge at about every fifth pixel, and half of the edges are steps.
const MIN_STEPS: f32 = 0.04;
/// Busy blocks up to this far apart belong together: the wide bars of a finder pattern may leave a block without steps.
const MAX_GAP: usize = 2;
/// Upright bars differ at least this many times more across than down.
const BARS_RATIO: f32 = 2.0;
/// Blocks with bars side by side: the shortest barcodes are longer.
const MIN_BARS_BLOCKS: usize = 3;
/// With more separate areas than this, neighbouring ones are joined.
const MAX_AREAS: usize = 64;

/// Which blocks of a picture have the texture of a code.
#[derive(Debug, Clone)]
pub(crate) struct TextureMap {
    columns: usize,
    rows: usize,
    busy: Vec<bool>,
}

/// The texture of a block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TextureBlock {
    /// The largest value minus the smallest.
    pub range: u8,
    /// Mean difference of horizontal neighbours.
    pub across: f32,
    /// Mean difference of vertical neighbours.
    pub down: f32,
}

impl TextureBlock {
    /// Does it have the texture of a code?
    pub(crate) fn is_busy(&self) -> bool {
        self.range >= MIN_RANGE && self.across.min(self.down) >= MIN_STEPS * f32::from(self.range)
    }

    /// Does it have the texture of upright bars?
    fn has_bars(&self) -> bool {
        self.range >= MIN_RANGE && self.across >= (BARS_RATIO * self.down).max(MIN_STEPS * f32::from(self.range))
    }
}

/// The number of columns of blocks, and the blocks row by row; those at the right and lower edge may be smaller.
pub(crate) fn blocks(image: &GrayImage) -> (usize, Vec<TextureBlock>) {
    let width = image.width() as usize;
    if width == 0 {
        return (0, Vec::new());
    }
    let columns = width.div_ceil(BLOCK as usize);
    let mut blocks = Vec::with_capacity(columns * image.height().div_ceil(BLOCK) as usize);
    let lines: Vec<&[u8]> = image.as_raw().chunks_exact(width).collect();
    let mut sums = ColumnSums::new(width);
    for (index, band) in lines.chunks(BLOCK as usize).enumerate() {
        sums.clear();
        for (row, line) in band.iter().enumerate() {
            let next = lines.get(index * BLOCK as usize + row + 1).unwrap_or(line);
            sums.add(line, next);
        }
        blocks.extend((0..columns).map(|column| sums.block(column, band.len())));
    }
    (columns, blocks)
}

/// Does the row of blocks around a row of pixels show upright bars, as barcodes have?
pub(crate) fn has_bars(image: &GrayImage, row: u32) -> bool {
    let top = row / BLOCK * BLOCK;
    let rows = BLOCK.min(image.height().saturating_sub(top)) as usize;
    let width = image.width() as usize;
    let band = image.as_raw().get(top as usize * width..).unwrap_or_default();
    let band = GrayImage::from_raw(image.width(), rows as u32, band[..rows * width].to_vec()).unwrap_or_default();
    let (columns, blocks) = blocks(&band);
    let least = MIN_BARS_BLOCKS.min(columns).max(1);
    blocks.windows(least).any(|neighbours| neighbours.iter().all(TextureBlock::has_bars))
}

/// Statistics of the pixel columns of a row of blocks.
struct ColumnSums {
    low: Vec<u8>,
    high: Vec<u8>,
    across: Vec<u16>,
    down: Vec<u16>,
}

impl ColumnSums {
    fn new(width: usize) -> Self {
        Self { low: vec![255; width], high: vec![0; width], across: vec![0; width], down: vec![0; width] }
    }

    fn clear(&mut self) {
        self.low.fill(255);
        self.high.fill(0);
        self.across.fill(0);
        self.down.fill(0);
    }

    fn add(&mut self, line: &[u8], next: &[u8]) {
        for (low, &value) in self.low.iter_mut().zip(line) {
            *low = value.min(*low);
        }
        for (high, &value) in self.high.iter_mut().zip(line) {
            *high = value.max(*high);
        }
        for ((sum, &value), &right) in self.across.iter_mut().zip(line).zip(line.get(1..).unwrap_or_default()) {
            *sum += u16::from(value.abs_diff(right));
        }
        for ((sum, &value), &below) in self.down.iter_mut().zip(line).zip(next) {
            *sum += u16::from(value.abs_diff(below));
        }
    }

    fn block(&self, column: usize, height: usize) -> TextureBlock {
        let start = column * BLOCK as usize;
        let span = start..(start + BLOCK as usize).min(self.low.len());
        let pixels = (span.len() * height) as f32;
        let mean = |sums: &[u16]| sums.iter().map(|&sum| u32::from(sum)).sum::<u32>() as f32 / pixels;
        let low = self.low[span.clone()].iter().min().copied().unwrap_or_default();
        let high = self.high[span.clone()].iter().max().copied().unwrap_or_default();
        TextureBlock {
            range: high.saturating_sub(low),
            across: mean(&self.across[span.clone()]),
            down: mean(&self.down[span]),
        }
    }
}

impl TextureMap {
    /// The texture of a picture.
    pub(crate) fn of(image: &GrayImage) -> Self {
        let (columns, blocks) = blocks(image);
        let rows = blocks.len().checked_div(columns).unwrap_or_default();
        Self { columns, rows, busy: blocks.iter().map(TextureBlock::is_busy).collect() }
    }

    /// Clears the blocks that lie mostly in a rectangle.
    pub(crate) fn erase(&mut self, known: Rect) {
        let side = BLOCK as f32;
        for row in 0..self.rows {
            for column in 0..self.columns {
                let block = Rect { left: column as f32 * side, top: row as f32 * side, width: side, height: side };
                if known.shared(block) > 0.5 * block.area() {
                    self.busy[row * self.columns + column] = false;
                }
            }
        }
    }

    /// Keeps only blocks that are busy two by two: a code with a side of three blocks has such wherever it lies, while lines
    /// of text and the edges of things have few.
    pub(crate) fn keep_dense(&mut self) {
        let mut dense = vec![false; self.busy.len()];
        for row in 1..self.rows {
            for column in 1..self.columns {
                let square =
                    [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(up, left)| (row - up) * self.columns + column - left);
                if square.iter().all(|&index| self.busy[index]) {
                    for index in square {
                        dense[index] = true;
                    }
                }
            }
        }
        self.busy = dense;
    }

    /// Keeps only blocks within `reach` of one of the points, in pixels.
    pub(crate) fn keep_near(&mut self, points: impl Iterator<Item = Point>, reach: f32) {
        let mut near = vec![false; self.busy.len()];
        let span = |at: f32, count: usize| {
            let block = |at: f32| (at.max(0.0) / BLOCK as f32) as usize;
            block(at - reach).min(count)..block(at + reach).saturating_add(1).min(count)
        };
        for point in points {
            for row in span(point.y, self.rows) {
                near[row * self.columns..][span(point.x, self.columns)].fill(true);
            }
        }
        self.busy.iter_mut().zip(near).for_each(|(busy, near)| *busy &= near);
    }

    /// Rectangles, in pixels, that cover all busy blocks. `margin` is added around each and counts as a cost, so that near
    /// ones are joined.
    pub(crate) fn areas(&self, margin: f32) -> Vec<Rect> {
        let mut gap = MAX_GAP;
        let mut areas = self.patches(gap);
        while areas.len() > MAX_AREAS {
            gap *= 2;
            areas = self.patches(gap);
        }
        let cost = |rect: Rect| rect.grown(margin).area();
        while let Some((first, second)) =
            pairs(areas.len()).find(|&(a, b)| cost(areas[a].union(areas[b])) <= cost(areas[a]) + cost(areas[b]))
        {
            areas[first] = areas[first].union(areas[second]);
            areas.swap_remove(second);
        }
        areas.into_iter().map(|area| area.grown(margin)).collect()
    }

    /// The bounds of each group of busy blocks that are at most `gap` blocks apart.
    fn patches(&self, gap: usize) -> Vec<Rect> {
        let mut left = self.busy.clone();
        let mut patches = Vec::new();
        let side = BLOCK as f32;
        for start in 0..left.len() {
            if !std::mem::take(&mut left[start]) {
                continue;
            }
            let mut bounds: Option<Rect> = None;
            let mut next = vec![start];
            while let Some(index) = next.pop() {
                let (column, row) = (index % self.columns, index / self.columns);
                let block = Rect { left: column as f32 * side, top: row as f32 * side, width: side, height: side };
                bounds = Some(bounds.map_or(block, |bounds| bounds.union(block)));
                for row in row.saturating_sub(gap)..(row + gap + 1).min(self.rows) {
                    for column in column.saturating_sub(gap)..(column + gap + 1).min(self.columns) {
                        let neighbour = row * self.columns + column;
                        if std::mem::take(&mut left[neighbour]) {
                            next.push(neighbour);
                        }
                    }
                }
            }
            patches.extend(bounds);
        }
        patches
    }
}

fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |a| (a + 1..count).map(move |b| (a, b)))
}

#[cfg(test)]
mod tests {
    use image::Luma;
    use proptest::prelude::*;

    use super::*;

    /// Twenty-five by twenty-five modules, dark or light at random; pixels on their edges are grey.
    fn draw_modules(image: &mut GrayImage, rect: Rect) {
        let dark = |x: f32, y: f32| {
            let module = |at: f32| (at.max(0.0) * 25.0) as u32;
            let mixed = (module(x) << 8 | module(y)).wrapping_mul(2_654_435_761);
            (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519) >> 31 == 0
        };
        for (x, y, pixel) in image.enumerate_pixels_mut() {
            let inside = Rect { left: x as f32, top: y as f32, width: 1.0, height: 1.0 }.shared(rect) > 0.5;
            if inside {
                let parts = [0.25, 0.75].map(|part| {
                    ((x as f32 + part - rect.left) / rect.width, (y as f32 + part - rect.top) / rect.height)
                });
                let darks =
                    parts.iter().flat_map(|&(x, _)| parts.iter().map(move |&(_, y)| dark(x, y))).filter(|&dark| dark);
                *pixel = Luma([230 - 50 * darks.count() as u8]);
            }
        }
    }

    #[test]
    fn flat_and_soft_planes_have_no_texture() {
        assert!(TextureMap::of(&GrayImage::from_pixel(200, 100, Luma([200]))).areas(8.0).is_empty());
        let soft = GrayImage::from_fn(200, 100, |x, y| Luma([(x / 2 + y / 3) as u8]));
        assert!(TextureMap::of(&soft).areas(8.0).is_empty());
        assert!(TextureMap::of(&GrayImage::new(0, 0)).areas(8.0).is_empty());
    }

    #[test]
    fn stripes_are_not_the_texture_of_a_code() {
        let bars = GrayImage::from_fn(160, 160, |x, _| Luma([if x / 3 % 2 == 0 { 20 } else { 230 }]));
        assert!(TextureMap::of(&bars).areas(8.0).is_empty());
    }

    #[test]
    fn what_is_known_is_left_out() {
        let mut image = GrayImage::from_pixel(320, 320, Luma([230]));
        let rect = Rect { left: 64.0, top: 96.0, width: 96.0, height: 96.0 };
        draw_modules(&mut image, rect);
        let mut texture = TextureMap::of(&image);
        assert_eq!(texture.areas(0.0).len(), 1);
        texture.erase(rect);
        assert!(texture.areas(0.0).is_empty());
    }

    #[test]
    fn what_no_hint_is_near_is_left_out() {
        let mut image = GrayImage::from_pixel(640, 320, Luma([230]));
        let rects = [32.0, 448.0].map(|left| Rect { left, top: 96.0, width: 96.0, height: 96.0 });
        rects.into_iter().for_each(|rect| draw_modules(&mut image, rect));
        let mut texture = TextureMap::of(&image);
        texture.keep_near([rects[1].centre(), Point::new(f32::NAN, 1e30)].into_iter(), 40.0);
        let areas = texture.areas(16.0);
        assert_eq!(areas.len(), 1);
        assert!(areas[0].shared(rects[1]) > 0.9 * rects[1].area() && areas[0].shared(rects[0]) == 0.0, "{areas:?}");
        texture.keep_near([].into_iter(), 40.0);
        assert!(texture.areas(16.0).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn areas_hold_the_codes_of_a_plane(places in proptest::collection::vec((0_u32..180, 0_u32..80, 24_u32..140), 1..4)) {
            let mut image = GrayImage::from_pixel(320, 220, Luma([230]));
            let rects: Vec<Rect> = places
                .iter()
                .map(|&(left, top, side)| Rect { left: left as f32, top: top as f32, width: side as f32, height: side as f32 })
                .collect();
            for &rect in &rects {
                draw_modules(&mut image, rect);
            }
            let areas = TextureMap::of(&image).areas(16.0);
            for rect in rects {
                prop_assert!(areas.iter().any(|area| area.shared(rect) > 0.95 * rect.area()), "{rect:?} in {areas:?}");
            }
        }
    }
}
