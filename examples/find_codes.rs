//! Finds the codes that viewers of a picture can scan: what sort they are, where, and what they say.
//!
//! `cargo run --example find_codes -- PICTURE`
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use dianjian::{Lang, MediaScanner, MediaSettings, NoProgress};

/// Runs the example.
pub fn main() -> Result<(), Box<dyn Error>> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/live-rooms/images/backdrop.jpg");
    let picture = std::env::args_os().nth(1).map_or_else(|| PathBuf::from(sample), PathBuf::from);

    let scanner = MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress));
    let scan = scanner.scan(&picture.display().to_string(), &picture)?;

    println!("{}: {}x{} pixels", picture.display(), scan.width, scan.height);
    for detection in &scan.detections {
        let code = &detection.code;
        let place = code.quad.bounds();
        println!(
            "  {} at {:.0},{:.0}, score {:.2}: {}",
            code.kind.title().get(Lang::En),
            place.left,
            place.top,
            code.score,
            code.text.as_deref().unwrap_or("not decoded"),
        );
    }
    Ok(())
}
