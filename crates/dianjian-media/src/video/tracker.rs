//! Follows codes over frames: one detection per code, from its first frame to its last.
//!
//! A code is followed by its payload or by its place. Where it went on moving is expected from how it moved before, so that
//! one that slides through the picture stays one; gaps of up to a second are bridged. What was located on the way between
//! two places where the same code was decoded is that code. A code that was decoded once is certain for as long as it is followed. A code that was only located must
//! last, or have a higher score: a minute of video has more than a hundred frames, each of them another chance to take a
//! fold of cloth for a code.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{Code, CodeKind, Detection, DetectionTimes, Point, Quad, Rect};

/// A code that disappears for no longer than this is still the same one.
const MAX_GAP: Duration = Duration::from_secs(1);

/// Scores are averaged over this time, whatever the number of frames in it, and over at least [`MIN_WINDOW`] frames: chance
/// looks the same in frames that follow each other quickly.
const WINDOW: Duration = Duration::from_millis(1500);
const MIN_WINDOW: usize = 3;

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
        let taken = self.matches(&codes, at);
        for (code, track) in codes.into_iter().zip(taken) {
            match track {
                Some(track) => {
                    let from = self.open[track].place.bounds();
                    let since = self.open[track].seen;
                    self.open[track].add(moment, code);
                    self.absorb(track, from, since);
                }
                None if self.open.len() + self.done.len() < MAX_TRACKS => self.open.push(CodeTrack::new(moment, code)),
                None => {}
            }
        }
        // Absorbed tracks stay in their places while tracks are matched by their numbers.
        self.open.retain(|track| !track.is_absorbed);
    }

    /// Takes what was only located between two places where the code of a track was decoded for that code: a code that
    /// slides quickly is blurred in some frames, and too far from its place in the last one.
    fn absorb(&mut self, track: usize, from: Rect, since: Duration) {
        let CodeTrack { best: (_, known), place, seen, .. } = &self.open[track];
        if !known.is_decoded() || *seen <= since {
            return;
        }
        let (to, until) = (place.bounds(), *seen);
        for other in &mut self.open {
            let is_between = !other.best.1.is_decoded()
                && other.first > since
                && other.seen < until
                && is_on_the_way(from, to, other.place.bounds());
            other.is_absorbed |= is_between;
        }
    }

    /// The track of each code, one code per track: the likeliest pairs first, then as many pairs as possible. Of two codes
    /// that move together, the one behind is likelier where the other one was, and that one would be left over.
    fn matches(&self, codes: &[Code], at: Duration) -> Vec<Option<usize>> {
        let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
        for (number, code) in codes.iter().enumerate() {
            let alike = self.open.iter().enumerate();
            pairs.extend(alike.filter_map(|(track, known)| Some((known.likeness(code, at)?, number, track))));
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut taken = vec![None; codes.len()];
        let mut owners = vec![None; self.open.len()];
        for &(_, number, track) in &pairs {
            if taken[number].is_none() && owners[track].is_none() {
                taken[number] = Some(track);
                owners[track] = Some(number);
            }
        }
        // What is known by its text keeps its track.
        pairs.retain(|(likeness, ..)| *likeness < 2.0);
        for number in 0..codes.len() {
            if taken[number].is_none() {
                make_room(number, &pairs, &mut taken, &mut owners, &mut vec![false; self.open.len()]);
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

/// Finds a track for a code without one by giving others another track that they may have, too. Returns whether it did.
fn make_room(
    number: usize,
    pairs: &[(f32, usize, usize)],
    taken: &mut [Option<usize>],
    owners: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &(_, _, track) in pairs.iter().filter(|(_, code, _)| *code == number) {
        if std::mem::replace(&mut tried[track], true) {
            continue;
        }
        let owner = owners[track];
        let may_leave = |owner: usize| pairs.iter().any(|&(_, code, other)| code == owner && other == track);
        if owner.is_none_or(|owner| may_leave(owner) && make_room(owner, pairs, taken, owners, tried)) {
            taken[number] = Some(track);
            owners[track] = Some(number);
            return true;
        }
    }
    false
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
    /// When that frame appears.
    seen: Duration,
    /// How far its centre moves in a second, by the last two frames that show it.
    speed: [f32; 2],
    /// Its best frame, and the code there.
    best: (FrameTime, Code),
    /// Summed scores by kind, which decide the kind unless the code is decoded.
    kinds: Vec<(CodeKind, f32)>,
    /// The ends and scores of the frames in the last [`WINDOW`].
    recent: VecDeque<(Duration, f32)>,
    /// The highest average of a window so far.
    smooth: f32,
    window_is_full: bool,
    /// How long it is visible, without gaps.
    visible: Duration,
    /// Is it another track's code?
    is_absorbed: bool,
}

impl CodeTrack {
    fn new(moment: FrameTime, code: Code) -> Self {
        let mut track = Self {
            first: moment.at,
            last: moment.end,
            place: code.quad,
            seen: moment.at,
            speed: [0.0; 2],
            best: (moment, code.clone()),
            kinds: Vec::new(),
            recent: VecDeque::new(),
            smooth: 0.0,
            window_is_full: false,
            visible: Duration::ZERO,
            is_absorbed: false,
        };
        track.add(moment, code);
        track
    }

    fn add(&mut self, moment: FrameTime, code: Code) {
        let passed = moment.at.saturating_sub(self.seen).as_secs_f32();
        if passed > 0.0 {
            let (before, now) = (self.place.bounds().centre(), code.quad.bounds().centre());
            self.speed = [(now.x - before.x) / passed, (now.y - before.y) / passed];
        }
        self.last = moment.end;
        (self.place, self.seen) = (code.quad, moment.at);
        self.visible += moment.end.saturating_sub(moment.at);
        self.average(moment, code.score);
        match self.kinds.iter_mut().find(|(kind, _)| *kind == code.kind) {
            Some((_, sum)) => *sum += code.score,
            None => self.kinds.push((code.kind, code.score)),
        }
        if is_better(&code, &self.best.1) {
            self.best = (moment, code);
        }
    }

    /// Counts a score in the averages of [`WINDOW`], of which the highest is kept. Until the first one is full, it is the
    /// average of what there is.
    fn average(&mut self, moment: FrameTime, score: f32) {
        self.recent.push_back((moment.end, score));
        let mut is_full = false;
        while self.recent.len() > MIN_WINDOW
            && self.recent.front().is_some_and(|(end, _)| moment.end.saturating_sub(*end) >= WINDOW)
        {
            self.recent.pop_front();
            is_full = true;
        }
        self.window_is_full |= is_full;
        let mean = mean(&self.recent);
        self.smooth = if self.window_is_full { self.smooth.max(mean) } else { mean };
    }

    /// How well a code continues this track; `None` if it is another code.
    fn likeness(&self, code: &Code, at: Duration) -> Option<f32> {
        let known = &self.best.1;
        let (before, now) = (self.place.bounds(), code.quad.bounds());
        let expected = self.expected(at);
        let overlap = before.overlap(now).max(expected.overlap(now));
        match (&known.text, &code.text) {
            (Some(a), Some(b)) => return (a == b && known.kind == code.kind).then_some(2.0 + overlap),
            // A code that is decoded in one frame may be located as another kind in the next.
            _ if known.kind != code.kind => return (overlap >= 0.5).then_some(overlap),
            _ => {}
        }
        if overlap >= 0.2 { Some(1.0 + overlap) } else { nearness(before, now).or_else(|| nearness(expected, now)) }
    }

    /// Where it is expected at a time if it moves on as before.
    fn expected(&self, at: Duration) -> Rect {
        let (place, passed) = (self.place.bounds(), at.saturating_sub(self.seen).as_secs_f32());
        let [across, down] = self.speed.map(|speed| speed * passed);
        Rect { left: place.left + across, top: place.top + down, ..place }
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

fn mean(scores: &VecDeque<(Duration, f32)>) -> f32 {
    scores.iter().map(|(_, score)| score).sum::<f32>() / scores.len().max(1) as f32
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

/// Does a box of about the same size lie on the straight way from one to another?
fn is_on_the_way(from: Rect, to: Rect, place: Rect) -> bool {
    const GROWTH: f32 = 1.6;
    let (small, large) = (from.side().min(to.side()), from.side().max(to.side()));
    let (start, end, middle) = (from.centre(), to.centre(), place.centre());
    let (across, down) = (end.x - start.x, end.y - start.y);
    let length = across.mul_add(across, down * down);
    let part = ((middle.x - start.x) * across + (middle.y - start.y) * down) / length.max(f32::MIN_POSITIVE);
    let part = part.clamp(0.0, 1.0);
    let nearest = Point::new(start.x + part * across, start.y + part * down);
    (small / GROWTH..=large * GROWTH).contains(&place.side()) && nearest.distance(middle) <= 0.5 * place.side()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    /// Five frames a second of a code that starts at `left` and moves by `step` pixels a frame.
    fn slide(step: f32, text: impl Fn(u32) -> Option<&'static str>) -> Vec<Detection> {
        let (mut tracker, fifth) = (CodeTracker::default(), Duration::from_millis(200));
        for number in 0..8 {
            let code = code(step * number as f32, 0.8, text(number));
            tracker.add(number, fifth * number, fifth, vec![code]);
        }
        tracker.finish(0.2)
    }

    #[test]
    fn a_code_that_slides_through_is_one() {
        for step in [0.0, 40.0, 85.0, -85.0] {
            assert_eq!(slide(step, |_| None).len(), 1, "located only, {step}");
            assert_eq!(slide(step, |number| (number == 3).then_some("a")).len(), 1, "decoded once, {step}");
        }
        // Decoded in some frames and blurred in others, further than its side from one to the next.
        for step in [150.0, 300.0] {
            assert_eq!(slide(step, |number| (number % 3 != 1).then_some("a")).len(), 1, "{step}");
        }
    }

    #[test]
    fn a_code_beside_the_way_of_another_is_one_of_its_own() {
        let (mut tracker, fifth) = (CodeTracker::default(), Duration::from_millis(200));
        let aside =
            Code { quad: code(300.0, 0.8, None).quad.map(|at| Point::new(at.x, at.y + 200.0)), ..code(0.0, 0.8, None) };
        for (number, codes) in
            [vec![code(0.0, 1.0, Some("a"))], vec![aside], vec![code(600.0, 1.0, Some("a"))]].into_iter().enumerate()
        {
            tracker.add(number as u32, fifth * number as u32, fifth, codes);
        }
        assert_eq!(tracker.finish(0.2).len(), 2);
    }

    #[test]
    fn a_code_that_comes_nearer_is_one() {
        let (mut tracker, fifth) = (CodeTracker::default(), Duration::from_millis(200));
        for number in 0_u32..8 {
            let side = 40.0 * 1.35_f32.powi(number as i32);
            let quad = Quad::of(Rect { left: 300.0 - side, top: 200.0 - side / 2.0, width: side, height: side });
            tracker.add(number, fifth * number, fifth, vec![Code { quad, ..code(0.0, 0.8, None) }]);
        }
        assert_eq!(tracker.finish(0.2).len(), 1);
    }

    proptest! {
        #[test]
        fn two_codes_that_stay_apart_stay_two(
            speed in -80.0_f32..80.0, gap in 130.0_f32..400.0, texts in 0_u8..3, frames in 3_u32..12,
        ) {
            let (mut tracker, fifth) = (CodeTracker::default(), Duration::from_millis(200));
            for number in 0..frames {
                let left = speed * number as f32;
                let first = code(left, 0.8, (texts > 0).then_some("a"));
                let second = code(left + gap, 0.8, (texts > 1).then_some("b"));
                tracker.add(number, fifth * number, fifth, vec![first, second]);
            }
            prop_assert_eq!(tracker.finish(0.2).len(), 2);
        }
    }
}
