//! QR codes through the `rqrr` crate: slower than rxing, and reads a few codes that rxing does not.

use super::binarize::BinarizedImage;
use super::engine::{DecodeEngine, DecodedCode, quad_around};
use super::payload;
use crate::panic_guard::catch_panic;
use crate::{CodeKind, Point};

/// A second opinion on QR codes.
pub(super) struct Rqrr;

impl DecodeEngine for Rqrr {
    fn name(&self) -> &'static str {
        "rqrr 0.11"
    }

    /// rqrr panics on some grids that only look like codes (their perspective overflows its integers), which cannot be
    /// predicted. Each grid is guarded by itself, so that one panic does not lose the others.
    fn read(&self, image: &BinarizedImage) -> Vec<DecodedCode> {
        let (width, height) = (image.dark.width() as usize, image.dark.height() as usize);
        let dark = |x: usize, y: usize| image.dark.get(x as u32, y as u32);
        let codes = catch_panic(|| {
            let mut prepared = rqrr::PreparedImage::prepare_from_bitmap(width, height, dark);
            prepared.detect_grids().iter().filter_map(|grid| catch_panic(|| decoded(grid)).flatten()).collect()
        });
        codes.unwrap_or_default()
    }
}

fn decoded<G: rqrr::BitGrid>(grid: &rqrr::Grid<G>) -> Option<DecodedCode> {
    let mut bytes = Vec::new();
    grid.decode_to(&mut bytes).ok()?;
    let corners: Vec<_> = grid.bounds.iter().map(|at| Point::new(at.x as f32, at.y as f32)).collect();
    Some(DecodedCode { kind: CodeKind::Qr, quad: quad_around(&corners)?, text: payload::of_bytes(&bytes) })
}
