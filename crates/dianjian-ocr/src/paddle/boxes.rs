//! Boxes around the lines in a map of how likely each pixel is text.
//!
//! The detector draws lines thinner than they are, so that neighbours do not touch: a box is the smallest rectangle around
//! what hangs together, grown by as much as the network was taught to shrink it.

use dianjian_base::{Point, Quad};

/// From this probability on a pixel is text.
const THRESHOLD: f32 = 0.3;

/// Boxes of a lower mean probability are no text.
const MIN_SCORE: f32 = 0.5;

/// Sides of what hangs together and of boxes, in pixels of the map; below is noise.
const MIN_SIDE: f32 = 3.0;

/// Where a line of text is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TextBox {
    /// Clockwise from the upper left.
    pub quad: Quad,
    pub score: f32,
}

/// The boxes of a map, in its pixels, grown on every side by a ratio of their area to their perimeter.
pub(super) fn find(map: &[f32], width: usize, height: usize, unclip_ratio: f32) -> Vec<TextBox> {
    let mut mask = dilated(map, width, height);
    let mut boxes = Vec::new();
    for start in 0..mask.len() {
        if mask[start] {
            let outline = outline(&mut mask, width, height, start);
            boxes.extend(text_box(&outline, map, [width, height], unclip_ratio));
        }
    }
    boxes
}

/// The pixels that are text, and those right of and below them.
fn dilated(map: &[f32], width: usize, height: usize) -> Vec<bool> {
    let is_text = |x: usize, y: usize| map[y * width + x] > THRESHOLD;
    let mut mask = Vec::with_capacity(map.len());
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let (left, top) = (x.saturating_sub(1), y.saturating_sub(1));
        mask.push(is_text(x, y) || is_text(left, y) || is_text(x, top) || is_text(left, top));
    }
    mask
}

/// The first and last pixel in each row of what hangs together with a pixel; clears it.
fn outline(mask: &mut [bool], width: usize, height: usize, start: usize) -> Vec<Point> {
    let mut rows: Vec<Option<(usize, usize)>> = Vec::new();
    let top = start / width;
    let mut open = vec![start];
    mask[start] = false;
    while let Some(at) = open.pop() {
        let (x, y) = (at % width, at / width);
        // The first pixel found is in the uppermost row.
        let row = y.saturating_sub(top);
        rows.resize(rows.len().max(row + 1), None);
        let (low, high) = rows[row].unwrap_or((x, x));
        rows[row] = Some((low.min(x), high.max(x)));
        for near_y in y.saturating_sub(1)..=(y + 1).min(height - 1) {
            for near_x in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                let near = near_y * width + near_x;
                if std::mem::take(&mut mask[near]) {
                    open.push(near);
                }
            }
        }
    }
    let ends = rows.iter().enumerate().filter_map(|(row, ends)| Some((row + top, (*ends)?)));
    ends.flat_map(|(y, (low, high))| [low, high].map(|x| Point::new(x as f32, y as f32))).collect()
}

fn text_box(outline: &[Point], map: &[f32], [width, height]: [usize; 2], unclip_ratio: f32) -> Option<TextBox> {
    let rectangle = Rectangle::around(outline)?;
    if rectangle.sides.0.min(rectangle.sides.1) < MIN_SIDE {
        return None;
    }
    let score = rectangle.mean(map, width, height);
    if score < MIN_SCORE {
        return None;
    }
    let (across, down) = rectangle.sides;
    let by = across * down * unclip_ratio / (2.0 * (across + down));
    let grown = Rectangle { sides: (across + 2.0 * by, down + 2.0 * by), ..rectangle };
    // Points are the middles of pixels.
    let quad = grown.quad().map(|corner| Point::new(corner.x + 0.5, corner.y + 0.5));
    Some(TextBox { quad: ordered(quad), score })
}

/// A rectangle at any angle.
#[derive(Debug, Clone, Copy)]
struct Rectangle {
    centre: Point,
    /// The direction of its first side, of length 1.
    direction: Point,
    sides: (f32, f32),
}

impl Rectangle {
    /// The smallest rectangle around points; one of its sides lies on one of their hull's.
    fn around(points: &[Point]) -> Option<Self> {
        let hull = hull(points);
        let directions = hull.iter().zip(hull.iter().cycle().skip(1)).map(|(a, b)| (*a, *b));
        let rectangles = directions.filter_map(|(a, b)| {
            let length = a.distance(b);
            (length > 0.0).then(|| Self::along(&hull, Point::new((b.x - a.x) / length, (b.y - a.y) / length)))
        });
        let smallest = rectangles.min_by(|a, b| (a.sides.0 * a.sides.1).total_cmp(&(b.sides.0 * b.sides.1)));
        smallest.or_else(|| points.first().map(|point| Self::along(&[*point], Point::new(1.0, 0.0))))
    }

