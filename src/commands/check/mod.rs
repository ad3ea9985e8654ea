//! `dianjian check`: files in, reports and an exit status out.

mod collect;
mod known;
mod options;
mod pictures;
mod share;

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use collect::{CheckOutcome, check};
use dianjian_base::lang::Lang;
use dianjian_document::edit::Applicability;
use dianjian_engine::Tuning;
use dianjian_engine::fix_rounds::{FixRequest, FixedFiles};
use dianjian_engine::shards::PartialSet;
use dianjian_report::{FormatName, words};
use dianjian_text::safe::one_line;
use options::CheckOptions;
use share::ShareArgs;

use crate::config::FailOn;
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::InputArgs;
use crate::project::{ChoiceArgs, DateArgs, ProjectArgs};
use crate::terminal::{Terminal, TextStyle};

#[derive(Debug, Default, clap::Args)]
pub struct CheckArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    date: DateArgs,
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    #[command(flatten)]
    fixing: FixArgs,
    #[command(flatten)]
    share: ShareArgs,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    baseline: KnownArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

impl CheckArgs {
    /// A check that prints nothing.
    pub fn silent(
        input: InputArgs,
        date: DateArgs,
        choice: ChoiceArgs,
        project: ProjectArgs,
        baseline: KnownArgs,
    ) -> Self {
        let output = OutputArgs { quiet: true, ..OutputArgs::default() };
        Self { input, date, output, baseline, choice, project, ..Self::default() }
    }

    /// A check whose files have been read by others.
    pub fn of_parts(
        date: DateArgs,
        choice: ChoiceArgs,
        (output, fail_on, memory): (OutputArgs, Option<FailOn>, MemoryArgs),
        baseline: KnownArgs,
        project: ProjectArgs,
    ) -> Self {
        Self { date, choice, output, fail_on, memory, baseline, project, ..Self::default() }
    }
}

/// Flags that say what is written where.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OutputArgs {
    #[arg(long, value_parser = format_name(), value_name = "FORMAT", help_heading = "Output")]
    format: Option<FormatName>,
    #[arg(short, long, value_name = "FORMAT=FILE", help_heading = "Output")]
    output: Vec<String>,
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

fn format_name() -> impl TypedValueParser<Value = FormatName> {
    PossibleValuesParser::new(FormatName::ALL.map(FormatName::name)).try_map(|name| name.parse::<FormatName>())
}

/// How much memory is used.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct MemoryArgs {
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Input")]
    memory: Option<u32>,
}

impl MemoryArgs {
    /// In bytes.
    pub fn bytes(self) -> usize {
        self.memory.and_then(|mib| usize::try_from(mib).ok()?.checked_mul(1 << 20)).unwrap_or(Tuning::MEMORY)
    }
}

/// Flags of pictures and videos.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PictureArgs {
    #[arg(long, value_name = "DIR", help_heading = "Pictures")]
    annotate: Option<PathBuf>,
    #[arg(long, help_heading = "Pictures")]
    no_cache: bool,
    #[arg(long, help_heading = "Pictures")]
    no_pictures: bool,
}

/// Flags that mend.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct FixArgs {
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "safe",
        help_heading = "Fixes"
    )]
    fix: Option<FixLevel>,
    #[arg(long, help_heading = "Fixes")]
    diff: bool,
}

/// Which fixes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum FixLevel {
    /// Those that are certainly meant.
    Safe,
    /// Also those that may change what is said.
    Unsafe,
}

impl FixLevel {
    const fn applicability(self) -> Applicability {
        match self {
            Self::Safe => Applicability::Safe,
            Self::Unsafe => Applicability::Unsafe,
        }
    }
}

/// Flags of the baseline.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct KnownArgs {
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    baseline: Option<PathBuf>,
    #[arg(long, conflicts_with = "accept", help_heading = "Baseline")]
    update_baseline: bool,
    #[arg(long, help_heading = "Baseline")]
    accept: bool,
    /// Is a baseline that is there already left as it is?
    #[arg(skip)]
    keep: bool,
}

impl KnownArgs {
    /// All that is found is entered in a baseline, which must be new unless `force` is given.
    pub fn accepting(baseline: Option<PathBuf>, force: bool) -> Self {
        Self { baseline, update_baseline: false, accept: true, keep: !force }
    }

    /// The file that is asked for, apart from what the configuration names.
    fn file(&self) -> Option<&Path> {
        self.baseline.as_deref().or_else(|| self.accept.then_some(Path::new(known::DEFAULT_BASELINE)))
    }
}

