//! A perceptual hash of frames, by which frames that show nothing new are skipped.
//!
//! It keeps two numbers for each cell of 8 by 8 pixels: mean brightness and roughness. A code that appears changes at least
//! one of them in several cells, even if it is on average as bright as what it covers. A frame is compared with the last one
//! that was scanned rather than with the one before, so that slow changes add up.

use image::RgbImage;

/// Side of a cell in pixels.
const CELL: usize = 8;

/// Changes of brightness up to this (of 255) are compression noise.
const MAX_BRIGHTNESS_NOISE: i32 = 6;

/// The same for roughness, the mean difference between a pixel and its left and upper neighbour.
const MAX_ROUGHNESS_NOISE: i32 = 4;

/// Cells with strokes of characters are at least this rough.
const MIN_TEXT_ROUGHNESS: i32 = 6;

/// A code covers at least this many cells.
const MIN_CHANGED_CELLS: usize = 3;

/// The hash of a frame: its size, and brightness and roughness by cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FrameHash {
    size: (u32, u32),
    cells: Vec<(i32, i32)>,
}

impl FrameHash {
    /// Hashes a picture by one pass over its pixels.
    pub(super) fn of(image: &RgbImage) -> Self {
        let (width, height) = image.dimensions();
        let columns = (width as usize).div_ceil(CELL).max(1);
        let mut cells = Vec::with_capacity(columns * (height as usize).div_ceil(CELL));
        let stride = width as usize * 3;
        let (mut row, mut above) = (vec![0_u8; width as usize], vec![0_u8; width as usize]);
        // Sums of brightness, roughness and pixels for a row of cells.
        let mut sums = vec![(0_u32, 0_u32, 0_u32); columns];
        for (y, line) in image.as_raw().chunks_exact(stride.max(1)).enumerate() {
            for (luma, pixel) in row.iter_mut().zip(line.chunks_exact(3)) {
                *luma = luma_of(pixel);
            }
            if y == 0 {
                above.copy_from_slice(&row);
            }
            for (sum, (row, above)) in sums.iter_mut().zip(row.chunks(CELL).zip(above.chunks(CELL))) {
                sum.0 += row.iter().map(|luma| u32::from(*luma)).sum::<u32>();
                sum.1 += steps(row, above);
                sum.2 += row.len() as u32;
            }
            std::mem::swap(&mut row, &mut above);
            if (y + 1) % CELL == 0 || y + 1 == height as usize {
                cells.extend(sums.iter().map(|sum| mean(*sum)));
                sums.fill((0, 0, 0));
            }
        }
        Self { size: (width, height), cells }
    }

    /// Do both frames show the same text, up to noise? Cells that are smooth in both have none.
    pub(super) fn has_same_text(&self, other: &Self) -> bool {
        let changed = |((light, rough), (other_light, other_rough)): (&(i32, i32), &(i32, i32))| {
            let is_other =
                (light - other_light).abs() > MAX_BRIGHTNESS_NOISE || (rough - other_rough).abs() > MAX_ROUGHNESS_NOISE;
            is_other && *rough.max(other_rough) >= MIN_TEXT_ROUGHNESS
        };
        self.size == other.size
            && self.cells.iter().zip(&other.cells).filter(|pair| changed(*pair)).nth(MIN_CHANGED_CELLS - 1).is_none()
    }

    /// Do both frames show the same, up to noise?
    pub(super) fn is_similar(&self, other: &Self) -> bool {
        let changed = |((light, rough), (other_light, other_rough)): (&(i32, i32), &(i32, i32))| {
            (light - other_light).abs() > MAX_BRIGHTNESS_NOISE || (rough - other_rough).abs() > MAX_ROUGHNESS_NOISE
        };
        self.size == other.size
            && self.cells.iter().zip(&other.cells).filter(|pair| changed(*pair)).nth(MIN_CHANGED_CELLS - 1).is_none()
    }
}

fn luma_of(pixel: &[u8]) -> u8 {
    match pixel {
        [red, green, blue] => ((u16::from(*red) + 2 * u16::from(*green) + u16::from(*blue)) / 4) as u8,
        _ => 0,
    }
}

/// The sum of the differences between each pixel and its left and upper neighbour.
fn steps(row: &[u8], above: &[u8]) -> u32 {
    let across = row.iter().zip(row.iter().skip(1)).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
    let down = row.iter().zip(above).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
    across + down
}

fn mean((light, rough, pixels): (u32, u32, u32)) -> (i32, i32) {
    let mean = |sum: u32| i32::try_from(sum / pixels.max(1)).unwrap_or(i32::MAX);
    (mean(light), mean(rough))
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn scene(noise: u8) -> RgbImage {
        RgbImage::from_fn(203, 117, |x, y| {
            let step = u8::try_from((x * 7 + y * 13) % 5).unwrap() * noise / 2;
            Rgb([128 + step, 120 + step, 130])
        })
    }

    /// A chequered patch as bright on the whole as what it covers.
    fn with_patch(contrast: u8) -> RgbImage {
        let mut image = scene(0);
        for (x, y) in (0..24).flat_map(|x| (0..24).map(move |y| (x, y))) {
            let light = if (x / 2 + y / 2) % 2 == 0 { 124 + contrast } else { 124 - contrast };
            image.put_pixel(170 + x, 90 + y, Rgb([light; 3]));
        }
        image
    }

    #[test]
    fn noise_is_nothing_new() {
        let still = FrameHash::of(&scene(0));
        assert!(still.is_similar(&FrameHash::of(&scene(1))));
        assert_eq!(still.cells.len(), 26 * 15);
    }

    #[test]
    fn a_small_code_in_a_corner_is() {
        let still = FrameHash::of(&scene(0));
        assert!(!still.is_similar(&FrameHash::of(&with_patch(100))));
        assert!(!still.is_similar(&FrameHash::of(&with_patch(20))), "of little contrast too");
    }

    #[test]
    fn another_size_is_another_picture() {
        assert!(!FrameHash::of(&RgbImage::new(8, 8)).is_similar(&FrameHash::of(&RgbImage::new(8, 9))));
        let odd = FrameHash::of(&RgbImage::new(1, 1));
        assert!(odd.is_similar(&odd.clone()));
    }
}
