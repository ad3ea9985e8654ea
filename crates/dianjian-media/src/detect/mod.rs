//! All codes of one frame: read what can be read, locate the rest, one entry a code.

mod candidates;
mod colour;
mod crop;
mod locate;
mod merge;
mod periodic;
pub(crate) mod plane;
pub(crate) mod texture;
mod verify;

use dianjian_base::hex;
use image::GrayImage;
use sha2::{Digest as _, Sha256};

use self::locate::KnownCodes;
use crate::decode::{DecodeEffort, decode_codes};
use crate::nn::{confirmer, locator};
use crate::pictures::RgbFrame;
use crate::{Code, Point, Rect};

/// The weights of the networks that locate codes and confirm what was located.
#[must_use]
pub const fn detector_weights() -> [&'static [u8]; 2] {
    [locator::WEIGHTS, confirmer::WEIGHTS]
}

/// The version of those networks: another one may answer differently. Hexadecimal, 64 digits.
#[must_use]
pub fn detector_version() -> String {
    let hash = detector_weights().iter().fold(Sha256::new(), |hash, weights| hash.chain_update(weights));
    hex(&hash.finalize())
}

/// Finds the codes of a frame whose score reaches the floor, from top to bottom and left to right.
#[must_use]
pub fn detect_codes(frame: &RgbFrame, floor: f32) -> Vec<Code> {
    let mut codes = Vec::new();
    for image in [Some(&frame.image), frame.over_black.as_ref()].into_iter().flatten() {
        let luma = plane::luma(image);
        let seen = seen(&luma, floor);
        // What only colours show is not sought beside what was read: that costs as much as all the rest.
        if !is_answered(&seen) {
            codes.extend(colour::planes(image, &luma).iter().flat_map(|channel| self::seen(channel, floor)));
        }
        codes.extend(seen);
    }
    let (width, height) = (frame.image.width() as f32, frame.image.height() as f32);
    for code in &mut codes {
        code.quad = code.quad.map(|point| Point::new(point.x.clamp(0.0, width), point.y.clamp(0.0, height)));
    }
    merge::one_each(codes)
}

/// Candidates of a lower score than this are not worth a second look (measured: of 240 codes that nothing reads, all but
/// one have more).
const WORTH_A_LOOK: f32 = 0.45;
/// No more than this many candidates of a frame get a second look, the best ones.
const MOST_LOOKS: usize = 12;
/// DecodedCode hard takes tens of milliseconds: it is done for what is as sure as this, and so often in a frame.
const WORTH_READING: f32 = 0.05;
const MOST_READ: usize = 6;
/// The part of a code's side by which what was read reaches beyond its corners: they may be a module off.
const BEYOND: f32 = 0.07;

/// Was a code for viewers read, and only one? Where there are two, others are to be expected.
fn is_answered(codes: &[Code]) -> bool {
    codes.iter().filter(|code| code.is_decoded() && code.kind.is_for_viewers()).count() == 1
}

/// The codes of one plane.
fn seen(image: &GrayImage, floor: f32) -> Vec<Code> {
    let mut codes = decode_codes(image, DecodeEffort::Quick);
    let known = KnownCodes { places: codes.iter().map(reach).collect(), answered: is_answered(&codes) };
    let levels = locate::pyramid(image);
    let mut candidates = locate::candidates(&levels, &known);
    candidates.retain(|candidate| candidate.score >= WORTH_A_LOOK);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let (mut looks, mut tries) = (0, 0);
    for candidate in &candidates {
        let mut located = Code { kind: candidate.kind(), quad: candidate.quad(), score: 0.0, text: None };
        if merge::explained(&codes, &located) {
            continue;
        }
        if looks == MOST_LOOKS {
            break;
        }
        looks += 1;
        let verdict = verify::verdict(&levels, candidate);
        located.kind = verdict.kind;
        located.score = locate::rounded(verdict.score);
        let worth_reading = located.score >= WORTH_READING && tries < MOST_READ;
        tries += usize::from(worth_reading);
        let read = if worth_reading { crop::read(image, &located) } else { Vec::new() };
        if !read.iter().any(|code| merge::explains(code, &located)) && located.score >= floor {
            codes.push(located);
        }
        codes.extend(read);
    }
    codes
}

/// The place of a code that was read, with its edge.
fn reach(code: &Code) -> Rect {
    let bounds = code.quad.bounds();
    bounds.grown(BEYOND * bounds.side())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use image::{Rgb, RgbImage};
    use pictures::{Hard, hard_sized};

    use super::*;

    fn frame(image: RgbImage, over_black: Option<RgbImage>) -> RgbFrame {
        RgbFrame { image, over_black, at: Duration::ZERO, lasts: Duration::ZERO }
    }

    fn plain() -> RgbImage {
        hard_sized(Hard::Plain, 3, (320, 240), 100.0).image
    }

    fn for_viewers(frame: &RgbFrame) -> Vec<Code> {
        detect_codes(frame, 0.2).into_iter().filter(|code| code.kind.is_for_viewers()).collect()
    }

    #[test]
    fn a_code_has_one_entry_and_the_same_one_again() {
        let frame = frame(plain(), None);
        let codes = for_viewers(&frame);
        assert_eq!(codes.len(), 1, "{codes:?}");
        assert_eq!(for_viewers(&frame), codes);
    }

    #[test]
    fn what_only_black_shows_is_found() {
        let white = RgbImage::from_pixel(320, 240, Rgb([255; 3]));
        assert_eq!(for_viewers(&frame(white.clone(), None)), []);
        assert_eq!(for_viewers(&frame(white, Some(plain()))).len(), 1);
    }

    #[test]
    fn places_lie_in_the_picture() {
        let cut = image::imageops::crop_imm(&plain(), 0, 0, 200, 150).to_image();
        for code in detect_codes(&frame(cut, None), 0.05) {
            assert!(
                code.quad.0.iter().all(|point| (0.0..=200.0).contains(&point.x) && (0.0..=150.0).contains(&point.y))
            );
        }
    }
}
