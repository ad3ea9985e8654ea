//! Self-similarity of textures. Chequers, halftones, fabrics and lines of text repeat themselves under translation; wheels,
//! dials and sunbursts under rotation. Codes do neither, since their modules are as good as random.
//!
//! A view is correlated with itself, translated by every small distance or rotated by every angle. A pattern is similar to
//! itself again after one period.

use image::GrayImage;
use image::imageops::interpolate_bilinear;

/// Side of the compared square in pixels.
const SIDE: usize = 48;
/// The longest translation in pixels.
const MAX_SHIFT: i32 = 22;
/// The shortest translation: neighbours are similar in any picture.
const MIN_SHIFT: i32 = 4;
/// The correlation has to fall below this before it counts again: a soft texture whose correlation only fades is no
/// pattern.
const MIN_DIP: f32 = 0.1;

/// Self-similarity of the centre of a view under translation, from 0 to 1.
pub(super) fn repeats(view: &GrayImage) -> f32 {
    let reach = MAX_SHIFT as usize;
    let whole = SIDE + 2 * reach;
    let (width, height) = (view.width() as usize, view.height() as usize);
    if width < whole || height < whole {
        return 0.0;
    }
    let (left, top) = ((width - whole) / 2, (height - whole) / 2);
    let lines: Vec<Vec<f32>> = view
        .as_raw()
        .chunks_exact(width)
        .skip(top)
        .take(whole)
        .map(|line| line[left..left + whole].iter().map(|&value| f32::from(value)).collect())
        .collect();
    let middle = ViewPatch::at(&lines, reach, reach);
    // Opposite translations compare the same pairs except at the margins: half of the directions are enough.
    let directions = [(1, 0), (2, 1), (1, 1), (1, 2), (0, 1), (-1, 2), (-1, 1), (-2, 1)];
    let best = |(x, y): (i32, i32)| {
        let length = f64::from(x * x + y * y).sqrt();
        let likeness = |distance: i32| {
            let along = |part: i32| (f64::from(part * distance) / length).round() as i32;
            let (x, y) =
                (reach.saturating_add_signed(along(x) as isize), reach.saturating_add_signed(along(y) as isize));
            middle.likeness(&ViewPatch::at(&lines, x, y))
        };
        best_after_dip((MIN_SHIFT..=MAX_SHIFT).map(likeness))
    };
    directions.into_iter().map(best).fold(0.0, f32::max)
}

/// Samples per ring: a wheel of a hundred spokes still has two for each.
const ANGLES: usize = 256;
/// Radii of the compared rings, as parts of the disc's: outside of the picture that round codes may have in their centre.
const RINGS: [f32; 10] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

/// Self-similarity of a disc in the centre of a view under rotation, from 0 to 1. `radius` is in pixels.
pub(super) fn turns(view: &GrayImage, radius: f32) -> f32 {
    let rings: Vec<Vec<f32>> = RINGS.iter().map(|part| ring(view, part * radius)).collect();
    let likeness = |turn: usize| -> f32 {
        let one = |ring: &Vec<f32>| -> f32 {
            let (before, after) = ring.split_at(turn);
            ring.iter().zip(after.iter().chain(before)).map(|(a, b)| a * b).sum()
        };
        rings.iter().map(one).sum()
    };
    let whole = likeness(0);
    if whole < 1.0 {
        return 0.0;
    }
    // Opposite rotations compare the same pairs.
    best_after_dip((1..=ANGLES / 2).map(|turn| likeness(turn) / whole))
}

/// The highest correlation after the first below [`MIN_DIP`]; 0 if there is none.
fn best_after_dip(likenesses: impl Iterator<Item = f32>) -> f32 {
    let mut has_dipped = false;
    let after = likenesses.filter(|&likeness| {
        has_dipped |= likeness < MIN_DIP;
        has_dipped
    });
    after.fold(0.0, f32::max)
}

/// The values on a circle around the centre of a view, minus their mean.
fn ring(view: &GrayImage, radius: f32) -> Vec<f32> {
    let middle = |side: u32| side as f32 / 2.0 - 0.5;
    let value = |index: usize| {
        let (sine, cosine) = (index as f32 / ANGLES as f32 * std::f32::consts::TAU).sin_cos();
        let (x, y) = (middle(view.width()) + radius * cosine, middle(view.height()) + radius * sine);
        interpolate_bilinear(view, x, y).map_or(0.0, |pixel| f32::from(pixel.0[0]))
    };
    let mut values: Vec<f32> = (0..ANGLES).map(value).collect();
    let mean = values.iter().sum::<f32>() / ANGLES as f32;
    values.iter_mut().for_each(|value| *value -= mean);
    values
}

