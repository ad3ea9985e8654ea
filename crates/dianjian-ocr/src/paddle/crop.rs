//! Strips of a picture as the recogniser wants them: upright, of one height.

use dianjian_base::{Point, Quad};
use image::RgbImage;

use super::ctc::Letter;
use crate::line::{CharPlace, TextLine};

/// The height of a strip in pixels.
pub(super) const STRIP_HEIGHT: usize = 48;

/// The widest strip: longer lines are squeezed.
const MAX_WIDTH: usize = 3200;

/// From this ratio of height to width on a box is a column of text.
const COLUMN_RATIO: f32 = 1.5;

/// The place of a strip in the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crop {
    quad: Quad,
    vertical: bool,
    /// How likely the detector holds it for text.
    pub score: f32,
    /// Its width in pixels once it is [`STRIP_HEIGHT`] high.
    pub width: usize,
}

impl Crop {
    /// A strip of what is within corners, clockwise from the upper left.
    pub(super) fn new(quad: Quad, score: f32) -> Self {
        let [a, b, c, d] = quad.0;
        let (across, down) = (a.distance(b).max(1.0), a.distance(d).max(1.0));
        let vertical = down >= COLUMN_RATIO * across;
        // A column is read lying on its side, its top to the left.
        let quad = if vertical { Quad([b, c, d, a]) } else { quad };
        let ratio = if vertical { down / across } else { across / down };
        let width = ((ratio * STRIP_HEIGHT as f32).ceil() as usize).clamp(8, MAX_WIDTH);
        Self { quad, vertical, score, width }
    }

    /// The point at parts of the strip's width and height.
    fn point(&self, across: f32, down: f32) -> Point {
        let [a, b, _, d] = self.quad.0;
        let along = |a: f32, b: f32, d: f32| a + (b - a) * across + (d - a) * down;
        Point::new(along(a.x, b.x, d.x), along(a.y, b.y, d.y))
    }

    /// Draws the strip into planes of blue, green and red of a width, from -1 to 1.
    pub(super) fn draw(&self, picture: &RgbImage, planes: &mut [f32], width: usize) {
        let [a, b, _, d] = self.quad.0;
        let step = |length: f32, count: usize| (length / count as f32).round().clamp(1.0, 8.0) as usize;
        // Several samples a pixel where the picture is larger than the strip.
        let (fine_across, fine_down) = (step(a.distance(b), self.width), step(a.distance(d), STRIP_HEIGHT));
        let plane = STRIP_HEIGHT * width;
        for y in 0..STRIP_HEIGHT {
            for x in 0..self.width {
                let mut sums = [0.0_f32; 3];
                for (sub_x, sub_y) in (0..fine_across).flat_map(|x| (0..fine_down).map(move |y| (x, y))) {
                    let part = |at: usize, sub: usize, fine: usize, of: usize| {
                        (at as f32 + (sub as f32 + 0.5) / fine as f32) / of as f32
                    };
                    let at =
                        self.point(part(x, sub_x, fine_across, self.width), part(y, sub_y, fine_down, STRIP_HEIGHT));
                    let color = sample(picture, at);
                    (0..3).for_each(|channel| sums[channel] += color[channel]);
                }
                let count = (fine_across * fine_down) as f32;
                for channel in 0..3 {
                    planes[(2 - channel) * plane + y * width + x] = sums[channel] / count / 127.5 - 1.0;
                }
            }
        }
    }

    /// The line that the recogniser reads in the strip, whose steps are that many of its pixels wide.
    pub(super) fn line(&self, letters: &[Letter], step: f32) -> TextLine {
        /// Half of the widest character, in pixels of a strip.
        const HALF: f32 = STRIP_HEIGHT as f32 * 0.45;
        let middle = |number: usize| letters.get(number).map(|letter: &Letter| letter.step * step);
        let chars = letters.iter().enumerate().map(|(number, letter)| {
            let at = letter.step * step;
            let before = number.checked_sub(1).and_then(middle).map_or(at - HALF, |before| f32::midpoint(before, at));
            let after = middle(number + 1).map_or(at + HALF, |after| f32::midpoint(at, after));
            let part = |at: f32| (at / self.width as f32).clamp(0.0, 1.0);
            let (left, right) = (part(before.max(at - HALF)), part(after.min(at + HALF)));
            let quad = Quad([(left, 0.0), (right, 0.0), (right, 1.0), (left, 1.0)].map(|(x, y)| self.point(x, y)));
            CharPlace { char: letter.char, quad: self.upright(quad), confidence: letter.confidence }
        });
        TextLine { chars: chars.collect(), quad: self.upright(self.quad), vertical: self.vertical }
    }

    /// Corners of the strip in the order in which they stand in the picture.
    fn upright(&self, quad: Quad) -> Quad {
        let [a, b, c, d] = quad.0;
        if self.vertical { Quad([d, a, b, c]) } else { quad }
    }
}

/// The colour at a point, between the pixels around it.
fn sample(picture: &RgbImage, at: Point) -> [f32; 3] {
    let (width, height) = picture.dimensions();
    let within = |at: f32, size: u32| at.max(0.0).min(size.saturating_sub(1) as f32);
    let (x, y) = (within(at.x - 0.5, width), within(at.y - 0.5, height));
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(width.saturating_sub(1)), (top + 1).min(height.saturating_sub(1)));
    let (part_x, part_y) = (x - left as f32, y - top as f32);
    let at = |x: u32, y: u32| picture.get_pixel(x, y).0;
    let corners = [at(left, top), at(right, top), at(left, bottom), at(right, bottom)];
    [0, 1, 2].map(|channel| {
        let [a, b, c, d] = corners.map(|color| f32::from(color[channel]));
        let (above, below) = (a + (b - a) * part_x, c + (d - c) * part_x);
        above + (below - above) * part_y
    })
}
