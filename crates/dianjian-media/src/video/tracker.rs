//! Follows codes over frames: one detection per code, from its first frame to its last.
//!
//! A code is followed by its payload or by its place, which may move a little from frame to frame; gaps of up to a second
//! are bridged. A code that was decoded once is certain for as long as it is followed. A code that was only located must
//! last, or have a higher score: a minute of video has more than a hundred frames, each of them another chance to take a
//! fold of cloth for a code.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{Code, CodeKind, Detection, DetectionTimes, Quad, Rect};

/// A code that disappears for no longer than this is still the same one.
const MAX_GAP: Duration = Duration::from_secs(1);

/// Scores are averaged over this many frames in a row.
const WINDOW: usize = 3;

/// The most codes that are followed in one file.
const MAX_TRACKS: usize = 10_000;

/// Follows codes from frame to frame.
#[derive(Debug, Default)]
pub(super) struct CodeTracker {
    /// Tracks that may continue.
    open: Vec<CodeTrack>,
    done: Vec<CodeTrack>,
    /// The end of the last frame.
    end: Duration,
}

impl CodeTracker {
    /// Adds the codes of the next frame in time.
    pub(super) fn add(&mut self, frame: u32, at: Duration, duration: Duration, codes: Vec<Code>) {
        let moment = FrameTime { frame, at, end: at.saturating_add(duration) };
        self.end = self.end.max(moment.end);
        // At low frame rates neighbouring frames are further apart than the gap.
        let gap = MAX_GAP.max(duration.saturating_mul(3) / 2);
        let (open, over): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.open).into_iter().partition(|track| at <= track.last.saturating_add(gap));
        self.open = open;
        self.done.extend(over);
        let taken = self.matches(&codes);
        for (code, track) in codes.into_iter().zip(taken) {
            match track {
                Some(track) => self.open[track].add(moment, code),
                None if self.open.len() + self.done.len() < MAX_TRACKS => self.open.push(CodeTrack::new(moment, code)),
                None => {}
            }
        }
    }

    /// The track of each code, by greedy matching: the likeliest pairs first, one code per track.
    fn matches(&self, codes: &[Code]) -> Vec<Option<usize>> {
        let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
        for (number, code) in codes.iter().enumerate() {
            let alike = self.open.iter().enumerate();
            pairs.extend(alike.filter_map(|(track, known)| Some((known.likeness(code)?, number, track))));
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut taken = vec![None; codes.len()];
        let mut free = vec![true; self.open.len()];
        for (_, number, track) in pairs {
            if taken[number].is_none() && free[track] {
                taken[number] = Some(track);
                free[track] = false;
            }
        }
        taken
    }

    /// All codes with at least that score, in the order of their first frames, then from top to bottom and left to right.
    pub(super) fn finish(self, floor: f32) -> Vec<Detection> {
        let end = self.end;
        let detections = self.done.into_iter().chain(self.open).map(|track| track.detection(end));
        let mut detections: Vec<Detection> = detections.filter(|detection| detection.code.score >= floor).collect();
        detections.sort_by(|a, b| {
            let first = |detection: &Detection| detection.times.map(|seen| seen.first);
            first(a).cmp(&first(b)).then_with(|| a.code.reading_order(&b.code))
        });
        detections
    }
}

/// A frame's index, beginning and end.
#[derive(Debug, Clone, Copy)]
struct FrameTime {
    frame: u32,
    at: Duration,
    end: Duration,
}

/// A code that is followed over frames.
#[derive(Debug)]
struct CodeTrack {
    first: Duration,
    last: Duration,
    /// Its place in the last frame.
    place: Quad,
    /// Its best frame, and the code there.
    best: (FrameTime, Code),
    /// Summed scores by kind, which decide the kind unless the code is decoded.
    kinds: Vec<(CodeKind, f32)>,
    /// The scores in the last [`WINDOW`] frames.
    recent: VecDeque<f32>,
    /// The highest average of a window so far.
    smooth: f32,
    /// How long it is visible, without gaps.
    visible: Duration,
}

impl CodeTrack {
    fn new(moment: FrameTime, code: Code) -> Self {
        let mut track = Self {
            first: moment.at,
            last: moment.end,
            place: code.quad,
            best: (moment, code.clone()),
            kinds: Vec::new(),
            recent: VecDeque::with_capacity(WINDOW),
            smooth: 0.0,
            visible: Duration::ZERO,
        };
        track.add(moment, code);
        track
    }

