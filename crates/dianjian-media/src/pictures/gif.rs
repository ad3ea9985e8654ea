//! GIF: blocks of frames and extensions, ended by a trailer.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, ImageDecoder};

use super::{PictureFault, PictureProbe, PictureSource, animation_frames, budget};

/// Canvas, frame and composed frame as RGBA, indices, blended over both grounds, 2 for detection.
const BYTES_PER_PIXEL: u64 = 4 + 4 + 4 + 1 + 3 + 2;

/// Walks the blocks up to the trailer.
pub(super) fn probe(bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
    let [.., w0, w1, h0, h1, flags, _, _] = *bytes.first_chunk::<13>().ok_or(PictureFault::EndsEarly)?;
    let (width, height) = (u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into());
    let mut walk = GifWalker { bytes, at: 13 + palette(flags), frames: 0, largest: (width, height) };
    let mut damage = walk.through().err();
    if damage.is_none() && walk.frames == 0 {
        damage = Some(PictureFault::other("没有图像数据", "it contains no image data"));
    }
    // A frame is decoded as a whole even where it exceeds the canvas.
    let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
    if width > 0
        && height > 0
        && area(walk.largest) * 5 > budget::PIXEL_MEMORY.capacity().saturating_sub(area((width, height)) * 13)
    {
        damage.get_or_insert(PictureFault::TooManyPixels { width: walk.largest.0, height: walk.largest.1 });
    }
    Ok(PictureProbe { frames: walk.frames, damage, ..PictureProbe::still(width, height, BYTES_PER_PIXEL) })
}

/// Bytes of the palette that the flags announce.
const fn palette(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

struct GifWalker<'b> {
    bytes: &'b [u8],
    at: usize,
    frames: u64,
    largest: (u32, u32),
}

impl GifWalker<'_> {
    fn through(&mut self) -> Result<(), PictureFault> {
        loop {
            match self.byte()? {
                0x3b => return Ok(()),
                0x21 => {
                    self.at += 1;
                    self.blocks()?;
                }
                0x2c => {
                    self.frame()?;
                    self.blocks()?;
                }
                // Some writers insert a zero byte.
                0 => {}
                _ => return Err(PictureFault::other("数据块无法识别", "it contains a block of an unknown type")),
            }
        }
    }

    fn byte(&mut self) -> Result<u8, PictureFault> {
        let byte = *self.bytes.get(self.at).ok_or(PictureFault::EndsEarly)?;
        self.at += 1;
        Ok(byte)
    }

    /// Skips an image's descriptor, palette and code size.
    fn frame(&mut self) -> Result<(), PictureFault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let [_, _, _, _, w0, w1, h0, h1, flags] = *rest.first_chunk::<9>().ok_or(PictureFault::EndsEarly)?;
        let (width, height) = (u32::from(u16::from_le_bytes([w0, w1])), u32::from(u16::from_le_bytes([h0, h1])));
        let (most_wide, most_high) = self.largest;
        if u64::from(width) * u64::from(height) > u64::from(most_wide) * u64::from(most_high) {
            self.largest = (width, height);
        }
        self.frames += 1;
        self.at += 9 + palette(flags) + 1;
        Ok(())
    }

    /// Skips sub-blocks up to an empty one.
    fn blocks(&mut self) -> Result<(), PictureFault> {
        loop {
            match self.byte()? {
                0 => return Ok(()),
                length => self.at += usize::from(length),
            }
        }
    }
}

pub(super) fn source(bytes: &[u8]) -> Result<PictureSource<'_>, PictureFault> {
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(budget::PIXEL_MEMORY.capacity());
    let mut decoder = GifDecoder::new(Cursor::new(bytes))?;
    decoder.set_limits(limits)?;
    Ok(PictureSource { orientation: Orientation::NoTransforms, raw_frames: animation_frames(decoder.into_frames()) })
}
