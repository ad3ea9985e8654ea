//! What the rules find, and the rows that it belongs to.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hash::{Hash as _, Hasher as _};
use std::io;
use std::sync::Arc;

use dianjian_base::lang::Lang;
use dianjian_document::problem::Problem;
use dianjian_rules::RuleInfo;
use rustc_hash::FxHasher;

use super::items::{Mark, MarkItem, PlacedMark, RowItem, RowPart, RowPlace};
use super::rows::RowMark;
use super::{InventoryCount, MAX_LISTED};
use crate::cross_record::external_sort::{ExternalSortError, ExternalSorter};
use crate::{Engine, Finding, Render};

/// Findings come after everything else in a row.
const AFTER_PARTS: u64 = 1 << 63;

/// Tells the files of a run apart.
pub(super) fn file_key(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Renders findings on the workers' threads.
pub(super) struct MarkRender<'e> {
    pub engine: &'e Engine<'e>,
}

/// What a run brings.
pub(super) enum RunItem {
    Finding {
        rule: Arc<RuleInfo>,
        item: Box<MarkItem>,
    },
    Gap(Box<Finding>),
    /// The project silences it.
    Silenced,
    Problem(Problem),
}

impl Render for MarkRender<'_> {
    type Out = RunItem;

    fn finding(&self, finding: Finding) -> RunItem {
        if finding.is_gap {
            return RunItem::Gap(Box::new(finding));
        }
        if self.engine.silences(&finding) {
            return RunItem::Silenced;
        }
        let (source, span) = (&finding.primary.source, finding.primary.span);
        let mark = Mark {
            severity: finding.severity,
            rule: 0,
            zh: finding.message.render(Lang::Zh),
            en: finding.message.render(Lang::En),
            path: finding.path,
        };
        let offset = source.base_offset() + u64::from(span.start);
        let item = MarkItem { file: file_key(source.name()), offset, number: 0, mark };
        RunItem::Finding { rule: finding.rule, item: Box::new(item) }
    }

    fn problem(&self, problem: Problem) -> RunItem {
        RunItem::Problem(problem)
    }
}

/// Collects what a run brings.
pub(super) struct MarkCollector {
    items: ExternalSorter<MarkItem>,
    number: u64,
    counts: BTreeMap<String, (u32, InventoryCount)>,
    pub problems: Vec<Problem>,
    pub gaps: Vec<Finding>,
    pub gap_count: usize,
    failed: Option<io::Error>,
}

/// Findings that have been entered in their rows.
pub(super) struct PlacedMarks {
    /// By the numbers in the marks.
    pub rules: Vec<Arc<RuleInfo>>,
    pub counts: Vec<InventoryCount>,
    pub elsewhere: Vec<RowMark>,
}

impl MarkCollector {
    /// Holds about `memory` bytes of findings.
    pub fn new(memory: usize) -> Self {
        Self {
            items: ExternalSorter::new(memory),
            number: 0,
            counts: BTreeMap::new(),
            problems: Vec::new(),
            gaps: Vec::new(),
            gap_count: 0,
            failed: None,
        }
    }

    pub fn add(&mut self, seen: RunItem) {
        match seen {
            RunItem::Finding { rule, item } => self.finding(rule, *item),
            RunItem::Gap(finding) => {
                self.gap_count += 1;
                if self.gaps.len() < MAX_LISTED {
                    self.gaps.push(*finding);
                }
            }
            RunItem::Silenced => {}
            RunItem::Problem(problem) => self.problems.push(problem),
        }
    }

    fn finding(&mut self, rule: Arc<RuleInfo>, mut item: MarkItem) {
        let next = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        let severity = item.mark.severity;
        let new = || (next, InventoryCount { rule: Arc::clone(&rule), severity, findings: 0 });
        let (number, count) = self.counts.entry(rule.id.clone()).or_insert_with(new);
        count.findings += 1;
        count.severity = count.severity.max(severity);
        (item.mark.rule, item.number) = (*number, self.number);
        self.number += 1;
        if self.failed.is_none() {
            self.failed = self.items.push(item).err();
        }
    }

