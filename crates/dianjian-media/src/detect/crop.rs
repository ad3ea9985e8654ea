//! Tries hard to decode a located code, in a crop around it.

use image::GrayImage;

use super::plane;
use crate::decode::{DecodeEffort, decode_codes};
use crate::{Code, Point, Rect};

/// Margins around the code, as parts of its side: for its quiet zone, and for the inaccuracy of the box.
const MARGINS: [f32; 2] = [0.15, 0.4];

/// The codes in the smallest of the crops in which any can be decoded, in pixels of the picture.
pub(super) fn read(image: &GrayImage, located: &Code) -> Vec<Code> {
    let bounds = located.quad.bounds();
    let (width, height) = (image.width() as f32, image.height() as f32);
    let crops = MARGINS.map(|margin| bounds.grown(margin * bounds.side()).clipped(width, height));
    crops.into_iter().map(|rect| read_in(image, rect)).find(|codes| !codes.is_empty()).unwrap_or_default()
}

fn read_in(image: &GrayImage, rect: Rect) -> Vec<Code> {
    let (left, top) = (rect.left.floor(), rect.top.floor());
    let (width, height) = (rect.right().ceil() - left, rect.bottom().ceil() - top);
    if width < 8.0 || height < 8.0 {
        return Vec::new();
    }
    let part = plane::cut(image, left as i64, top as i64, width as u32, height as u32);
    let back = |point: Point| Point::new(point.x + left, point.y + top);
    let mut codes = decode_codes(&part, DecodeEffort::Thorough);
    for code in &mut codes {
        code.quad = code.quad.map(back);
    }
    codes
}
