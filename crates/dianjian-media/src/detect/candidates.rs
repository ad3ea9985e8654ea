//! Groups the predictions of the network's cells into candidates: a code answers in many cells, and on several levels.

use crate::nn::locator::{CELL, CLASSES, CellOutput};
use crate::{CodeKind, Point, Quad, Rect};

/// A cell's prediction, in pixels of the network's input until it is put [`in_picture`](Self::in_picture).
#[derive(Debug, Clone, Copy)]
pub(super) struct CellPrediction {
    /// The centre of the cell.
    pub at: Point,
    /// The bounding box of the code.
    pub rect: Rect,
    /// The probability of each class.
    pub probabilities: [f32; CLASSES],
    /// Cosine and sine of four times the code's angle: a square looks the same every 90 degrees.
    pub turn: [f32; 2],
    /// How well the network knows codes of this size, from 0 to 1.
    pub fit: f32,
}

/// A place where there may be a code, as several cells agree on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CodeCandidate {
    /// The bounding box of the code.
    pub rect: Rect,
    /// Cosine and sine of four times the code's angle: a square looks the same every 90 degrees.
    pub turn: [f32; 2],
    /// The highest probability of any class in any cell.
    pub score: f32,
    /// The probabilities of each class, summed over the cells.
    pub evidence: [f32; CLASSES],
}

/// IoU above which two boxes are of one code.
const SAME: f32 = 0.35;
/// If more than this part of a box lies inside another, it is a part of that code, or the other is a group of codes.
const MIN_INSIDE: f32 = 0.7;
/// Only boxes below this part of the outer one's area are treated as parts.
const MAX_PART_AREA: f32 = 0.5;

/// The kind of code of each class.
pub(super) const KINDS: [CodeKind; CLASSES] = [CodeKind::Qr, CodeKind::MiniProgram, CodeKind::Round, CodeKind::Other];

/// The index of the largest value, the first of equal ones.
pub(super) fn strongest(values: [f32; CLASSES]) -> usize {
    (1..CLASSES).fold(0, |best, class| if values[class] > values[best] { class } else { best })
}

/// The probability of a logit (the logistic function).
pub(super) fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// The logit of a probability.
pub(super) fn logit(probability: f32) -> f32 {
    probability.ln() - (1.0 - probability).ln()
}

impl CellPrediction {
    /// The prediction of a cell, in pixels of the network's input.
    pub(super) fn of(cell: CellOutput, column: usize, row: usize) -> Self {
        let centre = |index: usize| (index as f32 + 0.5) * CELL as f32;
        let at = Point::new(centre(column), centre(row));
        let [left, top, right, bottom] = cell.reach;
        let rect = Rect { left: at.x - left, top: at.y - top, width: left + right, height: top + bottom };
        Self { at, rect, probabilities: cell.logits.map(sigmoid), turn: cell.turn, fit: fit(rect.side()) }
    }

    /// The prediction in pixels of the picture, for an input that was cut out at `left` and `top` of a level.
    pub(super) fn in_picture(mut self, left: f32, top: f32, scale: [f32; 2]) -> Self {
        self.at = Point::new((self.at.x + left) * scale[0], (self.at.y + top) * scale[1]);
        self.rect = Rect { left: self.rect.left + left, top: self.rect.top + top, ..self.rect }.scaled(scale);
        self
    }

    /// The probability of the likeliest class.
    pub(super) fn best(&self) -> f32 {
        self.probabilities.into_iter().fold(0.0, f32::max)
    }

    fn rank(&self) -> f32 {
        self.best() * self.fit
    }
}

/// How well the network knows codes of this side: it is trained for 24 to 140 pixels.
fn fit(longer: f32) -> f32 {
    if longer < 24.0 { (longer / 24.0).max(0.5) } else { (140.0 / longer).clamp(0.5, 1.0) }
}

