//! Scenes of patterns that look like codes to a machine: boards, markers, fabrics, halftones, rays, mazes.

use std::f32::consts::TAU;

use super::{dark, hsv, nature, pale, photo, vivid};
use crate::canvas::{Area, BLACK, Canvas, Paint, WHITE, luma, mix};
use crate::rng::Rng;
use crate::text;
use crate::warp::{Bend, Warp};

/// A board laid into a room, turned and tilted.
pub(super) fn laid(rng: &mut Rng, width: usize, height: usize, board: fn(&mut Rng) -> Canvas) -> Canvas {
    let mut scene = if rng.chance(0.5) { photo(rng, width, height) } else { Canvas::new(width, height, pale(rng)) };
    let flat = board(rng);
    let (w, h) = (width as f32, height as f32);
    let wide = w.min(h) * rng.octaves(0.12, 1.0);
    let size = [wide, wide * flat.height as f32 / flat.width as f32];
    let tilt = (rng.between(0.0, TAU), rng.between(0.0, 0.7));
    let middle = [w * rng.between(0.35, 0.65), h * rng.between(0.35, 0.65)];
    Warp::new(middle, size, rng.between(-0.5, 0.5), tilt, Bend::None).draw(&flat, &mut scene);
    nature::grain(&mut scene, rng, 4.0);
    scene
}

fn grid(columns: i32, rows: i32) -> impl Iterator<Item = (i32, i32)> {
    (0..rows).flat_map(move |y| (0..columns).map(move |x| (x, y)))
}

fn cell(x: i32, y: i32, side: f32, margin: f32) -> Area {
    Area::new(margin + x as f32 * side, margin + y as f32 * side, side, side)
}

pub(super) fn checkerboard(rng: &mut Rng) -> Canvas {
    let (columns, rows, side) = (rng.whole(5, 14), rng.whole(5, 14), 48.0);
    let mut board = Canvas::new((columns + 1) as usize * 48, (rows + 1) as usize * 48, WHITE);
    let ink = if rng.chance(0.7) { BLACK } else { dark(rng) };
    for (x, y) in grid(columns, rows).filter(|(x, y)| (x + y) % 2 == 0) {
        board.rect(cell(x, y, side, 24.0), ink);
    }
    board
}

/// Square markers of a few cells with a dark border, alone in a grid or within a checkerboard.
pub(super) fn markers(rng: &mut Rng) -> Canvas {
    let (columns, rows, side) = (rng.whole(2, 7), rng.whole(2, 9), 96.0);
    let mut board = Canvas::new((columns * 96 + 48) as usize, (rows * 96 + 48) as usize, WHITE);
    let checkered = rng.chance(0.5);
    let cells = rng.whole(4, 6);
    for (x, y) in grid(columns, rows) {
        let square = cell(x, y, side, 24.0);
        if checkered && (x + y) % 2 == 0 {
            board.rect(square, BLACK);
            continue;
        }
        let marker = square.grown(-side * 0.13);
        board.rect(marker, BLACK);
        let step = marker.width / (cells + 2) as f32;
        for (i, j) in grid(cells, cells) {
            if rng.chance(0.5) {
                let left = marker.left + step * (i + 1) as f32;
                board.rect(Area::new(left, marker.top + step * (j + 1) as f32, step, step), WHITE);
            }
        }
    }
    board
}

pub(super) fn circle_grid(rng: &mut Rng) -> Canvas {
    let (columns, rows, side) = (rng.whole(4, 14), rng.whole(4, 14), 40.0);
    let mut board = Canvas::new((columns + 1) as usize * 40, (rows + 1) as usize * 40, WHITE);
    let staggered = rng.chance(0.5);
    let radius = side * rng.between(0.18, 0.42);
    for (x, y) in grid(columns, rows) {
        let [cx, cy] = cell(x, y, side, 20.0).centre();
        let off = if staggered && y % 2 == 1 { side / 2.0 } else { 0.0 };
        board.disc([cx + off, cy], radius, BLACK);
    }
    board
}

pub(super) fn crossword(rng: &mut Rng) -> Canvas {
    let (columns, rows, side) = (rng.whole(7, 17), rng.whole(7, 17), 40.0);
    let mut board = Canvas::new(columns as usize * 40 + 16, rows as usize * 40 + 16, BLACK);
    let filled = rng.between(0.1, 0.4);
    let sudoku = rng.chance(0.4);
    for (x, y) in grid(columns, rows) {
        let square = cell(x, y, side, 8.0).grown(-1.0);
        if !sudoku && rng.chance(filled) {
            continue;
        }
        board.rect(square, WHITE);
        if rng.chance(0.6) {
            let figure = if sudoku { rng.digits(1) } else { rng.letters(1) };
            text::latin(&mut board, [square.left + 11.0, square.top + 7.0], 24.0, &figure, [40; 3]);
        }
    }
    board
}

