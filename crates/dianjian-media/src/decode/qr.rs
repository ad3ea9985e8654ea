//! QR codes, Micro QR and rMQR through `rxing`: fast, and the best of the engines on photographs.

use std::collections::HashSet;

use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, RXingResult};

use super::engine::{Bits, Engine, Reading, around};
use super::sheet::Sheet;
use super::text;
use crate::guard::quiet;
use crate::{CodeKind, Point};

/// All QR codes of a sheet, whichever way they are turned, mirrored ones too.
pub(super) struct Qr;

impl Engine for Qr {
    fn name(&self) -> &'static str {
        "rxing 0.9"
    }

    fn read(&self, sheet: &Sheet) -> Vec<Reading> {
        let formats = [BarcodeFormat::QR_CODE, BarcodeFormat::MICRO_QR_CODE, BarcodeFormat::RECTANGULAR_MICRO_QR_CODE];
        let hints = DecodeHints {
            TryHarder: Some(true),
            PossibleFormats: Some(HashSet::from(formats)),
            ..DecodeHints::default()
        };
        let results = quiet(|| {
            let mut bitmap = BinaryBitmap::new(Bits::new(sheet)?);
            QrReader.decode_multiple_with_hints(&mut bitmap, &hints).ok()
        });
        results.flatten().unwrap_or_default().iter().filter_map(reading).collect()
    }
}

/// The corners come so many pixels too far to the right and below: `rxing` adds what would round them, and does not
/// cut them.
const ROUNDING: f32 = 0.5;

/// Micro codes hold so little that a few modules of anything may pass for one: less than this is not believed.
const SHORTEST_MICRO: usize = 4;

fn reading(result: &RXingResult) -> Option<Reading> {
    let text = text::of(result.getRawBytes(), result.getText());
    if *result.getBarcodeFormat() != BarcodeFormat::QR_CODE && text.chars().count() < SHORTEST_MICRO {
        return None;
    }
    let corner = |at: &rxing::Point| Point::new(at.x - ROUNDING, at.y - ROUNDING);
    let points: Vec<_> = result.getPoints().iter().map(corner).collect();
    Some(Reading { kind: CodeKind::Qr, quad: around(&points)?, text })
}
