//! AVIF: an AV1 picture in the boxes of HEIC. The boxes are read here; the pixels come from `ffmpeg`, as those of video.

use std::time::Duration;

use heic_rs::meta::iref::RefKind;
use heic_rs::meta::{self, Meta};
use heic_rs::{Image, PixelLayout, props, transform};
use image::RgbImage;

use super::budget::{MemoryPermit, PIXEL_MEMORY};
use super::{PictureFault, PictureProbe, PictureReader, RgbFrame, bounded};
use crate::panic_guard::catch_panic;
use crate::{MediaError, MediaLimits, Medium};

/// The frame as it is read, decoded and turned, 2 for detection.
const BYTES_PER_PIXEL: u64 = 3 + 3 + 3 + 2;

/// Opens an AVIF picture, whose only frame `decode` returns as it is coded: neither turned nor cut.
///
/// # Errors
///
/// The picture is damaged, exceeds a limit, or is of a variety that `decode` would not return as a whole.
pub(crate) fn open_avif<'b>(
    name: &str,
    bytes: &[u8],
    limits: &MediaLimits,
    decode: impl FnOnce() -> Result<RgbImage, MediaError>,
) -> Result<PictureReader<'b>, MediaError> {
    let in_words = |fault: PictureFault| fault.named("AVIF").error(name, limits.pixels);
    let header = catch_panic(|| AvifHeader::of(bytes)).unwrap_or_else(|| Err(PictureFault::gave_up()));
    let AvifHeader { coded, shown: (width, height), transforms } = header.map_err(in_words)?;
    let permit =
        PIXEL_MEMORY.acquire(bounded(&PictureProbe::cut_from(coded, (width, height), BYTES_PER_PIXEL), name, limits)?);
    let image = decode()?;
    if image.dimensions() != coded {
        return Err(in_words(PictureFault::Unsupported("its parts are stored one by one".to_owned())));
    }
    let image = Image { data: image.into_raw(), width: coded.0, height: coded.1, layout: PixelLayout::Rgb8 };
    let image = transform::apply_all(image, &transforms).map_err(|error| in_words(error.into()))?;
    let image = RgbImage::from_raw(image.width, image.height, image.data);
    let image = image.ok_or_else(|| in_words(PictureFault::EndsEarly))?;
    let frame = RgbFrame { image, over_black: None, at: Duration::ZERO, duration: Duration::ZERO };
    let frames = Box::new(HeldFrame { frame: Some(frame), _permit: permit });
    Ok(PictureReader { medium: Medium::Picture, width, height, frames })
}

/// What the boxes say.
struct AvifHeader {
    /// The size of the coded picture.
    coded: (u32, u32),
    /// Its size after `transforms`.
    shown: (u32, u32),
    transforms: Vec<heic_rs::Transform>,
}

impl AvifHeader {
    fn of(bytes: &[u8]) -> Result<Self, PictureFault> {
        let meta = meta::parse(bytes)?;
        let item = meta.primary_item()?;
        if &item.item_type != b"av01" {
            return Err(PictureFault::Unsupported("its parts are stored one by one".to_owned()));
        }
        // A code may be drawn in what is transparent alone, which ffmpeg does not return.
        if has_alpha(&meta) {
            return Err(PictureFault::Unsupported("it has transparency".to_owned()));
        }
        // All of it is there.
        meta.item_data(bytes, meta.primary)?;
        let properties = props::gather(&meta.props, meta.primary)?;
        let size = properties.ispe.ok_or(heic_rs::Error::MissingBox("ispe"))?;
        let coded = (size.width, size.height);
        let shown = transform::transformed_size(coded.0, coded.1, &properties.transforms)?;
        Ok(Self { coded, shown, transforms: properties.transforms })
    }
}

fn has_alpha(meta: &Meta<'_>) -> bool {
    meta.refs.iter().any(|reference| reference.kind == RefKind::Auxl && reference.to.contains(&meta.primary))
}

/// A decoded frame, and the memory that it takes until it is dropped.
struct HeldFrame {
    frame: Option<RgbFrame>,
    _permit: MemoryPermit,
}

impl Iterator for HeldFrame {
    type Item = Result<RgbFrame, MediaError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.frame.take().map(Ok)
    }
}
