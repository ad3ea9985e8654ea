//! Round codes, from their geometry: mini-program codes (小程序码), reward codes (赞赏码), Channels codes (视频号码) and
//! codes like Douyin's.
//!
//! A mini-program code: 36, 54 or 72 spokes of dashes with round ends between about 0.53 and 1 of the radius, three
//! eyes whose ring, gap, dot, gap and ring measure 0.8 : 1.2 : 1 : 1.2 : 0.8, a badge where a fourth eye
//! would be, a picture in the middle (WeChat's own account of the design, "小程序码为什么是一朵菊花", 2017).

use std::f32::consts::TAU;

use crate::canvas::{Area, BLACK, Canvas, CanvasPoint, Colour, Paint, WHITE, mix};
use crate::qr::FlatCode;
use crate::rng::Rng;
use crate::{scenes, text};

/// How a round code looks.
#[derive(Debug, Clone)]
pub struct RoundStyle {
    pub ink: Colour,
    /// The ground's; `None`: what lies below is seen.
    pub ground: Option<Colour>,
    /// A disc rather than a square of ground.
    pub on_disc: bool,
}

impl RoundStyle {
    /// Black on white most often, otherwise one colour, on a disc, on a card or on what lies below.
    #[must_use]
    pub fn some(rng: &mut Rng) -> Self {
        let ink = if rng.chance(0.6) { BLACK } else { mix(scenes::vivid(rng), BLACK, 0.25) };
        Self { ink, ground: Some(WHITE), on_disc: rng.chance(0.4) }
    }
}

/// A canvas with the ground of a code of that radius around its middle.
fn sheet(radius: f32, look: &RoundStyle) -> (Canvas, CanvasPoint) {
    let margin = radius * 0.12;
    let all = (2.0 * (radius + margin)).ceil() as usize;
    let mut canvas = Canvas::clear(all, all);
    let middle = [all as f32 / 2.0; 2];
    if let Some(ground) = look.ground {
        let corner = if look.on_disc { all as f32 / 2.0 } else { margin * 0.5 };
        canvas.rounded(canvas.area(), corner, ground);
    }
    (canvas, middle)
}

fn finished(canvas: Canvas, middle: CanvasPoint, radius: f32) -> FlatCode {
    let code = Area::new(middle[0] - radius, middle[1] - radius, 2.0 * radius, 2.0 * radius);
    FlatCode { canvas, code, module: radius * 0.04 }
}

/// The place on a circle about a point at that angle (radians, clockwise from the right).
pub(crate) fn around([x, y]: CanvasPoint, radius: f32, angle: f32) -> CanvasPoint {
    [x + radius * angle.cos(), y + radius * angle.sin()]
}

/// A mini-program code of that radius in pixels.
#[must_use]
pub fn mini_program(radius: f32, look: &RoundStyle, rng: &mut Rng) -> FlatCode {
    let (mut canvas, middle) = sheet(radius, look);
    let spokes = *rng.pick(&[36, 36, 54, 72]);
    let (eyes, badge) = (0.625 * radius, [middle[0] + 0.63 * radius, middle[1] + 0.63 * radius]);
    let eye_at = [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]].map(|[x, y]| [middle[0] + x * eyes, middle[1] + y * eyes]);
    let pen = radius * if spokes == 36 { 0.042 } else { 0.030 };
    let cells = if spokes == 36 { 8 } else { 11 };
    let free = |at: CanvasPoint| {
        eye_at.iter().all(|eye| (at[0] - eye[0]).hypot(at[1] - eye[1]) > radius * 0.145)
            && (at[0] - badge[0]).hypot(at[1] - badge[1]) > radius * 0.25
    };
    for spoke in 0..spokes {
        let angle = (spoke as f32 + 0.5) / spokes as f32 * TAU;
        let out = |cell: i32| radius * (0.54 + 0.44 * cell as f32 / (cells - 1) as f32);
        let set: Vec<bool> =
            (0..cells).map(|cell| rng.chance(0.52) && free(around(middle, out(cell), angle))).collect();
        let mut cell = 0;
        while cell < cells {
            if !set[cell as usize] {
                cell += 1;
                continue;
            }
            let first = cell;
            while cell + 1 < cells && set[cell as usize + 1] {
                cell += 1;
            }
            canvas.line(around(middle, out(first), angle), around(middle, out(cell), angle), pen, look.ink);
            cell += 1;
        }
    }
    // The eye's five parts make 5 units; the outer diameter is 0.19 of the radius.
    let unit = radius * 0.19 / 5.0;
    for eye in eye_at {
        canvas.ring(eye, 2.1 * unit, 0.8 * unit, look.ink);
        canvas.disc(eye, 0.5 * unit, look.ink);
    }
    badge_at(&mut canvas, badge, radius * 0.195, look, rng);
    avatar(&mut canvas, middle, radius * rng.between(0.42, 0.48), rng);
    finished(canvas, middle, radius)
}

