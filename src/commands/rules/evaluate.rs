//! `dianjian rules evaluate`: how often rules are right about labelled texts.
//!
//! A rule's examples show that it can speak; what it misses and what it reports in vain shows only on many texts that nobody
//! had in mind when it was written. Each text becomes one record and is checked alone, so that no rule over all records speaks.

mod measure;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dianjian_base::text;
use dianjian_engine::surface::{SurfaceFinding, TextSurface};
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;
use dianjian_text::safe::one_line;
use measure::{Measure, MeasureFile, MeasureResult};
use serde::{Deserialize, Serialize};

use crate::commands::{ListFormat, pretty_json};
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, ProjectArgs, report_problems};
use crate::terminal::TextStyle::{Bold, Dim, Green, Plain, Red, Yellow};
use crate::terminal::{Terminal, cell};

#[derive(Debug, clap::Args)]
pub struct EvaluateArgs {
    #[arg(value_name = "LINES", required = true)]
    lines: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    floor: Option<PathBuf>,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    project: ProjectArgs,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ListFormat,
}

/// A file of labelled texts: a list of them, or a list under `cases`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum LineFile {
    List(Vec<LabelledLine>),
    Cases { cases: Vec<LabelledLine> },
}

/// A text and what should be found in it.
#[derive(Debug, Deserialize)]
struct LabelledLine {
    id: String,
    area: TextSurface,
    label: LineLabel,
    #[serde(default)]
    class: String,
    #[serde(default)]
    source: String,
    text: String,
    /// The characters that a finding should mark.
    core: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum LineLabel {
    /// Nothing must be found.
    Good,
    /// Something must be found.
    Bad,
    /// People disagree: not counted.
    Ambiguous,
}

/// A labelled text and what was found in it.
#[derive(Debug)]
struct CheckedLine {
    line: LabelledLine,
    found: Vec<LineFinding>,
}

#[derive(Debug, Serialize)]
struct LineFinding {
    rule: String,
    severity: Severity,
    found: String,
}

impl CheckedLine {
    fn reaches(&self, least: Severity) -> bool {
        self.found.iter().any(|finding| finding.severity >= least)
    }
}

/// Checks the texts, and prints how many were judged right, with those that were not.
///
/// # Errors
/// A file of texts or of floors that cannot be read; an output that cannot be written.
pub fn run(args: &EvaluateArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = args.project.load(terminal)?;
    let broken = report_problems(&project, terminal);
    let mut lines = Vec::new();
    for path in &args.lines {
        lines.extend(match read::<LineFile>(path)? {
            LineFile::List(list) | LineFile::Cases { cases: list } => list,
        });
    }
    let mut ids = BTreeSet::new();
    if let Some(repeated) = lines.iter().find(|line| !ids.insert(line.id.as_str())) {
        return Err(CliError::RepeatedLine { id: repeated.id.clone() });
    }
    let measures = match &args.floor {
        Some(path) => read::<MeasureFile>(path)?.measures,
        None => Measure::of_classes(&lines),
    };
    let engine = Engine::new(&project.pack, &AsWritten, RunOptions::new(args.date.of(&project).0));
    let checked: Vec<CheckedLine> = lines.into_iter().map(|line| check(&engine, &project.pack, line)).collect();
    let results: Vec<MeasureResult<'_>> = measures.iter().map(|measure| measure.take(&checked)).collect();
    terminal.print(&args.format.render(|| human(&results, terminal), || pretty_json(&results)))?;
    let misses = results.iter().any(|result| !result.is_reached());
    let exit = if checked.is_empty() { Exit::Nothing } else { Exit::found(misses) };
    Ok(exit.unless(broken))
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, CliError> {
    let name = || path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::UnreadableLines { path: name(), reason: error.to_string() })?;
    serde_yaml::from_str(&text).map_err(|error| CliError::UnreadableLines { path: name(), reason: error.to_string() })
}

fn check(engine: &Engine<'_>, pack: &Pack, line: LabelledLine) -> CheckedLine {
    let (findings, _) = line.area.check(engine, &line.id, &line.text);
    // Length, brand and the like say nothing about the words of a text.
    let judges_words = |id: &str| pack.rule(id).is_some_and(|rule| rule.file.judges_words);
    let judged = findings.iter().filter(|on| judges_words(&on.finding.rule.id));
    let found = judged.map(|SurfaceFinding { finding, range }| LineFinding {
        rule: finding.rule.id.clone(),
        severity: finding.severity,
        found: line.text.get(range.clone()).unwrap_or_default().to_owned(),
    });
    let found = found.collect();
    CheckedLine { line, found }
}

fn human(results: &[MeasureResult<'_>], terminal: &Terminal) -> String {
    let rows = results.iter().map(|result| {
        let style = if result.is_reached() { Green } else { Red };
        let goal = result.goal().unwrap_or_else(|| "—".to_owned());
        [
            cell(Plain, result.name(terminal.lang)),
            cell(style, format!("{:.3}", result.rate())),
            cell(Dim, format!("{}/{}", result.hits, result.lines)),
            cell(Dim, goal),
        ]
    });
    let mut out = terminal.grid(0, rows);
    for result in results.iter().filter(|result| !result.wrong.is_empty()) {
        out.push_str(&format!("\n{}\n", terminal.paint(Bold, &result.name(terminal.lang))));
        for checked in &result.wrong {
            out.push_str(&wrong_line(checked, terminal));
        }
    }
    out
}

fn wrong_line(checked: &CheckedLine, terminal: &Terminal) -> String {
    let line = &checked.line;
    let found = checked.found.iter().map(|finding| format!("{} “{}”", finding.rule, finding.found));
    let found: Vec<String> = found.collect();
    let what = match found.is_empty() {
        true => terminal.say("什么都没有发现", "nothing found").to_owned(),
        false => found.join(terminal.say("、", ", ")),
    };
    let core = line.core.as_ref().map_or_else(String::new, |core| {
        text! { zh: "，应标出“{core}”", en: ", should mark “{core}”" }.take(terminal.lang)
    });
    let id = terminal.paint(Dim, &line.id);
    format!("  {id} {}  {}\n", one_line(&line.text), terminal.paint(Yellow, &format!("{what}{core}")))
}