    pub const fn is_empty(&self) -> bool {
        self.number == 0
    }

    /// Enters each finding in the rows that are made of the bytes that it points at.
    pub fn place(
        self,
        places: ExternalSorter<RowPlace>,
        rows: &mut ExternalSorter<RowItem>,
    ) -> Result<PlacedMarks, ExternalSortError> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        let mut by_number: Vec<(u32, InventoryCount)> = self.counts.into_values().collect();
        by_number.sort_by_key(|(number, _)| *number);
        let rules: Vec<Arc<RuleInfo>> = by_number.iter().map(|(_, count)| Arc::clone(&count.rule)).collect();
        let mut counts: Vec<InventoryCount> = by_number.into_iter().map(|(_, count)| count).collect();
        counts.sort_by(|one, other| {
            (Reverse(one.severity), &one.rule.id).cmp(&(Reverse(other.severity), &other.rule.id))
        });
        let mut elsewhere = Vec::new();
        let mut open = OpenPlaces::default();
        let mut places = places.sorted()?.peekable();
        for item in self.items.sorted()? {
            let MarkItem { file, offset, number, mark } = item?;
            let is_before = |place: &io::Result<RowPlace>| match place {
                Ok(place) => (place.file, place.start) <= (file, offset),
                Err(_) => true,
            };
            while let Some(place) = places.next_if(is_before) {
                open.enter(place?);
            }
            let around = open.around(file, offset);
            if around.is_empty() && elsewhere.len() < MAX_LISTED {
                elsewhere.extend(RowMark::new(&mark, None, &rules));
            }
            for place in around {
                let part = RowPart::Mark(PlacedMark { shop: place.shop, mark: mark.clone() });
                rows.push(RowItem { key: place.key.clone(), order: AFTER_PARTS + number, part })?;
            }
        }
        Ok(PlacedMarks { rules, counts, elsewhere })
    }
}

/// Places that begin before the one that is looked for and may contain it, the innermost last: they lie in each other or
/// beside each other, as nodes of a document do.
#[derive(Default)]
struct OpenPlaces(Vec<RowPlace>);

impl OpenPlaces {
    fn enter(&mut self, place: RowPlace) {
        self.close_before(place.file, place.start);
        self.0.push(place);
    }

    /// The innermost places around an offset; several if rows are made of the same bytes.
    fn around(&mut self, file: u64, offset: u64) -> &[RowPlace] {
        self.close_before(file, offset);
        let Some(last) = self.0.last() else { return &[] };
        let innermost = (last.start, last.end);
        let first = self.0.iter().rposition(|place| (place.start, place.end) != innermost).map_or(0, |at| at + 1);
        &self.0[first..]
    }

    /// Forgets what ends before an offset. An empty value at the end of a record is still in it.
    fn close_before(&mut self, file: u64, offset: u64) {
        while self.0.pop_if(|last| last.file != file || last.end.0 < offset).is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::items::RowKey;
    use super::*;

    fn place(start: u64, end: u64, sku: &str) -> RowPlace {
        RowPlace { file: 1, start, end: Reverse(end), key: RowKey::Sku(sku.to_owned()), shop: None }
    }

    #[test]
    fn a_finding_belongs_to_the_innermost_record() {
        let mut open = OpenPlaces::default();
        for place in [place(0, 100, "product"), place(10, 20, "one"), place(30, 40, "two"), place(30, 40, "three")] {
            open.enter(place);
        }
        let keys = |open: &mut OpenPlaces, offset: u64| -> Vec<RowKey> {
            open.around(1, offset).iter().map(|place| place.key.clone()).collect()
        };
        assert_eq!(keys(&mut open, 40), ["two", "three"].map(|sku| RowKey::Sku(sku.to_owned())));
        assert_eq!(keys(&mut open, 60), [RowKey::Sku("product".to_owned())]);
        assert!(keys(&mut open, 101).is_empty());
    }
}
