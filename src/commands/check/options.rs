//! The resolved options of a check: flags, configuration and surroundings in one.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_document::edit::may_be_folder;
use dianjian_document::problem::Problem;
use dianjian_engine as engine;
use dianjian_media::MediaScanner;
use dianjian_report::{FormatName, Output, OutputError, OutputTarget, RunInfo, UnknownFormat};

use super::known::KnownFindings;
use super::pictures::Pictures;
use super::{CheckArgs, FixLevel, OutputArgs};
use crate::config::{ConfigError, ProjectPolicy};
use crate::error::CliError;
use crate::inputs::RunInputs;
use crate::progress::MediaBars;
use crate::project::Project;
use crate::terminal::Terminal;

/// All that a check needs to know.
#[derive(Debug)]
pub struct CheckOptions {
    /// Configuration and pack.
    pub project: Project,
    /// How bad findings are.
    pub policy: ProjectPolicy,
    pub inputs: RunInputs,
    /// How they are checked.
    pub engine: engine::RunOptions,
    /// What reports have in common.
    pub run: RunInfo,
    pub outputs: Vec<Output>,
    /// Findings that are known.
    pub known: KnownFindings,
    /// Which fixes are made.
    pub fix: Option<FixLevel>,
    /// Are they only shown?
    pub diff: bool,
    /// What looks at pictures and videos.
    pub scanner: Arc<MediaScanner>,
    /// The bars on the terminal.
    pub watch: Arc<MediaBars>,
    /// What is done with the pictures of findings.
    pub pictures: Arc<Pictures>,
    /// What makes the run untrustworthy before it begins.
    pub problems: Vec<Problem>,
}

impl CheckOptions {
    /// Brings flags, configuration and files together.
    ///
    /// # Errors
    /// Mistakes in flags.
    pub fn resolve(args: &CheckArgs, terminal: &mut Terminal) -> Result<Self, CliError> {
        let mut project = Project::load(&args.project, terminal)?;
        let policy = project.policy(&args.choice, terminal)?;
        let (as_of, as_of_given) = project.as_of(args.date);
        project.owns(args.baseline.file());
        let inputs = if project.broken { RunInputs::default() } else { RunInputs::find(&args.input, &mut project) };
        let fix = args.fixing.fix.or(args.fixing.diff.then_some(FixLevel::Safe));
        if fix.is_some() && inputs.has_stdin() {
            return Err(CliError::Together { first: if args.fixing.diff { "--diff" } else { "--fix" }, second: "-" });
        }
        if let Some(folder) = &args.pictures.annotate {
            may_be_folder(folder)?;
        }
        let outputs = outputs(&args.output, args.fixing.diff, &mut project)?;
        let known = KnownFindings::open(&args.baseline, &mut project)?;
        let configured = project.config.as_ref().and_then(|config| config.file.fail_on);
        let fail_on = args.fail_on.or(configured).unwrap_or_default();
        let taking_part = project.rule_infos().into_iter().filter(|rule| policy.chooses(&rule.id)).collect();
        let run = RunInfo::new(as_of, terminal.lang, taking_part).with_fail_on(fail_on.severity());
        let (mut engine, scanner, watch) = engine_options(args, &mut project, as_of);
        engine.policy.as_of_given = as_of_given;
        let to_terminal =
            |output: &Output| output.format == FormatName::Pretty && output.target == OutputTarget::Stdout;
        let configured = project.config.as_ref().and_then(|config| config.file.media.terminal_pictures);
        let shows = !args.pictures.no_pictures
            && configured != Some(false)
            && terminal.look.pictures.is_some()
            && outputs.iter().any(to_terminal);
        let pictures = Arc::new(Pictures::new(Arc::clone(&scanner), shows, args.pictures.annotate.clone()));
        let mut problems = std::mem::take(&mut project.problems);
        problems.extend(inputs.problems.iter().cloned());
        let diff = args.fixing.diff;
        Ok(Self { project, policy, inputs, engine, run, outputs, known, fix, diff, scanner, watch, pictures, problems })
    }

    /// Is there no report on the standard output?
    pub fn silent(&self) -> bool {
        !self.outputs.iter().any(|output| output.target == OutputTarget::Stdout)
    }
}

/// How files are checked, who looks at their pictures, and who watches that.
pub fn engine_options(
    args: &CheckArgs,
    project: &mut Project,
    as_of: NaiveDate,
) -> (engine::RunOptions, Arc<MediaScanner>, Arc<MediaBars>) {
    let mut options = engine::RunOptions::new(as_of);
    args.input.apply_to(&mut options);
    options.tuning.memory = args.memory.bytes();
    let (scanner, watch) = project.scanner(!args.pictures.no_cache);
    options.environment.scanner = scanner.clone();
    options.policy.addresses_are_problems = project.addresses_are_problems();
    (options, scanner, watch)
}

/// The outputs of flags and configuration: each goes to a place of its own, a flag wins over the
/// configuration, and unless nothing is wanted there, one of them is the standard output.
fn outputs(args: &OutputArgs, diff: bool, project: &mut Project) -> Result<Vec<Output>, CliError> {
    let mut outputs: Vec<Output> = Vec::new();
    for text in &args.output {
        let output: Output = text.parse().map_err(|error| no_output(text, &error))?;
        if outputs.iter().any(|known| known.target == output.target) {
            return Err(CliError::SameTarget { target: display_target(&output.target) });
        }
        outputs.push(output);
    }
    let named = outputs.iter().find(|output| is_lost(output)).map(|_| "-o");
    let chosen = args.format.filter(|format| *format == FormatName::Xlsx).map(|_| "--format");
    if let Some(flag) = named.or(chosen) {
        return Err(CliError::flag(flag, FormatName::Xlsx.name(), ConfigError::NoFile));
    }
    if let Some(config) = &project.config {
        for output in config.outputs(&mut project.problems) {
            if !outputs.iter().any(|known| known.target == output.target) {
                outputs.push(output);
            }
        }
    }
    let taken = outputs.iter().any(|output| output.target == OutputTarget::Stdout);
    match (taken, args.format) {
        (true, _) if diff => return Err(CliError::Together { first: "--diff", second: "-o FORMAT=-" }),
        (true, _) if args.quiet => return Err(CliError::Together { first: "--quiet", second: "-o FORMAT=-" }),
        (true, Some(_)) => return Err(CliError::SameTarget { target: display_target(&OutputTarget::Stdout) }),
        (false, format) if !diff && !args.quiet => {
            outputs.insert(0, Output { format: format.unwrap_or(FormatName::Pretty), target: OutputTarget::Stdout });
        }
        _ => {}
    }
    Ok(outputs)
}

/// A workbook is nothing to be printed.
fn is_lost(output: &Output) -> bool {
    output.format == FormatName::Xlsx && output.target == OutputTarget::Stdout
}

fn display_target(target: &OutputTarget) -> String {
    match target {
        OutputTarget::Stdout => "-".to_owned(),
        OutputTarget::File(path) => path.display().to_string(),
    }
}

fn no_output(text: &str, error: &OutputError) -> CliError {
    let error = match error {
        OutputError::Format(UnknownFormat(found)) => ConfigError::unknown_format(found),
        OutputError::NoFile => ConfigError::NoFile,
    };
    CliError::flag("-o", text, error)
}
