//! The run of a check: workers render; one collector consults the baseline, counts and writes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_base::in_order::Consumer;
use dianjian_document::edit::Applicability;
use dianjian_document::problem::Problem;
use dianjian_engine::baseline::Baseline;
use dianjian_engine::finding::{RuleCount, RuleInfo, UnsaidField};
use dianjian_engine::shards::PartialSet;
use dianjian_engine::{Engine, Finding, Render, SeverityPolicy as _, Summary};
use dianjian_report::{Rendered, Renderer, Reports, RunInfo, WriteError};
use dianjian_rules::language::Severity;
use dianjian_rules::record::{KindIndex, Kinds, Slot};
use dianjian_rules::{RuleBody, Ruleset};

use super::filter::{Listing, ReportFilter};
use super::known::KnownFindings;
use super::options::CheckOptions;
use super::pictures::Pictures;
use crate::config::ProjectPolicy;
use crate::error::CliError;
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::ByteProgress;
use crate::terminal::Terminal;

/// Findings wait in buffers for at most this long before a reader sees them.
const PATIENCE: Duration = Duration::from_millis(200);

/// The result of a check, apart from its reports.
#[derive(Debug, Default)]
pub struct CheckOutcome {
    pub summary: Summary,
    /// Findings at or above `--fail-on`.
    pub failing: usize,
    /// False if it was interrupted, or if all readers of its reports went away.
    pub complete: bool,
    /// The problems, if no report goes to the standard output.
    pub unreported: Vec<Problem>,
    /// Reports that could not be written.
    pub unwritten: Vec<WriteError>,
    /// Copies of pictures with boxes that were written.
    pub annotated: Vec<PathBuf>,
    /// Copies that could not be written.
    pub unmarked: Vec<CliError>,
}

impl CheckOutcome {
    /// Whether the baseline stays as it is. Where something was not understood, findings that are gone may come back; those
    /// that are there may be entered all the same.
    pub fn may_not_change_the_baseline(&self, known: &KnownFindings) -> bool {
        let is_incomplete = self.summary.gaps > 0 && !known.accepts();
        self.summary.problems > 0 || !self.unwritten.is_empty() || !self.unmarked.is_empty() || is_incomplete
    }

    pub fn exit(&self) -> Exit {
        let summary = &self.summary;
        let found = summary.errors + summary.warnings + summary.infos + summary.baselined + summary.suppressed;
        let found = found + summary.hidden + summary.elsewhere;
        if summary.problems > 0 || summary.gaps > 0 || !self.unwritten.is_empty() || !self.unmarked.is_empty() {
            Exit::Untrusted
        } else if self.failing > 0 {
            Exit::Findings
        } else if summary.records.is_empty() && found == 0 {
            Exit::Nothing
        } else {
            Exit::Clean
        }
    }
}

/// Checks the files, or takes the partial results of shards that did, and writes the reports.
pub fn check(options: &mut CheckOptions, parts: Option<&PartialSet>, terminal: &Terminal) -> CheckOutcome {
    let watch = Arc::clone(&options.watch);
    watch.during(|| check_watched(options, parts, terminal))
}

fn check_watched(options: &mut CheckOptions, parts: Option<&PartialSet>, terminal: &Terminal) -> CheckOutcome {
    let reports = Reports::open(options.run.clone(), &options.outputs, terminal.look);
    let silent = options.silent();
    let known = &mut options.known;
    known.looks_at(&options.inputs.files, &options.roots, &options.project.pack, &options.policy);
    let pictures = Arc::clone(&options.pictures);
    let engine = Engine::new(&options.project.pack, &options.policy, options.engine.clone());
    let workers = ItemRenderer {
        unique: unique_fields(engine.rules(), &options.project.pack.kinds),
        renderer: reports.renderer(),
        known: known.snapshot(),
        accept: known.accepts(),
        silent,
        pictures,
        policy: options.policy.clone(),
        as_of: options.engine.policy.as_of,
        filter: Arc::clone(&options.filter),
    };
    let bytes = parts.map_or_else(|| options.inputs.bytes(), PartialSet::bytes);
    let progress = ByteProgress::new(bytes, options.watch.bars());
    let by_rule = options.run.counts_only.then(BTreeMap::new);
    let tally = FindingTally { run: &options.run, known, checked: CheckOutcome::default(), by_rule };
    let mut printer = ItemPrinter { reports, tally, workers: &workers, progress: &progress, handed_on: None };
    options.problems.iter().for_each(|problem| printer.accept(workers.problem(problem.clone())));
    let add = |bytes| progress.add(bytes);
    let totals = match parts {
        Some(parts) => engine.merge(parts, &workers, &add, &mut printer),
        None => engine.run_with(&options.inputs.files, &workers, &add, &mut printer),
    };
    if totals.complete {
        let found = options.policy.ignores().findings(&engine, &options.policy, &options.inputs.files, &options.roots);
        found.into_iter().for_each(|finding| printer.accept(workers.finding(finding)));
    }
    progress.end();
    let ItemPrinter { reports, tally: FindingTally { mut checked, by_rule, .. }, .. } = printer;
    checked.complete = totals.complete && !interrupt::stopped();
    let summary = &mut checked.summary;
    (summary.files, summary.records) = (totals.files, totals.records);
    summary.suppressed += totals.counts.suppressed;
    summary.statistics = by_rule.map(rule_counts);
    summary.looked_at = totals.looked_at;
    (summary.addresses, summary.nothing_to_check) = (totals.counts.addresses, totals.counts.nothing_to_check);
    summary.unsaid = unsaid(&totals.counts.unsaid, &options.project.pack.kinds);
    (summary.totals, summary.outside) = (totals.counts.totals, totals.counts.outside);
    if interrupt::stopped() {
        // Reports are not finished, so files keep their old content.
        return checked;
    }
    summary.stale = options.known.stale();
    (checked.annotated, checked.unmarked) = options.pictures.finish();
    checked.unwritten = reports.finish(&checked.summary).err().unwrap_or_default();
    checked
}

