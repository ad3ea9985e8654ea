//! Writes drawn pictures to look at.
//!
//! `pictures draw KIND SEED FILE.png [WIDTHxHEIGHT]` writes one, `pictures sheet FILE.png [KIND…]` eight of every kind
//! on one sheet, cut to the code's surroundings (scenes without a code: reduced), boxes drawn. `pictures samples FOLDER`
//! writes the pictures of the sample shops and rooms, `pictures fixtures FOLDER` those that the tests read.

mod samples;

use std::path::Path;
use std::process::ExitCode;

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use pictures::{DrawnPicture, Hard, PHONE, Scene, Symbology};

const USAGE: &str =
    "pictures draw KIND SEED FILE.png [WIDTHxHEIGHT] | sheet FILE.png [KIND…] | samples FOLDER | fixtures FOLDER";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["draw", kind, seed, file] => one(kind, seed, file, PHONE),
        ["draw", kind, seed, file, size] => match size.split_once('x').map(|(w, h)| (w.parse(), h.parse())) {
            Some((Ok(width), Ok(height))) => one(kind, seed, file, (width, height)),
            _ => Err(format!("{size}: not a size")),
        },
        ["sheet", file, ref kinds @ ..] => sheet(file, kinds),
        ["fixtures", folder] => samples::fixtures(Path::new(folder)),
        ["samples", folder] => samples::write(Path::new(folder)),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn kinds() -> Vec<&'static str> {
    let hard = Hard::ALL.map(Hard::as_str);
    let symbols = Symbology::ALL.map(Symbology::as_str);
    let scenes = Scene::ALL.map(Scene::as_str);
    let others = ["mini-program", "reward", "channels", "channels-damaged", "round", "round-small", "packaging"];
    [&hard[..], &others, &symbols, &scenes].concat()
}

fn drawn(kind: &str, seed: u64, size: (usize, usize)) -> Result<DrawnPicture, String> {
    if let Some(hard) = Hard::ALL.into_iter().find(|hard| hard.as_str() == kind) {
        return Ok(pictures::hard(hard, seed, size));
    }
    if let Some(symbology) = Symbology::ALL.into_iter().find(|symbology| symbology.as_str() == kind) {
        return Ok(pictures::other(symbology, seed, size));
    }
    if let Some(scene) = Scene::ALL.into_iter().find(|scene| scene.as_str() == kind) {
        return Ok(pictures::clean(scene, seed, size));
    }
    match kind {
        "mini-program" => Ok(pictures::mini_program(seed, size)),
        "reward" => Ok(pictures::reward(seed, size)),
        "channels" => Ok(pictures::channels(seed, size)),
        "channels-damaged" => Ok(pictures::channels_damaged(seed, size)),
        "round" => Ok(pictures::rings(seed, size)),
        "round-small" => Ok(pictures::small_rings(seed, size)),
        "packaging" => Ok(pictures::packaging(seed, size)),
        _ => Err(format!("{kind}: no such kind; there are {}", kinds().join(", "))),
    }
}

fn one(kind: &str, seed: &str, file: &str, size: (usize, usize)) -> Result<(), String> {
    let seed = seed.parse().map_err(|_| format!("{seed}: not a seed"))?;
    let picture = drawn(kind, seed, size)?;
    picture.image.save(file).map_err(|error| format!("{file}: {error}"))
}

fn sheet(file: &str, chosen: &[&str]) -> Result<(), String> {
    const TILE: u32 = 200;
    const ACROSS: u32 = 8;
    let all = kinds();
    let chosen = if chosen.is_empty() { &all } else { chosen };
    let mut sheet = RgbImage::from_pixel(ACROSS * TILE, chosen.len() as u32 * TILE, Rgb([90; 3]));
    for (row, kind) in chosen.iter().enumerate() {
        for column in 0..ACROSS {
            let tile = tile(&drawn(kind, u64::from(column) + 1, PHONE)?, TILE - 4);
            imageops::replace(&mut sheet, &tile, i64::from(column * TILE), row as i64 * i64::from(TILE));
        }
    }
    sheet.save(file).map_err(|error| format!("{file}: {error}"))
}

/// The surroundings of the first code, or the whole picture, within that many pixels.
fn tile(picture: &DrawnPicture, side: u32) -> RgbImage {
    let (width, height) = picture.image.dimensions();
    let mut image = picture.image.clone();
    let Some(label) = picture.labels.first() else {
        let scale = side as f32 / width.max(height) as f32;
        let size = [width, height].map(|length| (length as f32 * scale) as u32);
        return imageops::resize(&image, size[0], size[1], FilterType::Triangle);
    };
    for label in &picture.labels {
        let area = label.bounds.shared(pictures::canvas::Area::new(0.0, 0.0, width as f32 - 1.0, height as f32 - 1.0));
        for x in area.left as u32..=area.right() as u32 {
            image.put_pixel(x, area.top as u32, Rgb([255, 0, 0]));
            image.put_pixel(x, area.bottom() as u32, Rgb([255, 0, 0]));
        }
        for y in area.top as u32..=area.bottom() as u32 {
            image.put_pixel(area.left as u32, y, Rgb([255, 0, 0]));
            image.put_pixel(area.right() as u32, y, Rgb([255, 0, 0]));
        }
    }
    let wide = (label.bounds.width.max(label.bounds.height) * 1.5) as u32;
    let [cx, cy] = label.bounds.centre();
    let left = (cx as u32).saturating_sub(wide / 2).min(width.saturating_sub(wide));
    let top = (cy as u32).saturating_sub(wide / 2).min(height.saturating_sub(wide));
    let crop = imageops::crop_imm(&image, left, top, wide, wide).to_image();
    let filter = if wide < side { FilterType::Nearest } else { FilterType::Triangle };
    imageops::resize(&crop, side, side, filter)
}
