//! BMP: a header, a palette, rows of pixels.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;

use super::{PictureFault, PictureProbe, PictureSource, still};

/// The signature is only two letters, so the header's size must be one that exists, too.
pub(super) fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM") && matches!(header_length(bytes), Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

fn header_length(bytes: &[u8]) -> Option<u32> {
    bytes.get(14..)?.first_chunk::<4>().map(|length| u32::from_le_bytes(*length))
}

pub(super) fn probe(bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
    let size = bytes.get(18..).unwrap_or_default();
    let (width, height) = if header_length(bytes) == Some(12) {
        let [w0, w1, h0, h1] = *size.first_chunk::<4>().ok_or(PictureFault::EndsEarly)?;
        (u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into())
    } else {
        let [w0, w1, w2, w3, h0, h1, h2, h3] = *size.first_chunk::<8>().ok_or(PictureFault::EndsEarly)?;
        let signed = |bytes| i32::from_le_bytes(bytes).unsigned_abs();
        // A negative height means rows from top to bottom.
        (signed([w0, w1, w2, w3]), signed([h0, h1, h2, h3]))
    };
    // RGBA, blended over both grounds, 2 for detection.
    Ok(PictureProbe::still(width, height, 9))
}

pub(super) fn source(bytes: &[u8]) -> Result<PictureSource<'_>, PictureFault> {
    still(BmpDecoder::new(Cursor::new(bytes))?)
}
