//! QR codes, Micro QR and rMQR.

use std::collections::HashSet;

use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, RXingResult};

use super::RxingBinarizer;
use crate::decode::binarize::BinarizedImage;
use crate::decode::engine::{DecodeEngine, DecodedCode, quad_around};
use crate::decode::payload;
use crate::panic_guard::catch_panic;
use crate::{CodeKind, Point};

/// All QR codes of an image at any angle, mirrored ones too: fast, and the best of the engines on photographs.
pub(in crate::decode) struct RxingQr;

impl DecodeEngine for RxingQr {
    fn name(&self) -> &'static str {
        "rxing 0.9"
    }

    fn read(&self, image: &BinarizedImage) -> Vec<DecodedCode> {
        let formats = [BarcodeFormat::QR_CODE, BarcodeFormat::MICRO_QR_CODE, BarcodeFormat::RECTANGULAR_MICRO_QR_CODE];
        let hints = DecodeHints {
            TryHarder: Some(true),
            PossibleFormats: Some(HashSet::from(formats)),
            ..DecodeHints::default()
        };
        let results = catch_panic(|| {
            let mut bitmap = BinaryBitmap::new(RxingBinarizer::new(image)?);
            QrReader.decode_multiple_with_hints(&mut bitmap, &hints).ok()
        });
        results.flatten().unwrap_or_default().iter().filter_map(decoded).collect()
    }
}

/// Pixels by which rxing's corners lie too far right and down: it adds half a pixel for rounding and never truncates.
const CORNER_OFFSET: f32 = 0.5;

/// Micro codes have so few check bits that a handful of random modules may pass for one; shorter texts are dropped.
const MIN_MICRO_CHARS: usize = 4;

fn decoded(result: &RXingResult) -> Option<DecodedCode> {
    let text = payload::of(result.getRawBytes(), result.getText());
    if *result.getBarcodeFormat() != BarcodeFormat::QR_CODE && text.chars().count() < MIN_MICRO_CHARS {
        return None;
    }
    let corner = |at: &rxing::Point| Point::new(at.x - CORNER_OFFSET, at.y - CORNER_OFFSET);
    let points: Vec<_> = result.getPoints().iter().map(corner).collect();
    Some(DecodedCode { kind: CodeKind::Qr, quad: quad_around(&points)?, text })
}
