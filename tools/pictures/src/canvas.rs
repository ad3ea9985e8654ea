//! Something to draw on: smooth shapes by their distance, in flat colours and gradients.

use image::{Rgb, RgbImage};

/// Red, green, blue.
pub type Colour = [u8; 3];

pub const WHITE: Colour = [255; 3];
pub const BLACK: Colour = [0; 3];

/// A place on a canvas, in pixels; whole numbers are the edges between pixels.
pub type CanvasPoint = [f32; 2];

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl Area {
    /// By its upper left corner and size.
    #[must_use]
    pub const fn new(left: f32, top: f32, width: f32, height: f32) -> Self {
        Self { left, top, width, height }
    }

    /// The smallest around points.
    #[must_use]
    pub fn around(points: &[CanvasPoint]) -> Self {
        let low = |axis: usize| points.iter().map(|p| p[axis]).fold(f32::INFINITY, f32::min);
        let high = |axis: usize| points.iter().map(|p| p[axis]).fold(f32::NEG_INFINITY, f32::max);
        Self::new(low(0), low(1), high(0) - low(0), high(1) - low(1))
    }

    #[must_use]
    pub fn right(self) -> f32 {
        self.left + self.width
    }

    #[must_use]
    pub fn bottom(self) -> f32 {
        self.top + self.height
    }

    #[must_use]
    pub fn centre(self) -> CanvasPoint {
        [self.left + self.width / 2.0, self.top + self.height / 2.0]
    }

    /// With `by` more on every side.
    #[must_use]
    pub fn grown(self, by: f32) -> Self {
        Self::new(self.left - by, self.top - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }

    /// The part that two share; without area where they share none.
    #[must_use]
    pub fn shared(self, other: Self) -> Self {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        Self::new(left, top, (right - left).max(0.0), (bottom - top).max(0.0))
    }

    /// The corners, clockwise from the upper left.
    #[must_use]
    pub fn corners(self) -> [CanvasPoint; 4] {
        [[self.left, self.top], [self.right(), self.top], [self.right(), self.bottom()], [self.left, self.bottom()]]
    }
}

/// What shapes are filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Paint {
    Flat(Colour),
    /// From one colour at a place to another at a second place.
    Gradient(Colour, CanvasPoint, Colour, CanvasPoint),
}

impl Paint {
    /// The colour at a place.
    #[must_use]
    pub fn at(&self, [x, y]: CanvasPoint) -> Colour {
        match *self {
            Self::Flat(colour) => colour,
            Self::Gradient(from, a, to, b) => {
                let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
                let along = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy).max(1e-6);
                mix(from, to, along.clamp(0.0, 1.0))
            }
        }
    }
}

impl From<Colour> for Paint {
    fn from(colour: Colour) -> Self {
        Self::Flat(colour)
    }
}

/// Between two colours: 0 the first, 1 the second.
#[must_use]
pub fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|c| (f32::from(from[c]) + (f32::from(to[c]) - f32::from(from[c])) * share).round() as u8)
}

/// How bright a colour is, 0 to 255 (Rec. 601).
#[must_use]
pub fn luma(colour: Colour) -> f32 {
    0.299 * f32::from(colour[0]) + 0.587 * f32::from(colour[1]) + 0.114 * f32::from(colour[2])
}

/// Pixels with transparency, not multiplied in.
#[derive(Debug, Clone)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pixels: Vec<[u8; 4]>,
}

impl Canvas {
    /// A canvas of one colour.
    #[must_use]
    pub fn new(width: usize, height: usize, colour: Colour) -> Self {
        let [r, g, b] = colour;
        Self { width, height, pixels: vec![[r, g, b, 255]; width * height] }
    }

