//! Parts of a picture as the detector wants them.
//!
//! A picture is looked at with its longer side at 960 pixels: with more, large letters fall apart. One that is much longer than
//! wide, such as a product's details, is looked at in parts that overlap.

use dianjian_base::{Point, Rect};
use image::imageops::{self, FilterType};
use image::{GenericImageView as _, RgbImage};
use rten_tensor::NdTensor;

use super::boxes::TextBox;

/// The longer side that the detector sees, in pixels.
const LONG_SIDE: f32 = 960.0;

/// The detector's sides are multiples of this.
const MULTIPLE: f32 = 32.0;

/// A part's longer side to its shorter.
const MAX_RATIO: f32 = 2.2;

/// How much of a part its neighbour repeats.
const OVERLAP: f32 = 0.15;

/// The smallest picture side that is enlarged for the detector to this factor at most.
const MAX_ENLARGEMENT: f32 = 2.0;

/// A part of a picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tile {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    /// Whether there is more of the picture left, above, right and below.
    more: [bool; 4],
}

/// The parts of a picture of this size.
pub(super) fn of(width: u32, height: u32) -> Vec<Tile> {
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let (long, short) = (width.max(height), width.min(height));
    let whole = Tile { left: 0, top: 0, width, height, more: [false; 4] };
    if long as f32 <= MAX_RATIO * short as f32 {
        return vec![whole];
    }
    let part = (short as f32 * MAX_RATIO).ceil().max(64.0) as u32;
    let (part, step) = (part.min(long), ((part as f32 * (1.0 - OVERLAP)) as u32).max(1));
    let count = (long - part).div_ceil(step) + 1;
    let starts = (0..count).map(|number| (number * step).min(long - part));
    let tiles = starts.map(|start| {
        let (before, after) = (start > 0, start + part < long);
        if height > width {
            Tile { top: start, height: part, more: [false, before, false, after], ..whole }
        } else {
            Tile { left: start, width: part, more: [before, false, after, false], ..whole }
        }
    });
    tiles.collect()
}

impl Tile {
    /// The part as planes of blue, green and red, from -1 to 1.
    pub(super) fn input(&self, picture: &RgbImage) -> NdTensor<f32, 4> {
        let scale = (LONG_SIDE / self.width.max(self.height) as f32).min(MAX_ENLARGEMENT);
        let side = |side: u32| ((side as f32 * scale / MULTIPLE).round().max(1.0) * MULTIPLE) as u32;
        let (width, height) = (side(self.width), side(self.height));
        let part = picture.view(self.left, self.top, self.width, self.height);
        // Means of what falls together are as good for the detector as a filter, which takes four times as long.
        let small = if scale < 1.0 {
            imageops::thumbnail(&*part, width, height)
        } else {
            imageops::resize(&*part, width, height, FilterType::Triangle)
        };
        let plane = (width * height) as usize;
        let mut values = vec![0.0_f32; 3 * plane];
        for (at, pixel) in small.as_raw().chunks_exact(3).enumerate() {
            for (channel, value) in pixel.iter().enumerate() {
                values[(2 - channel) * plane + at] = f32::from(*value) / 127.5 - 1.0;
            }
        }
        NdTensor::from_data([1, 3, height as usize, width as usize], values)
    }

    /// A box of the detector's map of this part, in the picture; `None`: it is cut off where the next part has it whole.
    pub(super) fn placed(&self, found: TextBox, map: (usize, usize)) -> Option<TextBox> {
        let (across, down) = (self.width as f32 / map.0.max(1) as f32, self.height as f32 / map.1.max(1) as f32);
        let bounds = found.quad.bounds();
        let edge = 2.0;
        let cut = [
            bounds.left < edge,
            bounds.top < edge,
            bounds.right() > map.0 as f32 - edge,
            bounds.bottom() > map.1 as f32 - edge,
        ];
        if cut.iter().zip(self.more).any(|(cut, more)| *cut && more)
            && bounds.side() < map.0.min(map.1) as f32 * OVERLAP
        {
            return None;
        }
        let (left, top) = (self.left as f32, self.top as f32);
        let (right, bottom) = (left + self.width as f32, top + self.height as f32);
        let quad = found.quad.map(|corner| {
            let (x, y) = (left + corner.x * across, top + corner.y * down);
            Point::new(x.clamp(left, right), y.clamp(top, bottom))
        });
        Some(TextBox { quad, ..found })
    }
}

/// Boxes without those that lie in another one before them.
pub(super) fn deduplicated(boxes: Vec<TextBox>) -> Vec<TextBox> {
    let mut kept: Vec<(Rect, TextBox)> = Vec::new();
    for found in boxes {
        let bounds = found.quad.bounds();
        let is_same = |known: &Rect| known.overlap(bounds) > 0.6 || known.shared(bounds) > 0.85 * bounds.area();
        if !kept.iter().any(|(known, _)| is_same(known)) {
            kept.push((bounds, found));
        }
    }
    kept.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_pictures_are_cut_into_parts_that_overlap_and_cover() {
        assert_eq!(of(1080, 1920).len(), 1);
        assert_eq!(of(0, 5), []);
        for (width, height) in [(750, 9000), (9000, 750), (10, 4000), (1, 100_000)] {
            let tiles = of(width, height);
            let long = |tile: &Tile| if height > width { (tile.top, tile.height) } else { (tile.left, tile.width) };
            assert_eq!(long(&tiles[0]).0, 0);
            let last = long(&tiles[tiles.len() - 1]);
            assert_eq!(last.0 + last.1, width.max(height));
            for pair in tiles.windows(2) {
                let (before, after) = (long(&pair[0]), long(&pair[1]));
                assert!(before.0 + before.1 > after.0 && after.0 > before.0, "{pair:?}");
            }
        }
    }

    #[test]
    fn one_box_in_two_parts_is_one() {
        let found = |left: f32, score: f32| {
            let quad = dianjian_base::Quad::of(Rect { left, top: 0.0, width: 100.0, height: 20.0 });
            TextBox { quad, score }
        };
        assert_eq!(deduplicated(vec![found(0.0, 0.9), found(4.0, 0.8), found(90.0, 0.7)]).len(), 2);
    }
}
