//! Square codes through `zxing-cpp`, where it is compiled in: reads some that neither of the others does.

use zxingcpp::{Barcode, BarcodeFormat, ImageFormat, ImageView};

use super::engine::{Engine, Reading, around};
use super::sheet::Sheet;
use super::text;
use crate::guard::quiet;
use crate::{CodeKind, Point};

/// A third opinion.
///
/// It finds its own threshold and turns, inverts and reduces by itself, so that one sheet is enough. Of
/// linear codes it is not asked: those take the agreement of rows that [`Linear`](super::linear) demands.
pub(super) struct Third;

const FORMATS: [BarcodeFormat; 7] = [
    BarcodeFormat::QRCode,
    BarcodeFormat::MicroQRCode,
    BarcodeFormat::RMQRCode,
    BarcodeFormat::DataMatrix,
    BarcodeFormat::Aztec,
    BarcodeFormat::PDF417,
    BarcodeFormat::MaxiCode,
];

impl Engine for Third {
    fn name(&self) -> &'static str {
        "zxing-cpp 0.5"
    }

    fn read(&self, sheet: &Sheet) -> Vec<Reading> {
        let (width, height) = sheet.grey.dimensions();
        // The binding panics where the library says nothing about its error.
        let readings = quiet(|| {
            let view = ImageView::from_slice(sheet.grey.as_raw(), width, height, ImageFormat::Lum).ok()?;
            let reader = zxingcpp::read().formats(FORMATS).try_harder(true).try_rotate(true).try_invert(true);
            let codes = reader.try_downscale(true).from(view).ok()?;
            Some(codes.iter().filter_map(reading).collect())
        });
        readings.flatten().unwrap_or_default()
    }
}

/// Small symbols of these kinds have few checks: less than this is not believed.
const SHORTEST: usize = 4;

fn reading(code: &Barcode) -> Option<Reading> {
    let format = code.symbology();
    let kind = match format {
        BarcodeFormat::QRCode => CodeKind::Qr,
        BarcodeFormat::DataMatrix => CodeKind::DataMatrix,
        BarcodeFormat::Aztec => CodeKind::Aztec,
        BarcodeFormat::PDF417 => CodeKind::Pdf417,
        BarcodeFormat::MaxiCode => CodeKind::Maxicode,
        _ => return None,
    };
    let text = text::of(&code.bytes(), &code.text());
    if code.format() != BarcodeFormat::QRCodeModel2 && text.chars().count() < SHORTEST {
        return None;
    }
    let at = code.position();
    let corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left];
    let corners = corners.map(|corner| Point::new(corner.x as f32, corner.y as f32));
    Some(Reading { kind, quad: around(&corners)?, text })
}
