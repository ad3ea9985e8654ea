//! Round codes, from their geometry: mini-program codes (小程序码) and codes like Douyin's.
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
