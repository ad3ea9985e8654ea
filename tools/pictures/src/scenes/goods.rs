//! Scenes of things for sale: a product on a table, packages on a shelf.

use super::{dark, pale, screens, vivid};
use crate::canvas::{Area, BLACK, Canvas, Colour, Paint, WHITE, mix};
use crate::qr::FlatCode;
use crate::rng::Rng;
use crate::symbols::Modules;
use crate::text;

pub(super) fn product(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, WHITE);
    let wall = pale(rng);
    let table = mix(vivid(rng), WHITE, rng.between(0.3, 0.8));
    let edge = h * rng.between(0.5, 0.7);
    canvas.rect(canvas.area(), Paint::Gradient(wall, [0.0, 0.0], mix(wall, BLACK, 0.18), [0.0, edge]));
    let lower = Area::new(0.0, edge, w, h - edge);
    canvas.rect(lower, Paint::Gradient(mix(table, BLACK, 0.25), [0.0, edge], table, [0.0, h]));
    let count = rng.whole(1, 4);
    for item in 0..count {
        let wide = w * rng.between(0.18, 0.36);
        let high = (wide * rng.between(1.0, 2.6)).min(h * 0.6);
        let left = w * (item as f32 + rng.between(0.1, 0.5)) / count as f32 - wide * 0.1;
        let bottom = edge + h * rng.between(0.04, 0.2);
        thing(&mut canvas, Area::new(left, bottom - high, wide, high), rng);
    }
    if rng.chance(0.5) {
        screens::price(&mut canvas, [w * 0.1, h * 0.88], w * 0.08, rng);
    }
    super::nature::grain(&mut canvas, rng, 3.0);
    canvas
}

/// A bottle, a box or a bag with a label.
fn thing(canvas: &mut Canvas, area: Area, rng: &mut Rng) {
    let colour = vivid(rng);
    let light = mix(colour, WHITE, 0.45);
    let deep = mix(colour, BLACK, 0.45);
    let shade = Paint::Gradient(light, [area.left, 0.0], deep, [area.right(), 0.0]);
    canvas.shadow(area, area.width * 0.1, area.width * 0.12, 0.5);
    match rng.below(3) {
        0 => {
            let neck = area.width * 0.34;
            let top = Area::new(area.left + (area.width - neck) / 2.0, area.top, neck, area.height * 0.3);
            canvas.rounded(top, neck * 0.2, shade);
            let cap = Area { height: area.height * 0.1, ..top };
            canvas.rounded(cap.grown(neck * 0.06), neck * 0.1, dark(rng));
            let body = Area { top: area.top + area.height * 0.22, height: area.height * 0.78, ..area };
            canvas.rounded(body, area.width * 0.22, shade);
        }
        1 => {
            canvas.rounded(area, area.width * 0.03, shade);
            let side = [
                [area.right(), area.top],
                [area.right() + area.width * 0.18, area.top - area.width * 0.1],
                [area.right() + area.width * 0.18, area.bottom() - area.width * 0.1],
                [area.right(), area.bottom()],
            ];
            canvas.polygon(&side, mix(deep, BLACK, 0.3));
        }
        _ => canvas.rounded(area, area.width * 0.12, shade),
    }
    let label =
        Area::new(area.left + area.width * 0.14, area.top + area.height * 0.42, area.width * 0.72, area.height * 0.4);
    canvas.rounded(label, area.width * 0.04, mix(pale(rng), WHITE, 0.5));
    let size = label.width / 4.4;
    let ink = Paint::Flat(dark(rng));
    text::line(canvas, [label.left + size * 0.4, label.top + size * 0.3], size, 3, rng, ink);
    let lines = Area::new(
        label.left + label.width * 0.08,
        label.top + size * 1.6,
        label.width * 0.84,
        (label.height - size * 1.8).max(0.0),
    );
    text::block(canvas, lines, (label.width / 16.0).max(5.0), rng, ink);
    let gloss =
        Area::new(area.left + area.width * 0.1, area.top + area.height * 0.26, area.width * 0.05, area.height * 0.68);
    canvas.veil(gloss, area.width * 0.03, WHITE, 0.35);
}

pub(super) fn shelf(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, mix(dark(rng), WHITE, 0.4));
    let rows = rng.whole(4, 7);
    for row in 0..rows {
        let floor = h * (row as f32 + 1.0) / rows as f32 - h * 0.02;
        let mut x = 0.0;
        while x < w {
            let wide = w * rng.between(0.07, 0.16);
            let high = (h / rows as f32) * rng.between(0.55, 0.85);
            for _ in 0..rng.whole(1, 3) {
                thing(
                    &mut canvas,
                    Area::new(x, floor - high, wide * 0.95, high),
                    &mut Rng::new("same", rng.below(40) as u64),
                );
                x += wide;
            }
        }
        canvas.rect(Area::new(0.0, floor, w, h * 0.02), [210, 206, 198]);
    }
    super::nature::grain(&mut canvas, rng, 4.0);
    canvas
}

/// A code of packaging in print: bars with their figures below, or modules; `module` pixels a module.
#[must_use]
pub fn barcode(modules: &Modules, content: &str, module: f32, ink: Colour, ground: Colour) -> FlatCode {
    let linear = modules.height == 1;
    let tall = if linear { modules.width as f32 * module * 0.45 } else { 0.0 };
    let row = if linear { tall } else { module };
    let quiet = module * if linear { 9.0 } else { 2.0 };
    let figures = if linear { module * 9.0 } else { 0.0 };
    let (wide, high) = (modules.width as f32 * module, modules.height as f32 * row);
    let all = [(wide + 2.0 * quiet).ceil(), (high + figures + 2.0 * quiet.min(module * 4.0)).ceil()];
    let mut canvas = Canvas::new(all[0] as usize, all[1] as usize, ground);
    let top = quiet.min(module * 4.0);
    for y in 0..modules.height as i32 {
        for x in (0..modules.width as i32).filter(|&x| modules.dark(x, y)) {
            canvas.rect(Area::new(quiet + x as f32 * module, top + y as f32 * row, module, row), ink);
        }
    }
    if linear {
        let size = module * 7.5;
        let room = size * 0.78 * content.len() as f32;
        let left = quiet + ((wide - room) / 2.0).max(0.0);
        text::latin(&mut canvas, [left, top + high + module * 1.5], size.min(size * wide / room), content, ink);
    }
    FlatCode { canvas, code: Area::new(quiet, top, wide, high), module }
}
