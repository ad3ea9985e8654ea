//! Looks ahead: the days on which a record's findings will differ from the day before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceError, SourceFile};
use dianjian_document::tree::{self, Format, Tree};
use dianjian_rules::record::ReaderEvent;
use dianjian_rules::{DateBase, Pack, RuleBody, Test};
use rustc_hash::FxHashMap;

use crate::check_record::source::document_problem;
use crate::check_record::{HeldFinding, RecordChecker, own_day, start_of};
use crate::cross_record::groups::PackedPlace;
use crate::cross_record::reread::InputLookup;
use crate::cross_record::{CrossRecordSink, CrossRecordState};
use crate::run::{ChunkLocation, WorkUnit, format_of_chunk, produce, read};
use crate::shards::sharding::Sharding;
use crate::side_files::DiskSideFiles;
use crate::suppress::{Suppression, drop_suppressed, suppressions};
use crate::{Engine, Finding, RunOptions, SeverityPolicy};

/// A day on which something changes for a record.
#[derive(Debug, Clone)]
pub struct FindingChange {
    /// The first day of the change.
    pub day: NaiveDate,
    /// Findings from that day on.
    pub begins: Vec<Finding>,
    /// Findings of the day before that are gone.
    pub ends: Vec<Finding>,
}

/// How a record's findings will change.
#[derive(Debug, Clone)]
pub struct RecordForecast {
    /// The file that holds it.
    pub file: String,
    /// E.g. `Shop`.
    pub kind: String,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// The day that it has of its own (`scheduled` of a live room): the only one on which it can change.
    pub own_day: Option<NaiveDate>,
    /// The coming changes, soonest first.
    pub changes: Vec<FindingChange>,
}

/// Looks ahead from the day of the check (exclusive) to `to` (inclusive), for every record of the inputs.
///
/// Findings can change only on days on which a rule or a table row begins or ends, or around a day that the record
/// itself names, moved by the offsets that rules use. Only these days are tried; of a record that names others, or takes
/// fields from them, the days of all records. What rules say over several records is left out: what changes for them
/// depends on all of these.
///
/// What has a day of its own takes place on that day and no other: until then it is as the rules of today find it, from
/// then on as those of its day do. Days in between say nothing of it, and one whose day is over does not change.
pub fn forecast(
    pack: &Pack,
    policy: &dyn SeverityPolicy,
    options: &RunOptions,
    inputs: &[Input],
    to: NaiveDate,
) -> (Vec<RecordForecast>, Vec<Problem>) {
    let mut forecaster = Forecaster { pack, policy, options, inputs, to, engines: BTreeMap::new() };
    let survey = forecaster.survey();
    let tried: BTreeSet<NaiveDate> = survey.records.values().flat_map(|record| &record.days).copied().collect();
    let mut before = forecaster.findings(options.policy.as_of);
    // Until their own day records that have one are as they are today, and then as on that day.
    let has_own_day = |place: &ForecastPlace| survey.records.get(place).is_some_and(|record| record.own_day.is_some());
    let of_own_day = before.by_record.iter().filter(|(place, _)| has_own_day(place));
    let mut of_own_day: FindingsByRecord = of_own_day.map(|(place, findings)| (*place, findings.clone())).collect();
    let mut changes: BTreeMap<ForecastPlace, Vec<FindingChange>> = BTreeMap::new();
    for day in &tried {
        let now = forecaster.findings(*day);
        for (place, record) in &survey.records {
            let has_own_day = record.own_day.is_some();
            if !record.days.contains(day) && (has_own_day || !record.names_others) {
                continue;
            }
            let old = if has_own_day { of_own_day.remove(place) } else { before.by_record.remove(place) };
            let old = old.unwrap_or_default();
            let of_day = if has_own_day && record.own_day != Some(*day) { Some(old.clone()) } else { None };
            let new = of_day.unwrap_or_else(|| now.by_record.get(place).cloned().unwrap_or_default());
            let old_day = day.pred_opt().unwrap_or(*day);
            let (heard, hears) =
                (forecaster.audible(&before, *place, &old, old_day), forecaster.audible(&now, *place, &new, *day));
            let (begins, ends) = (missing_from(&hears, &heard), missing_from(&heard, &hears));
            if !begins.is_empty() || !ends.is_empty() {
                changes.entry(*place).or_default().push(FindingChange { day: *day, begins, ends });
            }
            if has_own_day {
                of_own_day.insert(*place, new);
            }
        }
        before = now;
    }
    let forecasts = survey.records.into_iter().map(|(place, record)| {
        let SurveyedRecord { file, kind, id, own_day, .. } = record;
        RecordForecast { file, kind, id, own_day, changes: changes.remove(&place).unwrap_or_default() }
    });
    (forecasts.collect(), survey.problems)
}

