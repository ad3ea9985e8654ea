//! A second look at what was located: cut out, at one size, from several sides, by both networks.
//!
//! A code looks like one from near and far, upright and turned a little; a pattern that only happened
//! to line up with a network's grid does not. What one network takes for a code the other one seldom does.

use image::GrayImage;

use super::candidates::{self, CodeCandidate, KINDS, chance, logit, strongest};
use super::locate::PyramidLevel;
use super::periodic;
use super::plane;
use crate::nn::confirmer::{self, OUTCOMES};
use crate::nn::locator::{self, CLASSES};
use crate::{CodeKind, Point, Rect};

/// One look: how many pixels the code's longer side takes, and how far it is turned.
struct View {
    side: f32,
    turn: f32,
}

const fn look(side: f32, turn: f32) -> View {
    View { side, turn }
}

/// The looks: odd sizes and angles, so that no two meet the networks' grids in the same way.
const LOOKS: [View; 8] = [
    look(confirmer::SIDE, 0.0),
    look(61.0, 0.42),
    look(83.0, -0.6),
    look(68.0, 0.78),
    look(56.0, -0.3),
    look(92.0, 0.2),
    look(76.0, -0.95),
    look(64.0, 1.1),
];
/// The sureness under which no further look is taken (measured: of 433 codes that end as suspected or present none is ever
/// below, of what is nothing six in seven are below at the first look).
const HOPELESS: f32 = -1.6;
/// Pixels of a view's side: the largest look with its surroundings.
const VIEW: u32 = 128;
/// Boxes that overlap less than this with the one that is looked for are something else.
const SAME: f32 = 0.3;

/// Nine codes in ten are less like themselves after a move than this (real and drawn ones, plain and damaged);
/// crosswords, mazes and boards are more so.
const PATTERN: f32 = 0.16;
/// What the sureness loses for each tenth that a texture is more like itself.
const LOSS: f32 = 0.3;
/// Nineteen round codes in twenty are less like themselves after a turn than this; sunbursts and dials are more so.
const WHEEL: f32 = 0.3;
/// What the sureness of a round code loses for each tenth that it is more like itself.
const LOSS_TURNED: f32 = 0.5;
/// How much the prediction of the confirming network counts, and that of the locating one.
const CONFIRMED: f32 = 0.9;
const LOCATED: f32 = 0.5;
/// However sure the confirming network is, no more of it counts: it is quite sure of some coins and cups, of which the
/// other one is not.
const SUREST: f32 = 2.0;
/// The sureness that stands for an even chance, and how steep the way is from no to yes.
///
/// Chosen so that, on pictures without codes, one in three hundred reaches 0.5 and one in a hundred 0.3.
const MIDDLE: f32 = 0.97;
const STEEP: f32 = 3.0;
/// How much surer the networks have to be of each class: round codes are plain to them, but so are round photos, emblems
/// and suns.
const SURER: [f32; CLASSES] = [0.0, 0.4, 1.2, 0.0];

/// What the looks say.
#[derive(Debug, Clone, Copy)]
pub struct Verification {
    /// What sort of code it is.
    pub kind: CodeKind,
    /// How sure it is that a code of that sort is there, 0 to 1.
    pub score: f32,
}

/// Looks again.
#[must_use]
pub fn verdict(levels: &[PyramidLevel], candidate: &CodeCandidate) -> Verification {
    let mut seen = Evidence::at_first(candidate);
    let [first, others @ ..] = &LOOKS;
    let plain = view(levels, candidate.rect, first);
    seen.add(&plain, first);
    let (mut class, mut sureness) = seen.prediction();
    for look in others {
        if sureness < HOPELESS {
            break;
        }
        seen.add(&view(levels, candidate.rect, look), look);
        (class, sureness) = seen.prediction();
    }
    let loss = if sureness < HOPELESS { 0.0 } else { pattern(&plain, first, KINDS[class]) };
    Verification { kind: KINDS[class], score: chance(STEEP * (sureness - loss - MIDDLE - SURER[class])) }
}

/// What both networks saw, summed over the looks.
struct Evidence {
    /// The locating network's logits of the classes; its first look at the whole picture is one of the looks.
    located: [f32; CLASSES],
    /// The confirming network's logits.
    confirmed: [f32; OUTCOMES],
    looks: f32,
}

