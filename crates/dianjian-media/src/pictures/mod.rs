//! Reads pictures (PNG, JPEG, WebP, GIF, BMP, TIFF, HEIC), with limits checked before anything is decoded.
//!
//! The format is recognised by the first bytes, never by the file's name. Each format has a module that *probes* the bytes
//! (size, frames, completeness, the memory that decoding takes) without decoding a pixel; only what is within the limits is
//! decoded, frame by frame. Decoders tend to fill what is missing with grey, and a truncated picture must not pass for one
//! without codes, so every module verifies that the end is there.
//!
//! [`budget::PIXEL_MEMORY`] bounds the pixels in all threads together: a picture holds its share from [`open_picture`] until
//! its frames are dropped, and `open_picture` waits until the share is free. So a thread that holds an open picture must
//! not open another one.

mod avif;
mod bmp;
pub(crate) mod budget;
mod flatten;
mod gif;
mod heic;
mod heif;
mod jpeg;
mod png;
mod tiff;
mod webp;

use std::time::Duration;

use budget::{MemoryPermit, PIXEL_MEMORY};
use dianjian_base::lang::Text;
use image::metadata::Orientation;
use image::{ColorType, GenericImageView as _, ImageDecoder, ImageError, RgbImage};

pub(crate) use self::avif::open_avif;
pub(crate) use self::heif::HeifKind;
use crate::panic_guard::catch_panic;
use crate::{MediaError, MediaLimits, Medium, Rect};

/// A frame as a viewer sees it: upright, in RGB.
#[derive(Debug, Clone)]
pub struct RgbFrame {
    /// The frame, blended over white.
    pub image: RgbImage,
    /// The frame blended over black, if it has light edges that are lost over white.
    pub over_black: Option<RgbImage>,
    /// When it appears, from the beginning of the video or animation.
    pub at: Duration,
    /// How long it is shown; zero for still pictures.
    pub duration: Duration,
}

impl RgbFrame {
    /// The frame over the ground on which a place has more contrast.
    pub fn showing(self, place: Rect) -> RgbImage {
        match self.over_black {
            Some(black) if contrast(&black, place) > contrast(&self.image, place) => black,
            _ => self.image,
        }
    }
}

/// The range of green values, of which luma mostly consists, at a place.
fn contrast(image: &RgbImage, place: Rect) -> u8 {
    let place = place.clipped(image.width() as f32, image.height() as f32);
    let (left, top) = (place.left as u32, place.top as u32);
    let part = image.view(left, top, place.width as u32, place.height as u32);
    let greens = part.pixels().map(|(.., pixel)| pixel.0[1]);
    let (low, high) = greens.fold((u8::MAX, 0), |(low, high), green| (low.min(green), high.max(green)));
    high.saturating_sub(low)
}

/// An open picture. Frames are decoded one by one as they are taken.
pub struct PictureReader<'b> {
    /// A picture or an animation, never a video.
    pub medium: Medium,
    /// Width in pixels, after EXIF orientation.
    pub width: u32,
    /// Height in pixels, after EXIF orientation.
    pub height: u32,
    /// Its frames. After an error there are no more.
    pub frames: Box<dyn Iterator<Item = Result<RgbFrame, MediaError>> + 'b>,
}

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PictureFormat {
    Png,
    Jpeg,
    Webp,
    Gif,
    Bmp,
    Tiff,
    Heic,
}

impl PictureFormat {
    /// The format that the first bytes announce.
    fn of(bytes: &[u8]) -> Option<Self> {
        let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        match bytes {
            // Four bytes of the signature: what follows is what text transfer spoils, and then it is a broken PNG.
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ if is_webp => Some(Self::Webp),
            _ if tiff::is_tiff(bytes) => Some(Self::Tiff),
            _ if HeifKind::of(bytes) == Some(HeifKind::Heic) => Some(Self::Heic),
            _ if bmp::is_bmp(bytes) => Some(Self::Bmp),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Heic => "HEIC",
        }
    }

    fn probe(self, bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
        match self {
            Self::Png => png::probe(bytes),
            Self::Jpeg => jpeg::probe(bytes),
            Self::Webp => webp::probe(bytes),
            Self::Gif => gif::probe(bytes),
            Self::Bmp => bmp::probe(bytes),
            Self::Tiff => tiff::probe(bytes),
            Self::Heic => heic::probe(bytes),
        }
    }