/// Fields that are unsaid, by their names.
fn unsaid(counts: &BTreeMap<(KindIndex, Slot), usize>, kinds: &Kinds) -> Vec<UnsaidField> {
    let named = |(&(kind, slot), &records): (&(KindIndex, Slot), &usize)| {
        let kind = kinds.get(kind);
        let field = kind.fields.get(usize::from(slot))?;
        Some(UnsaidField { field: format!("{}.{}", kind.name, field.path), title: field.title.clone(), records })
    };
    counts.iter().filter_map(named).collect()
}

/// Counts and writes the workers' items in the order of the inputs.
struct ItemPrinter<'c> {
    reports: Reports,
    tally: FindingTally<'c>,
    workers: &'c ItemRenderer,
    progress: &'c ByteProgress,
    /// When the reports were last flushed.
    handed_on: Option<Instant>,
}

impl Consumer<ReportItem> for ItemPrinter<'_> {
    fn accept(&mut self, out: ReportItem) {
        if let Some(rendered) = self.tally.count(out, self.workers) {
            self.progress.aside(|| self.reports.write(&rendered));
            if self.handed_on.is_none_or(|last| last.elapsed() > PATIENCE) {
                self.pause();
            }
        }
    }

    fn pause(&mut self) {
        self.progress.aside(|| self.reports.flush());
        self.handed_on = Some(Instant::now());
    }

    fn wants_more(&mut self) -> bool {
        !interrupt::stopped() && self.reports.wanted()
    }
}

/// Renders findings and problems on the workers' threads.
struct ItemRenderer {
    renderer: Renderer,
    known: Baseline,
    /// Whether all findings go into the baseline.
    accept: bool,
    silent: bool,
    pictures: Arc<Pictures>,
    /// Fields whose values no two records may share.
    unique: BTreeSet<(String, String)>,
    policy: ProjectPolicy,
    as_of: NaiveDate,
    filter: Arc<ReportFilter>,
}

/// A finding or problem on its way to the collector.
enum ReportItem {
    Finding {
        rule: Arc<RuleInfo>,
        severity: Severity,
        fixable: Option<FixOffer>,
        is_gap: bool,
        rendered: Rendered,
    },
    /// May be in the baseline, which only the collector can decide, in order; rendered if it is not.
    Perhaps(Box<Finding>),
    /// The configuration silences it.
    Silenced,
    /// A filter keeps it from the reports.
    Unlisted(Listing),
    Problem {
        rendered: Rendered,
        unreported: Option<Box<Problem>>,
    },
}

impl Render for ItemRenderer {
    type Out = ReportItem;

    fn finding(&self, mut finding: Finding) -> ReportItem {
        let is_silenced = self.policy.silences(&finding, self.as_of);
        let may_be_known = self.accept || self.known.may_know(&finding.fingerprint);
        if finding.is_gap {
            // What was not understood is reported whatever else is said.
            if is_silenced || may_be_known || self.filter.listing(&finding) != Listing::Listed {
                finding.tell_unfiltered();
            }
        } else if is_silenced {
            return ReportItem::Silenced;
        } else if may_be_known {
            return ReportItem::Perhaps(Box::new(finding));
        }
        self.rendered(finding)
    }

    fn problem(&self, problem: Problem) -> ReportItem {
        let rendered = self.renderer.problem(&problem);
        ReportItem::Problem { rendered, unreported: self.silent.then(|| Box::new(problem)) }
    }
}