pub(super) fn maze(rng: &mut Rng) -> Canvas {
    let (columns, rows, side) = (rng.whole(8, 26), rng.whole(8, 26), 24.0);
    let mut board = Canvas::new(columns as usize * 24 + 24, rows as usize * 24 + 24, WHITE);
    for (x, y) in grid(columns, rows) {
        let at = cell(x, y, side, 12.0);
        let end = if rng.chance(0.5) { [at.left + side, at.top] } else { [at.left, at.top + side] };
        board.line([at.left, at.top], end, 4.0, BLACK);
    }
    let frame = cell(0, 0, side, 12.0);
    let (right, bottom) = (frame.left + columns as f32 * side, frame.top + rows as f32 * side);
    let corners = [[12.0, 12.0], [right, 12.0], [right, bottom], [12.0, bottom], [12.0, 12.0]];
    board.path(&corners, 4.0, BLACK);
    board
}

/// Each pixel's colour by a rule; the whole a little turned, as cloth lies.
fn cloth(rng: &mut Rng, width: usize, height: usize, colour: impl Fn(f32, f32) -> [u8; 3]) -> Canvas {
    let mut canvas = Canvas::new(width, height, WHITE);
    let angle = rng.between(-0.3, 0.3);
    let (c, s) = (angle.cos(), angle.sin());
    let wave = rng.between(0.0, 4.0);
    for y in 0..height {
        for x in 0..width {
            // Four samples, or fine cloth turns into moiré that no camera would show.
            let mut sum = [0u32; 3];
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let (px, py) = (x as f32 + dx, y as f32 + dy);
                let (u, v) = (c * px - s * py, s * px + c * py);
                let rgb = colour(u + wave * (v * 0.01).sin(), v + wave * (u * 0.013).sin());
                for (sum, value) in sum.iter_mut().zip(rgb) {
                    *sum += u32::from(value);
                }
            }
            let [r, g, b] = sum.map(|sum| (sum / 4) as u8);
            canvas.set(x, y, [r, g, b, 255]);
        }
    }
    nature::grain(&mut canvas, rng, 5.0);
    canvas
}

pub(super) fn tartan(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let period = width as f32 * rng.octaves(0.03, 0.3);
    let bands: Vec<(f32, f32, [u8; 3])> =
        (0..rng.whole(2, 5)).map(|_| (rng.unit(), rng.between(0.04, 0.25), vivid(rng))).collect();
    let ground = vivid(rng);
    let along = move |at: f32| {
        let at = (at / period).rem_euclid(1.0);
        bands.iter().rev().find(|(from, wide, _)| (at - from).rem_euclid(1.0) < *wide).map_or(ground, |band| band.2)
    };
    cloth(rng, width, height, move |u, v| mix(along(u), along(v), 0.5))
}

pub(super) fn weave(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let period = rng.octaves(4.0, 40.0);
    let (warp, weft) = (vivid(rng), mix(vivid(rng), WHITE, 0.4));
    cloth(rng, width, height, move |u, v| {
        let (a, b) = ((u / period).floor(), (v / period).floor());
        let over = (a + b).rem_euclid(2.0) < 1.0;
        let across = if over { v / period - b } else { u / period - a };
        let round = 1.0 - (2.0 * across - 1.0).powi(2) * 0.6;
        mix(BLACK, if over { warp } else { weft }, round)
    })
}

pub(super) fn houndstooth(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let period = rng.octaves(10.0, 90.0);
    let (ink, ground) = (dark(rng), pale(rng));
    cloth(rng, width, height, move |u, v| {
        let (a, b) = ((u / period * 8.0).floor().rem_euclid(8.0), (v / period * 8.0).floor().rem_euclid(8.0));
        let (across, down) = (a < 4.0, b < 4.0);
        // A twill over two and under two, of four dark and four light threads each way.
        let warp_above = (a - b).rem_euclid(4.0) < 2.0;
        let thread = if warp_above { across } else { down };
        if thread { ink } else { ground }
    })
}

pub(super) fn bricks(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let long = width as f32 * rng.octaves(0.03, 0.2);
    let high = long * rng.between(0.3, 0.5);
    let (clay, joint) = (hsv(rng.between(0.0, 0.1), 0.5, 0.6), [190, 184, 172]);
    let off = rng.unit();
    let shades: Vec<f32> = (0..97).map(|_| rng.between(-0.25, 0.25)).collect();
    cloth(rng, width, height, move |u, v| {
        let row = (v / high).floor();
        let along = u / long + (row * 0.5) + off;
        let (fx, fy) = (along.rem_euclid(1.0), (v / high).rem_euclid(1.0));
        if fx < 0.06 || fy < 0.12 {
            return joint;
        }
        let shade = shades[((along.floor() * 31.0 + row * 17.0).rem_euclid(97.0)) as usize];
        mix(clay, if shade > 0.0 { WHITE } else { BLACK }, shade.abs())
    })
}

