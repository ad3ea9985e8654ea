//! `dianjian migrate verify PLAN`: the files, checked as of the cut-over and compared with the plan.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use super::PlanArgs;
use super::apply::ShopListArgs;
use super::outcome::heading;
use crate::commands::rules::list::{ListFormat, pretty_json, style};
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::ByteProgress;
use crate::project::{ChoiceArgs, Project, ProjectArgs};
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};
use dianjian_base::lang::Lang;
use dianjian_base::slashed;
use dianjian_document::source::{Format, Input, InputSource};
use dianjian_migrate::apply::PlanContext;
use dianjian_migrate::apply::ShopState;
use dianjian_migrate::apply::{FindingCount, Verification, compare};
use dianjian_migrate::plan::Plan;
use dianjian_migrate::planner::{Recheck, RecheckSources, ShopLocations, recheck};
use dianjian_report::{RunInfo, words};
use dianjian_rules::language::Severity;

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

/// Differences that are told one by one.
const MAX_DIFFERENCES: usize = 20;

/// Runs the command. The exit status is 1 if something is found that the plan did not say.
///
/// # Errors
/// Mistakes in flags; a journal that cannot be read; an output that cannot be written.
pub fn run(args: &VerifyArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = Project::load(&args.project, terminal)?;
    let policy = project.policy(&ChoiceArgs::default(), terminal)?;
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let context = PlanContext::new(&opened)?;
    let states = context.status(&|_| {})?.shops;
    let inputs = inputs(&context);
    let name = |path: &str| display_path(&context, path);
    let places = ShopLocations::of_plan(&as_applied(context.plan, &states), &name);
    let bytes = inputs.iter().filter_map(|input| Some(std::fs::metadata(input.path()?).ok()?.len())).sum();
    let progress = ByteProgress::new(bytes, &indicatif::MultiProgress::new());
    let result = recheck(
        &project.pack,
        &policy,
        context.plan.cutover,
        (&inputs, RecheckSources::on_disk(&[display_path(&context, "").into()], context.plan.system.as_deref())),
        &places,
        args.threads,
        &|bytes| progress.add(bytes),
    );
    progress.end();
    let Recheck { found, problems } = result;
    project.problems.extend(problems);
    terminal.problems(&project.problems, &RunInfo::new(context.plan.cutover, terminal.lang, Vec::new()));
    let found = found.into_iter().map(|(told, findings)| FindingCount {
        rule: told.rule,
        severity: told.severity,
        shop: told.shop,
        findings,
    });
    let checked = VerifiedPlan { context: &context, verdict: compare(context.plan, found), states };
    let text = match args.output.format {
        ListFormat::Human => checked.human(args.output.all, terminal),
        ListFormat::Json => checked.json(),
    };
    terminal.print(&text)?;
    Ok(if project.problems.is_empty() { Exit::found(!checked.verdict.unplanned.is_empty()) } else { Exit::Untrusted })
}

/// The plan with the edits that are in place, so that shops lie where the files as they are have them. Of a file
/// that is in no known state nothing better is known than that it was applied.
fn as_applied<'p>(plan: &'p Plan, states: &[ShopState]) -> Cow<'p, Plan> {
    let pending: Vec<usize> =
        (0..plan.shops.len()).filter(|shop| matches!(states.get(*shop), Some(ShopState::NotApplied))).collect();
    if pending.is_empty() {
        return Cow::Borrowed(plan);
    }
    let mut plan = plan.clone();
    for shop in pending {
        if let Some(shop) = plan.shops.get_mut(shop) {
            shop.changes.clear();
        }
    }
    Cow::Owned(plan)
}

/// A path of the plan as findings name its file.
fn display_path(context: &PlanContext<'_>, path: &str) -> String {
    let path = context.root.display_path(path);
    let path = path.strip_prefix(".").unwrap_or(&path);
    slashed(path)
}

/// The files that the plan was made of.
fn inputs(context: &PlanContext<'_>) -> Vec<Input> {
    let input = |path: &String| {
        let name = display_path(context, path);
        let format = Format::of_path(name.as_ref());
        Input { source: InputSource::Path(name.clone().into()), name, format, explicit: false }
    };
    context.plan.inputs.iter().map(input).collect()
}

