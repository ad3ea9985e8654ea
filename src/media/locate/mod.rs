//! Codes that are seen, whether or not they can be read: a small network over a pyramid of sizes.
//!
//! The network knows codes of 24 to 140 pixels; larger ones are seen on the pyramid's smaller levels.
//! Its cells' opinions become one candidate a code ([`boxes`]). Same picture, same answer: on one
//! thread, and in sums that are made in the same order by every kernel (measured: AVX2 and AVX-512 agree
//! to the last bit); scores are rounded, so that processors without fused sums seldom show it.

pub mod boxes;
pub mod network;
pub mod plane;
pub mod texture;

use image::GrayImage;

use self::boxes::{Candidate, Opinion};
use self::texture::Texture;
use super::{Code, Rect};

/// Larger pictures are reduced to this many pixels first: 1080 by 1920 and a little more.
const PIXELS: u32 = 2_200_000;
/// Smaller pictures are doubled as well.
const SMALL: u32 = 256;
/// Levels of the pyramid, each half the size of the one before.
const LEVELS: usize = 4;
/// Levels of a shorter side than this show no code.
const LEAST: u32 = 24;

/// The network's weights as they stand in its file.
#[must_use]
pub const fn weights() -> &'static [u8] {
    network::WEIGHTS
}

/// Locates codes; places are in the picture's own pixels, `text` is absent.
#[must_use]
pub fn locate(image: &GrayImage, floor: f32) -> Vec<Code> {
    let mut codes: Vec<Code> = candidates(image, floor)
        .iter()
        .map(|candidate| Code {
            kind: candidate.kind(),
            quad: candidate.quad(),
            score: rounded(candidate.score),
            text: None,
        })
        .filter(|code| code.score >= floor)
        .collect();
    codes.sort_by(|a, b| b.score.total_cmp(&a.score));
    codes
}

/// A score without the digits in which processors may differ.
#[must_use]
pub fn rounded(score: f32) -> f32 {
    (score * 1000.0).round() / 1000.0
}

/// What the network sees in a picture.
#[must_use]
pub fn candidates(image: &GrayImage, floor: f32) -> Vec<Candidate> {
    candidates_beside(&pyramid(image), &[], floor)
}

/// What the network sees on those levels, beside what is known already. Places are the picture's.
#[must_use]
pub fn candidates_beside(levels: &[Level], known: &[Rect], floor: f32) -> Vec<Candidate> {
    boxes::agree(levels.iter().flat_map(|level| opinions(level, known, floor)).collect())
}

/// A picture at one size.
#[derive(Debug, Clone)]
pub struct Level {
    /// The plane.
    pub image: GrayImage,
    /// The picture's pixels in one of the level's, across and down.
    pub scale: [f32; 2],
}

/// The sizes at which a picture is looked at, the largest first.
#[must_use]
pub fn pyramid(image: &GrayImage) -> Vec<Level> {
    let (width, height) = image.dimensions();
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let mut levels = Vec::with_capacity(LEVELS + 1);
    if width.max(height) < SMALL {
        levels.push(Level { image: plane::doubled(image), scale: [0.5, 0.5] });
    }
    let base = base(image);
    let mut scale = [width as f32 / base.width() as f32, height as f32 / base.height() as f32];
    let mut next = base;
    while levels.len() < LEVELS && (levels.is_empty() || next.width().min(next.height()) >= LEAST) {
        let half = plane::halved(&next);
        levels.push(Level { image: next, scale });
        (next, scale) = (half, scale.map(|side| 2.0 * side));
    }
    levels
}

/// The picture at no more than [`PIXELS`].
fn base(image: &GrayImage) -> GrayImage {
    let (width, height) = image.dimensions();
    let pixels = f64::from(width) * f64::from(height);
    if pixels <= f64::from(PIXELS) {
        return image.clone();
    }
    let ratio = (f64::from(PIXELS) / pixels).sqrt();
    plane::reduced(image, (f64::from(width) * ratio) as u32, (f64::from(height) * ratio) as u32)
}

/// Pixels around an area that the network sees beside it.
const MARGIN: f32 = 32.0;
/// Levels of no more pixels than this are looked at with a margin when they are looked at as a whole: a code that
/// fills the picture needs some ground around it.
const ROOMY: f32 = 600_000.0;
/// With more of a level's pixels than this in areas, the level is looked at as a whole.
const WHOLE: f32 = 0.8;

/// The parts of a level to look at, in whole pixels.
fn parts(level: &Level, known: &[Rect]) -> Vec<Rect> {
    let whole = plane::whole(&level.image);
    let mut texture = Texture::of(&level.image);
    for &Rect { left, top, width, height } in known {
        let [across, down] = level.scale.map(f32::recip);
        texture.erase(Rect { left: left * across, top: top * down, width: width * across, height: height * down });
    }
    let all = whole.grown(MARGIN);
    let parts: Vec<Rect> = texture.areas(MARGIN).into_iter().map(|area| clipped(area, all)).collect();
    let pixels: f32 = parts.iter().map(|part| part.area()).sum();
    if pixels <= WHOLE * whole.area() {
        parts
    } else if whole.area() <= ROOMY {
        vec![all]
    } else {
        vec![whole]
    }
}

fn clipped(rect: Rect, bounds: Rect) -> Rect {
    let moved = Rect { left: rect.left - bounds.left, top: rect.top - bounds.top, ..rect };
    let inner = moved.clipped(bounds.width, bounds.height);
    Rect { left: inner.left + bounds.left, top: inner.top + bounds.top, ..inner }
}

/// What the network's cells say on a level.
fn opinions(level: &Level, known: &[Rect], floor: f32) -> Vec<Opinion> {
    let floor = boxes::logit(floor);
    let mut opinions = Vec::new();
    for part in parts(level, known) {
        let (left, top) = (part.left as i64, part.top as i64);
        let map = network::ask(&plane::cut(&level.image, left, top, part.width as u32, part.height as u32));
        let cells = map.above(floor).map(|(column, row)| {
            let opinion = Opinion::of(map.cell(column, row), column, row);
            opinion.moved(part.left, part.top).scaled(level.scale)
        });
        opinions.extend(cells);
    }
    opinions
}
