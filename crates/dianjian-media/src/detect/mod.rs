//! All codes of one frame: decode what can be decoded, locate and verify the rest, list each code once.

mod candidates;
mod colour;
mod crop;
mod locate;
mod merge;
mod outline;
mod periodic;
pub(crate) mod plane;
mod rescue;
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

/// The weight files of both networks.
pub const fn detector_weights() -> [&'static [u8]; 2] {
    [locator::WEIGHTS, confirmer::WEIGHTS]
}

/// The version of the networks: the SHA-256 of their weights, in hex.
pub fn detector_version() -> String {
    let hash = detector_weights().iter().fold(Sha256::new(), |hash, weights| hash.chain_update(weights));
    hex(&hash.finalize())
}

/// The codes of a frame with at least the score `floor`, from top to bottom, then left to right.
pub fn detect_codes(frame: &RgbFrame, floor: f32) -> Vec<Code> {
    let mut codes = Vec::new();
    for image in [Some(&frame.image), frame.over_black.as_ref()].into_iter().flatten() {
        let luma = plane::luma(image);
        let found = detect_in_plane(&luma, floor);
        // Colour channels are not searched beside a decoded code: that costs as much as all the rest.
        if !is_answered(&found) {
            codes.extend(colour::planes(image, &luma).iter().flat_map(|channel| detect_in_plane(channel, floor)));
        }
        codes.extend(found);
    }
    let (width, height) = (frame.image.width() as f32, frame.image.height() as f32);
    for code in &mut codes {
        code.quad = code.quad.map(|point| Point::new(point.x.clamp(0.0, width), point.y.clamp(0.0, height)));
    }
    rescue::improve(&frame.image, merge::deduplicate(codes))
}

/// Candidates of a lower score are not verified (measured: of 240 codes that nothing decodes, all but one score higher).
const MIN_VERIFIED_SCORE: f32 = 0.45;
/// The most candidates of a plane that are verified, the best ones.
const MAX_VERIFIED: usize = 12;
/// Thorough decoding takes tens of milliseconds: it is tried from this score on, and this many times in a plane.
const MIN_DECODED_SCORE: f32 = 0.05;
const MAX_DECODED: usize = 6;
/// By this part of its side a decoded code may reach beyond its corners, which may be a module off.
const CORNER_TOLERANCE: f32 = 0.07;

/// Was exactly one code for viewers decoded? Where there are two, more are to be expected.
fn is_answered(codes: &[Code]) -> bool {
    codes.iter().filter(|code| code.is_decoded() && code.kind.is_for_viewers()).count() == 1
}

/// The codes in one channel of a frame.
fn detect_in_plane(image: &GrayImage, floor: f32) -> Vec<Code> {
    let mut codes = decode_codes(image, DecodeEffort::Quick);
    let known = KnownCodes { places: codes.iter().map(extended_bounds).collect(), answered: is_answered(&codes) };
    let levels = locate::pyramid(image);
    let mut candidates = locate::candidates(&levels, &known);
    candidates.retain(|candidate| candidate.score >= MIN_VERIFIED_SCORE);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let (mut verified, mut tries) = (0, 0);
    for candidate in &candidates {
        let mut located = Code { kind: candidate.kind(), quad: candidate.quad(), score: 0.0, text: None };
        if merge::explained(&codes, &located) {
            continue;
        }
        if verified == MAX_VERIFIED {
            break;
        }
        verified += 1;
        let (kind, score) = verify::verify(&levels, candidate);
        (located.kind, located.score) = (kind, locate::rounded(score));
        let worth_decoding = located.score >= MIN_DECODED_SCORE && tries < MAX_DECODED;
        tries += usize::from(worth_decoding);
        let read = if worth_decoding { crop::read(image, &located) } else { Vec::new() };
        if !read.iter().any(|code| merge::explains(code, &located)) && located.score >= floor {
            codes.push(located);
        }
        codes.extend(read);
    }
    codes
}

/// The place of a decoded code, extended by the tolerance of its corners.
fn extended_bounds(code: &Code) -> Rect {
    let bounds = code.quad.bounds();
    bounds.grown(CORNER_TOLERANCE * bounds.side())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use image::{Rgb, RgbImage};
    use pictures::{Hard, hard_sized};

    use super::*;

    fn frame(image: RgbImage, over_black: Option<RgbImage>) -> RgbFrame {
        RgbFrame { image, over_black, at: Duration::ZERO, duration: Duration::ZERO }
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
