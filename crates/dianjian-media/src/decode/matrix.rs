//! Data Matrix, Aztec, MaxiCode and PDF417 through `rxing`.

use rxing::aztec::AztecReader;
use rxing::datamatrix::DataMatrixReader;
use rxing::maxicode::MaxiCodeReader;
use rxing::pdf417::PDF417Reader;
use rxing::{BinaryBitmap, DecodeHints, RXingResult, Reader};

use super::engine::{Bits, Engine, Reading, around, point};
use super::sheet::Sheet;
use super::text;
use crate::guard::quiet;
use crate::{CodeKind, Point, Quad};

/// Codes of packaging, tickets and post: one of each kind a sheet.
pub(super) struct Matrix;

impl Engine for Matrix {
    fn name(&self) -> &'static str {
        "rxing 0.9"
    }

    fn read(&self, sheet: &Sheet) -> Vec<Reading> {
        let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        let mut readings = Vec::new();
        let mut one = |kind, reader: &dyn Fn(&mut BinaryBitmap<Bits<'_>>) -> Vec<RXingResult>| {
            let results = quiet(|| Bits::new(sheet).map(|bits| reader(&mut BinaryBitmap::new(bits))));
            let results = results.flatten().unwrap_or_default();
            readings.extend(results.iter().filter_map(|result| reading(kind, result, sheet)));
        };
        one(CodeKind::DataMatrix, &|bitmap| DataMatrixReader.decode_with_hints(bitmap, &hints).into_iter().collect());
        one(CodeKind::Aztec, &|bitmap| AztecReader.decode_with_hints(bitmap, &hints).into_iter().collect());
        // Of PDF417 one, and of MaxiCode a straight one that fills the sheet: the search for more does not end on some
        // pictures, blurred ones of QR codes among them.
        one(CodeKind::Pdf417, &|bitmap| PDF417Reader::new().decode_with_hints(bitmap, &hints).into_iter().collect());
        one(CodeKind::Maxicode, &|bitmap| MaxiCodeReader::default().decode(bitmap).into_iter().collect());
        readings
    }
}

fn reading(kind: CodeKind, result: &RXingResult, sheet: &Sheet) -> Option<Reading> {
    let text = text::of_text(result.getText());
    // The smallest symbols have few checks and hold next to nothing.
    if text.chars().count() < 2 {
        return None;
    }
    let points: Vec<_> = result.getPoints().iter().map(|&at| point(at)).collect();
    // Of a MaxiCode no place is told.
    let whole = || {
        let (width, height) = (sheet.grey.width() as f32, sheet.grey.height() as f32);
        Quad([Point::default(), Point::new(width, 0.0), Point::new(width, height), Point::new(0.0, height)])
    };
    Some(Reading { kind, quad: around(&points).unwrap_or_else(whole), text })
}
