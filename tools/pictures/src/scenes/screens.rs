//! Scenes of screens and paper: posters, lists, live rooms, chats, pages, tables, icons.

use super::{dark, nature, pale, share, vivid};
use crate::canvas::{Area, BLACK, Canvas, CanvasPoint, Paint, WHITE, mix};
use crate::rng::Rng;
use crate::{round, text};

pub(super) fn poster(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, WHITE);
    let (from, to) = (vivid(rng), mix(vivid(rng), WHITE, rng.between(0.0, 0.6)));
    canvas.rect(canvas.area(), Paint::Gradient(from, [0.0, 0.0], to, [w * rng.between(0.0, 0.6), h]));
    for _ in 0..rng.whole(4, 12) {
        let at = [rng.between(0.0, w), rng.between(0.0, h)];
        let colour = mix(vivid(rng), to, 0.5);
        let radius = w * rng.between(0.05, 0.3);
        let opacity = rng.between(0.2, 0.8);
        canvas.veil(Area::new(at[0], at[1], 0.0, 0.0).grown(radius), radius * rng.unit(), colour, opacity);
    }
    let ink = if rng.chance(0.6) { WHITE } else { dark(rng) };
    let size = w / rng.between(5.5, 9.0);
    for row in 0..rng.whole(1, 3) {
        let at = [w * 0.08, h * 0.06 + row as f32 * size * 1.25];
        text::line(&mut canvas, at, size, rng_count(rng, 3, 5), rng, ink);
    }
    let small = w * 0.035;
    for row in 0..rng.whole(2, 6) {
        let at = [w * 0.09, h * 0.32 + row as f32 * small * 1.6];
        text::line(&mut canvas, at, small, rng_count(rng, 8, 18), rng, ink);
    }
    price(&mut canvas, [w * rng.between(0.08, 0.5), h * rng.between(0.5, 0.62)], w * 0.11, rng);
    let card = share(&canvas, [0.05, 0.78, 0.9, 0.18]);
    canvas.rounded(card, w * 0.03, WHITE);
    let lines = Area::new(card.left + w * 0.04, card.top + h * 0.025, card.width * 0.55, card.height * 0.75);
    let ink = Paint::Flat(dark(rng));
    text::block(&mut canvas, lines, small, rng, ink);
    canvas
}

fn rng_count(rng: &mut Rng, low: i32, high: i32) -> usize {
    rng.whole(low, high) as usize
}

/// A price on a coloured tag.
pub(super) fn price(canvas: &mut Canvas, [x, y]: CanvasPoint, size: f32, rng: &mut Rng) {
    let figures = format!("{}.{}", rng.whole(9, 999), rng.digits(2));
    let tag = Area::new(x - size * 0.3, y - size * 0.3, size * 0.78 * figures.len() as f32 + size * 0.5, size * 1.6);
    canvas.rounded(tag, size * 0.4, [224, 38, 48]);
    text::latin(canvas, [x, y], size, &figures, WHITE);
}

fn status_bar(canvas: &mut Canvas, ink: [u8; 3], rng: &mut Rng) {
    let w = canvas.width as f32;
    let size = w * 0.026;
    let clock = format!("{}:{}", rng.whole(10, 23), rng.whole(10, 59));
    text::latin(canvas, [w * 0.05, w * 0.025], size, &clock, ink);
    canvas.rounded(Area::new(w * 0.9, w * 0.025, w * 0.05, size), size * 0.3, ink);
    for bar in 0..4 {
        let high = size * (bar + 1) as f32 / 4.0;
        canvas.rect(Area::new(w * (0.8 + 0.012 * bar as f32), w * 0.025 + size - high, w * 0.008, high), ink);
    }
}

pub(super) fn phone(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let night = rng.chance(0.25);
    let (ground, ink) = if night { ([24, 24, 28], [225; 3]) } else { ([244, 244, 246], [40; 3]) };
    let mut canvas = Canvas::new(width, height, ground);
    status_bar(&mut canvas, ink, rng);
    text::line(&mut canvas, [w * 0.36, w * 0.1], w * 0.05, 5, rng, ink);
    let row = h * rng.between(0.07, 0.12);
    let mut y = w * 0.2;
    let card = if night { [38, 38, 44] } else { WHITE };
    while y + row < h * 0.92 {
        let area = Area::new(w * 0.03, y, w * 0.94, row * 0.92);
        canvas.rounded(area, w * 0.02, card);
        let side = row * 0.62;
        let icon = Area::new(area.left + row * 0.15, area.top + row * 0.15, side, side);
        if rng.chance(0.5) {
            round::avatar(&mut canvas, icon.centre(), side / 2.0, rng);
        } else {
            canvas.rounded(icon, side * 0.2, vivid(rng));
            let at = [icon.left + side * 0.2, icon.top + side * 0.2];
            text::sign(&mut canvas, at, side * 0.65, rng.below(600) as u64, 0.09, WHITE);
        }
        let left = icon.right() + row * 0.2;
        text::line(&mut canvas, [left, y + row * 0.16], row * 0.24, rng_count(rng, 3, 9), rng, ink);
        let grey = mix(ink, ground, 0.5);
        text::line(&mut canvas, [left, y + row * 0.54], row * 0.18, rng_count(rng, 5, 16), rng, grey);
        y += row;
    }
    tabs(&mut canvas, card, ink, rng);
    canvas
}

