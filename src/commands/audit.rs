//! `dianjian audit`: the platform's rejections beside what our rules say.

use std::fmt::Write as _;

use dianjian_base::lang::Lang;
use dianjian_engine::audit::{Audit, AuditOutcome, AuditVerdict, Rejection, audit};
use dianjian_engine::{Engine, RunOptions};
use dianjian_report::{RunInfo, words};
use dianjian_rules::language::Severity;
use dianjian_text::safe::one_line;
use serde::Serialize;

use crate::environment::today;
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, RunInputs};
use crate::project::{ChoiceArgs, Project, ProjectArgs};
use crate::terminal::{Terminal, TextStyle};

/// How the list is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum AuditFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
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

/// Prints the rejections.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &AuditArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = Project::load(&args.project, terminal)?;
    let policy = project.policy(&args.choice, terminal)?;
    let broken = project.report_problems(terminal);
    let inputs = RunInputs::find(&args.input, &mut project);
    let today = today();
    let engine_at = |day| {
        let mut options = RunOptions::new(day).at(day);
        options.policy.fixes = false;
        args.input.apply_to(&mut options);
        Engine::new(&project.pack, &policy, options)
    };
    let mut done = audit(&engine_at(today), &engine_at, &inputs.files, today);
    done.problems.extend(inputs.problems);
    terminal.problems(&done.problems, &RunInfo::new(today, terminal.lang, Vec::new()));
    let text = match args.format {
        AuditFormat::Text => text(&done, terminal),
        AuditFormat::Json => super::rules::list::pretty_json(&json(&done, terminal.lang)),
    };
    terminal.print(&text)?;
    let caught = done.count(AuditVerdict::Caught);
    Ok(match (broken || !done.problems.is_empty(), done.rejections.len()) {
        (true, _) => Exit::Untrusted,
        (false, 0) => Exit::Nothing,
        (false, all) => Exit::found(caught < all),
    })
}

fn text(done: &Audit, terminal: &Terminal) -> String {
    let mut out = String::new();
    for rejection in &done.rejections {
        block(rejection, terminal, &mut out);
    }
    out.push_str(&summary(done, terminal));
    out
}

fn block(rejection: &Rejection, terminal: &Terminal, out: &mut String) {
    let audited = &rejection.audited;
    let (mark, style, verdict) = match rejection.verdict {
        AuditVerdict::Caught => ("✓", TextStyle::Green, terminal.say("会事先发现", "would have been caught")),
        AuditVerdict::Unmatched => ("✗", TextStyle::Yellow, terminal.say("对不上", "not matched")),
        AuditVerdict::Missed => ("✗", TextStyle::Red, terminal.say("会漏掉", "would have been missed")),
        AuditVerdict::Unknown if audited.product.is_none() => {
            ("?", TextStyle::Dim, terminal.say("不是商品审核，没有对照", "about no product, not compared"))
        }
        AuditVerdict::Unknown => {
            ("?", TextStyle::Dim, terminal.say("没有商品资料，无法判断", "the product's file is not here"))
        }
    };
    let time = audited.time.map_or_else(|| "—".to_owned(), |time| time.format("%Y-%m-%d %H:%M").to_string());
    let other = audited.other.as_ref().map_or("—", |other| other.get(terminal.lang));
    let product = one_line(audited.product.as_deref().unwrap_or(other));
    let title = rejection.title.as_deref().filter(|title| !title.is_empty());
    let title = title.map(|title| format!(" {}", one_line(title))).unwrap_or_default();
    let head = terminal.paint(TextStyle::Bold, &format!("{product}{title}"));
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
    for finding in &rejection.findings {
        let mark =
            if finding.matched { terminal.paint(TextStyle::Green, "=") } else { terminal.paint(TextStyle::Dim, "·") };
        let rule = terminal.paint(TextStyle::Dim, &format!("[{}]", finding.rule));
        let _ = writeln!(
            out,
            "    {}{colon}{mark} {} {rule}",
            terminal.say("本工具", "rules say"),
            one_line(finding.message.get(terminal.lang)),
        );
    }
    if rejection.findings.is_empty() && rejection.verdict == AuditVerdict::Missed {
        let _ = writeln!(
            out,
            "    {}{colon}{}",
            terminal.say("本工具", "rules say"),
            terminal.say("没有发现问题", "nothing")
        );
    }
    let place = audited.place.0.range(audited.place.1).0;
    let place = format!("{}:{}:{}", one_line(audited.place.0.name()), place.line, place.column);
    let _ = writeln!(out, "    {}\n", terminal.paint(TextStyle::Dim, &place));
}

fn summary(done: &Audit, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let [caught, unmatched, missed, unknown] =
        [AuditVerdict::Caught, AuditVerdict::Unmatched, AuditVerdict::Missed, AuditVerdict::Unknown]
            .map(|verdict| done.count(verdict));
    let all = done.rejections.len();
    if all == 0 {
        return match lang {
            Lang::Zh => format!("没有驳回记录（{} 条审核通过或撤销）\n", done.passed),
            Lang::En => format!("no rejections ({} passed or withdrawn)\n", done.passed),
        };
    }
    let (mark, style) = if caught == all { ("✓", TextStyle::Green) } else { ("✗", TextStyle::Red) };
    let counts = match lang {
        Lang::Zh => format!(
            "{mark} {all} 条驳回、限制或下架：会事先发现 {caught}，会漏掉 {missed}，对不上 {unmatched}，无法对照 {unknown}"
        ),
        Lang::En => format!(
            "{mark} {}: {caught} caught, {missed} missed, {unmatched} not matched, {unknown} not compared",
            words::count(lang, all, "", "rejection")
        ),
    };
    format!("{}\n", terminal.paint(style, &counts))
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
    AuditJson {
        format: "dianjian-audit",
        version: 1,
        rejections: rejections.collect(),
        summary: SummaryJson {
            rejections: done.rejections.len(),
            caught: done.count(AuditVerdict::Caught),
            missed: done.count(AuditVerdict::Missed),
            unmatched: done.count(AuditVerdict::Unmatched),
            unknown: done.count(AuditVerdict::Unknown),
            passed: done.passed,
        },
    }
}
