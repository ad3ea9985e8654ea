//! Merges detections of the same code: a code may be decoded, located, and found in several channels.

use crate::{Code, CodeKind, Point};

/// Is a located code the one that was decoded?
pub(super) fn explains(read: &Code, located: &Code) -> bool {
    let (read_box, located_box) = (read.quad.bounds(), located.quad.bounds());
    let shared = read_box.shared(located_box);
    // A linear code is often decoded along a single line, so its own box says little.
    let part = if read.kind == CodeKind::Linear { 0.25 } else { 0.5 };
    let Point { x, y } = located_box.centre();
    // No code has its centre in another one.
    let is_middle = (read_box.left..read_box.right()).contains(&x) && (read_box.top..read_box.bottom()).contains(&y);
    shared > part * located_box.area()
        || (is_middle || shared > 0.5 * read_box.area()) && read_box.area() > 0.1 * located_box.area()
}

/// Is a located code one of those that were decoded, or composed of parts of several, as between the codes of a sheet?
pub(super) fn explained(codes: &[Code], located: &Code) -> bool {
    let bounds = located.quad.bounds();
    let mut read = codes.iter().filter(|code| code.is_decoded());
    let together: f32 = read.clone().map(|code| code.quad.bounds().shared(bounds)).sum();
    together > 0.5 * bounds.area() || read.any(|code| explains(code, located))
}

/// Are these two detections of one code?
fn same(a: &Code, b: &Code) -> bool {
    let (first, second) = (a.quad.bounds(), b.quad.bounds());
    match (a.is_decoded(), b.is_decoded()) {
        (true, true) => a.text == b.text && first.shared(second) > 0.3 * first.area().min(second.area()),
        (true, false) => explains(a, b),
        (false, true) => explains(b, a),
        (false, false) => first.overlap(second) > 0.35 || first.shared(second) > 0.7 * first.area().min(second.area()),
    }
}

/// Keeps one detection per code, decoded ones before others, then by score. Returns them from top to bottom, then left to
/// right.
pub(super) fn deduplicate(mut codes: Vec<Code>) -> Vec<Code> {
    codes.sort_by(|a, b| b.is_decoded().cmp(&a.is_decoded()).then(b.score.total_cmp(&a.score)));
    let mut kept: Vec<Code> = Vec::with_capacity(codes.len());
    for code in codes {
        let is_known = kept.iter().any(|other| same(other, &code)) || !code.is_decoded() && explained(&kept, &code);
        if !is_known {
            kept.push(code);
        }
    }
    kept.sort_by(Code::reading_order);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Quad, Rect};

    fn code(kind: CodeKind, (left, top, width, height): (f32, f32, f32, f32), score: f32, text: Option<&str>) -> Code {
        Code { kind, quad: Quad::of(Rect { left, top, width, height }), score, text: text.map(str::to_owned) }
    }

    #[test]
    fn what_was_read_wins_over_what_was_located_there() {
        let located = code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), 0.9, None);
        let read = code(CodeKind::DataMatrix, (5.0, 5.0, 92.0, 92.0), 1.0, Some("box"));
        assert_eq!(deduplicate(vec![located.clone(), read.clone()]), vec![read]);
        // The line along which a barcode was read covers little of it.
        let line = code(CodeKind::Linear, (2.0, 30.0, 96.0, 30.0), 1.0, Some("6901234567892"));
        assert_eq!(deduplicate(vec![line.clone(), located.clone()]), vec![line]);
        // A box that is half beside the code.
        let aside = code(CodeKind::Qr, (45.0, 40.0, 100.0, 100.0), 1.0, Some("a"));
        assert_eq!(deduplicate(vec![aside.clone(), located]), vec![aside]);
    }

    #[test]
    fn codes_side_by_side_are_all_kept_in_the_order_of_reading() {
        let read = code(CodeKind::Qr, (0.0, 200.0, 100.0, 100.0), 1.0, Some("a"));
        let again = code(CodeKind::Qr, (110.0, 200.0, 100.0, 100.0), 1.0, Some("a"));
        let located = code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), 0.4, None);
        let codes = deduplicate(vec![again.clone(), read.clone(), read.clone(), located.clone()]);
        assert_eq!(codes, vec![located, read, again]);
    }

    #[test]
    fn the_surer_of_two_opinions_about_one_place_is_kept() {
        let sure = code(CodeKind::MiniProgram, (0.0, 0.0, 100.0, 100.0), 0.8, None);
        let unsure = code(CodeKind::Qr, (10.0, 0.0, 100.0, 100.0), 0.5, None);
        let part = code(CodeKind::Qr, (10.0, 10.0, 30.0, 30.0), 0.7, None);
        assert_eq!(deduplicate(vec![unsure, part, sure.clone()]), vec![sure]);
    }

    #[test]
    fn a_box_between_codes_of_a_sheet_is_none_of_its_own() {
        let first = code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), 1.0, Some("a"));
        let second = code(CodeKind::Qr, (120.0, 0.0, 100.0, 100.0), 1.0, Some("b"));
        let between = code(CodeKind::Qr, (65.0, 5.0, 100.0, 100.0), 0.8, None);
        assert!(!explains(&first, &between) && !explains(&second, &between));
        assert_eq!(deduplicate(vec![first.clone(), between.clone(), second.clone()]), vec![first.clone(), second]);
        assert_eq!(deduplicate(vec![first.clone(), between.clone()]), vec![first, between]);
    }

    #[test]
    fn a_small_code_that_was_read_does_not_explain_a_large_one_around_it() {
        let small = code(CodeKind::Qr, (40.0, 40.0, 20.0, 20.0), 1.0, Some("a"));
        assert!(!explains(&small, &code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), 0.9, None)));
    }
}