fn tabs(canvas: &mut Canvas, ground: [u8; 3], ink: [u8; 3], rng: &mut Rng) {
    let (w, h) = (canvas.width as f32, canvas.height as f32);
    canvas.rect(share(canvas, [0.0, 0.93, 1.0, 0.07]), ground);
    let count = rng.whole(3, 5);
    for tab in 0..count {
        let x = w * (tab as f32 + 0.5) / count as f32;
        let colour = if tab == 0 { [7, 193, 96] } else { mix(ink, ground, 0.4) };
        icon(canvas, [x, h * 0.952], w * 0.025, colour, rng);
        text::line(canvas, [x - w * 0.03, h * 0.972], w * 0.026, 2, rng, colour);
    }
}

/// A small sign of lines and shapes.
fn icon(canvas: &mut Canvas, [x, y]: CanvasPoint, size: f32, colour: [u8; 3], rng: &mut Rng) {
    let pen = size * 0.22;
    let square = Area::new(x, y, 0.0, 0.0).grown(size * 0.8);
    match rng.below(8) {
        0 => canvas.ring([x, y], size * 0.8, pen, colour),
        1 => {
            canvas.rounded(square, size * 0.25, colour);
            canvas.rounded(square.grown(-pen), size * 0.15, WHITE);
        }
        2 => canvas.path(&[[x - size, y], [x, y - size], [x + size, y], [x, y + size], [x - size, y]], pen, colour),
        3 => {
            for row in -1..=1 {
                let y = y + row as f32 * size * 0.6;
                canvas.line([x - size * 0.8, y], [x + size * 0.8, y], pen, colour);
            }
        }
        4 => {
            for (dx, dy) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)] {
                let at = Area::new(x + dx * size * 0.48, y + dy * size * 0.48, 0.0, 0.0);
                canvas.rounded(at.grown(size * 0.34), size * 0.08, colour);
            }
        }
        5 => {
            canvas.disc([x, y - size * 0.4], size * 0.42, colour);
            canvas.arc([x, y + size * 0.95], size * 0.8, pen, 3.4, 2.6, colour);
        }
        6 => {
            canvas.ring([x, y], size * 0.35, pen, colour);
            for tooth in 0..8 {
                let angle = tooth as f32 * 0.785;
                let at = |reach: f32| [x + reach * size * angle.cos(), y + reach * size * angle.sin()];
                canvas.line(at(0.6), at(0.9), pen, colour);
            }
        }
        _ => {
            canvas.ring([x - size * 0.1, y - size * 0.1], size * 0.6, pen, colour);
            canvas.line([x + size * 0.35, y + size * 0.35], [x + size * 0.9, y + size * 0.9], pen, colour);
        }
    }
}

pub(super) fn live_room(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, pale(rng));
    let (wall, floor) = (mix(vivid(rng), WHITE, 0.55), mix(vivid(rng), BLACK, 0.3));
    canvas.rect(canvas.area(), Paint::Gradient(wall, [0.0, 0.0], mix(wall, floor, 0.5), [0.0, h]));
    for shelf in 0..4 {
        let y = h * (0.12 + 0.12 * shelf as f32);
        let mut x = w * 0.04;
        while x < w * 0.96 {
            let (wide, high) = (w * rng.between(0.04, 0.1), h * rng.between(0.04, 0.09));
            let item = Area::new(x, y - high, wide, high);
            canvas.rounded(item, wide * 0.2, vivid(rng));
            canvas.rect(Area::new(x + wide * 0.15, y - high * 0.55, wide * 0.7, high * 0.25), pale(rng));
            x += wide + w * rng.between(0.01, 0.06);
        }
        canvas.rect(Area::new(w * 0.02, y, w * 0.96, h * 0.008), mix(floor, BLACK, 0.3));
    }
    person(&mut canvas, [w * rng.between(0.4, 0.6), h * 0.42], w * 0.14, rng);
    nature::grain(&mut canvas, rng, 4.0);
    overlays(&mut canvas, rng);
    canvas
}

