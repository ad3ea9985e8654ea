//! The run of a check: workers render, one collector counts, asks the baseline and writes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::known::KnownFindings;
use super::options::CheckOptions;
use super::pictures::Pictures;
use crate::error::CliError;
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::ByteProgress;
use crate::terminal::Terminal;
use dianjian_base::in_order::Consumer;
use dianjian_document::edit::Applicability;
use dianjian_document::problem::Problem;
use dianjian_engine::baseline::Baseline;
use dianjian_engine::shards::PartialSet;
use dianjian_engine::{Engine, Finding, Render, Summary};
use dianjian_report::{Rendered, Renderer, Reports, Run, WriteError};
use dianjian_rules::language::Severity;

/// A reader waits at most so long for what has been found.
const PATIENCE: Duration = Duration::from_millis(200);

/// What a check came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// The counts, as reports have them.
    pub summary: Summary,
    /// Findings at or above `--fail-on`.
    pub failing: usize,
    /// Did it go to its end? Not if it was stopped, or nobody was left to read its reports.
    pub complete: bool,
    /// The problems, where no report is printed.
    pub told: Vec<Problem>,
    /// Reports that could not be written.
    pub unwritten: Vec<WriteError>,
    /// Copies of pictures with boxes.
    pub annotated: Vec<PathBuf>,
    /// Those that could not be written.
    pub unmarked: Vec<CliError>,
}

impl Checked {
    /// The exit status.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let summary = &self.summary;
        let found = summary.errors + summary.warnings + summary.infos + summary.baselined + summary.suppressed;
        if summary.problems > 0 || !self.unwritten.is_empty() || !self.unmarked.is_empty() {
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

/// Checks the files, or takes what others found in them, and writes the reports.
pub fn check(options: &mut CheckOptions, parts: Option<&PartialSet>, terminal: &Terminal) -> Checked {
    let watch = Arc::clone(&options.watch);
    watch.during(|| check_watched(options, parts, terminal))
}

fn check_watched(options: &mut CheckOptions, parts: Option<&PartialSet>, terminal: &Terminal) -> Checked {
    let reports = Reports::open(options.run.clone(), &options.outputs, terminal.look);
    let silent = options.silent();
    let known = &mut options.known;
    known.looks_at(&options.inputs.files, &options.policy);
    let pictures = Arc::clone(&options.pictures);
    let workers =
        Workers { renderer: reports.renderer(), known: known.snapshot(), accept: known.accepts(), silent, pictures };
    let bytes = parts.map_or_else(|| options.inputs.bytes(), PartialSet::bytes);
    let progress = ByteProgress::new(bytes, options.watch.bars());
    let tally = Tally { run: &options.run, known, checked: Checked::default() };
    let mut printer = Printer { reports, tally, workers: &workers, progress: &progress, handed_on: None };
    options.problems.iter().for_each(|problem| printer.accept(workers.problem(problem.clone())));
    let engine = Engine::new(&options.project.pack, &options.policy, options.engine.clone());
    let add = |bytes| progress.add(bytes);
    let totals = match parts {
        Some(parts) => engine.merge(parts, &workers, &add, &mut printer),
        None => engine.run_with(&options.inputs.files, &workers, &add, &mut printer),
    };
    progress.end();
    let Printer { reports, tally: Tally { mut checked, .. }, .. } = printer;
    checked.complete = totals.complete && !interrupt::stopped();
    let summary = &mut checked.summary;
    (summary.files, summary.records, summary.suppressed) = (totals.files, totals.records, totals.counts.suppressed);
    (summary.addresses, summary.nothing_to_check) = (totals.counts.addresses, totals.counts.nothing_to_check);
    if interrupt::stopped() {
        // Files keep what they had.
        return checked;
    }
    summary.stale = options.known.stale();
    (checked.annotated, checked.unmarked) = options.pictures.finish();
    checked.unwritten = reports.finish(&checked.summary).err().unwrap_or_default();
    checked
}

/// Counts and writes what comes from workers, in order.
struct Printer<'c> {
    reports: Reports,
    tally: Tally<'c>,
    workers: &'c Workers,
    progress: &'c ByteProgress,
    /// When what was written was last handed on to its reader.
    handed_on: Option<Instant>,
}

impl Consumer<Out> for Printer<'_> {
    fn accept(&mut self, out: Out) {
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

/// What workers do with findings and problems.
struct Workers {
    renderer: Renderer,
    known: Baseline,
    /// Are all findings entered in the baseline?
    accept: bool,
    silent: bool,
    pictures: Arc<Pictures>,
}

/// A finding or problem on its way to the collector.
enum Out {
    /// Rendered, with what counting needs.
    Finding {
        severity: Severity,
        fixable: Option<Applicability>,
        rendered: Rendered,
    },
    /// Perhaps known: rendered only if it turns out not to be.
    Perhaps(Box<Finding>),
    Problem {
        rendered: Rendered,
        told: Option<Box<Problem>>,
    },
}

impl Render for Workers {
    type Out = Out;

    fn finding(&self, mut finding: Finding) -> Out {
        if self.accept || self.known.may_know(&finding.fingerprint) {
            return Out::Perhaps(Box::new(finding));
        }
        self.pictures.of(&mut finding);
        rendered(&finding, &self.renderer)
    }

    fn problem(&self, problem: Problem) -> Out {
        let rendered = self.renderer.problem(&problem);
        Out::Problem { rendered, told: self.silent.then(|| Box::new(problem)) }
    }
}

fn rendered(finding: &Finding, renderer: &Renderer) -> Out {
    Out::Finding { severity: finding.severity, fixable: fixable(finding), rendered: renderer.finding(finding) }
}

/// The best that a fix can do for a finding.
fn fixable(finding: &Finding) -> Option<Applicability> {
    finding.fixes.iter().map(|fix| fix.applicability).min().filter(|best| *best != Applicability::Manual)
}

/// Counts what comes from workers, in order.
struct Tally<'c> {
    run: &'c Run,
    known: &'c mut KnownFindings,
    checked: Checked,
}

impl Tally<'_> {
    /// Counts one; gives back what is to be reported.
    fn count(&mut self, out: Out, workers: &Workers) -> Option<Rendered> {
        match out {
            Out::Perhaps(finding) if self.known.accepts() => {
                self.known.enter(&finding);
                self.checked.summary.baselined += 1;
                None
            }
            Out::Perhaps(finding) if self.known.takes(&finding.fingerprint) => {
                self.checked.summary.baselined += 1;
                None
            }
            Out::Perhaps(mut finding) => {
                workers.pictures.of(&mut finding);
                self.count(rendered(&finding, &workers.renderer), workers)
            }
            Out::Finding { severity, fixable, rendered } => {
                self.finding(severity, fixable);
                Some(rendered)
            }
            Out::Problem { rendered, told } => {
                self.checked.summary.problems += 1;
                self.checked.told.extend(told.map(|problem| *problem));
                Some(rendered)
            }
        }
    }

    fn finding(&mut self, severity: Severity, fixable: Option<Applicability>) {
        let summary = &mut self.checked.summary;
        match severity {
            Severity::Error => summary.errors += 1,
            Severity::Warning => summary.warnings += 1,
            Severity::Info => summary.infos += 1,
        }
        match fixable {
            Some(Applicability::Safe) => summary.fixable.0 += 1,
            Some(Applicability::Unsafe) => summary.fixable.1 += 1,
            _ => {}
        }
        self.checked.failing += usize::from(self.run.fails(severity));
    }
}
