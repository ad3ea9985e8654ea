//! Draws codes and scenes, with labels, for the tests and the evaluation of dianjian.
//!
//! Everything follows from a kind and a seed: codes in the styles and with the damages that live rooms show them
//! in ([`Hard`]), mini-program codes and other round codes, codes of packaging, and scenes without any code. It is
//! deliberately not the generator that the detector is trained on: that one's own pictures would flatter it.
//!
//! No font, photograph or other picture is read: letters, signs and scenes are drawn from chance.

pub mod camera;
pub mod canvas;
pub mod damage;
pub mod qr;
pub mod rng;
pub mod round;
pub mod scenes;
pub mod symbols;
pub mod text;
pub mod warp;

mod hard;
mod others;

pub use hard::{Hard, hard, hard_sized};
pub use others::{clean, mini_program, other, packaging, rings};
pub use scenes::Scene;
pub use symbols::Symbology;

use image::RgbImage;

use canvas::{Area, Canvas, Point};
use qr::Flat;
use rng::Rng;
use warp::Warp;

/// The size of a phone held upright.
pub const PHONE: (usize, usize) = (1080, 1920);

/// Sorts of codes, as far as a label tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A QR code.
    Qr,
    /// A mini-program code.
    MiniProgram,
    /// Another round code.
    Round,
    /// A code of packaging and post.
    Other(Symbology),
}

/// One drawn code.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// What sort it is.
    pub sort: Sort,
    /// Its own corners, clockwise from its upper left, in pixels; they may lie beyond the picture's edge.
    pub quad: [Point; 4],
    /// The smallest upright rectangle around what is seen of it.
    pub bounds: Area,
    /// What it says (round codes: nothing).
    pub text: Option<String>,
}

/// A drawn picture and what it holds.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The kind's name.
    pub kind: &'static str,
    /// The seed it was drawn from.
    pub seed: u64,
    /// The picture.
    pub image: RgbImage,
    /// Its codes.
    pub labels: Vec<Label>,
}

/// Lays something flat into a scene; the label tells where its code came to lie.
pub fn lay(scene: &mut Canvas, flat: &Flat, warp: &Warp, sort: Sort, text: Option<String>) -> Label {
    warp.draw(&flat.canvas, scene);
    let unit = flat.unit();
    let bounds = Area::around(&warp.outline(unit)).shared(scene.area());
    Label { sort, quad: unit.corners().map(|corner| warp.there(corner)), bounds, text }
}

/// A place for something of that size that lies wholly within a scene.
fn place(rng: &mut Rng, scene: &Canvas, reach: f32) -> Point {
    let mut along = |side: usize| {
        let side = side as f32;
        if reach * 2.0 >= side { side / 2.0 } else { rng.between(reach, side - reach) }
    };
    [along(scene.width), along(scene.height)]
}
