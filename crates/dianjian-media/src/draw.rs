//! Draws outlines of codes and labels into pictures, for people to look at.

use dianjian_base::{Point, Quad};
use image::{Rgb, RgbImage};

/// The outline colour of certain codes.
pub const CERTAIN: Rgb<u8> = Rgb([220, 30, 30]);

/// The outline colour of suspected codes.
pub const SUSPECTED: Rgb<u8> = Rgb([240, 160, 0]);

/// Draws an outline around a code, with a label above it or, without room there, below. Labels may have Latin letters,
/// digits, `-` and `.`; other characters are left blank.
pub fn outline(image: &mut RgbImage, quad: Quad, label: &str, color: Rgb<u8>) {
    let (width, height) = image.dimensions();
    let thick = (width.min(height) / 240).clamp(2, 12);
    let centre = quad.bounds().centre();
    // Around the code rather than on it.
    let outside = |corner: Point| {
        let away = corner.distance(centre).max(1.0);
        let by = 1.0 + thick as f32 * 1.5 / away;
        Point::new(centre.x + (corner.x - centre.x) * by, centre.y + (corner.y - centre.y) * by)
    };
    let corners = quad.map(outside).0;
    for (number, from) in corners.iter().enumerate() {
        line(image, *from, corners[(number + 1) % 4], thick, color);
    }
    let scale = thick.div_ceil(2).max(2);
    let bounds = Quad(corners).bounds();
    let label_height = (GLYPH_HEIGHT + 2) * scale;
    let above = bounds.top - thick as f32 - label_height as f32;
    let top = if above >= 0.0 {
        above
    } else {
        (bounds.bottom() + thick as f32).min((height - label_height.min(height)) as f32)
    };
    let wide = (label.len() as u32 * (GLYPH_WIDTH + 1) + 1) * scale;
    let left = bounds.left.clamp(0.0, width.saturating_sub(wide) as f32);
    let place = |at: f32, limit: u32| at.clamp(0.0, limit as f32) as i64;
    write_label(image, place(left, width), place(top, height), label, scale, color);
}

/// Draws a line as a row of squares, clipped to the picture.
fn line(image: &mut RgbImage, from: Point, to: Point, thick: u32, color: Rgb<u8>) {
    // Bounds the loop for absurd coordinates, which no detector returns.
    const LONGEST: f32 = 100_000.0;
    let steps = (from.distance(to) * 2.0).clamp(1.0, LONGEST) as u32;
    let half = i64::from(thick / 2);
    for step in 0..=steps {
        let part = step as f32 / steps as f32;
        let x = (from.x + (to.x - from.x) * part) as i64;
        let y = (from.y + (to.y - from.y) * part) as i64;
        fill(image, x.saturating_sub(half), y.saturating_sub(half), thick, thick, color);
    }
}

fn fill(image: &mut RgbImage, left: i64, top: i64, width: u32, height: u32, color: Rgb<u8>) {
    let (limit_x, limit_y) = (i64::from(image.width()), i64::from(image.height()));
    for y in top.max(0)..top.saturating_add(i64::from(height)).min(limit_y) {
        for x in left.max(0)..left.saturating_add(i64::from(width)).min(limit_x) {
            image.put_pixel(x as u32, y as u32, color);
        }
    }
}

const GLYPH_WIDTH: u32 = 5;
const GLYPH_HEIGHT: u32 = 7;

/// Writes a text in white on a ground of the colour.
fn write_label(image: &mut RgbImage, left: i64, top: i64, text: &str, scale: u32, color: Rgb<u8>) {
    let count = text.chars().count() as u32;
    fill(image, left, top, (count * (GLYPH_WIDTH + 1) + 1) * scale, (GLYPH_HEIGHT + 2) * scale, color);
    for (number, sign) in text.chars().enumerate() {
        let Some(rows) = glyph(sign.to_ascii_uppercase()) else { continue };
        for (row, bits) in rows.iter().enumerate() {
            for column in (0..GLYPH_WIDTH).filter(|column| bits >> (GLYPH_WIDTH - 1 - column) & 1 == 1) {
                let x = left + i64::from((number as u32 * (GLYPH_WIDTH + 1) + 1 + column) * scale);
                let y = top + i64::from((row as u32 + 1) * scale);
                fill(image, x, y, scale, scale, Rgb([255; 3]));
            }
        }
    }
}

