//! Decodes codes that were located and that no pass over the picture reads: what a code says decides which rule it breaks.
//!
//! Three things hide a code's modules from the decoders, and are undone in the crop around it: too little contrast, by
//! stretching the channel that shows most of it; the gaps between the lamps of a board, by blurring; and a view from the
//! side, by drawing the quad that holds the code as a square. All of it is bounded by numbers of tries, so that the same
//! picture has the same answer everywhere.

use image::{GrayImage, Luma, RgbImage, imageops};

use super::outline::{self, Homography};
use super::{merge, plane};
use crate::decode::decode_enhanced;
use crate::{Code, CodeKind, Point, Quad, Rect};

/// The most codes of a frame that are tried, the surest ones, and the least score that is worth it.
const MAX_CODES: usize = 3;
const MIN_SCORE: f32 = 0.3;
/// Smaller codes have too few pixels a module for any of this.
const MIN_SIDE: f32 = 28.0;
/// The most pictures that are made of one code, each for a few passes of a millisecond.
const MAX_TRIES: usize = 14;
/// The margin around a code, as part of its side: its quiet zone, and the inaccuracy of its box.
const MARGIN: f32 = 0.18;
/// Side of a code in the pictures that are made of it: five pixels for each module of most codes.
const SIDE: f32 = 220.0;
/// The most channels that are tried.
const MAX_CHANNELS: usize = 3;
/// A channel in which grey values range over less has nothing but noise.
const MIN_RANGE: u8 = 10;

/// Decodes what it can of the codes that were only located; these are replaced.
pub(super) fn improve(image: &RgbImage, codes: Vec<Code>) -> Vec<Code> {
    let mut unread: Vec<&Code> = codes.iter().filter(|code| is_worth_trying(code)).collect();
    unread.sort_by(|a, b| b.score.total_cmp(&a.score));
    let read: Vec<Code> = unread.into_iter().take(MAX_CODES).flat_map(|code| read(image, code)).collect();
    if read.is_empty() {
        return codes;
    }
    merge::deduplicate(codes.into_iter().chain(read).collect())
}

fn is_worth_trying(code: &Code) -> bool {
    let is_square = matches!(code.kind, CodeKind::Qr | CodeKind::Other);
    is_square && !code.is_decoded() && code.score >= MIN_SCORE && code.quad.bounds().side() >= MIN_SIDE
}

/// What a located code says, once it is read in any of the pictures that are made of it.
fn read(image: &RgbImage, located: &Code) -> Vec<Code> {
    let bounds = located.quad.bounds();
    let rect = bounds.grown(MARGIN * bounds.side()).clipped(image.width() as f32, image.height() as f32);
    let (left, top) = (rect.left.floor(), rect.top.floor());
    let (width, height) = ((rect.right().ceil() - left) as u32, (rect.bottom().ceil() - top) as u32);
    if width < MIN_SIDE as u32 / 2 || height < MIN_SIDE as u32 / 2 {
        return Vec::new();
    }
    let part = imageops::crop_imm(image, left as u32, top as u32, width, height).to_image();
    let inner = Rect { left: bounds.left - left, top: bounds.top - top, ..bounds };
    let quad = located.quad.map(|point| Point::new(point.x - left, point.y - top));
    let mut tries = 0;
    for channel in channels(&part, inner) {
        for view in views(&channel, quad) {
            for blur in BLURS {
                if tries == MAX_TRIES {
                    return Vec::new();
                }
                tries += 1;
                let drawn = if blur > 0.0 { imageops::fast_blur(&view.image, blur) } else { view.image.clone() };
                let mut codes = decode_enhanced(&stretched(&drawn, plane::bounds(&drawn)));
                if codes.is_empty() {
                    continue;
                }
                for code in &mut codes {
                    code.quad = code.quad.map(|point| {
                        let point = view.map.apply(point);
                        Point::new(point.x + left, point.y + top)
                    });
                }
                codes.retain(|code| merge::explains(code, located));
                return codes;
            }
        }
    }
    Vec::new()
}

/// Radii of blurs in pixels of a view: none, and one for the gaps between lamps or dots.
const BLURS: [f32; 2] = [0.0, 2.2];

/// A picture that was made of a code, and the map from its pixels to those of the crop.
struct CodeView {
    image: GrayImage,
    map: Homography,
}