    /// A canvas one can see through.
    #[must_use]
    pub fn clear(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[0; 4]; width * height] }
    }

    /// All of it.
    #[must_use]
    pub fn area(&self) -> Area {
        Area::new(0.0, 0.0, self.width as f32, self.height as f32)
    }

    /// A pixel: red, green, blue, alpha. Beyond the edges that of the edge.
    #[must_use]
    pub fn get(&self, x: usize, y: usize) -> [u8; 4] {
        self.pixels[y.min(self.height - 1) * self.width + x.min(self.width - 1)]
    }

    /// Sets a pixel as it is.
    pub fn set(&mut self, x: usize, y: usize, pixel: [u8; 4]) {
        self.pixels[y * self.width + x] = pixel;
    }

    /// All pixels, row after row.
    pub fn pixels_mut(&mut self) -> &mut [[u8; 4]] {
        &mut self.pixels
    }

    /// Puts a colour over a pixel, `alpha` 0 to 1.
    pub fn blend(&mut self, x: usize, y: usize, colour: Colour, alpha: f32) {
        let pixel = &mut self.pixels[y * self.width + x];
        let under = f32::from(pixel[3]) / 255.0 * (1.0 - alpha);
        let all = alpha + under;
        if all <= 0.0 {
            return;
        }
        for c in 0..3 {
            pixel[c] = ((f32::from(colour[c]) * alpha + f32::from(pixel[c]) * under) / all).round() as u8;
        }
        pixel[3] = (all * 255.0).round() as u8;
    }

    /// Fills where `distance` (pixels, negative inside) is below zero; the edge is smooth.
    pub fn fill(&mut self, within: Area, paint: impl Into<Paint>, distance: impl Fn(f32, f32) -> f32) {
        self.fill_softly(within, paint, 1.0, 1.0, distance);
    }

    /// Fills like [`Self::fill`], with an edge of `soft` pixels and that opacity.
    pub fn fill_softly(
        &mut self,
        within: Area,
        paint: impl Into<Paint>,
        opacity: f32,
        soft: f32,
        distance: impl Fn(f32, f32) -> f32,
    ) {
        let paint = paint.into();
        let area = within.grown(soft).shared(self.area());
        if area.width <= 0.0 || area.height <= 0.0 {
            return;
        }
        let right = (area.right().ceil() as usize).min(self.width);
        for y in area.top as usize..(area.bottom().ceil() as usize).min(self.height) {
            for x in area.left as usize..right {
                let at = [x as f32 + 0.5, y as f32 + 0.5];
                let cover = (0.5 - distance(at[0], at[1]) / soft).clamp(0.0, 1.0) * opacity;
                if cover > 0.0 {
                    self.blend(x, y, paint.at(at), cover);
                }
            }
        }
    }

    pub fn rect(&mut self, area: Area, paint: impl Into<Paint>) {
        self.rounded(area, 0.0, paint);
    }

    /// A rectangle with round corners.
    pub fn rounded(&mut self, area: Area, radius: f32, paint: impl Into<Paint>) {
        self.fill(area, paint, rounded_distance(area, radius));
    }

    /// A rectangle one can see through.
    pub fn veil(&mut self, area: Area, radius: f32, paint: impl Into<Paint>, opacity: f32) {
        self.fill_softly(area, paint, opacity, 1.0, rounded_distance(area, radius));
    }

    /// A dark haze around a rectangle, as of something that lies upon the ground.
    pub fn shadow(&mut self, area: Area, radius: f32, spread: f32, opacity: f32) {
        let lower = Area { top: area.top + spread * 0.4, ..area };
        self.fill_softly(lower.grown(spread), BLACK, opacity, 2.0 * spread, rounded_distance(lower, radius));
    }

    pub fn disc(&mut self, [x, y]: CanvasPoint, radius: f32, paint: impl Into<Paint>) {
        self.fill(Area::new(x, y, 0.0, 0.0).grown(radius), paint, |px, py| (px - x).hypot(py - y) - radius);
    }

    /// A ring of that thickness whose middle line has that radius.
    pub fn ring(&mut self, [x, y]: CanvasPoint, radius: f32, thick: f32, paint: impl Into<Paint>) {
        self.fill(Area::new(x, y, 0.0, 0.0).grown(radius + thick), paint, |px, py| {
            ((px - x).hypot(py - y) - radius).abs() - thick / 2.0
        });
    }

    /// A part of a ring with round ends, from one angle (radians, clockwise from the right) over `sweep`.
    pub fn arc(&mut self, at: CanvasPoint, radius: f32, thick: f32, from: f32, sweep: f32, paint: impl Into<Paint>) {
        let middle = from + sweep / 2.0;
        let (half, end) = (sweep / 2.0, [radius * (sweep / 2.0).cos(), radius * (sweep / 2.0).sin()]);
        let (cos, sin) = (middle.cos(), middle.sin());
        let [x, y] = at;
        self.fill(Area::new(x, y, 0.0, 0.0).grown(radius + thick), paint, |px, py| {
            let (dx, dy) = (px - x, py - y);
            let (along, across) = (dx * cos + dy * sin, (dy * cos - dx * sin).abs());
            let distance = if across.atan2(along) <= half {
                (dx.hypot(dy) - radius).abs()
            } else {
                (along - end[0]).hypot(across - end[1])
            };
            distance - thick / 2.0
        });
    }

    /// A line with round ends.
    pub fn line(&mut self, a: CanvasPoint, b: CanvasPoint, thick: f32, paint: impl Into<Paint>) {
        let around = Area::around(&[a, b]).grown(thick / 2.0 + 1.0);
        self.fill(around, paint, |x, y| segment_distance(a, b, [x, y]) - thick / 2.0);
    }

    /// Lines from point to point.
    pub fn path(&mut self, points: &[CanvasPoint], thick: f32, paint: impl Into<Paint>) {
        let paint = paint.into();
        for pair in points.windows(2) {
            self.line(pair[0], pair[1], thick, paint);
        }
    }

    /// A filled polygon of any shape.
    pub fn polygon(&mut self, points: &[CanvasPoint], paint: impl Into<Paint>) {
        self.fill(Area::around(points), paint, |x, y| polygon_distance(points, [x, y]));
    }

    /// An ellipse turned by an angle.
    pub fn ellipse(&mut self, [x, y]: CanvasPoint, [a, b]: [f32; 2], angle: f32, paint: impl Into<Paint>) {
        let (cos, sin) = (angle.cos(), angle.sin());
        self.fill(Area::new(x, y, 0.0, 0.0).grown(a.max(b)), paint, |px, py| {
            let (dx, dy) = (px - x, py - y);
            let (u, v) = ((dx * cos + dy * sin) / a, (dy * cos - dx * sin) / b);
            (u.hypot(v) - 1.0) * a.min(b)
        });
    }

    /// Another canvas over this one, unscaled, its corner at those pixels.
    pub fn paste(&mut self, other: &Self, left: usize, top: usize) {
        for y in 0..other.height.min(self.height.saturating_sub(top)) {
            for x in 0..other.width.min(self.width.saturating_sub(left)) {
                let [r, g, b, a] = other.get(x, y);
                self.blend(left + x, top + y, [r, g, b], f32::from(a) / 255.0);
            }
        }
    }

    /// Half as large: every pixel the average of four.
    #[must_use]
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut out = Self::clear(width, height);
        for y in 0..height {
            for x in 0..width {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| self.get(2 * x + dx, 2 * y + dy));
                out.set(x, y, average(&four));
            }
        }
        out
    }

    /// The colours over a ground, without transparency.
    #[must_use]
    pub fn over(&self, ground: Colour) -> RgbImage {
        RgbImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            let [r, g, b, a] = self.get(x as usize, y as usize);
            Rgb(mix(ground, [r, g, b], f32::from(a) / 255.0))
        })
    }
}

