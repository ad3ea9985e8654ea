//! What a run reports: findings, and its summary.

pub(crate) mod builder;
mod columns;
mod display;
mod fixes;

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
pub use dianjian_base::message::{Arg, Message};
use dianjian_base::text;
use dianjian_document::edit::{Applicability, Edit};
pub use dianjian_document::problem::Problem;
use dianjian_document::source::{Position, SourceFile, Span};
use dianjian_media::SightingDisplay;
pub use dianjian_rules::RuleInfo;
use dianjian_rules::language::Severity;

/// A place in a source with a message.
#[derive(Debug, Clone)]
pub struct Label {
    /// The file, or the chunk of it that was read.
    pub source: Arc<SourceFile>,
    /// The bytes in that text, which begin at 0 in a chunk too.
    pub span: Span,
    /// `None`: the finding's own message.
    pub message: Option<Message>,
}

impl Label {
    /// A place that the finding's own message is about.
    pub(crate) fn at(source: &Arc<SourceFile>, span: Span) -> Self {
        Self { source: Arc::clone(source), span, message: None }
    }

    /// Keeps of a piece of a list the item alone in which the place lies.
    pub(crate) fn keep_item(&mut self) {
        let place = self.source.base_offset() + u64::from(self.span.start);
        let Some(item) = self.source.item_at(place) else { return };
        let Some(start) = place.checked_sub(item.base_offset()).and_then(|start| u32::try_from(start).ok()) else {
            return;
        };
        if start + self.span.len() <= item.whole().end {
            (self.span, self.source) = (Span::new(start, start + self.span.len()), Arc::new(item));
        }
    }

    /// Start and end, by lines and columns of the whole file.
    pub fn range(&self) -> (Position, Position) {
        self.source.range(self.span)
    }
}

/// A way to fix a finding: edits that belong together.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Whether it may be applied without being asked for.
    pub applicability: Applicability,
    /// What it does, for a list of choices.
    pub title: Text,
    /// The edits, each with its file.
    pub edits: Vec<(Arc<SourceFile>, Edit)>,
}

/// The record that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordName {
    /// `Shop`, `LiveRoom`, …
    pub kind: Arc<str>,
    /// Its id, if it has one.
    pub id: Option<String>,
}

/// A violation of a rule, as it is reported.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Arc<RuleInfo>,
    /// The severity after the project's overrides.
    pub severity: Severity,
    /// The day whose rules it breaks: the run's, or that of a scheduled live room.
    pub as_of: NaiveDate,
    /// One sentence that says what is wrong here.
    pub message: Message,
    /// What the reader can do about it, where the rule says so.
    pub help: Option<Message>,
    /// The record that breaks it; an empty kind for findings about a file as such.
    pub record: RecordName,
    /// The field's path in the record, e.g. `products[2].title`.
    pub path: String,
    /// The one place that it points at.
    pub primary: Label,
    /// Other places that contribute, at most [`MAX_RELATED`].
    pub related: Vec<Label>,
    /// How many contributing places are not in `related`.
    pub related_omitted: usize,
    /// The code found in a picture or video, if it is about one.
    pub picture: Option<Box<SightingDisplay>>,
    /// Alternatives, the best first.
    pub fixes: Vec<Fix>,
    /// Identifies the finding to baselines and code hosts: 16 hex digits that survive moves and reformatting.
    pub fingerprint: String,
    /// Whether it says that something was not read or not understood. No filter hides that, and the run is no pass.
    pub is_gap: bool,
}

impl Finding {
    /// Says in the help that no filter hides it, where one would have.
    pub fn tell_unfiltered(&mut self) {
        let told = text! {
            zh: "没有读懂的内容，筛选、级别设置、忽略（注释或 ignore:）和基线都不能隐藏。",
            en: "What was not understood cannot be hidden by filters, severities, suppressions or the baseline.",
        };
        let (before, args) = match &self.help {
            Some(help) => (Text::clone(&help.template), Arc::clone(&help.args)),
            None => (Text::default(), Arc::clone(&self.message.args)),
        };
        if before.zh.ends_with(&told.zh) {
            return;
        }
        let en = if before.en.is_empty() { told.en } else { format!("{} {}", before.en, told.en) };
        let template = Arc::new(Text { zh: before.zh + &told.zh, en });
        self.help = Some(Message { id: Arc::from("help"), template, args });
    }
}

/// Of places with the same mistake in one text or one column only so many are shown beside the first.
pub(crate) const MAX_ALIKE: usize = 4;

/// Related places beyond this are only counted.
pub const MAX_RELATED: usize = 1000;

/// The counts of a whole run, as reports show them.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Files read, at least in part.
    pub files: usize,
    /// Records by kind, in the order of their names.
    pub records: std::collections::BTreeMap<String, usize>,
    /// Findings of severity error that are neither suppressed nor in the baseline.
    pub errors: usize,
    /// The same of severity warning.
    pub warnings: usize,
    /// The same of severity info.
    pub infos: usize,
    /// Findings silenced by comments or configuration.
    pub suppressed: usize,
    /// Findings that the baseline knows.
    pub baselined: usize,
    /// Entries of the baseline that no longer occur.
    pub stale: usize,
    /// What could not be checked.
    pub problems: usize,
    /// Findings, among those counted above, that say that something was not read or not understood.
    pub gaps: usize,
    /// What was looked at.
    pub looked_at: crate::ledger::Ledger,
    /// Pictures that exports name by address, which were not scanned.
    pub addresses: usize,
    /// Answers of the platform that hold nothing to check.
    pub nothing_to_check: usize,
    /// Rows of tables that add up others, which are no records.
    pub totals: usize,
    /// Fields for want of which rules were not applied.
    pub unsaid: Vec<UnsaidField>,
    /// What is of other platforms, so that the platform's rules do not apply to it.
    pub outside: crate::OutsideCounts,
    /// Findings that `--fix` could fix: (safe, unsafe).
    pub fixable: (usize, usize),
    /// How many of these change a value that no other record may have: which of them are made, only `--fix` finds out.
    pub unproven: (usize, usize),
    /// Findings below the severity or confidence that reports begin at.
    pub hidden: usize,
    /// Findings outside the files that reports are restricted to.
    pub elsewhere: usize,
    /// Findings by rule, the worst and most frequent first; `None`: nobody asked for them.
    pub statistics: Option<Vec<RuleCount>>,
}

/// A field that every record of its kind has and that some do not say, so that rules that go by it were not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsaidField {
    /// Kind and path, e.g. `Shop.subject.type`.
    pub field: String,
    /// What the records are called.
    pub kind: Text,
    /// The field's name for people, which is a heading of tables as well.
    pub title: Text,
    /// Its name in documents.
    pub key: String,
    /// How many records do not say it, and how many rules could not judge them.
    pub count: crate::UnsaidCount,
}

/// How often a rule is broken, at one severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule's id.
    pub rule: String,
    /// The severity of these findings.
    pub severity: Severity,
    /// How many there are.
    pub count: usize,
    /// How many of them have a fix, safe or not.
    pub fixable: usize,
}
