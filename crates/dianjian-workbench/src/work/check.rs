//! One check of a project, from its configuration to its findings in the store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dianjian_base::in_order::Consumer;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::problem::Problem;
use dianjian_engine::ledger::LookedState;
use dianjian_engine::{Finding, Render, Summary};
use dianjian_project::{CheckRun, CheckTotals, CheckVerdict, ReportFilter};
use dianjian_report::words;
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;
use serde_json::{Value, json};

use super::setup::{CheckSetup, CheckWish, MATERIAL};
use super::{ActiveRun, Work};
use crate::serve::Served;
use crate::shown::{ShownFinding, ShownProblem};
use crate::store::{FindingWriter, ProjectRow, RunId, RunState, Store, StoreError};

/// Findings wait at most this long before the page can read them.
const PATIENCE: Duration = Duration::from_millis(250);

/// Runs whose findings are kept.
const KEPT: usize = 10;

/// A check that is asked for.
#[derive(Debug)]
pub struct CheckJob {
    pub project: ProjectRow,
    pub wish: CheckWish,
}

/// Why a check did not begin.
#[derive(Debug)]
pub enum JobError {
    /// The project is being checked already.
    Busy,
    /// As many checks as may go on at once are going on.
    Full,
    /// The project cannot be loaded at all.
    Project(Text),
    Store(StoreError),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl CheckJob {
    /// Begins the check on a thread of its own.
    ///
    /// # Errors
    /// It cannot begin.
    pub fn begin(self, served: &Arc<Served>) -> Result<RunId, JobError> {
        let work = &served.work;
        if work.of_project(&self.project.id).is_some() {
            return Err(JobError::Busy);
        }
        if work.count() >= super::MOST_RUNS {
            return Err(JobError::Full);
        }
        let setup = CheckSetup::load(&self.project, &self.wish, served).map_err(JobError::Project)?;
        let run = served.store.begin_run(&self.project.id, &served.now(), setup.options.policy.as_of)?;
        let active = Arc::new(ActiveRun::new(&self.project.id, setup.inputs.bytes()));
        work.begin(run, Arc::clone(&active));
        let (served, loaded) = (Arc::clone(served), LoadedJob { project: self.project.id, setup });
        std::thread::spawn(move || loaded.finish(run, &active, &served));
        Ok(run)
    }
}

/// A check whose project is loaded.
struct LoadedJob {
    project: String,
    setup: CheckSetup,
}

impl LoadedJob {
    /// Checks, and remembers what came of it, whatever happens.
    fn finish(self, run: RunId, active: &ActiveRun, served: &Served) {
        let (work, store): (&Work, &Store) = (&served.work, &served.store);
        let project = self.project.clone();
        let checked = catch_unwind(AssertUnwindSafe(|| self.check(run, active, served)));
        let (state, summary) = match checked {
            Ok(Ok(totals)) if totals.complete => (RunState::Done, Some(summary(&totals))),
            Ok(Ok(_)) => (RunState::Stopped, None),
            Ok(Err(_)) | Err(_) => (RunState::Failed, None),
        };
        let before = store.last_done(&project, Some(run)).ok().flatten();
        let change = before.filter(|_| state == RunState::Done).and_then(|before| store.compare(run, before.id).ok());
        let change = change.map(|(new, gone)| json!({"new": new, "gone": gone}));
        // A store that fails now has failed for the page, too, which shows it with its next request.
        let _ = store.end_run(run, state, &served.now(), summary.as_ref(), change.as_ref());
        let _ = store.thin_runs(&project, KEPT);
        work.end(run);
    }

    fn check(mut self, run: RunId, active: &ActiveRun, served: &Served) -> Result<CheckTotals, StoreError> {
        let CheckSetup { project, policy, inputs, known, options, problems } = &mut self.setup;
        let filter = ReportFilter::default();
        let progress = |bytes| active.read(bytes);
        let is_cancelled = || active.is_cancelled();
        let check = CheckRun::new(project, policy, &filter, inputs, options)
            .with_problems(problems)
            .with_progress(&progress)
            .with_cancellation(&is_cancelled);
        let mut writer = ItemWriter::new(FindingWriter::new(&served.store, run)?, active);
        let totals = check.run(None, known, &ItemShower { pack: &project.pack }, &mut writer);
        writer.finish(&totals.summary, &self)?;
        Ok(totals)
    }

