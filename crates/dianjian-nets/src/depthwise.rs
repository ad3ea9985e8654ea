//! Depthwise convolutions: each channel by itself.

use std::ops::Range;

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

use crate::conv::panels;
use crate::{FeatureMaps, PANEL, Panel};

/// Places under the 3 by 3 kernel.
const PLACES: usize = 9;

/// A depthwise convolution with 3 by 3 kernels and a bias. Input and output have a margin of one place.
#[derive(Debug, Clone)]
pub struct Depthwise {
    channels: usize,
    /// By panel of channels.
    weights: Vec<[Panel; PLACES]>,
    bias: Vec<Panel>,
}

impl Depthwise {
    /// A convolution with weights in the order of PyTorch, `[channels, 1, 3, 3]`, for a multiple of [`PANEL`] channels.
    pub(crate) fn new(weights: &[f32], bias: &[f32]) -> Self {
        let mut packed = vec![[[0.0; PANEL]; PLACES]; bias.len().div_ceil(PANEL)];
        for (channel, kernel) in weights.chunks_exact(PLACES).enumerate() {
            for (at, &value) in kernel.iter().enumerate() {
                packed[channel / PANEL][at][channel % PANEL] = value;
            }
        }
        Self { channels: bias.len(), weights: packed, bias: panels(bias) }
    }

    /// Computes some rows of the output and writes them to maps of its channels and columns, from the given row on.
    pub fn forward_rows(&self, input: &FeatureMaps, rows: Range<usize>, output: (&mut FeatureMaps, usize)) {
        self.sums(input, rows, output).dispatch();
    }

    fn sums<'a>(
        &'a self,
        input: &'a FeatureMaps,
        rows: Range<usize>,
        (output, first): (&'a mut FeatureMaps, usize),
    ) -> DepthwiseOp<'a> {
        debug_assert_eq!((input.shape()[2], input.margin()), (self.channels, 1));
        debug_assert_eq!(output.shape()[1..], input.shape()[1..]);
        DepthwiseOp { conv: self, input, rows, output, first }
    }
}

/// Computes a [`Depthwise`] for a range of rows.
struct DepthwiseOp<'a> {
    conv: &'a Depthwise,
    input: &'a FeatureMaps,
    rows: Range<usize>,
    output: &'a mut FeatureMaps,
    first: usize,
}

impl SimdOp for DepthwiseOp<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let ops = isa.f32();
        let [_, columns, channels] = self.input.shape();
        let stride = self.input.stride();
        let input = self.input.values();
        for (at, row) in self.rows.enumerate() {
            for column in 0..columns {
                let corner = self.input.first(row, column) - stride - channels;
                let to = self.output.first(self.first + at, column);
                for first in (0..channels).step_by(ops.len()) {
                    let (panel, lane) = (first / PANEL, first % PANEL);
                    let weights = &self.conv.weights[panel];
                    let mut sum = ops.load(&self.conv.bias[panel][lane..]);
                    for (at, factors) in weights.iter().enumerate() {
                        let from = corner + at / 3 * stride + at % 3 * channels + first;
                        sum = ops.mul_add(ops.load(&input[from..]), ops.load(&factors[lane..]), sum);
                    }
                    ops.store(sum, &mut self.output.values_mut()[to + first..]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rten_simd::isa::GenericIsa;

    use super::*;
    use crate::conv::{Conv, Epilogue};
    use crate::maps::tests::{assert_close, filled, numbers};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn channels_are_convolved_one_by_one(
            (rows, columns, panels) in (1..=7_usize, 1..=7_usize, 1..=3_usize),
            seed: u32,
        ) {
            let channels = panels * PANEL;
            let (weights, bias) = (numbers(seed, channels * PLACES), numbers(seed ^ 1, channels));
            // The same as a convolution over all channels, with zeros for all but one.
            let mut all = vec![0.0; channels * channels * PLACES];
            for (channel, kernel) in weights.chunks_exact(PLACES).enumerate() {
                all[(channel * channels + channel) * PLACES..][..PLACES].copy_from_slice(kernel);
            }
            let input = filled([rows, columns, channels], 1, seed ^ 2);
            let conv = Conv::new(&all, [channels, channels, 3], &bias).strided(1, 1);
            let expected = conv.forward(&input, Epilogue::default());
            let depthwise = Depthwise::new(&weights, &bias);
            let (mut widest, mut others) = (FeatureMaps::zeros(input.shape(), 1), FeatureMaps::zeros(input.shape(), 1));
            for row in 0..rows {
                depthwise.forward_rows(&input, row..row + 1, (&mut widest, row));
            }
            assert_close(&widest, &expected);
            depthwise.sums(&input, 0..rows, (&mut others, 0)).eval(GenericIsa::new());
            assert_close(&others, &expected);
            #[cfg(target_arch = "x86_64")]
            if let Some(isa) = rten_simd::isa::Avx2Isa::new() {
                depthwise.sums(&input, 0..rows, (&mut others, 0)).eval(isa);
                prop_assert_eq!(&others, &widest);
            }
        }
    }
}