    fn source<'b>(self, bytes: &'b [u8], probe: &PictureProbe) -> Result<PictureSource<'b>, PictureFault> {
        let opened = catch_panic(|| match self {
            Self::Png => png::source(bytes, probe),
            Self::Jpeg => jpeg::source(bytes),
            Self::Webp => webp::source(bytes, probe),
            Self::Gif => gif::source(bytes),
            Self::Bmp => bmp::source(bytes),
            Self::Tiff => tiff::source(bytes),
            Self::Heic => heic::source(bytes),
        });
        opened.unwrap_or_else(|| Err(PictureFault::gave_up())).map_err(|fault| fault.of(self))
    }
}

/// What a format's structure says before any pixel is decoded.
#[derive(Debug, Clone, PartialEq)]
struct PictureProbe {
    /// Width in pixels as stored, before EXIF orientation.
    width: u32,
    /// Height in pixels as stored, before EXIF orientation.
    height: u32,
    /// The number of frames; 1 for still pictures.
    frames: u64,
    /// The most bytes per pixel that decoding and the decoded frame take.
    bytes_per_pixel: u64,
    /// Further pictures that are shown at no time of an animation: one for programs that show no animations, or pages.
    others: u64,
    /// Damage found after the header.
    damage: Option<PictureFault>,
}

impl PictureProbe {
    /// An undamaged still picture.
    fn still(width: u32, height: u32, bytes_per_pixel: u64) -> Self {
        Self { width, height, frames: 1, bytes_per_pixel, others: 0, damage: None }
    }

    /// A still picture for which a larger one is decoded.
    fn cut_from(decoded: (u32, u32), (width, height): (u32, u32), bytes_per_pixel: u64) -> Self {
        let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
        let times = area(decoded.0, decoded.1).div_ceil(area(width, height).max(1)).max(1);
        Self::still(width, height, bytes_per_pixel.saturating_mul(times))
    }

    /// The most bytes that decoding and the decoded frame take.
    fn memory(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.bytes_per_pixel + METADATA_BYTES
    }
}

/// A decoder's frames, and the picture's EXIF orientation.
struct PictureSource<'b> {
    orientation: Orientation,
    raw_frames: RawFrames<'b>,
}

/// Frames that are decoded as they are taken.
type RawFrames<'b> = Box<dyn Iterator<Item = Result<RawFrame, PictureFault>> + 'b>;

/// Pixels as a decoder returns them.
struct RawFrame {
    width: u32,
    height: u32,
    colour: ColorType,
    /// Channels in the order of `colour`; 16-bit ones in native byte order.
    bytes: Vec<u8>,
    /// How long a frame of an animation is shown.
    duration: Option<Duration>,
}

/// Why a picture cannot be read: a [`MediaError`] without the asset's name.
#[derive(Debug, Clone, PartialEq)]
enum PictureFault {
    /// The file is truncated.
    EndsEarly,
    /// Width or height is zero.
    NoPixels,
    /// Another reason, in words.
    Other(Text),
    /// Something that a decoder says it cannot do; the picture may be sound.
    Unsupported(String),
    /// A frame larger than the picture may be.
    TooManyPixels { width: u32, height: u32 },
}

impl PictureFault {
    fn other(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Other(Text { zh: zh.into(), en: en.into() })
    }

    fn gave_up() -> Self {
        Self::other("解码器无法处理这些数据", "the decoder cannot handle the data")
    }

    /// Adds the format's name, so that a user notices a wrong extension.
    fn of(self, format: PictureFormat) -> Self {
        self.named(format.as_str())
    }

    fn named(self, name: &str) -> Self {
        match self {
            Self::Other(text) => Self::other(format!("{name}：{}", text.zh), format!("{name}: {}", text.en)),
            Self::Unsupported(reason) => Self::Unsupported(format!("{name}: {reason}")),
            fault => fault,
        }
    }

