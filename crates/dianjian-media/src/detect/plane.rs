//! Operations on grey pictures: luma, scaling, crops, rotated views.
//!
//! A frame has two million pixels and is processed several times, so these loops are written to vectorize.

use image::{GrayImage, RgbImage};

use crate::{Point, Rect};

/// The luma of a picture (ITU-R BT.601).
pub(crate) fn luma(image: &RgbImage) -> GrayImage {
    let (width, height) = image.dimensions();
    let weigh = |&[red, green, blue]: &[u8; 3]| {
        ((77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128) >> 8) as u8
    };
    plane(width, height, image.as_raw().as_chunks::<3>().0.iter().map(weigh).collect())
}

/// A picture of values in rows; missing ones are black.
fn plane(width: u32, height: u32, mut values: Vec<u8>) -> GrayImage {
    values.resize(width as usize * height as usize, 0);
    GrayImage::from_raw(width, height, values).unwrap_or_default()
}

/// Half the size: means of two by two pixels. An odd last row or column is left out.
pub(crate) fn halved(image: &GrayImage) -> GrayImage {
    let (width, height) = (image.width() / 2, image.height() / 2);
    if width == 0 || height == 0 {
        return GrayImage::default();
    }
    let stride = image.width() as usize;
    let mut values = Vec::with_capacity(width as usize * height as usize);
    for rows in image.as_raw().chunks_exact(2 * stride) {
        let (upper, lower) = rows.split_at(stride);
        let (upper, lower) = (upper.as_chunks::<2>().0, lower.as_chunks::<2>().0);
        values.extend(
            upper
                .iter()
                .zip(lower)
                .map(|(a, b)| ((u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]) + 2) >> 2) as u8),
        );
    }
    plane(width, height, values)
}

/// A smaller size, at least one by one: each pixel is the mean of the area that it covers.
pub(crate) fn reduced(image: &GrayImage, width: u32, height: u32) -> GrayImage {
    let (width, height) = (width.clamp(1, image.width().max(1)), height.clamp(1, image.height().max(1)));
    if image.width() == 0 || image.height() == 0 || (width, height) == image.dimensions() {
        return image.clone();
    }
    let columns = shares(image.width(), width);
    let stride = image.width() as usize;
    let mut values = Vec::with_capacity(width as usize * height as usize);
    let mut sums = vec![0_u32; stride];
    for rows in shares(image.height(), height) {
        sums.fill(0);
        for (row, &weight) in (rows.first..).zip(&rows.weights) {
            let line = &image.as_raw()[row * stride..(row + 1) * stride];
            for (sum, &value) in sums.iter_mut().zip(line) {
                *sum += weight * u32::from(value);
            }
        }
        values.extend(columns.iter().map(|share| {
            let sum: u64 = sums[share.first..]
                .iter()
                .zip(&share.weights)
                .map(|(&sum, &weight)| u64::from(sum) * u64::from(weight))
                .sum();
            ((sum + (1 << 23)) >> 24) as u8
        }));
    }
    plane(width, height, values)
}

/// Which old pixels a new one covers, and their weights, in 4096ths, which sum to 4096.
struct PixelShare {
    first: usize,
    weights: Vec<u32>,
}

fn shares(old: u32, new: u32) -> Vec<PixelShare> {
    let ratio = f64::from(old) / f64::from(new);
    let one = |index: u32| {
        let (start, end) = (f64::from(index) * ratio, f64::from(index + 1) * ratio);
        let first = (start.floor() as usize).min(old as usize - 1);
        let last = (end.ceil() as usize).clamp(first + 1, old as usize);
        let mut weights: Vec<u32> = (first..last)
            .map(|pixel| {
                let covered = (end.min(pixel as f64 + 1.0) - start.max(pixel as f64)).max(0.0);
                (covered / ratio * 4096.0).round() as u32
            })
            .collect();
        let sum: u32 = weights.iter().sum();
        if let Some(largest) = weights.iter_mut().max() {
            *largest = (*largest + 4096).saturating_sub(sum);
        }
        PixelShare { first, weights }
    };
    (0..new).map(one).collect()
}

