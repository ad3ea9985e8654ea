use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, Rgba, RgbaImage};

use super::*;

mod damage;

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255; 3];

/// Pictures that no encoder at hand can write: see `fixtures/make.py`.
const FIXTURES: [(&str, &[u8]); 19] = [
    ("cmyk-adobe.jpg", include_bytes!("fixtures/cmyk-adobe.jpg")),
    ("ycck.jpg", include_bytes!("fixtures/ycck.jpg")),
    ("progressive.jpg", include_bytes!("fixtures/progressive.jpg")),
    ("restarts.jpg", include_bytes!("fixtures/restarts.jpg")),
    ("subsampled.jpg", include_bytes!("fixtures/subsampled.jpg")),
    ("grey.jpg", include_bytes!("fixtures/grey.jpg")),
    ("lossy.webp", include_bytes!("fixtures/lossy.webp")),
    ("lossy-alpha.webp", include_bytes!("fixtures/lossy-alpha.webp")),
    ("moving.webp", include_bytes!("fixtures/moving.webp")),
    ("moving.png", include_bytes!("fixtures/moving.png")),
    ("moving-fallback.png", include_bytes!("fixtures/moving-fallback.png")),
    ("moving.gif", include_bytes!("fixtures/moving.gif")),
    ("run-length.bmp", include_bytes!("fixtures/run-length.bmp")),
    ("phone.heic", include_bytes!("fixtures/phone.heic")),
    ("turned.heic", include_bytes!("fixtures/turned.heic")),
    ("alpha.heic", include_bytes!("fixtures/alpha.heic")),
    ("fax.tif", include_bytes!("fixtures/fax.tif")),
    ("pages.tif", include_bytes!("fixtures/pages.tif")),
    ("big.tif", include_bytes!("fixtures/big.tif")),
];

fn fixture(name: &str) -> &'static [u8] {
    FIXTURES.iter().find(|(known, _)| *known == name).unwrap().1
}

