//! Runs small convolutional networks on one core: the few layers that the networks of `dianjian-media` consist of.
//!
//! A network is code that calls layers ([`Conv`], [`Depthwise`]) on [`FeatureMaps`]; its weights are a safetensors file
//! ([`Weights`]). Every layer is one loop over accumulators in registers, written once for all processors (`rten-simd`
//! picks the widest vectors at run time). Each sum is made in the same order everywhere, so results agree to the last bit
//! on processors with fused multiply-add (AVX2, AVX-512, NEON).
//!
//! The layers took a third of the time of an ONNX runtime for the same networks, without its dependencies. The crate is
//! separate so that it can be optimised in debug builds, where tests would otherwise run a hundred times as long.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod conv;
mod depthwise;
mod maps;
mod weights;

pub use self::conv::{Conv, Epilogue};
pub use self::depthwise::Depthwise;
pub use self::maps::FeatureMaps;
pub use self::weights::{Weights, WeightsError};

/// Channels that are computed together: one vector on the widest processors, several on others.
const PANEL: usize = 16;

/// A panel of weights or biases.
type Panel = [f32; PANEL];