/// Runs the command.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    if let Some(share) = args.share.shard {
        return share::run(args, share, terminal);
    }
    let mut options = CheckOptions::resolve(args, terminal)?;
    if let Some(level) = options.fix {
        let known = options.known.snapshot();
        let request = FixRequest {
            pack: &options.project.pack,
            severities: &options.policy,
            options: &options.engine,
            inputs: &options.inputs.files,
            known: &known,
            at_most: level.applicability(),
        };
        let mut fixed = request.run();
        if options.diff {
            // The report is of the files as they are.
            terminal.print(&fixed.diffs().map(|diff| terminal.diff(&diff)).collect::<String>())?;
        } else {
            fixed.write();
        }
        options.problems.extend(fixed.problems().cloned());
        terminal.note(&fix_summary(&fixed, options.diff, terminal));
    }
    report(&mut options, None, terminal)
}

/// What fixing did, or would do, in a line.
fn fix_summary(fixed: &FixedFiles, dry_run: bool, terminal: &Terminal) -> String {
    let (files, lang) = (fixed.changed_files(), terminal.lang);
    let mut out = match lang {
        _ if fixed.fixes == 0 => terminal.say("没有可以自动修复的问题", "nothing to fix").to_owned(),
        Lang::Zh if dry_run => format!("可修复 {files} 个文件里的 {} 处", fixed.fixes),
        Lang::Zh => format!("已修复 {files} 个文件里的 {} 处", fixed.fixes),
        Lang::En => {
            let done = if dry_run { "would fix" } else { "fixed" };
            format!(
                "{done} {} in {}",
                words::count(lang, fixed.fixes, "", "finding"),
                words::count(lang, files, "", "file")
            )
        }
    };
    if fixed.did_not_converge {
        out.push_str(
            terminal.say("；有些修复互相矛盾，已停止", "; some fixes contradict each other, so it was stopped"),
        );
    }
    out.push('\n');
    if fixed.has_formulas() {
        out.push_str(terminal.say(
            "工作簿里的公式仍是原先保存的结果：请打开后重新计算（Excel、WPS：Ctrl+Alt+F9；\
             LibreOffice：Ctrl+Shift+F9）\n",
            "formulas keep their stored results until they are computed again (Ctrl+Alt+F9 in Excel and WPS, \
             Ctrl+Shift+F9 in LibreOffice)\n",
        ));
    }
    out
}
/// Does the rest of a check whose files have been read by others.
///
/// # Errors
/// Mistakes in flags; partials of other rules; an output that cannot be written.
pub fn merge(args: &CheckArgs, parts: &PartialSet, threads: usize, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut options = CheckOptions::resolve(args, terminal)?;
    let header = parts.header();
    parts.fit(&options.project.pack.digest, &options.project.configuration())?;
    options.problems.extend(parts.problems()?);
    options.inputs.files = parts.inputs().to_vec();
    let engine = &mut options.engine;
    (engine.policy.as_of_given, engine.tuning.threads) = (header.as_of_given, threads);
    engine.environment.roots = header.roots.iter().map(PathBuf::from).collect();
    engine.policy.system.clone_from(&header.system);
    engine.environment.homes = Some(std::sync::Arc::new(parts.homes()));
    report(&mut options, Some(parts), terminal)
}

/// Makes the reports and tells what they do not.
fn report(options: &mut CheckOptions, parts: Option<&PartialSet>, terminal: &Terminal) -> Result<Exit, CliError> {
    let checked = check(options, parts, terminal);
    let exit = checked.exit();
    if checked.complete {
        report_rest(checked, options, terminal)?;
    }
    Ok(exit)
}

/// Says what the report itself does not.
fn report_rest(checked: CheckOutcome, options: &CheckOptions, terminal: &Terminal) -> Result<(), CliError> {
    if checked.exit() == Exit::Nothing {
        let files = checked.summary.files;
        terminal.note(&match (terminal.lang, files) {
            (Lang::Zh, 0) => "没有可检查的文件\n".to_owned(),
            (Lang::En, 0) => "no files to check\n".to_owned(),
            (Lang::Zh, _) => format!("{files} 个文件里没有可检查的记录\n"),
            (Lang::En, _) => format!("no records in {}\n", words::count(Lang::En, files, "", "file")),
        });
    }
    if options.silent() {
        terminal.problems(&checked.unreported, &options.run);
    }
    terminal.media_notes(&options.scanner);
    let untrusted = checked.exit() == Exit::Untrusted;
    for path in &checked.annotated {
        let path = one_line(&path.to_string_lossy()).into_owned();
        terminal.note(&format!("{}{path}\n", terminal.paint(TextStyle::Dim, terminal.say("已标注：", "annotated: "))));
    }
    checked.unmarked.iter().for_each(|error| terminal.error(error));
    checked.unwritten.into_iter().for_each(|error| terminal.error(&error.into()));
    if let Some(note) = options.known.finish(untrusted, terminal)? {
        terminal.note(&format!("{}\n", terminal.paint(TextStyle::Dim, &note)));
    }
    Ok(())
}