struct Forecaster<'l> {
    pack: &'l Pack,
    policy: &'l dyn SeverityPolicy,
    options: &'l RunOptions,
    inputs: &'l [Input],
    to: NaiveDate,
    engines: BTreeMap<NaiveDate, Arc<Engine<'l>>>,
}

/// Where a record begins that lies in no other: the number of its file, and the byte in it.
type ForecastPlace = (usize, u64);

/// What lies in a record is found at that one.
type FindingsByRecord = BTreeMap<ForecastPlace, Vec<Finding>>;

/// What a day finds, silenced or not.
struct DayFindings {
    by_record: FindingsByRecord,
    /// By the number of a file: the comments in it that silence something.
    silent: FxHashMap<usize, Vec<Suppression>>,
}

/// What is known of a record before any day is tried.
struct SurveyedRecord {
    file: String,
    kind: String,
    id: Option<String>,
    own_day: Option<NaiveDate>,
    /// The days on which it may change by itself.
    days: BTreeSet<NaiveDate>,
    /// Whether it, or what lies in it, may be judged with fields of others.
    names_others: bool,
}

/// All records of the inputs.
#[derive(Default)]
struct Survey {
    records: BTreeMap<ForecastPlace, SurveyedRecord>,
    problems: Vec<Problem>,
}

