//! A cheap look at whether a picture may have text at all.

use image::RgbImage;

/// Side of a cell in pixels.
const CELL: usize = 16;

/// A step of brightness between neighbouring pixels from which on it may be the edge of a stroke. Text that nobody can
/// make out has weaker ones.
const STEP: u8 = 14;

/// A cell with part of a character has at least this many steps across and down.
const MIN_STEPS: u16 = 4;

/// The smallest character touches this many cells.
const MIN_CELLS: usize = 2;

/// Whether a picture has anything like the strokes of characters. `false` is certain: such a picture is smooth, or flat with
/// a few straight edges.
pub fn may_have_text(picture: &RgbImage) -> bool {
    let width = picture.width() as usize;
    if width == 0 {
        return false;
    }
    let mut before = vec![0_u8; width];
    let mut row = vec![0_u8; width];
    let mut cells = vec![(0_u16, 0_u16); width.div_ceil(CELL)];
    let mut written = 0;
    for (y, line) in picture.as_raw().chunks_exact(width * 3).enumerate() {
        for (luma, pixel) in row.iter_mut().zip(line.chunks_exact(3)) {
            *luma = luma_of(pixel);
        }
        if y == 0 {
            before.copy_from_slice(&row);
        }
        for (cell, (row, before)) in cells.iter_mut().zip(row.chunks(CELL).zip(before.chunks(CELL))) {
            cell.0 += count(row.iter().zip(row.iter().skip(1)));
            cell.1 += count(row.iter().zip(before));
        }
        std::mem::swap(&mut row, &mut before);
        if (y + 1) % CELL == 0 || y + 1 == picture.height() as usize {
            written += cells.iter().filter(|(across, down)| *across >= MIN_STEPS && *down >= MIN_STEPS).count();
            if written >= MIN_CELLS {
                return true;
            }
            cells.fill((0, 0));
        }
    }
    false
}

fn luma_of(pixel: &[u8]) -> u8 {
    match pixel {
        [red, green, blue] => ((u16::from(*red) + 2 * u16::from(*green) + u16::from(*blue)) / 4) as u8,
        _ => 0,
    }
}

fn count<'p>(pairs: impl Iterator<Item = (&'p u8, &'p u8)>) -> u16 {
    pairs.map(|(a, b)| u16::from(a.abs_diff(*b) >= STEP)).sum()
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn what_is_smooth_has_no_text() {
        let gradient = RgbImage::from_fn(200, 120, |x, y| Rgb([x as u8, y as u8, 90]));
        assert!(!may_have_text(&gradient));
        let bars = RgbImage::from_fn(200, 120, |x, _| Rgb([if x / 40 % 2 == 0 { 30 } else { 220 }; 3]));
        assert!(!may_have_text(&bars), "straight edges alone");
        assert!(!may_have_text(&RgbImage::new(0, 0)));
    }

    #[test]
    fn a_small_sign_may_be_text() {
        let mut picture = RgbImage::from_pixel(200, 120, Rgb([200; 3]));
        for at in 0..10 {
            for (x, y) in [(100 + at, 60), (100 + at, 66), (105, 58 + at), (100, 60 + at / 2)] {
                picture.put_pixel(x, y, Rgb([170; 3]));
            }
        }
        assert!(may_have_text(&picture));
    }
}
