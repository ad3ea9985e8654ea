//! All codes of one frame: read what can be read, locate the rest, one entry a code.

use super::Code;
use super::picture::Frame;

/// Finds the codes of a frame whose score reaches the floor, from top to bottom and left to right.
#[must_use]
pub fn find(_frame: &Frame, _floor: f32) -> Vec<Code> {
    Vec::new()
}
