//! Pictures by their content: PNG, JPEG, WebP, GIF, BMP; bounded before anything is decoded.
//!
//! The format is told by the first bytes, never by a name. Each format has a module that *surveys* the
//! bytes (size, frames, whether they are all there, what decoding will take) without decoding a pixel;
//! only what keeps to the bounds is decoded, frame after frame. Decoders tend to fill what is missing
//! with grey: a picture that ends early must not pass for one without codes, so every module proves
//! that the end is there.
//!
//! Pixels under way in all threads are bounded by [`budget::PIXELS`]: a picture holds its share from
//! [`open`] until its frames are dropped, and `open` waits until there is room. So a thread that holds
//! an open picture must not open another one.

mod bmp;
pub mod budget;
mod flatten;
mod gif;
mod jpeg;
mod png;
mod webp;

use std::time::Duration;

use image::metadata::Orientation;
use image::{ColorType, GenericImageView as _, ImageDecoder, ImageError, RgbImage};

use super::guard::quiet;
use super::{Limits, MediaError, Medium, Rect};
use budget::{PIXELS, Permit};
use dianjian_base::lang::Text;

/// One frame as a viewer sees it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The picture; what is see-through is over white.
    pub image: RgbImage,
    /// The same over black, where something is drawn that white hides: see [`open`].
    pub over_black: Option<RgbImage>,
    /// When it appears.
    pub at: Duration,
    /// How long it is shown; zero: a still picture.
    pub lasts: Duration,
}

impl Frame {
    /// The picture over the ground on which more is to be seen at a place.
    #[must_use]
    pub fn showing(self, place: Rect) -> RgbImage {
        match self.over_black {
            Some(black) if contrast(&black, place) > contrast(&self.image, place) => black,
            _ => self.image,
        }
    }
}

/// How far the green of a place's lightest and darkest pixels are apart.
fn contrast(image: &RgbImage, place: Rect) -> u8 {
    let place = place.clipped(image.width() as f32, image.height() as f32);
    let (left, top) = (place.left as u32, place.top as u32);
    let part = image.view(left, top, place.width as u32, place.height as u32);
    let greens = part.pixels().map(|(.., pixel)| pixel.0[1]);
    let (low, high) = greens.fold((u8::MAX, 0), |(low, high), green| (low.min(green), high.max(green)));
    high.saturating_sub(low)
}

/// A picture whose frames can be taken one after another.
pub struct Picture<'b> {
    /// Does it stand still or move?
    pub medium: Medium,
    /// Width in pixels as a viewer sees it.
    pub width: u32,
    /// Height in pixels as a viewer sees it.
    pub height: u32,
    /// Its frames. After an error there are no more.
    pub frames: Box<dyn Iterator<Item = Result<Frame, MediaError>> + 'b>,
}

/// Formats of pictures that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Png,
    Jpeg,
    Webp,
    Gif,
    Bmp,
}

impl Format {
    /// The format that the first bytes announce.
    fn of(bytes: &[u8]) -> Option<Self> {
        let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        match bytes {
            // Four bytes of the signature: what follows is what text transfer spoils, and then it is a broken PNG.
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ if is_webp => Some(Self::Webp),
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
        }
    }

    fn survey(self, bytes: &[u8]) -> Result<Survey, Fault> {
        match self {
            Self::Png => png::survey(bytes),
            Self::Jpeg => jpeg::survey(bytes),
            Self::Webp => webp::survey(bytes),
            Self::Gif => gif::survey(bytes),
            Self::Bmp => bmp::survey(bytes),
        }
    }

    fn source<'b>(self, bytes: &'b [u8], survey: &Survey) -> Result<Source<'b>, Fault> {
        let opened = quiet(|| match self {
            Self::Png => png::source(bytes, survey),
            Self::Jpeg => jpeg::source(bytes),
            Self::Webp => webp::source(bytes, survey),
            Self::Gif => gif::source(bytes),
            Self::Bmp => bmp::source(bytes),
        });
        opened.unwrap_or_else(|| Err(Fault::gave_up())).map_err(|fault| fault.of(self))
    }
}

/// What is known before a pixel is decoded.
#[derive(Debug, Clone, PartialEq)]
struct Survey {
    /// Width as stored.
    width: u32,
    /// Height as stored.
    height: u32,
    /// Frames; 1: it stands still.
    frames: u64,
    /// The most memory that decoding and the decoded frame take, in bytes a pixel.
    bytes_per_pixel: u64,
    /// An animation has another picture for programs that show no animations.
    has_fallback: bool,
    /// What is wrong further on.
    damage: Option<Fault>,
}

impl Survey {
    /// The most bytes that decoding and a decoded frame take.
    fn memory(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.bytes_per_pixel + BESIDE
    }
}