    fn add(&mut self, moment: FrameTime, code: Code) {
        self.last = moment.end;
        self.place = code.quad;
        self.visible += moment.end.saturating_sub(moment.at);
        if self.recent.len() == WINDOW {
            self.recent.pop_front();
            self.recent.push_back(code.score);
            self.smooth = self.smooth.max(mean(&self.recent));
        } else {
            self.recent.push_back(code.score);
            self.smooth = mean(&self.recent);
        }
        match self.kinds.iter_mut().find(|(kind, _)| *kind == code.kind) {
            Some((_, sum)) => *sum += code.score,
            None => self.kinds.push((code.kind, code.score)),
        }
        if is_better(&code, &self.best.1) {
            self.best = (moment, code);
        }
    }

    /// How well a code continues this track; `None` if it is another code.
    fn likeness(&self, code: &Code) -> Option<f32> {
        let known = &self.best.1;
        let (before, now) = (self.place.bounds(), code.quad.bounds());
        let overlap = before.overlap(now);
        match (&known.text, &code.text) {
            (Some(a), Some(b)) => return (a == b && known.kind == code.kind).then_some(2.0 + overlap),
            // A code that is decoded in one frame may be located as another kind in the next.
            _ if known.kind != code.kind => return (overlap >= 0.5).then_some(overlap),
            _ => {}
        }
        if overlap >= 0.2 { Some(1.0 + overlap) } else { nearness(before, now) }
    }

    fn detection(self, end: Duration) -> Detection {
        let (moment, mut code) = self.best;
        if !code.is_decoded() {
            let surest = self.kinds.iter().max_by(|a, b| a.1.total_cmp(&b.1));
            code.kind = surest.map_or(code.kind, |(kind, _)| *kind);
            code.score = self.smooth * duration_factor(self.visible, end);
        }
        let seen = DetectionTimes { first: self.first, last: self.last, best: moment.at };
        Detection { code, frame: moment.frame, times: Some(seen) }
    }
}

fn mean(scores: &VecDeque<f32>) -> f32 {
    scores.iter().sum::<f32>() / scores.len().max(1) as f32
}

/// A factor on the score for how long a code is visible: a glimpse needs a higher score. A code that is visible half of the
/// time counts in full, however short the video (animations are repeated).
fn duration_factor(visible: Duration, end: Duration) -> f32 {
    const GLIMPSE: Duration = Duration::from_millis(750);
    const BRIEFLY: Duration = Duration::from_millis(1250);
    match visible {
        visible if visible.saturating_mul(2) >= end => 1.0,
        visible if visible < GLIMPSE => 0.7,
        visible if visible < BRIEFLY => 0.9,
        _ => 1.0,
    }
}

/// Is a frame better to show than another: decoded rather than located, with a higher score, larger?
fn is_better(code: &Code, than: &Code) -> bool {
    let area = |code: &Code| code.quad.bounds().area();
    match (code.is_decoded(), than.is_decoded()) {
        (true, true) => area(code) > 1.2 * area(than),
        (false, false) => code.score > than.score,
        (decoded, _) => decoded,
    }
}