fn person(canvas: &mut Canvas, [x, y]: CanvasPoint, head: f32, rng: &mut Rng) {
    let h = canvas.height as f32;
    let skin = *rng.pick(&[[236, 200, 172], [220, 176, 142], [190, 140, 105]]);
    let (hair, coat) = (dark(rng), vivid(rng));
    let body = Area::new(x - head * 2.2, y + head * 1.5, head * 4.4, h);
    canvas.ellipse([x, y - head * 0.1], [head * 1.15, head * 1.4], 0.0, hair);
    canvas.rounded(body, head * 1.3, Paint::Gradient(coat, [0.0, y], mix(coat, BLACK, 0.5), [0.0, h]));
    canvas.rect(Area::new(x - head * 0.4, y + head * 0.8, head * 0.8, head * 1.1), mix(skin, BLACK, 0.12));
    canvas.ellipse([x, y], [head * 0.88, head * 1.15], 0.0, skin);
    canvas.ellipse([x, y - head * 0.85], [head * 0.9, head * 0.45], 0.0, hair);
    for side in [-1.0, 1.0] {
        canvas.ellipse([x + side * head * 0.36, y - head * 0.05], [head * 0.13, head * 0.07], 0.0, BLACK);
    }
    canvas.arc([x, y + head * 0.35], head * 0.28, head * 0.09, 0.4, 2.3, [190, 70, 80]);
}

fn overlays(canvas: &mut Canvas, rng: &mut Rng) {
    let (w, h) = (canvas.width as f32, canvas.height as f32);
    let bar = share(canvas, [0.03, 0.03, 0.46, 0.045]);
    canvas.veil(bar, bar.height / 2.0, BLACK, 0.4);
    round::avatar(canvas, [bar.left + bar.height / 2.0, bar.centre()[1]], bar.height * 0.45, rng);
    let at = [bar.left + bar.height * 1.2, bar.top + bar.height * 0.2];
    text::line(canvas, at, bar.height * 0.33, 5, rng, WHITE);
    for row in 0..rng.whole(3, 6) {
        let size = w * 0.034;
        let count = rng_count(rng, 4, 13);
        let bubble = Area::new(w * 0.03, h * (0.88 - 0.04 * row as f32), size * 1.1 * count as f32 + size, size * 1.6);
        canvas.veil(bubble, size * 0.8, BLACK, 0.35);
        let name = mix([255, 214, 90], WHITE, rng.unit());
        text::line(canvas, [bubble.left + size * 0.5, bubble.top + size * 0.3], size, count, rng, name);
    }
    let card = share(canvas, [0.6, 0.78, 0.36, 0.1]);
    canvas.rounded(card, w * 0.015, WHITE);
    let side = card.height * 0.8;
    let picture = Area::new(card.left + card.height * 0.1, card.top + card.height * 0.1, side, side);
    canvas.rounded(picture, w * 0.01, vivid(rng));
    canvas.disc(picture.centre(), side * 0.3, pale(rng));
    let at = [picture.right() + w * 0.015, card.top + card.height * 0.18];
    text::line(canvas, at, w * 0.026, 5, rng, [60; 3]);
    text::latin(canvas, [at[0], at[1] + card.height * 0.45], w * 0.032, "69.90", [224, 38, 48]);
    for icon_at in 0..4 {
        let x = w * (0.62 + 0.1 * icon_at as f32);
        canvas.veil(Area::new(x, h * 0.945, 0.0, 0.0).grown(w * 0.036), w * 0.036, BLACK, 0.4);
        icon(canvas, [x, h * 0.945], w * 0.018, WHITE, rng);
    }
}

