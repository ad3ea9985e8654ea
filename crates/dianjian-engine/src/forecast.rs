//! Looks ahead: the days on which a record's findings will differ from the day before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile};
use dianjian_document::tree::{self, Format, Tree};
use dianjian_rules::record::ReaderEvent;
use dianjian_rules::{DateBase, Pack, RuleBody, Test};

use crate::check_record::{RecordChecker, own_day};
use crate::run::read;
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
/// itself names, moved by the offsets that rules use. Only these days are tried. Cross-record rules are left out: what
/// changes for them depends on other records, too.
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
    let mut forecaster = Forecaster { pack, policy, options, to, engines: BTreeMap::new() };
    let offsets = offsets(pack, options.policy.as_of);
    let mut forecasts = Vec::new();
    let mut problems = Vec::new();
    let base = forecaster.engine(options.policy.as_of);
    for input in inputs {
        match read(input, &base) {
            Err(error) => problems.push(Problem::of_source(&error)),
            Ok(source) => forecaster.file(input, &Arc::new(source), &offsets, &mut forecasts, &mut problems),
        }
    }
    (forecasts, problems)
}

struct Forecaster<'l> {
    pack: &'l Pack,
    policy: &'l dyn SeverityPolicy,
    options: &'l RunOptions,
    to: NaiveDate,
    engines: BTreeMap<NaiveDate, Arc<Engine<'l>>>,
}

/// A record in a file: the index of its document, then of the record in that.
type RecordIndex = (usize, usize);

impl<'l> Forecaster<'l> {
    fn engine(&mut self, day: NaiveDate) -> Arc<Engine<'l>> {
        let (pack, policy, options) = (self.pack, self.policy, self.options);
        let make = || Arc::new(Engine::new(pack, policy, options.clone().at(day)));
        Arc::clone(self.engines.entry(day).or_insert_with(make))
    }

    fn file(
        &mut self,
        input: &Input,
        source: &Arc<SourceFile>,
        offsets: &BTreeSet<i64>,
        out: &mut Vec<RecordForecast>,
        problems: &mut Vec<Problem>,
    ) {
        let format = Format::resolve(input.format, source.text());
        let base = self.engine(self.options.policy.as_of);
        let (mut names, mut days) = (Vec::new(), BTreeMap::<RecordIndex, BTreeSet<NaiveDate>>::new());
        let side_files = DiskSideFiles::of(&base);
        let mut number = 0;
        let mut near_misses = Vec::new();
        let mut tree = Tree::new();
        let errors = tree::parse(source, format, &base.policy.limits, &mut tree, &mut |root| {
            let mut at = 0;
            RecordChecker::reader(&base, &side_files).read(source, root, &mut |seen| {
                let (record, outer) = match seen {
                    ReaderEvent::Record(record, outer) => (record, outer),
                    ReaderEvent::NearMiss(node, near) => {
                        return near_misses.push(near.problem(source, node.head_span()));
                    }
                    _ => return,
                };
                let kind = base.pack.kinds.get(record.kind_index);
                let own_day = own_day(&base, record, outer);
                if outer.is_none() {
                    names.push(((number, at), kind.name.to_string(), record.id(kind), own_day));
                    at += 1;
                }
                let tried =
                    own_day.map_or_else(|| self.days(&record.dates(kind), offsets), |day| BTreeSet::from([day]));
                let tried = tried.into_iter().filter(|day| self.is_ahead(*day));
                days.entry((number, at - 1)).or_default().extend(tried);
            });
            number += 1;
        });
        let audible = self.audible_again(source, &tree);
        days.values_mut().for_each(|tried| tried.extend(&audible));
        // In a folder, what cannot be parsed is none of ours unless it looks like it.
        if input.explicit || !names.is_empty() || base.pack.familiar.text(source.text()).is_some() {
            problems.extend(errors.iter().map(|error| Problem::at(source, error.span, error)));
        }
        problems.append(&mut near_misses);
        let tried: BTreeSet<NaiveDate> = days.values().flatten().copied().collect();
        let mut before = self.findings(source, format, self.options.policy.as_of);
        let mut changes: BTreeMap<RecordIndex, Vec<FindingChange>> = BTreeMap::new();
        for day in tried {
            let now = self.findings(source, format, day);
            for (place, _) in days.iter().filter(|(_, days)| days.contains(&day)) {
                let [old, new] = [&before, &now].map(|on_day| on_day.get(place).map_or(&[][..], Vec::as_slice));
                let (begins, ends) = (missing_from(new, old), missing_from(old, new));
                if !begins.is_empty() || !ends.is_empty() {
                    changes.entry(*place).or_default().push(FindingChange { day, begins, ends });
                }
            }
            before = now;
        }
        for (place, kind, id, own_day) in names {
            let changes = changes.remove(&place).unwrap_or_default();
            out.push(RecordForecast { file: input.name.clone(), kind, id, own_day, changes });
        }
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

    /// The findings of a source on a day, by record.
    fn findings(
        &mut self,
        source: &Arc<SourceFile>,
        format: Format,
        day: NaiveDate,
    ) -> BTreeMap<RecordIndex, Vec<Finding>> {
        let engine = self.engine(day);
        let start = self.options.policy.as_of;
        let side_files = DiskSideFiles::of(&engine);
        let mut by_record: BTreeMap<RecordIndex, Vec<Finding>> = BTreeMap::new();
        let (mut number, mut tree) = (0, Tree::new());
        tree::parse(source, format, &engine.policy.limits, &mut tree, &mut |root| {
            let mut checker = RecordChecker::new(&engine, source, &side_files);
            checker.is_alone = true;
            let mut at = 0;
            RecordChecker::reader(&engine, &side_files).read(source, root, &mut |seen| {
                let ReaderEvent::Record(record, outer) = seen else { return };
                let judged = match own_day(&engine, record, outer) {
                    Some(own_day) if own_day > start.max(day) => start,
                    Some(own_day) => own_day,
                    None => day,
                };
                checker.record_on(judged, record, outer);
                at += usize::from(outer.is_none());
                by_record.entry((number, at - 1)).or_default().append(&mut checker.findings);
            });
            number += 1;
        });
        let (mut suppressions, _) = suppressions(source, tree.comments(), day);
        for findings in by_record.values_mut() {
            drop_suppressed(findings, &mut suppressions, day, source.name());
            findings.retain(|finding| !engine.silences(finding));
        }
        by_record
    }
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
