//! HEIC, as phones take photographs: an HEVC picture, or a grid of them, in boxes. Decoded by `heic_rs`, safe Rust.

use heic_rs::{DecodeOptions, Error, ImageInfo, PixelLayout};
use image::ColorType;
use image::metadata::Orientation;

use super::{PictureFault, PictureProbe, PictureSource, RawFrame, budget};
use crate::panic_guard::catch_panic;

/// Samples of the tiles at 16 bits, the picture, the turned picture, both grounds, 2 for detection.
const BYTES_PER_PIXEL: u64 = 6 + 4 + 4 + 3 + 2;

/// Reads the boxes.
pub(super) fn probe(bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
    let info = info(bytes)?;
    // A picture may be cut out of a larger one, which is decoded as a whole.
    let coded = (info.coded_width, info.coded_height);
    Ok(PictureProbe::cut_from(coded, (info.width, info.height), BYTES_PER_PIXEL))
}

fn info(bytes: &[u8]) -> Result<ImageInfo, PictureFault> {
    Ok(catch_panic(|| heic_rs::probe(bytes)).ok_or_else(PictureFault::gave_up)??)
}

/// Its only picture; the decoder turns it upright as its boxes say, which is what phones go by.
pub(super) fn source(bytes: &[u8]) -> Result<PictureSource<'_>, PictureFault> {
    let raw_frames = Box::new(std::iter::once_with(move || decoded(bytes)));
    Ok(PictureSource { orientation: Orientation::NoTransforms, raw_frames })
}

fn decoded(bytes: &[u8]) -> Result<RawFrame, PictureFault> {
    let (layout, colour) = if info(bytes)?.has_alpha {
        (PixelLayout::Rgba8, ColorType::Rgba8)
    } else {
        (PixelLayout::Rgb8, ColorType::Rgb8)
    };
    let max_pixels = Some(budget::PIXEL_MEMORY.capacity() / BYTES_PER_PIXEL);
    let options = DecodeOptions { layout, max_pixels, ..DecodeOptions::default() };
    let image = heic_rs::decode(bytes, &options)?;
    Ok(RawFrame { width: image.width, height: image.height, colour, bytes: image.data, duration: None })
}

impl From<Error> for PictureFault {
    fn from(error: Error) -> Self {
        match error {
            // The first box is there, and tells that it is HEIC; the next ones are not.
            Error::Truncated(_) | Error::MissingBox("meta") => Self::EndsEarly,
            Error::Malformed("image has a zero dimension") => Self::NoPixels,
            Error::PixelLimit { .. } => Self::other("解码所需内存超过上限", "decoding needs more memory than allowed"),
            Error::Malformed(_) | Error::CyclicDerivation(_) => {
                Self::other(format!("无法解码（{error}）"), format!("cannot be decoded ({error})"))
            }
            other => Self::Unsupported(other.to_string()),
        }
    }
}
