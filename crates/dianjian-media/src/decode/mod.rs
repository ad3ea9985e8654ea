//! Decoding: codes whose payload can be read, and which are therefore certain.
//!
//! Engines (rxing, rqrr, optionally zxing-cpp) read [`BinarizedImage`]s. One pass is a way to make such an image from a
//! picture (its own size, halved, enlarged, sharpened or rotated; one of several thresholds; inverted or not) with the
//! engines that read it. A frame gets the few passes that decode most for their time; a crop in which a code is
//! suspected gets all of them until one reads something. Work is bounded by counted pixels rather than by time, so that
//! the answer does not depend on the machine.
//!
//! With the feature `zxing-cpp` a third engine tries the crops that no other could read. It needs cmake and a C++20
//! compiler, and what is read then may differ from machines without it.

mod binarize;
mod engine;
mod linear;
mod payload;
mod rqrr;
mod rxing;
mod transform;
#[cfg(feature = "zxing-cpp")]
mod zxing_cpp;

use std::borrow::Cow;

use image::GrayImage;

use self::binarize::{BinarizedImage, Threshold};
use self::engine::{DecodeEngine, DecodedCode};
use self::linear::LinearDecoder;
use self::rqrr::Rqrr;
use self::rxing::{RxingMatrix, RxingQr};
use self::transform::TransformedImage;
#[cfg(feature = "zxing-cpp")]
use self::zxing_cpp::ZxingCpp;
use crate::{Code, CodeKind};

/// How many passes a picture is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecodeEffort {
    /// For whole frames: two to five passes, milliseconds.
    Quick,
    /// For crops in which a code is suspected: all passes and engines until one reads a code, tens of milliseconds.
    Thorough,
}

/// Reads the codes of a picture. Their quads are in its own pixels, their scores are 1.
///
/// `Quick` merges what several passes read; `Thorough` stops at the first pass that reads anything.
pub fn decode_codes(image: &GrayImage, effort: DecodeEffort) -> Vec<Code> {
    match effort {
        DecodeEffort::Quick => quick(image),
        DecodeEffort::Thorough => thorough(image),
    }
}

/// Name and version of each library that is compiled in.
pub fn decode_engines() -> Vec<&'static str> {
    ENGINES.iter().map(|engine| engine.name()).collect()
}

/// How a picture is changed before it is binarized.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Transform {
    Same,
    /// Halved this many times.
    Halved(u32),
    /// By a whole factor.
    Enlarged(u32),
    /// By an unsharp mask of this radius in pixels.
    Sharpened(f32),
    /// By an angle in degrees.
    Rotated(f32),
}

/// One attempt at decoding: an image and the engines that read it.
#[derive(Debug, Clone, Copy)]
struct DecodePass {
    transform: Transform,
    threshold: Threshold,
    is_inverted: bool,
    engines: &'static [&'static dyn DecodeEngine],
}

const fn pass(transform: Transform, threshold: Threshold, engines: &'static [&'static dyn DecodeEngine]) -> DecodePass {
    DecodePass { transform, threshold, is_inverted: false, engines }
}

impl DecodePass {
    const fn inverted(mut self) -> Self {
        self.is_inverted = true;
        self
    }
}

/// One of each library.
const ENGINES: &[&dyn DecodeEngine] = &[
    &RxingQr,
    &Rqrr,
    #[cfg(feature = "zxing-cpp")]
    &ZxingCpp,
];
const QR: &[&dyn DecodeEngine] = &[&RxingQr];
const RQRR: &[&dyn DecodeEngine] = &[&Rqrr];
#[cfg(feature = "zxing-cpp")]
const ZXING_CPP: &[&dyn DecodeEngine] = &[&ZxingCpp];
const OTHERS: &[&dyn DecodeEngine] = &[&LinearDecoder { rows: 24, columns: true }, &RxingMatrix];
const MATRIX: &[&dyn DecodeEngine] = &[&RxingMatrix];
const LINES: &[&dyn DecodeEngine] = &[&LinearDecoder { rows: 24, columns: true }];
const QUICK_FULL_SIZE: &[&dyn DecodeEngine] = &[&RxingQr, &LinearDecoder { rows: 40, columns: false }];

