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

/// One look: how many pixels the code's longer side takes, and how far it is turned.
struct Look {
    side: f32,
    turn: f32,
}

const fn look(side: f32, turn: f32) -> Look {
    Look { side, turn }
}

/// The looks: odd sizes and angles, so that no two meet the network's grid in the same way.
const LOOKS: [Look; 9] = [
    look(72.0, 0.0),
    look(50.0, 0.2),
    look(62.0, -0.45),
    look(84.0, 0.75),
    look(44.0, 0.0),
    look(90.0, -0.1),
    look(56.0, 0.5),
    look(68.0, -0.78),
    look(78.0, 0.3),
];
/// What was seen at first counts as so many looks.
const FIRST: f32 = 2.0;
/// The mean logit under which no further look is taken. Measured: of candidates that are no code nine in ten end here
/// after one look or two; codes that all looks together show have 0.3 and more all the way.
const HOPELESS: f32 = 0.0;
/// The mean logit over which no further look is needed, once there were so many.
const SURE: f32 = 1.8;
const ENOUGH: usize = 4;
/// Pixels of a view's side: the largest look with its surroundings.
const VIEW: u32 = 128;
/// Boxes that overlap less than this with the one that is looked for are something else.
const SAME: f32 = 0.3;

/// Nine codes in ten are less like themselves after a move than this (real and drawn ones, plain and damaged);
/// crosswords, mazes and boards are more so.
const PATTERN: f32 = 0.16;
/// What the mean logit loses for each tenth that a texture is more like itself.
const LOSS: f32 = 0.3;
/// Nineteen round codes in twenty are less like themselves after a turn than this; sunbursts and dials are more so.
const WHEEL: f32 = 0.3;
/// What the mean logit of a round code loses for each tenth that it is more like itself.
const LOSS_TURNED: f32 = 0.5;
/// The mean logit of all looks that stands for an even chance, and how steep the way is from no to yes.
///
/// Chosen so that, on pictures without codes, one in three hundred reaches 0.5 and one in a hundred 0.3.
const MIDDLE: f32 = 0.7;
const STEEP: f32 = 5.5;
/// How much surer the network has to be of each class: mini-program codes are plain to it, but so are wheels and suns.
const SURER: [f32; CLASSES] = [0.0, 0.3, 0.35, 0.0];

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
    let mut logits = shares.map(|share| FIRST * logit_of(candidate.score * share / most));
    let mut chances = [0.0; CLASSES];
    let mut count = 0.0;
    for (index, look) in LOOKS.iter().enumerate() {
        let seen = opinion(&view(levels, candidate.rect, look), look);
        for class in 0..CLASSES {
            logits[class] += logit_of(seen[class]);
            chances[class] += seen[class];
        }
        count += 1.0;
        let best = logits[strongest(logits)] / (FIRST + count);
        if best < HOPELESS || best > SURE && index + 1 >= ENOUGH {
            break;
        }
    }
    let class = strongest(std::array::from_fn(|class| shares[class] + chances[class] / count));
    let mean = logits[class] / (FIRST + count);
    let loss = if mean < HOPELESS { 0.0 } else { pattern(levels, candidate, KINDS[class]) };
    let middle = MIDDLE + SURER[class] + loss;
    Verdict { kind: KINDS[class], score: chance(STEEP * (mean - middle)) }
}

/// What the mean logit loses because a code of that kind would not be as like itself one period on, see [`periodic`].
fn pattern(levels: &[Level], candidate: &Candidate, kind: CodeKind) -> f32 {
    let look = &LOOKS[0];
    let view = view(levels, candidate.rect, look);
    let moved = LOSS * (periodic::repeats(&view) - PATTERN).max(0.0);
    let turned = match kind {
        CodeKind::MiniProgram | CodeKind::Round => {
            LOSS_TURNED * (periodic::turns(&view, look.side / 2.0) - WHEEL).max(0.0)
        }
        _ => 0.0,
    };
    10.0 * (moved + turned)
}

/// The logit of a chance, within bounds: nothing is impossible, nor certain.
fn logit_of(chance: f32) -> f32 {
    logit(chance.clamp(0.001, 0.999))
}

/// What the network says about a code in the middle of a view.
fn opinion(view: &GrayImage, look: &Look) -> [f32; CLASSES] {
    let map = network::ask(view);
    let half = look.side / 2.0;
    let middle = VIEW as f32 / 2.0;
    let sought = Rect { left: middle - half, top: middle - half, width: look.side, height: look.side };
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
