//! The networks of PP-OCR: one finds where lines are, one reads a line.

mod boxes;
mod crop;
mod ctc;
mod tiles;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use image::RgbImage;
use rten::{Model, ModelOptions, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use self::boxes::TextBox;
use self::crop::{Crop, STRIP_HEIGHT};
use self::ctc::Alphabet;
use crate::confusion;
use crate::line::{ReadError, TextLine, TextReader, TextReading};
use crate::models::OcrModels;

/// A line whose characters are less certain than this on average is noise: folds of cloth, leaves.
const MIN_CONFIDENCE: f32 = 0.5;

/// From this score of the detector on there is text, whether or not it can be made out.
const SURE_TEXT: f32 = 0.8;

/// The most lines of a picture that are read, those that the detector is surest of.
const MAX_LINES: usize = 400;

/// The most pixels of strips that are read at once, which bounds the memory of what comes out.
const MAX_BATCH_WIDTH: usize = 1600;

/// Strips that are read at once differ in width by this factor at most: the narrower ones are padded, which costs time.
const MAX_PADDING: f32 = 1.25;

/// Reads with the networks of PP-OCR. They are loaded when the first picture is read, once however many threads ask.
pub struct PaddleReader {
    models: OcrModels,
    loaded: OnceLock<Result<Networks, ReadError>>,
}

impl std::fmt::Debug for PaddleReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaddleReader").field("models", &self.models).finish_non_exhaustive()
    }
}

struct Networks {
    detector: Model,
    recogniser: Model,
    alphabet: Alphabet,
    unclip_ratio: f32,
}

impl PaddleReader {
    /// A reader with these files.
    pub fn new(models: OcrModels) -> Self {
        Self { models, loaded: OnceLock::new() }
    }

    fn networks(&self) -> Result<&Networks, ReadError> {
        self.loaded.get_or_init(|| Networks::load(&self.models)).as_ref().map_err(Clone::clone)
    }
}

impl TextReader for PaddleReader {
    fn read(&self, picture: &RgbImage) -> Result<TextReading, ReadError> {
        let networks = self.networks()?;
        let mut boxes = networks.boxes(picture)?;
        let beyond = boxes.len().saturating_sub(MAX_LINES);
        boxes.truncate(MAX_LINES);
        let mut reading = networks.lines(picture, &boxes)?;
        reading.illegible += beyond;
        let doubt = self.models.doubt();
        for place in reading.lines.iter_mut().flat_map(|line| &mut line.chars) {
            place.confidence = place.confidence.powi(doubt);
        }
        Ok(reading)
    }

    fn name(&self) -> &str {
        self.models.engine()
    }

    fn version(&self) -> &str {
        self.models.version()
    }
}

fn failed(reason: impl std::fmt::Display) -> ReadError {
    ReadError { engine: "PP-OCR".to_owned(), reason: reason.to_string() }
}

/// Each call runs on the thread that makes it and one other: several pictures are read at a time as it is.
fn options() -> RunOptions {
    static POOL: OnceLock<Arc<ThreadPool>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Arc::new(ThreadPool::with_num_threads(threads))
    });
    RunOptions::default().with_thread_pool(Some(Arc::clone(pool)))
}

impl Networks {
    fn load(models: &OcrModels) -> Result<Self, ReadError> {
        let load = |bytes: Cow<'static, [u8]>| {
            ModelOptions::with_all_ops().prepack_weights(true).load(bytes.into_owned()).map_err(failed)
        };
        let detector = load(models.detector().map_err(failed)?)?;
        let recogniser = load(models.recogniser().map_err(failed)?)?;
        let characters = recogniser.metadata().get("character").ok_or_else(|| failed("no list of characters"))?;
        let alphabet = Alphabet::new(characters);
        Ok(Self { detector, recogniser, alphabet, unclip_ratio: models.unclip_ratio() })
    }

    /// Where lines are, the surest first.
    fn boxes(&self, picture: &RgbImage) -> Result<Vec<TextBox>, ReadError> {
        let mut found = Vec::new();
        for tile in tiles::of(picture.width(), picture.height()) {
            let input = tile.input(picture);
            let map = self.detector.run_one(input.view().into(), Some(options())).map_err(failed)?;
            let map: NdTensor<f32, 4> = map.try_into().map_err(failed)?;
            let [_, _, height, width] = map.shape();
            let values = map.to_vec();
            let boxes = boxes::find(&values, width, height, self.unclip_ratio);
            found.extend(boxes.into_iter().filter_map(|found| tile.placed(found, (width, height))));
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(tiles::deduplicated(found))
    }

    fn lines(&self, picture: &RgbImage, boxes: &[TextBox]) -> Result<TextReading, ReadError> {
        let mut crops: Vec<Crop> = boxes.iter().map(|found| Crop::new(found.quad, found.score)).collect();
        crops.sort_by_key(|crop| crop.width);
        let mut reading = TextReading::default();
        let mut rest = crops.as_slice();
        while let Some(narrowest) = rest.first() {
            let fits = |(number, crop): &(usize, &Crop)| {
                crop.width as f32 <= MAX_PADDING * narrowest.width as f32
                    && crop.width * (number + 1) <= MAX_BATCH_WIDTH
            };
            let count = rest.iter().enumerate().take_while(fits).count().max(1);
            let (batch, after) = rest.split_at(count);
            for (crop, line) in batch.iter().zip(self.read_batch(picture, batch)?) {
                if is_legible(&line) {
                    reading.lines.push(line);
                } else {
                    reading.illegible += usize::from(is_surely_text(crop, &line));
                }
            }
            rest = after;
        }
        Ok(reading)
    }

    /// What the strips of a batch say, in their order.
    fn read_batch(&self, picture: &RgbImage, batch: &[Crop]) -> Result<Vec<TextLine>, ReadError> {
        let width = batch.iter().map(|crop| crop.width).max().unwrap_or_default().next_multiple_of(8);
        let mut input = vec![0.0_f32; batch.len() * 3 * STRIP_HEIGHT * width];
        for (strip, crop) in input.chunks_exact_mut(3 * STRIP_HEIGHT * width).zip(batch) {
            crop.draw(picture, strip, width);
        }
        let input = NdTensorView::from_data([batch.len(), 3, STRIP_HEIGHT, width], input.as_slice());
        let output = self.recogniser.run_one(input.into(), Some(options())).map_err(failed)?;
        let output: NdTensor<f32, 3> = output.try_into().map_err(failed)?;
        let [_, steps, classes] = output.shape();
        let values = output.to_vec();
        let read = values.chunks_exact((steps * classes).max(1)).zip(batch).map(|(scores, crop)| {
            let letters = self.alphabet.decode(scores, classes);
            let mut line = crop.line(&letters, width as f32 / steps as f32);
            confusion::mend(&mut line);
            line
        });
        Ok(read.collect())
    }
}

/// Whether a line says something that its characters are certain enough of.
fn is_legible(line: &TextLine) -> bool {
    !line.text().trim().is_empty() && line.confidence() >= MIN_CONFIDENCE
}

/// Whether what could not be made out is text all the same, and of more than a character.
fn is_surely_text(crop: &Crop, line: &TextLine) -> bool {
    crop.score >= SURE_TEXT && line.chars.len() > 1
}
