//! Codes and texts in the pictures and videos that a record names. An asset is examined once for all rules that ask for it.

use std::sync::Arc;

use dianjian_base::message::Arg;
use dianjian_document::source::Span;
use dianjian_media::{MediaScan, Sighting, SightingDisplay};
use rust_decimal::Decimal;

use super::content::{Scans, TextHit};
use super::violation::{FailureSink, TestFailure, holds};
use super::{EachItem, EvalContext, Outcome};
use crate::asset_tests::{AssetTest, Codes, PictureText};
use crate::check::SlotPath;
use crate::contents::UNREAD;
use crate::placeholder::Placeholder;
use crate::record::{AssetEntry, AssetFile, Value, is_address};

impl Scans {
    /// The assets that were looked at with the places of their entries, in the order of places.
    pub fn assets(&self) -> Vec<(Span, &AssetEntry)> {
        let mut assets: Vec<(Span, &AssetEntry)> =
            self.assets.values().map(|(span, entry)| (*span, entry.as_ref())).collect();
        assets.sort_by_key(|(span, _)| (span.start, span.end));
        assets
    }
}

impl<'a> EvalContext<'_, 'a> {
    /// Calls `f` with every code that counts; `None`: not all was looked at.
    pub(super) fn codes(
        &mut self,
        value: &Value<'a>,
        codes: &Codes,
        mut f: impl FnMut(&AssetEntry, &SightingDisplay),
    ) -> Option<()> {
        let entry = self.asset(value)?;
        let mut all = Some(());
        for file in &entry.files {
            let Ok(looked) = &file.looked else {
                all = None;
                continue;
            };
            for detection in &looked.detections {
                let content = detection.code.text.as_deref().and_then(|text| codes.contents.classify(text));
                if codes.counts(&detection.code, content.map_or(UNREAD, |(class, _)| class)) {
                    let shown = SightingDisplay {
                        class: content.map(|(class, _)| class.to_owned()),
                        content: content.map(|(_, title)| title.clone()),
                        certain: codes.is_certain(&detection.code),
                        ..display(file, looked, Sighting::Code(detection.clone()))
                    };
                    f(&entry, &shown);
                }
            }
        }
        all
    }

    /// Calls `f` with every part of the texts of pictures that counts; `None`: not all was looked at.
    pub(super) fn picture_texts(
        &mut self,
        value: &Value<'a>,
        spec: &PictureText,
        mut f: impl FnMut(&AssetEntry, &SightingDisplay, &TextHit),
    ) -> Option<()> {
        let entry = self.asset(value)?;
        let mut all = Some(());
        for file in &entry.files {
            match &file.looked {
                Ok(scan) if scan.text_engine.is_some() => {
                    for sighting in &scan.texts {
                        for hit in self.text_hits(&sighting.block.text, &spec.content) {
                            let excerpt = sighting.excerpt(hit.range.clone());
                            let height = sighting.block.height(hit.range.clone());
                            if spec.counts(&excerpt, height, (scan.width, scan.height)) {
                                f(&entry, &display(file, scan, Sighting::Text(excerpt)), &hit);
                            }
                        }
                    }
                }
                _ => all = None,
            }
        }
        all
    }

    /// Whether the files of an entry are as they must be; SKIP where one is not there or was not opened.
    pub(super) fn asset_file(
        &mut self,
        value: &Value<'a>,
        test: &AssetTest,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let max_bytes = match &test.max_bytes {
            None => None,
            Some(operand) => match self.operand(operand, item).and_then(|limit| limit.number()) {
                Some(limit) => Some(limit),
                None => return Outcome::Skip,
            },
        };
        let Some(entry) = self.asset(value) else { return Outcome::Skip };
        let mut outcome = Outcome::Pass;
        for file in &entry.files {
            let found = |text: String| {
                let failure = TestFailure::of(value).with(Placeholder::Found, Arg::Text(text));
                failure.with(Placeholder::File, Arg::Text(file.name.clone()))
            };
            if let Some(formats) = &test.formats {
                outcome = outcome.and(match file.format {
                    None => Outcome::Skip,
                    Some(format) => holds(formats.members.contains(format), out, || {
                        found(format.to_owned()).with(Placeholder::Expected, Arg::List(formats.listed.clone()))
                    }),
                });
            }
            if let Some(limit) = max_bytes {
                outcome = outcome.and(match file.bytes {
                    None => Outcome::Skip,
                    Some(bytes) => holds(Decimal::from(bytes) <= limit, out, || {
                        found(mebibytes(bytes)).with(Placeholder::Limit, Arg::Number(limit))
                    }),
                });
            }
            if let Some((width, height)) = test.ratio {
                outcome = outcome.and(match &file.looked {
                    Err(_) => Outcome::Skip,
                    Ok(scan) => holds(is_ratio((scan.width, scan.height), (width, height)), out, || {
                        found(format!("{} × {}", scan.width, scan.height))
                            .with(Placeholder::Expected, Arg::Text(format!("{width}:{height}")))
                    }),
                });
            }
        }
        outcome
    }

    /// What an entry stands for, looking at it if no rule has yet; `None`: it is empty.
    fn asset(&mut self, value: &Value<'a>) -> Option<Arc<AssetEntry>> {
        let place = value.node().span().start;
        if let Some((_, entry)) = self.scans.assets.get(&place) {
            return Some(Arc::clone(entry));
        }
        let text = value.text().filter(|text| !text.trim().is_empty())?;
        let entry = match is_address(&text) {
            true => AssetEntry::address(&text),
            false => self.assets.look(value.node().source(), &[text.into_owned()]).pop()?,
        };
        self.scans.assets.insert(place, (value.node().use_span(), Arc::clone(&entry)));
        Some(entry)
    }

    /// Looks at all assets of these rules, side by side where there are several.
    pub fn look_ahead<'p>(&mut self, paths: impl Iterator<Item = &'p SlotPath>) {
        let mut entries: Vec<(u32, Span, String)> = Vec::new();
        for path in paths {
            self.visit(path, None, &mut |context, value, _| {
                let place = value.node().span().start;
                let is_new =
                    !context.scans.assets.contains_key(&place) && !entries.iter().any(|(known, ..)| *known == place);
                let is_file = |text: &str| !text.trim().is_empty() && !is_address(text);
                if let Some(text) = value.text().filter(|text| is_new && is_file(text)) {
                    entries.push((place, value.node().use_span(), text.into_owned()));
                }
            });
        }
        if entries.is_empty() {
            return;
        }
        let texts: Vec<String> = entries.iter().map(|(_, _, text)| text.clone()).collect();
        let looked = self.assets.look(self.record.node.source(), &texts);
        for ((place, span, _), entry) in entries.into_iter().zip(looked) {
            self.scans.assets.insert(place, (span, entry));
        }
    }
}

/// Something in a file as findings show it.
fn display(file: &AssetFile, scan: &Arc<MediaScan>, sighting: Sighting) -> SightingDisplay {
    SightingDisplay {
        file: file.name.clone(),
        path: file.path.clone(),
        scan: scan.without_texts(),
        sighting,
        class: None,
        content: None,
        certain: true,
        crop: None,
    }
}

/// Whether a size is of a ratio; no picture of 1366 pixels is 16:9 to the last one.
fn is_ratio((width, height): (u32, u32), (across, down): (u32, u32)) -> bool {
    let (left, right) = (u64::from(width) * u64::from(down), u64::from(height) * u64::from(across));
    left.abs_diff(right) <= u64::from(across.max(down))
}

/// A size of files as people read it, rounded up so that what is over a limit does not look as if it kept it.
fn mebibytes(bytes: u64) -> String {
    let hundredths = (u128::from(bytes) * 100).div_ceil(1 << 20);
    format!("{}.{:02} MB", hundredths / 100, hundredths % 100)
}
