//! The network: how like a code each place of a plane looks, and how large that code would be.
//!
//! The weights are a file of the program (`detector/weights/detector.onnx`; its model card lies beside
//! it). The network takes luma of 0 to 1 and answers for every 8 by 8 pixels, see [`Map`].

use std::sync::{Arc, LazyLock};

use image::GrayImage;
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

/// Pixels of a cell's side.
pub const CELL: u32 = 8;
/// The network halves what it sees five times, so that sides must be multiples of this.
const STEP: u32 = 32;
/// The trained weights.
pub const WEIGHTS: &[u8] = include_bytes!("../../../detector/weights/detector.onnx");

/// Sorts of codes that the network tells apart, as its first channels have them.
pub const CLASSES: usize = 4;

/// The network's answer over a plane.
pub struct Map {
    /// Cells in a row, those in the margin that only fills up to whole steps left out.
    pub columns: usize,
    /// Rows of cells.
    pub rows: usize,
    values: NdTensor<f32, 4>,
}

/// The answer at one cell.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Logits of the classes: QR code, mini-program code, other round code, barcode or the like.
    pub logits: [f32; CLASSES],
    /// Pixels from the cell's centre to the code's left, upper, right and lower edge.
    pub reach: [f32; 4],
    /// Cosine and sine of four times the angle by which the code is turned.
    pub turn: [f32; 2],
}

impl Map {
    /// The cell of a column and row.
    #[must_use]
    pub fn cell(&self, column: usize, row: usize) -> Cell {
        let at = |channel: usize| self.values.get([0, channel, row, column]).copied().unwrap_or(f32::NEG_INFINITY);
        Cell {
            logits: std::array::from_fn(at),
            // The bounds keep a wild answer from becoming an infinite box.
            reach: std::array::from_fn(|side| 16.0 * at(CLASSES + side).clamp(-6.0, 5.0).exp()),
            turn: [at(CLASSES + 4), at(CLASSES + 5)],
        }
    }

    /// Columns and rows of the cells with a logit above that.
    pub fn above(&self, floor: f32) -> impl Iterator<Item = (usize, usize)> + '_ {
        let view = self.values.view();
        (0..self.rows).flat_map(move |row| {
            (0..self.columns).filter_map(move |column| {
                let any =
                    (0..CLASSES).any(|class| view.get([0, class, row, column]).is_some_and(|&logit| logit > floor));
                any.then_some((column, row))
            })
        })
    }
}

/// The loaded network.
struct Network {
    model: Model,
    input: NodeId,
    output: NodeId,
}

static NETWORK: LazyLock<Network> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the weights are a part of the program, and a test loads them")]
    Network::load().expect("the built-in weights are a network")
});

thread_local! {
    /// The network runs on one thread for each that asks: files are looked at in parallel already, and
    /// sums that are split over threads would not always come out alike.
    static ONE_THREAD: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
}

impl Network {
    fn load() -> Result<Self, Box<dyn std::error::Error>> {
        let model = Model::load_static_slice(WEIGHTS)?;
        let (input, output) = (model.node_id("image")?, model.node_id("map")?);
        Ok(Self { model, input, output })
    }

    fn run(&self, values: NdTensorView<'_, f32, 4>) -> Result<NdTensor<f32, 4>, Box<dyn std::error::Error>> {
        let options = RunOptions::default().with_thread_pool(Some(ONE_THREAD.with(Arc::clone)));
        let [map] = self.model.run_n(vec![(self.input, values.into())], [self.output], Some(options))?;
        Ok(map.try_into()?)
    }
}

/// Asks the network about a plane.
#[must_use]
pub fn ask(image: &GrayImage) -> Map {
    let (width, height) = image.dimensions();
    let sides = [height, width].map(|side| side.next_multiple_of(STEP).max(STEP) as usize);
    #[expect(
        clippy::expect_used,
        reason = "a plane of whole steps is what the network takes; what it shows is no matter"
    )]
    let values = NETWORK.run(input(image, sides).view()).expect("the network answers");
    let [_, _, rows, columns] = values.shape();
    Map { columns: columns.min(width.div_ceil(CELL) as usize), rows: rows.min(height.div_ceil(CELL) as usize), values }
}

/// The plane as the network takes it, its right and lower edge repeated to fill the given height and width.
fn input(image: &GrayImage, [height, width]: [usize; 2]) -> NdTensor<f32, 4> {
    let stride = image.width() as usize;
    let mut values = Vec::with_capacity(height * width);
    if stride > 0 {
        for line in image.as_raw().chunks_exact(stride) {
            values.extend(line.iter().map(|&value| f32::from(value) / 255.0));
            let last = values.last().copied().unwrap_or_default();
            values.resize(values.len() + width - stride, last);
        }
    }
    let last = values.len().saturating_sub(width)..values.len();
    while !last.is_empty() && values.len() < height * width {
        values.extend_from_within(last.clone());
    }
    values.resize(height * width, 1.0);
    NdTensor::from_data([1, 1, height, width], values)
}