fn badge_at(canvas: &mut Canvas, at: CanvasPoint, radius: f32, look: &RoundStyle, rng: &mut Rng) {
    let colour = if rng.chance(0.6) { [42, 164, 71] } else { look.ink };
    canvas.disc(at, radius, colour);
    for (side, from) in [(1.0, 2.4), (-1.0, 2.4 + TAU / 2.0)] {
        let middle = [at[0] + side * radius * 0.28, at[1] - side * radius * 0.22];
        canvas.arc(middle, radius * 0.3, radius * 0.17, from, 4.2, WHITE);
    }
}

/// A reward code of that radius in pixels: a mini-program code's spokes around a heart or a coin.
#[must_use]
pub fn reward(radius: f32, look: &RoundStyle, rng: &mut Rng) -> FlatCode {
    let mut flat = mini_program(radius, look, rng);
    let middle = flat.code.centre();
    let (colour, r) = (*rng.pick(&[[242, 86, 66], [250, 157, 59], [214, 174, 92]]), radius * 0.46);
    flat.canvas.disc(middle, r, colour);
    if rng.chance(0.3) {
        flat.canvas.ring(middle, r * 0.6, r * 0.16, WHITE);
        return flat;
    }
    for side in [-1.0, 1.0] {
        flat.canvas.disc([middle[0] + side * r * 0.24, middle[1] - r * 0.14], r * 0.3, WHITE);
    }
    let tip = [middle[0], middle[1] + r * 0.56];
    flat.canvas.polygon(&[[middle[0] - r * 0.52, middle[1]], [middle[0] + r * 0.52, middle[1]], tip], WHITE);
    flat
}

/// The looks of Channels codes: black, orange or any colour on white, or white on a coloured card.
#[must_use]
pub fn channels_style(rng: &mut Rng) -> RoundStyle {
    let on_disc = rng.chance(0.25);
    let (ink, ground) = match rng.below(10) {
        0..4 => (BLACK, WHITE),
        4..7 => ([250, 143, 40], WHITE),
        7 => (mix(scenes::vivid(rng), BLACK, 0.3), WHITE),
        8 => (mix(scenes::dark(rng), BLACK, 0.2), scenes::pale(rng)),
        _ => (WHITE, mix(scenes::vivid(rng), BLACK, 0.35)),
    };
    RoundStyle { ink, ground: Some(ground), on_disc }
}

/// A Channels code of that radius in pixels: 40 to 50 arms of dots on spirals, each dot as far from the next as from
/// the next arm's, some missing; three eyes and a disc at the corners, a portrait in the middle.
#[must_use]
pub fn channels(radius: f32, look: &RoundStyle, rng: &mut Rng) -> FlatCode {
    let (mut canvas, middle) = sheet(radius, look);
    let arms = rng.whole(40, 50);
    let inner = rng.between(0.4, 0.54);
    // Dots of a spiral keep their shape: what grows is the scale alone.
    let step = 1.0 + TAU / arms as f32 * rng.between(0.8, 1.25);
    let swirl = *rng.pick(&[-1.0, 1.0]) * rng.between(0.35, 1.3);
    let share = rng.between(0.36, 0.47) * TAU / arms as f32;
    let eye = radius * rng.between(0.1, 0.135);
    let corner = radius * rng.between(0.62, 0.7);
    let badge = eye * rng.between(1.0, 1.45);
    let at = |x: f32, y: f32| [middle[0] + x * corner, middle[1] + y * corner];
    let corners = [(at(-1.0, -1.0), eye), (at(1.0, -1.0), eye), (at(-1.0, 1.0), eye), (at(1.0, 1.0), badge)];
    let filled = rng.between(0.6, 0.92);
    for arm in 0..arms {
        let mut out = inner;
        while out * (1.0 + share) <= 1.0 {
            let angle = arm as f32 / arms as f32 * TAU + swirl * (out / inner).ln();
            let (dot, size) = (around(middle, out * radius, angle), out * share * radius);
            let free = corners.iter().all(|&([x, y], r)| (dot[0] - x).hypot(dot[1] - y) > r * 1.25 + size);
            if free && rng.chance(filled) {
                canvas.disc(dot, size, look.ink);
            }
            out *= step;
        }
    }
    let ball = rng.between(0.36, 0.56);
    for &(place, r) in &corners[..3] {
        canvas.ring(place, r * 0.86, r * 0.28, look.ink);
        canvas.disc(place, r * ball, look.ink);
    }
    let [x, y] = corners[3].0;
    canvas.disc([x, y], badge, if rng.chance(0.7) { [250, 157, 59] } else { look.ink });
    for side in [-1.0, 1.0] {
        let wing = [x + side * badge * 0.3, y];
        canvas.arc(wing, badge * 0.3, badge * 0.13, if side < 0.0 { 0.6 } else { 3.7 }, 5.0, WHITE);
    }
    avatar(&mut canvas, middle, radius * (inner - rng.between(0.06, 0.14)), rng);
    let mut flat = finished(canvas, middle, radius);
    if rng.chance(0.35) {
        named_card(&mut flat, look, rng);
    }
    flat
}

