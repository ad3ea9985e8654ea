//! QR codes that are hard to see: every style and every damage by its name.

use std::f32::consts::TAU;

use crate::canvas::{Area, BLACK, Canvas, WHITE, luma, mix};
use crate::qr::{self, Finder, FlatCode, Module, QrStyle};
use crate::rng::Rng;
use crate::scenes::{self, Scene};
use crate::symbols::{self, viewer_content};
use crate::warp::{Bend, Warp, some_bend};
use crate::{CodeLabel, CodeSort, DrawnPicture, camera, damage, lay, place};

named! {
    /// Styles and damages.
    pub enum Hard {
        /// As printed: upright, black on white.
        Plain = "plain",
        /// 40 to 60 pixels.
        Small = "small",
        /// Turned by any angle.
        Rotated = "rotated",
        /// Seen from the side.
        Perspective = "perspective",
        /// Around a bottle, or on crumpled paper.
        Bent = "bent",
        /// Out of focus.
        Blurred = "blurred",
        /// Moved while it was taken.
        Shaken = "motion-blurred",
        /// Light on dark.
        Inverted = "inverted",
        /// In colours, gradients, several colours.
        Coloured = "coloured",
        /// Dots rather than squares.
        Dots = "dots",
        /// Round corners and round finders.
        Rounded = "rounded",
        /// A logo in the middle.
        Logo = "logo",
        /// 15 % covered.
        Covered15 = "covered-15",
        /// 30 % covered.
        Covered30 = "covered-30",
        OneFinderGone = "one-finder-gone",
        TwoFindersGone = "two-finders-gone",
        AllFindersGone = "all-finders-gone",
        /// Made coarse in blocks.
        Mosaic = "mosaic",
        /// Scribbled over.
        DrawnOver = "drawn-over",
        /// Hardly darker than its ground.
        LowContrast = "low-contrast",
        /// Noise and strong JPEG.
        Noisy = "noise-jpeg",
        /// A picture behind the modules.
        PictureBehind = "picture-behind",
        /// Many on one sheet.
        Sheet = "sheet",
        /// Nothing light around it.
        NoQuietZone = "no-quiet-zone",
        /// Cut by the picture's border.
        Cut = "cut",
    }
}

/// Draws a code of that kind in a scene of that size, 40 to 400 pixels wide where the scene has room for it.
#[must_use]
pub fn hard(kind: Hard, seed: u64, (width, height): (usize, usize)) -> DrawnPicture {
    let mut rng = Rng::new(kind.as_str(), seed).fork();
    let most = (width.min(height) as f32 * 0.55).min(400.0);
    let side = match kind {
        Hard::Small => rng.between(40.0, 60.0),
        Hard::Sheet => rng.octaves(50.0, most.min(150.0)),
        _ => rng.octaves(40.0, most),
    };
    hard_sized(kind, seed, (width, height), side)
}

/// Draws a code of that kind in a scene of that size, `side` pixels wide.
#[must_use]
pub fn hard_sized(kind: Hard, seed: u64, (width, height): (usize, usize), side: f32) -> DrawnPicture {
    let mut rng = Rng::new(kind.as_str(), seed);
    let scene = *rng.pick(&Scene::WITH_CODES);
    let mut scene = scene.draw(&mut rng.fork(), width, height);
    let (labels, module) = if kind == Hard::Sheet {
        (sheet(&mut scene, side, &mut rng), side / 29.0)
    } else {
        let (label, module) = one(kind, &mut scene, side, &mut rng);
        (vec![label], module)
    };
    let image = taken(kind, &scene, module, &mut rng);
    DrawnPicture { kind: kind.as_str(), seed, image, labels }
}

