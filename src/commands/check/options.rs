//! The options of a check, resolved from flags, configuration and environment.

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_document::edit::may_be_folder;
use dianjian_document::problem::Problem;
use dianjian_engine::RunOptions;
use dianjian_media::MediaScanner;
use dianjian_project::config::{ConfigError, ProjectPolicy};
use dianjian_project::{DEFAULT_BASELINE, KnownFindings, Project, ReportFilter, RunInputs};
use dianjian_report::{FormatName, Output, OutputError, OutputTarget, RunInfo, UnknownFormat};

use super::pictures::Pictures;
use super::{CheckArgs, FixLevel, OutputArgs};
use crate::earlier::{beginning, is_written};
use crate::error::CliError;
use crate::inputs::{replaces_own, spares_inputs};
use crate::progress::MediaBars;
use crate::project::media_scanner;
use crate::terminal::Terminal;

/// Everything that flags, configuration and environment decide about a check.
#[derive(Debug)]
pub struct CheckOptions {
    pub project: Project,
    pub policy: ProjectPolicy,
    pub inputs: RunInputs,
    pub engine: RunOptions,
    /// What all reports have in common.
    pub run: RunInfo,
    pub outputs: Vec<Output>,
    pub known: KnownFindings,
    /// Which findings the reports list.
    pub filter: ReportFilter,
    /// Whether named files are treated as those in folders.
    pub force_exclude: bool,
    /// Fixes up to this level are applied; `None`: none are.
    pub fix: Option<FixLevel>,
    /// Whether fixes are printed as a diff instead of written.
    pub diff: bool,
    /// Whether the inputs are listed with what became of each; `true`: in the place of the report.
    pub list_files: Option<bool>,
    /// The names of the other files in the folders of the run, where the inputs are listed.
    pub others: Vec<String>,
    pub scanner: Arc<MediaScanner>,
    pub watch: Arc<MediaBars>,
    pub pictures: Arc<Pictures>,
    /// Problems from before the run: because of them its result cannot be trusted.
    pub problems: Vec<Problem>,
}

impl CheckOptions {
    /// Reads configuration and rules, and finds the inputs.
    ///
    /// # Errors
    /// Mistakes in flags.
    pub fn resolve(args: &CheckArgs, terminal: &mut Terminal) -> Result<Self, CliError> {
        let mut project = args.project.load(terminal)?;
        let policy = args.choice.policy(&mut project, terminal)?;
        let (as_of, as_of_given) = args.date.of(&project);
        let filter = args.filter.filter(project.working.path())?;
        let accepted = args.baseline.accept.then_some(Path::new(DEFAULT_BASELINE));
        project.owns_baseline(args.baseline.baseline.as_deref().or(accepted));
        let inputs = RunInputs::find_unless_broken(&args.input_options(), &mut project);
        let fix = args.fixing.fix.or(args.fixing.diff.then_some(FixLevel::Safe));
        if fix.is_some() && inputs.has_stdin() {
            return Err(CliError::Together { first: if args.fixing.diff { "--diff" } else { "--fix" }, second: "-" });
        }
        if let Some(folder) = &args.pictures.annotate {
            may_be_folder(folder)?;
        }
        let outputs = outputs(&args.output, args.fixing.diff, &mut project)?;
        for output in &outputs {
            if let OutputTarget::File(path) = &output.target {
                spares_inputs(&inputs, "-o", path, &project, is_report)?;
                replaces_own("-o", path, |path| is_report(path) || is_text_report(path))?;
            }
        }
        if let Some(path) = args.baseline.baseline.as_deref().filter(|_| args.baseline.accept) {
            spares_inputs(&inputs, "--baseline", path, &project, |_| false)?;
        }
        let known = KnownFindings::open(&args.baseline.options(), as_of, &mut project)?;
        let fail_on = project.fail_on(args.fail_on.map(Into::into));
        let mut run = RunInfo::new(as_of, terminal.lang, project.rules_taking_part(&policy));
        run.fail_on = fail_on.severity();
        (run.folds, run.counts_only) = (!args.output.no_fold, args.output.statistics);
        let (mut engine, scanner, watch) = engine_options(args, &mut project, as_of)?;
        engine.policy.as_of_given = as_of_given;
        let to_terminal =
            |output: &Output| output.format == FormatName::Pretty && output.target == OutputTarget::Stdout;
        let configured = project.config.as_ref().and_then(|config| config.file.media.terminal_pictures);
        let shows = !args.pictures.no_pictures
            && configured != Some(false)
            && terminal.look.pictures.is_some()
            && outputs.iter().any(to_terminal);
        let pictures = Arc::new(Pictures::new(Arc::clone(&scanner), shows, args.pictures.annotate.clone()));
        let problems = project.take_problems(&inputs);
        let diff = args.fixing.diff;
        let others = match args.output.list_files {
            true => inputs.others(&args.input.options(), &project.working),
            false => Vec::new(),
        };
        let list_files = args.output.list_files.then(|| args.output.lists_in_place());
        Ok(Self {
            project,
            policy,
            inputs,
            engine,
            run,
            outputs,
            known,
            filter,
            force_exclude: args.input.force_exclude,
            fix,
            diff,
            list_files,
            others,
            scanner,
            watch,
            pictures,
            problems,
        })
    }

