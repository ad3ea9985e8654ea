//! A check in a process of its own, from the worker's side: a folder in, findings into the store or onto lines out.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dianjian_base::in_order::Consumer;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::problem::Problem;
use dianjian_engine::ledger::LookedState;
use dianjian_engine::{Finding, Render, Summary};
use dianjian_project::{CheckRun, CheckTotals, CheckVerdict, ProjectOptions, ReportFilter, WorkingFolder};
use dianjian_report::words;
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::lines::RunNumber;
use super::{CheckBasis, CheckSetup, CheckWish, RunProgress, ShownItem, WorkerJob, WorkerLine};
use crate::serve::ScannerMaker;
use crate::shown::{ShownFinding, ShownProblem};
use crate::store::{FindingWriter, RunState, Store, StoreError};

/// Findings wait at most this long before the page can read them.
const PATIENCE: Duration = Duration::from_millis(250);

/// Does the check that a server has started this process for: reads what it says on `input`, answers on `output`. Without
/// the state folder of a store, what is found is answered, too.
///
/// # Errors
/// The server is gone, or says something else than a server of this version does.
pub fn work_off(
    folder: &Path,
    state: Option<&Path>,
    scanner: ScannerMaker,
    input: impl Read + Send + 'static,
    output: impl Write + Send,
) -> io::Result<()> {
    let mut input = BufReader::new(input);
    let job: WorkerJob = said(&mut input)?;
    let mut teller = Teller { output, failed: None };
    let setup = match load(folder, &job, scanner) {
        Ok(setup) => setup,
        Err(reason) => {
            teller.tell(&WorkerLine::Refused(reason));
            return teller.end();
        }
    };
    teller.tell(&WorkerLine::Ready { as_of: setup.options.policy.as_of, bytes: setup.inputs.bytes() });
    let sink = match state {
        Some(state) => {
            let RunNumber(run) = said(&mut input)?;
            Store::open(state).and_then(|store| FindingWriter::new(&store, run)).map(ItemSink::Store)
        }
        None => Ok(ItemSink::Lines { most: job.most }),
    };
    let heard = Arc::new(Heard::default());
    let listening = Arc::clone(&heard);
    std::thread::spawn(move || listening.until_the_end(input));
    let ended = match sink.and_then(|sink| setup.judge(sink, &heard, &mut teller)) {
        Ok(totals) if totals.complete => WorkerLine::Ended { state: RunState::Done, summary: Some(summary(&totals)) },
        Ok(_) => WorkerLine::Ended { state: RunState::Stopped, summary: None },
        Err(_) => WorkerLine::Ended { state: RunState::Failed, summary: None },
    };
    teller.tell(&ended);
    teller.end()
}

/// The next line of a server.
fn said<T: DeserializeOwned>(input: &mut impl BufRead) -> io::Result<T> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

fn load(folder: &Path, job: &WorkerJob, scanner: ScannerMaker) -> Result<CheckSetup, Text> {
    let basis = CheckBasis { today: job.today, scanner };
    let options =
        ProjectOptions { finds_files: job.finds_files, ..ProjectOptions::new(WorkingFolder::elsewhere(folder)) };
    let wish = CheckWish { as_of: job.as_of, system: job.system.clone(), ..CheckWish::default() };
    CheckSetup::of(&options, &job.roles, &wish, &basis)
}

/// Whether the server wants the check to stop, and how far it is.
#[derive(Debug, Default)]
struct Heard {
    stop: AtomicBool,
    read: AtomicU64,
}

impl Heard {
    /// Waits for the end of what the server says.
    fn until_the_end(&self, mut input: impl Read) {
        // A server that is gone wants nothing more either.
        let _ = io::copy(&mut input, &mut io::sink());
        self.stop.store(true, Ordering::Relaxed);
    }

    fn wants_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Writes lines to the server. What fails once is not tried again.
struct Teller<W> {
    output: W,
    failed: Option<io::Error>,
}

impl<W: Write> Teller<W> {
    fn tell(&mut self, line: &WorkerLine) {
        if self.failed.is_none() {
            let text = serde_json::to_string(line).map_err(io::Error::from);
            let written = text.and_then(|text| self.output.write_all((text + "\n").as_bytes()));
            self.failed = written.and_then(|()| self.output.flush()).err();
        }
    }

