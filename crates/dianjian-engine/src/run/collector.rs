//! The consumer of a run: adds up what units bring, passes their output on, and finishes the cross-record rules.

use chrono::NaiveDate;
use dianjian_base::in_order::Consumer;
use dianjian_base::lang::Localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::Input;
use rustc_hash::{FxHashMap, FxHashSet};

use super::worker::{ChunkLocation, FileResult, UnitResult};
use super::{RunTotals, SilentCounts};
use crate::check_record::HeldFinding;
use crate::check_record::source::unused_suppressions;
use crate::cross_record::groups::PackedPlace;
use crate::cross_record::reread::{PlaceLookup, PlacesNotFound};
use crate::cross_record::{CrossRecordSink, CrossRecordState};
use crate::finding::MAX_RELATED;
use crate::ledger::{LedgerBook, SettledFile, more_doubts};
use crate::side_files::SideFiles;
use crate::suppress::{Suppression, silences_any};
use crate::{Engine, Finding, Render};

/// Keeps what the end of the run needs, and passes everything else on to the caller's consumer.
pub(crate) struct RunCollector<'c, T> {
    engine: &'c Engine<'c>,
    inputs: &'c [Input],
    consumer: &'c mut dyn Consumer<T>,
    pub cross_record: CrossRecordState,
    /// By file: where its chunks lie, in order.
    pub chunks: FxHashMap<u32, Vec<ChunkLocation>>,
    totals: RunTotals,
    last_file: Option<usize>,
    last_unopened: Option<usize>,
    book: LedgerBook<T>,
    /// What the current file has had once.
    once: FxHashSet<String>,
    /// Of a list, what it has once, with the places of all its pieces.
    of_list: Vec<(String, Finding)>,
    /// Turns what the ledger says into what the consumer receives.
    problem: &'c dyn Fn(Problem) -> T,
    finding: &'c dyn Fn(Finding) -> T,
    /// Findings that wait for what their records name, by the place of the record and their number among its own.
    held: FxHashMap<(PackedPlace, u32), T>,
    /// Suppressions by file: cross-record findings may still use them.
    suppressions: Vec<(usize, Vec<Suppression>)>,
}

impl<T> Consumer<UnitResult<T>> for RunCollector<'_, T> {
    fn accept(&mut self, done: UnitResult<T>) {
        // Every shard reports a file that cannot be opened; their merge reports it once.
        if done.unopened.is_some() && done.unopened == self.last_unopened {
            return;
        }
        self.last_unopened = done.unopened.or(self.last_unopened);
        self.totals.counts += done.counts;
        // What the file before this unit comes to stands before what the unit found.
        if let Some(first) = done.files.first() {
            if self.last_file != Some(first.file) {
                self.end_list();
            }
            let settled = self.book.turn_to(first.file, self.inputs);
            self.settled(settled);
        }
        done.out.into_iter().for_each(|out| self.consumer.accept(out));
        done.files.into_iter().for_each(|file| self.file(file));
    }

    fn pause(&mut self) {
        self.consumer.pause();
    }

    fn wants_more(&mut self) -> bool {
        self.consumer.wants_more()
    }
}

impl<'c, T> RunCollector<'c, T> {
    pub(crate) fn new(
        engine: &'c Engine<'c>,
        inputs: &'c [Input],
        (problem, finding): (&'c dyn Fn(Problem) -> T, &'c dyn Fn(Finding) -> T),
        consumer: &'c mut dyn Consumer<T>,
    ) -> Self {
        Self {
            engine,
            inputs,
            consumer,
            cross_record: CrossRecordState::new(engine),
            chunks: FxHashMap::default(),
            totals: RunTotals::default(),
            last_file: None,
            last_unopened: None,
            book: LedgerBook::default(),
            once: FxHashSet::default(),
            of_list: Vec::new(),
            problem,
            finding,
            held: FxHashMap::default(),
            suppressions: Vec::new(),
        }
    }

    fn file(&mut self, done: FileResult<T>) {
        if self.last_file.replace(done.file) != Some(done.file) {
            self.end_list();
            self.totals.files += 1;
            self.once.clear();
        }
        let records = done.cross_record.records.iter().sum::<usize>() as u64;
        let settled = self.book.enter(done.file, records, done.look, done.doubts, self.inputs);
        self.settled(settled);
        for (key, finding) in done.once {
            if done.is_list {
                self.add_of_list(key, finding);
            } else if self.once.insert(key) {
                self.consumer.accept((self.finding)(finding));
            }
        }
        for (kind, count) in self.engine.pack.kinds.iter().zip(&done.cross_record.records) {
            if *count > 0 {
                *self.totals.records.entry(kind.name.to_string()).or_default() += count;
            }
        }
        if !done.suppressions.is_empty() {
            self.suppressions.push((done.file, done.suppressions));
        }
        let file = u32::try_from(done.file).unwrap_or(u32::MAX);
        if let Some(chunk) = done.chunk {
            self.chunks.entry(file).or_default().push(chunk);
        }
        for HeldFinding { start, ordinal, finding } in done.held {
            self.held.insert((PackedPlace::new(file, start), ordinal), finding);
        }
        self.cross_record.add(file, done.cross_record);
    }

