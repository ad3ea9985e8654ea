//! What happens to codes before they are seen: covered, cut out, drawn over, made coarse.

use crate::canvas::{Area, Canvas, CanvasPoint, Colour, WHITE, average, mix};
use crate::qr::FlatCode;
use crate::rng::Rng;
use crate::{scenes, text};

/// Covers that share of the code's area with a sticker, a tape, a hand or a speech bubble.
pub fn cover(flat: &mut FlatCode, share: f32, rng: &mut Rng) {
    let code = flat.code;
    match rng.below(3) {
        0 => tape(flat, share, rng),
        1 => fingers(flat, share, rng),
        _ => {
            let width = code.width * rng.between(share.max(0.35), 0.95).min(1.0);
            let height = (code.width * code.width * share / width).min(code.height);
            let left = code.left + rng.unit() * (code.width - width);
            let top = code.top + rng.unit() * (code.height - height);
            let card = Area::new(left, top, width, height);
            let colour = scenes::vivid(rng);
            flat.canvas.rounded(card, height * 0.15, colour);
            let size = (height * 0.5).min(width * 0.3);
            let count = (width * 0.8 / size) as usize;
            let at = [left + width * 0.1, top + (height - size) / 2.0];
            text::line(&mut flat.canvas, at, size, count, rng, WHITE);
        }
    }
}

/// A band across the code.
fn tape(flat: &mut FlatCode, share: f32, rng: &mut Rng) {
    let code = flat.code;
    let angle = rng.between(-0.5, 0.5) + if rng.chance(0.4) { 1.57 } else { 0.0 };
    let thick = code.width * share * 0.95;
    let [cx, cy] = code.centre();
    let (dx, dy) = (angle.cos() * code.width, angle.sin() * code.width);
    let off = rng.between(-0.25, 0.25) * code.width;
    let (ox, oy) = (-angle.sin() * off, angle.cos() * off);
    let colour: Colour = *rng.pick(&[[226, 205, 150], [235, 235, 230], [70, 80, 90], [210, 50, 50]]);
    let corners = [[-1.0, -0.5], [1.0, -0.5], [1.0, 0.5], [-1.0, 0.5]].map(|[along, across]: CanvasPoint| {
        [cx + ox + along * dx - across * thick * angle.sin(), cy + oy + along * dy + across * thick * angle.cos()]
    });
    flat.canvas.polygon(&corners, colour);
}

/// Fingers that reach in from an edge.
fn fingers(flat: &mut FlatCode, share: f32, rng: &mut Rng) {
    let code = flat.code;
    let skin: Colour = *rng.pick(&[[231, 190, 160], [214, 165, 130], [186, 132, 98]]);
    let count = rng.whole(1, 3);
    let reach = rng.between(0.5, 0.75).max(share * 1.3);
    let thick = code.width * share / reach / count as f32;
    let side = rng.below(4);
    let from = rng.between(0.05, 0.9 - (thick * count as f32 / code.width).min(0.85));
    let canvas = &mut flat.canvas;
    for finger in 0..count {
        let across = code.width * from + thick * (finger as f32 + 0.5);
        let deep = code.width * reach * (1.0 - 0.1 * (finger - 1).abs() as f32);
        let place = |along: f32| match side {
            0 => [code.left + across, code.bottom() - along],
            1 => [code.left + across, code.top + along],
            2 => [code.left + along, code.top + across],
            _ => [code.right() - along, code.top + across],
        };
        canvas.line(place(-thick), place(deep), thick * 1.02, mix(skin, [90, 50, 30], 0.35));
        canvas.line(place(-thick), place(deep), thick * 0.92, skin);
        let nail = mix(skin, WHITE, 0.45);
        canvas.line(place(deep - thick * 0.1), place(deep + thick * 0.15), thick * 0.5, nail);
    }
}

