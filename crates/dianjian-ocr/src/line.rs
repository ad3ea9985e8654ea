//! What engines give: lines of text with their places.

use std::fmt;
use std::ops::Range;

use dianjian_base::{Point, Quad, Rect};
use image::RgbImage;
use serde::{Deserialize, Serialize};

/// An engine that reads text in pictures.
pub trait TextReader: Send + Sync + fmt::Debug {
    /// The text of a picture.
    ///
    /// # Errors
    ///
    /// The engine could not look at the picture; that it has no text is no error.
    fn read(&self, picture: &RgbImage) -> Result<TextReading, ReadError>;

    /// The engine's name, as reports show it: `PP-OCRv6`.
    fn name(&self) -> &str;

    /// What changes whenever its results may change. Part of the key of what is kept of pictures.
    fn version(&self) -> &str;
}

/// What an engine reads in a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextReading {
    /// The lines that it can make out, in no particular order.
    pub lines: Vec<TextLine>,
    /// How many lines are certainly text and could not be made out.
    pub illegible: usize,
}

/// A row or column of text as an engine reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct TextLine {
    /// Its characters with their places, in the order in which they are read.
    pub chars: Vec<CharPlace>,
    /// Its corners, clockwise from the beginning of its upper edge.
    pub quad: Quad,
    /// Whether it runs downwards.
    pub vertical: bool,
}

/// A character in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CharPlace {
    /// The character.
    pub char: char,
    /// Its corners.
    pub quad: Quad,
    /// How sure the engine is of it, from 0 to 1.
    pub confidence: f32,
}

impl TextLine {
    /// Its text.
    pub fn text(&self) -> String {
        self.chars.iter().map(|place| place.char).collect()
    }

    /// The mean confidence of its characters; 0 without any.
    pub fn confidence(&self) -> f32 {
        self.chars.iter().map(|place| place.confidence).sum::<f32>() / self.chars.len().max(1) as f32
    }

    /// The length of the side across the direction of reading, in pixels.
    pub fn height(&self) -> f32 {
        let [a, b, _, d] = self.quad.0;
        if self.vertical { a.distance(b) } else { a.distance(d) }
    }
}

/// Lines that are read as one text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextBlock {
    /// Its text; lines are parted by line feeds, pieces of one row by blanks.
    pub text: String,
    /// The corner points of each character of the text, in whole pixels; what only parts others has the place of the
    /// character before it.
    pub places: Vec<[i32; 8]>,
    /// How sure the engine is of each character, in hundredths.
    pub confidences: Vec<u8>,
}

impl TextBlock {
    /// Adds a character.
    pub fn push(&mut self, place: &CharPlace) {
        self.text.push(place.char);
        let whole = |at: f32| at.round() as i32;
        let [a, b, c, d] = place.quad.0.map(|point| [whole(point.x), whole(point.y)]);
        self.places.push([a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]]);
        self.confidences.push((place.confidence.clamp(0.0, 1.0) * 100.0).round() as u8);
    }

    /// Adds a character that parts others, which takes no place of its own.
    pub fn part(&mut self, separator: char) {
        if let Some(last) = self.places.last().copied() {
            self.text.push(separator);
            self.places.push(last);
            self.confidences.push(100);
        }
    }

    /// The characters of a range of bytes, by their number.
    fn numbers(&self, range: &Range<usize>) -> Range<usize> {
        let count = |end: usize| self.text.char_indices().take_while(|(at, _)| *at < end).count();
        let last = self.places.len();
        count(range.start).min(last)..count(range.end).min(last)
    }

    /// The corners around a range of bytes: of characters in one row those of the row's piece, else an upright box.
    pub fn quad(&self, range: Range<usize>) -> Quad {
        let quads: Vec<Quad> = self.places[self.numbers(&range)].iter().map(|place| corners(*place)).collect();
        let (Some(first), Some(last)) = (quads.first(), quads.last()) else { return Quad::default() };
        let [a, b, c, d] = first.0;
        let [e, f, g, h] = last.0;
        let bounds = quads.iter().map(|quad| quad.bounds()).reduce(Rect::union).unwrap_or_default();
        // A tilted row: its first character's beginning and its last one's end.
        for joined in [Quad([a, f, g, d]), Quad([a, b, g, h]), Quad([e, f, c, d])] {
            let inside = quads.iter().all(|quad| is_inside(&joined, quad.bounds().centre()));
            if inside && area(&joined) < 0.95 * bounds.area() {
                return joined;
            }
        }
        Quad::of(bounds)
    }

    /// The mean confidence in a range of bytes, from 0 to 1.
    pub fn confidence(&self, range: Range<usize>) -> f32 {
        let part = &self.confidences[self.numbers(&range)];
        part.iter().map(|hundredths| f32::from(*hundredths) / 100.0).sum::<f32>() / part.len().max(1) as f32
    }

    /// The lowest height of a character in a range of bytes, in pixels: the shorter side of what is upright.
    pub fn height(&self, range: Range<usize>) -> f32 {
        let heights = self.places[self.numbers(&range)].iter().map(|place| {
            let [a, b, _, d] = corners(*place).0;
            a.distance(d).max(a.distance(b))
        });
        heights.fold(f32::INFINITY, f32::min)
    }

    /// The block with its places multiplied by factors across and down.
    #[must_use]
    pub fn scaled(mut self, [across, down]: [f32; 2]) -> Self {
        for place in &mut self.places {
            for (number, at) in place.iter_mut().enumerate() {
                *at = (*at as f32 * if number % 2 == 0 { across } else { down }).round() as i32;
            }
        }
        self
    }
}

fn corners([ax, ay, bx, by, cx, cy, dx, dy]: [i32; 8]) -> Quad {
    let point = |x: i32, y: i32| Point::new(x as f32, y as f32);
    Quad([point(ax, ay), point(bx, by), point(cx, cy), point(dx, dy)])
}

/// The area within corners, by the shoelace formula.
fn area(quad: &Quad) -> f32 {
    let next = |number: usize| quad.0[(number + 1) % 4];
    let sum: f32 = (0..).zip(quad.0).map(|(number, at)| at.x * next(number).y - next(number).x * at.y).sum();
    sum.abs() / 2.0
}

/// Whether a point lies within corners that are convex.
fn is_inside(quad: &Quad, point: Point) -> bool {
    let side = |number: usize| {
        let (from, to) = (quad.0[number], quad.0[(number + 1) % 4]);
        (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x)
    };
    let sides = [0, 1, 2, 3].map(side);
    sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0)
}

/// Why an engine could not look at a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{engine}: {reason}")]
pub struct ReadError {
    /// The engine's name.
    pub engine: String,
    /// What it says.
    pub reason: String,
}
