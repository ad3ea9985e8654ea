use ::rxing::{BarcodeFormat, MultiFormatWriter, Writer};
use image::Luma;
use image::imageops::{flip_horizontal, invert, overlay, rotate90, rotate180, rotate270};

use super::*;
use crate::Point;

/// A code with its quiet zone, each module so many pixels.
fn drawn(text: &str, format: BarcodeFormat, module: u32) -> GrayImage {
    let bits = MultiFormatWriter.encode(text, &format, 0, 0).unwrap();
    // Without the border that the writer draws.
    let [left, top, width, height] = bits.getEnclosingRectangle().unwrap();
    // Linear codes are one row high where no height is asked for.
    let high = if height < 8 { 30 } else { 1 };
    let quiet = 4;
    GrayImage::from_fn((width + 2 * quiet) * module, (height * high + 2 * quiet) * module, |x, y| {
        let (x, y) = ((x / module).checked_sub(quiet), (y / module).checked_sub(quiet));
        let is_dark =
            x.zip(y).is_some_and(|(x, y)| x < width && y / high < height && bits.get(left + x, top + y / high));
        Luma([if is_dark { 20 } else { 240 }])
    })
}

fn qr(text: &str, module: u32) -> GrayImage {
    drawn(text, BarcodeFormat::QR_CODE, module)
}

fn only(codes: Vec<Code>) -> Code {
    assert_eq!(codes.len(), 1, "{codes:?}");
    codes.into_iter().next().unwrap()
}

fn text(code: &Code) -> &str {
    code.text.as_deref().unwrap()
}

/// The corners of the dark part of a drawn code: what lies inside its border of `quiet` pixels.
#[track_caller]
fn assert_corners(code: &Code, left: f32, top: f32, right: f32, bottom: f32, slack: f32) {
    let wanted = [(left, top), (right, top), (right, bottom), (left, bottom)].map(|(x, y)| Point::new(x, y));
    for corner in wanted {
        let nearest = code.quad.0.iter().map(|at| at.distance(corner)).fold(f32::INFINITY, f32::min);
        assert!(nearest <= slack, "no corner near {corner:?} in {:?}", code.quad);
    }
}

#[test]
fn a_plain_code_at_first_sight() {
    let mut page = GrayImage::from_pixel(400, 300, Luma([255]));
    let code = qr("https://u.wechat.com/abc", 4);
    overlay(&mut page, &code, 150, 90);
    let found = only(decode_codes(&page, DecodeEffort::Quick));
    assert_eq!((found.kind, text(&found), found.score), (CodeKind::Qr, "https://u.wechat.com/abc", 1.0));
    let (left, top, side) = (150.0 + 16.0, 90.0 + 16.0, code.width() as f32 - 32.0);
    assert_corners(&found, left, top, left + side, top + side, 0.3);
}

#[test]
fn whichever_way_it_lies() {
    let code = qr("turned", 4);
    let inverse = {
        let mut code = code.clone();
        invert(&mut code);
        code
    };
    for image in [rotate90(&code), rotate180(&code), rotate270(&code), flip_horizontal(&code), inverse] {
        assert_eq!(text(&only(decode_codes(&image, DecodeEffort::Quick))), "turned");
    }
    for degrees in [10.0_f32, 30.0, 45.0, 73.0] {
        let turned = TransformedImage::rotated(&code, degrees.to_radians());
        let found = only(decode_codes(&turned.grey, DecodeEffort::Quick));
        let side = code.width() as f32 - 16.0;
        let back = Code { quad: turned.back_quad(found.quad), ..found };
        assert_corners(&back, 16.0, 16.0, side, side, 4.0);
    }
}

#[test]
fn all_codes_of_a_picture() {
    let mut page = GrayImage::from_pixel(500, 300, Luma([250]));
    for (at, name) in ["one", "two", "three"].iter().enumerate() {
        overlay(&mut page, &qr(name, 4), 20 + 150 * at as i64, 40 + 30 * at as i64);
    }
    let mut texts: Vec<_> = decode_codes(&page, DecodeEffort::Quick).iter().map(|code| text(code).to_owned()).collect();
    texts.sort();
    assert_eq!(texts, ["one", "three", "two"]);
}

#[test]
fn other_kinds_are_told_apart() {
    for (format, payload, kind) in [
        (BarcodeFormat::DATA_MATRIX, "LOT 2026-11 / 0042", CodeKind::DataMatrix),
        (BarcodeFormat::AZTEC, "TICKET 4711 COACH 9", CodeKind::Aztec),
        (BarcodeFormat::PDF_417, "WAYBILL SF1234567890", CodeKind::Pdf417),
        (BarcodeFormat::EAN_13, "6901234567892", CodeKind::Linear),
        (BarcodeFormat::UPC_A, "036000291452", CodeKind::Linear),
        (BarcodeFormat::EAN_8, "96385074", CodeKind::Linear),
        (BarcodeFormat::CODE_128, "SF1234567890", CodeKind::Linear),
        (BarcodeFormat::CODE_39, "ABC-1234", CodeKind::Linear),
        (BarcodeFormat::CODE_93, "ABC1234", CodeKind::Linear),
        (BarcodeFormat::ITF, "10012345678902", CodeKind::Linear),
    ] {
        let image = drawn(payload, format, 3);
        let found = only(decode_codes(&image, DecodeEffort::Thorough));
        assert_eq!((found.kind, text(&found)), (kind, payload), "{format:?}");
        let bounds = found.quad.bounds();
        let (width, height) = (image.width() as f32, image.height() as f32);
        assert!(bounds.area() > 0.4 * (width - 24.0) * (height - 24.0), "{format:?}: {bounds:?} in {width}x{height}");
        assert!(bounds.left >= 0.0 && bounds.right() <= width && bounds.bottom() <= height, "{format:?}: {bounds:?}");
    }
}

