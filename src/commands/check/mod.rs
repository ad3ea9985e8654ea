//! `dianjian check`: checks files, fixes them if asked to, and writes the reports.

mod changed;
mod collect;
mod filter;
mod known;
mod options;
mod pictures;
mod share;

use std::fmt::Write as _;
use std::path::PathBuf;

pub use changed::GitError;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use collect::{CheckOutcome, check};
use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_document::edit::Applicability;
use dianjian_document::source::{Input, MaterialUse, TakesMaterial};
use dianjian_engine::Tuning;
use dianjian_engine::fix_rounds::FixedFiles;
use dianjian_engine::ledger::{Ledger, LookedAt, LookedState, PassedSheet};
use dianjian_engine::shards::PartialSet;
use dianjian_media::{OcrModels, TextSetting};
use dianjian_project::{CheckRun, InputOptions};
use dianjian_report::FormatName;
use dianjian_report::words::{self, counted};
use dianjian_text::safe::one_line;
pub use filter::FilterArgs;
use known::baseline_note;
use options::CheckOptions;
use share::ShareArgs;

use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::InputArgs;
use crate::project::{ChoiceArgs, DateArgs, FailLevel, ProjectArgs};
use crate::terminal::Terminal;
use crate::terminal::TextStyle::Dim;

#[derive(Debug, Default, clap::Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub material: MaterialArgs,
    #[command(flatten)]
    pub date: DateArgs,
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailLevel>,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub pictures: PictureArgs,
    #[command(flatten)]
    pub fixing: FixArgs,
    #[command(flatten)]
    pub share: ShareArgs,
    #[command(flatten)]
    pub memory: MemoryArgs,
    #[command(flatten)]
    pub baseline: KnownArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
}

impl CheckArgs {
    /// The flags of inputs as options.
    fn input_options(&self) -> InputOptions {
        InputOptions { material: self.material.takes(), ..self.input.options() }
    }
}

/// Flags of reports: formats and files.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OutputArgs {
    #[arg(long, value_parser = format_name(), value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<FormatName>,
    #[arg(short, long, value_name = "FORMAT=FILE", help_heading = "Output")]
    pub output: Vec<String>,
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    #[arg(long, help_heading = "Output")]
    pub no_fold: bool,
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,
    #[arg(long, help_heading = "Output")]
    pub list_files: bool,
}

fn format_name() -> impl TypedValueParser<Value = FormatName> {
    PossibleValuesParser::new(FormatName::ALL.map(FormatName::name)).try_map(|name| name.parse::<FormatName>())
}

/// The flag that bounds memory.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct MemoryArgs {
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Input")]
    memory: Option<u32>,
}

impl MemoryArgs {
    /// Bytes that cross-record rules may keep in memory.
    pub fn bytes(self) -> usize {
        self.memory.and_then(|mib| usize::try_from(mib).ok()?.checked_mul(1 << 20)).unwrap_or(Tuning::MEMORY)
    }
}

/// The flag of files that are no records.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct MaterialArgs {
    #[arg(long = "as", value_enum, value_name = "USE", help_heading = "Input")]
    material: Option<MaterialName>,
}

/// The values of `--as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum MaterialName {
    Live,
    Cover,
    Homepage,
    Product,
}

impl MaterialArgs {
    /// What of the paths that are no records is an input.
    const fn takes(self) -> TakesMaterial {
        match self.material {
            None => TakesMaterial::Given,
            Some(MaterialName::Live) => TakesMaterial::As(MaterialUse::Live),
            Some(MaterialName::Cover) => TakesMaterial::As(MaterialUse::Cover),
            Some(MaterialName::Homepage) => TakesMaterial::As(MaterialUse::Homepage),
            Some(MaterialName::Product) => TakesMaterial::As(MaterialUse::Product),
        }
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
    #[arg(long, value_name = "DIR", conflicts_with = "no_ocr", help_heading = "Pictures")]
    ocr: Option<PathBuf>,
    #[arg(long, help_heading = "Pictures")]
    no_ocr: bool,
}

impl PictureArgs {
    /// What the flags say of reading text, if anything.
    fn text(&self) -> Result<Option<TextSetting>, CliError> {
        let named = self.ocr.as_ref().map(TextSetting::named);
        if let Some(TextSetting::Folder(folder)) = &named {
            OcrModels::open(folder)?;
        }
        Ok(named.or(self.no_ocr.then_some(TextSetting::Off)))
    }
}

/// Flags of fixes.
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

/// Which fixes `--fix` applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum FixLevel {
    Safe,
    /// Also fixes that may change the meaning of a text.
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
    pub baseline: Option<PathBuf>,
    #[arg(long, conflicts_with = "accept", help_heading = "Baseline")]
    pub update_baseline: bool,
    #[arg(long, help_heading = "Baseline")]
    pub accept: bool,
    // Whether accepting refuses to replace a baseline that exists: so does `baseline create`.
    #[arg(skip)]
    pub keep: bool,
}

