//! `check --shard`: checks one shard of the files and writes a partial result.

use std::path::{Path, PathBuf};

use dianjian_base::lang::Lang;
use dianjian_base::text;
use dianjian_document::edit::make_folder_of;
use dianjian_engine::Engine;
use dianjian_engine::shards::{InputSizes, PartialHeader, Shard, ShardSummary, VERSION};
use dianjian_project::RunInputs;
use dianjian_report::words;
use dianjian_text::safe::one_line;

use super::CheckArgs;
use super::options::engine_options;
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::spares_inputs;
use crate::interrupt;
use crate::progress::ByteProgress;
use crate::project::report_problems;
use crate::terminal::Terminal;

/// Flags of shards.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ShareArgs {
    #[arg(
        long,
        value_name = "I/N",
        help_heading = "Sharding",
        conflicts_with_all = [
            "format", "output", "quiet", "list_files", "no_fold", "statistics", "min_severity", "min_confidence", "changed_since",
            "report_only", "fail_on", "annotate", "fix", "diff", "update_baseline", "accept"
        ]
    )]
    pub shard: Option<Shard>,
    #[arg(long, value_name = "FILE", requires = "shard", help_heading = "Sharding")]
    partial: Option<PathBuf>,
}

/// Checks a shard and writes its partial.
///
/// # Errors
/// Mistakes in flags; the partial cannot be written.
pub fn run(args: &CheckArgs, share: Shard, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    let policy = args.choice.policy(&mut project, terminal)?;
    let (as_of, as_of_given) = args.date.of(&project);
    project.owns_baseline(args.baseline.baseline.as_deref());
    let inputs = RunInputs::find_unless_broken(&args.input.options(), &mut project);
    if inputs.has_stdin() {
        return Err(CliError::Together { first: "--shard", second: "-" });
    }
    let (mut options, scanner, watch) = engine_options(args, &mut project, as_of)?;
    options.policy.as_of_given = as_of_given;
    // Every shard and the merged report would have these problems, so they are to be solved before time is spent.
    if report_problems(&project, terminal) {
        return Ok(Exit::Untrusted);
    }
    let sizes = InputSizes::of(&inputs.files);
    let header = PartialHeader {
        version: VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        shard: share,
        as_of,
        as_of_given,
        rules: project.pack.digest.clone(),
        configuration: project.configuration(),
        only: args.choice.only.clone(),
        skip: args.choice.skip.clone(),
        roots: options.environment.roots.iter().map(|root| root.to_string_lossy().into_owned()).collect(),
        system: options.policy.system.clone(),
        chunk_bytes: options.tuning.chunk_bytes as u64,
        inputs: inputs.files.len() as u64,
        bytes: sizes.total(),
        names: sizes.digest(&inputs.files),
    };
    let default = || PathBuf::from(format!("dianjian-{}-of-{}.partial", share.number, share.of));
    let path = args.share.partial.clone().unwrap_or_else(default);
    spares_inputs(&inputs, "--partial", &path, &project, |_| false)?;
    make_folder_of(&path)?;
    let progress = ByteProgress::new(sizes.total() / u64::from(share.of), watch.bars());
    let engine = Engine::new(&project.pack, &policy, options);
    let shared = watch.during(|| {
        let add = |bytes| progress.add(bytes);
        engine
            .check_shard((&inputs.files, &sizes), &header, &inputs.problems, &path, &add, &mut || !interrupt::stopped())
    });
    progress.end();
    let shared = shared?;
    if shared.complete {
        terminal.media_notes(&scanner);
        terminal.note(&summary(&shared, share, &path, terminal.lang));
    }
    Ok(Exit::Clean)
}

fn summary(shared: &ShardSummary, share: Shard, path: &Path, lang: Lang) -> String {
    let path = path.to_string_lossy();
    let path = one_line(&path);
    let Shard { number, of } = share;
    let ShardSummary { files, records, findings, problems, .. } = *shared;
    let counts = [(files, "file"), (records, "record"), (findings, "finding"), (problems, "problem")];
    let counts = counts.map(|(number, noun)| words::counted(number, noun)).join(", ");
    let text = text! {
        zh: "第 {number}/{of} 份：{files} 个文件，{records} 条记录，{findings} 处发现，{problems} 个无法检查的问题；\
             写入 {path}，用 dianjian merge 合并\n",
        en: "share {number}/{of}: {counts} in {path}, for `dianjian merge`\n",
    };
    text.take(lang)
}
