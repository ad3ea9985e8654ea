//! Reads the text of pictures, a JSON line each: the texts in reading order, and the seconds that it took.
//!
//! `cargo run -p dianjian-ocr --example read_text -- MODELS PICTURE…`, where MODELS is a folder or `builtin`
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use dianjian_ocr::{OcrModels, PaddleReader, TextReader as _, arrange};

/// Runs the example.
pub fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let models = args.next().ok_or("the folder of the models is missing")?;
    let reader = PaddleReader::new(OcrModels::named(Path::new(&models))?);
    for path in args {
        let picture = image::open(&path)?.into_rgb8();
        let start = Instant::now();
        let reading = reader.read(&picture)?;
        let (illegible, blocks) = (reading.illegible, arrange(reading.lines));
        let seconds = start.elapsed().as_secs_f64();
        println!("{}", serde_json::json!({"file": path, "seconds": seconds, "illegible": illegible, "blocks": blocks}));
    }
    Ok(())
}
