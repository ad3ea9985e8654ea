//! One entry a code, though it was read, located and seen on several planes.

use super::super::{Code, CodeKind};

/// Is what was located the code that was read?
#[must_use]
pub fn explains(read: &Code, located: &Code) -> bool {
    let (read_box, located_box) = (read.quad.bounds(), located.quad.bounds());
    let shared = read_box.shared(located_box);
    // A linear code is often read along one line only, so that its own box says little.
    let part = if read.kind == CodeKind::Linear { 0.25 } else { 0.5 };
    shared > part * located_box.area() || shared > 0.5 * read_box.area() && read_box.area() > 0.1 * located_box.area()
}

/// Are the two one code?
fn same(a: &Code, b: &Code) -> bool {
    let (first, second) = (a.quad.bounds(), b.quad.bounds());
    match (a.is_decoded(), b.is_decoded()) {
        (true, true) => a.text == b.text && first.shared(second) > 0.3 * first.area().min(second.area()),
        (true, false) => explains(a, b),
        (false, true) => explains(b, a),
        (false, false) => first.overlap(second) > 0.35,
    }
}

/// Leaves one entry a code, decoded ones and those of the best score first, and puts them in the order of reading.
#[must_use]
pub fn one_each(mut codes: Vec<Code>) -> Vec<Code> {
    codes.sort_by(|a, b| b.is_decoded().cmp(&a.is_decoded()).then(b.score.total_cmp(&a.score)));
    let mut kept: Vec<Code> = Vec::with_capacity(codes.len());
    for code in codes {
        if !kept.iter().any(|other| same(other, &code)) {
            kept.push(code);
        }
    }
    let place = |code: &Code| {
        let bounds = code.quad.bounds();
        (bounds.top, bounds.left)
    };
    kept.sort_by(|a, b| {
        let (a, b) = (place(a), place(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    kept
}
