//! What a camera and a codec do to a scene: blur, noise, weak light, JPEG.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

use crate::rng::Rng;

/// Gaussian blur: three box blurs are as good, and quick at any width.
#[must_use]
pub fn blurred(image: &RgbImage, sigma: f32) -> RgbImage {
    image::imageops::fast_blur(image, sigma.max(0.3))
}

/// Blur along a straight path of that length (pixels) and direction (radians).
#[must_use]
pub fn shaken(image: &RgbImage, length: f32, angle: f32) -> RgbImage {
    let steps = (length.ceil() as i32).max(2);
    let (width, height) = (image.width() as i32, image.height() as i32);
    let offsets: Vec<(i32, i32)> = (0..steps)
        .map(|i| {
            let along = (i as f32 / (steps - 1) as f32 - 0.5) * length;
            ((along * angle.cos()).round() as i32, (along * angle.sin()).round() as i32)
        })
        .collect();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let mut sum = [0u32; 3];
        for &(dx, dy) in &offsets {
            let (x, y) = ((x as i32 + dx).clamp(0, width - 1), (y as i32 + dy).clamp(0, height - 1));
            let pixel = image.get_pixel(x as u32, y as u32);
            for (sum, value) in sum.iter_mut().zip(pixel.0) {
                *sum += u32::from(value);
            }
        }
        Rgb(sum.map(|sum| (sum / offsets.len() as u32) as u8))
    })
}

/// Noise of that deviation, 0 to 255.
pub fn noise(image: &mut RgbImage, deviation: f32, rng: &mut Rng) {
    // A table of chance is read in order: a number for every pixel and colour would take longer than all else.
    let table: Vec<f32> = (0..4093).map(|_| rng.normal() * deviation).collect();
    let mut at = rng.below(table.len());
    for pixel in image.pixels_mut() {
        let grey = table[at] * 0.7;
        for value in &mut pixel.0 {
            at = (at + 1) % table.len();
            *value = (f32::from(*value) + grey + table[at] * 0.6).clamp(0.0, 255.0) as u8;
        }
        at = (at + usize::from(pixel.0[0] & 3)) % table.len();
    }
}

/// Through JPEG and back.
#[must_use]
pub fn jpeg(image: &RgbImage, quality: u8) -> RgbImage {
    let bytes = jpeg_bytes(image, quality);
    match image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg) {
        Ok(back) => back.into_rgb8(),
        Err(_) => image.clone(),
    }
}

/// The picture as a JPEG file.
///
/// # Panics
/// Where the picture has no pixels.
#[must_use]
pub fn jpeg_bytes(image: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image);
    encoded.unwrap_or_else(|error| panic!("{error}"));
    bytes
}
