//! A page of misses and false alarms: small pictures with boxes, one file that needs no other.

use std::fmt::Write as _;

use dianjian_media::{Code, Rect};
use dianjian_report::picture::base64;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use pictures::camera::jpeg_bytes;

use crate::items::{Group, Item};
use crate::judge::{Outcome, Seen};

/// A small picture of something that went wrong.
pub struct Tile {
    group: Group,
    heading: String,
    codes: String,
    jpeg: Vec<u8>,
}

const SIDE: u32 = 420;

impl Tile {
    /// What is there is framed in green, what was seen in red.
    pub fn new(item: &Item, outcome: &Outcome, image: &RgbImage, places: &[Rect], codes: &[Code]) -> Self {
        let missed = outcome.seen.iter().filter(|(seen, _)| *seen == Seen::Missed).count();
        let unsure = outcome.seen.iter().filter(|(seen, _)| *seen == Seen::Suspected).count();
        let mut what = Vec::new();
        if missed > 0 {
            what.push(format!("{missed} of {} missed", outcome.seen.len()));
        }
        if unsure > 0 {
            what.push(format!("{unsure} only suspected"));
        }
        if let Some((seen, kind)) = outcome.alarm {
            let sure = if seen == Seen::Suspected { "suspicion" } else { "alarm" };
            what.push(format!("false {sure}: {}", kind.as_str()));
        }
        let descriptions = codes.iter().map(|code| {
            let text = code.text.as_deref().map_or(String::new(), |text| format!(" “{text}”"));
            format!("{} {:.2}{text}", code.kind.as_str(), code.score)
        });
        let (crop, left, top) = surroundings(image, places, codes);
        let scale = (SIDE as f32 / crop.width().max(crop.height()) as f32).min(4.0);
        let [width, height] = [crop.width(), crop.height()].map(|length| ((length as f32 * scale) as u32).max(1));
        let mut small = imageops::resize(&crop, width, height, FilterType::Triangle);
        let moved = |rect: Rect| Rect {
            left: (rect.left - left) * scale,
            top: (rect.top - top) * scale,
            width: rect.width * scale,
            height: rect.height * scale,
        };
        for &place in places {
            frame(&mut small, moved(place), Rgb([0, 200, 60]));
        }
        for code in codes {
            let colour = if code.kind.is_for_viewers() { Rgb([255, 30, 30]) } else { Rgb([60, 120, 255]) };
            frame(&mut small, moved(code.quad.bounds()), colour);
        }
        Self {
            group: item.group,
            heading: format!("{}: {}", item.name, what.join(", ")),
            codes: descriptions.collect::<Vec<_>>().join("; "),
            jpeg: jpeg_bytes(&small, 82),
        }
    }
}

/// The part of a picture around all boxes, with its corner; the whole where there is no box.
fn surroundings(image: &RgbImage, places: &[Rect], codes: &[Code]) -> (RgbImage, f32, f32) {
    let boxes = places.iter().copied().chain(codes.iter().map(|code| code.quad.bounds()));
    let Some(around) = boxes.reduce(Rect::union) else { return (image.clone(), 0.0, 0.0) };
    let part = around.grown(around.side() * 0.6 + 10.0).clipped(image.width() as f32, image.height() as f32);
    let [left, top] = [part.left as u32, part.top as u32];
    let crop = imageops::crop_imm(image, left, top, part.width.ceil() as u32, part.height.ceil() as u32);
    (crop.to_image(), left as f32, top as f32)
}

fn frame(image: &mut RgbImage, rect: Rect, colour: Rgb<u8>) {
    let rect = rect.clipped(image.width() as f32 - 1.0, image.height() as f32 - 1.0);
    let [left, top, right, bottom] = [rect.left, rect.top, rect.right(), rect.bottom()].map(|at| at as u32);
    for x in left..=right {
        image.put_pixel(x, top, colour);
        image.put_pixel(x, bottom, colour);
    }
    for y in top..=bottom {
        image.put_pixel(left, y, colour);
        image.put_pixel(right, y, colour);
    }
}

/// The page as HTML, with the table of figures above the tiles.
pub fn page(tiles: &[&Tile], table: &str) -> String {
    let mut out = String::from(
        "<!doctype html><meta charset=utf-8><title>Codes: misses and false alarms</title><style>\
         body{font:14px/1.4 sans-serif;margin:2em;background:#f4f4f4;color:#222}pre{background:#fff;padding:1em}\
         main{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0;padding:8px;background:#fff;max-width:420px}\
         img{max-width:100%;display:block}figcaption{overflow-wrap:anywhere}small{color:#666}</style>\
         <h1>Codes: misses and false alarms</h1><p>Green: what is there. Red: seen as a code for viewers. \
         Blue: seen as another code.</p>",
    );
    let _ = write!(out, "<pre>{}</pre>", escaped(table));
    let mut groups: Vec<Group> = tiles.iter().map(|tile| tile.group).collect();
    groups.sort();
    groups.dedup();
    for group in groups {
        let _ = write!(out, "<h2>{}</h2><main>", group.title());
        for tile in tiles.iter().filter(|tile| tile.group == group) {
            let _ = write!(
                out,
                "<figure><img src=\"data:image/jpeg;base64,{}\" alt=\"\"><figcaption>{}<br><small>{}</small>\
                 </figcaption></figure>",
                base64(&tile.jpeg),
                escaped(&tile.heading),
                escaped(&tile.codes)
            );
        }
        out.push_str("</main>");
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