/// Puts a code onto a card with somebody's name below.
fn named_card(flat: &mut FlatCode, look: &RoundStyle, rng: &mut Rng) {
    let side = flat.canvas.width;
    let mut card = Canvas::clear(side, side + side / 4);
    card.rounded(card.area(), side as f32 * 0.05, look.ground.unwrap_or(WHITE));
    card.paste(&flat.canvas, 0, 0);
    let size = side as f32 * 0.1;
    let count = rng.whole(2, 6) as usize;
    let left = (side as f32 - size * count as f32) / 2.0;
    text::line(&mut card, [left, side as f32 * 1.05], size, count, rng, look.ink);
    flat.canvas = card;
}

/// A head and shoulders, or a sign, on a disc of colour.
pub fn avatar(canvas: &mut Canvas, at: CanvasPoint, radius: f32, rng: &mut Rng) {
    let (from, to) = (scenes::vivid(rng), scenes::vivid(rng));
    let paint = Paint::Gradient(from, [at[0], at[1] - radius], to, [at[0], at[1] + radius]);
    canvas.disc(at, radius, paint);
    if rng.chance(0.5) {
        let light = mix(to, WHITE, 0.75);
        canvas.disc([at[0], at[1] - radius * 0.2], radius * 0.36, light);
        canvas.arc([at[0], at[1] + radius * 0.95], radius * 0.55, radius * 0.22, 3.5, 2.4, light);
    } else {
        let side = radius * 1.15;
        let sign_at = [at[0] - side * 0.45, at[1] - side * 0.45];
        text::sign(canvas, sign_at, side, rng.below(600) as u64, 0.1, WHITE);
    }
}

/// A code like Douyin's of that radius in pixels: broken rings, three eyes, a note in the middle.
#[must_use]
pub fn rings(radius: f32, look: &RoundStyle, rng: &mut Rng) -> FlatCode {
    let (mut canvas, middle) = sheet(radius, look);
    let count = rng.whole(5, 7);
    let inner = rng.between(0.44, 0.52);
    let step = (1.0 - inner) / count as f32;
    let pen = radius * step * rng.between(0.5, 0.68);
    let eyes = [-0.75f32, -0.25, 0.25].map(|turn| around(middle, radius * 0.8, (turn + 0.125 * 3.0) * TAU));
    let clear = radius * 0.2;
    for ring in 0..count {
        let reach = radius * (inner + step * (ring as f32 + 0.5));
        let cells = (TAU * reach / (pen * 1.75)) as i32;
        let set: Vec<bool> = (0..cells)
            .map(|cell| {
                let at = around(middle, reach, cell as f32 / cells as f32 * TAU);
                rng.chance(0.55) && eyes.iter().all(|eye| (at[0] - eye[0]).hypot(at[1] - eye[1]) > clear)
            })
            .collect();
        let mut cell = 0;
        while cell < cells {
            let first = cell;
            while cell < cells && set[cell as usize] {
                cell += 1;
            }
            if cell > first {
                let angle = |cell: i32| cell as f32 / cells as f32 * TAU;
                let sweep = angle(cell - 1 - first).min(TAU * 0.9);
                canvas.arc(middle, reach, pen, angle(first), sweep, look.ink);
            }
            cell += 1;
        }
    }
    for eye in eyes {
        canvas.ring(eye, radius * 0.125, radius * 0.045, look.ink);
        canvas.disc(eye, radius * 0.06, look.ink);
    }
    if rng.chance(0.5) {
        avatar(&mut canvas, middle, radius * (inner - 0.08), rng);
    } else {
        note(&mut canvas, middle, radius * 0.34);
    }
    finished(canvas, middle, radius)
}

/// A music note, twice shifted in colour.
fn note(canvas: &mut Canvas, [x, y]: CanvasPoint, size: f32) {
    for (shift, colour) in [(-0.05, [37, 244, 238]), (0.05, [254, 44, 85]), (0.0, [20, 20, 24])] {
        let (x, y) = (x + shift * size, y + shift * size);
        canvas.ring([x - size * 0.25, y + size * 0.4], size * 0.36, size * 0.24, colour);
        canvas.line([x + size * 0.12, y + size * 0.4], [x + size * 0.12, y - size * 0.75], size * 0.24, colour);
        canvas.arc([x + size * 0.62, y - size * 0.75], size * 0.46, size * 0.22, 1.7, 1.4, colour);
    }
}