#[test]
fn barcodes_on_their_side_and_at_first_sight() {
    let code = drawn("6901234567892", BarcodeFormat::EAN_13, 2);
    for image in [rotate90(&code), rotate180(&code), rotate270(&code)] {
        assert_eq!(text(&only(decode_codes(&image, DecodeEffort::Thorough))), "6901234567892");
    }
    let found = only(decode_codes(&code, DecodeEffort::Quick));
    assert_eq!(found.kind, CodeKind::Linear);
    assert_corners(&found, 8.0, 8.0, code.width() as f32 - 8.0, code.height() as f32 - 8.0, 8.0);
}

#[test]
fn a_few_stripes_are_no_barcode() {
    // The rows of one barcode, too few of them to be believed, and rows that all say something else.
    let code = drawn("12345678", BarcodeFormat::ITF, 2);
    let mut page = GrayImage::from_pixel(code.width(), 120, Luma([240]));
    overlay(&mut page, &image::imageops::crop_imm(&code, 0, 20, code.width(), 4).to_image(), 0, 60);
    assert_eq!(decode_codes(&page, DecodeEffort::Thorough), []);
}

#[test]
fn chinese_in_any_encoding() {
    for (bytes, wanted) in [
        ("加微信 mm_2026".as_bytes().to_vec(), "加微信 mm_2026"),
        (encoding_rs::GBK.encode("加微信领优惠券").0.into_owned(), "加微信领优惠券"),
        (encoding_rs::SHIFT_JIS.encode("クーポンはこちら").0.into_owned(), "クーポンはこちら"),
    ] {
        // The encoder writes Latin-1 as bytes and says nothing about it.
        let payload: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        assert_eq!(text(&only(decode_codes(&qr(&payload, 3), DecodeEffort::Quick))), wanted);
    }
    assert_eq!(text(&only(decode_codes(&qr("店铺😀", 3), DecodeEffort::Quick))), "店铺😀", "with its encoding told");
}

#[test]
fn thorough_reads_what_quick_does_not() {
    // One pixel a module, as in a thumbnail.
    let small = qr("https://example.com", 1);
    assert_eq!(text(&only(decode_codes(&small, DecodeEffort::Thorough))), "https://example.com");
    let blurred = image::imageops::blur(&qr("blurred", 3), 1.6);
    assert_eq!(text(&only(decode_codes(&blurred, DecodeEffort::Thorough))), "blurred");
}

#[test]
fn nothing_in_nothing() {
    for (width, height) in [(0, 0), (1, 1), (3, 200), (200, 3), (10, 10), (10, 90), (64, 64)] {
        for value in [0, 128, 255] {
            let image = GrayImage::from_pixel(width, height, Luma([value]));
            assert_eq!(decode_codes(&image, DecodeEffort::Quick), []);
            assert_eq!(decode_codes(&image, DecodeEffort::Thorough), []);
        }
    }
    let mut state = 1_u32;
    let noise = GrayImage::from_fn(120, 120, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Luma([(state >> 24) as u8])
    });
    assert_eq!(decode_codes(&noise, DecodeEffort::Thorough), []);
}

#[test]
fn a_damaged_code_never_panics_and_never_lies() {
    let code = qr("https://example.com/damaged", 3);
    let mut state = 7_u32;
    let mut random = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    for _ in 0..12 {
        let mut image = code.clone();
        for _ in 0..random(8) {
            let (width, height) = (random(40), random(40));
            let spot = GrayImage::from_pixel(width, height, Luma([random(256) as u8]));
            overlay(&mut image, &spot, i64::from(random(code.width())), i64::from(random(code.height())));
        }
        for found in decode_codes(&image, DecodeEffort::Thorough) {
            assert_eq!(text(&found), "https://example.com/damaged");
        }
    }
}

#[test]
fn the_engines_have_names() {
    let names = decode_engines();
    assert_eq!(names[..2], ["rxing 0.9", "rqrr 0.11"]);
    assert_eq!(&names[2..], if cfg!(feature = "zxing-cpp") { &["zxing-cpp 0.5"][..] } else { &[] });
}

#[cfg(feature = "zxing-cpp")]
#[test]
fn a_third_opinion() {
    let image = |image: GrayImage| BinarizedImage::new(Cow::Owned(image), Threshold::Blocks).unwrap();
    let rotated = rotate90(&qr("加微信 third", 3));
    let [reading] = &ZxingCpp.read(&image(rotated.clone()))[..] else { panic!("one") };
    assert_eq!((reading.kind, reading.text.as_str()), (CodeKind::Qr, "加微信 third"));
    let code = Code { kind: reading.kind, quad: reading.quad, score: 1.0, text: None };
    let side = rotated.width() as f32 - 12.0;
    assert_corners(&code, 12.0, 12.0, side, side, 4.0);
    for (format, kind) in [
        (BarcodeFormat::DATA_MATRIX, CodeKind::DataMatrix),
        (BarcodeFormat::AZTEC, CodeKind::Aztec),
        (BarcodeFormat::PDF_417, CodeKind::Pdf417),
    ] {
        let readings = ZxingCpp.read(&image(drawn("TICKET 4711", format, 3)));
        assert_eq!((readings.len(), readings[0].kind, readings[0].text.as_str()), (1, kind, "TICKET 4711"));
    }
    assert_eq!(ZxingCpp.read(&image(GrayImage::from_pixel(64, 64, Luma([255])))), []);
    assert_eq!(ZxingCpp.read(&image(drawn("12345678", BarcodeFormat::ITF, 2))), []);
}
