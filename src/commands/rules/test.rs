//! `dianjian rules test`: every rule's examples, run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::examples::{ExampleKind, ExampleVerdict, RuleExampleReport, RuleReport, run_rule};
use dianjian_migrate::{MigrationReport, Migrations, run_examples};
use dianjian_report::words;
use dianjian_rules::record::{MappingReport, RecordReader, run_mapping};

use super::list::chosen;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{ProjectArgs, report_problems};
use crate::terminal::Terminal;
use crate::terminal::TextStyle::{Bold, Dim, Green, Red, Yellow};

#[derive(Debug, clap::Args)]
pub struct TestArgs {
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Runs the examples of rules, mappings and migrations, and prints those that do not hold.
///
/// # Errors
/// A selector that matches no rule; an output that cannot be written.
pub fn run(args: &TestArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    project.problems.extend(Migrations::compile(&project.pack, chrono::NaiveDate::MAX).1);
    let broken = report_problems(&project, terminal);
    let rules = chosen(&project, &args.rules)?;
    let mut results = Results::default();
    for rule in rules {
        let text = results.rule(&run_rule(&project.pack, rule), args.verbose, terminal);
        terminal.print(&text)?;
    }
    if args.rules.is_empty() {
        let reader = RecordReader::new(&project.pack.kinds, &project.pack.mappings);
        for mapping in project.pack.mappings.iter() {
            let MappingReport { id, source, examples } = run_mapping(&reader, mapping);
            results.mappings += 1;
            let wrong = examples.into_iter().map(|example| (example.span, example.wrong));
            terminal.print(&results.examples(&id, &source, wrong, args.verbose, terminal))?;
        }
        for MigrationReport { id, source, examples } in run_examples(&project.pack) {
            results.migrations += 1;
            let wrong = examples.into_iter().map(|example| (example.span, example.wrong));
            terminal.print(&results.examples(&id, &source, wrong, args.verbose, terminal))?;
        }
    }
    terminal.print(&results.summary(terminal))?;
    let fails = results.failed > 0 || !results.lacking.is_empty();
    let exit = if results.rules == 0 { Exit::Nothing } else { Exit::found(fails) };
    Ok(exit.unless(broken))
}

/// Counts over all examples so far.
#[derive(Debug, Default)]
struct Results {
    rules: usize,
    examples: usize,
    failed: usize,
    migrations: usize,
    mappings: usize,
    /// The sorts of examples that a rule lacks, by its id.
    lacking: BTreeMap<String, String>,
}

impl Results {
    /// Counts a rule's examples; returns what is printed about them.
    fn rule(&mut self, report: &RuleReport, verbose: bool, terminal: &Terminal) -> String {
        self.rules += 1;
        let lacks = [("bad", report.has_bad), ("good", report.has_good)].into_iter().filter(|(_, has)| !has);
        let lacks: Vec<&str> = lacks.map(|(sort, _)| sort).collect();
        if !lacks.is_empty() {
            self.lacking.insert(report.id.clone(), lacks.join(", "));
        }
        let wrong = |example: &RuleExampleReport| (!example.verdict.holds()).then(|| failure(example));
        let examples = report.examples.iter().map(|example| (example.span, wrong(example)));
        self.examples(&report.id, &report.source, examples, verbose, terminal)
    }

    /// Counts examples, each with what is wrong with it; returns what is printed about them.
    fn examples(
        &mut self,
        id: &str,
        source: &Arc<SourceFile>,
        examples: impl ExactSizeIterator<Item = (Span, Option<Text>)>,
        verbose: bool,
        terminal: &Terminal,
    ) -> String {
        let number = examples.len();
        let problem = |(span, wrong): (Span, Option<Text>)| {
            Some(Problem {
                file: source.name().to_owned(),
                place: Some((Arc::clone(source), span)),
                sheet: None,
                related: Vec::new(),
                message: wrong?,
                help: None,
            })
        };
        let failed: Vec<Problem> = examples.filter_map(problem).collect();
        self.examples += number;
        self.failed += failed.len();
        match (failed.is_empty(), verbose) {
            (true, false) => String::new(),
            (true, true) => {
                let count = words::count(terminal.lang, number, "个例子", "example");
                format!("{} {id} {}\n", terminal.paint(Green, "✓"), terminal.paint(Dim, &count))
            }
            (false, _) => {
                let head = format!("{} {}\n", terminal.paint(Red, "✗"), terminal.paint(Bold, id));
                head + &terminal.pretty(&failed)
            }
        }
    }

    fn summary(&self, terminal: &Terminal) -> String {
        let lang = terminal.lang;
        let mut out = String::new();
        for (id, what) in &self.lacking {
            let text = text! { zh: "{id} 没有 {what} 例子", en: "{id} has no {what} example" };
            let _ = writeln!(out, "{} {}", terminal.paint(Yellow, "!"), text.get(lang));
        }
        let also = |number: usize, zh: &str, en: &str| match (number, lang) {
            (0, _) => String::new(),
            (_, Lang::Zh) => format!("，{number} {zh}"),
            (_, Lang::En) => format!(", {}", words::counted(number, en)),
        };
        let more = also(self.mappings, "个映射", "mapping") + &also(self.migrations, "条迁移规则", "migration");
        let counts = [
            words::count(lang, self.rules, "条规则", "rule") + &more,
            words::count(lang, self.examples, "个例子", "example"),
        ];
        let counts = counts.join(terminal.say("，", ", "));
        let (style, verdict) = match (self.failed, lang) {
            (0, _) => (Green, terminal.say("全部成立", "all hold").to_owned()),
            (failed, Lang::Zh) => (Red, format!("{failed} 个不成立")),
            (1, Lang::En) => (Red, "1 does not hold".to_owned()),
            (failed, Lang::En) => (Red, format!("{failed} do not hold")),
        };
        let _ = writeln!(out, "{counts}{}{}", terminal.say("：", ": "), terminal.paint(style, &verdict));
        out
    }
}

/// How the result of an example differs from what it expects.
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
