//! What is seen in live rooms and made of many like parts: seat maps, loading dots, rings of sound, knitting.

use std::f32::consts::TAU;

use super::{dark, pale, screens, vivid};
use crate::canvas::{Area, Canvas, Colour, WHITE, mix};
use crate::rng::Rng;
use crate::round::{around, avatar};
use crate::text;

/// A seat map as ticket sellers show it: a card over a screen, rows of seats in blocks, their prices below.
pub(super) fn seat_map(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let mut canvas = screens::live_room(rng, width, height);
    let (w, h) = (width as f32, height as f32);
    let card = Area::new(w * 0.05, h * rng.between(0.1, 0.4), w * 0.9, h * rng.between(0.3, 0.5));
    let ground = if rng.chance(0.6) { WHITE } else { dark(rng) };
    canvas.rounded(card, w * 0.03, ground);
    let (columns, rows) = (rng.whole(10, 30), rng.whole(6, 18));
    let step = (card.width * 0.9 / columns as f32).min(card.height * 0.75 / rows as f32);
    let left = card.left + (card.width - step * columns as f32) / 2.0;
    let prices: Vec<Colour> = (0..rng.whole(1, 3)).map(|_| vivid(rng)).collect();
    let taken = mix(ground, [128; 3], 0.5);
    let (aisle, sold) = (rng.whole(2, columns - 2), rng.between(0.15, 0.8));
    let round = rng.chance(0.4);
    canvas.line(
        [card.left + card.width * 0.25, card.top + card.height * 0.06],
        [card.right() - card.width * 0.25, card.top + card.height * 0.06],
        card.height * 0.02,
        taken,
    );
    for row in 0..rows {
        for column in (0..columns).filter(|&column| column != aisle) {
            let seat = Area::new(
                left + step * column as f32,
                card.top + card.height * 0.12 + step * row as f32,
                step * 0.76,
                step * 0.76,
            );
            let block = (column / 5 + row / 4) as usize;
            let colour = if rng.chance(sold) { taken } else { prices[block % prices.len()] };
            canvas.rounded(seat, step * if round { 0.4 } else { 0.14 }, colour);
        }
    }
    for (index, &price) in prices.iter().enumerate() {
        let place = [card.left + card.width * (0.1 + 0.3 * index as f32), card.bottom() - card.height * 0.06];
        canvas.disc(place, step * 0.3, price);
        text::latin(&mut canvas, [place[0] + step, place[1] - step * 0.4], step * 0.8, "380", taken);
    }
    canvas
}

/// Signs of waiting and of sound over a screen: rings of dots that shrink or fade, a dotted spiral, portraits in rings of bars.
pub(super) fn waiting(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let mut canvas = screens::live_room(rng, width, height);
    let (w, h) = (width as f32, height as f32);
    if rng.chance(0.5) {
        canvas.veil(canvas.area(), 0.0, dark(rng), 0.75);
    }
    for _ in 0..rng.whole(1, 4) {
        let radius = w * rng.octaves(0.04, 0.25);
        let at = [rng.between(radius, w - radius), rng.between(radius, h - radius)];
        let ink = if rng.chance(0.5) { WHITE } else { vivid(rng) };
        match rng.below(3) {
            0 => spinner(&mut canvas, at, radius, ink, rng),
            1 => dots(&mut canvas, at, radius, ink, rng),
            _ => sound(&mut canvas, at, radius, ink, rng),
        }
    }
    canvas
}

/// A ring of dots or bars, each smaller than the one before.
fn spinner(canvas: &mut Canvas, at: [f32; 2], radius: f32, ink: Colour, rng: &mut Rng) {
    let (count, bars) = (rng.whole(7, 24), rng.chance(0.4));
    let size = TAU * radius / count as f32 * 0.36;
    for index in 0..count {
        let share = 1.0 - 0.8 * index as f32 / count as f32;
        let angle = index as f32 / count as f32 * TAU;
        if bars {
            canvas.line(around(at, radius, angle), around(at, radius * 0.6, angle), size * share, ink);
        } else {
            canvas.disc(around(at, radius, angle), size * share, ink);
        }
    }
}

