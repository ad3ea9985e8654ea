//! Codes that can be read: certain.
//!
//! Engines read [sheets](sheet): the picture in black and white by one of several thresholds, at its own
//! size, reduced or enlarged, sharpened or turned. At first sight only the sheets that decode most for
//! their time are tried; a crop in which there should be a code gets all of them, as far as its budget
//! of pixels goes (counted, not timed, so that the answer does not depend on the machine).
//!
//! With the feature `zxing-cpp` a third engine looks at crops that no other could read. It takes cmake and
//! a compiler of C++20, and what is read then may differ from machines that are without it.

mod engine;
mod linear;
mod matrix;
mod qr;
mod second;
mod sheet;
mod text;
#[cfg(feature = "zxing-cpp")]
mod third;

use std::borrow::Cow;

use image::GrayImage;

use super::{Code, CodeKind};
use engine::{Engine, Reading};
use linear::Linear;
use matrix::Matrix;
use qr::Qr;
use second::Second;
use sheet::{Derived, Sheet, Threshold};
#[cfg(feature = "zxing-cpp")]
use third::Third;

/// How hard to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// A whole frame at first sight: milliseconds.
    Quick,
    /// A crop in which there should be a code: inverted, sharpened, enlarged, all engines.
    Thorough,
}

/// Reads the codes of a picture; places are in its own pixels, scores are 1.
///
/// Quick finds all codes that are plain enough; thorough stops at the first way of looking that reads any.
#[must_use]
pub fn decode(image: &GrayImage, effort: Effort) -> Vec<Code> {
    match effort {
        Effort::Quick => quick(image),
        Effort::Thorough => thorough(image),
    }
}

/// The engines that are compiled in, by name and version.
#[must_use]
pub fn engines() -> Vec<&'static str> {
    ENGINES.iter().map(|engine| engine.name()).collect()
}

/// How the picture is changed before it is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Same,
    /// Halved so many times.
    Halved(u32),
    Enlarged(u32),
    /// Unsharp mask of that radius.
    Sharpened(f32),
    /// By so many degrees.
    Turned(f32),
}

/// One way of looking.
#[derive(Debug, Clone, Copy)]
struct Look {
    shape: Shape,
    threshold: Threshold,
    is_inverted: bool,
    engines: &'static [&'static dyn Engine],
}

const fn look(shape: Shape, threshold: Threshold, engines: &'static [&'static dyn Engine]) -> Look {
    Look { shape, threshold, is_inverted: false, engines }
}

const fn inverted(shape: Shape, threshold: Threshold, engines: &'static [&'static dyn Engine]) -> Look {
    Look { shape, threshold, is_inverted: true, engines }
}

impl std::fmt::Debug for dyn Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// One of each library.
const ENGINES: &[&dyn Engine] = &[
    &Qr,
    &Second,
    #[cfg(feature = "zxing-cpp")]
    &Third,
];
const QR: &[&dyn Engine] = &[&Qr];
const SECOND: &[&dyn Engine] = &[&Second];
#[cfg(feature = "zxing-cpp")]
const THIRD: &[&dyn Engine] = &[&Third];
const OTHERS: &[&dyn Engine] = &[&Linear { rows: 24, columns: true }, &Matrix];
const MATRIX: &[&dyn Engine] = &[&Matrix];
const LINES: &[&dyn Engine] = &[&Linear { rows: 24, columns: true }];
const AT_FIRST_SIGHT: &[&dyn Engine] = &[&Qr, &Linear { rows: 40, columns: false }];

const fn window(radius: usize, darker: i32) -> Threshold {
    Threshold::Window { radius, darker }
}

/// By what they add for their time, measured on photographs and drawings of codes.
const QUICK_LOOKS: [Look; 5] = [
    look(Shape::Same, Threshold::Blocks, AT_FIRST_SIGHT),
    look(Shape::Halved(1), Threshold::Blocks, QR),
    inverted(Shape::Same, Threshold::Blocks, QR),
    inverted(Shape::Halved(1), Threshold::Blocks, QR),
    look(Shape::Same, window(20, 0), QR),
];
/// The first ones are always tried, as each reads codes that the other does not; the rest where they read none.
const ALWAYS: usize = 2;

