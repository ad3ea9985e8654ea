//! How well words in pictures are found: `cargo bench --bench words -- MODELS FOLDER`, where MODELS is a
//! folder or `builtin`.
//!
//! The folder holds pictures and a `gt.json`: a list of `{file, lines: [{text, contact}]}`. Counts the pictures with a contact
//! that the text rules know in the line as it is written and find in the picture, those without one that are flagged, the lines
//! that are read exactly, and the CPU seconds a picture. The rules are those of live rooms.
#![allow(missing_docs, clippy::print_stdout, clippy::expect_used, reason = "a benchmark")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use dianjian_engine::surface::TextSurface;
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_media::{MediaScanner, MediaSettings, NoProgress, OcrModels, PaddleReader};
use dianjian_rules::PackBuilder;
use serde::Deserialize;

#[derive(Deserialize)]
struct DrawnPicture {
    file: String,
    lines: Vec<DrawnLine>,
}

#[derive(Deserialize)]
struct DrawnLine {
    text: String,
    contact: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [models, folder] = args.as_slice() else {
        println!("words: left out, as no models and no folder of pictures are named");
        return Ok(());
    };
    let (pack, _) = PackBuilder::default().shipped().build();
    let engine = Engine::new(&pack, &AsWritten, RunOptions::new("2026-12-01".parse()?));
    let flags = |text: &str| {
        let (findings, _) = TextSurface::Live.check(&engine, "words", text);
        findings.iter().any(|on| on.finding.rule.id.as_str() != "live/contact-hints")
    };
    let plain = |text: &str| text.chars().filter(|char| !char.is_whitespace()).collect::<String>().to_lowercase();
    let reader = Arc::new(PaddleReader::new(OcrModels::named(Path::new(&models))?));
    let pictures: Vec<DrawnPicture> =
        serde_json::from_str(&std::fs::read_to_string(Path::new(folder).join("gt.json"))?)?;
    let (mut known, mut found, mut clean, mut flagged, mut lines, mut exact) = (0, 0, 0, 0, 0, 0);
    let (mut seen, mut read) = (0.0, 0.0);
    for picture in &pictures {
        let path = Path::new(folder).join(&picture.file);
        let scan = |reading: bool| {
            let scanner = MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress));
            let scanner = scanner.with_reader(reading.then(|| Arc::clone(&reader) as _));
            let before = cpu_seconds();
            (scanner.scan(&picture.file, &path), cpu_seconds() - before)
        };
        seen += scan(false).1;
        let (scan, seconds) = scan(true);
        let scan = scan?;
        read += seconds;
        let texts: Vec<&str> = scan.texts.iter().map(|sighting| sighting.block.text.as_str()).collect();
        let all = plain(&texts.concat());
        lines += picture.lines.len();
        exact += picture.lines.iter().filter(|line| all.contains(&plain(&line.text))).count();
        let is_flagged = texts.iter().any(|text| flags(text));
        if picture.lines.iter().any(|line| line.contact && flags(&line.text)) {
            known += 1;
            found += usize::from(is_flagged);
            if !is_flagged {
                println!("not found: {} {texts:?}", picture.file);
            }
        } else if !picture.lines.iter().any(|line| line.contact) {
            clean += 1;
            flagged += usize::from(is_flagged);
            if is_flagged {
                println!("flagged: {} {texts:?}", picture.file);
            }
        }
    }
    let count = pictures.len() as f64;
    println!("contacts found        {found} of {known}");
    println!("clean ones flagged    {flagged} of {clean}");
    println!("lines read exactly    {exact} of {lines}");
    println!("CPU s a picture       {:.2} for text beyond {:.2} for codes", (read - seen) / count, seen / count);
    Ok(())
}

/// The CPU seconds of this process, of all its threads; 0 where the system has no `/proc`.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default();
    // User and system time, in hundredths of a second.
    (ticks(11) + ticks(12)) / 100.0
}