/// Groups predictions into candidates: the best prediction first, each taking in those of the same code.
pub(super) fn group_predictions(mut predictions: Vec<CellPrediction>) -> Vec<CodeCandidate> {
    predictions.sort_by(|a, b| b.rank().total_cmp(&a.rank()));
    let mut groups: Vec<CandidateGroup> = Vec::new();
    for prediction in predictions {
        match groups.iter_mut().find(|group| group.lead.rect.overlap(prediction.rect) > SAME) {
            Some(group) => group.take(&prediction),
            None => groups.push(CandidateGroup::new(prediction)),
        }
    }
    let mut candidates: Vec<CodeCandidate> = groups.into_iter().map(CandidateGroup::candidate).collect();
    drop_parts(&mut candidates);
    candidates
}

/// The predictions of one code. Its box is the mean of those that agree with the best one, weighted by rank.
struct CandidateGroup {
    lead: CellPrediction,
    weight: f32,
    edges: [f32; 4],
    turn: [f32; 2],
    score: f32,
    evidence: [f32; CLASSES],
}

impl CandidateGroup {
    fn new(lead: CellPrediction) -> Self {
        let mut group =
            Self { lead, weight: 0.0, edges: [0.0; 4], turn: [0.0; 2], score: 0.0, evidence: [0.0; CLASSES] };
        group.take(&lead);
        group
    }

    fn take(&mut self, prediction: &CellPrediction) {
        let rank = prediction.rank();
        self.score = self.score.max(prediction.best());
        for (sum, chance) in self.evidence.iter_mut().zip(prediction.probabilities) {
            *sum += chance * prediction.fit;
        }
        if self.lead.rect.overlap(prediction.rect) < 0.6 || rank < 0.5 * self.lead.rank() {
            return;
        }
        self.weight += rank;
        let rect = prediction.rect;
        for (sum, edge) in self.edges.iter_mut().zip([rect.left, rect.top, rect.right(), rect.bottom()]) {
            *sum += edge * rank;
        }
        for (sum, part) in self.turn.iter_mut().zip(prediction.turn) {
            *sum += part * rank;
        }
    }

    fn candidate(self) -> CodeCandidate {
        let weight = self.weight.max(f32::MIN_POSITIVE);
        let [left, top, right, bottom] = self.edges.map(|sum| sum / weight);
        CodeCandidate {
            rect: Rect { left, top, width: right - left, height: bottom - top },
            turn: self.turn,
            score: self.score,
            evidence: self.evidence,
        }
    }
}

/// Removes parts of codes (a finder pattern, a dense corner) and boxes around several codes (a sheet of them). If a part
/// scores higher than the whole, both stay, and the verification decides.
fn drop_parts(candidates: &mut Vec<CodeCandidate>) {
    let holds = |outer: &CodeCandidate, inner: &CodeCandidate| {
        inner.rect.area() < MAX_PART_AREA * outer.rect.area()
            && outer.rect.shared(inner.rect) > MIN_INSIDE * inner.rect.area()
    };
    let sheets: Vec<bool> = candidates
        .iter()
        .map(|outer| {
            let sure = candidates.iter().filter(|inner| holds(outer, inner) && inner.score > 0.9 * outer.score);
            let area: f32 = sure.clone().map(|inner| inner.rect.area()).sum();
            sure.count() > 1 && area > 0.25 * outer.rect.area()
        })
        .collect();
    let parts: Vec<bool> = candidates
        .iter()
        .map(|inner| {
            let around = |(outer, &sheet): (&CodeCandidate, &bool)| {
                !sheet && holds(outer, inner) && outer.score > 0.95 * inner.score
            };
            candidates.iter().zip(&sheets).any(around)
        })
        .collect();
    let mut drop = sheets.into_iter().zip(parts).map(|(sheet, part)| sheet || part);
    candidates.retain(|_| !drop.next().unwrap_or(false));
}

impl CodeCandidate {
    /// The kind with the most evidence.
    pub(super) fn kind(&self) -> CodeKind {
        KINDS[strongest(self.evidence)]
    }