    fn error(self, name: &str, limit: u64) -> MediaError {
        match self {
            Self::EndsEarly => MediaError::broken(name, "数据不完整，中途结束", "the data ends early"),
            Self::NoPixels => MediaError::broken(name, "宽或高是零", "its width or height is zero"),
            Self::Other(reason) => MediaError::Broken { name: name.to_owned(), reason },
            Self::Unsupported(reason) => MediaError::Undecodable { name: name.to_owned(), reason },
            Self::TooManyPixels { width, height } => {
                let (width, height) = (u64::from(width), u64::from(height));
                MediaError::TooManyPixels { name: name.to_owned(), width, height, limit }
            }
        }
    }
}

impl From<ImageError> for PictureFault {
    fn from(error: ImageError) -> Self {
        match &error {
            ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => return Self::EndsEarly,
            ImageError::Limits(_) => {
                return Self::other("解码所需内存超过上限", "decoding needs more memory than allowed");
            }
            _ => {}
        }
        if error.to_string().contains("CRC error") {
            return Self::other("校验和不对，数据被改动过", "a checksum does not match: the data was altered");
        }
        // Decoders may quote the file in their messages.
        let words: String = error.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
        Self::other(format!("无法解码（{words}）"), format!("cannot be decoded ({words})"))
    }
}

/// Opens a picture; `None` if its format is not known. `name` is for errors.
///
/// Waits until enough memory for its pixels is free. Frames are rotated by EXIF orientation; 16 bits become 8; grey and
/// CMYK become RGB without colour management. Transparency is blended over white, as pages do, and a second time over
/// black where edges show there that are lost over white. An animation of one frame is a picture. Frames of animations
/// without a duration are shown for 100 ms, as browsers do.
///
/// # Errors
///
/// The picture is damaged or exceeds a limit.
pub fn open_picture<'b>(
    name: &str,
    bytes: &'b [u8],
    limits: &MediaLimits,
) -> Option<Result<PictureReader<'b>, MediaError>> {
    if bytes.is_empty() {
        return Some(Err(MediaError::Empty { name: name.to_owned() }));
    }
    let format = PictureFormat::of(bytes)?;
    Some(open_as(format, name, bytes, limits))
}

fn open_as<'b>(
    format: PictureFormat,
    name: &str,
    bytes: &'b [u8],
    limits: &MediaLimits,
) -> Result<PictureReader<'b>, MediaError> {
    let size = bytes.len() as u64;
    if size > limits.picture_bytes {
        return Err(MediaError::TooLarge { name: name.to_owned(), bytes: size, limit: limits.picture_bytes });
    }
    let probe = format.probe(bytes).map_err(|fault| fault.of(format).error(name, limits.pixels))?;
    let taken = bounded(&probe, name, limits)?;
    if let Some(fault) = probe.damage {
        return Err(fault.of(format).error(name, limits.pixels));
    }
    let permit = PIXEL_MEMORY.acquire(taken);
    let source = format.source(bytes, &probe).map_err(|fault| fault.error(name, limits.pixels))?;
    let (mut width, mut height) = (probe.width, probe.height);
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    if matches!(source.orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH) {
        (width, height) = (height, width);
    }
    let frames = FrameIter {
        format,
        name: name.to_owned(),
        orientation: source.orientation,
        raw_frames: Some(source.raw_frames),
        at: Duration::ZERO,
        left: probe.frames + probe.others,
        moves: probe.frames > 1,
        pixels: limits.pixels,
        _permit: permit,
    };
    let medium = if frames.moves { Medium::Animation } else { Medium::Picture };
    Ok(PictureReader { medium, width, height, frames: Box::new(frames) })
}

/// Bytes for what a file holds besides pixels, such as a colour profile. Honest files have less.
const METADATA_BYTES: u64 = 8 << 20;

/// The most frames of an animation with this many pixels. The limit holds for up to four megapixels and shrinks for larger
/// frames; otherwise a file of a few kilobytes could occupy a run for minutes.
fn max_frames(limit: u32, pixels: u64) -> u32 {
    const USUAL: u64 = 4_000_000;
    let most = u64::from(limit) * USUAL / pixels.max(USUAL);
    u32::try_from(most).unwrap_or(limit).max(1)
}