struct VerifiedPlan<'c> {
    context: &'c PlanContext<'c>,
    verdict: Verification,
    states: Vec<ShopState>,
}

impl VerifiedPlan<'_> {
    fn human(&self, all: bool, terminal: &Terminal) -> String {
        let (lang, verdict) = (terminal.lang, &self.verdict);
        let mut out = heading(self.context, terminal);
        let cutover = self.context.plan.cutover;
        let pending = self.states.iter().filter(|state| matches!(state, ShopState::NotApplied)).count();
        if pending > 0 {
            let _ = match lang {
                Lang::Zh => writeln!(out, "{} {pending} 家店铺还没有修改", terminal.paint(TextStyle::Yellow, "!")),
                Lang::En => writeln!(
                    out,
                    "{} {} not applied yet",
                    terminal.paint(TextStyle::Yellow, "!"),
                    words::count(lang, pending, "", "shop")
                ),
            };
        }
        let sum = |found: &[FindingCount]| found.iter().map(|found| found.findings).sum::<usize>();
        let (new, gone, planned) = (sum(&verdict.unplanned), sum(&verdict.gone), verdict.planned);
        let _ = match lang {
            Lang::Zh => writeln!(out, "按割接日 {cutover} 的规则："),
            Lang::En => writeln!(out, "by the rules of the cut-over, {cutover}:"),
        };
        let rows = [
            (new, TextStyle::Red, "✗", "处问题是计划里没有的", "not foreseen by the plan"),
            (planned, TextStyle::Cyan, "○", "处问题在计划之中，由任务处理", "foreseen, and answered by tasks"),
            (gone, TextStyle::Green, "✓", "处计划里的问题已经没有了", "foreseen, and gone by now"),
        ];
        for (number, style, sign, zh, en) in rows {
            let text = match lang {
                _ if number == 0 && style != TextStyle::Red => continue,
                Lang::Zh => format!("{number} {zh}"),
                Lang::En => format!("{} {en}", words::count(lang, number, "", "finding")),
            };
            let (style, sign) = if number == 0 { (TextStyle::Green, "✓") } else { (style, sign) };
            let _ = writeln!(out, "{} {text}", terminal.paint(style, sign));
            if style == TextStyle::Red {
                out.push_str(&self.list(&verdict.unplanned, all, terminal));
            } else if style == TextStyle::Green && number > 0 && all {
                out.push_str(&self.list(&verdict.gone, all, terminal));
            }
        }
        out
    }

    fn list(&self, found: &[FindingCount], all: bool, terminal: &Terminal) -> String {
        let most = if all { usize::MAX } else { MAX_DIFFERENCES };
        let mut grid = Grid::new(2);
        for one in found.iter().take(most) {
            let shop = one.shop.and_then(|shop| self.context.plan.shops.get(shop));
            grid.row([
                GridCell::styled(style(one.severity), words::severity(terminal.lang, one.severity)),
                GridCell::new(&one.rule),
                GridCell::new(one.findings.to_string()),
                GridCell::new(shop.map_or(terminal.say("（不属于单家店铺）", "(of no single shop)"), |shop| &shop.key)),
                GridCell::styled(TextStyle::Dim, shop.map_or("", |shop| &shop.file)),
            ]);
        }
        let mut out = grid.render(terminal);
        if found.len() > most {
            let more = found.len() - most;
            let _ = match terminal.lang {
                Lang::Zh => writeln!(out, "  另有 {more} 条，用 --all 全部列出"),
                Lang::En => writeln!(out, "  {more} more, --all lists them"),
            };
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
        pretty_json(&VerdictJson {
            plan: &self.context.plan.id,
            cutover: self.context.plan.cutover,
            not_applied: self.states.iter().filter(|state| matches!(state, ShopState::NotApplied)).count(),
            planned: self.verdict.planned,
            unplanned: all(&self.verdict.unplanned),
            gone: all(&self.verdict.gone),
        })
    }
}

#[derive(Serialize)]
struct VerdictJson<'v> {
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
