//! QR codes in the styles that people give them, as something flat to be laid into a scene.

use crate::canvas::{Area, BLACK, Canvas, CanvasPoint, Colour, Paint, WHITE, luma, mix};
use crate::rng::Rng;
use crate::scenes;
use crate::symbols::Modules;

/// The shape of a module.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Module {
    /// As the standard has it.
    Square,
    /// Joined with its neighbours, free corners round.
    Liquid,
    /// A dot of that share of a module's width.
    Dot(f32),
    /// A square on its tip.
    Diamond,
    /// A square of that share of a module's width.
    Small(f32),
}

/// The shape of a finder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finder {
    /// As the standard has it.
    Square,
    Rounded,
    /// Rings around a disc.
    Circle,
    /// One corner sharp.
    Leaf,
}

/// How a code looks.
#[derive(Debug, Clone)]
pub struct QrStyle {
    pub module: Module,
    pub finder: Finder,
    /// What is dark in the standard.
    pub ink: Colour,
    /// A second colour that the ink runs into.
    pub second: Option<Colour>,
    /// Colours that the modules take turns in.
    pub palette: Vec<Colour>,
    /// What is light in the standard; `None`: what lies below is seen.
    pub ground: Option<Colour>,
    /// Light modules around it.
    pub quiet: f32,
    /// A picture behind the modules.
    pub picture: bool,
    /// The side of a logo in the middle, as share of the code's.
    pub logo: f32,
}

impl Default for QrStyle {
    fn default() -> Self {
        Self {
            module: Module::Square,
            finder: Finder::Square,
            ink: BLACK,
            second: None,
            palette: Vec::new(),
            ground: Some(WHITE),
            quiet: 3.0,
            picture: false,
            logo: 0.0,
        }
    }
}

/// Something flat that holds a code.
#[derive(Debug, Clone)]
pub struct FlatCode {
    /// What is drawn, with the code's surroundings.
    pub canvas: Canvas,
    /// The code alone, without the quiet zone, in the canvas's pixels.
    pub code: Area,
    /// A module's width in the canvas's pixels.
    pub module: f32,
}

impl FlatCode {
    /// The code in the canvas's unit square.
    #[must_use]
    pub fn unit(&self) -> Area {
        let (w, h) = (self.canvas.width as f32, self.canvas.height as f32);
        Area::new(self.code.left / w, self.code.top / h, self.code.width / w, self.code.height / h)
    }
}

/// Draws a code, `module` pixels a module.
#[must_use]
pub fn draw(modules: &Modules, look: &QrStyle, module: f32, rng: &mut Rng) -> FlatCode {
    let side = modules.width as f32 * module;
    let quiet = look.quiet * module;
    let all = (side + 2.0 * quiet).ceil() as usize;
    let mut canvas = Canvas::clear(all, all);
    let code = Area::new(quiet, quiet, side, side);
    if let Some(ground) = look.ground {
        let corner = if quiet > 1.0 && rng.chance(0.4) { quiet * 0.8 } else { 0.0 };
        canvas.rounded(canvas.area(), corner, ground);
    }
    if look.picture {
        let mut behind = scenes::photo(&mut rng.fork(), all, all);
        let pale = rng.between(0.0, 0.35);
        for pixel in behind.pixels_mut() {
            let [r, g, b, a] = *pixel;
            let [r, g, b] = mix([r, g, b], WHITE, pale);
            *pixel = [r, g, b, a];
        }
        canvas.paste(&behind, 0, 0);
    }
    let pen = Pen { modules, look, module, code };
    pen.modules(&mut canvas, rng);
    for corner in 0..3 {
        pen.finder(&mut canvas, corner);
    }
    if look.logo > 0.0 {
        logo(&mut canvas, code, look.logo, rng);
    }
    FlatCode { canvas, code, module }
}

struct Pen<'a> {
    modules: &'a Modules,
    look: &'a QrStyle,
    module: f32,
    code: Area,
}

