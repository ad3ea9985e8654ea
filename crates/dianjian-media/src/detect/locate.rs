//! Where codes may be, whether or not they can be read: a small network over a pyramid of sizes.
//!
//! The network knows codes of 24 to 140 pixels; larger ones are found on the coarser levels of the pyramid, which also
//! show where the finer ones are worth searching. The predictions of its cells are grouped into one candidate per code
//! ([`candidates`]).
//!
//! The same picture gives the same candidates everywhere: sums are made in the same order on every processor (AVX2 and
//! AVX-512 agree to the last bit, see `dianjian_nets`), and scores are rounded so that processors without fused
//! multiply-add seldom differ.

use image::GrayImage;

use super::candidates::{self, CellPrediction, CodeCandidate};
use super::plane;
use super::texture::TextureMap;
use crate::nn::locator;
use crate::{Point, Rect};

/// Larger pictures are reduced to this many pixels first: 1080 by 1920 and a little more.
const MAX_PIXELS: u32 = 2_200_000;
/// Pictures of a shorter side than this are searched at double size as well.
const DOUBLED_BELOW: u32 = 256;
/// The most levels of the pyramid.
const MAX_LEVELS: usize = 4;
/// Levels with a shorter side than this are left out: the network knows codes of 24 pixels and more.
const MIN_SIDE: u32 = 24;

/// Rounds a score to three digits, so that processors without fused multiply-add seldom differ.
pub(super) fn rounded(score: f32) -> f32 {
    (score * 1000.0).round() / 1000.0
}

/// The codes that were decoded in a picture before it is searched for others.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownCodes {
    /// Their places, which are not searched.
    pub places: Vec<Rect>,
    /// Is exactly one of them a code for viewers? Then the question whether there is one is answered, and the rest of the
    /// picture is searched at lower cost.
    pub answered: bool,
}

/// The candidates on the levels of a pyramid, apart from known codes, in pixels of the picture.
///
/// Coarse levels are searched wherever they have texture. A fine level has many times their pixels and is searched only
/// around hints on the next coarser one: the network knows codes of 24 pixels and more and still reacts to those of 18
/// (measured: of a hundred codes that were hard to see, 40 to 80 pixels on the fine level, all but one had a probability
/// of 0.2 or more on the coarse level, while of pictures without codes a seventh was left to search).
pub(super) fn candidates(levels: &[PyramidLevel], known: &KnownCodes) -> Vec<CodeCandidate> {
    let mut all = Vec::new();
    let mut coarser: Option<Vec<CellPrediction>> = None;
    for level in levels.iter().rev() {
        let pixels = plane::bounds(&level.image).area();
        if known.answered && pixels > MAX_UNHINTED_PIXELS {
            break;
        }
        let max_unhinted = if known.answered { MAX_UNHINTED_PIXELS_BESIDE } else { MAX_UNHINTED_PIXELS };
        let hints = coarser.take().filter(|_| pixels > max_unhinted);
        let predictions = predictions(level, &parts(level, known, hints.as_deref()));
        all.extend_from_slice(&predictions);
        coarser = Some(predictions);
    }
    candidates::group_predictions(all)
}

/// A picture at one size.
#[derive(Debug, Clone)]
pub(super) struct PyramidLevel {
    /// The picture's luma at this size.
    pub image: GrayImage,
    /// Pixels of the picture per pixel of the level, across and down.
    pub scale: [f32; 2],
}

/// The sizes at which a picture is searched, each half of the one before.
pub(super) fn pyramid(image: &GrayImage) -> Vec<PyramidLevel> {
    let (width, height) = image.dimensions();
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let mut levels = Vec::with_capacity(MAX_LEVELS + 1);
    if width.max(height) < DOUBLED_BELOW {
        levels.push(PyramidLevel { image: plane::doubled(image), scale: [0.5, 0.5] });
    }
    let base = base(image);
    let mut scale = [width as f32 / base.width() as f32, height as f32 / base.height() as f32];
    let mut next = base;
    while levels.len() < MAX_LEVELS && (levels.is_empty() || next.width().min(next.height()) >= MIN_SIDE) {
        let half = plane::halved(&next);
        levels.push(PyramidLevel { image: next, scale });
        (next, scale) = (half, scale.map(|side| 2.0 * side));
    }
    levels
}

