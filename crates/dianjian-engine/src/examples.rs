//! Runs the examples of rules. Each record is checked at its place in the rule's own file, so places and fixes are
//! real.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use dianjian_base::lang::Text;
use dianjian_base::message::Arg;
use dianjian_base::text;
use dianjian_document::edit::{self, EditSet};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Limits, SourceFile, Span, TableChunks, looks_like_table};
use dianjian_document::tree::{self, Format, Node, NodeKind, Tree};
use dianjian_media::{
    CharPlace, Code, Detection, DetectionTimes, FORMATS, MediaError, MediaScan, Medium, Quad, Rect, TextBlock,
    TextSighting,
};
use dianjian_rules::language::{Example, ExampleAsset, ExampleCode, ExampleText};
use dianjian_rules::record::{AssetEntry, AssetFile, Assets, ReaderEvent, Scripts, is_address};
use dianjian_rules::{Outcome, Pack, Placeholder, RuleBody, RuleSource};

use crate::check_record::source::check_alone;
use crate::check_record::{GroupKeys, RecordChecker, context, day_of, group_members};
use crate::cross_record::CrossRecordState;
use crate::side_files::SideFiles;
use crate::{AsWritten, Engine, Finding, RunOptions};

/// What an example is meant to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// A record that breaks the rule.
    Bad,
    /// A record that keeps it.
    Good,
    /// A record to which it does not apply.
    Skip,
}

/// What came of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExampleVerdict {
    /// A bad record was found bad, where it says.
    Reported,
    /// A good record passed, or a skipped one was skipped.
    Validated,
    /// Nothing was found in a bad record.
    Missing {
        /// What should have been found.
        expected: Vec<String>,
    },
    /// Something was found in a good or skipped record.
    Noisy {
        /// Each as `path: characters found`.
        found: Vec<String>,
    },
    /// Something else was found than the example says.
    Wrong {
        /// What should have been found.
        expected: Vec<String>,
        /// Each as `path: characters found`.
        found: Vec<String>,
    },
    /// A good record was skipped, or a skipped one was checked.
    Outcome {
        /// What it should have come to.
        expected: &'static str,
        /// What it came to.
        found: &'static str,
    },
    /// The fix does not give what the example says, or leaves the finding.
    Fix {
        /// What the file is after the fix, or which finding is left.
        reason: Text,
    },
    /// The example itself is broken.
    Broken {
        /// Why it cannot be run.
        reason: Text,
    },
}

impl ExampleVerdict {
    /// Whether the example holds.
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Reported | Self::Validated)
    }
}

/// One example and what came of it.
#[derive(Debug, Clone)]
pub struct RuleExampleReport {
    /// `bad`, `good` or `skip`.
    pub kind: ExampleKind,
    /// Its place in the rule's file.
    pub span: Span,
    /// What came of it.
    pub verdict: ExampleVerdict,
}

/// A rule and what came of its examples.
#[derive(Debug, Clone)]
pub struct RuleReport {
    /// The rule's id.
    pub id: String,
    /// The rule's file.
    pub source: Arc<SourceFile>,
    /// Its examples, in order.
    pub examples: Vec<RuleExampleReport>,
    /// Whether it has a bad example.
    pub has_bad: bool,
    /// Whether it has a good one.
    pub has_good: bool,
}

impl RuleReport {
    /// Whether an example shows that the rule finds something.
    pub fn can_fire(&self) -> bool {
        self.shows(ExampleKind::Bad)
    }

    /// Whether an example shows that something passes.
    pub fn can_pass(&self) -> bool {
        self.shows(ExampleKind::Good)
    }

    fn shows(&self, kind: ExampleKind) -> bool {
        self.examples.iter().any(|example| example.kind == kind && example.verdict.holds())
    }
}

/// Runs the examples of all rules of a pack.
pub fn run_examples(pack: &Pack) -> Vec<RuleReport> {
    pack.rules.iter().map(|rule| run_rule(pack, rule)).collect()
}

