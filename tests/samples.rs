//! Every rule over every sample: what each one finds, so that a new rule that speaks of another's sample shows up in review.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test that fails should stop")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian::engine::{AsWritten, Engine, Finding, Options, Problem, Render};
use dianjian::lang::Lang;
use dianjian::media::decode::{Effort, decode};
use dianjian::media::look::Unwatched;
use dianjian::media::picture::Frame;
use dianjian::media::{Look, Looker, Settings};
use dianjian::rules::PackBuilder;
use dianjian::rules::language::Severity;
use dianjian::source::{DiscoverOptions, discover};
use image::imageops::grayscale;

struct Lines;

impl Render for Lines {
    type Out = Result<(String, Severity, String), String>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let (start, _) = finding.primary.range();
        let related =
            if finding.related.is_empty() { String::new() } else { format!(" (+{} places)", finding.related.len()) };
        let file = finding.primary.source.name().to_owned();
        let line = format!("{file}:{}:{} {}{related}", start.line, start.column, finding.message.render(Lang::Zh));
        Ok((finding.rule.id.clone(), finding.severity, line))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Err(format!("{}: {}", problem.file, problem.message.get(Lang::En)))
    }
}

/// All findings (of codes: those that can be read, since what is seen besides differs from one detector to the next) over a folder of samples, in the order of a run.
fn findings(folder: &str, threads: usize) -> Vec<(String, Severity, String)> {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty());
    let looker: Arc<dyn Look> = Arc::new(
        Looker::new(Settings::default(), Arc::new(Unwatched))
            .with_eyes(Arc::new(|frame: &Frame, _| decode(&grayscale(&frame.image), Effort::Quick))),
    );
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let options = Options { threads, looker, ..Options::new(day) };
    let engine = Engine::new(&pack, &AsWritten, options);
    let (inputs, errors) = discover(&[folder.to_owned()], &DiscoverOptions::default());
    assert!(errors.is_empty());
    let mut out = Vec::new();
    engine.run(&inputs, &Lines, &|_| {}, &mut |line| out.push(line.unwrap_or_else(|problem| panic!("{problem}"))));
    out
}

#[test]
fn what_each_rule_finds() {
    let mut by_rule: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (rule, _, line) in findings("samples", 0) {
        by_rule.entry(rule).or_default().push(line);
    }
    let mut out = String::new();
    for (rule, mut lines) in by_rule {
        lines.sort();
        let _ = writeln!(out, "{rule}\n  {}", lines.join("\n  "));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_upgraded_shops_are_clean() {
    let loud: Vec<_> =
        findings("samples/upgraded", 0).into_iter().filter(|(_, severity, _)| *severity > Severity::Info).collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let one = findings("samples", 1);
    for threads in [2, 3, 8] {
        assert_eq!(findings("samples", threads), one);
    }
}
