//! Verifies a candidate by both networks in several views: cut out around it, at different sizes and angles.
//!
//! A code looks like one in all of them; a pattern that only happened to line up with a network's grid does not. What one
//! network takes for a code the other one seldom does.

use image::GrayImage;

use super::candidates::{self, CodeCandidate, KINDS, logit, sigmoid, strongest};
use super::locate::PyramidLevel;
use super::{periodic, plane};
use crate::nn::confirmer::{self, OUTCOMES};
use crate::nn::locator::{self, CLASSES};
use crate::{CodeKind, Point, Rect};

/// A view of a candidate: the pixels of its longer side, and its angle in radians.
struct ViewSpec {
    side: f32,
    turn: f32,
}

/// Odd sizes and angles, so that no two views meet the networks' grids in the same way.
const VIEWS: [ViewSpec; 8] = [
    ViewSpec { side: confirmer::SIDE, turn: 0.0 },
    ViewSpec { side: 61.0, turn: 0.42 },
    ViewSpec { side: 83.0, turn: -0.6 },
    ViewSpec { side: 68.0, turn: 0.78 },
    ViewSpec { side: 56.0, turn: -0.3 },
    ViewSpec { side: 92.0, turn: 0.2 },
    ViewSpec { side: 76.0, turn: -0.95 },
    ViewSpec { side: 64.0, turn: 1.1 },
];
/// The certainty below which no further view is taken (measured: of 433 codes that end as suspected or present none is
/// ever below; of candidates without a code six in seven are below after the first view).
const HOPELESS: f32 = -1.6;
/// Side of a view in pixels: the largest code with its surroundings.
const VIEW: u32 = 128;
/// Predictions with a lower IoU with the candidate are of something else.
const MIN_OVERLAP: f32 = 0.3;

/// Self-similarity under translation from which certainty is lost. Nine in ten codes (real and drawn, plain and damaged)
/// are below; crosswords, mazes and boards are above.
const PERIODIC_FROM: f32 = 0.16;
/// The certainty lost per tenth of self-similarity beyond.
const PERIODIC_LOSS: f32 = 0.3;
/// Self-similarity of round codes under rotation from which certainty is lost. Nineteen in twenty of them are below;
/// sunbursts and dials are above.
const ROTATIONAL_FROM: f32 = 0.3;
/// The same for Channels codes, whose arms are all alike but for missing dots (of drawn ones nine in ten are below).
const ROTATIONAL_FROM_OF_ARMS: f32 = 0.55;
/// The certainty lost per tenth of self-similarity beyond.
const ROTATIONAL_LOSS: f32 = 0.5;
/// The weights of the logits of the confirming and of the locating network.
const CONFIRMER_WEIGHT: f32 = 0.9;
const LOCATOR_WEIGHT: f32 = 0.5;
/// No more of the confirming network's logit counts: it is quite certain of some coins and cups, of which the other one is
/// not.
const MAX_CONFIRMER_LOGIT: f32 = 2.0;
/// Centre and steepness of the logistic function from certainty to score.
///
/// Chosen so that of pictures without codes one in three hundred scores 0.5 and one in a hundred 0.3.
const CENTRE: f32 = 0.97;
const STEEPNESS: f32 = 3.0;
/// Verifies a candidate: the kind of code, and how certain it is that there is one, from 0 to 1. Ends early once no
/// further view can help.
pub(super) fn verify(levels: &[PyramidLevel], candidate: &CodeCandidate) -> (CodeKind, f32) {
    let mut evidence = ViewEvidence::at_first(candidate);
    let [first, others @ ..] = &VIEWS;
    let plain = render(levels, candidate.rect, first);
    evidence.add(&plain, first);
    let mut conclusion = evidence.conclusion();
    for view in others {
        if conclusion.certainty < HOPELESS {
            break;
        }
        evidence.add(&render(levels, candidate.rect, view), view);
        conclusion = evidence.conclusion();
    }
    let Conclusion { kind, certainty } = conclusion;
    let loss = if certainty < HOPELESS { 0.0 } else { pattern_loss(&plain, first, kind) };
    (kind, sigmoid(STEEPNESS * (certainty - loss - CENTRE - extra_certainty(kind))))
}

/// The logits of both networks, summed over views.
struct ViewEvidence {
    /// The locating network's logits by class. Its prediction for the whole picture counts as a view.
    located: [f32; CLASSES],
    /// The confirming network's logits by outcome.
    confirmed: [f32; OUTCOMES],
    views: f32,
}

impl ViewEvidence {
    fn at_first(candidate: &CodeCandidate) -> Self {
        let most = candidate.evidence[strongest(candidate.evidence)].max(f32::MIN_POSITIVE);
        let located = candidate.evidence.map(|evidence| clamped_logit(candidate.score * evidence / most));
        Self { located, confirmed: [0.0; OUTCOMES], views: 0.0 }
    }

    fn add(&mut self, image: &GrayImage, view: &ViewSpec) {
        for (sum, chance) in self.located.iter_mut().zip(located(image, view)) {
            *sum += clamped_logit(chance);
        }
        let margin = i64::from((VIEW - confirmer::VIEW) / 2);
        let middle = plane::cut(image, margin, margin, confirmer::VIEW, confirmer::VIEW);
        for (sum, logit) in self.confirmed.iter_mut().zip(confirmer::predict(&middle)) {
            *sum += logit;
        }
        self.views += 1.0;
    }

