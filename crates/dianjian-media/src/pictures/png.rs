//! PNG and animated PNG: a signature, then chunks with checksums up to an end chunk.

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::{AnimationDecoder, ImageDecoder};

use super::{PictureFault, PictureProbe, PictureSource, animation_frames, raw_frame, still};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Walks the chunks. The decoder verifies their checksums, except those of animation frames, which are verified here.
pub(super) fn probe(bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
    let Some(mut rest) = bytes.strip_prefix(SIGNATURE) else {
        return Err(if SIGNATURE.starts_with(bytes) {
            PictureFault::EndsEarly
        } else {
            PictureFault::other("文件头被改动过", "its signature was altered in transfer")
        });
    };
    let mut probe = header(rest)?;
    let mut frames = 0;
    let mut is_first_shown = false;
    let mut has_image = false;
    let mut is_animated = false;
    loop {
        let Some(([a, b, c, d, kind @ ..], tail)) = rest.split_first_chunk::<8>() else {
            probe.damage = Some(PictureFault::EndsEarly);
            break;
        };
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        match kind {
            b"IDAT" => has_image = true,
            b"fcTL" => {
                frames += 1;
                is_first_shown |= !has_image;
            }
            _ => {}
        }
        if kind == b"acTL" && !has_image {
            let announced = tail.first_chunk::<4>().map_or(1, |count| u32::from_be_bytes(*count));
            probe.frames = u64::from(announced);
            is_animated = true;
        }
        let Some(after) = length.checked_add(4).and_then(|length| tail.get(length..)) else {
            probe.damage = Some(PictureFault::EndsEarly);
            break;
        };
        if kind == b"fdAT" && !is_sound(kind, tail, length) {
            probe.damage =
                Some(PictureFault::other("动画帧的校验和不对", "the checksum of an animation frame does not match"));
            break;
        }
        if kind == b"IEND" {
            break;
        }
        rest = after;
    }
    if probe.damage.is_none() && !has_image {
        probe.damage = Some(PictureFault::other("没有图像数据", "it contains no image data"));
    }
    // Viewers ignore frames beyond the announced number; missing ones are an error once they are decoded.
    if is_animated && frames > 0 && probe.frames > 0 {
        probe.others = u64::from(!is_first_shown);
        // Two canvases, a frame as stored and as RGBA, a copy, the list of pixels to clear, both grounds.
        probe.bytes_per_pixel = 37;
    } else {
        probe.frames = 1;
    }
    Ok(probe)
}

/// Is the checksum after a chunk's data correct?
fn is_sound(kind: &[u8; 4], tail: &[u8], length: usize) -> bool {
    let Some((data, recorded)) = tail.split_at_checked(length) else { return false };
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(data);
    recorded.first_chunk::<4>() == Some(&sum.sum().to_be_bytes())
}

/// The first chunk: size and colour type.
fn header(chunks: &[u8]) -> Result<PictureProbe, PictureFault> {
    let header = chunks.first_chunk::<18>().ok_or(PictureFault::EndsEarly)?;
    let [.., w0, w1, w2, w3, h0, h1, h2, h3, depth, colour] = *header;
    if header.get(4..8) != Some(b"IHDR") {
        return Err(PictureFault::other("缺少文件头", "its header is missing"));
    }
    let (width, height) = (u32::from_be_bytes([w0, w1, w2, w3]), u32::from_be_bytes([h0, h1, h2, h3]));
    let wide = if depth == 16 { 2 } else { 1 };
    // As decoded; blended copies where that cannot be done in place; 2 for detection.
    let bytes_per_pixel = match colour {
        0 | 3 => 8 + wide,
        2 => 3 * wide + 2,
        4 => 2 * wide + 9,
        _ => 4 * wide + 5,
    };
    Ok(PictureProbe::still(width, height, bytes_per_pixel))
}

/// A decoder that allocates no more memory than was acquired for the picture.
fn decoder<'b>(bytes: &'b [u8], probe: &PictureProbe) -> Result<PngDecoder<Cursor<&'b [u8]>>, PictureFault> {
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(probe.memory());
    Ok(PngDecoder::with_limits(Cursor::new(bytes), limits)?)
}

pub(super) fn source<'b>(bytes: &'b [u8], probe: &PictureProbe) -> Result<PictureSource<'b>, PictureFault> {
    let mut first = decoder(bytes, probe)?;
    if probe.frames == 1 && probe.others == 0 {
        return still(first);
    }
    let orientation = first.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let frames = animation_frames(decoder(bytes, probe)?.apng()?.into_frames());
    // The fallback picture for programs that show no animations can hold a code as well.
    let fallback = (probe.others > 0).then(|| std::iter::once_with(move || raw_frame(first)));
    Ok(PictureSource { orientation, raw_frames: Box::new(fallback.into_iter().flatten().chain(frames)) })
}