    /// Adds what a piece of a list has once to what the pieces before it had.
    fn add_of_list(&mut self, key: String, finding: Finding) {
        let Some((_, first)) = self.of_list.iter_mut().find(|(known, _)| *known == key) else {
            self.book.gap(finding.is_gap);
            return self.of_list.push((key, finding));
        };
        let mut place = finding.primary;
        place.keep_item();
        first.related_omitted += finding.related_omitted;
        for label in std::iter::once(place).chain(finding.related) {
            if first.related.len() < MAX_RELATED {
                first.related.push(label);
            } else {
                first.related_omitted += 1;
            }
        }
    }

    /// Reports what a list has once.
    fn end_list(&mut self) {
        for (_, finding) in std::mem::take(&mut self.of_list) {
            self.consumer.accept((self.finding)(finding));
        }
    }

    /// Reports what nothing reads in a file that has turned out to be ours.
    fn settled(&mut self, settled: Option<SettledFile<T>>) {
        let Some(SettledFile { file, shown, more }) = settled else { return };
        shown.into_iter().for_each(|problem| self.consumer.accept(problem));
        if more > 0 {
            self.consumer
                .accept((self.problem)(more_doubts(self.inputs.get(file).map_or("", |input| &input.name), more)));
        }
    }

    /// Reports the findings of cross-record rules, then the suppressions that silenced nothing.
    pub(crate) fn finish<R: Render<Out = T>>(
        mut self,
        render: &R,
        places: &mut dyn PlaceLookup,
        side_files: &dyn SideFiles,
    ) -> RunTotals {
        if !self.consumer.wants_more() {
            return self.totals;
        }
        self.end_list();
        let settled = self.book.finish(self.inputs);
        self.settled(settled);
        self.totals.looked_at = std::mem::take(&mut self.book.ledger);
        let as_of = self.engine.policy.as_of;
        let cross_record = std::mem::take(&mut self.cross_record);
        let mut sink = EndOfRun {
            suppressions: &mut self.suppressions,
            held: &mut self.held,
            counts: &mut self.totals.counts,
            inputs: self.inputs,
            consumer: self.consumer,
            render,
            as_of,
        };
        let emitted = cross_record.emit(self.engine, side_files, places, &mut sink);
        let consumer = &mut *self.consumer;
        let not_found = emitted.map(|totals| {
            for not_judged in &totals.not_judged {
                consumer.accept(render.problem(Problem::in_file("", not_judged)));
            }
            self.totals.looked_at.undecided += totals.undecided as u64;
            for (field, count) in &totals.unsaid {
                *self.totals.counts.unsaid.entry(*field).or_default() += *count;
            }
            let places = totals.not_found;
            (places > 0).then_some(PlacesNotFound { places })
        });
        let incomplete: Option<&dyn Localized> = match &not_found {
            Ok(not_found) => not_found.as_ref().map(|error| error as &dyn Localized),
            Err(error) => Some(error),
        };
        incomplete.into_iter().for_each(|error| consumer.accept(render.problem(Problem::in_file("", error))));
        for (file, suppressions) in &self.suppressions {
            let file = u32::try_from(*file).unwrap_or(u32::MAX);
            let Some(source) = places.file(file) else { continue };
            let findings = unused_suppressions(self.engine, &source, suppressions, side_files);
            findings.into_iter().for_each(|finding| consumer.accept(render.finding(finding)));
        }
        self.totals.complete = true;
        self.totals
    }
}

/// Passes on what the end of the run finds, unless a comment silences it.
struct EndOfRun<'e, T, R> {
    suppressions: &'e mut Vec<(usize, Vec<Suppression>)>,
    held: &'e mut FxHashMap<(PackedPlace, u32), T>,
    counts: &'e mut SilentCounts,
    inputs: &'e [Input],
    consumer: &'e mut dyn Consumer<T>,
    render: &'e R,
    as_of: NaiveDate,
}

impl<T, R: Render<Out = T>> CrossRecordSink for EndOfRun<'_, T, R> {
    fn finding(&mut self, _file: usize, finding: Finding) {
        let (as_of, mut is_silenced) = (self.as_of, false);
        for (file, suppressions) in self.suppressions.iter_mut() {
            let input = self.inputs.get(*file);
            is_silenced |= input.is_some_and(|input| silences_any(&finding, suppressions, as_of, &input.name));
        }
        if is_silenced {
            self.counts.suppressed += 1;
        } else {
            self.consumer.accept(self.render.finding(finding));
        }
    }

    fn held(&mut self, place: PackedPlace, ordinal: u32) {
        // What a comment silences was counted when it was made.
        if let Some(held) = self.held.remove(&(place, ordinal)) {
            self.consumer.accept(held);
        }
    }
}