/// A square of the view, with mean and standard deviation.
struct ViewPatch<'v> {
    lines: Vec<&'v [f32]>,
    mean: f32,
    spread: f32,
}

impl<'v> ViewPatch<'v> {
    fn at(lines: &'v [Vec<f32>], left: usize, top: usize) -> Self {
        let lines: Vec<&[f32]> = lines[top..top + SIDE].iter().map(|line| &line[left..left + SIDE]).collect();
        let count = (SIDE * SIDE) as f32;
        let mean = lines.iter().map(|line| line.iter().sum::<f32>()).sum::<f32>() / count;
        let squares =
            lines.iter().map(|line| line.iter().map(|value| (value - mean).powi(2)).sum::<f32>()).sum::<f32>();
        Self { lines, mean, spread: (squares / count).sqrt() }
    }

    /// The correlation of two squares, from -1 to 1.
    fn likeness(&self, other: &Self) -> f32 {
        let scale = self.spread * other.spread * (SIDE * SIDE) as f32;
        if scale < 1.0 {
            return 0.0;
        }
        let sum = |(a, b): (&&[f32], &&[f32])| {
            a.iter().zip(b.iter()).map(|(a, b)| (a - self.mean) * (b - other.mean)).sum::<f32>()
        };
        self.lines.iter().zip(&other.lines).map(sum).sum::<f32>() / scale
    }
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    fn of(f: impl Fn(u32, u32) -> bool) -> f32 {
        repeats(&GrayImage::from_fn(160, 160, |x, y| Luma([if f(x, y) { 220 } else { 40 }])))
    }

    #[test]
    fn patterns_repeat() {
        assert!(of(|x, y| (x / 9 + y / 9) % 2 == 0) > 0.9);
        assert!(of(|x, y| (x % 8).abs_diff(4).pow(2) + (y % 8).abs_diff(4).pow(2) < 8) > 0.9);
        assert!(of(|_, y| y % 14 < 6) > 0.9);
        assert!(of(|x, y| (x + 2 * y) % 17 < 8) > 0.7);
    }

    #[test]
    fn codes_do_not() {
        for module in 2..6 {
            let random = of(|x, y| {
                let mixed = (((x / module) << 8) | (y / module)).wrapping_mul(2_654_435_761);
                (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519) >> 31 == 0
            });
            assert!(random < 0.45, "{module}: {random}");
        }
    }

    /// A disc of spokes, each of dashes in nine rings.
    fn wheel(spokes: u32, is_dark: impl Fn(u32, u32) -> bool) -> f32 {
        let view = GrayImage::from_fn(128, 128, |x, y| {
            let (x, y) = (x as f32 - 63.5, y as f32 - 63.5);
            let part = (y.atan2(x) / std::f32::consts::TAU + 0.5) * spokes as f32;
            let on = part.fract() < 0.5 && is_dark(part as u32, x.hypot(y) as u32 / 4);
            Luma([if on { 30 } else { 230 }])
        });
        turns(&view, 36.0)
    }

    #[test]
    fn wheels_are_like_themselves_when_turned() {
        for spokes in [5, 12, 36, 60] {
            assert!(wheel(spokes, |_, ring| ring < 9) > 0.8, "{spokes}");
        }
        let dashes = wheel(36, |spoke, ring| {
            let mixed = (spoke << 8 | ring).wrapping_mul(2_654_435_761);
            (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519) >> 31 == 0
        });
        assert!(dashes < 0.45, "{dashes}");
        assert_eq!(turns(&GrayImage::from_pixel(128, 128, Luma([200])), 36.0), 0.0);
        assert_eq!(turns(&GrayImage::new(4, 4), 36.0), 0.0);
    }

    #[test]
    fn soft_and_flat_ones_do_not() {
        assert_eq!(of(|_, _| true), 0.0);
        assert_eq!(repeats(&GrayImage::from_fn(160, 160, |x, y| Luma([(x + y / 2) as u8]))), 0.0);
        assert_eq!(repeats(&GrayImage::new(10, 10)), 0.0);
    }
}
