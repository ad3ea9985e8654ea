//! Linear barcodes through `rxing`, read row by row.
//!
//! Stripes of any kind pass for a barcode now and then, most often for the kinds without a check digit, so one row
//! proves nothing. A code is reported once enough neighbouring rows read the same.

use rxing::common::BitArray;
use rxing::oned::{MultiFormatOneDReader, OneDReader};
use rxing::{BarcodeFormat, DecodeHints, RXingResult};

use super::binarize::BinarizedImage;
use super::engine::{DecodeEngine, DecodedCode};
use super::payload;
use crate::detect::texture;
use crate::panic_guard::catch_panic;
use crate::{CodeKind, Point, Quad};

/// Reads barcodes along rows and, on request, along columns.
pub(super) struct LinearDecoder {
    /// Rows that are sampled, spread over the whole height; those around a hit are read as well.
    pub(super) rows: u32,
    /// Read columns as well, and rows whose texture shows no bars?
    pub(super) columns: bool,
}

/// At most this many codes side by side are read from a row.
const MAX_CODES_PER_ROW: usize = 3;

impl DecodeEngine for LinearDecoder {
    fn name(&self) -> &'static str {
        "rxing 0.9"
    }

    fn read(&self, image: &BinarizedImage) -> Vec<DecodedCode> {
        let (width, height) = (image.dark.width(), image.dark.height());
        let shows_bars = |y: u32| self.columns || texture::has_bars(&image.grey, y);
        let rows =
            catch_panic(|| self.along(height, image.rows_per_source_row, &shows_bars, &|y| image.dark.getRow(y)));
        let mut codes: Vec<_> = rows.unwrap_or_default().into_iter().map(|run| run.decoded(Point::new)).collect();
        if self.columns {
            let columns =
                catch_panic(|| self.along(width, image.rows_per_source_row, &|_| true, &|x| image.dark.getCol(x)));
            codes.extend(columns.unwrap_or_default().into_iter().map(|run| run.decoded(|y, x| Point::new(x, y))));
        }
        codes
    }
}

/// A code read from one line (a row or a column), and between which of its pixels.
#[derive(Debug, Clone, PartialEq)]
struct LineHit {
    format: BarcodeFormat,
    text: String,
    from: f32,
    to: f32,
}

impl LineHit {
    fn is_same(&self, other: &Self) -> bool {
        self.format == other.format && self.text == other.text && self.from < other.to && other.from < self.to
    }
}

/// Neighbouring lines that read the same.
struct LineRun {
    hit: LineHit,
    /// The first line: its number, and between which of its pixels.
    first: (u32, f32, f32),
    last: (u32, f32, f32),
}

impl LineRun {
    fn decoded(self, place: impl Fn(f32, f32) -> Point) -> DecodedCode {
        let ((first, from, to), (last, last_from, last_to)) = (self.first, self.last);
        let (top, bottom) = (first as f32, last as f32 + 1.0);
        let quad = Quad([place(from, top), place(to, top), place(last_to, bottom), place(last_from, bottom)]);
        DecodedCode { kind: CodeKind::Linear, quad, text: payload::of_text(&self.hit.text) }
    }
}

/// How many lines have to agree, and how many characters a code must have at least, before a format is believed; `None`:
/// never.
fn required(format: BarcodeFormat) -> Option<(u32, usize)> {
    match format {
        BarcodeFormat::EAN_13 | BarcodeFormat::UPC_A => Some((3, 12)),
        BarcodeFormat::RSS_EXPANDED | BarcodeFormat::RSS_14 => Some((3, 8)),
        BarcodeFormat::CODE_128 | BarcodeFormat::CODE_93 => Some((3, 3)),
        BarcodeFormat::EAN_8 | BarcodeFormat::UPC_E => Some((6, 8)),
        // Without a check digit, agreement is the only evidence.
        BarcodeFormat::CODE_39 => Some((6, 4)),
        BarcodeFormat::ITF => Some((8, 8)),
        BarcodeFormat::CODABAR => Some((8, 6)),
        _ => None,
    }
}

