//! Converts decoded pixels of any colour type to what a viewer sees: upright RGB, blended over white and over black.

use std::time::Duration;

use image::metadata::Orientation;
use image::{ColorType, DynamicImage, RgbImage};

use super::{PictureFault, RawFrame, RgbFrame};

/// Edges that show over black and are lost over white from which a picture is also searched over black: the smallest code,
/// a Micro QR of 11 by 11 modules, has about as many.
const MIN_LOST_EDGES: usize = 64;

/// The frame that appears at a time.
pub(super) fn frame(raw_frame: RawFrame, orientation: Orientation, at: Duration) -> Result<RgbFrame, PictureFault> {
    let RawFrame { width, height, colour, bytes, duration } = raw_frame;
    let image = |bytes| {
        let image = RgbImage::from_raw(width, height, bytes).ok_or(PictureFault::EndsEarly)?;
        let mut image = DynamicImage::ImageRgb8(image);
        image.apply_orientation(orientation);
        Ok::<_, PictureFault>(image.into_rgb8())
    };
    let (bytes, channels) = eight_bits(bytes, colour)?;
    let (white, black) = match channels {
        1 => (bytes.iter().flat_map(|&grey| [grey; 3]).collect(), None),
        3 => (bytes, None),
        _ => {
            let bytes = if channels == 2 { spread(&bytes) } else { bytes };
            let black = hides_edges(&bytes, width).then(|| over_black(&bytes));
            (over_white(bytes), black)
        }
    };
    let over_black = black.map(image).transpose()?;
    Ok(RgbFrame { image: image(white)?, over_black, at, duration: duration.unwrap_or(Duration::ZERO) })
}

/// Turns a picture's pixels, of any colour type that [`frame`] knows.
pub(super) fn turned(raw_frame: RawFrame, orientation: Orientation) -> Result<RawFrame, PictureFault> {
    if orientation == Orientation::NoTransforms {
        return Ok(raw_frame);
    }
    let RawFrame { width, height, colour, bytes, duration } = raw_frame;
    let (bytes, channels) = eight_bits(bytes, colour)?;
    let image = match channels {
        1 => image::GrayImage::from_raw(width, height, bytes).map(DynamicImage::from),
        2 => image::GrayAlphaImage::from_raw(width, height, bytes).map(DynamicImage::from),
        3 => RgbImage::from_raw(width, height, bytes).map(DynamicImage::from),
        _ => image::RgbaImage::from_raw(width, height, bytes).map(DynamicImage::from),
    };
    let mut image = image.ok_or(PictureFault::EndsEarly)?;
    image.apply_orientation(orientation);
    let (width, height, colour) = (image.width(), image.height(), image.color());
    Ok(RawFrame { width, height, colour, bytes: image.into_bytes(), duration })
}

/// Reduces to 8 bits per channel; also returns the number of channels.
fn eight_bits(mut bytes: Vec<u8>, colour: ColorType) -> Result<(Vec<u8>, u8), PictureFault> {
    match colour {
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => {}
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            let length = bytes.len() / 2;
            for at in 0..length {
                let value = u32::from(u16::from_ne_bytes([bytes[2 * at], bytes[2 * at + 1]]));
                bytes[at] = ((value + 128) / 257) as u8;
            }
            bytes.truncate(length);
            bytes.shrink_to_fit();
        }
        _ => return Err(PictureFault::other("不支持的像素格式", "its pixel format is not supported")),
    }
    Ok((bytes, colour.channel_count()))
}

/// Expands grey and alpha to RGBA.
fn spread(bytes: &[u8]) -> Vec<u8> {
    bytes.as_chunks::<2>().0.iter().flat_map(|&[grey, alpha]| [grey, grey, grey, alpha]).collect()
}

/// Blends a channel over a ground of 0 or 255.
fn over(ground: u8, value: u8, alpha: u8) -> u8 {
    let (ground, value, alpha) = (u32::from(ground), u32::from(value), u32::from(alpha));
    ((value * alpha + ground * (255 - alpha) + 127) / 255) as u8
}

fn over_black(rgba: &[u8]) -> Vec<u8> {
    rgba.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [over(0, r, a), over(0, g, a), over(0, b, a)]).collect()
}

/// Blends in place, so that a large picture is in memory only once.
fn over_white(mut rgba: Vec<u8>) -> Vec<u8> {
    let pixels = rgba.len() / 4;
    for at in 0..pixels {
        let [r, g, b, a] = [rgba[4 * at], rgba[4 * at + 1], rgba[4 * at + 2], rgba[4 * at + 3]];
        rgba[3 * at] = over(255, r, a);
        rgba[3 * at + 1] = over(255, g, a);
        rgba[3 * at + 2] = over(255, b, a);
    }
    rgba.truncate(3 * pixels);
    rgba.shrink_to_fit();
    rgba
}

/// Does the picture have light edges against transparency, which are lost over white?
fn hides_edges(rgba: &[u8], width: u32) -> bool {
    let row = 4 * width as usize;
    let mut lost = 0;
    for row in rgba.chunks_exact(row.max(4)) {
        let pixels = row.as_chunks::<4>().0;
        if pixels.iter().all(|pixel| pixel[3] == 255) {
            continue;
        }
        for pair in pixels.windows(2) {
            let [left, right] = [pair[0], pair[1]];
            if left[3] != right[3] {
                let step = |ground| over(ground, light(left), left[3]).abs_diff(over(ground, light(right), right[3]));
                lost += usize::from(step(0) >= 32 && step(255) < step(0) / 2);
            }
        }
        if lost >= MIN_LOST_EDGES {
            return true;
        }
    }
    false
}

/// The approximate luma of a pixel.
fn light([r, g, b, _]: [u8; 4]) -> u8 {
    ((u32::from(r) * 2 + u32::from(g) * 5 + u32::from(b)) / 8) as u8
}