impl ItemRenderer {
    fn offer(&self, finding: &Finding) -> Option<FixOffer> {
        let best = finding.fixes.iter().map(|fix| fix.applicability).min();
        let applicability = best.filter(|best| *best != Applicability::Manual)?;
        let path = FieldPath::new(&finding.path).without_indices();
        let is_of = |(kind, field): &(String, String)| {
            let own = path.strip_suffix(field.as_str());
            *kind == *finding.record.kind && own.is_some_and(|outer| outer.is_empty() || outer.ends_with('.'))
        };
        Some(FixOffer { applicability, is_unproven: self.unique.iter().any(is_of) })
    }

    /// A finding that is not in the baseline, rendered if the reports list it.
    fn rendered(&self, mut finding: Finding) -> ReportItem {
        let listing = if finding.is_gap { Listing::Listed } else { self.filter.listing(&finding) };
        match listing {
            Listing::Listed => {
                self.pictures.of(&mut finding);
                ReportItem::Finding {
                    rule: Arc::clone(&finding.rule),
                    severity: finding.severity,
                    fixable: self.offer(&finding),
                    is_gap: finding.is_gap,
                    rendered: self.renderer.finding(&finding),
                }
            }
            listing => ReportItem::Unlisted(listing),
        }
    }
}

/// Counts by rule, those of the worst severity and of these the most frequent first.
fn rule_counts(by_rule: BTreeMap<(Severity, String), (usize, usize)>) -> Vec<RuleCount> {
    let count = |((severity, rule), (count, fixable))| RuleCount { rule, severity, count, fixable };
    let mut counts: Vec<RuleCount> = by_rule.into_iter().map(count).collect();
    counts.sort_by_key(|counted| (Reverse(counted.severity), Reverse(counted.count)));
    counts
}

/// The safest of a finding's fixes that can be applied automatically.
#[derive(Clone, Copy)]
struct FixOffer {
    applicability: Applicability,
    /// Whether it changes a value that no other record may have.
    is_unproven: bool,
}

/// The fields of which groups say that no two records have the same value, by kind and path.
fn unique_fields(rules: &Ruleset, kinds: &Kinds) -> BTreeSet<(String, String)> {
    let mut fields = BTreeSet::new();
    for rule in rules.rules.iter().filter(|rule| rule.active) {
        let RuleBody::Group(group) = &rule.body else { continue };
        if !group.is_unique() {
            continue;
        }
        for member in &group.members {
            let kind = kinds.get(member.kind);
            let of_kind = member.by.iter().filter_map(|key| kind.fields.get(usize::from(key.path.own_slot()?)));
            fields.extend(of_kind.map(|field| (kind.name.to_string(), field.path.clone())));
        }
    }
    fields
}

/// Counts items in the order of the inputs.
struct FindingTally<'c> {
    run: &'c RunInfo,
    known: &'c mut KnownFindings,
    checked: CheckOutcome,
    /// Findings and how many of them are fixable, if anybody asked for them.
    by_rule: Option<BTreeMap<(Severity, String), (usize, usize)>>,
}

impl FindingTally<'_> {
    /// Counts an item; returns what the reports show of it.
    fn count(&mut self, out: ReportItem, workers: &ItemRenderer) -> Option<Rendered> {
        match out {
            ReportItem::Perhaps(finding) if self.known.takes(&finding) => {
                self.checked.summary.baselined += 1;
                None
            }
            ReportItem::Perhaps(finding) => self.count(workers.rendered(*finding), workers),
            ReportItem::Silenced => {
                self.checked.summary.suppressed += 1;
                None
            }
            ReportItem::Unlisted(listing) => {
                let summary = &mut self.checked.summary;
                summary.hidden += usize::from(listing == Listing::Hidden);
                summary.elsewhere += usize::from(listing == Listing::Elsewhere);
                None
            }
            ReportItem::Finding { rule, severity, fixable, is_gap, rendered } => {
                self.checked.summary.gaps += usize::from(is_gap);
                self.finding(severity, fixable);
                if let Some(counts) = &mut self.by_rule {
                    let (count, fixes) = counts.entry((severity, rule.id.clone())).or_default();
                    *count += 1;
                    *fixes += usize::from(fixable.is_some());
                }
                Some(rendered)
            }
            ReportItem::Problem { rendered, unreported } => {
                self.checked.summary.problems += 1;
                self.checked.unreported.extend(unreported.map(|problem| *problem));
                Some(rendered)
            }
        }
    }

    fn finding(&mut self, severity: Severity, fixable: Option<FixOffer>) {
        self.checked.failing += usize::from(self.run.fails(severity));
        let summary = &mut self.checked.summary;
        match severity {
            Severity::Error => summary.errors += 1,
            Severity::Warning => summary.warnings += 1,
            Severity::Info => summary.infos += 1,
        }
        let Some(FixOffer { applicability, is_unproven }) = fixable else { return };
        let (fixable, unproven) = match applicability {
            Applicability::Safe => (&mut summary.fixable.0, &mut summary.unproven.0),
            _ => (&mut summary.fixable.1, &mut summary.unproven.1),
        };
        *fixable += 1;
        *unproven += usize::from(is_unproven);
    }
}
