//! The locating network: for each cell of 8 by 8 pixels, is there a code of some class around it, and how large is it?
//!
//! Input: one channel of luma in 0 to 1, of any size. Output: a [`PredictionMap`]. Weights:
//! `detector/weights/detector.safetensors`, trained by `detector/train.py`.

use std::sync::LazyLock;

use dianjian_nets::{Conv, Depthwise, Epilogue, FeatureMaps, Weights, WeightsError};
use image::GrayImage;

use super::input;

/// Side of a cell in pixels.
pub(crate) const CELL: u32 = 8;
/// The network halves its input five times, so the sides of the input must be multiples of this.
const STEP: u32 = 32;
/// The trained weights, embedded.
pub(crate) const WEIGHTS: &[u8] = include_bytes!("../../../../detector/weights/detector.safetensors");

/// Classes that the network distinguishes: QR code, mini-program code, other round code, barcode or the like.
pub(crate) const CLASSES: usize = 4;

/// The network's output: cells in rows and columns.
pub(crate) struct PredictionMap {
    /// Columns of cells, without those that only pad the input.
    pub columns: usize,
    /// Rows of cells, likewise.
    pub rows: usize,
    values: FeatureMaps,
}

/// The output at one cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellOutput {
    /// The logit of each class.
    pub logits: [f32; CLASSES],
    /// Pixels from the cell's centre to the code's left, upper, right and lower edge.
    pub reach: [f32; 4],
    /// Cosine and sine of four times the code's angle.
    pub turn: [f32; 2],
}

impl PredictionMap {
    /// The output at a column and row.
    pub(crate) fn cell(&self, column: usize, row: usize) -> CellOutput {
        let values = self.values.place(row, column);
        let at = |channel: usize| values[channel];
        CellOutput {
            logits: std::array::from_fn(at),
            // Clamped, so that a wild output does not become an infinite box.
            reach: std::array::from_fn(|side| 16.0 * at(CLASSES + side).clamp(-6.0, 5.0).exp()),
            turn: [at(CLASSES + 4), at(CLASSES + 5)],
        }
    }

    /// Column and row of each cell with a logit above `floor`.
    pub(crate) fn above(&self, floor: f32) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.rows).flat_map(move |row| {
            (0..self.columns).filter_map(move |column| {
                let logits = &self.values.place(row, column)[..CLASSES];
                logits.iter().any(|&logit| logit > floor).then_some((column, row))
            })
        })
    }
}

/// The layers, named as in `detector/net.py`.
struct Locator {
    stem: [Conv; 3],
    deep: DownStage,
    wide: DownStage,
    wide_to_deep: Conv,
    merge_deep: ResidualBlock,
    deep_to_mid: Conv,
    merge_mid: ResidualBlock,
    head: Conv,
}

/// Halves the size, followed by two blocks.
struct DownStage {
    half: Conv,
    blocks: [ResidualBlock; 2],
}

/// A residual block: a depthwise convolution, then pointwise ones over all channels, through a wider layer or not.
struct ResidualBlock {
    depthwise: Depthwise,
    widen: Option<Conv>,
    pointwise: Conv,
}

impl Locator {
    fn read(weights: &Weights<'_>) -> Result<Self, WeightsError> {
        Ok(Self {
            stem: [
                weights.conv("stem.0.0")?.strided(4, 1),
                weights.conv("stem.1.0")?,
                weights.conv("stem.2.0")?.strided(2, 1),
            ],
            deep: DownStage::read(weights, "deep")?,
            wide: DownStage::read(weights, "wide")?,
            wide_to_deep: weights.conv("wide_to_deep")?,
            merge_deep: ResidualBlock::plain(weights, "merge_deep")?,
            deep_to_mid: weights.conv("deep_to_mid")?,
            merge_mid: ResidualBlock::plain(weights, "merge_mid.1")?,
            head: weights.conv("head")?,
        })
    }

