//! All codes of one frame: read what can be read, locate the rest, one entry a code.

pub mod colour;
pub mod crop;
pub mod merge;
pub mod periodic;
pub mod verify;

use image::GrayImage;

use super::decode::{Effort, decode};
use super::locate::{self, plane};
use super::picture::Frame;
use super::{Code, Point, Rect};

/// Finds the codes of a frame whose score reaches the floor, from top to bottom and left to right.
#[must_use]
pub fn find(frame: &Frame, floor: f32) -> Vec<Code> {
    let mut codes = Vec::new();
    for image in [Some(&frame.image), frame.over_black.as_ref()].into_iter().flatten() {
        let luma = plane::luma(image);
        codes.extend(seen(&luma, floor));
        for channel in colour::planes(image, &luma) {
            codes.extend(seen(&channel, floor));
        }
    }
    let (width, height) = (frame.image.width() as f32, frame.image.height() as f32);
    for code in &mut codes {
        code.quad = code.quad.map(|point| Point::new(point.x.clamp(0.0, width), point.y.clamp(0.0, height)));
    }
    merge::one_each(codes)
}

/// Candidates of a lower score than this are not worth a second look.
const WORTH_A_LOOK: f32 = 0.12;
/// No more than this many candidates of a frame get a second look, the best ones.
const MOST_LOOKS: usize = 10;

/// The codes of one plane.
fn seen(image: &GrayImage, floor: f32) -> Vec<Code> {
    let mut codes = decode(image, Effort::Quick);
    let known: Vec<Rect> = codes.iter().map(|code| code.quad.bounds()).collect();
    let levels = locate::pyramid(image);
    let mut candidates = locate::candidates_beside(&levels, &known, WORTH_A_LOOK.min(floor));
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut looks = 0;
    for candidate in &candidates {
        let mut located = Code { kind: candidate.kind(), quad: candidate.quad(), score: 0.0, text: None };
        if codes.iter().any(|code| code.is_decoded() && merge::explains(code, &located)) {
            continue;
        }
        looks += 1;
        if looks > MOST_LOOKS {
            break;
        }
        let verdict = verify::verdict(&levels, candidate);
        located.kind = verdict.kind;
        located.score = locate::rounded(verdict.score);
        if located.score < floor {
            continue;
        }
        let read = crop::read(image, &located);
        if read.is_empty() {
            codes.push(located);
        } else {
            codes.extend(read);
        }
    }
    codes
}