/// A channel as the decoders should see it: upright and square by the outline of what stands out, by the quad that was
/// located, and as it is, at the size of the others.
fn views(channel: &GrayImage, located: Quad) -> Vec<CodeView> {
    let bounds = located.bounds();
    let outline = outline::of(channel, bounds);
    let as_it_is = Quad::of(bounds);
    let mut quads: Vec<Quad> = Vec::with_capacity(3);
    for quad in [Some(as_it_is), outline, Some(located)].into_iter().flatten() {
        let is_near = |other: &Quad| quad.0.iter().zip(other.0).all(|(a, b)| a.distance(b) < 0.04 * bounds.side());
        if !quads.iter().any(is_near) {
            quads.push(quad);
        }
    }
    quads.into_iter().filter_map(|quad| view(channel, quad)).collect()
}

/// The quad drawn as a square with a margin.
fn view(channel: &GrayImage, quad: Quad) -> Option<CodeView> {
    let margin = (MARGIN * SIDE).round();
    let map = Homography::onto(Rect { left: margin, top: margin, width: SIDE, height: SIDE }, quad)?;
    let side = (SIDE + 2.0 * margin) as u32;
    let last = (channel.width() as f32 - 1.0, channel.height() as f32 - 1.0);
    let image = GrayImage::from_fn(side, side, |x, y| {
        let at = map.apply(Point::new(x as f32 + 0.5, y as f32 + 0.5));
        let (x, y) = ((at.x - 0.5).clamp(0.0, last.0), (at.y - 0.5).clamp(0.0, last.1));
        imageops::interpolate_bilinear(channel, x, y).unwrap_or(Luma([255]))
    });
    Some(CodeView { image, map })
}

/// The channels of a crop with most contrast at the place of the code: luma, red, green, blue and saturation, each
/// stretched to all grey values there. Luma comes first unless another has twice its contrast.
fn channels(part: &RgbImage, place: Rect) -> Vec<GrayImage> {
    let pick = |of: fn(&[u8; 3]) -> u8| {
        let values = part.as_raw().as_chunks::<3>().0.iter().map(of).collect();
        GrayImage::from_raw(part.width(), part.height(), values).unwrap_or_default()
    };
    let saturation = |[r, g, b]: &[u8; 3]| (*r).max(*g).max(*b) - (*r).min(*g).min(*b);
    let all = [plane::luma(part), pick(|p| p[0]), pick(|p| p[1]), pick(|p| p[2]), pick(saturation)];
    let mut ranked: Vec<(u16, GrayImage)> = all
        .into_iter()
        .enumerate()
        .filter_map(|(number, image)| {
            let (low, high) = range(&image, place);
            let range = high.saturating_sub(low);
            (range >= MIN_RANGE).then(|| (u16::from(range) * if number == 0 { 2 } else { 1 }, stretched(&image, place)))
        })
        .collect();
    ranked.sort_by_key(|(range, _)| std::cmp::Reverse(*range));
    ranked.into_iter().take(MAX_CHANNELS).map(|(_, image)| image).collect()
}

/// The grey values of a place, without the darkest and the lightest fiftieth.
fn range(image: &GrayImage, place: Rect) -> (u8, u8) {
    let place = place.clipped(image.width() as f32, image.height() as f32);
    let mut counts = [0_u32; 256];
    let part = imageops::crop_imm(image, place.left as u32, place.top as u32, place.width as u32, place.height as u32);
    for value in part.to_image().as_raw() {
        counts[usize::from(*value)] += 1;
    }
    let few = counts.iter().sum::<u32>() / 50;
    let beyond = |counts: &mut dyn Iterator<Item = &u32>| {
        let mut sum = 0;
        counts
            .take_while(|count| {
                sum += **count;
                sum <= few
            })
            .count()
    };
    let low = beyond(&mut counts.iter());
    let high = 255_usize.saturating_sub(beyond(&mut counts.iter().rev()));
    (low.min(255) as u8, high as u8)
}

/// The picture with the grey values of a place spread over all there are.
fn stretched(image: &GrayImage, place: Rect) -> GrayImage {
    let (low, high) = range(image, place);
    let range = i32::from(high.saturating_sub(low)).max(1);
    let mut image = image.clone();
    for value in image.iter_mut() {
        *value = ((i32::from(*value) - i32::from(low)) * 255 / range).clamp(0, 255) as u8;
    }
    image
}
