//! The printer: puts finished texts in order and writes what stands around them.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_base::disk;
use dianjian_base::lang::{Lang, Localized};
use dianjian_document::edit::{FolderError, ReplacementFile, make_folder_of};
use dianjian_engine::finding::{Finding, Problem, Summary};
use dianjian_rules::language::Severity;
use tempfile::SpooledTempFile;

use super::folding::{FoldablePlace, SortedTexts};
use super::{DisplayOptions, Layout, Output, OutputTarget, ReportFormat, RunInfo, Suite, format};

/// Bytes of a document that are held in memory before they go to disk.
const SPOOL_MEMORY: usize = 16 << 20;

/// Bytes gathered before they are handed on.
const BUFFER: usize = 64 << 10;

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report to {}: {reason}", target.display())]
pub struct WriteError {
    /// The file, or `-` for standard output.
    pub target: PathBuf,
    /// Why not.
    #[source]
    pub reason: WriteReason,
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteReason {
    /// There is no folder for it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The system says so.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Localized for WriteError {
    fn text(&self, lang: Lang) -> String {
        let reason = match &self.reason {
            WriteReason::Folder(error) => error.text(lang),
            WriteReason::Io(error) => error.to_string(),
        };
        match lang {
            Lang::Zh => format!("无法将报告写入 {}：{reason}", self.target.display()),
            Lang::En => self.to_string(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        match &self.reason {
            WriteReason::Io(error) if disk::is_full(error) => Some(disk::full_help().take(lang)),
            _ => None,
        }
    }
}

/// One finding or problem, rendered for every output of the run.
#[derive(Debug, Clone)]
pub struct Rendered {
    what: RenderedKind,
    /// One an output, in their order.
    texts: Vec<RenderedText>,
}

/// A text of one output, with what folds it.
#[derive(Debug, Clone)]
struct RenderedText {
    text: String,
    place: Option<FoldablePlace>,
}

#[derive(Debug, Clone)]
enum RenderedKind {
    Finding { file: Arc<str>, severity: Severity },
    Problem,
}

impl RenderedKind {
    /// Its rank in a sorted report: what could not be checked comes before what is wrong.
    const fn rank(&self) -> u8 {
        match self {
            Self::Problem => 0,
            Self::Finding { severity: Severity::Error, .. } => 1,
            Self::Finding { severity: Severity::Warning, .. } => 2,
            Self::Finding { severity: Severity::Info, .. } => 3,
        }
    }
}

/// What workers render with; cheap to clone.
#[derive(Clone)]
pub struct Renderer {
    run: Arc<RunInfo>,
    formats: Arc<[Arc<dyn ReportFormat>]>,
}

impl Renderer {
    /// A finding as it will stand in each output.
    pub fn finding(&self, finding: &Finding) -> Rendered {
        let file = finding.primary.source.shared_name();
        let what = RenderedKind::Finding { file, severity: finding.severity };
        self.render(what, |format| {
            let mut text = String::new();
            format.finding(&self.run, finding, &mut text);
            let place = if self.run.folds { format.foldable(&self.run, finding) } else { None };
            RenderedText { text, place }
        })
    }

    /// A problem as it will stand in each output.
    pub fn problem(&self, problem: &Problem) -> Rendered {
        self.render(RenderedKind::Problem, |format| {
            let mut text = String::new();
            format.problem(&self.run, problem, &mut text);
            let place = if self.run.folds { format.foldable_problem(&self.run, problem) } else { None };
            RenderedText { text, place }
        })
    }

    fn render(&self, what: RenderedKind, text: impl Fn(&dyn ReportFormat) -> RenderedText) -> Rendered {
        Rendered { what, texts: self.formats.iter().map(|format| text(format.as_ref())).collect() }
    }
}

/// All outputs of one run. One that cannot be written does not keep the others from being written:
/// it is left out from then on, and [`Reports::finish`] tells why.
pub struct Reports {
    run: Arc<RunInfo>,
    formats: Arc<[Arc<dyn ReportFormat>]>,
    /// In the order of the formats; `None`: it could not be written.
    writers: Vec<Option<ReportWriter>>,
    failed: Vec<WriteError>,
}

impl Reports {
    /// Opens the outputs. Those to standard output look like `terminal`, files are plain.
    pub fn open(run: RunInfo, outputs: &[Output], terminal: DisplayOptions) -> Self {
        let (mut writers, mut failed) = (Vec::new(), Vec::new());
        for output in outputs {
            match &output.target {
                OutputTarget::Stdout => writers.push(ReportWriter::stdout(format(output.format, terminal))),
                OutputTarget::File(path) => {
                    match ReportWriter::file(format(output.format, DisplayOptions::plain()), path) {
                        Ok(writer) => writers.push(writer),
                        Err(error) => failed.push(error),
                    }
                }
            }
        }
        Self { failed, ..Self::new(run, writers) }
    }

    /// Writes to the writers given.
    pub fn new(run: RunInfo, writers: Vec<ReportWriter>) -> Self {
        let formats = writers.iter().map(|writer| Arc::clone(&writer.format)).collect();
        let writers = writers.into_iter().map(Some).collect();
        Self { run: Arc::new(run), formats, writers, failed: Vec::new() }
    }

    /// What workers render with.
    pub fn renderer(&self) -> Renderer {
        Renderer { run: Arc::clone(&self.run), formats: Arc::clone(&self.formats) }
    }

    /// Takes what a worker rendered. The order of the calls is the order in the outputs.
    pub fn write(&mut self, rendered: &Rendered) {
        for (slot, text) in self.writers.iter_mut().zip(&rendered.texts) {
            attempt(slot, &mut self.failed, |writer| writer.write(&self.run, &rendered.what, text));
        }
    }

    /// Hands on what streams have gathered so far, so that a reader at a terminal can begin.
    pub fn flush(&mut self) {
        self.writers.iter_mut().for_each(|slot| attempt(slot, &mut self.failed, ReportWriter::flush));
    }

    /// Is anybody left to read? Not if all readers of standard output and pipes went away and there is nothing else.
    pub fn wanted(&self) -> bool {
        let mut writers = self.writers.iter().flatten().peekable();
        writers.peek().is_none() || writers.any(|writer| !matches!(writer.sink, OutputSink::Closed))
    }

    /// Writes what needs the whole run's counts, and puts files in their places.
    ///
    /// # Errors
    ///
    /// The outputs that could not be written.
    pub fn finish(mut self, summary: &Summary) -> Result<(), Vec<WriteError>> {
        let finished = self.writers.into_iter().flatten().map(|writer| writer.finish(&self.run, summary));
        self.failed.extend(finished.filter_map(Result::err));
        if self.failed.is_empty() { Ok(()) } else { Err(self.failed) }
    }
}

/// Does something with a writer that has not failed; one that fails is left out from then on.
fn attempt(
    slot: &mut Option<ReportWriter>,
    failed: &mut Vec<WriteError>,
    act: impl FnOnce(&mut ReportWriter) -> Result<(), WriteError>,
) {
    if let Some(writer) = slot
        && let Err(error) = act(writer)
    {
        failed.push(error);
        *slot = None;
    }
}

/// The printer of one output.
pub struct ReportWriter {
    format: Arc<dyn ReportFormat>,
    target: PathBuf,
    sink: OutputSink,
    body: OutputBody,
    /// For [`ReportFormat::dedup`].
    seen: HashMap<u64, u32>,
}

enum OutputBody {
    Stream,
    Sorted(Box<SortedTexts>),
    Document(Box<DocumentParts>),
}

/// What a document is made of, besides what stands around it.
struct DocumentParts {
    findings: SpooledTexts,
    problems: SpooledTexts,
}

impl ReportWriter {
    /// Writes to standard output. A reader that goes away early is no error.
    pub fn stdout(format: Arc<dyn ReportFormat>) -> Self {
        Self::to(format, Box::new(io::stdout()))
    }

    /// Writes to anything.
    pub fn to(format: Arc<dyn ReportFormat>, out: Box<dyn Write + Send>) -> Self {
        let sink = OutputSink::Open(BufWriter::with_capacity(BUFFER, out));
        Self::new(format, PathBuf::from("-"), sink)
    }

    /// Writes a file, which is replaced at once when all is written; devices and pipes are written
    /// directly.
    ///
    /// # Errors
    ///
    /// The file or its folder cannot be created.
    pub fn file(format: Arc<dyn ReportFormat>, path: &Path) -> Result<Self, WriteError> {
        let sink = OutputSink::file(path).map_err(|reason| WriteError { target: path.to_owned(), reason })?;
        Ok(Self::new(format, path.to_owned(), sink))
    }

    fn new(format: Arc<dyn ReportFormat>, target: PathBuf, sink: OutputSink) -> Self {
        let body = match format.layout() {
            Layout::Stream => OutputBody::Stream,
            Layout::Sorted => OutputBody::Sorted(Box::new(SortedTexts::new(SPOOL_MEMORY, BUFFER))),
            Layout::Document | Layout::Suites | Layout::Binary => OutputBody::Document(Box::new(DocumentParts {
                findings: SpooledTexts::new(),
                problems: SpooledTexts::new(),
            })),
        };
        Self { format, target, sink, body, seen: HashMap::new() }
    }

    fn write(&mut self, run: &RunInfo, what: &RenderedKind, rendered: &RenderedText) -> Result<(), WriteError> {
        let separator = self.format.layout().separator();
        let text = &*self.format.dedup(&rendered.text, &mut self.seen);
        let result = match (&mut self.body, what) {
            (OutputBody::Stream, _) => self.sink.write(text),
            (OutputBody::Sorted(texts), what) => texts.push(what.rank(), text, rendered.place.as_ref()),
            (OutputBody::Document(parts), RenderedKind::Finding { file, severity }) => {
                parts.findings.push(text, separator, Some((file, run.fails(*severity))))
            }
            (OutputBody::Document(parts), RenderedKind::Problem) => parts.problems.push(text, separator, None),
        };
        result.map_err(|source| self.error(source))
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        self.sink.flush().map_err(|source| self.error(source))
    }

    fn finish(mut self, run: &RunInfo, summary: &Summary) -> Result<(), WriteError> {
        let target = self.target.clone();
        self.write_rest(run, summary)
            .and_then(|()| self.sink.close())
            .map_err(|error| WriteError { target, reason: error.into() })
    }

    fn write_rest(&mut self, run: &RunInfo, summary: &Summary) -> io::Result<()> {
        match std::mem::replace(&mut self.body, OutputBody::Stream) {
            OutputBody::Stream => {}
            OutputBody::Sorted(texts) => self.write_sorted(*texts, run)?,
            OutputBody::Document(parts) => self.write_parts(*parts, run, summary)?,
        }
        let mut text = String::new();
        self.format.tail(run, summary, &mut text);
        self.sink.write(&text)
    }

    fn write_sorted(&mut self, texts: SortedTexts, run: &RunInfo) -> io::Result<()> {
        let (format, sink) = (&self.format, &mut self.sink);
        let mut out = String::new();
        texts.each(|text, places, more| {
            out.push_str(text);
            if !places.is_empty() {
                format.folded(run, places, more, &mut out);
            }
            sink.take(&mut out)
        })
    }

    fn write_parts(&mut self, parts: DocumentParts, run: &RunInfo, summary: &Summary) -> io::Result<()> {
        let DocumentParts { findings, problems } = parts;
        if self.format.layout() == Layout::Binary {
            let (mut findings, mut problems) =
                (BufReader::new(findings.rewound()?), BufReader::new(problems.rewound()?));
            return self.sink.attempt(|out| self.format.finish_binary(run, summary, &mut findings, &mut problems, out));
        }
        let mut text = String::new();
        self.format.head(run, summary, &mut text);
        self.sink.take(&mut text)?;
        self.format.section_separator(run, summary, &mut text);
        if text.is_empty() && !findings.is_empty() && !problems.is_empty() {
            text.push_str(self.format.layout().separator());
        }
        match self.format.layout() {
            Layout::Suites => findings.copy_suites(run, self.format.as_ref(), &mut self.sink)?,
            Layout::Stream | Layout::Sorted | Layout::Document | Layout::Binary => findings.copy(&mut self.sink)?,
        }
        self.sink.write(&text)?;
        problems.copy(&mut self.sink)
    }

    fn error(&self, source: io::Error) -> WriteError {
        WriteError { target: self.target.clone(), reason: source.into() }
    }
}

/// Texts held until the document's beginning is known.
struct SpooledTexts {
    spool: BufWriter<SpooledTempFile>,
    number: usize,
    /// With the bytes of each. As many as files with findings, if these come file by file.
    suites: Vec<(Suite, u64)>,
}

impl SpooledTexts {
    fn new() -> Self {
        let spool = BufWriter::with_capacity(BUFFER, SpooledTempFile::new(SPOOL_MEMORY));
        Self { spool, number: 0, suites: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.number == 0
    }

    fn push(&mut self, text: &str, separator: &str, suite: Option<(&Arc<str>, bool)>) -> io::Result<()> {
        if self.number > 0 {
            self.spool.write_all(separator.as_bytes())?;
        }
        self.number += 1;
        if let Some((file, fails)) = suite {
            let is_same = self.suites.last().is_some_and(|(suite, _)| suite.file == *file);
            if !is_same {
                let suite = Suite { file: Arc::clone(file), findings: 0, failures: 0 };
                self.suites.push((suite, 0));
            }
            if let Some((suite, bytes)) = self.suites.last_mut() {
                suite.findings += 1;
                suite.failures += usize::from(fails);
                *bytes += text.len() as u64;
            }
        }
        self.spool.write_all(text.as_bytes())
    }

    fn rewound(self) -> io::Result<SpooledTempFile> {
        let mut spool = self.spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        spool.rewind()?;
        Ok(spool)
    }

    fn copy(self, sink: &mut OutputSink) -> io::Result<()> {
        sink.copy(&mut self.rewound()?)
    }

    /// As [`Self::copy`], with each suite's head and tail around it. Suites have no separators.
    fn copy_suites(mut self, run: &RunInfo, format: &dyn ReportFormat, sink: &mut OutputSink) -> io::Result<()> {
        let suites = std::mem::take(&mut self.suites);
        let mut spool = self.rewound()?;
        let mut text = String::new();
        for (suite, bytes) in suites {
            format.suite_head(run, &suite, &mut text);
            sink.take(&mut text)?;
            sink.copy(&mut (&mut spool).take(bytes))?;
            format.suite_tail(run, &suite, &mut text);
            sink.take(&mut text)?;
        }
        Ok(())
    }
}

/// Where bytes end up.
enum OutputSink {
    Open(BufWriter<Box<dyn Write + Send>>),
    File(BufWriter<ReplacementFile>),
    /// The reader went away: nothing more is wanted.
    Closed,
}

impl OutputSink {
    fn file(path: &Path) -> Result<Self, WriteReason> {
        make_folder_of(path)?;
        Ok(Self::File(BufWriter::with_capacity(BUFFER, ReplacementFile::create(path)?)))
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.attempt(|out| out.write_all(text.as_bytes()))
    }

    /// Writes a text and empties it.
    fn take(&mut self, text: &mut String) -> io::Result<()> {
        let result = self.write(text);
        text.clear();
        result
    }

    fn copy(&mut self, from: &mut impl Read) -> io::Result<()> {
        self.attempt(|mut out| io::copy(from, &mut out).map(drop))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt(|out| out.flush())
    }

    fn attempt(&mut self, write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> io::Result<()> {
        let result = match self {
            Self::Open(out) => write(out),
            Self::File(file) => write(file),
            Self::Closed => Ok(()),
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                if let Self::Open(out) = std::mem::replace(self, Self::Closed) {
                    // Dropped whole, the buffer would try once more.
                    drop(out.into_parts());
                }
                Ok(())
            }
            other => other,
        }
    }

    fn close(mut self) -> io::Result<()> {
        self.flush()?;
        match self {
            Self::File(file) => file.into_inner().map_err(io::IntoInnerError::into_error)?.commit(),
            Self::Open(_) | Self::Closed => Ok(()),
        }
    }
}