impl LinearDecoder {
    /// The codes along `lines` lines, sampled where `is_candidate` says so.
    fn along(
        &self,
        lines: u32,
        lines_per_source_line: u32,
        is_candidate: &dyn Fn(u32) -> bool,
        line: &dyn Fn(u32) -> BitArray,
    ) -> Vec<LineRun> {
        let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        let mut reader = MultiFormatOneDReader::new(&hints);
        let mut read = |at: u32| read_line(&mut reader, &hints, at, line(at));
        let step = (lines / self.rows.max(1)).max(1);
        let mut runs: Vec<LineRun> = Vec::new();
        for at in (step / 2..lines).step_by(step as usize).filter(|&at| is_candidate(at)) {
            for found in read(at) {
                let is_known =
                    |run: &LineRun| run.hit.is_same(&found) && (run.first.0..=run.last.0 + step).contains(&at);
                if !runs.iter().any(is_known)
                    && let Some(run) = followed(found, at, lines, lines_per_source_line, &mut read)
                {
                    runs.push(run);
                }
            }
        }
        joined(runs)
    }
}

/// Joins runs of one code, between which some lines could not be read.
fn joined(runs: Vec<LineRun>) -> Vec<LineRun> {
    let mut joined: Vec<LineRun> = Vec::new();
    for run in runs {
        match joined.iter_mut().find(|known| known.hit.is_same(&run.hit)) {
            Some(known) => {
                known.first = if run.first.0 < known.first.0 { run.first } else { known.first };
                known.last = if run.last.0 > known.last.0 { run.last } else { known.last };
            }
            None => joined.push(run),
        }
    }
    joined
}

/// Follows a code in both directions from the line in which it was found, over gaps of up to three lines.
fn followed(
    found: LineHit,
    at: u32,
    lines: u32,
    lines_per_source_line: u32,
    read: &mut dyn FnMut(u32) -> Vec<LineHit>,
) -> Option<LineRun> {
    let (least, shortest) = required(found.format)?;
    if found.text.chars().count() < shortest {
        return None;
    }
    let mut agreeing = 1;
    let mut last_seen = |steps: &mut dyn Iterator<Item = u32>| {
        let mut end = (at, found.from, found.to);
        let mut missed = 0;
        for line in steps {
            match read(line).into_iter().find(|other| other.is_same(&found)) {
                Some(same) => {
                    agreeing += 1;
                    missed = 0;
                    end = (line, same.from, same.to);
                }
                None => missed += 1,
            }
            if missed > 3 {
                break;
            }
        }
        end
    };
    let first = last_seen(&mut (0..at).rev());
    let last = last_seen(&mut (at + 1..lines));
    (agreeing >= least * lines_per_source_line).then_some(LineRun { hit: found, first, last })
}

/// The codes of a line, read in both directions.
fn read_line(reader: &mut MultiFormatOneDReader, hints: &DecodeHints, at: u32, mut line: BitArray) -> Vec<LineHit> {
    let length = line.get_size() as f32;
    let mut all = Vec::new();
    for _ in 0..MAX_CODES_PER_ROW {
        let forward = reader.decode_row(at, &line, hints).ok().and_then(|result| span(&result));
        let found = forward.or_else(|| {
            let mut reversed = line.clone();
            reversed.reverse();
            let found = reader.decode_row(at, &reversed, hints).ok().and_then(|result| span(&result))?;
            Some(LineHit { from: length - found.to, to: length - found.from, ..found })
        });
        let Some(found) = found else { break };
        // Whiten what was read, so that the reader finds the next code.
        let clamp = |value: f32| value.clamp(0.0, length) as usize;
        for bit in clamp(found.from.floor())..clamp(found.to.ceil() + 1.0) {
            line.unset(bit);
        }
        all.push(found);
    }
    all
}

fn span(result: &RXingResult) -> Option<LineHit> {
    let xs = result.getPoints().iter().map(|at| at.x).filter(|x| x.is_finite());
    let (from, to) = xs.fold((f32::INFINITY, f32::NEG_INFINITY), |(from, to), x| (from.min(x), to.max(x)));
    (from < to).then(|| LineHit { format: *result.getBarcodeFormat(), text: result.getText().to_owned(), from, to })
}