/// A code's look by its kind; what the kind does not say is drawn at random, mostly plain.
fn look(kind: Hard, rng: &mut Rng) -> QrStyle {
    let plain = QrStyle { quiet: rng.between(1.5, 4.0), ..QrStyle::default() };
    match kind {
        Hard::Inverted => {
            let ink = mix(scenes::vivid(rng), WHITE, rng.between(0.6, 1.0));
            let ground = mix(scenes::dark(rng), BLACK, rng.unit());
            QrStyle { ink, ground: Some(ground), ..plain }
        }
        Hard::Coloured => coloured(plain, rng),
        Hard::Dots => {
            let finder = *rng.pick(&[Finder::Square, Finder::Rounded, Finder::Circle]);
            QrStyle { module: Module::Dot(rng.between(0.62, 0.95)), finder, ..plain }
        }
        Hard::Rounded => {
            let module = if rng.chance(0.7) { Module::Liquid } else { Module::Diamond };
            let finder = *rng.pick(&[Finder::Rounded, Finder::Circle, Finder::Leaf]);
            QrStyle { module, finder, ..plain }
        }
        Hard::Logo => QrStyle { logo: rng.between(0.2, 0.32), ..plain },
        Hard::LowContrast => {
            let ground = scenes::hsv(rng.unit(), rng.between(0.0, 0.5), rng.between(0.45, 1.0));
            let apart = rng.between(0.14, 0.32);
            QrStyle {
                ink: mix(ground, if rng.chance(0.8) { BLACK } else { WHITE }, apart),
                ground: Some(ground),
                ..plain
            }
        }
        Hard::PictureBehind => {
            let ink = mix(scenes::dark(rng), BLACK, 0.5);
            QrStyle { picture: true, ink, quiet: rng.between(0.5, 2.0), ..plain }
        }
        Hard::NoQuietZone => QrStyle { quiet: 0.0, ..plain },
        _ => plain,
    }
}

fn coloured(plain: QrStyle, rng: &mut Rng) -> QrStyle {
    let (ink, ground) = qr::contrasting(rng);
    let look = QrStyle { ink, ground: Some(ground), ..plain };
    match rng.below(3) {
        0 => look,
        1 => {
            let second = mix(scenes::vivid(rng), BLACK, 0.2);
            let second = if luma(ground) - luma(second) > 60.0 { second } else { mix(second, BLACK, 0.6) };
            QrStyle { second: Some(second), ..look }
        }
        _ => {
            let palette = (0..4).map(|_| mix(scenes::vivid(rng), BLACK, 0.35)).collect();
            QrStyle { palette, ground: Some(mix(ground, WHITE, 0.8)), ..look }
        }
    }
}

/// A code of a version whose modules can still be distinguished at that size.
fn code(kind: Hard, side: f32, look: &QrStyle, rng: &mut Rng) -> (FlatCode, String) {
    let finest = match kind {
        Hard::Small | Hard::Sheet => 1.3,
        Hard::Dots | Hard::PictureBehind | Hard::Mosaic | Hard::Blurred | Hard::Shaken => 1.9,
        _ => 1.5,
    };
    let most = (((side / finest) - 17.0) / 4.0).clamp(1.0, 12.0) as i32;
    let (content, level) = match most {
        1 => (format!("t.cn/{}", rng.letters(6)), 'L'),
        2 => (format!("https://t.cn/{}", rng.letters(8)), 'L'),
        _ => (viewer_content(rng), if kind == Hard::Logo && most > 4 { 'H' } else { *rng.pick(&['L', 'M', 'Q']) }),
    };
    let modules = symbols::qr(&content, rng.whole(1, most) as usize, level);
    let fine = (1.6 * side / modules.width as f32).clamp(7.0, 20.0);
    (qr::draw(&modules, look, fine, rng), content)
}