impl<'l> Forecaster<'l> {
    /// The engine of a day. Standard input can be read only once, by the first of them.
    fn engine(&mut self, day: NaiveDate) -> Arc<Engine<'l>> {
        let (pack, policy, options) = (self.pack, self.policy, self.options);
        let first = self.engines.get(&options.policy.as_of).cloned();
        let make = || {
            let mut engine = Engine::new(pack, policy, options.clone().at(day));
            if let Some(first) = first {
                engine.share_stdin(&first);
            }
            Arc::new(engine)
        };
        Arc::clone(self.engines.entry(day).or_insert_with(make))
    }

    /// Reads the inputs for the first time.
    fn survey(&mut self) -> Survey {
        let base = self.engine(self.options.policy.as_of);
        let offsets = offsets(self.pack, self.options.policy.as_of);
        let side_files = DiskSideFiles::of(&base);
        let (mut survey, mut tree) = (Survey::default(), Tree::new());
        each_source(&base, self.inputs, &mut |input, source| {
            let (source, format, _) = match source {
                Ok(read) => read,
                Err(error) => return survey.problems.push(Problem::of_source(&error)),
            };
            let (mut near_misses, mut places) = (Vec::new(), Vec::new());
            let errors = tree::parse(&source, format, &base.policy.limits, &mut tree, &mut |root| {
                RecordChecker::reader(&base, &side_files).read(&source, root, &mut |seen| {
                    let (record, outer) = match seen {
                        ReaderEvent::Record(record, outer) => (record, outer),
                        ReaderEvent::NearMiss(node, near) => {
                            return near_misses.push(near.problem(&source, node.head_span()));
                        }
                        _ => return,
                    };
                    let kind = base.pack.kinds.get(record.kind_index);
                    let own_day = own_day(&base, record, outer);
                    if outer.is_none() {
                        let place = (input, start_of(record.node.source(), &record.value));
                        let (file, kind, id) = (source.name().to_owned(), kind.name.to_string(), record.id(kind));
                        let (days, names_others) = (BTreeSet::new(), false);
                        let surveyed = SurveyedRecord { file, kind, id, own_day, days, names_others };
                        survey.records.insert(place, surveyed);
                        places.push(place);
                    }
                    let Some(surveyed) = places.last().and_then(|place| survey.records.get_mut(place)) else { return };
                    surveyed.names_others |= !kind.references.is_empty() || !kind.inherits.is_empty();
                    let of_dates = || self.days(&record.dates(kind), &offsets);
                    let tried = own_day.map_or_else(of_dates, |day| BTreeSet::from([day]));
                    surveyed.days.extend(tried.into_iter().filter(|day| self.is_ahead(*day)));
                });
            });
            let audible = self.audible_again(&source, &tree);
            for place in &places {
                survey.records.get_mut(place).into_iter().for_each(|record| record.days.extend(&audible));
            }
            // In a folder, what cannot be parsed is none of ours unless it looks like it.
            let is_explicit = self.inputs.get(input).is_some_and(|input| input.explicit);
            if is_explicit || !places.is_empty() || base.pack.familiar.text(source.text()).is_some() {
                survey.problems.extend(errors.iter().map(|error| document_problem(&source, error)));
            }
            survey.problems.append(&mut near_misses);
        });
        survey
    }

    fn is_ahead(&self, day: NaiveDate) -> bool {
        day > self.options.policy.as_of && day <= self.to
    }

    /// The days on which comments in a file or the project no longer silence something.
    fn audible_again(&self, source: &SourceFile, tree: &Tree) -> BTreeSet<NaiveDate> {
        let (suppressions, _) = suppressions(source, tree.comments(), self.options.policy.as_of);
        let last_days = suppressions.iter().filter_map(Suppression::last_day).chain(self.policy.last_days());
        last_days.filter_map(|day| day.succ_opt()).filter(|day| self.is_ahead(*day)).collect()
    }

    /// The days on which the findings of a record without a day of its own can change.
    fn days(&self, dates: &[NaiveDate], offsets: &BTreeSet<i64>) -> BTreeSet<NaiveDate> {
        let mut days: BTreeSet<NaiveDate> = self.pack.boundaries();
        for date in dates {
            for offset in offsets {
                // Bounds are met on the day itself or on the day after.
                let shift =
                    |days: i64| chrono::TimeDelta::try_days(days).and_then(|delta| date.checked_sub_signed(delta));
                days.extend(shift(*offset));
                days.extend(shift(*offset).and_then(|day| day.checked_add_days(Days::new(1))));
            }
        }
        days
    }

    /// What neither comments nor the project silence on a day.
    fn audible(&self, of: &DayFindings, place: ForecastPlace, findings: &[Finding], day: NaiveDate) -> Vec<Finding> {
        let mut findings = findings.to_vec();
        let name = self.inputs.get(place.0).map_or("", |input| input.name.as_str());
        let mut silent = of.silent.get(&place.0).cloned().unwrap_or_default();
        drop_suppressed(&mut findings, &mut silent, day, name);
        findings.retain(|finding| finding.is_gap || !self.policy.silences(finding, day));
        findings
    }

    /// The findings of all records on a day.
    fn findings(&mut self, day: NaiveDate) -> DayFindings {
        let engine = self.engine(day);
        let side_files = DiskSideFiles::of(&engine);
        let mut state = CrossRecordState::new(&engine);
        let mut tree = Tree::new();
        let (mut chunks, mut silent): (FxHashMap<u32, Vec<ChunkLocation>>, FxHashMap<usize, Vec<Suppression>>) =
            Default::default();
        let mut gathered = GatheredFindings { engine: &engine, by_record: BTreeMap::new(), held: FxHashMap::default() };
        each_source(&engine, self.inputs, &mut |file, source| {
            let Ok((source, format, chunk)) = source else { return };
            let number = u32::try_from(file).unwrap_or(u32::MAX);
            let mut checker = RecordChecker::new(&engine, &source, &side_files);
            let mut place = (file, 0);
            tree::parse(&source, format, &engine.policy.limits, &mut tree, &mut |root| {
                RecordChecker::reader(&engine, &side_files).read(&source, root, &mut |seen| {
                    let ReaderEvent::Record(record, outer) = seen else { return };
                    if outer.is_none() {
                        place = (file, start_of(record.node.source(), &record.value));
                    }
                    checker.record(record, outer);
                    gathered.by_record.entry(place).or_default().append(&mut checker.take_findings());
                });
            });
            silent.entry(file).or_default().extend(suppressions(&source, tree.comments(), day).0);
            for HeldFinding { start, ordinal, finding } in std::mem::take(&mut checker.held) {
                gathered.held.insert((PackedPlace::new(number, start), ordinal), finding);
            }
            state.add(number, std::mem::take(&mut checker.cross_record));
            chunks.entry(number).or_default().extend(chunk);
        });
        chunks.retain(|_, chunks| !chunks.is_empty());
        let mut places = InputLookup::new(&engine, self.inputs, chunks);
        // Without room for temporary files there are fewer findings on every day alike.
        let _ = state.emit(&engine, &side_files, &mut places, &mut gathered);
        DayFindings { by_record: gathered.by_record, silent }
    }
}

