//! Runs small convolutional networks on one core: the few layers that the program's networks are made of.
//!
//! A network is code that calls layers ([`Conv`], [`Depthwise`]) on [`Maps`]; its weights are a file in the format of
//! safetensors ([`Weights`]). Every layer is one loop over sums in registers, written once for all processors
//! (`rten-simd` picks the widest vectors at run time), and each sum is made in the same order everywhere: the same
//! answer to the last bit wherever products are added without rounding between (AVX2, AVX-512, NEON).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod conv;
mod depthwise;
mod maps;
mod weights;

pub use self::conv::{Conv, Then};
pub use self::depthwise::Depthwise;
pub use self::maps::Maps;
pub use self::weights::{Error, Weights};

/// Channels that are computed together: those of one vector of the widest processors, of several on others.
const PANEL: usize = 16;

/// One panel of weights, or of biases.
type Panel = [f32; PANEL];
