//! WebP, still and animated: chunks in a RIFF container.

use std::io::Cursor;

use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, ImageDecoder, Rgba};

use super::{PictureFault, PictureProbe, PictureSource, animation_frames, still};

/// Walks the chunks. The RIFF header declares the length of the file.
pub(super) fn probe(bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
    let [.., l0, l1, l2, l3, _, _, _, _] = *bytes.first_chunk::<12>().ok_or(PictureFault::EndsEarly)?;
    let end = u64::from(u32::from_le_bytes([l0, l1, l2, l3])) + 8;
    // The padding byte of an odd last chunk may be missing.
    let ends_early = end > bytes.len() as u64 + 1;
    // Pixels, planes of the lossy kind or tables of the lossless kind, both grounds, 2 for detection.
    let mut probe = PictureProbe { frames: 0, ..PictureProbe::still(0, 0, 14) };
    probe.damage = ends_early.then_some(PictureFault::EndsEarly);
    let mut rest =
        bytes.get(12..usize::try_from(end).map_or(bytes.len(), |end| end.min(bytes.len()))).unwrap_or_default();
    let mut is_first = true;
    while let Some(([a, b, c, d, length @ ..], body)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes(*length) as usize;
        match &[*a, *b, *c, *d] {
            b"ANMF" => probe.frames += 1,
            kind if is_first => (probe.width, probe.height) = size(kind, body)?,
            _ => {}
        }
        is_first = false;
        match length.checked_add(length & 1).and_then(|length| body.get(length..)) {
            Some(after) => rest = after,
            None if body.len() == length => break,
            None => {
                probe.damage = Some(PictureFault::EndsEarly);
                break;
            }
        }
    }
    if is_first {
        return Err(PictureFault::EndsEarly);
    }
    if probe.frames > 0 {
        // Canvas, frame, its planes, the returned frame and its copy as RGBA, both grounds.
        probe.bytes_per_pixel = 24;
    }
    probe.frames = probe.frames.max(1);
    Ok(probe)
}

/// The picture's size, from its first chunk.
fn size(kind: &[u8; 4], body: &[u8]) -> Result<(u32, u32), PictureFault> {
    match kind {
        b"VP8X" => {
            let [_, _, _, _, w0, w1, w2, h0, h1, h2] = *body.first_chunk::<10>().ok_or(PictureFault::EndsEarly)?;
            Ok((u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1))
        }
        b"VP8L" => {
            let [_, bits @ ..] = *body.first_chunk::<5>().ok_or(PictureFault::EndsEarly)?;
            let bits = u32::from_le_bytes(bits);
            Ok(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8 " => {
            let [_, _, _, _, _, _, w0, w1, h0, h1] = *body.first_chunk::<10>().ok_or(PictureFault::EndsEarly)?;
            let side = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3fff);
            Ok((side([w0, w1]), side([h0, h1])))
        }
        _ => Err(PictureFault::other("缺少图像数据", "its first chunk is not an image")),
    }
}

pub(super) fn source<'b>(bytes: &'b [u8], probe: &PictureProbe) -> Result<PictureSource<'b>, PictureFault> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes))?;
    if (probe.width, probe.height) != decoder.dimensions() {
        return Err(PictureFault::other("尺寸前后不一致", "its header and its image data disagree on the size"));
    }
    if !decoder.has_animation() {
        return still(decoder);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    // Viewers ignore the background colour that the file proposes, and show what is behind the picture.
    decoder.set_background_color(Rgba([0; 4]))?;
    Ok(PictureSource { orientation, raw_frames: animation_frames(decoder.into_frames()) })
}
