//! Writing without a font file: Latin letters from a small grid, Han-like signs from chance strokes.

use crate::canvas::{Area, Canvas, CanvasPoint, Paint};
use crate::rng::Rng;

/// Letters on a grid of 5 by 7, one number a row, the highest of five bits left.
const LETTERS: &[(char, [u8; 7])] = &[
    ('A', [0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11]),
    ('B', [0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e]),
    ('C', [0x0e, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0e]),
    ('D', [0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e]),
    ('E', [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f]),
    ('F', [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x10]),
    ('G', [0x0e, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0f]),
    ('H', [0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11]),
    ('I', [0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('J', [0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0c]),
    ('K', [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11]),
    ('L', [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f]),
    ('M', [0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11]),
    ('N', [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11]),
    ('O', [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]),
    ('P', [0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10]),
    ('Q', [0x0e, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0d]),
    ('R', [0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11]),
    ('S', [0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e]),
    ('T', [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04]),
    ('U', [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]),
    ('V', [0x11, 0x11, 0x11, 0x11, 0x11, 0x0a, 0x04]),
    ('W', [0x11, 0x11, 0x11, 0x15, 0x15, 0x1b, 0x11]),
    ('X', [0x11, 0x11, 0x0a, 0x04, 0x0a, 0x11, 0x11]),
    ('Y', [0x11, 0x11, 0x0a, 0x04, 0x04, 0x04, 0x04]),
    ('Z', [0x1f, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1f]),
    ('0', [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e]),
    ('1', [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('2', [0x0e, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1f]),
    ('3', [0x0e, 0x11, 0x01, 0x06, 0x01, 0x11, 0x0e]),
    ('4', [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02]),
    ('5', [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e]),
    ('6', [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e]),
    ('7', [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08]),
    ('8', [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e]),
    ('9', [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c]),
    ('.', [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04]),
    ('-', [0x00, 0x00, 0x00, 0x0e, 0x00, 0x00, 0x00]),
    ('/', [0x01, 0x01, 0x02, 0x04, 0x08, 0x10, 0x10]),
    (':', [0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x00]),
];

/// Writes a line whose letters are `size` high; what has no shape is a gap. Returns where it ends.
pub fn latin(canvas: &mut Canvas, [mut x, y]: CanvasPoint, size: f32, text: &str, paint: impl Into<Paint>) -> f32 {
    let paint = paint.into();
    for letter in text.chars() {
        if let Some((_, rows)) = LETTERS.iter().find(|(c, _)| *c == letter.to_ascii_uppercase()) {
            letter_at(canvas, [x, y], size, rows, paint);
        }
        x += size * 0.78;
    }
    x
}

/// The cells are joined to strokes, since squares on a grid would look like a code themselves.
fn letter_at(canvas: &mut Canvas, [x, y]: CanvasPoint, size: f32, rows: &[u8; 7], paint: Paint) {
    let step = size / 7.0;
    let on =
        |col: i32, row: i32| (0..5).contains(&col) && (0..7).contains(&row) && rows[row as usize] >> (4 - col) & 1 == 1;
    let at = |col: i32, row: i32| [x + (col as f32 + 0.5) * step, y + (row as f32 + 0.5) * step];
    for (col, row) in (0..7).flat_map(|row| (0..5).map(move |col| (col, row))).filter(|&(c, r)| on(c, r)) {
        let joined = [(1, 0), (0, 1), (1, 1), (-1, 1)].into_iter().filter(|&(dx, dy)| {
            on(col + dx, row + dy) && (dx == 0 || dy == 0 || !(on(col + dx, row) || on(col, row + dy)))
        });
        let mut alone = true;
        for (dx, dy) in joined {
            canvas.line(at(col, row), at(col + dx, row + dy), step * 0.95, paint);
            alone = false;
        }
        if alone {
            canvas.disc(at(col, row), step * 0.5, paint);
        }
    }
}

/// Writes a sign that looks like Han: which one, `index` says.
pub fn sign(canvas: &mut Canvas, at: CanvasPoint, size: f32, index: u64, bold: f32, paint: impl Into<Paint>) {
    let mut rng = Rng::new("signs", index);
    let paint = paint.into();
    let pen = size * bold;
    let inner = size * 0.88;
    match rng.below(4) {
        0 => part(canvas, Area::new(at[0], at[1], inner, inner), pen, &mut rng, paint),
        1 | 2 => {
            let left = inner * rng.between(0.3, 0.48);
            part(canvas, Area::new(at[0], at[1], left, inner), pen, &mut rng, paint);
            let right = Area::new(at[0] + left + inner * 0.08, at[1], inner * 0.92 - left, inner);
            part(canvas, right, pen, &mut rng, paint);
        }
        _ => {
            let high = inner * rng.between(0.35, 0.55);
            part(canvas, Area::new(at[0], at[1], inner, high), pen, &mut rng, paint);
            let lower = Area::new(at[0], at[1] + high + inner * 0.08, inner, inner * 0.92 - high);
            part(canvas, lower, pen, &mut rng, paint);
        }
    }
}

fn part(canvas: &mut Canvas, area: Area, pen: f32, rng: &mut Rng, paint: Paint) {
    let at = |u: f32, v: f32| [area.left + u * area.width, area.top + v * area.height];
    let mut stroke = |a: CanvasPoint, b: CanvasPoint| canvas.line(a, b, pen, paint);
    let levels = rng.whole(1, 3);
    for level in 0..levels {
        let v = (level as f32 + rng.between(0.1, 0.6)) / levels as f32;
        let (from, to) = (rng.between(0.0, 0.25), rng.between(0.75, 1.0));
        stroke(at(from, v + 0.04), at(to, v));
    }
    if rng.chance(0.35) {
        for (a, b) in [((0.12, 0.1), (0.12, 0.95)), ((0.88, 0.1), (0.88, 0.95)), ((0.12, 0.1), (0.88, 0.1))] {
            stroke(at(a.0, a.1), at(b.0, b.1));
        }
    }
    if rng.chance(0.75) {
        let u = rng.between(0.3, 0.7);
        stroke(at(u, rng.between(0.0, 0.2)), at(u, rng.between(0.75, 1.0)));
    }
    if rng.chance(0.6) {
        let u = rng.between(0.4, 0.6);
        stroke(at(u, rng.between(0.2, 0.5)), at(0.02, 0.98));
        stroke(at(u, rng.between(0.3, 0.6)), at(0.98, 0.98));
    }
    if rng.chance(0.4) {
        let u = rng.between(0.1, 0.8);
        stroke(at(u, 0.0), at(u + 0.12, 0.15));
    }
}

/// Writes a line of signs, most of them Han-like, some Latin, from left to right. Returns where it ends.
pub fn line(
    canvas: &mut Canvas,
    [mut x, y]: CanvasPoint,
    size: f32,
    count: usize,
    rng: &mut Rng,
    paint: impl Into<Paint>,
) -> f32 {
    let (bold, paint) = (rng.between(0.065, 0.1), paint.into());
    for _ in 0..count {
        if rng.chance(0.1) {
            let word = rng.whole(1, 4) as usize;
            let word = rng.digits(word);
            x = latin(canvas, [x, y + size * 0.1], size * 0.75, &word, paint);
        } else {
            sign(canvas, [x, y], size, rng.below(600) as u64, bold, paint);
            x += size * 1.06;
        }
    }
    x
}

/// Fills an area with lines of text; paragraphs end early and some lines are missing.
pub fn block(canvas: &mut Canvas, area: Area, size: f32, rng: &mut Rng, paint: Paint) {
    let step = size * rng.between(1.3, 1.8);
    let across = (area.width / (size * 1.06)) as usize;
    let mut y = area.top;
    while y + size < area.bottom() {
        let ends = rng.chance(0.2);
        let count = if ends { rng.below(across.max(1)) } else { across };
        let mut x = area.left;
        let bold = size * 0.08;
        for _ in 0..count {
            sign(canvas, [x, y], size, rng.below(600) as u64, bold / size, paint);
            x += size * 1.06;
        }
        y += if ends { step * 1.4 } else { step };
    }
}
