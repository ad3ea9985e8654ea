//! Convolutions over all channels.

use std::ops::Range;

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

use crate::{FeatureMaps, PANEL, Panel};

/// A convolution with square kernels and a bias. Its layout of weights is panels of [`PANEL`] outputs.
#[derive(Debug, Clone)]
pub struct Conv {
    kernel: usize,
    stride: usize,
    padding: usize,
    inputs: usize,
    outputs: usize,
    /// By panel of outputs, then by row and column of the kernel, then by input.
    weights: Vec<Panel>,
    bias: Vec<Panel>,
}

/// What is done with the sums of a convolution before they are stored: fused, it saves a pass over memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epilogue<'a> {
    /// Feature maps of the output's shape that are added.
    pub residual: Option<&'a FeatureMaps>,
    /// Apply a rectifier, after the addition?
    pub relu: bool,
}

impl Epilogue<'_> {
    /// A rectifier without a residual.
    pub const RELU: Self = Self { residual: None, relu: true };
}

impl Conv {
    /// A convolution with weights in the order of PyTorch: `[outputs, inputs, kernel, kernel]`.
    pub(crate) fn new(weights: &[f32], [outputs, inputs, kernel]: [usize; 3], bias: &[f32]) -> Self {
        let depth = kernel * kernel * inputs;
        let mut packed = vec![[0.0; PANEL]; outputs.div_ceil(PANEL) * depth];
        for output in 0..outputs {
            for input in 0..inputs {
                for at in 0..kernel * kernel {
                    let value = weights[(output * inputs + input) * kernel * kernel + at];
                    packed[output / PANEL * depth + at * inputs + input][output % PANEL] = value;
                }
            }
        }
        Self { kernel, stride: 1, padding: 0, inputs, outputs, weights: packed, bias: panels(bias) }
    }

    /// Sets stride and padding, which are 1 and 0 by default.
    #[must_use]
    pub const fn strided(mut self, stride: usize, padding: usize) -> Self {
        self.stride = stride;
        self.padding = padding;
        self
    }

    /// The shape of the output for an input's shape.
    pub fn shape(&self, [rows, columns, _]: [usize; 3]) -> [usize; 3] {
        let places = |places: usize| match (places + 2 * self.padding).checked_sub(self.kernel) {
            Some(room) => room / self.stride + 1,
            None => 0,
        };
        [places(rows), places(columns), self.outputs]
    }

    /// Convolves maps. The output has a margin of one place.
    ///
    /// The input must have the convolution's input channels and at least its padding as margin (asserted in debug builds).
    pub fn forward(&self, input: &FeatureMaps, epilogue: Epilogue<'_>) -> FeatureMaps {
        let mut output = FeatureMaps::zeros(self.shape(input.shape()), 1);
        self.forward_rows(input, 0..output.shape()[0], epilogue, (&mut output, 0));
        output
    }

    /// Computes some rows of the output and writes them to maps of the output's channels and columns, from the given row on.
    pub fn forward_rows(
        &self,
        input: &FeatureMaps,
        rows: Range<usize>,
        epilogue: Epilogue<'_>,
        output: (&mut FeatureMaps, usize),
    ) {
        self.sums(input, rows, epilogue, output).dispatch();
    }

    fn sums<'a>(
        &'a self,
        input: &'a FeatureMaps,
        rows: Range<usize>,
        epilogue: Epilogue<'a>,
        (output, first): (&'a mut FeatureMaps, usize),
    ) -> ConvOp<'a> {
        debug_assert_eq!(input.shape()[2], self.inputs);
        debug_assert_eq!(output.shape()[1..], self.shape(input.shape())[1..]);
        debug_assert!(input.margin() >= self.padding);
        debug_assert!(
            epilogue.residual.is_none_or(|maps| maps.shape() == output.shape() && maps.margin() == output.margin())
        );
        ConvOp { conv: self, input, places: self.places(input, rows, output, first), epilogue, output }
    }

    /// For each place of the rows: the offset of the input under the kernel, and that of the output.
    fn places(&self, input: &FeatureMaps, rows: Range<usize>, output: &FeatureMaps, first: usize) -> Vec<[usize; 2]> {
        let columns = output.shape()[1];
        let spare = input.margin().saturating_sub(self.padding);
        let corner = spare * input.stride() + spare * self.inputs;
        let mut places = Vec::with_capacity(rows.len() * columns);
        for (at, row) in rows.enumerate() {
            let (from, to) = (corner + self.stride * row * input.stride(), output.first(first + at, 0));
            let step = self.stride * self.inputs;
            places.extend((0..columns).map(|column| [from + column * step, to + column * self.outputs]));
        }
        places
    }
}

