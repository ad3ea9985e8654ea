//! Convolutions over all channels.

use std::ops::Range;

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

use crate::{Maps, PANEL, Panel};

/// A convolution of square kernels, with a bias.
#[derive(Debug, Clone)]
pub struct Conv {
    kernel: usize,
    stride: usize,
    padding: usize,
    inputs: usize,
    outputs: usize,
    /// By panel of outputs: a panel for each of the kernel's rows, columns and inputs.
    weights: Vec<Panel>,
    bias: Vec<Panel>,
}

/// What is done with the sums of a convolution.
#[derive(Debug, Clone, Copy, Default)]
pub struct Then<'a> {
    /// Maps of the same shape that are added.
    pub plus: Option<&'a Maps>,
    /// Is what is below zero made zero?
    pub relu: bool,
}

impl Then<'_> {
    /// Nothing but to make zero what is below.
    pub const RELU: Self = Self { plus: None, relu: true };
}

impl Conv {
    /// A convolution of weights as frameworks write them: `[outputs, inputs, kernel, kernel]`.
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

    /// The same convolution in steps of that many places, over maps with that much of their margin.
    #[must_use]
    pub const fn over(mut self, stride: usize, padding: usize) -> Self {
        self.stride = stride;
        self.padding = padding;
        self
    }

    /// Rows, columns and channels of what comes from maps of that shape.
    #[must_use]
    pub fn shape(&self, [rows, columns, _]: [usize; 3]) -> [usize; 3] {
        let places = |places: usize| match (places + 2 * self.padding).checked_sub(self.kernel) {
            Some(room) => room / self.stride + 1,
            None => 0,
        };
        [places(rows), places(columns), self.outputs]
    }

    /// The convolution of maps, with a margin of one place.
    ///
    /// The maps must have the channels that the convolution takes, and its padding as margin or more (debug builds
    /// assert it).
    #[must_use]
    pub fn of(&self, input: &Maps, then: Then<'_>) -> Maps {
        let mut output = Maps::zeros(self.shape(input.shape()), 1);
        self.rows(input, 0..output.shape()[0], then, (&mut output, 0));
        output
    }

    /// Some rows of the convolution of maps, written to maps of its channels and columns, from that row of theirs on.
    pub fn rows(&self, input: &Maps, rows: Range<usize>, then: Then<'_>, output: (&mut Maps, usize)) {
        self.sums(input, rows, then, output).dispatch();
    }

    fn sums<'a>(
        &'a self,
        input: &'a Maps,
        rows: Range<usize>,
        then: Then<'a>,
        (output, first): (&'a mut Maps, usize),
    ) -> Sums<'a> {
        debug_assert_eq!(input.shape()[2], self.inputs);
        debug_assert_eq!(output.shape()[1..], self.shape(input.shape())[1..]);
        debug_assert!(input.margin() >= self.padding);
        debug_assert!(then.plus.is_none_or(|plus| plus.shape() == output.shape() && plus.margin() == output.margin()));
        Sums { conv: self, input, places: self.places(input, rows, output, first), then, output }
    }

    /// For each place of those rows, where the input under the kernel begins and where the output does.
    fn places(&self, input: &Maps, rows: Range<usize>, output: &Maps, first: usize) -> Vec<[usize; 2]> {
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

/// Values in panels, the last one filled with zeros.
pub(crate) fn panels(values: &[f32]) -> Vec<Panel> {
    let filled = |chunk: &[f32]| std::array::from_fn(|at| chunk.get(at).copied().unwrap_or_default());
    values.chunks(PANEL).map(filled).collect()
}

/// A convolution that is being computed.
struct Sums<'a> {
    conv: &'a Conv,
    input: &'a Maps,
    places: Vec<[usize; 2]>,
    then: Then<'a>,
    output: &'a mut Maps,
}

impl SimdOp for Sums<'_> {
    type Output = ();

    /// As many sums as registers hold: of some places (each input is taken once for all outputs) by some panels (each
    /// weight is taken once for all places).
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

impl Sums<'_> {
    /// Computes `G` panels, each of `V` vectors, of all places, `P` places at a time. Gives `G`.
    #[inline(always)]
    fn strip<I: Isa, const P: usize, const G: usize, const V: usize>(&mut self, isa: I, panel: usize) -> usize {
        let last = self.places.len() - 1;
        for first in (0..=last).step_by(P) {
            // The last places are computed again where fewer than P are left.
            let mut places = [[0; 2]; P];
            for (p, place) in places.iter_mut().enumerate() {
                *place = self.places[last.min(first + p)];
            }
            let sums = self.tile::<I, P, G, V>(isa, panel, &places);
            self.keep::<I, P, G, V>(isa, panel, &places, sums);
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
            // Slices of one length, so that nothing is left to check below.
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
    fn keep<I: Isa, const P: usize, const G: usize, const V: usize>(
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
                    if let Some(plus) = self.then.plus {
                        sum = ops.add(sum, ops.load_pad(&plus.values()[at..at + room]).0);
                    }
                    if self.then.relu {
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

    /// What is read where the maps have no place is zero.
    fn at(maps: &Maps, row: isize, column: isize, channel: usize) -> f32 {
        let [rows, columns, _] = maps.shape();
        match (usize::try_from(row), usize::try_from(column)) {
            (Ok(row), Ok(column)) if row < rows && column < columns => maps.place(row, column)[channel],
            _ => 0.0,
        }
    }

    fn slowly(weights: &[f32], bias: &[f32], conv: &Conv, input: &Maps, then: Then<'_>) -> Maps {
        let mut output = Maps::zeros(conv.shape(input.shape()), 1);
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
                sum += then.plus.map_or(0.0, |plus| plus.place(row, column)[output]);
                *value = if then.relu { sum.max(0.0) } else { sum };
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
            let conv = Conv::new(&weights, [outputs, inputs, kernel], &bias).over(stride, padding);
            let input = filled([rows, columns, inputs], padding + spare, seed ^ 2);
            let plus = plus.then(|| filled(conv.shape(input.shape()), 1, seed ^ 3));
            let then = Then { plus: plus.as_ref(), relu };
            let expected = slowly(&weights, &bias, &conv, &input, then);
            let widest = conv.of(&input, then);
            assert_close(&widest, &expected);
            let all = 0..expected.shape()[0];
            let mut others = Maps::zeros(expected.shape(), 1);
            conv.sums(&input, all.clone(), then, (&mut others, 0)).eval(GenericIsa::new());
            assert_close(&others, &expected);
            #[cfg(target_arch = "x86_64")]
            if let Some(isa) = rten_simd::isa::Avx2Isa::new() {
                conv.sums(&input, all, then, (&mut others, 0)).eval(isa);
                prop_assert_eq!(&others, &widest);
            }
        }
    }

    #[test]
    fn rows_are_those_of_the_whole() {
        let (weights, bias) = (numbers(1, 5 * 3 * 9), numbers(2, 5));
        let conv = Conv::new(&weights, [5, 3, 3], &bias).over(2, 1);
        let input = filled([9, 7, 3], 1, 3);
        let whole = conv.of(&input, Then::RELU);
        let mut bands = Maps::zeros(whole.shape(), 0);
        for first in [0, 2, 4] {
            conv.rows(&input, first..5.min(first + 2), Then::RELU, (&mut bands, first));
        }
        for (row, column) in [(0, 0), (1, 3), (2, 2), (4, 3)] {
            assert_eq!(bands.place(row, column), whole.place(row, column));
        }
    }
}