/// Runs the examples of one rule.
pub fn run_rule(pack: &Pack, rule: &RuleSource) -> RuleReport {
    let mut examples = Vec::new();
    for (index, example) in rule.file.examples.iter().enumerate() {
        let given = [
            (ExampleKind::Bad, &example.value.bad),
            (ExampleKind::Good, &example.value.good),
            (ExampleKind::Skip, &example.value.skip),
        ];
        let kinds: Vec<ExampleKind> =
            given.iter().filter(|(_, record)| record.is_some()).map(|(kind, _)| *kind).collect();
        let (kind, verdict) = match kinds[..] {
            [kind] => (kind, ExampleRun::new(pack, rule, &example.value, kind, index).verdict()),
            _ => {
                let (zh, en) =
                    ("例子必须且只能是 bad、good、skip 之一", "an example is exactly one of bad, good and skip");
                (ExampleKind::Bad, broken(zh, en))
            }
        };
        examples.push(RuleExampleReport { kind, span: example.span, verdict });
    }
    let has = |wanted| examples.iter().any(|example: &RuleExampleReport| example.kind == wanted);
    RuleReport {
        id: rule.info.id.clone(),
        source: Arc::clone(&rule.source),
        has_bad: has(ExampleKind::Bad),
        has_good: has(ExampleKind::Good),
        examples,
    }
}

/// The day of an example: its own, else the first or last on which the rule holds, else an arbitrary one.
fn day(example: &Example, rule: &RuleSource) -> NaiveDate {
    let period = rule.info.effective;
    let before_end = period.until.and_then(|until| until.checked_sub_days(Days::new(1)));
    example.as_of.or(period.from).or(before_end).or(NaiveDate::from_ymd_opt(2026, 1, 1)).unwrap_or_default()
}

struct ExampleRun<'r> {
    pack: Pack,
    rule: &'r RuleSource,
    example: &'r Example,
    kind: ExampleKind,
    index: usize,
    options: RunOptions,
}

/// The result of checking an example's record.
struct ExampleResult {
    outcome: Outcome,
    findings: Vec<Finding>,
    /// The items, if the example is a list of records.
    items: Vec<Span>,
    /// What could not be checked.
    problems: Vec<Problem>,
}

impl<'r> ExampleRun<'r> {
    fn new(pack: &Pack, rule: &'r RuleSource, example: &'r Example, kind: ExampleKind, index: usize) -> Self {
        let params: BTreeMap<_, _> =
            example.params.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect();
        let day = day(example, rule);
        let mut options = RunOptions::new(day).at(day);
        options.policy.kind = pack.kinds.find(&rule.file.kind.value);
        Self { pack: pack.only(rule, params), rule, example, kind, index, options }
    }

    fn verdict(&self) -> ExampleVerdict {
        let engine = Engine::new(&self.pack, &AsWritten, self.options.clone());
        let Some(result) = self.checker(&engine, &self.rule.source) else {
            return broken("找不到例子里的记录", "the example's record was not found");
        };
        if let Some(problem) = result.problems.first() {
            return ExampleVerdict::Broken { reason: problem.message.clone() };
        }
        let found: Vec<String> = result.findings.iter().map(|finding| described(finding, &result.items)).collect();
        match self.kind {
            ExampleKind::Bad => self.bad(&engine, &result, found),
            _ if !found.is_empty() => ExampleVerdict::Noisy { found },
            ExampleKind::Good if result.outcome == Outcome::Skip => {
                ExampleVerdict::Outcome { expected: "PASS", found: "SKIP" }
            }
            ExampleKind::Skip if result.outcome != Outcome::Skip => {
                ExampleVerdict::Outcome { expected: "SKIP", found: "PASS" }
            }
            ExampleKind::Good | ExampleKind::Skip => ExampleVerdict::Validated,
        }
    }

