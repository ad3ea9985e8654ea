//! `dianjian rules test`: every rule's examples, run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use dianjian_base::lang::{Lang, Text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::examples::{ExampleKind, ExampleVerdict, RuleExampleReport, RuleReport, run_rule};
use dianjian_migrate::{MigrationExampleReport, MigrationReport, Migrations, run_examples as migrations};
use dianjian_report::{FormatName, RunInfo, format, words};
use dianjian_rules::record::{MappingReport, RecordReader, run_mapping};

use super::list::chosen;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{Project, ProjectArgs};
use crate::terminal::{Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct TestArgs {
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Runs the examples and tells those that do not hold.
///
/// # Errors
/// A selector that means no rule; an output that cannot be written.
pub fn run(args: &TestArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = Project::load(&args.project, terminal)?;
    project.problems.extend(Migrations::compile(&project.pack, chrono::NaiveDate::MAX).1);
    let broken = project.report_problems(terminal);
    let rules = chosen(&project, &args.rules)?;
    let mut results = Results::default();
    for rule in rules {
        let report = run_rule(&project.pack, rule);
        let text = results.rule(&report, args.verbose, terminal);
        terminal.print(&text)?;
    }
    if args.rules.is_empty() {
        let reader = RecordReader::new(&project.pack.kinds, &project.pack.mappings);
        for mapping in project.pack.mappings.iter() {
            let text = results.mapping(&run_mapping(&reader, mapping), args.verbose, terminal);
            terminal.print(&text)?;
        }
        for report in migrations(&project.pack) {
            let text = results.migration(&report, args.verbose, terminal);
            terminal.print(&text)?;
        }
    }
    terminal.print(&results.summary(terminal))?;
    Ok(match (broken, results.rules) {
        (true, _) => Exit::Untrusted,
        (_, 0) => Exit::Nothing,
        _ => Exit::found(results.failed > 0 || !results.lacking.is_empty()),
    })
}

/// What the examples so far came to.
#[derive(Debug, Default)]
struct Results {
    rules: usize,
    examples: usize,
    failed: usize,
    migrations: usize,
    mappings: usize,
    /// Rules that lack a bad or a good example.
    lacking: BTreeMap<String, &'static str>,
}

impl Results {
    /// Counts a rule's examples; gives back what is to be said of them.
    fn rule(&mut self, report: &RuleReport, verbose: bool, terminal: &Terminal) -> String {
        self.rules += 1;
        self.examples += report.examples.len();
        match (report.has_bad, report.has_good) {
            (true, true) => {}
            (false, true) => drop(self.lacking.insert(report.id.clone(), "bad")),
            (true, false) => drop(self.lacking.insert(report.id.clone(), "good")),
            (false, false) => drop(self.lacking.insert(report.id.clone(), "bad, good")),
        }
        let failed: Vec<(Span, Text)> = report
            .examples
            .iter()
            .filter(|example| !example.verdict.holds())
            .map(|example| (example.span, failure(example)))
            .collect();
        self.lines(&report.id, &report.source, &failed, report.examples.len(), (verbose, terminal))
    }

    /// Counts a mapping's examples; gives back what is to be said of them.
    fn mapping(&mut self, report: &MappingReport, verbose: bool, terminal: &Terminal) -> String {
        self.mappings += 1;
        self.examples += report.examples.len();
        let failed: Vec<(Span, Text)> =
            report.examples.iter().filter_map(|example| Some((example.span, example.wrong.clone()?))).collect();
        self.lines(&report.id, &report.source, &failed, report.examples.len(), (verbose, terminal))
    }

    /// Counts a migration's examples; gives back what is to be said of them.
    fn migration(&mut self, report: &MigrationReport, verbose: bool, terminal: &Terminal) -> String {
        self.migrations += 1;
        self.examples += report.examples.len();
        let wrong = |example: &MigrationExampleReport| Some((example.span, example.wrong.clone()?));
        let failed: Vec<(Span, Text)> = report.examples.iter().filter_map(wrong).collect();
        self.lines(&report.id, &report.source, &failed, report.examples.len(), (verbose, terminal))
    }

    fn lines(
        &mut self,
        id: &str,
        source: &Arc<SourceFile>,
        failed: &[(Span, Text)],
        examples: usize,
        (verbose, terminal): (bool, &Terminal),
    ) -> String {
        self.failed += failed.len();
        let mut out = String::new();
        if failed.is_empty() {
            if verbose {
                let count = words::count(terminal.lang, examples, "个例子", "example");
                let _ = writeln!(
                    out,
                    "{} {} {}",
                    terminal.paint(TextStyle::Green, "✓"),
                    id,
                    terminal.paint(TextStyle::Dim, &count)
                );
            }
            return out;
        }
        let _ = writeln!(out, "{} {}", terminal.paint(TextStyle::Red, "✗"), terminal.paint(TextStyle::Bold, id));
        let run = RunInfo::new(crate::environment::today(), terminal.lang, Vec::new());
        let pretty = format(FormatName::Pretty, terminal.look);
        for (span, message) in failed {
            let problem = Problem {
                file: source.name().to_owned(),
                place: Some((Arc::clone(source), *span)),
                sheet: None,
                related: Vec::new(),
                message: message.clone(),
                help: None,
            };
            pretty.problem(&run, &problem, &mut out);
        }
        out
    }

    fn summary(&self, terminal: &Terminal) -> String {
        let lang = terminal.lang;
        let mut out = String::new();
        for (id, what) in &self.lacking {
            let told = match lang {
                Lang::Zh => format!("{id} 没有 {what} 例子"),
                Lang::En => format!("{id} has no {what} example"),
            };
            let _ = writeln!(out, "{} {told}", terminal.paint(TextStyle::Yellow, "!"));
        }
        let also = |number: usize, zh: &str, en: &str| match (number, lang) {
            (0, _) => String::new(),
            (_, Lang::Zh) => format!("，{number} {zh}"),
            (_, Lang::En) => format!(", {}", words::count(lang, number, "", en)),
        };
        let more = also(self.mappings, "个映射", "mapping") + &also(self.migrations, "条迁移规则", "migration");
        let counts = match lang {
            Lang::Zh => format!("{} 条规则{more}，{} 个例子", self.rules, self.examples),
            Lang::En => format!(
                "{}{more}, {}",
                words::count(lang, self.rules, "", "rule"),
                words::count(lang, self.examples, "", "example")
            ),
        };
        let (style, verdict) = match (self.failed, lang) {
            (0, _) => (TextStyle::Green, terminal.say("全部成立", "all hold").to_owned()),
            (failed, Lang::Zh) => (TextStyle::Red, format!("{failed} 个不成立")),
            (1, Lang::En) => (TextStyle::Red, "1 does not hold".to_owned()),
            (failed, Lang::En) => (TextStyle::Red, format!("{failed} do not hold")),
        };
        let _ = writeln!(out, "{counts}{}{}", terminal.say("：", ": "), terminal.paint(style, &verdict));
        out
    }
}

/// What an example came to, where that is not what it says.
fn failure(example: &RuleExampleReport) -> Text {
    let kind = match example.kind {
        ExampleKind::Bad => "bad",
        ExampleKind::Good => "good",
        ExampleKind::Skip => "skip",
    };
    let list = |texts: &[String]| texts.iter().map(|text| format!("“{text}”")).collect::<Vec<_>>().join(", ");
    let (zh, en) = match &example.verdict {
        ExampleVerdict::Reported | ExampleVerdict::Validated => ("成立".to_owned(), "it holds".to_owned()),
        ExampleVerdict::Missing { expected } if expected.is_empty() => {
            ("漏报：什么都没有发现".to_owned(), "Missing: nothing is found".to_owned())
        }
        ExampleVerdict::Missing { expected } => {
            (format!("漏报：应发现 {}", list(expected)), format!("Missing: {} is not found", list(expected)))
        }
        ExampleVerdict::Noisy { found } => {
            (format!("误报：发现了 {}", list(found)), format!("Noisy: {} is found", list(found)))
        }
        ExampleVerdict::Wrong { expected, found } => (
            format!("不符：应发现 {}，实际发现 {}", list(expected), list(found)),
            format!("Wrong: {} is found where it should be {}", list(found), list(expected)),
        ),
        ExampleVerdict::Outcome { expected, found } => {
            (format!("结果是 {found}，应为 {expected}"), format!("the outcome is {found}, not {expected}"))
        }
        ExampleVerdict::Fix { reason } | ExampleVerdict::Broken { reason } => (reason.zh.clone(), reason.en.clone()),
    };
    Text { zh: format!("{kind} 例子：{zh}"), en: format!("{kind} example: {en}") }
}