/// Splits values into panels, the last one padded with zeros.
pub(crate) fn panels(values: &[f32]) -> Vec<Panel> {
    let filled = |chunk: &[f32]| std::array::from_fn(|at| chunk.get(at).copied().unwrap_or_default());
    values.chunks(PANEL).map(filled).collect()
}

/// Computes a [`Conv`] for a list of places.
struct ConvOp<'a> {
    conv: &'a Conv,
    input: &'a FeatureMaps,
    places: Vec<[usize; 2]>,
    epilogue: Epilogue<'a>,
    output: &'a mut FeatureMaps,
}

impl SimdOp for ConvOp<'_> {
    type Output = ();

    /// Chooses the tile: as many accumulators as registers hold, of several places (each weight is loaded once for all of
    /// them) by several panels (each input is loaded once for all of them).
    #[inline(always)]
    fn eval<I: Isa>(mut self, isa: I) {
        if self.places.is_empty() {
            return;
        }
        let mut panel = 0;
        while panel < self.conv.bias.len() {
            let left = self.conv.bias.len() - panel;
            panel += match (isa.f32().len(), left) {
                (16, 1) => self.strip::<I, 8, 1, 1>(isa, panel),
                (16, 2 | 4) => self.strip::<I, 8, 2, 1>(isa, panel),
                (16, _) => self.strip::<I, 8, 3, 1>(isa, panel),
                (8, _) => self.strip::<I, 6, 1, 2>(isa, panel),
                _ => self.strip::<I, 4, 1, 4>(isa, panel),
            };
        }
    }
}

