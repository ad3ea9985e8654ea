//! Square codes through `zxing-cpp`, where it is compiled in: reads some that neither rxing nor rqrr does.

use zxingcpp::{Barcode, BarcodeFormat, ImageFormat, ImageView};

use super::binarize::BinarizedImage;
use super::engine::{DecodeEngine, DecodedCode, quad_around};
use super::payload;
use crate::panic_guard::catch_panic;
use crate::{CodeKind, Point};

/// A third opinion on square codes.
///
/// It binarizes, rotates, inverts and shrinks by itself, so one pass is enough. It does not look for linear codes: those
/// need the agreement of rows that [`LinearDecoder`](super::linear) demands.
pub(super) struct ZxingCpp;

const FORMATS: [BarcodeFormat; 7] = [
    BarcodeFormat::QRCode,
    BarcodeFormat::MicroQRCode,
    BarcodeFormat::RMQRCode,
    BarcodeFormat::DataMatrix,
    BarcodeFormat::Aztec,
    BarcodeFormat::PDF417,
    BarcodeFormat::MaxiCode,
];

impl DecodeEngine for ZxingCpp {
    fn name(&self) -> &'static str {
        "zxing-cpp 0.5"
    }

    fn read(&self, image: &BinarizedImage) -> Vec<DecodedCode> {
        let (width, height) = image.grey.dimensions();
        // The binding panics on an error for which the library has no message.
        let codes = catch_panic(|| {
            let view = ImageView::from_slice(image.grey.as_raw(), width, height, ImageFormat::Lum).ok()?;
            let reader = zxingcpp::read().formats(FORMATS).try_harder(true).try_rotate(true).try_invert(true);
            let codes = reader.try_downscale(true).from(view).ok()?;
            Some(codes.iter().filter_map(decoded).collect())
        });
        codes.flatten().unwrap_or_default()
    }
}

/// Small symbols of kinds other than QR model 2 have few check bits; shorter texts are dropped.
const MIN_CHARS: usize = 4;

fn decoded(code: &Barcode) -> Option<DecodedCode> {
    let format = code.symbology();
    let kind = match format {
        BarcodeFormat::QRCode => CodeKind::Qr,
        BarcodeFormat::DataMatrix => CodeKind::DataMatrix,
        BarcodeFormat::Aztec => CodeKind::Aztec,
        BarcodeFormat::PDF417 => CodeKind::Pdf417,
        BarcodeFormat::MaxiCode => CodeKind::Maxicode,
        _ => return None,
    };
    let text = payload::of(&code.bytes(), &code.text());
    if code.format() != BarcodeFormat::QRCodeModel2 && text.chars().count() < MIN_CHARS {
        return None;
    }
    let at = code.position();
    let corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left];
    let corners = corners.map(|corner| Point::new(corner.x as f32, corner.y as f32));
    Some(DecodedCode { kind, quad: quad_around(&corners)?, text })
}
