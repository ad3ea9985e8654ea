//! The confirming network: does a view show a code, and of what kind?
//!
//! What looks everywhere has to be quick, and takes mazes, tables of numbers and sunbursts for codes; this one
//! looks at the few places that were located, at one size ([`SIDE`] pixels in a view of [`VIEW`]), and may look closely.
//! Its weights lie beside those of the locating network (`detector/weights/confirmer.onnx`).

use std::sync::LazyLock;

use image::GrayImage;
use rten_tensor::prelude::*;

use super::super::locate::network::CLASSES;
use super::super::model::{self, Network};

/// Pixels of a view's side.
pub const VIEW: u32 = 112;
/// Pixels that the longer side of a code takes in a view, more or less: it was trained for a third less and more.
pub const SIDE: f32 = 72.0;
/// The trained weights.
pub const WEIGHTS: &[u8] = include_bytes!("../../../detector/weights/confirmer.onnx");
/// What it tells apart: the classes, as the locating network has them, and nothing.
pub const OUTCOMES: usize = CLASSES + 1;

static NETWORK: LazyLock<Network> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the weights are a part of the program, and a test loads them")]
    Network::load(WEIGHTS, "outcomes").expect("the built-in weights are a network")
});

/// The logits of what a view of [`VIEW`] pixels shows: one for each class, the last for nothing.
#[must_use]
pub fn ask(view: &GrayImage) -> [f32; OUTCOMES] {
    let side = VIEW as usize;
    #[expect(clippy::expect_used, reason = "a plane of one size is what the network takes; what it shows is no matter")]
    let answer = NETWORK.run::<2>(model::input(view, [side, side]).view()).expect("the network answers");
    std::array::from_fn(|outcome| answer.get([0, outcome]).copied().unwrap_or(f32::NEG_INFINITY))
}
