//! Merges detections of the same code: a code may be decoded, located, and found in several channels.

use crate::{Code, CodeKind, Point};

/// Boxes of two codes share less of either than this part. Codes do not lie on each other; upright boxes around turned
/// ones that touch share up to a quarter.
const MAX_SHARED: f32 = 0.45;

/// Is a located code the one that was decoded?
pub(super) fn explains(read: &Code, located: &Code) -> bool {
    let (read_box, located_box) = (read.quad.bounds(), located.quad.bounds());
    let shared = read_box.shared(located_box);
    // A linear code is often decoded along a single line, so its own box says little.
    let part = if read.kind == CodeKind::Linear { 0.25 } else { MAX_SHARED };
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
        (true, true) => {
            a.text == b.text && (first.shared(second) > 0.3 * first.area().min(second.area()) || is_one_barcode(a, b))
        }
        (true, false) => explains(a, b),
        (false, true) => explains(b, a),
        (false, false) => first.shared(second) > MAX_SHARED * first.area().min(second.area()),
    }
}

/// Were these two read along two lines of one barcode? What is known of its height are these lines.
fn is_one_barcode(a: &Code, b: &Code) -> bool {
    let (first, second) = (a.quad.bounds(), b.quad.bounds());
    let is_near = first.centre().distance(second.centre()) < 0.5 * first.side().max(second.side());
    a.kind == CodeKind::Linear && b.kind == CodeKind::Linear && is_near
}

/// Is a located code a part of another one: a finder pattern, or a dense corner, of which the networks may be surer? Parts
/// are few and small; a box around a sheet of codes has more in it.
fn is_part(codes: &[Code], part: &Code) -> bool {
    let is_in = |part: &Code, whole: &Code| {
        let (inner, outer) = (part.quad.bounds(), whole.quad.bounds());
        !part.is_decoded() && inner.area() < 0.12 * outer.area() && outer.shared(inner) > 0.7 * inner.area()
    };
    let is_whole = |whole: &Code| {
        !whole.is_decoded()
            && whole.score >= 0.6 * part.score
            && is_in(part, whole)
            && codes.iter().filter(|other| is_in(other, whole)).count() <= 3
    };
    codes.iter().any(is_whole)
}

/// Keeps one detection per code, decoded ones before others, then by score. Returns them from top to bottom, then left to
/// right.
pub(super) fn deduplicate(mut codes: Vec<Code>) -> Vec<Code> {
    codes.sort_by(|a, b| b.is_decoded().cmp(&a.is_decoded()).then(b.score.total_cmp(&a.score)));
    let parts: Vec<bool> = codes.iter().map(|code| is_part(&codes, code)).collect();
    let mut kept: Vec<Code> = Vec::with_capacity(codes.len());
    for (code, _) in codes.into_iter().zip(parts).filter(|(_, is_part)| !is_part) {
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
    use proptest::prelude::*;

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

    #[test]
    fn finders_of_a_code_are_not_codes_beside_it() {
        let whole = code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), 0.6, None);
        let finders = [(2.0, 2.0), (68.0, 2.0), (2.0, 68.0)];
        let finders = finders.map(|(left, top)| code(CodeKind::Qr, (left, top, 30.0, 30.0), 0.8, None));
        assert_eq!(deduplicate([&finders[..], std::slice::from_ref(&whole)].concat()), vec![whole.clone()]);
        // A sheet of four codes is no code, and they are.
        let sheet = [(0.0, 0.0), (68.0, 0.0), (0.0, 68.0), (68.0, 68.0)];
        let sheet = sheet.map(|(left, top)| code(CodeKind::Qr, (left, top, 30.0, 30.0), 0.8, None));
        assert_eq!(deduplicate([&sheet[..], &[whole]].concat()).len(), 4);
    }

    #[test]
    fn a_barcode_that_was_read_along_two_lines_is_one() {
        let line = |top, text| code(CodeKind::Linear, (10.0, top, 90.0, 2.0), 1.0, Some(text));
        assert_eq!(deduplicate(vec![line(10.0, "4006381333931"), line(30.0, "4006381333931")]).len(), 1);
        assert_eq!(deduplicate(vec![line(10.0, "4006381333931"), line(30.0, "6901234567892")]).len(), 2);
        assert_eq!(deduplicate(vec![line(10.0, "4006381333931"), line(90.0, "4006381333931")]).len(), 2);
    }

    prop_compose! {
        /// A box of about the size and place of a code of 100 pixels.
        fn opinion()(dx in -14.0_f32..14.0, dy in -14.0_f32..14.0, side in 82.0_f32..122.0, score in 0.3_f32..0.99) -> Code {
            code(CodeKind::Qr, (50.0 + dx - side / 2.0, 50.0 + dy - side / 2.0, side, side), score, None)
        }
    }

    proptest! {
        #[test]
        fn opinions_about_one_code_are_one(opinions in prop::collection::vec(opinion(), 1..6), is_read: bool) {
            let mut codes = opinions;
            if is_read {
                codes.push(code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), 1.0, Some("a")));
            }
            let one = deduplicate(codes);
            prop_assert_eq!(one.len(), 1);
            prop_assert_eq!(one[0].is_decoded(), is_read);
            prop_assert_eq!(deduplicate(one.clone()), one);
        }

        #[test]
        fn codes_that_touch_or_say_different_things_are_two(
            gap in 100.0_f32..160.0, down in -30.0_f32..30.0, first in 0.3_f32..1.0, second in 0.3_f32..1.0, texts in 0_u8..4,
        ) {
            let text = |bit: u8, text| (texts & bit > 0).then_some(text);
            let a = code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), first, text(1, "a"));
            let b = code(CodeKind::Qr, (gap, down, 100.0, 100.0), second, text(2, "b"));
            prop_assert_eq!(deduplicate(vec![a.clone(), b.clone()]).len(), 2);
            // Even in one place, as one that fades into another.
            let a = code(CodeKind::Qr, (0.0, 0.0, 100.0, 100.0), 1.0, Some("a"));
            let b = code(CodeKind::Qr, (3.0, 0.0, 100.0, 100.0), 1.0, Some("b"));
            prop_assert_eq!(deduplicate(vec![a, b]).len(), 2);
        }
    }
}
