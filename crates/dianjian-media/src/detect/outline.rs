//! The four corners of a code that is seen from the side, and the map that makes a square of them.

use std::f32::consts::{FRAC_PI_2, FRAC_PI_4};

use image::{GrayImage, imageops};

use crate::{Point, Quad, Rect};

/// The longer side of the picture in which the outline is looked for.
const SIDE: u32 = 96;
/// Differences of neighbours, of the strongest of them, from which a pixel counts as the edge of a module.
const MIN_EDGE: f32 = 0.3;
/// How far edges of one code are apart, in pixels of the small picture.
const REACH: i32 = 3;
/// Angles at which the corners are looked for within a quarter turn.
const ANGLES: u8 = 12;
/// Outlines that cover less than this part of the box are of something else.
const MIN_COVERED: f32 = 0.2;

/// The outline of the connected patch of edges at the place of a code.
pub(super) fn of(channel: &GrayImage, place: Rect) -> Option<Quad> {
    let (width, height) = channel.dimensions();
    let scale = (width.max(height) as f32 / SIDE as f32).max(1.0);
    let (across, down) = ((width as f32 / scale) as u32, (height as f32 / scale) as u32);
    if across < 12 || down < 12 {
        return None;
    }
    let small = imageops::resize(channel, across, down, imageops::FilterType::Triangle);
    let patch = patch(&edges(&small), across as i32, down as i32, place.scaled([scale.recip(); 2]));
    let quad = corners(&patch)?;
    let [x, y] = [width as f32 / across as f32, height as f32 / down as f32];
    let quad = quad.map(|point| Point::new((point.x + 0.5) * x, (point.y + 0.5) * y));
    (area(quad) > MIN_COVERED * place.area()).then_some(quad)
}

/// Where neighbours differ much.
fn edges(image: &GrayImage) -> Vec<bool> {
    let (width, height) = image.dimensions();
    let value = |x: u32, y: u32| image.get_pixel(x.min(width - 1), y.min(height - 1)).0[0];
    let mut steps = Vec::with_capacity((width * height) as usize);
    for y in 0..height {
        for x in 0..width {
            let here = value(x, y);
            steps.push(here.abs_diff(value(x + 1, y)).max(here.abs_diff(value(x, y + 1))));
        }
    }
    let mut sorted = steps.clone();
    sorted.sort_unstable();
    let strong = sorted.get(sorted.len() * 49 / 50).copied().unwrap_or(0);
    let least = (f32::from(strong) * MIN_EDGE).max(4.0);
    steps.into_iter().map(|step| f32::from(step) >= least).collect()
}

/// The pixels of the patch of edges near the middle of a place: edges that are close to each other.
fn patch(edges: &[bool], width: i32, height: i32, place: Rect) -> Vec<Point> {
    let at = |x: i32, y: i32| (y * width + x) as usize;
    let centre = place.centre();
    let is_inner = |x: i32, y: i32| {
        (x as f32 - centre.x).abs() < 0.25 * place.width && (y as f32 - centre.y).abs() < 0.25 * place.height
    };
    let mut known = vec![false; edges.len()];
    let mut waiting: Vec<(i32, i32)> = Vec::new();
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        if edges[at(x, y)] && is_inner(x, y) {
            known[at(x, y)] = true;
            waiting.push((x, y));
        }
    }
    let mut patch = Vec::new();
    while let Some((x, y)) = waiting.pop() {
        patch.push(Point::new(x as f32, y as f32));
        for (x, y) in (-REACH..=REACH).flat_map(|down| (-REACH..=REACH).map(move |across| (x + across, y + down))) {
            if (0..width).contains(&x) && (0..height).contains(&y) && edges[at(x, y)] && !known[at(x, y)] {
                known[at(x, y)] = true;
                waiting.push((x, y));
            }
        }
    }
    patch
}

/// The largest quad whose corners are the outermost points in four directions, a quarter turn apart.
fn corners(points: &[Point]) -> Option<Quad> {
    let quads = (0..ANGLES).filter_map(|step| {
        let first = FRAC_PI_2 * f32::from(step) / f32::from(ANGLES) - 3.0 * FRAC_PI_4;
        let outermost = |turn: f32| {
            let (sine, cosine) = turn.sin_cos();
            let along = |point: &&Point| point.x * cosine + point.y * sine;
            points.iter().max_by(|a, b| along(a).total_cmp(&along(b))).copied()
        };
        let [a, b, c, d] = [0.0, 1.0, 2.0, 3.0].map(|quarter| outermost(first + quarter * FRAC_PI_2));
        Some(Quad([a?, b?, c?, d?]))
    });
    quads.max_by(|a, b| area(*a).total_cmp(&area(*b)))
}

