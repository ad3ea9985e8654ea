//! Lines as a person reads them: pieces of a row joined, columns, rows of one text below each other.

use dianjian_base::{Point, Rect};

use crate::line::{TextBlock, TextLine};

/// Heights of pieces of one text differ by these factors at most.
const MIN_HEIGHT_RATIO: f32 = 0.55;
const MAX_HEIGHT_RATIO: f32 = 1.8;

/// Pieces of one row overlap by more than this part of the lower one's height.
const MIN_OVERLAP: f32 = 0.5;

/// The widest gap between pieces of one row, in heights.
const MAX_GAP: f32 = 1.5;

/// From this gap on, in heights, a blank stands between pieces.
const BLANK_GAP: f32 = 0.2;

/// The widest gap between rows of one text, in heights.
const MAX_ROW_GAP: f32 = 0.7;

/// The widest gap between characters below each other, in heights.
const MAX_STACK_GAP: f32 = 0.8;

/// Characters below each other are a column from this many on.
const MIN_STACK: usize = 2;

/// A row or column: its pieces in order.
#[derive(Debug)]
struct Run {
    pieces: Vec<TextLine>,
    /// Around all of it.
    bounds: Rect,
    vertical: bool,
    height: f32,
}

impl Run {
    fn of(pieces: Vec<TextLine>, vertical: bool) -> Self {
        let bounds = pieces.iter().map(|piece| piece.quad.bounds()).reduce(Rect::union).unwrap_or_default();
        let height = pieces.iter().map(TextLine::height).sum::<f32>() / pieces.len().max(1) as f32;
        Self { pieces, bounds, vertical, height }
    }
}

/// Puts lines together to texts, from top to bottom, then left to right.
pub fn arrange(lines: Vec<TextLine>) -> Vec<TextBlock> {
    let (columns, rows): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.vertical);
    let (stacks, rows) = stacks(rows);
    let mut runs: Vec<Run> = chains(rows, row_gap).into_iter().map(|row| Run::of(row, false)).collect();
    runs.extend(columns.into_iter().map(|column| Run::of(vec![column], true)));
    runs.extend(stacks.into_iter().map(|stack| Run::of(stack, true)));
    let mut texts = chains(runs, text_gap);
    let top_left = |text: &[Run]| text.iter().map(|run| run.bounds).reduce(Rect::union).unwrap_or_default();
    texts.sort_by(|a, b| {
        let (a, b) = (top_left(a), top_left(b));
        a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left))
    });
    texts.iter().map(|text| block(text)).collect()
}

fn block(runs: &[Run]) -> TextBlock {
    let mut block = TextBlock::default();
    for run in runs {
        block.part('\n');
        let mut before: Option<&TextLine> = None;
        for piece in &run.pieces {
            let has_blank = |last: &TextLine| {
                !run.vertical && offset(last, piece).0 > BLANK_GAP * last.height().min(piece.height())
            };
            if before.is_some_and(has_blank) {
                block.part(' ');
            }
            piece.chars.iter().for_each(|place| block.push(place));
            before = Some(piece);
        }
    }
    block
}

/// Characters that stand by themselves below each other; the second are the other lines.
fn stacks(rows: Vec<TextLine>) -> (Vec<Vec<TextLine>>, Vec<TextLine>) {
    let is_single = |line: &TextLine| {
        let bounds = line.quad.bounds();
        line.chars.len() <= 2 && bounds.width <= 1.6 * bounds.height
    };
    let (single, mut others): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_single);
    // What has a neighbour in its row belongs to that.
    let has_neighbour = |line: &TextLine| {
        let beside = |other: &&TextLine| row_gap(line, other).is_some() || row_gap(other, line).is_some();
        others.iter().chain(&single).filter(|other| *other != line).any(|other| beside(&other))
    };
    let in_row: Vec<bool> = single.iter().map(has_neighbour).collect();
    let mut alone = Vec::new();
    for (line, in_row) in single.into_iter().zip(in_row) {
        if in_row { others.push(line) } else { alone.push(line) }
    }
    let (stacks, loose): (Vec<_>, Vec<_>) =
        chains(alone, stack_gap).into_iter().partition(|stack| stack.len() >= MIN_STACK);
    others.extend(loose.into_iter().flatten());
    (stacks, others)
}