/// Takes finders away: painted over with the ground, covered by a round or square sticker, or torn.
pub fn lose_finders(flat: &mut FlatCode, count: usize, ground: Colour, rng: &mut Rng) {
    let mut corners = [0, 1, 2];
    for i in 0..3 {
        corners.swap(i, i + rng.below(3 - i));
    }
    let how = rng.below(3);
    for &corner in &corners[..count] {
        let side = 7.0 * flat.module;
        let far = flat.code.width - side;
        let (dx, dy) = [(0.0, 0.0), (far, 0.0), (0.0, far)][corner];
        let finder = Area::new(flat.code.left + dx, flat.code.top + dy, side, side);
        match how {
            0 => flat.canvas.rect(finder.grown(flat.module * 0.6), ground),
            1 => {
                let colour = scenes::vivid(rng);
                flat.canvas.disc(finder.centre(), side * 0.6, colour);
                let at = [finder.left + side * 0.2, finder.top + side * 0.2];
                text::sign(&mut flat.canvas, at, side * 0.62, rng.below(600) as u64, 0.11, WHITE);
            }
            _ => {
                let colour = scenes::vivid(rng);
                let ragged: Vec<CanvasPoint> = (0..11)
                    .map(|i| {
                        let angle = i as f32 / 11.0 * std::f32::consts::TAU;
                        let [cx, cy] = finder.centre();
                        let reach = side * rng.between(0.58, 0.8);
                        [cx + angle.cos() * reach, cy + angle.sin() * reach]
                    })
                    .collect();
                flat.canvas.polygon(&ragged, colour);
            }
        }
    }
}

/// Strokes of a pen or brush and some writing across the code.
pub fn scribble(flat: &mut FlatCode, rng: &mut Rng) {
    let code = flat.code;
    let colour = scenes::vivid(rng);
    let within = |rng: &mut Rng| {
        [code.left + rng.between(-0.05, 1.05) * code.width, code.top + rng.between(-0.05, 1.05) * code.height]
    };
    match rng.below(3) {
        0 => {
            let thick = code.width * rng.between(0.03, 0.07);
            let points: Vec<CanvasPoint> = (0..rng.whole(5, 9)).map(|_| within(rng)).collect();
            flat.canvas.path(&points, thick, colour);
        }
        1 => {
            let thick = code.width * rng.between(0.05, 0.09);
            let [left, top] = [code.left, code.top];
            for [from, to] in [[[0.05, 0.05], [0.95, 0.95]], [[0.95, 0.05], [0.05, 0.95]]] {
                let at = |[u, v]: CanvasPoint| [left + u * code.width, top + v * code.height];
                flat.canvas.line(at(from), at(to), thick, colour);
            }
        }
        _ => {
            let size = code.width * rng.between(0.2, 0.3);
            for row in 0..2 {
                let at = [code.left + code.width * 0.05, code.top + code.height * (0.15 + 0.4 * row as f32)];
                text::line(&mut flat.canvas, at, size, (code.width * 0.9 / size) as usize, rng, colour);
            }
        }
    }
}

/// Makes an area of a scene coarse: blocks of that size take their average.
pub fn mosaic(scene: &mut Canvas, area: Area, block: f32) {
    let area = area.shared(scene.area());
    let steps = |from: f32, to: f32| {
        let count = ((to - from) / block).ceil() as usize;
        (0..count).map(move |i| (from + i as f32 * block, (from + (i + 1) as f32 * block).min(to)))
    };
    for (top, bottom) in steps(area.top, area.bottom()) {
        for (left, right) in steps(area.left, area.right()) {
            let (xs, ys) = (left as usize..right as usize, top as usize..bottom as usize);
            let all: Vec<[u8; 4]> =
                ys.clone().flat_map(|y| xs.clone().map(move |x| (x, y))).map(|(x, y)| scene.get(x, y)).collect();
            if all.is_empty() {
                continue;
            }
            let mean = average(&all);
            for (x, y) in ys.flat_map(|y| xs.clone().map(move |x| (x, y))) {
                scene.set(x, y, mean);
            }
        }
    }
}
