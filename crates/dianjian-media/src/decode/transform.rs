//! Pictures derived from a picture (halved, enlarged, sharpened, rotated), with the map back to its pixels.

use std::borrow::Cow;

use image::{GrayImage, imageops};

use crate::detect::plane;
use crate::{Point, Quad};

/// A picture made from another one, and the affine map back.
pub(super) struct TransformedImage<'o> {
    pub(super) grey: Cow<'o, GrayImage>,
    /// A point of the original is `origin + x * right + y * down`.
    origin: Point,
    right: Point,
    down: Point,
}

impl<'o> TransformedImage<'o> {
    fn scaled(grey: Cow<'o, GrayImage>, original: &GrayImage) -> Self {
        let factor = |from: u32, to: u32| from as f32 / to.max(1) as f32;
        let right = Point::new(factor(original.width(), grey.width()), 0.0);
        let down = Point::new(0.0, factor(original.height(), grey.height()));
        Self { grey, origin: Point::default(), right, down }
    }

    /// The picture itself, borrowed.
    pub(super) fn same(original: &'o GrayImage) -> Self {
        Self::scaled(Cow::Borrowed(original), original)
    }

    /// Half as wide and high. An odd last row or column is left out, so that pixels stay square.
    pub(super) fn halved(&self) -> Self {
        let double = |step: Point| Point::new(2.0 * step.x, 2.0 * step.y);
        let grey = Cow::Owned(plane::halved(&self.grey));
        Self { grey, origin: self.origin, right: double(self.right), down: double(self.down) }
    }

    /// Enlarged by a whole factor, interpolated smoothly.
    pub(super) fn enlarged(original: &GrayImage, factor: u32) -> Self {
        let (width, height) = (original.width() * factor, original.height() * factor);
        let grey = imageops::resize(original, width, height, imageops::FilterType::CatmullRom);
        Self::scaled(Cow::Owned(grey), original)
    }

    /// Sharpened by an unsharp mask of radius `blur` in pixels.
    pub(super) fn sharpened(original: &GrayImage, blur: f32) -> Self {
        Self::scaled(Cow::Owned(imageops::unsharpen(original, blur, 0)), original)
    }

    /// Rotated by an angle in radians about its centre; the corners are filled with white.
    pub(super) fn rotated(original: &'o GrayImage, angle: f32) -> Self {
        let (width, height) = (original.width() as f32, original.height() as f32);
        let (sin, cos) = angle.sin_cos();
        let new_width = (width * cos.abs() + height * sin.abs()).ceil();
        let new_height = (width * sin.abs() + height * cos.abs()).ceil();
        let origin = Point::new(
            (width - cos * new_width + sin * new_height) / 2.0,
            (height - sin * new_width - cos * new_height) / 2.0,
        );
        let (right, down) = (Point::new(cos, sin), Point::new(-sin, cos));
        let mut rotated = Self { grey: Cow::Borrowed(original), origin, right, down };
        let grey = GrayImage::from_fn(new_width as u32, new_height as u32, |x, y| {
            let at = rotated.back(Point::new(x as f32 + 0.5, y as f32 + 0.5));
            imageops::interpolate_bilinear(original, at.x - 0.5, at.y - 0.5).unwrap_or(image::Luma([255]))
        });
        rotated.grey = Cow::Owned(grey);
        rotated
    }

    /// Maps a point to the original.
    fn back(&self, point: Point) -> Point {
        Point::new(
            self.origin.x + point.x * self.right.x + point.y * self.down.x,
            self.origin.y + point.x * self.right.y + point.y * self.down.y,
        )
    }

    /// Maps a quad to the original.
    pub(super) fn back_quad(&self, quad: Quad) -> Quad {
        quad.map(|point| self.back(point))
    }
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    #[test]
    fn derived_pictures_know_the_way_back() {
        let mut original = GrayImage::from_pixel(60, 40, Luma([255]));
        for (x, y) in [(44, 12), (45, 12), (44, 13), (45, 13)] {
            original.put_pixel(x, y, Luma([0]));
        }
        let same = TransformedImage::same(&original);
        let all = [
            same.halved(),
            TransformedImage::enlarged(&original, 3),
            TransformedImage::rotated(&original, 0.8),
            TransformedImage::rotated(&original, -1.2).halved(),
            same,
        ];
        for derived in all {
            let dark = |(_, _, pixel): &(u32, u32, &Luma<u8>)| pixel.0[0] < 200;
            let dark: Vec<_> = derived.grey.enumerate_pixels().filter(dark).collect();
            let count = dark.len() as f32;
            let x = dark.iter().map(|(x, _, _)| *x as f32 + 0.5).sum::<f32>() / count;
            let y = dark.iter().map(|(_, y, _)| *y as f32 + 0.5).sum::<f32>() / count;
            let place = derived.back(Point::new(x, y));
            assert!(place.distance(Point::new(45.0, 13.0)) < 0.9, "{place:?}");
        }
    }
}
