//! A check as the command line has it: the reports, pictures for people, and progress.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dianjian_base::in_order::Consumer;
use dianjian_document::problem::Problem;
use dianjian_engine::shards::PartialSet;
use dianjian_engine::{Finding, Render};
use dianjian_project::{CheckRun, CheckTotals, CheckVerdict, KnownFindings};
use dianjian_report::{Rendered, Renderer, Reports, WriteError};

use super::options::CheckOptions;
use super::pictures::Pictures;
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
    /// Not complete if it was interrupted, or if all readers of its reports went away.
    pub totals: CheckTotals,
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
    /// Whether the baseline stays as it is.
    pub fn may_not_change_the_baseline(&self, known: &KnownFindings) -> bool {
        self.totals.may_not_change_the_baseline(known) || self.has_failed_outputs()
    }

    fn has_failed_outputs(&self) -> bool {
        !self.unwritten.is_empty() || !self.unmarked.is_empty()
    }

    pub fn exit(&self) -> Exit {
        match self.totals.verdict() {
            _ if self.has_failed_outputs() => Exit::Untrusted,
            CheckVerdict::Untrusted => Exit::Untrusted,
            CheckVerdict::Findings => Exit::Findings,
            CheckVerdict::Nothing => Exit::Nothing,
            CheckVerdict::Clean => Exit::Clean,
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
    let renderer = ItemRenderer { renderer: reports.renderer(), silent, pictures: Arc::clone(&options.pictures) };
    let bytes = parts.map_or_else(|| options.inputs.bytes(), PartialSet::bytes);
    let progress = ByteProgress::new(bytes, options.watch.bars());
    let mut printer = ItemPrinter { reports, progress: &progress, unreported: Vec::new(), handed_on: None };
    let add = |bytes| progress.add(bytes);
    let CheckOptions { project, policy, filter, inputs, engine, problems, run, known, pictures, .. } = options;
    let check = CheckRun::new(project, policy, filter, inputs, engine)
        .with_problems(problems)
        .with_fail_on(run.fail_on)
        .counting_rules(run.counts_only)
        .with_progress(&add)
        .with_cancellation(&interrupt::stopped);
    let totals = check.run(parts, known, &renderer, &mut printer);
    progress.end();
    let ItemPrinter { reports, unreported, .. } = printer;
    let mut checked = CheckOutcome { totals, unreported, ..CheckOutcome::default() };
    if interrupt::stopped() {
        // Reports are not finished, so files keep their old content.
        return checked;
    }
    (checked.annotated, checked.unmarked) = pictures.finish();
    checked.unwritten = reports.finish(&checked.totals.summary).err().unwrap_or_default();
    checked
}

/// Writes the workers' items in the order of the inputs.
struct ItemPrinter<'c> {
    reports: Reports,
    progress: &'c ByteProgress,
    unreported: Vec<Problem>,
    /// When the reports were last flushed.
    handed_on: Option<Instant>,
}

impl Consumer<ReportItem> for ItemPrinter<'_> {
    fn accept(&mut self, item: ReportItem) {
        self.unreported.extend(item.unreported.map(|problem| *problem));
        self.progress.aside(|| self.reports.write(&item.rendered));
        if self.handed_on.is_none_or(|last| last.elapsed() > PATIENCE) {
            self.pause();
        }
    }

    fn pause(&mut self) {
        self.progress.aside(|| self.reports.flush());
        self.handed_on = Some(Instant::now());
    }

    fn wants_more(&mut self) -> bool {
        self.reports.wanted()
    }
}

/// Renders findings and problems on the workers' threads.
struct ItemRenderer {
    renderer: Renderer,
    /// Whether no report goes to the standard output.
    silent: bool,
    pictures: Arc<Pictures>,
}

/// A finding or problem as the reports write it.
struct ReportItem {
    rendered: Rendered,
    unreported: Option<Box<Problem>>,
}

impl Render for ItemRenderer {
    type Out = ReportItem;

    fn finding(&self, mut finding: Finding) -> ReportItem {
        self.pictures.of(&mut finding);
        ReportItem { rendered: self.renderer.finding(&finding), unreported: None }
    }

    fn problem(&self, problem: Problem) -> ReportItem {
        let rendered = self.renderer.problem(&problem);
        ReportItem { rendered, unreported: self.silent.then(|| Box::new(problem)) }
    }
}