/// Receives what records come to once those that they name are known.
struct GatheredFindings<'g> {
    engine: &'g Engine<'g>,
    by_record: FindingsByRecord,
    /// By the place of the record, and the number among those of it.
    held: FxHashMap<(PackedPlace, u32), Finding>,
}

impl GatheredFindings<'_> {
    /// Adds a finding to the record in which a place lies.
    fn add(&mut self, (file, start): ForecastPlace, finding: Finding) {
        let before = self.by_record.range_mut((file, 0)..=(file, start)).next_back();
        if let Some((_, findings)) = before {
            findings.push(finding);
        }
    }
}

impl CrossRecordSink for GatheredFindings<'_> {
    fn finding(&mut self, file: usize, finding: Finding) {
        let mut rules = self.engine.rules().rules.iter();
        let rule = rules.find(|rule| rule.info.id == finding.rule.id);
        if rule.is_some_and(|rule| matches!(rule.body, RuleBody::Check(_))) {
            let label = &finding.primary;
            let start = label.source.base_offset() + u64::from(label.span.start);
            self.add((file, start), finding);
        }
    }

    fn held(&mut self, place: PackedPlace, ordinal: u32) {
        if let Some(finding) = self.held.remove(&(place, ordinal)) {
            self.add((place.file() as usize, place.start()), finding);
        }
    }
}

/// A source that was read, its format, and where it lies in its file if it is a part of it.
type ReadSource = Result<(Arc<SourceFile>, Format, Option<ChunkLocation>), SourceError>;

/// Calls `f` with every source of the inputs, and the number of its input.
fn each_source(engine: &Engine<'_>, inputs: &[Input], f: &mut dyn FnMut(usize, ReadSource)) {
    produce(engine, inputs, &[], Sharding::none(), &mut |unit| {
        match unit {
            WorkUnit::Files(files) => {
                for (number, input) in files {
                    let whole = read(&input, engine).map(|source| {
                        let format = Format::resolve(input.format, source.text());
                        (Arc::new(source), format, None)
                    });
                    f(number, whole);
                }
            }
            WorkUnit::Chunk(number, chunk) => f(
                number,
                chunk.map(|source| {
                    let (location, format) = (ChunkLocation::of(&source), format_of_chunk(&source));
                    (Arc::new(source), format, location)
                }),
            ),
            WorkUnit::Unopened(number, error) => f(number, Err(error)),
            WorkUnit::Passed(..) | WorkUnit::PassedSheet(..) | WorkUnit::LineCount(..) => {}
        }
        true
    });
}

/// Findings without a counterpart of the same fingerprint and severity in the other list.
fn missing_from(findings: &[Finding], other: &[Finding]) -> Vec<Finding> {
    let like =
        |left: &Finding, right: &Finding| left.fingerprint == right.fingerprint && left.severity == right.severity;
    findings.iter().filter(|finding| !other.iter().any(|known| like(known, finding))).cloned().collect()
}

/// The numbers of days that rules add to dates before they compare them with the day of the check.
fn offsets(pack: &Pack, day: NaiveDate) -> BTreeSet<i64> {
    let mut offsets = BTreeSet::from([0]);
    for rule in &pack.at(day).rules {
        let (body, group) = match &rule.body {
            RuleBody::Check(check) => (Some(check), None),
            RuleBody::Group(group) => (None, Some(group)),
            RuleBody::Reference { .. } | RuleBody::Schema(_) => (None, None),
        };
        let of_group = group.into_iter().flat_map(|group| group.conditions());
        for check in rule.when.iter().chain(body).chain(of_group) {
            check.each_leaf(&mut |leaf| {
                for test in &leaf.tests {
                    let Test::Date(bounds) = test else { continue };
                    let moving = bounds.iter().filter(|(_, date)| !matches!(date.base, DateBase::Day(_)));
                    offsets.extend(moving.map(|(_, date)| date.plus_days));
                }
            });
        }
    }
    offsets
}