/// The picture at no more than [`MAX_PIXELS`].
fn base(image: &GrayImage) -> GrayImage {
    let (width, height) = image.dimensions();
    let pixels = f64::from(width) * f64::from(height);
    if pixels <= f64::from(MAX_PIXELS) {
        return image.clone();
    }
    let ratio = (f64::from(MAX_PIXELS) / pixels).sqrt();
    plane::reduced(image, (f64::from(width) * ratio) as u32, (f64::from(height) * ratio) as u32)
}

/// Pixels of context around a searched area.
const MARGIN: f32 = 32.0;
/// Levels of up to this many pixels get a margin if they are searched as a whole: a code that fills the picture needs some
/// ground around it.
const MAX_PIXELS_WITH_MARGIN: f32 = 600_000.0;
/// If the areas to search cover more than this part of a level, it is searched as a whole.
const MAX_COVERAGE: f32 = 0.8;

/// Levels of up to this many pixels are searched without hints: half the size of 1080 by 1920 and a little more.
const MAX_UNHINTED_PIXELS: f32 = 600_000.0;
/// The same beside a decoded code for viewers: a quarter of the size of 1080 by 1920. Finer levels than
/// [`MAX_UNHINTED_PIXELS`] are then left out.
///
/// This saves most of the time for such a picture, at the price of small undecodable codes beside a decoded one (measured:
/// of damaged ones of 40 pixels a third is found, of 60 pixels 20 of 25, of 80 pixels 24).
const MAX_UNHINTED_PIXELS_BESIDE: f32 = 150_000.0;
/// Cells of a lower probability than this are ignored, as hints and as predictions.
const MIN_PROBABILITY: f32 = 0.1;
/// How far around a hint the finer level is searched, in its pixels: the radius of the largest code that needs it.
const HINT_RADIUS: f32 = 40.0;