pub(super) fn chat(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, [237; 3]);
    status_bar(&mut canvas, [30; 3], rng);
    text::line(&mut canvas, [w * 0.38, w * 0.1], w * 0.045, 4, rng, [30; 3]);
    let size = w * 0.042;
    let mut y = h * 0.12;
    while y < h * 0.88 {
        let mine = rng.chance(0.4);
        let rows = rng.whole(1, 4);
        let across = if rows > 1 { 13 } else { rng_count(rng, 2, 13) };
        let bubble_width = size * (1.06 * across as f32 + 1.2);
        let left = if mine { w * 0.84 - bubble_width } else { w * 0.16 };
        let bubble = Area::new(left, y, bubble_width, size * (1.4 * rows as f32 + 0.8));
        canvas.rounded(bubble, w * 0.012, if mine { [149, 236, 105] } else { WHITE });
        for row in 0..rows {
            let count = if row + 1 < rows { across } else { rng_count(rng, 1, across as i32) };
            let at = [left + size * 0.6, y + size * (0.6 + 1.4 * row as f32)];
            text::line(&mut canvas, at, size, count, rng, [25; 3]);
        }
        let x = if mine { w * 0.92 } else { w * 0.08 };
        round::avatar(&mut canvas, [x, y + w * 0.045], w * 0.045, rng);
        y += bubble.height + h * 0.022;
    }
    canvas
}

pub(super) fn page(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let ground = if rng.chance(0.5) { WHITE } else { mix([240, 232, 210], WHITE, rng.unit()) };
    let mut canvas = Canvas::new(width, height, ground);
    let ink = Paint::Flat(mix(dark(rng), BLACK, 0.5));
    let size = w * rng.between(0.016, 0.04);
    text::line(&mut canvas, [w * 0.1, h * 0.05], size * 2.2, 8, rng, ink);
    let columns = if size < w * 0.025 { rng.whole(1, 3) } else { 1 };
    let wide = 0.86 / columns as f32;
    for column in 0..columns {
        let area = share(&canvas, [0.07 + wide * column as f32, 0.12, wide * 0.93, 0.82]);
        text::block(&mut canvas, area, size, rng, ink);
    }
    if rng.chance(0.4) {
        seal(&mut canvas, [w * rng.between(0.6, 0.85), h * rng.between(0.7, 0.9)], w * 0.09, rng);
    }
    canvas
}

/// A red seal with four signs.
fn seal(canvas: &mut Canvas, [x, y]: CanvasPoint, half: f32, rng: &mut Rng) {
    let red = [196, 40, 36];
    let area = Area::new(x, y, 0.0, 0.0).grown(half);
    canvas.rounded(area, half * 0.15, red);
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let at = [area.left + half * (0.16 + 0.9 * dx), area.top + half * (0.16 + 0.9 * dy)];
        text::sign(canvas, at, half * 0.85, rng.below(600) as u64, 0.13, [250, 238, 225]);
    }
}

pub(super) fn table(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, WHITE);
    let rows = rng.whole(12, 45);
    let columns = rng.whole(3, 9);
    let (cell_w, cell_h) = (w * 0.94 / columns as f32, h * 0.92 / rows as f32);
    let head = vivid(rng);
    let grid = mix([200; 3], BLACK, rng.between(0.0, 0.8));
    canvas.rect(share(&canvas, [0.03, 0.04, 0.94, 0.92 / rows as f32]), mix(head, WHITE, 0.4));
    for row in 0..rows {
        let y = h * 0.04 + cell_h * row as f32;
        for column in 0..columns {
            let x = w * 0.03 + cell_w * column as f32;
            let size = (cell_h * 0.5).min(cell_w * 0.16);
            let at = [x + size * 0.4, y + (cell_h - size) / 2.0];
            if column == 0 || row == 0 {
                let fits = (cell_w / size / 1.1) as i32;
                text::line(&mut canvas, at, size, rng_count(rng, 1, fits.max(1)), rng, [30; 3]);
            } else {
                let count = rng_count(rng, 1, 5);
                let figures = rng.digits(count);
                text::latin(&mut canvas, at, size, &figures, [50; 3]);
            }
        }
        canvas.rect(Area::new(w * 0.03, y, w * 0.94, 1.5), grid);
    }
    for column in 0..=columns {
        canvas.rect(Area::new(w * 0.03 + cell_w * column as f32, h * 0.04, 1.5, cell_h * rows as f32), grid);
    }
    canvas
}

pub(super) fn icons(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let (w, h) = (width as f32, height as f32);
    let mut canvas = Canvas::new(width, height, pale(rng));
    let columns = rng.whole(4, 9);
    let step = w / columns as f32;
    let flat = rng.chance(0.5);
    for row in 0..(h / step) as i32 {
        for column in 0..columns {
            let at = [(column as f32 + 0.5) * step, (row as f32 + 0.5) * step];
            let colour = if flat { dark(rng) } else { WHITE };
            if !flat {
                canvas.rounded(Area::new(at[0], at[1], 0.0, 0.0).grown(step * 0.36), step * 0.16, vivid(rng));
            }
            icon(&mut canvas, at, step * 0.22, colour, rng);
        }
    }
    canvas
}
