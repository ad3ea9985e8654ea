//! Points, rectangles and quads in pixels from the upper left corner of a picture.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A point; whole numbers are the edges between pixels, so the first pixel's centre is (0.5, 0.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the upper edge.
    pub y: f32,
}

impl Point {
    /// The point at `x` and `y`.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// The Euclidean distance to another point.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rect {
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

impl Rect {
    /// The x-coordinate of the right edge.
    pub fn right(self) -> f32 {
        self.left + self.width
    }

    /// The y-coordinate of the lower edge.
    pub fn bottom(self) -> f32 {
        self.top + self.height
    }

    /// The point at which the diagonals cross.
    pub fn centre(self) -> Point {
        Point::new(self.left + self.width / 2.0, self.top + self.height / 2.0)
    }

    /// The area; 0 if a side is negative.
    pub fn area(self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// The length of the longer side, by which sizes of codes are compared.
    pub fn side(self) -> f32 {
        self.width.max(self.height)
    }

    /// The area of the intersection.
    pub fn shared(self, other: Self) -> f32 {
        let width = self.right().min(other.right()) - self.left.max(other.left);
        let height = self.bottom().min(other.bottom()) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }

    /// Intersection over union (IoU), from 0 to 1.
    pub fn overlap(self, other: Self) -> f32 {
        let shared = self.shared(other);
        let joint = self.area() + other.area() - shared;
        if joint > 0.0 { shared / joint } else { 0.0 }
    }

    /// The rectangle with its coordinates multiplied by factors across and down.
    #[must_use]
    pub fn scaled(self, [across, down]: [f32; 2]) -> Self {
        Self { left: self.left * across, top: self.top * down, width: self.width * across, height: self.height * down }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self { left, top, width: right - left, height: bottom - top }
    }

    /// The part that lies in a picture of this size. Holds for any coordinates, NaN included.
    #[must_use]
    pub fn clipped(self, width: f32, height: f32) -> Self {
        // `f32::clamp` panics if a bound is NaN.
        let within = |at: f32, low: f32, high: f32| at.max(low).min(high);
        let (left, top) = (within(self.left, 0.0, width), within(self.top, 0.0, height));
        let (right, bottom) = (within(self.right(), left, width), within(self.bottom(), top, height));
        Self { left, top, width: right - left, height: bottom - top }
    }

    /// The rectangle extended by `by` on every side.
    #[must_use]
    pub fn grown(self, by: f32) -> Self {
        Self { left: self.left - by, top: self.top - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }
}

/// Four corners, clockwise; of a code whose orientation is known the first is its own upper left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quad(pub [Point; 4]);

impl Quad {
    /// The corners of a rectangle, clockwise from the upper left.
    pub fn of(rect: Rect) -> Self {
        Self([
            Point::new(rect.left, rect.top),
            Point::new(rect.right(), rect.top),
            Point::new(rect.right(), rect.bottom()),
            Point::new(rect.left, rect.bottom()),
        ])
    }

    /// The smallest upright rectangle around the corners.
    pub fn bounds(self) -> Rect {
        let xs = self.0.map(|point| point.x);
        let ys = self.0.map(|point| point.y);
        let low = |values: [f32; 4]| values.into_iter().fold(f32::INFINITY, f32::min);
        let high = |values: [f32; 4]| values.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let (left, top) = (low(xs), low(ys));
        Rect { left, top, width: high(xs) - left, height: high(ys) - top }
    }

    /// Applies a function to each corner.
    #[must_use]
    pub fn map(self, f: impl FnMut(Point) -> Point) -> Self {
        Self(self.0.map(f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_is_shared_over_joint() {
        let left = Rect { left: 0.0, top: 0.0, width: 2.0, height: 2.0 };
        let right = Rect { left: 1.0, ..left };
        assert!((left.overlap(right) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(left.overlap(Rect { left: 5.0, ..left }), 0.0);
        assert_eq!(left.overlap(left), 1.0);
    }

    #[test]
    fn clipping_keeps_what_is_inside() {
        let rect = Rect { left: -3.0, top: 5.0, width: 10.0, height: 100.0 };
        assert_eq!(rect.clipped(4.0, 20.0), Rect { left: 0.0, top: 5.0, width: 4.0, height: 15.0 });
        assert_eq!(Rect { left: 50.0, ..rect }.clipped(4.0, 20.0).area(), 0.0);
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let clipped = Rect { left: odd, top: odd, width: odd, height: odd }.clipped(4.0, 20.0);
            assert!((0.0..=80.0).contains(&clipped.area()), "{odd}: {clipped:?}");
        }
    }

    #[test]
    fn a_quads_bounds_hold_its_corners() {
        let quad = Quad([Point::new(3.0, 1.0), Point::new(5.0, 3.0), Point::new(3.0, 5.0), Point::new(1.0, 3.0)]);
        assert_eq!(quad.bounds(), Rect { left: 1.0, top: 1.0, width: 4.0, height: 4.0 });
    }
}