    /// Its corners: a square at the predicted angle, stretched to fill the box; for round codes the box.
    pub(super) fn quad(&self) -> Quad {
        if matches!(self.kind(), CodeKind::MiniProgram | CodeKind::Round) {
            return Quad::of(self.rect);
        }
        let angle = self.turn[1].atan2(self.turn[0]) / 4.0;
        let (sine, cosine) = angle.sin_cos();
        let half = (sine.abs() + cosine.abs()).recip();
        let centre = self.rect.centre();
        Quad([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| {
            let (x, y) = ((x * cosine - y * sine) * half, (x * sine + y * cosine) * half);
            Point::new(centre.x + x * self.rect.width / 2.0, centre.y + y * self.rect.height / 2.0)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(left: f32, top: f32, side: f32, probabilities: [f32; CLASSES]) -> CellPrediction {
        let rect = Rect { left, top, width: side, height: side };
        CellPrediction { at: rect.centre(), rect, probabilities, turn: [1.0, 0.0], fit: 1.0 }
    }

    fn qr(left: f32, top: f32, side: f32, chance: f32) -> CellPrediction {
        prediction(left, top, side, [chance, 0.0, 0.0, 0.0])
    }

    #[test]
    fn opinions_about_one_code_become_one_candidate() {
        let candidates =
            group_predictions(vec![qr(10.0, 10.0, 50.0, 0.9), qr(12.0, 10.0, 50.0, 0.9), qr(200.0, 10.0, 50.0, 0.8)]);
        assert_eq!(candidates.len(), 2);
        assert!((candidates[0].rect.left - 11.0).abs() < 0.01);
        assert_eq!(candidates[0].score, 0.9);
    }

    #[test]
    fn a_finder_is_a_part_of_its_code_and_a_sheet_is_not_a_code() {
        let parts = group_predictions(vec![qr(0.0, 0.0, 100.0, 0.9), qr(5.0, 5.0, 30.0, 0.8)]);
        assert_eq!(parts.iter().map(|part| part.rect.width).collect::<Vec<_>>(), [100.0]);
        let unsure = group_predictions(vec![qr(0.0, 0.0, 100.0, 0.6), qr(5.0, 5.0, 30.0, 0.9)]);
        assert_eq!(unsure.len(), 2);
        let sheet = group_predictions(vec![
            qr(0.0, 0.0, 100.0, 0.6),
            qr(0.0, 0.0, 45.0, 0.9),
            qr(55.0, 0.0, 45.0, 0.9),
            qr(0.0, 55.0, 45.0, 0.9),
        ]);
        assert_eq!(sheet.iter().map(|part| part.rect.width).collect::<Vec<_>>(), [45.0; 3]);
    }

    #[test]
    fn the_kind_is_what_the_cells_say_together() {
        let one_loud = prediction(0.0, 0.0, 50.0, [0.7, 0.0, 0.0, 0.6]);
        let others = prediction(1.0, 0.0, 50.0, [0.2, 0.0, 0.0, 0.6]);
        let candidates = group_predictions(vec![one_loud, others, others]);
        assert_eq!(candidates.len(), 1);
        assert_eq!(candidates[0].kind(), CodeKind::Other);
    }

    #[test]
    fn a_quad_is_a_turned_square_that_fills_its_box() {
        for degrees in [-44.0_f32, -20.0, 0.0, 10.0, 44.0] {
            let (sine, cosine) = (4.0 * degrees.to_radians()).sin_cos();
            let lead = CellPrediction { turn: [cosine, sine], ..qr(10.0, 20.0, 100.0, 0.9) };
            let quad = group_predictions(vec![lead])[0].quad();
            let bounds = quad.bounds();
            assert!((bounds.left - 10.0).abs() < 0.1 && (bounds.width - 100.0).abs() < 0.1, "{degrees}: {quad:?}");
            let [a, b, ..] = quad.0;
            assert!(((b.y - a.y).atan2(b.x - a.x).to_degrees() - degrees).abs() < 0.5, "{degrees}: {quad:?}");
        }
    }

    #[test]
    fn probabilities_and_logits_are_inverse() {
        for value in [0.01_f32, 0.3, 0.5, 0.99] {
            assert!((sigmoid(logit(value)) - value).abs() < 1e-5);
        }
    }
}