    fn bad(&self, engine: &Engine<'_>, result: &ExampleResult, found: Vec<String>) -> ExampleVerdict {
        let expected: Vec<String> = self.example.finds.iter().map(|place| place.value.clone()).collect();
        if found.is_empty() {
            return ExampleVerdict::Missing { expected };
        }
        // `path` alone accepts whatever was found there.
        let same = |expected: &String, found: &String| {
            expected == found || found.strip_prefix(expected.as_str()).is_some_and(|rest| rest.starts_with(": "))
        };
        if expected.len() != found.len() || !expected.iter().zip(&found).all(|(expected, found)| same(expected, found))
        {
            return ExampleVerdict::Wrong { expected, found };
        }
        match &self.example.fixed {
            None => ExampleVerdict::Reported,
            Some(fixed) => self
                .fixed(engine, result, &fixed.value)
                .map_or(ExampleVerdict::Reported, |reason| ExampleVerdict::Fix { reason }),
        }
    }

    /// Applies the fixes to the rule's own file and checks the example again.
    fn fixed(&self, engine: &Engine<'_>, result: &ExampleResult, expected: &serde_json::Value) -> Option<Text> {
        let fixes = result.findings.iter().filter_map(|finding| finding.fixes.first());
        let Ok(edits) = EditSet::new(fixes.flat_map(|fix| &fix.edits).map(|(_, edit)| edit.clone())) else {
            return Some(Text::new("几处修改互相冲突", "the fixes overlap"));
        };
        if edits.is_empty() {
            return Some(Text::new("没有可用的修改", "there is no fix"));
        }
        let source = Arc::new(SourceFile::new(self.rule.source.name(), edit::apply(self.rule.source.text(), &edits)));
        let mut differs = None;
        let mut tree = Tree::new();
        self.with_record(&source, &mut tree, &mut |node| {
            for (name, value) in expected.as_object().into_iter().flatten() {
                let now =
                    node.get(name).and_then(|node| tree::from_node::<serde_json::Value>(node).ok()).unwrap_or_default();
                if now != *value {
                    differs = Some(text! { zh: "修改后 {name} 是 {now}，应为 {value}", en: "after the fix {name} is {now}, expected {value}" });
                }
            }
        });
        if differs.is_some() {
            return differs;
        }
        let left = self.checker(engine, &source).is_none_or(|result| !result.findings.is_empty());
        left.then(|| Text::new("修改后规则仍然报告", "the rule still reports it after the fix"))
    }

    /// Finds the example's record in the rule's file.
    fn with_record(&self, source: &SourceFile, tree: &mut Tree, f: &mut dyn FnMut(Node<'_>)) {
        let key = match self.kind {
            ExampleKind::Bad => "bad",
            ExampleKind::Good => "good",
            ExampleKind::Skip => "skip",
        };
        tree::parse(source, Format::Yaml, &Limits::default(), tree, &mut |root| {
            let example = root.get("examples").and_then(|examples| examples.items().nth(self.index));
            example.and_then(|example| example.get(key)).into_iter().for_each(&mut *f);
        });
    }

    fn checker(&self, engine: &Engine<'_>, source: &Arc<SourceFile>) -> Option<ExampleResult> {
        let mut result = None;
        let mut tree = Tree::new();
        let beside = ExampleSideFiles(&self.example.assets);
        self.with_record(source, &mut tree, &mut |node| {
            result = Some(match node.as_str() {
                Some(text) => check_file(engine, text, &beside),
                None => check_node(engine, source, node, &beside),
            });
        });
        result
    }
}

/// Checks a record of a rule's file, or a list of them.
fn check_node(engine: &Engine<'_>, source: &Arc<SourceFile>, node: Node<'_>, beside: &dyn SideFiles) -> ExampleResult {
    let mut checker = RecordChecker::new(engine, source, beside);
    checker.document(&RecordChecker::reader(engine, beside), node);
    let (mut findings, problems) = (checker.findings, checker.problems);
    let open = |_: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)| f(source, node);
    let (others, totals) = CrossRecordState::alone(engine, source, beside, (checker.cross_record, checker.held), open);
    findings.extend(others);
    findings.sort_by_key(|finding| finding.primary.span.start);
    let items = if node.kind() == NodeKind::Sequence { node.items().map(Node::span).collect() } else { Vec::new() };
    let outcome = match findings.is_empty() {
        true if totals.passed > 0 => Outcome::Pass,
        true => outcome(engine, source, node, beside),
        false => Outcome::Fail,
    };
    ExampleResult { outcome, findings, items, problems }
}

