//! Linear barcodes through `rxing`, read row by row and believed when rows agree.
//!
//! Stripes of any kind pass for a barcode now and then, more so of the kinds that have no check digit:
//! one row proves nothing. A code is told when enough neighbouring rows say the same.

use rxing::common::BitArray;
use rxing::oned::{MultiFormatOneDReader, OneDReader};
use rxing::{BarcodeFormat, DecodeHints, RXingResult};

use super::engine::{Engine, Reading};
use super::sheet::Sheet;
use super::text;
use crate::guard::quiet;
use crate::locate::texture;
use crate::{CodeKind, Point, Quad};

/// Barcodes along rows and, if asked, along columns.
pub(super) struct Linear {
    /// Rows that are looked at first, over the whole height.
    pub(super) rows: u32,
    /// Columns as well, and rows that show no bars at first sight?
    pub(super) columns: bool,
}

/// Codes that one row is searched for.
const CODES_A_ROW: usize = 3;

impl Engine for Linear {
    fn name(&self) -> &'static str {
        "rxing 0.9"
    }

    fn read(&self, sheet: &Sheet) -> Vec<Reading> {
        let (width, height) = (sheet.dark.width(), sheet.dark.height());
        let shows_bars = |y: u32| self.columns || texture::has_bars(&sheet.grey, y);
        let rows = quiet(|| self.along(height, sheet.rows_a_row, &shows_bars, &|y| sheet.dark.getRow(y)));
        let mut readings: Vec<_> = rows.unwrap_or_default().into_iter().map(|run| run.reading(Point::new)).collect();
        if self.columns {
            let columns = quiet(|| self.along(width, sheet.rows_a_row, &|_| true, &|x| sheet.dark.getCol(x)));
            readings.extend(
                columns.unwrap_or_default().into_iter().map(|run| run.reading(|along, x| Point::new(x, along))),
            );
        }
        readings
    }
}

/// What a line says, and between which of its pixels.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    format: BarcodeFormat,
    text: String,
    from: f32,
    to: f32,
}

impl Heard {
    fn is_same(&self, other: &Self) -> bool {
        self.format == other.format && self.text == other.text && self.from < other.to && other.from < self.to
    }
}

/// Lines that say the same.
struct Run {
    heard: Heard,
    first: (u32, f32, f32),
    last: (u32, f32, f32),
}

impl Run {
    fn reading(self, place: impl Fn(f32, f32) -> Point) -> Reading {
        let ((first, from, to), (last, last_from, last_to)) = (self.first, self.last);
        let (top, bottom) = (first as f32, last as f32 + 1.0);
        let quad = Quad([place(from, top), place(to, top), place(last_to, bottom), place(last_from, bottom)]);
        Reading { kind: CodeKind::Linear, quad, text: text::of_text(&self.heard.text) }
    }
}

/// Lines that have to agree, and the least number of characters, before a code of that format is believed.
fn demands(format: BarcodeFormat) -> Option<(u32, usize)> {
    match format {
        BarcodeFormat::EAN_13 | BarcodeFormat::UPC_A => Some((3, 12)),
        BarcodeFormat::RSS_EXPANDED | BarcodeFormat::RSS_14 => Some((3, 8)),
        BarcodeFormat::CODE_128 | BarcodeFormat::CODE_93 => Some((3, 3)),
        BarcodeFormat::EAN_8 | BarcodeFormat::UPC_E => Some((6, 8)),
        // No check digit: nothing but agreement speaks for them.
        BarcodeFormat::CODE_39 => Some((6, 4)),
        BarcodeFormat::ITF => Some((8, 8)),
        BarcodeFormat::CODABAR => Some((8, 6)),
        _ => None,
    }
}

impl Linear {
    /// The codes along lines, found on those that are worth it.
    fn along(
        &self,
        lines: u32,
        lines_a_line: u32,
        is_worth_it: &dyn Fn(u32) -> bool,
        line: &dyn Fn(u32) -> BitArray,
    ) -> Vec<Run> {
        let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        let mut reader = MultiFormatOneDReader::new(&hints);
        let mut heard = |at: u32| heard(&mut reader, &hints, at, line(at));
        let step = (lines / self.rows.max(1)).max(1);
        let mut runs: Vec<Run> = Vec::new();
        for at in (step / 2..lines).step_by(step as usize).filter(|&at| is_worth_it(at)) {
            for found in heard(at) {
                let is_known = |run: &Run| run.heard.is_same(&found) && (run.first.0..=run.last.0 + step).contains(&at);
                if !runs.iter().any(is_known)
                    && let Some(run) = followed(found, at, lines, lines_a_line, &mut heard)
                {
                    runs.push(run);
                }
            }
        }
        joined(runs)
    }
}

/// One run where lines in between could not be read.
fn joined(runs: Vec<Run>) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for run in runs {
        match joined.iter_mut().find(|known| known.heard.is_same(&run.heard)) {
            Some(known) => {
                known.first = if run.first.0 < known.first.0 { run.first } else { known.first };
                known.last = if run.last.0 > known.last.0 { run.last } else { known.last };
            }
            None => joined.push(run),
        }
    }
    joined
}

/// Follows a code up and down from the line in which it was found.
fn followed(
    found: Heard,
    at: u32,
    lines: u32,
    lines_a_line: u32,
    heard: &mut dyn FnMut(u32) -> Vec<Heard>,
) -> Option<Run> {
    let (least, shortest) = demands(found.format)?;
    if found.text.chars().count() < shortest {
        return None;
    }
    let mut agreeing = 1;
    let mut last_seen = |steps: &mut dyn Iterator<Item = u32>| {
        let mut end = (at, found.from, found.to);
        let mut missed = 0;
        for line in steps {
            match heard(line).into_iter().find(|other| other.is_same(&found)) {
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
    (agreeing >= least * lines_a_line).then_some(Run { heard: found, first, last })
}

/// The codes that a line holds, read in both directions.
fn heard(reader: &mut MultiFormatOneDReader, hints: &DecodeHints, at: u32, mut line: BitArray) -> Vec<Heard> {
    let length = line.get_size() as f32;
    let mut all = Vec::new();
    for _ in 0..CODES_A_ROW {
        let forward = reader.decode_row(at, &line, hints).ok().and_then(|result| span(&result));
        let found = forward.or_else(|| {
            let mut reversed = line.clone();
            reversed.reverse();
            let found = reader.decode_row(at, &reversed, hints).ok().and_then(|result| span(&result))?;
            Some(Heard { from: length - found.to, to: length - found.from, ..found })
        });
        let Some(found) = found else { break };
        // What was read turns white, so that the next one is heard.
        let clamp = |value: f32| value.clamp(0.0, length) as usize;
        for bit in clamp(found.from.floor())..clamp(found.to.ceil() + 1.0) {
            line.unset(bit);
        }
        all.push(found);
    }
    all
}

fn span(result: &RXingResult) -> Option<Heard> {
    let xs = result.getPoints().iter().map(|at| at.x).filter(|x| x.is_finite());
    let (from, to) = xs.fold((f32::INFINITY, f32::NEG_INFINITY), |(from, to), x| (from.min(x), to.max(x)));
    (from < to).then(|| Heard { format: *result.getBarcodeFormat(), text: result.getText().to_owned(), from, to })
}
