//! Scenes like photographs: hills, lights out of focus, leaves, houses.

use super::{dark, hsv, vivid};
use crate::canvas::{Area, Canvas, CanvasPoint, Colour, Paint, WHITE, mix};
use crate::rng::Rng;

/// Smooth chance over the plane, -1 to 1, finer octave by octave.
struct NoiseField {
    lattice: Vec<f32>,
}

const LATTICE: usize = 64;

impl NoiseField {
    fn new(rng: &mut Rng) -> Self {
        Self { lattice: (0..LATTICE * LATTICE).map(|_| rng.between(-1.0, 1.0)).collect() }
    }

    fn smooth(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (fx, fy) = (ease(x - x0), ease(y - y0));
        let at = |dx: i64, dy: i64| {
            let wrap = |value: f32, d: i64| (value as i64 + d).rem_euclid(LATTICE as i64) as usize;
            self.lattice[wrap(y0, dy) * LATTICE + wrap(x0, dx)]
        };
        let upper = at(0, 0) * (1.0 - fx) + at(1, 0) * fx;
        let lower = at(0, 1) * (1.0 - fx) + at(1, 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    fn at(&self, x: f32, y: f32, octaves: i32) -> f32 {
        let (mut sum, mut weight, mut scale) = (0.0, 0.5, 1.0);
        for _ in 0..octaves {
            sum += weight * self.smooth(x * scale, y * scale);
            weight *= 0.55;
            scale *= 2.03;
        }
        sum
    }
}

/// Grain as of a sensor, the same for all colours.
pub(super) fn grain(canvas: &mut Canvas, rng: &mut Rng, deviation: f32) {
    let table: Vec<f32> = (0..2039).map(|_| rng.normal() * deviation).collect();
    let mut at = rng.below(table.len());
    for pixel in canvas.pixels_mut() {
        at = (at + 1 + usize::from(pixel[1] & 1)) % table.len();
        for value in &mut pixel[..3] {
            *value = (f32::from(*value) + table[at]).clamp(0.0, 255.0) as u8;
        }
    }
}

pub(super) fn landscape(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let field = NoiseField::new(rng);
    let mut canvas = Canvas::new(width, height, WHITE);
    let (high, low) = (hsv(rng.between(0.52, 0.66), 0.55, 0.9), hsv(rng.between(0.0, 0.15), 0.25, 0.98));
    let clouds = rng.between(0.0, 0.9);
    for y in 0..height {
        for x in 0..width {
            let sky = mix(high, low, y as f32 / (h * 0.7));
            let cloud = field.at(x as f32 / w * 5.0, y as f32 / w * 9.0, 4).max(0.0) * clouds;
            let [r, g, b] = mix(sky, WHITE, cloud.min(1.0));
            canvas.set(x, y, [r, g, b, 255]);
        }
    }
    let ridges = rng.whole(3, 6);
    let hue = rng.between(0.2, 0.5);
    for ridge in 0..ridges {
        let near = (ridge + 1) as f32 / ridges as f32;
        let base = hsv(hue, 0.2 + 0.5 * near, 0.75 - 0.5 * near);
        for x in 0..width {
            let along = x as f32 / w * (2.0 + 2.0 * near) + ridge as f32 * 7.3;
            let top = h * (0.35 + 0.45 * near) - field.at(along, ridge as f32 * 3.1, 6) * h * 0.16;
            for y in (top.max(0.0) as usize)..height {
                let rough = field.at(x as f32 * 0.02 * near + 9.0, y as f32 * 0.035 * near, 3);
                let [r, g, b] = mix(base, if rough > 0.0 { WHITE } else { [0, 0, 0] }, rough.abs() * 0.5);
                canvas.set(x, y, [r, g, b, 255]);
            }
        }
    }
    grain(&mut canvas, rng, 4.0);
    canvas
}

pub(super) fn lights(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, dark(rng));
    let (a, b) = (dark(rng), dark(rng));
    canvas.rect(canvas.area(), Paint::Gradient(a, [0.0, 0.0], b, [w, h]));
    for _ in 0..rng.whole(30, 90) {
        let at = [rng.between(0.0, w), rng.between(0.0, h)];
        let radius = rng.octaves(w * 0.012, w * 0.09);
        let (colour, strength) = (mix(vivid(rng), WHITE, rng.between(0.1, 0.7)), rng.between(0.15, 0.75));
        let around = Area::new(at[0], at[1], 0.0, 0.0).grown(radius);
        canvas.fill_softly(around, colour, strength, radius * 0.3, |x, y| (x - at[0]).hypot(y - at[1]) - radius);
    }
    grain(&mut canvas, rng, 6.0);
    canvas
}

pub(super) fn leaves(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let hue = if rng.chance(0.7) { rng.between(0.2, 0.42) } else { rng.between(0.02, 0.14) };
    let mut canvas = Canvas::new(width, height, hsv(hue, 0.7, 0.15));
    let count = 900;
    for leaf in 0..count {
        let near = leaf as f32 / count as f32;
        let at = [rng.between(0.0, w), rng.between(0.0, h)];
        let long = w * rng.between(0.012, 0.035) * (0.5 + near);
        let colour = hsv(hue + rng.between(-0.05, 0.05), rng.between(0.4, 0.85), 0.2 + 0.6 * near * rng.unit());
        let angle = rng.between(0.0, 3.2);
        canvas.ellipse(at, [long, long * rng.between(0.3, 0.5)], angle, colour);
        let (dx, dy) = (angle.cos() * long, angle.sin() * long);
        let vein = mix(colour, WHITE, 0.3);
        canvas.line([at[0] - dx, at[1] - dy], [at[0] + dx, at[1] + dy], (long * 0.06).max(0.7), vein);
    }
    grain(&mut canvas, rng, 5.0);
    canvas
}

pub(super) fn city(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let night = rng.chance(0.5);
    let sky: (Colour, Colour) = if night { ([12, 14, 38], [66, 44, 80]) } else { ([140, 180, 225], [235, 225, 205]) };
    let mut canvas = Canvas::new(width, height, sky.0);
    canvas.rect(canvas.area(), Paint::Gradient(sky.0, [0.0, 0.0], sky.1, [0.0, h * 0.7]));
    for row in 0..3 {
        let mut x = -rng.between(0.0, 60.0);
        while x < w {
            let wide = w * rng.between(0.1, 0.26);
            let top = h * (0.2 + 0.2 * row as f32 + rng.between(-0.08, 0.15));
            house(&mut canvas, Area::new(x, top, wide, h - top), night, rng);
            x += wide + rng.between(0.0, w * 0.03);
        }
    }
    grain(&mut canvas, rng, 5.0);
    canvas
}

fn house(canvas: &mut Canvas, area: Area, night: bool, rng: &mut Rng) {
    let wall = if night { hsv(rng.unit(), 0.25, 0.18) } else { hsv(rng.unit(), 0.18, rng.between(0.45, 0.85)) };
    canvas.rect(area, wall);
    let step: CanvasPoint = [area.width / rng.whole(3, 8) as f32, area.width / rng.whole(3, 7) as f32];
    let open = [rng.between(0.35, 0.8), rng.between(0.4, 0.75)];
    let (lit, unlit) = ([250, 214, 130], mix(wall, [20, 30, 50], 0.6));
    let mut y = area.top + step[1] * 0.3;
    while y < area.bottom() {
        let mut x = area.left + step[0] * (1.0 - open[0]) / 2.0;
        while x + step[0] * open[0] <= area.right() {
            let colour = if night && rng.chance(0.4) { lit } else { unlit };
            canvas.rect(Area::new(x, y, step[0] * open[0], step[1] * open[1]), colour);
            x += step[0];
        }
        y += step[1];
    }
}