/// Runs a check, or one shard of it; with `--fix` the report is about the fixed files.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    if let Some(share) = args.share.shard {
        return share::run(args, share, terminal);
    }
    let mut options = CheckOptions::resolve(args, terminal)?;
    if let Some(level) = options.fix {
        let CheckOptions { project, policy, filter, inputs, engine, .. } = &options;
        let mut fixed =
            CheckRun::new(project, policy, filter, inputs, engine).fixes(&options.known, level.applicability());
        if options.diff {
            // Nothing is written, so the report is about the files as they are on disk.
            terminal.print(&fixed.diffs().map(|diff| terminal.diff(&diff)).collect::<String>())?;
        } else {
            fixed.write();
        }
        options.problems.extend(fixed.problems().cloned());
        terminal.note(&fix_summary(&fixed, options.diff, terminal));
    }
    report(&mut options, None, terminal)
}

/// The number of fixes that were made, or would be, and what the user has to know about them.
fn fix_summary(fixed: &FixedFiles, dry_run: bool, terminal: &Terminal) -> String {
    let (fixes, files) = (fixed.fixes(), fixed.changed_files());
    let (zh, en) = if dry_run { ("可修复", "would fix") } else { ("已修复", "fixed") };
    let mut text = text! {
        zh: "{zh} {files} 个文件里的 {fixes} 处",
        en: format!("{en} {} in {}", counted(fixes, "finding"), counted(files, "file")),
    };
    if fixes == 0 {
        text = text! { zh: "没有可以自动修复的问题", en: "nothing to fix" };
    }
    let failed = fixed.failed_files();
    if failed > 0 {
        let not = text! {
            zh: "{failed} 个文件没有改动，原因见报告",
            en: format!("{} left as they were, see the report", counted(failed, "file")),
        };
        text = match fixes {
            0 => not,
            _ => Text { zh: format!("{}；{}", text.zh, not.zh), en: format!("{}; {}", text.en, not.en) },
        };
    }
    let mut out = text.take(terminal.lang);
    if fixed.did_not_converge {
        out.push_str(
            terminal.say("；有些修复互相矛盾，已停止", "; some fixes contradict each other, so it was stopped"),
        );
    }
    out.push('\n');
    for (name, copy) in fixed.copies() {
        let copy = copy.display().to_string();
        let (name, copy) = (one_line(name), one_line(&copy));
        let line = match dry_run {
            true => {
                text! { zh: "“{name}”只能读：修好的内容会写进副本 {copy}\n", en: "{name} is only read: the fixed workbook would be {copy}\n" }
            }
            false => text! {
                zh: "“{name}”只能读，没有改动：修好的副本是 {copy}（只有值，没有格式和公式）\n",
                en: "{name} is only read and left as it is: the fixed copy is {copy} (values without formats and formulas)\n",
            },
        };
        out.push_str(line.get(terminal.lang));
    }
    out.push_str(&refused(fixed, terminal));
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

/// The fixes that were not made because they would break a rule elsewhere.
fn refused(fixed: &FixedFiles, terminal: &Terminal) -> String {
    const LISTED: usize = 10;
    let mut out = String::new();
    for fix in fixed.refused.iter().take(LISTED) {
        let (title, why) = (terminal.text(&fix.title), terminal.text(&fix.why));
        let (place, rule) = (one_line(&fix.place), &fix.rule);
        let line = text! {
            zh: "没有修复 {place}：{title}，会引起新问题 {rule}：{why}\n",
            en: "not fixed, {place}: {title} would break {rule}: {why}\n",
        };
        out.push_str(line.get(terminal.lang));
    }
    let more = fixed.refused.len().saturating_sub(LISTED);
    if more > 0 {
        out.push_str(
            text! { zh: "另有 {more} 处因此没有修复\n", en: "{more} more were not fixed for such reasons\n" }
                .get(terminal.lang),
        );
    }
    out
}

/// Judges and reports what the shards of a check found.
///
/// # Errors
/// Mistakes in flags; partials made with other rules; an output that cannot be written.
pub fn merge(args: &CheckArgs, parts: &PartialSet, threads: usize, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut options = CheckOptions::resolve(args, terminal)?;
    options.others.clear();
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

fn report(options: &mut CheckOptions, parts: Option<&PartialSet>, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let checked = check(options, parts, terminal);
    // Hooks name whatever was committed: that nothing of it is to be checked is no failure.
    let exit = match checked.exit() {
        Exit::Nothing if options.force_exclude => Exit::Clean,
        exit => exit,
    };
    if checked.totals.complete {
        report_rest(checked, options, terminal)?;
    }
    Ok(exit)
}

/// Every input in order, with what became of it and why; below a workbook the sheets that were passed over. Then the other
/// files in the folders: those that records name, and those that nothing reads.
fn listing(inputs: &[Input], others: &[String], ledger: &Ledger, lang: Lang) -> String {
    let (mut passed_over, mut sheets) = (ledger.passed_over.iter().peekable(), ledger.passed_sheets.iter().peekable());
    let mut gaps = ledger.gaps.iter().peekable();
    let mut out = String::new();
    let mut line = |state: LookedState, name: &str, reason: &str| {
        let line = format!("{}  {name}  {reason}", words::state(lang, state));
        let _ = writeln!(out, "{}", line.trim_end());
    };
    for input in inputs {
        let passed = passed_over.next_if(|passed| passed.file == input.name);
        let looked = passed.map_or(&LookedAt::Checked, |passed| &passed.looked);
        let gaps = gaps.next_if(|gaps| gaps.file == input.name).map(|gaps| not_understood(gaps.places));
        let reason = looked.reason().or(gaps.as_ref()).map_or("", |reason| reason.get(lang));
        line(looked.state(), &one_line(&input.name), reason);
        while let Some(PassedSheet { file, sheet, reason }) = sheets.next_if(|passed| passed.file == input.name) {
            let name = format!("{} · {}", one_line(file), one_line(sheet));
            line(LookedState::NothingToCheck, &name, reason.get(lang));
        }
    }
    for name in others {
        let state = ledger.side_file(name);
        let reason = state.map_or_else(no_record_names_it, |_| named_by_a_record());
        line(state.unwrap_or(LookedState::NothingToCheck), &one_line(name), reason.get(lang));
    }
    out
}

fn not_understood(places: u64) -> Text {
    text! {
        zh: "其中 {places} 处没有读懂",
        en: format!("{} in it not understood", counted(usize::try_from(places).unwrap_or(usize::MAX), "place")),
    }
}

fn named_by_a_record() -> Text {
    text! { zh: "记录里写到的文件", en: "a record names it" }
}

fn no_record_names_it() -> Text {
    text! {
        zh: "没有记录写到它，也不是要读的店铺文件（按扩展名、ignore: 和配置）",
        en: "no record names it, and it is no file of records by its extension, `ignore:` or the configuration",
    }
}

/// Prints what no report contains: the reason for an empty one, copies of pictures, errors in writing, the baseline.
fn report_rest(checked: CheckOutcome, options: &CheckOptions, terminal: &mut Terminal) -> Result<(), CliError> {
    if checked.exit() == Exit::Nothing {
        let text = match checked.totals.summary.files {
            0 => text! { zh: "没有可检查的文件\n", en: "no files to check\n" },
            files => text! {
                zh: "{files} 个文件里没有可检查的记录\n",
                en: format!("no records in {}\n", counted(files, "file")),
            },
        };
        terminal.note(text.get(terminal.lang));
    }
    if let Some(in_place) = options.list_files {
        let list = listing(&options.inputs.files, &options.others, &checked.totals.summary.looked_at, terminal.lang);
        if in_place {
            terminal.print(&list)?;
        } else {
            terminal.note(&list);
        }
    }
    if options.silent() {
        terminal.problems(&checked.unreported);
    }
    terminal.media_notes(&options.scanner);
    let untrusted = checked.may_not_change_the_baseline(&options.known);
    for path in &checked.annotated {
        let path = one_line(&path.to_string_lossy()).into_owned();
        terminal.note(&format!("{}{path}\n", terminal.paint(Dim, terminal.say("已标注：", "annotated: "))));
    }
    checked.unmarked.iter().for_each(|error| terminal.error(error));
    checked.unwritten.into_iter().for_each(|error| terminal.error(&error.into()));
    if let Some(change) = options.known.finish(untrusted)? {
        let note = baseline_note(&change, options.engine.policy.as_of);
        terminal.note(&format!("{}\n", terminal.paint(Dim, note.get(terminal.lang))));
    }
    Ok(())
}