/// Checks an example that is the text of a whole file, as rules about comments and keys need it.
fn check_file(engine: &Engine<'_>, text: &str, beside: &dyn SideFiles) -> ExampleResult {
    let (source, format) = match looks_like_table(text.as_bytes()) {
        true => (table_of(engine, text), Format::Csv),
        false => (SourceFile::new("example", text), Format::sniff(text)),
    };
    let (findings, problems) = check_alone(engine, &Arc::new(source), format, beside);
    let outcome = if findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
    ExampleResult { outcome, findings, items: Vec::new(), problems }
}

/// The text of an example as a table.
fn table_of(engine: &Engine<'_>, text: &str) -> SourceFile {
    let headings = |rows: &[Vec<String>]| engine.header(rows);
    let parts = TableChunks::from_text("example.csv", text.into(), &headings);
    parts.flatten().next().unwrap_or_else(|| SourceFile::new("example.csv", text))
}

/// PASS if the rule passed any of the records, SKIP if it applied to none.
fn outcome(engine: &Engine<'_>, source: &SourceFile, node: Node<'_>, beside: &dyn SideFiles) -> Outcome {
    let mut best = Outcome::Skip;
    let reader = RecordChecker::reader(engine, beside);
    reader.read(source, node, &mut |seen| {
        let ReaderEvent::Record(record, outer) = seen else { return };
        let as_of = day_of(engine, record, outer);
        let rules = engine.rules_at(as_of);
        let Some(rule) =
            rules.rules.first().filter(|rule| rule.active && rule.kind.is_none_or(|kind| kind == record.kind_index))
        else {
            return;
        };
        let mut context = context(engine, &rules, beside, (record, outer), as_of);
        let applies = context.applies(rule);
        let passes = match &rule.body {
            RuleBody::Check(check) => context.run(rule, check, &mut Vec::new()) == Outcome::Pass,
            RuleBody::Group(group) => {
                let mut takes_part = false;
                if let Some(own) = group.members.first().filter(|_| applies) {
                    // Whichever record is meant by a reference, this one takes part.
                    context.is_final = true;
                    let mut keys = GroupKeys::default();
                    group_members(&mut context, 0, group, own, &mut keys, &mut |_, _| takes_part = true);
                }
                takes_part
            }
            RuleBody::Reference { at, items, .. } => {
                let mut refers = context.field(at).is_some();
                if let Some(items) = items {
                    context.each_item(&items.list, &mut |context, item| {
                        refers |= context.value_at(&items.at, Some(item)).is_some();
                    });
                }
                applies && refers
            }
            RuleBody::Schema(_) => true,
        };
        if passes {
            best = Outcome::Pass;
        }
    });
    best
}

/// `path: characters found`, with `[n].` before it for the n-th record of a list.
fn described(finding: &Finding, items: &[Span]) -> String {
    let at = items.iter().position(|item| item.contains(finding.primary.span));
    let prefix = at.map(|at| format!("[{at}].")).unwrap_or_default();
    let found = finding.message.args.iter().find_map(|(name, arg)| match arg {
        Arg::Text(text) if *name == *Placeholder::Found.name() => Some(text.as_str()),
        _ => None,
    });
    let found = found.unwrap_or_else(|| finding.primary.source.slice(finding.primary.span));
    format!("{prefix}{}: {found}", finding.path)
}

/// Examples have no files beside them: their scripts are spelled out, and so is what their pictures show.
struct ExampleSideFiles<'e>(&'e BTreeMap<String, ExampleAsset>);