/// How likely two boxes without overlap are one code that has moved: below 1; `None` if they are too far apart or differ in
/// size.
fn nearness(before: Rect, now: Rect) -> Option<f32> {
    const FAR: f32 = 0.9;
    const GROWTH: f32 = 1.6;
    let (small, large) = (before.side().min(now.side()), before.side().max(now.side()));
    let moved = before.centre().distance(now.centre());
    let is_near = small > 0.0 && large <= GROWTH * small && moved <= FAR * large;
    is_near.then(|| 1.0 - moved / large.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Duration = Duration::from_millis(500);

    fn code(left: f32, score: f32, text: Option<&str>) -> Code {
        let quad = Quad::of(Rect { left, top: 10.0, width: 100.0, height: 100.0 });
        Code { kind: CodeKind::Qr, quad, score, text: text.map(str::to_owned) }
    }

    /// Two frames a second; what each shows.
    fn film(frames: &[&[Code]]) -> Vec<Detection> {
        let mut tracker = CodeTracker::default();
        for (number, codes) in (0_u32..).zip(frames) {
            tracker.add(number, HALF * number, HALF, codes.to_vec());
        }
        tracker.finish(0.0)
    }

    fn span(detection: &Detection) -> (u128, u128) {
        let seen = detection.times.unwrap();
        (seen.first.as_millis(), seen.last.as_millis())
    }

    #[test]
    fn a_code_that_moves_slowly_is_one() {
        let frames: Vec<[Code; 1]> = (0_u8..8).map(|at| [code(f32::from(at) * 60.0, 0.8, None)]).collect();
        let frames: Vec<&[Code]> = frames.iter().map(<[Code; 1]>::as_slice).collect();
        let seen = film(&frames);
        assert_eq!(seen.len(), 1);
        assert_eq!(span(&seen[0]), (0, 4000));
        assert!((seen[0].code.score - 0.8).abs() < 1e-6);
    }

    #[test]
    fn what_is_read_once_is_certain_throughout() {
        let located = [code(0.0, 0.6, None)];
        let read = [code(2.0, 1.0, Some("wxp://"))];
        let seen = film(&[&located, &read, &located]);
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].code.score, seen[0].code.text.as_deref()), (1.0, Some("wxp://")));
        assert_eq!((seen[0].frame, span(&seen[0])), (1, (0, 1500)));
    }

    #[test]
    fn the_same_text_is_the_same_code_wherever_it_is() {
        let seen = film(&[&[code(0.0, 1.0, Some("a"))], &[code(900.0, 1.0, Some("a"))]]);
        assert_eq!(seen.len(), 1);
        let seen = film(&[&[code(0.0, 1.0, Some("a"))], &[code(0.0, 1.0, Some("b"))]]);
        assert_eq!(seen.len(), 2, "another text in the same place is another code");
        let twice = [code(0.0, 1.0, Some("a")), code(900.0, 1.0, Some("a"))];
        let seen = film(&[&twice, &twice]);
        assert_eq!(seen.len(), 2, "two copies at once are two");
        assert!(seen.iter().all(|detection| span(detection) == (0, 1000)));
    }

    #[test]
    fn gaps_of_a_second_are_bridged_and_longer_ones_are_not() {
        let shown = [code(0.0, 0.9, None)];
        let seen = film(&[&shown, &[], &[], &shown, &[], &[], &[], &shown]);
        assert_eq!(seen.iter().map(span).collect::<Vec<_>>(), [(0, 2000), (3500, 4000)]);
    }

    #[test]
    fn a_glimpse_must_be_surer_than_what_lasts() {
        let weak = [code(0.0, 0.6, None)];
        let empty: [&[Code]; 8] = [&[]; 8];
        let mut glimpse = vec![weak.as_slice()];
        glimpse.extend(empty);
        let mut frames = vec![weak.as_slice(); 3];
        frames.extend(empty);
        assert!(film(&glimpse)[0].code.score < 0.5);
        assert!((film(&frames)[0].code.score - 0.6).abs() < 1e-6);
        let sure = [code(0.0, 0.95, None)];
        glimpse[0] = &sure;
        assert!(film(&glimpse)[0].code.score > 0.5);
        // A flicker is worth no more than its neighbours.
        let peak = [&weak[..], &sure, &weak].into_iter().chain(empty).collect::<Vec<_>>();
        assert!((film(&peak)[0].code.score - 0.716_666).abs() < 1e-3);
    }

    #[test]
    fn a_frame_that_is_most_of_an_animation_counts_in_full() {
        let mut tracker = CodeTracker::default();
        let tenth = Duration::from_millis(100);
        tracker.add(0, Duration::ZERO, tenth, vec![code(0.0, 0.6, None)]);
        tracker.add(1, tenth, tenth, vec![]);
        assert!((tracker.finish(0.0)[0].code.score - 0.6).abs() < 1e-6);
    }

    #[test]
    fn what_was_read_decides_the_kind() {
        let as_qr = [code(0.0, 0.5, None)];
        let linear = [Code { kind: CodeKind::Linear, ..code(0.0, 1.0, Some("6901234567892")) }];
        let seen = film(&[&as_qr, &linear, &as_qr, &as_qr]);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].code.kind, CodeKind::Linear);
    }

    #[test]
    fn codes_below_the_floor_are_not_told() {
        let mut tracker = CodeTracker::default();
        tracker.add(0, Duration::ZERO, HALF, vec![code(0.0, 0.1, None), code(500.0, 0.3, None)]);
        assert_eq!(tracker.finish(0.2).len(), 1);
    }
}