const fn window(radius: usize, darker: i32) -> Threshold {
    Threshold::Window { radius, darker }
}

/// Ordered by codes gained per millisecond, measured on photographs and drawings of codes.
const QUICK_PASSES: [DecodePass; 5] = [
    pass(Transform::Same, Threshold::Blocks, QUICK_FULL_SIZE),
    pass(Transform::Halved(1), Threshold::Blocks, QR),
    pass(Transform::Same, Threshold::Blocks, QR).inverted(),
    pass(Transform::Halved(1), Threshold::Blocks, QR).inverted(),
    pass(Transform::Same, window(20, 0), QR),
];
/// The first passes always run, since each reads codes that the other misses; the rest only while no QR code was read.
const ALWAYS_RUN: usize = 2;

/// Ordered as the quick ones; those that cost most for what they add come last.
const THOROUGH_PASSES: &[DecodePass] = &[
    pass(Transform::Same, Threshold::Blocks, QR),
    pass(Transform::Same, Threshold::Blocks, QR).inverted(),
    pass(Transform::Halved(1), Threshold::Blocks, QR),
    pass(Transform::Same, Threshold::Blocks, OTHERS),
    pass(Transform::Same, window(20, -6), QR),
    pass(Transform::Same, Threshold::Global, QR),
    pass(Transform::Same, window(50, 15), QR),
    pass(Transform::Halved(2), Threshold::Blocks, QR),
    pass(Transform::Enlarged(2), Threshold::Blocks, QR),
    pass(Transform::Same, window(8, 4), QR),
    pass(Transform::Halved(1), window(8, 4), QR),
    pass(Transform::Halved(1), window(20, 4), QR),
    pass(Transform::Sharpened(6.0), Threshold::Blocks, QR),
    pass(Transform::Halved(1), Threshold::Blocks, QR).inverted(),
    pass(Transform::Halved(1), Threshold::Blocks, OTHERS),
    pass(Transform::Same, Threshold::Blocks, MATRIX).inverted(),
    pass(Transform::Enlarged(3), Threshold::Blocks, QR),
    pass(Transform::Rotated(20.0), Threshold::Blocks, QR),
    pass(Transform::Rotated(45.0), Threshold::Blocks, LINES),
    pass(Transform::Rotated(45.0), Threshold::Blocks, QR),
    pass(Transform::Enlarged(2), Threshold::Blocks, OTHERS),
    pass(Transform::Enlarged(4), Threshold::Blocks, QR),
    pass(Transform::Halved(1), window(20, 0), RQRR),
    #[cfg(feature = "zxing-cpp")]
    pass(Transform::Same, Threshold::Blocks, ZXING_CPP),
];

/// For pictures that were made of one code: upright, with all contrast there is.
const ENHANCED_PASSES: [DecodePass; 5] = [
    pass(Transform::Same, Threshold::Blocks, QR),
    pass(Transform::Same, Threshold::Global, QR),
    pass(Transform::Same, Threshold::Global, RQRR),
    pass(Transform::Same, Threshold::Blocks, QR).inverted(),
    pass(Transform::Same, Threshold::Global, QR).inverted(),
];

/// Larger frames are halved before the quick passes.
const MAX_QUICK_PIXELS: u64 = 6_000_000;
/// Larger crops are halved before the thorough passes.
const MAX_CROP_PIXELS: u64 = 600_000;
/// The smallest code, a Micro QR of version M1, has 11 modules on a side: pictures of fewer pixels hold none.
const MIN_SIDE: u32 = 10;
/// Crops are not enlarged beyond this: larger ones have enough pixels per module as they are.
const MAX_ENLARGED_PIXELS: u64 = 1_000_000;

