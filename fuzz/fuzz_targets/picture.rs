//! Pictures: whatever the bytes are, opening and decoding them ends, in bounds, with an answer.
//!
//! `cargo +nightly fuzz run picture`, best begun with small pictures of every format in
//! `fuzz/corpus/picture` (those of `crates/dianjian-media/src/pictures/fixtures`).
#![no_main]

use dianjian_media::{DecodeEffort, MediaLimits, decode_codes, open_picture};
use image::DynamicImage;
use libfuzzer_sys::fuzz_target;

/// Larger pictures take time that is better spent on more of them.
const PIXELS: u64 = 40_000;

fuzz_target!(|bytes: &[u8]| {
    let limits = MediaLimits { pixels: PIXELS, frames: 4, ..MediaLimits::default() };
    let Some(Ok(opened)) = open_picture("fuzz", bytes, &limits) else {
        return;
    };
    assert!(u64::from(opened.width) * u64::from(opened.height) <= PIXELS);
    let (width, height) = (opened.width, opened.height);
    let mut frames = 0;
    for frame in opened.frames {
        let Ok(frame) = frame else { break };
        frames += 1;
        assert_eq!(frame.image.dimensions(), (width, height));
        let grey = DynamicImage::from(frame.image).into_luma8();
        for effort in [DecodeEffort::Quick, DecodeEffort::Thorough] {
            for code in decode_codes(&grey, effort) {
                let bounds = code.quad.bounds();
                assert!(code.is_decoded() && bounds.width.is_finite() && bounds.height.is_finite());
            }
        }
    }
    // Besides its frames an animated PNG may hold a picture for those who show none.
    assert!(frames <= 5);
});