/// Rings of dots within rings, all of them there, larger or smaller outwards.
fn dots(canvas: &mut Canvas, at: [f32; 2], radius: f32, ink: Colour, rng: &mut Rng) {
    let (rings, count) = (rng.whole(2, 6), rng.whole(12, 40));
    let (turn, outwards) = (rng.between(-0.6, 0.6), rng.chance(0.5));
    for ring in 0..rings {
        let share = (ring + 1) as f32 / rings as f32;
        let reach = radius * (0.35 + 0.65 * share);
        let size = TAU * reach / count as f32 * if outwards { 0.4 * share } else { 0.42 - 0.28 * share };
        for index in 0..count {
            let angle = index as f32 / count as f32 * TAU + turn * share;
            canvas.disc(around(at, reach, angle), size, ink);
        }
    }
}

/// A portrait in a ring of bars as long as its sound is loud.
fn sound(canvas: &mut Canvas, at: [f32; 2], radius: f32, ink: Colour, rng: &mut Rng) {
    let (count, waves, from) = (rng.whole(24, 90), rng.whole(2, 9), rng.between(0.5, 0.7));
    let rough = rng.between(0.0, 0.6);
    let pen = (TAU * radius * from / count as f32 * 0.5).max(1.0);
    for index in 0..count {
        let angle = index as f32 / count as f32 * TAU;
        let loud = (0.5 + 0.5 * (angle * waves as f32).sin()) * (1.0 - rough) + rng.unit() * rough;
        let ends = [from + 0.06, from + 0.08 + (0.92 - from) * loud].map(|reach| around(at, radius * reach, angle));
        canvas.line(ends[0], ends[1], pen, ink);
    }
    avatar(canvas, at, radius * from, rng);
}

/// Bands of figures in stitches, each figure its own mirror image, repeated across.
pub(super) fn knitting(rng: &mut Rng) -> Canvas {
    let (columns, rows) = (rng.whole(24, 72), rng.whole(20, 60));
    let stitch = (1000 / columns.max(rows)).max(8) as f32;
    let ground = if rng.chance(0.5) { pale(rng) } else { dark(rng) };
    let yarns = [vivid(rng), pale(rng), dark(rng)];
    let mut cloth = Canvas::new((columns as f32 * stitch) as usize, (rows as f32 * stitch) as usize, ground);
    let mut row = 0;
    while row < rows {
        let (half, tall, yarn) = (rng.whole(2, 8), rng.whole(1, 13), *rng.pick(&yarns));
        let lozenge = rng.chance(0.5);
        let figure: Vec<bool> = (0..(half + 1) * (tall + 1)).map(|_| rng.chance(0.5)).collect();
        for y in 0..tall {
            let mirrored_y = y.min(tall - 1 - y);
            for x in 0..columns {
                let across = x % (2 * half);
                let mirrored_x = across.min(2 * half - 1 - across);
                let set = if lozenge {
                    (mirrored_x + mirrored_y) % 3 != 1
                } else {
                    figure[(mirrored_y * (half + 1) + mirrored_x) as usize]
                };
                let (left, top) = (x as f32 * stitch, (row + y) as f32 * stitch);
                let colour = if set { yarn } else { ground };
                let shade = mix(colour, [0; 3], 0.12);
                let low = [left + stitch * 0.5, top + stitch * 0.95];
                knitted(&mut cloth, [left, top], low, stitch, (colour, shade));
            }
        }
        row += tall + rng.whole(0, 2);
    }
    cloth
}

/// One stitch: the two legs of a V.
fn knitted(cloth: &mut Canvas, [left, top]: [f32; 2], low: [f32; 2], stitch: f32, (one, other): (Colour, Colour)) {
    cloth.line([left + stitch * 0.12, top + stitch * 0.15], low, stitch * 0.36, one);
    cloth.line([left + stitch * 0.88, top + stitch * 0.15], low, stitch * 0.36, other);
}