/// Reads the code of a small picture that was made of it; stops at the first pass that reads anything.
pub(crate) fn decode_enhanced(image: &GrayImage) -> Vec<Code> {
    let base = TransformedImage::same(image);
    let mut passes = ENHANCED_PASSES.iter().map(|pass| run_pass(&base, pass));
    passes.find(|codes| !codes.is_empty()).unwrap_or_default()
}

fn quick(image: &GrayImage) -> Vec<Code> {
    let Some(base) = reduced(image, MAX_QUICK_PIXELS) else { return Vec::new() };
    let mut codes: Vec<Code> = Vec::new();
    for (index, pass) in QUICK_PASSES.iter().enumerate() {
        if index >= ALWAYS_RUN && codes.iter().any(|code| code.kind == CodeKind::Qr) {
            break;
        }
        add(&mut codes, run_pass(&base, pass));
    }
    codes
}

fn thorough(image: &GrayImage) -> Vec<Code> {
    let Some(base) = reduced(image, MAX_CROP_PIXELS) else { return Vec::new() };
    let mut passes = THOROUGH_PASSES.iter().map(|pass| run_pass(&base, pass));
    passes.find(|codes| !codes.is_empty()).unwrap_or_default()
}

/// The picture, halved until it has at most `max_pixels`; `None` if it is too small for any code.
fn reduced(image: &GrayImage, max_pixels: u64) -> Option<TransformedImage<'_>> {
    if image.width().min(image.height()) < MIN_SIDE {
        return None;
    }
    let mut base = TransformedImage::same(image);
    while u64::from(base.grey.width()) * u64::from(base.grey.height()) > max_pixels {
        base = base.halved();
    }
    Some(base)
}

/// The codes that one pass reads, in pixels of the picture that `base` was made from.
fn run_pass(base: &TransformedImage<'_>, pass: &DecodePass) -> Vec<Code> {
    let grey = &*base.grey;
    let pixels = u64::from(grey.width()) * u64::from(grey.height());
    let derived = match pass.transform {
        Transform::Same => TransformedImage::same(grey),
        Transform::Halved(times) => (0..times).fold(TransformedImage::same(grey), |derived, _| derived.halved()),
        Transform::Enlarged(factor) if pixels * u64::from(factor * factor) <= MAX_ENLARGED_PIXELS => {
            TransformedImage::enlarged(grey, factor)
        }
        Transform::Enlarged(_) => return Vec::new(),
        Transform::Sharpened(blur) => TransformedImage::sharpened(grey, blur),
        Transform::Rotated(degrees) => TransformedImage::rotated(grey, degrees.to_radians()),
    };
    let TransformedImage { grey, .. } = &derived;
    let Some(mut image) = BinarizedImage::new(Cow::Borrowed(grey), pass.threshold) else { return Vec::new() };
    if let Transform::Enlarged(factor) = pass.transform {
        image.rows_per_source_row = factor;
    }
    if pass.is_inverted {
        image = image.inverted();
    }
    let mut codes = Vec::new();
    for engine in pass.engines {
        let decoded = engine.read(&image).into_iter();
        add(
            &mut codes,
            decoded.map(|DecodedCode { kind, quad, text }| {
                let quad = base.back_quad(derived.back_quad(quad));
                Code { kind, quad, score: 1.0, text: Some(text) }
            }),
        );
    }
    codes
}

/// Adds codes that are not in the list yet: several passes may read the same one.
fn add(codes: &mut Vec<Code>, more: impl IntoIterator<Item = Code>) {
    for code in more {
        let bounds = code.quad.bounds();
        let is_same = |known: &Code| {
            let other = known.quad.bounds();
            known.kind == code.kind
                && (other.overlap(bounds) > 0.3 || known.text == code.text && other.shared(bounds) > 0.0)
        };
        if !codes.iter().any(is_same) {
            codes.push(code);
        }
    }
}

#[cfg(test)]
mod tests;