    fn along(hull: &[Point], direction: Point) -> Self {
        let range = |value: &dyn Fn(&Point) -> f32| {
            let values = hull.iter().map(value);
            values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
        };
        let (left, right) = range(&|point| point.x * direction.x + point.y * direction.y);
        let (top, bottom) = range(&|point| point.y * direction.x - point.x * direction.y);
        let (u, v) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
        let centre = Point::new(u * direction.x - v * direction.y, u * direction.y + v * direction.x);
        Self { centre, direction, sides: (right - left, bottom - top) }
    }

    fn quad(&self) -> Quad {
        let (across, down) = (self.sides.0 / 2.0, self.sides.1 / 2.0);
        Quad([(-across, -down), (across, -down), (across, down), (-across, down)].map(|(u, v)| {
            let (x, y) = (self.direction.x, self.direction.y);
            Point::new(self.centre.x + u * x - v * y, self.centre.y + u * y + v * x)
        }))
    }

    /// The mean of a map within it.
    fn mean(&self, map: &[f32], width: usize, height: usize) -> f32 {
        let bounds = self.quad().bounds().clipped((width - 1) as f32, (height - 1) as f32);
        let (mut sum, mut count) = (0.0, 0.0_f32);
        for y in bounds.top.floor() as usize..=bounds.bottom().ceil() as usize {
            for x in bounds.left.floor() as usize..=bounds.right().ceil() as usize {
                let (right, down) = (x as f32 - self.centre.x, y as f32 - self.centre.y);
                let u = right * self.direction.x + down * self.direction.y;
                let v = down * self.direction.x - right * self.direction.y;
                if u.abs() <= self.sides.0 / 2.0 && v.abs() <= self.sides.1 / 2.0 {
                    sum += map[y * width + x];
                    count += 1.0;
                }
            }
        }
        sum / count.max(1.0)
    }
}

/// The convex hull, by Andrew's monotone chain.
fn hull(points: &[Point]) -> Vec<Point> {
    let mut points = points.to_vec();
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    let turn = |a: Point, b: Point, c: Point| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    let chain = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && turn(a, b, point) <= 0.0
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = chain(&mut points.iter().copied());
    hull.extend(chain(&mut points.iter().rev().copied()));
    hull
}

/// Corners clockwise from the upper left; of a box at 45 degrees the upper of its left corners.
fn ordered(quad: Quad) -> Quad {
    let mut corners = quad.0;
    corners.sort_by(|a, b| a.x.total_cmp(&b.x));
    let [a, b, c, d] = corners;
    let by_height = |a: Point, b: Point| if a.y <= b.y { (a, b) } else { (b, a) };
    let ((upper_left, lower_left), (upper_right, lower_right)) = (by_height(a, b), by_height(c, d));
    Quad([upper_left, upper_right, lower_right, lower_left])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map with a bar of probability 0.9 at an angle.
    fn bar(degrees: f32) -> (Vec<f32>, Rectangle) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let bar = Rectangle { centre: Point::new(100.0, 80.0), direction: Point::new(cos, sin), sides: (90.0, 12.0) };
        let value = |x: usize, y: usize| {
            let (right, down) = (x as f32 - 100.0, y as f32 - 80.0);
            let (u, v) = (right * cos + down * sin, down * cos - right * sin);
            if u.abs() <= 45.0 && v.abs() <= 6.0 { 0.9 } else { 0.0 }
        };
        ((0..160).flat_map(|y| (0..200).map(move |x| (x, y))).map(|(x, y)| value(x, y)).collect(), bar)
    }

    #[test]
    fn a_bar_is_found_at_any_angle() {
        for degrees in [0.0, 7.0, -12.0, 30.0, 90.0] {
            let (map, bar) = bar(degrees);
            let found = find(&map, 200, 160, 1.6);
            assert_eq!(found.len(), 1, "{degrees}");
            let by = 90.0 * 12.0 * 1.6 / (2.0 * 102.0);
            let wanted = ordered(Rectangle { sides: (90.0 + 2.0 * by, 12.0 + 2.0 * by), ..bar }.quad());
            for (corner, wanted) in found[0].quad.0.iter().zip(wanted.0) {
                assert!(corner.distance(wanted) < 4.0, "{degrees}: {found:?}, not {wanted:?}");
            }
        }
    }

    #[test]
    fn noise_and_the_weak_are_no_text() {
        let mut map = vec![0.0; 100 * 50];
        map[20 * 100 + 20] = 0.9;
        (0..60).for_each(|x| (0..10).for_each(|y| map[(30 + y) * 100 + 10 + x] = 0.4));
        assert_eq!(find(&map, 100, 50, 1.6), []);
        assert_eq!(find(&[], 0, 0, 1.6), []);
        assert!(!find(&[0.9; 64 * 64], 64, 64, 1.6).is_empty(), "up to the edges");
    }
}