/// Holds a probe against the limits; returns the memory that decoding takes.
fn bounded(probe: &PictureProbe, name: &str, limits: &MediaLimits) -> Result<u64, MediaError> {
    if probe.width == 0 || probe.height == 0 {
        return Err(PictureFault::NoPixels.error(name, limits.pixels));
    }
    let pixels = u64::from(probe.width) * u64::from(probe.height);
    let limit = limits.pixels.min((PIXEL_MEMORY.capacity() - METADATA_BYTES) / probe.bytes_per_pixel);
    if pixels > limit {
        return Err(PictureFault::TooManyPixels { width: probe.width, height: probe.height }.error(name, limit));
    }
    let frames = max_frames(limits.frames, pixels);
    if probe.frames > u64::from(frames) || probe.others > u64::from(frames) {
        return Err(MediaError::TooManyFrames { name: name.to_owned(), limit: frames });
    }
    Ok(probe.memory())
}

/// Decodes frame by frame; ends after the first error.
struct FrameIter<'b> {
    format: PictureFormat,
    name: String,
    orientation: Orientation,
    raw_frames: Option<RawFrames<'b>>,
    at: Duration,
    /// Frames still to come.
    left: u64,
    moves: bool,
    pixels: u64,
    _permit: MemoryPermit,
}

impl Iterator for FrameIter<'_> {
    type Item = Result<RgbFrame, MediaError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let mut raw_frames = self.raw_frames.take()?;
        let (orientation, at) = (self.orientation, self.at);
        let answer = catch_panic(|| {
            // A decoder that ends before the last announced frame: the file is truncated.
            let raw_frame = raw_frames.next().unwrap_or(Err(PictureFault::EndsEarly));
            raw_frame.and_then(|raw_frame| flatten::frame(raw_frame, orientation, at)).map(|frame| (raw_frames, frame))
        });
        Some(match answer.unwrap_or_else(|| Err(PictureFault::gave_up())) {
            Ok((raw_frames, mut frame)) => {
                self.raw_frames = Some(raw_frames);
                if !self.moves {
                    frame.duration = Duration::ZERO;
                }
                self.at += frame.duration;
                Ok(frame)
            }
            Err(fault) => Err(fault.of(self.format).error(&self.name, self.pixels)),
        })
    }
}

/// As [`open_picture`]; [`MediaError::UnknownFormat`] where the bytes are no picture.
pub(crate) fn open_known_picture<'b>(
    name: &str,
    bytes: &'b [u8],
    limits: &MediaLimits,
) -> Result<PictureReader<'b>, MediaError> {
    open_picture(name, bytes, limits).unwrap_or_else(|| Err(MediaError::UnknownFormat { name: name.to_owned() }))
}

/// One frame of a picture (a still picture has frame 0), for drawing on it or cutting from it. A picture without that
/// frame is broken.
pub(crate) fn frame_of(name: &str, picture: PictureReader<'_>, index: u32) -> Result<RgbFrame, MediaError> {
    for (at, frame) in (0..=index).zip(picture.frames) {
        let frame = frame?;
        if at == index {
            return Ok(frame);
        }
    }
    Err(MediaError::broken(name, format!("没有第 {} 帧", index.saturating_add(1)), format!("it has no frame {index}")))
}

/// A source with one frame, which is decoded on demand.
fn still<'b>(mut decoder: impl ImageDecoder + 'b) -> Result<PictureSource<'b>, PictureFault> {
    // Invalid EXIF is ignored rather than an error.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok(PictureSource { orientation, raw_frames: Box::new(std::iter::once_with(move || raw_frame(decoder))) })
}

fn raw_frame(decoder: impl ImageDecoder) -> Result<RawFrame, PictureFault> {
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| PictureFault::TooManyPixels { width, height })?;
    let mut bytes = vec![0; size];
    decoder.read_image(&mut bytes)?;
    Ok(RawFrame { width, height, colour, bytes, duration: None })
}

/// The frames of an animation, decoded on demand.
fn animation_frames<'b>(frames: image::Frames<'b>) -> RawFrames<'b> {
    Box::new(frames.map(|frame| {
        let frame = frame?;
        let duration = browser_duration(frame.delay().into());
        let image = frame.into_buffer();
        let (width, height) = image.dimensions();
        Ok(RawFrame { width, height, colour: ColorType::Rgba8, bytes: image.into_raw(), duration: Some(duration) })
    }))
}

/// The duration that browsers use for a frame's declared one.
fn browser_duration(declared: Duration) -> Duration {
    if declared <= Duration::from_millis(10) { Duration::from_millis(100) } else { declared }
}

#[cfg(test)]
mod tests;
