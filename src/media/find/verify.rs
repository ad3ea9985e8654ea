//! A second look at what was located: cut out, at the size that the network knows best, from several sides.
//!
//! A code looks like one from near and far, upright and turned a little; a pattern that only happened
//! to line up with the network's grid does not.

use image::GrayImage;

use super::super::locate::boxes::{Candidate, Opinion, chance, logit};
use super::super::locate::network::{self, CLASSES};
use super::super::locate::{Level, plane};
use super::super::{CodeKind, Point, Rect};

/// One look: how many pixels the code's longer side takes, how far it is turned, where its centre is moved.
struct Look {
    side: f32,
    turn: f32,
    moved: (f32, f32),
}

/// The looks; odd sizes and places, so that no two meet the network's grid in the same way.
const LOOKS: [Look; 4] = [
    Look { side: 72.0, turn: 0.0, moved: (0.0, 0.0) },
    Look { side: 51.0, turn: 0.21, moved: (3.0, -2.0) },
    Look { side: 93.0, turn: -0.13, moved: (-3.0, 3.0) },
    Look { side: 64.0, turn: 0.7, moved: (2.0, 4.0) },
];
/// Pixels of a view's side: the largest look with its surroundings.
const VIEW: u32 = 160;
/// Boxes that overlap less than this with the one that is looked for are something else.
const SAME: f32 = 0.3;

/// What the looks say.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// The mean over the looks of each class's logit, as a chance.
    pub chances: [f32; CLASSES],
}

impl Verdict {
    /// What sort of code it is, by the first look and the later ones.
    #[must_use]
    pub fn kind(&self, candidate: &Candidate) -> CodeKind {
        let total: f32 = candidate.evidence.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let mut both = *candidate;
        for (evidence, chance) in both.evidence.iter_mut().zip(self.chances) {
            *evidence = *evidence / total + chance;
        }
        both.kind()
    }

    /// How sure it is that a code is there.
    #[must_use]
    pub fn score(&self, candidate: &Candidate) -> f32 {
        let again = self.chances.into_iter().fold(0.001, f32::max);
        let first = candidate.score.clamp(0.001, 0.999);
        chance((logit(first) + logit(again)) / 2.0)
    }
}

/// Looks again.
#[must_use]
pub fn verdict(levels: &[Level], candidate: &Candidate) -> Verdict {
    let mut sums = [0.0; CLASSES];
    for look in &LOOKS {
        let view = view(levels, candidate.rect, look);
        for (sum, chance) in sums.iter_mut().zip(opinion(&view, look)) {
            *sum += logit(chance.clamp(0.001, 0.999));
        }
    }
    Verdict { chances: sums.map(|sum| chance(sum / LOOKS.len() as f32)) }
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
        let point = Point::new(
            (centre.x + zoom * (x * cosine - y * sine)) / level.scale[0],
            (centre.y + zoom * (x * sine + y * cosine)) / level.scale[1],
        );
        pixel.0[0] = plane::sampled(&level.image, point).round() as u8;
    }
    view
}