/// The average of pixels, by their alpha.
#[must_use]
pub fn average(pixels: &[[u8; 4]]) -> [u8; 4] {
    let alpha: u32 = pixels.iter().map(|p| u32::from(p[3])).sum();
    if alpha == 0 {
        return [0; 4];
    }
    let channel = |c: usize| {
        let sum: u32 = pixels.iter().map(|p| u32::from(p[c]) * u32::from(p[3])).sum();
        ((sum + alpha / 2) / alpha) as u8
    };
    [channel(0), channel(1), channel(2), (alpha as usize / pixels.len()) as u8]
}

/// The distance to a rectangle with round corners.
pub fn rounded_distance(area: Area, radius: f32) -> impl Fn(f32, f32) -> f32 {
    let [cx, cy] = area.centre();
    let radius = radius.min(area.width / 2.0).min(area.height / 2.0);
    let (w, h) = (area.width / 2.0 - radius, area.height / 2.0 - radius);
    move |x, y| {
        let (dx, dy) = ((x - cx).abs() - w, (y - cy).abs() - h);
        dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
    }
}

fn segment_distance(a: CanvasPoint, b: CanvasPoint, p: CanvasPoint) -> f32 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy).max(1e-9);
    let along = along.clamp(0.0, 1.0);
    (p[0] - a[0] - along * dx).hypot(p[1] - a[1] - along * dy)
}

fn polygon_distance(points: &[CanvasPoint], p: CanvasPoint) -> f32 {
    let mut inside = false;
    let mut distance = f32::INFINITY;
    for (i, &a) in points.iter().enumerate() {
        let b = points[(i + 1) % points.len()];
        distance = distance.min(segment_distance(a, b, p));
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
    }
    if inside { -distance } else { distance }
}
