//! Draws codes and scenes, with labels, for the tests and the evaluation of dianjian.
//!
//! Everything follows from a kind and a seed: codes in the styles and with the damages that live rooms show them
//! in ([`Hard`]), mini-program codes and other round codes, codes of packaging, and scenes without any code. It is
//! deliberately not the generator that the detector is trained on: its own pictures would flatter it.
//!
//! No font, photograph or other picture is read: letters, signs and scenes are drawn from chance.

/// Defines an enum whose variants have names in tables and file names, with `ALL` and `as_str`.
macro_rules! named {
    ($(#[$of_enum:meta])* pub enum $ty:ident { $($(#[$of_variant:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$of_enum])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $ty {
            $($(#[$of_variant])* $variant,)*
        }

        impl $ty {
            /// All of them, in their order.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// The name that selects it on the command line and seeds its pictures.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

pub mod camera;
pub mod canvas;
pub mod damage;
pub mod qr;
pub mod rng;
pub mod round;
pub mod scenes;
pub mod symbols;
pub mod text;
pub mod views;
pub mod warp;

mod hard;
mod others;

use canvas::{Area, Canvas, CanvasPoint};
pub use hard::{Hard, hard, hard_sized};
use image::RgbImage;
pub use others::{channels, channels_damaged, clean, mini_program, other, packaging, reward, rings, small_rings};
use qr::FlatCode;
use rng::Rng;
pub use scenes::Scene;
pub use symbols::Symbology;
pub use views::{View, view};
use warp::Warp;

/// The size of a phone held upright.
pub const PHONE: (usize, usize) = (1080, 1920);

/// Kinds of codes, as far as labels distinguish them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodeSort {
    Qr,
    /// A reward code, too.
    MiniProgram,
    Channels,
    /// Another round code.
    Round,
    /// A code of packaging and post.
    Other(Symbology),
}

#[derive(Debug, Clone, PartialEq)]
pub struct CodeLabel {
    pub sort: CodeSort,
    /// Its corners in pixels, clockwise from its own upper left; they may lie outside of the picture.
    pub quad: [CanvasPoint; 4],
    /// The bounding box of its visible part.
    pub bounds: Area,
    /// Its payload; none for round codes.
    pub text: Option<String>,
}

/// A drawn picture with the labels of its codes.
#[derive(Debug, Clone)]
pub struct DrawnPicture {
    /// The name of its kind.
    pub kind: &'static str,
    /// The seed that it was drawn from.
    pub seed: u64,
    pub image: RgbImage,
    /// A label for each code.
    pub labels: Vec<CodeLabel>,
}

/// Draws a flat code into a scene and returns its label.
pub fn lay(scene: &mut Canvas, flat: &FlatCode, warp: &Warp, sort: CodeSort, text: Option<String>) -> CodeLabel {
    warp.draw(&flat.canvas, scene);
    let unit = flat.unit();
    let bounds = Area::around(&warp.outline(unit)).shared(scene.area());
    CodeLabel { sort, quad: unit.corners().map(|corner| warp.there(corner)), bounds, text }
}

/// A random centre for something of radius `reach` that lies wholly within a scene, if it fits.
fn place(rng: &mut Rng, scene: &Canvas, reach: f32) -> CanvasPoint {
    let mut along = |side: usize| {
        let side = side as f32;
        if reach * 2.0 >= side { side / 2.0 } else { rng.between(reach, side - reach) }
    };
    [along(scene.width), along(scene.height)]
}
