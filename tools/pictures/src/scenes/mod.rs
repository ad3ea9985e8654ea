//! Scenes without a code for viewers: what codes are laid into, and what must raise no alarm.

mod boards;
mod emblems;
mod goods;
mod nature;
mod screens;
mod waiting;

pub use goods::barcode;

use crate::canvas::{Area, Canvas, Colour};
use crate::rng::Rng;

named! {
    /// Sorts of scenes.
    pub enum Scene {
        Landscape = "landscape",
        Lights = "lights",
        Leaves = "leaves",
        City = "city",
        Poster = "poster",
        Phone = "phone",
        LiveRoom = "live-room",
        Chat = "chat",
        Page = "page",
        Table = "table",
        Icons = "icons",
        Product = "product",
        Shelf = "shelf",
        Tartan = "tartan",
        Weave = "weave",
        Houndstooth = "houndstooth",
        Checkerboard = "checkerboard",
        Markers = "markers",
        CircleGrid = "circle-grid",
        Halftone = "halftone",
        Sunburst = "sunburst",
        Dial = "dial",
        Crossword = "crossword",
        Maze = "maze",
        Bricks = "bricks",
        Keyboard = "keyboard",
        Avatars = "avatars",
        Emblem = "emblem",
        /// Rows of seats, some of them taken.
        SeatMap = "seat-map",
        /// Rings and rows of dots that say "wait", portraits in rings of sound.
        Waiting = "waiting",
        /// Fair-isle knitting: bands of repeated figures.
        Knitting = "knitting",
    }
}

impl Scene {
    /// Scenes that codes are met in.
    pub const WITH_CODES: [Self; 12] = [
        Self::Landscape,
        Self::Lights,
        Self::Leaves,
        Self::City,
        Self::Poster,
        Self::Poster,
        Self::Phone,
        Self::LiveRoom,
        Self::LiveRoom,
        Self::Chat,
        Self::Product,
        Self::Product,
    ];

    #[must_use]
    pub fn draw(self, rng: &mut Rng, width: usize, height: usize) -> Canvas {
        match self {
            Self::Landscape => nature::landscape(rng, width, height),
            Self::Lights => nature::lights(rng, width, height),
            Self::Leaves => nature::leaves(rng, width, height),
            Self::City => nature::city(rng, width, height),
            Self::Poster => screens::poster(rng, width, height),
            Self::Phone => screens::phone(rng, width, height),
            Self::LiveRoom => screens::live_room(rng, width, height),
            Self::Chat => screens::chat(rng, width, height),
            Self::Page => screens::page(rng, width, height),
            Self::Table => screens::table(rng, width, height),
            Self::Icons => screens::icons(rng, width, height),
            Self::Product => goods::product(rng, width, height),
            Self::Shelf => goods::shelf(rng, width, height),
            Self::Tartan => boards::tartan(rng, width, height),
            Self::Weave => boards::weave(rng, width, height),
            Self::Houndstooth => boards::houndstooth(rng, width, height),
            Self::Checkerboard => boards::laid(rng, width, height, boards::checkerboard),
            Self::Markers => boards::laid(rng, width, height, boards::markers),
            Self::CircleGrid => boards::laid(rng, width, height, boards::circle_grid),
            Self::Halftone => boards::halftone(rng, width, height),
            Self::Sunburst => boards::sunburst(rng, width, height),
            Self::Dial => boards::dial(rng, width, height),
            Self::Crossword => boards::laid(rng, width, height, boards::crossword),
            Self::Maze => boards::laid(rng, width, height, boards::maze),
            Self::Bricks => boards::bricks(rng, width, height),
            Self::Keyboard => boards::keyboard(rng, width, height),
            Self::Avatars => emblems::avatars(rng, width, height),
            Self::Emblem => emblems::emblem(rng, width, height),
            Self::SeatMap => waiting::seat_map(rng, width, height),
            Self::Waiting => waiting::waiting(rng, width, height),
            Self::Knitting => boards::laid(rng, width, height, waiting::knitting),
        }
    }
}

/// Something like a photograph.
#[must_use]
pub fn photo(rng: &mut Rng, width: usize, height: usize) -> Canvas {
    let scene = *rng.pick(&[Scene::Landscape, Scene::Lights, Scene::Leaves, Scene::Product]);
    scene.draw(rng, width, height)
}

/// A colour by hue, saturation and value, each 0 to 1.
#[must_use]
pub fn hsv(hue: f32, saturation: f32, value: f32) -> Colour {
    [5.0f32, 3.0, 1.0].map(|n| {
        let k = (n + hue.rem_euclid(1.0) * 6.0).rem_euclid(6.0);
        let low = k.min(4.0 - k).clamp(0.0, 1.0);
        ((value - value * saturation * low) * 255.0).round() as u8
    })
}

#[must_use]
pub fn vivid(rng: &mut Rng) -> Colour {
    hsv(rng.unit(), rng.between(0.55, 0.95), rng.between(0.5, 0.95))
}

#[must_use]
pub fn pale(rng: &mut Rng) -> Colour {
    hsv(rng.unit(), rng.between(0.0, 0.22), rng.between(0.85, 1.0))
}

#[must_use]
pub fn dark(rng: &mut Rng) -> Colour {
    hsv(rng.unit(), rng.between(0.1, 0.8), rng.between(0.08, 0.35))
}

/// A rectangle by shares of a canvas.
fn share(canvas: &Canvas, [left, top, width, height]: [f32; 4]) -> Area {
    let (w, h) = (canvas.width as f32, canvas.height as f32);
    Area::new(left * w, top * h, width * w, height * h)
}
