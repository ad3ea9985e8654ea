//! The network: how like a code each place of a plane looks, and how large that code would be.
//!
//! The weights are a file of the program (`detector/weights/detector.onnx`; its model card lies beside
//! it). The network takes luma of 0 to 1 and answers for every 8 by 8 pixels, see [`Map`].

use std::sync::LazyLock;

use image::GrayImage;
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::super::model::{self, Network};

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

static NETWORK: LazyLock<Network> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the weights are a part of the program, and a test loads them")]
    Network::load(WEIGHTS, "map").expect("the built-in weights are a network")
});

/// Asks the network about a plane.
#[must_use]
pub fn ask(image: &GrayImage) -> Map {
    let (width, height) = image.dimensions();
    let sides = [height, width].map(|side| side.next_multiple_of(STEP).max(STEP) as usize);
    #[expect(
        clippy::expect_used,
        reason = "a plane of whole steps is what the network takes; what it shows is no matter"
    )]
    let values = NETWORK.run::<4>(model::input(image, sides).view()).expect("the network answers");
    let [_, _, rows, columns] = values.shape();
    Map { columns: columns.min(width.div_ceil(CELL) as usize), rows: rows.min(height.div_ceil(CELL) as usize), values }
}
