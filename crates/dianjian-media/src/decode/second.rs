//! QR codes through `rqrr`: slower, and reads a few that `rxing` does not.

use super::engine::{Engine, Reading, around};
use super::sheet::Sheet;
use super::text;
use crate::guard::quiet;
use crate::{CodeKind, Point};

/// A second opinion.
pub(super) struct Second;

impl Engine for Second {
    fn name(&self) -> &'static str {
        "rqrr 0.11"
    }

    /// It panics on some grids that only look like codes (a perspective that leaves the numbers it
    /// counts with), which the sheet does not tell beforehand: the panic is caught.
    fn read(&self, sheet: &Sheet) -> Vec<Reading> {
        let (width, height) = (sheet.dark.width() as usize, sheet.dark.height() as usize);
        let dark = |x: usize, y: usize| sheet.dark.get(x as u32, y as u32);
        let readings = quiet(|| {
            let mut prepared = rqrr::PreparedImage::prepare_from_bitmap(width, height, dark);
            prepared.detect_grids().iter().filter_map(|grid| quiet(|| reading(grid)).flatten()).collect()
        });
        readings.unwrap_or_default()
    }
}

fn reading<G: rqrr::BitGrid>(grid: &rqrr::Grid<G>) -> Option<Reading> {
    let mut bytes = Vec::new();
    grid.decode_to(&mut bytes).ok()?;
    let corners: Vec<_> = grid.bounds.iter().map(|at| Point::new(at.x as f32, at.y as f32)).collect();
    Some(Reading { kind: CodeKind::Qr, quad: around(&corners)?, text: text::of_bytes(&bytes) })
}
