//! QR codes that are whole and yet hard to read: on boards of lamps, hardly darker than their ground, on the side of a box,
//! far from the front.

use std::f32::consts::{FRAC_PI_2, TAU};

use crate::canvas::{BLACK, Canvas, Colour, WHITE, luma, mix};
use crate::qr::{self, FlatCode, QrStyle};
use crate::rng::Rng;
use crate::scenes::{self, Scene};
use crate::symbols::{self, viewer_content};
use crate::warp::{Bend, Warp};
use crate::{CodeSort, DrawnPicture, camera, lay, place};

named! {
    /// What makes them hard to read.
    pub enum View {
        /// Lit dots on black, with gaps between them.
        LampBoard = "lamp-board",
        /// A contrast of 8 % of the range.
        Faint = "faint",
        /// On the side of a box, turned away by 66 to 72 degrees.
        BoxSide = "box-side",
        /// Tilted about any axis by 64 to 70 degrees.
        Steep = "steep",
    }
}

/// Draws a code of that kind, 260 to 420 pixels wide before it is tilted, in a scene.
#[must_use]
pub fn view(kind: View, seed: u64, (width, height): (usize, usize)) -> DrawnPicture {
    let mut rng = Rng::new(kind.as_str(), seed);
    let scene = *rng.pick(&Scene::WITH_CODES);
    let mut scene = scene.draw(&mut rng.fork(), width, height);
    let side = rng.between(260.0, 420.0).min(width.min(height) as f32 * 0.7);
    let look = match kind {
        View::Faint => faint(&mut rng),
        _ => QrStyle { quiet: rng.between(2.0, 4.0), ..QrStyle::default() },
    };
    let content = viewer_content(&mut rng);
    let modules = symbols::qr(&content, rng.whole(1, 3) as usize, *rng.pick(&['L', 'M']));
    let mut flat = qr::draw(&modules, &look, 16.0, &mut rng);
    if kind == View::LampBoard {
        flat = board(&flat, &mut rng);
    }
    let (angle, tilt) = match kind {
        View::LampBoard => (rng.between(-0.12, 0.12), (rng.between(0.0, TAU), rng.between(0.0, 0.4))),
        View::Faint => (rng.between(-0.3, 0.3), (rng.between(0.0, TAU), rng.between(0.0, 0.3))),
        View::BoxSide => (rng.between(-0.1, 0.1), (FRAC_PI_2 + rng.between(-0.15, 0.15), rng.between(1.15, 1.26))),
        View::Steep => (rng.between(-0.6, 0.6), (rng.between(0.0, TAU), rng.between(1.12, 1.22))),
    };
    let scale = side / flat.code.width;
    let size = [flat.canvas.width as f32 * scale, flat.canvas.height as f32 * scale];
    let middle = place(&mut rng, &scene, size[0] * 0.74);
    let label = lay(&mut scene, &flat, &Warp::new(middle, size, angle, tilt, Bend::None), CodeSort::Qr, Some(content));
    let mut image = camera::blurred(&scene.over(WHITE), rng.between(0.4, 0.9));
    camera::noise(&mut image, if kind == View::Faint { 1.5 } else { rng.between(1.0, 5.0) }, &mut rng);
    DrawnPicture {
        kind: kind.as_str(),
        seed,
        image: camera::jpeg(&image, rng.whole(75, 92) as u8),
        labels: vec![label],
    }
}

/// Ink that is darker than its ground by 8 % of all grey values.
fn faint(rng: &mut Rng) -> QrStyle {
    let ground = scenes::hsv(rng.unit(), rng.between(0.0, 0.4), rng.between(0.5, 0.95));
    let share = (20.0 / luma(ground)).min(1.0);
    QrStyle { ink: mix(ground, BLACK, share), ground: Some(ground), quiet: rng.between(2.0, 4.0), ..QrStyle::default() }
}

/// The code on a board of lamps: one to three a module, lit where it is light.
fn board(flat: &FlatCode, rng: &mut Rng) -> FlatCode {
    const LIT: [Colour; 4] = [WHITE, [255, 60, 40], [90, 255, 90], [255, 190, 60]];
    let lit = *rng.pick(&LIT);
    let pitch = flat.module / rng.whole(1, 3) as f32;
    let radius = pitch * rng.between(0.3, 0.42);
    let mut canvas = Canvas::new(flat.canvas.width, flat.canvas.height, BLACK);
    let first = |side: f32| side % pitch;
    let (mut x, top) = (first(flat.code.left) + pitch / 2.0, first(flat.code.top) + pitch / 2.0);
    while x < canvas.width as f32 {
        let mut y = top;
        while y < canvas.height as f32 {
            let [r, g, b, _] = flat.canvas.get(x as usize, y as usize);
            let is_lit = luma([r, g, b]) > 128.0;
            let colour = if is_lit { lit } else { mix(BLACK, lit, 0.05) };
            canvas.disc([x, y], radius, colour);
            y += pitch;
        }
        x += pitch;
    }
    FlatCode { canvas, code: flat.code, module: flat.module }
}