/// Puts things into chains: each is followed by the nearest that continues it, if it continues no other one better.
fn chains<T>(items: Vec<T>, gap: impl Fn(&T, &T) -> Option<f32>) -> Vec<Vec<T>> {
    let mut links: Vec<(f32, usize, usize)> = Vec::new();
    for (from, item) in items.iter().enumerate() {
        let next = items.iter().enumerate().filter(|(to, _)| *to != from);
        links.extend(next.filter_map(|(to, other)| Some((gap(item, other)?, from, to))));
    }
    links.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut next, mut before) = (vec![None; items.len()], vec![None; items.len()]);
    for (_, from, to) in links {
        if next[from].is_none() && before[to].is_none() && !leads_to(&next, to, from) {
            (next[from], before[to]) = (Some(to), Some(from));
        }
    }
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let mut chains = Vec::new();
    for start in (0..items.len()).filter(|at| before[*at].is_none()) {
        let mut chain = Vec::new();
        let mut at = Some(start);
        while let Some(number) = at {
            chain.extend(items[number].take());
            at = next[number];
        }
        chains.push(chain);
    }
    chains
}

/// Whether a chain that begins at one leads to another.
fn leads_to(next: &[Option<usize>], from: usize, to: usize) -> bool {
    std::iter::successors(Some(from), |at| next[*at]).any(|at| at == to)
}

fn is_alike(a: f32, b: f32) -> bool {
    (MIN_HEIGHT_RATIO..=MAX_HEIGHT_RATIO).contains(&(b / a.max(1.0)))
}

/// How far a line begins behind another's end, and below its middle, along that line's direction.
fn offset(before: &TextLine, line: &TextLine) -> (f32, f32) {
    let [a, b, c, d] = before.quad.0;
    let (begin, end) = (middle(a, d), middle(b, c));
    let length = begin.distance(end).max(1.0);
    let direction = Point::new((end.x - begin.x) / length, (end.y - begin.y) / length);
    let [e, f, g, h] = line.quad.0;
    let at = middle(e, h);
    let (right, down) = (at.x - end.x, at.y - end.y);
    // The line's own direction may differ a little: its middle says how much it is lower.
    let centre = middle(at, middle(f, g));
    let (centre_right, centre_down) = (centre.x - end.x, centre.y - end.y);
    (right * direction.x + down * direction.y, centre_down * direction.x - centre_right * direction.y)
}

fn middle(a: Point, b: Point) -> Point {
    Point::new(f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y))
}

/// The gap between a piece and one that continues its row.
fn row_gap(before: &TextLine, line: &TextLine) -> Option<f32> {
    let (high, low) = (before.height(), line.height());
    let (gap, lower) = offset(before, line);
    let overlap = (high.min(low)).min(f32::midpoint(high, low) - lower.abs());
    let least = high.min(low);
    let continues = is_alike(high, low) && overlap > MIN_OVERLAP * least && gap > -least && gap < MAX_GAP * least;
    continues.then(|| gap.max(0.0) + lower.abs())
}

/// The gap between a character and one below it.
fn stack_gap(above: &TextLine, line: &TextLine) -> Option<f32> {
    let (upper, lower) = (above.quad.bounds(), line.quad.bounds());
    let shared = upper.right().min(lower.right()) - upper.left.max(lower.left);
    let gap = lower.top - upper.bottom();
    let least = upper.height.min(lower.height);
    let continues = is_alike(upper.height, lower.height)
        && shared > MIN_OVERLAP * upper.width.min(lower.width)
        && gap > -0.5 * least
        && gap < MAX_STACK_GAP * least;
    continues.then(|| gap.max(0.0))
}

/// The gap between a row and the next row of the same text, or between a column and the one left of it.
fn text_gap(before: &Run, run: &Run) -> Option<f32> {
    if before.vertical != run.vertical || !is_alike(before.height, run.height) {
        return None;
    }
    let (a, b) = (before.bounds, run.bounds);
    let least = before.height.min(run.height);
    let (gap, shared, shorter) = if run.vertical {
        (a.left - b.right(), a.bottom().min(b.bottom()) - a.top.max(b.top), a.height.min(b.height))
    } else {
        (b.top - a.bottom(), a.right().min(b.right()) - a.left.max(b.left), a.width.min(b.width))
    };
    let continues = shared > MIN_OVERLAP * shorter && gap > -0.5 * least && gap < MAX_ROW_GAP * least;
    continues.then(|| gap.max(0.0))
}

#[cfg(test)]
mod tests {
    use dianjian_base::Quad;

