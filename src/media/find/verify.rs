//! A second look at what was located: cut out, at one size, from several sides, by a network that looks closely.
//!
//! A code looks like one from near and far, upright and turned a little; a pattern that only happened
//! to line up with a network's grid does not.

use image::GrayImage;

use super::super::locate::boxes::{Candidate, KINDS, chance, logit, strongest};
use super::super::locate::{Level, plane};
use super::super::{CodeKind, Point, Rect};
use super::confirm::{self, OUTCOMES, SIDE, VIEW};
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
const LOOKS: [Look; 4] = [look(SIDE, 0.0), look(61.0, 0.42), look(83.0, -0.6), look(68.0, 0.78)];
/// What the locating network was sure of counts as much as this part of what the looks say.
const FIRST: f32 = 0.25;
/// The mean of the looks under which no further one is taken.
const HOPELESS: f32 = -2.0;

/// Nine codes in ten are less like themselves after a move than this (real and drawn ones, plain and damaged);
/// crosswords, mazes and boards are more so.
const PATTERN: f32 = 0.16;
/// What the mean logit loses for each tenth that a texture is more like itself.
const LOSS: f32 = 0.3;
/// Nineteen round codes in twenty are less like themselves after a turn than this; sunbursts and dials are more so.
const WHEEL: f32 = 0.3;
/// What the mean logit of a round code loses for each tenth that it is more like itself.
const LOSS_TURNED: f32 = 0.5;
/// The sureness that stands for an even chance, and how steep the way is from no to yes.
///
/// Chosen so that, on pictures without codes, one in three hundred reaches 0.5 and one in a hundred 0.3.
const MIDDLE: f32 = 1.0;
const STEEP: f32 = 1.0;

/// What the looks say.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// What sort of code it is.
    pub kind: CodeKind,
    /// How sure it is that a code of that sort is there, 0 to 1.
    pub score: f32,
}

/// Looks again.
#[must_use]
pub fn verdict(levels: &[Level], candidate: &Candidate) -> Verdict {
    let first = FIRST * logit(candidate.score.clamp(0.01, 0.99));
    let mut sums = [0.0; OUTCOMES];
    let mut opinion = Opinion::default();
    for (index, look) in LOOKS.iter().enumerate() {
        for (sum, seen) in sums.iter_mut().zip(confirm::ask(&view(levels, candidate.rect, look))) {
            *sum += seen;
        }
        opinion = Opinion::of(sums.map(|sum| sum / (index + 1) as f32));
        if opinion.sureness < HOPELESS {
            break;
        }
    }
    let kind = KINDS[opinion.class];
    let loss = if opinion.sureness < HOPELESS { 0.0 } else { pattern(levels, candidate, kind) };
    Verdict { kind, score: chance(STEEP * (first + opinion.sureness - loss - MIDDLE)) }
}

/// The class of barcodes and the like, which are not for viewers.
const OTHER: usize = 3;

/// What several looks say together.
#[derive(Debug, Clone, Copy, Default)]
struct Opinion {
    /// What it is, if it is a code.
    class: usize,
    /// The logit of it being a code of that sort: for viewers, or another one.
    sureness: f32,
}

impl Opinion {
    /// What the mean logits of the classes and of nothing say. One code for viewers may be taken for another one: what
    /// counts is how much likelier they are together than the rest.
    fn of(logits: [f32; OUTCOMES]) -> Self {
        let [qr, mini_program, round, other, nothing] = logits;
        let for_viewers = together(&[qr, mini_program, round]);
        if for_viewers < other {
            return Self { class: OTHER, sureness: other - nothing };
        }
        let class = strongest([qr, mini_program, round, f32::NEG_INFINITY]);
        Self { class, sureness: for_viewers - together(&[other, nothing]) }
    }
}

/// The logit of one of several being the case.
fn together(logits: &[f32]) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    most + logits.iter().map(|logit| (logit - most).exp()).sum::<f32>().ln()
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