    /// Whether no report goes to the standard output.
    pub fn silent(&self) -> bool {
        !self.outputs.iter().any(|output| output.target == OutputTarget::Stdout)
    }
}

/// The engine's options, and the scanner and progress bars that they refer to.
pub fn engine_options(
    args: &CheckArgs,
    project: &mut Project,
    as_of: NaiveDate,
) -> Result<(RunOptions, Arc<MediaScanner>, Arc<MediaBars>), CliError> {
    let mut options = args.input.run_options(project, as_of);
    options.tuning.memory = args.memory.bytes();
    let (scanner, watch) = media_scanner(project, !args.pictures.no_cache, args.pictures.text()?);
    options.environment.scanner = scanner.clone();
    options.policy.addresses_are_problems = project.addresses_are_problems();
    Ok((options, scanner, watch))
}

/// The outputs of flags and configuration. No two have the same target, flags win over the configuration, and one goes
/// to the standard output unless `--quiet` or `--diff` keeps it free.
fn outputs(args: &OutputArgs, diff: bool, project: &mut Project) -> Result<Vec<Output>, CliError> {
    let mut outputs: Vec<Output> = Vec::new();
    for text in &args.output {
        let output: Output = text.parse().map_err(|error| no_output(text, &error))?;
        if outputs.iter().any(|known| known.target == output.target) {
            return Err(CliError::SameTarget { target: display_target(&output.target) });
        }
        outputs.push(output);
    }
    // A workbook cannot be displayed, so the standard output is refused.
    let printed = Output { format: FormatName::Xlsx, target: OutputTarget::Stdout };
    let named = outputs.contains(&printed).then_some("-o");
    let chosen = (args.format == Some(FormatName::Xlsx)).then_some("--format");
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
        (false, format) if !diff && !args.quiet && !args.lists_in_place() => {
            outputs.insert(0, Output { format: format.unwrap_or(FormatName::Pretty), target: OutputTarget::Stdout });
        }
        _ => {}
    }
    Ok(outputs)
}

impl OutputArgs {
    /// Whether the list of files takes the place of the report on the standard output: unless one is asked for.
    const fn lists_in_place(&self) -> bool {
        self.list_files && self.format.is_none() && !self.quiet
    }
}

/// Whether a file is a report that an earlier run wrote.
fn is_report(path: &Path) -> bool {
    is_written(path, |head| {
        let is_empty_list = head.trim_start_matches('[').trim() == "]";
        let starts = ["{\"version\":1,\"as_of\":", "[\n{\"fingerprint\":"].iter().any(|start| head.starts_with(start));
        starts
            || is_empty_list
            || head.contains("\"name\":\"dianjian\"")
            || head.contains("<testsuites name=\"dianjian\"")
    })
}

/// Whether a file looks like a report that is a text without a head of its own: its lines are findings, or its end names the
/// program.
fn is_text_report(path: &Path) -> bool {
    const LOOKED_AT: u64 = 1 << 20;
    let Some(bytes) = beginning(path, LOOKED_AT) else { return false };
    let Ok(text) = std::str::from_utf8(&bytes) else { return false };
    let is_finding = |line: &str| {
        line.starts_with("::")
            || [": error[", ": warning[", ": info[", ": problem"].iter().any(|word| line.contains(word))
    };
    let marks = ["dianjian", "店检", "✓ ", "✗ ", " errors", " warnings", " 个错误", " 个警告", " 个提示"];
    text.lines().take(3).any(is_finding) || marks.iter().any(|mark| text.contains(mark))
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