    /// The kind, its class, and how certain both networks are of it. Since one code for viewers may be taken for another,
    /// what counts is how much likelier they are together than the rest.
    fn conclusion(&self) -> Conclusion {
        let located = self.located.map(|sum| sum / (self.views + 1.0));
        let [qr, mini_program, round, other, nothing, channels] = self.confirmed.map(|sum| sum / self.views);
        let for_viewers = any_of(&[qr, mini_program, round, channels]);
        let (kind, confirmed) = if for_viewers < other {
            (CodeKind::Other, other - nothing)
        } else {
            let codes = [qr, mini_program, round];
            let kind = if codes.iter().all(|&code| code < channels) {
                CodeKind::Channels
            } else {
                KINDS[strongest([qr, mini_program, round, f32::NEG_INFINITY])]
            };
            (kind, for_viewers - any_of(&[other, nothing]))
        };
        let located = located_as(kind, located);
        Conclusion { kind, certainty: CONFIRMER_WEIGHT * confirmed.min(MAX_CONFIRMER_LOGIT) + LOCATOR_WEIGHT * located }
    }
}

/// What several views say together.
#[derive(Debug, Clone, Copy)]
struct Conclusion {
    kind: CodeKind,
    certainty: f32,
}

/// The locating network's logit for a kind. A Channels code is one of its round classes, whichever it prefers.
fn located_as(kind: CodeKind, [qr, mini_program, round, other]: [f32; CLASSES]) -> f32 {
    match kind {
        CodeKind::Qr => qr,
        CodeKind::MiniProgram => mini_program,
        CodeKind::Channels => mini_program.max(round),
        CodeKind::Round => round,
        _ => other,
    }
}

/// How much more certain the networks have to be, by kind: they recognise round codes easily, but also take round photos,
/// emblems and suns for them.
const fn extra_certainty(kind: CodeKind) -> f32 {
    match kind {
        CodeKind::MiniProgram => 0.4,
        CodeKind::Channels => 0.4,
        CodeKind::Round => 1.2,
        _ => 0.0,
    }
}

/// The logit of any of several outcomes (log-sum-exp).
fn any_of(logits: &[f32]) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    most + logits.iter().map(|logit| (logit - most).exp()).sum::<f32>().ln()
}

/// The locating network's probability of each class for a code in the centre of a view.
fn located(image: &GrayImage, view: &ViewSpec) -> [f32; CLASSES] {
    let map = locator::predict(image);
    let half = view.side / 2.0;
    let middle = VIEW as f32 / 2.0;
    let sought = Rect { left: middle - half, top: middle - half, width: view.side, height: view.side };
    let mut best = [0.0_f32; CLASSES];
    for (column, row) in map.above(logit(0.002)) {
        let prediction = candidates::CellPrediction::of(map.cell(column, row), column, row);
        if prediction.rect.overlap(sought) > MIN_OVERLAP {
            for (best, chance) in best.iter_mut().zip(prediction.probabilities) {
                *best = best.max(chance);
            }
        }
    }
    best
}

/// The logit of a probability, clamped: nothing is impossible, nor certain.
fn clamped_logit(chance: f32) -> f32 {
    logit(chance.clamp(0.001, 0.999))
}

/// The certainty lost to self-similarity, which codes do not have, see [`periodic`].
fn pattern_loss(image: &GrayImage, view: &ViewSpec, kind: CodeKind) -> f32 {
    let moved = PERIODIC_LOSS * (periodic::repeats(image) - PERIODIC_FROM).max(0.0);
    let turned = |from: f32| ROTATIONAL_LOSS * (periodic::turns(image, view.side / 2.0) - from).max(0.0);
    let turned = match kind {
        CodeKind::MiniProgram | CodeKind::Round => turned(ROTATIONAL_FROM),
        CodeKind::Channels => turned(ROTATIONAL_FROM_OF_ARMS),
        _ => 0.0,
    };
    10.0 * (moved + turned)
}

/// Renders a view of a box and its surroundings.
fn render(levels: &[PyramidLevel], rect: Rect, view: &ViewSpec) -> GrayImage {
    // Pixels of the picture per pixel of the view.
    let zoom = rect.side() / view.side;
    // The coarsest level that still has about a pixel for each of the view's.
    let Some(level) = levels.iter().rev().find(|level| level.scale[0] <= 1.3 * zoom).or(levels.first()) else {
        return GrayImage::new(VIEW, VIEW);
    };
    let (sine, cosine) = view.turn.sin_cos();
    let [across, down] = level.scale.map(|scale| zoom / scale);
    let right = Point::new(across * cosine, down * sine);
    let below = Point::new(-across * sine, down * cosine);
    let first = 0.5 - VIEW as f32 / 2.0;
    let centre = rect.centre();
    let origin = Point::new(
        centre.x / level.scale[0] + first * (right.x + below.x),
        centre.y / level.scale[1] + first * (right.y + below.y),
    );
    plane::sample_affine(&level.image, VIEW, origin, [right, below])
}
