//! `dianjian audit`: the platform's rejections compared with the findings of our rules.

use std::fmt::Write as _;

use dianjian_base::lang::Lang;
use dianjian_base::text;
use dianjian_engine::Engine;
use dianjian_engine::audit::{Audit, AuditOutcome, AuditVerdict, Rejection, audit};
use dianjian_project::RunInputs;
use dianjian_report::words;
use dianjian_rules::language::Severity;
use dianjian_text::safe::one_line;
use serde::Serialize;

use crate::commands::pretty_json;
use crate::environment::today;
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::InputArgs;
use crate::project::{ChoiceArgs, ProjectArgs, report_problems};
use crate::terminal::Terminal;
use crate::terminal::TextStyle::{Bold, Dim, Green, Red, Yellow};

/// As [`ListFormat`](super::ListFormat), whose `human` is called `text` here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum AuditFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    #[command(flatten)]
    input: InputArgs,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: AuditFormat,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Compares every rejection with what the rules say of the product as of that day, and prints both.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &AuditArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    let policy = args.choice.policy(&mut project, terminal)?;
    let broken = report_problems(&project, terminal);
    let inputs = RunInputs::find(&args.input.options(), &mut project);
    let today = today();
    let engine_at = |day| {
        let mut options = args.input.run_options(&project, day).at(day);
        options.policy.fixes = false;
        Engine::new(&project.pack, &policy, options)
    };
    let mut done = audit(&engine_at(today), &engine_at, &inputs.files, today);
    done.problems.extend(inputs.problems);
    terminal.problems(&done.problems);
    let text = match args.format {
        AuditFormat::Text => text(&done, terminal),
        AuditFormat::Json => pretty_json(&json(&done, terminal.lang)),
    };
    terminal.print(&text)?;
    let all = done.rejections.len();
    let exit = if all == 0 { Exit::Nothing } else { Exit::found(done.count(AuditVerdict::Caught) < all) };
    Ok(exit.unless(broken || !done.problems.is_empty()))
}

fn text(done: &Audit, terminal: &Terminal) -> String {
    let mut out = String::new();
    done.rejections.iter().for_each(|rejection| block(rejection, terminal, &mut out));
    out + &summary(done, terminal)
}

fn block(rejection: &Rejection, terminal: &Terminal, out: &mut String) {
    let audited = &rejection.audited;
    let (mark, style, verdict) = match rejection.verdict {
        AuditVerdict::Caught => ("✓", Green, terminal.say("会事先发现", "would have been caught")),
        AuditVerdict::Unmatched => ("✗", Yellow, terminal.say("对不上", "not matched")),
        AuditVerdict::Missed => ("✗", Red, terminal.say("会漏掉", "would have been missed")),
        AuditVerdict::Unknown if audited.product.is_none() => {
            ("?", Dim, terminal.say("不是商品审核，没有对照", "about no product, not compared"))
        }
        AuditVerdict::Unknown => ("?", Dim, terminal.say("没有商品资料，无法判断", "the product's file is not here")),
    };
    let time = audited.time.map_or_else(|| "—".to_owned(), |time| time.format("%Y-%m-%d %H:%M").to_string());
    let other = audited.other.as_ref().map_or("—", |other| other.get(terminal.lang));
    let product = one_line(audited.product.as_deref().unwrap_or(other));
    let title = rejection.title.as_deref().filter(|title| !title.is_empty());
    let title = title.map(|title| format!(" {}", one_line(title))).unwrap_or_default();
    let head = terminal.paint(Bold, &format!("{product}{title}"));
    let _ = writeln!(out, "{} {time}  {head}  {}", terminal.paint(style, mark), terminal.paint(style, verdict));
    let outcome = match audited.outcome {
        AuditOutcome::Rejected => terminal.say("平台驳回", "rejected"),
        AuditOutcome::Restricted => terminal.say("平台限制", "restricted"),
        AuditOutcome::TakenDown => terminal.say("平台下架或撤销", "taken down"),
    };
    let field = match (&audited.field, &rejection.field) {
        (Some(api), Some(field)) => format!("[{} → {field}] ", one_line(api)),
        (Some(api), None) => format!("[{}] ", one_line(api)),
        (None, Some(field)) => format!("[→ {field}] "),
        (None, None) => String::new(),
    };
    let colon = terminal.say("：", ": ");
    let reason = one_line(&audited.reason);
    let reason = if reason.is_empty() { terminal.say("（没有写原因）", "(no reason given)") } else { &reason };
    let _ = writeln!(out, "    {outcome}{colon}{field}{reason}");
    let ours = terminal.say("本工具：", "rules say: ");
    for finding in &rejection.findings {
        let mark = if finding.matched { terminal.paint(Green, "=") } else { terminal.paint(Dim, "·") };
        let rule = terminal.paint(Dim, &format!("[{}]", finding.rule));
        let _ = writeln!(out, "    {ours}{mark} {} {rule}", one_line(finding.message.get(terminal.lang)));
    }
    if rejection.findings.is_empty() && rejection.verdict == AuditVerdict::Missed {
        let _ = writeln!(out, "    {ours}{}", terminal.say("没有发现问题", "nothing"));
    }

    let place = audited.place.0.range(audited.place.1).0;
    let place = format!("{}:{}:{}", one_line(audited.place.0.name()), place.line, place.column);
    let _ = writeln!(out, "    {}\n", terminal.paint(Dim, &place));
}