/// Twice the size, interpolated linearly.
pub(crate) fn doubled(image: &GrayImage) -> GrayImage {
    image::imageops::resize(image, image.width() * 2, image.height() * 2, image::imageops::FilterType::Triangle)
}

/// A crop; outside of the picture its edge is repeated.
pub(crate) fn cut(image: &GrayImage, left: i64, top: i64, width: u32, height: u32) -> GrayImage {
    if image.width() == 0 || image.height() == 0 {
        return GrayImage::new(width, height);
    }
    let (last_x, last_y) = (i64::from(image.width()) - 1, i64::from(image.height()) - 1);
    let stride = image.width() as usize;
    let inner = (left.clamp(0, last_x), (left + i64::from(width)).clamp(1, last_x + 1));
    let before = (inner.0 - left).clamp(0, i64::from(width)) as usize;
    let mut values = Vec::with_capacity(width as usize * height as usize);
    for y in top..top + i64::from(height) {
        let start = y.clamp(0, last_y) as usize * stride;
        let line = &image.as_raw()[start..start + stride];
        let end = values.len() + width as usize;
        values.resize(values.len() + before, line[inner.0 as usize]);
        values.extend_from_slice(line.get(inner.0 as usize..inner.1 as usize).unwrap_or_default());
        values.truncate(end);
        values.resize(end, line[(inner.1 - 1) as usize]);
    }
    plane(width, height, values)
}

/// A square of `side` pixels, sampled bilinearly along two vectors: the centre of its first pixel lies at `origin`, and
/// `right` and `down` lead to the next pixel. Outside of the picture its edge is repeated.
pub(crate) fn sample_affine(image: &GrayImage, side: u32, origin: Point, [right, down]: [Point; 2]) -> GrayImage {
    if image.width() == 0 || image.height() == 0 {
        return GrayImage::new(side, side);
    }
    // Fixed point with 16 fractional bits: fast, and the same on every processor.
    let fixed = |value: f32| (value * 65_536.0) as i64;
    let [last_x, last_y] = [image.width(), image.height()].map(|length| i64::from(length) - 1);
    let values = image.as_raw();
    let at = |x: i64, y: i64| {
        let (x, y) = (x.clamp(0, last_x), y.clamp(0, last_y));
        i64::from(values[(y * (last_x + 1) + x) as usize])
    };
    let (step_x, step_y) = (fixed(right.x), fixed(right.y));
    let mut view = Vec::with_capacity(side as usize * side as usize);
    for row in 0..side {
        let mut x = fixed(origin.x - 0.5 + row as f32 * down.x);
        let mut y = fixed(origin.y - 0.5 + row as f32 * down.y);
        for _ in 0..side {
            let (left, top) = (x >> 16, y >> 16);
            let (across, below) = (x >> 8 & 255, y >> 8 & 255);
            let upper = at(left, top) * (256 - across) + at(left + 1, top) * across;
            let lower = at(left, top + 1) * (256 - across) + at(left + 1, top + 1) * across;
            view.push(((upper * (256 - below) + lower * below + (1 << 15)) >> 16) as u8);
            (x, y) = (x.wrapping_add(step_x), y.wrapping_add(step_y));
        }
    }
    plane(side, side, view)
}

/// The rectangle of a whole picture.
pub(crate) fn bounds(image: &GrayImage) -> Rect {
    Rect { left: 0.0, top: 0.0, width: image.width() as f32, height: image.height() as f32 }
}

#[cfg(test)]
mod tests {
    use image::{Luma, Rgb};
    use proptest::prelude::*;

    use super::*;

    fn noise(width: u32, height: u32, seed: u32) -> GrayImage {
        GrayImage::from_fn(width, height, |x, y| {
            Luma([(seed ^ (x * 7919 + y * 104_729)).wrapping_mul(2_654_435_761).to_be_bytes()[0]])
        })
    }

    fn mean(image: &GrayImage) -> f64 {
        image.as_raw().iter().map(|&value| f64::from(value)).sum::<f64>() / image.as_raw().len() as f64
    }

