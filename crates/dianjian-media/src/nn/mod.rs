//! The two networks, run by `dianjian_nets`: [`locator`] looks everywhere and proposes, [`confirmer`] judges what was
//! proposed. Weights, training and figures are in `detector/` (see its `MODEL_CARD.md`).

pub(crate) mod confirmer;
pub(crate) mod locator;

use dianjian_nets::FeatureMaps;
use image::GrayImage;

/// A plane as input of a network: one channel of luma in 0 to 1. The right and lower edge are repeated to fill the given
/// rows and columns; around them lies a margin of zeros.
fn input(image: &GrayImage, [rows, columns]: [usize; 2], margin: usize) -> FeatureMaps {
    let mut maps = FeatureMaps::zeros([rows, columns, 1], margin);
    let lines = image.as_raw().chunks_exact((image.width() as usize).max(1));
    let Some(last) = lines.clone().next_back() else { return maps };
    for (row, line) in (0..rows).zip(lines.chain(std::iter::repeat(last))) {
        let (inside, beyond) = maps.row_mut(row).split_at_mut(columns.min(line.len()));
        for (to, &from) in inside.iter_mut().zip(line) {
            *to = f32::from(from) / 255.0;
        }
        beyond.fill(inside.last().copied().unwrap_or_default());
    }
    maps
}

#[cfg(test)]
mod tests {
    use dianjian_nets::Weights;

    use super::*;

    /// Asserts that a network answers for the example beside its weights what it answered where it was trained.
    pub(super) fn assert_like_its_example(weights: &[u8], margin: usize, answer: impl Fn(&FeatureMaps) -> FeatureMaps) {
        let weights = Weights::read(weights).unwrap();
        let ([_, _, rows, columns], image) = weights.tensor::<4>("example.image").unwrap();
        let mut plane = FeatureMaps::zeros([rows, columns, 1], margin);
        for (row, values) in image.chunks_exact(columns).enumerate() {
            plane.row_mut(row).copy_from_slice(values);
        }
        let answer = answer(&plane);
        let [rows, columns, channels] = answer.shape();
        let (_, expected) = weights.tensor::<4>("example.answer").unwrap();
        assert_eq!(expected.len(), rows * columns * channels);
        for (at, expected) in expected.into_iter().enumerate() {
            let (channel, place) = (at / (rows * columns), at % (rows * columns));
            let value = answer.place(place / columns, place % columns)[channel];
            assert!((value - expected).abs() < 2e-4 * expected.abs().max(1.0), "{value} for {expected} at {at}");
        }
    }

    #[test]
    fn a_plane_is_drawn_out_by_its_edge() {
        let image = GrayImage::from_raw(2, 2, vec![0, 51, 102, 255]).unwrap();
        let maps = input(&image, [3, 4], 1);
        let rows: Vec<Vec<f32>> = (0..3).map(|row| (0..4).map(|column| maps.place(row, column)[0]).collect()).collect();
        assert_eq!(rows, [[0.0, 0.2, 0.2, 0.2], [0.4, 1.0, 1.0, 1.0], [0.4, 1.0, 1.0, 1.0]]);
        assert_eq!(input(&GrayImage::new(0, 0), [1, 1], 0).place(0, 0), [0.0]);
    }
}
