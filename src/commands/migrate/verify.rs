//! `dianjian migrate verify PLAN`: the files, checked as of the cut-over and compared with the plan.

use std::fmt::Write as _;

use dianjian_base::text;
use dianjian_migrate::apply::{FindingCount, PlanComparison, PlanContext, ShopState, VerifyReport};
use dianjian_report::words;
use dianjian_rules::language::Severity;
use serde::Serialize;

use super::PlanArgs;
use super::apply::ShopListArgs;
use super::outcome::heading;
use crate::commands::pretty_json;
use crate::commands::rules::list::style;
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::ByteProgress;
use crate::project::{ChoiceArgs, ProjectArgs};
use crate::terminal::TextStyle::{Cyan, Dim, Green, Plain, Red, Yellow};
use crate::terminal::{Terminal, cell};

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = "Input")]
    threads: usize,
    #[command(flatten)]
    output: ShopListArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Differences that are listed without `--all`.
const MAX_DIFFERENCES: usize = 20;

/// Checks the plan's files and prints how the findings differ from those that the plan foresees. The exit status is 1 if
/// there are others.
///
/// # Errors
/// Mistakes in flags; a journal that cannot be read; an output that cannot be written.
pub fn run(args: &VerifyArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    let policy = ChoiceArgs::default().policy(&mut project, terminal)?;
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let context = PlanContext::new(&opened)?;
    let sizes = context.inputs().into_iter().filter_map(|input| Some(std::fs::metadata(input.path()?).ok()?.len()));
    let progress = ByteProgress::new(sizes.sum(), &indicatif::MultiProgress::new());
    let report = context.verify(&project.pack, &policy, args.threads, &|bytes| progress.add(bytes));
    progress.end();
    let VerifyReport { states, comparison, problems } = report?;
    project.problems.extend(problems);
    terminal.problems(&project.problems);
    let verified = VerifiedPlan { context: &context, comparison, states };
    let human = || verified.human(args.output.all, terminal);
    terminal.print(&args.output.format.render(human, || verified.json()))?;
    Ok(Exit::found(!verified.comparison.unplanned.is_empty()).unless(!project.problems.is_empty()))
}

struct VerifiedPlan<'c> {
    context: &'c PlanContext<'c>,
    comparison: PlanComparison,
    states: Vec<ShopState>,
}

impl VerifiedPlan<'_> {
    fn human(&self, all: bool, terminal: &Terminal) -> String {
        let (lang, comparison) = (terminal.lang, &self.comparison);
        let mut out = heading(self.context, terminal);
        let cutover = self.context.plan.cutover;
        let pending = self.states.iter().filter(|state| matches!(state, ShopState::NotApplied)).count();
        if pending > 0 {
            let shops = words::counted(pending, "shop");
            let text = text! { zh: "{pending} 家店铺还没有修改", en: "{shops} not applied yet" };
            let _ = writeln!(out, "{} {}", terminal.paint(Yellow, "!"), text.get(lang));
        }
        let sum = |found: &[FindingCount]| found.iter().map(|found| found.findings).sum::<usize>();
        let (new, gone, planned) = (sum(&comparison.unplanned), sum(&comparison.gone), comparison.planned);
        let text = text! { zh: "按割接日 {cutover} 的规则：", en: "by the rules of the cut-over, {cutover}:" };
        let _ = writeln!(out, "{}", text.get(lang));
        let rows = [
            (new, Red, "✗", "处问题是计划里没有的", "not foreseen by the plan"),
            (planned, Cyan, "○", "处问题在计划之中，由任务处理", "foreseen, and answered by tasks"),
            (gone, Green, "✓", "处计划里的问题已经没有了", "foreseen, and gone by now"),
        ];
        for (number, style, sign, zh, en) in rows {
            // That nothing is unforeseen is said, too.
            if number == 0 && style != Red {
                continue;
            }
            let findings = words::counted(number, "finding");
            let text = text! { zh: "{number} {zh}", en: "{findings} {en}" };
            let (style, sign) = if number == 0 { (Green, "✓") } else { (style, sign) };
            let _ = writeln!(out, "{} {}", terminal.paint(style, sign), text.get(lang));
            if style == Red {
                out.push_str(&self.list(&comparison.unplanned, all, terminal));
            } else if style == Green && number > 0 && all {
                out.push_str(&self.list(&comparison.gone, all, terminal));
            }
        }
        out
    }

    fn list(&self, found: &[FindingCount], all: bool, terminal: &Terminal) -> String {
        let most = if all { usize::MAX } else { MAX_DIFFERENCES };
        let rows = found.iter().take(most).map(|one| {
            let shop = one.shop.and_then(|shop| self.context.plan.shops.get(shop));
            let key = shop.map_or(terminal.say("（不属于单家店铺）", "(of no single shop)"), |shop| &shop.key);
            [
                cell(style(one.severity), words::severity(terminal.lang, one.severity)),
                cell(Plain, &one.rule),
                cell(Plain, one.findings.to_string()),
                cell(Plain, key),
                cell(Dim, shop.map_or("", |shop| &shop.file)),
            ]
        });
        let mut out = terminal.grid(2, rows);
        if found.len() > most {
            let more = found.len() - most;
            let text = text! { zh: "  另有 {more} 条，用 --all 全部列出", en: "  {more} more, --all lists them" };
            let _ = writeln!(out, "{}", text.get(terminal.lang));
        }
        out
    }

    fn json(&self) -> String {
        let all = |found: &[FindingCount]| {
            let one = |found: &FindingCount| FoundJson {
                rule: found.rule.clone(),
                severity: found.severity,
                shop: found.shop.and_then(|shop| Some(self.context.plan.shops.get(shop)?.key.clone())),
                findings: found.findings,
            };
            found.iter().map(one).collect()
        };
        pretty_json(&ComparisonJson {
            plan: &self.context.plan.id,
            cutover: self.context.plan.cutover,
            not_applied: self.states.iter().filter(|state| matches!(state, ShopState::NotApplied)).count(),
            planned: self.comparison.planned,
            unplanned: all(&self.comparison.unplanned),
            gone: all(&self.comparison.gone),
        })
    }
}

#[derive(Serialize)]
struct ComparisonJson<'v> {
    plan: &'v str,
    cutover: chrono::NaiveDate,
    not_applied: usize,
    planned: usize,
    unplanned: Vec<FoundJson>,
    gone: Vec<FoundJson>,
}

#[derive(Serialize)]
struct FoundJson {
    rule: String,
    severity: Severity,
    shop: Option<String>,
    findings: usize,
}