/// A picture in dots of print.
pub(super) fn halftone(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let behind = photo(rng, width, height);
    let step = rng.octaves(5.0, 26.0);
    let angle = rng.between(0.0, 0.8);
    let ink = if rng.chance(0.6) { BLACK } else { dark(rng) };
    let mut canvas = Canvas::new(width, height, mix(pale(rng), WHITE, 0.5));
    let (c, s) = (angle.cos(), angle.sin());
    let reach = (width + height) as f32 / step;
    for i in -(reach as i32)..reach as i32 {
        for j in -(reach as i32)..reach as i32 {
            let (u, v) = (i as f32 * step, j as f32 * step);
            let (x, y) = (c * u - s * v, s * u + c * v);
            if x < 0.0 || y < 0.0 || x >= width as f32 || y >= height as f32 {
                continue;
            }
            let [r, g, b, _] = behind.get(x as usize, y as usize);
            let radius = step * 0.72 * (1.0 - luma([r, g, b]) / 255.0).sqrt();
            if radius > 0.4 {
                canvas.disc([x, y], radius, ink);
            }
        }
    }
    canvas
}

pub(super) fn sunburst(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let ground = pale(rng);
    let mut canvas = Canvas::new(width, height, ground);
    for _ in 0..rng.whole(1, 5) {
        let at = [w * rng.between(0.1, 0.9), h * rng.between(0.1, 0.9)];
        let radius = w * rng.octaves(0.08, 0.5);
        let rays = rng.whole(12, 80);
        let (inner, ink) = (rng.between(0.0, 0.6), vivid(rng));
        let thick = radius * rng.between(0.2, 0.9) * TAU / rays as f32 * 0.5;
        let uneven = rng.unit();
        for ray in 0..rays {
            let angle = ray as f32 / rays as f32 * TAU;
            let far = 1.0 - uneven * 0.3 * rng.unit();
            let to = |reach: f32| [at[0] + radius * reach * angle.cos(), at[1] + radius * reach * angle.sin()];
            canvas.line(to(inner), to(far), thick.max(1.0), ink);
        }
        if rng.chance(0.6) {
            let paint = Paint::Gradient(vivid(rng), at, vivid(rng), [at[0], at[1] + radius]);
            canvas.disc(at, radius * (inner * 0.8).max(0.15), paint);
        }
    }
    canvas
}

/// Clocks, gauges and wheels.
pub(super) fn dial(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = photo(rng, width, height);
    for _ in 0..rng.whole(1, 4) {
        let at = [w * rng.between(0.2, 0.8), h * rng.between(0.15, 0.85)];
        let radius = w * rng.octaves(0.06, 0.35);
        let (face, ink) = if rng.chance(0.6) { (WHITE, dark(rng)) } else { (dark(rng), WHITE) };
        canvas.disc(at, radius * 1.08, mix(ink, face, 0.3));
        canvas.disc(at, radius, face);
        let marks = *rng.pick(&[12, 24, 60, 60, 100]);
        for mark in 0..marks {
            let angle = mark as f32 / marks as f32 * TAU;
            let long = if mark % 5 == 0 { 0.82 } else { 0.9 };
            let to = |reach: f32| [at[0] + radius * reach * angle.cos(), at[1] + radius * reach * angle.sin()];
            canvas.line(to(long), to(0.96), (radius * 0.02).max(0.8), ink);
        }
        for hour in 0..12 {
            let angle = hour as f32 / 12.0 * TAU - TAU / 4.0;
            let size = radius * 0.13;
            let [x, y] = [at[0] + radius * 0.68 * angle.cos(), at[1] + radius * 0.68 * angle.sin()];
            let figure = if hour == 0 { 12 } else { hour };
            text::latin(&mut canvas, [x - size * 0.4, y - size * 0.5], size, &figure.to_string(), ink);
        }
        for (reach, thick) in [(0.5, 0.05), (0.75, 0.03)] {
            let angle = rng.between(0.0, TAU);
            let tip = [at[0] + radius * reach * angle.cos(), at[1] + radius * reach * angle.sin()];
            canvas.line(at, tip, radius * thick, ink);
        }
    }
    canvas
}

pub(super) fn keyboard(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let (case, key) = if rng.chance(0.5) { ([40; 3], [70; 3]) } else { ([200; 3], [245; 3]) };
    let mut canvas = Canvas::new(width, height, case);
    let side = w / rng.between(7.0, 15.0);
    let ink = if key[0] > 128 { [40; 3] } else { [230; 3] };
    for row in 0..(h / side) as i32 {
        let mut x = -side * rng.unit();
        while x < w {
            let wide = side * if rng.chance(0.12) { 1.8 } else { 1.0 };
            let cap = Area::new(x, row as f32 * side, wide, side).grown(-side * 0.06);
            canvas.rounded(cap, side * 0.12, mix(key, BLACK, 0.2));
            canvas.rounded(cap.grown(-side * 0.06), side * 0.1, key);
            let label = rng.letters(1);
            text::latin(&mut canvas, [cap.left + side * 0.2, cap.top + side * 0.18], side * 0.28, &label, ink);
            x += wide;
        }
    }
    canvas
}