/// Lays one code into a scene; with its module's width in the scene.
fn one(kind: Hard, scene: &mut Canvas, side: f32, rng: &mut Rng) -> (CodeLabel, f32) {
    let look = look(kind, rng);
    let (mut flat, content) = code(kind, side, &look, rng);
    match kind {
        Hard::Covered15 => damage::cover(&mut flat, 0.15, rng),
        Hard::Covered30 => damage::cover(&mut flat, 0.3, rng),
        Hard::OneFinderGone => damage::lose_finders(&mut flat, 1, WHITE, rng),
        Hard::TwoFindersGone => damage::lose_finders(&mut flat, 2, WHITE, rng),
        Hard::AllFindersGone => damage::lose_finders(&mut flat, 3, WHITE, rng),
        Hard::DrawnOver => damage::scribble(&mut flat, rng),
        _ => {}
    }
    let scale = side / flat.code.width;
    let module = flat.module * scale;
    let size = [flat.canvas.width as f32 * scale, flat.canvas.height as f32 * scale];
    let (angle, tilt, bend) = attitude(kind, rng);
    let reach = size[0] * if angle == 0.0 { 0.52 } else { 0.74 };
    let mut middle = place(rng, scene, reach);
    if kind == Hard::Cut {
        let seen = rng.between(0.62, 0.9);
        let beyond = side * (seen - 0.5);
        match rng.below(4) {
            0 => middle[0] = beyond,
            1 => middle[0] = scene.width as f32 - beyond,
            2 => middle[1] = beyond,
            _ => middle[1] = scene.height as f32 - beyond,
        }
    }
    let label = lay(scene, &flat, &Warp::new(middle, size, angle, tilt, bend), CodeSort::Qr, Some(content));
    if kind == Hard::Mosaic {
        // Coarser than this, a code cannot be recognised as one.
        let block = (module * rng.between(1.2, 2.1)).min(side / 13.0);
        damage::mosaic(scene, label.bounds.grown(side * 0.05), block.max(2.0));
    }
    (label, module)
}

/// How it is turned, tilted and bent.
fn attitude(kind: Hard, rng: &mut Rng) -> (f32, (f32, f32), Bend) {
    let flat = (0.0, 0.0);
    match kind {
        Hard::Rotated => (rng.between(0.0, TAU), flat, Bend::None),
        Hard::Perspective => (rng.between(-0.5, 0.5), (rng.between(0.0, TAU), rng.between(0.5, 1.0)), Bend::None),
        Hard::Bent => (rng.between(-0.3, 0.3), (rng.between(0.0, TAU), rng.between(0.0, 0.3)), some_bend(rng)),
        Hard::Plain | Hard::Small | Hard::Sheet => (0.0, flat, Bend::None),
        _ if rng.chance(0.5) => (0.0, flat, Bend::None),
        _ => (rng.between(-0.35, 0.35), (rng.between(0.0, TAU), rng.between(0.0, 0.35)), Bend::None),
    }
}

/// Rows of codes on a card.
fn sheet(scene: &mut Canvas, side: f32, rng: &mut Rng) -> Vec<CodeLabel> {
    let step = side * rng.between(1.2, 1.5);
    let fit = |length: usize| ((length as f32 * 0.9 / step) as i32).clamp(1, 6);
    let (columns, rows) =
        (rng.whole(fit(scene.width).min(2), fit(scene.width)), rng.whole(fit(scene.height).min(2), fit(scene.height)));
    let card = [step * columns as f32, step * rows as f32];
    let [cx, cy] = place(rng, scene, card[0].max(card[1]) / 2.0);
    let left = (cx - card[0] / 2.0).clamp(0.0, (scene.width as f32 - card[0]).max(0.0));
    let top = (cy - card[1] / 2.0).clamp(0.0, (scene.height as f32 - card[1]).max(0.0));
    scene.rounded(Area::new(left, top, card[0], card[1]), step * 0.05, WHITE);
    let mut labels = Vec::new();
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let (flat, content) = code(Hard::Sheet, side, &QrStyle { quiet: 0.0, ..QrStyle::default() }, rng);
        let gap = (step - side) / 2.0;
        let at = Area::new(left + column as f32 * step + gap, top + row as f32 * step + gap, side, side);
        labels.push(lay(scene, &flat, &Warp::upright(at), CodeSort::Qr, Some(content)));
    }
    labels
}

/// The scene as a camera or a codec gives it; `module` is a module's width in pixels.
fn taken(kind: Hard, scene: &Canvas, module: f32, rng: &mut Rng) -> image::RgbImage {
    let mut image = scene.over(WHITE);
    match kind {
        Hard::Blurred => camera::blurred(&image, module * rng.between(0.5, 1.0)),
        Hard::Shaken => camera::shaken(&image, (module * rng.between(1.2, 2.4)).max(2.0), rng.between(0.0, TAU)),
        Hard::Noisy => {
            camera::noise(&mut image, rng.between(10.0, 32.0), rng);
            camera::jpeg(&image, rng.whole(8, 35) as u8)
        }
        _ => image,
    }
}