/// The areas of a level to search, in whole pixels.
fn parts(level: &PyramidLevel, known: &KnownCodes, hints: Option<&[CellPrediction]>) -> Vec<Rect> {
    let whole = plane::bounds(&level.image);
    let mut texture = TextureMap::of(&level.image);
    let [across, down] = level.scale.map(f32::recip);
    if let Some(hints) = hints {
        texture.keep_near(hints.iter().map(|hint| Point::new(hint.at.x * across, hint.at.y * down)), HINT_RADIUS);
    }
    if known.answered {
        texture.keep_dense();
    }
    for place in &known.places {
        texture.erase(place.scaled([across, down]));
    }
    let all = if known.answered { whole } else { whole.grown(MARGIN) };
    let parts: Vec<Rect> = texture.areas(MARGIN).into_iter().map(|area| clipped(area, all)).collect();
    let pixels: f32 = parts.iter().map(|part| part.area()).sum();
    if pixels <= MAX_COVERAGE * whole.area() {
        parts
    } else if whole.area() <= MAX_PIXELS_WITH_MARGIN {
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

/// The predictions of the network's cells in some areas of a level.
fn predictions(level: &PyramidLevel, parts: &[Rect]) -> Vec<CellPrediction> {
    let floor = candidates::logit(MIN_PROBABILITY);
    let mut predictions = Vec::new();
    for part in parts {
        let (left, top) = (part.left as i64, part.top as i64);
        let map = locator::predict(&plane::cut(&level.image, left, top, part.width as u32, part.height as u32));
        let cells = map.above(floor).map(|(column, row)| {
            CellPrediction::of(map.cell(column, row), column, row).in_picture(part.left, part.top, level.scale)
        });
        predictions.extend(cells);
    }
    predictions
}

#[cfg(test)]
mod tests {
    use image::{Luma, imageops};
    use pictures::{Hard, hard_sized};
    use proptest::prelude::*;

    use super::*;
    use crate::CodeKind;

    /// What is located in a picture of which nothing is known.
    fn located(image: &GrayImage) -> Vec<CodeCandidate> {
        candidates(&pyramid(image), &KnownCodes::default())
    }

    /// A plain code of 90 pixels in a small scene, and where it is.
    fn drawn(seed: u64) -> (GrayImage, Rect) {
        let picture = hard_sized(Hard::Plain, seed, (320, 240), 90.0);
        let bounds = picture.labels[0].bounds;
        let (width, height) = (bounds.right() - bounds.left, bounds.bottom() - bounds.top);
        (plane::luma(&picture.image), Rect { left: bounds.left, top: bounds.top, width, height })
    }

    fn assert_found(image: &GrayImage, place: Rect, what: &str) {
        let codes = located(image);
        let found = codes
            .iter()
            .any(|code| code.score > 0.2 && code.kind() == CodeKind::Qr && code.quad().bounds().overlap(place) > 0.5);
        assert!(found, "{what}: {codes:?}, at {place:?}");
    }

    #[test]
    fn the_weights_are_a_network_of_cells() {
        let map = locator::predict(&GrayImage::from_pixel(90, 64, Luma([255])));
        assert_eq!((map.columns, map.rows), (12, 8));
    }

    #[test]
    fn the_answer_is_the_same_again_and_on_every_thread() {
        let (image, _) = drawn(3);
        let first = located(&image);
        assert!(!first.is_empty());
        std::thread::scope(|scope| {
            let others: Vec<_> = (0..3).map(|_| scope.spawn(|| located(&image))).collect();
            for other in others {
                assert_eq!(other.join().unwrap(), first);
            }
        });
    }

    #[test]
    fn a_pyramid_halves_down_to_what_can_show_a_code() {
        let sizes = |width, height| -> Vec<(u32, u32)> {
            pyramid(&GrayImage::new(width, height)).iter().map(|level| level.image.dimensions()).collect()
        };
        assert_eq!(sizes(1080, 1920), [(1080, 1920), (540, 960), (270, 480), (135, 240)]);
        assert_eq!(sizes(300, 50), [(300, 50), (150, 25)]);
        assert_eq!(sizes(9, 9), [(18, 18)]);
        assert!(sizes(0, 9).is_empty());
        let large = &pyramid(&GrayImage::new(4000, 3000))[0];
        assert!(large.image.width() * large.image.height() <= MAX_PIXELS);
        assert!((large.scale[0] * large.image.width() as f32 - 4000.0).abs() < 0.1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]

        #[test]
        fn a_box_follows_its_code(seed in 0_u64..1000) {
            let (image, place) = drawn(seed);
            let (width, height) = (320.0, 240.0);
            assert_found(&image, place, "as it is");
            let mirrored = Rect { left: width - place.right(), ..place };
            assert_found(&imageops::flip_horizontal(&image), mirrored, "mirrored");
            let turned = Rect { left: height - place.bottom(), top: place.left, width: place.height, height: place.width };
            assert_found(&imageops::rotate90(&image), turned, "turned");
            let moved = Rect { left: place.left + 37.0, top: place.top + 21.0, ..place };
            assert_found(&plane::cut(&image, -37, -21, 400, 300), moved, "moved");
            let doubled = Rect { left: 2.0 * place.left, top: 2.0 * place.top, width: 2.0 * place.width, height: 2.0 * place.height };
            assert_found(&plane::doubled(&image), doubled, "doubled");
        }

        #[test]
        fn pictures_of_any_size_and_noise_have_an_answer(width in 0_u32..70, height in 0_u32..70, seed: u32) {
            let image = GrayImage::from_fn(width, height, |x, y| {
                Luma([(seed ^ (x * 7919 + y * 104_729)).wrapping_mul(2_654_435_761).to_be_bytes()[0]])
            });
            for code in located(&image) {
                prop_assert!(code.quad().0.iter().all(|point| point.x.is_finite() && point.y.is_finite()));
                prop_assert!((MIN_PROBABILITY..=1.0).contains(&code.score));
            }
        }
    }
}