    #[test]
    fn luma_weighs_green_most_and_keeps_greys() {
        let of = |pixel: [u8; 3]| luma(&RgbImage::from_pixel(1, 1, Rgb(pixel))).as_raw()[0];
        for grey in [0, 1, 127, 254, 255] {
            assert_eq!(of([grey; 3]), grey);
        }
        assert!(of([0, 255, 0]) > of([255, 0, 0]) && of([255, 0, 0]) > of([0, 0, 255]));
    }

    #[test]
    fn halving_takes_means_and_leaves_out_what_is_odd() {
        let image = GrayImage::from_raw(5, 3, vec![0, 10, 20, 30, 99, 20, 30, 40, 50, 99, 99, 99, 99, 99, 99]).unwrap();
        let half = halved(&image);
        assert_eq!((half.dimensions(), half.as_raw().as_slice()), ((2, 1), [15, 35].as_slice()));
        assert_eq!(halved(&GrayImage::new(1, 9)).dimensions(), (0, 0));
    }

    #[test]
    fn a_cut_out_repeats_the_edge() {
        let image = GrayImage::from_raw(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(
            cut(&image, -1, -1, 5, 4).as_raw().as_slice(),
            [
                1, 1, 2, 3, 3, //
                1, 1, 2, 3, 3, //
                4, 4, 5, 6, 6, //
                4, 4, 5, 6, 6,
            ]
        );
        assert_eq!(cut(&image, 10, 10, 2, 1).as_raw().as_slice(), [6, 6]);
        assert_eq!(cut(&image, -9, -9, 2, 1).as_raw().as_slice(), [1, 1]);
        assert_eq!(cut(&GrayImage::new(0, 0), 0, 0, 2, 2).dimensions(), (2, 2));
    }

    #[test]
    fn a_view_is_exact_at_pixels_and_between_them_in_between() {
        let image = GrayImage::from_raw(2, 2, vec![0, 100, 50, 150]).unwrap();
        let view = |x: f32, y: f32, step: f32| {
            sample_affine(&image, 2, Point::new(x, y), [Point::new(step, 0.0), Point::new(0.0, step)]).into_raw()
        };
        assert_eq!(view(0.5, 0.5, 1.0), [0, 100, 50, 150]);
        assert_eq!(view(0.5, 0.5, 0.5), [0, 50, 25, 75]);
        assert_eq!(view(90.0, -90.0, 1.0), [100; 4]);
        for odd in [f32::NAN, f32::INFINITY, f32::MAX] {
            assert_eq!(view(odd, 0.0, -odd).len(), 4);
        }
        let turned = sample_affine(&image, 2, Point::new(1.5, 0.5), [Point::new(0.0, 1.0), Point::new(-1.0, 0.0)]);
        assert_eq!(turned.into_raw(), [100, 150, 0, 50]);
    }

    proptest! {
        #[test]
        fn reducing_keeps_the_mean(width in 1_u32..90, height in 1_u32..90, part in (0.02_f64..1.0, 0.02_f64..1.0), seed: u32) {
            let image = noise(width, height, seed);
            let (across, down) = ((f64::from(width) * part.0) as u32, (f64::from(height) * part.1) as u32);
            let small = reduced(&image, across, down);
            prop_assert_eq!(small.dimensions(), (across.max(1), down.max(1)));
            prop_assert!((mean(&small) - mean(&image)).abs() < 1.5);
        }

        #[test]
        fn a_cut_out_shows_the_plane(left in -30_i64..60, top in -30_i64..60, width in 1_u32..50, height in 1_u32..50, seed: u32) {
            let image = noise(37, 23, seed);
            let part = cut(&image, left, top, width, height);
            prop_assert_eq!(part.dimensions(), (width, height));
            for (x, y, pixel) in part.enumerate_pixels() {
                let (x, y) = ((i64::from(x) + left).clamp(0, 36), (i64::from(y) + top).clamp(0, 22));
                prop_assert_eq!(pixel, image.get_pixel(x as u32, y as u32));
            }
        }
    }
}