fn summary(done: &Audit, terminal: &Terminal) -> String {
    let SummaryJson { rejections: all, caught, missed, unmatched, unknown, passed } = SummaryJson::of(done);
    if all == 0 {
        let text = text! {
            zh: "没有驳回记录（{passed} 条审核通过或撤销）\n",
            en: "no rejections ({passed} passed or withdrawn)\n",
        };
        return text.take(terminal.lang);
    }
    let (mark, style) = if caught == all { ("✓", Green) } else { ("✗", Red) };
    let rejections = words::counted(all, "rejection");
    let counts = text! {
        zh: "{mark} {all} 条驳回、限制或下架：会事先发现 {caught}，会漏掉 {missed}，对不上 {unmatched}，无法对照 {unknown}",
        en: "{mark} {rejections}: {caught} caught, {missed} missed, {unmatched} not matched, {unknown} not compared",
    };
    format!("{}\n", terminal.paint(style, counts.get(terminal.lang)))
}

#[derive(Debug, Serialize)]
struct AuditJson<'a> {
    format: &'static str,
    version: u32,
    rejections: Vec<RejectionJson<'a>>,
    summary: SummaryJson,
}

#[derive(Debug, Serialize)]
struct RejectionJson<'a> {
    time: Option<String>,
    product: Option<&'a str>,
    title: Option<&'a str>,
    outcome: &'static str,
    api_field: Option<&'a str>,
    field: Option<&'a str>,
    reason: &'a str,
    file: &'a str,
    line: u64,
    column: u64,
    verdict: &'static str,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Debug, Serialize)]
struct FindingJson<'a> {
    rule: &'a str,
    severity: Severity,
    path: &'a str,
    message: &'a str,
    matched: bool,
}

#[derive(Debug, Serialize)]
struct SummaryJson {
    rejections: usize,
    caught: usize,
    missed: usize,
    unmatched: usize,
    unknown: usize,
    passed: usize,
}

impl SummaryJson {
    fn of(done: &Audit) -> Self {
        Self {
            rejections: done.rejections.len(),
            caught: done.count(AuditVerdict::Caught),
            missed: done.count(AuditVerdict::Missed),
            unmatched: done.count(AuditVerdict::Unmatched),
            unknown: done.count(AuditVerdict::Unknown),
            passed: done.passed,
        }
    }
}

fn json(done: &Audit, lang: Lang) -> AuditJson<'_> {
    let rejections = done.rejections.iter().map(|rejection| {
        let audited = &rejection.audited;
        let start = audited.place.0.range(audited.place.1).0;
        RejectionJson {
            time: audited.time.map(|time| time.to_rfc3339()),
            product: audited.product.as_deref(),
            title: rejection.title.as_deref(),
            outcome: match audited.outcome {
                AuditOutcome::Rejected => "rejected",
                AuditOutcome::Restricted => "restricted",
                AuditOutcome::TakenDown => "taken-down",
            },
            api_field: audited.field.as_deref(),
            field: rejection.field.as_deref(),
            reason: &audited.reason,
            file: audited.place.0.name(),
            line: start.line,
            column: start.column,
            verdict: match rejection.verdict {
                AuditVerdict::Caught => "caught",
                AuditVerdict::Unmatched => "unmatched",
                AuditVerdict::Missed => "missed",
                AuditVerdict::Unknown => "unknown",
            },
            findings: rejection
                .findings
                .iter()
                .map(|finding| FindingJson {
                    rule: &finding.rule,
                    severity: finding.severity,
                    path: &finding.path,
                    message: finding.message.get(lang),
                    matched: finding.matched,
                })
                .collect(),
        }
    });
    AuditJson { format: "dianjian-audit", version: 1, rejections: rejections.collect(), summary: SummaryJson::of(done) }
}
