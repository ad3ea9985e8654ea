//! Data Matrix, Aztec, MaxiCode and PDF417.

use rxing::aztec::AztecReader;
use rxing::datamatrix::DataMatrixReader;
use rxing::maxicode::MaxiCodeReader;
use rxing::pdf417::PDF417Reader;
use rxing::{BinaryBitmap, DecodeHints, RXingResult, Reader};

use super::RxingBinarizer;
use crate::decode::binarize::BinarizedImage;
use crate::decode::engine::{DecodeEngine, DecodedCode, quad_around};
use crate::decode::payload;
use crate::panic_guard::catch_panic;
use crate::{CodeKind, Point, Quad};

/// Codes of packaging, tickets and post; at most one of each kind per image.
pub(in crate::decode) struct RxingMatrix;

impl DecodeEngine for RxingMatrix {
    fn name(&self) -> &'static str {
        "rxing 0.9"
    }

    fn read(&self, image: &BinarizedImage) -> Vec<DecodedCode> {
        let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        let mut codes = Vec::new();
        let mut one = |kind, reader: &dyn Fn(&mut BinaryBitmap<RxingBinarizer<'_>>) -> Option<RXingResult>| {
            let result = catch_panic(|| reader(&mut BinaryBitmap::new(RxingBinarizer::new(image)?))).flatten();
            codes.extend(result.and_then(|result| decoded(kind, &result, image)));
        };
        one(CodeKind::DataMatrix, &|bitmap| DataMatrixReader.decode_with_hints(bitmap, &hints).ok());
        one(CodeKind::Aztec, &|bitmap| AztecReader.decode_with_hints(bitmap, &hints).ok());
        // Only one PDF417, and only a MaxiCode that is upright and fills the image: rxing's search for more of them
        // does not terminate on some pictures, blurred QR codes among them.
        one(CodeKind::Pdf417, &|bitmap| PDF417Reader::new().decode_with_hints(bitmap, &hints).ok());
        one(CodeKind::Maxicode, &|bitmap| MaxiCodeReader::default().decode(bitmap).ok());
        codes
    }
}

fn decoded(kind: CodeKind, result: &RXingResult, image: &BinarizedImage) -> Option<DecodedCode> {
    let text = payload::of_text(result.getText());
    // The smallest symbols have few check bits: one character may be read out of noise.
    if text.chars().count() < 2 {
        return None;
    }
    let points: Vec<_> = result.getPoints().iter().map(|point| Point::new(point.x, point.y)).collect();
    // A MaxiCode comes without a place.
    let whole = || {
        let (width, height) = (image.grey.width() as f32, image.grey.height() as f32);
        Quad([Point::default(), Point::new(width, 0.0), Point::new(width, height), Point::new(0.0, height)])
    };
    Some(DecodedCode { kind, quad: quad_around(&points).unwrap_or_else(whole), text })
}