/// A decoder ready to go, and how the picture is turned.
struct Source<'b> {
    orientation: Orientation,
    shots: Box<dyn Iterator<Item = Result<Shot, Fault>> + 'b>,
}

/// Pixels as a decoder gives them.
struct Shot {
    width: u32,
    height: u32,
    colour: ColorType,
    /// In the order of `colour`, 16 bits in the machine's order.
    bytes: Vec<u8>,
    /// Of an animation's frame: how long it is shown.
    lasts: Option<Duration>,
}

/// Why a picture cannot be looked at, before its name is known.
#[derive(Debug, Clone, PartialEq)]
enum Fault {
    /// The bytes end before the picture does.
    EndsEarly,
    /// No pixel at all.
    NoPixels,
    /// Something else, in words.
    Other(Text),
    /// A frame larger than the picture may be.
    TooManyPixels { width: u32, height: u32 },
}

impl Fault {
    fn other(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Other(Text { zh: zh.into(), en: en.into() })
    }

    /// The decoder itself failed.
    fn gave_up() -> Self {
        Self::other("解码器无法处理这些数据", "the decoder cannot deal with the data")
    }

    /// Names the format, which tells a user at once that an extension lies.
    fn of(self, format: Format) -> Self {
        match self {
            Self::Other(text) => {
                let name = format.as_str();
                Self::other(format!("{name}：{}", text.zh), format!("{name}: {}", text.en))
            }
            fault => fault,
        }
    }

    fn error(self, name: &str, limit: u64) -> MediaError {
        match self {
            Self::EndsEarly => MediaError::broken(name, "数据不完整，中途结束", "the data ends early"),
            Self::NoPixels => MediaError::broken(name, "宽或高是零", "its width or height is zero"),
            Self::Other(reason) => MediaError::Broken { name: name.to_owned(), reason },
            Self::TooManyPixels { width, height } => {
                let (width, height) = (u64::from(width), u64::from(height));
                MediaError::TooManyPixels { name: name.to_owned(), width, height, limit }
            }
        }
    }
}

impl From<ImageError> for Fault {
    fn from(error: ImageError) -> Self {
        match &error {
            ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => return Self::EndsEarly,
            ImageError::Limits(_) => {
                return Self::other("解码所需内存超过上限", "decoding takes more memory than allowed");
            }
            _ => {}
        }
        if error.to_string().contains("CRC error") {
            return Self::other("校验和不对，数据被改动过", "a checksum is wrong: the data were changed");
        }
        // Messages of decoders may quote the file.
        let words: String = error.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
        Self::other(format!("无法解码（{words}）"), format!("cannot be decoded ({words})"))
    }
}

/// Opens a picture; `None`: the bytes are not of a known picture format. `name` is for errors.
///
/// Waits until [`budget::PIXELS`] has room for it. Frames are turned as EXIF says, 16 bits become 8, grey
/// and CMYK become RGB without colour management. What is see-through is put over white, as a page
/// does, and a second time over black where edges show there that are lost over white. An animation
/// of one frame is a picture. Animated frames without a time are shown for 100 ms, as browsers do.
///
/// # Errors
/// What is broken, or larger than the limits.
pub fn open<'b>(name: &str, bytes: &'b [u8], limits: &Limits) -> Option<Result<Picture<'b>, MediaError>> {
    if bytes.is_empty() {
        return Some(Err(MediaError::Empty { name: name.to_owned() }));
    }
    let format = Format::of(bytes)?;
    Some(open_as(format, name, bytes, limits))
}

fn open_as<'b>(format: Format, name: &str, bytes: &'b [u8], limits: &Limits) -> Result<Picture<'b>, MediaError> {
    let size = bytes.len() as u64;
    if size > limits.picture_bytes {
        return Err(MediaError::TooLarge { name: name.to_owned(), bytes: size, limit: limits.picture_bytes });
    }
    let survey = format.survey(bytes).map_err(|fault| fault.of(format).error(name, limits.pixels))?;
    let taken = bounded(&survey, name, limits)?;
    if let Some(fault) = survey.damage {
        return Err(fault.of(format).error(name, limits.pixels));
    }
    let permit = PIXELS.take(taken);
    let source = format.source(bytes, &survey).map_err(|fault| fault.error(name, limits.pixels))?;
    let (mut width, mut height) = (survey.width, survey.height);
    if is_turned(source.orientation) {
        (width, height) = (height, width);
    }
    let frames = Frames {
        format,
        name: name.to_owned(),
        orientation: source.orientation,
        shots: Some(source.shots),
        at: Duration::ZERO,
        left: survey.frames + u64::from(survey.has_fallback),
        moves: survey.frames > 1,
        pixels: limits.pixels,
        _permit: permit,
    };
    let medium = if frames.moves { Medium::Animation } else { Medium::Picture };
    Ok(Picture { medium, width, height, frames: Box::new(frames) })
}

