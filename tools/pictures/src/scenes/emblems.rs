//! Round things that are no codes: portraits with rims and signs, emblems with writing along the rim.

use std::f32::consts::TAU;

use super::{dark, pale, photo, vivid};
use crate::canvas::{Area, Canvas, CanvasPoint, Colour, WHITE};
use crate::rng::Rng;
use crate::round::{self, around};
use crate::text;
use crate::warp::{Bend, Warp};

fn ground(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    if rng.chance(0.4) { photo(rng, width, height) } else { Canvas::new(width, height, pale(rng)) }
}

/// Centres and radii of round things: in rows, or a few anywhere.
fn places(rng: &mut Rng, [w, h]: [f32; 2]) -> Vec<(CanvasPoint, f32)> {
    if rng.chance(0.5) {
        let across = rng.whole(1, 5);
        let cell = w / across as f32;
        let radius = cell * rng.between(0.25, 0.45);
        let rows = (h / cell) as i32;
        let each = (0..rows).flat_map(|y| (0..across).map(move |x| (x as f32 + 0.5, y as f32 + 0.5)));
        return each.map(|(x, y)| ([x * cell, y * cell], radius)).collect();
    }
    let count = rng.whole(1, 5);
    let anywhere = |rng: &mut Rng| [w * rng.between(0.1, 0.9), h * rng.between(0.1, 0.9)];
    (0..count).map(|_| (anywhere(rng), w * rng.octaves(0.03, 0.25))).collect()
}

/// Portraits cut out as discs, with a rim, a sign on the rim (follow, verified) or a plate below.
pub(super) fn avatars(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let mut canvas = ground(rng, width, height);
    let (rim, signed, plated) = (rng.chance(0.6), rng.chance(0.6), rng.chance(0.3));
    let (rim_colour, sign_colour) = (if rng.chance(0.4) { WHITE } else { vivid(rng) }, vivid(rng));
    for (at, radius) in places(rng, [width as f32, height as f32]) {
        if rim {
            canvas.disc(at, radius, rim_colour);
            if rng.chance(0.4) {
                canvas.disc(at, radius * 0.93, WHITE);
            }
        }
        let inner = radius * if rim { rng.between(0.82, 0.92) } else { 1.0 };
        if rng.chance(0.6) {
            cut_out(&mut canvas, at, inner, rng);
        } else {
            round::avatar(&mut canvas, at, inner, rng);
        }
        if signed {
            let sign = around(at, radius * 0.88, TAU / 8.0);
            canvas.disc(sign, radius * 0.26, WHITE);
            canvas.disc(sign, radius * 0.22, sign_colour);
            let reach = radius * 0.11;
            canvas.line([sign[0] - reach, sign[1]], [sign[0] + reach, sign[1]], radius * 0.05, WHITE);
            canvas.line([sign[0], sign[1] - reach], [sign[0], sign[1] + reach], radius * 0.05, WHITE);
        }
        if plated {
            let plate = Area::new(at[0] - radius * 0.6, at[1] + radius * 0.75, radius * 1.2, radius * 0.42);
            canvas.rounded(plate, radius * 0.2, sign_colour);
            let size = radius * 0.28;
            let left = at[0] - size * 1.5;
            text::line(&mut canvas, [left, plate.top + radius * 0.07], size, 3, rng, WHITE);
        }
    }
    canvas
}

/// A photograph as a disc.
fn cut_out(canvas: &mut Canvas, at: CanvasPoint, radius: f32, rng: &mut Rng) {
    let side = (2.0 * radius).ceil() as usize;
    let picture = photo(rng, side, side);
    let (left, top) = ((at[0] - radius) as isize, (at[1] - radius) as isize);
    for y in 0..side {
        for x in 0..side {
            let away = (x as f32 + 0.5 - radius).hypot(y as f32 + 0.5 - radius);
            let cover = (radius - away + 0.5).clamp(0.0, 1.0);
            let (Ok(to_x), Ok(to_y)) = (usize::try_from(left + x as isize), usize::try_from(top + y as isize)) else {
                continue;
            };
            if cover > 0.0 && to_x < canvas.width && to_y < canvas.height {
                let [r, g, b, _] = picture.get(x, y);
                canvas.blend(to_x, to_y, [r, g, b], cover);
            }
        }
    }
}

/// Seals, crests and coins: rims, writing along the rim, a star or a portrait in the middle.
pub(super) fn emblem(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let mut canvas = ground(rng, width, height);
    for (at, radius) in places(rng, [width as f32, height as f32]) {
        let (face, ink) = if rng.chance(0.5) { (pale(rng), dark(rng)) } else { (vivid(rng), WHITE) };
        canvas.disc(at, radius, face);
        let mut edge = radius * 0.96;
        for _ in 0..rng.whole(1, 2) {
            canvas.ring(at, edge, radius * rng.between(0.015, 0.05), ink);
            edge -= radius * 0.08;
        }
        let size = radius * rng.between(0.14, 0.26);
        writing(&mut canvas, at, edge - size * 0.7, size, ink, rng);
        edge -= size * 1.5;
        if rng.chance(0.5) {
            canvas.ring(at, edge, radius * 0.02, ink);
        }
        if rng.chance(0.6) {
            let points: Vec<CanvasPoint> = (0..10)
                .map(|k| around(at, edge * if k % 2 == 0 { 0.7 } else { 0.28 }, k as f32 / 10.0 * TAU - TAU / 4.0))
                .collect();
            canvas.polygon(&points, ink);
        } else {
            cut_out(&mut canvas, at, edge * 0.85, rng);
        }
    }
    canvas
}

/// Signs along a circle, their feet inwards.
fn writing(canvas: &mut Canvas, at: CanvasPoint, radius: f32, size: f32, ink: Colour, rng: &mut Rng) {
    const SIDE: usize = 32;
    let pitch = size * 1.15 / radius.max(1.0);
    let most = (TAU / pitch) as i32;
    let count = rng.whole(6.min(most), most);
    let first = -TAU / 4.0 - count as f32 * pitch / 2.0;
    let bold = rng.between(0.07, 0.12);
    for k in 0..count {
        let angle = first + (k as f32 + 0.5) * pitch;
        let mut letter = Canvas::clear(SIDE, SIDE);
        text::sign(&mut letter, [2.0, 2.0], SIDE as f32, rng.below(600) as u64, bold, ink);
        let place = around(at, radius, angle);
        Warp::new(place, [size, size], angle + TAU / 4.0, (0.0, 0.0), Bend::None).draw(&letter, canvas);
    }
}