impl ConvOp<'_> {
    /// Computes `G` panels, each of `V` vectors, at all places, `P` places at a time. Returns `G`.
    #[inline(always)]
    fn strip<I: Isa, const P: usize, const G: usize, const V: usize>(&mut self, isa: I, panel: usize) -> usize {
        let last = self.places.len() - 1;
        for first in (0..=last).step_by(P) {
            // Where fewer than P places are left, the last one is computed repeatedly.
            let mut places = [[0; 2]; P];
            for (p, place) in places.iter_mut().enumerate() {
                *place = self.places[last.min(first + p)];
            }
            let sums = self.tile::<I, P, G, V>(isa, panel, &places);
            self.store::<I, P, G, V>(isa, panel, &places, sums);
        }
        G
    }

    #[inline(always)]
    fn tile<I: Isa, const P: usize, const G: usize, const V: usize>(
        &self,
        isa: I,
        panel: usize,
        places: &[[usize; 2]; P],
    ) -> [[[I::F32; V]; G]; P] {
        let ops = isa.f32();
        let Conv { kernel, inputs, weights, bias, .. } = self.conv;
        let (segment, depth) = (kernel * inputs, kernel * kernel * inputs);
        let mut sums = [[[ops.zero(); V]; G]; P];
        for place in &mut sums {
            for (g, sums) in place.iter_mut().enumerate() {
                for (v, sum) in sums.iter_mut().enumerate() {
                    *sum = ops.load(&bias[panel + g][v * ops.len()..]);
                }
            }
        }
        for row in 0..*kernel {
            // Slices of one length, so that the inner loop has no bounds checks.
            let mut values: [&[f32]; P] = [&[]; P];
            for (values, place) in values.iter_mut().zip(places) {
                *values = &self.input.values()[place[0] + row * self.input.stride()..][..segment];
            }
            let mut rows: [&[Panel]; G] = [&[]; G];
            for (g, rows) in rows.iter_mut().enumerate() {
                *rows = &weights[(panel + g) * depth + row * segment..][..segment];
            }
            for at in 0..segment {
                let mut factors = [[ops.zero(); V]; G];
                for (factors, rows) in factors.iter_mut().zip(rows) {
                    for (v, factor) in factors.iter_mut().enumerate() {
                        *factor = ops.load(&rows[at][v * ops.len()..]);
                    }
                }
                for (sums, values) in sums.iter_mut().zip(values) {
                    let value = ops.splat(values[at]);
                    for (sums, factors) in sums.iter_mut().zip(factors) {
                        for (sum, factor) in sums.iter_mut().zip(factors) {
                            *sum = ops.mul_add(value, factor, *sum);
                        }
                    }
                }
            }
        }
        sums
    }

    #[inline(always)]
    fn store<I: Isa, const P: usize, const G: usize, const V: usize>(
        &mut self,
        isa: I,
        panel: usize,
        places: &[[usize; 2]; P],
        sums: [[[I::F32; V]; G]; P],
    ) {
        let ops = isa.f32();
        for (place, sums) in places.iter().zip(sums) {
            for (g, sums) in sums.into_iter().enumerate() {
                for (v, mut sum) in sums.into_iter().enumerate() {
                    let channel = (panel + g) * PANEL + v * ops.len();
                    let (at, room) = (place[1] + channel, self.conv.outputs.saturating_sub(channel).min(ops.len()));
                    if room == 0 {
                        continue; // the last panel is not full
                    }
                    if let Some(residual) = self.epilogue.residual {
                        sum = ops.add(sum, ops.load_pad(&residual.values()[at..at + room]).0);
                    }
                    if self.epilogue.relu {
                        sum = ops.max(sum, ops.zero());
                    }
                    let output = &mut self.output.values_mut()[at..at + room];
                    if room == ops.len() {
                        ops.store(sum, output);
                    } else {
                        let mut whole = [0.0; PANEL];
                        ops.store(sum, &mut whole);
                        output.copy_from_slice(&whole[..room]);
                    }
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
    use crate::maps::tests::{assert_close, filled, numbers};

    /// Zero outside of the maps.
    fn at(maps: &FeatureMaps, row: isize, column: isize, channel: usize) -> f32 {
        let [rows, columns, _] = maps.shape();
        match (usize::try_from(row), usize::try_from(column)) {
            (Ok(row), Ok(column)) if row < rows && column < columns => maps.place(row, column)[channel],
            _ => 0.0,
        }
    }

    fn slowly(weights: &[f32], bias: &[f32], conv: &Conv, input: &FeatureMaps, epilogue: Epilogue<'_>) -> FeatureMaps {
        let mut output = FeatureMaps::zeros(conv.shape(input.shape()), 1);
        let [rows, _, outputs] = output.shape();
        for row in 0..rows {
            for (place, value) in output.row_mut(row).iter_mut().enumerate() {
                let (column, output) = (place / outputs, place % outputs);
                let mut sum = bias[output];
                for (k, weight) in weights.chunks_exact(conv.kernel * conv.kernel).enumerate() {
                    if k / conv.inputs == output {
                        for (place, factor) in weight.iter().enumerate() {
                            let (down, across) = (place / conv.kernel, place % conv.kernel);
                            let row = (row * conv.stride + down) as isize - conv.padding as isize;
                            let column = (column * conv.stride + across) as isize - conv.padding as isize;
                            sum += factor * at(input, row, column, k % conv.inputs);
                        }
                    }
                }
                sum += epilogue.residual.map_or(0.0, |plus| plus.place(row, column)[output]);
                *value = if epilogue.relu { sum.max(0.0) } else { sum };
            }
        }
        output
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_width_of_vectors_sums_what_is_under_the_kernel(
            (kernel, stride, padding, spare) in (1..=5_usize, 1..=4_usize, 0..=2_usize, 0..=1_usize),
            (inputs, outputs) in (1..=20_usize, 1..=90_usize),
            (rows, columns) in (1..=9_usize, 1..=9_usize),
            (relu, plus) in any::<(bool, bool)>(),
            seed: u32,
        ) {
            let (weights, bias) = (numbers(seed, outputs * inputs * kernel * kernel), numbers(seed ^ 1, outputs));
            let conv = Conv::new(&weights, [outputs, inputs, kernel], &bias).strided(stride, padding);
            let input = filled([rows, columns, inputs], padding + spare, seed ^ 2);
            let plus = plus.then(|| filled(conv.shape(input.shape()), 1, seed ^ 3));
            let epilogue = Epilogue { residual: plus.as_ref(), relu };
            let expected = slowly(&weights, &bias, &conv, &input, epilogue);
            let widest = conv.forward(&input, epilogue);
            assert_close(&widest, &expected);
            let all = 0..expected.shape()[0];
            let mut others = FeatureMaps::zeros(expected.shape(), 1);
            conv.sums(&input, all.clone(), epilogue, (&mut others, 0)).eval(GenericIsa::new());
            assert_close(&others, &expected);
            #[cfg(target_arch = "x86_64")]
            if let Some(isa) = rten_simd::isa::Avx2Isa::new() {
                conv.sums(&input, all, epilogue, (&mut others, 0)).eval(isa);
                prop_assert_eq!(&others, &widest);
            }
        }
    }

    #[test]
    fn rows_are_those_of_the_whole() {
        let (weights, bias) = (numbers(1, 5 * 3 * 9), numbers(2, 5));
        let conv = Conv::new(&weights, [5, 3, 3], &bias).strided(2, 1);
        let input = filled([9, 7, 3], 1, 3);
        let whole = conv.forward(&input, Epilogue::RELU);
        let mut bands = FeatureMaps::zeros(whole.shape(), 0);
        for first in [0, 2, 4] {
            conv.forward_rows(&input, first..5.min(first + 2), Epilogue::RELU, (&mut bands, first));
        }
        for (row, column) in [(0, 0), (1, 3), (2, 2), (4, 3)] {
            assert_eq!(bands.place(row, column), whole.place(row, column));
        }
    }
}
