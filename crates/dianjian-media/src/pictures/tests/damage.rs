//! Files that are cut short, changed, too large, or no pictures.

use super::*;

/// Small pictures of every format and kind.
fn samples() -> Vec<(String, Vec<u8>)> {
    let card = DynamicImage::from(card());
    let formats =
        [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff];
    let written = formats.map(|format| (format!("{format:?}"), written(&card, format)));
    written.into_iter().chain(FIXTURES.iter().map(|(name, bytes)| (name.to_string(), bytes.to_vec()))).collect()
}

#[test]
fn every_beginning_is_broken() {
    for (name, bytes) in samples() {
        let whole = frames(&bytes).unwrap();
        for end in 3..bytes.len() {
            let part = &bytes[..end];
            match open_picture("a", part, &MediaLimits::default()) {
                None => assert!(end < 18, "{name}: {end}"),
                Some(Err(error)) => assert!(matches!(error, MediaError::Broken { .. }), "{name}: {end}: {error}"),
                Some(Ok(picture)) => {
                    let frames: Result<Vec<_>, _> = picture.frames.collect();
                    let same = |frames: &Vec<RgbFrame>| {
                        frames.len() == whole.len() && frames.iter().zip(&whole).all(|(a, b)| a.image == b.image)
                    };
                    // Padding and marks behind the last pixel are no loss.
                    let unused = if name.ends_with(".tif") { 16 } else { 3 };
                    let is_whole = end + unused > bytes.len() && frames.as_ref().is_ok_and(same);
                    assert!(
                        is_whole || matches!(frames, Err(MediaError::Broken { .. })),
                        "{name}: {end} of {}",
                        bytes.len()
                    );
                }
            }
        }
    }
}

#[test]
fn a_jpeg_without_all_its_blocks_is_broken() {
    for (name, bytes) in samples() {
        let Some(scan) = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).filter(|_| bytes[0] == 0xff) else {
            continue;
        };
        let whole = frames(&bytes).unwrap().remove(0).image;
        let last = bytes.len() - 2;
        for end in scan + 2..last {
            let cut = [&bytes[..end], &[0xff, 0xd9]].concat();
            match frames(&cut) {
                Err(error) => assert!(matches!(error, MediaError::Broken { .. }), "{name}: {end}: {error}"),
                // Between two scans of a progressive one all is there, only coarser.
                Ok(_) if name == "progressive.jpg" && bytes[end - 1..=end].contains(&0xff) => {}
                Ok(frames) => assert!(frames[0].image == whole, "{name}: {end} of {last} is not told"),
            }
        }
    }
}

#[test]
fn a_jpeg_without_a_restart_is_broken() {
    let bytes = fixture("restarts.jpg");
    let restart = bytes.windows(2).position(|pair| pair == [0xff, 0xd1]).unwrap();
    let (mut other, mut none) = (bytes.to_vec(), bytes.to_vec());
    other[restart + 1] = 0xd3;
    none.drain(restart..restart + 2);
    for bytes in [other, none] {
        assert!(matches!(frames(&bytes), Err(MediaError::Broken { .. })));
    }
}

#[test]
fn what_follows_the_end_does_not_matter() {
    for (name, mut bytes) in samples() {
        let whole = frames(&bytes).unwrap();
        bytes.extend(b"\xff\xd8\xff and some more, GIF89a");
        let again = frames(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(again.len() == whole.len() && again.iter().zip(&whole).all(|(a, b)| a.image == b.image), "{name}");
    }
}

#[test]
fn no_change_of_a_byte_panics_and_checksums_are_kept() {
    for (name, bytes) in samples() {
        let whole: Vec<_> = frames(&bytes).unwrap().into_iter().map(|frame| frame.image).collect();
        for at in 0..bytes.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] ^= change;
                let Some(Ok(picture)) = open_picture("a", &bytes, &MediaLimits::default()) else { continue };
                let frames: Result<Vec<_>, _> = picture.frames.take(20).collect();
                if name == "Png"
                    && let Ok(frames) = frames
                {
                    let images: Vec<_> = frames.into_iter().map(|frame| frame.image).collect();
                    assert!(images == whole, "{name}: byte {at} changed by {change:#x} goes unnoticed");
                }
            }
        }
    }
}