/// Bytes for what a file holds besides pixels, such as a colour profile: more has none that is honest.
const BESIDE: u64 = 8 << 20;

/// As many frames of so many pixels each are decoded: the limit is for those of four megapixels, and there are fewer of
/// larger ones, or a file of a few kilobytes could keep a run for minutes.
fn most_frames(limit: u32, pixels: u64) -> u32 {
    const USUAL: u64 = 4_000_000;
    let most = u64::from(limit) * USUAL / pixels.max(USUAL);
    u32::try_from(most).unwrap_or(limit).max(1)
}

/// Holds a survey against the bounds; gives the memory that decoding takes.
fn bounded(survey: &Survey, name: &str, limits: &Limits) -> Result<u64, MediaError> {
    if survey.width == 0 || survey.height == 0 {
        return Err(Fault::NoPixels.error(name, limits.pixels));
    }
    let pixels = u64::from(survey.width) * u64::from(survey.height);
    let limit = limits.pixels.min((PIXELS.capacity() - BESIDE) / survey.bytes_per_pixel);
    if pixels > limit {
        return Err(Fault::TooManyPixels { width: survey.width, height: survey.height }.error(name, limit));
    }
    let frames = most_frames(limits.frames, pixels);
    if survey.frames > u64::from(frames) {
        return Err(MediaError::TooManyFrames { name: name.to_owned(), limit: frames });
    }
    Ok(survey.memory())
}

const fn is_turned(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

/// Frames as they are decoded; ends after the first error.
struct Frames<'b> {
    format: Format,
    name: String,
    orientation: Orientation,
    shots: Option<Box<dyn Iterator<Item = Result<Shot, Fault>> + 'b>>,
    at: Duration,
    /// Frames that are still to come.
    left: u64,
    moves: bool,
    pixels: u64,
    _permit: Permit,
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, MediaError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let mut shots = self.shots.take()?;
        let (orientation, at) = (self.orientation, self.at);
        let answer = quiet(|| {
            // A decoder that ends before the last frame has left something out.
            let shot = shots.next().unwrap_or(Err(Fault::EndsEarly));
            shot.and_then(|shot| flatten::frame(shot, orientation, at)).map(|frame| (shots, frame))
        });
        Some(match answer.unwrap_or_else(|| Err(Fault::gave_up())) {
            Ok((shots, mut frame)) => {
                self.shots = Some(shots);
                if !self.moves {
                    frame.lasts = Duration::ZERO;
                }
                self.at += frame.lasts;
                Ok(frame)
            }
            Err(fault) => Err(fault.of(self.format).error(&self.name, self.pixels)),
        })
    }
}

/// One frame of a picture (a still picture has frame 0), for drawing on it or cutting from it.
///
/// # Errors
/// As for [`open`]; [`MediaError::UnknownFormat`] where the bytes are no picture, and a broken
/// picture where it has no such frame.
pub fn frame(name: &str, bytes: &[u8], index: u32, limits: &Limits) -> Result<Frame, MediaError> {
    let picture = open(name, bytes, limits).ok_or_else(|| MediaError::UnknownFormat { name: name.to_owned() })??;
    for (at, frame) in (0..=index).zip(picture.frames) {
        let frame = frame?;
        if at == index {
            return Ok(frame);
        }
    }
    Err(MediaError::broken(
        name,
        format!("没有第 {} 帧", index.saturating_add(1)),
        format!("there is no frame {index}"),
    ))
}

/// Decodes a still picture when it is asked for.
fn still<'b>(mut decoder: impl ImageDecoder + 'b) -> Result<Source<'b>, Fault> {
    // EXIF that makes no sense turns nothing; it is no reason not to look.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok(Source { orientation, shots: Box::new(std::iter::once_with(move || shot(decoder))) })
}

fn shot(decoder: impl ImageDecoder) -> Result<Shot, Fault> {
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| Fault::TooManyPixels { width, height })?;
    let mut bytes = vec![0; size];
    decoder.read_image(&mut bytes)?;
    Ok(Shot { width, height, colour, bytes, lasts: None })
}

/// The frames of an animation, one after another.
fn moving<'b>(frames: image::Frames<'b>) -> Box<dyn Iterator<Item = Result<Shot, Fault>> + 'b> {
    Box::new(frames.map(|frame| {
        let frame = frame?;
        let lasts = shown_for(frame.delay().into());
        let image = frame.into_buffer();
        let (width, height) = image.dimensions();
        Ok(Shot { width, height, colour: ColorType::Rgba8, bytes: image.into_raw(), lasts: Some(lasts) })
    }))
}

/// How long browsers show a frame that says it lasts so long.
fn shown_for(told: Duration) -> Duration {
    if told <= Duration::from_millis(10) { Duration::from_millis(100) } else { told }
}

#[cfg(test)]
mod tests;