impl Pen<'_> {
    fn paint(&self) -> Paint {
        match self.look.second {
            None => Paint::Flat(self.look.ink),
            Some(second) => {
                let [a, _, b, _] = self.code.corners();
                Paint::Gradient(self.look.ink, a, second, b)
            }
        }
    }

    fn in_finder(&self, x: i32, y: i32) -> bool {
        let far = self.modules.width as i32 - 7;
        let (near_x, near_y) = (x < 7 || x >= far, y < 7 || y >= far);
        // The lower right corner has none.
        near_x && near_y && (x < 7 || y < 7)
    }

    fn cell(&self, x: i32, y: i32) -> Area {
        let at = |i: i32, from: f32| from + i as f32 * self.module;
        Area::new(at(x, self.code.left), at(y, self.code.top), self.module, self.module)
    }

    fn modules(&self, canvas: &mut Canvas, rng: &mut Rng) {
        for y in 0..self.modules.height as i32 {
            for x in 0..self.modules.width as i32 {
                if self.in_finder(x, y) {
                    continue;
                }
                if self.look.picture {
                    self.half_tone(canvas, x, y);
                } else if self.modules.dark(x, y) {
                    let paint = if self.look.palette.is_empty() {
                        self.paint()
                    } else {
                        Paint::Flat(*rng.pick(&self.look.palette))
                    };
                    self.one(canvas, x, y, paint);
                }
            }
        }
    }

    fn one(&self, canvas: &mut Canvas, x: i32, y: i32, paint: Paint) {
        let cell = self.cell(x, y);
        let [cx, cy] = cell.centre();
        let half = self.module / 2.0;
        match self.look.module {
            Module::Square => canvas.rect(cell, paint),
            Module::Small(share) => canvas.rect(cell.grown((share - 1.0) * half), paint),
            Module::Dot(share) => canvas.disc([cx, cy], share * half, paint),
            Module::Diamond => {
                canvas.polygon(&[[cx, cy - half], [cx + half, cy], [cx, cy + half], [cx - half, cy]], paint);
            }
            Module::Liquid => {
                canvas.disc([cx, cy], half, paint);
                for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                    if self.modules.dark(x + dx, y + dy) {
                        let (dx, dy) = (dx as f32 * half, dy as f32 * half);
                        let bar = Area::around(&[[cx, cy], [cx + dx, cy + dy]]);
                        let (wide, high) = if dx == 0.0 { (half, 0.0) } else { (0.0, half) };
                        let bar =
                            Area::new(bar.left - wide, bar.top - high, bar.width + 2.0 * wide, bar.height + 2.0 * high);
                        canvas.rect(bar, paint);
                    }
                }
            }
        }
    }

    /// A small dot that says light or dark; around it the picture is seen.
    fn half_tone(&self, canvas: &mut Canvas, x: i32, y: i32) {
        let ground = self.look.ground.unwrap_or(WHITE);
        let colour = if self.modules.dark(x, y) { self.look.ink } else { ground };
        canvas.rect(self.cell(x, y).grown(-self.module * 0.27), colour);
    }

    fn finder(&self, canvas: &mut Canvas, corner: usize) {
        let far = self.modules.width as i32 - 7;
        let (x, y) = [(0, 0), (far, 0), (0, far)][corner];
        let m = self.module;
        let outer = Area { width: 7.0 * m, height: 7.0 * m, ..self.cell(x, y) };
        let inner = outer.grown(-2.0 * m);
        let paint = self.paint();
        if self.look.picture {
            canvas.rect(outer.grown(m * 0.5), self.look.ground.unwrap_or(WHITE));
        }
        let radii = match self.look.finder {
            Finder::Square => (0.0, 0.0),
            Finder::Rounded => (2.0 * m, 0.8 * m),
            Finder::Circle => (3.5 * m, 1.5 * m),
            Finder::Leaf => (2.6 * m, 1.2 * m),
        };
        let ring = outer.grown(-m / 2.0);
        let frame = crate::canvas::rounded_distance(ring, (radii.0 - m / 2.0).max(0.0));
        let sharp = (self.look.finder == Finder::Leaf).then(|| leaf_corner(outer, corner));
        canvas.fill(outer, paint, |px, py| match sharp {
            Some(quarter) if in_area(quarter, [px, py]) => {
                let [cx, cy] = ring.centre();
                ((px - cx).abs().max((py - cy).abs()) - ring.width / 2.0).abs() - m / 2.0
            }
            _ => frame(px, py).abs() - m / 2.0,
        });
        canvas.rounded(inner, radii.1, paint);
    }
}

/// The quarter of a finder that points away from the code.
fn leaf_corner(outer: Area, corner: usize) -> Area {
    let half = outer.width / 2.0;
    let (dx, dy) = [(0.0, 0.0), (half, 0.0), (0.0, half)][corner];
    Area::new(outer.left + dx, outer.top + dy, half, half)
}

fn in_area(area: Area, [x, y]: CanvasPoint) -> bool {
    x >= area.left && x <= area.right() && y >= area.top && y <= area.bottom()
}

/// A picture in the middle on a light card.
fn logo(canvas: &mut Canvas, code: Area, share: f32, rng: &mut Rng) {
    let side = code.width * share;
    let [cx, cy] = code.centre();
    let card = Area::new(cx - side / 2.0, cy - side / 2.0, side, side);
    let round = if rng.chance(0.4) { side / 2.0 } else { side * 0.2 };
    canvas.rounded(card, round, WHITE);
    let inner = card.grown(-side * 0.08);
    let from = scenes::vivid(rng);
    let to = scenes::vivid(rng);
    canvas.rounded(
        inner,
        round * 0.85,
        Paint::Gradient(from, [inner.left, inner.top], to, [inner.left, inner.bottom()]),
    );
    let sign_at = [inner.left + inner.width * 0.22, inner.top + inner.height * 0.2];
    crate::text::sign(canvas, sign_at, inner.width * 0.65, rng.below(600) as u64, 0.12, WHITE);
}

/// Colours of a code that differ enough to be scanned.
#[must_use]
pub fn contrasting(rng: &mut Rng) -> (Colour, Colour) {
    loop {
        let ink = mix(scenes::vivid(rng), BLACK, rng.between(0.0, 0.6));
        let ground = mix(scenes::vivid(rng), WHITE, rng.between(0.4, 1.0));
        if luma(ground) - luma(ink) > 75.0 {
            return (ink, ground);
        }
    }
}