#[test]
fn bombs_are_answered_before_they_are_decoded() {
    let limits = MediaLimits::default();
    let mut png = written(&card().into(), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let mut bmp = written(&card().into(), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0]);
    let mut gif = fixture("moving.gif").to_vec();
    gif[6..10].copy_from_slice(&[0xff; 4]);
    let mut jpeg = written(&card().into(), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    let mut webp = fixture("moving.webp").to_vec();
    webp[24..30].copy_from_slice(&[0xff; 6]);
    for bytes in [png, bmp, gif, jpeg, webp] {
        let error = open_picture("a", &bytes, &limits).unwrap().err().unwrap();
        assert!(matches!(error, MediaError::TooManyPixels { limit, .. } if limit <= limits.pixels), "{error}");
    }
}

#[test]
fn a_frame_larger_than_its_canvas_is_bounded_too() {
    let mut gif = fixture("moving.gif").to_vec();
    let at = gif.iter().rposition(|&byte| byte == 0x2c).unwrap();
    let descriptor = (0..at + 1).rev().find(|&at| gif[at] == 0x2c && gif[at + 1..at + 5] == [0; 4]).unwrap();
    gif[descriptor + 5..descriptor + 9].copy_from_slice(&[0xff; 4]);
    assert!(matches!(frames(&gif), Err(MediaError::TooManyPixels { width: 65535, .. })));
}

#[test]
fn more_frames_than_allowed() {
    let limits = MediaLimits { frames: 2, ..MediaLimits::default() };
    for name in ["moving.gif", "moving.webp", "moving.png"] {
        let error = open_picture("a", fixture(name), &limits).unwrap().err().unwrap();
        assert_eq!(error, MediaError::TooManyFrames { name: "a".to_owned(), limit: 2 });
    }
    assert_eq!([1, 4_000_000, 20_250_000, u64::MAX].map(|pixels| max_frames(1000, pixels)), [1000, 1000, 197, 1]);
    // A million frames of one pixel.
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    gif.extend(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0".repeat(1_000_000));
    gif.push(0x3b);
    let limits = MediaLimits::default();
    assert_eq!(
        open_picture("a", &gif, &limits).unwrap().err(),
        Some(MediaError::TooManyFrames { name: "a".into(), limit: 1000 })
    );
}

#[test]
fn a_damaged_frame_of_an_animation_is_no_pass() {
    let mut png = fixture("moving.png").to_vec();
    let at = png.windows(4).rposition(|kind| kind == b"fdAT").unwrap();
    png[at + 12] ^= 1;
    let error = open_picture("a", &png, &MediaLimits::default()).unwrap().err().unwrap();
    assert!(error.to_string().contains("checksum"), "{error}");
}

#[test]
fn bytes_are_bounded() {
    let bytes = written(&card().into(), ImageFormat::Png);
    let limits = MediaLimits { picture_bytes: 10, ..MediaLimits::default() };
    assert!(matches!(open_picture("a", &bytes, &limits), Some(Err(MediaError::TooLarge { limit: 10, .. }))));
}

#[test]
fn what_is_no_picture_is_told_from_what_is_broken() {
    for bytes in [&b"hello"[..], b"BM is how this text begins, which goes on", b"RIFF\x10\0\0\0WAVEfmt ", b"II+ a text"]
    {
        assert!(open_picture("a", bytes, &MediaLimits::default()).is_none());
    }
    assert!(matches!(open_picture("a", b"", &MediaLimits::default()), Some(Err(MediaError::Empty { .. }))));
    // As spoilt by a transfer as text.
    let png = written(&card().into(), ImageFormat::Png);
    let spoilt: Vec<u8> = png.iter().copied().filter(|&byte| byte != b'\r').collect();
    let error = open_picture("a", &spoilt, &MediaLimits::default()).unwrap().err().unwrap();
    assert!(error.to_string().contains("signature"), "{error}");
    for nothing in
        [&b"\x89PNG"[..], b"GIF89a", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"\xff\xd8\xff\xd9", b"II*\0\x08\0\0\0"]
    {
        assert!(matches!(open_picture("a", nothing, &MediaLimits::default()), Some(Err(MediaError::Broken { .. }))));
    }
}

#[test]
fn no_pixels_are_no_picture() {
    let mut gif = fixture("moving.gif").to_vec();
    gif[6..8].copy_from_slice(&[0, 0]);
    let mut png = written(&card().into(), ImageFormat::Png);
    png[16..20].copy_from_slice(&[0; 4]);
    for bytes in [gif, png] {
        assert!(matches!(frames(&bytes), Err(MediaError::Broken { .. })));
    }
}
