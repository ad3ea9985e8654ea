//! The interface of the decoding libraries.

use super::binarize::BinarizedImage;
use crate::{CodeKind, Point, Quad};

/// A code that an engine read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DecodedCode {
    pub(super) kind: CodeKind,
    /// Its corners, in pixels of the binarized image.
    pub(super) quad: Quad,
    /// Its payload as text, see [`payload`](super::payload).
    pub(super) text: String,
}

/// A library that reads codes, restricted to some kinds of them.
pub(super) trait DecodeEngine: Sync {
    /// The library's name and version, as `doctor` shows it.
    fn name(&self) -> &'static str;

    /// All codes that it can read in an image. Implementations catch the panics of their libraries.
    fn read(&self, image: &BinarizedImage) -> Vec<DecodedCode>;
}

impl std::fmt::Debug for dyn DecodeEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The quad around some points. Four points are its corners: they are put in clockwise order, beginning with the
/// first. Of any other number the bounding box is taken; `None` without a finite point.
pub(super) fn quad_around(points: &[Point]) -> Option<Quad> {
    let count = points.len() as f32;
    let finite = |point: &Point| point.x.is_finite() && point.y.is_finite();
    if points.is_empty() || !points.iter().all(finite) {
        return None;
    }
    if let Ok(corners) = <[Point; 4]>::try_from(points) {
        let middle = Point::new(
            points.iter().map(|point| point.x).sum::<f32>() / count,
            points.iter().map(|point| point.y).sum::<f32>() / count,
        );
        let angle = |point: &Point| (point.y - middle.y).atan2(point.x - middle.x);
        let mut sorted = corners;
        sorted.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
        let first = sorted.iter().position(|point| *point == corners[0]).unwrap_or(0);
        sorted.rotate_left(first);
        return Some(Quad(sorted));
    }
    let (mut low, mut high) = (points[0], points[0]);
    for point in points {
        low = Point::new(low.x.min(point.x), low.y.min(point.y));
        high = Point::new(high.x.max(point.x), high.y.max(point.y));
    }
    Some(Quad([low, Point::new(high.x, low.y), high, Point::new(low.x, high.y)]))
}