const THOROUGH_LOOKS: &[Look] = &[
    look(Shape::Same, Threshold::Blocks, QR),
    inverted(Shape::Same, Threshold::Blocks, QR),
    look(Shape::Halved(1), Threshold::Blocks, QR),
    look(Shape::Same, Threshold::Blocks, OTHERS),
    look(Shape::Same, window(20, -6), QR),
    look(Shape::Same, Threshold::Global, QR),
    look(Shape::Same, window(50, 15), QR),
    look(Shape::Halved(2), Threshold::Blocks, QR),
    look(Shape::Enlarged(2), Threshold::Blocks, QR),
    look(Shape::Same, window(8, 4), QR),
    look(Shape::Halved(1), window(8, 4), QR),
    look(Shape::Halved(1), window(20, 4), QR),
    look(Shape::Sharpened(6.0), Threshold::Blocks, QR),
    inverted(Shape::Halved(1), Threshold::Blocks, QR),
    look(Shape::Halved(1), Threshold::Blocks, OTHERS),
    inverted(Shape::Same, Threshold::Blocks, MATRIX),
    look(Shape::Enlarged(3), Threshold::Blocks, QR),
    look(Shape::Turned(20.0), Threshold::Blocks, QR),
    look(Shape::Turned(45.0), Threshold::Blocks, LINES),
    look(Shape::Turned(45.0), Threshold::Blocks, QR),
    look(Shape::Enlarged(2), Threshold::Blocks, OTHERS),
    look(Shape::Enlarged(4), Threshold::Blocks, QR),
    look(Shape::Halved(1), window(20, 0), SECOND),
    #[cfg(feature = "zxing-cpp")]
    look(Shape::Same, Threshold::Blocks, THIRD),
];

/// A frame larger than this is looked at reduced at first sight.
const QUICK_PIXELS: u64 = 6_000_000;
/// A crop larger than this is reduced first.
const CROP_PIXELS: u64 = 600_000;
/// The smallest code has as many modules on a side, less one.
const SMALLEST: u32 = 10;
/// Crops are not enlarged to more than this: those that would be have pixels enough.
const ENLARGED_PIXELS: u64 = 1_000_000;

fn quick(image: &GrayImage) -> Vec<Code> {
    let Some(base) = reduced(image, QUICK_PIXELS) else { return Vec::new() };
    let mut codes: Vec<Code> = Vec::new();
    for (index, look) in QUICK_LOOKS.iter().enumerate() {
        if index >= ALWAYS && codes.iter().any(|code| code.kind == CodeKind::Qr) {
            break;
        }
        add(&mut codes, seen(&base, look));
    }
    codes
}

/// What the first look that reads anything reads.
fn thorough(image: &GrayImage) -> Vec<Code> {
    let Some(base) = reduced(image, CROP_PIXELS) else { return Vec::new() };
    let mut codes = Vec::new();
    for look in THOROUGH_LOOKS {
        add(&mut codes, seen(&base, look));
        if !codes.is_empty() {
            break;
        }
    }
    codes
}

/// The picture, halved until it has no more pixels than that; `None`: no code is as small.
fn reduced(image: &GrayImage, most: u64) -> Option<Derived<'_>> {
    if image.width().min(image.height()) < SMALLEST {
        return None;
    }
    let mut base = Derived::same(image);
    while u64::from(base.grey.width()) * u64::from(base.grey.height()) > most {
        base = base.halved();
    }
    Some(base)
}

/// What one way of looking reads, in the places of the picture that `base` was made from.
fn seen(base: &Derived<'_>, look: &Look) -> Vec<Code> {
    let grey = &*base.grey;
    let pixels = u64::from(grey.width()) * u64::from(grey.height());
    let derived = match look.shape {
        Shape::Same => Derived::same(grey),
        Shape::Halved(times) => (0..times).fold(Derived::same(grey), |derived, _| derived.halved()),
        Shape::Enlarged(factor) if pixels * u64::from(factor * factor) <= ENLARGED_PIXELS => {
            Derived::enlarged(grey, factor)
        }
        Shape::Enlarged(_) => return Vec::new(),
        Shape::Sharpened(blur) => Derived::sharpened(grey, blur),
        Shape::Turned(degrees) => Derived::turned(grey, degrees.to_radians()),
    };
    let Derived { grey, .. } = &derived;
    let Some(mut sheet) = Sheet::new(Cow::Borrowed(grey), look.threshold) else { return Vec::new() };
    if let Shape::Enlarged(factor) = look.shape {
        sheet.rows_a_row = factor;
    }
    if look.is_inverted {
        sheet = sheet.inverted();
    }
    let mut codes = Vec::new();
    for engine in look.engines {
        let readings = engine.read(&sheet).into_iter();
        add(
            &mut codes,
            readings.map(|Reading { kind, quad, text }| {
                let quad = base.back_quad(derived.back_quad(quad));
                Code { kind, quad, score: 1.0, text: Some(text) }
            }),
        );
    }
    codes
}

/// Adds codes that are not there yet: one code may be read in several ways.
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