impl Assets for ExampleSideFiles<'_> {
    fn look(&self, _beside: &SourceFile, entries: &[String]) -> Vec<Arc<AssetEntry>> {
        entries.iter().map(|entry| Arc::new(self.entry(entry))).collect()
    }
}

impl ExampleSideFiles<'_> {
    fn entry(&self, entry: &str) -> AssetEntry {
        if is_address(entry) {
            return AssetEntry::failed(MediaError::Address { name: entry.to_owned() });
        }
        if let Some(asset) = self.0.get(entry) {
            return AssetEntry { files: vec![file(entry, asset)], spreads: false };
        }
        let folder = format!("{}/", entry.trim_end_matches('/'));
        let below = self.0.iter().filter(|(name, _)| name.starts_with(&folder));
        let files: Vec<AssetFile> = below.map(|(name, asset)| file(name, asset)).collect();
        if files.is_empty() {
            return AssetEntry::failed(MediaError::NotFound { name: entry.to_owned(), near: None });
        }
        AssetEntry { files, spreads: true }
    }
}

/// A picture as an example describes it.
fn file(name: &str, asset: &ExampleAsset) -> AssetFile {
    let (width, height) = asset.size.unwrap_or((1080, 1920));
    let moves =
        asset.codes.iter().any(|code| code.seen.is_some()) || asset.texts.iter().any(|text| text.seen.is_some());
    let looked = MediaScan {
        medium: if moves { Medium::Video } else { Medium::Picture },
        width,
        height,
        frames: 1,
        length: None,
        detections: asset.codes.iter().map(|code| detection(code, width as f32, height as f32)).collect(),
        texts: asset.texts.iter().map(|text| text_sighting(text, width as f32, height as f32)).collect(),
        text_engine: Some("example".to_owned()),
        illegible_lines: 0,
        digest: String::new(),
    };
    let format = asset.format.as_deref().unwrap_or("png");
    AssetFile {
        name: name.to_owned(),
        path: PathBuf::from(name),
        bytes: Some(asset.bytes.unwrap_or(100_000)),
        format: FORMATS.into_iter().find(|known| *known == format),
        looked: Ok(Arc::new(looked)),
    }
}

/// When something of an example is seen.
fn times(seen: Option<[u32; 2]>) -> Option<DetectionTimes> {
    let seconds = |at: u32| Duration::from_secs(u64::from(at));
    seen.map(|seen| seen.map(seconds)).map(|[first, last]| DetectionTimes { first, last, best: first })
}

fn text_sighting(text: &ExampleText, width: f32, height: f32) -> TextSighting {
    let [left, top, wide, high] = text.r#box.unwrap_or([width / 2.0 - 300.0, height / 2.0 - 30.0, 600.0, 60.0]);
    let wide = wide / text.says.chars().count().max(1) as f32;
    let mut block = TextBlock::default();
    for (number, char) in (0_u16..).zip(text.says.chars()) {
        let quad = Quad::of(Rect { left: left + f32::from(number) * wide, top, width: wide, height: high });
        block.push(&CharPlace { char, quad, confidence: text.confidence.unwrap_or(0.95) });
    }
    TextSighting { block, frame: 0, times: times(text.seen) }
}

fn detection(code: &ExampleCode, width: f32, height: f32) -> Detection {
    let [left, top, wide, high] = code.r#box.unwrap_or([width - 240.0, height - 240.0, 200.0, 200.0]);
    let quad = Quad::of(Rect { left, top, width: wide, height: high });
    Detection {
        code: Code { kind: code.kind, quad, score: code.score.unwrap_or(1.0), text: code.says.clone() },
        frame: 0,
        times: times(code.seen),
    }
}

impl Scripts for ExampleSideFiles<'_> {
    fn read(&self, _beside: &SourceFile, _path: &str) -> Result<Arc<SourceFile>, Text> {
        Err(Text::new("例子里的文稿要写成 {text: …}", "an example's script is written {text: …}"))
    }
}

fn broken(zh: &str, en: &str) -> ExampleVerdict {
    ExampleVerdict::Broken { reason: Text::new(zh, en) }
}