/// The area of a quad whose corners are in order.
fn area(quad: Quad) -> f32 {
    let [a, b, c, d] = quad.0;
    ((c.x - a.x) * (d.y - b.y) - (d.x - b.x) * (c.y - a.y)).abs() / 2.0
}

/// A projective map of the plane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Homography([f32; 8]);

impl Homography {
    /// The map from a rectangle onto a quad, corner by corner; `None` where the quad has no area.
    pub(super) fn onto(rect: Rect, quad: Quad) -> Option<Self> {
        let [p0, p1, p2, p3] = quad.0;
        // From the unit square: the corners are (0, 0), (1, 0), (1, 1), (0, 1).
        let (dx1, dx2, dx3) = (p1.x - p2.x, p3.x - p2.x, p0.x - p1.x + p2.x - p3.x);
        let (dy1, dy2, dy3) = (p1.y - p2.y, p3.y - p2.y, p0.y - p1.y + p2.y - p3.y);
        let size = dx1 * dy2 - dx2 * dy1;
        if size.abs() < 1.0 || rect.area() <= 0.0 {
            return None;
        }
        let (g, h) = ((dx3 * dy2 - dx2 * dy3) / size, (dx1 * dy3 - dx3 * dy1) / size);
        let (a, b, c) = (p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x);
        let (d, e, f) = (p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y);
        let (sx, sy) = (rect.width.recip(), rect.height.recip());
        let (ox, oy) = (-rect.left * sx, -rect.top * sy);
        let w = 1.0 + g * ox + h * oy;
        let over = |value: f32| value / w;
        let map = [a * sx, b * sy, c + a * ox + b * oy, d * sx, e * sy, f + d * ox + e * oy, g * sx, h * sy].map(over);
        (w.abs() > 1e-6 && map.iter().all(|value| value.is_finite())).then_some(Self(map))
    }

    /// Where a point goes.
    pub(super) fn apply(&self, point: Point) -> Point {
        let [a, b, c, d, e, f, g, h] = self.0;
        let w = g * point.x + h * point.y + 1.0;
        let w = if w.abs() < 1e-6 { 1e-6 } else { w };
        Point::new((a * point.x + b * point.y + c) / w, (d * point.x + e * point.y + f) / w)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quad(points: [(f32, f32); 4]) -> Quad {
        Quad(points.map(|(x, y)| Point::new(x, y)))
    }

    #[test]
    fn the_corners_of_what_stands_out_are_found() {
        // A slanted patch of stripes on plain ground.
        let wanted = quad([(50.0, 30.0), (90.0, 50.0), (90.0, 130.0), (50.0, 110.0)]);
        let map = Homography::onto(Rect { left: 0.0, top: 0.0, width: 1.0, height: 1.0 }, wanted).unwrap();
        let mut image = GrayImage::from_pixel(140, 160, image::Luma([200]));
        for (x, y) in (0..400_u32).flat_map(|x| (0..400_u32).map(move |y| (x, y))) {
            let at = map.apply(Point::new(x as f32 / 400.0, y as f32 / 400.0));
            let dark = (x / 20 + y / 20) % 2 == 0;
            image.put_pixel(at.x as u32, at.y as u32, image::Luma([if dark { 40 } else { 190 }]));
        }
        let found = of(&image, wanted.bounds()).unwrap();
        for corner in wanted.0 {
            let nearest = found.0.iter().map(|point| point.distance(corner)).fold(f32::MAX, f32::min);
            assert!(nearest < 6.0, "{found:?}");
        }
        assert!(of(&GrayImage::new(140, 160), wanted.bounds()).is_none());
        assert!(of(&GrayImage::new(5, 5), wanted.bounds()).is_none());
    }

    proptest! {
        #[test]
        fn corners_go_to_corners(xs in [0.0_f32..30.0, 60.0..90.0, 60.0..90.0, 0.0..30.0], ys in [0.0_f32..30.0, 0.0..30.0, 60.0..90.0, 60.0..90.0]) {
            let rect = Rect { left: 7.0, top: 9.0, width: 200.0, height: 100.0 };
            let to = Quad([0, 1, 2, 3].map(|corner| Point::new(xs[corner], ys[corner])));
            let map = Homography::onto(rect, to).unwrap();
            for (from, to) in Quad::of(rect).0.into_iter().zip(to.0) {
                prop_assert!(map.apply(from).distance(to) < 0.1);
            }
        }
    }
}