/// Red, green, blue and white quarters, read by rows; wider than high.
fn card() -> RgbImage {
    RgbImage::from_fn(24, 16, |x, y| {
        Rgb(match (x < 12, y < 8) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    })
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn opened(bytes: &[u8]) -> Result<PictureReader<'_>, MediaError> {
    open_picture("a", bytes, &MediaLimits::default()).unwrap()
}

fn frames(bytes: &[u8]) -> Result<Vec<RgbFrame>, MediaError> {
    opened(bytes)?.frames.collect()
}

fn only(bytes: &[u8]) -> RgbFrame {
    let mut frames = frames(bytes).unwrap();
    assert_eq!(frames.len(), 1);
    frames.remove(0)
}

/// The colours of the quarters of a picture, read by rows.
fn quarters(image: &RgbImage) -> [[u8; 3]; 4] {
    let (w, h) = image.dimensions();
    [(w / 4, h / 4), (3 * w / 4, h / 4), (w / 4, 3 * h / 4), (3 * w / 4, 3 * h / 4)]
        .map(|(x, y)| image.get_pixel(x, y).0)
}

#[track_caller]
fn assert_near(seen: [[u8; 3]; 4], wanted: [[u8; 3]; 4]) {
    let near = seen.as_flattened().iter().zip(wanted.as_flattened()).all(|(a, b)| a.abs_diff(*b) <= 12);
    assert!(near, "{seen:?} instead of {wanted:?}");
}

#[test]
fn every_format_by_its_content() {
    let card = card();
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff] {
        let bytes = written(&card.clone().into(), format);
        let picture = opened(&bytes).unwrap();
        assert_eq!((picture.medium, picture.width, picture.height), (Medium::Picture, 24, 16), "{format:?}");
        let frame = only(&bytes);
        assert_eq!(frame.image, card, "{format:?}");
        assert!(frame.over_black.is_none() && frame.duration.is_zero() && frame.at.is_zero());
    }
    assert_near(quarters(&only(&written(&card.into(), ImageFormat::Jpeg)).image), [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn kinds_of_pixels() {
    let card = DynamicImage::from(card());
    let grey = card.to_luma8();
    let wanted = DynamicImage::from(grey.clone()).to_rgb8();
    for (image, wanted) in [
        (DynamicImage::from(grey), &wanted),
        (DynamicImage::from(card.to_luma_alpha8()), &wanted),
        (DynamicImage::from(card.to_rgba8()), &card.to_rgb8()),
        (DynamicImage::from(card.to_rgb16()), &card.to_rgb8()),
        (DynamicImage::from(card.to_rgba16()), &card.to_rgb8()),
    ] {
        let frame = only(&written(&image, ImageFormat::Png));
        assert_eq!(&frame.image, wanted, "{:?}", image.color());
        assert!(frame.over_black.is_none(), "nothing is see-through");
    }
    for image in [DynamicImage::from(card.to_luma16()), DynamicImage::from(card.to_luma_alpha16())] {
        let frame = only(&written(&image, ImageFormat::Png));
        assert!(frame.image.iter().zip(wanted.iter()).all(|(a, b)| a.abs_diff(*b) <= 1), "{:?}", image.color());
    }
}

#[test]
fn sixteen_bits_are_rounded() {
    let image = image::ImageBuffer::<image::Luma<u16>, _>::from_vec(4, 1, vec![0, 128, 129, 65535]).unwrap();
    let bytes = written(&image.into(), ImageFormat::Png);
    assert_eq!(only(&bytes).image.as_raw(), &[0, 0, 0, 0, 0, 0, 1, 1, 1, 255, 255, 255]);
}

#[test]
fn jpegs_of_print_and_web() {
    for name in [
        "cmyk-adobe.jpg",
        "ycck.jpg",
        "progressive.jpg",
        "restarts.jpg",
        "subsampled.jpg",
        "lossy.webp",
        "run-length.bmp",
    ] {
        assert_near(quarters(&only(fixture(name)).image), [RED, GREEN, BLUE, WHITE]);
    }
    assert_near(quarters(&only(fixture("grey.jpg")).image), [[76; 3], [150; 3], [29; 3], WHITE]);
    assert_near(quarters(&only(fixture("lossy-alpha.webp")).image), [RED, GREEN, WHITE, WHITE]);
}

/// EXIF that says nothing but an orientation.
#[test]
fn pictures_of_phones_and_scanners() {
    for name in ["phone.heic", "turned.heic", "big.tif"] {
        assert_near(quarters(&only(fixture(name)).image), [RED, GREEN, BLUE, WHITE]);
    }
    let see_through = only(fixture("alpha.heic"));
    assert_near(quarters(&see_through.image), [RED, GREEN, WHITE, WHITE]);
    assert_near(quarters(&only(fixture("fax.tif")).image), [[0; 3], WHITE, [0; 3], WHITE]);
    let card = DynamicImage::from(card());
    for image in [card.to_luma8().into(), card.to_rgba8().into(), card.to_rgb16().into()] {
        let frame = only(&written(&image, ImageFormat::Tiff));
        assert!(
            frame.image.iter().zip(image.to_rgb8().iter()).all(|(a, b)| a.abs_diff(*b) <= 1),
            "{:?}",
            image.color()
        );
    }
}

#[test]
fn every_page_is_looked_at() {
    let picture = opened(fixture("pages.tif")).unwrap();
    assert_eq!((picture.medium, picture.width, picture.height), (Medium::Picture, 16, 16));
    let pages: Vec<RgbImage> = picture.frames.map(|frame| frame.unwrap().image).collect();
    assert_eq!(pages.iter().map(RgbImage::dimensions).collect::<Vec<_>>(), [(16, 16), (16, 16), (20, 12)]);
    assert_eq!(pages[..2].iter().map(|page| quarters(page)[0]).collect::<Vec<_>>(), [RED, GREEN]);
    let limits = MediaLimits { frames: 1, ..MediaLimits::default() };
    let error = open_picture("a", fixture("pages.tif"), &limits).unwrap().err();
    assert!(matches!(error, Some(MediaError::TooManyFrames { limit: 1, .. })), "{error:?}");
}

#[test]
fn pages_that_name_each_other_end() {
    let mut tiff = fixture("pages.tif").to_vec();
    // The last directory names the first one again.
    let first = tiff[4..8].to_vec();
    let mut at = u32::from_le_bytes(first.clone().try_into().unwrap()) as usize;
    loop {
        let end = at + 2 + 12 * usize::from(u16::from_le_bytes([tiff[at], tiff[at + 1]]));
        let next = u32::from_le_bytes(tiff[end..end + 4].try_into().unwrap()) as usize;
        if next == 0 {
            tiff[end..end + 4].copy_from_slice(&first);
            break;
        }
        at = next;
    }
    assert_eq!(frames(&tiff).unwrap().len(), 3);
}

#[test]
fn a_heic_that_cannot_be_decoded_names_the_phones_setting() {
    // Another codec than HEVC in the same boxes.
    let mut heic = fixture("phone.heic").to_vec();
    let at = heic.windows(4).position(|kind| kind == b"hvcC").unwrap();
    heic[at..at + 4].copy_from_slice(b"vvcC");
    let error = frames(&heic).err().unwrap();
    assert!(matches!(&error, MediaError::Undecodable { .. }), "{error:?}");
}

fn exif(orientation: u8) -> Vec<u8> {
    let mut bytes = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    bytes.extend([orientation, 0, 0, 0, 0, 0, 0]);
    bytes
}

#[test]
fn exif_turns_the_picture() {
    let card = card();
    // By the standard: where the stored first row and first column are seen.
    let wanted = [
        [RED, GREEN, BLUE, WHITE],
        [GREEN, RED, WHITE, BLUE],
        [WHITE, BLUE, GREEN, RED],
        [BLUE, WHITE, RED, GREEN],
        [RED, BLUE, GREEN, WHITE],
        [BLUE, RED, WHITE, GREEN],
        [WHITE, GREEN, BLUE, RED],
        [GREEN, WHITE, RED, BLUE],
    ];
    for (orientation, wanted) in (1..=8).zip(wanted) {
        let size = if orientation < 5 { (24, 16) } else { (16, 24) };
        let write = |encoder: &mut dyn FnMut(Vec<u8>)| encoder(exif(orientation));
        let (mut png, mut jpeg, mut webp) = (Vec::new(), Vec::new(), Vec::new());
        write(&mut |exif| {
            let mut encoder = PngEncoder::new(&mut png);
            encoder.set_exif_metadata(exif).unwrap();
            encoder.write_image(&card, 24, 16, ExtendedColorType::Rgb8).unwrap();
        });
        write(&mut |exif| {
            let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
            encoder.set_exif_metadata(exif).unwrap();
            encoder.write_image(&card, 24, 16, ExtendedColorType::Rgb8).unwrap();
        });
        write(&mut |exif| {
            let mut encoder = WebPEncoder::new_lossless(&mut webp);
            encoder.set_exif_metadata(exif).unwrap();
            encoder.write_image(&card, 24, 16, ExtendedColorType::Rgb8).unwrap();
        });
        for bytes in [png, jpeg, webp] {
            let picture = opened(&bytes).unwrap();
            assert_eq!((picture.width, picture.height), size, "{orientation}");
            let frame = picture.frames.map(Result::unwrap).next().unwrap();
            assert_eq!(frame.image.dimensions(), size);
            assert_near(quarters(&frame.image), wanted);
        }
    }
}

/// A drawing of fine stripes in a colour, on nothing.
fn stripes(colour: [u8; 3]) -> Vec<u8> {
    let [r, g, b] = colour;
    let image = RgbaImage::from_fn(40, 20, |x, _| Rgba([r, g, b, if x / 2 % 2 == 0 { 255 } else { 0 }]));
    written(&image.into(), ImageFormat::Png)
}

#[test]
fn light_drawings_on_nothing_are_seen_over_black() {
    let frame = only(&stripes([250, 250, 250]));
    let black = frame.over_black.as_ref().expect("white on nothing is lost over white");
    assert_eq!((black.get_pixel(0, 0).0, black.get_pixel(2, 0).0), ([250; 3], [0; 3]));
    assert_eq!((frame.image.get_pixel(0, 0).0, frame.image.get_pixel(2, 0).0), ([250; 3], WHITE));
    let place = Rect { left: 0.0, top: 0.0, width: 40.0, height: 20.0 };
    assert_eq!(frame.showing(place).get_pixel(2, 0).0, [0; 3], "people are shown what was seen");

    let frame = only(&stripes([10, 10, 10]));
    assert!(frame.over_black.is_none(), "dark on nothing is seen over white");
    assert_eq!((frame.image.get_pixel(0, 0).0, frame.image.get_pixel(2, 0).0), ([10; 3], WHITE));
}

#[test]
fn half_see_through_is_mixed() {
    let image = RgbaImage::from_pixel(2, 2, Rgba([100, 0, 200, 128]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        assert_eq!(only(&written(&image.clone().into(), format)).image.get_pixel(0, 0).0, [177, 127, 227]);
    }
}

#[test]
fn animations_have_times() {
    let turned = [[RED, GREEN, BLUE, WHITE], [GREEN, BLUE, WHITE, RED], [BLUE, WHITE, RED, GREEN]];
    for name in ["moving.gif", "moving.webp", "moving.png"] {
        assert_eq!(opened(fixture(name)).unwrap().medium, Medium::Animation, "{name}");
        let frames = frames(fixture(name)).unwrap();
        let times: Vec<_> = frames.iter().map(|frame| (frame.at.as_millis(), frame.duration.as_millis())).collect();
        assert_eq!(times, [(0, 100), (100, 200), (300, 40)], "{name}");
        for (frame, wanted) in frames.iter().zip(turned) {
            assert_near(quarters(&frame.image), wanted);
        }
    }
}

#[test]
fn what_stands_in_for_an_animation_is_looked_at_too() {
    let frames = frames(fixture("moving-fallback.png")).unwrap();
    let seen: Vec<_> = frames.iter().map(|frame| quarters(&frame.image)[0]).collect();
    assert_eq!(seen, [WHITE, RED, GREEN]);
}

#[test]
fn a_frame_by_its_number() {
    let at = |index| frame_of("a", opened(fixture("moving.gif")).unwrap(), index);
    assert_eq!(quarters(&at(2).unwrap().image)[0], BLUE);
    assert!(matches!(at(3), Err(MediaError::Broken { .. })));
    let unknown = open_known_picture("a", b"text", &MediaLimits::default()).err();
    assert!(matches!(unknown, Some(MediaError::UnknownFormat { .. })));
}
