//! Pictures by their content: PNG, JPEG, WebP, GIF, BMP; bounded before anything is decoded.

use std::time::Duration;

use image::RgbImage;

use super::{Limits, MediaError, Medium};

/// One frame as a viewer sees it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The picture; what is see-through is over white.
    pub image: RgbImage,
    /// The same over black, where parts are see-through.
    pub over_black: Option<RgbImage>,
    /// When it appears.
    pub at: Duration,
    /// How long it is shown; zero: a still picture.
    pub lasts: Duration,
}

/// A picture whose frames can be taken one after another.
pub struct Picture<'b> {
    /// Does it stand still or move?
    pub medium: Medium,
    /// Width in pixels as a viewer sees it.
    pub width: u32,
    /// Height in pixels as a viewer sees it.
    pub height: u32,
    /// Its frames.
    pub frames: Box<dyn Iterator<Item = Result<Frame, MediaError>> + 'b>,
}

/// Opens a picture; `None`: the bytes are not of a known picture format. `name` is for errors.
///
/// # Errors
/// What is broken, or larger than the limits.
pub fn open<'b>(_name: &str, _bytes: &'b [u8], _limits: &Limits) -> Option<Result<Picture<'b>, MediaError>> {
    None
}
