//! The program's own networks, run the same way everywhere: on one thread, from weights that are a part of the program.

use std::error::Error;
use std::sync::Arc;

use image::GrayImage;
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::{NdTensor, NdTensorView};

/// A loaded network of one input, luma of 0 to 1 (`[1, 1, height, width]`), and one output.
pub struct Network {
    model: Model,
    input: NodeId,
    output: NodeId,
}

thread_local! {
    /// A network runs on one thread for each that asks: files are looked at in parallel already, and
    /// sums that are split over threads would not always come out alike.
    static ONE_THREAD: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
}

impl Network {
    /// Reads weights in ONNX's format whose input is called `image`.
    ///
    /// # Errors
    ///
    /// What is no network, or has no such input and output.
    pub fn load(weights: &'static [u8], output: &str) -> Result<Self, Box<dyn Error>> {
        let model = Model::load_static_slice(weights)?;
        let (input, output) = (model.node_id("image")?, model.node_id(output)?);
        Ok(Self { model, input, output })
    }

    /// The answer about a plane.
    ///
    /// # Errors
    ///
    /// A plane of a size, or an answer of a rank, that the network does not have.
    pub fn run<const RANK: usize>(
        &self,
        plane: NdTensorView<'_, f32, 4>,
    ) -> Result<NdTensor<f32, RANK>, Box<dyn Error>> {
        let options = RunOptions::default().with_thread_pool(Some(ONE_THREAD.with(Arc::clone)));
        let [answer] = self.model.run_n(vec![(self.input, plane.into())], [self.output], Some(options))?;
        Ok(answer.try_into()?)
    }
}

/// A plane as networks take it, its right and lower edge repeated to fill the given height and width.
#[must_use]
pub fn input(image: &GrayImage, [height, width]: [usize; 2]) -> NdTensor<f32, 4> {
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