/// A five by seven bitmap: one number per row, the leftmost pixel in bit 4.
fn glyph(sign: char) -> Option<[u8; 7]> {
    Some(match sign {
        'A' => [14, 17, 17, 31, 17, 17, 17],
        'B' => [30, 17, 17, 30, 17, 17, 30],
        'C' => [14, 17, 16, 16, 16, 17, 14],
        'D' => [30, 17, 17, 17, 17, 17, 30],
        'E' => [31, 16, 16, 30, 16, 16, 31],
        'F' => [31, 16, 16, 30, 16, 16, 16],
        'G' => [14, 17, 16, 23, 17, 17, 15],
        'H' => [17, 17, 17, 31, 17, 17, 17],
        'I' => [14, 4, 4, 4, 4, 4, 14],
        'J' => [7, 2, 2, 2, 2, 18, 12],
        'K' => [17, 18, 20, 24, 20, 18, 17],
        'L' => [16, 16, 16, 16, 16, 16, 31],
        'M' => [17, 27, 21, 21, 17, 17, 17],
        'N' => [17, 17, 25, 21, 19, 17, 17],
        'O' => [14, 17, 17, 17, 17, 17, 14],
        'P' => [30, 17, 17, 30, 16, 16, 16],
        'Q' => [14, 17, 17, 17, 21, 18, 13],
        'R' => [30, 17, 17, 30, 20, 18, 17],
        'S' => [15, 16, 16, 14, 1, 1, 30],
        'T' => [31, 4, 4, 4, 4, 4, 4],
        'U' => [17, 17, 17, 17, 17, 17, 14],
        'V' => [17, 17, 17, 17, 17, 10, 4],
        'W' => [17, 17, 17, 21, 21, 21, 10],
        'X' => [17, 17, 10, 4, 10, 17, 17],
        'Y' => [17, 17, 17, 10, 4, 4, 4],
        'Z' => [31, 1, 2, 4, 8, 16, 31],
        '0' => [14, 17, 19, 21, 25, 17, 14],
        '1' => [4, 12, 4, 4, 4, 4, 14],
        '2' => [14, 17, 1, 2, 4, 8, 31],
        '3' => [31, 2, 4, 2, 1, 17, 14],
        '4' => [2, 6, 10, 18, 31, 2, 2],
        '5' => [31, 16, 30, 1, 1, 17, 14],
        '6' => [6, 8, 16, 30, 17, 17, 14],
        '7' => [31, 1, 2, 4, 8, 8, 8],
        '8' => [14, 17, 17, 14, 17, 17, 14],
        '9' => [14, 17, 17, 15, 1, 2, 12],
        '-' => [0, 0, 0, 31, 0, 0, 0],
        '.' => [0, 0, 0, 0, 0, 12, 12],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rect;

    #[test]
    fn the_outline_stands_around_the_code() {
        let mut image = RgbImage::from_pixel(200, 160, Rgb([255; 3]));
        let code = Rect { left: 60.0, top: 60.0, width: 40.0, height: 40.0 };
        outline(&mut image, Quad::of(code), "QR 0.84", CERTAIN);
        let colored = |x: u32, y: u32| *image.get_pixel(x, y) == CERTAIN;
        assert!(colored(57, 80) && colored(80, 57) && colored(102, 80) && colored(80, 102));
        assert!((61..99).all(|x| !colored(x, 80)));
        assert!(colored(58, 38) && colored(58, 54), "the label stands above");
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        for (left, top) in [(-50.0, -50.0), (180.0, 140.0), (1e9, f32::NAN), (0.0, 0.0)] {
            let mut image = RgbImage::new(200, 160);
            outline(&mut image, Quad::of(Rect { left, top, width: 60.0, height: 60.0 }), "MINI-PROGRAM", SUSPECTED);
        }
        outline(&mut RgbImage::new(1, 1), Quad::of(Rect { width: 1.0, height: 1.0, ..Rect::default() }), "QR", CERTAIN);
    }

    #[test]
    fn every_sort_of_code_has_a_label() {
        for kind in crate::CodeKind::ALL {
            assert!(kind.as_str().to_uppercase().chars().all(|sign| glyph(sign).is_some()), "{kind:?}");
        }
    }
}
