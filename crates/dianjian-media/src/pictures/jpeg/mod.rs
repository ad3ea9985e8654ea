//! JPEG: segments after markers, scans of entropy-coded data, an end marker.

mod huffman;
mod scans;

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;

use super::{PictureFault, PictureProbe, PictureSource, still};

/// Walks the segments and scans up to the end marker: decoders fill what is missing with grey.
pub(super) fn probe(bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
    let mut probe = None;
    let mut scans = 0_u32;
    let mut at = 2;
    let damage = loop {
        let Some(found) = marker(bytes, at) else { break Some(PictureFault::EndsEarly) };
        let (kind, after) = found;
        match kind {
            0xd9 => break None,
            // Markers without a segment: restarts, the start of a picture, and one for temporary use.
            0x01 | 0xd0..=0xd8 => {
                at = after;
                continue;
            }
            _ => {}
        }
        let Some(segment) = segment(bytes, after) else { break Some(PictureFault::EndsEarly) };
        match kind {
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf if probe.is_none() => probe = Some(frame(kind, segment)?),
            0xda => scans += 1,
            _ => {}
        }
        at = after + 2 + segment.len();
    };
    let (mut probe, stored) = match (probe, &damage) {
        (Some(probe), _) => probe,
        (None, Some(_)) => return Err(PictureFault::EndsEarly),
        (None, None) => return Err(PictureFault::other("没有图像数据", "it contains no image data")),
    };
    if scans > 1 {
        probe.bytes_per_pixel += stored;
    }
    let no_scan = || (scans == 0).then(|| PictureFault::other("没有图像数据", "it contains no image data"));
    probe.damage = damage.or_else(no_scan);
    Ok(probe)
}

/// The next marker and where it ends. Entropy-coded data and fill bytes before it are skipped.
fn marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += memchr::memchr(0xff, bytes.get(at..)?)? + 1;
        match *bytes.get(at)? {
            0xff => {}
            // A stuffed byte: 255 in entropy-coded data.
            0 => at += 1,
            kind => return Some((kind, at + 1)),
        }
    }
}

/// The contents of a segment, without its length.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)).checked_sub(2)?)
}

/// The probe from the frame header, and the bytes per pixel that coefficients take if the decoder keeps them.
fn frame(kind: u8, segment: &[u8]) -> Result<(PictureProbe, u64), PictureFault> {
    let ([_, h0, h1, w0, w1, _], components) = segment.split_first_chunk::<6>().ok_or(PictureFault::EndsEarly)?;
    let (width, height) = (u16::from_be_bytes([*w0, *w1]).into(), u16::from_be_bytes([*h0, *h1]).into());
    let areas = components.as_chunks::<3>().0.iter().map(|[_, sampling, _]| {
        let (across, down) = (u64::from(sampling >> 4), u64::from(sampling & 15));
        across * down
    });
    let (sum, most) = areas.fold((0, 1), |(sum, most), area| (sum + area, area.max(most)));
    let kept = (2 * sum).div_ceil(most);
    // RGB, a rotated copy, 2 for detection; grey is decoded to one channel first.
    let bytes_per_pixel = 8 + if matches!(kind, 0xc2 | 0xc6 | 0xca | 0xce) { kept } else { 0 };
    let stored = if bytes_per_pixel == 8 { kept } else { 0 };
    Ok((PictureProbe::still(width, height, bytes_per_pixel), stored))
}

pub(super) fn source(bytes: &[u8]) -> Result<PictureSource<'_>, PictureFault> {
    scans::verify(bytes)?;
    still(JpegDecoder::new(Cursor::new(bytes))?)
}
