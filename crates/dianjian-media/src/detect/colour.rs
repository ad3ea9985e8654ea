//! Finds colour channels with codes that luma hides: red on green, yellow on white.
//!
//! Luma is mostly green, so such a code shows in the red or the blue channel. A channel is searched only if somewhere it
//! has the texture of a code where luma is much flatter.

use image::{GrayImage, RgbImage};

use super::texture::{self, TextureBlock};

/// Red and blue: luma has little of them.
const CHANNELS: [usize; 2] = [0, 2];
/// Only every second pixel is compared, across and down.
const STEP: usize = 2;
/// A channel shows more than luma if its range of values exceeds `MIN_RATIO` times that of luma by `MIN_EXCESS`.
const MIN_RATIO: u16 = 2;
const MIN_EXCESS: u16 = 24;
/// Side, in blocks, of the square in which all blocks must show more.
const BLOCKS: usize = 2;

/// The channels of a picture that show codes which its luma hides.
pub(super) fn planes(image: &RgbImage, luma: &GrayImage) -> Vec<GrayImage> {
    let (columns, plain) = texture::blocks(&sampled(image.width(), luma.as_raw(), 1, 0, STEP));
    let shows_more = |&channel: &usize| {
        let (_, coloured) = texture::blocks(&sampled(image.width(), image.as_raw(), 3, channel, STEP));
        let more: Vec<bool> = coloured.iter().zip(&plain).map(|(coloured, plain)| exceeds(coloured, plain)).collect();
        has_patch(columns, &more)
    };
    CHANNELS
        .into_iter()
        .filter(shows_more)
        .map(|channel| sampled(image.width(), image.as_raw(), 3, channel, 1))
        .collect()
}

fn exceeds(coloured: &TextureBlock, plain: &TextureBlock) -> bool {
    coloured.is_busy() && u16::from(coloured.range) >= MIN_RATIO * u16::from(plain.range) + MIN_EXCESS
}

/// Is there a square of [`BLOCKS`] by [`BLOCKS`] that are all set?
fn has_patch(columns: usize, blocks: &[bool]) -> bool {
    let rows = blocks.len().checked_div(columns).unwrap_or_default();
    let full = |column: usize, row: usize| {
        (row..row + BLOCKS).all(|row| blocks[row * columns + column..][..BLOCKS].iter().all(|&block| block))
    };
    (0..(rows + 1).saturating_sub(BLOCKS))
        .any(|row| (0..(columns + 1).saturating_sub(BLOCKS)).any(|column| full(column, row)))
}

/// One channel at every `step`th pixel, across and down.
fn sampled(width: u32, values: &[u8], channels: usize, channel: usize, step: usize) -> GrayImage {
    let stride = (width as usize * channels).max(1);
    let lines = values.chunks_exact(stride).step_by(step);
    let height = lines.len() as u32;
    let across = (width as usize).div_ceil(step);
    let mut plane = Vec::with_capacity(across * height as usize);
    for line in lines {
        plane.extend(line.iter().skip(channel).step_by(step * channels));
    }
    GrayImage::from_raw(across as u32, height, plane).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::detect::plane::luma;

    /// Modules of four pixels, at random in one of two colours.
    fn modules(first: [u8; 3], second: [u8; 3]) -> RgbImage {
        RgbImage::from_fn(160, 160, |x, y| {
            let mixed = (x / 4 * 40 + y / 4).wrapping_mul(2_654_435_761);
            Rgb(if (mixed ^ mixed >> 13) >> 7 & 1 == 0 { first } else { second })
        })
    }

    fn count(image: &RgbImage) -> usize {
        planes(image, &luma(image)).len()
    }

    #[test]
    fn a_channel_is_looked_at_if_it_shows_what_luma_hides() {
        assert_eq!(count(&modules([255, 0, 0], [0, 130, 0])), 1);
        assert_eq!(count(&modules([255, 255, 255], [255, 255, 0])), 1);
        assert_eq!(count(&modules([180, 60, 200], [60, 118, 190])), 1);
    }

    #[test]
    fn black_and_white_is_told_by_luma_alone() {
        assert_eq!(count(&modules([0, 0, 0], [255, 255, 255])), 0);
        assert_eq!(count(&modules([10, 20, 120], [255, 255, 255])), 0);
        assert_eq!(count(&RgbImage::from_pixel(90, 70, Rgb([255, 0, 0]))), 0);
        assert_eq!(count(&RgbImage::new(0, 0)), 0);
    }
}