    /// Every file of the project with what became of it, and why, where it was not just checked.
    fn states(&self, summary: &Summary) -> Vec<(String, LookedState, Option<Text>)> {
        let ledger = &summary.looked_at;
        let mut states: Vec<_> = self
            .setup
            .inputs
            .files
            .iter()
            .filter(|input| input.name != MATERIAL)
            .map(|input| {
                let passed = ledger.passed_over.iter().find(|passed| passed.file == input.name);
                let gaps = ledger.gaps.iter().find(|gaps| gaps.file == input.name);
                match (passed, gaps) {
                    (Some(passed), _) => (input.name.clone(), passed.looked.state(), passed.looked.reason().cloned()),
                    (None, Some(gaps)) => (input.name.clone(), LookedState::NotUnderstood, Some(places(gaps.places))),
                    (None, None) => (input.name.clone(), LookedState::Checked, None),
                }
            })
            .collect();
        let others = self.setup.others();
        states.extend(others.into_iter().map(|name| match ledger.side_file(&name) {
            Some(state) => (name, state, None),
            None => (name, LookedState::NothingToCheck, Some(unnamed())),
        }));
        states
    }
}

fn places(places: u64) -> Text {
    dianjian_base::text! {
        zh: "有 {places} 处没有读懂",
        en: "{places} places in it were not understood",
    }
}

fn unnamed() -> Text {
    Text::new("没有记录用到它，请说明它是什么素材", "no record uses it: say what material it is")
}

/// What a check came to, as the page gets it.
pub fn summary(totals: &CheckTotals) -> Value {
    let summary = &totals.summary;
    let ledger = &summary.looked_at;
    let sentence = |lang: Lang| words::looked_at(lang, summary).join(lang.pick(" · ", " · "));
    json!({
        "looked_at": {
            "files": ledger.files, "records": ledger.records, "texts": ledger.texts, "pictures": ledger.pictures,
            "video_seconds": ledger.video_seconds,
        },
        "records": summary.records,
        "errors": summary.errors, "warnings": summary.warnings, "infos": summary.infos,
        "suppressed": summary.suppressed, "baselined": summary.baselined, "problems": summary.problems,
        "gaps": summary.gaps, "undecided": ledger.undecided,
        "fixable": {"safe": summary.fixable.0, "unsafe": summary.fixable.1},
        "trusted": totals.verdict() != CheckVerdict::Untrusted,
        "verdict": match totals.verdict() {
            CheckVerdict::Clean => "clean",
            CheckVerdict::Nothing => "nothing",
            CheckVerdict::Findings => "findings",
            CheckVerdict::Untrusted => "untrusted",
        },
        "sentence": Text::new(sentence(Lang::Zh), sentence(Lang::En)),
        "notes": notes(summary),
    })
}

fn notes(summary: &Summary) -> Vec<Text> {
    let (zh, en) = (words::notes(Lang::Zh, summary), words::notes(Lang::En, summary));
    zh.into_iter().zip(en).map(|(zh, en)| Text { zh, en }).collect()
}

/// Makes what the page shows of findings, on the threads of the run.
pub struct ItemShower<'p> {
    pub pack: &'p Pack,
}

/// A finding or a problem.
pub enum ShownItem {
    Finding(Box<ShownFinding>),
    Problem(Box<ShownProblem>),
}

impl Render for ItemShower<'_> {
    type Out = ShownItem;

    fn finding(&self, finding: Finding) -> ShownItem {
        ShownItem::Finding(Box::new(ShownFinding::of(0, &finding, self.pack)))
    }

    fn problem(&self, problem: Problem) -> ShownItem {
        ShownItem::Problem(Box::new(ShownProblem::of(&problem)))
    }
}

/// Writes what comes into the store, in order, and tells the page how far it is.
struct ItemWriter<'a> {
    writer: FindingWriter,
    active: &'a ActiveRun,
    written: u64,
    failed: Option<StoreError>,
    told: Instant,
}

impl<'a> ItemWriter<'a> {
    fn new(writer: FindingWriter, active: &'a ActiveRun) -> Self {
        Self { writer, active, written: 0, failed: None, told: Instant::now() }
    }

    fn write(&mut self, item: ShownItem) -> Result<(), StoreError> {
        match item {
            ShownItem::Problem(problem) => self.writer.problem(&problem),
            ShownItem::Finding(mut finding) => {
                finding.head.n = self.written;
                self.written += 1;
                let severity = finding.head.severity;
                self.active.progress.send_if_modified(|progress| {
                    match severity {
                        Severity::Error => progress.errors += 1,
                        Severity::Warning => progress.warnings += 1,
                        Severity::Info => progress.infos += 1,
                    }
                    false
                });
                self.writer.finding(*finding)
            }
        }
    }

    fn tell(&mut self) -> Result<(), StoreError> {
        self.writer.flush()?;
        let bytes = self.active.read.load(std::sync::atomic::Ordering::Relaxed);
        self.active.progress.send_modify(|progress| (progress.bytes, progress.findings) = (bytes, self.written));
        self.told = Instant::now();
        Ok(())
    }

    fn finish(mut self, summary: &Summary, job: &LoadedJob) -> Result<(), StoreError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.tell()?;
        for (name, state, reason) in job.states(summary) {
            self.writer.looked_at(&name, state, reason.as_ref())?;
        }
        Ok(())
    }
}

impl Consumer<ShownItem> for ItemWriter<'_> {
    fn accept(&mut self, item: ShownItem) {
        if self.failed.is_none() {
            let written = self.write(item);
            let told = if self.told.elapsed() > PATIENCE { self.tell() } else { Ok(()) };
            self.failed = written.and(told).err();
        }
    }

    fn pause(&mut self) {
        if self.failed.is_none() {
            self.failed = self.tell().err();
        }
    }

    fn wants_more(&mut self) -> bool {
        self.failed.is_none() && !self.active.is_cancelled()
    }
}