    fn end(self) -> io::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

impl CheckSetup {
    fn judge<W: Write + Send>(
        mut self,
        sink: ItemSink,
        heard: &Heard,
        teller: &mut Teller<W>,
    ) -> Result<CheckTotals, StoreError> {
        let Self { project, policy, inputs, known, options, problems } = &mut self;
        let filter = ReportFilter::default();
        let progress = |bytes| {
            heard.read.fetch_add(bytes, Ordering::Relaxed);
        };
        let is_cancelled = || heard.wants_stop();
        let check = CheckRun::new(project, policy, &filter, inputs, options)
            .with_problems(problems)
            .with_progress(&progress)
            .with_cancellation(&is_cancelled);
        let progress = RunProgress { of: inputs.bytes(), ..RunProgress::default() };
        let mut writer = ItemWriter { sink, heard, teller, progress, failed: None, told: Instant::now() };
        let totals = check.run(None, known, &ItemShower { pack: &project.pack }, &mut writer);
        writer.finish(&totals.summary, &self)?;
        Ok(totals)
    }

    /// Every file of the project with what became of it, and why, where it was not just checked.
    fn states(&self, summary: &Summary) -> Vec<(String, LookedState, Option<Text>)> {
        let ledger = &summary.looked_at;
        let mut states: Vec<_> = self
            .inputs
            .files
            .iter()
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
        let others = self.others();
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
fn summary(totals: &CheckTotals) -> Value {
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
    let (zh, en) = (words::passed_over(Lang::Zh, summary), words::passed_over(Lang::En, summary));
    zh.into_iter().zip(en).map(|(zh, en)| Text { zh, en }).collect()
}

/// Makes what the page shows of findings, on the threads of the run.
struct ItemShower<'p> {
    pack: &'p Pack,
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

/// Where what is found goes.
enum ItemSink {
    Store(FindingWriter),
    /// To the server; so many findings at most, the others are counted.
    Lines {
        most: u64,
    },
}

/// Takes what comes, in order, and tells the server how far it is.
struct ItemWriter<'a, W> {
    sink: ItemSink,
    heard: &'a Heard,
    teller: &'a mut Teller<W>,
    progress: RunProgress,
    failed: Option<StoreError>,
    told: Instant,
}

impl<W: Write> ItemWriter<'_, W> {
    fn write(&mut self, mut item: ShownItem) -> Result<(), StoreError> {
        let number = self.progress.findings;
        if let ShownItem::Finding(finding) = &mut item {
            finding.head.n = number;
            self.count(finding.head.severity);
        }
        match (&mut self.sink, item) {
            (ItemSink::Store(writer), ShownItem::Finding(finding)) => writer.finding(*finding)?,
            (ItemSink::Store(writer), ShownItem::Problem(problem)) => writer.problem(&problem)?,
            (ItemSink::Lines { most }, ShownItem::Finding(_)) if number >= *most => {}
            (ItemSink::Lines { .. }, item) => self.teller.tell(&WorkerLine::Found(item)),
        }
        Ok(())
    }

    fn count(&mut self, severity: Severity) {
        self.progress.findings += 1;
        match severity {
            Severity::Error => self.progress.errors += 1,
            Severity::Warning => self.progress.warnings += 1,
            Severity::Info => self.progress.infos += 1,
        }
    }

    fn tell(&mut self) -> Result<(), StoreError> {
        if let ItemSink::Store(writer) = &mut self.sink {
            writer.flush()?;
        }
        self.progress.bytes = self.heard.read.load(Ordering::Relaxed);
        self.teller.tell(&WorkerLine::Progress(self.progress.clone()));
        self.told = Instant::now();
        Ok(())
    }

    fn finish(mut self, summary: &Summary, setup: &CheckSetup) -> Result<(), StoreError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.tell()?;
        if let ItemSink::Store(writer) = &mut self.sink {
            for (name, state, reason) in setup.states(summary) {
                writer.looked_at(&name, state, reason.as_ref())?;
            }
        }
        Ok(())
    }
}

impl<W: Write + Send> Consumer<ShownItem> for ItemWriter<'_, W> {
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
        self.failed.is_none() && self.teller.failed.is_none() && !self.heard.wants_stop()
    }
}