impl Evidence {
    fn at_first(candidate: &CodeCandidate) -> Self {
        let most = candidate.evidence[strongest(candidate.evidence)].max(f32::MIN_POSITIVE);
        let located = candidate.evidence.map(|evidence| logit_of(candidate.score * evidence / most));
        Self { located, confirmed: [0.0; OUTCOMES], looks: 0.0 }
    }

    fn add(&mut self, view: &GrayImage, look: &View) {
        for (sum, chance) in self.located.iter_mut().zip(located(view, look)) {
            *sum += logit_of(chance);
        }
        let margin = i64::from((VIEW - confirmer::VIEW) / 2);
        let middle = plane::cut(view, margin, margin, confirmer::VIEW, confirmer::VIEW);
        for (sum, logit) in self.confirmed.iter_mut().zip(confirmer::ask(&middle)) {
            *sum += logit;
        }
        self.looks += 1.0;
    }

    /// The class, and how sure both networks are of it. One code for viewers may be taken for another one: what
    /// counts is how much likelier they are together than the rest.
    fn prediction(&self) -> (usize, f32) {
        let located = self.located.map(|sum| sum / (self.looks + 1.0));
        let [qr, mini_program, round, other, nothing] = self.confirmed.map(|sum| sum / self.looks);
        let for_viewers = together(&[qr, mini_program, round]);
        let (class, confirmed) = if for_viewers < other {
            (OTHER, other - nothing)
        } else {
            let class = strongest([qr, mini_program, round, f32::NEG_INFINITY]);
            (class, for_viewers - together(&[other, nothing]))
        };
        (class, CONFIRMED * confirmed.min(SUREST) + LOCATED * located[class])
    }
}

/// The class of barcodes and the like, which are not for viewers.
const OTHER: usize = CLASSES - 1;

/// The logit of one of several being the case.
fn together(logits: &[f32]) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    most + logits.iter().map(|logit| (logit - most).exp()).sum::<f32>().ln()
}

/// What the locating network says about a code in the middle of a view: chances of the classes.
fn located(view: &GrayImage, look: &View) -> [f32; CLASSES] {
    let map = locator::ask(view);
    let half = look.side / 2.0;
    let middle = VIEW as f32 / 2.0;
    let sought = Rect { left: middle - half, top: middle - half, width: look.side, height: look.side };
    let mut best = [0.0_f32; CLASSES];
    for (column, row) in map.above(logit(0.002)) {
        let prediction = candidates::CellPrediction::of(map.cell(column, row), column, row);
        if prediction.rect.overlap(sought) > SAME {
            for (best, chance) in best.iter_mut().zip(prediction.chances) {
                *best = best.max(chance);
            }
        }
    }
    best
}

/// The logit of a chance, within bounds: nothing is impossible, nor certain.
fn logit_of(chance: f32) -> f32 {
    logit(chance.clamp(0.001, 0.999))
}

/// What the sureness loses because a code of that kind would not be as like itself one period on, see [`periodic`].
fn pattern(view: &GrayImage, look: &View, kind: CodeKind) -> f32 {
    let moved = LOSS * (periodic::repeats(view) - PATTERN).max(0.0);
    let turned = match kind {
        CodeKind::MiniProgram | CodeKind::Round => {
            LOSS_TURNED * (periodic::turns(view, look.side / 2.0) - WHEEL).max(0.0)
        }
        _ => 0.0,
    };
    10.0 * (moved + turned)
}

/// The surroundings of a box as a look shows them.
fn view(levels: &[PyramidLevel], rect: Rect, look: &View) -> GrayImage {
    // Picture's pixels in one of the view's.
    let zoom = rect.side() / look.side;
    // The coarsest level that still has a pixel for each of the view's.
    let Some(level) = levels.iter().rev().find(|level| level.scale[0] <= 1.3 * zoom).or(levels.first()) else {
        return GrayImage::new(VIEW, VIEW);
    };
    let (sine, cosine) = look.turn.sin_cos();
    let [across, down] = level.scale.map(|scale| zoom / scale);
    let right = Point::new(across * cosine, down * sine);
    let below = Point::new(-across * sine, down * cosine);
    let first = 0.5 - VIEW as f32 / 2.0;
    let centre = rect.centre();
    let origin = Point::new(
        centre.x / level.scale[0] + first * (right.x + below.x),
        centre.y / level.scale[1] + first * (right.y + below.y),
    );
    plane::viewed(&level.image, VIEW, origin, [right, below])
}