    use super::*;
    use crate::line::CharPlace;

    fn line(text: &str, left: f32, top: f32, width: f32, height: f32) -> TextLine {
        let quad = Quad::of(Rect { left, top, width, height });
        let count = text.chars().count().max(1) as f32;
        let vertical = height > 1.5 * width;
        let chars = (0_u8..).zip(text.chars()).map(|(number, char)| {
            let part = f32::from(number) / count;
            let rect = if vertical {
                Rect { left, top: top + part * height, width, height: height / count }
            } else {
                Rect { left: left + part * width, top, width: width / count, height }
            };
            CharPlace { char, quad: Quad::of(rect), confidence: 0.9 }
        });
        TextLine { chars: chars.collect(), quad, vertical }
    }

    fn texts(lines: &[TextLine]) -> Vec<String> {
        arrange(lines.to_vec()).into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn pieces_of_a_row_are_one_text() {
        let pieces = [line("abc12388", 150.0, 102.0, 160.0, 36.0), line("加微信", 20.0, 100.0, 110.0, 40.0)];
        assert_eq!(texts(&pieces), ["加微信 abc12388"]);
        let far = [pieces[1].clone(), line("abc12388", 250.0, 102.0, 160.0, 36.0)];
        assert_eq!(texts(&far), ["加微信", "abc12388"], "more than one and a half heights apart");
        let larger = [pieces[1].clone(), line("99", 150.0, 80.0, 100.0, 80.0)];
        assert_eq!(texts(&larger).len(), 2, "twice as high");
        let close = [line("加微", 20.0, 100.0, 80.0, 40.0), line("信", 101.0, 100.0, 40.0, 40.0)];
        assert_eq!(texts(&close), ["加微信"]);
    }

    #[test]
    fn characters_below_each_other_are_a_column() {
        let stack = [
            line("号", 20.0, 190.0, 40.0, 40.0),
            line("微", 20.0, 100.0, 40.0, 40.0),
            line("信", 21.0, 145.0, 40.0, 40.0),
        ];
        assert_eq!(texts(&stack), ["微信号"]);
        let columns = [line("加我微信", 20.0, 100.0, 40.0, 170.0), line("老客专享", 70.0, 100.0, 40.0, 170.0)];
        assert_eq!(texts(&columns), ["老客专享\n加我微信"], "the right column first");
    }

    #[test]
    fn rows_below_each_other_are_one_text_and_far_ones_are_not() {
        let rows = [line("加微信", 20.0, 100.0, 120.0, 40.0), line("abc12388", 20.0, 150.0, 160.0, 36.0)];
        assert_eq!(texts(&rows), ["加微信\nabc12388"]);
        let far = [rows[0].clone(), line("abc12388", 20.0, 200.0, 160.0, 36.0)];
        assert_eq!(texts(&far), ["加微信", "abc12388"]);
    }

    #[test]
    fn a_range_has_the_place_of_its_characters() {
        let block = arrange(vec![line("加微信", 0.0, 0.0, 90.0, 30.0)]).remove(0);
        let place = block.quad(3..9).bounds();
        assert_eq!((place.left, place.width, place.height), (30.0, 60.0, 30.0));
        assert!((block.confidence(0..9) - 0.9).abs() < 1e-6);
        assert_eq!(block.height(0..3), 30.0);
        assert_eq!(block.quad(0..0), Quad::default());
        let half = block.scaled([0.5, 2.0]);
        assert_eq!(half.quad(3..9).bounds(), Rect { left: 15.0, top: 0.0, width: 30.0, height: 60.0 });
    }

    proptest::proptest! {
        #[test]
        fn no_character_is_lost(places in proptest::collection::vec((0_u16..400, 0_u16..400, 10_u16..200, 10_u16..60), 0..12)) {
            let lines: Vec<TextLine> = places.iter().map(|(left, top, width, height)| {
                line("字句", f32::from(*left), f32::from(*top), f32::from(*width), f32::from(*height))
            }).collect();
            let count = lines.len() * 2;
            let blocks = arrange(lines);
            let is_kept = |block: &TextBlock| block.text.chars().count() == block.places.len();
            proptest::prop_assert!(blocks.iter().all(is_kept));
            let found: usize = blocks.iter().map(|block| block.text.chars().filter(|c| !c.is_whitespace()).count()).sum();
            proptest::prop_assert_eq!(found, count);
        }
    }
}
