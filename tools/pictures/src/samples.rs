//! The pictures of the sample shops and live rooms, and those that the tests read from files.

use std::path::Path;

use image::RgbaImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use pictures::camera::jpeg_bytes;
use pictures::canvas::{Area, Canvas, Paint, WHITE};
use pictures::qr::{self, QrStyle};
use pictures::rng::Rng;
use pictures::round::{self, RoundStyle};
use pictures::warp::{Bend, Warp};
use pictures::{
    CodeSort, Hard, Scene, channels, clean, hard_sized, lay, mini_program, packaging, rings, symbols, text,
};

/// Writes all of them into the folder of samples.
pub fn write(samples: &Path) -> Result<(), String> {
    let rooms = samples.join("live-rooms/images");
    jpeg(&rooms.join("cover.jpg"), &clean(Scene::LiveRoom, 5, (540, 960)).image, 72)?;
    jpeg(&rooms.join("pack.jpg"), &packaging(3, (600, 800)).image, 72)?;
    jpeg(&rooms.join("backdrop.jpg"), &backdrop().over(WHITE), 46)?;
    png(&rooms.join("overlay.png"), &overlay())?;
    png(&rooms.join("shop-code.png"), &shop_code())?;
    let products = [("legacy-fleet", "cart", 2), ("upgraded", "fensi", 4), ("upgraded", "gaiwan", 3)];
    for (folder, name, count) in products {
        for i in 1..=count {
            let file = samples.join(folder).join(format!("images/{name}-{i}.jpg"));
            let seed = i + name.bytes().map(u64::from).sum::<u64>();
            jpeg(&file, &clean(Scene::Product, seed, (480, 480)).image, 72)?;
        }
    }
    Ok(())
}

/// Writes the pictures that the tests read from files.
pub fn fixtures(folder: &Path) -> Result<(), String> {
    const SMALL: (usize, usize) = (270, 360);
    let pictures = [
        ("qr", hard_sized(Hard::Rotated, 2, SMALL, 120.0)),
        ("covered", hard_sized(Hard::Covered30, 7, SMALL, 130.0)),
        ("no-finders", hard_sized(Hard::AllFindersGone, 5, SMALL, 140.0)),
        ("mini-program", mini_program(7, SMALL)),
        ("round", rings(4, SMALL)),
        ("channels", channels(2, SMALL)),
        ("barcode", packaging(2, (360, 480))),
        ("clean", clean(Scene::LiveRoom, 3, SMALL)),
    ];
    for (name, picture) in pictures {
        jpeg(&folder.join(format!("{name}.jpg")), &picture.image, 45)?;
    }
    Ok(())
}

/// A poster on the wall, a friend's code in its corner.
fn backdrop() -> Canvas {
    let mut rng = Rng::new("backdrop", 4);
    let mut scene = Scene::Poster.draw(&mut rng, 540, 960);
    let content = "https://u.wechat.com/kMdW3v8qTzYxLr0aGf5uHnE";
    let flat = qr::draw(&symbols::qr(content, 3, 'M'), &QrStyle::default(), 8.0, &mut rng);
    let at = Area::new(392.0, 792.0, 128.0, 128.0);
    lay(&mut scene, &flat, &Warp::upright(at), CodeSort::Qr, Some(content.to_owned()));
    scene
}

/// An overlay over the room: transparent, with a mini-program code whose lower half a banner covers.
fn overlay() -> Canvas {
    let mut rng = Rng::new("overlay", 1);
    let mut canvas = Canvas::clear(540, 960);
    let flat = round::mini_program(160.0, &RoundStyle { ink: [0; 3], ground: Some(WHITE), on_disc: true }, &mut rng);
    let warp = Warp::new([400.0, 640.0], [200.0, 200.0], 0.06, (0.0, 0.0), Bend::None);
    lay(&mut canvas, &flat, &warp, CodeSort::MiniProgram, None);
    let banner = Area::new(20.0, 672.0, 500.0, 96.0);
    canvas.rounded(banner, 18.0, Paint::Gradient([224, 38, 48], [20.0, 0.0], [250, 150, 40], [520.0, 0.0]));
    text::line(&mut canvas, [44.0, 694.0], 52.0, 8, &mut rng, WHITE);
    canvas
}

/// The shop's own code on a card.
fn shop_code() -> Canvas {
    let mut rng = Rng::new("shop-code", 1);
    let mut card = Canvas::new(420, 520, WHITE);
    let content = "https://channels.weixin.qq.com/shop/a/wuli";
    let flat = qr::draw(&symbols::qr(content, 3, 'M'), &QrStyle::default(), 8.0, &mut rng);
    lay(&mut card, &flat, &Warp::upright(Area::new(50.0, 40.0, 320.0, 320.0)), CodeSort::Qr, Some(content.to_owned()));
    text::line(&mut card, [84.0, 400.0], 48.0, 5, &mut rng, [40, 60, 50]);
    card
}

fn written(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}

fn jpeg(path: &Path, image: &image::RgbImage, quality: u8) -> Result<(), String> {
    written(path, &jpeg_bytes(image, quality))
}

fn png(path: &Path, canvas: &Canvas) -> Result<(), String> {
    let image = RgbaImage::from_fn(canvas.width as u32, canvas.height as u32, |x, y| {
        image::Rgba(canvas.get(x as usize, y as usize))
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive);
    image.write_with_encoder(encoder).map_err(|error| error.to_string())?;
    written(path, &bytes.into_inner())
}
