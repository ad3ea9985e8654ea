//! The command line: one file a command.
//!
//! [`run`] takes arguments and gives an [`Exit`]. Raw flags (`…Args`) become resolved options; a
//! command gives finished text to the `Terminal` or, for `check`, to the reports. Nothing outside
//! this module prints, reads the clock or looks at the environment.

mod audit;
mod baseline;
mod check;
mod completions;
mod doctor;
mod error;
mod exit;
mod explain;
mod forecast;
mod help;
mod import;
mod inputs;
mod interrupt;
mod locale;
mod media;
mod merge;
mod migrate;
mod project;
mod rules;
mod tables;
mod terminal;
mod usage;
mod watch;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

pub use exit::Exit;
pub use rules::schema::{SchemaName, schema};

use crate::lang::Lang;
use locale::ColorChoice;
use terminal::Terminal;

/// 店检：按有日期、有依据的规则检查微信小店的店铺文件和直播素材
/// / checks WeChat shop files and live rooms against dated, evidenced rules
#[derive(Debug, Parser)]
#[command(name = "dianjian", version, after_help = exit::HELP, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, clap::Args)]
struct GlobalArgs {
    /// Language of messages, zh or en; default: the configuration's, else the locale's
    #[arg(long, global = true, value_name = "LANG", help_heading = "Display")]
    lang: Option<Lang>,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Display")]
    color: ColorChoice,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 检查店铺文件和直播素材 / Check shop files and live rooms
    Check(check::CheckArgs),
    /// 合并各份的分片结果 / Merge the partial results of all shares of a check
    Merge(merge::MergeArgs),
    /// 规则：测试、列表、校验、时间线 / The rules themselves: test, list, lint, schema, timeline, new
    Rules(rules::RulesArgs),
    /// 解释一条规则、一个字段或一张表 / Explain a rule, a field or a table
    Explain(explain::ExplainArgs),
    /// 把平台导出和表格写成本工具的文件 / Write exports and tables as native files
    Import(import::ImportArgs),
    /// 表：把平台的类目和保证金数据写成表 / Tables: from the platform's category and deposit answers
    Tables(tables::TablesArgs),
    /// 平台的驳回，和本工具会说什么 / The platform's rejections beside what the rules say
    Audit(audit::AuditArgs),
    /// 接下来哪天会有什么变化 / What changes next, for which record, and when
    Forecast(forecast::ForecastArgs),
    /// 迁移：应用、续做、撤销、复核 / Migration: apply a plan, resume it, undo it, verify it
    Migrate(migrate::MigrateArgs),
    /// 已知问题的基线 / The baseline of known findings
    Baseline(baseline::BaselineArgs),
    /// 程序、规则、ffmpeg、缓存是否就绪 / Is everything in place: the rules, ffmpeg, the cache
    Doctor(doctor::DoctorArgs),
    /// 生成命令补全脚本 / Print a completion script for a shell
    Completions(completions::CompletionsArgs),
}

/// Runs a command line, the program's name first.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let lang = usage::lang(&args);
    let parsed = help::localized(command(), lang)
        .try_get_matches_from(&args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error, lang),
    };
    let mut terminal = Terminal::new(cli.global.lang, locale::look(cli.global.color));
    let result = match cli.command {
        Command::Check(args) => check::run(&args, &mut terminal),
        Command::Merge(args) => merge::run(&args, &mut terminal),
        Command::Rules(args) => rules::run(&args, &mut terminal),
        Command::Explain(args) => explain::run(&args, &mut terminal),
        Command::Import(args) => import::run(&args, &mut terminal),
        Command::Tables(args) => tables::run(&args, &mut terminal),
        Command::Audit(args) => audit::run(&args, &mut terminal),
        Command::Forecast(args) => forecast::run(&args, &mut terminal),
        Command::Migrate(args) => migrate::run(&args, &mut terminal),
        Command::Baseline(args) => baseline::run(&args, &mut terminal),
        Command::Doctor(args) => doctor::run(&args, &mut terminal),
        Command::Completions(args) => completions::run(&args, &mut terminal),
    };
    let exit = result.unwrap_or_else(|error| {
        terminal.error(&error);
        Exit::Untrusted
    });
    if interrupt::stopped() { Exit::Interrupted } else { exit }
}

/// The command line's own description, for completions and tests.
fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        for lang in [Lang::Zh, Lang::En] {
            help::localized(command(), lang).debug_assert();
        }
    }
}
