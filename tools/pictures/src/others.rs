//! Pictures of all the rest: round codes, codes of packaging, scenes without any.

use std::f32::consts::TAU;

use crate::canvas::{BLACK, Canvas, WHITE, mix};
use crate::qr::FlatCode;
use crate::rng::Rng;
use crate::round::{self, RoundStyle};
use crate::scenes::{self, Scene};
use crate::warp::{Bend, Warp};
use crate::{CodeLabel, CodeSort, DrawnPicture, Symbology, camera, damage, lay, place};

/// A mini-program code, 110 to 400 pixels wide where the scene has room for it.
#[must_use]
pub fn mini_program(seed: u64, size: (usize, usize)) -> DrawnPicture {
    round_code("mini-program", CodeSort::MiniProgram, seed, size, 110.0, RoundStyle::some, round::mini_program)
}

/// A reward code, 110 to 400 pixels wide where the scene has room for it.
#[must_use]
pub fn reward(seed: u64, size: (usize, usize)) -> DrawnPicture {
    round_code("reward", CodeSort::MiniProgram, seed, size, 110.0, RoundStyle::some, round::reward)
}

/// A Channels code, 70 to 400 pixels wide where the scene has room for it.
#[must_use]
pub fn channels(seed: u64, size: (usize, usize)) -> DrawnPicture {
    round_code("channels", CodeSort::Channels, seed, size, 70.0, round::channels_style, round::channels)
}

/// A Channels code of which something covers a part, or that somebody has drawn over.
#[must_use]
pub fn channels_damaged(seed: u64, size: (usize, usize)) -> DrawnPicture {
    let damaged = |radius: f32, look: &RoundStyle, rng: &mut Rng| {
        let mut flat = round::channels(radius, look, rng);
        if rng.chance(0.6) {
            let share = rng.between(0.08, 0.22);
            damage::cover(&mut flat, share, rng);
        } else {
            damage::scribble(&mut flat, rng);
        }
        flat
    };
    round_code("channels-damaged", CodeSort::Channels, seed, size, 90.0, round::channels_style, damaged)
}

/// A code like Douyin's, 46 to 110 pixels wide.
#[must_use]
pub fn small_rings(seed: u64, size: (usize, usize)) -> DrawnPicture {
    let size = (size.0.min(183), size.1.min(320));
    round_code("round-small", CodeSort::Round, seed, size, 46.0, RoundStyle::some, round::rings)
}

/// A code like Douyin's, 110 to 400 pixels wide where the scene has room for it.
#[must_use]
pub fn rings(seed: u64, size: (usize, usize)) -> DrawnPicture {
    round_code("round", CodeSort::Round, seed, size, 110.0, RoundStyle::some, round::rings)
}

fn round_code(
    kind: &'static str,
    sort: CodeSort,
    seed: u64,
    (width, height): (usize, usize),
    least: f32,
    style: fn(&mut Rng) -> RoundStyle,
    draw: fn(f32, &RoundStyle, &mut Rng) -> FlatCode,
) -> DrawnPicture {
    let mut rng = Rng::new(kind, seed);
    let mut scene = rng.pick(&Scene::WITH_CODES).draw(&mut rng.fork(), width, height);
    let side = rng.octaves(least, (width.min(height) as f32 * 0.6).min(400.0).max(least));
    let flat = draw((side * 0.8).max(120.0), &style(&mut rng), &mut rng);
    let label = laid(&mut scene, &flat, side, sort, None, &mut rng);
    let image = taken(&scene, side / 60.0, &mut rng);
    DrawnPicture { kind, seed, image, labels: vec![label] }
}

fn laid(
    scene: &mut Canvas,
    flat: &FlatCode,
    side: f32,
    sort: CodeSort,
    text: Option<String>,
    rng: &mut Rng,
) -> CodeLabel {
    let scale = side / flat.code.width.max(flat.code.height);
    let size = [flat.canvas.width as f32 * scale, flat.canvas.height as f32 * scale];
    let (angle, tilt) = if rng.chance(0.5) {
        (0.0, (0.0, 0.0))
    } else {
        (rng.between(-0.5, 0.5), (rng.between(0.0, TAU), rng.between(0.0, 0.5)))
    };
    let middle = place(rng, scene, size[0].max(size[1]) * 0.62);
    lay(scene, flat, &Warp::new(middle, size, angle, tilt, Bend::None), sort, text)
}

/// Mostly as it is, at times a little out of focus, noisy or compressed; `detail` is the finest part's width.
fn taken(scene: &Canvas, detail: f32, rng: &mut Rng) -> image::RgbImage {
    let mut image = scene.over(WHITE);
    match rng.below(4) {
        0 => camera::blurred(&image, (detail * rng.between(0.3, 0.7)).max(0.4)),
        1 => {
            camera::noise(&mut image, rng.between(4.0, 14.0), rng);
            camera::jpeg(&image, rng.whole(25, 75) as u8)
        }
        _ => image,
    }
}

/// A code of packaging in a scene.
#[must_use]
pub fn other(symbology: Symbology, seed: u64, (width, height): (usize, usize)) -> DrawnPicture {
    let mut rng = Rng::new(symbology.as_str(), seed);
    let scene = *rng.pick(&[Scene::Product, Scene::Poster, Scene::Phone, Scene::Landscape, Scene::Page]);
    let mut scene = scene.draw(&mut rng.fork(), width, height);
    let content = symbology.content(&mut rng);
    let modules = symbology.modules(&content);
    let finest = if symbology.is_linear() { 1.3 } else { 2.0 };
    let least = modules.width.max(modules.height) as f32 * finest;
    let side = rng.octaves(least.max(60.0), (width.min(height) as f32 * 0.7).min(460.0).max(least.max(60.0)));
    let ink = if rng.chance(0.7) { BLACK } else { mix(scenes::dark(&mut rng), BLACK, 0.4) };
    let ground = if rng.chance(0.8) { WHITE } else { mix(scenes::pale(&mut rng), WHITE, 0.4) };
    let fine = (1.5 * side / modules.width as f32).clamp(3.0, 10.0);
    let flat = scenes::barcode(&modules, &content, fine, ink, ground);
    let label = laid(&mut scene, &flat, side, CodeSort::Other(symbology), Some(content), &mut rng);
    let image = taken(&scene, side / modules.width as f32, &mut rng);
    DrawnPicture { kind: symbology.as_str(), seed, image, labels: vec![label] }
}

/// A packaging with an EAN code and a good deal of print.
#[must_use]
pub fn packaging(seed: u64, (width, height): (usize, usize)) -> DrawnPicture {
    let mut rng = Rng::new("packaging", seed);
    let mut scene = Scene::Product.draw(&mut rng.fork(), width, height);
    let content = Symbology::Ean13.content(&mut rng);
    let flat = scenes::barcode(&Symbology::Ean13.modules(&content), &content, 4.0, BLACK, WHITE);
    let side = width as f32 * rng.between(0.22, 0.4);
    let label = laid(&mut scene, &flat, side, CodeSort::Other(Symbology::Ean13), Some(content), &mut rng);
    DrawnPicture { kind: "packaging", seed, image: taken(&scene, 2.0, &mut rng), labels: vec![label] }
}

/// A scene without any code.
#[must_use]
pub fn clean(scene: Scene, seed: u64, (width, height): (usize, usize)) -> DrawnPicture {
    let mut rng = Rng::new(scene.as_str(), seed);
    let canvas = scene.draw(&mut rng.fork(), width, height);
    let image = taken(&canvas, 1.5, &mut rng);
    DrawnPicture { kind: scene.as_str(), seed, image, labels: Vec::new() }
}
