//! The confirming network: does a view show a code in its centre, and of which class?
//!
//! The locating network has to be fast, and takes mazes, tables of numbers and sunbursts for codes. This one sees only the
//! few places that were located, at one size ([`SIDE`] pixels in a view of [`VIEW`]), and can be more thorough. Weights:
//! `detector/weights/confirmer.safetensors`, trained by `detector/confirm.py` and `detector/further.py`.

use std::sync::LazyLock;

use dianjian_nets::{Conv, Epilogue, FeatureMaps, Weights, WeightsError};
use image::GrayImage;

use super::input;
use super::locator::CLASSES;

/// Side of a view in pixels.
pub(crate) const VIEW: u32 = 112;
/// The longer side of a code in a view, in pixels; trained for a third less to a third more.
pub(crate) const SIDE: f32 = 72.0;
/// The trained weights, embedded.
pub(crate) const WEIGHTS: &[u8] = include_bytes!("../../../../detector/weights/confirmer.safetensors");
/// The outcomes that it distinguishes: the classes of the locating network, no code, and a Channels code, which the locating
/// network takes for a mini-program code or a round one.
pub(crate) const OUTCOMES: usize = CLASSES + 2;

/// The layers: `body` and `head` of `detector/confirm.py`.
struct Confirmer {
    /// From a side of 112 to 56, 28, 14 and 7.
    halves: [Conv; 4],
    /// At a side of 28, 14, 14 and 7.
    pairs: [ResidualPair; 4],
    head: Conv,
}

/// A residual block of two convolutions.
struct ResidualPair([Conv; 2]);

impl Confirmer {
    fn read(weights: &Weights<'_>) -> Result<Self, WeightsError> {
        let half =
            |part: usize, padding| Ok::<_, WeightsError>(weights.conv(&format!("body.{part}.0"))?.strided(2, padding));
        let pair = |part: usize| {
            let conv = |at| Ok::<_, WeightsError>(weights.conv(&format!("body.{part}.body.{at}.0"))?.strided(1, 1));
            Ok::<_, WeightsError>(ResidualPair([conv(0)?, conv(1)?]))
        };
        Ok(Self {
            halves: [half(0, 2)?, half(1, 1)?, half(3, 1)?, half(6, 1)?],
            pairs: [pair(2)?, pair(4)?, pair(5)?, pair(7)?],
            head: weights.conv("head")?,
        })
    }

    /// A map of one place with a logit for each outcome.
    fn answer(&self, view: &FeatureMaps) -> FeatureMaps {
        let [to_56, to_28, to_14, to_7] = &self.halves;
        let [at_28, at_14, again_at_14, at_7] = &self.pairs;
        let maps = at_28.forward(&to_28.forward(&to_56.forward(view, Epilogue::RELU), Epilogue::RELU));
        let maps = again_at_14.forward(&at_14.forward(&to_14.forward(&maps, Epilogue::RELU)));
        let maps = at_7.forward(&to_7.forward(&maps, Epilogue::RELU));
        self.head.forward(&maps.means(), Epilogue::default())
    }
}

impl ResidualPair {
    fn forward(&self, maps: &FeatureMaps) -> FeatureMaps {
        let [first, second] = &self.0;
        second.forward(&first.forward(maps, Epilogue::RELU), Epilogue { residual: Some(maps), relu: true })
    }
}

static NETWORK: LazyLock<Confirmer> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the weights are a part of the program, and a test loads them")]
    Weights::read(WEIGHTS)
        .and_then(|weights| Confirmer::read(&weights))
        .expect("the built-in weights are the network's")
});

/// Runs the network on a view of [`VIEW`] pixels a side: a logit for each outcome.
pub(crate) fn predict(view: &GrayImage) -> [f32; OUTCOMES] {
    let side = VIEW as usize;
    let answer = NETWORK.answer(&input(view, [side, side], 2));
    let outcomes = answer.place(0, 0);
    std::array::from_fn(|outcome| outcomes[outcome])
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_like_its_example;
    use super::*;

    #[test]
    fn the_layers_compute_what_was_trained() {
        assert_like_its_example(WEIGHTS, 2, |plane| NETWORK.answer(plane));
    }
}
