//! What was seen against what is there.

use std::collections::BTreeMap;

use dianjian_media::{Code, CodeKind, Rect, detect_codes};
use dianjian_rules::PackBuilder;
use dianjian_rules::language::{Param, Scalar};

use crate::items::{Group, Item, LoadedItem};
use crate::page::Tile;

/// From which scores on a code counts.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// A code is there.
    pub present: f32,
    /// A code may be there.
    pub suspected: f32,
    /// Do the shipped rules say so?
    pub of_rules: bool,
}

impl Thresholds {
    /// Those of the shipped rules for live rooms.
    pub fn shipped() -> Self {
        let (pack, _) = PackBuilder::default().shipped().build();
        let rules = pack.rules.iter().filter(|rule| rule.info.id.starts_with("live/"));
        let mut found = BTreeMap::new();
        for (name, param) in rules.flat_map(|rule| &rule.file.params) {
            if let Param::One(Scalar::Float(value)) = param.value {
                found.entry(name.as_str()).or_insert(value as f32);
            }
        }
        let of_rules = found.contains_key("present") && found.contains_key("suspected");
        let get = |name, otherwise| found.get(name).copied().unwrap_or(otherwise);
        Self { present: get("present", 0.5), suspected: get("suspected", 0.3), of_rules }
    }
}

/// How sure a code was seen, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    Decoded,
    Present,
    Suspected,
    Missed,
}

/// What a scan detected of a picture's codes, and what it wrongly detected.
pub struct Outcome {
    /// What it is for.
    pub group: Group,
    /// The name of the kind of picture, as in [`Item`].
    pub kind: String,
    /// For every code that is there, how sure it was seen and as what.
    pub seen: Vec<(Seen, Option<CodeKind>)>,
    /// Codes for viewers where there is none: the surest.
    pub alarm: Option<(Seen, CodeKind)>,
    /// How many codes were told more than once.
    pub twice: usize,
    /// What else was seen where there is no code for viewers.
    pub others: Vec<CodeKind>,
    /// Why it could not be scanned.
    pub problem: Option<String>,
    /// What a person should look at.
    pub tile: Option<Tile>,
}

impl Thresholds {
    fn seen(self, code: &Code) -> Seen {
        if code.is_decoded() {
            Seen::Decoded
        } else if code.score >= self.present {
            Seen::Present
        } else if code.score >= self.suspected {
            Seen::Suspected
        } else {
            Seen::Missed
        }
    }
}

/// Scans a picture and judges what was detected; `with_tile`: keeps a small copy where something is wrong.
pub fn judge(item: &Item, thresholds: Thresholds, with_tile: bool) -> Outcome {
    let mut outcome = Outcome {
        group: item.group,
        kind: item.kind.clone(),
        seen: Vec::new(),
        alarm: None,
        twice: 0,
        others: Vec::new(),
        problem: None,
        tile: None,
    };
    let loaded = match item.load() {
        Ok(loaded) => loaded,
        Err(problem) => {
            outcome.problem = Some(format!("{}: {problem}", item.name));
            return outcome;
        }
    };
    let codes: Vec<Vec<Code>> = loaded.frames.iter().map(|frame| detect_codes(frame, thresholds.suspected)).collect();
    let best = (0..codes.len()).max_by(|&a, &b| {
        let surest = |i: usize| codes[i].iter().map(|code| code.score).fold(0.0, f32::max);
        surest(a).total_cmp(&surest(b)).then(b.cmp(&a))
    });
    let Some(best) = best else { return outcome };
    compare(&mut outcome, item, &loaded, &codes[best], thresholds);
    let wrong = outcome.alarm.is_some() || outcome.seen.iter().any(|(seen, _)| *seen >= Seen::Suspected);
    if with_tile && wrong {
        let boxes = loaded.codes.as_deref().unwrap_or_default();
        outcome.tile = Some(Tile::new(item, &outcome, &loaded.frames[best].image, boxes, &codes[best]));
    }
    outcome
}

fn compare(outcome: &mut Outcome, item: &Item, loaded: &LoadedItem, codes: &[Code], thresholds: Thresholds) {
    let surest = |codes: &mut dyn Iterator<Item = &Code>| {
        let best = codes.min_by(|a, b| thresholds.seen(a).cmp(&thresholds.seen(b)).then(b.score.total_cmp(&a.score)));
        best.map(|code| (thresholds.seen(code), code.kind))
    };
    let viewers = || codes.iter().filter(|code| code.kind.is_for_viewers());
    match &loaded.codes {
        None if item.expects_one() => {
            let best = surest(&mut viewers());
            outcome.seen.push(best.map_or((Seen::Missed, None), |(seen, kind)| (seen, Some(kind))));
        }
        None => outcome.alarm = surest(&mut viewers()),
        Some(boxes) => {
            for &place in boxes {
                outcome.twice += usize::from(viewers().filter(|code| covers(code, place)).count() > 1);
                let best = surest(&mut viewers().filter(|code| covers(code, place)));
                let as_what = best.map(|best| best.1);
                let as_other = || codes.iter().find(|code| covers(code, place)).map(|code| code.kind);
                outcome.seen.push((best.map_or(Seen::Missed, |best| best.0), as_what.or_else(as_other)));
            }
            let beside = |code: &&Code| boxes.iter().all(|&place| !covers(code, place));
            outcome.alarm = surest(&mut viewers().filter(beside));
        }
    }
    outcome.alarm = outcome.alarm.filter(|(seen, _)| *seen < Seen::Missed);
    outcome.others = codes.iter().map(|code| code.kind).filter(|kind| !kind.is_for_viewers()).collect();
}

/// Is a code seen in that place?
fn covers(code: &Code, place: Rect) -> bool {
    let bounds = code.quad.bounds();
    let centre = bounds.centre();
    let inside = centre.x >= place.left
        && centre.x <= place.right()
        && centre.y >= place.top
        && centre.y <= place.bottom()
        // A box over the whole picture has its centre somewhere, too.
        && bounds.area() <= 6.0 * place.area();
    inside || bounds.overlap(place) >= 0.3
}