    /// Channels of the output: [`CLASSES`] logits, four sides, cosine and sine of the angle.
    fn answer(&self, plane: &FeatureMaps) -> FeatureMaps {
        let mut mid = self.stem(plane);
        let mut deep = self.deep.forward(&mid);
        deep.add_doubled(&self.wide_to_deep.forward(&self.wide.forward(&deep), Epilogue::default()));
        let deep = self.merge_deep.forward(&deep);
        mid.add_doubled(&self.deep_to_mid.forward(&deep, Epilogue::default()));
        mid.relu();
        self.head.forward(&self.merge_mid.forward(&mid), Epilogue::default())
    }

    fn stem(&self, plane: &FeatureMaps) -> FeatureMaps {
        let [first, second, third] = &self.stem;
        let mut fine = FeatureMaps::zeros(first.shape(plane.shape()), 1);
        for rows in fine.bands() {
            let mut band = FeatureMaps::zeros(fine.band(&rows), 0);
            first.forward_rows(plane, rows.clone(), Epilogue::RELU, (&mut band, 0));
            second.forward_rows(&band, 0..rows.len(), Epilogue::RELU, (&mut fine, rows.start));
        }
        third.forward(&fine, Epilogue::RELU)
    }
}

impl DownStage {
    fn read(weights: &Weights<'_>, name: &str) -> Result<Self, WeightsError> {
        let blocks =
            [ResidualBlock::wide(weights, &format!("{name}.1"))?, ResidualBlock::wide(weights, &format!("{name}.2"))?];
        Ok(Self { half: weights.conv(&format!("{name}.0.0"))?.strided(2, 0), blocks })
    }

    fn forward(&self, maps: &FeatureMaps) -> FeatureMaps {
        let [first, second] = &self.blocks;
        second.forward(&first.forward(&self.half.forward(maps, Epilogue::RELU)))
    }
}

impl ResidualBlock {
    fn wide(weights: &Weights<'_>, name: &str) -> Result<Self, WeightsError> {
        let [depthwise, widen, pointwise] = [0, 1, 2].map(|part| format!("{name}.body.{part}.0"));
        Ok(Self {
            depthwise: weights.depthwise(&depthwise)?,
            widen: Some(weights.conv(&widen)?),
            pointwise: weights.conv(&pointwise)?,
        })
    }

    fn plain(weights: &Weights<'_>, name: &str) -> Result<Self, WeightsError> {
        let [depthwise, pointwise] = [0, 1].map(|part| format!("{name}.body.{part}.0"));
        Ok(Self { depthwise: weights.depthwise(&depthwise)?, widen: None, pointwise: weights.conv(&pointwise)? })
    }

    fn forward(&self, maps: &FeatureMaps) -> FeatureMaps {
        let mut output = FeatureMaps::zeros(maps.shape(), 1);
        for rows in maps.bands() {
            let mut inner = FeatureMaps::zeros(maps.band(&rows), 0);
            self.depthwise.forward_rows(maps, rows.clone(), (&mut inner, 0));
            if let Some(widen) = &self.widen {
                inner = widen.forward(&inner, Epilogue::RELU);
            }
            let epilogue = Epilogue { residual: Some(maps), relu: true };
            self.pointwise.forward_rows(&inner, 0..rows.len(), epilogue, (&mut output, rows.start));
        }
        output
    }
}

static NETWORK: LazyLock<Locator> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the weights are a part of the program, and a test loads them")]
    Weights::read(WEIGHTS).and_then(|weights| Locator::read(&weights)).expect("the built-in weights are the network's")
});

/// Runs the network on a picture.
pub(crate) fn predict(image: &GrayImage) -> PredictionMap {
    let (width, height) = image.dimensions();
    let sides = [height, width].map(|side| side.next_multiple_of(STEP).max(STEP) as usize);
    let values = NETWORK.answer(&input(image, sides, 1));
    let [rows, columns, _] = values.shape();
    PredictionMap {
        columns: columns.min(width.div_ceil(CELL) as usize),
        rows: rows.min(height.div_ceil(CELL) as usize),
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_like_its_example;
    use super::*;

    #[test]
    fn the_layers_compute_what_was_trained() {
        assert_like_its_example(WEIGHTS, 1, |plane| NETWORK.answer(plane));
    }
}
