//! A second look at what was located: cut out, at the size that the network knows best, from several sides.
//!
//! A code looks like one from near and far, upright and turned a little; a pattern that only happened
//! to line up with the network's grid does not.

use image::GrayImage;

use super::super::locate::boxes::{Candidate, KINDS, Opinion, chance, logit, strongest};
use super::super::locate::network::{self, CLASSES};
use super::super::locate::{Level, plane};
use super::super::{CodeKind, Point, Rect};
use super::periodic;

/// One look: how many pixels the code's longer side takes, how far it is turned, where its centre is moved, and
/// whether left and right change places.
struct Look {
    side: f32,
    turn: f32,
    moved: (f32, f32),
    mirrored: bool,
}

const fn look(side: f32, turn: f32, moved: (f32, f32), mirrored: bool) -> Look {
    Look { side, turn, moved, mirrored }
}

/// The looks; odd sizes and places, so that no two meet the network's grid in the same way.
const LOOKS: [Look; 5] = [
    look(72.0, 0.0, (0.0, 0.0), false),
    look(64.0, 0.7, (2.0, 4.0), true),
    look(51.0, 0.21, (3.0, -2.0), false),
    look(93.0, -0.13, (-3.0, 3.0), true),
    look(82.0, -0.4, (1.0, -3.0), false),
];
/// After so many looks it may be clear that nothing is there.
const ENOUGH: usize = 2;
/// The mean logit under which no further look could change much.
const HOPELESS: f32 = -1.4;
/// Pixels of a view's side: the largest look with its surroundings.
const VIEW: u32 = 160;
/// Boxes that overlap less than this with the one that is looked for are something else.
const SAME: f32 = 0.3;

/// Codes are never more like themselves after a move than this (real and drawn ones, plain and damaged).
const PATTERN: f32 = 0.38;
/// What the score's logit loses for each tenth that a texture is more like itself.
const LOSS: f32 = 0.6;
/// The mean logit of all looks that stands for an even chance, and how steep the way is from no to yes.
///
/// Chosen so that, on pictures without codes, one in three hundred reaches 0.5 and one in a hundred 0.3.
const MIDDLE: f32 = 0.87;
const STEEP: f32 = 5.0;

/// What the looks say.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// What sort of code it is, by the first look and the later ones.
    pub kind: CodeKind,
    /// How sure it is that a code of that sort is there, 0 to 1.
    pub score: f32,
}

/// Looks again.
#[must_use]
pub fn verdict(levels: &[Level], candidate: &Candidate) -> Verdict {
    let total = candidate.evidence.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    let shares = candidate.evidence.map(|evidence| evidence / total);
    let most = shares[strongest(shares)].max(f32::MIN_POSITIVE);
    let mut logits = shares.map(|share| logit_of(candidate.score * share / most));
    let mut chances = [0.0; CLASSES];
    let mut count = 1.0;
    for (index, look) in LOOKS.iter().enumerate() {
        let seen = opinion(&view(levels, candidate.rect, look), look);
        for class in 0..CLASSES {
            logits[class] += logit_of(seen[class]);
            chances[class] += seen[class];
        }
        count += 1.0;
        if index + 1 == ENOUGH && logits.iter().all(|sum| sum / count < HOPELESS) {
            break;
        }
    }
    let class = strongest(std::array::from_fn(|class| shares[class] + chances[class] / (count - 1.0)));
    let mean = logits[class] / count;
    let pattern = if mean < HOPELESS { 0.0 } else { (repeats(levels, candidate) - PATTERN).max(0.0) };
    Verdict { kind: KINDS[class], score: chance(STEEP * (mean - MIDDLE - 10.0 * LOSS * pattern)) }
}

/// How like itself what was located is one period on, see [`periodic`].
#[must_use]
pub fn repeats(levels: &[Level], candidate: &Candidate) -> f32 {
    periodic::repeats(&view(levels, candidate.rect, &LOOKS[0]))
}

/// The logit of a chance, within bounds: nothing is impossible, nor certain.
fn logit_of(chance: f32) -> f32 {
    logit(chance.clamp(0.001, 0.999))
}

/// The chances of the classes by each look, all of them.
#[must_use]
pub fn looks(levels: &[Level], candidate: &Candidate) -> Vec<[f32; CLASSES]> {
    LOOKS.iter().map(|look| opinion(&view(levels, candidate.rect, look), look)).collect()
}

/// What the network says about a code in the middle of a view.
fn opinion(view: &GrayImage, look: &Look) -> [f32; CLASSES] {
    let map = network::ask(view);
    let half = look.side / 2.0;
    let middle = VIEW as f32 / 2.0;
    let sought = Rect {
        left: middle + look.moved.0 - half,
        top: middle + look.moved.1 - half,
        width: look.side,
        height: look.side,
    };
    let mut best = [0.0_f32; CLASSES];
    for (column, row) in map.above(logit(0.002)) {
        let opinion = Opinion::of(map.cell(column, row), column, row);
        if opinion.rect.overlap(sought) > SAME {
            for (best, chance) in best.iter_mut().zip(opinion.chances) {
                *best = best.max(chance);
            }
        }
    }
    best
}

/// The surroundings of a box as a look shows them.
fn view(levels: &[Level], rect: Rect, look: &Look) -> GrayImage {
    let mut view = GrayImage::new(VIEW, VIEW);
    // Picture's pixels in one of the view's.
    let zoom = rect.side() / look.side;
    // The coarsest level that still has a pixel for each of the view's.
    let Some(level) = levels.iter().rev().find(|level| level.scale[0] <= 1.3 * zoom).or(levels.first()) else {
        return view;
    };
    let (sine, cosine) = look.turn.sin_cos();
    let (centre, middle) = (rect.centre(), VIEW as f32 / 2.0);
    for (x, y, pixel) in view.enumerate_pixels_mut() {
        let (x, y) = (x as f32 + 0.5 - middle - look.moved.0, y as f32 + 0.5 - middle - look.moved.1);
        let x = if look.mirrored { -x } else { x };
        let point = Point::new(
            (centre.x + zoom * (x * cosine - y * sine)) / level.scale[0],
            (centre.y + zoom * (x * sine + y * cosine)) / level.scale[1],
        );
        pixel.0[0] = plane::sampled(&level.image, point).round() as u8;
    }
    view
}
