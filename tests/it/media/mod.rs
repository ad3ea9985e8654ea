//! Looking at pictures as a whole: what is seen where, on pictures drawn for it and on a few files.

mod files;
mod kinds;
mod transforms;

use std::sync::OnceLock;

use dianjian_media::{Code, Rect, RgbFrame, detect_codes};
use dianjian_rules::PackBuilder;
use dianjian_rules::language::{Param, Scalar};
use image::RgbImage;
use pictures::{CodeLabel, CodeSort};

/// From which score on a code counts, as the shipped rule for live rooms has it.
pub fn present() -> f32 {
    static PRESENT: OnceLock<f32> = OnceLock::new();
    *PRESENT.get_or_init(|| {
        let (pack, _) = PackBuilder::default().shipped().build();
        match pack.rule("live/codes").unwrap().file.params["present"].value {
            Param::One(Scalar::Float(present)) => present as f32,
            ref other => panic!("{other:?}"),
        }
    })
}

/// What is seen in a picture and counts.
pub fn see(image: &RgbImage) -> Vec<Code> {
    see_from(present(), image)
}

/// What is seen in a picture with that score and more.
pub fn see_from(floor: f32, image: &RgbImage) -> Vec<Code> {
    let (at, duration) = Default::default();
    detect_codes(&RgbFrame { image: image.clone(), over_black: None, at, duration }, floor)
}

/// Codes that viewers would scan.
pub fn for_viewers(codes: &[Code]) -> Vec<&Code> {
    codes.iter().filter(|code| code.kind.is_for_viewers()).collect()
}

pub fn rect(label: &CodeLabel) -> Rect {
    let area = label.bounds;
    Rect { left: area.left, top: area.top, width: area.width, height: area.height }
}

pub fn is_for_viewers(label: &&CodeLabel) -> bool {
    !matches!(label.sort, CodeSort::Other(_))
}

/// Is a code for viewers seen in that place?
pub fn seen_at(codes: &[Code], place: Rect) -> bool {
    for_viewers(codes).iter().any(|code| code.quad.bounds().overlap(place) >= 0.4)
}
